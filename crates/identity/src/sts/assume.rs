//! `AssumeRole`: from one principal to a role.

use jiff::Timestamp;
use rolecall_policy::{Context, Policies, PrincipalKind};

use super::{
    Caller, Directory, Evidence, Granted, HOUR, Refusal, SecondFactor,
    judge::{Asked, New, grant, judge},
    role_arn, tags,
};
use crate::{
    keys::Entropy,
    session::{Sessions, Subject},
};

/// The call, checked against the model.
#[derive(Debug, Clone, Default)]
pub struct AssumeRole<'a> {
    /// `RoleArn`
    pub role_arn: &'a str,
    /// `RoleSessionName`
    pub session_name: &'a str,
    /// `DurationSeconds`
    pub duration: Option<i64>,
    /// `Policy`
    pub policy: Option<&'a str>,
    /// `PolicyArns`
    pub policy_arns: &'a [String],
    /// `Tags`
    pub tags: &'a [tags::Tag],
    /// `TransitiveTagKeys`
    pub transitive_tag_keys: &'a [String],
    /// `ExternalId`
    pub external_id: Option<&'a str>,
    /// `SourceIdentity`
    pub source_identity: Option<&'a str>,
    /// The second factor that was shown with the call.
    pub factor: Option<&'a SecondFactor>,
    /// Whether `ProvidedContexts` was sent, with anything in it.
    pub contexts: bool,
    /// What the server knows of the request and the caller: `aws:SourceIp`, `aws:PrincipalTag/…` and the like.
    pub context: Context,
}

/// The flow.
pub fn assume_role(
    directory: &dyn Directory,
    sessions: &Sessions,
    caller: &Caller<'_>,
    input: AssumeRole<'_>,
    now: Timestamp,
    entropy: &dyn Entropy,
    evidence: &mut Evidence,
) -> Result<Granted, Refusal> {
    let (arn, account) = role_arn(input.role_arn)?;
    if *caller.principal.kind() == PrincipalKind::Root {
        return Err(Refusal::Denied("Roles may not be assumed by root accounts."));
    }
    let (session_tags, transitive) = tags::merge(input.tags, input.transitive_tag_keys, caller.record)?;
    let inherited = caller.record.and_then(|record| record.source_identity.as_deref());
    if let (Some(set), Some(asked)) = (inherited, input.source_identity)
        && set != asked
    {
        return Err(Refusal::Validation(
            "The source identity is already set for this assume role session".to_owned(),
        ));
    }
    let source_identity = input.source_identity.or(inherited);
    let duration = input.duration.unwrap_or(HOUR);
    let mut context = input.context;
    if let Some(external_id) = input.external_id {
        context.insert("sts:ExternalId", external_id);
    }
    if input.factor.is_some() {
        context.insert("aws:MultiFactorAuthPresent", "true");
        context.insert("aws:MultiFactorAuthAge", "0");
    }

    let role = directory.role(&arn);
    let asked = Asked {
        principal: caller.principal,
        action: "sts:AssumeRole",
        arn: &arn,
        session_name: input.session_name,
        duration,
        tags: &session_tags,
        transitive: &transitive,
        source_identity,
        context,
        policies: Policies {
            identity: caller.identity,
            boundary: caller.boundary,
            session: caller.session,
            ..Policies::default()
        },
    };
    let refuse = |action| Refusal::NotAuthorized {
        caller: caller.principal.arn().to_owned(),
        action,
        role: input.role_arn.to_owned(),
    };
    judge(role.as_ref(), asked, evidence).map_err(refuse)?;
    let role = role.ok_or_else(|| refuse("sts:AssumeRole"))?;
    if input.contexts {
        // An assertion counts if its provider is registered (STS API Reference: ProvidedContext), and none is: AWS's own,
        // IAM Identity Center, is not here. Unverified, it must not be let in as if it said nothing.
        return Err(refuse("sts:SetContext"));
    }

    let chained = caller
        .record
        .is_some_and(|record| matches!(record.subject, Subject::Role { .. }));
    let new = New {
        account,
        arn: arn.clone(),
        session_name: input.session_name,
        duration,
        ends_by: None,
        policy: input.policy,
        policy_arns: input.policy_arns,
        tags: session_tags,
        transitive,
        source_identity: source_identity.map(str::to_owned),
        source: None,
        chained,
    };
    grant(directory, sessions, &role, new, now, entropy)
}
