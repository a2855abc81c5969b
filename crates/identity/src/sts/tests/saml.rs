//! Assertions of a SAML provider, and each refusal.

use aws_lc_rs::{
    aead, cipher,
    iv::FixedLength,
    rand::SystemRandom,
    rsa::{
        OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
        OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
    },
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;
use crate::{
    certificate::tests::{Made, self_signed},
    pem,
    token::{
        Algorithm, Assertion, Cipher, KeyTransport, ReadAssertion, SamlSignature, SealedAssertion, SealedText,
        UnverifiedAssertion, issuer::SigningKey,
    },
};

pub(super) const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/Corp";
const SAML_ROLE: &str = "arn:aws:iam::123456789012:role/saml";
const ENDPOINT: &str = "https://signin.aws.amazon.com/saml";
const ISSUER: &str = "https://idp.example/metadata";

/// The provider of the world.
pub(super) struct Provider {
    made: Made,
    certificates: Vec<String>,
    valid_until: i64,
    encryption_required: bool,
    /// Its private keys.
    pub(super) own: Vec<Secret>,
}

impl Provider {
    pub(super) fn new() -> Self {
        let made = self_signed("idp", 2020, 2021);
        Self {
            // Expired long ago: a certificate is a box for a key.
            certificates: vec![STANDARD.encode(&*pem::block(&made.pem).unwrap().contents)],
            made,
            valid_until: NOW + 1,
            encryption_required: false,
            own: Vec::new(),
        }
    }

    pub(super) fn view(&self) -> SamlProviderView<'_> {
        SamlProviderView {
            entity_id: ISSUER,
            certificates: &self.certificates,
            valid_until: self.valid_until,
            encryption_required: self.encryption_required,
        }
    }

    fn sign(&self, assertion: Assertion) -> UnverifiedAssertion {
        UnverifiedAssertion::new(vec![self.signature()], assertion)
    }

    fn signature(&self) -> SamlSignature {
        let key = pem::block(&self.made.key).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.contents).unwrap();
        SamlSignature {
            algorithm: Algorithm::Es256,
            signed: b"signed".to_vec(),
            value: pair.sign(&SystemRandom::new(), b"signed").unwrap().as_ref().to_vec(),
        }
    }
}

fn attribute(name: &str, values: &[&str]) -> (String, Vec<String>) {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    (format!("https://aws.amazon.com/SAML/Attributes/{name}"), values)
}

fn assertion() -> Assertion {
    Assertion {
        id: "_1".to_owned(),
        issuer: ISSUER.to_owned(),
        issued: NOW,
        name: Some((
            "alice".to_owned(),
            Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()),
        )),
        recipient: ENDPOINT.to_owned(),
        not_on_or_after: NOW + 300,
        audiences: vec![vec!["urn:amazon:webservices".to_owned()]],
        attributes: vec![
            attribute("Role", &["x,y", &format!(" {PROVIDER} , {SAML_ROLE}\n")]),
            attribute("RoleSessionName", &["alice@example.com"]),
        ],
        ..Assertion::default()
    }
}

/// With another value of an attribute in the place of its own.
fn with(name: &str, values: &[&str]) -> Assertion {
    let mut changed = assertion();
    let new = attribute(name, values);
    changed.attributes.retain(|(known, _)| *known != new.0);
    if !values.is_empty() {
        changed.attributes.push(new);
    }
    changed
}

fn trusts_corp(actions: &[&str], condition: &Value) -> Compiled {
    compiled(&json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": actions, "Condition": condition,
    }]}))
}

/// A world whose role trusts the provider under this condition.
fn trusting(actions: &[&str], condition: &Value) -> World {
    let mut world = world();
    world
        .roles
        .insert(SAML_ROLE.to_owned(), role(5, trusts_corp(actions, condition)));
    world
}

fn usual() -> World {
    trusting(
        &["sts:AssumeRoleWithSAML"],
        &json!({"StringEquals": {"saml:aud": ENDPOINT}}),
    )
}

fn input(assertion: UnverifiedAssertion) -> AssumeRoleWithSaml<'static> {
    AssumeRoleWithSaml {
        role_arn: SAML_ROLE,
        principal_arn: PROVIDER,
        assertion: Ok(Shown::Open(assertion)),
        duration: None,
        policy: None,
        policy_arns: &[],
        context: Context::new(),
    }
}

impl World {
    fn saml(&self, input: AssumeRoleWithSaml<'_>) -> Result<(Granted, SamlSubject), Refusal> {
        assume_role_with_saml(
            self,
            &self.sessions,
            input,
            now(),
            &SystemEntropy,
            &mut Evidence::default(),
        )
    }

    fn shows(&self, assertion: Assertion) -> Result<(Granted, SamlSubject), Refusal> {
        self.saml(input(self.saml.sign(assertion)))
    }

    fn saml_refused(&self, assertion: Assertion) -> (&'static str, String) {
        let refusal = self.shows(assertion).unwrap_err();
        (refusal.code(), refusal.to_string())
    }
}

fn denied() -> (&'static str, String) {
    (
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithSAML".to_owned(),
    )
}

#[test]
fn an_assertion_becomes_a_session_that_signs() {
    let world = usual();
    let (granted, subject) = world.shows(assertion()).unwrap();
    assert_eq!(
        granted.assumed_role_arn.as_str(),
        "arn:aws:sts::123456789012:assumed-role/saml/alice@example.com"
    );
    assert_eq!(
        (granted.credentials.expires, granted.packed_policy_size),
        (NOW + 3600, None)
    );
    assert_eq!(
        subject,
        SamlSubject {
            name: "alice".to_owned(),
            kind: "persistent".to_owned(),
            issuer: ISSUER.to_owned(),
            recipient: ENDPOINT.to_owned(),
            // printf '%s' https://idp.example/metadata123456789012/Corp | openssl sha1 -binary | base64
            qualifier: "U4ZUOx1XEXU0eac6KeUUnI2kQ8E=".to_owned(),
        }
    );
    let credential = world.credential(&granted, now()).unwrap();
    let Identified::Session(opened) = credential.identity else {
        panic!("no session")
    };
    let mut context = Context::new();
    opened.record.describe(&[], &mut context);
    let value = |key: &str| context.get(key).map(|values| values.as_slice().join(","));
    assert_eq!(value("aws:FederatedProvider").as_deref(), Some(PROVIDER));
    assert_eq!(value("saml:sub").as_deref(), Some("alice"));
    assert_eq!(value("saml:sub_type").as_deref(), Some("persistent"));
    assert_eq!(value("saml:namequalifier"), Some(subject.qualifier));
    assert_eq!(value("idp.example/metadata:sub"), None);
}

#[test]
fn the_trust_policy_sees_who_it_is() {
    let mut shown = assertion();
    for (name, values) in [
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", &["staff", "member"][..]),
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.3", &["ou=a"]),
        ("urn:oid:2.5.4.3", &["a", "b"]),
        (
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            &["alice@example.com"],
        ),
        ("0.9.2342.19200300.100.1.3", &["other@example.com"]),
        ("2.5.4.4", &["Smith", "Jones"]),
    ] {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        shown.attributes.push((name.to_owned(), values));
    }
    for (condition, good) in [
        (
            json!({"StringEquals": {
                "saml:aud": ENDPOINT, "saml:iss": ISSUER, "saml:sub": "alice", "saml:sub_type": "persistent",
                "saml:doc": "123456789012/Corp", "saml:namequalifier": "U4ZUOx1XEXU0eac6KeUUnI2kQ8E=", "aws:FederatedProvider": PROVIDER,
                "sts:RoleSessionName": "alice@example.com", "sts:DurationSeconds": "3600",
            }}),
            true,
        ),
        (
            json!({"ForAllValues:StringLike": {"saml:edupersonaffiliation": ["staff", "mem*"]}}),
            true,
        ),
        (
            json!({"ForAllValues:StringLike": {"saml:edupersonaffiliation": ["staff"]}}),
            false,
        ),
        (
            json!({"ForAnyValue:StringEquals": {"saml:eduPersonAffiliation": "member", "saml:cn": "b"}}),
            true,
        ),
        (json!({"StringEquals": {"saml:eduPersonOrgDN": "ou=a"}}), true),
        // One claim for each key: the first of AWS's table.
        (
            json!({"StringEquals": {"saml:mail": "alice@example.com", "saml:surname": "Smith"}}),
            true,
        ),
        (json!({"StringEquals": {"saml:mail": "other@example.com"}}), false),
        (json!({"StringEquals": {"saml:surname": "Jones"}}), false),
        (json!({"StringEquals": {"saml:sub": "mallory"}}), false),
        (json!({"Null": {"saml:uid": "true"}}), true),
    ] {
        let world = trusting(&["sts:AssumeRoleWithSAML"], &condition);
        match world.shows(shown.clone()) {
            Ok(_) => assert!(good, "{condition}"),
            Err(refusal) => assert!(
                !good && refusal == Refusal::Denied("Not authorized to perform sts:AssumeRoleWithSAML"),
                "{condition}"
            ),
        }
    }
}

#[test]
fn whom_nobody_trusts_gets_nothing_and_learns_nothing() {
    let world = usual();
    assert_eq!(
        trusting(&["sts:AssumeRoleWithWebIdentity"], &json!({})).saml_refused(assertion()),
        denied()
    );
    // A role that is not there, offered by the provider or not.
    let missing = "arn:aws:iam::123456789012:role/missing";
    for offered in [format!("{missing},{PROVIDER}"), format!("{SAML_ROLE},{PROVIDER}")] {
        let asked = AssumeRoleWithSaml {
            role_arn: missing,
            ..input(world.saml.sign(with("Role", &[&offered])))
        };
        assert_eq!(world.saml(asked).unwrap_err().to_string(), denied().1);
    }
    for offered in [
        vec![],
        vec![SAML_ROLE],
        vec![PROVIDER],
        vec!["arn:aws:iam::123456789012:role/saml,arn:aws:iam::123456789012:saml-provider/Other"],
        vec!["arn:aws:iam::123456789012:role/saml,arn:aws:iam::123456789012:saml-provider/Corp,x"],
        vec!["arn:aws:iam::123456789012:role/Saml,arn:aws:iam::123456789012:saml-provider/Corp"],
    ] {
        assert_eq!(world.saml_refused(with("Role", &offered)), denied(), "{offered:?}");
    }
    // A role of another account, whatever the assertion says.
    let theirs = "arn:aws:iam::999999999999:role/saml";
    let asked = AssumeRoleWithSaml {
        role_arn: theirs,
        ..input(world.saml.sign(with("Role", &[&format!("{theirs},{PROVIDER}")])))
    };
    assert_eq!(world.saml(asked).unwrap_err().to_string(), denied().1);
    let mut nobody = assertion();
    nobody.name = None;
    assert_eq!(world.saml_refused(nobody), denied());
}

#[test]
fn an_assertion_that_is_not_the_providers_is_refused_in_aws_words() {
    let invalid = |text: &str| ("InvalidIdentityToken", text.to_owned());
    let mut world = usual();
    let mut other = assertion();
    other.issuer = "https://idp.example/metadata/".to_owned();
    assert_eq!(
        world.saml_refused(other),
        invalid("Issuer not present in specified provider")
    );
    let stranger = Provider::new();
    let refused = |world: &World, provider: &Provider| {
        let refusal = world.saml(input(provider.sign(assertion()))).unwrap_err();
        (refusal.code(), refusal.to_string())
    };
    assert_eq!(refused(&world, &stranger), invalid("Response signature invalid"));
    let unsigned = world
        .saml(input(UnverifiedAssertion::new(Vec::new(), assertion())))
        .unwrap_err();
    assert_eq!(unsigned.to_string(), "Response signature invalid");
    let mut audience = assertion();
    audience.audiences = vec![vec!["urn:other".to_owned()]];
    assert_eq!(
        world.saml_refused(audience),
        invalid("Response does not contain the required audience")
    );
    let mut recipient = assertion();
    recipient.recipient = "https://other.example".to_owned();
    assert_eq!(
        world.saml_refused(recipient),
        invalid("Response does not contain the required recipient")
    );
    let mut early = assertion();
    early.not_before = Some(NOW + 60);
    assert_eq!(world.saml_refused(early), invalid("Response is not yet valid"));
    let mut late = assertion();
    late.not_on_or_after = NOW;
    assert_eq!(
        world.saml_refused(late),
        ("ExpiredTokenException", "Response has expired".to_owned())
    );
    let mut old = assertion();
    old.issued = NOW - 300;
    assert_eq!(
        world.saml_refused(old),
        (
            "ExpiredTokenException",
            "Token must be redeemed within 5 minutes of issuance".to_owned()
        )
    );
    for (principal, why) in [
        (
            "arn:aws:iam::123456789012:saml-provider/Other",
            "Specified provider doesn't exist",
        ),
        (
            "arn:aws:iam::999999999999:saml-provider/Corp",
            "Specified provider doesn't exist",
        ),
        (
            "arn:aws:iam::123456789012:role/saml",
            "arn:aws:iam::123456789012:role/saml is invalid",
        ),
        (
            "arn:aws:iam::123456789012:saml-provider/",
            "arn:aws:iam::123456789012:saml-provider/ is invalid",
        ),
    ] {
        let asked = AssumeRoleWithSaml {
            principal_arn: principal,
            ..input(world.saml.sign(assertion()))
        };
        assert_eq!(world.saml(asked).unwrap_err().to_string(), why);
    }
    let unread = AssumeRoleWithSaml {
        assertion: Err(Refusal::InvalidIdentityToken("unread".to_owned())),
        ..input(world.saml.sign(assertion()))
    };
    assert_eq!(world.saml(unread).unwrap_err().to_string(), "unread");
    world.saml.encryption_required = true;
    assert_eq!(world.saml_refused(assertion()).0, "InvalidIdentityToken");
    world.saml.encryption_required = false;
    world.saml.valid_until = NOW;
    assert_eq!(
        world.saml_refused(assertion()),
        invalid("The metadata of the specified provider has expired")
    );
    world.saml.valid_until = NOW + 1;
    // The provider's new key is beside the old one, or in its place.
    let old_key = std::mem::replace(&mut world.saml, Provider::new());
    assert_eq!(refused(&world, &old_key), invalid("Response signature invalid"));
    world.saml.certificates.extend(old_key.certificates.clone());
    assert!(world.saml(input(old_key.sign(assertion()))).is_ok());
}

#[test]
fn what_the_assertion_sets_is_checked_and_kept() {
    let invalid = |text: &str| ("InvalidIdentityToken", text.to_owned());
    let world = usual();
    let pattern = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}";
    assert_eq!(
        world.saml_refused(with("RoleSessionName", &[])),
        invalid("RoleSessionName is required in AuthnResponse")
    );
    for wrong in [&["John Doe"][..], &["x"], &["a/b"], &["one", "two"], &[&"x".repeat(65)]] {
        assert_eq!(world.saml_refused(with("RoleSessionName", wrong)), invalid(pattern));
    }
    for wrong in [&["aws:alice"][..], &["a b"], &["one", "two"]] {
        assert_eq!(
            world.saml_refused(with("SourceIdentity", wrong)),
            invalid(r#"Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:""#)
        );
    }
    for wrong in [&["899"][..], &["43201"], &["an hour"], &["900", "900"], &["-900"]] {
        assert_eq!(
            world.saml_refused(with("SessionDuration", wrong)).0,
            "InvalidIdentityToken",
            "{wrong:?}"
        );
    }
    // Tags and a source identity are actions of their own.
    assert_eq!(world.saml_refused(with("PrincipalTag:team", &["blue"])), denied());
    assert_eq!(world.saml_refused(with("SourceIdentity", &["alice"])), denied());

    let all = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"];
    let world = trusting(
        &all,
        &json!({"StringEquals": {"aws:RequestTag/team": "blue", "sts:SourceIdentity": "alice"}}),
    );
    let mut shown = with("SourceIdentity", &["alice"]);
    shown.attributes.push(attribute("PrincipalTag:team", &["blue"]));
    shown.attributes.push(attribute("PrincipalTag:site", &["west"]));
    shown.attributes.push(attribute("TransitiveTagKeys", &["team"]));
    let (granted, _) = world.shows(shown.clone()).unwrap();
    assert_eq!(granted.record.source_identity.as_deref(), Some("alice"));
    assert_eq!(granted.record.tags.len(), 2);
    assert_eq!(granted.record.transitive_tags, ["team"]);
    assert!(granted.packed_policy_size.is_some_and(|size| size > 0));
    let mut unknown = shown.clone();
    unknown.attributes.push(attribute("TransitiveTagKeys", &["other"]));
    unknown.attributes.retain(|(_, values)| values != &["team"]);
    assert_eq!(world.saml_refused(unknown).0, "InvalidParameterValue");
    let mut many = shown;
    many.attributes.push(attribute("PrincipalTag:many", &["a", "b"]));
    assert_eq!(world.saml_refused(many).0, "InvalidIdentityToken");
}

#[test]
fn the_provider_can_shorten_a_session_and_not_lengthen_it() {
    let mut world = usual();
    world.roles.get_mut(SAML_ROLE).unwrap().max_session = 7200;
    let ends = |shown: Assertion, duration: Option<i64>| {
        let asked = AssumeRoleWithSaml {
            duration,
            ..input(world.saml.sign(shown))
        };
        world
            .saml(asked)
            .map(|(granted, _)| granted.credentials.expires - NOW)
            .map_err(|refusal| refusal.to_string())
    };
    assert_eq!(ends(assertion(), Some(7200)), Ok(7200));
    assert_eq!(ends(with("SessionDuration", &["900"]), Some(7200)), Ok(900));
    assert_eq!(ends(with("SessionDuration", &["43200"]), None), Ok(3600));
    let mut until = with("SessionDuration", &["1800"]);
    until.session_until = Some(NOW + 60);
    assert_eq!(ends(until, None), Ok(60));
    // What was asked for is held against the role all the same.
    assert_eq!(
        ends(with("SessionDuration", &["900"]), Some(7201)),
        Err("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned())
    );
}

/// A private key, in PEM, and what encrypts for it.
fn own_key() -> (Secret, PublicEncryptingKey) {
    let pkcs8 = SigningKey::generate().unwrap().to_pkcs8().unwrap();
    let public = PrivateDecryptingKey::from_pkcs8(&pkcs8).unwrap().public_key();
    (Secret::new(pem::text("PRIVATE KEY", &pkcs8)), public)
}

const ALL: [Cipher; 4] = [
    Cipher::Aes128Cbc,
    Cipher::Aes256Cbc,
    Cipher::Aes128Gcm,
    Cipher::Aes256Gcm,
];

/// What encrypts for this key. `text` stands for the XML of an assertion.
fn encrypt(text: &[u8], transport: KeyTransport, cipher: Cipher, to: &PublicEncryptingKey) -> SealedText {
    let content = [7; 32];
    let length = if matches!(cipher, Cipher::Aes128Cbc | Cipher::Aes128Gcm) {
        16
    } else {
        32
    };
    let mut sealed = text.to_vec();
    let mut out = vec![3; 12];
    match cipher {
        Cipher::Aes128Gcm | Cipher::Aes256Gcm => {
            let algorithm = if length == 16 {
                &aead::AES_128_GCM
            } else {
                &aead::AES_256_GCM
            };
            let key = aead::LessSafeKey::new(aead::UnboundKey::new(algorithm, &content[..length]).unwrap());
            let nonce = aead::Nonce::assume_unique_for_key([3; 12]);
            key.seal_in_place_append_tag(nonce, aead::Aad::empty(), &mut sealed)
                .unwrap();
        }
        Cipher::Aes128Cbc | Cipher::Aes256Cbc => {
            let algorithm = if length == 16 {
                &cipher::AES_128
            } else {
                &cipher::AES_256
            };
            let key = cipher::UnboundCipherKey::new(algorithm, &content[..length]).unwrap();
            let key = cipher::PaddedBlockEncryptingKey::cbc_pkcs7(key).unwrap();
            let start = cipher::EncryptionContext::Iv128(FixedLength::from([3; 16]));
            key.less_safe_encrypt(&mut sealed, start).unwrap();
            out = vec![3; 16];
        }
    }
    out.extend(sealed);
    let algorithm = match transport {
        KeyTransport::OaepSha1 => &OAEP_SHA1_MGF1SHA1,
        KeyTransport::OaepSha256 => &OAEP_SHA256_MGF1SHA256,
        KeyTransport::OaepSha384 => &OAEP_SHA384_MGF1SHA384,
        KeyTransport::OaepSha512 => &OAEP_SHA512_MGF1SHA512,
    };
    let to = OaepPublicEncryptingKey::new(to.clone()).unwrap();
    let mut key = vec![0; to.ciphertext_size()];
    to.encrypt(algorithm, &content[..length], &mut key, None).unwrap();
    SealedText {
        transport,
        key,
        cipher,
        text: out,
    }
}

/// Reads one text as the assertion, with these signatures in it.
struct Signed(Vec<SamlSignature>);

impl ReadAssertion for Signed {
    fn read(&self, plain: &[u8]) -> Option<UnverifiedAssertion> {
        (plain == b"<Assertion/>").then(|| UnverifiedAssertion::new(self.0.clone(), assertion()))
    }
}

impl World {
    /// Shows what is encrypted; `own` signatures are in it, `outer` are of the response around it.
    fn shows_sealed(
        &self,
        text: SealedText,
        own: Vec<SamlSignature>,
        outer: Vec<SamlSignature>,
    ) -> Result<(), Refusal> {
        self.saml(AssumeRoleWithSaml {
            assertion: Ok(Shown::Sealed(SealedAssertion {
                signatures: outer,
                text,
                reader: Box::new(Signed(own)),
            })),
            ..input(self.saml.sign(assertion()))
        })
        .map(|_| ())
    }
}

#[test]
fn an_encrypted_assertion_is_opened_with_any_of_the_providers_keys() {
    let mut world = usual();
    let ((one, public), (other, _)) = (own_key(), own_key());
    let text = |transport, cipher| encrypt(b"<Assertion/>", transport, cipher, &public);
    let signature = || vec![world.saml.signature()];
    let (own, outer) = (signature(), signature());
    for required in [false, true] {
        world.saml.encryption_required = required;
        for keys in [vec![one.clone()], vec![other.clone(), one.clone()]] {
            world.saml.own = keys;
            for cipher in ALL {
                let shown = world.shows_sealed(text(KeyTransport::OaepSha256, cipher), own.clone(), Vec::new());
                assert_eq!(shown, Ok(()), "{cipher:?}");
            }
        }
    }
    for transport in [
        KeyTransport::OaepSha1,
        KeyTransport::OaepSha384,
        KeyTransport::OaepSha512,
    ] {
        let text = text(transport, Cipher::Aes256Gcm);
        assert_eq!(
            world.shows_sealed(text, own.clone(), Vec::new()),
            Ok(()),
            "{transport:?}"
        );
    }
    // Signed inside, outside, or both: each signature there is counts.
    let text = || text(KeyTransport::OaepSha1, Cipher::Aes128Gcm);
    assert_eq!(world.shows_sealed(text(), Vec::new(), outer.clone()), Ok(()));
    assert_eq!(world.shows_sealed(text(), own, outer), Ok(()));
}

#[test]
fn whatever_is_wrong_with_what_is_encrypted_is_one_refusal() {
    let mut world = usual();
    let ((one, public), (other, _)) = (own_key(), own_key());
    world.saml.own = vec![one];
    let good = world.saml.signature();
    let wrong = SamlSignature {
        signed: b"else".to_vec(),
        ..good.clone()
    };
    let refused = Refusal::InvalidIdentityToken("Response signature invalid".to_owned());
    let check = |world: &World, text: &SealedText, own: &[SamlSignature], outer: &[SamlSignature], why: &str| {
        let shown = world.shows_sealed(text.clone(), own.to_vec(), outer.to_vec());
        assert_eq!(shown, Err(refused.clone()), "{why}");
    };
    for cipher in ALL {
        let text = encrypt(b"<Assertion/>", KeyTransport::OaepSha256, cipher, &public);
        let good = std::slice::from_ref(&good);
        check(&world, &text, &[], &[], "unsigned");
        check(&world, &text, std::slice::from_ref(&wrong), &[], "signed by nobody");
        check(
            &world,
            &text,
            good,
            std::slice::from_ref(&wrong),
            "in a response signed by nobody",
        );
        let no_assertion = encrypt(b"<Else/>", KeyTransport::OaepSha256, cipher, &public);
        check(&world, &no_assertion, good, &[], "no assertion");
        let unchecked = matches!(cipher, Cipher::Aes128Cbc | Cipher::Aes256Cbc);
        // What CBC fills the last block with may be anything, but for how much of it there is.
        for at in (0..text.text.len()).filter(|at| !unchecked || !(12..15).contains(at)) {
            let mut changed = text.clone();
            changed.text[at] ^= 0x80;
            check(&world, &changed, good, &[], "a changed text");
        }
        for length in 0..text.text.len() {
            let mut short = text.clone();
            short.text.truncate(length);
            check(&world, &short, good, &[], "a short text");
        }
        for transport in [KeyTransport::OaepSha1, KeyTransport::OaepSha512] {
            check(
                &world,
                &SealedText {
                    transport,
                    ..text.clone()
                },
                good,
                &[],
                "another transport",
            );
        }
        for key in [
            Vec::new(),
            vec![0; 256],
            vec![255; 256],
            text.key[1..].to_vec(),
            [&text.key[..], &[0]].concat(),
        ] {
            check(&world, &SealedText { key, ..text.clone() }, good, &[], "another key");
        }
        for other in ALL.into_iter().filter(|other| *other != cipher) {
            check(
                &world,
                &SealedText {
                    cipher: other,
                    ..text.clone()
                },
                good,
                &[],
                "another cipher",
            );
        }
    }
    let text = encrypt(b"<Assertion/>", KeyTransport::OaepSha256, Cipher::Aes256Gcm, &public);
    for own in [Vec::new(), vec![other], vec![Secret::new("key")]] {
        world.saml.own = own;
        check(&world, &text, std::slice::from_ref(&good), &[], "no key for it");
    }
}
