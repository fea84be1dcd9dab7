//! Why the executor could not do what was asked.

/// A launch, a stop or a redrive that was not possible.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such run, or it belongs to somebody else.
    #[error("there is no such run")]
    NotFound,
    /// The definition does not compile.
    #[error("the definition cannot be run: {0}")]
    Definition(#[from] asl::CompileError),
    /// The filter of a redrive cannot be read.
    #[error("{0}")]
    Filter(#[from] model::FilterError),
    /// The run's state does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// Another server works on the run.
    #[error("another server works on this run")]
    Elsewhere,
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Stopping,
    /// The database did not do what was asked.
    #[error("the ledger could not be read or written")]
    Store(#[from] store::Error),
    /// The same, for a transaction that several shared.
    #[error("the ledger could not be written: {0}")]
    Ledger(String),
    /// What was stored cannot be read.
    #[error("a stored record cannot be read: {0}")]
    Unreadable(String),
}
