//! Tags of buckets and objects.

use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

use super::{Service, invalid_version};
use crate::fault;

type Tags = Vec<(String, String)>;

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>: ten tags on an object, fifty on a bucket.
const ON_OBJECT: usize = 10;
const ON_BUCKET: usize = 50;

pub(super) async fn get_of_bucket(
    service: &Service,
    request: S3Request<GetBucketTaggingInput>,
) -> S3Result<S3Response<GetBucketTaggingOutput>> {
    let bucket = service.index(move |index| index.bucket(&request.input.bucket)).await?;
    if bucket.tags.is_empty() {
        return Err(fault::no_such_tag_set());
    }
    Ok(S3Response::new(GetBucketTaggingOutput {
        tag_set: to_dto(bucket.tags),
    }))
}

pub(super) async fn put_on_bucket(
    service: &Service,
    request: S3Request<PutBucketTaggingInput>,
) -> S3Result<S3Response<PutBucketTaggingOutput>> {
    let tags = from_dto(request.input.tagging, ON_BUCKET)?;
    service
        .index(move |index| index.set_bucket_tags(&request.input.bucket, tags))
        .await?;
    Ok(super::with_status(
        PutBucketTaggingOutput::default(),
        http::StatusCode::NO_CONTENT,
    ))
}

pub(super) async fn delete_from_bucket(
    service: &Service,
    request: S3Request<DeleteBucketTaggingInput>,
) -> S3Result<S3Response<DeleteBucketTaggingOutput>> {
    service
        .index(move |index| index.set_bucket_tags(&request.input.bucket, Tags::new()))
        .await?;
    Ok(S3Response::new(DeleteBucketTaggingOutput::default()))
}

pub(super) async fn get_of_object(
    service: &Service,
    request: S3Request<GetObjectTaggingInput>,
) -> S3Result<S3Response<GetObjectTaggingOutput>> {
    let input = request.input;
    invalid_version(input.version_id.as_deref())?;
    let object = service
        .index(move |index| index.object(&input.bucket, &input.key))
        .await?;
    Ok(S3Response::new(GetObjectTaggingOutput {
        tag_set: to_dto(object.about.tags),
        version_id: None,
    }))
}

pub(super) async fn put_on_object(
    service: &Service,
    request: S3Request<PutObjectTaggingInput>,
) -> S3Result<S3Response<PutObjectTaggingOutput>> {
    let input = request.input;
    invalid_version(input.version_id.as_deref())?;
    let tags = from_dto(input.tagging, ON_OBJECT)?;
    set(service, input.bucket, input.key, tags).await?;
    Ok(S3Response::new(PutObjectTaggingOutput::default()))
}

pub(super) async fn delete_from_object(
    service: &Service,
    request: S3Request<DeleteObjectTaggingInput>,
) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
    let input = request.input;
    invalid_version(input.version_id.as_deref())?;
    set(service, input.bucket, input.key, Tags::new()).await?;
    Ok(S3Response::new(DeleteObjectTaggingOutput::default()))
}

async fn set(service: &Service, bucket: String, key: String, tags: Tags) -> S3Result<()> {
    let change = move |object: &mut crate::record::Object| {
        object.about.tags = tags;
        Ok(())
    };
    service
        .index(move |index| index.update_object(&bucket, &key, change))
        .await
}

/// The tags of an `x-amz-tagging` header, which are written as a query string.
pub(super) fn from_header(header: &str) -> S3Result<Tags> {
    let decode = |text: &str| {
        decode(text).ok_or_else(|| fault::invalid_argument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates."))
    };
    let mut tags = Tags::new();
    for pair in header.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        tags.push((decode(key)?, decode(value)?));
    }
    validated(tags, ON_OBJECT)
}

fn from_dto(tagging: Tagging, most: usize) -> S3Result<Tags> {
    let tags = tagging.tag_set.into_iter().map(|tag| match (tag.key, tag.value) {
        (Some(key), Some(value)) => Ok((key, value)),
        _ => Err(fault::malformed_xml()),
    });
    validated(tags.collect::<S3Result<Tags>>()?, most)
}

fn to_dto(tags: Tags) -> TagSet {
    tags.into_iter()
        .map(|(key, value)| Tag {
            key: Some(key),
            value: Some(value),
        })
        .collect()
}

fn validated(tags: Tags, most: usize) -> S3Result<Tags> {
    if tags.len() > most {
        let kind = if most == ON_OBJECT { "Object" } else { "Bucket" };
        let message = format!("{kind} tags cannot be greater than {most}");
        return Err(fault::bad_request(message));
    }
    for (index, (key, value)) in tags.iter().enumerate() {
        let twice = tags.iter().skip(index + 1).any(|(other, _)| other == key);
        if twice {
            return Err(s3s::S3Error::with_message(
                s3s::S3ErrorCode::InvalidTag,
                "Cannot provide multiple Tags with the same key",
            ));
        }
        if key.is_empty() || key.chars().count() > 128 {
            return Err(fault::invalid_tag());
        }
        if value.chars().count() > 256 {
            return Err(s3s::S3Error::with_message(
                s3s::S3ErrorCode::InvalidTag,
                "The TagValue you have provided is invalid",
            ));
        }
    }
    Ok(tags)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let pair = [rest.next()?, rest.next()?];
                bytes.extend(hex::decode(pair).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}
