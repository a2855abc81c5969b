//! The issuer of an account, and the tokens that it signs.

use super::*;
use crate::{
    account::{
        cluster::{Issuer, NewCluster},
        outbound_issuer::{self, disable, enable},
    },
    session::{Opened, Record, Secret, Source, Subject},
    state::OutboundIssuer,
    sts::{Directory as _, KeySource, Refusal, View, WebIdentityToken, WebIdentityTokenRequest, web_identity_token},
    token::Unverified,
};

const BASE: &str = "https://127.0.0.1:4566/";

fn keys() -> Vec<SigningKey> {
    vec![SigningKey::generate().unwrap(), SigningKey::generate_es384().unwrap()]
}

impl World {
    fn outbound(&self) -> Result<OutboundIssuer, Error> {
        let keys = keys();
        self.run(|tx, permit| enable(tx, permit, BASE, &keys))
    }

    fn token(&self, who: &Identified, input: WebIdentityTokenRequest<'_>) -> Result<WebIdentityToken, Refusal> {
        let snapshot = self.identity.snapshot();
        let caller = Caller::new(&snapshot, who, "AKIA").unwrap();
        web_identity_token(&snapshot, self.identity.root(), &caller, input, now(), &SystemEntropy)
    }
}

fn asked(audiences: &[String]) -> WebIdentityTokenRequest<'_> {
    WebIdentityTokenRequest {
        audiences,
        algorithm: "ES384",
        region: "us-east-2",
        ..WebIdentityTokenRequest::default()
    }
}

fn claims(token: &str) -> serde_json::Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[test]
fn an_issuer_comes_goes_and_comes_back_as_the_same() {
    let world = World::new();
    let info = || outbound_issuer::get(&world.identity.snapshot(), account()).map(|issuer| issuer.url.clone());
    assert_eq!(
        refusal(info()),
        "FeatureDisabled: Outbound identity federation is not enabled for your account."
    );
    assert!(refusal(world.run(disable)).starts_with("FeatureDisabled: "));
    let made = world.outbound().unwrap();
    assert!(made.url.starts_with("https://127.0.0.1:4566/id/") && made.id.len() == 32);
    assert_eq!(info().unwrap(), made.url);
    assert_eq!(
        refusal(world.outbound()),
        "FeatureEnabled: Outbound identity federation is already enabled for your account."
    );
    // The keys are published without their secrets, and are not in the open in the record either.
    assert!(made.jwks.contains("\"ES384\"") && made.jwks.contains("\"RS256\"") && !made.jwks.contains("\"d\""));
    assert_eq!(made.keys.as_ref().unwrap().len(), 2);
    world.run(disable).unwrap();
    assert!(info().is_err());
    let again = world.run(|tx, permit| enable(tx, permit, BASE, &[])).unwrap();
    assert_eq!(
        (again.url, again.jwks, again.signing_keys),
        (made.url.clone(), made.jwks, made.signing_keys)
    );
    // No cluster can be registered under it.
    let new = NewCluster {
        name: "c".parse().unwrap(),
        region: "us-east-2",
        issuer: Issuer::Registered {
            url: &made.url,
            jwks: None,
        },
        role_arn: "",
        version: "",
        network: crate::state::Network::default(),
        tags: &[],
        token: None,
    };
    let refused = world.run(|tx, permit| cluster::create(tx, permit, &new));
    assert_eq!(
        refusal(refused),
        format!("AlreadyExists: The issuer is in use: {}", made.url)
    );
}

#[test]
fn a_token_says_who_it_is_and_the_issuers_keys_verify_it() {
    let world = World::new();
    world.outbound().unwrap();
    let alice = world.user("alice").unwrap();
    let who = Identified::User {
        account: account(),
        id: alice.id,
        arn: alice.arn,
    };
    let audiences = ["https://api.example".to_owned(), "other".to_owned()];
    let tags = [("job".to_owned(), "7".to_owned())];
    for algorithm in ["RS256", "ES384"] {
        let input = WebIdentityTokenRequest {
            algorithm,
            tags: &tags,
            ..asked(&audiences)
        };
        let made = world.token(&who, input).unwrap();
        let text = made.token.expose();
        let seconds = now().as_second();
        let said = claims(text);
        assert_eq!(said["aud"], serde_json::json!(audiences));
        assert_eq!(
            (said["iat"].as_i64(), said["exp"].as_i64()),
            (Some(seconds), Some(seconds + 300))
        );
        assert_eq!(
            (said["jti"].as_str(), made.expires),
            (Some(made.id.as_str()), seconds + 300)
        );
        assert_eq!(
            said["https://sts.amazonaws.com/"],
            serde_json::json!({
                "aws_account": "123456789012", "source_region": "us-east-2",
                "principal_id": "arn:aws:iam::123456789012:user/alice", "request_tags": {"job": "7"},
            })
        );
        // Another account's provider of this issuer is verified with these keys, and with no others.
        let snapshot = world.identity.snapshot();
        let issuer = snapshot.outbound_issuer(account()).unwrap();
        let token = Unverified::parse(text).unwrap();
        assert_eq!(token.issuer(), issuer.url);
        let key = issuer
            .keys
            .as_ref()
            .unwrap()
            .find(token.key_id(), token.algorithm())
            .unwrap();
        assert_eq!(
            token.verify(key, now()).unwrap().subject,
            "arn:aws:iam::123456789012:user/alice"
        );
    }
    let one = claims(world.token(&who, asked(&audiences[..1])).unwrap().token.expose());
    assert_eq!(one["aud"], "https://api.example");
}

#[test]
fn a_role_session_is_its_role_and_does_not_outlive_itself() {
    let world = World::new();
    world.outbound().unwrap();
    let trust = trusts("\"arn:aws:iam::123456789012:root\"");
    let own = [
        ("team".to_owned(), "a".to_owned()),
        ("site".to_owned(), "west".to_owned()),
    ];
    let role = world
        .run(|tx, permit| {
            let new = NewRole {
                tags: &own,
                ..new_role("app", &trust)
            };
            role::create(tx, permit, &new)
        })
        .unwrap();
    let seconds = now().as_second();
    let record = Record {
        account: account(),
        account_incarnation: 1,
        subject: Subject::Role {
            id: role.id.clone(),
            arn: role.arn.clone(),
            session_name: "s-1".to_owned(),
        },
        issued: seconds,
        expires: seconds + 900,
        session_policy: None,
        session_policy_arns: Vec::new(),
        tags: vec![("Team".to_owned(), "b".to_owned())],
        transitive_tags: Vec::new(),
        source_identity: Some("me".to_owned()),
        source: Some(Arc::new(Source {
            provider: "arn:aws:iam::123456789012:saml-provider/Corp".to_owned(),
            issuer: "https://idp.example".to_owned(),
            subject: "alice".to_owned(),
            audience: "a".to_owned(),
            token_id: None,
            pod_uid: None,
            subject_type: Some("persistent".to_owned()),
        })),
        chained: false,
        mfa: false,
    };
    let who = Identified::Session(Arc::new(Opened::new(record, Secret::new("s"))));
    let audiences = ["a".to_owned()];
    let duration = |seconds| WebIdentityTokenRequest {
        duration: Some(seconds),
        ..asked(&audiences)
    };
    let said = claims(world.token(&who, duration(900)).unwrap().token.expose());
    assert_eq!(said["sub"], role.arn.as_str());
    assert_eq!(
        said["https://sts.amazonaws.com/"],
        serde_json::json!({
            "aws_account": "123456789012", "source_region": "us-east-2", "principal_id": role.arn.as_str(),
            "principal_tags": {"Team": "b", "site": "west"},
            "original_session_exp": Timestamp::from_second(seconds + 900).unwrap().to_string(),
            "source_identity": "me", "federated_provider": "arn:aws:iam::123456789012:saml-provider/Corp",
        })
    );
    assert_eq!(
        world.token(&who, duration(901)).unwrap_err(),
        Refusal::DurationEscalation
    );
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let world = World::new();
    let root = Identified::Root { account: account() };
    let audiences = ["a".to_owned()];
    assert_eq!(
        world.token(&root, asked(&audiences)).unwrap_err(),
        Refusal::OutboundDisabled
    );
    world.outbound().unwrap();
    assert!(world.token(&root, asked(&audiences)).is_ok());
    let algorithm = WebIdentityTokenRequest {
        algorithm: "HS256",
        ..asked(&audiences)
    };
    assert_eq!(
        world.token(&root, algorithm).unwrap_err().to_string(),
        "1 validation error detected: Value 'HS256' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy \
         enum value set: [RS256, ES384]"
    );
    let tag = |n: usize| (format!("k{n}"), "v".repeat(256));
    let twice = [tag(1), ("K1".to_owned(), String::new())];
    let tagged = |tags| WebIdentityTokenRequest {
        tags,
        ..asked(&audiences)
    };
    assert_eq!(
        world.token(&root, tagged(&twice)).unwrap_err().code(),
        "InvalidParameterValue"
    );
    let many: Vec<_> = (0..50).map(tag).collect();
    let long = vec!["x".repeat(1000); 10];
    let both = WebIdentityTokenRequest {
        tags: &many,
        ..asked(&long)
    };
    assert_eq!(world.token(&root, both).unwrap_err(), Refusal::TokenTooLarge);
    // Those who are disabled issue nothing, and what they have issued is still verified.
    world.run(disable).unwrap();
    assert_eq!(
        world.token(&root, asked(&audiences)).unwrap_err(),
        Refusal::OutboundDisabled
    );
    let snapshot = world.identity.snapshot();
    let url = snapshot.outbound_issuer(account()).unwrap().url.clone();
    let bare = url.strip_prefix("https://").unwrap();
    world
        .run(|tx, permit| {
            oidc_provider::create(
                tx,
                permit,
                &oidc_provider::NewProvider {
                    url: &url,
                    client_ids: &audiences,
                    thumbprints: &[],
                    tags: &[],
                },
            )
        })
        .unwrap();
    let snapshot = world.identity.snapshot();
    let view = View::new(&snapshot, world.identity.root());
    let provider = view.provider(account(), bare).unwrap();
    assert!(matches!(provider.keys, KeySource::Account(keys) if keys.len() == 2));
}
