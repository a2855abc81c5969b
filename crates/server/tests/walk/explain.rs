//! Requests that nobody made, along the whole chain.

use rolecall_wire::sigv4::Credentials;
use serde_json::{Value, json};

use super::world::{ROLE, World, between};

const KEY: &str = "arn:aws:s3:::reports/hello.txt";

impl World {
    async fn hypothetical(&self, changes: Value) -> Value {
        let mut asked = json!({
            "as": { "namespace": "default", "name": "iam-test" }, "role": ROLE, "action": "s3:GetObject", "resource": KEY,
        });
        for (name, value) in changes.as_object().unwrap() {
            asked[name] = value.clone();
        }
        let body = json!({ "hypothetical": asked }).to_string();
        let path = "/rolecall/v1/Explain";
        let headers = self.signed(&self.root, "rolecall", "POST", path, &body);
        let answer = self.send("POST", path, &headers, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    async fn allow(&self, action: &str) {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::reports/*",
            "Condition": { "StringEqualsIfExists": { "aws:SourceVpc": "vpc-1" } },
        }]})
        .to_string();
        let form = [
            ("Action", "PutRolePolicy"),
            ("RoleName", "app"),
            ("PolicyName", "read"),
            ("PolicyDocument", policy.as_str()),
        ];
        assert_eq!(self.query(&self.root, "iam", &form).await.status, 200);
    }
}

/// The last link, whether it holds, and what was seen there.
fn last(answer: &Value) -> (&str, bool, &str) {
    let link = answer["chain"].as_array().unwrap().last().unwrap();
    (
        link["name"].as_str().unwrap(),
        link["holds"].as_bool().unwrap(),
        link["seen"].as_str().unwrap(),
    )
}

#[tokio::test]
async fn the_chain_ends_at_its_first_link_that_does_not_hold() {
    let world = World::new().await;
    let none = json!({});
    let answer = world.hypothetical(none.clone()).await;
    let (link, holds, seen) = last(&answer);
    assert_eq!((link, holds), ("provider", false));
    assert!(seen.contains("associate-iam-oidc-provider --cluster dev"), "{seen}");

    world.prepare().await;
    for (changes, link, words) in [
        (
            json!({ "role": null }),
            "annotation",
            "has no annotation eks.amazonaws.com/role-arn",
        ),
        (json!({ "role": "app" }), "annotation", "`app` is not the ARN of a role"),
        (
            json!({ "role": "arn:aws:iam::123456789012:role/gone" }),
            "role",
            "there is no role",
        ),
        (
            json!({ "role": "arn:aws:iam::999999999999:role/app" }),
            "role",
            "may not be told",
        ),
        (json!({ "audience": "vault" }), "provider", "the token is for vault"),
        (
            json!({ "as": { "namespace": "default", "name": "other" } }),
            "trust policy",
            "sts:AssumeRoleWithWebIdentity",
        ),
        (
            none.clone(),
            "permissions",
            "no identity-based policy allows the s3:GetObject action",
        ),
    ] {
        let answer = world.hypothetical(changes).await;
        let (found, holds, seen) = last(&answer);
        assert_eq!((found, holds), (link, false), "{answer:#}");
        assert!(seen.contains(words), "{seen}");
        assert_eq!(answer["allowed"], false);
    }

    world.allow("s3:GetObject").await;
    let answer = world.hypothetical(none).await;
    assert_eq!(answer["allowed"], true, "{answer:#}");
    assert_eq!(
        answer["caller"],
        "arn:aws:sts::123456789012:assumed-role/app/hypothetical"
    );
    let names: Vec<&str> = answer["chain"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "cluster",
            "annotation",
            "provider",
            "keys",
            "role",
            "trust policy",
            "permissions"
        ]
    );
    // What is supposed of the request counts.
    let elsewhere = world
        .hypothetical(json!({ "context": { "aws:SourceVpc": ["vpc-2"] } }))
        .await;
    assert_eq!(elsewhere["allowed"], false);
}

#[tokio::test]
async fn what_is_supposed_is_what_happens() {
    let world = World::new().await;
    world.prepare().await;
    for account in ["iam-test", "other"] {
        let caller = json!({ "as": { "namespace": "default", "name": account } });
        let trusted = world.hypothetical(caller).await["chain"]
            .as_array()
            .unwrap()
            .iter()
            .any(|link| link["name"] == "trust policy" && link["holds"] == true);
        let exchanged = world.exchange(&world.token("sts.amazonaws.com", account), &[]).await;
        assert_eq!(trusted, exchanged.status == 200, "{account}");
    }
}

#[tokio::test]
async fn a_supposed_request_to_iam_has_the_tags_of_its_resource() {
    let world = World::new().await;
    world.prepare().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "iam:GetRole", "Resource": "*",
        "Condition": { "StringEquals": { "iam:ResourceTag/team": "a", "aws:ResourceTag/team": "a" } },
    }]})
    .to_string();
    let put = [
        ("Action", "PutRolePolicy"),
        ("RoleName", "app"),
        ("PolicyName", "look"),
        ("PolicyDocument", policy.as_str()),
    ];
    assert_eq!(world.query(&world.root, "iam", &put).await.status, 200);
    let asked = json!({ "action": "iam:GetRole", "resource": ROLE });
    assert_eq!(world.hypothetical(asked.clone()).await["allowed"], false);
    let tag = [
        ("Action", "TagRole"),
        ("RoleName", "app"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
    ];
    assert_eq!(world.query(&world.root, "iam", &tag).await.status, 200);
    assert_eq!(world.hypothetical(asked).await["allowed"], true);
}

#[tokio::test]
async fn who_can_is_told_to_those_who_may_ask() {
    let world = World::new().await;
    world.prepare().await;
    world.allow("s3:GetObject").await;
    let ask = async |credentials: &Credentials, action: &str, resource: &str| {
        let body = json!({ "action": action, "resource": resource }).to_string();
        let path = "/rolecall/v1/WhoCan";
        let headers = world.signed(credentials, "rolecall", "POST", path, &body);
        world.send("POST", path, &headers, &body).await
    };
    let answer = ask(&world.root, "s3:GetObject", KEY).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    let [root, role] = &told["principals"].as_array().unwrap()[..] else {
        panic!("{told:#}");
    };
    assert_eq!(
        (&root["kind"], &root["possibility"]),
        (&json!("account"), &json!("always"))
    );
    assert_eq!(
        (&role["name"], &role["possibility"]),
        (&json!(ROLE), &json!("sometimes"))
    );
    assert_eq!(
        role["clauses"][0]["conditions"],
        json!(["StringEqualsIfExists aws:SourceVpc: vpc-1"])
    );
    assert_eq!(role["through"][0]["name"], "default/iam-test of cluster dev");
    for (action, resource) in [
        ("s3:Get*", KEY),
        ("s3", KEY),
        ("s3:GetObjct", KEY),
        ("s3:GetObject", "arn:aws:s3:::b/*"),
    ] {
        assert_eq!(
            ask(&world.root, action, resource).await.status,
            400,
            "{action} {resource}"
        );
    }
    // A pod may not ask: the answer tells of every policy (threat 13).
    let made = world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await;
    let session = Credentials {
        access_key_id: between(&made.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&made.body, "SecretAccessKey").into(),
        session_token: Some(between(&made.body, "SessionToken").to_owned()),
    };
    let refused = ask(&session, "s3:GetObject", KEY).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.body.contains("rolecall:WhoCan"), "{}", refused.body);
}
