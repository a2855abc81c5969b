"""Simulations and reports as boto3 drives them."""

import csv
import io
import json
import re
import time


from test_refusals import refusal

ACCOUNT = "123456789012"


def allow(action, resource="*", **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def a_user(dev, name, policy=None):
    """A user with a key, and a client maker for it."""
    iam = dev.client("iam")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    if policy:
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return arn, lambda service: dev.client(service, **dev.as_credentials(key)), key


def test_custom_policies_are_simulated(dev):
    iam = dev.client("iam")
    results = iam.simulate_custom_policy(
        PolicyInputList=[json.dumps(allow("s3:Get*")), json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:GetObjectAcl", "Resource": "*"}})],
        ActionNames=["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"])["EvaluationResults"]
    assert [(r["EvalActionName"], r["EvalDecision"]) for r in results] == [
        ("s3:GetObject", "allowed"), ("s3:GetObjectAcl", "explicitDeny"), ("s3:PutObject", "implicitDeny")]
    assert results[0]["MatchedStatements"] == [{
        "SourcePolicyId": "PolicyInputList.1", "SourcePolicyType": "IAM Policy",
        "StartPosition": {"Line": 1, "Column": 41}, "EndPosition": {"Line": 1, "Column": 98}}]
    assert [s["SourcePolicyId"] for s in results[1]["MatchedStatements"]] == ["PolicyInputList.2"]
    assert results[2]["MatchedStatements"] == [] and results[2]["MissingContextValues"] == []
    assert results[0]["EvalResourceName"] == "*" and "ResourceSpecificResults" not in results[0]


def test_resources_boundaries_and_context_are_simulated(dev):
    iam = dev.client("iam")
    policy = json.dumps(allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    ask = dict(PolicyInputList=[policy], ActionNames=["s3:GetObject"],
               ResourceArns=["arn:aws:s3:::x/1", "arn:aws:s3:::y/1"],
               PermissionsBoundaryPolicyInputList=[json.dumps(allow("s3:*", "arn:aws:s3:::x/*"))])
    lacking = iam.simulate_custom_policy(**ask)["EvaluationResults"][0]
    assert lacking["EvalDecision"] == "implicitDeny"
    assert lacking["MissingContextValues"] == ["aws:PrincipalTag/team", "aws:SourceIp"]
    result, = iam.simulate_custom_policy(**ask, ContextEntries=[
        {"ContextKeyName": "aws:PrincipalTag/team", "ContextKeyValues": ["a"], "ContextKeyType": "string"},
        {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["10.1.1.1"], "ContextKeyType": "ip"}])["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"
    each = result["ResourceSpecificResults"]
    assert [(r["EvalResourceName"], r["EvalResourceDecision"], r["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"]) for r in each] == [
        ("arn:aws:s3:::x/1", "allowed", True), ("arn:aws:s3:::y/1", "implicitDeny", False)]
    assert result["EvalDecisionDetails"] == {}
    assert refusal(iam.simulate_custom_policy, PolicyInputList=["{}"], ActionNames=["s3:GetObject"]) == (
        400, "InvalidInput", "Policy input list item 1 has invalid content")


def test_resource_policies_decide_across_accounts(dev):
    iam = dev.client("iam")
    caller = f"arn:aws:iam::{ACCOUNT}:user/anybody"
    theirs = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::theirs/*"}]}
    result = iam.simulate_custom_policy(
        PolicyInputList=[json.dumps(allow("iam:*"))], ActionNames=["s3:GetObject"], ResourceArns=["arn:aws:s3:::theirs/k"],
        ResourcePolicy=json.dumps(theirs), ResourceOwner="arn:aws:iam::210987654321:root", CallerArn=caller)["EvaluationResults"][0]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["EvalDecisionDetails"] == {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}


def test_a_principals_policies_are_simulated_page_by_page(dev):
    arn, client, _ = a_user(dev, "reports-simulated", allow(["s3:GetObject", "iam:GetUser"]))
    iam = dev.client("iam")
    iam.attach_user_policy(UserName="reports-simulated", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    ask = dict(PolicySourceArn=arn, ActionNames=["s3:ListBucket", "iam:GetUser", "iam:CreateUser"])
    pages = list(iam.get_paginator("simulate_principal_policy").paginate(**ask, PaginationConfig={"PageSize": 1}))
    results = [r for page in pages for r in page["EvaluationResults"]]
    assert len(pages) == 3
    assert [(r["EvalDecision"], [s["SourcePolicyId"] for s in r["MatchedStatements"]]) for r in results] == [
        ("allowed", ["AmazonS3ReadOnlyAccess"]), ("allowed", ["user_reports-simulated_inline"]), ("implicitDeny", [])]
    assert refusal(iam.simulate_principal_policy, **ask, Marker="AAAA")[:2] == (400, "ValidationError")
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s"
    assert refusal(iam.simulate_principal_policy, PolicySourceArn=session, ActionNames=["s3:GetObject"]) == (
        400, "InvalidInput", f"Invalid Entity Arn: {session} does not clearly define entity type and name.")
    assert refusal(client("iam").simulate_principal_policy, **ask) == (
        403, "AccessDenied", f"User: {arn} is not authorized to perform: iam:SimulatePrincipalPolicy on resource: {arn} "
        "because no identity-based policy allows the iam:SimulatePrincipalPolicy action")


def test_context_keys_are_listed(dev):
    iam = dev.client("iam")
    policy = json.dumps(allow("s3:*", "arn:aws:s3:::b/${aws:username}", Condition={"StringLike": {"s3:prefix": "x"}}))
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[policy])["ContextKeyNames"] == ["aws:username", "s3:prefix"]
    arn, _, _ = a_user(dev, "reports-keys", json.loads(policy))
    keys = iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)["ContextKeyNames"]
    assert keys == ["aws:username", "s3:prefix"]


def test_everything_of_an_account_is_told_page_by_page(dev):
    iam = dev.client("iam")
    a_user(dev, "reports-details", allow("s3:*"))
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName="reports-details", AssumeRolePolicyDocument=json.dumps(trust), Tags=[{"Key": "a", "Value": "b"}])
    own = iam.create_policy(PolicyName="reports-details", PolicyDocument=json.dumps(allow("s3:*")))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=own, PolicyDocument=json.dumps(allow("iam:*")), SetAsDefault=True)
    iam.attach_role_policy(RoleName="reports-details", PolicyArn="arn:aws:iam::aws:policy/job-function/ViewOnlyAccess")
    whole = iam.get_account_authorization_details(MaxItems=1000)
    user = next(u for u in whole["UserDetailList"] if u["UserName"] == "reports-details")
    assert user["UserPolicyList"] == [{"PolicyName": "inline", "PolicyDocument": allow("s3:*")}]
    role = next(r for r in whole["RoleDetailList"] if r["RoleName"] == "reports-details")
    assert role["AssumeRolePolicyDocument"] == trust and role["Tags"] == [{"Key": "a", "Value": "b"}]
    assert role["AttachedManagedPolicies"] == [{"PolicyName": "ViewOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"}]
    policy = next(p for p in whole["Policies"] if p["Arn"] == own)
    assert [(v["VersionId"], v["IsDefaultVersion"], v["Document"]) for v in policy["PolicyVersionList"]] == [
        ("v2", True, allow("iam:*")), ("v1", False, allow("s3:*"))]
    assert any(p["PolicyName"] == "ViewOnlyAccess" for p in whole["Policies"])

    filtered = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"], MaxItems=1000)
    assert filtered["UserDetailList"] == filtered["RoleDetailList"] == []
    assert all(f"::{ACCOUNT}:" in p["Arn"] for p in filtered["Policies"])
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}))
    names = [r["RoleName"] for page in pages for r in page["RoleDetailList"]]
    assert names == [r["RoleName"] for r in whole["RoleDetailList"]]
    marker = pages[0]["Marker"]
    forged = marker[:-4] + ("AAAA" if marker[-4:] != "AAAA" else "BBBB")
    assert refusal(iam.get_account_authorization_details, Marker=forged)[:2] == (400, "ValidationError")


def test_policies_that_grant_a_service_are_listed(dev):
    iam = dev.client("iam")
    arn, _, _ = a_user(dev, "reports-granting", allow("s3:GetObject"))
    iam.attach_user_policy(UserName="reports-granting", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    entries = iam.list_policies_granting_service_access(Arn=arn, ServiceNamespaces=["s3", "iam", "ec2"])["PoliciesGrantingServiceAccess"]
    assert entries == [
        {"ServiceNamespace": "s3", "Policies": [{"PolicyName": "inline", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "reports-granting"}]},
        {"ServiceNamespace": "iam", "Policies": [{"PolicyName": "IAMReadOnlyAccess", "PolicyType": "MANAGED", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}]},
        {"ServiceNamespace": "ec2", "Policies": []}]


def test_the_last_use_of_keys_and_roles_is_told(dev):
    iam = dev.client("iam")
    arn, client, key = a_user(dev, "reports-used", allow("*"))
    unused = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert unused["UserName"] == "reports-used"
    assert unused["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    client("s3").list_buckets()
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("s3", "N/A") and abs(used["LastUsedDate"].timestamp() - time.time()) < 60
    client("sts").get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", dev.env["AWS_REGION"])
    stranger = "AKIAIOSFODNN7NOTHERE"
    assert refusal(iam.get_access_key_last_used, AccessKeyId=stranger) == (
        403, "AccessDenied", "User: arn:aws:iam::123456789012:root is not authorized to perform iam:GetAccessKeyLastUsed "
        f"on resource: access key {stranger}")

    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="reports-used", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    assert iam.get_role(RoleName="reports-used")["Role"]["RoleLastUsed"] == {}
    session = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="s1")["Credentials"]
    refusal(dev.client("s3", **dev.as_credentials(session)).list_buckets)
    last = iam.get_role(RoleName="reports-used")["Role"]["RoleLastUsed"]
    assert last["Region"] == dev.env["AWS_REGION"] and abs(last["LastUsedDate"].timestamp() - time.time()) < 60


def test_services_last_accessed_are_reported_to_who_asked(dev):
    iam = dev.client("iam")
    arn, client, _ = a_user(dev, "reports-accessed", allow(["s3:*", "sts:*", "iam:*"]))
    client("s3").list_buckets()
    client("iam").list_users()
    job = iam.generate_service_last_accessed_details(Arn=arn, Granularity="ACTION_LEVEL")["JobId"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", job)
    report = iam.get_service_last_accessed_details(JobId=job)
    assert (report["JobStatus"], report["JobType"]) == ("COMPLETED", "ACTION_LEVEL")
    services = {s["ServiceNamespace"]: s for s in report["ServicesLastAccessed"]}
    assert {"iam", "s3", "sts"} <= set(services) and "ec2" not in services
    assert services["s3"]["LastAuthenticatedEntity"] == arn and services["s3"]["TotalAuthenticatedEntities"] == 1
    assert "LastAuthenticated" not in services["sts"] and services["sts"]["TotalAuthenticatedEntities"] == 0
    actions = {a["ActionName"]: a for a in services["iam"]["TrackedActionsLastAccessed"]}
    assert actions["ListUsers"]["LastAccessedEntity"] == arn and "LastAccessedTime" not in actions["CreateUser"]
    entities = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="s3")["EntityDetailsList"]
    assert [(e["EntityInfo"]["Arn"], e["EntityInfo"]["Type"]) for e in entities] == [(arn, "USER")]
    assert refusal(client("iam").get_service_last_accessed_details, JobId=job)[:2] == (404, "NoSuchEntity")
    page = iam.get_service_last_accessed_details(JobId=job, MaxItems=1)
    assert page["IsTruncated"] and len(page["ServicesLastAccessed"]) == 1
    rest = iam.get_service_last_accessed_details(JobId=job, Marker=page["Marker"])
    assert len(rest["ServicesLastAccessed"]) == len(services) - 1


def test_credentials_are_reported_as_awss_table(fresh_dev):
    dev = fresh_dev
    iam = dev.client("iam")
    assert refusal(iam.get_credential_report) == (410, "ReportNotPresent", None)
    _, client, key = a_user(dev, "reported", allow("*"))
    iam.create_login_profile(UserName="reported", Password="Some-secret1")
    client("s3").list_buckets()
    first = iam.generate_credential_report()
    assert (first["State"], first["Description"]) == ("STARTED", "No report exists. Starting a new report generation task")
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    rows = list(csv.DictReader(io.StringIO(report["Content"].decode())))
    assert len(rows[0]) == 22 and [r["user"] for r in rows] == ["<root_account>", "reported"]
    root, user = rows
    assert root["password_enabled"] == "not_supported" and root["access_key_1_active"] == "true"
    assert user["password_enabled"] == "true" and user["password_last_used"] == "no_information"
    assert user["access_key_1_active"] == "true" and user["access_key_1_last_used_service"] == "s3"
    assert user["access_key_2_active"] == "false" and user["access_key_2_last_rotated"] == "N/A"
    # The newest report stays the newest for four hours.
    iam.create_user(UserName="later")
    assert iam.get_credential_report()["Content"] == report["Content"]


def test_last_uses_survive_a_restart(fresh_dev):
    dev = fresh_dev
    arn, client, key = a_user(dev, "kept", allow("*"))
    client("s3").list_buckets()
    before = dev.client("iam").get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    listen = dev.endpoint.split("//")[1]
    assert dev.stop() == 0
    dev.start(listen=listen)
    after = dev.client("iam").get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert after == before and after["ServiceName"] == "s3"
