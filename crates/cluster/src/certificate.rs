//! The certificate that a server shows, replaced while it serves.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arc_swap::ArcSwapOption;
use rustls::{
    RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier},
    sign::CertifiedKey,
};
use tokio::time::sleep;

/// How often certificate files are looked at.
const LOOKS: Duration = Duration::from_secs(5);

/// The certificate in force; none before the first.
#[derive(Default)]
pub struct Current(ArcSwapOption<CertifiedKey>);

impl Current {
    /// Shows this one from the next handshake on.
    pub fn set(&self, chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<(), String> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let certified = CertifiedKey::from_der(chain, key, &provider).map_err(|error| error.to_string())?;
        // Some kinds of key cannot be compared; a pair that is known not to belong together is refused.
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
            Err(error) => return Err(error.to_string()),
        }
        self.0.store(Some(Arc::new(certified)));
        Ok(())
    }

    /// Whether there is one.
    pub fn is_set(&self) -> bool {
        self.0.load().is_some()
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current").field("is_set", &self.is_set()).finish()
    }
}

/// TLS with whatever certificate is in force. With `clients`, a file of certificates, only for who shows a certificate that
/// one of them has signed.
pub fn tls(current: Arc<Current>, only_tls_13: bool, clients: Option<&Path>) -> Result<rustls::ServerConfig, String> {
    let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = if only_tls_13 {
        builder.with_protocol_versions(&[&rustls::version::TLS13])
    } else {
        builder.with_safe_default_protocol_versions()
    };
    let builder = builder.map_err(|error| error.to_string())?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities(file)?), provider);
            builder.with_client_cert_verifier(verifier.build().map_err(|error| error.to_string())?)
        }
    };
    Ok(builder.with_cert_resolver(current))
}

fn authorities(file: &Path) -> Result<RootCertStore, String> {
    let wrong = |error: &dyn fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read(file).map_err(|error| wrong(&error))?;
    let mut authorities = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        authorities.add(certificate).map_err(|error| wrong(&error))?;
    }
    if authorities.is_empty() {
        return Err(wrong(&"holds no certificate in PEM"));
    }
    Ok(authorities)
}

/// A certificate and its key in files that somebody else keeps, such as cert-manager.
pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
    read: (Vec<u8>, Vec<u8>),
}

impl Files {
    /// These files, not read yet.
    pub fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self {
            certificate,
            key,
            read: Default::default(),
        }
    }

    /// Reads the files if they have changed.
    pub fn look(&mut self, current: &Current) -> Result<(), String> {
        let text = |path: &PathBuf| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
        let read = (text(&self.certificate)?, text(&self.key)?);
        if read == self.read {
            return Ok(());
        }
        let shown = self.certificate.display();
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&read.0)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{shown}: {error}"))?;
        if chain.is_empty() {
            return Err(format!("{shown}: holds no certificate"));
        }
        let key = PrivateKeyDer::from_pem_slice(&read.1).map_err(|error| format!("{}: {error}", self.key.display()))?;
        current.set(chain, key).map_err(|error| format!("{shown}: {error}"))?;
        self.read = read;
        Ok(())
    }

    /// Follows the files. A pair that is wrong, as between two writes, leaves the last in force.
    pub async fn follow(mut self, current: &Current) {
        loop {
            sleep(LOOKS).await;
            if let Err(error) = self.look(current) {
                tracing::error!(error, "the certificate cannot be read; the last one stays in force");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["webhook".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    /// An authority, and a certificate of a client that it has signed.
    fn client() -> (String, Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::default();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = rcgen::CertifiedIssuer::self_signed(parameters, key).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(["apiserver".to_owned()]).unwrap();
        parameters.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        let signed = parameters.signed_by(&key, &authority).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        (authority.pem(), vec![signed.der().clone()], key)
    }

    async fn is_answered(
        server: &Arc<rustls::ServerConfig>,
        shown: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
        trusted: &str,
    ) -> bool {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let client = rustls::ClientConfig::builder_with_provider(provider);
        let client = client.with_safe_default_protocol_versions().unwrap();
        let client = client.with_root_certificates(roots);
        let client = match shown {
            Some((chain, key)) => client.with_client_auth_cert(chain, key).unwrap(),
            None => client.with_no_client_auth(),
        };
        let (near, far) = tokio::io::duplex(16 * 1024);
        let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
        let name = "webhook".try_into().unwrap();
        let accept = tokio_rustls::TlsAcceptor::from(Arc::clone(server)).accept(far);
        // A client of TLS 1.3 has ended its part before it is judged.
        let (_, accepted) = tokio::join!(connector.connect(name, near), accept);
        accepted.is_ok()
    }

    #[tokio::test]
    async fn with_an_authority_for_clients_only_its_own_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clients.pem");
        let own = rcgen::generate_simple_self_signed(["webhook".to_owned()]).unwrap();
        let current = Arc::new(Current::default());
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        current.set(vec![own.cert.der().clone()], key).unwrap();
        let refused = |file: &Path| tls(Arc::clone(&current), false, Some(file)).unwrap_err();
        assert!(refused(&file).contains("clients.pem"));
        std::fs::write(&file, "nothing").unwrap();
        assert!(refused(&file).contains("holds no certificate"));

        let (authority, chain, key) = client();
        let (_, strange_chain, strange_key) = client();
        std::fs::write(&file, authority).unwrap();
        let open = Arc::new(tls(Arc::clone(&current), false, None).unwrap());
        let server = Arc::new(tls(current, false, Some(&file)).unwrap());
        let trusted = own.cert.pem();
        assert!(is_answered(&open, None, &trusted).await);
        assert!(is_answered(&server, Some((chain, key)), &trusted).await);
        assert!(!is_answered(&server, None, &trusted).await);
        assert!(!is_answered(&server, Some((strange_chain, strange_key)), &trusted).await);
    }

    #[test]
    fn a_pair_of_files_is_used_when_it_belongs_together_and_never_half_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let paths = (folder.path().join("tls.crt"), folder.path().join("tls.key"));
        let current = Current::default();
        let mut files = Files::new(paths.0.clone(), paths.1.clone());
        assert!(files.look(&current).is_err());
        assert!(!current.is_set());
        let (first, second) = (pair(), pair());
        std::fs::write(&paths.0, &first.0).unwrap();
        std::fs::write(&paths.1, &first.1).unwrap();
        files.look(&current).unwrap();
        let shown = current.0.load_full().unwrap();
        // The certificate is replaced before its key: until both are there the last pair stays.
        std::fs::write(&paths.0, &second.0).unwrap();
        assert!(files.look(&current).is_err());
        assert!(Arc::ptr_eq(&shown, &current.0.load_full().unwrap()));
        std::fs::write(&paths.1, &second.1).unwrap();
        files.look(&current).unwrap();
        assert_ne!(shown.cert, current.0.load_full().unwrap().cert);
    }
}
