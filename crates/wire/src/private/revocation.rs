//! Revocations.

use serde::{Deserialize, Serialize};

use super::{Call, Done, ServiceAccount};

/// Revokes sessions, and the tokens that they could come from.
#[derive(Debug, Clone, Copy)]
pub struct Revoke;

impl Call for Revoke {
    const NAME: &'static str = "Revoke";
    type Input = RevokeRequest;
    type Output = RevocationAnswer;
}

/// What to revoke: exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum RevokeRequest {
    /// One session.
    Session {
        /// `ASIA…`
        access_key_id: String,
    },
    /// A token of an identity provider, and the sessions that came of it.
    Token {
        /// Its `jti`.
        id: String,
        /// Its issuer's URL, if it is not a cluster's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issuer: Option<String>,
        /// The cluster's name; the only cluster of the account where both are left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<String>,
    },
    /// All tokens of a service account that were issued until now, and the sessions.
    ServiceAccount(ServiceAccount),
    /// The tokens that are bound to a pod, and the sessions.
    Pod {
        /// The pod's uid.
        uid: String,
        /// The cluster's name; the only cluster of the account where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<String>,
    },
    /// The sessions of a role.
    Role {
        /// Its name.
        name: String,
        /// Those that were issued until then, in seconds since 1970; now where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issued_until: Option<i64>,
    },
}

/// A revocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationAnswer {
    /// Such as `rv-00112233445566778899aabbccddeeff`.
    pub id: String,
    /// `session`, `token`, `serviceAccount`, `pod`, `role` or `account`.
    pub kind: String,
    /// The access key id, the token's id, the subject, the pod's uid, the role's name or the account.
    pub target: String,
    /// The issuer, of tokens, service accounts and pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// What was issued until then, such as `2026-11-25T03:15:00Z`, of service accounts, roles and accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_until: Option<String>,
    /// When it was made.
    pub created: String,
    /// When it ends by itself: nothing that it means can live any more.
    pub expires: String,
}

/// Lists the revocations in force.
#[derive(Debug, Clone, Copy)]
pub struct ListRevocations;

impl Call for ListRevocations {
    const NAME: &'static str = "ListRevocations";
    type Input = ListRevocationsRequest;
    type Output = ListRevocationsAnswer;
}

/// Which page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListRevocationsRequest {
    /// The `nextToken` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// A page of revocations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListRevocationsAnswer {
    /// At most a thousand, by id.
    pub revocations: Vec<RevocationAnswer>,
    /// Where the next page begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// Undoes a revocation.
#[derive(Debug, Clone, Copy)]
pub struct DeleteRevocation;

impl Call for DeleteRevocation {
    const NAME: &'static str = "DeleteRevocation";
    type Input = DeleteRevocationRequest;
    type Output = Done;
}

/// Which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteRevocationRequest {
    /// Its id.
    pub id: String,
}
