//! The table of built-in functions.

use super::{Event, LocalFunction, Outcome, json, objects, trouble};
use futures::future::BoxFuture;

/// A built-in function; callable as `arn:aws:lambda:R:A:function:NAME` in every workspace.
pub struct Builtin {
    /// Its name in the ARN.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// An event that it understands, as JSON text.
    pub example: &'static str,
    run: fn(Event) -> BoxFuture<'static, Outcome>,
}

#[async_trait::async_trait]
impl LocalFunction for Builtin {
    async fn call(&self, event: Event) -> Outcome {
        (self.run)(event).await
    }
}

/// All of them, in the order in which pages show them.
pub fn builtins() -> &'static [Builtin] {
    BUILTINS
}

static BUILTINS: &[Builtin] = &[
    Builtin {
        name: "echo",
        about: "Returns its event.",
        example: r#"{"hello": "world"}"#,
        run: |event| Box::pin(async move { Ok(event.payload) }),
    },
    Builtin {
        name: "add",
        about: "Adds numbers, and returns the sum.",
        example: r#"{"numbers": [1, 2, 3]}"#,
        run: |event| Box::pin(async move { json::add(&event) }),
    },
    Builtin {
        name: "uppercase-keys",
        about: "Returns its event with the names of all fields in capitals.",
        example: r#"{"name": "cat", "tags": {"colour": "black"}}"#,
        run: |event| {
            Box::pin(async move { Ok(json::uppercase_keys(event.value().clone()).to_string().into()) })
        },
    },
    Builtin {
        name: "sleep",
        about: "Waits `ms` milliseconds (at most 15 minutes) and returns its event.",
        example: r#"{"ms": 250}"#,
        run: |event| Box::pin(trouble::sleep(event)),
    },
    Builtin {
        name: "count-lines",
        about: "Counts the lines and JSON records of an object. A line that is not JSON raises \
                `MalformedObject`, or is counted as skipped with `\"onMalformed\": \"skip\"`.",
        example: r#"{"Bucket": "my-bucket", "Key": "logs/2026-01-01.jsonl", "onMalformed": "skip"}"#,
        run: |event| Box::pin(objects::count_lines(event)),
    },
    Builtin {
        name: "checksum",
        about: "Returns the SHA-256 and the size of an object.",
        example: r#"{"Bucket": "my-bucket", "Key": "photos/cat.jpg"}"#,
        run: |event| Box::pin(objects::checksum(event)),
    },
    Builtin {
        name: "big-output",
        about: "Returns a text whose JSON is exactly `bytes` bytes long (at most 6 MiB), to meet the payload limit.",
        example: r#"{"bytes": 262144}"#,
        run: |event| Box::pin(async move { trouble::big_output(&event) }),
    },
    Builtin {
        name: "flaky",
        about: "Raises `TransientError` for a `share` of keys on their first `attempts` attempts, \
                always for the same keys; else returns its event.",
        example: r#"{"key": "item-17", "share": 0.2, "attempts": 1}"#,
        run: |event| Box::pin(async move { trouble::flaky(event) }),
    },
    Builtin {
        name: "random-fail",
        about: "Raises `RandomError` for a random `share` of calls; else returns its event.",
        example: r#"{"share": 0.05}"#,
        run: |event| Box::pin(async move { trouble::random_fail(event) }),
    },
    Builtin {
        name: "fail",
        about: "Raises the error that its event describes.",
        example: r#"{"errorType": "ValueError", "errorMessage": "No cat in this picture."}"#,
        run: |event| Box::pin(async move { trouble::fail(&event) }),
    },
];
