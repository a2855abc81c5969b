//! Writes `crates/wire/src/generated/` from `models/`, and `models/` from botocore's data folder.
//!
//! `models/` keeps only the facts of each service model: shapes, constraints, bindings, errors, paginators; none of its
//! documentation. Whatever a model holds that is not known here stops the generator, so that an update fails loudly.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use self::model::Model;

mod import;
mod model;
mod operations;
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
    let mut models = Vec::new();
    for (service, module, constant) in SERVICES {
        let facts = root.join("models").join(format!("{service}.json"));
        if let Some(from) = from {
            let model = import::import(&Path::new(from).join(service)).with_context(|| format!("in `{service}`"))?;
            put(&facts, &(serde_json::to_string_pretty(&model)? + "\n"), check)?;
        }
        let text = fs::read_to_string(&facts).with_context(|| format!("reading {}", facts.display()))?;
        let model: Model = serde_json::from_str(&text).with_context(|| format!("reading {}", facts.display()))?;
        let target = root.join("crates/wire/src/generated").join(format!("{module}.rs"));
        put(&target, &write::module(&model, service, constant)?, check)?;
        models.push((service, model));
    }
    let read = |path: &str| fs::read_to_string(root.join(path)).with_context(|| format!("reading {path}"));
    let listed = read("crates/server/operations.txt")?;
    let answered = operations::answered(&listed);
    let unanswered = "xtask/src/codegen/unanswered.txt";
    let text = read(unanswered)?;
    let reasons = operations::Reasons::read(&text)?;
    put(
        &root.join("docs/operations.md"),
        &operations::page(&models, &answered, &reasons)?,
        check,
    )?;
    put(&root.join(unanswered), &reasons.without(&answered), check)?;
    let done = if check { "unchanged" } else { "written" };
    println!("codegen: {} services are {done}", SERVICES.len());
    Ok(())
}

fn put(path: &Path, text: &str, check: bool) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    if check {
        bail!(
            "{} is not what `cargo xtask codegen` writes; run it and look at the difference",
            path.display()
        );
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_code_is_what_the_models_say() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent folder")?;
        run(root, &["--check".to_owned()])
    }
}
