//! Inline policies of roles, users and groups: `inline::put::<Role>(…)`.

use rolecall_names::{AccountId, PolicyName};
use rolecall_policy::Kind;

use super::{Holder, Page, document, holder::change};
use crate::{document::Document, error::Error, permit::Permit, state::Snapshot, transaction::Transaction};

/// `PutRolePolicy`, `PutUserPolicy`, `PutGroupPolicy`: adds the policy or replaces it.
pub fn put<H: Holder>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::PutPolicy>,
    name: &str,
    policy: &PolicyName,
    text: &str,
) -> Result<(), Error> {
    change::<H, _>(tx, &permit, name, |holder, tx| {
        let inline = &mut holder.entity_mut().inline;
        inline.insert(policy.to_string(), document(text, Kind::Identity)?);
        let limit = H::inline_size(tx.quotas());
        if inline.values().map(Document::size).sum::<usize>() > limit {
            return Err(Error::Limit(format!(
                "Maximum policy size of {limit} bytes exceeded for {} {name}",
                H::NOUN
            )));
        }
        Ok(())
    })?;
    Ok(())
}

/// `DeleteRolePolicy`, `DeleteUserPolicy`, `DeleteGroupPolicy`
pub fn delete<H: Holder>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::DeletePolicy>,
    name: &str,
    policy: &str,
) -> Result<(), Error> {
    change::<H, _>(tx, &permit, name, |holder, _| {
        match holder.entity_mut().inline.remove(policy) {
            Some(_) => Ok(()),
            None => Err(not_found::<H>(policy)),
        }
    })?;
    Ok(())
}

/// `GetRolePolicy`, `GetUserPolicy`, `GetGroupPolicy`: the document, as it was sent.
pub fn get<H: Holder>(snapshot: &Snapshot, account: AccountId, name: &str, policy: &str) -> Result<Document, Error> {
    let holder = H::get(snapshot, account, name)?;
    holder
        .entity()
        .inline
        .get(policy)
        .cloned()
        .ok_or_else(|| not_found::<H>(policy))
}

/// `ListRolePolicies`, `ListUserPolicies`, `ListGroupPolicies`: the names.
pub fn list<H: Holder>(
    snapshot: &Snapshot,
    account: AccountId,
    name: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<String>, Error> {
    let holder = H::get(snapshot, account, name)?;
    Ok(Page::of(
        holder.entity().inline.keys().cloned(),
        String::clone,
        after,
        limit,
    ))
}

fn not_found<H: Holder>(policy: &str) -> Error {
    Error::NotFound(format!("The {} policy with name {policy} cannot be found.", H::NOUN))
}
