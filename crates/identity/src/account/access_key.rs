//! Long-term access keys of users, and of an account's root.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rolecall_names::{AccessKeyId, AccountId, Arn};

use super::{Holder, Page};
use crate::{
    error::Error,
    permit::{Operation, Permit, op},
    session::Secret,
    state::{AccessKey, Snapshot, User},
    sts::access_key_record,
    transaction::Transaction,
};

/// `CreateAccessKey` for a user, or without one for the root. `given` sets the key, for the first root key of an
/// installation. The secret is seen here and never again.
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateAccessKey>,
    user: Option<&str>,
    given: Option<(&AccessKeyId, &Secret)>,
) -> Result<(AccessKey, Secret), Error> {
    let account = permit.account();
    let user = hold_owner(tx, &permit, user)?;
    let (count, limit) = (
        tx.snapshot().access_keys(account, user.as_deref()).count(),
        tx.quotas().access_keys,
    );
    if count >= limit {
        return Err(Error::Limit(format!(
            "Cannot exceed quota for AccessKeysPerUser: {limit}"
        )));
    }
    let (id, secret) = match given {
        Some((id, secret)) => (id.clone(), secret.clone()),
        // 30 random bytes are 40 of `[A-Za-z0-9+/]`.
        None => (
            AccessKeyId::long_term(account, tx.random()?),
            Secret::new(STANDARD.encode(tx.random::<30>()?)),
        ),
    };
    if tx.snapshot().access_key(id.as_str()).is_some() {
        return Err(if given.is_some() {
            Error::AlreadyExists(format!("the access key `{id}` exists"))
        } else {
            // 40 random bits met; the next attempt takes others.
            Error::Conflict
        });
    }
    let key = AccessKey {
        wrapped: tx.wrap(&access_key_record(id.as_str()), secret.expose().as_bytes())?,
        id: id.to_string(),
        account,
        user,
        active: true,
        created: tx.seconds(),
    };
    tx.put(&key)?;
    Ok((key, secret))
}

/// `UpdateAccessKey`
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateAccessKey>,
    user: Option<&str>,
    id: &str,
    active: bool,
) -> Result<(), Error> {
    let user = hold_owner(tx, &permit, user)?;
    let mut key = AccessKey::clone(&*find(tx.snapshot(), permit.account(), user.as_deref(), id)?);
    key.active = active;
    tx.put(&key)
}

/// `DeleteAccessKey`
pub fn delete(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteAccessKey>,
    user: Option<&str>,
    id: &str,
) -> Result<(), Error> {
    let user = hold_owner(tx, &permit, user)?;
    let key = find(tx.snapshot(), permit.account(), user.as_deref(), id)?;
    tx.delete(&*key);
    Ok(())
}

/// `ListAccessKeys`, by id.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    user: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Arc<AccessKey>>, Error> {
    if let Some(user) = user {
        User::get(snapshot, account, user)?;
    }
    Ok(Page::of(
        snapshot.access_keys(account, user).cloned(),
        |key| key.id.clone(),
        after,
        limit,
    ))
}

/// Checks the permit against the owner of the keys, and holds the owner still: two who make keys at once would otherwise
/// both see room, and a user could go while a key comes. Gives the owner's name as it is written.
pub(super) fn hold_owner<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    user: Option<&str>,
) -> Result<Option<String>, Error> {
    let account = permit.account();
    let Some(name) = user else {
        permit.covers(Arn::iam(account.as_str(), "root"))?;
        let root = tx.snapshot().account(account).cloned();
        tx.put(&*root.ok_or(Error::Internal("a key for an account that is not there".to_owned()))?)?;
        return Ok(None);
    };
    let user = Arc::clone(User::get(tx.snapshot(), account, name)?);
    permit.covers(&user.arn)?;
    tx.put(&*user)?;
    Ok(Some(user.name.clone()))
}

fn find(snapshot: &Snapshot, account: AccountId, user: Option<&str>, id: &str) -> Result<Arc<AccessKey>, Error> {
    snapshot
        .access_key(id)
        .filter(|key| key.account == account && key.user.as_deref() == user)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("The Access Key with id {id} cannot be found.")))
}
