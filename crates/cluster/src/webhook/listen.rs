//! Listening, under limits, until told to stop. The control plane's listener is out of reach here, with all else that could
//! mint a credential; this one knows TLS alone, or none.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

/// Connections at once; more wait to be accepted.
const CONNECTIONS: usize = 1024;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long an idle connection stays open, and how long a request's head may take: longer than the 90 seconds after which
/// the API server closes an idle connection itself, so that none is closed under a review.
const IDLE: Duration = Duration::from_mins(2);
/// How long reviews may go on after the webhook was told to stop: as long as the API server waits for one by default.
const DRAIN: Duration = Duration::from_secs(10);
/// Headers of a request, in number, and bytes of its head.
const HEAD: (usize, usize) = (64, 32 * 1024);

/// An answer.
pub(super) type Answer = Response<Full<Bytes>>;

/// Serves until `stop` is done, then lets running requests end.
pub(super) async fn serve<H, A>(
    tcp: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    handler: H,
    stop: impl Future<Output = ()>,
) where
    H: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let acceptor = tls.map(TlsAcceptor::from);
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = accept(&tcp, &slots) => accepted,
        };
        match accepted {
            Ok((stream, slot)) => {
                let serving = serve_connection(stream, acceptor.clone(), handler.clone(), graceful.watcher());
                tokio::spawn(async move {
                    serving.await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of file descriptors, say. Others may be closing theirs: wait, do not spin.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(tcp);
    if timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("reviews were cut off after the time for draining");
    }
}

async fn accept(tcp: &TcpListener, slots: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = tcp.accept().await?;
    // Answers are small and must not wait for acknowledgements.
    stream.set_nodelay(true)?;
    Ok((stream, slot))
}

async fn serve_connection<H, A>(stream: TcpStream, acceptor: Option<TlsAcceptor>, handler: H, watcher: Watcher)
where
    H: Fn(Request<Incoming>) -> A,
    A: Future<Output = Answer>,
{
    let Some(acceptor) = acceptor else {
        return serve_http(stream, handler, watcher).await;
    };
    match timeout(HANDSHAKE, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => serve_http(stream, handler, watcher).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn serve_http<S, H, A>(stream: S, handler: H, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Fn(Request<Incoming>) -> A,
    A: Future<Output = Answer>,
{
    let service = service_fn(move |request| {
        let answering = handler(request);
        async move { Ok::<_, Infallible>(answering.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_headers(HEAD.0)
        .max_buf_size(HEAD.1)
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
