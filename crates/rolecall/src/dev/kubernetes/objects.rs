//! Namespaces and service accounts, kept in the store of `rolecall dev` under `kubernetes/`.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::StatusCode;
use rolecall_store::{Commit, CommitError, Entry, List, Revision, Store, WatchError};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::Filter;
use crate::{cli::is_dns_name, clock};

/// How often a write that met another one is tried again before the client is told.
const TRIES: usize = 16;
/// How many watch events may wait for a slow client.
const WATCH_BUFFER: usize = 256;

/// The kinds of objects that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Namespace,
    ServiceAccount,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Namespace => "Namespace",
            Self::ServiceAccount => "ServiceAccount",
        }
    }

    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Namespace => "namespaces",
            Self::ServiceAccount => "serviceaccounts",
        }
    }
}

/// Why a request failed, as the API server says it.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: StatusCode,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) details: Value,
}

impl Problem {
    pub(crate) fn new(code: StatusCode, reason: &'static str, message: &str) -> Self {
        Self {
            code,
            reason,
            message: message.to_owned(),
            details: Value::Null,
        }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    pub(crate) fn bad_request(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request of the Kubernetes API failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "Internal error occurred: see the log of `rolecall dev`",
        )
    }

    fn not_found(kind: Kind, name: &str) -> Self {
        Self::about(kind, name, StatusCode::NOT_FOUND, "NotFound", "not found")
    }

    fn already_exists(kind: Kind, name: &str) -> Self {
        Self::about(kind, name, StatusCode::CONFLICT, "AlreadyExists", "already exists")
    }

    fn about(kind: Kind, name: &str, code: StatusCode, reason: &'static str, what: &str) -> Self {
        let message = format!("{} \"{name}\" {what}", kind.plural());
        Self {
            code,
            reason,
            message,
            details: json!({ "name": name, "kind": kind.plural() }),
        }
    }

    fn conflict(kind: Kind, name: &str) -> Self {
        let message = format!(
            "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please apply your changes to the latest version and try again",
            kind.plural()
        );
        Self::new(StatusCode::CONFLICT, "Conflict", &message)
    }

    fn invalid(kind: Kind, name: &str, why: &str) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Invalid",
            &format!("{} \"{name}\" is invalid: {why}", kind.name()),
        )
    }
}

/// The objects themselves.
pub(crate) struct Objects {
    store: Arc<dyn Store>,
}

impl Objects {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Makes a namespace and its service account `default`, unless they are there, as Kubernetes does.
    pub(crate) async fn ensure_namespace(&self, name: &str) -> Result<(), Problem> {
        let exists = |outcome: Result<Value, Problem>| match outcome {
            Ok(_) => Ok(()),
            Err(problem) if problem.reason == "AlreadyExists" => Ok(()),
            Err(problem) => Err(problem),
        };
        exists(
            self.create_one(Kind::Namespace, "", json!({ "metadata": { "name": name } }), false)
                .await,
        )?;
        exists(
            self.create_one(
                Kind::ServiceAccount,
                name,
                json!({ "metadata": { "name": "default" } }),
                false,
            )
            .await,
        )
    }

    pub(crate) fn get(&self, kind: Kind, namespace: &str, name: &str) -> Result<Value, Problem> {
        let entry = self
            .store
            .get(key(kind, namespace, name).as_bytes())
            .map_err(|error| Problem::internal(&error))?;
        entry
            .map(|entry| object(&entry))
            .transpose()?
            .ok_or_else(|| Problem::not_found(kind, name))
    }

    pub(crate) fn list(&self, kind: Kind, namespace: Option<&str>) -> Result<(Vec<Value>, String), Problem> {
        let page = self
            .store
            .list(&List::prefix(prefix(kind, namespace)))
            .map_err(|error| Problem::internal(&error))?;
        let objects = page.entries.iter().map(object).collect::<Result<_, _>>()?;
        Ok((objects, page.revision.to_string()))
    }

    pub(crate) async fn create(
        &self,
        kind: Kind,
        namespace: &str,
        new: Value,
        dry_run: bool,
    ) -> Result<Value, Problem> {
        if kind == Kind::ServiceAccount {
            self.get(Kind::Namespace, "", namespace)?;
        }
        let made = self.create_one(kind, namespace, new, dry_run).await?;
        if kind == Kind::Namespace
            && !dry_run
            && let Some(name) = made.pointer("/metadata/name").and_then(Value::as_str)
        {
            self.ensure_namespace(name).await?;
        }
        Ok(made)
    }

    async fn create_one(&self, kind: Kind, namespace: &str, mut new: Value, dry_run: bool) -> Result<Value, Problem> {
        let name = new
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let longest = if kind == Kind::Namespace { 63 } else { 253 };
        if !is_dns_name(&name, longest) {
            return Err(Problem::invalid(
                kind,
                &name,
                "metadata.name: Invalid value: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            ));
        }
        let named = new.pointer("/metadata/namespace").and_then(Value::as_str);
        if named.is_some_and(|named| named != namespace) {
            return Err(Problem::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        let metadata = metadata(kind, &name, &mut new)?;
        metadata.insert("name".to_owned(), json!(name));
        metadata.insert(
            "uid".to_owned(),
            json!(clock::random_uuid().map_err(|error| Problem::internal(&error))?),
        );
        metadata.insert("creationTimestamp".to_owned(), json!(clock::rfc3339()));
        metadata.remove("resourceVersion");
        if kind == Kind::ServiceAccount {
            metadata.insert("namespace".to_owned(), json!(namespace));
        }
        typed(kind, &mut new);
        if dry_run {
            return Ok(new);
        }
        let key = key(kind, namespace, &name);
        match self
            .store
            .commit(Commit::new().absent(key.clone()).put(key, new.to_string()))
            .await
        {
            Ok(revision) => Ok(stamped(new, revision)),
            Err(CommitError::Conflict(_)) => Err(Problem::already_exists(kind, &name)),
            Err(error) => Err(Problem::internal(&error)),
        }
    }

    /// Replaces an object; the resource version, if it is given, must be the current one.
    pub(crate) async fn replace(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        new: Value,
        dry_run: bool,
    ) -> Result<Value, Problem> {
        let wanted = version(&new).filter(|version| !version.is_empty()).map(str::to_owned);
        self.change(kind, namespace, name, dry_run, |current| {
            if wanted.is_some() && wanted.as_deref() != version(current) {
                return Err(Problem::conflict(kind, name));
            }
            current.clone_from(&new);
            Ok(())
        })
        .await
    }

    /// Applies a JSON merge patch (RFC 7386).
    pub(crate) async fn patch(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        patch: &Value,
        dry_run: bool,
    ) -> Result<Value, Problem> {
        let wanted = version(patch);
        self.change(kind, namespace, name, dry_run, |current| {
            if wanted.is_some() && wanted != version(current) {
                return Err(Problem::conflict(kind, name));
            }
            merge(current, patch);
            Ok(())
        })
        .await
    }

    /// Reads, changes and writes; when somebody else wrote in between, all of it again.
    async fn change(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        dry_run: bool,
        change: impl Fn(&mut Value) -> Result<(), Problem>,
    ) -> Result<Value, Problem> {
        let key = key(kind, namespace, name);
        for _ in 0..TRIES {
            let entry = self
                .store
                .get(key.as_bytes())
                .map_err(|error| Problem::internal(&error))?;
            let entry = entry.ok_or_else(|| Problem::not_found(kind, name))?;
            let before = object(&entry)?;
            let mut after = before.clone();
            change(&mut after)?;
            let metadata = metadata(kind, name, &mut after)?;
            for fixed in ["name", "namespace", "uid", "creationTimestamp"] {
                match before.pointer(&format!("/metadata/{fixed}")) {
                    Some(value) => drop(metadata.insert(fixed.to_owned(), value.clone())),
                    None => drop(metadata.remove(fixed)),
                }
            }
            metadata.remove("resourceVersion");
            typed(kind, &mut after);
            if dry_run || stamped(after.clone(), entry.modified) == before {
                return Ok(stamped(after, entry.modified));
            }
            match self
                .store
                .commit(Commit::new().unchanged(&entry).put(key.clone(), after.to_string()))
                .await
            {
                Ok(revision) => return Ok(stamped(after, revision)),
                Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(Problem::internal(&error)),
            }
        }
        Err(Problem::conflict(kind, name))
    }

    pub(crate) async fn delete(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        uid: Option<&str>,
    ) -> Result<(), Problem> {
        let key = key(kind, namespace, name);
        let entry = self
            .store
            .get(key.as_bytes())
            .map_err(|error| Problem::internal(&error))?;
        let entry = entry.ok_or_else(|| Problem::not_found(kind, name))?;
        let found = object(&entry)?;
        if uid.is_some_and(|uid| found.pointer("/metadata/uid").and_then(Value::as_str) != Some(uid)) {
            return Err(Problem::conflict(kind, name));
        }
        let mut commit = Commit::new().unchanged(&entry).delete(key);
        if kind == Kind::Namespace {
            let inside = List::prefix(prefix(Kind::ServiceAccount, Some(name)));
            for entry in self
                .store
                .list(&inside)
                .map_err(|error| Problem::internal(&error))?
                .entries
            {
                commit = commit.delete(entry.key);
            }
        }
        match self.store.commit(commit).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(Problem::conflict(kind, name)),
            Err(error) => Err(Problem::internal(&error)),
        }
    }

    /// Events for what changes after `since`; without it, first an ADDED for all there is.
    pub(crate) fn watch(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        since: Option<&str>,
        filter: Filter,
        limit: Duration,
    ) -> Result<mpsc::Receiver<Bytes>, Problem> {
        let prefix = prefix(kind, namespace);
        let (known, from) = if let Some(since) = since.filter(|since| !since.is_empty() && *since != "0") {
            let since = since
                .parse()
                .map_err(|_| Problem::bad_request("resourceVersion is not a number"))?;
            (Vec::new(), Revision(since))
        } else {
            let page = self
                .store
                .list(&List::prefix(prefix.clone()))
                .map_err(|error| Problem::internal(&error))?;
            (page.entries, page.revision)
        };
        let mut watch = self.store.watch(prefix.as_bytes(), from).map_err(|error| match error {
            WatchError::TooOld { .. } => {
                Problem::new(StatusCode::GONE, "Expired", "too old resource version: list again")
            }
            other => Problem::internal(&other),
        })?;
        let (sender, receiver) = mpsc::channel(WATCH_BUFFER);
        tokio::spawn(async move {
            let work = async {
                for object in known
                    .iter()
                    .filter_map(|entry| object(entry).ok())
                    .filter(|object| filter.matches(object))
                {
                    sender.send(event("ADDED", &object)).await.ok()?;
                }
                loop {
                    let batch = match watch.next().await {
                        Ok(batch) => batch,
                        Err(error) => {
                            let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure",
                                "code": 410, "reason": "Expired", "message": error.to_string() });
                            sender.send(event("ERROR", &status)).await.ok()?;
                            return None::<()>;
                        }
                    };
                    for change in batch.changes {
                        // A client treats MODIFIED of an object that it does not know as ADDED.
                        let (what, object) = match change.value {
                            Some(value) => ("MODIFIED", serde_json::from_slice(&value).ok()),
                            None => ("DELETED", removed(kind, &change.key)),
                        };
                        let Some(object) = object.map(|object| stamped(object, batch.revision)) else {
                            continue;
                        };
                        if filter.matches(&object) {
                            sender.send(event(what, &object)).await.ok()?;
                        }
                    }
                }
            };
            // The end of a watch is its ordinary fate: the client opens the next one.
            let _ = tokio::time::timeout(limit, work).await;
        });
        Ok(receiver)
    }
}

fn prefix(kind: Kind, namespace: Option<&str>) -> String {
    match (kind, namespace) {
        (Kind::Namespace, _) => "kubernetes/namespaces/".to_owned(),
        (Kind::ServiceAccount, None) => "kubernetes/serviceaccounts/".to_owned(),
        (Kind::ServiceAccount, Some(namespace)) => format!("kubernetes/serviceaccounts/{namespace}/"),
    }
}

fn key(kind: Kind, namespace: &str, name: &str) -> String {
    match kind {
        Kind::Namespace => format!("{}{name}", prefix(kind, None)),
        Kind::ServiceAccount => format!("{}{name}", prefix(kind, Some(namespace))),
    }
}

/// What is left to say of an object that is gone: where it was.
fn removed(kind: Kind, key: &[u8]) -> Option<Value> {
    let rest = std::str::from_utf8(key).ok()?.strip_prefix(&prefix(kind, None))?;
    let mut object = match kind {
        Kind::Namespace => json!({ "metadata": { "name": rest } }),
        Kind::ServiceAccount => {
            let (namespace, name) = rest.split_once('/')?;
            json!({ "metadata": { "name": name, "namespace": namespace } })
        }
    };
    typed(kind, &mut object);
    Some(object)
}

fn object(entry: &Entry) -> Result<Value, Problem> {
    let object = serde_json::from_slice(&entry.value).map_err(|error| Problem::internal(&error))?;
    Ok(stamped(object, entry.modified))
}

fn version(object: &Value) -> Option<&str> {
    object.pointer("/metadata/resourceVersion").and_then(Value::as_str)
}

fn stamped(mut object: Value, revision: Revision) -> Value {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("resourceVersion".to_owned(), json!(revision.to_string()));
    }
    object
}

fn typed(kind: Kind, object: &mut Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert("kind".to_owned(), json!(kind.name()));
        fields.insert("apiVersion".to_owned(), json!("v1"));
        if kind == Kind::Namespace {
            fields.insert("status".to_owned(), json!({ "phase": "Active" }));
        }
    }
}

/// The metadata of an object, after a look at what people write there.
fn metadata<'a>(kind: Kind, name: &str, object: &'a mut Value) -> Result<&'a mut Map<String, Value>, Problem> {
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    let metadata = metadata.ok_or_else(|| Problem::bad_request("the object has no metadata"))?;
    for map in ["labels", "annotations"] {
        match metadata.get(map) {
            None | Some(Value::Null) => drop(metadata.remove(map)),
            Some(Value::Object(entries)) if entries.values().all(Value::is_string) => {}
            Some(_) => {
                let why = format!("metadata.{map}: Invalid value: must map strings to strings");
                return Err(Problem::invalid(kind, name, &why));
            }
        }
    }
    for computed in ["managedFields", "generateName", "selfLink"] {
        metadata.remove(computed);
    }
    Ok(metadata)
}

fn event(kind: &str, object: &Value) -> Bytes {
    let mut line = json!({ "type": kind, "object": object }).to_string();
    line.push('\n');
    Bytes::from(line)
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    if let Value::Object(fields) = target {
        for (key, value) in changes {
            if value.is_null() {
                fields.remove(key);
            } else {
                merge(fields.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rolecall_store::Memory;

    use super::*;

    fn objects() -> Objects {
        Objects::new(Arc::new(Memory::new()))
    }

    #[tokio::test]
    async fn a_namespace_comes_with_its_default_service_account() {
        let objects = objects();
        objects
            .create(Kind::Namespace, "", json!({ "metadata": { "name": "team" } }), false)
            .await
            .unwrap();
        let account = objects.get(Kind::ServiceAccount, "team", "default").unwrap();
        assert_eq!(account["metadata"]["namespace"], "team");
        objects.delete(Kind::Namespace, "", "team", None).await.unwrap();
        let gone = objects.get(Kind::ServiceAccount, "team", "default").unwrap_err();
        assert_eq!(gone.code, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_patch_merges_and_keeps_what_identifies_the_object() {
        let objects = objects();
        objects.ensure_namespace("default").await.unwrap();
        let before = objects.get(Kind::ServiceAccount, "default", "default").unwrap();
        let patch = json!({ "metadata": { "uid": "other", "name": "other", "annotations": { "a": "1", "b": null } } });
        let after = objects
            .patch(Kind::ServiceAccount, "default", "default", &patch, false)
            .await
            .unwrap();
        assert_eq!(after["metadata"]["uid"], before["metadata"]["uid"]);
        assert_eq!(after["metadata"]["name"], "default");
        assert_eq!(after["metadata"]["annotations"], json!({ "a": "1" }));
        assert_ne!(version(&after), version(&before));
        let stale = objects
            .replace(Kind::ServiceAccount, "default", "default", before, false)
            .await
            .unwrap_err();
        assert_eq!((stale.code, stale.reason), (StatusCode::CONFLICT, "Conflict"));
    }

    #[tokio::test]
    async fn a_watch_tells_what_there_is_and_what_changes() {
        let objects = objects();
        objects.ensure_namespace("default").await.unwrap();
        let limit = Duration::from_mins(1);
        let mut events = objects
            .watch(Kind::ServiceAccount, Some("default"), None, Filter::default(), limit)
            .unwrap();
        let added: Value = serde_json::from_slice(&events.recv().await.unwrap()).unwrap();
        assert_eq!(added["type"], "ADDED");
        objects
            .delete(Kind::ServiceAccount, "default", "default", None)
            .await
            .unwrap();
        let deleted: Value = serde_json::from_slice(&events.recv().await.unwrap()).unwrap();
        assert_eq!(
            (&deleted["type"], &deleted["object"]["metadata"]["name"]),
            (&json!("DELETED"), &json!("default"))
        );
    }

    #[tokio::test]
    async fn a_delete_with_another_uid_is_refused() {
        let objects = objects();
        objects.ensure_namespace("default").await.unwrap();
        let refused = objects
            .delete(Kind::ServiceAccount, "default", "default", Some("other"))
            .await
            .unwrap_err();
        assert_eq!(refused.code, StatusCode::CONFLICT);
    }
}
