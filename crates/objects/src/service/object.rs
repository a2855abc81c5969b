//! Objects: put, get, head, attributes, delete.

use std::ops::Range as Bytes;

use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

use super::{Service, invalid_version, signed};
use crate::condition::{Conditions, Precondition};
use crate::digest::{self, Algorithm, Announced, announced_sum, show_sum};
use crate::fault;
use crate::reader::Reader;
use crate::record::{About, Object, Segment};
use crate::sink::{self, Expected};

/// User metadata may take 2 KB: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MOST_METADATA: usize = 2048;
/// `DeleteObjects` takes a thousand keys.
const MOST_DELETED: usize = 1000;

/// Refuses what this store would otherwise silently not do. Works on the inputs of `PutObject`, `CopyObject` and
/// `CreateMultipartUpload` alike.
macro_rules! refuse_unsupported {
    ($input:expr) => {{
        super::refuse_customer_keys(
            &$input.sse_customer_algorithm,
            &$input.sse_customer_key,
            &$input.sse_customer_key_md5,
        )?;
        let plain = ServerSideEncryption::AES256;
        if $input
            .server_side_encryption
            .as_ref()
            .is_some_and(|kind| kind.as_str() != plain)
            || $input.ssekms_key_id.is_some()
        {
            return Err($crate::fault::not_implemented("encryption with KMS keys"));
        }
        if $input.object_lock_mode.is_some()
            || $input.object_lock_retain_until_date.is_some()
            || $input.object_lock_legal_hold_status.is_some()
        {
            return Err($crate::fault::not_implemented("object lock"));
        }
        // ACLs are disabled, as on buckets that AWS makes today. These two say what is so anyway.
        let harmless = [ObjectCannedACL::PRIVATE, ObjectCannedACL::BUCKET_OWNER_FULL_CONTROL];
        if $input.acl.as_ref().is_some_and(|acl| !harmless.contains(&acl.as_str()))
            || $input.grant_full_control.is_some()
            || $input.grant_read.is_some()
            || $input.grant_read_acp.is_some()
            || $input.grant_write_acp.is_some()
        {
            return Err($crate::fault::no_acls());
        }
    }};
}
pub(super) use refuse_unsupported;

/// What an input says about the object, from the fields that the same three operations have.
macro_rules! about {
    ($input:expr) => {
        $crate::service::object::checked($crate::record::About {
            cache_control: $input.cache_control.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input
                .content_encoding
                .take()
                .and_then($crate::service::object::stored_encoding),
            content_language: $input.content_language.take(),
            content_type: $input.content_type.take(),
            expires: $input
                .expires
                .take()
                .and_then(|time| $crate::service::object::http_date(&time)),
            website_redirect: $input.website_redirect_location.take(),
            storage_class: $input
                .storage_class
                .take()
                .map(|class| class.as_str().to_owned())
                .filter(|c| c != "STANDARD"),
            metadata: $input.metadata.take().unwrap_or_default().into_iter().collect(),
            tags: match $input.tagging.take() {
                Some(header) => $crate::service::tags::from_header(&header)?,
                None => Vec::new(),
            },
        })
    };
}
pub(super) use about;

/// Fills what `GetObject`'s and `HeadObject`'s outputs have in common.
macro_rules! describe {
    ($output:expr, $object:expr) => {{
        let about = $object.about.clone();
        $output.accept_ranges = Some("bytes".to_owned());
        $output.cache_control = about.cache_control;
        $output.content_disposition = about.content_disposition;
        $output.content_encoding = about.content_encoding;
        $output.content_language = about.content_language;
        $output.content_type = Some(about.content_type.unwrap_or_else(|| "binary/octet-stream".to_owned()));
        $output.e_tag = Some(ETag::Strong($object.etag.clone()));
        $output.expires = about
            .expires
            .and_then(|date| Timestamp::parse(TimestampFormat::HttpDate, &date).ok());
        $output.last_modified = Some($object.last_modified());
        $output.metadata = Some(about.metadata.into_iter().collect());
        $output.storage_class = about.storage_class.map(StorageClass::from);
        $output.website_redirect_location = about.website_redirect;
    }};
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
pub(super) async fn put(
    service: &Service,
    request: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    let asked = asked_algorithm(&request.headers, request.input.checksum_algorithm.as_ref())?;
    let mut input = request.input;
    refuse_unsupported!(input);
    if input.write_offset_bytes.is_some() {
        return Err(fault::not_implemented("appending to objects"));
    }
    let about = about!(input)?;
    let announced = digest::of_body(announced_sum!(input)?, input.content_md5.as_deref())?;
    let (bucket, key) = (input.bucket, input.key);
    let precondition = Precondition {
        matches: input.if_match,
        none_matches: input.if_none_match,
    };
    let name = begin(service, &bucket, &key, &precondition).await?;
    let expected = expected(input.content_length, announced, asked)?;
    let stored = match input.body {
        Some(body) => sink::store(&service.files, name, body, expected).await?,
        None => sink::store(&service.files, name, futures_util::stream::empty(), expected).await?,
    };
    let object = Object {
        size: stored.size,
        modified: service.now(),
        etag: stored.etag(),
        sum: Some(stored.hashes.sum.clone()),
        about,
        segments: vec![Segment {
            file: stored.name.clone(),
            size: stored.size,
            number: 0,
            sum: None,
        }],
        upload: None,
    };
    let (etag, sum) = (object.etag.clone(), object.sum.clone());
    let replaced = service
        .index(move |index| stored.settle(index.put_object(&bucket, &key, &object, &precondition)))
        .await?;
    service.discard(replaced).await;
    let mut output = PutObjectOutput {
        e_tag: Some(ETag::Strong(etag)),
        ..PutObjectOutput::default()
    };
    output.checksum_type = sum.as_ref().map(digest::kind_of);
    show_sum!(output, &sum);
    Ok(S3Response::new(output))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
pub(super) async fn get(
    service: &Service,
    request: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let input = request.input;
    super::refuse_customer_keys(
        &input.sse_customer_algorithm,
        &input.sse_customer_key,
        &input.sse_customer_key_md5,
    )?;
    invalid_version(input.version_id.as_deref())?;
    let (object, pinned) = service.pinned(input.bucket, input.key).await?;
    Conditions {
        matches: input.if_match,
        none_matches: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    }
    .check(&object)?;
    let extent = Extent::choose(&object, input.range, input.part_number)?;
    let mut output = GetObjectOutput::default();
    describe!(output, object);
    output.content_length = Some(extent.length());
    output.content_range = extent.header(object.size);
    output.parts_count = extent.parts_count(&object);
    output.tag_count = i32::try_from(object.about.tags.len()).ok().filter(|count| *count > 0);
    if extent.whole
        && input
            .checksum_mode
            .is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
    {
        output.checksum_type = object.sum.as_ref().map(digest::kind_of);
        show_sum!(output, &object.sum);
    }
    output.body = Some(StreamingBlob::new(Reader::new(&object.segments, &extent.bytes, pinned)));
    Ok(S3Response::new(output))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>
pub(super) async fn head(
    service: &Service,
    request: S3Request<HeadObjectInput>,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = request.input;
    super::refuse_customer_keys(
        &input.sse_customer_algorithm,
        &input.sse_customer_key,
        &input.sse_customer_key_md5,
    )?;
    invalid_version(input.version_id.as_deref())?;
    let object = service
        .index(move |index| index.object(&input.bucket, &input.key))
        .await?;
    Conditions {
        matches: input.if_match,
        none_matches: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    }
    .check(&object)?;
    let extent = Extent::choose(&object, input.range, input.part_number)?;
    let mut output = HeadObjectOutput::default();
    describe!(output, object);
    output.content_length = Some(extent.length());
    output.content_range = extent.header(object.size);
    output.parts_count = extent.parts_count(&object);
    if extent.whole
        && input
            .checksum_mode
            .is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
    {
        output.checksum_type = object.sum.as_ref().map(digest::kind_of);
        show_sum!(output, &object.sum);
    }
    let status = if output.content_range.is_some() {
        http::StatusCode::PARTIAL_CONTENT
    } else {
        http::StatusCode::OK
    };
    Ok(super::with_status(output, status))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html>
pub(super) async fn attributes(
    service: &Service,
    request: S3Request<GetObjectAttributesInput>,
) -> S3Result<S3Response<GetObjectAttributesOutput>> {
    let input = request.input;
    super::refuse_customer_keys(
        &input.sse_customer_algorithm,
        &input.sse_customer_key,
        &input.sse_customer_key_md5,
    )?;
    invalid_version(input.version_id.as_deref())?;
    let object = service
        .index(move |index| index.object(&input.bucket, &input.key))
        .await?;
    // Clients send the names in several headers or in one, with commas.
    let asked: Vec<&str> = input
        .object_attributes
        .iter()
        .flat_map(|list| list.as_str().split(','))
        .map(str::trim)
        .collect();
    let wants = |name: &str| asked.contains(&name);
    let mut output = GetObjectAttributesOutput {
        last_modified: Some(object.last_modified()),
        ..GetObjectAttributesOutput::default()
    };
    if wants(ObjectAttributes::ETAG) {
        output.e_tag = Some(ETag::Strong(object.etag.clone()));
    }
    if wants(ObjectAttributes::OBJECT_SIZE) {
        output.object_size = Some(signed(object.size));
    }
    if wants(ObjectAttributes::STORAGE_CLASS) {
        let class = object
            .about
            .storage_class
            .clone()
            .unwrap_or_else(|| "STANDARD".to_owned());
        output.storage_class = Some(StorageClass::from(class));
    }
    if wants(ObjectAttributes::CHECKSUM)
        && let Some(sum) = &object.sum
    {
        let mut checksum = Checksum {
            checksum_type: Some(digest::kind_of(sum)),
            ..Checksum::default()
        };
        show_sum!(checksum, Some(sum));
        output.checksum = Some(checksum);
    }
    if wants(ObjectAttributes::OBJECT_PARTS) && object.upload.is_some() {
        let marker = input.part_number_marker.unwrap_or(0);
        let most = input.max_parts.unwrap_or(1000).clamp(0, 1000);
        output.object_parts = Some(parts(&object, marker, most));
    }
    Ok(S3Response::new(output))
}

/// Parts are listed only where they carry checksums of their own kind, as AWS does for composite ones.
fn parts(object: &Object, marker: i32, most: i32) -> GetObjectAttributesParts {
    let mut answer = GetObjectAttributesParts {
        total_parts_count: i32::try_from(object.segments.len()).ok(),
        part_number_marker: Some(marker),
        max_parts: Some(most),
        is_truncated: Some(false),
        ..GetObjectAttributesParts::default()
    };
    if !object.sum.as_ref().is_some_and(|sum| sum.composite) {
        return answer;
    }
    let rest = object
        .segments
        .iter()
        .filter(|segment| i32::from(segment.number) > marker);
    let shown: Vec<&Segment> = rest.clone().take(usize::try_from(most).unwrap_or(0)).collect();
    answer.is_truncated = Some(shown.len() < rest.count());
    answer.next_part_number_marker = shown.last().map(|segment| i32::from(segment.number));
    let parts = shown.into_iter().map(|segment| {
        let mut part = ObjectPart {
            part_number: Some(i32::from(segment.number)),
            size: Some(signed(segment.size)),
            ..ObjectPart::default()
        };
        show_sum!(part, &segment.sum);
        part
    });
    answer.parts = Some(parts.collect());
    answer
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>: also without an object there, 204.
pub(super) async fn delete(
    service: &Service,
    request: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = request.input;
    invalid_version(input.version_id.as_deref())?;
    if input.if_match_last_modified_time.is_some() || input.if_match_size.is_some() {
        return Err(fault::not_implemented("deleting on condition of time or size"));
    }
    let precondition = Precondition {
        matches: input.if_match,
        none_matches: None,
    };
    let key = (input.key, precondition);
    let (outcomes, files) = service
        .index(move |index| index.delete_objects(&input.bucket, &[key]))
        .await?;
    service.discard(files).await;
    outcomes.into_iter().collect::<S3Result<()>>()?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
pub(super) async fn delete_many(
    service: &Service,
    request: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let input = request.input;
    let quiet = input.delete.quiet == Some(true);
    if input.delete.objects.is_empty() || input.delete.objects.len() > MOST_DELETED {
        return Err(fault::malformed_xml());
    }
    let (mut keys, mut versions, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for object in input.delete.objects {
        let refused = invalid_version(object.version_id.as_deref()).err().or_else(|| {
            let conditional = object.last_modified_time.is_some() || object.size.is_some();
            conditional.then(|| fault::not_implemented("deleting on condition of time or size"))
        });
        if let Some(refused) = refused {
            errors.push(refusal(object.key, &refused));
            continue;
        }
        let matches = object.e_tag.map(ETagCondition::ETag);
        keys.push((
            object.key,
            Precondition {
                matches,
                none_matches: None,
            },
        ));
        versions.push(object.version_id);
    }
    let (keys, outcomes, files) = service
        .index(move |index| {
            let (outcomes, files) = index.delete_objects(&input.bucket, &keys)?;
            Ok((keys, outcomes, files))
        })
        .await?;
    service.discard(files).await;
    let mut deleted = Vec::new();
    for (((key, _), version_id), outcome) in keys.into_iter().zip(versions).zip(outcomes) {
        match outcome {
            Ok(()) => deleted.push(DeletedObject {
                key: Some(key),
                version_id,
                ..DeletedObject::default()
            }),
            Err(refused) => errors.push(refusal(key, &refused)),
        }
    }
    Ok(S3Response::new(DeleteObjectsOutput {
        deleted: (!quiet).then_some(deleted),
        errors: (!errors.is_empty()).then_some(errors),
        request_charged: None,
    }))
}

fn refusal(key: String, why: &s3s::S3Error) -> Error {
    Error {
        code: Some(why.code().as_str().to_owned()),
        message: why.message().map(str::to_owned),
        key: Some(key),
        version_id: None,
    }
}

/// Refuses at once what would be refused after the body: a bucket that is not there, a condition that does not hold.
/// Gives the file's name.
pub(super) async fn begin(service: &Service, bucket: &str, key: &str, precondition: &Precondition) -> S3Result<String> {
    let (bucket, key, precondition) = (bucket.to_owned(), key.to_owned(), precondition.clone());
    let files = std::sync::Arc::clone(&service.files);
    service
        .index(move |index| {
            let id = index.bucket(&bucket)?.id;
            if precondition.matches.is_some() || precondition.none_matches.is_some() {
                match index.object(&bucket, &key) {
                    Ok(object) => precondition.check(Some(&object))?,
                    Err(fault) if *fault.code() == s3s::S3ErrorCode::NoSuchKey => precondition.check(None)?,
                    Err(fault) => return Err(fault),
                }
            }
            Ok(files.fresh_name(id, &key))
        })
        .await
}

/// The algorithm of which the client asks for a checksum, or sends one in a trailer (which the gateway has verified).
pub(super) fn asked_algorithm(
    headers: &http::HeaderMap,
    parsed: Option<&ChecksumAlgorithm>,
) -> S3Result<Option<Algorithm>> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // What was sent is kept, whatever else the client says that it would send.
    if let Some(name) = text("x-amz-trailer").and_then(|trailer| trailer.trim().strip_prefix("x-amz-checksum-")) {
        return digest::parse(name).map(Some);
    }
    if let Some(algorithm) = parsed {
        return digest::parse(algorithm.as_str()).map(Some);
    }
    text("x-amz-sdk-checksum-algorithm").map(digest::parse).transpose()
}

/// A body gets one checksum: of the kind that came with it, else that was asked for, else CRC64NVME, as on AWS.
pub(super) fn expected(length: Option<i64>, announced: Announced, asked: Option<Algorithm>) -> S3Result<Expected> {
    let length = length
        .map(u64::try_from)
        .transpose()
        .map_err(|_| fault::invalid_argument("Content-Length is invalid"))?;
    let algorithm = announced
        .sum
        .as_ref()
        .map(|(algorithm, _)| *algorithm)
        .or(asked)
        .unwrap_or(Algorithm::Crc64Nvme);
    Ok(Expected {
        length,
        announced,
        algorithm,
    })
}

/// `aws-chunked` is how the body travelled, not what the object is.
pub(super) fn stored_encoding(header: String) -> Option<String> {
    if !header.contains("aws-chunked") {
        return Some(header);
    }
    let rest: Vec<&str> = header
        .split(',')
        .map(str::trim)
        .filter(|coding| *coding != "aws-chunked")
        .collect();
    (!rest.is_empty()).then(|| rest.join(","))
}

pub(super) fn http_date(time: &Timestamp) -> Option<String> {
    let mut text = Vec::new();
    time.format(TimestampFormat::HttpDate, &mut text).ok()?;
    String::from_utf8(text).ok()
}

pub(super) fn checked(about: About) -> S3Result<About> {
    let size: usize = about
        .metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if size > MOST_METADATA {
        return Err(fault::metadata_too_large());
    }
    Ok(about)
}

/// The bytes that a read asks for.
struct Extent {
    bytes: Bytes<u64>,
    whole: bool,
    part: bool,
}

impl Extent {
    fn choose(object: &Object, range: Option<Range>, part: Option<i32>) -> S3Result<Self> {
        if let Some(part) = part {
            if range.is_some() {
                return Err(fault::invalid_request(
                    "Cannot specify both Range header and partNumber query parameter",
                ));
            }
            return Self::of_part(object, part);
        }
        let Some(range) = range else {
            return Ok(Self {
                bytes: 0..object.size,
                whole: true,
                part: false,
            });
        };
        let bytes = range.check(object.size).map_err(|_| fault::invalid_range())?;
        Ok(Self {
            bytes,
            whole: false,
            part: false,
        })
    }

    /// Part 1 of an object that was not uploaded in parts is all of it.
    fn of_part(object: &Object, part: i32) -> S3Result<Self> {
        if part < 1 {
            return Err(fault::invalid_argument(
                "Part number must be an integer between 1 and 10000, inclusive",
            ));
        }
        if object.upload.is_none() {
            if part != 1 {
                return Err(fault::invalid_part_number());
            }
            return Ok(Self {
                bytes: 0..object.size,
                whole: true,
                part: true,
            });
        }
        let mut at = 0;
        for segment in &object.segments {
            if i32::from(segment.number) == part {
                return Ok(Self {
                    bytes: at..at + segment.size,
                    whole: false,
                    part: true,
                });
            }
            at += segment.size;
        }
        Err(fault::invalid_part_number())
    }

    fn length(&self) -> i64 {
        signed(self.bytes.end - self.bytes.start)
    }

    fn header(&self, size: u64) -> Option<String> {
        let partial = (!self.whole || self.part) && self.bytes.start < self.bytes.end;
        partial.then(|| format!("bytes {}-{}/{size}", self.bytes.start, self.bytes.end - 1))
    }

    fn parts_count(&self, object: &Object) -> Option<i32> {
        (self.part && object.upload.is_some())
            .then(|| i32::try_from(object.segments.len()).ok())
            .flatten()
    }
}
