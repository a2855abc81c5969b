//! The finder of pods that run without their roles, `rolecall cluster pods`.

use super::{
    admission::injected,
    manifest::{Condition, Document, list, map},
    shared::{
        cluster_role, confined, container, deployment, grants_rule, namespaces_rule, network_policy, pod, role,
        service_account, to_ports,
    },
};

const NAME: &str = "rolecall-pods";

pub(super) fn documents() -> Vec<Document> {
    let mut all = vec![service_account(NAME)];
    all.extend(role(NAME, grants_rule()).map(|document| document.when(Condition::Set("watchConfigMap"))));
    let everywhere = list![
        map! {
            "apiGroups" => list![""],
            "resources" => list!["pods", "serviceaccounts"],
            "verbs" => list!["get", "list", "watch"],
        },
        map! { "apiGroups" => list![""], "resources" => list!["events"], "verbs" => list!["create"] },
    ];
    let evictions = list![map! {
        "apiGroups" => list![""],
        "resources" => list!["pods/eviction"],
        "verbs" => list!["create"],
    }];
    let everywhere = everywhere
        .when(Condition::Is("pods.evict", "owned"), evictions)
        .when(Condition::Set("watchConfigMap"), namespaces_rule());
    all.extend(cluster_role(NAME, everywhere));
    let arguments = injected(list![
        "cluster",
        "pods",
        "--namespace={namespace}",
        "--evict={pods.evict}"
    ])
    .each("exemptNamespaces", "--exempt-namespace={value}")
    .each("pods.extraArgs", "{value}");
    let finder = container("pods")
        .and(map! { "args" => arguments, "resources" => "{pods.resources}" })
        .and(confined());
    all.extend([
        // One finds what there is to find, and records it once.
        deployment(
            NAME,
            1,
            pod(NAME, true).and(map! { "containers" => list![finder] }),
            map! {},
        ),
        network_policy(NAME, None, to_ports("networkPolicy.apiServerPorts")),
    ]);
    all
}
