//! What is to be done now and then with the keys of hosted issuers.

use anyhow::Result;
use jiff::Timestamp;
use rolecall_identity::{
    Identity, Permit,
    account::signing_key::{self, Due, Whose},
};
use rolecall_names::AccountId;

/// Gives old keys their successors, and removes those whose last token is over. What another replica did first is not done
/// again.
pub(super) async fn keep(identity: &Identity, now: Timestamp) {
    let snapshot = identity.snapshot();
    let Some(operator) = snapshot.operator() else { return };
    for (whose, due) in signing_key::due(&snapshot, now.as_second()) {
        match act(identity, operator, &whose, due, now).await {
            Ok(()) => tracing::info!(?whose, ?due, "signing keys"),
            Err(error) => tracing::warn!(%error, ?whose, ?due, "signing keys stay as they are; it is tried again"),
        }
    }
}

async fn act(identity: &Identity, operator: AccountId, whose: &Whose, due: Due, now: Timestamp) -> Result<()> {
    let permit = Permit::operator(operator);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolecall_identity::{
        Quotas,
        account::{
            self, outbound_issuer,
            signing_key::{AGE, LEAD, LEEWAY},
        },
        keys::{RootKey, SystemEntropy},
    };
    use rolecall_store::Memory;

    use super::*;

    #[tokio::test]
    async fn old_keys_are_followed_by_new_ones_and_go() {
        let root = Arc::new(RootKey::from_bytes(&[7; 32]).unwrap());
        let store = Arc::new(Memory::new());
        let identity = Identity::open(store, root, Arc::new(SystemEntropy), Quotas::default()).unwrap();
        let id: AccountId = "123456789012".parse().unwrap();
        let at = |second| Timestamp::from_second(1_700_000_000 + second).unwrap();
        let permit = Permit::operator(id);
        identity.write_blocking(permit, at(0), account::create).unwrap();
        let made = signing_key::generate(&Whose::Account(id)).unwrap();
        let enable = |tx: &mut rolecall_identity::Transaction<'_>, permit| {
            outbound_issuer::enable(tx, permit, "https://h", &made)
        };
        let first = identity.write_blocking(Permit::operator(id), at(0), enable).unwrap();
        let keys = || identity.snapshot().outbound_issuer(id).unwrap().signing_keys.clone();
        keep(&identity, at(AGE - 1)).await;
        assert_eq!(keys(), first.signing_keys);
        keep(&identity, at(AGE)).await;
        let both = keys();
        assert_eq!((both.len(), &both[..2]), (4, &first.signing_keys[..]));
        let end = AGE + LEAD + outbound_issuer::LONGEST_TOKEN + LEEWAY;
        for second in [AGE + 300, AGE + LEAD, end - 1] {
            keep(&identity, at(second)).await;
            assert_eq!(keys(), both);
        }
        keep(&identity, at(end)).await;
        assert_eq!(keys(), both[2..]);
    }
}
