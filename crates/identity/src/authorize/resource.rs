//! How IAM's refusals name what they are about: by kind and name, as the call did. Who may not see a role does not learn
//! its path from the refusal, nor whether there is one (threat 13).

use std::borrow::Cow;

use rolecall_names::Arn;

/// Calls about a role, a user, a group or an instance profile that name its ARN all the same: what is not there yet has no
/// other name, and some are told the ARN.
const BY_ARN: [&str; 15] = [
    "CreateGroup",
    "CreateInstanceProfile",
    "CreateRole",
    "CreateServiceLinkedRole",
    "CreateUser",
    "DeleteServiceLinkedRole",
    "GenerateServiceLastAccessedDetails",
    "GetContextKeysForPrincipalPolicy",
    "GetServiceLinkedRoleDeletionStatus",
    "ListPoliciesGrantingServiceAccess",
    "PassRole",
    "SimulatePrincipalPolicy",
    "TagInstanceProfile",
    "TagRole",
    "TagUser",
];

/// The resource of a refusal, as AWS writes it.
pub(super) fn shown<'a>(action: &str, resource: &'a str) -> Cow<'a, str> {
    named(action, resource).map_or(Cow::Borrowed(resource), Cow::Owned)
}

fn named(action: &str, resource: &str) -> Option<String> {
    let call = action.strip_prefix("iam:")?;
    let arn: Arn = resource.parse().ok()?;
    let (kind, rest) = arn.resource().split_once('/')?;
    match (kind, call, arn.name()) {
        ("policy", "ListPolicies", _) => Some(format!("policy path /{rest}")),
        ("policy", "CreatePolicy" | "TagPolicy", name) => Some(format!("policy {name}")),
        ("policy", _, _) => Some(format!("policy {resource}")),
        // A list is about all of a path.
        (_, _, "") => None,
        ("role" | "user" | "group", call, name) if !BY_ARN.contains(&call) => Some(format!("{kind} {name}")),
        ("instance-profile", call, name) if !BY_ARN.contains(&call) => Some(format!("instance profile {name}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_in_a_call_is_named_so_in_its_refusal() {
        for (action, resource, expected) in [
            ("iam:GetRole", "role/team/app", "role app"),
            ("iam:AttachRolePolicy", "role/app", "role app"),
            ("iam:CreateAccessKey", "user/eng/alice", "user alice"),
            ("iam:AddUserToGroup", "group/readers", "group readers"),
            ("iam:GetInstanceProfile", "instance-profile/web", "instance profile web"),
            ("iam:CreatePolicy", "policy/t/own", "policy own"),
            ("iam:TagPolicy", "policy/t/own", "policy own"),
            ("iam:ListPolicies", "policy/", "policy path /"),
        ] {
            let arn = format!("arn:aws:iam::123456789012:{resource}");
            assert_eq!(shown(action, &arn), expected, "{action}");
        }
        let policy = "arn:aws:iam::123456789012:policy/own";
        assert_eq!(shown("iam:GetPolicy", policy), format!("policy {policy}"));
        for (action, resource) in [
            ("iam:CreateRole", "arn:aws:iam::123456789012:role/team/app"),
            ("iam:TagRole", "arn:aws:iam::123456789012:role/team/app"),
            ("iam:PassRole", "arn:aws:iam::123456789012:role/team/app"),
            ("iam:SimulatePrincipalPolicy", "arn:aws:iam::123456789012:user/alice"),
            ("iam:ListRoles", "arn:aws:iam::123456789012:role/"),
            ("iam:CreateVirtualMFADevice", "arn:aws:iam::123456789012:mfa/phone"),
            (
                "iam:GetOpenIDConnectProvider",
                "arn:aws:iam::123456789012:oidc-provider/issuer.example/a",
            ),
            ("iam:GetAccountSummary", "*"),
            ("sts:AssumeRole", "arn:aws:iam::123456789012:role/app"),
            ("eks:DescribeCluster", "arn:aws:eks:us-east-2:123456789012:cluster/dev"),
        ] {
            assert_eq!(shown(action, resource), resource, "{action}");
        }
    }
}
