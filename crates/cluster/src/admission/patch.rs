//! The change of a pod, as a JSON Patch (RFC 6902) that only adds: what is there already is neither moved nor written anew.

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    choose::{Mode, Plan},
    pod::{Container, Named, Pod},
    settings::Settings,
};

/// The volume of tokens for STS. The name is EKS's; controllers and policies know it.
const WEB_IDENTITY_VOLUME: &str = "aws-iam-token";
const WEB_IDENTITY_FILE: &str = "token";
const BUNDLE_FILE: &str = "ca.pem";
const REGIONAL: &str = "AWS_STS_REGIONAL_ENDPOINTS";
const REGIONS: [&str; 2] = ["AWS_DEFAULT_REGION", "AWS_REGION"];

/// The patch that gives this pod what is planned, in JSON; none where it has it already.
pub fn mutate(pod: &Pod<'_>, plan: &Plan, settings: &Settings) -> Option<Vec<u8>> {
    let mut patch = Patch::default();
    let volume = Volume::of(plan, settings);
    let has_volume = has(pod.spec.volumes.as_deref(), volume.name);
    let key = format!("{}/ca-bundle", settings.prefix);
    let annotations = pod.metadata.annotations.as_ref();
    let annotated = annotations.and_then(|annotations| annotations.get(&key));
    // A volume that is not ours shows no certificates.
    let bundle = settings
        .ca_bundle
        .as_deref()
        .filter(|bundle| !has_volume || annotated == Some(bundle));
    if plan.mode == Mode::Container {
        let label = format!("{}/pod-identity", settings.prefix);
        let labels = pod.metadata.labels.as_ref();
        if labels.and_then(|labels| labels.get(&label)) != Some("enabled") {
            patch.set("/metadata/labels", labels.is_none(), &label, "enabled");
        }
    }
    if let Some(bundle) = bundle.filter(|_| !has_volume) {
        patch.set("/metadata/annotations", annotations.is_none(), &key, bundle);
    }
    if !has_volume {
        let mut sources = vec![volume.token(plan)];
        if bundle.is_some() {
            let field = format!("metadata.annotations['{key}']");
            sources.push(
                json!({ "downwardAPI": { "items": [{ "path": BUNDLE_FILE, "fieldRef": { "fieldPath": field } }] } }),
            );
        }
        let value = json!({ "name": volume.name, "projected": { "sources": sources } });
        match pod.spec.volumes {
            None => patch.add("/spec/volumes", [value]),
            Some(_) => patch.add("/spec/volumes/0", value),
        }
    }
    let skipped = skipped(pod, settings);
    let environment = environment(plan, settings, &volume, pod.is_windows(), bundle.is_some());
    for (list, containers) in [
        ("containers", &pod.spec.containers),
        ("initContainers", &pod.spec.init_containers),
    ] {
        for (index, container) in containers.iter().flatten().enumerate() {
            if skipped.iter().any(|name| *name == container.name) || is_complete(container, &plan.mode) {
                continue;
            }
            let place = format!("/spec/{list}/{index}");
            let missing = missing(container, &environment);
            patch.append(&format!("{place}/env"), container.env.is_none(), &missing);
            if !has(container.volume_mounts.as_deref(), volume.name) {
                let mount = json!({ "name": volume.name, "readOnly": true, "mountPath": volume.path });
                patch.append(
                    &format!("{place}/volumeMounts"),
                    container.volume_mounts.is_none(),
                    &[mount],
                );
            }
        }
    }
    patch.finish()
}

/// Whether a pod has credentials of neither kind, where admission would have given them: no volume of tokens, and no
/// container in which somebody has defined what SDKs read.
pub fn lacks(pod: &Pod<'_>, settings: &Settings) -> bool {
    let volumes = pod.spec.volumes.as_deref();
    if has(volumes, WEB_IDENTITY_VOLUME) || has(volumes, &settings.container.volume) {
        return false;
    }
    let skipped = skipped(pod, settings);
    let lists = [&pod.spec.containers, &pod.spec.init_containers];
    let mut containers = lists
        .into_iter()
        .flatten()
        .flatten()
        .filter(|container| skipped.iter().all(|name| *name != container.name))
        .peekable();
    let modes = [Mode::WebIdentity { role: String::new() }, Mode::Container];
    let defined = |container: &Container<'_>| {
        let mut names = modes.iter().flat_map(keys);
        names.any(|name| has(container.env.as_deref(), name))
    };
    containers.peek().is_some() && !containers.any(defined)
}

/// The volume that holds the token, and where it is.
struct Volume<'a> {
    name: &'a str,
    path: &'a str,
    file: &'a str,
}

impl<'a> Volume<'a> {
    fn of(plan: &Plan, settings: &'a Settings) -> Self {
        match plan.mode {
            Mode::WebIdentity { .. } => Self {
                name: WEB_IDENTITY_VOLUME,
                path: &settings.web_identity.mount_path,
                file: WEB_IDENTITY_FILE,
            },
            Mode::Container => Self {
                name: &settings.container.volume,
                path: &settings.container.mount_path,
                file: &settings.container.file,
            },
        }
    }

    fn token(&self, plan: &Plan) -> Value {
        let mut token = json!({ "expirationSeconds": plan.expiration, "path": self.file });
        if let (Some(audience), Some(token)) = (&plan.audience, token.as_object_mut()) {
            token.insert("audience".to_owned(), audience.as_str().into());
        }
        json!({ "serviceAccountToken": token })
    }

    /// A file of it, as a program in the container names it.
    fn file(&self, file: &str, windows: bool) -> String {
        let path = format!("{}/{file}", self.path.trim_end_matches('/'));
        if windows {
            format!("C:{}", path.replace('/', "\\"))
        } else {
            path
        }
    }
}

/// A variable, and what has to be absent for it to be added.
struct Variable<'a> {
    name: &'a str,
    value: String,
    unless: &'a [&'a str],
}

fn keys(mode: &Mode) -> &'static [&'static str] {
    match mode {
        Mode::WebIdentity { .. } => &["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"],
        Mode::Container => &[
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ],
    }
}

/// All that a container gets, in the order of EKS's webhook, and what is ours after it.
fn environment<'a>(
    plan: &Plan,
    settings: &'a Settings,
    volume: &Volume<'_>,
    windows: bool,
    bundle: bool,
) -> Vec<Variable<'a>> {
    let mut variables = Vec::new();
    if plan.regional {
        variables.push(Variable {
            name: REGIONAL,
            value: "regional".to_owned(),
            unless: &[REGIONAL],
        });
    }
    for name in settings.region.iter().flat_map(|_| REGIONS) {
        variables.push(Variable {
            name,
            value: settings.region.clone().unwrap_or_default(),
            unless: &REGIONS,
        });
    }
    let first = match &plan.mode {
        Mode::WebIdentity { role } => role.clone(),
        Mode::Container => settings.container.uri.clone(),
    };
    let keys = keys(&plan.mode);
    for (name, value) in keys.iter().zip([first, volume.file(volume.file, windows)]) {
        variables.push(Variable {
            name,
            value,
            unless: keys,
        });
    }
    for (name, value) in &settings.environment {
        variables.push(Variable {
            name,
            value: value.clone(),
            unless: &[],
        });
    }
    if bundle {
        variables.push(Variable {
            name: "AWS_CA_BUNDLE",
            value: volume.file(BUNDLE_FILE, windows),
            unless: &[],
        });
    }
    variables
}

/// Those that a container does not define, in any way. A pair of which one is there is left to whoever wrote it.
fn missing(container: &Container<'_>, variables: &[Variable<'_>]) -> Vec<Value> {
    let defines = |name: &str| has(container.env.as_deref(), name);
    variables
        .iter()
        .filter(|it| !defines(it.name) && !it.unless.iter().any(|name| defines(name)))
        .map(|it| json!({ "name": it.name, "value": it.value }))
        .collect()
}

/// Whether the container's author has written all of it already.
fn is_complete(container: &Container<'_>, mode: &Mode) -> bool {
    let defines = |name: &&str| has(container.env.as_deref(), name);
    keys(mode).iter().any(defines) && REGIONS.iter().any(defines) && defines(&REGIONAL)
}

fn has(list: Option<&[Named<'_>]>, name: &str) -> bool {
    list.is_some_and(|list| list.iter().any(|it| it.name == name))
}

/// The containers that the pod's annotation leaves out: one line of comma-separated values (RFC 4180). What cannot be read
/// leaves none out.
pub fn skipped(pod: &Pod<'_>, settings: &Settings) -> Vec<String> {
    let key = format!("{}/skip-containers", settings.prefix);
    let annotations = pod.metadata.annotations.as_ref();
    annotations
        .and_then(|annotations| annotations.get(&key))
        .and_then(record)
        .unwrap_or_default()
}

/// The first line of comma-separated values.
pub(super) fn record(text: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let field;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = unquote(quoted)?;
            field = text;
            rest = after;
            if !(rest.is_empty() || rest.starts_with([',', '\n', '\r'])) {
                return None;
            }
        } else {
            let end = rest.find([',', '\n', '\r']).unwrap_or(rest.len());
            let (text, after) = rest.split_at_checked(end)?;
            // A quote inside a bare field is an error.
            if text.contains('"') {
                return None;
            }
            field = text.to_owned();
            rest = after;
        }
        fields.push(field);
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None => return Some(fields),
        }
    }
}

/// Up to the closing quote, in which two quotes stand for one.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => return Some((field, after)),
        }
    }
}

/// A JSON Patch in the making.
#[derive(Default)]
struct Patch(Vec<Operation>);

#[derive(Serialize)]
struct Operation {
    op: &'static str,
    path: String,
    value: Value,
}

impl Patch {
    fn add(&mut self, path: &str, value: impl Into<Value>) {
        self.0.push(Operation {
            op: "add",
            path: path.to_owned(),
            value: value.into(),
        });
    }

    /// An entry of a map, which may have to be made first.
    fn set(&mut self, map: &str, absent: bool, key: &str, value: &str) {
        if absent {
            self.add(map, json!({ key: value }));
        } else {
            // RFC 6901: `/` is written `~1`.
            let key = key.replace('~', "~0").replace('/', "~1");
            self.add(&format!("{map}/{key}"), value);
        }
    }

    /// The end of a list, which may have to be made first.
    fn append(&mut self, list: &str, absent: bool, values: &[Value]) {
        if values.is_empty() {
            return;
        }
        if absent {
            self.add(list, values);
        } else {
            for value in values {
                self.add(&format!("{list}/-"), value.clone());
            }
        }
    }

    fn finish(self) -> Option<Vec<u8>> {
        if self.0.is_empty() {
            return None;
        }
        serde_json::to_vec(&self.0).ok()
    }
}
