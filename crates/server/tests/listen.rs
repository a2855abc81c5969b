//! One port: http and https, limits, routes, and a stop that lets requests end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    reason = "a test may fail loudly, and its helpers belong to it"
)]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::body::Incoming;
use rolecall_identity::keys::SystemEntropy;
use rolecall_server::{
    body::Body,
    dispatch::{About, Answered, Api, Dispatch, Fallback, Route, Whole},
    listen::{Answering, Limits, Tls},
    meters::Ready,
    server::{BuildError, Config, Deps, Server},
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};

struct Echo;

impl Api for Echo {
    fn answer(self: Arc<Self>, route: Route, request: Whole) -> Answered {
        Box::pin(async move {
            if request.body.as_ref() == b"slow" {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            let text = format!("{route:?} {} {}", request.body.len(), request.about.peer.secure);
            (Response::new(Body::whole(text)), "Echo")
        })
    }
}

impl Fallback for Echo {
    fn answer(self: Arc<Self>, request: Request<Incoming>, _: About) -> Answering<'static> {
        Box::pin(async move { Response::new(Body::whole(format!("fallback {}", request.uri().path()))) })
    }
}

impl Ready for Echo {
    fn unready(&self) -> Vec<String> {
        vec!["the store is loading".to_owned()]
    }
}

struct Running {
    address: SocketAddr,
    health: SocketAddr,
    root: rustls::pki_types::CertificateDer<'static>,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
}

async fn start() -> Running {
    offering(Tls::Offered).await
}

async fn offering(tls_of: impl FnOnce(Arc<rustls::ServerConfig>) -> Tls) -> Running {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let root = certified.cert.der().clone();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![root.clone()], key)
        .unwrap();
    let limits = Limits::default();
    let dispatch = Dispatch {
        api: Arc::new(Echo),
        extra: vec![(Box::new(|parts| parts.uri.path() == "/api"), Arc::new(Echo))],
        fallback: Arc::new(Echo),
        entropy: Arc::new(SystemEntropy),
        limits,
    };
    let config = Config::new(SocketAddr::from(([127, 0, 0, 1], 0)));
    let deps = Deps {
        tls: tls_of(Arc::new(tls)),
        dispatch: Arc::new(dispatch),
        ready: Arc::new(Echo),
    };
    let bound = Server::build(config).await.unwrap();
    let (address, health) = (bound.address(), bound.health_address().unwrap());
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(bound.run(deps, async move {
        let _ = stopped.await;
    }));
    Running {
        address,
        health,
        root,
        stop,
        done,
    }
}

async fn exchange(stream: impl AsyncReadExt + AsyncWriteExt + Unpin, request: &str) -> String {
    let mut stream = stream;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that has refused may close before all is read.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn plain(address: SocketAddr, request: &str) -> String {
    exchange(TcpStream::connect(address).await.unwrap(), request).await
}

const FORM: &str = "content-type: application/x-www-form-urlencoded";

#[tokio::test]
async fn one_port_answers_http_and_https() {
    let running = start().await;
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\n{FORM}\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc");
    let answer = plain(running.address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("Query 3 false"), "{answer}");
    assert!(answer.contains("x-amzn-requestid: "), "{answer}");

    let answer = secure(&running, &request).await;
    assert!(answer.ends_with("Query 3 true"), "{answer}");
}

#[tokio::test]
async fn where_tls_is_required_nothing_else_is_answered() {
    let running = offering(Tls::Required).await;
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\n{FORM}\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc");
    assert_eq!(plain(running.address, &request).await, "");
    let answer = secure(&running, &request).await;
    assert!(answer.ends_with("Query 3 true"), "{answer}");
}

/// An exchange over TLS.
async fn secure(running: &Running, request: &str) -> String {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(running.root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(running.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(client))
        .connect(name, stream)
        .await
        .unwrap();
    exchange(stream, request).await
}

#[tokio::test]
async fn routes_reach_whom_they_are_for() {
    let running = start().await;
    for (path, expected) in [
        ("/reports/x", "fallback /reports/x"),
        ("/api", "fallback /api"),
        ("/clusters", "Eks 0 false"),
    ] {
        let answer = plain(
            running.address,
            &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        )
        .await;
        assert!(answer.ends_with(expected), "{answer}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_answered_with_an_empty_413() {
    let running = start().await;
    for head in [
        "content-length: 10000001".to_owned(),
        "transfer-encoding: chunked".to_owned(),
    ] {
        let body = if head.starts_with('t') {
            format!("989681\r\n{}\r\n0\r\n\r\n", "a".repeat(10_000_001))
        } else {
            String::new()
        };
        let answer = plain(
            running.address,
            &format!("POST / HTTP/1.1\r\nhost: x\r\n{FORM}\r\n{head}\r\n\r\n{body}"),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("content-length: 0"), "{answer}");
    }
}

#[tokio::test]
async fn who_asks_for_nothing_is_sent_elsewhere() {
    let running = start().await;
    let answer = plain(
        running.address,
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
    assert!(answer.contains("location: https://aws.amazon.com/iam"), "{answer}");
}

#[tokio::test]
async fn health_tells_the_truth() {
    let running = start().await;
    let get = async |path: &str| {
        plain(
            running.health,
            &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        )
        .await
    };
    assert!(get("/livez").await.starts_with("HTTP/1.1 200"));
    let ready = get("/readyz").await;
    assert!(
        ready.starts_with("HTTP/1.1 503") && ready.ends_with("the store is loading\n"),
        "{ready}"
    );
    plain(
        running.address,
        "GET /clusters HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await;
    assert!(
        get("/metrics")
            .await
            .contains("rolecall_requests_total{service=\"eks\"")
    );
}

#[tokio::test]
async fn a_request_that_runs_is_answered_after_the_stop() {
    let running = start().await;
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\n{FORM}\r\ncontent-length: 4\r\n\r\nslow");
    let asking = tokio::spawn(async move { plain(running.address, &request).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop.send(()).unwrap();
    assert!(asking.await.unwrap().ends_with("Query 4 false"));
    tokio::time::timeout(Duration::from_secs(5), running.done)
        .await
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn other_addresses_than_loopback_have_to_be_meant() {
    let refused = Server::build(Config::new(SocketAddr::from(([0, 0, 0, 0], 0)))).await;
    assert!(matches!(refused, Err(BuildError::NotLoopback(_))));
}
