//! What is asked for: flags, or the `iam` section of a `ClusterConfig` file, in eksctl's words.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::well_known::{self, WellKnown};
use crate::cli::{CreateServiceAccount, ServiceAccountName};

/// All that one call asks for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) cluster: String,
    pub(crate) region: Option<String>,
    pub(crate) with_oidc: bool,
    pub(crate) wanted: Vec<Wanted>,
}

/// One service account and its role.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) account: ServiceAccountName,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) annotations: Vec<(String, String)>,
    pub(crate) policy_arns: Vec<String>,
    pub(crate) attach_policy: Option<String>,
    /// Inline policies by name.
    pub(crate) well_known: Vec<(String, String)>,
    pub(crate) attach_role_arn: Option<String>,
    pub(crate) role_name: Option<String>,
    pub(crate) role_only: bool,
    pub(crate) permissions_boundary: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

/// Reads the flags, or the file that they name.
pub(crate) fn request(arguments: &CreateServiceAccount) -> Result<Request> {
    match &arguments.config_file {
        Some(file) => from_file(arguments, file),
        None => from_flags(arguments),
    }
}

fn from_flags(arguments: &CreateServiceAccount) -> Result<Request> {
    let cluster = arguments.cluster.clone().context("--cluster must be set")?;
    let name = arguments.name.clone().context("--name must be set")?;
    let namespace = arguments.namespace.as_deref().unwrap_or("default");
    let has_policies = !arguments.attach_policy_arn.is_empty() || arguments.attach_policy.is_some();
    if arguments.attach_role_arn.is_some() {
        if arguments.role_name.is_some() || arguments.role_only {
            bail!("cannot provide --role-name or --role-only when --attach-role-arn is configured");
        }
        if has_policies {
            bail!("cannot provide --attach-role-arn and specify polices to attach");
        }
    } else if !has_policies {
        bail!("--attach-policy-arn or --attach-role-arn must be set");
    }
    let attach_policy = match &arguments.attach_policy {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
            serde_json::from_str::<Value>(&text).with_context(|| format!("{} is not JSON", file.display()))?;
            Some(text)
        }
        None => None,
    };
    let tags = arguments.tags.iter().map(|tag| {
        let pair = tag
            .split_once('=')
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        pair.with_context(|| format!("`{tag}` is not KEY=VALUE"))
    });
    let wanted = Wanted {
        account: account(namespace, &name)?,
        labels: Vec::new(),
        annotations: Vec::new(),
        policy_arns: arguments.attach_policy_arn.clone(),
        attach_policy,
        well_known: Vec::new(),
        attach_role_arn: arguments.attach_role_arn.clone(),
        role_name: arguments.role_name.clone(),
        role_only: arguments.role_only,
        permissions_boundary: arguments.permissions_boundary.clone(),
        tags: tags.collect::<Result<_>>()?,
    };
    Ok(Request {
        cluster,
        region: None,
        with_oidc: false,
        wanted: vec![wanted],
    })
}

/// The parts of eksctl's `ClusterConfig` that are read; the others are about nodes and networks, and are passed over.
#[derive(Debug, Deserialize)]
struct ClusterConfig {
    #[serde(rename = "apiVersion")]
    api_version: String,
    kind: String,
    metadata: ClusterMetadata,
    #[serde(default)]
    iam: Iam,
}

#[derive(Debug, Deserialize)]
struct ClusterMetadata {
    name: String,
    region: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Iam {
    #[serde(default, rename = "withOIDC")]
    with_oidc: bool,
    service_accounts: Option<Vec<ServiceAccount>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ServiceAccount {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, rename = "attachPolicyARNs")]
    attach_policy_arns: Vec<String>,
    attach_policy: Option<Value>,
    #[serde(default)]
    well_known_policies: BTreeMap<String, bool>,
    #[serde(rename = "attachRoleARN")]
    attach_role_arn: Option<String>,
    permissions_boundary: Option<String>,
    role_name: Option<String>,
    #[serde(default)]
    role_only: bool,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// What eksctl writes back; not read.
    #[serde(default)]
    #[expect(dead_code, reason = "accepted so that a file that eksctl wrote is not refused")]
    status: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    #[serde(default)]
    name: String,
    namespace: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

fn from_file(arguments: &CreateServiceAccount, file: &Path) -> Result<Request> {
    let flags: [(&str, bool); 9] = [
        ("--name", arguments.name.is_some()),
        ("--namespace", arguments.namespace.is_some()),
        ("--cluster", arguments.cluster.is_some()),
        ("--attach-policy-arn", !arguments.attach_policy_arn.is_empty()),
        ("--attach-policy", arguments.attach_policy.is_some()),
        ("--attach-role-arn", arguments.attach_role_arn.is_some()),
        ("--role-name", arguments.role_name.is_some()),
        ("--role-only", arguments.role_only),
        ("--tags", !arguments.tags.is_empty()),
    ];
    if let Some((flag, _)) = flags.iter().find(|(_, set)| *set) {
        bail!("cannot use {flag} when --config-file/-f is set");
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    parse(&text, &file.display().to_string())
}

fn parse(text: &str, file: &str) -> Result<Request> {
    let config: ClusterConfig = serde_norway::from_str(text).with_context(|| format!("reading {file}"))?;
    if config.kind != "ClusterConfig" || config.api_version != "eksctl.io/v1alpha5" {
        bail!(
            "{file} is a {} of {}; expected a ClusterConfig of eksctl.io/v1alpha5",
            config.kind,
            config.api_version
        );
    }
    let accounts = config
        .iam
        .service_accounts
        .with_context(|| format!("'iam.serviceAccounts' is not defined in {file}"))?;
    if !config.iam.with_oidc && !accounts.is_empty() {
        bail!("iam.withOIDC must be enabled explicitly for iam.serviceAccounts to be created");
    }
    let mut wanted: Vec<Wanted> = Vec::new();
    for (index, entry) in accounts.into_iter().enumerate() {
        let path = format!("iam.serviceAccounts[{index}]");
        if entry.metadata.name.is_empty() {
            bail!("{path}.name must be set");
        }
        let account = account(
            entry.metadata.namespace.as_deref().unwrap_or("default"),
            &entry.metadata.name,
        )?;
        if wanted.iter().any(|other| other.account == account) {
            bail!("<namespace>/<name> of {path} \"{account}\" is not unique");
        }
        let well_known: Vec<&str> = entry
            .well_known_policies
            .iter()
            .filter(|(_, on)| **on)
            .map(|(name, _)| name.as_str())
            .collect();
        let mut policy_arns = entry.attach_policy_arns;
        let mut inline = Vec::new();
        for name in well_known {
            match well_known::policy(name)? {
                WellKnown::Managed(arn) => policy_arns.push(arn.to_owned()),
                WellKnown::Inline(document) => inline.push((format!("rolecall-{name}"), document.to_string())),
            }
        }
        let attach_policy = entry.attach_policy.map(|policy| policy.to_string());
        let has_policies = !policy_arns.is_empty() || !inline.is_empty() || attach_policy.is_some();
        match (&entry.attach_role_arn, has_policies) {
            (None, false) => bail!(
                "{path}.wellKnownPolicies, {path}.attachPolicyARNs,{path}.attachRoleARN  or {path}.attachPolicy must be set"
            ),
            (Some(_), true) => {
                bail!("{path}.attachRoleARN and policies cannot be set both: the role's policies are its owner's")
            }
            _ => {}
        }
        wanted.push(Wanted {
            account,
            labels: entry.metadata.labels.into_iter().collect(),
            annotations: entry.metadata.annotations.into_iter().collect(),
            policy_arns,
            attach_policy,
            well_known: inline,
            attach_role_arn: entry.attach_role_arn,
            role_name: entry.role_name,
            role_only: entry.role_only,
            permissions_boundary: entry.permissions_boundary,
            tags: entry.tags.into_iter().collect(),
        });
    }
    Ok(Request {
        cluster: config.metadata.name,
        region: config.metadata.region,
        with_oidc: config.iam.with_oidc,
        wanted,
    })
}

fn account(namespace: &str, name: &str) -> Result<ServiceAccountName> {
    format!("{namespace}/{name}")
        .parse()
        .map_err(|error: String| anyhow::anyhow!(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(change: impl FnOnce(&mut CreateServiceAccount)) -> Result<Request> {
        let mut arguments = CreateServiceAccount {
            cluster: Some("dev".into()),
            name: Some("app".into()),
            attach_policy_arn: vec!["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess".into()],
            ..CreateServiceAccount::default()
        };
        change(&mut arguments);
        request(&arguments)
    }

    #[test]
    fn flags_are_refused_in_eksctls_words() {
        let said = |outcome: Result<Request>| outcome.unwrap_err().to_string();
        assert_eq!(said(flags(|flags| flags.cluster = None)), "--cluster must be set");
        assert_eq!(said(flags(|flags| flags.name = None)), "--name must be set");
        assert_eq!(
            said(flags(|flags| flags.attach_policy_arn.clear())),
            "--attach-policy-arn or --attach-role-arn must be set"
        );
        assert_eq!(
            said(flags(
                |flags| flags.attach_role_arn = Some("arn:aws:iam::1:role/x".into())
            )),
            "cannot provide --attach-role-arn and specify polices to attach"
        );
        assert_eq!(flags(|_| {}).unwrap().wanted[0].account.to_string(), "default/app");
    }

    #[test]
    fn a_cluster_config_is_read() {
        let request = parse(
            r#"
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: { name: dev, region: us-east-2 }
nodeGroups: [{ name: ng }]
iam:
  withOIDC: true
  serviceAccounts:
  - metadata: { name: a, namespace: team, labels: { x: y } }
    attachPolicyARNs: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
  - metadata: { name: b }
    attachPolicy: { Version: "2012-10-17", Statement: [] }
    wellKnownPolicies: { externalDNS: true, certManager: false }
"#,
            "f.yaml",
        )
        .unwrap();
        assert!(request.with_oidc);
        assert_eq!(request.wanted.len(), 2);
        assert_eq!(request.wanted[0].labels, [("x".to_owned(), "y".to_owned())]);
        assert_eq!(request.wanted[1].well_known[0].0, "rolecall-externalDNS");
    }

    #[test]
    fn a_cluster_config_is_refused_in_eksctls_words() {
        let said = |iam: &str| {
            let text =
                format!("apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{ name: dev }}\niam: {iam}\n");
            parse(&text, "f.yaml").unwrap_err().to_string()
        };
        assert_eq!(
            said("{ withOIDC: true }"),
            "'iam.serviceAccounts' is not defined in f.yaml"
        );
        assert_eq!(
            said("{ serviceAccounts: [{ metadata: { name: a }, attachRoleARN: x }] }"),
            "iam.withOIDC must be enabled explicitly for iam.serviceAccounts to be created"
        );
        assert_eq!(
            said("{ withOIDC: true, serviceAccounts: [{ attachRoleARN: x }] }"),
            "iam.serviceAccounts[0].name must be set"
        );
        assert_eq!(
            said("{ withOIDC: true, serviceAccounts: [{ metadata: { name: a }, wellKnownPolicies: { x: true } }] }"),
            "invalid wellKnownPolicy: x"
        );
    }
}
