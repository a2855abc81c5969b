//! One change: reads over a snapshot and its own writes, and the commit that comes of it.

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_names::{AccountId, IdKind, UniqueId};
use rolecall_store::{Commit, Expected};

use crate::{
    audit::Event,
    error::Error,
    keys::{Entropy, RootKey, SALT, random},
    quotas::Quotas,
    state::{Kept, Snapshot, event_key, key_of},
};

/// How many transactions may be under way at once. Counting quotas rely on it: see [`Transaction::counts`].
pub(crate) const IN_FLIGHT: usize = 64;

/// A change in the making. Made by [`Identity::write`](crate::Identity::write) alone.
pub struct Transaction<'a> {
    before: &'a Snapshot,
    // INVARIANT: `before` with the writes of `commit`.
    now_is: Snapshot,
    commit: Commit,
    now: Timestamp,
    entropy: &'a dyn Entropy,
    root: &'a RootKey,
    quotas: &'a Quotas,
    events: u32,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(
        before: &'a Snapshot,
        now: Timestamp,
        entropy: &'a dyn Entropy,
        root: &'a RootKey,
        quotas: &'a Quotas,
    ) -> Self {
        Self {
            before,
            now_is: before.clone(),
            commit: Commit::new(),
            now,
            entropy,
            root,
            quotas,
            events: 0,
        }
    }

    pub(crate) fn into_commit(self) -> Commit {
        self.commit
    }

    /// Everything, with what this transaction has written.
    pub fn snapshot(&self) -> &Snapshot {
        &self.now_is
    }

    /// When it happens.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When it happens, in seconds.
    pub fn seconds(&self) -> i64 {
        self.now.as_second()
    }

    /// The limits.
    pub fn quotas(&self) -> &'a Quotas {
        self.quotas
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Error> {
        Ok(random(self.entropy)?)
    }

    /// A unique id. Of its 85 random bits none are ever the same again (threat 6).
    pub(crate) fn unique_id(&self, kind: IdKind) -> Result<UniqueId, Error> {
        Ok(UniqueId::from_random(kind, self.random()?))
    }

    /// The key that opens what [`wrap`](Self::wrap) sealed.
    pub(crate) fn root(&self) -> &'a RootKey {
        self.root
    }

    /// Seals a secret for the record that it belongs to, in hexadecimal.
    pub(crate) fn wrap(&self, record: &str, secret: &[u8]) -> Result<String, Error> {
        let salt = self.random::<SALT>()?;
        Ok(hex::encode(self.root.wrap(record, secret, salt)?))
    }

    /// Writes the audit event of this change into the same commit (invariant 6).
    pub fn record(&mut self, event: &Event) -> Result<(), Error> {
        let line = event
            .to_line()
            .map_err(|error| Error::Internal(format!("an event cannot be written: {error}")))?;
        self.events += 1;
        let key = event_key(self.now, &event.event_id, self.events);
        self.commit.writes.insert(key.into(), Some(line.into()));
        Ok(())
    }

    /// Writes a record, in the place of what was there. The commit holds only if nobody else wrote it since.
    pub(crate) fn put<T: Kept>(&mut self, record: &T) -> Result<(), Error> {
        let key = key_of(record);
        self.hold(&key);
        let value = crate::state::encode(record)?;
        self.commit.writes.insert(Bytes::from(key), Some(value.into()));
        let mut record = record.clone();
        record.loaded();
        record.insert(&mut self.now_is);
        Ok(())
    }

    /// Removes a record.
    pub(crate) fn delete<T: Kept>(&mut self, record: &T) {
        let key = key_of(record);
        self.hold(&key);
        self.commit.writes.insert(Bytes::from(key), None);
        record.remove(&mut self.now_is);
    }

    /// Removes whatever is kept under a key.
    pub(crate) fn delete_key(&mut self, key: &str) -> Result<(), Error> {
        self.hold(key);
        self.commit.writes.insert(Bytes::from(key.to_owned()), None);
        self.now_is.apply(key.as_bytes(), None, rolecall_store::Revision::ZERO)
    }

    /// Demands that the record is still what this transaction sees.
    pub(crate) fn hold(&mut self, key: &str) {
        let expected = match self.before.revisions.get(key) {
            Some(revision) => Expected::ModifiedAt(*revision),
            None => Expected::Absent,
        };
        self.demand(key, expected);
    }

    /// Demands that the record is there, in whatever state.
    pub(crate) fn present<T: Kept>(&mut self, record: &T) {
        self.demand(&key_of(record), Expected::Present);
    }

    pub(crate) fn demand(&mut self, key: &str, expected: Expected) {
        if let Some(check) = self.commit.checks.iter_mut().find(|check| check.key == key.as_bytes()) {
            if check.expected == Expected::Present {
                check.expected = expected;
            }
        } else {
            self.commit.checks.push(rolecall_store::Check {
                key: Bytes::from(key.to_owned()),
                expected,
            });
        }
    }

    /// Leaves a mark under `name` without asking for its state: those who mark do not disturb each other, but whoever
    /// [guards](Self::guard) the same name loses against them.
    pub(crate) fn mark(&mut self, name: &str) {
        let key = format!("state/guard/{name}");
        let value = self.now.as_nanosecond().to_string();
        self.commit.writes.insert(Bytes::from(key), Some(value.into()));
    }

    /// Demands that nobody left a mark under `name` since the snapshot, and leaves one.
    pub(crate) fn guard(&mut self, name: &str) {
        self.hold(&format!("state/guard/{name}"));
        self.mark(name);
    }

    /// Fails unless one more of `what` still fits the limit, whoever else is adding one.
    ///
    /// Far from the limit those who add do not disturb each other: no more than [`IN_FLIGHT`] can be under way, and the
    /// count is at least twice as far from the limit. Near it, one at a time.
    pub(crate) fn counts(
        &mut self,
        account: AccountId,
        what: &str,
        count: usize,
        limit: usize,
        refusal: impl FnOnce() -> String,
    ) -> Result<(), Error> {
        if count >= limit {
            return Err(Error::Limit(refusal()));
        }
        let name = format!("count/{account}/{what}");
        if count.saturating_add(IN_FLIGHT * 2) >= limit {
            self.guard(&name);
        } else {
            self.mark(&name);
        }
        Ok(())
    }
}

impl std::fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("commit", &self.commit)
            .finish_non_exhaustive()
    }
}
