"""Instance profiles as boto3 and Terraform drive them."""

import json

from test_iam import TRUST
from test_refusals import refusal


def test_the_life_of_an_instance_profile(dev):
    """In the order of Terraform's calls."""
    iam = dev.client("iam")
    role = iam.create_role(RoleName="profile-role", Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    made = iam.create_instance_profile(InstanceProfileName="Web", Path="/team/", Tags=[{"Key": "a", "Value": "b"}])["InstanceProfile"]
    assert made["Arn"] == "arn:aws:iam::123456789012:instance-profile/team/Web"
    assert made["InstanceProfileId"].startswith("AIPA") and len(made["InstanceProfileId"]) == 21
    assert made["Roles"] == [] and made["Tags"] == [{"Key": "a", "Value": "b"}]
    assert iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"] == made
    iam.add_role_to_instance_profile(InstanceProfileName="Web", RoleName="profile-role")
    held = iam.get_instance_profile(InstanceProfileName="Web")["InstanceProfile"]["Roles"]
    assert [(r["Arn"], r["RoleId"], r["AssumeRolePolicyDocument"]) for r in held] == [(role["Arn"], role["RoleId"], TRUST)]
    assert iam.get_role(RoleName=held[0]["RoleName"])["Role"]["Arn"] == role["Arn"]
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="Web")

    assert refusal(iam.create_instance_profile, InstanceProfileName="WEB") == (
        409, "EntityAlreadyExists", "Instance Profile WEB already exists.")
    assert refusal(iam.add_role_to_instance_profile, InstanceProfileName="Web", RoleName="profile-role") == (
        409, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
    conflict = (409, "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.")
    assert refusal(iam.delete_role, RoleName="profile-role") == conflict
    assert refusal(iam.delete_instance_profile, InstanceProfileName="Web") == conflict

    iam.tag_instance_profile(InstanceProfileName="Web", Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_instance_profile(InstanceProfileName="Web", TagKeys=["a"])
    assert iam.list_instance_profile_tags(InstanceProfileName="Web")["Tags"] == [{"Key": "c", "Value": "d"}]
    of_role = iam.list_instance_profiles_for_role(RoleName="profile-role")["InstanceProfiles"]
    assert [p["InstanceProfileName"] for p in of_role] == ["Web"]
    listed = iam.list_instance_profiles(PathPrefix="/team/")["InstanceProfiles"]
    assert [p["InstanceProfileName"] for p in listed] == ["Web"] and "Tags" not in listed[0]

    iam.remove_role_from_instance_profile(InstanceProfileName="Web", RoleName="profile-role")
    assert iam.list_instance_profiles_for_role(RoleName="profile-role")["InstanceProfiles"] == []
    assert refusal(iam.list_instance_profiles_for_role, RoleName="nobody")[:2] == (404, "NoSuchEntity")
    iam.delete_instance_profile(InstanceProfileName="Web")
    assert refusal(iam.get_instance_profile, InstanceProfileName="Web") == (
        404, "NoSuchEntity", "Instance Profile Web cannot be found.")
    iam.delete_role(RoleName="profile-role")


def test_pages_of_instance_profiles(dev):
    iam = dev.client("iam")
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        iam.create_instance_profile(InstanceProfileName=name, Path="/pages/")
    pages = iam.get_paginator("list_instance_profiles").paginate(PathPrefix="/pages/", PaginationConfig={"PageSize": 2})
    assert [[p["InstanceProfileName"] for p in page["InstanceProfiles"]] for page in pages] == [names[:2], names[2:4], names[4:]]


def test_who_may_not_pass_a_role_may_not_put_it_into_a_profile(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="profile-user")
    key = iam.create_access_key(UserName="profile-user")["AccessKey"]
    mine = dev.client("iam", **dev.as_credentials(key))
    iam.create_role(RoleName="passed", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="passing")

    def allow(*statements):
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName="profile-user", PolicyName="p", PolicyDocument=json.dumps(document))

    add = {"Effect": "Allow", "Action": "iam:AddRoleToInstanceProfile", "Resource": "arn:aws:iam::123456789012:instance-profile/passing"}
    give = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/passed",
            "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
    call = {"InstanceProfileName": "passing", "RoleName": "passed"}
    allow(give)
    assert refusal(mine.add_role_to_instance_profile, **call) == (
        403, "AccessDenied",
        "User: arn:aws:iam::123456789012:user/profile-user is not authorized to perform: iam:AddRoleToInstanceProfile on "
        "resource: instance profile passing because no identity-based policy allows the "
        "iam:AddRoleToInstanceProfile action")
    for other in ([add], [add, {**give, "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}]):
        allow(*other)
        assert refusal(mine.add_role_to_instance_profile, **call) == (
            403, "AccessDenied",
            "User: arn:aws:iam::123456789012:user/profile-user is not authorized to perform: iam:PassRole on resource: "
            "arn:aws:iam::123456789012:role/passed because no identity-based policy allows the iam:PassRole action")
    allow(add, give)
    mine.add_role_to_instance_profile(**call)
    assert refusal(mine.get_instance_profile, InstanceProfileName="passing")[:2] == (403, "AccessDenied")
