use std::collections::BTreeSet;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    /// The names of exactly what is found.
    #[serde(default)]
    expect: Vec<String>,
    #[serde(rename = "type")]
    kind: String,
    policy: serde_json::Value,
    providers: Option<Vec<String>>,
}

fn cases() -> Vec<Case> {
    let data = include_str!("../../tests/data/lint.jsonl");
    data.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kind(name: &str) -> PolicyType {
    match name {
        "identity" => PolicyType::Identity,
        "resource" => PolicyType::Resource,
        "trust" => PolicyType::Trust,
        "scp" => PolicyType::Scp,
        "rcp" => PolicyType::Rcp,
        other => panic!("{other}"),
    }
}

fn names(case: &Case) -> (String, Vec<String>) {
    let text = match &case.policy {
        serde_json::Value::String(text) => text.clone(),
        document => document.to_string(),
    };
    let options = Options {
        policy_type: Some(kind(&case.kind)),
        providers: case.providers.clone(),
    };
    let found: BTreeSet<&str> = lint(&text, &options)
        .findings
        .iter()
        .map(|finding| finding.check)
        .collect();
    (text, found.into_iter().map(str::to_owned).collect())
}

#[test]
fn each_case_has_exactly_its_findings() {
    let wrong: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let (text, found) = names(case);
            (found != case.expect).then(|| format!("{text}\n  expected {:?}\n  found    {found:?}", case.expect))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_check_of_policies_has_a_case() {
    let tested: BTreeSet<String> = cases().into_iter().flat_map(|case| case.expect).collect();
    let untested: Vec<&str> = CHECKS
        .iter()
        .map(|check| check.name)
        .filter(|name| !tested.contains(*name) && !name.starts_with("ROLE_ANNOTATION"))
        .collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn the_document_lists_every_check() {
    let page = include_str!("../../../../docs/policy-lint.md");
    for check in CHECKS {
        let of = if check.of_aws { "AWS" } else { "Rolecall" };
        let row = format!(
            "| `{}` | {} | {of} | {} | {} |",
            check.name,
            check.severity.name(),
            check.what,
            check.advice
        );
        assert!(page.contains(&row), "docs/policy-lint.md lacks:\n{row}");
    }
    assert_eq!(
        page.matches("\n| `").count(),
        CHECKS.len(),
        "docs/policy-lint.md has rows that no check has"
    );
}

#[test]
fn a_finding_says_where() {
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Effect\": \"Allow\",\n    \"Action\": [\"s3:GetObject\", \"s3:GetObjct\"],\n    \"Resource\": \"*\"\n  }]\n}\n";
    let report = lint(text, &Options::default());
    let [finding] = &report.findings[..] else {
        panic!("{report:?}")
    };
    assert_eq!((finding.line, finding.column), (5, 32));
    assert_eq!(finding.path, "$.Statement[0].Action[1]");
    assert!(
        finding.message.contains("did you mean `GetObject`"),
        "{}",
        finding.message
    );
}

#[test]
fn a_policys_type_is_guessed_from_its_form() {
    let guessed = |statement: &str| lint(&format!(r#"{{"Statement":[{statement}]}}"#), &Options::default()).policy_type;
    assert_eq!(guessed(r#"{"Action":"s3:*"}"#), PolicyType::Identity);
    assert_eq!(guessed(r#"{"Action":"s3:*","Principal":"*"}"#), PolicyType::Resource);
    assert_eq!(
        guessed(r#"{"Action":"sts:AssumeRole","Principal":"*"}"#),
        PolicyType::Trust
    );
}

#[test]
fn typing_errors_in_annotations_are_found() {
    let check = |key: &str, value: &str| annotation(key, value, (1, 1), "$").map(|finding| finding.check);
    let arn = "arn:aws:iam::123456789012:role/app";
    assert_eq!(check("eks.amazonaws.com/role-arn", arn), None);
    assert_eq!(check("example.com/owner", arn), None);
    assert_eq!(check("kubernetes.io/description", "x"), None);
    for key in [
        "eks.amazonaws.com/rol-arn",
        "eksamazonaws.com/role-arn",
        "eks.amazonaws.com/role_arn",
        "eks.amazonaws.com/roleArn",
        "eks.aws.com/role-arn",
        "iam.amazonaws.com/role-arn",
        "eks.amazonaws.com/Role-Arn",
        "eks.amazonaws.com/token-expiratoin",
    ] {
        assert_eq!(check(key, arn), Some("ROLE_ANNOTATION_MISSPELLED"), "{key}");
    }
    for value in [
        "app",
        "arn:aws:iam::1234:role/app",
        "arn:aws:iam::123456789012:user/app",
        "arn:aws:iam:123456789012:role/app",
        "",
    ] {
        assert_eq!(
            check("eks.amazonaws.com/role-arn", value),
            Some("ROLE_ANNOTATION_INVALID"),
            "{value}"
        );
    }
    assert_eq!(
        check("eks.amazonaws.com/token-expiration", "60"),
        Some("ROLE_ANNOTATION_INVALID")
    );
    assert_eq!(
        check("eks.amazonaws.com/sts-regional-endpoints", "yes"),
        Some("ROLE_ANNOTATION_INVALID")
    );
}

/// JSON whose names are the language's, so that it comes far.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![
        "(Allow|Deny|\\*|2012-10-17|s3:Get\\*|iam:PassRole|sts:[A-Za-z*]{0,8}|arn:aws:[a-z0-9]{0,4}:[a-z*]{0,3}:[0-9*]{0,3}:[a-z/*$?{}]{0,9})",
        "(\\$\\{[a-z:, ']{0,9}\\}?|10.0.0.0/[0-9]{1,3}|true|[0-9.e-]{1,6}|\\PC{0,12})",
    ];
    let leaf = prop_oneof![
        text.prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
    ];
    let key = prop_oneof![
        "(Version|Statement|Sid|Effect|Principal|NotPrincipal|Action|NotAction|Resource|NotResource|Condition|AWS|Service|Federated)",
        "(StringEquals|ForAllValues:StringLike|NumericLessThan|IpAddress|Bool|ArnLike|Null|DateEquals)(IfExists)?",
        "(aws:SourceIp|aws:TagKeys|aws:ResourceTag/a|a.b:sub|s3:prefix|\\PC{0,6})",
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

const KINDS: [PolicyType; 7] = [
    PolicyType::Identity,
    PolicyType::Resource,
    PolicyType::Trust,
    PolicyType::Scp,
    PolicyType::Rcp,
    PolicyType::Boundary,
    PolicyType::Session,
];

proptest! {
    #[test]
    fn any_json_is_checked_and_what_the_engine_refuses_is_an_error(document in json(), wrap in any::<bool>(), kind in 0_usize..7) {
        let document = if wrap { serde_json::json!({ "Version": "2012-10-17", "Statement": document }) } else { document };
        let text = document.to_string();
        let kind = KINDS[kind];
        let report = lint(&text, &Options { policy_type: Some(kind), providers: Some(Vec::new()) });
        let refused = Policy::read(&text, kind.kind()).is_err();
        let error = report.findings.iter().any(|finding| finding.severity == Severity::Error);
        prop_assert!(!refused || error, "{} {:?}", text, report);
    }

    #[test]
    fn any_text_is_checked(text in "\\PC{0,60}") {
        lint(&text, &Options::default());
        annotation(&text, &text, (1, 1), "$");
    }
}
