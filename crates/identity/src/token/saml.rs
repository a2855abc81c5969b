//! Assertions of SAML identity providers, once somebody else has read the XML (`rolecall_wire::saml`): whose they are, and
//! until when they count. The signatures are verified here, with keys of the registered provider and no others.

use jiff::Timestamp;

use super::{Algorithm, LEEWAY, PublicKey, SealedText, Verified};
use crate::session::Secret;

/// "An AWS STS call must be made within 5 minutes of the time you receive the SAML response" (IAM User Guide: SAML 2.0
/// federation), in seconds.
const REDEEMABLE: i64 = 300;
/// What an assertion is for (IAM User Guide: Configure SAML assertions for the authentication response).
const AUDIENCE: &str = "urn:amazon:webservices";

/// A signature over the canonical form of something that has the digest of what the assertion was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlSignature {
    /// The algorithm that it claims; the key decides.
    pub algorithm: Algorithm,
    /// What it is over.
    pub signed: Vec<u8>,
    /// The signature.
    pub value: Vec<u8>,
}

/// What a provider says of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assertion {
    /// `ID`
    pub id: String,
    /// `Issuer`
    pub issuer: String,
    /// `IssueInstant`, in seconds.
    pub issued: i64,
    /// `NameID` and its `Format`.
    pub name: Option<(String, Option<String>)>,
    /// `Recipient` of the confirmation.
    pub recipient: String,
    /// `Destination` of the response, which the signature need not reach.
    pub destination: Option<String>,
    /// The latest `NotBefore`.
    pub not_before: Option<i64>,
    /// The earliest `NotOnOrAfter`.
    pub not_on_or_after: i64,
    /// The audiences of each restriction.
    pub audiences: Vec<Vec<String>>,
    /// The earliest `SessionNotOnOrAfter`.
    pub session_until: Option<i64>,
    /// Attributes: name and values.
    pub attributes: Vec<(String, Vec<String>)>,
}

impl Assertion {
    /// The values of an attribute.
    pub fn values(&self, name: &str) -> &[String] {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, values)| values.as_slice())
            .unwrap_or_default()
    }
}

/// Why an assertion is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SamlError {
    /// There is no signature, or one that is none of the provider's.
    #[error("the signature of the assertion is wrong")]
    Signature,
    /// `NotOnOrAfter` has passed.
    #[error("the assertion ended at {0}")]
    Expired(i64),
    /// `IssueInstant` is too long ago.
    #[error("the assertion was issued at {0}")]
    Old(i64),
    /// `NotBefore` or `IssueInstant` is still to come.
    #[error("the assertion begins at {0}")]
    NotYet(i64),
    /// It is for somebody else.
    #[error("the assertion is not for us, but for `{0}`")]
    Audience(String),
    /// It was to be sent to somebody else.
    #[error("the assertion was to be sent to `{0}`")]
    Recipient(String),
}

/// An assertion that was read and nothing more.
#[derive(Debug, Clone)]
pub struct UnverifiedAssertion {
    signatures: Vec<SamlSignature>,
    assertion: Assertion,
}

impl UnverifiedAssertion {
    /// An assertion, and every signature that stands over it.
    pub fn new(signatures: Vec<SamlSignature>, assertion: Assertion) -> Self {
        Self { signatures, assertion }
    }

    /// `Issuer` as the assertion claims it: only for holding it against the provider whose keys then decide.
    pub fn issuer(&self) -> &str {
        &self.assertion.issuer
    }

    /// Checks every signature, of which there must be one, then for whom it is, then the times.
    pub fn verify(self, keys: &[PublicKey], now: Timestamp) -> Result<Verified<Assertion>, SamlError> {
        if self.signatures.is_empty() || !are_of(&self.signatures, keys) {
            return Err(SamlError::Signature);
        }
        let assertion = self.assertion;
        for place in std::iter::once(&assertion.recipient).chain(&assertion.destination) {
            if !is_sign_in(place) {
                return Err(SamlError::Recipient(place.clone()));
            }
        }
        // Fails closed: an assertion without a restriction is for anybody, and so it is not for us.
        let restricted = !assertion.audiences.is_empty();
        let foreign = assertion.audiences.iter().find(|audiences| {
            !audiences
                .iter()
                .any(|audience| audience == AUDIENCE || is_sign_in(audience))
        });
        if !restricted || foreign.is_some() {
            return Err(SamlError::Audience(
                foreign.map(|audiences| audiences.join(" ")).unwrap_or_default(),
            ));
        }
        let now = now.as_second();
        let begins = assertion.not_before.unwrap_or(assertion.issued).max(assertion.issued);
        if begins > now.saturating_add(LEEWAY) {
            return Err(SamlError::NotYet(begins));
        }
        let ends = assertion
            .session_until
            .unwrap_or(i64::MAX)
            .min(assertion.not_on_or_after);
        if ends <= now {
            return Err(SamlError::Expired(ends));
        }
        if assertion.issued.saturating_add(REDEEMABLE) <= now {
            return Err(SamlError::Old(assertion.issued));
        }
        Ok(Verified(assertion))
    }
}

/// Who knows what an assertion is written in: nothing here does.
pub trait ReadAssertion: Send {
    /// The assertion that this was, with its own signatures.
    fn read(&self, plain: &[u8]) -> Option<UnverifiedAssertion>;
}

/// An assertion that came encrypted, in a response that may be signed.
pub struct SealedAssertion {
    /// The signatures of the response: over what is encrypted, as it came.
    pub signatures: Vec<SamlSignature>,
    /// What is encrypted.
    pub text: SealedText,
    /// Reads what it opens as.
    pub reader: Box<dyn ReadAssertion>,
}

impl SealedAssertion {
    /// Opens it with one of the provider's private keys, if all is of the provider: the response's signatures, which are
    /// checked before anything is opened, and the assertion's own.
    ///
    /// Why it is none of the provider's is not told. A sender who learns whether something that they changed still was
    /// padded, or a text, or an assertion, opens what they have not written (Jager and Somorovsky: How to Break XML
    /// Encryption); for whom it is not signed, all of that is one.
    pub(crate) fn open(self, own: &[Secret], keys: &[PublicKey]) -> Option<UnverifiedAssertion> {
        if !are_of(&self.signatures, keys) {
            return None;
        }
        let plain = self.text.open(own)?;
        let mut opened = self.reader.read(&plain)?;
        opened.signatures.extend(self.signatures);
        let signed = !opened.signatures.is_empty() && are_of(&opened.signatures, keys);
        signed.then_some(opened)
    }
}

impl std::fmt::Debug for SealedAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedAssertion")
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

/// Whether each signature is of one of these keys.
fn are_of(signatures: &[SamlSignature], keys: &[PublicKey]) -> bool {
    let is_ours = |signature: &SamlSignature| {
        keys.iter()
            .any(|key| key.verify(signature.algorithm, &signature.signed, &signature.value))
    };
    signatures.iter().all(is_ours)
}

/// Whether this is the sign-in URL of AWS, or of one of its regions (IAM User Guide: Configure SAML assertions for the
/// authentication response). Identity providers are set up with it, whoever then takes the assertion.
fn is_sign_in(url: &str) -> bool {
    url.strip_prefix("https://")
        .and_then(|rest| rest.strip_suffix("signin.aws.amazon.com/saml"))
        .is_some_and(|region| {
            let name = region.strip_suffix('.');
            region.is_empty()
                || name.is_some_and(|name| {
                    !name.is_empty()
                        && name
                            .bytes()
                            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                })
        })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn good() -> Assertion {
        Assertion {
            issued: NOW,
            recipient: "https://signin.aws.amazon.com/saml".to_owned(),
            not_on_or_after: NOW + 3600,
            audiences: vec![vec!["urn:other".to_owned(), AUDIENCE.to_owned()]],
            ..Assertion::default()
        }
    }

    fn pair() -> (RsaKeyPair, PublicKey) {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let key = PublicKey::from_rsa(pair.public_key().as_ref()).unwrap();
        (pair, key)
    }

    fn sign(pair: &RsaKeyPair, algorithm: Algorithm) -> SamlSignature {
        let mut value = vec![0; pair.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, b"signed", &mut value).unwrap();
        SamlSignature {
            algorithm,
            signed: b"signed".to_vec(),
            value,
        }
    }

    #[test]
    fn every_signature_must_be_of_a_key_of_the_provider() {
        let ((one, key), (other, other_key)) = (pair(), pair());
        let of = |pairs: &[&RsaKeyPair]| {
            pairs
                .iter()
                .map(|pair| sign(pair, Algorithm::Rs256))
                .collect::<Vec<_>>()
        };
        let verify = |signatures, keys: &[PublicKey]| {
            UnverifiedAssertion::new(signatures, good())
                .verify(keys, at(NOW))
                .map(|_| ())
        };
        let keys = [other_key, key];
        assert_eq!(verify(of(&[&one]), &keys), Ok(()));
        assert_eq!(verify(of(&[&one, &other]), &keys), Ok(()));
        for (signatures, keys) in [
            (of(&[]), &keys[..]),
            (of(&[&one]), &keys[..1]),
            (of(&[&one, &other]), &keys[..1]),
            (of(&[&other, &one]), &keys[..1]),
            (of(&[&one]), &[]),
            (vec![sign(&one, Algorithm::Rs512)], &keys),
            (vec![sign(&one, Algorithm::Ps256)], &keys),
            (vec![sign(&one, Algorithm::Es256)], &keys),
        ] {
            assert_eq!(verify(signatures, keys), Err(SamlError::Signature));
        }
    }

    #[test]
    fn an_assertion_counts_for_us_and_for_a_while() {
        let (pair, key) = pair();
        let keys = [key];
        let verify = |change: &dyn Fn(&mut Assertion), now: i64| {
            let mut assertion = good();
            change(&mut assertion);
            UnverifiedAssertion::new(vec![sign(&pair, Algorithm::Rs256)], assertion)
                .verify(&keys, at(now))
                .map(|_| ())
        };
        let text = str::to_owned;
        assert_eq!(verify(&|_| {}, NOW + 299), Ok(()));
        assert_eq!(verify(&|_| {}, NOW + 300), Err(SamlError::Old(NOW)));
        assert_eq!(verify(&|_| {}, NOW - 30), Ok(()));
        assert_eq!(verify(&|_| {}, NOW - 31), Err(SamlError::NotYet(NOW)));
        assert_eq!(
            verify(&|a| a.not_before = Some(NOW + 31), NOW),
            Err(SamlError::NotYet(NOW + 31))
        );
        assert_eq!(verify(&|a| a.not_on_or_after = NOW + 10, NOW + 9), Ok(()));
        assert_eq!(
            verify(&|a| a.not_on_or_after = NOW + 10, NOW + 10),
            Err(SamlError::Expired(NOW + 10))
        );
        assert_eq!(
            verify(&|a| a.session_until = Some(NOW), NOW),
            Err(SamlError::Expired(NOW))
        );
        for (audiences, good) in [
            (vec![], false),
            (vec![vec![]], false),
            (vec![vec!["urn:amazon:webservices:else"]], false),
            (vec![vec![AUDIENCE], vec!["urn:other"]], false),
            (
                vec![vec![AUDIENCE], vec!["https://signin.aws.amazon.com/saml", "urn:other"]],
                true,
            ),
            (vec![vec!["https://us-east-2.signin.aws.amazon.com/saml"]], true),
        ] {
            let owned: Vec<Vec<String>> = audiences
                .iter()
                .map(|some| some.iter().copied().map(text).collect())
                .collect();
            assert_eq!(
                verify(&|a| a.audiences = owned.clone(), NOW).is_ok(),
                good,
                "{audiences:?}"
            );
        }
        for (url, good) in [
            ("https://signin.aws.amazon.com/saml", true),
            ("https://eu-central-1.signin.aws.amazon.com/saml", true),
            ("http://signin.aws.amazon.com/saml", false),
            ("https://signin.aws.amazon.com/saml/", false),
            ("https://evilsignin.aws.amazon.com/saml", false),
            ("https://evil.example/.signin.aws.amazon.com/saml", false),
            ("https://.signin.aws.amazon.com/saml", false),
            ("", false),
        ] {
            assert_eq!(verify(&|a| a.recipient = text(url), NOW).is_ok(), good, "{url}");
            assert_eq!(verify(&|a| a.destination = Some(text(url)), NOW).is_ok(), good, "{url}");
        }
    }
}
