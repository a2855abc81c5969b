//! Bytes, revisions, atomic commits and watches, on several backends.
//!
//! The narrow waist between the domain and whatever keeps its records. Four operations: [`Store::get`], [`Store::list`],
//! [`Store::commit`] and [`Store::watch`]. Keys and values are bytes; what they mean is nobody's business here.
//!
//! # What every backend promises
//! - A [`Commit`] is atomic: either all its checks held and all its writes are there, or nothing changed. A commit that
//!   is answered with a [`Revision`] is on disk, where the backend has one, and every later read sees it.
//! - Revisions only grow. Each commit that changes something takes the next one, and each record carries the revision
//!   that last wrote it ([`Entry::modified`]), so that "write this unless somebody else did since I read it" is one
//!   check: [`Commit::unchanged`].
//! - A [`Watch`] yields every later commit once, in order, with all the changes of one revision together. The history it
//!   can resume from is bounded; before that it says [`WatchError::TooOld`], and the reader lists again.
//!
//! # Blocking and waiting
//! `get` and `list` may block for as long as the disk or the network takes: call them from
//! `tokio::task::spawn_blocking` or before the server listens. `commit` never blocks: it hands the commit to the
//! backend's writer, which joins the commits that wait at the same time into one sync, and returns a [`Pending`], which
//! a tokio handler awaits (`store.commit(c).await`) and other code waits for (`store.commit(c).wait()`).
//!
//! ```
//! use rolecall_store::{Commit, List, Memory, Store};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Memory::new();
//! let written = store.commit(Commit::new().absent("role/app").put("role/app", "v1")).wait()?;
//! let entry = store.get(b"role/app")?.ok_or("it was just written")?;
//! assert_eq!(entry.modified, written);
//!
//! store.commit(Commit::new().unchanged(&entry).put("role/app", "v2")).wait()?;
//! // A second writer that read the first version loses, and is told which key.
//! assert!(store.commit(Commit::new().unchanged(&entry).put("role/app", "v3")).wait().is_err());
//! assert_eq!(store.list(&List::prefix("role/"))?.entries.len(), 1);
//! # Ok(())
//! # }
//! ```

mod commit;
mod embedded;
mod error;
mod log;
mod memory;

use std::fmt;

use bytes::Bytes;

pub use commit::{Check, Commit, Expected, Pending};
pub use embedded::{Embedded, Options};
pub use error::{CommitError, Conflict, Error, WatchError};
pub use log::{Batch, Change, Watch};
pub use memory::Memory;

/// The longest key in bytes.
pub const MAX_KEY: usize = 4 * 1024;
/// The largest value in bytes.
pub const MAX_VALUE: usize = 1024 * 1024;

/// A place for records. Object safe: hold it as `Arc<dyn Store>`.
pub trait Store: Send + Sync + fmt::Debug {
    /// The record under `key`, if there is one. May block.
    fn get(&self, key: &[u8]) -> Result<Option<Entry>, Error>;

    /// The records under a prefix in the order of their keys' bytes, as of one revision. May block.
    fn list(&self, list: &List) -> Result<Page, Error>;

    /// Applies all writes if all checks hold. Returns at once; see [`Pending`] for how to wait.
    fn commit(&self, commit: Commit) -> Pending;

    /// The changes to keys that start with `prefix`, made by the commits after `since`.
    ///
    /// To follow a prefix from nothing: `list` it, then watch from [`Page::revision`]. (When listing page by page, watch
    /// from the *first* page's revision; changes that a later page already shows are then seen twice, which
    /// [`Entry::modified`] tells.)
    fn watch(&self, prefix: &[u8], since: Revision) -> Result<Watch, WatchError>;

    /// The revision of the last commit. May block.
    fn revision(&self) -> Result<Revision, Error>;
}

/// The position of a commit in the history of a store. The empty store is at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision of a store that nothing was ever written to.
    pub const ZERO: Self = Self(0);

    fn next(self) -> Self {
        // 2^64 commits take longer than the universe is old, at a million a second.
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A record.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The record's key.
    pub key: Bytes,
    /// Its contents.
    pub value: Bytes,
    /// The revision that last wrote it.
    pub modified: Revision,
}

// Values may hold secrets, and a derived `Debug` would carry them into logs.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("key", &self.key)
            .field("value", &format_args!("{} bytes", self.value.len()))
            .field("modified", &self.modified.0)
            .finish()
    }
}

/// What to list: a prefix, from where, how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Keys must start with this.
    pub prefix: Bytes,
    /// Keys must be greater than this, which need not exist nor start with the prefix.
    pub after: Option<Bytes>,
    /// At most so many records; `None` lists all.
    pub limit: Option<usize>,
}

impl List {
    /// Everything under `prefix`.
    pub fn prefix(prefix: impl Into<Bytes>) -> Self {
        Self {
            prefix: prefix.into(),
            ..Self::default()
        }
    }

    /// Only keys greater than `key`.
    #[must_use]
    pub fn after(mut self, key: impl Into<Bytes>) -> Self {
        self.after = Some(key.into());
        self
    }

    /// At most `limit` records.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// The answer to a [`List`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The records, ordered by key.
    pub entries: Vec<Entry>,
    /// Whether the limit cut the list short. Go on with [`List::after`] the last entry's key.
    pub more: bool,
    /// The store's revision that this page shows.
    pub revision: Revision,
}
