//! The operations, by name. Those that are not here answer 501 `NotImplemented`, which is s3s's default.

#![cfg_attr(
    not(test),
    expect(
        clippy::wildcard_imports,
        reason = "an operation uses a dozen of s3s's data types, which are named as AWS names them"
    )
)]
#![expect(clippy::ref_option, reason = "fields of s3s's inputs are passed as they are")]

mod bucket;
mod copy;
mod list;
mod multipart;
mod object;
mod tags;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result};

use crate::files::{Files, Pinned};
use crate::index::Index;
use crate::record::{Object, seconds};
use crate::{OpenError, PublicName, Settings, fault, place};

/// The store, as s3s calls it.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// Dropped first, since its thread uses the index.
    _sweep: Arc<Sweep>,
    index: Arc<Index>,
    files: Arc<Files>,
    settings: Settings,
}

impl Service {
    pub(crate) fn open(directory: &Path, settings: Settings) -> Result<Self, OpenError> {
        place::make_private(directory)?;
        // First the index, whose lock tells whether another process is here.
        let (index, epoch) = Index::open(directory, settings.cache)?;
        let files = Files::open(directory, epoch)?;
        let (index, files) = (Arc::new(index), Arc::new(files));
        let sweep = Arc::new(Sweep::start(Arc::clone(&index), Arc::clone(&files))?);
        Ok(Self {
            _sweep: sweep,
            index,
            files,
            settings,
        })
    }

    fn now(&self) -> u64 {
        seconds((self.settings.clock)())
    }

    /// Works on the index from a thread that may block.
    async fn index<T: Send + 'static>(&self, work: impl FnOnce(&Index) -> S3Result<T> + Send + 'static) -> S3Result<T> {
        let index = Arc::clone(&self.index);
        tokio::task::spawn_blocking(move || work(&index))
            .await
            .map_err(|e| fault::broken("the index", e))?
    }

    /// Removes files that nothing refers to any more.
    async fn discard(&self, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let files = Arc::clone(&self.files);
        // A failure leaves files that the next start sweeps.
        let _ = tokio::task::spawn_blocking(move || files.remove(&names)).await;
    }

    /// An object and a hold on its files, from one moment.
    async fn pinned(&self, bucket: String, key: String) -> S3Result<(Object, Pinned)> {
        let files = Arc::clone(&self.files);
        self.index(move |index| {
            loop {
                let object = index.object(&bucket, &key)?;
                let pinned = files.pin(object.files());
                if pinned.exist() {
                    return Ok((object, pinned));
                }
                // Either it was replaced just now, or its file is lost.
                if index.object(&bucket, &key)?.files() == object.files() {
                    return Err(fault::broken("reading an object", "its file is missing"));
                }
            }
        })
        .await
    }
}

/// The thread that removes whole files that no record names. Stopped when the store closes, so that the index is closed
/// then, too.
#[derive(Debug)]
struct Sweep {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sweep {
    fn start(index: Arc<Index>, files: Arc<Files>) -> Result<Self, OpenError> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let sweep = move || match files.sweep(&stopped, |name| index.is_recorded(name)) {
            Ok(Ok(removed)) => tracing::debug!(removed, "swept files that no object refers to"),
            Ok(Err(error)) => tracing::warn!(%error, "sweeping failed"),
            Err(error) => tracing::warn!(%error, "sweeping failed"),
        };
        let thread = std::thread::Builder::new()
            .name("objects-sweep".to_owned())
            .spawn(sweep);
        let thread = thread.map_err(|e| OpenError::because("starting a thread", e))?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Sweep {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sweep had panicked");
        }
    }
}

/// Put among an answer's extensions: the status where it is not the usual one. (s3s has a field for it, and for most
/// operations does not look at it.)
#[derive(Clone, Copy, Debug)]
pub(crate) struct Status(pub(crate) http::StatusCode);

fn with_status<T>(output: T, status: http::StatusCode) -> S3Response<T> {
    let mut response = S3Response::new(output);
    response.extensions.insert(Status(status));
    response
}

/// The bucket's name as the client knows it.
fn public_name<T>(request: &S3Request<T>, bucket: &str) -> String {
    request
        .extensions
        .get::<PublicName>()
        .map_or_else(|| bucket.to_owned(), |name| name.0.clone())
}

fn invalid_version(version: Option<&str>) -> S3Result<()> {
    match version {
        None | Some("null") => Ok(()),
        Some(_) => Err(fault::invalid_argument("Invalid version id specified")),
    }
}

fn refuse_customer_keys<A, B, C>(algorithm: &Option<A>, key: &Option<B>, md5: &Option<C>) -> S3Result<()> {
    if algorithm.is_some() || key.is_some() || md5.is_some() {
        return Err(fault::not_implemented("encryption with keys of the customer"));
    }
    Ok(())
}

fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

type Answer<'f, T> = Pin<Box<dyn Future<Output = S3Result<S3Response<T>>> + Send + 'f>>;

/// Each operation, and the function that does it. (This is what the `async_trait` attribute would make of methods.)
macro_rules! operations {
    ($($name:ident($input:ident) -> $output:ident = $function:path;)*) => {
        impl S3 for Service {
            $(
                fn $name<'s, 'f>(&'s self, request: S3Request<$input>) -> Answer<'f, $output>
                where
                    's: 'f,
                    Self: 'f,
                {
                    Box::pin($function(self, request))
                }
            )*
        }
    };
}

operations! {
    list_buckets(ListBucketsInput) -> ListBucketsOutput = bucket::list;
    create_bucket(CreateBucketInput) -> CreateBucketOutput = bucket::create;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput = bucket::delete;
    head_bucket(HeadBucketInput) -> HeadBucketOutput = bucket::head;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = bucket::location;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput = bucket::versioning;
    get_bucket_tagging(GetBucketTaggingInput) -> GetBucketTaggingOutput = tags::get_of_bucket;
    put_bucket_tagging(PutBucketTaggingInput) -> PutBucketTaggingOutput = tags::put_on_bucket;
    delete_bucket_tagging(DeleteBucketTaggingInput) -> DeleteBucketTaggingOutput = tags::delete_from_bucket;

    list_objects(ListObjectsInput) -> ListObjectsOutput = list::objects;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = list::objects_v2;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput = list::object_versions;

    put_object(PutObjectInput) -> PutObjectOutput = object::put;
    get_object(GetObjectInput) -> GetObjectOutput = object::get;
    head_object(HeadObjectInput) -> HeadObjectOutput = object::head;
    get_object_attributes(GetObjectAttributesInput) -> GetObjectAttributesOutput = object::attributes;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput = object::delete;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = object::delete_many;
    copy_object(CopyObjectInput) -> CopyObjectOutput = copy::object;
    get_object_tagging(GetObjectTaggingInput) -> GetObjectTaggingOutput = tags::get_of_object;
    put_object_tagging(PutObjectTaggingInput) -> PutObjectTaggingOutput = tags::put_on_object;
    delete_object_tagging(DeleteObjectTaggingInput) -> DeleteObjectTaggingOutput = tags::delete_from_object;

    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput = multipart::create;
    upload_part(UploadPartInput) -> UploadPartOutput = multipart::upload_part;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput = copy::part;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput = multipart::complete;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput = multipart::abort;
    list_parts(ListPartsInput) -> ListPartsOutput = multipart::list_parts;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput = list::uploads;
}
