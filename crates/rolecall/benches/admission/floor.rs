//! The floor: what the HTTP and TLS libraries can do by themselves. This very program, started once more.

use std::{
    convert::Infallible,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rolecall_cluster::certificate::{Current, Files, tls};
use tokio_rustls::TlsAcceptor;

const OPTION: &str = "--floor";
/// As long as a review's answer.
static BODY: [u8; 1800] = [b'x'; 1800];

/// Killed when it is dropped.
pub(crate) struct Floor {
    process: Child,
    address: SocketAddr,
}

impl Floor {
    /// With the certificate of a folder.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .arg(OPTION)
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            process,
            address: line.trim().parse().unwrap(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Whether this process is to be the floor, and over which folder.
pub(crate) fn asked_for(arguments: &[String]) -> Option<PathBuf> {
    let at = arguments.iter().position(|argument| argument == OPTION)?;
    arguments.get(at + 1).map(PathBuf::from)
}

/// Serves until it is killed.
pub(crate) fn serve(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let current = Arc::new(Current::default());
        Files::new(folder.join("tls.crt"), folder.join("tls.key"))
            .look(&current)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(tls(current, false).unwrap()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        std::io::stdout().flush().unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await.unwrap();
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await;
            });
        }
    });
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    request.into_body().collect().await.unwrap();
    Ok(Response::new(Full::from(&BODY[..])))
}
