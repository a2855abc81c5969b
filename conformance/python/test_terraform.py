"""The calls that Terraform's AWS provider makes for each of its resources, in its order, and what it compares with its plan
when it reads back (hashicorp/aws 5.100.0, recorded with Terraform 1.11.4)."""

import json
import urllib.parse

import pytest
from test_refusals import refusal

ACCOUNT = "123456789012"
EC2 = {"Version": "2012-10-17", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}]}
LAMBDA = {"Version": "2012-10-17", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
READ = {"Version": "2012-10-17", "Statement": [{"Action": ["s3:GetObject"], "Effect": "Allow", "Resource": "arn:aws:s3:::data/*"}]}
WRITE = {"Version": "2012-10-17", "Statement": [{"Action": "s3:PutObject", "Effect": "Allow", "Resource": "*"}]}
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


def as_map(listed):
    return {tag["Key"]: tag["Value"] for tag in listed}


def document(value):
    """What the provider makes of a document: it decodes it itself, where the client has not yet."""
    return json.loads(urllib.parse.unquote(value)) if isinstance(value, str) else value


@pytest.fixture
def iam(dev):
    # The provider asks who it is once per start.
    assert dev.client("sts").get_caller_identity()["Account"] == ACCOUNT
    return dev.client("iam")


def read_role(iam, name, inline=False):
    role = iam.get_role(RoleName=name)["Role"]
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    documents = {policy: document(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]) for policy in names} if inline else names
    attached = [policy["PolicyArn"] for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    return role, documents, attached


def test_aws_iam_role(iam):
    name = "tf-role"
    # A principal that is not there yet is waited for: this code and this sentence are what the provider tries again on.
    nobody = {**EC2, "Statement": [{**EC2["Statement"][0], "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/tf-not-yet"}}]}
    status, code, message = refusal(iam.create_role, RoleName=name, AssumeRolePolicyDocument=json.dumps(nobody))
    assert (status, code) == (400, "MalformedPolicyDocument") and "Invalid principal in policy" in message
    made = iam.create_role(RoleName=name, Path="/", AssumeRolePolicyDocument=json.dumps(EC2), Description="one", MaxSessionDuration=3600,
                           Tags=tags(Name="tf", Stage="test"))["Role"]
    role, inline, attached = read_role(iam, name)
    assert (role["Arn"], role["RoleId"], role["Path"], role["Description"], role["MaxSessionDuration"]) == (
        f"arn:aws:iam::{ACCOUNT}:role/{name}", made["RoleId"], "/", "one", 3600)
    assert document(role["AssumeRolePolicyDocument"]) == EC2 and as_map(role["Tags"]) == {"Name": "tf", "Stage": "test"}
    assert role["CreateDate"] == made["CreateDate"] and "PermissionsBoundary" not in role and inline == attached == []

    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(LAMBDA))
    iam.update_role_description(RoleName=name, Description="two")
    iam.update_role(RoleName=name, MaxSessionDuration=7200)
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=READ_ONLY)
    iam.untag_role(RoleName=name, TagKeys=["Stage"])
    iam.tag_role(RoleName=name, Tags=tags(Name="other", More=""))
    role, _, _ = read_role(iam, name)
    # UpdateRole without a description leaves it: the provider sends them apart.
    assert (role["Description"], role["MaxSessionDuration"]) == ("two", 7200)
    assert document(role["AssumeRolePolicyDocument"]) == LAMBDA and as_map(role["Tags"]) == {"Name": "other", "More": ""}
    assert role["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": READ_ONLY}
    iam.delete_role_permissions_boundary(RoleName=name)
    iam.untag_role(RoleName=name, TagKeys=["Name", "More"])
    role, _, _ = read_role(iam, name)
    assert "PermissionsBoundary" not in role and not role.get("Tags")

    assert iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"] == []
    iam.delete_role(RoleName=name)
    assert refusal(iam.get_role, RoleName=name)[:2] == (404, "NoSuchEntity")
    assert refusal(iam.delete_role, RoleName=name)[:2] == (404, "NoSuchEntity")


def test_aws_iam_role_with_policies_of_its_own(iam):
    """`inline_policy` and `managed_policy_arns`, and `force_detach_policies` when it is destroyed."""
    name = "tf-role-own"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(EC2))
    iam.put_role_policy(RoleName=name, PolicyName="first", PolicyDocument=json.dumps(READ))
    iam.attach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
    assert read_role(iam, name, inline=True)[1:] == ({"first": READ}, [READ_ONLY])
    iam.delete_role_policy(RoleName=name, PolicyName="first")
    iam.put_role_policy(RoleName=name, PolicyName="second", PolicyDocument=json.dumps(WRITE))
    iam.detach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    assert read_role(iam, name, inline=True)[1:] == ({"second": WRITE}, ["arn:aws:iam::aws:policy/AmazonS3FullAccess"])
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    # What the provider tries again on, as long as something else of its plan is still to go.
    assert refusal(iam.delete_role, RoleName=name)[:2] == (409, "DeleteConflict")
    for profile in iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
        iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=name)
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)
    iam.delete_instance_profile(InstanceProfileName=name)


def read_policy(iam, arn):
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    return policy, document(version["Document"])


def test_aws_iam_policy(iam):
    made = iam.create_policy(PolicyName="tf-policy", Path="/", PolicyDocument=json.dumps(READ), Description="one", Tags=tags(Name="tf"))["Policy"]
    arn = made["Arn"]
    policy, text = read_policy(iam, arn)
    assert (policy["PolicyName"], policy["Path"], policy["Description"], policy["PolicyId"], policy["AttachmentCount"], policy["IsAttachable"]) == (
        "tf-policy", "/", "one", made["PolicyId"], 0, True)
    assert text == READ and as_map(policy["Tags"]) == {"Name": "tf"}
    iam.untag_policy(PolicyArn=arn, TagKeys=["Name"])
    iam.tag_policy(PolicyArn=arn, Tags=tags(Stage="test"))
    assert as_map(read_policy(iam, arn)[0]["Tags"]) == {"Stage": "test"}
    # Each change of the document is a new default version; of five, the oldest goes before.
    for number in range(2, 8):
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) == 5:
            assert refusal(iam.create_policy_version, PolicyArn=arn, PolicyDocument=json.dumps(WRITE), SetAsDefault=True)[:2] == (409, "LimitExceeded")
            oldest = min((it for it in versions if not it["IsDefaultVersion"]), key=lambda it: it["CreateDate"].timestamp() * 1000 + int(it["VersionId"][1:]))
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
        text = {**READ, "Statement": [{**READ["Statement"][0], "Sid": f"Version{number}"}]}
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(text), SetAsDefault=True)
        policy, read = read_policy(iam, arn)
        assert (policy["DefaultVersionId"], read) == (f"v{number}", text)
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
    assert refusal(iam.get_policy, PolicyArn=arn)[:2] == (404, "NoSuchEntity")


def test_aws_iam_policy_as_older_providers_change_it(iam):
    arn = iam.create_policy(PolicyName="tf-policy-older", PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(WRITE), SetAsDefault=False)["PolicyVersion"]
    assert read_policy(iam, arn)[1] == READ
    iam.set_default_policy_version(PolicyArn=arn, VersionId=made["VersionId"])
    assert read_policy(iam, arn)[1] == WRITE
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)


def test_aws_iam_role_policy_attachment(iam):
    name = "tf-attachment"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(EC2))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    assert [it["PolicyArn"] for it in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]] == [arn]
    assert refusal(iam.delete_policy, PolicyArn=arn)[:2] == (409, "DeleteConflict")
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    # Gone by other hands: the provider takes this for done.
    assert refusal(iam.detach_role_policy, RoleName=name, PolicyArn=arn)[:2] == (404, "NoSuchEntity")
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName=name)
    assert refusal(iam.list_attached_role_policies, RoleName=name)[:2] == (404, "NoSuchEntity")


def test_aws_iam_role_policy(iam):
    name = "tf-role-policy"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(EC2))
    key = {"RoleName": name, "PolicyName": "inline"}
    for text in (READ, WRITE):
        iam.put_role_policy(**key, PolicyDocument=json.dumps(text))
        read = iam.get_role_policy(**key)
        assert (read["RoleName"], read["PolicyName"], document(read["PolicyDocument"])) == (name, "inline", text)
    iam.delete_role_policy(**key)
    assert refusal(iam.get_role_policy, **key)[:2] == (404, "NoSuchEntity")
    assert refusal(iam.delete_role_policy, **key)[:2] == (404, "NoSuchEntity")
    iam.delete_role(RoleName=name)


def test_aws_iam_openid_connect_provider(iam):
    url = "https://tf.example.com/id/1"
    # No thumbprints when none are set: they are computed from the issuer's certificate, or left empty.
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["ab" * 20], Tags=tags(Name="tf"))["OpenIDConnectProviderArn"]
    read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (read["Url"], read["ClientIDList"], read["ThumbprintList"], as_map(read["Tags"])) == (
        "tf.example.com/id/1", ["sts.amazonaws.com"], ["ab" * 20], {"Name": "tf"})
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["Name"])
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=tags(Stage="test"))
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["cd" * 20])
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="another")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="sts.amazonaws.com")
    read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (read["ClientIDList"], read["ThumbprintList"], as_map(read["Tags"])) == (["another"], ["cd" * 20], {"Stage": "test"})
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert refusal(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn)[:2] == (404, "NoSuchEntity")


def test_aws_iam_openid_connect_provider_of_the_cluster(dev, iam):
    """The usual module: the issuer of a cluster, without thumbprints."""
    role = iam.create_role(RoleName="tf-oidc-cluster", AssumeRolePolicyDocument=json.dumps(EC2))["Role"]
    eks = dev.client("eks")
    made = eks.create_cluster(name="tf-oidc", roleArn=role["Arn"], resourcesVpcConfig={"subnetIds": []})["cluster"]
    issuer = made["identity"]["oidc"]["issuer"]
    arn = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert read["Url"] == issuer.removeprefix("https://") and read["ClientIDList"] == ["sts.amazonaws.com"]
    assert isinstance(read.get("ThumbprintList", []), list) and not read.get("Tags")
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    eks.delete_cluster(name="tf-oidc")
    iam.delete_role(RoleName="tf-oidc-cluster")


def test_aws_iam_user(iam):
    made = iam.create_user(UserName="tf-user", Path="/", Tags=tags(Name="tf"))["User"]
    read = iam.get_user(UserName="tf-user")["User"]
    assert (read["Arn"], read["UserId"], read["Path"], as_map(read["Tags"])) == (f"arn:aws:iam::{ACCOUNT}:user/tf-user", made["UserId"], "/", {"Name": "tf"})
    # The provider sends the tags under the new name, before the new name is there: it is told so, and would fail on AWS too.
    assert refusal(iam.tag_user, UserName="tf-renamed", Tags=tags(Stage="test"))[:2] == (404, "NoSuchEntity")
    iam.update_user(UserName="tf-user", NewUserName="tf-renamed", NewPath="/team/")
    iam.tag_user(UserName="tf-renamed", Tags=tags(Stage="test"))
    iam.untag_user(UserName="tf-renamed", TagKeys=["Name"])
    iam.put_user_permissions_boundary(UserName="tf-renamed", PermissionsBoundary=READ_ONLY)
    read = iam.get_user(UserName="tf-renamed")["User"]
    assert (read["Arn"], read["UserId"], as_map(read["Tags"])) == (f"arn:aws:iam::{ACCOUNT}:user/team/tf-renamed", made["UserId"], {"Stage": "test"})
    assert read["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    iam.delete_user_permissions_boundary(UserName="tf-renamed")
    assert "PermissionsBoundary" not in iam.get_user(UserName="tf-renamed")["User"]
    assert iam.list_groups_for_user(UserName="tf-renamed")["Groups"] == []
    iam.delete_user(UserName="tf-renamed")
    assert refusal(iam.get_user, UserName="tf-renamed")[:2] == (404, "NoSuchEntity")


def test_aws_iam_user_with_force_destroy(iam):
    name = "tf-user-force"
    iam.create_user(UserName=name)
    iam.create_group(GroupName=name)
    iam.add_user_to_group(GroupName=name, UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=json.dumps(READ))
    iam.attach_user_policy(UserName=name, PolicyArn=READ_ONLY)
    iam.create_access_key(UserName=name)
    iam.create_service_specific_credential(UserName=name, ServiceName="codecommit.amazonaws.com")
    assert refusal(iam.delete_user, UserName=name)[:2] == (409, "DeleteConflict")
    for group in iam.list_groups_for_user(UserName=name)["Groups"]:
        iam.remove_user_from_group(GroupName=group["GroupName"], UserName=name)
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy)
    for policy in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]:
        iam.detach_user_policy(UserName=name, PolicyArn=policy["PolicyArn"])
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    assert iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"] == []
    assert isinstance(iam.list_virtual_mfa_devices(AssignmentStatus="Any")["VirtualMFADevices"], list)
    assert iam.list_mfa_devices(UserName=name)["MFADevices"] == []
    assert refusal(iam.delete_login_profile, UserName=name)[:2] == (404, "NoSuchEntity")
    assert iam.list_signing_certificates(UserName=name)["Certificates"] == []
    for credential in iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]:
        iam.delete_service_specific_credential(UserName=name, ServiceSpecificCredentialId=credential["ServiceSpecificCredentialId"])
    iam.delete_user(UserName=name)
    iam.delete_group(GroupName=name)


def test_aws_iam_access_key(dev, iam):
    name = "tf-access-key"
    iam.create_user(UserName=name)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    assert made["Status"] == "Active" and len(made["SecretAccessKey"]) == 40
    iam.update_access_key(UserName=name, AccessKeyId=made["AccessKeyId"], Status="Inactive")
    [listed] = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    assert (listed["AccessKeyId"], listed["Status"], listed["UserName"], listed["CreateDate"]) == (made["AccessKeyId"], "Inactive", name, made["CreateDate"])
    iam.update_access_key(UserName=name, AccessKeyId=made["AccessKeyId"], Status="Active")
    iam.delete_access_key(UserName=name, AccessKeyId=made["AccessKeyId"])
    assert iam.list_access_keys(UserName=name)["AccessKeyMetadata"] == []
    iam.delete_user(UserName=name)
    assert refusal(iam.list_access_keys, UserName=name)[:2] == (404, "NoSuchEntity")


def test_aws_iam_instance_profile(iam):
    name = "tf-profile"
    for role in (name, name + "-2"):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(EC2))
    made = iam.create_instance_profile(InstanceProfileName=name, Path="/", Tags=tags(Name="tf"))["InstanceProfile"]
    key = {"InstanceProfileName": name}

    def read():
        return iam.get_instance_profile(**key)["InstanceProfile"]

    assert read()["Roles"] == []
    # A role that is not there yet: the provider tries again on this code.
    assert refusal(iam.add_role_to_instance_profile, **key, RoleName="tf-not-yet")[:2] == (404, "NoSuchEntity")
    iam.add_role_to_instance_profile(**key, RoleName=name)
    profile = read()
    assert (profile["Arn"], profile["InstanceProfileId"], profile["Path"], as_map(profile["Tags"])) == (
        f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}", made["InstanceProfileId"], "/", {"Name": "tf"})
    assert [role["RoleName"] for role in profile["Roles"]] == [name] and iam.get_role(RoleName=name)["Role"]["Arn"] == profile["Roles"][0]["Arn"]
    iam.remove_role_from_instance_profile(**key, RoleName=name)
    iam.add_role_to_instance_profile(**key, RoleName=name + "-2")
    iam.untag_instance_profile(**key, TagKeys=["Name"])
    iam.tag_instance_profile(**key, Tags=tags(Stage="test"))
    profile = read()
    assert [role["RoleName"] for role in profile["Roles"]] == [name + "-2"] and as_map(profile["Tags"]) == {"Stage": "test"}
    assert refusal(iam.delete_instance_profile, **key)[:2] == (409, "DeleteConflict")
    iam.remove_role_from_instance_profile(**key, RoleName=name + "-2")
    iam.delete_instance_profile(**key)
    assert refusal(iam.get_instance_profile, **key)[:2] == (404, "NoSuchEntity")
    for role in (name, name + "-2"):
        iam.delete_role(RoleName=role)


def test_aws_eks_cluster(dev, iam):
    """As far as clusters are changed here: their control plane is somebody else's."""
    eks, name = dev.client("eks"), "tf-cluster"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(EC2))["Role"]
    wanted = {"name": name, "roleArn": role["Arn"], "version": "1.33", "tags": {"Name": "tf"}, "clientRequestToken": "tf-cluster-token",
              "resourcesVpcConfig": {"subnetIds": ["subnet-0a", "subnet-0b"]}}
    made = eks.create_cluster(**wanted)["cluster"]
    # The same call again, after its answer was lost, finds what it has made.
    assert eks.create_cluster(**wanted)["cluster"]["arn"] == made["arn"]
    assert refusal(eks.create_cluster, **{**wanted, "clientRequestToken": "another"})[1] == "ResourceInUseException"
    read = eks.describe_cluster(name=name)["cluster"]
    assert (read["status"], read["arn"], read["roleArn"], read["version"], read["tags"]) == (
        "ACTIVE", f"arn:aws:eks:{dev.env['AWS_REGION']}:{ACCOUNT}:cluster/{name}", role["Arn"], "1.33", {"Name": "tf"})
    assert read["identity"]["oidc"]["issuer"].startswith("https://") and read["createdAt"] == made["createdAt"]
    # The provider reads these without asking whether they are there.
    assert read["certificateAuthority"]["data"] and read["endpoint"] and isinstance(read["resourcesVpcConfig"], dict)
    eks.get_waiter("cluster_active").wait(name=name)
    eks.delete_cluster(name=name)
    assert refusal(eks.describe_cluster, name=name)[:2] == (404, "ResourceNotFoundException")
    eks.get_waiter("cluster_deleted").wait(name=name)
    iam.delete_role(RoleName=name)
