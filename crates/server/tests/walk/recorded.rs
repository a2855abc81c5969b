//! Recorded exchanges (`tests/recorded/*.http`): requests as boto3 and the AWS CLI send them, and every byte that is
//! answered, so that a change of one byte on the wire is seen in review.
//!
//! A test sends the requests again, signatures and all, to a server whose clock stands still and whose randomness is a
//! fixed sequence, and compares. `cargo xtask record` lets the clients send anew (`conformance/python/record.py` says
//! what), `cargo xtask record --bless` only takes down new answers.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use http::{HeaderMap, HeaderName, HeaderValue};
use rolecall_identity::{
    keys::{Entropy, NoEntropy},
    token::issuer::SigningKey,
};

use crate::world::{NOW, World};

/// The stories, each a file, and a function of `record.py`.
const STORIES: [&str; 14] = [
    "account",
    "cli",
    "clusters",
    "credentials",
    "federation",
    "groups",
    "instance_profiles",
    "policies",
    "providers",
    "reports",
    "roles",
    "sessions",
    "simulation",
    "users",
];
/// What separates the request from its answer.
const ANSWER: &str = "\n\n=== answer\n";
/// What each exchange begins with, before its name.
const EXCHANGE: &str = "### ";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// A fixed sequence in the place of randomness.
struct Sequence(AtomicU64);

impl Entropy for Sequence {
    fn fill(&self, out: &mut [u8]) -> Result<(), NoEntropy> {
        for chunk in out.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &number.to_be_bytes());
            chunk.copy_from_slice(&digest.as_ref()[..chunk.len()]);
        }
        Ok(())
    }
}

async fn world(story: &str) -> World {
    // Made for these recordings, and used for nothing else.
    let key = || SigningKey::from_pkcs8(include_bytes!("../recorded/issuer.pk8")).unwrap();
    let world = World::repeatable(Arc::new(Sequence(AtomicU64::new(0))), key()).await;
    if story == "federation" {
        // Keys cannot be made from a fixed sequence. An account keeps those that it has, and RSA signs alike each time.
        world.had_an_issuer(&key());
    }
    world
}

struct Exchange {
    /// The service and the operation, for people.
    name: String,
    /// The request line and the headers.
    head: String,
    body: String,
    answer: String,
}

impl Exchange {
    /// One that starts after its `### `.
    fn read(text: &str) -> Self {
        let (name, rest) = text.split_once('\n').unwrap();
        let (request, answer) = rest.split_once(ANSWER).unwrap_or((rest, ""));
        let (head, body) = request.split_once("\n\n").unwrap_or((request.trim_end(), ""));
        Self {
            name: name.to_owned(),
            head: head.to_owned(),
            // A form has each of its parameters on a line.
            body: body.replace("\n&", "&"),
            answer: answer.strip_suffix('\n').unwrap_or(answer).to_owned(),
        }
    }

    async fn send(&self, world: &World) -> String {
        let mut lines = self.head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, target) = (first.next().unwrap(), first.next().unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            headers.insert(
                HeaderName::try_from(name).unwrap(),
                HeaderValue::try_from(value).unwrap(),
            );
        }
        let answer = world.send(method, target, &headers, &self.body).await;
        // The one line that is the HTTP library's own, with a clock of its own; and that the test asks to have closed.
        let head = answer.head.lines();
        let head = head.filter(|line| !line.starts_with("date: ") && *line != "connection: close");
        let head: Vec<&str> = head.collect();
        format!("{}\n\n{}", head.join("\n"), answer.body)
    }

    fn write(&self, into: &mut String) {
        let Self {
            name,
            head,
            body,
            answer,
        } = self;
        for part in [body, answer] {
            assert!(
                !part.contains("\n### ") && !part.contains(ANSWER),
                "{name} has what separates exchanges in it"
            );
        }
        assert!(!body.contains("\n&"), "{name} has what separates parameters in it");
        let body = if body.contains("Action=") {
            body.replace('&', "\n&")
        } else {
            body.clone()
        };
        write!(into, "{EXCHANGE}{name}\n{head}\n\n{body}{ANSWER}{answer}\n\n").unwrap();
    }
}

fn read(text: &str) -> Vec<Exchange> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let mut exchanges = text.split("\n### ");
    let first = exchanges.next().and_then(|text| text.strip_prefix(EXCHANGE));
    first.into_iter().chain(exchanges).map(Exchange::read).collect()
}

/// What the clients send, in the form of a story without answers.
async fn recorded(python: &str, story: &str) -> String {
    let world = world(story).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/python/record.py");
    let arguments = [
        story.to_owned(),
        format!("http://{}", world.address),
        NOW.to_string(),
        world.issuer.clone(),
        world.token("sts.amazonaws.com", "iam-test"),
    ];
    let python = python.to_owned();
    let done = tokio::task::spawn_blocking(move || Command::new(python).arg(script).args(arguments).output());
    let done = done.await.unwrap().unwrap();
    assert!(
        done.status.success(),
        "{story}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}

#[tokio::test]
async fn recorded_exchanges_are_answered_as_before_to_the_last_byte() {
    // A developer's wish, and not a setting: nothing else reads it.
    #[expect(clippy::disallowed_methods, reason = "how `cargo xtask record` asks for it")]
    let (python, bless) = (
        std::env::var("ROLECALL_RECORD").ok(),
        std::env::var("ROLECALL_BLESS").is_ok(),
    );
    let mut seen = BTreeSet::new();
    let mut changed = String::new();
    for story in STORIES {
        let path = folder().join(story).with_extension("http");
        let text = match &python {
            Some(python) => recorded(python, story).await,
            None => std::fs::read_to_string(&path).unwrap(),
        };
        let world = world(story).await;
        let mut new = String::new();
        for mut exchange in read(&text) {
            let answer = exchange.send(&world).await;
            if answer != exchange.answer && python.is_none() && !bless {
                write!(
                    changed,
                    "\n{story}: {}\n--- recorded\n{}\n--- answered\n{answer}\n",
                    exchange.name, exchange.answer
                )
                .unwrap();
            }
            seen.insert(exchange.name.clone());
            exchange.answer = answer;
            exchange.write(&mut new);
        }
        if python.is_some() || bless {
            std::fs::write(&path, new).unwrap();
        }
    }
    assert!(
        changed.is_empty(),
        "{changed}\nif that is meant: cargo xtask record --bless"
    );
    let mut unseen = String::new();
    for operation in include_str!("../../operations.txt").lines() {
        if !seen.contains(operation) {
            writeln!(unseen, "{operation}").unwrap();
        }
    }
    let path = folder().join("unrecorded.txt");
    if python.is_some() || bless {
        std::fs::write(&path, &unseen).unwrap();
    }
    assert_eq!(unseen, std::fs::read_to_string(&path).unwrap());
}
