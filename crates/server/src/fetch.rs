//! Fetching the keys of identity providers (threat 10).
//!
//! # What each attack meets
//! - *An issuer inside our network* (`169.254.169.254`, a service of the cluster): the host is resolved once, every address
//!   must be public, and the connection goes to the very address that was checked, so that a resolver that answers
//!   differently the second time changes nothing. `jwks_uri` is treated alike.
//! - *A redirect*: none is followed. *A proxy from the environment*: never read.
//! - *A slow, endless or enormous answer*: one deadline for all of it, 256 KiB, then it counts as unreachable or unusable.
//! - *A discovery document of somebody else*: its `issuer` is the provider's URL, byte for byte (OpenID Connect Discovery
//!   1.0, section 4.3).

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rolecall_identity::{
    state::Provider,
    token::{FetchFailed, KeyRing, KeySet},
};
use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName},
};
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use self::certificate::Verifier;
use crate::clock::Clock;

mod address;
mod certificate;

/// The longest answer, in bytes.
const LONGEST: usize = 256 * 1024;
/// The most addresses of a host that are tried.
const ADDRESSES: usize = 4;

/// How keys are fetched.
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// Whether issuers may be on loopback addresses (`rolecall dev` alone).
    pub allow_loopback: bool,
    /// Hosts that may have private addresses.
    pub private_hosts: Vec<String>,
    /// Roots beside the system's (`--issuer-ca`).
    pub roots: Vec<CertificateDer<'static>>,
    /// Whether the system's roots are trusted too.
    pub system_roots: bool,
    /// How long one provider's discovery and keys may take together.
    pub timeout: Duration,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            allow_loopback: false,
            private_hosts: Vec::new(),
            roots: Vec::new(),
            system_roots: true,
            timeout: Duration::from_secs(5),
        }
    }
}

/// Fetches keys.
pub struct Fetcher {
    config: FetchConfig,
    roots: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    // One fetch at a time for each provider.
    flights: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// The roots cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the issuers' root certificates cannot be used: {0}")]
pub struct RootsError(String);

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Fetcher {
    /// With this configuration. Reads the system's roots.
    pub fn new(config: FetchConfig) -> Result<Self, RootsError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        for root in &config.roots {
            roots.add(root.clone()).map_err(|error| RootsError(error.to_string()))?;
        }
        if config.system_roots {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        let roots = if roots.is_empty() {
            None
        } else {
            let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
            Some(builder.build().map_err(|error| RootsError(error.to_string()))?)
        };
        Ok(Self {
            config,
            roots,
            provider,
            flights: Mutex::default(),
        })
    }

    /// Fetches a provider's keys. `url` is the provider's whole URL.
    pub async fn keys(&self, url: &str, thumbprints: &[String]) -> Result<KeySet, FetchFailed> {
        let fetching = self.discover(url, thumbprints);
        let outcome = tokio::time::timeout(self.config.timeout, fetching)
            .await
            .unwrap_or(Err(FetchFailed::Unreachable));
        let result = match &outcome {
            Ok(_) => "ok",
            Err(FetchFailed::Unreachable) => "unreachable",
            Err(FetchFailed::Unusable) => "unusable",
            Err(FetchFailed::Certificate) => "certificate",
        };
        metrics::counter!("rolecall_key_fetches_total", "result" => result).increment(1);
        if let Err(error) = &outcome {
            tracing::warn!(issuer = ?url, %error, "a provider's keys were not fetched");
        }
        outcome
    }

    /// Fetches a provider's keys into the ring, or waits for the fetch that is under way.
    pub async fn refresh(&self, ring: &KeyRing, provider: &Provider, clock: &dyn Clock) {
        let flight = {
            let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(flights.entry(provider.arn.clone()).or_default())
        };
        if let Ok(flying) = flight.try_lock() {
            let url = format!("https://{}", provider.url);
            let outcome = self.keys(&url, &provider.thumbprints).await;
            let mut jitter = [0; 2];
            // Without randomness all replicas refresh at once, and nothing worse.
            let _ = aws_lc_rs::rand::fill(&mut jitter);
            ring.fetched(&provider.arn, outcome, clock.now(), u16::from_be_bytes(jitter));
            drop(flying);
        } else {
            drop(flight.lock().await);
        }
    }

    async fn discover(&self, url: &str, thumbprints: &[String]) -> Result<KeySet, FetchFailed> {
        let document = format!("{}/.well-known/openid-configuration", url.trim_end_matches('/'));
        let discovery = self.get(&document, thumbprints).await?;
        let discovery: Discovery = serde_json::from_slice(&discovery).map_err(|_| FetchFailed::Unusable)?;
        if discovery.issuer != url {
            return Err(FetchFailed::Unusable);
        }
        let keys = self.get(&discovery.jwks_uri, thumbprints).await?;
        let keys = KeySet::parse(&keys).map_err(|_| FetchFailed::Unusable)?;
        if keys.is_empty() {
            Err(FetchFailed::Unusable)
        } else {
            Ok(keys)
        }
    }

    async fn get(&self, url: &str, thumbprints: &[String]) -> Result<Bytes, FetchFailed> {
        let uri: Uri = url.parse().map_err(|_| FetchFailed::Unusable)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(FetchFailed::Unusable);
        };
        if authority.as_str().contains('@') {
            return Err(FetchFailed::Unusable);
        }
        if scheme != "https" {
            return Err(FetchFailed::Unusable);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let port = authority.port_u16().unwrap_or(443);
        let stream = self.connect(host, port).await?;
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let request = Request::get(path)
            .header(header::HOST, authority.as_str())
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, "rolecall")
            .header(header::CONNECTION, "close")
            .body(Empty::new())
            .map_err(|_| FetchFailed::Unusable)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| FetchFailed::Unusable)?;
        let verifier = Verifier::new(self.roots.clone(), thumbprints, Arc::clone(&self.provider));
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| FetchFailed::Unreachable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let stream = connecting.map_err(|error| {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            match inner {
                Some(rustls::Error::InvalidCertificate(_)) => FetchFailed::Certificate,
                _ => FetchFailed::Unreachable,
            }
        })?;
        exchange(stream, request).await
    }

    /// Resolves, checks, and connects to what was checked.
    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, FetchFailed> {
        let resolved = tokio::net::lookup_host((host, port))
            .await
            .map_err(|_| FetchFailed::Unreachable)?;
        let addresses: Vec<SocketAddr> = resolved.take(ADDRESSES).collect();
        if addresses.iter().any(|address| !self.allows(host, address.ip())) {
            tracing::warn!(?host, "a provider's host has an address that may not be asked");
            return Err(FetchFailed::Unreachable);
        }
        for address in addresses {
            if let Ok(stream) = TcpStream::connect(address).await {
                return Ok(stream);
            }
        }
        Err(FetchFailed::Unreachable)
    }

    fn allows(&self, host: &str, address: IpAddr) -> bool {
        address::is_public(address)
            || (self.config.allow_loopback && address.is_loopback())
            || self.config.private_hosts.iter().any(|allowed| allowed == host)
    }
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

async fn exchange<S>(stream: S, request: Request<Empty<Bytes>>) -> Result<Bytes, FetchFailed>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(64 * 1024)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|_| FetchFailed::Unreachable)?;
    // The connection is driven beside the request, and ends with this future: nothing is left running.
    let asking = async move {
        let response = sender
            .send_request(request)
            .await
            .map_err(|_| FetchFailed::Unreachable)?;
        match response.status() {
            StatusCode::OK => {}
            status if status.is_server_error() => return Err(FetchFailed::Unreachable),
            _ => return Err(FetchFailed::Unusable),
        }
        let body = Limited::new(response.into_body(), LONGEST).collect().await;
        body.map(http_body_util::Collected::to_bytes).map_err(|error| {
            let too_long = error.downcast_ref::<http_body_util::LengthLimitError>().is_some();
            if too_long {
                FetchFailed::Unusable
            } else {
                FetchFailed::Unreachable
            }
        })
    };
    let mut asking = std::pin::pin!(asking);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        biased;
        outcome = &mut asking => outcome,
        _ = &mut connection => asking.await,
    }
}
