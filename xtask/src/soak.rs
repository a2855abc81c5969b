//! Millions of generated cases, decided by the policy engine and by the naive evaluator of its tests.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// `--cases N` cases, made from the seeds that follow `--seed N`.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(root).args([
        "test",
        "--release",
        "--package",
        "rolecall-policy",
        "--test",
        "reference",
        "--",
        "--ignored",
        "--nocapture",
    ]);
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let variable = match option.as_str() {
            "--cases" => "SOAK_CASES",
            "--seed" => "SOAK_SEED",
            other => bail!("`{other}` is not an option of `cargo xtask soak`; it takes --cases N and --seed N"),
        };
        let number: u64 = rest
            .next()
            .and_then(|text| text.replace('_', "").parse().ok())
            .with_context(|| format!("`{option}` takes a number"))?;
        cargo.env(variable, number.to_string());
    }
    if !cargo.status().context("starting cargo")?.success() {
        bail!("the engine and the reference disagree; the case is above");
    }
    Ok(())
}
