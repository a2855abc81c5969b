//! `GetFederationToken`.

use rolecall_identity::sts::{FederationTokenRequest, federation_token};
use rolecall_names::Arn;
use rolecall_policy::Context;
use rolecall_wire::generated::sts;

use super::calls::{arns, credentials};
use crate::aws::{fault::of_refusal, operation::answer};

answer! { sts::GetFederationToken(cx, input) on arn(cx, &input.name), with describe => |_permit| {
    let tags: Vec<_> = input.tags.iter().flatten().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    if !tags.is_empty() {
        let mut context = cx.context();
        describe(&input, &mut context);
        cx.also("sts:TagSession", &arn(cx, &input.name), context)?;
    }
    let policy_arns = arns(input.policy_arns);
    let asked = FederationTokenRequest {
        name: &input.name,
        duration: input.duration_seconds.map(i64::from),
        policy: input.policy.as_deref(),
        policy_arns: &policy_arns,
        tags: &tags,
    };
    let view = cx.control.view(&cx.snapshot);
    let made = federation_token(&view, &cx.control.sessions, cx.signed.identity(), asked, cx.now, cx.control.entropy())
        .map_err(|refusal| of_refusal(&refusal))?;
    cx.issues(made.credentials.access_key_id.as_str());
    Ok(sts::GetFederationTokenResponse {
        credentials: Some(credentials(made.credentials)),
        federated_user: Some(sts::FederatedUser {
            arn: made.arn.to_string(),
            federated_user_id: made.federated_user_id,
        }),
        packed_policy_size: i32::try_from(made.packed_policy_size).ok(),
    })
} }

fn arn(cx: &crate::aws::operation::Cx, name: &str) -> String {
    Arn::sts(cx.account.as_str(), &format!("federated-user/{name}")).to_string()
}

fn describe(input: &sts::GetFederationTokenRequest, context: &mut Context) {
    request_tags(input.tags.as_deref(), context);
}

/// The condition keys of the tags that are asked for.
pub(super) fn request_tags(tags: Option<&[sts::Tag]>, context: &mut Context) {
    let tags = tags.unwrap_or_default().iter();
    context.insert_request_tags(tags.map(|tag| (tag.key.as_str(), tag.value.as_str())));
}
