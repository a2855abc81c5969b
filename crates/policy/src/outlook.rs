//! What would be decided where not all circumstances are known: who *could* do something, and on what it depends.
//!
//! The engine decides twice, with its own matchers: once as if every unknown circumstance were as the caller would wish,
//! once as if none were. What is denied in the best case is never allowed; what is allowed in the worst, always. In
//! between it depends, and the clauses on which it depends are told. (Two conditions that exclude each other are not seen
//! to: then `Sometimes` is in truth never.)

use serde::{Deserialize, Serialize};

use crate::{
    Context,
    compiled::{Compiled, Shape},
    decision::{Decision, Layer, Policies, Verdicts},
    document::{Effect, Policy, Statement},
    explanation::named,
    principal::Naming,
    request::Request,
};

/// How often a request would be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Possibility {
    /// Whatever the unknown circumstances are, it is denied.
    Never,
    /// It depends on them.
    Sometimes,
    /// Whatever they are, it is allowed.
    Always,
}

/// What would be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// How often it would be allowed.
    pub possibility: Possibility,
    /// The decision in the best case, and the kind of policy that makes it.
    pub best: (Decision, Layer),
    /// The statements that allow or may allow it, and those that may deny it.
    pub clauses: Vec<Clause>,
}

/// A statement that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clause {
    /// The kind of its policy.
    pub layer: Layer,
    /// The policy's name or ARN.
    pub policy: String,
    /// Its Sid, or its number from one.
    pub sid: String,
    /// Whether it denies.
    pub denies: bool,
    /// What is not known of it, such as `IpAddress aws:SourceIp: 10.0.0.0/8`. Where nothing is, it applies.
    pub conditions: Vec<String>,
}

/// What is unknown of a request: every condition key that its context lacks, but those that are known to be absent.
#[derive(Clone, Copy)]
pub(crate) struct Unknown<'a> {
    context: &'a Context,
    absent: &'a dyn Fn(&str) -> bool,
    /// Whether the unknown is as the caller would wish.
    generous: bool,
}

impl Unknown<'_> {
    /// Whether nobody can say what this key, in lower case, has.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.context.get(key).is_none() && !(self.absent)(key)
    }

    /// Whether what is unknown counts as matching, in a statement of this effect.
    pub(crate) fn matches(&self, effect: Effect) -> bool {
        self.generous == (effect == Effect::Allow)
    }
}

/// What would be decided about this request, if keys that its context lacks had any value or none. `absent` tells of those
/// keys, in lower case, that are known not to be there.
pub fn outlook(request: &Request, policies: &Policies<'_>, absent: &dyn Fn(&str) -> bool) -> Outlook {
    let view = |generous| Unknown {
        context: request.context(),
        absent,
        generous,
    };
    let decided = |generous| {
        let unknown = view(generous);
        Verdicts::by(request, policies, |statement, shape, has_boundary| {
            statement.might_apply(request, shape, has_boundary, &unknown)
        })
        .decision(request)
    };
    let best = decided(true);
    let possibility = match (best.0, decided(false).0) {
        (Decision::Allowed, Decision::Allowed) => Possibility::Always,
        (Decision::Allowed, _) => Possibility::Sometimes,
        _ => Possibility::Never,
    };
    let mut clauses = Vec::new();
    let has_boundary = policies.bound(request);
    for (layer, shape, list) in policies.layers() {
        for (number, policy) in (1..).zip(list) {
            clauses_of(
                request,
                policy,
                (layer, number),
                (shape, has_boundary),
                &view,
                &mut clauses,
            );
        }
    }
    Outlook {
        possibility,
        best,
        clauses,
    }
}

fn clauses_of<'a>(
    request: &Request,
    policy: &Compiled,
    (layer, number): (Layer, usize),
    (shape, has_boundary): (Shape, bool),
    view: &dyn Fn(bool) -> Unknown<'a>,
    clauses: &mut Vec<Clause>,
) {
    let mut tree = None;
    for (index, statement) in policy.statements().iter().enumerate() {
        // An Allow that may apply, and a Deny that may.
        let unknown = view(statement.effect == Effect::Allow);
        if statement.might_apply(request, shape, has_boundary, &unknown) == Naming::No {
            continue;
        }
        let tree = tree.get_or_insert_with(|| Policy::parse(policy.source()).ok());
        let of = tree.as_ref().and_then(|tree| tree.statements.get(index));
        clauses.push(Clause {
            layer,
            policy: named(policy, layer, number),
            sid: crate::explanation::sid(of, index),
            denies: statement.effect == Effect::Deny,
            conditions: of.map(|of| open(of, statement, &unknown)).unwrap_or_default(),
        });
    }
}

/// What is not known of a statement.
fn open(tree: &Statement, statement: &crate::compiled::Statement, unknown: &Unknown<'_>) -> Vec<String> {
    let mut open = Vec::new();
    if statement.has_unknown_resource(unknown)
        && let Some(element) = &tree.resource
    {
        let name = if element.negated { "NotResource" } else { "Resource" };
        let texts: Vec<&str> = element.values.iter().map(|value| value.text.as_str()).collect();
        open.push(format!("{name}: {}", texts.join(", ")));
    }
    for (index, condition) in tree.conditions.iter().enumerate() {
        if statement.has_unknown_condition(index, unknown) {
            let texts: Vec<&str> = condition.values.iter().map(|value| value.text.as_str()).collect();
            open.push(format!(
                "{} {}: {}",
                condition.operator,
                condition.key,
                texts.join(", ")
            ));
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Principal, Values};
    use proptest::prelude::*;

    const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
    const KEY: &str = "arn:aws:s3:::home/alice/a";

    fn compiled(text: &str) -> Compiled {
        Compiled::new(&Policy::parse(text).unwrap()).with_name("p")
    }

    fn request(context: Context) -> Request {
        Request::new(
            Principal::parse(ALICE).unwrap(),
            "s3:GetObject",
            KEY,
            "123456789012",
            context,
        )
    }

    fn look(statements: &str, context: Context) -> Outlook {
        let policy = [compiled(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))];
        let policies = Policies {
            identity: &policy,
            ..Policies::default()
        };
        outlook(&request(context), &policies, &|key| key == "aws:gone")
    }

    #[test]
    fn what_is_not_known_is_told() {
        let read = r#"{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","::1/128"]}}}"#;
        let seen = look(read, Context::new());
        assert_eq!(seen.possibility, Possibility::Sometimes);
        assert_eq!(seen.clauses[0].sid, "Read");
        assert_eq!(
            seen.clauses[0].conditions,
            ["IpAddress aws:SourceIp: 10.0.0.0/8, ::1/128"]
        );
        // Known, it is decided.
        let inside = Context::from_iter([("aws:SourceIp", "10.1.1.1")]);
        let seen = look(read, inside);
        assert_eq!(seen.possibility, Possibility::Always);
        assert!(seen.clauses[0].conditions.is_empty());
        let outside = Context::from_iter([("aws:SourceIp", "192.0.2.1")]);
        let seen = look(read, outside);
        assert_eq!(seen.possibility, Possibility::Never);
        assert_eq!(seen.best, (Decision::ImplicitlyDenied, Layer::Identity));
        assert!(seen.clauses.is_empty());
    }

    #[test]
    fn a_deny_that_may_apply_makes_it_depend_and_one_that_must_makes_it_never() {
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let unless = r#"{"Sid":"Mfa","Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
        let seen = look(&format!("{all},{unless}"), Context::new());
        assert_eq!(seen.possibility, Possibility::Sometimes);
        let deny = seen.clauses.iter().find(|clause| clause.denies).unwrap();
        assert_eq!(deny.conditions, ["BoolIfExists aws:MultiFactorAuthPresent: false"]);
        let never = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Null":{"aws:gone":"true"}}}"#;
        assert_eq!(
            look(&format!("{all},{never}"), Context::new()).possibility,
            Possibility::Never
        );
        assert_eq!(look(all, Context::new()).possibility, Possibility::Always);
    }

    #[test]
    fn a_variable_without_a_value_may_be_any_text() {
        let own = r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:PrincipalTag/dir}/*"}"#;
        let seen = look(own, Context::new());
        assert_eq!(seen.possibility, Possibility::Sometimes);
        assert_eq!(
            seen.clauses[0].conditions,
            ["Resource: arn:aws:s3:::home/${aws:PrincipalTag/dir}/*"]
        );
        let of_alice = Context::from_iter([("aws:PrincipalTag/dir", "alice")]);
        assert_eq!(look(own, of_alice).possibility, Possibility::Always);
        // No text makes this one match.
        let elsewhere = own.replace("home", "attic");
        assert_eq!(look(&elsewhere, Context::new()).possibility, Possibility::Never);
        let others = own.replace("Resource", "NotResource");
        assert_eq!(look(&others, Context::new()).possibility, Possibility::Sometimes);
    }

    const KEYS: [&str; 3] = ["k:one", "k:two", "k:three"];

    fn statement() -> impl Strategy<Value = String> {
        let condition = (
            prop_oneof![
                Just("StringEquals"),
                Just("StringNotEquals"),
                Just("StringLikeIfExists"),
                Just("ForAllValues:StringEquals"),
                Just("ForAnyValue:StringLike"),
                Just("Null"),
            ],
            0..3_usize,
            prop_oneof![Just("a"), Just("b*"), Just("true"), Just("${k:one}")],
        );
        (
            any::<bool>(),
            prop_oneof![Just("s3:Get*"), Just("s3:PutObject"), Just("*")],
            prop_oneof![
                Just("*"),
                Just("arn:aws:s3:::home/${k:one}/*"),
                Just("arn:aws:s3:::home/${k:two, 'alice'}/a"),
                Just("arn:aws:s3:::attic/*"),
            ],
            any::<bool>(),
            proptest::collection::vec(condition, 0..3),
        )
            .prop_map(|(allow, action, resource, negated, conditions)| {
                let mut by_operator = std::collections::BTreeMap::new();
                for (operator, key, value) in conditions {
                    by_operator
                        .entry(operator)
                        .or_insert_with(std::collections::BTreeMap::new)
                        .insert(KEYS[key], value);
                }
                let element = if negated { "NotResource" } else { "Resource" };
                serde_json::json!({
                    "Effect": if allow { "Allow" } else { "Deny" }, "Action": action, element: resource, "Condition": by_operator,
                })
                .to_string()
            })
    }

    /// Absent, or one of these.
    const VALUES: [Option<&str>; 5] = [None, Some("a"), Some("alice"), Some("bob"), Some("true")];

    proptest! {
        #[test]
        fn always_and_never_hold_whatever_is_unknown(
            identity in proptest::collection::vec(statement(), 1..4),
            boundary in proptest::option::of(proptest::collection::vec(statement(), 1..3)),
            known in proptest::collection::vec(proptest::option::of(0..5_usize), 3),
            many in any::<bool>(),
        ) {
            let policy = |statements: &[String]| {
                vec![compiled(&format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(",")))]
            };
            let (identity, boundary) = (policy(&identity), boundary.as_deref().map(policy));
            let policies = Policies { identity: &identity, boundary: boundary.as_deref(), ..Policies::default() };
            let put = |context: &mut Context, key: &str, value: Option<&str>, many: bool| {
                if let Some(value) = value {
                    let values = if many { Values::Many(vec![value.into()]) } else { Values::One(value.into()) };
                    context.set(key, values);
                }
            };
            let mut given = Context::new();
            for (key, value) in KEYS.iter().zip(&known) {
                put(&mut given, key, value.and_then(|value| VALUES[value]), false);
            }
            let absent = |asked: &str| {
                KEYS.iter().zip(&known).any(|(key, value)| *key == asked && *value == Some(0))
            };
            let seen = outlook(&request(given.clone()), &policies, &absent);
            let choices = |index: usize| if known[index].is_some() { 1 } else { VALUES.len() };
            let mut any = false;
            for one in 0..choices(0) {
                for two in 0..choices(1) {
                    for three in 0..choices(2) {
                        let mut context = given.clone();
                        for (index, choice) in [one, two, three].into_iter().enumerate() {
                            if known[index].is_none() {
                                put(&mut context, KEYS[index], VALUES[choice], many);
                            }
                        }
                        let allowed = crate::decide(&request(context), &policies) == Decision::Allowed;
                        any |= allowed;
                        if seen.possibility == Possibility::Always {
                            prop_assert!(allowed);
                        }
                        if seen.possibility == Possibility::Never {
                            prop_assert!(!allowed);
                        }
                    }
                }
            }
            prop_assert!(!any || seen.clauses.iter().any(|clause| !clause.denies));
        }
    }
}
