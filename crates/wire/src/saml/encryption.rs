//! Encrypted assertions (core, section 6; W3C: XML Encryption Syntax and Processing 1.1, "xmlenc" below): what is encrypted,
//! how, and for whom. Whoever has the private key opens it.

use super::{
    element::Element,
    response::{self, Assertion, Unreadable},
    signature::{DSIG, Signature, base64},
};

const XMLENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XMLENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// The `Type` of what was a whole element.
const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const MGF_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";

/// How the key of the text is encrypted: RSA-OAEP, whose mask (MGF1) has the same digest. RSA with the padding of PKCS #1
/// v1.5 has no name here: whoever may try texts opens them (xmlenc, section 5.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTransport {
    /// With SHA-1, on whose collisions nothing hangs here.
    OaepSha1,
    /// With SHA-256.
    OaepSha256,
    /// With SHA-384.
    OaepSha384,
    /// With SHA-512.
    OaepSha512,
}

/// How the text is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// AES-128 in CBC mode: what comes out was not checked.
    Aes128Cbc,
    /// AES-256 in CBC mode, likewise.
    Aes256Cbc,
    /// AES-128 in Galois/counter mode.
    Aes128Gcm,
    /// AES-256 in Galois/counter mode.
    Aes256Gcm,
}

impl Cipher {
    fn named(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => Self::Aes128Cbc,
            "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => Self::Aes256Cbc,
            "http://www.w3.org/2009/xmlenc11#aes128-gcm" => Self::Aes128Gcm,
            "http://www.w3.org/2009/xmlenc11#aes256-gcm" => Self::Aes256Gcm,
            _ => return None,
        })
    }
}

/// An assertion that is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// How the key is encrypted.
    pub transport: KeyTransport,
    /// The key of the text, encrypted.
    pub key: Vec<u8>,
    /// How the text is encrypted.
    pub cipher: Cipher,
    /// The text: what the cipher starts from, then the text encrypted, then the cipher's tag if it has one.
    pub text: Vec<u8>,
    /// `Issuer` of the response around it.
    issuer: Option<String>,
    /// The namespaces that are declared around it: what was encrypted is an element in this place (xmlenc, section 4.5.3).
    declared: Vec<(String, String)>,
}

impl Sealed {
    /// Reads what the text was before, as strictly as what came in the open.
    pub fn read(&self, plain: &[u8]) -> Result<(Vec<Signature>, Assertion), Unreadable> {
        let text = std::str::from_utf8(plain).map_err(|_| malformed("what was encrypted is no text"))?;
        let around = Element::parse_within(text, self.declared.clone()).map_err(Unreadable::Malformed)?;
        response::alone(&around, self.issuer.as_deref())
    }
}

/// What an `EncryptedAssertion` holds: one text, and one key for it, within the text's own `KeyInfo` or beside it. Hints at
/// which key opens it are not looked at: whoever has few tries them.
pub(super) fn sealed(root: &Element, element: &Element, issuer: Option<String>) -> Result<Sealed, Unreadable> {
    let mut data = element.named(XMLENC, "EncryptedData");
    let (Some(data), None) = (data.next(), data.next()) else {
        return Err(malformed("there is not exactly one encrypted text"));
    };
    if data.attribute("Type").is_some_and(|kind| kind != ELEMENT) {
        return Err(malformed("what is encrypted is no element"));
    }
    let within = data
        .named(DSIG, "KeyInfo")
        .flat_map(|info| info.named(XMLENC, "EncryptedKey"));
    let mut keys = element.named(XMLENC, "EncryptedKey").chain(within);
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(malformed("there is not exactly one encrypted key"));
    };
    let method = method(data)?;
    let cipher = method
        .attribute("Algorithm")
        .and_then(Cipher::named)
        .filter(|_| method.elements().next().is_none())
        .ok_or_else(|| malformed("a text is encrypted in a way that is not accepted"))?;
    // The inner declaration of a prefix is the one that counts.
    let mut declared = element.declared.clone();
    for outer in &root.declared {
        if !declared.iter().any(|(prefix, _)| *prefix == outer.0) {
            declared.push(outer.clone());
        }
    }
    Ok(Sealed {
        transport: transport(key)?,
        key: value(key)?,
        cipher,
        text: value(data)?,
        issuer,
        declared,
    })
}

/// How a key is encrypted (xmlenc, section 5.5.2).
fn transport(key: &Element) -> Result<KeyTransport, Unreadable> {
    let refused = || malformed("a key is encrypted in a way that is not accepted");
    let method = method(key)?;
    let (mut digest, mut mask) = (None, None);
    for parameter in method.elements() {
        let place = match (parameter.namespace.as_str(), parameter.name.as_str()) {
            (DSIG, "DigestMethod") => &mut digest,
            (XMLENC11, "MGF") => &mut mask,
            _ => return Err(refused()),
        };
        let named = parameter.attribute("Algorithm").ok_or_else(refused)?;
        if place.replace(named).is_some() {
            return Err(refused());
        }
    }
    let mask = match (method.attribute("Algorithm"), mask) {
        // The older name has the mask in it.
        (Some("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"), None) => MGF_SHA1,
        (Some("http://www.w3.org/2009/xmlenc11#rsa-oaep"), mask) => mask.unwrap_or(MGF_SHA1),
        _ => return Err(refused()),
    };
    Ok(match (digest.unwrap_or(SHA1), mask) {
        (SHA1, MGF_SHA1) => KeyTransport::OaepSha1,
        ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2009/xmlenc11#mgf1sha256") => {
            KeyTransport::OaepSha256
        }
        ("http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2009/xmlenc11#mgf1sha384") => {
            KeyTransport::OaepSha384
        }
        ("http://www.w3.org/2001/04/xmlenc#sha512", "http://www.w3.org/2009/xmlenc11#mgf1sha512") => {
            KeyTransport::OaepSha512
        }
        _ => return Err(refused()),
    })
}

fn method(of: &Element) -> Result<&Element, Unreadable> {
    let mut found = of.named(XMLENC, "EncryptionMethod");
    match (found.next(), found.next()) {
        (Some(method), None) => Ok(method),
        _ => Err(malformed("it does not say how something is encrypted")),
    }
}

/// What is in `CipherData`; what is elsewhere (`CipherReference`) is not fetched.
fn value(of: &Element) -> Result<Vec<u8>, Unreadable> {
    let values = of
        .named(XMLENC, "CipherData")
        .flat_map(|data| data.named(XMLENC, "CipherValue"));
    match values.collect::<Vec<_>>()[..] {
        [value] => base64(value).map_err(|_| malformed("something encrypted is not base64")),
        _ => Err(malformed("something encrypted is not here")),
    }
}

fn malformed(why: &str) -> Unreadable {
    Unreadable::Malformed(why.to_owned())
}
