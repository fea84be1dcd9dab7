//! Dropping what a workspace does not want to keep, in the background.

use crate::accounts::now;
use crate::context::Cx;
use crate::{Error, Service};
use model::{Permission, Retention, RunId, Timestamp, WorkspaceId};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::sync::Notify;

const DAY_MS: i64 = 24 * 3600 * 1000;
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Segments that are rewritten in one transaction.
const SEGMENTS_AT_ONCE: usize = 64;

impl Service {
    /// The workspace's policy.
    pub async fn retention(&self, cx: &Cx) -> Result<Retention, Error> {
        cx.require(Permission::Read)?;
        Ok(self.store.retention(&cx.workspace.id).await?)
    }

    /// What applies the policies, to be set to work by whoever builds the house.
    pub fn sweeper(&self) -> Sweeper {
        self.sweeper.clone()
    }

    /// Sets it. What it drops is gone at once, and for good.
    pub async fn set_retention(&self, cx: &Cx, policy: Retention) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if let Some((field, sentence)) = policy.fault() {
            return Err(Error::invalid(field, sentence));
        }
        self.store.set_retention(&cx.workspace.id, &policy).await?;
        self.sweeper.nudge.notify_one();
        self.note(cx, "retention.change", cx.workspace.slug.as_str()).await
    }
}

/// What a sweep came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Runs that were removed.
    pub removed: u64,
    /// Runs whose payloads were dropped.
    pub trimmed: u64,
}

/// Applies the policies of all workspaces.
#[derive(Clone)]
pub struct Sweeper {
    store: Store,
    /// A policy has changed.
    nudge: Arc<Notify>,
}

impl Sweeper {
    /// A sweeper of this database.
    pub fn new(store: Store) -> Self {
        Self { store, nudge: Arc::default() }
    }

    /// Looks every ten minutes, and when a policy changes. Never ends by itself.
    pub async fn work(self) {
        loop {
            match self.sweep(now()).await {
                Ok(Swept { removed: 0, trimmed: 0 }) => {}
                Ok(Swept { removed, trimmed }) => tracing::info!(removed, trimmed, "retention was applied"),
                Err(error) => tracing::error!(%error, "retention could not be applied"),
            }
            // Either way it is time.
            let _ = tokio::time::timeout(LOOK_EVERY, self.nudge.notified()).await;
        }
    }

    /// Drops what no policy keeps at `now`.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        for (workspace, policy) in self.store.retentions().await? {
            if let Some(days) = policy.run_days {
                for run in self.ended(&workspace, now.plus_ms(-i64::from(days) * DAY_MS), false).await? {
                    swept.removed += u64::from(self.store.remove_run(&workspace, &run).await?);
                }
            }
            if let Some(days) = policy.payload_days {
                for run in self.ended(&workspace, now.plus_ms(-i64::from(days) * DAY_MS), true).await? {
                    if self.store.begin_trim(&workspace, &run, now).await? {
                        self.trim(&workspace, &run, &policy).await?;
                        self.store.end_trim(&workspace, &run).await?;
                        swept.trimmed += 1;
                    }
                }
            }
        }
        Ok(swept)
    }

    /// Runs that ended before `before`.
    async fn ended(&self, workspace: &WorkspaceId, before: Timestamp, untrimmed: bool) -> Result<Vec<RunId>, Error> {
        let mut found = Vec::new();
        let mut after: Option<RunId> = None;
        loop {
            let page = self.store.ended_runs(workspace, before, after.as_ref(), untrimmed).await?;
            let Some((last, _)) = page.last() else {
                return Ok(found);
            };
            after = Some(last.clone());
            found.extend(page.into_iter().filter(|(_, ended)| *ended < before).map(|(run, _)| run));
        }
    }

    async fn trim(&self, workspace: &WorkspaceId, run: &RunId, policy: &Retention) -> Result<(), Error> {
        for map_run in self.store.map_runs(workspace, run).await? {
            let mut rewritten = Vec::new();
            for number in 0..self.store.next_segment(&map_run.id).await? {
                if let Some(segment) = self.store.segment(&map_run.id, number).await? {
                    rewritten.push((number, segment.without_payloads(|index| policy.keeps(index))));
                }
                if rewritten.len() == SEGMENTS_AT_ONCE {
                    self.store.replace_segments(&map_run.id, &rewritten).await?;
                    rewritten.clear();
                }
            }
            self.store.replace_segments(&map_run.id, &rewritten).await?;
        }
        Ok(())
    }
}
