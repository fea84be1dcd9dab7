//! The id of a request: in the header `x-request-id`, in problem documents and in the log.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::time::{SystemTime, UNIX_EPOCH};

/// The header of requests and answers.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const MAX_CHARS: usize = 128;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that this task answers; `None` outside of one.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Gives a request its id: the client's own when it is 1 to 128 letters, digits, `-`, `_`, `.` and
/// `:`, else a new one. The answer carries it.
pub async fn assign(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|text| is_plain(text))
        .map_or_else(new_id, str::to_owned);
    let header = HeaderValue::from_str(&id);
    let mut response = CURRENT.scope(id, next.run(request)).await;
    if let Ok(value) = header {
        response.headers_mut().entry(HEADER).or_insert(value);
    }
    response
}

/// The id that answers of AWS's protocols carry in `x-amzn-requestid`: a new UUID.
pub fn amzn() -> String {
    executor::child_name("request", u64::from_ne_bytes(service::secrets::random()))
}

fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:".contains(&b);
    (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(plain)
}

fn new_id() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    model::id::ulid(since.map_or(0, |d| d.as_millis() as i64), service::secrets::random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_of_clients_are_taken() {
        assert!(is_plain("7f3a-01.b:2_c"));
        assert!(is_plain(&new_id()));
        assert!(!is_plain(""));
        assert!(!is_plain("a b"));
        assert!(!is_plain("<script>"));
        assert!(!is_plain(&"x".repeat(129)));
    }
}
