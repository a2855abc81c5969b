//! A request that nobody made, decided along the whole chain: cluster, keys, provider, trust policy, permissions. (AWS's
//! policy simulator leaves trust policies out.)

use rolecall_identity::{
    Caller,
    account::cluster,
    authorize::judge_with_resource,
    sts::{Directory as _, Hypothetical, KeySource},
};
use rolecall_names::{AccountId, Arn};
use rolecall_policy::Decision;
use rolecall_wire::private::{ExplainResponse, HypotheticalRequest, Link};

use crate::aws::{fault::Fault, operation::Cx};

/// The audience of the token that a pod shows where no annotation names another.
const AUDIENCE: &str = "sts.amazonaws.com";
/// What is seen of keys that are no cluster's.
const SERVED: &str = "tokens are verified with the keys that the issuer serves";

pub(super) fn explain(cx: &Cx, account: AccountId, asked: &HypotheticalRequest) -> Result<ExplainResponse, Fault> {
    let mut chain = Vec::new();
    let who = format!("{}/{}", asked.caller.namespace, asked.caller.name);
    let mut answer = ExplainResponse {
        request_id: None,
        time: None,
        caller: format!("system:serviceaccount:{}:{}", asked.caller.namespace, asked.caller.name),
        action: asked.action.clone(),
        resource: asked.resource.clone(),
        allowed: false,
        text: String::new(),
        explanation: serde_json::Value::Null,
        chain: Vec::new(),
    };
    answer.allowed = walk(cx, account, asked, &who, &mut answer, &mut chain)?;
    answer.chain = chain;
    if answer.text.is_empty() {
        answer.text = answer.chain.last().map(|link| link.seen.clone()).unwrap_or_default();
    }
    Ok(answer)
}

/// Follows the chain to its end, or to the first link that does not hold.
fn walk(
    cx: &Cx,
    account: AccountId,
    asked: &HypotheticalRequest,
    who: &str,
    answer: &mut ExplainResponse,
    chain: &mut Vec<Link>,
) -> Result<bool, Fault> {
    let mut link = |name: &str, holds: bool, seen: String| {
        chain.push(Link {
            name: name.to_owned(),
            holds,
            seen,
        });
        holds
    };
    let cluster = find_cluster(cx, account, asked.caller.cluster.as_deref())?;
    let view = cx.control.view(&cx.snapshot);
    let issuer = cluster.issuer.strip_prefix("https://").unwrap_or(&cluster.issuer);
    link(
        "cluster",
        true,
        format!("{} has the issuer {}", cluster.name, cluster.issuer),
    );

    let annotation = "eks.amazonaws.com/role-arn";
    let Some(role) = asked.role.as_deref() else {
        let seen = format!("{who} has no annotation {annotation}, so its pods have no credentials");
        return Ok(link("annotation", false, seen));
    };
    let Some(arn) = role
        .parse::<Arn>()
        .ok()
        .filter(|arn| arn.resource().starts_with("role/"))
    else {
        let seen = format!("`{role}` is not the ARN of a role, such as arn:aws:iam::123456789012:role/name");
        return Ok(link("annotation", false, seen));
    };
    link("annotation", true, format!("{who} asks for {role}"));
    if arn.account() != account.as_str() {
        let seen = format!(
            "it is in account {}, of which this account may not be told",
            arn.account()
        );
        return Ok(link("role", false, seen));
    }

    let audience = asked.audience.as_deref().unwrap_or(AUDIENCE);
    let Some(provider) = view.provider(account, issuer) else {
        let seen = format!(
            "no OIDC provider for {} in account {account}: `rolecall utils associate-iam-oidc-provider --cluster {} --approve`",
            cluster.issuer, cluster.name
        );
        return Ok(link("provider", false, seen));
    };
    if !provider.client_ids.iter().any(|id| id == audience) {
        let seen = format!(
            "the provider of {} accepts the audiences {}, and the token is for {audience}",
            cluster.issuer,
            provider.client_ids.join(", ")
        );
        return Ok(link("provider", false, seen));
    }
    link("provider", true, format!("{issuer} is registered, for {audience}"));
    let seen = match provider.keys {
        KeySource::Cluster(keys) if keys.is_empty() => {
            let seen = format!(
                "cluster {} has published no keys, so none of its tokens is believed",
                cluster.name
            );
            return Ok(link("keys", false, seen));
        }
        KeySource::Cluster(keys) => format!("tokens are verified with {}", keys.ids().collect::<Vec<_>>().join(", ")),
        KeySource::Account(_) | KeySource::Fetched => SERVED.to_owned(),
    };
    link("keys", true, seen);

    let mut context = cx.context();
    for (key, values) in &asked.context {
        context.insert_list(key, values.iter().map(String::as_str));
    }
    let subject = answer.caller.clone();
    let token = Hypothetical {
        account,
        issuer,
        subject: &subject,
        audience,
        role: &arn,
        session_name: "hypothetical",
        context: context.clone(),
    };
    let Some((decision, explanation)) = token.trust(&view) else {
        return Ok(link("role", false, format!("there is no role {role}")));
    };
    link("role", true, format!("{role} is there"));
    let trusted = decision == Decision::Allowed;
    if !link("trust policy", trusted, explanation.summary()) {
        answer.text = explanation.to_text(false);
        answer.explanation = serde_json::to_value(&explanation).map_err(|_| Fault::internal())?;
        return Ok(false);
    }

    let caller = token
        .session(&view, cx.now)
        .and_then(|session| Caller::new(&cx.snapshot, &session, "").ok())
        .ok_or_else(Fault::internal)?;
    caller.principal.arn().clone_into(&mut answer.caller);
    let (decision, explanation) = judge_with_resource(&cx.snapshot, &caller, &asked.action, &asked.resource, context);
    let allowed = link("permissions", decision == Decision::Allowed, explanation.summary());
    answer.text = explanation.to_text(false);
    answer.explanation = serde_json::to_value(&explanation).map_err(|_| Fault::internal())?;
    Ok(allowed)
}

/// The cluster of this name, or the only one.
pub(super) fn find_cluster(
    cx: &Cx,
    account: AccountId,
    name: Option<&str>,
) -> Result<std::sync::Arc<rolecall_identity::state::Cluster>, Fault> {
    if let Some(name) = name {
        return cluster::get(&cx.snapshot, account, name).map_err(|error| cx.fault(&error));
    }
    let mut all = cx.snapshot.clusters(account);
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(std::sync::Arc::clone(only)),
        (None, _) => Err(Fault::sender(
            "ResourceNotFoundException",
            404,
            "The account has no cluster.",
        )),
        (Some(_), Some(_)) => Err(Fault::sender(
            "InvalidParameterException",
            400,
            "The account has several clusters: name the one that is meant.",
        )),
    }
}
