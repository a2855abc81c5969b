//! A running `rolecall dev`.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;

/// One process on a directory and a port of its own; killed when it is dropped.
pub(crate) struct Dev {
    process: Child,
    pub(crate) folder: tempfile::TempDir,
    endpoint: String,
}

impl Dev {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(binary())
            .args(["dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.starts_with("ready"), "{line}");
        let at = line.find("http").unwrap();
        let endpoint = line[at..]
            .split_whitespace()
            .next()
            .unwrap()
            .trim_end_matches(['/', '.', ','])
            .to_owned();
        Self {
            process,
            folder,
            endpoint,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn rolecall(&self, arguments: &[&str]) -> String {
        let script = format!(". {}/env && exec \"$@\"", self.data().display());
        let output = Command::new("sh")
            .args(["-c", &script, "sh"])
            .arg(binary())
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The root's configuration, from the credentials file that `rolecall dev` wrote.
    pub(crate) async fn root(&self) -> SdkConfig {
        let text = std::fs::read_to_string(self.data().join("credentials")).unwrap();
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
            line.unwrap().to_owned()
        };
        let keys = Credentials::new(
            value("aws_access_key_id"),
            value("aws_secret_access_key"),
            None,
            None,
            "dev",
        );
        aws_config::defaults(BehaviorVersion::latest())
            .credentials_provider(keys)
            .region(Region::new("us-east-2"))
            .endpoint_url(&self.endpoint)
            .load()
            .await
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "`cargo xtask test` says here where the binary is"
)]
fn binary() -> PathBuf {
    std::env::var_os("ROLECALL_TEST_BINARY")
        .map(PathBuf::from)
        .expect("run the tests with `cargo xtask test`")
}

/// The same configuration with other keys.
pub(crate) fn with_keys(config: &SdkConfig, id: &str, secret: &str, token: Option<&str>) -> SdkConfig {
    let keys = Credentials::new(id, secret, token.map(str::to_owned), None, "a test");
    let keys = aws_sdk_s3::config::SharedCredentialsProvider::new(keys);
    config.to_builder().credentials_provider(keys).build()
}
