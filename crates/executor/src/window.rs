//! How many children may run at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::sync::Notify;

/// A limit that can be changed while it is in force.
#[derive(Debug)]
pub(crate) struct Window {
    limit: AtomicU32,
    used: AtomicU32,
    paused: AtomicBool,
    held: AtomicBool,
    freed: Notify,
}

/// The right to run one child. Dropping it gives the right back.
#[derive(Debug)]
pub(crate) struct Permit {
    window: Arc<Window>,
}

impl Window {
    pub(crate) fn new(limit: u32) -> Arc<Self> {
        Arc::new(Self {
            limit: AtomicU32::new(limit.max(1)),
            used: AtomicU32::new(0),
            paused: AtomicBool::new(false),
            held: AtomicBool::new(false),
            freed: Notify::new(),
        })
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit.load(Ordering::Relaxed)
    }

    /// A higher limit counts at once; a lower one as permits come back.
    pub(crate) fn set_limit(&self, limit: u32) {
        self.limit.store(limit.max(1), Ordering::SeqCst);
        self.freed.notify_waiters();
    }

    /// While paused, no permit is given; those given stay valid.
    pub(crate) fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::SeqCst);
        self.freed.notify_waiters();
    }

    /// As a pause, but by the server itself: both must be over before a permit is given.
    pub(crate) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
        self.freed.notify_waiters();
    }

    /// Permits that are out.
    pub(crate) fn used(&self) -> u32 {
        self.used.load(Ordering::SeqCst)
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// Whether a worker that has a permit must not use it for its next child.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_paused() || self.held.load(Ordering::Relaxed)
    }

    pub(crate) fn try_acquire(self: &Arc<Self>) -> Option<Permit> {
        if self.is_closed() {
            return None;
        }
        let limit = self.limit.load(Ordering::SeqCst);
        self.used
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |used| (used < limit).then_some(used + 1))
            .ok()?;
        Some(Permit { window: Arc::clone(self) })
    }

    /// For what had a permit before the server went down: it does not wait.
    pub(crate) fn readmit(self: &Arc<Self>) -> Permit {
        self.used.fetch_add(1, Ordering::SeqCst);
        Permit { window: Arc::clone(self) }
    }

    pub(crate) async fn acquire(self: &Arc<Self>) -> Permit {
        loop {
            // Listening begins before looking, so that no release in between is missed.
            let mut freed = std::pin::pin!(self.freed.notified());
            freed.as_mut().enable();
            if let Some(permit) = self.try_acquire() {
                return permit;
            }
            freed.await;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.window.used.fetch_sub(1, Ordering::SeqCst);
        self.window.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_limit_holds_and_can_be_moved() {
        let window = Window::new(2);
        let first = window.acquire().await;
        let _second = window.acquire().await;
        assert!(window.try_acquire().is_none());
        window.set_limit(3);
        let _third = window.acquire().await;
        window.set_limit(1);
        drop(first);
        assert!(window.try_acquire().is_none(), "two are still out");
        window.set_limit(10);
        window.pause(true);
        assert!(window.try_acquire().is_none());
        window.pause(false);
        assert!(window.try_acquire().is_some());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn waiters_are_woken() {
        let window = Window::new(1);
        let held = window.acquire().await;
        let rounds = async {
            for _ in 0..1_000 {
                drop(window.acquire().await);
            }
        };
        let release = async {
            tokio::task::yield_now().await;
            drop(held);
        };
        let other = async {
            for _ in 0..1_000 {
                drop(window.acquire().await);
            }
        };
        tokio::join!(rounds, release, other);
    }
}
