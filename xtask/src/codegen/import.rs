//! Reads botocore's model of a service and keeps its facts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::model::{Member, Model, Operation, Pages, Shape};

/// Members that the models leave unmarked, and that are credentials all the same.
const SECRETS: [(&str, &str, &str); 4] = [
    ("sts", "Credentials", "SessionToken"),
    ("eks", "License", "token"),
    ("eks-auth", "Credentials", "sessionToken"),
    ("eks-auth", "Credentials", "secretAccessKey"),
];

/// The name of the shape that the members of [`SECRETS`] get.
const SECRET_SHAPE: &str = "SecretString";

/// Distils the newest model in a service's folder (`…/botocore/data/iam`).
pub(super) fn import(folder: &Path) -> Result<Model> {
    let folder = &newest(folder)?;
    let model: Source = serde_json::from_slice(&unzipped(&folder.join("service-2.json.gz"))?)
        .with_context(|| format!("in `{}`", folder.display()))?;
    let paginators = fs::read(folder.join("paginators-1.json")).context("cannot read the paginators")?;
    let mut paginators: SourcePaginators = serde_json::from_slice(&paginators).context("in the paginators")?;
    ensure!(
        matches!(model.metadata.protocol.as_str(), "query" | "rest-json"),
        "unknown protocol `{}`",
        model.metadata.protocol
    );
    let signing_name = model.metadata.signing_name.unwrap_or(model.metadata.endpoint_prefix);
    let mut shapes = model.shapes;
    mark_secrets(&signing_name, &mut shapes)?;

    let mut operations = BTreeMap::new();
    let mut wanted = Vec::new();
    for (name, operation) in model.operations {
        let pages = paginators.pagination.remove(&name);
        if let Some(wrapper) = operation
            .output
            .as_ref()
            .and_then(|output| output.result_wrapper.as_ref())
        {
            ensure!(
                *wrapper == format!("{name}Result"),
                "`{name}` wraps its result in `{wrapper}`"
            );
        }
        ensure!(
            operation.http.response_code.is_none_or(|code| code == 200),
            "`{name}` answers with another status"
        );
        let input = operation.input.map(|reference| reference.shape);
        let output = operation.output.map(|reference| reference.shape);
        let errors: Vec<String> = operation.errors.into_iter().map(|reference| reference.shape).collect();
        wanted.extend(input.iter().chain(&output).chain(&errors).cloned());
        let operation = Operation {
            method: operation.http.method,
            uri: operation.http.request_uri,
            input,
            output,
            errors,
            pages: pages.map(SourcePages::into_pages).transpose()?.flatten(),
        };
        operations.insert(name, operation);
    }
    ensure!(
        paginators.pagination.is_empty(),
        "paginators of unknown operations: {:?}",
        paginators.pagination.keys()
    );
    Ok(Model {
        source: format!("botocore {}", version(folder)?),
        name: model.metadata.service_full_name,
        version: model.metadata.api_version,
        protocol: model.metadata.protocol,
        namespace: model.metadata.xml_namespace.unwrap_or_default(),
        operations,
        shapes: reachable(wanted, &shapes)?,
    })
}

fn newest(folder: &Path) -> Result<PathBuf> {
    let versions = fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let versions = versions
        .map(|version| Ok(version?.path()))
        .collect::<Result<Vec<_>>>()?;
    versions
        .into_iter()
        .max()
        .with_context(|| format!("`{}` is empty", folder.display()))
}

fn unzipped(path: &Path) -> Result<Vec<u8>> {
    let output = Command::new("gzip")
        .arg("-dc")
        .arg(path)
        .output()
        .context("cannot run `gzip`")?;
    ensure!(output.status.success(), "cannot unpack `{}`", path.display());
    Ok(output.stdout)
}

/// Botocore's version, from `botocore/__init__.py` above its data.
fn version(folder: &Path) -> Result<String> {
    let package = folder
        .ancestors()
        .nth(3)
        .context("botocore's `data` folder is not where it should be")?;
    let text = fs::read_to_string(package.join("__init__.py")).context("cannot read botocore's `__init__.py`")?;
    text.lines()
        .find_map(|line| line.strip_prefix("__version__ = '")?.strip_suffix('\''))
        .map(str::to_owned)
        .context("botocore has no version")
}

fn mark_secrets(service: &str, shapes: &mut BTreeMap<String, SourceShape>) -> Result<()> {
    for (_, structure, name) in SECRETS.iter().filter(|(of, _, _)| *of == service) {
        let shape = shapes
            .get_mut(*structure)
            .with_context(|| format!("no shape `{structure}`"))?;
        let member = shape
            .members
            .as_mut()
            .and_then(|members| members.0.iter_mut().find(|(key, _)| key == name));
        let (_, member) = member.with_context(|| format!("no member `{structure}.{name}`"))?;
        SECRET_SHAPE.clone_into(&mut member.shape);
        let secret = SourceShape {
            kind: "string".to_owned(),
            sensitive: true,
            ..SourceShape::default()
        };
        shapes.insert(SECRET_SHAPE.to_owned(), secret);
    }
    Ok(())
}

fn reachable(mut wanted: Vec<String>, shapes: &BTreeMap<String, SourceShape>) -> Result<BTreeMap<String, Shape>> {
    let mut found = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if !found.insert(name.clone()) {
            continue;
        }
        let shape = shapes.get(&name).with_context(|| format!("no shape `{name}`"))?;
        wanted.extend(
            shape
                .members
                .iter()
                .flat_map(|members| members.0.iter().map(|(_, member)| member.shape.clone())),
        );
        wanted.extend(
            [&shape.member, &shape.key, &shape.value]
                .into_iter()
                .flatten()
                .map(|one| one.shape.clone()),
        );
    }
    let facts = |name: String| {
        let shape = shapes.get(&name).with_context(|| format!("no shape `{name}`"))?;
        let facts = shape.facts(&name).with_context(|| format!("in the shape `{name}`"))?;
        Ok((name, facts))
    };
    found.into_iter().map(facts).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(rename = "version")]
    _version: IgnoredAny,
    metadata: Metadata,
    operations: BTreeMap<String, SourceOperation>,
    shapes: BTreeMap<String, SourceShape>,
    #[serde(default, rename = "documentation")]
    _documentation: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    api_version: String,
    endpoint_prefix: String,
    protocol: String,
    service_full_name: String,
    signing_name: Option<String>,
    xml_namespace: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceOperation {
    #[serde(rename = "name")]
    _name: IgnoredAny,
    http: Http,
    input: Option<Reference>,
    output: Option<Reference>,
    #[serde(default)]
    errors: Vec<Reference>,
    #[serde(default, rename = "authtype")]
    _authtype: IgnoredAny,
    #[serde(default, rename = "auth")]
    _auth: IgnoredAny,
    #[serde(default, rename = "documentation")]
    _documentation: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Http {
    method: String,
    request_uri: String,
    response_code: Option<u16>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reference {
    shape: String,
    result_wrapper: Option<String>,
    location: Option<String>,
    location_name: Option<String>,
    #[serde(default, rename = "idempotencyToken")]
    _idempotency_token: IgnoredAny,
    #[serde(default, rename = "documentation")]
    _documentation: IgnoredAny,
    #[serde(default, rename = "deprecated")]
    _deprecated: IgnoredAny,
    #[serde(default, rename = "deprecatedMessage")]
    _deprecated_message: IgnoredAny,
    #[serde(default, rename = "deprecatedSince")]
    _deprecated_since: IgnoredAny,
}

/// Unknown traits (headers, timestamp formats, flattened lists, …) are refused: no codec of ours knows them yet.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceShape {
    #[serde(rename = "type")]
    kind: String,
    min: Option<i64>,
    max: Option<i64>,
    pattern: Option<String>,
    #[serde(default, rename = "enum")]
    one_of: Vec<String>,
    #[serde(default)]
    sensitive: bool,
    members: Option<Ordered<Reference>>,
    #[serde(default)]
    required: Vec<String>,
    member: Option<Reference>,
    key: Option<Reference>,
    value: Option<Reference>,
    error: Option<SourceError>,
    #[serde(default)]
    exception: bool,
    #[serde(default, rename = "fault")]
    _fault: IgnoredAny,
    #[serde(default, rename = "box")]
    _box: IgnoredAny,
    #[serde(default, rename = "documentation")]
    _documentation: IgnoredAny,
}

impl SourceShape {
    fn facts(&self, name: &str) -> Result<Shape> {
        let known = [
            "structure",
            "list",
            "map",
            "string",
            "integer",
            "boolean",
            "timestamp",
            "blob",
        ];
        ensure!(known.contains(&self.kind.as_str()), "unknown type `{}`", self.kind);
        let named = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.shape.clone());
        let members = self.members.iter().flat_map(|members| &members.0);
        let members = members.map(|(name, member)| member.facts(name, self.required.contains(name)));
        Ok(Shape {
            kind: self.kind.clone(),
            members: members.collect::<Result<_>>()?,
            element: named(&self.member).or_else(|| named(&self.value)),
            key: named(&self.key),
            min: self.min,
            max: self.max,
            pattern: self.pattern.clone(),
            one_of: self.one_of.clone(),
            sensitive: self.sensitive,
            error: self.exception.then(|| self.error(name)),
        })
    }

    /// Code and status. A fault without them goes under its name, with 400, as in every client of AWS's.
    fn error(&self, name: &str) -> (String, u16) {
        let error = self.error.as_ref();
        (
            error
                .and_then(|error| error.code.clone())
                .unwrap_or_else(|| name.to_owned()),
            error.and_then(|error| error.http_status_code).unwrap_or(400),
        )
    }
}

impl Reference {
    fn facts(&self, name: &str, required: bool) -> Result<Member> {
        let label = self.location_name.as_deref().unwrap_or(name);
        let location = match self.location.as_deref() {
            Some(location @ ("uri" | "querystring")) => Some((location.to_owned(), label.to_owned())),
            Some(location) => bail!("`{name}` has the unknown location `{location}`"),
            None if label != name => bail!("`{name}` is called `{label}` in the body"),
            None => None,
        };
        Ok(Member {
            name: name.to_owned(),
            shape: self.shape.clone(),
            required,
            location,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SourceError {
    code: Option<String>,
    http_status_code: Option<u16>,
    #[serde(default, rename = "senderFault")]
    _sender_fault: IgnoredAny,
}

#[derive(Deserialize)]
struct SourcePaginators {
    pagination: BTreeMap<String, SourcePages>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcePages {
    input_token: String,
    output_token: String,
    limit_key: Option<String>,
    more_results: Option<String>,
    result_key: serde_json::Value,
    #[serde(default, rename = "non_aggregate_keys")]
    _non_aggregate_keys: IgnoredAny,
}

impl SourcePages {
    fn into_pages(self) -> Result<Option<Pages>> {
        let result_key = match self.result_key {
            serde_json::Value::String(key) => vec![key],
            serde_json::Value::Array(keys) => keys
                .iter()
                .filter_map(serde_json::Value::as_str)
                .map(str::to_owned)
                .collect(),
            other => bail!("a paginator's result key is `{other}`"),
        };
        Ok(self.limit_key.map(|limit_key| Pages {
            input: self.input_token,
            output: self.output_token,
            limit: limit_key,
            more: self.more_results,
            results: result_key,
        }))
    }
}

/// A JSON object in the order of the file: that of the elements in an answer, and of the complaints about a request.
struct Ordered<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}
