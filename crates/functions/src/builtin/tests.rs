use super::*;
use crate::builtins;
use crate::source::{NoObjects, ObjectBytes};
use bytes::Bytes;
use futures::{StreamExt, stream};

struct OneObject(&'static str);

#[async_trait::async_trait]
impl ObjectSource for OneObject {
    async fn open(&self, _: &WorkspaceId, bucket: &str, key: &str) -> Result<ObjectBytes, ObjectFault> {
        assert_eq!((bucket, key.starts_with("k")), ("b", true));
        // Three bytes at a time, so that lines are cut in the middle.
        let chunks: Vec<_> = self.0.as_bytes().chunks(3).map(|c| Ok(Bytes::from_static(c))).collect();
        Ok(stream::iter(chunks).boxed())
    }
}

fn event(payload: &str, attempt: u32, objects: impl ObjectSource + 'static) -> Event {
    let call = Invocation::new(WorkspaceId::new(0, [0; 10]), "any", payload);
    Event::new(Invocation { attempt, ..call }, Arc::new(objects))
}

async fn run(name: &str, event: Event) -> Outcome {
    let found = builtins().iter().find(|builtin| builtin.name == name);
    found.unwrap().call(event).await
}

#[tokio::test]
async fn plain_functions_do_what_they_say() {
    let echo = run("echo", event(r#"{ "a": 1.0 }"#, 0, NoObjects)).await;
    assert_eq!(echo.as_deref(), Ok(r#"{ "a": 1.0 }"#));
    let sum = run("add", event("[1, 2, 39]", 0, NoObjects)).await;
    assert_eq!(sum.as_deref(), Ok("42"));
    let sum = run("add", event(r#"{"numbers": [1, 0.5]}"#, 0, NoObjects)).await;
    assert_eq!(sum.as_deref(), Ok("1.5"));
    let wrong = run("add", event(r#"{"numbers": ["x"]}"#, 0, NoObjects)).await;
    assert_eq!(wrong.unwrap_err().error_type, "TypeError");
    let upper = run("uppercase-keys", event(r#"{"a":[{"b":1}]}"#, 0, NoObjects)).await;
    assert_eq!(upper.as_deref(), Ok(r#"{"A":[{"B":1}]}"#));
    let big = run("big-output", event(r#"{"bytes": 1000}"#, 0, NoObjects)).await.unwrap();
    assert_eq!(big.len(), 1000);
    assert!(run("big-output", event(r#"{"bytes": 1e12}"#, 0, NoObjects)).await.is_err());
    let failed = run("fail", event(r#"{"errorType":"E","errorMessage":"m"}"#, 0, NoObjects)).await;
    assert_eq!(failed, Err(Raised::new("E", "m")));
}

#[tokio::test]
async fn flaky_fails_for_the_same_keys_until_the_attempt_is_high_enough() {
    let mut failed = 0;
    for n in 0..1000 {
        let payload = format!(r#"{{"key": "item-{n}", "share": 0.3, "attempts": 2}}"#);
        let outcomes = [0, 0, 1, 2].map(|attempt| run("flaky", event(&payload, attempt, NoObjects)));
        let outcomes = futures::future::join_all(outcomes).await;
        assert_eq!(outcomes[0], outcomes[1]);
        assert_eq!(outcomes[0].is_err(), outcomes[2].is_err());
        assert!(outcomes[3].is_ok());
        failed += u32::from(outcomes[0].is_err());
    }
    assert!((250..350).contains(&failed), "{failed}");
}

#[tokio::test]
async fn lines_are_counted_and_malformed_ones_named() {
    let good = "{\"a\":1}\n\n[2]\r\n\"three\"";
    let counted = run("count-lines", event(r#"{"Bucket":"b","Key":"k"}"#, 0, OneObject(good))).await;
    assert_eq!(counted.as_deref(), Ok(r#"{"lines":4,"records":3}"#));

    let bad = "{\"a\":1}\n{\"a\":\n3\n";
    let raised = run("count-lines", event(r#"{"Bucket":"b","Key":"k"}"#, 0, OneObject(bad))).await;
    let raised = raised.unwrap_err();
    assert_eq!(raised.error_type, "MalformedObject");
    assert!(raised.message.starts_with("Line 2 of s3://b/k is not valid JSON"), "{}", raised.message);

    let skip = r#"{"Bucket":"b","Key":"k","onMalformed":"skip"}"#;
    let counted = run("count-lines", event(skip, 0, OneObject(bad))).await;
    assert_eq!(counted.as_deref(), Ok(r#"{"lines":3,"records":2,"skipped":1}"#));

    let batch = r#"{"BatchInput":{"Bucket":"b"},"Items":[{"Key":"k1"},{"Key":"k2"}]}"#;
    let counted = run("count-lines", event(batch, 0, OneObject(good))).await;
    assert_eq!(counted.as_deref(), Ok(r#"{"lines":8,"records":6}"#));
    let empty = run("count-lines", event(r#"{"Bucket":"b","Key":"k"}"#, 0, OneObject(""))).await;
    assert_eq!(empty.as_deref(), Ok(r#"{"lines":0,"records":0}"#));
}

#[tokio::test]
async fn objects_are_checked_and_missing_ones_raise() {
    let sum = run("checksum", event(r#"{"Bucket":"b","Key":"k"}"#, 0, OneObject("abc"))).await.unwrap();
    let sum: Value = serde_json::from_str(&sum).unwrap();
    assert_eq!(sum["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(sum["bytes"], 3);
    let missing = run("checksum", event(r#"{"Bucket":"b","Key":"k"}"#, 0, NoObjects)).await;
    assert_eq!(missing.unwrap_err().error_type, "NoSuchBucket");
    let keyless = run("checksum", event(r#"{"Bucket":"b"}"#, 0, NoObjects)).await;
    assert_eq!(keyless.unwrap_err().error_type, "InvalidParameterValueException");
}

#[test]
fn every_example_is_json_and_every_name_is_once() {
    let mut names: Vec<_> = builtins().iter().map(|builtin| builtin.name).collect();
    for builtin in builtins() {
        assert!(serde_json::from_str::<Value>(builtin.example).is_ok(), "{}", builtin.name);
        assert!(builtin.about.ends_with('.'), "{}", builtin.name);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), builtins().len());
}
