//! Reports: credentials, last uses, and which policies allow a service.

use std::sync::Arc;

use rolecall_identity::{
    account::{
        Page,
        credential_report::{self, NEWEST, shown_region},
        last_accessed::{self, Entity, Report, Service},
        source::Source,
    },
    keys::random,
    state::Role,
};
use rolecall_names::{Arn, uuid};
use rolecall_wire::generated::iam;

use super::{Cx, limit, more, simulation::on_another_thread, time};
use crate::{
    aws::{
        fault::{Fault, Style, denied},
        operation::answer,
    },
    reports::Credentials,
};

/// The last use of a role, as `GetRole` shows it: an empty element where there is none.
pub(super) fn role_last_used(cx: &Cx, role: &Role) -> iam::RoleLastUsed {
    match cx.control.usage.last(role.id.as_str(), cx.now) {
        Some((at, region)) => iam::RoleLastUsed {
            last_used_date: Some(time(at)),
            region: Some(region).filter(|region| !region.is_empty()),
        },
        None => iam::RoleLastUsed::default(),
    }
}

/// The ARN of whoever has an access key, if the account has it.
fn key_owner(cx: &Cx, id: &str) -> Option<(String, Option<String>)> {
    let key = cx.snapshot.access_key(id).filter(|key| key.account == cx.account)?;
    match &key.user {
        Some(name) => {
            let user = cx.snapshot.user(cx.account, name)?;
            Some((user.arn.to_string(), Some(user.name.clone())))
        }
        None => Some((Arn::iam(cx.account.as_str(), "root").to_string(), None)),
    }
}

answer! { iam::GetAccessKeyLastUsed(cx, input)
    on key_owner(cx, &input.access_key_id).map_or_else(|| "*".to_owned(), |(arn, _)| arn) => |permit| {
        let Some((_, user_name)) = key_owner(cx, &input.access_key_id) else {
            // Who may ask about every key learns nothing of other accounts' keys by it. AWS's own sentence: no colon.
            let sentence = format!(
                "User: {} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {}",
                cx.caller.principal.arn(),
                input.access_key_id
            );
            return Err(denied(sentence, Style::Query));
        };
        let last = match cx.control.usage.of_key(&input.access_key_id) {
            Some(used) => iam::AccessKeyLastUsed {
                last_used_date: Some(time(used.at)),
                region: shown_region(&used.service, &used.region),
                service_name: used.service,
            },
            None => iam::AccessKeyLastUsed {
                last_used_date: None,
                region: "N/A".to_owned(),
                service_name: "N/A".to_owned(),
            },
        };
        Ok(iam::GetAccessKeyLastUsedResponse { user_name, access_key_last_used: Some(last) })
    }
}

answer! { iam::GenerateCredentialReport(cx, input) on "*" => |permit| {
    let now = cx.now.as_second();
    let known = cx.control.reports.credentials(cx.account);
    let (state, description) = match known {
        Some(known) if now.saturating_sub(known.generated) < NEWEST => ("COMPLETE", None),
        _ => {
            let content = credential_report::generate(&cx.snapshot, &cx.control.usage, cx.account).into();
            cx.control.reports.keep_credentials(cx.account, Credentials { generated: now, content });
            ("STARTED", Some("No report exists. Starting a new report generation task".to_owned()))
        }
    };
    Ok(iam::GenerateCredentialReportResponse { state: Some(state.to_owned()), description })
} }

// AWS says nothing beside the codes.
answer! { iam::GetCredentialReport(cx, input) on "*" => |permit| {
    let Some(known) = cx.control.reports.credentials(cx.account) else {
        return Err(Fault::sender("ReportNotPresent", 410, ""));
    };
    if cx.now.as_second().saturating_sub(known.generated) >= NEWEST {
        return Err(Fault::sender("ReportExpired", 410, ""));
    }
    Ok(iam::GetCredentialReportResponse {
        content: Some(known.content),
        report_format: Some("text/csv".to_owned()),
        generated_time: Some(time(known.generated)),
    })
} }

/// How the models name the kinds of owners.
fn kind(noun: &str) -> String {
    noun.to_ascii_uppercase()
}

answer! { iam::ListPoliciesGrantingServiceAccess(cx, input) on input.arn.as_str() => |permit| {
    // Everything comes at once, so no marker was ever given out.
    cx.after(input.marker.as_deref())?;
    let (snapshot, account, arn) = (Arc::clone(&cx.snapshot), cx.account, input.arn);
    let granting = on_another_thread(move || {
        last_accessed::granting(&snapshot, account, &arn, &input.service_namespaces)
    });
    let granting = granting.await?.map_err(|error| cx.fault(&error))?;
    let policy = |source: Source| {
        let inline = source.arn.is_none();
        iam::PolicyGrantingServiceAccess {
            policy_name: source.name,
            policy_type: if inline { "INLINE" } else { "MANAGED" }.to_owned(),
            policy_arn: source.arn,
            entity_type: inline.then(|| kind(source.holder)),
            entity_name: inline.then_some(source.holder_name),
        }
    };
    let entries = granting.into_iter().map(|(namespace, sources)| iam::ListPoliciesGrantingServiceAccessEntry {
        service_namespace: Some(namespace),
        policies: Some(sources.into_iter().map(policy).collect()),
    });
    Ok(iam::ListPoliciesGrantingServiceAccessResponse {
        policies_granting_service_access: entries.collect(),
        is_truncated: Some(false),
        marker: None,
    })
} }

/// "The `JobId` must be used by the same role within a session, or by the same user": by whom a report can be fetched.
fn asker(cx: &Cx) -> &str {
    cx.caller.principal.arn()
}

answer! { iam::GenerateServiceLastAccessedDetails(cx, input) on input.arn.as_str() => |permit| {
    let actions = input.granularity.as_deref() == Some("ACTION_LEVEL");
    let (snapshot, control, account, now) = (Arc::clone(&cx.snapshot), Arc::clone(&cx.control), cx.account, cx.now);
    let report = on_another_thread(move || {
        last_accessed::report(&snapshot, &control.usage, account, &input.arn, actions, now)
    });
    let report = report.await?.map_err(|error| cx.fault(&error))?;
    let id = random(cx.control.entropy()).map(uuid).map_err(|_| Fault::internal())?;
    cx.control.reports.keep_accesses(id.clone(), cx.account, asker(cx), report);
    Ok(iam::GenerateServiceLastAccessedDetailsResponse { job_id: Some(id) })
} }

fn report(cx: &Cx, id: &str) -> Result<Arc<Report>, Fault> {
    let found = cx
        .control
        .reports
        .accesses(id, cx.account, asker(cx), cx.now.as_second());
    found.ok_or_else(|| Fault::sender("NoSuchEntity", 404, format!("The job with id {id} cannot be found.")))
}

fn service(service: &Service, actions: bool) -> iam::ServiceLastAccessed {
    let tracked = service
        .actions
        .iter()
        .map(|(name, last)| iam::TrackedActionLastAccessed {
            action_name: Some((*name).to_owned()),
            last_accessed_entity: last.as_ref().map(|last| last.by.clone()),
            last_accessed_time: last.as_ref().map(|last| time(last.at)),
            last_accessed_region: last.as_ref().map(|last| last.region.clone()),
        });
    iam::ServiceLastAccessed {
        service_name: service.name.to_owned(),
        service_namespace: service.namespace.to_owned(),
        last_authenticated: service.last.as_ref().map(|last| time(last.at)),
        last_authenticated_entity: service.last.as_ref().map(|last| last.by.clone()),
        last_authenticated_region: service.last.as_ref().map(|last| last.region.clone()),
        total_authenticated_entities: i32::try_from(service.entities).ok(),
        tracked_actions_last_accessed: actions.then(|| tracked.collect()),
    }
}

answer! { iam::GetServiceLastAccessedDetails(cx, input) on "*" => |permit| {
    let report = report(cx, &input.job_id)?;
    let after = cx.after(input.marker.as_deref())?;
    let first = after.and_then(|after| after.parse::<usize>().ok()).unwrap_or(0);
    let page = numbered(&report.services, first, limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    Ok(iam::GetServiceLastAccessedDetailsResponse {
        job_status: "COMPLETED".to_owned(),
        job_type: Some(if report.actions { "ACTION_LEVEL" } else { "SERVICE_LEVEL" }.to_owned()),
        job_creation_date: time(report.created),
        job_completion_date: time(report.created),
        services_last_accessed: page.items.into_iter().map(|it| service(it, report.actions)).collect(),
        is_truncated,
        marker,
        error: None,
    })
} }

/// The items from number `first` on; a report does not change.
fn numbered<T>(items: &[T], first: usize, limit: usize) -> Page<&T> {
    let end = first.saturating_add(limit);
    Page {
        items: items.iter().skip(first).take(limit).collect(),
        next: (end < items.len()).then(|| end.to_string()),
    }
}

answer! { iam::GetServiceLastAccessedDetailsWithEntities(cx, input) on "*" => |permit| {
    let report = report(cx, &input.job_id)?;
    let namespace = input.service_namespace.to_ascii_lowercase();
    if !report.services.iter().any(|service| service.namespace == namespace) {
        let sentence = format!("The service namespace {} is not in the report.", input.service_namespace);
        return Err(Fault::sender("InvalidInput", 400, sentence));
    }
    // The most recent use first.
    let mut entities: Vec<&Entity> = report.entities.iter().collect();
    entities.sort_by_key(|entity| std::cmp::Reverse(entity.used.get(&namespace).copied()));
    let after = cx.after(input.marker.as_deref())?;
    let first = after.and_then(|after| after.parse::<usize>().ok()).unwrap_or(0);
    let page = numbered(&entities, first, limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    let details = page.items.into_iter().map(|entity| iam::EntityDetails {
        entity_info: iam::EntityInfo {
            arn: entity.arn.clone(),
            name: entity.name.clone(),
            r#type: kind(entity.noun),
            id: entity.id.clone(),
            path: Some(entity.path.clone()),
        },
        last_authenticated: entity.used.get(&namespace).map(|at| time(*at)),
    });
    Ok(iam::GetServiceLastAccessedDetailsWithEntitiesResponse {
        job_status: "COMPLETED".to_owned(),
        job_creation_date: time(report.created),
        job_completion_date: time(report.created),
        entity_details_list: details.collect(),
        is_truncated,
        marker,
        error: None,
    })
} }
