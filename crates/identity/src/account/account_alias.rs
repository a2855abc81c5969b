//! The alias of an account (IAM User Guide: Your AWS account ID and its alias). An account has one at most.

use std::sync::Arc;

use rolecall_names::{AccountAliasName, AccountId};

use super::Page;
use crate::{
    error::Error,
    permit::{Permit, op},
    state::{AccountAlias, Snapshot},
    transaction::Transaction,
};

/// What such calls are decided on.
pub const RESOURCE: &str = "*";

/// `CreateAccountAlias`: takes the place of the one before.
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateAccountAlias>,
    alias: &AccountAliasName,
) -> Result<(), Error> {
    permit.covers(RESOURCE)?;
    let account = permit.account();
    if tx.snapshot().alias(alias.as_str()).is_some() {
        return Err(Error::AlreadyExists(format!(
            "The account alias {alias} already exists."
        )));
    }
    // Two at the same time must not both stay.
    tx.guard(&format!("account-alias/{account}"));
    remove(tx, account);
    tx.put(&AccountAlias {
        alias: alias.to_string(),
        account,
    })
}

/// `DeleteAccountAlias`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteAccountAlias>, alias: &str) -> Result<(), Error> {
    permit.covers(RESOURCE)?;
    let own = tx.snapshot().alias_of(permit.account()).cloned();
    let own: Arc<AccountAlias> = own
        .filter(|own| own.alias == alias)
        .ok_or_else(|| Error::NotFound(format!("The account alias {alias} cannot be found.")))?;
    tx.delete(&*own);
    Ok(())
}

/// `ListAccountAliases`
pub fn list(snapshot: &Snapshot, account: AccountId, after: Option<&str>, limit: usize) -> Page<String> {
    let all = snapshot.alias_of(account).map(|alias| alias.alias.clone());
    Page::of(all.into_iter(), String::clone, after, limit)
}

/// Takes the alias of an account away.
pub(super) fn remove(tx: &mut Transaction<'_>, account: AccountId) {
    if let Some(alias) = tx.snapshot().alias_of(account).cloned() {
        tx.delete(&*alias);
    }
}
