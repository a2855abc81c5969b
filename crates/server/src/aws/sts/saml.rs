//! `AssumeRoleWithSAML`: unsigned; the assertion is the credential. The XML is read by the wire, which says what is signed;
//! who has signed it, and whether that counts, is decided by `identity`.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rolecall_identity::{
    audit::Elements,
    sts::{AssumeRoleWithSaml, Evidence, Granted, Refusal, SamlSubject, Shown, assume_role_with_saml},
    token::{self, ReadAssertion, SamlSignature, SealedAssertion, SealedText, UnverifiedAssertion},
};
use rolecall_wire::{
    generated::sts::AssumeRoleWithSAMLRequest,
    saml::{Algorithm, Assertion, Cipher, Content, KeyTransport, Response, Sealed, Signature, Unreadable},
};

use super::{calls::arns, record, told};
use crate::{
    aws::{
        evidence,
        evidence::Told,
        fault::{Fault, of_refusal},
        stranger,
    },
    clock::{DEAREST, DEAREST_SEALED, cost},
    control::Control,
    dispatch::Whole,
};

/// The most characters of why a response cannot be read.
const LONGEST_DETAIL: usize = 256;

/// The flow. To refuse what is encrypted takes as long whatever is wrong with it: how far it was read would tell whoever
/// changes it something of what it says.
pub(super) async fn assume(
    control: &Control,
    request: &Whole,
    input: &AssumeRoleWithSAMLRequest,
) -> Result<(Granted, SamlSubject), Fault> {
    let now = control.clock.now();
    stranger::check_work(control, request.about.peer.address.ip(), now)?;
    let begun = Instant::now();
    let read = Response::decode(input.saml_assertion.expose());
    let is_sealed = matches!(&read, Ok(response) if matches!(response.content, Content::Sealed(_)));
    let dearest = if is_sealed { DEAREST_SEALED } else { DEAREST };
    let outcome = judged(control, request, input, read, now, begun, dearest).await;
    if outcome.is_err() && is_sealed {
        tokio::time::sleep_until((begun + DEAREST_SEALED).into()).await;
    }
    outcome
}

/// The flow with what was read, its evidence, and its event. To refuse it costs `dearest` at most.
async fn judged(
    control: &Control,
    request: &Whole,
    input: &AssumeRoleWithSAMLRequest,
    read: Result<Response, Unreadable>,
    now: Timestamp,
    begun: Instant,
    dearest: Duration,
) -> Result<(Granted, SamlSubject), Fault> {
    let mut evidence = Evidence::default();
    let policy_arns = arns(input.policy_arns.clone());
    let snapshot = control.identity.snapshot();
    let outcome = assume_role_with_saml(
        &control.view(&snapshot),
        &control.sessions,
        AssumeRoleWithSaml {
            role_arn: &input.role_arn,
            principal_arn: &input.principal_arn,
            assertion: read.map(shown).map_err(|error| unreadable(&error, &mut evidence)),
            duration: input.duration_seconds.map(i64::from),
            policy: input.policy.as_deref(),
            policy_arns: &policy_arns,
            context: evidence::context(&request.about, &request.parts.headers, &control.region, now),
        },
        now,
        control.entropy(),
        &mut evidence,
    );
    if outcome.is_err() {
        let peer = request.about.peer.address.ip();
        let cost = cost(begun, dearest);
        control.strangers.work.charge(peer, now.as_second(), cost);
    }
    let fault = outcome.as_ref().err().map(of_refusal);
    if let Some(fault) = &fault
        && !stranger::may_be_written(control, &mut evidence, now)
    {
        return Err(fault.clone());
    }
    let source = evidence.source.clone();
    let parameters = Elements::members([
        ("roleArn", input.role_arn.as_str().into()),
        ("principalArn", input.principal_arn.as_str().into()),
        (
            "sAMLAssertionID",
            source.as_ref().and_then(|source| source.token_id.as_deref()).into(),
        ),
        ("durationSeconds", input.duration_seconds.map(i64::from).into()),
        ("policy", input.policy.as_deref().into()),
    ]);
    let granted = outcome.as_ref().ok().map(|(granted, _)| granted);
    let told = Told {
        name: "AssumeRoleWithSAML",
        region: &control.region,
        identity: evidence::web_identity(source.as_deref()),
        ..told(evidence, &input.role_arn, parameters, granted, fault.as_ref())
    };
    record(control, request, told, now).await?;
    outcome.map_err(|refusal| of_refusal(&refusal))
}

/// What was read, as `identity` takes it.
fn shown(response: Response) -> Shown {
    let (signatures, destination) = (signatures(response.signatures), response.destination);
    match response.content {
        Content::Open(read) => Shown::Open(UnverifiedAssertion::new(signatures, assertion(read, destination))),
        Content::Sealed(sealed) => Shown::Sealed(SealedAssertion {
            signatures,
            text: text(&sealed),
            reader: Box::new(Place { sealed, destination }),
        }),
    }
}

/// Where in a response something was encrypted.
struct Place {
    sealed: Sealed,
    destination: Option<String>,
}

impl ReadAssertion for Place {
    fn read(&self, plain: &[u8]) -> Option<UnverifiedAssertion> {
        // Why it cannot be read is told to nobody, not even in the log.
        let (own, read) = self.sealed.read(plain).ok()?;
        let assertion = assertion(read, self.destination.clone());
        Some(UnverifiedAssertion::new(signatures(own), assertion))
    }
}

fn signatures(read: Vec<Signature>) -> Vec<SamlSignature> {
    let signature = |signature: Signature| SamlSignature {
        algorithm: match signature.algorithm {
            Algorithm::RsaSha256 => token::Algorithm::Rs256,
            Algorithm::RsaSha384 => token::Algorithm::Rs384,
            Algorithm::RsaSha512 => token::Algorithm::Rs512,
            Algorithm::EcdsaSha256 => token::Algorithm::Es256,
            Algorithm::EcdsaSha384 => token::Algorithm::Es384,
        },
        signed: signature.signed,
        value: signature.value,
    };
    read.into_iter().map(signature).collect()
}

fn text(sealed: &Sealed) -> SealedText {
    SealedText {
        transport: match sealed.transport {
            KeyTransport::OaepSha1 => token::KeyTransport::OaepSha1,
            KeyTransport::OaepSha256 => token::KeyTransport::OaepSha256,
            KeyTransport::OaepSha384 => token::KeyTransport::OaepSha384,
            KeyTransport::OaepSha512 => token::KeyTransport::OaepSha512,
        },
        key: sealed.key.clone(),
        cipher: match sealed.cipher {
            Cipher::Aes128Cbc => token::Cipher::Aes128Cbc,
            Cipher::Aes256Cbc => token::Cipher::Aes256Cbc,
            Cipher::Aes128Gcm => token::Cipher::Aes128Gcm,
            Cipher::Aes256Gcm => token::Cipher::Aes256Gcm,
        },
        text: sealed.text.clone(),
    }
}

fn assertion(read: Assertion, destination: Option<String>) -> token::Assertion {
    token::Assertion {
        id: read.id,
        issuer: read.issuer,
        issued: read.issued.as_second(),
        name: read.name.map(|name| (name.text, name.format)),
        recipient: read.recipient,
        destination,
        not_before: read.not_before.map(jiff::Timestamp::as_second),
        not_on_or_after: read.not_on_or_after.as_second(),
        audiences: read.audiences,
        session_until: read.session_until.map(jiff::Timestamp::as_second),
        attributes: read
            .attributes
            .into_iter()
            .map(|attribute| (attribute.name, attribute.values))
            .collect(),
    }
}

/// Why a response is refused that says nothing yet: in AWS's words to the client where they are known, in ours for the log.
fn unreadable(error: &Unreadable, evidence: &mut Evidence) -> Refusal {
    // Some of it is the sender's, who is nobody yet: it must not fill the log (threat 12).
    evidence.detail = Some(error.to_string().chars().take(LONGEST_DETAIL).collect());
    let sentence = match error {
        Unreadable::Rejected(_) => {
            return Refusal::IdpRejected("The identity provider (IdP) reported that authentication failed");
        }
        Unreadable::Base64 => "Invalid base64 SAMLResponse",
        Unreadable::Signature(_) => "Response signature invalid",
        Unreadable::Malformed(_) => "The SAML response is invalid",
    };
    Refusal::InvalidIdentityToken(sentence.to_owned())
}
