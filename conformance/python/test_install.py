"""What runs in a cluster, as a real API server takes it: plain manifests, what `rolecall install` applies, the Helm chart."""

import json
import os
import shutil
import subprocess
import tempfile

import pytest
import yaml

from apiserver import DEPLOY, Cluster, inherited
from conftest import BINARY, execute

HELM = os.environ["ROLECALL_TEST_HELM"]
MANIFESTS = ["namespace", "admission", "pods", "keys", "control-plane", "gateway"]
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n"
# Everything that can be said, said: what the plain manifests leave out is there.
EVERYTHING = {
    "image": "registry.example:5000/rolecall@sha256:00", "imagePullSecrets": ["registry"], "cluster": "prod", "accountId": "210987654321",
    "partition": "aws-cn", "region": "eu-west-1", "endpoint": "https://rolecall.example.org:8443", "s3Endpoint": "http://s3.example.org",
    "env": {"AWS_MAX_ATTEMPTS": "5", "QUOTES": "a \"b\": 'c' {{ d }} <&> %s\nè", "EMPTY": ""}, "caBundle": CERTIFICATE,
    "watchConfigMap": True, "exemptNamespaces": ["kube-system", "storage"], "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "dedicated", "operator": "Exists", "tolerationSeconds": 30, "effect": "NoExecute"}],
    "admission": {"replicas": 3, "failurePolicy": "Ignore", "priorityClassName": "", "extraArgs": ["--sts-regional-endpoint=true", "--x=%s {{ y }}"],
                  "resources": {"requests": {"cpu": "1"}}},
    "pods": {"evict": "owned", "extraArgs": ["--token-expiration=3600"], "resources": {}},
    "keys": {"enabled": True, "roleArn": "arn:aws-cn:iam::210987654321:role/path/keys", "extraArgs": ["--interval=1m"]},
    "controlPlane": {"enabled": True, "tlsSecret": "tls", "secret": "environment", "storage": {"size": "1.5Gi", "className": "fast"},
                     "store": {"endpoint": "http://store.example:9000", "region": "garage"}, "issuerCa": CERTIFICATE, "auditSync": True, "issuerPrivateHosts": ["issuer.internal", "other.internal"],
                     "quotas": {"roles": 5000, "groups-per-user": 20, "users": 2000000}},
    "virtualHostSuffix": "s3.example.org", "presignMaxSeconds": 604800,
    "gateway": {"enabled": True, "replicas": 3, "roleArn": "arn:aws-cn:iam::210987654321:role/path/gateway", "tlsSecret": "s3-tls", "secret": "store",
                "store": {"endpoint": "https://store.example:9000", "region": "garage"}, "resources": {}},
    "networkPolicy": {"apiServerPorts": [7443], "endpointPorts": [8443], "outsidePorts": [443, 9000]},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
}
NEEDED = {"cluster": "prod", "accountId": "123456789012", "region": "us-east-2", "endpoint": "https://rolecall.example.org",
          "keys": {"enabled": True, "roleArn": "arn:aws:iam::123456789012:role/rolecall-keys"}, "controlPlane": {"enabled": True},
          "gateway": {"enabled": True, "roleArn": "arn:aws:iam::123456789012:role/rolecall-gateway", "store": {"endpoint": "http://store.example.org:9000"}}}
SERVICE_MONITORS = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "servicemonitors.monitoring.coreos.com"},
    "spec": {"group": "monitoring.coreos.com", "scope": "Namespaced",
             "names": {"plural": "servicemonitors", "singular": "servicemonitor", "kind": "ServiceMonitor", "listKind": "ServiceMonitorList"},
             "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                 "type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}


@pytest.fixture(scope="module")
def cluster():
    folder = tempfile.mkdtemp(prefix="rolecall-install-")
    running = Cluster(folder)
    yield running
    running.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def applied(cluster):
    """The plain manifests, as they are in the repository."""
    for name in MANIFESTS:
        file = DEPLOY / f"{name}.yaml"
        for options in (["--dry-run=server"], []):
            done = cluster.kubectl("apply", "--validate=strict", *options, "-f", file)
            assert done.code == 0 and "Warning" not in done.err, done.err
    return cluster


def install(cluster, *arguments):
    environment = {**inherited(), "KUBECONFIG": str(cluster.kubeconfig("admin", "administrator"))}
    return execute([BINARY, "install", *arguments], environment, cluster.folder)


def approved(cluster, *arguments):
    """What became of each object."""
    done = install(cluster, *arguments, "--approve")
    assert done.code == 0, done.err
    lines = [line.split(": ", 1) for line in done.out.splitlines()]
    return {name: what for what, name in lines if what in ("created", "changed", "unchanged")}


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


def by_name(objects):
    return {(it["kind"], it["metadata"].get("namespace"), it["metadata"]["name"]): it for it in objects}


def test_the_plain_manifests_are_accepted_and_their_pods_satisfy_the_restricted_standard(applied):
    workloads = applied.get("deployments,statefulsets", "-n", "rolecall")["items"]
    assert {it["metadata"]["name"] for it in workloads} == {
        "rolecall-admission", "rolecall-pods", "rolecall-keys", "rolecall-control-plane", "rolecall-gateway"}
    for workload in workloads:
        template = workload["spec"]["template"]
        for claim in workload["spec"].get("volumeClaimTemplates", []):
            template["spec"]["volumes"].append({"name": claim["metadata"]["name"], "emptyDir": {}})
        one = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one", **template["metadata"]}, "spec": template["spec"]}
        done = applied.kubectl("create", "-n", "rolecall", "--dry-run=server", given=one)
        assert done.code == 0 and "Warning" not in done.err, done.err
        one["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
        assert "violates PodSecurity" in applied.kubectl("create", "-n", "rolecall", "--dry-run=server", given=one).err


def rules(cluster, account, namespace):
    """Everything that a service account may do in a namespace, but for what every service account may."""
    def all_of(who):
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": namespace}}
        told = cluster.ok("create", "--validate=false", "--as", f"system:serviceaccount:rolecall:{who}", "--as-group", "system:serviceaccounts",
                          "--as-group", "system:authenticated", "-o", "json", given=review)
        status = json.loads(told)["status"]
        assert not status["incomplete"]
        return {(verb, f"{group}/{resource}", name)
                for rule in status["resourceRules"] for verb in rule["verbs"] for group in rule.get("apiGroups", [""])
                for resource in rule["resources"] for name in rule.get("resourceNames", ["*"])} | {
                (verb, url, "") for rule in status["nonResourceRules"] for verb in rule["verbs"] for url in rule["nonResourceURLs"]}

    return all_of(account) - all_of("somebody-else")


def reading(resource, name="*"):
    return {(verb, resource, name) for verb in ("get", "list", "watch")}


OWN_WEBHOOK = {(verb, "admissionregistration.k8s.io/mutatingwebhookconfigurations", "rolecall-admission")
               for verb in ("get", "list", "watch", "patch")}
OWN_SECRET = {("get", "/secrets", "rolecall-admission"), ("update", "/secrets", "rolecall-admission")}
EVENTS = {("create", "/events", "*")}
EVICTIONS = {("create", "/pods/eviction", "*")}
GRANTS = reading("/configmaps", "pod-identity-webhook")


def test_each_service_account_may_do_what_its_component_does_and_nothing_else(applied):
    everywhere = {
        "rolecall-admission": reading("/serviceaccounts") | OWN_WEBHOOK,
        "rolecall-pods": reading("/serviceaccounts") | reading("/pods") | EVENTS,
        "rolecall-keys": set(),
        "rolecall-control-plane": set(),
        "rolecall-gateway": set(),
    }
    at_home = {**everywhere, "rolecall-admission": everywhere["rolecall-admission"] | OWN_SECRET}
    for account, expected in everywhere.items():
        assert rules(applied, account, "default") == expected, account
        assert rules(applied, account, "rolecall") == at_home[account], account


def test_what_is_dangerous_is_refused_to_every_component(applied):
    dangerous = [["create", "pods"], ["delete", "pods"], ["create", "pods/exec"], ["create", "serviceaccounts/token"], ["list", "secrets"],
                 ["get", "secrets"], ["create", "secrets"], ["impersonate", "users"], ["escalate", "clusterroles"], ["bind", "clusterroles"],
                 ["patch", "mutatingwebhookconfigurations"], ["create", "mutatingwebhookconfigurations"], ["update", "serviceaccounts"],
                 ["patch", "nodes"], ["approve", "certificatesigningrequests"]]
    for account in ("rolecall-admission", "rolecall-pods", "rolecall-keys", "rolecall-control-plane", "rolecall-gateway"):
        for verb, resource in dangerous:
            resource, _, sub = resource.partition("/")
            review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {
                "user": f"system:serviceaccount:rolecall:{account}", "groups": ["system:serviceaccounts", "system:authenticated"],
                "resourceAttributes": {"verb": verb, "resource": resource, "subresource": sub, "group": group(resource), "namespace": "rolecall"}}}
            told = json.loads(applied.ok("create", "-o", "json", given=review))
            assert told["status"]["allowed"] is False, (account, verb, resource, sub)


def group(resource):
    return {"clusterroles": "rbac.authorization.k8s.io", "certificatesigningrequests": "certificates.k8s.io",
            "mutatingwebhookconfigurations": "admissionregistration.k8s.io"}.get(resource, "")


def test_rights_come_with_what_needs_them_and_go_with_it(applied):
    asked = ["--force-conflicts", "--set", "watchConfigMap=true", "--set", "pods.evict=owned"]
    assert approved(applied, *asked)["ClusterRole rolecall-pods"] == "changed"
    assert rules(applied, "rolecall-pods", "default") == (
        reading("/serviceaccounts") | reading("/pods") | reading("/namespaces") | EVENTS | EVICTIONS)
    assert rules(applied, "rolecall-admission", "rolecall") == (
        reading("/serviceaccounts") | reading("/namespaces") | OWN_WEBHOOK | OWN_SECRET | GRANTS)
    approved(applied, "--force-conflicts")
    assert rules(applied, "rolecall-pods", "default") == reading("/serviceaccounts") | reading("/pods") | EVENTS


def test_without_approval_the_objects_are_printed_and_no_cluster_is_asked(tmp_path):
    done = execute([BINARY, "install", "--cluster", "prod", "--endpoint", "https://rolecall.example.org", "--region", "us-east-2"], inherited(), tmp_path)
    assert done.code == 0, done.err
    objects = by_name(documents(done.out))
    [container] = objects["Deployment", "rolecall", "rolecall-admission"]["spec"]["template"]["spec"]["containers"]
    assert "--env=AWS_ENDPOINT_URL_STS=https://rolecall.example.org" in container["args"]
    assert "--aws-default-region=us-east-2" in container["args"]
    refused = execute([BINARY, "install", "--component", "keys"], inherited(), tmp_path)
    assert refused.code != 0 and "keys needs the value cluster" in refused.err


def test_what_is_installed_twice_is_unchanged_the_second_time_and_a_change_is_one(cluster):
    everything = ["--component", "admission,pods,keys,control-plane,gateway", "--namespace", "elsewhere", *said(cluster, NEEDED)]
    # The other namespace's installation has some of the objects that belong to no namespace.
    for name in ("rolecall-admission", "rolecall-pods"):
        cluster.ok("delete", "clusterrole,clusterrolebinding", name, "--ignore-not-found")
    cluster.ok("delete", "mutatingwebhookconfiguration", "rolecall-admission", "--ignore-not-found")
    first = approved(cluster, *everything)
    assert set(first.values()) == {"created"} and len(first) > 20
    assert list(first)[0] == "Namespace elsewhere"
    second = approved(cluster, *everything)
    assert second == {name: "unchanged" for name in first}
    assert "nothing to do" in install(cluster, *everything, "--approve").out
    third = approved(cluster, *everything, "--set", "admission.replicas=3")
    assert {name for name, what in third.items() if what != "unchanged"} == {"Deployment elsewhere/rolecall-admission"}
    # What the components write themselves is left to them.
    cluster.ok("patch", "mutatingwebhookconfiguration", "rolecall-admission", "--type", "json", "-p",
               json.dumps([{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI="}]),
               "--dry-run=server")
    cluster.ok("patch", "secret", "rolecall-admission", "-n", "elsewhere", "--type", "merge", "-p", '{"data": {"authority": "eA=="}}')
    assert approved(cluster, *everything, "--set", "admission.replicas=3") == {name: "unchanged" for name in first}
    assert cluster.get("secret", "rolecall-admission", "-n", "elsewhere")["data"] == {"authority": "eA=="}
    # What somebody else has set otherwise since is taken over only if that is said.
    cluster.ok("scale", "deployment", "rolecall-admission", "-n", "elsewhere", "--replicas", "5")
    refused = install(cluster, *everything, "--approve")
    assert refused.code != 0 and "conflict" in refused.err and "--force-conflicts" in refused.err
    taken = approved(cluster, *everything, "--force-conflicts")
    assert taken["Deployment elsewhere/rolecall-admission"] == "changed"
    assert cluster.get("deployment", "rolecall-admission", "-n", "elsewhere")["spec"]["replicas"] == 2


def test_service_monitors_need_the_operators_definitions(cluster):
    asked = ["--namespace", "monitored", "--force-conflicts", "--set", "serviceMonitor.enabled=true"]
    refused = install(cluster, *asked, "--approve")
    assert refused.code != 0 and "ServiceMonitor of monitoring.coreos.com/v1" in refused.err
    cluster.ok("create", given=SERVICE_MONITORS)
    cluster.ok("wait", "--for", "condition=Established", "crd", "servicemonitors.monitoring.coreos.com", "--timeout", "60s")
    assert approved(cluster, *asked)["ServiceMonitor monitored/rolecall-admission"] == "created"
    monitor = cluster.get("servicemonitor.monitoring.coreos.com", "rolecall-admission", "-n", "monitored")["spec"]
    service = cluster.get("service", "rolecall-admission", "-n", "monitored")
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["endpoints"][0]["port"] in [port["name"] for port in service["spec"]["ports"]]


def said(cluster, values):
    file = cluster.folder / "values.yaml"
    file.write_text(json.dumps(values))
    return ["-f", file]


def helm(folder, *arguments):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run([HELM, *map(str, arguments)], env=environment, cwd=folder, capture_output=True, text=True, timeout=90)
    return done


@pytest.mark.parametrize("values", [{}, NEEDED, EVERYTHING, {"networkPolicy": {"enabled": False}, "admission": {"replicas": 1}, "pods": {"enabled": False}}],
                         ids=["defaults", "needed", "everything", "little"])
def test_the_chart_makes_the_very_objects_that_install_prints(tmp_path, values):
    file = tmp_path / "values.yaml"
    file.write_text(json.dumps(values))
    rendered = helm(tmp_path, "template", "rolecall", DEPLOY / "chart", "--namespace", "iam", "-f", file)
    assert rendered.returncode == 0, rendered.stderr
    enabled = [name for name, key, default in (("admission", "admission", True), ("pods", "pods", True), ("keys", "keys", False),
                                               ("control-plane", "controlPlane", False), ("gateway", "gateway", False)) if values.get(key, {}).get("enabled", default)]
    printed = execute([BINARY, "install", "--namespace", "iam", "--component", ",".join(enabled), "-f", file], inherited(), tmp_path)
    assert printed.code == 0, printed.err
    ours = by_name(documents(printed.out))
    # Helm makes the release's namespace itself.
    del ours["Namespace", None, "iam"]
    theirs = by_name(documents(rendered.stdout))
    assert theirs.keys() == ours.keys()
    for name, expected in ours.items():
        assert theirs[name] == expected, name


def test_the_plain_manifests_are_what_install_prints_without_values(tmp_path):
    printed = execute([BINARY, "install"], inherited(), tmp_path)
    plain = [document for name in ("namespace", "admission", "pods") for document in documents((DEPLOY / f"{name}.yaml").read_text())]
    assert by_name(documents(printed.out)) == by_name(plain)


def test_the_chart_refuses_what_install_refuses(tmp_path):
    assert helm(tmp_path, "lint", "--strict", DEPLOY / "chart").returncode == 0
    for arguments, words in (
        (["--set", "admission.replica=3"], "replica"),
        (["--set", "admission.replicas=0"], "replicas"),
        (["--set-string", "endpoint=http://plain.example"], "endpoint"),
        (["--set-json", "networkPolicy.apiServerPorts=[]"], "apiServerPorts"),
        (["--set", "keys.enabled=true"], "keys needs the value cluster"),
        (["--set", "controlPlane.enabled=true"], "controlPlane needs the value accountId"),
        (["--set", "gateway.enabled=true"], "gateway needs the value region"),
        (["--set", "presignMaxSeconds=604801"], "presignMaxSeconds"),
    ):
        refused = helm(tmp_path, "template", "rolecall", DEPLOY / "chart", *arguments)
        assert refused.returncode != 0 and words in refused.stderr, (arguments, refused.stderr)
