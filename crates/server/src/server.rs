//! The server as a component: configuration, `build`, `run`. The order of starting is written here, once.

use std::{future::Future, io, net::SocketAddr, sync::Arc};

use tokio::sync::watch;

use crate::{
    listen::{Handler, Limits, Listener, Tls},
    meters::{self, Health, Ready},
};

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct Config {
    /// The one port for everything; 0 takes a free one.
    pub listen: SocketAddr,
    /// The port of health and metrics.
    pub health: Option<SocketAddr>,
    /// Whether addresses other than loopback were asked for (threat 11).
    pub allow_remote: bool,
    /// What connections may cost.
    pub limits: Limits,
}

impl Config {
    /// Listening here, with the usual limits and health on a free loopback port.
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            health: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
            allow_remote: false,
            limits: Limits::default(),
        }
    }
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Not a loopback address, and nobody said that this is meant.
    #[error("refusing to listen on `{0}`: it is not a loopback address, and other addresses were not allowed")]
    NotLoopback(SocketAddr),
    /// The port cannot be opened.
    #[error("cannot listen on `{address}`")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What the server works with.
pub struct Deps {
    /// Whether the one port speaks TLS. Health never does: it is for the node and the metrics' collector.
    pub tls: Tls,
    /// Who answers.
    pub dispatch: Arc<dyn Handler>,
    /// Whether all can do their work.
    pub ready: Arc<dyn Ready>,
}

/// The server, with its ports still closed.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Opens the ports. What works with their addresses is made between this and [`Bound::run`].
    pub async fn build(config: Config) -> Result<Bound, BuildError> {
        for address in std::iter::once(config.listen).chain(config.health) {
            if !address.ip().is_loopback() && !config.allow_remote {
                return Err(BuildError::NotLoopback(address));
            }
        }
        let bind = async |address| {
            Listener::bind(address)
                .await
                .map_err(|source| BuildError::Bind { address, source })
        };
        let main = bind(config.listen).await?;
        let health = match config.health {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Bound {
            main,
            health,
            limits: config.limits,
        })
    }
}

/// The server, with its ports open and nothing answered yet.
pub struct Bound {
    main: Listener,
    health: Option<Listener>,
    limits: Limits,
}

impl Bound {
    /// The address of the one port.
    pub fn address(&self) -> SocketAddr {
        self.main.address()
    }

    /// The address of health and metrics.
    pub fn health_address(&self) -> Option<SocketAddr> {
        self.health.as_ref().map(Listener::address)
    }

    /// Answers until `shutdown` is done and running requests have ended. Health is told to the end.
    pub async fn run(self, deps: Deps, shutdown: impl Future<Output = ()> + Send) {
        let metrics = meters::install();
        let (stop, mut stopped) = watch::channel(false);
        let upkeep = {
            let metrics = metrics.clone();
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                    metrics.run_upkeep();
                }
            })
        };
        let health = async {
            if let Some(listener) = self.health {
                let handler = Arc::new(Health {
                    ready: deps.ready,
                    metrics,
                });
                let stopping = async {
                    // An error means that the main port has ended, too.
                    let _ = stopped.wait_for(|stop| *stop).await;
                };
                listener.serve(Tls::Off, self.limits, handler, stopping).await;
            }
        };
        let main = async {
            self.main.serve(deps.tls, self.limits, deps.dispatch, shutdown).await;
            let _ = stop.send(true);
        };
        tokio::join!(main, health);
        upkeep.abort();
    }
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound")
            .field("main", &self.main)
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}
