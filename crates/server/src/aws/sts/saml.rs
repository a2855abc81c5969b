//! `AssumeRoleWithSAML`: unsigned; the assertion is the credential. The XML is read by the wire, which says what is signed;
//! who has signed it, and whether that counts, is decided by `identity`.

use std::time::Instant;

use rolecall_identity::{
    sts::{AssumeRoleWithSaml, Evidence, Granted, Refusal, SamlSubject, assume_role_with_saml},
    token::{self, SamlSignature, UnverifiedAssertion},
};
use rolecall_wire::{
    generated::sts::AssumeRoleWithSAMLRequest,
    saml::{Algorithm, Response, Unreadable},
};
use serde_json::json;

use super::{calls::arns, record, told};
use crate::{
    aws::{
        evidence,
        evidence::Told,
        fault::{Fault, of_refusal},
        stranger,
    },
    clock::cost,
    control::Control,
    dispatch::Whole,
};

/// The most characters of why a response cannot be read.
const LONGEST_DETAIL: usize = 256;

/// The flow, its evidence, and its event.
pub(super) async fn assume(
    control: &Control,
    request: &Whole,
    input: &AssumeRoleWithSAMLRequest,
) -> Result<(Granted, SamlSubject), Fault> {
    let now = control.clock.now();
    let peer = request.about.peer.address.ip();
    stranger::check_work(control, peer, now)?;
    let begun = Instant::now();
    let mut evidence = Evidence::default();
    let policy_arns = arns(input.policy_arns.clone());
    let snapshot = control.identity.snapshot();
    let outcome = assume_role_with_saml(
        &control.view(&snapshot),
        &control.sessions,
        AssumeRoleWithSaml {
            role_arn: &input.role_arn,
            principal_arn: &input.principal_arn,
            assertion: Response::decode(input.saml_assertion.expose())
                .map(unverified)
                .map_err(|error| unreadable(&error, &mut evidence)),
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
        control.strangers.work.charge(peer, now.as_second(), cost(begun));
    }
    let fault = outcome.as_ref().err().map(of_refusal);
    if let Some(fault) = &fault
        && !stranger::may_be_written(control, &mut evidence, now)
    {
        return Err(fault.clone());
    }
    let source = evidence.source.clone();
    let parameters = json!({
        "roleArn": input.role_arn,
        "principalArn": input.principal_arn,
        "sAMLAssertionID": source.as_ref().and_then(|source| source.token_id.as_deref()),
        "durationSeconds": input.duration_seconds,
        "policy": input.policy,
    });
    let granted = outcome.as_ref().ok().map(|(granted, _)| granted);
    let told = Told {
        name: "AssumeRoleWithSAML",
        region: &control.region,
        identity: evidence::web_identity(source.as_ref()),
        ..told(evidence, &input.role_arn, parameters, granted, fault.as_ref())
    };
    record(control, request, told, now).await?;
    outcome.map_err(|refusal| of_refusal(&refusal))
}

/// What was read, as `identity` takes it.
fn unverified(response: Response) -> UnverifiedAssertion {
    let read = response.assertion;
    let signatures = response.signatures.into_iter().map(|signature| SamlSignature {
        algorithm: match signature.algorithm {
            Algorithm::RsaSha256 => token::Algorithm::Rs256,
            Algorithm::RsaSha384 => token::Algorithm::Rs384,
            Algorithm::RsaSha512 => token::Algorithm::Rs512,
            Algorithm::EcdsaSha256 => token::Algorithm::Es256,
            Algorithm::EcdsaSha384 => token::Algorithm::Es384,
        },
        signed: signature.signed,
        value: signature.value,
    });
    let assertion = token::Assertion {
        id: read.id,
        issuer: read.issuer,
        issued: read.issued.as_second(),
        name: read.name.map(|name| (name.text, name.format)),
        recipient: read.recipient,
        destination: response.destination,
        not_before: read.not_before.map(jiff::Timestamp::as_second),
        not_on_or_after: read.not_on_or_after.as_second(),
        audiences: read.audiences,
        session_until: read.session_until.map(jiff::Timestamp::as_second),
        attributes: read
            .attributes
            .into_iter()
            .map(|attribute| (attribute.name, attribute.values))
            .collect(),
    };
    UnverifiedAssertion::new(signatures.collect(), assertion)
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
