//! `WhoCan`: everybody who could do something, and on what it depends.

use std::{path::Path, sync::Arc};

use rolecall_identity::{
    Permit, op,
    who_can::{Asked, Kind, Who, who_can},
};
use rolecall_names::Arn;
use rolecall_policy::{Context, Possibility, catalogue};
use rolecall_wire::private::{self, WhoCan, WhoCanRequest, WhoCanResponse};

use super::Private;
use crate::aws::{fault::Fault, operation::Cx};

impl Private for WhoCan {
    type Op = op::WhoCan;

    // Threat 13: it tells of every policy of the account.
    fn resource(_: &Cx, _: &WhoCanRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::WhoCan>,
        input: WhoCanRequest,
        _: &Path,
    ) -> Result<WhoCanResponse, Fault> {
        check(&input).map_err(|message| Fault::sender("InvalidParameterException", 400, message))?;
        let (snapshot, account) = (Arc::clone(&cx.snapshot), permit.account());
        // Every role of the account is looked at: not a matter for a thread that answers others.
        let looking = tokio::task::spawn_blocking(move || {
            let mut context = Context::new();
            for (key, values) in &input.context {
                match values.as_slice() {
                    [only] => context.insert(key, only.as_str()),
                    several => context.insert_list(key, several.iter().map(String::as_str)),
                }
            }
            let asked = Asked {
                account,
                action: &input.action,
                resource: &input.resource,
                context,
            };
            who_can(&snapshot, &asked)
        });
        let (found, truncated) = looking.await.map_err(|_| Fault::internal())?;
        Ok(WhoCanResponse {
            principals: found.into_iter().map(shown).collect(),
            truncated,
        })
    }
}

/// One action and one resource, each such that it can be: a misspelt action is allowed to nobody, and reads like safety.
fn check(input: &WhoCanRequest) -> Result<(), String> {
    let action = &input.action;
    let Some((service, name)) = action
        .split_once(':')
        .filter(|(service, name)| !service.is_empty() && !name.is_empty())
    else {
        return Err(format!("`{action}` is no action: one is such as s3:GetObject"));
    };
    if action.contains(['*', '?']) {
        return Err(format!("`{action}` is many actions: name one"));
    }
    let known = catalogue::service(&service.to_lowercase());
    if known.is_some_and(|known| !known.actions().iter().any(|it| it.name.eq_ignore_ascii_case(name))) {
        return Err(format!(
            "`{action}` is no action that {service} has in AWS's Service Authorization Reference"
        ));
    }
    let resource = &input.resource;
    if resource != "*" && (resource.contains(['*', '?']) || resource.parse::<Arn>().is_err()) {
        return Err(format!(
            "`{resource}` is not one resource: name an ARN without wildcards, or `*` for an action that has no resource"
        ));
    }
    Ok(())
}

fn shown(who: Who) -> private::Who {
    let clauses = who.clauses.into_iter().map(|clause| private::Clause {
        layer: clause.layer.noun().to_owned(),
        policy: clause.policy,
        sid: clause.sid,
        denies: clause.denies,
        conditions: clause.conditions,
    });
    private::Who {
        kind: match who.kind {
            Kind::Account => "account",
            Kind::User => "user",
            Kind::Role => "role",
            Kind::ServiceAccount => "serviceAccount",
            Kind::Federated => "federated",
            Kind::Service => "service",
            Kind::Anyone => "anyone",
        }
        .to_owned(),
        name: who.name,
        possibility: match who.possibility {
            Possibility::Always => "always",
            Possibility::Sometimes => "sometimes",
            Possibility::Never => "never",
        }
        .to_owned(),
        clauses: clauses.collect(),
        through: who.through.into_iter().map(shown).collect(),
    }
}
