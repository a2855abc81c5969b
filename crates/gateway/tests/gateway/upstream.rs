//! The gateway before a store that it reaches over HTTP. The store is played by another gateway, which verifies each request
//! as S3 does and writes down what was in it.

use std::{convert::Infallible, sync::Arc};

use http::{Request, StatusCode, Uri};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rolecall_gateway::{Config, ConnInfo, Gateway, HttpUpstream};
use rolecall_wire::sigv4::Credentials;
use tokio::net::TcpListener;

use crate::{
    bodies::chunked,
    world::{ACCOUNT, REGION, World, now, record, signed_with},
};

/// A store on a port of its own, and a gateway that reaches it with this secret.
async fn before_a_store(secret: &str) -> (World, Arc<World>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let store = Arc::new(World::root());
    let bucket = Arc::new(record("inc-b", ACCOUNT, None));
    store
        .authority
        .buckets
        .lock()
        .unwrap()
        .insert(bucket.name.clone(), bucket);
    let serving = Arc::clone(&store);
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            let store = Arc::clone(&serving);
            let service = service_fn(move |request: Request<Incoming>| {
                let store = Arc::clone(&store);
                async move { Ok::<_, Infallible>(store.gateway.handle(request, ConnInfo { peer, tls: None }).await) }
            });
            // A body that breaks off ends its connection, as it must.
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    (before(format!("http://{address}"), secret), store)
}

fn before(endpoint: String, secret: &str) -> World {
    let world = World::root();
    let credentials = Credentials {
        access_key_id: "AKIATEST".to_owned(),
        secret_access_key: secret.to_owned().into(),
        session_token: None,
    };
    let upstream = HttpUpstream::new(Uri::try_from(endpoint).unwrap(), REGION, credentials, Arc::new(now)).unwrap();
    World {
        gateway: Gateway::new(Config::default(), world.authority.clone(), Arc::new(upstream)),
        ..world
    }
}

#[tokio::test]
async fn requests_reach_the_store_signed_with_the_gateways_own_credentials() {
    let (world, store) = before_a_store("secret").await;
    let calls = [
        ("PUT", "/b/k", "body"),
        ("PUT", "/b/a%20b/%C3%BC%2B%25", "body"),
        ("GET", "/b/k?response-content-type=text%2Fplain", ""),
        ("GET", "/b?list-type=2&prefix=a%20b%2F&delimiter=%2F", ""),
        ("HEAD", "/b/k", ""),
        ("DELETE", "/b/k", ""),
    ];
    for (method, target, body) in calls {
        let answer = world.call(method, target, &[("x-amz-meta-note", "kept")], body).await;
        assert!(
            answer.status.is_success(),
            "{method} {target}: {} {}",
            answer.status,
            answer.text
        );
        let arrived = store.arrived().pop().unwrap();
        assert_eq!(arrived.method, method);
        // The store knows the bucket by its incarnation; its own gateway adds one more.
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (found, asked) = arrived.uri.split_once('?').unwrap_or((&arrived.uri, ""));
        assert_eq!(found, path.replacen("/b", "/inc-inc-b", 1), "{target}");
        assert_eq!(asked.split('&').count(), query.split('&').count(), "{target}");
        assert_eq!(arrived.body.as_deref(), Some(body.as_bytes()), "{method} {target}");
        if method == "PUT" {
            assert_eq!(arrived.headers["x-amz-meta-note"], "kept");
        }
    }
}

#[tokio::test]
async fn a_new_bucket_is_made_in_the_stores_own_region() {
    let (world, store) = before_a_store("secret").await;
    let body = format!(
        "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
    );
    let answer = world.call("PUT", "/new", &[], &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let made = world.authority.buckets.lock().unwrap()["new"].upstream.clone();
    assert_eq!(store.authority.buckets.lock().unwrap()[&made].region, REGION);
}

#[tokio::test]
async fn a_checksum_in_a_trailer_reaches_the_store_as_one() {
    let (world, store) = before_a_store("secret").await;
    let trailer = ("x-amz-checksum-crc32", "DUoRhQ==");
    for payload in [
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    ] {
        let answer = world.send(chunked(&["hello ", "world"], payload, Some(trailer))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let arrived = store.arrived().pop().unwrap();
        assert_eq!(arrived.body.as_deref(), Some(&b"hello world"[..]));
        assert_eq!(arrived.headers["x-amz-trailer"], trailer.0);
        assert_eq!(arrived.headers["content-encoding"], "gzip");
        assert_eq!(arrived.trailers.unwrap()[trailer.0], trailer.1);
    }
    let wrong = chunked(
        &["hello ", "World"],
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        Some(trailer),
    );
    assert_eq!(world.send(wrong).await.code(), "BadDigest");
    assert!(
        store
            .arrived()
            .iter()
            .all(|arrived| arrived.body.as_deref() != Some(b"hello World"))
    );
}

#[tokio::test]
async fn a_body_that_is_not_what_was_signed_is_cut_off_before_its_end() {
    let (world, store) = before_a_store("secret").await;
    let hash = "0".repeat(64);
    let request = signed_with("PUT", "/b/k", &[], "body", &hash, "AKIATEST", "secret", "s3", now());
    let answer = world.send(request).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (400, "XAmzContentSHA256Mismatch")
    );
    assert!(store.arrived().iter().all(|arrived| arrived.body.is_none()));
}

#[tokio::test]
async fn a_store_that_refuses_the_gateway_is_not_a_refusal_of_the_client() {
    let (world, store) = before_a_store("another secret").await;
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (503, "ServiceUnavailable"));
    assert!(!answer.text.contains("Signature"), "{}", answer.text);
    assert!(store.arrived().is_empty());
}

#[tokio::test]
async fn a_store_that_is_not_there_is_told_as_such() {
    // Nobody listens on a port that was just given back.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let world = before(format!("http://{address}"), "secret");
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (503, "ServiceUnavailable"));
}

#[tokio::test]
async fn keys_that_http_clients_rewrite_do_not_leave() {
    let (world, store) = before_a_store("secret").await;
    for key in ["..", "a/../b", "./a"] {
        let answer = world.call("GET", &format!("/b/{key}"), &[], "").await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "InvalidURI"), "{key}");
    }
    assert!(store.arrived().is_empty());
}
