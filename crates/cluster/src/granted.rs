//! Roles beside the annotations: the `ConfigMap` of grants, the file of those who use the node's agent, and the namespaces
//! that are open to grants for many.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use kube::Client;
use serde::Deserialize;
use tokio::time::sleep;

use crate::{
    admission::{Grants, Identities},
    mirror::{Kept, Metadata, Mirror, Named, Resource, Unknown},
};

/// The label by which an administrator opens a namespace to grants for many namespaces (threat 7).
pub const OPEN_LABEL: &str = "rolecall.dev/open-to-grants";
/// The key of the `ConfigMap` (amazon-eks-pod-identity-webhook: `--watch-config-map`).
const CONFIG_KEY: &str = "config";
/// How often the file of identities is looked at: a mounted `ConfigMap` takes about a minute to change.
const LOOKS: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Deserialize)]
struct ConfigMap {
    metadata: Metadata,
    #[serde(default)]
    data: Option<BTreeMap<String, String>>,
}

impl Kept for ConfigMap {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

/// The grants of a `ConfigMap`.
pub(crate) struct Granted {
    namespace: String,
    name: String,
    config: Mirror<ConfigMap, Result<Arc<Grants>, Unknown>>,
    namespaces: Mirror<Named, bool>,
}

impl Granted {
    pub(crate) fn new(client: Client, namespace: String, name: String) -> Self {
        let last = Mutex::new(None);
        let shown = format!("{namespace}/{name}");
        let config = Mirror::new(
            client.clone(),
            Resource {
                group: "/api/v1",
                plural: "configmaps",
                only: Some((Some(namespace.clone()), name.clone())),
                metadata: false,
                absence_is_known: true,
            },
            move |config: &ConfigMap| read(config, &shown, &last),
        );
        let namespaces = Mirror::new(
            client,
            Resource {
                group: "/api/v1",
                plural: "namespaces",
                only: None,
                metadata: true,
                absence_is_known: false,
            },
            |namespace: &Named| {
                let labels = namespace.metadata.labels.as_ref();
                labels
                    .and_then(|labels| labels.get(OPEN_LABEL))
                    .is_some_and(|value| value == "true")
            },
        );
        Self {
            namespace,
            name,
            config,
            namespaces,
        }
    }

    /// The grants in force; without a `ConfigMap` there are none.
    pub(crate) async fn grants(&self) -> Result<Option<Arc<Grants>>, Unknown> {
        self.config.get(Some(&self.namespace), &self.name).await?.transpose()
    }

    /// Whether an administrator has opened a namespace.
    pub(crate) async fn is_open(&self, namespace: &str) -> Result<bool, Unknown> {
        Ok(self.namespaces.get(None, namespace).await?.unwrap_or(false))
    }

    pub(crate) async fn follow(&self) {
        tokio::join!(self.config.follow(), self.namespaces.follow());
    }

    /// What is not there yet.
    pub(crate) fn unready(&self) -> Option<String> {
        if !self.config.is_warm() {
            return Some(format!(
                "the ConfigMap {}/{} has not been read",
                self.namespace, self.name
            ));
        }
        if !self.namespaces.is_warm() {
            return Some("the namespaces have not been listed".to_owned());
        }
        // From the copy: asked often, this must not read the API server each time.
        self.config
            .kept(Some(&self.namespace), &self.name)?
            .err()
            .map(|Unknown(why)| why)
    }
}

/// The grants that a `ConfigMap` holds. One that cannot be read leaves the last that could in force.
fn read(config: &ConfigMap, shown: &str, last: &Mutex<Option<Arc<Grants>>>) -> Result<Arc<Grants>, Unknown> {
    let text = config.data.as_ref().and_then(|data| data.get(CONFIG_KEY));
    let parsed = text.map_or_else(|| Ok(Grants::default()), |text| Grants::parse(text.as_bytes()));
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    match parsed {
        Ok(grants) => Ok(Arc::clone(last.insert(Arc::new(grants)))),
        Err(error) => {
            tracing::error!(%error, config_map = shown, "the grants cannot be read; the last that could stay in force");
            last.clone()
                .ok_or_else(|| Unknown(format!("the grants of the ConfigMap {shown} cannot be read: {error}")))
        }
    }
}

/// The file of those who use the node's agent.
pub(crate) struct IdentityFile {
    path: PathBuf,
    identities: ArcSwap<Identities>,
    read: Mutex<Vec<u8>>,
}

impl IdentityFile {
    /// Reads it; a file that is wrong at the start is an error.
    pub(crate) fn open(path: PathBuf) -> Result<Self, String> {
        let file = Self {
            path,
            identities: ArcSwap::default(),
            read: Mutex::default(),
        };
        file.look()?;
        Ok(file)
    }

    pub(crate) fn identities(&self) -> Arc<Identities> {
        self.identities.load_full()
    }

    /// Reads the file if it has changed. A missing one is an empty one, as for EKS's webhook.
    fn look(&self) -> Result<(), String> {
        let content = match std::fs::read(&self.path) {
            Ok(content) => content,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(format!("{}: {error}", self.path.display())),
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *read == content {
            return Ok(());
        }
        let identities = Identities::parse(&content).map_err(|error| format!("{}: {error}", self.path.display()))?;
        self.identities.store(Arc::new(identities));
        *read = content;
        Ok(())
    }

    pub(crate) async fn follow(&self) {
        loop {
            sleep(LOOKS).await;
            if let Err(error) = self.look() {
                tracing::error!(
                    error,
                    "the identities cannot be read; the last that could stay in force"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: Option<&str>) -> ConfigMap {
        ConfigMap {
            metadata: Metadata::default(),
            data: text.map(|text| BTreeMap::from([(CONFIG_KEY.to_owned(), text.to_owned())])),
        }
    }

    #[test]
    fn grants_that_cannot_be_read_leave_the_last_in_force_and_without_any_are_unknown() {
        let last = Mutex::new(None);
        assert!(read(&config(Some("{")), "ns/grants", &last).is_err());
        let good = config(Some(r#"{"a/b":{"RoleARN":"arn:aws:iam::123456789012:role/r"}}"#));
        assert!(
            read(&good, "ns/grants", &last)
                .unwrap()
                .of("a", "b", || false)
                .is_some()
        );
        let kept = read(&config(Some(r#"{"a":{}}"#)), "ns/grants", &last).unwrap();
        assert!(kept.of("a", "b", || false).is_some());
        let emptied = read(&config(None), "ns/grants", &last).unwrap();
        assert!(emptied.of("a", "b", || false).is_none());
    }

    #[test]
    fn the_file_of_identities_may_vanish_and_a_wrong_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("identities.json");
        let file = IdentityFile::open(path.clone()).unwrap();
        assert!(!file.identities().contains("a", "b"));
        std::fs::write(&path, r#"{"identities":[{"namespace":"a","serviceAccount":"b"}]}"#).unwrap();
        file.look().unwrap();
        assert!(file.identities().contains("a", "b"));
        std::fs::write(&path, "{").unwrap();
        assert!(file.look().is_err());
        assert!(file.identities().contains("a", "b"));
        std::fs::remove_file(&path).unwrap();
        file.look().unwrap();
        assert!(!file.identities().contains("a", "b"));
        std::fs::write(&path, "{").unwrap();
        assert!(IdentityFile::open(path).is_err());
    }
}
