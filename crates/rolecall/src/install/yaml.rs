//! Writes manifests as YAML: plain ones once their places are filled, and templates of the Helm chart as they are.
//!
//! Whatever Helm puts in is written as JSON, which YAML takes as it is: no value can change the structure around it.

use std::fmt::Write;

use serde_json::Value;

use super::manifest::{Condition, Entry, Item, Node, Part, parts};

/// The longest list that stands on one line.
const LONGEST_FLOW: usize = 72;

/// The node as a document's body.
pub(crate) fn write(node: &Node) -> String {
    let mut out = String::new();
    block(node, 0, &mut out);
    out
}

/// A comment, folded at a hundred and twenty characters as the rest of the repository is.
pub(crate) fn comment(text: &str, indent: usize, out: &mut String) {
    for paragraph in text.lines() {
        // Examples are indented, and stay as they are.
        if paragraph.is_empty() || paragraph.starts_with(' ') {
            _ = writeln!(out, "{}", format!("{:indent$}# {paragraph}", "").trim_end());
            continue;
        }
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && indent + line.len() + word.len() + 3 > 120 {
                _ = writeln!(out, "{:indent$}# {line}", "");
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        _ = writeln!(out, "{:indent$}# {line}", "");
    }
}

/// Helm's `if` of a condition.
pub(crate) fn condition(condition: Condition) -> String {
    match condition {
        Condition::Set(path) => format!("{{{{- if {} }}}}", expression(path)),
        Condition::Is(path, text) => format!("{{{{- if eq {} {} }}}}", expression(path), quoted(text)),
        Condition::Several(path) => format!("{{{{- if gt (int {}) 1 }}}}", expression(path)),
    }
}

/// Helm's expression for a place.
pub(crate) fn expression(place: &str) -> String {
    match place {
        "namespace" => ".Release.Namespace".to_owned(),
        "key" => "$key".to_owned(),
        "value" => "$value".to_owned(),
        path => format!(".Values.{path}"),
    }
}

fn block(node: &Node, indent: usize, out: &mut String) {
    match node {
        Node::Map(entries) => map(entries, indent, out),
        Node::List(items) => list(
            items,
            indent,
            &mut |node, indent, out| {
                _ = write!(out, "{:indent$}-", "");
                after_dash(node, indent, out);
            },
            out,
        ),
        _ => {}
    }
}

fn map(entries: &[Entry], indent: usize, out: &mut String) {
    for entry in entries {
        match entry {
            Entry::Comment(text) => comment(text, indent, out),
            Entry::When(what, entries) => {
                _ = writeln!(out, "{:indent$}{}", "", condition(*what));
                map(entries, indent, out);
                _ = writeln!(out, "{:indent$}{{{{- end }}}}", "");
            }
            Entry::Pair(key, node) => {
                _ = write!(out, "{:indent$}{}:", "", scalar(key));
                after_key(node, indent, out);
            }
        }
    }
}

/// Writes items, each by `one`, and Helm's conditions and loops around them.
fn list(items: &[Item], indent: usize, one: &mut dyn FnMut(&Node, usize, &mut String), out: &mut String) {
    for item in items {
        match item {
            Item::Comment(text) => comment(text, indent, out),
            Item::One(node) => one(node, indent, out),
            Item::When(what, items) => {
                _ = writeln!(out, "{:indent$}{}", "", condition(*what));
                list(items, indent, one, out);
                _ = writeln!(out, "{:indent$}{{{{- end }}}}", "");
            }
            Item::Each(path, node) => {
                _ = writeln!(
                    out,
                    "{:indent$}{{{{- range $key, $value := {} }}}}",
                    "",
                    expression(path)
                );
                one(node, indent, out);
                _ = writeln!(out, "{:indent$}{{{{- end }}}}", "");
            }
        }
    }
}

fn after_key(node: &Node, indent: usize, out: &mut String) {
    if let Node::Lines(lines) = node {
        out.push_str(" |\n");
        let mut line = |node: &Node, indent: usize, out: &mut String| {
            if let Node::Text(text) = node {
                _ = writeln!(out, "{}", format!("{:indent$}{}", "", in_line(text)).trim_end());
            }
        };
        list(lines, indent + 2, &mut line, out);
        return;
    }
    if let Node::Known(Value::String(text)) = node
        && let Some(text) = text.strip_suffix('\n')
        && is_plain_block(text)
    {
        out.push_str(" |\n");
        for line in text.split('\n') {
            let indent = if line.is_empty() { 0 } else { indent + 2 };
            _ = writeln!(out, "{:indent$}{line}", "");
        }
        return;
    }
    match inline(node) {
        Ok(text) => _ = writeln!(out, " {text}"),
        Err(node) => {
            out.push('\n');
            block(&node, indent + 2, out);
        }
    }
}

fn after_dash(node: &Node, indent: usize, out: &mut String) {
    match inline(node) {
        Ok(text) => _ = writeln!(out, " {text}"),
        Err(node) => {
            // The first entry stands beside the dash.
            let mut inner = String::new();
            block(&node, indent + 2, &mut inner);
            out.push(' ');
            out.push_str(inner.trim_start());
        }
    }
}

/// The node on the line of its key or dash, or what is to be written below it.
fn inline(node: &Node) -> Result<String, Node> {
    Ok(match node {
        Node::Text(text) => in_place(text),
        Node::Known(Value::String(text)) => scalar(text),
        Node::Known(Value::Array(items)) => {
            return inline(&Node::List(
                items.iter().cloned().map(Node::Known).map(Item::One).collect(),
            ));
        }
        Node::Known(Value::Object(entries)) => {
            let entries = entries.iter();
            return inline(&Node::Map(
                entries
                    .map(|(key, value)| Entry::Pair(key.clone().into(), Node::Known(value.clone())))
                    .collect(),
            ));
        }
        Node::Known(other) => other.to_string(),
        Node::Digest(paths) => {
            let values: Vec<_> = paths.iter().map(|path| expression(path)).collect();
            format!("\"{{{{ list {} | toJson | sha256sum }}}}\"", values.join(" "))
        }
        Node::List(items) if items.is_empty() => "[]".to_owned(),
        Node::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Node::List(items) => flow(items).ok_or_else(|| node.clone())?,
        Node::Map(_) | Node::Lines(_) => return Err(node.clone()),
    })
}

/// A short list of plain words on one line.
fn flow(items: &[Item]) -> Option<String> {
    let mut words = Vec::new();
    for item in items {
        let Item::One(node) = item else { return None };
        words.push(match node {
            Node::Text(text) if !text.contains(['{', ':']) => scalar(text),
            Node::Known(Value::String(text)) if !text.contains(':') && !text.contains('\n') => scalar(text),
            Node::Known(Value::Number(number)) => number.to_string(),
            _ => return None,
        });
    }
    let text = format!("[{}]", words.join(", "));
    (text.len() <= LONGEST_FLOW && !text.contains("--")).then_some(text)
}

/// A text with places, as Helm's expression that yields it in JSON.
fn in_place(text: &str) -> String {
    let parts = parts(text);
    match &parts[..] {
        [] => scalar(""),
        [Part::Literal(literal)] => scalar(literal),
        [Part::Place(place)] => format!("{{{{ {} | toJson }}}}", expression(place)),
        several => {
            let mut format = String::new();
            let mut places = String::new();
            for part in several {
                match part {
                    Part::Literal(literal) => format.push_str(&literal.replace('%', "%%")),
                    Part::Place(place) => {
                        format.push_str("%s");
                        places.push(' ');
                        places.push_str(&expression(place));
                    }
                }
            }
            format!("{{{{ printf {}{places} | toJson }}}}", quoted(&format))
        }
    }
}

/// A line of a text with places, each of which is JSON by itself.
fn in_line(text: &str) -> String {
    let mut line = String::new();
    for part in parts(text) {
        match part {
            Part::Literal(literal) => line.push_str(literal),
            Part::Place(place) => _ = write!(line, "{{{{ {} | toJson }}}}", expression(place)),
        }
    }
    line
}

/// A text as YAML has it: plain where nobody could read it as anything else (YAML 1.1 included), else as JSON.
pub(crate) fn scalar(text: &str) -> String {
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        || text
            .strip_prefix("--")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+".contains(c);
    if is_plain
        && text.chars().all(is_safe)
        && !text.ends_with(':')
        && !reserved.contains(&text.to_ascii_lowercase().as_str())
    {
        return text.to_owned();
    }
    quoted(text)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn is_plain_block(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with([' ', '\n'])
        && !text.ends_with('\n')
        && text.chars().all(|c| c == '\n' || c == ' ' || c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::{
        fill::{Fill, json},
        manifest::{Document, lines, list, map},
        values::Values,
    };

    fn sample() -> Node {
        map! {
            "name" => "{namespace}",
            "replicas" => "{admission.replicas}",
            "number" => 5,
            "verbs" => list!["get", "list"],
            "args" => list!["--a=b"]
                .when(Condition::Set("region"), list!["--region={region}"])
                .each("env", "--env={key}={value}"),
            "resources" => "{pods.resources}",
            "text" => lines!["endpoint = {endpoint}"].when(Condition::Set("region"), lines!["region = {region}"]),
        }
        .when(Condition::Is("pods.evict", "owned"), map! { "evicts" => true })
        .note("the end")
    }

    #[test]
    fn a_template_keeps_its_places_as_expressions_of_json() {
        let expected = r#"name: {{ .Release.Namespace | toJson }}
replicas: {{ .Values.admission.replicas | toJson }}
number: 5
verbs: [get, list]
args:
  - --a=b
  {{- if .Values.region }}
  - {{ printf "--region=%s" .Values.region | toJson }}
  {{- end }}
  {{- range $key, $value := .Values.env }}
  - {{ printf "--env=%s=%s" $key $value | toJson }}
  {{- end }}
resources: {{ .Values.pods.resources | toJson }}
text: |
  endpoint = {{ .Values.endpoint | toJson }}
  {{- if .Values.region }}
  region = {{ .Values.region | toJson }}
  {{- end }}
{{- if eq .Values.pods.evict "owned" }}
evicts: true
{{- end }}
# the end
"#;
        assert_eq!(write(&sample()), expected);
    }

    #[test]
    fn a_plain_manifest_reads_back_as_what_is_applied_whatever_the_values_are() {
        let mut values = Values::defaults().unwrap();
        values.say("env.A", "x: y\n- \"{{ z }}\" # &<>").unwrap();
        values.say("env.B", "").unwrap();
        values.say("endpoint", "https://rolecall.example.org").unwrap();
        values.say("region", "us-east-2").unwrap();
        values.say("pods.evict", "owned").unwrap();
        let document = Document::new(sample());
        let filled = Fill::new(&values, "ns").document(&document).unwrap().unwrap();
        let read: Value = serde_norway::from_str(&write(&filled)).unwrap();
        assert_eq!(read, json(&filled));
        assert_eq!(read["args"][2], "--env=A=x: y\n- \"{{ z }}\" # &<>");
        assert_eq!(read["args"][1], "--region=us-east-2");
        assert_eq!(
            read["text"],
            "endpoint = \"https://rolecall.example.org\"\nregion = \"us-east-2\"\n"
        );
        assert_eq!(read["resources"]["requests"]["cpu"], "10m");
        assert_eq!((&read["replicas"], &read["evicts"]), (&2.into(), &true.into()));
    }

    #[test]
    fn texts_that_could_be_read_as_something_else_are_quoted() {
        for text in [
            "", "true", "No", "1", "1e3", "0x1f", "12:30", "~", "*", "-", "---", "a: b", "a:", "a b", "#a", "null",
            "@a",
        ] {
            assert_eq!(scalar(text), quoted(text), "{text}");
        }
        for text in ["v1", "--port=8443", "a/b:c", "/mutate", "rolecall:0.1.0"] {
            assert_eq!(scalar(text), text);
        }
    }
}
