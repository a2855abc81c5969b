//! Pods that should have a role and have none: created while the webhook was away, or before their service account asked
//! for a role. Each is told of by an Event, and, by policy, evicted, so that its owner creates it anew.
//!
//! Several replicas agree without a leader: an Event's name follows from the pod's uid, and an eviction names the uid.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, SystemTime},
};

use kube::{Client, core::Request};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    Chance,
    admission::{Pod, Settings, lacks},
    decider::{Decider, Wanted},
    granted::IdentityFile,
    mirror::{Kept, Metadata, Mirror, Resource, Unknown},
    webhook::Clock,
};

/// How often everything is looked at, and how long after a change: many come together.
const ROUNDS: (Duration, Duration) = (Duration::from_mins(1), Duration::from_secs(1));
/// An owner's pods are evicted no more often than this: where the webhook does not work, the next pod is silent too.
const EVICTIONS: Duration = Duration::from_mins(10);
/// The label that exempts a pod from admission.
const SKIP: &str = "eks.amazonaws.com/skip-pod-identity-webhook";
/// Who tells of a pod.
const REPORTER: &str = "rolecall.dev/pods";

/// How pods are found.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the webhook injects.
    pub settings: Settings,
    /// The namespace and name of the `ConfigMap` of grants, if there is one.
    pub grants: Option<(String, String)>,
    /// The file of service accounts that use the node's agent, if there is one.
    pub identities: Option<std::path::PathBuf>,
    /// Whether pods are evicted that a controller creates anew.
    pub evict: bool,
    /// Namespaces that admission is not asked for.
    pub exempt: Vec<String>,
}

/// A pod, as much of it as is read here.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Object {
    metadata: Metadata,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Status {
    #[serde(default)]
    phase: String,
}

impl Kept for Object {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

/// A pod without credentials.
#[derive(Debug, PartialEq, Eq)]
struct Bare {
    namespace: String,
    name: String,
    uid: String,
    account: String,
    /// The uid of the controller that creates it anew.
    owner: Option<String>,
}

/// Finds them.
pub struct Finder {
    client: Client,
    clock: Clock,
    decider: Decider,
    pods: Mirror<Object, Option<Arc<Bare>>>,
    evict: bool,
}

/// What was done already.
#[derive(Default)]
struct Done {
    /// Uids of pods that were told of.
    told: HashSet<String>,
    /// Owners whose pods were evicted, and when.
    evicted: HashMap<String, Instant>,
}

impl Config {
    /// Makes what finds them; nothing is read yet but files.
    pub fn build(self, client: Client, clock: Clock, chance: Chance) -> Result<Finder, String> {
        self.settings.check().map_err(|error| error.to_string())?;
        let identities = self.identities.map(IdentityFile::open).transpose()?;
        let resource = Resource {
            group: "/api/v1",
            plural: "pods",
            only: None,
            metadata: false,
            absence_is_known: true,
        };
        let (settings, exempt) = (self.settings.clone(), self.exempt);
        let pods = Mirror::new(client.clone(), resource, move |pod: &Object| {
            bare(pod, &settings, &exempt).map(Arc::new)
        });
        Ok(Finder {
            decider: Decider::new(client.clone(), self.settings, self.grants, identities, chance),
            client,
            clock,
            pods,
            evict: self.evict,
        })
    }
}

/// Whether a pod runs, or is about to, without credentials of either kind.
fn bare(object: &Object, settings: &Settings, exempt: &[String]) -> Option<Bare> {
    let metadata = &object.metadata;
    let namespace = metadata.namespace.clone().unwrap_or_default();
    let is_over =
        metadata.deletion_timestamp.is_some() || matches!(object.status.phase.as_str(), "Succeeded" | "Failed");
    let is_exempt =
        exempt.contains(&namespace) || metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(SKIP));
    if is_over || is_exempt {
        return None;
    }
    let body = json!({
        "metadata": { "labels": metadata.labels, "annotations": metadata.annotations },
        "spec": object.spec,
    })
    .to_string();
    let pod: Pod<'_> = serde_json::from_str(&body).ok()?;
    lacks(&pod, settings).then(|| Bare {
        namespace,
        name: metadata.name.clone(),
        uid: metadata.uid.clone(),
        account: pod.service_account().to_owned(),
        owner: metadata.controller().map(str::to_owned),
    })
}

impl Finder {
    /// Looks until `stop` is done.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        tokio::select! {
            () = stop => {}
            () = self.follow() => {}
        }
    }

    async fn follow(&self) {
        tokio::join!(self.decider.follow(), self.pods.follow(), self.rounds());
    }

    async fn rounds(&self) {
        let mut done = Done::default();
        loop {
            if self.decider.unready().is_empty() && self.pods.is_warm() {
                self.round(&mut done).await;
            }
            tokio::select! {
                () = sleep(ROUNDS.0) => {}
                () = self.pods.changed() => {}
                () = self.decider.changed() => {}
            }
            sleep(ROUNDS.1).await;
        }
    }

    /// Looks at every pod without credentials.
    async fn round(&self, done: &mut Done) {
        let bare: Vec<_> = self.pods.all().into_iter().flatten().collect();
        let there: HashSet<&str> = bare.iter().map(|pod| pod.uid.as_str()).collect();
        done.told.retain(|uid| there.contains(uid.as_str()));
        done.evicted.retain(|_, when| when.elapsed() < EVICTIONS);
        for pod in &bare {
            let wanted = match self.decider.wanted(&pod.namespace, &pod.account).await {
                Ok(Some(wanted)) => wanted,
                Ok(None) => continue,
                Err(Unknown(why)) => {
                    tracing::warn!(
                        why,
                        namespace = pod.namespace,
                        pod = pod.name,
                        "it is not known what a pod should have"
                    );
                    continue;
                }
            };
            if !done.told.contains(&pod.uid) {
                match self.tell(pod, &wanted).await {
                    Ok(()) => {
                        done.told.insert(pod.uid.clone());
                        metrics::counter!("rolecall_silent_pods_total").increment(1);
                        tracing::warn!(namespace = pod.namespace, pod = pod.name, "a pod runs without its role");
                    }
                    Err(error) => {
                        tracing::warn!(%error, namespace = pod.namespace, pod = pod.name, "an Event could not be written");
                        continue;
                    }
                }
            }
            let Some(owner) = pod
                .owner
                .as_ref()
                .filter(|owner| self.evict && !done.evicted.contains_key(*owner))
            else {
                continue;
            };
            match self.evict(pod).await {
                Ok(()) => {
                    done.evicted.insert(owner.clone(), Instant::now());
                    tracing::warn!(
                        namespace = pod.namespace,
                        pod = pod.name,
                        "a pod without its role was evicted"
                    );
                }
                // Above all 429: a PodDisruptionBudget does not allow it now. The next round tries again.
                Err(error) => {
                    tracing::info!(%error, namespace = pod.namespace, pod = pod.name, "a pod was not evicted");
                }
            }
        }
    }

    /// Records an Event on the pod, once: its name follows from the pod's uid.
    async fn tell(&self, pod: &Bare, wanted: &Wanted) -> Result<(), kube::Error> {
        let Bare {
            namespace,
            name,
            uid,
            account,
            ..
        } = pod;
        let wanted = match wanted {
            Wanted::Role(role) => format!("the role {role}"),
            Wanted::Container => "the credentials of EKS Pod Identity".to_owned(),
        };
        let time = k8s_time((self.clock)());
        let event = json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": { "name": format!("rolecall.{uid}"), "namespace": namespace },
            "involvedObject": { "apiVersion": "v1", "kind": "Pod", "name": name, "namespace": namespace, "uid": uid },
            "type": "Warning", "reason": "RoleMissing", "action": "Admit", "count": 1,
            "firstTimestamp": time, "lastTimestamp": time,
            "source": { "component": REPORTER }, "reportingComponent": REPORTER, "reportingInstance": "",
            "message": format!(
                "this pod runs without {wanted}, which its service account {namespace}/{account} asks for: it was created while the admission webhook was away, or before the service account asked; create it anew"
            ),
        });
        self.create(&format!("/api/v1/namespaces/{namespace}/events"), &event)
            .await
    }

    async fn evict(&self, pod: &Bare) -> Result<(), kube::Error> {
        let Bare {
            namespace, name, uid, ..
        } = pod;
        let eviction = json!({
            "apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": { "name": name, "namespace": namespace },
            // Never another pod that has taken its name.
            "deleteOptions": { "preconditions": { "uid": uid } },
        });
        self.create(
            &format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction"),
            &eviction,
        )
        .await
    }

    async fn create(&self, path: &str, object: &Value) -> Result<(), kube::Error> {
        let body = serde_json::to_vec(object).map_err(kube::Error::SerdeError)?;
        let request = Request::new(path).create(&kube::api::PostParams::default(), body);
        match self
            .client
            .request::<Value>(request.map_err(kube::Error::BuildRequest)?)
            .await
        {
            Ok(_) => Ok(()),
            // Told of already, by another replica or before a restart; or gone.
            Err(kube::Error::Api(status)) if status.code == 409 || status.code == 404 => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A time as Kubernetes writes it.
fn k8s_time(time: SystemTime) -> k8s_openapi::apimachinery::pkg::apis::meta::v1::Time {
    let time = k8s_openapi::jiff::Timestamp::try_from(time).unwrap_or(k8s_openapi::jiff::Timestamp::UNIX_EPOCH);
    k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(time)
}

#[cfg(test)]
mod tests;
