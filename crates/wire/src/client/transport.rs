//! Connections: http and https, one at a time or many, kept open between calls.

use std::{io, path::Path, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::{Environment, Error};

const CONNECT: Duration = Duration::from_secs(5);
/// For the whole of one attempt.
const ATTEMPT: Duration = Duration::from_mins(1);
/// The longest answer that is kept.
const LONGEST: usize = 256 << 20;

/// A pool of connections.
#[derive(Clone)]
pub(super) struct Transport {
    pool: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Transport {
    pub(super) fn new(environment: &Environment) -> Result<Self, Error> {
        let roots = match &environment.ca_bundle {
            Some(path) => bundle(path).map_err(|error| {
                Error::Configuration(format!("reading AWS_CA_BUNDLE `{}`: {error}", path.display()))
            })?,
            // Reading the system's certificates takes longer than a call on this machine.
            None if environment.is_plain() => RootCertStore::empty(),
            None => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                roots
            }
        };
        let tls = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Configuration(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self {
            pool: Client::builder(TokioExecutor::new()).build(connector),
        })
    }

    /// Sends a request and reads its answer whole. No redirect is followed: no call of ours is answered by one.
    pub(super) async fn send(&self, mut request: Request<Bytes>, endpoint: &str) -> Result<Response<Bytes>, Error> {
        let unreachable = |source: Box<dyn std::error::Error + Send + Sync>| Error::Unreachable {
            endpoint: endpoint.to_owned(),
            source,
        };
        request
            .headers_mut()
            .entry(header::USER_AGENT)
            .or_insert(HeaderValue::from_static(concat!(
                "rolecall/",
                env!("CARGO_PKG_VERSION")
            )));
        let exchange = async {
            let answer = self
                .pool
                .request(request.map(Full::new))
                .await
                .map_err(|error| unreachable(error.into()))?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, LONGEST).collect().await.map_err(unreachable)?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        match tokio::time::timeout(ATTEMPT, exchange).await {
            Ok(answer) => answer,
            Err(late) => Err(unreachable(late.into())),
        }
    }
}

fn bundle(path: &Path) -> io::Result<RootCertStore> {
    let text = std::fs::read(path)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(io::Error::other)?;
        roots.add(certificate).map_err(io::Error::other)?;
    }
    if roots.is_empty() {
        return Err(io::Error::other("it holds no certificate"));
    }
    Ok(roots)
}
