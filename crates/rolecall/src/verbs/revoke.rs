//! `rolecall revoke …`, `get revocation`, `delete revocation`.

use anyhow::Result;
use rolecall_wire::private::{
    self, DeleteRevocationRequest, ListRevocations, ListRevocationsRequest, RevocationAnswer, RevokeRequest,
    ServiceAccount,
};

use super::print::print;
use crate::{
    aws::Aws,
    cli::revoke::{Common, DeleteRevocation, Revoke},
};

const HEADER: [&str; 5] = ["ID", "KIND", "TARGET", "ISSUED UNTIL", "EXPIRES"];

pub(crate) async fn create(what: Revoke) -> Result<()> {
    let (input, common) = match what {
        Revoke::Session { access_key_id, common } => (RevokeRequest::Session { access_key_id }, common),
        Revoke::Token {
            id,
            issuer,
            cluster,
            common,
        } => (RevokeRequest::Token { id, issuer, cluster }, common),
        Revoke::Serviceaccount {
            service_account,
            cluster,
            common,
        } => {
            let account = ServiceAccount {
                cluster,
                namespace: service_account.namespace,
                name: service_account.name,
            };
            (RevokeRequest::ServiceAccount(account), common)
        }
        Revoke::Pod { uid, cluster, common } => (RevokeRequest::Pod { uid, cluster }, common),
        Revoke::Role {
            name,
            issued_until,
            common,
        } => {
            let issued_until = issued_until.map(jiff::Timestamp::as_second);
            (RevokeRequest::Role { name, issued_until }, common)
        }
    };
    let aws = Aws::connect(&common.place).await?;
    let made = aws.client.private::<private::Revoke>(&input).await?;
    print(common.output.output, &made, &HEADER, &[row(&made)])
}

pub(crate) async fn get(common: Common) -> Result<()> {
    let aws = Aws::connect(&common.place).await?;
    let mut all = Vec::new();
    let mut next_token = None;
    loop {
        let input = ListRevocationsRequest { next_token };
        let page = aws.client.private::<ListRevocations>(&input).await?;
        all.extend(page.revocations);
        match page.next_token {
            Some(next) => next_token = Some(next),
            None => break,
        }
    }
    let rows: Vec<_> = all.iter().map(row).collect();
    print(common.output.output, &all, &HEADER, &rows)
}

pub(crate) async fn delete(arguments: DeleteRevocation) -> Result<()> {
    let aws = Aws::connect(&arguments.place).await?;
    let input = DeleteRevocationRequest {
        id: arguments.id.clone(),
    };
    aws.client.private::<private::DeleteRevocation>(&input).await?;
    println!("undone: {}", super::print::printable(&arguments.id));
    Ok(())
}

fn row(one: &RevocationAnswer) -> Vec<String> {
    vec![
        one.id.clone(),
        one.kind.clone(),
        one.target.clone(),
        one.issued_until.clone().unwrap_or_default(),
        one.expires.clone(),
    ]
}
