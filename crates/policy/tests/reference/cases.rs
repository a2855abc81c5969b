//! Cases made from choices: few names, so that things meet, and every form of everything.

use serde_json::{Map, Value, json};

use super::choices::Choices;

/// How many bytes a case takes at most, nearly always.
pub(crate) const BYTES: usize = 640;

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const ROLE_ID: &str = "AROAEXAMPLEEXAMPLEEXA";
const USER_ID: &str = "AIDAEXAMPLEEXAMPLEEXA";
const CANONICAL: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com/id";

const CALLERS: [&str; 14] = [
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/team/bob",
    "arn:aws:sts::111122223333:assumed-role/app/s1",
    "arn:aws:iam::111122223333:role/path/app",
    "arn:aws:sts::111122223333:federated-user/fed",
    "arn:aws:sts::111122223333:federated-user/fed",
    "arn:aws:iam::111122223333:root",
    PROVIDER,
    "arn:aws:iam::111122223333:saml-provider/Corp",
    "pods.eks.amazonaws.com",
    "arn:aws:sts::444455556666:assumed-role/app/s1",
    "arn:aws-cn:sts::111122223333:assumed-role/app/s1",
    "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s1",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
];

const PRINCIPALS: [&str; 15] = [
    "*",
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "444455556666",
    "arn:aws-cn:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/Alice",
    "arn:aws:iam::111122223333:role/path/app",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:assumed-role/app/s1",
    "arn:aws:sts::111122223333:assumed-role/app/s2",
    "arn:aws:sts::111122223333:federated-user/fed",
    "arn:aws:iam::111122223333:group/admins",
    ROLE_ID,
    USER_ID,
];

const ACTIONS: [&str; 9] = [
    "s3:GetObject",
    "s3:PutObject",
    "S3:getOBJECT",
    "s3:ListAllMyBuckets",
    "sts:AssumeRole",
    "sts:TagSession",
    "kms:Decrypt",
    "sts:AssumeRoleWithWebIdentity",
    "sts:GetCallerIdentity",
];

const RESOURCES: [&str; 9] = [
    "arn:aws:s3:::bucket/alice/x.csv",
    "arn:aws:s3:::bucket/a*",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/al\u{e9}ce/\u{1f600}.csv",
    "arn:aws:iam::111122223333:role/target",
    "arn:aws:sts::111122223333:federated-user/fed",
    "arn:aws:kms:eu-west-1:111122223333:key/k:1",
    "arn:aws:sns:eu-west-1:111122223333:topic:a:b",
    "*",
];

const LETTERS: &str = "*?${}:/,' aA\u{e9}";

fn one_or_many(c: &mut Choices<'_>, most: usize, one: impl Fn(&mut Choices<'_>) -> Value) -> Value {
    match c.below(most + 3) {
        0 => Value::Array(Vec::new()),
        1 => Value::Array(vec![one(c)]),
        2..=3 => one(c),
        count => (0..count - 2).map(|_| one(c)).collect(),
    }
}

fn principals(c: &mut Choices<'_>) -> Value {
    if c.chance(40) {
        return json!("*");
    }
    let mut kinds = Map::new();
    let aws = |c: &mut Choices<'_>| json!(c.pick(&PRINCIPALS));
    match c.below(8) {
        0 => kinds.insert("Service".into(), json!(["pods.eks.amazonaws.com", "ec2.amazonaws.com"])),
        1 => kinds.insert("Federated".into(), json!(PROVIDER)),
        2 => kinds.insert("CanonicalUser".into(), json!(CANONICAL)),
        _ => kinds.insert("AWS".into(), one_or_many(c, 3, aws)),
    };
    if c.chance(40) {
        kinds.insert("AWS".into(), one_or_many(c, 3, aws));
        kinds.insert("CanonicalUser".into(), json!([CANONICAL, "0000"]));
    }
    Value::Object(kinds)
}

fn actions(c: &mut Choices<'_>) -> Value {
    const PATTERNS: [&str; 16] = [
        "*",
        "s3:*",
        "S3:getobject",
        "s3:Get*",
        "s3:*Object",
        "s3:?utObject",
        "sts:*",
        "kms:Decrypt",
        "s3:*t*t",
        "*:*",
        "s?:*",
        "*:Get*",
        "s3:GetObject",
        "s3:Put*",
        "s3:PutO*",
        "sts:TagSession",
    ];
    one_or_many(c, 4, |c| json!(c.text(&PATTERNS, "*?:gGtT")))
}

fn resources(c: &mut Choices<'_>) -> Value {
    const PATTERNS: [&str; 22] = [
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::bucket",
        "arn:aws:s3:::bucket/alice/x.csv",
        "arn:aws:s3:::bucket/${aws:username}/*",
        "arn:aws:s3:::bucket/${AWS:PrincipalTag/Team, 'alice'}/*.csv",
        "arn:aws:s3:::bucket/${aws:nothing,'ali*'}*",
        "arn:aws:s3:::${aws:TagKeys, 'bucket'}/*",
        "arn:aws:s3:::bucket/a${*}",
        "arn:aws:s3:::bucket/${aws:none, 'a}b:c'}*",
        "arn:aws:s3:::*/x.???",
        "arn:aws:s3:::bucket/al?ce/?.csv",
        "arn:aws:kms:*:111122223333:key/*",
        "arn:aws:*:*:*:key/*:1",
        "arn:*:iam::1111????3333:role/target",
        "arn:aws:s3:::*cket*/x*v",
        "arn:aws:s*",
        "arn:aws:sns:*:topic:*",
        "arn:aws:sns:*:*:topic:*",
        "arn:aws:iam::${aws:PrincipalAccount}:role/*",
        "arn:aws:sts::111122223333:federated-user/${aws:username}",
    ];
    one_or_many(c, 4, |c| json!(c.text(&PATTERNS, LETTERS)))
}

const STRINGS: [&str; 6] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
];
const RELATIONS: [&str; 6] = [
    "Equals",
    "NotEquals",
    "LessThan",
    "LessThanEquals",
    "GreaterThan",
    "GreaterThanEquals",
];
const NUMBERS: [&str; 14] = [
    "10",
    "10.0",
    "-1",
    "9.5",
    "-0",
    "0",
    "+10",
    "010",
    "1e3",
    ".5",
    "10.",
    "123456789012345678901234567890.1",
    "123456789012345678901234567890.2",
    "-10.05",
];
const DATES: [&str; 20] = [
    "2024-01-01T00:00:00Z",
    "2024-01-01",
    "1704067200",
    "2024-01-01T01:00:00+01:00",
    "2024",
    "2024-01",
    "2024-01-01T00:00Z",
    "2023-12-31T19:00:00-0500",
    "2024-01-01T00:00:00.001Z",
    "1704067200.001",
    "2024-02-29",
    "2023-02-29",
    "1969-12-31T23:59:59.5Z",
    "-0.5",
    "-100",
    "1e9",
    "2024-01-01T00:00:60Z",
    "0001-01-01",
    "9999-12-31",
    "1704067200000",
];
const RANGES: [&str; 14] = [
    "10.0.0.0/8",
    "0.0.0.0/0",
    "10.1.2.3",
    "10.1.2.0/24",
    "192.168.0.0/16",
    "10.1.2.99/24",
    "2001:db8::/32",
    "::/0",
    "::ffff:10.1.2.3",
    "2001:DB8:0:0:0:0:0:1",
    "10.1.2.3/32",
    "10.1.2.3/33",
    "2001:db8::1/128",
    "10.1.2",
];
const ADDRESSES: [&str; 9] = [
    "10.1.2.3",
    "8.8.8.8",
    "2001:db8::1",
    "::ffff:10.1.2.3",
    "10.1.2.255",
    "2001:0db8::0001",
    "junk",
    "",
    "010.1.2.3",
];
const ARNS: [&str; 12] = [
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:role/path/app",
    "arn:aws:iam::1:role/a:b:c",
    "arn:aws:sns:eu:1:topic:sub:1",
    "arn:aws:s3:::bucket",
    "junk",
    "ARN:aws:iam::111122223333:user/alice",
    "arn:aws:iam",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "",
    "arn:aws:sts::111122223333:assumed-role/app/s1",
    "arn:aws-cn:iam::111122223333:user/alice",
];
const ARN_PATTERNS: [&str; 13] = [
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::111122223333:user/${aws:username}",
    "arn:*:*:*:*:role/path/app",
    "arn:aws:iam::111122223333:*",
    "arn:aws:*:user/*",
    "*",
    "arn:aws:sns:*:topic:*",
    "${aws:PrincipalArn}",
    "arn:aws:iam::${aws:PrincipalAccount}:user/*",
    "arn:aws:iam::${aws:none, '11:22'}:*",
    "arn:aws:iam::?:role/a*c",
    "arn:aws:iam::${aws:none, 'a}:b'}:x",
    "arn:aws:s3:::${*}",
];
const TRUTHS: [&str; 6] = ["true", "false", "TRUE", "False", "", "1"];
const BASE64: [&str; 8] = ["QUJD", "QUI=", "QUJ=", "QQ==", "", "QUJDRA==", "QUI", "Q!JD"];

const TEXTS: [&str; 17] = [
    "alice",
    "ALICE",
    "a*",
    "",
    "${aws:PrincipalTag/team}",
    "x",
    "?lice",
    "${aws:username}*",
    "*",
    "al${*}ce",
    "${aws:TagKeys}",
    "${aws:none, 'alice'}",
    "${aws:none}",
    "${",
    "al\u{c9}ce",
    "${aws:username ,'x'}",
    "STRASSE",
];

/// One operator with its key and its values.
fn condition(c: &mut Choices<'_>) -> (String, String, Value) {
    let set = *c.pick(&["", "", "", "", "ForAllValues:", "ForAnyValue:"]);
    let if_exists = *c.pick(&["", "", "", "IfExists"]);
    let relation = *c.pick(&RELATIONS);
    let (operator, key, values): (String, &str, &[&str]) = match c.below(10) {
        0 => {
            let key = *c.pick(&["aws:username", "aws:TagKeys", "aws:PrincipalTag/team", "aws:none"]);
            return (
                "Null".into(),
                key.into(),
                one_or_many(c, 1, |c| json!(c.pick(&["true", "false", "True"]))),
            );
        }
        1 => (format!("Numeric{relation}"), "s3:max-keys", &NUMBERS),
        2 => (format!("Date{relation}"), "aws:CurrentTime", &DATES),
        3 => (
            (*c.pick(&["IpAddress", "NotIpAddress"])).to_owned(),
            "aws:SourceIp",
            &RANGES,
        ),
        4 => {
            let operator = (*c.pick(&["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"])).to_owned();
            (operator, "aws:PrincipalArn", &ARN_PATTERNS)
        }
        5 => ("Bool".into(), "aws:SecureTransport", &TRUTHS),
        6 => ("BinaryEquals".into(), "k:binary", &BASE64),
        _ => {
            let key = *c.pick(&[
                "aws:username",
                "aws:PrincipalTag/team",
                "aws:TagKeys",
                "AWS:usernamE",
                "aws:none",
            ]);
            ((*c.pick(&STRINGS)).to_owned(), key, &TEXTS)
        }
    };
    let values = one_or_many(c, 3, |c| json!(c.text(values, LETTERS)));
    (format!("{set}{operator}{if_exists}"), key.to_owned(), values)
}

/// A statement, with a principal or without.
pub(crate) fn statement(c: &mut Choices<'_>, with_principal: bool) -> Value {
    let often =
        |c: &mut Choices<'_>, usual: &'static str, seldom: &'static str| if c.chance(60) { seldom } else { usual };
    let mut statement = Map::new();
    statement.insert("Effect".into(), json!(often(c, "Allow", "Deny")));
    statement.insert(often(c, "Action", "NotAction").into(), actions(c));
    // A statement of a trust policy has none.
    if !(with_principal && c.chance(30)) {
        statement.insert(often(c, "Resource", "NotResource").into(), resources(c));
    }
    if with_principal {
        statement.insert(often(c, "Principal", "NotPrincipal").into(), principals(c));
    }
    let mut statement = Value::Object(statement);
    while c.chance(100) {
        let (operator, key, values) = condition(c);
        statement["Condition"][operator][key] = values;
    }
    statement
}

/// A policy.
pub(crate) fn policy(c: &mut Choices<'_>, with_principal: bool) -> Value {
    let version = if c.chance(50) { "2008-10-17" } else { "2012-10-17" };
    let statements: Vec<Value> = (0..c.below(4)).map(|_| statement(c, with_principal)).collect();
    json!({"Version": version, "Statement": statements})
}

fn policies(c: &mut Choices<'_>, most: usize, with_principal: bool) -> Value {
    (0..c.below(most + 1)).map(|_| policy(c, with_principal)).collect()
}

fn context(c: &mut Choices<'_>) -> Value {
    let mut context = Map::new();
    let mut single = |c: &mut Choices<'_>, key: &str, values: &[&str], letters: &str| {
        if !c.chance(80) {
            context.insert(key.into(), json!(c.text(values, letters)));
        }
    };
    single(c, "aws:username", &["alice", "al*ce", "", "bob", "Alic\u{c9}"], LETTERS);
    single(
        c,
        "aws:PrincipalTag/Team",
        &["alice", "x", "Alice", "al\u{e9}ce", "stra\u{df}e"],
        LETTERS,
    );
    single(c, "s3:max-keys", &NUMBERS, "0159.-+e");
    single(c, "aws:CurrentTime", &DATES, "0159.-+:TZ");
    single(c, "aws:SourceIp", &ADDRESSES, "0159.:f");
    single(c, "aws:PrincipalArn", &ARNS, ":*a");
    single(c, "aws:SecureTransport", &TRUTHS, "tT");
    single(c, "k:binary", &BASE64, "=QA");
    if c.chance(16) {
        context.insert("AWS:UserName".into(), json!("alice"));
    }
    if c.chance(128) {
        let tags = (0..c.below(4)).map(|_| json!(c.pick(&["alice", "x", "", "bob", "STRASSE"])));
        context.insert("aws:TagKeys".into(), tags.collect());
    } else if c.chance(40) {
        context.insert("aws:TagKeys".into(), json!(c.pick(&["alice", "x", ""])));
    }
    Value::Object(context)
}

fn levels(c: &mut Choices<'_>) -> Value {
    if !c.chance(64) {
        return json!([]);
    }
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let level = |c: &mut Choices<'_>| {
        if c.chance(128) {
            json!({"orgIdentifier": "r", "policies": [all]})
        } else {
            json!({"orgIdentifier": "o", "policies": policies(c, 2, false)})
        }
    };
    (0..c.below(3)).map(|_| level(c)).collect()
}

/// A case in the format of `cases`.
pub(crate) fn case(c: &mut Choices<'_>) -> Value {
    let mut request = Map::new();
    let principal = match c.below(CALLERS.len() + 1) {
        0 => json!({"type": "Anonymous"}),
        number => json!(CALLERS[number - 1]),
    };
    request.insert("principal".into(), principal);
    request.insert("action".into(), json!(c.pick(&ACTIONS)));
    request.insert("resource".into(), json!(c.pick(&RESOURCES)));
    request.insert(
        "resourceAccount".into(),
        json!(c.pick(&[ACCOUNT, ACCOUNT, ACCOUNT, OTHER])),
    );
    request.insert("context".into(), context(c));
    if c.chance(128) {
        request.insert("uniqueId".into(), json!(c.pick(&[ROLE_ID, USER_ID])));
    }
    if c.chance(128) {
        request.insert("canonicalUser".into(), json!(CANONICAL));
    }
    let identity = policies(c, 2, false);
    let resource_policy = if c.chance(180) { policy(c, true) } else { Value::Null };
    let boundary = if c.chance(80) {
        policies(c, 2, false)
    } else {
        Value::Null
    };
    let session = match c.below(5) {
        0 | 1 => Value::Null,
        2 | 3 => policy(c, false),
        _ => policies(c, 2, false),
    };
    let endpoints = if c.chance(30) { policies(c, 2, true) } else { json!([]) };
    json!({
        "name": "generated", "request": request, "identityPolicies": identity, "resourcePolicy": resource_policy,
        "permissionBoundary": boundary, "sessionPolicy": session, "scps": levels(c), "rcps": levels(c),
        "endpointPolicies": endpoints,
    })
}
