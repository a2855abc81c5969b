//! Users' public keys for SSH (IAM User Guide: Use SSH keys and SSH with `CodeCommit`).

use std::sync::Arc;

use rolecall_names::{AccountId, IdKind};

use super::{Holder as _, Page, user::hold};
use crate::{
    error::{Error, Flaw},
    permit::{Operation, Permit, op},
    ssh_key::SshKey,
    state::{Snapshot, SshPublicKey, User},
    transaction::Transaction,
};

/// `UploadSSHPublicKey`
pub fn upload(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UploadSSHPublicKey>,
    user: &str,
    body: &str,
) -> Result<SshPublicKey, Error> {
    let account = permit.account();
    let user = hold(tx, &permit, user)?;
    let key = SshKey::read(body)?;
    let line = key.line();
    if tx
        .snapshot()
        .ssh_public_keys_of(account, &user.id)
        .any(|other| other.line == line)
    {
        return Err(Error::Unusable(
            Flaw::DuplicateSshPublicKey,
            "The SSH public key is already associated with the specified IAM user.".to_owned(),
        ));
    }
    let (count, limit) = (
        tx.snapshot().ssh_public_keys_of(account, &user.id).count(),
        tx.quotas().ssh_public_keys,
    );
    if count >= limit {
        return Err(Error::Limit(format!(
            "Cannot exceed quota for SSHPublicKeysPerUser: {limit}"
        )));
    }
    let record = SshPublicKey {
        id: tx.unique_id(IdKind::PublicKey)?,
        account,
        user: user.id.clone(),
        pem: key.pem(),
        fingerprint: key.fingerprint(),
        line,
        active: true,
        created: tx.seconds(),
    };
    tx.put(&record)?;
    Ok(record)
}

/// `GetSSHPublicKey`
pub fn get(snapshot: &Snapshot, account: AccountId, user: &str, id: &str) -> Result<Arc<SshPublicKey>, Error> {
    let user = User::get(snapshot, account, user)?;
    snapshot
        .ssh_public_keys
        .get(account, id)
        .filter(|key| key.user == user.id)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("The Public Key with id {id} cannot be found.")))
}

/// `UpdateSSHPublicKey`
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateSSHPublicKey>,
    user: &str,
    id: &str,
    active: bool,
) -> Result<(), Error> {
    let mut key = SshPublicKey::clone(&*held(tx, &permit, user, id)?);
    key.active = active;
    tx.put(&key)
}

/// `DeleteSSHPublicKey`
pub fn delete(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteSSHPublicKey>,
    user: &str,
    id: &str,
) -> Result<(), Error> {
    let key = held(tx, &permit, user, id)?;
    tx.delete(&*key);
    Ok(())
}

/// `ListSSHPublicKeys`, by id.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    user: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Arc<SshPublicKey>>, Error> {
    let user = User::get(snapshot, account, user)?;
    Ok(Page::of(
        snapshot.ssh_public_keys_of(account, &user.id).cloned(),
        |key| key.id.to_string(),
        after,
        limit,
    ))
}

fn held<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    user: &str,
    id: &str,
) -> Result<Arc<SshPublicKey>, Error> {
    let user = hold(tx, permit, user)?;
    get(tx.snapshot(), permit.account(), &user.name, id)
}
