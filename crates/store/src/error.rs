//! What can go wrong between the server and its database.

/// A database that does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is neither `sqlite://` nor `postgres://`.
    #[error("\"{0}\" is not a database URL: use sqlite://PATH or postgres://USER@HOST/NAME")]
    Url(String),
    /// A name that must be unique is taken.
    #[error("{what} \"{name}\" exists already")]
    Taken {
        /// The kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A stored text is not what this version writes.
    #[error("the database holds an unreadable {what}: {problem}")]
    Unreadable {
        /// The kind of thing.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The migrations could not be applied.
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database refused or could not be reached.
    #[error("the database did not answer as expected: {0}")]
    Database(#[from] sqlx::Error),
}

impl Error {
    /// Whether the same may work later: the database is away, busy or full. What it says of the data or
    /// of the request stays as it is.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                !(error.is_unique_violation() || error.is_foreign_key_violation() || error.is_check_violation())
            }
            Self::Database(error) => !matches!(
                error,
                sqlx::Error::ColumnDecode { .. }
                    | sqlx::Error::ColumnNotFound(_)
                    | sqlx::Error::ColumnIndexOutOfBounds { .. }
                    | sqlx::Error::Decode(_)
                    | sqlx::Error::Encode(_)
                    | sqlx::Error::RowNotFound
                    | sqlx::Error::TypeNotFound { .. }
            ),
            _ => false,
        }
    }

    /// Turns a broken uniqueness rule into [`Error::Taken`]; leaves other errors alone.
    pub(crate) fn taken(error: sqlx::Error, what: &'static str, name: &str) -> Self {
        match error.as_database_error().is_some_and(|e| e.is_unique_violation()) {
            true => Self::Taken { what, name: name.to_owned() },
            false => Self::Database(error),
        }
    }

    /// An [`Error::Unreadable`] for a stored text.
    pub(crate) fn unreadable(what: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Unreadable { what, problem: problem.to_string() }
    }
}
