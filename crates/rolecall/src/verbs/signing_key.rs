//! `rolecall rotate signingkey`, for the operator.

use anyhow::Result;
use rolecall_wire::private::{self, IssuerOf, RotateSigningKeysRequest};

use super::print::print;
use crate::{aws::Aws, cli::signing_key::RotateSigningKey};

const HEADER: [&str; 4] = ["KEY ID", "ALGORITHM", "SIGNS FROM", "PUBLISHED UNTIL"];

pub(crate) async fn rotate(arguments: RotateSigningKey) -> Result<()> {
    let aws = Aws::connect(&arguments.common.place).await?;
    let issuer = match arguments.cluster {
        Some(name) => IssuerOf::Cluster(name),
        None => IssuerOf::Account(arguments.account.unwrap_or_default()),
    };
    let input = RotateSigningKeysRequest {
        issuer,
        leaked: arguments.leaked,
    };
    let made = aws.client.private::<private::RotateSigningKeys>(&input).await?;
    let row = |key: &private::SigningKeyAnswer| {
        vec![
            key.key_id.clone(),
            key.algorithm.clone(),
            key.signs_from.clone(),
            key.published_until.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = made.keys.iter().map(row).collect();
    print(arguments.common.output.output, &made.keys, &HEADER, &rows)
}
