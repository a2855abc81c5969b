//! Multipart uploads. A part is a file; the object refers to its parts' files, so that completing copies nothing.

use s3s::dto::*;
use s3s::{S3ErrorCode, S3Request, S3Response, S3Result};

use super::object::{about, asked_algorithm, expected, refuse_unsupported};
use super::{Service, public_name, signed};
use crate::condition::Precondition;
use crate::digest::{self, Algorithm, Announced, Sum, announced_sum, combine, composite_etag, kind, show_sum};
use crate::fault;
use crate::record::{self, Object, Segment, Upload, timestamp};
use crate::sink::{self, Stored};

/// Each part but the last must have 5 MiB: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const SMALLEST: u64 = 5 * 1024 * 1024;
const MOST_PARTS: i32 = 10_000;

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html>
pub(super) async fn create(
    service: &Service,
    request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let public = public_name(&request, &request.input.bucket);
    let asked = asked_algorithm(&request.headers, request.input.checksum_algorithm.as_ref())?;
    let mut input = request.input;
    refuse_unsupported!(input);
    let about = about!(input)?;
    let algorithm = asked.unwrap_or(Algorithm::Crc64Nvme);
    let composite = composite(algorithm, input.checksum_type.as_ref())?;
    let upload = Upload {
        key: input.key.clone(),
        initiated: service.now(),
        about,
        algorithm,
        composite,
        chosen: asked.is_some(),
    };
    let (bucket, key) = (input.bucket, input.key.clone());
    let files = std::sync::Arc::clone(&service.files);
    let id = service
        .index(move |index| {
            let id = files.fresh_name(index.bucket(&bucket)?.id, &key);
            index.create_upload(&bucket, &id, &upload)?;
            Ok(id)
        })
        .await?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(public),
        key: Some(input.key),
        upload_id: Some(id),
        checksum_algorithm: asked.map(digest::to_dto),
        checksum_type: asked.map(|_| kind(composite)),
        ..CreateMultipartUploadOutput::default()
    }))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html>
pub(super) async fn upload_part(
    service: &Service,
    request: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    let asked = asked_algorithm(&request.headers, request.input.checksum_algorithm.as_ref())?;
    let mut input = request.input;
    super::refuse_customer_keys(
        &input.sse_customer_algorithm,
        &input.sse_customer_key,
        &input.sse_customer_key_md5,
    )?;
    let announced = digest::of_body(announced_sum!(input)?, input.content_md5.as_deref())?;
    let number = number(input.part_number)?;
    let (bucket, key, id) = (input.bucket, input.key, input.upload_id);
    let (upload, name) = begin_part(service, &bucket, &key, &id).await?;
    let named = announced.sum.as_ref().map(|(algorithm, _)| *algorithm).or(asked);
    if let Some(named) = named.filter(|named| upload.chosen && *named != upload.algorithm) {
        return Err(fault::invalid_request(format!(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
            upload.algorithm.name().to_ascii_lowercase(),
            named.name().to_ascii_lowercase(),
        )));
    }
    let expected = expected(input.content_length, announced, Some(named.unwrap_or(upload.algorithm)))?;
    let stored = match input.body {
        Some(body) => sink::store(&service.files, name, body, expected).await?,
        None => sink::store(&service.files, name, futures_util::stream::empty(), expected).await?,
    };
    let part = record(service, (bucket, key, id), number, stored).await?;
    let mut output = UploadPartOutput {
        e_tag: Some(ETag::Strong(part.etag)),
        ..UploadPartOutput::default()
    };
    show_sum!(output, Some(&part.sum));
    Ok(S3Response::new(output))
}

/// The upload that a part is for, and a name for the part's file.
pub(super) async fn begin_part(service: &Service, bucket: &str, key: &str, id: &str) -> S3Result<(Upload, String)> {
    let (bucket, key, id) = (bucket.to_owned(), key.to_owned(), id.to_owned());
    let files = std::sync::Arc::clone(&service.files);
    service
        .index(move |index| {
            let upload = index.upload(&bucket, &key, &id)?;
            let name = files.fresh_name(index.bucket(&bucket)?.id, &key);
            Ok((upload, name))
        })
        .await
}

pub(super) async fn record(
    service: &Service,
    (bucket, key, id): (String, String, String),
    number: u16,
    stored: Stored,
) -> S3Result<record::Part> {
    let part = record::Part {
        file: stored.name.clone(),
        size: stored.size,
        modified: service.now(),
        etag: stored.etag(),
        sum: stored.hashes.sum.clone(),
    };
    let (part, replaced) = service
        .index(move |index| {
            Ok((
                part.clone(),
                stored.settle(index.put_part(&bucket, &key, &id, number, &part))?,
            ))
        })
        .await?;
    service.discard(replaced).await;
    Ok(part)
}

pub(super) fn number(number: i32) -> S3Result<u16> {
    let valid = (1..=MOST_PARTS)
        .contains(&number)
        .then(|| u16::try_from(number).ok())
        .flatten();
    valid.ok_or_else(|| fault::invalid_argument("Part number must be an integer between 1 and 10000, inclusive"))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>
pub(super) async fn complete(
    service: &Service,
    request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let public = public_name(&request, &request.input.bucket);
    let mut input = request.input;
    super::refuse_customer_keys(
        &input.sse_customer_algorithm,
        &input.sse_customer_key,
        &input.sse_customer_key_md5,
    )?;
    let announced = announced_sum!(input)?;
    let chosen = input
        .multipart_upload
        .and_then(|upload| upload.parts)
        .unwrap_or_default();
    let (kind, size) = (input.checksum_type, input.mpu_object_size);
    let precondition = Precondition {
        matches: input.if_match,
        none_matches: input.if_none_match,
    };
    let now = service.now();
    let (bucket, key, id) = (input.bucket, input.key.clone(), input.upload_id);
    let etag = composite_etag(chosen.iter().map(named_etag));
    let made_by = id.clone();
    let assemble = move |upload: Upload, parts| {
        let mut object = assemble(&upload, parts, chosen)?;
        object.modified = now;
        object.upload = Some(made_by);
        check_whole(&object, &upload, &announced, kind.as_ref(), size)?;
        object.about = upload.about;
        Ok(object)
    };
    let (object, unused) = service
        .index(move |index| {
            let done = index.complete_upload((&bucket, &key, &id), &precondition, assemble);
            match done {
                // Whoever asks again, for the answer was lost, is told what came of it.
                Err(error) if *error.code() == S3ErrorCode::NoSuchUpload => {
                    let made = |object: &Object| object.upload.as_ref() == Some(&id) && object.etag == etag;
                    let object = index.object(&bucket, &key).ok().filter(made);
                    object.map(|object| (object, Vec::new())).ok_or(error)
                }
                done => done,
            }
        })
        .await?;
    service.discard(unused).await;
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("/{public}/{}", input.key)),
        bucket: Some(public),
        key: Some(input.key),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        checksum_type: object.sum.as_ref().map(digest::kind_of),
        ..CompleteMultipartUploadOutput::default()
    };
    show_sum!(output, &object.sum);
    Ok(S3Response::new(output))
}

/// The entity tag that a part is named by. Some clients leave the quotes away; the parser has taken them off where they are.
fn named_etag(part: &CompletedPart) -> &str {
    part.e_tag.as_ref().map_or("", |etag| etag.value().trim_matches('"'))
}

/// The object that the named parts make.
fn assemble(upload: &Upload, parts: Vec<(u16, record::Part)>, chosen: Vec<CompletedPart>) -> S3Result<Object> {
    if chosen.is_empty() {
        return Err(fault::malformed_xml());
    }
    let ascending = chosen
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a.part_number < b.part_number));
    if !ascending {
        return Err(fault::invalid_part_order());
    }
    let mut available: std::collections::BTreeMap<u16, record::Part> = parts.into_iter().collect();
    let count = chosen.len();
    let mut used = Vec::with_capacity(count);
    for (index, mut named) in chosen.into_iter().enumerate() {
        let number = u16::try_from(named.part_number.unwrap_or(0)).map_err(|_| fault::invalid_part())?;
        let part = available.remove(&number).ok_or_else(fault::invalid_part)?;
        if named_etag(&named) != part.etag {
            return Err(fault::invalid_part());
        }
        named.e_tag = None;
        if let Some((algorithm, value)) = announced_sum!(named)?.sum
            && (algorithm != part.sum.algorithm || value != part.sum.value)
        {
            return Err(fault::invalid_part());
        }
        if part.size < SMALLEST && index + 1 < count {
            return Err(fault::entity_too_small());
        }
        used.push((number, part));
    }
    let sums: Vec<(&Sum, u64)> = used.iter().map(|(_, part)| (&part.sum, part.size)).collect();
    // Parts may have brought checksums of a kind of their own when the upload had not chosen one.
    let sum = match sums.first() {
        Some((first, _)) if !upload.chosen && first.algorithm != upload.algorithm => {
            combine(first.algorithm, first.algorithm.composite_by_default(), &sums)
        }
        _ => combine(upload.algorithm, upload.composite, &sums),
    };
    Ok(Object {
        size: used.iter().map(|(_, part)| part.size).sum(),
        etag: composite_etag(used.iter().map(|(_, part)| part.etag.as_str())),
        sum,
        segments: used
            .into_iter()
            .map(|(number, part)| Segment {
                file: part.file,
                size: part.size,
                number,
                sum: Some(part.sum),
            })
            .collect(),
        upload: None,
        ..Object::default()
    })
}

fn check_whole(
    object: &Object,
    upload: &Upload,
    announced: &Announced,
    kind: Option<&ChecksumType>,
    size: Option<i64>,
) -> S3Result<()> {
    if size.is_some_and(|size| size != signed(object.size)) {
        return Err(fault::invalid_request(
            "The provided 'x-amz-mp-object-size' header does not match what was computed",
        ));
    }
    if let Some(kind) = kind
        && upload.chosen
        && kind.as_str() != digest::kind(upload.composite).as_str()
    {
        return Err(fault::invalid_request(
            "The upload was created with a different checksum type than the one that completes it",
        ));
    }
    match (&announced.sum, &object.sum) {
        (None, _) => Ok(()),
        // Clients may leave the number of parts away from a composite value.
        (Some((algorithm, value)), Some(sum))
            if *algorithm == sum.algorithm
                && (*value == sum.value || (sum.composite && sum.value.split('-').next() == Some(value))) =>
        {
            Ok(())
        }
        (Some((algorithm, _)), _) => Err(fault::bad_checksum(algorithm.name())),
    }
}

fn composite(algorithm: Algorithm, asked: Option<&ChecksumType>) -> S3Result<bool> {
    let Some(asked) = asked else {
        return Ok(algorithm.composite_by_default());
    };
    let composite = asked.as_str() == ChecksumType::COMPOSITE;
    if !algorithm.can_be(composite) {
        return Err(fault::invalid_request(format!(
            "The {} checksum type cannot be used with the {} checksum algorithm.",
            asked.as_str(),
            algorithm.name().to_ascii_lowercase(),
        )));
    }
    Ok(composite)
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>
pub(super) async fn abort(
    service: &Service,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = request.input;
    if input.if_match_initiated_time.is_some() {
        return Err(fault::not_implemented("aborting on condition of time"));
    }
    let files = service
        .index(move |index| index.abort_upload(&input.bucket, &input.key, &input.upload_id))
        .await?;
    service.discard(files).await;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html>
pub(super) async fn list_parts(
    service: &Service,
    request: S3Request<ListPartsInput>,
) -> S3Result<S3Response<ListPartsOutput>> {
    let public = public_name(&request, &request.input.bucket);
    let input = request.input;
    let (bucket, key, id) = (input.bucket, input.key.clone(), input.upload_id.clone());
    let (upload, parts) = service
        .index(move |index| {
            let upload = index.upload(&bucket, &key, &id)?;
            Ok((upload, index.parts(&id)?))
        })
        .await?;
    let marker = input.part_number_marker.unwrap_or(0);
    let most = input.max_parts.unwrap_or(1000).clamp(0, 1000);
    let rest: Vec<_> = parts
        .into_iter()
        .filter(|(number, _)| i32::from(*number) > marker)
        .collect();
    let shown = usize::try_from(most).unwrap_or(0).min(rest.len());
    let truncated = shown < rest.len();
    let parts: Vec<Part> = rest
        .into_iter()
        .take(shown)
        .map(|(number, part)| present(number, part))
        .collect();
    Ok(S3Response::new(ListPartsOutput {
        bucket: Some(public),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: Some(marker),
        next_part_number_marker: parts.last().and_then(|part| part.part_number).or(Some(marker)),
        max_parts: Some(most),
        is_truncated: Some(truncated),
        parts: Some(parts),
        storage_class: Some(StorageClass::from(
            upload.about.storage_class.unwrap_or_else(|| "STANDARD".to_owned()),
        )),
        checksum_algorithm: upload.chosen.then(|| digest::to_dto(upload.algorithm)),
        checksum_type: upload.chosen.then(|| kind(upload.composite)),
        owner: Some(Owner::default()),
        initiator: Some(Initiator::default()),
        ..ListPartsOutput::default()
    }))
}

fn present(number: u16, part: record::Part) -> Part {
    let mut shown = Part {
        part_number: Some(i32::from(number)),
        e_tag: Some(ETag::Strong(part.etag)),
        last_modified: Some(timestamp(part.modified)),
        size: Some(signed(part.size)),
        ..Part::default()
    };
    show_sum!(shown, Some(&part.sum));
    shown
}
