//! The keys of issuers that we host, and how one follows another.
//!
//! ```text
//! published ──[`LEAD`]──► signs ──────────────────────► its successor signs ──longest token, [`LEEWAY`]──► removed
//! ```
//!
//! A key is in the key set before it signs, so that whoever keeps a copy of the set has it when the first token comes; and
//! stays in it until the last token that it signed is over. Which key signs follows from the record and the time: nothing
//! has to happen at that moment, and no process has to be there for it.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::{cluster, outbound_issuer, removal};
use crate::{
    error::Error,
    keys::RootKey,
    permit::{Permit, op},
    state::{Cluster, HostedKey, OutboundIssuer, Snapshot},
    token::{
        Algorithm, KeySet,
        issuer::{SigningKey, SigningKeyError, key_set},
    },
    transaction::Transaction,
};

/// For how many seconds a key is published before it signs: an hour, twelve times as long as copies of the key set are good
/// for (its `Cache-Control` says 300 s).
pub const LEAD: i64 = 60 * 60;
/// After how many seconds a key gets a successor without being asked for: 90 days.
pub const AGE: i64 = 90 * 24 * 60 * 60;
/// For how many seconds a key stays published after its last token, for clocks that are late: as much as its last copy is
/// good for.
pub const LEEWAY: i64 = 5 * 60;

/// Whose keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Those of an account's own issuer.
    Account(AccountId),
    /// Those of a cluster whose tokens are signed here, in `rolecall dev`. No two clusters have one name (threat 8).
    Cluster(String),
}

/// A key as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `kid`
    pub key_id: String,
    /// `alg`
    pub algorithm: String,
    /// From when on it signs, in seconds.
    pub signs_from: i64,
    /// Until when it is published, in seconds, if it has a successor.
    pub published_until: Option<i64>,
}

/// The keys of an issuer, whosever it is.
struct Held {
    /// What they are bound to.
    record: String,
    keys: Vec<HostedKey>,
    /// The longest life of what they sign, in seconds.
    longest: i64,
}

/// What a change of the keys leaves.
struct Published {
    keys: Vec<HostedKey>,
    jwks: String,
    parsed: Arc<KeySet>,
}

/// New keys, one for each algorithm. Making them takes long: not in a transaction, and not where others wait.
pub fn generate(whose: &Whose) -> Result<Vec<SigningKey>, SigningKeyError> {
    Ok(match whose {
        Whose::Account(_) => vec![SigningKey::generate()?, SigningKey::generate_es384()?],
        Whose::Cluster(_) => vec![SigningKey::generate()?],
    })
}

/// Publishes `keys` ([`generate`]) beside those that sign now, to sign in their place when [`LEAD`] is over. One rotation at
/// a time: that of before lasts until its old keys are removed, so that no key set grows.
///
/// Keys that `leaked` are removed at once, and with them goes all that they have signed.
pub fn rotate(
    tx: &mut Transaction<'_>,
    permit: Permit<op::RotateSigningKeys>,
    whose: &Whose,
    keys: &[SigningKey],
    leaked: bool,
) -> Result<Vec<Shown>, Error> {
    permit.covers("*")?;
    removal::demand_operator(tx.snapshot(), permit.account())?;
    let now = tx.seconds();
    let (held, mut all) = staying(tx.snapshot(), whose, now, leaked)?;
    let signs_from = if leaked { now } else { now.saturating_add(LEAD) };
    all.extend(wrap(tx, &held.record, keys, signs_from)?);
    let published = publish(&held.record, all, tx.root())?;
    let shown = held.shown(&published.keys, tx.root())?;
    put(tx, whose, published)?;
    Ok(shown)
}

/// Whether [`rotate`] would: keys are made only for what can have them.
pub fn check(snapshot: &Snapshot, whose: &Whose, now: i64, leaked: bool) -> Result<(), Error> {
    staying(snapshot, whose, now, leaked).map(|_| ())
}

/// The keys that new ones come beside.
fn staying(snapshot: &Snapshot, whose: &Whose, now: i64, leaked: bool) -> Result<(Held, Vec<HostedKey>), Error> {
    let held = held(snapshot, whose)?;
    if leaked {
        return Ok((held, Vec::new()));
    }
    let current = held.current(now);
    match held.until(&current) {
        None => Ok((held, current)),
        Some(until) => Err(Error::Invalid(format!(
            "The keys of this issuer are being rotated until {}.",
            jiff::Timestamp::from_second(until).unwrap_or_default()
        ))),
    }
}

/// Removes the keys whose last token is over.
pub fn retire(tx: &mut Transaction<'_>, permit: Permit<op::RotateSigningKeys>, whose: &Whose) -> Result<(), Error> {
    permit.covers("*")?;
    removal::demand_operator(tx.snapshot(), permit.account())?;
    let held = held(tx.snapshot(), whose)?;
    let left = held.current(tx.seconds());
    if left.len() == held.keys.len() {
        return Ok(());
    }
    let published = publish(&held.record, left, tx.root())?;
    put(tx, whose, published)
}

/// What is to be done with keys now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// They are [`AGE`] old and need successors.
    Rotation,
    /// Some of them are over.
    Removal,
}

/// Whose keys something is to be done with, for whoever looks now and then.
pub fn due(snapshot: &Snapshot, now: i64) -> Vec<(Whose, Due)> {
    let accounts = snapshot.outbound_issuers.values();
    let accounts = accounts.map(|issuer| (Whose::Account(issuer.account), issuer.created, issuer.enabled));
    let clusters = snapshot
        .clusters
        .values()
        .filter(|cluster| !cluster.signing_keys.is_empty());
    let clusters = clusters.map(|cluster| (Whose::Cluster(cluster.name.clone()), cluster.created, true));
    let due = |(whose, created, enabled): (Whose, i64, bool)| {
        let held = held(snapshot, &whose).ok()?;
        let left = held.current(now);
        let youngest = left
            .iter()
            .map(|key| key.signs_from.max(created))
            .max()
            .unwrap_or(created);
        let old = youngest.saturating_add(AGE) <= now;
        if left.len() < held.keys.len() {
            Some((whose, Due::Removal))
        } else if enabled && old && held.until(&left).is_none() {
            Some((whose, Due::Rotation))
        } else {
            None
        }
    };
    accounts.chain(clusters).filter_map(due).collect()
}

/// The key that signs now: the newest of those whose time has come.
pub(super) fn signer(keys: &[HostedKey], algorithm: Algorithm, now: i64) -> Result<&HostedKey, Error> {
    let of = || {
        keys.iter()
            .filter(|key| Algorithm::named(&key.algorithm) == Some(algorithm))
    };
    // Where the clock went back, it is the oldest.
    let signs = of().rfind(|key| key.signs_from <= now).or_else(|| of().next());
    signs.ok_or_else(|| Error::Internal("an issuer has no key of this algorithm".to_owned()))
}

/// Keys as they are kept.
pub(super) fn wrap(
    tx: &Transaction<'_>,
    record: &str,
    keys: &[SigningKey],
    signs_from: i64,
) -> Result<Vec<HostedKey>, Error> {
    let wrap = |key: &SigningKey| {
        let secret = key.to_pkcs8().map_err(|error| Error::Internal(error.to_string()))?;
        Ok(HostedKey {
            algorithm: key.algorithm().to_owned(),
            wrapped: tx.wrap(record, &secret)?,
            signs_from,
        })
    };
    keys.iter().map(wrap).collect()
}

/// A kept key, open.
pub(super) fn open(key: &HostedKey, record: &str, root: &RootKey) -> Result<SigningKey, Error> {
    let wrapped =
        hex::decode(&key.wrapped).map_err(|_| Error::Internal("a signing key is no hexadecimal".to_owned()))?;
    let secret = root.unwrap(record, &wrapped)?;
    SigningKey::from_pkcs8(&secret).map_err(|error| Error::Internal(error.to_string()))
}

impl Held {
    /// The keys that are not over.
    fn current(&self, now: i64) -> Vec<HostedKey> {
        let over = |at: usize| self.end(&self.keys, at).is_some_and(|end| end <= now);
        let kept = self.keys.iter().enumerate().filter(|(at, _)| !over(*at));
        kept.map(|(_, key)| key.clone()).collect()
    }

    /// Until when a key is published, if it has a successor.
    fn end(&self, keys: &[HostedKey], at: usize) -> Option<i64> {
        let key = keys.get(at)?;
        let mut later = keys.iter().skip(at.saturating_add(1));
        let successor = later.find(|later| later.algorithm == key.algorithm)?;
        Some(successor.signs_from.saturating_add(self.longest).saturating_add(LEEWAY))
    }

    /// Until when the rotation that is under way lasts.
    fn until(&self, keys: &[HostedKey]) -> Option<i64> {
        (0..keys.len()).filter_map(|at| self.end(keys, at)).max()
    }

    fn shown(&self, keys: &[HostedKey], root: &RootKey) -> Result<Vec<Shown>, Error> {
        let shown = |(at, key): (usize, &HostedKey)| {
            Ok(Shown {
                key_id: open(key, &self.record, root)?.key_id().to_owned(),
                algorithm: key.algorithm.clone(),
                signs_from: key.signs_from,
                published_until: self.end(keys, at),
            })
        };
        keys.iter().enumerate().map(shown).collect()
    }
}

fn held(snapshot: &Snapshot, whose: &Whose) -> Result<Held, Error> {
    Ok(match whose {
        Whose::Account(account) => {
            let issuer = account_issuer(snapshot, *account)?;
            Held {
                record: outbound_issuer::record(&issuer.id),
                keys: issuer.signing_keys.clone(),
                longest: outbound_issuer::LONGEST_TOKEN,
            }
        }
        Whose::Cluster(name) => {
            let cluster = hosted_cluster(snapshot, name)?;
            Held {
                record: cluster::record(&cluster.id),
                keys: cluster.signing_keys.clone(),
                longest: cluster::LONGEST_TOKEN,
            }
        }
    })
}

fn put(tx: &mut Transaction<'_>, whose: &Whose, published: Published) -> Result<(), Error> {
    let Published { keys, jwks, parsed } = published;
    let parsed = Some(parsed);
    match whose {
        Whose::Account(account) => {
            let issuer = account_issuer(tx.snapshot(), *account)?;
            tx.put(&OutboundIssuer {
                signing_keys: keys,
                jwks,
                keys: parsed,
                ..OutboundIssuer::clone(&issuer)
            })
        }
        Whose::Cluster(name) => {
            let cluster = hosted_cluster(tx.snapshot(), name)?;
            tx.put(&Cluster {
                signing_keys: keys,
                jwks,
                keys: parsed,
                ..Cluster::clone(&cluster)
            })
        }
    }
}

fn account_issuer(snapshot: &Snapshot, account: AccountId) -> Result<Arc<OutboundIssuer>, Error> {
    let issuer = snapshot.outbound_issuer(account).cloned();
    issuer.ok_or_else(|| Error::NotFound(format!("The account {account} has no issuer.")))
}

fn hosted_cluster(snapshot: &Snapshot, name: &str) -> Result<Arc<Cluster>, Error> {
    let cluster = snapshot.clusters.values().find(|cluster| cluster.name == name);
    let cluster = cluster.cloned().ok_or_else(|| cluster::not_found(name))?;
    if cluster.signing_keys.is_empty() {
        return Err(Error::Invalid(format!(
            "The tokens of cluster {name} are not signed here: its keys are rotated where they are."
        )));
    }
    Ok(cluster)
}

fn publish(record: &str, keys: Vec<HostedKey>, root: &RootKey) -> Result<Published, Error> {
    let open: Vec<SigningKey> = keys
        .iter()
        .map(|key| open(key, record, root))
        .collect::<Result<_, _>>()?;
    let jwks = key_set(&open).to_string();
    let parsed = KeySet::parse(jwks.as_bytes()).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Published {
        keys,
        jwks,
        parsed: Arc::new(parsed),
    })
}
