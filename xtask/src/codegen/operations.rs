//! `docs/operations.md`: every operation, and whether the server answers it, or why not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

use super::model::Model;

/// Why operations are not answered, from `unanswered.txt`.
pub(super) struct Reasons<'a> {
    text: &'a str,
    by_operation: BTreeMap<&'a str, &'a str>,
}

impl<'a> Reasons<'a> {
    /// Reads the file: `= reason` begins a reason, each line after it is an operation that has it, `#` begins a comment.
    pub(super) fn read(text: &'a str) -> Result<Self> {
        let mut by_operation = BTreeMap::new();
        let mut reason = None;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(begun) = line.strip_prefix('=') {
                reason = Some(begun.trim()).filter(|reason| !reason.is_empty());
                continue;
            }
            let reason = reason.with_context(|| format!("`{line}` stands before the first reason"))?;
            if by_operation.insert(line, reason).is_some() {
                bail!("`{line}` has two reasons");
            }
        }
        Ok(Self { text, by_operation })
    }

    /// The file without the operations that are answered now, and without reasons that none has any more.
    pub(super) fn without(&self, answered: &BTreeSet<&str>) -> String {
        let mut kept = String::new();
        for part in self.text.split("\n\n") {
            let lines: Vec<&str> = part.lines().filter(|line| !answered.contains(line.trim())).collect();
            let is_reason = part.trim_start().starts_with('=');
            if is_reason && lines.len() < 2 {
                continue;
            }
            if !kept.is_empty() {
                kept.push('\n');
            }
            for line in lines {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        kept
    }
}

/// The operations of `crates/server/operations.txt`: one `iam:CreateRole` a line, `#` begins a comment.
pub(super) fn answered(text: &str) -> BTreeSet<&str> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).collect()
}

/// Writes the page. Each operation that is not answered must have its reason.
pub(super) fn page(models: &[(&str, Model)], answered: &BTreeSet<&str>, reasons: &Reasons<'_>) -> Result<String> {
    let mut unknown = answered.clone();
    let mut reasons = reasons.by_operation.clone();
    let mut tables = String::new();
    let mut without = Vec::new();
    let (mut all, mut done) = (0, 0);
    for (service, model) in models {
        let mut rows = String::new();
        let mut of_service = 0;
        for name in model.operations.keys() {
            let operation = format!("{service}:{name}");
            let reason = reasons.remove(operation.as_str());
            if unknown.remove(operation.as_str()) {
                of_service += 1;
                writeln!(rows, "| {name} | yes |")?;
            } else if let Some(reason) = reason {
                writeln!(rows, "| {name} | no: {reason} |")?;
            } else {
                without.push(operation);
            }
        }
        write!(tables, "\n## {} (`{service}`, {})\n\n", model.name, model.version)?;
        let count = model.operations.len();
        write!(
            tables,
            "{of_service} of {count} answered; model of {}.\n\n",
            model.source
        )?;
        tables.push_str("| operation | answered |\n| --- | --- |\n");
        tables.push_str(&rows);
        all += count;
        done += of_service;
    }
    if let Some(unknown) = unknown.first() {
        bail!("`crates/server/operations.txt` names `{unknown}`, which no model has");
    }
    if !without.is_empty() {
        bail!(
            "not answered, and without a reason in `xtask/src/codegen/unanswered.txt`: {}",
            without.join(", ")
        );
    }
    if let Some(unknown) = reasons.keys().next() {
        bail!("`xtask/src/codegen/unanswered.txt` names `{unknown}`, which no model has");
    }
    Ok(format!(
        "# Operations\n\n{done} of {all} operations are answered.\n\n\
         Written by `cargo xtask codegen` from `models/`, `crates/server/operations.txt` and\n\
         `xtask/src/codegen/unanswered.txt`; do not edit.\n\n\
         Every operation of these services is known to the wire crate. One that the server does not answer gets status 501,\n\
         `NotImplemented`, with its name.\n{tables}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# why\n\n= Not built yet.\niam:A\niam:B\n\n= Never.\niam:C\n";

    fn model() -> Result<Model> {
        let operation = r#"{"method":"POST","uri":"/"}"#;
        let text = format!(
            r#"{{"source":"s","name":"IAM","version":"v","protocol":"query","namespace":"","shapes":{{}},
                "operations":{{"A":{operation},"B":{operation},"C":{operation}}}}}"#
        );
        Ok(serde_json::from_str(&text)?)
    }

    #[test]
    fn every_operation_is_answered_or_has_its_reason() -> Result<()> {
        let models = [("iam", model()?)];
        let page = page(&models, &answered("iam:B\n"), &Reasons::read(TEXT)?)?;
        assert!(page.contains("1 of 3 operations are answered."), "{page}");
        assert!(
            page.contains("| A | no: Not built yet. |\n| B | yes |\n| C | no: Never. |"),
            "{page}"
        );
        Ok(())
    }

    #[test]
    fn an_operation_without_a_reason_stops_the_generator() -> Result<()> {
        let models = [("iam", model()?)];
        let lacking = Reasons::read("= Not built yet.\niam:A\n")?;
        let error = page(&models, &answered("iam:B"), &lacking)
            .err()
            .context("it was written")?;
        assert!(error.to_string().ends_with(": iam:C"), "{error}");
        assert!(page(&models, &answered("iam:X"), &Reasons::read(TEXT)?).is_err());
        let strange = format!("{TEXT}iam:X\n");
        assert!(page(&models, &answered(""), &Reasons::read(&strange)?).is_err());
        Ok(())
    }

    #[test]
    fn a_reason_is_written_once_and_under_a_heading() {
        assert!(Reasons::read("iam:A\n").is_err());
        assert!(Reasons::read("= One.\niam:A\n= Two.\niam:A\n").is_err());
    }

    #[test]
    fn what_is_answered_needs_no_reason_any_more() -> Result<()> {
        let reasons = Reasons::read(TEXT)?;
        assert_eq!(reasons.without(&answered("")), TEXT);
        assert_eq!(
            reasons.without(&answered("iam:A\niam:C")),
            "# why\n\n= Not built yet.\niam:B\n"
        );
        Ok(())
    }
}
