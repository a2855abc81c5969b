//! Every operation that is answered, by every kind of caller: who may is told by policies alone, and each operation refuses
//! whoever has none. The requests are made from the models, so that a new operation is in the matrix when it is in
//! `operations.txt`.

use std::{collections::BTreeSet, fmt::Write as _};

use rolecall_wire::{
    generated::{eks, iam, sts},
    operation::Operation,
    shape::{Kind, Location, Member, Rule, Structure},
    sigv4::Credentials,
};
use serde_json::{Value, json};

use crate::world::{Answer, World, between};

/// What nobody needs a permission for, and why.
const NEEDS_NONE: [(&str, &str); 4] = [
    ("sts:AssumeRoleWithSAML", "the assertion is the credential"),
    ("sts:AssumeRoleWithWebIdentity", "the token is the credential"),
    (
        "sts:GetCallerIdentity",
        "STS API Reference: no permissions are required",
    ),
    (
        "sts:GetSessionToken",
        "STS API Reference: no permissions are required for users",
    ),
];

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/maker"},"Action":"sts:AssumeRole"}]}"#;
const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const LITTLE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#;

/// What came of a call, as far as the caller's permissions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// It was decided that it may be done; whether it could be is another matter.
    Allowed,
    /// No policy allows it.
    Denied,
    /// No session of this kind may call it.
    NoSession,
    /// The request was refused before anything was decided.
    Undecided,
}

impl Seen {
    fn text(self) -> &'static str {
        match self {
            Self::Allowed => "yes",
            Self::Denied => "no",
            Self::NoSession => "never",
            Self::Undecided => "?",
        }
    }
}

fn answered() -> Vec<&'static Operation> {
    let all = [
        iam::Operation::DESCRIPTIONS,
        sts::Operation::DESCRIPTIONS,
        eks::Operation::DESCRIPTIONS,
    ];
    let named: BTreeSet<&str> = include_str!("../../operations.txt").lines().collect();
    let operations = all.into_iter().flatten().copied();
    operations
        .filter(|operation| named.contains(operation.to_string().as_str()))
        .collect()
}

/// A text that the model accepts there.
fn text(name: &str, rule: &Rule) -> String {
    if let Some(first) = rule.one_of.first() {
        return (*first).to_owned();
    }
    let known = match name {
        "PolicyArn" | "PermissionsBoundary" => "arn:aws:iam::123456789012:policy/nothing",
        "OpenIDConnectProviderArn" => "arn:aws:iam::123456789012:oidc-provider/nothing.example",
        "SAMLProviderArn" => "arn:aws:iam::123456789012:saml-provider/nothing",
        "RoleArn" | "roleArn" => "arn:aws:iam::123456789012:role/nothing",
        "PolicySourceArn" | "Arn" => "arn:aws:iam::123456789012:user/maker",
        "SerialNumber" => "arn:aws:iam::123456789012:mfa/nothing",
        "Url" => "https://nothing.example",
        "VersionId" => "v1",
        "PolicyDocument" | "AssumeRolePolicyDocument" | "PolicyInputList" => EVERYTHING,
        "JobId" => "00000000-0000-4000-8000-000000000000",
        "ActionNames" => "s3:GetObject",
        "SigningAlgorithm" => "ES384",
        "AuthenticationCode1" | "AuthenticationCode2" => "123456",
        "AWSServiceName" => "nothing.amazonaws.com",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let length =
        |limit: Option<i32>, otherwise: usize| limit.map_or(otherwise, |limit| usize::try_from(limit).unwrap());
    "a".repeat(length(rule.min, 1).max(4).min(length(rule.max, 100)))
}

/// A form for what is required of a structure.
fn form(structure: &Structure, prefix: &str, into: &mut Vec<(String, String)>) {
    for member in structure.members.iter().filter(|member| member.required) {
        let name = format!("{prefix}{}", member.name);
        put(member, &member.kind, member.rule, &name, into);
    }
}

fn put(member: &Member, kind: &Kind, rule: &Rule, name: &str, into: &mut Vec<(String, String)>) {
    match kind {
        Kind::Structure(inner) => form(inner, &format!("{name}."), into),
        Kind::List(each) => {
            let inner = rule.each.unwrap_or(&Rule::NONE);
            put(member, each, inner, &format!("{name}.member.1"), into);
        }
        Kind::Integer => into.push((name.to_owned(), rule.min.unwrap_or(1).to_string())),
        Kind::Boolean => into.push((name.to_owned(), "true".to_owned())),
        Kind::Timestamp => into.push((name.to_owned(), "2026-01-01T00:00:00Z".to_owned())),
        Kind::Blob => into.push((name.to_owned(), "YQ==".to_owned())),
        Kind::String => into.push((name.to_owned(), text(member.name, rule))),
        Kind::Map(_) => {}
    }
}

fn body(structure: &Structure) -> Value {
    let required = structure.members.iter().filter(|member| member.required);
    let in_body = required.filter(|member| matches!(member.location, Location::Body));
    let members = in_body.map(|member| {
        let value = match member.kind {
            Kind::String => json!(text(member.name, member.rule)),
            Kind::Integer => json!(1),
            Kind::Boolean => json!(true),
            Kind::List(_) => json!([]),
            _ => json!({}),
        };
        (member.name.to_owned(), value)
    });
    Value::Object(members.collect())
}

async fn call(world: &World, credentials: &Credentials, operation: &Operation) -> Answer {
    let service = operation.service.id;
    if service == "eks" {
        let path = operation
            .uri
            .split('/')
            .map(|part| if part.starts_with('{') { "nothing" } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        let method = http::Method::from(operation.method);
        let body = if method == http::Method::POST {
            body(operation.input).to_string()
        } else {
            String::new()
        };
        let headers = world.signed(credentials, service, method.as_str(), &path, &body);
        return world.send(method.as_str(), &path, &headers, &body).await;
    }
    let mut fields = vec![("Action".to_owned(), operation.name.to_owned())];
    form(operation.input, "", &mut fields);
    // What the model does not require, and the operation has no meaning without.
    if operation.name == "ChangePassword" || operation.name.ends_with("LoginProfile") {
        fields.retain(|(name, _)| name != "Password");
        fields.push(("Password".to_owned(), "Some-secret1".to_owned()));
    }
    if operation.name == "GetAccessKeyLastUsed" {
        // Of a key that is not the account's nobody is told.
        fields.retain(|(name, _)| name != "AccessKeyId");
        fields.push(("AccessKeyId".to_owned(), world.root.access_key_id.clone()));
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    world.query(credentials, service, &fields).await
}

fn seen(answer: &Answer, action: &str) -> Seen {
    if answer
        .body
        .contains(&format!("is not authorized to perform: {action} on resource: "))
    {
        return Seen::Denied;
    }
    let code = |code: &str| answer.body.contains(&format!("<Code>{code}</Code>"));
    if code("InvalidClientTokenId") || (code("AccessDenied") && answer.body.contains("Cannot call ")) {
        return Seen::NoSession;
    }
    let malformed = answer.body.contains("validation error detected") || code("MalformedInput");
    if malformed || answer.status == 501 {
        Seen::Undecided
    } else {
        Seen::Allowed
    }
}

async fn done(world: &World, credentials: &Credentials, service: &str, form: &[(&str, &str)]) -> Answer {
    let answer = world.query(credentials, service, form).await;
    assert_eq!(answer.status, 200, "{form:?}: {}", answer.body);
    answer
}

fn credentials(answer: &Answer, of_session: bool) -> Credentials {
    Credentials {
        access_key_id: between(&answer.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&answer.body, "SecretAccessKey").into(),
        session_token: of_session.then(|| between(&answer.body, "SessionToken").into()),
    }
}

async fn user(world: &World, name: &str, policy: Option<&str>) -> Credentials {
    done(
        world,
        &world.root,
        "iam",
        &[("Action", "CreateUser"), ("UserName", name)],
    )
    .await;
    if let Some(policy) = policy {
        allow(world, name, policy).await;
    }
    let key = done(
        world,
        &world.root,
        "iam",
        &[("Action", "CreateAccessKey"), ("UserName", name)],
    )
    .await;
    credentials(&key, false)
}

async fn allow(world: &World, name: &str, policy: &str) {
    let form = [
        ("Action", "PutUserPolicy"),
        ("UserName", name),
        ("PolicyName", "p"),
        ("PolicyDocument", policy),
    ];
    done(world, &world.root, "iam", &form).await;
}

async fn role_session(
    world: &World,
    maker: &Credentials,
    name: &str,
    own: Option<&str>,
    session: Option<&str>,
) -> Credentials {
    let made = [
        ("Action", "CreateRole"),
        ("RoleName", name),
        ("AssumeRolePolicyDocument", TRUST),
    ];
    done(world, &world.root, "iam", &made).await;
    if let Some(policy) = own {
        let put = [
            ("Action", "PutRolePolicy"),
            ("RoleName", name),
            ("PolicyName", "p"),
            ("PolicyDocument", policy),
        ];
        done(world, &world.root, "iam", &put).await;
    }
    let arn = format!("arn:aws:iam::123456789012:role/{name}");
    let mut form = vec![
        ("Action", "AssumeRole"),
        ("RoleArn", arn.as_str()),
        ("RoleSessionName", "session"),
    ];
    form.extend(session.map(|policy| ("Policy", policy)));
    credentials(&done(world, maker, "sts", &form).await, true)
}

/// The resource as a refusal names it.
fn named(answer: &Answer, action: &str) -> String {
    let (_, rest) = answer
        .body
        .split_once(&format!("perform: {action} on resource: "))
        .unwrap();
    let (name, _) = rest.split_once(" because ").unwrap_or((rest, ""));
    name.split(['<', '"']).next().unwrap().to_owned()
}

/// The ARN that a refused call was decided on: the last that the audit log has of the action.
fn resource(world: &World, action: &str) -> String {
    let events = world.log();
    let mut events = events
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let event = events.rfind(|event| event["rolecall"]["action"] == action).unwrap();
    event["rolecall"]["resource"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_operation_refuses_whoever_has_no_policy_that_allows_it() {
    let world = World::new().await;
    let maker = user(&world, "maker", Some(EVERYTHING)).await;
    let nobody = user(&world, "nobody", None).await;
    let somebody = user(&world, "somebody", None).await;
    let role = role_session(&world, &maker, "bare", None, None).await;
    let narrow = role_session(&world, &maker, "narrow", Some(EVERYTHING), Some(LITTLE)).await;
    let federate = [
        ("Action", "GetFederationToken"),
        ("Name", "guest"),
        ("Policy", EVERYTHING),
    ];
    let federated = credentials(&done(&world, &maker, "sts", &federate).await, true);

    let mut matrix = String::from("operation | root | nobody | allowed | role | narrow | federated\n");
    let (mut undecided, mut wrong) = (Vec::new(), Vec::new());
    for operation in answered() {
        let action = operation.to_string();
        let needs_none = NEEDS_NONE.iter().any(|(name, _)| *name == action);
        let refused = call(&world, &nobody, operation).await;
        let by_nobody = seen(&refused, &action);
        let by_somebody = if by_nobody == Seen::Denied {
            let sentence = sentence(&action, &named(&refused, &action));
            if refused.status != 403 || !refused.body.replace("&#39;", "'").contains(&sentence) {
                wrong.push(format!("{action}: not `{sentence}`: {}", refused.body));
            }
            let exactly = json!({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": action, "Resource": resource(&world, &action).replace("user/nobody", "user/somebody"),
            }]});
            allow(&world, "somebody", &exactly.to_string()).await;
            seen(&call(&world, &somebody, operation).await, &action)
        } else {
            seen(&call(&world, &somebody, operation).await, &action)
        };
        let mut row = vec![by_nobody, by_somebody];
        for credentials in [&role, &narrow, &federated] {
            row.push(seen(&call(&world, credentials, operation).await, &action));
        }
        // Last: the root does what it is asked.
        row.insert(0, seen(&call(&world, &world.root, operation).await, &action));
        let cells: Vec<&str> = row.iter().map(|cell| cell.text()).collect();
        let _ = writeln!(matrix, "{action} | {}", cells.join(" | "));
        if needs_none {
            continue;
        }
        if row.contains(&Seen::Undecided) {
            undecided.push(action);
            continue;
        }
        let federated = if operation.service.id == "eks" {
            Seen::Allowed
        } else {
            Seen::NoSession
        };
        let root = if action == "sts:AssumeRole" {
            row[0]
        } else {
            Seen::Allowed
        };
        // Who assumes a role is judged by the role, too: here there is none.
        let allowed = if action == "sts:AssumeRole" {
            Seen::Denied
        } else {
            Seen::Allowed
        };
        let expected = [root, Seen::Denied, allowed, Seen::Denied, Seen::Denied, federated];
        if row != expected {
            wrong.push(format!("{action}: {cells:?}, not {:?}", expected.map(Seen::text)));
        }
    }
    println!("{matrix}");
    assert!(wrong.is_empty(), "{}\n{matrix}", wrong.join("\n"));
    let listed: Vec<&str> = include_str!("../unrefused.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(
        undecided, listed,
        "tests/unrefused.txt lists what no test has seen refused"
    );
}

/// AWS's sentence.
fn sentence(action: &str, resource: &str) -> String {
    let refused = format!(
        "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: {action} on resource: {resource}"
    );
    match action {
        "sts:AssumeRole" => refused,
        _ => format!("{refused} because no identity-based policy allows the {action} action"),
    }
}
