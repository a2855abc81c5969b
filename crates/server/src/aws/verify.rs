//! Who signed: AWS's checks in AWS's order (observed on STS): scope, then key and token known, then expired, then times and
//! signature.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use rolecall_identity::{
    session::Sessions,
    sts::{CredentialError, Directory, Evidence, Identified, credential},
};
use rolecall_wire::sigv4::{LONGEST_PRESIGNED, Path, Presented, Rejection, RequestParts, SigningKey};

use super::fault::{Fault, Style, of_credential, of_rejection};
use crate::{clock::system, dispatch::Whole};

/// A caller whose signature was verified. Only [`verify`] makes one.
#[derive(Debug, Clone)]
pub struct Signed {
    identity: Identified,
    access_key_id: String,
    region: String,
    service: String,
}

impl Signed {
    /// Who it is.
    pub fn identity(&self) -> &Identified {
        &self.identity
    }

    /// The key that signed.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The service that was signed for, such as `sts`.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The region that was signed for.
    pub fn region(&self) -> &str {
        &self.region
    }
}

/// Verifies the signature of a request to `service`.
pub fn verify(
    request: &Whole,
    service: &str,
    style: Style,
    directory: &dyn Directory,
    sessions: &Sessions,
    now: Timestamp,
    evidence: &mut Evidence,
) -> Result<Signed, Fault> {
    let rejected = |rejection: Rejection| {
        if let Rejection::Mismatch { canonical, .. } = &rejection {
            tracing::debug!(?canonical, "a signature does not match");
        }
        of_rejection(&rejection, style)
    };
    let query = request.parts.uri.query().unwrap_or_default();
    let presented = Presented::read(&request.parts.headers, query).map_err(rejected)?;
    presented.check_scope(service).map_err(rejected)?;
    let credential = credential(
        directory,
        sessions,
        &presented.access_key_id,
        presented.session_token.as_deref(),
        now,
    )
    .map_err(|error| {
        if error == CredentialError::Revoked {
            evidence.detail = revoked(&presented, directory, sessions);
        }
        of_credential(error, style)
    })?;
    presented.check_time(system(now), LONGEST_PRESIGNED).map_err(rejected)?;
    let scope = &presented.scope;
    let key = SigningKey::derive(credential.secret.expose(), &scope.day, &scope.region, &scope.service);
    // INVARIANT: the hash is of the body that came; a client's `x-amz-content-sha256` is never believed here.
    let payload = hex::encode(digest(&SHA256, &request.body));
    let parts = RequestParts {
        method: request.parts.method.as_str(),
        path: request.parts.uri.path(),
        query,
        headers: &request.parts.headers,
        payload: &payload,
        form: Path::Normalized,
    };
    presented.verify(&parts, &key).map_err(rejected)?;
    Ok(Signed {
        identity: credential.identity,
        access_key_id: presented.access_key_id,
        region: presented.scope.region,
        service: presented.scope.service,
    })
}

/// By what a session is revoked, for the audit alone.
fn revoked(presented: &Presented, directory: &dyn Directory, sessions: &Sessions) -> Option<String> {
    let token = presented.session_token.as_deref()?;
    let opened = sessions.open(&presented.access_key_id, token).ok()?;
    let revocation = directory.revoked(&presented.access_key_id, &opened.record)?;
    Some(format!("the session is revoked by {}", revocation.id))
}
