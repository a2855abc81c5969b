//! What Kubernetes' API knows: the subject, the webhook, the API server's own issuer, and a token.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    super::{
        facts::{Facts, Found, Subject},
        pod::PodObject,
        token::Token,
        webhook::{self, WebhookConfiguration},
    },
    documents::key_ids,
};
use crate::{cli::ServiceAccountName, clock, kubernetes::Kubernetes};

/// The life of the token that is tried, in seconds: the shortest that Kubernetes issues.
const TOKEN_LIFE: u64 = 600;
/// The `ConfigMap` of grants, and its key (amazon-eks-pod-identity-webhook: `--watch-config-map`).
const GRANTS: (&str, &str) = ("pod-identity-webhook", "config");

pub(super) async fn gather(facts: &mut Facts, kubernetes: &Kubernetes) {
    let get = Reader(kubernetes);
    facts.api_server = get.object::<Value>("/version", "get /version").await.map(|version| {
        let text = version.get("gitVersion").and_then(Value::as_str);
        text.unwrap_or("of no version").to_owned()
    });
    if facts.api_server.there().is_none() {
        let why = "the API server does not answer".to_owned();
        facts.webhooks = Found::Failed(why.clone());
        if facts.subject != Subject::Common {
            facts.account = Some(Found::Failed(why.clone()));
            facts.pod = matches!(facts.subject, Subject::Pod(_)).then_some(Found::Failed(why));
        }
        return;
    }
    facts.own_discovery = get
        .object(
            "/.well-known/openid-configuration",
            "get /.well-known/openid-configuration",
        )
        .await;
    let own = get.object::<Value>("/openid/v1/jwks", "get /openid/v1/jwks").await;
    facts.own_keys = own.map(|set| key_ids(&set));
    facts.webhooks = get
        .list::<WebhookConfiguration>(
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            "list mutatingwebhookconfigurations",
        )
        .await;
    let services: Vec<_> = webhook::relevant(facts.webhooks.there().map_or(&[], Vec::as_slice))
        .filter_map(|(_, webhook)| webhook.client_config.service.clone())
        .collect();
    for service in services {
        let (namespace, name) = (&service.namespace, &service.name);
        let ready = get.ready_endpoints(namespace, name).await;
        facts.endpoints.insert(format!("{namespace}/{name}"), ready);
        let path = format!("/api/v1/namespaces/{namespace}/configmaps/{}", GRANTS.0);
        let permission = format!("get configmaps -n {namespace}");
        let map = get.object::<Value>(&path, &permission).await;
        if let Found::There(map) = map {
            let text = map
                .get("data")
                .and_then(|data| data.get(GRANTS.1))
                .and_then(Value::as_str);
            facts.grants = match rolecall_cluster::admission::Grants::parse(text.unwrap_or("{}").as_bytes()) {
                Ok(grants) => Found::There(grants),
                Err(error) => Found::Failed(error.to_string()),
            };
        }
    }
    let Some(namespace) = facts.namespace_name().map(str::to_owned) else {
        return;
    };
    let labels = get
        .object::<Value>(&format!("/api/v1/namespaces/{namespace}"), "get namespaces")
        .await;
    facts.namespace = Some(labels.map(|object| {
        let labels = object.get("metadata").and_then(|metadata| metadata.get("labels"));
        labels
            .and_then(|labels| serde_json::from_value(labels.clone()).ok())
            .unwrap_or_default()
    }));
    if let Subject::Pod(name) = facts.subject.clone() {
        let path = format!("/api/v1/namespaces/{}/pods/{}", name.namespace, name.name);
        let permission = format!("get pods -n {}", name.namespace);
        facts.pod = Some(match get.text(&path, &permission).await {
            Found::There(text) => PodObject::read(text).map_or_else(Found::Failed, Found::There),
            other => other.map(|_| PodObject::default()),
        });
    }
    if let Some(account) = facts.account_name() {
        let path = format!(
            "/api/v1/namespaces/{}/serviceaccounts/{}",
            account.namespace, account.name
        );
        let permission = format!("get serviceaccounts -n {}", account.namespace);
        facts.account = Some(get.object(&path, &permission).await);
        if facts.role_arn().is_some() {
            facts.token = Some(token(kubernetes, &account, facts.audience()).await);
        }
    }
}

/// Reads the API server's documents.
struct Reader<'a>(&'a Kubernetes);

impl Reader<'_> {
    async fn text(&self, path: &str, permission: &str) -> Found<String> {
        Found::of_kubernetes(self.0.read(path).await, permission)
    }

    async fn object<T: DeserializeOwned>(&self, path: &str, permission: &str) -> Found<T> {
        match self.text(path, permission).await {
            Found::There(text) => match serde_json::from_str(&text) {
                Ok(object) => Found::There(object),
                Err(error) => Found::Failed(format!("`{permission}`: the answer cannot be read: {error}")),
            },
            Found::Absent => Found::Absent,
            Found::Forbidden(permission) => Found::Forbidden(permission),
            Found::Failed(why) => Found::Failed(why),
        }
    }

    async fn list<T: DeserializeOwned>(&self, path: &str, permission: &str) -> Found<Vec<T>> {
        #[derive(serde::Deserialize)]
        struct List<T> {
            items: Vec<T>,
        }
        self.object::<List<T>>(path, permission).await.map(|list| list.items)
    }

    async fn ready_endpoints(&self, namespace: &str, service: &str) -> Found<usize> {
        let path = format!(
            "/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D{service}"
        );
        let slices = self
            .list::<Value>(&path, &format!("list endpointslices -n {namespace}"))
            .await;
        slices.map(|slices| {
            let endpoints = slices
                .iter()
                .filter_map(|slice| slice.get("endpoints")?.as_array())
                .flatten();
            // An unknown readiness counts as readiness (Kubernetes: EndpointSlices, conditions).
            let ready = |endpoint: &&Value| {
                endpoint
                    .get("conditions")
                    .and_then(|conditions| conditions.get("ready"))
                    .is_none_or(|ready| ready.as_bool() != Some(false))
            };
            endpoints.filter(ready).count()
        })
    }
}

async fn token(kubernetes: &Kubernetes, account: &ServiceAccountName, audience: Option<String>) -> Found<Token> {
    let audiences: Vec<String> = audience.into_iter().collect();
    let issued = kubernetes.token(account, &audiences, TOKEN_LIFE).await;
    let at = clock::timestamp().as_second();
    match issued {
        Ok(issued) => Token::read(issued.token, at).map_or_else(Found::Failed, Found::There),
        Err(error) => {
            let permission = format!("create serviceaccounts/token -n {}", account.namespace);
            match error.downcast::<kube::Error>() {
                Ok(error) => Found::of_kubernetes(Err(error), &permission),
                Err(error) => Found::Failed(format!("{error:#}")),
            }
        }
    }
}
