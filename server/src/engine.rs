//! The threads that runs work on, apart from those that answer requests.
//!
//! A run keeps its threads busy for a millisecond at a time, and the network is looked at only between such
//! pieces of work: on the same threads a request of many small steps would wait for each of them.

use std::io;
use tokio::runtime::{Builder, Handle, Runtime};

/// The runtime of the executor.
pub struct Engine {
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Engine {
    /// Starts as many threads as there are processors.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().thread_name("runs").build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Starts work there.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

/// Its tasks have ended, or are dropped where they stand; a runtime cannot be waited for on another one.
impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
