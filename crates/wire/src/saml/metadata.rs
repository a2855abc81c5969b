//! Metadata of identity providers (OASIS: Metadata for the OASIS Security Assertion Markup Language, SAML V2.0), as far as
//! IAM asks for it.
//!
//! A document type is refused, and with it every entity but XML's own five: nothing is expanded, and nobody is asked for
//! what lies elsewhere (threat 12).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use quick_xml::{
    NsReader, XmlVersion,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
};

const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// Elements nest no deeper in any metadata that makes sense.
const DEEPEST: usize = 64;

/// What an identity provider says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// `entityID`: the issuer of its assertions.
    pub entity_id: String,
    /// `validUntil`, the earlier one of the entity and of its role.
    pub valid_until: Option<Timestamp>,
    /// The certificates that its assertions are signed with, in DER.
    pub certificates: Vec<Vec<u8>>,
}

/// Why a document is no metadata of an identity provider; for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotMetadata(pub String);

/// What has been read so far.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that the document has said, or not yet"
)]
struct Reading {
    /// The open elements, outermost first: namespace and name.
    open: Vec<(String, String)>,
    began: bool,
    entity_id: String,
    valid_until: Option<Timestamp>,
    is_provider: bool,
    sign_on: bool,
    /// Inside a key that is for signing.
    signing: bool,
    certificate: Option<String>,
    certificates: Vec<Vec<u8>>,
}

impl Metadata {
    /// Reads a document. It must be one entity with the role of an identity provider, which signs and takes requests.
    pub fn parse(text: &str) -> Result<Self, NotMetadata> {
        let mut reader = NsReader::from_str(text);
        let mut reading = Reading::default();
        loop {
            let (namespace, event) = reader.read_resolved_event().map_err(wrong)?;
            let namespace = match namespace {
                ResolveResult::Bound(Namespace(namespace)) => namespace.to_owned(),
                ResolveResult::Unbound => String::new(),
                ResolveResult::Unknown(prefix) => {
                    return Err(wrong(format!("the prefix `{prefix}` is bound to nothing")));
                }
            };
            match event {
                Event::Start(start) => reading.begin(namespace, &start)?,
                Event::Empty(start) => {
                    reading.begin(namespace, &start)?;
                    reading.end()?;
                }
                Event::End(_) => reading.end()?,
                Event::Text(text) => reading.text(&text.xml10_content())?,
                Event::CData(text) => reading.text(&text.into_inner())?,
                Event::GeneralRef(reference) => {
                    let name = reference.clone().into_inner();
                    let c = reference.resolve_char_ref().map_err(wrong)?.map(String::from);
                    let text = c.or_else(|| quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned));
                    reading.text(&text.ok_or_else(|| wrong(format!("the entity `{name}` is not known")))?)?;
                }
                Event::DocType(_) => return Err(wrong("a document type is not allowed")),
                Event::Eof => break,
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            }
        }
        reading.done()
    }
}

impl Reading {
    fn begin(&mut self, namespace: String, start: &BytesStart<'_>) -> Result<(), NotMetadata> {
        if self.open.len() >= DEEPEST {
            return Err(wrong("elements nest too deeply"));
        }
        let name = start.local_name().into_inner().to_owned();
        let is = |of: &str, wanted: &str| namespace == of && name == wanted;
        let depth = self.open.len();
        match depth {
            0 => {
                if self.began || !is(METADATA, "EntityDescriptor") {
                    return Err(wrong("it is not one EntityDescriptor"));
                }
                self.began = true;
                self.entity_id = attribute(start, "entityID")?.unwrap_or_default();
                self.limit(start)?;
            }
            1 if is(METADATA, "IDPSSODescriptor") => {
                let protocols = attribute(start, "protocolSupportEnumeration")?.unwrap_or_default();
                if protocols.split_ascii_whitespace().any(|one| one == PROTOCOL) {
                    self.is_provider = true;
                    self.limit(start)?;
                }
            }
            2 if self.is_in_provider() => {
                if is(METADATA, "KeyDescriptor") {
                    // A key of no stated use is for both.
                    self.signing = attribute(start, "use")?.is_none_or(|usage| usage == "signing");
                }
                if is(METADATA, "SingleSignOnService") {
                    self.sign_on |= attribute(start, "Location")?.is_some_and(|location| !location.is_empty());
                }
            }
            _ if self.signing && is(SIGNATURE, "X509Certificate") => self.certificate = Some(String::new()),
            _ => {}
        }
        self.open.push((namespace, name));
        Ok(())
    }

    fn end(&mut self) -> Result<(), NotMetadata> {
        self.open
            .pop()
            .ok_or_else(|| wrong("an element ends that did not begin"))?;
        if let Some(text) = self.certificate.take() {
            let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            self.certificates.push(STANDARD.decode(text).map_err(wrong)?);
        }
        if self.open.len() == 2 {
            self.signing = false;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), NotMetadata> {
        if self.open.is_empty() && !text.trim().is_empty() {
            return Err(wrong("there is text outside the document's element"));
        }
        if let Some(certificate) = &mut self.certificate {
            certificate.push_str(text);
        }
        Ok(())
    }

    fn is_in_provider(&self) -> bool {
        self.is_provider
            && self
                .open
                .get(1)
                .is_some_and(|(namespace, name)| namespace == METADATA && name == "IDPSSODescriptor")
    }

    fn limit(&mut self, start: &BytesStart<'_>) -> Result<(), NotMetadata> {
        if let Some(text) = attribute(start, "validUntil")? {
            let until: Timestamp = text.parse().map_err(wrong)?;
            self.valid_until = Some(self.valid_until.map_or(until, |other| other.min(until)));
        }
        Ok(())
    }

    fn done(self) -> Result<Metadata, NotMetadata> {
        let missing = [
            (!self.began || !self.open.is_empty(), "it ends too early"),
            (self.entity_id.is_empty(), "it has no entityID"),
            (!self.is_provider, "it has no IDPSSODescriptor of SAML 2.0"),
            (!self.sign_on, "it has no SingleSignOnService"),
            (self.certificates.is_empty(), "it has no certificate for signing"),
        ];
        if let Some((_, why)) = missing.into_iter().find(|(is_missing, _)| *is_missing) {
            return Err(wrong(why));
        }
        Ok(Metadata {
            entity_id: self.entity_id,
            valid_until: self.valid_until,
            certificates: self.certificates,
        })
    }
}

/// An attribute without a namespace.
fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, NotMetadata> {
    let mut found = None;
    // All are read, so that one that is given twice is noticed.
    for attribute in start.attributes() {
        let attribute = attribute.map_err(wrong)?;
        if attribute.key.into_inner() == name {
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(wrong)?;
            found = Some(value.into_owned());
        }
    }
    Ok(found)
}

fn wrong(why: impl std::fmt::Display) -> NotMetadata {
    NotMetadata(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/x?a=1&amp;b=2" validUntil="2030-01-02T03:04:05Z">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>
        AQID
        BA==
      </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:KeyDescriptor use="encryption"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>BQ==</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"#;

    #[test]
    fn the_metadata_of_a_provider_is_read() {
        assert_eq!(
            Metadata::parse(GOOD).unwrap(),
            Metadata {
                entity_id: "https://idp.example/x?a=1&b=2".to_owned(),
                valid_until: Some("2030-01-02T03:04:05Z".parse().unwrap()),
                certificates: vec![vec![1, 2, 3, 4]],
            }
        );
        let unlimited = GOOD.replace(r#" validUntil="2030-01-02T03:04:05Z""#, "");
        assert_eq!(Metadata::parse(&unlimited).unwrap().valid_until, None);
    }

    #[test]
    fn what_is_no_metadata_of_a_provider_is_refused() {
        let without = |what: &str, with: &str| {
            assert!(GOOD.contains(what), "{what}");
            GOOD.replace(what, with)
        };
        let external = r#"<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">"#;
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>"#;
        let cases = [
            (String::new(), "it ends too early"),
            ("text".to_owned(), "there is text outside the document's element"),
            ("<a/>".to_owned(), "it is not one EntityDescriptor"),
            (
                without(r#"<?xml version="1.0"?>"#, external),
                "a document type is not allowed",
            ),
            (
                without(r#"<?xml version="1.0"?>"#, bomb),
                "a document type is not allowed",
            ),
            (without("AQID", "&b;"), "the entity `b` is not known"),
            (
                format!("{GOOD}{}", GOOD.replace("<?xml version=\"1.0\"?>", "")),
                "it is not one EntityDescriptor",
            ),
            (without(SIGNATURE, "urn:other"), "it has no certificate for signing"),
            (
                without("use=\"signing\"", "use=\"encryption\""),
                "it has no certificate for signing",
            ),
            (
                without("SAML:2.0:protocol", "SAML:3.0:protocol"),
                "it has no IDPSSODescriptor of SAML 2.0",
            ),
            (
                without("SingleSignOnService", "SingleLogoutService"),
                "it has no SingleSignOnService",
            ),
            (without("entityID=", "entityId="), "it has no entityID"),
            (without(METADATA, "urn:other"), "it is not one EntityDescriptor"),
        ];
        for (text, why) in cases {
            assert_eq!(Metadata::parse(&text).unwrap_err().to_string(), why, "{text}");
        }
        for broken in [
            without("</md:EntityDescriptor>", ""),
            without("</md:IDPSSODescriptor>", "</md:Other>"),
            without("2030-01-02T03:04:05Z", "soon"),
            without("AQID", "?"),
            without("entityID=", "entityID=\"a\" entityID="),
            GOOD.replace(" xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"", ""),
        ] {
            assert!(Metadata::parse(&broken).is_err(), "{broken}");
        }
        let deep = "<a>".repeat(100);
        let deep = without("<md:SingleSignOnService", &format!("{deep}<md:SingleSignOnService"));
        assert_eq!(
            Metadata::parse(&deep).unwrap_err().to_string(),
            "elements nest too deeply"
        );
    }
}
