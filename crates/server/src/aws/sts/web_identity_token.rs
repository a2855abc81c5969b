//! `GetWebIdentityToken`.

use jiff::Timestamp;
use rolecall_identity::sts::{TOKEN_DURATION, WebIdentityTokenRequest, web_identity_token};
use rolecall_policy::Context;
use rolecall_wire::generated::sts;

use crate::aws::{fault::of_refusal, operation::answer};

answer! { sts::GetWebIdentityToken(cx, input) on "*", with describe => |_permit| {
    let tags: Vec<_> = input.tags.iter().flatten().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    if !tags.is_empty() {
        let mut context = cx.context();
        describe(&input, &mut context);
        cx.also("sts:TagGetWebIdentityToken", "*", context)?;
    }
    let asked = WebIdentityTokenRequest {
        audiences: &input.audience,
        duration: input.duration_seconds.map(i64::from),
        algorithm: &input.signing_algorithm,
        tags: &tags,
        region: cx.signed.region(),
    };
    let root = cx.control.identity.root();
    let made = web_identity_token(&cx.snapshot, root, &cx.caller, asked, cx.now, cx.control.entropy())
        .map_err(|refusal| of_refusal(&refusal))?;
    cx.issues(&made.id);
    Ok(sts::GetWebIdentityTokenResponse {
        web_identity_token: Some(made.token.expose().into()),
        expiration: Some(Timestamp::from_second(made.expires).unwrap_or(Timestamp::UNIX_EPOCH)),
    })
} }

/// IAM User Guide: Controlling access with IAM policies, of outbound identity federation.
fn describe(input: &sts::GetWebIdentityTokenRequest, context: &mut Context) {
    context.insert_list("sts:IdentityTokenAudience", input.audience.iter().map(String::as_str));
    let duration = input.duration_seconds.map_or(TOKEN_DURATION, i64::from);
    context.insert("sts:DurationSeconds", duration.to_string());
    context.insert("sts:SigningAlgorithm", input.signing_algorithm.as_str());
    super::federation::request_tags(input.tags.as_deref(), context);
}
