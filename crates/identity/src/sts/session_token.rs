//! The small calls: `GetSessionToken`, `GetCallerIdentity`, `GetAccessKeyInfo`.

use jiff::Timestamp;
use rolecall_names::{AccessKeyId, AccountId, Arn};

use super::{Directory, HOUR, Identified, LONGEST, Refusal, SecondFactor, new_key_id};
use crate::{
    keys::{Entropy, random},
    session::{Credentials, Record, Sessions, Subject},
};

/// `GetSessionToken`, checked against the model.
#[derive(Debug, Clone, Copy, Default)]
pub struct SessionTokenRequest<'a> {
    /// `DurationSeconds`
    pub duration: Option<i64>,
    /// The second factor that was shown.
    pub factor: Option<&'a SecondFactor>,
}

/// Temporary credentials for the caller itself.
pub fn session_token(
    directory: &dyn Directory,
    sessions: &Sessions,
    caller: &Identified,
    input: SessionTokenRequest<'_>,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(Credentials, Record), Refusal> {
    let (account, subject, longest) = match caller {
        Identified::Session(_) => {
            return Err(Refusal::Denied("Cannot call GetSessionToken with session credentials"));
        }
        // "Root user: a maximum of 3,600 seconds" (STS API Reference: GetSessionToken).
        Identified::Root { account } => (*account, Subject::Root, HOUR),
        Identified::User { account, id, arn } => (
            *account,
            Subject::User {
                id: id.clone(),
                arn: arn.clone(),
            },
            LONGEST * 3,
        ),
    };
    let issued = now.as_second();
    let record = Record {
        account,
        account_incarnation: directory
            .account(account)
            .ok_or(Refusal::Internal("a caller without an account"))?,
        subject,
        issued,
        expires: issued.saturating_add(input.duration.unwrap_or(LONGEST).min(longest)),
        session_policy: None,
        session_policy_arns: Vec::new(),
        tags: Vec::new(),
        transitive_tags: Vec::new(),
        source_identity: None,
        source: None,
        chained: false,
        mfa: input.factor.is_some(),
    };
    let credentials = sessions
        .seal(new_key_id(account, entropy)?, &record, now, random(entropy)?)
        .map_err(|_| Refusal::Internal("a session does not seal"))?;
    Ok((credentials, record))
}

/// The answer of `GetCallerIdentity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// `UserId`
    pub user_id: String,
    /// `Account`
    pub account: AccountId,
    /// `Arn`
    pub arn: Arn,
}

/// Who the caller is. Anybody may ask that about themselves.
pub fn caller_identity(caller: &Identified) -> CallerIdentity {
    match caller {
        Identified::Root { account } => CallerIdentity {
            user_id: account.to_string(),
            account: *account,
            arn: Arn::iam(account.as_str(), "root"),
        },
        Identified::User { account, id, arn } => CallerIdentity {
            user_id: id.to_string(),
            account: *account,
            arn: arn.clone(),
        },
        Identified::Session(opened) => CallerIdentity {
            user_id: opened.record.caller_id(),
            account: opened.record.account,
            arn: opened.record.caller_arn(),
        },
    }
}

/// The account of an access key id, which the id itself carries; a key of another making is looked up.
pub fn access_key_info(directory: &dyn Directory, access_key_id: &str) -> Option<AccountId> {
    if let Some(known) = directory.access_key(access_key_id) {
        return Some(known.account);
    }
    let id: AccessKeyId = access_key_id.parse().ok()?;
    id.account().filter(|account| directory.account(*account).is_some())
}
