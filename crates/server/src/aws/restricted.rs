//! What temporary credentials of users may not call, whatever their policies say (IAM User Guide: Compare AWS STS
//! credentials).

use rolecall_identity::{
    session::Subject,
    sts::{CredentialError, Identified},
};

use super::{
    fault::{Fault, Style, of_credential},
    verify::Signed,
};

/// Refuses calls of IAM and STS that sessions of this kind cannot make.
pub(crate) fn check(signed: &Signed, service: &str, operation: &str) -> Result<(), Fault> {
    let Identified::Session(opened) = signed.identity() else {
        return Ok(());
    };
    let record = &opened.record;
    let (iam, sts): (bool, &[&str]) = match &record.subject {
        Subject::Role { .. } => return Ok(()),
        // "Cannot call IAM API operations unless MFA authentication information is included with the request. Cannot call
        // STS API operations except AssumeRole or GetCallerIdentity."
        Subject::User { .. } | Subject::Root => (record.mfa, &["AssumeRole", "GetCallerIdentity", "GetSessionToken"]),
        // "Cannot call IAM operations using the AWS CLI or AWS API. Cannot call AWS STS operations except
        // GetCallerIdentity."
        Subject::FederatedUser { .. } => (false, &["GetCallerIdentity"]),
    };
    match service {
        // AWS says it as if the token were unknown.
        "iam" if !iam => Err(of_credential(CredentialError::Invalid, Style::Query)),
        // `GetSessionToken` refuses sessions itself, in the same words.
        "sts" if !sts.contains(&operation) => Err(Fault::sender(
            "AccessDenied",
            403,
            format!("Cannot call {operation} with session credentials"),
        )),
        _ => Ok(()),
    }
}
