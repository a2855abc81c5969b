//! Everything of an account at once.

use std::{cell::LazyCell, collections::BTreeMap};

use rolecall_identity::{
    account::{
        details::{self, Detail, Wanted},
        policy::Found,
    },
    document::Document,
    state::{Entity, Group, InstanceProfile, Role, User},
};
use rolecall_wire::generated::iam;

use super::{Cx, boundary, document, instance_profile, limit, more, report::role_last_used, tags_out, time};
use crate::aws::operation::answer;

/// Inline policies; where there are none, no element.
fn inline(policies: &BTreeMap<String, Document>) -> Option<Vec<iam::PolicyDetail>> {
    let one = |(name, text): (&String, &Document)| iam::PolicyDetail {
        policy_name: Some(name.clone()),
        policy_document: Some(document(text.text())),
    };
    (!policies.is_empty()).then(|| policies.iter().map(one).collect())
}

fn attached(entity: &Entity) -> Vec<iam::AttachedPolicy> {
    // A page has a thousand of them, and looking for a byte takes a fraction of looking for a character.
    let slash = |arn: &str| arn.bytes().rposition(|byte| byte == b'/');
    let one = |arn: &String| iam::AttachedPolicy {
        policy_arn: Some(arn.clone()),
        policy_name: arn.get(slash(arn).map_or(0, |at| at + 1)..).map(str::to_owned),
    };
    entity.attached.iter().map(one).collect()
}

fn user(cx: &Cx, user: &User) -> iam::UserDetail {
    iam::UserDetail {
        path: Some(user.path.clone()),
        user_name: Some(user.name.clone()),
        user_id: Some(user.id.to_string()),
        arn: Some(user.arn.to_string()),
        create_date: Some(time(user.created)),
        user_policy_list: inline(&user.entity.inline),
        group_list: Some(cx.snapshot.groups_of(user).map(|group| group.name.clone()).collect()),
        attached_managed_policies: Some(attached(&user.entity)),
        permissions_boundary: boundary(user.entity.boundary.as_deref()),
        tags: Some(tags_out(&user.entity.tags)),
    }
}

fn group(group: &Group) -> iam::GroupDetail {
    iam::GroupDetail {
        path: Some(group.path.clone()),
        group_name: Some(group.name.clone()),
        group_id: Some(group.id.to_string()),
        arn: Some(group.arn.to_string()),
        create_date: Some(time(group.created)),
        group_policy_list: Some(inline(&group.entity.inline).unwrap_or_default()),
        attached_managed_policies: Some(attached(&group.entity)),
    }
}

/// The instance profiles of an account, by the roles that are in them.
type Profiles<'a> = BTreeMap<&'a str, Vec<&'a InstanceProfile>>;

/// Looked through once for a page, not once for each of its roles.
fn profiles(cx: &Cx) -> Profiles<'_> {
    let mut profiles = Profiles::new();
    for profile in cx.snapshot.instance_profiles(cx.account) {
        if let Some(role) = &profile.role {
            profiles.entry(role).or_default().push(profile);
        }
    }
    profiles
}

fn role(cx: &Cx, role: &Role, profiles: &Profiles) -> iam::RoleDetail {
    let profiles = profiles.get(role.name.as_str()).map(Vec::as_slice).unwrap_or_default();
    let profiles = profiles
        .iter()
        .map(|profile| instance_profile::shape(cx, profile))
        .collect();
    iam::RoleDetail {
        path: Some(role.path.clone()),
        role_name: Some(role.name.clone()),
        role_id: Some(role.id.to_string()),
        arn: Some(role.arn.to_string()),
        create_date: Some(time(role.created)),
        assume_role_policy_document: Some(document(&role.shown_trust(&cx.snapshot))),
        instance_profile_list: Some(profiles),
        role_policy_list: Some(inline(&role.entity.inline).unwrap_or_default()),
        attached_managed_policies: Some(attached(&role.entity)),
        permissions_boundary: boundary(role.entity.boundary.as_deref()),
        tags: Some(tags_out(&role.entity.tags)),
        role_last_used: Some(role_last_used(cx, role)),
    }
}

fn policy(cx: &Cx, policy: &Found) -> iam::ManagedPolicyDetail {
    let count = |count: u32| i32::try_from(count).ok();
    let version = |version: rolecall_identity::account::policy::Version| iam::PolicyVersion {
        document: Some(document(&version.document)),
        version_id: Some(version.id),
        is_default_version: Some(version.is_default),
        create_date: Some(time(version.created)),
    };
    iam::ManagedPolicyDetail {
        policy_name: Some(policy.name().to_owned()),
        policy_id: Some(policy.id()),
        arn: Some(policy.arn().to_owned()),
        path: Some(policy.path().to_owned()),
        default_version_id: Some(policy.default_version()),
        attachment_count: count(cx.snapshot.attachment_count(cx.account, policy.arn())),
        permissions_boundary_usage_count: count(cx.snapshot.boundary_count(cx.account, policy.arn())),
        is_attachable: Some(true),
        description: policy.description().map(str::to_owned),
        create_date: Some(time(policy.created())),
        update_date: Some(time(policy.updated())),
        policy_version_list: Some(policy.versions().into_iter().map(version).collect()),
    }
}

/// What the filter names; without one, everything.
fn wanted(filter: Option<&[String]>) -> Wanted {
    let Some(filter) = filter.filter(|filter| !filter.is_empty()) else {
        return Wanted::ALL;
    };
    let has = |kind: &str| filter.iter().any(|named| named == kind);
    Wanted {
        users: has("User"),
        groups: has("Group"),
        roles: has("Role"),
        local: has("LocalManagedPolicy"),
        aws: has("AWSManagedPolicy"),
    }
}

answer! { iam::GetAccountAuthorizationDetails(cx, input) on "*" => |permit| {
    let after = cx.after(input.marker.as_deref())?;
    let wanted = wanted(input.filter.as_deref());
    let page = details::list(&cx.snapshot, cx.account, wanted, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    let (mut users, mut groups, mut roles, mut policies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let profiles = LazyCell::new(|| profiles(cx));
    for detail in page.items {
        match detail {
            Detail::User(it) => users.push(user(cx, &it)),
            Detail::Group(it) => groups.push(group(&it)),
            Detail::Role(it) => roles.push(role(cx, &it, &profiles)),
            Detail::Policy(it) => policies.push(policy(cx, &it)),
        }
    }
    Ok(iam::GetAccountAuthorizationDetailsResponse {
        user_detail_list: Some(users),
        group_detail_list: Some(groups),
        role_detail_list: Some(roles),
        policies: Some(policies),
        is_truncated,
        marker,
    })
} }
