//! Configuration of `rolecall serve`: a TOML file. Unknown keys are refused, and so is what cannot work, before a port opens.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use http::Uri;
use rolecall_identity::Quotas;
use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

use crate::plane::{Audit, check_presign, check_region};

/// What is in force. What has no default must be said.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// Directory that holds everything: store, keys, audit.
    #[serde(default = "data")]
    pub(crate) data: PathBuf,
    /// Address of the endpoint: https, and nothing else.
    #[serde(default = "listen")]
    pub(crate) listen: SocketAddr,
    /// Address of health and metrics, in plain HTTP.
    #[serde(default = "health")]
    pub(crate) health: SocketAddr,
    /// The URL under which clients and clusters reach the endpoint, without a path. Hosted issuers are named by it, so that
    /// it must not change.
    pub(crate) endpoint: String,
    /// The first account, 12 digits.
    pub(crate) account_id: String,
    /// The region.
    #[serde(default = "region")]
    pub(crate) region: String,
    /// The endpoint's certificate, read again when it changes.
    pub(crate) tls: TlsFiles,
    /// Certificates to trust, besides the system's, when keys of OIDC providers are fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer_ca: Option<PathBuf>,
    /// Hosts of OIDC providers that may have private addresses (threat 10).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) issuer_private_hosts: Vec<String>,
    /// The domain behind which hosts name buckets, as in `BUCKET.s3.example.org`; path style always works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) virtual_host_suffix: Option<String>,
    /// The longest life of a presigned URL, in seconds (threat 3).
    #[serde(default = "presign_max_seconds")]
    pub(crate) presign_max_seconds: u64,
    /// The S3-compatible store behind the gateway; without one, S3 is not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) store: Option<Store>,
    /// The audit log.
    #[serde(default)]
    pub(crate) audit: Audit,
    /// How much there may be of everything; AWS's defaults.
    #[serde(default)]
    pub(crate) quotas: Quotas,
}

/// A certificate and its key (PEM).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TlsFiles {
    /// The chain, the endpoint's own certificate first.
    pub(crate) certificate: PathBuf,
    /// The private key.
    pub(crate) key: PathBuf,
}

/// An S3-compatible store. The gateway's credentials there come from the environment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Store {
    /// Its URL, without a path.
    pub(crate) endpoint: String,
    /// The region to sign for.
    #[serde(default = "store_region")]
    pub(crate) region: String,
}

fn data() -> PathBuf {
    PathBuf::from("/var/lib/rolecall")
}

pub(crate) fn listen() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 8443))
}

pub(crate) fn health() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 9999))
}

pub(crate) fn region() -> String {
    "us-east-2".to_owned()
}

/// What most stores call their only region.
fn store_region() -> String {
    "us-east-1".to_owned()
}

pub(crate) fn presign_max_seconds() -> u64 {
    12 * 3600
}

impl Config {
    /// Reads the file.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        let config: Self = toml::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
        config.check().with_context(|| format!("reading {}", file.display()))?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        self.account_id.parse::<AccountId>().context("account-id")?;
        check_region(&self.region)?;
        check_presign(self.presign_max_seconds)?;
        if url(&self.endpoint).context("endpoint")?.scheme_str() != Some("https") {
            bail!("endpoint: `{}` does not begin with https://", self.endpoint);
        }
        if let Some(store) = &self.store {
            url(&store.endpoint).context("store.endpoint")?;
        }
        Ok(())
    }
}

/// A URL of a scheme and a host alone.
pub(crate) fn url(text: &str) -> Result<Uri> {
    let uri: Uri = text.parse().with_context(|| format!("`{text}` is no URL"))?;
    if !matches!(uri.scheme_str(), Some("https" | "http")) || uri.authority().is_none() {
        bail!("`{text}` is no URL such as https://rolecall.example.org");
    }
    if uri.path_and_query().is_some_and(|path| path.as_str() != "/") || text.ends_with('/') {
        bail!("`{text}` must end after its host and port");
    }
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
endpoint = "https://rolecall.example.org"
account-id = "123456789012"
tls = { certificate = "tls.crt", key = "tls.key" }
"#;

    fn read(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rolecall.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file)
    }

    #[test]
    fn what_has_no_default_is_enough_and_survives_being_written() {
        let config = read(LEAST).unwrap();
        assert_eq!(config.listen.port(), 8443);
        assert_eq!(config.store, None);
        assert_eq!(read(&toml::to_string(&config).unwrap()).unwrap(), config);
    }

    #[test]
    fn what_cannot_work_is_refused_with_its_place() {
        let said = |text: &str| format!("{:#}", read(&format!("{text}{LEAST}")).unwrap_err());
        let changed = |from: &str, to: &str| format!("{:#}", read(&LEAST.replace(from, to)).unwrap_err());
        assert!(said("listn = \"0.0.0.0:1\"").contains("listn"));
        assert!(said("presign-max-seconds = 0").contains("presign-max-seconds"));
        assert!(said("region = \"mars\"").contains("region"));
        assert!(changed("https://", "http://").contains("does not begin with https://"));
        assert!(changed(".org", ".org/path").contains("must end after its host"));
        assert!(changed(".org", ".org/").contains("must end after its host"));
        assert!(changed("123456789012", "12").contains("account-id"));
        assert!(changed(", key = \"tls.key\"", "").contains("key"));
        let store = format!("{LEAST}[store]\nendpoint = \"ceph\"\n");
        assert!(format!("{:#}", read(&store).unwrap_err()).contains("store.endpoint"));
    }
}
