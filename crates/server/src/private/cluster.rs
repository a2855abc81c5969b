//! Clusters beyond what EKS's API can say: an issuer of one's own, and the keys of its tokens.

use std::path::Path;

use rolecall_identity::{
    Permit,
    account::cluster::{self, Issuer, NewCluster},
    op,
    state::Cluster,
};
use rolecall_wire::private::{
    ClusterAnswer, PublishClusterKeys, PublishClusterKeysRequest, RegisterCluster, RegisterClusterRequest,
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
        let known = cx.snapshot.cluster(cx.account, &input.cluster);
        known.map_or_else(
            || cluster::arn(cx.account, cx.signed.region(), &input.cluster).to_string(),
            |cluster| cluster.arn.clone(),
        )
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
