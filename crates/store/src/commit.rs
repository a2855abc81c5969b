//! A commit: checks and writes that happen together or not at all.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{CommitError, Conflict, Entry, Error, MAX_KEY, MAX_VALUE, Revision};

/// Checks and writes. Built by chaining, or by filling the fields.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// All must hold, or nothing is written.
    pub checks: Vec<Check>,
    /// The new value of each key, `None` to delete it. A key is written once: a later write replaces an earlier one.
    pub writes: BTreeMap<Bytes, Option<Bytes>>,
}

/// What a record must be for a commit to go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The record's key.
    pub key: Bytes,
    /// Its state.
    pub expected: Expected,
}

/// The state that a [`Check`] demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// There is no such record.
    Absent,
    /// There is one, whatever it holds.
    Present,
    /// There is one, last written by this revision.
    ModifiedAt(Revision),
}

impl Commit {
    /// A commit that checks nothing and writes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands that there is no record under `key`.
    #[must_use]
    pub fn absent(self, key: impl Into<Bytes>) -> Self {
        self.check(key, Expected::Absent)
    }

    /// Demands that there is a record under `key`.
    #[must_use]
    pub fn present(self, key: impl Into<Bytes>) -> Self {
        self.check(key, Expected::Present)
    }

    /// Demands that the record is still the one that was read.
    #[must_use]
    pub fn unchanged(self, entry: &Entry) -> Self {
        self.check(entry.key.clone(), Expected::ModifiedAt(entry.modified))
    }

    /// Demands a state of the record under `key`.
    #[must_use]
    pub fn check(mut self, key: impl Into<Bytes>, expected: Expected) -> Self {
        self.checks.push(Check {
            key: key.into(),
            expected,
        });
        self
    }

    /// Writes a record, new or not.
    #[must_use]
    pub fn put(mut self, key: impl Into<Bytes>, value: impl Into<Bytes>) -> Self {
        self.writes.insert(key.into(), Some(value.into()));
        self
    }

    /// Removes a record, if it is there.
    #[must_use]
    pub fn delete(mut self, key: impl Into<Bytes>) -> Self {
        self.writes.insert(key.into(), None);
        self
    }

    /// The limits that hold on every backend, so that what works on one works on all.
    pub(crate) fn within_bounds(&self) -> Result<(), Error> {
        for (key, value) in &self.writes {
            if key.is_empty() || key.len() > MAX_KEY {
                return Err(Error::OutOfBounds(format!(
                    "a key of {} bytes; allowed are 1 to {MAX_KEY}",
                    key.len()
                )));
            }
            let size = value.as_ref().map_or(0, Bytes::len);
            if size > MAX_VALUE {
                return Err(Error::OutOfBounds(format!(
                    "a value of {size} bytes; allowed are {MAX_VALUE}"
                )));
            }
        }
        Ok(())
    }

    /// Holds all checks against the records as `modified` tells them.
    pub(crate) fn verify<E: From<Conflict>>(
        &self,
        mut modified: impl FnMut(&[u8]) -> Result<Option<Revision>, E>,
    ) -> Result<(), E> {
        for Check { key, expected } in &self.checks {
            let found = modified(key)?;
            let holds = match expected {
                Expected::Absent => found.is_none(),
                Expected::Present => found.is_some(),
                Expected::ModifiedAt(revision) => found == Some(*revision),
            };
            if !holds {
                return Err(Conflict { key: key.clone() }.into());
            }
        }
        Ok(())
    }
}

// Values may hold secrets; see `Entry`.
impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commit")
            .field("checks", &self.checks)
            .field("writes", &self.writes.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// The outcome of a commit, not yet known. A future; or call [`Pending::wait`].
///
/// Dropping it does not take the commit back.
#[derive(Debug)]
#[must_use = "a commit has happened only when this says so"]
pub struct Pending(oneshot::Receiver<Result<Revision, CommitError>>);

impl Pending {
    pub(crate) fn new() -> (oneshot::Sender<Result<Revision, CommitError>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(receiver))
    }

    pub(crate) fn ready(outcome: Result<Revision, CommitError>) -> Self {
        let (sender, pending) = Self::new();
        // The receiver is in our hands, so this cannot fail.
        let _ = sender.send(outcome);
        pending
    }

    /// Blocks this thread until the outcome is known. In asynchronous code, await the value instead: blocking there
    /// stalls the other tasks of the thread.
    pub fn wait(self) -> Result<Revision, CommitError> {
        block_on(self)
    }
}

impl Future for Pending {
    type Output = Result<Revision, CommitError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|received| {
            // The writer drops a sender only when it dies, so nothing is known of the commit.
            received.unwrap_or_else(|_| Err(Error::unavailable("the writer has stopped").into()))
        })
    }
}

/// Runs one future on this thread. `oneshot::Receiver::blocking_recv` would panic on a runtime's thread.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    // Without a budget: on a runtime's thread a task that has used up its own would be told to come back later, by a
    // scheduler that this thread keeps from running.
    let mut future = pin!(tokio::task::coop::unconstrained(future));
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
