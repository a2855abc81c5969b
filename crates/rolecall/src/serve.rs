//! `rolecall serve`: the control plane for clusters elsewhere, and the gateway before a store, in one process over one
//! directory. The order of starting is written here, once.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use rolecall_cluster::certificate::{self, Current, Files};
use rolecall_gateway::HttpUpstream;
use rolecall_names::AccountId;
use rolecall_server::{
    body::Body,
    dispatch::{About, Dispatch, Fallback},
    fetch::FetchConfig,
    listen::{Answering, Tls},
    server::{self, Deps, Server},
};
use rolecall_wire::sigv4::Credentials;

use self::config::{Config, Store, TlsFiles};
use crate::{
    clock,
    plane::{Environment, Plane, certificates, files::write_private},
    stopped,
};

pub(crate) mod config;

/// Runs until it is told to stop.
pub(crate) async fn run(config: Config, environment: Environment<'_>) -> Result<ExitCode> {
    let stopped = stopped()?;
    let (files, current, tls) = tls(&config.tls)?;
    let store = config.store.as_ref();
    let store = store.map(|store| upstream(store, environment)).transpose()?;

    let plane = Plane::open(&config.data, config.quotas, &config.audit, environment)?;
    let account: AccountId = config.account_id.parse().context("account-id")?;
    let root = plane.first_account(account, environment)?;
    let fetching = FetchConfig {
        roots: certificates(config.issuer_ca.as_deref())?,
        private_hosts: config.issuer_private_hosts.clone(),
        ..FetchConfig::default()
    };
    let gateway = rolecall_gateway::Config {
        virtual_host_suffix: config.virtual_host_suffix.clone(),
        region: config.region.clone(),
        longest_presigned: Duration::from_secs(config.presign_max_seconds),
    };
    let services = plane.services(&gateway, config.endpoint.clone(), None, fetching)?;
    let fallback: Arc<dyn Fallback> = match store {
        Some(store) => plane.gateway(gateway, Arc::new(store)),
        None => Arc::new(NoStore),
    };

    let server_config = server::Config {
        health: Some(config.health),
        allow_remote: true,
        ..server::Config::new(config.listen)
    };
    let limits = server_config.limits;
    let bound = Server::build(server_config).await?;
    let deps = Deps {
        tls,
        dispatch: Arc::new(Dispatch {
            api: services,
            extra: Vec::new(),
            fallback,
            entropy: plane.entropy.clone(),
            limits,
        }),
        ready: plane.ready(),
    };
    let told = if root.given {
        String::new()
    } else {
        let file = plane.data.join("credentials");
        write_private(&file, root.profile(&config.endpoint, &config.region).as_bytes())?;
        format!(", the root's credentials in {}", file.display())
    };
    let health = bound.health_address();
    println!(
        "ready: {} (listening on {}, data in {}{told}{})",
        config.endpoint,
        bound.address(),
        plane.data.display(),
        health
            .map(|address| format!(", health on http://{address}"))
            .unwrap_or_default(),
    );
    let certificates = tokio::spawn(async move { files.follow(&current).await });
    plane.serve(bound, deps, stopped).await;
    certificates.abort();
    Ok(ExitCode::SUCCESS)
}

/// TLS with the certificate of these files, and what follows them as they change.
pub(crate) fn tls(files: &TlsFiles) -> Result<(Files, Arc<Current>, Tls)> {
    let current = Arc::new(Current::default());
    let mut files = Files::new(files.certificate.clone(), files.key.clone());
    files.look(&current).map_err(anyhow::Error::msg).context("tls")?;
    let tls = certificate::tls(current.clone(), false, None)
        .map_err(anyhow::Error::msg)
        .context("tls")?;
    Ok((files, current, Tls::Required(Arc::new(tls))))
}

/// The store behind the gateway, with the gateway's own credentials there.
pub(crate) fn upstream(store: &Store, environment: Environment<'_>) -> Result<HttpUpstream> {
    let secret = |name: &str| {
        environment(name).with_context(|| format!("{name} is not set: the gateway's credentials at the store"))
    };
    let credentials = Credentials {
        access_key_id: secret("ROLECALL_STORE_ACCESS_KEY_ID")?,
        secret_access_key: secret("ROLECALL_STORE_SECRET_ACCESS_KEY")?.into(),
        session_token: None,
    };
    let endpoint = config::url(&store.endpoint).context("store.endpoint")?;
    HttpUpstream::new(endpoint, store.region.clone(), credentials, Arc::new(clock::now))
        .context("the certificates that the store is trusted by")
}

/// Answers S3 where no store is configured.
struct NoStore;

const NO_STORE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NotImplemented</Code><Message>This \
                        endpoint has no store behind it: [store] is missing in its configuration</Message></Error>";

impl Fallback for NoStore {
    fn answer(self: Arc<Self>, _: Request<Incoming>, _: About) -> Answering<'static> {
        let mut response = Response::new(Body::whole(NO_STORE));
        *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        // Its body was not read.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        Box::pin(std::future::ready(response))
    }
}
