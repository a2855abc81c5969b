"""`rolecall doctor serviceaccount`: each way to break the chain, and the link that is blamed for it."""

import json

import pytest

from conftest import execute, make_role, BINARY


def doctor(dev, *words, code=None):
    result = dev.rolecall("doctor", *words, "--output", "json")
    assert result.code in (0, 1, 2), result.err
    report = json.loads(result.out)
    assert (result.code != 1) == report["holds"]
    if code is not None:
        assert result.code == code, json.dumps(report, indent=1)
    return {link["name"]: link for link in report["links"]}


def ask(dev, account, *words, code=None):
    return doctor(dev, "serviceaccount", f"default/{account}", "--cluster", "dev", *words, code=code)


def service_account(dev, name, **annotations):
    created = dev.kubectl("create", "serviceaccount", name)
    assert created.code == 0, created.err
    for key, value in annotations.items():
        annotated = dev.kubectl("annotate", "serviceaccount", name, f"eks.amazonaws.com/{key.replace('_', '-')}={value}")
        assert annotated.code == 0, annotated.err


def told(link):
    return " ".join(" ".join(finding.values()) for finding in link.get("findings", []))


READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::doctor/*"}]}


def test_a_chain_that_holds_is_told_to_hold_and_tried(dev, provider):
    role = make_role(dev, provider, "doctor-good", "default/doctor-good", READ)
    service_account(dev, "doctor-good", role_arn=role["Arn"])
    links = ask(dev, "doctor-good", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::doctor/k", code=0)
    for name in ("credentials", "API server", "network reach", "clocks", "cluster", "service account", "annotation", "token", "issuer", "keys",
                 "provider", "role", "trust policy", "exchange", "permissions"):
        assert links[name]["status"] == "ok", (name, links[name])
    assert "assumed-role/doctor-good/rolecall-doctor" in links["exchange"]["summary"]
    # `dev` serves no webhooks, and images are not known.
    assert links["webhook"]["status"] == links["SDK versions"]["status"] == "notLookedAt"
    refused = ask(dev, "doctor-good", "--action", "s3:PutObject", "--resource", "arn:aws:s3:::doctor/k", "--no-exchange", code=1)
    assert refused["permissions"]["status"] == "fail" and refused["exchange"]["status"] == "notLookedAt"


def test_people_read_it_without_the_token(dev, provider):
    role = make_role(dev, provider, "doctor-people", "default/doctor-people")
    service_account(dev, "doctor-people", role_arn=role["Arn"])
    result = dev.rolecall("doctor", "serviceaccount", "default/doctor-people", "--cluster", "dev")
    assert result.code == 0, result.out + result.err
    assert "ok             trust policy" in result.out and "0 fail" in result.out
    # No part of a token: each begins with the same letters.
    assert "eyJ" not in result.out


def test_a_trust_policy_for_another_service_account_is_the_cause(dev, provider):
    role = make_role(dev, provider, "doctor-trust", "default/other")
    service_account(dev, "doctor-trust", role_arn=role["Arn"])
    links = ask(dev, "doctor-trust", code=1)
    assert [name for name, link in links.items() if link["status"] == "fail"] == ["trust policy", "exchange"]
    said = told(links["trust policy"])
    assert "system:serviceaccount:default:other" in said and "the token has system:serviceaccount:default:doctor-trust" in said
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in links["exchange"]["summary"]
    assert "because of: trust policy" in told(links["exchange"]) and "rolecall explain" in told(links["exchange"])


def test_a_missing_provider_is_the_cause(dev):
    made = dev.rolecall("create", "cluster", "--name", "doctor-alone", "--output", "json")
    assert made.code == 0, made.err
    links = doctor(dev, "--cluster", "doctor-alone", code=1)
    assert links["provider"]["status"] == "fail"
    assert "associate-iam-oidc-provider --cluster doctor-alone" in told(links["provider"])
    assert dev.rolecall("delete", "cluster", "--name", "doctor-alone").code == 0


def test_another_audience_than_the_providers_is_the_cause(dev, provider):
    role = make_role(dev, provider, "doctor-audience", "default/doctor-audience")
    service_account(dev, "doctor-audience", role_arn=role["Arn"], audience="vault")
    links = ask(dev, "doctor-audience", code=1)
    assert links["token"]["status"] == "ok" and "vault" in links["token"]["summary"]
    assert links["provider"]["status"] == "fail" and "add-client-id-to-open-id-connect-provider" in told(links["provider"])
    assert links["trust policy"]["status"] == "fail"
    assert "Incorrect token audience" in links["exchange"]["summary"]


def test_a_typing_error_in_the_annotation_is_the_cause(dev, provider):
    service_account(dev, "doctor-typing", rol_arn="arn:aws:iam::123456789012:role/x")
    links = ask(dev, "doctor-typing", code=1)
    assert links["annotation"]["status"] == "fail" and "did you mean `eks.amazonaws.com/role-arn`" in told(links["annotation"])
    for name in ("token", "role", "trust policy", "exchange"):
        assert links[name]["status"] == "notLookedAt", links[name]


def test_a_missing_role_and_a_missing_service_account_are_the_cause(dev, provider):
    service_account(dev, "doctor-role", role_arn="arn:aws:iam::123456789012:role/doctor-nobody")
    links = ask(dev, "doctor-role", code=1)
    assert links["role"]["status"] == "fail" and links["trust policy"]["status"] == "notLookedAt"
    assert "because of: role" in told(links["exchange"])
    links = ask(dev, "doctor-nowhere", code=1)
    assert links["service account"]["status"] == "fail" and links["token"]["status"] == "notLookedAt"


def test_credentials_that_may_read_little_say_what_they_lack_and_learn_the_cause_from_the_audit_log(dev, provider):
    role = make_role(dev, provider, "doctor-little", "default/other")
    service_account(dev, "doctor-little", role_arn=role["Arn"])
    iam = dev.client("iam")
    iam.create_user(UserName="doctor-little")
    allowed = {"Effect": "Allow", "Action": ["rolecall:Explain", "eks:DescribeCluster"], "Resource": "*"}
    iam.put_user_policy(UserName="doctor-little", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))
    key = iam.create_access_key(UserName="doctor-little")["AccessKey"]
    environment = {**dev.env, "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    result = execute([BINARY, "doctor", "sa", "default/doctor-little", "--cluster", "dev", "-o", "json"], environment, dev.folder)
    links = {link["name"]: link for link in json.loads(result.out)["links"]}
    assert "`iam:ListOpenIDConnectProviders` is not allowed" in links["provider"]["summary"]
    for name in ("role", "trust policy"):
        assert links[name]["status"] == "notLookedAt" and "`iam:GetRole` is not allowed" in links[name]["summary"], links[name]
    assert links["exchange"]["status"] == "fail" and "system:serviceaccount:default:other" in told(links["exchange"]), links["exchange"]


def test_a_pod_cannot_be_read_from_an_api_server_that_serves_none(dev):
    links = doctor(dev, "pod", "default/web", "--cluster", "dev", code=2)
    assert links["mutation"]["status"] == "notLookedAt" and "does not serve" in links["mutation"]["summary"]


@pytest.mark.parametrize("variable", ["AWS_SECRET_ACCESS_KEY", "KUBECONFIG"])
def test_without_credentials_or_a_cluster_that_is_what_is_told(dev, variable):
    environment = {**dev.env, variable: "wrong"}
    result = execute([BINARY, "doctor", "--cluster", "dev", "-o", "json"], environment, dev.folder)
    assert result.code == 1, result.err
    links = {link["name"]: link["status"] for link in json.loads(result.out)["links"]}
    assert links["credentials" if variable.startswith("AWS") else "API server"] == "fail"
