//! What is kept of SAML providers.

use std::sync::Arc;

use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{Snapshot, Tag, of_account};

/// A SAML provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlProvider {
    /// Its name.
    pub name: String,
    /// The account.
    pub account: AccountId,
    /// Its ARN.
    pub arn: String,
    /// Its unique id.
    pub uuid: String,
    /// Its metadata document, as it was given.
    pub metadata: String,
    /// `entityID` of the metadata: the issuer of its assertions.
    pub entity_id: String,
    /// The certificates that its assertions are signed with, in DER and base64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// When it was made, in seconds.
    pub created: i64,
    /// Until when its metadata counts, in seconds.
    pub valid_until: i64,
    /// Whether assertions must be encrypted, or may be; none where nothing was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_required: Option<bool>,
    /// The keys that open encrypted assertions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<SamlKey>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// A private key that opens encrypted assertions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlKey {
    /// Its id.
    pub id: String,
    /// The key, wrapped by the root key and bound to its id, in hexadecimal.
    pub wrapped: String,
    /// When it was added, in seconds.
    pub created: i64,
}

impl Snapshot {
    /// A SAML provider by its name.
    pub fn saml_provider(&self, account: AccountId, name: &str) -> Option<&Arc<SamlProvider>> {
        self.saml_providers.get(&(account, name.to_owned()))
    }

    /// All SAML providers of an account in the order of their names.
    pub fn saml_providers(&self, account: AccountId) -> impl Iterator<Item = &Arc<SamlProvider>> {
        of_account(&self.saml_providers, account)
    }
}
