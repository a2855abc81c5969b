//! What is an account's as a whole: its alias, and the summary of what is in it.

use rolecall_identity::account::{account_alias, summary};
use rolecall_wire::generated::iam;

use super::{invalid, limit, more};
use crate::aws::operation::answer;

answer! { iam::CreateAccountAlias(cx, input) on account_alias::RESOURCE => |permit| {
    let alias = input.account_alias.parse().map_err(invalid)?;
    cx.write(permit, |tx, permit| account_alias::create(tx, permit, &alias)).await
} }

answer! { iam::DeleteAccountAlias(cx, input) on account_alias::RESOURCE => |permit| {
    cx.write(permit, |tx, permit| account_alias::delete(tx, permit, &input.account_alias)).await
} }

answer! { iam::ListAccountAliases(cx, input) on account_alias::RESOURCE => |permit| {
    let after = cx.after(input.marker.as_deref())?;
    let page = account_alias::list(&cx.snapshot, cx.account, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    Ok(iam::ListAccountAliasesResponse { account_aliases: page.items, is_truncated, marker })
} }

answer! { iam::GetAccountSummary(cx, input) on summary::RESOURCE => |permit| {
    let numbers = summary::summary(&cx.snapshot, cx.account, cx.control.identity.quotas());
    let shown = numbers.into_iter().map(|(key, number)| (key.to_owned(), i32::try_from(number).unwrap_or(i32::MAX)));
    Ok(iam::GetAccountSummaryResponse { summary_map: Some(shown.collect()) })
} }
