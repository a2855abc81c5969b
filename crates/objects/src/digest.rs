//! Checksums as s3s's data types have them; what they are is `rolecall_checksum`'s to say.

pub(crate) use rolecall_checksum::{Algorithm, Announced, Sum, combine, composite_etag};
use rolecall_checksum::{Hasher as SumHasher, Invalid, Md5, Mismatch};
use s3s::S3Error;
use s3s::dto::{ChecksumAlgorithm, ChecksumType};

use crate::fault;

/// The algorithm of this name.
pub(crate) fn parse(name: &str) -> Result<Algorithm, S3Error> {
    Algorithm::parse(name).ok_or_else(|| {
        fault::invalid_request(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )
    })
}

pub(crate) fn to_dto(algorithm: Algorithm) -> ChecksumAlgorithm {
    ChecksumAlgorithm::from_static(algorithm.name())
}

pub(crate) fn kind(composite: bool) -> ChecksumType {
    ChecksumType::from_static(if composite {
        ChecksumType::COMPOSITE
    } else {
        ChecksumType::FULL_OBJECT
    })
}

pub(crate) fn kind_of(sum: &Sum) -> ChecksumType {
    kind(sum.composite)
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
        $crate::digest::one_of([
            ($crate::digest::Algorithm::Crc32, $input.checksum_crc32.take()),
            ($crate::digest::Algorithm::Crc32c, $input.checksum_crc32c.take()),
            ($crate::digest::Algorithm::Crc64Nvme, $input.checksum_crc64nvme.take()),
            ($crate::digest::Algorithm::Sha1, $input.checksum_sha1.take()),
            ($crate::digest::Algorithm::Sha256, $input.checksum_sha256.take()),
        ])
    };
}
pub(crate) use announced_sum;

pub(crate) fn one_of(fields: [(Algorithm, Option<String>); 5]) -> Result<Announced, S3Error> {
    let sums = fields
        .into_iter()
        .filter_map(|(algorithm, value)| value.map(|value| (algorithm, value)));
    Announced::one_of(sums).map_err(invalid)
}

/// What is announced of a single body.
pub(crate) fn of_body(announced: Announced, md5: Option<&str>) -> Result<Announced, S3Error> {
    announced.of_body(md5).map_err(invalid)
}

fn invalid(why: Invalid) -> S3Error {
    match why {
        Invalid::Several | Invalid::Sum(_) => fault::invalid_request(why.to_string()),
        Invalid::Md5 => fault::invalid_digest(),
    }
}

/// Hashes a body while it is written.
pub(crate) struct Hasher {
    md5: Md5,
    sum: SumHasher,
}

/// The hashes of a body.
#[derive(Clone, Debug)]
pub(crate) struct Hashes {
    pub(crate) md5: [u8; 16],
    pub(crate) sum: Sum,
}

impl Hasher {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        Self {
            md5: Md5::default(),
            sum: SumHasher::new(algorithm),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sum.update(bytes);
    }

    pub(crate) fn finish(self) -> Hashes {
        Hashes {
            md5: self.md5.finish(),
            sum: self.sum.finish(),
        }
    }
}

impl Hashes {
    /// Refuses a body that is not what was announced.
    pub(crate) fn verify(&self, announced: &Announced) -> Result<(), S3Error> {
        announced
            .verify_md5(self.md5)
            .and_then(|()| announced.verify_sum(&self.sum))
            .map_err(|why| match why {
                Mismatch::Md5 => fault::bad_md5(),
                Mismatch::Sum(algorithm) => fault::bad_checksum(algorithm.name()),
            })
    }
}
