"""Handlers for the tests of processes: unmodified Lambda code."""

import json
import logging
import os
import sys
import time

print("loading")
calls = 0


def echo(event, context):
    return event


def about(event, context):
    global calls
    calls += 1
    print("a line on stdout")
    print("a line on stderr", file=sys.stderr)
    logging.getLogger().warning("a logged line")
    return {
        "pid": os.getpid(),
        "calls": calls,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "env": dict(os.environ),
        "cwd": os.getcwd(),
    }


def trouble(event, context):
    match event["do"]:
        case "raise":
            raise ValueError("no \"cat\" here")
        case "exit":
            print("last words")
            sys.stdout.flush()
            os._exit(3)
        case "sleep":
            time.sleep(event["seconds"])
        case "big":
            return "x" * event["bytes"]
        case "memory":
            held = bytearray(event["mb"] * 1024 * 1024)
            time.sleep(5)
            return len(held)
        case "talk":
            for n in range(20_000):
                print("line", n)
        case "unwritable":
            return object()
    return "done"


def late(event, context):
    time.sleep(event.get("ms", 50) / 1000)
    return os.getpid()
