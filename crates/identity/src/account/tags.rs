//! Tags (IAM User Guide: Tags for AWS IAM resources).

use super::{
    Page,
    resource::{Tagged, edit},
};
use crate::{
    error::Error,
    permit::Permit,
    state::{Snapshot, Tag},
    transaction::Transaction,
};
use rolecall_names::AccountId;

/// How keys are told apart: by their letters, or, of users and roles, whatever their case (IAM User Guide: Tags for AWS
/// IAM resources, "Case sensitivity").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// `a` and `A` are two.
    CaseSensitive,
    /// `a` and `A` are one.
    CaseInsensitive,
}

impl Keys {
    fn are_one(self, key: &str, other: &str) -> bool {
        match self {
            Self::CaseSensitive => key == other,
            Self::CaseInsensitive => key.eq_ignore_ascii_case(other),
        }
    }

    fn duplicate(self) -> Error {
        let sentence = match self {
            Self::CaseSensitive => "Duplicate tag keys found.",
            Self::CaseInsensitive => "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        };
        Error::Invalid(sentence.to_owned())
    }
}

/// Checks tags that come with something new.
pub(crate) fn check(keys: Keys, tags: &[Tag], limit: usize) -> Result<(), Error> {
    for (index, (key, value)) in tags.iter().enumerate() {
        if tags.iter().take(index).any(|(other, _)| keys.are_one(other, key)) {
            return Err(keys.duplicate());
        }
        let fits = |text: &str, longest| text.chars().count() <= longest && text.chars().all(is_allowed);
        if key.is_empty() || !fits(key, 128) || !fits(value, 256) {
            return Err(Error::Invalid("The tag is invalid.".to_owned()));
        }
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(Error::Invalid("System tags cannot be added or changed.".to_owned()));
        }
    }
    if tags.len() > limit {
        return Err(Error::Limit(
            "The number of tags has reached the maximum limit.".to_owned(),
        ));
    }
    Ok(())
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`
fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}

/// Adds tags to those that are there; one of the same key is replaced.
fn add(keys: Keys, to: &mut Vec<Tag>, tags: &[Tag], limit: usize) -> Result<(), Error> {
    check(keys, tags, limit)?;
    for (key, value) in tags {
        match to.iter_mut().find(|(other, _)| keys.are_one(other, key)) {
            Some(tag) => *tag = (key.clone(), value.clone()),
            None => to.push((key.clone(), value.clone())),
        }
    }
    if to.len() > limit {
        return Err(Error::Limit(
            "The number of tags has reached the maximum limit.".to_owned(),
        ));
    }
    Ok(())
}

/// Removes the tags of these keys, as far as they are there.
fn remove(keys: Keys, from: &mut Vec<Tag>, gone: &[String]) {
    from.retain(|(key, _)| !gone.iter().any(|other| keys.are_one(other, key)));
}

/// `TagRole`, `TagPolicy` …
pub fn tag<T: Tagged>(tx: &mut Transaction<'_>, permit: Permit<T::Tag>, by: &str, new: &[Tag]) -> Result<(), Error> {
    edit(tx, &permit, by, |record: &mut T, tx| {
        add(T::KEYS, record.tags_mut(), new, tx.quotas().tags)
    })?;
    Ok(())
}

/// `UntagRole`, `UntagPolicy` …
pub fn untag<T: Tagged>(
    tx: &mut Transaction<'_>,
    permit: Permit<T::Untag>,
    by: &str,
    keys: &[String],
) -> Result<(), Error> {
    edit(tx, &permit, by, |record: &mut T, _| {
        remove(T::KEYS, record.tags_mut(), keys);
        Ok(())
    })?;
    Ok(())
}

/// `ListRoleTags` …, by key.
pub fn list<T: Tagged>(
    snapshot: &Snapshot,
    account: AccountId,
    by: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Tag>, Error> {
    Ok(page(T::meant(snapshot, account, by)?.tags(), after, limit))
}

/// A page of tags, by key, short ones first, as AWS lists them.
pub fn page(tags: &[Tag], after: Option<&str>, limit: usize) -> Page<Tag> {
    let place = |(key, _): &Tag| format!("{:03}{key}", key.chars().count());
    let mut all = tags.to_vec();
    all.sort_by_cached_key(place);
    Page::of(all.into_iter(), place, after, limit)
}
