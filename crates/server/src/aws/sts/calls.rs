//! The calls of STS on the wire. They declare no single action: the trust policy of the role decides, or nobody has to.

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_identity::{
    session::Credentials,
    sts::{AssumeRole, AssumeRoleWithWebIdentity, Granted, access_key_info},
};
use rolecall_names::Arn;
use rolecall_wire::{
    generated::sts::{self, Operation},
    query::{Params, decode},
};

use super::Mfa;
use crate::{
    aws::{
        fault::{Fault, Style},
        operation::{Cx, answer, encoded, query},
        verify::Signed,
    },
    control::Control,
    dispatch::Whole,
};

/// Those that are answered.
pub const ANSWERED: &[&str] = &[
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetFederationToken",
    "GetSessionToken",
    "GetWebIdentityToken",
];

/// Answers the calls that need no signature of ours: what they show is signed by somebody else.
pub async fn unsigned(
    control: &Arc<Control>,
    request: &Whole,
    operation: Operation,
    params: &Params,
) -> Result<String, Fault> {
    match operation {
        Operation::AssumeRoleWithSAML => Box::pin(saml(control, request, params)).await,
        Operation::AssumeRoleWithWebIdentity => web_identity(control, request, params).await,
        other => Err(Fault::not_implemented(other.name())),
    }
}

async fn saml(control: &Control, request: &Whole, params: &Params) -> Result<String, Fault> {
    let input: sts::AssumeRoleWithSAMLRequest = decode(&sts::STS, params)?;
    let (granted, subject) = super::saml::assume(control, request, &input).await?;
    let output = sts::AssumeRoleWithSAMLResponse {
        packed_policy_size: packed(&granted),
        assumed_role_user: Some(assumed(granted.assumed_role_arn, granted.assumed_role_id)),
        audience: Some(subject.recipient),
        credentials: Some(credentials(granted.credentials)),
        issuer: Some(subject.issuer),
        name_qualifier: Some(subject.qualifier),
        source_identity: granted.record.source_identity,
        subject: Some(subject.name),
        subject_type: Some(subject.kind),
    };
    Ok(encoded::<sts::AssumeRoleWithSAML>(request, &output))
}

async fn web_identity(control: &Arc<Control>, request: &Whole, params: &Params) -> Result<String, Fault> {
    let input: sts::AssumeRoleWithWebIdentityRequest = decode(&sts::STS, params)?;
    let policy_arns = arns(input.policy_arns);
    let asked = AssumeRoleWithWebIdentity {
        role_arn: &input.role_arn,
        session_name: &input.role_session_name,
        token: input.web_identity_token.expose(),
        duration: input.duration_seconds.map(i64::from),
        policy: input.policy.as_deref(),
        policy_arns: &policy_arns,
        context: rolecall_policy::Context::new(),
    };
    let granted = super::web_identity(control, request, asked).await?;
    let mut output = sts::AssumeRoleWithWebIdentityResponse {
        packed_policy_size: packed(&granted),
        assumed_role_user: Some(assumed(granted.assumed_role_arn, granted.assumed_role_id)),
        audience: None,
        credentials: Some(credentials(granted.credentials)),
        provider: None,
        source_identity: granted.record.source_identity,
        subject_from_web_identity_token: None,
    };
    if let Some(source) = granted.record.source.map(Arc::unwrap_or_clone) {
        output.audience = Some(source.audience);
        output.provider = Some(source.provider);
        output.subject_from_web_identity_token = Some(source.subject);
    }
    Ok(encoded::<sts::AssumeRoleWithWebIdentity>(request, &output))
}

/// Answers the others.
pub async fn signed(
    control: &Arc<Control>,
    request: &Arc<Whole>,
    signed: Signed,
    operation: Operation,
    params: &Params,
) -> Result<String, Fault> {
    match operation {
        Operation::GetCallerIdentity => {
            let caller = super::caller(control, request, &signed).await?;
            let output = sts::GetCallerIdentityResponse {
                account: Some(caller.account.to_string()),
                arn: Some(caller.arn.to_string()),
                user_id: Some(caller.user_id),
            };
            Ok(encoded::<sts::GetCallerIdentity>(request, &output))
        }
        Operation::AssumeRole => {
            let input: sts::AssumeRoleRequest = decode(&sts::STS, params)?;
            let output = assume_role(control, request, &signed, input).await?;
            Ok(encoded::<sts::AssumeRole>(request, &output))
        }
        Operation::GetSessionToken => {
            let input: sts::GetSessionTokenRequest = decode(&sts::STS, params)?;
            let mfa = Mfa {
                serial: input.serial_number.as_deref(),
                code: input.token_code.as_deref(),
            };
            let duration = input.duration_seconds.map(i64::from);
            let made = super::session(control, request, &signed, mfa, duration).await?;
            let output = sts::GetSessionTokenResponse {
                credentials: Some(credentials(made)),
            };
            Ok(encoded::<sts::GetSessionToken>(request, &output))
        }
        Operation::GetAccessKeyInfo => {
            let cx = Cx::new(Arc::clone(control), Arc::clone(request), signed, Style::Query)?;
            query::<sts::GetAccessKeyInfo>(cx, params.clone()).await
        }
        Operation::DecodeAuthorizationMessage => {
            let cx = Cx::new(Arc::clone(control), Arc::clone(request), signed, Style::Query)?;
            query::<sts::DecodeAuthorizationMessage>(cx, params.clone()).await
        }
        Operation::GetFederationToken => {
            let cx = Cx::new(Arc::clone(control), Arc::clone(request), signed, Style::Query)?;
            query::<sts::GetFederationToken>(cx, params.clone()).await
        }
        Operation::GetWebIdentityToken => {
            let cx = Cx::new(Arc::clone(control), Arc::clone(request), signed, Style::Query)?;
            query::<sts::GetWebIdentityToken>(cx, params.clone()).await
        }
        other => Err(Fault::not_implemented(other.name())),
    }
}

answer! { sts::GetAccessKeyInfo(cx, input) on "*" => |_permit| {
    let account = access_key_info(&cx.control.view(&cx.snapshot), &input.access_key_id);
    let account = account.ok_or_else(|| {
        let message = format!("Access key id {} is invalid", input.access_key_id);
        Fault::sender("ValidationError", 400, message)
    })?;
    Ok(sts::GetAccessKeyInfoResponse { account: Some(account.to_string()) })
} }

async fn assume_role(
    control: &Arc<Control>,
    request: &Whole,
    signed: &Signed,
    input: sts::AssumeRoleRequest,
) -> Result<sts::AssumeRoleResponse, Fault> {
    let policy_arns = arns(input.policy_arns);
    let tags: Vec<_> = input
        .tags
        .into_iter()
        .flatten()
        .map(|tag| (tag.key, tag.value))
        .collect();
    let transitive = input.transitive_tag_keys.unwrap_or_default();
    let asked = AssumeRole {
        role_arn: &input.role_arn,
        session_name: &input.role_session_name,
        duration: input.duration_seconds.map(i64::from),
        policy: input.policy.as_deref(),
        policy_arns: &policy_arns,
        tags: &tags,
        transitive_tag_keys: &transitive,
        external_id: input.external_id.as_deref(),
        source_identity: input.source_identity.as_deref(),
        factor: None,
        contexts: input.provided_contexts.is_some_and(|contexts| !contexts.is_empty()),
        context: rolecall_policy::Context::new(),
    };
    let mfa = Mfa {
        serial: input.serial_number.as_deref(),
        code: input.token_code.as_deref(),
    };
    let granted = super::role(control, request, signed, mfa, asked).await?;
    Ok(sts::AssumeRoleResponse {
        packed_policy_size: packed(&granted),
        assumed_role_user: Some(assumed(granted.assumed_role_arn, granted.assumed_role_id)),
        credentials: Some(credentials(granted.credentials)),
        source_identity: granted.record.source_identity,
    })
}

fn assumed(arn: Arn, assumed_role_id: String) -> sts::AssumedRoleUser {
    sts::AssumedRoleUser {
        arn: arn.into_string(),
        assumed_role_id,
    }
}

fn packed(granted: &Granted) -> Option<i32> {
    granted.packed_policy_size.and_then(|size| i32::try_from(size).ok())
}

pub(super) fn arns(policies: Option<Vec<sts::PolicyDescriptorType>>) -> Vec<String> {
    policies.into_iter().flatten().filter_map(|policy| policy.arn).collect()
}

pub(super) fn credentials(made: Credentials) -> sts::Credentials {
    sts::Credentials {
        access_key_id: made.access_key_id.to_string(),
        expiration: Timestamp::from_second(made.expires).unwrap_or(Timestamp::UNIX_EPOCH),
        secret_access_key: made.secret.into_exposed().into(),
        session_token: made.session_token.into_exposed().into(),
    }
}
