//! Why an operation of the embedded store did not happen.

use s3s::{S3Error, s3_error};

/// A refusal that S3 has a name for, or trouble with the disk.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// S3's answer to the client.
    #[error("{0}")]
    Refused(S3Error),
    /// The index or a file could not be read or written. Logged, and an `InternalError` outside.
    #[error("{0}")]
    Storage(String),
}

/// What operations of the index give.
pub type Answer<T> = Result<T, Fault>;

impl From<S3Error> for Fault {
    fn from(error: S3Error) -> Self {
        Self::Refused(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<Fault> for S3Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(error) => error,
            Fault::Storage(cause) => {
                tracing::error!(cause, "the embedded object store could not reach its disk");
                s3_error!(InternalError, "The store could not reach its disk. See the server's log.")
            }
        }
    }
}

macro_rules! storage {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Fault {
            fn from(error: $kind) -> Self {
                Self::Storage(error.to_string())
            }
        }
    )*};
}
storage!(redb::StorageError, redb::TableError, redb::TransactionError, redb::CommitError);
