//! Actions: whether they exist, what they let out, and what says nothing new.

use super::{
    Check, Found, PolicyType,
    checks::*,
    elements::{Item, Listed, Statement, near},
};
use crate::catalogue::{self, Service, glob};
use crate::json::Value;

pub(super) fn check(statement: &Statement<'_>, kind: PolicyType, found: &mut Found) {
    let Some(actions) = &statement.actions else { return };
    for item in &actions.items {
        exists(*item, kind, found);
    }
    included(&actions.items, true, (REDUNDANT_ACTION, "action"), found);
    if statement.allows() && matches!(kind, PolicyType::Identity | PolicyType::Session) {
        handed_on(statement, actions, &PASS_ROLE, found);
        handed_on(statement, actions, &CREATE_SLR, found);
    }
    tags(statement, actions, found);
}

fn exists(item: Item<'_>, kind: PolicyType, found: &mut Found) {
    let text = item.text;
    if text == "*" {
        if kind == PolicyType::Trust {
            found.add(
                UNSUPPORTED_ACTION_IN_POLICY,
                item.at,
                "a trust policy names actions of `sts`",
            );
        }
        return;
    }
    let Some((prefix, name)) = text.split_once(':') else {
        found.add(
            INVALID_ACTION,
            item.at,
            format!("`{text}` names no service: write `service:Action`"),
        );
        return;
    };
    if kind == PolicyType::Trust && !prefix.eq_ignore_ascii_case("sts") {
        found.add(
            UNSUPPORTED_ACTION_IN_POLICY,
            item.at,
            format!("`{text}` is no action of `sts`"),
        );
        return;
    }
    if prefix.contains(['*', '?']) {
        found.add(
            WILDCARD_IN_SERVICE_NAME,
            item.at,
            format!("the service of `{text}` has a wildcard"),
        );
        return;
    }
    let Some(service) = catalogue::service(prefix) else {
        let near = near(prefix, catalogue::services().map(|service| service.prefix));
        found.add(
            INVALID_SERVICE_IN_ACTION,
            item.at,
            format!("there is no service `{prefix}`{near}"),
        );
        return;
    };
    if service.actions_matching(name).next().is_none() {
        let near = near(name, service.actions().iter().map(|action| action.name));
        let message = if name.contains(['*', '?']) {
            format!("no action of {} matches `{text}`", service.name)
        } else {
            format!("{} has no action `{name}`{near}", service.name)
        };
        found.add(INVALID_ACTION, item.at, message);
    }
}

/// Finds what an earlier or a wider entry of a list says already.
pub(super) fn included(items: &[Item<'_>], fold: bool, (check, noun): (&'static Check, &str), found: &mut Found) {
    let folded: Vec<String> = items
        .iter()
        .map(|item| {
            if fold {
                item.text.to_ascii_lowercase()
            } else {
                item.text.to_owned()
            }
        })
        .collect();
    for (index, (item, text)) in items.iter().zip(&folded).enumerate() {
        let covers = |other: usize, pattern: &String| {
            other != index && glob(pattern, text) && (pattern != text || other < index)
        };
        let wider = folded
            .iter()
            .enumerate()
            .find(|(other, pattern)| covers(*other, pattern));
        if let Some(wider) = wider.and_then(|(other, _)| items.get(other)) {
            found.add(
                check,
                item.at,
                format!("the {noun} `{}` includes `{}`", wider.text, item.text),
            );
        }
    }
}

/// An action that hands a role on, and the checks about it.
struct Handing {
    action: &'static str,
    key: &'static str,
    star: [&'static Check; 3],
    not_resource: [&'static Check; 3],
}

const PASS_ROLE: Handing = Handing {
    action: "iam:passrole",
    key: "iam:PassedToService",
    star: [
        PASS_ROLE_WITH_STAR_IN_RESOURCE,
        PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
        PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
    ],
    not_resource: [
        PASS_ROLE_WITH_NOT_RESOURCE,
        PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
        PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE,
    ],
};

const CREATE_SLR: Handing = Handing {
    action: "iam:createservicelinkedrole",
    key: "iam:AWSServiceName",
    star: [
        CREATE_SLR_WITH_STAR_IN_RESOURCE,
        CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
        CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION,
    ],
    not_resource: [
        CREATE_SLR_WITH_NOT_RESOURCE,
        CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE,
        CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE,
    ],
};

fn handed_on(statement: &Statement<'_>, actions: &Listed<'_>, handing: &Handing, found: &mut Found) {
    let Some(resources) = &statement.resources else { return };
    if statement
        .conditions
        .iter()
        .any(|condition| condition.key.text.eq_ignore_ascii_case(handing.key))
    {
        return;
    }
    let matching = |item: &&Item<'_>| glob(&item.text.to_ascii_lowercase(), handing.action);
    let which = match (actions.negated, actions.items.iter().find(matching)) {
        (true, None) => actions.items.first().map(|item| (2, *item)),
        (false, Some(item)) => Some((usize::from(item.text.contains(['*', '?'])), *item)),
        _ => None,
    };
    let Some((which, item)) = which else { return };
    let every = |text: &str| text == "*" || (text.starts_with("arn:") && text.ends_with(":role/*"));
    let checks = if resources.negated {
        handing.not_resource
    } else if resources.items.iter().any(|resource| every(resource.text)) {
        handing.star
    } else {
        return;
    };
    if let Some(check) = checks.get(which) {
        let verb = if actions.negated { "leaves in" } else { "allows" };
        let action = if handing.action == PASS_ROLE.action {
            "iam:PassRole"
        } else {
            "iam:CreateServiceLinkedRole"
        };
        found.add(
            check,
            item.at,
            format!("the statement {verb} `{action}` on roles that it does not name"),
        );
    }
}

/// Services without tags, under a condition on a resource's tag.
fn tags(statement: &Statement<'_>, actions: &Listed<'_>, found: &mut Found) {
    let tagged = |key: &str| key.to_ascii_lowercase().starts_with("aws:resourcetag/");
    let Some(condition) = statement.conditions.iter().find(|condition| tagged(condition.key.text)) else {
        return;
    };
    let allow = statement.allows();
    if actions.negated {
        let check = if allow {
            ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        } else {
            DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        };
        found.add(
            check,
            condition.key.at,
            "`NotAction` includes services whose resources have no tags",
        );
        return;
    }
    let mut without: Vec<&str> = Vec::new();
    for item in &actions.items {
        let service = item
            .text
            .split_once(':')
            .and_then(|(prefix, _)| catalogue::service(prefix));
        if let Some(service) = service.filter(|service| !has_tags(service))
            && !without.contains(&service.prefix)
        {
            without.push(service.prefix);
        }
    }
    if !without.is_empty() {
        let check = if allow {
            ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        } else {
            DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        };
        let message = format!("the resources of `{}` have no tags for policies", without.join("`, `"));
        found.add(check, condition.key.at, message);
    }
}

fn has_tags(service: &Service) -> bool {
    service.key("aws:ResourceTag/x").is_some()
}

/// More comparisons than this are not made: who writes as many statements looks at them by other means.
const COMPARISONS: usize = 4_000_000;

/// Statements that another one includes.
pub(super) fn redundant(statements: &[Statement<'_>], found: &mut Found) {
    let entries: usize = statements.iter().map(weight).sum();
    if entries.saturating_mul(entries) > COMPARISONS {
        return;
    }
    for (index, statement) in statements.iter().enumerate() {
        let wider = |other: &usize| {
            statements.get(*other).is_some_and(|wider| {
                *other != index && includes(wider, statement) && (*other < index || !includes(statement, wider))
            })
        };
        if let Some(wider) = (0..statements.len()).find(wider) {
            found.add(
                REDUNDANT_STATEMENT,
                statement.at,
                format!("statement {wider} includes statement {index}"),
            );
        }
    }
}

fn weight(statement: &Statement<'_>) -> usize {
    let listed = |listed: &Option<Listed<'_>>| listed.as_ref().map_or(0, |listed| listed.items.len());
    1 + listed(&statement.actions) + listed(&statement.resources)
}

/// Whether all that the one applies to, the wider one applies to.
fn includes(wider: &Statement<'_>, one: &Statement<'_>) -> bool {
    let lists = |wider: &Option<Listed<'_>>, one: &Option<Listed<'_>>, fold: bool| match (wider, one) {
        (None, None) => true,
        (Some(wider), Some(one)) => covers(wider, one, fold),
        _ => false,
    };
    let principals = match (&wider.principals, &one.principals) {
        (None, None) => true,
        (Some(wider), Some(one)) => {
            wider.negated == one.negated && !wider.entries.is_empty() && same(&wider.entries, &one.entries)
        }
        _ => false,
    };
    wider.effect.is_some()
        && wider.effect == one.effect
        && principals
        && lists(&wider.actions, &one.actions, true)
        && lists(&wider.resources, &one.resources, false)
        && wider.conditions.iter().all(|condition| {
            one.conditions.iter().any(|other| {
                condition.operator.text.eq_ignore_ascii_case(other.operator.text)
                    && condition.key.text.eq_ignore_ascii_case(other.key.text)
                    && condition.values.len() == other.values.len()
                    && condition
                        .values
                        .iter()
                        .zip(&other.values)
                        .all(|(one, other)| same_value(&one.value, &other.value))
            })
        })
}

fn same(one: &[(&str, Item<'_>)], other: &[(&str, Item<'_>)]) -> bool {
    let has = |list: &[(&str, Item<'_>)], entry: &(&str, Item<'_>)| {
        list.iter()
            .any(|(kind, item)| *kind == entry.0 && item.text == entry.1.text)
    };
    one.iter().all(|entry| has(other, entry)) && other.iter().all(|entry| has(one, entry))
}

fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one) | Value::Number(one), Value::String(other) | Value::Number(other)) => one == other,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        _ => false,
    }
}

fn covers(wider: &Listed<'_>, one: &Listed<'_>, fold: bool) -> bool {
    let text = |item: &Item<'_>| {
        if fold {
            item.text.to_ascii_lowercase()
        } else {
            item.text.to_owned()
        }
    };
    let within = |wider: &Listed<'_>, one: &Listed<'_>| {
        let patterns: Vec<String> = wider.items.iter().map(text).collect();
        one.items
            .iter()
            .all(|item| patterns.iter().any(|pattern| glob(pattern, &text(item))))
    };
    match (wider.negated, one.negated) {
        (false, false) => !one.items.is_empty() && within(wider, one),
        // What leaves out less includes more.
        (true, true) => !wider.items.is_empty() && within(one, wider),
        _ => false,
    }
}
