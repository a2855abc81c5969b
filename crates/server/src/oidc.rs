//! What hosted issuers publish: `/id/ID/.well-known/openid-configuration` and their keys, of clusters at `/id/ID/keys`, of
//! accounts at `/id/ID/.well-known/jwks.json` (OpenID Connect Discovery 1.0, section 4; Kubernetes: Service account issuer
//! discovery; IAM API Reference: `EnableOutboundWebIdentityFederation`).

use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};
use rolecall_identity::token::issuer;

use crate::{body::Body, dispatch::status};

/// An issuer that we host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its URL, with `https://`.
    pub url: String,
    /// Its public keys, as a JSON Web Key Set.
    pub keys: String,
    /// Whether it is an account's, not a cluster's.
    pub is_account: bool,
}

/// Answers a request under `/id/`. `find` finds a hosted issuer by its random id.
pub fn answer(parts: &Parts, find: impl FnOnce(&str) -> Option<Issuer>) -> Response<Body> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return status(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some((id, document)) = parts
        .uri
        .path()
        .strip_prefix("/id/")
        .and_then(|rest| rest.split_once('/'))
    else {
        return status(StatusCode::NOT_FOUND);
    };
    if !matches!(
        document,
        ".well-known/openid-configuration" | ".well-known/jwks.json" | "keys"
    ) {
        return status(StatusCode::NOT_FOUND);
    }
    let Some(found) = find(id) else {
        return status(StatusCode::NOT_FOUND);
    };
    let (kind, text) = match (document, found.is_account) {
        ("keys", false) | (".well-known/jwks.json", true) => ("application/jwk-set+json", found.keys),
        (".well-known/openid-configuration", true) => {
            ("application/json", issuer::outbound_discovery(&found.url).to_string())
        }
        (".well-known/openid-configuration", false) => ("application/json", issuer::discovery(&found.url).to_string()),
        _ => return status(StatusCode::NOT_FOUND),
    };
    let mut response = Response::new(Body::whole(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Short enough that a rotated key is known before it signs, long enough that nobody asks for each token.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300, must-revalidate"),
    );
    response
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http_body_util::BodyExt as _;

    use super::*;

    async fn get(method: &str, path: &str) -> (u16, String, String) {
        let parts = Request::builder()
            .method(method)
            .uri(path)
            .body(())
            .unwrap()
            .into_parts()
            .0;
        let find = |id: &str| {
            (id == "c1").then(|| Issuer {
                url: "https://h/id/c1".to_owned(),
                keys: "{\"keys\":[]}".to_owned(),
                is_account: false,
            })
        };
        let (parts, body) = answer(&parts, find).into_parts();
        let kind = parts
            .headers
            .get("content-type")
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let text = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), kind, String::from_utf8(text.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_hosted_issuer_publishes_discovery_and_keys() {
        let (status, kind, text) = get("GET", "/id/c1/.well-known/openid-configuration").await;
        assert_eq!((status, kind.as_str()), (200, "application/json"));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["issuer"], "https://h/id/c1");
        assert_eq!(document["jwks_uri"], "https://h/id/c1/keys");
        let keys = get("GET", "/id/c1/keys").await;
        assert_eq!(
            keys,
            (200, "application/jwk-set+json".to_owned(), "{\"keys\":[]}".to_owned())
        );
    }

    #[tokio::test]
    async fn nothing_else_is_there() {
        for path in [
            "/id/c2/keys",
            "/id/c1",
            "/id/c1/",
            "/id/c1/keys/",
            "/id//keys",
            "/id/c1/../c1/keys",
        ] {
            assert_eq!(get("GET", path).await.0, 404, "{path}");
        }
        assert_eq!(get("POST", "/id/c1/keys").await.0, 405);
    }
}
