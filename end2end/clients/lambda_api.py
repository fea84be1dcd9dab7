"""A Lambda handler and a Distributed Map over it with boto3, with nothing in it that would not run on AWS itself.

Set AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION as the README says, and start the
server with --allow-processes; then: python3 lambda_api.py. It makes a function from a zip file, calls it in every way,
maps items over it, changes its code, and removes it. It fails when anything is not as on AWS.
"""

import base64
import io
import json
import time
import uuid
import zipfile

import boto3
from botocore.exceptions import ClientError

functions = boto3.client("lambda")
states = boto3.client("stepfunctions")
account = "000000000000"
name = "lambda-api-" + uuid.uuid4().hex[:8]
role = f"arn:aws:iam::{account}:role/{name}"

CODE = '''
import os, time

def handler(event, context):
    print("handling", event)
    match event.get("do"):
        case "raise":
            raise ValueError("no cat here")
        case "exit":
            os._exit(3)
        case "sleep":
            time.sleep(60)
    return {"square": event["n"] ** 2, "table": os.environ["TABLE"], "id": context.aws_request_id}
'''


def zipped(code):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.py", code)
    return held.getvalue()


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{arguments} was not refused")


asked = dict(FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Timeout=2, MemorySize=256)
made = functions.create_function(**asked, Code={"ZipFile": zipped(CODE)}, Environment={"Variables": {"TABLE": "orders"}})
assert made["FunctionArn"].endswith(f":function:{name}") and made["Handler"] == "app.handler", made
functions.get_waiter("function_active_v2").wait(FunctionName=name)
assert refused(functions.create_function, **asked, Code={"ZipFile": zipped(CODE)}) == "ResourceConflictException"
assert refused(functions.create_function, **{**asked, "FunctionName": "wrong"}, Code={"ZipFile": b"no zip"}) == "InvalidParameterValueException"
assert refused(functions.get_function, FunctionName="nobody") == "ResourceNotFoundException"
assert refused(functions.invoke, FunctionName="nobody") == "ResourceNotFoundException"

answer = functions.invoke(FunctionName=name, Payload=json.dumps({"n": 7}), LogType="Tail")
result = json.loads(answer["Payload"].read())
assert answer["StatusCode"] == 200 and "FunctionError" not in answer and answer["ExecutedVersion"] == "$LATEST", answer
assert (result["square"], result["table"]) == (49, "orders"), result
log = base64.b64decode(answer["LogResult"]).decode()
assert "handling {'n': 7}" in log and f"REPORT RequestId: {result['id']}" in log and "Init Duration" in log, log
print(log.splitlines()[-1])

for event, kind in [({"do": "raise"}, "ValueError"), ({"do": "exit"}, "Runtime.ExitError"), ({"do": "sleep"}, "Sandbox.Timedout")]:
    answer = functions.invoke(FunctionName=made["FunctionArn"], Payload=json.dumps(event))
    error = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled" and error["errorType"] == kind, (event, error)
assert functions.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"n": 1}')["StatusCode"] == 202
assert functions.invoke(FunctionName=name, InvocationType="DryRun", Payload=b'{"n": 1}')["StatusCode"] == 204
listed = [one["FunctionName"] for page in functions.get_paginator("list_functions").paginate() for one in page["Functions"]]
assert name in listed, listed

child = {
    "StartAt": "Square",
    "States": {
        "Square": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": made["FunctionArn"], "Payload.$": "$"},
            "OutputPath": "$.Payload.square",
            "Retry": [{"ErrorEquals": ["Runtime.ExitError"], "MaxAttempts": 1, "IntervalSeconds": 1}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": "Caught"}],
            "End": True,
        },
        "Caught": {"Type": "Pass", "Parameters": {"error.$": "$.caught.Error", "cause.$": "$.caught.Cause"}, "End": True},
    },
}
definition = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "Label": "each",
            "MaxConcurrency": 20,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **child},
            "End": True,
        }
    },
}
machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]


def run(items):
    execution = states.start_execution(stateMachineArn=machine, input=json.dumps(items))["executionArn"]
    while (seen := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.2)
    assert seen["status"] == "SUCCEEDED", seen
    return json.loads(seen["output"])


troubles = [{"do": "raise"}, {"do": "exit"}, {"do": "sleep"}]
outputs = run([{"n": n} for n in range(200)] + troubles)
assert outputs[:200] == [n**2 for n in range(200)], outputs[:200]
caught = outputs[200:]
assert [one["error"] for one in caught] == ["ValueError", "Runtime.ExitError", "Sandbox.Timedout"], caught
assert all(json.loads(one["cause"])["errorType"] == one["error"] for one in caught), caught
print("200 items mapped; the three that fail do so in Lambda's words")

updated = functions.update_function_code(FunctionName=name, ZipFile=zipped(CODE.replace("** 2", "** 3")))
assert updated["CodeSha256"] != made["CodeSha256"] and updated["CodeSize"] > 0, updated
functions.get_waiter("function_updated_v2").wait(FunctionName=name)
assert run([{"n": 3}]) == [27]
changed = functions.update_function_configuration(FunctionName=name, Timeout=5, Environment={"Variables": {"TABLE": "other"}})
assert (changed["Timeout"], changed["Handler"]) == (5, "app.handler"), changed
assert json.loads(functions.invoke(FunctionName=name, Payload=b'{"n": 1}')["Payload"].read())["table"] == "other"
assert functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)["ReservedConcurrentExecutions"] == 1

functions.delete_function(FunctionName=name)
assert refused(functions.invoke, FunctionName=name) == "ResourceNotFoundException"
states.delete_state_machine(stateMachineArn=machine)
print("the function was changed and removed")
