//! The one Kubernetes client of our verbs: service accounts, their annotation, their tokens; objects that are applied.

use std::path::Path;

use anyhow::{Context, Result, bail};
use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::{Namespace, ServiceAccount},
};
use kube::{
    Api, Client,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, ObjectMeta, Patch, PatchParams,
        PostParams, Preconditions,
    },
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::{Value, json};

use crate::cli::ServiceAccountName;

/// Where the API server shows the keys of its tokens (Kubernetes: Configure Service Accounts for Pods, service account issuer
/// discovery).
pub(crate) const JWKS: &str = "/openid/v1/jwks";
/// The annotation that asks for a role (Amazon EKS User Guide: Assign IAM roles to Kubernetes service accounts).
pub(crate) const ROLE_ARN: &str = "eks.amazonaws.com/role-arn";
/// The annotation that overrides the audience of the injected token.
pub(crate) const AUDIENCE: &str = "eks.amazonaws.com/audience";
/// The annotation that overrides the life of the injected token.
pub(crate) const TOKEN_EXPIRATION: &str = "eks.amazonaws.com/token-expiration";
/// The label that says who made the object.
pub(crate) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The value of [`MANAGED_BY`] for our objects.
pub(crate) const MANAGER: &str = "rolecall";

/// A connection to a cluster's API server.
pub(crate) struct Kubernetes {
    client: Client,
}

/// What became of an object that was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    /// It was not there.
    Created,
    /// It was there, and otherwise.
    Changed,
    /// It was there as it is wanted.
    Unchanged,
}

/// A token as the API server made it.
pub(crate) struct IssuedToken {
    pub(crate) token: String,
}

impl Kubernetes {
    /// Connects as `kubectl` does: `KUBECONFIG`, `~/.kube/config`, or the pod's own service account.
    pub(crate) async fn connect() -> Result<Self> {
        let config = match Kubeconfig::read() {
            Ok(kubeconfig) => kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
                .await
                .context("reading the kubeconfig")?,
            Err(_) => kube::Config::infer().await.context(
                "no cluster to speak to: set KUBECONFIG (for `rolecall dev`: `. ./.rolecall/env`) or write ~/.kube/config",
            )?,
        };
        Ok(Self {
            client: Client::try_from(config).context("connecting to the API server")?,
        })
    }

    /// Connects to the cluster of this kubeconfig.
    pub(crate) async fn of(file: &Path, context: Option<&str>) -> Result<Self> {
        let kubeconfig = Kubeconfig::read_from(file).with_context(|| format!("reading {}", file.display()))?;
        let options = KubeConfigOptions {
            context: context.map(str::to_owned),
            ..KubeConfigOptions::default()
        };
        let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .with_context(|| format!("reading {}", file.display()))?;
        Ok(Self {
            client: Client::try_from(config).context("connecting to the API server")?,
        })
    }

    /// The issuer that its tokens name, as its discovery document has it (OpenID Connect Discovery 1.0, section 4).
    pub(crate) async fn issuer(&self) -> Result<String> {
        let document = self.raw("/.well-known/openid-configuration").await?;
        let document: Value = serde_json::from_str(&document).context("the API server's discovery document")?;
        let issuer = document.get("issuer").and_then(Value::as_str);
        issuer
            .map(str::to_owned)
            .context("the API server's discovery document names no issuer")
    }

    /// The keys of its tokens, a JSON Web Key Set.
    pub(crate) async fn keys(&self) -> Result<String> {
        self.raw(JWKS).await
    }

    async fn raw(&self, path: &str) -> Result<String> {
        let request = http::Request::get(path)
            .body(Vec::new())
            .context("asking the API server")?;
        let text = self.client.request_text(request).await;
        text.with_context(|| format!("reading {path} of the API server"))
    }

    /// The service account, if it exists.
    pub(crate) async fn service_account(&self, name: &ServiceAccountName) -> Result<Option<ServiceAccount>> {
        self.accounts(&name.namespace)
            .get_opt(&name.name)
            .await
            .with_context(|| format!("reading the service account {name}"))
    }

    /// Every service account of the cluster, or of one namespace.
    pub(crate) async fn service_accounts(&self, namespace: Option<&str>) -> Result<Vec<ServiceAccount>> {
        let api: Api<ServiceAccount> = match namespace {
            Some(namespace) => Api::namespaced(self.client.clone(), namespace),
            None => Api::all(self.client.clone()),
        };
        let mut all = Vec::new();
        let mut parameters = ListParams::default().limit(500);
        loop {
            let page = api.list(&parameters).await.context("listing service accounts")?;
            all.extend(page.items);
            match page.metadata.continue_ {
                Some(token) if !token.is_empty() => parameters = parameters.continue_token(&token),
                _ => return Ok(all),
            }
        }
    }

    /// Creates the namespace unless it exists.
    pub(crate) async fn ensure_namespace(&self, name: &str) -> Result<()> {
        let api: Api<Namespace> = Api::all(self.client.clone());
        if api
            .get_opt(name)
            .await
            .with_context(|| format!("reading the namespace {name}"))?
            .is_some()
        {
            return Ok(());
        }
        let namespace = Namespace {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                ..ObjectMeta::default()
            },
            ..Namespace::default()
        };
        match api.create(&PostParams::default(), &namespace).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) if status.code == 409 => Ok(()),
            Err(error) => Err(error).with_context(|| format!("creating the namespace {name}")),
        }
    }

    /// Creates the service account with these labels and annotations.
    pub(crate) async fn create(
        &self,
        name: &ServiceAccountName,
        labels: &[(String, String)],
        annotations: &[(String, String)],
    ) -> Result<()> {
        let account = ServiceAccount {
            metadata: ObjectMeta {
                name: Some(name.name.clone()),
                namespace: Some(name.namespace.clone()),
                labels: Some(labels.iter().cloned().collect()),
                annotations: Some(annotations.iter().cloned().collect()),
                ..ObjectMeta::default()
            },
            ..ServiceAccount::default()
        };
        self.accounts(&name.namespace)
            .create(&PostParams::default(), &account)
            .await
            .with_context(|| format!("creating the service account {name}"))?;
        Ok(())
    }

    /// Sets labels and annotations of a service account that exists, and leaves everything else as it is.
    pub(crate) async fn annotate(
        &self,
        name: &ServiceAccountName,
        labels: &[(String, String)],
        annotations: &[(String, Option<String>)],
    ) -> Result<()> {
        let labels: serde_json::Map<String, serde_json::Value> =
            labels.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        let annotations: serde_json::Map<String, serde_json::Value> = annotations
            .iter()
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect();
        let patch = json!({ "metadata": { "labels": labels, "annotations": annotations } });
        self.accounts(&name.namespace)
            .patch(&name.name, &PatchParams::default(), &Patch::Merge(patch))
            .await
            .with_context(|| format!("annotating the service account {name}"))?;
        Ok(())
    }

    /// Deletes this very service account (by uid, so that one recreated in between stays).
    pub(crate) async fn delete(&self, account: &ServiceAccount) -> Result<()> {
        let (Some(namespace), Some(name)) = (&account.metadata.namespace, &account.metadata.name) else {
            bail!("the API server sent a service account without a name");
        };
        let parameters = DeleteParams {
            preconditions: Some(Preconditions {
                uid: account.metadata.uid.clone(),
                resource_version: None,
            }),
            ..DeleteParams::default()
        };
        match self.accounts(namespace).delete(name, &parameters).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(error).with_context(|| format!("deleting the service account {namespace}/{name}")),
        }
    }

    /// Asks for a token of the service account (`TokenRequest`).
    pub(crate) async fn token(
        &self,
        name: &ServiceAccountName,
        audiences: &[String],
        seconds: u64,
    ) -> Result<IssuedToken> {
        let request = TokenRequest {
            spec: TokenRequestSpec {
                audiences: audiences.to_vec(),
                expiration_seconds: Some(i64::try_from(seconds).context("the life of a token is too long")?),
                bound_object_ref: None,
            },
            ..TokenRequest::default()
        };
        let answer = self
            .accounts(&name.namespace)
            .create_token_request(&name.name, &PostParams::default(), &request)
            .await
            .with_context(|| format!("asking for a token of {name}; does the service account exist?"))?;
        let token = answer
            .status
            .map(|status| status.token)
            .filter(|token| !token.is_empty());
        Ok(IssuedToken {
            token: token.context("the API server answered without a token")?,
        })
    }

    /// A document of the API, by its path. What is refused comes back as it is, for whoever judges refusals.
    pub(crate) async fn read(&self, path: &str) -> Result<String, kube::Error> {
        let request = http::Request::get(path)
            .body(Vec::new())
            .map_err(kube::Error::HttpError)?;
        self.client.request_text(request).await
    }

    /// Applies an object by server-side apply: fields that it does not name are left to whoever has set them.
    pub(crate) async fn apply(&self, object: &Value, force: bool) -> Result<Applied> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let (Some(version), Some(kind), Some(name)) = (text("/apiVersion"), text("/kind"), text("/metadata/name"))
        else {
            bail!("an object without its kind or name");
        };
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        // INVARIANT: the plural of every kind of ours is regular, or in this list.
        let plural = match kind {
            "NetworkPolicy" => "networkpolicies".to_owned(),
            kind => format!("{}s", kind.to_ascii_lowercase()),
        };
        let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), &plural);
        let api: Api<DynamicObject> = match text("/metadata/namespace") {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, &resource),
            None => Api::all_with(self.client.clone(), &resource),
        };
        let before = match api.get(name).await {
            Ok(before) => Some(before),
            Err(kube::Error::Api(status)) if status.reason == "NotFound" => None,
            Err(kube::Error::Api(status)) if status.code == 404 => {
                bail!("the cluster does not know {kind} of {group}/{version}: install what defines it, or leave it out")
            }
            Err(error) => return Err(error).context("reading it"),
        };
        let mut parameters = PatchParams::apply(MANAGER);
        parameters.force = force;
        let after = match api.patch(name, &parameters, &Patch::Apply(object)).await {
            Ok(after) => after,
            Err(kube::Error::Api(status)) if status.code == 409 => {
                bail!("{}; --force-conflicts takes these fields over", status.message)
            }
            Err(error) => return Err(error).context("applying it"),
        };
        Ok(match before {
            None => Applied::Created,
            Some(before) if before.metadata.resource_version == after.metadata.resource_version => Applied::Unchanged,
            Some(_) => Applied::Changed,
        })
    }

    fn accounts(&self, namespace: &str) -> Api<ServiceAccount> {
        Api::namespaced(self.client.clone(), namespace)
    }
}

/// The value of an annotation, if the service account has it.
pub(crate) fn annotation<'a>(account: &'a ServiceAccount, key: &str) -> Option<&'a str> {
    account.metadata.annotations.as_ref()?.get(key).map(String::as_str)
}

/// Whether this program made the service account.
pub(crate) fn is_ours(account: &ServiceAccount) -> bool {
    account
        .metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(MANAGED_BY))
        .is_some_and(|value| value == MANAGER)
}
