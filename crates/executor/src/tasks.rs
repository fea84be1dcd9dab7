//! The one place where long-lived work is started, so that shutdown can stop all of it.

use futures::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What happens to a task when everything stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStop {
    /// It is waited for: it listens to its own signal and ends by itself.
    Wait,
    /// It is dropped where it stands.
    Drop,
}

/// Every task that outlives the call that started it. Cloning shares the registry.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stopping: CancellationToken,
    /// Where they run; where they are started when `None`.
    runtime: Option<Handle>,
}

impl Tasks {
    /// The same registry, whose tasks run on another runtime from here on.
    pub fn on(&self, runtime: Handle) -> Self {
        Self { runtime: Some(runtime), ..self.clone() }
    }

    /// Says that everything is to stop. Tasks that wait for work listen to it.
    pub fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Starts a task. A panic in it is logged and ends that task only.
    pub fn start(&self, name: &'static str, on_stop: OnStop, work: impl Future<Output = ()> + Send + 'static) {
        let dropped_by = (on_stop == OnStop::Drop).then(|| self.stopping.clone());
        let guarded = async move {
            let work = AssertUnwindSafe(work).catch_unwind();
            let ended = match dropped_by {
                None => work.await,
                Some(stopping) => match stopping.run_until_cancelled(work).await {
                    Some(ended) => ended,
                    None => return,
                },
            };
            if let Err(panic) = ended {
                tracing::error!(task = name, panic = panic_text(&*panic), "a task panicked");
            }
        };
        self.spawn(guarded);
    }

    #[expect(clippy::disallowed_methods, reason = "this is the registry that the rule points to")]
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let work = self.tracker.track_future(work);
        match &self.runtime {
            Some(runtime) => drop(runtime.spawn(work)),
            None => drop(tokio::spawn(work)),
        }
    }

    /// Stops everything and waits until the last task has ended.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_one_task_and_stop_waits_for_the_rest() {
        let tasks = Tasks::default();
        let (done, seen) = tokio::sync::oneshot::channel();
        let stopping = tasks.stopping().clone();
        tasks.start("panics", OnStop::Wait, async { panic!("on purpose") });
        tasks.start("sleeps", OnStop::Drop, std::future::pending());
        tasks.start("ends", OnStop::Wait, async move {
            stopping.cancelled().await;
            done.send(()).expect("the test waits");
        });
        tasks.stop().await;
        seen.await.expect("the waiting task ran to its end");
    }
}
