//! Sessions: temporary credentials that nobody has to remember.
//!
//! A session is an access key id, a secret and a token. The token is the session's [`Record`], sealed (see
//! [`keys`](crate::keys)); the secret is derived from the sealing key, the token's own salt and the access key id. Any
//! replica that holds the sealing keys can check any session, and nothing is stored when one is issued.
//!
//! # What each attack meets (threat 4)
//! - *A token used with another session's key id*: the access key id is associated data, the token does not open.
//! - *Two sessions whose key ids collide*: each token has a 256-bit salt of its own; their secrets are unrelated.
//! - *A pagination marker or an encoded message offered as a token*: another key, another label.
//! - *A retired version*: refused by its first byte; nothing is tried twice.
//! - *A deleted and recreated role*: the record carries the role's unique id, which never comes back (threat 6).
//! - *A removed sealing key*: its sessions end at once.

mod cache;
mod encoding;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use rolecall_names::{AccessKeyId, AccountId, Arn, UniqueId};
use rolecall_policy::{Compiled, Policy};
use zeroize::Zeroizing;

use self::cache::Cache;
use crate::keys::{DoesNotOpen, SALT, SealingKeys};

/// The longest session token: AWS's are under 4 KiB, and headers have to carry them.
pub const MAX_SESSION_TOKEN: usize = 4096;
/// The most bytes that a record may take, so that the token stays under [`MAX_SESSION_TOKEN`].
pub const MAX_RECORD: usize = 2900;

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A role that was assumed.
    Role {
        /// The role's unique id: the incarnation that the session belongs to.
        id: UniqueId,
        /// The role's ARN, with its path.
        arn: Arn,
        /// The session's name.
        session_name: String,
    },
    /// A user's own session (`GetSessionToken`).
    User {
        /// The user's unique id.
        id: UniqueId,
        /// The user's ARN.
        arn: Arn,
    },
    /// A session of the account's root.
    Root,
    /// A federated user (`GetFederationToken`).
    FederatedUser {
        /// The name that was asked for.
        name: String,
        /// The id and the ARN of the user who asked; `None` for the account's root.
        user: Option<(UniqueId, Arn)>,
    },
}

/// The token or the assertion of an identity provider that a session came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The provider's ARN.
    pub provider: String,
    /// `iss`, or `Issuer`.
    pub issuer: String,
    /// `sub`, or `NameID`.
    pub subject: String,
    /// The audience that was matched, or the assertion's `Recipient`.
    pub audience: String,
    /// `jti`, or the assertion's `ID`.
    pub token_id: Option<String>,
    /// The uid of the pod that the token was bound to.
    pub pod_uid: Option<String>,
    /// The format of `NameID`; none if it was a token.
    pub subject_type: Option<String>,
}

/// All that a session token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The account.
    pub account: AccountId,
    /// The account's incarnation.
    pub account_incarnation: u64,
    /// Whose session it is.
    pub subject: Subject,
    /// When it was issued, in seconds.
    pub issued: i64,
    /// When it ends, in seconds.
    pub expires: i64,
    /// The inline session policy.
    pub session_policy: Option<String>,
    /// The ARNs of managed session policies.
    pub session_policy_arns: Vec<String>,
    /// Session tags.
    pub tags: Vec<(String, String)>,
    /// The keys of those tags that stay over role chaining.
    pub transitive_tags: Vec<String>,
    /// The source identity, which never changes over chaining.
    pub source_identity: Option<String>,
    /// The token that it came from.
    pub source: Option<Arc<Source>>,
    /// Whether temporary credentials issued it (role chaining: an hour at most).
    pub chained: bool,
    /// Whether a second factor was shown.
    pub mfa: bool,
}

impl Record {
    /// The ARN of the session's caller, as `GetCallerIdentity` shows it: a role's path is dropped.
    pub fn caller_arn(&self) -> Arn {
        let account = self.account.as_str();
        match &self.subject {
            Subject::Role { arn, session_name, .. } => {
                Arn::sts(account, &["assumed-role/", arn.name(), "/", session_name].concat())
            }
            Subject::User { arn, .. } => arn.clone(),
            Subject::Root => Arn::iam(account, "root"),
            Subject::FederatedUser { name, .. } => Arn::sts(account, &format!("federated-user/{name}")),
        }
    }

    /// The caller's unique id, as `GetCallerIdentity` shows it.
    pub fn caller_id(&self) -> String {
        match &self.subject {
            Subject::Role { id, session_name, .. } => [id.as_str(), ":", session_name].concat(),
            Subject::User { id, .. } => id.to_string(),
            Subject::Root => self.account.to_string(),
            Subject::FederatedUser { name, .. } => format!("{}:{name}", self.account),
        }
    }

    /// Whether the session is over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires <= now.as_second()
    }

    /// How many bytes the sealed record takes, before sealing.
    pub fn size(&self) -> usize {
        encoding::encode(self).len()
    }
}

/// A secret access key. Prints as `{redacted}` and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself: for signing, verifying, and the one answer that hands it out.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret itself, for another wrapper that wipes it.
    pub fn into_exposed(mut self) -> String {
        std::mem::take(&mut *self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{redacted}")
    }
}

/// Credentials as they leave: the one time that secret and token are seen.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `ASIA…`
    pub access_key_id: AccessKeyId,
    /// The secret.
    pub secret: Secret,
    /// The session token.
    pub session_token: Secret,
    /// When they end, in seconds.
    pub expires: i64,
}

/// A session that was opened.
#[derive(Debug)]
pub struct Opened {
    /// What its token says.
    pub record: Record,
    /// Its secret, for verifying a signature.
    pub secret: Secret,
    // Compiled when it is first used, for all the requests of the session.
    policy: OnceLock<Option<Compiled>>,
}

impl Opened {
    /// A record and the secret that goes with it.
    pub fn new(record: Record, secret: Secret) -> Self {
        Self {
            record,
            secret,
            policy: OnceLock::new(),
        }
    }

    /// The inline session policy; `None` where the text is none.
    pub(crate) fn policy(&self) -> Option<&Compiled> {
        let compile = || {
            let policy = Policy::parse(self.record.session_policy.as_deref()?).ok()?;
            Some(Compiled::new(&policy).with_name("the session's inline policy"))
        };
        self.policy.get_or_init(compile).as_ref()
    }
}

/// Why a session cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The record is over what a token may hold.
    #[error("the session is too large by {over} bytes")]
    TooLarge {
        /// By how much.
        over: usize,
    },
    /// There is no sealing key.
    #[error(transparent)]
    DoesNotSeal(#[from] DoesNotOpen),
}

/// Seals and opens session tokens.
pub struct Sessions {
    keys: ArcSwap<SealingKeys>,
    cache: Cache,
}

impl Sessions {
    /// With these sealing keys; see [`SealingKeys::load_and_rotate`].
    pub fn new(keys: SealingKeys) -> Self {
        Self {
            keys: ArcSwap::from_pointee(keys),
            cache: Cache::new(),
        }
    }

    /// Takes newer sealing keys into use. Sessions of keys that are gone end.
    pub fn replace_keys(&self, keys: SealingKeys) {
        self.keys.store(Arc::new(keys));
        self.cache.clear();
    }

    /// The sealing keys in force, for pagination markers and encoded messages.
    pub fn keys(&self) -> Arc<SealingKeys> {
        self.keys.load_full()
    }

    /// Seals a session: makes its token and its secret.
    pub fn seal(
        &self,
        access_key_id: AccessKeyId,
        record: &Record,
        now: Timestamp,
        salt: [u8; SALT],
    ) -> Result<Credentials, SealError> {
        let encoded = Zeroizing::new(encoding::encode(record));
        if let Some(over) = encoded.len().checked_sub(MAX_RECORD).filter(|over| *over > 0) {
            return Err(SealError::TooLarge { over });
        }
        let (token, secret) = self
            .keys
            .load()
            .seal_session(access_key_id.as_str(), &encoded, now, salt)?;
        Ok(Credentials {
            access_key_id,
            secret: Secret(secret),
            session_token: Secret::new(token),
            expires: record.expires,
        })
    }

    /// Opens a session token that came with this access key id. Says nothing about whether the session is over or its
    /// role still there; [`credential`](crate::sts::credential) does.
    pub fn open(&self, access_key_id: &str, token: &str) -> Result<Arc<Opened>, DoesNotOpen> {
        if token.len() > MAX_SESSION_TOKEN {
            return Err(DoesNotOpen);
        }
        let digest = Cache::digest(access_key_id, token);
        if let Some(known) = self.cache.find(&digest) {
            return Ok(known);
        }
        let keys = self.keys.load();
        let (encoded, secret) = keys.open_session(access_key_id, token)?;
        let record = encoding::decode(&encoded).ok_or(DoesNotOpen)?;
        let opened = Arc::new(Opened::new(record, Secret(secret)));
        // Not if the keys were replaced meanwhile: a removed key's session must not outlive it in the cache.
        self.cache
            .insert(digest, &opened, || Arc::ptr_eq(&keys, &self.keys.load()));
        Ok(opened)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("keys", &self.keys.load())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
