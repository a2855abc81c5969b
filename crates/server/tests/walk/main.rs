//! Whole exchanges, from a token to a session and on, over a socket, with the clock standing still.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    reason = "a test may fail loudly, and its helpers belong to it"
)]

mod account;
mod cluster;
mod credentials;
mod explain;
mod federation;
mod gateway;
mod group;
mod instance_profile;
mod issuer;
mod matrix;
mod mfa;
mod passwords;
mod recorded;
mod revocation;
mod signing_key;
mod tags;
mod world;

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use rolecall_identity::audit::{Chain, verify};
use rolecall_server::quota::{Budget, Strangers};
use rolecall_wire::sigv4::Credentials;
use serde_json::Value;
use world::{Answer, NOW, World, between, encode, refused};

#[tokio::test]
async fn a_token_becomes_a_session_that_is_somebody() {
    let world = World::new().await;
    let root = world
        .query(&world.root, "sts", &[("Action", "GetCallerIdentity")])
        .await;
    assert_eq!(between(&root.body, "Arn"), "arn:aws:iam::123456789012:root");
    world.prepare().await;
    let answer = world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        between(&answer.body, "SubjectFromWebIdentityToken"),
        "system:serviceaccount:default:iam-test"
    );
    assert!(
        answer.head.contains(between(&answer.body, "RequestId")),
        "{}",
        answer.head
    );
    let session = Credentials {
        access_key_id: between(&answer.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&answer.body, "SecretAccessKey").into(),
        session_token: Some(between(&answer.body, "SessionToken").to_owned()),
    };
    let caller = world.query(&session, "sts", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(
        between(&caller.body, "Arn"),
        "arn:aws:sts::123456789012:assumed-role/app/pod"
    );
    let denied = world
        .query(&session, "iam", &[("Action", "GetRole"), ("RoleName", "app")])
        .await;
    refused(
        &denied,
        403,
        "AccessDenied",
        "User: arn:aws:sts::123456789012:assumed-role/app/pod is not authorized to perform: iam:GetRole on resource: role app because no identity-based policy allows the iam:GetRole action",
    );
    world.clock.set(NOW + 3601);
    let expired = world.query(&session, "sts", &[("Action", "GetCallerIdentity")]).await;
    refused(
        &expired,
        403,
        "ExpiredToken",
        "The security token included in the request is expired",
    );

    let mut files: Vec<_> = std::fs::read_dir(world.log.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let text: String = files
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    verify(Chain::new(), text.lines()).unwrap();
    assert!(text.contains("\"issued\":\"ASIA"), "{text}");
    assert!(
        !text.contains(session.session_token.as_deref().unwrap()),
        "a secret is in the log"
    );
}

#[tokio::test]
async fn tokens_that_do_not_fit_are_refused_in_awss_words() {
    let world = World::new().await;
    let token = world.token("sts.amazonaws.com", "iam-test");
    let answer = world.exchange(&token, &[]).await;
    let sentence = format!("No OpenIDConnect provider found in your account for {}", world.issuer);
    refused(&answer, 400, "InvalidIdentityToken", &sentence);
    world.prepare().await;
    let not_authorized = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    refused(
        &world.exchange(&world.token("sts.amazonaws.com", "other"), &[]).await,
        403,
        "AccessDenied",
        not_authorized,
    );
    let nobody = [("RoleArn", "arn:aws:iam::123456789012:role/nobody")];
    refused(
        &world.exchange(&token, &nobody).await,
        403,
        "AccessDenied",
        not_authorized,
    );
    let wrong = world.exchange(&world.token("x", "iam-test"), &[]).await;
    refused(&wrong, 400, "InvalidIdentityToken", "Incorrect token audience");
    world.clock.set(NOW + 3600);
    let sentence = format!(
        "Token expired: current date/time {} must be before the expiration date/time {}",
        NOW + 3600,
        NOW + 3600
    );
    refused(
        &world.exchange(&token, &[]).await,
        400,
        "ExpiredTokenException",
        &sentence,
    );
}

#[tokio::test]
async fn signatures_that_do_not_fit_are_refused_in_awss_words() {
    let world = World::new().await;
    let call = [("Action", "GetCallerIdentity")];
    let mut wrong = world.root.clone();
    wrong.secret_access_key = "wrong".into();
    refused(
        &world.query(&wrong, "sts", &call).await,
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
    wrong.access_key_id = "AKIAUNKNOWN000000000".to_owned();
    refused(
        &world.query(&wrong, "sts", &call).await,
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    );
    let body = encode(&[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")]);
    let headers = world.signed(&world.root, "iam", "POST", "/", &body);
    refused(
        &world.send("POST", "/", &headers, &body).await,
        403,
        "SignatureDoesNotMatch",
        "Credential should be scoped to correct service: 'sts'. ",
    );
    let headers = world.signed(&world.root, "sts", "POST", "/", &body);
    let changed = format!("{body}&X=1");
    assert_eq!(
        between(&world.send("POST", "/", &headers, &changed).await.body, "Code"),
        "SignatureDoesNotMatch"
    );
    world.clock.set(NOW + 901);
    let late = world.send("POST", "/", &headers, &body).await;
    assert!(
        between(&late.body, "Message").starts_with("Signature expired: "),
        "{}",
        late.body
    );
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("x"));
    headers.insert(
        "content-type",
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    refused(
        &world.send("POST", "/", &headers, &body).await,
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
    let unknown = encode(&[("Action", "Nonsense"), ("Version", "2011-06-15")]);
    refused(
        &world.send("POST", "/", &headers, &unknown).await,
        400,
        "InvalidAction",
        "Could not find operation Nonsense for version 2011-06-15",
    );
}

#[tokio::test]
async fn clusters_and_their_issuers_are_described() {
    let world = World::new().await;
    let headers = world.signed(&world.root, "eks", "GET", "/clusters/dev", "");
    let answer = world.send("GET", "/clusters/dev", &headers, "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let shown: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(shown["cluster"]["identity"]["oidc"]["issuer"], world.issuer.as_str());
    let headers = world.signed(&world.root, "eks", "GET", "/clusters/none", "");
    let answer = world.send("GET", "/clusters/none", &headers, "").await;
    assert_eq!(answer.status, 404);
    assert!(
        answer.head.contains("x-amzn-errortype: ResourceNotFoundException"),
        "{}",
        answer.head
    );
    assert_eq!(answer.body, r#"{"message":"No cluster found for name: none."}"#);
    let path = world.issuer.strip_prefix("https://127.0.0.1:4566").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("x"));
    let keys = world.send("GET", &format!("{path}/keys"), &headers, "").await;
    assert!(keys.body.contains(world.key.key_id()), "{}", keys.body);
}

#[tokio::test]
async fn an_operation_without_a_handler_says_so() {
    let world = World::new().await;
    let answer = world
        .query(&world.root, "iam", &[("Action", "GetOrganizationsAccessReport")])
        .await;
    refused(
        &answer,
        501,
        "NotImplemented",
        "The operation GetOrganizationsAccessReport is not implemented.",
    );
}

#[test]
fn operations_txt_lists_what_is_answered() {
    let mut answered: Vec<String> = Vec::new();
    for (service, operations) in [
        ("eks", rolecall_server::aws::eks::ANSWERED),
        ("iam", rolecall_server::aws::iam::ANSWERED),
        ("sts", rolecall_server::aws::sts::calls::ANSWERED),
    ] {
        answered.extend(operations.iter().map(|name| format!("{service}:{name}")));
    }
    answered.sort();
    let expected = answered.join("\n") + "\n";
    assert_eq!(
        include_str!("../../operations.txt"),
        expected,
        "write this into operations.txt:\n{expected}"
    );
}

#[tokio::test]
async fn pages_go_on_where_their_sealed_markers_say_and_no_other_marker_opens() {
    let world = World::new().await;
    let call = async |form: &[(&str, &str)]| world.query(&world.root, "iam", form).await;
    for name in ["a", "b", "c"] {
        let made = call(&[("Action", "CreateUser"), ("UserName", name)]).await;
        assert_eq!(made.status, 200, "{}", made.body);
    }
    let page = async |action: &str, marker: &str| {
        let mut form = vec![("Action", action), ("MaxItems", "1")];
        if !marker.is_empty() {
            form.push(("Marker", marker));
        }
        call(&form).await
    };
    let text = |answer: &Answer, name: &str| {
        let (_, rest) = answer.body.split_once(&format!("<{name}>")).unwrap_or_default();
        rest.split_once('<').unwrap_or_default().0.to_owned()
    };
    let mut marker = String::new();
    let mut names = Vec::new();
    loop {
        let answer = page("ListUsers", &marker).await;
        names.push(text(&answer, "UserName"));
        if text(&answer, "IsTruncated") == "false" {
            break;
        }
        // What is gone meanwhile is not listed, and nothing else is skipped or told twice.
        marker = text(&answer, "Marker");
        assert!(!marker.is_empty() && marker.len() <= 320, "{marker}");
        if names.len() == 1 {
            call(&[("Action", "DeleteUser"), ("UserName", "a")]).await;
        }
    }
    assert_eq!(names, ["a", "b", "c"]);

    let mut changed = marker.clone().into_bytes();
    changed[60] = if changed[60] == b'A' { b'B' } else { b'A' };
    for (action, wrong) in [
        ("ListUsers", String::from_utf8(changed).unwrap()),
        ("ListUsers", "Yg==".to_owned()),
        // Sealed for another list.
        ("ListRoles", marker),
    ] {
        let refused = page(action, &wrong).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert_eq!(text(&refused, "Message"), "Invalid Marker.");
    }
}

#[tokio::test]
async fn a_flood_of_bad_tokens_does_not_flood_the_log() {
    let world = World::new().await;
    for _ in 0..130 {
        let answer = world.exchange("not-a-token", &[]).await;
        assert_eq!(
            (answer.status, between(&answer.body, "Code")),
            (400, "InvalidIdentityToken")
        );
    }
    assert_eq!(world.log().lines().count(), 20);
    // A second later there is room again, and the gap is told.
    world.clock.set(NOW + 1);
    world.exchange("not-a-token", &[]).await;
    let text = world.log();
    assert!(
        text.lines()
            .last()
            .unwrap()
            .contains("110 refusals before this one were too many"),
        "{text}"
    );
    verify(Chain::new(), text.lines()).unwrap();
}

#[tokio::test]
async fn a_key_is_not_handed_out_before_its_event_is_in_the_file() {
    let world = World::new().await;
    world
        .query(&world.root, "iam", &[("Action", "CreateUser"), ("UserName", "a")])
        .await;
    let made = world
        .query(&world.root, "iam", &[("Action", "CreateAccessKey"), ("UserName", "a")])
        .await;
    assert_eq!(made.status, 200, "{}", made.body);
    // Nobody drains the store here.
    let file = std::fs::read_dir(world.log.path()).unwrap().next().unwrap().unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(text.contains("\"eventName\":\"CreateAccessKey\""), "{text}");
    assert!(!text.contains(between(&made.body, "SecretAccessKey")));
}

#[tokio::test]
async fn a_flood_of_bad_tokens_does_not_take_the_processor() {
    let world = World::bearing(Strangers {
        work: Budget::new(Duration::from_micros(1)),
        ..Strangers::default()
    })
    .await;
    world.prepare().await;
    let good = world.token("sts.amazonaws.com", "iam-test");
    let (signed, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(342));
    assert_eq!(
        world.exchange(&good, &[]).await.status,
        200,
        "what is granted costs nothing"
    );
    assert_eq!(world.exchange(&good, &[]).await.status, 200);
    let refused = world.exchange(&forged, &[]).await;
    assert_eq!(between(&refused.body, "Code"), "InvalidIdentityToken");
    let unseen = world.exchange(&forged, &[]).await;
    assert_eq!((unseen.status, between(&unseen.body, "Code")), (400, "Throttling"));
    assert_eq!(between(&unseen.body, "Message"), "Rate exceeded");
    // Who signs is not disturbed, and the next second is a new one.
    let caller = world
        .query(&world.root, "sts", &[("Action", "GetCallerIdentity")])
        .await;
    assert_eq!(caller.status, 200, "{}", caller.body);
    world.clock.set(NOW + 1);
    assert_eq!(world.exchange(&good, &[]).await.status, 200);
}

#[tokio::test]
async fn every_call_leaves_an_event_and_so_does_a_wrong_signature() {
    let world = World::new().await;
    let last = || -> Value {
        let log = world.log();
        serde_json::from_str(log.lines().last().unwrap()).unwrap()
    };
    let identity = [("Action", "GetCallerIdentity")];
    let key = [("Action", "GetAccessKeyInfo"), ("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")];
    for form in [&identity[..], &key] {
        assert_eq!(world.query(&world.root, "sts", form).await.status, 200);
        let event = last();
        assert_eq!(event["eventName"], form[0].1);
        assert_eq!(event["eventSource"], "sts.amazonaws.com");
        assert_eq!(event["userIdentity"]["type"], "Root");
        assert_eq!(event["readOnly"], true);
    }
    let forger = Credentials {
        secret_access_key: "another".into(),
        ..world.root.clone()
    };
    for (service, name) in [("sts", "GetCallerIdentity"), ("iam", "ListRoles")] {
        let refused = world.query(&forger, service, &[("Action", name)]).await;
        assert_eq!(between(&refused.body, "Code"), "SignatureDoesNotMatch");
        let event = last();
        assert_eq!(event["eventName"], name);
        assert_eq!(event["errorCode"], "SignatureDoesNotMatch");
        assert_eq!(event["userIdentity"]["type"], "Unknown");
        assert_eq!(event["userIdentity"]["accessKeyId"], "AKIAIOSFODNN7EXAMPLE");
        assert_eq!(event["rolecall"]["decision"], "refused");
    }
    let path = "/clusters/dev";
    let headers = world.signed(&forger, "eks", "GET", path, "");
    assert_eq!(world.send("GET", path, &headers, "").await.status, 403);
    assert_eq!(last()["eventName"], "DescribeCluster");
}
