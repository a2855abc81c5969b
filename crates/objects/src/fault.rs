//! S3's errors in AWS's words.
//!
//! Codes and sentences: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use http::StatusCode;
use s3s::{S3Error, S3ErrorCode, StdError};

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $code:ident $message:literal;)*) => {
        $($(#[$doc])* pub(crate) fn $name() -> S3Error { S3Error::with_message(S3ErrorCode::$code, $message) })*
    };
}

faults! {
    no_such_bucket = NoSuchBucket "The specified bucket does not exist";
    no_such_key = NoSuchKey "The specified key does not exist.";
    no_such_upload = NoSuchUpload "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
    no_such_tag_set = NoSuchTagSet "The TagSet does not exist";
    bucket_owned = BucketAlreadyOwnedByYou "Your previous request to create the named bucket succeeded and you already own it.";
    bucket_not_empty = BucketNotEmpty "The bucket you tried to delete is not empty";
    precondition_failed = PreconditionFailed "At least one of the pre-conditions you specified did not hold";
    not_modified = NotModified "Not Modified";
    invalid_range = InvalidRange "The requested range is not satisfiable";
    invalid_part = InvalidPart "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
    invalid_part_order = InvalidPartOrder "The list of parts was not in ascending order. Parts must be ordered by part number.";
    entity_too_small = EntityTooSmall "Your proposed upload is smaller than the minimum allowed size";
    entity_too_large = EntityTooLarge "Your proposed upload exceeds the maximum allowed size";
    malformed_xml = MalformedXML "The XML you provided was not well-formed or did not validate against our published schema";
    incomplete_body = IncompleteBody "You did not provide the number of bytes specified by the Content-Length HTTP header";
    metadata_too_large = MetadataTooLarge "Your metadata headers exceed the maximum allowed metadata size";
    bad_md5 = BadDigest "The Content-MD5 you specified did not match what we received.";
    invalid_digest = InvalidDigest "The Content-MD5 you specified was invalid.";
    invalid_tag = InvalidTag "The TagKey you have provided is invalid";
    no_bucket_acls = InvalidBucketAclWithObjectOwnership "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
    no_acls = AccessControlListNotSupported "The bucket does not allow ACLs";
    copy_to_itself = InvalidRequest "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
    internal = InternalError "We encountered an internal error. Please try again.";
}

pub(crate) fn invalid_part_number() -> S3Error {
    custom(
        b"InvalidPartNumber",
        StatusCode::RANGE_NOT_SATISFIABLE,
        "The requested partnumber is not satisfiable".into(),
    )
}

pub(crate) fn bad_request(message: String) -> S3Error {
    custom(b"BadRequest", StatusCode::BAD_REQUEST, message)
}

/// A code that s3s has no name for.
fn custom(code: &'static [u8], status: StatusCode, message: String) -> S3Error {
    let code = S3ErrorCode::from_bytes(code).unwrap_or(S3ErrorCode::InvalidRequest);
    let mut error = S3Error::with_message(code, message);
    error.set_status_code(status);
    error
}

pub(crate) fn not_implemented(what: &str) -> S3Error {
    S3Error::with_message(
        S3ErrorCode::NotImplemented,
        format!("This object store does not implement {what}"),
    )
}

pub(crate) fn invalid_argument(message: impl Into<String>) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidArgument, message.into())
}

pub(crate) fn invalid_request(message: impl Into<String>) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidRequest, message.into())
}

pub(crate) fn bad_checksum(algorithm: &str) -> S3Error {
    let message = format!("The {algorithm} you specified did not match the calculated checksum.");
    S3Error::with_message(S3ErrorCode::BadDigest, message)
}

/// Something of ours failed: logged here, and not told to the client.
pub(crate) fn broken(doing: &str, source: impl Into<StdError>) -> S3Error {
    let source = source.into();
    tracing::error!(error = %source, "{doing} failed");
    internal()
}
