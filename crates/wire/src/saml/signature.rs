//! Signatures in SAML documents (W3C: XML Signature Syntax and Processing; core, section 5.4): enveloped, over the element
//! that they stand in.

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    canonical::canonical,
    element::{Element, is_white},
};

pub(super) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// The most prefixes of an `InclusiveNamespaces`.
const MOST_PREFIXES: usize = 64;

/// How a signature is made (RFC 6931, section 2.3; XML Signature, section 6.4). SHA-1 has no name here: it does not bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// ECDSA with SHA-256, on P-256; the signature is its two numbers, one after the other.
    EcdsaSha256,
    /// ECDSA with SHA-384, on P-384; likewise.
    EcdsaSha384,
}

impl Algorithm {
    fn named(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Self::RsaSha256,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Self::RsaSha384,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Self::RsaSha512,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Self::EcdsaSha256,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Self::EcdsaSha384,
            _ => return None,
        })
    }
}

fn digest_named(uri: &str) -> Option<&'static digest::Algorithm> {
    Some(match uri {
        "http://www.w3.org/2001/04/xmlenc#sha256" => &digest::SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &digest::SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &digest::SHA512,
        _ => return None,
    })
}

/// A signature that nobody has verified: whoever has the signer's key does. The digest in what is signed is that of the
/// element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// How it was made, as it says; the key decides whether that counts.
    pub algorithm: Algorithm,
    /// What it is over: the canonical form of its `SignedInfo`.
    pub signed: Vec<u8>,
    /// The signature itself.
    pub value: Vec<u8>,
}

/// The signature of the last element of `path`, if it has one, with its digest checked.
pub(super) fn of(path: &[&Element]) -> Result<Option<Signature>, String> {
    let Some(element) = path.last() else { return Ok(None) };
    let mut found = element.named(DSIG, "Signature");
    let Some(signature) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err("an element has two signatures".to_owned());
    }
    let [info, value, rest @ ..] = &signature.elements().collect::<Vec<_>>()[..] else {
        return Err("a signature is not complete".to_owned());
    };
    let whole = info.is(DSIG, "SignedInfo") && value.is(DSIG, "SignatureValue");
    // An `Object` could hold what is signed; SAML has none (core, section 5.4.2).
    if !whole || rest.len() > 1 || !rest.iter().all(|rest| rest.is(DSIG, "KeyInfo")) {
        return Err("a signature is not made as SAML has it".to_owned());
    }
    let [method, algorithm, reference] = &info.elements().collect::<Vec<_>>()[..] else {
        return Err("a signature is not over one reference".to_owned());
    };
    if !algorithm.is(DSIG, "SignatureMethod") || !reference.is(DSIG, "Reference") {
        return Err("a signature is not over one reference".to_owned());
    }
    let prefixes = exclusive(method, "CanonicalizationMethod")?;
    let algorithm = algorithm
        .attribute("Algorithm")
        .and_then(Algorithm::named)
        .filter(|_| algorithm.elements().next().is_none())
        .ok_or("a signature is of an algorithm that is not accepted")?;
    check_reference(path, signature, reference)?;
    let path: Vec<&Element> = path.iter().copied().chain([signature, *info]).collect();
    Ok(Some(Signature {
        algorithm,
        signed: canonical(&path, &prefixes, None),
        value: base64(value)?,
    }))
}

/// Checks that the reference is to the signed element, and that its digest is right.
fn check_reference(path: &[&Element], signature: &Element, reference: &Element) -> Result<(), String> {
    let Some(element) = path.last() else {
        return Err("nothing is signed".to_owned());
    };
    let named = reference.attribute("URI").and_then(|uri| uri.strip_prefix('#'));
    if named.is_none() || named != element.attribute("ID") {
        return Err("a signature is over another element than it stands in".to_owned());
    }
    let [transforms, method, value] = &reference.elements().collect::<Vec<_>>()[..] else {
        return Err("a reference is not complete".to_owned());
    };
    let whole = transforms.is(DSIG, "Transforms") && method.is(DSIG, "DigestMethod") && value.is(DSIG, "DigestValue");
    let [first, second] = &transforms.elements().collect::<Vec<_>>()[..] else {
        return Err("a reference has other transforms than SAML's two".to_owned());
    };
    let enveloped = first.is(DSIG, "Transform") && first.attribute("Algorithm") == Some(ENVELOPED);
    if !whole || !enveloped || first.elements().next().is_some() {
        return Err("a reference has other transforms than SAML's two".to_owned());
    }
    let prefixes = exclusive(second, "Transform")?;
    let algorithm = method
        .attribute("Algorithm")
        .and_then(digest_named)
        .filter(|_| method.elements().next().is_none())
        .ok_or("a digest is of an algorithm that is not accepted")?;
    let digest = digest::digest(algorithm, &canonical(path, &prefixes, Some(signature)));
    if digest.as_ref() != base64(value)? {
        return Err("a digest is not that of its element".to_owned());
    }
    Ok(())
}

/// The prefixes of an element that names exclusive canonicalization.
fn exclusive<'a>(element: &'a Element, name: &str) -> Result<Vec<&'a str>, String> {
    if !element.is(DSIG, name) || element.attribute("Algorithm") != Some(EXCLUSIVE) {
        return Err("a canonicalization is not the exclusive one without comments".to_owned());
    }
    let inner: Vec<&Element> = element.elements().collect();
    let prefixes: Vec<&str> = match inner[..] {
        [] => Vec::new(),
        [inclusive] if inclusive.is(EXCLUSIVE, "InclusiveNamespaces") => inclusive
            .attribute("PrefixList")
            .unwrap_or_default()
            .split(is_white)
            .filter(|prefix| !prefix.is_empty())
            .collect(),
        _ => return Err("a canonicalization has parameters that are not known".to_owned()),
    };
    if prefixes.len() > MOST_PREFIXES {
        return Err("a canonicalization has too many prefixes".to_owned());
    }
    Ok(prefixes)
}

pub(super) fn base64(element: &Element) -> Result<Vec<u8>, String> {
    if element.elements().next().is_some() {
        return Err("a signature's number is not base64".to_owned());
    }
    let text: String = element.text().chars().filter(|c| !is_white(*c)).collect();
    STANDARD
        .decode(text)
        .map_err(|_| "a signature's number is not base64".to_owned())
}
