//! `rolecall utils associate-iam-oidc-provider`: registers a cluster's issuer as an IAM OIDC provider.

use anyhow::{Context, Result, bail};
use rolecall_names::Arn;
use rolecall_wire::generated::{eks, iam};

use crate::{aws::Aws, cli::AssociateProvider};

/// What every provider for service accounts accepts as audience.
pub(crate) const AUDIENCE: &str = "sts.amazonaws.com";

/// What a verb needs to know of a cluster.
pub(crate) struct Cluster {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) account: String,
    /// Without its scheme, as condition keys and provider ARNs have it.
    pub(crate) issuer: String,
}

impl Cluster {
    pub(crate) async fn describe(aws: &Aws, name: Option<&str>) -> Result<Self> {
        let name = name.context("--cluster must be set")?;
        let input = eks::DescribeClusterRequest { name: name.to_owned() };
        let answer = aws.client.call::<eks::DescribeCluster>(input).await?;
        let cluster = answer
            .cluster
            .with_context(|| format!("the answer about cluster `{name}` is empty"))?;
        let arn = cluster.arn.with_context(|| format!("cluster `{name}` has no ARN"))?;
        let account = Arn::account_in(&arn).to_owned();
        let issuer = cluster
            .identity
            .and_then(|identity| identity.oidc)
            .and_then(|oidc| oidc.issuer);
        let issuer = issuer.with_context(|| format!("cluster `{name}` has no OIDC issuer"))?;
        let issuer = issuer
            .strip_prefix("https://")
            .with_context(|| format!("the issuer `{issuer}` is not an https URL"))?;
        Ok(Self {
            name: name.to_owned(),
            account,
            issuer: issuer.to_owned(),
            arn,
        })
    }

    /// The ARN that the issuer's provider has, whether it exists or not.
    pub(crate) fn provider_arn(&self) -> String {
        let partition = self.arn.split(':').nth(1).unwrap_or("aws");
        format!("arn:{partition}:iam::{}:oidc-provider/{}", self.account, self.issuer)
    }

    pub(crate) async fn has_provider(&self, aws: &Aws) -> Result<bool> {
        let wanted = self.provider_arn();
        let answer = aws
            .client
            .call::<iam::ListOpenIDConnectProviders>(iam::ListOpenIDConnectProvidersRequest {})
            .await?;
        let providers = answer.open_id_connect_provider_list.unwrap_or_default();
        Ok(providers
            .iter()
            .any(|provider| provider.arn.as_deref() == Some(&wanted)))
    }

    pub(crate) async fn create_provider(&self, aws: &Aws) -> Result<()> {
        let input = iam::CreateOpenIDConnectProviderRequest {
            url: format!("https://{}", self.issuer),
            client_id_list: Some(vec![AUDIENCE.to_owned()]),
            ..Default::default()
        };
        aws.client.call::<iam::CreateOpenIDConnectProvider>(input).await?;
        Ok(())
    }
}

pub(crate) async fn run(arguments: AssociateProvider) -> Result<()> {
    let aws = Aws::connect(&arguments.place).await?;
    let cluster = Cluster::describe(&aws, arguments.cluster.as_deref()).await?;
    let arn = cluster.provider_arn();
    if cluster.has_provider(&aws).await? {
        println!(
            "IAM OIDC provider is already associated with cluster \"{}\" in \"{}\": {arn}",
            cluster.name, aws.region
        );
        return Ok(());
    }
    if !arguments.approve {
        println!(
            "(plan) would create IAM OIDC provider for cluster \"{}\" in \"{}\": {arn}",
            cluster.name, aws.region
        );
        println!("no changes were applied, run again with '--approve' to apply the changes");
        return Ok(());
    }
    cluster.create_provider(&aws).await?;
    if !cluster.has_provider(&aws).await? {
        bail!("the provider {arn} was created and is not listed; look whether this account's policies let it be seen");
    }
    println!(
        "created IAM OIDC provider for cluster \"{}\" in \"{}\": {arn}",
        cluster.name, aws.region
    );
    Ok(())
}
