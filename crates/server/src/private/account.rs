//! Accounts, for the operator.

use std::path::Path;

use jiff::Timestamp;
use rolecall_identity::{Permit, account::removal, op};
use rolecall_names::AccountId;
use rolecall_wire::private::{
    AccountAnswer, CreateAccount, CreateAccountAnswer, CreateAccountRequest, DeleteAccount, DeleteAccountRequest, Done,
    ListAccounts, ListAccountsAnswer, ListAccountsRequest,
};

use super::Private;
use crate::aws::{evidence::time, fault::Fault, operation::Cx};

impl Private for CreateAccount {
    type Op = op::CreateAccount;

    fn resource(_: &Cx, _: &CreateAccountRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::CreateAccount>,
        input: CreateAccountRequest,
        _: &Path,
    ) -> Result<CreateAccountAnswer, Fault> {
        operator(cx)?;
        let id = input.id.as_deref().map(account).transpose()?;
        let (account, key, secret) = cx.write(permit, |tx, permit| removal::create(tx, permit, id)).await?;
        cx.written().await?;
        Ok(CreateAccountAnswer {
            id: account.id.to_string(),
            access_key_id: key.id,
            secret_access_key: secret.expose().into(),
        })
    }
}

impl Private for ListAccounts {
    type Op = op::ListAccounts;

    fn resource(_: &Cx, _: &ListAccountsRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        _: Permit<op::ListAccounts>,
        _: ListAccountsRequest,
        _: &Path,
    ) -> Result<ListAccountsAnswer, Fault> {
        operator(cx)?;
        let shown = cx.snapshot.accounts().map(|account| AccountAnswer {
            id: account.id.to_string(),
            created: Timestamp::from_second(account.created).map(time).unwrap_or_default(),
            operator: account.made_by.is_none(),
        });
        Ok(ListAccountsAnswer {
            accounts: shown.collect(),
        })
    }
}

impl Private for DeleteAccount {
    type Op = op::DeleteAccount;

    fn resource(_: &Cx, _: &DeleteAccountRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::DeleteAccount>,
        input: DeleteAccountRequest,
        _: &Path,
    ) -> Result<Done, Fault> {
        operator(cx)?;
        let id = account(&input.id)?;
        cx.write(permit, |tx, permit| removal::delete(tx, permit, id)).await?;
        Ok(Done {})
    }
}

/// Whatever policies allow: a root is not bound by any, and each account has one.
pub(super) fn operator(cx: &Cx) -> Result<(), Fault> {
    if removal::is_operator(&cx.snapshot, &cx.caller) {
        return Ok(());
    }
    Err(Fault::sender(
        "AccessDeniedException",
        403,
        "Only the operator may do this: the root of the installation's first account.",
    ))
}

pub(super) fn account(id: &str) -> Result<AccountId, Fault> {
    id.parse()
        .map_err(|_| Fault::sender("InvalidParameterException", 400, "An account id has twelve digits."))
}
