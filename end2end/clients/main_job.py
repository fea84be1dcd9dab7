"""The main job with boto3, with nothing in it that would not run on AWS itself.

Set AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION as the README says,
then: python3 main_job.py. It makes a bucket of objects of which some are malformed, maps them, finds the
failed children, mends the objects, redrives, and reads the result files. It fails when anything is not as on AWS.
"""

import json
import time
import uuid

import boto3

s3 = boto3.client("s3")
states = boto3.client("stepfunctions")
account = "000000000000"
name = "main-job-" + uuid.uuid4().hex[:8]
objects, every = 200, 50

s3.create_bucket(Bucket=name)
for at in range(objects):
    s3.put_object(Bucket=name, Key=f"in/{at:05}.json", Body=b'{"n": %d}' % at if at % every else b"oops")

child = {
    "StartAt": "Read",
    "States": {
        "Read": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
            "Parameters": {"Bucket": name, "Key.$": "$.Key"},
            "ResultSelector": {"body.$": "States.StringToJson($.Body)"},
            "OutputPath": "$.body",
            "End": True,
        }
    },
}
definition = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "Label": "each",
            "MaxConcurrency": 20,
            "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": name, "Prefix": "in/"}},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **child},
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": name, "Prefix": "out"}},
            "End": True,
        }
    },
}
checked = states.validate_state_machine_definition(definition=json.dumps(definition))
assert checked["result"] == "OK", checked
machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=f"arn:aws:iam::{account}:role/main-job")
execution = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]


def ended():
    while (seen := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.2)
    return seen


first = ended()
assert (first["status"], first["error"]) == ("FAILED", "States.ExceedToleratedFailureThreshold"), first
map_run = states.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
counts = states.describe_map_run(mapRunArn=map_run)["itemCounts"]
assert counts["failed"] >= 1 and sum(counts[k] for k in ("pending", "running", "succeeded", "failed", "timedOut", "aborted")) == counts["total"], counts
pages = states.get_paginator("list_executions").paginate(mapRunArn=map_run, statusFilter="FAILED")
failed = [child["executionArn"] for page in pages for child in page["executions"]]
shown = states.describe_execution(executionArn=failed[0])
history = states.get_execution_history(executionArn=failed[0], reverseOrder=True)["events"]
assert shown["status"] == "FAILED" and history[0]["type"] == "ExecutionFailed", (shown, history[0])
print(f"{len(failed)} children failed, the first with {shown['error']}")

for at in range(0, objects, every):
    s3.put_object(Bucket=name, Key=f"in/{at:05}.json", Body=b'{"n": %d}' % at)
states.redrive_execution(executionArn=execution)
second = ended()
assert second["status"] == "SUCCEEDED" and second["redriveCount"] == 1, second
counts = states.describe_map_run(mapRunArn=map_run)["itemCounts"]
assert counts["succeeded"] == objects == counts["total"], counts
written = json.loads(second["output"])["ResultWriterDetails"]
manifest = json.loads(s3.get_object(Bucket=written["Bucket"], Key=written["Key"])["Body"].read())
files = [s3.get_object(Bucket=name, Key=file["Key"])["Body"].read() for file in manifest["ResultFiles"]["SUCCEEDED"]]
records = [record for file in files for record in json.loads(file)]
assert sorted(json.loads(record["Output"])["n"] for record in records) == list(range(objects)), len(records)
print(f"all {objects} succeeded after the redrive; {len(files)} result files")
states.delete_state_machine(stateMachineArn=machine["stateMachineArn"])
