//! Revoking: ours, finer than AWS's way (an inline policy that denies by `aws:TokenIssueTime`), which works as well.
//!
//! A session that was made from a revoked one by role chaining before is a session of its own, as in AWS, and lives an
//! hour at most.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::Page;
use crate::{
    error::Error,
    permit::{Permit, op},
    state::{Revocation, Snapshot, Target},
    sts::LONGEST,
    transaction::Transaction,
};

/// The longest session of all (`GetSessionToken`), in seconds.
const LONGEST_SESSION: i64 = LONGEST * 3;
/// The longest life of a service account's token (kube-apiserver: `--service-account-extend-token-expiration`), and a
/// session that began at its end, in seconds.
const LONGEST_TOKEN: i64 = 366 * 86_400 + LONGEST;
/// How many that are over are removed with one change.
const SWEEP: usize = 200;

/// What is decided on: the role, or anything.
pub fn resource(snapshot: &Snapshot, account: AccountId, target: &Target) -> String {
    match target {
        Target::Role { id, name, .. } => snapshot
            .role(account, name)
            .filter(|role| role.id == *id)
            .map_or_else(|| "*".to_owned(), |role| role.arn.to_string()),
        _ => "*".to_owned(),
    }
}

/// Revokes. What is revoked already is revoked again, up to now.
pub fn create(tx: &mut Transaction<'_>, permit: Permit<op::Revoke>, target: &Target) -> Result<Revocation, Error> {
    let account = permit.account();
    permit.covers(resource(tx.snapshot(), account, target))?;
    check(target, tx.seconds())?;
    // One at a time: what follows looks at all of them.
    tx.guard(&format!("revocations/{account}"));
    sweep(tx, account);
    let same = tx
        .snapshot()
        .revocations(account)
        .find(|known| is_same(&known.target, target))
        .cloned();
    let (id, target) = match same {
        Some(known) if is_wider(&known.target, target) => return Ok(Revocation::clone(&known)),
        Some(known) => (known.id.clone(), target.clone()),
        None if tx.snapshot().revocations(account).count() >= tx.quotas().revocations => {
            // A full set widens, it never drops (threat 9).
            let all: Vec<_> = tx.snapshot().revocations(account).cloned().collect();
            for one in all {
                tx.delete(&*one);
            }
            (new_id(tx)?, Target::Account { before: tx.seconds() })
        }
        None => (new_id(tx)?, target.clone()),
    };
    let lives = match target {
        Target::Session { .. } => LONGEST_SESSION,
        Target::Role { .. } => LONGEST,
        Target::Token { .. } | Target::ServiceAccount { .. } | Target::Pod { .. } | Target::Account { .. } => {
            LONGEST_TOKEN
        }
    };
    let revocation = Revocation {
        id,
        account,
        target,
        created: tx.seconds(),
        until: tx.seconds().saturating_add(lives),
    };
    tx.put(&revocation)?;
    Ok(revocation)
}

/// Undoes a revocation: what it meant and is not over is accepted again.
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteRevocation>, id: &str) -> Result<(), Error> {
    let account = permit.account();
    permit.covers("*")?;
    let known = tx.snapshot().revocation(account, id).cloned();
    let known = known.ok_or_else(|| Error::NotFound(format!("There is no revocation {id}.")))?;
    tx.delete(&*known);
    Ok(())
}

/// Removes those that are over. Gives whether there may be more.
pub fn prune(tx: &mut Transaction<'_>, permit: Permit<op::Revoke>) -> Result<bool, Error> {
    Ok(sweep(tx, permit.account()) == SWEEP)
}

/// Those in force, by id.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    now: i64,
    after: Option<&str>,
    limit: usize,
) -> Page<Arc<Revocation>> {
    let in_force = snapshot.revocations(account).filter(|one| one.until > now).cloned();
    Page::of(in_force, |one| one.id.clone(), after, limit)
}

fn sweep(tx: &mut Transaction<'_>, account: AccountId) -> usize {
    let now = tx.seconds();
    let over: Vec<_> = tx
        .snapshot()
        .revocations(account)
        .filter(|one| one.until <= now)
        .take(SWEEP)
        .cloned()
        .collect();
    for one in &over {
        tx.delete(&**one);
    }
    over.len()
}

fn new_id(tx: &Transaction<'_>) -> Result<String, Error> {
    Ok(format!("rv-{}", hex::encode(tx.random::<16>()?)))
}

fn check(target: &Target, now: i64) -> Result<(), Error> {
    let before = match target {
        Target::Session { access_key_id } => {
            let is_one = access_key_id.starts_with("ASIA")
                && access_key_id.len() <= 128
                && access_key_id.bytes().all(|b| b.is_ascii_alphanumeric());
            return if is_one {
                Ok(())
            } else {
                Err(Error::Invalid(format!(
                    "{access_key_id} is no session's access key id; a user's key is deactivated with UpdateAccessKey."
                )))
            };
        }
        Target::Token {
            issuer, token_id: text, ..
        }
        | Target::Pod { issuer, uid: text, .. } => {
            let is_text = |text: &str| (1..=1024).contains(&text.len());
            return if is_text(issuer) && is_text(text) {
                Ok(())
            } else {
                Err(Error::Invalid("An id has 1 to 1024 characters.".to_owned()))
            };
        }
        Target::ServiceAccount { before, .. } | Target::Role { before, .. } | Target::Account { before } => *before,
    };
    // Nobody can revoke what is not issued yet: that is what policies are for.
    if before > now {
        return Err(Error::Invalid("The time is in the future.".to_owned()));
    }
    Ok(())
}

/// Whether two revoke the same, but for the time.
fn is_same(one: &Target, other: &Target) -> bool {
    match (one, other) {
        (
            Target::ServiceAccount { issuer, subject, .. },
            Target::ServiceAccount {
                issuer: other,
                subject: of,
                ..
            },
        ) => issuer == other && subject == of,
        (Target::Role { id, .. }, Target::Role { id: other, .. }) => id == other,
        (Target::Account { .. }, Target::Account { .. }) => true,
        (one, other) => one == other,
    }
}

/// Whether `known` revokes at least as much as `wanted`, and what it means lives no shorter: a time that goes back would
/// give back what is revoked.
fn is_wider(known: &Target, wanted: &Target) -> bool {
    match (known, wanted) {
        (Target::ServiceAccount { before, .. }, Target::ServiceAccount { before: wanted, .. })
        | (Target::Role { before, .. }, Target::Role { before: wanted, .. })
        | (Target::Account { before }, Target::Account { before: wanted }) => before > wanted,
        _ => false,
    }
}
