//! Who may do what, and which requests are none.

use std::time::Duration;

use http::{Method, StatusCode};
use proptest::prelude::*;
use rolecall_gateway::{Config, Gateway};
use rolecall_policy::Decision;
use rolecall_wire::sigv4::{self, Credentials};

use crate::world::*;

#[tokio::test]
async fn an_allowed_get_reaches_the_incarnation_and_nothing_else_of_the_client_does() {
    let world = World::new(&[&allow(r#""s3:GetObject""#, "arn:aws:s3:::b/*")]);
    world.store_answers(StatusCode::OK, "hello");
    let headers = [
        ("range", "bytes=0-4"),
        ("x-custom", "1"),
        ("connection", "x-custom"),
        ("user-agent", "test"),
    ];
    let answer = world.call("GET", "/b/a%20b?x-id=GetObject", &headers, "").await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "hello"));
    let arrived = world.arrived();
    assert_eq!(arrived[0].uri, "/inc-b/a%20b");
    assert_eq!(
        arrived[0]
            .headers
            .keys()
            .map(http::HeaderName::as_str)
            .collect::<Vec<_>>(),
        ["range"]
    );
    assert_eq!(
        world.decided(),
        [("s3:GetObject".to_owned(), "arn:aws:s3:::b/a b".to_owned(), true)]
    );
}

#[tokio::test]
async fn a_refusal_says_what_aws_says_and_reaches_nothing() {
    let world = World::new(&[&allow(r#""s3:GetObject""#, "*")]);
    let answer = world.call("DELETE", "/b/k", &[], "").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "AccessDenied"));
    assert!(
        answer.text.contains(
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: s3:DeleteObject on resource: \
         &quot;arn:aws:s3:::b/k&quot; because no identity-based policy allows the s3:DeleteObject action"
        ),
        "{}",
        answer.text
    );
    assert!(world.arrived().is_empty());
    assert_eq!(
        world.decided(),
        [("s3:DeleteObject".to_owned(), "arn:aws:s3:::b/k".to_owned(), false)]
    );
}

#[tokio::test]
async fn nothing_is_allowed_that_cannot_be_written_down() {
    let world = World::root();
    *world.authority.full.lock().unwrap() = true;
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable")
    );
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn each_wrong_signature_has_its_code() {
    let world = World::root();
    let hash = sigv4::EMPTY_HASH;
    let cases = [
        ("AKIANOBODY", "secret", "s3", now(), 403, "InvalidAccessKeyId"),
        ("AKIAEXPIRED", "secret", "s3", now(), 400, "ExpiredToken"),
        ("AKIATOKEN", "secret", "s3", now(), 400, "InvalidToken"),
        ("AKIATEST", "wrong", "s3", now(), 403, "SignatureDoesNotMatch"),
        ("AKIATEST", "secret", "sts", now(), 400, "AuthorizationHeaderMalformed"),
        (
            "AKIATEST",
            "secret",
            "s3",
            now() - Duration::from_secs(1000),
            403,
            "RequestTimeTooSkewed",
        ),
        (
            "AKIATEST",
            "secret",
            "s3",
            now() + Duration::from_secs(1000),
            403,
            "RequestTimeTooSkewed",
        ),
    ];
    for (key, secret, service, at, status, code) in cases {
        let answer = world
            .send(signed_with("GET", "/b/k", &[], "", hash, key, secret, service, at))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{}",
            answer.text
        );
    }
    let answer = world
        .send(signed_with(
            "GET",
            "/b/k",
            &[],
            "",
            hash,
            "AKIATEST",
            "wrong",
            "s3",
            now(),
        ))
        .await;
    for element in [
        "<CanonicalRequest>GET\n/b/k\n",
        "<StringToSign>AWS4-HMAC-SHA256\n",
        "<SignatureProvided>",
    ] {
        assert!(answer.text.contains(element), "{element} in {}", answer.text);
    }
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn tampered_requests_are_refused() {
    let world = World::root();
    let mut path = signed("GET", "/b/k", &[], "");
    *path.uri_mut() = "/b/other".parse().unwrap();
    let mut query = signed("GET", "/b/k?versionId=1", &[], "");
    *query.uri_mut() = "/b/k?versionId=2".parse().unwrap();
    let mut header = signed("PUT", "/b/k", &[("x-amz-meta-a", "1")], "");
    header.headers_mut().insert("x-amz-meta-a", "2".parse().unwrap());
    for request in [path, query, header] {
        assert_eq!(world.send(request).await.code(), "SignatureDoesNotMatch");
    }
    let mut added = signed("PUT", "/b/k", &[], "");
    added
        .headers_mut()
        .insert("x-amz-copy-source", "b/secret".parse().unwrap());
    let answer = world.send(added).await;
    assert_eq!(answer.code(), "AccessDenied");
    assert!(
        answer
            .text
            .contains("<HeadersNotSigned>x-amz-copy-source</HeadersNotSigned>")
    );
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn requests_that_two_readers_could_read_differently_are_refused() {
    let world = World::root();
    let cases: &[(&str, &str, &[(&str, &str)], &str)] = &[
        ("GET", "/b/%2e%2e/k", &[], "InvalidURI"),
        ("GET", "/b/a/..%2fk", &[], "InvalidURI"),
        ("GET", "/b/%zz", &[], "InvalidURI"),
        ("GET", "/b/%00", &[], "InvalidURI"),
        ("GET", "/b/%ff", &[], "InvalidURI"),
        ("GET", "//k", &[], "InvalidURI"),
        ("GET", "/%62/k", &[], "InvalidBucketName"),
        ("GET", "/b/k?versionId=1&versionId=2", &[], "InvalidArgument"),
        ("GET", "/b/k?versionId=1&VersionId=2", &[], "InvalidArgument"),
        ("GET", "/b/k?unknown=1", &[], "InvalidArgument"),
        ("GET", "/b?list-type=1", &[], "InvalidArgument"),
        ("PUT", "/b/k?partNumber=0&uploadId=u", &[], "InvalidArgument"),
        ("PUT", "/b/k", &[("transfer-encoding", "chunked")], "InvalidRequest"),
        ("PUT", "/b/k", &[("x-amz-unheard-of", "1")], "NotImplemented"),
        ("PUT", "/b/k", &[("x-amz-copy-source", "b")], "InvalidArgument"),
        ("PUT", "/b/k", &[("x-amz-copy-source", "b/%2e%2e/x")], "InvalidArgument"),
        (
            "PUT",
            "/b/k",
            &[("x-amz-copy-source", "b/k?versionId=1?x")],
            "InvalidArgument",
        ),
        ("PUT", "/b/k", &[("x-amz-tagging", "a=1&a=2")], "InvalidArgument"),
        ("POST", "/b/k", &[], "MethodNotAllowed"),
        ("GET", "/b/k?acl&tagging", &[], "MethodNotAllowed"),
        (
            "GET",
            "/b/k?AWSAccessKeyId=A&Signature=s&Expires=1",
            &[],
            "InvalidArgument",
        ),
        (
            "PUT",
            "/b/k",
            &[("x-amz-acl", "public-read")],
            "AccessControlListNotSupported",
        ),
        (
            "PUT",
            "/b/k",
            &[("x-amz-object-lock-mode", "COMPLIANCE")],
            "NotImplemented",
        ),
        ("GET", "/b/k?acl", &[], "NotImplemented"),
        ("GET", "/b?versioning", &[], "NotImplemented"),
        ("GET", "/missing/k", &[], "NoSuchBucket"),
        (
            "GET",
            "/b/k",
            &[("x-amz-expected-bucket-owner", "210987654321")],
            "AccessDenied",
        ),
    ];
    for (method, target, headers, code) in cases {
        let answer = world.call(method, target, headers, "").await;
        assert_eq!(answer.code(), *code, "{method} {target} {headers:?}: {}", answer.text);
        assert!(world.arrived().is_empty(), "{method} {target}");
    }
    let mut twice = signed("PUT", "/b/k", &[], "");
    twice
        .headers_mut()
        .append("x-amz-content-sha256", sigv4::EMPTY_HASH.parse().unwrap());
    assert_eq!(world.send(twice).await.code(), "InvalidRequest");
    let old = unsigned("GET", "/b/k?AWSAccessKeyId=A&Signature=s&Expires=1", &[], "");
    assert_eq!(world.send(old).await.code(), "InvalidRequest");
    let long = world.call("PUT", &format!("/b/{}", "x".repeat(1025)), &[], "").await;
    assert_eq!(long.code(), "KeyTooLongError");
}

#[tokio::test]
async fn a_host_may_name_the_bucket_where_the_gateway_has_a_domain() {
    let mut world = World::root();
    let config = Config {
        virtual_host_suffix: Some("s3.example.org".to_owned()),
        ..Config::default()
    };
    world.gateway = Gateway::new(config, world.authority.clone(), world.store.clone());
    let get = |host: &str, target: &str| signed("GET", target, &[("host", host)], "");
    for (host, target) in [
        ("b.s3.example.org", "/k"),
        ("b.s3.example.org:443", "/k"),
        ("s3.example.org", "/b/k"),
        ("127.0.0.1:4566", "/b/k"),
    ] {
        let answer = world.send(get(host, target)).await;
        assert_eq!(answer.status, StatusCode::OK, "{host} {target}: {}", answer.text);
        assert_eq!(
            world.decided().pop().unwrap(),
            ("s3:GetObject".to_owned(), "arn:aws:s3:::b/k".to_owned(), true),
            "{host} {target}"
        );
        assert_eq!(world.arrived().pop().unwrap().uri, "/inc-b/k", "{host} {target}");
    }
    // The host is signed: a request for one bucket is none for another.
    let mut moved = get("b.s3.example.org", "/k");
    moved
        .headers_mut()
        .insert("host", "other.s3.example.org".parse().unwrap());
    assert_eq!(world.send(moved).await.code(), "SignatureDoesNotMatch");
    // What only looks like the domain is another host, and its path names the bucket.
    let answer = world.send(get("evil-s3.example.org", "/b/k")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(world.decided().pop().unwrap().1, "arn:aws:s3:::b/k");
}

#[tokio::test]
async fn both_accounts_must_allow_what_crosses_between_them() {
    let mine = allow(r#""s3:GetObject""#, "arn:aws:s3:::theirs/*");
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/alice"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::theirs/*"}]}"#;
    let elsewhere = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/bob"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::theirs/*"}]}"#;
    let nothing: &[&str] = &[];
    for (identity, bucket, status) in [
        (&[mine.as_str()][..], theirs, StatusCode::OK),
        (nothing, theirs, StatusCode::FORBIDDEN),
        (&[mine.as_str()][..], elsewhere, StatusCode::FORBIDDEN),
    ] {
        let world = World::new(identity);
        world.bucket_policy("theirs", "210987654321", bucket);
        let answer = world.call("GET", "/theirs/k", &[], "").await;
        assert_eq!(answer.status, status, "{identity:?} {bucket}");
        assert_eq!(world.arrived().len(), usize::from(status == StatusCode::OK));
        // The owner of the bucket may be named, and must be the right one.
        let owner = [("x-amz-expected-bucket-owner", "123456789012")];
        assert_eq!(
            world.call("GET", "/theirs/k", &owner, "").await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn strangers_have_only_what_the_bucket_gives_them() {
    let world = World::root();
    world.bucket_policy("public", ACCOUNT, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::public/open/*"}]}"#);
    world.store_answers(StatusCode::OK, "v");
    assert_eq!(world.send(unsigned("GET", "/public/open/k", &[], "")).await.text, "v");
    for (method, target) in [
        ("GET", "/public/k"),
        ("PUT", "/public/open/k"),
        ("GET", "/public"),
        ("GET", "/b/k"),
        ("GET", "/"),
    ] {
        let answer = world.send(unsigned(method, target, &[], "")).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "AccessDenied"),
            "{method} {target}"
        );
        assert!(answer.text.contains("<Message>Access Denied</Message>"));
    }
    let answer = world
        .send(unsigned(
            "GET",
            "/public/open/k?response-content-type=text/html",
            &[],
            "",
        ))
        .await;
    assert_eq!(answer.code(), "InvalidRequest");
    assert_eq!(world.arrived().len(), 1);
}

#[tokio::test]
async fn presigned_urls_work_until_their_time() {
    let world = World::root();
    let presign = |expires: u64, at| {
        let credentials = Credentials {
            access_key_id: "AKIATEST".to_owned(),
            secret_access_key: "secret".to_owned().into(),
            session_token: None,
        };
        let query = sigv4::presign(
            "GET",
            "127.0.0.1:4566",
            "/b/k",
            "",
            Duration::from_secs(expires),
            &credentials,
            REGION,
            "s3",
            at,
        );
        unsigned("GET", &format!("/b/k?{query}"), &[], "")
    };
    assert_eq!(world.send(presign(60, now())).await.status, StatusCode::OK);
    assert_eq!(world.arrived()[0].uri, "/inc-b/k");
    let late = world.send(presign(60, now() - Duration::from_secs(61))).await;
    assert_eq!((late.status, late.code()), (StatusCode::FORBIDDEN, "AccessDenied"));
    assert!(late.text.contains("<Message>Request has expired</Message>"));
    let long = world.send(presign(13 * 3600, now())).await;
    assert_eq!(long.code(), "AuthorizationQueryParametersError");
    let mut other = presign(60, now());
    *other.uri_mut() = other.uri().to_string().replace("/b/k?", "/b/x?").parse().unwrap();
    assert_eq!(world.send(other).await.code(), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn conditions_on_the_request_take_part() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringLike":{"s3:prefix":["home/${aws:username}/*"]}}},
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},
        {"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"},"StringEquals":{"s3:authType":"REST-HEADER"}}}]}"#;
    let world = World::new(&[policy]);
    assert_eq!(
        world
            .call("GET", "/b?list-type=2&prefix=home%2Falice%2F", &[], "")
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        world
            .call("GET", "/b?list-type=2&prefix=home%2Fbob%2F", &[], "")
            .await
            .code(),
        "AccessDenied"
    );
    assert_eq!(world.call("GET", "/b/k", &[], "").await.code(), "AccessDenied");
    assert_eq!(world.call("PUT", "/b/k", &[], "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_age_of_a_second_factor_is_that_of_the_moment() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}}]}"#;
    let world = World::new(&[policy]);
    let now = now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let shown = |ago: u64| *world.authority.factor_shown.lock().unwrap() = i64::try_from(now - ago).ok();
    assert_eq!(world.call("PUT", "/b/k", &[], "").await.code(), "AccessDenied");
    shown(299);
    assert_eq!(world.call("PUT", "/b/k", &[], "").await.status, StatusCode::OK);
    shown(300);
    assert_eq!(world.call("PUT", "/b/k", &[], "").await.code(), "AccessDenied");
}

/// What a store that decodes a path once sees.
fn decoded(uri: &str) -> String {
    percent_encoding::percent_decode_str(uri)
        .decode_utf8()
        .unwrap()
        .into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Threat 5: whatever the request looks like, the resource that was decided is the one that arrives.
    #[test]
    fn the_decided_request_is_the_forwarded_request(
        path in "(/b/|/b//|/)?[a-b%/.+ ~?&=\u{e9}]{0,8}(%2e|%2E|%2f|%00|%25|%3f|\\.\\.|/){0,4}[a-z%?&=]{0,6}",
        query in "(versionId=[a-b%2]{0,4}|&|tagging|acl|x-id=1|uploads|partNumber=1){0,3}",
    ) {
        let target = format!("{path}?{query}").replace([' ', '\u{e9}'], "%20");
        let Ok(uri) = target.parse::<http::Uri>() else { return Ok(()) };
        if !target.starts_with('/') { return Ok(()) }
        let world = World::root();
        let request = signed("GET", &uri.to_string(), &[], "");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _answer = runtime.block_on(world.send(request));
        let decisions = world.authority.decisions.lock().unwrap();
        for arrived in world.arrived() {
            let (path, query) = arrived.uri.split_once('?').unwrap_or((&arrived.uri, ""));
            let resource = format!("arn:aws:s3:::{}", decoded(path).strip_prefix("/inc-").unwrap());
            prop_assert!(decisions.iter().any(|d| d.resource == resource && d.decision == Decision::Allowed), "{} against {:?}", arrived.uri, decisions.len());
            let versioned = query.split('&').any(|pair| pair.starts_with("versionId="));
            prop_assert_eq!(versioned, decisions.iter().any(|d| d.action.contains("Version")));
            prop_assert_eq!(arrived.method, Method::GET);
        }
    }
}
