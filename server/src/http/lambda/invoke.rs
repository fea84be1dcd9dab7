//! `POST /2015-03-31/functions/{name}/invocations`

use super::{Answered, Door, enter, insert, json_text, render};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use executor::OnStop;
use functions::{Answer, Invocation};
use serde::Deserialize;
use service::lambda_api::{Invoke, LambdaError};
use std::time::Duration;

/// When a call of type `Event` that failed is tried again: as on AWS, twice.
const RETRY_AFTER: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Asked {
    qualifier: Option<String>,
}

/// Answers one call.
pub async fn call(State(door): State<Door>, Path(function): Path<String>, request: Request) -> Response {
    render(async {
        let (cx, parts, body) = enter(&door.service, request).await?;
        let Asked { qualifier } =
            Query::try_from_uri(&parts.uri).map(|Query(asked)| asked).unwrap_or_default();
        let asked = Invoke { function, qualifier, payload: body.to_vec() };
        let invocation = door.service.prepare_invoke(&cx, asked)?;
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        match header("x-amz-invocation-type") {
            None | Some("RequestResponse") => {
                let wants_log = header("x-amz-log-type") == Some("Tail");
                Ok(answered(door.service.invoke(invocation).await?, wants_log))
            }
            Some("Event") => event(&door, invocation),
            Some("DryRun") => Ok(StatusCode::NO_CONTENT.into_response()),
            Some(other) => {
                let said = format!("{other} is no invocation type: RequestResponse, Event, DryRun.");
                Err(LambdaError::new("InvalidParameterValueException", said))
            }
        }
    })
    .await
}

fn answered(answer: Answer, wants_log: bool) -> Response {
    let mut response = json_text(StatusCode::OK, answer.payload.to_string());
    let headers: &mut HeaderMap = response.headers_mut();
    insert(headers, "x-amzn-requestid", &answer.request_id);
    insert(headers, "x-amz-executed-version", &answer.executed_version);
    if let Some(error) = answer.function_error {
        insert(headers, "x-amz-function-error", error.as_str());
    }
    if let Some(log) = answer.log_tail.filter(|_| wants_log) {
        insert(headers, "x-amz-log-result", &STANDARD.encode(log));
    }
    response
}

/// Takes a call that nobody waits for. It lives in memory: a restart of the server loses it.
fn event(door: &Door, invocation: Invocation) -> Answered {
    let place = door.events.clone().try_acquire_owned().map_err(|_| {
        LambdaError::new(
            "TooManyRequestsException",
            "Too many calls of type Event are under way. Try again later.",
        )
    })?;
    let service = door.service.clone();
    door.tasks.start("call of type Event", OnStop::Drop, async move {
        let _place = place;
        let mut waits = RETRY_AFTER.into_iter();
        loop {
            let failed = match service.invoke(invocation.clone()).await {
                Ok(answer) => answer.function_error.map(|_| answer.payload.to_string()),
                Err(error) => Some(error.to_string()),
            };
            let Some(why) = failed else { return };
            let Some(wait) = waits.next() else {
                tracing::warn!(
                    function = &*invocation.function,
                    why,
                    "a call of type Event failed three times"
                );
                return;
            };
            tokio::time::sleep(wait).await;
        }
    });
    Ok(StatusCode::ACCEPTED.into_response())
}
