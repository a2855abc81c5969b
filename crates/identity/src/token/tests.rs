use std::sync::Arc;

use aws_lc_rs::{
    hmac, rand,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use super::{
    issuer::{Named, ServiceAccountToken, SigningKey, discovery, key_set},
    *,
};

const NOW: i64 = 1_700_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn encode(value: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(value)
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer.example",
        "sub": "someone",
        "aud": ["sts.amazonaws.com"],
        "exp": NOW + 600,
        "iat": NOW,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "reads better at its many calls")]
fn with(changes: Value) -> Value {
    let mut all = claims();
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

fn public(key: &SigningKey) -> Arc<PublicKey> {
    let keys = KeySet::parse(key_set([key]).to_string().as_bytes()).unwrap();
    Arc::clone(keys.find(Some(key.key_id()), Algorithm::Rs256).unwrap())
}

fn verify(key: &SigningKey, token: &str) -> Result<Verified<Claims>, TokenError> {
    Unverified::parse(token)?.verify(&public(key), now())
}

#[test]
fn a_good_token_is_verified_and_says_what_it_says() {
    let key = SigningKey::generate().unwrap();
    let token = key
        .sign(&with(
            json!({"aud": "one", "jti": "j", "amr": ["a", "b"], "repository": "o/r", "nbf": NOW}),
        ))
        .unwrap();
    let claims = verify(&key, &token).unwrap();
    assert_eq!(claims.subject, "someone");
    assert_eq!(claims.audiences, ["one"]);
    assert_eq!(claims.methods, ["a", "b"]);
    assert_eq!(claims.token_id.as_deref(), Some("j"));
    assert_eq!(claims.texts, [("repository".to_owned(), "o/r".to_owned())]);
}

#[test]
fn times_are_held_to_the_second_with_thirty_of_leeway_for_the_start() {
    let key = SigningKey::generate().unwrap();
    let check = |changes: Value| verify(&key, &key.sign(&with(changes)).unwrap()).map(|_| ());
    assert_eq!(
        check(json!({"exp": NOW})),
        Err(TokenError::Expired { now: NOW, expires: NOW })
    );
    assert_eq!(check(json!({"exp": NOW + 1})), Ok(()));
    assert_eq!(check(json!({"nbf": NOW + 30})), Ok(()));
    assert_eq!(
        check(json!({"nbf": NOW + 31})),
        Err(TokenError::NotYet { claim: "nbf" })
    );
    assert_eq!(check(json!({"iat": NOW + 30})), Ok(()));
    assert_eq!(
        check(json!({"iat": NOW + 31})),
        Err(TokenError::NotYet { claim: "iat" })
    );
    assert!(matches!(
        check(json!({"exp": "soon"})),
        Err(TokenError::Malformed { .. })
    ));
    assert_eq!(check(json!({"exp": 1.75e9})), Ok(()));
    assert!(check(json!({"exp": 1e300})).is_err());
    assert!(check(json!({"exp": u64::MAX})).is_err());
}

#[test]
fn claims_that_must_be_there_are_missed() {
    let key = SigningKey::generate().unwrap();
    for name in ["sub", "aud", "exp", "iss"] {
        let mut some = claims();
        some.as_object_mut().unwrap().remove(name);
        assert_eq!(
            verify(&key, &key.sign(&some).unwrap()).map(|_| ()),
            Err(TokenError::Missing(name)),
        );
    }
    for changes in [json!({"sub": ""}), json!({"aud": []})] {
        assert!(matches!(
            verify(&key, &key.sign(&with(changes)).unwrap()),
            Err(TokenError::Missing(_))
        ));
    }
}

#[test]
fn any_changed_bit_of_a_token_refuses_it() {
    let key = SigningKey::generate().unwrap();
    let token = key.sign(&claims()).unwrap();
    for at in (0..token.len()).step_by(3) {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).unwrap();
        if forged != token {
            assert!(verify(&key, &forged).is_err(), "byte {at}");
        }
    }
    let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    let payload = encode(with(json!({"sub": "admin"})).to_string());
    assert_eq!(
        verify(&key, &format!("{header}.{payload}.{signature}")).map(|_| ()),
        Err(TokenError::Signature)
    );
}

#[test]
fn none_and_symmetric_algorithms_do_not_exist() {
    let key = SigningKey::generate().unwrap();
    let payload = encode(claims().to_string());
    for alg in ["none", "None", "NONE", "nOnE", "", "HS512", "ES512", "rs256"] {
        let header = encode(json!({"alg": alg, "kid": key.key_id()}).to_string());
        for signature in ["", "AAAA"] {
            assert_eq!(
                verify(&key, &format!("{header}.{payload}.{signature}")).map(|_| ()),
                Err(TokenError::Algorithm),
                "{alg}"
            );
        }
    }
    // The classic: the public key as the secret of an HMAC.
    let header = encode(json!({"alg": "HS256", "kid": key.key_id()}).to_string());
    let signed = format!("{header}.{payload}");
    let secret = hmac::Key::new(hmac::HMAC_SHA256, key.jwk().to_string().as_bytes());
    let signature = encode(hmac::sign(&secret, signed.as_bytes()));
    assert_eq!(
        verify(&key, &format!("{signed}.{signature}")).map(|_| ()),
        Err(TokenError::Algorithm)
    );
    let header = encode(json!({"kid": key.key_id()}).to_string());
    assert_eq!(
        verify(&key, &format!("{header}.{payload}.")).map(|_| ()),
        Err(TokenError::Algorithm)
    );
}

#[test]
fn the_algorithm_is_the_keys_not_the_headers() {
    let key = SigningKey::generate().unwrap();
    // The key set says RS256, so even a correct RS512 signature would not do.
    for alg in ["RS512", "PS256", "ES256", "EdDSA"] {
        let header = encode(json!({"alg": alg}).to_string());
        let token = format!("{header}.{}.AAAA", encode(claims().to_string()));
        assert_eq!(verify(&key, &token).map(|_| ()), Err(TokenError::Algorithm));
    }
}

#[test]
fn another_key_does_not_verify() {
    let (ours, theirs) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let token = theirs.sign(&claims()).unwrap();
    assert_eq!(verify(&ours, &token).map(|_| ()), Err(TokenError::Signature));
    let keys = KeySet::parse(key_set([&ours]).to_string().as_bytes()).unwrap();
    assert!(keys.find(Some(theirs.key_id()), Algorithm::Rs256).is_none());
}

#[test]
fn elliptic_and_edwards_keys_verify_too() {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rand::SystemRandom::new()).unwrap();
    let p256 = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let ed = Ed25519KeyPair::generate().unwrap();
    let point = p256.public_key().as_ref();
    let jwks = json!({"keys": [
        {"kty": "EC", "crv": "P-256", "kid": "p", "x": encode(&point[1..33]), "y": encode(&point[33..])},
        {"kty": "OKP", "crv": "Ed25519", "kid": "e", "x": encode(ed.public_key())},
        {"kty": "EC", "crv": "P-521", "kid": "x", "x": "AA", "y": "AA"},
        {"kty": "oct", "kid": "o", "k": "AAAA"},
    ]});
    let keys = KeySet::parse(jwks.to_string().as_bytes()).unwrap();
    assert_eq!(keys.len(), 2);

    let signed = |alg: &str| {
        format!(
            "{}.{}",
            encode(json!({"alg": alg}).to_string()),
            encode(claims().to_string())
        )
    };
    let check = |kid: &str, token: &str| {
        let parsed = Unverified::parse(token).unwrap();
        let key = keys.find(Some(kid), parsed.algorithm()).unwrap();
        parsed.verify(key, now()).map(|_| ())
    };
    let text = signed("ES256");
    let good = p256.sign(&rand::SystemRandom::new(), text.as_bytes()).unwrap();
    assert_eq!(check("p", &format!("{text}.{}", encode(good))), Ok(()));
    let text = signed("EdDSA");
    let good = ed.sign(text.as_bytes());
    assert_eq!(check("e", &format!("{text}.{}", encode(good))), Ok(()));
    assert_eq!(
        check("p", &format!("{text}.{}", encode(good))),
        Err(TokenError::Algorithm)
    );
    // Without a `kid`, two keys are one too many.
    assert!(keys.find(None, Algorithm::Es256).is_none());
}

#[test]
fn duplicate_claims_and_header_members_are_refused() {
    let key = SigningKey::generate().unwrap();
    let sign = |header: String, payload: String| {
        // `sign` takes whatever serializes: a raw value keeps the duplicates.
        let raw = serde_json::value::RawValue::from_string(payload).unwrap();
        let token = key.sign(&raw).unwrap();
        if header.is_empty() {
            token
        } else {
            let (_, rest) = token.split_once('.').unwrap();
            format!("{}.{rest}", encode(header))
        }
    };
    let good = claims().to_string();
    let twice = |member: &str| good.replacen('{', &format!("{{{member},"), 1);
    for member in [
        r#""sub":"admin""#,
        r#""s\u0075b":"admin""#,
        r#""aud":"x""#,
        r#""iss":"https://issuer.example""#,
        r#""x":{"a":1,"a":2}"#,
    ] {
        assert!(
            matches!(
                verify(&key, &sign(String::new(), twice(member))),
                Err(TokenError::Malformed { part: "claims", .. })
            ),
            "{member}"
        );
    }
    assert!(matches!(
        verify(&key, &sign(r#"{"alg":"RS256","alg":"RS256"}"#.to_owned(), good.clone())),
        Err(TokenError::Malformed { part: "header", .. })
    ));
}

#[test]
fn critical_headers_are_refused() {
    for header in [
        json!({"alg": "RS256", "crit": ["exp"]}),
        json!({"alg": "RS256", "crit": []}),
        json!({"alg": "RS256", "b64": false}),
    ] {
        let token = format!("{}.{}.AAAA", encode(header.to_string()), encode(claims().to_string()));
        assert_eq!(Unverified::parse(&token).map(|_| ()), Err(TokenError::Critical));
    }
}

#[test]
fn what_is_no_jwt_is_told_so() {
    let good = format!("{}.{}.AAAA", encode(r#"{"alg":"RS256"}"#), encode(claims().to_string()));
    assert!(Unverified::parse(&good).is_ok());
    for wrong in [
        String::new(),
        "abc".to_owned(),
        "a.b".to_owned(),
        "a.b.c.d".to_owned(),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        // Trailing bits: a second spelling of the same bytes.
        format!("{}B", good.strip_suffix('A').unwrap()).replace("AAAB", "AAB"),
        "x".repeat(MAX_TOKEN + 1),
    ] {
        assert!(
            matches!(Unverified::parse(&wrong), Err(TokenError::NotAJwt(_))),
            "{wrong}"
        );
    }
}

#[test]
fn a_token_of_twenty_thousand_bytes_passes_and_one_more_does_not() {
    let key = SigningKey::generate().unwrap();
    let mut padding = 14_500;
    let token = loop {
        let token = key.sign(&with(json!({"x": "x".repeat(padding)}))).unwrap();
        if token.len() >= MAX_TOKEN - 1 {
            break token;
        }
        padding += 1;
    };
    assert!(token.len() <= MAX_TOKEN);
    assert!(verify(&key, &token).is_ok());
    let over = key.sign(&with(json!({"x": "x".repeat(padding + 3)}))).unwrap();
    assert!(matches!(verify(&key, &over), Err(TokenError::NotAJwt(_))));
}

#[test]
fn weak_foreign_and_private_keys_are_left_out_of_key_sets() {
    let good = SigningKey::generate().unwrap().jwk();
    let changed = |name: &str, value: Value| {
        let mut key = good.clone();
        key[name] = value;
        key
    };
    let mut exposed = good.clone();
    exposed["d"] = json!("AQAB");
    for wrong in [
        changed("use", json!("enc")),
        changed("key_ops", json!(["sign"])),
        changed("alg", json!("HS256")),
        changed("alg", json!("none")),
        changed("e", json!("AQ")),
        changed("e", json!("Ag")),
        changed("n", json!(encode([0xff; 128]))),
        changed("n", json!(encode([0xff; 513]))),
        changed("kty", json!("oct")),
        exposed,
    ] {
        assert_eq!(
            KeySet::parse(json!({"keys": [wrong]}).to_string().as_bytes()).map(|_| ()),
            Err(KeySetError::Unusable),
        );
    }
    let many = json!({"keys": vec![good.clone(); 33]}).to_string();
    assert_eq!(KeySet::parse(many.as_bytes()).map(|_| ()), Err(KeySetError::TooLarge));
    let vast = vec![b' '; 256 * 1024 + 1];
    assert_eq!(KeySet::parse(&vast).map(|_| ()), Err(KeySetError::TooLarge));
    assert!(KeySet::parse(b"{}").is_err());
}

fn service_account(namespace: &str, name: &str) -> ServiceAccountToken {
    let named = |name: &str| Named {
        name: name.to_owned(),
        uid: format!("uid-of-{name}"),
    };
    ServiceAccountToken {
        issuer: "https://127.0.0.1:4566/id/0123".to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        namespace: namespace.to_owned(),
        service_account: named(name),
        pod: Some(named("pod")),
        node: Some(named("node")),
        token_id: "11111111-2222-3333-4444-555555555555".to_owned(),
        issued: now(),
        expires: Timestamp::from_second(NOW + 3600).unwrap(),
    }
}

#[test]
fn minted_tokens_carry_what_kubernetes_puts_there() {
    let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap().to_pkcs8().unwrap()).unwrap();
    let token = service_account("default", "iam-test").mint(&key).unwrap();
    let payload: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!(
        payload,
        json!({
            "aud": ["sts.amazonaws.com"],
            "exp": NOW + 3600, "iat": NOW, "nbf": NOW,
            "iss": "https://127.0.0.1:4566/id/0123",
            "jti": "11111111-2222-3333-4444-555555555555",
            "kubernetes.io": {
                "namespace": "default",
                "node": {"name": "node", "uid": "uid-of-node"},
                "pod": {"name": "pod", "uid": "uid-of-pod"},
                "serviceaccount": {"name": "iam-test", "uid": "uid-of-iam-test"},
            },
            "sub": "system:serviceaccount:default:iam-test",
        })
    );
    let claims = verify(&key, &token).unwrap().of_cluster().unwrap();
    assert_eq!(
        claims.kubernetes.as_ref().unwrap().pod.as_ref().unwrap().1,
        "uid-of-pod"
    );
}

#[test]
fn a_clusters_subject_must_be_what_its_claims_rebuild() {
    let key = SigningKey::generate().unwrap();
    let kubernetes = |namespace: &str, name: &str| json!({"namespace": namespace, "serviceaccount": {"name": name}});
    let check = |changes: Value| {
        verify(&key, &key.sign(&with(changes)).unwrap())
            .unwrap()
            .of_cluster()
            .map(|_| ())
    };
    assert_eq!(
        check(json!({"sub": "system:serviceaccount:a:b", "kubernetes.io": kubernetes("a", "b")})),
        Ok(())
    );
    for (namespace, name, subject) in [
        ("a", "c", "system:serviceaccount:a:b"),
        ("a:b", "c", "system:serviceaccount:a:b:c"),
        ("a", "b:c", "system:serviceaccount:a:b:c"),
        ("", "b", "system:serviceaccount::b"),
        ("A", "b", "system:serviceaccount:A:b"),
        ("a*", "b", "system:serviceaccount:a*:b"),
    ] {
        assert_eq!(
            check(json!({"sub": subject, "kubernetes.io": kubernetes(namespace, name)})),
            Err(TokenError::Subject),
        );
    }
    assert_eq!(
        check(json!({"sub": "system:serviceaccount:a:b"})),
        Err(TokenError::Missing("kubernetes.io"))
    );
}

#[test]
fn session_tags_are_read_from_their_claim() {
    let key = SigningKey::generate().unwrap();
    let tags = |value: Value| {
        verify(
            &key,
            &key.sign(&with(json!({"https://aws.amazon.com/tags": value}))).unwrap(),
        )
        .map(|claims| claims.tags.clone().unwrap())
    };
    assert_eq!(
        tags(json!({"principal_tags": {"team": ["blue"]}, "transitive_tag_keys": ["team"]})).unwrap(),
        SessionTags {
            tags: vec![("team".to_owned(), "blue".to_owned())],
            transitive: vec!["team".to_owned()]
        }
    );
    assert!(tags(json!({"principal_tags": {"team": ["blue", "red"]}})).is_err());
    assert!(tags(json!({"principal_tags": ["team"]})).is_err());
}

#[test]
fn discovery_names_the_issuer_and_its_keys() {
    let document = discovery("https://host/id/1");
    assert_eq!(document["issuer"], "https://host/id/1");
    assert_eq!(document["jwks_uri"], "https://host/id/1/keys");
    assert_eq!(document["id_token_signing_alg_values_supported"], json!(["RS256"]));
}
