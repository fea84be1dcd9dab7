//! The lines of pipe workers.

use super::super::failure::{self, MAX_RESULT_BYTES};
use crate::invocation::Answer;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

/// The longest line that is read, in bytes: the largest result with its id around it.
pub const MAX_LINE_BYTES: usize = MAX_RESULT_BYTES + 1024;

/// Adds a request line.
pub fn write_request(into: &mut Vec<u8>, id: u64, payload: &str) {
    into.extend_from_slice(b"{\"id\":");
    into.extend_from_slice(id.to_string().as_bytes());
    into.extend_from_slice(b",\"payload\":");
    let begin = into.len();
    into.extend_from_slice(payload.as_bytes());
    // In JSON text a line break is white space: inside strings it is written `\n`.
    for byte in &mut into[begin..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    into.extend_from_slice(b"}\n");
}

/// An answer line.
#[derive(Deserialize)]
pub struct AnswerLine<'l> {
    /// The request's.
    pub id: u64,
    #[serde(borrow)]
    result: Option<&'l RawValue>,
    error: Option<RaisedError>,
}

#[derive(Deserialize)]
struct RaisedError {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    message: String,
}

impl<'l> AnswerLine<'l> {
    /// Reads a line; `None` for anything else that a worker prints.
    pub fn read(line: &'l [u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }

    /// What it answers. Neither result nor error is `null`.
    pub fn answer(self, request_id: &str) -> Answer {
        if let Some(RaisedError { kind, message }) = self.error {
            let kind = if kind.is_empty() { "Error" } else { &kind };
            let payload = json!({"errorType": kind, "errorMessage": message, "requestId": request_id});
            return failure::unhandled(request_id, payload.to_string());
        }
        let text = self.result.map_or("null", RawValue::get);
        match text.len() > MAX_RESULT_BYTES {
            true => failure::too_large(request_id),
            false => Answer { request_id: request_id.to_owned(), ..Answer::of(text) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_line() {
        let mut out = Vec::new();
        write_request(&mut out, 7, "{\n  \"a\": \"x\\ny\"\r\n}");
        assert_eq!(out, b"{\"id\":7,\"payload\":{   \"a\": \"x\\ny\"  }}\n");
    }

    #[test]
    fn answers_are_results_errors_or_not_ours() {
        let read =
            |line: &'static str| AnswerLine::read(line.as_bytes()).map(|line| (line.id, line.answer("r")));
        let (id, answer) = read(r#"{"id": 3, "result": {"b": [1, 2.50]}}"#).unwrap();
        assert_eq!((id, &*answer.payload, answer.function_error), (3, r#"{"b": [1, 2.50]}"#, None));
        let (_, answer) = read(r#"{"id":4,"error":{"type":"ValueError","message":"no"}}"#).unwrap();
        assert_eq!(&*answer.payload, r#"{"errorType":"ValueError","errorMessage":"no","requestId":"r"}"#);
        assert!(answer.function_error.is_some());
        assert_eq!(&*read(r#"{"id":5}"#).unwrap().1.payload, "null");
        assert!(read("loading the model …").is_none());
        assert!(read("{\"progress\": 1}").is_none());
    }
}
