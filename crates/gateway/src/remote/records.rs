//! Decisions on their way to the audit log.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use arc_swap::ArcSwap;
use rolecall_policy::{Decision, PrincipalKind};
use rolecall_wire::{
    client::Client,
    private::{GatewayDecision, GatewayDecisionsRequest, GatewayOutcome, MOST_DECISIONS, RecordGatewayDecisions},
};
use tokio::sync::Notify;

use super::{LONGEST_CALL, chain};
use crate::authority::{Decided, Unavailable};

/// So many decisions wait at most; while so many do, nothing more is decided.
const MOST: usize = 10_000;
/// Texts of one call, in bytes: what a call may carry is 10,000,000.
const LONGEST: usize = 4_000_000;
/// How long to wait after a call that failed.
const PAUSE: Duration = Duration::from_millis(500);

/// The queue. Decisions leave it when they are written down.
#[derive(Default)]
pub(super) struct Records {
    waiting: Mutex<Waiting>,
    added: Notify,
    emptied: Notify,
    failing: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    decisions: Vec<GatewayDecision>,
    /// How many have been taken and are on their way.
    sending: usize,
}

impl Records {
    /// Takes a decision in, unless those before it cannot be written down.
    pub(super) fn add(&self, decided: &Decided) -> Result<(), Unavailable> {
        if self.are_failing() {
            return Err(Unavailable("decisions cannot be written down".to_owned()));
        }
        let told = told(decided);
        let mut waiting = self.lock();
        if waiting.decisions.len() + waiting.sending >= MOST {
            return Err(Unavailable("too many decisions wait to be written down".to_owned()));
        }
        waiting.decisions.push(told);
        drop(waiting);
        self.added.notify_one();
        Ok(())
    }

    pub(super) fn are_failing(&self) -> bool {
        self.failing.load(Ordering::Acquire)
    }

    /// Sends for ever.
    pub(super) async fn send(&self, client: &ArcSwap<Client>) {
        loop {
            let decisions = self.take();
            if decisions.is_empty() {
                self.added.notified().await;
                continue;
            }
            let request = GatewayDecisionsRequest { decisions };
            while let Err(why) = write(&client.load_full(), &request).await {
                tracing::error!(why, "decisions cannot be written down, so nothing is allowed");
                self.failing.store(true, Ordering::Release);
                metrics::counter!("rolecall_audit_failures_total").increment(1);
                tokio::time::sleep(PAUSE).await;
            }
            self.failing.store(false, Ordering::Release);
            self.lock().sending = 0;
            if self.is_empty() {
                self.emptied.notify_waiters();
            }
        }
    }

    /// Done when all that was decided is written down.
    pub(super) async fn sent(&self) {
        loop {
            let emptied = self.emptied.notified();
            let mut emptied = std::pin::pin!(emptied);
            // From now on no notice is missed.
            emptied.as_mut().enable();
            if self.is_empty() {
                return;
            }
            emptied.await;
        }
    }

    fn is_empty(&self) -> bool {
        let waiting = self.lock();
        waiting.decisions.is_empty() && waiting.sending == 0
    }

    /// As many as one call takes.
    fn take(&self) -> Vec<GatewayDecision> {
        let mut waiting = self.lock();
        let mut length = 0;
        let mut count = 0;
        for decision in waiting.decisions.iter().take(MOST_DECISIONS) {
            length += weight(decision);
            if count > 0 && length > LONGEST {
                break;
            }
            count += 1;
        }
        let rest = waiting.decisions.split_off(count);
        let taken = std::mem::replace(&mut waiting.decisions, rest);
        waiting.sending = taken.len();
        taken
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(client: &Client, request: &GatewayDecisionsRequest) -> Result<(), String> {
    match tokio::time::timeout(LONGEST_CALL, client.private::<RecordGatewayDecisions>(request)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(chain(&error)),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// About how long it is once written.
fn weight(decision: &GatewayDecision) -> usize {
    let context = decision
        .context
        .iter()
        .flat_map(|(key, values)| std::iter::once(key).chain(values))
        .map(String::len);
    1000 + decision.user_agent.as_ref().map_or(0, String::len) + 2 * decision.resource.len() + context.sum::<usize>()
}

fn told(decided: &Decided) -> GatewayDecision {
    let principal = &decided.principal;
    let is_anonymous = *principal.kind() == PrincipalKind::Anonymous;
    let context: BTreeMap<_, _> = decided
        .question
        .context()
        .iter()
        .map(|(key, values)| (key.to_owned(), values.as_slice().to_vec()))
        .collect();
    let since = decided.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    GatewayDecision {
        request_id: decided.request_id.clone(),
        at: i64::try_from(since.as_secs()).unwrap_or_default(),
        arn: (!is_anonymous).then(|| principal.arn().to_owned()),
        unique_id: principal.unique_id().map(str::to_owned),
        access_key_id: decided.access_key_id.clone(),
        operation: decided.operation.to_owned(),
        action: decided.action.clone(),
        resource: decided.resource.clone(),
        account: decided.account.clone(),
        peer: rolecall_policy::source_ip(decided.peer.ip()),
        user_agent: decided.user_agent.clone(),
        decision: match decided.decision {
            Decision::Allowed => GatewayOutcome::Allowed,
            Decision::ExplicitlyDenied => GatewayOutcome::ExplicitlyDenied,
            Decision::ImplicitlyDenied => GatewayOutcome::ImplicitlyDenied,
        },
        explanation: decided
            .explanation
            .as_ref()
            .and_then(|explanation| serde_json::to_value(explanation).ok()),
        context,
    }
}
