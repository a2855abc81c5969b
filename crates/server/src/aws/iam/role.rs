//! Roles.

use rolecall_identity::{
    account::{attachment, inline, role, tags},
    state::Role,
};
use rolecall_names::{Path, PolicyName};
use rolecall_wire::generated::iam;

use super::{
    Cx, actor, boundary, document, holder, invalid, limit, more, new_tags, report::role_last_used, request_tags,
    tagged, tags_in, tags_out, time,
};
use crate::aws::operation::answer;

/// The ARN of the role of this name; of one that is not there, without a path.
pub(super) fn arn(cx: &Cx, name: &str) -> String {
    let known = cx.snapshot.role(cx.account, name).map(|role| role.arn.to_string());
    known.unwrap_or_else(|| role::arn(cx.account, "/", name).to_string())
}

/// What all answers show of a role.
pub(super) fn shape(cx: &Cx, role: &Role) -> iam::Role {
    iam::Role {
        arn: role.arn.to_string(),
        assume_role_policy_document: Some(document(&role.shown_trust(&cx.snapshot))),
        create_date: time(role.created),
        path: role.path.clone(),
        role_id: role.id.to_string(),
        role_name: role.name.clone(),
        ..iam::Role::default()
    }
}

answer! { iam::CreateRole(cx, input)
    on role::arn(cx.account, input.path.as_deref().unwrap_or("/"), &input.role_name).to_string(),
    with |input, context| {
        request_tags(input.tags.as_deref(), context);
        if let Some(boundary) = &input.permissions_boundary {
            context.insert("iam:PermissionsBoundary", boundary.as_str());
        }
    } => |permit| {
        let new_tags = new_tags(cx, "iam:TagRole", &Self::resource(cx, &input), input.tags.as_deref())?;
        let new = role::NewRole {
            name: input.role_name.parse().map_err(invalid)?,
            path: input.path.as_deref().unwrap_or("/").parse::<Path>().map_err(invalid)?,
            trust: &input.assume_role_policy_document,
            description: input.description.as_deref(),
            max_session: input.max_session_duration.map(i64::from),
            boundary: input.permissions_boundary.as_deref(),
            tags: &new_tags,
        };
        let role = cx.write(permit, |tx, permit| role::create(tx, permit, &new)).await?;
        // AWS's answer has no MaxSessionDuration, and Tags only when they were given.
        let shown = iam::Role {
            tags: (!role.entity.tags.is_empty()).then(|| tags_out(&role.entity.tags)),
            permissions_boundary: boundary(role.entity.boundary.as_deref()),
            ..shape(cx, &role)
        };
        Ok(iam::CreateRoleResponse { role: shown })
    }
}

fn whole(cx: &Cx, role: &Role) -> iam::Role {
    iam::Role {
        description: role.description.clone(),
        max_session_duration: i32::try_from(role.max_session).ok(),
        permissions_boundary: boundary(role.entity.boundary.as_deref()),
        role_last_used: Some(role_last_used(cx, role)),
        tags: (!role.entity.tags.is_empty()).then(|| tags_out(&role.entity.tags)),
        ..shape(cx, role)
    }
}

answer! { iam::GetRole(cx, input) on arn(cx, &input.role_name) => |permit| {
    let role = role::get(&cx.snapshot, cx.account, &input.role_name).map_err(|error| cx.fault(&error))?;
    Ok(iam::GetRoleResponse { role: whole(cx, &role) })
} }

answer! { iam::ListRoles(cx, input) on role::arn(cx.account, "/", "").to_string() => |permit| {
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    let after = cx.after(input.marker.as_deref())?;
    let page = role::list(&cx.snapshot, cx.account, prefix, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    // AWS leaves out Tags, PermissionsBoundary and RoleLastUsed here.
    let roles = page.items.iter().map(|role| iam::Role {
        description: role.description.clone(),
        max_session_duration: i32::try_from(role.max_session).ok(),
        ..shape(cx, role)
    });
    Ok(iam::ListRolesResponse { is_truncated, marker, roles: roles.collect() })
} }

answer! { iam::UpdateRole(cx, input) on arn(cx, &input.role_name) => |permit| {
    let max = input.max_session_duration.map(i64::from);
    cx.write(permit, |tx, permit| {
        role::update(tx, permit, &input.role_name, input.description.as_deref(), max).map(drop)
    })
    .await?;
    Ok(iam::UpdateRoleResponse::default())
} }

answer! { iam::UpdateRoleDescription(cx, input) on arn(cx, &input.role_name) => |permit| {
    let role = cx
        .write(permit, |tx, permit| role::update_description(tx, permit, &input.role_name, &input.description))
        .await?;
    // AWS's answer has neither MaxSessionDuration nor RoleLastUsed.
    let shown = iam::Role { max_session_duration: None, role_last_used: None, ..whole(cx, &role) };
    Ok(iam::UpdateRoleDescriptionResponse { role: Some(shown) })
} }

answer! { iam::UpdateAssumeRolePolicy(cx, input) on arn(cx, &input.role_name) => |permit| {
    cx.write(permit, |tx, permit| {
        role::update_trust(tx, permit, &input.role_name, &input.policy_document).map(drop)
    })
    .await
} }

answer! { iam::DeleteRole(cx, input) on arn(cx, &input.role_name) => |permit| {
    cx.write(permit, |tx, permit| role::delete(tx, permit, &input.role_name)).await
} }

holder! { Role, role_name, arn,
PutRolePolicy GetRolePolicy GetRolePolicyResponse DeleteRolePolicy ListRolePolicies ListRolePoliciesResponse
AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies ListAttachedRolePoliciesResponse }

actor! { Role, role_name, arn,
TagRole UntagRole ListRoleTags ListRoleTagsResponse
PutRolePermissionsBoundary DeleteRolePermissionsBoundary }
