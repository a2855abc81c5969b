//! Writes `deploy/` from the source of what `rolecall install` applies. The binary does it: nobody else knows the objects.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let mut command = Command::new("cargo");
    command
        .args(["run", "--quiet", "--package", "rolecall", "--", "deploy"])
        .arg(root.join("deploy"))
        .current_dir(root);
    match arguments {
        [] => {}
        [check] if check == "--check" => _ = command.arg(check),
        _ => bail!("`cargo xtask deploy` takes --check alone"),
    }
    let status = command.status().with_context(|| format!("starting {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    println!("deploy: {}", if arguments.is_empty() { "written" } else { "unchanged" });
    Ok(())
}
