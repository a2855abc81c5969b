//! Listings: `ListObjects`, `ListObjectsV2`, `ListObjectVersions`, `ListMultipartUploads`.

use percent::encode;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

use super::{Service, public_name, signed};
use crate::fault;
use crate::index::{Listing, Selection};
use crate::record::{self, timestamp};

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
pub(super) async fn objects_v2(
    service: &Service,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let name = public_name(&request, &request.input.bucket);
    let input = request.input;
    let (max_keys, limit) = limit(input.max_keys)?;
    let after = match &input.continuation_token {
        Some(token) => Some(from_token(token)?),
        None => input.start_after.clone().filter(|after| !after.is_empty()),
    };
    let listing = select(service, &input.bucket, &input.prefix, &input.delimiter, after, limit).await?;
    let url = is_url(&input.encoding_type);
    let count = listing.objects.len() + listing.prefixes.len();
    let next = listing.next.as_deref().map(to_token);
    let (contents, common_prefixes) = present(listing, url, input.fetch_owner == Some(true));
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(name),
        prefix: Some(encode(&input.prefix.unwrap_or_default(), url)),
        max_keys: Some(max_keys),
        key_count: i32::try_from(count).ok(),
        continuation_token: input.continuation_token,
        is_truncated: Some(next.is_some()),
        next_continuation_token: next,
        contents,
        common_prefixes,
        delimiter: input.delimiter.filter(|d| !d.is_empty()).map(|d| encode(&d, url)),
        encoding_type: input.encoding_type,
        start_after: input.start_after.map(|after| encode(&after, url)),
        request_charged: None,
    }))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html>
pub(super) async fn objects(
    service: &Service,
    request: S3Request<ListObjectsInput>,
) -> S3Result<S3Response<ListObjectsOutput>> {
    let name = public_name(&request, &request.input.bucket);
    let input = request.input;
    let (max_keys, limit) = limit(input.max_keys)?;
    let after = input.marker.clone().filter(|marker| !marker.is_empty());
    let listing = select(service, &input.bucket, &input.prefix, &input.delimiter, after, limit).await?;
    let url = is_url(&input.encoding_type);
    let delimiter = input.delimiter.filter(|d| !d.is_empty());
    let truncated = listing.next.is_some();
    // Without a delimiter clients go on from the last key, and AWS sends no marker.
    let next = listing
        .next
        .clone()
        .filter(|_| delimiter.is_some())
        .map(|next| encode(&next, url));
    let (contents, common_prefixes) = present(listing, url, true);
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(name),
        prefix: Some(encode(&input.prefix.unwrap_or_default(), url)),
        marker: Some(encode(&input.marker.unwrap_or_default(), url)),
        max_keys: Some(max_keys),
        is_truncated: Some(truncated),
        contents,
        common_prefixes,
        delimiter: delimiter.map(|d| encode(&d, url)),
        next_marker: next,
        encoding_type: input.encoding_type,
        request_charged: None,
    }))
}

/// Each object of a bucket that was never versioned has one version, `null`.
pub(super) async fn object_versions(
    service: &Service,
    request: S3Request<ListObjectVersionsInput>,
) -> S3Result<S3Response<ListObjectVersionsOutput>> {
    let name = public_name(&request, &request.input.bucket);
    let input = request.input;
    let (max_keys, limit) = limit(input.max_keys)?;
    let after = input.key_marker.clone().filter(|marker| !marker.is_empty());
    let listing = select(service, &input.bucket, &input.prefix, &input.delimiter, after, limit).await?;
    let url = is_url(&input.encoding_type);
    let next = listing.next.as_deref().map(|next| encode(next, url));
    let versions = listing.objects.iter().map(|(key, object)| ObjectVersion {
        key: Some(encode(key, url)),
        version_id: Some("null".to_owned()),
        is_latest: Some(true),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(object.last_modified()),
        size: Some(signed(object.size)),
        storage_class: Some(ObjectVersionStorageClass::from(storage_class(object))),
        ..ObjectVersion::default()
    });
    Ok(S3Response::new(ListObjectVersionsOutput {
        name: Some(name),
        prefix: Some(encode(&input.prefix.unwrap_or_default(), url)),
        key_marker: Some(encode(&input.key_marker.unwrap_or_default(), url)),
        version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
        max_keys: Some(max_keys),
        is_truncated: Some(next.is_some()),
        next_version_id_marker: next.as_ref().map(|_| "null".to_owned()),
        next_key_marker: next,
        versions: Some(versions.collect()),
        common_prefixes: Some(prefixes(&listing.prefixes, url)),
        delimiter: input.delimiter.filter(|d| !d.is_empty()).map(|d| encode(&d, url)),
        encoding_type: input.encoding_type,
        ..ListObjectVersionsOutput::default()
    }))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html>
pub(super) async fn uploads(
    service: &Service,
    request: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let name = public_name(&request, &request.input.bucket);
    let input = request.input;
    let (max_uploads, limit) = limit(input.max_uploads)?;
    let bucket = input.bucket.clone();
    let all = service.index(move |index| index.uploads(&bucket)).await?;
    let url = is_url(&input.encoding_type);
    let prefix = input.prefix.clone().unwrap_or_default();
    let delimiter = input.delimiter.clone().filter(|d| !d.is_empty());
    let marker = (
        input.key_marker.clone().unwrap_or_default(),
        input.upload_id_marker.clone().unwrap_or_default(),
    );

    let (mut uploads, mut groups, mut last, mut truncated) = (Vec::new(), Vec::<String>::new(), None, false);
    // With an upload's id, the uploads of the marker's own key go on after it; without, they are all passed.
    let mut passed = marker.1.is_empty();
    for (id, upload) in all.iter().filter(|(_, upload)| upload.key.starts_with(&prefix)) {
        if !marker.0.is_empty() {
            if upload.key < marker.0 {
                continue;
            }
            if upload.key == marker.0 {
                let skip = marker.1.is_empty() || !passed;
                passed |= *id == marker.1;
                if skip {
                    continue;
                }
            }
        }
        let group = delimiter.as_deref().and_then(|delimiter| {
            let end = prefix.len() + upload.key.get(prefix.len()..)?.find(delimiter)? + delimiter.len();
            upload.key.get(..end).map(str::to_owned)
        });
        if group
            .as_ref()
            .is_some_and(|group| groups.last() == Some(group) || *group <= marker.0)
        {
            continue;
        }
        if uploads.len() + groups.len() == limit {
            truncated = true;
            break;
        }
        if let Some(group) = group {
            last = Some((group.clone(), String::new()));
            groups.push(group);
        } else {
            last = Some((upload.key.clone(), id.clone()));
            uploads.push(MultipartUpload {
                key: Some(encode(&upload.key, url)),
                upload_id: Some(id.clone()),
                initiated: Some(timestamp(upload.initiated)),
                storage_class: Some(StorageClass::from(class(upload.about.storage_class.as_deref()))),
                checksum_algorithm: upload.chosen.then(|| crate::digest::to_dto(upload.algorithm)),
                ..MultipartUpload::default()
            });
        }
    }
    let last = last.filter(|_| truncated);
    Ok(S3Response::new(ListMultipartUploadsOutput {
        bucket: Some(name),
        key_marker: Some(encode(&marker.0, url)),
        upload_id_marker: Some(marker.1),
        next_key_marker: last.as_ref().map(|(key, _)| encode(key, url)),
        next_upload_id_marker: last.map(|(_, id)| id),
        max_uploads: Some(max_uploads),
        is_truncated: Some(truncated),
        uploads: Some(uploads),
        common_prefixes: Some(prefixes(&groups, url)),
        prefix: Some(encode(&prefix, url)),
        delimiter: delimiter.map(|d| encode(&d, url)),
        encoding_type: input.encoding_type,
        request_charged: None,
    }))
}

async fn select(
    service: &Service,
    bucket: &str,
    prefix: &Option<String>,
    delimiter: &Option<String>,
    after: Option<String>,
    limit: usize,
) -> S3Result<Listing> {
    let (bucket, prefix) = (bucket.to_owned(), prefix.clone().unwrap_or_default());
    let delimiter = delimiter.clone().filter(|delimiter| !delimiter.is_empty());
    service
        .index(move |index| {
            let selection = Selection {
                prefix: &prefix,
                delimiter: delimiter.as_deref(),
                after: after.as_deref(),
                limit,
            };
            index.list(&bucket, &selection)
        })
        .await
}

/// At most 1,000, however many are asked for.
fn limit(asked: Option<i32>) -> S3Result<(i32, usize)> {
    let limit = asked.unwrap_or(1000).min(1000);
    let count = usize::try_from(limit)
        .map_err(|_| fault::invalid_argument("Argument maxKeys must be an integer between 0 and 2147483647"))?;
    Ok((limit, count))
}

fn is_url(encoding: &Option<EncodingType>) -> bool {
    encoding
        .as_ref()
        .is_some_and(|encoding| encoding.as_str() == EncodingType::URL)
}

/// Opaque to clients; what it says is where to go on.
fn to_token(after: &str) -> String {
    format!("1{}", hex::encode(after))
}

fn from_token(token: &str) -> S3Result<String> {
    token
        .strip_prefix('1')
        .and_then(|token| hex::decode(token).ok())
        .and_then(|after| String::from_utf8(after).ok())
        .ok_or_else(|| fault::invalid_argument("The continuation token provided is incorrect"))
}

fn present(listing: Listing, url: bool, owner: bool) -> (Option<ObjectList>, Option<CommonPrefixList>) {
    let objects = listing.objects.into_iter().map(|(key, object)| Object {
        key: Some(encode(&key, url)),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(object.last_modified()),
        size: Some(signed(object.size)),
        storage_class: Some(ObjectStorageClass::from(storage_class(&object))),
        checksum_algorithm: object
            .sum
            .as_ref()
            .map(|sum| vec![crate::digest::to_dto(sum.algorithm)]),
        checksum_type: object.sum.as_ref().map(crate::digest::kind_of),
        // Who owns it is not known here; the element is there for clients that expect it.
        owner: owner.then(Owner::default),
        ..Object::default()
    });
    (Some(objects.collect()), Some(prefixes(&listing.prefixes, url)))
}

fn prefixes(groups: &[String], url: bool) -> CommonPrefixList {
    groups
        .iter()
        .map(|group| CommonPrefix {
            prefix: Some(encode(group, url)),
        })
        .collect()
}

fn storage_class(object: &record::Object) -> String {
    class(object.about.storage_class.as_deref())
}

fn class(class: Option<&str>) -> String {
    class.unwrap_or("STANDARD").to_owned()
}

mod percent {
    /// A key as `encoding-type=url` wants it, so that any character survives XML.
    pub(super) fn encode(text: &str, url: bool) -> String {
        if !url {
            return text.to_owned();
        }
        let mut encoded = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                    encoded.push(char::from(byte));
                }
                _ => {
                    encoded.push('%');
                    encoded.push_str(&hex::encode_upper([byte]));
                }
            }
        }
        encoded
    }
}
