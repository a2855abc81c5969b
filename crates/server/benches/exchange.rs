//! What a call costs without its sockets: from the request's bytes to the answer's, the audit log's file included.
//! `cargo bench -p rolecall-server --bench exchange`

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    reason = "a benchmark that cannot be set up has nothing to say"
)]

use std::{net::SocketAddr, sync::LazyLock};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use rolecall_server::{
    body::Body,
    dispatch::{About, Api as _, Route, Whole},
    listen::Peer,
};
use rolecall_wire::sigv4::Credentials;
use tokio::runtime::{Builder, Runtime};

#[path = "../tests/walk/world.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod world;

use world::{World, between, encode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().enable_all().build().unwrap());
static WORLD: LazyLock<World> = LazyLock::new(|| {
    RUNTIME.block_on(async {
        let world = World::new().await;
        world.prepare().await;
        world
    })
});

fn main() {
    divan::main();
}

fn call(headers: &HeaderMap, body: &Bytes) -> Response<Body> {
    let mut request = Request::builder().method(Method::POST).uri("/").body(()).unwrap();
    *request.headers_mut() = headers.clone();
    let whole = Whole {
        parts: request.into_parts().0,
        body: body.clone(),
        about: About {
            request_id: "5d1f0b2c-0000-4000-8000-000000000000".to_owned(),
            peer: Peer {
                address: SocketAddr::from(([127, 0, 0, 1], 40_000)),
                secure: false,
            },
        },
    };
    let (response, _) = RUNTIME.block_on(WORLD.services.clone().answer(Route::Query, whole));
    assert_eq!(response.status(), 200);
    response
}

fn exchange_form() -> Bytes {
    let token = WORLD.token("sts.amazonaws.com", "iam-test");
    let form = [
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", "2011-06-15"),
        ("RoleArn", world::ROLE),
        ("RoleSessionName", "pod"),
        ("WebIdentityToken", &token),
    ];
    Bytes::from(encode(&form))
}

#[divan::bench]
fn assume_role_with_web_identity(bencher: divan::Bencher) {
    let headers = HeaderMap::new();
    let form = exchange_form();
    bencher.bench_local(|| call(&headers, &form));
}

#[divan::bench]
fn get_caller_identity(bencher: divan::Bencher) {
    let world = &*WORLD;
    let issued = RUNTIME.block_on(world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]));
    let session = Credentials {
        access_key_id: between(&issued.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&issued.body, "SecretAccessKey").into(),
        session_token: Some(between(&issued.body, "SessionToken").to_owned()),
    };
    let body = encode(&[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")]);
    let headers = world.signed(&session, "sts", "POST", "/", &body);
    let body = Bytes::from(body);
    bencher.bench_local(|| call(&headers, &body));
}
