//! A service model's facts, as `models/` keeps them.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A service.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Model {
    pub(crate) version: String,
    pub(crate) protocol: String,
    pub(crate) namespace: String,
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pages: Option<Pages>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pages {
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) limit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) more: Option<String>,
    pub(crate) results: Vec<String>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) members: Vec<Member>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) element: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(crate) one_of: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) sensitive: bool,
    /// Code and status of an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<(String, u16)>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) shape: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) required: bool,
    /// `uri` or `querystring`, and the name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<(String, String)>,
}

/// The facts of the newest model in botocore's folder of a service, as JSON.
pub(crate) fn facts(folder: &Path) -> Result<String> {
    let mut versions: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .collect::<std::io::Result<Vec<_>>>()?
        .into_iter()
        .map(|entry| entry.path())
        .collect();
    versions.sort();
    let newest = versions
        .last()
        .with_context(|| format!("{} is empty", folder.display()))?;
    let service = read(&newest.join("service-2.json"))?;
    let pages = read(&newest.join("paginators-1.json")).unwrap_or_default();
    let mut text = serde_json::to_string_pretty(&convert(&service, &pages)?)?;
    text.push('\n');
    Ok(text)
}

fn read(path: &Path) -> Result<Value> {
    if path.exists() {
        return Ok(serde_json::from_slice(&std::fs::read(path)?)?);
    }
    let packed = path.with_extension("json.gz");
    let output = Command::new("gzip")
        .arg("-dc")
        .arg(&packed)
        .output()
        .context("running gzip")?;
    if !output.status.success() {
        bail!("{} cannot be read", packed.display());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn convert(service: &Value, pages: &Value) -> Result<Model> {
    let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let mut operations = BTreeMap::new();
    for (name, operation) in object(service, "operations")? {
        let errors = operation.get("errors").and_then(Value::as_array).into_iter().flatten();
        operations.insert(
            name.clone(),
            Operation {
                method: text(operation, "/http/method").context("an operation has no method")?,
                uri: text(operation, "/http/requestUri").context("an operation has no URI")?,
                input: text(operation, "/input/shape"),
                output: text(operation, "/output/shape"),
                errors: errors.filter_map(|error| text(error, "/shape")).collect(),
                pages: pages.pointer(&format!("/pagination/{name}")).map(page).transpose()?,
            },
        );
    }
    let mut shapes = BTreeMap::new();
    for (name, shape) in object(service, "shapes")? {
        shapes.insert(
            name.clone(),
            convert_shape(shape).with_context(|| format!("shape {name}"))?,
        );
    }
    Ok(Model {
        version: text(service, "/metadata/apiVersion").context("the model has no version")?,
        protocol: text(service, "/metadata/protocol").context("the model has no protocol")?,
        namespace: text(service, "/metadata/xmlNamespace").unwrap_or_default(),
        operations,
        shapes,
    })
}

fn page(page: &Value) -> Result<Pages> {
    let text = |key: &str| page.get(key).and_then(Value::as_str).map(str::to_owned);
    let results = match page.get("result_key") {
        Some(Value::String(key)) => vec![key.clone()],
        Some(Value::Array(keys)) => keys.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => bail!("a paginator has no result"),
    };
    Ok(Pages {
        input: text("input_token").context("a paginator has no input token")?,
        output: text("output_token").context("a paginator has no output token")?,
        limit: text("limit_key").context("a paginator has no limit")?,
        more: text("more_results"),
        results,
    })
}

fn convert_shape(shape: &Value) -> Result<Shape> {
    let text = |pointer: &str| shape.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let required: Vec<&str> = shape
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut members = Vec::new();
    if let Some(found) = shape.get("members") {
        for (name, member) in found.as_object().context("members")? {
            let wire = member.get("locationName").and_then(Value::as_str).unwrap_or(name);
            let location = member.get("location").and_then(Value::as_str);
            members.push(Member {
                name: name.clone(),
                shape: member
                    .get("shape")
                    .and_then(Value::as_str)
                    .context("a member has no shape")?
                    .to_owned(),
                required: required.contains(&name.as_str()),
                location: location.map(|location| (location.to_owned(), wire.to_owned())),
            });
            if location.is_none() && wire != name {
                bail!("member {name} has another name in the body, which is not known here");
            }
        }
    }
    let error = shape.get("exception").and_then(Value::as_bool).unwrap_or_default();
    let status = shape.pointer("/error/httpStatusCode").and_then(Value::as_u64);
    Ok(Shape {
        kind: text("/type").context("a shape has no type")?,
        members,
        element: text("/member/shape").or_else(|| text("/value/shape")),
        key: text("/key/shape"),
        min: shape.get("min").and_then(Value::as_i64),
        max: shape.get("max").and_then(Value::as_i64),
        pattern: text("/pattern"),
        one_of: shape
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        sensitive: shape.get("sensitive").and_then(Value::as_bool).unwrap_or_default(),
        error: error.then(|| {
            (
                text("/error/code").unwrap_or_default(),
                u16::try_from(status.unwrap_or(400)).unwrap_or(400),
            )
        }),
    })
}

fn object<'a>(value: &'a Value, key: &str) -> Result<&'a serde_json::Map<String, Value>> {
    value
        .get(key)
        .and_then(Value::as_object)
        .with_context(|| format!("the model has no {key}"))
}
