//! Ids that AWS gives out (IAM User Guide: IAM identifiers).

use std::{fmt, str::FromStr};

use crate::name::Invalid;

/// An AWS account id: twelve digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        // INVARIANT: only ASCII digits are ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AccountId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match <[u8; 12]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
            _ => Err(Invalid {
                what: "account id",
                text: text.to_owned(),
                rule: "twelve digits",
            }),
        }
    }
}

/// The prefixes of unique ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdKind {
    /// `AROA`
    Role,
    /// `AIDA`
    User,
    /// `AGPA`
    Group,
    /// `ANPA`
    ManagedPolicy,
    /// `AIPA`
    InstanceProfile,
    /// `APKA`
    PublicKey,
    /// `ASCA`
    ServerCertificate,
    /// `ACCA`
    ServiceSpecificCredential,
}

impl IdKind {
    /// The four letters that ids of this kind start with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Role => "AROA",
            Self::User => "AIDA",
            Self::Group => "AGPA",
            Self::ManagedPolicy => "ANPA",
            Self::InstanceProfile => "AIPA",
            Self::PublicKey => "APKA",
            Self::ServerCertificate => "ASCA",
            Self::ServiceSpecificCredential => "ACCA",
        }
    }
}

/// A unique id, such as `AROADBQP57FF2AEXAMPLE`: a prefix and 17 of `A`-`Z` and `2`-`7`. An id never comes back.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UniqueId(String);

impl UniqueId {
    /// An id of this kind from random bytes; 85 of their bits are used.
    pub fn from_random(kind: IdKind, random: [u8; 11]) -> Self {
        Self(format!("{}{}", kind.prefix(), base32::<17>(&random)))
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UniqueId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good =
            (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid {
                what: "unique id",
                text: text.to_owned(),
                rule: "16 to 128 capital letters and digits",
            })
        }
    }
}

/// An access key id: `AKIA…` for long-term keys, `ASIA…` for sessions.
///
/// As AWS's do, ours carry the account: the eight characters after the prefix are the account id in base 32, so that
/// `GetAccessKeyInfo` needs no look-up.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// A long-term key's id; 40 random bits.
    pub fn long_term(account: AccountId, random: [u8; 5]) -> Self {
        Self::build("AKIA", account, random)
    }

    /// A session's key id; 40 random bits.
    pub fn temporary(account: AccountId, random: [u8; 5]) -> Self {
        Self::build("ASIA", account, random)
    }

    fn build(prefix: &str, account: AccountId, random: [u8; 5]) -> Self {
        // Twelve digits fit into 40 bits: eight characters of base 32.
        let number: u64 = account.as_str().parse().unwrap_or_default();
        let [_, _, _, account @ ..] = number.to_be_bytes();
        let mut id = String::with_capacity(20);
        id.push_str(prefix);
        push_base32::<8>(&account, &mut id);
        push_base32::<8>(&random, &mut id);
        Self(id)
    }

    /// The account that the id carries.
    pub fn account(&self) -> Option<AccountId> {
        let mut number: u64 = 0;
        for byte in self.0.as_bytes().get(4..12)? {
            let digit = ALPHABET.iter().position(|letter| letter == byte)?;
            number = number.checked_mul(32)?.checked_add(u64::try_from(digit).ok()?)?;
        }
        format!("{number:012}").parse().ok()
    }

    /// Whether it is a session's.
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with("ASIA")
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessKeyId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good = (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid {
                what: "access key id",
                text: text.to_owned(),
                rule: "16 to 128 letters and digits",
            })
        }
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The first `N` characters of base 32 (RFC 4648, section 6) of `bytes`, which must have enough bits.
pub fn base32<const N: usize>(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(N);
    push_base32::<N>(bytes, &mut text);
    text
}

fn push_base32<const N: usize>(bytes: &[u8], text: &mut String) {
    let (mut bits, mut held) = (0_u16, 0);
    let mut rest = bytes.iter();
    for _ in 0..N {
        if held < 5 {
            bits = bits << 8 | u16::from(rest.next().copied().unwrap_or_default());
            held += 8;
        }
        held -= 5;
        let letter = ALPHABET.get(usize::from(bits >> held & 31));
        text.push(char::from(letter.copied().unwrap_or(b'A')));
    }
}

/// Random bytes as a UUID of version 4 (RFC 9562, section 5.4).
pub fn uuid(mut bytes: [u8; 16]) -> String {
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = *version & 0x0f | 0x40;
    *variant = *variant & 0x3f | 0x80;
    let mut id = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        for half in [byte >> 4, byte & 0xf] {
            id.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    id
}

macro_rules! textual {
    ($($type:ty)*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str { self.as_str() }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

textual! { AccountId UniqueId AccessKeyId }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_have_twelve_digits() {
        assert_eq!("123456789012".parse::<AccountId>().unwrap().as_str(), "123456789012");
        for wrong in ["", "12345678901", "1234567890123", "12345678901a", "１２３４"] {
            assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn uuids_are_of_version_4() {
        assert_eq!(uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }

    #[test]
    fn unique_ids_look_like_aws_ones() {
        let id = UniqueId::from_random(IdKind::Role, [0xff; 11]);
        assert_eq!(id.as_str(), "AROA77777777777777777");
        assert_eq!(id.as_str().len(), 21);
    }

    #[test]
    fn access_key_ids_carry_their_account() {
        for account in ["123456789012", "000000000000", "999999999999"] {
            let account: AccountId = account.parse().unwrap();
            let key = AccessKeyId::temporary(account, [1, 2, 3, 4, 5]);
            assert_eq!(key.as_str().len(), 20);
            assert_eq!(key.account(), Some(account));
            assert!(key.is_temporary());
        }
        assert!(!"AKIAIOSFODNN7EXAMPLE".parse::<AccessKeyId>().unwrap().is_temporary());
    }
}
