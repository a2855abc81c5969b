//! What a data directory holds for clients: `env`, `credentials`, `kubeconfig`.

use std::{fmt::Write, path::Path};

use anyhow::Result;
use serde_json::json;

use crate::plane::{RootCredentials, files::write_private};

/// What the files say.
pub(crate) struct Files<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) region: &'a str,
    pub(crate) root: &'a RootCredentials,
    pub(crate) bearer: &'a str,
}

impl Files<'_> {
    /// Writes all of them; a file that is there already is replaced.
    pub(crate) fn write(&self, data: &Path) -> Result<()> {
        let kubeconfig = data.join("kubeconfig");
        write_private(&data.join("env"), self.env(&kubeconfig).as_bytes())?;
        let profile = self.root.profile(self.endpoint, self.region);
        write_private(&data.join("credentials"), profile.as_bytes())?;
        write_private(&kubeconfig, self.kubeconfig(&data.join("ca.pem")).as_bytes())
    }

    /// The Python clients read only `AWS_DEFAULT_REGION`, the others `AWS_REGION`.
    fn env(&self, kubeconfig: &Path) -> String {
        let exports = [
            ("AWS_ENDPOINT_URL", self.endpoint),
            ("AWS_ACCESS_KEY_ID", &self.root.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", self.root.secret.expose()),
            ("AWS_REGION", self.region),
            ("AWS_DEFAULT_REGION", self.region),
        ];
        let mut text =
            String::from("# Written by `rolecall dev`. In a shell: . this file\nunset AWS_PROFILE AWS_SESSION_TOKEN\n");
        for (name, value) in exports {
            let _ = writeln!(text, "export {name}={}", quoted(value));
        }
        let _ = writeln!(text, "export KUBECONFIG={}", quoted(&kubeconfig.display().to_string()));
        text
    }

    fn kubeconfig(&self, ca: &Path) -> String {
        let server = self.endpoint.replacen("http://", "https://", 1);
        // JSON is YAML.
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "dev",
            "clusters": [{ "name": "dev", "cluster": { "server": server, "certificate-authority": ca } }],
            "users": [{ "name": "admin", "user": { "token": self.bearer } }],
            "contexts": [{ "name": "dev", "context": { "cluster": "dev", "user": "admin", "namespace": "default" } }],
        });
        format!("{config:#}\n")
    }
}

/// A word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use rolecall_identity::session::Secret;

    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = RootCredentials {
            access_key_id: "AKIA".to_owned(),
            secret: Secret::new("a'b$c"),
            given: false,
        };
        let files = Files {
            endpoint: "http://127.0.0.1:1",
            region: "us-east-2",
            root: &root,
            bearer: "t",
        };
        files.write(folder.path()).unwrap();
        let script = format!(
            ". {}/env; printf %s \"$AWS_SECRET_ACCESS_KEY\"",
            folder.path().display()
        );
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(output.stdout, b"a'b$c");
    }
}
