//! `docs/operations.md`: every operation, and whether the server answers it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::model::Model;

/// Writes the page. `answered` is `crates/server/operations.txt`: one `iam:CreateRole` a line, `#` begins a comment.
pub(super) fn page(models: &[(&str, Model)], answered: &str) -> Result<String> {
    let lines = answered
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    let mut answered: BTreeSet<&str> = lines.filter(|line| !line.is_empty()).collect();
    let mut page = String::from(
        "# Operations\n\nWritten by `cargo xtask codegen` from `models/` and `crates/server/operations.txt`; do not edit.\n\n\
         Every operation of these services is known to the wire crate. One that the server does not answer yet gets status\n\
         501, `NotImplemented`, with its name.\n",
    );
    for (service, model) in models {
        let all = model.operations.len();
        let names = model
            .operations
            .keys()
            .map(|name| (name, answered.remove(format!("{service}:{name}").as_str())));
        let names: Vec<(&String, bool)> = names.collect();
        let done = names.iter().filter(|(_, done)| *done).count();
        write!(page, "\n## {} (`{service}`, {})\n\n", model.name, model.version)?;
        write!(page, "{done} of {all} answered; model of {}.\n\n", model.source)?;
        page.push_str("| operation | answered |\n| --- | --- |\n");
        for (name, done) in names {
            writeln!(page, "| {name} | {} |", if done { "yes" } else { "" })?;
        }
    }
    if let Some(unknown) = answered.first() {
        bail!("`crates/server/operations.txt` names `{unknown}`, which no model has");
    }
    Ok(page)
}
