//! Policies and requests that are made to be slow (threat: floods).

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fmt::Write as _;

use rolecall_policy::{Compiled, Context, Decision, Policies, Policy, Principal, Request, decide, explain};

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

fn policy(statements: &str) -> Compiled {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Compiled::new(&Policy::parse(&text).unwrap())
}

fn request(agent: &str) -> Request {
    let alice = Principal::parse(ALICE).unwrap();
    let context = Context::from_iter([("aws:UserAgent", agent)]);
    Request::new(alice, "s3:GetObject", "arn:aws:s3:::b/k", "123456789012", context)
}

/// Patterns that each try every place of the text with hundreds of pieces, and fail at the last.
fn slow(effect: &str, patterns: usize) -> String {
    let mut values = String::new();
    for number in 0..patterns {
        let separator = if number == 0 { "" } else { "," };
        let _ = write!(values, r#"{separator}"*{}{number}b*""#, "a?".repeat(400));
    }
    format!(
        r#"{{"Effect":"{effect}","Action":"s3:GetObject","Resource":"*","Condition":{{"StringLike":{{"aws:UserAgent":[{values}]}}}}}}"#
    )
}

#[test]
fn a_decision_that_takes_too_much_is_a_denial() {
    let open = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let text = "a".repeat(60_000);
    // The Deny cannot be told to fail to match: it might have.
    let identity = [policy(&format!("{},{open}", slow("Deny", 7)))];
    let policies = Policies {
        identity: &identity,
        ..Policies::default()
    };
    let request = request(&text);
    assert_eq!(decide(&request, &policies), Decision::ImplicitlyDenied);
    assert_eq!(explain(&request, &policies).decision, Decision::ImplicitlyDenied);
    // The next decision has its own budget.
    let usual = self::request("aws-cli/2");
    assert_eq!(decide(&usual, &policies), Decision::Allowed);
}

#[test]
fn the_largest_policies_over_usual_requests_stay_far_below() {
    let open = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let identity: Vec<Compiled> = (0..10)
        .map(|_| policy(&format!("{},{open}", slow("Deny", 7))))
        .collect();
    let policies = Policies {
        identity: &identity,
        ..Policies::default()
    };
    let agent = "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13 md/pyimpl#CPython";
    assert_eq!(decide(&request(agent), &policies), Decision::Allowed);
}
