//! Tags (IAM User Guide: Tags for AWS IAM resources).

use super::{Actor, Page, holder::describe};
use crate::{error::Error, permit::Permit, state::Tag, transaction::Transaction};

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
pub(crate) fn add(to: &mut Vec<Tag>, tags: &[Tag], limit: usize) -> Result<(), Error> {
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
pub(crate) fn remove(from: &mut Vec<Tag>, keys: &[String]) {
    from.retain(|(key, _)| !keys.iter().any(|other| other.eq_ignore_ascii_case(key)));
}

/// `TagRole`, `TagUser`
pub fn tag<H: Actor>(tx: &mut Transaction<'_>, permit: Permit<H::Tag>, name: &str, new: &[Tag]) -> Result<(), Error> {
    describe::<H, _>(tx, &permit, name, |holder, tx| {
        add(&mut holder.entity_mut().tags, new, tx.quotas().tags)
    })?;
    Ok(())
}

/// `UntagRole`, `UntagUser`
pub fn untag<H: Actor>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::Untag>,
    name: &str,
    keys: &[String],
) -> Result<(), Error> {
    describe::<H, _>(tx, &permit, name, |holder, _| {
        remove(&mut holder.entity_mut().tags, keys);
        Ok(())
    })?;
    Ok(())
}

/// A page of tags, by key.
pub fn page(tags: &[Tag], after: Option<&str>, limit: usize) -> Page<Tag> {
    let mut all = tags.to_vec();
    all.sort();
    Page::of(all.into_iter(), |(key, _)| key.clone(), after, limit)
}
