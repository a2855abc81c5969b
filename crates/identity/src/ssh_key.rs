//! Public keys for SSH as users upload them: `ssh-rsa` (RFC 4253, section 6.6) or PEM.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};

use crate::{
    der::{self, Reader, element},
    error::{Error, Flaw},
    pem,
};

/// `1.2.840.113549.1.1.1`, and no parameters.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// "The minimum bit-length of the public key is 2048 bits" (IAM API Reference: `UploadSSHPublicKey`).
const LEAST_BITS: usize = 2048;
const MOST_BITS: usize = 16_384;
const KIND: &[u8] = b"ssh-rsa";

/// An RSA public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SshKey {
    /// Both as DER and SSH have them: with a zero in front where the first bit is set.
    exponent: Vec<u8>,
    modulus: Vec<u8>,
}

impl SshKey {
    /// Reads what was uploaded.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let unrecognized = || {
            Error::Unusable(
                Flaw::UnrecognizedPublicKeyEncoding,
                "Invalid public key uploaded.".to_owned(),
            )
        };
        let invalid = || {
            Error::Unusable(
                Flaw::InvalidPublicKey,
                "The public key is malformed or otherwise invalid.".to_owned(),
            )
        };
        let text = text.trim();
        let key = if text.starts_with("-----BEGIN") {
            let block = pem::block(text).ok_or_else(unrecognized)?;
            match block.label.as_str() {
                "PUBLIC KEY" => Self::of_spki(&block.contents),
                "RSA PUBLIC KEY" => Self::of_pkcs1(&block.contents),
                _ => return Err(unrecognized()),
            }
        } else {
            let mut words = text.split_ascii_whitespace();
            if words.next() != Some("ssh-rsa") {
                return Err(unrecognized());
            }
            let blob = words.next().and_then(|blob| STANDARD.decode(blob).ok());
            blob.and_then(|blob| Self::of_wire(&blob))
        };
        key.filter(Self::is_sound).ok_or_else(invalid)
    }

    fn of_wire(blob: &[u8]) -> Option<Self> {
        let mut rest = blob;
        let mut next = || {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (text, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            rest = after;
            Some(text)
        };
        let (kind, exponent, modulus) = (next()?, next()?.to_vec(), next()?.to_vec());
        (kind == KIND && rest.is_empty()).then_some(Self { exponent, modulus })
    }

    fn of_spki(bytes: &[u8]) -> Option<Self> {
        let mut outer = Reader::new(bytes);
        let mut key = outer.sequence()?;
        outer.end()?;
        let mut algorithm = key.sequence()?;
        let is_rsa = algorithm.take(der::OBJECT_IDENTIFIER)? == RSA && algorithm.take(der::NULL)?.is_empty();
        algorithm.end()?;
        let inner = key.bit_string()?;
        key.end()?;
        is_rsa.then(|| Self::of_pkcs1(inner))?
    }

    fn of_pkcs1(bytes: &[u8]) -> Option<Self> {
        let mut outer = Reader::new(bytes);
        let mut key = outer.sequence()?;
        outer.end()?;
        let (modulus, exponent) = (key.take(der::INTEGER)?.to_vec(), key.take(der::INTEGER)?.to_vec());
        key.end()?;
        Some(Self { exponent, modulus })
    }

    /// Both are positive and in their shortest form, the modulus is long enough, and both are odd, as RSA's are.
    fn is_sound(&self) -> bool {
        let positive = |number: &[u8]| match number {
            [0, second, ..] => *second >= 0x80,
            [first, ..] => (1..0x80).contains(first),
            [] => false,
        };
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        let zeros = self.modulus.iter().take_while(|byte| **byte == 0).count();
        let first = self.modulus.get(zeros).copied().unwrap_or_default();
        let bits = (self.modulus.len() - zeros) * 8 - usize::try_from(first.leading_zeros()).unwrap_or_default();
        positive(&self.modulus)
            && positive(&self.exponent)
            && odd(&self.modulus)
            && odd(&self.exponent)
            && self.exponent != [1]
            && (LEAST_BITS..=MOST_BITS).contains(&bits)
    }

    /// As a line of `authorized_keys`, without a comment.
    pub(crate) fn line(&self) -> String {
        let mut blob = Vec::new();
        for part in [KIND, &self.exponent, &self.modulus] {
            blob.extend_from_slice(&u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
            blob.extend_from_slice(part);
        }
        format!("ssh-rsa {}", STANDARD.encode(blob))
    }

    /// In PEM.
    pub(crate) fn pem(&self) -> String {
        pem::text("PUBLIC KEY", &self.der())
    }

    /// The MD5 sum of the key in DER: what tells keys apart for people, and secures nothing.
    pub(crate) fn fingerprint(&self) -> String {
        let digest = Md5::digest(self.der());
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(":")
    }

    fn der(&self) -> Vec<u8> {
        let (modulus, exponent) = (
            element(der::INTEGER, &[&self.modulus]),
            element(der::INTEGER, &[&self.exponent]),
        );
        let key = element(der::SEQUENCE, &[&modulus, &exponent]);
        let (identifier, null) = (element(der::OBJECT_IDENTIFIER, &[RSA]), element(der::NULL, &[]));
        let algorithm = element(der::SEQUENCE, &[&identifier, &null]);
        element(der::SEQUENCE, &[&algorithm, &element(der::BIT_STRING, &[&[0], &key])])
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A key of so many bits, told apart by a byte. Nobody has the private half.
    pub(crate) fn key(bits: usize, mark: u8) -> SshKey {
        let mut modulus = vec![mark; bits / 8 + 1];
        modulus[0] = 0;
        modulus[1] = 0xff;
        *modulus.last_mut().unwrap() = 1;
        SshKey {
            exponent: vec![1, 0, 1],
            modulus,
        }
    }

    fn flaw(text: &str) -> Flaw {
        match SshKey::read(text) {
            Err(Error::Unusable(flaw, _)) => flaw,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn both_forms_are_the_same_key() {
        let key = key(2048, 7);
        assert_eq!(SshKey::read(&format!("{} me@laptop\n", key.line())).unwrap(), key);
        assert_eq!(SshKey::read(&key.pem()).unwrap(), key);
        assert_eq!(key.fingerprint().len(), 47);
        assert_ne!(key.fingerprint(), super::tests::key(2048, 9).fingerprint());
    }

    /// A key of OpenSSL, and what `openssl pkey -pubin -outform DER | md5sum` says of it.
    #[test]
    fn the_fingerprint_is_the_md5_sum_of_the_key_in_der() {
        let pem = include_str!("../tests/keys/rsa-2048.pub.pem");
        let line = include_str!("../tests/keys/rsa-2048.pub");
        let key = SshKey::read(pem).unwrap();
        assert_eq!(SshKey::read(line).unwrap(), key);
        assert_eq!(key.pem().trim(), pem.trim());
        assert_eq!(Some(key.line().as_str()), line.rsplit_once(' ').map(|(line, _)| line));
        assert_eq!(key.fingerprint(), include_str!("../tests/keys/rsa-2048.md5").trim());
    }

    #[test]
    fn what_is_no_rsa_key_of_enough_bits_is_refused() {
        let good = key(2048, 7);
        for text in [
            "",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\n????\n-----END PUBLIC KEY-----",
        ] {
            assert_eq!(flaw(text), Flaw::UnrecognizedPublicKeyEncoding, "{text}");
        }
        let line = good.line();
        let even = SshKey {
            modulus: [&good.modulus[..256], &[2]].concat(),
            ..good.clone()
        };
        let padded = SshKey {
            modulus: [&[0], good.modulus.as_slice()].concat(),
            ..good.clone()
        };
        let one = SshKey {
            exponent: vec![1],
            ..good.clone()
        };
        for text in [
            "ssh-rsa".to_owned(),
            "ssh-rsa !".to_owned(),
            line.get(..line.len() - 8).unwrap().to_owned(),
            key(1024, 7).line(),
            key(1024, 7).pem(),
            key(32_768, 7).line(),
            even.line(),
            padded.line(),
            one.line(),
        ] {
            assert_eq!(flaw(&text), Flaw::InvalidPublicKey, "{text}");
        }
    }
}
