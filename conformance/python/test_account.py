"""What is an account's as a whole: its alias and its summary."""

import pytest
from test_refusals import refusal


def test_an_account_has_one_alias(dev):
    iam = dev.client("iam")
    assert iam.list_account_aliases()["AccountAliases"] == []
    iam.create_account_alias(AccountAlias="conformance-1")
    assert refusal(iam.create_account_alias, AccountAlias="conformance-1") == (
        409, "EntityAlreadyExists", "The account alias conformance-1 already exists.")
    iam.create_account_alias(AccountAlias="conformance-2")
    assert iam.list_account_aliases() | {"ResponseMetadata": None} == {
        "AccountAliases": ["conformance-2"], "IsTruncated": False, "ResponseMetadata": None}
    assert refusal(iam.delete_account_alias, AccountAlias="conformance-1") == (
        404, "NoSuchEntity", "The account alias conformance-1 cannot be found.")
    iam.delete_account_alias(AccountAlias="conformance-2")
    assert iam.list_account_aliases()["AccountAliases"] == []


@pytest.mark.parametrize("alias", ["Upper", "-begins", "ends-", "two--hyphens", "has.dot"])
def test_aliases_have_a_form(dev, alias):
    status, code, message = refusal(dev.client("iam").create_account_alias, AccountAlias=alias)
    assert (status, code) == (400, "ValidationError")
    assert "at 'accountAlias' failed to satisfy constraint: Member must satisfy regular expression pattern" in message


def test_an_alias_is_one_accounts_in_the_whole_installation(fresh_dev):
    made = fresh_dev.rolecall("create", "account", "-o", "json")
    assert made.code == 0, made.err
    key = made.json()
    theirs = fresh_dev.client(
        "iam", aws_access_key_id=key["accessKeyId"], aws_secret_access_key=key["secretAccessKey"])
    theirs.create_account_alias(AccountAlias="shared-name")
    iam = fresh_dev.client("iam")
    assert refusal(iam.create_account_alias, AccountAlias="shared-name") == (
        409, "EntityAlreadyExists", "The account alias shared-name already exists.")
    assert iam.list_account_aliases()["AccountAliases"] == []
    assert theirs.list_account_aliases()["AccountAliases"] == ["shared-name"]


def test_the_summary_has_awss_keys(dev):
    iam = dev.client("iam")
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName="summary")
    iam.create_group(GroupName="summary")
    after = iam.get_account_summary()["SummaryMap"]
    assert {key: after[key] - before[key] for key in after if after[key] != before[key]} == {"Users": 1, "Groups": 1}
    known = iam.meta.service_model.shape_for("summaryKeyType").enum
    assert set(after) == set(known)
    assert after["GroupsPerUserQuota"] == 10 and after["UsersQuota"] == 5000 and after["AccountAccessKeysPresent"] == 1
    iam.delete_user(UserName="summary")
    iam.delete_group(GroupName="summary")
