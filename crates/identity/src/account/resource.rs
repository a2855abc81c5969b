//! What every record is that has an ARN, a name or tags: found, changed under a permit, described by tags.

use std::sync::Arc;

use rolecall_names::{AccountId, Path};

use super::tags::Keys;
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
    /// How keys are told apart.
    const KEYS: Keys = Keys::CaseSensitive;

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

/// A record whose name and path may change. Its unique id stays, and so does all that knows it by that.
pub(crate) trait Renamed: Resource + Named {
    /// AWS's sentence for a name that another has.
    fn taken(name: &str) -> Error;
    /// Gives it a name, a path, and the ARN that comes of both.
    fn call(&mut self, account: AccountId, name: &str, path: &str);
}

/// Gives the one that is meant another name, another path, or both; answers it as it was and as it is.
pub(crate) fn rename<R: Renamed, Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    name: &str,
    new_name: Option<&str>,
    new_path: Option<&Path>,
) -> Result<(Arc<R>, R), Error> {
    let account = permit.account();
    let before = R::meant(tx.snapshot(), account, name)?;
    permit.covers(before.arn())?;
    let new_name = new_name.unwrap_or(before.name());
    // The same name in other letters is its own.
    if !new_name.eq_ignore_ascii_case(before.name()) && R::meant(tx.snapshot(), account, new_name).is_ok() {
        return Err(R::taken(new_name));
    }
    let mut after = R::clone(&before);
    after.call(account, new_name, new_path.map_or(before.path(), Path::as_str));
    tx.delete(&*before);
    tx.put(&after)?;
    Ok((before, after))
}

/// Implements [`Renamed`] with the module's own `taken` and `arn`.
macro_rules! renamed {
    ($type:ty $(, $form:ident)?) => {
        impl $crate::account::resource::Renamed for $type {
            fn taken(name: &str) -> Error {
                taken(name)
            }

            fn call(&mut self, account: AccountId, name: &str, path: &str) {
                self.arn = arn(account, path, name)$(.$form())?;
                name.clone_into(&mut self.name);
                path.clone_into(&mut self.path);
            }
        }
    };
}
pub(crate) use renamed;

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
