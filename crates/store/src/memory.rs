//! The backend for tests: everything is gone when it is dropped.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::log::Log;
use crate::{
    Batch, Change, Commit, CommitError, Entry, Error, List, Page, Pending, Revision, Store, Watch, WatchError,
};

/// Records in memory.
#[derive(Debug)]
pub struct Memory {
    state: Mutex<State>,
    log: Log,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<Bytes, (Revision, Bytes)>,
    revision: Revision,
}

impl Memory {
    /// An empty store that keeps 8 MiB of history.
    pub fn new() -> Self {
        Self::with_history(8 * 1024 * 1024)
    }

    /// An empty store that keeps about so many bytes of history for watches to resume from.
    pub fn with_history(bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            log: Log::new(Revision::ZERO, bytes),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs between the steps of a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn apply(&self, commit: Commit) -> Result<Revision, CommitError> {
        commit.within_bounds()?;
        let mut state = self.state();
        commit.verify(|key| Ok::<_, CommitError>(state.records.get(key).map(|(modified, _)| *modified)))?;
        let revision = state.revision.next();
        let mut changes = Vec::with_capacity(commit.writes.len());
        for (key, value) in commit.writes {
            let effective = match &value {
                Some(value) => {
                    state.records.insert(key.clone(), (revision, value.clone()));
                    true
                }
                None => state.records.remove(&key).is_some(),
            };
            if effective {
                changes.push(Change { key, value });
            }
        }
        if changes.is_empty() {
            return Ok(state.revision);
        }
        state.revision = revision;
        // Under the lock, so that watchers see commits in their order.
        self.log.publish(vec![Batch { revision, changes }]);
        Ok(revision)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Entry>, Error> {
        let state = self.state();
        let found = state.records.get_key_value(key);
        Ok(found.map(|(key, (modified, value))| Entry {
            key: key.clone(),
            value: value.clone(),
            modified: *modified,
        }))
    }

    fn list(&self, list: &List) -> Result<Page, Error> {
        let state = self.state();
        let start = match &list.after {
            Some(after) if *after >= list.prefix => Bound::Excluded(after.clone()),
            _ => Bound::Included(list.prefix.clone()),
        };
        let limit = list.limit.unwrap_or(usize::MAX);
        let mut page = Page {
            entries: Vec::new(),
            more: false,
            revision: state.revision,
        };
        for (key, (modified, value)) in state.records.range((start, Bound::Unbounded)) {
            if !key.starts_with(&list.prefix) {
                break;
            }
            if page.entries.len() == limit {
                page.more = true;
                break;
            }
            page.entries.push(Entry {
                key: key.clone(),
                value: value.clone(),
                modified: *modified,
            });
        }
        Ok(page)
    }

    fn commit(&self, commit: Commit) -> Pending {
        Pending::ready(self.apply(commit))
    }

    fn watch(&self, prefix: &[u8], since: Revision) -> Result<Watch, WatchError> {
        self.log.watch(prefix, since)
    }

    fn revision(&self) -> Result<Revision, Error> {
        Ok(self.state().revision)
    }
}
