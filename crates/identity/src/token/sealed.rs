//! What is encrypted for us, as SAML has it (W3C: XML Encryption Syntax and Processing 1.1): a text under a key of its own,
//! and that key under one of ours. What comes out is whatever somebody put in.

use aws_lc_rs::{
    aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    cipher::{AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey},
    encoding::{AsDer as _, Pkcs8V1Der},
    iv::FixedLength,
    rsa::{
        KeyPair, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
        OaepAlgorithm, OaepPrivateDecryptingKey, PrivateDecryptingKey,
    },
};
use zeroize::Zeroizing;

use crate::{pem, session::Secret};

/// How long our keys may be.
const BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// How the key of a text is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTransport {
    /// RSA-OAEP with SHA-1, for the mask too.
    OaepSha1,
    /// RSA-OAEP with SHA-256, for the mask too.
    OaepSha256,
    /// RSA-OAEP with SHA-384, for the mask too.
    OaepSha384,
    /// RSA-OAEP with SHA-512, for the mask too.
    OaepSha512,
}

impl KeyTransport {
    fn algorithm(self) -> &'static OaepAlgorithm {
        match self {
            Self::OaepSha1 => &OAEP_SHA1_MGF1SHA1,
            Self::OaepSha256 => &OAEP_SHA256_MGF1SHA256,
            Self::OaepSha384 => &OAEP_SHA384_MGF1SHA384,
            Self::OaepSha512 => &OAEP_SHA512_MGF1SHA512,
        }
    }
}

/// How a text is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// AES-128 in CBC mode.
    Aes128Cbc,
    /// AES-256 in CBC mode.
    Aes256Cbc,
    /// AES-128 in Galois/counter mode.
    Aes128Gcm,
    /// AES-256 in Galois/counter mode.
    Aes256Gcm,
}

/// A text, and the key for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedText {
    /// How the key is encrypted.
    pub transport: KeyTransport,
    /// The key, encrypted.
    pub key: Vec<u8>,
    /// How the text is encrypted.
    pub cipher: Cipher,
    /// What the cipher starts from, then the text encrypted, then the cipher's tag if it has one.
    pub text: Vec<u8>,
}

impl SealedText {
    /// What it opens as with the first of these keys (RSA, in PEM) that opens it. It does not say why none does.
    pub(super) fn open(&self, keys: &[Secret]) -> Option<Zeroizing<Vec<u8>>> {
        keys.iter().find_map(|key| {
            let key = OaepPrivateDecryptingKey::new(private_key(key)?).ok()?;
            let mut room = Zeroizing::new(vec![0; key.min_output_size()]);
            let key = key
                .decrypt(self.transport.algorithm(), &self.key, &mut room, None)
                .ok()?;
            self.cipher.decrypt(key, &self.text)
        })
    }
}

impl Cipher {
    /// A key of another length is no key of this cipher: the libraries say so.
    fn decrypt(self, key: &[u8], text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (aead, block) = match self {
            Self::Aes128Gcm => (Some(&AES_128_GCM), &AES_128),
            Self::Aes256Gcm => (Some(&AES_256_GCM), &AES_256),
            Self::Aes128Cbc => (None, &AES_128),
            Self::Aes256Cbc => (None, &AES_256),
        };
        let plain = if let Some(aead) = aead {
            let (nonce, sealed) = text.split_first_chunk::<12>()?;
            let key = LessSafeKey::new(UnboundKey::new(aead, key).ok()?);
            let mut sealed = Zeroizing::new(sealed.to_vec());
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let length = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?.len();
            sealed.truncate(length);
            sealed
        } else {
            let (first, sealed) = text.split_first_chunk::<16>()?;
            let key = UnboundCipherKey::new(block, key).ok()?;
            let key = PaddedBlockDecryptingKey::cbc_iso10126(key).ok()?;
            let mut sealed = Zeroizing::new(sealed.to_vec());
            let context = DecryptionContext::Iv128(FixedLength::from(first));
            let length = key.decrypt(&mut sealed, context).ok()?.len();
            sealed.truncate(length);
            sealed
        };
        Some(plain)
    }
}

/// Whether this is a key that assertions may be encrypted for.
pub(crate) fn opens_assertions(pem: &Secret) -> bool {
    private_key(pem).is_some()
}

/// A private key for RSA, in PEM and not encrypted. Strangers make us use it, so it is no slower than it must be (threat 12).
fn private_key(pem: &Secret) -> Option<PrivateDecryptingKey> {
    let block = pem::block(pem.expose())?;
    let key = match block.label.as_str() {
        "PRIVATE KEY" => PrivateDecryptingKey::from_pkcs8(&block.contents),
        "RSA PRIVATE KEY" => {
            let der: Pkcs8V1Der<'_> = KeyPair::from_der(&block.contents).ok()?.as_der().ok()?;
            PrivateDecryptingKey::from_pkcs8(der.as_ref())
        }
        _ => return None,
    };
    key.ok().filter(|key| BITS.contains(&key.key_size_bits()))
}
