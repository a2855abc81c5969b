//! What the objects of all components have in common.

use super::manifest::{Condition, Document, Node, list, map};

/// Where certificates that the endpoint is trusted by are mounted.
pub(super) const CA_BUNDLE: &str = "/etc/rolecall/ca/ca.pem";
/// Where the webhook mounts tokens for a role (amazon-eks-pod-identity-webhook: README).
const TOKENS: &str = "/var/run/secrets/eks.amazonaws.com/serviceaccount";

pub(super) fn metadata(name: &str) -> Node {
    map! { "name" => name, "namespace" => "{namespace}", "labels" => labels(name) }
}

/// The metadata of what belongs to no namespace.
pub(super) fn cluster_metadata(name: &str) -> Node {
    map! { "name" => name, "labels" => labels(name) }
}

/// What the pods of a component are chosen by, and nothing else is.
pub(super) fn labels(name: &str) -> Node {
    map! { "app.kubernetes.io/name" => name }
}

pub(super) fn service_account(name: &str) -> Document {
    Document::new(map! {
        "apiVersion" => "v1",
        "kind" => "ServiceAccount",
        "metadata" => metadata(name),
        // Pods that speak to the API server say so themselves.
        "automountServiceAccountToken" => false,
    })
}

/// A Service with the port that the component is there for, on 443, and that of its metrics.
pub(super) fn service(name: &str, port: &str) -> Document {
    Document::new(map! {
        "apiVersion" => "v1",
        "kind" => "Service",
        "metadata" => metadata(name),
        "spec" => map! {
            "selector" => labels(name),
            "ports" => list![
                map! { "name" => port, "port" => 443, "targetPort" => port, "protocol" => "TCP" },
                map! { "name" => "metrics", "port" => 9999, "targetPort" => "metrics", "protocol" => "TCP" },
            ],
        },
    })
}

/// A Role in the installation's namespace, with its binding.
pub(super) fn role(name: &str, rules: Node) -> [Document; 2] {
    let role = map! {
        "apiVersion" => "rbac.authorization.k8s.io/v1",
        "kind" => "Role",
        "metadata" => metadata(name),
        "rules" => rules,
    };
    let binding = map! {
        "apiVersion" => "rbac.authorization.k8s.io/v1",
        "kind" => "RoleBinding",
        "metadata" => metadata(name),
        "roleRef" => reference("Role", name),
        "subjects" => subjects(name),
    };
    [Document::new(role), Document::new(binding)]
}

/// A `ClusterRole`, with its binding.
pub(super) fn cluster_role(name: &str, rules: Node) -> [Document; 2] {
    let role = map! {
        "apiVersion" => "rbac.authorization.k8s.io/v1",
        "kind" => "ClusterRole",
        "metadata" => cluster_metadata(name),
        "rules" => rules,
    };
    let binding = map! {
        "apiVersion" => "rbac.authorization.k8s.io/v1",
        "kind" => "ClusterRoleBinding",
        "metadata" => cluster_metadata(name),
        "roleRef" => reference("ClusterRole", name),
        "subjects" => subjects(name),
    };
    [Document::new(role), Document::new(binding)]
}

fn reference(kind: &str, name: &str) -> Node {
    map! { "apiGroup" => "rbac.authorization.k8s.io", "kind" => kind, "name" => name }
}

fn subjects(name: &str) -> Node {
    list![map! { "kind" => "ServiceAccount", "name" => name, "namespace" => "{namespace}" }]
}

/// The `ConfigMap` of grants, which may be read by who watches it. A list by name needs `list` on the name.
pub(super) fn grants_rule() -> Node {
    list![map! {
        "apiGroups" => list![""],
        "resources" => list!["configmaps"],
        "resourceNames" => list!["pod-identity-webhook"],
        "verbs" => list!["get", "list", "watch"],
    }]
}

/// Namespaces, whose label opens them to grants for many.
pub(super) fn namespaces_rule() -> Node {
    list![map! {
        "apiGroups" => list![""],
        "resources" => list!["namespaces"],
        "verbs" => list!["get", "list", "watch"],
    }]
}

/// The certificates that the endpoint is trusted by, for a component's own pods. One each, so that each component can be
/// installed and removed by itself.
pub(super) fn ca_bundle(name: &str) -> Document {
    Document::new(map! {
        "apiVersion" => "v1",
        "kind" => "ConfigMap",
        "metadata" => metadata(name),
        "data" => map! { "ca.pem" => "{caBundle}" },
    })
    .when(Condition::Set("caBundle"))
}

pub(super) fn ca_bundle_volumes(name: &str) -> Node {
    list![map! { "name" => "ca", "configMap" => map! { "name" => name } }]
}

pub(super) fn ca_bundle_mounts() -> Node {
    list![map! { "name" => "ca", "mountPath" => "/etc/rolecall/ca", "readOnly" => true }]
}

/// The beginning of a pod's spec.
pub(super) fn pod(name: &str, speaks_to_the_api_server: bool) -> Node {
    map! {
        "serviceAccountName" => name,
        "automountServiceAccountToken" => speaks_to_the_api_server,
        "securityContext" => map! {
            "runAsNonRoot" => true,
            "runAsUser" => 65532,
            "runAsGroup" => 65532,
            "fsGroup" => 65532,
            "seccompProfile" => map! { "type" => "RuntimeDefault" },
        },
    }
    .when(
        Condition::Set("imagePullSecrets"),
        map! { "imagePullSecrets" => list![].each("imagePullSecrets", map! { "name" => "{value}" }) },
    )
    .when(
        Condition::Set("nodeSelector"),
        map! { "nodeSelector" => "{nodeSelector}" },
    )
    .when(Condition::Set("tolerations"), map! { "tolerations" => "{tolerations}" })
}

/// The beginning of a container.
pub(super) fn container(name: &str) -> Node {
    map! { "name" => name, "image" => "{image}" }
}

/// The restricted Pod Security Standard, and a file system that nobody writes to.
pub(super) fn confined() -> Node {
    map! {
        "securityContext" => map! {
            "allowPrivilegeEscalation" => false,
            "readOnlyRootFilesystem" => true,
            "capabilities" => map! { "drop" => list!["ALL"] },
        },
    }
}

/// Alive and ready, as the port of health says.
pub(super) fn probes(port: &str) -> Node {
    map! {
        "livenessProbe" => map! { "httpGet" => map! { "path" => "/healthz", "port" => port } },
        "readinessProbe" => map! {
            "httpGet" => map! { "path" => "/readyz", "port" => port },
            "periodSeconds" => 2,
        },
    }
}

/// A Deployment of a component that runs once.
pub(super) fn deployment(name: &str, replicas: impl Into<Node>, spec: Node, annotations: Node) -> Document {
    Document::new(map! {
        "apiVersion" => "apps/v1",
        "kind" => "Deployment",
        "metadata" => metadata(name),
        "spec" => map! {
            "replicas" => replicas.into(),
            "selector" => map! { "matchLabels" => labels(name) },
            "template" => map! { "metadata" => map! { "labels" => labels(name) }.and(annotations), "spec" => spec },
        },
    })
}

/// What the pods of a component may connect to, and who may connect to them.
pub(super) fn network_policy(name: &str, ingress: Option<Node>, egress: Node) -> Document {
    // The cluster's DNS.
    let names = map! {
        "ports" => list![map! { "port" => 53, "protocol" => "UDP" }, map! { "port" => 53, "protocol" => "TCP" }],
    };
    let mut spec = map! {
        "podSelector" => map! { "matchLabels" => labels(name) },
        "policyTypes" => list!["Ingress", "Egress"],
    };
    // Without rules, nobody may: an empty list would say the same, and the API server does not keep one.
    if let Some(rules) = ingress {
        spec = spec.and(map! { "ingress" => rules });
    }
    Document::new(map! {
        "apiVersion" => "networking.k8s.io/v1",
        "kind" => "NetworkPolicy",
        "metadata" => metadata(name),
        "spec" => spec.and(map! { "egress" => list![names].and(egress) }),
    })
    .when(Condition::Set("networkPolicy.enabled"))
}

/// Connections to these ports anywhere: addresses of API servers and endpoints are the cluster's own matter.
pub(super) fn to_ports(path: &'static str) -> Node {
    list![map! { "ports" => list![].each(path, map! { "port" => "{value}", "protocol" => "TCP" }) }]
}

/// Connections to a port of the component from anywhere.
pub(super) fn from_anywhere(port: &str) -> Node {
    list![map! { "ports" => list![map! { "port" => port, "protocol" => "TCP" }] }]
}

/// Connections to a port of the component from pods of the cluster. Probes come from the node itself, which is always
/// allowed (Kubernetes: Network Policies).
pub(super) fn from_pods(port: &str) -> Node {
    list![map! {
        "from" => list![map! { "namespaceSelector" => map! {} }],
        "ports" => list![map! { "port" => port, "protocol" => "TCP" }],
    }]
}

/// The metrics of a component's Service, for the Prometheus operator.
pub(super) fn service_monitor(name: &str) -> Document {
    let labelled = map! { "name" => name, "namespace" => "{namespace}" }.when(
        Condition::Set("serviceMonitor.labels"),
        map! { "labels" => "{serviceMonitor.labels}" },
    );
    Document::new(map! {
        "apiVersion" => "monitoring.coreos.com/v1",
        "kind" => "ServiceMonitor",
        "metadata" => labelled,
        "spec" => map! {
            "selector" => map! { "matchLabels" => labels(name) },
            "endpoints" => list![map! { "port" => "metrics" }],
        },
    })
    .when(Condition::Set("serviceMonitor.enabled"))
}

/// The environment by which a pod is a role to the control plane.
pub(super) fn role_environment(role: &str) -> Node {
    let variable = |name: &str, value: &str| map! { "name" => name, "value" => value };
    let token = format!("{TOKENS}/token");
    list![
        variable("AWS_REGION", "{region}"),
        variable("AWS_ENDPOINT_URL", "{endpoint}"),
        variable("AWS_ROLE_ARN", role),
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
    )
}

/// The token that such a pod shows.
pub(super) fn role_token() -> Node {
    map! {
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
    }
}

pub(super) fn role_token_mount() -> Node {
    map! { "name" => "aws-iam-token", "mountPath" => TOKENS, "readOnly" => true }
}

/// The pods of a component on different nodes and zones, where there are some.
pub(super) fn spread(name: &str, key: &str) -> Node {
    map! {
        "maxSkew" => 1,
        "topologyKey" => key,
        "whenUnsatisfiable" => "ScheduleAnyway",
        "labelSelector" => map! { "matchLabels" => labels(name) },
    }
}

/// Not for one alone, which would keep its node from ever being drained.
pub(super) fn disruption_budget(name: &str, replicas: &'static str) -> Document {
    Document::new(map! {
        "apiVersion" => "policy/v1",
        "kind" => "PodDisruptionBudget",
        "metadata" => metadata(name),
        "spec" => map! { "minAvailable" => 1, "selector" => map! { "matchLabels" => labels(name) } },
    })
    .when(Condition::Several(replicas))
}
