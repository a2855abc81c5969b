//! Listening: one port that answers http and https, under limits, until it is told to stop.

use std::{fmt, future::Future, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;

use crate::body::Body;

/// The first byte of a TLS connection: a handshake record (RFC 8446, section 5.1). No HTTP method starts with it.
const TLS_HANDSHAKE: u8 = 22;

/// What a connection may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// Headers of a request, in number.
    pub headers: usize,
    /// Bytes of a request's head.
    pub head: usize,
    /// How long a request's head may take, which is also how long an idle connection stays open.
    pub head_time: Duration,
    /// How long the first byte and a TLS handshake may take.
    pub handshake_time: Duration,
    /// Bytes of a body that is read whole (AWS: 10,000,000 for query APIs).
    pub body: usize,
    /// How long such a body may take.
    pub body_time: Duration,
    /// How long requests may go on after the server was told to stop.
    pub drain_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            headers: 100,
            head: 64 * 1024,
            head_time: Duration::from_mins(1),
            handshake_time: Duration::from_secs(10),
            body: 10_000_000,
            body_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(10),
        }
    }
}

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// The socket's other end.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub secure: bool,
}

/// An answer to come.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Response<Body>> + Send + 'a>>;

/// Answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers one.
    fn answer(self: Arc<Self>, request: Request<Incoming>, peer: Peer) -> Answering<'static>;
}

/// Whether a port speaks TLS.
#[derive(Clone)]
pub enum Tls {
    /// No.
    Off,
    /// To whoever begins with it; http is answered too.
    Offered(Arc<rustls::ServerConfig>),
    /// Yes, and nothing else: a connection that begins otherwise is closed.
    Required(Arc<rustls::ServerConfig>),
}

impl Tls {
    fn config(&self) -> Option<&Arc<rustls::ServerConfig>> {
        match self {
            Self::Off => None,
            Self::Offered(config) | Self::Required(config) => Some(config),
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "Off",
            Self::Offered(_) => "Offered",
            Self::Required(_) => "Required",
        })
    }
}

/// A port that is open and not served yet.
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Opens a port; 0 takes a free one.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let tcp = TcpListener::bind(address).await?;
        let address = tcp.local_addr()?;
        Ok(Self { tcp, address })
    }

    /// The address that it is open at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is done, then lets running requests end within [`Limits::drain_time`].
    pub async fn serve(
        self,
        tls: Tls,
        limits: Limits,
        handler: Arc<dyn Handler>,
        stop: impl Future<Output = ()> + Send,
    ) {
        let acceptor = Acceptor {
            tls: tls.config().cloned().map(TlsAcceptor::from),
            required: matches!(tls, Tls::Required(_)),
        };
        let slots = Arc::new(Semaphore::new(limits.connections));
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = accept(&self.tcp, &slots) => accepted,
            };
            let (stream, address, slot) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, say. Others may be closing theirs: wait, do not spin.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let serving = serve_connection(
                stream,
                address,
                acceptor.clone(),
                limits,
                Arc::clone(&handler),
                graceful.watcher(),
            );
            tokio::spawn(async move {
                serving.await;
                drop(slot);
            });
        }
        drop(self.tcp);
        if tokio::time::timeout(limits.drain_time, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("requests were cut off after the time for draining");
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What is done with a connection's first byte.
#[derive(Clone)]
struct Acceptor {
    tls: Option<TlsAcceptor>,
    required: bool,
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(tcp: &TcpListener, slots: &Arc<Semaphore>) -> io::Result<Accepted> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, address) = tcp.accept().await?;
    // Answers are small and must not wait for acknowledgements.
    stream.set_nodelay(true)?;
    Ok((stream, address, slot))
}

async fn serve_connection(
    stream: TcpStream,
    address: SocketAddr,
    acceptor: Acceptor,
    limits: Limits,
    handler: Arc<dyn Handler>,
    watcher: Watcher,
) {
    let Acceptor { tls, required } = acceptor;
    let Some(tls) = tls else {
        return serve_http(stream, Peer { address, secure: false }, limits, handler, watcher).await;
    };
    let mut first = [0];
    match tokio::time::timeout(limits.handshake_time, stream.peek(&mut first)).await {
        Ok(Ok(1)) => {}
        _ => return,
    }
    if first != [TLS_HANDSHAKE] && required {
        tracing::debug!(peer = %address, "a connection without TLS was closed");
        return;
    }
    if first != [TLS_HANDSHAKE] {
        return serve_http(stream, Peer { address, secure: false }, limits, handler, watcher).await;
    }
    match tokio::time::timeout(limits.handshake_time, tls.accept(stream)).await {
        Ok(Ok(stream)) => serve_http(stream, Peer { address, secure: true }, limits, handler, watcher).await,
        Ok(Err(error)) => tracing::debug!(%error, peer = %address, "a TLS handshake failed"),
        Err(_) => tracing::debug!(peer = %address, "a TLS handshake took too long"),
    }
}

async fn serve_http<S>(stream: S, peer: Peer, limits: Limits, handler: Arc<dyn Handler>, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let answering = Arc::clone(&handler).answer(request, peer);
        async move { Ok::<_, std::convert::Infallible>(answering.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(limits.headers)
        .max_buf_size(limits.head.max(16 * 1024))
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, peer = %peer.address, "a connection ended early");
    }
}
