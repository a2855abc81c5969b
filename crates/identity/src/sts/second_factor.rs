//! The second factor of a call: the serial number of the caller's own device and a code that it shows.

use jiff::Timestamp;

use super::{Evidence, Identified, Refusal};
use crate::{
    account::mfa_device::{Shown, show},
    permit::Permit,
    service::Identity,
    session::Subject,
};

const WRONG: Refusal = Refusal::Denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ");
const NOT_THEIRS: Refusal = Refusal::Denied(
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and \
     associated with this user.",
);
const HALF: Refusal =
    Refusal::Denied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.");

/// The proof that a second factor was shown with this call. Only [`second_factor`] makes one.
#[derive(Debug)]
#[non_exhaustive]
pub struct SecondFactor {}

#[cfg(test)]
impl SecondFactor {
    pub(crate) fn for_tests() -> Self {
        Self {}
    }
}

/// `SerialNumber` and `TokenCode` of a call, if either was sent.
///
/// A code is used up when it is right, whatever becomes of the call: that is committed before anything is granted, so that
/// no other replica takes it too. The wrong ones are counted in the same way.
pub async fn second_factor(
    identity: &Identity,
    caller: &Identified,
    serial: Option<&str>,
    code: Option<&str>,
    now: Timestamp,
    evidence: &mut Evidence,
) -> Result<Option<SecondFactor>, Refusal> {
    let (serial, code) = match (serial, code) {
        (None, None) => return Ok(None),
        (Some(serial), Some(code)) => (serial, code),
        (Some(_), None) | (None, Some(_)) => return Err(HALF),
    };
    let (account, user) = match caller {
        Identified::User { account, id, .. } => (*account, id),
        Identified::Session(opened) => match &opened.record.subject {
            Subject::User { id, .. } => (opened.record.account, id),
            // Roles have no devices, and federated users show none (STS API Reference: AssumeRole, SerialNumber).
            Subject::Role { .. } | Subject::Root | Subject::FederatedUser { .. } => return Err(NOT_THEIRS),
        },
        // Devices are users' here.
        Identified::Root { .. } => return Err(NOT_THEIRS),
    };
    let shown = identity
        .write(Permit::of_code(account), now, |tx, permit| {
            show(tx, permit, user, serial, code)
        })
        .await;
    match shown {
        Ok(Shown::Accepted) => Ok(Some(SecondFactor {})),
        Ok(Shown::Wrong) => Err(WRONG),
        Ok(Shown::TooSoon) => {
            evidence.detail = Some("too many wrong codes: this one was not looked at".to_owned());
            Err(WRONG)
        }
        Ok(Shown::NoDevice) => Err(NOT_THEIRS),
        Err(error) => {
            evidence.detail = Some(error.to_string());
            Err(Refusal::Internal("a code cannot be used up"))
        }
    }
}
