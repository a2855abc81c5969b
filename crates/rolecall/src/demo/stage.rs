//! Where the demo plays: a temporary directory, a `rolecall dev` process on a free port of its own, and clients.

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use rolecall_identity::{
    Identity, Quotas,
    account::cluster,
    keys::{RootKey, SealingKeys, SystemEntropy},
    session::{Record, Sessions},
    token::issuer::SigningKey,
};
use rolecall_names::{AccessKeyId, AccountId};
use rolecall_store::{Embedded, Options, Store};
use rolecall_wire::client::{self, Client};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::clock;

/// The region of the demo.
pub(super) const REGION: &str = "us-east-2";
/// The account of the demo.
pub(super) const ACCOUNT: &str = "123456789012";
/// How long the process may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// The stage.
pub(super) struct Stage {
    folder: tempfile::TempDir,
    process: Option<Child>,
    /// Such as `http://127.0.0.1:41234`.
    pub(super) endpoint: String,
}

/// What a command of ours said.
pub(super) struct Said {
    pub(super) ok: bool,
    pub(super) out: String,
    pub(super) err: String,
}

/// What only who holds the data directory has.
pub(super) struct Secrets {
    /// The key that the cluster's tokens are signed with.
    pub(super) issuer: SigningKey,
    /// The session that was asked about, sealed once more as if it had ended a minute ago.
    pub(super) ended: client::Credentials,
}

impl Stage {
    pub(super) fn new() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("rolecall-demo-")
            .tempdir()
            .context("making a temporary directory")?;
        Ok(Self {
            folder,
            process: None,
            endpoint: String::new(),
        })
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts `rolecall dev`, on the port that it had before if it had one, and waits until it is ready.
    pub(super) async fn start(&mut self) -> Result<String> {
        let listen = self
            .endpoint
            .strip_prefix("http://")
            .unwrap_or("127.0.0.1:0")
            .to_owned();
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log())
            .context("making the log file")?;
        let mut process = ourselves()?
            .args(["dev", "--listen", &listen, "--account-id", ACCOUNT, "--data"])
            .arg(self.data())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("starting `rolecall dev`")?;
        let out = process.stdout.take().context("the output of `rolecall dev`")?;
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, BufReader::new(out).read_line(&mut line)).await;
        let endpoint = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .map(str::to_owned);
        let (Ok(Ok(_)), Some(endpoint)) = (read, endpoint) else {
            let log = std::fs::read_to_string(self.log()).unwrap_or_default();
            bail!("`rolecall dev` did not become ready: {line}{log}");
        };
        self.endpoint = endpoint;
        self.process = Some(process);
        Ok(line.trim().to_owned())
    }

    /// Ends the process at once, with no word of warning (SIGKILL).
    pub(super) async fn kill(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill().await.context("killing `rolecall dev`")?;
        }
        Ok(())
    }

    /// Runs one of our own commands, as after `. ./.rolecall/env`.
    pub(super) async fn rolecall(&self, arguments: &[&str]) -> Result<Said> {
        let root = self.root_credentials()?;
        let output = ourselves()?
            .args(arguments)
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", &root.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", root.secret_access_key.expose())
            .env("AWS_REGION", REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("KUBECONFIG", self.data().join("kubeconfig"))
            .kill_on_drop(true)
            .output()
            .await
            .context("running our own command")?;
        Ok(Said {
            ok: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).trim_end().to_owned(),
            err: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        })
    }

    /// A client with these credentials, or unsigned, that believes it is the time of `now`.
    pub(super) fn client(
        &self,
        credentials: impl Into<Option<client::Credentials>>,
        now: fn() -> std::time::SystemTime,
    ) -> Result<Client> {
        let environment = client::Environment::at(&self.endpoint).trusting(self.data().join("ca.pem"));
        Ok(Client::new(environment, REGION, credentials, now)?)
    }

    /// The key of the account's root, which `rolecall dev` wrote for its clients.
    pub(super) fn root_credentials(&self) -> Result<client::Credentials> {
        let file = self.data().join("credentials");
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let value = |name: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(key, _)| key.trim() == name)
                .map(|(_, value)| value.trim().to_owned())
                .with_context(|| format!("{} has no {name}", file.display()))
        };
        Ok(client::Credentials {
            access_key_id: value("aws_access_key_id")?,
            secret_access_key: value("aws_secret_access_key")?.into(),
            session_token: None,
        })
    }

    /// Reads the data directory of a process that is down, with the code that the process itself uses.
    pub(super) fn secrets(&self, session: &client::Credentials) -> Result<Secrets> {
        let root = Arc::new(RootKey::load_or_create(
            &self.data().join("keys/root.key"),
            &SystemEntropy,
        )?);
        let store: Arc<dyn Store> = Arc::new(Embedded::open(&self.data().join("store"), Options::default())?);
        let sessions = Sessions::new(SealingKeys::load(store.as_ref(), &root)?);
        let identity = Identity::open(store, root, Arc::new(SystemEntropy), Quotas::default())?;
        let account: AccountId = ACCOUNT.parse().context("the account of the demo")?;
        let cluster = cluster::get(&identity.snapshot(), account, "dev")?;
        let now = clock::timestamp();
        let issuer = cluster::signing_key(&cluster, identity.root(), now.as_second())?;

        let token = session.session_token.as_deref().unwrap_or_default();
        let opened = sessions
            .open(&session.access_key_id, token)
            .context("the session does not open")?;
        let record = Record {
            expires: now.as_second() - 60,
            ..opened.record.clone()
        };
        let mut salt = [0; 32];
        clock::random(&mut salt)?;
        let id: AccessKeyId = session.access_key_id.parse().context("the session's access key id")?;
        let sealed = sessions.seal(id, &record, now, salt)?;
        Ok(Secrets {
            issuer,
            ended: client::Credentials {
                access_key_id: sealed.access_key_id.to_string(),
                secret_access_key: sealed.secret.expose().into(),
                session_token: Some(sealed.session_token.expose().to_owned()),
            },
        })
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

/// This very program, with none of the caller's environment.
fn ourselves() -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("finding this program's own file")?);
    command.env_clear();
    for name in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = crate::environment(name) {
            command.env(name, value);
        }
    }
    Ok(command)
}
