//! What a service account's annotations say.

use std::collections::BTreeMap;

use rolecall_policy::lint;

use super::settings::SHORTEST;

/// What is kept of a service account: its annotations, read once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The role, by ARN or by name; none where nothing is asked for.
    pub role: Option<Box<str>>,
    /// The audience of its pods' tokens.
    pub audience: Option<Box<str>>,
    /// Whether `AWS_STS_REGIONAL_ENDPOINTS` is to be set.
    pub regional: Option<bool>,
    /// The life of its pods' tokens, in seconds.
    pub expiration: Option<u32>,
    /// What is wrong with its annotations, one sentence each.
    pub warnings: Vec<String>,
}

/// Annotations, whatever they are kept in.
pub trait Annotations {
    /// All of them.
    fn each(&self) -> impl Iterator<Item = (&str, &str)>;
}

impl Annotations for BTreeMap<String, String> {
    fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl Account {
    /// Reads the annotations under `prefix`. A value that cannot be used counts as absent, and is warned of.
    pub fn read(annotations: &impl Annotations, prefix: &str) -> Self {
        let mut account = Self::default();
        for (key, value) in annotations.each() {
            // The checks know EKS's names: those of another prefix are read as if they were EKS's.
            let name = key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
            let canonical = name.map_or_else(|| key.to_owned(), |name| format!("eks.amazonaws.com/{name}"));
            // A role may be named without an ARN here, which the checks do not know.
            let named = name == Some("role-arn") && !value.is_empty() && !value.contains(':');
            if !named && let Some(finding) = lint::annotation(&canonical, value, (0, 0), "") {
                account.warnings.push(finding.message);
            }
            match name {
                Some("role-arn") if !value.is_empty() => account.role = Some(value.into()),
                Some("audience") if !value.is_empty() => account.audience = Some(value.into()),
                Some("sts-regional-endpoints") => account.regional = boolean(value),
                Some("token-expiration") => account.expiration = expiration(value),
                _ => {}
            }
        }
        account
    }
}

/// The texts that Go's `strconv.ParseBool` takes, as EKS's webhook does.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Seconds; fewer than Kubernetes issues tokens for count as the fewest.
pub(super) fn expiration(text: &str) -> Option<u32> {
    // Signs are taken as Go takes them; what is negative is raised like all that is too short.
    let seconds: i64 = text.parse().ok()?;
    Some(u32::try_from(seconds.max(SHORTEST.into())).unwrap_or(u32::MAX))
}
