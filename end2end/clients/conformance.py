"""Runs recorded cases against a server, over HTTP, with boto3: what a client of AWS would see.

usage: conformance.py --binary mapwright --cases DIR [--only TEXT] [--verbose]

Starts the server on a fresh data folder, makes an access key and a token, answers for the
functions of the cases itself, and prints a table of the cases that agree at levels 1, 2 and 3
(see docs/CONFORMANCE.md).
"""

import argparse
import collections
import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request, urllib.parse
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

ACCOUNT, REGION = "111122223333", "us-east-1"
LEFT_OUT = {"Cause", "SdkHttpMetadata", "SdkResponseMetadata", "RedriveStatusReason"}
FINAL = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}


class Behaviours(http.server.BaseHTTPRequestHandler):
    """The Lambda Invoke API for the functions of the cases."""

    functions = {}
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        name = self.path.split("/functions/")[-1].split("/")[0]
        name = name.replace("%3A", ":").split("function:")[-1].split(":")[0]
        behaviour = self.functions.get(name)
        if behaviour is None:
            message = f"Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
            return self.answer(404, {"Type": "User", "Message": message}, {"x-amzn-errortype": "ResourceNotFoundException"})
        kind = behaviour["kind"] if "kind" in behaviour else behaviour.get("type")
        if kind == "raise":
            payload = {
                "errorMessage": behaviour["errorMessage"],
                "errorType": behaviour["errorType"],
                "requestId": str(uuid.uuid4()),
                "stackTrace": ['  File "/var/task/handler.py", line 2, in handler\n    raise Error\n'],
            }
            return self.answer(200, payload, {"X-Amz-Function-Error": "Unhandled"})
        if kind == "sleep_echo":
            time.sleep(float(behaviour["seconds"]))
        results = {
            "return": lambda: behaviour["value"],
            "return_text": lambda: behaviour["char"] * behaviour["length"],
            "python_format": lambda: behaviour.get("format", "{}").format(event),
        }
        self.answer(200, results.get(kind, lambda: event)(), {})

    def answer(self, status, payload, headers):
        body = json.dumps(payload).encode()
        self.send_response(status)
        for name, value in {"X-Amz-Executed-Version": "$LATEST", "Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A server on a fresh data folder, with clients for it."""

    def __init__(self, binary):
        self.dir = tempfile.TemporaryDirectory()
        lambdas = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behaviours)
        threading.Thread(target=lambdas.serve_forever, daemon=True).start()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        common = ["--data-dir", self.dir.name, "--aws-account-id", ACCOUNT, "--aws-region", REGION]
        run = lambda *args: json.loads(subprocess.run([binary, *args, *common], check=True, capture_output=True, text=True).stdout)
        self.process = subprocess.Popen(
            [binary, "serve", "--listen", f"127.0.0.1:{self.port}", *common, "--allow-private-addresses",
             "--lambda-endpoint", f"http://127.0.0.1:{lambdas.server_port}"],
            env={**os.environ, "MAPWRIGHT_ADMIN_EMAIL": "a@example.com", "MAPWRIGHT_ADMIN_PASSWORD": "long enough", "MAPWRIGHT_SAMPLE": "false"},
            stdout=subprocess.DEVNULL, stderr=open("/tmp/conformance-server.log", "w"))
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/healthz")
                break
            except OSError:
                time.sleep(0.05)
        key = run("access-key", "create", "--workspace", "main")
        self.token = run("token", "create", "--workspace", "main", "--scopes", "read,operate,edit,administer")["secret"]
        config = Config(inject_host_prefix=False, retries={"max_attempts": 0}, max_pool_connections=64, parameter_validation=False)
        session = boto3.Session(aws_access_key_id=key["id"], aws_secret_access_key=key["secret"], region_name=REGION)
        self.states = session.client("stepfunctions", endpoint_url=self.url, config=config)

    def rest(self, method, path, body=b""):
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        return urllib.request.urlopen(request).read()

    def stop(self):
        self.process.terminate()
        self.process.wait(15)


def substitute(value, table):
    if isinstance(value, str):
        for token, text in table.items():
            value = value.replace(token, text)
        return value
    if isinstance(value, list):
        return [substitute(v, table) for v in value]
    if isinstance(value, dict):
        return {substitute(k, table): substitute(v, table) for k, v in value.items()}
    return value


def unwrap(value):
    """A text that begins with { and parses as JSON is shown as an object, one level deep."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def unwrap_deep(value):
    if isinstance(value, dict):
        return {k: unwrap_deep(v) for k, v in value.items()}
    if isinstance(value, list):
        return [unwrap_deep(v) for v in value]
    return unwrap(value)


def without(value, names):
    if isinstance(value, dict):
        return {k: without(v, names) for k, v in value.items() if k not in names}
    if isinstance(value, list):
        return [without(v, names) for v in value]
    return value


class Same:
    """Compares, with placeholders that stand for anything."""

    def __init__(self, placeholders):
        # "datetime" stands before "date", which is part of it.
        self.placeholders = sorted(placeholders or [], key=len, reverse=True)

    def __call__(self, expected, seen):
        if isinstance(expected, str) and any(p in expected for p in self.placeholders):
            if not isinstance(seen, str):
                return any(expected == p for p in self.placeholders)
            parts = re.split("|".join(map(re.escape, self.placeholders)), expected)
            return re.fullmatch(".*".join(map(re.escape, parts)), seen, re.S) is not None
        if isinstance(expected, list) and isinstance(seen, str):
            try:
                return self(expected, json.loads(seen))
            except ValueError:
                return False
        if isinstance(expected, dict):
            return isinstance(seen, dict) and expected.keys() == seen.keys() and all(self(expected[k], seen[k]) for k in expected)
        if isinstance(expected, list):
            return isinstance(seen, list) and len(expected) == len(seen) and all(map(self, expected, seen))
        if isinstance(expected, bool) or isinstance(seen, bool):
            return expected is seen
        return expected == seen


def plain(value):
    return json.loads(json.dumps(value, default=str))


class Case:
    def __init__(self, server, path):
        self.server, self.path = server, path
        self.case = json.loads(path.read_text())
        table = {"${ACCOUNT}": ACCOUNT, "${REGION}": REGION}
        for token in self.case.get("buckets", []):
            table[token] = "b-" + uuid.uuid4().hex[:20]
            server.rest("PUT", f"/buckets/{table[token]}")
        for function in self.case.get("functions", []):
            table[function["token"]] = "f-" + uuid.uuid4().hex[:20]
        self.case = substitute(self.case, table)
        for function in self.case.get("functions", []):
            Behaviours.functions[function["token"].split(":")[-1]] = function["behaviour"]
        for item in self.case.get("objects", []):
            import base64
            body = base64.b64decode(item["body_base64"]) if "body_base64" in item else item["body"].encode()
            server.rest("PUT", f"/buckets/{item['bucket']}/objects/{urllib.parse.quote(item['key'])}", body)
        self.same = Same(self.case.get("placeholders"))
        self.notes, self.made = [], []

    def clean_up(self):
        """Removes the machines that the case made."""
        for arn in self.made:
            self.server.states.delete_state_machine(stateMachineArn=arn)

    def levels(self):
        """The worst of all runs or calls, as [level 1, level 2, level 3]."""
        parts = [self.run(run) for run in self.case["runs"]] if self.case["kind"] == "execution" else [self.call(c) for c in self.case["calls"]]
        return [all(levels) for levels in zip(*parts)] if parts else [True] * 3

    def note(self, what, expected, seen):
        self.notes.append(f"{what}\n   expected {json.dumps(expected)[:1500]}\n   seen     {json.dumps(plain(seen))[:1500]}")

    def run(self, run):
        states, expect = self.server.states, run["expect"]
        name = "m-" + uuid.uuid4().hex[:20]
        role = f"arn:aws:iam::{ACCOUNT}:role/case"
        try:
            machine = states.create_state_machine(name=name, definition=run["definition"], roleArn=role, type=run.get("type", "STANDARD"))
            self.made.append(machine["stateMachineArn"])
            arn = states.start_execution(stateMachineArn=machine["stateMachineArn"], input=run.get("input") or "{}")["executionArn"]
        except ClientError as error:
            self.note("refused", expect, error.response["Error"])
            return [False] * 3
        end = time.time() + 150
        while (seen := states.describe_execution(executionArn=arn))["status"] not in FINAL and time.time() < end:
            time.sleep(0.02)
        outcome = {"status": seen["status"]}
        for member in ("output", "error", "cause"):
            if member in seen:
                outcome[member] = unwrap(seen[member])
        wanted = {k: expect[k] for k in ("status", "output", "error", "cause") if expect.get(k) is not None}
        level1 = all(
            self.same(without(wanted.get(k), LEFT_OUT), without(outcome.get(k), LEFT_OUT)) for k in ("status", "output", "error"))
        if not level1:
            self.note("outcome", wanted, outcome)
            return [False] * 3
        events = plain([e for page in states.get_paginator("get_execution_history").paginate(executionArn=arn) for e in page["events"]])
        history = expect.get("history") or []
        forked = any(e["type"] in ("ParallelStateEntered", "MapIterationStarted") for e in history)
        kinds = lambda es: [e["type"] for e in es if not (forked and e["type"] in ("ParallelStateSucceeded", "ParallelStateFailed"))]
        left, right = kinds(history), kinds(events)
        level2 = not history or (sorted(left) == sorted(right) if forked else left == right)
        if not level2:
            self.note("event types", left, right)
            return [True, False, False]
        level3 = self.same(wanted.get("cause"), outcome.get("cause")) if "cause" in wanted else True
        if not level3:
            self.note("cause", wanted.get("cause"), outcome.get("cause"))
        if not forked:
            for expected, event in zip(history, events):
                details = unwrap_deep(event.get(expected.get("details_key") or "", {}))
                ids = ("id",) if expected["type"] == "MapStateExited" else ("id", "previousEventId")
                if not self.same(expected.get("details") or {}, details) or any(expected[k] != event[k] for k in ids):
                    self.note("event", expected, event)
                    level3 = False
                    break
        return [True, True, level3]

    def call(self, call):
        operation = re.sub(r"(?<!^)(?=[A-Z])", "_", call["operation"]).lower()
        expect = call["expect"]
        try:
            seen = getattr(self.server.states, operation)(**call["params"])
            metadata = seen.pop("ResponseMetadata")
            self.made += [seen["stateMachineArn"]] if "stateMachineArn" in seen else []
            seen = {"http_status": metadata["HTTPStatusCode"], "response": unwrap_deep(plain(seen))}
        except ClientError as error:
            e = error.response["Error"]
            seen = {"http_status": error.response["ResponseMetadata"]["HTTPStatusCode"], "error": {"code": e["Code"], "message": e["Message"]}}
            if "reason" in error.response:
                seen["error"]["reason"] = error.response["reason"]
        except ParamValidationError as error:
            seen = {"client": str(error)}
        level1 = (expect.get("error") or {}).get("code") == seen.get("error", {}).get("code")
        if level1 and "response" in expect:
            level1 = self.same(without(expect["response"], LEFT_OUT | {"cause"}), without(seen.get("response"), LEFT_OUT | {"cause"}))
        whole = self.same({k: v for k, v in expect.items()}, seen)
        if not (level1 and whole):
            self.note(call["operation"], expect, seen)
        return [level1, level1, whole and level1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--cases", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    server = Server(options.binary)
    table = collections.defaultdict(lambda: [0, 0, 0, 0])
    paths = sorted(p for p in options.cases.glob("*/*.json") if options.only in str(p))

    def one(path):
        try:
            case = Case(server, path)
            levels = case.levels()
            case.clean_up()
            return path, levels, case.notes
        except Exception as error:  # a broken case must not hide the others
            return path, [False] * 3, [f"{type(error).__name__}: {error}"]

    # Cases may use the same names, so those of one category run one after the other.
    def folder(name):
        return [one(path) for path in paths if path.parent.name == name]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        names = sorted({path.parent.name for path in paths})
        for path, levels, notes in (result for results in pool.map(folder, names) for result in results):
            row = table[path.parent.name]
            row[0] += 1
            for level, right in enumerate(levels):
                row[level + 1] += right
            if notes and (options.verbose or not levels[0]):
                print(path.relative_to(options.cases), levels, *notes, sep="\n   ")
    server.stop()
    print(f"{'category':45} cases  level 1  level 2  level 3")
    for name, row in sorted(table.items()):
        print(f"{name:45} {row[0]:5} {row[1]:8} {row[2]:8} {row[3]:8}")
    total = [sum(row[i] for row in table.values()) for i in range(4)]
    print(f"{'all':45} {total[0]:5} {total[1]:8} {total[2]:8} {total[3]:8}")
    sys.exit(0 if total[0] == total[1] else 1)


if __name__ == "__main__":
    main()
