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
use rolecall_policy::{Compiled, Context, Decision, Policies, Policy, Principal, Request, decide};
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

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

fn texts(name: &str) -> (&'static str, &'static str) {
    match name {
        "w1" => (include_str!("data/w1.json"), include_str!("data/w1.expected.json")),
        "w2" => (include_str!("data/w2.json"), include_str!("data/w2.expected.json")),
        _ => (include_str!("data/w3.json"), include_str!("data/w3.expected.json")),
    }
}

fn workload(name: &str) -> (Vec<Compiled>, Vec<Request>, Vec<bool>) {
    let (data, expected) = texts(name);
    let data: Value = serde_json::from_str(data).unwrap();
    let policies = data["policies"].as_array().unwrap().iter().map(compiled).collect();
    let requests = data["requests"].as_array().unwrap().iter().map(request).collect();
    (policies, requests, serde_json::from_str(expected).unwrap())
}

fn compiled(policy: &Value) -> Compiled {
    Compiled::new(&Policy::parse(&policy.to_string()).unwrap())
}

fn request(request: &Value) -> Request {
    let text = |name: &str| request[name].as_str().unwrap();
    let context = request["context"].as_object().unwrap().iter();
    let context: Context = context.map(|(key, value)| (key, value.as_str().unwrap())).collect();
    let principal = Principal::parse(text("principal")).unwrap();
    Request::new(principal, text("action"), text("resource"), "111122223333", context)
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
    let boundary = std::slice::from_ref(&w4.boundary);
    let levels: Vec<&[Compiled]> = w4.levels.iter().map(Vec::as_slice).collect();
    let policies = Policies {
        identity: &w4.identity,
        boundary: Some(boundary),
        scps: &levels,
        ..Policies::default()
    };
    let allowed = w4
        .requests
        .iter()
        .filter(|request| decide(request, &policies) == Decision::Allowed)
        .count();
    assert!(
        allowed > 0 && allowed < w4.requests.len(),
        "{allowed} of {}",
        w4.requests.len()
    );
    bencher.counter(ItemsCount::new(w4.requests.len())).bench_local(|| {
        for request in &w4.requests {
            black_box(decide(black_box(request), &policies));
        }
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

/// From the text of `w3` to a policy that can be decided on; items are statements, and `max alloc` is its memory.
#[divan::bench]
fn compile_w3(bencher: Bencher<'_, '_>) {
    let data: Value = serde_json::from_str(texts("w3").0).unwrap();
    let text = data["policies"][0].to_string();
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .bench_local(|| Compiled::new(&Policy::parse(black_box(&text)).unwrap()));
}

/// What stays of `w3` once it is compiled: the tree is made outside of what is measured.
#[divan::bench]
fn compile_w3_from_tree(bencher: Bencher<'_, '_>) {
    let data: Value = serde_json::from_str(texts("w3").0).unwrap();
    let tree = Policy::parse(&data["policies"][0].to_string()).unwrap();
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .bench_local(|| Compiled::new(black_box(&tree)));
}

/// Ten policies for each of ten thousand principals, all different, from texts; `max alloc` is the memory of all.
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

struct W4 {
    identity: Vec<Compiled>,
    boundary: Compiled,
    levels: Vec<Vec<Compiled>>,
    requests: Vec<Request>,
}

impl W4 {
    fn new() -> Self {
        let parse = |text: &str| Compiled::new(&Policy::parse(text).unwrap());
        let service = |number: usize| {
            [
                "s3", "ec2", "sqs", "sns", "dynamodb", "lambda", "kms", "ecr", "logs", "ssm",
            ][number % 10]
        };
        let identity = (0..10).map(|number| {
            let service = service(number);
            parse(&format!(
                r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":["{service}:Get*","{service}:List*","{service}:Describe*"],"Resource":"*"}},
                {{"Effect":"Allow","Action":"s3:*Object*","Resource":["arn:aws:s3:::home-{number}/${{aws:username}}/*","*/shared-{number}/*/x:*","arn:aws:s3:::*-{number}/*/final"]}},
                {{"Effect":"Allow","NotAction":["iam:*","s3:*"],"Resource":"*","Condition":{{"StringLike":{{"aws:PrincipalTag/team":"*-{number}"}}}}}},
                {{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:RequestedRegion":"nowhere-{number}"}},"Bool":{{"aws:ViaAWSService":"false"}}}}}}]}}"#
            ))
        });
        let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let guard = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*","s3:*","support:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/locked-*"}}}]}"#;
        let requests = (0..40).map(|number: usize| {
            let action = format!(
                "{}:{}",
                service(number / 4),
                ["GetObject", "PutObject", "DeleteThing", "PutObjectTagging"][number % 4]
            );
            let bucket = number % 12;
            let resource = format!("arn:aws:s3:::home-{bucket}/alice/reports/2024/{number}/final");
            let alice = Principal::parse("arn:aws:iam::111122223333:user/alice").unwrap();
            let context = Context::from_iter([
                ("aws:username", "alice"),
                ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice"),
                ("aws:PrincipalTag/team", "team-3"),
                (
                    "aws:RequestedRegion",
                    if number.is_multiple_of(5) {
                        "us-east-1"
                    } else {
                        "eu-west-1"
                    },
                ),
                ("aws:SourceIp", "10.0.0.1"),
                ("aws:SecureTransport", "true"),
                ("aws:ViaAWSService", "false"),
                ("aws:UserAgent", "aws-cli/2"),
            ]);
            Request::new(alice, &action, &resource, "111122223333", context)
        });
        Self {
            identity: identity.collect(),
            boundary: parse(
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Deny","Action":"*:Delete*","Resource":"*/${aws:username}/*/final"}]}"#,
            ),
            levels: vec![vec![parse(all), parse(guard)], vec![parse(all), parse(guard)]],
            requests: requests.collect(),
        }
    }
}
