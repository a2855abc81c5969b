//! `rolecall policy lint`: checks policies and the annotations of service accounts, before anybody applies them.

use std::{
    fmt::Write as _,
    io::{IsTerminal, Read},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result};
use rolecall_policy::lint::{self, CHECKS, Finding, Options, Severity};
use rolecall_wire::generated::iam;
use serde::Deserialize;
use serde_json::json;

use super::print::printable;
use crate::{
    aws::Aws,
    cli::{Lint, LintFormat, Place},
};

/// A file could not be read.
const UNREADABLE: u8 = 2;

/// A file and what was found in it.
struct Checked {
    name: String,
    text: String,
    findings: Vec<Finding>,
}

pub(crate) async fn run(arguments: Lint) -> Result<ExitCode> {
    let mut providers = (!arguments.provider.is_empty()).then(|| arguments.provider.clone());
    if arguments.live {
        let aws = Aws::connect(&Place::default()).await?;
        let answer = aws
            .client
            .call::<iam::ListOpenIDConnectProviders>(iam::ListOpenIDConnectProvidersRequest {})
            .await?;
        let listed = answer.open_id_connect_provider_list.unwrap_or_default();
        providers
            .get_or_insert_default()
            .extend(listed.into_iter().filter_map(|provider| provider.arn));
    }
    let options = Options {
        policy_type: arguments.policy_type.map(Into::into),
        providers,
    };
    let mut all = Vec::new();
    let mut unreadable = false;
    for path in &arguments.files {
        match read(path) {
            Ok(text) => {
                let findings = manifest(&text).unwrap_or_else(|| lint::lint(&text, &options).findings);
                let name = if is_stdin(path) {
                    "<stdin>".to_owned()
                } else {
                    path.display().to_string()
                };
                all.push(Checked { name, text, findings });
            }
            Err(error) => {
                unreadable = true;
                eprintln!("rolecall: {}", printable(&format!("{error:#}")));
            }
        }
    }
    match arguments.format {
        LintFormat::Text => {
            let colours = std::io::stdout().is_terminal() && crate::environment("NO_COLOR").is_none();
            print!("{}", text(&all, colours));
        }
        LintFormat::Json => println!("{}", serde_json::to_string_pretty(&to_json(&all))?),
        LintFormat::Sarif => println!("{}", serde_json::to_string_pretty(&sarif(&all))?),
    }
    let bad = |finding: &Finding| matches!(finding.severity, Severity::Error | Severity::SecurityWarning);
    Ok(if unreadable {
        ExitCode::from(UNREADABLE)
    } else if all.iter().flat_map(|checked| &checked.findings).any(bad) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read(path: &Path) -> Result<String> {
    if is_stdin(path) {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("reading standard input")?;
        Ok(text)
    } else {
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
    }
}

/// The findings in Kubernetes manifests; `None` where the text is none.
fn manifest(text: &str) -> Option<Vec<Finding>> {
    let mut found = Vec::new();
    let mut place = Finder { text, at: 0 };
    let mut any = false;
    for document in serde_norway::Deserializer::from_str(text) {
        // What is no YAML is for the policy's reader to complain about.
        let value = serde_norway::Value::deserialize(document).ok()?;
        any |= value.get("kind").is_some() && value.get("apiVersion").is_some();
        objects(&value, &mut place, &mut found);
    }
    any.then_some(found)
}

fn objects(value: &serde_norway::Value, place: &mut Finder<'_>, found: &mut Vec<Finding>) {
    for item in value
        .get("items")
        .and_then(|items| items.as_sequence())
        .into_iter()
        .flatten()
    {
        objects(item, place, found);
    }
    if value.get("kind").and_then(|kind| kind.as_str()) != Some("ServiceAccount") {
        return;
    }
    let annotations = value.get("metadata").and_then(|metadata| metadata.get("annotations"));
    for (key, value) in annotations
        .and_then(|annotations| annotations.as_mapping())
        .into_iter()
        .flatten()
    {
        let Some(key) = key.as_str() else { continue };
        if !lint::is_near_annotation(key) {
            continue;
        }
        // Kubernetes takes strings only; what is written without quotes is checked as it is read.
        let value = match value {
            serde_norway::Value::String(text) => text.clone(),
            other => serde_norway::to_string(other).unwrap_or_default().trim().to_owned(),
        };
        let path = format!("$.metadata.annotations['{key}']");
        found.extend(lint::annotation(key, &value, place.find(key), &path));
    }
}

/// Finds keys in a text, one after the other.
struct Finder<'a> {
    text: &'a str,
    at: usize,
}

impl Finder<'_> {
    /// The line and the column of the next place where a key stands with its colon, outside of comments.
    fn find(&mut self, key: &str) -> (usize, usize) {
        let mut from = self.at;
        while let Some(at) = self
            .text
            .get(from..)
            .and_then(|rest| rest.find(key))
            .map(|at| from + at)
        {
            from = at + key.len();
            let before = self.text.get(..at).unwrap_or_default();
            let line = before.rsplit('\n').next().unwrap_or_default();
            let after = self.text.get(from..).unwrap_or_default();
            if !line.trim_start().starts_with('#') && after.trim_start_matches(['"', '\'', ' ']).starts_with(':') {
                self.at = from;
                return (before.matches('\n').count() + 1, line.chars().count() + 1);
            }
        }
        (1, 1)
    }
}

fn text(all: &[Checked], colours: bool) -> String {
    let paint = |code: &str, text: &str| {
        if colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    };
    let mut out = String::new();
    let mut counts = [0_usize; 4];
    for checked in all {
        let lines: Vec<&str> = checked.text.lines().collect();
        for finding in &checked.findings {
            let (code, count) = match finding.severity {
                Severity::Error => ("1;31", 0),
                Severity::SecurityWarning => ("31", 1),
                Severity::Warning => ("33", 2),
                Severity::Suggestion => ("36", 3),
            };
            if let Some(count) = counts.get_mut(count) {
                *count += 1;
            }
            let head = paint(code, &format!("{} {}", finding.severity.name(), finding.check));
            let (line, column) = (finding.line, finding.column);
            let _ = writeln!(
                out,
                "{head} {}:{line}:{column} {}",
                printable(&checked.name),
                paint("2", &printable(&finding.path))
            );
            excerpt(
                &mut out,
                lines.get(line.saturating_sub(1)).unwrap_or(&""),
                finding,
                &paint,
            );
            let _ = writeln!(
                out,
                "  {}\n  {} {}\n",
                printable(&finding.message),
                paint("32", "do:"),
                finding.advice
            );
        }
    }
    if out.is_empty() {
        return out;
    }
    let [errors, security, warnings, suggestions] = counts;
    let _ = writeln!(
        out,
        "{} files: {errors} errors, {security} security warnings, {warnings} warnings, {suggestions} suggestions",
        all.len()
    );
    out
}

/// The line with a caret under the place; of a long line, what is around it.
fn excerpt(out: &mut String, line: &str, finding: &Finding, paint: &dyn Fn(&str, &str) -> String) {
    const BEFORE: usize = 20;
    const SHOWN: usize = 100;
    let column = finding.column.saturating_sub(1);
    let skipped = if line.chars().count() <= SHOWN {
        0
    } else {
        column.saturating_sub(BEFORE)
    };
    let shown: String = line
        .chars()
        .skip(skipped)
        .take(SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let margin = format!("{:>5} | ", finding.line);
    let _ = writeln!(out, "{}{shown}", paint("2", &margin));
    let _ = writeln!(out, "{}^", " ".repeat(margin.len() + column - skipped));
}

/// One list, with Access Analyzer's names for what it has too.
fn to_json(all: &[Checked]) -> serde_json::Value {
    let findings = all
        .iter()
        .flat_map(|checked| checked.findings.iter().map(move |finding| (checked, finding)));
    findings
        .map(|(checked, finding)| {
            json!({
                "file": checked.name,
                "line": finding.line,
                "column": finding.column,
                "path": finding.path,
                "findingType": finding.severity,
                "issueCode": finding.check,
                "findingDetails": finding.message,
                "advice": finding.advice,
            })
        })
        .collect()
}

/// SARIF 2.1.0, which code hosts show beside the lines of a change.
fn sarif(all: &[Checked]) -> serde_json::Value {
    let level = |severity| match severity {
        Severity::Error | Severity::SecurityWarning => "error",
        Severity::Warning => "warning",
        Severity::Suggestion => "note",
    };
    let rules: Vec<_> = CHECKS
        .iter()
        .map(|check| {
            json!({
                "id": check.name,
                "shortDescription": { "text": check.what },
                "help": { "text": check.advice },
                "defaultConfiguration": { "level": level(check.severity) },
                "properties": { "kind": check.severity.name() },
            })
        })
        .collect();
    let results: Vec<_> = all
        .iter()
        .flat_map(|checked| checked.findings.iter().map(move |finding| (checked, finding)))
        .map(|(checked, finding)| {
            json!({
                "ruleId": finding.check,
                "level": level(finding.severity),
                "message": { "text": format!("{}; {}", finding.message, finding.advice) },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": checked.name },
                        "region": { "startLine": finding.line, "startColumn": finding.column },
                    },
                    "logicalLocations": [{ "fullyQualifiedName": finding.path }],
                }],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "rolecall", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "# eks.amazonaws.com/rol-arn: a comment\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: app\n  annotations:\n    example.com/owner: me\n    eks.amazonaws.com/rol-arn: arn:aws:iam::123456789012:role/app\n---\napiVersion: v1\nkind: List\nitems:\n- kind: ServiceAccount\n  apiVersion: v1\n  metadata:\n    annotations:\n      \"eks.amazonaws.com/role-arn\": app\n      eks.amazonaws.com/token-expiration: 86400\n";

    fn checked(text: &str) -> Checked {
        let findings = manifest(text).unwrap_or_else(|| lint::lint(text, &Options::default()).findings);
        Checked {
            name: "a.json".into(),
            text: text.to_owned(),
            findings,
        }
    }

    #[test]
    fn annotations_are_found_in_every_document_with_their_lines() {
        let found = manifest(MANIFEST).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.check, finding.line, finding.column))
            .collect();
        assert_eq!(
            told,
            [("ROLE_ANNOTATION_MISSPELLED", 8, 5), ("ROLE_ANNOTATION_INVALID", 17, 8)]
        );
    }

    #[test]
    fn policies_and_other_texts_are_no_manifests() {
        for text in [
            r#"{"Version":"2012-10-17","Statement":[]}"#,
            "",
            "{",
            "a: [",
            "- 1",
            "kind: x",
        ] {
            assert!(manifest(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_finding_is_shown_under_its_line_and_in_sarif() {
        let one = checked(
            "{\"Version\":\"2012-10-17\",\n \"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObjct\",\"Resource\":\"*\"}}",
        );
        let shown = text(std::slice::from_ref(&one), false);
        assert!(
            shown.starts_with("ERROR INVALID_ACTION a.json:2:41 $.Statement.Action\n"),
            "{shown}"
        );
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[1].find("\"s3:GetObjct"), lines[2].find('^'), "{shown}");
        let sarif = sarif(&[one]);
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "INVALID_ACTION");
        assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 2);
    }
}
