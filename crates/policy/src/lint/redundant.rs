//! What says nothing that is not said already.

use super::{Category, Findings, covers};
use crate::document::{Element, Policy, Statement, Text};

pub(super) fn within(statement: &Statement, findings: &mut Findings) {
    if let Some(actions) = &statement.action {
        values(actions, "REDUNDANT_ACTION", covers, findings);
    }
    if let Some(resources) = &statement.resource {
        values(resources, "REDUNDANT_RESOURCE", wider, findings);
    }
}

/// Values that another of the same list covers.
fn values(element: &Element, check: &'static str, covers: impl Fn(&str, &str) -> bool, findings: &mut Findings) {
    for (index, value) in element.values.iter().enumerate() {
        let by = |(other_index, other): &(usize, &Text)| {
            *other_index != index
                && covers(&other.text, &value.text)
                // Of two that say the same, the second is one too many.
                && (!covers(&value.text, &other.text) || *other_index < index)
        };
        if let Some((_, other)) = element.values.iter().enumerate().find(by) {
            findings.add(
                Category::Suggestion,
                check,
                value.at,
                format!("`{}` is covered by `{}`: leave it out", value.text, other.text),
            );
        }
    }
}

/// Whether one resource's pattern covers another. With variables only a star does.
fn wider(pattern: &str, text: &str) -> bool {
    if pattern == text || pattern == "*" {
        return true;
    }
    if pattern.contains("${") {
        return false;
    }
    let meaning = crate::pattern::Meaning {
        wildcards: true,
        variables: false,
    };
    crate::pattern::Pattern::new(pattern, meaning).matches(text, &crate::Context::new())
}

/// Statements that another says word by word.
pub(super) fn between(policy: &Policy, findings: &mut Findings) {
    for (index, statement) in policy.statements.iter().enumerate() {
        if policy
            .statements
            .iter()
            .take(index)
            .any(|earlier| same(earlier, statement))
        {
            findings.add(
                Category::Suggestion,
                "REDUNDANT_STATEMENT",
                statement.at,
                "an earlier statement says the same: leave this one out",
            );
        }
    }
}

fn same(one: &Statement, other: &Statement) -> bool {
    fn texts(element: Option<&Element>) -> Option<(bool, Vec<&str>)> {
        element.map(|element| {
            let mut texts: Vec<&str> = element.values.iter().map(|value| value.text.as_str()).collect();
            texts.sort_unstable();
            (element.negated, texts)
        })
    }
    let principals = |statement: &Statement| {
        statement.principal.as_ref().map(|principals| {
            let entries: Vec<_> = principals
                .entries
                .iter()
                .map(|(kind, text)| (*kind, text.text.clone()))
                .collect();
            (principals.negated, entries)
        })
    };
    let conditions = |statement: &Statement| -> Vec<(String, String, Vec<String>)> {
        let condition = |condition: &crate::document::Condition| {
            let values = condition.values.iter().map(|value| value.text.clone()).collect();
            (
                condition.operator.to_ascii_lowercase(),
                condition.key.to_ascii_lowercase(),
                values,
            )
        };
        statement.conditions.iter().map(condition).collect()
    };
    one.effect == other.effect
        && texts(one.action.as_ref()) == texts(other.action.as_ref())
        && texts(one.resource.as_ref()) == texts(other.resource.as_ref())
        && principals(one) == principals(other)
        && conditions(one) == conditions(other)
}
