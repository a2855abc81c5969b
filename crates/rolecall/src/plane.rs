//! The control plane as `rolecall serve` and `rolecall dev` run it: what they open, what answers, and what goes on beside
//! the requests.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use http::Request;
use hyper::body::Incoming;
use rolecall_gateway::{ConnInfo, Gateway, Upstream};
use rolecall_identity::{
    Identity, Permit, Quotas, account,
    audit::AuditLog as _,
    keys::{Entropy, RootKey, SealingKeys, SystemEntropy},
    session::{Secret, Sessions},
    sts::{Directory, View},
    token::{KeyRing, RingConfig},
    usage::Usage,
};
use rolecall_names::{AccessKeyId, AccountId};
use rolecall_server::{
    api::Services,
    audit::{self, AuditConfig, FileLog},
    body::Body,
    clock::SystemClock,
    control::Control,
    dispatch::{About, Fallback},
    fetch::{FetchConfig, Fetcher},
    listen::Answering,
    meters::Ready,
    quota::Strangers,
    reports::Reports,
    server::{Bound, Deps},
};
use rolecall_store::{Embedded, Options, Store};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde::{Deserialize, Serialize};

use self::{authority::Local, changes::Changes, files::private_folder};
use crate::clock;

mod authority;
mod changes;
pub(crate) mod files;
mod signing_keys;

/// How often it is looked whether sealing and signing keys are due.
const KEY_ROUNDS: Duration = Duration::from_mins(5);
/// How often last uses are written: so much of them a machine that dies loses.
const USES_WRITTEN: Duration = Duration::from_mins(1);
/// After how many of these rounds uses by roles, users and keys that are gone are forgotten.
const USES_FORGOTTEN: u64 = 60;

/// The audit log's part of a configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Audit {
    /// Whether each event waits for the disk.
    pub(crate) sync: bool,
}

/// Refuses what is no region.
pub(crate) fn check_region(region: &str) -> Result<()> {
    if !rolecall_names::is_region(region) {
        bail!("region: `{region}` is no region, such as us-east-2");
    }
    Ok(())
}

/// Refuses what AWS would not sign for.
pub(crate) fn check_presign(seconds: u64) -> Result<()> {
    if !(1..=7 * 86_400).contains(&seconds) {
        bail!("presign-max-seconds: {seconds} is not between 1 and 604800, AWS's longest");
    }
    Ok(())
}

/// Reads the environment.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// All that is kept in one directory, open.
pub(crate) struct Plane {
    /// The directory.
    pub(crate) data: PathBuf,
    /// Its folder of keys.
    pub(crate) keys: PathBuf,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) entropy: Arc<dyn Entropy>,
    root: Arc<RootKey>,
    sessions: Arc<Sessions>,
    audit: Arc<FileLog>,
    usage: Arc<Usage>,
}

/// The key of the first account's root.
pub(crate) struct RootCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret: Secret,
    /// Whether the environment gave it, so that nobody has to be told.
    pub(crate) given: bool,
}

impl RootCredentials {
    /// As a profile of AWS's credentials file.
    pub(crate) fn profile(&self, endpoint: &str, region: &str) -> String {
        format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\nregion = {region}\nendpoint_url = {endpoint}\n",
            self.access_key_id,
            self.secret.expose()
        )
    }
}

impl Plane {
    /// Opens a directory, in this order: keys, store, accounts, sessions, audit. A directory that is not there is made.
    pub(crate) fn open(data: &Path, quotas: Quotas, audit: &Audit, environment: Environment<'_>) -> Result<Self> {
        let data = private_folder(data)?;
        let keys = private_folder(&data.join("keys"))?;
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let root = match environment("ROLECALL_ROOT_KEY") {
            Some(text) => RootKey::from_text(&text).context("ROLECALL_ROOT_KEY"),
            None => RootKey::load_or_create(&keys.join("root.key"), entropy.as_ref()).context("the root key"),
        };
        let root = Arc::new(root?);
        let store: Arc<dyn Store> =
            Arc::new(Embedded::open(&data.join("store"), Options::default()).context("opening the store")?);
        let identity = Identity::open(store.clone(), root.clone(), entropy.clone(), quotas);
        let identity = Arc::new(identity.context("loading the accounts")?);
        let sealing = SealingKeys::load_and_rotate(store.as_ref(), &root, clock::timestamp(), entropy.as_ref())
            .context("the sealing keys")?;
        let audit_config = AuditConfig {
            sync: audit.sync,
            ..AuditConfig::new(data.join("audit"))
        };
        Ok(Self {
            keys,
            root,
            sessions: Arc::new(Sessions::new(sealing)),
            audit: FileLog::open(audit_config, Arc::new(SystemClock)).context("opening the audit log")?,
            usage: Arc::new(Usage::open(store.clone()).context("loading the last uses")?),
            store,
            identity,
            entropy,
            data,
        })
    }

    /// Makes the account and its root's key at the first start; tells the key.
    pub(crate) fn first_account(&self, account: AccountId, environment: Environment<'_>) -> Result<RootCredentials> {
        let (identity, now) = (&self.identity, clock::timestamp());
        if identity.snapshot().account(account).is_none() {
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
            _ => {
                bail!("ROLECALL_ROOT_ACCESS_KEY_ID and ROLECALL_ROOT_SECRET_ACCESS_KEY are set together or not at all")
            }
        };
        let snapshot = identity.snapshot();
        if let Some(key) = snapshot.access_keys(account, None).next() {
            let view = View::new(&snapshot, identity.root()).access_key(&key.id);
            let secret = view
                .context("the root's access key does not open with this root key")?
                .secret;
            return Ok(RootCredentials {
                access_key_id: key.id.clone(),
                secret,
                given: asked.is_some(),
            });
        }
        let given = asked.as_ref().map(|(id, secret)| (id, secret));
        let (key, secret) = identity
            .write_blocking(Permit::operator(account), now, |transaction, permit| {
                account::access_key::create(transaction, permit, None, given)
            })
            .context("making the root's access key")?;
        Ok(RootCredentials {
            access_key_id: key.id,
            secret,
            given: asked.is_some(),
        })
    }

    /// The AWS services over this, and what gateways elsewhere ask. Hosted issuers are under `endpoint`, an https URL;
    /// `certificate_authority` is its authority (PEM), if it is one of our own.
    pub(crate) fn services(
        &self,
        gateway: &rolecall_gateway::Config,
        endpoint: String,
        certificate_authority: Option<String>,
        fetching: FetchConfig,
    ) -> Result<Arc<Services>> {
        let fetcher = Fetcher::new(fetching).context("the trusted certificates")?;
        let control = Arc::new(Control {
            identity: self.identity.clone(),
            sessions: self.sessions.clone(),
            ring: Arc::new(KeyRing::new(RingConfig::default())),
            fetcher: Arc::new(fetcher),
            audit: self.audit.clone(),
            usage: self.usage.clone(),
            reports: Reports::default(),
            clock: Arc::new(SystemClock),
            region: gateway.region.clone(),
            endpoint,
            certificate_authority,
            longest_presigned: gateway.longest_presigned,
            buckets: Some(Arc::new(Changes {
                config: gateway.clone(),
                authority: self.authority(gateway),
            })),
            strangers: Strangers::default(),
        });
        Ok(Arc::new(Services::new(control, self.data.join("audit"))))
    }

    /// The gateway before a store.
    pub(crate) fn gateway(&self, config: rolecall_gateway::Config, store: Arc<dyn Upstream>) -> Arc<dyn Fallback> {
        let authority = self.authority(&config);
        Arc::new(S3(Gateway::new(config, Arc::new(authority), store)))
    }

    fn authority(&self, config: &rolecall_gateway::Config) -> Local {
        Local {
            identity: self.identity.clone(),
            sessions: self.sessions.clone(),
            audit: self.audit.clone(),
            usage: self.usage.clone(),
            region: config.region.clone(),
            only: None,
        }
    }

    /// Ready as long as what is decided can be written down.
    pub(crate) fn ready(&self) -> Arc<dyn Ready> {
        Arc::new(Audited(self.audit.clone()))
    }

    /// Answers until it is told to stop, and does meanwhile what is to be done every few minutes.
    pub(crate) async fn serve(self, bound: Bound, deps: Deps, shutdown: impl Future<Output = ()> + Send) {
        let Self {
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
                signing_keys::keep(&accounts, clock::timestamp()).await;
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

/// The certificates of files (PEM).
pub(crate) fn certificates<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Vec<CertificateDer<'static>>> {
    let mut all = Vec::new();
    for file in files {
        for certificate in CertificateDer::pem_file_iter(file).with_context(|| format!("reading {}", file.display()))? {
            all.push(certificate.with_context(|| format!("reading {}", file.display()))?);
        }
    }
    Ok(all)
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
