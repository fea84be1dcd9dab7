//! The tasks that store what runs do, in groups.

use crate::executor::Inner;
use crate::groups::{Groups, tell_all};
use std::sync::Arc;
use std::time::Duration;
use store::{RunSave, StoredRun};

/// How often a step that could not be stored is tried again.
const TRIES: u32 = 8;

/// Stores the steps of parent executions.
pub(crate) async fn store_steps(inner: Arc<Inner>, mut groups: Groups<RunSave, Result<bool, String>>) {
    while let Some((saves, tell)) = groups.next().await {
        let mut tries = 0;
        let stored = loop {
            match inner.deps.store.save_runs(&saves, &inner.options.owner).await {
                Ok(stored) => break Ok(stored),
                Err(error) if tries + 1 >= TRIES => break Err(error.to_string()),
                Err(error) => {
                    tracing::warn!(%error, "steps of runs could not be stored; they are tried again");
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(50 << tries)).await;
                }
            }
        };
        match stored {
            Ok(stored) => tell_all(tell, stored.into_iter().map(Ok)),
            Err(problem) => tell_all(tell, std::iter::repeat_with(|| Err(problem.clone()))),
        }
    }
}

/// Stores runs that are launched. A launch that fails is not tried again: whoever asked is told.
pub(crate) async fn store_launches(inner: Arc<Inner>, mut groups: Groups<StoredRun, Result<bool, String>>) {
    while let Some((runs, tell)) = groups.next().await {
        match inner.deps.store.add_runs(&runs, &inner.options.owner, inner.lease_end()).await {
            Ok(added) => tell_all(tell, added.into_iter().map(Ok)),
            Err(error) => {
                let problem = error.to_string();
                tell_all(tell, std::iter::repeat_with(|| Err(problem.clone())));
            }
        }
    }
}
