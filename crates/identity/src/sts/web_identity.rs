//! `AssumeRoleWithWebIdentity`: from a token of an identity provider to a session of a role.

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_names::Arn;
use rolecall_policy::{Context, Key, Policies, Principal};

use super::{
    Directory, Evidence, Granted, HOUR, KeySource, ProviderView, Refusal,
    judge::{Asked, New, grant, judge},
    role_arn, tags,
};
use crate::{
    keys::Entropy,
    session::{Sessions, Source},
    token::{
        Answer, Claims, FetchFailed, KeyRing, POD_IDENTITY_AUDIENCE, SessionTags, TokenError, Unverified, Verified,
    },
};

/// The claim by which an identity provider sets the source identity (IAM User Guide: Monitor and control actions taken
/// with assumed roles).
const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";
/// Issuers whose other claims are condition keys (IAM User Guide: Available keys for AWS OIDC federation).
const CLAIMS_ARE_KEYS: [&str; 2] = ["token.actions.githubusercontent.com", "gitlab.com"];

const NOT_A_JWT: &str =
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";

/// The call, checked against the model.
#[derive(Debug, Clone, Default)]
pub struct AssumeRoleWithWebIdentity<'a> {
    /// `RoleArn`
    pub role_arn: &'a str,
    /// `RoleSessionName`
    pub session_name: &'a str,
    /// `WebIdentityToken`
    pub token: &'a str,
    /// `DurationSeconds`
    pub duration: Option<i64>,
    /// `Policy`
    pub policy: Option<&'a str>,
    /// `PolicyArns`
    pub policy_arns: &'a [String],
    /// What the server knows of the request: `aws:SourceIp`, `aws:CurrentTime` and the like.
    pub context: Context,
}

/// How far the flow came.
#[derive(Debug)]
pub enum Step {
    /// The session.
    Done {
        /// What was granted. Boxed, for it is large and the other steps are not.
        granted: Box<Granted>,
        /// A provider whose keys should be fetched in the background.
        refresh: Option<String>,
    },
    /// Fetch the keys of the provider of this URL (without `https://`), give them to the ring, and call again with
    /// `fetched`.
    Fetch(String),
}

/// The flow. `fetched` says that keys were just fetched for this very call.
#[expect(
    clippy::too_many_arguments,
    reason = "each is one of the flow's inputs; a struct would only rename them"
)]
pub fn assume_role_with_web_identity(
    directory: &dyn Directory,
    sessions: &Sessions,
    ring: &KeyRing,
    input: AssumeRoleWithWebIdentity<'_>,
    fetched: bool,
    now: Timestamp,
    entropy: &dyn Entropy,
    evidence: &mut Evidence,
) -> Result<Step, Refusal> {
    let (arn, account) = role_arn(input.role_arn)?;
    let token = Unverified::parse(input.token).map_err(|error| refused(&error, evidence))?;
    let issuer = token.issuer();
    let url = issuer
        .strip_prefix("https://")
        .filter(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()))
        .ok_or_else(|| Refusal::InvalidIdentityToken("Issuer must be a valid URL".to_owned()))?;
    let provider = directory.provider(account, url).ok_or_else(|| {
        Refusal::InvalidIdentityToken(format!("No OpenIDConnect provider found in your account for {issuer}"))
    })?;

    let provider_arn = Arn::iam(account.as_str(), &["oidc-provider/", url].concat());
    let mut refresh = None;
    let key = match provider.keys {
        KeySource::Cluster(keys) | KeySource::Account(keys) => keys.find(token.key_id(), token.algorithm()).cloned(),
        KeySource::Fetched => match ring.key(provider_arn.as_str(), token.key_id(), token.algorithm(), now, fetched) {
            Answer::Ready(key) => Some(key),
            Answer::Fetch { and_use: None } => return Ok(Step::Fetch(url.to_owned())),
            Answer::Fetch { and_use: Some(key) } => {
                refresh = Some(url.to_owned());
                Some(key)
            }
            Answer::Unavailable(FetchFailed::Unreachable) => return Err(Refusal::IdpCommunication),
            Answer::Unavailable(FetchFailed::Unusable) => None,
            Answer::Unavailable(FetchFailed::Certificate) => {
                return Err(Refusal::InvalidIdentityToken(
                    "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint".to_owned(),
                ));
            }
        },
    };
    let key = key.ok_or_else(|| Refusal::InvalidIdentityToken(NO_KEY.to_owned()))?;
    // The same: the other was the token's, which is used up here.
    let url = provider_arn.resource_of("oidc-provider").unwrap_or_default();
    let claims = token.verify(&key, now).map_err(|error| refused(&error, evidence))?;
    let claims = match provider.keys {
        KeySource::Cluster(_) => claims.of_cluster().map_err(|error| refused(&error, evidence))?,
        KeySource::Account(_) | KeySource::Fetched => claims,
    };
    let audience = audience(&claims, &provider)?;

    let source = Arc::new(Source {
        provider: provider_arn.as_str().to_owned(),
        issuer: claims.issuer.clone(),
        subject: claims.subject.clone(),
        audience: audience.to_owned(),
        token_id: claims.token_id.clone(),
        pod_uid: claims
            .kubernetes
            .as_ref()
            .and_then(|kubernetes| kubernetes.pod.as_ref().map(|(_, uid)| uid.clone())),
        subject_type: None,
    });
    evidence.source = Some(Arc::clone(&source));
    // Before anything about the role is looked at: a revoked token learns nothing of it.
    if let Some(revocation) = directory.revoked_source(account, &source, claims.issued) {
        evidence.detail = Some(format!("the token is revoked by {}", revocation.id));
        return Err(Refusal::WebIdentityNotAuthorized);
    }

    let none = SessionTags::default();
    let asked_tags = claims.tags.as_ref().unwrap_or(&none);
    let (session_tags, transitive) = tags::merge(&asked_tags.tags, &asked_tags.transitive, None)?;
    let source_identity = claims
        .texts
        .iter()
        .find(|(name, _)| name == SOURCE_IDENTITY)
        .map(|(_, value)| value.clone());
    let duration = input.duration.unwrap_or(HOUR);
    let principal = Principal::web_identity(provider_arn.as_str(), account.as_str());
    let role = directory.role(&arn);
    let asked = Asked {
        principal: &principal,
        action: "sts:AssumeRoleWithWebIdentity",
        arn: &arn,
        session_name: input.session_name,
        duration,
        tags: &session_tags,
        transitive: &transitive,
        source_identity: source_identity.as_deref(),
        context: describe(&claims, url, audience, provider_arn.as_str(), input.context),
        policies: Policies::default(),
    };
    judge(role.as_ref(), asked, evidence).map_err(|_| Refusal::WebIdentityNotAuthorized)?;
    let role = role.ok_or(Refusal::WebIdentityNotAuthorized)?;

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
        source_identity,
        source: Some(source),
        chained: false,
    };
    let granted = Box::new(grant(directory, sessions, &role, new, now, entropy)?);
    Ok(Step::Done { granted, refresh })
}

/// The audience that counts: `azp` if there is one, else one of `aud` that the provider has registered.
fn audience<'a>(claims: &'a Verified<Claims>, provider: &ProviderView<'_>) -> Result<&'a str, Refusal> {
    let incorrect = || Refusal::InvalidIdentityToken("Incorrect token audience".to_owned());
    // Threat 1: that audience is EKS Pod Identity's alone.
    if claims
        .audiences
        .iter()
        .any(|audience| audience == POD_IDENTITY_AUDIENCE)
    {
        return Err(incorrect());
    }
    let registered = |audience: &&String| provider.client_ids.iter().any(|id| id == *audience);
    match &claims.authorized_party {
        Some(party) => Some(party).filter(registered),
        None => claims.audiences.iter().find(registered),
    }
    .map(String::as_str)
    .ok_or_else(incorrect)
}

/// The condition keys of a web identity.
pub(super) fn describe(claims: &Claims, url: &str, audience: &str, provider: &str, mut context: Context) -> Context {
    context.insert([url, ":sub"].concat(), claims.subject.as_str());
    context.insert([url, ":aud"].concat(), audience);
    if !claims.methods.is_empty() {
        context.insert_list([url, ":amr"].concat(), claims.methods.iter().map(String::as_str));
    }
    if claims.authorized_party.is_some() {
        context.insert_list([url, ":oaud"].concat(), claims.audiences.iter().map(String::as_str));
    }
    if CLAIMS_ARE_KEYS.contains(&url) {
        for (name, value) in &claims.texts {
            context.insert([url, ":", name].concat(), value.as_str());
        }
    }
    context.insert(const { Key::known("aws:federatedprovider") }, provider);
    context
}

/// Why a token is refused: in AWS's words to the client, in ours for the log.
fn refused(error: &TokenError, evidence: &mut Evidence) -> Refusal {
    evidence.detail = Some(error.to_string());
    match error {
        TokenError::Expired { now, expires } => Refusal::ExpiredToken {
            now: *now,
            expires: *expires,
        },
        TokenError::NotAJwt(_) => Refusal::InvalidIdentityToken(NOT_A_JWT.to_owned()),
        // AWS's sentences for these are not known; they say what is wrong and nothing about what would be right.
        TokenError::Malformed { .. }
        | TokenError::Algorithm
        | TokenError::Critical
        | TokenError::Signature
        | TokenError::NotYet { .. }
        | TokenError::Missing(_)
        | TokenError::Subject => Refusal::InvalidIdentityToken(sentence(error)),
    }
}

fn sentence(error: &TokenError) -> String {
    match error {
        TokenError::Signature => "The ID Token's signature is invalid".to_owned(),
        TokenError::Algorithm => "The ID Token's signing algorithm is not supported".to_owned(),
        TokenError::NotYet { claim } => format!("The ID Token is not yet valid: {claim} is in the future"),
        TokenError::Missing(claim) => format!("The ID Token has no {claim} claim"),
        _ => "The ID Token provided is invalid".to_owned(),
    }
}
