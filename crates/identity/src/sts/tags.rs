//! Session tags, and what a session may carry in all.

use super::Refusal;
use crate::session::{MAX_RECORD, Record};

/// A session tag.
pub type Tag = (String, String);

/// The most characters of session policies, inline and managed together.
const PLAIN: usize = 2048;

const DUPLICATE: &str = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
const NOT_REQUESTED: &str = "The specified transitive tag key must be included in the requested tags.";
const CONFLICT: &str = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag \
                        key from the calling session.";

/// The tags of a new session and the keys of those that stay, from what was asked for and what the caller passes on.
pub(super) fn merge(
    asked: &[Tag],
    transitive: &[String],
    caller: Option<&Record>,
) -> Result<(Vec<Tag>, Vec<String>), Refusal> {
    let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    for (index, (key, value)) in asked.iter().enumerate() {
        let reserved = key.to_ascii_lowercase().starts_with("aws:");
        let lengths = (1..=128).contains(&key.chars().count()) && value.chars().count() <= 256;
        if reserved || !lengths || !key.chars().chain(value.chars()).all(is_tag_character) {
            return Err(Refusal::InvalidParameterValue("Tag keys or values are invalid."));
        }
        if asked.iter().skip(index + 1).any(|(other, _)| same(key, other)) {
            return Err(Refusal::InvalidParameterValue(DUPLICATE));
        }
    }
    if asked.len() > 50 {
        return Err(Refusal::InvalidParameterValue("A session can have up to 50 tags."));
    }
    if !transitive
        .iter()
        .all(|key| asked.iter().any(|(asked, _)| same(asked, key)))
    {
        return Err(Refusal::InvalidParameterValue(NOT_REQUESTED));
    }
    let inherited: Vec<&Tag> = caller
        .map(|record| {
            let stays = |key: &str| record.transitive_tags.iter().any(|stays| same(stays, key));
            record.tags.iter().filter(|(key, _)| stays(key)).collect()
        })
        .unwrap_or_default();
    if asked
        .iter()
        .any(|(key, _)| inherited.iter().any(|(other, _)| same(key, other)))
    {
        return Err(Refusal::InvalidParameterValue(CONFLICT));
    }
    let mut keys: Vec<String> = inherited.iter().map(|(key, _)| key.clone()).collect();
    for key in transitive {
        if !keys.iter().any(|known| same(known, key)) {
            keys.push(key.clone());
        }
    }
    let tags = inherited.into_iter().chain(asked).cloned().collect();
    Ok((tags, keys))
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`
fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric()
        || (character.is_whitespace() && !character.is_control())
        || "_.:/=+-@".contains(character)
}

/// How full a session is, in percent. AWS does not say how it packs; ours is what the record has room for.
pub(super) fn packed(record: &Record) -> Result<u32, Refusal> {
    let without = Record {
        session_policy: None,
        session_policy_arns: Vec::new(),
        tags: Vec::new(),
        transitive_tags: Vec::new(),
        ..record.clone()
    };
    let with_tags = Record {
        session_policy: None,
        session_policy_arns: Vec::new(),
        ..record.clone()
    };
    let fixed = without.size();
    let room = MAX_RECORD.saturating_sub(fixed).max(1);
    let percent = |size: usize| {
        let used = size.saturating_sub(fixed);
        u32::try_from((used * 100).div_ceil(room)).unwrap_or(u32::MAX)
    };
    let tags = percent(with_tags.size());
    if tags > 100 {
        let text = format!("Packed size of session tags consumes {tags}% of allotted space.");
        return Err(Refusal::PackedPolicyTooLarge(text));
    }
    let all = percent(record.size()).max(plain(record));
    if all > 100 {
        let text = format!("Packed policy consumes {all}% of allotted space, please use smaller policy.");
        return Err(Refusal::PackedPolicyTooLarge(text));
    }
    Ok(all)
}

/// How much of what session policies may take in plain text is taken, in percent: "the plaintext that you use for both
/// inline and managed session policies can't exceed 2,048 characters" (STS API Reference: `AssumeRole`).
fn plain(record: &Record) -> u32 {
    let policies = record.session_policy.iter().chain(&record.session_policy_arns);
    let used: usize = policies.map(|text| text.chars().count()).sum();
    u32::try_from((used * 100).div_ceil(PLAIN)).unwrap_or(u32::MAX)
}

/// A JSON text without the white space between its parts.
pub(super) fn without_white_space(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in json.chars() {
        if quoted {
            out.push(character);
            (quoted, escaped) = match character {
                _ if escaped => (true, false),
                '\\' => (true, true),
                '"' => (false, false),
                _ => (true, false),
            };
        } else if !character.is_ascii_whitespace() {
            out.push(character);
            quoted = character == '"';
        }
    }
    out
}
