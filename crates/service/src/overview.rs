//! The first page of a workspace.

use crate::context::Cx;
use crate::{Error, Service};
use model::{Attention, Overview, Permission, Run, RunDetail, RunStatus};
use std::collections::HashSet;
use store::RunFilter;

/// Runs that are looked through.
const RECENT: u32 = 50;
/// Running runs that are shown.
const RUNNING: u32 = 10;
/// Tokens that stop working within this time are told, in milliseconds.
const SOON_MS: i64 = 14 * 24 * 3600 * 1000;

impl Service {
    /// What goes on, what went wrong, what ran last.
    pub async fn overview(&self, cx: &Cx) -> Result<Overview, Error> {
        cx.require(Permission::Read)?;
        let going_on = RunFilter { statuses: vec![RunStatus::Running], ..RunFilter::default() };
        let mut running = Vec::new();
        for run in self.runs(cx, going_on, RUNNING).await? {
            let map_runs = self.store.map_runs(&cx.workspace.id, &run.id).await?;
            running.push(RunDetail { run, map_runs });
        }
        let recent = self.runs(cx, RunFilter::default(), RECENT).await?;
        let mut attention = self.troubled_runs(cx, &recent).await?;
        let functions = self.functions(cx).await?.into_iter();
        let absent = functions.filter(|one| one.calls.as_ref().is_some_and(|calls| calls.absent));
        attention.extend(absent.map(|one| Attention::Function { name: one.function.name }));
        if cx.require(Permission::Administer).is_ok() {
            let soon = self.tokens(cx).await?.into_iter().filter_map(|token| {
                let expires_at = token.expires_at?;
                (0..SOON_MS).contains(&expires_at.since_ms(cx.now)).then_some((token.name, expires_at))
            });
            attention.extend(soon.map(|(name, expires_at)| Attention::Token { name, expires_at }));
        }
        Ok(Overview { running, attention, recent, now: cx.now })
    }

    /// The newest ended run of each job, where it did not go well. One that was stopped did what was asked.
    async fn troubled_runs(&self, cx: &Cx, recent: &[Run]) -> Result<Vec<Attention>, Error> {
        let mut seen = HashSet::new();
        let mut troubled = Vec::new();
        let ended = recent.iter().filter(|run| run.status.is_final() && run.status != RunStatus::Aborted);
        for run in ended.filter(|run| seen.insert(run.job_name.as_str())) {
            let map_runs = self.store.map_runs(&cx.workspace.id, &run.id).await?;
            let unsuccessful = map_runs.iter().map(|map| map.item_counts.unsuccessful()).sum();
            if run.status == RunStatus::Succeeded && unsuccessful == 0 {
                continue;
            }
            let groups = match map_runs.last() {
                Some(map) => self.failure_groups(cx, &run.id, Some(&map.id)).await?,
                None => Vec::new(),
            };
            let error = groups.into_iter().next().map(|group| group.error).or(run.error.clone());
            troubled.push(Attention::Run { run: Box::new(run.clone()), unsuccessful, error });
        }
        Ok(troubled)
    }
}
