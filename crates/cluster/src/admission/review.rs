//! The review itself (Kubernetes: Dynamic Admission Control), of `admission.k8s.io/v1` and `v1beta1`.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::pod::Pod;

/// A review that was read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review<'a> {
    #[serde(borrow, default)]
    api_version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    request: Option<Asked<'a>>,
}

/// Why a pod is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The review is not what the webhook is for.
    BadRequest,
    /// It is not known now what the pod is to get; the next try may fare better.
    Unavailable,
}

impl Refusal {
    /// The status code, and Kubernetes's word for it.
    fn status(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "BadRequest"),
            Self::Unavailable => (503, "ServiceUnavailable"),
        }
    }
}

/// What is asked.
#[derive(Debug, Deserialize)]
pub struct Asked<'a> {
    #[serde(borrow, default)]
    uid: Cow<'a, str>,
    /// What is to be done with it; a review that does not say is of a creation.
    #[serde(borrow, default)]
    operation: Option<Cow<'a, str>>,
    /// The namespace of the request: the object may name another, or none.
    #[serde(borrow, default)]
    pub namespace: Cow<'a, str>,
    /// The pod.
    #[serde(borrow, default)]
    pub object: Option<Pod<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    response: Response<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch_type: Option<&'static str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Status<'a> {
    message: &'a str,
    reason: &'static str,
    code: u16,
}

impl<'a> Status<'a> {
    fn new(refusal: Refusal, message: &'a str) -> Self {
        let (code, reason) = refusal.status();
        Self { message, reason, code }
    }
}

impl<'a> Review<'a> {
    /// Reads one. What cannot be read gives the answer that refuses it.
    pub fn read(body: &'a [u8]) -> Result<Self, Vec<u8>> {
        if body.trim_ascii().is_empty() {
            return Err(refused("bad content"));
        }
        let review: Self = serde_json::from_slice(body).map_err(|error| refused(&error.to_string()))?;
        match &review.request {
            None => Err(refused("bad content")),
            Some(asked) => match &asked.object {
                None => Err(review.answer(Err((Refusal::BadRequest, "the review has no object")), &[])),
                Some(pod) if pod.kind.as_deref().is_some_and(|kind| kind != "Pod") => {
                    let message = "the object is not a Pod: this webhook is for pods alone";
                    Err(review.answer(Err((Refusal::BadRequest, message)), &[]))
                }
                Some(_) => Ok(review),
            },
        }
    }

    /// What is asked, and the pod that it is about.
    pub fn asked(&self) -> Option<(&str, &Pod<'a>)> {
        let asked = self.request.as_ref()?;
        Some((&asked.namespace, asked.object.as_ref()?))
    }

    /// Whether the pod is about to be created: one that exists is never changed.
    pub fn is_creation(&self) -> bool {
        let operation = self.request.as_ref().and_then(|asked| asked.operation.as_deref());
        operation.is_none_or(|operation| operation == "CREATE")
    }

    /// The answer: admitted, with a patch where there is one; or refused, with the reason.
    pub fn answer(&self, outcome: Result<Option<Vec<u8>>, (Refusal, &str)>, warnings: &[String]) -> Vec<u8> {
        let uid = self.request.as_ref().map_or("", |asked| &asked.uid);
        let (patch, refusal) = match outcome {
            Ok(patch) => (patch, None),
            Err(refusal) => (None, Some(refusal)),
        };
        write(&Answer {
            api_version: self.api_version.as_deref(),
            kind: self.kind.as_deref(),
            response: Response {
                uid,
                allowed: refusal.is_none(),
                status: refusal.map(|(refusal, message)| Status::new(refusal, message)),
                patch_type: patch.is_some().then_some("JSONPatch"),
                patch: patch.map(|patch| STANDARD.encode(patch)),
                warnings,
            },
        })
    }
}

/// Refuses what is no review.
fn refused(message: &str) -> Vec<u8> {
    write(&Answer {
        api_version: None,
        kind: None,
        response: Response {
            uid: "",
            allowed: false,
            status: Some(Status::new(Refusal::BadRequest, message)),
            patch: None,
            patch_type: None,
            warnings: &[],
        },
    })
}

fn write(answer: &Answer<'_>) -> Vec<u8> {
    // Texts and numbers alone: writing them does not fail.
    serde_json::to_vec(answer).unwrap_or_default()
}
