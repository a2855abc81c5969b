//! What admission reads of a pod. All else is passed over unread: fields newer than this program survive, and cost nothing.

use std::{borrow::Cow, collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};

use super::account::Annotations;

/// A pod that is about to be created.
#[derive(Debug, Deserialize)]
pub struct Pod<'a> {
    /// Its kind; an object that says it is something else is refused.
    #[serde(borrow, default)]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) metadata: Metadata<'a>,
    #[serde(borrow, default)]
    pub(super) spec: Spec<'a>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Metadata<'a> {
    #[serde(borrow, default)]
    pub(super) labels: Option<Texts<'a>>,
    #[serde(borrow, default)]
    pub(super) annotations: Option<Texts<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec<'a> {
    #[serde(borrow, default)]
    pub(super) service_account_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) node_selector: Option<Texts<'a>>,
    #[serde(borrow, default)]
    pub(super) os: Option<Named<'a>>,
    #[serde(borrow, default)]
    pub(super) volumes: Option<Vec<Named<'a>>>,
    #[serde(borrow, default)]
    pub(super) containers: Option<Vec<Container<'a>>>,
    #[serde(borrow, default)]
    pub(super) init_containers: Option<Vec<Container<'a>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Container<'a> {
    #[serde(borrow, default)]
    pub(super) name: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) env: Option<Vec<Named<'a>>>,
    #[serde(borrow, default)]
    pub(super) volume_mounts: Option<Vec<Named<'a>>>,
}

/// Something of which only the name matters.
#[derive(Debug, Deserialize)]
pub(super) struct Named<'a> {
    #[serde(borrow, default)]
    pub(super) name: Cow<'a, str>,
}

impl<'a> Pod<'a> {
    /// A pod of which nothing is known but its service account.
    pub(crate) fn of(account: &'a str) -> Self {
        Self {
            kind: None,
            metadata: Metadata::default(),
            spec: Spec {
                service_account_name: Some(Cow::Borrowed(account)),
                ..Spec::default()
            },
        }
    }
}

impl Pod<'_> {
    /// The service account that it runs as.
    pub fn service_account(&self) -> &str {
        match self.spec.service_account_name.as_deref() {
            None | Some("") => "default",
            Some(name) => name,
        }
    }

    /// Whether it is to run on Windows, where paths are written otherwise.
    pub(super) fn is_windows(&self) -> bool {
        let selected = |key| self.spec.node_selector.as_ref().and_then(|labels| labels.get(key));
        ["kubernetes.io/os", "beta.kubernetes.io/os"]
            .into_iter()
            .any(|key| selected(key) == Some("windows"))
            || self.spec.os.as_ref().is_some_and(|os| os.name == "windows")
    }
}

/// A map of texts, such as labels. A key may come once.
#[derive(Debug, Default)]
pub(super) struct Texts<'a>(BTreeMap<Cow<'a, str>, Cow<'a, str>>);

impl Texts<'_> {
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(Cow::as_ref)
    }
}

impl Annotations for Texts<'_> {
    fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reads<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Reads<'a> {
            type Value = Texts<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of texts")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut texts = BTreeMap::new();
                while let Some((Borrowed(key), Borrowed(value))) = map.next_entry()? {
                    if texts.insert(key, value).is_some() {
                        return Err(M::Error::custom("a key stands twice in a map"));
                    }
                }
                Ok(Texts(texts))
            }
        }

        deserializer.deserialize_map(Reads(PhantomData))
    }
}

/// A text that is borrowed where it holds no escapes.
#[derive(Deserialize)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);
