//! Task states that call functions and the object store.

use crate::clock::Clock;
use crate::deps::{Calling, Calls, ObjectStores};
use asl::integration::{
    LambdaAnswer, S3Entry, S3Listing, S3Object, lambda_result, s3_done, s3_listing, s3_object, s3_put, s3_refusal,
};
use asl::{Event, Resource, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::{Functions, Invocation};
use futures::future::BoxFuture;
use model::Timestamp;
use model::limits::MAX_PAYLOAD_BYTES;
use objects::{ListFrom, Objects};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Calls registered and built-in functions, and S3 actions on a workspace's object store.
#[derive(Clone)]
pub struct FunctionCalls {
    functions: Functions,
    objects: Arc<dyn ObjectStores>,
    clock: Clock,
}

impl FunctionCalls {
    /// Calls these functions; S3 actions go to the store that holds their bucket.
    pub fn new(functions: Functions, objects: Arc<dyn ObjectStores>, clock: Clock) -> Self {
        Self { functions, objects, clock }
    }

    async fn lambda(self, call: Calling) -> Event {
        let arguments = call.task.arguments.value();
        let (function, payload) = match &call.task.resource {
            Resource::LambdaFunction { arn } => (arn.clone(), call.task.arguments.text()),
            _ => {
                let text = |name: &str| arguments.get(name).and_then(Value::as_str);
                let mut name = text("FunctionName").unwrap_or_default().to_owned();
                if let Some(qualifier) = text("Qualifier") {
                    name = format!("{name}:{qualifier}");
                }
                let payload = arguments.get("Payload").filter(|payload| **payload != Value::Null).map_or_else(|| "{}".to_owned(), Value::to_json);
                (name, payload.into())
            }
        };
        let wants_log = arguments.get("LogType").and_then(Value::as_str) == Some("Tail");
        let deadline = call.task.timeout_seconds.map(|s| Instant::now() + Duration::from_secs(s.min(1 << 31)));
        let answered = self.functions.call(Invocation {
            workspace: call.workspace,
            function,
            payload,
            idempotency_key: call.idempotency_key,
            attempt: call.task.attempt,
            deadline,
        });
        match answered.await {
            Ok(answer) => {
                let answer = LambdaAnswer {
                    status_code: answer.status,
                    payload: answer.payload,
                    function_error: answer.function_error.map(|error| error.as_str().to_owned()),
                    executed_version: Some(answer.executed_version),
                    log_result: answer.log_tail.filter(|_| wants_log).map(|log| STANDARD.encode(log)),
                    request_id: answer.request_id,
                    at: self.clock.now(),
                };
                lambda_result(call.id, &call.task, &answer)
            }
            Err(refused) => Event::TaskFailed { id: call.id, error: refused.error, cause: Some(refused.cause) },
        }
    }

    async fn s3(self, call: Calling, action: String) -> Event {
        let bucket = call.task.arguments.value().get("Bucket").and_then(Value::as_str).unwrap_or_default();
        let objects = match self.objects.find(&call.workspace, bucket).await {
            Ok(objects) => objects,
            Err(cause) => return s3_refusal(call.id, 404, "NoSuchBucketException", &cause, ""),
        };
        match s3_action(&objects, &call, &action).await {
            Ok(event) => event,
            Err(error) => {
                let code = error.code().unwrap_or("SdkClientException").to_owned();
                s3_refusal(call.id, error.status().unwrap_or(500), &code, &error.to_string(), "")
            }
        }
    }
}

impl Calls for FunctionCalls {
    fn call(&self, call: Calling) -> BoxFuture<'static, Event> {
        let this = self.clone();
        match &call.task.resource {
            Resource::LambdaFunction { .. } | Resource::LambdaInvoke { .. } => Box::pin(this.lambda(call)),
            Resource::S3 { action } => {
                let action = action.clone();
                Box::pin(this.s3(call, action))
            }
            other => {
                let said = format!("The resource {other} cannot be called on this server.");
                Box::pin(async move { failed(&call, "States.Runtime", &said) })
            }
        }
    }
}

async fn s3_action(objects: &Objects, call: &Calling, action: &str) -> Result<Event, objects::Error> {
    let arguments = call.task.arguments.value();
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let (bucket, key) = (text("Bucket"), text("Key"));
    Ok(match action {
        "getObject" | "headObject" => {
            let info = objects.head(bucket, key).await?;
            let body = match action {
                "getObject" => Some(objects.get_small(bucket, key, MAX_PAYLOAD_BYTES as u64).await?.to_vec()),
                _ => None,
            };
            s3_object(call.id, &S3Object {
                body,
                content_length: info.size,
                content_type: info.content_type.unwrap_or_else(|| "binary/octet-stream".into()),
                etag: format!("\"{}\"", info.etag),
                last_modified: Timestamp(info.last_modified_ms),
                metadata: Vec::new(),
                version_id: None,
            })
        }
        "putObject" => {
            let body = match arguments.get("Body") {
                Some(Value::String(text)) => text.to_string(),
                Some(other) => other.to_json(),
                None => String::new(),
            };
            let etag = objects.put(bucket, key, body.into()).await?;
            s3_put(call.id, &format!("\"{etag}\""), None)
        }
        "deleteObject" => {
            objects.delete(bucket, key).await?;
            s3_done(call.id)
        }
        "listObjectsV2" => {
            let continuation = arguments.get("ContinuationToken").and_then(Value::as_str).map(str::to_owned);
            let max_keys = arguments.get("MaxKeys").and_then(Value::as_number).and_then(|n| n.as_u64());
            let from = ListFrom {
                continuation,
                max_keys: max_keys.and_then(|n| u16::try_from(n).ok()),
                ..ListFrom::default()
            };
            let page = objects.list(bucket, text("Prefix"), from).await?;
            let entry = |info: objects::ObjectInfo| S3Entry {
                key: info.key,
                etag: format!("\"{}\"", info.etag),
                last_modified: Timestamp(info.last_modified_ms),
                size: info.size,
            };
            s3_listing(call.id, &S3Listing {
                bucket: bucket.to_owned(),
                prefix: text("Prefix").to_owned(),
                max_keys: max_keys.unwrap_or(1_000),
                contents: page.objects.into_iter().map(entry).collect(),
                next_continuation_token: page.next,
            })
        }
        other => failed(call, "States.Runtime", &format!("The S3 action {other} cannot be called on this server.")),
    })
}

fn failed(call: &Calling, error: &str, cause: &str) -> Event {
    Event::TaskFailed { id: call.id, error: error.to_owned(), cause: Some(cause.to_owned()) }
}
