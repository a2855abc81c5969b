//! What the index holds, as JSON. Fields may be added with a default; a record once written must load for ever.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use s3s::dto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::{Algorithm, Sum};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bucket {
    /// Never used again, so that a bucket's successor of the same name sees nothing of it.
    pub(crate) id: u64,
    pub(crate) created: u64,
    #[serde(default)]
    pub(crate) region: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Object {
    pub(crate) size: u64,
    /// Seconds since 1970.
    pub(crate) modified: u64,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) sum: Option<Sum>,
    pub(crate) about: About,
    /// The files that hold the bytes, one after the other.
    pub(crate) segments: Vec<Segment>,
    /// The id of the upload in parts that made it: its segments are those parts.
    #[serde(default)]
    pub(crate) upload: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub(crate) file: String,
    pub(crate) size: u64,
    #[serde(default)]
    pub(crate) number: u16,
    #[serde(default)]
    pub(crate) sum: Option<Sum>,
}

/// What a client says about an object beside its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct About {
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) content_type: Option<String>,
    /// As an HTTP date.
    pub(crate) expires: Option<String>,
    pub(crate) website_redirect: Option<String>,
    pub(crate) storage_class: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) tags: Vec<(String, String)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) initiated: u64,
    pub(crate) about: About,
    pub(crate) algorithm: Algorithm,
    pub(crate) composite: bool,
    /// Whether the client chose the algorithm; its parts must then use it.
    pub(crate) chosen: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) file: String,
    pub(crate) size: u64,
    pub(crate) modified: u64,
    pub(crate) etag: String,
    pub(crate) sum: Sum,
}

impl Object {
    pub(crate) fn last_modified(&self) -> Timestamp {
        timestamp(self.modified)
    }

    pub(crate) fn files(&self) -> Vec<String> {
        self.segments.iter().map(|segment| segment.file.clone()).collect()
    }
}

pub(crate) fn timestamp(seconds: u64) -> Timestamp {
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .unwrap_or(SystemTime::UNIX_EPOCH)
        .into()
}

pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
