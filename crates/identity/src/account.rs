//! The rules of accounts, one file for each noun. Functions that change something take a [`Permit`] and a
//! [`Transaction`]; those that read take a [`Snapshot`](crate::Snapshot).

pub mod access_key;
pub mod account_alias;
pub mod attachment;
pub mod bucket;
pub mod cluster;
pub mod credential_report;
pub mod details;
pub mod group;
mod holder;
pub mod inline;
pub mod instance_profile;
pub mod last_accessed;
pub mod login_profile;
pub mod mfa_device;
pub mod oidc_provider;
pub mod outbound_issuer;
mod page;
pub mod password_policy;
pub mod policy;
pub mod removal;
pub mod resource;
pub mod revocation;
pub mod role;
pub mod saml_provider;
pub mod server_certificate;
pub mod service_credential;
pub mod service_linked_role;
pub mod signing_certificate;
pub mod signing_key;
pub mod source;
pub mod ssh_public_key;
pub mod summary;
pub mod tags;
#[cfg(test)]
mod tests;
mod trust;
pub mod user;

use rolecall_names::{AccountId, Arn};
use rolecall_policy::{Kind, Policy};

pub use self::{
    holder::{Actor, Holder},
    page::Page,
};
use crate::{
    document::Document,
    error::Error,
    permit::{Permit, op},
    state::Account,
    transaction::Transaction,
};

/// Makes an account on the process's own behalf: the first is the operator's, who makes and removes others by
/// [`removal`]. Its root has no key yet; see [`access_key::create`].
pub fn create(tx: &mut Transaction<'_>, permit: Permit<op::CreateAccount>) -> Result<Account, Error> {
    let id = permit.account();
    if tx.snapshot().account(id).is_some() {
        return Err(Error::AlreadyExists(format!("the account `{id}` exists")));
    }
    let account = Account {
        id,
        incarnation: u64::from_be_bytes(tx.random()?),
        created: tx.seconds(),
        made_by: tx.snapshot().operator(),
    };
    tx.put(&account)?;
    Ok(account)
}

/// Reads a document that is to be used as `kind`.
pub(crate) fn document(text: &str, kind: Kind) -> Result<Document, Error> {
    Policy::read(text, kind)?;
    Document::new(text)
}

/// Checks that a managed policy's ARN is one.
pub(crate) fn check_policy_arn(arn: &str) -> Result<(), Error> {
    if is_policy_arn(arn) { Ok(()) } else { Err(no_arn()) }
}

fn is_policy_arn(arn: &str) -> bool {
    let parsed: Result<Arn, _> = arn.parse();
    parsed.is_ok_and(|arn| arn.service() == "iam" && arn.region().is_empty() && arn.resource_of("policy").is_some())
}

/// An ARN, or AWS's sentence.
pub(crate) fn parse_arn(text: &str) -> Result<Arn, Error> {
    text.parse().map_err(|_| no_arn())
}

fn no_arn() -> Error {
    Error::Validation("Invalid ARN:  Could not be parsed!".to_owned())
}

/// Demands that a managed policy may be attached in this account, now and when the change is committed. `malformed` is
/// the kind of error that a text is that is no ARN of one.
pub(crate) fn demand_policy(
    tx: &mut Transaction<'_>,
    account: AccountId,
    arn: &str,
    malformed: fn(String) -> Error,
    refusal: impl FnOnce() -> String,
) -> Result<(), Error> {
    if !is_policy_arn(arn) {
        return Err(malformed(format!("ARN {arn} is not valid.")));
    }
    if crate::managed::find(arn).is_some() {
        return Ok(());
    }
    let policy = tx
        .snapshot()
        .policy(arn)
        .filter(|policy| crate::state::account_of(&policy.arn) == account)
        .cloned()
        .ok_or_else(|| Error::NotFound(refusal()))?;
    // Whoever deletes the policy at this moment loses, or we do; those who attach it do not disturb each other.
    tx.present(&*policy);
    tx.mark(&policy_guard(arn));
    Ok(())
}

/// Marked by all who come to depend on a managed policy.
pub(crate) fn policy_guard(arn: &str) -> String {
    format!("policy/{arn}")
}
