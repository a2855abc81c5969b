//! `Explain`: why a request was allowed or refused.

use std::path::Path;

use rolecall_identity::{Permit, account::cluster, audit::Event, op};
use rolecall_wire::private::{Explain, ExplainRequest, ExplainResponse, SERVICE};

use super::{Private, hypothetical};
use crate::{
    audit::lookup::{Wanted, find},
    aws::{fault::Fault, operation::Cx},
};

impl Private for Explain {
    type Op = op::Explain;

    // Threat 13: explanations only for who may read the policies in them.
    fn resource(_: &Cx, _: &ExplainRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::Explain>,
        input: ExplainRequest,
        log: &Path,
    ) -> Result<ExplainResponse, Fault> {
        let (wanted, only_denied) = match input {
            ExplainRequest::RequestId(id) => (Wanted::Request(id), false),
            ExplainRequest::Last { caller: None, denied } => (Wanted::Last, denied),
            ExplainRequest::Last {
                caller: Some(caller),
                denied,
            } => (
                Wanted::ServiceAccount {
                    issuer: match &caller.cluster {
                        Some(name) => {
                            let cluster = cluster::get(&cx.snapshot, permit.account(), name);
                            let cluster = cluster.map_err(|error| cx.fault(&error))?;
                            cluster.issuer.strip_prefix("https://").map(str::to_owned)
                        }
                        None => None,
                    },
                    namespace: caller.namespace,
                    name: caller.name,
                },
                denied,
            ),
            ExplainRequest::Hypothetical(asked) => return hypothetical::explain(cx, permit.account(), &asked),
        };
        let (log, account) = (log.to_owned(), permit.account().to_string());
        let looking = tokio::task::spawn_blocking(move || {
            find(&log, &wanted, |event| {
                event.recipient_account_id == account
                    && event.event_source != SERVICE
                    && (!only_denied || event.error_code.is_some())
            })
        });
        let found = looking
            .await
            .map_err(|_| Fault::internal())?
            .map_err(|_| Fault::internal())?;
        let event = found.ok_or_else(|| {
            Fault::sender(
                "ResourceNotFoundException",
                404,
                "No such decision is in the audit log.",
            )
        })?;
        Ok(explanation(event))
    }
}

/// An event as it is explained.
fn explanation(event: Event) -> ExplainResponse {
    let text = event.rolecall.explanation.clone().and_then(|value| {
        serde_json::from_value::<rolecall_policy::Explanation>(value)
            .ok()
            .map(|explanation| explanation.to_text(false))
    });
    let mut told = text.unwrap_or_default();
    for line in [event.error_message.as_ref(), event.rolecall.detail.as_ref()]
        .into_iter()
        .flatten()
    {
        if !told.is_empty() {
            told.push('\n');
        }
        told.push_str(line);
    }
    let caller = event
        .user_identity
        .arn
        .clone()
        .or(event.user_identity.user_name.clone());
    ExplainResponse {
        request_id: Some(event.request_id.clone()),
        time: Some(event.event_time.clone()),
        caller: caller.or(event.rolecall.principal.clone()).unwrap_or_default(),
        action: event
            .rolecall
            .action
            .clone()
            .unwrap_or_else(|| event.event_name.into_owned()),
        resource: event.rolecall.resource.clone().unwrap_or_else(|| "*".to_owned()),
        allowed: event.error_code.is_none(),
        text: told,
        explanation: event.rolecall.explanation.unwrap_or_default(),
        chain: Vec::new(),
    }
}
