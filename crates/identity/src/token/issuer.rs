//! The other side: issuers that we host. Signing for clusters exists in `rolecall dev` alone (threat 11), and for accounts
//! wherever they ask for it; discovery and key set are what any hosted issuer publishes.

use std::fmt;

use aws_lc_rs::{
    digest,
    encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der},
    rsa::KeySize,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// What can go wrong with a signing key. It says no more: key material does not belong into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key cannot be used")]
pub struct SigningKeyError;

/// A signing key: RSA (2048 bits, as Kubernetes distributions make them), or on P-384.
pub struct SigningKey {
    pair: Pair,
    key_id: String,
    jwk: Value,
}

enum Pair {
    Rsa(RsaKeyPair),
    P384(EcdsaKeyPair),
}

impl SigningKey {
    /// A new key.
    pub fn generate() -> Result<Self, SigningKeyError> {
        Self::of(Pair::Rsa(
            RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningKeyError)?,
        ))
    }

    /// A new key on P-384.
    pub fn generate_es384() -> Result<Self, SigningKeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).map_err(|_| SigningKeyError)?;
        Self::of(Pair::P384(pair))
    }

    /// The key from a PKCS #8 document.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SigningKeyError> {
        if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der) {
            return Self::of(Pair::P384(pair));
        }
        Self::of(Pair::Rsa(RsaKeyPair::from_pkcs8(der).map_err(|_| SigningKeyError)?))
    }

    /// The key as a PKCS #8 document, to be wrapped by the root key before it is stored.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, SigningKeyError> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| SigningKeyError)?;
                Ok(Zeroizing::new(der.as_ref().to_vec()))
            }
            Pair::P384(pair) => {
                let der = pair.to_pkcs8v1().map_err(|_| SigningKeyError)?;
                Ok(Zeroizing::new(der.as_ref().to_vec()))
            }
        }
    }

    fn of(pair: Pair) -> Result<Self, SigningKeyError> {
        let public: PublicKeyX509Der<'_> = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::P384(pair) => pair.public_key().as_der(),
        }
        .map_err(|_| SigningKeyError)?;
        // As Kubernetes names its keys: the hash of the public key's PKIX form
        // (pkg/serviceaccount/jwt.go, `keyIDFromPublicKey`).
        let key_id = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, public.as_ref()));
        let jwk = match &pair {
            Pair::Rsa(pair) => {
                let (modulus, exponent) = rsa_public_key(pair.public_key().as_ref()).ok_or(SigningKeyError)?;
                json!({
                    "use": "sig",
                    "kty": "RSA",
                    "kid": key_id,
                    "alg": "RS256",
                    "n": URL_SAFE_NO_PAD.encode(modulus),
                    "e": URL_SAFE_NO_PAD.encode(exponent),
                })
            }
            Pair::P384(pair) => {
                // SEC 1, section 2.3.3: an uncompressed point.
                let point = pair.public_key().as_ref();
                let (x, y) = point
                    .strip_prefix(&[4])
                    .and_then(|both| both.split_at_checked(48))
                    .ok_or(SigningKeyError)?;
                json!({
                    "use": "sig",
                    "kty": "EC",
                    "kid": key_id,
                    "alg": "ES384",
                    "crv": "P-384",
                    "x": URL_SAFE_NO_PAD.encode(x),
                    "y": URL_SAFE_NO_PAD.encode(y),
                })
            }
        };
        Ok(Self { pair, key_id, jwk })
    }

    /// `kid`
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The public key as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        self.jwk.clone()
    }

    /// `alg` of its tokens.
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::P384(_) => "ES384",
        }
    }

    /// Signs claims as a token.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SigningKeyError> {
        let header = json!({ "alg": self.algorithm(), "kid": self.key_id });
        let claims = serde_json::to_vec(claims).map_err(|_| SigningKeyError)?;
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let random = aws_lc_rs::rand::SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, token.as_bytes(), &mut signature)
                    .map(|()| signature)
            }
            Pair::P384(pair) => pair
                .sign(&random, token.as_bytes())
                .map(|signature| signature.as_ref().to_vec()),
        }
        .map_err(|_| SigningKeyError)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {{redacted}})", self.key_id)
    }
}

/// A name and the uid that goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The uid.
    pub uid: String,
}

/// What a service account's token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccountToken {
    /// The issuer's URL.
    pub issuer: String,
    /// For whom the token is.
    pub audiences: Vec<String>,
    /// The namespace.
    pub namespace: String,
    /// The service account.
    pub service_account: Named,
    /// The pod that the token is bound to.
    pub pod: Option<Named>,
    /// The node of that pod.
    pub node: Option<Named>,
    /// `jti`
    pub token_id: String,
    /// When it begins.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

impl ServiceAccountToken {
    /// Signs the token with the claims that Kubernetes 1.30 and later put there (Kubernetes: Managing Service Accounts,
    /// "Schema for service account private claims").
    pub fn mint(&self, key: &SigningKey) -> Result<String, SigningKeyError> {
        #[derive(Serialize)]
        struct Private<'a> {
            namespace: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            node: Option<&'a Named>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pod: Option<&'a Named>,
            serviceaccount: &'a Named,
        }
        #[derive(Serialize)]
        struct Claims<'a> {
            aud: &'a [String],
            exp: i64,
            iat: i64,
            iss: &'a str,
            jti: &'a str,
            #[serde(rename = "kubernetes.io")]
            kubernetes: Private<'a>,
            nbf: i64,
            sub: String,
        }
        key.sign(&Claims {
            aud: &self.audiences,
            exp: self.expires.as_second(),
            iat: self.issued.as_second(),
            iss: &self.issuer,
            jti: &self.token_id,
            kubernetes: Private {
                namespace: &self.namespace,
                node: self.node.as_ref(),
                pod: self.pod.as_ref(),
                serviceaccount: &self.service_account,
            },
            nbf: self.issued.as_second(),
            sub: format!("system:serviceaccount:{}:{}", self.namespace, self.service_account.name),
        })
    }
}

/// The key set of an issuer, with several keys during a rotation.
pub fn key_set<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Value {
    let keys: Vec<Value> = keys.into_iter().map(SigningKey::jwk).collect();
    json!({ "keys": keys })
}

/// The discovery document of an account's issuer (OpenID Connect Discovery 1.0, section 3; the places as the IAM API
/// Reference has them: `EnableOutboundWebIdentityFederation`).
pub fn outbound_discovery(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "claims_supported": ["aud", "exp", "iat", "iss", "jti", "sub", "https://sts.amazonaws.com/"],
        "id_token_signing_alg_values_supported": ["RS256", "ES384"],
    })
}

/// The discovery document of a cluster's issuer, as EKS publishes it (OpenID Connect Discovery 1.0, section 3).
pub fn discovery(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/keys"),
        "authorization_endpoint": "urn:kubernetes:programmatic_authorization",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "claims_supported": ["sub", "iss"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017, appendix A.1.1): a sequence of two integers, in DER.
fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, rest) = element(der, 0x30)?;
    let (modulus, after) = element(sequence, 0x02)?;
    let (exponent, end) = element(after, 0x02)?;
    let unsigned = |bytes: &'_ [u8]| -> usize { usize::from(bytes.first() == Some(&0)) };
    (rest.is_empty() && end.is_empty())
        .then(|| Some((modulus.get(unsigned(modulus)..)?, exponent.get(unsigned(exponent)..)?)))?
}

/// The contents of the first DER element, which must have this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&[a], rest) = rest.split_first_chunk::<1>()?;
            (usize::from(a), rest)
        }
        0x82 => {
            let (&bytes, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(bytes)), rest)
        }
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}
