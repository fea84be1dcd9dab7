//! Task states that call functions and the object store.

use crate::clock::Clock;
use crate::deps::{Calling, Calls, ObjectStores};
use crate::s3_calls;
use asl::integration::{LambdaAnswer, lambda_result};
use asl::{Event, Resource, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::{Functions, Invocation};
use futures::future::BoxFuture;
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
        let mut wants_log = false;
        let (function, payload) = match &call.task.resource {
            Resource::LambdaFunction { arn } => (arn.clone(), call.task.arguments.text()),
            _ => {
                let arguments = call.task.arguments.value();
                let text = |name: &str| arguments.get(name).and_then(Value::as_str);
                let mut name = text("FunctionName").unwrap_or_default().to_owned();
                if let Some(qualifier) = text("Qualifier") {
                    name = format!("{name}:{qualifier}");
                }
                let payload = arguments.get("Payload").filter(|payload| **payload != Value::Null).map_or_else(|| "{}".to_owned(), Value::to_json);
                wants_log = text("LogType") == Some("Tail");
                (name.into(), payload.into())
            }
        };
        let deadline = call.task.timeout_seconds.map(|s| Instant::now() + Duration::from_secs(s.min(1 << 31)));
        let answered = self.functions.call(Invocation {
            whose: call.whose,
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
                    executed_version: Some(answer.executed_version.into_owned()),
                    log_result: answer.log_tail.filter(|_| wants_log).map(|log| STANDARD.encode(log)),
                    request_id: answer.request_id,
                    at: self.clock.now(),
                };
                lambda_result(call.id, &call.task, &answer)
            }
            Err(refused) => Event::TaskFailed { id: call.id, error: refused.error, cause: Some(refused.cause) },
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
                Box::pin(async move { s3_calls::call(this.objects, call, &action).await })
            }
            other => {
                let said = format!("The resource {other} cannot be called on this server.");
                Box::pin(async move { failed(&call, "States.Runtime", &said) })
            }
        }
    }
}

fn failed(call: &Calling, error: &str, cause: &str) -> Event {
    Event::TaskFailed { id: call.id, error: error.to_owned(), cause: Some(cause.to_owned()) }
}
