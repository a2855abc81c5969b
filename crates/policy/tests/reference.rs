//! The engine against a naive evaluator: written over raw JSON straight from AWS's documentation, sharing no code with
//! the engine, and compared with it on generated cases. Slow, plain, and meant to be read beside the user guide.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::similar_names,
    clippy::float_cmp,
    clippy::field_reassign_with_default,
    reason = "a test: what panics fails it"
)]

use std::fmt::Write as _;

use proptest::prelude::*;
use rolecall_policy::cases;
use serde_json::{Map, Value, json};

/// What the documentation says about a case in the format of `cases`.
fn reference(case: &Value) -> &'static str {
    let request = &case["request"];
    let caller = Caller::new(request);
    let own_policies = caller.kind != "service" && caller.kind != "anonymous" && caller.kind != "federated";
    let has_boundary = case["permissionBoundary"].is_array() && own_policies;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let run =
        |policies: &[Value], resource_based: bool| evaluate(policies, request, &caller, resource_based, has_boundary);

    let nothing = Outcome::default();
    let identity = if own_policies {
        run(&list(&case["identityPolicies"]), false)
    } else {
        nothing
    };
    let resource = if case["resourcePolicy"].is_null() {
        nothing
    } else {
        run(std::slice::from_ref(&case["resourcePolicy"]), true)
    };
    let boundary = has_boundary.then(|| run(&list(&case["permissionBoundary"]), false));
    let session = (!case["sessionPolicy"].is_null() && own_policies)
        .then(|| run(std::slice::from_ref(&case["sessionPolicy"]), false));
    let levels = |name: &str| -> Vec<Outcome> {
        let levels = list(&case[name]);
        levels
            .iter()
            .map(|level| run(&list(&level["policies"]), false))
            .collect()
    };
    let scps = if own_policies { levels("scps") } else { Vec::new() };
    let rcps = levels("rcps");

    // An explicit deny in any policy of any kind ends it.
    let everything = [identity, resource].into_iter().chain(boundary).chain(session);
    if everything
        .chain(scps.clone())
        .chain(rcps.clone())
        .any(|outcome| outcome.denied)
    {
        return "ExplicitlyDenied";
    }
    // Control policies must allow at every level.
    if scps.iter().chain(&rcps).any(|outcome| outcome.allowed == 0) {
        return "ImplicitlyDenied";
    }
    let verdict = |allowed: bool| if allowed { "Allowed" } else { "ImplicitlyDenied" };
    if !own_policies {
        return verdict(resource.allowed > 0);
    }
    let limits =
        boundary.is_none_or(|outcome| outcome.allowed > 0) && session.is_none_or(|outcome| outcome.allowed > 0);
    let has_identity = match caller.kind {
        "root" => true,
        // "If you do not pass a policy, the resulting session has no permissions" (GetFederationToken).
        "federated-user" => identity.allowed > 0 && session.is_some(),
        _ => identity.allowed > 0,
    };
    if caller.account != request["resourceAccount"].as_str().unwrap_or(&caller.account) {
        return verdict(has_identity && limits && resource.allowed > 0);
    }
    match resource.allowed {
        DIRECT => return "Allowed",
        ROLE => return verdict(limits),
        _ => {}
    }
    let action = request["action"].as_str().unwrap().to_lowercase();
    let must = action.starts_with("sts:assumerole")
        || (["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"].contains(&action.as_str())
            && !request["resource"]
                .as_str()
                .unwrap()
                .splitn(6, ':')
                .nth(5)
                .is_some_and(|named| named.starts_with("federated-user/")))
        || (action.starts_with("kms:") && request["resource"].as_str().unwrap().contains(":key/"));
    verdict(has_identity && limits && (!must || resource.allowed > 0))
}

const ACCOUNT: u8 = 1;
const ROLE: u8 = 2;
const DIRECT: u8 = 3;

#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    denied: bool,
    /// How directly the caller is named by what allows.
    allowed: u8,
}

struct Caller {
    kind: &'static str,
    arn: String,
    account: String,
    role_name: String,
    federated_by: String,
}

impl Caller {
    fn new(request: &Value) -> Self {
        let Some(arn) = request["principal"].as_str() else {
            return Self::of("anonymous", "", "", "", "");
        };
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        if parts.len() < 6 {
            return Self::of("service", arn, "", "", "");
        }
        let (account, resource) = (parts[4], parts[5]);
        let segments: Vec<&str> = resource.split('/').collect();
        // Roles cannot call GetFederationToken (STS API Reference), so only a user can be behind a federated session.
        let by = request["context"]["aws:PrincipalArn"]
            .as_str()
            .filter(|arn| arn.contains(":user/"))
            .unwrap_or_default();
        match segments[0] {
            "root" => Self::of("root", arn, account, "", ""),
            "user" => Self::of("user", arn, account, "", ""),
            "role" => Self::of("session", arn, account, segments[segments.len() - 1], ""),
            "assumed-role" => Self::of("session", arn, account, segments[1], ""),
            "federated-user" => Self::of("federated-user", arn, account, "", by),
            _ => Self::of("federated", arn, account, "", ""),
        }
    }

    fn of(kind: &'static str, arn: &str, account: &str, role: &str, by: &str) -> Self {
        Self {
            kind,
            arn: arn.into(),
            account: account.into(),
            role_name: role.into(),
            federated_by: by.into(),
        }
    }

    fn named_by(&self, kind: &str, text: &str) -> u8 {
        let of_aws = ["root", "user", "session", "federated-user"].contains(&self.kind);
        let when = |yes: bool, how: u8| if yes { how } else { 0 };
        match kind {
            "Service" => return when(self.kind == "service" && self.arn == text, DIRECT),
            "Federated" => return when(self.kind == "federated" && self.arn == text, DIRECT),
            "AWS" => {}
            _ => return 0,
        }
        if text == "*" {
            return when(of_aws || self.kind == "anonymous", DIRECT);
        }
        if !of_aws {
            return 0;
        }
        if text == self.account || text.ends_with(&format!("::{}:root", self.account)) {
            return ACCOUNT;
        }
        if text == self.arn && !text.contains(":role/") {
            return DIRECT;
        }
        if self.kind == "federated-user" && text == self.federated_by {
            return ROLE;
        }
        let role_of_session = self.kind == "session"
            && text.starts_with(&format!("arn:aws:iam::{}:role/", self.account))
            && text.rsplit('/').next() == Some(self.role_name.as_str());
        when(
            role_of_session && (!self.arn.contains(":role/") || self.arn == text),
            ROLE,
        )
    }
}

fn evaluate(policies: &[Value], request: &Value, caller: &Caller, resource_based: bool, has_boundary: bool) -> Outcome {
    let mut outcome = Outcome::default();
    for policy in policies {
        let variables = policy["Version"] == "2012-10-17";
        for statement in listed(&policy["Statement"]) {
            let deny = statement["Effect"] == "Deny";
            let naming = if resource_based {
                principal(&statement, caller, deny && has_boundary)
            } else {
                DIRECT
            };
            let applies = naming > 0
                && action(&statement, request)
                && resource(&statement, request, variables, resource_based, deny)
                && conditions(&statement, request, variables, deny);
            if applies && deny {
                outcome.denied = true;
            } else if applies {
                outcome.allowed = outcome.allowed.max(naming);
            }
        }
    }
    outcome
}

fn listed(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.clone(),
        Value::Null => Vec::new(),
        value => vec![value.clone()],
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn principal(statement: &Value, caller: &Caller, deny_with_boundary: bool) -> u8 {
    let best = |element: &Value| match element {
        Value::String(everyone) => caller.named_by("AWS", everyone),
        Value::Object(kinds) => kinds
            .iter()
            .flat_map(|(kind, values)| listed(values).into_iter().map(move |value| (kind, text(&value))))
            .map(|(kind, value)| caller.named_by(kind, &value))
            .max()
            .unwrap_or(0),
        _ => 0,
    };
    if let Some(element) = statement.get("NotPrincipal") {
        return if best(element) == 0 || deny_with_boundary {
            DIRECT
        } else {
            0
        };
    }
    best(&statement["Principal"])
}

fn action(statement: &Value, request: &Value) -> bool {
    let asked = request["action"].as_str().unwrap().to_lowercase();
    let any = |element: &Value| {
        listed(element).iter().any(|value| {
            let pattern: Vec<Token> = text(value).to_lowercase().chars().map(Token::wildcard).collect();
            glob(&pattern, &asked.chars().collect::<Vec<_>>())
        })
    };
    match statement.get("NotAction") {
        Some(element) => !any(element),
        None => any(&statement["Action"]),
    }
}

fn resource(statement: &Value, request: &Value, variables: bool, resource_based: bool, deny: bool) -> bool {
    let asked = request["resource"].as_str().unwrap();
    let matches = |value: &Value, unknown: bool| -> bool {
        let pattern = text(value);
        if pattern == "*" {
            return true;
        }
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        let asked: Vec<&str> = asked.splitn(6, ':').collect();
        let Some(last) = tokens(parts[5], &request["context"], true, variables) else {
            return unknown;
        };
        asked.len() == 6
            && parts.iter().zip(&asked).take(5).all(|(pattern, part)| {
                glob(
                    &pattern.chars().map(Token::wildcard).collect::<Vec<_>>(),
                    &part.chars().collect::<Vec<_>>(),
                )
            })
            && glob(&last, &asked[5].chars().collect::<Vec<_>>())
    };
    if let Some(element) = statement.get("NotResource") {
        // What a variable without a value leaves out is unknown: a Deny applies, an Allow does not.
        return !listed(element).iter().any(|value| matches(value, !deny));
    }
    match statement.get("Resource") {
        Some(element) => listed(element).iter().any(|value| matches(value, false)),
        None => resource_based,
    }
}

/// A character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    Is(char),
    Any,
    One,
}

impl Token {
    fn wildcard(c: char) -> Self {
        match c {
            '*' => Self::Any,
            '?' => Self::One,
            c => Self::Is(c),
        }
    }
}

/// A table over all prefixes of both: no cleverness that could be wrong.
fn glob(pattern: &[Token], text: &[char]) -> bool {
    let mut row: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for token in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match token {
                Token::Any => row[at] || (at > 0 && next[at - 1]),
                Token::One => at > 0 && row[at - 1],
                Token::Is(c) => at > 0 && row[at - 1] && text[at - 1] == *c,
            };
        }
        row = next;
    }
    row[text.len()]
}

/// The pattern with variables replaced; `None` where one has no value.
fn tokens(pattern: &str, context: &Value, wildcards: bool, variables: bool) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if variables && rest.starts_with("${") {
            let end = rest.find('}').unwrap();
            let inner = &rest[2..end];
            rest = &rest[end + 1..];
            if ["*", "?", "$"].contains(&inner) {
                tokens.extend(inner.chars().map(Token::Is));
                continue;
            }
            let (key, default) = match inner.split_once(", ") {
                Some((key, default)) => (key, Some(default.trim_matches('\'').to_owned())),
                None => (inner, None),
            };
            let value = lookup(context, key)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .or(default)?;
            tokens.extend(value.chars().map(Token::Is));
            continue;
        }
        tokens.push(if wildcards { Token::wildcard(c) } else { Token::Is(c) });
        rest = &rest[c.len_utf8()..];
    }
    Some(tokens)
}

fn lookup<'a>(context: &'a Value, key: &str) -> Option<&'a Value> {
    context
        .as_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}

fn conditions(statement: &Value, request: &Value, variables: bool, deny: bool) -> bool {
    let Some(operators) = statement["Condition"].as_object() else {
        return true;
    };
    operators.iter().all(|(operator, keys)| {
        keys.as_object().unwrap().iter().all(|(key, expected)| {
            let expected: Vec<String> = listed(expected).iter().map(text).collect();
            condition(
                operator,
                lookup(&request["context"], key),
                &expected,
                &request["context"],
                variables,
                deny,
            )
        })
    })
}

fn condition(
    operator: &str,
    found: Option<&Value>,
    expected: &[String],
    context: &Value,
    variables: bool,
    deny: bool,
) -> bool {
    let (set, operator) = match operator.split_once(':') {
        Some((set, operator)) => (set, operator),
        None => ("", operator),
    };
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let values: Option<Vec<String>> = found.map(|found| listed(found).iter().map(text).collect());
    let null = values.as_ref().is_none_or(|values| values.iter().all(String::is_empty));
    if operator == "Null" {
        return expected.iter().any(|expected| (expected == "true") == null);
    }
    let negated = operator.contains("Not");
    let operator = operator.replace("Not", "");
    let test = |value: &String| -> bool {
        let results: Vec<Option<bool>> = expected
            .iter()
            .map(|expected| compare(&operator, value, expected, context, variables))
            .collect();
        if results.contains(&Some(true)) {
            return !negated;
        }
        // What cannot be read fails closed.
        if results.contains(&None) {
            return negated && deny;
        }
        negated
    };
    let is_list = found.is_some_and(Value::is_array);
    match (set, values) {
        ("ForAllValues", Some(values)) if !null => values.iter().all(test),
        ("ForAllValues", _) => true,
        ("ForAnyValue", Some(values)) if !null => values.iter().any(test),
        ("ForAnyValue", _) => if_exists,
        (_, Some(values)) if !values.is_empty() => !is_list && values.iter().all(test),
        _ => if_exists || negated,
    }
}

/// Whether a value equals an expected one, in the operator's sense; `None` where one of them cannot be read.
fn compare(operator: &str, value: &str, expected: &str, context: &Value, variables: bool) -> Option<bool> {
    let chars = |text: &str| text.chars().collect::<Vec<_>>();
    let order = |a: f64, b: f64| match operator.trim_start_matches("Numeric").trim_start_matches("Date") {
        "Equals" => a == b,
        "LessThan" => a < b,
        "LessThanEquals" => a <= b,
        "GreaterThan" => a > b,
        _ => a >= b,
    };
    match operator {
        "StringEquals" => {
            Some(tokens(expected, context, false, variables).is_some_and(|tokens| glob(&tokens, &chars(value))))
        }
        "StringLike" => {
            Some(tokens(expected, context, true, variables).is_some_and(|tokens| glob(&tokens, &chars(value))))
        }
        "StringEqualsIgnoreCase" => Some(tokens(expected, context, false, variables).is_some_and(|tokens| {
            let lower: Vec<Token> = tokens
                .into_iter()
                .map(|token| {
                    if let Token::Is(c) = token {
                        Token::Is(c.to_ascii_lowercase())
                    } else {
                        token
                    }
                })
                .collect();
            glob(&lower, &chars(&value.to_lowercase()))
        })),
        "ArnEquals" | "ArnLike" => {
            let value: Vec<&str> = value.splitn(6, ':').collect();
            if value.len() < 6 || value[0] != "arn" {
                return None;
            }
            // The generated patterns are ARNs; variables stand in the last part only.
            let parts: Vec<&str> = expected.splitn(6, ':').collect();
            Some(parts.iter().zip(&value).all(|(part, value)| {
                tokens(part, context, true, variables).is_some_and(|tokens| glob(&tokens, &chars(value)))
            }))
        }
        "Bool" => {
            let read = |text: &str| match text.to_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            };
            Some(read(value)? == read(expected)?)
        }
        "IpAddress" => {
            let read = |text: &str| -> Option<u32> { text.parse::<std::net::Ipv4Addr>().ok().map(u32::from) };
            if value.contains(':') {
                return value.parse::<std::net::Ipv6Addr>().ok().map(|_| false);
            }
            let asked = read(value)?;
            let (network, length) = expected.split_once('/').unwrap_or((expected, "32"));
            let hosts = 32 - length.parse::<u32>().ok()?;
            Some(u64::from(asked) >> hosts == u64::from(read(network)?) >> hosts)
        }
        operator if operator.starts_with("Numeric") => {
            let read = |text: &str| {
                text.bytes()
                    .all(|b| b"0123456789.-".contains(&b))
                    .then(|| text.parse::<f64>().ok())?
            };
            Some(order(read(value)?, read(expected)?))
        }
        operator if operator.starts_with("Date") => {
            let read = |text: &str| match text {
                "2024-01-01T00:00:00Z" | "2024-01-01" | "1704067200" | "2024-01-01T01:00:00+01:00" => {
                    Some(1_704_067_200.0)
                }
                "2024-01-02T00:00:00Z" => Some(1_704_153_600.0),
                "1704067201" => Some(1_704_067_201.0),
                _ => None,
            };
            Some(order(read(value)?, read(expected)?))
        }
        other => panic!("{other}"),
    }
}

// What is generated: few names, so that things meet.

fn pick<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + Clone + use<T> {
    prop::sample::select(values.to_vec())
}

fn caller() -> impl Strategy<Value = Value> {
    pick(&[
        json!("arn:aws:iam::111122223333:user/alice"),
        json!("arn:aws:iam::111122223333:user/team/bob"),
        json!("arn:aws:sts::111122223333:assumed-role/app/s1"),
        json!("arn:aws:iam::111122223333:role/path/app"),
        json!("arn:aws:sts::111122223333:federated-user/fed"),
        json!("arn:aws:iam::111122223333:root"),
        json!("arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id"),
        json!("pods.eks.amazonaws.com"),
        json!({"type": "Anonymous"}),
    ])
}

fn principals() -> impl Strategy<Value = Value> {
    let aws = pick(&[
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "444455556666",
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:iam::111122223333:role/path/app",
        "arn:aws:iam::111122223333:role/app",
        "arn:aws:sts::111122223333:assumed-role/app/s1",
        "arn:aws:sts::111122223333:federated-user/fed",
    ]);
    prop_oneof![
        1 => Just(json!("*")),
        6 => prop::collection::vec(aws, 1..3).prop_map(|list| json!({"AWS": list})),
        1 => Just(json!({"Service": "pods.eks.amazonaws.com"})),
        1 => Just(json!({"Federated": ["arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id"]})),
    ]
}

const ACTIONS: [&str; 5] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListAllMyBuckets",
    "sts:AssumeRole",
    "kms:Decrypt",
];
const RESOURCES: [&str; 5] = [
    "arn:aws:s3:::bucket/alice/x.csv",
    "arn:aws:s3:::bucket/a*",
    "arn:aws:iam::111122223333:role/target",
    "arn:aws:kms:eu-west-1:111122223333:key/k:1",
    "*",
];

fn action_patterns() -> impl Strategy<Value = Value> {
    let one = pick(&[
        "*",
        "s3:*",
        "S3:getobject",
        "s3:Get*",
        "s3:*Object",
        "s3:?utObject",
        "sts:*",
        "kms:Decrypt",
        "s3:*t*t",
    ]);
    prop_oneof![
        one.clone().prop_map(Value::from),
        prop::collection::vec(one, 1..4).prop_map(Value::from)
    ]
}

fn resource_patterns() -> impl Strategy<Value = Value> {
    let one = pick(&[
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::bucket/${aws:username}/*",
        "arn:aws:s3:::bucket/${AWS:PrincipalTag/Team, 'alice'}/*.csv",
        "arn:aws:s3:::bucket/a${*}",
        "arn:aws:s3:::*/x.???",
        "arn:aws:kms:*:111122223333:key/*",
        "arn:aws:*:*:*:key/*:1",
        "arn:*:iam::1111????3333:role/target",
        "arn:aws:s3:::*cket*/x*v",
    ]);
    prop_oneof![
        one.clone().prop_map(Value::from),
        prop::collection::vec(one, 1..4).prop_map(Value::from)
    ]
}

fn condition_block() -> impl Strategy<Value = (String, String, Value)> {
    let affixes = (
        pick(&["", "", "", "ForAllValues:", "ForAnyValue:"]),
        pick(&["", "", "IfExists"]),
    );
    let strings = (
        pick(&[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ]),
        pick(&["aws:username", "aws:PrincipalTag/team", "aws:TagKeys", "AWS:usernamE"]),
        prop::collection::vec(
            pick(&[
                "alice",
                "ALICE",
                "a*",
                "",
                "${aws:PrincipalTag/team}",
                "x",
                "?lice",
                "${aws:username}*",
                "*",
            ]),
            1..3,
        ),
    );
    let numbers = (
        pick(&[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ]),
        pick(&["s3:max-keys"]),
        prop::collection::vec(pick(&["10", "10.0", "-1", "9.5"]), 1..3),
    );
    let dates = (
        pick(&[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ]),
        pick(&["aws:CurrentTime"]),
        prop::collection::vec(
            pick(&[
                "2024-01-01T00:00:00Z",
                "2024-01-01",
                "1704067200",
                "2024-01-01T01:00:00+01:00",
            ]),
            1..3,
        ),
    );
    let addresses = (
        pick(&["IpAddress", "NotIpAddress"]),
        pick(&["aws:SourceIp"]),
        prop::collection::vec(
            pick(&["10.0.0.0/8", "0.0.0.0/0", "10.1.2.3", "10.1.2.0/24", "192.168.0.0/16"]),
            1..3,
        ),
    );
    let arns = (
        pick(&["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"]),
        pick(&["aws:PrincipalArn"]),
        prop::collection::vec(
            pick(&[
                "arn:aws:iam::*:user/*",
                "arn:aws:iam::111122223333:user/${aws:username}",
                "arn:*:*:*:*:role/path/app",
                "arn:aws:iam::111122223333:*",
            ]),
            1..3,
        ),
    );
    let truths = (
        pick(&["Bool"]),
        pick(&["aws:SecureTransport"]),
        prop::collection::vec(pick(&["true", "false", "TRUE"]), 1..2),
    );
    let affixed = prop_oneof![strings.clone(), strings, numbers, dates, addresses, arns, truths];
    let affixed = (affixes, affixed).prop_map(|((set, if_exists), (operator, key, values))| {
        (format!("{set}{operator}{if_exists}"), key.to_owned(), json!(values))
    });
    let nulls = (
        pick(&["aws:username", "aws:TagKeys", "aws:PrincipalTag/team"]),
        pick(&["true", "false"]),
    )
        .prop_map(|(key, value)| ("Null".to_owned(), key.to_owned(), json!(value)));
    prop_oneof![8 => affixed, 1 => nulls]
}

fn statement(with_principal: bool) -> impl Strategy<Value = Value> {
    (
        pick(&["Allow", "Allow", "Allow", "Deny"]),
        (pick(&["Action", "Action", "Action", "NotAction"]), action_patterns()),
        (
            pick(&["Resource", "Resource", "Resource", "NotResource"]),
            resource_patterns(),
        ),
        (
            pick(&["Principal", "Principal", "Principal", "NotPrincipal"]),
            principals(),
        ),
        prop::collection::vec(condition_block(), 0..3),
    )
        .prop_map(
            move |(effect, (action, actions), (resource, resources), (principal, principals), blocks)| {
                let mut statement = json!({"Effect": effect, action: actions, resource: resources});
                if with_principal {
                    statement[principal] = principals;
                }
                for (operator, key, values) in blocks {
                    statement["Condition"][operator][key] = values;
                }
                statement
            },
        )
}

fn policy(with_principal: bool) -> impl Strategy<Value = Value> {
    (
        pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]),
        prop::collection::vec(statement(with_principal), 0..4),
    )
        .prop_map(|(version, statements)| json!({"Version": version, "Statement": statements}))
}

fn context() -> impl Strategy<Value = Value> {
    let single = |key: &'static str, values: &[&'static str]| {
        prop::option::weighted(0.7, pick(values)).prop_map(move |value| value.map(|value| (key, json!(value))))
    };
    let list = prop::option::of(prop::collection::vec(pick(&["alice", "x", "", "bob"]), 0..3))
        .prop_map(|list| list.map(|list| ("aws:TagKeys", json!(list))));
    (
        single("aws:username", &["alice", "al*ce", "", "bob"]),
        single("aws:PrincipalTag/Team", &["alice", "x", "Alice"]),
        list,
        single("s3:max-keys", &["10", "9", "-1.0", "junk"]),
        single(
            "aws:CurrentTime",
            &["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "1704067201", "junk"],
        ),
        single("aws:SourceIp", &["10.1.2.3", "8.8.8.8", "2001:db8::1", "junk"]),
        single(
            "aws:PrincipalArn",
            &[
                "arn:aws:iam::111122223333:user/alice",
                "arn:aws:iam::111122223333:role/path/app",
                "junk",
            ],
        ),
        single("aws:SecureTransport", &["true", "false", "junk"]),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| {
            let pairs = [a, b, c, d, e, f, g, h].into_iter().flatten();
            Value::Object(pairs.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
        })
}

fn levels() -> impl Strategy<Value = Value> {
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let level = prop_oneof![
        2 => Just(json!({"orgIdentifier": "r", "policies": [all]})),
        1 => prop::collection::vec(policy(false), 1..3).prop_map(|policies| json!({"orgIdentifier": "o", "policies": policies})),
    ];
    prop_oneof![3 => Just(json!([])), 1 => prop::collection::vec(level, 1..3).prop_map(Value::from)]
}

fn case() -> impl Strategy<Value = Value> {
    (
        (caller(), pick(&ACTIONS), pick(&RESOURCES), pick(&["111122223333", "111122223333", "444455556666"]), context()),
        prop::collection::vec(policy(false), 0..3),
        prop_oneof![1 => Just(Value::Null), 2 => policy(true)],
        prop_oneof![2 => Just(Value::Null), 1 => prop::collection::vec(policy(false), 0..2).prop_map(Value::from)],
        prop_oneof![2 => Just(Value::Null), 1 => policy(false)],
        (levels(), levels()),
    )
        .prop_map(|((principal, action, resource, account, context), identity, resource_policy, boundary, session, (scps, rcps))| {
            json!({
                "name": "generated",
                "request": {"principal": principal, "action": action, "resource": resource, "resourceAccount": account, "context": context},
                "identityPolicies": identity, "resourcePolicy": resource_policy, "permissionBoundary": boundary,
                "sessionPolicy": session, "scps": scps, "rcps": rcps,
            })
        })
}

fn engine(case: &Value) -> String {
    let answer = cases::evaluate(&case.to_string(), false).unwrap();
    let mut decision = String::new();
    let _ = write!(decision, "{:?}", answer.decision);
    decision
}

const DENY_ALL: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"}"#;
const ALLOW_ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

fn rank(decision: &str) -> u8 {
    u8::from(decision == "Allowed")
}

/// Enough for each run; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    config.cases = config.cases.max(1024);
    config.failure_persistence = None;
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_decides_as_the_documentation_says(case in case()) {
        prop_assert_eq!(engine(&case), reference(&case));
    }

    #[test]
    fn the_order_of_policies_and_statements_never_matters(case in case()) {
        let mut turned = case.clone();
        for name in ["identityPolicies", "permissionBoundary"] {
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
        prop_assert_eq!(engine(&case), engine(&turned));
    }

    #[test]
    fn adding_a_deny_never_grants_and_adding_an_allow_never_denies(case in case(), added in statement(false)) {
        let before = engine(&case);
        let mut more = case.clone();
        more["identityPolicies"].as_array_mut().unwrap().push(json!({"Version": "2012-10-17", "Statement": [added]}));
        let after = engine(&more);
        if added["Effect"] == "Deny" {
            prop_assert!(rank(&after) <= rank(&before));
        } else {
            prop_assert!(rank(&after) >= rank(&before));
        }
    }

    #[test]
    fn a_boundary_or_a_control_policy_never_grants(case in case(), limit in policy(false)) {
        for (name, value) in [
            ("permissionBoundary", json!([limit])),
            ("scps", json!([{"orgIdentifier": "r", "policies": [limit]}])),
            ("rcps", json!([{"orgIdentifier": "r", "policies": [limit]}])),
        ] {
            let mut without = case.clone();
            without[name] = if name == "permissionBoundary" { Value::Null } else { json!([]) };
            let mut with = without.clone();
            with[name] = value;
            prop_assert!(rank(&engine(&with)) <= rank(&engine(&without)), "{} grants", name);
        }
    }

    #[test]
    fn a_session_policy_never_grants_to_a_role_or_a_user(mut case in case(), limit in policy(false)) {
        let federated = case["request"]["principal"].as_str().is_some_and(|arn| arn.contains("federated-user"));
        if federated {
            // It is what grants to a federated user at all.
            case["request"]["principal"] = json!("arn:aws:iam::111122223333:user/alice");
        }
        let (mut with, mut without) = (case.clone(), case);
        without["sessionPolicy"] = Value::Null;
        with["sessionPolicy"] = limit;
        prop_assert!(rank(&engine(&with)) <= rank(&engine(&without)));
    }
}

#[test]
fn the_reference_says_as_the_sample_of_cases() {
    let mut wrong = Vec::new();
    for line in include_str!("data/policy-sample.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        // The reference reads what is generated here; the sample's dates, numbers and forms are wider.
        if !["principals", "org-policies"].contains(&case["suite"].as_str().unwrap_or_default()) {
            continue;
        }
        let said = reference(&case);
        if Some(said) != case["expected"].as_str() {
            wrong.push(format!("{}: {said}, expected {}", case["name"], case["expected"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_deny_of_everything_denies_and_an_allow_of_everything_allows_a_user() {
    let case = |statement: &str| {
        let statement: Value = serde_json::from_str(statement).unwrap();
        json!({
            "name": "all",
            "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333", "context": {}},
            "identityPolicies": [{"Version": "2012-10-17", "Statement": [statement]}],
        })
    };
    assert_eq!(engine(&case(DENY_ALL)), "ExplicitlyDenied");
    assert_eq!(engine(&case(ALLOW_ALL)), "Allowed");
}
