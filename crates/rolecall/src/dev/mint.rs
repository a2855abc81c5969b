//! Signs service-account tokens of the cluster `dev`: the issuer's private side. It exists in `rolecall dev` alone
//! (threat 11).

use std::time::Duration;

use anyhow::{Context, Result};
use rolecall_identity::token::issuer::{Named, ServiceAccountToken, SigningKey};

use super::kubernetes::token::{Mint, Wanted};
use crate::clock;

/// The signing key of a hosted cluster.
pub(crate) struct Issuer {
    pub(crate) url: String,
    pub(crate) key: SigningKey,
}

impl Mint for Issuer {
    fn mint(&self, wanted: &Wanted) -> Result<String> {
        let issued = clock::timestamp();
        let expires = issued
            .checked_add(Duration::from_secs(wanted.seconds))
            .context("the token would live too long")?;
        let named = |(name, uid): &(String, String)| Named {
            name: name.clone(),
            uid: uid.clone(),
        };
        let token = ServiceAccountToken {
            issuer: self.url.clone(),
            audiences: wanted.audiences.clone(),
            namespace: wanted.namespace.clone(),
            service_account: Named {
                name: wanted.name.clone(),
                uid: wanted.uid.clone(),
            },
            pod: Some(named(&wanted.pod)),
            // The one machine that everything runs on.
            node: Some(Named {
                name: "rolecall-dev".to_owned(),
                uid: rolecall_names::uuid(*b"the node of dev."),
            }),
            token_id: clock::random_uuid()?,
            issued,
            expires,
        };
        token.mint(&self.key).context("signing the token")
    }

    fn issuer(&self) -> String {
        self.url.clone()
    }
}
