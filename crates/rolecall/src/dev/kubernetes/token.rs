//! `TokenRequest`: tokens with the claims that Kubernetes 1.30 and later put there (Kubernetes: Managing Service Accounts).

use std::sync::Arc;

use http::StatusCode;
use rolecall_identity::account::cluster;
use serde_json::{Value, json};

use super::objects::Problem;
use crate::clock;

/// The shortest and the longest life of a token, in seconds, as the API server has them.
const LIFE: std::ops::RangeInclusive<u64> = 600..=1 << 32;
/// The longest that is given: an API server with `--service-account-max-token-expiration` shortens what asks for more. A
/// signing key stays published for as long after its last token.
const LONGEST: u64 = cluster::LONGEST_TOKEN.unsigned_abs();
/// The life of a token where the request names none, in seconds.
const DEFAULT_LIFE: u64 = 3600;

/// What a token says.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    /// Name and uid of the pod that the token is bound to.
    pub(crate) pod: (String, String),
    pub(crate) audiences: Vec<String>,
    pub(crate) seconds: u64,
}

/// Whoever holds the signing key of the cluster's issuer.
pub(crate) trait Mint: Send + Sync {
    /// The signed token.
    fn mint(&self, wanted: &Wanted) -> anyhow::Result<String>;

    /// The issuer, which is also the audience where a request names none.
    fn issuer(&self) -> String;
}

/// Answers `TokenRequest`s.
pub(crate) struct TokenRequests {
    mint: Arc<dyn Mint>,
}

impl TokenRequests {
    pub(crate) fn new(mint: Arc<dyn Mint>) -> Self {
        Self { mint }
    }

    pub(crate) async fn issue(
        &self,
        namespace: &str,
        name: &str,
        account: &Value,
        body: &[u8],
    ) -> Result<Value, Problem> {
        let request: Value = if body.is_empty() {
            json!({})
        } else {
            super::parse(body)?
        };
        let mut audiences: Vec<String> = Vec::new();
        for audience in request
            .pointer("/spec/audiences")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            match audience.as_str() {
                Some(audience) if !audience.is_empty() => audiences.push(audience.to_owned()),
                _ => {
                    return Err(Problem::bad_request(
                        "spec.audiences must be a list of non-empty strings",
                    ));
                }
            }
        }
        if audiences.is_empty() {
            audiences.push(self.mint.issuer());
        }
        let seconds = match request.pointer("/spec/expirationSeconds") {
            None | Some(Value::Null) => DEFAULT_LIFE,
            Some(seconds) => seconds.as_u64().filter(|seconds| LIFE.contains(seconds)).ok_or_else(|| {
                let message = "spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes or more than 2^32 seconds";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
            })?,
        };
        let seconds = seconds.min(LONGEST);
        let uid = account
            .pointer("/metadata/uid")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let pod = pod(&request, name, &uid)?;
        let wanted = Wanted {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            uid,
            pod,
            audiences,
            seconds,
        };
        let mint = self.mint.clone();
        let signed = wanted.clone();
        // An RSA signature takes about a millisecond: not on a thread that serves others.
        let minted = tokio::task::spawn_blocking(move || mint.mint(&signed))
            .await
            .map_err(anyhow::Error::from);
        let token = minted
            .and_then(|minted| minted)
            .map_err(|error| Problem::internal(&error))?;
        Ok(json!({
            "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
            "metadata": { "name": name, "namespace": namespace, "creationTimestamp": clock::rfc3339() },
            "spec": { "audiences": wanted.audiences, "expirationSeconds": wanted.seconds, "boundObjectRef": request.pointer("/spec/boundObjectRef") },
            "status": { "token": token, "expirationTimestamp": clock::rfc3339_after(wanted.seconds) },
        }))
    }
}

/// The pod that the token is bound to: the one that the request names, else, since `rolecall dev` runs no pods, one that
/// stands for every program that is run as this service account.
fn pod(request: &Value, name: &str, uid: &str) -> Result<(String, String), Problem> {
    let text = |field: &str| {
        request
            .pointer(&format!("/spec/boundObjectRef/{field}"))
            .and_then(Value::as_str)
    };
    match text("kind") {
        None => {
            let mut seed = [0_u8; 16];
            for (at, byte) in uid.bytes().chain(*b"pod").enumerate() {
                if let Some(place) = seed.get_mut(at % 16) {
                    *place = place.rotate_left(3) ^ byte;
                }
            }
            Ok((format!("{name}-0"), rolecall_names::uuid(seed)))
        }
        Some("Pod") => match (text("name"), text("uid")) {
            (Some(name), Some(uid)) => Ok((name.to_owned(), uid.to_owned())),
            _ => Err(Problem::bad_request("spec.boundObjectRef needs a name and a uid")),
        },
        Some(other) => {
            let message =
                format!("cannot bind token for serviceaccount {name} to type {other}: only pods are offered here");
            Err(Problem::bad_request(&message))
        }
    }
}
