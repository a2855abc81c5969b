//! What is to be done now and then with the keys of hosted issuers.

use anyhow::Result;
use rolecall_identity::{
    Identity, Permit,
    account::signing_key::{self, Due, Whose},
};
use rolecall_names::AccountId;

use crate::clock;

/// Gives old keys their successors, and removes those whose last token is over. What another replica did first is not done
/// again.
pub(super) async fn keep(identity: &Identity) {
    let snapshot = identity.snapshot();
    let Some(operator) = snapshot.operator() else { return };
    for (whose, due) in signing_key::due(&snapshot, clock::timestamp().as_second()) {
        match act(identity, operator, &whose, due).await {
            Ok(()) => tracing::info!(?whose, ?due, "signing keys"),
            Err(error) => tracing::warn!(%error, ?whose, ?due, "signing keys stay as they are; it is tried again"),
        }
    }
}

async fn act(identity: &Identity, operator: AccountId, whose: &Whose, due: Due) -> Result<()> {
    let (permit, now) = (Permit::operator(operator), clock::timestamp());
    match due {
        Due::Removal => {
            identity
                .write(permit, now, |tx, permit| signing_key::retire(tx, permit, whose))
                .await?;
        }
        Due::Rotation => {
            let of = whose.clone();
            let keys = tokio::task::spawn_blocking(move || signing_key::generate(&of)).await??;
            identity
                .write(permit, now, |tx, permit| {
                    signing_key::rotate(tx, permit, whose, &keys, false)
                })
                .await?;
        }
    }
    Ok(())
}
