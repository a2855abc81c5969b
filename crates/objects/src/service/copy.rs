//! Copies, of whole objects and into parts. The bytes are read and written again, so that a copy's entity tag and
//! checksum are those of its bytes, as on AWS.

use std::ops::Range as Bytes;

use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

use super::object::{about, asked_algorithm, begin, refuse_unsupported};
use super::{Service, invalid_version, multipart, refuse_customer_keys};
use crate::condition::{Conditions, Precondition};
use crate::digest::{Algorithm, Announced, show_sum};
use crate::fault;
use crate::files::Pinned;
use crate::reader::Reader;
use crate::record::{Object, Segment};
use crate::sink::{self, Expected, Stored};

/// `CopyObject` takes sources of at most 5 GiB.
const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>
pub(super) async fn object(
    service: &Service,
    request: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    let asked = asked_algorithm(&request.headers, request.input.checksum_algorithm.as_ref())?;
    let mut input = request.input;
    refuse_unsupported!(input);
    refuse_customer_keys(
        &input.copy_source_sse_customer_algorithm,
        &input.copy_source_sse_customer_key,
        &input.copy_source_sse_customer_key_md5,
    )?;
    let conditions = Conditions {
        matches: input.copy_source_if_match.take(),
        none_matches: input.copy_source_if_none_match.take(),
        modified_since: input.copy_source_if_modified_since.take(),
        unmodified_since: input.copy_source_if_unmodified_since.take(),
    };
    let replaces = |directive: Option<&str>| match directive {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(_) => Err(fault::invalid_argument("Unknown directive.")),
    };
    let replaces_metadata = replaces(input.metadata_directive.as_ref().map(MetadataDirective::as_str))?;
    let replaces_tags = replaces(input.tagging_directive.as_ref().map(TaggingDirective::as_str))?;
    let (source_bucket, source_key) = source(&input.copy_source)?;
    let given = about!(input)?;
    let (bucket, key) = (input.bucket, input.key);
    if (&source_bucket, &source_key) == (&bucket, &key)
        && !replaces_metadata
        && given.storage_class.is_none()
        && given.website_redirect.is_none()
        && asked.is_none()
    {
        return Err(fault::copy_to_itself());
    }
    let (from, pinned) = service.pinned(source_bucket, source_key).await?;
    conditions.check_source(&from)?;
    if from.size > LARGEST {
        return Err(fault::invalid_request(
            "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
        ));
    }

    // The storage class and the redirect are never copied; tags have a directive of their own.
    let mut about = if replaces_metadata {
        given.clone()
    } else {
        from.about.clone()
    };
    about.tags = if replaces_tags {
        given.tags
    } else {
        from.about.tags.clone()
    };
    about.storage_class = given.storage_class;
    about.website_redirect = given.website_redirect;
    let algorithm = asked
        .or(from.sum.as_ref().map(|sum| sum.algorithm))
        .unwrap_or(Algorithm::Crc64Nvme);

    let name = begin(service, &bucket, &key, &Precondition::default()).await?;
    let stored = copy(service, name, &from, 0..from.size, pinned, algorithm).await?;
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
    let mut result = CopyObjectResult {
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(object.last_modified()),
        checksum_type: object.sum.as_ref().map(crate::digest::kind_of),
        ..CopyObjectResult::default()
    };
    show_sum!(result, &object.sum);
    let unused = service
        .index(move |index| stored.settle(index.put_object(&bucket, &key, &object, &Precondition::default())))
        .await?;
    service.discard(unused).await;
    Ok(S3Response::new(CopyObjectOutput {
        copy_object_result: Some(result),
        ..CopyObjectOutput::default()
    }))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html>
pub(super) async fn part(
    service: &Service,
    request: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    let input = request.input;
    refuse_customer_keys(
        &input.sse_customer_algorithm,
        &input.sse_customer_key,
        &input.sse_customer_key_md5,
    )?;
    refuse_customer_keys(
        &input.copy_source_sse_customer_algorithm,
        &input.copy_source_sse_customer_key,
        &input.copy_source_sse_customer_key_md5,
    )?;
    let number = multipart::number(input.part_number)?;
    let (bucket, key, id) = (input.bucket, input.key, input.upload_id);
    let (upload, name) = multipart::begin_part(service, &bucket, &key, &id).await?;
    let (source_bucket, source_key) = source(&input.copy_source)?;
    let (from, pinned) = service.pinned(source_bucket, source_key).await?;
    Conditions {
        matches: input.copy_source_if_match,
        none_matches: input.copy_source_if_none_match,
        modified_since: input.copy_source_if_modified_since,
        unmodified_since: input.copy_source_if_unmodified_since,
    }
    .check_source(&from)?;
    let bytes = match &input.copy_source_range {
        None => 0..from.size,
        Some(header) => range(header, from.size)?,
    };
    let stored = copy(service, name, &from, bytes, pinned, upload.algorithm).await?;
    let part = multipart::record(service, (bucket, key, id), number, stored).await?;
    let mut result = CopyPartResult {
        e_tag: Some(ETag::Strong(part.etag.clone())),
        last_modified: Some(crate::record::timestamp(part.modified)),
        ..CopyPartResult::default()
    };
    if upload.chosen {
        show_sum!(result, Some(&part.sum));
    }
    Ok(S3Response::new(UploadPartCopyOutput {
        copy_part_result: Some(result),
        ..UploadPartCopyOutput::default()
    }))
}

async fn copy(
    service: &Service,
    name: String,
    from: &Object,
    bytes: Bytes<u64>,
    pinned: Pinned,
    algorithm: Algorithm,
) -> S3Result<Stored> {
    let length = Some(bytes.end - bytes.start);
    let reader = Reader::new(&from.segments, &bytes, pinned);
    sink::store(
        &service.files,
        name,
        reader,
        Expected {
            length,
            announced: Announced::default(),
            algorithm,
        },
    )
    .await
}

fn source(source: &CopySource) -> S3Result<(String, String)> {
    match source {
        CopySource::Bucket {
            bucket,
            key,
            version_id,
        } => {
            invalid_version(version_id.as_deref())?;
            Ok((bucket.to_string(), key.to_string()))
        }
        CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => Err(fault::not_implemented("access points")),
    }
}

/// Unlike a read's, this range must be `bytes=FIRST-LAST` and lie inside the source.
fn range(header: &str, size: u64) -> S3Result<Bytes<u64>> {
    let malformed = || {
        fault::invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
        )
    };
    let (first, last) = header
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .ok_or_else(malformed)?;
    let (first, last): (u64, u64) = (
        first.parse().map_err(|_| malformed())?,
        last.parse().map_err(|_| malformed())?,
    );
    if first > last {
        return Err(malformed());
    }
    if last >= size {
        return Err(fault::invalid_argument(format!(
            "Range specified is not valid for source object of size: {size}"
        )));
    }
    Ok(first..last + 1)
}
