//! What each target does with its input: it returns, or it panics because something is wrong.
//!
//! Plain functions, called by the targets of cargo-fuzz and by `tests/fuzz.rs`, which gives them seeds and random bytes: so
//! they are compiled and run by every `cargo test`, without a nightly compiler.

#![allow(dead_code, reason = "each target calls one of them")]
#![allow(clippy::explicit_auto_deref, reason = "without it, a wrong type is inferred")]

use rolecall_policy::{
    Compiled, Context, Decision, Kind, Policies, Policy, Principal, Request, Values, cases, decide, explain,
    lint::{Options, PolicyType, Severity, lint},
    validate,
};
use serde_json::{Value, json};

#[path = "../tests/reference/choices.rs"]
pub(crate) mod choices;
#[path = "../tests/reference/evaluator.rs"]
mod evaluator;
#[path = "../tests/reference/cases.rs"]
mod generated;
#[path = "../tests/reference/values.rs"]
mod values;

use choices::Choices;

/// What a target does with its input.
pub(crate) type Body = fn(&[u8]);

/// Every target and what it does.
pub(crate) const TARGETS: [(&str, Body); 5] = [
    ("parse", parse),
    ("decide", decide_one),
    ("case", read_case),
    ("matchers", matchers),
    ("evaluation", evaluation),
];

const KINDS: [(Kind, PolicyType); 7] = [
    (Kind::Identity, PolicyType::Identity),
    (Kind::Managed, PolicyType::Identity),
    (Kind::Trust, PolicyType::Trust),
    (Kind::Resource, PolicyType::Resource),
    (Kind::Session, PolicyType::Session),
    (Kind::ServiceControl, PolicyType::Scp),
    (Kind::ResourceControl, PolicyType::Rcp),
];

/// A document. Whatever it is, it is read or refused, and what is refused is refused by the linter too; what is read is
/// JSON, and is the same when it is written and read again.
pub(crate) fn parse(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let parsed = Policy::parse(text);
    for (kind, policy_type) in KINDS {
        let refused = match &parsed {
            Ok(policy) => validate(policy, kind).err(),
            Err(malformed) => Some(malformed.clone()),
        };
        assert_eq!(
            Policy::read(text, kind).is_err(),
            refused.is_some(),
            "in one step or in two, the same is refused"
        );
        let options = Options {
            policy_type: Some(policy_type),
            providers: None,
        };
        let report = lint(text, &options);
        if let Some(malformed) = refused {
            let (line, column) = malformed.place(text);
            assert!(line > 0 && column > 0);
            let told = report
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            assert!(told, "refused, but not by the linter: {malformed:?}");
        }
    }
    let Ok(policy) = parsed else { return };
    assert!(
        serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok(),
        "this is no JSON"
    );
    let written = policy.to_json();
    let again = Policy::parse(&written).expect("what was written can be read");
    assert_eq!(again.to_json(), written);
    let keys = |policy: &Policy| {
        let mut keys: Vec<String> = policy
            .context_keys()
            .iter()
            .map(|key| key.to_ascii_lowercase())
            .collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&again), keys(&policy));
    assert_eq!(Compiled::new(&policy).len(), policy.statements.len());
}

/// One policy with a request of any texts: a line for the principal, the action, the resource, each `key=value` of the
/// context, an empty one, and the document. The decision and its explanation are of the same mind.
pub(crate) fn decide_one(input: &[u8]) {
    let Some((head, document)) = std::str::from_utf8(input).ok().and_then(|text| text.split_once("\n\n")) else {
        return;
    };
    let mut lines = head.lines();
    let (Some(principal), Some(action), Some(resource)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let (Ok(policy), Some(principal)) = (Policy::parse(document), Principal::parse(principal)) else {
        return;
    };
    let context: Context = lines.filter_map(|line| line.split_once('=')).collect();
    let compiled = [Compiled::new(&policy)];
    let request = Request::new(principal, action, resource, "123456789012", context);
    let policies = Policies {
        identity: &compiled,
        resource: compiled.first(),
        ..Policies::default()
    };
    let explanation = explain(&request, &policies);
    assert_eq!(explanation.decision, decide(&request, &policies));
    let told = (explanation.sentence(), explanation.summary(), explanation.to_text(true));
    assert!(!told.1.is_empty());
}

/// A case as data, decided with what every layer says.
pub(crate) fn read_case(input: &[u8]) {
    if let Ok(line) = std::str::from_utf8(input) {
        let _ = cases::evaluate(line, true);
    }
}

/// A whole case of few names: the engine decides and explains as the reference says.
pub(crate) fn evaluation(input: &[u8]) {
    let case = generated::case(&mut Choices::new(input));
    let text = case.to_string();
    let prepared = serde_json::from_str::<cases::Case<'_>>(&text)
        .unwrap()
        .prepare()
        .unwrap();
    let decision = prepared.decide();
    assert_eq!(format!("{decision:?}"), evaluator::decide(&case), "{text}");
    let explanation = prepared.explain();
    assert_eq!(explanation.decision, decision);
    let told = (explanation.sentence(), explanation.summary(), explanation.to_text(true));
    assert!(told.1.contains(&explanation.action));
}

/// One condition, action or resource of wild values: the engine matches as the naive matchers do.
pub(crate) fn matchers(input: &[u8]) {
    let c = &mut Choices::new(input);
    match c.below(8) {
        0 => element(c, "Action", "NotAction"),
        1 => element(c, "Resource", "NotResource"),
        _ => condition(c),
    }
}

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";
const LETTERS: &str = "ab*?:/$\u{e9}\u{c9}\u{df}\u{3a3}\u{3c2}\u{3c3}\u{130}\u{1f600}{}',";

/// A few words, joined so that they look like what they are not.
fn wild(c: &mut Choices<'_>) -> String {
    const WORDS: [&str; 12] = [
        "arn:aws:s3:::",
        "${aws:username}",
        "${k:none, 'x'}",
        "${*}",
        "bucket",
        "*",
        "?",
        "/",
        ":",
        "s3:",
        "Get",
        "arn:",
    ];
    let mut text = String::new();
    for _ in 0..=c.below(6) {
        if c.chance(90) {
            text.push_str(&c.word(LETTERS, 8));
        } else {
            text.push_str(*c.pick(&WORDS));
        }
    }
    text
}

fn element(c: &mut Choices<'_>, name: &str, opposite: &str) {
    let texts: Vec<String> = (0..c.below(4)).map(|_| wild(c)).collect();
    let element = if c.chance(80) { opposite } else { name };
    let other = if name == "Action" { "Resource" } else { "Action" };
    let allow = c.chance(128);
    let mut statement = json!({"Effect": if allow { "Allow" } else { "Deny" }, other: "*"});
    statement[element] = json!(texts);
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    // Often what is asked for is near to what is written.
    let near = |c: &mut Choices<'_>| {
        let written = texts.first().map_or("", String::as_str);
        let replaced = written.replace(['*', '?'], &c.word("ab/:", 2));
        if c.chance(128) { replaced } else { wild(c) }
    };
    let action = if name == "Action" {
        format!("s3:{}", near(c).trim_start_matches("s3:"))
    } else {
        "s3:x".to_owned()
    };
    let resource = if name == "Resource" { near(c) } else { "*".to_owned() };
    let statements = if allow {
        json!([statement])
    } else {
        json!([all, statement])
    };
    let case = json!({
        "name": "element",
        "request": {"principal": ALICE, "action": action, "resource": resource, "context": {"aws:username": c.word(LETTERS, 3)}},
        "identityPolicies": [{"Version": "2012-10-17", "Statement": statements}],
    });
    let answer = cases::evaluate(&case.to_string(), false).unwrap();
    assert_eq!(format!("{:?}", answer.decision), evaluator::decide(&case), "{case}");
}

fn number(c: &mut Choices<'_>) -> String {
    let mut text = String::from(*c.pick(&["", "", "-", "+"]));
    text.push_str(&c.word("0019", 25));
    if c.chance(128) {
        text.push('.');
        text.push_str(&c.word("0019", 12));
    }
    if c.chance(20) {
        text.push_str(*c.pick(&["e1", "E5", " ", "f", "\u{664}"]));
    }
    text
}

fn time(c: &mut Choices<'_>) -> String {
    if c.chance(60) {
        return number(c);
    }
    let year = *c.pick(&["2024", "1970", "1969", "2000", "1900", "0000", "9999", "99", "12024"]);
    let month = *c.pick(&["01", "02", "03", "06", "12", "13", "00", "2"]);
    let day = *c.pick(&["01", "28", "29", "30", "31", "32", "00", "1"]);
    let mut text = match c.below(8) {
        0 => return year.to_owned(),
        1 => return format!("{year}-{month}"),
        2 => return format!("{year}-{month}-{day}"),
        _ => format!("{year}-{month}-{day}{}", c.pick(&["T", "T", "T", "t", " "])),
    };
    text.push_str(*c.pick(&[
        "00:00", "23:59", "12:30:15", "23:59:59", "24:00", "00:00:60", "1:2", "00:60", "00",
    ]));
    if c.chance(100) {
        text.push('.');
        text.push_str(&c.word("0159", 12));
    }
    text.push_str(*c.pick(&[
        "Z", "Z", "z", "+00:00", "-05:00", "+05:30", "+0100", "-2359", "+24:00", "+1:00", "", "Z0100",
    ]));
    text
}

/// An address in one of its spellings, near to others.
fn address(c: &mut Choices<'_>) -> String {
    let four = |c: &mut Choices<'_>| {
        let part = |c: &mut Choices<'_>| *c.pick(&[0_u8, 1, 10, 127, 128, 192, 254, 255]);
        std::net::Ipv4Addr::new(part(c), part(c), part(c), part(c))
    };
    match c.below(6) {
        0 => c.word("0129.:/fF", 12),
        1 | 2 => four(c).to_string(),
        3 => format!("::ffff:{}", four(c)),
        _ => {
            let part = |c: &mut Choices<'_>| *c.pick(&[0_u16, 0, 0, 1, 0xdb8, 0x2001, 0x8000, 0xffff]);
            let address = std::net::Ipv6Addr::from(std::array::from_fn::<u16, 8, _>(|_| part(c)));
            let full: Vec<String> = address.segments().iter().map(|part| format!("{part:X}")).collect();
            if c.chance(128) {
                full.join(":")
            } else {
                address.to_string()
            }
        }
    }
}

fn range(c: &mut Choices<'_>) -> String {
    let address = address(c);
    match c.below(4) {
        0 => address,
        1 => format!("{address}/{}", c.word("0123", 3)),
        _ => format!(
            "{address}/{}",
            c.pick(&[0, 1, 8, 9, 16, 24, 31, 32, 33, 64, 96, 127, 128, 129])
        ),
    }
}

fn arn(c: &mut Choices<'_>, pattern: bool) -> String {
    let words: &[&str] = if pattern {
        &[
            "*",
            "?",
            "a*",
            "*b",
            "a",
            "",
            "aws",
            "${aws:username}",
            "${k:none, 'a:b'}",
            "${*}",
            "*:*",
        ]
    } else {
        &["a", "ab", "bab", "", "aws", "*", "a:b", "al*ce"]
    };
    let mut text = String::from(*c.pick(&["arn", "arn", "arn", "arn", "ARN", "*", "a"]));
    for _ in 0..c.below(8) {
        text.push(':');
        text.push_str(*c.pick(words));
    }
    text
}

/// An operator, and what makes the values that it expects and finds.
type Make = fn(&mut Choices<'_>) -> String;

fn operator(c: &mut Choices<'_>) -> (String, Make, Make) {
    const STRINGS: [&str; 6] = [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ];
    let relation = *c.pick(&[
        "Equals",
        "NotEquals",
        "LessThan",
        "LessThanEquals",
        "GreaterThan",
        "GreaterThanEquals",
    ]);
    match c.below(8) {
        0 => (format!("Numeric{relation}"), number, number),
        1 => (format!("Date{relation}"), time, time),
        2 => ((*c.pick(&["IpAddress", "NotIpAddress"])).to_owned(), range, address),
        3 => {
            let operator = *c.pick(&["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"]);
            (operator.to_owned(), |c| arn(c, true), |c| arn(c, false))
        }
        4 => (
            "BinaryEquals".to_owned(),
            |c| c.word("AQg=+/", 9),
            |c| c.word("AQg=+/", 9),
        ),
        5 => (
            (*c.pick(&["Bool", "Null"])).to_owned(),
            |c| c.text(&["true", "false"], "tT"),
            |c| c.text(&["true", "FALSE"], "tT"),
        ),
        _ => ((*c.pick(&STRINGS)).to_owned(), wild, wild),
    }
}

fn condition(c: &mut Choices<'_>) {
    let (operator, expect, find) = operator(c);
    let set = *c.pick(&["", "", "", "ForAllValues:", "ForAnyValue:"]);
    let if_exists = *c.pick(&["", "", "IfExists"]);
    let operator = if operator == "Null" {
        operator
    } else {
        format!("{set}{operator}{if_exists}")
    };
    let expected: Vec<String> = (0..c.below(4)).map(|_| expect(c)).collect();
    // Often what is there is what is expected.
    let found = |c: &mut Choices<'_>| match expected.first() {
        Some(text) if c.chance(60) => text.clone(),
        _ => find(c),
    };
    let found = match c.below(6) {
        0 => None,
        1 => Some(Value::Array((0..c.below(3)).map(|_| json!(found(c))).collect())),
        _ => Some(json!(found(c))),
    };
    // Keys are compared ignoring case.
    let key = *c.pick(&["k:key", "K:KEY", "k:\u{130}\u{df}\u{c9}\u{3a3}"]);
    let asked = if c.chance(128) {
        values::lower(key)
    } else {
        key.to_owned()
    };
    let user = c.word(LETTERS, 3);
    let version = if c.chance(40) { "2008-10-17" } else { "2012-10-17" };
    let mut context = Context::from_iter([("aws:username", user.as_str())]);
    let mut raw = json!({"aws:username": user});
    if let Some(found) = &found {
        raw[key] = found.clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        context.set(
            key,
            match found {
                Value::Array(values) => Values::Many(values.iter().map(text).collect()),
                one => Values::One(text(one)),
            },
        );
    }
    let principal = Principal::parse(ALICE).expect("a user");
    let request = Request::new(principal, "s3:x", "*", "123456789012", context);
    for deny in [false, true] {
        let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }, "Action": "*", "Resource": "*"});
        statement["Condition"][&operator][&asked] = json!(expected);
        let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let statements = if deny {
            json!([all, statement])
        } else {
            json!([statement])
        };
        let document = json!({"Version": version, "Statement": statements}).to_string();
        let compiled = [Compiled::new(&Policy::parse(&document).expect("a policy"))];
        let policies = Policies {
            identity: &compiled,
            ..Policies::default()
        };
        let applied = decide(&request, &policies)
            == if deny {
                Decision::ExplicitlyDenied
            } else {
                Decision::Allowed
            };
        let holds = evaluator::condition(
            &operator,
            found.as_ref(),
            &expected,
            &raw,
            version == "2012-10-17",
            deny,
        );
        assert_eq!(applied, holds, "{document}\n{raw}");
    }
}
