"""What must be refused, with AWS's own code, status and sentence."""

import base64
import datetime
import hashlib
import hmac
import html
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request

import botocore
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import pytest
from conftest import make_role

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}]}


@pytest.fixture(scope="module")
def role(dev, provider):
    dev.kubectl("create", "serviceaccount", "refused")
    dev.kubectl("create", "serviceaccount", "stranger")
    return make_role(dev, provider, "refusals", "default/refused", READ)


def anonymous(dev):
    return dev.client("sts", aws_access_key_id=None, aws_secret_access_key=None,
                      config=botocore.config.Config(
                          signature_version=botocore.UNSIGNED, retries={"max_attempts": 1}, parameter_validation=False))


def exchange(dev, role_arn, token, **options):
    return anonymous(dev).assume_role_with_web_identity(
        RoleArn=role_arn, RoleSessionName=options.pop("session", "s1"), WebIdentityToken=token, **options)


def refusal(call, *arguments, **options):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **options)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"].get("Message")


def encode(part):
    return base64.urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode()).rstrip(b"=").decode()


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_a_good_token_is_exchanged(dev, role):
    answer = exchange(dev, role["Arn"], dev.token("default/refused"))
    assert answer["SubjectFromWebIdentityToken"] == "system:serviceaccount:default:refused"
    assert answer["Audience"] == "sts.amazonaws.com"
    assert answer["Provider"].startswith("arn:aws:iam::123456789012:oidc-provider/")
    who = dev.client("sts", **dev.as_credentials(answer["Credentials"])).get_caller_identity()
    assert who["Arn"] == "arn:aws:sts::123456789012:assumed-role/refusals/s1"
    assert answer["AssumedRoleUser"]["Arn"] == who["Arn"]


def test_the_token_is_as_kubernetes_makes_it(dev, role):
    header, claims, _ = dev.token("default/refused").split(".")
    assert decode(header)["kid"] and decode(header)["alg"] == "RS256"
    claims = decode(claims)
    assert claims["aud"] == ["sts.amazonaws.com"]
    assert {"iss", "sub", "exp", "iat", "nbf", "jti", "kubernetes.io"} <= set(claims)
    assert claims["kubernetes.io"]["namespace"] == "default"
    assert claims["kubernetes.io"]["serviceaccount"]["name"] == "refused"


def test_wrong_audience(dev, role):
    assert refusal(exchange, dev, role["Arn"], dev.token("default/refused", audience="other")) == (
        400, "InvalidIdentityToken", "Incorrect token audience")


def test_wrong_subject_and_missing_role_cannot_be_told_apart(dev, role):
    expected = (403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    token = dev.token("default/stranger")
    assert refusal(exchange, dev, role["Arn"], token) == expected
    assert refusal(exchange, dev, role["Arn"].replace("refusals", "nosuch"), token) == expected


def test_no_provider_for_the_issuer(dev, role):
    header, claims, signature = dev.token("default/refused").split(".")
    claims = {**decode(claims), "iss": "https://issuer.example"}
    assert refusal(exchange, dev, role["Arn"], ".".join([header, encode(claims), signature])) == (
        400, "InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://issuer.example")


def tampered(token):
    header, claims, signature = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[10] ^= 1
    yield "signature", ".".join([header, claims, encode(bytes(raw))])
    yield "payload", ".".join([header, encode({**decode(claims), "jti": "another"}), signature])
    yield "alg none", ".".join([encode({"alg": "none", "kid": decode(header)["kid"]}), claims, ""])
    yield "alg None with a signature", ".".join([encode({"alg": "None", "kid": decode(header)["kid"]}), claims, signature])
    yield "no expiry", ".".join([header, encode({k: v for k, v in decode(claims).items() if k != "exp"}), signature])
    twice = json.dumps(decode(claims))[:-1] + ', "sub": "system:serviceaccount:default:admin"}'
    yield "claims twice", ".".join([header, encode(twice.encode()), signature])
    yield "unknown kid", ".".join([encode({**decode(header), "kid": "nobody"}), claims, signature])
    yield "critical header", ".".join([encode({**decode(header), "crit": ["x"], "x": 1}), claims, signature])


def test_tampered_tokens(dev, role):
    for what, token in tampered(dev.token("default/refused")):
        status, code, _ = refusal(exchange, dev, role["Arn"], token)
        assert (status, code) == (400, "InvalidIdentityToken"), what


def test_hs256_signed_with_the_public_key(dev, role):
    header, claims, _ = dev.token("default/refused").split(".")
    issuer = decode(claims)["iss"]
    import ssl
    context = ssl.create_default_context(cafile=str(dev.data / "ca.pem"))
    discovery = json.load(urllib.request.urlopen(issuer + "/.well-known/openid-configuration", context=context))
    assert discovery["issuer"] == issuer
    jwks = urllib.request.urlopen(discovery["jwks_uri"], context=context).read()
    forged = encode({**decode(header), "alg": "HS256"}) + "." + claims
    mac = hmac.new(jwks, forged.encode(), hashlib.sha256).digest()
    assert refusal(exchange, dev, role["Arn"], forged + "." + encode(mac))[:2] == (400, "InvalidIdentityToken")


def test_not_a_token_and_too_long(dev, role):
    assert refusal(exchange, dev, role["Arn"], "not-a-token") == (
        400, "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
    status, code, message = refusal(exchange, dev, role["Arn"], "a" * 20001)
    assert (status, code) == (400, "ValidationError")
    assert message.endswith("at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000")


def test_requests_out_of_bounds(dev, role):
    token = dev.token("default/refused")
    for options, part in [
        ({"DurationSeconds": 899}, "at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"),
        ({"DurationSeconds": 43201}, "at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200"),
        ({"session": "bad name!"}, "at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: "),
    ]:
        status, code, message = refusal(exchange, dev, role["Arn"], token, **options)
        assert (status, code) == (400, "ValidationError") and part in message, message
    assert refusal(exchange, dev, role["Arn"], token, DurationSeconds=7200) == (
        400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    status, code, message = refusal(exchange, dev, "arn:aws:iam::123456789012:rolex", token)
    assert code == "ValidationError"
    status, code, message = refusal(exchange, dev, "not an arn but long enough", token)
    assert (status, code, message) == (400, "ValidationError", "not an arn but long enough is invalid")


def test_swapped_session_tokens(dev, role):
    one, two = (exchange(dev, role["Arn"], dev.token("default/refused"), session=name)["Credentials"] for name in ("one", "two"))
    swapped = {**one, "SessionToken": two["SessionToken"]}
    assert refusal(dev.client("sts", **dev.as_credentials(swapped)).get_caller_identity) == (
        403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    without = {k: v for k, v in one.items() if k != "SessionToken"}
    assert refusal(dev.client("sts", **dev.as_credentials(without)).get_caller_identity)[1] == "InvalidClientTokenId"


def test_wrong_secret_unknown_key_and_wrong_service(dev):
    wrong = dev.client("sts", aws_secret_access_key="x" * 40)
    assert refusal(wrong.get_caller_identity) == (
        403, "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
        "and signing method. Consult the service documentation for details.")
    unknown = dev.client("sts", aws_access_key_id="AKIAAAAAAAAAAAAAAAAA")
    assert refusal(unknown.get_caller_identity) == (
        403, "InvalidClientTokenId", "The security token included in the request is invalid.")


def signed(dev, when=None, service="sts", region="us-east-2", body="Action=GetCallerIdentity&Version=2011-06-15", change=None):
    """One signed call by hand, with a change after the signature; answers the status and the body."""
    environment = dev.env
    credentials = botocore.credentials.Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    request = botocore.awsrequest.AWSRequest(
        "POST", dev.endpoint + "/", data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "X-Amz-Extra": "1"})
    signer = botocore.auth.SigV4Auth(credentials, service, region)
    if when is None:
        signer.add_auth(request)
    else:
        import unittest.mock
        with unittest.mock.patch("botocore.auth.get_current_datetime", return_value=when, create=True):
            signer.add_auth(request)
    if change:
        change(request)
    prepared = request.prepare()
    outgoing = urllib.request.Request(prepared.url, data=prepared.body if isinstance(prepared.body, bytes) else prepared.body.encode(),
                                      headers=dict(prepared.headers), method="POST")
    try:
        with urllib.request.urlopen(outgoing) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_signature_covers_what_was_sent(dev):
    assert signed(dev)[0] == 200

    def other_body(request):
        request.data = "Action=GetCallerIdentity&Version=2011-06-15&X=1"

    def other_header(request):
        request.headers.replace_header("X-Amz-Extra", "2")

    def other_query(request):
        request.url += "?X=1"

    for change in (other_body, other_header, other_query):
        status, body = signed(dev, change=change)
        assert status == 403 and "SignatureDoesNotMatch" in body, change.__name__


def test_scope_and_date_of_the_signature(dev):
    status, body = signed(dev, service="iam")
    assert status == 403 and "Credential should be scoped to correct service: 'sts'. " in html.unescape(body)
    status, body = signed(dev, region="nowhere")
    assert status == 403 and "Credential should be scoped to a valid region. " in body


def test_unsigned_call_to_a_signed_operation(dev):
    status, body = _plain(dev, "Action=ListRoles&Version=2010-05-08")
    assert status == 403 and "<Code>MissingAuthenticationToken</Code>" in body
    assert "<Message>Request is missing Authentication Token</Message>" in body


def test_unknown_operations_and_bodies_over_the_limit(dev):
    status, body = _plain(dev, "Action=Nope&Version=2010-05-08")
    assert status == 400 and "<Code>InvalidAction</Code>" in body
    assert "Could not find operation Nope for version 2010-05-08" in body
    connection = http.client.HTTPConnection(dev.endpoint.split("//")[1])
    connection.putrequest("POST", "/")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", "10000001")
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (413, b"")


def test_operations_not_answered_yet_say_so(dev):
    status, code, message = refusal(dev.client("iam").list_organizations_features)
    assert (status, code) == (501, "NotImplemented") and "ListOrganizationsFeatures" in message


def _plain(dev, body):
    request = urllib.request.Request(dev.endpoint + "/", data=body.encode(), method="POST",
                                     headers={"Content-Type": "application/x-www-form-urlencoded"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_malformed_policies_are_refused_when_written(dev):
    iam = dev.client("iam")
    assert refusal(iam.create_role, RoleName="bad", AssumeRolePolicyDocument="{") == (
        400, "MalformedPolicyDocument", "This policy contains invalid Json")
    statement = {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}
    for document, message in [
        ("{", "Syntax errors in policy."),
        ({**statement, "Action": []}, "Policy statement must contain actions."),
        ({**statement, "Condition": {"DateLessThan": {"aws:CurrentTime": "soon"}}}, "The policy failed legacy parsing"),
        ({**statement, "Resource": "arn:aws:iam:eu-west-1:123456789012:role/app"},
         "IAM resource arn:aws:iam:eu-west-1:123456789012:role/app cannot contain region information."),
    ]:
        if isinstance(document, dict):
            document = json.dumps({"Version": "2012-10-17", "Statement": [document]})
        assert refusal(iam.create_policy, PolicyName="bad", PolicyDocument=document) == (
            400, "MalformedPolicyDocument", message)


def test_iam_tells_what_is_wrong_with_a_request_as_aws_does(dev):
    iam = dev.client("iam")
    detected = "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must "
    path = "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."
    for wrong in ("invalid-path/", "/invalid-path"):
        assert refusal(iam.create_virtual_mfa_device, VirtualMFADeviceName="wrong", Path=wrong) == (400, "ValidationError", path)
    assert refusal(iam.create_virtual_mfa_device, VirtualMFADeviceName="wrong", Path="/" + "a" * 512 + "/") == (
        400, "ValidationError", detected.format("path") + "have length less than or equal to 512")
    assert refusal(iam.get_user, UserName="a/b") == (
        400, "ValidationError", "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-")
    assert refusal(iam.list_policies, PathPrefix="/foo") == (
        400, "ValidationError", "The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters.")
    assert refusal(iam.update_access_key, AccessKeyId="AKIAIOSFODNN7EXAMPLE", Status="Invalid") == (
        400, "ValidationError", detected.format("status") + "satisfy enum value set")
    assert refusal(iam.update_account_password_policy, MaxPasswordAge=1096, MinimumPasswordLength=129, PasswordReusePrevention=25) == (
        400, "ValidationError", "3 validation errors detected: "
        "Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128; "
        "Value at 'passwordReusePrevention' failed to satisfy constraint: Member must have value less than or equal to 24; "
        "Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095")


def test_requests_to_iam_are_refused_as_aws_refused_them(dev):
    """What AWS answered in 2026; of names, what many have reported."""
    iam = dev.client("iam", config=botocore.config.Config(parameter_validation=False))
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    iam.create_role(RoleName="asked", AssumeRolePolicyDocument=trust)
    pattern = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
    too_long = "Member must have length less than or equal to "
    keys = ("Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [" + too_long + "128, Member must "
            "have length greater than or equal to 1, Member must satisfy regular expression pattern: " + pattern + ", Member must not be null]")
    invalid = "1 validation error detected: "
    for call, options, message in [
        (iam.tag_role, {"Tags": [{"Key": str(n), "Value": ""} for n in range(51)]},
         invalid + "Value at 'tags' failed to satisfy constraint: " + too_long + "50"),
        (iam.tag_role, {"Tags": [{"Key": "k" * 129, "Value": ""}]},
         invalid + "Value at 'tags.1.member.key' failed to satisfy constraint: " + too_long + "128"),
        (iam.tag_role, {"Tags": [{"Key": "a!", "Value": ""}]},
         invalid + "Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: " + pattern),
        (iam.untag_role, {"TagKeys": ["a!"]}, invalid + keys),
        (iam.untag_role, {"TagKeys": [str(n) for n in range(51)]},
         invalid + "Value at 'tagKeys' failed to satisfy constraint: " + too_long + "50"),
        (iam.attach_role_policy, {"PolicyArn": "thisisnoarnofapolicy"}, "ARN thisisnoarnofapolicy is not valid."),
    ]:
        assert refusal(call, RoleName="asked", **options) == (400, "ValidationError", message)
    no_policy = "arn:aws:iam::123456789012:not_a_policy/invalid"
    assert refusal(iam.put_role_permissions_boundary, RoleName="asked", PermissionsBoundary=no_policy) == (
        400, "InvalidInput", f"ARN {no_policy} is not valid.")
    assert refusal(iam.get_role, RoleName="a/b") == (
        400, "ValidationError",
        "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-")
    wrong = {"Version": "2012-10-17", "Statement": [{**json.loads(trust)["Statement"][0], "Action": "sts:InvalidAction"}]}
    assert refusal(iam.update_assume_role_policy, RoleName="asked", PolicyDocument=json.dumps(wrong)) == (
        400, "MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions.")
    assert refusal(iam.create_policy, PolicyName="asked", PolicyDocument="no document") == (
        400, "MalformedPolicyDocument", "Syntax errors in policy.")
    # Whose policy it is comes before what it says.
    for kind in ("role", "user", "group"):
        name = {kind.capitalize() + "Name": "nobody"}
        assert refusal(getattr(iam, f"put_{kind}_policy"), PolicyName="p", PolicyDocument="{", **name) == (
            404, "NoSuchEntity", f"The {kind} with name nobody cannot be found.")
    iam.delete_role(RoleName="asked")


def test_a_recreated_role_does_not_inherit_sessions(dev, provider):
    iam = dev.client("iam")
    first = make_role(dev, provider, "recreated", "default/refused", READ)
    dev.kubectl("create", "serviceaccount", "refused")
    credentials = exchange(dev, first["Arn"], dev.token("default/refused"))["Credentials"]
    iam.delete_role_policy(RoleName="recreated", PolicyName="inline")
    iam.delete_role(RoleName="recreated")
    second = make_role(dev, provider, "recreated", "default/refused", READ)
    assert first["RoleId"] != second["RoleId"]
    assert refusal(dev.client("sts", **dev.as_credentials(credentials)).get_caller_identity)[1] == "InvalidClientTokenId"


def test_session_policies_narrow_and_chains_are_capped(dev, provider, role):
    token = dev.token("default/refused")
    nothing = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]})
    narrowed = exchange(dev, role["Arn"], token, Policy=nothing)["Credentials"]
    dev.client("s3").create_bucket(Bucket="narrow", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    dev.client("s3").put_object(Bucket="narrow", Key="k", Body=b"v")
    status, code, message = refusal(dev.client("s3", **dev.as_credentials(narrowed)).get_object, Bucket="narrow", Key="k")
    assert (status, code) == (403, "AccessDenied") and "because no session policy allows the s3:GetObject action" in message
    iam = dev.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": role["Arn"]}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]}
    chained = iam.create_role(RoleName="chained", AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=7200)["Role"]
    iam.put_role_policy(RoleName="refusals", PolicyName="chain", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": chained["Arn"]}]}))
    first = dev.client("sts", **dev.as_credentials(exchange(dev, role["Arn"], token)["Credentials"]))
    second = first.assume_role(RoleArn=chained["Arn"], RoleSessionName="next", Tags=[{"Key": "team", "Value": "a"}])
    assert second["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/chained/next"
    assert refusal(first.assume_role, RoleArn=chained["Arn"], RoleSessionName="next", DurationSeconds=3601) == (
        400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
    status, code, message = refusal(first.assume_role, RoleArn=role["Arn"], RoleSessionName="next")
    assert (status, code) == (403, "AccessDenied")
    assert message == ("User: arn:aws:sts::123456789012:assumed-role/refusals/s1 is not authorized to perform: "
                       f"sts:AssumeRole on resource: {role['Arn']}")
    assert refusal(dev.client("sts").assume_role, RoleArn=role["Arn"], RoleSessionName="root") == (
        403, "AccessDenied", "Roles may not be assumed by root accounts.")


def test_presigned_urls_expire_and_cover_their_query(dev):
    s3 = dev.client("s3")
    s3.create_bucket(Bucket="presigned", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    s3.put_object(Bucket="presigned", Key="k", Body=b"v")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "k"}, ExpiresIn=60)
    assert urllib.request.urlopen(url).read() == b"v"
    for changed in (url.replace("/k?", "/other?"), url + "&versionId=1", url.replace("Expires=60", "Expires=600")):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(changed)
        assert caught.value.code in (400, 403)
    import unittest.mock
    import botocore.crt.auth
    long_ago = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.timedelta(minutes=10)
    # boto3 signs with its own code or, where it is installed, with that of the awscrt package.
    with (unittest.mock.patch("botocore.auth.get_current_datetime", return_value=long_ago),
          unittest.mock.patch("botocore.crt.auth.get_current_datetime", return_value=long_ago)):
        late = s3.generate_presigned_url("get_object", Params={"Bucket": "presigned", "Key": "k"}, ExpiresIn=60)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(late)
    assert caught.value.code == 403 and "Request has expired" in caught.value.read().decode()


def test_public_buckets_by_policy_alone(dev):
    s3 = dev.client("s3")
    s3.create_bucket(Bucket="public", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    s3.put_object(Bucket="public", Key="open/k", Body=b"v")
    url = f"{dev.endpoint}/public/open/k"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    assert caught.value.code == 403
    s3.put_bucket_policy(Bucket="public", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::public/open/*"}]}))
    assert urllib.request.urlopen(url).read() == b"v"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{dev.endpoint}/public/closed")
