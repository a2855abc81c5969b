//! Managed policies: the account's own, and those of AWS, which are read only.

use rolecall_identity::{
    account::{
        attachment::{self, Entity, EntityFilter, EntityKind, Usage},
        policy::{self, Filter, Found, NewPolicy, Scope, Version},
        tags,
    },
    state::ManagedPolicy,
};
use rolecall_names::Path;
use rolecall_wire::generated::iam;

use super::{Cx, document, invalid, itself, limit, more, new_tags, request_tags, tagged, tags_in, tags_out, time};
use crate::aws::operation::answer;

/// What all answers show of a policy.
fn shape(cx: &Cx, policy: &Found) -> iam::Policy {
    let count = |count: u32| i32::try_from(count).ok();
    iam::Policy {
        arn: Some(policy.arn().to_owned()),
        attachment_count: count(cx.snapshot.attachment_count(cx.account, policy.arn())),
        create_date: Some(time(policy.created())),
        default_version_id: Some(policy.default_version()),
        is_attachable: Some(true),
        path: Some(policy.path().to_owned()),
        permissions_boundary_usage_count: count(cx.snapshot.boundary_count(cx.account, policy.arn())),
        policy_id: Some(policy.id()),
        policy_name: Some(policy.name().to_owned()),
        update_date: Some(time(policy.updated())),
        ..iam::Policy::default()
    }
}

/// A version without its document, as lists and `CreatePolicyVersion` show it.
fn version(version: &Version) -> iam::PolicyVersion {
    iam::PolicyVersion {
        create_date: Some(time(version.created)),
        document: None,
        is_default_version: Some(version.is_default),
        version_id: Some(version.id.clone()),
    }
}

answer! { iam::CreatePolicy(cx, input)
    on policy::arn(cx.account, input.path.as_deref().unwrap_or("/"), &input.policy_name).to_string(),
    with |input, context| request_tags(input.tags.as_deref(), context) => |permit| {
        let new_tags = new_tags(cx, "iam:TagPolicy", &Self::resource(cx, &input), input.tags.as_deref())?;
        let new = NewPolicy {
            name: input.policy_name.parse().map_err(invalid)?,
            path: input.path.as_deref().unwrap_or("/").parse::<Path>().map_err(invalid)?,
            document: &input.policy_document,
            description: input.description.as_deref(),
            tags: &new_tags,
        };
        let made = cx.write(permit, |tx, permit| policy::create(tx, permit, &new)).await?;
        // AWS's answer has no Description.
        let tags = (!made.tags.is_empty()).then(|| tags_out(&made.tags));
        let shown = iam::Policy { tags, ..shape(cx, &Found::Own(std::sync::Arc::new(made))) };
        Ok(iam::CreatePolicyResponse { policy: Some(shown) })
    }
}

answer! { iam::GetPolicy(cx, input) on input.policy_arn.as_str() => |permit| {
    let policy = policy::get(&cx.snapshot, cx.account, &input.policy_arn).map_err(|error| cx.fault(&error))?;
    // Tags are there even when there are none.
    let shown = iam::Policy {
        description: policy.description().map(str::to_owned),
        tags: Some(tags_out(policy.tags())),
        ..shape(cx, &policy)
    };
    Ok(iam::GetPolicyResponse { policy: Some(shown) })
} }

answer! { iam::ListPolicies(cx, input) on policy::arn(cx.account, "/", "").to_string() => |permit| {
    let scope = match input.scope.as_deref() {
        Some("AWS") => Scope::Aws,
        Some("Local") => Scope::Local,
        _ => Scope::All,
    };
    let filter = Filter {
        scope,
        only_attached: input.only_attached.unwrap_or(false),
        path_prefix: input.path_prefix.as_deref().unwrap_or("/"),
        only_boundaries: input.policy_usage_filter.as_deref() == Some("PermissionsBoundary"),
    };
    let after = cx.after(input.marker.as_deref())?;
    let page = policy::list(&cx.snapshot, cx.account, filter, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    let policies = page.items.iter().map(|policy| shape(cx, policy)).collect();
    Ok(iam::ListPoliciesResponse { is_truncated, marker, policies: Some(policies) })
} }

answer! { iam::DeletePolicy(cx, input) on input.policy_arn.as_str() => |permit| {
    cx.write(permit, |tx, permit| policy::delete(tx, permit, &input.policy_arn)).await
} }

answer! { iam::CreatePolicyVersion(cx, input) on input.policy_arn.as_str() => |permit| {
    let as_default = input.set_as_default.unwrap_or(false);
    let made = cx
        .write(permit, |tx, permit| {
            policy::create_version(tx, permit, &input.policy_arn, &input.policy_document, as_default)
        })
        .await?;
    Ok(iam::CreatePolicyVersionResponse { policy_version: Some(version(&made)) })
} }

answer! { iam::GetPolicyVersion(cx, input) on input.policy_arn.as_str() => |permit| {
    let found = policy::version(&cx.snapshot, cx.account, &input.policy_arn, &input.version_id)
        .map_err(|error| cx.fault(&error))?;
    let shown = iam::PolicyVersion { document: Some(document(&found.document)), ..version(&found) };
    Ok(iam::GetPolicyVersionResponse { policy_version: Some(shown) })
} }

answer! { iam::ListPolicyVersions(cx, input) on input.policy_arn.as_str() => |permit| {
    let policy = policy::get(&cx.snapshot, cx.account, &input.policy_arn).map_err(|error| cx.fault(&error))?;
    let after = cx.after(input.marker.as_deref())?;
    let page = policy::list_versions(&policy, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    let versions = page.items.iter().map(version).collect();
    Ok(iam::ListPolicyVersionsResponse { is_truncated, marker, versions: Some(versions) })
} }

answer! { iam::SetDefaultPolicyVersion(cx, input) on input.policy_arn.as_str() => |permit| {
    cx.write(permit, |tx, permit| {
        policy::set_default_version(tx, permit, &input.policy_arn, &input.version_id)
    })
    .await
} }

answer! { iam::DeletePolicyVersion(cx, input) on input.policy_arn.as_str() => |permit| {
    cx.write(permit, |tx, permit| policy::delete_version(tx, permit, &input.policy_arn, &input.version_id)).await
} }

tagged! { ManagedPolicy, policy_arn, itself, TagPolicy UntagPolicy }

answer! { iam::ListPolicyTags(cx, input) on input.policy_arn.as_str() => |permit| {
    let policy = policy::get(&cx.snapshot, cx.account, &input.policy_arn).map_err(|error| cx.fault(&error))?;
    let after = cx.after(input.marker.as_deref())?;
    let page = tags::page(policy.tags(), after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    Ok(iam::ListPolicyTagsResponse { is_truncated, marker, tags: tags_out(&page.items) })
} }

answer! { iam::ListEntitiesForPolicy(cx, input) on input.policy_arn.as_str() => |permit| {
    policy::attachable(&cx.snapshot, cx.account, &input.policy_arn).map_err(|error| cx.fault(&error))?;
    let mut answer = iam::ListEntitiesForPolicyResponse {
        policy_groups: Some(Vec::new()),
        policy_roles: Some(Vec::new()),
        policy_users: Some(Vec::new()),
        ..Default::default()
    };
    let kind = match input.entity_filter.as_deref() {
        Some("Role") => Some(EntityKind::Role),
        Some("User") => Some(EntityKind::User),
        Some("Group") => Some(EntityKind::Group),
        None => None,
        // Kinds that have no policies here.
        Some(_) => {
            answer.is_truncated = Some(false);
            return Ok(answer);
        }
    };
    let filter = EntityFilter {
        kind,
        path_prefix: input.path_prefix.as_deref().unwrap_or("/"),
        usage: input.policy_usage_filter.as_deref().map(|usage| match usage {
            "PermissionsBoundary" => Usage::Boundary,
            _ => Usage::Attached,
        }),
    };
    let after = cx.after(input.marker.as_deref())?;
    let page =
        attachment::entities(&cx.snapshot, cx.account, &input.policy_arn, filter, after.as_deref(), limit(input.max_items));
    (answer.is_truncated, answer.marker) = more(cx, &page)?;
    for Entity { kind, name, id } in page.items {
        match kind {
            EntityKind::Role => answer
                .policy_roles
                .get_or_insert_default()
                .push(iam::PolicyRole { role_id: Some(id), role_name: Some(name) }),
            EntityKind::User => answer
                .policy_users
                .get_or_insert_default()
                .push(iam::PolicyUser { user_id: Some(id), user_name: Some(name) }),
            EntityKind::Group => answer
                .policy_groups
                .get_or_insert_default()
                .push(iam::PolicyGroup { group_id: Some(id), group_name: Some(name) }),
        }
    }
    Ok(answer)
} }
