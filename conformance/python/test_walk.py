"""The walk that every IRSA tutorial gives, word for word, with unmodified clients."""

import json
import subprocess
import time

from conftest import AWS, Dev, JAVASCRIPT, execute


def ok(result):
    assert result.code == 0, result.err + result.out
    return result.out


def test_the_walk_of_the_readme(tmp_path):
    dev = Dev(tmp_path)
    try:
        walk(dev, tmp_path)
    finally:
        dev.kill()


def walk(dev, folder):
    (folder / "hello.txt").write_text("hello from a pod\n")
    assert json.loads(ok(dev.aws("sts", "get-caller-identity"))) == {
        "UserId": "123456789012", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:root"}
    issuer = ok(dev.aws("eks", "describe-cluster", "--name", "dev", "--query", "cluster.identity.oidc.issuer", "--output", "text")).strip()
    assert issuer.startswith("https://127.0.0.1:") and "/id/" in issuer

    # Without --approve the plan is printed and nothing changes.
    ok(dev.rolecall("utils", "associate-iam-oidc-provider", "--cluster", "dev"))
    assert json.loads(ok(dev.aws("iam", "list-open-id-connect-providers")))["OpenIDConnectProviderList"] == []
    ok(dev.rolecall("utils", "associate-iam-oidc-provider", "--cluster", "dev", "--approve"))
    [provider] = json.loads(ok(dev.aws("iam", "list-open-id-connect-providers")))["OpenIDConnectProviderList"]
    assert provider["Arn"] == "arn:aws:iam::123456789012:oidc-provider/" + issuer.removeprefix("https://")

    ok(dev.aws("s3", "mb", "s3://reports"))
    ok(dev.aws("s3", "cp", "hello.txt", "s3://reports/hello.txt"))
    create = ["create", "iamserviceaccount", "--name", "iam-test", "--namespace", "default", "--cluster", "dev",
              "--attach-policy-arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
    ok(dev.rolecall(*create))
    assert json.loads(ok(dev.aws("iam", "list-roles")))["Roles"] == []
    ok(dev.rolecall(*create, "--approve", "--override-existing-serviceaccounts"))
    [role] = json.loads(ok(dev.aws("iam", "list-roles")))["Roles"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    host = issuer.removeprefix("https://")
    assert statement["Principal"] == {"Federated": provider["Arn"]}
    assert statement["Condition"] == {"StringEquals": {
        f"{host}:aud": "sts.amazonaws.com", f"{host}:sub": "system:serviceaccount:default:iam-test"}}
    listed = ok(dev.rolecall("get", "iamserviceaccount", "--cluster", "dev"))
    assert "iam-test" in listed and role["Arn"] in listed

    identity = json.loads(ok(dev.run_as("default/iam-test", AWS, "sts", "get-caller-identity")))
    assert identity["Arn"].startswith(f"arn:aws:sts::123456789012:assumed-role/{role['RoleName']}/botocore-session-")
    assert ok(dev.run_as("default/iam-test", AWS, "s3", "cp", "s3://reports/hello.txt", "-")) == "hello from a pod\n"
    refused = dev.run_as("default/iam-test", AWS, "s3", "rm", "s3://reports/hello.txt")
    assert refused.code == 1
    assert "AccessDenied" in refused.err
    assert ("is not authorized to perform: s3:DeleteObject on resource: \"arn:aws:s3:::reports/hello.txt\" "
            "because no identity-based policy allows the s3:DeleteObject action") in refused.err
    explained = ok(dev.rolecall("explain", "--last", "--as", "default/iam-test"))
    assert "s3:DeleteObject" in explained and "AmazonS3ReadOnlyAccess" in explained

    nobody = dev.run_as("default/other", AWS, "s3", "ls")
    assert nobody.code != 0 and "Unable to locate credentials" in nobody.err

    described = ok(dev.kubectl("describe", "sa", "iam-test"))
    assert f"eks.amazonaws.com/role-arn: {role['Arn']}" in described

    # A second run changes nothing; after drift it repairs.
    again = ok(dev.rolecall(*create, "--approve", "--override-existing-serviceaccounts"))
    assert "nothing to do" in again
    ok(dev.aws("iam", "detach-role-policy", "--role-name", role["RoleName"], "--policy-arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"))
    ok(dev.kubectl("annotate", "sa", "iam-test", "eks.amazonaws.com/role-arn-"))
    ok(dev.rolecall(*create, "--approve", "--override-existing-serviceaccounts"))
    attached = json.loads(ok(dev.aws("iam", "list-attached-role-policies", "--role-name", role["RoleName"])))
    assert [p["PolicyName"] for p in attached["AttachedPolicies"]] == ["AmazonS3ReadOnlyAccess"]
    assert role["Arn"] in ok(dev.kubectl("get", "sa", "iam-test", "-o", "yaml"))

    # A script of the JavaScript client, as a pod.
    script = folder / "pod.mjs"
    script.write_text(
        "import { createRequire } from 'node:module';\n"
        f"const require = createRequire({json.dumps(str(JAVASCRIPT / 'package.json'))});\n"
        "const { S3Client, GetObjectCommand, DeleteObjectCommand } = require('@aws-sdk/client-s3');\n"
        "const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');\n"
        "const s3 = new S3Client({ forcePathStyle: true });\n"
        "console.log((await new STSClient().send(new GetCallerIdentityCommand())).Arn);\n"
        "console.log(await (await s3.send(new GetObjectCommand({ Bucket: 'reports', Key: 'hello.txt' }))).Body.transformToString());\n"
        "try { await s3.send(new DeleteObjectCommand({ Bucket: 'reports', Key: 'hello.txt' })); } catch (e) { console.log(e.name); }\n")
    out = ok(dev.run_as("default/iam-test", "node", script))
    assert "assumed-role" in out and "hello from a pod" in out and "AccessDenied" in out

    ok(dev.rolecall("delete", "iamserviceaccount", "--name", "iam-test", "--namespace", "default", "--cluster", "dev"))
    assert json.loads(ok(dev.aws("iam", "list-roles")))["Roles"] == []
    assert "NotFound" in dev.kubectl("get", "sa", "iam-test").err


def test_run_forwards_the_exit_code_and_signals(dev):
    assert dev.run_as("default/other", "sh", "-c", "exit 7").code == 7
    assert dev.run_as("default/other", "sh", "-c", "kill -TERM $$").code == 143
    assert dev.run_as("default/other", "sh", "-c", "kill -TERM $PPID; trap 'exit 9' TERM; while :; do sleep 0.05; done").code in (9, 143)


def test_run_hides_the_callers_credentials(dev):
    shown = ok(dev.run_as("default/other", "env"))
    for name in ("AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_ROLE_ARN=", "KUBECONFIG="):
        assert name not in shown
    assert "AWS_EC2_METADATA_DISABLED=true" in shown
    assert "AWS_ENDPOINT_URL=" in shown


def test_kubectl_manages_service_accounts_and_tokens(dev):
    ok(dev.kubectl("create", "namespace", "team"))
    ok(dev.kubectl("create", "serviceaccount", "app", "-n", "team"))
    ok(dev.kubectl("annotate", "serviceaccount", "app", "-n", "team", "eks.amazonaws.com/role-arn=arn:aws:iam::123456789012:role/x"))
    assert "arn:aws:iam::123456789012:role/x" in ok(dev.kubectl("describe", "serviceaccount", "app", "-n", "team"))
    assert "app" in ok(dev.kubectl("get", "serviceaccounts", "-n", "team"))
    token = ok(dev.kubectl("create", "token", "app", "-n", "team", "--audience", "sts.amazonaws.com")).strip()
    assert token.count(".") == 2
    ok(dev.kubectl("delete", "serviceaccount", "app", "-n", "team"))
    assert "NotFound" in dev.kubectl("get", "serviceaccount", "app", "-n", "team").err


def test_a_second_start_repairs_its_directory(fresh_dev):
    for name in ("env", "credentials", "kubeconfig", "ca.pem"):
        (fresh_dev.data / name).unlink()
    fresh_dev.restart_killed()
    assert fresh_dev.aws("sts", "get-caller-identity").code == 0


def test_ready_comes_within_seconds_and_stop_is_graceful(tmp_path):
    begun = time.monotonic()
    dev = Dev(tmp_path)
    assert time.monotonic() - begun < 30
    assert dev.stop() == 0
