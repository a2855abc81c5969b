//! The model's constraints, in AWS's sentence: `2 validation errors detected: Value … at 'roleName' failed to satisfy
//! constraint: Member must …; …`.

use std::{cell::RefCell, collections::HashMap, fmt::Write, rc::Rc};

use regex::Regex;

use crate::{
    fault::Fault,
    query,
    shape::{Kind, Rule, Structure, Value},
};

/// Refuses members that are missing or break a constraint, all of them in one sentence.
pub fn check(schema: &Structure, fields: &[Option<Value>]) -> Result<(), Fault> {
    let mut errors = Vec::new();
    structure(schema, fields, "", &mut errors);
    if errors.is_empty() {
        return Ok(());
    }
    let noun = if errors.len() == 1 { "error" } else { "errors" };
    let message = format!("{} validation {noun} detected: {}", errors.len(), errors.join("; "));
    Err(Fault::sender("ValidationError", 400, message))
}

fn structure(schema: &Structure, fields: &[Option<Value>], path: &str, errors: &mut Vec<String>) {
    for (member, field) in schema.members.iter().zip(fields) {
        let path = format!("{path}{}", lower_camel(member.name));
        match field {
            None if member.required => {
                errors.push(format!(
                    "Value null at '{path}' failed to satisfy constraint: Member must not be null"
                ));
            }
            None => {}
            Some(value) => self::value(value, member.kind, member.rule, &path, errors),
        }
    }
}

fn value(value: &Value, kind: Kind, rule: &'static Rule, path: &str, errors: &mut Vec<String>) {
    let mut fail = |constraint: std::fmt::Arguments<'_>| {
        let mut message = String::from("Value ");
        if rule.sensitive {
            message.push_str("'***Sensitive Data***' ");
        } else {
            let _ = write!(message, "'{}' ", shown(value));
        }
        let _ = write!(
            message,
            "at '{path}' failed to satisfy constraint: Member must {constraint}"
        );
        errors.push(message);
    };
    if let Value::String(text) = value {
        if !rule.one_of.is_empty() && !rule.one_of.contains(&text.as_str()) {
            fail(format_args!("satisfy enum value set: [{}]", rule.one_of.join(", ")));
        }
        if let Some(pattern) = rule.pattern
            && !matches(pattern, text)
        {
            fail(format_args!("satisfy regular expression pattern: {pattern}"));
        }
    }
    let (size, what) = match value {
        // Lengths are counted as Java counts them: in UTF-16 units.
        Value::String(text) => (Some(text.encode_utf16().count()), "length"),
        Value::List(elements) => (Some(elements.len()), "length"),
        Value::Map(entries) => (Some(entries.len()), "length"),
        Value::Blob(bytes) => (Some(bytes.len()), "length"),
        Value::Integer(_) | Value::Boolean(_) | Value::Timestamp(_) | Value::Structure(_) => (None, "value"),
    };
    let number = match value {
        Value::Integer(number) => Some(i64::from(*number)),
        _ => size.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
    };
    if let Some(number) = number {
        if let Some(max) = rule.max.filter(|max| number > i64::from(*max)) {
            fail(format_args!("have {what} less than or equal to {max}"));
        }
        if let Some(min) = rule.min.filter(|min| number < i64::from(*min)) {
            fail(format_args!("have {what} greater than or equal to {min}"));
        }
    }
    let each = rule.each.unwrap_or(&Rule::NONE);
    match (value, kind) {
        (Value::Structure(fields), Kind::Structure(schema)) => structure(schema, fields, &format!("{path}."), errors),
        (Value::List(elements), Kind::List(of)) => {
            for (number, element) in (1..).zip(elements) {
                self::value(element, *of, each, &format!("{path}.{number}.member"), errors);
            }
        }
        (Value::Map(entries), Kind::Map(of)) => {
            for (key, entry) in entries {
                self::value(entry, *of, each, &format!("{path}.{key}.member"), errors);
            }
        }
        _ => {}
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::List(elements) => {
            let shown: Vec<String> = elements.iter().map(shown).collect();
            format!("[{}]", shown.join(", "))
        }
        scalar => query::to_text(scalar),
    }
}

/// `RoleName` as `roleName`, `OpenIDConnectProviderArn` as `openIDConnectProviderArn`, `MFACode` as `mFACode`.
fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

thread_local! {
    /// Patterns that were used on this thread, compiled. No lock, since this lies on the way of every request.
    static COMPILED: RefCell<HashMap<(usize, usize), Rc<Option<Regex>>>> = RefCell::new(HashMap::new());
}

/// Whether the whole text matches a pattern in Java's notation. A pattern that cannot be read matches nothing; a test
/// holds that all can.
fn matches(pattern: &'static str, text: &str) -> bool {
    let key = (pattern.as_ptr().addr(), pattern.len());
    let regex = COMPILED.with_borrow_mut(|known| known.entry(key).or_insert_with(|| Rc::new(compile(pattern))).clone());
    let single = !pattern.contains(SINGLE_HYPHENS) || !text.contains("--");
    single && regex.as_ref().as_ref().is_some_and(|regex| regex.is_match(text))
}

/// The one look-ahead of the models: a hyphen that no other follows. The `regex` crate has none, so it is looked for apart.
const SINGLE_HYPHENS: &str = "-(?!-)";

fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{})$", translate(&pattern.replace(SINGLE_HYPHENS, "-")))).ok()
}

/// Java's `\uXXXX` and its `\w`, `\d`, `\s` of ASCII, in the notation of the `regex` crate.
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('u') => {
                    let digits: String = letters.by_ref().take(4).collect();
                    let _ = write!(translated, "\\x{{{digits}}}");
                }
                Some('w') => translated.push_str(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                Some('d') => translated.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('s') => translated.push_str(if in_class {
                    " \\t\\n\\x0B\\f\\r"
                } else {
                    "[ \\t\\n\\x0B\\f\\r]"
                }),
                Some(other) => {
                    translated.push('\\');
                    translated.push(other);
                }
                None => translated.push('\\'),
            },
            '[' if in_class => translated.push_str("\\["),
            '[' => {
                in_class = true;
                translated.push('[');
            }
            ']' => {
                in_class = false;
                translated.push(']');
            }
            // In a class of the `regex` crate these would be set operations.
            '&' | '~' if in_class => {
                translated.push('\\');
                translated.push(letter);
            }
            other => translated.push(other),
        }
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{eks, eks_auth, iam, sts};

    #[test]
    fn every_pattern_of_the_models_is_read() {
        fn rules(rule: &'static Rule, found: &mut Vec<&'static str>) {
            found.extend(rule.pattern);
            rule.each
                .into_iter()
                .chain(rule.keys)
                .for_each(|rule| rules(rule, found));
        }
        fn patterns(kind: Kind, found: &mut Vec<&'static str>) {
            match kind {
                Kind::Structure(schema) => schema.members.iter().for_each(|member| {
                    rules(member.rule, found);
                    patterns(member.kind, found);
                }),
                Kind::List(of) | Kind::Map(of) => patterns(*of, found),
                _ => {}
            }
        }
        let services = [
            iam::Operation::DESCRIPTIONS,
            sts::Operation::DESCRIPTIONS,
            eks::Operation::DESCRIPTIONS,
            eks_auth::Operation::DESCRIPTIONS,
        ];
        let mut found = Vec::new();
        for operation in services.into_iter().flatten() {
            patterns(Kind::Structure(operation.input), &mut found);
        }
        assert!(found.len() > 100);
        for pattern in found {
            assert!(compile(pattern).is_some(), "{pattern} -> {}", translate(pattern));
        }
    }
}
