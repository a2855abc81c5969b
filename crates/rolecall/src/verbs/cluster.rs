//! `rolecall create|get|delete cluster`: whose service accounts' tokens can be exchanged.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use rolecall_wire::{
    client::Error,
    generated::eks,
    private::{ClusterAnswer, PublishClusterKeys, PublishClusterKeysRequest, RegisterCluster, RegisterClusterRequest},
};

use super::{associate::Cluster, print::print};
use crate::{
    aws::Aws,
    cli::{CreateCluster, DeleteCluster, GetCluster},
    kubernetes::Kubernetes,
};

/// Registers a cluster, or publishes the new keys of one that exists.
pub(crate) async fn create(arguments: CreateCluster) -> Result<()> {
    let (issuer, jwks) = issuer_and_keys(&arguments).await?;
    let aws = Aws::connect(&arguments.place).await?;
    let input = RegisterClusterRequest {
        name: arguments.name.clone(),
        issuer,
        jwks,
    };
    let made = match aws.client.private::<RegisterCluster>(&input).await {
        Err(error) if error.status().is_some_and(|status| status == 409) => again(&aws, input, &error).await?,
        made => made?,
    };
    let keys = made.key_ids.join(", ");
    let rows = [vec![made.name.clone(), made.issuer.clone(), keys]];
    print(arguments.output.output, &made, &["NAME", "ISSUER", "KEYS"], &rows)
}

/// What was given, or what the API server says of itself.
async fn issuer_and_keys(arguments: &CreateCluster) -> Result<(Option<String>, Option<String>)> {
    if let Some(file) = &arguments.kubeconfig {
        let kubernetes = Kubernetes::of(file, arguments.context.as_deref()).await?;
        return Ok((Some(kubernetes.issuer().await?), Some(kubernetes.keys().await?)));
    }
    let read = |file: &PathBuf| {
        std::fs::read_to_string(file).with_context(|| format!("reading the keys in {}", file.display()))
    };
    let jwks = arguments.jwks.as_ref().map(read).transpose()?;
    Ok((arguments.issuer.clone(), jwks))
}

/// The cluster exists: what it is is compared with what is wanted, and its keys are replaced.
async fn again(aws: &Aws, wanted: RegisterClusterRequest, error: &Error) -> Result<ClusterAnswer> {
    let name = wanted.name;
    let Ok(known) = Cluster::describe(aws, Some(&name)).await else {
        // Somebody else's, or another cluster has the issuer: the refusal says it.
        bail!("{error}");
    };
    let issuer = format!("https://{}", known.issuer);
    if wanted.issuer.is_some_and(|wanted| wanted != issuer) {
        bail!("cluster {name} exists with the issuer {issuer}; delete it first if its issuer is to be another");
    }
    let Some(jwks) = wanted.jwks else {
        bail!("cluster {name} exists; give --jwks or --kubeconfig to publish its new keys");
    };
    let input = PublishClusterKeysRequest { cluster: name, jwks };
    Ok(aws.client.private::<PublishClusterKeys>(&input).await?)
}

pub(crate) async fn delete(arguments: DeleteCluster) -> Result<()> {
    let aws = Aws::connect(&arguments.place).await?;
    let input = eks::DeleteClusterRequest {
        name: arguments.name.clone(),
    };
    aws.client.call::<eks::DeleteCluster>(input).await?;
    println!("deleted cluster {}", arguments.name);
    Ok(())
}

/// A cluster, as it is listed.
#[derive(serde::Serialize)]
struct Listed {
    name: String,
    arn: String,
    issuer: String,
}

pub(crate) async fn get(arguments: GetCluster) -> Result<()> {
    let aws = Aws::connect(&arguments.place).await?;
    let mut names = Vec::new();
    if let Some(name) = &arguments.name {
        names.push(name.clone());
    } else {
        let mut next_token = None;
        loop {
            let input = eks::ListClustersRequest {
                next_token,
                ..Default::default()
            };
            let page = aws.client.call::<eks::ListClusters>(input).await?;
            names.extend(page.clusters.unwrap_or_default());
            match page.next_token {
                Some(next) => next_token = Some(next),
                None => break,
            }
        }
    }
    let mut items = Vec::new();
    for name in names {
        let cluster = Cluster::describe(&aws, Some(&name)).await?;
        items.push(Listed {
            name: cluster.name,
            arn: cluster.arn,
            issuer: format!("https://{}", cluster.issuer),
        });
    }
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| vec![item.name.clone(), item.arn.clone(), item.issuer.clone()])
        .collect();
    print(arguments.output.output, &items, &["NAME", "ARN", "ISSUER"], &rows)
}
