//! The elements of a document and of its statements: which there are, of which JSON type, and how they go together.

use std::collections::HashMap;

use super::{Found, Options, PolicyType, actions, checks::*, conditions, principals, resources, trust, values};
use crate::{
    Effect,
    json::{Node, Value},
};

/// A text and where it starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Item<'a> {
    pub(super) at: usize,
    pub(super) text: &'a str,
}

/// `Action` or `Resource`, or its opposite.
#[derive(Debug, Default)]
pub(super) struct Listed<'a> {
    pub(super) negated: bool,
    pub(super) items: Vec<Item<'a>>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Default)]
pub(super) struct Principals<'a> {
    pub(super) at: usize,
    pub(super) negated: bool,
    pub(super) entries: Vec<(&'a str, Item<'a>)>,
}

/// An operator with a key and its values.
#[derive(Debug)]
pub(super) struct Condition<'a> {
    pub(super) operator: Item<'a>,
    pub(super) key: Item<'a>,
    pub(super) values: Vec<&'a Node>,
}

/// What could be read of a statement.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    pub(super) at: usize,
    pub(super) effect: Option<Effect>,
    pub(super) principals: Option<Principals<'a>>,
    pub(super) actions: Option<Listed<'a>>,
    pub(super) resources: Option<Listed<'a>>,
    pub(super) conditions: Vec<Condition<'a>>,
}

impl Statement<'_> {
    pub(super) fn allows(&self) -> bool {
        self.effect == Some(Effect::Allow)
    }
}

fn member<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Object(members) => members.iter().find(|(key, _)| key.text == name).map(|(_, node)| node),
        _ => None,
    }
}

/// One thing, or a list of things.
pub(super) fn nodes(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(nodes) => nodes,
        _ => std::slice::from_ref(node),
    }
}

/// What a policy is for, by its form: who has a principal and speaks of STS alone is a trust policy, with a principal it
/// is a resource's, else an identity's.
pub(super) fn guess(root: &Node) -> PolicyType {
    let Some(statements) = member(root, "Statement").map(nodes) else {
        return PolicyType::Identity;
    };
    let has = |statement: &Node, name: &str| member(statement, name).is_some();
    if !statements
        .iter()
        .any(|statement| has(statement, "Principal") || has(statement, "NotPrincipal"))
    {
        return PolicyType::Identity;
    }
    let mut actions = statements
        .iter()
        .flat_map(|statement| [member(statement, "Action"), member(statement, "NotAction")])
        .flatten()
        .flat_map(nodes);
    let sts = |node: &Node| matches!(&node.value, Value::String(text) if text.to_ascii_lowercase().starts_with("sts:"));
    if actions.all(sts) {
        PolicyType::Trust
    } else {
        PolicyType::Resource
    }
}

pub(super) fn check(root: &Node, text: &str, kind: PolicyType, options: &Options, found: &mut Found) {
    let Value::Object(members) = &root.value else {
        found.add(DATA_TYPE_MISMATCH, root.at, "a policy is a JSON object");
        return;
    };
    size(text, kind, found);
    let mut modern = false;
    let mut version = false;
    let mut listed: Option<&[Node]> = None;
    for (key, node) in members {
        match (key.text.as_str(), &node.value) {
            ("Version", Value::String(text)) => {
                version = true;
                modern = text == "2012-10-17";
                if !modern && text != "2008-10-17" {
                    found.add(
                        INVALID_VERSION,
                        node.at,
                        format!("`{text}` is no version of the policy language"),
                    );
                }
            }
            ("Id", Value::String(_)) => {}
            ("Version", _) => {
                version = true;
                found.add(DATA_TYPE_MISMATCH, node.at, "`Version` is a string");
            }
            ("Id", _) => found.add(DATA_TYPE_MISMATCH, node.at, "`Id` is a string"),
            ("Statement", Value::Object(_) | Value::List(_)) => listed = Some(nodes(node)),
            ("Statement", _) => {
                listed = Some(&[]);
                found.add(
                    DATA_TYPE_MISMATCH,
                    node.at,
                    "`Statement` is an object, or a list of objects",
                );
            }
            (other, _) => {
                let message = near(other, ["Version", "Id", "Statement"]);
                found.add(
                    INVALID_POLICY_ELEMENT,
                    key.at,
                    format!("a policy has no element `{other}`{message}"),
                );
            }
        }
    }
    if !version {
        found.add(
            MISSING_VERSION,
            root.at,
            "the policy has no `Version`, so it is of 2008-10-17",
        );
    }
    let Some(listed) = listed else {
        found.add(MISSING_STATEMENT, root.at, "the policy has no `Statement`");
        return;
    };
    if listed.is_empty() {
        found.add(MISSING_STATEMENT, root.at, "the policy has no statement");
    }
    sids(listed, kind, found);
    let statements: Vec<Statement<'_>> = listed.iter().filter_map(|node| statement(node, kind, found)).collect();
    for statement in &statements {
        values::variables(statement, modern, found);
        actions::check(statement, kind, found);
        resources::check(statement, kind, found);
        principals::check(statement, kind, found);
        conditions::check(statement, found);
        if kind == PolicyType::Trust {
            trust::check(statement, options, found);
        }
    }
    actions::redundant(&statements, found);
}

fn size(text: &str, kind: PolicyType, found: &mut Found) {
    let size = text.chars().filter(|c| !c.is_whitespace()).count();
    let (check, most) = match kind {
        PolicyType::Identity | PolicyType::Boundary => (POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, 6144),
        PolicyType::Resource => (POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, 20_480),
        PolicyType::Trust => (POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA, 2048),
        PolicyType::Scp => (POLICY_SIZE_EXCEEDS_SCP_QUOTA, 5120),
        PolicyType::Rcp | PolicyType::Session => return,
    };
    if size > most {
        found.add(
            check,
            0,
            format!("the policy has {size} characters besides white space, {most} may be"),
        );
    }
}

fn sids(statements: &[Node], kind: PolicyType, found: &mut Found) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, node) in statements.iter().enumerate() {
        let Some(Node {
            at,
            value: Value::String(sid),
            ..
        }) = member(node, "Sid")
        else {
            continue;
        };
        if sid.is_empty() {
            found.add(EMPTY_SID_VALUE, *at, "the `Sid` is empty");
            continue;
        }
        let strict = !matches!(kind, PolicyType::Resource | PolicyType::Rcp);
        if strict && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            found.add(
                UNSUPPORTED_SID,
                *at,
                format!("the `Sid` `{sid}` has other characters than letters and digits"),
            );
        }
        if let Some(first) = seen.insert(sid, index) {
            let check = if strict {
                UNIQUE_SIDS_REQUIRED
            } else {
                UNIQUE_SIDS_RECOMMENDED
            };
            found.add(check, *at, format!("statement {first} has the `Sid` `{sid}` too"));
        }
    }
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

fn statement<'a>(node: &'a Node, kind: PolicyType, found: &mut Found) -> Option<Statement<'a>> {
    let Value::Object(members) = &node.value else {
        found.add(DATA_TYPE_MISMATCH, node.at, "a statement is a JSON object");
        return None;
    };
    let mut read = Statement {
        at: node.at,
        effect: None,
        principals: None,
        actions: None,
        resources: None,
        conditions: Vec::new(),
    };
    let mut has_effect = false;
    for (key, value) in members {
        let name = key.text.as_str();
        let negated = name.starts_with("Not");
        let mut twice = |there: bool| {
            if there {
                found.add(
                    UNSUPPORTED_ELEMENT_COMBINATION,
                    key.at,
                    format!("`{name}` stands beside its opposite"),
                );
            }
        };
        match name {
            "Sid" => {
                if !matches!(value.value, Value::String(_)) {
                    found.add(DATA_TYPE_MISMATCH, value.at, "`Sid` is a string");
                }
            }
            "Effect" => {
                has_effect = true;
                match &value.value {
                    Value::String(text) if text == "Allow" => read.effect = Some(Effect::Allow),
                    Value::String(text) if text == "Deny" => read.effect = Some(Effect::Deny),
                    Value::String(text) => {
                        found.add(INVALID_EFFECT, value.at, format!("`{text}` is no effect"));
                    }
                    _ => found.add(DATA_TYPE_MISMATCH, value.at, "`Effect` is a string"),
                }
            }
            "Principal" | "NotPrincipal" => {
                twice(read.principals.is_some());
                read.principals = Some(principals::read(value, negated, found));
            }
            "Action" | "NotAction" => {
                twice(read.actions.is_some());
                read.actions = Some(texts(value, negated, (name, EMPTY_ARRAY_ACTION), found));
            }
            "Resource" | "NotResource" => {
                twice(read.resources.is_some());
                read.resources = Some(texts(value, negated, (name, EMPTY_ARRAY_RESOURCE), found));
            }
            "Condition" => read.conditions = conditions::read(value, found),
            other => {
                let near = near(other, ELEMENTS);
                found.add(
                    INVALID_POLICY_ELEMENT,
                    key.at,
                    format!("a statement has no element `{other}`{near}"),
                );
            }
        }
    }
    if !has_effect {
        found.add(MISSING_EFFECT, node.at, "the statement has no `Effect`");
    }
    if read.actions.is_none() {
        found.add(MISSING_ACTION, node.at, "the statement has no `Action`");
    }
    if read.resources.is_none() && kind != PolicyType::Trust {
        found.add(MISSING_RESOURCE, node.at, "the statement has no `Resource`");
    }
    match &read.principals {
        None if kind.has_principal() => found.add(MISSING_PRINCIPAL, node.at, "the statement has no `Principal`"),
        Some(principals) if kind == PolicyType::Scp => {
            found.add(
                SCP_SYNTAX_ERROR_PRINCIPAL,
                principals.at,
                "a service control policy has no principal",
            );
        }
        Some(principals) if !kind.has_principal() => {
            found.add(
                UNSUPPORTED_PRINCIPAL,
                principals.at,
                "the principal is whoever the policy is attached to",
            );
        }
        _ => {}
    }
    Some(read)
}

fn texts<'a>(
    node: &'a Node,
    negated: bool,
    (name, empty): (&str, &'static super::Check),
    found: &mut Found,
) -> Listed<'a> {
    let mut items = Vec::new();
    for node in nodes(node) {
        match &node.value {
            Value::String(text) => items.push(Item { at: node.at, text }),
            _ => found.add(
                DATA_TYPE_MISMATCH,
                node.at,
                format!("`{name}` is a string, or a list of strings"),
            ),
        }
    }
    if matches!(&node.value, Value::List(nodes) if nodes.is_empty()) {
        found.add(empty, node.at, format!("`{name}` is empty"));
    }
    Listed { negated, items }
}

/// ` (did you mean …?)`, where one of the names is near.
pub(super) fn near<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let wrong = wrong.to_lowercase();
    let most = if wrong.chars().count() < 6 { 1 } else { 2 };
    let near = |name: &&str| name.len().abs_diff(wrong.len()) <= most;
    let distances = names
        .into_iter()
        .filter(near)
        .map(|name| (distance(&wrong, &name.to_lowercase()), name));
    match distances.min().filter(|(distance, _)| *distance <= most) {
        Some((_, name)) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

/// How many characters must change for one text to be the other (Levenshtein).
pub(super) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, c) in one.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (d, above) in other.iter().zip(row.iter().skip(1)) {
            let cost = diagonal + usize::from(c != *d);
            left = cost.min(left + 1).min(above + 1);
            next.push(left);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
