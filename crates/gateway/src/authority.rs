//! What the gateway asks of the control plane.

use std::{net::SocketAddr, sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, request::Parts};
use rolecall_policy::{Compiled, Context, Decision, Explanation, Policy, Principal, Request};
use rolecall_wire::sigv4::{Payload, Presented, RequestParts, SigningKey};

use crate::{Fault, Pending};

/// The authority cannot answer now; nothing is allowed meanwhile. The text is for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the authority cannot answer: {0}")]
pub struct Unavailable(pub String);

/// The one contract between the gateway and the control plane: keys of a day, who calls and what policies bind them,
/// whose a bucket is, and the audit. In the same process, or over the private API: [`Remote`](crate::Remote).
pub trait Authority: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> SystemTime;

    /// A new request id, such as `4442587FB7D0A2F9`.
    fn request_id(&self) -> String;

    /// The caller behind an access key, with the derived key of that day and region for the service `s3`.
    fn caller<'a>(&'a self, asked: KeyRequest<'a>) -> Pending<'a, Result<Arc<Caller>, NoCaller>>;

    /// The bucket of that name, of whichever account.
    fn bucket<'a>(&'a self, name: &'a str) -> Pending<'a, Result<Option<Arc<Bucket>>, Unavailable>>;

    /// All buckets of an account, ordered by name.
    fn buckets<'a>(&'a self, account: &'a str) -> Pending<'a, Result<Vec<Arc<Bucket>>, Unavailable>>;

    /// Creates a bucket, unless the name is taken (by whom tells the bucket in the error), and gives its record with a
    /// fresh incarnation. The gateway then creates the upstream bucket.
    fn create_bucket<'a>(&'a self, new: NewBucket<'a>) -> Pending<'a, Result<Arc<Bucket>, Change>>;

    /// Forgets a bucket, if it is still that incarnation.
    fn delete_bucket<'a>(&'a self, bucket: &'a Bucket, by: &'a By<'a>) -> Pending<'a, Result<(), Change>>;

    /// Sets or removes a bucket's policy, if it is still that incarnation. The text was validated.
    fn set_policy<'a>(
        &'a self,
        bucket: &'a Bucket,
        policy: Option<String>,
        by: &'a By<'a>,
    ) -> Pending<'a, Result<(), Change>>;

    /// Sets a bucket's tags (none removes them), if it is still that incarnation.
    fn set_tags<'a>(
        &'a self,
        bucket: &'a Bucket,
        tags: Vec<(String, String)>,
        by: &'a By<'a>,
    ) -> Pending<'a, Result<(), Change>>;

    /// Writes down a decision. The gateway answers only once this returned, and refuses if it fails.
    fn record<'a>(&'a self, decision: &'a Decided) -> Pending<'a, Result<(), Unavailable>>;
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct ConnInfo {
    /// The other end of the socket.
    pub peer: SocketAddr,
    /// The TLS version as in `s3:TlsVersion`, such as `1.3`; none over plain http.
    pub tls: Option<&'static str>,
}

/// Whose key is asked for.
#[derive(Debug, Clone, Copy)]
pub struct KeyRequest<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// The session token of temporary credentials.
    pub session_token: Option<&'a str>,
    /// The scope's date, `20261125`.
    pub date: &'a str,
    /// The scope's region.
    pub region: &'a str,
    /// What was presented: a signature that nobody has verified yet.
    pub presented: &'a Presented,
    /// What the signature must be over.
    pub covered: &'a RequestParts<'a>,
}

/// Why there is no caller behind an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCaller {
    /// No such key, an inactive one, or one whose user or role is gone: 403 `InvalidAccessKeyId`.
    UnknownKey,
    /// The token is not this key's, or none where one is needed: 400 `InvalidToken`.
    InvalidToken,
    /// The session is over or was revoked: 400 `ExpiredToken`.
    Expired,
    /// The request was not signed with this key: 403 `SignatureDoesNotMatch`.
    Mismatch,
    /// The scope is of another region than this one, the only one that keys are told for: 400
    /// `AuthorizationHeaderMalformed`.
    Region(String),
    /// It cannot be told now: 503.
    Unavailable(String),
}

/// A caller and all that binds them.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who it is, for policies. [`Principal::arn`] is what denials print.
    pub principal: Principal,
    /// The access key id, for the audit.
    pub access_key_id: String,
    /// The key that their signature must verify with: of that day and region, and of the service `s3`.
    pub key: SigningKey,
    /// The keys that come with the caller: `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`,
    /// `aws:userid`, `aws:username`, `aws:PrincipalTag/…`, `aws:TokenIssueTime`, `aws:MultiFactorAuthPresent`, ….
    pub context: Context,
    /// When they showed the second factor that their session stands for, in seconds; `aws:MultiFactorAuthAge` goes by it.
    pub factor_shown: Option<i64>,
    /// Identity-based policies.
    pub identity: Vec<Compiled>,
    /// The permissions boundary.
    pub boundary: Option<Compiled>,
    /// Session policies; none where the session was issued without.
    pub session: Option<Vec<Compiled>>,
}

/// What the control plane knows of a bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The account that owns it.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The name of this incarnation in the store: never used again after the bucket is deleted (threat 6).
    pub upstream: String,
    /// When it was created.
    pub created: SystemTime,
    /// The policy's text as it was put, and compiled.
    pub policy: Option<(String, Compiled)>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// What a boundary of these policies comes to: where its policy is gone, what allows nothing.
pub fn bounding(boundary: Vec<Compiled>) -> Option<Compiled> {
    boundary.into_iter().next().or_else(|| {
        let policy = Policy::parse(r#"{"Version":"2012-10-17","Statement":[]}"#).ok()?;
        Some(Compiled::new(&policy))
    })
}

/// Whether a request's signature is over its body by the body's hash: what was signed without could have got another body on
/// its way.
pub fn signs_body(headers: &HeaderMap, body: &Bytes) -> bool {
    let payload = headers.get("x-amz-content-sha256");
    let payload = payload.and_then(|value| value.to_str().ok()).and_then(Payload::parse);
    body.is_empty() || matches!(payload, Some(Payload::Hash(_)))
}

/// A bucket to create.
#[derive(Debug, Clone)]
pub struct NewBucket<'a> {
    /// Its name, of legal form.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// For whom: the bucket belongs to their account.
    pub by: By<'a>,
}

/// On whose behalf something changes, and the request that says so.
#[derive(Debug, Clone)]
pub struct By<'a> {
    /// The caller.
    pub principal: Principal,
    /// Their access key id; empty for anonymous callers.
    pub access_key_id: String,
    /// The request's id.
    pub request_id: String,
    /// The bucket's name in it.
    pub bucket: &'a str,
    /// The request as it came.
    pub head: &'a Parts,
    /// Its body.
    pub body: Bytes,
    /// Where it came from.
    pub connection: ConnInfo,
}

/// Why a bucket was not changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// The name is taken by this bucket.
    Taken(Arc<Bucket>),
    /// The bucket is gone, or was created anew since.
    Gone,
    /// The account has as many buckets as it may.
    TooMany,
    /// Somebody else changes it at this moment: 409 `OperationAborted`.
    Conflict,
    /// Who owns the buckets refuses it in these words.
    Refused(Fault),
    /// It cannot be done now.
    Unavailable(String),
}

/// A decision, for the audit.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The request's id, which the answer carries.
    pub request_id: String,
    /// When.
    pub at: SystemTime,
    /// Who; anonymous without a signature.
    pub principal: Principal,
    /// Their access key id; empty for anonymous callers.
    pub access_key_id: String,
    /// The S3 operation.
    pub operation: &'static str,
    /// The IAM action.
    pub action: String,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// The account that owns the resource; empty if there is no such bucket.
    pub account: String,
    /// The socket's other end.
    pub peer: SocketAddr,
    /// The `User-Agent` header as it came: not to be printed unescaped.
    pub user_agent: Option<String>,
    /// The decision.
    pub decision: Decision,
    /// Why not, if it was refused.
    pub explanation: Option<Explanation>,
    /// The question as it was put to the policies, with its whole context.
    pub question: Request,
}
