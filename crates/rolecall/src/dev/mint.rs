//! Signs service-account tokens of the cluster `dev`: the issuer's private side. It exists in `rolecall dev` alone
//! (threat 11).

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use rolecall_identity::{
    Identity,
    account::cluster,
    token::issuer::{Named, ServiceAccountToken},
};
use rolecall_names::AccountId;

use super::kubernetes::token::{Mint, Wanted};
use crate::clock;

/// The issuer of a hosted cluster. Which of its keys signs, the time decides.
pub(crate) struct Issuer {
    pub(crate) identity: Arc<Identity>,
    pub(crate) account: AccountId,
    pub(crate) cluster: &'static str,
    pub(crate) url: String,
}

impl Mint for Issuer {
    fn mint(&self, wanted: &Wanted) -> Result<String> {
        let issued = clock::timestamp();
        let cluster = cluster::get(&self.identity.snapshot(), self.account, self.cluster)?;
        if cluster.issuer != self.url {
            bail!("the cluster {} is another one now", self.cluster);
        }
        let key = cluster::signing_key(&cluster, self.identity.root(), issued.as_second())?;
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
        token.mint(&key).context("signing the token")
    }

    fn issuer(&self) -> String {
        self.url.clone()
    }
}
