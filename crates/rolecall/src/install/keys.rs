//! The publisher of the API server's keys, `rolecall cluster keys`.
//!
//! It needs no rights in the cluster: every service account may read the API server's keys (Kubernetes: Configure Service
//! Accounts for Pods, the `ClusterRole` `system:service-account-issuer-discovery`). Admission is not asked about the pods of
//! its namespace, so what the webhook would add is written out here.

use super::{
    manifest::{Condition, Document, Node, list, map},
    shared::{
        ca_bundle, ca_bundle_mounts, ca_bundle_volumes, confined, container, deployment, network_policy, pod,
        role_environment, role_token, role_token_mount, service_account, to_ports,
    },
};

const NAME: &str = "rolecall-keys";

pub(super) fn documents() -> Vec<Document> {
    let egress = to_ports("networkPolicy.apiServerPorts").and(to_ports("networkPolicy.endpointPorts"));
    vec![
        service_account(NAME),
        ca_bundle(NAME),
        deployment(NAME, 1, spec(), restarts()),
        network_policy(NAME, None, egress),
    ]
}

fn restarts() -> Node {
    map! {}.when(
        Condition::Set("caBundle"),
        map! { "annotations" => map! { "rolecall.dev/ca-bundle" => Node::Digest(&["caBundle"]) } },
    )
}

fn spec() -> Node {
    let publisher = container("keys")
        .and(map! {
            "args" => list!["cluster", "keys", "--name={cluster}"].each("keys.extraArgs", "{value}"),
            "env" => role_environment("{keys.roleArn}"),
            "resources" => "{keys.resources}",
        })
        .and(confined())
        .and(map! {
            "volumeMounts" => list![role_token_mount()]
                .when(Condition::Set("caBundle"), ca_bundle_mounts()),
        });
    pod(NAME, true).and(map! {
        "containers" => list![publisher],
        "volumes" => list![role_token()].when(Condition::Set("caBundle"), ca_bundle_volumes(NAME)),
    })
}
