//! Users and their access keys.

use rolecall_identity::{
    CallerKind,
    account::{access_key, attachment, inline, tags, user},
    state::User,
};
use rolecall_names::{Arn, Path, PolicyName, UserName};
use rolecall_wire::generated::iam;

use super::{
    Cx, actor, boundary, document, holder, invalid, is_active, limit, more, new_tags, request_tags, status, tagged,
    tags_in, tags_out, time,
};
use crate::aws::{fault::Fault, operation::answer};

/// The ARN of the user of this name; of one that is not there, without a path.
pub(super) fn arn(cx: &Cx, name: &str) -> String {
    let known = cx.snapshot.user(cx.account, name).map(|user| user.arn.to_string());
    known.unwrap_or_else(|| user::arn(cx.account, "/", name).to_string())
}

/// Who is meant where no name is given: the caller.
pub(super) fn own_name(cx: &Cx) -> Option<String> {
    match &cx.caller.kind {
        CallerKind::User { arn, .. } => Some(arn.name().to_owned()),
        CallerKind::Root | CallerKind::Role { .. } | CallerKind::FederatedUser { .. } | CallerKind::Anonymous => None,
    }
}

/// The ARN of whoever's keys are meant.
pub(super) fn owner_arn(cx: &Cx, name: Option<&str>) -> String {
    match name.map(str::to_owned).or_else(|| own_name(cx)) {
        Some(name) => arn(cx, &name),
        None => Arn::iam(cx.account.as_str(), "root").to_string(),
    }
}

/// Whoever's keys are meant: a user, or the root by itself alone.
pub(super) fn owner(cx: &Cx, name: Option<String>) -> Result<Option<String>, Fault> {
    match (name.or_else(|| own_name(cx)), &cx.caller.kind) {
        (Some(name), _) => Ok(Some(name)),
        (None, CallerKind::Root) => Ok(None),
        (None, _) => Err(must_name()),
    }
}

pub(super) fn must_name() -> Fault {
    Fault::sender(
        "ValidationError",
        400,
        "Must specify userName when calling with non-User credentials",
    )
}

pub(super) fn shape(user: &User) -> iam::User {
    iam::User {
        arn: user.arn.to_string(),
        create_date: time(user.created),
        path: user.path.clone(),
        user_id: user.id.to_string(),
        user_name: user.name.clone(),
        ..iam::User::default()
    }
}

fn whole(user: &User) -> iam::User {
    iam::User {
        permissions_boundary: boundary(user.entity.boundary.as_deref()),
        tags: (!user.entity.tags.is_empty()).then(|| tags_out(&user.entity.tags)),
        ..shape(user)
    }
}

answer! { iam::CreateUser(cx, input)
    on user::arn(cx.account, input.path.as_deref().unwrap_or("/"), &input.user_name).to_string(),
    with |input, context| {
        request_tags(input.tags.as_deref(), context);
        if let Some(boundary) = &input.permissions_boundary {
            context.insert("iam:PermissionsBoundary", boundary.as_str());
        }
    } => |permit| {
        let new_tags = new_tags(cx, "iam:TagUser", &Self::resource(cx, &input), input.tags.as_deref())?;
        let new = user::NewUser {
            name: input.user_name.parse().map_err(invalid)?,
            path: input.path.as_deref().unwrap_or("/").parse::<Path>().map_err(invalid)?,
            boundary: input.permissions_boundary.as_deref(),
            tags: &new_tags,
        };
        let user = cx.write(permit, |tx, permit| user::create(tx, permit, &new)).await?;
        Ok(iam::CreateUserResponse { user: Some(whole(&user)) })
    }
}

answer! { iam::GetUser(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    if input.user_name.is_none() && cx.caller.kind == CallerKind::Root {
        // The root shows itself by its account's id and without a name.
        let account = cx.account.to_string();
        let arn = Arn::iam(&account, "root").to_string();
        let created = cx.snapshot.account(cx.account).map_or(0, |account| account.created);
        let root = iam::User { arn, user_id: account, create_date: time(created), path: "/".to_owned(), ..iam::User::default() };
        return Ok(iam::GetUserResponse { user: root });
    }
    let name = input.user_name.or_else(|| own_name(cx)).ok_or_else(must_name)?;
    let user = user::get(&cx.snapshot, cx.account, &name).map_err(|error| cx.fault(&error))?;
    Ok(iam::GetUserResponse { user: whole(&user) })
} }

answer! { iam::ListUsers(cx, input) on user::arn(cx.account, "/", "").to_string() => |permit| {
    let prefix = input.path_prefix.as_deref().unwrap_or("/");
    let after = cx.after(input.marker.as_deref())?;
    let page = user::list(&cx.snapshot, cx.account, prefix, after.as_deref(), limit(input.max_items));
    let (is_truncated, marker) = more(cx, &page)?;
    Ok(iam::ListUsersResponse { is_truncated, marker, users: page.items.iter().map(|user| shape(user)).collect() })
} }

// "To change a user name, the requester must have appropriate permissions on both the source object and the target
// object" (IAM API Reference: UpdateUser).
answer! { iam::UpdateUser(cx, input) on arn(cx, &input.user_name) => |permit| {
    let name = input.new_user_name.as_deref().map(str::parse::<UserName>).transpose().map_err(invalid)?;
    let path = input.new_path.as_deref().map(str::parse::<Path>).transpose().map_err(invalid)?;
    if let Some(user) = cx.snapshot.user(cx.account, &input.user_name) {
        let path = input.new_path.as_deref().unwrap_or(&user.path);
        let name = input.new_user_name.as_deref().unwrap_or(&user.name);
        cx.also("iam:UpdateUser", user::arn(cx.account, path, name).as_str(), cx.context())?;
    }
    cx.write(permit, |tx, permit| {
        user::update(tx, permit, &input.user_name, name.as_ref(), path.as_ref()).map(drop)
    })
    .await
} }

answer! { iam::DeleteUser(cx, input) on arn(cx, &input.user_name) => |permit| {
    cx.write(permit, |tx, permit| user::delete(tx, permit, &input.user_name)).await
} }

holder! { User, user_name, arn,
PutUserPolicy GetUserPolicy GetUserPolicyResponse DeleteUserPolicy ListUserPolicies ListUserPoliciesResponse
AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies ListAttachedUserPoliciesResponse }

actor! { User, user_name, arn,
TagUser UntagUser ListUserTags ListUserTagsResponse
PutUserPermissionsBoundary DeleteUserPermissionsBoundary }

answer! { iam::CreateAccessKey(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    let (key, secret) =
        cx.write(permit, |tx, permit| access_key::create(tx, permit, owner.as_deref(), None)).await?;
    cx.written().await?;
    Ok(iam::CreateAccessKeyResponse {
        access_key: iam::AccessKey {
            status: status(key.active),
            access_key_id: key.id,
            create_date: Some(time(key.created)),
            secret_access_key: secret.expose().into(),
            user_name: key.user.unwrap_or_default(),
        },
    })
} }

answer! { iam::UpdateAccessKey(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    let active = is_active(&input.status)?;
    cx.write(permit, |tx, permit| {
        access_key::update(tx, permit, owner.as_deref(), &input.access_key_id, active)
    })
    .await
} }

answer! { iam::DeleteAccessKey(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    cx.write(permit, |tx, permit| access_key::delete(tx, permit, owner.as_deref(), &input.access_key_id)).await
} }

answer! { iam::ListAccessKeys(cx, input) on owner_arn(cx, input.user_name.as_deref()) => |permit| {
    let owner = owner(cx, input.user_name)?;
    let after = cx.after(input.marker.as_deref())?;
    let limit = limit(input.max_items);
    let page = access_key::list(&cx.snapshot, cx.account, owner.as_deref(), after.as_deref(), limit)
        .map_err(|error| cx.fault(&error))?;
    let (is_truncated, marker) = more(cx, &page)?;
    let keys = page.items.iter().map(|key| iam::AccessKeyMetadata {
        access_key_id: Some(key.id.clone()),
        create_date: Some(time(key.created)),
        status: Some(status(key.active)),
        user_name: key.user.clone(),
    });
    Ok(iam::ListAccessKeysResponse { access_key_metadata: keys.collect(), is_truncated, marker })
} }
