"""`rolecall gateway`: a process of its own before a store elsewhere (here: a `rolecall dev`), which decides as a
`rolecall serve` in a third process says."""

import json
import re
import shutil
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError
from conftest import AWS, BINARY, execute
from test_serve import ACCOUNT, BASE, ISSUER, Cluster, Serve, certificate, free_port

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates and keys")

MAY = ["rolecall:ChangeGatewayBucket", "rolecall:GetGatewayBucket", "rolecall:GetGatewayCaller", "rolecall:GetGatewayRevision",
       "rolecall:ListGatewayBuckets", "rolecall:RecordGatewayDecisions"]


def policy(*actions, resource="*", effect="Allow", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": list(actions), "Resource": resource, **more}]})


def user(serve, name, *actions, resource="*"):
    """A user's access key; what it may do is an inline policy."""
    iam = serve.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=policy(*actions, resource=resource))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


class Gateway:
    """A process; `keys` are its credentials at the control plane, or the environment that it finds them by."""

    def __init__(self, folder, serve, store, keys):
        folder.mkdir(exist_ok=True)
        self.folder, self.serve, self.port = folder, serve, free_port()
        self.endpoint = f"https://127.0.0.1:{self.port}"
        certificate(folder, "gateway")
        self.config = folder / "gateway.toml"
        self.config.write_text(f'listen = "127.0.0.1:{self.port}"\nhealth = "127.0.0.1:0"\n'
                               f'tls = {{ certificate = "{folder}/tls.crt", key = "{folder}/tls.key" }}\n'
                               f'[store]\nendpoint = "{store["AWS_ENDPOINT_URL"]}"\nregion = "us-east-2"\n')
        ca = str(serve.folder / "ca.crt")
        self.secrets = {"AWS_ENDPOINT_URL": serve.endpoint, "AWS_CA_BUNDLE": ca, "SSL_CERT_FILE": ca, "HOME": str(folder),
                        "AWS_EC2_METADATA_DISABLED": "true",
                        "ROLECALL_STORE_ACCESS_KEY_ID": store["AWS_ACCESS_KEY_ID"],
                        "ROLECALL_STORE_SECRET_ACCESS_KEY": store["AWS_SECRET_ACCESS_KEY"],
                        **{name.upper(): value for name, value in keys.items()}}
        self.start()

    def launch(self):
        self.process = subprocess.Popen([BINARY, "gateway", "--config", self.config], env={**BASE, **self.secrets},
                                        stdout=subprocess.PIPE, stderr=open(self.folder / "log", "a"), text=True)

    def start(self):
        self.launch()
        line = self.process.stdout.readline()
        assert line.startswith("ready: S3 on "), f"{line!r} {(self.folder / 'log').read_text()[-4000:]}"
        self.health = re.search(r"health on (http://[\d.:]+)", line)[1]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=20)

    def client(self, **credentials):
        env = self.serve.env
        keys = credentials or {"aws_access_key_id": env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"]}
        config = botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client("s3", endpoint_url=self.endpoint, region_name="us-east-2", verify=str(self.folder / "ca.crt"), config=config, **keys)

    def told(self, path):
        try:
            with urllib.request.urlopen(self.health + path) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    serving = Serve(tmp_path_factory.mktemp("control-plane"))
    yield serving
    serving.process.kill()


@pytest.fixture(scope="module")
def gateway(serve, dev, tmp_path_factory):
    running = Gateway(tmp_path_factory.mktemp("gateway"), serve, dev.env, user(serve, "gateway", *MAY))
    yield running
    running.process.kill()


@pytest.fixture(scope="module")
def bucket(gateway):
    root = gateway.client()
    root.create_bucket(Bucket="gateway-reports", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    root.put_object(Bucket="gateway-reports", Key="hello.txt", Body=b"hello through another process")
    return "gateway-reports"


def refused(call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"], error.value.response["ResponseMetadata"]


def eventually(check, seconds):
    """Until it holds, without a pause of our own: each try asks a server."""
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline
    return found


def log(serve):
    lines = [line for file in sorted((serve.folder / "data/audit").iterdir()) for line in file.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def test_objects_are_read_written_listed_and_refused_as_the_policies_say(serve, gateway, bucket, tmp_path):
    reader = gateway.client(**user(serve, "gateway-reader", "s3:GetObject", "s3:ListBucket", resource=["arn:aws:s3:::gateway-reports", "arn:aws:s3:::gateway-reports/*"]))
    assert reader.get_object(Bucket=bucket, Key="hello.txt")["Body"].read() == b"hello through another process"
    assert [entry["Key"] for entry in reader.list_objects_v2(Bucket=bucket)["Contents"]] == ["hello.txt"]
    code, message, answer = refused(reader.put_object, Bucket=bucket, Key="other.txt", Body=b"x")
    assert code == "AccessDenied" and answer["HTTPStatusCode"] == 403
    assert f"arn:aws:iam::{ACCOUNT}:user/gateway-reader is not authorized to perform: s3:PutObject" in message
    # Who asks for the reason is told it by the control plane, whoever decided.
    explained = lambda: execute([BINARY, "explain", answer["RequestId"]], serve.env, tmp_path)
    said = eventually(lambda: (done := explained()).code == 0 and done.out, 10)
    assert "s3:PutObject" in said and "gateway-reports/other.txt" in said

    large = b"0123456789abcdef" * (9 << 16)
    root = gateway.client()
    root.upload_fileobj(__import__("io").BytesIO(large), bucket, "large")
    assert reader.get_object(Bucket=bucket, Key="large", Range="bytes=9000000-9000015")["Body"].read() == large[9000000:9000016]
    root.delete_object(Bucket=bucket, Key="large")
    names = [entry["Name"] for entry in root.list_buckets()["Buckets"]]
    assert bucket in names and refused(reader.list_buckets)[0] == "AccessDenied"


def test_a_presigned_url_works_until_it_is_changed(serve, gateway, bucket):
    trusted = ssl.create_default_context(cafile=gateway.folder / "ca.crt")
    get = lambda url: urllib.request.urlopen(url, context=trusted).read()
    keys = user(serve, "gateway-signer", "s3:GetObject")
    url = gateway.client(**keys).generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "hello.txt"}, ExpiresIn=60)
    # boto3 presigns for regions of before 2014 in the old way; this is not one of them.
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url
    for changed, code in [(url.replace("hello.txt", "other.txt"), 403), (url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), 403)]:
        with pytest.raises(urllib.error.HTTPError) as error:
            get(changed)
        assert error.value.code == code and b"SignatureDoesNotMatch" in error.value.read()
    assert get(url) == b"hello through another process"
    # From now on the gateway knows the caller; it is as strict by itself.
    with pytest.raises(urllib.error.HTTPError) as error:
        get(url.replace("hello.txt", "other.txt"))
    assert b"SignatureDoesNotMatch" in error.value.read()


def test_who_is_nobody_is_told_so_as_by_s3(gateway, bucket):
    nobody = gateway.client(aws_access_key_id="AKIAIOSFODNN7NOBODY1", aws_secret_access_key="x")
    assert refused(nobody.list_buckets)[0] == "InvalidAccessKeyId"
    root = gateway.serve.env["AWS_ACCESS_KEY_ID"]
    guess = gateway.client(aws_access_key_id=root, aws_secret_access_key="guess")
    assert refused(guess.get_object, Bucket=bucket, Key="hello.txt")[0] == "SignatureDoesNotMatch"
    token = gateway.client(aws_access_key_id=root, aws_secret_access_key="x", aws_session_token="y")
    assert refused(token.list_buckets)[0] == "InvalidToken"
    config = botocore.config.Config(signature_version=botocore.UNSIGNED, retries={"total_max_attempts": 1})
    anonymous = boto3.client("s3", endpoint_url=gateway.endpoint, region_name="us-east-2", verify=str(gateway.folder / "ca.crt"), config=config)
    for _ in range(2):
        assert refused(anonymous.list_buckets)[0] == "AccessDenied"
        assert refused(anonymous.get_object, Bucket=bucket, Key="hello.txt")[0] == "AccessDenied"
        assert refused(anonymous.get_object, Bucket="gateway-none", Key="x")[0] == "NoSuchBucket"
    # Decisions about nobody's requests are written down like others, and keep nothing waiting.
    assert gateway.client().get_object(Bucket=bucket, Key="hello.txt")["ResponseMetadata"]["HTTPStatusCode"] == 200
    wrong = boto3.client("s3", endpoint_url=gateway.endpoint, region_name="eu-west-1", verify=str(gateway.folder / "ca.crt"),
                         config=botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
                         aws_access_key_id=root, aws_secret_access_key=gateway.serve.env["AWS_SECRET_ACCESS_KEY"])
    # The client learns the right region from the refusal, and asks again there.
    assert wrong.get_object(Bucket=bucket, Key="hello.txt")["Body"].read() == b"hello through another process"


def test_buckets_are_changed_by_who_may_and_by_nobody_else(serve, gateway, tmp_path):
    owner = user(serve, "gateway-owner", "s3:*")
    s3 = gateway.client(**owner)
    s3.create_bucket(Bucket="gateway-own", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    assert refused(s3.create_bucket, Bucket="gateway-own", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})[0] == "BucketAlreadyOwnedByYou"
    s3.put_bucket_tagging(Bucket="gateway-own", Tagging={"TagSet": [{"Key": "team", "Value": "a"}]})
    assert s3.get_bucket_tagging(Bucket="gateway-own")["TagSet"] == [{"Key": "team", "Value": "a"}]
    stranger = gateway.client(**user(serve, "gateway-stranger", "sts:GetCallerIdentity"))
    s3.put_object(Bucket="gateway-own", Key="k", Body=b"v")
    assert refused(stranger.get_object, Bucket="gateway-own", Key="k")[0] == "AccessDenied"
    allowing = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/gateway-stranger"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::gateway-own/*"}]})
    s3.put_bucket_policy(Bucket="gateway-own", Policy=allowing)
    assert json.loads(s3.get_bucket_policy(Bucket="gateway-own")["Policy"]) == json.loads(allowing)
    # What was changed here holds here at once.
    assert stranger.get_object(Bucket="gateway-own", Key="k")["Body"].read() == b"v"
    for change in (lambda: stranger.delete_bucket_policy(Bucket="gateway-own"), lambda: stranger.delete_bucket(Bucket="gateway-own"),
                   lambda: stranger.create_bucket(Bucket="gateway-theirs", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})):
        assert refused(change)[0] == "AccessDenied"
    assert refused(s3.delete_bucket, Bucket="gateway-own")[0] == "BucketNotEmpty"
    s3.delete_bucket_policy(Bucket="gateway-own")
    assert refused(stranger.get_object, Bucket="gateway-own", Key="k")[0] == "AccessDenied"
    s3.delete_object(Bucket="gateway-own", Key="k")
    s3.delete_bucket(Bucket="gateway-own")
    assert refused(s3.list_objects_v2, Bucket="gateway-own")[0] == "NoSuchBucket"
    # The AWS CLI as it is.
    env = {**serve.env, "AWS_ENDPOINT_URL_S3": gateway.endpoint, "AWS_CA_BUNDLE": str(gateway.folder / "ca.crt"), "HOME": str(tmp_path)}
    for command in ("mb s3://gateway-cli", "cp - s3://gateway-cli/k", "ls s3://gateway-cli", "rb --force s3://gateway-cli"):
        done = subprocess.run([AWS, "s3", *command.split()], env=env, cwd=tmp_path, input=b"text", capture_output=True, timeout=90)
        assert done.returncode == 0, done.stderr
    # The control plane has decided on each change itself, and says so beside the gateway.
    events = [event for event in log(serve) if event["eventName"] == "CreateBucket" and event["rolecall"]["resource"] == "arn:aws:s3:::gateway-own"]
    told = [event["rolecall"].get("detail") for event in events if event["rolecall"]["decision"] == "allowed"]
    assert None in told and f"told by the gateway arn:aws:iam::{ACCOUNT}:user/gateway" in told, told


def test_a_revocation_holds_within_a_second(serve, gateway, bucket):
    keys = user(serve, "gateway-leaver", "s3:GetObject")
    leaver = gateway.client(**keys)
    read = lambda: leaver.get_object(Bucket=bucket, Key="hello.txt")
    assert read()["ResponseMetadata"]["HTTPStatusCode"] == 200
    iam = serve.client("iam")

    def until_refused():
        started = time.monotonic()
        while True:
            asked = time.monotonic()
            try:
                read()
            except ClientError as error:
                return error.response["Error"]["Code"]
            # It was asked later than this, and allowed.
            assert asked - started < 1

    iam.put_user_policy(UserName="gateway-leaver", PolicyName="inline", PolicyDocument=policy("s3:ListBucket"))
    assert until_refused() == "AccessDenied"
    iam.put_user_policy(UserName="gateway-leaver", PolicyName="inline", PolicyDocument=policy("s3:GetObject"))

    def allowed():
        try:
            return read()
        except ClientError:
            return None
    eventually(allowed, 5)
    iam.delete_access_key(UserName="gateway-leaver", AccessKeyId=keys["aws_access_key_id"])
    assert until_refused() == "InvalidAccessKeyId"


def test_a_revoked_session_is_over_within_a_second(serve, gateway, bucket, tmp_path):
    session = serve.client("sts", **user(serve, "gateway-sessions", "s3:GetObject")).get_session_token()["Credentials"]
    s3 = gateway.client(aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"], aws_session_token=session["SessionToken"])
    assert s3.get_object(Bucket=bucket, Key="hello.txt")["ResponseMetadata"]["HTTPStatusCode"] == 200
    done = execute([BINARY, "revoke", "session", session["AccessKeyId"]], serve.env, tmp_path)
    assert done.code == 0, done.err
    started = time.monotonic()
    while True:
        asked = time.monotonic()
        try:
            s3.get_object(Bucket=bucket, Key="hello.txt")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ExpiredToken"
            return
        assert asked - started < 1


def test_cut_off_it_refuses_and_comes_back_by_itself(serve, gateway, bucket):
    root = gateway.client()
    read = lambda: root.get_object(Bucket=bucket, Key="hello.txt")
    assert read() and gateway.told("/readyz") == (200, "ok\n")
    serve.stop(signal.SIGKILL)

    def code():
        try:
            read()
        except ClientError as error:
            return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        return None
    started = time.monotonic()
    assert eventually(code, 2) == ("ServiceUnavailable", 503)
    status, text = eventually(lambda: (told := gateway.told("/readyz")) and "the control plane does not answer" in told[1] and told, 5)
    assert status == 503 and gateway.told("/livez")[0] == 200
    assert code() == ("ServiceUnavailable", 503)
    serve.start()
    eventually(lambda: code() is None, 20)
    assert time.monotonic() - started < 40
    eventually(lambda: gateway.told("/readyz")[0] == 200, 10)


def test_what_it_decided_is_written_down_before_it_has_stopped(serve, gateway, bucket):
    answers = [gateway.client().get_object(Bucket=bucket, Key="hello.txt")["ResponseMetadata"]["RequestId"] for _ in range(5)]
    assert gateway.stop() == 0
    written = {event["requestID"]: event for event in log(serve) if event["eventName"] == "GetObject"}
    assert set(answers) <= set(written)
    event = written[answers[0]]
    assert event["rolecall"]["detail"] == f"told by the gateway arn:aws:iam::{ACCOUNT}:user/gateway"
    assert (event["userIdentity"]["type"], event["sourceIPAddress"], event["eventCategory"]) == ("Root", "127.0.0.1", "Data")
    assert event["rolecall"]["context"]["aws:securetransport"] == ["true"]
    gateway.start()
    metrics = eventually(lambda: (text := gateway.told("/metrics")[1]) and "rolecall_gateway_calls_total" in text and text, 10)
    assert 'call="GetGatewayRevision",outcome="answered"' in metrics


def test_one_that_cannot_write_down_what_it_decides_refuses(serve, dev, gateway, bucket, tmp_path):
    keys = user(serve, "gateway-silent", *(action for action in MAY if "Record" not in action))
    silent = Gateway(tmp_path / "silent", serve, dev.env, keys)
    try:
        s3 = silent.client()

        def code():
            try:
                s3.get_object(Bucket=bucket, Key="hello.txt")
            except ClientError as error:
                return error.response["Error"]["Code"]
            return None
        eventually(lambda: code() == "ServiceUnavailable", 10)
        status, text = silent.told("/readyz")
        assert status == 503 and "decisions cannot be written down" in text
    finally:
        silent.process.kill()


def test_one_that_is_no_gateway_serves_nobody(serve, dev, tmp_path):
    other = Gateway.__new__(Gateway)
    other.start = other.launch
    other.__init__(tmp_path / "no", serve, dev.env, user(serve, "gateway-no", "s3:*"))
    try:
        # It is up, and never ready.
        trusted = lambda: ssl.get_server_certificate(("127.0.0.1", other.port))

        def up():
            try:
                return trusted()
            except OSError:
                return None
        eventually(up, 10)
        assert refused(other.client().list_buckets)[0] == "ServiceUnavailable"
        assert "AccessDenied" in (other.folder / "log").read_text()
    finally:
        other.process.kill()


def test_a_pod_is_a_gateway_by_its_role(serve, dev, gateway, bucket, tmp_path):
    cluster = Cluster(tmp_path)
    (tmp_path / "jwks.json").write_text(json.dumps(cluster.jwks))
    for command in (["create", "cluster", "--name", "gateways", "--issuer", ISSUER, "--jwks", tmp_path / "jwks.json"],
                    ["utils", "associate-iam-oidc-provider", "--cluster", "gateways", "--approve"]):
        done = execute([BINARY, *command], serve.env, tmp_path)
        assert done.code == 0, done.err
    host = ISSUER.removeprefix("https://")
    iam = serve.client("iam")
    iam.create_role(RoleName="gateway-pod", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"},
        "Condition": {"StringEquals": {f"{host}:aud": "sts.amazonaws.com", f"{host}:sub": "system:serviceaccount:default:gateway"}}}]}))
    iam.put_role_policy(RoleName="gateway-pod", PolicyName="inline", PolicyDocument=policy(*MAY))
    (tmp_path / "token").write_text(cluster.token("gateway"))
    pod = Gateway(tmp_path / "pod", serve, dev.env, {"AWS_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/gateway-pod",
                                                     "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")})
    try:
        assert pod.client().get_object(Bucket=bucket, Key="hello.txt")["Body"].read() == b"hello through another process"
        assert pod.stop() == 0
    finally:
        pod.process.kill()
    who = [event["rolecall"]["detail"] for event in log(serve) if "assumed-role/gateway-pod" in (event["rolecall"].get("detail") or "")]
    assert who


def test_a_wrong_configuration_is_refused_before_a_port_opens(tmp_path):
    config = tmp_path / "gateway.toml"
    text = f'listen = "127.0.0.1:0"\nhealth = "127.0.0.1:0"\ntls = {{ certificate = "{tmp_path}/tls.crt", key = "{tmp_path}/tls.key" }}\nstore = {{ endpoint = "http://127.0.0.1:1" }}\n'
    secrets = {"ROLECALL_STORE_ACCESS_KEY_ID": "x", "ROLECALL_STORE_SECRET_ACCESS_KEY": "y", "AWS_ENDPOINT_URL": "https://rolecall.test"}
    for change, env, said in [(("listen", "listn"), secrets, "listn"), (("http://", ""), secrets, "store.endpoint"),
                              (("", ""), {**secrets, "AWS_ENDPOINT_URL": ""}, "AWS_ENDPOINT_URL"),
                              (("", ""), {"AWS_ENDPOINT_URL": "https://rolecall.test"}, "ROLECALL_STORE_ACCESS_KEY_ID is not set")]:
        config.write_text(text.replace(*change) if change[0] else text)
        done = execute([BINARY, "gateway", "--config", config], {**BASE, **env}, tmp_path)
        assert done.code == 64 and said in done.err, done.err
    config.write_text(text)
    done = execute([BINARY, "gateway", "--config", config], {**BASE, **secrets}, tmp_path)
    assert done.code == 1 and "tls.crt" in done.err
    shown = execute([BINARY, "gateway", "--config", config, "--check"], BASE, tmp_path)
    assert shown.code == 0 and 'region = "us-east-2"' in shown.out
