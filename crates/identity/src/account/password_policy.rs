//! What an account demands of its users' passwords.

use std::sync::Arc;

use rolecall_names::AccountId;

use crate::{
    error::Error,
    permit::{Permit, op},
    state::{PasswordPolicy, Snapshot},
    transaction::Transaction,
};

/// What counts as a symbol (IAM User Guide: Set an account password policy for IAM users).
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";
/// The fewest characters where the account has no policy.
const DEFAULT_LENGTH: usize = 8;
/// How many of the four kinds of characters a password has where the account has no policy.
const DEFAULT_KINDS: usize = 3;

/// What such calls are decided on.
pub const RESOURCE: &str = "*";

/// `UpdateAccountPasswordPolicy`: the whole policy is replaced.
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateAccountPasswordPolicy>,
    policy: &PasswordPolicy,
) -> Result<(), Error> {
    permit.covers(RESOURCE)?;
    let account = permit.account();
    tx.put(&PasswordPolicy {
        account,
        ..policy.clone()
    })
}

/// `GetAccountPasswordPolicy`
pub fn get(snapshot: &Snapshot, account: AccountId) -> Result<Arc<PasswordPolicy>, Error> {
    snapshot.password_policy(account).cloned().ok_or_else(|| {
        Error::NotFound(format!(
            "The Password Policy with domain name {account} cannot be found."
        ))
    })
}

/// `DeleteAccountPasswordPolicy`: AWS's default holds again.
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteAccountPasswordPolicy>) -> Result<(), Error> {
    permit.covers(RESOURCE)?;
    let gone = || "The account policy with name PasswordPolicy cannot be found.".to_owned();
    let policy = get(tx.snapshot(), permit.account()).map_err(|error| error.or_missing(gone))?;
    tx.delete(&*policy);
    Ok(())
}

/// Whether a password is good enough for the account.
pub(super) fn check(policy: Option<&PasswordPolicy>, password: &str) -> Result<(), Error> {
    let has = |of: fn(char) -> bool| password.chars().any(of);
    let upper = has(|c| c.is_ascii_uppercase());
    let lower = has(|c| c.is_ascii_lowercase());
    let number = has(|c| c.is_ascii_digit());
    let symbol = has(|c| SYMBOLS.contains(c));
    let length = password.chars().count();
    let good = if let Some(policy) = policy {
        usize::try_from(policy.minimum_length).is_ok_and(|least| length >= least)
            && (upper || !policy.uppercase)
            && (lower || !policy.lowercase)
            && (number || !policy.numbers)
            && (symbol || !policy.symbols)
    } else {
        let kinds = [upper, lower, number, symbol].into_iter().filter(|has| *has).count();
        length >= DEFAULT_LENGTH && kinds >= DEFAULT_KINDS
    };
    if good {
        Ok(())
    } else {
        Err(Error::PasswordPolicy(
            "Password does not conform to the account password policy.".to_owned(),
        ))
    }
}
