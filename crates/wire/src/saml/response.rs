//! A response of an identity provider: one assertion about one user (core, sections 2 and 3; OASIS: Profiles for SAML V2.0,
//! section 4.1.4).

use std::collections::HashSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;

use super::{
    element::{Element, is_white},
    encryption::{Sealed, sealed},
    signature::{self, DSIG, Signature},
};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// A response that was read. Nothing in it is to be believed before its signatures are verified, all of them, and there is
/// at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// `Destination`: where it was to be sent.
    pub destination: Option<String>,
    /// The signatures of the response and of an assertion in the open. Each is over an element that the assertion is in, or
    /// is.
    pub signatures: Vec<Signature>,
    /// The assertion.
    pub content: Content,
}

/// An assertion, in the open or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// As it is.
    Open(Assertion),
    /// Encrypted. Its own signatures are in it.
    Sealed(Sealed),
}

/// What a provider says of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// `ID`
    pub id: String,
    /// `Issuer`
    pub issuer: String,
    /// `IssueInstant`
    pub issued: Timestamp,
    /// `NameID`
    pub name: Option<Name>,
    /// `Recipient` of the confirmation.
    pub recipient: String,
    /// The latest `NotBefore` of the confirmation and the conditions.
    pub not_before: Option<Timestamp>,
    /// The earliest `NotOnOrAfter` of the confirmation and the conditions.
    pub not_on_or_after: Timestamp,
    /// The audiences of each `AudienceRestriction`: whoever uses the assertion is in all of them.
    pub audiences: Vec<Vec<String>>,
    /// The earliest `SessionNotOnOrAfter`.
    pub session_until: Option<Timestamp>,
    /// The attributes, in the order of their first occurrence.
    pub attributes: Vec<Attribute>,
}

/// Who the user is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// `Format`
    pub format: Option<String>,
}

/// An attribute of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// `Name`
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

/// Why a text is no response with an assertion; for the log, but for its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is not base64 of UTF-8.
    #[error("the response is not base64 of a text")]
    Base64,
    /// The identity provider says that it did not succeed.
    #[error("the identity provider answers with the status `{0}`")]
    Rejected(String),
    /// A signature in it is not one that could be verified, or not over what is here.
    #[error("the response's signature is refused: {0}")]
    Signature(String),
    /// It is not made as SAML has it.
    #[error("the response is refused: {0}")]
    Malformed(String),
}

impl Response {
    /// Reads a response as the HTTP POST binding carries it: in base64.
    pub fn decode(encoded: &str) -> Result<Self, Unreadable> {
        let encoded: String = encoded.chars().filter(|c| !is_white(*c)).collect();
        let bytes = STANDARD.decode(encoded).map_err(|_| Unreadable::Base64)?;
        let text = String::from_utf8(bytes).map_err(|_| Unreadable::Base64)?;
        Self::parse(&text)
    }

    pub(super) fn parse(text: &str) -> Result<Self, Unreadable> {
        let root = Element::parse(text).map_err(Unreadable::Malformed)?;
        if !root.is(PROTOCOL, "Response") || root.attribute("Version") != Some("2.0") {
            return Err(malformed("it is no Response of SAML 2.0"));
        }
        let status = one(&root, PROTOCOL, "Status")?;
        let status = one(status, PROTOCOL, "StatusCode")?
            .attribute("Value")
            .unwrap_or_default();
        if status != SUCCESS {
            return Err(Unreadable::Rejected(status.to_owned()));
        }
        let issuer = at_most_one(&root, ASSERTION, "Issuer")?.map(Element::text);
        let (signatures, content) = match the_assertion(&root)? {
            Found::Open(found) => {
                let signatures = signatures(&[&[&root], &[&root, found]])?;
                let assertion = read(found)?;
                check_issuer(&assertion, issuer.as_deref())?;
                (signatures, Content::Open(assertion))
            }
            Found::Sealed(found) => (signatures(&[&[&root]])?, Content::Sealed(sealed(&root, found, issuer)?)),
        };
        Ok(Self {
            destination: root.attribute("Destination").map(str::to_owned),
            signatures,
            content,
        })
    }
}

/// The assertion that is alone in this element, out of a response of this issuer.
pub(super) fn alone(around: &Element, issuer: Option<&str>) -> Result<(Vec<Signature>, Assertion), Unreadable> {
    let seen = Seen::all(around);
    let mut found = around.named(ASSERTION, "Assertion");
    let (Some(found), 1, []) = (found.next(), seen.assertions, &seen.encrypted[..]) else {
        return Err(malformed("there is not exactly one assertion"));
    };
    seen.is_in_order(&[found])?;
    let signatures = signatures(&[&[around, found]])?;
    let assertion = read(found)?;
    check_issuer(&assertion, issuer)?;
    Ok((signatures, assertion))
}

/// The signatures of the last elements of these paths.
fn signatures(paths: &[&[&Element]]) -> Result<Vec<Signature>, Unreadable> {
    let found = paths.iter().filter_map(|path| signature::of(path).transpose());
    found.collect::<Result<_, _>>().map_err(Unreadable::Signature)
}

/// A response that is not signed itself could be anybody's; what it says must at least be the assertion's own.
fn check_issuer(assertion: &Assertion, of_response: Option<&str>) -> Result<(), Unreadable> {
    if of_response.is_some_and(|issuer| issuer != assertion.issuer) {
        return Err(malformed("the response is of another issuer than its assertion"));
    }
    Ok(())
}

/// Where the one assertion is.
enum Found<'a> {
    Open(&'a Element),
    Sealed(&'a Element),
}

/// The one assertion, once nothing in the document could be mistaken for it or for a signature of it.
fn the_assertion(root: &Element) -> Result<Found<'_>, Unreadable> {
    let seen = Seen::all(root);
    let mut open = root.named(ASSERTION, "Assertion");
    let mut sealed = root.named(ASSERTION, "EncryptedAssertion");
    match (open.next(), sealed.next(), seen.assertions, &seen.encrypted[..]) {
        (Some(assertion), None, 1, []) => {
            seen.is_in_order(&[root, assertion])?;
            Ok(Found::Open(assertion))
        }
        // Nothing in it is encrypted but the assertion and the key for it.
        (None, Some(assertion), 0, ["EncryptedAssertion", "EncryptedData", "EncryptedKey"]) => {
            seen.is_in_order(&[root])?;
            Ok(Found::Sealed(assertion))
        }
        (_, _, 1, [_, ..]) => Err(malformed("something else than the assertion is encrypted")),
        _ => Err(malformed("there is not exactly one assertion")),
    }
}

/// What is in a document, at any place. By their names alone: what stands in another namespace has no business to be called
/// so either.
#[derive(Default)]
struct Seen<'a> {
    assertions: usize,
    signatures: usize,
    /// Whether an id occurs twice.
    repeated: bool,
    /// The names of what is encrypted, sorted.
    encrypted: Vec<&'a str>,
}

impl<'a> Seen<'a> {
    fn all(root: &'a Element) -> Self {
        let mut seen = Self::default();
        let mut ids = HashSet::new();
        root.visit(&mut |element: &'a Element| {
            seen.assertions += usize::from(element.name == "Assertion");
            seen.signatures += usize::from(element.name == "Signature");
            if element.name.starts_with("Encrypted") {
                seen.encrypted.push(element.name.as_str());
            }
            for attribute in &element.attributes {
                if attribute.name.eq_ignore_ascii_case("id") {
                    seen.repeated |= !ids.insert(attribute.value.as_str());
                }
            }
        });
        seen.encrypted.sort_unstable();
        seen
    }

    /// An id names one element, and a signature stands nowhere else than in one of these.
    fn is_in_order(&self, elements: &[&Element]) -> Result<(), Unreadable> {
        if self.repeated {
            return Err(malformed("an id occurs twice"));
        }
        let in_place = elements.iter().map(|element| element.named(DSIG, "Signature").count());
        if in_place.sum::<usize>() != self.signatures {
            return Err(Unreadable::Signature("one is where none belongs".to_owned()));
        }
        Ok(())
    }
}

fn read(element: &Element) -> Result<Assertion, Unreadable> {
    if element.attribute("Version") != Some("2.0") {
        return Err(malformed("it is no assertion of SAML 2.0"));
    }
    let id = element.attribute("ID").filter(|id| !id.is_empty());
    let subject = one(element, ASSERTION, "Subject")?;
    let name = at_most_one(subject, ASSERTION, "NameID")?
        .map(|name| Name {
            text: name.text(),
            format: name.attribute("Format").map(str::to_owned),
        })
        .filter(|name| !name.text.is_empty());
    // "There must be exactly one `SubjectConfirmation` element with a `SubjectConfirmationData` element that includes both
    // the `NotOnOrAfter` attribute and a `Recipient` attribute" (IAM User Guide: Configure SAML assertions for the
    // authentication response).
    let confirmation = one(subject, ASSERTION, "SubjectConfirmation")?;
    if confirmation.attribute("Method") != Some(BEARER) {
        return Err(malformed("the subject is not confirmed by bearing the assertion"));
    }
    let data = one(confirmation, ASSERTION, "SubjectConfirmationData")?;
    let recipient = data.attribute("Recipient").unwrap_or_default().to_owned();
    let mut not_before = time(data, "NotBefore")?;
    let mut not_on_or_after = time(data, "NotOnOrAfter")?.ok_or_else(|| malformed("the confirmation has no end"))?;
    let mut audiences = Vec::new();
    if let Some(conditions) = at_most_one(element, ASSERTION, "Conditions")? {
        not_before = not_before.max(time(conditions, "NotBefore")?);
        if let Some(end) = time(conditions, "NotOnOrAfter")? {
            not_on_or_after = not_on_or_after.min(end);
        }
        for condition in conditions.elements() {
            match condition.name.as_str() {
                // Core, section 2.5.1.1: with one that is not understood, the assertion is of no use.
                _ if condition.namespace != ASSERTION => {
                    return Err(malformed("there is a condition that is not known"));
                }
                "AudienceRestriction" => {
                    let listed = condition.named(ASSERTION, "Audience").map(Element::text);
                    audiences.push(listed.collect());
                }
                // What they ask of us is given: nothing is kept, and no assertion is made from this one.
                "OneTimeUse" | "ProxyRestriction" => {}
                _ => return Err(malformed("there is a condition that is not known")),
            }
        }
    }
    let mut session_until: Option<Timestamp> = None;
    for statement in element.named(ASSERTION, "AuthnStatement") {
        if let Some(end) = time(statement, "SessionNotOnOrAfter")? {
            session_until = Some(session_until.map_or(end, |other| other.min(end)));
        }
    }
    Ok(Assertion {
        id: id.ok_or_else(|| malformed("the assertion has no ID"))?.to_owned(),
        issuer: one(element, ASSERTION, "Issuer")?.text(),
        issued: time(element, "IssueInstant")?.ok_or_else(|| malformed("the assertion does not say since when"))?,
        name,
        recipient,
        not_before,
        not_on_or_after,
        audiences,
        session_until,
        attributes: attributes(element),
    })
}

fn attributes(assertion: &Element) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = Vec::new();
    let statements = assertion.named(ASSERTION, "AttributeStatement");
    for attribute in statements.flat_map(|statement| statement.named(ASSERTION, "Attribute")) {
        let name = attribute.attribute("Name").unwrap_or_default();
        let values = attribute.named(ASSERTION, "AttributeValue").map(Element::text);
        match attributes.iter_mut().find(|known| known.name == name) {
            Some(known) => known.values.extend(values),
            None => attributes.push(Attribute {
                name: name.to_owned(),
                values: values.collect(),
            }),
        }
    }
    attributes
}

fn at_most_one<'a>(of: &'a Element, namespace: &'a str, name: &'a str) -> Result<Option<&'a Element>, Unreadable> {
    let mut found = of.named(namespace, name);
    let first = found.next();
    if found.next().is_some() {
        return Err(Unreadable::Malformed(format!("there is more than one {name}")));
    }
    Ok(first)
}

fn one<'a>(of: &'a Element, namespace: &'a str, name: &'a str) -> Result<&'a Element, Unreadable> {
    at_most_one(of, namespace, name)?.ok_or_else(|| Unreadable::Malformed(format!("there is no {name}")))
}

/// A time in UTC (core, section 1.3.3).
fn time(of: &Element, name: &str) -> Result<Option<Timestamp>, Unreadable> {
    of.attribute(name)
        .map(|text| {
            text.parse()
                .map_err(|_| Unreadable::Malformed(format!("{name} is no time")))
        })
        .transpose()
}

fn malformed(why: &str) -> Unreadable {
    Unreadable::Malformed(why.to_owned())
}
