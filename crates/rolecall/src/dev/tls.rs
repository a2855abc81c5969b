//! A certificate authority of the data directory's own, and a certificate for the endpoint from it.

use std::{net::IpAddr, path::Path, sync::Arc};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::plane::files::write_private;

/// Reads the authority of `folder`, or makes it, and makes a certificate for `address`.
pub(crate) fn prepare(folder: &Path, ca: &Path, address: IpAddr) -> Result<Arc<rustls::ServerConfig>> {
    let key_file = folder.join("ca.key");
    let key = match std::fs::read_to_string(&key_file) {
        Ok(text) => KeyPair::from_pem(&text).with_context(|| format!("reading {}", key_file.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = KeyPair::generate().context("making a key for the certificate authority")?;
            write_private(&key_file, key.serialize_pem().as_bytes())?;
            key
        }
        Err(error) => return Err(error).with_context(|| format!("reading {}", key_file.display())),
    };
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "rolecall dev");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // The certificate may be another each time: what is trusted is the key, and the name that goes with it.
    let certificate = params.self_signed(&key).context("making the certificate authority")?;
    if std::fs::read_to_string(ca).is_err() {
        std::fs::write(ca, certificate.pem()).with_context(|| format!("writing {}", ca.display()))?;
    }
    let issuer = Issuer::new(params, key);
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).context("naming the certificate")?;
    leaf.subject_alt_names.push(SanType::IpAddress(address));
    if address.is_unspecified() {
        leaf.subject_alt_names
            .push(SanType::IpAddress(IpAddr::from([127, 0, 0, 1])));
    }
    leaf.distinguished_name.push(DnType::CommonName, address.to_string());
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let leaf_key = KeyPair::generate().context("making a key for the endpoint")?;
    let leaf = leaf
        .signed_by(&leaf_key, &issuer)
        .context("making a certificate for the endpoint")?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("choosing TLS versions")?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)
        .context("using the endpoint's certificate")?;
    Ok(Arc::new(config))
}
