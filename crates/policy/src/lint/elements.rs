//! Actions, resources and principals: whether there is such a thing.

use super::{Category, Findings, Services, split_action};
use crate::{
    catalogue::is_in_arns,
    document::{Element, Policy, PrincipalType, Statement, Version},
    validate::Kind,
};

/// AWS's partitions.
const PARTITIONS: [&str; 9] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
    "*",
];
/// Services whose ARNs name no region.
const WITHOUT_REGION: [&str; 4] = ["iam", "s3", "cloudfront", "route53"];

pub(super) fn check(
    policy: &Policy,
    statement: &Statement,
    kind: Kind,
    services: &mut Services,
    findings: &mut Findings,
) {
    if statement.sid.as_deref() == Some("") {
        findings.add(
            Category::Suggestion,
            "EMPTY_SID_VALUE",
            statement.at,
            "the Sid is empty: give it a text, or leave it out",
        );
    }
    if let Some(element) = &statement.action {
        actions(element, services, findings);
    }
    if let Some(element) = &statement.resource {
        resources(policy, element, findings);
    }
    if let Some(principals) = &statement.principal {
        if principals.entries.is_empty() {
            findings.add(
                Category::Suggestion,
                "EMPTY_OBJECT_PRINCIPAL",
                principals.at,
                "nobody is named: the statement applies to nobody",
            );
        }
        for (of, text) in &principals.entries {
            if *of == PrincipalType::Service
                && !text.text.ends_with(".amazonaws.com")
                && !text.text.ends_with(".amazonaws.com.cn")
            {
                findings.add(
                    Category::Error,
                    "INVALID_SERVICE_PRINCIPAL_FORMAT",
                    text.at,
                    format!("`{}` is no service: it would be SERVICE.amazonaws.com", text.text),
                );
            }
            let whole = text.text == "*";
            if *of == PrincipalType::Aws && !whole && text.text.contains(['*', '?']) {
                findings.add(
                    Category::Error,
                    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                    text.at,
                    format!(
                        "`{}`: a wildcard stands for everybody or not at all; use a condition on aws:PrincipalArn",
                        text.text
                    ),
                );
            }
            if kind == Kind::Trust && whole && *of == PrincipalType::Federated {
                findings.add(
                    Category::Error,
                    "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
                    text.at,
                    "a role cannot trust every identity provider: name one",
                );
            }
        }
    }
}

fn actions(element: &Element, services: &mut Services, findings: &mut Findings) {
    if element.values.is_empty() {
        findings.add(
            Category::Suggestion,
            "EMPTY_ARRAY_ACTION",
            element.at,
            "no action is listed: the statement has no effect",
        );
    }
    for action in &element.values {
        if action.text == "*" {
            continue;
        }
        let Some((prefix, name)) = split_action(&action.text) else {
            continue;
        };
        if prefix.contains(['*', '?']) {
            findings.add(
                Category::Suggestion,
                "WILDCARD_IN_SERVICE_NAME",
                action.at,
                format!("`{prefix}` stands for several services: name each"),
            );
            continue;
        }
        let Some(service) = services.get(prefix) else {
            findings.add(
                Category::Error,
                "INVALID_SERVICE_IN_ACTION",
                action.at,
                format!(
                    "there is no service `{prefix}`{}",
                    near(prefix, crate::catalogue::prefixes())
                ),
            );
            continue;
        };
        if service.matching(name).next().is_none() {
            let names = service.actions.iter().map(|action| action.name);
            findings.add(
                Category::Error,
                "INVALID_ACTION",
                action.at,
                format!("{} has no action `{name}`{}", service.name, near(name, names)),
            );
        }
    }
}

fn resources(policy: &Policy, element: &Element, findings: &mut Findings) {
    if element.values.is_empty() {
        findings.add(
            Category::Suggestion,
            "EMPTY_ARRAY_RESOURCE",
            element.at,
            "no resource is listed: the statement has no effect",
        );
    }
    for resource in &element.values {
        variables(policy, &resource.text, resource.at, findings);
        if resource.text == "*" || resource.text.starts_with("${") {
            continue;
        }
        let parts: Vec<&str> = resource.text.splitn(6, ':').collect();
        let [arn, partition, service, region, account, rest] = parts.as_slice() else {
            // `arn:aws:s3*` and the like match something; what has no part of an ARN does not.
            if !resource.text.contains('*') {
                findings.add(
                    Category::Error,
                    "MISSING_ARN_FIELD",
                    resource.at,
                    format!("`{}` is no ARN: it has six parts divided by colons", resource.text),
                );
            }
            continue;
        };
        let mut wrong = |check, message: String| findings.add(Category::Error, check, resource.at, message);
        if *arn != "arn" && *arn != "*" {
            wrong(
                "INVALID_ARN_PREFIX",
                format!("`{}` does not begin with arn:", resource.text),
            );
        }
        if !PARTITIONS.contains(partition) && !partition.contains(['*', '?', '$']) {
            wrong("INVALID_PARTITION", format!("there is no partition `{partition}`"));
        }
        if service.chars().any(|letter| letter.is_ascii_uppercase()) {
            wrong(
                "INVALID_ARN_SERVICE_CASE",
                format!(
                    "the service of an ARN is written small: `{}`",
                    service.to_ascii_lowercase()
                ),
            );
        }
        if WITHOUT_REGION.contains(service) && !region.is_empty() && *region != "*" && !region.contains("${") {
            // Access points and the like of S3 have one.
            let regional = *service == "s3" && rest.contains(['/', ':']) && !account.is_empty();
            if !regional {
                wrong(
                    "ARN_REGION_NOT_ALLOWED",
                    format!("ARNs of {service} name no region: leave `{region}` out"),
                );
            }
        }
        if *service == "s3" && !account.is_empty() && region.is_empty() && *account != "*" {
            wrong(
                "ARN_ACCOUNT_NOT_ALLOWED",
                format!("a bucket's ARN names no account: leave `{account}` out"),
            );
        }
        let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        if !account.is_empty() && !digits && *account != "aws" && !account.contains(['*', '?', '$']) {
            wrong(
                "INVALID_ARN_ACCOUNT",
                format!("`{account}` is no account: it has 12 digits"),
            );
        }
        if !service.contains(['*', '?', '$']) && !service.is_empty() && !is_in_arns(service) {
            wrong("INVALID_SERVICE", format!("no ARN has the service `{service}`"));
        }
    }
}

/// Variables that are not what their author will have meant.
pub(super) fn variables(policy: &Policy, text: &str, at: usize, findings: &mut Findings) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let Some((inside, next)) = after.split_once('}') else {
            findings.add(
                Category::Error,
                "MISSING_BRACE_IN_VARIABLE",
                at,
                format!("the variable in `{text}` has no closing brace"),
            );
            return;
        };
        let key = inside.split(',').next().unwrap_or_default();
        if inside.trim().is_empty() {
            findings.add(
                Category::Error,
                "EMPTY_VARIABLE",
                at,
                format!("the variable in `{text}` is empty"),
            );
        } else if key.trim_end() != key.trim() || key.trim().contains(' ') {
            findings.add(
                Category::Error,
                "UNSUPPORTED_SPACE_IN_VARIABLE",
                at,
                format!("the variable `{inside}` has a space in its name"),
            );
        } else if policy.version == Version::V2008 {
            findings.add(
                Category::Error,
                "VARIABLE_UNSUPPORTED_IN_VERSION",
                at,
                format!("`${{{inside}}}` is plain text in a policy of 2008-10-17: set \"Version\": \"2012-10-17\""),
            );
        }
        rest = next;
    }
}

/// The nearest of some names, for who mistyped one.
fn near<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> String {
    let wanted = text.to_ascii_lowercase();
    let nearest = names
        .map(|name| (distance(&wanted, &name.to_ascii_lowercase()), name))
        .min();
    match nearest {
        Some((distance, name)) if distance <= 2 && distance < wanted.len() / 2 => format!("; `{name}` is meant?"),
        _ => String::new(),
    }
}

/// How many letters have to be changed, added or taken away.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, left) in one.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(index + 1);
        for (at, right) in other.iter().enumerate() {
            let (diagonal, above) = (row.get(at).copied().unwrap_or(0), row.get(at + 1).copied().unwrap_or(0));
            let before = next.last().copied().unwrap_or(0);
            let change = diagonal + usize::from(left != *right);
            next.push(change.min(above + 1).min(before + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
