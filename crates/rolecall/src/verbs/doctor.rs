//! `rolecall doctor`: walks the chain from a pod to its role and says of each link what was seen, what was expected and
//! what mends it.
//!
//! What is there is gathered first ([`gather`]), then judged link by link from that alone. It is a client like any other:
//! of Kubernetes' API, and of the few of AWS's APIs that an EKS cluster has too, so that it tells the same there. It
//! changes nothing; the exchange that it tries is the pod's own, and its credentials are dropped.

use std::{io::IsTerminal, process::ExitCode};

use anyhow::Result;

use self::{
    facts::{Facts, Question, Subject},
    report::{Link, Report},
};
use super::explain;
use crate::cli::{Format, doctor};

mod account;
mod cluster;
mod exchange;
mod facts;
mod gather;
mod pod;
mod provider;
mod report;
mod role;
mod sdk;
mod surroundings;
mod token;
mod trust;
mod webhook;

/// The exit code where the subject itself could not be read.
const UNREAD: u8 = 2;

pub(crate) async fn run(arguments: doctor::Doctor) -> Result<ExitCode> {
    let subject = match arguments.subject {
        None => Subject::Common,
        Some(doctor::Subject::Serviceaccount { name }) => Subject::ServiceAccount(name),
        Some(doctor::Subject::Pod { name }) => Subject::Pod(name),
    };
    let question = Question {
        cluster: arguments.cluster,
        action: arguments.action,
        resource: arguments.resource,
        context: explain::circumstances(&arguments.context)?,
        exchange: !arguments.no_exchange,
    };
    let facts = gather::gather(subject, question, &arguments.place).await;
    let report = judge(&facts);
    match arguments.output.output {
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        Format::Yaml => print!("{}", serde_norway::to_string(&report)?),
        Format::Table => {
            let colours = std::io::stdout().is_terminal() && crate::environment("NO_COLOR").is_none();
            print!("{}", report.to_text(colours));
        }
    }
    Ok(if report.holds && facts.is_unread() {
        ExitCode::from(UNREAD)
    } else {
        report.exit_code()
    })
}

/// The chain, from outside to inside.
fn judge(facts: &Facts) -> Report {
    let mut links = vec![
        surroundings::credentials(facts),
        surroundings::api_server(facts),
        surroundings::reach(facts),
        surroundings::clocks(facts),
        cluster::cluster(facts),
        webhook::judge(facts),
    ];
    if facts.subject == Subject::Common {
        links.extend([cluster::issuer(facts), cluster::keys(facts), provider::judge(facts)]);
        return Report::new(facts.subject.to_string(), links);
    }
    if matches!(facts.subject, Subject::Pod(_)) {
        links.push(pod::mutation(facts));
        links.push(pod::others(facts));
    }
    let chain: [Link; 8] = [
        account::account(facts),
        account::annotation(facts),
        token::judge(facts),
        cluster::issuer(facts),
        cluster::keys(facts),
        provider::judge(facts),
        role::judge(facts),
        trust::judge(facts),
    ];
    let exchanged = exchange::exchange(facts, &chain);
    links.extend(chain);
    links.extend([exchanged, exchange::permissions(facts), sdk::judge(facts)]);
    Report::new(facts.subject.to_string(), links)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        facts::{AccountObject, Caller, Cluster, Discovery, Exchange, Found, Place, Provider, Role},
        pod::PodObject,
        report::Status,
        *,
    };

    pub(super) const ISSUER: &str = "oidc.example/id/A";
    pub(super) const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/oidc.example/id/A";
    pub(super) const ROLE_ARN: &str = "arn:aws:iam::123456789012:role/app";
    pub(super) const NOW: i64 = 1_000;

    /// A good trust policy for `default/app`.
    pub(super) fn trust() -> Value {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Federated": PROVIDER }, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": {
                format!("{ISSUER}:aud"): "sts.amazonaws.com",
                format!("{ISSUER}:sub"): "system:serviceaccount:default:app",
            }},
        }]})
    }

    /// A pod of `default/app` as the webhook makes it.
    pub(super) fn mutated() -> Value {
        json!({
            "metadata": {
                "name": "web-1", "creationTimestamp": "2026-01-01T00:00:00Z",
                "ownerReferences": [{ "kind": "ReplicaSet", "name": "web" }],
            },
            "spec": {
                "serviceAccountName": "app",
                "containers": [{
                    "name": "main", "image": "app:1",
                    "env": [
                        { "name": "AWS_ROLE_ARN", "value": ROLE_ARN },
                        { "name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "/var/run/secrets/eks.amazonaws.com/serviceaccount/token" },
                        { "name": "AWS_REGION", "value": "us-east-2" },
                    ],
                    "volumeMounts": [{ "name": "aws-iam-token", "readOnly": true, "mountPath": "/var/run/secrets/eks.amazonaws.com/serviceaccount" }],
                }],
                "volumes": [{ "name": "aws-iam-token", "projected": { "sources": [{ "serviceAccountToken": {
                    "audience": "sts.amazonaws.com", "expirationSeconds": 86400, "path": "token" } }] } }],
            },
        })
    }

    /// What is common, with nothing wrong.
    pub(super) fn common() -> Facts {
        let question = Question {
            exchange: true,
            ..Question::default()
        };
        let place = |name| Place {
            name,
            url: format!("https://{name}.example"),
            answer: Ok(Some(NOW)),
            at: NOW,
        };
        Facts {
            region: "us-east-2".into(),
            caller: Found::There(Caller {
                arn: "arn:aws:iam::123456789012:root".into(),
                account: "123456789012".into(),
            }),
            api_server: Found::There("v1.36.0".into()),
            places: vec![place("STS"), place("IAM"), place("EKS")],
            cluster: Found::There(Cluster {
                name: "prod".into(),
                issuer: Some("https://oidc.example/id/A".into()),
            }),
            webhooks: Found::Failed("this API server does not serve them".into()),
            own_discovery: Found::There(Discovery {
                issuer: "https://oidc.example/id/A".into(),
                jwks_uri: "https://10.0.0.1/openid/v1/jwks".into(),
            }),
            own_keys: Found::There(vec!["k1".into()]),
            discovery: Some(Found::There(Discovery {
                issuer: "https://oidc.example/id/A".into(),
                jwks_uri: "https://oidc.example/id/A/keys".into(),
            })),
            keys: Some(Found::There(vec!["k1".into()])),
            registered_keys: Some(Found::There(vec!["k1".into()])),
            providers: Found::There(vec![PROVIDER.into()]),
            provider: Some(Found::There(Provider {
                client_ids: vec!["sts.amazonaws.com".into()],
            })),
            ..Facts::new(Subject::Common, question, NOW)
        }
    }

    /// Of `serviceaccount default/app`, with nothing wrong.
    pub(super) fn facts() -> Facts {
        let mut account = AccountObject::default();
        account.metadata.name = "app".into();
        account
            .metadata
            .annotations
            .insert("eks.amazonaws.com/role-arn".into(), ROLE_ARN.into());
        let claims = json!({ "iss": "https://oidc.example/id/A", "sub": "system:serviceaccount:default:app",
            "aud": ["sts.amazonaws.com"], "iat": NOW, "exp": NOW + 600 });
        Facts {
            subject: Subject::ServiceAccount("default/app".parse().unwrap()),
            account: Some(Found::There(account)),
            token: Some(Found::There(token::made(&claims))),
            role: Some(Found::There(Role {
                arn: ROLE_ARN.into(),
                trust: trust().to_string(),
                tags: Vec::new(),
            })),
            exchange: Some(Exchange::Done {
                arn: "arn:aws:sts::123456789012:assumed-role/app/rolecall-doctor".into(),
            }),
            ..common()
        }
    }

    /// Of `pod default/web-1`, with nothing wrong.
    pub(super) fn facts_of_pod() -> Facts {
        Facts {
            subject: Subject::Pod("default/web-1".parse().unwrap()),
            pod: Some(Found::There(PodObject::read(mutated().to_string()).unwrap())),
            ..facts()
        }
    }

    fn status(report: &Report, name: &str) -> Status {
        report.links.iter().find(|link| link.name == name).unwrap().status
    }

    #[test]
    fn a_whole_chain_holds_for_each_subject() {
        for facts in [common(), facts(), facts_of_pod()] {
            let report = judge(&facts);
            assert!(report.holds, "{}", report.to_text(false));
        }
        assert_eq!(judge(&facts_of_pod()).links.len(), 19);
    }

    #[test]
    fn what_depends_on_a_broken_link_is_not_looked_at() {
        let mut facts = facts();
        facts.account = Some(Found::Absent);
        (facts.token, facts.role, facts.exchange) = (None, None, None);
        let report = judge(&facts);
        assert_eq!(status(&report, "service account"), Status::Fail);
        for name in ["annotation", "token", "role", "trust policy", "exchange"] {
            assert_eq!(status(&report, name), Status::NotLookedAt, "{name}");
        }
        assert!(!report.holds);
    }

    #[test]
    fn a_subject_that_could_not_be_read_is_told_from_one_that_is_not_there() {
        assert!(!facts_of_pod().is_unread() && !common().is_unread());
        let mut facts = facts_of_pod();
        facts.pod = Some(Found::Absent);
        assert!(!facts.is_unread());
        facts.pod = Some(Found::Forbidden("`get pods` (Kubernetes)".into()));
        assert!(facts.is_unread());
    }

    #[test]
    fn no_report_has_the_token_in_it() {
        let facts = facts_of_pod();
        let whole = facts.token().unwrap().whole.expose().to_owned();
        let report = judge(&facts);
        for part in whole.split('.') {
            assert!(!report.to_text(false).contains(part));
            assert!(!serde_json::to_string(&report).unwrap().contains(part));
        }
    }
}
