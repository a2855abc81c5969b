//! `rolecall cluster`: the wiring of what runs inside a cluster. It speaks to the API server, and to nothing else of ours.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::{Context, Result, bail};
use kube::{
    Client,
    config::{KubeConfigOptions, Kubeconfig},
};
use rolecall_cluster::{
    admission::{Container, Settings, WebIdentity},
    pods,
    webhook::{Certificate, Config, Deps, SelfIssued},
};

use crate::{
    cli::cluster::{Admission, ApiServer, Evict, Injected, Pods, Sources, TlsVersion},
    clock, stopped,
};

pub(crate) mod keys;

/// The `ConfigMap` of grants (amazon-eks-pod-identity-webhook: `--watch-config-map`).
const GRANTS: &str = "pod-identity-webhook";
/// The shortest life of a token that the API server grants, in seconds.
const SHORTEST_EXPIRATION: u32 = 600;

/// Serves the webhook until it is told to stop.
pub(crate) async fn admission(arguments: Admission) -> Result<ExitCode> {
    let stopped = stopped()?;
    let api_server = connect(&arguments.api_server).await?;
    let namespace = namespace(&arguments.sources, &api_server);
    let client = Client::try_from(api_server).context("connecting to the API server")?;
    let config = config(&arguments, &namespace)?;
    let deps = Deps {
        client,
        clock: Arc::new(clock::now),
        chance: Arc::new(chance),
    };
    let webhook = config.build(deps).await?;
    println!(
        "ready: https://{}/mutate, health and metrics on http://{}",
        webhook.address(),
        webhook.metrics_address()
    );
    Box::pin(webhook.run(stopped)).await;
    Ok(ExitCode::SUCCESS)
}

/// Finds pods without their role until it is told to stop.
pub(crate) async fn pods(arguments: Pods) -> Result<ExitCode> {
    let stopped = stopped()?;
    let api_server = connect(&arguments.api_server).await?;
    let namespace = namespace(&arguments.sources, &api_server);
    let client = Client::try_from(api_server).context("connecting to the API server")?;
    let mut exempt = arguments.exempt_namespace;
    exempt.push(namespace.clone());
    let config = pods::Config {
        settings: settings(&arguments.injected)?,
        grants: grants(&arguments.sources, &namespace),
        identities: arguments.sources.watch_container_credentials_config,
        evict: arguments.evict == Evict::Owned,
        exempt,
    };
    let finder = config.build(client, Arc::new(clock::now), Arc::new(chance));
    let finder = finder.map_err(anyhow::Error::msg)?;
    println!("ready: looking for pods without their role");
    Box::pin(finder.run(stopped)).await;
    Ok(ExitCode::SUCCESS)
}

fn namespace(sources: &Sources, api_server: &kube::Config) -> String {
    let asked = sources.namespace.as_ref();
    asked.unwrap_or(&api_server.default_namespace).clone()
}

fn grants(sources: &Sources, namespace: &str) -> Option<(String, String)> {
    sources
        .watch_config_map
        .then(|| (namespace.to_owned(), GRANTS.to_owned()))
}

/// Finds the API server as every component does: by what is said, then from inside a pod, then by the kubeconfig.
async fn connect(arguments: &ApiServer) -> Result<kube::Config> {
    let mut config = match &arguments.kubeconfig {
        Some(file) => {
            let kubeconfig = Kubeconfig::read_from(file).with_context(|| format!("reading {}", file.display()))?;
            kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
                .await
                .with_context(|| format!("using {}", file.display()))?
        }
        None => kube::Config::infer()
            .await
            .context("no cluster to speak to: this runs in a pod, or with --kubeconfig")?,
    };
    if let Some(url) = &arguments.kube_api {
        config.cluster_url = url.parse().with_context(|| format!("--kube-api `{url}`"))?;
    }
    Ok(config)
}

fn config(arguments: &Admission, namespace: &str) -> Result<Config> {
    let certificate = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => Certificate::Files {
            certificate: certificate.clone(),
            key: key.clone(),
        },
        _ => Certificate::SelfIssued(SelfIssued {
            namespace: namespace.to_owned(),
            secret: arguments.tls_secret.clone(),
            configuration: Some(arguments.webhook_configuration.clone()).filter(|name| !name.is_empty()),
            names: names(&arguments.service_name, namespace, &arguments.tls_name),
        }),
    };
    Ok(Config {
        listen: SocketAddr::new(arguments.bind_address, arguments.port),
        metrics: SocketAddr::new(arguments.bind_address, arguments.metrics_port),
        only_tls_13: arguments.tls_min_version == TlsVersion::Tls13,
        clients: arguments.client_ca.clone(),
        settings: settings(&arguments.injected)?,
        certificate,
        grants: grants(&arguments.sources, namespace),
        identities: arguments.sources.watch_container_credentials_config.clone(),
    })
}

/// What a Service is called by inside the cluster (Kubernetes: DNS for Services and Pods), and what else is asked for.
fn names(service: &str, namespace: &str, more: &[String]) -> Vec<String> {
    let mut names: Vec<_> = ["", ".svc", ".svc.cluster.local"]
        .into_iter()
        .map(|rest| format!("{service}.{namespace}{rest}"))
        .collect();
    names.insert(0, service.to_owned());
    names.extend_from_slice(more);
    names
}

fn settings(injected: &Injected) -> Result<Settings> {
    let defaults = Settings::default();
    let mut environment = Vec::new();
    for text in &injected.env {
        let Some((name, value)) = text.split_once('=') else {
            bail!("--env `{text}` is not NAME=VALUE");
        };
        environment.push((name.to_owned(), value.to_owned()));
    }
    // Ours, unless somebody has said otherwise.
    let mut more = defaults.environment;
    more.retain(|(name, _)| environment.iter().all(|(there, _)| there != name));
    more.append(&mut environment);
    let ca_bundle = injected.aws_ca_bundle.as_ref().map(|file| {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        if !text.contains("-----BEGIN CERTIFICATE-----") {
            bail!("{}: holds no certificate in PEM", file.display());
        }
        Ok(text)
    });
    let account = injected.account_id.as_deref().map(str::parse).transpose();
    let account = account.context("--account-id")?;
    Ok(Settings {
        prefix: injected.annotation_prefix.clone(),
        region: Some(injected.aws_default_region.clone()).filter(|region| !region.is_empty()),
        regional: injected.sts_regional_endpoint,
        home: account.map(|account| (injected.partition.clone(), account)),
        environment: more,
        ca_bundle: ca_bundle.transpose()?,
        web_identity: WebIdentity {
            audience: injected.token_audience.clone(),
            mount_path: injected.token_mount_path.clone(),
            expiration: injected.token_expiration.max(SHORTEST_EXPIRATION),
        },
        container: Container {
            audience: injected.container_credentials_audience.clone(),
            mount_path: injected.container_credentials_token_mount_path.clone(),
            volume: injected.container_credentials_token_volume_name.clone(),
            file: injected.container_credentials_token_path.clone(),
            uri: injected.container_credentials_full_uri.clone(),
        },
    })
}

/// Any number. It spreads work and protects nothing: without randomness all are alike.
fn chance() -> u32 {
    let mut bytes = [0; 4];
    match clock::random(&mut bytes) {
        Ok(()) => u32::from_ne_bytes(bytes),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Verb, cluster::Cluster};

    fn parsed(words: &str) -> Admission {
        let words = format!("rolecall cluster admission {words}");
        match Cli::try_parse_from(words.split_whitespace()).unwrap().verb {
            Verb::Cluster(Cluster::Admission(arguments)) => *arguments,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_flags_of_ekss_webhook_mean_the_same() {
        let arguments = parsed(
            "--annotation-prefix=eks.amazonaws.com --token-audience=sts.example --sts-regional-endpoint --watch-config-map=true \
             --aws-default-region=us-east-2 --token-expiration=60 --namespace=eks --tls-min-version=VersionTLS13",
        );
        let config = config(&arguments, "eks").unwrap();
        assert_eq!((config.listen.port(), config.metrics.port()), (443, 9999));
        assert!(config.only_tls_13 && config.settings.regional);
        assert_eq!(config.settings.web_identity.audience, "sts.example");
        assert_eq!(config.settings.web_identity.expiration, 600);
        assert_eq!(config.settings.region.as_deref(), Some("us-east-2"));
        assert_eq!(
            config.grants,
            Some(("eks".to_owned(), "pod-identity-webhook".to_owned()))
        );
        let Certificate::SelfIssued(own) = config.certificate else {
            panic!("files that nobody named")
        };
        assert_eq!(
            own.names,
            [
                "pod-identity-webhook",
                "pod-identity-webhook.eks",
                "pod-identity-webhook.eks.svc",
                "pod-identity-webhook.eks.svc.cluster.local"
            ]
        );
    }

    #[test]
    fn variables_are_added_and_the_metadata_service_stays_disabled_unless_somebody_says_so() {
        let settings = |words| settings(&parsed(words).injected);
        let set = settings("--env AWS_ENDPOINT_URL_STS=https://sts.example?a=b").unwrap();
        let expected = [
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL_STS", "https://sts.example?a=b"),
        ];
        assert_eq!(
            set.environment,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        let set = settings("--env AWS_EC2_METADATA_DISABLED=false").unwrap();
        assert_eq!(set.environment.len(), 1);
        assert!(settings("--env AWS_REGION").is_err());
        assert!(settings("--account-id 12").is_err());
        assert!(settings("--aws-ca-bundle /dev/null").is_err());
    }

    #[test]
    fn a_certificate_comes_with_its_key_or_not_at_all() {
        let words = "rolecall cluster admission --tls-cert tls.crt";
        assert!(Cli::try_parse_from(words.split_whitespace()).is_err());
        assert!(matches!(
            config(&parsed("--tls-cert a --tls-key b"), "eks").unwrap().certificate,
            Certificate::Files { .. }
        ));
    }
}
