//! `rolecall policy lint`: what is wrong, dangerous or useless in policies.

use std::{
    io::{IsTerminal, Read},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result};
use rolecall_policy::{
    Kind,
    lint::{Category, Finding, Options, lint},
};
use serde_json::json;

use super::print::printable;
use crate::cli::{Lint, PolicyType, Report};

/// Something was found that is an error or a danger.
const FOUND: u8 = 1;
/// A file could not be read.
const UNREADABLE: u8 = 2;

pub(crate) fn run(arguments: &Lint) -> Result<ExitCode> {
    let options = Options {
        kind: arguments.kind.map(|kind| match kind {
            PolicyType::Identity | PolicyType::Boundary => Kind::Identity,
            PolicyType::Resource => Kind::Resource,
            PolicyType::Trust => Kind::Trust,
            PolicyType::Session => Kind::Session,
            PolicyType::Scp => Kind::ServiceControl,
            PolicyType::Rcp => Kind::ResourceControl,
        }),
        providers: (!arguments.provider.is_empty()).then_some(arguments.provider.as_slice()),
    };
    let mut code = 0;
    let mut report = Vec::new();
    for file in &arguments.files {
        let text = match read(file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("rolecall: {error:#}");
                code = code.max(UNREADABLE);
                continue;
            }
        };
        for finding in lint(&text, &options) {
            if matches!(finding.category, Category::Error | Category::SecurityWarning) {
                code = code.max(FOUND);
            }
            match arguments.format {
                Report::Text => tell(file, &text, &finding),
                Report::Json => {
                    let (line, column) = finding.place(&text);
                    report.push(json!({
                        "file": file,
                        "line": line,
                        "column": column,
                        "findingType": finding.category.name(),
                        "issueCode": finding.check,
                        "findingDetails": finding.message,
                    }));
                }
            }
        }
    }
    if arguments.format == Report::Json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    }
    Ok(ExitCode::from(code))
}

fn read(file: &Path) -> Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("reading standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// A finding for people: where, what, and the line with a caret under the place.
fn tell(file: &Path, text: &str, finding: &Finding) {
    let colours = std::io::stdout().is_terminal() && crate::environment("NO_COLOR").is_none();
    let painted = |code: &str, text: &str| {
        if colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    };
    let (line, column) = finding.place(text);
    let colour = match finding.category {
        Category::Error | Category::SecurityWarning => "1;31",
        Category::Warning => "1;33",
        Category::Suggestion => "1;36",
    };
    println!(
        "{}:{line}:{column}: {} {}: {}",
        file.display(),
        painted(colour, finding.category.name()),
        finding.check,
        printable(&finding.message)
    );
    let Some(source) = text.lines().nth(line - 1) else {
        return;
    };
    // A policy on one line would fill the screen: only what is near is shown.
    let from = column.saturating_sub(41);
    let shown: String = source.chars().skip(from).take(100).collect();
    println!("  {line:>4} | {}", printable(&shown));
    println!("       | {}{}", " ".repeat(column - 1 - from), painted(colour, "^"));
}
