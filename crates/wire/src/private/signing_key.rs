//! Signing keys of the issuers that are hosted here. Only the operator may: the root of the installation's first account.

use serde::{Deserialize, Serialize};

use super::Call;

/// Publishes new signing keys of an issuer, to sign in the place of those that it has.
#[derive(Debug, Clone, Copy)]
pub struct RotateSigningKeys;

impl Call for RotateSigningKeys {
    const NAME: &'static str = "RotateSigningKeys";
    type Input = RotateSigningKeysRequest;
    type Output = RotateSigningKeysAnswer;
}

/// Whose keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RotateSigningKeysRequest {
    /// Whose.
    pub issuer: IssuerOf,
    /// Whether those that it has are known to others: they are removed at once, and the new ones sign at once.
    #[serde(default)]
    pub leaked: bool,
}

/// Exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum IssuerOf {
    /// An account's own issuer, of what `GetWebIdentityToken` gives: its twelve digits.
    Account(String),
    /// A cluster whose tokens are signed here: its name.
    Cluster(String),
}

/// The keys that are published now, those that sign last at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotateSigningKeysAnswer {
    /// The keys.
    pub keys: Vec<SigningKeyAnswer>,
}

/// A key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningKeyAnswer {
    /// `kid`
    pub key_id: String,
    /// `alg`
    pub algorithm: String,
    /// From when on it signs, such as `2026-11-25T03:15:00Z`.
    pub signs_from: String,
    /// Until when it is published, if it has a successor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_until: Option<String>,
}
