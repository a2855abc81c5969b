//! What can go wrong, on any backend.

use std::error::Error as StdError;

use bytes::Bytes;

/// A failure of the store itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The backend could not be reached, or refused. Whether a commit answered so took effect is unknown: it may have.
    #[error("the store is unavailable: {why}")]
    Unavailable {
        /// What was being tried.
        why: String,
        /// What the backend said.
        #[source]
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// What is stored is not what was written, or was written by a newer version. Repairing it needs a person.
    #[error("the store is corrupt: {0}")]
    Corrupt(String),
    /// A key or value is over [`MAX_KEY`](crate::MAX_KEY) or [`MAX_VALUE`](crate::MAX_VALUE), or a key is empty.
    #[error("a record is out of bounds: {0}")]
    OutOfBounds(String),
}

impl Error {
    pub(crate) fn unavailable(why: impl Into<String>) -> Self {
        Self::Unavailable {
            why: why.into(),
            source: None,
        }
    }

    pub(crate) fn unavailable_because(
        why: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::Unavailable {
            why: why.into(),
            source: Some(source.into()),
        }
    }
}

/// A check of a commit did not hold; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record `{}` is not as expected", String::from_utf8_lossy(key))]
pub struct Conflict {
    /// The key of the first check that failed.
    pub key: Bytes,
}

/// Why a commit was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A check did not hold. Read again, decide again.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Why a watch cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The changes after the given revision are no longer all kept, or the store has been set back behind it. List again,
    /// and watch from the list's revision.
    #[error("the changes since revision {since} are no longer known: list again")]
    TooOld {
        /// The revision that was to be resumed from.
        since: crate::Revision,
    },
    /// The store was closed.
    #[error("the store was closed")]
    Closed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}
