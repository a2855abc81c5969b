//! Service-linked roles.

use rolecall_identity::{
    account::service_linked_role::{self, arn_of_task},
    state::RoleDeletion,
};
use rolecall_wire::generated::iam;

use super::role::{self, arn};
use crate::aws::operation::answer;

answer! { iam::CreateServiceLinkedRole(cx, input)
    on service_linked_role::arn(cx.account, &input.aws_service_name, input.custom_suffix.as_deref()).to_string(),
    with |input, context| context.insert("iam:AWSServiceName", input.aws_service_name.as_str()) => |permit| {
        let (suffix, description) = (input.custom_suffix.as_deref(), input.description.as_deref());
        let role = cx
            .write(permit, |tx, permit| {
                service_linked_role::create(tx, permit, &input.aws_service_name, suffix, description)
            })
            .await?;
        Ok(iam::CreateServiceLinkedRoleResponse { role: Some(role::shape(cx, &role)) })
    }
}

answer! { iam::DeleteServiceLinkedRole(cx, input) on arn(cx, &input.role_name) => |permit| {
    let deletion_task_id =
        cx.write(permit, |tx, permit| service_linked_role::delete(tx, permit, &input.role_name)).await?;
    Ok(iam::DeleteServiceLinkedRoleResponse { deletion_task_id })
} }

answer! { iam::GetServiceLinkedRoleDeletionStatus(cx, input)
    on arn_of_task(cx.account, &input.deletion_task_id).to_string() => |permit| {
        let deletion = service_linked_role::deletion(&cx.snapshot, cx.account, &input.deletion_task_id)
            .map_err(|error| cx.fault(&error))?;
        let reason = (!deletion.users.is_empty()).then(|| failure(&deletion));
        let status = if reason.is_some() { "FAILED" } else { "SUCCEEDED" }.to_owned();
        Ok(iam::GetServiceLinkedRoleDeletionStatusResponse { status, reason })
    }
}

/// Who still uses the role, by region.
fn failure(deletion: &RoleDeletion) -> iam::DeletionTaskFailureReasonType {
    let mut usage: Vec<iam::RoleUsageType> = Vec::new();
    for user in &deletion.users {
        let known = usage
            .iter_mut()
            .find(|usage| usage.region.as_ref() == Some(&user.region));
        match known {
            Some(usage) => usage.resources.get_or_insert_default().push(user.arn.clone()),
            None => usage.push(iam::RoleUsageType {
                region: Some(user.region.clone()),
                resources: Some(vec![user.arn.clone()]),
            }),
        }
    }
    iam::DeletionTaskFailureReasonType {
        reason: Some(format!("The role {} is in use.", deletion.role)),
        role_usage_list: Some(usage),
    }
}
