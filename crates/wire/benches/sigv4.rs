//! What a signature costs: read, canonicalise, verify, with a prepared key and without.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::time::SystemTime;

use divan::{Bencher, black_box};
use http::HeaderMap;
use rolecall_wire::sigv4::{self, Credentials, EMPTY_HASH, Path, Presented, RequestParts, SigningKey};

fn main() {
    divan::main();
}

const QUERY: &str = "list-type=2&prefix=reports%2F2026%2F&delimiter=%2F&max-keys=1000";

fn now() -> SystemTime {
    sigv4::parse_date("20261125T031500Z").unwrap()
}

fn request() -> HeaderMap {
    let credentials = Credentials {
        access_key_id: "ASIAEXAMPLEEXAMPLE12".into(),
        secret_access_key: "secret".into(),
        session_token: Some("x".repeat(800)),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "127.0.0.1:4566"),
        ("user-agent", "aws-cli/2.30"),
        ("accept-encoding", "identity"),
        ("amz-sdk-request", "attempt=1"),
        ("x-amz-meta-owner", "somebody"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    sigv4::sign(
        "GET",
        "/reports",
        QUERY,
        &mut headers,
        EMPTY_HASH,
        &credentials,
        "us-east-2",
        "s3",
        now(),
    );
    headers
}

fn verify(headers: &HeaderMap, key: &SigningKey) -> bool {
    let presented = Presented::read(headers, QUERY).unwrap();
    presented.check_scope("s3").unwrap();
    presented.check_time(now(), sigv4::LONGEST_PRESIGNED).unwrap();
    let parts = RequestParts {
        method: "GET",
        path: "/reports",
        query: QUERY,
        headers,
        payload: EMPTY_HASH,
        form: Path::AsSent,
    };
    presented.verify(&parts, key).is_ok()
}

#[divan::bench]
fn verify_with_a_prepared_key(bencher: Bencher<'_, '_>) {
    let (headers, key) = (request(), SigningKey::derive("secret", "20261125", "us-east-2", "s3"));
    bencher.bench(|| assert!(verify(black_box(&headers), &key)));
}

#[divan::bench]
fn derive_a_key() -> SigningKey {
    SigningKey::derive(black_box("secret"), "20261125", "us-east-2", "s3")
}
