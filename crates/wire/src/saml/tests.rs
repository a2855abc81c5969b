//! Vectors of others (`tests/saml_vectors.py`: libxml2's canonical forms, signxml's signatures), and every attack on them.

use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{canonical::canonical, element::Element, response::Unreadable, *};

#[derive(Deserialize)]
struct Form {
    text: String,
    path: Vec<usize>,
    inclusive: Vec<String>,
    canonical: String,
}

#[derive(Deserialize)]
struct Signed {
    name: String,
    signatures: usize,
    key: String,
    text: String,
}

fn signed() -> Vec<Signed> {
    serde_json::from_str(include_str!("../../tests/saml/signed.json")).unwrap()
}

/// The vector of this name.
fn vector(name: &str) -> Signed {
    signed().into_iter().find(|vector| vector.name == name).unwrap()
}

fn verifies(signature: &Signature, key: &str) -> bool {
    let algorithm: &dyn VerificationAlgorithm = match signature.algorithm {
        Algorithm::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RsaSha384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RsaSha512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::EcdsaSha256 => return false,
        Algorithm::EcdsaSha384 => &ECDSA_P384_SHA384_FIXED,
    };
    UnparsedPublicKey::new(algorithm, STANDARD.decode(key).unwrap())
        .verify(&signature.signed, &signature.value)
        .is_ok()
}

fn replaced(text: &str, what: &str, with: &str) -> String {
    assert!(text.contains(what), "{what} is not in {text}");
    text.replacen(what, with, 1)
}

/// Between two texts, both included.
fn cut<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap();
    let rest = text.get(start..).unwrap();
    let end = rest.find(to).unwrap() + to.len();
    rest.get(..end).unwrap()
}

#[test]
fn canonical_forms_are_those_of_libxml2() {
    let forms: Vec<Form> = serde_json::from_str(include_str!("../../tests/saml/canonical.json")).unwrap();
    for form in forms {
        let root = Element::parse(&form.text).unwrap();
        let mut path = vec![&root];
        for index in &form.path {
            path.push(path.last().unwrap().elements().nth(*index).unwrap());
        }
        let inclusive: Vec<&str> = form.inclusive.iter().map(String::as_str).collect();
        let written = String::from_utf8(canonical(&path, &inclusive, None)).unwrap();
        assert_eq!(written, form.canonical, "{} {:?}", form.text, form.path);
        // What is canonical stays as it is.
        let again = Element::parse(&written).unwrap();
        assert_eq!(canonical(&[&again], &inclusive, None), written.as_bytes(), "{written}");
    }
}

#[test]
fn the_default_namespace_can_be_inclusive() {
    // Exclusive XML Canonicalization, section 3, `#default`; lxml, which made the vectors, does not hand it on to libxml2.
    let root =
        Element::parse("<r xmlns='urn:d' xmlns:p='urn:p'><p:a><p:b/></p:a><p:a xmlns=''><p:b/></p:a></r>").unwrap();
    let forms: Vec<String> = root
        .elements()
        .map(|inner| String::from_utf8(canonical(&[&root, inner], &["#default"], None)).unwrap())
        .collect();
    assert_eq!(forms[0], "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\"><p:b></p:b></p:a>");
    assert_eq!(forms[1], "<p:a xmlns:p=\"urn:p\"><p:b></p:b></p:a>");
}

#[test]
fn responses_that_another_program_has_signed_are_read_and_verified() {
    for vector in signed() {
        let response = Response::decode(&STANDARD.encode(&vector.text)).unwrap();
        assert_eq!(response.signatures.len(), vector.signatures, "{}", vector.name);
        for signature in &response.signatures {
            assert!(verifies(signature, &vector.key), "{}", vector.name);
        }
        let assertion = response.assertion;
        assert_eq!(
            (assertion.id.as_str(), assertion.issuer.as_str()),
            ("_assertion", "https://idp.example/metadata")
        );
        assert_eq!(assertion.name.unwrap().text, "alice");
        assert_eq!(assertion.recipient, "https://signin.aws.amazon.com/saml");
        assert_eq!(response.destination, Some(assertion.recipient));
        assert_eq!(assertion.not_on_or_after.to_string(), "2023-11-14T22:18:20Z");
        assert_eq!(assertion.not_before.unwrap().to_string(), "2023-11-14T22:13:15Z");
        assert_eq!(assertion.session_until.unwrap().to_string(), "2023-11-15T06:13:20Z");
        assert_eq!(assertion.audiences, [["urn:amazon:webservices"]]);
        let values: Vec<usize> = assertion
            .attributes
            .iter()
            .map(|attribute| attribute.values.len())
            .collect();
        assert_eq!(values, [1, 1, 2]);
        assert_eq!(assertion.attributes[2].values, ["staff", "R&D \"west\""]);
    }
}

#[test]
fn a_key_verifies_no_signature_but_its_own() {
    let (one, other) = (vector("assertion"), vector("elliptic curve"));
    let response = Response::parse(&one.text).unwrap();
    assert!(!verifies(&response.signatures[0], &other.key));
    // With the digest of what was changed put in its place, the signature is over other bytes.
    let digest = cut(&one.text, "<ds:DigestValue>", "</ds:DigestValue>");
    let changed = replaced(&one.text, ">alice<", ">mallory<");
    let root = Element::parse(&changed).unwrap();
    let assertion = root.elements().last().unwrap();
    let signature = assertion.elements().find(|inner| inner.name == "Signature").unwrap();
    let form = canonical(&[&root, assertion], &[], Some(signature));
    let new = STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &form));
    let changed = replaced(&changed, digest, &format!("<ds:DigestValue>{new}</ds:DigestValue>"));
    let response = Response::parse(&changed).unwrap();
    assert_eq!(response.assertion.name.unwrap().text, "mallory");
    assert!(!verifies(&response.signatures[0], &one.key));
}

#[test]
fn no_part_of_what_is_signed_can_be_changed() {
    let assertion = vector("assertion").text;
    for (what, with) in [
        (">alice<", ">mallory<"),
        (":persistent", ":transient"),
        ("NotOnOrAfter=\"2023-11-14T23", "NotOnOrAfter=\"2033-11-14T23"),
        (
            "NotOnOrAfter=\"2023-11-14T22:18:20Z\"",
            "NotOnOrAfter=\"2033-11-14T22:18:20Z\"",
        ),
        (
            "Recipient=\"https://signin.aws.amazon.com/saml\"",
            "Recipient=\"https://elsewhere.example\"",
        ),
        (":webservices<", ":else<"),
        ("role/saml", "role/admin"),
        ("alice@example.com", "admin@example.com"),
        ("<saml:Audience>", "<saml:Audience> "),
        (
            "ID=\"_assertion\" Version=\"2.0\" IssueInstant=\"2023-11-14",
            "ID=\"_assertion\" Version=\"2.0\" IssueInstant=\"2024-11-14",
        ),
        (
            "</saml:AttributeStatement>",
            "<saml:Attribute Name=\"x\"/></saml:AttributeStatement>",
        ),
        ("xsi:type=\"xs:string\"", "xsi:type=\"xs:other\""),
        (
            "<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>",
            "",
        ),
    ] {
        let error = Response::parse(&replaced(&assertion, what, with)).unwrap_err();
        let why = Unreadable::Signature("a digest is not that of its element".to_owned());
        assert_eq!(error, why, "{what}");
    }
    let response = vector("response").text;
    let elsewhere = replaced(&response, "Destination=\"https://signin", "Destination=\"https://login");
    assert!(matches!(Response::parse(&elsewhere), Err(Unreadable::Signature(_))));
    // White space between the elements of the response is signed with it.
    let spaced = replaced(&response, "</samlp:Status>", "</samlp:Status> ");
    assert!(matches!(Response::parse(&spaced), Err(Unreadable::Signature(_))));
    // What an assertion's own signature does not reach may change, and is not believed.
    let outside = replaced(
        &assertion,
        "Destination=\"https://signin",
        "Destination=\"https://login",
    );
    assert!(
        Response::parse(&outside)
            .unwrap()
            .destination
            .unwrap()
            .starts_with("https://login")
    );
}

/// A signed response in its parts, and a forged assertion.
struct Parts {
    text: String,
    good: String,
    signature: String,
    bare: String,
    forged: String,
}

impl Parts {
    fn new() -> Self {
        let text = vector("assertion").text;
        let good = cut(&text, "<saml:Assertion", "</saml:Assertion>").to_owned();
        let signature = cut(&text, "<ds:Signature ", "</ds:Signature>").to_owned();
        let bare = good.replace(&signature, "");
        let forged = replaced(&bare, ">alice<", ">mallory<").replace("ID=\"_assertion\"", "ID=\"_forged\"");
        Self {
            text,
            good,
            signature,
            bare,
            forged,
        }
    }
}

fn extensions(inner: &str) -> String {
    format!("<samlp:Extensions>{inner}</samlp:Extensions>")
}

fn after_status(inner: &str) -> String {
    format!("</samlp:Status>{inner}")
}

#[test]
fn nothing_is_read_beside_around_or_inside_of_what_is_signed() {
    let parts = Parts::new();
    let (text, good, signature) = (parts.text.as_str(), parts.good.as_str(), parts.signature.as_str());
    let (bare, forged) = (parts.bare.as_str(), parts.forged.as_str());
    let inner_of = |of: &str, inner: &str| replaced(of, "</saml:Assertion>", &format!("{inner}</saml:Assertion>"));
    let object = |inner: &str| {
        replaced(
            signature,
            "</ds:Signature>",
            &format!("<ds:Object>{inner}</ds:Object></ds:Signature>"),
        )
    };
    let wrapped = [
        // The signed one beside the forged one, before and after it.
        text.replace(good, &format!("{forged}{good}")),
        text.replace(good, &format!("{good}{forged}")),
        // Somewhere below the response.
        replaced(
            &text.replace(good, forged),
            "</samlp:Status>",
            &after_status(&extensions(good)),
        ),
        // Inside the forged one, at its end, in its subject, in an attribute's value.
        text.replace(good, &inner_of(forged, good)),
        text.replace(
            good,
            &replaced(forged, "</saml:Subject>", &format!("{good}</saml:Subject>")),
        ),
        text.replace(good, &replaced(forged, ">alice@example.com<", &format!(">{good}<"))),
        // In an object of the signature, which the forged one carries.
        text.replace(
            good,
            &replaced(forged, "<saml:Subject>", &format!("{}<saml:Subject>", object(bare))),
        ),
        text.replace(
            good,
            &replaced(
                &forged.replace("_forged", "_assertion"),
                "<saml:Subject>",
                &format!("{}<saml:Subject>", object(bare)),
            ),
        ),
        // The forged one inside the signed one's signature.
        text.replace(signature, &object(forged)),
        // The whole response inside of another.
        replaced(
            &text.replace(good, forged),
            "</samlp:Status>",
            &after_status(&extensions(text)),
        ),
        // The signature in the forged one, over the signed one without it.
        replaced(
            &text.replace(
                good,
                &replaced(forged, "<saml:Subject>", &format!("{signature}<saml:Subject>")),
            ),
            "</samlp:Status>",
            &after_status(&extensions(bare)),
        ),
        // Under another namespace, or as another kind of assertion.
        replaced(
            &text.replace(good, forged),
            "</samlp:Status>",
            &after_status(&good.replace("xmlns:ds", "xmlns:saml=\"urn:x\" xmlns:ds")),
        ),
    ];
    for (index, text) in wrapped.iter().enumerate() {
        let error = Response::parse(text).unwrap_err();
        assert!(
            matches!(&error, Unreadable::Malformed(why) if why == "there is not exactly one assertion"),
            "{index}: {error}"
        );
    }
}

#[test]
fn a_signature_counts_only_where_it_stands_and_for_its_parent() {
    let parts = Parts::new();
    let (text, good, signature) = (parts.text.as_str(), parts.good.as_str(), parts.signature.as_str());
    let forged = parts.forged.as_str();
    let misplaced = [
        // The signature of the assertion as that of the response, with and without the response's id.
        replaced(
            &text.replace(signature, ""),
            "<samlp:Status>",
            &format!("{signature}<samlp:Status>"),
        ),
        replaced(
            &text.replace(signature, ""),
            "<samlp:Status>",
            &format!("{}<samlp:Status>", signature.replace("#_assertion", "#_response")),
        ),
        // Deeper than the assertion, or outside of it.
        replaced(
            &text.replace(signature, ""),
            "<saml:NameID",
            &format!("{signature}<saml:NameID"),
        ),
        replaced(
            &text.replace(signature, ""),
            "</samlp:Status>",
            &after_status(&extensions(signature)),
        ),
        // Twice.
        text.replace(signature, &signature.repeat(2)),
        // Over nothing, over the document, over another element.
        text.replace("URI=\"#_assertion\"", ""),
        text.replace("URI=\"#_assertion\"", "URI=\"\""),
        text.replace("URI=\"#_assertion\"", "URI=\"#_response\""),
        text.replace("URI=\"#_assertion\"", "URI=\"#xpointer(id('_assertion'))\""),
        text.replace(" ID=\"_assertion\"", ""),
        // The forged one with the signature of the signed one.
        text.replace(
            good,
            &replaced(
                &forged.replace("_forged", "_assertion"),
                "<saml:Subject>",
                &format!("{signature}<saml:Subject>"),
            ),
        ),
    ];
    for (index, text) in misplaced.iter().enumerate() {
        let error = Response::parse(text).unwrap_err();
        assert!(matches!(error, Unreadable::Signature(_)), "{index}: {error}");
    }
    // Two elements of one id, whatever the attribute is called.
    for again in [
        "<samlp:Extensions ID=\"_assertion\"/>",
        "<samlp:Extensions xml:id=\"_assertion\"/>",
        "<samlp:Extensions Id=\"_response\"/>",
    ] {
        let error = Response::parse(&replaced(text, "</samlp:Status>", &after_status(again))).unwrap_err();
        assert_eq!(error, Unreadable::Malformed("an id occurs twice".to_owned()));
    }
}

#[test]
fn what_was_not_signed_has_no_signature() {
    let text = vector("assertion").text;
    let signature = cut(&text, "<ds:Signature ", "</ds:Signature>");
    assert_eq!(Response::parse(&text.replace(signature, "")).unwrap().signatures, []);
    // An element that is only called so is no signature, and is not passed over either.
    let other = text.replace(super::signature::DSIG, "urn:other");
    assert!(matches!(Response::parse(&other), Err(Unreadable::Signature(_))));
    // One of two that is taken away is not missed: the other is over everything.
    let both = vector("both");
    let (outer, inner) = both.text.split_at(both.text.find("</saml:Assertion>").unwrap());
    let taken = [
        outer,
        &inner.replace(cut(inner, "<ds:Signature ", "</ds:Signature>"), ""),
    ]
    .concat();
    let response = Response::parse(&taken).unwrap();
    assert!(response.signatures.len() == 1 && verifies(&response.signatures[0], &both.key));
}

#[test]
fn no_other_way_of_signing_is_accepted() {
    let text = vector("assertion").text;
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let transform = |algorithm: &str| format!("<ds:Transform Algorithm=\"{algorithm}\"/>");
    let method = cut(&text, "<ds:CanonicalizationMethod", "/>");
    let reference = cut(&text, "<ds:Reference", "</ds:Reference>");
    let weaker = [
        text.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"),
        text.replace(
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        ),
        text.replace(
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        ),
        text.replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", ""),
        text.replace(
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
        ),
        text.replace("http://www.w3.org/2001/04/xmlenc#sha256", ""),
        text.replace(exclusive, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
        text.replace(exclusive, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        text.replace(
            method,
            &method.replace(exclusive, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        ),
        text.replace(&transform("http://www.w3.org/2000/09/xmldsig#enveloped-signature"), ""),
        text.replace(&transform(exclusive), ""),
        text.replace(&transform(exclusive), &transform(exclusive).repeat(2)),
        text.replace(
            &transform(exclusive),
            &transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
        ),
        text.replace(
            &transform(exclusive),
            &format!("<ds:Transform Algorithm=\"{exclusive}\"><ds:XPath>1</ds:XPath></ds:Transform>"),
        ),
        text.replace(reference, &reference.repeat(2)),
        text.replace(reference, ""),
        text.replace(cut(&text, "<ds:SignatureValue>", "</ds:SignatureValue>"), ""),
        text.replace("<ds:SignatureValue>", "<ds:SignatureValue>?"),
        text.replace("<ds:DigestValue>", "<ds:DigestValue>?"),
    ];
    for (index, changed) in weaker.iter().enumerate() {
        assert_ne!(changed, &text, "{index}");
        let error = Response::parse(changed).unwrap_err();
        assert!(matches!(error, Unreadable::Signature(_)), "{index}: {error}");
    }
}

#[test]
fn a_comment_does_not_cut_a_text() {
    let vector = vector("assertion");
    let text = replaced(&vector.text, ">alice<", ">al<!-- x -->i<![CDATA[c]]>&#101;<");
    let response = Response::parse(&text).unwrap();
    // It is still what was signed, and so it is read as what was signed.
    assert!(verifies(&response.signatures[0], &vector.key));
    assert_eq!(response.assertion.name.unwrap().text, "alice");
}

#[test]
fn what_asks_for_more_than_the_text_is_refused() {
    let text = vector("assertion").text;
    let typed = |inner: &str| format!("<!DOCTYPE r {inner}>{text}");
    for (changed, why) in [
        (typed("SYSTEM \"file:///etc/passwd\""), "a document type is not allowed"),
        (
            typed("[<!ENTITY a \"alice\"><!ENTITY b \"&a;&a;\">]"),
            "a document type is not allowed",
        ),
        (
            typed("[<!ATTLIST saml:Assertion ID ID #IMPLIED>]"),
            "a document type is not allowed",
        ),
        (replaced(&text, ">alice<", ">&b;<"), "the entity `b` is not known"),
        (
            replaced(&text, "<saml:Subject>", "<?x y?><saml:Subject>"),
            "a processing instruction is not allowed",
        ),
        (
            replaced(&text, ">alice<", ">&#1;<"),
            "there is a character that XML has not",
        ),
        (format!("{text}<a/>"), "there is more than one element"),
        (format!("{text}x"), "there is text outside the document's element"),
        (
            format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{text}"),
            "it is not declared to be UTF-8",
        ),
        (
            format!("{}{}", "<a>".repeat(80), "</a>".repeat(80)),
            "there is more than one element, or they nest too deeply",
        ),
        ("<a:b/>".to_owned(), "the prefix `a` is bound to nothing"),
        (
            "<a xmlns:x='u' xmlns:y='u' x:i='1' y:i='2'/>".to_owned(),
            "the attribute `i` is given twice",
        ),
        (
            "<a xmlns:xml='urn:x'/>".to_owned(),
            "the prefix `xml` cannot be bound so",
        ),
        ("<a xmlns:='u'/>".to_owned(), "a prefix without a name is declared"),
        ("<a xmlns:p=''/>".to_owned(), "the prefix `p` cannot be bound so"),
        ("<a=b/>".to_owned(), "`a=b` is no name"),
        ("<a>".to_owned(), "it ends too early"),
        (String::new(), "there is no element"),
        (
            format!(
                "<a {}/>",
                (0..65).fold(String::new(), |all, n| all + &format!("xmlns:p{n}='u' "))
            ),
            "it declares too many namespaces",
        ),
    ] {
        assert_eq!(
            Response::parse(&changed).unwrap_err(),
            Unreadable::Malformed(why.to_owned()),
            "{changed}"
        );
    }
    for broken in ["<a b='1' b='2'/>", "<a></b>", "<a b=1/>", "<a &/>", "<a>&</a>", "<a/"] {
        assert!(Element::parse(broken).is_err(), "{broken}");
    }
    for wrong in ["?", "PGE=?", &STANDARD.encode(b"<a>\xff</a>")] {
        assert_eq!(Response::decode(wrong), Err(Unreadable::Base64), "{wrong}");
    }
}

#[test]
fn what_is_no_successful_response_is_refused() {
    let vector = vector("assertion").text;
    let signature = cut(&vector, "<ds:Signature ", "</ds:Signature>");
    let text = vector.replace(signature, "");
    let denied = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
    let failed = replaced(&text, "urn:oasis:names:tc:SAML:2.0:status:Success", denied);
    assert_eq!(Response::parse(&failed), Err(Unreadable::Rejected(denied.to_owned())));
    let assertion = cut(&text, "<saml:Assertion", "</saml:Assertion>");
    let confirmation = cut(&text, "<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>");
    for (what, with, why) in [
        ("samlp:Response ", "samlp:Request ", None),
        (
            "ID=\"_response\" Version=\"2.0\"",
            "ID=\"_response\" Version=\"1.1\"",
            Some("it is no Response of SAML 2.0"),
        ),
        (
            "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>",
            "",
            Some("there is no StatusCode"),
        ),
        (assertion, "", Some("there is not exactly one assertion")),
        (
            assertion,
            "<saml:EncryptedAssertion/>",
            Some("what is encrypted is not taken"),
        ),
        (
            "ID=\"_assertion\" Version=\"2.0\"",
            "ID=\"_assertion\" Version=\"1.1\"",
            Some("it is no assertion of SAML 2.0"),
        ),
        (
            "<saml:Issuer>https://idp.example/metadata",
            "<saml:Issuer>https://other.example",
            Some("the response is of another issuer than its assertion"),
        ),
        ("ID=\"_assertion\"", "", Some("the assertion has no ID")),
        (confirmation, "", Some("there is no SubjectConfirmation")),
        (
            confirmation,
            &confirmation.repeat(2),
            Some("there is more than one SubjectConfirmation"),
        ),
        (
            "cm:bearer",
            "cm:sender-vouches",
            Some("the subject is not confirmed by bearing the assertion"),
        ),
        (
            " NotOnOrAfter=\"2023-11-14T22:18:20Z\"",
            "",
            Some("the confirmation has no end"),
        ),
        (
            "NotOnOrAfter=\"2023-11-14T22:18:20Z\"",
            "NotOnOrAfter=\"soon\"",
            Some("NotOnOrAfter is no time"),
        ),
        (
            "NotOnOrAfter=\"2023-11-14T22:18:20Z\"",
            "NotOnOrAfter=\"2023-11-14T22:18:20\"",
            Some("NotOnOrAfter is no time"),
        ),
        (
            "<saml:AudienceRestriction>",
            "<saml:Condition/><saml:AudienceRestriction>",
            Some("there is a condition that is not known"),
        ),
        (
            "<saml:AudienceRestriction>",
            "<x:AudienceRestriction xmlns:x=\"urn:x\"/><saml:AudienceRestriction>",
            Some("there is a condition that is not known"),
        ),
    ] {
        let changed = replaced(&text, what, with);
        let error = Response::parse(&changed).unwrap_err();
        match why {
            Some(why) => assert_eq!(error, Unreadable::Malformed(why.to_owned()), "{what}"),
            None => assert!(matches!(error, Unreadable::Malformed(_)), "{what}"),
        }
    }
    let nobody = text.replace(">alice<", "><");
    assert_eq!(Response::parse(&nobody).unwrap().assertion.name, None);
}
