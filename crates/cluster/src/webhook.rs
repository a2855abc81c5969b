//! The admission webhook, served: `/mutate` over TLS, health, metrics.

mod authority;
mod listen;
mod meters;

use std::{
    fmt, io,
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use kube::Client;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{net::TcpListener, time::timeout};

pub use self::authority::SelfIssued;
use self::{authority::Keeper, listen::Answer};
use crate::{
    Chance,
    admission::Settings,
    certificate::{self, Current, Files},
    decider::{Decider, Outcome},
    granted::IdentityFile,
    mirror::if_any,
};

/// A review may be no longer, in bytes: two objects of the 3 MiB that the API server takes.
const LONGEST: usize = 8 * 1024 * 1024;
/// How long a review's body may take, in all.
const BODY: Duration = Duration::from_secs(10);

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// How the webhook is served.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where reviews are answered, over TLS; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where health and metrics are told, in plain HTTP.
    pub metrics: SocketAddr,
    /// Whether TLS 1.2 is refused.
    pub only_tls_13: bool,
    /// The file of authorities whose certificates clients must show, if they must (threat 7).
    pub clients: Option<PathBuf>,
    /// What is injected.
    pub settings: Settings,
    /// The certificate.
    pub certificate: Certificate,
    /// The namespace and name of the `ConfigMap` of grants, if there is one.
    pub grants: Option<(String, String)>,
    /// The file of service accounts that use the node's agent, if there is one.
    pub identities: Option<PathBuf>,
}

/// Where the serving certificate comes from.
#[derive(Debug, Clone)]
pub enum Certificate {
    /// Files that somebody else keeps.
    Files {
        /// The chain, in PEM.
        certificate: PathBuf,
        /// The key, in PEM.
        key: PathBuf,
    },
    /// The webhook's own.
    SelfIssued(SelfIssued),
}

/// What the webhook needs of the world.
pub struct Deps {
    /// The API server.
    pub client: Client,
    /// The clock.
    pub clock: Clock,
    /// Randomness.
    pub chance: Chance,
}

/// Why the webhook did not start.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// A port could not be opened.
    #[error("listening on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// Something in the configuration cannot be used.
    #[error("{0}")]
    Configuration(String),
}

/// A webhook whose ports are open.
pub struct Webhook {
    tcp: (TcpListener, TcpListener),
    addresses: (SocketAddr, SocketAddr),
    tls: Arc<rustls::ServerConfig>,
    current: Arc<Current>,
    files: Option<Files>,
    served: Arc<Served>,
}

/// What the two ports answer from.
struct Served {
    decider: Decider,
    current: Arc<Current>,
    keeper: Option<Keeper>,
    metrics: PrometheusHandle,
}

impl Config {
    /// Opens the ports; nothing is answered yet.
    pub async fn build(self, deps: Deps) -> Result<Webhook, WebhookError> {
        let wrong = WebhookError::Configuration;
        self.settings.check().map_err(|error| wrong(error.to_string()))?;
        let current = Arc::new(Current::default());
        let tls = certificate::tls(Arc::clone(&current), self.only_tls_13, self.clients.as_deref()).map_err(wrong)?;
        let mut files = None;
        let mut keeper = None;
        match self.certificate {
            Certificate::Files { certificate, key } => {
                let mut pair = Files::new(certificate, key);
                pair.look(&current).map_err(wrong)?;
                files = Some(pair);
            }
            Certificate::SelfIssued(config) => {
                let client = deps.client.clone();
                keeper = Some(Keeper::new(client, config, deps.clock, Arc::clone(&current)));
            }
        }
        let identities = self.identities.map(IdentityFile::open).transpose().map_err(wrong)?;
        let decider = Decider::new(deps.client, self.settings, self.grants, identities, deps.chance);
        let tcp = (bind(self.listen).await?, bind(self.metrics).await?);
        let address = |tcp: &TcpListener, asked| tcp.local_addr().map_err(|error| WebhookError::Listen(asked, error));
        let addresses = (address(&tcp.0, self.listen)?, address(&tcp.1, self.metrics)?);
        let served = Served {
            decider,
            current: Arc::clone(&current),
            keeper,
            metrics: meters::install(),
        };
        Ok(Webhook {
            tcp,
            addresses,
            tls: Arc::new(tls),
            current,
            files,
            served: Arc::new(served),
        })
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, WebhookError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| WebhookError::Listen(address, error))
}

impl Webhook {
    /// Where reviews are answered.
    pub fn address(&self) -> SocketAddr {
        self.addresses.0
    }

    /// Where health and metrics are told.
    pub fn metrics_address(&self) -> SocketAddr {
        self.addresses.1
    }

    /// Serves until `stop` is done.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self {
            tcp,
            tls,
            current,
            files,
            served,
            ..
        } = self;
        let (stopping, stopped) = tokio::sync::watch::channel(());
        let until = |mut stopped: tokio::sync::watch::Receiver<()>| async move {
            // The sender tells nothing; it is dropped.
            let _ = stopped.changed().await;
        };
        let following = async {
            let files = if_any(files.map(|files| files.follow(&current)));
            let keeper = if_any(served.keeper.as_ref().map(Keeper::follow));
            let meters = meters::keep(|| served.metrics.run_upkeep());
            tokio::join!(served.decider.follow(), files, keeper, meters);
        };
        let reviews = {
            let served = Arc::clone(&served);
            listen::serve(
                tcp.0,
                Some(tls),
                move |request| reviews(Arc::clone(&served), request),
                until(stopped.clone()),
            )
        };
        let health = {
            let served = Arc::clone(&served);
            listen::serve(
                tcp.1,
                None,
                move |request| std::future::ready(health(&served, &request)),
                until(stopped),
            )
        };
        let serving = async { tokio::join!(reviews, health) };
        let stop = async {
            stop.await;
            drop(stopping);
            std::future::pending::<()>().await;
        };
        // The copies are kept while the last reviews are answered.
        tokio::select! {
            _ = serving => {}
            () = following => {}
            () = stop => {}
        }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl Served {
    /// What is not ready, one line each.
    fn unready(&self) -> Vec<String> {
        let mut unready = self.decider.unready();
        if let Some(problem) = self.keeper.as_ref().and_then(Keeper::unready) {
            unready.push(problem);
        } else if !self.current.is_set() {
            unready.push("there is no certificate".to_owned());
        }
        unready
    }
}

/// The port of reviews.
async fn reviews(served: Arc<Served>, request: Request<Incoming>) -> Answer {
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/mutate") => {
            let begun = Instant::now();
            let (answer, outcome) = mutate_request(&served.decider, request).await;
            meters::reviewed(outcome, begun.elapsed());
            answer
        }
        (_, "/mutate") => text(StatusCode::METHOD_NOT_ALLOWED, "a review is a POST\n"),
        _ => healthy(&served, &request),
    }
}

/// The port of health and metrics.
fn health(served: &Served, request: &Request<Incoming>) -> Answer {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/metrics") => text(StatusCode::OK, served.metrics.render()),
        _ => healthy(served, request),
    }
}

/// What both ports tell.
fn healthy<B>(served: &Served, request: &Request<B>) -> Answer {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "");
    }
    match request.uri().path() {
        "/healthz" | "/livez" => text(StatusCode::OK, "ok"),
        "/readyz" => match served.unready() {
            unready if unready.is_empty() => text(StatusCode::OK, "ok"),
            unready => text(StatusCode::SERVICE_UNAVAILABLE, unready.join("\n") + "\n"),
        },
        _ => text(StatusCode::NOT_FOUND, "not found\n"),
    }
}

/// Reads a review's body and answers it.
async fn mutate_request<B>(decider: &Decider, request: Request<B>) -> (Answer, Outcome)
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if !is_json(request.headers()) {
        let message = "Invalid Content-Type, expected `application/json`\n";
        return (text(StatusCode::UNSUPPORTED_MEDIA_TYPE, message), Outcome::Malformed);
    }
    let body = match timeout(BODY, Limited::new(request.into_body(), LONGEST).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            let message = "the review is longer than 8 MiB\n";
            return (text(StatusCode::PAYLOAD_TOO_LARGE, message), Outcome::Malformed);
        }
        Ok(Err(_)) => {
            return (
                text(StatusCode::BAD_REQUEST, "the body broke off\n"),
                Outcome::Malformed,
            );
        }
        Err(_) => {
            return (
                text(StatusCode::REQUEST_TIMEOUT, "the body took too long\n"),
                Outcome::Malformed,
            );
        }
    };
    let (answer, outcome) = decider.review(&body).await;
    let mut response = Response::new(Full::new(Bytes::from(answer)));
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    (response, outcome)
}

/// Parameters, such as a charset, change nothing: JSON is always UTF-8 (RFC 8259, section 8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

fn text(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    let plain = header::HeaderValue::from_static("text/plain; version=0.0.4");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests;
