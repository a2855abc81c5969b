//! An API server for tests: objects by path, lists in pages, watches that the test feeds. It is asked without a network.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use kube::{Client, client::Body};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// What the API server has, and what it was asked.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Objects by their path, such as `/api/v1/namespaces/a/serviceaccounts/b`.
    objects: BTreeMap<String, Value>,
    /// Paths that were asked for, with `?watch` behind a watch's and `?page` behind a list's further pages.
    asked: Vec<String>,
    /// Whoever feeds the watches, by collection.
    watches: BTreeMap<String, mpsc::UnboundedSender<Bytes>>,
    /// Everything fails with this.
    failing: Option<StatusCode>,
    /// Reads of single objects never end.
    hanging: bool,
    /// Items in a page.
    page: usize,
    version: u64,
}

impl Fake {
    pub(crate) fn client(&self) -> Client {
        let fake = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let fake = fake.clone();
            async move { Ok::<_, Infallible>(fake.answer(request).await) }
        });
        Client::new(service, "default")
    }

    /// Puts an object, and tells whoever watches.
    pub(crate) fn put(&self, path: &str, mut object: Value) {
        let mut state = self.0.lock().unwrap();
        state.version += 1;
        let parts: Vec<&str> = path.split('/').collect();
        object["metadata"]["name"] = (*parts.last().unwrap()).into();
        if let Some(at) = parts
            .iter()
            .position(|part| *part == "namespaces")
            .filter(|at| at + 2 < parts.len())
        {
            object["metadata"]["namespace"] = parts[at + 1].into();
        }
        object["metadata"]["resourceVersion"] = state.version.to_string().into();
        object["metadata"]["uid"] = format!("uid-{}", state.version).into();
        let kind = if state.objects.contains_key(path) {
            "MODIFIED"
        } else {
            "ADDED"
        };
        state.objects.insert(path.to_owned(), object.clone());
        state.tell(path, kind, &object);
    }

    pub(crate) fn delete(&self, path: &str) {
        let mut state = self.0.lock().unwrap();
        state.version += 1;
        let mut object = state.objects.remove(path).unwrap();
        object["metadata"]["resourceVersion"] = state.version.to_string().into();
        state.tell(path, "DELETED", &object);
    }

    /// Changes an object without telling whoever watches: the watch is behind.
    pub(crate) fn put_silently(&self, path: &str, object: Value) {
        let watches = std::mem::take(&mut self.0.lock().unwrap().watches);
        self.put(path, object);
        self.0.lock().unwrap().watches = watches;
    }

    /// Tells those who watch a collection something of the test's own.
    pub(crate) fn event(&self, collection: &str, event: &Value) {
        let state = self.0.lock().unwrap();
        state.watches[collection].send(format!("{event}\n").into()).unwrap();
    }

    /// Ends a watch.
    pub(crate) fn interrupt(&self, collection: &str) {
        self.0.lock().unwrap().watches.remove(collection);
    }

    pub(crate) fn fail(&self, status: Option<StatusCode>) {
        self.0.lock().unwrap().failing = status;
    }

    pub(crate) fn hang(&self) {
        self.0.lock().unwrap().hanging = true;
    }

    pub(crate) fn page(&self, items: usize) {
        self.0.lock().unwrap().page = items;
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    pub(crate) fn object(&self, path: &str) -> Option<Value> {
        self.0.lock().unwrap().objects.get(path).cloned()
    }

    /// Waits until somebody watches a collection.
    pub(crate) async fn watched(&self, collection: &str) {
        while !self.0.lock().unwrap().watches.contains_key(collection) {
            tokio::task::yield_now().await;
        }
        // The watch is known to whoever opened it once its task has gone on.
        settle().await;
    }

    async fn answer(&self, request: Request<Body>) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let path = parts.uri.path().to_owned();
        let query: BTreeMap<String, String> = parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.replace("%3D", "=")))
            .collect();
        let hanging = {
            let mut state = self.0.lock().unwrap();
            let watching = query.contains_key("watch");
            let mark = match (watching, query.contains_key("continue")) {
                (true, _) => "?watch",
                (_, true) => "?page",
                _ => "",
            };
            state.asked.push(format!("{path}{mark}"));
            if let Some(status) = state.failing {
                return refused(status, "the test says so");
            }
            if watching {
                let (sender, receiver) = mpsc::unbounded_channel();
                state.watches.insert(path, sender);
                let frames = stream::unfold(receiver, |mut receiver| async {
                    let bytes = receiver.recv().await?;
                    Some((Ok(Frame::data(bytes)), receiver))
                });
                return Response::new(StreamBody::new(frames).boxed_unsync());
            }
            state.hanging && !is_collection(&path)
        };
        if hanging {
            std::future::pending::<()>().await;
        }
        match parts.method.as_str() {
            "GET" if is_collection(&path) => self.list(&path, &query),
            "GET" => match self.object(&path) {
                Some(object) => document(&object),
                None => refused(StatusCode::NOT_FOUND, "not found"),
            },
            "POST" => {
                let object: Value = serde_json::from_slice(&body).unwrap();
                if path.ends_with("/eviction") {
                    return document(&object);
                }
                let path = format!("{path}/{}", object["metadata"]["name"].as_str().unwrap());
                if self.object(&path).is_some() {
                    return refused(StatusCode::CONFLICT, "there already");
                }
                self.put(&path, object);
                document(&self.object(&path).unwrap())
            }
            "PUT" => {
                let object: Value = serde_json::from_slice(&body).unwrap();
                let there = self.object(&path).unwrap();
                if there["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"] {
                    return refused(StatusCode::CONFLICT, "another was faster");
                }
                self.put(&path, object);
                document(&self.object(&path).unwrap())
            }
            "PATCH" => {
                // As much of a strategic merge as is asked for: webhooks, by name.
                let change: Value = serde_json::from_slice(&body).unwrap();
                let mut object = self.object(&path).unwrap();
                if change["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"] {
                    return refused(StatusCode::CONFLICT, "another was faster");
                }
                for webhook in change["webhooks"].as_array().unwrap() {
                    let all = object["webhooks"].as_array_mut().unwrap();
                    let there = all.iter_mut().find(|it| it["name"] == webhook["name"]).unwrap();
                    there["clientConfig"]["caBundle"] = webhook["clientConfig"]["caBundle"].clone();
                }
                self.put(&path, object);
                document(&self.object(&path).unwrap())
            }
            other => panic!("{other} {path}"),
        }
    }

    fn list(&self, path: &str, query: &BTreeMap<String, String>) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
        let state = self.0.lock().unwrap();
        let named = query
            .get("fieldSelector")
            .and_then(|selector| selector.strip_prefix("metadata.name="));
        let all: Vec<&Value> = state
            .objects
            .iter()
            .filter(|(key, _)| collections(key).contains(&path.to_owned()))
            .map(|(_, object)| object)
            .filter(|object| named.is_none_or(|name| object["metadata"]["name"] == name))
            .collect();
        let from: usize = query.get("continue").map_or(0, |token| token.parse().unwrap());
        let page = if state.page == 0 { all.len().max(1) } else { state.page };
        let to = (from + page).min(all.len());
        let mut metadata = json!({ "resourceVersion": state.version.to_string() });
        if to < all.len() {
            metadata["continue"] = to.to_string().into();
        }
        document(&json!({ "kind": "List", "apiVersion": "v1", "metadata": metadata, "items": all[from..to] }))
    }
}

impl State {
    fn tell(&mut self, path: &str, kind: &str, object: &Value) {
        for collection in collections(path) {
            if let Some(watch) = self.watches.get(&collection) {
                // Nobody listens any more where a watch was given up.
                let _ = watch.send(format!("{}\n", json!({ "type": kind, "object": object })).into());
            }
        }
    }
}

/// The collections that an object is in: of its namespace, and of all.
fn collections(path: &str) -> Vec<String> {
    let (collection, _) = path.rsplit_once('/').unwrap();
    let mut all = vec![collection.to_owned()];
    if let Some((group, rest)) = collection.split_once("/namespaces/") {
        let (_, plural) = rest.split_once('/').unwrap();
        all.push(format!("{group}/{plural}"));
    }
    all
}

/// Whether a path ends in a kind's plural.
fn is_collection(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap();
    [
        "serviceaccounts",
        "namespaces",
        "configmaps",
        "mutatingwebhookconfigurations",
        "secrets",
        "pods",
        "events",
    ]
    .contains(&last)
}

fn document(value: &Value) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    Response::new(Full::new(Bytes::from(value.to_string())).boxed_unsync())
}

fn refused(status: StatusCode, message: &str) -> Response<UnsyncBoxBody<Bytes, Infallible>> {
    let reason = status.canonical_reason().unwrap().replace(' ', "");
    let mut response = document(&json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "message": message, "reason": reason, "code": status.as_u16(),
    }));
    *response.status_mut() = status;
    response
}

/// Lets every task do what it can do without the time going on.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}
