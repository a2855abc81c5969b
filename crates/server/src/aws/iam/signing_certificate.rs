//! Signing certificates of users, and of an account's root.

use rolecall_identity::{account::signing_certificate, state::SigningCertificate};
use rolecall_wire::generated::iam;

use super::{
    is_active, limit, more, status, time,
    user::{owner, owner_arn},
};
use crate::aws::operation::answer;

fn shape(certificate: &SigningCertificate, user: Option<&str>) -> iam::SigningCertificate {
    iam::SigningCertificate {
        user_name: user.unwrap_or_default().to_owned(),
        certificate_id: certificate.id.clone(),
        certificate_body: certificate.body.clone(),
        status: status(certificate.active),
        upload_date: Some(time(certificate.created)),
    }
}

answer! { iam::UploadSigningCertificate(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    let made = cx
        .write(permit, |tx, permit| {
            signing_certificate::upload(tx, permit, owner.as_deref(), &input.certificate_body)
        })
        .await?;
    Ok(iam::UploadSigningCertificateResponse { certificate: shape(&made, owner.as_deref()) })
} }

answer! { iam::UpdateSigningCertificate(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    let active = is_active(&input.status)?;
    cx.write(permit, |tx, permit| {
        signing_certificate::update(tx, permit, owner.as_deref(), &input.certificate_id, active)
    })
    .await
} }

answer! { iam::DeleteSigningCertificate(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    cx.write(permit, |tx, permit| signing_certificate::delete(tx, permit, owner.as_deref(), &input.certificate_id)).await
} }

answer! { iam::ListSigningCertificates(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    let after = cx.after(input.marker.as_deref())?;
    let limit = limit(input.max_items);
    let page = signing_certificate::list(&cx.snapshot, cx.account, owner.as_deref(), after.as_deref(), limit)
        .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let certificates = page.items.iter().map(|certificate| shape(certificate, owner.as_deref()));
    Ok(iam::ListSigningCertificatesResponse { certificates: certificates.collect(), is_truncated, marker })
} }
