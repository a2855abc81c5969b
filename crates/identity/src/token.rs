//! Tokens of identity providers: JSON Web Tokens (RFC 7519) as OpenID Connect and Kubernetes make them.
//!
//! # What each attack meets
//! - `alg: none`, and `HS256` signed with the public key: only asymmetric algorithms have a name here, and the algorithm
//!   is a property of the *key* ([`PublicKey`]); the header only has to agree (RFC 8725, section 3.1).
//! - Keys inside the token (`jwk`, `jku`, `x5u`, `x5c`): never looked at. An unknown `crit` refuses the token (RFC 7515,
//!   section 4.1.11).
//! - Two claims of one name, which two parsers read differently: refused at every depth (RFC 8725, section 2.4).
//! - Padding, white space, other alphabets, set trailing bits in the base64url: refused, so that one token has one
//!   spelling.
//! - A forged `iss`: whoever calls picks the keys by the *registered* provider that has this `iss`, byte for byte;
//!   [`Unverified`] shows nothing else before [`Unverified::verify`] has checked the signature.

mod claims;
pub mod issuer;
mod json;
mod key;
mod ring;
mod saml;
mod sealed;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;

use self::json::{Json, Strict};
pub(crate) use self::sealed::opens_assertions;
pub use self::{
    claims::{Claims, KubernetesClaims, SessionTags},
    key::{Algorithm, KeySet, KeySetError, PublicKey},
    ring::{Answer, FetchFailed, KeyRing, RingConfig},
    saml::{Assertion, ReadAssertion, SamlError, SamlSignature, SealedAssertion, UnverifiedAssertion},
    sealed::{Cipher, KeyTransport, SealedText},
};

/// The longest token (STS API: `WebIdentityToken`).
pub const MAX_TOKEN: usize = 20_000;
/// How far apart the issuer's clock and ours may be (threat 10), for `nbf` and `iat`.
pub const LEEWAY: i64 = 30;
/// The audience that belongs to EKS Pod Identity alone (threat 1).
pub const POD_IDENTITY_AUDIENCE: &str = "pods.eks.amazonaws.com";

/// Something that was verified. Only the verification makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> std::ops::Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url, or over the limit.
    #[error("the token is not a JSON Web Token: {0}")]
    NotAJwt(&'static str),
    /// The header or the claims are not the JSON that they must be.
    #[error("the token's {part} are refused: {why}")]
    Malformed {
        /// `header` or `claims`.
        part: &'static str,
        /// What is wrong with them.
        why: String,
    },
    /// The header names an algorithm that is none of ours, or not the key's.
    #[error("the token's algorithm is refused")]
    Algorithm,
    /// The header demands an extension that we do not know.
    #[error("the token's header has critical extensions")]
    Critical,
    /// The signature is not the key's.
    #[error("the token's signature is wrong")]
    Signature,
    /// `exp` has passed.
    #[error("the token expired at {expires}, and it is {now}")]
    Expired {
        /// The time at which it was checked, in seconds.
        now: i64,
        /// Its `exp`.
        expires: i64,
    },
    /// `nbf` or `iat` is still to come.
    #[error("the token's `{claim}` is in the future")]
    NotYet {
        /// `nbf` or `iat`.
        claim: &'static str,
    },
    /// A claim is missing that must be there.
    #[error("the token has no `{0}`")]
    Missing(&'static str),
    /// `sub` is not what the Kubernetes claims say.
    #[error("the token's `sub` does not name its service account")]
    Subject,
}

/// A token that was taken apart and nothing more.
pub struct Unverified<'a> {
    signed: &'a str,
    algorithm: Algorithm,
    key_id: Option<String>,
    signature: Vec<u8>,
    // Read once. Shown to nobody before the signature is verified. Of claims that cannot be read there is the issuer.
    claims: Result<Claims, (String, TokenError)>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    pub fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::NotAJwt("it is over 20,000 bytes"));
        }
        let mut dots = memchr::memchr_iter(b'.', token.as_bytes());
        let first = dots.next().ok_or(TokenError::NotAJwt("it has no parts"))?;
        let second = dots.next().ok_or(TokenError::NotAJwt("it has two parts"))?;
        if dots.next().is_some() {
            return Err(TokenError::NotAJwt("it has more than three parts"));
        }
        let part = |range: std::ops::Range<usize>| token.get(range).unwrap_or_default();
        let (signed, header) = (part(0..second), part(0..first));
        let (payload, signature) = (part(first + 1..second), part(second + 1..token.len()));
        let decode = |part: &str, what| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::NotAJwt(what));
        let header = decode(header, "its header is not base64url")?;
        let payload = decode(payload, "its payload is not base64url")?;
        let signature = decode(signature, "its signature is not base64url")?;
        let (algorithm, key_id) = read_header(&header)?;
        let claims = match Claims::parse(&payload) {
            Ok(claims) => Ok(claims),
            // Of an issuer that nobody registered no more is said than that.
            Err(error) => Err((claims::issuer(&payload)?, error)),
        };
        Ok(Self {
            signed,
            algorithm,
            key_id,
            signature,
            claims,
        })
    }

    /// `iss` as the token claims it: only for finding the provider whose keys then decide.
    pub fn issuer(&self) -> &str {
        match &self.claims {
            Ok(claims) => &claims.issuer,
            Err((issuer, _)) => issuer,
        }
    }

    /// `kid`, only for finding the key among those of the provider.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The algorithm that the token claims to be signed with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Checks the signature, then the times and the claims that every token must have.
    pub fn verify(self, key: &PublicKey, now: Timestamp) -> Result<Verified<Claims>, TokenError> {
        self.check_signature(key)?;
        let claims = self.claims.map_err(|(_, error)| error)?;
        let now = now.as_second();
        if claims.expires <= now {
            return Err(TokenError::Expired {
                now,
                expires: claims.expires,
            });
        }
        let latest = now.saturating_add(LEEWAY);
        if claims.not_before.is_some_and(|at| at > latest) {
            return Err(TokenError::NotYet { claim: "nbf" });
        }
        if claims.issued.is_some_and(|at| at > latest) {
            return Err(TokenError::NotYet { claim: "iat" });
        }
        Ok(Verified(claims))
    }

    fn check_signature(&self, key: &PublicKey) -> Result<(), TokenError> {
        if !key.allows(self.algorithm) {
            return Err(TokenError::Algorithm);
        }
        if key.verify(self.algorithm, self.signed.as_bytes(), &self.signature) {
            Ok(())
        } else {
            Err(TokenError::Signature)
        }
    }
}

impl std::fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unverified")
            .field("issuer", &self.issuer())
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Verified<Claims> {
    /// Checks what a token of a Kubernetes cluster must be beyond other tokens: `sub` is exactly what the namespace and
    /// the name in its `kubernetes.io` claim give (threat 1).
    pub fn of_cluster(self) -> Result<Self, TokenError> {
        let kubernetes = self.0.kubernetes.as_ref().ok_or(TokenError::Missing("kubernetes.io"))?;
        let rebuilt = kubernetes.subject().ok_or(TokenError::Subject)?;
        if rebuilt == self.0.subject {
            Ok(self)
        } else {
            Err(TokenError::Subject)
        }
    }
}

fn read_header(header: &[u8]) -> Result<(Algorithm, Option<String>), TokenError> {
    let malformed = |why: &str| TokenError::Malformed {
        part: "header",
        why: why.to_owned(),
    };
    let parsed = Strict::parse(header).map_err(|why| malformed(&why))?;
    let Json::Object(members) = parsed else {
        return Err(malformed("not an object"));
    };
    let mut algorithm = None;
    let mut key_id = None;
    for (name, value) in members {
        match (name.as_ref(), value) {
            ("alg", Json::String(text)) => algorithm = Algorithm::named(&text),
            ("kid", Json::String(text)) if text.len() <= 1024 => key_id = Some(text.into_owned()),
            // RFC 7519, section 5.1: "JWT" or nothing; RFC 9068 names access tokens `at+jwt`.
            ("typ", Json::String(text)) if text.eq_ignore_ascii_case("JWT") || text.eq_ignore_ascii_case("at+jwt") => {}
            ("alg" | "kid" | "typ", _) => return Err(malformed("`alg`, `kid` or `typ` is not what it must be")),
            // `b64` is an unencoded payload, only valid together with `crit` (RFC 7797).
            ("crit" | "b64", _) => return Err(TokenError::Critical),
            _ => {}
        }
    }
    algorithm
        .map(|algorithm| (algorithm, key_id))
        .ok_or(TokenError::Algorithm)
}

#[cfg(test)]
mod tests;
