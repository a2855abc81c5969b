//! The Security Token Service's rules: who becomes whom, for how long, and as what.
//!
//! Each flow is a function over what it is given: the [`Directory`] (a snapshot of the accounts), the caller, the checked
//! input, the time and the entropy. It answers with credentials or with a [`Refusal`] that carries AWS's sentence, and
//! fills an [`Evidence`] from which the audit event is written *before* the credentials leave.
//!
//! # Order, and what it hides (threat 13)
//! A token is verified before anything about a role is looked at. A role that does not exist is judged all the same, by a
//! trust policy that trusts nobody, so that it answers like a role that refuses. What depends on the role (its longest
//! session) is only told to whom it trusts.

mod assume;
mod credential;
mod directory;
mod federation;
mod hypothetical;
mod judge;
mod saml;
mod second_factor;
mod session_token;
mod tags;
#[cfg(test)]
mod tests;
mod web_identity;
mod web_identity_token;

use std::{borrow::Cow, sync::Arc};

use rolecall_names::{AccessKeyId, AccountId, Arn, UniqueId};
use rolecall_policy::{Compiled, Context, Key, Principal, Request};

pub use self::{
    assume::{AssumeRole, assume_role},
    credential::{Credential, CredentialError, Identified, credential},
    directory::{View, access_key_record},
    federation::{Federated, FederationTokenRequest, federation_token},
    hypothetical::Hypothetical,
    saml::{AssumeRoleWithSaml, SamlProviderView, SamlSubject, Shown, assume_role_with_saml},
    second_factor::{SecondFactor, second_factor},
    session_token::{CallerIdentity, SessionTokenRequest, access_key_info, caller_identity, session_token},
    tags::Tag,
    web_identity::{AssumeRoleWithWebIdentity, Step, assume_role_with_web_identity},
    web_identity_token::{TOKEN_DURATION, WebIdentityToken, WebIdentityTokenRequest, web_identity_token},
};
use crate::{
    keys::NoEntropy,
    session::{Credentials, Record, Secret, Source, Subject},
    state::Revocation,
    token::KeySet,
};

/// The shortest session of a role.
pub const SHORTEST: i64 = 900;
/// The longest session of any role, and what one gets without asking.
pub const LONGEST: i64 = 43_200;
/// What a session of a role lasts without asking, and at most when roles are chained.
pub const HOUR: i64 = 3600;

/// What the flows look up. A snapshot of the accounts is one.
pub trait Directory {
    /// The incarnation of an account, if it is there.
    fn account(&self, account: AccountId) -> Option<u64>;

    /// The role of this ARN, path included.
    fn role(&self, arn: &Arn) -> Option<RoleView<'_>>;

    /// Whether this user is there, in this incarnation.
    fn has_user(&self, arn: &Arn, id: &UniqueId) -> bool;

    /// The OIDC provider of this URL (without `https://`) in an account.
    fn provider(&self, account: AccountId, url: &str) -> Option<ProviderView<'_>>;

    /// The SAML provider of this ARN.
    fn saml_provider(&self, account: AccountId, arn: &str) -> Option<SamlProviderView<'_>>;

    /// The private keys of that provider, which open what is encrypted for it, in PEM.
    fn saml_keys(&self, account: AccountId, arn: &str) -> Vec<Secret>;

    /// A managed policy that may be used in this account: the account's own, or one of AWS's.
    fn managed_policy(&self, account: AccountId, arn: &str) -> Option<Compiled>;

    /// A long-term access key.
    fn access_key(&self, id: &str) -> Option<KeyView>;

    /// The revocation that a session falls under.
    fn revoked(&self, access_key_id: &str, record: &Record) -> Option<&Revocation>;

    /// The revocation that a token falls under, which was issued then and of which a session in this account is asked.
    fn revoked_source(&self, account: AccountId, source: &Source, issued: Option<i64>) -> Option<&Revocation>;
}

/// What a role is to the flows.
#[derive(Debug, Clone)]
pub struct RoleView<'a> {
    /// Its incarnation.
    pub id: &'a UniqueId,
    /// Its trust policy.
    pub trust: &'a Compiled,
    /// Its tags, key and value.
    pub tags: Cow<'a, [(String, String)]>,
    /// Its longest session, in seconds.
    pub max_session: i64,
}

/// What an OIDC provider is to the flows.
#[derive(Debug, Clone)]
pub struct ProviderView<'a> {
    /// The audiences that it accepts.
    pub client_ids: Cow<'a, [String]>,
    /// Where its keys are: exactly one place (threat 1).
    pub keys: KeySource<'a>,
}

/// The one source of a provider's keys.
#[derive(Debug, Clone, Copy)]
pub enum KeySource<'a> {
    /// A cluster that we host, or one of the same account that is registered with this issuer.
    Cluster(&'a KeySet),
    /// An account of ours, whose principals' tokens these are.
    Account(&'a KeySet),
    /// The issuer itself, over TLS.
    Fetched,
}

/// A long-term access key.
#[derive(Debug, Clone)]
pub struct KeyView {
    /// Its secret, unwrapped.
    pub secret: Secret,
    /// Its account.
    pub account: AccountId,
    /// Whether it is active.
    pub active: bool,
    /// The user's id and ARN; `None` for the account's root.
    pub user: Option<(UniqueId, Arn)>,
}

/// Whoever signed a call of this service.
#[derive(Debug, Clone)]
pub struct Caller<'a> {
    /// As policies see it.
    pub principal: &'a Principal,
    /// Its account.
    pub account: AccountId,
    /// Its identity-based policies.
    pub identity: &'a [Compiled],
    /// Its permissions boundary.
    pub boundary: Option<&'a [Compiled]>,
    /// The policies of its session.
    pub session: Option<&'a [Compiled]>,
    /// The record of its session; `None` for long-term keys.
    pub record: Option<&'a Record>,
}

/// What a role's session is handed out as.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The credentials.
    pub credentials: Credentials,
    /// `AROA…:SESSION`
    pub assumed_role_id: String,
    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`
    pub assumed_role_arn: Arn,
    /// How full the token is, in percent; only where policies or tags were passed.
    pub packed_policy_size: Option<u32>,
    /// What was sealed.
    pub record: Record,
}

/// What happened, for the audit log.
#[derive(Debug, Default)]
pub struct Evidence {
    /// The last request that was judged: the one that was denied, or the main one.
    pub request: Option<Request>,
    /// The trust policy that it was judged by; `None` if there is no such role.
    pub trust: Option<Compiled>,
    /// How it was decided; `None` if it never came to that.
    pub decision: Option<rolecall_policy::Decision>,
    /// The token that was shown, once it was verified.
    pub source: Option<Arc<Source>>,
    /// What the client is not told.
    pub detail: Option<String>,
    /// The caller's own policies, which take part where a signed caller assumes a role.
    pub caller: Option<Box<CallerPolicies>>,
}

/// What binds a caller, kept for an explanation.
#[derive(Debug, Clone, Default)]
pub struct CallerPolicies {
    /// Identity-based policies.
    pub identity: Vec<Compiled>,
    /// The permissions boundary.
    pub boundary: Option<Vec<Compiled>>,
    /// The session's policies.
    pub session: Option<Vec<Compiled>>,
}

/// Why a flow does not grant. `Display` is AWS's sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `AccessDenied`, 403.
    #[error("User: {caller} is not authorized to perform: {action} on resource: {role}")]
    NotAuthorized {
        /// The caller's ARN.
        caller: String,
        /// Such as `sts:AssumeRole`.
        action: &'static str,
        /// The role's ARN, as it was asked for.
        role: String,
    },
    /// `AccessDenied`, 403.
    #[error("Not authorized to perform sts:AssumeRoleWithWebIdentity")]
    WebIdentityNotAuthorized,
    /// `AccessDenied`, 403.
    #[error("{0}")]
    Denied(&'static str),
    /// `InvalidIdentityToken`, 400.
    #[error("{0}")]
    InvalidIdentityToken(String),
    /// `ExpiredTokenException`, 400.
    #[error("Token expired: current date/time {now} must be before the expiration date/time {expires}")]
    ExpiredToken {
        /// When it was checked.
        now: i64,
        /// When it expired.
        expires: i64,
    },
    /// `ExpiredTokenException`, 400.
    #[error("{0}")]
    Expired(&'static str),
    /// `IDPRejectedClaim`, 403.
    #[error("{0}")]
    IdpRejected(&'static str),
    /// `IDPCommunicationError`, 400: worth trying again.
    #[error("Unable to communicate with the identity provider")]
    IdpCommunication,
    /// `MalformedPolicyDocument`, 400.
    #[error("{0}")]
    MalformedPolicyDocument(String),
    /// `PackedPolicyTooLarge`, 400.
    #[error("{0}")]
    PackedPolicyTooLarge(String),
    /// `ValidationError`, 400.
    #[error("{0}")]
    Validation(String),
    /// `InvalidParameterValue`, 400.
    #[error("{0}")]
    InvalidParameterValue(&'static str),
    /// `OutboundWebIdentityFederationDisabledException`, 403.
    #[error(
        "The outbound web identity federation feature is not enabled for this account. To use this feature, you must first \
         enable it through the AWS Management Console or API."
    )]
    OutboundDisabled,
    /// `SessionDurationEscalationException`, 403.
    #[error("The requested token duration would extend the session beyond its original expiration time.")]
    DurationEscalation,
    /// `JWTPayloadSizeExceededException`, 400.
    #[error("The requested token payload size exceeds the maximum allowed size.")]
    TokenTooLarge,
    /// `InternalFailure`, 500: nothing of it is told.
    #[error("internal failure: {0}")]
    Internal(&'static str),
}

impl Refusal {
    /// AWS's code of it, for one place in the server to turn into a fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAuthorized { .. } | Self::WebIdentityNotAuthorized | Self::Denied(_) => "AccessDenied",
            Self::InvalidIdentityToken(_) => "InvalidIdentityToken",
            Self::ExpiredToken { .. } | Self::Expired(_) => "ExpiredTokenException",
            Self::IdpRejected(_) => "IDPRejectedClaim",
            Self::IdpCommunication => "IDPCommunicationError",
            Self::MalformedPolicyDocument(_) => "MalformedPolicyDocument",
            Self::PackedPolicyTooLarge(_) => "PackedPolicyTooLarge",
            Self::Validation(_) => "ValidationError",
            Self::InvalidParameterValue(_) => "InvalidParameterValue",
            Self::OutboundDisabled => "OutboundWebIdentityFederationDisabledException",
            Self::DurationEscalation => "SessionDurationEscalationException",
            Self::TokenTooLarge => "JWTPayloadSizeExceededException",
            Self::Internal(_) => "InternalFailure",
        }
    }
}

impl From<NoEntropy> for Refusal {
    fn from(_: NoEntropy) -> Self {
        Self::Internal("no entropy")
    }
}

/// The role of a `RoleArn` parameter (`ValidationError`: `V is invalid`).
fn role_arn(text: &str) -> Result<(Arn, AccountId), Refusal> {
    let wrong = || Refusal::Validation(format!("{text} is invalid"));
    let arn: Arn = text.parse().map_err(|_| wrong())?;
    let account: AccountId = arn.account().parse().map_err(|_| wrong())?;
    let is_role = arn.service() == "iam" && arn.region().is_empty() && arn.resource_of("role").is_some();
    if is_role { Ok((arn, account)) } else { Err(wrong()) }
}

/// A new session's key id.
fn new_key_id(account: AccountId, entropy: &dyn crate::keys::Entropy) -> Result<AccessKeyId, NoEntropy> {
    Ok(AccessKeyId::temporary(account, crate::keys::random(entropy)?))
}

impl Record {
    /// The caller as policies see it.
    pub fn principal(&self) -> Option<Principal> {
        let principal = Principal::parse(self.caller_arn().as_str())?;
        Some(match &self.subject {
            // A policy that names the user also names its federated sessions, but session policies still limit them.
            Subject::FederatedUser {
                user: Some((id, arn)), ..
            } => principal.federated_by(arn.as_str()).with_unique_id(id.as_str()),
            Subject::Role { id, .. } | Subject::User { id, .. } => principal.with_unique_id(id.as_str()),
            Subject::Root | Subject::FederatedUser { user: None, .. } => principal,
        })
    }

    /// Sets the condition keys that say who the caller is (IAM User Guide: AWS global condition context keys, properties
    /// of the principal). `role_tags` are those of the role or user; a session tag of the same key replaces one.
    pub fn describe(&self, role_tags: &[(String, String)], context: &mut Context) {
        let (arn, kind) = match &self.subject {
            Subject::Role { arn, .. } => (Cow::Borrowed(arn), "AssumedRole"),
            Subject::User { arn, .. } => (Cow::Borrowed(arn), "User"),
            Subject::Root => (Cow::Owned(self.caller_arn()), "Account"),
            Subject::FederatedUser { .. } => (Cow::Owned(self.caller_arn()), "FederatedUser"),
        };
        context.insert(const { Key::known("aws:principalaccount") }, self.account.as_str());
        context.insert(const { Key::known("aws:userid") }, self.caller_id());
        context.insert(const { Key::known("aws:principalarn") }, arn.as_str());
        context.insert(const { Key::known("aws:principaltype") }, kind);
        if let Subject::User { arn, .. } = &self.subject {
            context.insert(const { Key::known("aws:username") }, arn.name());
        }
        context.insert_tags("aws:PrincipalTag", role_tags);
        // Keys ignore case, so a session tag set later replaces the role's.
        context.insert_tags("aws:PrincipalTag", &self.tags);
        context.insert(
            const { Key::known("aws:multifactorauthpresent") },
            if self.mfa { "true" } else { "false" },
        );
        if let Ok(issued) = jiff::Timestamp::from_second(self.issued) {
            context.insert(const { Key::known("aws:tokenissuetime") }, issued.to_string());
        }
        if let Some(identity) = &self.source_identity {
            context.insert(const { Key::known("aws:sourceidentity") }, identity.as_str());
        }
        if let Some(source) = &self.source {
            context.insert(const { Key::known("aws:federatedprovider") }, source.provider.as_str());
            if let Some(kind) = &source.subject_type {
                // IAM User Guide: SAML-based AWS STS federation context keys across services.
                let (_, name) = source.provider.rsplit_once('/').unwrap_or_default();
                let qualifier = saml::name_qualifier(&source.issuer, self.account.as_str(), name);
                context.insert(const { Key::known("saml:sub") }, source.subject.as_str());
                context.insert(const { Key::known("saml:sub_type") }, kind.as_str());
                context.insert(const { Key::known("saml:namequalifier") }, qualifier);
                return;
            }
            let url = source.issuer.strip_prefix("https://").unwrap_or(&source.issuer);
            context.insert(format!("{url}:sub"), source.subject.as_str());
            context.insert(format!("{url}:aud"), source.audience.as_str());
        }
    }
}
