"""A pipe worker for the tests of processes."""

import json
import os
import sys
import time

print("ready", flush=True)
for line in sys.stdin:
    request = json.loads(line)
    payload = request["payload"]
    answer = {"id": request["id"]}
    do = payload.get("do") if isinstance(payload, dict) else None
    if do == "raise":
        answer["error"] = {"type": "ValueError", "message": "no cat here"}
    elif do == "exit":
        print("last words", file=sys.stderr, flush=True)
        os._exit(3)
    elif do == "sleep":
        time.sleep(payload["seconds"])
        answer["result"] = os.getpid()
    elif do == "big":
        answer["result"] = "x" * payload["bytes"]
    else:
        answer["result"] = payload
    print(json.dumps(answer), flush=True)
