//! Several accounts in one installation: made and removed by the operator alone, who is the root of the first.

use rolecall_names::AccountId;
use rolecall_store::Expected;

use super::{access_key, account_alias};
use crate::{
    caller::{Caller, CallerKind},
    error::Error,
    permit::{Permit, op},
    session::Secret,
    state::{AccessKey, Account, FormerAccount, PREFIX, Snapshot, key_of},
    transaction::Transaction,
};

impl Snapshot {
    /// The account of the operator: the one that no operator made.
    pub fn operator(&self) -> Option<AccountId> {
        self.accounts
            .values()
            .find(|account| account.made_by.is_none())
            .map(|account| account.id)
    }

    /// All accounts, by id. For the operator.
    pub fn accounts(&self) -> impl Iterator<Item = &std::sync::Arc<Account>> {
        self.accounts.values()
    }
}

/// Whether a caller is the operator.
pub fn is_operator(snapshot: &Snapshot, caller: &Caller) -> bool {
    caller.kind == CallerKind::Root && caller.account.is_some() && caller.account == snapshot.operator()
}

/// Makes an account with its root's access key. The secret is seen here and never again.
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateAccount>,
    id: Option<AccountId>,
) -> Result<(Account, AccessKey, Secret), Error> {
    permit.covers("*")?;
    let operator = demand_operator(tx.snapshot(), permit.account())?;
    let id = match id {
        Some(id) => id,
        None => random_id(tx)?,
    };
    if tx.snapshot().account(id).is_some() {
        return Err(Error::AlreadyExists(format!("The account {id} exists.")));
    }
    if tx.snapshot().former_accounts.contains_key(&id) {
        return Err(Error::AlreadyExists(format!(
            "The account {id} was removed: policies elsewhere may still trust its id, which no other account gets."
        )));
    }
    // Nor is inherited what an account of this id left that was removed before its id was kept.
    sweep(tx, id)?;
    let account = Account {
        id,
        incarnation: u64::from_be_bytes(tx.random()?),
        created: tx.seconds(),
        made_by: Some(operator),
    };
    tx.put(&account)?;
    // Its root has nobody else who could give it a key.
    let (key, secret) = access_key::create(tx, Permit::operator(id), None, None)?;
    Ok((account, key, secret))
}

/// Removes an account and all that is in it but its id, which no other gets. Buckets are first emptied and deleted by those
/// who own what is in them.
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteAccount>, id: AccountId) -> Result<(), Error> {
    permit.covers("*")?;
    let operator = demand_operator(tx.snapshot(), permit.account())?;
    if id == operator {
        return Err(Error::Invalid(
            "The operator's own account cannot be removed.".to_owned(),
        ));
    }
    let account = tx.snapshot().account(id).cloned();
    let account = account.ok_or_else(|| Error::NotFound(format!("There is no account {id}.")))?;
    if tx.snapshot().buckets(id).next().is_some() {
        return Err(Error::InUse(format!(
            "The account {id} has buckets: delete them first, with what is in them."
        )));
    }
    sweep(tx, id)?;
    tx.delete(&*account);
    let removed = tx.seconds();
    tx.put(&FormerAccount { id, removed })
}

/// Removes every record of an account but the account's own.
fn sweep(tx: &mut Transaction<'_>, id: AccountId) -> Result<(), Error> {
    let keys: Vec<AccessKey> = tx
        .snapshot()
        .access_keys
        .values()
        .filter(|key| key.account == id)
        .map(|key| AccessKey::clone(key))
        .collect();
    for key in &keys {
        tx.delete(key);
    }
    if let Some(policy) = tx.snapshot().password_policies.get(&id).cloned() {
        tx.delete(&*policy);
    }
    account_alias::remove(tx, id);
    // All other records of an account are at KIND/ACCOUNT/….
    let of_account = |key: &&String| {
        key.strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(_, place)| place.split_once('/'))
            .is_some_and(|(account, _)| account == id.as_str())
    };
    let keys: Vec<String> = tx.snapshot().revisions.keys().filter(of_account).cloned().collect();
    for key in keys {
        tx.delete_key(&key)?;
    }
    Ok(())
}

/// The operator's account, if this is it.
pub(super) fn demand_operator(snapshot: &Snapshot, account: AccountId) -> Result<AccountId, Error> {
    let operator = snapshot.operator().filter(|operator| *operator == account);
    operator.ok_or_else(|| Error::Invalid("This is done by the operator alone.".to_owned()))
}

/// Twelve digits, the first not zero, that hardly any account has or had.
fn random_id(tx: &Transaction<'_>) -> Result<AccountId, Error> {
    let number = 100_000_000_000 + u64::from_be_bytes(tx.random()?) % 900_000_000_000;
    number
        .to_string()
        .parse()
        .map_err(|_| Error::Internal("twelve digits are no account id".to_owned()))
}

/// Demands that the account of a change is there, now and when the change is committed: nothing comes to be in an account
/// that is being removed (threat 6).
pub(crate) fn demand(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), Error> {
    let known = tx.snapshot().account(account).cloned();
    let known = known.ok_or_else(|| Error::NotFound(format!("There is no account {account}.")))?;
    tx.demand(&key_of(&*known), Expected::Present);
    Ok(())
}
