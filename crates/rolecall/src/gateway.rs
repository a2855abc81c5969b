//! `rolecall gateway`: the gateway before a store in a process of its own. It keeps nothing, and all that it knows of
//! callers and buckets the control plane has told it.

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result};
use http::Request;
use hyper::body::Incoming;
use rolecall_gateway::{ConnInfo, Gateway, HttpUpstream, Remote, RemoteConfig};
use rolecall_server::{
    body::Body,
    dispatch::{Route, count},
    listen::{Answering, Handler, Peer},
    meters::Ready,
    server::{self, Deps, Server},
};
use rolecall_wire::client::{self, Client};

use self::config::Config;
use crate::{aws::Aws, cli::Place, clock, plane::Environment, serve, stopped};

pub(crate) mod config;
#[cfg(test)]
mod tests;

/// How long to wait when no credentials are to be had.
const PAUSE: Duration = Duration::from_secs(2);

/// What a configuration and an environment come to.
pub(crate) struct Prepared {
    config: Config,
    store: HttpUpstream,
    client: Client,
}

/// Checks what cannot work before a port opens.
pub(crate) fn prepare(config: Config, environment: Environment<'_>) -> Result<Prepared> {
    let store = serve::upstream(&config.store, environment)?;
    let client = Client::new(
        client::Environment::read(environment),
        &*config.region,
        None,
        clock::now,
    )?;
    client
        .endpoint("rolecall")
        .context("the control plane is where AWS_ENDPOINT_URL says")?;
    Ok(Prepared { config, store, client })
}

/// Runs until it is told to stop.
pub(crate) async fn run(prepared: Prepared) -> Result<ExitCode> {
    let Prepared { config, store, client } = prepared;
    let stopped = stopped()?;
    let (files, current, tls) = serve::tls(&config.tls)?;
    let control_plane = client.endpoint("rolecall")?.url().to_owned();
    let remote = RemoteConfig {
        region: config.region.clone(),
        now: clock::now,
        request_id: clock::request_id,
    };
    let remote = Arc::new(Remote::new(remote, client));
    let gateway = rolecall_gateway::Config {
        virtual_host_suffix: config.virtual_host_suffix.clone(),
        region: config.region.clone(),
        longest_presigned: Duration::from_secs(config.presign_max_seconds),
    };
    let server_config = server::Config {
        health: Some(config.health),
        allow_remote: true,
        ..server::Config::new(config.listen)
    };
    let bound = Server::build(server_config).await?;
    let deps = Deps {
        tls,
        dispatch: Arc::new(S3(Gateway::new(gateway, remote.clone(), Arc::new(store)))),
        ready: Arc::new(Asked(remote.clone())),
    };
    let told = format!(
        "ready: S3 on {}, deciding as {control_plane} says, before {}{}",
        bound.address(),
        config.store.endpoint,
        bound
            .health_address()
            .map(|address| format!(", health on http://{address}"))
            .unwrap_or_default(),
    );
    let aside = tokio::spawn({
        let remote = remote.clone();
        async move {
            let ready = async {
                remote.confirmed().await;
                println!("{told}");
            };
            let asking = async {
                let expires = identify(&remote, &config.region).await;
                tokio::join!(remote.follow(), renew(&remote, &config.region, expires));
            };
            tokio::join!(asking, files.follow(&current), ready);
        }
    });
    bound.run(deps, stopped).await;
    remote.finish().await;
    aside.abort();
    Ok(ExitCode::SUCCESS)
}

/// Finds credentials as every AWS tool finds them; gives when they end, if they do.
async fn identify(remote: &Remote, region: &str) -> Option<SystemTime> {
    let place = Place {
        region: Some(region.to_owned()),
        profile: None,
    };
    loop {
        match Aws::connect(&place).await {
            Ok(aws) => {
                remote.speak_through(aws.client);
                return aws.expires;
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::warn!(error, "no credentials at the control plane; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Finds others before these end.
async fn renew(remote: &Remote, region: &str, mut expires: Option<SystemTime>) {
    while let Some(end) = expires {
        let life = end.duration_since(clock::now()).unwrap_or_default();
        tokio::time::sleep((life / 2).max(PAUSE)).await;
        expires = identify(remote, region).await;
    }
}

struct S3(Gateway);

impl Handler for S3 {
    fn answer(self: Arc<Self>, request: Request<Incoming>, peer: Peer) -> Answering<'static> {
        Box::pin(async move {
            let started = Instant::now();
            let connection = ConnInfo {
                peer: peer.address,
                tls: peer.secure.then_some("1.3"),
            };
            let response = self.0.handle(request, connection).await;
            count(Route::Fallback, "", response.status(), started.elapsed());
            response.map(Body::streamed)
        })
    }
}

/// Ready as long as something can be allowed.
struct Asked(Arc<Remote>);

impl Ready for Asked {
    fn unready(&self) -> Vec<String> {
        self.0.unready()
    }
}
