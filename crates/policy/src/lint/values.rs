//! Policy variables, wherever they stand.

use super::{
    Found,
    checks::*,
    elements::{Item, Statement},
};
use crate::json::Value;

pub(super) fn variables(statement: &Statement<'_>, modern: bool, found: &mut Found) {
    let mut allowed: Vec<Item<'_>> = Vec::new();
    let mut forbidden: Vec<Item<'_>> = Vec::new();
    allowed.extend(
        statement
            .resources
            .iter()
            .flat_map(|resources| &resources.items)
            .copied(),
    );
    for condition in &statement.conditions {
        for node in &condition.values {
            if let Value::String(text) = &node.value {
                allowed.push(Item { at: node.at, text });
            }
        }
    }
    forbidden.extend(statement.actions.iter().flat_map(|actions| &actions.items).copied());
    let principals = statement.principals.iter().flat_map(|principals| &principals.entries);
    forbidden.extend(principals.map(|(_, item)| *item));
    for item in forbidden.into_iter().filter(|item| item.text.contains("${")) {
        found.add(
            VARIABLE_UNSUPPORTED_IN_ELEMENT,
            item.at,
            format!("`{}` has a policy variable", item.text),
        );
    }
    for item in allowed.into_iter().filter(|item| item.text.contains("${")) {
        if modern {
            syntax(item, found);
        } else {
            let message = format!(
                "`{}` has a policy variable, which this version takes for plain text",
                item.text
            );
            found.add(VARIABLE_UNSUPPORTED_IN_VERSION, item.at, message);
        }
    }
}

fn syntax(item: Item<'_>, found: &mut Found) {
    for (at, _) in item.text.match_indices("${") {
        let rest = item.text.get(at + 2..).unwrap_or_default();
        let Some((inner, _)) = rest.split_once('}') else {
            found.add(
                MISSING_BRACE_IN_VARIABLE,
                item.at,
                format!("the variable `${{{rest}` has no `}}`"),
            );
            return;
        };
        let (name, default) = match inner.split_once(',') {
            Some((name, default)) => (name, Some(default.trim())),
            None => (inner, None),
        };
        if name.trim().is_empty() {
            found.add(EMPTY_VARIABLE, item.at, format!("`${{{inner}}}` names no key"));
        } else if name.contains(' ') {
            // A tag's name may have spaces, a key's none.
            let key = name.split_once('/').map_or(name, |(key, _)| key);
            if key.contains(' ') || name.trim() != name {
                found.add(
                    UNSUPPORTED_SPACE_IN_VARIABLE,
                    item.at,
                    format!("`${{{inner}}}` has a space in its name"),
                );
            }
        }
        let quoted = |text: &str| text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
        if default.is_some_and(|default| !quoted(default)) {
            found.add(
                MISSING_QUOTE_IN_VARIABLE,
                item.at,
                format!("the default in `${{{inner}}}` is not in quotes"),
            );
        }
    }
}

/// A text with `*` for each variable, as what it may become.
pub(super) fn opened(text: &str) -> String {
    let mut pattern = String::new();
    let mut rest = text;
    while let Some((before, variable)) = rest.split_once("${") {
        pattern.push_str(before);
        pattern.push('*');
        rest = variable.split_once('}').map_or("", |(_, rest)| rest);
    }
    pattern.push_str(rest);
    pattern
}
