//! What is kept of users' keys for SSH, of their signing certificates, and of their credentials for single services.

use std::sync::Arc;

use rolecall_names::{AccountId, UniqueId};
use serde::{Deserialize, Serialize};

use super::{
    Kept, Snapshot,
    owned::{OfUser, kept_of_user},
    split,
};

/// A public key for SSH.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshPublicKey {
    /// `APKA…`
    pub id: UniqueId,
    /// The account.
    pub account: AccountId,
    /// The unique id of the user.
    pub user: UniqueId,
    /// As a line of `authorized_keys`.
    pub line: String,
    /// In PEM.
    pub pem: String,
    /// The MD5 sum of the key.
    pub fingerprint: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was uploaded, in seconds.
    pub created: i64,
}

/// A signing certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningCertificate {
    /// The SHA-1 sum of the certificate, in base 32.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// The unique id of the user; none for the account's root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UniqueId>,
    /// The certificate, as it was uploaded.
    pub body: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was uploaded, in seconds.
    pub created: i64,
}

/// A user's credential for one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceCredential {
    /// `ACCA…`
    pub id: UniqueId,
    /// The account.
    pub account: AccountId,
    /// The unique id of the user.
    pub user: UniqueId,
    /// Such as `codecommit.amazonaws.com`.
    pub service: String,
    /// The user's name at the service, or the public part of an API key.
    pub name: String,
    /// The SHA-256 sum of the password, in hexadecimal. It has 256 random bits, so that no slower hash is needed.
    pub hash: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was made, in seconds.
    pub created: i64,
    /// When it ends, in seconds, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
}

impl OfUser for SshPublicKey {
    fn account(&self) -> AccountId {
        self.account
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn owner(&self) -> Option<String> {
        Some(self.user.to_string())
    }
}

impl OfUser for SigningCertificate {
    fn account(&self) -> AccountId {
        self.account
    }

    fn id(&self) -> String {
        self.id.clone()
    }

    fn owner(&self) -> Option<String> {
        Some(owner(self.user.as_ref()).to_owned())
    }
}

impl OfUser for ServiceCredential {
    fn account(&self) -> AccountId {
        self.account
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn owner(&self) -> Option<String> {
        Some(self.user.to_string())
    }
}

kept_of_user!(SshPublicKey, ssh_public_keys, "ssh-public-key");
kept_of_user!(SigningCertificate, signing_certificates, "signing-certificate");
kept_of_user!(ServiceCredential, service_credentials, "service-credential");

/// No user's id is empty: that is the root.
fn owner(user: Option<&UniqueId>) -> &str {
    user.map_or("", UniqueId::as_str)
}

impl Snapshot {
    /// The keys for SSH of a user, by id.
    pub fn ssh_public_keys_of(&self, account: AccountId, user: &UniqueId) -> impl Iterator<Item = &Arc<SshPublicKey>> {
        self.ssh_public_keys.of_user(account, user.as_str())
    }

    /// The signing certificates of a user, or, without one, of the account's root, by id.
    pub fn signing_certificates_of(
        &self,
        account: AccountId,
        user: Option<&UniqueId>,
    ) -> impl Iterator<Item = &Arc<SigningCertificate>> {
        self.signing_certificates.of_user(account, owner(user))
    }

    /// The credentials of a user for single services, by id.
    pub fn service_credentials_of(
        &self,
        account: AccountId,
        user: &UniqueId,
    ) -> impl Iterator<Item = &Arc<ServiceCredential>> {
        self.service_credentials.of_user(account, user.as_str())
    }
}
