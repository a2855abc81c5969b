//! Revocations: which sessions, and which tokens they could come from, are refused from now on (threat 9).
//!
//! A revocation is small, and lasts only as long as a session or a token that it means can live. The check looks up six
//! short texts and allocates nothing; where nothing is revoked it is one comparison.

use std::sync::Arc;

use rolecall_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{Kept, Snapshot, split};
use crate::session::{Record, Source, Subject};

/// A revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Such as `rv-00112233445566778899aabbccddeeff`.
    pub id: String,
    /// Whose it is.
    pub account: AccountId,
    /// What is revoked.
    pub target: Target,
    /// When it was made, in seconds.
    pub created: i64,
    /// From when on nothing that it means can be alive, in seconds.
    pub until: i64,
}

/// What is revoked. `before` is inclusive, in seconds. `everywhere` says that the issuer is one of ours, so that the
/// revocation holds in accounts that trust it, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// One session.
    Session {
        /// `ASIA…`
        access_key_id: String,
    },
    /// A token of an identity provider, and the sessions that came of it.
    Token {
        /// `iss`
        issuer: String,
        /// `jti`
        token_id: String,
        /// Whether it holds in all accounts.
        everywhere: bool,
    },
    /// The tokens of a service account that were issued until then, and the sessions.
    ServiceAccount {
        /// `iss`
        issuer: String,
        /// `system:serviceaccount:NAMESPACE:NAME`
        subject: String,
        /// Issued until then.
        before: i64,
        /// Whether it holds in all accounts.
        everywhere: bool,
    },
    /// The tokens that are bound to a pod, and the sessions.
    Pod {
        /// `iss`
        issuer: String,
        /// The pod's uid.
        uid: String,
        /// Whether it holds in all accounts.
        everywhere: bool,
    },
    /// The sessions of a role that were issued until then.
    Role {
        /// The role's unique id: its namesake to come is another (threat 6).
        id: UniqueId,
        /// The role's name, for people.
        name: String,
        /// Issued until then.
        before: i64,
    },
    /// All sessions and tokens of the account that were issued until then: what a full set widens to.
    Account {
        /// Issued until then.
        before: i64,
    },
}

impl Revocation {
    /// What it is found by.
    fn key(&self) -> &str {
        match &self.target {
            Target::Session { access_key_id } => access_key_id,
            Target::Token { token_id, .. } => token_id,
            Target::ServiceAccount { subject, .. } => subject,
            Target::Pod { uid, .. } => uid,
            Target::Role { id, .. } => id.as_str(),
            Target::Account { .. } => self.account.as_str(),
        }
    }

    fn means_session(&self, access_key_id: &str, record: &Record) -> bool {
        let own = self.account == record.account;
        match &self.target {
            Target::Session { access_key_id: revoked } => own && revoked == access_key_id,
            Target::Role {
                id: revoked, before, ..
            } => {
                own && record.issued <= *before && matches!(&record.subject, Subject::Role { id, .. } if id == revoked)
            }
            Target::Account { before } => own && record.issued <= *before,
            Target::Token { .. } | Target::ServiceAccount { .. } | Target::Pod { .. } => record
                .source
                .as_ref()
                .is_some_and(|source| self.means_source(record.account, source, record.issued)),
        }
    }

    fn means_source(&self, account: AccountId, source: &Source, issued: i64) -> bool {
        let own = self.account == account;
        match &self.target {
            Target::Token {
                issuer,
                token_id,
                everywhere,
            } => (own || *everywhere) && source.issuer == *issuer && source.token_id.as_ref() == Some(token_id),
            Target::ServiceAccount {
                issuer,
                subject,
                before,
                everywhere,
            } => (own || *everywhere) && issued <= *before && source.issuer == *issuer && source.subject == *subject,
            Target::Pod {
                issuer,
                uid,
                everywhere,
            } => (own || *everywhere) && source.issuer == *issuer && source.pod_uid.as_ref() == Some(uid),
            Target::Account { before } => own && issued <= *before,
            Target::Session { .. } | Target::Role { .. } => false,
        }
    }
}

impl Snapshot {
    /// The revocation that a session falls under.
    pub fn revoked(&self, access_key_id: &str, record: &Record) -> Option<&Arc<Revocation>> {
        if self.revoked.is_empty() {
            return None;
        }
        let role = match &record.subject {
            Subject::Role { id, .. } => Some(id.as_str()),
            Subject::User { .. } | Subject::Root | Subject::FederatedUser { .. } => None,
        };
        let source = record.source.as_deref();
        [Some(access_key_id), role, Some(record.account.as_str())]
            .into_iter()
            .chain(source.map(keys).into_iter().flatten())
            .flatten()
            .filter_map(|key| self.revoked.get(key))
            .flatten()
            .find(|revocation| revocation.means_session(access_key_id, record))
    }

    /// The revocation that a token falls under, of which a session in this account is asked. A token that does not say
    /// when it was issued counts as old.
    pub fn revoked_source(&self, account: AccountId, source: &Source, issued: Option<i64>) -> Option<&Arc<Revocation>> {
        if self.revoked.is_empty() {
            return None;
        }
        let issued = issued.unwrap_or(i64::MIN);
        [Some(account.as_str())]
            .into_iter()
            .chain(keys(source))
            .flatten()
            .filter_map(|key| self.revoked.get(key))
            .flatten()
            .find(|revocation| revocation.means_source(account, source, issued))
    }

    /// The revocations of an account in the order of their ids.
    pub fn revocations(&self, account: AccountId) -> impl Iterator<Item = &Arc<Revocation>> {
        super::of_account(&self.revocations, account)
    }

    /// A revocation by its id.
    pub fn revocation(&self, account: AccountId, id: &str) -> Option<&Arc<Revocation>> {
        self.revocations.get(&(account, id.to_owned()))
    }
}

/// What the revocations of a token are found by.
fn keys(source: &Source) -> [Option<&str>; 3] {
    [
        source.token_id.as_deref(),
        Some(&source.subject),
        source.pod_uid.as_deref(),
    ]
}

impl Kept for Revocation {
    const KIND: &'static str = "revocation";

    fn place(&self) -> String {
        format!("{}/{}", self.account, self.id)
    }

    fn insert(self, snapshot: &mut Snapshot) {
        Self::forget(&self.place(), snapshot);
        let kept = Arc::new(self);
        snapshot
            .revoked
            .entry(kept.key().to_owned())
            .or_default()
            .push(Arc::clone(&kept));
        snapshot.revocations.insert((kept.account, kept.id.clone()), kept);
    }

    fn remove(&self, snapshot: &mut Snapshot) {
        Self::forget(&self.place(), snapshot);
    }

    fn forget(place: &str, snapshot: &mut Snapshot) {
        let Some(gone) = split(place).and_then(|key| snapshot.revocations.remove(&key)) else {
            return;
        };
        if let Some(list) = snapshot.revoked.get_mut(gone.key()) {
            list.retain(|one| one.id != gone.id || one.account != gone.account);
            if list.is_empty() {
                snapshot.revoked.remove(gone.key());
            }
        }
    }
}
