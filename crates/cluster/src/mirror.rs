//! Copies of the API server's objects, kept by list and watch (Kubernetes API Concepts: Efficient detection of changes).
//!
//! A copy says what it knows and never guesses: while its watch is interrupted, and for what it does not have, the object
//! itself is read.

use std::{
    collections::{BTreeMap, HashMap},
    future::pending,
    pin::pin,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use futures_util::TryStreamExt;
use kube::{
    Client,
    api::{GetParams, ListParams, WatchEvent, WatchParams},
    core::Request,
};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, sleep, timeout},
};

/// Objects in one answer of a list.
const PAGE: u32 = 500;
/// How long a page of a list may take.
const LISTING: Duration = Duration::from_secs(30);
/// How long the API server may take to begin a watch.
const OPENING: Duration = Duration::from_secs(10);
/// How long one object may take, its place in the queue included: less than the 10 seconds that the API server waits for a
/// webhook.
const READING: Duration = Duration::from_secs(4);
/// How many objects are read at once.
const READERS: usize = 32;
/// A watch that says nothing for so long is dead: the API server sends a bookmark about every minute.
const QUIET: Duration = Duration::from_secs(150);
/// A watch that lived no longer counts as a failure, however it ended.
const SHORT_LIVED: Duration = Duration::from_secs(5);
/// The first and the longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// What every object says of itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) uid: String,
    pub(crate) resource_version: String,
    pub(crate) labels: Option<BTreeMap<String, String>>,
    pub(crate) annotations: Option<BTreeMap<String, String>>,
    pub(crate) deletion_timestamp: Option<String>,
    pub(crate) owner_references: Option<Vec<Owner>>,
}

/// Whom an object belongs to.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Owner {
    pub(crate) uid: String,
    #[serde(default)]
    pub(crate) controller: Option<bool>,
}

impl Metadata {
    /// The uid of the controller that keeps the object, and makes it anew.
    pub(crate) fn controller(&self) -> Option<&str> {
        let owners = self.owner_references.as_deref().unwrap_or_default();
        let owner = owners.iter().find(|owner| owner.controller == Some(true))?;
        Some(&owner.uid)
    }
}

/// As much of an object as somebody reads.
pub(crate) trait Kept: Clone + DeserializeOwned + Send + Sync + 'static {
    /// What it says of itself.
    fn metadata(&self) -> &Metadata;
}

/// An object of which only the metadata matters.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Named {
    pub(crate) metadata: Metadata,
}

impl Kept for Named {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

/// Which objects.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// The group's path, such as `/api/v1`.
    pub(crate) group: &'static str,
    /// Their kind's plural.
    pub(crate) plural: &'static str,
    /// Those of one namespace, and of this name, alone.
    pub(crate) only: Option<(Option<String>, String)>,
    /// Whether only the metadata is asked for.
    pub(crate) metadata: bool,
    /// Whether what a copy that is up to date does not have is known to be absent. Not so for what is needed at the moment
    /// that it is made: the watch may be a little behind.
    pub(crate) absence_is_known: bool,
}

impl Resource {
    fn collection(&self) -> Request {
        match &self.only {
            Some((Some(namespace), _)) => self.within(Some(namespace)),
            _ => self.within(None),
        }
    }

    fn within(&self, namespace: Option<&str>) -> Request {
        let Self { group, plural, .. } = self;
        Request::new(match namespace {
            Some(namespace) => format!("{group}/namespaces/{namespace}/{plural}"),
            None => format!("{group}/{plural}"),
        })
    }

    fn fields(&self) -> Option<String> {
        let (_, name) = self.only.as_ref()?;
        Some(format!("metadata.name={name}"))
    }
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unknown(pub(crate) String);

struct State<V> {
    entries: HashMap<Box<str>, V>,
    /// Whether a watch is open that tells of every change.
    fresh: bool,
    /// Whether everything has been listed once.
    warm: bool,
}

/// A copy of the objects of one kind, of each of which `V` is kept.
pub(crate) struct Mirror<O, V> {
    client: Client,
    resource: Resource,
    read: Box<dyn Fn(&O) -> V + Send + Sync>,
    state: RwLock<State<V>>,
    readers: Semaphore,
    changed: Notify,
}

#[derive(Deserialize)]
struct Page<O> {
    metadata: PageMetadata,
    #[serde(default = "Option::default")]
    items: Option<Vec<O>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageMetadata {
    #[serde(default)]
    resource_version: String,
    #[serde(default, rename = "continue")]
    next: Option<String>,
}

impl<O: Kept, V: Clone> Mirror<O, V> {
    pub(crate) fn new(client: Client, resource: Resource, read: impl Fn(&O) -> V + Send + Sync + 'static) -> Self {
        Self {
            client,
            resource,
            read: Box::new(read),
            state: RwLock::new(State {
                entries: HashMap::new(),
                fresh: false,
                warm: false,
            }),
            readers: Semaphore::new(READERS),
            changed: Notify::new(),
        }
    }

    /// What is kept of an object; none where there is no such object.
    pub(crate) async fn get(&self, namespace: Option<&str>, name: &str) -> Result<Option<V>, Unknown> {
        {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if state.fresh {
                let found = match namespace {
                    Some(namespace) => state.entries.get(format!("{namespace}/{name}").as_str()),
                    None => state.entries.get(name),
                };
                if found.is_some() || self.resource.absence_is_known {
                    return Ok(found.cloned());
                }
            }
        }
        self.get_live(namespace, name).await
    }

    /// What the API server itself says of an object.
    pub(crate) async fn get_live(&self, namespace: Option<&str>, name: &str) -> Result<Option<V>, Unknown> {
        let plural = self.resource.plural;
        // What is no name names nothing, and is never a part of a path.
        if !is_name(name) || namespace.is_some_and(|it| !is_name(it)) {
            return Ok(None);
        }
        let collection = self.resource.within(namespace);
        let request = if self.resource.metadata {
            collection.get_metadata(name, &GetParams::default())
        } else {
            collection.get(name, &GetParams::default())
        };
        let request = request.map_err(|error| Unknown(format!("{plural}: {error}")))?;
        let reading = async {
            // Never closed; if it were, reading goes on without its limit.
            let _slot = self.readers.acquire().await;
            self.client.request::<O>(request).await
        };
        let outcome = timeout(READING, reading).await;
        let read = matches!(outcome, Ok(Ok(_) | Err(kube::Error::Api(_))));
        metrics::counter!("rolecall_live_reads_total", "resource" => plural, "outcome" => if read { "answered" } else { "failed" })
            .increment(1);
        match outcome {
            Ok(Ok(object)) => Ok(Some((self.read)(&object))),
            Ok(Err(kube::Error::Api(status))) if status.code == 404 => Ok(None),
            // Whoever creates a pod reads the error; the API server's own words are for the log.
            Ok(Err(error)) => {
                tracing::warn!(resource = plural, %error, "an object could not be read");
                Err(Unknown(format!("{plural} cannot be read")))
            }
            Err(_) => {
                tracing::warn!(resource = plural, "an object could not be read in time");
                Err(Unknown(format!("{plural} cannot be read in time")))
            }
        }
    }

    /// What is kept of an object, however old.
    pub(crate) fn kept(&self, namespace: Option<&str>, name: &str) -> Option<V> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match namespace {
            Some(namespace) => state.entries.get(format!("{namespace}/{name}").as_str()).cloned(),
            None => state.entries.get(name).cloned(),
        }
    }

    /// What is kept of every object.
    pub(crate) fn all(&self) -> Vec<V> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.entries.values().cloned().collect()
    }

    /// Whether everything has been listed once.
    pub(crate) fn is_warm(&self) -> bool {
        self.state.read().unwrap_or_else(PoisonError::into_inner).warm
    }

    /// Waits for something to change.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Keeps the copy, for ever.
    pub(crate) async fn follow(&self) {
        let mut pause = PAUSES.0;
        loop {
            let begun = Instant::now();
            let why = match self.list().await {
                Ok(version) => self.watch(version).await,
                Err(why) => why,
            };
            self.set_fresh(false);
            if begun.elapsed() > SHORT_LIVED {
                pause = PAUSES.0;
            }
            tracing::warn!(
                resource = self.resource.plural,
                why,
                "a watch was interrupted; everything is listed anew"
            );
            metrics::counter!("rolecall_watch_interruptions_total", "resource" => self.resource.plural).increment(1);
            sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Lists everything, page by page, and tells the version that a watch goes on from.
    async fn list(&self) -> Result<String, String> {
        let mut entries = HashMap::new();
        let mut parameters = ListParams::default().limit(PAGE);
        parameters.field_selector = self.resource.fields();
        loop {
            let collection = self.resource.collection();
            let request = if self.resource.metadata {
                collection.list_metadata(&parameters)
            } else {
                collection.list(&parameters)
            };
            let request = request.map_err(|error| error.to_string())?;
            let page = timeout(LISTING, self.client.request::<Page<O>>(request))
                .await
                .map_err(|_| "a list took too long".to_owned())?
                .map_err(|error| error.to_string())?;
            for object in page.items.iter().flatten() {
                entries.insert(key(object.metadata()), (self.read)(object));
            }
            if let Some(token) = page.metadata.next.filter(|token| !token.is_empty()) {
                parameters = parameters.continue_token(&token);
                continue;
            }
            entries.shrink_to_fit();
            metrics::gauge!("rolecall_objects_kept", "resource" => self.resource.plural)
                .set(f64::from(u32::try_from(entries.len()).unwrap_or(u32::MAX)));
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            state.entries = entries;
            state.warm = true;
            drop(state);
            self.changed.notify_one();
            return Ok(page.metadata.resource_version);
        }
    }

    /// Follows changes from a version on, through as many watches as it takes, and tells why no more could be seen.
    async fn watch(&self, mut version: String) -> String {
        let parameters = WatchParams {
            field_selector: self.resource.fields(),
            ..WatchParams::default()
        };
        loop {
            let collection = self.resource.collection();
            let request = if self.resource.metadata {
                collection.watch_metadata(&parameters, &version)
            } else {
                collection.watch(&parameters, &version)
            };
            let request = match request {
                Ok(request) => request,
                Err(error) => return error.to_string(),
            };
            let begun = Instant::now();
            let events = match timeout(OPENING, self.client.request_events::<O>(request)).await {
                Ok(Ok(events)) => events,
                Ok(Err(error)) => return error.to_string(),
                Err(_) => return "the API server did not begin a watch".to_owned(),
            };
            self.set_fresh(true);
            let mut events = pin!(events);
            loop {
                match timeout(QUIET, events.try_next()).await {
                    Ok(Ok(Some(event))) => match self.apply(event) {
                        Ok(newer) => version = newer,
                        Err(why) => return why,
                    },
                    // The API server ends each watch after some minutes; the next goes on where it ended.
                    Ok(Ok(None)) if begun.elapsed() > SHORT_LIVED => break,
                    Ok(Ok(None)) => return "a watch ended at once".to_owned(),
                    Ok(Err(error)) => return error.to_string(),
                    Err(_) => return "a watch fell silent".to_owned(),
                }
            }
            self.set_fresh(false);
        }
    }

    fn apply(&self, event: WatchEvent<O>) -> Result<String, String> {
        let version = match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                let value = (self.read)(&object);
                let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
                state.entries.insert(key(object.metadata()), value);
                object.metadata().resource_version.clone()
            }
            WatchEvent::Deleted(object) => {
                let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
                state.entries.remove(&key(object.metadata()));
                object.metadata().resource_version.clone()
            }
            WatchEvent::Bookmark(bookmark) => return Ok(bookmark.metadata.resource_version),
            // Above all 410: the version is too old to go on from.
            WatchEvent::Error(status) => return Err(status.message),
        };
        self.changed.notify_one();
        Ok(version)
    }

    fn set_fresh(&self, fresh: bool) {
        self.state.write().unwrap_or_else(PoisonError::into_inner).fresh = fresh;
    }
}

/// Goes on with what there may be, or waits for ever.
pub(crate) async fn if_any<F: Future>(there: Option<F>) -> F::Output {
    match there {
        Some(future) => future.await,
        None => pending().await,
    }
}

fn key(metadata: &Metadata) -> Box<str> {
    match &metadata.namespace {
        Some(namespace) => format!("{namespace}/{}", metadata.name).into(),
        None => metadata.name.as_str().into(),
    }
}

/// The characters of names of Kubernetes objects (RFC 1123 subdomains).
fn is_name(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests;
