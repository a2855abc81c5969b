//! Clusters beyond what EKS's API can say: an issuer of one's own, and the keys of its tokens.

use std::path::Path;

use rolecall_identity::{
    Permit,
    account::cluster::{self, Issuer, NewCluster},
    op,
    state::Cluster,
};
use rolecall_wire::private::{
    ClusterAnswer, DescribeClusterKeys, DescribeClusterKeysRequest, PublishClusterKeys, PublishClusterKeysRequest,
    RegisterCluster, RegisterClusterRequest,
};

use super::Private;
use crate::aws::{fault::Fault, operation::Cx};

impl Private for RegisterCluster {
    // Whoever may make one through EKS's API may make one here.
    type Op = op::CreateCluster;

    fn resource(cx: &Cx, input: &RegisterClusterRequest) -> String {
        cluster::arn(cx.account, cx.signed.region(), &input.name).to_string()
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::CreateCluster>,
        input: RegisterClusterRequest,
        _: &Path,
    ) -> Result<ClusterAnswer, Fault> {
        let new = NewCluster {
            name: input.name.parse().map_err(|error: rolecall_names::Invalid| {
                Fault::sender("InvalidParameterException", 400, error.to_string())
            })?,
            region: cx.signed.region(),
            issuer: match &input.issuer {
                Some(url) => Issuer::Registered {
                    url,
                    jwks: input.jwks.as_deref(),
                },
                None => Issuer::Published {
                    base: &cx.control.endpoint,
                    jwks: input.jwks.as_deref(),
                },
            },
            role_arn: "",
            version: "",
            network: rolecall_identity::state::Network::default(),
            tags: &[],
            token: None,
        };
        let made = cx.write(permit, |tx, permit| cluster::create(tx, permit, &new)).await?;
        Ok(shown(&made))
    }
}

impl Private for PublishClusterKeys {
    type Op = op::PublishClusterKeys;

    // The cluster's own ARN, so that a cluster's component can be allowed to publish for its own cluster alone (threat 1).
    fn resource(cx: &Cx, input: &PublishClusterKeysRequest) -> String {
        arn(cx, &input.cluster)
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::PublishClusterKeys>,
        input: PublishClusterKeysRequest,
        _: &Path,
    ) -> Result<ClusterAnswer, Fault> {
        let now = cx
            .write(permit, |tx, permit| {
                cluster::publish_keys(tx, permit, &input.cluster, &input.jwks)
            })
            .await?;
        Ok(shown(&now))
    }
}

impl Private for DescribeClusterKeys {
    // Whoever may describe the cluster may know its public keys by their ids.
    type Op = op::DescribeCluster;

    fn resource(cx: &Cx, input: &DescribeClusterKeysRequest) -> String {
        arn(cx, &input.cluster)
    }

    async fn answer(
        cx: &Cx,
        permit: Permit<op::DescribeCluster>,
        input: DescribeClusterKeysRequest,
        _: &Path,
    ) -> Result<ClusterAnswer, Fault> {
        let known = cluster::get(&cx.snapshot, permit.account(), &input.cluster);
        let known = known.map_err(|error| cx.fault(&error))?;
        Ok(shown(&known))
    }
}

/// The ARN of a cluster that is there, or that would be.
fn arn(cx: &Cx, name: &str) -> String {
    let known = cx.snapshot.cluster(cx.account, name);
    known.map_or_else(
        || cluster::arn(cx.account, cx.signed.region(), name).to_string(),
        |cluster| cluster.arn.clone(),
    )
}

fn shown(cluster: &Cluster) -> ClusterAnswer {
    ClusterAnswer {
        name: cluster.name.clone(),
        arn: cluster.arn.clone(),
        issuer: cluster.issuer.clone(),
        key_ids: cluster
            .keys
            .as_deref()
            .map(|keys| keys.ids().map(str::to_owned).collect())
            .unwrap_or_default(),
    }
}
