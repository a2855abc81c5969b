"""IAM and EKS as boto3 drives them: what Terraform and eksctl need of the objects that the walk creates."""

import json

from test_refusals import refusal

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}


def test_the_life_of_a_role(dev):
    iam = dev.client("iam")
    created = iam.create_role(RoleName="Life", Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST), Description="d",
                              MaxSessionDuration=7200, Tags=[{"Key": "a", "Value": "b"}])["Role"]
    assert created["Arn"] == "arn:aws:iam::123456789012:role/team/Life"
    assert created["RoleId"].startswith("AROA") and len(created["RoleId"]) == 21
    assert "MaxSessionDuration" not in created
    role = iam.get_role(RoleName="Life")["Role"]
    assert role["MaxSessionDuration"] == 7200 and role["Tags"] == [{"Key": "a", "Value": "b"}]
    assert role["AssumeRolePolicyDocument"] == TRUST
    assert refusal(iam.create_role, RoleName="LIFE", AssumeRolePolicyDocument=json.dumps(TRUST)) == (
        409, "EntityAlreadyExists", "Role with name LIFE already exists.")
    assert refusal(iam.get_role, RoleName="nobody") == (404, "NoSuchEntity", "The role with name nobody cannot be found.")
    assert [r["RoleName"] for r in iam.list_roles(PathPrefix="/team/")["Roles"]] == ["Life"]
    iam.update_role(RoleName="Life", Description="e", MaxSessionDuration=3600)
    described = iam.update_role_description(RoleName="Life", Description="f")["Role"]
    assert described["Description"] == "f" and not {"MaxSessionDuration", "RoleLastUsed"} & set(described)
    iam.tag_role(RoleName="Life", Tags=[{"Key": "A", "Value": "c"}])
    iam.untag_role(RoleName="Life", TagKeys=["none"])
    other = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}
    iam.update_assume_role_policy(RoleName="Life", PolicyDocument=json.dumps(other))
    assert iam.get_role(RoleName="Life")["Role"]["AssumeRolePolicyDocument"] == other

    policy = iam.create_policy(PolicyName="P", PolicyDocument=json.dumps(ALLOW))["Policy"]
    iam.attach_role_policy(RoleName="Life", PolicyArn=policy["Arn"])
    iam.attach_role_policy(RoleName="Life", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    assert {p["PolicyName"] for p in iam.list_attached_role_policies(RoleName="Life")["AttachedPolicies"]} == {"P", "AmazonS3ReadOnlyAccess"}
    iam.put_role_policy(RoleName="Life", PolicyName="inline", PolicyDocument=json.dumps(ALLOW))
    assert iam.get_role_policy(RoleName="Life", PolicyName="inline")["PolicyDocument"] == ALLOW
    assert iam.list_role_policies(RoleName="Life")["PolicyNames"] == ["inline"]
    assert refusal(iam.delete_role, RoleName="Life")[:2] == (409, "DeleteConflict")
    assert refusal(iam.delete_policy, PolicyArn=policy["Arn"]) == (409, "DeleteConflict", "Cannot delete a policy attached to entities.")
    iam.delete_role_policy(RoleName="Life", PolicyName="inline")
    for attached in iam.list_attached_role_policies(RoleName="Life")["AttachedPolicies"]:
        iam.detach_role_policy(RoleName="Life", PolicyArn=attached["PolicyArn"])
    iam.delete_role(RoleName="Life")
    iam.delete_policy(PolicyArn=policy["Arn"])


def test_policy_versions(dev):
    iam = dev.client("iam")
    arn = iam.create_policy(PolicyName="Versions", PolicyDocument=json.dumps(ALLOW))["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(ALLOW), SetAsDefault=True)
    assert refusal(iam.create_policy_version, PolicyArn=arn, PolicyDocument=json.dumps(ALLOW))[:2] == (409, "LimitExceeded")
    gone = "arn:aws:iam::123456789012:policy/gone"
    for call in (iam.get_policy_version, iam.set_default_policy_version):
        for of, version in ((arn, "v9"), (gone, "v1")):
            assert refusal(call, PolicyArn=of, VersionId=version) == (
                404, "NoSuchEntity", f"Policy {of} version {version} does not exist or is not attachable.")
    assert refusal(iam.list_entities_for_policy, PolicyArn=gone) == (
        404, "NoSuchEntity", f"Policy {gone} does not exist or is not attachable.")
    assert [v["VersionId"] for v in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v5", "v4", "v3", "v2", "v1"]
    assert refusal(iam.delete_policy_version, PolicyArn=arn, VersionId="v5")[1] == "DeleteConflict"
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    for version in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)
    assert refusal(iam.get_policy, PolicyArn=arn)[:2] == (404, "NoSuchEntity")


def test_aws_managed_policies_are_there(dev):
    iam = dev.client("iam")
    names = [p["PolicyName"] for page in iam.get_paginator("list_policies").paginate(Scope="AWS") for p in page["Policies"]]
    assert len(names) == len(set(names)) and len(names) > 1000
    policy = iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")["Policy"]
    document = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]["Document"]
    assert any("s3:Get*" in s["Action"] for s in document["Statement"])
    assert refusal(iam.delete_policy, PolicyArn=policy["Arn"])[0] in (400, 403)


def test_users_and_their_keys(dev):
    iam = dev.client("iam")
    user = iam.create_user(UserName="alice")["User"]
    assert user["UserId"].startswith("AIDA")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    who = dev.client("sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert who.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/alice"
    mine = dev.client("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert refusal(mine.list_roles) == (
        403, "AccessDenied",
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:ListRoles on resource: "
        "arn:aws:iam::123456789012:role/ because no identity-based policy allows the iam:ListRoles action")
    iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}]}))
    mine.list_roles()
    # The model has a third status, which nobody sets.
    assert refusal(iam.update_access_key, UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Expired") == (
        400, "ValidationError", "The status can be set to Active or Inactive.")
    iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refusal(who.get_caller_identity)[1] == "InvalidClientTokenId"
    iam.create_access_key(UserName="alice")
    assert refusal(iam.create_access_key, UserName="alice") == (409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
    assert refusal(iam.delete_user, UserName="alice")[1] == "DeleteConflict"
    for listed in iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="alice", AccessKeyId=listed["AccessKeyId"])
    iam.delete_user_policy(UserName="alice", PolicyName="p")
    iam.delete_user(UserName="alice")


def test_providers(dev):
    iam = dev.client("iam")
    arn = iam.create_open_id_connect_provider(Url="https://issuer.example:8443/path", ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    assert arn == "arn:aws:iam::123456789012:oidc-provider/issuer.example:8443/path"
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["Url"] == "issuer.example:8443/path"
    assert refusal(iam.create_open_id_connect_provider, Url="https://issuer.example:8443/path")[:2] == (409, "EntityAlreadyExists")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="other")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="sts.amazonaws.com")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["a" * 40])
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "k", "Value": "v"}])
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert provider["ClientIDList"] == ["other"] and provider["ThumbprintList"] == ["a" * 40]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert refusal(iam.delete_open_id_connect_provider, OpenIDConnectProviderArn=arn) == (
        404, "NoSuchEntity", f"OpenId connect Provider {arn} cannot be found.")
    assert refusal(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn) == (
        404, "NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}")


def test_clusters(dev):
    eks = dev.client("eks")
    assert "dev" in eks.list_clusters()["clusters"]
    cluster = eks.describe_cluster(name="dev")["cluster"]
    assert cluster["status"] == "ACTIVE" and cluster["arn"] == "arn:aws:eks:us-east-2:123456789012:cluster/dev"
    assert refusal(eks.describe_cluster, name="none") == (404, "ResourceNotFoundException", "No cluster found for name: none.")
    iam = dev.client("iam")
    role = iam.create_role(RoleName="eks", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    made = eks.create_cluster(name="second", roleArn=role["Arn"], resourcesVpcConfig={})["cluster"]
    assert made["identity"]["oidc"]["issuer"] != cluster["identity"]["oidc"]["issuer"]
    assert refusal(eks.create_cluster, name="second", roleArn=role["Arn"], resourcesVpcConfig={}) == (
        409, "ResourceInUseException", "Cluster already exists with name: second")


def test_passwords(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="typist")
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireNumbers=True, PasswordReusePrevention=3)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["RequireNumbers"], policy["ExpirePasswords"]) == (12, True, False)
    assert refusal(iam.create_login_profile, UserName="typist", Password="too-short-1") == (
        400, "PasswordPolicyViolation", "Password does not conform to the account password policy.")
    profile = iam.create_login_profile(UserName="typist", Password="long-enough-1", PasswordResetRequired=True)["LoginProfile"]
    assert (profile["UserName"], profile["PasswordResetRequired"]) == ("typist", True)
    iam.get_waiter("user_exists").wait(UserName="typist")
    assert refusal(iam.update_login_profile, UserName="typist", Password="long-enough-1")[:2] == (400, "PasswordPolicyViolation")
    iam.update_login_profile(UserName="typist", Password="long-enough-2", PasswordResetRequired=False)
    assert iam.get_login_profile(UserName="typist")["LoginProfile"]["PasswordResetRequired"] is False
    assert refusal(iam.delete_user, UserName="typist") == (
        409, "DeleteConflict", "Cannot delete entity, must delete login profile first.")
    iam.delete_login_profile(UserName="typist")
    assert refusal(iam.get_login_profile, UserName="typist") == (
        404, "NoSuchEntity", "Login Profile for User typist cannot be found.")
    iam.delete_user(UserName="typist")
    iam.delete_account_password_policy()
    assert refusal(iam.get_account_password_policy) == (
        404, "NoSuchEntity", "The Password Policy with domain name 123456789012 cannot be found.")
    assert refusal(iam.delete_account_password_policy) == (
        404, "NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.")
