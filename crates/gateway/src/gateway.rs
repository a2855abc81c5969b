//! The life of a request: recognise, verify, decide, forward.

use std::{sync::Arc, time::Duration};

use aws_lc_rs::digest::{self, SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use rolecall_checksum::{Algorithm, Md5};
use rolecall_policy::Context;
use rolecall_wire::sigv4::Payload;

use crate::{
    Body, BodyError, Upstream,
    authority::{Authority, Bucket, By, ConnInfo, Decided},
    body::{Announces, Check, Checked, Hashed, Outcome, Progress, Unsigned},
    control, decide,
    decide::{Asker, Question, Ruling},
    document,
    fault::Fault,
    forward::{self, Content},
    operation::{Answer, Control, Resource},
    recognise::{S3Request, recognise},
    verify::{Verified, verify},
    xml,
};

/// How a gateway behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// The domain behind which hosts name buckets, as in `BUCKET.s3.example.org`; path style always works.
    pub virtual_host_suffix: Option<String>,
    /// The region of the endpoint, for anonymous callers and buckets created without one.
    pub region: String,
    /// How long a presigned URL may live (threat 3).
    pub longest_presigned: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            virtual_host_suffix: None,
            region: "us-east-2".to_owned(),
            longest_presigned: Duration::from_hours(12),
        }
    }
}

/// An enforcement point before one store.
pub struct Gateway {
    pub(crate) config: Config,
    pub(crate) authority: Arc<dyn Authority>,
    pub(crate) upstream: Arc<dyn Upstream>,
}

/// Bodies that are read whole: tags, policies, settings.
const SMALL: usize = 64 * 1024;
/// The list of a `DeleteObjects`: a thousand keys, encoded.
const LIST: usize = 8 * 1024 * 1024;
/// An upstream answer that names the bucket and is read whole for it: a thousand keys with all that is said of each.
const ANSWER: usize = 32 * 1024 * 1024;
/// The largest object of one upload (S3 User Guide: Amazon S3 multipart upload limits).
const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// Everything known of a request while it is answered.
pub(crate) struct Scene<'a> {
    pub(crate) id: &'a str,
    pub(crate) head: &'a Parts,
    pub(crate) request: S3Request,
    pub(crate) asker: Asker,
    pub(crate) bucket: Option<Arc<Bucket>>,
    pub(crate) source: Option<Arc<Bucket>>,
    pub(crate) context: Context,
    pub(crate) connection: ConnInfo,
    pub(crate) user_agent: Option<String>,
    /// The scope's region, or the endpoint's.
    pub(crate) region: String,
}

impl Scene<'_> {
    pub(crate) fn by(&self, body: &Bytes) -> By<'_> {
        By {
            principal: self.asker.principal(),
            access_key_id: self.asker.access_key_id(),
            request_id: self.id.to_owned(),
            bucket: self.request.bucket.as_deref().unwrap_or_default(),
            head: self.head,
            body: body.clone(),
            connection: self.connection,
        }
    }

    pub(crate) fn bucket(&self) -> Result<&Arc<Bucket>, Fault> {
        self.bucket
            .as_ref()
            .ok_or_else(|| Fault::no_such_bucket(self.request.bucket.as_deref().unwrap_or_default()))
    }
}

impl Gateway {
    /// A gateway before `upstream`.
    pub fn new(config: Config, authority: Arc<dyn Authority>, upstream: Arc<dyn Upstream>) -> Self {
        Self {
            config,
            authority,
            upstream,
        }
    }

    /// Answers a request.
    pub async fn handle<B>(&self, request: Request<B>, connection: ConnInfo) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let id = self.authority.request_id();
        let host_id = STANDARD.encode(digest::digest(&SHA256, id.as_bytes()));
        let (parts, body) = request.into_parts();
        let head = parts.method == Method::HEAD;
        let path = parts.uri.path().to_owned();
        let mut response = match self.answer(&id, parts, body, connection).await {
            Ok(response) => response,
            Err(fault) => {
                metrics::counter!("rolecall_gateway_faults_total", "code" => fault.code.clone()).increment(1);
                fault.response(&id, &host_id, &path, head)
            }
        };
        let headers = response.headers_mut();
        for (name, value) in [("x-amz-request-id", &id), ("x-amz-id-2", &host_id)] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        headers.insert(header::SERVER, HeaderValue::from_static("AmazonS3"));
        response
    }

    #[expect(
        clippy::too_many_lines,
        reason = "the steps of a request, in their order, in one place"
    )]
    async fn answer<B>(&self, id: &str, parts: Parts, body: B, connection: ConnInfo) -> Result<Response<Body>, Fault>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let (request, credentials) = recognise(&parts, self.config.virtual_host_suffix.as_deref())?;
        metrics::counter!("rolecall_gateway_requests_total", "operation" => request.operation.name()).increment(1);
        let verified = verify(
            &parts,
            credentials,
            self.authority.as_ref(),
            self.config.longest_presigned,
        )
        .await?;
        let region = verified.region.clone().unwrap_or_else(|| self.config.region.clone());
        let context = decide::context(
            &request,
            &parts.headers,
            &connection,
            &verified.asker,
            &region,
            self.authority.now(),
        );
        let user_agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let mut scene = Scene {
            id,
            head: &parts,
            bucket: self.bucket_of(&request).await?,
            source: None,
            request,
            asker: verified.asker.clone(),
            context,
            connection,
            user_agent,
            region,
        };
        if let Some(copy) = &scene.request.copy_source {
            let source = self
                .find(&copy.bucket)
                .await?
                .ok_or_else(|| Fault::no_such_bucket(&copy.bucket))?;
            scene.source = Some(source);
        }
        owners(&scene)?;
        let body = Incoming::new(&parts, body, &verified, &scene.request)?;
        let row = scene.request.operation.row();
        match row.answer {
            Answer::Later => {
                self.authorize(&scene).await?;
                Err(Fault::not_implemented(format!("{} is not implemented", row.name)))
            }
            Answer::Control(operation) => {
                // What the body says takes no part in these decisions, so it is read only for who may.
                self.authorize(&scene).await?;
                acls(&scene)?;
                let takes_body = matches!(
                    operation,
                    Control::CreateBucket | Control::PutBucketPolicy | Control::PutBucketTagging
                );
                let text = if takes_body {
                    body.collect(&parts, SMALL).await?
                } else {
                    Bytes::new()
                };
                control::answer(self, operation, &scene, &text).await
            }
            Answer::Forward if row.name == "DeleteObjects" => {
                let text = body.collect(&parts, LIST).await?;
                self.delete_objects(&scene, &text).await
            }
            Answer::Forward if row.name == "PutObjectTagging" => {
                let text = body.collect(&parts, SMALL).await?;
                let tags = document::read_tags(&text, 10)?;
                decide::object_tags(&mut scene.context, &tags);
                self.authorize(&scene).await?;
                let text = document::write_tags(&tags);
                without_integrity(&mut scene.request.headers);
                content_md5(&mut scene.request.headers, &text);
                self.forward(&scene, Content::whole(text), None).await
            }
            Answer::Forward => {
                self.authorize(&scene).await?;
                acls(&scene)?;
                let takes_body = row.method == Method::PUT || row.method == Method::POST;
                if !takes_body || scene.request.copy_source.is_some() || row.name == "CreateMultipartUpload" {
                    return self.forward(&scene, Content::whole(""), None).await;
                }
                let length = body.length;
                if length.is_none() && matches!(row.name, "PutObject" | "UploadPart") {
                    return Err(Fault::new(
                        StatusCode::LENGTH_REQUIRED,
                        "MissingContentLength",
                        "You must provide the Content-Length HTTP header.",
                    ));
                }
                if length.is_some_and(|length| length > LARGEST) {
                    return Err(Fault::bad(
                        "EntityTooLarge",
                        "Your proposed upload exceeds the maximum allowed size",
                    )
                    .with("ProposedSize", length.unwrap_or_default().to_string())
                    .with("MaxSizeAllowed", LARGEST.to_string()));
                }
                let (checked, outcome) = body.checked;
                let sent = Content {
                    length,
                    trailer: body.trailer,
                    body: checked.into_body(length).await?,
                };
                self.forward(&scene, sent, Some(outcome)).await
            }
        }
    }

    async fn bucket_of(&self, request: &S3Request) -> Result<Option<Arc<Bucket>>, Fault> {
        let Some(name) = &request.bucket else { return Ok(None) };
        if request.operation.row().answer == Answer::Control(Control::CreateBucket) {
            return Ok(None);
        }
        self.find(name)
            .await?
            .ok_or_else(|| Fault::no_such_bucket(name))
            .map(Some)
    }

    async fn find(&self, name: &str) -> Result<Option<Arc<Bucket>>, Fault> {
        self.authority.bucket(name).await.map_err(|error| {
            tracing::error!(%error, "no bucket can be looked up");
            Fault::unavailable()
        })
    }

    /// Decides every action that the request needs, and writes each decision down. The first refusal ends it.
    async fn authorize(&self, scene: &Scene<'_>) -> Result<(), Fault> {
        let needed: Vec<_> = decide::needed(&scene.request).collect();
        for access in needed {
            if let Some(question) =
                decide::question(access, &scene.request, scene.bucket.as_ref(), scene.source.as_ref())
            {
                let ruling = self.rule(scene, &question).await?;
                if !ruling.allowed() {
                    return Err(Fault::denied(decide::denial(&question, &scene.asker, &ruling)));
                }
            }
        }
        Ok(())
    }

    /// Decides one question and writes the decision down.
    pub(crate) async fn rule(&self, scene: &Scene<'_>, question: &Question) -> Result<Ruling, Fault> {
        let tags = match (&question.bucket, &question.key) {
            (Some(bucket), Some(key)) if decide::asks_for_object_tags(question, &scene.asker) => {
                Some(self.object_tags(bucket, key, question.version.as_deref()).await?)
            }
            _ => None,
        };
        let context = decide::narrow(&scene.context, question, tags.as_deref());
        let account = scene.asker.principal().account().to_owned();
        let ruling = decide::rule(question, &scene.asker, &account, context);
        let decided = Decided {
            request_id: scene.id.to_owned(),
            at: self.authority.now(),
            principal: scene.asker.principal(),
            access_key_id: scene.asker.access_key_id(),
            operation: scene.request.operation.name(),
            action: question.action.to_owned(),
            resource: question.resource.clone(),
            account: ruling.request.resource_account().to_owned(),
            peer: scene.connection.peer,
            user_agent: scene.user_agent.clone(),
            decision: ruling.decision,
            explanation: ruling.explanation.clone(),
            question: ruling.request.clone(),
        };
        self.authority.record(&decided).await.map_err(|error| {
            tracing::error!(%error, "a decision cannot be written down, so nothing is allowed");
            Fault::unavailable()
        })?;
        let outcome = if ruling.allowed() { "allowed" } else { "denied" };
        metrics::counter!("rolecall_gateway_decisions_total", "outcome" => outcome).increment(1);
        Ok(ruling)
    }

    /// The tags that an object has now; none if there is no object.
    async fn object_tags(
        &self,
        bucket: &Bucket,
        key: &str,
        version: Option<&str>,
    ) -> Result<Vec<(String, String)>, Fault> {
        let mut query = vec![("tagging".to_owned(), String::new())];
        query.extend(version.map(|version| ("versionId".to_owned(), version.to_owned())));
        let mut request = Request::new(crate::fault::full(""));
        *request.uri_mut() = forward::uri(&bucket.upstream, Some(key), &query)?;
        let response = self.upstream.call(request).await;
        match response.status() {
            StatusCode::OK => {
                let text = whole(response.into_body()).await?;
                document::read_tags(&text, 50).map_err(|_| Fault::internal())
            }
            StatusCode::NOT_FOUND => Ok(Vec::new()),
            // Unknown tags might be those that a Deny is about.
            _ => Err(Fault::unavailable()),
        }
    }

    async fn delete_objects(&self, scene: &Scene<'_>, text: &[u8]) -> Result<Response<Body>, Fault> {
        let list = document::read_delete(text)?;
        let bucket = scene.bucket()?;
        let mut allowed = Vec::new();
        let mut refused = Vec::new();
        for object in list.objects {
            let mut denial = None;
            let needed: Vec<_> = decide::needed(&scene.request)
                .filter(|access| access.on == Resource::EachKey)
                .collect();
            for access in needed {
                let question = Question {
                    action: match (&object.version, access.versioned) {
                        (Some(_), Some(versioned)) => versioned,
                        _ => access.action,
                    },
                    resource: decide::arn(&bucket.name, Some(&object.key)),
                    bucket: Some(Arc::clone(bucket)),
                    key: Some(object.key.clone()),
                    version: object.version.clone(),
                };
                let ruling = self.rule(scene, &question).await?;
                if !ruling.allowed() {
                    denial = Some(decide::denial(&question, &scene.asker, &ruling));
                    break;
                }
            }
            match denial {
                Some(message) => refused.push((object, message)),
                None => allowed.push(object),
            }
        }
        if !self.upstream.keeps_dot_segments() && allowed.iter().any(|object| forward::has_dot_segments(&object.key)) {
            return Err(Fault::bad("InvalidURI", "Couldn't parse the specified URI."));
        }
        let mut result = Vec::new();
        if !allowed.is_empty() {
            let text = document::write_delete(&allowed, list.quiet);
            let mut request = scene.request.clone();
            without_integrity(&mut request.headers);
            content_md5(&mut request.headers, &text);
            let upstream = forward::build(&request, &bucket.upstream, None, Content::whole(text))?;
            let response = self.upstream.call(upstream).await;
            if !response.status().is_success() {
                return Err(self.upstream_fault(scene, response).await);
            }
            let answer = whole(response.into_body()).await?;
            result = xml::parse(&answer).map_err(|_| Fault::internal())?.children;
        }
        Ok(crate::fault::respond(
            StatusCode::OK,
            document::write_deleted(&result, &refused),
        ))
    }

    async fn forward(
        &self,
        scene: &Scene<'_>,
        content: Content,
        outcome: Option<Outcome>,
    ) -> Result<Response<Body>, Fault> {
        let bucket = scene.bucket()?;
        let keys = scene
            .request
            .key
            .iter()
            .chain(scene.request.copy_source.iter().map(|copy| &copy.key));
        if !self.upstream.keeps_dot_segments() && keys.into_iter().any(|key| forward::has_dot_segments(key)) {
            return Err(Fault::bad("InvalidURI", "Couldn't parse the specified URI."));
        }
        let source = scene.source.as_ref().map(|bucket| bucket.upstream.as_str());
        let request = forward::build(&scene.request, &bucket.upstream, source, content)?;
        let response = self.upstream.call(request).await;
        match outcome.map(|outcome| outcome.get()) {
            Some(Progress::Failed(fault)) => return Err(fault),
            Some(Progress::Open) if response.status().is_success() => {
                tracing::error!(
                    operation = scene.request.operation.name(),
                    "the store took a body that was not verified"
                );
                return Err(Fault::internal());
            }
            _ => {}
        }
        if response.status() == StatusCode::NOT_FOUND {
            self.missing(scene).await?;
        }
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            if scene.request.operation.row().method == Method::HEAD {
                return Ok(without_hops(response));
            }
            return Err(self.upstream_fault(scene, response).await);
        }
        if names_the_bucket(scene.request.operation.name()) {
            return renamed(scene, bucket, response).await;
        }
        Ok(without_hops(response))
    }

    /// Who may not list a bucket does not learn which keys it lacks ("`GetObject`: Permissions", Amazon S3 API Reference).
    async fn missing(&self, scene: &Scene<'_>) -> Result<(), Fault> {
        let read = match scene.request.operation.name() {
            "GetObject"
            | "HeadObject"
            | "GetObjectTagging"
            | "PutObjectTagging"
            | "DeleteObjectTagging"
            | "GetObjectAttributes" => &scene.bucket,
            "CopyObject" | "UploadPartCopy" => &scene.source,
            _ => return Ok(()),
        };
        let Some(bucket) = read else { return Ok(()) };
        let question = Question {
            action: "s3:ListBucket",
            resource: decide::arn(&bucket.name, None),
            bucket: Some(Arc::clone(bucket)),
            key: None,
            version: None,
        };
        let ruling = self.rule(scene, &question).await?;
        if ruling.allowed() {
            return Ok(());
        }
        Err(Fault::denied(decide::denial(&question, &scene.asker, &ruling)))
    }

    /// The store's error, said as ours: what it says of its own buckets and requests stays here.
    async fn upstream_fault(&self, scene: &Scene<'_>, response: Response<Body>) -> Fault {
        let status = response.status();
        let text = whole(response.into_body()).await.unwrap_or_default();
        let Ok(error) = xml::parse(&text) else {
            tracing::error!(%status, "the store answered an error without a document");
            return if status.is_server_error() {
                Fault::unavailable()
            } else {
                Fault::new(status, status_code(status), "")
            };
        };
        let code = error
            .child("Code")
            .map_or("InternalError", |code| code.text.as_str())
            .to_owned();
        if code == "NoSuchBucket" {
            // The map has the bucket and the store does not: a creation broke off in between. It is made up for, and the
            // client asks again.
            if let Some(bucket) = &scene.bucket {
                tracing::warn!(bucket = %bucket.name, "the store lacks a bucket of the map; creating it");
                let _created = control::create_upstream(self, bucket).await;
            }
            return Fault::unavailable();
        }
        if ABOUT_OUR_CREDENTIALS.contains(&code.as_str()) {
            // The client was allowed, here. It must not be told that it was not, nor what of ours was refused.
            tracing::error!(%status, code, "the store does not accept the gateway's own credentials");
            return Fault::unavailable();
        }
        let mut fault = Fault::new(
            status,
            code,
            error.child("Message").map_or("", |message| message.text.as_str()),
        );
        for (name, known) in DETAILS.iter().filter_map(|name| Some((*name, error.child(name)?))) {
            fault = fault.with(name, known.text.as_str());
        }
        fault
    }
}

/// What a store says of the credentials that it was asked with, which are the gateway's.
const ABOUT_OUR_CREDENTIALS: &[&str] = &[
    "AccessDenied",
    "AuthorizationHeaderMalformed",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// The elements of an error that are about the client's request and not about the store.
const DETAILS: &[&str] = &[
    "Key",
    "UploadId",
    "VersionId",
    "Condition",
    "RangeRequested",
    "ActualObjectSize",
    "ArgumentName",
    "ArgumentValue",
    "ETag",
    "PartNumber",
    "MinSizeAllowed",
    "ProposedSize",
    "MaxSizeAllowed",
    "ExpectedDigest",
    "CalculatedDigest",
    "Header",
];

/// `x-amz-expected-bucket-owner` guards against a bucket that somebody else took.
fn owners(scene: &Scene<'_>) -> Result<(), Fault> {
    let pairs = [
        ("x-amz-expected-bucket-owner", &scene.bucket),
        ("x-amz-source-expected-bucket-owner", &scene.source),
    ];
    for (header, bucket) in pairs {
        if let (Some(expected), Some(bucket)) = (scene.request.headers.get(header), bucket)
            && expected.as_bytes() != bucket.account.as_bytes()
        {
            return Err(Fault::denied("Access Denied"));
        }
    }
    Ok(())
}

/// Buckets are owned as with `BucketOwnerEnforced`, AWS's default: ACLs that would grant anything are refused, and so are
/// locks, which nobody would keep.
fn acls(scene: &Scene<'_>) -> Result<(), Fault> {
    let harmless = |acl: &str| acl == "private" || acl == "bucket-owner-full-control";
    let grants = scene
        .request
        .headers
        .keys()
        .any(|name| name.as_str().starts_with("x-amz-grant-"));
    if grants
        || scene
            .request
            .headers
            .get("x-amz-acl")
            .is_some_and(|acl| !acl.to_str().is_ok_and(harmless))
    {
        return Err(Fault::bad(
            "AccessControlListNotSupported",
            "The bucket does not allow ACLs",
        ));
    }
    for name in scene.request.headers.keys() {
        let name = name.as_str();
        let disabled = scene
            .request
            .header(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("false"));
        if (name.starts_with("x-amz-object-lock-") || name == "x-amz-bucket-object-lock-enabled") && !disabled {
            return Err(Fault::not_implemented_header(name));
        }
    }
    Ok(())
}

/// A body as it came, with what it must prove.
struct Incoming {
    checked: (Checked, Outcome),
    /// How long it is once decoded.
    length: Option<u64>,
    /// The checksum that it says at its end, of an object or a part.
    trailer: Option<Algorithm>,
}

impl Incoming {
    fn new<B>(parts: &Parts, body: B, verified: &Verified, request: &S3Request) -> Result<Self, Fault>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let number = |name: &str| match parts.headers.get(name) {
            Some(value) => value
                .to_str()
                .ok()
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|text| text.parse::<u64>().ok())
                .map(Some)
                .ok_or_else(|| Fault::invalid_request(format!("{name} is not a number."))),
            None => Ok(None),
        };
        let wire = number("content-length")?;
        let decoded = number("x-amz-decoded-content-length")?;
        let payload = Payload::parse(&verified.payload).ok_or_else(Fault::internal)?;
        let mut trailer = None;
        let (check, length): (Box<dyn Check>, _) = match &payload {
            Payload::Hash(hash) => (Box::new(Hashed::new(hash)), wire),
            Payload::Unsigned => (Box::new(Unsigned), wire),
            chunked => {
                trailer = crate::chunks::trailer(chunked, &parts.headers)?;
                (crate::chunks::check(chunked, trailer, verified, decoded)?, decoded)
            }
        };
        let method = &request.operation.row().method;
        let check = if method == Method::PUT || method == Method::POST {
            let of_body = request.operation.name() != "CompleteMultipartUpload";
            Announces::wrap(check, &request.headers, of_body, trailer.is_some())?
        } else {
            check
        };
        // Nothing says how long, and the transfer is not chunked: there is no body (RFC 9112, 6.3).
        let length = length.or_else(|| (!parts.headers.contains_key(header::TRANSFER_ENCODING)).then_some(0));
        Ok(Self {
            checked: Checked::new(body, check, length),
            length,
            trailer: trailer.filter(|_| matches!(request.operation.name(), "PutObject" | "UploadPart")),
        })
    }

    async fn collect(self, _: &Parts, limit: usize) -> Result<Bytes, Fault> {
        self.checked.0.collect(limit).await
    }
}

/// An answer of the store that is looked into, up to [`ANSWER`] bytes.
async fn whole(mut body: Body) -> Result<Bytes, Fault> {
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            tracing::error!(%error, "the store's answer broke off");
            Fault::internal()
        })?;
        if let Ok(data) = frame.into_data() {
            if all.len() + data.len() > ANSWER {
                tracing::error!("the store's answer is too long to be looked into");
                return Err(Fault::internal());
            }
            all.extend_from_slice(&data);
        }
    }
    Ok(all.into())
}

fn names_the_bucket(operation: &str) -> bool {
    matches!(
        operation,
        "ListObjects"
            | "ListObjectsV2"
            | "ListObjectVersions"
            | "ListMultipartUploads"
            | "ListParts"
            | "CreateMultipartUpload"
            | "CompleteMultipartUpload"
    )
}

/// Puts the bucket's name where the store says its own.
async fn renamed(scene: &Scene<'_>, bucket: &Bucket, response: Response<Body>) -> Result<Response<Body>, Fault> {
    let (mut parts, body) = response.into_parts();
    let text = whole(body).await?;
    let text = std::str::from_utf8(&text).map_err(|_| Fault::internal())?;
    // Keys are escaped in these documents, so that no key can look like an element.
    let mut text = text.to_owned();
    for name in ["Name", "Bucket"] {
        text = text.replace(
            &format!("<{name}>{}</{name}>", bucket.upstream),
            &format!("<{name}>{}</{name}>", bucket.name),
        );
    }
    if let (Some(from), Some(to)) = (text.find("<Location>"), text.find("</Location>"))
        && from < to
    {
        let mut location = String::new();
        let uri = forward::uri(&bucket.name, scene.request.key.as_deref(), &[])?;
        xml::element(&mut location, "Location", &uri.to_string());
        text.replace_range(from..to + "</Location>".len(), &location);
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::TRANSFER_ENCODING);
    Ok(without_hops(Response::from_parts(parts, crate::fault::full(text))))
}

/// RFC 9110, 7.6.1; and what the store says of itself.
fn without_hops(mut response: Response<Body>) -> Response<Body> {
    let named: Vec<HeaderName> = response
        .headers()
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let headers = response.headers_mut();
    for name in named {
        headers.remove(name);
    }
    for name in [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "server",
        "x-amz-request-id",
        "x-amz-id-2",
        "x-amz-bucket-region",
        "x-amzn-requestid",
    ] {
        headers.remove(name);
    }
    response
}

/// A document that was built anew has a digest of its own.
fn without_integrity(headers: &mut HeaderMap) {
    let names: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            let name = name.as_str();
            name == "content-md5" || name.starts_with("x-amz-checksum-") || name == "x-amz-sdk-checksum-algorithm"
        })
        .cloned()
        .collect();
    for name in names {
        headers.remove(name);
    }
}

fn content_md5(headers: &mut HeaderMap, text: &str) {
    if let Ok(value) = HeaderValue::from_str(&Md5::header(text.as_bytes())) {
        headers.insert("content-md5", value);
    }
}

fn status_code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_MODIFIED => "NotModified",
        StatusCode::PRECONDITION_FAILED => "PreconditionFailed",
        StatusCode::NOT_FOUND => "NoSuchKey",
        StatusCode::RANGE_NOT_SATISFIABLE => "InvalidRange",
        _ => "InvalidRequest",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever serves connections moves answers between threads.
    #[expect(dead_code, reason = "that it compiles is the test")]
    fn an_answer_may_move_between_threads(
        gateway: &Gateway,
        request: Request<Body>,
        connection: ConnInfo,
    ) -> crate::Pending<'_, Response<Body>> {
        Box::pin(gateway.handle(request, connection))
    }
}
