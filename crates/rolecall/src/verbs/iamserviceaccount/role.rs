//! The role of a service account: as it is wanted, and as it is.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use aws_lc_rs::digest;
use rolecall_wire::generated::iam;
use serde_json::Value;

use super::{Cluster, wanted::Wanted};
use crate::{aws::Aws, cli::ServiceAccountName};

/// The tags that say whom a role was made for.
const CLUSTER_TAG: &str = "rolecall/cluster-arn";
const NAMESPACE_TAG: &str = "rolecall/namespace";
const NAME_TAG: &str = "rolecall/service-account";
/// Generated names start with this.
const PREFIX: &str = "rolecall";
/// The name of the inline policy from `--attach-policy` or `attachPolicy`.
const INLINE: &str = "rolecall-policy";

/// A role as it should be.
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) trust: String,
    description: String,
    pub(crate) boundary: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) policies: Vec<String>,
    pub(crate) inline: Vec<(String, String)>,
}

impl Role {
    pub(crate) fn wanted(cluster: &Cluster, wanted: &Wanted) -> Self {
        let account = &wanted.account;
        let mut tags = wanted.tags.clone();
        tags.extend([
            (CLUSTER_TAG.to_owned(), cluster.arn.clone()),
            (NAMESPACE_TAG.to_owned(), account.namespace.clone()),
            (NAME_TAG.to_owned(), account.name.clone()),
        ]);
        let mut inline: Vec<(String, String)> = wanted
            .attach_policy
            .iter()
            .map(|document| (INLINE.to_owned(), document.clone()))
            .collect();
        inline.extend(wanted.well_known.iter().cloned());
        Self {
            name: wanted
                .role_name
                .clone()
                .unwrap_or_else(|| generated_name(cluster, account)),
            trust: super::trust(cluster, account),
            description: format!("IAM role for serviceaccount \"{account}\" [created and managed by rolecall]"),
            boundary: wanted.permissions_boundary.clone(),
            tags,
            policies: wanted.policy_arns.clone(),
            inline,
        }
    }

    pub(crate) fn arn(&self, cluster: &Cluster) -> String {
        let partition = cluster.arn.split(':').nth(1).unwrap_or("aws");
        format!("arn:{partition}:iam::{}:role/{}", cluster.account, self.name)
    }

    pub(crate) async fn create(&self, aws: &Aws) -> Result<()> {
        let input = iam::CreateRoleRequest {
            role_name: self.name.clone(),
            assume_role_policy_document: self.trust.clone(),
            description: Some(self.description.clone()),
            permissions_boundary: self.boundary.clone(),
            tags: Some(tags(&self.tags)),
            ..Default::default()
        };
        aws.client.call::<iam::CreateRole>(input).await?;
        Ok(())
    }
}

/// A role as it is.
pub(crate) struct Actual {
    name: String,
    pub(crate) arn: String,
    pub(crate) trust: Value,
    pub(crate) boundary: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) policies: BTreeSet<String>,
    pub(crate) inline: BTreeMap<String, Value>,
}

impl Actual {
    /// The role of this name with all that belongs to it, if there is one.
    pub(crate) async fn read(aws: &Aws, name: &str) -> Result<Option<Self>> {
        let answer = match aws
            .client
            .call::<iam::GetRole>(iam::GetRoleRequest {
                role_name: name.to_owned(),
            })
            .await
        {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("NoSuchEntity") => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("reading role {name}")),
        };
        let role = answer.role;
        let mut policies = BTreeSet::new();
        let mut marker = None;
        loop {
            let input = iam::ListAttachedRolePoliciesRequest {
                role_name: name.to_owned(),
                marker,
                ..Default::default()
            };
            let page = aws.client.call::<iam::ListAttachedRolePolicies>(input).await?;
            policies.extend(
                page.attached_policies
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|policy| policy.policy_arn),
            );
            match page.marker.filter(|_| page.is_truncated == Some(true)) {
                Some(next) => marker = Some(next),
                None => break,
            }
        }
        let mut inline = BTreeMap::new();
        let mut marker = None;
        loop {
            let input = iam::ListRolePoliciesRequest {
                role_name: name.to_owned(),
                marker,
                ..Default::default()
            };
            let page = aws.client.call::<iam::ListRolePolicies>(input).await?;
            for policy in page.policy_names {
                let input = iam::GetRolePolicyRequest {
                    role_name: name.to_owned(),
                    policy_name: policy.clone(),
                };
                let document = aws.client.call::<iam::GetRolePolicy>(input).await?.policy_document;
                inline.insert(policy, parse(&document));
            }
            match page.marker.filter(|_| page.is_truncated == Some(true)) {
                Some(next) => marker = Some(next),
                None => break,
            }
        }
        let tags = role
            .tags
            .unwrap_or_default()
            .into_iter()
            .map(|tag| (tag.key, tag.value))
            .collect();
        Ok(Some(Self {
            name: name.to_owned(),
            arn: role.arn,
            trust: role
                .assume_role_policy_document
                .as_deref()
                .map(parse)
                .unwrap_or_default(),
            boundary: role
                .permissions_boundary
                .and_then(|boundary| boundary.permissions_boundary_arn),
            tags,
            policies,
            inline,
        }))
    }

    /// Whether its tags say that it was made for this service account of this cluster.
    pub(crate) fn is_of(&self, cluster: &Cluster, account: &ServiceAccountName) -> bool {
        let says = |tag: &str, value: &str| self.tags.get(tag).is_some_and(|found| found == value);
        says(CLUSTER_TAG, &cluster.arn) && says(NAMESPACE_TAG, &account.namespace) && says(NAME_TAG, &account.name)
    }

    /// Deletes the role and all that IAM wants gone before it.
    pub(crate) async fn delete(&self, aws: &Aws) -> Result<()> {
        for policy in &self.policies {
            let input = iam::DetachRolePolicyRequest {
                role_name: self.name.clone(),
                policy_arn: policy.clone(),
            };
            aws.client.call::<iam::DetachRolePolicy>(input).await?;
        }
        for policy in self.inline.keys() {
            let input = iam::DeleteRolePolicyRequest {
                role_name: self.name.clone(),
                policy_name: policy.clone(),
            };
            aws.client.call::<iam::DeleteRolePolicy>(input).await?;
        }
        aws.client
            .call::<iam::DeleteRole>(iam::DeleteRoleRequest {
                role_name: self.name.clone(),
            })
            .await?;
        Ok(())
    }
}

/// The service accounts of a cluster that have a role with a generated name, and its ARN.
pub(crate) async fn of_cluster(aws: &Aws, cluster: &Cluster) -> Result<Vec<(ServiceAccountName, String)>> {
    let prefix = format!("{PREFIX}-{}-", cluster.name);
    let mut found = Vec::new();
    let mut marker = None;
    loop {
        let page = aws
            .client
            .call::<iam::ListRoles>(iam::ListRolesRequest {
                marker,
                ..Default::default()
            })
            .await?;
        for role in page
            .roles
            .into_iter()
            .filter(|role| role.role_name.starts_with(&prefix))
        {
            let Some(actual) = Actual::read(aws, &role.role_name).await? else {
                continue;
            };
            let (Some(namespace), Some(name)) = (actual.tags.get(NAMESPACE_TAG), actual.tags.get(NAME_TAG)) else {
                continue;
            };
            let account = ServiceAccountName {
                namespace: namespace.clone(),
                name: name.clone(),
            };
            if actual.is_of(cluster, &account) {
                found.push((account, actual.arn));
            }
        }
        match page.marker.filter(|_| page.is_truncated == Some(true)) {
            Some(next) => marker = Some(next),
            None => return Ok(found),
        }
    }
}

/// The name of a service account's role where none is given: the same each time, and, by the digest at its end, another
/// one for `a-b/c` than for `a/b-c`.
pub(crate) fn generated_name(cluster: &Cluster, account: &ServiceAccountName) -> String {
    let identity = format!("{}\0{}\0{}", cluster.arn, account.namespace, account.name);
    let digest = digest::digest(&digest::SHA256, identity.as_bytes());
    let digest = hex::encode(digest.as_ref().get(..5).unwrap_or_default());
    let readable = format!("{PREFIX}-{}-{}-{}", cluster.name, account.namespace, account.name);
    // 64 characters, of which the digest and its dash take eleven.
    let readable: String = readable.chars().take(53).collect();
    format!("{readable}-{digest}")
}

/// Tags as IAM's requests have them.
pub(crate) fn tags(tags: &[(String, String)]) -> Vec<iam::Tag> {
    tags.iter()
        .map(|(key, value)| iam::Tag {
            key: key.clone(),
            value: value.clone(),
        })
        .collect()
}

/// A document as IAM answers it: percent-encoded JSON (RFC 3986).
fn parse(document: &str) -> Value {
    let text = percent_encoding::percent_decode_str(document).decode_utf8_lossy();
    serde_json::from_str(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> Cluster {
        Cluster {
            name: "dev".into(),
            arn: "arn:aws:eks:us-east-2:123456789012:cluster/dev".into(),
            account: "123456789012".into(),
            issuer: "127.0.0.1:4566/id/ABC".into(),
        }
    }

    #[test]
    fn generated_names_do_not_collide_and_fit() {
        let name = |text: &str| generated_name(&cluster(), &text.parse().unwrap());
        assert_ne!(name("a-b/c"), name("a/b-c"));
        assert_eq!(name("default/iam-test"), name("default/iam-test"));
        assert!(name("default/iam-test").starts_with("rolecall-dev-default-iam-test-"));
        assert!(name(&format!("{}/{}", "n".repeat(63), "s".repeat(253))).len() <= 64);
    }
}
