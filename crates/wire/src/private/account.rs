//! Accounts. Only the operator may: the root of the installation's first account.

use serde::{Deserialize, Serialize};

use super::{Call, Done, bare};
use crate::secret::Secret;

/// Makes an account.
#[derive(Debug, Clone, Copy)]
pub struct CreateAccount;

impl Call for CreateAccount {
    const NAME: &'static str = "CreateAccount";
    type Input = CreateAccountRequest;
    type Output = CreateAccountAnswer;
}

/// The account to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAccountRequest {
    /// Twelve digits; chosen at random where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// An account, with its root's access key: the one time that the secret is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAccountAnswer {
    /// Its id.
    pub id: String,
    /// The access key id of its root.
    pub access_key_id: String,
    /// The secret access key.
    #[serde(with = "bare")]
    pub secret_access_key: Secret,
}

/// Lists the accounts.
#[derive(Debug, Clone, Copy)]
pub struct ListAccounts;

impl Call for ListAccounts {
    const NAME: &'static str = "ListAccounts";
    type Input = ListAccountsRequest;
    type Output = ListAccountsAnswer;
}

/// Asks for nothing in particular.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListAccountsRequest {}

/// All accounts, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAccountsAnswer {
    /// The accounts.
    pub accounts: Vec<AccountAnswer>,
}

/// An account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountAnswer {
    /// Its id.
    pub id: String,
    /// When it was made, such as `2026-11-25T03:15:00Z`.
    pub created: String,
    /// Whether it is the operator's.
    pub operator: bool,
}

/// Removes an account and all that is in it.
#[derive(Debug, Clone, Copy)]
pub struct DeleteAccount;

impl Call for DeleteAccount {
    const NAME: &'static str = "DeleteAccount";
    type Input = DeleteAccountRequest;
    type Output = Done;
}

/// Which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteAccountRequest {
    /// Its id.
    pub id: String,
}
