//! Revoking, in AWS's way and in ours.

use rolecall_wire::sigv4::Credentials;
use serde_json::{Value, json};

use crate::{
    federation::{credentials, user},
    world::{Answer, NOW, ROLE, World, between, refused},
};

const EXPIRED: &str = "The security token included in the request is expired";
const NOT_AUTHORIZED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

/// A call of our own API.
pub(crate) async fn ours(world: &World, who: &Credentials, operation: &str, body: &Value) -> (u16, Value) {
    let path = format!("/rolecall/v1/{operation}");
    let body = body.to_string();
    let headers = world.signed(who, "rolecall", "POST", &path, &body);
    let answer = world.send("POST", &path, &headers, &body).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

async fn revoke(world: &World, what: Value) -> String {
    let (status, answer) = ours(world, &world.root, "Revoke", &what).await;
    assert_eq!(status, 200, "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

async fn undo(world: &World, id: &str) {
    let (status, answer) = ours(world, &world.root, "DeleteRevocation", &json!({ "id": id })).await;
    assert_eq!(status, 200, "{answer}");
}

async fn who(world: &World, session: &Credentials) -> Answer {
    world.query(session, "sts", &[("Action", "GetCallerIdentity")]).await
}

async fn pod(world: &World) -> Credentials {
    credentials(&world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await)
}

#[tokio::test]
async fn each_kind_ends_the_sessions_that_it_means_and_no_other() {
    let world = World::new().await;
    world.prepare().await;
    let (one, other) = (pod(&world).await, pod(&world).await);

    let id = revoke(&world, json!({"session": {"accessKeyId": one.access_key_id}})).await;
    refused(&who(&world, &one).await, 403, "ExpiredToken", EXPIRED);
    assert_eq!(who(&world, &other).await.status, 200);
    assert!(world.log().contains(&format!("the session is revoked by {id}")));
    undo(&world, &id).await;
    assert_eq!(who(&world, &one).await.status, 200);

    // A token: what came of it ends, and nothing comes of it any more.
    let id = revoke(&world, json!({"token": {"id": "jti"}})).await;
    refused(&who(&world, &one).await, 403, "ExpiredToken", EXPIRED);
    let again = world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await;
    refused(&again, 403, "AccessDenied", NOT_AUTHORIZED);
    assert!(world.log().contains(&format!("the token is revoked by {id}")));
    undo(&world, &id).await;
    let elsewhere = json!({"token": {"id": "jti", "issuer": "https://issuer.example"}});
    let id = revoke(&world, elsewhere).await;
    assert_eq!(who(&world, &one).await.status, 200);
    undo(&world, &id).await;

    // A service account: all of its tokens until now.
    let account = |name: &str| json!({"serviceAccount": {"namespace": "default", "name": name}});
    let id = revoke(&world, account("other")).await;
    assert_eq!(who(&world, &one).await.status, 200);
    undo(&world, &id).await;
    let id = revoke(&world, account("iam-test")).await;
    refused(&who(&world, &one).await, 403, "ExpiredToken", EXPIRED);
    let again = world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await;
    refused(&again, 403, "AccessDenied", NOT_AUTHORIZED);
    // Once more is the same revocation.
    assert_eq!(revoke(&world, account("iam-test")).await, id);
    undo(&world, &id).await;

    // A role, up to a time.
    let role = |until: i64| json!({"role": {"name": "app", "issuedUntil": until}});
    let id = revoke(&world, role(NOW - 1)).await;
    assert_eq!(who(&world, &one).await.status, 200);
    assert_eq!(revoke(&world, role(NOW)).await, id);
    refused(&who(&world, &one).await, 403, "ExpiredToken", EXPIRED);
    // A time that goes back gives nothing back.
    assert_eq!(revoke(&world, role(NOW - 9)).await, id);
    refused(&who(&world, &one).await, 403, "ExpiredToken", EXPIRED);
    world.clock.set(NOW + 1);
    assert_eq!(who(&world, &pod(&world).await).await.status, 200);
    // A pod that nobody is.
    revoke(&world, json!({"pod": {"uid": "nobody"}})).await;
    assert_eq!(who(&world, &pod(&world).await).await.status, 200);
}

#[tokio::test]
async fn revocations_are_listed_and_end_by_themselves() {
    let world = World::new().await;
    world.prepare().await;
    revoke(&world, json!({"session": {"accessKeyId": "ASIAAAAAAAAAAAAAAAAA"}})).await;
    revoke(&world, json!({"pod": {"uid": "p"}})).await;
    let (_, list) = ours(&world, &world.root, "ListRevocations", &json!({})).await;
    let kinds = |list: &Value| {
        let all = list["revocations"].as_array().unwrap();
        let mut kinds: Vec<String> = all.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(&list), ["pod", "session"]);
    world.clock.set(NOW + 129_600);
    let (_, list) = ours(&world, &world.root, "ListRevocations", &json!({})).await;
    assert_eq!(kinds(&list), ["pod"]);
}

#[tokio::test]
async fn what_cannot_be_revoked_is_refused() {
    let world = World::new().await;
    world.prepare().await;
    for (what, status) in [
        (json!({"session": {"accessKeyId": "AKIAIOSFODNN7EXAMPLE"}}), 400),
        (json!({"role": {"name": "nobody"}}), 404),
        (json!({"role": {"name": "app", "issuedUntil": NOW + 1}}), 400),
        (json!({"pod": {"uid": ""}}), 400),
        (json!({"pod": {"uid": "x", "cluster": "nobody"}}), 404),
        (
            json!({"token": {"id": "x", "cluster": "dev", "issuer": "https://x"}}),
            400,
        ),
        (json!({}), 400),
    ] {
        let (got, answer) = ours(&world, &world.root, "Revoke", &what).await;
        assert_eq!(got, status, "{what}: {answer}");
    }
    let (status, _) = ours(&world, &world.root, "DeleteRevocation", &json!({"id": "rv-0"})).await;
    assert_eq!(status, 404);
    let role_only = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"rolecall:Revoke","Resource":"{ROLE}"}}]}}"#
    );
    let alice = user(&world, &world.root, "alice", &role_only).await;
    let (status, answer) = ours(&world, &alice, "Revoke", &json!({"pod": {"uid": "p"}})).await;
    assert_eq!(status, 403, "{answer}");
    let (status, answer) = ours(&world, &alice, "Revoke", &json!({"role": {"name": "app"}})).await;
    assert_eq!(status, 200, "{answer}");
    for operation in ["ListRevocations", "DeleteRevocation"] {
        let (status, _) = ours(&world, &alice, operation, &json!({"id": "x"})).await;
        assert!(status == 403 || status == 400, "{status}");
    }
}

/// IAM User Guide: Revoke IAM role temporary security credentials.
#[tokio::test]
async fn awss_own_way_works() {
    let world = World::new().await;
    world.prepare().await;
    let allow =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"eks:ListClusters","Resource":"*"}]}"#;
    let put = |name: &'static str, policy: String| {
        let world = &world;
        async move {
            let form = [
                ("Action", "PutRolePolicy"),
                ("RoleName", "app"),
                ("PolicyName", name),
                ("PolicyDocument", policy.as_str()),
            ];
            assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
        }
    };
    put("p", allow.to_owned()).await;
    let old = pod(&world).await;
    assert_eq!(
        crate::federation::eks(&world, &old, "GET", "/clusters").await.status,
        200
    );
    let before = jiff::Timestamp::from_second(NOW + 1).unwrap();
    put(
        "AWSRevokeOlderSessions",
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"{before}"}}}}}}]}}"#
        ),
    )
    .await;
    let denied = crate::federation::eks(&world, &old, "GET", "/clusters").await;
    assert_eq!(denied.status, 403);
    assert!(
        denied
            .body
            .contains("with an explicit deny in an identity-based policy"),
        "{}",
        denied.body
    );
    assert_eq!(who(&world, &old).await.status, 200);
    world.clock.set(NOW + 1);
    let new = pod(&world).await;
    assert_eq!(
        crate::federation::eks(&world, &new, "GET", "/clusters").await.status,
        200
    );
    assert!(between(&who(&world, &new).await.body, "Arn").ends_with("assumed-role/app/pod"));
}
