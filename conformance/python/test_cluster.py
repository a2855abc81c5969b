"""Inside a Kubernetes cluster: a real API server, its webhooks, its tokens, and what becomes of them at STS and the gateway."""

import base64
import json
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import urllib.request

import pytest

from apiserver import PRIVATE_ISSUER, Cluster, Finder, Webhook, inherited, pod, until
from conftest import AWS, BINARY, execute, make_role

REGION = "us-east-2"


@pytest.fixture(scope="module")
def cluster():
    folder = tempfile.mkdtemp(prefix="rolecall-cluster-")
    running = Cluster(folder)
    install(running)
    yield running
    running.close()
    shutil.rmtree(folder, ignore_errors=True)


def install(cluster):
    """As an administrator does it."""
    environment = {**inherited(), "KUBECONFIG": str(cluster.kubeconfig("admin", "administrator"))}
    done = execute([BINARY, "install", "--set", "watchConfigMap=true", "--set", "pods.evict=owned", "--approve"], environment, cluster.folder)
    assert done.code == 0, done.err


@pytest.fixture(scope="module")
def webhook(cluster, dev):
    endpoint = dev.endpoint.replace("http://", "https://")
    running = Webhook(cluster, "--aws-default-region", REGION, "--account-id", "123456789012", "--watch-config-map",
                      "--env", f"AWS_ENDPOINT_URL={endpoint}", "--aws-ca-bundle", dev.data / "ca.pem")
    yield running
    running.kill()


@pytest.fixture(scope="module")
def trusted(cluster, dev):
    """The provider of the cluster's own issuer, whose keys the control plane knows."""
    kubeconfig = cluster.kubeconfig("admin", "administrator")
    assert register(cluster, dev, "private", "--kubeconfig", kubeconfig) == PRIVATE_ISSUER
    return provider_of(dev, PRIVATE_ISSUER)


def keys_of(cluster, name):
    keys = cluster.folder / f"{name}-keys.json"
    keys.write_text(cluster.ok("get", "--raw", "/openid/v1/jwks"))
    return keys


def register(cluster, dev, name, *arguments):
    told = dev.rolecall("create", "cluster", "--name", name, "--output", "json", *arguments)
    assert told.code == 0, told.err
    associated = dev.rolecall("utils", "associate-iam-oidc-provider", "--cluster", name, "--approve")
    assert associated.code == 0, associated.err
    return json.loads(told.out)["issuer"]


def provider_of(dev, issuer):
    providers = dev.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return next(it["Arn"] for it in providers if it["Arn"].endswith(issuer.removeprefix("https://")))


class Inside:
    """What a program in a pod's container sees, as a kubelet would lay it out: made from the pod as it is stored."""

    def __init__(self, cluster, stored, container=0, kind="containers"):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=cluster.folder))
        spec = stored["spec"]
        self.container = spec[kind][container]
        self.env = {it["name"]: it["value"] for it in self.container.get("env", [])}
        self.volume = next(it for it in spec["volumes"] if it["name"] == "aws-iam-token")
        [mount] = [it for it in self.container["volumeMounts"] if it["name"] == "aws-iam-token"]
        place = self.folder / mount["mountPath"].lstrip("/")
        place.mkdir(parents=True)
        for source in self.volume["projected"]["sources"]:
            if "serviceAccountToken" in source:
                self.asked = source["serviceAccountToken"]
                self.token = cluster.token(spec["serviceAccountName"], self.asked["audience"],
                                           self.asked["expirationSeconds"], stored["metadata"]["name"])
                (place / self.asked["path"]).write_text(self.token)
            else:
                [item] = source["downwardAPI"]["items"]
                key = item["fieldRef"]["fieldPath"].removeprefix("metadata.annotations['").removesuffix("']")
                (place / item["path"]).write_text(stored["metadata"]["annotations"][key])

    @property
    def environment(self):
        inside = {name: str(self.folder / value.lstrip("/")) if value.startswith("/var/run") else value for name, value in self.env.items()}
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **inside}

    def aws(self, *arguments):
        return execute([AWS, *arguments], self.environment, self.folder)

    def caller(self):
        result = self.aws("sts", "get-caller-identity")
        assert result.code == 0, result.err
        return json.loads(result.out)["Arn"]


def doctor(cluster, dev, *words, kubeconfig=None):
    """The exit code of `rolecall doctor`, and its links by their names."""
    kubeconfig = kubeconfig or cluster.kubeconfig("admin", "administrator")
    result = dev.rolecall("doctor", *words, "--output", "json", KUBECONFIG=str(kubeconfig))
    assert result.out, result.err
    return result.code, {link["name"]: link for link in json.loads(result.out)["links"]}


def told(link):
    return " ".join(" ".join(finding.values()) for finding in link.get("findings", []))


def read_only(bucket):
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}


def test_a_pods_token_becomes_its_role_at_sts_and_an_object_at_the_gateway(cluster, webhook, dev, trusted):
    dev.client("s3").create_bucket(Bucket="cluster-chain", CreateBucketConfiguration={"LocationConstraint": REGION})
    dev.client("s3").put_object(Bucket="cluster-chain", Key="hello", Body=b"hello from a pod\n")
    role = make_role(dev, trusted, "cluster-chain", "default/chain", read_only("cluster-chain"))
    cluster.account("chain", role["Arn"], token_expiration="3600")
    stored = cluster.pod("chain", "chain", spec={
        "initContainers": [{"name": "init", "image": "i"}, {"name": "sidecar", "image": "i", "restartPolicy": "Always"}]})
    for kind, count in (("containers", 1), ("initContainers", 2)):
        for index in range(count):
            inside = Inside(cluster, stored, index, kind)
            assert inside.env["AWS_ROLE_ARN"] == role["Arn"]
            assert inside.env["AWS_WEB_IDENTITY_TOKEN_FILE"] == "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
            assert inside.env["AWS_REGION"] == inside.env["AWS_DEFAULT_REGION"] == REGION
            assert inside.env["AWS_EC2_METADATA_DISABLED"] == "true"
            assert inside.asked == {"audience": "sts.amazonaws.com", "expirationSeconds": 3600, "path": "token"}
    inside = Inside(cluster, stored)
    assert f":assumed-role/{role['RoleName']}/" in inside.caller()
    got = inside.aws("s3", "cp", "s3://cluster-chain/hello", "-")
    assert got.out == "hello from a pod\n", got.err
    refused = inside.aws("s3", "rm", "s3://cluster-chain/hello")
    assert refused.code != 0 and "AccessDenied" in refused.err
    assert 'pod_identity_webhook_pod_count{method="sts_web_identity"}' in webhook.metrics()


def test_a_pod_of_a_replica_set_is_given_its_role_by_name_and_keeps_its_own_fields(cluster, webhook, dev, trusted):
    role = make_role(dev, trusted, "cluster-owned", "default/owned")
    cluster.account("owned", "cluster-owned")
    template = {"metadata": {"labels": {"app": "owned"}}, "spec": pod("x", "owned")["spec"]}
    cluster.ok("create", given={"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "owned"},
                                "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "owned"}}, "template": template}})
    owner = cluster.get("replicaset", "owned")
    # As the controller does it.
    made = pod("", "owned", metadata={"generateName": "owned-", "labels": {"app": "owned"}, "ownerReferences": [{
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "owned", "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}]},
        spec={"containers": [{"name": "main", "image": "i", "env": [{"name": "MINE", "value": "1"}]},
                             {"name": "second", "image": "i", "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]}]})
    del made["metadata"]["name"]
    cluster.ok("create", given=made)
    [stored] = cluster.get("pods", "-l", "app=owned")["items"]
    assert stored["metadata"]["ownerReferences"][0]["name"] == "owned"
    first, second = stored["spec"]["containers"]
    assert first["env"][0] == {"name": "MINE", "value": "1"} and second["resizePolicy"]
    assert Inside(cluster, stored, 1).caller().split("/")[1] == role["RoleName"]


def test_a_kubeconfig_registers_its_cluster_or_says_why_not(cluster, dev, trusted):
    kubeconfig = cluster.kubeconfig("admin", "administrator")

    def create(*arguments):
        return dev.rolecall("create", "cluster", "--output", "json", *arguments)

    again = create("--name", "private", "--kubeconfig", kubeconfig)
    assert again.code == 0 and json.loads(again.out)["issuer"] == PRIVATE_ISSUER, again.err
    # No two clusters have one issuer.
    refused = create("--name", "other", "--kubeconfig", kubeconfig)
    assert refused.code != 0 and PRIVATE_ISSUER in refused.err
    refused = create("--name", "other", "--kubeconfig", kubeconfig, "--context", "elsewhere")
    assert refused.code != 0 and "elsewhere" in refused.err
    refused = create("--name", "other", "--kubeconfig", cluster.folder / "nothing")
    assert refused.code != 0 and "nothing" in refused.err
    stranger = cluster.kubeconfig("stranger", "no-token")
    refused = create("--name", "other", "--kubeconfig", stranger)
    assert refused.code != 0 and "openid-configuration" in refused.err
    refused = create("--name", "other", "--kubeconfig", kubeconfig, "--jwks", keys_of(cluster, "both"))
    assert refused.code == 2 and "--jwks" in refused.err


def test_a_pod_without_a_role_is_left_as_it_is(cluster, webhook):
    cluster.account("plain")
    stored = cluster.pod("plain", "plain")
    assert "env" not in stored["spec"]["containers"][0]
    assert all(volume["name"] != "aws-iam-token" for volume in stored["spec"]["volumes"])


def test_the_doctor_finds_a_pod_well_that_is_so_and_the_cluster_by_its_issuer(cluster, webhook, dev, trusted):
    role = make_role(dev, trusted, "doctor-pod", "default/doctor-pod", read_only("doctor"))
    cluster.account("doctor-pod", role["Arn"])
    cluster.pod("doctor-pod", "doctor-pod")
    code, links = doctor(cluster, dev, "pod", "default/doctor-pod", "--action", "s3:GetObject", "--resource", "arn:aws:s3:::doctor/k")
    assert code == 0, json.dumps(links, indent=1)
    for name, link in links.items():
        assert link["status"] == ("notLookedAt" if name == "SDK versions" else "ok"), link
    assert "private has the issuer" in links["cluster"]["summary"]
    code, links = doctor(cluster, dev)
    assert code == 0 and links["webhook"]["status"] == links["keys"]["status"] == "ok", json.dumps(links, indent=1)


def test_the_doctor_tells_a_pod_from_before_the_annotation_and_one_with_keys_of_its_own(cluster, webhook, dev, trusted):
    role = make_role(dev, trusted, "doctor-late", "default/doctor-late")
    cluster.account("doctor-late")
    cluster.pod("doctor-late", "doctor-late")
    cluster.ok("annotate", "serviceaccount", "doctor-late", f"eks.amazonaws.com/role-arn={role['Arn']}")
    code, links = doctor(cluster, dev, "pod", "default/doctor-late")
    assert code == 1 and links["mutation"]["status"] == "fail"
    assert "no container has been given a role" in told(links["mutation"]) and "kubectl delete pod -n default doctor-late" in told(links["mutation"])
    # The next one is well: the rest of the chain holds.
    assert links["exchange"]["status"] == "ok", links["exchange"]
    static = [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE"}, {"name": "AWS_SECRET_ACCESS_KEY", "value": "secret"}]
    cluster.pod("doctor-static", "doctor-late", spec={"containers": [{"name": "main", "image": "i", "env": static}]})
    code, links = doctor(cluster, dev, "pod", "default/doctor-static")
    assert code == 1 and links["mutation"]["status"] == "ok" and "static access keys" in told(links["other credentials"])


def test_the_doctor_says_which_permission_it_lacks(cluster, webhook, dev, trusted):
    cluster.account("doctor-few", "arn:aws:iam::123456789012:role/doctor-few")
    cluster.pod("doctor-few", "doctor-few")
    few = cluster.kubeconfig("few", cluster.ok("create", "token", "rolecall-pods", "-n", "rolecall").strip())
    _, links = doctor(cluster, dev, "pod", "default/doctor-few", "--cluster", "private", kubeconfig=few)
    assert links["mutation"]["status"] == "ok", links["mutation"]
    for name, permission in (("token", "create serviceaccounts/token"), ("webhook", "list mutatingwebhookconfigurations")):
        assert links[name]["status"] == "notLookedAt" and permission in links[name]["summary"], links[name]
    nobody = cluster.kubeconfig("nobody", cluster.ok("create", "token", "doctor-few").strip())
    _, links = doctor(cluster, dev, "pod", "default/doctor-few", "--cluster", "private", kubeconfig=nobody)
    assert links["mutation"]["status"] == "notLookedAt" and "get pods -n default" in links["mutation"]["summary"], links["mutation"]


def test_the_doctor_misses_a_webhook_that_is_not_registered_and_one_that_nobody_runs(cluster, webhook, dev, trusted):
    role = make_role(dev, trusted, "doctor-silent", "default/doctor-silent")
    cluster.account("doctor-silent", role["Arn"])
    webhook.kill()
    cluster.ok("delete", "mutatingwebhookconfiguration", "rolecall-admission")
    cluster.pod("doctor-silent", "doctor-silent")
    code, links = doctor(cluster, dev, "pod", "default/doctor-silent")
    assert code == 1 and links["webhook"]["status"] == links["mutation"]["status"] == "fail"
    assert "rolecall install" in told(links["webhook"])
    install(cluster)
    code, links = doctor(cluster, dev)
    assert code == 1 and "no CA bundle" in told(links["webhook"]) and "no ready endpoint" in told(links["webhook"]), links["webhook"]
    webhook.start()
    assert doctor(cluster, dev)[1]["webhook"]["status"] == "ok"


def test_a_typing_error_in_an_annotation_is_warned_of_when_the_pod_is_made(cluster, webhook):
    cluster.account("typing", rol_arn="arn:aws:iam::123456789012:role/x")
    made = cluster.create_pod("typing", "typing")
    assert made.code == 0
    assert "Warning:" in made.err and "eks.amazonaws.com/role-arn" in made.err


def test_a_grant_for_many_namespaces_holds_where_an_administrator_has_opened_one(cluster, webhook):
    role = "arn:aws:iam::123456789012:role/granted"
    grants = json.dumps({"team-*/worker": {"RoleARN": role}})
    cluster.ok("create", given={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "pod-identity-webhook", "namespace": "rolecall"},
                                "data": {"config": grants}})
    for namespace, label in (("team-open", {"rolecall.dev/open-to-grants": "true"}), ("team-closed", {})):
        cluster.ok("create", given={"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": label}})
        cluster.ok("create", "serviceaccount", "worker", "-n", namespace)

    def role_of(namespace):
        told = cluster.kubectl("create", "--dry-run=server", "-n", namespace, "-o", "json", given=pod("one", "worker"))
        env = json.loads(told.out)["spec"]["containers"][0].get("env", [])
        return {it["name"]: it["value"] for it in env}.get("AWS_ROLE_ARN")

    until(lambda: role_of("team-open") == role, "the grant holds")
    assert role_of("team-closed") is None


def test_a_pod_made_before_its_account_asked_is_told_of_and_evicted_if_somebody_makes_it_anew(cluster, webhook):
    cluster.account("late")
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "late", "uid": "0b0a4c3d-9e8f-4a1b-8c2d-112233445566", "controller": True}
    cluster.pod("late-owned", "late", metadata={"ownerReferences": [owner]})
    cluster.pod("late-alone", "late")
    cluster.ok("annotate", "serviceaccount", "late", "eks.amazonaws.com/role-arn=arn:aws:iam::123456789012:role/late")
    finder = Finder(cluster, "--evict=owned")

    def told(name):
        return cluster.get("events", "--field-selector", f"involvedObject.name={name},reason=RoleMissing")["items"]

    for name in ("late-owned", "late-alone"):
        [event] = until(lambda: told(name), f"an Event on {name}")
        assert "role/late" in event["message"] and event["type"] == "Warning"
    until(lambda: "NotFound" in cluster.kubectl("get", "pod", "late-owned").err, "the owned pod is evicted")
    assert cluster.kubectl("get", "pod", "late-alone").code == 0
    assert finder.stop() == 0


def test_while_the_webhook_is_away_no_pod_is_silent_and_afterwards_none_is_refused(cluster, webhook):
    cluster.account("away", "arn:aws:iam::123456789012:role/away")
    trusted_before = webhook.configuration()["caBundle"]
    webhook.kill()
    refused = cluster.create_pod("away", "away")
    assert refused.code != 0 and "failed calling webhook" in refused.err
    # What the cluster needs to start itself does not wait for it.
    cluster.ok("create", "serviceaccount", "system", "-n", "kube-system")
    cluster.ok("create", "-n", "kube-system", given=pod("system", "system"))
    webhook.start()
    assert webhook.configuration()["caBundle"] == trusted_before, "the authority outlives the process"
    stored = cluster.pod("away", "away")
    assert Inside(cluster, stored).env["AWS_ROLE_ARN"].endswith(":role/away")


def test_a_bundle_that_somebody_takes_away_comes_back(cluster, webhook):
    before = webhook.configuration()["caBundle"]
    cluster.ok("patch", "mutatingwebhookconfiguration", "rolecall-admission", "--type", "json", "-p",
               json.dumps([{"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}]))
    until(lambda: webhook.configuration().get("caBundle") == before, "the bundle is back")


def test_an_api_server_that_restarts_loses_no_annotation(cluster, webhook):
    cluster.account("restart")
    cluster.restart()
    cluster.ok("annotate", "serviceaccount", "restart", "eks.amazonaws.com/role-arn=arn:aws:iam::123456789012:role/restart")
    # The first pod after it: the copy is behind or interrupted, and what it does not know is read.
    stored = until(lambda: made_with_role(cluster, "restart"), "the role is there")
    assert stored.endswith(":role/restart")


def made_with_role(cluster, account):
    told = cluster.kubectl("create", "--dry-run=server", "-o", "json", given=pod("probe", account))
    assert told.code == 0, told.err
    env = json.loads(told.out)["spec"]["containers"][0].get("env", [])
    return {it["name"]: it["value"] for it in env}.get("AWS_ROLE_ARN")


def test_a_new_key_of_the_api_server_is_refused_until_it_is_published_from_inside_and_the_old_one_holds(cluster, webhook, dev, trusted):
    arn = dev.client("eks").describe_cluster(name="private")["cluster"]["arn"]
    publish = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "rolecall:PublishClusterKeys", "Resource": arn}]}
    publisher = make_role(dev, trusted, "cluster-keys", "default/publisher", publish)
    role = make_role(dev, trusted, "cluster-rotation", "default/rotation")
    cluster.account("publisher", publisher["Arn"])
    cluster.account("rotation", role["Arn"])
    publishing, stored = Inside(cluster, cluster.pod("publisher", "publisher")), cluster.pod("rotation", "rotation")
    old = Inside(cluster, stored)
    assert role["RoleName"] in old.caller()
    cluster.keys.append(cluster.make_key("second"))
    cluster.restart()
    new = Inside(cluster, stored)
    assert key_id(new.token) != key_id(old.token)
    refused = new.aws("sts", "get-caller-identity")
    assert refused.code != 0 and "InvalidIdentityToken" in refused.err, refused.err
    code, links = doctor(cluster, dev, "serviceaccount", "default/rotation")
    assert code == 1 and [name for name, link in links.items() if link["status"] == "fail"] == ["keys", "exchange"], json.dumps(links, indent=1)
    assert key_id(new.token) in told(links["keys"]) and "rolecall cluster keys --name private" in told(links["keys"])
    kubeconfig = cluster.kubeconfig("publisher", cluster.ok("create", "token", "publisher").strip())
    log = open(cluster.folder / "keys.log", "a")
    # By its own role, with the token of the old key, and the API server's own right to read its keys.
    component = subprocess.Popen(
        [BINARY, "cluster", "keys", "--kubeconfig", str(kubeconfig), "--name", "private", "--interval", "1s"],
        env={**publishing.environment, "AWS_ENDPOINT_URL": dev.endpoint}, stdout=log, stderr=log)
    try:
        until(lambda: new.aws("sts", "get-caller-identity").code == 0, "the new key is known")
    finally:
        component.kill()
        component.wait()
    assert role["RoleName"] in new.caller()
    assert role["RoleName"] in old.caller()
    code, links = doctor(cluster, dev, "serviceaccount", "default/rotation")
    assert code == 0 and links["keys"]["status"] == "ok", json.dumps(links, indent=1)


def test_a_hosted_issuer_is_the_api_servers_with_the_documented_flags(cluster, webhook, dev):
    issuer = register(cluster, dev, "hosted", "--jwks", keys_of(cluster, "hosted"))
    assert issuer.startswith("https://127.0.0.1:") and "/id/" in issuer
    role = make_role(dev, provider_of(dev, issuer), "cluster-hosted", "default/hosted")
    cluster.account("hosted", role["Arn"])
    cluster.issuers.insert(0, issuer)
    cluster.restart()
    # The webhook's own token names the old issuer, which is still accepted.
    stored = cluster.pod("hosted", "hosted")
    inside = Inside(cluster, stored)
    assert claims(inside.token)["iss"] == issuer
    assert role["RoleName"] in inside.caller()


def test_with_an_authority_for_clients_nobody_but_the_api_server_is_answered(cluster, webhook):
    def review():
        context = ssl.create_default_context(cadata=base64.b64decode(webhook.configuration()["caBundle"]).decode())
        request = urllib.request.Request(f"https://127.0.0.1:{webhook.port}/mutate", data=b"{}", headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, context=context, timeout=5) as answer:
            return answer.status

    cluster.account("client", "arn:aws:iam::123456789012:role/client")
    assert review() == 200
    webhook.kill()
    arguments, webhook.arguments = webhook.arguments, (*webhook.arguments, "--client-ca", cluster.client_ca)
    webhook.start()
    with pytest.raises(OSError):
        review()
    stored = cluster.pod("client", "client")
    assert Inside(cluster, stored).env["AWS_ROLE_ARN"].endswith(":role/client")
    webhook.kill()
    webhook.arguments = arguments
    webhook.start()


def test_the_webhook_stops_gracefully(cluster, webhook):
    assert webhook.stop() == 0
    webhook.start()


def part(token, index):
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def key_id(token):
    return part(token, 0)["kid"]


def claims(token):
    return part(token, 1)
