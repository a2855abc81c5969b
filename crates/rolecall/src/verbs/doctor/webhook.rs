//! The webhook that gives pods their roles, as the API server is told to call it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    facts::{Facts, Found, Metadata},
    report::Link,
};

pub(super) const NAME: &str = "webhook";

/// A `MutatingWebhookConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct WebhookConfiguration {
    pub(super) metadata: Metadata,
    pub(super) webhooks: Vec<Webhook>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Webhook {
    name: String,
    pub(super) client_config: ClientConfig,
    rules: Vec<Rule>,
    failure_policy: String,
    namespace_selector: Selector,
    object_selector: Selector,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ClientConfig {
    ca_bundle: Option<String>,
    pub(super) service: Option<Service>,
    url: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Service {
    pub(super) namespace: String,
    pub(super) name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Rule {
    operations: Vec<String>,
    resources: Vec<String>,
}

/// A label selector (Kubernetes: Labels and Selectors).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Selector {
    match_labels: BTreeMap<String, String>,
    match_expressions: Vec<Expression>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Expression {
    key: String,
    operator: String,
    values: Vec<String>,
}

impl Selector {
    /// The requirement that labels do not meet, if there is one.
    fn unmet(&self, labels: &BTreeMap<String, String>) -> Option<String> {
        let equal = self
            .match_labels
            .iter()
            .find(|(key, value)| labels.get(*key) != Some(value));
        if let Some((key, value)) = equal {
            return Some(format!("{key} = {value}"));
        }
        let unmet = self.match_expressions.iter().find(|it| {
            let label = labels.get(&it.key);
            let listed = label.is_some_and(|label| it.values.contains(label));
            match it.operator.as_str() {
                "In" => !listed,
                "NotIn" => listed,
                "Exists" => label.is_none(),
                "DoesNotExist" => label.is_some(),
                _ => false,
            }
        })?;
        Some(
            format!("{} {} {}", unmet.key, unmet.operator, unmet.values.join(", "))
                .trim_end()
                .to_owned(),
        )
    }
}

impl Webhook {
    /// Whether it is asked about pods that are created.
    fn sees_pods(&self) -> bool {
        self.rules.iter().any(|rule| {
            let has = |list: &[String], wanted: &str| list.iter().any(|it| it == wanted || it == "*");
            has(&rule.operations, "CREATE") && has(&rule.resources, "pods")
        })
    }
}

/// Those that give pods their roles: by the names that EKS's manifests and ours have.
pub(super) fn relevant(all: &[WebhookConfiguration]) -> impl Iterator<Item = (&WebhookConfiguration, &Webhook)> {
    let known = |name: &str| {
        ["pod-identity-webhook", "rolecall", "iam-for-pods"]
            .into_iter()
            .any(|known| name.contains(known))
    };
    all.iter()
        .flat_map(|configuration| {
            configuration
                .webhooks
                .iter()
                .map(move |webhook| (configuration, webhook))
        })
        .filter(move |(configuration, webhook)| {
            webhook.sees_pods() && (known(&configuration.metadata.name) || known(&webhook.name))
        })
}

pub(super) fn judge(facts: &Facts) -> Link {
    let all = match &facts.webhooks {
        Found::There(all) => all,
        other => {
            let why = other.unknown().unwrap_or_default();
            return Link::unlooked(NAME, format!("which webhooks there are cannot be read: {why}"));
        }
    };
    let found: Vec<_> = relevant(all).collect();
    let names: Vec<&str> = found
        .iter()
        .map(|(configuration, _)| configuration.metadata.name.as_str())
        .collect();
    let mut link = Link::new(NAME, format!("{} is called when a pod is created", names.join(", ")));
    if found.is_empty() {
        link.fail(
            format!(
                "none of {} MutatingWebhookConfigurations is of a webhook that gives pods their roles",
                all.len()
            ),
            "pod-identity-webhook, as on EKS, or rolecall-admission, called for pods that are created",
            "rolecall install --component admission --approve (docs/install.md); on EKS it is part of the cluster",
        );
        return link.says("no webhook gives pods their roles");
    }
    for (configuration, webhook) in found {
        one(facts, &configuration.metadata.name, webhook, &mut link);
    }
    if link.findings.is_empty() {
        link
    } else {
        link.says("the webhook is registered, and something about it is not as it should be")
    }
}

fn one(facts: &Facts, name: &str, webhook: &Webhook, link: &mut Link) {
    let config = &webhook.client_config;
    let silent = if webhook.failure_policy == "Ignore" {
        "pods start without their role (failurePolicy: Ignore)"
    } else {
        "no pod can be created (failurePolicy: Fail)"
    };
    if config.ca_bundle.as_deref().is_none_or(str::is_empty) {
        link.fail(
            format!("{name} has no CA bundle: the API server cannot trust the webhook, and {silent}"),
            "clientConfig.caBundle",
            "the webhook writes it when it runs with --webhook-configuration; with --tls-cert, cert-manager or whoever made the certificate does",
        );
    }
    if let Some(service) = &config.service {
        let place = format!("{}/{}", service.namespace, service.name);
        match facts.endpoints.get(&place) {
            Some(Found::There(0) | Found::Absent) => link.fail(
                format!("the Service {place} of {name} has no ready endpoint: {silent}"),
                "at least one ready pod of the webhook",
                format!(
                    "kubectl get pods -n {}, and look at why they are not ready",
                    service.namespace
                ),
            ),
            Some(Found::There(_)) | None => {}
            Some(other) => link.find(
                super::report::Status::NotLookedAt,
                format!(
                    "the endpoints of Service {place} cannot be read: {}",
                    other.unknown().unwrap_or_default()
                ),
                "",
                "",
            ),
        }
    } else if config.url.is_none() {
        link.fail(
            format!("{name} names neither a Service nor a URL"),
            "clientConfig.service",
            "apply the manifest again",
        );
    }
    if let Some(namespace) = facts.namespace_name() {
        let mut labels = facts
            .namespace
            .as_ref()
            .and_then(Found::there)
            .cloned()
            .unwrap_or_default();
        // Every namespace has this one (Kubernetes: Namespaces, automatic labelling).
        labels.insert("kubernetes.io/metadata.name".to_owned(), namespace.to_owned());
        if let Some(unmet) = webhook.namespace_selector.unmet(&labels) {
            link.fail(
                format!("{name} is not asked about pods of namespace {namespace}: its selector wants {unmet}"),
                "a namespace that is not exempt",
                "run the pod in another namespace, or change the selector",
            );
        }
    }
    if let Some(pod) = facts.pod()
        && let Some(unmet) = webhook.object_selector.unmet(&pod.metadata.labels)
    {
        link.fail(
            format!("{name} is not asked about this pod: its selector wants {unmet}"),
            "a pod that is not exempt",
            "change the pod's labels, and create it anew",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        report::Status,
        tests::{facts, facts_of_pod},
    };
    use serde_json::{Value, json};

    fn judged(change: impl FnOnce(&mut Value), ready: Found<usize>) -> Link {
        let mut configuration = json!({
            "metadata": { "name": "rolecall-admission" },
            "webhooks": [{
                "name": "admission.rolecall.dev", "failurePolicy": "Fail",
                "clientConfig": { "caBundle": "LS0t", "service": { "namespace": "rolecall", "name": "rolecall-admission" } },
                "rules": [{ "operations": ["CREATE"], "resources": ["pods"] }],
                "namespaceSelector": { "matchExpressions": [
                    { "key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"] }] },
                "objectSelector": { "matchExpressions": [
                    { "key": "eks.amazonaws.com/skip-pod-identity-webhook", "operator": "DoesNotExist" }] },
            }],
        });
        change(&mut configuration);
        let mut facts = facts_of_pod();
        facts.webhooks = Found::There(vec![serde_json::from_value(configuration).unwrap()]);
        facts.endpoints.insert("rolecall/rolecall-admission".into(), ready);
        judge(&facts)
    }

    #[test]
    fn a_webhook_with_a_bundle_and_ready_endpoints_holds() {
        let link = judged(|_| {}, Found::There(2));
        assert_eq!(link.status, Status::Ok, "{link:?}");
    }

    #[test]
    fn an_absent_one_or_one_of_others_does_not() {
        let link = judged(|it| it["metadata"]["name"] = "istio".into(), Found::There(2));
        assert_eq!(link.status, Status::Ok, "the webhook's own name tells");
        let link = judged(
            |it| {
                it["metadata"]["name"] = "istio".into();
                it["webhooks"][0]["name"] = "sidecar.istio.io".into();
            },
            Found::There(2),
        );
        assert_eq!(link.status, Status::Fail);
        let link = judged(
            |it| it["webhooks"][0]["rules"][0]["resources"] = json!(["jobs"]),
            Found::There(2),
        );
        assert_eq!(link.status, Status::Fail);
    }

    #[test]
    fn a_missing_bundle_a_service_without_endpoints_and_an_exempt_namespace_do_not_hold() {
        let bundle = judged(
            |it| it["webhooks"][0]["clientConfig"]["caBundle"] = Value::Null,
            Found::There(1),
        );
        assert!(bundle.findings[0].saw.contains("no CA bundle"), "{bundle:?}");
        assert!(bundle.findings[0].saw.contains("no pod can be created"), "{bundle:?}");
        let silent = judged(
            |it| it["webhooks"][0]["failurePolicy"] = "Ignore".into(),
            Found::There(0),
        );
        assert_eq!(silent.status, Status::Fail);
        assert!(
            silent.findings[0].saw.contains("pods start without their role"),
            "{silent:?}"
        );
        let exempt = judged(
            |it| it["webhooks"][0]["namespaceSelector"]["matchExpressions"][0]["values"] = json!(["default"]),
            Found::There(1),
        );
        assert!(exempt.findings[0].saw.contains("namespace default"), "{exempt:?}");
        let object = judged(
            |it| it["webhooks"][0]["objectSelector"] = json!({ "matchLabels": { "role": "yes" } }),
            Found::There(1),
        );
        assert!(object.findings[0].saw.contains("role = yes"), "{object:?}");
    }

    #[test]
    fn what_may_not_be_read_is_said() {
        let link = judged(|_| {}, Found::Forbidden("`list endpointslices` (Kubernetes)".into()));
        assert_eq!(link.status, Status::NotLookedAt, "{link:?}");
        let mut facts = facts();
        facts.webhooks = Found::Forbidden("`list mutatingwebhookconfigurations` (Kubernetes)".into());
        assert!(judge(&facts).summary.contains("list mutatingwebhookconfigurations"));
    }
}
