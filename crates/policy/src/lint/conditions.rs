//! Conditions: operators, keys, and the types of values.

use std::net::IpAddr;

use super::{
    Found,
    checks::*,
    elements::{Condition, Item, Statement, near, nodes},
    resources::is_region,
};
use crate::{
    catalogue::{self, ConditionKey, KeyType, Service},
    condition::{Operator, boolean, split_arn},
    json::{Node, Value},
    values::{self, Network, Number},
};

/// An operator without its affixes, and which it has.
pub(super) struct Parts {
    pub(super) base: String,
    pub(super) qualifier: Option<&'static str>,
    pub(super) if_exists: bool,
}

impl Parts {
    pub(super) fn of(operator: &str) -> Self {
        let lower = operator.to_ascii_lowercase();
        let (qualifier, rest) = if let Some(rest) = lower.strip_prefix("forallvalues:") {
            (Some("ForAllValues"), rest)
        } else if let Some(rest) = lower.strip_prefix("foranyvalue:") {
            (Some("ForAnyValue"), rest)
        } else {
            (None, lower.as_str())
        };
        let (base, if_exists) = rest.strip_suffix("ifexists").map_or((rest, false), |base| (base, true));
        Self {
            base: base.to_owned(),
            qualifier,
            if_exists,
        }
    }

    pub(super) fn negated(&self) -> bool {
        self.base.contains("not")
    }

    /// The types of keys that it compares, the first being its own; `None` where any.
    fn types(&self) -> Option<&'static [KeyType]> {
        let base = self.base.as_str();
        Some(match base {
            // Every ARN is a string.
            _ if base.starts_with("string") => &[KeyType::String, KeyType::Arn],
            _ if base.starts_with("numeric") => &[KeyType::Numeric, KeyType::Date],
            _ if base.starts_with("date") => &[KeyType::Date, KeyType::Numeric],
            _ if base.starts_with("arn") => &[KeyType::Arn],
            "bool" => &[KeyType::Bool],
            "binaryequals" => &[KeyType::Binary],
            "ipaddress" | "notipaddress" => &[KeyType::IpAddress],
            _ => return None,
        })
    }
}

pub(super) fn read<'a>(node: &'a Node, found: &mut Found) -> Vec<Condition<'a>> {
    let mut read = Vec::new();
    let Value::Object(operators) = &node.value else {
        found.add(DATA_TYPE_MISMATCH, node.at, "`Condition` is a JSON object");
        return read;
    };
    if operators.is_empty() {
        found.add(EMPTY_OBJECT_CONDITION, node.at, "the condition is empty");
    }
    for (operator, node) in operators {
        let Value::Object(keys) = &node.value else {
            found.add(
                DATA_TYPE_MISMATCH,
                node.at,
                "an operator has a JSON object of keys and values",
            );
            continue;
        };
        if keys.is_empty() {
            found.add(
                EMPTY_OBJECT_CONDITION,
                node.at,
                format!("the condition `{}` is empty", operator.text),
            );
        }
        let mut names: Vec<(String, usize)> = keys.iter().map(|(key, _)| (key.text.to_lowercase(), key.at)).collect();
        names.sort_unstable();
        for (one, other) in names.iter().zip(names.iter().skip(1)) {
            if one.0 == other.0 {
                found.add(
                    DUPLICATE_KEYS_WITH_DIFFERENT_CASE,
                    other.1,
                    format!("the key `{}` stands twice", one.0),
                );
            }
        }
        for (key, value) in keys {
            read.push(Condition {
                operator: Item {
                    at: operator.at,
                    text: &operator.text,
                },
                key: Item {
                    at: key.at,
                    text: &key.text,
                },
                values: nodes(value).iter().collect(),
            });
        }
    }
    read
}

pub(super) fn check(statement: &Statement<'_>, found: &mut Found) {
    let services: Vec<&'static Service> = statement
        .actions
        .iter()
        .flat_map(|actions| &actions.items)
        .filter_map(|item| catalogue::service(item.text.split_once(':')?.0))
        .collect();
    for condition in &statement.conditions {
        let parts = Parts::of(condition.operator.text);
        operator(condition, &parts, found);
        let key = key(condition.key, &services, found);
        if let Some(key) = key {
            types(statement, condition, &parts, key, found);
        }
        values(condition, &parts, found);
        of_action(statement, condition, key, found);
        special(statement, condition, &parts, found);
    }
}

fn operator(condition: &Condition<'_>, parts: &Parts, found: &mut Found) {
    let (at, name) = (condition.operator.at, condition.operator.text);
    if parts.base == "null" {
        if parts.if_exists {
            found.add(NULL_WITH_IF_EXISTS, at, "`Null` asks for existence itself");
        }
        if parts.qualifier.is_some() {
            found.add(NULL_WITH_QUALIFIER, at, "`Null` needs no qualifier");
        }
    } else if Operator::parse(name).is_none() {
        let near = near(name, OPERATORS);
        found.add(
            INVALID_CONDITION_OPERATOR,
            at,
            format!("there is no operator `{name}`{near}"),
        );
    }
}

const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// The key in the catalogue, or what is wrong with it.
fn key(item: Item<'_>, services: &[&'static Service], found: &mut Found) -> Option<&'static ConditionKey> {
    let name = item.text;
    let Some((prefix, _)) = name.split_once(':') else {
        found.add(
            INVALID_CONDITION_KEY_FORMAT,
            item.at,
            format!("`{name}` names no service"),
        );
        return None;
    };
    // What the services of the actions say is more exact than what is said of all.
    let known = || {
        services
            .iter()
            .find_map(|service| service.key(name))
            .filter(|key| key.kind.is_some())
    };
    if let Some(key) = catalogue::global_key(name).or_else(known) {
        return Some(key);
    }
    if prefix.eq_ignore_ascii_case("aws") {
        let lower = name.to_ascii_lowercase();
        if ["aws:requesttag", "aws:resourcetag", "aws:principaltag"].contains(&lower.trim_end_matches('/')) {
            found.add(MISSING_TAG_KEY_IN_CONDITION, item.at, format!("`{name}` names no tag"));
        } else if lower == "aws:arn" {
            found.add(
                DEPRECATED_GLOBAL_CONDITION_KEY,
                item.at,
                "`aws:PrincipalArn` replaced `aws:ARN`",
            );
        } else if !services.iter().any(|service| service.key(name).is_some()) {
            let near = near(name, catalogue::global_keys().iter().map(|key| key.name));
            found.add(
                INVALID_GLOBAL_CONDITION_KEY,
                item.at,
                format!("there is no global key `{name}`{near}"),
            );
        }
        return None;
    }
    // The claims of an issuer, and those of SAML, are not a service's.
    if prefix.contains(['.', '/']) || FEDERATION.contains(&prefix.to_ascii_lowercase().as_str()) {
        return None;
    }
    let service = catalogue::service(prefix);
    if let Some(key) = service.and_then(|service| service.key(name)) {
        return Some(key);
    }
    if !services.iter().any(|service| service.key(name).is_some()) {
        let message = service.map_or_else(
            || format!("there is no service `{prefix}` with condition keys"),
            |service| {
                let near = near(name, service.keys().iter().map(|key| key.name));
                format!("{} has no key `{name}`{near}", service.name)
            },
        );
        found.add(INVALID_SERVICE_CONDITION_KEY, item.at, message);
    }
    None
}

const FEDERATION: [&str; 5] = [
    "saml",
    "cognito-identity-auth",
    "cognito-identity-unauth",
    "identitycenter",
    "catalog",
];

fn types(statement: &Statement<'_>, condition: &Condition<'_>, parts: &Parts, key: &ConditionKey, found: &mut Found) {
    let (at, name) = (condition.operator.at, condition.key.text);
    if let (Some(accepted), Some(kind)) = (parts.types(), key.kind)
        && !accepted.contains(&kind)
        // The catalogue takes this one for a string; it holds an ARN.
        && !name.eq_ignore_ascii_case("aws:SourceVpcArn")
    {
        let message = format!(
            "the values of `{name}` are of the type {}, `{}` compares another",
            kind.name(),
            condition.operator.text
        );
        found.add(TYPE_MISMATCH, at, message);
    }
    if parts.base == "null" || key.kind.is_none() {
        return;
    }
    match parts.qualifier {
        None if key.several => {
            found.add(
                MISSING_QUALIFIER,
                at,
                format!("a request has several values of `{name}`"),
            );
        }
        Some("ForAllValues") if !key.several && statement.allows() && !parts.if_exists => {
            found.add(
                FORALLVALUES_WITH_SINGLE_VALUED_KEY,
                at,
                format!("a request has one value of `{name}`, or none"),
            );
        }
        _ => {}
    }
}

fn values(condition: &Condition<'_>, parts: &Parts, found: &mut Found) {
    let at = condition.key.at;
    if condition.values.is_empty() {
        let check = match parts.qualifier {
            Some("ForAllValues") => EMPTY_ARRAY_CONDITION_FORALLVALUES,
            Some(_) => EMPTY_ARRAY_CONDITION_FORANYVALUE,
            None if parts.if_exists => EMPTY_ARRAY_CONDITION_IFEXISTS,
            None => EMPTY_ARRAY_CONDITION,
        };
        found.add(check, at, format!("`{}` has no value", condition.key.text));
    }
    if parts.base == "bool" && condition.values.len() > 1 {
        found.add(
            INVALID_CONDITION_MULTIPLE_BOOLEAN,
            at,
            "a truth value is compared with several",
        );
    }
    for node in &condition.values {
        match &node.value {
            Value::Number(text) if parts.base.starts_with("string") => {
                found.add(TYPE_MISMATCH_STRING, node.at, format!("`{text}` is a number"));
            }
            Value::Bool(truth) if parts.base.starts_with("string") => {
                found.add(TYPE_MISMATCH_STRING, node.at, format!("`{truth}` is a truth value"));
            }
            Value::String(text) | Value::Number(text) => value(Item { at: node.at, text }, parts, found),
            Value::Bool(truth) => value(
                Item {
                    at: node.at,
                    text: if *truth { "true" } else { "false" },
                },
                parts,
                found,
            ),
            _ => found.add(
                INVALID_CONDITION_DATA_TYPE,
                node.at,
                "a condition value is a string, a number or a truth value",
            ),
        }
    }
    if parts.base.starts_with("numeric") {
        numbers(condition, parts, found);
    }
}

fn value(item: Item<'_>, parts: &Parts, found: &mut Found) {
    let (base, text, at) = (parts.base.as_str(), item.text, item.at);
    let strings = base.starts_with("string") || base.starts_with("arn");
    if text.contains("${") && !strings {
        found.add(
            INVALID_VARIABLE_FOR_OPERATOR,
            at,
            format!("`{text}` has a policy variable"),
        );
        return;
    }
    match base {
        _ if base.starts_with("numeric") && Number::parse(text).is_none() => {
            found.add(TYPE_MISMATCH_NUMBER, at, format!("`{text}` is no number"));
        }
        "bool" | "null" if boolean(text).is_none() => {
            found.add(
                TYPE_MISMATCH_BOOLEAN,
                at,
                format!("`{text}` is neither `true` nor `false`"),
            );
        }
        _ if base.starts_with("date") && values::date(text).is_none() => {
            let like = text.len() >= 8 && text.bytes().all(|b| b.is_ascii_digit() || b"-:.TZ+".contains(&b));
            let check = if like { INVALID_DATE_VALUE } else { TYPE_MISMATCH_DATE };
            found.add(check, at, format!("`{text}` is no time"));
        }
        "ipaddress" | "notipaddress" => match Network::parse(text) {
            None => found.add(
                TYPE_MISMATCH_IP_RANGE,
                at,
                format!("`{text}` is no address and no range"),
            ),
            Some(network) if host_bits(text, network) => {
                found.add(IMPROVE_IP_RANGE, at, format!("`{text}` has bits beyond its prefix"));
            }
            Some(_) => {}
        },
        "stringequals" | "stringnotequals" | "stringequalsignorecase" | "stringnotequalsignorecase" => {
            let plain = text.replace("${*}", "").replace("${?}", "");
            if plain.contains('*') {
                found.add(
                    WILDCARD_WITHOUT_LIKE_OPERATOR,
                    at,
                    format!("`{text}` is compared letter by letter"),
                );
            }
        }
        _ if base.starts_with("arn") => {
            let parts = split_arn(text, true);
            let may_be = text == "*"
                || text.starts_with("${")
                || (parts.len() == 6
                    && parts
                        .first()
                        .is_some_and(|first| *first == "arn" || first.contains('*')));
            if !may_be {
                found.add(
                    TYPE_MISMATCH_ARN,
                    at,
                    format!("`{text}` has not the six parts of an ARN"),
                );
            }
        }
        _ => {}
    }
}

fn host_bits(text: &str, network: Network) -> bool {
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    match (address.parse(), network) {
        (Ok(IpAddr::V4(written)), Network::V4 { address, .. }) => u32::from(written) != address,
        (Ok(IpAddr::V6(written)), Network::V6 { address, .. }) => u128::from(written) != address,
        _ => false,
    }
}

/// Of several bounds only the widest counts.
fn numbers(condition: &Condition<'_>, parts: &Parts, found: &mut Found) {
    if !parts.base.contains("than") || condition.values.len() < 2 {
        return;
    }
    let texts: Vec<(usize, &str)> = condition
        .values
        .iter()
        .filter_map(|node| match &node.value {
            Value::String(text) | Value::Number(text) => Some((node.at, text.as_str())),
            _ => None,
        })
        .collect();
    let numbers: Vec<(usize, Number<'_>)> = texts
        .iter()
        .filter_map(|(at, text)| Some((*at, Number::parse(text)?)))
        .collect();
    let sorted = |one: &&(usize, Number<'_>), other: &&(usize, Number<'_>)| one.1.compare(&other.1);
    let widest = if parts.base.contains("less") {
        numbers.iter().max_by(sorted)
    } else {
        numbers.iter().min_by(sorted)
    };
    for (at, _) in numbers
        .iter()
        .filter(|(at, _)| widest.is_some_and(|(widest, _)| widest != at))
    {
        found.add(
            REDUNDANT_CONDITION_VALUE_NUM,
            *at,
            "another number of the list includes this one",
        );
    }
}

/// A service's key beside actions none of which has it.
fn of_action(statement: &Statement<'_>, condition: &Condition<'_>, key: Option<&ConditionKey>, found: &mut Found) {
    let Some(actions) = statement.actions.as_ref().filter(|actions| !actions.negated) else {
        return;
    };
    let name = condition.key.text;
    if key.is_none() || catalogue::global_key(name).is_some() || actions.items.is_empty() {
        return;
    }
    for item in &actions.items {
        let Some((prefix, action)) = item.text.split_once(':') else {
            return;
        };
        let Some(service) = catalogue::service(prefix) else {
            return;
        };
        let mut matching = service.actions_matching(action).peekable();
        let unknown = matching.peek().is_none();
        if unknown || matching.any(|action| service.keys_of(action).iter().any(|key| key.is_named(name))) {
            return;
        }
    }
    found.add(
        CONDITION_KEY_WITHOUT_ACTION,
        condition.key.at,
        format!("no action of the statement has the key `{name}`"),
    );
}

/// What is particular to single keys.
fn special(statement: &Statement<'_>, condition: &Condition<'_>, parts: &Parts, found: &mut Found) {
    let lower = condition.key.text.to_ascii_lowercase();
    let texts = || {
        condition.values.iter().filter_map(|node| match &node.value {
            Value::String(text) => Some(Item { at: node.at, text }),
            _ => None,
        })
    };
    let strings = parts.base.starts_with("string");
    let fixed = |item: &Item<'_>| !item.text.contains(['*', '?', '$']);
    match lower.as_str() {
        "aws:requestedregion" if strings => {
            for item in texts()
                .filter(fixed)
                .filter(|item| !is_region(item.text) && item.text != "aws-global")
            {
                found.add(INVALID_REGION, item.at, format!("`{}` is no region", item.text));
            }
        }
        "aws:sourcevpc" | "aws:sourcevpce" if strings => {
            let (prefix, check) = if lower.ends_with('e') {
                ("vpce-", INVALID_VPCE_FORMAT)
            } else {
                ("vpc-", INVALID_VPC_FORMAT)
            };
            let id = |text: &str| {
                text.strip_prefix(prefix)
                    .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()))
            };
            for item in texts().filter(fixed).filter(|item| !id(item.text)) {
                found.add(
                    check,
                    item.at,
                    format!("`{}` does not have the form `{prefix}ID`", item.text),
                );
            }
        }
        "aws:sourceip" if parts.base.ends_with("ipaddress") => private(condition, parts, found),
        "aws:vpcsourceip" if !parts.negated() || statement.allows() => {
            let pairs = ["aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"];
            let paired = |other: &Condition<'_>| pairs.contains(&other.key.text.to_ascii_lowercase().as_str());
            if !statement.conditions.iter().any(paired) {
                found.add(
                    MISSING_PAIRED_CONDITION_KEYS,
                    condition.key.at,
                    "addresses in a VPC are chosen by its owner",
                );
            }
        }
        _ if lower.ends_with(":aud") && parts.qualifier.is_some() => {
            found.add(
                CONFIRM_AUDIENCE_CLAIM_TYPE,
                condition.operator.at,
                format!("`{}` has a qualifier", condition.key.text),
            );
        }
        _ => {}
    }
}

fn private(condition: &Condition<'_>, parts: &Parts, found: &mut Found) {
    let is_private = |text: &str| {
        let address = text.split_once('/').map_or(text, |(address, _)| address);
        match address.parse() {
            Ok(IpAddr::V4(address)) => address.is_private(),
            Ok(IpAddr::V6(address)) => address.is_unique_local(),
            Err(_) => false,
        }
    };
    let private: Vec<&&Node> = condition
        .values
        .iter()
        .filter(|node| matches!(&node.value, Value::String(text) if is_private(text)))
        .collect();
    let Some(first) = private.first() else { return };
    let check = match (parts.negated(), private.len() == condition.values.len()) {
        (false, true) => PRIVATE_IP_ADDRESS,
        (false, false) => PRIVATE_IP_ADDRESS_SUBSET,
        (true, true) => PRIVATE_NOT_IP_ADDRESS,
        (true, false) => PRIVATE_NOT_IP_ADDRESS_SUBSET,
    };
    found.add(check, first.at, "no request reaches AWS from a private address");
}
