//! Checks of the repository itself that no compiler makes: the crate graph as a privilege boundary, file names, sizes,
//! words that mark unfinished work.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// Which of our crates each crate may name, in `[dependencies]`. ARCHITECTURE.md gives the reasons; a new edge is added
/// there first.
const EDGES: &[(&str, &[&str])] = &[
    ("names", &[]),
    ("policy", &["names"]),
    ("checksum", &[]),
    ("wire", &["names"]),
    ("store", &[]),
    ("identity", &["names", "policy", "store"]),
    ("objects", &["checksum"]),
    ("cluster", &["names", "policy"]),
    ("gateway", &["checksum", "names", "policy", "wire"]),
    ("server", &["identity", "names", "policy", "wire"]),
    (
        "rolecall",
        &[
            "cluster", "gateway", "identity", "names", "objects", "policy", "server", "store", "wire",
        ],
    ),
];

/// Which outside crates only these of ours may name: an absence that the architecture promises.
const ONLY: &[(&str, &[&str])] = &[
    // In `wire` only behind its feature `client`.
    (
        "tokio",
        &[
            "cluster", "store", "identity", "objects", "gateway", "server", "rolecall", "wire",
        ],
    ),
    (
        "hyper",
        &["cluster", "wire", "objects", "gateway", "server", "rolecall"],
    ),
    (
        "hyper-util",
        &["cluster", "wire", "objects", "gateway", "server", "rolecall"],
    ),
    ("quick-xml", &["wire", "gateway"]),
    ("redb", &["store", "objects"]),
    ("kube", &["cluster", "rolecall"]),
    ("s3s", &["objects"]),
];

/// No source file of ours grows past this; a longer one holds two rooms.
const LONGEST_FILE: usize = 1200;

pub(crate) fn run(root: &Path) -> Result<()> {
    let mut complaints = Vec::new();
    edges(root, &mut complaints)?;
    sources(root, &mut complaints)?;
    if complaints.is_empty() {
        println!("tidy: the tree is in order");
        return Ok(());
    }
    for complaint in &complaints {
        eprintln!("tidy: {complaint}");
    }
    bail!("{} complaints", complaints.len());
}

fn edges(root: &Path, complaints: &mut Vec<String>) -> Result<()> {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = EDGES
        .iter()
        .map(|(name, edges)| (*name, edges.iter().copied().collect()))
        .collect();
    for entry in std::fs::read_dir(root.join("crates")).context("reading crates/")? {
        let folder = entry?.file_name().to_string_lossy().into_owned();
        let manifest = std::fs::read_to_string(root.join("crates").join(&folder).join("Cargo.toml"))?;
        let Some(edges) = allowed.get(folder.as_str()) else {
            complaints.push(format!(
                "crates/{folder} is not in the table of allowed edges (xtask/src/tidy.rs)"
            ));
            continue;
        };
        for dependency in dependencies(&manifest) {
            if let Some(ours) = dependency.strip_prefix("rolecall-")
                && !edges.contains(ours)
            {
                complaints.push(format!(
                    "crates/{folder} may not depend on `{dependency}`: the crate graph is a privilege boundary"
                ));
            }
            if let Some((_, users)) = ONLY.iter().find(|(name, _)| *name == dependency)
                && !users.contains(&folder.as_str())
            {
                complaints.push(format!(
                    "crates/{folder} may not depend on `{dependency}`; only {users:?} may"
                ));
            }
        }
    }
    Ok(())
}

/// The names in `[dependencies]` of a manifest, whatever form they are written in.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            inside = section == "dependencies]";
            if let Some(name) = section.strip_prefix("dependencies.") {
                names.push(name.trim_end_matches(']').to_owned());
            }
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let name: String = line
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
                .collect();
            names.push(name);
        }
    }
    names
}

fn sources(root: &Path, complaints: &mut Vec<String>) -> Result<()> {
    for path in tracked(root)? {
        let shown = path.display().to_string();
        if path.file_name().is_some_and(|name| name == "mod.rs") {
            complaints.push(format!("{shown}: `foo.rs` beside `foo/`, no mod.rs"));
        }
        if path.extension().is_none_or(|extension| extension != "rs") || shown.contains("generated") {
            continue;
        }
        let text = match std::fs::read_to_string(root.join(&path)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("reading {shown}")),
        };
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            complaints.push(format!(
                "{shown}: {lines} lines, more than {LONGEST_FILE}; would a reader find two rooms?"
            ));
        }
        for word in ["FIX\u{4d}E", "XX\u{58}", "dbg\u{21}("] {
            if text.contains(word) {
                complaints.push(format!("{shown}: contains `{word}`"));
            }
        }
    }
    Ok(())
}

fn tracked(root: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .arg("ls-files")
        .current_dir(root)
        .output()
        .context("running git ls-files")?;
    if !output.status.success() {
        bail!("git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.lines().map(PathBuf::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_in_every_form() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\" # why\n\n[dependencies.c]\nversion = \"1\"\n[dev-dependencies]\nd = \"1\"\n";
        assert_eq!(dependencies(manifest), ["a", "b", "c"]);
    }
}
