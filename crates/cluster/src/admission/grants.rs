//! Roles that service accounts have without an annotation, and those that use the node's agent.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use serde::Deserialize;

/// A role for service accounts, as the webhook's `ConfigMap` and the control plane give it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Grant {
    /// The role, by ARN or by name.
    #[serde(rename = "RoleARN", alias = "roleARN", alias = "roleArn")]
    pub role: String,
    /// The audience of tokens; empty for the API server's own.
    #[serde(rename = "Audience", alias = "audience", default)]
    pub audience: Option<String>,
    /// Whether `AWS_STS_REGIONAL_ENDPOINTS` is set.
    #[serde(rename = "UseRegionalSTS", alias = "useRegionalSTS", default)]
    pub regional: Option<bool>,
    /// The life of tokens, in seconds; 0 for the default.
    #[serde(rename = "TokenExpiration", alias = "tokenExpiration", default)]
    pub expiration: u32,
}

/// Grants that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GrantsError {
    /// Not of the form.
    #[error("the grants are not of the form {{\"NAMESPACE/NAME\": {{\"RoleARN\": …}}}}: {0}")]
    Form(#[from] serde_json::Error),
    /// A key that names no service accounts.
    #[error("`{0}` names no service accounts: expected NAMESPACE/NAME, in which `*` stands for any text")]
    Key(String),
    /// A grant of nothing.
    #[error("`{0}` names no role: `RoleARN` is empty")]
    Role(String),
}

/// All grants of a cluster.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    exact: HashMap<String, Grant>,
    /// Those with `*`, the most specific first.
    globs: Vec<(String, String, Grant)>,
}

impl Grants {
    /// Reads `{"NAMESPACE/NAME": {"RoleARN": …}}`. One wrong entry refuses all: half of the grants is not what anybody
    /// wrote.
    pub fn parse(json: &[u8]) -> Result<Self, GrantsError> {
        let entries: HashMap<String, Grant> = serde_json::from_slice(json)?;
        let mut grants = Self::default();
        for (key, grant) in entries {
            let Some((namespace, name)) = key.split_once('/').filter(|(a, b)| is_pattern(a) && is_pattern(b)) else {
                return Err(GrantsError::Key(key));
            };
            if grant.role.is_empty() {
                return Err(GrantsError::Role(key));
            }
            if key.contains('*') {
                grants.globs.push((namespace.to_owned(), name.to_owned(), grant));
            } else {
                grants.exact.insert(key, grant);
            }
        }
        grants.globs.sort_by_cached_key(|(namespace, name, _)| {
            let exactness = |pattern: &str| (!pattern.contains('*'), pattern.len());
            (
                Reverse(exactness(namespace)),
                Reverse(exactness(name)),
                namespace.clone(),
                name.clone(),
            )
        });
        Ok(grants)
    }

    /// Whether it matters for some grant if an administrator has opened a namespace.
    pub fn ask_for_namespaces(&self) -> bool {
        self.globs.iter().any(|(namespaces, _, _)| namespaces.contains('*'))
    }

    /// The grant of a service account. A glob in the namespace's place holds only where `is_open`: in namespaces that an
    /// administrator has labelled (threat 7: whoever may make a namespace must not choose a role by its name).
    pub fn of(&self, namespace: &str, name: &str, is_open: impl FnOnce() -> bool) -> Option<&Grant> {
        if let Some(grant) = self.exact.get(&format!("{namespace}/{name}")) {
            return Some(grant);
        }
        let mut is_open = Some(is_open);
        let mut known = None;
        self.globs
            .iter()
            .filter(|(namespaces, names, _)| is_like(namespaces, namespace) && is_like(names, name))
            .find(|(namespaces, _, _)| {
                !namespaces.contains('*') || *known.get_or_insert_with(|| is_open.take().is_some_and(|ask| ask()))
            })
            .map(|(_, _, grant)| grant)
    }
}

/// The characters of names of Kubernetes objects (RFC 1123 subdomains), and stars.
fn is_pattern(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.*".contains(&b))
}

/// Whether a name is like a pattern in which `*` stands for any text. Greedy from the left, so in linear steps back.
fn is_like(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut left) = name.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}

/// The service accounts whose pods use the node's agent (EKS Pod Identity), by namespace and name.
#[derive(Debug, Clone, Default)]
pub struct Identities(HashSet<String>);

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    identities: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    namespace: String,
    service_account: String,
}

impl Identities {
    /// Reads `{"identities":[{"namespace":…,"serviceAccount":…}]}`. Nothing at all is no identities.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        if json.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let file: File = serde_json::from_slice(json)?;
        let keys = file.identities.iter();
        Ok(Self(
            keys.map(|it| format!("{}/{}", it.namespace, it.service_account))
                .collect(),
        ))
    }

    /// Whether this service account is one.
    pub fn contains(&self, namespace: &str, name: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&format!("{namespace}/{name}"))
    }
}
