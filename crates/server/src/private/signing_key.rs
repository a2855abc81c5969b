//! Signing keys of hosted issuers, for the operator.

use std::path::Path;

use jiff::Timestamp;
use rolecall_identity::{
    Permit,
    account::signing_key::{self, Shown, Whose},
    op,
};
use rolecall_wire::private::{
    IssuerOf, RotateSigningKeys, RotateSigningKeysAnswer, RotateSigningKeysRequest, SigningKeyAnswer,
};

use super::{
    Private,
    account::{account, operator},
};
use crate::aws::{evidence::time, fault::Fault, operation::Cx};

impl Private for RotateSigningKeys {
    type Op = op::RotateSigningKeys;

    fn resource(_: &Cx, _: &RotateSigningKeysRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::RotateSigningKeys>,
        input: RotateSigningKeysRequest,
        _: &Path,
    ) -> Result<RotateSigningKeysAnswer, Fault> {
        operator(cx)?;
        let whose = match input.issuer {
            IssuerOf::Account(id) => Whose::Account(account(&id)?),
            IssuerOf::Cluster(name) => Whose::Cluster(name),
        };
        signing_key::check(&cx.snapshot, &whose, cx.now.as_second(), input.leaked).map_err(|error| cx.fault(&error))?;
        let of = whose.clone();
        let keys = tokio::task::spawn_blocking(move || signing_key::generate(&of)).await;
        let keys = keys.map_err(|_| Fault::internal())?.map_err(|_| Fault::internal())?;
        let shown = cx
            .write(permit, |tx, permit| {
                signing_key::rotate(tx, permit, &whose, &keys, input.leaked)
            })
            .await?;
        Ok(RotateSigningKeysAnswer {
            keys: shown.into_iter().map(answer).collect(),
        })
    }
}

fn answer(key: Shown) -> SigningKeyAnswer {
    let at = |seconds: i64| Timestamp::from_second(seconds).map(time).unwrap_or_default();
    SigningKeyAnswer {
        key_id: key.key_id,
        algorithm: key.algorithm,
        signs_from: at(key.signs_from),
        published_until: key.published_until.map(at),
    }
}
