//! The Elastic Kubernetes Service: clusters as far as IAM roles for service accounts need them.

use jiff::Timestamp;
use rolecall_identity::{
    account::cluster::{self, Issuer, NewCluster},
    state::{Cluster, Network, Tag},
};
use rolecall_wire::generated::eks;

use super::{
    fault::Fault,
    operation::{Cx, answer, operations},
};

operations! { eks by rest: CreateCluster DeleteCluster DescribeCluster ListClusters }

fn arn(cx: &Cx, name: &str) -> String {
    let known = cx.snapshot.cluster(cx.account, name).map(|cluster| cluster.arn.clone());
    known.unwrap_or_else(|| cluster::arn(cx.account, cx.signed.region(), name).to_string())
}

fn shape(cx: &Cx, cluster: &Cluster, status: &str) -> eks::Cluster {
    eks::Cluster {
        arn: Some(cluster.arn.clone()),
        created_at: Timestamp::from_second(cluster.created).ok(),
        endpoint: Some(cx.control.endpoint.clone()),
        certificate_authority: Some(eks::Certificate {
            data: cx.control.certificate_authority.clone(),
        }),
        identity: Some(eks::Identity {
            oidc: Some(eks::OIDC {
                issuer: Some(cluster.issuer.clone()),
            }),
        }),
        name: Some(cluster.name.clone()),
        resources_vpc_config: Some(shown(&cluster.network)),
        role_arn: Some(cluster.role_arn.clone()),
        status: Some(status.to_owned()),
        tags: Some(cluster.tags.iter().cloned().collect()),
        version: Some(cluster.version.clone()),
        ..eks::Cluster::default()
    }
}

/// With EKS's defaults (Amazon EKS API Reference: `VpcConfigRequest`). Its own security group and VPC, which AWS tells, are
/// not known here.
fn shown(network: &Network) -> eks::VpcConfigResponse {
    let public = network.public.unwrap_or(true);
    let everywhere = || vec!["0.0.0.0/0".to_owned()];
    eks::VpcConfigResponse {
        subnet_ids: Some(network.subnets.clone()),
        security_group_ids: Some(network.security_groups.clone()),
        endpoint_public_access: Some(public),
        endpoint_private_access: Some(network.private.unwrap_or(false)),
        public_access_cidrs: Some(match network.public_from.as_slice() {
            [] if public => everywhere(),
            some => some.to_vec(),
        }),
        ..eks::VpcConfigResponse::default()
    }
}

fn named(network: eks::VpcConfigRequest) -> Network {
    Network {
        subnets: network.subnet_ids.unwrap_or_default(),
        security_groups: network.security_group_ids.unwrap_or_default(),
        public: network.endpoint_public_access,
        private: network.endpoint_private_access,
        public_from: network.public_access_cidrs.unwrap_or_default(),
    }
}

answer! { eks::CreateCluster(cx, input) on cluster::arn(cx.account, cx.signed.region(), &input.name).to_string(),
    with |input, context| {
        for (key, value) in input.tags.iter().flatten() {
            context.insert(format!("aws:RequestTag/{key}"), value.as_str());
        }
    } => |permit| {
        cx.may_pass(&input.role_arn, "eks.amazonaws.com")?;
        let tags: Vec<Tag> = input.tags.unwrap_or_default().into_iter().collect();
        let new = NewCluster {
            name: input
                .name
                .parse()
                .map_err(|error: rolecall_names::Invalid| Fault::sender("InvalidParameterException", 400, error.to_string()))?,
            region: cx.signed.region(),
            // The cluster publishes its keys itself; until then none of its tokens is accepted.
            issuer: Issuer::Published { base: &cx.control.endpoint, jwks: None },
            role_arn: &input.role_arn,
            version: input.version.as_deref().unwrap_or("1.33"),
            network: named(input.resources_vpc_config),
            tags: &tags,
            token: input.client_request_token.as_deref(),
        };
        let made = cx.write(permit, |tx, permit| cluster::create(tx, permit, &new)).await?;
        Ok(eks::CreateClusterResponse { cluster: Some(shape(cx, &made, "ACTIVE")) })
    }
}

answer! { eks::DescribeCluster(cx, input) on arn(cx, &input.name) => |permit| {
    let cluster = cluster::get(&cx.snapshot, cx.account, &input.name).map_err(|error| cx.fault(&error))?;
    Ok(eks::DescribeClusterResponse { cluster: Some(shape(cx, &cluster, "ACTIVE")) })
} }

answer! { eks::ListClusters(cx, input) on "*" => |permit| {
    let after = cx.after(input.next_token.as_deref())?;
    let limit = usize::try_from(input.max_results.unwrap_or(100)).unwrap_or(100);
    let page = cluster::list(&cx.snapshot, cx.account, after.as_deref(), limit);
    let next_token = cx.marker(page.next.as_deref())?;
    Ok(eks::ListClustersResponse { clusters: Some(page.items), next_token })
} }

answer! { eks::DeleteCluster(cx, input) on arn(cx, &input.name) => |permit| {
    let gone = cx.write(permit, |tx, permit| cluster::delete(tx, permit, &input.name)).await?;
    Ok(eks::DeleteClusterResponse { cluster: Some(shape(cx, &gone, "DELETING")) })
} }
