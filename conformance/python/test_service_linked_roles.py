"""Service-linked roles as boto3 drives them."""

import json

from test_iam import ALLOW, TRUST
from test_refusals import refusal


def test_the_life_of_a_service_linked_role(dev):
    iam = dev.client("iam")
    made = iam.create_service_linked_role(AWSServiceName="elasticloadbalancing.amazonaws.com", Description="d")["Role"]
    name = "AWSServiceRoleForElasticLoadBalancing"
    assert made["Arn"] == f"arn:aws:iam::123456789012:role/aws-service-role/elasticloadbalancing.amazonaws.com/{name}"
    assert made["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "elasticloadbalancing.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    assert iam.get_role(RoleName=name)["Role"]["Description"] == "d"
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert attached == [{"PolicyName": "AWSElasticLoadBalancingServiceRolePolicy",
                         "PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AWSElasticLoadBalancingServiceRolePolicy"}]
    assert refusal(iam.create_service_linked_role, AWSServiceName="elasticloadbalancing.amazonaws.com") == (
        400, "InvalidInput", f"Service role name {name} has been taken in this account, please try a different suffix.")
    assert refusal(iam.create_service_linked_role, AWSServiceName="elasticloadbalancing.amazonaws.com", CustomSuffix="x") == (
        400, "InvalidInput", "Custom suffix is not allowed for elasticloadbalancing.amazonaws.com")
    assert refusal(iam.create_service_linked_role, AWSServiceName="nothing.example.com")[:2] == (400, "InvalidInput")

    protected = (400, "UnmodifiableEntity",
                 f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS")
    assert refusal(iam.delete_role, RoleName=name) == protected
    assert refusal(iam.update_assume_role_policy, RoleName=name, PolicyDocument=json.dumps(TRUST)) == protected
    assert refusal(iam.attach_role_policy, RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess") == protected
    assert refusal(iam.detach_role_policy, RoleName=name, PolicyArn=attached[0]["PolicyArn"]) == protected
    assert refusal(iam.put_role_policy, RoleName=name, PolicyName="p", PolicyDocument=json.dumps(ALLOW)) == protected
    assert refusal(iam.update_role, RoleName=name, MaxSessionDuration=7200) == protected
    # As Terraform changes them.
    iam.update_role(RoleName=name, Description="e")
    iam.tag_role(RoleName=name, Tags=[{"Key": "a", "Value": "b"}])

    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/elasticloadbalancing.amazonaws.com/{name}/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    assert refusal(iam.get_role, RoleName=name)[:2] == (404, "NoSuchEntity")
    assert refusal(iam.get_service_linked_role_deletion_status, DeletionTaskId=task[:-1] + "_")[:2] == (404, "NoSuchEntity")


def test_a_suffix_makes_another_role(dev):
    iam = dev.client("iam")
    made = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="nodes")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForAutoScaling_nodes"
    iam.delete_service_linked_role(RoleName=made["RoleName"])


def test_the_role_of_eks_is_not_deleted_while_a_cluster_needs_it(dev):
    iam = dev.client("iam")
    name = iam.create_service_linked_role(AWSServiceName="eks.amazonaws.com")["Role"]["RoleName"]
    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    status = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert status["Status"] == "FAILED"
    [usage] = status["Reason"]["RoleUsageList"]
    assert usage["Region"] == "us-east-2" and any(arn.endswith(":cluster/dev") for arn in usage["Resources"])
    iam.get_role(RoleName=name)


def test_a_services_role_and_its_policy_are_nobody_elses(dev):
    iam = dev.client("iam")
    assert refusal(iam.create_role, RoleName="AWSServiceRoleForEC2Spot", Path="/aws-service-role/spot.amazonaws.com/",
                   AssumeRolePolicyDocument=json.dumps(TRUST)) == (
        400, "InvalidInput", "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles")
    iam.create_role(RoleName="not-linked", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert refusal(iam.attach_role_policy, RoleName="not-linked",
                   PolicyArn="arn:aws:iam::aws:policy/aws-service-role/AWSEC2SpotServiceRolePolicy") == (
        400, "PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.")
    iam.delete_role(RoleName="not-linked")


def test_making_one_is_a_matter_of_which_service(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="linker")
    key = iam.create_access_key(UserName="linker")["AccessKey"]
    mine = dev.client("iam", **dev.as_credentials(key))
    document = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::*:role/aws-service-role/*",
        "Condition": {"StringEquals": {"iam:AWSServiceName": "eks-nodegroup.amazonaws.com"}}}]}
    iam.put_user_policy(UserName="linker", PolicyName="p", PolicyDocument=json.dumps(document))
    assert refusal(mine.create_service_linked_role, AWSServiceName="spot.amazonaws.com") == (
        403, "AccessDenied",
        "User: arn:aws:iam::123456789012:user/linker is not authorized to perform: iam:CreateServiceLinkedRole on resource: "
        "arn:aws:iam::123456789012:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot because no "
        "identity-based policy allows the iam:CreateServiceLinkedRole action")
    made = mine.create_service_linked_role(AWSServiceName="eks-nodegroup.amazonaws.com")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForAmazonEKSNodegroup"
    iam.delete_service_linked_role(RoleName=made["RoleName"])
