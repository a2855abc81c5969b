//! The few core/v1 routes that `rolecall dev` serves, so that `kubectl` and our verbs have a cluster to speak to:
//! namespaces, service accounts with watch, `TokenRequest`, discovery (Kubernetes API Concepts).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use self::{
    objects::{Kind, Objects, Problem},
    token::TokenRequests,
};

pub(crate) mod objects;
mod protobuf;
pub(crate) mod token;

/// The longest that a watch stays open; clients open the next one themselves.
const LONGEST_WATCH: Duration = Duration::from_mins(10);
/// A request's body may be no longer, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

/// The API server of the cluster `dev`.
pub(crate) struct Kubernetes {
    objects: Arc<Objects>,
    tokens: TokenRequests,
    administrator: Bearer,
}

/// The administrator's bearer token, as the kubeconfig has it.
pub(crate) struct Bearer(pub(crate) String);

/// What a request is answered with.
pub(crate) enum Answer {
    /// One JSON document.
    Document(Response<Bytes>),
    /// A stream of watch events, one JSON document a line.
    Watch(tokio::sync::mpsc::Receiver<Bytes>),
}

impl Kubernetes {
    pub(crate) fn new(objects: Arc<Objects>, tokens: TokenRequests, administrator: Bearer) -> Self {
        Self {
            objects,
            tokens,
            administrator,
        }
    }

    /// Whether a request is for this API: by its path, and by the bearer token that S3 and the AWS APIs never carry.
    pub(crate) fn claims(method: &Method, path: &str, headers: &HeaderMap) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let ours = matches!(first, "api" | "apis" | "version" | "openapi");
        let bearer = headers
            .get(header::AUTHORIZATION)
            .is_some_and(|value| value.as_bytes().starts_with(b"Bearer "));
        ours && bearer && (*method != Method::CONNECT)
    }

    /// Answers one request; its body has been read whole.
    pub(crate) async fn handle(&self, request: Request<Bytes>) -> Answer {
        match self.route(request).await {
            Ok(answer) => answer,
            Err(problem) => Answer::Document(status(&problem)),
        }
    }

    async fn route(&self, request: Request<Bytes>) -> Result<Answer, Problem> {
        if !self.administrator.is_shown_by(request.headers()) {
            return Err(Problem::unauthorized());
        }
        if request.body().len() > LONGEST_BODY {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestEntityTooLarge",
                "the request is larger than 1 MiB",
            ));
        }
        let path = request.uri().path().to_owned();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let method = request.method().clone();
        match (&method, segments.as_slice()) {
            (&Method::GET, ["version"]) => Ok(document(StatusCode::OK, &version())),
            (&Method::GET, ["api"]) => Ok(document(
                StatusCode::OK,
                &json!({ "kind": "APIVersions", "versions": ["v1"] }),
            )),
            (&Method::GET, ["apis"]) => Ok(document(
                StatusCode::OK,
                &json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": [] }),
            )),
            (&Method::GET, ["api", "v1"]) => Ok(document(StatusCode::OK, &resources())),
            (_, ["api", "v1", "namespaces", namespace, "serviceaccounts", name, "token"]) if method == Method::POST => {
                let account = self.objects.get(Kind::ServiceAccount, namespace, name)?;
                Ok(document(
                    StatusCode::CREATED,
                    &self.tokens.issue(namespace, name, &account, request.body()).await?,
                ))
            }
            // `kubectl describe` asks for these; there are none.
            (&Method::GET, ["api", "v1", "namespaces", _, "secrets"] | ["api", "v1", "secrets"]) => {
                Ok(document(StatusCode::OK, &empty("SecretList")))
            }
            (&Method::GET, ["api", "v1", "namespaces", _, "events"] | ["api", "v1", "events"]) => {
                Ok(document(StatusCode::OK, &empty("EventList")))
            }
            (&Method::GET, ["api", "v1", "namespaces", _, "resourcequotas" | "limitranges"]) => {
                Ok(document(StatusCode::OK, &empty("List")))
            }
            (_, ["api", "v1", "namespaces"]) => self.collection(Kind::Namespace, None, &request, &query).await,
            (_, ["api", "v1", "namespaces", name]) => self.object(Kind::Namespace, "", name, &request, &query).await,
            (_, ["api", "v1", "serviceaccounts"]) => {
                self.collection(Kind::ServiceAccount, None, &request, &query).await
            }
            (_, ["api", "v1", "namespaces", namespace, "serviceaccounts"]) => {
                self.collection(Kind::ServiceAccount, Some(namespace), &request, &query)
                    .await
            }
            (_, ["api", "v1", "namespaces", namespace, "serviceaccounts", name]) => {
                self.object(Kind::ServiceAccount, namespace, name, &request, &query)
                    .await
            }
            _ => Err(Problem::new(
                StatusCode::NOT_FOUND,
                "NotFound",
                "the server could not find the requested resource; `rolecall dev` serves namespaces and service accounts",
            )),
        }
    }

    async fn collection(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        request: &Request<Bytes>,
        query: &Query,
    ) -> Result<Answer, Problem> {
        match *request.method() {
            Method::GET if query.flag("watch") => {
                let limit = query
                    .get("timeoutSeconds")
                    .and_then(|seconds| seconds.parse().ok())
                    .map(Duration::from_secs);
                let limit = limit.unwrap_or(LONGEST_WATCH).min(LONGEST_WATCH);
                let filter = query.filter()?;
                Ok(Answer::Watch(self.objects.watch(
                    kind,
                    namespace,
                    query.get("resourceVersion"),
                    filter,
                    limit,
                )?))
            }
            Method::GET => {
                let (mut items, revision) = self.objects.list(kind, namespace)?;
                let filter = query.filter()?;
                items.retain(|item| filter.matches(item));
                if as_table(request.headers()) {
                    return Ok(document(StatusCode::OK, &table(kind, &items, Some(&revision))));
                }
                let list = json!({
                    "kind": format!("{}List", kind.name()), "apiVersion": "v1",
                    "metadata": { "resourceVersion": revision }, "items": items,
                });
                Ok(document(StatusCode::OK, &list))
            }
            Method::POST => {
                let object = parse(request.body())?;
                let made = self
                    .objects
                    .create(kind, namespace.unwrap_or_default(), object, query.dry_run())
                    .await?;
                Ok(document(StatusCode::CREATED, &made))
            }
            _ => Err(Problem::method_not_allowed()),
        }
    }

    async fn object(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        request: &Request<Bytes>,
        query: &Query,
    ) -> Result<Answer, Problem> {
        match *request.method() {
            Method::GET => {
                let object = self.objects.get(kind, namespace, name)?;
                if as_table(request.headers()) {
                    return Ok(document(StatusCode::OK, &table(kind, &[object], None)));
                }
                Ok(document(StatusCode::OK, &object))
            }
            Method::PUT => {
                let object = parse(request.body())?;
                Ok(document(
                    StatusCode::OK,
                    &self
                        .objects
                        .replace(kind, namespace, name, object, query.dry_run())
                        .await?,
                ))
            }
            Method::PATCH => {
                let media = request
                    .headers()
                    .get(header::CONTENT_TYPE)
                    .and_then(|value| value.to_str().ok());
                let patch = parse(request.body())?;
                // A service account's and a namespace's maps merge alike under both; neither has a list that
                // a strategic patch would merge by key and that these routes keep.
                if !matches!(
                    media,
                    Some("application/merge-patch+json" | "application/strategic-merge-patch+json")
                ) {
                    return Err(Problem::new(
                        StatusCode::UNSUPPORTED_MEDIA_TYPE,
                        "UnsupportedMediaType",
                        "the body of the request was in an unknown format - accepted media types include: application/merge-patch+json, application/strategic-merge-patch+json",
                    ));
                }
                Ok(document(
                    StatusCode::OK,
                    &self
                        .objects
                        .patch(kind, namespace, name, &patch, query.dry_run())
                        .await?,
                ))
            }
            Method::DELETE => {
                let uid = serde_json::from_slice::<Value>(request.body())
                    .ok()
                    .and_then(|options| options.pointer("/preconditions/uid")?.as_str().map(str::to_owned));
                self.objects.delete(kind, namespace, name, uid.as_deref()).await?;
                let success = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                    "details": { "name": name, "kind": kind.plural() } });
                Ok(document(StatusCode::OK, &success))
            }
            _ => Err(Problem::method_not_allowed()),
        }
    }
}

impl Bearer {
    fn is_shown_by(&self, headers: &HeaderMap) -> bool {
        let shown = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        shown.is_some_and(|shown| subtle::ConstantTimeEq::ct_eq(shown, self.0.as_bytes()).into())
    }
}

/// The members of a query string.
struct Query(Vec<(String, String)>);

impl Query {
    fn parse(text: &str) -> Self {
        let decode = |part: &str| {
            percent_encoding::percent_decode_str(&part.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        });
        Self(pairs.collect())
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some("true" | "1"))
    }

    fn dry_run(&self) -> bool {
        self.get("dryRun") == Some("All")
    }

    fn filter(&self) -> Result<Filter, Problem> {
        Ok(Filter {
            fields: Filter::parse(self.get("fieldSelector").unwrap_or_default())?,
            labels: Filter::parse(self.get("labelSelector").unwrap_or_default())?,
        })
    }
}

/// What a list or a watch is narrowed to: `key=value` pairs, all of which must hold.
#[derive(Clone, Default)]
pub(crate) struct Filter {
    fields: Vec<(String, String)>,
    labels: Vec<(String, String)>,
}

impl Filter {
    fn parse(text: &str) -> Result<Vec<(String, String)>, Problem> {
        let mut pairs = Vec::new();
        for term in text.split(',').filter(|term| !term.is_empty()) {
            let (key, value) = term.split_once("==").or_else(|| term.split_once('=')).ok_or_else(|| {
                Problem::bad_request(&format!(
                    "the selector `{term}` is not of the form key=value, the only one served here"
                ))
            })?;
            if key.ends_with('!') {
                return Err(Problem::bad_request(&format!(
                    "the selector `{term}` is not of the form key=value, the only one served here"
                )));
            }
            pairs.push((key.trim().to_owned(), value.trim().to_owned()));
        }
        Ok(pairs)
    }

    pub(crate) fn matches(&self, object: &Value) -> bool {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let field = |key: &str| match key {
            "metadata.name" => text("/metadata/name"),
            "metadata.namespace" => text("/metadata/namespace"),
            _ => None,
        };
        let label = |key: &str| object.pointer("/metadata/labels")?.get(key)?.as_str();
        self.fields.iter().all(|(key, value)| field(key) == Some(value))
            && self.labels.iter().all(|(key, value)| label(key) == Some(value))
    }
}

fn parse(body: &[u8]) -> Result<Value, Problem> {
    if body.starts_with(protobuf::MAGIC) {
        return protobuf::parse(body);
    }
    serde_json::from_slice(body).map_err(|error| Problem::bad_request(&format!("the body is not JSON: {error}")))
}

fn document(code: StatusCode, body: &Value) -> Answer {
    Answer::Document(json_response(code, body))
}

fn json_response(code: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = code;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    response
}

/// A `Status` object, which is how the API server says that something failed.
fn status(problem: &Problem) -> Response<Bytes> {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": problem.message, "reason": problem.reason, "code": problem.code.as_u16(),
        "details": problem.details,
    });
    json_response(problem.code, &body)
}

fn empty(kind: &str) -> Value {
    json!({ "kind": kind, "apiVersion": "v1", "metadata": { "resourceVersion": "1" }, "items": [] })
}

fn version() -> Value {
    json!({ "major": "1", "minor": "33", "gitVersion": "v1.33.0-rolecall", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "", "goVersion": "", "compiler": "", "platform": "linux/amd64" })
}

fn resources() -> Value {
    let verbs = json!(["create", "delete", "get", "list", "patch", "update", "watch"]);
    json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1",
        "resources": [
            { "name": "namespaces", "singularName": "namespace", "namespaced": false, "kind": "Namespace", "verbs": verbs, "shortNames": ["ns"] },
            { "name": "serviceaccounts", "singularName": "serviceaccount", "namespaced": true, "kind": "ServiceAccount", "verbs": verbs, "shortNames": ["sa"] },
            { "name": "serviceaccounts/token", "singularName": "", "namespaced": true, "group": "authentication.k8s.io", "version": "v1", "kind": "TokenRequest", "verbs": ["create"] },
            { "name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret", "verbs": ["list"] },
            { "name": "events", "singularName": "event", "namespaced": true, "kind": "Event", "verbs": ["list"], "shortNames": ["ev"] },
        ],
    })
}

fn as_table(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| {
            accept
                .split(',')
                .next()
                .is_some_and(|first| first.contains("as=Table") && first.contains("v=v1"))
        })
}

/// What `kubectl get` prints (meta.k8s.io/v1 Table).
fn table(kind: Kind, objects: &[Value], revision: Option<&str>) -> Value {
    let name = json!({ "name": "Name", "type": "string", "format": "name", "description": "", "priority": 0 });
    let age = json!({ "name": "Age", "type": "string", "format": "", "description": "", "priority": 0 });
    let middle = match kind {
        Kind::Namespace => {
            json!({ "name": "Status", "type": "string", "format": "", "description": "", "priority": 0 })
        }
        Kind::ServiceAccount => {
            json!({ "name": "Secrets", "type": "string", "format": "", "description": "", "priority": 0 })
        }
    };
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let middle = match kind {
                Kind::Namespace => json!("Active"),
                Kind::ServiceAccount => json!("0"),
            };
            let created = object.pointer("/metadata/creationTimestamp").and_then(Value::as_str).unwrap_or_default();
            json!({
                "cells": [object.pointer("/metadata/name"), middle, created],
                "object": { "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object.get("metadata") },
            })
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": { "resourceVersion": revision.unwrap_or_default() },
        "columnDefinitions": [name, middle, age], "rows": rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_with_a_bearer_token_are_for_this_api() {
        let mut headers = HeaderMap::new();
        assert!(!Kubernetes::claims(&Method::GET, "/api/v1/namespaces", &headers));
        headers.insert(header::AUTHORIZATION, "Bearer x".parse().unwrap());
        assert!(Kubernetes::claims(&Method::GET, "/api/v1/namespaces", &headers));
        assert!(!Kubernetes::claims(&Method::GET, "/bucket/api", &headers));
    }

    #[test]
    fn selectors_narrow_by_name_and_label() {
        let filter = Query::parse("fieldSelector=metadata.name%3Da&labelSelector=x%3Dy")
            .filter()
            .ok()
            .unwrap();
        assert!(filter.matches(&json!({ "metadata": { "name": "a", "labels": { "x": "y" } } })));
        assert!(!filter.matches(&json!({ "metadata": { "name": "a" } })));
        assert!(Query::parse("labelSelector=x").filter().is_err());
    }
}
