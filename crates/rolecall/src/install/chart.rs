//! The files of `deploy/`: plain manifests, and the Helm chart of the same objects.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::{
    Component, namespace, printed,
    values::{SETTINGS, Values},
    yaml::{self, comment, condition, expression, scalar},
};
use crate::install::manifest::Condition;

/// The namespace of the plain manifests.
const NAMESPACE: &str = "rolecall";
/// What the plain manifests of components that need more say, for somebody to replace.
const EXAMPLES: &[(&str, &str)] = &[
    ("cluster", "prod"),
    ("accountId", "123456789012"),
    ("region", "us-east-2"),
    ("endpoint", "https://rolecall.example.org"),
    ("keys.roleArn", "arn:aws:iam::123456789012:role/rolecall-keys"),
    ("gateway.roleArn", "arn:aws:iam::123456789012:role/rolecall-gateway"),
    ("gateway.store.endpoint", "http://store.example.org:9000"),
];
const BY: &str = "Written by `cargo xtask deploy`; do not edit.";

/// Every file below `deploy/`, and the table of values in the documentation.
pub(crate) fn files() -> Result<BTreeMap<PathBuf, String>> {
    let defaults = Values::defaults()?;
    let mut files = BTreeMap::new();
    let about = format!(
        "{BY}\n\nThe namespace of the other manifests. Its pods are held to the restricted Pod Security Standard."
    );
    files.insert(
        "namespace.yaml".into(),
        printed(&about, &namespace(&defaults, NAMESPACE)?),
    );
    for component in Component::ALL {
        let mut values = defaults.clone();
        if !component.needs().is_empty() {
            for (path, text) in EXAMPLES {
                values.say(path, text)?;
            }
        }
        files.insert(
            component.file().into(),
            printed(&about_plain(component), &component.objects(&values, NAMESPACE)?),
        );
        files.insert(Path::new("chart/templates").join(component.file()), template(component));
    }
    files.insert("chart/Chart.yaml".into(), metadata());
    files.insert("chart/values.yaml".into(), values_file()?);
    files.insert("chart/values.schema.json".into(), schema()?);
    Ok(files)
}

/// Writes the files into `folder`, or says which is not what would be written.
pub(crate) fn write(folder: &Path, check: bool) -> Result<()> {
    for (name, text) in files()? {
        let path = folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|found| found == text) {
            continue;
        }
        if check {
            bail!(
                "{} is not what `cargo xtask deploy` writes; run it and look at the difference",
                path.display()
            );
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn about_plain(component: Component) -> String {
    let more = match component {
        Component::Admission => {
            "The admission webhook: gives pods their IAM roles by the annotation eks.amazonaws.com/role-arn of their service accounts.\n\n  kubectl apply -f namespace.yaml -f admission.yaml\n\nAs it stands it says nothing of how pods reach the control plane. With that:\n\n  rolecall install --component admission --endpoint https://rolecall.example.org --region us-east-2 --account-id 123456789012"
        }
        Component::Pods => {
            "Finds pods that run without the role that they should have, and records an Event on each.\n\n  kubectl apply -f namespace.yaml -f pods.yaml\n\nEvictions, with the right to make them:\n\n  rolecall install --component pods --set pods.evict=owned"
        }
        Component::Keys => {
            "Publishes the API server's keys to the control plane. The cluster's name, the endpoint, the region and the role are examples. With your own:\n\n  rolecall install --component keys --cluster NAME --endpoint https://rolecall.example.org --region us-east-2 --set keys.roleArn=ARN"
        }
        Component::Gateway => {
            "The gateway in pods of its own. It needs the Secret rolecall-gateway-tls, with the certificate of its name, and the Secret rolecall-gateway, with its credentials at the store. The endpoint, the region, the role and the store are examples. With your own:\n\n  rolecall install --component gateway --endpoint https://rolecall.example.org --region us-east-2 --set gateway.roleArn=ARN --set gateway.store.endpoint=URL"
        }
        Component::ControlPlane => {
            "The control plane. It needs the Secret rolecall-tls, with the certificate of its endpoint. The endpoint, the account and the region are examples. With your own:\n\n  rolecall install --component control-plane --endpoint https://rolecall.example.org --region us-east-2 --account-id 123456789012"
        }
    };
    format!("{BY}\n\n{more}")
}

fn template(component: Component) -> String {
    let mut text = format!("{}\n", condition(Condition::Set(component.enabled())));
    for path in component.needs() {
        let message = format!(
            "{} needs the value {path}",
            component.enabled().trim_end_matches(".enabled")
        );
        _ = writeln!(
            text,
            "{{{{- $_ := required {} {} }}}}",
            Value::from(message),
            expression(path)
        );
    }
    for document in component.documents() {
        if let Some(what) = document.condition {
            _ = writeln!(text, "{}", condition(what));
        }
        text.push_str("---\n");
        if !document.comment.is_empty() {
            comment(document.comment, 0, &mut text);
        }
        text.push_str(&yaml::write(&document.object));
        if document.condition.is_some() {
            text.push_str("{{- end }}\n");
        }
    }
    text.push_str("{{- end }}\n");
    text
}

fn metadata() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut text = String::new();
    comment(BY, 0, &mut text);
    _ = write!(
        text,
        "apiVersion: v2
name: rolecall
description: Every Kubernetes pod its own IAM role, on any cluster, in front of any S3-compatible store.
type: application
version: {version}
appVersion: {version}
kubeVersion: \">=1.30.0-0\"
home: https://github.com/rolecall/rolecall
"
    );
    text
}

fn values_file() -> Result<String> {
    let mut text = String::new();
    comment(
        &format!("{BY} What each value may be is in values.schema.json."),
        0,
        &mut text,
    );
    let mut open: Vec<&str> = Vec::new();
    for setting in SETTINGS {
        let mut names: Vec<&str> = setting.path.split('.').collect();
        let Some(last) = names.pop() else { continue };
        let shared = open.iter().zip(&names).take_while(|(open, name)| open == name).count();
        for (depth, name) in names.iter().enumerate().skip(shared) {
            _ = writeln!(text, "{:width$}{name}:", "", width = depth * 2);
        }
        let indent = names.len() * 2;
        comment(setting.about, indent, &mut text);
        let default: Value = serde_json::from_str(setting.default)?;
        let shown = match &default {
            Value::String(text) => scalar(text),
            other => other.to_string(),
        };
        _ = writeln!(text, "{:indent$}{last}: {shown}", "");
        open = names;
    }
    Ok(text)
}

/// JSON Schema, so that Helm refuses a value that is misspelt or cannot be.
fn schema() -> Result<String> {
    let mut root = object();
    // What Helm adds by itself where this chart is a part of another.
    put(&mut root, &["global"], json!({ "type": "object" }));
    for setting in SETTINGS {
        let mut schema = setting.kind.schema();
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), setting.about.into());
        }
        put(&mut root, &setting.path.split('.').collect::<Vec<_>>(), schema);
    }
    if let Value::Object(root) = &mut root {
        root.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
    }
    Ok(serde_json::to_string_pretty(&root)? + "\n")
}

fn object() -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": {} })
}

fn put(place: &mut Value, path: &[&str], schema: Value) {
    let Some(Value::Object(properties)) = place.get_mut("properties") else {
        return;
    };
    put_into(properties, path, schema);
}

fn put_into(properties: &mut Map<String, Value>, path: &[&str], schema: Value) {
    match path {
        [] => {}
        [last] => _ = properties.insert((*last).to_owned(), schema),
        [first, rest @ ..] => {
            let next = properties.entry(*first).or_insert_with(object);
            put(next, rest, schema);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::values::Kind;

    /// The table of values for docs/install.md.
    fn table() -> String {
        let mut text = "| value | default | what it is |\n|---|---|---|\n".to_owned();
        for setting in SETTINGS {
            let default = match setting.kind {
                Kind::Object => {
                    serde_json::from_str::<Value>(setting.default).map_or_else(|_| String::new(), |it| it.to_string())
                }
                _ => setting.default.trim_matches('"').to_owned(),
            };
            let default = if default.is_empty() {
                String::new()
            } else {
                format!("`{default}`")
            };
            _ = writeln!(text, "| `{}` | {default} | {} |", setting.path, setting.about);
        }
        text
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn the_files_of_deploy_are_what_the_source_says() {
        write(&root().join("deploy"), true).unwrap();
    }

    #[test]
    fn the_documentation_lists_every_value() {
        let page = std::fs::read_to_string(root().join("docs/install.md")).unwrap();
        assert!(
            page.contains(&table()),
            "docs/install.md is to have this table:\n{}",
            table()
        );
    }

    #[test]
    fn the_charts_values_are_the_defaults() {
        let mut read = Values::defaults().unwrap();
        read.say_all(&values_file().unwrap()).unwrap();
        let defaults = Values::defaults().unwrap();
        for setting in SETTINGS {
            assert_eq!(read.get(setting.path), defaults.get(setting.path), "{}", setting.path);
        }
    }
}
