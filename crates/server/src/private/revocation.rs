//! Revocations: what to revoke becomes a target, with names as of now.

use std::path::Path;

use jiff::Timestamp;
use rolecall_identity::{
    Permit,
    account::revocation,
    op,
    state::{Revocation, Target},
};
use rolecall_wire::private::{
    DeleteRevocation, DeleteRevocationRequest, Done, ListRevocations, ListRevocationsAnswer, ListRevocationsRequest,
    RevocationAnswer, Revoke, RevokeRequest,
};

use super::{Private, hypothetical::find_cluster};
use crate::aws::{evidence::time, fault::Fault, operation::Cx};

/// Revocations on a page.
const PAGE: usize = 1000;

impl Private for Revoke {
    type Op = op::Revoke;

    fn resource(cx: &Cx, input: &RevokeRequest) -> String {
        target(cx, input).map_or_else(
            |_| "*".to_owned(),
            |target| revocation::resource(&cx.snapshot, cx.account, &target),
        )
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::Revoke>,
        input: RevokeRequest,
        _: &Path,
    ) -> Result<RevocationAnswer, Fault> {
        let target = target(cx, &input)?;
        let made = cx
            .write(permit, |tx, permit| revocation::create(tx, permit, &target))
            .await?;
        Ok(shown(&made))
    }
}

impl Private for ListRevocations {
    type Op = op::ListRevocations;

    fn resource(_: &Cx, _: &ListRevocationsRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::ListRevocations>,
        input: ListRevocationsRequest,
        _: &Path,
    ) -> Result<ListRevocationsAnswer, Fault> {
        let after = cx.after(input.next_token.as_deref())?;
        let now = cx.now.as_second();
        let page = revocation::list(&cx.snapshot, permit.account(), now, after.as_deref(), PAGE);
        Ok(ListRevocationsAnswer {
            next_token: cx.marker(page.next.as_deref())?,
            revocations: page.items.iter().map(|one| shown(one)).collect(),
        })
    }
}

impl Private for DeleteRevocation {
    type Op = op::DeleteRevocation;

    fn resource(_: &Cx, _: &DeleteRevocationRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::DeleteRevocation>,
        input: DeleteRevocationRequest,
        _: &Path,
    ) -> Result<Done, Fault> {
        cx.write(permit, |tx, permit| revocation::delete(tx, permit, &input.id))
            .await?;
        Ok(Done {})
    }
}

fn target(cx: &Cx, input: &RevokeRequest) -> Result<Target, Fault> {
    // An issuer under our own address is nobody else's, so that its cluster's owner may revoke for all who trust it.
    let issuer = |cluster: Option<&str>| {
        let cluster = find_cluster(cx, cx.account, cluster)?;
        let everywhere = cluster.issuer == format!("{}/id/{}", cx.control.endpoint.trim_end_matches('/'), cluster.id);
        Ok::<_, Fault>((cluster.issuer.clone(), everywhere))
    };
    Ok(match input {
        RevokeRequest::Session { access_key_id } => Target::Session {
            access_key_id: access_key_id.clone(),
        },
        RevokeRequest::Token {
            id,
            issuer: Some(url),
            cluster: None,
        } => Target::Token {
            issuer: url.clone(),
            token_id: id.clone(),
            everywhere: false,
        },
        RevokeRequest::Token {
            issuer: Some(_),
            cluster: Some(_),
            ..
        } => {
            return Err(Fault::sender(
                "InvalidParameterException",
                400,
                "A token is of a cluster or of an issuer, not of both.",
            ));
        }
        RevokeRequest::Token { id, cluster, .. } => {
            let (issuer, everywhere) = issuer(cluster.as_deref())?;
            Target::Token {
                issuer,
                token_id: id.clone(),
                everywhere,
            }
        }
        RevokeRequest::ServiceAccount(account) => {
            let (issuer, everywhere) = issuer(account.cluster.as_deref())?;
            Target::ServiceAccount {
                issuer,
                subject: format!("system:serviceaccount:{}:{}", account.namespace, account.name),
                before: cx.now.as_second(),
                everywhere,
            }
        }
        RevokeRequest::Pod { uid, cluster } => {
            let (issuer, everywhere) = issuer(cluster.as_deref())?;
            Target::Pod {
                issuer,
                uid: uid.clone(),
                everywhere,
            }
        }
        RevokeRequest::Role { name, issued_until } => {
            let role = cx.snapshot.role(cx.account, name).ok_or_else(|| {
                let message = format!("The role with name {name} cannot be found.");
                Fault::sender("ResourceNotFoundException", 404, message)
            })?;
            Target::Role {
                id: role.id.clone(),
                name: role.name.clone(),
                before: issued_until.unwrap_or(cx.now.as_second()),
            }
        }
    })
}

fn shown(revocation: &Revocation) -> RevocationAnswer {
    let at = |seconds: i64| Timestamp::from_second(seconds).map(time).unwrap_or_default();
    let (kind, target, issuer, until) = match &revocation.target {
        Target::Session { access_key_id } => ("session", access_key_id.as_str(), None, None),
        Target::Token { issuer, token_id, .. } => ("token", token_id.as_str(), Some(issuer), None),
        Target::ServiceAccount {
            issuer,
            subject,
            before,
            ..
        } => ("serviceAccount", subject.as_str(), Some(issuer), Some(*before)),
        Target::Pod { issuer, uid, .. } => ("pod", uid.as_str(), Some(issuer), None),
        Target::Role { name, before, .. } => ("role", name.as_str(), None, Some(*before)),
        Target::Account { before } => ("account", revocation.account.as_str(), None, Some(*before)),
    };
    RevocationAnswer {
        id: revocation.id.clone(),
        kind: kind.to_owned(),
        target: target.to_owned(),
        issuer: issuer.cloned(),
        issued_until: until.map(at),
        created: at(revocation.created),
        expires: at(revocation.until),
    }
}
