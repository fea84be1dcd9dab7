//! New states as they are first written into a definition.

use super::canvas::NodeKind;
use asl::Value;

/// A new state of a kind. `inner` names the state that a Map or Parallel begins with.
pub fn fresh_state(kind: NodeKind, inner: &str) -> Value {
    let inner = Value::from(inner).to_json();
    let inside = format!(r#""StartAt": {inner}, "States": {{{inner}: {{"Type": "Pass", "End": true}}}}"#);
    let text = match kind {
        NodeKind::Task => TASK.to_owned(),
        NodeKind::Choice => r#"{"Type": "Choice", "Choices": []}"#.to_owned(),
        NodeKind::Parallel => format!(r#"{{"Type": "Parallel", "Branches": [{{{inside}}}]}}"#),
        NodeKind::Map => format!(r#"{{"Type": "Map", "ItemProcessor": {{"ProcessorConfig": {{"Mode": "INLINE"}}, {inside}}}}}"#),
        NodeKind::DistributedMap => format!(
            r#"{{"Type": "Map", "ItemReader": {{"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {{"Bucket": "my-data"}}}},
                "MaxConcurrency": 1000, "ToleratedFailurePercentage": 5,
                "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}, {inside}}}}}"#
        ),
        NodeKind::Wait => r#"{"Type": "Wait", "Seconds": 10}"#.to_owned(),
        NodeKind::Pass => r#"{"Type": "Pass"}"#.to_owned(),
        NodeKind::Succeed => r#"{"Type": "Succeed"}"#.to_owned(),
        NodeKind::Fail => r#"{"Type": "Fail", "Error": "Failed", "Cause": ""}"#.to_owned(),
    };
    Value::from_json(&text).expect("written above as JSON")
}

/// A Task that calls a function that comes with the server, with what AWS advises to retry.
const TASK: &str = r#"{
  "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
  "Parameters": {"FunctionName": "arn:aws:lambda:us-east-1:000000000000:function:echo", "Payload.$": "$"},
  "OutputPath": "$.Payload", "TimeoutSeconds": 60,
  "Retry": [{"ErrorEquals": ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"],
    "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 2, "JitterStrategy": "FULL"}]
}"#;
