//! `GetWebIdentityToken`: a token that says to others who a principal of ours is (IAM User Guide: Understanding token claims).

use std::collections::BTreeMap;

use jiff::Timestamp;
use rolecall_names::uuid;
use serde::Serialize;

use super::{Refusal, tags};
use crate::{
    account::outbound_issuer::signing_key,
    caller::Caller,
    keys::{Entropy, RootKey, random},
    session::{Secret, Subject},
    state::Snapshot,
    token::{Algorithm, MAX_TOKEN},
};

/// What a token lasts without asking, in seconds (STS API Reference: `GetWebIdentityToken`).
pub const TOKEN_DURATION: i64 = 300;

/// The call, checked against the model and allowed.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebIdentityTokenRequest<'a> {
    /// `Audience`
    pub audiences: &'a [String],
    /// `DurationSeconds`
    pub duration: Option<i64>,
    /// `SigningAlgorithm`
    pub algorithm: &'a str,
    /// `Tags`
    pub tags: &'a [tags::Tag],
    /// The region that was asked.
    pub region: &'a str,
}

/// A token.
#[derive(Debug, Clone)]
pub struct WebIdentityToken {
    /// The token itself.
    pub token: Secret,
    /// Its `jti`.
    pub id: String,
    /// When it ends, in seconds.
    pub expires: i64,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: Audience<'a>,
    sub: &'a str,
    iat: i64,
    exp: i64,
    jti: &'a str,
    #[serde(rename = "https://sts.amazonaws.com/")]
    about: About<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

#[derive(Serialize)]
struct About<'a> {
    aws_account: &'a str,
    source_region: &'a str,
    principal_id: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    principal_tags: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    request_tags: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_session_exp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    federated_provider: Option<&'a str>,
}

/// The flow. Whether the caller may is decided before.
pub fn web_identity_token(
    snapshot: &Snapshot,
    root: &RootKey,
    caller: &Caller,
    input: WebIdentityTokenRequest<'_>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<WebIdentityToken, Refusal> {
    let account = caller
        .account
        .ok_or(Refusal::Internal("a signed caller without an account"))?;
    let algorithm = match input.algorithm {
        "RS256" => Algorithm::Rs256,
        "ES384" => Algorithm::Es384,
        other => {
            return Err(Refusal::Validation(format!(
                "1 validation error detected: Value '{other}' at 'signingAlgorithm' failed to satisfy constraint: Member \
                 must satisfy enum value set: [RS256, ES384]"
            )));
        }
    };
    let issuer = snapshot
        .outbound_issuer(account)
        .filter(|issuer| issuer.enabled)
        .ok_or(Refusal::OutboundDisabled)?;
    let (request_tags, _) = tags::merge(input.tags, &[], None)?;
    let start = now.as_second();
    let expires = start.saturating_add(input.duration.unwrap_or(TOKEN_DURATION));
    let record = caller.session.as_ref().map(|opened| &opened.record);
    if record.is_some_and(|record| record.expires < expires) {
        return Err(Refusal::DurationEscalation);
    }
    // "For a role session, this is the ARN of the role" (STS API Reference: `GetWebIdentityToken`).
    let principal = match record.map(|record| &record.subject) {
        Some(Subject::Role { arn, .. }) => arn.as_str(),
        _ => caller.principal.arn(),
    };
    let own_tags = snapshot.principal_tags(caller);
    let session_tags = record.map(|record| record.tags.as_slice()).unwrap_or_default();
    let id = uuid(random(entropy)?);
    let claims = Claims {
        iss: &issuer.url,
        aud: match input.audiences {
            [one] => Audience::One(one),
            several => Audience::Several(several),
        },
        sub: principal,
        iat: start,
        exp: expires,
        jti: &id,
        about: About {
            aws_account: account.as_str(),
            source_region: input.region,
            principal_id: principal,
            principal_tags: merged(own_tags, session_tags),
            request_tags: request_tags
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect(),
            original_session_exp: record
                .and_then(|record| Timestamp::from_second(record.expires).ok())
                .map(|end| end.to_string()),
            source_identity: record.and_then(|record| record.source_identity.as_deref()),
            federated_provider: record.and_then(|record| Some(record.source.as_ref()?.provider.as_str())),
        },
    };
    let key =
        signing_key(issuer, algorithm, root, start).map_err(|_| Refusal::Internal("a signing key does not open"))?;
    let token = key
        .sign(&claims)
        .map_err(|_| Refusal::Internal("a token cannot be signed"))?;
    // AWS does not say how large a token may be: ours are as large as those that STS itself takes.
    if token.len() > MAX_TOKEN {
        return Err(Refusal::TokenTooLarge);
    }
    Ok(WebIdentityToken {
        token: Secret::new(token),
        id,
        expires,
    })
}

/// A session's tag takes the place of the principal's own of the same key, whatever its capitals.
fn merged<'a>(own: &'a [tags::Tag], session: &'a [tags::Tag]) -> BTreeMap<&'a str, &'a str> {
    let replaced = |key: &str| {
        session
            .iter()
            .any(|(other, _)| other.to_lowercase() == key.to_lowercase())
    };
    own.iter()
        .filter(|(key, _)| !replaced(key))
        .chain(session)
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect()
}
