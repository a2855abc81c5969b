//! The program under test, and what it is asked.

use std::{
    fmt::Write,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderMap, HeaderValue, Method};
use rolecall_wire::{
    client::{Client, Credentials, Environment},
    generated::{iam, sts},
    sigv4,
};
use tokio::net::TcpStream;

use crate::drive::answer;

pub(crate) const REGION: &str = "us-east-2";
/// The service account, and its role.
const NAME: &str = "load";

/// `rolecall dev` on a directory and a free port; killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    data: PathBuf,
    endpoint: String,
    /// Where it tells its metrics.
    health: SocketAddr,
    pub(crate) ready_after: Duration,
}

/// What is needed to ask for credentials.
pub(crate) struct World {
    /// The issuer's key set.
    pub(crate) keys: serde_json::Value,
    /// Bodies of exchanges, each with a token of its own.
    pub(crate) exchanges: Vec<Vec<u8>>,
    /// Credentials of a session of that role, which may read all objects.
    pub(crate) session: Credentials,
    host: String,
}

impl Process {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_on(data, "127.0.0.1:0")
    }

    /// On this address: that of a process before, whose issuer has it in its URL.
    pub(crate) fn start_on(data: &Path, listen: &str) -> Self {
        let config = data.with_extension("toml");
        std::fs::write(&config, "[quotas]\nroles = 1000000\npolicies = 1000000\n").unwrap();
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .args(["dev", "--listen", listen, "--config"])
            .arg(&config)
            .arg("--data")
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready_after = begun.elapsed();
        let mut urls = line.split_whitespace().filter(|word| word.starts_with("http://"));
        let mut url = || urls.next().unwrap_or_else(|| panic!("not ready: {line}"));
        let endpoint = url().to_owned();
        let health = url().trim_start_matches("http://").trim_end_matches([')', ';']);
        Self {
            child,
            data: data.to_owned(),
            endpoint,
            health: health.parse().unwrap(),
            ready_after,
        }
    }

    pub(crate) fn health(&self) -> SocketAddr {
        self.health
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.host().parse().unwrap()
    }

    pub(crate) fn host(&self) -> &str {
        self.endpoint.strip_prefix("http://").unwrap()
    }

    pub(crate) fn resident_mib(&self) -> u64 {
        resident_mib(self.child.id())
    }

    pub(crate) fn peak_mib(&self) -> u64 {
        status(self.child.id(), "VmHWM:")
    }

    fn client(&self, credentials: impl Into<Option<Credentials>>) -> Client {
        let environment = Environment::at(&self.endpoint).trusting(self.data.join("ca.pem"));
        Client::new(environment, REGION, credentials, SystemTime::now).unwrap()
    }

    pub(crate) fn root(&self) -> Client {
        self.client(self.root_credentials())
    }

    pub(crate) fn root_credentials(&self) -> Credentials {
        let text = std::fs::read_to_string(self.data.join("credentials")).unwrap();
        let value = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_once('=').unwrap().1.trim().to_owned()
        };
        Credentials {
            access_key_id: value("aws_access_key_id"),
            secret_access_key: value("aws_secret_access_key").into(),
            session_token: None,
        }
    }

    /// Makes the provider, a service account with a role, and its tokens.
    pub(crate) async fn prepare(&self, tokens: usize) -> World {
        for arguments in [
            &["utils", "associate-iam-oidc-provider", "--cluster", "dev", "--approve"][..],
            &[
                "create",
                "iamserviceaccount",
                "--cluster",
                "dev",
                "--name",
                NAME,
                "--role-name",
                NAME,
                "--attach-policy-arn",
                "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
                "--approve",
            ],
        ] {
            let done = Command::new("sh")
                .args(["-c", ". \"$1\" && shift && exec \"$@\"", "sh"])
                .arg(self.data.join("env"))
                .arg(env!("CARGO_BIN_EXE_rolecall"))
                .args(arguments)
                .output()
                .unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        let input = iam::GetRoleRequest {
            role_name: NAME.to_owned(),
        };
        let role = self.root().call::<iam::GetRole>(input).await.unwrap().role.arn;
        let providers = iam::ListOpenIDConnectProvidersRequest {};
        let providers = self
            .root()
            .call::<iam::ListOpenIDConnectProviders>(providers)
            .await
            .unwrap();
        let provider = providers.open_id_connect_provider_list.unwrap().remove(0).arn.unwrap();
        let issuer = provider.split_once(":oidc-provider/").unwrap().1.to_owned();
        let url = format!("https://{issuer}/keys");
        let keys = self
            .client(None)
            .fetch(Method::GET, &url, HeaderMap::new(), "")
            .await
            .unwrap();

        let tokens = self.tokens(tokens).await;
        let exchange = |token: &String| {
            format!(
                "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={role}&RoleSessionName=load&WebIdentityToken={token}"
            )
            .into_bytes()
        };
        let input = sts::AssumeRoleWithWebIdentityRequest {
            role_arn: role.clone(),
            role_session_name: NAME.to_owned(),
            web_identity_token: tokens[0].as_str().into(),
            ..Default::default()
        };
        let session = self
            .client(None)
            .call::<sts::AssumeRoleWithWebIdentity>(input)
            .await
            .unwrap();
        let session = session.credentials.unwrap();
        World {
            keys: serde_json::from_slice(keys.body()).unwrap(),
            exchanges: tokens.iter().map(exchange).collect(),
            session: Credentials {
                access_key_id: session.access_key_id,
                secret_access_key: session.secret_access_key,
                session_token: Some(session.session_token.expose().to_owned()),
            },
            host: self.host().to_owned(),
        }
    }

    /// Who may do everything at the Kubernetes API that `rolecall dev` has.
    pub(crate) fn bearer(&self) -> String {
        let text = std::fs::read_to_string(self.data.join("kubeconfig")).unwrap();
        let kubeconfig: serde_json::Value = serde_json::from_str(&text).unwrap();
        kubeconfig["users"][0]["user"]["token"].as_str().unwrap().to_owned()
    }

    /// Tokens of the service account, from the Kubernetes API that `rolecall dev` has.
    async fn tokens(&self, count: usize) -> Vec<String> {
        let bearer = self.bearer();
        let body = serde_json::json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": { "audiences": ["sts.amazonaws.com"], "expirationSeconds": 3600 },
        })
        .to_string();
        let request = format!(
            "POST /api/v1/namespaces/default/serviceaccounts/{NAME}/token HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {bearer}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.host(),
            body.len()
        );
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        let mut buffer = Vec::new();
        let mut tokens = Vec::with_capacity(count);
        for _ in 0..count {
            tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
                .await
                .unwrap();
            let body = answer(&mut stream, &mut buffer).await;
            let made: serde_json::Value = serde_json::from_slice(&buffer[body..]).unwrap();
            tokens.push(made["status"]["token"].as_str().unwrap().to_owned());
        }
        tokens
    }

    /// Makes roles as a platform has them: each trusts one service account and has a policy attached.
    pub(crate) async fn create_roles(&self, count: usize) {
        let root = Arc::new(self.root());
        let list = iam::ListOpenIDConnectProvidersRequest {};
        let providers = root.call::<iam::ListOpenIDConnectProviders>(list).await.unwrap();
        let provider = providers.open_id_connect_provider_list.unwrap().remove(0).arn.unwrap();
        let issuer = provider.split_once(":oidc-provider/").unwrap().1.to_owned();
        let (provider, issuer) = (Arc::new(provider), Arc::new(issuer));
        let local = tokio::task::LocalSet::new();
        let next = std::rc::Rc::new(std::cell::Cell::new(0));
        for _ in 0..64 {
            let (root, next) = (Arc::clone(&root), std::rc::Rc::clone(&next));
            let (provider, issuer) = (Arc::clone(&provider), Arc::clone(&issuer));
            local.spawn_local(async move {
                loop {
                    let number = next.get();
                    if number >= count {
                        return;
                    }
                    next.set(number + 1);
                    let name = format!("app-{number}");
                    let trust = serde_json::json!({
                        "Version": "2012-10-17",
                        "Statement": [{
                            "Effect": "Allow", "Principal": { "Federated": *provider }, "Action": "sts:AssumeRoleWithWebIdentity",
                            "Condition": { "StringEquals": {
                                format!("{issuer}:aud"): "sts.amazonaws.com",
                                format!("{issuer}:sub"): format!("system:serviceaccount:default:{name}"),
                            }},
                        }],
                    });
                    let input = iam::CreateRoleRequest {
                        role_name: name.clone(),
                        assume_role_policy_document: trust.to_string(),
                        ..Default::default()
                    };
                    root.call::<iam::CreateRole>(input).await.unwrap();
                    let input = iam::AttachRolePolicyRequest {
                        role_name: name,
                        policy_arn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess".to_owned(),
                    };
                    root.call::<iam::AttachRolePolicy>(input).await.unwrap();
                }
            });
        }
        local.await;
    }
}

/// What a process has in memory.
pub(crate) fn resident_mib(id: u32) -> u64 {
    status(id, "VmRSS:")
}

fn status(id: u32, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

impl World {
    /// Signed calls with the session's credentials, valid for a quarter of an hour.
    pub(crate) fn calls(&self) -> Vec<Vec<u8>> {
        let body = "Action=GetCallerIdentity&Version=2011-06-15";
        let now = SystemTime::now();
        let call = |age: u64| signed(&self.host, &self.session, "sts", body, now - Duration::from_secs(age));
        (0..300).map(call).collect()
    }
}

/// A whole request of a query API, signed as of `date`.
pub(crate) fn signed(host: &str, credentials: &Credentials, service: &str, body: &str, date: SystemTime) -> Vec<u8> {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_str(host).unwrap());
    let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
    headers.insert("content-type", form);
    let hash = sigv4::hash(body.as_bytes());
    sigv4::sign("POST", "/", "", &mut headers, &hash, credentials, REGION, service, date);
    let mut request = String::from("POST / HTTP/1.1\r\n");
    for (name, value) in &headers {
        let _ = write!(request, "{name}: {}\r\n", value.to_str().unwrap());
    }
    let _ = write!(request, "content-length: {}\r\n\r\n{body}", body.len());
    request.into_bytes()
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
