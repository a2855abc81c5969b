//! What the webhook has made of a pod, beside what it would make of it now; and what in the pod goes before its role.

use std::fmt::Write as _;

use rolecall_cluster::admission::{self, Mode, Plan, Settings};
use serde::Deserialize;
use serde_json::Value;

use super::{
    facts::{Facts, Found, Metadata, Subject},
    report::Link,
};

pub(super) const MUTATION: &str = "mutation";
pub(super) const OTHERS: &str = "other credentials";
const ROLE: &str = "AWS_ROLE_ARN";
const FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
/// The label that exempts a pod from admission (amazon-eks-pod-identity-webhook: its sample manifest).
const SKIP: &str = "eks.amazonaws.com/skip-pod-identity-webhook";

/// A pod as the API server has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PodObject {
    /// The whole of it, for admission to read.
    pub(super) text: String,
    pub(super) metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    service_account_name: String,
    containers: Vec<Container>,
    init_containers: Vec<Container>,
    volumes: Vec<Volume>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) image: String,
    env: Vec<Variable>,
    env_from: Vec<Value>,
    volume_mounts: Vec<Mount>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Variable {
    name: String,
    value: Option<String>,
    value_from: Option<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Mount {
    name: String,
    mount_path: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Volume {
    name: String,
    projected: Projected,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Projected {
    sources: Vec<Source>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Source {
    service_account_token: Option<Projection>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Projection {
    audience: Option<String>,
    path: String,
}

impl PodObject {
    pub(super) fn read(text: String) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Object {
            #[serde(default)]
            metadata: Metadata,
            #[serde(default)]
            spec: Spec,
        }
        let object: Object = serde_json::from_str(&text).map_err(|error| format!("the pod cannot be read: {error}"))?;
        Ok(Self {
            text,
            metadata: object.metadata,
            spec: object.spec,
        })
    }

    /// The service account that it runs as.
    pub(super) fn account(&self) -> &str {
        match self.spec.service_account_name.as_str() {
            "" => "default",
            name => name,
        }
    }

    pub(super) fn containers(&self) -> impl Iterator<Item = &Container> {
        self.spec.containers.iter().chain(&self.spec.init_containers)
    }

    fn skipped(&self, settings: &Settings) -> Vec<String> {
        let pod: Result<admission::Pod<'_>, _> = serde_json::from_str(&self.text);
        pod.map(|pod| admission::skipped(&pod, settings)).unwrap_or_default()
    }

    /// Those that are to have the role.
    fn entitled(&self, settings: &Settings) -> Vec<&Container> {
        let skipped = self.skipped(settings);
        self.containers()
            .filter(|container| !skipped.contains(&container.name))
            .collect()
    }

    /// The role in its environment.
    pub(super) fn role(&self, settings: &Settings) -> Option<String> {
        let entitled = self.entitled(settings);
        let mut roles = entitled.iter().filter_map(|container| container.value(ROLE));
        roles.find(|role| !role.is_empty()).map(str::to_owned)
    }

    /// The audience of the token that its environment names.
    pub(super) fn audience(&self) -> Option<String> {
        self.containers()
            .find_map(|container| self.projection(container)?.audience.clone())
    }

    /// The token that a container's environment names, if a volume has it there.
    fn projection(&self, container: &Container) -> Option<&Projection> {
        let file = container.value(FILE)?.replace('\\', "/");
        let file = file.strip_prefix("C:").unwrap_or(&file);
        container.volume_mounts.iter().find_map(|mount| {
            let rest = file
                .strip_prefix(mount.mount_path.trim_end_matches('/'))?
                .strip_prefix('/')?;
            let volume = self.spec.volumes.iter().find(|volume| volume.name == mount.name)?;
            let mut tokens = volume
                .projected
                .sources
                .iter()
                .filter_map(|source| source.service_account_token.as_ref());
            tokens.find(|token| token.path == rest)
        })
    }

    /// How it comes anew.
    fn anew(&self, namespace: &str) -> String {
        let delete = format!("kubectl delete pod -n {namespace} {}", self.metadata.name);
        match self.metadata.owner_references.first() {
            Some(owner) => format!("{delete} (its {} {} makes it anew)", owner.kind, owner.name),
            None => format!("{delete}, and create it again: nobody else does"),
        }
    }
}

impl Container {
    fn variable(&self, name: &str) -> Option<&Variable> {
        self.env.iter().find(|variable| variable.name == name)
    }

    fn has(&self, name: &str) -> bool {
        self.variable(name).is_some()
    }

    /// The value of a variable, where it stands in the pod itself.
    fn value(&self, name: &str) -> Option<&str> {
        self.variable(name)?.value.as_deref()
    }
}

pub(super) fn mutation(facts: &Facts) -> Link {
    let Subject::Pod(name) = &facts.subject else {
        return Link::unlooked(MUTATION, "only a pod has been through the webhook: ask about one");
    };
    let pod = match &facts.pod {
        Some(Found::There(pod)) => pod,
        Some(Found::Absent) => {
            let mut link = Link::new(MUTATION, format!("there is no pod {name}"));
            link.fail(
                "the API server has no such pod",
                "a pod",
                format!("kubectl get pods -n {}", name.namespace),
            );
            return link;
        }
        other => {
            let why = other.as_ref().and_then(Found::unknown).unwrap_or_default();
            return Link::unlooked(MUTATION, format!("the pod cannot be read: {why}"));
        }
    };
    let settings = facts.settings();
    let Some(plan) = facts.plan() else {
        return match pod.role(&settings) {
            Some(role) => Link::new(
                MUTATION,
                format!("the pod's own manifest names {role}; no webhook would"),
            ),
            None => Link::unlooked(MUTATION, "nothing asks for a role"),
        };
    };
    judge(facts, pod, &plan, &settings, &name.namespace)
}

fn judge(facts: &Facts, pod: &PodObject, plan: &Plan, settings: &Settings, namespace: &str) -> Link {
    let Mode::WebIdentity { role } = &plan.mode else {
        return Link::unlooked(MUTATION, "the pod uses the node's agent");
    };
    let entitled = pod.entitled(settings);
    let names: Vec<&str> = entitled.iter().map(|container| container.name.as_str()).collect();
    let skipped = pod.skipped(settings);
    let mut summary = format!("role and token are in {}", names.join(", "));
    if !skipped.is_empty() {
        let _ = write!(
            summary,
            "; {} left out by the annotation skip-containers",
            skipped.join(", ")
        );
    }
    let mut link = Link::new(MUTATION, summary);
    if entitled.is_empty() {
        link.fail(
            format!(
                "the annotation {}/skip-containers leaves out every container",
                settings.prefix
            ),
            "at least one container with the role",
            "correct the annotation of the pod",
        );
        return link.says("no container has the role");
    }
    let Some(lacking) = lacking(pod, plan, settings) else {
        return Link::unlooked(MUTATION, "what the webhook would make of this pod cannot be said");
    };
    if entitled
        .iter()
        .all(|container| !container.has(ROLE) && !container.has(FILE))
    {
        link.fail(
            unmutated(facts, pod),
            format!("{ROLE}={role} and {FILE} in every container, and the volume aws-iam-token"),
            pod.anew(namespace),
        );
        return link.says("the pod runs without a role, and its SDKs with whatever else they find, such as the node's");
    }
    for (place, what) in lacking {
        link.fail(
            format!("{place} lacks {}", what.join(", ")),
            "all that the webhook gives",
            pod.anew(namespace),
        );
    }
    for container in &entitled {
        details(pod, container, role, plan, namespace, &mut link);
    }
    if link.findings.is_empty() {
        link
    } else {
        link.says("the pod is not as the webhook would make it now")
    }
}

/// What a container has, beside what it should have.
fn details(pod: &PodObject, container: &Container, role: &str, plan: &Plan, namespace: &str, link: &mut Link) {
    let name = &container.name;
    if container.has(ROLE) != container.has(FILE) {
        let (there, missing) = if container.has(ROLE) {
            (ROLE, FILE)
        } else {
            (FILE, ROLE)
        };
        link.fail(
            format!(
                "container {name} defines {there} and not {missing}: the webhook leaves a half to whoever wrote it"
            ),
            format!("{ROLE} and {FILE}, or neither"),
            format!("remove {there} from the pod's manifest"),
        );
        return;
    }
    if let Some(own) = container.value(ROLE).filter(|own| *own != role) {
        link.warn(
            format!("container {name} has the role {own}"),
            format!("{role}, as its service account asks now"),
            pod.anew(namespace),
        );
    }
    let Some(file) = container.value(FILE) else { return };
    let Some(projection) = pod.projection(container) else {
        link.fail(
            format!("container {name}: no volume puts a token at {file}"),
            "the volume aws-iam-token, mounted where that file is",
            "remove what the manifest itself defines of that volume, its mount or the variable, and let the webhook do it",
        );
        return;
    };
    if projection.audience != plan.audience {
        let shown = |audience: &Option<String>| audience.clone().unwrap_or_else(|| "the API server's own".to_owned());
        link.warn(
            format!("the token of container {name} is for {}", shown(&projection.audience)),
            format!("{}, as its service account asks now", shown(&plan.audience)),
            pod.anew(namespace),
        );
    }
}

/// Why a pod was not mutated, as far as its times tell.
fn unmutated(facts: &Facts, pod: &PodObject) -> String {
    let seen = "no container has been given a role";
    if pod.metadata.labels.contains_key(SKIP) {
        return format!("{seen}: the pod's label {SKIP} exempts it");
    }
    let created: Option<jiff::Timestamp> = pod
        .metadata
        .creation_timestamp
        .as_deref()
        .and_then(|time| time.parse().ok());
    let annotated = facts
        .account
        .as_ref()
        .and_then(Found::there)
        .and_then(|account| annotated(&account.metadata));
    match (created, annotated) {
        (Some(created), Some(annotated)) if created < annotated => {
            format!(
                "{seen}: the pod was created at {created}, and its service account annotated at {annotated}, too late for it"
            )
        }
        (Some(created), Some(annotated)) if created > annotated => {
            format!(
                "{seen}, though the pod was created at {created}, after its service account was annotated at {annotated}: the webhook was not asked, or did not answer"
            )
        }
        // Times have no fractions: within one second nobody can tell.
        (Some(created), _) => format!("{seen}; the pod was created at {created}"),
        _ => seen.to_owned(),
    }
}

/// When the service account's role annotation was last written, as far as field managers tell.
pub(super) fn annotated(account: &Metadata) -> Option<jiff::Timestamp> {
    let wrote = |fields: &Value| {
        let annotations = fields.get("f:metadata").and_then(|it| it.get("f:annotations"));
        annotations.is_some_and(|it| it.get("f:eks.amazonaws.com/role-arn").is_some())
    };
    let entries = account.managed_fields.iter().filter(|entry| wrote(&entry.fields_v1));
    entries.filter_map(|entry| entry.time.as_deref()?.parse().ok()).max()
}

/// What the webhook would add now, container by container.
fn lacking(pod: &PodObject, plan: &Plan, settings: &Settings) -> Option<Vec<(String, Vec<String>)>> {
    let read: admission::Pod<'_> = serde_json::from_str(&pod.text).ok()?;
    let Some(additions) = admission::mutate(&read, plan, settings) else {
        return Some(Vec::new());
    };
    let additions: Vec<Value> = serde_json::from_slice(&additions).ok()?;
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for operation in &additions {
        let path: Vec<&str> = operation.get("path")?.as_str()?.split('/').skip(1).collect();
        let value = operation.get("value")?;
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        let (place, kind) = match path.as_slice() {
            ["spec", list @ ("containers" | "initContainers"), index, kind, ..] => {
                let list = if *list == "containers" {
                    &pod.spec.containers
                } else {
                    &pod.spec.init_containers
                };
                let container = list.get(index.parse::<usize>().ok()?)?;
                (format!("container {}", container.name), *kind)
            }
            ["spec", "volumes", ..] => ("the pod".to_owned(), "volumes"),
            _ => continue,
        };
        let named = values.iter().filter_map(|value| value.get("name")?.as_str());
        let what = named.map(|name| match kind {
            "volumeMounts" => format!("the mount of {name}"),
            "volumes" => format!("the volume {name}"),
            _ => name.to_owned(),
        });
        match all.iter_mut().find(|(known, _)| *known == place) {
            Some((_, known)) => known.extend(what),
            None => all.push((place, what.collect())),
        }
    }
    Some(all)
}

pub(super) fn others(facts: &Facts) -> Link {
    let Some(pod) = facts.pod() else {
        return Link::unlooked(OTHERS, "only a pod has an environment: ask about one");
    };
    let mut link = Link::new(OTHERS, "nothing in the containers' environment goes before the role");
    let mut unseen = Vec::new();
    let mut open = Vec::new();
    for container in pod.entitled(&facts.settings()) {
        let name = &container.name;
        let has = |variable: &str| container.has(variable);
        if has("AWS_ACCESS_KEY_ID") || has("AWS_SECRET_ACCESS_KEY") {
            let from = container
                .variable("AWS_ACCESS_KEY_ID")
                .is_some_and(|variable| variable.value_from.is_some());
            let from = if from { ", from a Secret or ConfigMap" } else { "" };
            link.fail(
                format!("container {name} has static access keys in its environment{from}: every SDK takes them before the role"),
                "neither AWS_ACCESS_KEY_ID nor AWS_SECRET_ACCESS_KEY",
                "remove them from the pod's manifest",
            );
        }
        for variable in [
            "AWS_PROFILE",
            "AWS_DEFAULT_PROFILE",
            "AWS_CONFIG_FILE",
            "AWS_SHARED_CREDENTIALS_FILE",
        ] {
            if has(variable) {
                link.warn(
                    format!("container {name} has {variable}: what a profile says goes before the role in most SDKs"),
                    format!("no {variable}"),
                    "remove it, unless the profile itself uses the role",
                );
            }
        }
        if has("AWS_CONTAINER_CREDENTIALS_FULL_URI") && has(FILE) {
            link.warn(
                format!("container {name} has both a web identity and container credentials (EKS Pod Identity)"),
                "one of the two",
                "remove the annotation or the pod identity association: SDKs differ in which they take, most take the web identity",
            );
        }
        if has(ROLE) && !has("AWS_REGION") && !has("AWS_DEFAULT_REGION") {
            link.warn(
                format!("container {name} has neither AWS_REGION nor AWS_DEFAULT_REGION"),
                "a region: without it SDKs find no endpoint of STS, or take the global one",
                "set AWS_REGION, or start the webhook with --aws-default-region",
            );
        }
        if !container.env_from.is_empty() {
            unseen.push(name.as_str());
        }
        if container
            .value("AWS_EC2_METADATA_DISABLED")
            .is_none_or(|value| !value.eq_ignore_ascii_case("true"))
        {
            open.push(name.as_str());
        }
        endpoint(facts, container, &mut link);
    }
    let mut summary = match link.findings.len() {
        0 => std::mem::take(&mut link.summary),
        _ => "something in the containers' environment goes before the role, or beside it".to_owned(),
    };
    if !unseen.is_empty() {
        let _ = write!(summary, "; the envFrom of {} is not looked into", unseen.join(", "));
    }
    if !open.is_empty() {
        let _ = write!(
            summary,
            "; {} may fall back to the node's role where the exchange fails (AWS_EC2_METADATA_DISABLED=true ends that)",
            open.join(", ")
        );
    }
    link.says(summary)
}

/// Whether the pod's STS is the one that is asked here.
fn endpoint(facts: &Facts, container: &Container, link: &mut Link) {
    let sts = facts.places.iter().find(|place| place.name == "STS");
    let own = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]
        .into_iter()
        .find_map(|name| container.value(name));
    let host = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.trim_end_matches('/').to_owned()
    };
    if let (Some(sts), Some(own)) = (sts, own)
        && host(&sts.url) != host(own)
    {
        link.warn(
            format!(
                "container {} calls STS at {own}, and the doctor at {}",
                container.name, sts.url
            ),
            "the same endpoint",
            "run the doctor with the pod's AWS_ENDPOINT_URL, or correct the webhook's --env",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        facts::Managed,
        report::Status,
        tests::{ROLE_ARN, facts_of_pod, mutated},
    };
    use serde_json::json;

    fn with(change: impl FnOnce(&mut Value)) -> Facts {
        let mut pod = mutated();
        change(&mut pod);
        let mut facts = facts_of_pod();
        facts.pod = Some(Found::There(PodObject::read(pod.to_string()).unwrap()));
        facts
    }

    #[test]
    fn a_pod_as_the_webhook_makes_it_holds() {
        let link = mutation(&facts_of_pod());
        assert_eq!((link.status, link.findings.len()), (Status::Ok, 0), "{link:?}");
        assert!(link.summary.contains("main"));
    }

    #[test]
    fn a_pod_from_before_the_annotation_is_told_by_the_times() {
        let bare = |pod: &mut Value| {
            pod["spec"] = json!({ "serviceAccountName": "app", "containers": [{ "name": "main", "image": "i" }] });
            pod["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z".into();
        };
        let annotate = |facts: &mut Facts, time: &str| {
            let Some(Found::There(account)) = &mut facts.account else {
                panic!()
            };
            account.metadata.managed_fields = vec![Managed {
                time: Some(time.to_owned()),
                fields_v1: json!({ "f:metadata": { "f:annotations": { ".": {}, "f:eks.amazonaws.com/role-arn": {} } } }),
            }];
        };
        let mut facts = with(bare);
        annotate(&mut facts, "2026-01-01T01:00:00Z");
        let link = mutation(&facts);
        assert_eq!(link.status, Status::Fail);
        assert!(link.findings[0].saw.contains("too late for it"), "{link:?}");
        assert!(
            link.findings[0]
                .mend
                .contains("kubectl delete pod -n default web-1 (its ReplicaSet web makes it anew)")
        );
        annotate(&mut facts, "2025-12-31T00:00:00Z");
        assert!(mutation(&facts).findings[0].saw.contains("the webhook was not asked"));
        let exempt = with(|pod| {
            bare(pod);
            pod["metadata"]["labels"] = json!({ SKIP: "true" });
        });
        assert!(mutation(&exempt).findings[0].saw.contains("exempts it"));
    }

    #[test]
    fn a_container_without_the_mount_or_with_half_of_the_variables_does_not_hold() {
        let link = mutation(&with(|pod| {
            pod["spec"]["containers"][0]["volumeMounts"] = json!([]);
        }));
        assert_eq!(link.status, Status::Fail);
        assert!(
            link.findings
                .iter()
                .any(|it| it.saw == "container main lacks the mount of aws-iam-token"),
            "{link:?}"
        );
        assert!(
            link.findings.iter().any(|it| it.saw.contains("no volume puts a token")),
            "{link:?}"
        );
        let link = mutation(&with(|pod| {
            pod["spec"]["containers"][0]["env"]
                .as_array_mut()
                .unwrap()
                .retain(|it| it["name"] != FILE);
        }));
        assert!(
            link.findings
                .iter()
                .any(|it| it.saw.contains("defines AWS_ROLE_ARN and not")),
            "{link:?}"
        );
        let link = mutation(&with(|pod| {
            let second = json!({ "name": "second", "image": "i" });
            pod["spec"]["containers"].as_array_mut().unwrap().push(second);
        }));
        assert!(
            link.findings
                .iter()
                .any(|it| it.saw.contains("container second lacks AWS_ROLE_ARN")),
            "{link:?}"
        );
    }

    #[test]
    fn another_role_or_audience_than_the_annotations_is_warned_of_and_the_pods_own_counts() {
        let facts = with(|pod| {
            pod["spec"]["containers"][0]["env"][0]["value"] = "arn:aws:iam::123456789012:role/old".into();
            pod["spec"]["volumes"][0]["projected"]["sources"][0]["serviceAccountToken"]["audience"] = "old".into();
        });
        let link = mutation(&facts);
        assert_eq!((link.status, link.findings.len()), (Status::Warn, 2), "{link:?}");
        assert!(link.findings[0].expected.contains(ROLE_ARN));
        assert_eq!(facts.role_arn().as_deref(), Some("arn:aws:iam::123456789012:role/old"));
        assert_eq!(facts.audience().as_deref(), Some("old"));
    }

    #[test]
    fn containers_that_the_annotation_leaves_out_need_nothing_and_all_of_them_are_too_many() {
        let facts = with(|pod| {
            let second =
                json!({ "name": "second", "image": "i", "env": [{ "name": "AWS_ACCESS_KEY_ID", "value": "AKIA" }] });
            pod["spec"]["containers"].as_array_mut().unwrap().push(second);
            pod["metadata"]["annotations"] = json!({ "eks.amazonaws.com/skip-containers": "second" });
        });
        let link = mutation(&facts);
        assert_eq!(link.status, Status::Ok, "{link:?}");
        assert!(link.summary.contains("second left out"));
        assert_eq!(others(&facts).status, Status::Ok);
        let all = with(|pod| pod["metadata"]["annotations"] = json!({ "eks.amazonaws.com/skip-containers": "main" }));
        assert_eq!(mutation(&all).status, Status::Fail);
    }

    #[test]
    fn a_pod_that_is_not_there_fails_and_one_that_may_not_be_read_is_not_looked_at() {
        let mut facts = facts_of_pod();
        facts.pod = Some(Found::Absent);
        assert_eq!(mutation(&facts).status, Status::Fail);
        facts.pod = Some(Found::Forbidden("`get pods` (Kubernetes)".into()));
        let link = mutation(&facts);
        assert_eq!(link.status, Status::NotLookedAt);
        assert!(link.summary.contains("get pods"));
    }

    #[test]
    fn keys_profiles_and_files_in_the_environment_go_before_the_role() {
        assert_eq!(
            others(&facts_of_pod()).status,
            Status::Ok,
            "{:?}",
            others(&facts_of_pod())
        );
        let add = |name: &str, value: Value| {
            let name = name.to_owned();
            others(&with(move |pod| {
                let env = pod["spec"]["containers"][0]["env"].as_array_mut().unwrap();
                let mut variable = json!({ "name": name });
                variable
                    .as_object_mut()
                    .unwrap()
                    .extend(value.as_object().unwrap().clone());
                env.push(variable);
            }))
        };
        let keys = add(
            "AWS_ACCESS_KEY_ID",
            json!({ "valueFrom": { "secretKeyRef": { "name": "s", "key": "k" } } }),
        );
        assert_eq!(keys.status, Status::Fail);
        assert!(keys.findings[0].saw.contains("from a Secret"), "{keys:?}");
        assert_eq!(add("AWS_PROFILE", json!({ "value": "p" })).status, Status::Warn);
        let both = add(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            json!({ "value": "http://169.254.170.23/v1/credentials" }),
        );
        assert_eq!(both.status, Status::Warn);
        let elsewhere = add("AWS_ENDPOINT_URL_STS", json!({ "value": "https://sts.elsewhere" }));
        assert!(elsewhere.findings[0].saw.contains("sts.elsewhere"), "{elsewhere:?}");
        let regionless = others(&with(|pod| {
            let env = pod["spec"]["containers"][0]["env"].as_array_mut().unwrap();
            env.retain(|it| it["name"] != "AWS_REGION");
        }));
        assert_eq!(regionless.status, Status::Warn);
        let open = others(&with(|pod| {
            pod["spec"]["containers"][0]["envFrom"] = json!([{ "secretRef": { "name": "s" } }]);
        }));
        assert!(
            open.summary.contains("envFrom of main") && open.summary.contains("node's role"),
            "{open:?}"
        );
    }
}
