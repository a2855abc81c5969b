"""A real Kubernetes API server with its etcd, and the webhook as a pod of the cluster would run it."""

import datetime
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from conftest import BINARY, KUBECTL, execute

ETCD = os.environ["ROLECALL_TEST_ETCD"]
APISERVER = os.environ["ROLECALL_TEST_KUBE_APISERVER"]
DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
PRIVATE_ISSUER = "https://kubernetes.default.svc.cluster.local"
PATIENCE = 60


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(holds, what, patience=PATIENCE):
    """Waits for something that another process does."""
    end = time.monotonic() + patience
    while True:
        value = holds()
        if value:
            return value
        assert time.monotonic() < end, f"{what}: not within {patience} s"
        time.sleep(0.05)


def certificate(name, issuer):
    """A certificate and its key: an authority's, or a client's that an authority has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer[0].subject if issuer else subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True))
    if issuer:
        made = made.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return made.sign(issuer[1] if issuer else key, hashes.SHA256()), key


class Cluster:
    """kube-apiserver and etcd; no controllers, no nodes."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.tokens = self.folder / "tokens.csv"
        self.tokens.write_text('administrator,admin,admin,"system:masters"\n')
        self.show_certificate()
        self.issuers = [PRIVATE_ISSUER]
        self.keys = [self.make_key("first")]
        self.etcd_port, self.port = free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.etcd = self.start_process(ETCD, "etcd", [
            "--data-dir", self.folder / "etcd", "--unsafe-no-fsync",
            "--listen-client-urls", f"http://127.0.0.1:{self.etcd_port}",
            "--advertise-client-urls", f"http://127.0.0.1:{self.etcd_port}",
            "--listen-peer-urls", "http://127.0.0.1:0"])
        self.start()

    def show_certificate(self):
        """The API server shows webhooks a certificate, by the configuration that docs/admission.md gives."""
        authority, authority_key = certificate("clients", None)
        client, client_key = certificate("kube-apiserver", (authority, authority_key))
        self.client_ca = self.folder / "client-ca.pem"
        self.client_ca.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
        (self.folder / "client.pem").write_bytes(client.public_bytes(serialization.Encoding.PEM))
        (self.folder / "client.key").write_bytes(client_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        user = {"client-certificate": str(self.folder / "client.pem"), "client-key": str(self.folder / "client.key")}
        kubeconfig = self.folder / "webhooks.kubeconfig"
        kubeconfig.write_text(json.dumps({"apiVersion": "v1", "kind": "Config", "users": [{"name": "*", "user": user}]}))
        self.admission = self.folder / "admission.json"
        self.admission.write_text(json.dumps({
            "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AdmissionConfiguration", "plugins": [{
                "name": "MutatingAdmissionWebhook", "configuration": {
                    "apiVersion": "apiserver.config.k8s.io/v1", "kind": "WebhookAdmissionConfiguration",
                    "kubeConfigFile": str(kubeconfig)}}]}))

    def make_key(self, name):
        """A key of service-account tokens: the newest signs, all are accepted."""
        key, public = self.folder / f"{name}.key", self.folder / f"{name}.pub"
        script = ("const { generateKeyPairSync } = require('crypto'); const fs = require('fs');"
                  "const pair = generateKeyPairSync('rsa', { modulusLength: 2048,"
                  " publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });"
                  "fs.writeFileSync(process.argv[1], pair.privateKey); fs.writeFileSync(process.argv[2], pair.publicKey);")
        subprocess.run(["node", "-e", script, str(key), str(public)], check=True)
        return key, public

    def start_process(self, program, name, arguments):
        log = open(self.folder / f"{name}.log", "a")
        return subprocess.Popen([str(a) for a in [program, *arguments]], cwd=self.folder, stdout=log, stderr=log)

    def start(self):
        arguments = [
            f"--etcd-servers=http://127.0.0.1:{self.etcd_port}", "--bind-address=127.0.0.1", f"--secure-port={self.port}",
            "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none", f"--cert-dir={self.folder}/certificates",
            "--authorization-mode=RBAC", f"--token-auth-file={self.tokens}", "--service-cluster-ip-range=10.0.0.0/24",
            f"--admission-control-config-file={self.admission}", f"--service-account-signing-key-file={self.keys[-1][0]}",
            # What the documentation tells an administrator to add.
            *(f"--service-account-issuer={issuer}" for issuer in self.issuers),
            *(f"--service-account-key-file={public}" for _, public in self.keys),
        ]
        self.process = self.start_process(APISERVER, "kube-apiserver", arguments)
        self.ca = self.folder / "certificates" / "apiserver.crt"
        until(self.is_ready, "the API server is ready", 120)

    def is_ready(self):
        assert self.process.poll() is None, (self.folder / "kube-apiserver.log").read_text()[-4000:]
        if not self.ca.exists():
            return False
        request = urllib.request.Request(f"{self.url}/readyz", headers={"Authorization": "Bearer administrator"})
        try:
            with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.ca), timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        self.stop()
        self.etcd.kill()
        self.etcd.wait()

    def kubeconfig(self, name, token):
        path = self.folder / f"{name}.kubeconfig"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": self.url, "certificate-authority": str(self.ca)}}],
            "users": [{"name": "u", "user": {"token": token}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "default"}}]}))
        return path

    def kubectl(self, *arguments, given=None):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        if given is not None:
            file = self.folder / "given.json"
            file.write_text(json.dumps(given))
            arguments = [*arguments, "-f", file]
        return execute([KUBECTL, "--kubeconfig", self.kubeconfig("admin", "administrator"), *arguments], environment, self.folder)

    def ok(self, *arguments, given=None):
        result = self.kubectl(*arguments, given=given)
        assert result.code == 0, result.err + result.out
        return result.out

    def get(self, *arguments):
        return json.loads(self.ok("get", *arguments, "-o", "json"))

    def account(self, name, role=None, **annotations):
        """A service account, with its role."""
        annotations = {f"eks.amazonaws.com/{key.replace('_', '-')}": value for key, value in annotations.items()}
        if role:
            annotations["eks.amazonaws.com/role-arn"] = role
        self.ok("create", given={"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "annotations": annotations}})

    def create_pod(self, name, account, **changes):
        return self.kubectl("create", given=pod(name, account, **changes))

    def pod(self, name, account, **changes):
        """A pod as it is stored, after admission."""
        result = self.create_pod(name, account, **changes)
        assert result.code == 0, result.err
        return self.get("pod", name)

    def token(self, account, audience, seconds, pod):
        return self.ok("create", "token", account, "--audience", audience, "--duration", f"{seconds}s",
                       "--bound-object-kind", "Pod", "--bound-object-name", pod).strip()


def pod(name, account, **changes):
    spec = {"serviceAccountName": account, "containers": [{"name": "main", "image": "app"}], **changes.pop("spec", {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **changes.pop("metadata", {})}, "spec": spec}


def inherited():
    """The environment without anything that would let a component find another cluster, or credentials."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "ROLECALL_", "KUBE"))}


class Finder:
    """`rolecall cluster pods` with the rights of the manifest's service account and no others."""

    def __init__(self, cluster, *arguments):
        token = cluster.ok("create", "token", "rolecall-pods", "-n", "rolecall", "--duration", "2h").strip()
        kubeconfig = cluster.kubeconfig("pods", token)
        self.log = cluster.folder / "pods.log"
        self.process = subprocess.Popen(
            [BINARY, "cluster", "pods", "--kubeconfig", str(kubeconfig), "--namespace", "rolecall", *arguments],
            env=inherited(), stdout=subprocess.PIPE, stderr=open(self.log, "a"), text=True)
        assert self.process.stdout.readline().startswith("ready"), self.log.read_text()[-4000:]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


class Webhook:
    """`rolecall cluster admission` with the rights of the manifest's service account and no others."""

    def __init__(self, cluster, *arguments):
        self.cluster, self.arguments, self.port = cluster, arguments, 0
        self.start()

    def start(self):
        token = self.cluster.ok("create", "token", "rolecall-admission", "-n", "rolecall", "--duration", "2h").strip()
        kubeconfig = self.cluster.kubeconfig("webhook", token)
        self.log = self.cluster.folder / "webhook.log"
        self.process = subprocess.Popen(
            [str(a) for a in [
                BINARY, "cluster", "admission", "--kubeconfig", kubeconfig, "--bind-address", "127.0.0.1",
                "--port", self.port, "--metrics-port", "0", "--namespace", "rolecall", "--service-name", "rolecall-admission",
                "--tls-secret", "rolecall-admission", "--webhook-configuration", "rolecall-admission",
                "--tls-name", "127.0.0.1", *self.arguments]],
            env=inherited(), stdout=subprocess.PIPE, stderr=open(self.log, "a"), text=True)
        line = self.process.stdout.readline()
        found = re.search(r"https://127.0.0.1:(\d+)/mutate, health and metrics on (http://[\d.:]+)", line)
        assert found, f"{line!r}\n{self.log.read_text()[-4000:]}"
        self.port, self.health = int(found[1]), found[2]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        # A test's API server has no network of services to call through: it calls the process itself.
        configuration = [{"op": "replace", "path": "/webhooks/0/clientConfig/url", "value": f"https://127.0.0.1:{self.port}/mutate"}]
        if "service" in self.configuration():
            configuration = [{"op": "remove", "path": "/webhooks/0/clientConfig/service"},
                             {**configuration[0], "op": "add"}]
        self.cluster.ok("patch", "mutatingwebhookconfiguration", "rolecall-admission", "--type", "json", "-p", json.dumps(configuration))
        until(self.is_ready, "the webhook is ready")

    def configuration(self):
        [webhook] = self.cluster.get("mutatingwebhookconfiguration", "rolecall-admission")["webhooks"]
        return webhook["clientConfig"]

    def is_ready(self):
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        try:
            with urllib.request.urlopen(f"{self.health}/readyz", timeout=5) as answer:
                return answer.status == 200 and self.configuration().get("caBundle")
        except OSError:
            return False

    def metrics(self):
        with urllib.request.urlopen(f"{self.health}/metrics", timeout=5) as answer:
            return answer.read().decode()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)
