//! A session's record as bytes: every field in order, texts after their length, numbers as LEB128.
//!
//! The sealed text's version covers this encoding too: when a field is added, the version goes up. There is one encoding
//! of each record, and nothing may follow it.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, UniqueId};

use super::{Record, Source, Subject};

pub(super) fn encode(record: &Record) -> Vec<u8> {
    let mut to = Writer(Vec::with_capacity(512));
    let account: u64 = record.account.as_str().parse().unwrap_or_default();
    to.number(account);
    to.number(record.account_incarnation);
    match &record.subject {
        Subject::Role { id, arn, session_name } => {
            to.0.push(1);
            to.text(id.as_str());
            // The partition and the account are known.
            to.text(arn.resource());
            to.text(session_name);
        }
        Subject::User { id, arn } => {
            to.0.push(2);
            to.text(id.as_str());
            to.text(arn.resource());
        }
        Subject::Root => to.0.push(3),
        Subject::FederatedUser { name, user } => {
            to.0.push(4);
            to.text(name);
            match user {
                None => to.0.push(0),
                Some((id, arn)) => {
                    to.0.push(1);
                    to.text(id.as_str());
                    to.text(arn.resource());
                }
            }
        }
    }
    to.time(record.issued);
    to.time(record.expires);
    to.optional(record.session_policy.as_deref());
    to.texts(&record.session_policy_arns);
    to.count(record.tags.len());
    for (key, value) in &record.tags {
        to.text(key);
        to.text(value);
    }
    to.texts(&record.transitive_tags);
    to.optional(record.source_identity.as_deref());
    match &record.source {
        None => to.0.push(0),
        Some(source) => {
            to.0.push(if source.subject_type.is_some() { 2 } else { 1 });
            to.text(&source.provider);
            to.text(&source.issuer);
            to.text(&source.subject);
            to.text(&source.audience);
            to.optional(source.token_id.as_deref());
            match &source.subject_type {
                Some(kind) => to.text(kind),
                None => to.optional(source.pod_uid.as_deref()),
            }
        }
    }
    to.0.push(u8::from(record.chained) | u8::from(record.mfa) << 1);
    to.0
}

pub(super) fn decode(bytes: &[u8]) -> Option<Record> {
    let mut from = Reader(bytes);
    let account: AccountId = format!("{:012}", from.number()?).parse().ok()?;
    let account_incarnation = from.number()?;
    let subject = match from.byte()? {
        1 => Subject::Role {
            id: from.text()?.parse::<UniqueId>().ok()?,
            arn: Arn::iam(account.as_str(), from.text()?),
            session_name: from.text()?.to_owned(),
        },
        2 => Subject::User {
            id: from.text()?.parse::<UniqueId>().ok()?,
            arn: Arn::iam(account.as_str(), from.text()?),
        },
        3 => Subject::Root,
        4 => Subject::FederatedUser {
            name: from.text()?.to_owned(),
            user: match from.byte()? {
                0 => None,
                1 => Some((
                    from.text()?.parse::<UniqueId>().ok()?,
                    Arn::iam(account.as_str(), from.text()?),
                )),
                _ => return None,
            },
        },
        _ => return None,
    };
    let issued = from.time()?;
    let expires = from.time()?;
    let session_policy = from.optional()?;
    let session_policy_arns = from.texts()?;
    let tags = (0..from.number()?)
        .map(|_| Some((from.text()?.to_owned(), from.text()?.to_owned())))
        .collect::<Option<_>>()?;
    let transitive_tags = from.texts()?;
    let source_identity = from.optional()?;
    let source = match from.byte()? {
        0 => None,
        kind @ (1 | 2) => {
            let mut source = Source {
                provider: from.text()?.to_owned(),
                issuer: from.text()?.to_owned(),
                subject: from.text()?.to_owned(),
                audience: from.text()?.to_owned(),
                token_id: from.optional()?,
                pod_uid: None,
                subject_type: None,
            };
            match kind {
                1 => source.pod_uid = from.optional()?,
                _ => source.subject_type = Some(from.text()?.to_owned()),
            }
            Some(Arc::new(source))
        }
        _ => return None,
    };
    let flags = from.byte()?;
    (from.0.is_empty() && flags <= 3).then_some(Record {
        account,
        account_incarnation,
        subject,
        issued,
        expires,
        session_policy,
        session_policy_arns,
        tags,
        transitive_tags,
        source_identity,
        source,
        chained: flags & 1 != 0,
        mfa: flags & 2 != 0,
    })
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
            value >>= 7;
        }
        self.0.push(u8::try_from(value).unwrap_or_default());
    }

    fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Times before 1970 do not happen.
    fn time(&mut self, seconds: i64) {
        self.number(u64::try_from(seconds).unwrap_or_default());
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.push(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn texts(&mut self, texts: &[String]) {
        self.count(texts.len());
        for text in texts {
            self.text(text);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value: u64 = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return None;
            }
            value |= part << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn time(&mut self) -> Option<i64> {
        i64::try_from(self.number()?).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one is whether it reads, the inner one what it read"
    )]
    fn optional(&mut self) -> Option<Option<String>> {
        match self.byte()? {
            0 => Some(None),
            1 => Some(Some(self.text()?.to_owned())),
            _ => None,
        }
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        (0..self.number()?).map(|_| self.text().map(str::to_owned)).collect()
    }
}
