//! The engine against a naive evaluator, written over raw JSON straight from AWS's documentation and sharing no code with
//! the engine, on generated cases; and laws that every decision keeps.
//!
//! A default run compares [`CASES`] of them. `cargo xtask soak` compares millions (`--cases`, `--seed`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test: what panics fails it"
)]

use rolecall_policy::cases;
use serde_json::{Value, json};

#[path = "reference/choices.rs"]
mod choices;
#[path = "reference/evaluator.rs"]
mod evaluator;
#[path = "reference/cases.rs"]
mod generated;
#[path = "reference/values.rs"]
mod values;

use choices::{Choices, random};
use generated::{BYTES, case, policy, statement};

/// How many cases each test makes by default: seconds, without optimisation.
const CASES: u64 = 500;

fn engine(case: &Value) -> String {
    let answer = cases::evaluate(&case.to_string(), false).unwrap();
    format!("{:?}", answer.decision)
}

/// Whether the engine is of another mind than the reference about the case that these bytes make.
fn differs(bytes: &[u8]) -> bool {
    let case = case(&mut Choices::new(bytes));
    engine(&case) != evaluator::decide(&case)
}

/// Fewer and smaller bytes that fail as these do.
fn shrunk(mut bytes: Vec<u8>, fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut length = bytes.len() / 2;
    while length > 0 {
        let mut at = 0;
        while at + length <= bytes.len() {
            let mut without = bytes.clone();
            without.drain(at..at + length);
            let mut zeroed = bytes.clone();
            zeroed[at..at + length].fill(0);
            if fails(&without) {
                bytes = without;
            } else {
                if zeroed != bytes && fails(&zeroed) {
                    bytes = zeroed;
                }
                at += length;
            }
        }
        length /= 2;
    }
    bytes
}

fn compare(seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        let bytes = random(seed, BYTES);
        if differs(&bytes) {
            let case = case(&mut Choices::new(&shrunk(bytes, differs)));
            panic!(
                "seed {seed}: the engine says {}, the reference {}\n{}",
                engine(&case),
                evaluator::decide(&case),
                serde_json::to_string_pretty(&case).unwrap()
            );
        }
    }
}

#[test]
fn the_engine_decides_as_the_documentation_says() {
    compare(0..8 * CASES);
}

/// `cargo xtask soak` runs it, in a release build.
#[test]
#[ignore = "millions of cases"]
#[expect(clippy::disallowed_methods, reason = "a test's one place to read its environment")]
fn the_engine_decides_as_the_documentation_says_millions_of_times() {
    let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let first = number("SOAK_SEED", 1_000_000);
    let count = number("SOAK_CASES", 5_000_000);
    compare(first..first + count);
    println!("{count} cases from seed {first}: engine and reference agree");
}

/// A case and what else a law needs, made from each seed.
fn each(seeds: std::ops::Range<u64>, mut law: impl FnMut(Value, &mut Choices<'_>)) {
    for seed in seeds {
        let (bytes, more) = (random(seed, BYTES), random(!seed, BYTES));
        law(case(&mut Choices::new(&bytes)), &mut Choices::new(&more));
    }
}

fn rank(case: &Value) -> u8 {
    u8::from(engine(case) == "Allowed")
}

#[test]
fn the_order_of_policies_and_statements_never_matters() {
    each(0..CASES, |case, _| {
        let mut turned = case.clone();
        let lists = [
            "identityPolicies",
            "permissionBoundary",
            "sessionPolicy",
            "endpointPolicies",
        ];
        for name in lists {
            if let Some(policies) = turned[name].as_array_mut() {
                policies.reverse();
                for policy in policies {
                    policy["Statement"].as_array_mut().unwrap().reverse();
                }
            }
        }
        for name in ["resourcePolicy", "sessionPolicy"] {
            if let Some(statements) = turned[name].get_mut("Statement").and_then(Value::as_array_mut) {
                statements.reverse();
            }
        }
        assert_eq!(engine(&case), engine(&turned), "{case}");
    });
}

#[test]
fn adding_a_deny_never_grants_and_adding_an_allow_never_denies() {
    each(0..CASES, |case, more| {
        let added = statement(more, false);
        let mut with = case.clone();
        let policy = json!({"Version": "2012-10-17", "Statement": [added]});
        with["identityPolicies"].as_array_mut().unwrap().push(policy);
        if added["Effect"] == "Deny" {
            assert!(rank(&with) <= rank(&case), "{with}");
        } else {
            assert!(rank(&with) >= rank(&case), "{with}");
        }
    });
}

#[test]
fn a_boundary_a_control_policy_or_an_endpoint_never_grants() {
    each(0..CASES, |case, more| {
        let limit = policy(more, false);
        let of_endpoint = policy(more, true);
        for (name, without, with) in [
            ("permissionBoundary", Value::Null, json!([limit])),
            ("scps", json!([]), json!([{"orgIdentifier": "r", "policies": [limit]}])),
            ("rcps", json!([]), json!([{"orgIdentifier": "r", "policies": [limit]}])),
            ("endpointPolicies", json!([]), json!([of_endpoint])),
        ] {
            let mut limited = case.clone();
            limited[name] = with;
            let mut free = case.clone();
            free[name] = without;
            assert!(rank(&limited) <= rank(&free), "{name} grants: {limited}");
        }
    });
}

#[test]
fn a_session_policy_never_grants_to_a_role_or_a_user() {
    each(0..CASES, |mut case, more| {
        let federated = case["request"]["principal"]
            .as_str()
            .is_some_and(|arn| arn.contains("federated-user"));
        if federated {
            // It is what grants to a federated user at all.
            case["request"]["principal"] = json!("arn:aws:iam::111122223333:user/alice");
        }
        let (mut with, mut without) = (case.clone(), case);
        without["sessionPolicy"] = Value::Null;
        with["sessionPolicy"] = policy(more, false);
        assert!(rank(&with) <= rank(&without), "{with}");
    });
}

#[test]
fn the_reference_says_as_the_sample_of_cases() {
    let mut wrong = Vec::new();
    for line in include_str!("data/policy-sample.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let said = evaluator::decide(&case);
        if Some(said) != case["expected"].as_str() {
            wrong.push(format!("{}: {said}, expected {}", case["name"], case["expected"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_decision_comes_out_often() {
    let mut counts = std::collections::BTreeMap::new();
    each(0..CASES, |case, _| *counts.entry(engine(&case)).or_insert(0_u64) += 1);
    assert!(
        counts.len() == 3 && counts.values().all(|count| *count > CASES / 20),
        "{counts:?}"
    );
}
