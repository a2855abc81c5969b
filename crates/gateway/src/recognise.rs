//! From an HTTP request to the one value that is decided on and forwarded (threat 5).
//!
//! Nothing after this module looks at the request's bytes again, except the signature's check, which is over the bytes.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use percent_encoding::percent_decode_str;

use crate::{
    fault::Fault,
    operation::{MARKERS, Operation, Place},
};

/// A request that the table knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Request {
    /// What it does.
    pub operation: Operation,
    /// The bucket that it names.
    pub bucket: Option<String>,
    /// The key, decoded.
    pub key: Option<String>,
    /// `versionId`.
    pub version: Option<String>,
    /// The operation's own query parameters, decoded, in their order; markers included.
    pub query: Vec<(String, String)>,
    /// The headers that mean something to the operation, each once.
    pub headers: HeaderMap,
    /// What a copy reads.
    pub copy_source: Option<CopySource>,
    /// The tags that `x-amz-tagging` sends.
    pub tags: Vec<(String, String)>,
}

/// The object that a copy reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopySource {
    /// Its bucket.
    pub bucket: String,
    /// Its key, decoded.
    pub key: String,
    /// Its version.
    pub version: Option<String>,
}

impl S3Request {
    /// The value of a query parameter of the operation.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the request sends an ACL.
    pub fn sends_acl(&self) -> bool {
        self.headers
            .keys()
            .any(|name| name == "x-amz-acl" || name.as_str().starts_with("x-amz-grant-"))
    }

    /// Whether a copy takes the source's tags along: it does unless it is told to replace them.
    pub fn copies_tags(&self) -> bool {
        self.header("x-amz-tagging-directive")
            .is_none_or(|directive| directive == "COPY")
    }
}

/// How the request says who it is from, before anything is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// It does not.
    Anonymous,
    /// In the `Authorization` header.
    Header,
    /// In the query.
    Presigned,
}

const AUTH_PARAMETERS: &[&str] = &[
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-signedheaders",
    "x-amz-signature",
    "x-amz-security-token",
    "x-amz-content-sha256",
];

/// Headers that are read by the gateway alone.
const CONSUMED: &[&str] = &[
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-security-token",
    "x-amz-te",
    "x-amz-trailer",
    "x-amz-user-agent",
];

/// Headers that mean something to S3. An `x-amz-*` header that is in neither list is refused: whatever it asks for would
/// not happen.
const KNOWN: &[&str] = &[
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-md5",
    "content-type",
    "expires",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "range",
    "x-amz-acl",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-bypass-governance-retention",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-mode",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
    "x-amz-checksum-type",
    "x-amz-confirm-remove-self-bucket-access",
    "x-amz-copy-source",
    "x-amz-copy-source-if-match",
    "x-amz-copy-source-if-modified-since",
    "x-amz-copy-source-if-none-match",
    "x-amz-copy-source-if-unmodified-since",
    "x-amz-copy-source-range",
    "x-amz-expected-bucket-owner",
    "x-amz-max-parts",
    "x-amz-metadata-directive",
    "x-amz-mp-object-size",
    "x-amz-object-attributes",
    "x-amz-object-lock-legal-hold",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-ownership",
    "x-amz-part-number-marker",
    "x-amz-request-payer",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-server-side-encryption-context",
    "x-amz-source-expected-bucket-owner",
    "x-amz-storage-class",
    "x-amz-tagging",
    "x-amz-tagging-directive",
];

/// Parses a request. `suffix` is the domain behind which a host names a bucket (`BUCKET.suffix`).
pub fn recognise(parts: &Parts, suffix: Option<&str>) -> Result<(S3Request, Credentials), Fault> {
    one_length(&parts.headers)?;
    let pairs = query_pairs(parts.uri.query().unwrap_or_default())?;
    let credentials = credentials(&parts.headers, &pairs)?;
    let (bucket, key) = address(parts, suffix)?;
    let mut headers = known_headers(&parts.headers)?;

    let mut markers = Vec::new();
    let mut query = Vec::new();
    for (name, value) in pairs {
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("x-amz-") {
            if credentials != Credentials::Presigned {
                return Err(unknown_parameter(&name, &value));
            }
            if !AUTH_PARAMETERS.contains(&lower.as_str()) {
                hoisted(&mut headers, &lower, &value)?;
            }
        } else if MARKERS.contains(&name.as_str()) {
            markers.push(name.clone());
            query.push((name, value));
        } else if !lower.starts_with("x-") {
            // `x-id` names the operation for people who read logs; others that start with `x-` are the client's own
            // ("Custom query parameters", S3 User Guide: server access logs). Neither is passed on.
            query.push((name, value));
        }
    }

    let place = match (&bucket, &key) {
        (None, _) => Place::Service,
        (Some(_), None) => Place::Bucket,
        (Some(_), Some(_)) => Place::Object,
    };
    let marked: Vec<&str> = markers.iter().map(String::as_str).collect();
    let operation = Operation::find(&parts.method, place, &marked, |name| headers.contains_key(name))
        .ok_or_else(|| unknown_operation(&parts.method))?;
    check_query(operation, &query)?;
    if operation.name() == "GetObject" || operation.name() == "HeadObject" {
        responses_need_a_signature(&query, credentials)?;
    }

    let copy_source = match headers.remove("x-amz-copy-source") {
        Some(value) if operation.row().header == Some("x-amz-copy-source") => Some(copy_source(&value)?),
        Some(_) => return Err(Fault::not_implemented_header("x-amz-copy-source")),
        None => None,
    };
    let tags = match headers.get("x-amz-tagging") {
        Some(value) => header_tags(value)?,
        None => Vec::new(),
    };
    if let Some(directive) = headers.get("x-amz-tagging-directive")
        && directive != "COPY"
        && directive != "REPLACE"
    {
        return Err(Fault::bad("InvalidArgument", "Unknown tagging directive."));
    }
    let version = query
        .iter()
        .find(|(name, _)| name == "versionId")
        .map(|(_, value)| value.clone());
    let request = S3Request {
        operation,
        bucket,
        key,
        version,
        query,
        headers,
        copy_source,
        tags,
    };
    Ok((request, credentials))
}

/// RFC 9112, 6.3: a message with both is an attempt at smuggling; so is a length said twice.
fn one_length(headers: &HeaderMap) -> Result<(), Fault> {
    let lengths = headers.get_all(header::CONTENT_LENGTH).iter().count();
    let codings = headers.get_all(header::TRANSFER_ENCODING).iter().count();
    if lengths + codings > 1 {
        return Err(Fault::invalid_request("The request has more than one body length."));
    }
    Ok(())
}

fn query_pairs(query: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode_form(name)?, decode_form(value)?);
        // Whichever of the two one of us took, the other might take the other.
        if pairs.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            return Err(Fault::invalid_argument(
                "Query parameters must not be repeated.",
                &name,
                &value,
            ));
        }
        if pairs.len() >= 100 {
            return Err(Fault::invalid_request("The request has too many query parameters."));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn credentials(headers: &HeaderMap, pairs: &[(String, String)]) -> Result<Credentials, Fault> {
    let has = |name: &str| pairs.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let in_header = headers.get(header::AUTHORIZATION);
    let in_query = has("X-Amz-Algorithm") || has("X-Amz-Signature") || has("X-Amz-Credential");
    let old = has("AWSAccessKeyId") || in_header.is_some_and(|value| value.as_bytes().starts_with(b"AWS "));
    if headers.get_all(header::AUTHORIZATION).iter().count() + usize::from(in_query || has("AWSAccessKeyId")) > 1 {
        return Err(Fault::bad(
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
             parameter or the Authorization header should be specified",
        ));
    }
    if old {
        // Signature version 2, as regions opened after 2013 answer it.
        return Err(Fault::invalid_request(
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
        ));
    }
    Ok(match (in_header, in_query) {
        (Some(_), _) => Credentials::Header,
        (None, true) => Credentials::Presigned,
        (None, false) => Credentials::Anonymous,
    })
}

fn address(parts: &Parts, suffix: Option<&str>) -> Result<(Option<String>, Option<String>), Fault> {
    let uri = || Fault::bad("InvalidURI", "Couldn't parse the specified URI.");
    let path = parts.uri.path().strip_prefix('/').ok_or_else(uri)?;
    let (bucket, key) = if let Some(bucket) = virtual_bucket(parts, suffix) {
        (bucket, path)
    } else {
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        (bucket.to_owned(), key)
    };
    if bucket.is_empty() {
        // `//key` names an object in no bucket.
        return if key.is_empty() { Ok((None, None)) } else { Err(uri()) };
    }
    // Bucket names need no encoding; an encoded one is somebody's trick.
    if bucket.len() > 255
        || !bucket
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        || bucket == "."
        || bucket == ".."
    {
        return Err(Fault::bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", bucket));
    }
    if key.is_empty() {
        return Ok((Some(bucket), None));
    }
    let decoded = object_key(key).ok_or_else(uri)?;
    if decoded.len() > 1024 {
        return Err(Fault::bad("KeyTooLongError", "Your key is too long")
            .with("Size", decoded.len().to_string())
            .with("MaxSizeAllowed", "1024"));
    }
    Ok((Some(bucket), Some(decoded)))
}

fn virtual_bucket(parts: &Parts, suffix: Option<&str>) -> Option<String> {
    let host = if let Some(authority) = parts.uri.authority() {
        authority.host().to_owned()
    } else {
        let host = parts.headers.get(header::HOST)?.to_str().ok()?;
        host.parse::<http::uri::Authority>().ok()?.host().to_owned()
    };
    let bucket = host.strip_suffix(suffix?)?.strip_suffix('.')?;
    (!bucket.is_empty()).then(|| bucket.to_owned())
}

/// A key from a path or a copy source. Dot segments are legal in keys when they are written as such: every client sends
/// them so. An encoded one (`%2e%2e`, `..%2f`) is meant to be seen differently by two readers, and refused.
fn object_key(raw: &str) -> Option<String> {
    let key = percent_decode_str(raw).decode_utf8().ok()?.into_owned();
    let broken = raw.as_bytes().iter().enumerate().any(|(at, byte)| {
        *byte == b'%'
            && !raw
                .as_bytes()
                .get(at + 1..at + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    });
    let dots = |text: &str| text.split('/').filter(|part| *part == "." || *part == "..").count();
    (!broken && !key.contains('\0') && dots(&key) == dots(raw)).then_some(key)
}

/// Form decoding, as S3 reads queries: `+` is a space.
fn decode_form(text: &str) -> Result<String, Fault> {
    percent_decode_str(&text.replace('+', "%20"))
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Fault::bad("InvalidURI", "Couldn't parse the specified URI."))
}

fn known_headers(from: &HeaderMap) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    for name in from.keys() {
        let text = name.as_str();
        let ours = text.starts_with("x-amz-");
        if !is_known(text) {
            if ours && !CONSUMED.contains(&text) {
                return Err(Fault::not_implemented_header(text));
            }
            if ours {
                only_one(from, name)?;
            }
            continue;
        }
        let value = only_one(from, name)?;
        // The signature is over text: other bytes could be exchanged for each other under it.
        if ours && std::str::from_utf8(value.as_bytes()).is_err() {
            return Err(Fault::invalid_request(format!("The header {text} is not UTF-8.")));
        }
        if text == "content-encoding" {
            if let Some(value) = without_aws_chunked(value)? {
                headers.insert(name.clone(), value);
            }
            continue;
        }
        headers.insert(name.clone(), value.clone());
    }
    Ok(headers)
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || name.starts_with("x-amz-meta-") || name.starts_with("x-amz-grant-")
}

fn only_one<'a>(from: &'a HeaderMap, name: &HeaderName) -> Result<&'a HeaderValue, Fault> {
    let mut values = from.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(Fault::invalid_request(format!(
            "The header {name} must not be repeated."
        ))),
    }
}

/// `aws-chunked` is about the transfer and not the object ("Content-Encoding", `PutObject`).
fn without_aws_chunked(value: &HeaderValue) -> Result<Option<HeaderValue>, Fault> {
    let text = value
        .to_str()
        .map_err(|_| Fault::invalid_request("Content-Encoding is not text."))?;
    let rest: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && *coding != "aws-chunked")
        .collect();
    if rest.is_empty() {
        return Ok(None);
    }
    HeaderValue::from_str(&rest.join(","))
        .map(Some)
        .map_err(|_| Fault::internal())
}

/// A presigned URL carries headers as parameters where its maker chose so; they are signed with the query.
fn hoisted(headers: &mut HeaderMap, lower: &str, value: &str) -> Result<(), Fault> {
    if CONSUMED.contains(&lower) {
        return Ok(());
    }
    if !is_known(lower) {
        return Err(Fault::not_implemented_header(lower));
    }
    let name = HeaderName::from_bytes(lower.as_bytes()).map_err(|_| unknown_parameter(lower, value))?;
    let value_of = HeaderValue::from_str(value).map_err(|_| unknown_parameter(lower, value))?;
    if headers.insert(name, value_of).is_some() {
        return Err(Fault::invalid_request(format!(
            "{lower} is both in the query and in the headers."
        )));
    }
    Ok(())
}

fn unknown_parameter(name: &str, value: &str) -> Fault {
    Fault::invalid_argument(
        format!("The query parameter {name} is not supported here."),
        name,
        value,
    )
}

fn unknown_operation(method: &Method) -> Fault {
    Fault::new(
        http::StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    )
    .with("Method", method.as_str())
}

fn check_query(operation: Operation, query: &[(String, String)]) -> Result<(), Fault> {
    let row = operation.row();
    for (name, value) in query {
        let known = row.markers.contains(&name.as_str()) || row.parameters.contains(&name.as_str());
        if !known {
            return Err(unknown_parameter(name, value));
        }
        let number = |most: u32| value.parse::<u32>().is_ok_and(|n| n <= most);
        let good = match name.as_str() {
            "list-type" => value == "2",
            "partNumber" => number(10_000) && value != "0",
            "max-keys" | "max-uploads" | "max-parts" | "max-buckets" => number(u32::MAX >> 1),
            "uploadId" | "versionId" => !value.is_empty(),
            "encoding-type" => value == "url",
            "fetch-owner" => value == "true" || value == "false",
            _ => true,
        };
        if !good {
            let message = match name.as_str() {
                "partNumber" => "Part number must be an integer between 1 and 10000, inclusive".to_owned(),
                "versionId" => "Version id cannot be the empty string".to_owned(),
                "encoding-type" => "Invalid Encoding Method specified in Request".to_owned(),
                _ => format!("Provided {name} not an integer or within integer range"),
            };
            return Err(Fault::invalid_argument(message, name, value));
        }
    }
    Ok(())
}

fn responses_need_a_signature(query: &[(String, String)], credentials: Credentials) -> Result<(), Fault> {
    let overrides = query.iter().any(|(name, _)| name.starts_with("response-"));
    if overrides && credentials == Credentials::Anonymous {
        return Err(Fault::invalid_request(
            "Request specific response headers cannot be used for anonymous GET requests.",
        ));
    }
    Ok(())
}

fn copy_source(value: &HeaderValue) -> Result<CopySource, Fault> {
    let wrong = || {
        Fault::bad(
            "InvalidArgument",
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
        )
        .with("ArgumentName", "x-amz-copy-source")
    };
    // Clients that do not encode send bytes; S3 reads `+` as a space here too.
    let raw = std::str::from_utf8(value.as_bytes())
        .map_err(|_| wrong())?
        .replace('+', "%20");
    let (path, version) = match raw.split_once("?versionId=") {
        Some((path, version)) if !version.is_empty() => (
            path,
            Some(
                percent_decode_str(version)
                    .decode_utf8()
                    .map_err(|_| wrong())?
                    .into_owned(),
            ),
        ),
        Some(_) => return Err(wrong()),
        None => (raw.as_str(), None),
    };
    if path.contains('?')
        || version
            .as_ref()
            .is_some_and(|version| version.contains(['?', '&', '\0']))
    {
        return Err(wrong());
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    // Some clients encode the slash after the bucket as well.
    let (bucket, key) = match path.split_once('/') {
        Some((bucket, key)) if !bucket.contains('%') => (bucket, key),
        _ => {
            let at = path.to_ascii_lowercase().find("%2f").ok_or_else(wrong)?;
            (path.get(..at).ok_or_else(wrong)?, path.get(at + 3..).ok_or_else(wrong)?)
        }
    };
    let plain = bucket
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let key = object_key(key)
        .filter(|key| !key.is_empty() && key.len() <= 1024)
        .ok_or_else(wrong)?;
    if bucket.is_empty() || !plain || bucket == "." || bucket == ".." {
        return Err(wrong());
    }
    Ok(CopySource {
        bucket: bucket.to_owned(),
        key,
        version,
    })
}

fn header_tags(value: &HeaderValue) -> Result<Vec<(String, String)>, Fault> {
    let wrong = || {
        Fault::bad("InvalidArgument", "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.")
            .with("ArgumentName", "x-amz-tagging")
    };
    let text = value.to_str().map_err(|_| wrong())?;
    let mut tags: Vec<(String, String)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (
            decode_form(name).map_err(|_| wrong())?,
            decode_form(value).map_err(|_| wrong())?,
        );
        if name.is_empty() || tags.iter().any(|(known, _)| *known == name) {
            return Err(wrong());
        }
        tags.push((name, value));
    }
    if tags.len() > 10 {
        return Err(Fault::bad("BadRequest", "Object tags cannot be greater than 10"));
    }
    Ok(tags)
}
