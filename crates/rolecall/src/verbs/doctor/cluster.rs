//! The cluster as EKS's API describes it, the issuer that its tokens name, and the keys that they are signed with.

use super::{
    facts::{Cluster, Discovery, Facts, Found},
    report::Link,
};

pub(super) const CLUSTER: &str = "cluster";
pub(super) const ISSUER: &str = "issuer";
pub(super) const KEYS: &str = "keys";

/// The cluster that is meant where none is named: the one whose issuer the API server has, or the only one.
pub(super) fn pick(all: Vec<Cluster>, issuer: Option<&str>) -> Found<Cluster> {
    let names: Vec<String> = all.iter().map(|cluster| cluster.name.clone()).collect();
    let same = |cluster: &Cluster| issuer.is_some() && cluster.issuer.as_deref() == issuer;
    if let Some(known) = all.iter().find(|cluster| same(cluster)) {
        return Found::There(known.clone());
    }
    match all.into_iter().next() {
        None => Found::Failed(
            "the account has no cluster in this region; --cluster and --region say which is meant".to_owned(),
        ),
        Some(only) if names.len() == 1 => Found::There(only),
        Some(_) => Found::Failed(format!(
            "none of the clusters {} has the issuer of this API server, and --cluster names none",
            names.join(", ")
        )),
    }
}

pub(super) fn cluster(facts: &Facts) -> Link {
    match &facts.cluster {
        Found::There(cluster) => {
            if let Some(issuer) = &cluster.issuer {
                return Link::new(CLUSTER, format!("{} has the issuer {issuer}", cluster.name));
            }
            let mut link = Link::new(CLUSTER, format!("{} has no issuer", cluster.name));
            link.fail(
                "the description of the cluster has no identity.oidc.issuer",
                "an issuer",
                "create the cluster anew, or wait until it is active",
            );
            link
        }
        Found::Absent => {
            let name = facts.question.cluster.as_deref().unwrap_or_default();
            let mut link = Link::new(CLUSTER, format!("there is no cluster {name} in {}", facts.region));
            link.fail(
                format!("eks:DescribeCluster knows no cluster {name} in {}", facts.region),
                "a cluster of this account and region",
                format!("rolecall get cluster; rolecall create cluster --name {name} …"),
            );
            link
        }
        other => Link::unlooked(CLUSTER, other.unknown().unwrap_or_default()),
    }
}

pub(super) fn issuer(facts: &Facts) -> Link {
    let Some(issuer) = facts.issuer() else {
        return Link::unlooked(
            ISSUER,
            "neither a token nor the API server nor the cluster's description tells it",
        );
    };
    let mut link = Link::new(ISSUER, issuer);
    let flag = "start kube-apiserver with --service-account-issuer as the cluster is registered";
    if !issuer.starts_with("https://") {
        link.fail(
            format!("tokens name the issuer {issuer}"),
            "a URL that starts with https://",
            format!("{flag}: STS takes no other"),
        );
    }
    if let Some(registered) = facts.cluster.there().and_then(|cluster| cluster.issuer.as_deref())
        && registered != issuer
    {
        let mend = if registered.trim_end_matches('/') == issuer.trim_end_matches('/') {
            format!("the two differ in a slash at the end, and they are compared as they are written: {flag}")
        } else {
            format!("{flag}; or this kubeconfig and --cluster are not of one cluster")
        };
        link.fail(
            format!("tokens name {issuer}"),
            format!("{registered}, as the cluster's description has it"),
            mend,
        );
    }
    if let Some(own) = facts
        .own_discovery
        .there()
        .filter(|own| !own.issuer.is_empty() && own.issuer != issuer)
    {
        link.warn(
            format!("the API server's own discovery names {}", own.issuer),
            issuer,
            "API servers with different --service-account-issuer behind one address issue tokens by turns: give all the same first one",
        );
    }
    served(facts, issuer, &mut link);
    link
}

/// What the issuer serves at its URL, which STS reads unless it was told the keys.
fn served(facts: &Facts, issuer: &str, link: &mut Link) {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    match &facts.discovery {
        Some(Found::There(Discovery {
            issuer: served,
            jwks_uri,
        })) => {
            if served != issuer {
                link.fail(
                    format!("{url} names the issuer {served}"),
                    issuer,
                    "serve the document that the API server itself has: kubectl get --raw /.well-known/openid-configuration",
                );
            }
            if !jwks_uri.starts_with("https://") {
                link.fail(
                    format!("{url} names the keys' address `{jwks_uri}`"),
                    "a jwks_uri that starts with https://",
                    "start kube-apiserver with --service-account-jwks-uri",
                );
            }
        }
        // Whoever was told the keys reads nothing there.
        _ if registered(facts).is_some() => {}
        Some(Found::Absent) => link.fail(
            format!("{url} is not there"),
            "the issuer's discovery document, which STS reads",
            "serve what kubectl get --raw /.well-known/openid-configuration shows",
        ),
        Some(other) => link.warn(
            format!(
                "{url} cannot be read from here: {}",
                other.unknown().unwrap_or_default()
            ),
            "a document that STS can read; from here is not from there",
            "look whether the issuer is public, and its certificate trusted",
        ),
        None => {}
    }
}

/// The keys that the control plane was told, if it was told any.
fn registered(facts: &Facts) -> Option<&Vec<String>> {
    facts.registered_keys.as_ref()?.there()
}

pub(super) fn keys(facts: &Facts) -> Link {
    let signing = facts.token().and_then(|token| token.key_id.clone());
    // Without a token: what the API server accepts; its newest signs, and it does not say which that is.
    let own: Vec<String> = match &signing {
        Some(key) => vec![key.clone()],
        None => facts.own_keys.there().cloned().unwrap_or_default(),
    };
    if own.is_empty() {
        let why = facts.own_keys.unknown().unwrap_or_else(|| "it shows none".to_owned());
        return Link::unlooked(
            KEYS,
            format!("which keys the API server signs with is not known: {why}"),
        );
    }
    let name = facts.cluster.there().map_or("NAME", |cluster| cluster.name.as_str());
    let publish = format!(
        "kubectl get --raw /openid/v1/jwks > keys.json; rolecall create cluster --name {name} --jwks keys.json. rolecall cluster keys --name {name} does it whenever they change: is it running?"
    );
    let (known, whose, mend) = match (registered(facts), &facts.keys) {
        (Some(known), _) => (known, "the control plane verifies with", publish),
        (None, Some(Found::There(known))) => (
            known,
            "the issuer serves",
            "serve what kubectl get --raw /openid/v1/jwks shows, at the issuer's jwks_uri".to_owned(),
        ),
        (None, other) => {
            let why = other.as_ref().and_then(Found::unknown);
            let why = why.unwrap_or_else(|| "its discovery document was not read".to_owned());
            return Link::unlooked(KEYS, format!("the issuer's keys cannot be read from here: {why}"));
        }
    };
    let missing: Vec<&String> = own.iter().filter(|key| !known.contains(key)).collect();
    let shown = |keys: &[String]| {
        if keys.is_empty() {
            "none".to_owned()
        } else {
            keys.join(", ")
        }
    };
    let mut link = Link::new(KEYS, format!("{whose} {}", shown(known)));
    for key in missing {
        let saw = format!(
            "the key {key} {} is not among those that {whose}: {}",
            if signing.is_some() {
                "of the token"
            } else {
                "of the API server"
            },
            shown(known)
        );
        if signing.is_some() {
            link.fail(saw, format!("{key} among them"), mend.clone());
        } else {
            // One that has stopped signing may be left out.
            link.warn(saw, format!("{key} among them, if it still signs"), mend.clone());
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        report::Status,
        tests::{common, facts},
    };

    fn clusters(all: &[(&str, &str)]) -> Vec<Cluster> {
        let one = |(name, issuer): &(&str, &str)| Cluster {
            name: (*name).to_owned(),
            issuer: Some((*issuer).to_owned()),
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn the_cluster_is_the_one_of_this_issuer_or_the_only_one() {
        let two = clusters(&[("a", "https://a"), ("b", "https://b")]);
        assert_eq!(pick(two.clone(), Some("https://b")).there().unwrap().name, "b");
        assert!(pick(two.clone(), Some("https://c")).unknown().unwrap().contains("a, b"));
        assert!(pick(two, None).there().is_none());
        assert_eq!(pick(clusters(&[("a", "https://a")]), None).there().unwrap().name, "a");
        assert!(pick(Vec::new(), None).unknown().unwrap().contains("no cluster"));
    }

    #[test]
    fn a_known_cluster_its_issuer_and_its_keys_hold() {
        let facts = facts();
        for link in [cluster(&facts), issuer(&facts), keys(&facts)] {
            assert_eq!(link.status, Status::Ok, "{link:?}");
        }
        for link in [cluster(&common()), issuer(&common()), keys(&common())] {
            assert_eq!(link.status, Status::Ok, "{link:?}");
        }
    }

    #[test]
    fn a_cluster_that_is_not_there_fails_and_one_that_may_not_be_described_names_the_permission() {
        let mut facts = facts();
        facts.cluster = Found::Absent;
        assert_eq!(cluster(&facts).status, Status::Fail);
        facts.cluster = Found::Forbidden("`eks:DescribeCluster`".into());
        let link = cluster(&facts);
        assert_eq!(link.status, Status::NotLookedAt);
        assert!(link.summary.contains("eks:DescribeCluster"));
    }

    #[test]
    fn issuers_that_differ_from_the_clusters_or_from_their_own_documents_do_not_hold() {
        let named = |name: &str| {
            let mut facts = facts();
            let mut token = facts.token().unwrap().clone();
            token.issuer = name.to_owned();
            facts.token = Some(Found::There(token));
            issuer(&facts)
        };
        assert!(named("https://oidc.example/id/A/").findings[0].mend.contains("slash"));
        assert!(
            named("https://oidc.example/id/B").findings[0]
                .mend
                .contains("not of one cluster")
        );
        let plain = named("http://oidc.example/id/A");
        assert!(plain.findings[0].expected.contains("https://"), "{plain:?}");
        let mut facts = facts();
        facts.discovery = Some(Found::There(Discovery {
            issuer: "https://other".into(),
            jwks_uri: "http://keys".into(),
        }));
        let link = issuer(&facts);
        assert_eq!((link.status, link.findings.len()), (Status::Fail, 2), "{link:?}");
    }

    #[test]
    fn documents_that_nobody_serves_matter_only_where_the_keys_were_not_registered() {
        let mut facts = facts();
        facts.discovery = Some(Found::Failed("no answer".into()));
        facts.registered_keys = Some(Found::There(vec!["k1".into()]));
        assert_eq!(issuer(&facts).status, Status::Ok);
        facts.registered_keys = None;
        let link = issuer(&facts);
        assert_eq!(link.status, Status::Warn);
        assert!(link.findings[0].saw.contains("from here"));
        facts.discovery = Some(Found::Absent);
        assert_eq!(issuer(&facts).status, Status::Fail);
    }

    #[test]
    fn a_key_that_whoever_verifies_does_not_have_is_told_with_how_to_publish_it() {
        let mut facts = facts();
        facts.registered_keys = Some(Found::There(vec!["old".into()]));
        let link = keys(&facts);
        assert_eq!(link.status, Status::Fail);
        assert!(
            link.findings[0].saw.contains("k1") && link.findings[0].mend.contains("rolecall cluster keys"),
            "{link:?}"
        );
        facts.registered_keys = Some(Found::There(Vec::new()));
        assert!(keys(&facts).findings[0].saw.contains("none"));
        facts.registered_keys = None;
        facts.keys = Some(Found::There(vec!["old".into()]));
        assert!(keys(&facts).findings[0].mend.contains("jwks_uri"));
        facts.keys = Some(Found::Failed("no answer".into()));
        assert_eq!(keys(&facts).status, Status::NotLookedAt);
    }

    #[test]
    fn without_a_token_a_key_that_is_not_published_is_a_warning() {
        let mut facts = common();
        facts.own_keys = Found::There(vec!["k1".into(), "k2".into()]);
        assert_eq!(keys(&facts).status, Status::Warn);
        facts.own_keys = Found::Forbidden("`get /openid/v1/jwks` (Kubernetes)".into());
        assert!(keys(&facts).summary.contains("/openid/v1/jwks"));
    }
}
