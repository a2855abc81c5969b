//! Which credentials a pod gets, from what its annotations, its service account and the cluster's grants say.

use super::{
    account::{Account, Annotations as _, expiration},
    grants::{Grants, Identities},
    pod::Pod,
    settings::{DAY, SHORTEST, Settings},
};

/// How a pod's SDKs get credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// They show a token to STS (IAM roles for service accounts).
    WebIdentity {
        /// The role's ARN.
        role: String,
    },
    /// They show a token to the node's agent (EKS Pod Identity).
    Container,
}

/// What a pod gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How.
    pub mode: Mode,
    /// The token's audience; none for the API server's own.
    pub audience: Option<String>,
    /// The token's life, in seconds.
    pub expiration: u32,
    /// Whether `AWS_STS_REGIONAL_ENDPOINTS` is set.
    pub regional: bool,
}

/// What is known where a pod is about to be created.
pub struct Known<'a> {
    /// Its service account; none where there is no such account.
    pub account: Option<&'a Account>,
    /// The grants.
    pub grants: &'a Grants,
    /// Those who use the node's agent.
    pub identities: &'a Identities,
    /// Whether an administrator has opened the namespace to grants for many namespaces.
    pub is_open: &'a dyn Fn() -> bool,
    /// Any number: spreads the renewal of tokens that are made at once.
    pub random: u32,
}

/// What is chosen, and what its creator is to be warned of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What the pod gets; none where nothing is asked for.
    pub plan: Option<Plan>,
    /// Sentences for whoever creates the pod.
    pub warnings: Vec<String>,
}

/// Chooses for a pod of this namespace.
pub fn choose(pod: &Pod<'_>, namespace: &str, settings: &Settings, known: &Known<'_>) -> Choice {
    let name = pod.service_account();
    let mut warnings = known
        .account
        .map(|account| account.warnings.clone())
        .unwrap_or_default();
    warnings.extend(misplaced(pod, settings));
    let asked = pod
        .metadata
        .annotations
        .as_ref()
        .and_then(|annotations| annotations.get(&format!("{}/token-expiration", settings.prefix)))
        .and_then(expiration);
    let account = known.account;
    if known.identities.contains(namespace, name) {
        let life = asked.or(account.and_then(|it| it.expiration)).unwrap_or(DAY);
        let plan = Plan {
            mode: Mode::Container,
            audience: Some(settings.container.audience.clone()),
            expiration: spread(life, known.random),
            regional: account.and_then(|it| it.regional).unwrap_or(settings.regional),
        };
        return Choice {
            plan: Some(plan),
            warnings,
        };
    }
    // Never merged: who has a role of their own has nothing of a grant.
    if let Some((account, role)) = account.and_then(|it| Some((it, it.role.as_deref()?))) {
        let Some(role) = settings.role(role) else {
            warnings.push(format!(
                "`{role}` is a role's name without its ARN, and this cluster's account is not configured: the pod of service account {namespace}/{name} runs without a role"
            ));
            return Choice { plan: None, warnings };
        };
        let audience = account.audience.as_deref().unwrap_or(&settings.web_identity.audience);
        let plan = Plan {
            mode: Mode::WebIdentity { role },
            audience: Some(audience.to_owned()),
            expiration: asked.or(account.expiration).unwrap_or(settings.web_identity.expiration),
            regional: account.regional.unwrap_or(settings.regional),
        };
        return Choice {
            plan: Some(plan),
            warnings,
        };
    }
    let plan = known.grants.of(namespace, name, known.is_open).and_then(|grant| {
        let life = match grant.expiration {
            0 => settings.web_identity.expiration,
            seconds => seconds.max(SHORTEST),
        };
        Some(Plan {
            mode: Mode::WebIdentity {
                role: settings.role(&grant.role)?,
            },
            audience: match grant.audience.as_deref() {
                None => Some(settings.web_identity.audience.clone()),
                // As in EKS's own webhook: an empty audience leaves it to the API server.
                Some("") => None,
                Some(audience) => Some(audience.to_owned()),
            },
            expiration: asked.unwrap_or(life),
            regional: grant.regional.unwrap_or(settings.regional),
        })
    });
    Choice { plan, warnings }
}

/// A whole day becomes 22 to 24 hours, so that the pods of a node do not renew at once.
fn spread(life: u32, random: u32) -> u32 {
    match life {
        DAY => DAY - random % 7_201,
        other => other,
    }
}

/// The role's annotation on the pod: it is passed over there, and the pod runs without its role.
fn misplaced(pod: &Pod<'_>, settings: &Settings) -> Option<String> {
    let annotations = pod.metadata.annotations.as_ref()?;
    let key = annotations
        .each()
        .map(|(key, _)| key)
        .find(|key| key.strip_prefix(settings.prefix.as_str()) == Some("/role-arn"))?;
    Some(format!(
        "`{key}` is an annotation of service accounts; on a pod it is passed over: annotate service account {} instead",
        pod.service_account()
    ))
}
