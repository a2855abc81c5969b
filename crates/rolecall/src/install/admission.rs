//! The admission webhook, `rolecall cluster admission`.

use super::{
    manifest::{Condition, Document, Node, list, map},
    shared::{
        CA_BUNDLE, ca_bundle_mounts, ca_bundle_volumes, cluster_metadata, cluster_role, confined, container,
        deployment, disruption_budget, from_anywhere, from_pods, grants_rule, metadata, namespaces_rule,
        network_policy, pod, probes, role, service, service_account, service_monitor, spread, to_ports,
    },
};

const NAME: &str = "rolecall-admission";

pub(super) fn documents() -> Vec<Document> {
    let mut all = vec![
        service_account(NAME),
        Document::new(map! {
            "apiVersion" => "v1",
            "kind" => "Secret",
            "metadata" => metadata(NAME),
            "type" => "Opaque",
        })
        .saying("Holds the authority of the webhook's own certificates. It is made here, empty, so that the webhook need not be allowed to create any Secret."),
        certificates(),
    ];
    let secret = list![map! {
        "apiGroups" => list![""],
        "resources" => list!["secrets"],
        "resourceNames" => list![NAME],
        "verbs" => list!["get", "update"],
    }];
    all.extend(role(NAME, secret.when(Condition::Set("watchConfigMap"), grants_rule())));
    let everywhere = list![
        map! {
            "apiGroups" => list![""],
            "resources" => list!["serviceaccounts"],
            "verbs" => list!["get", "list", "watch"],
        },
        map! {
            "apiGroups" => list!["admissionregistration.k8s.io"],
            "resources" => list!["mutatingwebhookconfigurations"],
            "resourceNames" => list![NAME],
            "verbs" => list!["get", "list", "watch", "patch"],
        },
    ];
    all.extend(cluster_role(
        NAME,
        everywhere.when(Condition::Set("watchConfigMap"), namespaces_rule()),
    ));
    let callers = list![]
        .note("The API server calls from outside the pods' network: its address is the cluster's own matter.")
        .and(from_anywhere("reviews"))
        .and(from_pods("metrics"));
    all.extend([
        service(NAME, "reviews"),
        deployment(NAME, "{admission.replicas}", spec(), restarts()),
        disruption_budget(NAME, "admission.replicas"),
        network_policy(NAME, Some(callers), to_ports("networkPolicy.apiServerPorts")),
        service_monitor(NAME),
        configuration(),
    ]);
    all
}

/// The certificates that pods are to trust, and those that have signed the API server's. Empty ones are not read.
fn certificates() -> Document {
    Document::new(map! {
        "apiVersion" => "v1",
        "kind" => "ConfigMap",
        "metadata" => metadata(NAME),
        "data" => map! { "ca.pem" => "{caBundle}", "client-ca.pem" => "{admission.clientCa}" },
    })
}

/// Both are read at the start.
fn restarts() -> Node {
    map! { "annotations" => map! { "rolecall.dev/certificates" => Node::Digest(&["caBundle", "admission.clientCa"]) } }
}

/// What the webhook and the finder of bare pods must be told alike.
pub(super) fn injected(arguments: Node) -> Node {
    arguments
        .when(
            Condition::Set("accountId"),
            list!["--account-id={accountId}", "--partition={partition}"],
        )
        .when(Condition::Set("region"), list!["--aws-default-region={region}"])
        .when(
            Condition::Set("endpoint"),
            list!["--env=AWS_ENDPOINT_URL_STS={endpoint}"],
        )
        .when(
            Condition::Set("s3Endpoint"),
            list!["--env=AWS_ENDPOINT_URL_S3={s3Endpoint}"],
        )
        .each("env", "--env={key}={value}")
        .when(Condition::Set("watchConfigMap"), list!["--watch-config-map"])
}

fn spec() -> Node {
    let arguments = injected(list![
        "cluster",
        "admission",
        "--port=8443",
        "--namespace={namespace}",
        "--service-name=rolecall-admission",
        "--tls-secret=rolecall-admission",
        "--webhook-configuration=rolecall-admission",
    ]);
    let bundle = format!("--aws-ca-bundle={CA_BUNDLE}");
    let arguments = arguments
        .when(Condition::Set("caBundle"), list![bundle.as_str()])
        .when(
            Condition::Set("admission.clientCa"),
            list!["--client-ca=/etc/rolecall/ca/client-ca.pem"],
        )
        .each("admission.extraArgs", "{value}");
    let webhook = container("admission")
        .and(map! {
            "args" => arguments,
            "ports" => list![
                map! { "name" => "reviews", "containerPort" => 8443, "protocol" => "TCP" },
                map! { "name" => "metrics", "containerPort" => 9999, "protocol" => "TCP" },
            ],
        })
        .and(probes("metrics"))
        .and(map! {
            "resources" => "{admission.resources}",
            "volumeMounts" => ca_bundle_mounts(),
        })
        .and(confined());
    pod(NAME, true)
        .when(
            Condition::Set("admission.priorityClassName"),
            map! { "priorityClassName" => "{admission.priorityClassName}" },
        )
        .and(map! {
            "topologySpreadConstraints" => list![spread(NAME, "kubernetes.io/hostname"), spread(NAME, "topology.kubernetes.io/zone")],
            "containers" => list![webhook],
            "volumes" => ca_bundle_volumes(NAME),
        })
}

fn configuration() -> Document {
    let webhook = map! {
        "name" => "admission.rolecall.dev",
        "admissionReviewVersions" => list!["v1", "v1beta1"],
        "clientConfig" => map! {
            "service" => map! { "name" => NAME, "namespace" => "{namespace}", "path" => "/mutate", "port" => 443 },
        },
        "rules" => list![map! {
            "apiGroups" => list![""],
            "apiVersions" => list!["v1"],
            "operations" => list!["CREATE"],
            "resources" => list!["pods"],
            "scope" => "Namespaced",
        }],
    }
    .note("With Fail, no pod starts without the role that it may have. What a cluster needs to start itself, and the webhook's own pods, are exempt.")
    .and(map! {
        "failurePolicy" => "{admission.failurePolicy}",
        "namespaceSelector" => map! {
            "matchExpressions" => list![map! {
                "key" => "kubernetes.io/metadata.name",
                "operator" => "NotIn",
                "values" => list!["{namespace}"].each("exemptNamespaces", "{value}"),
            }],
        },
        "objectSelector" => map! {
            "matchExpressions" => list![map! {
                "key" => "eks.amazonaws.com/skip-pod-identity-webhook",
                "operator" => "DoesNotExist",
            }],
        },
    })
    .note("Again where another webhook has added a container since: what is there already is left alone.")
    .and(map! { "reinvocationPolicy" => "IfNeeded", "sideEffects" => "None", "timeoutSeconds" => 10 });
    Document::new(map! {
        "apiVersion" => "admissionregistration.k8s.io/v1",
        "kind" => "MutatingWebhookConfiguration",
        "metadata" => cluster_metadata(NAME),
        "webhooks" => list![webhook],
    })
    .saying("The CA bundle is written by the webhook, and kept in step by it.")
}
