//! Configuration of `rolecall dev`: a TOML file, overridden by flags. Unknown keys are refused.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use rolecall_identity::Quotas;
use serde::{Deserialize, Serialize};

use crate::{
    cli::Dev,
    plane::{Audit, check_presign, check_region},
};

/// What is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// Directory that holds everything.
    pub(crate) data: PathBuf,
    /// Address of the endpoint.
    pub(crate) listen: SocketAddr,
    /// Address of health and metrics.
    pub(crate) health: SocketAddr,
    /// Whether addresses other than loopback may be listened on.
    pub(crate) allow_remote: bool,
    /// The account.
    pub(crate) account_id: String,
    /// The region.
    pub(crate) region: String,
    /// Certificates to trust when keys of OIDC providers are fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issuer_ca: Option<PathBuf>,
    /// The longest life of a presigned URL, in seconds: it stands for its signer that long (threat 3).
    pub(crate) presign_max_seconds: u64,
    /// The audit log.
    pub(crate) audit: Audit,
    /// How much there may be of everything; AWS's defaults.
    pub(crate) quotas: Quotas,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from(".rolecall"),
            listen: SocketAddr::from(([127, 0, 0, 1], 4566)),
            health: SocketAddr::from(([127, 0, 0, 1], 0)),
            allow_remote: false,
            account_id: "123456789012".to_owned(),
            region: "us-east-2".to_owned(),
            issuer_ca: None,
            presign_max_seconds: 12 * 3600,
            audit: Audit::default(),
            quotas: Quotas::default(),
        }
    }
}

impl Config {
    /// Reads the file that the flags name, if any, and then the flags.
    pub(crate) fn read(arguments: &Dev) -> Result<Self> {
        let mut config = match &arguments.config {
            Some(file) => Self::parse(
                &std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?,
                file,
            )?,
            None => Self::default(),
        };
        config.data = arguments.data.clone().unwrap_or(config.data);
        config.listen = arguments.listen.unwrap_or(config.listen);
        config.health = arguments.health.unwrap_or(config.health);
        config.account_id = arguments.account_id.clone().unwrap_or(config.account_id);
        config.issuer_ca = arguments.issuer_ca.clone().or(config.issuer_ca);
        config.check()?;
        Ok(config)
    }

    fn parse(text: &str, file: &Path) -> Result<Self> {
        toml::from_str(text).with_context(|| format!("reading {}", file.display()))
    }

    fn check(&self) -> Result<()> {
        self.account_id
            .parse::<rolecall_names::AccountId>()
            .context("account-id")?;
        check_region(&self.region)?;
        check_presign(self.presign_max_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_refused_and_flags_win() {
        let file = Path::new("f.toml");
        assert!(Config::parse("listn = \"127.0.0.1:1\"", file).is_err());
        assert!(Config::parse("[quotas]\nrole = 1", file).is_err());
        let text = "listen = \"127.0.0.1:1\"\n[audit]\nsync = true\n[quotas]\nroles = 20000\n";
        let config = Config::parse(text, file).unwrap();
        assert!(config.audit.sync);
        assert_eq!((config.quotas.roles, config.quotas.users), (20_000, 5000));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        std::fs::write(&path, "account-id = \"111122223333\"\n").unwrap();
        let flags = Dev {
            config: Some(path),
            account_id: Some("444455556666".into()),
            ..Dev::default()
        };
        assert_eq!(Config::read(&flags).unwrap().account_id, "444455556666");
        assert!(
            Config::read(&Dev {
                account_id: Some("1".into()),
                ..Dev::default()
            })
            .is_err()
        );
    }
}
