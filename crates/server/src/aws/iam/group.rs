//! Groups of users.

use rolecall_identity::{
    account::{attachment, group, inline},
    state::Group,
};
use rolecall_names::{GroupName, Path, PolicyName};
use rolecall_wire::generated::iam;

use super::{Cx, document, holder, invalid, limit, more, time, user};
use crate::aws::operation::answer;

/// The ARN of the group of this name; of one that is not there, without a path.
fn arn(cx: &Cx, name: &str) -> String {
    let known = cx.snapshot.group(cx.account, name).map(|group| group.arn.to_string());
    known.unwrap_or_else(|| group::arn(cx.account, "/", name).to_string())
}

fn shape(group: &Group) -> iam::Group {
    iam::Group {
        path: group.path.clone(),
        group_name: group.name.clone(),
        group_id: group.id.to_string(),
        arn: group.arn.to_string(),
        create_date: time(group.created),
    }
}

answer! { iam::CreateGroup(cx, input)
    on group::arn(cx.account, input.path.as_deref().unwrap_or("/"), &input.group_name).to_string() => |permit| {
        let name = input.group_name.parse().map_err(invalid)?;
        let path = input.path.as_deref().unwrap_or("/").parse::<Path>().map_err(invalid)?;
        let group = cx.write(permit, |tx, permit| group::create(tx, permit, &name, &path)).await?;
        Ok(iam::CreateGroupResponse { group: shape(&group) })
    }
}

answer! { iam::GetGroup(cx, input) on arn(cx, &input.group_name) => |permit| {
    let after = cx.after(input.marker.as_deref())?;
    let limit = limit(input.max_items);
    let (group, page) = group::get(&cx.snapshot, cx.account, &input.group_name, after.as_deref(), limit)
        .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let users = page.items.iter().map(|member| user::shape(member)).collect();
    Ok(iam::GetGroupResponse { group: shape(&group), users, is_truncated, marker })
} }

answer! { iam::ListGroups(cx, input) on group::arn(cx.account, "/", "").to_string() => |permit| {
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    let after = cx.after(input.marker.as_deref())?;
    let page = group::list(&cx.snapshot, cx.account, prefix, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    Ok(iam::ListGroupsResponse { groups: page.items.iter().map(|group| shape(group)).collect(), is_truncated, marker })
} }

answer! { iam::ListGroupsForUser(cx, input) on user::arn(cx, &input.user_name) => |permit| {
    let after = cx.after(input.marker.as_deref())?;
    let limit = limit(input.max_items);
    let page = group::of_user(&cx.snapshot, cx.account, &input.user_name, after.as_deref(), limit)
        .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let groups = page.items.iter().map(|group| shape(group)).collect();
    Ok(iam::ListGroupsForUserResponse { groups, is_truncated, marker })
} }

// "The person making the request (the principal), must have permission to change the role group with the old name and the
// new name" (IAM API Reference: UpdateGroup).
answer! { iam::UpdateGroup(cx, input) on arn(cx, &input.group_name) => |permit| {
    let name = input.new_group_name.as_deref().map(str::parse::<GroupName>).transpose().map_err(invalid)?;
    let path = input.new_path.as_deref().map(str::parse::<Path>).transpose().map_err(invalid)?;
    if let Some(group) = cx.snapshot.group(cx.account, &input.group_name) {
        let path = input.new_path.as_deref().unwrap_or(&group.path);
        let name = input.new_group_name.as_deref().unwrap_or(&group.name);
        cx.also("iam:UpdateGroup", group::arn(cx.account, path, name).as_str(), cx.context())?;
    }
    cx.write(permit, |tx, permit| {
        group::update(tx, permit, &input.group_name, name.as_ref(), path.as_ref())
    })
    .await
} }

answer! { iam::DeleteGroup(cx, input) on arn(cx, &input.group_name) => |permit| {
    cx.write(permit, |tx, permit| group::delete(tx, permit, &input.group_name)).await
} }

answer! { iam::AddUserToGroup(cx, input) on arn(cx, &input.group_name) => |permit| {
    cx.write(permit, |tx, permit| group::add_user(tx, permit, &input.group_name, &input.user_name)).await
} }

answer! { iam::RemoveUserFromGroup(cx, input) on arn(cx, &input.group_name) => |permit| {
    cx.write(permit, |tx, permit| group::remove_user(tx, permit, &input.group_name, &input.user_name)).await
} }

holder! { Group, group_name, arn,
PutGroupPolicy GetGroupPolicy GetGroupPolicyResponse DeleteGroupPolicy ListGroupPolicies ListGroupPoliciesResponse
AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies ListAttachedGroupPoliciesResponse }
