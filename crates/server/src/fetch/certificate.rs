//! Which certificates of issuers are trusted: by the system's roots and those of `--issuer-ca`, else by a registered
//! thumbprint (IAM User Guide: Obtain the thumbprint for an OpenID Connect identity provider).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

/// Trusts roots, and where these do not lead anywhere, thumbprints.
#[derive(Debug)]
pub(crate) struct Verifier {
    roots: Option<Arc<WebPkiServerVerifier>>,
    thumbprints: Vec<[u8; 20]>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    pub(crate) fn new(
        roots: Option<Arc<WebPkiServerVerifier>>,
        thumbprints: &[String],
        provider: Arc<CryptoProvider>,
    ) -> Self {
        let thumbprints = thumbprints.iter().filter_map(|text| {
            let mut bytes = [0; 20];
            hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
        });
        Self {
            roots,
            thumbprints: thumbprints.collect(),
            provider,
        }
    }

    fn is_registered(&self, certificate: &CertificateDer<'_>) -> bool {
        let thumbprint = digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate);
        self.thumbprints.iter().any(|known| known == thumbprint.as_ref())
    }

    /// A thumbprint of the server's own certificate pins it. One of a certificate above makes that one a root: the chain
    /// must lead to it, since anybody can append somebody else's certificate to theirs.
    fn by_thumbprint(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> bool {
        if self.is_registered(end_entity) {
            return ParsedCertificate::try_from(end_entity)
                .is_ok_and(|parsed| verify_server_name(&parsed, server_name).is_ok());
        }
        intermediates
            .iter()
            .filter(|certificate| self.is_registered(certificate))
            .any(|certificate| {
                let mut roots = RootCertStore::empty();
                if roots.add(certificate.clone().into_owned()).is_err() {
                    return false;
                }
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
                    .build()
                    .is_ok_and(|verifier| {
                        verifier
                            .verify_server_cert(end_entity, intermediates, server_name, &[], now)
                            .is_ok()
                    })
            })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let by_roots = match &self.roots {
            Some(roots) => roots.verify_server_cert(end_entity, intermediates, server_name, ocsp, now),
            None => Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        };
        match by_roots {
            // Only where the roots know nothing of the issuer: an expired or revoked certificate stays refused.
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_)))
                if self.by_thumbprint(end_entity, intermediates, server_name, now) =>
            {
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
