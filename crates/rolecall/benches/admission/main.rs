//! The admission webhook under load: `cargo bench -p rolecall --bench admission [-- --seconds N] [--accounts N]`.
//!
//! Reviews of pods over TLS at 16 connections, in turns with a server of the same HTTP and TLS library that answers a
//! fixed body; memory with few service accounts; then how soon a webhook is ready, and how large, with many. The API server
//! is the one of `rolecall dev`. The load comes from this process, which shares the machine with the webhook.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that cannot go on says so by panicking"
)]

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsConnector;

use crate::{
    drive::{Load, Requests, answer, median},
    floor::Floor,
    process::Process,
};

#[path = "../load/drive.rs"]
mod drive;
#[path = "../load/floor.rs"]
#[expect(dead_code, reason = "the other benchmark needs more of it")]
mod floor;
#[path = "../load/process.rs"]
#[expect(dead_code, reason = "the other benchmark needs more of it")]
mod process;

const CONNECTIONS: usize = 16;
/// How often each is measured.
const ROUNDS: u32 = 5;
/// Different pods; each comes again when all did.
const PODS: usize = 500;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(floor) = Floor::asked_for(&arguments) {
        floor.serve();
        return;
    }
    let number = |name: &str, usual: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(usual)
    };
    let seconds = Duration::from_secs(number("--seconds", 10));
    let accounts = number("--accounts", 50_000) as usize;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure(seconds, accounts));
}

async fn measure(seconds: Duration, accounts: usize) {
    let folder = tempfile::tempdir().unwrap();
    let tls = certificate(folder.path());
    let process = Process::start(&folder.path().join("data"));
    process.prepare(1).await;
    {
        let webhook = Webhook::start(folder.path()).await;
        let floor = Floor::secure(folder.path());
        let bodies: Vec<Vec<u8>> = (0..PODS).map(review).collect();
        let cases = [
            ("floor: a fixed body over TLS", floor.address()),
            ("a pod's review", webhook.address),
        ];
        let cases =
            cases.map(|(name, address)| (name, Requests::new(address, &posts(address, &bodies)).over(tls.clone())));
        let mut loads = [Load::default(), Load::default()];
        for _ in 0..ROUNDS {
            for ((_, requests), load) in cases.iter().zip(&mut loads) {
                load.drive(requests, CONNECTIONS, seconds / ROUNDS).await;
            }
        }
        println!("| {CONNECTIONS} connections | per second | of the floor | p50 | p99 |\n|---|---|---|---|---|");
        for ((name, _), load) in cases.iter().zip(&loads) {
            let shares = load.rates().iter().zip(loads[0].rates());
            let share = median(shares.map(|(rate, floor)| 100.0 * rate / floor).collect());
            let (rate, half, most) = (load.rate(), load.at(0.5), load.at(0.99));
            println!("| {name} | {rate:.0} | {share:.0} % | {half:.2} ms | {most:.2} ms |");
        }
        println!(
            "\nresident with few service accounts, after that load: {} MiB",
            webhook.resident_mib()
        );
    }
    let begun = Instant::now();
    create_accounts(&process, accounts).await;
    println!(
        "{accounts} service accounts made in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    let webhook = Webhook::start(folder.path()).await;
    println!(
        "ready with {accounts} service accounts after {:.2} s (goal: 5 s), {} MiB (goal: 150 MiB)",
        webhook.ready_after.as_secs_f64(),
        webhook.resident_mib()
    );
}

/// Writes a certificate for the loopback address, and gives who trusts it.
fn certificate(folder: &Path) -> TlsConnector {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(folder.join("tls.crt"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("tls.key"), made.signing_key.serialize_pem()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// `rolecall cluster admission` over the API server of `rolecall dev`; killed when it is dropped.
struct Webhook {
    child: Child,
    address: SocketAddr,
    ready_after: Duration,
}

impl Webhook {
    async fn start(folder: &Path) -> Self {
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .args([
                "cluster",
                "admission",
                "--bind-address",
                "127.0.0.1",
                "--port",
                "0",
                "--metrics-port",
                "0",
            ])
            .args(["--namespace", "rolecall", "--aws-default-region", process::REGION])
            .arg("--kubeconfig")
            .arg(folder.join("data/kubeconfig"))
            .arg("--tls-cert")
            .arg(folder.join("tls.crt"))
            .arg("--tls-key")
            .arg(folder.join("tls.key"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let after = |text: &str| {
            let (_, rest) = line.split_once(text).unwrap_or_else(|| panic!("not ready: {line}"));
            let address = rest.split(['/', '\n']).next().unwrap();
            address.trim().parse::<SocketAddr>().unwrap()
        };
        let (address, metrics) = (after("https://"), after("metrics on http://"));
        let request = format!("GET /readyz HTTP/1.1\r\nhost: {metrics}\r\nconnection: close\r\n\r\n");
        loop {
            let mut stream = tokio::net::TcpStream::connect(metrics).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut text = String::new();
            tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text)
                .await
                .unwrap();
            if text.starts_with("HTTP/1.1 200") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self {
            child,
            address,
            ready_after: begun.elapsed(),
        }
    }

    fn resident_mib(&self) -> u64 {
        process::resident_mib(self.child.id())
    }
}

impl Drop for Webhook {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The review of a usual pod, of the service account that has a role.
fn review(number: usize) -> Vec<u8> {
    let uid = format!("5d1f0b2c-0000-4000-8000-{number:012}");
    let container = |name: &str| {
        serde_json::json!({
            "name": name, "image": format!("registry.example/{name}:1.2.3"), "imagePullPolicy": "IfNotPresent",
            "env": [{ "name": "LOG_LEVEL", "value": "info" }, { "name": "POD_NAME", "valueFrom": { "fieldRef": { "apiVersion": "v1", "fieldPath": "metadata.name" } } }],
            "ports": [{ "containerPort": 8080, "protocol": "TCP" }],
            "resources": { "limits": { "memory": "256Mi" }, "requests": { "cpu": "100m", "memory": "128Mi" } },
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "volumeMounts": [{ "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "kube-api-access-x7k2p", "readOnly": true }],
        })
    };
    let pod = serde_json::json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "generateName": "app-5f6d7c8b9-", "namespace": "default", "labels": { "app": "app", "pod-template-hash": "5f6d7c8b9" } },
        "spec": {
            "serviceAccountName": "load", "serviceAccount": "load", "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "containers": [container("app"), container("proxy")],
            "volumes": [{ "name": "kube-api-access-x7k2p", "projected": { "defaultMode": 420, "sources": [
                { "serviceAccountToken": { "expirationSeconds": 3607, "path": "token" } },
                { "configMap": { "items": [{ "key": "ca.crt", "path": "ca.crt" }], "name": "kube-root-ca.crt" } },
            ] } }],
        },
    });
    let review = serde_json::json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": uid, "kind": { "group": "", "version": "v1", "kind": "Pod" }, "resource": { "group": "", "version": "v1", "resource": "pods" },
            "namespace": "default", "operation": "CREATE", "userInfo": { "username": "system:serviceaccount:kube-system:replicaset-controller" },
            "object": pod, "oldObject": null, "dryRun": false,
        },
    });
    review.to_string().into_bytes()
}

/// Whole requests.
fn posts(address: SocketAddr, bodies: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let post = |body: &Vec<u8>| {
        let head = format!(
            "POST /mutate HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    bodies.iter().map(post).collect()
}

/// Makes service accounts as a platform has them, each with its role.
async fn create_accounts(process: &Process, count: usize) {
    let bearer = process.bearer();
    let next = std::rc::Rc::new(std::cell::Cell::new(0));
    let local = tokio::task::LocalSet::new();
    for _ in 0..64 {
        let (next, bearer, address) = (std::rc::Rc::clone(&next), bearer.clone(), process.address());
        local.spawn_local(async move {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let mut buffer = Vec::new();
            loop {
                let number = next.get();
                if number >= count {
                    return;
                }
                next.set(number + 1);
                let body = serde_json::json!({
                    "apiVersion": "v1", "kind": "ServiceAccount",
                    "metadata": { "name": format!("app-{number}"), "annotations": {
                        "eks.amazonaws.com/role-arn": format!("arn:aws:iam::123456789012:role/app-{number}"),
                        "eks.amazonaws.com/sts-regional-endpoints": "true",
                    } },
                })
                .to_string();
                let request = format!(
                    "POST /api/v1/namespaces/default/serviceaccounts HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {bearer}\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(request.as_bytes()).await.unwrap();
                answer(&mut stream, &mut buffer).await;
            }
        });
    }
    local.await;
}
