//! A decision as AWS's policy simulator tells it: which statements made it, by their places in the policies' texts (IAM
//! API Reference: `EvaluationResult`).

use std::net::IpAddr;

use crate::{
    budget,
    decision::{Decision, Layer, Policies, Verdict, Verdicts},
    document::{Effect, Policy},
    principal::Naming,
    request::Request,
    values::{self, Network, Number},
};

/// What came of a simulated request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// The decision: that of [`decide`](crate::decide), but that the caller's own policies decide alone where no
    /// resource's policy is given.
    pub decision: Decision,
    /// What the caller's policies say by themselves: identity-based ones within the boundary.
    pub own: Decision,
    /// What the resource's policy says by itself, if there is one.
    pub resource: Option<Decision>,
    /// Whether the permissions boundary allows it, if there is one.
    pub boundary_allows: Option<bool>,
    /// The statements that made the decision. None where none allows.
    pub matched: Vec<Matched>,
    /// The policies take more work than one decision may, so that the denial says nothing about them.
    pub exhausted: bool,
    /// How much of that work was done.
    pub steps: u64,
}

/// A statement that took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matched {
    /// The kind of its policy.
    pub layer: Layer,
    /// The number of the policy among those of its kind, from zero.
    pub policy: usize,
    /// Its number in the policy, from zero.
    pub statement: usize,
}

/// Decides, and says by which statements.
pub fn simulate(request: &Request, policies: &Policies<'_>) -> Simulation {
    let verdicts = Verdicts::of(request, policies);
    let spent = verdicts.steps;
    let limits = [verdicts.boundary, verdicts.session];
    let own = of_caller(verdicts.identity, limits);
    let decision = match verdicts.decision(request) {
        // Nobody simulates the policies of KMS keys and roles unless they are given.
        (Decision::ImplicitlyDenied, Layer::Resource) if policies.resource.is_none() => own,
        (decision, _) => decision,
    };
    let limited = budget::Limited::begin();
    let mut matched = Vec::new();
    if decision != Decision::ImplicitlyDenied {
        let has_boundary = policies.boundary.is_some();
        for (layer, shape, list) in policies.layers() {
            // The caller's side and the resource's are evaluated apart: a deny on one side leaves the other's allow
            // listed, which the simulator was seen to do.
            let (denied, allows) = match layer {
                Layer::Resource => (verdicts.resource.is_some_and(|verdict| verdict.denied), true),
                Layer::Identity => (own == Decision::ExplicitlyDenied, true),
                _ => (own == Decision::ExplicitlyDenied, false),
            };
            let effect = if denied { Effect::Deny } else { Effect::Allow };
            // What only limits allows nothing.
            if !denied && !allows {
                continue;
            }
            for (policy, compiled) in list.iter().enumerate() {
                let applying = compiled.statements().iter().enumerate().filter(|(_, statement)| {
                    statement.effect == effect && statement.applies(request, shape, has_boundary) > Naming::No
                });
                matched.extend(applying.map(|(statement, _)| Matched {
                    layer,
                    policy,
                    statement,
                }));
            }
        }
    }
    Simulation {
        decision,
        own,
        resource: verdicts.resource.map(alone),
        boundary_allows: verdicts.boundary.map(Verdict::allows),
        matched,
        exhausted: verdicts.exhausted || budget::is_spent(),
        steps: spent.saturating_add(limited.taken()),
    }
}

fn of_caller(identity: Verdict, limits: [Option<Verdict>; 2]) -> Decision {
    let limits = || limits.iter().flatten();
    if identity.denied || limits().any(|verdict| verdict.denied) {
        Decision::ExplicitlyDenied
    } else if identity.allows() && limits().all(|verdict| verdict.allows()) {
        Decision::Allowed
    } else {
        Decision::ImplicitlyDenied
    }
}

fn alone(verdict: Verdict) -> Decision {
    if verdict.denied {
        Decision::ExplicitlyDenied
    } else if verdict.allows() {
        Decision::Allowed
    } else {
        Decision::ImplicitlyDenied
    }
}

/// A line and a column, both from one, in characters.
pub type Place = (usize, usize);

/// Where each statement starts and where the text goes on after it, as AWS's reader counts: from where the token before the
/// statement has ended, which is the bracket of the list or the statement before; a statement without a list, from inside
/// its own brace (AWS CLI's examples of `simulate-custom-policy`, and answers that were seen).
pub fn places(policy: &Policy) -> Vec<(Place, Place)> {
    let source = policy.source.as_str();
    let one = |at: usize, end: usize| {
        let before = source.get(..at).unwrap_or_default().trim_end();
        let start = if before.ends_with('[') {
            before.len()
        } else if let Some(list) = before.strip_suffix(',') {
            list.trim_end().len()
        } else {
            at + 1
        };
        (place(source, start), place(source, end))
    };
    let statements = policy.statements.iter();
    statements.map(|statement| one(statement.at, statement.end)).collect()
}

fn place(source: &str, at: usize) -> Place {
    let before = source.get(..at).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Whether a value is of a type of the simulator's context entries: `string`, `numeric`, `boolean`, `ip`, `binary` or
/// `date`, each also as `…List` (IAM API Reference: `ContextEntry`). False for a type that there is not.
pub fn fits(kind: &str, value: &str) -> bool {
    match kind.strip_suffix("List").unwrap_or(kind) {
        "string" => true,
        "numeric" => Number::parse(value).is_some(),
        "boolean" => value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false"),
        "ip" => value.parse::<IpAddr>().is_ok() || Network::parse(value).is_some(),
        "binary" => values::base64(value).is_some(),
        "date" => values::date(value).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Principal, compiled::Compiled, decide};

    const ALLOW: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }, {"Sid": "No", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}
  ]
}"#;

    fn compiled(text: &str) -> Compiled {
        Compiled::new(&Policy::parse(text).unwrap())
    }

    fn request(action: &str) -> Request {
        let alice = Principal::parse("arn:aws:iam::123456789012:user/alice").unwrap();
        Request::new(alice, action, "arn:aws:s3:::b/k", "123456789012", Context::new())
    }

    #[test]
    fn a_statement_is_counted_from_the_bracket_before_it() {
        // The first pair is what AWS answers for its own AdministratorAccess.
        let policy = Policy::parse(ALLOW).unwrap();
        assert_eq!(places(&policy), [((3, 17), (8, 6)), ((8, 6), (8, 77))]);
        let line =
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
        assert_eq!(places(&Policy::parse(line).unwrap()), [((1, 41), (1, 95))]);
        // AWS CLI's example.
        let alone = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
        assert_eq!(places(&Policy::parse(alone).unwrap()), [((1, 38), (1, 167))]);
        let wide = r#"{"Id": "äöü", "Statement": {"Effect": "Deny"}}"#;
        assert_eq!(places(&Policy::parse(wide).unwrap()), [((1, 29), (1, 46))]);
        let two = r#"{"Statement":[{"Effect":"Deny"} , {"Effect":"Deny"}]}"#;
        assert_eq!(
            places(&Policy::parse(two).unwrap()),
            [((1, 15), (1, 32)), ((1, 32), (1, 52))]
        );
    }

    #[test]
    fn a_denial_names_only_what_denies() {
        let identity = [compiled(ALLOW)];
        let policies = Policies {
            identity: &identity,
            ..Policies::default()
        };
        let statement = |statement| Matched {
            layer: Layer::Identity,
            policy: 0,
            statement,
        };
        let allowed = simulate(&request("s3:GetObject"), &policies);
        assert_eq!((allowed.decision, allowed.own), (Decision::Allowed, Decision::Allowed));
        assert_eq!(allowed.matched, [statement(0)]);
        assert_eq!((allowed.resource, allowed.boundary_allows), (None, None));
        let denied = simulate(&request("s3:PutObject"), &policies);
        assert_eq!(denied.decision, Decision::ExplicitlyDenied);
        assert_eq!(denied.matched, [statement(1)]);
        assert!(!denied.exhausted);
    }

    #[test]
    fn a_boundary_that_lacks_the_action_leaves_nothing_matched() {
        let identity = [compiled(ALLOW)];
        let narrow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Effect":"Deny","Action":"s3:List*","Resource":"*"}]}"#;
        let boundary = [compiled(narrow)];
        let policies = Policies {
            identity: &identity,
            boundary: Some(&boundary),
            ..Policies::default()
        };
        let lacking = simulate(&request("s3:GetObject"), &policies);
        assert_eq!(lacking.decision, Decision::ImplicitlyDenied);
        assert_eq!(
            (lacking.own, lacking.boundary_allows),
            (Decision::ImplicitlyDenied, Some(false))
        );
        assert!(lacking.matched.is_empty());
        let denied = simulate(&request("s3:ListBucket"), &policies);
        assert_eq!(denied.decision, Decision::ExplicitlyDenied);
        assert_eq!(denied.matched.len(), 1);
        assert_eq!(
            (denied.matched[0].layer, denied.matched[0].statement),
            (Layer::Boundary, 1)
        );
        let both = simulate(&request("ec2:RunInstances"), &policies);
        assert_eq!((both.decision, both.boundary_allows), (Decision::Allowed, Some(true)));
        assert_eq!(both.matched.len(), 1);
        for action in ["s3:GetObject", "s3:ListBucket", "ec2:RunInstances"] {
            let request = request(action);
            assert_eq!(simulate(&request, &policies).decision, decide(&request, &policies));
        }
    }

    #[test]
    fn a_deny_of_the_resource_leaves_the_allow_of_the_caller_listed() {
        let identity = [compiled(ALLOW)];
        let resource = compiled(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"},{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
        );
        let policies = Policies {
            identity: &identity,
            resource: Some(&resource),
            ..Policies::default()
        };
        let denied = simulate(&request("s3:GetObject"), &policies);
        assert_eq!(denied.decision, Decision::ExplicitlyDenied);
        assert_eq!(
            (denied.own, denied.resource),
            (Decision::Allowed, Some(Decision::ExplicitlyDenied))
        );
        let listed: Vec<_> = denied.matched.iter().map(|it| (it.layer, it.statement)).collect();
        assert_eq!(listed, [(Layer::Resource, 0), (Layer::Identity, 0)]);
    }

    #[test]
    fn a_role_is_assumed_by_the_callers_policies_where_no_trust_policy_is_given() {
        let identity = [compiled(ALLOW)];
        let policies = Policies {
            identity: &identity,
            ..Policies::default()
        };
        let alice = Principal::parse("arn:aws:iam::123456789012:user/alice").unwrap();
        let role = "arn:aws:iam::123456789012:role/app";
        let assume = Request::new(alice, "sts:AssumeRole", role, "123456789012", Context::new());
        assert_eq!(decide(&assume, &policies), Decision::ImplicitlyDenied);
        assert_eq!(simulate(&assume, &policies).decision, Decision::Allowed);
        let nothing = Policies::default();
        assert_eq!(simulate(&assume, &nothing).decision, Decision::ImplicitlyDenied);
    }

    #[test]
    fn what_takes_too_long_is_said_to() {
        // Patterns that each try every place of the text with hundreds of pieces, and fail at the last.
        let piece = "a?".repeat(400);
        let values: Vec<String> = (0..7).map(|number| format!(r#""*{piece}{number}b*""#)).collect();
        let slow = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringLike":{{"aws:UserAgent":[{}]}}}}}}]}}"#,
            values.join(",")
        );
        let identity = [compiled(&slow)];
        let policies = Policies {
            identity: &identity,
            ..Policies::default()
        };
        let alice = Principal::parse("arn:aws:iam::123456789012:user/alice").unwrap();
        let context = Context::from_iter([("aws:UserAgent", "a".repeat(60_000))]);
        let request = Request::new(alice, "s3:GetObject", "*", "123456789012", context);
        let simulated = simulate(&request, &policies);
        assert_eq!(simulated.decision, Decision::ImplicitlyDenied);
        assert!(simulated.exhausted && simulated.steps >= budget::STEPS);
    }

    #[test]
    fn values_fit_their_types() {
        for (kind, good, bad) in [
            ("numeric", "-1.5", "one"),
            ("booleanList", "True", "yes"),
            ("ip", "10.0.0.0/8", "10.0.0"),
            ("ipList", "2001:db8::1", "host"),
            ("binary", "QUJD", "!"),
            ("date", "2026-01-02T03:04:05Z", "tomorrow"),
        ] {
            assert!(fits(kind, good), "{kind} {good}");
            assert!(!fits(kind, bad), "{kind} {bad}");
        }
        assert!(fits("string", "") && fits("stringList", "x"));
        assert!(!fits("text", "x"));
    }
}
