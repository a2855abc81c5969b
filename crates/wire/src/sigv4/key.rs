//! Signing keys.

use std::fmt;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// A key of one day, one region and one service: all that is needed to verify there, and of no use elsewhere.
#[derive(Clone)]
pub struct SigningKey {
    // Prepared: the two blocks of the key's pads are hashed once. The library wipes it when it is dropped.
    hmac: hmac::Key,
}

impl SigningKey {
    /// Derives the key from a secret. `day` is like `20261125`.
    pub fn derive(secret: &str, day: &str, region: &str, service: &str) -> Self {
        Self::from_derived(&Self::derived(secret, day, region, service))
    }

    /// The bytes of the derived key, for somebody who may verify and must not have the secret.
    pub fn derived(secret: &str, day: &str, region: &str, service: &str) -> Zeroizing<[u8; 32]> {
        let mut start = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
        start.extend_from_slice(b"AWS4");
        start.extend_from_slice(secret.as_bytes());
        let day = mac(start.as_slice(), day.as_bytes());
        let region = mac(day.as_slice(), region.as_bytes());
        let service = mac(region.as_slice(), service.as_bytes());
        mac(service.as_slice(), b"aws4_request")
    }

    /// A key that was derived elsewhere.
    pub fn from_derived(derived: &[u8; 32]) -> Self {
        Self {
            hmac: hmac::Key::new(hmac::HMAC_SHA256, derived),
        }
    }

    /// The signature of a text, in hexadecimal.
    pub fn sign(&self, text: &[u8]) -> String {
        hex::encode(hmac::sign(&self.hmac, text).as_ref())
    }

    /// Whether a signature in hexadecimal is that of the text; compared in constant time.
    pub(crate) fn verifies(&self, text: &[u8], signature: &str) -> bool {
        let mut bytes = [0; 32];
        hex::decode_to_slice(signature, &mut bytes).is_ok()
            // Upper-case digits decode alike, and AWS takes none.
            && !signature.bytes().any(|b| b.is_ascii_uppercase())
            && hmac::verify(&self.hmac, text, &bytes).is_ok()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{redacted}")
    }
}

fn mac(key: &[u8], text: &[u8]) -> Zeroizing<[u8; 32]> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
    let mut bytes = Zeroizing::new([0; 32]);
    bytes.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    bytes
}
