//! What a gateway asks of the control plane: who made a request, whose a bucket is, whether anything changed since; what it
//! asks it to change for whoever signed that; and what it tells it of its decisions.

use std::{collections::BTreeMap, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::{Call, Done, bare};
use crate::{
    secret::Secret,
    sigv4::{Presented, Rejection, RequestParts},
};

/// The caller behind a signed request to S3: the key of that day, and all that binds them.
#[derive(Debug, Clone, Copy)]
pub struct GetGatewayCaller;

impl Call for GetGatewayCaller {
    const NAME: &'static str = "GetGatewayCaller";
    type Input = GatewayCallerRequest;
    type Output = GatewayCallerAnswer;
}

/// What the signature of a request is over. The whole of it rather than its hash, so that how long a presigned URL lives
/// is what its signer said and not what the gateway says.
///
/// The service is no part of it: it is S3 (threat 3).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayCallerRequest {
    /// The access key id.
    pub access_key_id: String,
    /// The session token of temporary credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
    /// The date that was signed, such as `20261125T031500Z`.
    pub date: String,
    /// The region of the scope.
    pub region: String,
    /// The canonical request, in base64: a header's value need not be UTF-8.
    pub canonical_request: String,
    /// The signature, in hexadecimal.
    pub signature: String,
}

impl GatewayCallerRequest {
    /// Of a request that came.
    pub fn new(presented: &Presented, parts: &RequestParts<'_>) -> Self {
        Self {
            access_key_id: presented.access_key_id.clone(),
            session_token: presented.session_token.clone(),
            date: presented.date().to_owned(),
            region: presented.scope.region.clone(),
            canonical_request: STANDARD.encode(presented.canonical(parts)),
            signature: presented.signature().to_owned(),
        }
    }

    /// What was presented, as if it had come here, and the canonical request.
    pub fn presented(&self) -> Result<(Presented, Vec<u8>), Rejection> {
        let canonical = STANDARD
            .decode(&self.canonical_request)
            .map_err(|_| Rejection::Incomplete("The canonical request is not base64.".to_owned()))?;
        let token = self.session_token.as_deref();
        let signature = &self.signature;
        let presented = Presented::of_canonical(
            &self.access_key_id,
            token,
            &self.date,
            &self.region,
            &canonical,
            signature,
        )?;
        Ok((presented, canonical))
    }
}

impl fmt::Debug for GatewayCallerRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // With its token and signature a request could be made again.
        f.debug_struct("GatewayCallerRequest")
            .field("access_key_id", &self.access_key_id)
            .field("date", &self.date)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// A caller, and all that binds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayCallerAnswer {
    /// The derived key of the scope's day and region and of S3, in hexadecimal. It verifies and makes signatures there, and
    /// nowhere else.
    #[serde(with = "bare")]
    pub key: Secret,
    /// The caller's ARN.
    pub arn: String,
    /// The unique id of the role or user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    /// The ARN of the user whose federated user the caller is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federated_by: Option<String>,
    /// The condition keys that come with the caller, such as `aws:principalarn`: in lower case.
    pub context: BTreeMap<String, GatewayValues>,
    /// When they showed the second factor that their session stands for, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor_shown: Option<i64>,
    /// Identity-based policies.
    pub identity: Vec<GatewayPolicy>,
    /// The permissions boundary; empty where it is gone, which allows nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Vec<GatewayPolicy>>,
    /// Session policies; none where the session was issued without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Vec<GatewayPolicy>>,
    /// When the session ends, in seconds; none for a long-term key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// The revision that all this is of.
    pub revision: u64,
}

/// The values of a condition key. One value and a list of one are told apart: policy variables stand for the former alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum GatewayValues {
    /// Of a single-valued key.
    One(String),
    /// Of a multivalued key.
    Many(Vec<String>),
}

/// A policy, to be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayPolicy {
    /// How decisions call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its text.
    pub document: String,
}

/// The revision of all accounts, their policies, buckets and revocations: as long as it is the same, what was answered
/// still holds, but that sessions end.
#[derive(Debug, Clone, Copy)]
pub struct GetGatewayRevision;

impl Call for GetGatewayRevision {
    const NAME: &'static str = "GetGatewayRevision";
    type Input = GatewayRevisionRequest;
    type Output = GatewayRevisionAnswer;
}

/// Asks for nothing in particular.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayRevisionRequest {}

/// The revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayRevisionAnswer {
    /// It only grows.
    pub revision: u64,
}

/// The bucket of a name.
#[derive(Debug, Clone, Copy)]
pub struct GetGatewayBucket;

impl Call for GetGatewayBucket {
    const NAME: &'static str = "GetGatewayBucket";
    type Input = GatewayBucketRequest;
    type Output = GatewayBucketAnswer;
}

/// Which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayBucketRequest {
    /// Its name.
    pub name: String,
}

/// The bucket, if there is one in an account that the gateway serves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayBucketAnswer {
    /// The bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<GatewayBucket>,
    /// The revision that this is of.
    pub revision: u64,
}

/// All buckets of an account.
#[derive(Debug, Clone, Copy)]
pub struct ListGatewayBuckets;

impl Call for ListGatewayBuckets {
    const NAME: &'static str = "ListGatewayBuckets";
    type Input = GatewayBucketsRequest;
    type Output = GatewayBucketsAnswer;
}

/// Whose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayBucketsRequest {
    /// The account's id.
    pub account: String,
}

/// The buckets, ordered by name, without their policies: an account may have ten thousand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayBucketsAnswer {
    /// The buckets.
    pub buckets: Vec<GatewayBucket>,
    /// The revision that this is of.
    pub revision: u64,
}

/// What the control plane knows of a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayBucket {
    /// Its name.
    pub name: String,
    /// The account that owns it.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The name of this incarnation in the store: never used again (threat 6).
    pub incarnation: String,
    /// When it was made, in seconds.
    pub created: i64,
    /// Its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<GatewayBucketPolicy>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
}

/// A bucket's policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayBucketPolicy {
    /// Its text, to be compiled with [`principals`](Self::principals) in place of the ARNs.
    pub document: String,
    /// The unique ids of the roles and users that it names, by their ARNs, as of when it was saved: one that was made anew
    /// under the same name is somebody else (threat 6).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub principals: BTreeMap<String, String>,
    /// Its text as it is shown: whoever was deleted appears as their unique id.
    pub shown: String,
}

/// Changes a bucket as somebody's own signed request to S3 says: one of `CreateBucket`, `DeleteBucket`, `PutBucketPolicy`,
/// `DeleteBucketPolicy`, `PutBucketTagging` and `DeleteBucketTagging`. The control plane verifies the request and decides on
/// it, as if it had come there.
#[derive(Debug, Clone, Copy)]
pub struct ChangeGatewayBucket;

impl Call for ChangeGatewayBucket {
    const NAME: &'static str = "ChangeGatewayBucket";
    type Input = GatewayChangeRequest;
    type Output = GatewayChangeAnswer;
}

/// A request as it came to a gateway.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayChangeRequest {
    /// The bucket that it is about.
    pub bucket: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query, as they came.
    pub target: String,
    /// Its headers, as they came; values in base64, since they need not be UTF-8.
    pub headers: Vec<(String, String)>,
    /// Its body, in base64.
    pub body: String,
    /// Where it came from: an address and a port.
    pub peer: String,
    /// Whether it came over TLS.
    pub secure: bool,
}

impl GatewayChangeRequest {
    /// Headers as they are written here.
    pub fn written(headers: &HeaderMap) -> Vec<(String, String)> {
        let one =
            |(name, value): (&HeaderName, &HeaderValue)| (name.as_str().to_owned(), STANDARD.encode(value.as_bytes()));
        headers.iter().map(one).collect()
    }

    /// The headers, if they are some.
    pub fn read(&self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let value = STANDARD.decode(value).ok()?;
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).ok()?,
                HeaderValue::from_bytes(&value).ok()?,
            );
        }
        Some(headers)
    }
}

impl fmt::Debug for GatewayChangeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its headers hold a token and a signature.
        f.debug_struct("GatewayChangeRequest")
            .field("bucket", &self.bucket)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayChangeAnswer {
    /// Why not, as S3 says it; none where it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<GatewayRefusal>,
    /// The bucket as it is now, unless it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<GatewayBucket>,
    /// The revision that this is of.
    pub revision: u64,
}

/// An error of S3's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayRefusal {
    /// The HTTP status.
    pub status: u16,
    /// Such as `AccessDenied`.
    pub code: String,
    /// A sentence.
    pub message: String,
}

/// Writes decisions of a gateway to the audit log.
#[derive(Debug, Clone, Copy)]
pub struct RecordGatewayDecisions;

impl Call for RecordGatewayDecisions {
    const NAME: &'static str = "RecordGatewayDecisions";
    type Input = GatewayDecisionsRequest;
    type Output = Done;
}

/// Some decisions, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayDecisionsRequest {
    /// At most [`MOST_DECISIONS`].
    pub decisions: Vec<GatewayDecision>,
}

/// So many decisions are written by one call at most.
pub const MOST_DECISIONS: usize = 500;

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayDecision {
    /// The request's id, which its client has seen.
    pub request_id: String,
    /// When, in seconds.
    pub at: i64,
    /// The caller's ARN; none for an anonymous one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The unique id of the role or user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    /// The access key id; empty for an anonymous caller.
    pub access_key_id: String,
    /// The S3 operation.
    pub operation: String,
    /// The IAM action.
    pub action: String,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// The account that owns the resource; empty if there is no such bucket.
    pub account: String,
    /// The client's address.
    pub peer: String,
    /// The client's `User-Agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// How it was decided.
    pub decision: GatewayOutcome,
    /// Why it was refused, as the policy engine says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<serde_json::Value>,
    /// The condition keys that it was decided with.
    pub context: BTreeMap<String, Vec<String>>,
}

/// How something was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GatewayOutcome {
    /// Allowed.
    Allowed,
    /// Denied by a statement.
    ExplicitlyDenied,
    /// Denied because nothing allows it.
    ImplicitlyDenied,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_and_a_list_of_one_are_told_apart() {
        for (values, json) in [
            (GatewayValues::One("a".to_owned()), r#""a""#),
            (GatewayValues::Many(vec!["a".to_owned()]), r#"["a"]"#),
        ] {
            assert_eq!(serde_json::to_string(&values).unwrap(), json);
            assert_eq!(serde_json::from_str::<GatewayValues>(json).unwrap(), values);
        }
    }

    #[test]
    fn headers_come_over_as_they_are() {
        let mut headers = HeaderMap::new();
        headers.append("x-amz-meta-a", HeaderValue::from_bytes(&[0xe9, b'b']).unwrap());
        headers.append("x-amz-meta-a", HeaderValue::from_static("second"));
        let mut request = GatewayChangeRequest {
            headers: GatewayChangeRequest::written(&headers),
            ..GatewayChangeRequest::default()
        };
        assert_eq!(request.read(), Some(headers));
        for wrong in [("a b", "YQ=="), ("a", "no base64"), ("a", "Cg==")] {
            request.headers = vec![(wrong.0.to_owned(), wrong.1.to_owned())];
            assert_eq!(request.read(), None, "{wrong:?}");
        }
    }
}
