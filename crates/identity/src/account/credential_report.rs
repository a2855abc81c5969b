//! All users of an account and their credentials as a table (IAM User Guide: Generate credential reports for your AWS
//! account).

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_names::{AccountId, Arn, UniqueId};

use crate::{
    state::{AccessKey, SigningCertificate, Snapshot, User},
    usage::Usage,
};

/// For how many seconds a report is the newest one: four hours.
pub const NEWEST: i64 = 4 * 60 * 60;

/// The first line.
const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

const NONE: &str = "N/A";

/// The report as of now: the root first, then the users by their names, without a line's end after the last (as it was
/// seen from AWS).
pub fn generate(snapshot: &Snapshot, usage: &Usage, account: AccountId) -> String {
    let mut lines = vec![COLUMNS.to_owned(), root(snapshot, usage, account)];
    lines.extend(
        snapshot
            .users(account)
            .map(|user| of_user(snapshot, usage, account, user)),
    );
    lines.join("\n")
}

/// The root has no password here, and nobody signs in with one.
fn root(snapshot: &Snapshot, usage: &Usage, account: AccountId) -> String {
    let created = snapshot.account(account).map_or(0, |account| account.created);
    let mut fields = vec![
        "<root_account>".to_owned(),
        Arn::iam(account.as_str(), "root").to_string(),
        time(created),
        "not_supported".to_owned(),
        "no_information".to_owned(),
        "not_supported".to_owned(),
        "not_supported".to_owned(),
        "false".to_owned(),
    ];
    fields.extend(keys(snapshot, usage, account, None));
    fields.extend(certificates(snapshot, account, None));
    fields.join(",")
}

fn of_user(snapshot: &Snapshot, usage: &Usage, account: AccountId, user: &User) -> String {
    let profile = snapshot.login_profile(account, &user.name);
    let changed = profile.map(|profile| profile.changed);
    let days = snapshot.password_policy(account).and_then(|policy| policy.max_age);
    let next = changed
        .zip(days)
        .map(|(changed, days)| changed.saturating_add(i64::from(days) * 24 * 60 * 60));
    let mut fields = vec![
        quoted(&user.name),
        quoted(user.arn.as_str()),
        time(user.created),
        profile.is_some().to_string(),
        // A password is nowhere signed in with here.
        if profile.is_some() { "no_information" } else { NONE }.to_owned(),
        changed.map_or_else(|| NONE.to_owned(), time),
        next.map_or_else(|| NONE.to_owned(), time),
        snapshot.mfa_devices_of(account, &user.id).next().is_some().to_string(),
    ];
    fields.extend(keys(snapshot, usage, account, Some(&user.name)));
    fields.extend(certificates(snapshot, account, Some(&user.id)));
    fields.join(",")
}

/// The columns of two keys, by their ids.
fn keys(snapshot: &Snapshot, usage: &Usage, account: AccountId, user: Option<&str>) -> Vec<String> {
    let mut all: Vec<&AccessKey> = snapshot.access_keys(account, user).map(|key| &**key).collect();
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let none = || ["false", NONE, NONE, NONE, NONE].map(str::to_owned);
    let one = |key: &&AccessKey| {
        let last = usage.of_key(&key.id);
        let text = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
        [
            key.active.to_string(),
            time(key.created),
            text(last.as_ref().map(|last| time(last.at))),
            text(last.as_ref().map(|last| shown_region(&last.service, &last.region))),
            text(last.map(|last| last.service)),
        ]
    };
    let [first, second] = [0, 1].map(|index| all.get(index).map_or_else(none, one));
    first.into_iter().chain(second).collect()
}

/// The columns of two signing certificates, by their ids.
fn certificates(snapshot: &Snapshot, account: AccountId, user: Option<&UniqueId>) -> Vec<String> {
    let mut all = snapshot.signing_certificates_of(account, user);
    let one = |certificate: Option<&Arc<SigningCertificate>>| match certificate {
        Some(certificate) => [certificate.active.to_string(), time(certificate.created)],
        None => ["false", NONE].map(str::to_owned),
    };
    let (first, second) = (one(all.next()), one(all.next()));
    first.into_iter().chain(second).collect()
}

/// The region of a key's last use: of services that have none, such as S3, `N/A`.
pub fn shown_region(service: &str, region: &str) -> String {
    if service == "s3" || region.is_empty() {
        NONE.to_owned()
    } else {
        region.to_owned()
    }
}

/// Names may have commas (RFC 4180, section 2); quotation marks they have none.
fn quoted(text: &str) -> String {
    if text.contains(',') {
        format!("\"{text}\"")
    } else {
        text.to_owned()
    }
}

fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}
