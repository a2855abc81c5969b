//! The floors: what the HTTP library alone can do, what it can do when each request costs one RSA verification, and the
//! embedded object store without what stands before it. Each is this very program, started once more.

use std::{
    convert::Infallible,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::SystemTime,
};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Either, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rolecall_cluster::certificate::{self, Current, Files};
use rolecall_objects::{Objects, Settings};
use tokio_rustls::TlsAcceptor;

const OPTION: &str = "--floor";
/// Comes before the directory of an object store.
const STORE: &str = "store ";
/// Comes before the folder of a certificate.
const SECURE: &str = "secure ";

/// A floor in a process of its own; killed when it is dropped.
pub(crate) struct Floor {
    process: Child,
    address: SocketAddr,
}

/// What such a process is to do.
pub(crate) enum Serve {
    Fixed,
    Secure(String),
    Signature(ParsedPublicKey),
    Store(String),
}

impl Floor {
    pub(crate) fn fixed() -> Self {
        Self::start("")
    }

    /// Over TLS, with `tls.crt` and `tls.key` of a folder.
    pub(crate) fn secure(folder: &Path) -> Self {
        Self::start(&format!("{SECURE}{}", folder.display()))
    }

    /// With the issuer's key set.
    pub(crate) fn signature(keys: &serde_json::Value) -> Self {
        let key = &keys["keys"][0];
        Self::start(&format!(
            "{} {}",
            key["n"].as_str().unwrap(),
            key["e"].as_str().unwrap()
        ))
    }

    /// The object store over a directory of its own.
    pub(crate) fn store(directory: &Path) -> Self {
        Self::start(&format!("{STORE}{}", directory.display()))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn start(key: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([OPTION, key])
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

    /// Whether this process is to be a floor.
    pub(crate) fn asked_for(arguments: &[String]) -> Option<Serve> {
        let at = arguments.iter().position(|argument| argument == OPTION)?;
        let what = arguments.get(at + 1)?;
        if let Some(directory) = what.strip_prefix(STORE) {
            return Some(Serve::Store(directory.to_owned()));
        }
        if let Some(folder) = what.strip_prefix(SECURE) {
            return Some(Serve::Secure(folder.to_owned()));
        }
        let Some((n, e)) = what.split_once(' ') else {
            return Some(Serve::Fixed);
        };
        let part = |text| URL_SAFE_NO_PAD.decode(text).unwrap();
        let key = RsaPublicKeyComponents { n: part(n), e: part(e) };
        Some(Serve::Signature(
            key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).unwrap(),
        ))
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Serve {
    /// Serves until it is killed.
    pub(crate) fn serve(self) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            println!("{}", listener.local_addr().unwrap());
            std::io::stdout().flush().unwrap();
            match self {
                Self::Fixed => accept(listener, None, Arc::new(|request| answer(request, None))).await,
                Self::Secure(folder) => {
                    let (folder, current) = (Path::new(&folder), Arc::new(Current::default()));
                    let mut files = Files::new(folder.join("tls.crt"), folder.join("tls.key"));
                    files.look(&current).unwrap();
                    let tls = TlsAcceptor::from(Arc::new(certificate::tls(current, false, None).unwrap()));
                    accept(listener, Some(tls), Arc::new(|request| answer(request, None))).await;
                }
                Self::Signature(key) => {
                    let key = Arc::new(key);
                    accept(
                        listener,
                        None,
                        Arc::new(move |request| answer(request, Some(Arc::clone(&key)))),
                    )
                    .await;
                }
                Self::Store(directory) => {
                    let objects = Objects::open(Path::new(&directory), Settings::new(SystemTime::now)).unwrap();
                    let answer = move |request| {
                        let objects = objects.clone();
                        async move { Ok(objects.handle(request).await.map(Either::Right)) }
                    };
                    accept(listener, None, Arc::new(answer)).await;
                }
            }
        });
    }
}

type Answer = Response<Either<Full<Bytes>, rolecall_objects::Body>>;

async fn accept<F>(
    listener: tokio::net::TcpListener,
    tls: Option<TlsAcceptor>,
    answer: Arc<dyn Fn(Request<Incoming>) -> F + Send + Sync>,
) where
    F: Future<Output = Result<Answer, Infallible>> + Send + 'static,
{
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (answer, tls) = (Arc::clone(&answer), tls.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request));
            let http = http1::Builder::new();
            let _ = match tls {
                None => http.serve_connection(TokioIo::new(stream), service).await,
                Some(tls) => {
                    let stream = tls.accept(stream).await.unwrap();
                    http.serve_connection(TokioIo::new(stream), service).await
                }
            };
        });
    }
}

/// As long as an answer with credentials.
static BODY: [u8; 2000] = [b'x'; 2000];

async fn answer(request: Request<Incoming>, key: Option<Arc<ParsedPublicKey>>) -> Result<Answer, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let right = key.is_none_or(|key| verifies(&key, &body));
    let status = if right { 200 } else { 403 };
    let body = Either::Left(Full::from(&BODY[..]));
    Ok(Response::builder().status(status).body(body).unwrap())
}

fn verifies(key: &ParsedPublicKey, body: &[u8]) -> bool {
    let text = std::str::from_utf8(body).unwrap();
    let token = text.rsplit_once("WebIdentityToken=").unwrap().1;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    key.verify_sig(signed.as_bytes(), &signature).is_ok()
}
