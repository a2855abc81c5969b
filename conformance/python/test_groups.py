"""Groups as boto3 drives them, and as the gateway heeds them."""

import json

import pytest
from test_refusals import refusal

READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def statement(*actions, resource="*", effect="Allow"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": list(actions), "Resource": resource}]})


@pytest.fixture(scope="module")
def member(dev):
    """A user with a key and nothing else."""
    iam = dev.client("iam")
    iam.create_user(UserName="groups-member")
    key = iam.create_access_key(UserName="groups-member")["AccessKey"]
    return dev.as_credentials(key)


def test_the_life_of_a_group(dev):
    iam = dev.client("iam")
    made = iam.create_group(GroupName="Life-group", Path="/team/")["Group"]
    assert made["Arn"] == "arn:aws:iam::123456789012:group/team/Life-group"
    assert made["GroupId"].startswith("AGPA") and len(made["GroupId"]) == 21
    assert refusal(iam.create_group, GroupName="LIFE-GROUP") == (
        409, "EntityAlreadyExists", "Group with name LIFE-GROUP already exists.")
    assert refusal(iam.get_group, GroupName="nobody") == (404, "NoSuchEntity", "The group with name nobody cannot be found.")
    assert [g["GroupName"] for g in iam.list_groups(PathPrefix="/team/")["Groups"]] == ["Life-group"]

    for name in ("life-a", "life-b", "life-c"):
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName="Life-group", UserName=name)
        iam.add_user_to_group(GroupName="Life-group", UserName=name)
    pages = list(iam.get_paginator("get_group").paginate(GroupName="Life-group", PaginationConfig={"PageSize": 2}))
    assert [[u["UserName"] for u in page["Users"]] for page in pages] == [["life-a", "life-b"], ["life-c"]]
    assert pages[1]["Group"] == pages[0]["Group"] == made

    assert refusal(iam.remove_user_from_group, GroupName="nobody", UserName="life-a") == (
        404, "NoSuchEntity", "The group with name nobody cannot be found.")
    assert refusal(iam.remove_user_from_group, GroupName="nobody", UserName="nobody") == (
        404, "NoSuchEntity", "The user with name nobody cannot be found.")

    iam.update_group(GroupName="Life-group", NewGroupName="Later-group", NewPath="/other/")
    later = iam.get_group(GroupName="later-group")
    assert later["Group"]["GroupId"] == made["GroupId"]
    assert later["Group"]["Arn"] == "arn:aws:iam::123456789012:group/other/Later-group"
    assert len(later["Users"]) == 3
    iam.update_user(UserName="life-a", NewUserName="life-z")
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="life-z")["Groups"]] == ["Later-group"]

    conflict = (409, "DeleteConflict", "Cannot delete entity, must remove users from group first.")
    assert refusal(iam.delete_group, GroupName="Later-group") == conflict
    assert refusal(iam.delete_user, UserName="life-z") == conflict
    for user in iam.get_group(GroupName="Later-group")["Users"]:
        iam.remove_user_from_group(GroupName="Later-group", UserName=user["UserName"])
        iam.remove_user_from_group(GroupName="Later-group", UserName=user["UserName"])
        iam.delete_user(UserName=user["UserName"])
    iam.delete_group(GroupName="Later-group")
    assert refusal(iam.get_group, GroupName="Later-group")[1] == "NoSuchEntity"


def test_the_policies_of_a_group(dev):
    iam = dev.client("iam")
    iam.create_group(GroupName="policies-group")
    own = iam.create_policy(PolicyName="groups-own", PolicyDocument=statement("s3:GetObject"))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="policies-group", PolicyArn=own)
    iam.attach_group_policy(GroupName="policies-group", PolicyArn=READ_ONLY)
    attached = iam.list_attached_group_policies(GroupName="policies-group")["AttachedPolicies"]
    assert {p["PolicyArn"] for p in attached} == {own, READ_ONLY}
    assert iam.get_policy(PolicyArn=own)["Policy"]["AttachmentCount"] == 1
    entities = iam.list_entities_for_policy(PolicyArn=own)
    assert [g["GroupName"] for g in entities["PolicyGroups"]] == ["policies-group"]
    assert entities["PolicyRoles"] == entities["PolicyUsers"] == []
    assert iam.list_entities_for_policy(PolicyArn=own, EntityFilter="User")["PolicyGroups"] == []
    assert refusal(iam.delete_policy, PolicyArn=own) == (409, "DeleteConflict", "Cannot delete a policy attached to entities.")

    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam.put_group_policy(GroupName="policies-group", PolicyName="in", PolicyDocument=json.dumps(document))
    assert iam.get_group_policy(GroupName="policies-group", PolicyName="in")["PolicyDocument"] == document
    assert iam.list_group_policies(GroupName="policies-group")["PolicyNames"] == ["in"]
    assert refusal(iam.get_group_policy, GroupName="policies-group", PolicyName="out") == (
        404, "NoSuchEntity", "The group policy with name out cannot be found.")
    assert refusal(iam.put_group_policy, GroupName="policies-group", PolicyName="long",
                   PolicyDocument=statement("s3:*", resource="arn:aws:s3:::" + "x" * 5120)) == (
        409, "LimitExceeded", "Maximum policy size of 5120 bytes exceeded for group policies-group")
    assert refusal(iam.delete_group, GroupName="policies-group") == (
        409, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
    for arn in (own, READ_ONLY):
        iam.detach_group_policy(GroupName="policies-group", PolicyArn=arn)
    assert refusal(iam.detach_group_policy, GroupName="policies-group", PolicyArn=own) == (
        404, "NoSuchEntity", f"Policy {own} was not found.")
    assert refusal(iam.delete_group, GroupName="policies-group") == (
        409, "DeleteConflict", "Cannot delete entity, must delete policies first.")
    iam.delete_group_policy(GroupName="policies-group", PolicyName="in")
    iam.delete_group(GroupName="policies-group")
    iam.delete_policy(PolicyArn=own)


def test_what_a_group_may_its_users_may_on_both_planes(dev, member):
    iam, s3 = dev.client("iam"), dev.client("s3")
    s3.create_bucket(Bucket="groups-bucket", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    s3.put_object(Bucket="groups-bucket", Key="k", Body=b"hello")
    mine, store = dev.client("iam", **member), dev.client("s3", **member)
    iam.create_group(GroupName="readers-group")
    iam.add_user_to_group(GroupName="readers-group", UserName="groups-member")
    denied = (403, "AccessDenied",
              "User: arn:aws:iam::123456789012:user/groups-member is not authorized to perform: iam:ListGroups on resource: "
              "arn:aws:iam::123456789012:group/ because no identity-based policy allows the iam:ListGroups action")
    assert refusal(mine.list_groups) == denied
    assert refusal(store.get_object, Bucket="groups-bucket", Key="k")[:2] == (403, "AccessDenied")

    iam.attach_group_policy(GroupName="readers-group", PolicyArn=READ_ONLY)
    iam.put_group_policy(GroupName="readers-group", PolicyName="list", PolicyDocument=statement("iam:ListGroups"))
    assert store.get_object(Bucket="groups-bucket", Key="k")["Body"].read() == b"hello"
    assert "readers-group" in [g["GroupName"] for g in mine.list_groups()["Groups"]]
    # Sessions of hers, federated ones too, have what her groups give.
    sts = dev.client("sts", **member)
    session = sts.get_session_token()["Credentials"]
    assert dev.client("s3", **dev.as_credentials(session)).get_object(Bucket="groups-bucket", Key="k")["Body"].read() == b"hello"

    iam.create_group(GroupName="barred-group")
    iam.put_group_policy(GroupName="barred-group", PolicyName="deny", PolicyDocument=statement("iam:ListGroups", effect="Deny"))
    iam.add_user_to_group(GroupName="barred-group", UserName="groups-member")
    assert refusal(mine.list_groups)[2].endswith("with an explicit deny in an identity-based policy")
    iam.remove_user_from_group(GroupName="barred-group", UserName="groups-member")
    mine.list_groups()
    iam.update_group(GroupName="readers-group", NewGroupName="a-readers-group")
    mine.list_groups()
    iam.remove_user_from_group(GroupName="a-readers-group", UserName="groups-member")
    assert refusal(mine.list_groups) == denied
    assert refusal(store.get_object, Bucket="groups-bucket", Key="k")[:2] == (403, "AccessDenied")


def test_a_user_is_in_ten_groups_at_most(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="groups-busy")
    for number in range(11):
        iam.create_group(GroupName=f"busy-{number:02}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"busy-{number:02}", UserName="groups-busy")
    assert refusal(iam.add_user_to_group, GroupName="busy-10", UserName="groups-busy") == (
        409, "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10")
    pages = iam.get_paginator("list_groups_for_user").paginate(UserName="groups-busy", PaginationConfig={"PageSize": 4})
    assert [len(page["Groups"]) for page in pages] == [4, 4, 2]


def test_groups_survive_a_crash(fresh_dev):
    iam = fresh_dev.client("iam")
    iam.create_group(GroupName="crash")
    iam.create_user(UserName="crash")
    iam.add_user_to_group(GroupName="crash", UserName="crash")
    iam.update_group(GroupName="crash", NewGroupName="after")
    fresh_dev.restart_killed()
    iam = fresh_dev.client("iam")
    assert [u["UserName"] for u in iam.get_group(GroupName="after")["Users"]] == ["crash"]
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="crash")["Groups"]] == ["after"]
