//! When credentials and permissions were last used: access keys, roles and users, by service and action.
//!
//! A use is noted in memory while a request is answered, and written to the store later, many at once
//! ([`Usage::flush`]): what was noted since the last flush is lost when a machine dies. As with AWS, of uses within
//! fifteen minutes only the first counts (IAM User Guide: Generate credential reports for your AWS account), so that
//! whoever works without a pause costs a write every fifteen minutes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_store::{Commit, CommitError, List, Store};
use serde::{Deserialize, Serialize};

use crate::{error::Error, state::Snapshot};

/// Of uses within so many seconds only the first is noted.
pub const SPAN: i64 = 15 * 60;
/// For how many seconds uses are reported: 400 days (IAM User Guide: Refine permissions in AWS using last accessed
/// information).
pub const REPORTED: i64 = 400 * 24 * 60 * 60;
/// Records are under this.
const PREFIX: &str = "usage/";
/// The version that records are written in.
const RECORD: u8 = 1;
/// So many records go into one commit.
const BATCH: usize = 256;
/// Memory is bounded: of so many principals and keys uses are noted, and of each so many services and actions.
const MOST: usize = 50_000;
const MOST_SERVICES: usize = 64;
const MOST_ACTIONS: usize = 512;
/// A region is what the client signed for: longer ones are nobody's.
const LONGEST_REGION: usize = 32;

/// A use of an access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// When, in seconds.
    pub at: i64,
    /// For which service, such as `s3`.
    pub service: String,
    /// In which region.
    pub region: String,
}

/// What a role, a user, or an account's root has used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// By service.
    pub services: BTreeMap<String, ServiceUse>,
}

/// The use of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceUse {
    /// When last, in seconds.
    pub at: i64,
    /// In which region.
    pub region: String,
    /// Of which actions: when last, and where.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<String, (i64, String)>,
}

impl Used {
    /// The last use of all.
    pub fn last(&self) -> Option<&ServiceUse> {
        self.services.values().max_by_key(|service| service.at)
    }

    fn note(&mut self, use_: &Use<'_>) -> bool {
        let known = self.services.get(use_.service);
        let last = known.and_then(|service| service.actions.get(use_.action));
        if last.is_some_and(|(at, _)| use_.at.saturating_sub(*at) < SPAN) {
            return false;
        }
        let full = self.services.len() >= MOST_SERVICES;
        let actions: usize = self.services.values().map(|service| service.actions.len()).sum();
        let Some(service) = self.services.get_mut(use_.service) else {
            if full {
                return false;
            }
            let made = ServiceUse {
                at: use_.at,
                region: use_.region.to_owned(),
                actions: BTreeMap::from([(use_.action.to_owned(), (use_.at, use_.region.to_owned()))]),
            };
            self.services.insert(use_.service.to_owned(), made);
            return true;
        };
        match service.actions.get_mut(use_.action) {
            Some(known) => *known = (use_.at, use_.region.to_owned()),
            None if actions < MOST_ACTIONS => {
                service
                    .actions
                    .insert(use_.action.to_owned(), (use_.at, use_.region.to_owned()));
            }
            None if use_.at.saturating_sub(service.at) < SPAN => return false,
            None => {}
        }
        if use_.at > service.at {
            service.at = use_.at;
            use_.region.clone_into(&mut service.region);
        }
        true
    }

    /// Takes in what another replica has noted.
    fn merge(&mut self, other: Self) {
        for (name, theirs) in other.services {
            let Some(ours) = self.services.get_mut(&name) else {
                self.services.insert(name, theirs);
                continue;
            };
            if theirs.at > ours.at {
                (ours.at, ours.region) = (theirs.at, theirs.region);
            }
            for (action, last) in theirs.actions {
                let known = ours.actions.entry(action).or_insert_with(|| last.clone());
                if last.0 > known.0 {
                    *known = last;
                }
            }
        }
    }
}

/// A use to be noted.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// The unique id of the role or user, or the account of its root; of nobody else uses are noted.
    pub principal: Option<&'a str>,
    /// The access key that signed.
    pub access_key_id: &'a str,
    /// Such as `s3`.
    pub service: &'a str,
    /// The region that was signed for.
    pub region: &'a str,
    /// The action, without the service.
    pub action: &'a str,
    /// When, in seconds.
    pub at: i64,
}

/// All uses.
pub struct Usage {
    store: Arc<dyn Store>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    principals: BTreeMap<String, Used>,
    keys: BTreeMap<String, KeyUse>,
    /// The keys in the store of what was noted since it was last written.
    changed: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
struct Stored<T> {
    v: u8,
    record: T,
}

impl Usage {
    /// With what was written before. Blocks.
    pub fn open(store: Arc<dyn Store>) -> Result<Self, Error> {
        let mut held = Held::default();
        for entry in store.list(&List::prefix(PREFIX))?.entries {
            let key = String::from_utf8_lossy(&entry.key).into_owned();
            // What cannot be read is no reason not to start: nothing is allowed or refused by it.
            if let Some(id) = key.strip_prefix("usage/principal/") {
                held.principals
                    .extend(decode(&entry.value).map(|used| (id.to_owned(), used)));
            } else if let Some(id) = key.strip_prefix("usage/key/") {
                held.keys.extend(decode(&entry.value).map(|used| (id.to_owned(), used)));
            }
        }
        Ok(Self {
            store,
            held: Mutex::new(held),
        })
    }

    /// Notes a use: some comparisons under a lock, and no more.
    pub fn note(&self, mut noted: Use<'_>) {
        if noted.region.len() > LONGEST_REGION {
            noted.region = "";
        }
        let mut held = self.lock();
        let held = &mut *held;
        if let Some(id) = noted.principal {
            let room = held.principals.len() < MOST;
            let changed = match held.principals.get_mut(id) {
                Some(used) => used.note(&noted),
                None if room => held.principals.entry(id.to_owned()).or_default().note(&noted),
                None => false,
            };
            if changed {
                held.changed.insert(format!("{PREFIX}principal/{id}"));
            }
        }
        // Keys of sessions are nobody's to ask for.
        if noted.access_key_id.starts_with("ASIA") || noted.access_key_id.is_empty() {
            return;
        }
        let room = held.keys.len() < MOST;
        match held.keys.get(noted.access_key_id) {
            Some(known) if known.service == noted.service && noted.at.saturating_sub(known.at) < SPAN => return,
            None if !room => return,
            _ => {}
        }
        let used = KeyUse {
            at: noted.at,
            service: noted.service.to_owned(),
            region: noted.region.to_owned(),
        };
        held.keys.insert(noted.access_key_id.to_owned(), used);
        held.changed.insert(format!("{PREFIX}key/{}", noted.access_key_id));
    }

    /// The last use of an access key.
    pub fn of_key(&self, id: &str) -> Option<KeyUse> {
        self.lock().keys.get(id).cloned()
    }

    /// What a role or a user of this unique id has used, as far back as it is reported.
    pub fn of(&self, id: &str, now: Timestamp) -> Used {
        let mut used = self.lock().principals.get(id).cloned().unwrap_or_default();
        let oldest = now.as_second().saturating_sub(REPORTED);
        used.services.retain(|_, service| service.at >= oldest);
        for service in used.services.values_mut() {
            service.actions.retain(|_, (at, _)| *at >= oldest);
        }
        used
    }

    /// When and in which region a role or a user of this unique id has last used anything, as far back as it is reported.
    pub fn last(&self, id: &str, now: Timestamp) -> Option<(i64, String)> {
        let oldest = now.as_second().saturating_sub(REPORTED);
        let held = self.lock();
        let last = held.principals.get(id)?.last().filter(|last| last.at >= oldest)?;
        Some((last.at, last.region.clone()))
    }

    /// Writes what was noted since the last time, and says how many records that were. Blocks.
    pub fn flush(&self) -> Result<usize, Error> {
        let mut written = 0;
        loop {
            let batch: Vec<String> = {
                let mut held = self.lock();
                let batch: Vec<String> = held.changed.iter().take(BATCH).cloned().collect();
                for key in &batch {
                    held.changed.remove(key);
                }
                batch
            };
            if batch.is_empty() {
                return Ok(written);
            }
            if let Err(error) = self.write(&batch) {
                self.lock().changed.extend(batch);
                return Err(error);
            }
            written += batch.len();
        }
    }

    fn write(&self, batch: &[String]) -> Result<(), Error> {
        let mut commit = Commit::new();
        for key in batch {
            let stored = self.store.get(key.as_bytes())?;
            let mut held = self.lock();
            let value = if let Some(id) = key.strip_prefix("usage/principal/") {
                let Some(used) = held.principals.get_mut(id) else {
                    continue;
                };
                if let Some(theirs) = stored.and_then(|entry| decode(&entry.value)) {
                    used.merge(theirs);
                }
                encode(used)?
            } else {
                let id = key.strip_prefix("usage/key/").unwrap_or_default();
                let Some(used) = held.keys.get_mut(id) else { continue };
                if let Some(theirs) = stored.and_then(|entry| decode::<KeyUse>(&entry.value))
                    && theirs.at > used.at
                {
                    *used = theirs;
                }
                encode(used)?
            };
            commit = commit.put(key.clone(), value);
        }
        if commit.writes.is_empty() {
            return Ok(());
        }
        match self.store.commit(commit).wait() {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(Error::Conflict),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Forgets roles, users and keys that are gone. Blocks.
    pub fn prune(&self, snapshot: &Snapshot) -> Result<(), Error> {
        let mut ids = BTreeSet::new();
        for account in snapshot.accounts() {
            ids.insert(account.id.to_string());
            ids.extend(snapshot.roles(account.id).map(|role| role.id.to_string()));
            ids.extend(snapshot.users(account.id).map(|user| user.id.to_string()));
        }
        let mut gone = Vec::new();
        {
            let mut held = self.lock();
            held.principals.retain(|id, _| {
                let stays = ids.contains(id);
                if !stays {
                    gone.push(format!("{PREFIX}principal/{id}"));
                }
                stays
            });
            held.keys.retain(|id, _| {
                let stays = snapshot.access_key(id).is_some();
                if !stays {
                    gone.push(format!("{PREFIX}key/{id}"));
                }
                stays
            });
            for key in &gone {
                held.changed.remove(key);
            }
        }
        for keys in gone.chunks(BATCH) {
            let commit = keys
                .iter()
                .fold(Commit::new(), |commit, key| commit.delete(key.clone()));
            match self.store.commit(commit).wait() {
                Ok(_) | Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Usage").finish_non_exhaustive()
    }
}

fn encode<T: Serialize>(record: &T) -> Result<Bytes, Error> {
    let stored = serde_json::to_vec(&Stored { v: RECORD, record });
    stored
        .map(Bytes::from)
        .map_err(|error| Error::Internal(format!("a use cannot be written: {error}")))
}

fn decode<T: for<'de> Deserialize<'de>>(value: &[u8]) -> Option<T> {
    let stored: Stored<T> = serde_json::from_slice(value).ok()?;
    (stored.v == RECORD).then_some(stored.record)
}

#[cfg(test)]
mod tests {
    use rolecall_store::Memory;

    use super::*;

    const ROLE: &str = "AROAEXAMPLE";
    const KEY: &str = "AKIAEXAMPLE";
    const START: i64 = 1_700_000_000;

    fn use_at(at: i64, service: &'static str, action: &'static str) -> Use<'static> {
        Use {
            principal: Some(ROLE),
            access_key_id: KEY,
            service,
            region: "us-east-2",
            action,
            at,
        }
    }

    fn now(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn of_uses_within_fifteen_minutes_the_first_counts() {
        let usage = Usage::open(Arc::new(Memory::new())).unwrap();
        for at in [START, START + 60, START + SPAN - 1] {
            usage.note(use_at(at, "s3", "GetObject"));
        }
        let last = |at| usage.last(ROLE, now(at)).map(|(at, _)| at);
        assert_eq!(last(START), Some(START));
        assert_eq!(usage.of(ROLE, now(START)).last().unwrap().at, START);
        assert_eq!(usage.of_key(KEY).unwrap().at, START);
        usage.note(use_at(START + SPAN, "s3", "GetObject"));
        assert_eq!(usage.of(ROLE, now(START)).last().unwrap().at, START + SPAN);
        assert_eq!(last(START + SPAN + REPORTED), Some(START + SPAN));
        assert_eq!(
            last(START + SPAN + REPORTED + 1),
            None,
            "it is too long ago to be reported"
        );
        // Another service is another use.
        usage.note(use_at(START + SPAN + 1, "iam", "GetRole"));
        let key = usage.of_key(KEY).unwrap();
        assert_eq!((key.service.as_str(), key.at), ("iam", START + SPAN + 1));
    }

    #[test]
    fn what_was_flushed_is_there_after_a_restart_and_costs_one_write() {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let usage = Usage::open(Arc::clone(&store)).unwrap();
        usage.note(use_at(START, "s3", "GetObject"));
        usage.note(use_at(START, "s3", "PutObject"));
        assert_eq!(usage.flush().unwrap(), 2);
        let revision = store.revision().unwrap();
        usage.note(use_at(START + 1, "s3", "GetObject"));
        assert_eq!(usage.flush().unwrap(), 0);
        assert_eq!(store.revision().unwrap(), revision);
        let again = Usage::open(store).unwrap();
        let used = again.of(ROLE, now(START));
        assert_eq!(used, usage.of(ROLE, now(START)));
        let actions: Vec<_> = used.services["s3"].actions.keys().map(String::as_str).collect();
        assert_eq!(actions, ["GetObject", "PutObject"]);
        assert_eq!(again.of_key(KEY), usage.of_key(KEY));
    }

    #[test]
    fn two_replicas_lose_nothing_of_each_other() {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let (one, other) = (
            Usage::open(Arc::clone(&store)).unwrap(),
            Usage::open(Arc::clone(&store)).unwrap(),
        );
        one.note(use_at(START + 5000, "s3", "GetObject"));
        other.note(use_at(START, "iam", "GetRole"));
        one.flush().unwrap();
        other.flush().unwrap();
        let both = Usage::open(store).unwrap().of(ROLE, now(START));
        assert_eq!(both.services.len(), 2);
        assert_eq!(both.last().unwrap().at, START + 5000);
    }

    #[test]
    fn memory_is_bounded_and_old_uses_are_not_reported() {
        let usage = Usage::open(Arc::new(Memory::new())).unwrap();
        let names: Vec<String> = (0..2000).map(|number| format!("A{number}")).collect();
        for name in &names {
            usage.note(Use {
                action: name,
                service: if name.len() > 3 { "s3" } else { "iam" },
                ..use_at(START, "", "")
            });
        }
        for name in &names {
            usage.note(Use {
                service: name,
                ..use_at(START, "", "x")
            });
        }
        let used = usage.of(ROLE, now(START));
        assert_eq!(used.services.len(), MOST_SERVICES);
        assert!(
            used.services
                .values()
                .map(|service| service.actions.len())
                .sum::<usize>()
                <= MOST_ACTIONS + MOST_SERVICES
        );
        usage.note(Use {
            region: &"x".repeat(100),
            ..use_at(START + SPAN, "sts", "y")
        });
        assert!(usage.of(ROLE, now(START + REPORTED + 1)).services.is_empty());
    }

    #[test]
    fn keys_of_sessions_are_not_noted_and_who_is_gone_is_forgotten() {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let usage = Usage::open(Arc::clone(&store)).unwrap();
        usage.note(Use {
            access_key_id: "ASIAEXAMPLE",
            ..use_at(START, "s3", "GetObject")
        });
        assert_eq!(usage.of_key("ASIAEXAMPLE"), None);
        usage.note(use_at(START, "s3", "GetObject"));
        usage.flush().unwrap();
        usage.prune(&Snapshot::default()).unwrap();
        assert!(usage.of(ROLE, now(START)).services.is_empty());
        assert!(store.list(&List::prefix(PREFIX)).unwrap().entries.is_empty());
    }
}
