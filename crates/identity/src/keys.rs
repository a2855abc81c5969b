//! The keys that everything secret hangs on (threats 4 and 11).
//!
//! ```text
//! root key (a file of our own, or the environment)
//!  └─ wraps ─► sealing keys (one a day, in the store)      long-term secrets (in their records)
//!               └─ HKDF, one label for each use ─► session token · session secret · pagination marker · encoded message
//! ```
//!
//! Every sealed text has its own 256-bit salt, from which its own AES-256-GCM key is derived: no key ever seals twice,
//! so that the nonce can be constant and no counter has to survive a crash. The label, the version and the key's id are
//! associated data and each use has its own derived key, so that one kind of text never opens as another.

mod root;
mod sealing;

use std::cell::RefCell;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{self, HKDF_SHA256, KeyType, Prk},
};
use zeroize::{Zeroize as _, Zeroizing};

pub use self::{
    root::{RootKey, RootKeyError},
    sealing::{Label, OVERLAP, ROTATION, SealingKeys, SealingKeysError},
};

/// Bytes of salt that every sealed text starts from.
pub const SALT: usize = 32;
const TAG: usize = 16;

/// Why something sealed does not open. Nothing more is told: to whoever brings it, all wrong texts are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed text does not open")]
pub struct DoesNotOpen;

/// A source of randomness, passed in like the time.
pub trait Entropy: Send + Sync {
    /// Fills `out` with random bytes, or says that there are none.
    fn fill(&self, out: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The system has no randomness to give. Nothing is issued then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random generator failed")]
pub struct NoEntropy;

/// The randomness of the cryptographic library, which the system seeds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), NoEntropy> {
        if out.len() > SMALL {
            return aws_lc_rs::rand::fill(out).map_err(|_| NoEntropy);
        }
        AHEAD.with_borrow_mut(|ahead| ahead.take(out))
    }
}

/// Ids and salts are no longer; each exchange takes three.
const SMALL: usize = 64;

thread_local! {
    /// The library's generator reseeds at every call, which costs more than the bytes themselves.
    static AHEAD: RefCell<Ahead> = RefCell::default();
}

/// Random bytes that were drawn ahead. Each is handed out once, and wiped then.
struct Ahead {
    bytes: Zeroizing<[u8; 1024]>,
    left: usize,
}

impl Default for Ahead {
    fn default() -> Self {
        Self {
            bytes: Zeroizing::new([0; 1024]),
            left: 0,
        }
    }
}

impl Ahead {
    fn take(&mut self, out: &mut [u8]) -> Result<(), NoEntropy> {
        if self.left < out.len() {
            self.left = 0;
            aws_lc_rs::rand::fill(self.bytes.as_mut_slice()).map_err(|_| NoEntropy)?;
            self.left = self.bytes.len();
        }
        let start = self.left.saturating_sub(out.len());
        let taken = self.bytes.get_mut(start..self.left).ok_or(NoEntropy)?;
        out.copy_from_slice(taken);
        taken.zeroize();
        self.left = start;
        Ok(())
    }
}

/// `N` random bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], NoEntropy> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

struct Len(usize);

impl KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-Extract: a pseudorandom key from a secret.
fn extract(salt: &[u8], secret: &[u8]) -> Prk {
    hkdf::Salt::new(HKDF_SHA256, salt).extract(secret)
}

/// HKDF-Expand. The parts of `info` must have fixed lengths but for the last one.
fn expand<const N: usize>(key: &Prk, info: &[&[u8]]) -> Result<Zeroizing<[u8; N]>, DoesNotOpen> {
    let mut out = Zeroizing::new([0; N]);
    key.expand(info, Len(N))
        .and_then(|okm| okm.fill(out.as_mut_slice()))
        .map_err(|_| DoesNotOpen)?;
    Ok(out)
}

/// The key for exactly one text.
fn one_time(key: &Prk, salt: &[u8; SALT]) -> Result<LessSafeKey, DoesNotOpen> {
    let bytes = expand::<32>(key, &[salt])?;
    UnboundKey::new(&AES_256_GCM, bytes.as_slice())
        .map(LessSafeKey::new)
        .map_err(|_| DoesNotOpen)
}

/// Encrypts `text` from `from` on, in place, and appends the tag.
fn encrypt(key: &Prk, salt: &[u8; SALT], aad: &[u8], text: &mut Vec<u8>, from: usize) -> Result<(), DoesNotOpen> {
    let tag = {
        let body = text.get_mut(from..).ok_or(DoesNotOpen)?;
        one_time(key, salt)?
            .seal_in_place_separate_tag(constant_nonce(), Aad::from(aad), body)
            .map_err(|_| DoesNotOpen)?
    };
    text.extend_from_slice(tag.as_ref());
    Ok(())
}

/// Decrypts in place and gives the plain part.
fn decrypt<'a>(key: &Prk, salt: &[u8; SALT], aad: &[u8], sealed: &'a mut [u8]) -> Result<&'a [u8], DoesNotOpen> {
    one_time(key, salt)?
        .open_in_place(constant_nonce(), Aad::from(aad), sealed)
        .map(|plain| &*plain)
        .map_err(|_| DoesNotOpen)
}

// INVARIANT: each AES key comes from its own 256-bit salt and seals one text, so one nonce does for all.
fn constant_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_was_drawn_ahead_is_handed_out_once() {
        let mut ahead = Ahead::default();
        let mut seen = HashSet::new();
        for _ in 0..100 {
            let mut out = [0; 48];
            ahead.take(&mut out).unwrap();
            assert!(seen.insert(out), "handed out twice");
            assert!(ahead.bytes[ahead.left..].iter().all(|byte| *byte == 0), "not wiped");
        }
        for length in [0, 1, SMALL, SMALL + 1, 5000] {
            let (mut one, mut other) = (vec![0; length], vec![0; length]);
            SystemEntropy.fill(&mut one).unwrap();
            SystemEntropy.fill(&mut other).unwrap();
            assert!(length < 16 || one != other);
        }
    }
}
