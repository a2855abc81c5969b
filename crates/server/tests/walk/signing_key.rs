//! Rotation of an account's signing keys, as its operator and as those see it who are shown its tokens.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use rolecall_identity::{
    Permit,
    account::signing_key::{self, LEAD, Whose},
};
use rolecall_server::clock::Clock as _;
use serde_json::{Value, json};

use crate::{
    account::{OTHER, make},
    federation::user,
    revocation::ours,
    world::{ACCOUNT, Answer, NOW, World, between},
};

/// The `kid` of a token.
fn key_id(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn token(world: &World) -> String {
    let form = [
        ("Action", "GetWebIdentityToken"),
        ("Audience.member.1", "a"),
        ("SigningAlgorithm", "ES384"),
        ("DurationSeconds", "3600"),
    ];
    let answer = world.query(&world.root, "sts", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    between(&answer.body, "WebIdentityToken").to_owned()
}

async fn published(world: &World, issuer: &str) -> Vec<String> {
    let path = format!(
        "{}/.well-known/jwks.json",
        issuer.strip_prefix("https://127.0.0.1:4566").unwrap()
    );
    let mut headers = HeaderMap::new();
    headers.insert("host", "127.0.0.1:4566".parse().unwrap());
    let answer = world.send("GET", &path, &headers, "").await;
    let set: Value = serde_json::from_str(&answer.body).unwrap();
    let keys = set["keys"].as_array().unwrap().iter();
    keys.filter(|key| key["alg"] == "ES384")
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

async fn shown_to_another(world: &World, token: &str) -> Answer {
    let form = [
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", "2011-06-15"),
        ("RoleArn", "arn:aws:iam::210987654321:role/partner"),
        ("RoleSessionName", "s1"),
        ("WebIdentityToken", token),
    ];
    let mut headers = HeaderMap::new();
    headers.insert("host", "x".parse().unwrap());
    headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    world.send("POST", "/", &headers, &crate::world::encode(&form)).await
}

/// An account with an issuer, and another one with a role for who shows its tokens.
async fn partners() -> (World, String, rolecall_wire::sigv4::Credentials) {
    let world = World::new().await;
    let enabled = world
        .query(&world.root, "iam", &[("Action", "EnableOutboundWebIdentityFederation")])
        .await;
    let issuer = between(&enabled.body, "IssuerIdentifier").to_owned();
    let other = make(&world, OTHER).await;
    let bare = issuer.strip_prefix("https://").unwrap();
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::{OTHER}:oidc-provider/{bare}")},
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {format!("{bare}:aud"): "a"}}}]})
    .to_string();
    for form in [
        vec![
            ("Action", "CreateOpenIDConnectProvider"),
            ("Url", issuer.as_str()),
            ("ClientIDList.member.1", "a"),
        ],
        vec![
            ("Action", "CreateRole"),
            ("RoleName", "partner"),
            ("AssumeRolePolicyDocument", trust.as_str()),
        ],
    ] {
        let made = world.query(&other, "iam", &form).await;
        assert_eq!(made.status, 200, "{}", made.body);
    }
    (world, issuer, other)
}

#[tokio::test]
async fn tokens_of_both_keys_count_until_the_old_one_is_removed() {
    let (world, issuer, _) = partners().await;
    let asked = json!({"issuer": {"account": ACCOUNT}});
    let old = published(&world, &issuer).await;
    assert_eq!(old.len(), 1);
    let (status, answer) = ours(&world, &world.root, "RotateSigningKeys", &asked).await;
    assert_eq!(status, 200, "{answer}");
    let keys = answer["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 4);
    assert_eq!(keys[0]["signsFrom"], "2026-11-18T11:06:40Z");
    assert_eq!(
        (&keys[2]["signsFrom"], &keys[0]["publishedUntil"]),
        (&json!("2026-11-18T12:06:40Z"), &json!("2026-11-18T13:11:40Z"))
    );
    assert!(keys[2]["publishedUntil"].is_null());
    // Both are published, the new one an hour before it signs.
    let both = published(&world, &issuer).await;
    assert_eq!((both.len(), &both[0]), (2, &old[0]));
    world.clock.set(NOW + LEAD - 1);
    let last = token(&world).await;
    assert_eq!(key_id(&last), both[0]);
    world.clock.set(NOW + LEAD);
    let first = token(&world).await;
    assert_eq!(key_id(&first), both[1]);
    for token in [&last, &first] {
        assert_eq!(shown_to_another(&world, token).await.status, 200);
    }
    let (status, answer) = ours(&world, &world.root, "RotateSigningKeys", &asked).await;
    assert_eq!(
        (status, answer["message"].as_str()),
        (
            400,
            Some("The keys of this issuer are being rotated until 2026-11-18T13:11:40Z.")
        )
    );

    // What the process does every few minutes, at an hour when its clock says so; the tokens' own end is not asked here.
    let whose = Whose::Account(ACCOUNT.parse().unwrap());
    let permit = Permit::operator(ACCOUNT.parse().unwrap());
    let later = jiff::Timestamp::from_second(world.clock.now().as_second() + 2 * LEAD).unwrap();
    let retired = world
        .identity
        .write_blocking(permit, later, |tx, permit| signing_key::retire(tx, permit, &whose));
    retired.unwrap();
    assert_eq!(published(&world, &issuer).await, both[1..]);
    let refused = shown_to_another(&world, &last).await;
    assert_eq!(
        (refused.status, between(&refused.body, "Code")),
        (400, "InvalidIdentityToken")
    );
    assert_eq!(shown_to_another(&world, &first).await.status, 200);
}

#[tokio::test]
async fn what_leaked_keys_have_signed_counts_no_more() {
    let (world, issuer, _) = partners().await;
    let stolen = token(&world).await;
    assert_eq!(shown_to_another(&world, &stolen).await.status, 200);
    let asked = json!({"issuer": {"account": ACCOUNT}, "leaked": true});
    let (status, answer) = ours(&world, &world.root, "RotateSigningKeys", &asked).await;
    assert_eq!(
        (status, answer["keys"].as_array().map(Vec::len)),
        (200, Some(2)),
        "{answer}"
    );
    let refused = shown_to_another(&world, &stolen).await;
    assert_eq!(
        (refused.status, between(&refused.body, "Code")),
        (400, "InvalidIdentityToken")
    );
    let new = token(&world).await;
    assert_eq!(published(&world, &issuer).await, [key_id(&new)]);
    assert_eq!(shown_to_another(&world, &new).await.status, 200);
    // The change and its event are one commit.
    let waiting = world.identity.waiting_events(1000).unwrap();
    let told = waiting.iter().map(|waiting| waiting.event.to_line().unwrap());
    let told: Vec<_> = told.filter(|line| line.contains("\"RotateSigningKeys\"")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains(ACCOUNT) && told[0].contains("leaked"));
}

#[tokio::test]
async fn only_the_operator_rotates_signing_keys() {
    let (world, issuer, other) = partners().await;
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let alice = user(&world, &world.root, "alice", all).await;
    let nothing = user(&world, &world.root, "bob", &all.replace("Allow", "Deny")).await;
    let before = published(&world, &issuer).await;
    for who in [&other, &alice, &nothing] {
        for issuer in [
            json!({"account": ACCOUNT}),
            json!({"account": OTHER}),
            json!({"cluster": "dev"}),
        ] {
            for leaked in [false, true] {
                let asked = json!({"issuer": issuer, "leaked": leaked});
                let (status, answer) = ours(&world, who, "RotateSigningKeys", &asked).await;
                assert_eq!(status, 403, "{asked}: {answer}");
            }
        }
    }
    assert_eq!(published(&world, &issuer).await, before);
    for (asked, expected) in [
        (json!({"issuer": {"account": OTHER}}), 404),
        (json!({"issuer": {"account": "12"}}), 400),
        (json!({"issuer": {"cluster": "none"}}), 404),
        (json!({"issuer": {"cluster": "dev", "account": ACCOUNT}}), 400),
        (json!({"issuer": {"account": ACCOUNT}, "leeked": true}), 400),
        (json!({}), 400),
    ] {
        let (status, answer) = ours(&world, &world.root, "RotateSigningKeys", &asked).await;
        assert_eq!(status, expected, "{asked}: {answer}");
    }
    assert_eq!(published(&world, &issuer).await, before);
    // A cluster whose tokens are signed here has such keys too.
    let (status, answer) = ours(
        &world,
        &world.root,
        "RotateSigningKeys",
        &json!({"issuer": {"cluster": "dev"}}),
    )
    .await;
    assert_eq!(
        (status, answer["keys"].as_array().map(Vec::len)),
        (200, Some(2)),
        "{answer}"
    );
}
