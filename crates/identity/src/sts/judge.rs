//! Judging by trust policies, and making the session that follows.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use rolecall_names::{AccountId, Arn, UniqueId};
use rolecall_policy::{Compiled, Context, Decision, Key, Kind, Policies, Policy, Principal, Request, decide};

use super::{Directory, Evidence, Granted, HOUR, Refusal, RoleView, federation::check_policies, new_key_id, tags};
use crate::{
    keys::{Entropy, random},
    session::{Record, SealError, Sessions, Source, Subject},
};

/// Trusts nobody: stands for the trust policy of a role that does not exist, in the size of a usual one.
static NOBODY: LazyLock<Option<Compiled>> = LazyLock::new(|| {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"Federated":"nobody"},
        "Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"nobody:aud":"nobody","nobody:sub":"nobody"}}}]}"#;
    Policy::parse(text).ok().map(|policy| Compiled::new(&policy))
});

/// What is asked of a trust policy.
pub(super) struct Asked<'a> {
    pub(super) principal: &'a Principal,
    /// `sts:AssumeRole`, or one of its kin.
    pub(super) action: &'static str,
    pub(super) arn: &'a Arn,
    pub(super) session_name: &'a str,
    pub(super) duration: i64,
    pub(super) tags: &'a [tags::Tag],
    pub(super) transitive: &'a [String],
    pub(super) source_identity: Option<&'a str>,
    /// What else is known of the request.
    pub(super) context: Context,
    /// The caller's own policies; the trust policy is put in here.
    pub(super) policies: Policies<'a>,
}

/// Asks the role's trust policy for the action and for everything that comes with it. On refusal, gives the action that
/// was refused.
pub(super) fn judge<'a>(
    role: Option<&RoleView<'a>>,
    mut asked: Asked<'a>,
    evidence: &mut Evidence,
) -> Result<(), &'static str> {
    let context = &mut asked.context;
    context.insert(const { Key::known("sts:rolesessionname") }, asked.session_name);
    context.insert(const { Key::known("sts:durationseconds") }, asked.duration.to_string());
    context.insert_request_tags(asked.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    if !asked.transitive.is_empty() {
        context.insert_list("sts:TransitiveTagKeys", asked.transitive.iter().map(String::as_str));
    }
    if let Some(identity) = asked.source_identity {
        context.insert(const { Key::known("sts:sourceidentity") }, identity);
    }
    if let Some(role) = role {
        context.insert_tags("aws:ResourceTag", &*role.tags);
        context.insert_tags("iam:ResourceTag", &*role.tags);
    }

    let trust = role.map(|role| role.trust).or(NOBODY.as_ref());
    let policies = Policies {
        resource: trust,
        ..asked.policies
    };
    let main = Request::new(
        asked.principal.clone(),
        asked.action,
        asked.arn.as_str(),
        asked.arn.account(),
        asked.context,
    );
    evidence.trust = role.map(|role| role.trust.clone());
    let mut decision = decide(&main, &policies);
    // INVARIANT: a role that is not there grants nothing, whatever the stand-in says.
    if role.is_none() || trust.is_none() {
        decision = Decision::ImplicitlyDenied;
    }
    evidence.decision = Some(decision);
    if decision != Decision::Allowed {
        evidence.request = Some(main);
        return Err(asked.action);
    }

    // "Each extra thing is its own action" (IAM User Guide: Pass session tags in AWS STS; Monitor and control actions taken
    // with assumed roles).
    let extras = [
        (!asked.tags.is_empty(), "sts:TagSession"),
        (asked.source_identity.is_some(), "sts:SetSourceIdentity"),
    ];
    for (_, action) in extras.into_iter().filter(|(wanted, _)| *wanted) {
        let request = Request::new(
            asked.principal.clone(),
            action,
            asked.arn.as_str(),
            asked.arn.account(),
            main.context().clone(),
        );
        let decision = decide(&request, &policies);
        if decision != Decision::Allowed {
            evidence.decision = Some(decision);
            evidence.request = Some(request);
            return Err(action);
        }
    }
    evidence.request = Some(main);
    Ok(())
}

/// What is to be sealed once the trust policy has agreed.
pub(super) struct New<'a> {
    pub(super) account: AccountId,
    pub(super) arn: Arn,
    pub(super) session_name: &'a str,
    pub(super) duration: i64,
    /// When it ends at the latest, in seconds.
    pub(super) ends_by: Option<i64>,
    pub(super) policy: Option<&'a str>,
    pub(super) policy_arns: &'a [String],
    pub(super) tags: Vec<tags::Tag>,
    pub(super) transitive: Vec<String>,
    pub(super) source_identity: Option<String>,
    pub(super) source: Option<Arc<Source>>,
    pub(super) chained: bool,
}

/// Makes the session.
pub(super) fn grant(
    directory: &dyn Directory,
    sessions: &Sessions,
    role: &RoleView<'_>,
    new: New<'_>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Granted, Refusal> {
    if new.duration > role.max_session {
        return Err(Refusal::Validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned(),
        ));
    }
    if new.chained && new.duration > HOUR {
        return Err(Refusal::Validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
                .to_owned(),
        ));
    }
    let session_policy = new.policy.map(session_policy).transpose()?;
    check_policies(directory, new.account, new.policy_arns)?;
    let account_incarnation = directory
        .account(new.account)
        .ok_or(Refusal::Internal("a role without an account"))?;
    let issued = now.as_second();
    let has_extras = new.policy.is_some() || !new.policy_arns.is_empty() || !new.tags.is_empty();
    let id: &UniqueId = role.id;
    let record = Record {
        account: new.account,
        account_incarnation,
        subject: Subject::Role {
            id: id.clone(),
            arn: new.arn,
            session_name: new.session_name.to_owned(),
        },
        issued,
        expires: new.ends_by.unwrap_or(i64::MAX).min(issued.saturating_add(new.duration)),
        session_policy,
        session_policy_arns: new.policy_arns.to_vec(),
        tags: new.tags,
        transitive_tags: new.transitive,
        source_identity: new.source_identity,
        source: new.source,
        chained: new.chained,
        // "The temporary credentials returned by AssumeRole do not include MFA information in the context" (IAM User Guide:
        // Secure API access with MFA): the trust policy has asked for it.
        mfa: false,
    };
    let packed_policy_size = has_extras.then(|| tags::packed(&record)).transpose()?;
    let key_id = new_key_id(new.account, entropy)?;
    let credentials = sessions
        .seal(key_id, &record, now, random(entropy)?)
        .map_err(|error| match error {
            // Reached only by what is not counted as policy or tag: the token's own texts.
            SealError::TooLarge { .. } => Refusal::PackedPolicyTooLarge(
                "Packed policy consumes 101% of allotted space, please use smaller policy.".to_owned(),
            ),
            SealError::DoesNotSeal(_) => Refusal::Internal("no sealing key"),
        })?;
    Ok(Granted {
        credentials,
        assumed_role_id: record.caller_id(),
        assumed_role_arn: record.caller_arn(),
        packed_policy_size,
        record,
    })
}

/// A session policy, checked, without its white space.
pub(super) fn session_policy(text: &str) -> Result<String, Refusal> {
    // Without a principal among other things: it would be a policy for everybody otherwise.
    Policy::read(text, Kind::Session).map_err(|error| Refusal::MalformedPolicyDocument(error.to_string()))?;
    Ok(tags::without_white_space(text))
}
