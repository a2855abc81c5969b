//! X.509 certificates (RFC 5280), as far as uploads are checked: when they are valid, whose key is in them, and who signed
//! whom. Nobody is trusted here for a certificate.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};
use jiff::{civil::DateTime, tz::TimeZone};

use crate::{
    der::{self, Reader},
    pem,
};

/// `1.2.840.113549.1.1.` and the last number.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
/// `1.2.840.10045.4.3.` and the last number.
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
/// The length of an uncompressed point of P-256, and of P-384.
const P256: usize = 65;
const P384: usize = 97;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// All of it, in DER.
    pub(crate) der: Vec<u8>,
    /// From when it is valid, in seconds.
    pub(crate) not_before: i64,
    /// Until when it is valid, in seconds.
    pub(crate) not_after: i64,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    /// The key, without what kind it is of.
    public_key: Vec<u8>,
    signed: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
}

impl Certificate {
    /// The one certificate of a PEM text.
    pub(crate) fn from_pem(text: &str) -> Option<Self> {
        let block = pem::block(text)?;
        (block.label == "CERTIFICATE").then(|| Self::parse(&block.contents))?
    }

    /// All certificates of a PEM text, in order.
    pub(crate) fn chain(text: &str) -> Option<Vec<Self>> {
        let blocks = pem::blocks(text)?;
        let certificates = blocks
            .iter()
            .map(|block| (block.label == "CERTIFICATE").then(|| Self::parse(&block.contents))?);
        certificates.collect()
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut outer = Reader::new(bytes);
        let mut certificate = outer.sequence()?;
        outer.end()?;
        let signed = certificate.any().filter(|element| element.tag == der::SEQUENCE)?;
        let algorithm = certificate.sequence()?.take(der::OBJECT_IDENTIFIER)?.to_vec();
        let signature = certificate.bit_string()?.to_vec();
        certificate.end()?;

        let mut fields = Reader::new(signed.contents);
        // The version; a certificate of the first has none.
        if fields.is_next(0xa0) {
            fields.any()?;
        }
        fields.take(der::INTEGER)?;
        fields.sequence()?;
        let issuer = fields.any()?.whole.to_vec();
        let mut validity = fields.sequence()?;
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        validity.end()?;
        let subject = fields.any()?.whole.to_vec();
        let mut key = fields.sequence()?;
        key.sequence()?;
        let public_key = key.bit_string()?.to_vec();
        key.end()?;
        Some(Self {
            der: bytes.to_vec(),
            not_before,
            not_after,
            issuer,
            subject,
            public_key,
            signed: signed.whole.to_vec(),
            algorithm,
            signature,
        })
    }

    /// Whether it is valid at this time, in seconds.
    pub(crate) fn is_valid(&self, now: i64) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }

    /// The key, without what kind it is of.
    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Whether this one's subject has signed the other.
    pub(crate) fn has_signed(&self, other: &Self) -> bool {
        self.subject == other.issuer
            && verification(&other.algorithm, self.public_key.len()).is_some_and(|algorithm| {
                UnparsedPublicKey::new(algorithm, &self.public_key)
                    .verify(&other.signed, &other.signature)
                    .is_ok()
            })
    }

    /// Whether this private key, in PEM and not encrypted, is that of the certificate; none if it is no key that we know:
    /// RSA from 2,048 bits on, or ECDSA on P-256 or P-384.
    pub(crate) fn is_of(&self, private_key: &str) -> Option<bool> {
        let block = pem::block(private_key)?;
        let key = block.contents.as_slice();
        let same = |public: &[u8]| public == self.public_key;
        let of_rsa = |pair: RsaKeyPair| same(pair.public_key().as_ref());
        let of_ecdsa = || {
            let pair = [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING]
                .into_iter()
                .find_map(|algorithm| EcdsaKeyPair::from_private_key_der(algorithm, key).ok())?;
            Some(same(pair.public_key().as_ref()))
        };
        match block.label.as_str() {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(key).ok().map(of_rsa).or_else(of_ecdsa),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(key).ok().map(of_rsa),
            "EC PRIVATE KEY" => of_ecdsa(),
            _ => None,
        }
    }
}

fn verification(identifier: &[u8], key: usize) -> Option<&'static dyn VerificationAlgorithm> {
    let (&last, family) = identifier.split_last()?;
    Some(match (family, last, key) {
        (RSA, 11, _) => &RSA_PKCS1_2048_8192_SHA256,
        (RSA, 12, _) => &RSA_PKCS1_2048_8192_SHA384,
        (RSA, 13, _) => &RSA_PKCS1_2048_8192_SHA512,
        (ECDSA, 2, P256) => &ECDSA_P256_SHA256_ASN1,
        (ECDSA, 3, P256) => &ECDSA_P256_SHA384_ASN1,
        (ECDSA, 2, P384) => &ECDSA_P384_SHA256_ASN1,
        (ECDSA, 3, P384) => &ECDSA_P384_SHA384_ASN1,
        _ => return None,
    })
}

/// RFC 5280, section 4.1.2.5: seconds are there, and the zone is always `Z`.
fn time(from: &mut Reader<'_>) -> Option<i64> {
    let element = from.any()?;
    let text = std::str::from_utf8(element.contents).ok()?.strip_suffix('Z')?;
    let (year, rest) = match element.tag {
        der::UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            let year = number(year)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        der::GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (number(year)?, rest)
        }
        _ => return None,
    };
    let mut rest = rest;
    let mut two = || {
        let (digits, after) = rest.split_at_checked(2)?;
        rest = after;
        i8::try_from(number(digits)?).ok()
    };
    let (month, day, hour, minute, second) = (two()?, two()?, two()?, two()?, two()?);
    let time = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let time = TimeZone::UTC.to_timestamp(time).ok()?;
    rest.is_empty().then(|| time.as_second())
}

fn number(digits: &str) -> Option<i16> {
    digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse().ok())?
}

#[cfg(test)]
pub(crate) mod tests {
    use rcgen::{
        BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P384_SHA384, date_time_ymd,
    };

    use super::*;

    pub(crate) struct Made {
        pub(crate) pem: String,
        pub(crate) key: String,
    }

    fn params(name: &str, ca: bool) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2020, 2, 29);
        // Beyond 2049 a time is of the other kind.
        params.not_after = date_time_ymd(2050, 1, 1);
        if ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        params
    }

    /// A certificate that signs itself, valid between two years.
    pub(crate) fn self_signed(name: &str, from: i32, to: i32) -> Made {
        let key = KeyPair::generate().unwrap();
        let mut params = params(name, false);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        Made {
            pem: params.self_signed(&key).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    /// A server's certificate, the one that signed it, and the root.
    pub(crate) fn chain() -> (Made, Made, Made) {
        let (root_key, key) = (
            KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(),
            KeyPair::generate().unwrap(),
        );
        let root_params = params("root", true);
        let root = root_params.self_signed(&root_key).unwrap().pem();
        let root_issuer = Issuer::new(root_params, root_key);
        let middle_params = params("middle", true);
        let middle_key = KeyPair::generate().unwrap();
        let middle = middle_params.signed_by(&middle_key, &root_issuer).unwrap().pem();
        let middle_issuer = Issuer::new(middle_params, middle_key);
        let leaf = params("leaf", false).signed_by(&key, &middle_issuer).unwrap().pem();
        let made = |pem, key: String| Made { pem, key };
        (
            made(leaf, key.serialize_pem()),
            made(middle, String::new()),
            made(root, String::new()),
        )
    }

    #[test]
    fn the_times_of_a_certificate_are_read() {
        let (leaf, ..) = chain();
        let leaf = Certificate::from_pem(&leaf.pem).unwrap();
        assert_eq!((leaf.not_before, leaf.not_after), (1_582_934_400, 2_524_608_000));
        assert!(leaf.is_valid(1_582_934_400) && leaf.is_valid(2_524_608_000));
        assert!(!leaf.is_valid(1_582_934_399) && !leaf.is_valid(2_524_608_001));
    }

    #[test]
    fn who_has_signed_whom_is_told_by_the_signature() {
        let (leaf, middle, root) = chain();
        let [leaf, middle, root] = [leaf, middle, root].map(|made| Certificate::from_pem(&made.pem).unwrap());
        assert!(middle.has_signed(&leaf) && root.has_signed(&middle) && root.has_signed(&root));
        assert!(!root.has_signed(&leaf) && !leaf.has_signed(&middle) && !middle.has_signed(&middle));
        // Another of the same name.
        let (_, other, _) = chain();
        assert!(!Certificate::from_pem(&other.pem).unwrap().has_signed(&leaf));
        let mut changed = leaf.clone();
        *changed.signed.last_mut().unwrap() ^= 1;
        assert!(!middle.has_signed(&changed));
    }

    #[test]
    fn a_private_key_is_that_of_the_certificate_or_not() {
        let (one, other) = (self_signed("a", 2020, 2040), self_signed("a", 2020, 2040));
        let certificate = Certificate::from_pem(&one.pem).unwrap();
        assert_eq!(certificate.is_of(&one.key), Some(true));
        assert_eq!(certificate.is_of(&other.key), Some(false));
        for wrong in ["", "x", &one.pem, &one.key.replace("PRIVATE KEY", "RSA PRIVATE KEY")] {
            assert_eq!(certificate.is_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_part_of_a_certificate_is_one() {
        let made = self_signed("a", 2020, 2040);
        let whole = Certificate::from_pem(&made.pem).unwrap().der;
        for length in 0..whole.len() {
            assert!(Certificate::parse(&whole[..length]).is_none(), "{length}");
        }
        assert!(Certificate::parse(&[whole.as_slice(), &[0]].concat()).is_none());
        assert!(Certificate::from_pem(&made.key).is_none());
        assert!(Certificate::from_pem(&made.pem.repeat(2)).is_none());
        assert_eq!(Certificate::chain(&made.pem.repeat(2)).unwrap().len(), 2);
    }
}
