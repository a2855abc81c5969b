"""`rolecall serve`: the control plane over TLS, and the gateway before a store that is elsewhere (here: a `rolecall dev`)."""

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import socket
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

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates and keys")

ACCOUNT = "111122223333"
ISSUER = "https://kubernetes.default.svc.serve.test"
BASE = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True, check=True).stdout


KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


def certificate(folder, name):
    """A certificate for 127.0.0.1, and at first the authority that signs it."""
    if not (folder / "ca.crt").exists():
        openssl("req", "-x509", *KEY, "-subj", "/CN=authority", "-keyout", folder / "ca.key", "-out", folder / "ca.crt")
    openssl("req", "-x509", *KEY, "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-subj", f"/CN={name}",
            "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder / "new.key", "-out", folder / "new.crt")
    for kind in ("key", "crt"):
        (folder / f"new.{kind}").rename(folder / f"tls.{kind}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Serve:
    def __init__(self, folder, store=None):
        self.folder, self.port = folder, free_port()
        self.endpoint = f"https://127.0.0.1:{self.port}"
        certificate(folder, "serve")
        lines = [f'data = "{folder}/data"', f'listen = "127.0.0.1:{self.port}"', 'health = "127.0.0.1:0"',
                 f'endpoint = "{self.endpoint}"', f'account-id = "{ACCOUNT}"',
                 f'tls = {{ certificate = "{folder}/tls.crt", key = "{folder}/tls.key" }}']
        self.secrets = {}
        if store:
            lines += ["[store]", f'endpoint = "{store["AWS_ENDPOINT_URL"]}"']
            self.secrets = {"ROLECALL_STORE_ACCESS_KEY_ID": store["AWS_ACCESS_KEY_ID"],
                            "ROLECALL_STORE_SECRET_ACCESS_KEY": store["AWS_SECRET_ACCESS_KEY"]}
        self.config = folder / "rolecall.toml"
        self.config.write_text("\n".join(lines) + "\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen([BINARY, "serve", "--config", self.config], env={**BASE, **self.secrets},
                                        stdout=subprocess.PIPE, stderr=open(self.folder / "log", "a"), text=True)
        self.ready = self.process.stdout.readline()
        assert self.ready.startswith(f"ready: {self.endpoint}"), f"{self.ready!r} {(self.folder / 'log').read_text()[-4000:]}"
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=20)

    @property
    def env(self):
        profile = dict(re.findall(r"^(\w+) = (.*)$", (self.folder / "data/credentials").read_text(), re.M))
        return {**BASE, "HOME": str(self.folder), "AWS_ENDPOINT_URL": profile["endpoint_url"], "AWS_CA_BUNDLE": str(self.folder / "ca.crt"),
                "AWS_ACCESS_KEY_ID": profile["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": profile["aws_secret_access_key"],
                "AWS_REGION": profile["region"], "AWS_DEFAULT_REGION": profile["region"]}

    def client(self, service, **credentials):
        env = self.env
        keys = credentials or {"aws_access_key_id": env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"]}
        config = botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return boto3.client(service, endpoint_url=self.endpoint, region_name=env["AWS_REGION"], verify=env["AWS_CA_BUNDLE"], config=config, **keys)


@pytest.fixture(scope="module")
def serve(dev, tmp_path_factory):
    serving = Serve(tmp_path_factory.mktemp("serve"), store=dev.env)
    yield serving
    serving.process.kill()


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Cluster:
    """A cluster's issuer: a key, its JWKS, and the tokens of its pods."""

    def __init__(self, folder):
        self.key = folder / "issuer.key"
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.key)
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1]
        self.jwks = {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": encoded(bytes.fromhex(modulus)), "e": "AQAB"}]}

    def token(self, name):
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": f"system:serviceaccount:default:{name}", "aud": ["sts.amazonaws.com"], "iat": now, "nbf": now, "exp": now + 3600,
                  "kubernetes.io": {"namespace": "default", "serviceaccount": {"name": name, "uid": "5d1f0b2c-0000-4000-8000-000000000001"}}}
        text = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "one", "typ": "JWT"}, claims))
        return f"{text}.{encoded(openssl('dgst', '-sha256', '-sign', self.key, data=text.encode()))}"


def test_a_pod_of_a_registered_cluster_reads_an_object_of_a_store_elsewhere(serve, dev, tmp_path):
    root = serve.client("s3")
    root.create_bucket(Bucket="serve-reports", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    root.put_object(Bucket="serve-reports", Key="hello.txt", Body=b"hello from far away", ChecksumAlgorithm="CRC32")
    # It lies in the store, under a name that only the gateway knows.
    far = dev.client("s3")
    [kept] = [bucket["Name"] for bucket in far.list_buckets()["Buckets"]
              if "hello.txt" in [entry["Key"] for entry in far.list_objects_v2(Bucket=bucket["Name"]).get("Contents", [])] and
              far.get_object(Bucket=bucket["Name"], Key="hello.txt")["Body"].read() == b"hello from far away"]
    assert kept != "serve-reports"

    cluster = Cluster(tmp_path)
    (tmp_path / "jwks.json").write_text(json.dumps(cluster.jwks))
    made = execute([BINARY, "create", "cluster", "--name", "far", "--issuer", ISSUER, "--jwks", tmp_path / "jwks.json"], serve.env, tmp_path)
    assert made.code == 0, made.err
    associated = execute([BINARY, "utils", "associate-iam-oidc-provider", "--cluster", "far", "--approve"], serve.env, tmp_path)
    assert associated.code == 0, associated.err
    host = ISSUER.removeprefix("https://")
    iam = serve.client("iam")
    iam.create_role(RoleName="serve-reader", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"},
        "Condition": {"StringEquals": {f"{host}:aud": "sts.amazonaws.com", f"{host}:sub": "system:serviceaccount:default:reader"}}}]}))
    iam.attach_role_policy(RoleName="serve-reader", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")

    # The environment that the webhook gives, and the AWS CLI as it is.
    (tmp_path / "token").write_text(cluster.token("reader"))
    pod = {name: value for name, value in serve.env.items() if not name.endswith(("ACCESS_KEY_ID", "ACCESS_KEY"))}
    pod |= {"AWS_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/serve-reader", "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token"), "HOME": str(tmp_path)}
    read = execute([AWS, "s3", "cp", "s3://serve-reports/hello.txt", "-"], pod, tmp_path)
    assert (read.code, read.out) == (0, "hello from far away"), read.err
    refused = execute([AWS, "s3", "rm", "s3://serve-reports/hello.txt"], pod, tmp_path)
    assert refused.code == 1 and "because no identity-based policy allows the s3:DeleteObject action" in refused.err
    (tmp_path / "token").write_text(cluster.token("other"))
    stranger = execute([AWS, "sts", "get-caller-identity"], pod, tmp_path)
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in stranger.err


def test_nothing_is_answered_without_tls_and_nothing_of_dev_is_there(serve):
    with socket.create_connection(("127.0.0.1", serve.port)) as plain:
        plain.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 0\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert plain.recv(1) == b""
    trusted = ssl.create_default_context(cafile=serve.folder / "ca.crt")
    request = urllib.request.Request(f"{serve.endpoint}/api/v1/namespaces", headers={"Authorization": "Bearer x"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, context=trusted)
    assert refused.value.code in (400, 403)
    assert serve.client("eks").list_clusters()["clusters"] in ([], ["far"])
    assert (serve.folder / "data/credentials").stat().st_mode & 0o777 == 0o600


def test_a_killed_process_comes_back_with_all_it_had_acknowledged(serve):
    iam = serve.client("iam")
    iam.create_user(UserName="serve-survivor")
    key = iam.create_access_key(UserName="serve-survivor")["AccessKey"]
    serve.stop(signal.SIGKILL)
    serve.start()
    caller = serve.client("sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]).get_caller_identity()
    assert caller["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/serve-survivor"


def test_a_replaced_certificate_is_shown_without_a_restart(serve):
    shown = lambda: ssl.get_server_certificate(("127.0.0.1", serve.port))
    before = shown()
    certificate(serve.folder, "renewed")
    deadline = time.monotonic() + 60
    while shown() == before:
        assert time.monotonic() < deadline
    assert serve.client("sts").get_caller_identity()["Account"] == ACCOUNT


def test_without_a_store_s3_says_so(tmp_path):
    serve = Serve(tmp_path)
    try:
        with pytest.raises(ClientError) as refused:
            serve.client("s3").list_buckets()
        assert refused.value.response["Error"]["Code"] == "NotImplemented"
        assert "[store] is missing" in refused.value.response["Error"]["Message"]
        assert serve.client("sts").get_caller_identity()["Account"] == ACCOUNT
    finally:
        assert serve.stop() == 0


@pytest.mark.parametrize(("change", "said"), [
    (("https://", "http://"), "does not begin with https://"),
    (("listen", "listn"), "listn"),
    ((ACCOUNT, "12"), "account-id"),
])
def test_a_wrong_configuration_is_refused_before_a_port_opens(tmp_path, change, said):
    config = tmp_path / "rolecall.toml"
    config.write_text(f'listen = "127.0.0.1:0"\nendpoint = "https://rolecall.test"\naccount-id = "{ACCOUNT}"\n'
                      f'tls = {{ certificate = "{tmp_path}/tls.crt", key = "{tmp_path}/tls.key" }}\n'.replace(*change))
    done = execute([BINARY, "serve", "--config", config], BASE, tmp_path)
    assert done.code == 64 and said in done.err
    assert not (tmp_path / "data").exists()


def test_missing_files_and_secrets_are_named(tmp_path):
    config = tmp_path / "rolecall.toml"
    config.write_text(f'data = "{tmp_path}/data"\nlisten = "127.0.0.1:0"\nhealth = "127.0.0.1:0"\nendpoint = "https://rolecall.test"\naccount-id = "{ACCOUNT}"\n'
                      f'tls = {{ certificate = "{tmp_path}/tls.crt", key = "{tmp_path}/tls.key" }}\n[store]\nendpoint = "http://127.0.0.1:1"\n')
    done = execute([BINARY, "serve", "--config", config], BASE, tmp_path)
    assert done.code == 1 and "tls.crt" in done.err
    certificate(tmp_path, "x")
    done = execute([BINARY, "serve", "--config", config], BASE, tmp_path)
    assert done.code == 1 and "ROLECALL_STORE_ACCESS_KEY_ID is not set" in done.err
    shown = execute([BINARY, "serve", "--config", config, "--check"], BASE, tmp_path)
    assert shown.code == 0 and 'region = "us-east-2"' in shown.out
