//! The recent past of a store, and those who follow it.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use crate::commit::block_on;
use crate::{Revision, WatchError};

/// Follows the changes under a prefix. See [`Store::watch`](crate::Store::watch).
#[derive(Debug)]
pub struct Watch {
    past: Arc<Mutex<Past>>,
    tip: watch::Receiver<Revision>,
    prefix: Bytes,
    seen: Revision,
}

impl Watch {
    /// The next commit that changed something under the prefix, waiting for one if need be. Cancel safe.
    ///
    /// After an error the watch is of no more use. A reader that is too slow for the store gets
    /// [`WatchError::TooOld`]: memory stays bounded.
    pub async fn next(&mut self) -> Result<Batch, WatchError> {
        loop {
            if let Some(batch) = self.try_next()? {
                return Ok(batch);
            }
            self.tip.changed().await.map_err(|_| WatchError::Closed)?;
        }
    }

    /// As [`Watch::next`], blocking this thread.
    pub fn wait(&mut self) -> Result<Batch, WatchError> {
        block_on(self.next())
    }

    /// The next such commit if it has already happened.
    pub fn try_next(&mut self) -> Result<Option<Batch>, WatchError> {
        let past = lock(&self.past);
        past.reaches(self.seen)?;
        let first = past.batches.partition_point(|batch| batch.revision <= self.seen);
        for batch in past.batches.range(first..) {
            self.seen = batch.revision;
            if let Some(batch) = batch.under(&self.prefix) {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    /// All changes up to this revision have been yielded. Moves past commits that touched other prefixes, too.
    pub fn seen(&self) -> Revision {
        self.seen
    }
}

/// What one commit changed under the watched prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The commit's revision.
    pub revision: Revision,
    /// Its changes, ordered by key.
    pub changes: Vec<Change>,
}

/// The change of one record.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// The record's key.
    pub key: Bytes,
    /// Its new value; `None` when it was deleted.
    pub value: Option<Bytes>,
}

// Values may hold secrets; see `Entry`.
impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.value.as_ref().map(Bytes::len);
        f.debug_struct("Change")
            .field("key", &self.key)
            .field("bytes", &size)
            .finish()
    }
}

impl Batch {
    fn under(&self, prefix: &[u8]) -> Option<Self> {
        let changes: Vec<Change> = self
            .changes
            .iter()
            .filter(|c| c.key.starts_with(prefix))
            .cloned()
            .collect();
        (!changes.is_empty()).then_some(Self {
            revision: self.revision,
            changes,
        })
    }

    fn weight(&self) -> usize {
        // Roughly what the allocations beside the bytes cost.
        let each = |c: &Change| c.key.len() + c.value.as_ref().map_or(0, Bytes::len) + 96;
        self.changes.iter().map(each).sum::<usize>() + 64
    }
}

/// The changes of the last commits, up to a number of bytes.
#[derive(Debug)]
pub(crate) struct Log {
    past: Arc<Mutex<Past>>,
    tip: watch::Sender<Revision>,
}

#[derive(Debug)]
struct Past {
    // INVARIANT: ascending revisions, all greater than `floor`; every commit between `floor` and `tip` is here.
    batches: VecDeque<Batch>,
    floor: Revision,
    tip: Revision,
    weight: usize,
    capacity: usize,
}

impl Log {
    /// An empty log of a store that is at `revision`, keeping about `capacity` bytes of changes.
    pub(crate) fn new(revision: Revision, capacity: usize) -> Self {
        let past = Past {
            batches: VecDeque::new(),
            floor: revision,
            tip: revision,
            weight: 0,
            capacity,
        };
        Self {
            past: Arc::new(Mutex::new(past)),
            tip: watch::Sender::new(revision),
        }
    }

    /// Adds commits that are now durable, in order.
    pub(crate) fn publish(&self, batches: Vec<Batch>) {
        let tip = {
            let mut past = lock(&self.past);
            for batch in batches {
                past.tip = batch.revision;
                past.weight += batch.weight();
                past.batches.push_back(batch);
            }
            while past.weight > past.capacity {
                let Some(oldest) = past.batches.pop_front() else { break };
                past.weight -= oldest.weight();
                past.floor = oldest.revision;
            }
            past.tip
        };
        self.tip.send_replace(tip);
    }

    /// Forgets everything: what happened up to `revision` is not known. Watchers are told to list again.
    pub(crate) fn reset(&self, revision: Revision) {
        {
            let mut past = lock(&self.past);
            past.batches.clear();
            past.weight = 0;
            past.floor = revision;
            past.tip = revision;
        }
        self.tip.send_replace(revision);
    }

    pub(crate) fn watch(&self, prefix: &[u8], since: Revision) -> Result<Watch, WatchError> {
        // Subscribed before looking, so that no commit falls between.
        let tip = self.tip.subscribe();
        lock(&self.past).reaches(since)?;
        Ok(Watch {
            past: Arc::clone(&self.past),
            tip,
            prefix: Bytes::copy_from_slice(prefix),
            seen: since,
        })
    }
}

impl Past {
    fn reaches(&self, since: Revision) -> Result<(), WatchError> {
        if since < self.floor || since > self.tip {
            Err(WatchError::TooOld { since })
        } else {
            Ok(())
        }
    }
}

/// A poisoned lock is taken all the same: no code that can panic runs under it.
fn lock(past: &Mutex<Past>) -> MutexGuard<'_, Past> {
    past.lock().unwrap_or_else(PoisonError::into_inner)
}
