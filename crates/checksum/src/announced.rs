//! What a client says that a body's digests are, and the check of a body against it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Algorithm, Hasher, Md5, Sum};

/// What a client says that a body's digests are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// From `Content-MD5`.
    pub md5: Option<[u8; 16]>,
    /// From one of the headers `x-amz-checksum-…`, in base64.
    pub sum: Option<(Algorithm, String)>,
}

/// What is announced is no digest. Each is said as S3 says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// S3's code is `InvalidRequest`.
    #[error("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")]
    Several,
    /// S3's code is `InvalidRequest`.
    #[error("Value for {} header is invalid.", .0.header())]
    Sum(Algorithm),
    /// S3's code is `InvalidDigest`.
    #[error("The Content-MD5 you specified was invalid.")]
    Md5,
}

/// A body is not what was announced; S3's code is `BadDigest`. Each is said as S3 says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Its MD5 is another.
    #[error("The Content-MD5 you specified did not match what we received.")]
    Md5,
    /// Its checksum is another.
    #[error("The {} you specified did not match the calculated checksum.", .0.name())]
    Sum(Algorithm),
}

impl Announced {
    /// Takes at most one checksum, and does not look at its form: that of an upload in parts may be a composite one.
    pub fn one_of<T: Into<String>>(sums: impl IntoIterator<Item = (Algorithm, T)>) -> Result<Self, Invalid> {
        let mut sums = sums.into_iter();
        let sum = sums.next().map(|(algorithm, value)| (algorithm, value.into()));
        if sums.next().is_some() {
            return Err(Invalid::Several);
        }
        Ok(Self { md5: None, sum })
    }

    /// The same, of a single body, where the value must look like a checksum; and its `Content-MD5`.
    pub fn of_body(mut self, md5: Option<&str>) -> Result<Self, Invalid> {
        if let Some((algorithm, value)) = &self.sum
            && STANDARD
                .decode(value)
                .ok()
                .is_none_or(|raw| raw.len() != algorithm.size())
        {
            return Err(Invalid::Sum(*algorithm));
        }
        if let Some(md5) = md5 {
            let raw = STANDARD.decode(md5).ok().and_then(|raw| <[u8; 16]>::try_from(raw).ok());
            self.md5 = Some(raw.ok_or(Invalid::Md5)?);
        }
        Ok(self)
    }

    /// Whether nothing is announced.
    pub fn is_nothing(&self) -> bool {
        self.md5.is_none() && self.sum.is_none()
    }

    /// Compares with the MD5 that was found.
    pub fn verify_md5(&self, found: [u8; 16]) -> Result<(), Mismatch> {
        match self.md5 {
            Some(md5) if md5 != found => Err(Mismatch::Md5),
            _ => Ok(()),
        }
    }

    /// Compares with the checksum that was found. One of another kind proves nothing, and is a mismatch.
    pub fn verify_sum(&self, found: &Sum) -> Result<(), Mismatch> {
        match &self.sum {
            Some((algorithm, value)) if *algorithm != found.algorithm || *value != found.value => {
                Err(Mismatch::Sum(*algorithm))
            }
            _ => Ok(()),
        }
    }
}

/// Checks a body while it streams, and computes only what was announced.
#[derive(Debug)]
pub struct Check {
    announced: Announced,
    md5: Option<Md5>,
    sum: Option<Hasher>,
}

impl Check {
    /// Against `announced`.
    pub fn new(announced: Announced) -> Self {
        Self {
            md5: announced.md5.map(|_| Md5::default()),
            sum: announced.sum.as_ref().map(|(algorithm, _)| Hasher::new(*algorithm)),
            announced,
        }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        if let Some(sum) = &mut self.sum {
            sum.update(bytes);
        }
    }

    /// The body has ended: is it what was announced?
    pub fn finish(self) -> Result<(), Mismatch> {
        if let Some(md5) = self.md5 {
            self.announced.verify_md5(md5.finish())?;
        }
        match self.sum {
            Some(sum) => self.announced.verify_sum(&sum.finish()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRC32: (Algorithm, &str) = (Algorithm::Crc32, "y/Q5Jg==");
    const MD5: &str = "JfnnlDI7RTiF9RgfG2JNCw==";

    fn check(sum: Option<(Algorithm, &str)>, md5: Option<&str>, body: &str) -> Result<(), Mismatch> {
        let mut check = Check::new(Announced::one_of(sum).unwrap().of_body(md5).unwrap());
        check.update(body.as_bytes());
        check.finish()
    }

    #[test]
    fn a_body_must_be_all_that_was_announced() {
        assert_eq!(check(None, None, "anything"), Ok(()));
        assert_eq!(check(Some(CRC32), Some(MD5), "123456789"), Ok(()));
        assert_eq!(
            check(Some(CRC32), None, "12345678X"),
            Err(Mismatch::Sum(Algorithm::Crc32))
        );
        assert_eq!(check(None, Some(MD5), "12345678X"), Err(Mismatch::Md5));
        let other = (Algorithm::Crc32, "AAAAAA==");
        assert_eq!(
            check(Some(other), Some(MD5), "123456789"),
            Err(Mismatch::Sum(Algorithm::Crc32))
        );
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let two = [CRC32, (Algorithm::Sha1, "x")];
        assert_eq!(Announced::one_of(two), Err(Invalid::Several));
        for value in ["", "no", "y/Q5Jg", "rosUhgp5mIg=", "y/Q5Jg==-2"] {
            let announced = Announced::one_of([(Algorithm::Crc32, value)]).unwrap();
            assert_eq!(announced.of_body(None), Err(Invalid::Sum(Algorithm::Crc32)), "{value}");
        }
        for md5 in ["", "xyz", "y/Q5Jg=="] {
            assert_eq!(Announced::default().of_body(Some(md5)), Err(Invalid::Md5), "{md5}");
        }
    }

    #[test]
    fn a_checksum_of_another_kind_proves_nothing() {
        let announced = Announced::one_of([CRC32]).unwrap();
        let sum = Hasher::new(Algorithm::Sha256).finish();
        assert_eq!(announced.verify_sum(&sum), Err(Mismatch::Sum(Algorithm::Crc32)));
    }
}
