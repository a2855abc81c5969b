//! What can be said about an installation: one table, from which come the chart's `values.yaml` and `values.schema.json`,
//! what `rolecall install` takes, and the table in docs/install.md.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

/// One thing that can be said.
pub(crate) struct Setting {
    /// Where it stands, such as `admission.replicas`.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    /// Its default, as JSON.
    pub(crate) default: &'static str,
    pub(crate) about: &'static str,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// True or false.
    Flag,
    /// A text of a form.
    Text(Form),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A whole number between two.
    Whole(i64, i64),
    /// A list of texts of a form.
    Texts(Form),
    /// A list of ports.
    Ports,
    /// A map of texts: what its keys are like, what its values are like.
    Map(Form, Form),
    /// A map of whole numbers.
    Numbers,
    /// An object of Kubernetes' own.
    Object,
    /// A list of objects of Kubernetes' own.
    Objects,
}

/// The form of a text. The empty text stands for what is not said, unless the form is that of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Any,
    Account,
    /// A label of DNS, as Kubernetes' names are.
    Label,
    /// A name of an environment variable.
    Variable,
    /// A URL of a scheme, a host and perhaps a port.
    Url,
    /// Such a URL, and https.
    Https,
    /// A region or partition.
    Region,
    /// A name of a cluster (Amazon EKS API Reference, `CreateCluster`).
    Cluster,
    /// An ARN of a role.
    Role,
    /// A name of an image.
    Image,
    /// Certificates in PEM.
    Certificates,
    /// An amount of storage (Kubernetes: Quantity).
    Quantity,
}

const RESOURCES: &str = r#"{"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}}"#;
const FEW_RESOURCES: &str = r#"{"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}}"#;

/// Everything that can be said, in the order in which people read it.
#[rustfmt::skip]
pub(crate) const SETTINGS: &[Setting] = &[
    Setting { path: "image", kind: Kind::Text(Form::Image), default: concat!("\"rolecall:", env!("CARGO_PKG_VERSION"), "\""), about: "The image, as deploy/Dockerfile makes it" },
    Setting { path: "imagePullSecrets", kind: Kind::Texts(Form::Label), default: "[]", about: "Secrets to pull the image with" },
    Setting { path: "cluster", kind: Kind::Text(Form::Cluster), default: "\"\"", about: "Name of this cluster, as `rolecall create cluster` registered it; needed by keys" },
    Setting { path: "accountId", kind: Kind::Text(Form::Account), default: "\"\"", about: "The account: completes roles that an annotation names without an ARN, and is the control plane's first; a text, so write it in quotes" },
    Setting { path: "partition", kind: Kind::Text(Form::Region), default: "\"aws\"", about: "The partition of such roles" },
    Setting { path: "region", kind: Kind::Text(Form::Region), default: "\"\"", about: "The region: AWS_REGION of pods, and the control plane's own" },
    Setting { path: "endpoint", kind: Kind::Text(Form::Https), default: "\"\"", about: "URL of the control plane: AWS_ENDPOINT_URL_STS of pods, and the control plane's own name" },
    Setting { path: "s3Endpoint", kind: Kind::Text(Form::Url), default: "\"\"", about: "URL of the gateway, in the control plane or apart from it: AWS_ENDPOINT_URL_S3 of pods" },
    Setting { path: "virtualHostSuffix", kind: Kind::Text(Form::Label), default: "\"\"", about: "The domain behind which hosts name buckets, as in BUCKET.s3.example.org, for control plane and gateway" },
    Setting { path: "presignMaxSeconds", kind: Kind::Whole(1, 604_800), default: "43200", about: "The longest life of a presigned URL, in seconds, for control plane and gateway" },
    Setting { path: "env", kind: Kind::Map(Form::Variable, Form::Any), default: "{}", about: "Further environment of every pod that has a role" },
    Setting { path: "caBundle", kind: Kind::Text(Form::Certificates), default: "\"\"", about: "Certificates (PEM) by which pods, the key publisher and the gateway trust the endpoint, and the gateway its store too; without them, the system's" },
    Setting { path: "watchConfigMap", kind: Kind::Flag, default: "false", about: "Also take roles from the ConfigMap pod-identity-webhook" },
    Setting { path: "exemptNamespaces", kind: Kind::Texts(Form::Label), default: "[\"kube-system\"]", about: "Namespaces whose pods admission is not asked about, besides its own" },
    Setting { path: "nodeSelector", kind: Kind::Object, default: "{}", about: "Nodes for all pods of this installation" },
    Setting { path: "tolerations", kind: Kind::Objects, default: "[]", about: "Tolerations of all pods of this installation" },
    Setting { path: "admission.enabled", kind: Kind::Flag, default: "true", about: "The webhook that gives pods their roles" },
    Setting { path: "admission.replicas", kind: Kind::Whole(1, 100), default: "2", about: "How many of it" },
    Setting { path: "admission.failurePolicy", kind: Kind::OneOf(&["Fail", "Ignore"]), default: "\"Fail\"", about: "Whether pods wait while the webhook is away (Fail), or start without their roles (Ignore)" },
    Setting { path: "admission.priorityClassName", kind: Kind::Text(Form::Label), default: "\"system-cluster-critical\"", about: "Its priority: pods wait for it" },
    Setting { path: "admission.clientCa", kind: Kind::Text(Form::Certificates), default: "\"\"", about: "Certificates (PEM): only who shows one that they have signed, the API server that is, may ask for reviews" },
    Setting { path: "admission.extraArgs", kind: Kind::Texts(Form::Any), default: "[]", about: "Further arguments of `rolecall cluster admission`" },
    Setting { path: "admission.resources", kind: Kind::Object, default: RESOURCES, about: "Its resources" },
    Setting { path: "pods.enabled", kind: Kind::Flag, default: "true", about: "The finder of pods that run without their roles" },
    Setting { path: "pods.evict", kind: Kind::OneOf(&["never", "owned"]), default: "\"never\"", about: "Which of them are evicted: none, or those that a controller creates anew" },
    Setting { path: "pods.extraArgs", kind: Kind::Texts(Form::Any), default: "[]", about: "Further arguments of `rolecall cluster pods`" },
    Setting { path: "pods.resources", kind: Kind::Object, default: FEW_RESOURCES, about: "Its resources" },
    Setting { path: "keys.enabled", kind: Kind::Flag, default: "false", about: "The publisher of the API server's keys" },
    Setting { path: "keys.roleArn", kind: Kind::Text(Form::Role), default: "\"\"", about: "Its role, which may do rolecall:PublishClusterKeys on the cluster; needed by keys" },
    Setting { path: "keys.extraArgs", kind: Kind::Texts(Form::Any), default: "[]", about: "Further arguments of `rolecall cluster keys`" },
    Setting { path: "keys.resources", kind: Kind::Object, default: FEW_RESOURCES, about: "Its resources" },
    Setting { path: "controlPlane.enabled", kind: Kind::Flag, default: "false", about: "The control plane, with a gateway in it where it has a store" },
    Setting { path: "controlPlane.tlsSecret", kind: Kind::Text(Form::Label), default: "\"rolecall-tls\"", about: "Secret of the endpoint's certificate (tls.crt, tls.key), such as cert-manager makes" },
    Setting { path: "controlPlane.secret", kind: Kind::Text(Form::Label), default: "\"rolecall-control-plane\"", about: "Secret of its environment: ROLECALL_STORE_ACCESS_KEY_ID and ROLECALL_STORE_SECRET_ACCESS_KEY, and what else `rolecall serve` reads" },
    Setting { path: "controlPlane.storage.size", kind: Kind::Text(Form::Quantity), default: "\"10Gi\"", about: "Size of its volume" },
    Setting { path: "controlPlane.storage.className", kind: Kind::Text(Form::Label), default: "\"\"", about: "Storage class of its volume; without one, the cluster's default" },
    Setting { path: "controlPlane.store.endpoint", kind: Kind::Text(Form::Url), default: "\"\"", about: "URL of the S3-compatible store behind the gateway in it; without one there is none in it" },
    Setting { path: "controlPlane.store.region", kind: Kind::Text(Form::Region), default: "\"us-east-1\"", about: "The region that the store is spoken to in" },
    Setting { path: "controlPlane.issuerCa", kind: Kind::Text(Form::Certificates), default: "\"\"", about: "Certificates (PEM) to trust, besides the system's, when keys of OIDC providers are fetched" },
    Setting { path: "controlPlane.issuerPrivateHosts", kind: Kind::Texts(Form::Label), default: "[]", about: "Hosts of OIDC providers that may have private addresses" },
    Setting { path: "controlPlane.auditSync", kind: Kind::Flag, default: "false", about: "Whether each audit event waits for the disk" },
    Setting { path: "controlPlane.quotas", kind: Kind::Numbers, default: "{}", about: "Other quotas than AWS's defaults, by the names of `rolecall config`" },
    Setting { path: "controlPlane.resources", kind: Kind::Object, default: r#"{"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}}"#, about: "Its resources" },
    Setting { path: "gateway.enabled", kind: Kind::Flag, default: "false", about: "The gateway in pods of its own" },
    Setting { path: "gateway.replicas", kind: Kind::Whole(1, 100), default: "2", about: "How many of it" },
    Setting { path: "gateway.roleArn", kind: Kind::Text(Form::Role), default: "\"\"", about: "Its role, which may do what docs/gateway.md lists; needed by gateway" },
    Setting { path: "gateway.tlsSecret", kind: Kind::Text(Form::Label), default: "\"rolecall-gateway-tls\"", about: "Secret of its certificate (tls.crt, tls.key)" },
    Setting { path: "gateway.secret", kind: Kind::Text(Form::Label), default: "\"rolecall-gateway\"", about: "Secret of its environment: ROLECALL_STORE_ACCESS_KEY_ID and ROLECALL_STORE_SECRET_ACCESS_KEY" },
    Setting { path: "gateway.store.endpoint", kind: Kind::Text(Form::Url), default: "\"\"", about: "URL of the S3-compatible store behind it; needed by gateway" },
    Setting { path: "gateway.store.region", kind: Kind::Text(Form::Region), default: "\"us-east-1\"", about: "The region that the store is spoken to in" },
    Setting { path: "gateway.resources", kind: Kind::Object, default: r#"{"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "1Gi"}}"#, about: "Its resources" },
    Setting { path: "networkPolicy.enabled", kind: Kind::Flag, default: "true", about: "Restrict what the pods of this installation may connect to" },
    Setting { path: "networkPolicy.apiServerPorts", kind: Kind::Ports, default: "[443, 6443]", about: "Ports of the API server" },
    Setting { path: "networkPolicy.endpointPorts", kind: Kind::Ports, default: "[443, 8443]", about: "Ports of the control plane, for the key publisher and the gateway" },
    Setting { path: "networkPolicy.outsidePorts", kind: Kind::Ports, default: "[443]", about: "Ports of OIDC issuers and of the store, for the control plane and the gateway" },
    Setting { path: "serviceMonitor.enabled", kind: Kind::Flag, default: "false", about: "ServiceMonitors for the Prometheus operator, whose definitions the cluster must have" },
    Setting { path: "serviceMonitor.labels", kind: Kind::Object, default: "{}", about: "Their labels, by which a Prometheus chooses them" },
];

/// What has been said.
#[derive(Debug, Clone)]
pub(crate) struct Values(Value);

impl Values {
    /// What holds where nothing has been said.
    pub(crate) fn defaults() -> Result<Self> {
        let mut values = Self(json!({}));
        for setting in SETTINGS {
            let default =
                serde_json::from_str(setting.default).with_context(|| format!("default of {}", setting.path))?;
            values.put(setting.path, default);
        }
        Ok(values)
    }

    /// Says one thing as a text, as a flag of the command line has it. A text is taken as it is; everything else is YAML.
    pub(crate) fn say(&mut self, path: &str, text: &str) -> Result<()> {
        if let Some((setting, key)) = entry(path) {
            // One entry of a map, `env.NAME`.
            let value = match setting.kind {
                Kind::Map(..) => json!(text),
                _ => yaml(path, text)?,
            };
            return self.set(setting.path, json!({ key: value }));
        }
        let value = match find(path)?.kind {
            Kind::Text(_) | Kind::OneOf(_) => json!(text),
            _ => yaml(path, text)?,
        };
        self.set(path, value)
    }

    /// Says what a file of values says, which is the chart's too.
    pub(crate) fn say_all(&mut self, text: &str) -> Result<()> {
        let said: Value = serde_norway::from_str(text)?;
        if said.is_null() {
            return Ok(());
        }
        let mut leaves = Vec::new();
        flatten("", &said, &mut leaves)?;
        for (path, value) in leaves {
            self.set(&path, value)?;
        }
        Ok(())
    }

    /// Says one thing. Of an object, entries that are not named stay as they were, and those that are null go, as with Helm.
    pub(crate) fn set(&mut self, path: &str, value: Value) -> Result<()> {
        let setting = find(path)?;
        setting
            .kind
            .check(&value)
            .with_context(|| format!("{path} ({})", setting.about))?;
        let mut whole = self.get(path).clone();
        merge(&mut whole, value);
        self.put(path, whole);
        Ok(())
    }

    fn put(&mut self, path: &str, value: Value) {
        let mut place = &mut self.0;
        for name in path.split('.') {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(object) = place else { return };
            place = object.entry(name).or_insert(Value::Null);
        }
        *place = value;
    }

    /// What has been said of a path.
    pub(crate) fn get(&self, path: &str) -> &Value {
        let mut value = &self.0;
        for name in path.split('.') {
            value = value.get(name).unwrap_or(&Value::Null);
        }
        value
    }

    /// Whether something has been said of it: neither empty, nor zero, nor false, as Helm's `if` has it.
    pub(crate) fn is_set(&self, path: &str) -> bool {
        match self.get(path) {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(entries) => !entries.is_empty(),
        }
    }
}

fn merge(whole: &mut Value, said: Value) {
    match (whole, said) {
        (Value::Object(whole), Value::Object(said)) => {
            for (key, value) in said {
                if value.is_null() {
                    whole.remove(&key);
                } else {
                    merge(whole.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (whole, said) => *whole = said,
    }
}

fn yaml(path: &str, text: &str) -> Result<Value> {
    serde_norway::from_str(text).with_context(|| format!("{path}: `{text}` is no YAML"))
}

fn find(path: &str) -> Result<&'static Setting> {
    let found = SETTINGS.iter().find(|setting| setting.path == path);
    found.with_context(|| format!("there is no value `{path}`; docs/install.md lists them"))
}

/// The setting whose map holds this path as an entry, and the entry's key.
fn entry(path: &str) -> Option<(&'static Setting, &str)> {
    SETTINGS.iter().find_map(|setting| {
        let key = path.strip_prefix(setting.path)?.strip_prefix('.')?;
        matches!(setting.kind, Kind::Map(..) | Kind::Numbers | Kind::Object).then_some((setting, key))
    })
}

/// The values below `value` that a setting stands for.
fn flatten(path: &str, value: &Value, leaves: &mut Vec<(String, Value)>) -> Result<()> {
    if SETTINGS.iter().any(|setting| setting.path == path) {
        leaves.push((path.to_owned(), value.clone()));
        return Ok(());
    }
    let Value::Object(entries) = value else {
        bail!("there is no value `{path}`; docs/install.md lists them");
    };
    for (name, value) in entries {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        flatten(&path, value, leaves)?;
    }
    Ok(())
}

impl Kind {
    fn check(self, value: &Value) -> Result<()> {
        let texts = |form: Form| -> Result<()> {
            let items = value.as_array().context("must be a list of texts")?;
            for item in items {
                form.check(item, form != Form::Any)?;
            }
            Ok(())
        };
        match self {
            Self::Flag => ensure!(value.is_boolean(), "must be true or false"),
            Self::Text(form) => form.check(value, false)?,
            Self::OneOf(all) => ensure!(
                value.as_str().is_some_and(|text| all.contains(&text)),
                "must be one of {}",
                all.join(", ")
            ),
            Self::Whole(least, most) => ensure!(
                value.as_i64().is_some_and(|number| (least..=most).contains(&number)),
                "must be a whole number from {least} to {most}"
            ),
            Self::Texts(form) => texts(form)?,
            Self::Ports => {
                let ports = value.as_array().context("must be a list of ports")?;
                let is_port = |port: &Value| port.as_i64().is_some_and(|port| (1..=65_535).contains(&port));
                ensure!(ports.iter().all(is_port), "must be a list of ports");
                // A rule of a NetworkPolicy without ports allows all of them.
                ensure!(!ports.is_empty(), "must have a port");
            }
            Self::Map(keys, form) => {
                for (key, value) in value.as_object().context("must be a map of texts")? {
                    keys.check(&json!(key), true)?;
                    form.check(value, false)?;
                }
            }
            Self::Numbers => {
                let numbers = value.as_object().context("must be a map of numbers")?;
                for (name, number) in numbers {
                    Form::Label.check(&json!(name), true)?;
                    ensure!(number.as_u64().is_some(), "{name} must be a whole number");
                }
            }
            Self::Object => ensure!(value.is_object(), "must be an object"),
            Self::Objects => {
                let objects = value.as_array().context("must be a list of objects")?;
                ensure!(objects.iter().all(Value::is_object), "must be a list of objects");
            }
        }
        Ok(())
    }

    /// As JSON Schema (draft 7) says it.
    pub(crate) fn schema(self) -> Value {
        match self {
            Self::Flag => json!({ "type": "boolean" }),
            Self::Text(form) => form.schema(false),
            Self::OneOf(all) => json!({ "enum": all }),
            Self::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Self::Texts(form) => json!({ "type": "array", "items": form.schema(form != Form::Any) }),
            Self::Ports => {
                json!({ "type": "array", "minItems": 1, "items": { "type": "integer", "minimum": 1, "maximum": 65_535 } })
            }
            Self::Map(keys, form) => {
                json!({ "type": "object", "propertyNames": keys.schema(true), "additionalProperties": form.schema(false) })
            }
            Self::Numbers => json!({
                "type": "object",
                "propertyNames": Form::Label.schema(true),
                "additionalProperties": { "type": "integer", "minimum": 0 },
            }),
            Self::Object => json!({ "type": "object" }),
            Self::Objects => json!({ "type": "array", "items": { "type": "object" } }),
        }
    }
}

impl Form {
    /// The form as a regular expression of JSON Schema, and in words.
    pub(crate) fn pattern(self) -> (&'static str, &'static str) {
        match self {
            Self::Any => ("", "a text"),
            Self::Account => ("[0-9]{12}", "12 digits, as a text"),
            Self::Label => (
                "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
                "a Kubernetes name: lower-case letters, digits, `-` and `.`",
            ),
            Self::Variable => ("[A-Za-z_][A-Za-z0-9_]*", "a name of an environment variable"),
            Self::Url => (
                "https?://[A-Za-z0-9.:\\[\\]-]+",
                "a URL that ends after its host and port, such as https://rolecall.example.org",
            ),
            Self::Https => (
                "https://[A-Za-z0-9.:\\[\\]-]+",
                "an https URL that ends after its host and port, such as https://rolecall.example.org",
            ),
            Self::Region => ("[a-z0-9-]+", "lower-case letters, digits and `-`"),
            Self::Cluster => (
                "[A-Za-z0-9][A-Za-z0-9_-]{0,99}",
                "letters, digits, `-` and `_`, at most 100",
            ),
            Self::Role => (
                "arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+",
                "the ARN of a role",
            ),
            Self::Image => ("[A-Za-z0-9][A-Za-z0-9._/:@-]*", "the name of an image"),
            Self::Certificates => (
                "-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s-]+",
                "certificates in PEM and nothing else",
            ),
            Self::Quantity => (
                "[0-9]+(\\.[0-9]+)?(k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?",
                "an amount such as 10Gi",
            ),
        }
    }

    fn schema(self, needed: bool) -> Value {
        let (pattern, _) = self.pattern();
        if pattern.is_empty() {
            return json!({ "type": "string" });
        }
        let pattern = if needed {
            format!("^{pattern}$")
        } else {
            format!("^({pattern})?$")
        };
        json!({ "type": "string", "pattern": pattern })
    }

    fn check(self, value: &Value, needed: bool) -> Result<()> {
        let (_, words) = self.pattern();
        let text = value.as_str().with_context(|| format!("must be {words}"))?;
        let fits = if text.is_empty() { !needed } else { self.fits(text) };
        ensure!(fits, "`{}` is not {words}", crate::verbs::print::printable(text));
        Ok(())
    }

    /// The same as [`Self::pattern`], for a text that is not empty.
    fn fits(self, text: &str) -> bool {
        let all = |more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
        let lower = |more: &str| {
            text.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
        };
        let first = text.chars().next().unwrap_or(' ');
        let host =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".:[]-".contains(c));
        match self {
            Self::Any => true,
            Self::Account => text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()),
            Self::Label => {
                lower("-.") && text.len() <= 253 && !text.starts_with(['-', '.']) && !text.ends_with(['-', '.'])
            }
            Self::Variable => all("_") && !first.is_ascii_digit(),
            Self::Url => ["https://", "http://"]
                .iter()
                .any(|scheme| text.strip_prefix(scheme).is_some_and(host)),
            Self::Https => text.strip_prefix("https://").is_some_and(host),
            Self::Region => lower("-"),
            Self::Cluster => all("_-") && text.len() <= 100 && first.is_ascii_alphanumeric(),
            Self::Role => is_role(text),
            Self::Image => all("._/:@-") && first.is_ascii_alphanumeric(),
            Self::Certificates => {
                let rest = text.strip_prefix("-----BEGIN CERTIFICATE-----");
                rest.is_some_and(|rest| {
                    let fits = |c: char| c.is_ascii_alphanumeric() || "+/=-".contains(c) || c.is_ascii_whitespace();
                    !rest.is_empty() && rest.chars().all(fits)
                })
            }
            Self::Quantity => is_quantity(text),
        }
    }
}

fn is_role(text: &str) -> bool {
    let Some((partition, rest)) = text.strip_prefix("arn:").and_then(|rest| rest.split_once(":iam::")) else {
        return false;
    };
    let Some((account, name)) = rest.split_once(":role/") else {
        return false;
    };
    !partition.is_empty()
        && partition.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        && Form::Account.fits(account)
        && !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+=,.@_/-".contains(c))
}

fn is_quantity(text: &str) -> bool {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    number(whole)
        && number(fraction)
        && ["", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_what_it_may_be() {
        let values = Values::defaults().unwrap();
        for setting in SETTINGS {
            setting.kind.check(values.get(setting.path)).unwrap();
        }
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_it_means() {
        let mut values = Values::defaults().unwrap();
        for (path, text) in [
            ("admission.replica", "3"),
            ("admission", "3"),
            ("admission.replicas", "0"),
            ("admission.replicas", "three"),
            ("accountId", "12"),
            ("endpoint", "http://rolecall.example.org"),
            ("endpoint", "https://rolecall.example.org/path"),
            ("endpoint", "https://a\"\n[store]"),
            ("pods.evict", "all"),
            ("keys.roleArn", "arn:aws:iam::123456789012:user/keys"),
            ("env.A-B", "x"),
            ("exemptNamespaces", "[Upper]"),
            ("exemptNamespaces", "[\"\"]"),
            ("networkPolicy.apiServerPorts", "[0]"),
            ("networkPolicy.apiServerPorts", "[]"),
            ("controlPlane.quotas.roles", "-1"),
            ("caBundle", "x"),
        ] {
            assert!(values.say(path, text).is_err(), "{path}={text}");
        }
        values.say("accountId", "123456789012").unwrap();
        assert_eq!(values.get("accountId"), "123456789012");
        values.say("env.AWS_MAX_ATTEMPTS", "5").unwrap();
        assert_eq!(values.get("env"), &json!({ "AWS_MAX_ATTEMPTS": "5" }));
        values.say("networkPolicy.apiServerPorts", "[7443]").unwrap();
        values.say("watchConfigMap", "true").unwrap();
        assert!(values.is_set("watchConfigMap"));
    }

    #[test]
    fn a_file_of_values_is_the_charts_and_a_name_that_is_none_is_refused() {
        let mut values = Values::defaults().unwrap();
        values
            .say_all("region: us-east-2\nadmission:\n  replicas: 3\n  resources: {limits: {memory: 1Gi}, requests: {cpu: null}}\n")
            .unwrap();
        assert_eq!(values.get("admission.replicas"), 3);
        assert_eq!(
            values.get("admission.resources"),
            &json!({ "limits": { "memory": "1Gi" }, "requests": { "memory": "32Mi" } })
        );
        assert_eq!(values.get("pods.evict"), "never");
        for wrong in [
            "admission:\n  replica: 3\n",
            "admission: 3\n",
            "accountId: 123456789012\n",
            "[]",
        ] {
            assert!(values.say_all(wrong).is_err(), "{wrong}");
        }
        values.say_all("").unwrap();
    }

    #[test]
    fn the_schema_and_the_command_line_take_the_same_texts() {
        let samples = [
            "",
            "a",
            "A",
            "1",
            "-",
            "a-b",
            "a.b",
            "-a",
            "a-",
            "a_b",
            "_a",
            "1a",
            "aws",
            "us-east-2",
            "123456789012",
            "1234567890123",
            "https://a",
            "https://a.b:8443",
            "http://a",
            "https://",
            "https://a/",
            "https://a/b",
            "https://[::1]:8443",
            "ftp://a",
            "https://a b",
            "https://a\n",
            "arn:aws:iam::123456789012:role/a",
            "arn:aws:iam::123456789012:role/path/a",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::1:role/a",
            "arn:aws:iam::123456789012:user/a",
            "arn::iam::123456789012:role/a",
            "rolecall:0.1.0",
            "registry.example:5000/a/rolecall@sha256:00",
            ":a",
            "a b",
            "10Gi",
            "10",
            "1.5Gi",
            "1.Gi",
            "Gi",
            "10gi",
            "10.5.5",
            "-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----",
            "x",
            "-----BEGIN CERTIFICATE-----\n{{ x }}",
            "prod",
            "prod_1",
            "_prod",
            "è",
        ];
        for form in [
            Form::Account,
            Form::Label,
            Form::Variable,
            Form::Url,
            Form::Https,
            Form::Region,
            Form::Cluster,
            Form::Role,
            Form::Image,
            Form::Certificates,
            Form::Quantity,
        ] {
            for needed in [true, false] {
                let schema = form.schema(needed);
                let pattern = regex::Regex::new(schema["pattern"].as_str().unwrap()).unwrap();
                for text in samples {
                    let by_hand = form.check(&json!(text), needed).is_ok();
                    assert_eq!(pattern.is_match(text), by_hand, "{form:?} {text:?} {needed}");
                }
            }
        }
    }
}
