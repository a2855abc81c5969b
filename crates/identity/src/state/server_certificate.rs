//! What is kept of server certificates.

use std::sync::Arc;

use rolecall_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{Snapshot, Tag, lower, of_account};

/// A server certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCertificate {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// `ASCA…`
    pub id: UniqueId,
    /// The account.
    pub account: AccountId,
    /// Its ARN.
    pub arn: String,
    /// The certificate, as it was uploaded.
    pub body: String,
    /// Those that lead to a root, as they were uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
    /// The private key, wrapped by the root key and bound to this record, in hexadecimal.
    pub wrapped: String,
    /// When it was uploaded, in seconds.
    pub created: i64,
    /// Until when it is valid, in seconds.
    pub expires: i64,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl Snapshot {
    /// A server certificate by its name, ignoring case.
    pub fn server_certificate(&self, account: AccountId, name: &str) -> Option<&Arc<ServerCertificate>> {
        self.server_certificates.get(&(account, lower(name)))
    }

    /// All server certificates of an account in the order of their names.
    pub fn server_certificates(&self, account: AccountId) -> impl Iterator<Item = &Arc<ServerCertificate>> {
        of_account(&self.server_certificates, account)
    }
}
