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

/// Checks tags that come with something new.
pub(crate) fn check(tags: &[Tag], limit: usize) -> Result<(), Error> {
    for (index, (key, value)) in tags.iter().enumerate() {
        if tags
            .iter()
            .take(index)
            .any(|(other, _)| other.eq_ignore_ascii_case(key))
        {
            return Err(Error::Invalid(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned(),
            ));
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
fn add(to: &mut Vec<Tag>, tags: &[Tag], limit: usize) -> Result<(), Error> {
    check(tags, limit)?;
    for (key, value) in tags {
        match to.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(key)) {
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
fn remove(from: &mut Vec<Tag>, keys: &[String]) {
    from.retain(|(key, _)| !keys.iter().any(|other| other.eq_ignore_ascii_case(key)));
}

/// `TagRole`, `TagPolicy` …
pub fn tag<T: Tagged>(tx: &mut Transaction<'_>, permit: Permit<T::Tag>, by: &str, new: &[Tag]) -> Result<(), Error> {
    edit(tx, &permit, by, |record: &mut T, tx| {
        add(record.tags_mut(), new, tx.quotas().tags)
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
        remove(record.tags_mut(), keys);
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

/// A page of tags, by key.
pub fn page(tags: &[Tag], after: Option<&str>, limit: usize) -> Page<Tag> {
    let mut all = tags.to_vec();
    all.sort();
    Page::of(all.into_iter(), |(key, _)| key.clone(), after, limit)
}
