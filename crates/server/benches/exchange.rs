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

/// An account of which there is much to tell.
static FULL: LazyLock<World> = LazyLock::new(|| {
    RUNTIME.block_on(async {
        let world = World::new().await;
        for number in 0..PAGE {
            fill(&world, number).await;
        }
        world
    })
});
/// How much a page has of a kind, if it is not asked for less.
const PAGE: usize = 100;
/// How many managed policies a role has, of those that were made before it.
const ATTACHED: usize = 10;

fn call(world: &World, headers: &HeaderMap, body: &Bytes) -> Response<Body> {
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
    let (response, _) = RUNTIME.block_on(world.services.clone().answer(Route::Query, whole));
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
    bencher.bench_local(|| call(&WORLD, &headers, &form));
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
    bencher.bench_local(|| call(world, &headers, &body));
}

/// A managed policy, and a role that has it, others, and one of its own.
async fn fill(world: &World, number: usize) {
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::data/{number}/*","Condition":{{"StringEquals":{{"aws:PrincipalTag/team":"platform"}}}}}},{{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::data"}}]}}"#
    );
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"default"}}}]}"#;
    let role = format!("app-{number:03}");
    let name = |number: usize| format!("policy-{number:03}");
    make(
        world,
        &[
            ("Action", "CreatePolicy"),
            ("PolicyName", &name(number)),
            ("PolicyDocument", &policy),
        ],
    )
    .await;
    make(
        world,
        &[
            ("Action", "CreateRole"),
            ("RoleName", &role),
            ("AssumeRolePolicyDocument", trust),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "platform"),
        ],
    )
    .await;
    make(
        world,
        &[
            ("Action", "PutRolePolicy"),
            ("RoleName", &role),
            ("PolicyName", "own"),
            ("PolicyDocument", &policy),
        ],
    )
    .await;
    for other in number.saturating_sub(ATTACHED - 1)..=number {
        let arn = format!("arn:aws:iam::{}:policy/{}", world::ACCOUNT, name(other));
        make(
            world,
            &[("Action", "AttachRolePolicy"), ("RoleName", &role), ("PolicyArn", &arn)],
        )
        .await;
    }
}

async fn make(world: &World, form: &[(&str, &str)]) {
    let answer = world.query(&world.root, "iam", form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[divan::bench(args = ["Role", "LocalManagedPolicy"])]
fn account_authorization_details(bencher: divan::Bencher, kind: &str) {
    let world = &*FULL;
    let form = [
        ("Action", "GetAccountAuthorizationDetails"),
        ("Version", "2010-05-08"),
        ("Filter.member.1", kind),
    ];
    let body = encode(&form);
    let headers = world.signed(&world.root, "iam", "POST", "/", &body);
    let body = Bytes::from(body);
    bencher.bench_local(|| call(world, &headers, &body));
}
