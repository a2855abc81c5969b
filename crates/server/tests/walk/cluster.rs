//! Clusters that publish the keys of their tokens.

use rolecall_identity::token::issuer::{Named, ServiceAccountToken, SigningKey, key_set};
use rolecall_wire::sigv4::Credentials;
use serde_json::{Value, json};

use super::world::{ACCOUNT, Answer, NOW, ROLE, World, between};

impl World {
    async fn json(&self, service: &str, method: &str, path: &str, body: &Value) -> Answer {
        self.json_as(&self.root, service, method, path, body).await
    }

    async fn json_as(&self, who: &Credentials, service: &str, method: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let headers = self.signed(who, service, method, path, &body);
        self.send(method, path, &headers, &body).await
    }
}

fn token(issuer: &str, key: &SigningKey) -> String {
    let token = ServiceAccountToken {
        issuer: issuer.to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        namespace: "default".to_owned(),
        service_account: Named {
            name: "iam-test".to_owned(),
            uid: "u".to_owned(),
        },
        pod: None,
        node: None,
        token_id: "jti".to_owned(),
        issued: jiff::Timestamp::from_second(NOW).unwrap(),
        expires: jiff::Timestamp::from_second(NOW + 3600).unwrap(),
    };
    token.mint(key).unwrap()
}

async fn trust(world: &World, issuer: &str) {
    let host = issuer.strip_prefix("https://").unwrap();
    let form = [
        ("Action", "CreateOpenIDConnectProvider"),
        ("Url", issuer),
        ("ClientIDList.member.1", "sts.amazonaws.com"),
    ];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{host}") },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { format!("{host}:aud"): "sts.amazonaws.com" } },
    }]})
    .to_string();
    let form = [
        ("Action", "CreateRole"),
        ("RoleName", "app"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
}

#[tokio::test]
async fn a_cluster_publishes_its_keys_under_a_hosted_issuer_and_rotates_them() {
    let world = World::new().await;
    let (old, new) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let made = world
        .json(
            "rolecall",
            "POST",
            "/rolecall/v1/RegisterCluster",
            &json!({ "name": "prod" }),
        )
        .await;
    assert_eq!(made.status, 200, "{}", made.body);
    let made: Value = serde_json::from_str(&made.body).unwrap();
    let issuer = made["issuer"].as_str().unwrap();
    trust(&world, issuer).await;
    let exchange = async |key: &SigningKey| world.exchange(&token(issuer, key), &[]).await.status;
    assert_eq!(exchange(&old).await, 400, "no key is published yet");

    let publish = async |keys: &[&SigningKey]| {
        let jwks = key_set(keys.iter().copied()).to_string();
        let body = json!({ "cluster": "prod", "jwks": jwks });
        world
            .json("rolecall", "POST", "/rolecall/v1/PublishClusterKeys", &body)
            .await
    };
    assert_eq!(publish(&[&old]).await.status, 200);
    assert_eq!((exchange(&old).await, exchange(&new).await), (200, 400));
    // During a rotation both verify; after it the old one does not.
    assert_eq!(publish(&[&old, &new]).await.status, 200);
    assert_eq!((exchange(&old).await, exchange(&new).await), (200, 200));
    let answer = publish(&[&new]).await;
    assert_eq!(
        serde_json::from_str::<Value>(&answer.body).unwrap()["keyIds"],
        json!([new.key_id()])
    );
    let described = async |name: &str| {
        let body = json!({ "cluster": name });
        let path = "/rolecall/v1/DescribeClusterKeys";
        world.json("rolecall", "POST", path, &body).await
    };
    assert_eq!(described("prod").await.body, answer.body);
    assert_eq!(described("none").await.status, 404);
    assert_eq!((exchange(&old).await, exchange(&new).await), (400, 200));
    let path = issuer.strip_prefix("https://127.0.0.1:4566").unwrap();
    let hosted = world
        .send("GET", &format!("{path}/keys"), &http::HeaderMap::new(), "")
        .await;
    assert!(hosted.body.contains(new.key_id()) && !hosted.body.contains(old.key_id()));

    // What is no key set changes nothing, and tokens that are signed here cannot be taken over.
    let body = json!({ "cluster": "prod", "jwks": "{\"keys\":[]}" });
    let empty = world
        .json("rolecall", "POST", "/rolecall/v1/PublishClusterKeys", &body)
        .await;
    assert_eq!(empty.status, 400, "{}", empty.body);
    assert_eq!(exchange(&new).await, 200);
    let body = json!({ "cluster": "dev", "jwks": key_set([&old]).to_string() });
    let taken = world
        .json("rolecall", "POST", "/rolecall/v1/PublishClusterKeys", &body)
        .await;
    assert_eq!(taken.status, 400, "{}", taken.body);
}

#[tokio::test]
async fn a_cluster_with_an_issuer_of_its_own_is_registered_with_its_keys_and_nobody_elses() {
    let world = World::new().await;
    let key = SigningKey::generate().unwrap();
    let issuer = "https://kubernetes.default.svc.cluster.local";
    let body = json!({ "name": "prod", "issuer": issuer, "jwks": key_set([&key]).to_string() });
    let made = world
        .json("rolecall", "POST", "/rolecall/v1/RegisterCluster", &body)
        .await;
    assert_eq!(made.status, 200, "{}", made.body);
    trust(&world, issuer).await;
    assert_eq!(world.exchange(&token(issuer, &key), &[]).await.status, 200);
    let other = json!({ "name": "other", "issuer": issuer });
    let refused = world
        .json("rolecall", "POST", "/rolecall/v1/RegisterCluster", &other)
        .await;
    assert_eq!(refused.status, 409, "{}", refused.body);
}

#[tokio::test]
async fn who_may_publish_for_one_cluster_may_not_for_another() {
    let world = World::new().await;
    for name in ["mine", "theirs"] {
        let body = json!({ "name": name });
        world
            .json("rolecall", "POST", "/rolecall/v1/RegisterCluster", &body)
            .await;
    }
    world
        .query(
            &world.root,
            "iam",
            &[("Action", "CreateUser"), ("UserName", "component")],
        )
        .await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "rolecall:PublishClusterKeys",
        "Resource": format!("arn:aws:eks:us-east-2:{ACCOUNT}:cluster/mine"),
    }]})
    .to_string();
    let form = [
        ("Action", "PutUserPolicy"),
        ("UserName", "component"),
        ("PolicyName", "publish"),
        ("PolicyDocument", policy.as_str()),
    ];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
    let key = world
        .query(
            &world.root,
            "iam",
            &[("Action", "CreateAccessKey"), ("UserName", "component")],
        )
        .await;
    let component = Credentials {
        access_key_id: between(&key.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&key.body, "SecretAccessKey").into(),
        session_token: None,
    };
    let key = SigningKey::generate().unwrap();
    for (cluster, status) in [("mine", 200), ("theirs", 403), ("nobodys", 403)] {
        let body = json!({ "cluster": cluster, "jwks": key_set([&key]).to_string() });
        let path = "/rolecall/v1/PublishClusterKeys";
        let answer = world.json_as(&component, "rolecall", "POST", path, &body).await;
        assert_eq!(answer.status, status, "{cluster}: {}", answer.body);
    }
    // To publish keys is not to read them.
    let body = json!({ "cluster": "mine" });
    let path = "/rolecall/v1/DescribeClusterKeys";
    let answer = world.json_as(&component, "rolecall", "POST", path, &body).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    let log = std::fs::read_dir(world.log.path())
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect::<String>();
    assert!(
        log.contains("\"eventName\":\"PublishClusterKeys\""),
        "refusals are recorded"
    );
}

#[tokio::test]
async fn a_cluster_that_is_created_again_with_its_token_is_the_same() {
    let world = World::new().await;
    let body = |token: &str, version: &str| json!({ "name": "prod", "version": version, "roleArn": ROLE, "resourcesVpcConfig": {}, "clientRequestToken": token });
    let first = world.json("eks", "POST", "/clusters", &body("t", "1.33")).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let again = world.json("eks", "POST", "/clusters", &body("t", "1.33")).await;
    assert_eq!((again.status, again.body), (200, first.body));
    for other in [body("t", "1.34"), body("u", "1.33")] {
        let refused = world.json("eks", "POST", "/clusters", &other).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.body.contains("Cluster already exists with name: prod"));
    }
}

#[tokio::test]
async fn a_cluster_takes_no_role_that_its_maker_may_not_pass() {
    let world = World::new().await;
    world.prepare().await;
    let made = world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await;
    let session = Credentials {
        access_key_id: between(&made.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&made.body, "SecretAccessKey").into(),
        session_token: Some(between(&made.body, "SessionToken").to_owned()),
    };
    let allow = async |statements: Value| {
        let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let form = [
            ("Action", "PutRolePolicy"),
            ("RoleName", "app"),
            ("PolicyName", "clusters"),
            ("PolicyDocument", policy.as_str()),
        ];
        assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
    };
    let create = async |role: &str| {
        let body = json!({ "name": "prod", "roleArn": role, "resourcesVpcConfig": {} });
        world.json_as(&session, "eks", "POST", "/clusters", &body).await
    };
    let creating = json!({ "Effect": "Allow", "Action": "eks:CreateCluster", "Resource": "*" });
    let pass = |service: &str| {
        json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE,
            "Condition": { "StringEquals": { "iam:PassedToService": service } } })
    };
    for statements in [json!([creating]), json!([creating, pass("ec2.amazonaws.com")])] {
        allow(statements).await;
        let refused = create(ROLE).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        assert!(
            refused.body.contains(&format!(
                "is not authorized to perform: iam:PassRole on resource: {ROLE}"
            )),
            "{}",
            refused.body
        );
    }
    allow(json!([creating, pass("eks.amazonaws.com")])).await;
    let foreign = create("arn:aws:iam::999999999999:role/app").await;
    assert!(
        foreign.body.contains("Cross-account pass role is not allowed."),
        "{}",
        foreign.body
    );
    assert_eq!(create(ROLE).await.status, 200);
}
