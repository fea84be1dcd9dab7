//! The functions of a case: what each behaviour answers.

use asl::integration::{LambdaAnswer, lambda_refusal, lambda_result};
use asl::{EffectId, Event, Resource, TaskCall};
use model::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// The answer of a called function, and the seconds that it takes.
pub fn answer(case: &Value, id: EffectId, call: &TaskCall, now: Timestamp) -> (Event, i64) {
    let arguments: Value = serde_json::from_str(&call.arguments.text()).expect("arguments are JSON");
    let (reference, event) = match &call.resource {
        Resource::LambdaFunction { arn } => (arn.to_string(), arguments),
        Resource::LambdaInvoke { .. } => {
            let name = arguments["FunctionName"].as_str().unwrap_or_default().to_owned();
            (name, arguments.get("Payload").cloned().unwrap_or_else(|| json!({})))
        }
        other => panic!("no stand-in for {other}"),
    };
    let name = model::arn::function_name(&reference);
    let mut functions = case["functions"].as_array().into_iter().flatten();
    match functions.find(|function| function["token"] == name) {
        Some(function) => {
            let (payload, failed, seconds) = behave(&function["behaviour"], &event);
            let answer = LambdaAnswer {
                status_code: 200,
                payload: Arc::from(payload),
                function_error: failed.then(|| "Unhandled".to_owned()),
                executed_version: None,
                log_result: None,
                request_id: "6f1c0a3e-8f0b-4b7e-9a51-0d8c2f1f7e11".to_owned(),
                at: now,
            };
            (lambda_result(id, call, &answer), seconds)
        }
        None => {
            let arn = format!(
                "arn:aws:lambda:{}:{}:function:{name}:$LATEST",
                super::case::REGION,
                super::case::ACCOUNT
            );
            let message = format!("Function not found: {arn}");
            (lambda_refusal(id, 404, "ResourceNotFoundException", &message, "6f1c0a3e"), 0)
        }
    }
}

/// The payload, whether the function failed, and the seconds that it took.
fn behave(behaviour: &Value, event: &Value) -> (String, bool, i64) {
    let text = |key: &str| behaviour[key].as_str().unwrap_or_default().to_owned();
    match text("kind").as_str() {
        "echo" => (python_json(event), false, 0),
        "sleep_echo" => (python_json(event), false, behaviour["seconds"].as_i64().unwrap_or(0)),
        "return" => (python_json(&behaviour["value"]), false, 0),
        "return_text" => {
            let length = behaviour["length"].as_u64().unwrap_or(0) as usize;
            (python_json(&text("char").repeat(length).into()), false, 0)
        }
        "raise" => {
            let (kind, message) = (text("errorType"), text("errorMessage"));
            let trace = format!(
                "  File \"/var/task/handler.py\", line 2, in handler\n    raise {kind}(\"{message}\")\n"
            );
            let error = json!({"errorMessage": message, "errorType": kind, "requestId": "a-b-c-d", "stackTrace": [trace]});
            (error.to_string(), true, 0)
        }
        other => panic!("no stand-in for the behaviour {other}"),
    }
}

/// JSON with the spaces that Python writes.
fn python_json(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(python_json).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(k, v)| format!("{}: {}", Value::from(k.as_str()), python_json(v)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}
