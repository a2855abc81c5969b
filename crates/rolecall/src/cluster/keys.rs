//! `rolecall cluster keys`: the API server's own keys, published to the control plane whenever they change.
//!
//! API servers are restarted one after another when a key is replaced, and until the last one is, each shows other keys. A
//! key that was seen is therefore published on for a while, so that no pod's token is refused in between.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};
use kube::Client;
use rolecall_wire::private::{PublishClusterKeys, PublishClusterKeysRequest};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::connect;
use crate::{aws::Aws, cli::cluster::Keys, kubernetes::JWKS, stopped};

/// Unchanged keys are published again this often, in case somebody has replaced them.
const SCHEDULE: Duration = Duration::from_hours(1);
/// However often somebody wants it.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The most keys that the control plane takes.
const MOST: usize = 32;

/// Publishes until it is told to stop.
pub(crate) async fn run(arguments: Keys) -> Result<ExitCode> {
    let stopped = stopped()?;
    let api_server = connect(&arguments.api_server).await?;
    let client = Client::try_from(api_server).context("connecting to the API server")?;
    println!("ready: publishing the keys of cluster {}", arguments.name);
    tokio::select! {
        () = stopped => Ok(ExitCode::SUCCESS),
        never = follow(&client, &arguments) => match never {},
    }
}

async fn follow(client: &Client, arguments: &Keys) -> std::convert::Infallible {
    let mut ring = Ring::new(arguments.overlap);
    let mut published: Option<(String, Instant)> = None;
    let interval = arguments.interval.max(SHORTEST_PAUSE);
    let mut pause = interval;
    loop {
        match round(client, arguments, &mut ring, &mut published).await {
            Ok(()) => pause = interval,
            Err(error) => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "the keys were not published; trying again"
                );
                pause = (pause * 2).min(LONGEST_PAUSE.max(interval));
            }
        }
        sleep(pause).await;
    }
}

async fn round(
    client: &Client,
    arguments: &Keys,
    ring: &mut Ring,
    published: &mut Option<(String, Instant)>,
) -> Result<()> {
    let request = http::Request::get(JWKS)
        .body(Vec::new())
        .context("asking for the keys")?;
    let shown = client
        .request_text(request)
        .await
        .context("reading the API server's keys")?;
    let now = Instant::now();
    ring.see(&shown, now)?;
    let jwks = ring.jwks(now);
    let is_known = published
        .as_ref()
        .is_some_and(|(last, when)| *last == jwks && now - *when < SCHEDULE);
    if is_known {
        return Ok(());
    }
    // Each time anew: credentials of a pod's role last no longer than an hour.
    let aws = Aws::connect(&arguments.place).await?;
    let input = PublishClusterKeysRequest {
        cluster: arguments.name.clone(),
        jwks: jwks.clone(),
    };
    let answer = aws.client.private::<PublishClusterKeys>(&input).await?;
    tracing::info!(cluster = arguments.name, keys = ?answer.key_ids, "the keys were published");
    *published = Some((jwks, now));
    Ok(())
}

/// The keys that were seen lately.
struct Ring {
    overlap: Duration,
    /// Each key and when it was seen last.
    keys: Vec<(Value, Instant)>,
}

impl Ring {
    fn new(overlap: Duration) -> Self {
        Self {
            overlap,
            keys: Vec::new(),
        }
    }

    /// Takes in what an API server shows. An answer without keys is an error: it would end every pod's role.
    fn see(&mut self, jwks: &str, now: Instant) -> Result<()> {
        let set: Value = serde_json::from_str(jwks).context("the API server's keys are no JSON")?;
        let shown = set.get("keys").and_then(Value::as_array).map(Vec::as_slice);
        let Some(shown @ [_, ..]) = shown else {
            bail!("the API server shows no keys");
        };
        for key in shown {
            match self.keys.iter_mut().find(|(known, _)| known == key) {
                Some((_, seen)) => *seen = now,
                None => self.keys.push((key.clone(), now)),
            }
        }
        self.keys.retain(|(_, seen)| now - *seen <= self.overlap);
        // Those that were seen last stay; the order in which they came breaks ties.
        self.keys.sort_by_key(|(_, seen)| std::cmp::Reverse(*seen));
        self.keys.truncate(MOST);
        Ok(())
    }

    /// All of them, in an order that does not depend on when each was seen.
    fn jwks(&self, now: Instant) -> String {
        let lately = self.keys.iter().filter(|(_, seen)| now - *seen <= self.overlap);
        let mut keys: Vec<&Value> = lately.map(|(key, _)| key).collect();
        keys.sort_by_cached_key(ToString::to_string);
        json!({ "keys": keys }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(ids: &[&str]) -> String {
        let keys: Vec<_> = ids.iter().map(|id| json!({ "kty": "RSA", "kid": id })).collect();
        json!({ "keys": keys }).to_string()
    }

    fn ids(ring: &Ring, now: Instant) -> Vec<String> {
        let set: Value = serde_json::from_str(&ring.jwks(now)).unwrap();
        let keys = set["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_key_that_another_api_server_shows_is_published_on_until_it_was_not_seen_for_a_while() {
        let hour = Duration::from_hours(1);
        let begun = Instant::now();
        let mut ring = Ring::new(hour);
        ring.see(&shown(&["old"]), begun).unwrap();
        // One of two API servers has been restarted with a new key; the answers come from both by turns.
        ring.see(&shown(&["new", "old"]), begun + hour / 4).unwrap();
        ring.see(&shown(&["old"]), begun + hour / 2).unwrap();
        assert_eq!(ids(&ring, begun + hour / 2), ["new", "old"]);
        // The old one is taken away.
        let after = begun + hour;
        ring.see(&shown(&["new"]), after).unwrap();
        assert_eq!(ids(&ring, after), ["new", "old"]);
        ring.see(&shown(&["new"]), after + hour).unwrap();
        assert_eq!(ids(&ring, after + hour), ["new"]);
    }

    #[test]
    fn an_answer_without_keys_is_no_answer_and_too_many_are_the_latest() {
        let now = Instant::now();
        let mut ring = Ring::new(Duration::from_hours(1));
        ring.see(&shown(&["one"]), now).unwrap();
        for wrong in ["", "{}", "{\"keys\":[]}", "<html>"] {
            assert!(ring.see(wrong, now).is_err(), "{wrong}");
        }
        assert_eq!(ids(&ring, now), ["one"]);
        for number in 0..40 {
            let later = now + Duration::from_secs(number + 1);
            ring.see(&shown(&[&format!("k{number}")]), later).unwrap();
        }
        let kept = ids(&ring, now + Duration::from_secs(41));
        assert_eq!(kept.len(), MOST);
        assert!(kept.contains(&"k39".to_owned()) && !kept.contains(&"one".to_owned()));
    }
}
