"""A running `rolecall dev`, and the clients as a user has them: each finds the endpoint through its environment alone."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading

import boto3
import botocore.config
import pytest

BINARY = os.environ["ROLECALL_TEST_BINARY"]
AWS = os.environ["ROLECALL_TEST_AWS"]
KUBECTL = os.environ["ROLECALL_TEST_KUBECTL"]
JAVASCRIPT = pathlib.Path(os.environ["ROLECALL_TEST_JAVASCRIPT"])
HERE = pathlib.Path(__file__).parent


@dataclasses.dataclass
class Result:
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


def execute(arguments, env, cwd, timeout=90):
    done = subprocess.run([str(a) for a in arguments], env=env, cwd=cwd, capture_output=True, timeout=timeout)
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


class Dev:
    """One `rolecall dev` process on a directory and a free port of its own."""

    def __init__(self, folder, *arguments):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / ".rolecall"
        self.arguments = arguments
        self.start()

    def start(self, listen="127.0.0.1:0"):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "ROLECALL_", "KUBE"))}
        self.process = subprocess.Popen(
            [BINARY, "dev", "--data", str(self.data), "--listen", listen, *self.arguments],
            cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=open(self.folder / "log", "a"), text=True)
        line = self.process.stdout.readline()
        assert line.startswith("ready"), f"{line!r}\n{(self.folder / 'log').read_text()[-4000:]}"
        self.endpoint, self.health = re.search(r"(https?://[\d.:]+).* health on (http://[\d.:]+)", line).groups()
        # The pipe is drained so that the process never waits for a reader.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def restart_killed(self):
        self.kill()
        self.start(listen=self.endpoint.split("//")[1])

    @property
    def env(self):
        """What a shell has after `. DIR/env`, and nothing of the caller's."""
        base = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        shown = subprocess.run(["sh", "-c", f". {self.data}/env && env -0"], env=base, capture_output=True, check=True)
        return dict(entry.split("=", 1) for entry in shown.stdout.decode().split("\0") if entry and not entry.startswith(("_=", "PWD=", "SHLVL=")))

    def aws(self, *arguments, **environment):
        return execute([AWS, *arguments], {**self.env, **environment}, self.folder)

    def rolecall(self, *arguments, **environment):
        return execute([BINARY, *arguments], {**self.env, **environment}, self.folder)

    def kubectl(self, *arguments):
        return execute([KUBECTL, "--kubeconfig", self.data / "kubeconfig", *arguments], self.env, self.folder)

    def run_as(self, account, *command):
        return self.rolecall("run", "--as", account, "--", *command)

    def client(self, service, tls=False, **options):
        """A boto3 client of the account's root, or with the credentials given."""
        environment = self.env
        endpoint = self.endpoint.replace("http://", "https://") if tls else self.endpoint
        settings = {
            "region_name": environment["AWS_REGION"],
            "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
            "endpoint_url": endpoint,
            "verify": str(self.data / "ca.pem") if tls else None,
            "config": botocore.config.Config(retries={"max_attempts": 1}),
            **options,
        }
        return boto3.session.Session().client(service, **settings)

    def as_credentials(self, credentials):
        return {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials.get("SessionToken"),
        }

    def token(self, account, audience="sts.amazonaws.com", duration="1h"):
        result = self.rolecall("token", "create", account, "--audience", audience, "--duration", duration)
        assert result.code == 0, result.err
        return result.out.strip()


@pytest.fixture(scope="session")
def dev():
    folder = tempfile.mkdtemp(prefix="rolecall-conformance-")
    running = Dev(folder)
    yield running
    running.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fresh_dev(tmp_path):
    """A process of its own, for tests that kill it."""
    running = Dev(tmp_path)
    yield running
    running.kill()


@pytest.fixture(scope="session")
def provider(dev):
    result = dev.rolecall("utils", "associate-iam-oidc-provider", "--cluster", "dev", "--approve")
    assert result.code == 0, result.err
    # Other tests make providers of their own.
    issuer = dev.client("eks").describe_cluster(name="dev")["cluster"]["identity"]["oidc"]["issuer"]
    providers = dev.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return next(it["Arn"] for it in providers if it["Arn"].endswith(issuer.removeprefix("https://")))


def make_role(dev, provider, name, account, policy=None, **options):
    """A role that trusts one service account, made with plain IAM calls."""
    issuer = provider.split(":oidc-provider/")[1]
    trust = {
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {
                f"{issuer}:aud": "sts.amazonaws.com",
                f"{issuer}:sub": "system:serviceaccount:" + account.replace("/", ":"),
            }},
        }],
    }
    iam = dev.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust), **options)["Role"]
    if policy:
        iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(policy))
    return role
