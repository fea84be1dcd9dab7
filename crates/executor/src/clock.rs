//! Time, which tests can turn.

use futures::future::BoxFuture;
use model::Timestamp;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the executor has its time from. Cloning shares it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Time>);

/// A source of time.
pub trait Time: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Ready at `at` or later.
    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()>;
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::of(System)
    }

    /// Another clock.
    pub fn of(time: impl Time) -> Self {
        Self(Arc::new(time))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// Ready at `at` or later.
    pub fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        self.0.until(at)
    }
}

struct System;

impl Time for System {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let ms = u64::try_from(at.since_ms(self.now())).unwrap_or_default();
        // Years ahead is as good as never; the timer has an upper bound.
        Box::pin(tokio::time::sleep(Duration::from_millis(ms.min(30 * 365 * 24 * 3_600_000))))
    }
}
