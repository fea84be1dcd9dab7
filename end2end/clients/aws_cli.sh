#!/bin/bash
# The main job with the AWS CLI, with nothing in it that would not run on AWS itself.
# Set AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION as the README says, and
# AWS_DISABLE_HOST_PREFIX_INJECTION=true where the endpoint has no name that `sync-` could stand before.
set -euo pipefail
export AWS_PAGER=""
NAME=aws-cli-$RANDOM$RANDOM
ROLE=arn:aws:iam::000000000000:role/aws-cli
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT

states() { aws stepfunctions "$@"; }
is() { [ "$1" = "$2" ] || { echo "line ${BASH_LINENO[0]}: \"$1\" is not \"$2\""; exit 1; }; }
ended() {
  local status
  while status=$(states describe-execution --execution-arn "$EXECUTION" --query status --output text) && [ "$status" = RUNNING ]; do
    sleep 0.2
  done
  echo "$status"
}

# Thirty objects, of which three are malformed.
mkdir "$DIR/in"
for at in $(seq 10 39); do echo "{\"n\": $at}" >"$DIR/in/$at.json"; done
for at in 10 20 30; do echo oops >"$DIR/in/$at.json"; done
aws s3 mb "s3://$NAME"
aws s3 cp --recursive --only-show-errors "$DIR/in" "s3://$NAME/in"
is "$(aws s3 ls "s3://$NAME/in/" | wc -l)" 30

cat >"$DIR/job.asl.json" <<JOB
{
  "StartAt": "Each",
  "States": {
    "Each": {
      "Type": "Map",
      "Label": "each",
      "MaxConcurrency": 10,
      "ToleratedFailureCount": 2,
      "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "$NAME", "Prefix": "in/"}},
      "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Read",
        "States": {
          "Read": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
            "Parameters": {"Bucket": "$NAME", "Key.$": "$.Key"},
            "ResultSelector": {"body.$": "States.StringToJson(\$.Body)"},
            "OutputPath": "$.body.n",
            "End": true
          }
        }
      },
      "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "$NAME", "Prefix": "out"}},
      "End": true
    }
  }
}
JOB
MACHINE=$(states create-state-machine --name "$NAME" --role-arn "$ROLE" --definition "file://$DIR/job.asl.json" \
  --tags key=team,value=data --query stateMachineArn --output text)
is "$(states describe-state-machine --state-machine-arn "$MACHINE" --query '[name, type, status]' --output text)" "$NAME	STANDARD	ACTIVE"
is "$(states list-tags-for-resource --resource-arn "$MACHINE" --query 'tags[0].value' --output text)" data

EXECUTION=$(states start-execution --state-machine-arn "$MACHINE" --name first --query executionArn --output text)
is "$(ended)" FAILED
is "$(states describe-execution --execution-arn "$EXECUTION" --query error --output text)" States.ExceedToleratedFailureThreshold
MAP_RUN=$(states list-map-runs --execution-arn "$EXECUTION" --query 'mapRuns[0].mapRunArn' --output text)
is "$(states describe-map-run --map-run-arn "$MAP_RUN" --query '[status, itemCounts.total, itemCounts.failed, maxConcurrency]' --output text)" "FAILED	30	3	10"
FAILED=$(states list-executions --map-run-arn "$MAP_RUN" --status-filter FAILED --query 'executions[].executionArn' --output text)
is "$(wc -w <<<"$FAILED")" 3
# Pages of two, as the CLI asks for them.
is "$(states list-executions --map-run-arn "$MAP_RUN" --page-size 2 --status-filter FAILED --query 'length(executions)' --output json)" 3
CHILD=${FAILED%%[[:space:]]*}
is "$(states get-execution-history --execution-arn "$CHILD" --reverse-order --max-items 1 --query 'events[0].type' --output text | head -1)" ExecutionFailed
is "$(states get-execution-history --execution-arn "$EXECUTION" --query 'events[].type' --output text | tr '\t' ' ')" \
  "ExecutionStarted MapStateEntered MapStateStarted MapRunStarted MapRunFailed MapStateFailed ExecutionFailed"
echo "$(wc -w <<<"$FAILED") children failed"

for at in 10 20 30; do echo "{\"n\": $at}" | aws s3 cp --only-show-errors - "s3://$NAME/in/$at.json"; done
states redrive-execution --execution-arn "$EXECUTION"
is "$(ended)" SUCCEEDED
is "$(states describe-execution --execution-arn "$EXECUTION" --query redriveCount --output text)" 1
is "$(states describe-map-run --map-run-arn "$MAP_RUN" --query '[status, itemCounts.succeeded, itemCounts.failed, redriveCount]' --output text)" "SUCCEEDED	30	0	1"
aws s3 sync --only-show-errors "s3://$NAME/out" "$DIR/out"
# A redrive's manifest has the results of all attempts.
is "$(cat "$DIR"/out/*/Redrive-1/SUCCEEDED_*.json | grep -o '"Status":"SUCCEEDED"' | wc -l)" 30
echo "all succeeded after the redrive"

is "$(states test-state --role-arn "$ROLE" --input '{"n": 20}' --inspection-level DEBUG --query '[status, output, nextState]' --output text \
  --definition '{"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Then"}')" 'SUCCEEDED	{"n":21}	Then'
if states start-execution --state-machine-arn "$MACHINE-none" 2>"$DIR/error"; then exit 1; fi
grep -q "(StateMachineDoesNotExist) when calling the StartExecution operation" "$DIR/error"
states delete-state-machine --state-machine-arn "$MACHINE"
aws s3 rb --force "s3://$NAME" >"$DIR/removed"
