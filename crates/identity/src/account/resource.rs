//! What every record is that has an ARN, a name or tags: found, changed under a permit, described by tags.

use std::sync::Arc;

use rolecall_names::AccountId;

use crate::{
    error::Error,
    permit::{Operation, Permit},
    state::{Group, InstanceProfile, Kept, Role, ServerCertificate, Snapshot, Tag, User},
    transaction::Transaction,
};

/// A record that calls are about, by its name, its ARN or its serial number.
#[expect(
    private_bounds,
    reason = "how records are kept is nobody else's business, and nobody else makes one"
)]
pub trait Resource: Kept + 'static {
    /// The one that is meant, if its like may be changed, or AWS's sentence.
    fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error>;

    /// Its ARN, which permits are for.
    fn arn(&self) -> &str;
}

/// A record that has tags.
pub trait Tagged: Resource {
    /// `TagRole` …
    type Tag: Operation;
    /// `UntagRole` …
    type Untag: Operation;

    /// Its tags.
    fn tags(&self) -> &[Tag];
    /// Its tags, to be changed.
    fn tags_mut(&mut self) -> &mut Vec<Tag>;
}

/// A record that has a name, by which lists are ordered, and a path.
pub trait Named {
    /// Its name.
    fn name(&self) -> &str;
    /// Its path.
    fn path(&self) -> &str;
}

/// Changes the one that is meant, if the permit is for it.
pub(crate) fn edit<R: Resource, Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    by: &str,
    edit: impl FnOnce(&mut R, &mut Transaction<'_>) -> Result<(), Error>,
) -> Result<R, Error> {
    let mut record = R::clone(&*R::meant(tx.snapshot(), permit.account(), by)?);
    permit.covers(record.arn())?;
    edit(&mut record, tx)?;
    tx.put(&record)?;
    Ok(record)
}

macro_rules! named {
    ($($type:ty),*) => {
        $(impl Named for $type {
            fn name(&self) -> &str {
                &self.name
            }

            fn path(&self) -> &str {
                &self.path
            }
        })*
    };
}

named!(Group, InstanceProfile, Role, ServerCertificate, User);
