//! `rolecall dev`: the whole system in one process. The order of starting is written here, once.

use std::{
    net::{IpAddr, SocketAddr},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    pin::Pin,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use rolecall_gateway::{ConnInfo, Gateway, Upstream};
use rolecall_identity::{
    Error, Identity, Permit,
    account::{self, cluster},
    audit::AuditLog as _,
    keys::{Entropy, RootKey, SealingKeys, SystemEntropy},
    session::{Secret, Sessions},
    sts::{Directory, View},
    token::{KeyRing, RingConfig, issuer::SigningKey},
    usage::Usage,
};
use rolecall_names::{AccessKeyId, AccountId};
use rolecall_objects::{Objects, Settings};
use rolecall_server::{
    api::Services,
    audit::{self, AuditConfig, FileLog},
    body::Body,
    clock::SystemClock,
    control::Control,
    dispatch::{About, Dispatch, Fallback},
    fetch::{FetchConfig, Fetcher},
    listen::Answering,
    meters::Ready,
    quota::Strangers,
    reports::Reports,
    server::{self, Deps, Server},
};
use rolecall_store::{Embedded, Options, Store};
use rustls::pki_types::{CertificateDer, pem::PemObject};

use self::{
    authority::Local,
    config::Config,
    files::Files,
    kubernetes::{Answer, Bearer, Kubernetes, objects::Objects as KubernetesObjects, token::TokenRequests},
    mint::Issuer,
};
use crate::{clock, stopped};

mod authority;
pub(crate) mod config;
mod files;
pub(crate) mod kubernetes;
mod mint;
mod tls;

/// The cluster that an account starts with.
const CLUSTER: &str = "dev";
/// How often it is looked whether sealing keys are due.
const KEY_ROUNDS: std::time::Duration = std::time::Duration::from_mins(5);
/// How often last uses are written: so much of them a machine that dies loses.
const USES_WRITTEN: std::time::Duration = std::time::Duration::from_mins(1);
/// After how many of these rounds uses by roles, users and keys that are gone are forgotten.
const USES_FORGOTTEN: u64 = 60;
/// A Kubernetes request's body may be no longer, in bytes.
const LONGEST_BODY: usize = 1024 * 1024;

/// Everything that runs, with its ports open and nothing answered yet.
pub(crate) struct Running {
    bound: server::Bound,
    deps: Deps,
    sessions: Arc<Sessions>,
    store: Arc<dyn Store>,
    root: Arc<RootKey>,
    identity: Arc<Identity>,
    audit: Arc<FileLog>,
    usage: Arc<Usage>,
    /// The endpoint, such as `http://127.0.0.1:4566`.
    pub(crate) endpoint: String,
    /// The data directory.
    pub(crate) data: PathBuf,
}

/// Runs until it is told to stop.
pub(crate) async fn run(config: Config, environment: impl Fn(&str) -> Option<String>) -> Result<ExitCode> {
    let stopped = stopped()?;
    let running = build(&config, &environment).await?;
    let health = running
        .bound
        .health_address()
        .map(|address| format!(", health on http://{address}"))
        .unwrap_or_default();
    println!(
        "ready: {} (data in {}{health}); next: . {}",
        running.endpoint,
        running.data.display(),
        running.data.join("env").display()
    );
    running.serve(stopped).await;
    Ok(ExitCode::SUCCESS)
}

impl Running {
    pub(crate) async fn serve(self, shutdown: impl Future<Output = ()> + Send) {
        let Self {
            bound,
            deps,
            sessions,
            store,
            root,
            identity,
            audit,
            usage,
            ..
        } = self;
        // Sealing keys rotate daily; whoever signs meanwhile keeps theirs for the overlap.
        let accounts = Arc::clone(&identity);
        let keys = tokio::spawn(async move {
            loop {
                tokio::time::sleep(KEY_ROUNDS).await;
                prune(&accounts).await;
                match SealingKeys::load_and_rotate(store.as_ref(), &root, clock::timestamp(), &SystemEntropy) {
                    Ok(keys) => sessions.replace_keys(keys),
                    Err(error) => tracing::error!(%error, "sealing keys could not be rotated; the old ones stay"),
                }
            }
        });
        // Events of changes lie in the store with them, until they are in the files.
        let drain = tokio::spawn(audit::drain::run(identity.clone(), audit.clone()));
        let uses = tokio::spawn(keep_uses(identity.clone(), usage.clone()));
        bound.run(deps, shutdown).await;
        keys.abort();
        uses.abort();
        drain.abort();
        flush(&usage).await;
        if let Err(error) = audit::drain::once(&identity, audit.as_ref()).await {
            tracing::warn!(%error, "audit events wait in the store for the next start");
        }
    }
}

/// Writes what was used lately, and now and then forgets who is gone.
async fn keep_uses(identity: Arc<Identity>, usage: Arc<Usage>) {
    for round in 0_u64.. {
        if round.is_multiple_of(USES_FORGOTTEN) {
            let (snapshot, usage) = (identity.snapshot(), usage.clone());
            match tokio::task::spawn_blocking(move || usage.prune(&snapshot)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "uses by who is gone are not forgotten; it is tried again"),
                Err(error) => tracing::warn!(%error, "forgetting uses broke off"),
            }
        }
        tokio::time::sleep(USES_WRITTEN).await;
        flush(&usage).await;
    }
}

async fn flush(usage: &Arc<Usage>) {
    let usage = usage.clone();
    match tokio::task::spawn_blocking(move || usage.flush()).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "last uses are not written; they are tried again"),
        Err(error) => tracing::warn!(%error, "writing last uses broke off"),
    }
}

/// Removes the revocations that are over.
async fn prune(identity: &Identity) {
    let now = clock::timestamp();
    let snapshot = identity.snapshot();
    for account in snapshot.accounts() {
        let over = |one: &Arc<rolecall_identity::state::Revocation>| one.until <= now.as_second();
        if !snapshot.revocations(account.id).any(over) {
            continue;
        }
        if let Err(error) = identity
            .write(Permit::operator(account.id), now, account::revocation::prune)
            .await
        {
            tracing::warn!(%error, "revocations that are over are not removed; it is tried again");
        }
    }
}

/// Starts everything, in this order: files, keys, store, accounts, sessions, audit, objects, listener, cluster, services.
#[expect(clippy::too_many_lines, reason = "the order of starting, in one place")]
pub(crate) async fn build(config: &Config, environment: &impl Fn(&str) -> Option<String>) -> Result<Running> {
    let data = private_folder(&config.data)?;
    let keys = private_folder(&data.join("keys"))?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let root = Arc::new(RootKey::load_or_create(&keys.join("root.key"), entropy.as_ref()).context("the root key")?);
    let store: Arc<dyn Store> =
        Arc::new(Embedded::open(&data.join("store"), Options::default()).context("opening the store")?);
    let identity = Arc::new(
        Identity::open(store.clone(), root.clone(), entropy.clone(), config.quotas).context("loading the accounts")?,
    );
    let account: AccountId = config.account_id.parse().context("account-id")?;
    let root_key = first_account(&identity, account, environment)?;
    let sealing = SealingKeys::load_and_rotate(store.as_ref(), &root, clock::timestamp(), entropy.as_ref())
        .context("the sealing keys")?;
    let sessions = Arc::new(Sessions::new(sealing));
    let system_clock = Arc::new(SystemClock);
    let audit_config = AuditConfig {
        sync: config.audit.sync,
        ..AuditConfig::new(data.join("audit"))
    };
    let audit = FileLog::open(audit_config, system_clock.clone()).context("opening the audit log")?;
    let objects =
        Objects::open(&data.join("objects"), Settings::new(clock::now)).context("opening the object store")?;

    let server_config = server::Config {
        health: Some(config.health),
        allow_remote: config.allow_remote,
        ..server::Config::new(config.listen)
    };
    let limits = server_config.limits;
    let bound = Server::build(server_config).await?;
    let host = reachable(bound.address());
    let ca = data.join("ca.pem");
    let tls = tls::prepare(&keys, &ca, host.ip())?;
    let issuer = hosted_cluster(&identity, account, &config.region, &format!("https://{host}"))?;

    let fetcher = Fetcher::new(fetching(config, &ca)?).context("the trusted certificates")?;
    let usage = Arc::new(Usage::open(store.clone()).context("loading the last uses")?);
    let control = Arc::new(Control {
        identity: identity.clone(),
        sessions: sessions.clone(),
        ring: Arc::new(KeyRing::new(RingConfig::default())),
        fetcher: Arc::new(fetcher),
        audit: audit.clone(),
        usage: usage.clone(),
        reports: Reports::default(),
        clock: system_clock,
        region: config.region.clone(),
        endpoint: format!("https://{host}"),
        certificate_authority: Some(STANDARD.encode(std::fs::read(&ca).context("reading ca.pem")?)),
        strangers: Strangers::default(),
    });
    let authority = Local {
        identity: identity.clone(),
        sessions: sessions.clone(),
        audit: audit.clone(),
        usage: usage.clone(),
        region: config.region.clone(),
    };
    let gateway_config = rolecall_gateway::Config {
        virtual_host_suffix: None,
        region: config.region.clone(),
        longest_presigned: std::time::Duration::from_secs(config.presign_max_seconds),
    };
    let gateway = Gateway::new(gateway_config, Arc::new(authority), Arc::new(Embedding(objects)));

    let service_accounts = Arc::new(KubernetesObjects::new(store.clone()));
    for namespace in ["default", "kube-system"] {
        let made = service_accounts.ensure_namespace(namespace).await;
        made.map_err(|problem| anyhow::anyhow!("making the namespace {namespace}: {}", problem.message))?;
    }
    let bearer = kubernetes_token(&keys)?;
    let kubernetes = Kubernetes::new(
        service_accounts,
        TokenRequests::new(Arc::new(issuer)),
        Bearer(bearer.clone()),
    );

    let dispatch = Arc::new(Dispatch {
        api: Arc::new(Services::new(control, data.join("audit"))),
        extra: vec![(
            Box::new(|parts| Kubernetes::claims(&parts.method, parts.uri.path(), &parts.headers)),
            Arc::new(KubernetesApi(kubernetes)),
        )],
        fallback: Arc::new(S3(gateway)),
        entropy,
        limits,
    });
    let ready = Arc::new(Audited(audit.clone()));
    let deps = Deps {
        tls: Some(tls),
        dispatch,
        ready,
    };
    let endpoint = format!("http://{host}");
    let files = Files {
        endpoint: &endpoint,
        region: &config.region,
        access_key_id: &root_key.0,
        secret: root_key.1.expose(),
        bearer: &bearer,
    };
    files.write(&data)?;
    Ok(Running {
        bound,
        deps,
        sessions,
        store,
        root,
        identity,
        audit,
        usage,
        endpoint,
        data,
    })
}

/// The address under which clients on this machine reach a listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}

/// Makes the account and its root's key at the first start; tells the key, which the files of the directory repeat.
fn first_account(
    identity: &Identity,
    account: AccountId,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<(String, Secret)> {
    let now = clock::timestamp();
    let snapshot = identity.snapshot();
    if snapshot.account(account).is_none() {
        identity
            .write_blocking(Permit::operator(account), now, account::create)
            .context("making the account")?;
    }
    let asked = match (
        environment("ROLECALL_ROOT_ACCESS_KEY_ID"),
        environment("ROLECALL_ROOT_SECRET_ACCESS_KEY"),
    ) {
        (Some(id), Some(secret)) => Some((
            id.parse::<AccessKeyId>().context("ROLECALL_ROOT_ACCESS_KEY_ID")?,
            Secret::new(secret),
        )),
        (None, None) => None,
        _ => bail!("ROLECALL_ROOT_ACCESS_KEY_ID and ROLECALL_ROOT_SECRET_ACCESS_KEY are set together or not at all"),
    };
    if let Some(key) = identity.snapshot().access_keys(account, None).next() {
        let snapshot = identity.snapshot();
        let view = View::new(&snapshot, identity.root()).access_key(&key.id);
        let secret = view
            .context("the root's access key does not open with this root key")?
            .secret;
        return Ok((key.id.clone(), secret));
    }
    let given = asked.as_ref().map(|(id, secret)| (id, secret));
    let (key, secret) = identity
        .write_blocking(Permit::operator(account), now, |transaction, permit| {
            account::access_key::create(transaction, permit, None, given)
        })
        .context("making the root's access key")?;
    Ok((key.id, secret))
}

/// The cluster `dev` with its issuer, made at the first start; its URL never changes after that.
fn hosted_cluster(identity: &Identity, account: AccountId, region: &str, base: &str) -> Result<Issuer> {
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
    let keys = cluster::signing_keys(&cluster, identity.root()).context("the issuer's keys")?;
    let key = keys.into_iter().last().context("the cluster dev has no signing key")?;
    Ok(Issuer {
        url: cluster.issuer.clone(),
        key,
    })
}

fn fetching(config: &Config, ca: &Path) -> Result<FetchConfig> {
    let mut roots = Vec::new();
    for file in config.issuer_ca.iter().map(PathBuf::as_path).chain([ca]) {
        for certificate in CertificateDer::pem_file_iter(file).with_context(|| format!("reading {}", file.display()))? {
            roots.push(certificate.with_context(|| format!("reading {}", file.display()))?);
        }
    }
    Ok(FetchConfig {
        allow_loopback: true,
        roots,
        ..FetchConfig::default()
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
            tls::write_private(&file, token.as_bytes())?;
            Ok(token)
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
    }
}

fn private_folder(folder: &Path) -> Result<PathBuf> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("making {}", folder.display()))?;
    folder
        .canonicalize()
        .with_context(|| format!("finding {}", folder.display()))
}

/// Ready as long as what is decided can be written down.
struct Audited(Arc<FileLog>);

impl Ready for Audited {
    fn unready(&self) -> Vec<String> {
        self.0
            .is_failing()
            .then(|| "the audit log cannot be written".to_owned())
            .into_iter()
            .collect()
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

struct S3(Gateway);

impl Fallback for S3 {
    fn answer(self: Arc<Self>, request: Request<Incoming>, about: About) -> Answering<'static> {
        Box::pin(async move {
            let connection = ConnInfo {
                peer: about.peer.address,
                tls: about.peer.secure.then_some("1.3"),
            };
            self.0.handle(request, connection).await.map(Body::streamed)
        })
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
