//! `rolecall run --as NAMESPACE/NAME -- COMMAND`: runs a program as the pod of that service account would run it.
//!
//! What the admission webhook injects into a pod is set here in the same words: the token file, its renewal, the
//! environment. What a pod would not have, the caller's own AWS credentials above all, is taken away.

use std::{
    os::unix::{fs::DirBuilderExt, fs::OpenOptionsExt, process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{ExitCode, ExitStatus},
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::{
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

use crate::{
    cli::{Run, ServiceAccountName},
    kubernetes::{self, Kubernetes},
};

/// The audience that the webhook asks for where no annotation names another.
const DEFAULT_AUDIENCE: &str = "sts.amazonaws.com";
/// The life that the webhook asks for where no annotation names another, in seconds.
const DEFAULT_EXPIRATION: u64 = 86_400;
/// The shortest life that the API server grants, in seconds.
const SHORTEST_EXPIRATION: u64 = 600;
/// The kubelet renews a token when this share of its life is over.
const RENEW_AT_PERCENT: u64 = 80;
/// How long after a failed renewal the next is tried.
const RETRY: Duration = Duration::from_secs(10);
/// Signals that are passed on to the program.
const FORWARDED: &[SignalKind] = &[
    SignalKind::hangup(),
    SignalKind::interrupt(),
    SignalKind::quit(),
    SignalKind::terminate(),
    SignalKind::user_defined1(),
    SignalKind::user_defined2(),
    SignalKind::window_change(),
];

pub(crate) async fn run(arguments: Run, region: Option<String>) -> Result<ExitCode> {
    let kubernetes = Kubernetes::connect().await?;
    let who = arguments.service_account;
    let role = Role::of(&kubernetes, &who, arguments.token_expiration).await?;
    let folder = tempfile::Builder::new()
        .prefix("rolecall-run-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .tempdir()
        .context("making a private directory for the token")?;
    let Some((program, rest)) = arguments.command.split_first() else {
        anyhow::bail!("no command to run")
    };
    let mut command = Command::new(program);
    command.args(rest).kill_on_drop(true);
    strip_credentials(&mut command, folder.path())?;
    let mut token_file = None;
    if let Some(role) = &role {
        let file = TokenFile::create(folder.path())?;
        file.write(&role.token(&kubernetes, &who).await?)?;
        inject(&mut command, role, &file.path, region.as_deref());
        token_file = Some(file);
    }
    // The handlers stand before the program starts, so that no signal falls between the two.
    let mut signals = Vec::new();
    for kind in FORWARDED {
        signals.push((kind.as_raw_value(), signal(*kind).context("listening for signals")?));
    }
    let mut child = command
        .spawn()
        .with_context(|| format!("starting {}", program.to_string_lossy()))?;
    let status = match (role, token_file) {
        (Some(role), Some(file)) => {
            let ask = async || role.token(&kubernetes, &who).await;
            tokio::select! {
                status = supervise(&mut child, signals) => status?,
                never = renew(&who, role.expiration, &file, ask) => match never {},
            }
        }
        _ => supervise(&mut child, signals).await?,
    };
    Ok(exit_code(status))
}

/// What the service account's annotations ask for.
struct Role {
    arn: String,
    audience: String,
    expiration: u64,
}

impl Role {
    /// `None` where the service account does not exist or has no role: its pod would run without one.
    async fn of(kubernetes: &Kubernetes, who: &ServiceAccountName, expiration: Option<u64>) -> Result<Option<Self>> {
        let Some(account) = kubernetes.service_account(who).await? else {
            return Ok(None);
        };
        let Some(arn) = kubernetes::annotation(&account, kubernetes::ROLE_ARN).filter(|arn| !arn.is_empty()) else {
            return Ok(None);
        };
        let audience = kubernetes::annotation(&account, kubernetes::AUDIENCE).unwrap_or(DEFAULT_AUDIENCE);
        let annotated =
            kubernetes::annotation(&account, kubernetes::TOKEN_EXPIRATION).and_then(|seconds| seconds.parse().ok());
        let expiration = expiration
            .or(annotated)
            .unwrap_or(DEFAULT_EXPIRATION)
            .max(SHORTEST_EXPIRATION);
        Ok(Some(Self {
            arn: arn.to_owned(),
            audience: audience.to_owned(),
            expiration,
        }))
    }
}

impl Role {
    async fn token(&self, kubernetes: &Kubernetes, who: &ServiceAccountName) -> Result<String> {
        let issued = kubernetes
            .token(who, std::slice::from_ref(&self.audience), self.expiration)
            .await?;
        Ok(issued.token)
    }
}

/// The projected token, replaced by renaming so that no reader sees half of one.
struct TokenFile {
    path: PathBuf,
}

impl TokenFile {
    /// Below `folder`, where a pod has `/var/run/secrets/eks.amazonaws.com/serviceaccount/token`.
    fn create(folder: &Path) -> Result<Self> {
        let folder = folder.join("var/run/secrets/eks.amazonaws.com/serviceaccount");
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .context("making the token's directory")?;
        Ok(Self {
            path: folder.join("token"),
        })
    }

    fn write(&self, token: &str) -> Result<()> {
        let aside = self.path.with_extension("new");
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&aside)
            .context("writing the token file")?;
        std::io::Write::write_all(&mut file, token.as_bytes()).context("writing the token file")?;
        drop(file);
        std::fs::rename(&aside, &self.path).context("replacing the token file")
    }
}

/// Takes from the program whatever would let it act as somebody else.
fn strip_credentials(command: &mut Command, folder: &Path) -> Result<()> {
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "KUBECONFIG",
    ] {
        command.env_remove(name);
    }
    for (name, variable) in [
        ("credentials", "AWS_SHARED_CREDENTIALS_FILE"),
        ("config", "AWS_CONFIG_FILE"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, "").context("writing an empty AWS configuration")?;
        command.env(variable, path);
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    Ok(())
}

/// Sets what the webhook sets.
fn inject(command: &mut Command, role: &Role, token: &Path, region: Option<&str>) {
    command.env("AWS_STS_REGIONAL_ENDPOINTS", "regional");
    if let Some(region) = region {
        command.env("AWS_DEFAULT_REGION", region).env("AWS_REGION", region);
    }
    command
        .env("AWS_ROLE_ARN", &role.arn)
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", token);
}

/// Replaces the token when most of its life is over, as the kubelet does. While the API server does not answer the old
/// token stays, and the next try comes soon.
async fn renew(
    who: &ServiceAccountName,
    life: u64,
    file: &TokenFile,
    ask: impl AsyncFn() -> Result<String>,
) -> std::convert::Infallible {
    let usual = Duration::from_secs(life.saturating_mul(RENEW_AT_PERCENT) / 100);
    let mut wait = usual;
    loop {
        tokio::time::sleep(wait).await;
        wait = match ask().await.and_then(|token| file.write(&token)) {
            Ok(()) => usual,
            Err(error) => {
                eprintln!("rolecall: the token of {who} could not be renewed, trying again: {error:#}");
                RETRY
            }
        };
    }
}

/// Waits for the program and hands on every signal meanwhile.
async fn supervise(child: &mut Child, signals: Vec<(i32, tokio::signal::unix::Signal)>) -> Result<ExitStatus> {
    let (sender, mut received) = tokio::sync::mpsc::channel(8);
    let mut listeners = tokio::task::JoinSet::new();
    for (number, mut signal) in signals {
        let sender = sender.clone();
        listeners.spawn(async move {
            while signal.recv().await.is_some() {
                if sender.send(number).await.is_err() {
                    return;
                }
            }
        });
    }
    loop {
        tokio::select! {
            status = child.wait() => return status.context("waiting for the program"),
            Some(number) = received.recv() => forward(child, number),
        }
    }
}

fn forward(child: &Child, number: i32) {
    let (Some(id), Some(signal)) = (
        child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw),
        rustix::process::Signal::from_named_raw(number),
    ) else {
        return;
    };
    // The program may have ended between the signal and here; then there is nobody to tell.
    let _ = rustix::process::kill_process(id, signal);
}

/// The program's own exit code, or as a shell reports death by a signal: 128 and the signal's number.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// What `env` would show, for tests of the stripping.
#[cfg(test)]
fn environment_of(command: &Command) -> std::collections::BTreeMap<std::ffi::OsString, Option<std::ffi::OsString>> {
    command
        .as_std()
        .get_envs()
        .map(|(key, value)| (key.to_owned(), value.map(ToOwned::to_owned)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_sees_what_the_webhook_injects_and_none_of_the_callers_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("true");
        strip_credentials(&mut command, folder.path()).unwrap();
        let role = Role {
            arn: "arn:aws:iam::123456789012:role/r".into(),
            audience: DEFAULT_AUDIENCE.into(),
            expiration: 600,
        };
        inject(&mut command, &role, Path::new("/t/token"), Some("us-east-2"));
        let environment = environment_of(&command);
        assert_eq!(environment[&std::ffi::OsString::from("AWS_ACCESS_KEY_ID")], None);
        assert_eq!(environment[&std::ffi::OsString::from("AWS_PROFILE")], None);
        assert_eq!(
            environment[&std::ffi::OsString::from("AWS_ROLE_ARN")],
            Some("arn:aws:iam::123456789012:role/r".into())
        );
        assert_eq!(
            environment[&std::ffi::OsString::from("AWS_WEB_IDENTITY_TOKEN_FILE")],
            Some("/t/token".into())
        );
        assert_eq!(
            environment[&std::ffi::OsString::from("AWS_DEFAULT_REGION")],
            Some("us-east-2".into())
        );
        assert_eq!(
            environment[&std::ffi::OsString::from("AWS_EC2_METADATA_DISABLED")],
            Some("true".into())
        );
    }

    #[test]
    fn the_token_file_is_private_and_replaced_whole() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::create(folder.path()).unwrap();
        file.write("one").unwrap();
        file.write("two").unwrap();
        assert_eq!(std::fs::read_to_string(&file.path).unwrap(), "two");
        assert_eq!(
            std::fs::metadata(&file.path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_token_is_replaced_at_four_fifths_of_its_life_and_soon_again_after_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::create(folder.path()).unwrap();
        file.write("first").unwrap();
        let who: ServiceAccountName = "default/app".parse().unwrap();
        let begun = tokio::time::Instant::now();
        let asked = std::cell::RefCell::new(Vec::new());
        let ask = async || {
            asked.borrow_mut().push(begun.elapsed().as_secs());
            let number = asked.borrow().len();
            if number == 2 {
                anyhow::bail!("the API server is away");
            }
            Ok(format!("token {number}"))
        };
        let seen = |seconds: u64| {
            let path = file.path.clone();
            async move {
                tokio::time::sleep_until(begun + Duration::from_secs(seconds)).await;
                std::fs::read_to_string(path).unwrap()
            }
        };
        let watch = async {
            assert_eq!(seen(479).await, "first");
            assert_eq!(seen(481).await, "token 1");
            // The second renewal fails: the old token stays until the next try.
            assert_eq!(seen(965).await, "token 1");
            assert_eq!(seen(971).await, "token 3");
        };
        tokio::select! {
            () = watch => {}
            never = renew(&who, 600, &file, ask) => match never {},
        }
        assert_eq!(*asked.borrow(), [480, 960, 970]);
    }
}
