//! Writes `crates/wire/src/generated/` from `models/`, and `models/` from botocore's data folder.
//!
//! `models/` keeps only the facts of each service model: shapes, constraints, bindings, errors, paginators; none of its
//! documentation. Whatever a model holds that is not known here stops the generator, so that an update fails loudly.

use std::path::Path;

use anyhow::{Context, Result, bail};

use self::model::Model;

mod model;
mod write;

/// The services: the folder in botocore, the module, the constant.
const SERVICES: [(&str, &str, &str); 4] = [
    ("iam", "iam", "IAM"),
    ("sts", "sts", "STS"),
    ("eks", "eks", "EKS"),
    ("eks-auth", "eks_auth", "EKS_AUTH"),
];

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let mut check = false;
    let mut from = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--check" => check = true,
            "--from" => from = Some(rest.next().context("--from needs botocore's data folder")?),
            other => bail!("`{other}` is not an option of `cargo xtask codegen`; it takes --check and --from DIR"),
        }
    }
    for (service, module, constant) in SERVICES {
        let facts = root.join("models").join(format!("{service}.json"));
        if let Some(from) = from {
            std::fs::create_dir_all(root.join("models"))?;
            std::fs::write(&facts, model::facts(&Path::new(from).join(service))?)?;
        }
        let text = std::fs::read_to_string(&facts).with_context(|| format!("reading {}", facts.display()))?;
        let model: Model = serde_json::from_str(&text).with_context(|| format!("reading {}", facts.display()))?;
        let code = write::module(&model, service, constant)?;
        let target = root.join("crates/wire/src/generated").join(format!("{module}.rs"));
        if check {
            let found = std::fs::read_to_string(&target).unwrap_or_default();
            if found != code {
                bail!(
                    "{} is not what `cargo xtask codegen` writes; run it and look at the difference",
                    target.display()
                );
            }
        } else {
            std::fs::write(&target, code)?;
        }
    }
    println!(
        "codegen: {} services are {}",
        SERVICES.len(),
        if check { "unchanged" } else { "written" }
    );
    Ok(())
}
