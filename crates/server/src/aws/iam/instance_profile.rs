//! Instance profiles.

use rolecall_identity::{
    account::{instance_profile, role, tags},
    state::InstanceProfile,
};
use rolecall_names::Path;
use rolecall_wire::generated::iam;

use super::{Cx, invalid, limit, more, new_tags, request_tags, role as roles, tagged, tags_in, tags_out, time};
use crate::aws::operation::answer;

/// The service that instance profiles hand roles to.
const SERVICE: &str = "ec2.amazonaws.com";

/// The ARN of the instance profile of this name; of one that is not there, without a path.
fn arn(cx: &Cx, name: &str) -> String {
    let known = cx.snapshot.instance_profile(cx.account, name);
    let known = known.map(|profile| profile.arn.to_string());
    known.unwrap_or_else(|| instance_profile::arn(cx.account, "/", name).to_string())
}

/// What all answers show of an instance profile.
pub(super) fn shape(cx: &Cx, profile: &InstanceProfile) -> iam::InstanceProfile {
    let role = profile
        .role
        .as_deref()
        .and_then(|name| cx.snapshot.role(cx.account, name));
    iam::InstanceProfile {
        path: profile.path.clone(),
        instance_profile_name: profile.name.clone(),
        instance_profile_id: profile.id.to_string(),
        arn: profile.arn.to_string(),
        create_date: time(profile.created),
        roles: role.iter().map(|role| roles::shape(cx, role)).collect(),
        tags: None,
    }
}

/// With tags, as lists do not show them.
fn whole(cx: &Cx, profile: &InstanceProfile) -> iam::InstanceProfile {
    iam::InstanceProfile {
        tags: Some(tags_out(&profile.tags)),
        ..shape(cx, profile)
    }
}

answer! { iam::CreateInstanceProfile(cx, input)
    on instance_profile::arn(cx.account, input.path.as_deref().unwrap_or("/"), &input.instance_profile_name).to_string(),
    with |input, context| request_tags(input.tags.as_deref(), context) => |permit| {
        let new_tags = new_tags(cx, "iam:TagInstanceProfile", &Self::resource(cx, &input), input.tags.as_deref())?;
        let name = input.instance_profile_name.parse().map_err(invalid)?;
        let path = input.path.as_deref().unwrap_or("/").parse::<Path>().map_err(invalid)?;
        let made =
            cx.write(permit, |tx, permit| instance_profile::create(tx, permit, &name, &path, &new_tags)).await?;
        // As of a new role, Tags are shown only when they were given.
        let tags = (!made.tags.is_empty()).then(|| tags_out(&made.tags));
        let instance_profile = iam::InstanceProfile { tags, ..shape(cx, &made) };
        Ok(iam::CreateInstanceProfileResponse { instance_profile })
    }
}

answer! { iam::GetInstanceProfile(cx, input) on arn(cx, &input.instance_profile_name) => |permit| {
    let profile = instance_profile::get(&cx.snapshot, cx.account, &input.instance_profile_name)
        .map_err(|error| cx.fault(&error))?;
    Ok(iam::GetInstanceProfileResponse { instance_profile: whole(cx, &profile) })
} }

answer! { iam::DeleteInstanceProfile(cx, input) on arn(cx, &input.instance_profile_name) => |permit| {
    cx.write(permit, |tx, permit| instance_profile::delete(tx, permit, &input.instance_profile_name)).await
} }

answer! { iam::ListInstanceProfiles(cx, input) on instance_profile::arn(cx.account, "/", "").to_string() => |permit| {
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    let after = cx.after(input.marker.as_deref())?;
    let page = instance_profile::list(&cx.snapshot, cx.account, prefix, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    let instance_profiles = page.items.iter().map(|profile| shape(cx, profile)).collect();
    Ok(iam::ListInstanceProfilesResponse { instance_profiles, is_truncated, marker })
} }

answer! { iam::ListInstanceProfilesForRole(cx, input) on roles::arn(cx, &input.role_name) => |permit| {
    let after = cx.after(input.marker.as_deref())?;
    let limit = limit(input.max_items);
    let page = instance_profile::of_role(&cx.snapshot, cx.account, &input.role_name, after.as_deref(), limit)
        .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let instance_profiles = page.items.iter().map(|profile| shape(cx, profile)).collect();
    Ok(iam::ListInstanceProfilesForRoleResponse { instance_profiles, is_truncated, marker })
} }

// "The caller of this operation must be granted the PassRole permission on the IAM role by a permissions policy" (IAM API
// Reference: AddRoleToInstanceProfile).
answer! { iam::AddRoleToInstanceProfile(cx, input) on arn(cx, &input.instance_profile_name) => |permit| {
    instance_profile::get(&cx.snapshot, cx.account, &input.instance_profile_name).map_err(|error| cx.fault(&error))?;
    cx.may_pass(&roles::arn(cx, &input.role_name), SERVICE)?;
    let role = role::get(&cx.snapshot, cx.account, &input.role_name).map_err(|error| cx.fault(&error))?;
    cx.write(permit, |tx, permit| {
        instance_profile::add_role(tx, permit, &input.instance_profile_name, &input.role_name, &role.arn)
    })
    .await
} }

answer! { iam::RemoveRoleFromInstanceProfile(cx, input) on arn(cx, &input.instance_profile_name) => |permit| {
    cx.write(permit, |tx, permit| {
        instance_profile::remove_role(tx, permit, &input.instance_profile_name, &input.role_name)
    })
    .await
} }

tagged! { InstanceProfile, instance_profile_name, arn,
TagInstanceProfile UntagInstanceProfile ListInstanceProfileTags ListInstanceProfileTagsResponse }
