//! What runs in a Kubernetes cluster, as objects of its API server: one source of the plain manifests in `deploy/`, of the
//! Helm chart in `deploy/chart/`, and of what `rolecall install` prints and applies.

use anyhow::{Result, ensure};

use self::{
    fill::Fill,
    manifest::{Document, Node, map},
    values::Values,
};

mod admission;
pub(crate) mod chart;
mod control_plane;
pub(crate) mod fill;
mod gateway;
mod keys;
pub(crate) mod manifest;
mod pods;
mod shared;
pub(crate) mod values;
pub(crate) mod yaml;

/// A part of the installation that can be there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Component {
    /// The webhook that gives pods their roles
    Admission,
    /// The finder of pods that run without their roles
    Pods,
    /// The publisher of the API server's keys
    Keys,
    /// The control plane, with a gateway in it where it has a store
    ControlPlane,
    /// The gateway in pods of its own
    Gateway,
}

impl Component {
    pub(crate) const ALL: [Self; 5] = [
        Self::Admission,
        Self::Pods,
        Self::Keys,
        Self::ControlPlane,
        Self::Gateway,
    ];

    /// The name of its file.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Admission => "admission.yaml",
            Self::Pods => "pods.yaml",
            Self::Keys => "keys.yaml",
            Self::ControlPlane => "control-plane.yaml",
            Self::Gateway => "gateway.yaml",
        }
    }

    /// The value that says whether it is there.
    pub(crate) fn enabled(self) -> &'static str {
        match self {
            Self::Admission => "admission.enabled",
            Self::Pods => "pods.enabled",
            Self::Keys => "keys.enabled",
            Self::ControlPlane => "controlPlane.enabled",
            Self::Gateway => "gateway.enabled",
        }
    }

    /// What must be said for it.
    pub(crate) fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Admission | Self::Pods => &[],
            Self::Keys => &["cluster", "region", "endpoint", "keys.roleArn"],
            Self::ControlPlane => &["accountId", "region", "endpoint"],
            Self::Gateway => &["region", "endpoint", "gateway.roleArn", "gateway.store.endpoint"],
        }
    }

    pub(crate) fn documents(self) -> Vec<Document> {
        match self {
            Self::Admission => admission::documents(),
            Self::Pods => pods::documents(),
            Self::Keys => keys::documents(),
            Self::ControlPlane => control_plane::documents(),
            Self::Gateway => gateway::documents(),
        }
    }

    /// Its objects with these values.
    pub(crate) fn objects(self, values: &Values, namespace: &str) -> Result<Vec<Object>> {
        for path in self.needs() {
            ensure!(
                values.is_set(path),
                "{} needs the value {path}",
                self.file().trim_end_matches(".yaml")
            );
        }
        objects(&self.documents(), values, namespace)
    }
}

/// One object, ready to be printed or applied.
pub(crate) struct Object {
    pub(crate) comment: &'static str,
    pub(crate) node: Node,
}

/// The namespace of everything. The chart has none: Helm makes the release's namespace by itself.
pub(crate) fn namespace(values: &Values, namespace: &str) -> Result<Vec<Object>> {
    let document = Document::new(map! {
        "apiVersion" => "v1",
        "kind" => "Namespace",
        "metadata" => map! {
            "name" => "{namespace}",
            "labels" => map! { "pod-security.kubernetes.io/enforce" => "restricted" },
        },
    });
    objects(&[document], values, namespace)
}

fn objects(documents: &[Document], values: &Values, namespace: &str) -> Result<Vec<Object>> {
    let fill = Fill::new(values, namespace);
    let mut objects = Vec::new();
    for document in documents {
        if let Some(node) = fill.document(document)? {
            objects.push(Object {
                comment: document.comment,
                node,
            });
        }
    }
    Ok(objects)
}

/// The objects as one file of YAML, after a comment.
pub(crate) fn printed(about: &str, objects: &[Object]) -> String {
    let mut text = String::new();
    if !about.is_empty() {
        yaml::comment(about, 0, &mut text);
    }
    for (index, object) in objects.iter().enumerate() {
        if index > 0 || !about.is_empty() {
            text.push_str("---\n");
        }
        if !object.comment.is_empty() {
            yaml::comment(object.comment, 0, &mut text);
        }
        text.push_str(&yaml::write(&object.node));
    }
    text
}

/// A file of a `ConfigMap` as it is with these values, in a folder of its own.
#[cfg(test)]
fn written(
    document: &manifest::Document,
    name: &str,
    said: &[(&str, &str)],
) -> (tempfile::TempDir, std::path::PathBuf) {
    let mut values = values::Values::defaults().unwrap();
    for (path, text) in said {
        values.say(path, text).unwrap();
    }
    let filled = fill::Fill::new(&values, "rolecall")
        .document(document)
        .unwrap()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, fill::json(&filled)["data"][name].as_str().unwrap()).unwrap();
    (folder, file)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{fill::json as as_json, *};

    fn told() -> Values {
        let mut values = Values::defaults().unwrap();
        for (path, text) in [
            ("cluster", "prod"),
            ("accountId", "123456789012"),
            ("region", "us-east-2"),
            ("endpoint", "https://rolecall.example.org"),
            ("keys.roleArn", "arn:aws:iam::123456789012:role/keys"),
            ("gateway.roleArn", "arn:aws:iam::123456789012:role/gateway"),
            ("gateway.store.endpoint", "http://minio.store:9000"),
        ] {
            values.say(path, text).unwrap();
        }
        values
    }

    fn all(values: &Values) -> Vec<Value> {
        let all = Component::ALL
            .iter()
            .flat_map(|it| it.objects(values, "rolecall").unwrap());
        all.map(|object| as_json(&object.node)).collect()
    }

    fn find<'a>(all: &'a [Value], kind: &str, name: &str) -> &'a Value {
        let found = all
            .iter()
            .find(|it| it["kind"] == kind && it["metadata"]["name"] == name);
        found.unwrap_or_else(|| panic!("no {kind} {name}"))
    }

    #[test]
    fn no_place_is_left_and_what_is_printed_reads_back_as_what_is_applied() {
        let mut values = told();
        for (path, text) in [
            (
                "caBundle",
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            ),
            ("env.AWS_ENDPOINT_URL_SQS", "https://sqs.example: \"{x}\""),
            ("watchConfigMap", "true"),
            ("pods.evict", "owned"),
            ("serviceMonitor.enabled", "true"),
            ("imagePullSecrets", "[registry]"),
            ("tolerations", "[{key: a, operator: Exists}]"),
            ("controlPlane.quotas.roles", "5000"),
            ("controlPlane.issuerPrivateHosts", "[issuer.internal]"),
            ("virtualHostSuffix", "s3.example.org"),
            ("controlPlane.store.endpoint", "http://minio.store:9000"),
        ] {
            values.say(path, text).unwrap();
        }
        for values in [told(), values] {
            for component in Component::ALL {
                let objects = component.objects(&values, "somewhere").unwrap();
                let text = printed("about", &objects);
                let read: Vec<Value> = serde_norway::Deserializer::from_str(&text)
                    .map(|document| serde::Deserialize::deserialize(document).unwrap())
                    .filter(|value: &Value| !value.is_null())
                    .collect();
                let applied: Vec<Value> = objects.iter().map(|object| as_json(&object.node)).collect();
                assert_eq!(read, applied);
                assert!(
                    !text.replace("{x}", "").replace("{}", "").contains(['{', '}']),
                    "{text}"
                );
                for object in applied {
                    let namespace = &object["metadata"]["namespace"];
                    assert!(namespace == "somewhere" || namespace.is_null(), "{object}");
                }
            }
        }
    }

    #[test]
    fn every_pod_is_confined_and_has_no_more_than_one_way_to_the_api_server() {
        for object in all(&told()) {
            let spec = &object["spec"]["template"]["spec"];
            if spec.is_null() {
                continue;
            }
            assert_eq!(spec["securityContext"]["runAsNonRoot"], true);
            assert_eq!(spec["containers"].as_array().unwrap().len(), 1);
            let confined = &spec["containers"][0]["securityContext"];
            assert_eq!(confined["readOnlyRootFilesystem"], true);
            assert_eq!(confined["allowPrivilegeEscalation"], false);
            assert_eq!(confined["capabilities"], json!({ "drop": ["ALL"] }));
            let name = object["metadata"]["name"].as_str().unwrap();
            let speaks = !["rolecall-control-plane", "rolecall-gateway"].contains(&name);
            assert_eq!(spec["automountServiceAccountToken"], speaks);
        }
    }

    #[test]
    fn rights_are_there_only_with_what_needs_them() {
        let rules = |values: &Values, kind: &str, name: &str| find(&all(values), kind, name)["rules"].to_string();
        let mut values = told();
        assert!(!rules(&values, "ClusterRole", "rolecall-pods").contains("eviction"));
        assert!(!rules(&values, "ClusterRole", "rolecall-admission").contains("namespaces"));
        assert!(!rules(&values, "Role", "rolecall-admission").contains("configmaps"));
        values.say("pods.evict", "owned").unwrap();
        values.say("watchConfigMap", "true").unwrap();
        assert!(rules(&values, "ClusterRole", "rolecall-pods").contains("eviction"));
        assert!(rules(&values, "ClusterRole", "rolecall-admission").contains("namespaces"));
        assert!(rules(&values, "Role", "rolecall-admission").contains("configmaps"));
        for object in all(&values) {
            let text = object["rules"].to_string();
            assert!(!text.contains('*') && !text.contains("escalate") && !text.contains("impersonate"));
        }
    }

    #[test]
    fn what_a_component_cannot_do_without_is_asked_for() {
        let values = Values::defaults().unwrap();
        for component in Component::ALL {
            assert_eq!(
                component.objects(&values, "rolecall").is_ok(),
                component.needs().is_empty()
            );
        }
    }

    #[test]
    fn pods_are_made_anew_when_what_they_read_at_their_start_changes() {
        let digest = |values: &Values| {
            let all = all(values);
            let set = find(&all, "StatefulSet", "rolecall-control-plane");
            set["spec"]["template"]["metadata"]["annotations"]["rolecall.dev/configuration"].clone()
        };
        let mut values = told();
        let before = digest(&values);
        assert_eq!(digest(&values), before);
        values.say("controlPlane.quotas.roles", "5000").unwrap();
        assert_ne!(digest(&values), before);
    }

    #[test]
    fn one_webhook_alone_does_not_keep_its_node_from_being_drained() {
        let mut values = told();
        let kinds = |values: &Values| {
            let all = all(values);
            all.iter().filter(|it| it["kind"] == "PodDisruptionBudget").count()
        };
        assert_eq!(kinds(&values), 2);
        values.say("admission.replicas", "1").unwrap();
        assert_eq!(kinds(&values), 1);
        values.say("gateway.replicas", "1").unwrap();
        assert_eq!(kinds(&values), 0);
    }
}
