//! Users' passwords: kept as a slow hash alone, never as they are.
//!
//! All hashes of one login profile share one salt, so that a single derivation tells whether a new password was used
//! before. The salt belongs to the profile: a profile that is made anew has another.

use std::num::NonZeroU32;

use aws_lc_rs::{constant_time::verify_slices_are_equal, pbkdf2};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::keys::{Entropy, NoEntropy, random};

/// Rounds of PBKDF2-HMAC-SHA256 (OWASP: Password Storage Cheat Sheet).
const ROUNDS: NonZeroU32 = match NonZeroU32::new(600_000) {
    Some(rounds) => rounds,
    None => NonZeroU32::MAX,
};

/// How the hashes of one profile come of passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// 128 random bits in hexadecimal, used as they are written.
    salt: String,
    /// Kept with the hashes, so that more rounds can be asked of new profiles later.
    rounds: NonZeroU32,
}

impl Derivation {
    /// With a new salt.
    pub fn new(entropy: &dyn Entropy) -> Result<Self, NoEntropy> {
        Ok(Self {
            salt: hex::encode(random::<16>(entropy)?),
            rounds: ROUNDS,
        })
    }

    /// With few rounds, for tests alone.
    #[cfg(test)]
    pub(crate) fn quick(salt: &str) -> Self {
        Self {
            salt: salt.to_owned(),
            rounds: NonZeroU32::MIN,
        }
    }

    /// The hash of a password. Takes long on purpose: not for a thread that serves others.
    pub fn derive(&self, password: &str) -> Hashed {
        let mut hash = Zeroizing::new([0; 32]);
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA256,
            self.rounds,
            self.salt.as_bytes(),
            password.as_bytes(),
            &mut *hash,
        );
        Hashed { of: self.clone(), hash }
    }
}

/// A password's hash, fresh from its password.
#[derive(Clone)]
pub struct Hashed {
    of: Derivation,
    hash: Zeroizing<[u8; 32]>,
}

impl Hashed {
    /// How it was derived.
    pub fn derivation(&self) -> &Derivation {
        &self.of
    }

    /// What is kept of it, in hexadecimal.
    pub(crate) fn kept(&self) -> String {
        hex::encode(*self.hash)
    }

    /// Whether it is the hash that was kept; in constant time. What cannot be read is nobody's hash.
    pub(crate) fn is(&self, kept: &str) -> bool {
        hex::decode(kept).is_ok_and(|kept| verify_slices_are_equal(&*self.hash, &kept).is_ok())
    }
}

impl std::fmt::Debug for Hashed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{redacted}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SystemEntropy;

    #[test]
    fn a_hash_is_that_of_its_password_and_salt_alone() {
        let derivation = Derivation::quick("a");
        let kept = derivation.derive("Secret-1").kept();
        assert!(derivation.derive("Secret-1").is(&kept));
        assert!(!derivation.derive("Secret-2").is(&kept));
        assert!(!Derivation::quick("b").derive("Secret-1").is(&kept));
        assert!(!derivation.derive("Secret-1").is(""));
        assert!(!derivation.derive("Secret-1").is("not hexadecimal"));
    }

    /// The vector of RFC 7914, section 11, first 32 bytes.
    #[test]
    fn the_hash_is_pbkdf2() {
        assert_eq!(
            Derivation::quick("salt").derive("passwd").kept(),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        );
    }

    #[test]
    fn a_new_profile_has_a_salt_of_its_own_and_many_rounds() {
        let (one, other) = (
            Derivation::new(&SystemEntropy).unwrap(),
            Derivation::new(&SystemEntropy).unwrap(),
        );
        assert_ne!(one.salt, other.salt);
        assert!(one.rounds.get() >= 600_000);
    }

    #[test]
    fn a_hash_does_not_show() {
        assert_eq!(format!("{:?}", Derivation::quick("a").derive("p")), "{redacted}");
    }
}
