"""Orders from a CSV file, priced in batches, as a script for LocalStack has it: one address for every client, made-up keys.

python3 endpoint_url.py ENDPOINT_URL; without an address and with keys of its own it would run on AWS. It uses what
the main job does not: resources, presigned addresses, a CSV reader, batches, JSONata, tolerated failures, Express.
"""

import json
import sys
import time
import urllib.request
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint_url = sys.argv[1] if len(sys.argv) > 1 else None
aws = dict(
    endpoint_url=endpoint_url,
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)
s3 = boto3.client("s3", **aws, config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
sfn = boto3.client("stepfunctions", **aws, config=Config(inject_host_prefix=not endpoint_url))
bucket = boto3.resource("s3", **aws).Bucket("orders-" + uuid.uuid4().hex[:8])
role = "arn:aws:iam::000000000000:role/orders"
rows, per_batch = 95, 10

bucket.create()
s3.get_waiter("bucket_exists").wait(Bucket=bucket.name)
lines = ["order,amount"] + [f"{at},{at * 5}" if at != 42 else f"{at},a lot" for at in range(rows)]
link = s3.generate_presigned_url("put_object", Params={"Bucket": bucket.name, "Key": "orders.csv"}, ExpiresIn=60)
put = urllib.request.Request(link, data="\n".join(lines).encode(), method="PUT", headers={"Content-Type": ""})
assert urllib.request.urlopen(put).status == 200
link = s3.generate_presigned_url("get_object", Params={"Bucket": bucket.name, "Key": "orders.csv"}, ExpiresIn=60)
assert urllib.request.urlopen(link).read().decode().splitlines() == lines

definition = {
    "QueryLanguage": "JSONata",
    "StartAt": "Price",
    "States": {
        "Price": {
            "Type": "Map",
            "Label": "price",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
                "Arguments": {"Bucket": "{% $states.input.bucket %}", "Key": "orders.csv"},
            },
            "ItemSelector": {"order": "{% $states.context.Map.Item.Value.order %}", "amount": "{% $states.context.Map.Item.Value.amount %}"},
            "ItemBatcher": {"MaxItemsPerBatch": per_batch, "BatchInput": {"rate": "{% $states.input.rate %}"}},
            "ToleratedFailurePercentage": 20,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "Sum",
                "States": {
                    "Sum": {
                        "Type": "Pass",
                        "Output": "{% $sum($states.input.Items.$number(amount)) * $states.input.BatchInput.rate %}",
                        "End": True,
                    }
                },
            },
            "Output": "{% {'batches': $count($states.result), 'total': $sum($states.result)} %}",
            "End": True,
        }
    },
}
machine = sfn.create_state_machine(name=bucket.name, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
assert machine in [one["stateMachineArn"] for page in sfn.get_paginator("list_state_machines").paginate() for one in page["stateMachines"]]
asked = dict(stateMachineArn=machine, name="first", input=json.dumps({"bucket": bucket.name, "rate": 2}))
execution = sfn.start_execution(**asked)["executionArn"]
assert sfn.start_execution(**asked)["executionArn"] == execution, "the same name and input is the same execution"
try:
    sfn.start_execution(**{**asked, "input": "{}"})
    raise AssertionError("another input under the same name was not refused")
except sfn.exceptions.ExecutionAlreadyExists:
    pass
while (seen := sfn.describe_execution(executionArn=execution))["status"] == "RUNNING":
    time.sleep(0.2)
assert seen["status"] == "SUCCEEDED", seen
broken = range(40, 50)  # the batch with the amount that is no number
expected = {"batches": 9, "total": sum(at * 5 * 2 for at in range(rows) if at not in broken)}
assert json.loads(seen["output"]) == expected, (seen["output"], expected)
map_run = sfn.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
described = sfn.describe_map_run(mapRunArn=map_run)
assert described["itemCounts"]["total"] == rows and described["itemCounts"]["failed"] == len(broken), described
assert described["executionCounts"]["total"] == 10 and described["executionCounts"]["failed"] == 1, described
assert described["toleratedFailurePercentage"] == 20, described
print(f"{rows} rows in 10 batches, of which one failed and was tolerated: {seen['output']}")

double = {"QueryLanguage": "JSONata", "StartAt": "D", "States": {"D": {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}}}
express = sfn.create_state_machine(name=bucket.name + "-express", type="EXPRESS", definition=json.dumps(double), roleArn=role)["stateMachineArn"]
answer = sfn.start_sync_execution(stateMachineArn=express, input='{"n": 21}')
assert (answer["status"], answer["output"]) == ("SUCCEEDED", "42"), answer
print("an Express execution answered at once")

sfn.delete_state_machine(stateMachineArn=machine)
sfn.delete_state_machine(stateMachineArn=express)
try:
    bucket.delete()
    raise AssertionError("a bucket with objects was deleted")
except ClientError as error:
    assert error.response["Error"]["Code"] == "BucketNotEmpty", error
bucket.objects.all().delete()
bucket.delete()
assert bucket.name not in [one.name for one in boto3.resource("s3", **aws).buckets.all()]
