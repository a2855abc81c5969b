//! Principals.

use super::{
    Found, PolicyType,
    checks::*,
    conditions::Parts,
    elements::{Item, Principals, Statement, near, nodes},
};
use crate::{
    json::{Node, Value},
    validate::{is_aws_principal, is_canonical_user},
};

const KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

pub(super) fn read<'a>(node: &'a Node, negated: bool, found: &mut Found) -> Principals<'a> {
    let mut entries = Vec::new();
    match &node.value {
        Value::String(text) if text == "*" => entries.push(("*", Item { at: node.at, text })),
        Value::Object(members) => {
            if members.is_empty() {
                found.add(EMPTY_OBJECT_PRINCIPAL, node.at, "the principal is empty");
            }
            for (key, value) in members {
                if !KINDS.contains(&key.text.as_str()) {
                    let near = near(&key.text, KINDS);
                    found.add(
                        INVALID_PRINCIPAL_KEY,
                        key.at,
                        format!("there is no kind of principal `{}`{near}", key.text),
                    );
                    continue;
                }
                if matches!(&value.value, Value::List(nodes) if nodes.is_empty()) {
                    found.add(
                        EMPTY_ARRAY_PRINCIPAL,
                        value.at,
                        format!("the principal `{}` is empty", key.text),
                    );
                }
                for node in nodes(value) {
                    match &node.value {
                        // An account's id is written as a number at times, and read.
                        Value::String(text) | Value::Number(text) => {
                            entries.push((key.text.as_str(), Item { at: node.at, text }));
                        }
                        _ => found.add(
                            DATA_TYPE_MISMATCH,
                            node.at,
                            "a principal is a string, or a list of strings",
                        ),
                    }
                }
            }
        }
        Value::List(nodes) if nodes.is_empty() => {
            found.add(EMPTY_ARRAY_PRINCIPAL, node.at, "the principal is empty");
        }
        Value::String(text) => {
            found.add(
                INVALID_PRINCIPAL_FORMAT,
                node.at,
                format!("`{text}` stands without its kind, as in `{{\"AWS\": …}}`"),
            );
        }
        _ => found.add(DATA_TYPE_MISMATCH, node.at, "a principal is `\"*\"`, or a JSON object"),
    }
    Principals {
        at: node.at,
        negated,
        entries,
    }
}

pub(super) fn check(statement: &Statement<'_>, kind: PolicyType, found: &mut Found) {
    let Some(principals) = &statement.principals else {
        return;
    };
    if !kind.has_principal() {
        return;
    }
    if principals.negated {
        if kind == PolicyType::Trust {
            let message = "a trust policy names those whom it trusts";
            found.add(ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, principals.at, message);
        }
        if statement.allows() {
            found.add(
                ALLOW_WITH_NOT_PRINCIPAL,
                principals.at,
                "everybody who is not named is allowed",
            );
        }
    }
    for (key, item) in &principals.entries {
        match *key {
            "AWS" => aws(*item, kind, found),
            "Service" if !is_service(item.text) => {
                found.add(
                    INVALID_SERVICE_PRINCIPAL_FORMAT,
                    item.at,
                    format!("`{}` is no service's name", item.text),
                );
            }
            "CanonicalUser" if kind == PolicyType::Trust || !is_canonical_user(item.text) => {
                let message = if kind == PolicyType::Trust {
                    "a trust policy knows accounts by their ids".to_owned()
                } else {
                    format!(
                        "`{}` has not the 64 hexadecimal digits of a canonical user id",
                        item.text
                    )
                };
                found.add(INVALID_PRINCIPAL_FORMAT, item.at, message);
            }
            _ => {}
        }
    }
    let services: Vec<&Item<'_>> = principals
        .entries
        .iter()
        .filter(|(key, _)| *key == "Service")
        .map(|(_, item)| item)
        .collect();
    let (false, true, Some(first)) = (principals.negated, statement.allows(), services.first()) else {
        return;
    };
    let about = |keys: &[&str]| {
        statement.conditions.iter().find(|condition| {
            let key = condition.key.text.to_ascii_lowercase();
            keys.iter()
                .any(|wanted| key == *wanted || (wanted.ends_with('/') && key.starts_with(wanted)))
        })
    };
    let sources = [
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    ];
    if kind == PolicyType::Resource && about(&sources).is_none() {
        let message = format!("`{}` is allowed whoever it acts for", first.text);
        found.add(RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, first.at, message);
    }
    let callers = [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principaltag/",
    ];
    if services.len() == principals.entries.len()
        && let Some(condition) = about(&callers)
    {
        let parts = Parts::of(condition.operator.text);
        if !parts.if_exists && !parts.negated() && parts.base != "null" && parts.qualifier != Some("ForAllValues") {
            let message = format!("a service's request has no `{}`", condition.key.text);
            found.add(
                UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL,
                condition.key.at,
                message,
            );
        }
    }
}

fn aws(item: Item<'_>, kind: PolicyType, found: &mut Found) {
    let (text, at) = (item.text, item.at);
    let id =
        |prefix: &str| text.starts_with(prefix) && text.len() >= 16 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if text == "*" {
    } else if text.contains(['*', '?']) {
        let check = if kind == PolicyType::Trust {
            ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL
        } else {
            UNSUPPORTED_WILDCARD_IN_PRINCIPAL
        };
        found.add(check, at, format!("`{text}` has a wildcard, which is taken literally"));
    } else if id("AROA") {
        found.add(INVALID_ROLE_REFERENCE, at, format!("`{text}` is the id of a role"));
    } else if id("AIDA") {
        found.add(INVALID_USER_REFERENCE, at, format!("`{text}` is the id of a user"));
    } else if !is_aws_principal(text) {
        found.add(INVALID_PRINCIPAL_FORMAT, at, format!("`{text}` can be nobody"));
    }
}

fn is_service(text: &str) -> bool {
    let in_form = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-' || b == b'_';
    let name = text
        .strip_suffix(".amazonaws.com")
        .or_else(|| text.strip_suffix(".amazonaws.com.cn"));
    let name = name
        .or_else(|| text.strip_suffix(".amazon.com"))
        .or_else(|| text.strip_suffix(".aws.internal"));
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(in_form))
}
