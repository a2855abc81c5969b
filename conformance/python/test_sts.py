"""Federated users, revocation and other accounts, as boto3 sees them; STS in JSON, as other programs read it."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from conftest import make_role
from test_refusals import exchange, refusal

EXPIRED = (403, "ExpiredToken", "The security token included in the request is expired")


def statement(effect, *actions, **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*", **more}]}


@pytest.fixture(scope="module")
def federator(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="federator")
    iam.put_user_policy(UserName="federator", PolicyName="p", PolicyDocument=json.dumps(statement("Allow", "sts:*", "eks:*", "s3:*")))
    return dev.as_credentials(iam.create_access_key(UserName="federator")["AccessKey"])


def test_a_federated_user(dev, federator):
    sts = dev.client("sts", **federator)
    answer = sts.get_federation_token(
        Name="bob", Policy=json.dumps(statement("Allow", "eks:ListClusters")), DurationSeconds=900,
        Tags=[{"Key": "team", "Value": "a"}])
    assert answer["FederatedUser"] == {
        "FederatedUserId": "123456789012:bob", "Arn": "arn:aws:sts::123456789012:federated-user/bob"}
    assert answer["PackedPolicySize"] > 0
    bob = dev.as_credentials(answer["Credentials"])
    assert dev.client("sts", **bob).get_caller_identity()["Arn"] == "arn:aws:sts::123456789012:federated-user/bob"
    assert "dev" in dev.client("eks", **bob).list_clusters()["clusters"]
    status, code, message = refusal(dev.client("eks", **bob).describe_cluster, name="dev")
    assert (status, code) == (403, "AccessDeniedException") and "because no session policy allows" in message
    assert refusal(dev.client("iam", **bob).list_users)[1] == "InvalidClientTokenId"
    assert refusal(dev.client("s3", **bob).list_buckets)[1] == "AccessDenied"
    assert refusal(dev.client("sts", **bob).get_session_token) == (
        403, "AccessDenied", "Cannot call GetSessionToken with session credentials")


def test_a_refusal_is_decoded(dev, federator):
    eks = dev.client("eks", **federator)
    iam = dev.client("iam", **federator)
    with pytest.raises(iam.exceptions.ClientError) as caught:
        iam.list_users()
    message = caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-rolecall-authorization-message"]
    decoded = json.loads(dev.client("sts", **federator).decode_authorization_message(EncodedMessage=message)["DecodedMessage"])
    assert decoded["allowed"] is False and decoded["explicitDeny"] is False
    assert decoded["context"]["action"] == "iam:ListUsers"
    assert decoded["context"]["principal"]["arn"].endswith(":user/federator")
    assert refusal(dev.client("sts", **federator).decode_authorization_message, EncodedMessage=message[:-8] + "AAAAAAA=")[1] == (
        "InvalidAuthorizationMessageException")
    assert eks.list_clusters()


def test_a_revoked_session_is_refused_by_the_control_plane_and_the_gateway(dev, provider):
    dev.kubectl("create", "serviceaccount", "revoked")
    role = make_role(dev, provider, "revocable", "default/revoked", statement("Allow", "s3:ListAllMyBuckets"))
    token = dev.token("default/revoked")
    session = dev.as_credentials(exchange(dev, role["Arn"], token)["Credentials"])
    sts, s3 = dev.client("sts", **session), dev.client("s3", **session)
    assert sts.get_caller_identity() and s3.list_buckets()

    made = dev.rolecall("revoke", "session", session["aws_access_key_id"], "-o", "json")
    assert made.code == 0, made.err
    assert refusal(sts.get_caller_identity) == EXPIRED
    assert refusal(s3.list_buckets)[:2] == (400, "ExpiredToken")
    assert made.json()["id"] in dev.rolecall("get", "revocation").out
    assert dev.rolecall("delete", "revocation", made.json()["id"]).code == 0
    assert sts.get_caller_identity() and s3.list_buckets()

    assert dev.rolecall("revoke", "serviceaccount", "default/revoked", "--cluster", "dev").code == 0
    assert refusal(sts.get_caller_identity) == EXPIRED
    assert refusal(s3.list_buckets)[:2] == (400, "ExpiredToken")
    assert refusal(exchange, dev, role["Arn"], token) == (
        403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def test_another_account(dev, federator):
    made = dev.rolecall("create", "account", "--id", "210987654321", "-o", "json")
    assert made.code == 0, made.err
    root = {"aws_access_key_id": made.json()["accessKeyId"], "aws_secret_access_key": made.json()["secretAccessKey"]}
    iam = dev.client("iam", **root)
    assert iam.list_roles()["Roles"] == [] and iam.list_users()["Users"] == []
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="shared", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    assert "shared" not in [one["RoleName"] for one in dev.client("iam").list_roles()["Roles"]]
    session = dev.client("sts", **federator).assume_role(RoleArn=role["Arn"], RoleSessionName="s1")["Credentials"]
    sts = dev.client("sts", **dev.as_credentials(session))
    assert sts.get_caller_identity()["Arn"] == "arn:aws:sts::210987654321:assumed-role/shared/s1"

    assert "210987654321" in dev.rolecall("get", "account").out
    theirs = {"AWS_ACCESS_KEY_ID": root["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": root["aws_secret_access_key"]}
    assert dev.rolecall("get", "account", **theirs).code != 0
    assert "--approve" in dev.rolecall("delete", "account", "--id", "210987654321").out
    assert sts.get_caller_identity()
    assert dev.rolecall("delete", "account", "--id", "210987654321", "--approve").code == 0
    again = dev.rolecall("create", "account", "--id", "210987654321")
    assert again.code != 0 and "was removed" in again.err
    assert refusal(sts.get_caller_identity)[1] == "InvalidClientTokenId"
    assert refusal(iam.list_roles)[1] == "InvalidClientTokenId"


def test_sts_answers_in_json_to_who_asks_for_it(dev):
    """As aws-iam-authenticator and others ask who has signed a request."""
    environment = dev.env
    keys = botocore.credentials.Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])

    def ask(accept, action, secret=None, **members):
        form = urllib.parse.urlencode({"Action": action, "Version": "2011-06-15", **members})
        request = botocore.awsrequest.AWSRequest("POST", dev.endpoint + "/", {
            "Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}, data=form)
        signer = keys if secret is None else botocore.credentials.Credentials(keys.access_key, secret)
        botocore.auth.SigV4Auth(signer, "sts", environment["AWS_REGION"]).add_auth(request)
        sent = urllib.request.Request(request.url, form.encode(), dict(request.headers.items()))
        try:
            answer = urllib.request.urlopen(sent)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.headers["Content-Type"], answer.read().decode(), answer.headers["x-amzn-RequestId"]

    for accept in ("application/json", "application/json, text/plain, */*", "Application/JSON;q=0.9"):
        status, kind, body, request_id = ask(accept, "GetCallerIdentity")
        assert (status, kind) == (200, "application/json")
        assert json.loads(body) == {"GetCallerIdentityResponse": {
            "GetCallerIdentityResult": {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:root", "UserId": "123456789012"},
            "ResponseMetadata": {"RequestId": request_id}}}
    for accept in ("*/*", "text/xml", "application/jsonp"):
        assert ask(accept, "GetCallerIdentity")[1] == "text/xml"
    credentials = json.loads(ask("application/json", "GetSessionToken")[2])["GetSessionTokenResponse"]["GetSessionTokenResult"]["Credentials"]
    assert 0 < credentials["Expiration"] - time.time() <= 3600 and credentials["AccessKeyId"].startswith("ASIA")
    status, kind, body, request_id = ask("application/json", "GetCallerIdentity", secret="wrong")
    assert (status, kind) == (403, "application/json")
    error = json.loads(body)
    assert error["RequestId"] == request_id and error["Error"]["Code"] == "SignatureDoesNotMatch" and error["Error"]["Type"] == "Sender"
    assert json.loads(ask("application/json", "Nothing")[2])["Error"] == {
        "Type": "Sender", "Code": "InvalidAction", "Message": "Could not find operation Nothing for version 2011-06-15"}
