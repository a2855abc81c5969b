//! What is kept of buckets.

use std::{collections::BTreeMap, sync::Arc};

use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{Kept, Snapshot, Tag};
use crate::document::Document;

/// A bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: String,
    /// What the store behind the gateway knows it as; never used again.
    pub incarnation: String,
    /// When it was made, in seconds.
    pub created: i64,
    /// Its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Document>,
    /// The unique ids of the roles and users that the policy names, by their ARNs, as of when it was saved.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub principals: BTreeMap<String, String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl Kept for Bucket {
    const KIND: &'static str = "bucket";

    fn place(&self) -> String {
        self.name.clone()
    }

    fn loaded(&mut self) {
        if let Some(policy) = &self.policy
            && let Ok(policy) = Document::with_principals(policy.text(), |arn| self.principals.get(arn).cloned())
        {
            self.policy = Some(policy);
        }
    }

    fn insert(self, snapshot: &mut Snapshot) {
        snapshot.buckets.insert(self.name.clone(), Arc::new(self));
    }

    fn remove(&self, snapshot: &mut Snapshot) {
        Self::forget(&self.name, snapshot);
    }

    fn forget(place: &str, snapshot: &mut Snapshot) {
        snapshot.buckets.remove(place);
    }
}
