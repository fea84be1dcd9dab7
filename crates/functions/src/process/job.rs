//! A call on its way to a process and back.

use super::failure;
use crate::invocation::{Answer, CallError, Invocation, request_id};
use std::sync::Arc;
use tokio::sync::oneshot;

/// What a call ends with.
pub type Outcome = Result<Answer, CallError>;

/// A call that waits for a process, or is with one.
pub struct Job {
    /// Lambda's request id.
    pub request_id: String,
    /// The event, as JSON text.
    pub payload: Arc<str>,
    /// How often a process that held it ended because of another call.
    pub bystander: u32,
    reply: oneshot::Sender<Outcome>,
}

impl Job {
    /// A call and where its outcome arrives.
    pub fn new(call: &Invocation) -> (Self, oneshot::Receiver<Outcome>) {
        let (reply, outcome) = oneshot::channel();
        let job = Self { request_id: request_id(), payload: call.payload.clone(), bystander: 0, reply };
        (job, outcome)
    }

    /// Whether nobody waits for it any more.
    pub fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    /// Gives the outcome to whoever waits.
    pub fn finish(self, outcome: Outcome) {
        // Nobody waits any more when the task's own time was up first.
        let _ = self.reply.send(outcome);
    }
}

/// The outcome of a job. One that got lost with its process reads as the process's end.
pub async fn outcome(waiting: oneshot::Receiver<Outcome>) -> Outcome {
    match waiting.await {
        Ok(outcome) => outcome,
        Err(_) => Ok(failure::exited(&request_id(), &failure::End::Stopped)),
    }
}

/// The error for calls when the server is on its way down.
pub fn stopping() -> CallError {
    CallError::new(
        "Lambda.ServiceException",
        "The server is stopping and starts no more processes. Try again.",
    )
}
