//! What a decision costs. `cargo bench -p rolecall-policy` prints decisions a second (`items/s`) and what is allocated.
//!
//! `w1`: one statement. `w2`: ten policies of ten statements with wildcards and conditions. `w3`: one policy of a thousand
//! statements. `w4`: what an index helps least: ten policies on `*`, variables in resources, leading wildcards, a
//! boundary, two levels of control policies. The answers of `w1` to `w3` are checked before anything is measured.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::similar_names,
    clippy::field_reassign_with_default,
    reason = "a benchmark: what panics ends it"
)]

use divan::{AllocProfiler, Bencher, black_box, counter::ItemsCount};
use rolecall_policy::{Compiled, Decision, Policies, Policy, decide};
use serde_json::Value;

#[path = "decide/workloads.rs"]
mod workloads;

use workloads::{W4, request, texts, workload};

#[global_allocator]
static ALLOCATOR: AllocProfiler<mimalloc::MiMalloc> = AllocProfiler::new(mimalloc::MiMalloc);

fn main() {
    for name in ["w1", "w2", "w3"] {
        let (policies, requests, expected) = workload(name);
        for (request, expected) in requests.iter().zip(expected) {
            let policies = Policies {
                identity: &policies,
                ..Policies::default()
            };
            assert_eq!(
                decide(request, &policies) == Decision::Allowed,
                expected,
                "{name}: {request:?}"
            );
        }
    }
    divan::main();
}

#[divan::bench(args = ["w1", "w2", "w3"])]
fn decide_prepared(bencher: Bencher<'_, '_>, name: &str) {
    let (compiled, requests, _) = workload(name);
    let policies = Policies {
        identity: &compiled,
        ..Policies::default()
    };
    bencher.counter(ItemsCount::new(requests.len())).bench_local(|| {
        for request in &requests {
            black_box(decide(black_box(request), &policies));
        }
    });
}

#[divan::bench]
fn decide_prepared_w4(bencher: Bencher<'_, '_>) {
    let w4 = W4::new();
    w4.with_policies(|policies| {
        let allowed = |request| decide(request, policies) == Decision::Allowed;
        let allowed = w4.requests.iter().filter(|request| allowed(request)).count();
        assert!(
            allowed > 0 && allowed < w4.requests.len(),
            "{allowed} of {}",
            w4.requests.len()
        );
        bencher.counter(ItemsCount::new(w4.requests.len())).bench_local(|| {
            for request in &w4.requests {
                black_box(decide(black_box(request), policies));
            }
        });
    });
}

/// A request made from texts each time, and decided.
#[divan::bench(args = ["w1", "w2", "w3"])]
fn decide_from_texts(bencher: Bencher<'_, '_>, name: &str) {
    let (compiled, ..) = workload(name);
    let policies = Policies {
        identity: &compiled,
        ..Policies::default()
    };
    let data: Value = serde_json::from_str(texts(name).0).unwrap();
    let requests = data["requests"].as_array().unwrap();
    bencher.counter(ItemsCount::new(requests.len())).bench_local(|| {
        for raw in requests {
            black_box(decide(&request(black_box(raw)), &policies));
        }
    });
}

#[divan::bench]
fn decide_from_texts_w4(bencher: Bencher<'_, '_>) {
    let w4 = W4::new();
    w4.with_policies(|policies| {
        bencher.counter(ItemsCount::new(w4.texts.len())).bench_local(|| {
            for raw in &w4.texts {
                black_box(decide(&black_box(raw).request(), policies));
            }
        });
    });
}

/// From the text of `w3` to a policy that can be decided on; items are statements, and `max alloc` is its memory.
#[divan::bench]
fn compile_w3(bencher: Bencher<'_, '_>) {
    let data: Value = serde_json::from_str(texts("w3").0).unwrap();
    let text = data["policies"][0].to_string();
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .bench_local(|| Compiled::new(&Policy::parse(black_box(&text)).unwrap()));
}

/// What stays of `w3` once it is compiled: the tree is made outside of what is measured. `max alloc` is the memory of a
/// thousand statements.
#[divan::bench]
fn compile_w3_from_tree(bencher: Bencher<'_, '_>) {
    let data: Value = serde_json::from_str(texts("w3").0).unwrap();
    let tree = Policy::parse(&data["policies"][0].to_string()).unwrap();
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .bench_local(|| Compiled::new(black_box(&tree)));
}

/// Ten policies for each of ten thousand principals, all different, from texts; `max alloc` is the memory of all, and the
/// time that of loading them.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn load_ten_thousand_principals(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(100_000_usize)).bench_local(|| {
        let mut all = Vec::with_capacity(100_000);
        for principal in 0..10_000 {
            for policy in 0..10 {
                let text = format!(
                    r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Read","Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::bucket-{policy}/{principal}/*"]}},{{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*","Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}]}}"#
                );
                all.push(Compiled::new(&Policy::parse(&text).unwrap()));
            }
        }
        all
    });
}
