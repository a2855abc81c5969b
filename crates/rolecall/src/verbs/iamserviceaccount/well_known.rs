//! `wellKnownPolicies` of a `ClusterConfig`: the permissions that widespread controllers need, each from its own
//! documentation.

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// A policy that a name stands for.
pub(super) enum WellKnown {
    /// AWS keeps it: its ARN.
    Managed(&'static str),
    /// Nobody keeps it: the document.
    Inline(Value),
}

/// The policy of this name.
pub(super) fn policy(name: &str) -> Result<WellKnown> {
    let document = |statements: Value| WellKnown::Inline(json!({ "Version": "2012-10-17", "Statement": statements }));
    Ok(match name {
        "imageBuilder" => WellKnown::Managed("arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser"),
        "ebsCSIController" => WellKnown::Managed("arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"),
        "efsCSIController" => WellKnown::Managed("arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy"),
        "autoScaler" => document(auto_scaler()),
        "awsLoadBalancerController" => document(load_balancer_controller()),
        "certManager" => document(cert_manager()),
        "externalDNS" => document(external_dns()),
        other => bail!("invalid wellKnownPolicy: {other}"),
    })
}

fn auto_scaler() -> Value {
    json!([{
        "Effect": "Allow", "Resource": "*",
        "Action": [
            "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances",
            "autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities",
            "autoscaling:DescribeTags", "autoscaling:SetDesiredCapacity",
            "autoscaling:TerminateInstanceInAutoScalingGroup", "ec2:DescribeImages", "ec2:DescribeInstanceTypes",
            "ec2:DescribeLaunchTemplateVersions", "ec2:GetInstanceTypesFromInstanceRequirements",
            "eks:DescribeNodegroup",
        ],
    }])
}

fn cert_manager() -> Value {
    json!([
        { "Effect": "Allow", "Action": "route53:GetChange", "Resource": "arn:aws:route53:::change/*" },
        { "Effect": "Allow", "Resource": "arn:aws:route53:::hostedzone/*",
          "Action": ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"] },
        { "Effect": "Allow", "Action": "route53:ListHostedZonesByName", "Resource": "*" },
    ])
}

fn external_dns() -> Value {
    json!([
        { "Effect": "Allow", "Action": "route53:ChangeResourceRecordSets", "Resource": "arn:aws:route53:::hostedzone/*" },
        { "Effect": "Allow", "Resource": "*",
          "Action": ["route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources"] },
    ])
}

/// What the controller looks at.
const LOAD_BALANCER_CONTROLLER_LOOKS: &[&str] = &[
    "acm:DescribeCertificate",
    "acm:ListCertificates",
    "cognito-idp:DescribeUserPoolClient",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCoipPools",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeIpamPools",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:GetCoipPoolUsage",
    "ec2:GetSecurityGroupsForVpc",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
    "iam:GetServerCertificate",
    "iam:ListServerCertificates",
    "shield:DescribeProtection",
    "shield:GetSubscriptionState",
    "waf-regional:GetWebACL",
    "waf-regional:GetWebACLForResource",
    "wafv2:GetWebACL",
    "wafv2:GetWebACLForResource",
];

/// What the controller has made carries the tag `elbv2.k8s.aws/cluster`; it may change nothing else.
fn load_balancer_controller() -> Value {
    let made = json!({ "Null": { "aws:ResourceTag/elbv2.k8s.aws/cluster": "false" } });
    let making = json!({ "Null": { "aws:RequestTag/elbv2.k8s.aws/cluster": "false" } });
    let retagging = json!({ "Null": {
        "aws:RequestTag/elbv2.k8s.aws/cluster": "true", "aws:ResourceTag/elbv2.k8s.aws/cluster": "false",
    } });
    let groups = "arn:aws:ec2:*:*:security-group/*";
    let balancers = json!([
        "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/*/*",
        "arn:aws:elasticloadbalancing:*:*:loadbalancer/net/*/*",
        "arn:aws:elasticloadbalancing:*:*:targetgroup/*/*",
    ]);
    json!([
        {
            "Sid": "Look", "Effect": "Allow", "Resource": "*",
            "Action": LOAD_BALANCER_CONTROLLER_LOOKS,
        },
        {
            "Sid": "Protect", "Effect": "Allow", "Resource": "*",
            "Action": [
                "shield:CreateProtection", "shield:DeleteProtection", "waf-regional:AssociateWebACL",
                "waf-regional:DisassociateWebACL", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL",
            ],
        },
        {
            "Sid": "LinkedRole", "Effect": "Allow", "Resource": "*", "Action": "iam:CreateServiceLinkedRole",
            "Condition": { "StringEquals": { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } },
        },
        {
            "Sid": "Rules", "Effect": "Allow", "Resource": "*",
            "Action": ["ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup", "ec2:RevokeSecurityGroupIngress"],
        },
        {
            "Sid": "TagNewGroups", "Effect": "Allow", "Resource": groups, "Action": "ec2:CreateTags",
            "Condition": {
                "StringEquals": { "ec2:CreateAction": "CreateSecurityGroup" },
                "Null": { "aws:RequestTag/elbv2.k8s.aws/cluster": "false" },
            },
        },
        {
            "Sid": "TagGroups", "Effect": "Allow", "Resource": groups, "Condition": retagging,
            "Action": ["ec2:CreateTags", "ec2:DeleteTags"],
        },
        {
            "Sid": "ChangeGroups", "Effect": "Allow", "Resource": "*", "Condition": made,
            "Action": [
                "ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup", "ec2:RevokeSecurityGroupIngress",
            ],
        },
        {
            "Sid": "Make", "Effect": "Allow", "Resource": "*", "Condition": making,
            "Action": ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
        },
        {
            "Sid": "Listen", "Effect": "Allow", "Resource": "*",
            "Action": [
                "elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:CreateListener",
                "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteListener",
                "elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyListener",
                "elasticloadbalancing:ModifyRule", "elasticloadbalancing:RemoveListenerCertificates",
                "elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetWebAcl",
            ],
        },
        {
            "Sid": "TagNew", "Effect": "Allow", "Resource": balancers, "Action": "elasticloadbalancing:AddTags",
            "Condition": {
                "StringEquals": { "elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"] },
                "Null": { "aws:RequestTag/elbv2.k8s.aws/cluster": "false" },
            },
        },
        {
            "Sid": "Tag", "Effect": "Allow", "Resource": balancers, "Condition": retagging,
            "Action": ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
        },
        {
            "Sid": "TagListeners", "Effect": "Allow",
            "Action": ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
            "Resource": [
                "arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*", "arn:aws:elasticloadbalancing:*:*:listener/net/*/*/*",
                "arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*",
                "arn:aws:elasticloadbalancing:*:*:listener-rule/net/*/*/*",
            ],
        },
        {
            "Sid": "Change", "Effect": "Allow", "Resource": "*", "Condition": made,
            "Action": [
                "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteTargetGroup",
                "elasticloadbalancing:ModifyCapacityReservation", "elasticloadbalancing:ModifyIpPools",
                "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes",
                "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
                "elasticloadbalancing:SetIpAddressType", "elasticloadbalancing:SetSecurityGroups",
                "elasticloadbalancing:SetSubnets",
            ],
        },
        {
            "Sid": "Targets", "Effect": "Allow", "Resource": "arn:aws:elasticloadbalancing:*:*:targetgroup/*/*",
            "Action": ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"],
        },
    ])
}

#[cfg(test)]
mod tests {
    use rolecall_identity::managed;
    use rolecall_policy::lint::{self, Options, Severity};

    use super::*;

    const NAMES: [&str; 7] = [
        "autoScaler",
        "awsLoadBalancerController",
        "certManager",
        "ebsCSIController",
        "efsCSIController",
        "externalDNS",
        "imageBuilder",
    ];

    /// The characters of a role's inline policies together (IAM and AWS STS quotas), white space apart.
    const INLINE: usize = 10_240;

    #[test]
    fn every_name_stands_for_a_policy_that_fits_and_names_what_exists() {
        for name in NAMES {
            match policy(name).unwrap() {
                WellKnown::Managed(arn) => assert!(managed::find(arn).is_some(), "{name}"),
                WellKnown::Inline(document) => {
                    let text = document.to_string();
                    assert!(text.len() < INLINE, "{name}: {}", text.len());
                    let report = lint::lint(&text, &Options::default());
                    let errors: Vec<_> = report
                        .findings
                        .iter()
                        .filter(|finding| finding.severity == Severity::Error)
                        .collect();
                    assert!(errors.is_empty(), "{name}: {errors:?}");
                }
            }
        }
    }

    #[test]
    fn another_name_is_refused_in_eksctls_words() {
        let Err(error) = policy("autoscaler") else { panic!() };
        assert_eq!(error.to_string(), "invalid wellKnownPolicy: autoscaler");
    }
}
