//! From an access key id, and a session token if there is one, to the secret that verifies the signature and to whose it
//! is. The order is AWS's: key and token known, then expired, then (by the caller of this) the signature.

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_names::{AccountId, Arn, UniqueId};

use super::Directory;
use crate::session::{Opened, Secret, Sessions, Subject};

/// What verifies a signature, and whose it is then.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The secret access key.
    pub secret: Secret,
    /// Whose it is, once the signature was verified.
    pub identity: Identified,
}

/// A caller as its credentials tell.
#[derive(Debug, Clone)]
pub enum Identified {
    /// The root of an account, by a long-term key.
    Root {
        /// The account.
        account: AccountId,
    },
    /// A user, by a long-term key.
    User {
        /// The user's account.
        account: AccountId,
        /// The user's unique id.
        id: UniqueId,
        /// The user's ARN.
        arn: Arn,
    },
    /// A session.
    Session(Arc<Opened>),
}

/// Why credentials are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// `InvalidClientTokenId`: unknown key; token missing, of another key, or no token; role, user or account gone. All
    /// alike to the client.
    #[error("The security token included in the request is invalid.")]
    Invalid,
    /// `ExpiredToken`: revoked. SDKs then ask for new credentials, as they must.
    #[error("The security token included in the request is expired")]
    Revoked,
    /// `ExpiredToken`
    #[error("The security token included in the request is expired")]
    Expired,
}

/// Looks up who an access key id belongs to.
pub fn credential(
    directory: &dyn Directory,
    sessions: &Sessions,
    access_key_id: &str,
    session_token: Option<&str>,
    now: Timestamp,
) -> Result<Credential, CredentialError> {
    let Some(token) = session_token else {
        let key = directory
            .access_key(access_key_id)
            .filter(|key| key.active)
            .ok_or(CredentialError::Invalid)?;
        let identity = match key.user {
            None => Identified::Root { account: key.account },
            Some((id, arn)) => Identified::User {
                account: key.account,
                id,
                arn,
            },
        };
        return Ok(Credential {
            secret: key.secret,
            identity,
        });
    };
    let opened = sessions
        .open(access_key_id, token)
        .map_err(|_| CredentialError::Invalid)?;
    let record = &opened.record;
    // Threat 6: the account, the role and the user must be those of then.
    let same_account = directory.account(record.account) == Some(record.account_incarnation);
    let same_subject = match &record.subject {
        Subject::Role { id, arn, .. } => directory.role(arn).is_some_and(|role| role.id == id),
        Subject::User { id, arn }
        | Subject::FederatedUser {
            user: Some((id, arn)), ..
        } => directory.has_user(arn, id),
        Subject::Root | Subject::FederatedUser { user: None, .. } => true,
    };
    if !same_account || !same_subject {
        return Err(CredentialError::Invalid);
    }
    if record.is_expired(now) {
        return Err(CredentialError::Expired);
    }
    if directory.revoked(access_key_id, record).is_some() {
        return Err(CredentialError::Revoked);
    }
    Ok(Credential {
        secret: opened.secret.clone(),
        identity: Identified::Session(opened),
    })
}
