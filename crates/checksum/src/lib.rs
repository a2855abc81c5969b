//! S3's five checksums, and MD5: what a client announces of a body, what the body's bytes give, and whether the two agree.
//!
//! Pure: bytes go in, values come out. The gateway checks with it what it lets through, the object store what it keeps, so
//! that both mean the same ("Checking object integrity in Amazon S3", S3 User Guide).

mod announced;

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::Digest as _;
use serde::{Deserialize, Serialize};

pub use announced::{Announced, Check, Invalid, Mismatch};

/// A checksum algorithm of S3.
///
/// The variants' names are part of the object store's format on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// CRC-32/ISO-HDLC.
    Crc32,
    /// CRC-32/ISCSI.
    Crc32c,
    /// CRC-64/NVME.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// The algorithm of this name, as in `x-amz-sdk-checksum-algorithm`, in letters of either case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// The algorithm whose values this header carries, in letters of either case.
    pub fn of_header(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.header().eq_ignore_ascii_case(name))
    }

    /// Such as `CRC32`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header, or trailer, that carries its values.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// How many bytes a value has before it is encoded.
    const fn size(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// How many characters a value has in base64.
    pub const fn encoded_size(self) -> usize {
        self.size().div_ceil(3) * 4
    }

    const fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    /// Whether a multipart upload with this algorithm gets a checksum of the parts' checksums when it does not say.
    pub fn composite_by_default(self) -> bool {
        self != Self::Crc64Nvme
    }

    /// Whether a multipart upload may ask for such a checksum, or, if not `composite`, for one of the whole object.
    pub fn can_be(self, composite: bool) -> bool {
        match self {
            Self::Crc32 | Self::Crc32c => true,
            Self::Crc64Nvme => !composite,
            Self::Sha1 | Self::Sha256 => composite,
        }
    }
}

/// The checksum of an object or a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Of which kind.
    pub algorithm: Algorithm,
    /// Base64, as in the header; a composite one ends with `-` and the number of parts.
    pub value: String,
    /// Of the parts' checksums rather than of the bytes.
    pub composite: bool,
}

impl Sum {
    fn new(algorithm: Algorithm, raw: &[u8]) -> Self {
        Self {
            algorithm,
            value: STANDARD.encode(raw),
            composite: false,
        }
    }

    fn raw(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.value).ok()
    }
}

/// Computes a checksum while a body streams.
pub struct Hasher {
    algorithm: Algorithm,
    state: State,
}

enum State {
    Crc(Box<crc_fast::Digest>),
    Sha(Box<digest::Context>),
}

impl Hasher {
    /// Of no bytes yet.
    pub fn new(algorithm: Algorithm) -> Self {
        let state = match (algorithm.crc(), algorithm) {
            (Some(crc), _) => State::Crc(Box::new(crc_fast::Digest::new(crc))),
            (None, Algorithm::Sha1) => State::Sha(Box::new(digest::Context::new(&SHA1_FOR_LEGACY_USE_ONLY))),
            (None, _) => State::Sha(Box::new(digest::Context::new(&SHA256))),
        };
        Self { algorithm, state }
    }

    /// Of which kind.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Crc(crc) => crc.update(bytes),
            State::Sha(sha) => sha.update(bytes),
        }
    }

    /// The checksum of all that came.
    pub fn finish(self) -> Sum {
        match self.state {
            State::Crc(crc) => Sum::new(self.algorithm, &crc_bytes(self.algorithm, crc.finalize())),
            State::Sha(sha) => Sum::new(self.algorithm, sha.finish().as_ref()),
        }
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// Computes an MD5, of which entity tags and `Content-MD5` are made.
#[derive(Clone, Debug, Default)]
pub struct Md5(md5::Md5);

impl Md5 {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The MD5 of all that came.
    pub fn finish(self) -> [u8; 16] {
        self.0.finalize().into()
    }

    /// The value of `Content-MD5` for a body that is all there.
    pub fn header(bytes: &[u8]) -> String {
        STANDARD.encode(md5::Md5::digest(bytes))
    }
}

/// The entity tag of a multipart object: the MD5 of the parts' MD5s (in hexadecimal), and how many they were.
pub fn composite_etag<'a>(parts: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = parts.len();
    let mut md5 = Md5::default();
    for etag in parts {
        md5.update(&hex::decode(etag).unwrap_or_default());
    }
    format!("{}-{count}", hex::encode(md5.finish()))
}

/// The checksum of a multipart object from those of its parts, each with its size in bytes. `None` where a part lacks one.
pub fn combine(algorithm: Algorithm, composite: bool, parts: &[(&Sum, u64)]) -> Option<Sum> {
    if parts.iter().any(|(sum, _)| sum.algorithm != algorithm) {
        return None;
    }
    if composite {
        let mut hasher = Hasher::new(algorithm);
        for (sum, _) in parts {
            hasher.update(&sum.raw()?);
        }
        let value = format!("{}-{}", hasher.finish().value, parts.len());
        return Some(Sum {
            algorithm,
            value,
            composite: true,
        });
    }
    let crc = algorithm.crc()?;
    let mut whole: Option<u64> = None;
    for (sum, size) in parts {
        let value = sum
            .raw()?
            .into_iter()
            .fold(0, |value, byte| value << 8 | u64::from(byte));
        whole = Some(whole.map_or(value, |before| crc_fast::checksum_combine(crc, before, value, *size)));
    }
    Some(Sum::new(algorithm, &crc_bytes(algorithm, whole?)))
}

/// The last bytes of the number, most significant first, as many as the algorithm has.
fn crc_bytes(algorithm: Algorithm, value: u64) -> Vec<u8> {
    value.to_be_bytes().into_iter().skip(8 - algorithm.size()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRCS: [Algorithm; 3] = [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme];

    fn sum(algorithm: Algorithm, bytes: &[u8]) -> Sum {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    #[test]
    fn each_algorithm_gives_its_published_check_value() {
        // The catalogue's check values are of the nine digits (reveng.sourceforge.io/crc-catalogue), in base64 here.
        for (algorithm, expected) in CRCS.into_iter().zip(["y/Q5Jg==", "4waSgw==", "rosUhgp5mIg="]) {
            assert_eq!(sum(algorithm, b"123456789").value, expected);
        }
        assert_eq!(sum(Algorithm::Sha1, b"abc").value, "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
        assert_eq!(
            sum(Algorithm::Sha256, b"abc").value,
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
        );
        assert_eq!(Md5::header(b"123456789"), "JfnnlDI7RTiF9RgfG2JNCw==");
    }

    #[test]
    fn the_checksum_of_the_whole_follows_from_those_of_its_parts() {
        let (first, second, third) = (vec![1; 1000], vec![2; 77], b"end".to_vec());
        let whole = [first.clone(), second.clone(), third.clone()].concat();
        for algorithm in CRCS {
            let sums = [&first, &second, &third].map(|part| (sum(algorithm, part), part.len() as u64));
            let parts: Vec<_> = sums.iter().map(|(sum, size)| (sum, *size)).collect();
            assert_eq!(combine(algorithm, false, &parts), Some(sum(algorithm, &whole)));
        }
    }

    #[test]
    fn names_and_headers_are_read_in_letters_of_either_case_and_nothing_else_is() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(&algorithm.name().to_lowercase()), Some(algorithm));
            assert_eq!(
                Algorithm::of_header(&algorithm.header().to_uppercase()),
                Some(algorithm)
            );
            assert_eq!(sum(algorithm, b"").value.len(), algorithm.encoded_size());
        }
        assert_eq!(Algorithm::parse("MD5"), None);
        for other in ["x-amz-checksum-type", "x-amz-checksum-mode", "x-amz-checksum-algorithm"] {
            assert_eq!(Algorithm::of_header(other), None);
        }
    }

    #[test]
    fn the_format_on_disk_stays() {
        let names: Vec<String> = Algorithm::ALL
            .iter()
            .map(|algorithm| format!("{algorithm:?}"))
            .collect();
        assert_eq!(names, ["Crc32", "Crc32c", "Crc64Nvme", "Sha1", "Sha256"]);
    }
}
