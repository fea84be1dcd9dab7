//! Changing a run while it runs: stop, pause, resume, other limits.

use crate::error::Error;
use crate::executor::{Executor, Inner};
use crate::map_run::{LiveMapRun, concurrency};
use crate::run_drive::StopRequest;
use crate::tasks::OnStop;
use model::{Limits, MapRun, MapRunPhase, OperationKind, RunId, WorkspaceId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How often is looked whether children are still in flight.
const POLL: Duration = Duration::from_millis(50);

impl Executor {
    /// Stops a run: children in flight are aborted, the rest stays pending.
    ///
    /// # Errors
    /// A run that is not there, has ended, or runs on another server.
    pub async fn stop(
        &self,
        workspace: &WorkspaceId,
        run: &RunId,
        actor: &str,
        (error, cause): (Option<String>, Option<String>),
    ) -> Result<(), Error> {
        self.inner.running(workspace, run).await?;
        let sender = self.inner.stops_of(run).ok_or(Error::Elsewhere)?;
        self.inner.note(workspace, run, OperationKind::Stop, actor, 0).await?;
        sender.send(StopRequest { error, cause }).await.map_err(|_| Error::Conflict("The run has ended.".into()))
    }

    /// Stops a run once the children in flight have ended: until then none begins. After a restart those
    /// are in flight that go on from where they stood; others never began.
    ///
    /// # Errors
    /// As [`Executor::pause`].
    pub async fn stop_after_flight(&self, workspace: &WorkspaceId, run: &RunId, actor: &str) -> Result<(), Error> {
        self.set_phase(workspace, run, MapRunPhase::Stopping).await?;
        self.inner.note(workspace, run, OperationKind::Stop, actor, 0).await?;
        self.inner.stop_when_idle(run);
        Ok(())
    }

    /// Starts no new children of a run until it is resumed.
    ///
    /// # Errors
    /// As [`Executor::stop`].
    pub async fn pause(&self, workspace: &WorkspaceId, run: &RunId, actor: &str) -> Result<(), Error> {
        self.set_phase(workspace, run, MapRunPhase::Paused).await?;
        self.inner.note(workspace, run, OperationKind::Pause, actor, 0).await
    }

    /// Starts new children again.
    ///
    /// # Errors
    /// As [`Executor::stop`].
    pub async fn resume(&self, workspace: &WorkspaceId, run: &RunId, actor: &str) -> Result<(), Error> {
        self.set_phase(workspace, run, MapRunPhase::Running).await?;
        self.inner.note(workspace, run, OperationKind::Resume, actor, 0).await
    }

    /// Changes the limits of a Map Run that is running.
    ///
    /// # Errors
    /// A Map Run that is not running here.
    pub async fn update_limits(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        limits: Limits,
        actor: &str,
    ) -> Result<(), Error> {
        let live = self.inner.map(workspace, map_run).ok_or(Error::NotFound)?;
        let window = Arc::clone(&live.window);
        change(&live, move |record| {
            if let Some(asked) = limits.max_concurrency {
                record.max_concurrency = concurrency(asked);
                window.set_limit(record.max_concurrency);
            }
            if let Some(count) = limits.tolerated_failure_count {
                record.tolerated_failure_count = count;
            }
            if let Some(percentage) = limits.tolerated_failure_percentage {
                record.tolerated_failure_percentage = percentage;
            }
            record.budget_usd = limits.budget_usd.or(record.budget_usd);
        })
        .await?;
        self.inner.note(workspace, &live.run, OperationKind::UpdateLimits(limits), actor, 0).await
    }

    async fn set_phase(&self, workspace: &WorkspaceId, run: &RunId, phase: MapRunPhase) -> Result<(), Error> {
        self.inner.running(workspace, run).await?;
        let maps = self.inner.maps_of(run);
        if maps.is_empty() {
            return Err(Error::Conflict("No Map Run of this run is running.".into()));
        }
        for live in maps {
            live.window.pause(phase != MapRunPhase::Running);
            change(&live, move |record| {
                if record.takes_items() {
                    record.phase = phase;
                }
            })
            .await?;
        }
        Ok(())
    }
}

impl Inner {
    /// Stops a run as soon as none of its children is in flight.
    pub(crate) fn stop_when_idle(self: &Arc<Self>, run: &RunId) {
        let (inner, run) = (Arc::clone(self), run.clone());
        self.tasks.start("stop after flight", OnStop::Drop, async move {
            loop {
                let maps = inner.maps_of(&run);
                // Whoever resumes the run meanwhile does not want it stopped.
                if maps.iter().any(|live| !live.window.is_paused()) {
                    return;
                }
                if maps.iter().all(|live| live.window.used() == 0) {
                    break;
                }
                tokio::time::sleep(POLL).await;
            }
            if let Some(stops) = inner.stops_of(&run) {
                // The run may have ended by itself.
                let _ = stops.send(StopRequest { error: None, cause: None }).await;
            }
        });
    }

    /// Where a run that is worked on here takes requests to stop.
    fn stops_of(&self, run: &RunId) -> Option<mpsc::Sender<StopRequest>> {
        self.lock_runs().get(run).map(|live| live.stops.clone())
    }

    fn maps_of(&self, run: &RunId) -> Vec<LiveMapRun> {
        self.lock_maps().values().filter(|live| live.run == *run).cloned().collect()
    }
}

async fn change(live: &LiveMapRun, change: impl FnOnce(&mut MapRun) + Send + 'static) -> Result<(), Error> {
    let ended = || Error::Conflict("The Map Run has ended.".into());
    let (durable, seen) = oneshot::channel();
    live.controls.send((Box::new(change), durable)).await.map_err(|_| ended())?;
    seen.await.map_err(|_| ended())
}
