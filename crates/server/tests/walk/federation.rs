//! `GetFederationToken`, what binds its sessions and those of `GetSessionToken`, and encoded authorization messages.

use rolecall_wire::sigv4::Credentials;
use serde_json::Value;

use crate::world::{Answer, World, between, refused};

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:*","iam:*","eks:*"],"Resource":"*"},{"Sid":"No","Effect":"Deny","Action":"eks:DeleteCluster","Resource":"*"}]}"#;
const ONLY_LIST: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"eks:ListClusters","Resource":"*"}]}"#;

pub(crate) fn credentials(answer: &Answer) -> Credentials {
    assert_eq!(answer.status, 200, "{}", answer.body);
    Credentials {
        access_key_id: between(&answer.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&answer.body, "SecretAccessKey").into(),
        session_token: answer
            .body
            .contains("<SessionToken>")
            .then(|| between(&answer.body, "SessionToken").to_owned()),
    }
}

/// A user with a policy, and its key.
pub(crate) async fn user(world: &World, root: &Credentials, name: &str, policy: &str) -> Credentials {
    for form in [
        vec![("Action", "CreateUser"), ("UserName", name)],
        vec![
            ("Action", "PutUserPolicy"),
            ("UserName", name),
            ("PolicyName", "p"),
            ("PolicyDocument", policy),
        ],
    ] {
        let made = world.query(root, "iam", &form).await;
        assert_eq!(made.status, 200, "{}", made.body);
    }
    let key = world
        .query(root, "iam", &[("Action", "CreateAccessKey"), ("UserName", name)])
        .await;
    credentials(&key)
}

/// A call of EKS's API.
pub(crate) async fn eks(world: &World, who: &Credentials, method: &str, path: &str) -> Answer {
    let headers = world.signed(who, "eks", method, path, "");
    world.send(method, path, &headers, "").await
}

#[tokio::test]
async fn a_federated_user_is_somebody_with_less() {
    let world = World::new().await;
    let alice = user(&world, &world.root, "alice", POLICY).await;
    let answer = world
        .query(
            &alice,
            "sts",
            &[
                ("Action", "GetFederationToken"),
                ("Name", "bob"),
                ("Policy", ONLY_LIST),
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "a"),
            ],
        )
        .await;
    let bob = credentials(&answer);
    assert_eq!(between(&answer.body, "FederatedUserId"), "123456789012:bob");
    assert_eq!(
        between(&answer.body, "Arn"),
        "arn:aws:sts::123456789012:federated-user/bob"
    );
    assert_ne!(between(&answer.body, "PackedPolicySize"), "0");
    let who = world.query(&bob, "sts", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(
        between(&who.body, "Arn"),
        "arn:aws:sts::123456789012:federated-user/bob"
    );
    assert_eq!(between(&who.body, "UserId"), "123456789012:bob");

    assert_eq!(eks(&world, &bob, "GET", "/clusters").await.status, 200);
    // The user may, the session may not.
    let denied = eks(&world, &bob, "GET", "/clusters/dev").await;
    assert_eq!(denied.status, 403);
    assert!(
        denied
            .body
            .contains("because no session policy allows the eks:DescribeCluster action"),
        "{}",
        denied.body
    );
    let list = world.query(&bob, "iam", &[("Action", "ListUsers")]).await;
    refused(
        &list,
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    );
    for action in [
        "GetSessionToken",
        "GetFederationToken",
        "AssumeRole",
        "GetAccessKeyInfo",
    ] {
        let answer = world.query(&bob, "sts", &[("Action", action), ("Name", "eve")]).await;
        let message = format!("Cannot call {action} with session credentials");
        refused(&answer, 403, "AccessDenied", &message);
    }
    let log = world.log();
    assert!(log.contains(&format!("\"issued\":\"{}\"", bob.access_key_id)), "{log}");
    assert!(log.contains("\"type\":\"FederatedUser\""), "{log}");

    // A user who is gone takes its federated users along.
    for form in [
        vec![
            ("Action", "DeleteAccessKey"),
            ("UserName", "alice"),
            ("AccessKeyId", alice.access_key_id.as_str()),
        ],
        vec![
            ("Action", "DeleteUserPolicy"),
            ("UserName", "alice"),
            ("PolicyName", "p"),
        ],
        vec![("Action", "DeleteUser"), ("UserName", "alice")],
    ] {
        let gone = world.query(&world.root, "iam", &form).await;
        assert_eq!(gone.status, 200, "{}", gone.body);
    }
    assert_eq!(
        world
            .query(&bob, "sts", &[("Action", "GetCallerIdentity")])
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_federated_user_without_policies_may_nothing() {
    let world = World::new().await;
    let alice = user(&world, &world.root, "alice", POLICY).await;
    for who in [&alice, &world.root] {
        let answer = world
            .query(who, "sts", &[("Action", "GetFederationToken"), ("Name", "bob")])
            .await;
        assert_eq!(between(&answer.body, "PackedPolicySize"), "0");
        assert_eq!(eks(&world, &credentials(&answer), "GET", "/clusters").await.status, 403);
    }
    // The root's federated user may what the policy says.
    let answer = world
        .query(
            &world.root,
            "sts",
            &[
                ("Action", "GetFederationToken"),
                ("Name", "bob"),
                ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
            ],
        )
        .await;
    assert_eq!(eks(&world, &credentials(&answer), "GET", "/clusters").await.status, 200);
}

#[tokio::test]
async fn whoever_may_not_federate_or_tag_is_told() {
    let world = World::new().await;
    let only = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetFederationToken","Resource":"arn:aws:sts::123456789012:federated-user/bob"}]}"#;
    let alice = user(&world, &world.root, "alice", only).await;
    let eve = world
        .query(&alice, "sts", &[("Action", "GetFederationToken"), ("Name", "eve")])
        .await;
    refused(
        &eve,
        403,
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::123456789012:federated-user/eve because no identity-based policy allows the sts:GetFederationToken action",
    );
    let tagged = [
        ("Action", "GetFederationToken"),
        ("Name", "bob"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "b"),
    ];
    let answer = world.query(&alice, "sts", &tagged).await;
    refused(
        &answer,
        403,
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: sts:TagSession on resource: arn:aws:sts::123456789012:federated-user/bob because no identity-based policy allows the sts:TagSession action",
    );
    let unknown = [
        ("Action", "GetFederationToken"),
        ("Name", "bob"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/NoSuch"),
    ];
    let answer = world.query(&alice, "sts", &unknown).await;
    assert_eq!(between(&answer.body, "Code"), "ValidationError");
}

#[tokio::test]
async fn sessions_of_users_call_no_iam() {
    let world = World::new().await;
    let alice = user(&world, &world.root, "alice", POLICY).await;
    for who in [&alice, &world.root] {
        let session = credentials(&world.query(who, "sts", &[("Action", "GetSessionToken")]).await);
        let list = world.query(&session, "iam", &[("Action", "ListUsers")]).await;
        refused(
            &list,
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        );
        for action in ["GetSessionToken", "GetFederationToken", "DecodeAuthorizationMessage"] {
            let answer = world
                .query(&session, "sts", &[("Action", action), ("Name", "eve")])
                .await;
            let message = format!("Cannot call {action} with session credentials");
            refused(&answer, 403, "AccessDenied", &message);
        }
        assert_eq!(eks(&world, &session, "GET", "/clusters").await.status, 200);
    }
}

fn header(answer: &Answer) -> String {
    let line = answer
        .head
        .lines()
        .find_map(|line| line.strip_prefix("x-rolecall-authorization-message: "));
    line.unwrap_or_else(|| panic!("no message in {}", answer.head))
        .to_owned()
}

#[tokio::test]
async fn a_refusal_carries_a_message_that_only_those_who_may_can_read() {
    let world = World::new().await;
    let alice = user(&world, &world.root, "alice", POLICY).await;
    let nobody = user(
        &world,
        &world.root,
        "nobody",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
    )
    .await;
    let denied = eks(&world, &alice, "DELETE", "/clusters/dev").await;
    assert_eq!(denied.status, 403, "{}", denied.body);
    let message = header(&denied);
    assert!(message.len() <= 4096);

    let decode = |message: String, who: Credentials| {
        let world = &world;
        async move {
            let form = [
                ("Action", "DecodeAuthorizationMessage"),
                ("EncodedMessage", message.as_str()),
            ];
            world.query(&who, "sts", &form).await
        }
    };
    let read = decode(message.clone(), alice.clone()).await;
    assert_eq!(read.status, 200, "{}", read.body);
    let text = between(&read.body, "DecodedMessage").replace("&quot;", "\"");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["allowed"], false);
    assert_eq!(json["explicitDeny"], true);
    let matched = &json["matchedStatements"]["items"][0];
    assert_eq!(matched["statementId"], "No");
    assert_eq!(matched["actions"]["items"][0]["value"], "eks:DeleteCluster");
    let context = &json["context"];
    assert_eq!(context["action"], "eks:DeleteCluster");
    assert_eq!(context["resource"], "arn:aws:eks:us-east-2:123456789012:cluster/dev");
    assert_eq!(context["principal"]["arn"], "arn:aws:iam::123456789012:user/alice");
    assert!(context["principal"]["id"].as_str().unwrap().starts_with("AIDA"));
    let conditions = context["conditions"]["items"].as_array().unwrap();
    assert!(
        conditions
            .iter()
            .any(|one| one["key"].as_str().unwrap().eq_ignore_ascii_case("aws:SourceIp")
                && one["values"]["items"][0]["value"] == "127.0.0.1")
    );

    // Whoever lacks the permission, and whoever changes the message.
    let refusal = decode(message.clone(), nobody.clone()).await;
    assert_eq!(between(&refusal.body, "Code"), "AccessDenied");
    let invalid = "Message is not valid";
    for at in [0, 9, 60, message.len() - 9] {
        let mut changed = message.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let answer = decode(String::from_utf8(changed).unwrap(), alice.clone()).await;
        refused(&answer, 400, "InvalidAuthorizationMessageException", invalid);
    }
    // A session token is no message.
    let session = credentials(&world.query(&alice, "sts", &[("Action", "GetSessionToken")]).await);
    let answer = decode(session.session_token.unwrap(), alice).await;
    refused(&answer, 400, "InvalidAuthorizationMessageException", invalid);

    // An implicit denial names no statement; of our own API the message stands in the sentence, too.
    let headers = world.signed(&nobody, "rolecall", "POST", "/rolecall/v1/Explain", r#"{"last":{}}"#);
    let ours = world
        .send("POST", "/rolecall/v1/Explain", &headers, r#"{"last":{}}"#)
        .await;
    assert_eq!(ours.status, 403, "{}", ours.body);
    assert!(
        ours.body
            .contains(&format!("Encoded authorization failure message: {}", header(&ours))),
        "{}",
        ours.body
    );
    // An allowed call, and one that STS's own rules refuse, have none.
    let own = world.query(&nobody, "sts", &[("Action", "GetCallerIdentity")]).await;
    assert!(!own.head.contains("x-rolecall-authorization-message"));
}
