"""Outbound identity federation: tokens of an account's own issuer, verified by PyJWT and by another account's STS."""

import json
import ssl
import threading
import urllib.error
import urllib.request

import botocore.config
import jwt
import pytest
from test_refusals import exchange, refusal
from test_sts import statement

NAMESPACE = "https://sts.amazonaws.com/"


@pytest.fixture(scope="module")
def issuer(dev):
    iam = dev.client("iam")
    disabled = (404, "FeatureDisabled", "Outbound identity federation is not enabled for your account.")
    assert refusal(iam.get_outbound_web_identity_federation_info) == disabled
    assert refusal(iam.disable_outbound_web_identity_federation) == disabled
    status, code, message = refusal(dev.client("sts").get_web_identity_token, Audience=["a"], SigningAlgorithm="RS256")
    assert (status, code) == (403, "OutboundWebIdentityFederationDisabledException") and message.startswith("The outbound web identity federation feature is not enabled")
    issuer = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    assert refusal(iam.enable_outbound_web_identity_federation)[:2] == (409, "FeatureEnabled")
    shown = iam.get_outbound_web_identity_federation_info()
    assert (shown["IssuerIdentifier"], shown["JwtVendingEnabled"]) == (issuer, True)
    return issuer


@pytest.fixture(scope="module")
def workload(dev, issuer):
    """A user, and the session of a role that it has assumed."""
    iam = dev.client("iam")
    iam.create_user(UserName="outbound")
    iam.put_user_policy(UserName="outbound", PolicyName="p", PolicyDocument=json.dumps(statement("Allow", "sts:AssumeRole", "sts:TagSession")))
    key = dev.as_credentials(iam.create_access_key(UserName="outbound")["AccessKey"])
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]}
    role = iam.create_role(RoleName="outbound", Path="/jobs/", AssumeRolePolicyDocument=json.dumps(trust), Tags=[{"Key": "team", "Value": "a"}])["Role"]
    iam.put_role_policy(RoleName="outbound", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["sts:GetWebIdentityToken", "sts:TagGetWebIdentityToken"], "Resource": "*", "Condition": {
            "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": ["https://api.example", "other"]},
            "NumericLessThanEqualsIfExists": {"sts:DurationSeconds": "600"},
            "StringEqualsIfExists": {"aws:RequestTag/job": "7"},
        }},
        {"Effect": "Deny", "Action": "sts:GetWebIdentityToken", "Resource": "*", "Condition": {
            "StringEquals": {"sts:SigningAlgorithm": "RS256"}, "Null": {"aws:RequestTag/job": "true"}}}]}))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]})
    session = dev.client("sts", **key).assume_role(
        RoleArn=role["Arn"], RoleSessionName="s1", DurationSeconds=900, Tags=[{"Key": "site", "Value": "west"}], Policy=policy)
    return role["Arn"], dev.client("sts", **dev.as_credentials(session["Credentials"]))


def fetch(dev, url):
    context = ssl.create_default_context(cafile=str(dev.data / "ca.pem"))
    with urllib.request.urlopen(url, context=context) as answer:
        return json.load(answer)


@pytest.mark.parametrize("algorithm, duration", [("ES384", None), ("RS256", 600)])
def test_a_token_is_verified_by_another_program(dev, issuer, workload, algorithm, duration):
    role, sts = workload
    discovery = fetch(dev, issuer + "/.well-known/openid-configuration")
    assert discovery["issuer"] == issuer and algorithm in discovery["id_token_signing_alg_values_supported"]
    keys = jwt.PyJWKSet.from_dict(fetch(dev, discovery["jwks_uri"]))
    answer = sts.get_web_identity_token(
        Audience=["https://api.example"], SigningAlgorithm=algorithm, Tags=[{"Key": "job", "Value": "7"}],
        **({"DurationSeconds": duration} if duration else {}))
    token = answer["WebIdentityToken"]
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=[algorithm], audience="https://api.example", issuer=issuer)
    assert claims["sub"] == role and claims["aud"] == "https://api.example" and len(claims["jti"]) == 36
    assert claims["exp"] - claims["iat"] == (duration or 300) and claims["exp"] == answer["Expiration"].timestamp()
    about = claims[NAMESPACE]
    assert about.pop("original_session_exp").endswith("Z")
    assert about == {"aws_account": "123456789012", "source_region": "us-east-2", "principal_id": role,
                     "principal_tags": {"team": "a", "site": "west"}, "request_tags": {"job": "7"}}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token[:-8] + "AAAAAAAA", key, algorithms=[algorithm], audience="https://api.example", issuer=issuer)
    several = sts.get_web_identity_token(Audience=["other", "https://api.example"], SigningAlgorithm="ES384")["WebIdentityToken"]
    key = keys[jwt.get_unverified_header(several)["kid"]]
    assert jwt.decode(several, key, algorithms=["ES384"], audience="other")["aud"] == ["other", "https://api.example"]


def test_who_may_ask_for_what(dev, workload):
    _, sts = workload
    good = {"Audience": ["other"], "SigningAlgorithm": "ES384"}
    assert sts.get_web_identity_token(**good)
    for changed in ({"Audience": ["else"]}, {"DurationSeconds": 601}, {"SigningAlgorithm": "RS256"}):
        assert refusal(sts.get_web_identity_token, **{**good, **changed})[:2] == (403, "AccessDenied"), changed
    tagged = refusal(sts.get_web_identity_token, **good, Tags=[{"Key": "job", "Value": "8"}])
    assert tagged[:2] == (403, "AccessDenied")
    # A session of a quarter of an hour has no token for longer; the root has none that is not one of the two.
    root = dev.client("sts")
    assert refusal(root.get_web_identity_token, **{**good, "SigningAlgorithm": "HS256"}) == (400, "ValidationError", (
        "1 validation error detected: Value 'HS256' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RS256, ES384]"))
    # What the client itself would refuse is sent unchecked.
    unchecked = dev.client("sts", config=botocore.config.Config(parameter_validation=False))
    for wrong in ({"DurationSeconds": 59}, {"DurationSeconds": 3601}, {"Audience": [str(n) for n in range(11)]}):
        assert refusal(unchecked.get_web_identity_token, **{**good, **wrong})[:2] == (400, "ValidationError"), wrong
    many = [{"Key": f"key-{n}", "Value": "v" * 256} for n in range(50)]
    assert refusal(root.get_web_identity_token, **{**good, "Audience": ["x" * 1000 for _ in range(10)]}, Tags=many)[:2] == (
        400, "JWTPayloadSizeExceededException")


def test_a_session_has_no_token_that_outlives_it(dev, issuer):
    iam = dev.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="outbound-short", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="outbound-short", PolicyName="p", PolicyDocument=json.dumps(statement("Allow", "sts:*")))
    iam.create_user(UserName="outbound-short")
    iam.put_user_policy(UserName="outbound-short", PolicyName="p", PolicyDocument=json.dumps(statement("Allow", "sts:AssumeRole")))
    key = dev.as_credentials(iam.create_access_key(UserName="outbound-short")["AccessKey"])
    session = dev.client("sts", **key).assume_role(RoleArn=role["Arn"], RoleSessionName="s1", DurationSeconds=900)["Credentials"]
    sts = dev.client("sts", **dev.as_credentials(session))
    assert refusal(sts.get_web_identity_token, Audience=["a"], SigningAlgorithm="ES384", DurationSeconds=1200) == (
        403, "SessionDurationEscalationException", "The requested token duration would extend the session beyond its original expiration time.")


def test_another_account_takes_the_token(dev, issuer, workload):
    role_arn, sts = workload
    made = dev.rolecall("create", "account", "--id", "310987654321", "-o", "json")
    assert made.code == 0, made.err
    root = {"aws_access_key_id": made.json()["accessKeyId"], "aws_secret_access_key": made.json()["secretAccessKey"]}
    iam = dev.client("iam", **root)
    provider = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["other"])["OpenIDConnectProviderArn"]
    name = issuer.removeprefix("https://")
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{name}:aud": "other", f"{name}:sub": role_arn}}}]}
    role = iam.create_role(RoleName="partner", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for algorithm, tags in (("ES384", {}), ("RS256", {"Tags": [{"Key": "job", "Value": "7"}]})):
        token = sts.get_web_identity_token(Audience=["other"], SigningAlgorithm=algorithm, **tags)["WebIdentityToken"]
        answer = exchange(dev, role, token)
        assert answer["SubjectFromWebIdentityToken"] == role_arn and answer["Provider"] == provider
        who = dev.client("sts", **dev.as_credentials(answer["Credentials"])).get_caller_identity()["Arn"]
        assert who.startswith("arn:aws:sts::310987654321:assumed-role/partner/")
    wrong = sts.get_web_identity_token(Audience=["https://api.example"], SigningAlgorithm="ES384")["WebIdentityToken"]
    assert refusal(exchange, dev, role, wrong) == (400, "InvalidIdentityToken", "Incorrect token audience")
    root_token = dev.client("sts").get_web_identity_token(Audience=["other"], SigningAlgorithm="ES384")["WebIdentityToken"]
    assert refusal(exchange, dev, role, root_token)[1] == "AccessDenied"
    # Turned off, it issues nothing; what it has issued counts until it ends.
    dev.client("iam").disable_outbound_web_identity_federation()
    assert refusal(sts.get_web_identity_token, Audience=["other"], SigningAlgorithm="ES384")[1] == "OutboundWebIdentityFederationDisabledException"
    assert exchange(dev, role, token)["SubjectFromWebIdentityToken"] == role_arn
    assert dev.client("iam").enable_outbound_web_identity_federation()["IssuerIdentifier"] == issuer


def test_nothing_else_is_published(dev, issuer):
    for path in ("/keys", "/.well-known/jwks", "/"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            fetch(dev, issuer + path)
        assert caught.value.code == 404


def test_rotation_survives_a_kill(fresh_dev):
    dev = fresh_dev
    issuer = dev.client("iam").enable_outbound_web_identity_federation()["IssuerIdentifier"]
    jwks = lambda: [key["kid"] for key in fetch(dev, issuer + "/.well-known/jwks.json")["keys"]]
    token = lambda: dev.client("sts").get_web_identity_token(Audience=["a"], SigningAlgorithm="ES384")["WebIdentityToken"]
    signer = lambda: jwt.get_unverified_header(token())["kid"]
    rotate = lambda *more: dev.rolecall("rotate", "signingkey", *more, "-o", "json")
    old, first = jwks(), token()
    shown = rotate("--account", "123456789012")
    assert shown.code == 0, shown.err
    both = [key["keyId"] for key in shown.json()]
    assert both[:2] == old and len(both) == 4 and all("publishedUntil" in key for key in shown.json()[:2])
    pod = dev.token("default/default")
    dev.restart_killed()
    # All of it is there, and the old keys sign until the time comes.
    assert jwks() == both and signer() == jwt.get_unverified_header(first)["kid"] and signer() in old
    keys = jwt.PyJWKSet.from_dict(fetch(dev, issuer + "/.well-known/jwks.json"))
    assert jwt.decode(first, keys[jwt.get_unverified_header(first)["kid"]], algorithms=["ES384"], audience="a", issuer=issuer)
    again = rotate("--account", "123456789012")
    assert again.code != 0 and "being rotated until" in again.err
    # Killed while it is done, it was done or it was not.
    for _ in range(3):
        before = jwks()
        running = threading.Thread(target=rotate, args=("--account", "123456789012", "--leaked"))
        running.start()
        dev.restart_killed()
        running.join()
        after = jwks()
        assert len(after) == len(set(after)) and (after == before or (len(after) == 2 and not set(after) & set(before)))
        assert signer() in after
    # The cluster's keys too: the token of before is exchanged, and new ones are signed with the old key for an hour.
    cluster = rotate("--cluster", "dev")
    assert cluster.code == 0, cluster.err
    assert [jwt.get_unverified_header(it)["kid"] for it in (pod, dev.token("default/default"))] == [cluster.json()[0]["keyId"]] * 2
    leaked = rotate("--cluster", "dev", "--leaked")
    assert leaked.code == 0 and len(leaked.json()) == 1
    assert jwt.get_unverified_header(dev.token("default/default"))["kid"] == leaked.json()[0]["keyId"]
    # Whose, has to be said; and the root of another account is not the operator.
    assert rotate().code == 2
    made = dev.rolecall("create", "account", "--id", "310987654321", "-o", "json").json()
    refused = dev.rolecall("rotate", "signingkey", "--account", "310987654321", AWS_ACCESS_KEY_ID=made["accessKeyId"],
                           AWS_SECRET_ACCESS_KEY=made["secretAccessKey"])
    assert refused.code != 0 and "Only the operator" in refused.err
