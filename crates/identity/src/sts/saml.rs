//! `AssumeRoleWithSAML`: from an assertion of a SAML provider to a session of a role.

use std::sync::Arc;

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use rolecall_names::{AccountId, Arn};
use rolecall_policy::{Context, Policies, Principal};

use super::{
    Directory, Evidence, Granted, HOUR, LONGEST, Refusal, SHORTEST,
    judge::{Asked, New, grant, judge},
    role_arn, tags,
};
use crate::{
    keys::Entropy,
    session::{Sessions, Source},
    token::{Assertion, PublicKey, SamlError, SealedAssertion, UnverifiedAssertion, Verified},
};

/// What the attributes that mean something to AWS begin with. Capitals count (IAM User Guide: Configure SAML assertions for
/// the authentication response).
const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";
const NAME_FORMATS: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
/// What a name without a format is (core, section 2.2.2).
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// As many keys of a provider are tried (threat 10).
const MOST_KEYS: usize = 32;

/// All that is said of an encrypted assertion that is refused, in the log too.
const UNOPENED: &str = "no private key of the provider opens the assertion, or it is not signed by the provider";

const NOT_AUTHORIZED: Refusal = Refusal::Denied("Not authorized to perform sts:AssumeRoleWithSAML");

/// What a provider is to the flow.
#[derive(Debug, Clone)]
pub struct SamlProviderView<'a> {
    /// Its entity id.
    pub entity_id: &'a str,
    /// The certificates of its metadata, in DER and base64.
    pub certificates: &'a [String],
    /// Until when its metadata counts, in seconds.
    pub valid_until: i64,
    /// Whether it only takes what is encrypted.
    pub encryption_required: bool,
}

/// The call, checked against the model.
#[derive(Debug)]
pub struct AssumeRoleWithSaml<'a> {
    /// `RoleArn`
    pub role_arn: &'a str,
    /// `PrincipalArn`
    pub principal_arn: &'a str,
    /// `SAMLAssertion`, read; or why it cannot be.
    pub assertion: Result<Shown, Refusal>,
    /// `DurationSeconds`
    pub duration: Option<i64>,
    /// `Policy`
    pub policy: Option<&'a str>,
    /// `PolicyArns`
    pub policy_arns: &'a [String],
    /// What the server knows of the request.
    pub context: Context,
}

/// An assertion, as it is shown.
#[derive(Debug)]
pub enum Shown {
    /// As it is.
    Open(UnverifiedAssertion),
    /// Encrypted for the provider that takes it.
    Sealed(SealedAssertion),
}

/// What the answer says of the user, beside the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlSubject {
    /// `Subject`
    pub name: String,
    /// `SubjectType`
    pub kind: String,
    /// `Issuer`
    pub issuer: String,
    /// `Audience`
    pub recipient: String,
    /// `NameQualifier`
    pub qualifier: String,
}

/// The flow.
pub fn assume_role_with_saml(
    directory: &dyn Directory,
    sessions: &Sessions,
    input: AssumeRoleWithSaml<'_>,
    now: Timestamp,
    entropy: &dyn Entropy,
    evidence: &mut Evidence,
) -> Result<(Granted, SamlSubject), Refusal> {
    let (arn, account) = role_arn(input.role_arn)?;
    let (provider_arn, provider_name) = provider_arn(input.principal_arn)?;
    let assertion = input.assertion?;
    let assertion = verified(directory, &provider_arn, assertion, now, evidence)?;
    let (name, format) = assertion.name.as_ref().ok_or(NOT_AUTHORIZED)?;
    let format = format.as_deref().unwrap_or(UNSPECIFIED);
    let subject = SamlSubject {
        name: name.clone(),
        kind: format.strip_prefix(NAME_FORMATS).unwrap_or(format).to_owned(),
        issuer: assertion.issuer.clone(),
        recipient: assertion.recipient.clone(),
        qualifier: name_qualifier(&assertion.issuer, provider_arn.account(), &provider_name),
    };
    let source = Arc::new(Source {
        provider: provider_arn.as_str().to_owned(),
        issuer: subject.issuer.clone(),
        subject: subject.name.clone(),
        audience: subject.recipient.clone(),
        token_id: Some(assertion.id.clone()),
        pod_uid: None,
        subject_type: Some(subject.kind.clone()),
    });
    evidence.source = Some(Arc::clone(&source));
    if let Some(revocation) = directory.revoked_source(account, &source, Some(assertion.issued)) {
        evidence.detail = Some(format!("the assertion is revoked by {}", revocation.id));
        return Err(NOT_AUTHORIZED);
    }
    // The provider says itself which roles it means; and it is one of the role's own account.
    if provider_arn.account() != account.as_str() || !offers(&assertion, input.role_arn, input.principal_arn) {
        evidence.detail = Some("the assertion does not name this role and this provider".to_owned());
        return Err(NOT_AUTHORIZED);
    }

    let session_name = session_name(&assertion)?;
    let source_identity = source_identity(&assertion)?;
    let asked_tags = session_tags(&assertion)?;
    let transitive = assertion.values(&format!("{ATTRIBUTES}TransitiveTagKeys"));
    let (tags, transitive) = tags::merge(&asked_tags, transitive, None)?;
    let ends_by = shortened(&assertion, now)?;
    let duration = input.duration.unwrap_or(HOUR);
    let principal = Principal::parse(provider_arn.as_str()).ok_or(NOT_AUTHORIZED)?;
    let role = directory.role(&arn);
    let asked = Asked {
        principal: &principal,
        action: "sts:AssumeRoleWithSAML",
        arn: &arn,
        session_name,
        duration,
        tags: &tags,
        transitive: &transitive,
        source_identity,
        context: describe(&assertion, &subject, &provider_arn, &provider_name, input.context),
        policies: Policies::default(),
    };
    judge(role.as_ref(), asked, evidence).map_err(|_| NOT_AUTHORIZED)?;
    let role = role.ok_or(NOT_AUTHORIZED)?;
    let new = New {
        account,
        arn: arn.clone(),
        session_name,
        duration,
        ends_by,
        policy: input.policy,
        policy_arns: input.policy_arns,
        tags,
        transitive,
        source_identity: source_identity.map(str::to_owned),
        source: Some(source),
        chained: false,
    };
    let granted = grant(directory, sessions, &role, new, now, entropy)?;
    Ok((granted, subject))
}

/// The provider of a `PrincipalArn` parameter, and its name.
fn provider_arn(text: &str) -> Result<(Arn, String), Refusal> {
    let wrong = || Refusal::Validation(format!("{text} is invalid"));
    let arn: Arn = text.parse().map_err(|_| wrong())?;
    let name = arn
        .resource_of("saml-provider")
        .filter(|name| !name.is_empty() && arn.service() == "iam" && arn.region().is_empty())
        .ok_or_else(wrong)?
        .to_owned();
    Ok((arn, name))
}

/// Verifies an assertion with the keys of this provider.
fn verified(
    directory: &dyn Directory,
    provider_arn: &Arn,
    assertion: Shown,
    now: Timestamp,
    evidence: &mut Evidence,
) -> Result<Verified<Assertion>, Refusal> {
    let invalid = |text: &str| Refusal::InvalidIdentityToken(text.to_owned());
    let account: Option<AccountId> = provider_arn.account().parse().ok();
    let provider = account
        .and_then(|account| directory.saml_provider(account, provider_arn.as_str()))
        .ok_or_else(|| invalid("Specified provider doesn't exist"))?;
    if provider.valid_until <= now.as_second() {
        return Err(invalid("The metadata of the specified provider has expired"));
    }
    let keys: Vec<PublicKey> = provider
        .certificates
        .iter()
        .take(MOST_KEYS)
        .filter_map(|text| PublicKey::from_certificate(&STANDARD.decode(text).ok()?))
        .collect();
    let assertion = match assertion {
        Shown::Open(_) if provider.encryption_required => {
            return Err(invalid("The specified provider requires encrypted assertions"));
        }
        Shown::Open(assertion) => assertion,
        Shown::Sealed(sealed) => {
            let own = account.map(|account| directory.saml_keys(account, provider_arn.as_str()));
            sealed.open(&own.unwrap_or_default(), &keys).ok_or_else(|| {
                evidence.detail = Some(UNOPENED.to_owned());
                invalid("Response signature invalid")
            })?
        }
    };
    if assertion.issuer() != provider.entity_id {
        return Err(invalid("Issuer not present in specified provider"));
    }
    assertion.verify(&keys, now).map_err(|error| {
        evidence.detail = Some(error.to_string());
        match error {
            SamlError::Signature => invalid("Response signature invalid"),
            SamlError::Audience(_) => invalid("Response does not contain the required audience"),
            SamlError::Recipient(_) => invalid("Response does not contain the required recipient"),
            SamlError::NotYet(_) => invalid("Response is not yet valid"),
            SamlError::Expired(_) => Refusal::Expired("Response has expired"),
            SamlError::Old(_) => Refusal::Expired("Token must be redeemed within 5 minutes of issuance"),
        }
    })
}

/// Whether a value of `Role` is this role and this provider, in either order.
fn offers(assertion: &Assertion, role: &str, provider: &str) -> bool {
    assertion.values(&format!("{ATTRIBUTES}Role")).iter().any(|pair| {
        pair.split_once(',')
            .map(|(one, other)| (one.trim(), other.trim()))
            .is_some_and(|pair| pair == (role, provider) || pair == (provider, role))
    })
}

/// `[\w+=,.@-]{2,64}`
fn is_identifier(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

fn session_name(assertion: &Assertion) -> Result<&str, Refusal> {
    let wrong = |text: &str| Refusal::InvalidIdentityToken(text.to_owned());
    match assertion.values(&format!("{ATTRIBUTES}RoleSessionName")) {
        [] => Err(wrong("RoleSessionName is required in AuthnResponse")),
        [name] if is_identifier(name) => Ok(name),
        _ => Err(wrong(
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
        )),
    }
}

fn source_identity(assertion: &Assertion) -> Result<Option<&str>, Refusal> {
    match assertion.values(&format!("{ATTRIBUTES}SourceIdentity")) {
        [] => Ok(None),
        // That leaves no colon, and so none that begins with `aws:`.
        [identity] if is_identifier(identity) => Ok(Some(identity)),
        _ => Err(Refusal::InvalidIdentityToken(
            r#"Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:""#.to_owned(),
        )),
    }
}

/// The tags of `PrincipalTag:KEY`, each of which has one value.
fn session_tags(assertion: &Assertion) -> Result<Vec<tags::Tag>, Refusal> {
    let mut tags = Vec::new();
    for (name, values) in &assertion.attributes {
        let Some(key) = name
            .strip_prefix(ATTRIBUTES)
            .and_then(|rest| rest.strip_prefix("PrincipalTag:"))
        else {
            continue;
        };
        let [value] = values.as_slice() else {
            return Err(Refusal::InvalidIdentityToken(format!(
                "PrincipalTag:{key} in AuthnResponse must have one value"
            )));
        };
        tags.push((key.to_owned(), value.clone()));
    }
    Ok(tags)
}

/// Until when the provider lets the session be, in seconds. "If it is present in an `AssumeRoleWithSAML` API call, it can be
/// used to shorten the duration of the session", as `SessionNotOnOrAfter` can; the sooner of both counts (IAM User Guide:
/// Configure SAML assertions for the authentication response).
fn shortened(assertion: &Assertion, now: Timestamp) -> Result<Option<i64>, Refusal> {
    let duration = match assertion.values(&format!("{ATTRIBUTES}SessionDuration")) {
        [] => None,
        [text] => text
            .parse()
            .ok()
            .filter(|seconds| (SHORTEST..=LONGEST).contains(seconds))
            .map(Some)
            .ok_or_else(wrong_duration)?,
        _ => return Err(wrong_duration()),
    };
    let by_duration = duration.map(|seconds: i64| now.as_second().saturating_add(seconds));
    Ok(by_duration.into_iter().chain(assertion.session_until).min())
}

fn wrong_duration() -> Refusal {
    Refusal::InvalidIdentityToken("SessionDuration in AuthnResponse must be between 900 and 43200".to_owned())
}

/// `BASE64 ( SHA1 ( "https://example.com/saml" + "123456789012" + "/MySAMLIdP" ) )` (STS API Reference:
/// `AssumeRoleWithSAML`). It identifies and protects nothing.
pub(super) fn name_qualifier(issuer: &str, account: &str, provider: &str) -> String {
    let text = format!("{issuer}{account}/{provider}");
    STANDARD.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

/// The condition keys of an assertion (IAM User Guide: Available keys for SAML-based AWS STS federation).
fn describe(
    assertion: &Assertion,
    subject: &SamlSubject,
    provider_arn: &Arn,
    provider_name: &str,
    mut context: Context,
) -> Context {
    context.insert("saml:aud", subject.recipient.as_str());
    context.insert("saml:iss", subject.issuer.as_str());
    context.insert("saml:sub", subject.name.as_str());
    context.insert("saml:sub_type", subject.kind.as_str());
    context.insert("saml:namequalifier", subject.qualifier.as_str());
    context.insert("saml:doc", format!("{}/{provider_name}", provider_arn.account()));
    context.insert("aws:FederatedProvider", provider_arn.as_str());
    for (name, key, is_list) in CLAIMS {
        let values = assertion.values(name);
        // "You should include only one claim per AWS context key. If you include more than one, only one claim will be
        // mapped": the first of the table.
        let Some(first) = values.first().filter(|_| context.get(key).is_none()) else {
            continue;
        };
        if *is_list {
            context.insert_list(*key, values.iter().map(String::as_str));
        } else {
            context.insert(*key, first.as_str());
        }
    }
    context
}

/// The attributes that are condition keys: name, key, whether all values count (IAM User Guide: Configure SAML assertions for
/// the authentication response, "Mapping SAML attributes to AWS trust policy context keys"). Three names are there as AWS
/// prints them and, after those, as X.500 and RFC 4524 have them.
const CLAIMS: &[(&str, &str, bool)] = &[
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "saml:edupersonaffiliation", true),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.2", "saml:edupersonnickname", true),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.3", "saml:edupersonorgdn", false),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.4", "saml:edupersonorgunitdn", true),
    (
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.5",
        "saml:edupersonprimaryaffiliation",
        false,
    ),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "saml:edupersonprincipalname", false),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.7", "saml:edupersonentitlement", true),
    (
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.8",
        "saml:edupersonprimaryorgunitdn",
        false,
    ),
    (
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.9",
        "saml:edupersonscopedaffiliation",
        true,
    ),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.10", "saml:edupersontargetedid", true),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.11", "saml:edupersonassurance", true),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.2", "saml:eduorghomepageuri", true),
    (
        "urn:oid:1.3.6.1.4.1.5923.1.2.1.3",
        "saml:eduorgidentityauthnpolicyuri",
        true,
    ),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.4", "saml:eduorglegalname", true),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.5", "saml:eduorgsuperioruri", true),
    ("urn:oid:1.3.6.1.4.1.5923.1.2.1.6", "saml:eduorgwhitepagesuri", true),
    ("urn:oid:2.5.4.3", "saml:cn", true),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        "saml:name",
        false,
    ),
    ("http://schemas.xmlsoap.org/claims/CommonName", "saml:commonName", false),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
        "saml:givenName",
        false,
    ),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        "saml:surname",
        false,
    ),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "saml:mail",
        false,
    ),
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
        "saml:uid",
        false,
    ),
    // The key list has this one too, and names no attribute for it.
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
        "saml:primaryGroupSID",
        false,
    ),
    ("2.5.4.3", "saml:commonName", false),
    ("2.5.4.4", "saml:surname", false),
    ("2.4.5.42", "saml:givenName", false),
    ("2.5.4.42", "saml:givenName", false),
    ("2.5.4.45", "saml:x500UniqueIdentifier", false),
    ("0.9.2342.19200300100.1.1", "saml:uid", false),
    ("0.9.2342.19200300.100.1.1", "saml:uid", false),
    ("0.9.2342.19200300100.1.3", "saml:mail", false),
    ("0.9.2342.19200300.100.1.3", "saml:mail", false),
    ("0.9.2342.19200300.100.1.45", "saml:organizationStatus", false),
];
