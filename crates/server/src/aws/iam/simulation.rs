//! The policy simulator.

use std::sync::Arc;

use rolecall_identity::{
    Error,
    simulation::{self, Asked, Entry, Evaluated, Evaluations, Outcome},
};
use rolecall_policy::{Decision, Place};
use rolecall_wire::generated::iam;
use tokio::sync::Semaphore;

use super::{Cx, limit};
use crate::aws::{fault::Fault, operation::answer};

/// Simulations may take some tenths of a second each: they must not take every processor.
static SIMULATING: Semaphore = Semaphore::const_new(2);

fn told(decision: Decision) -> String {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitlyDenied => "explicitDeny",
        Decision::ImplicitlyDenied => "implicitDeny",
    }
    .to_owned()
}

fn position((line, column): Place) -> iam::Position {
    iam::Position {
        line: i32::try_from(line).ok(),
        column: i32::try_from(column).ok(),
    }
}

fn statements(outcome: &Outcome) -> Vec<iam::Statement> {
    let one = |statement: &simulation::Statement| iam::Statement {
        source_policy_id: Some(statement.policy.clone()),
        // The reference names other values; the wire has this.
        source_policy_type: Some(statement.kind.to_owned()),
        start_position: Some(position(statement.place.0)),
        end_position: Some(position(statement.place.1)),
    };
    outcome.matched.iter().map(one).collect()
}

fn within_boundary(outcome: &Outcome) -> Option<iam::PermissionsBoundaryDecisionDetail> {
    outcome
        .boundary_allows
        .map(|allows| iam::PermissionsBoundaryDecisionDetail {
            allowed_by_permissions_boundary: Some(allows),
        })
}

fn details(outcome: &Outcome) -> std::collections::BTreeMap<String, String> {
    let details = outcome.details.iter();
    details
        .map(|(kind, decision)| ((*kind).to_owned(), told(*decision)))
        .collect()
}

fn result(evaluated: Evaluated) -> iam::EvaluationResult {
    let total = &evaluated.total;
    let each = |(resource, outcome): &(String, Outcome)| iam::ResourceSpecificResult {
        eval_resource_name: resource.clone(),
        eval_resource_decision: told(outcome.decision),
        matched_statements: Some(statements(outcome)),
        missing_context_values: Some(outcome.missing.clone()),
        // "Returned only for cross-account simulations."
        eval_decision_details: Some(details(outcome)).filter(|details| !details.is_empty()),
        permissions_boundary_decision_detail: within_boundary(outcome),
    };
    let named = !evaluated.each.is_empty();
    iam::EvaluationResult {
        eval_action_name: evaluated.action,
        eval_resource_name: Some(evaluated.resource),
        eval_decision: told(total.decision),
        matched_statements: Some(statements(total)),
        missing_context_values: Some(total.missing.clone()),
        organizations_decision_detail: None,
        permissions_boundary_decision_detail: within_boundary(total),
        // Within an account it is there and empty where resources are named, and not there where none is.
        eval_decision_details: named.then(|| details(total)),
        resource_specific_results: named.then(|| evaluated.each.iter().map(each).collect()),
    }
}

/// What both calls ask, as values of their own: the work is done on another thread.
#[derive(Default)]
struct Input {
    source: Option<String>,
    policies: Vec<String>,
    boundary: Option<Vec<String>>,
    actions: Vec<String>,
    resources: Option<Vec<String>>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    caller: Option<String>,
    context: Option<Vec<iam::ContextEntry>>,
    handling: Option<String>,
    limit: Option<i32>,
    marker: Option<String>,
}

/// A context entry, which the model lets lack everything.
fn entry(entry: iam::ContextEntry) -> Result<Entry, Error> {
    let lacks = |what: &str| Error::Invalid(format!("Invalid context entry: {what} is missing."));
    Ok(Entry {
        key: entry.context_key_name.ok_or_else(|| lacks("ContextKeyName"))?,
        kind: entry.context_key_type.ok_or_else(|| lacks("ContextKeyType"))?,
        values: entry.context_key_values.unwrap_or_default(),
    })
}

async fn simulate(cx: &Cx, input: Input) -> Result<iam::SimulatePolicyResponse, Fault> {
    let after = cx.after(input.marker.as_deref())?;
    let after = after.and_then(|after| after.parse().ok()).unwrap_or(0);
    let snapshot = Arc::clone(&cx.snapshot);
    let account = cx.account;
    let page = on_another_thread(move || {
        let context = input.context.into_iter().flatten().map(entry);
        let context: Vec<Entry> = context.collect::<Result<_, _>>()?;
        let asked = Asked {
            source: input.source.as_deref(),
            policies: &input.policies,
            boundary: input.boundary.as_deref().unwrap_or_default(),
            actions: &input.actions,
            resources: input.resources.as_deref().unwrap_or_default(),
            resource_policy: input.resource_policy.as_deref(),
            resource_owner: input.resource_owner.as_deref(),
            caller: input.caller.as_deref(),
            context: &context,
            handling: input.handling.as_deref(),
        };
        simulation::run(&snapshot, account, &asked, after, limit(input.limit))
    });
    let Evaluations { results, next } = page.await?.map_err(|error| cx.fault(&error))?;
    let marker = cx.marker(next.map(|next| next.to_string()).as_deref())?;
    Ok(iam::SimulatePolicyResponse {
        evaluation_results: Some(results.into_iter().map(result).collect()),
        is_truncated: Some(marker.is_some()),
        marker,
    })
}

pub(super) async fn on_another_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<Result<T, Error>, Fault> {
    let _turn = SIMULATING.acquire().await.map_err(|_| Fault::internal())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Fault::internal())
}

answer! { iam::SimulateCustomPolicy(cx, input) on "*" => |permit| {
    let asked = Input {
        source: None,
        policies: input.policy_input_list,
        boundary: input.permissions_boundary_policy_input_list,
        actions: input.action_names,
        resources: input.resource_arns,
        resource_policy: input.resource_policy,
        resource_owner: input.resource_owner,
        caller: input.caller_arn,
        context: input.context_entries,
        handling: input.resource_handling_option,
        limit: input.max_items,
        marker: input.marker,
    };
    simulate(cx, asked).await
} }

answer! { iam::SimulatePrincipalPolicy(cx, input) on input.policy_source_arn.as_str() => |permit| {
    let asked = Input {
        source: Some(input.policy_source_arn),
        policies: input.policy_input_list.unwrap_or_default(),
        boundary: input.permissions_boundary_policy_input_list,
        actions: input.action_names,
        resources: input.resource_arns,
        resource_policy: input.resource_policy,
        resource_owner: input.resource_owner,
        caller: input.caller_arn,
        context: input.context_entries,
        handling: input.resource_handling_option,
        limit: input.max_items,
        marker: input.marker,
    };
    simulate(cx, asked).await
} }

answer! { iam::GetContextKeysForCustomPolicy(cx, input) on "*" => |permit| {
    let keys = simulation::context_keys(&cx.snapshot, cx.account, None, &input.policy_input_list)
        .map_err(|error| cx.fault(&error))?;
    Ok(iam::GetContextKeysForPolicyResponse { context_key_names: Some(keys) })
} }

answer! { iam::GetContextKeysForPrincipalPolicy(cx, input) on input.policy_source_arn.as_str() => |permit| {
    let given = input.policy_input_list.unwrap_or_default();
    let keys = simulation::context_keys(&cx.snapshot, cx.account, Some(&input.policy_source_arn), &given)
        .map_err(|error| cx.fault(&error))?;
    Ok(iam::GetContextKeysForPolicyResponse { context_key_names: Some(keys) })
} }
