//! The gateway in a process of its own, `rolecall gateway`.
//!
//! It keeps nothing, so there may be many. To the control plane it is a role, by a token of its service account: admission is
//! not asked about the pods of its namespace, so what the webhook would add is written out here. It speaks to no API server.

use super::{
    manifest::{Condition, Document, Node, lines, list, map},
    shared::{
        ca_bundle, ca_bundle_mounts, ca_bundle_volumes, confined, container, deployment, disruption_budget,
        from_anywhere, from_pods, metadata, network_policy, pod, probes, role_environment, role_token,
        role_token_mount, service, service_account, service_monitor, spread, to_ports,
    },
};

const NAME: &str = "rolecall-gateway";

pub(super) fn documents() -> Vec<Document> {
    let egress = to_ports("networkPolicy.endpointPorts").and(to_ports("networkPolicy.outsidePorts"));
    vec![
        service_account(NAME),
        ca_bundle(NAME),
        configuration(),
        service(NAME, "https"),
        deployment(NAME, "{gateway.replicas}", spec(), restarts()),
        disruption_budget(NAME, "gateway.replicas"),
        network_policy(NAME, Some(from_anywhere("https").and(from_pods("metrics"))), egress),
        service_monitor(NAME),
    ]
}

fn configuration() -> Document {
    let file = lines![
        "listen = \"0.0.0.0:8443\"",
        "health = \"0.0.0.0:9999\"",
        "region = {region}",
        "presign-max-seconds = {presignMaxSeconds}",
    ]
    .when(
        Condition::Set("virtualHostSuffix"),
        lines!["virtual-host-suffix = {virtualHostSuffix}"],
    )
    .and(lines![
        "[tls]",
        "certificate = \"/etc/rolecall/tls/tls.crt\"",
        "key = \"/etc/rolecall/tls/tls.key\"",
        "[store]",
        "endpoint = {gateway.store.endpoint}",
        "region = {gateway.store.region}",
    ]);
    let data = map! { "gateway.toml" => file };
    Document::new(map! { "apiVersion" => "v1", "kind" => "ConfigMap", "metadata" => metadata(NAME), "data" => data })
}

/// The configuration and the bundle are read at the start.
fn restarts() -> Node {
    map! {
        "annotations" => map! {
            "rolecall.dev/configuration" => Node::Digest(&["region", "virtualHostSuffix", "presignMaxSeconds", "gateway", "caBundle"]),
        },
    }
}

fn spec() -> Node {
    let mount = |name: &str, path: &str| map! { "name" => name, "mountPath" => path, "readOnly" => true };
    let gateway = container("gateway")
        .and(map! {
            "args" => list!["gateway", "--config=/etc/rolecall/config/gateway.toml"],
            "env" => role_environment("{gateway.roleArn}"),
            "envFrom" => list![map! { "secretRef" => map! { "name" => "{gateway.secret}" } }],
            "ports" => list![
                map! { "name" => "https", "containerPort" => 8443, "protocol" => "TCP" },
                map! { "name" => "metrics", "containerPort" => 9999, "protocol" => "TCP" },
            ],
        })
        .and(probes("metrics"))
        .and(map! { "resources" => "{gateway.resources}" })
        .and(confined())
        .and(map! {
            "volumeMounts" => list![
                role_token_mount(),
                mount("config", "/etc/rolecall/config"),
                mount("tls", "/etc/rolecall/tls"),
            ]
            .when(Condition::Set("caBundle"), ca_bundle_mounts()),
        });
    pod(NAME, false).and(map! {
        "topologySpreadConstraints" => list![
            spread(NAME, "kubernetes.io/hostname"),
            spread(NAME, "topology.kubernetes.io/zone"),
        ],
        "containers" => list![gateway],
        "volumes" => list![
            role_token(),
            map! { "name" => "config", "configMap" => map! { "name" => NAME } },
            map! { "name" => "tls", "secret" => map! { "secretName" => "{gateway.tlsSecret}" } },
        ]
        .when(Condition::Set("caBundle"), ca_bundle_volumes(NAME)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{gateway::config::Config, install::written};

    fn read(said: &[(&str, &str)]) -> Config {
        let (_folder, file) = written(&configuration(), "gateway.toml", said);
        Config::read(&file).unwrap()
    }

    #[test]
    fn the_configuration_is_one_that_the_gateway_takes() {
        let least = [
            ("region", "eu-west-1"),
            ("gateway.store.endpoint", "http://minio.storage:9000"),
        ];
        let config = read(&least);
        assert_eq!((config.listen.port(), config.health.port()), (8443, 9999));
        assert_eq!(
            (config.region.as_str(), config.presign_max_seconds),
            ("eu-west-1", 43_200)
        );
        assert_eq!(config.store.endpoint, "http://minio.storage:9000");
        let more = [
            ("virtualHostSuffix", "s3.example.org"),
            ("presignMaxSeconds", "3600"),
            ("gateway.store.region", "garage"),
        ];
        let config = read(&[&least[..], &more[..]].concat());
        assert_eq!(config.virtual_host_suffix.as_deref(), Some("s3.example.org"));
        assert_eq!(
            (config.presign_max_seconds, config.store.region.as_str()),
            (3600, "garage")
        );
    }
}
