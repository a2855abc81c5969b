//! AWS Signature Version 4: read what is presented, verify it, sign (AWS General Reference: Signature Version 4 signing
//! process; Amazon S3 API Reference: Authenticating Requests).
//!
//! Pure: the key and the time are arguments. A signature is verified in three steps, since the key is looked up between
//! the first and the last:
//!
//! 1. [`Presented::read`] takes the credential and the signature from a header or a presigned URL, or says what is wrong.
//! 2. The caller finds the secret of [`Presented::access_key_id`] and derives a [`SigningKey`], or has one prepared.
//! 3. [`Presented::verify`] computes the signature of the request and compares in constant time. Only it makes a
//!    [`Signed`].

use std::time::{Duration, SystemTime};

pub(crate) use self::canonical::push_uri_encoded;

mod canonical;
mod key;
mod presented;
mod sign;

pub use self::{
    canonical::{Path, RequestParts},
    key::SigningKey,
    presented::{Presented, Rejection, Scope},
    sign::{Credentials, presign, sign},
};

/// The only algorithm that is accepted.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How far the client's clock may be from ours.
pub const SKEW: Duration = Duration::from_mins(15);
/// AWS's longest life of a presigned URL.
pub const LONGEST_PRESIGNED: Duration = Duration::from_hours(7 * 24);
/// The SHA-256 of nothing.
pub const EMPTY_HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The proof that a request was signed with the key of its access key id: the seed of a chunked body's signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    signature: String,
    date: String,
    scope: String,
}

impl Signed {
    /// The signature of the request, from which those of its chunks are chained.
    pub fn seed(&self) -> &str {
        &self.signature
    }

    /// The date of the request, such as `20261125T031500Z`.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The scope, such as `20261125/us-east-2/s3/aws4_request`.
    pub fn scope(&self) -> &str {
        &self.scope
    }
}

/// What the header `x-amz-content-sha256` says of the body (Amazon S3 API Reference: Signature calculations).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload<'a> {
    /// The body's SHA-256, in lower-case hexadecimal.
    Hash(&'a str),
    /// `UNSIGNED-PAYLOAD`: the signature does not cover the body.
    Unsigned,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`: signed chunks.
    SignedChunks,
    /// `STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER`: signed chunks and a signed trailer.
    SignedChunksAndTrailer,
    /// `STREAMING-UNSIGNED-PAYLOAD-TRAILER`: chunks without signatures, and a trailer with a checksum.
    UnsignedTrailer,
}

impl<'a> Payload<'a> {
    /// Reads the header's value; `None` where it is none of these.
    pub fn parse(value: &'a str) -> Option<Self> {
        Some(match value {
            "UNSIGNED-PAYLOAD" => Self::Unsigned,
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => Self::SignedChunks,
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => Self::SignedChunksAndTrailer,
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => Self::UnsignedTrailer,
            hash if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) => {
                Self::Hash(hash)
            }
            _ => return None,
        })
    }
}

/// The SHA-256 of a body, in lower-case hexadecimal.
pub fn hash(body: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body).as_ref())
}

/// The time of a text like `20261125T031500Z`.
pub fn parse_date(text: &str) -> Option<SystemTime> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes.get(8) != Some(&b'T') || bytes.get(15) != Some(&b'Z') {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let date = jiff::civil::DateTime::new(
        number(0, 4)?.try_into().ok()?,
        number(4, 6)?.try_into().ok()?,
        number(6, 8)?.try_into().ok()?,
        number(9, 11)?.try_into().ok()?,
        number(11, 13)?.try_into().ok()?,
        number(13, 15)?.try_into().ok()?,
        0,
    );
    let seconds = jiff::tz::Offset::UTC.to_timestamp(date.ok()?).ok()?.as_second();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

/// The time as a text like `20261125T031500Z`.
pub fn format_date(time: SystemTime) -> String {
    let seconds = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let timestamp = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let civil = jiff::tz::Offset::UTC.to_datetime(timestamp.unwrap_or(jiff::Timestamp::UNIX_EPOCH));
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    )
}

#[cfg(test)]
mod tests;
