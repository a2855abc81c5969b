//! Decisions that were wrong once or easily could be, each by its rule.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test: what panics fails it"
)]

use rolecall_policy::{
    Compiled, Context, Decision, Policies, Policy, Principal, Request, Values, cases, decide, explain,
};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/s1";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/fed";
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id";
const KEY: &str = "arn:aws:s3:::b/k";

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn all() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

/// A case of `s3:GetObject` on `b/k`, with more members or others.
fn decided(principal: &str, members: &Value) -> Decision {
    let mut case = json!({
        "name": "", "request": {"principal": principal, "action": "s3:GetObject", "resource": KEY, "resourceAccount": ACCOUNT},
    });
    for (name, value) in members.as_object().unwrap() {
        match value.as_object().filter(|_| name == "request") {
            Some(request) => request
                .iter()
                .for_each(|(name, value)| case["request"][name] = value.clone()),
            None => case[name] = value.clone(),
        }
    }
    cases::evaluate(&case.to_string(), false).unwrap().decision
}

use Decision::{Allowed, ExplicitlyDenied, ImplicitlyDenied};

/// What an identity policy of one statement says with these circumstances; a Deny stands beside an Allow of everything.
fn by(version: &str, mut statement: Value, context: &Value) -> Decision {
    for (name, value) in [("Effect", "Allow"), ("Action", "*"), ("Resource", "*")] {
        let negated = format!("Not{name}");
        if statement.get(name).is_none() && statement.get(negated).is_none() {
            statement[name] = json!(value);
        }
    }
    let mut statements = vec![statement.clone()];
    if statement["Effect"] == "Deny" {
        statements.push(all());
    }
    let identity = json!([{"Version": version, "Statement": statements}]);
    decided(
        ALICE,
        &json!({"identityPolicies": identity, "request": {"context": context}}),
    )
}

fn if_so(operator: &str, values: &Value, found: &Value) -> bool {
    let statement = json!({"Condition": {operator: {"k:k": values}}});
    by("2012-10-17", statement, &json!({"k:k": found})) == Allowed
}

#[test]
fn a_deny_of_everybody_reaches_services_and_federated_providers_and_an_allow_does_not() {
    let allow = |principal: Value| json!({"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"});
    let resource = |statements: Value| json!({"resourcePolicy": policy(&statements)});
    for (caller, own) in [
        ("logs.amazonaws.com", json!({"Service": "logs.amazonaws.com"})),
        (PROVIDER, json!({"Federated": PROVIDER})),
    ] {
        assert_eq!(decided(caller, &resource(json!([allow(own.clone())]))), Allowed);
        assert_eq!(
            decided(caller, &resource(json!([allow(own.clone()), deny]))),
            ExplicitlyDenied
        );
        assert_eq!(decided(caller, &resource(json!([allow(json!("*"))]))), ImplicitlyDenied);
        // Whom `NotPrincipal` with `*` leaves out is unclear in the same way.
        let but = |effect: &str| json!({"Effect": effect, "NotPrincipal": "*", "Action": "*", "Resource": "*"});
        assert_eq!(decided(caller, &resource(json!([but("Allow")]))), ImplicitlyDenied);
        assert_eq!(
            decided(caller, &resource(json!([allow(own), but("Deny")]))),
            ExplicitlyDenied
        );
    }
}

#[test]
fn an_endpoints_policy_is_about_its_principals() {
    let endpoint = |principal: Value| {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"});
        json!({"identityPolicies": [policy(&json!([all()]))], "endpointPolicies": [policy(&json!([statement]))]})
    };
    assert_eq!(decided(ALICE, &endpoint(json!("*"))), Allowed);
    assert_eq!(decided(ALICE, &endpoint(json!({"AWS": ALICE}))), Allowed);
    assert_eq!(decided(ALICE, &endpoint(json!({"AWS": ACCOUNT}))), Allowed);
    assert_eq!(decided(ALICE, &endpoint(json!({"AWS": SESSION}))), ImplicitlyDenied);
    // The usual policy of an endpoint lets federated callers through to STS.
    let mut members = endpoint(json!("*"));
    let trust = json!([{"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "*", "Resource": "*"}]);
    members["resourcePolicy"] = policy(&trust);
    assert_eq!(decided(PROVIDER, &members), Allowed);
}

#[test]
fn a_federated_session_without_session_policies_has_only_what_names_it() {
    let request = json!({"context": {"aws:PrincipalArn": ALICE}});
    let naming = |principal: &str, session: Value| {
        let resource = json!([{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*", "Resource": "*"}]);
        decided(
            FEDERATED,
            &json!({"request": request, "resourcePolicy": policy(&resource), "sessionPolicy": session}),
        )
    };
    assert_eq!(naming(FEDERATED, Value::Null), Allowed);
    assert_eq!(naming(ALICE, Value::Null), ImplicitlyDenied);
    assert_eq!(naming(ALICE, policy(&json!([all()]))), Allowed);
}

#[test]
fn session_policies_are_united_and_then_limit() {
    let of = |action: &str| policy(&json!([{"Effect": "Allow", "Action": action, "Resource": "*"}]));
    let with = |session: Value| {
        decided(
            SESSION,
            &json!({"identityPolicies": [policy(&json!([all()]))], "sessionPolicy": session}),
        )
    };
    assert_eq!(with(Value::Null), Allowed);
    assert_eq!(with(of("s3:Put*")), ImplicitlyDenied);
    assert_eq!(with(json!([of("s3:Put*"), of("s3:Get*")])), Allowed);
    assert_eq!(with(json!([])), ImplicitlyDenied);
    let deny = policy(&json!([{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]));
    assert_eq!(with(json!([of("*"), deny])), ExplicitlyDenied);
}

#[test]
fn an_account_of_another_partition_is_another_account() {
    let root = |arn: &str| {
        let resource = json!([{"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "*", "Resource": "*"}]);
        let identity = json!([policy(&json!([all()]))]);
        let request = json!({"resourceAccount": "444455556666"});
        decided(
            ALICE,
            &json!({"request": request, "identityPolicies": identity, "resourcePolicy": policy(&resource)}),
        )
    };
    assert_eq!(root("arn:aws:iam::111122223333:root"), Allowed);
    assert_eq!(root("111122223333"), Allowed);
    assert_eq!(root("arn:aws-cn:iam::111122223333:root"), ImplicitlyDenied);
}

#[test]
fn a_canonical_user_is_its_account() {
    let id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let resource =
        policy(&json!([{"Effect": "Allow", "Principal": {"CanonicalUser": id}, "Action": "*", "Resource": "*"}]));
    let with = |account: &str, canonical: &str, identity: Value| {
        let request = json!({"resourceAccount": account, "canonicalUser": canonical});
        decided(
            ALICE,
            &json!({"request": request, "resourcePolicy": resource, "identityPolicies": identity}),
        )
    };
    let own = || json!([policy(&json!([all()]))]);
    // Across accounts both must allow; in one, an account is no grant by itself.
    assert_eq!(with("444455556666", id, own()), Allowed);
    assert_eq!(with("444455556666", "0000", own()), ImplicitlyDenied);
    assert_eq!(with("444455556666", id, json!([])), ImplicitlyDenied);
    assert_eq!(with(ACCOUNT, id, json!([])), ImplicitlyDenied);
    // A deny of the account by this name is a deny.
    let deny =
        policy(&json!([{"Effect": "Deny", "Principal": {"CanonicalUser": [id]}, "Action": "*", "Resource": "*"}]));
    let members = json!({"request": {"canonicalUser": id}, "resourcePolicy": deny, "identityPolicies": own()});
    assert_eq!(decided(ALICE, &members), ExplicitlyDenied);
}

#[test]
fn a_saved_policy_names_roles_and_users_by_their_ids() {
    let id = "AROAEXAMPLEEXAMPLEEXA";
    let resource = policy(&json!([{"Effect": "Allow", "Principal": {"AWS": id}, "Action": "*", "Resource": "*"}]));
    let none = json!([]);
    for (unique_id, boundary, expected) in [
        (id, Value::Null, Allowed),
        (id, none, ImplicitlyDenied),
        ("AROAANOTHERANOTHERANO", Value::Null, ImplicitlyDenied),
    ] {
        let request = json!({"uniqueId": unique_id});
        let members = json!({"request": request, "resourcePolicy": resource, "permissionBoundary": boundary});
        assert_eq!(decided(SESSION, &members), expected);
    }
}

#[test]
fn a_short_arn_allows_nothing_and_denies_what_it_may_mean() {
    let resource =
        |effect: &str, element: &str, arn: &str| by("2012-10-17", json!({"Effect": effect, element: arn}), &json!({}));
    assert_eq!(resource("Allow", "Resource", "arn:aws:s3"), ImplicitlyDenied);
    assert_eq!(resource("Deny", "Resource", "arn:aws:s3"), ExplicitlyDenied);
    assert_eq!(resource("Deny", "Resource", "arn:aws:sqs"), Allowed);
    assert_eq!(resource("Allow", "NotResource", "arn:aws:s3"), ImplicitlyDenied);
    assert_eq!(resource("Allow", "NotResource", "arn:aws:sqs"), Allowed);
    assert_eq!(resource("Deny", "NotResource", "arn:aws:s3"), ExplicitlyDenied);
}

#[test]
fn an_action_without_a_service_leaves_out_everything() {
    let not = |effect: &str, action: &str| by("2012-10-17", json!({"Effect": effect, "NotAction": action}), &json!({}));
    assert_eq!(not("Allow", "iam:*"), Allowed);
    assert_eq!(not("Allow", "iam*"), ImplicitlyDenied);
    assert_eq!(not("Deny", "iam*"), ExplicitlyDenied);
}

#[test]
fn wildcards_stay_within_the_parts_of_an_arn_and_spaces_of_variables_are_literal() {
    let topic = json!("arn:aws:sns:eu-west-1:111122223333:topic:a:b");
    for (pattern, holds) in [
        ("arn:aws:sns:*:topic:*", false),
        ("arn:aws:sns:*:*:topic:*", true),
        ("arn:aws:sns:*:*:*", true),
        ("arn:aws:sns:*:*:*:b", true),
        ("arn:*:eu-west-1:111122223333:topic:a:b", false),
        ("*", false),
        ("arn:aws:sns:${k:none, 'eu:west'}:*:*", false),
        ("arn:aws:sns:*:*:${k:none, 'topic:a:b'}", true),
        ("arn:aws:sns:*:*:${k:none, 'topic:a}'}", false),
        ("arn:aws:sns:*:*:topic${k:none, ':a:'}?", true),
    ] {
        assert_eq!(if_so("ArnLike", &json!(pattern), &topic), holds, "{pattern}");
        assert_eq!(
            if_so("ArnNotLike", &json!(pattern), &topic),
            !holds && pattern != "*",
            "{pattern}"
        );
    }
    let braced = json!("arn:aws:sns:e:1:a}:b");
    assert!(if_so("ArnEquals", &json!("arn:aws:sns:e:1:${k:none, 'a}:b'}"), &braced));
}

#[test]
fn a_policy_of_2008_has_no_variables() {
    let home = |version: &str, resource: &str| {
        let context = json!({"aws:username": "k"});
        by(version, json!({"Resource": resource}), &context)
    };
    assert_eq!(home("2012-10-17", "arn:aws:s3:::b/${aws:username}"), Allowed);
    assert_eq!(home("2008-10-17", "arn:aws:s3:::b/${aws:username}"), ImplicitlyDenied);
    let condition = |pattern: &str, found: &str| {
        let statement = json!({"Condition": {"ArnLike": {"k:arn": pattern}}});
        by("2008-10-17", statement, &json!({"k:arn": found})) == Allowed
    };
    // There its colons divide as all others do.
    assert!(condition("arn:aws:${a:b}:c:d", "arn:aws:${a:b}:c:d"));
    assert!(!condition("arn:aws:${a:b}:c:d", "arn:aws:${a:b}:c:e"));
}

#[test]
fn variables_have_their_defaults_wherever_they_may_stand() {
    let context = json!({"k:k": "alice", "aws:TagKeys": ["alice"], "k:arn": "arn:aws:iam::1:user/alice"});
    for variable in [
        "${k:k}",
        "${K:K, 'x'}",
        "${k:none, 'alice'}",
        "${k:none,'alice'}",
        "${aws:TagKeys, 'alice'}",
    ] {
        for (operator, key, value) in [
            ("StringEquals", "k:k", variable.to_owned()),
            ("StringLike", "k:k", format!("{variable}*")),
            ("StringEqualsIgnoreCase", "K:k", variable.to_owned()),
            ("ArnLike", "k:arn", format!("arn:aws:iam::*:user/{variable}")),
        ] {
            let statement = json!({"Condition": {operator: {key: value}}});
            assert_eq!(by("2012-10-17", statement, &context), Allowed, "{operator} {value}");
        }
        let element = |name: &str| {
            by(
                "2012-10-17",
                json!({name: format!("arn:aws:s3:::b/{variable}")}),
                &context,
            )
        };
        assert_eq!(element("Resource"), ImplicitlyDenied);
        assert_eq!(element("NotResource"), Allowed);
    }
    // Without value and default nothing matches, so that a negated operator holds.
    let condition = |operator: &str| json!({"Condition": {operator: {"k:k": "${k:none}"}}});
    assert_eq!(by("2012-10-17", condition("StringLike"), &context), ImplicitlyDenied);
    assert_eq!(by("2012-10-17", condition("StringNotLike"), &context), Allowed);
}

#[test]
fn keys_of_several_values_need_a_quantifier_and_absent_ones_pass_it() {
    let some = json!(["a", "b"]);
    let holds = |operator: &str, values: Value| if_so(operator, &values, &some);
    assert!(!holds("StringEquals", json!(["a", "b"])) && !holds("StringNotEquals", json!("x")));
    assert!(
        holds("ForAllValues:StringEquals", json!(["a", "b", "c"])) && !holds("ForAllValues:StringEquals", json!("a"))
    );
    assert!(holds("ForAnyValue:StringNotEquals", json!("a")) && !holds("ForAllValues:StringNotEquals", json!("a")));
    let absent = |operator: &str| {
        let statement = json!({"Condition": {operator: {"k:none": "a"}}});
        by("2012-10-17", statement, &json!({})) == Allowed
    };
    for (operator, passes) in [
        ("StringEquals", false),
        ("StringNotEquals", true),
        ("StringEqualsIfExists", true),
        ("ForAllValues:StringEquals", true),
        ("ForAllValues:StringNotEquals", true),
        ("ForAnyValue:StringEquals", false),
        ("ForAnyValue:StringNotEquals", false),
        ("ForAnyValue:StringEqualsIfExists", true),
    ] {
        assert_eq!(absent(operator), passes, "{operator}");
    }
    let null = |found: Value, value: &str| if_so("Null", &json!(value), &found);
    assert!(
        null(json!([]), "true") && null(json!([""]), "true") && null(json!("x"), "false") && !null(json!("x"), "true")
    );
}

#[test]
fn what_cannot_be_read_allows_nothing_and_does_not_open_a_deny() {
    for (operator, expected, found) in [
        ("NumericNotEquals", "1", "1e0"),
        ("DateNotEquals", "2024-01-01", "2024-01-01T00:00Z0100"),
        ("NotIpAddress", "10.0.0.0/8", "ten"),
        ("ArnNotLike", "arn:aws:iam::*:user/x", "ARN:aws:iam::1:user/x"),
        // Nor does a variable without a value make the text an ARN.
        ("ArnNotLike", "arn:aws:iam::*:user/${k:none}", "ARN:aws:iam::1:user/x"),
    ] {
        let condition = |effect: &str| json!({"Effect": effect, "Condition": {operator: {"k:k": expected}}});
        let context = json!({"k:k": found});
        assert_eq!(
            by("2012-10-17", condition("Allow"), &context),
            ImplicitlyDenied,
            "{operator}"
        );
        assert_eq!(
            by("2012-10-17", condition("Deny"), &context),
            ExplicitlyDenied,
            "{operator}"
        );
    }
}

#[test]
fn numbers_dates_addresses_and_bytes_are_compared_as_what_they_are() {
    let equal = |operator: &str, one: &str, other: &str| if_so(operator, &json!(one), &json!(other));
    for (operator, one, other) in [
        ("NumericEquals", "-0", "0.00"),
        ("NumericEquals", "+010", "10.0"),
        (
            "NumericGreaterThan",
            "99999999999999999999999999999999.1",
            "99999999999999999999999999999999.2",
        ),
        ("DateEquals", "2024-01-01T00:00:00Z", "1704067200"),
        ("DateEquals", "2023-12-31T19:00:00-05:00", "2024"),
        ("DateLessThan", "0", "-100"),
        ("DateEquals", "10.5", "1970-01-01T00:00:10.5Z"),
        ("IpAddress", "0.0.0.0/0", "255.255.255.255"),
        ("IpAddress", "2001:db8::/32", "2001:DB8:0:0:0:0:0:1"),
        ("NotIpAddress", "10.0.0.0/8", "::ffff:10.0.0.1"),
        ("BinaryEquals", "QUJD", "QUJD"),
        ("Bool", "TRUE", "true"),
    ] {
        assert!(equal(operator, one, other), "{operator} {one} {other}");
    }
}

#[test]
fn keys_and_actions_are_compared_ignoring_case_letter_by_letter() {
    let context = Context::from_iter([("aws:RequestTag/\u{c9}T\u{c9}\u{3a3}", "x")]);
    assert_eq!(
        context.get("AWS:requesttag/\u{e9}t\u{e9}\u{3c3}"),
        Some(&Values::One("x".into()))
    );
    let action = by("2012-10-17", json!({"Action": "S3:gETobj*"}), &json!({}));
    assert_eq!(action, Allowed);
}

#[test]
fn an_explanation_is_of_one_mind_with_the_decision_about_callers_without_boundaries() {
    // A service has no boundary, whatever is given for one.
    let text = policy(&json!([
        {"Effect": "Deny", "NotPrincipal": {"Service": "logs.amazonaws.com"}, "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "*", "Resource": "*"},
    ]))
    .to_string();
    let resource = Compiled::new(&Policy::parse(&text).unwrap());
    let policies = Policies {
        resource: Some(&resource),
        boundary: Some(&[]),
        ..Policies::default()
    };
    let caller = Principal::service("logs.amazonaws.com");
    let request = Request::new(caller, "s3:PutObject", KEY, ACCOUNT, Context::new());
    assert_eq!(decide(&request, &policies), Allowed);
    assert!(!explain(&request, &policies).policies[0].statements[0].applied);
}
