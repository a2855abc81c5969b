//! What is served at URLs: the issuer's documents, and the clocks of whoever answers.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use rolecall_wire::client::{self, Client, Environment};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::facts::{Discovery, Facts, Found, Place};
use crate::{aws::Aws, clock};

/// How long a place has to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the issuer serves where its URL says: asked with the certificates of `AWS_CA_BUNDLE`, then with the system's.
pub(super) async fn documents(facts: &mut Facts, aws: &Aws, issuer: &str) {
    let system = Client::new(Environment::default(), aws.region.as_str(), None, clock::now);
    let clients: Vec<&Client> = std::iter::once(&aws.client).chain(&system).collect();
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    if !url.starts_with("https://") {
        return;
    }
    let (mut place, text) = call(&clients, "issuer", &url).await;
    issuer.clone_into(&mut place.url);
    facts.places.push(place);
    let discovery: Found<Discovery> = document(text);
    if let Some(known) = discovery.there().filter(|known| known.jwks_uri.starts_with("https://")) {
        let (_, text) = call(&clients, "issuer", &known.jwks_uri).await;
        facts.keys = Some(document::<Value>(text).map(|set| key_ids(&set)));
    }
    facts.discovery = Some(discovery);
}

fn document<T: DeserializeOwned>(text: Found<Bytes>) -> Found<T> {
    match text {
        Found::There(text) => match serde_json::from_slice(&text) {
            Ok(value) => Found::There(value),
            Err(error) => Found::Failed(format!("it cannot be read: {error}")),
        },
        Found::Absent => Found::Absent,
        Found::Forbidden(why) | Found::Failed(why) => Found::Failed(why),
    }
}

/// Calls a URL with the first client that is answered; tells what its clock says, and the document if it is one.
pub(super) async fn call(clients: &[&Client], name: &'static str, url: &str) -> (Place, Found<Bytes>) {
    let mut why = "it was not called".to_owned();
    for client in clients {
        let answer = client.fetch(Method::GET, url, HeaderMap::new(), Bytes::new());
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        let at = clock::timestamp().as_second();
        match answer {
            Ok(Ok(answer)) => {
                let date = answer
                    .headers()
                    .get(http::header::DATE)
                    .and_then(|date| date.to_str().ok());
                let place = Place {
                    name,
                    url: url.to_owned(),
                    answer: Ok(date.and_then(seconds)),
                    at,
                };
                let text = match answer.status().as_u16() {
                    200 => Found::There(answer.into_body()),
                    404 => Found::Absent,
                    status => Found::Failed(format!("it is answered with status {status}")),
                };
                return (place, text);
            }
            Ok(Err(error)) => why = causes(&error),
            Err(_) => why = format!("no answer within {} s", PATIENCE.as_secs()),
        }
    }
    let place = Place {
        name,
        url: url.to_owned(),
        answer: Err(why.clone()),
        at: clock::timestamp().as_second(),
    };
    (place, Found::Failed(why))
}

/// Why nobody answered: the innermost cause, which names the host or the certificate.
fn causes(error: &client::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// An HTTP date (RFC 9110, section 5.6.7), in seconds.
fn seconds(date: &str) -> Option<i64> {
    let time = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(time.timestamp().as_second())
}

pub(super) fn key_ids(set: &Value) -> Vec<String> {
    let keys = set.get("keys").and_then(Value::as_array);
    let ids = keys.into_iter().flatten().filter_map(|key| key.get("kid")?.as_str());
    ids.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_answers_are_read() {
        assert_eq!(seconds("Thu, 01 Jan 1970 00:01:40 GMT"), Some(100));
        assert_eq!(seconds("yesterday"), None);
    }

    #[test]
    fn key_ids_are_read_from_whatever_is_served() {
        let set = serde_json::json!({ "keys": [{ "kid": "a" }, { "kty": "RSA" }, { "kid": "b" }] });
        assert_eq!(key_ids(&set), ["a", "b"]);
        assert!(key_ids(&Value::Null).is_empty());
    }
}
