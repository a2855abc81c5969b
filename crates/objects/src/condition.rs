//! Conditional requests (RFC 9110, section 13, in the order that S3 evaluates them).

use s3s::dto::{ETag, ETagCondition, Timestamp};
use s3s::{S3Error, S3Result};

use crate::fault;
use crate::record::Object;

/// The four conditions of a read or of a copy's source.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    pub(crate) matches: Option<ETagCondition>,
    pub(crate) none_matches: Option<ETagCondition>,
    pub(crate) modified_since: Option<Timestamp>,
    pub(crate) unmodified_since: Option<Timestamp>,
}

impl Conditions {
    /// Holds them against an object. Gives `NotModified` where a cached copy is still good.
    pub(crate) fn check(&self, object: &Object) -> S3Result<()> {
        if let Some(condition) = &self.matches {
            if !holds(condition, &object.etag) {
                return Err(fault::precondition_failed());
            }
        } else if self
            .unmodified_since
            .as_ref()
            .is_some_and(|time| object.last_modified() > *time)
        {
            return Err(fault::precondition_failed());
        }
        if let Some(condition) = &self.none_matches {
            if holds(condition, &object.etag) {
                return Err(unchanged(object));
            }
        } else if self
            .modified_since
            .as_ref()
            .is_some_and(|time| object.last_modified() <= *time)
        {
            return Err(unchanged(object));
        }
        Ok(())
    }

    /// For a copy, which has no cache to be good for.
    pub(crate) fn check_source(&self, object: &Object) -> S3Result<()> {
        self.check(object).map_err(|_| fault::precondition_failed())
    }
}

/// The conditions of a write: what must be there before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Precondition {
    pub(crate) matches: Option<ETagCondition>,
    pub(crate) none_matches: Option<ETagCondition>,
}

impl Precondition {
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
    pub(crate) fn check(&self, existing: Option<&Object>) -> S3Result<()> {
        if let Some(condition) = &self.matches {
            let object = existing.ok_or_else(fault::no_such_key)?;
            if !holds(condition, &object.etag) {
                return Err(fault::precondition_failed());
            }
        }
        if let (Some(condition), Some(object)) = (&self.none_matches, existing)
            && holds(condition, &object.etag)
        {
            return Err(fault::precondition_failed());
        }
        Ok(())
    }
}

fn holds(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(wanted) => wanted.value() == etag,
    }
}

fn unchanged(object: &Object) -> S3Error {
    let mut error = fault::not_modified();
    if let Ok(etag) = ETag::Strong(object.etag.clone()).to_http_header() {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::ETAG, etag);
        error.set_headers(headers);
    }
    error
}
