//! Passwords of users.
//!
//! Hashes are derived before the transaction, which may run more than once, and which others wait for.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::{Holder as _, password_policy, user::hold};
use crate::{
    error::Error,
    password::Hashed,
    permit::{Permit, op},
    session::Secret,
    state::{LoginProfile, PasswordPolicy, Snapshot, User},
    transaction::Transaction,
};

/// The most hashes that are kept: `PasswordReusePrevention` goes no further.
const REMEMBERED: usize = 24;
const DAY: i64 = 86_400;

/// A password that is to be set.
#[derive(Debug, Clone, Copy)]
pub struct NewPassword<'a> {
    /// As the client gave it, to be held against the policy.
    pub text: &'a Secret,
    /// Its hash.
    pub hashed: &'a Hashed,
}

/// `CreateLoginProfile`
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateLoginProfile>,
    user: &str,
    password: NewPassword<'_>,
    reset_required: bool,
) -> Result<LoginProfile, Error> {
    let account = permit.account();
    let user = hold(tx, &permit, user)?;
    if tx.snapshot().login_profile(account, &user.name).is_some() {
        return Err(Error::AlreadyExists(format!(
            "Login Profile for user {} already exists.",
            user.name
        )));
    }
    let mut profile = LoginProfile {
        account,
        user: user.name.clone(),
        created: tx.seconds(),
        changed: tx.seconds(),
        reset_required,
        derivation: password.hashed.derivation().clone(),
        hashes: Vec::new(),
    };
    set(tx, &mut profile, password)?;
    tx.put(&profile)?;
    Ok(profile)
}

/// `GetLoginProfile`
pub fn get(snapshot: &Snapshot, account: AccountId, user: &str) -> Result<Arc<LoginProfile>, Error> {
    let user = User::get(snapshot, account, user)?;
    snapshot
        .login_profile(account, &user.name)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("Login Profile for User {} cannot be found.", user.name)))
}

/// `UpdateLoginProfile`: what is not given stays.
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateLoginProfile>,
    user: &str,
    password: Option<NewPassword<'_>>,
    reset_required: Option<bool>,
) -> Result<(), Error> {
    let user = hold(tx, &permit, user)?;
    let mut profile = LoginProfile::clone(&*get(tx.snapshot(), permit.account(), &user.name)?);
    if let Some(password) = password {
        set(tx, &mut profile, password)?;
    }
    profile.reset_required = reset_required.unwrap_or(profile.reset_required);
    tx.put(&profile)
}

/// `DeleteLoginProfile`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteLoginProfile>, user: &str) -> Result<(), Error> {
    let user = hold(tx, &permit, user)?;
    let profile = get(tx.snapshot(), permit.account(), &user.name)?;
    tx.delete(&*profile);
    Ok(())
}

/// `ChangePassword`: a user's own, who has to know the one before.
pub fn change_password(
    tx: &mut Transaction<'_>,
    permit: Permit<op::ChangePassword>,
    user: &str,
    old: &Hashed,
    new: NewPassword<'_>,
) -> Result<(), Error> {
    let account = permit.account();
    let user = hold(tx, &permit, user)?;
    let mut profile = LoginProfile::clone(&*get(tx.snapshot(), account, &user.name)?);
    if *old.derivation() != profile.derivation {
        return Err(Error::Conflict);
    }
    if !profile.hashes.first().is_some_and(|current| old.is(current)) {
        return Err(Error::WrongPassword("The old password was incorrect.".to_owned()));
    }
    if let Some(policy) = tx.snapshot().password_policy(account)
        && policy.hard_expiry == Some(true)
        && expired(&profile, policy, tx.seconds())
    {
        return Err(Error::WrongPassword(
            "The password has expired. Contact your account administrator.".to_owned(),
        ));
    }
    set(tx, &mut profile, new)?;
    profile.reset_required = false;
    tx.put(&profile)
}

/// Moves the profile of a user whose name changes.
pub(super) fn rename(tx: &mut Transaction<'_>, account: AccountId, before: &str, after: &str) -> Result<(), Error> {
    let Some(profile) = tx.snapshot().login_profile(account, before).cloned() else {
        return Ok(());
    };
    tx.delete(&*profile);
    tx.put(&LoginProfile {
        user: after.to_owned(),
        ..LoginProfile::clone(&profile)
    })
}

fn expired(profile: &LoginProfile, policy: &PasswordPolicy, now: i64) -> bool {
    let age = now.saturating_sub(profile.changed);
    policy
        .max_age
        .is_some_and(|days| age >= i64::from(days).saturating_mul(DAY))
}

/// Sets a password that the account's policy allows and that was not used too lately.
fn set(tx: &Transaction<'_>, profile: &mut LoginProfile, password: NewPassword<'_>) -> Result<(), Error> {
    // A profile made anew has another salt: whoever hashed for the one before comes too late.
    if *password.hashed.derivation() != profile.derivation {
        return Err(Error::Conflict);
    }
    let policy = tx.snapshot().password_policy(profile.account);
    password_policy::check(policy.map(AsRef::as_ref), password.text.expose())?;
    let barred = policy
        .and_then(|policy| policy.reuse_prevention)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(0);
    if profile.hashes.iter().take(barred).any(|kept| password.hashed.is(kept)) {
        return Err(Error::PasswordPolicy(
            "Policy constraint violation with password reuse prevention during password change.".to_owned(),
        ));
    }
    profile.hashes.insert(0, password.hashed.kept());
    profile.hashes.truncate(REMEMBERED);
    profile.changed = tx.seconds();
    Ok(())
}
