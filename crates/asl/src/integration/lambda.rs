//! Lambda's answers as results and errors of a Task.

use super::{Pattern, Resource};
use crate::Value;
use crate::execution::{EffectId, Event, TaskCall};
use crate::payload::Payload;
use crate::value::Object;
use model::Timestamp;
use std::sync::Arc;

/// What an invoked function answered.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaAnswer {
    /// HTTP status: 200; 202 for `InvocationType` `Event`; 204 for `DryRun`.
    pub status_code: u16,
    /// The body: JSON text, or any text.
    pub payload: Arc<str>,
    /// The header `X-Amz-Function-Error`: `Unhandled`, `Handled`.
    pub function_error: Option<String>,
    /// The header `X-Amz-Executed-Version`; `$LATEST` when there is none.
    pub executed_version: Option<String>,
    /// The header `X-Amz-Log-Result`, for `LogType` `Tail`.
    pub log_result: Option<String>,
    /// The header `x-amzn-RequestId`.
    pub request_id: String,
    /// When it came.
    pub at: Timestamp,
}

/// The event that tells the execution what the function answered.
/// A `.waitForTaskToken` call only learns that its request was accepted.
pub fn lambda_result(id: EffectId, call: &TaskCall, answer: &LambdaAnswer) -> Event {
    if answer.function_error.is_some() {
        let (error, cause) = function_error(&answer.payload);
        return Event::TaskFailed { id, error, cause: Some(cause) };
    }
    match &call.resource {
        Resource::LambdaInvoke { pattern } => {
            let output = Payload::from_value(invoke_response(answer));
            match pattern {
                Pattern::WaitForTaskToken => Event::TaskSubmitted { id, output },
                _ => Event::TaskSucceeded { id, output },
            }
        }
        _ => Event::TaskSucceeded { id, output: body(answer) },
    }
}

/// The event for a call that Lambda refused: no such function, too many requests …
/// `code` is Lambda's: `ResourceNotFoundException`.
pub fn lambda_refusal(id: EffectId, status_code: u16, code: &str, message: &str, request_id: &str) -> Event {
    let cause = format!(
        "{message} (Service: AWSLambda; Status Code: {status_code}; Error Code: {code}; Request ID: {request_id}; Proxy: null)"
    );
    Event::TaskFailed { id, error: format!("Lambda.{code}"), cause: Some(cause) }
}

/// The body as a payload: as it is when it is JSON, otherwise as a JSON string.
fn body(answer: &LambdaAnswer) -> Payload {
    match Payload::parse(&answer.payload) {
        Ok(payload) => payload,
        Err(_) if answer.payload.is_empty() => Payload::from_value(Value::Null),
        Err(_) => Payload::from_value(Value::String(answer.payload.clone())),
    }
}

fn function_error(payload: &str) -> (String, String) {
    let value = Value::from_json(payload).unwrap_or_default();
    match value.get("errorType").and_then(Value::as_str) {
        Some(error_type) => (error_type.to_owned(), payload.to_owned()),
        None => (
            "Lambda.Unknown".to_owned(),
            format!(
                "The cause could not be determined because Lambda did not return an error type. Returned payload: {payload}"
            ),
        ),
    }
}

/// The result of `lambda:invoke`.
fn invoke_response(answer: &LambdaAnswer) -> Value {
    let version: Value = answer.executed_version.as_deref().unwrap_or("$LATEST").into();
    let mut response = Object::new();
    response.insert("ExecutedVersion".into(), version.clone());
    if let Some(log) = &answer.log_result {
        response.insert("LogResult".into(), log.as_str().into());
    }
    if answer.status_code == 200 {
        response.insert("Payload".into(), body(answer).value().clone());
    }
    response.insert("SdkHttpMetadata".into(), http_metadata(answer, version));
    let mut metadata = Object::new();
    metadata.insert("RequestId".into(), answer.request_id.as_str().into());
    response.insert("SdkResponseMetadata".into(), metadata.into());
    response.insert("StatusCode".into(), u64::from(answer.status_code).into());
    response.into()
}

fn http_metadata(answer: &LambdaAnswer, version: Value) -> Value {
    let headers: [(&str, Value); 8] = [
        ("X-Amz-Executed-Version", version),
        ("x-amzn-Remapped-Content-Length", "0".into()),
        ("Connection", "keep-alive".into()),
        ("x-amzn-RequestId", answer.request_id.as_str().into()),
        ("Content-Length", answer.payload.len().to_string().into()),
        ("Date", http_date(answer.at).into()),
        (
            "X-Amzn-Trace-Id",
            format!("root=1-{:08x}-{:.24};sampled=0", answer.at.0 / 1000, plain_hex(&answer.request_id))
                .into(),
        ),
        ("Content-Type", "application/json".into()),
    ];
    let all = headers.iter().map(|(name, value)| ((*name).into(), vec![value.clone()].into()));
    let mut metadata = Object::new();
    metadata.insert("AllHttpHeaders".into(), all.collect::<Object>().into());
    let mut single: Vec<_> = headers.into_iter().collect();
    single.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let single = single.into_iter().map(|(name, value)| (name.into(), value));
    metadata.insert("HttpHeaders".into(), single.collect::<Object>().into());
    metadata.insert("HttpStatusCode".into(), u64::from(answer.status_code).into());
    metadata.into()
}

fn plain_hex(text: &str) -> String {
    text.chars().filter(char::is_ascii_hexdigit).collect()
}

/// `Tue, 15 Nov 1994 08:12:31 GMT`.
fn http_date(at: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = at.to_rfc3339();
    let day = DAYS[at.0.div_euclid(86_400_000).rem_euclid(7) as usize];
    let month = text.get(5..7).and_then(|m| m.parse::<usize>().ok()).unwrap_or(1);
    let part = |range| text.get(range).unwrap_or_default();
    format!("{day}, {} {} {} {} GMT", part(8..10), MONTHS[(month - 1) % 12], part(0..4), part(11..19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_the_form_of_http() {
        assert_eq!(http_date(Timestamp(784_887_151_000)), "Tue, 15 Nov 1994 08:12:31 GMT");
        assert_eq!(http_date(Timestamp(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn an_error_without_a_type_is_unknown() {
        let (error, cause) = function_error(r#"{"errorMessage":"Task timed out after 3.00 seconds"}"#);
        assert_eq!(error, "Lambda.Unknown");
        assert!(cause.ends_with(r#"Returned payload: {"errorMessage":"Task timed out after 3.00 seconds"}"#));
    }
}
