//! Checksums: S3's five, and MD5 for entity tags.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};
use s3s::S3Error;
use s3s::dto::{ChecksumAlgorithm, ChecksumType};
use serde::{Deserialize, Serialize};

use crate::fault;

/// A checksum algorithm of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(crate) fn parse(name: &str) -> Result<Self, S3Error> {
        match name.to_ascii_uppercase().as_str() {
            "CRC32" => Ok(Self::Crc32),
            "CRC32C" => Ok(Self::Crc32c),
            "CRC64NVME" => Ok(Self::Crc64Nvme),
            "SHA1" => Ok(Self::Sha1),
            "SHA256" => Ok(Self::Sha256),
            _ => Err(fault::invalid_request(
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
            )),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    pub(crate) fn to_dto(self) -> ChecksumAlgorithm {
        ChecksumAlgorithm::from_static(self.name())
    }

    fn size(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    /// Whether a multipart upload with this algorithm gets a checksum of the parts' checksums when it does not say.
    pub(crate) fn composite_by_default(self) -> bool {
        self != Self::Crc64Nvme
    }
}

/// The checksum of an object or a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) algorithm: Algorithm,
    /// Base64, as in the header.
    pub(crate) value: String,
    /// Of the parts' checksums rather than of the bytes.
    pub(crate) composite: bool,
}

impl Sum {
    fn new(algorithm: Algorithm, raw: &[u8]) -> Self {
        Self {
            algorithm,
            value: STANDARD.encode(raw),
            composite: false,
        }
    }

    pub(crate) fn kind(&self) -> ChecksumType {
        ChecksumType::from_static(if self.composite {
            ChecksumType::COMPOSITE
        } else {
            ChecksumType::FULL_OBJECT
        })
    }

    fn raw(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.value).ok()
    }
}

/// Copies a checksum into the five fields that every output has for it.
macro_rules! show_sum {
    ($output:expr, $sum:expr) => {
        if let Some(sum) = $sum {
            let value = Some(sum.value.clone());
            match sum.algorithm {
                $crate::digest::Algorithm::Crc32 => $output.checksum_crc32 = value,
                $crate::digest::Algorithm::Crc32c => $output.checksum_crc32c = value,
                $crate::digest::Algorithm::Crc64Nvme => $output.checksum_crc64nvme = value,
                $crate::digest::Algorithm::Sha1 => $output.checksum_sha1 = value,
                $crate::digest::Algorithm::Sha256 => $output.checksum_sha256 = value,
            }
        }
    };
}
pub(crate) use show_sum;

/// Reads the checksum that a request announces from the five fields that every input has for it.
macro_rules! announced_sum {
    ($input:expr) => {
        $crate::digest::Announced::one_of([
            ($crate::digest::Algorithm::Crc32, $input.checksum_crc32.take()),
            ($crate::digest::Algorithm::Crc32c, $input.checksum_crc32c.take()),
            ($crate::digest::Algorithm::Crc64Nvme, $input.checksum_crc64nvme.take()),
            ($crate::digest::Algorithm::Sha1, $input.checksum_sha1.take()),
            ($crate::digest::Algorithm::Sha256, $input.checksum_sha256.take()),
        ])
    };
}
pub(crate) use announced_sum;

/// What the client says that a body's checksums are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Announced {
    pub(crate) md5: Option<[u8; 16]>,
    pub(crate) sum: Option<(Algorithm, String)>,
}

impl Announced {
    pub(crate) fn one_of(fields: [(Algorithm, Option<String>); 5]) -> Result<Self, S3Error> {
        let mut found = fields
            .into_iter()
            .filter_map(|(algorithm, value)| value.map(|value| (algorithm, value)));
        let sum = found.next();
        if found.next().is_some() {
            return Err(fault::invalid_request(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
            ));
        }
        Ok(Self { md5: None, sum })
    }

    /// The same, of a single body, where the value must look like a checksum.
    pub(crate) fn of_body(mut self, md5: Option<String>) -> Result<Self, S3Error> {
        if let Some((algorithm, value)) = &self.sum
            && STANDARD
                .decode(value)
                .ok()
                .is_none_or(|raw| raw.len() != algorithm.size())
        {
            let name = algorithm.name().to_ascii_lowercase();
            return Err(fault::invalid_request(format!(
                "Value for x-amz-checksum-{name} header is invalid."
            )));
        }
        if let Some(md5) = md5 {
            let raw = STANDARD.decode(md5).ok().and_then(|raw| <[u8; 16]>::try_from(raw).ok());
            self.md5 = Some(raw.ok_or_else(fault::invalid_digest)?);
        }
        Ok(self)
    }
}

/// Hashes a body while it is written.
pub(crate) struct Hasher {
    md5: Md5,
    algorithm: Algorithm,
    sum: Kind,
}

enum Kind {
    Crc(Box<crc_fast::Digest>),
    Sha(digest::Context),
}

/// The hashes of a body.
#[derive(Clone, Debug)]
pub(crate) struct Hashes {
    pub(crate) md5: [u8; 16],
    pub(crate) sum: Sum,
}

impl Hasher {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let sum = match (algorithm.crc(), algorithm) {
            (Some(crc), _) => Kind::Crc(Box::new(crc_fast::Digest::new(crc))),
            (None, Algorithm::Sha1) => Kind::Sha(digest::Context::new(&SHA1_FOR_LEGACY_USE_ONLY)),
            (None, _) => Kind::Sha(digest::Context::new(&SHA256)),
        };
        Self {
            md5: Md5::new(),
            algorithm,
            sum,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        match &mut self.sum {
            Kind::Crc(crc) => crc.update(bytes),
            Kind::Sha(sha) => sha.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Hashes {
        let sum = match self.sum {
            Kind::Crc(crc) => Sum::new(self.algorithm, &crc_bytes(self.algorithm, crc.finalize())),
            Kind::Sha(sha) => Sum::new(self.algorithm, sha.finish().as_ref()),
        };
        Hashes {
            md5: self.md5.finalize().into(),
            sum,
        }
    }
}

impl Hashes {
    /// Refuses a body that is not what was announced.
    pub(crate) fn verify(&self, announced: &Announced) -> Result<(), S3Error> {
        if announced.md5.is_some_and(|md5| md5 != self.md5) {
            return Err(fault::bad_md5());
        }
        match &announced.sum {
            Some((algorithm, value)) if *algorithm != self.sum.algorithm || *value != self.sum.value => {
                Err(fault::bad_checksum(algorithm.name()))
            }
            _ => Ok(()),
        }
    }
}

/// The entity tag of a multipart object: the MD5 of the parts' MD5s, and how many they were.
pub(crate) fn composite_etag<'a>(parts: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = parts.len();
    let mut md5 = Md5::new();
    for etag in parts {
        md5.update(hex::decode(etag).unwrap_or_default());
    }
    format!("{}-{count}", hex::encode(md5.finalize()))
}

/// The checksum of a multipart object from those of its parts, each with its size. `None` where a part lacks one.
pub(crate) fn combine(algorithm: Algorithm, composite: bool, parts: &[(&Sum, u64)]) -> Option<Sum> {
    if parts.iter().any(|(sum, _)| sum.algorithm != algorithm) {
        return None;
    }
    if composite {
        let mut hasher = Hasher::new(algorithm);
        for (sum, _) in parts {
            hasher.update(&sum.raw()?);
        }
        let value = format!("{}-{}", hasher.finish().sum.value, parts.len());
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
        hasher.finish().sum
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
}
