//! Buckets.

use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

use super::{Service, public_name};
use crate::fault;
use crate::record::timestamp;

pub(super) async fn list(service: &Service, _: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
    // The gateway answers clients from its own map; this is for whoever looks at the store itself.
    let buckets = service.index(crate::index::Index::buckets).await?;
    let buckets = buckets.into_iter().map(|(name, bucket)| Bucket {
        name: Some(name),
        creation_date: Some(timestamp(bucket.created)),
        bucket_region: bucket.region,
    });
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(buckets.collect()),
        ..ListBucketsOutput::default()
    }))
}

pub(super) async fn create(
    service: &Service,
    request: S3Request<CreateBucketInput>,
) -> S3Result<S3Response<CreateBucketOutput>> {
    let public = public_name(&request, &request.input.bucket);
    let input = request.input;
    if input.acl.is_some_and(|acl| acl.as_str() != BucketCannedACL::PRIVATE) {
        // New buckets have their ACLs disabled (object ownership `BucketOwnerEnforced`).
        return Err(fault::no_bucket_acls());
    }
    if input.object_lock_enabled_for_bucket == Some(true) {
        return Err(fault::not_implemented("object lock"));
    }
    let region = input
        .create_bucket_configuration
        .and_then(|c| c.location_constraint)
        .map(|c| c.as_str().to_owned());
    let (bucket, now) = (input.bucket, service.now());
    service
        .index(move |index| index.create_bucket(&bucket, now, region))
        .await?;
    Ok(S3Response::new(CreateBucketOutput {
        location: Some(format!("/{public}")),
    }))
}

pub(super) async fn delete(
    service: &Service,
    request: S3Request<DeleteBucketInput>,
) -> S3Result<S3Response<DeleteBucketOutput>> {
    let files = service
        .index(move |index| index.delete_bucket(&request.input.bucket))
        .await?;
    service.discard(files).await;
    Ok(S3Response::new(DeleteBucketOutput::default()))
}

pub(super) async fn head(
    service: &Service,
    request: S3Request<HeadBucketInput>,
) -> S3Result<S3Response<HeadBucketOutput>> {
    let bucket = service.index(move |index| index.bucket(&request.input.bucket)).await?;
    let output = HeadBucketOutput {
        bucket_region: bucket.region,
        ..HeadBucketOutput::default()
    };
    Ok(S3Response::new(output))
}

pub(super) async fn location(
    service: &Service,
    request: S3Request<GetBucketLocationInput>,
) -> S3Result<S3Response<GetBucketLocationOutput>> {
    let bucket = service.index(move |index| index.bucket(&request.input.bucket)).await?;
    // Buckets in us-east-1 have an empty one.
    let constraint = bucket.region.map(BucketLocationConstraint::from);
    Ok(S3Response::new(GetBucketLocationOutput {
        location_constraint: constraint,
    }))
}

/// No bucket is versioned, nor was one ever; the answer is then empty.
pub(super) async fn versioning(
    service: &Service,
    request: S3Request<GetBucketVersioningInput>,
) -> S3Result<S3Response<GetBucketVersioningOutput>> {
    service.index(move |index| index.bucket(&request.input.bucket)).await?;
    Ok(S3Response::new(GetBucketVersioningOutput::default()))
}
