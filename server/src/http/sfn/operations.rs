//! The operations of the protocol and the use case of each.

use serde::de::DeserializeOwned;
use serde_json::Value;
use service::states_api::ApiError;
use service::{Cx, Service};

/// Calls the use case of one operation.
pub async fn dispatch(service: &Service, cx: &Cx, operation: &str, body: &[u8]) -> Result<Value, ApiError> {
    match operation {
        "CreateStateMachine" => service.create_state_machine(cx, read(body)?).await,
        "UpdateStateMachine" => service.update_state_machine(cx, read(body)?).await,
        "DescribeStateMachine" => service.describe_state_machine(cx, read(body)?).await,
        "DescribeStateMachineForExecution" => service.describe_state_machine_for_execution(cx, read(body)?).await,
        "ListStateMachines" => service.list_state_machines(cx, read(body)?).await,
        "DeleteStateMachine" => service.delete_state_machine(cx, read(body)?).await,
        "ValidateStateMachineDefinition" => service.validate_state_machine_definition(cx, &read(body)?),
        "TestState" => service.test_state(cx, &read(body)?).await,

        "PublishStateMachineVersion" => service.publish_state_machine_version(cx, read(body)?).await,
        "ListStateMachineVersions" => service.list_state_machine_versions(cx, read(body)?).await,
        "DeleteStateMachineVersion" => service.delete_state_machine_version(cx, read(body)?).await,
        "CreateStateMachineAlias" => service.create_state_machine_alias(cx, read(body)?).await,
        "UpdateStateMachineAlias" => service.update_state_machine_alias(cx, read(body)?).await,
        "DescribeStateMachineAlias" => service.describe_state_machine_alias(cx, read(body)?).await,
        "ListStateMachineAliases" => service.list_state_machine_aliases(cx, read(body)?).await,
        "DeleteStateMachineAlias" => service.delete_state_machine_alias(cx, read(body)?).await,

        "StartExecution" => service.start_execution(cx, read(body)?).await,
        "StartSyncExecution" => service.start_sync_execution(cx, read(body)?).await,
        "DescribeExecution" => service.describe_execution(cx, read(body)?).await,
        "ListExecutions" => service.list_executions(cx, read(body)?).await,
        "StopExecution" => service.stop_execution(cx, read(body)?).await,
        "RedriveExecution" => service.redrive_execution(cx, read(body)?).await,
        "GetExecutionHistory" => service.get_execution_history(cx, read(body)?).await,

        "ListMapRuns" => service.list_map_runs(cx, read(body)?).await,
        "DescribeMapRun" => service.describe_map_run(cx, read(body)?).await,
        "UpdateMapRun" => service.update_map_run(cx, read(body)?).await,

        "CreateActivity" => service.create_activity(cx, read(body)?).await,
        "DescribeActivity" => service.describe_activity(cx, read(body)?).await,
        "ListActivities" => service.list_activities(cx, read(body)?).await,
        "DeleteActivity" => service.delete_activity(cx, read(body)?).await,

        "GetActivityTask" => service.get_activity_task(cx, read(body)?).await,
        "SendTaskSuccess" => service.send_task_success(cx, read(body)?).await,
        "SendTaskFailure" => service.send_task_failure(cx, read(body)?).await,
        "SendTaskHeartbeat" => service.send_task_heartbeat(cx, read(body)?).await,

        "TagResource" => service.tag_resource(cx, read(body)?).await,
        "UntagResource" => service.untag_resource(cx, read(body)?).await,
        "ListTagsForResource" => service.list_tags_for_resource(cx, read(body)?).await,

        other => Err(ApiError::new("UnknownOperationException", format!("There is no operation \"{other}\"."))),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let code = if error.is_data() { "ValidationException" } else { "SerializationException" };
        ApiError::new(code, format!("The request is not what the operation takes: {error}"))
    })
}
