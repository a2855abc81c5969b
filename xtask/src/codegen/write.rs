//! The generated code: an interface description that reads like the model.

use std::{collections::BTreeSet, fmt::Write};

use anyhow::{Context, Result, bail};

use super::model::{Model, Operation, Shape};

/// Words that cannot be field names as they are.
const KEYWORDS: [&str; 8] = ["type", "enum", "ref", "use", "where", "match", "move", "self"];

pub(crate) fn module(model: &Model, service: &str, constant: &str) -> Result<String> {
    let mut code = format!(
        "//! {}, version {}. Written by `cargo xtask codegen` from `models/{service}.json`\n//! ({}); do not edit.\n\n",
        model.name, model.version, model.source
    );
    let protocol = match model.protocol.as_str() {
        "query" => "Query",
        "rest-json" => "RestJson",
        other => bail!("the protocol {other} is not known here"),
    };
    let reachable = reachable(model)?;
    let uses = |kind: &str| {
        reachable
            .iter()
            .filter_map(|name| model.shapes.get(name))
            .any(|shape| shape.kind == kind)
    };
    let secret = reachable
        .iter()
        .filter_map(|name| model.shapes.get(name))
        .any(|shape| shape.kind == "string" && shape.sensitive);
    if uses("map") {
        code.push_str("use std::collections::BTreeMap;\n\n");
    }
    if uses("blob") {
        code.push_str("use bytes::Bytes;\n");
    }
    if uses("timestamp") {
        code.push_str("use jiff::Timestamp;\n\n");
    }
    code.push_str("use crate::{\n    operation::{Error, Protocol, Service, operations},\n");
    if secret {
        code.push_str("    secret::Secret,\n");
    }
    code.push_str("    shape::{Rule, shape},\n};\n\n");
    writeln!(
        code,
        "/// The service.\npub const {constant}: Service = Service {{\n    id: \"{service}\",\n    version: \"{}\",\n    namespace: \"{}\",\n    protocol: Protocol::{protocol},\n}};\n",
        model.version, model.namespace
    )?;
    errors(&mut code, model)?;
    rules(&mut code, model, &reachable)?;
    for name in &reachable {
        let shape = model.shapes.get(name).context("a shape is missing")?;
        if shape.kind == "structure" {
            structure(&mut code, model, name, shape)?;
        }
    }
    write!(code, "\noperations! {{ {constant};\n")?;
    for (name, operation) in &model.operations {
        self::operation(&mut code, model, name, operation)?;
    }
    code.push_str("}\n");
    Ok(code)
}

/// Every shape that an operation's input or output holds, errors aside. A shape that holds itself is refused: no `const`
/// could describe it.
fn reachable(model: &Model) -> Result<BTreeSet<String>> {
    fn visit(model: &Model, name: &str, path: &mut Vec<String>, found: &mut BTreeSet<String>) -> Result<()> {
        if path.iter().any(|above| above == name) {
            bail!("shape {name} holds itself");
        }
        if !found.insert(name.to_owned()) {
            return Ok(());
        }
        path.push(name.to_owned());
        let shape = model
            .shapes
            .get(name)
            .with_context(|| format!("shape {name} is missing"))?;
        let below = shape
            .members
            .iter()
            .map(|member| &member.shape)
            .chain(&shape.element)
            .chain(&shape.key);
        for name in below {
            visit(model, name, path, found)?;
        }
        path.pop();
        Ok(())
    }
    let mut found = BTreeSet::new();
    for operation in model.operations.values() {
        for name in operation.input.iter().chain(&operation.output) {
            visit(model, name, &mut Vec::new(), &mut found)?;
        }
    }
    Ok(found)
}

fn errors(code: &mut String, model: &Model) -> Result<()> {
    code.push_str("/// The faults that the model names.\npub mod error {\n    use super::Error;\n");
    for (name, shape) in &model.shapes {
        if let Some((error, status)) = &shape.error {
            let error = if error.is_empty() { name } else { error };
            write!(
                code,
                "\n    /// `{error}`\n    pub const {}: Error = Error {{ code: \"{error}\", status: {status} }};\n",
                constant_case(name)
            )?;
        }
    }
    code.push_str("}\n");
    Ok(())
}

fn is_constrained(shape: &Shape) -> bool {
    shape.min.is_some() || shape.max.is_some() || shape.pattern.is_some() || !shape.one_of.is_empty() || shape.sensitive
}

/// Whether a shape, or what a list or a map of it holds, has a rule.
fn has_rule(model: &Model, shape: &Shape) -> bool {
    if shape.kind == "structure" {
        return false;
    }
    let below = shape
        .element
        .iter()
        .chain(&shape.key)
        .filter_map(|name| model.shapes.get(name));
    is_constrained(shape) || below.into_iter().any(|shape| has_rule(model, shape))
}

fn rules(code: &mut String, model: &Model, reachable: &BTreeSet<String>) -> Result<()> {
    for name in reachable {
        let Some(shape) = model.shapes.get(name).filter(|shape| has_rule(model, shape)) else {
            continue;
        };
        let mut rule = "Rule::NONE".to_owned();
        for (what, bound) in [("min", shape.min), ("max", shape.max)] {
            if let Some(bound) = bound {
                let bound = i32::try_from(bound).with_context(|| format!("{name}: {what}"))?;
                write!(rule, ".{what}({})", digits(bound))?;
            }
        }
        if let Some(pattern) = &shape.pattern {
            write!(rule, ".pattern({})", raw(pattern))?;
        }
        if !shape.one_of.is_empty() {
            let values: Vec<String> = shape.one_of.iter().map(|value| format!("\"{value}\"")).collect();
            write!(rule, ".one_of(&[{}])", values.join(", "))?;
        }
        if shape.sensitive {
            rule.push_str(".sensitive()");
        }
        for (what, below) in [("each", &shape.element), ("keys", &shape.key)] {
            if let Some(below) = below
                .as_ref()
                .filter(|name| model.shapes.get(*name).is_some_and(|shape| has_rule(model, shape)))
            {
                write!(rule, ".{what}(&{})", constant_case(below))?;
            }
        }
        write!(code, "\nconst {}: Rule = {rule};", constant_case(name))?;
    }
    code.push('\n');
    Ok(())
}

/// A number with Rust's separators: `20_000`.
fn digits(number: i32) -> String {
    let plain = number.to_string();
    if plain.len() < 5 {
        return plain;
    }
    let mut separated = String::new();
    for (at, digit) in plain.chars().enumerate() {
        if at > 0 && (plain.len() - at).is_multiple_of(3) {
            separated.push('_');
        }
        separated.push(digit);
    }
    separated
}

fn raw(pattern: &str) -> String {
    if pattern.contains('"') {
        format!("r#\"{pattern}\"#")
    } else {
        format!("r\"{pattern}\"")
    }
}

fn structure(code: &mut String, model: &Model, name: &str, shape: &Shape) -> Result<()> {
    let sensitive = if shape.sensitive { "sensitive " } else { "" };
    if shape.members.is_empty() {
        writeln!(code, "\nshape! {{ pub {sensitive}struct {name} {{}} }}")?;
        return Ok(());
    }
    write!(code, "\nshape! {{ pub {sensitive}struct {name} {{\n")?;
    for member in &shape.members {
        let of = model
            .shapes
            .get(&member.shape)
            .with_context(|| format!("shape {} is missing", member.shape))?;
        let kind = rust_type(model, &member.shape)?;
        let kind = if member.required {
            kind
        } else {
            format!("Option<{kind}>")
        };
        let field = snake_case(&member.name);
        let field = if KEYWORDS.contains(&field.as_str()) {
            format!("r#{field}")
        } else {
            field
        };
        write!(code, "    {field}: {kind} = \"{}\"", member.name)?;
        if let Some((location, label)) = &member.location {
            let place = match location.as_str() {
                "uri" => "uri",
                "querystring" => "query",
                other => bail!("the location {other} is not known here"),
            };
            write!(code, " at {place} \"{label}\"")?;
        }
        if has_rule(model, of) {
            write!(code, " where {}", constant_case(&member.shape))?;
        }
        code.push_str(",\n");
    }
    code.push_str("} }\n");
    Ok(())
}

fn rust_type(model: &Model, name: &str) -> Result<String> {
    let shape = model
        .shapes
        .get(name)
        .with_context(|| format!("shape {name} is missing"))?;
    Ok(match shape.kind.as_str() {
        "string" if shape.sensitive => "Secret".to_owned(),
        "string" => "String".to_owned(),
        "integer" => "i32".to_owned(),
        "boolean" => "bool".to_owned(),
        "timestamp" => "Timestamp".to_owned(),
        "blob" => "Bytes".to_owned(),
        "structure" => name.to_owned(),
        "list" => format!(
            "Vec<{}>",
            rust_type(model, shape.element.as_deref().context("a list of nothing")?)?
        ),
        "map" => format!(
            "BTreeMap<String, {}>",
            rust_type(model, shape.element.as_deref().context("a map of nothing")?)?
        ),
        other => bail!("the type {other} is not known here"),
    })
}

fn operation(code: &mut String, model: &Model, name: &str, operation: &Operation) -> Result<()> {
    let shape = |name: &Option<String>| name.clone().unwrap_or_else(|| "()".to_owned());
    write!(
        code,
        "    {name}({}) -> {} = {} \"{}\"",
        shape(&operation.input),
        shape(&operation.output),
        operation.method,
        operation.uri
    )?;
    if !operation.errors.is_empty() {
        let errors: Vec<String> = operation.errors.iter().map(|error| constant_case(error)).collect();
        for error in &operation.errors {
            model
                .shapes
                .get(error)
                .and_then(|shape| shape.error.as_ref())
                .with_context(|| format!("error {error} is missing"))?;
        }
        code.push_str("\n        fails [");
        let mut width = 15;
        for (at, error) in errors.iter().enumerate() {
            if width + error.len() > 118 {
                code.push_str("\n            ");
                width = 12;
            } else if at > 0 {
                code.push(' ');
            }
            width += error.len() + 1;
            code.push_str(error);
        }
        code.push(']');
    }
    if let Some(pages) = &operation.pages {
        let results: Vec<String> = pages.results.iter().map(|key| format!("\"{key}\"")).collect();
        write!(
            code,
            "\n        pages \"{}\" -> \"{}\" limit \"{}\"",
            pages.input, pages.output, pages.limit
        )?;
        if let Some(more) = &pages.more {
            write!(code, " more \"{more}\"")?;
        }
        write!(code, " of {}", results.join(" "))?;
    }
    code.push_str(";\n");
    Ok(())
}

/// `OpenIDConnectProviderList` to `open_id_connect_provider_list`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.replace(['-', '.'], "_").chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() && *before != '_'
                    || after.is_some_and(|after| after.is_ascii_lowercase() && before.is_ascii_uppercase())
            });
        // The plural of an abbreviation is one word: `ARNs`, `IDs`.
        let plural = after == Some(&'s')
            && letters.get(at + 2).is_none_or(char::is_ascii_uppercase)
            && before.is_some_and(char::is_ascii_uppercase);
        if starts && !plural {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn constant_case(name: &str) -> String {
    snake_case(name).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rusts() {
        for (name, snake) in [
            ("RoleName", "role_name"),
            ("OpenIDConnectProviderList", "open_id_connect_provider_list"),
            ("SSHPublicKeyId", "ssh_public_key_id"),
            ("MFADevices", "mfa_devices"),
            ("roleArn", "role_arn"),
            ("PolicyARNs", "policy_arns"),
            ("SAMLMetadataDocument", "saml_metadata_document"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }
}
