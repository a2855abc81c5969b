//! The publisher of the API server's keys, `rolecall cluster keys`.
//!
//! It needs no rights in the cluster: every service account may read the API server's keys (Kubernetes: Configure Service
//! Accounts for Pods, the `ClusterRole` `system:service-account-issuer-discovery`). Admission is not asked about the pods of
//! its namespace, so what the webhook would add is written out here.

use super::{
    manifest::{Condition, Document, Node, list, map},
    shared::{
        CA_BUNDLE, ca_bundle, ca_bundle_mounts, ca_bundle_volumes, confined, container, deployment, network_policy,
        pod, service_account, to_ports,
    },
};

const NAME: &str = "rolecall-keys";
/// Where the webhook mounts such tokens (amazon-eks-pod-identity-webhook: README).
const TOKENS: &str = "/var/run/secrets/eks.amazonaws.com/serviceaccount";

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
    let variable = |name: &str, value: &str| map! { "name" => name, "value" => value };
    let token = format!("{TOKENS}/token");
    let environment = list![
        variable("AWS_REGION", "{region}"),
        variable("AWS_ENDPOINT_URL", "{endpoint}"),
        variable("AWS_ROLE_ARN", "{keys.roleArn}"),
        variable("AWS_WEB_IDENTITY_TOKEN_FILE", &token),
        variable("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    // The exchange at STS trusts by the second.
    .when(
        Condition::Set("caBundle"),
        list![
            variable("AWS_CA_BUNDLE", CA_BUNDLE),
            variable("SSL_CERT_FILE", CA_BUNDLE)
        ],
    );
    let publisher = container("keys")
        .and(map! {
            "args" => list!["cluster", "keys", "--name={cluster}"].each("keys.extraArgs", "{value}"),
            "env" => environment,
            "resources" => "{keys.resources}",
        })
        .and(confined())
        .and(map! {
            "volumeMounts" => list![map! { "name" => "aws-iam-token", "mountPath" => TOKENS, "readOnly" => true }]
                .when(Condition::Set("caBundle"), ca_bundle_mounts()),
        });
    let token = map! {
        "name" => "aws-iam-token",
        "projected" => map! {
            "sources" => list![map! {
                "serviceAccountToken" => map! {
                    "audience" => "sts.amazonaws.com",
                    "expirationSeconds" => 3600,
                    "path" => "token",
                },
            }],
        },
    };
    pod(NAME, true).and(map! {
        "containers" => list![publisher],
        "volumes" => list![token].when(Condition::Set("caBundle"), ca_bundle_volumes(NAME)),
    })
}
