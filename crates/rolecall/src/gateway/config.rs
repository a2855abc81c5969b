//! Configuration of `rolecall gateway`: a TOML file. Unknown keys are refused, and so is what cannot work, before a port opens.

use std::{net::SocketAddr, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{
    plane::{check_presign, check_region},
    serve::config::{Store, TlsFiles, health, listen, presign_max_seconds, region, url},
};

/// What is in force. What has no default must be said. Where the control plane is, and who the gateway is to it, is in the
/// environment, as for every AWS tool.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// Address of the endpoint: https, and nothing else.
    #[serde(default = "listen")]
    pub(crate) listen: SocketAddr,
    /// Address of health and metrics, in plain HTTP.
    #[serde(default = "health")]
    pub(crate) health: SocketAddr,
    /// The region: the control plane's.
    #[serde(default = "region")]
    pub(crate) region: String,
    /// The domain behind which hosts name buckets, as in `BUCKET.s3.example.org`: the control plane's. Path style always
    /// works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) virtual_host_suffix: Option<String>,
    /// The longest life of a presigned URL, in seconds (threat 3). The control plane has a limit of its own.
    #[serde(default = "presign_max_seconds")]
    pub(crate) presign_max_seconds: u64,
    /// The endpoint's certificate, read again when it changes.
    pub(crate) tls: TlsFiles,
    /// The S3-compatible store behind the gateway.
    pub(crate) store: Store,
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
        check_region(&self.region)?;
        check_presign(self.presign_max_seconds)?;
        url(&self.store.endpoint).context("store.endpoint")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"
tls = { certificate = "tls.crt", key = "tls.key" }
store = { endpoint = "http://ceph:9000" }
"#;

    fn read(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file)
    }

    #[test]
    fn what_has_no_default_is_enough_and_survives_being_written() {
        let config = read(LEAST).unwrap();
        assert_eq!((config.listen.port(), config.health.port()), (8443, 9999));
        assert_eq!(
            (config.region.as_str(), config.presign_max_seconds),
            ("us-east-2", 12 * 3600)
        );
        assert_eq!(read(&toml::to_string(&config).unwrap()).unwrap(), config);
    }

    #[test]
    fn what_cannot_work_is_refused_with_its_place() {
        let said = |text: &str| format!("{:#}", read(&format!("{text}{LEAST}")).unwrap_err());
        let changed = |from: &str, to: &str| format!("{:#}", read(&LEAST.replace(from, to)).unwrap_err());
        assert!(said("control-plane = \"https://x\"").contains("control-plane"));
        assert!(said("presign-max-seconds = 604801").contains("presign-max-seconds"));
        assert!(said("region = \"mars\"").contains("region"));
        assert!(changed("http://", "").contains("store.endpoint"));
        assert!(changed(":9000", ":9000/path").contains("store.endpoint"));
        assert!(changed("store = { endpoint = \"http://ceph:9000\" }", "").contains("store"));
        assert!(changed(", key = \"tls.key\"", "").contains("key"));
    }
}
