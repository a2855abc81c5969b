//! Outbound identity federation: an account's own issuer, hosted under `/id/`.

use rolecall_identity::{
    account::{
        outbound_issuer,
        signing_key::{self, Whose},
    },
    token::issuer::SigningKey,
};
use rolecall_wire::generated::iam;

use crate::aws::{
    fault::Fault,
    operation::{Cx, answer},
};

answer! { iam::EnableOutboundWebIdentityFederation(cx, input) on outbound_issuer::RESOURCE => |permit| {
    let keys = keys(cx).await?;
    let made = cx
        .write(permit, |tx, permit| outbound_issuer::enable(tx, permit, &cx.control.endpoint, &keys))
        .await?;
    Ok(iam::EnableOutboundWebIdentityFederationResponse { issuer_identifier: Some(made.url) })
} }

answer! { iam::DisableOutboundWebIdentityFederation(cx, input) on outbound_issuer::RESOURCE => |permit| {
    cx.write(permit, outbound_issuer::disable).await
} }

answer! { iam::GetOutboundWebIdentityFederationInfo(cx, input) on outbound_issuer::RESOURCE => |permit| {
    let found = outbound_issuer::get(&cx.snapshot, cx.account).map_err(|error| cx.fault(&error))?;
    Ok(iam::GetOutboundWebIdentityFederationInfoResponse {
        issuer_identifier: Some(found.url.clone()),
        jwt_vending_enabled: Some(found.enabled),
    })
} }

/// Keys for an issuer that is still to be made. They take long, and are made beside what answers others.
async fn keys(cx: &Cx) -> Result<Vec<SigningKey>, Fault> {
    if cx.snapshot.outbound_issuer(cx.account).is_some() {
        return Ok(Vec::new());
    }
    let whose = Whose::Account(cx.account);
    let made = tokio::task::spawn_blocking(move || signing_key::generate(&whose)).await;
    made.map_err(|_| Fault::internal())?.map_err(|_| Fault::internal())
}
