//! Signing, for clients and tests.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderValue, header};

use super::{ALGORITHM, Path, RequestParts, SigningKey, canonical, format_date};
use crate::secret::Secret;

/// What a client signs with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: Secret,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, {{redacted}})", self.access_key_id)
    }
}

/// The headers that are never signed, since proxies change them.
const UNSIGNED: &[header::HeaderName] = &[
    header::AUTHORIZATION,
    header::USER_AGENT,
    header::EXPECT,
    header::CONNECTION,
];

/// Signs a request in its `Authorization` header. `host` must be among the headers. `payload` is the hash of the body,
/// or a word such as `UNSIGNED-PAYLOAD`. Answers the signature, from which those of chunks are chained.
#[expect(clippy::too_many_arguments, reason = "each is one thing that a signature covers")]
pub fn sign(
    method: &str,
    path: &str,
    query: &str,
    headers: &mut HeaderMap,
    payload: &str,
    credentials: &Credentials,
    region: &str,
    service: &str,
    now: SystemTime,
) -> String {
    let date = format_date(now);
    let day = date.get(..8).unwrap_or_default();
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    headers.insert("x-amz-date", value(&date));
    if let Some(token) = &credentials.session_token {
        headers.insert("x-amz-security-token", value(token));
    }
    let form = if service == "s3" {
        Path::AsSent
    } else {
        Path::Normalized
    };
    if service == "s3" {
        headers.insert("x-amz-content-sha256", value(payload));
    }
    let mut names: Vec<String> = headers
        .keys()
        .filter(|name| !UNSIGNED.contains(name))
        .map(|name| name.as_str().to_owned())
        .collect();
    names.sort_unstable();
    let signed: Vec<&str> = names.iter().map(String::as_str).collect();
    let parts = RequestParts {
        method,
        path,
        query,
        headers,
        payload,
        form,
    };
    let canonical = parts.canonical(&signed, false);
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let key = SigningKey::derive(credentials.secret_access_key.expose(), day, region, service);
    let signature = key.sign(canonical::string_to_sign(&date, &scope, &canonical).as_bytes());
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
        credentials.access_key_id,
        signed.join(";")
    );
    headers.insert(header::AUTHORIZATION, value(&authorization));
    signature
}

/// The query string of a presigned URL, which covers `host` and nothing of the body.
#[expect(clippy::too_many_arguments, reason = "each is one thing that a signature covers")]
pub fn presign(
    method: &str,
    host: &str,
    path: &str,
    query: &str,
    expires: Duration,
    credentials: &Credentials,
    region: &str,
    service: &str,
    now: SystemTime,
) -> String {
    let date = format_date(now);
    let day = date.get(..8).unwrap_or_default();
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let mut full = query.to_owned();
    let mut add = |name: &str, value: &str| {
        if !full.is_empty() {
            full.push('&');
        }
        full.push_str(name);
        full.push('=');
        canonical::push_uri_encoded(&mut full, value.bytes());
    };
    add("X-Amz-Algorithm", ALGORITHM);
    add("X-Amz-Credential", &format!("{}/{scope}", credentials.access_key_id));
    add("X-Amz-Date", &date);
    add("X-Amz-Expires", &expires.as_secs().to_string());
    if let Some(token) = &credentials.session_token {
        add("X-Amz-Security-Token", token);
    }
    add("X-Amz-SignedHeaders", "host");
    let mut headers = HeaderMap::new();
    headers.insert(
        header::HOST,
        HeaderValue::from_str(host).unwrap_or(HeaderValue::from_static("")),
    );
    let (payload, form) = if service == "s3" {
        ("UNSIGNED-PAYLOAD", Path::AsSent)
    } else {
        (super::EMPTY_HASH, Path::Normalized)
    };
    let parts = RequestParts {
        method,
        path,
        query: &full,
        headers: &headers,
        payload,
        form,
    };
    let canonical = parts.canonical(&["host"], false);
    let key = SigningKey::derive(credentials.secret_access_key.expose(), day, region, service);
    let signature = key.sign(canonical::string_to_sign(&date, &scope, &canonical).as_bytes());
    format!("{full}&X-Amz-Signature={signature}")
}
