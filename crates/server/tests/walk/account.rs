//! Several accounts in one installation.

use rolecall_wire::sigv4::Credentials;
use serde_json::json;

use crate::{
    federation::{credentials, eks, user},
    revocation::ours,
    world::{ACCOUNT, World, between, refused},
};

pub(crate) const OTHER: &str = "210987654321";

pub(crate) async fn make(world: &World, id: &str) -> Credentials {
    let (status, made) = ours(world, &world.root, "CreateAccount", &json!({ "id": id })).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["id"], id);
    Credentials {
        access_key_id: made["accessKeyId"].as_str().unwrap().to_owned(),
        secret_access_key: made["secretAccessKey"].as_str().unwrap().into(),
        session_token: None,
    }
}

async fn role(world: &World, root: &Credentials, name: &str, trusts: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{trusts}"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let form = [
        ("Action", "CreateRole"),
        ("RoleName", name),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    let made = world.query(root, "iam", &form).await;
    assert_eq!(made.status, 200, "{}", made.body);
}

#[tokio::test]
async fn only_the_operator_makes_lists_and_removes_accounts() {
    let world = World::new().await;
    let other = make(&world, OTHER).await;
    let who = world.query(&other, "sts", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(between(&who.body, "Arn"), format!("arn:aws:iam::{OTHER}:root"));
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let alice = user(&world, &world.root, "alice", all).await;
    for who in [&other, &alice] {
        for (operation, body) in [
            ("CreateAccount", json!({})),
            ("ListAccounts", json!({})),
            ("DeleteAccount", json!({"id": OTHER})),
        ] {
            let (status, answer) = ours(&world, who, operation, &body).await;
            assert_eq!(status, 403, "{operation}: {answer}");
        }
    }
    let (_, list) = ours(&world, &world.root, "ListAccounts", &json!({})).await;
    let shown: Vec<_> = list["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["operator"].as_bool().unwrap()))
        .collect();
    assert_eq!(shown, [(ACCOUNT, true), (OTHER, false)]);
    for (operation, body, expected) in [
        ("CreateAccount", json!({"id": OTHER}), 409),
        ("CreateAccount", json!({"id": "12"}), 400),
        ("DeleteAccount", json!({"id": ACCOUNT}), 400),
        ("DeleteAccount", json!({"id": "999999999999"}), 404),
    ] {
        let (status, answer) = ours(&world, &world.root, operation, &body).await;
        assert_eq!(status, expected, "{operation} {body}: {answer}");
    }
    // One whose id is chosen here; its secret is in no log.
    let (status, made) = ours(&world, &world.root, "CreateAccount", &json!({})).await;
    assert_eq!(status, 200);
    assert!(!world.log().contains(made["secretAccessKey"].as_str().unwrap()));
}

#[tokio::test]
async fn what_is_in_an_account_is_seen_in_no_other() {
    let world = World::new().await;
    let other = make(&world, OTHER).await;
    role(&world, &other, "theirs", OTHER).await;
    user(
        &world,
        &other,
        "them",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
    )
    .await;
    for action in ["ListRoles", "ListUsers", "ListOpenIDConnectProviders"] {
        let own = world.query(&world.root, "iam", &[("Action", action)]).await;
        assert!(
            !own.body.contains("them") && !own.body.contains("theirs"),
            "{}",
            own.body
        );
    }
    let list = eks(&world, &other, "GET", "/clusters").await;
    assert!(!list.body.contains("dev"), "{}", list.body);
    let missing = world
        .query(&world.root, "iam", &[("Action", "GetRole"), ("RoleName", "theirs")])
        .await;
    refused(
        &missing,
        404,
        "NoSuchEntity",
        "The role with name theirs cannot be found.",
    );
}

#[tokio::test]
async fn a_role_of_another_account_is_assumed_where_both_sides_allow() {
    let world = World::new().await;
    let other = make(&world, OTHER).await;
    role(&world, &other, "shared", ACCOUNT).await;
    role(&world, &other, "closed", OTHER).await;
    let arn = format!("arn:aws:iam::{OTHER}:role/shared");
    let may = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::{OTHER}:role/*"}}]}}"#
    );
    let alice = user(&world, &world.root, "alice", &may).await;
    let nothing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let bob = user(&world, &world.root, "bob", nothing).await;
    let assume = |who: Credentials, arn: String| {
        let world = &world;
        async move {
            let form = [
                ("Action", "AssumeRole"),
                ("RoleArn", arn.as_str()),
                ("RoleSessionName", "s1"),
            ];
            world.query(&who, "sts", &form).await
        }
    };
    let granted = assume(alice.clone(), arn.clone()).await;
    let session = credentials(&granted);
    let who = world.query(&session, "sts", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(
        between(&who.body, "Arn"),
        format!("arn:aws:sts::{OTHER}:assumed-role/shared/s1")
    );
    let sentence = |user: &str, arn: &str| {
        format!(
            "User: arn:aws:iam::{ACCOUNT}:user/{user} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        )
    };
    // A context that nobody vouches for is not passed over.
    let form = [
        ("Action", "AssumeRole"),
        ("RoleArn", arn.as_str()),
        ("RoleSessionName", "s1"),
        (
            "ProvidedContexts.member.1.ProviderArn",
            "arn:aws:iam::aws:contextProvider/IdentityCenter",
        ),
        ("ProvidedContexts.member.1.ContextAssertion", "assertion"),
    ];
    let context = world.query(&alice, "sts", &form).await;
    let message = sentence("alice", &arn).replace("sts:AssumeRole", "sts:SetContext");
    refused(&context, 403, "AccessDenied", &message);
    // The trust policy alone does not do, nor the caller's own.
    refused(
        &assume(bob, arn.clone()).await,
        403,
        "AccessDenied",
        &sentence("bob", &arn),
    );
    let closed = format!("arn:aws:iam::{OTHER}:role/closed");
    refused(
        &assume(alice.clone(), closed.clone()).await,
        403,
        "AccessDenied",
        &sentence("alice", &closed),
    );
    // A role that is not there answers alike (threat 13).
    let nobody = format!("arn:aws:iam::{OTHER}:role/nobody");
    refused(
        &assume(alice, nobody.clone()).await,
        403,
        "AccessDenied",
        &sentence("alice", &nobody),
    );
}

#[tokio::test]
async fn a_removed_account_is_gone_and_its_id_is_given_to_no_other() {
    let world = World::new().await;
    let first = make(&world, OTHER).await;
    role(&world, &first, "shared", OTHER).await;
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let them = user(&world, &first, "them", all).await;
    let session = credentials(&world.query(&first, "sts", &[("Action", "GetSessionToken")]).await);
    let (status, answer) = ours(&world, &world.root, "DeleteAccount", &json!({"id": OTHER})).await;
    assert_eq!(status, 200, "{answer}");
    let invalid = "The security token included in the request is invalid.";
    for who in [&first, &them, &session] {
        let answer = world.query(who, "sts", &[("Action", "GetCallerIdentity")]).await;
        refused(&answer, 403, "InvalidClientTokenId", invalid);
    }
    // Threat 6: policies elsewhere may trust the id.
    let (status, answer) = ours(&world, &world.root, "CreateAccount", &json!({"id": OTHER})).await;
    assert_eq!(status, 409, "{answer}");
    let (_, list) = ours(&world, &world.root, "ListAccounts", &json!({})).await;
    assert!(!list.to_string().contains(OTHER), "{list}");
}
