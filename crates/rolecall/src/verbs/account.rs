//! `rolecall create|get|delete account`, for the operator.

use anyhow::Result;
use rolecall_wire::private::{self, CreateAccountRequest, DeleteAccountRequest, ListAccounts, ListAccountsRequest};

use super::print::print;
use crate::{
    aws::Aws,
    cli::revoke::{Common, CreateAccount, DeleteAccount},
};

/// Prints the credentials of the new account's root: nobody is told them again.
pub(crate) async fn create(arguments: CreateAccount) -> Result<()> {
    let aws = Aws::connect(&arguments.common.place).await?;
    let input = CreateAccountRequest { id: arguments.id };
    let made = aws.client.private::<private::CreateAccount>(&input).await?;
    let rows = [vec![
        made.id.clone(),
        made.access_key_id.clone(),
        made.secret_access_key.expose().to_owned(),
    ]];
    let header = ["ACCOUNT", "ACCESS KEY ID", "SECRET ACCESS KEY"];
    print(arguments.common.output.output, &made, &header, &rows)
}

pub(crate) async fn get(common: Common) -> Result<()> {
    let aws = Aws::connect(&common.place).await?;
    let answer = aws.client.private::<ListAccounts>(&ListAccountsRequest {}).await?;
    let rows: Vec<_> = answer
        .accounts
        .iter()
        .map(|account| {
            let operator = if account.operator { "yes" } else { "" };
            vec![account.id.clone(), account.created.clone(), operator.to_owned()]
        })
        .collect();
    print(
        common.output.output,
        &answer.accounts,
        &["ACCOUNT", "CREATED", "OPERATOR"],
        &rows,
    )
}

pub(crate) async fn delete(arguments: DeleteAccount) -> Result<()> {
    let id = super::print::printable(&arguments.id);
    if !arguments.approve {
        println!("would remove account {id} with all that is in it; run again with --approve");
        return Ok(());
    }
    let aws = Aws::connect(&arguments.place).await?;
    let input = DeleteAccountRequest { id: arguments.id };
    aws.client.private::<private::DeleteAccount>(&input).await?;
    println!("removed account {id}");
    Ok(())
}
