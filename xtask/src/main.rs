//! Developer tasks: `cargo xtask catalogue|codegen|deploy|dist|record|soak|test|tidy`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

mod catalogue;
mod codegen;
mod deploy;
mod dist;
mod soak;
mod test;
mod tidy;

const USAGE: &str = "usage: cargo xtask TASK
  test [--setup] [--without-end-to-end] [--without-kubernetes | --oldest-kubernetes]
                                          run all tests; --setup only installs the programs they use
  tidy                                    check the repository: crate edges, file names, unfinished work
  codegen [--check] [--from DIR]          write crates/wire/src/generated from models/; DIR: botocore's data folder
  catalogue [--from DIR]                  write crates/policy/data/catalogue.txt from a public package
  deploy [--check]                        write deploy/ (manifests and Helm chart) from crates/rolecall/src/install
  record [--bless]                        let real clients send anew what crates/server/tests/recorded has; --bless
                                          only takes down the new answers to what is recorded
  dist                                    build what is shipped: target/shipped/rolecall, and its symbols beside it
  soak [--cases N] [--seed N]             compare the policy engine with its reference: 5,000,000 cases by default";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask has no parent folder")?
        .to_owned();
    match arguments.split_first() {
        Some((task, rest)) if task == "codegen" => codegen::run(&root, rest),
        Some((task, rest)) if task == "catalogue" => catalogue::run(&root, rest),
        Some((task, rest)) if task == "deploy" => deploy::run(&root, rest),
        Some((task, [])) if task == "dist" => dist::run(&root),
        Some((task, [])) if task == "record" => test::record(&root, false),
        Some((task, [option])) if task == "record" && option == "--bless" => test::record(&root, true),
        Some((task, rest)) if task == "soak" => soak::run(&root, rest),
        Some((task, rest)) if task == "test" => test::run(&root, rest),
        Some((task, [])) if task == "tidy" => tidy::run(&root),
        _ => bail!("{USAGE}"),
    }
}
