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

fn in_the_open(response: &Response) -> Assertion {
    match &response.content {
        Content::Open(assertion) => assertion.clone(),
        Content::Sealed(sealed) => panic!("{sealed:?}"),
    }
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
        let assertion = in_the_open(&response);
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
    assert_eq!(in_the_open(&response).name.unwrap().text, "mallory");
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
    assert_eq!(in_the_open(&response).name.unwrap().text, "alice");
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
            Some("there is not exactly one assertion"),
        ),
        (
            "</saml:AttributeStatement>",
            "<saml:EncryptedAttribute/></saml:AttributeStatement>",
            Some("something else than the assertion is encrypted"),
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
    assert_eq!(in_the_open(&Response::parse(&nobody).unwrap()).name, None);
}

/// A response whose assertion is encrypted, by these texts in the places that they have.
fn encrypted(data: &str, key: &str, beside: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:e=\"http://www.w3.org/2009/xmlenc11#\" ID=\"_response\" \
         Version=\"2.0\" Destination=\"https://signin.aws.amazon.com/saml\"><saml:Issuer>https://idp.example/metadata\
         </saml:Issuer><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>\
         </samlp:Status><saml:EncryptedAssertion><xenc:EncryptedData Id=\"_data\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/><ds:KeyInfo>{key}</ds:KeyInfo>{data}\
         </xenc:EncryptedData>{beside}</saml:EncryptedAssertion></samlp:Response>"
    )
}

const DATA: &str = "<xenc:CipherData><xenc:CipherValue> AAEC\nAwQF </xenc:CipherValue></xenc:CipherData>";
const KEY: &str = "<xenc:EncryptedKey Id=\"_key\"><xenc:EncryptionMethod \
    Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/><xenc:CipherData><xenc:CipherValue>BgcI\
    </xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>";

fn sealed(text: &str) -> Sealed {
    match Response::parse(text).unwrap().content {
        Content::Sealed(sealed) => sealed,
        Content::Open(assertion) => panic!("{assertion:?}"),
    }
}

#[test]
fn what_is_encrypted_is_found_with_its_key() {
    let reference = "<ds:RetrievalMethod URI=\"#_key\" Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\"/>";
    for text in [encrypted(DATA, KEY, ""), encrypted(DATA, reference, KEY)] {
        let sealed = sealed(&text);
        assert_eq!(
            (&sealed.text[..], &sealed.key[..]),
            (&[0, 1, 2, 3, 4, 5][..], &[6, 7, 8][..])
        );
        assert_eq!(
            (sealed.transport, sealed.cipher),
            (KeyTransport::OaepSha1, Cipher::Aes256Gcm)
        );
    }
    for (name, cipher) in [
        ("2001/04/xmlenc#aes128-cbc", Cipher::Aes128Cbc),
        ("2001/04/xmlenc#aes256-cbc", Cipher::Aes256Cbc),
        ("2009/xmlenc11#aes128-gcm", Cipher::Aes128Gcm),
    ] {
        let text = replaced(&encrypted(DATA, KEY, ""), "2009/xmlenc11#aes256-gcm", name);
        assert_eq!(sealed(&text).cipher, cipher);
    }
    let digest = |uri: &str| format!("<ds:DigestMethod Algorithm=\"http://www.w3.org/{uri}\"/>");
    let mask = |name: &str| format!("<e:MGF Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1{name}\"/>");
    for (digest, mask, expected) in [
        (String::new(), String::new(), Some(KeyTransport::OaepSha1)),
        (
            digest("2000/09/xmldsig#sha1"),
            mask("sha1"),
            Some(KeyTransport::OaepSha1),
        ),
        (
            digest("2001/04/xmlenc#sha256"),
            mask("sha256"),
            Some(KeyTransport::OaepSha256),
        ),
        (
            digest("2001/04/xmldsig-more#sha384"),
            mask("sha384"),
            Some(KeyTransport::OaepSha384),
        ),
        (
            digest("2001/04/xmlenc#sha512"),
            mask("sha512"),
            Some(KeyTransport::OaepSha512),
        ),
        // The library has none of two digests.
        (digest("2001/04/xmlenc#sha256"), String::new(), None),
        (digest("2001/04/xmlenc#sha256"), mask("sha1"), None),
        (String::new(), mask("sha256"), None),
        (digest("2001/04/xmldsig-more#md5"), mask("sha1"), None),
        (digest("2000/09/xmldsig#sha1").repeat(2), mask("sha1"), None),
        ("<xenc:OAEPparams>AA==</xenc:OAEPparams>".to_owned(), mask("sha1"), None),
    ] {
        let method = "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>";
        let with = format!(
            "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#rsa-oaep\">{digest}{mask}</xenc:EncryptionMethod>"
        );
        let text = encrypted(DATA, &replaced(KEY, method, &with), "");
        match expected {
            Some(expected) => assert_eq!(sealed(&text).transport, expected),
            None => assert_eq!(
                Response::parse(&text),
                Err(Unreadable::Malformed(
                    "a key is encrypted in a way that is not accepted".to_owned()
                ))
            ),
        }
    }
}

#[test]
fn what_is_encrypted_in_any_other_way_is_refused() {
    let good = encrypted(DATA, KEY, "");
    let way = "a text is encrypted in a way that is not accepted";
    let key_way = "a key is encrypted in a way that is not accepted";
    let assertion = "there is not exactly one assertion";
    let vector = vector("assertion").text;
    let open = cut(&vector, "<saml:Assertion", "</saml:Assertion>");
    for (what, with, why) in [
        ("2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#tripledes-cbc", way),
        ("2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#aes192-cbc", way),
        (
            "xmlenc11#aes256-gcm\"/>",
            "xmlenc11#aes256-gcm\"><ds:X/></xenc:EncryptionMethod>",
            way,
        ),
        // RSA with the padding of PKCS #1 v1.5, keys that are wrapped by others or agreed upon.
        ("xmlenc#rsa-oaep-mgf1p", "xmlenc#rsa-1_5", key_way),
        ("xmlenc#rsa-oaep-mgf1p", "xmlenc#kw-aes256", key_way),
        (
            "xmlenc#Element\"",
            "xmlenc#Content\"",
            "what is encrypted is no element",
        ),
        (" AAEC\nAwQF ", "A", "something encrypted is not base64"),
        (DATA, "", "something encrypted is not here"),
        (
            DATA,
            "<xenc:CipherData><xenc:CipherReference URI=\"https://x\"/></xenc:CipherData>",
            "something encrypted is not here",
        ),
        (KEY, "", assertion),
        (
            "</ds:KeyInfo>",
            &format!("{KEY}</ds:KeyInfo>").replace("_key", "_other"),
            assertion,
        ),
        (
            "</saml:EncryptedAssertion>",
            "</saml:EncryptedAssertion><saml:EncryptedAssertion/>",
            assertion,
        ),
        (
            "</samlp:Response>",
            &format!("{open}</samlp:Response>"),
            "something else than the assertion is encrypted",
        ),
        (
            "</saml:EncryptedAssertion>",
            &format!("{open}</saml:EncryptedAssertion>"),
            "something else than the assertion is encrypted",
        ),
        (
            "<saml:EncryptedAssertion>",
            "<saml:EncryptedAssertion xmlns:saml=\"urn:x\">",
            assertion,
        ),
        ("Id=\"_key\"", "Id=\"_response\"", "an id occurs twice"),
    ] {
        let changed = replaced(&good, what, with);
        assert_eq!(
            Response::parse(&changed),
            Err(Unreadable::Malformed(why.to_owned())),
            "{with}"
        );
    }
    let signed = replaced(
        &good,
        "</saml:EncryptedAssertion>",
        "<ds:Signature/></saml:EncryptedAssertion>",
    );
    assert!(matches!(Response::parse(&signed), Err(Unreadable::Signature(_))));
}

#[test]
fn what_was_encrypted_is_read_as_strictly_as_what_was_not() {
    let sealed = sealed(&encrypted(DATA, KEY, ""));
    let read = |text: &str| sealed.read(text.as_bytes());
    let one = vector("assertion");
    let whole = replaced(
        cut(&one.text, "<saml:Assertion", "</saml:Assertion>"),
        "<saml:Assertion",
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    );
    // It declares its namespaces itself, or is in those of its place; and stands between white space.
    let inherits = cut(&one.text, "<saml:Assertion", "</saml:Assertion>");
    let spaced = format!("\n{whole} <!-- x -->\n");
    for text in [&whole, inherits, &spaced] {
        let (signatures, assertion) = read(text).unwrap();
        assert_eq!(assertion, in_the_open(&Response::parse(&one.text).unwrap()));
        assert!(signatures.len() == 1 && verifies(&signatures[0], &one.key));
    }
    for wrong in [
        &whole.repeat(2),
        &format!("x{whole}"),
        &format!("{whole}</>"),
        &format!("</>{whole}<>"),
        whole.strip_suffix(">").unwrap(),
        &format!("<saml:Subject>{whole}</saml:Subject>"),
        &format!("{whole}<saml:Subject>"),
        "text",
        " ",
    ] {
        assert!(matches!(read(wrong), Err(Unreadable::Malformed(_))), "{wrong}");
    }
    // What a prefix stands for is in the signature, whoever declares it.
    let elsewhere =
        encrypted(DATA, KEY, "").replace("xmlns:saml=\"urn:oasis", "xmlns:x=\"urn:x\" xmlns:saml=\"urn:oasis");
    let x = inherits.replace("saml:", "x:");
    let Content::Sealed(elsewhere) = Response::parse(&elsewhere).unwrap().content else {
        panic!("it is encrypted")
    };
    assert!(elsewhere.read(x.as_bytes()).is_err());
    let inner = "<saml:Assertion ID=\"_evil\"/>";
    for (what, with, why) in [
        (
            "https://idp.example/metadata</saml:Issuer>",
            "https://other.example</saml:Issuer>",
            None,
        ),
        (
            "<saml:Conditions",
            "<saml:EncryptedID/><saml:Conditions",
            Some("there is not exactly one assertion"),
        ),
        (
            "<saml:Conditions",
            &format!("{inner}<saml:Conditions"),
            Some("there is not exactly one assertion"),
        ),
        (
            "<saml:Conditions",
            "<saml:Conditions ID=\"_assertion\"",
            Some("an id occurs twice"),
        ),
    ] {
        let refused = read(&replaced(&whole, what, with)).unwrap_err();
        match why {
            Some(why) => assert_eq!(refused, Unreadable::Malformed(why.to_owned())),
            // Its digest is no more that of what is there.
            None => assert!(matches!(refused, Unreadable::Signature(_))),
        }
    }
    let signature = cut(&whole, "<ds:Signature ", "</ds:Signature>");
    let bare = replaced(&whole, signature, "");
    assert_eq!(read(&bare).unwrap().0, []);
    let foreign = replaced(
        &bare,
        "https://idp.example/metadata</saml:Issuer>",
        "https://other.example</saml:Issuer>",
    );
    assert_eq!(
        read(&foreign),
        Err(Unreadable::Malformed(
            "the response is of another issuer than its assertion".to_owned()
        ))
    );
    assert!(
        matches!(read(&one.text), Err(Unreadable::Malformed(_))),
        "a response is no assertion"
    );
    assert!(sealed.read(&[0xff]).is_err() && read("").is_err() && read("<!DOCTYPE a><a/>").is_err());
}
