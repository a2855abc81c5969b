"""Virtual MFA devices as boto3 and the AWS CLI drive them: codes that an authenticator would show, and what they open."""

import base64
import hashlib
import hmac
import json
import struct
import time

from test_refusals import refusal

WRONG = (403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
NOT_THEIRS = (403, "AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial "
              "number is valid and associated with this user.")


class Authenticator:
    """What a phone shows: RFC 6238, written anew so that two implementations have to agree."""

    def __init__(self, seed):
        self.key = base64.b32decode(seed)
        self.start = int(time.time()) // 30

    def code(self, step):
        """Of the step that is so far from when the device was made."""
        tag = hmac.new(self.key, struct.pack(">q", self.start + step), hashlib.sha1).digest()
        at = tag[-1] & 15
        return f"{(struct.unpack('>I', tag[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def user_with_key(dev, name, *statements):
    iam = dev.client("iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    return dev.as_credentials(iam.create_access_key(UserName=name)["AccessKey"])


def device(dev, user, name):
    """Enabled by codes of some steps ago, so that those of now and of next still count."""
    iam = dev.client("iam")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    phone = Authenticator(made["Base32StringSeed"])
    iam.enable_mfa_device(UserName=user, SerialNumber=made["SerialNumber"], AuthenticationCode1=phone.code(-3), AuthenticationCode2=phone.code(-2))
    return made["SerialNumber"], phone


def test_the_life_of_a_device(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="mfa-life")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="life", Path="/mfa/", Tags=[{"Key": "a", "Value": "b"}])["VirtualMFADevice"]
    serial = made["SerialNumber"]
    assert serial == "arn:aws:iam::123456789012:mfa/mfa/life" and made["Tags"] == [{"Key": "a", "Value": "b"}]
    assert len(made["Base32StringSeed"]) == 64 and made["QRCodePNG"].startswith(b"\x89PNG\r\n")
    assert refusal(iam.create_virtual_mfa_device, VirtualMFADeviceName="life", Path="/mfa/") == (
        409, "EntityAlreadyExists", "MFA device already exists.")
    phone = Authenticator(made["Base32StringSeed"])
    who = {"UserName": "mfa-life", "SerialNumber": serial}
    invalid = (403, "InvalidAuthenticationCode", "Authentication code for device is not valid.")
    assert refusal(iam.enable_mfa_device, **who, AuthenticationCode1=phone.code(0), AuthenticationCode2=phone.code(0)) == invalid
    assert [d for d in iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"] if d["SerialNumber"] == serial] == []
    iam.enable_mfa_device(**who, AuthenticationCode1=phone.code(-1), AuthenticationCode2=phone.code(0))
    assert refusal(iam.enable_mfa_device, **who, AuthenticationCode1=phone.code(1), AuthenticationCode2=phone.code(2)) == (
        409, "EntityAlreadyExists", "MFA Device is already in use.")
    [listed] = iam.list_mfa_devices(UserName="mfa-life")["MFADevices"]
    assert listed["SerialNumber"] == serial and listed["UserName"] == "mfa-life"
    [shown] = [d for d in iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"] if d["SerialNumber"] == serial]
    assert shown["User"]["UserName"] == "mfa-life" and shown["EnableDate"] == listed["EnableDate"] and "Base32StringSeed" not in shown
    assert iam.get_mfa_device(**who)["EnableDate"] == listed["EnableDate"]
    iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_mfa_device(SerialNumber=serial, TagKeys=["a"])
    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "c", "Value": "d"}]
    assert refusal(iam.resync_mfa_device, **who, AuthenticationCode1=phone.code(8), AuthenticationCode2=phone.code(7)) == invalid
    iam.resync_mfa_device(**who, AuthenticationCode1=phone.code(8), AuthenticationCode2=phone.code(9))
    assert refusal(iam.delete_virtual_mfa_device, SerialNumber=serial) == (409, "DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
    assert refusal(iam.delete_user, UserName="mfa-life") == (409, "DeleteConflict", "Cannot delete entity, must delete MFA device first.")
    iam.deactivate_mfa_device(**who)
    assert refusal(iam.deactivate_mfa_device, **who) == (404, "NoSuchEntity", "MFA Device invalid for user.")
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert refusal(iam.delete_virtual_mfa_device, SerialNumber=serial) == (
        404, "NoSuchEntity", f"MFA Device with serial number {serial} does not exist.")
    iam.delete_user(UserName="mfa-life")


def test_a_session_with_mfa_may_what_others_may_not(dev):
    needs_mfa = {"Effect": "Allow", "Action": ["iam:ListRoles", "s3:ListAllMyBuckets"], "Resource": "*",
                 "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}
    key = user_with_key(dev, "mfa-session", needs_mfa)
    serial, phone = device(dev, "mfa-session", "session")
    assert refusal(dev.client("iam", **key).list_roles)[:2] == (403, "AccessDenied")
    assert refusal(dev.client("s3", **key).list_buckets)[:2] == (403, "AccessDenied")
    sts = dev.client("sts", **key)
    assert refusal(sts.get_session_token, SerialNumber=serial, TokenCode="000000") == WRONG
    assert refusal(sts.get_session_token, SerialNumber=serial + "x", TokenCode=phone.code(0)) == NOT_THEIRS
    plain = dev.as_credentials(sts.get_session_token()["Credentials"])
    code = phone.code(0)
    session = dev.as_credentials(sts.get_session_token(SerialNumber=serial, TokenCode=code)["Credentials"])
    assert refusal(sts.get_session_token, SerialNumber=serial, TokenCode=code) == WRONG
    # The same at the control plane and at the gateway.
    assert "Roles" in dev.client("iam", **session).list_roles()
    assert "Buckets" in dev.client("s3", **session).list_buckets()
    assert refusal(dev.client("iam", **plain).list_roles)[:2] == (403, "InvalidClientTokenId")
    assert refusal(dev.client("s3", **plain).list_buckets)[:2] == (403, "AccessDenied")


def test_a_role_that_asks_for_mfa(dev):
    key = user_with_key(dev, "mfa-role", {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})
    serial, phone = device(dev, "mfa-role", "role")
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/mfa-role"}, "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}}]}
    role = dev.client("iam").create_role(RoleName="mfa-guarded", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    sts = dev.client("sts", **key)
    ask = {"RoleArn": role, "RoleSessionName": "s1"}
    assert refusal(sts.assume_role, **ask) == (
        403, "AccessDenied", f"User: arn:aws:iam::123456789012:user/mfa-role is not authorized to perform: sts:AssumeRole on resource: {role}")
    assert refusal(sts.assume_role, **ask, SerialNumber=serial, TokenCode="000000") == WRONG
    assert sts.assume_role(**ask, SerialNumber=serial, TokenCode=phone.code(0))["AssumedRoleUser"]["Arn"].endswith("mfa-guarded/s1")
    assert refusal(sts.assume_role, **ask, SerialNumber=serial, TokenCode=phone.code(0)) == WRONG
    assert refusal(sts.assume_role, **ask, SerialNumber=serial)[2] == (
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")


def test_the_cli_asks_for_a_code(dev):
    key = user_with_key(dev, "mfa-cli")
    serial, phone = device(dev, "mfa-cli", "cli")
    as_user = {"AWS_ACCESS_KEY_ID": key["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": key["aws_secret_access_key"]}
    made = dev.aws("sts", "get-session-token", "--serial-number", serial, "--token-code", phone.code(0), **as_user)
    assert made.code == 0, made.err
    session = made.json()["Credentials"]
    shown = dev.aws("sts", "get-caller-identity", AWS_ACCESS_KEY_ID=session["AccessKeyId"],
                    AWS_SECRET_ACCESS_KEY=session["SecretAccessKey"], AWS_SESSION_TOKEN=session["SessionToken"])
    assert shown.json()["Arn"] == "arn:aws:iam::123456789012:user/mfa-cli"
    again = dev.aws("sts", "get-session-token", "--serial-number", serial, "--token-code", phone.code(0), **as_user)
    assert again.code != 0 and "invalid MFA one time pass code" in again.err
