//! `GetFederationToken`: a session under another name, with no more than its user's permissions.

use jiff::Timestamp;
use rolecall_names::Arn;

use super::{Directory, HOUR, Identified, LONGEST, Refusal, judge::session_policy, new_key_id, tags};
use crate::{
    keys::{Entropy, random},
    session::{Credentials, Record, SealError, Sessions, Subject},
};

/// The longest session of a federated user (STS API Reference: `GetFederationToken`), in seconds.
const LONGEST_FEDERATION: i64 = LONGEST * 3;
/// The most managed policies of a session (STS API Reference: `GetFederationToken`, `PolicyArns`).
pub(super) const MOST_POLICIES: usize = 10;

/// `GetFederationToken`, checked against the model and allowed.
#[derive(Debug, Clone, Copy, Default)]
pub struct FederationTokenRequest<'a> {
    /// `Name`
    pub name: &'a str,
    /// `DurationSeconds`
    pub duration: Option<i64>,
    /// `Policy`
    pub policy: Option<&'a str>,
    /// `PolicyArns`
    pub policy_arns: &'a [String],
    /// `Tags`
    pub tags: &'a [tags::Tag],
}

/// A federated user's session.
#[derive(Debug, Clone)]
pub struct Federated {
    /// The credentials.
    pub credentials: Credentials,
    /// `ACCOUNT:NAME`
    pub federated_user_id: String,
    /// `arn:aws:sts::ACCOUNT:federated-user/NAME`
    pub arn: Arn,
    /// How full the token is, in percent; AWS tells it even without policies and tags.
    pub packed_policy_size: u32,
    /// What was sealed.
    pub record: Record,
}

/// The flow. Whether the caller may is decided before, on the ARN of the federated user.
pub fn federation_token(
    directory: &dyn Directory,
    sessions: &Sessions,
    caller: &Identified,
    input: FederationTokenRequest<'_>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Federated, Refusal> {
    let (account, user, longest) = match caller {
        Identified::Session(_) => {
            return Err(Refusal::Denied(
                "Cannot call GetFederationToken with session credentials",
            ));
        }
        // "Sessions obtained using root user credentials: a maximum of 3,600 seconds" (STS API Reference:
        // GetFederationToken).
        Identified::Root { account } => (*account, None, HOUR),
        Identified::User { account, id, arn } => (*account, Some((id.clone(), arn.clone())), LONGEST_FEDERATION),
    };
    let (session_tags, _) = tags::merge(input.tags, &[], None)?;
    let policy = input.policy.map(session_policy).transpose()?;
    check_policies(directory, account, input.policy_arns)?;
    let issued = now.as_second();
    let record = Record {
        account,
        account_incarnation: directory
            .account(account)
            .ok_or(Refusal::Internal("a caller without an account"))?,
        subject: Subject::FederatedUser {
            name: input.name.to_owned(),
            user,
        },
        issued,
        expires: issued.saturating_add(input.duration.unwrap_or(LONGEST).min(longest)),
        session_policy: policy,
        session_policy_arns: input.policy_arns.to_vec(),
        tags: session_tags,
        transitive_tags: Vec::new(),
        source_identity: None,
        source: None,
        chained: false,
        mfa: false,
    };
    let packed_policy_size = tags::packed(&record)?;
    let credentials = sessions
        .seal(new_key_id(account, entropy)?, &record, now, random(entropy)?)
        .map_err(|error| match error {
            SealError::TooLarge { .. } => Refusal::PackedPolicyTooLarge(
                "Packed policy consumes 101% of allotted space, please use smaller policy.".to_owned(),
            ),
            SealError::DoesNotSeal(_) => Refusal::Internal("no sealing key"),
        })?;
    Ok(Federated {
        credentials,
        federated_user_id: record.caller_id(),
        arn: record.caller_arn(),
        packed_policy_size,
        record,
    })
}

/// Managed session policies must exist in the account, and there are ten at most.
pub(super) fn check_policies(
    directory: &dyn Directory,
    account: rolecall_names::AccountId,
    arns: &[String],
) -> Result<(), Refusal> {
    if arns.len() > MOST_POLICIES {
        return Err(Refusal::Validation(format!(
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length \
             less than or equal to {MOST_POLICIES}"
        )));
    }
    for arn in arns {
        if directory.managed_policy(account, arn).is_none() {
            return Err(Refusal::Validation(format!(
                "Policy arn {arn} does not exist or is not attachable."
            )));
        }
    }
    Ok(())
}
