//! `Invoke`

use super::error::LambdaError;
use crate::{Cx, Service};
use functions::{Answer, CallError, Invocation};
use model::Permission;
use model::arn::function_name;
use serde::de::IgnoredAny;

/// The largest payload of a call, in bytes. Source: AWS Lambda quotas.
pub const PAYLOAD_BYTES: usize = 6_291_456;

/// A call of a function.
#[derive(Clone, Debug)]
pub struct Invoke {
    /// A name or an ARN.
    pub function: String,
    /// A version or an alias; a function has one version here.
    pub qualifier: Option<String>,
    /// The event; nothing reads as `{}`.
    pub payload: Vec<u8>,
}

impl Service {
    /// What there is to call, checked: that the caller may, and that the payload is JSON.
    pub fn prepare_invoke(&self, cx: &Cx, asked: Invoke) -> Result<Invocation, LambdaError> {
        cx.require(Permission::Operate)?;
        let payload = if asked.payload.trim_ascii().is_empty() { b"{}".to_vec() } else { asked.payload };
        if payload.len() > PAYLOAD_BYTES {
            let said = format!(
                "Request must be smaller than {PAYLOAD_BYTES} bytes for the InvokeFunction operation"
            );
            return Err(LambdaError::new("RequestEntityTooLargeException", said));
        }
        let wrong = |why: &dyn std::fmt::Display| {
            LambdaError::new(
                "InvalidRequestContentException",
                format!("Could not parse request body into json: {why}"),
            )
        };
        let text = String::from_utf8(payload).map_err(|error| wrong(&error))?;
        serde_json::from_str::<IgnoredAny>(&text).map_err(|error| wrong(&error))?;
        let reference = match asked.qualifier {
            Some(qualifier) if qualifier != "$LATEST" => format!("{}:{qualifier}", asked.function),
            _ => asked.function,
        };
        Ok(Invocation::new(cx.workspace.id.clone(), &reference, &text))
    }

    /// Calls a function and waits for its answer.
    pub async fn invoke(&self, invocation: Invocation) -> Result<Answer, LambdaError> {
        let name = function_name(&invocation.function).to_owned();
        self.functions.call(invocation).await.map_err(|refused| self.refusal(&name, refused))
    }

    fn refusal(&self, name: &str, CallError { error, cause, .. }: CallError) -> LambdaError {
        match error.strip_prefix("Lambda.") {
            Some("ResourceNotFoundException") => LambdaError::not_found(self.function_arn(name).as_str()),
            Some(code) => LambdaError::new(code, cause),
            None => LambdaError::new("ServiceException", format!("{error}: {cause}")),
        }
    }
}
