//! Passwords of users.

use rolecall_identity::{
    CallerKind,
    account::login_profile::{self, NewPassword},
    password::{Derivation, Hashed},
    session::Secret,
    state::LoginProfile,
};
use rolecall_wire::generated::iam;
use tokio::sync::Semaphore;

use super::{
    time,
    user::{arn, must_name, own_name, owner_arn},
};
use crate::aws::{fault::Fault, operation::answer};

/// Hashing is slow on purpose: a flood of passwords must not take every processor.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Hashes on a thread where nobody waits.
async fn hashed(derivation: &Derivation, passwords: Vec<Secret>) -> Result<Vec<Hashed>, Fault> {
    let _turn = HASHING.acquire().await.map_err(|_| Fault::internal())?;
    let derivation = derivation.clone();
    let hashing = tokio::task::spawn_blocking(move || {
        let hashes = passwords.iter().map(|password| derivation.derive(password.expose()));
        hashes.collect()
    });
    hashing.await.map_err(|_| Fault::internal())
}

async fn hashed_one(derivation: &Derivation, password: &Secret) -> Result<Hashed, Fault> {
    let hashes = hashed(derivation, vec![password.clone()]).await?;
    hashes.into_iter().next().ok_or_else(Fault::internal)
}

fn shape(profile: &LoginProfile) -> iam::LoginProfile {
    iam::LoginProfile {
        user_name: profile.user.clone(),
        create_date: time(profile.created),
        password_reset_required: Some(profile.reset_required),
    }
}

answer! { iam::CreateLoginProfile(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    let Some(password) = input.password else {
        return Err(Fault::sender("ValidationError", 400, "Must specify a password for the login profile."));
    };
    let password = Secret::new(password.expose());
    let derivation = Derivation::new(cx.control.entropy()).map_err(|_| Fault::internal())?;
    let hashed = hashed_one(&derivation, &password).await?;
    let new = NewPassword { text: &password, hashed: &hashed };
    let reset = input.password_reset_required.unwrap_or(false);
    let profile = cx.write(permit, |tx, permit| login_profile::create(tx, permit, &name, new, reset)).await?;
    Ok(iam::CreateLoginProfileResponse { login_profile: shape(&profile) })
} }

answer! { iam::GetLoginProfile(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    let profile = login_profile::get(&cx.snapshot, cx.account, &name).map_err(|error| cx.fault(&error))?;
    Ok(iam::GetLoginProfileResponse { login_profile: shape(&profile) })
} }

answer! { iam::UpdateLoginProfile(cx, input) on arn(cx, &input.user_name) => |permit| {
    let profile = login_profile::get(&cx.snapshot, cx.account, &input.user_name).map_err(|error| cx.fault(&error))?;
    let password = input.password.as_ref().map(|password| Secret::new(password.expose()));
    let hashed = match &password {
        Some(password) => Some(hashed_one(&profile.derivation, password).await?),
        None => None,
    };
    let new = password.as_ref().zip(hashed.as_ref()).map(|(text, hashed)| NewPassword { text, hashed });
    cx.write(permit, |tx, permit| {
        login_profile::update(tx, permit, &input.user_name, new, input.password_reset_required)
    })
    .await
} }

answer! { iam::DeleteLoginProfile(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    cx.write(permit, |tx, permit| login_profile::delete(tx, permit, &name)).await
} }

answer! { iam::ChangePassword(cx, input) on owner_arn(cx, None) => |permit| {
    let (CallerKind::User { .. }, Some(name)) = (&cx.caller.kind, own_name(cx)) else {
        return Err(Fault::sender("InvalidUserType", 400, "Only IAM Users can change their own password."));
    };
    let profile = login_profile::get(&cx.snapshot, cx.account, &name).map_err(|error| cx.fault(&error))?;
    let (old, new) = (Secret::new(input.old_password.expose()), Secret::new(input.new_password.expose()));
    let hashes = hashed(&profile.derivation, vec![old, new.clone()]).await?;
    let [old, new_hash] = hashes.as_slice() else { return Err(Fault::internal()) };
    let new = NewPassword { text: &new, hashed: new_hash };
    cx.write(permit, |tx, permit| login_profile::change_password(tx, permit, &name, old, new)).await
} }
