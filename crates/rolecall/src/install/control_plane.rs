//! The control plane, `rolecall serve`, with a gateway in it where it has a store.
//!
//! Its store is one directory, so there is one pod: a `StatefulSet` starts the next only when the last is known to have ended.
//! It speaks to no API server and has no token for one. There is no `PodDisruptionBudget`: for one pod it could only say that
//! its node is never drained.

use super::{
    manifest::{Condition, Document, Node, lines, list, map},
    shared::{
        confined, container, from_anywhere, from_pods, labels, metadata, network_policy, pod, probes, service,
        service_account, service_monitor, to_ports,
    },
};

const NAME: &str = "rolecall-control-plane";

pub(super) fn documents() -> Vec<Document> {
    let outside = to_ports("networkPolicy.outsidePorts");
    vec![
        service_account(NAME),
        configuration(),
        service(NAME, "https"),
        stateful_set(),
        network_policy(NAME, Some(from_anywhere("https").and(from_pods("metrics"))), outside),
        service_monitor(NAME),
    ]
}

fn configuration() -> Document {
    let file = lines![
        "data = \"/var/lib/rolecall\"",
        "listen = \"0.0.0.0:8443\"",
        "health = \"0.0.0.0:9999\"",
        "endpoint = {endpoint}",
        "account-id = {accountId}",
        "region = {region}",
        "presign-max-seconds = {presignMaxSeconds}",
    ]
    .when(
        Condition::Set("virtualHostSuffix"),
        lines!["virtual-host-suffix = {virtualHostSuffix}"],
    )
    .when(
        Condition::Set("controlPlane.issuerPrivateHosts"),
        lines!["issuer-private-hosts = ["],
    )
    .each("controlPlane.issuerPrivateHosts", "  {value},")
    .when(Condition::Set("controlPlane.issuerPrivateHosts"), lines!["]"])
    .when(
        Condition::Set("controlPlane.issuerCa"),
        lines!["issuer-ca = \"/etc/rolecall/config/issuer-ca.pem\""],
    )
    .and(lines![
        "[tls]",
        "certificate = \"/etc/rolecall/tls/tls.crt\"",
        "key = \"/etc/rolecall/tls/tls.key\"",
        "[audit]",
        "sync = {controlPlane.auditSync}",
    ])
    .when(Condition::Set("controlPlane.quotas"), lines!["[quotas]"])
    .each("controlPlane.quotas", "{key} = {value}")
    .when(
        Condition::Set("controlPlane.store.endpoint"),
        lines![
            "[store]",
            "endpoint = {controlPlane.store.endpoint}",
            "region = {controlPlane.store.region}",
        ],
    );
    let data = map! { "rolecall.toml" => file }.when(
        Condition::Set("controlPlane.issuerCa"),
        map! { "issuer-ca.pem" => "{controlPlane.issuerCa}" },
    );
    Document::new(map! { "apiVersion" => "v1", "kind" => "ConfigMap", "metadata" => metadata(NAME), "data" => data })
}

fn stateful_set() -> Document {
    let mount = |name: &str, path: &str| map! { "name" => name, "mountPath" => path, "readOnly" => true };
    let server = container("control-plane")
        .and(map! {
            "args" => list!["serve", "--config=/etc/rolecall/config/rolecall.toml"],
            "envFrom" => list![map! { "secretRef" => map! { "name" => "{controlPlane.secret}", "optional" => true } }],
            "ports" => list![
                map! { "name" => "https", "containerPort" => 8443, "protocol" => "TCP" },
                map! { "name" => "metrics", "containerPort" => 9999, "protocol" => "TCP" },
            ],
        })
        .and(probes("metrics"))
        .and(map! { "resources" => "{controlPlane.resources}" })
        .and(confined())
        .and(map! {
            "volumeMounts" => list![
                map! { "name" => "data", "mountPath" => "/var/lib/rolecall" },
                mount("config", "/etc/rolecall/config"),
                mount("tls", "/etc/rolecall/tls"),
            ],
        });
    let spec = pod(NAME, false).and(map! {
        "containers" => list![server],
        "volumes" => list![
            map! { "name" => "config", "configMap" => map! { "name" => NAME } },
            map! { "name" => "tls", "secret" => map! { "secretName" => "{controlPlane.tlsSecret}" } },
        ],
    });
    // The configuration is read at the start.
    let annotations = map! {
        "rolecall.dev/configuration" => Node::Digest(&["accountId", "region", "endpoint", "virtualHostSuffix", "presignMaxSeconds", "controlPlane"]),
    };
    let claim = map! { "accessModes" => list!["ReadWriteOnce"] }
        .when(
            Condition::Set("controlPlane.storage.className"),
            map! { "storageClassName" => "{controlPlane.storage.className}" },
        )
        .and(map! { "resources" => map! { "requests" => map! { "storage" => "{controlPlane.storage.size}" } } });
    Document::new(map! {
        "apiVersion" => "apps/v1",
        "kind" => "StatefulSet",
        "metadata" => metadata(NAME),
        "spec" => map! {
            "replicas" => 1,
            "serviceName" => NAME,
            "selector" => map! { "matchLabels" => labels(NAME) },
            "template" => map! {
                "metadata" => map! { "labels" => labels(NAME), "annotations" => annotations },
                "spec" => spec,
            },
            "volumeClaimTemplates" => list![map! {
                "apiVersion" => "v1",
                "kind" => "PersistentVolumeClaim",
                "metadata" => map! { "name" => "data" },
                "spec" => claim,
            }],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{install::written, serve::config::Config};

    fn read(said: &[(&str, &str)]) -> Config {
        let (_folder, file) = written(&configuration(), "rolecall.toml", said);
        Config::read(&file).unwrap()
    }

    #[test]
    fn the_configuration_is_one_that_serve_takes() {
        let least = [
            ("endpoint", "https://rolecall.example.org"),
            ("accountId", "123456789012"),
            ("region", "eu-west-1"),
        ];
        let config = read(&least);
        assert_eq!((config.listen.port(), config.health.port()), (8443, 9999));
        assert_eq!((config.region.as_str(), config.store.is_none()), ("eu-west-1", true));
        let more = [
            (
                "controlPlane.issuerCa",
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            ),
            ("controlPlane.store.endpoint", "http://minio.storage:9000"),
            ("controlPlane.auditSync", "true"),
            ("controlPlane.quotas.roles", "5000"),
            ("controlPlane.issuerPrivateHosts", "[issuer.internal, other.internal]"),
            ("virtualHostSuffix", "s3.example.org"),
            ("presignMaxSeconds", "3600"),
            ("controlPlane.quotas.groups-per-user", "20"),
        ];
        let config = read(&[&least[..], &more[..]].concat());
        assert_eq!((config.quotas.roles, config.quotas.groups_per_user), (5000, 20));
        assert_eq!(config.issuer_private_hosts, ["issuer.internal", "other.internal"]);
        assert_eq!(config.virtual_host_suffix.as_deref(), Some("s3.example.org"));
        assert_eq!(config.presign_max_seconds, 3600);
        assert!(config.audit.sync && config.issuer_ca.is_some());
        assert_eq!(config.store.unwrap().endpoint, "http://minio.storage:9000");
    }
}
