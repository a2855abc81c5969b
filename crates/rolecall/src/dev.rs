//! `rolecall dev`: the whole system in one process. The order of starting is written here, once.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    pin::Pin,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use rolecall_gateway::Upstream;
use rolecall_identity::{Error, Identity, Permit, account::cluster, token::issuer::SigningKey};
use rolecall_names::AccountId;
use rolecall_objects::{Objects, Settings};
use rolecall_server::{
    body::Body,
    dispatch::{About, Dispatch, Fallback},
    fetch::FetchConfig,
    listen::{Answering, Tls},
    server::{self, Deps, Server},
};

use self::{
    config::Config,
    files::Files,
    kubernetes::{Answer, Bearer, Kubernetes, objects::Objects as KubernetesObjects, token::TokenRequests},
    mint::Issuer,
};
use crate::{
    clock,
    plane::{Environment, Plane, certificates, files::write_private},
    stopped,
};

pub(crate) mod config;
mod files;
pub(crate) mod kubernetes;
mod mint;
mod tls;

/// The cluster that an account starts with.
const CLUSTER: &str = "dev";
/// A Kubernetes request's body may be no longer, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

/// Runs until it is told to stop.
pub(crate) async fn run(config: Config, environment: Environment<'_>) -> Result<ExitCode> {
    let stopped = stopped()?;
    let plane = Plane::open(&config.data, config.quotas, &config.audit, environment)?;
    let account: AccountId = config.account_id.parse().context("account-id")?;
    let root = plane.first_account(account, environment)?;
    let objects =
        Objects::open(&plane.data.join("objects"), Settings::new(clock::now)).context("opening the object store")?;

    let server_config = server::Config {
        health: Some(config.health),
        allow_remote: config.allow_remote,
        ..server::Config::new(config.listen)
    };
    let limits = server_config.limits;
    let bound = Server::build(server_config).await?;
    let host = reachable(bound.address());
    let ca = plane.data.join("ca.pem");
    let tls = tls::prepare(&plane.keys, &ca, host.ip())?;
    let issuer = hosted_cluster(&plane.identity, account, &config.region, &format!("https://{host}"))?;

    let authority = STANDARD.encode(std::fs::read(&ca).context("reading ca.pem")?);
    let fetching = FetchConfig {
        allow_loopback: true,
        roots: certificates(config.issuer_ca.iter().map(PathBuf::as_path).chain([&*ca]))?,
        ..FetchConfig::default()
    };
    let gateway_config = rolecall_gateway::Config {
        virtual_host_suffix: None,
        region: config.region.clone(),
        longest_presigned: Duration::from_secs(config.presign_max_seconds),
    };
    let services = plane.services(&gateway_config, format!("https://{host}"), Some(authority), fetching)?;

    let service_accounts = Arc::new(KubernetesObjects::new(plane.store.clone()));
    for namespace in ["default", "kube-system"] {
        let made = service_accounts.ensure_namespace(namespace).await;
        made.map_err(|problem| anyhow::anyhow!("making the namespace {namespace}: {}", problem.message))?;
    }
    let bearer = kubernetes_token(&plane.keys)?;
    let kubernetes = Kubernetes::new(
        service_accounts,
        TokenRequests::new(Arc::new(issuer)),
        Bearer(bearer.clone()),
    );

    let dispatch = Arc::new(Dispatch {
        api: services,
        extra: vec![(
            Box::new(|parts| Kubernetes::claims(&parts.method, parts.uri.path(), &parts.headers)),
            Arc::new(KubernetesApi(kubernetes)),
        )],
        fallback: plane.gateway(gateway_config, Arc::new(Embedding(objects))),
        entropy: plane.entropy.clone(),
        limits,
    });
    let deps = Deps {
        tls: Tls::Offered(tls),
        dispatch,
        ready: plane.ready(),
    };
    let endpoint = format!("http://{host}");
    let files = Files {
        endpoint: &endpoint,
        region: &config.region,
        root: &root,
        bearer: &bearer,
    };
    files.write(&plane.data)?;
    let health = bound.health_address();
    println!(
        "ready: {endpoint} (data in {}{}); next: . {}",
        plane.data.display(),
        health
            .map(|address| format!(", health on http://{address}"))
            .unwrap_or_default(),
        plane.data.join("env").display()
    );
    plane.serve(bound, deps, stopped).await;
    Ok(ExitCode::SUCCESS)
}

/// The address under which clients on this machine reach a listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}

/// The cluster `dev` with its issuer, made at the first start; its URL never changes after that.
fn hosted_cluster(identity: &Arc<Identity>, account: AccountId, region: &str, base: &str) -> Result<Issuer> {
    let snapshot = identity.snapshot();
    let found = cluster::get(&snapshot, account, CLUSTER);
    let cluster = match found {
        Ok(cluster) => cluster,
        Err(Error::NotFound(_)) => {
            let key = SigningKey::generate().context("making the issuer's key")?;
            let new = cluster::NewCluster {
                name: CLUSTER.parse().context("the name of the cluster")?,
                region,
                issuer: cluster::Issuer::Hosted { base, key: &key },
                role_arn: "",
                version: "1.33",
                network: rolecall_identity::state::Network::default(),
                tags: &[],
                token: None,
            };
            let made = identity
                .write_blocking(Permit::operator(account), clock::timestamp(), |transaction, permit| {
                    cluster::create(transaction, permit, &new)
                })
                .context("making the cluster dev")?;
            Arc::new(made)
        }
        Err(error) => return Err(error).context("the cluster dev"),
    };
    cluster::signing_key(&cluster, identity.root(), clock::timestamp().as_second()).context("the issuer's keys")?;
    Ok(Issuer {
        identity: identity.clone(),
        account,
        cluster: CLUSTER,
        url: cluster.issuer.clone(),
    })
}

/// The administrator's bearer token of the Kubernetes API, made at the first start.
fn kubernetes_token(keys: &Path) -> Result<String> {
    let file = keys.join("kubernetes.token");
    match std::fs::read_to_string(&file) {
        Ok(token) => Ok(token.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut bytes = [0; 32];
            clock::random(&mut bytes)?;
            let token = hex::encode(bytes);
            write_private(&file, token.as_bytes())?;
            Ok(token)
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
    }
}

/// The object store behind the gateway, in this process.
struct Embedding(Objects);

impl Upstream for Embedding {
    fn call(
        &self,
        request: Request<rolecall_gateway::Body>,
    ) -> rolecall_gateway::Pending<'_, Response<rolecall_gateway::Body>> {
        Box::pin(async move {
            self.0
                .handle(request)
                .await
                .map(|body| body.map_err(Into::into).boxed_unsync())
        })
    }

    fn keeps_dot_segments(&self) -> bool {
        true
    }
}

struct KubernetesApi(Kubernetes);

impl Fallback for KubernetesApi {
    fn answer(self: Arc<Self>, request: Request<Incoming>, _: About) -> Answering<'static> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
                return response;
            };
            match self.0.handle(Request::from_parts(parts, body.to_bytes())).await {
                Answer::Document(response) => response.map(Body::whole),
                Answer::Watch(events) => {
                    let lines = futures_util::stream::unfold(events, |mut events| async {
                        let line: Bytes = events.recv().await?;
                        Some((Ok::<_, std::convert::Infallible>(Frame::data(line)), events))
                    });
                    let lines: Pin<Box<dyn futures_util::Stream<Item = _> + Send>> = Box::pin(lines);
                    let mut response = Response::new(Body::streamed(StreamBody::new(SyncStream(
                        std::sync::Mutex::new(lines),
                    ))));
                    let json = http::HeaderValue::from_static("application/json");
                    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
                    response
                }
            }
        })
    }
}

/// A stream that may be shared between threads, since only one of them can poll it.
struct SyncStream<S>(std::sync::Mutex<S>);

impl<S: futures_util::Stream + Unpin> futures_util::Stream for SyncStream<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        let mut stream = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Pin::new(&mut *stream).poll_next(context)
    }
}
