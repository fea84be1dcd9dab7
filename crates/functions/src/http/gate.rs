//! How many calls of one endpoint run at once, and when none may begin.

use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The longest pause that a service can ask for, in milliseconds.
const MAX_PAUSE_MS: u64 = 60_000;

/// Lets calls of one endpoint through. The state outlives single looks at the directory.
#[derive(Debug)]
pub struct Gate {
    limit: Option<usize>,
    slots: Semaphore,
    paused_until: Mutex<Option<Instant>>,
}

impl Gate {
    /// At most `limit` calls at once; any number when `None`.
    pub fn new(limit: Option<u32>) -> Self {
        let limit = limit.map(|limit| limit.max(1) as usize);
        let slots = Semaphore::new(limit.unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS));
        Self { limit, slots, paused_until: Mutex::new(None) }
    }

    /// Whether this gate has that limit.
    pub fn has_limit(&self, limit: Option<u32>) -> bool {
        self.limit == limit.map(|limit| limit.max(1) as usize)
    }

    /// Waits for a free place, and for the end of a pause. The place is free again when the
    /// permit is dropped.
    pub async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        let permit = self.slots.acquire().await.ok();
        while let Some(until) = self.pause() {
            tokio::time::sleep_until(until.into()).await;
        }
        permit
    }

    /// The service asked to be left alone for this long.
    pub fn pause_for(&self, ms: u64) {
        let until = Instant::now() + Duration::from_millis(ms.min(MAX_PAUSE_MS));
        if let Ok(mut paused) = self.paused_until.lock() {
            *paused = (*paused).max(Some(until));
        }
    }

    fn pause(&self) -> Option<Instant> {
        let paused = self.paused_until.lock().ok()?;
        paused.filter(|until| *until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn no_more_than_the_limit_are_inside() {
        let gate = Gate::new(Some(3));
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let calls = (0..20).map(|_| async {
            let _permit = gate.enter().await;
            most.fetch_max(inside.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(2)).await;
            inside.fetch_sub(1, Ordering::Relaxed);
        });
        futures::future::join_all(calls).await;
        assert_eq!(most.load(Ordering::Relaxed), 3);
        assert!(gate.has_limit(Some(3)) && !gate.has_limit(None));
    }

    #[tokio::test]
    async fn a_pause_holds_calls_back() {
        let gate = Gate::new(None);
        let began = Instant::now();
        gate.pause_for(60);
        gate.pause_for(1);
        drop(gate.enter().await);
        assert!(began.elapsed() >= Duration::from_millis(60));
    }
}
