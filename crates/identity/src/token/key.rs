//! Public keys of issuers, as JSON Web Keys (RFC 7517, RFC 7518 section 6).

use std::{fmt, sync::Arc};

use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::json::{Json, Strict};
use crate::{certificate::Certificate, der};

/// The most keys that an issuer may have (threat 10).
const MAX_KEYS: usize = 32;
/// The largest key set in bytes (threat 10).
pub(super) const MAX_KEY_SET: usize = 256 * 1024;

/// The signature algorithms that are accepted (RFC 7518, section 3.1; RFC 8037). There is no `none` and no `HS…` to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256.
    Es256,
    /// ECDSA on P-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithm of this `alg`; names are compared byte for byte.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    fn rsa(self) -> Option<&'static RsaParameters> {
        Some(match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Self::Ps384 => &RSA_PSS_2048_8192_SHA384,
            Self::Ps512 => &RSA_PSS_2048_8192_SHA512,
            Self::Es256 | Self::Es384 | Self::EdDsa => return None,
        })
    }
}

/// A public key, parsed once, with the algorithms that it is pinned to.
pub struct PublicKey {
    key_id: Option<String>,
    prepared: Vec<(Algorithm, ParsedPublicKey)>,
}

impl PublicKey {
    /// `kid`
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Whether the key verifies signatures of this algorithm.
    pub fn allows(&self, algorithm: Algorithm) -> bool {
        self.prepared.iter().any(|(own, _)| *own == algorithm)
    }

    /// The key in a certificate (RFC 5280), in DER. Whether the certificate is valid and who signed it is not asked: for who
    /// publishes it as metadata, it is a box for a key (OASIS: SAML V2.0 Metadata Interoperability Profile, section 2.5.1).
    pub fn from_certificate(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::parse(der)?;
        let key = certificate.public_key();
        Self::from_rsa(key).or_else(|| Self::from_point(key))
    }

    /// An RSA key, from its `RSAPublicKey` (RFC 8017, appendix A.1.1).
    pub(super) fn from_rsa(der: &[u8]) -> Option<Self> {
        let mut outer = der::Reader::new(der);
        let mut numbers = outer.sequence()?;
        let (n, e) = (numbers.take(der::INTEGER)?, numbers.take(der::INTEGER)?);
        numbers.end()?;
        outer.end()?;
        let prepared = read_rsa(n, e, None)?;
        Some(Self { key_id: None, prepared })
    }

    /// A key on a curve, from its uncompressed point (SEC 1, section 2.3.3), whose length tells the curve.
    fn from_point(point: &[u8]) -> Option<Self> {
        let (algorithm, parameters): (_, &'static signature::EcdsaVerificationAlgorithm) = match point.len() {
            65 => (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED),
            97 => (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED),
            _ => return None,
        };
        let prepared = vec![(algorithm, ParsedPublicKey::new(parameters, point).ok()?)];
        Some(Self { key_id: None, prepared })
    }

    pub(super) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.prepared
            .iter()
            .find(|(own, _)| *own == algorithm)
            .is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithms: Vec<Algorithm> = self.prepared.iter().map(|(algorithm, _)| *algorithm).collect();
        write!(f, "PublicKey({:?}, {algorithms:?})", self.key_id)
    }
}

/// Why a key set is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Over 256 KiB or 32 keys.
    #[error("the key set is too large")]
    TooLarge,
    /// Not a JSON Web Key Set.
    #[error("the text is not a key set: {0}")]
    Malformed(String),
    /// None of its keys is one that we could verify with.
    #[error("the key set has no usable key")]
    Unusable,
}

/// The keys of one issuer.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Arc<PublicKey>>,
}

impl KeySet {
    /// Reads a JSON Web Key Set. Keys for other uses, of other kinds, or too weak are left out (RFC 7517, section 5).
    pub fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        if text.len() > MAX_KEY_SET {
            return Err(KeySetError::TooLarge);
        }
        let parsed = Strict::parse(text).map_err(KeySetError::Malformed)?;
        let Some(Json::Array(items)) = parsed.member("keys") else {
            return Err(KeySetError::Malformed("no list `keys`".to_owned()));
        };
        if items.len() > MAX_KEYS {
            return Err(KeySetError::TooLarge);
        }
        let keys: Vec<Arc<PublicKey>> = items.iter().filter_map(read_key).map(Arc::new).collect();
        if keys.is_empty() {
            return Err(KeySetError::Unusable);
        }
        Ok(Self { keys })
    }

    /// The key for a token whose header has this `kid` and `alg`. Without a `kid`, only a set of one key has an answer.
    pub fn find(&self, key_id: Option<&str>, algorithm: Algorithm) -> Option<&Arc<PublicKey>> {
        match (key_id, self.keys.as_slice()) {
            (Some(id), keys) => {
                let named = || keys.iter().filter(|key| key.key_id() == Some(id));
                // The key as such, so that a wrong algorithm is refused for what it is.
                named().find(|key| key.allows(algorithm)).or_else(|| named().next())
            }
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The ids of the keys that have one.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter_map(|key| key.key_id())
    }
}

fn read_key(jwk: &Json<'_>) -> Option<PublicKey> {
    let text = |name: &str| jwk.member(name).and_then(Json::text);
    if text("use").is_some_and(|usage| usage != "sig") {
        return None;
    }
    if let Some(Json::Array(operations)) = jwk.member("key_ops")
        && !operations.iter().any(|operation| operation.text() == Some("verify"))
    {
        return None;
    }
    // Whoever publishes a private key has no key any more.
    if ["d", "k", "p", "q"].iter().any(|private| jwk.member(private).is_some()) {
        return None;
    }
    let pinned = match jwk.member("alg") {
        None => None,
        Some(alg) => Some(Algorithm::named(alg.text()?)?),
    };
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?.trim_end_matches('=')).ok();

    let prepared = match text("kty")? {
        "RSA" => read_rsa(&bytes("n")?, &bytes("e")?, pinned)?,
        "EC" => {
            let (algorithm, parameters, width): (_, &'static signature::EcdsaVerificationAlgorithm, usize) =
                match text("crv")? {
                    "P-256" => (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, 32),
                    "P-384" => (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED, 48),
                    _ => return None,
                };
            let (x, y) = (bytes("x")?, bytes("y")?);
            if x.len() != width || y.len() != width || pinned.is_some_and(|alg| alg != algorithm) {
                return None;
            }
            // SEC 1, section 2.3.3: an uncompressed point.
            let point = [&[4][..], &x, &y].concat();
            vec![(algorithm, ParsedPublicKey::new(parameters, point).ok()?)]
        }
        "OKP" if text("crv")? == "Ed25519" && pinned.is_none_or(|alg| alg == Algorithm::EdDsa) => {
            vec![(Algorithm::EdDsa, ParsedPublicKey::new(&ED25519, bytes("x")?).ok()?)]
        }
        _ => return None,
    };
    Some(PublicKey {
        key_id: text("kid").map(str::to_owned),
        prepared,
    })
}

fn read_rsa(n: &[u8], e: &[u8], pinned: Option<Algorithm>) -> Option<Vec<(Algorithm, ParsedPublicKey)>> {
    let strip = |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().skip_while(|byte| *byte == 0).collect() };
    let (n, e) = (strip(n), strip(e));
    let bits = n.len() * 8 - usize::try_from(n.first()?.leading_zeros()).ok()?;
    // 65537 in practice; an exponent of 1 would make every text its own signature.
    let exponent_good = (1..=4).contains(&e.len()) && e != [1] && e.last().is_some_and(|byte| byte % 2 == 1);
    if !(2048..=4096).contains(&bits) || !exponent_good {
        return None;
    }
    let parts = RsaPublicKeyComponents { n: &n, e: &e };
    let pinned = pinned.map(|algorithm| vec![algorithm]);
    // A key without `alg` verifies PKCS #1 signatures, which is what issuers that leave it out make.
    pinned
        .unwrap_or_else(|| vec![Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512])
        .into_iter()
        .map(|algorithm| Some((algorithm, parts.to_parsed_public_key(algorithm.rsa()?).ok()?)))
        .collect()
}
