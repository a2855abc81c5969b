//! Users' public keys for SSH.

use rolecall_identity::{
    account::{ssh_public_key, user},
    state::SshPublicKey,
};
use rolecall_wire::generated::iam;

use super::{
    is_active, limit, more, status, time,
    user::{arn, must_name, own_name, owner_arn},
};
use crate::aws::operation::answer;

fn shape(key: &SshPublicKey, user: &str, body: &str) -> iam::SSHPublicKey {
    iam::SSHPublicKey {
        user_name: user.to_owned(),
        ssh_public_key_id: key.id.to_string(),
        fingerprint: key.fingerprint.clone(),
        ssh_public_key_body: body.to_owned(),
        status: status(key.active),
        upload_date: Some(time(key.created)),
    }
}

answer! { iam::UploadSSHPublicKey(cx, input) on arn(cx, &input.user_name) => |permit| {
    let key = cx
        .write(permit, |tx, permit| ssh_public_key::upload(tx, permit, &input.user_name, &input.ssh_public_key_body))
        .await?;
    // As it was uploaded, comment and all.
    let shown = shape(&key, &input.user_name, &input.ssh_public_key_body);
    Ok(iam::UploadSSHPublicKeyResponse { ssh_public_key: Some(shown) })
} }

answer! { iam::GetSSHPublicKey(cx, input) on arn(cx, &input.user_name) => |permit| {
    let key = ssh_public_key::get(&cx.snapshot, cx.account, &input.user_name, &input.ssh_public_key_id)
        .map_err(|error| cx.fault(&error))?;
    let body = if input.encoding == "PEM" { &key.pem } else { &key.line };
    Ok(iam::GetSSHPublicKeyResponse { ssh_public_key: Some(shape(&key, &input.user_name, body)) })
} }

answer! { iam::UpdateSSHPublicKey(cx, input) on arn(cx, &input.user_name) => |permit| {
    let active = is_active(&input.status)?;
    cx.write(permit, |tx, permit| {
        ssh_public_key::update(tx, permit, &input.user_name, &input.ssh_public_key_id, active)
    })
    .await
} }

answer! { iam::DeleteSSHPublicKey(cx, input) on arn(cx, &input.user_name) => |permit| {
    cx.write(permit, |tx, permit| ssh_public_key::delete(tx, permit, &input.user_name, &input.ssh_public_key_id)).await
} }

answer! { iam::ListSSHPublicKeys(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    let user = user::get(&cx.snapshot, cx.account, &name).map_err(|error| cx.fault(&error))?;
    let after = cx.after(input.marker.as_deref())?;
    let page = ssh_public_key::list(&cx.snapshot, cx.account, &name, after.as_deref(), limit(input.max_items))
        .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let keys = page.items.iter().map(|key| iam::SSHPublicKeyMetadata {
        user_name: user.name.clone(),
        ssh_public_key_id: key.id.to_string(),
        status: status(key.active),
        upload_date: time(key.created),
    });
    Ok(iam::ListSSHPublicKeysResponse { ssh_public_keys: Some(keys.collect()), is_truncated, marker })
} }
