//! What a pod of a service account gets, from copies of what the cluster has, or from the API server itself.
//!
//! No pod is silent: where it is not known what a pod is to get, it is refused, with the reason, and whoever created it
//! tries again. Refused by an answer, not by a failure, since a failure would admit it under `failurePolicy: Ignore`.

use std::sync::Arc;

use kube::Client;

use crate::{
    Chance,
    admission::{Account, Choice, Grants, Identities, Known, Mode, Pod, Refusal, Review, Settings, choose, mutate},
    granted::{Granted, IdentityFile},
    mirror::{Mirror, Named, Resource, Unknown, if_any},
};

/// What decides, from copies of what the cluster has.
pub(crate) struct Decider {
    settings: Settings,
    accounts: Mirror<Named, Arc<Account>>,
    granted: Option<Granted>,
    identities: Option<IdentityFile>,
    chance: Chance,
}

/// How a review ended, for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Changed, so that it shows its token to STS.
    WebIdentity,
    /// Changed, so that it shows its token to the node's agent.
    Container,
    /// Admitted as it was.
    Unchanged,
    /// Refused, since it was not known what it is to get.
    Refused,
    /// No review of a pod.
    Malformed,
}

/// What a pod of a service account is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This role, by showing its token to STS.
    Role(String),
    /// What the node's agent gives it.
    Container,
}

/// All that is known where a pod is about to be created.
struct Facts {
    account: Option<Arc<Account>>,
    grants: Option<Arc<Grants>>,
    identities: Option<Arc<Identities>>,
    is_open: bool,
}

impl Decider {
    pub(crate) fn new(
        client: Client,
        settings: Settings,
        grants: Option<(String, String)>,
        identities: Option<IdentityFile>,
        chance: Chance,
    ) -> Self {
        let prefix = settings.prefix.clone();
        // Most service accounts ask for nothing: all those share one value.
        let nothing = Arc::new(Account::default());
        let resource = Resource {
            group: "/api/v1",
            plural: "serviceaccounts",
            only: None,
            metadata: true,
            absence_is_known: false,
        };
        let accounts = Mirror::new(client.clone(), resource, move |account: &Named| {
            let annotations = account.metadata.annotations.as_ref();
            let read = annotations.map(|annotations| Account::read(annotations, &prefix));
            match read.filter(|account| *account != Account::default()) {
                Some(account) => Arc::new(account),
                None => Arc::clone(&nothing),
            }
        });
        Self {
            settings,
            accounts,
            granted: grants.map(|(namespace, name)| Granted::new(client, namespace, name)),
            identities,
            chance,
        }
    }

    /// Keeps the copies, for ever.
    pub(crate) async fn follow(&self) {
        let granted = if_any(self.granted.as_ref().map(Granted::follow));
        let identities = if_any(self.identities.as_ref().map(IdentityFile::follow));
        tokio::join!(self.accounts.follow(), granted, identities);
    }

    pub(crate) fn unready(&self) -> Vec<String> {
        let accounts = (!self.accounts.is_warm()).then(|| "the service accounts have not been listed".to_owned());
        let granted = self.granted.as_ref().and_then(Granted::unready);
        accounts.into_iter().chain(granted).collect()
    }

    /// Waits until a service account changes.
    pub(crate) async fn changed(&self) {
        self.accounts.changed().await;
    }

    /// What a pod of a service account is to have, if anything.
    pub(crate) async fn wanted(&self, namespace: &str, account: &str) -> Result<Option<Wanted>, Unknown> {
        let facts = self.facts(namespace, account).await?;
        let pod = Pod::of(account);
        let plan = self.choose(&pod, namespace, &facts).plan;
        Ok(plan.map(|plan| match plan.mode {
            Mode::WebIdentity { role } => Wanted::Role(role),
            Mode::Container => Wanted::Container,
        }))
    }

    /// Answers one review.
    pub(crate) async fn review(&self, body: &[u8]) -> (Vec<u8>, Outcome) {
        let review = match Review::read(body) {
            Ok(review) => review,
            Err(answer) => return (answer, Outcome::Malformed),
        };
        let Some((namespace, pod)) = review.asked() else {
            let refusal = (Refusal::BadRequest, "the review has no object");
            return (review.answer(Err(refusal), &[]), Outcome::Malformed);
        };
        if !review.is_creation() {
            return (review.answer(Ok(None), &[]), Outcome::Unchanged);
        }
        let facts = match self.facts(namespace, pod.service_account()).await {
            Ok(facts) => facts,
            Err(Unknown(why)) => {
                let message = format!(
                    "it is not known now which role a pod of service account {namespace}/{} gets ({why}); it is refused rather than started without one: try again",
                    pod.service_account()
                );
                return (
                    review.answer(Err((Refusal::Unavailable, &message)), &[]),
                    Outcome::Refused,
                );
            }
        };
        let Choice { plan, mut warnings } = self.choose(pod, namespace, &facts);
        if facts.account.is_none() {
            metrics::counter!("pod_identity_webhook_missing_sa_count").increment(1);
            warnings.push(format!(
                "there is no service account {namespace}/{}",
                pod.service_account()
            ));
        }
        let Some(plan) = plan else {
            return (review.answer(Ok(None), &warnings), Outcome::Unchanged);
        };
        let outcome = match plan.mode {
            Mode::WebIdentity { .. } => Outcome::WebIdentity,
            Mode::Container => Outcome::Container,
        };
        (
            review.answer(Ok(mutate(pod, &plan, &self.settings)), &warnings),
            outcome,
        )
    }

    /// Gathers what is known, from the copies or the API server itself.
    async fn facts(&self, namespace: &str, account: &str) -> Result<Facts, Unknown> {
        let name = account;
        let account = self.accounts.get(Some(namespace), name).await?;
        let identities = self.identities.as_ref().map(IdentityFile::identities);
        let mut facts = Facts {
            account,
            grants: None,
            identities,
            is_open: false,
        };
        // Nothing of the grants matters to who has a role already.
        let has_role = facts.account.as_ref().is_some_and(|account| account.role.is_some());
        let is_container = facts.identities.as_ref().is_some_and(|it| it.contains(namespace, name));
        if let Some(granted) = self.granted.as_ref().filter(|_| !has_role && !is_container) {
            facts.grants = granted.grants().await?;
            if facts.grants.as_ref().is_some_and(|grants| grants.ask_for_namespaces()) {
                facts.is_open = granted.is_open(namespace).await?;
            }
        }
        Ok(facts)
    }

    fn choose(&self, pod: &Pod<'_>, namespace: &str, facts: &Facts) -> Choice {
        let (no_grants, no_identities) = (Grants::default(), Identities::default());
        let known = Known {
            account: facts.account.as_deref(),
            grants: facts.grants.as_deref().unwrap_or(&no_grants),
            identities: facts.identities.as_deref().unwrap_or(&no_identities),
            is_open: &|| facts.is_open,
            random: (self.chance)(),
        };
        choose(pod, namespace, &self.settings, &known)
    }
}

#[cfg(test)]
mod tests;
