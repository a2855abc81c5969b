"""The walk that every IRSA tutorial gives, word for word, with unmodified clients."""

import json
import subprocess
import time

from conftest import AWS, BINARY, Dev, JAVASCRIPT, execute


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

    # Requests that nobody made: one that would be refused for the same reason, and one that would not.
    ask = ["explain", "--as", "default/iam-test", "--cluster", "dev", "--action"]
    key = ["--resource", "arn:aws:s3:::reports/hello.txt"]
    supposed = ok(dev.rolecall(*ask, "s3:DeleteObject", *key))
    assert "trust policy" in supposed and "NO  permissions" in supposed
    supposed = json.loads(ok(dev.rolecall(*ask, "s3:GetObject", *key, "--output", "json")))
    assert supposed["allowed"] and all(link["holds"] for link in supposed["chain"])

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


def test_a_cluster_is_registered_and_its_keys_are_replaced(dev, tmp_path):
    jwks = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "e": "AQAB", "n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw"}
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [jwks]}))
    create = ["create", "cluster", "--name", "prod", "--jwks", str(keys), "--output", "json"]
    made = json.loads(ok(dev.rolecall(*create)))
    assert made["keyIds"] == ["one"] and "/id/" in made["issuer"]
    keys.write_text(json.dumps({"keys": [{**jwks, "kid": "two"}]}))
    assert json.loads(ok(dev.rolecall(*create)))["keyIds"] == ["two"]
    other = dev.rolecall(*create, "--issuer", "https://elsewhere.example")
    assert other.code != 0 and "exists with the issuer" in other.err
    keys.write_text("{}")
    assert dev.rolecall(*create).code != 0
    assert "prod" in ok(dev.rolecall("get", "cluster"))
    ok(dev.rolecall("delete", "cluster", "--name", "prod"))
    assert "prod" not in ok(dev.rolecall("get", "cluster"))


def test_policies_are_linted(dev, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
    good.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    bad.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Action": "s3:GetObjekt"}]}))
    assert (dev.rolecall("policy", "lint", good).code, dev.rolecall("policy", "lint", good).out) == (0, "")
    found = dev.rolecall("policy", "lint", good, bad)
    assert found.code == 1 and "INVALID_ACTION" in found.out and "did you mean `GetObject`?" in found.out
    report = dev.rolecall("policy", "lint", "--format", "json", bad)
    assert [finding["issueCode"] for finding in json.loads(report.out)] == ["INVALID_ACTION"]
    assert dev.rolecall("policy", "lint", tmp_path / "none.json").code == 2


def test_who_can_is_told_with_the_path(dev):
    ok(dev.rolecall("utils", "associate-iam-oidc-provider", "--cluster", "dev", "--approve"))
    ok(dev.rolecall("create", "iamserviceaccount", "--name", "who", "--namespace", "default", "--cluster", "dev",
                    "--attach-policy-arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "--approve"))
    key = "arn:aws:s3:::some/key"
    told = ok(dev.rolecall("policy", "who-can", "s3:GetObject", key))
    assert "account arn:aws:iam::123456789012:root: always" in told
    assert "<- service account default/who of cluster dev: always" in told
    assert "AmazonS3ReadOnlyAccess, statement 1" in told
    assert "default/who" not in ok(dev.rolecall("policy", "who-can", "s3:PutObject", key))
    assert "is no action that s3 has" in dev.rolecall("policy", "who-can", "s3:GetObjct", key).err
    assert "is many actions: name one" in dev.rolecall("policy", "who-can", "s3:*", key).err
    ok(dev.rolecall("delete", "iamserviceaccount", "--name", "who", "--namespace", "default", "--cluster", "dev"))


def test_a_reader_that_has_read_enough_ends_a_verb_quietly(dev):
    result = execute(["sh", "-c", f"'{BINARY}' completion bash | head -1"], dev.env, dev.folder)
    assert (result.code, result.err) == (0, "") and result.out.count("\n") == 1
