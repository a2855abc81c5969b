//! Kills a process that stores objects at random moments: what it acknowledged is there afterwards, whole, and nothing
//! else is.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may panic")]

#[path = "common/store.rs"]
#[expect(dead_code, reason = "shared with the other tests, which use all of it")]
mod store;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use http::Method;
use store::{Fixture, open};

const ROUNDS: u64 = 25;
const WRITERS: usize = 3;

#[test]
fn a_killed_process_loses_no_object_that_was_acknowledged() {
    let mut fixture = Fixture::new();
    // Of each key, the last value that was acknowledged.
    let mut acknowledged: BTreeMap<String, u64> = BTreeMap::new();
    let mut total = 0;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for round in 0..ROUNDS {
        let Fixture { objects, directory } = fixture;
        drop(objects);
        for line in run_and_kill(
            directory.path(),
            round * 1_000_000,
            usize::try_from(round % 7).unwrap(),
            Duration::from_millis(round * 43 % 90),
        ) {
            let (key, n) = line.split_once(' ').unwrap();
            acknowledged.insert(key.to_owned(), n.parse().unwrap());
            total += 1;
        }
        fixture = Fixture {
            objects: open(directory.path()),
            directory,
        };
        runtime.block_on(examine(&fixture, &acknowledged));
    }
    assert!(total > 50, "the child got to store something: {total}");
}

/// Every object must be whole, and no older than what was acknowledged.
async fn examine(store: &Fixture, acknowledged: &BTreeMap<String, u64>) {
    let listed = store.get("/reports?list-type=2").await;
    if acknowledged.is_empty() {
        return;
    }
    let listed = listed.ok();
    let keys = listed.all("Key");
    for (key, n) in acknowledged {
        assert!(keys.contains(&key.as_str()), "{key} was acknowledged and is not listed");
        let got = store.get(&format!("/reports/{key}")).await.ok();
        let found: u64 = got.header("x-amz-meta-n").unwrap_or("0").parse().unwrap();
        assert!(found >= *n, "{key}: {n} was acknowledged, {found} is there");
    }
    let mut files = 0;
    for key in keys {
        let got = store.get(&format!("/reports/{key}")).await.ok();
        let n: u64 = got.header("x-amz-meta-n").unwrap().parse().unwrap();
        assert_eq!(got.body, contents(n), "{key} is whole");
        files += 1;
    }
    // What was half-done goes: in `tmp` before the store opens, elsewhere soon after. Parts of unfinished uploads stay.
    let uploads = store.get("/reports?uploads").await.ok();
    for (key, id) in uploads.all("Key").into_iter().zip(uploads.all("UploadId")) {
        files += store
            .get(&format!("/reports/{key}?uploadId={id}"))
            .await
            .ok()
            .all("PartNumber")
            .len();
    }
    let start = Instant::now();
    while store.files().len() != files {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{files} files, not {}",
            store.files().len()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn run_and_kill(directory: &Path, first: u64, acknowledgements: usize, after: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_that_is_killed", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{first} {}", directory.display()).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("started") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "the child starts");
    }
    // First a number of acknowledgements, so that a slow machine gets as far; then a moment that falls anywhere.
    let mut all = String::new();
    while all.matches("ack ").count() < acknowledgements {
        assert!(output.read_line(&mut all).unwrap() > 0, "the child goes on");
    }
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_string(&mut all).unwrap();
    // A line that the kill cut short was not acknowledged to anybody.
    let whole = all.rfind('\n').map_or("", |end| all.get(..end).unwrap());
    whole
        .lines()
        .filter_map(|line| line.strip_prefix("ack "))
        .map(str::to_owned)
        .collect()
}

/// Some are smaller than a block, some larger.
fn contents(n: u64) -> Vec<u8> {
    let length = usize::try_from(n * 7919 % 1_300_000).unwrap();
    format!("{n}:").into_bytes().into_iter().cycle().take(length).collect()
}

#[test]
#[ignore = "the other half of the test above, which starts it and kills it"]
fn the_child_that_is_killed() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let Some((first, directory)) = line.trim().split_once(' ') else {
        return;
    };
    let first: u64 = first.parse().unwrap();
    let objects = open(Path::new(directory));
    println!("\nstarted");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        // The fixture's own directory is not used.
        let fixture = std::sync::Arc::new(Fixture {
            objects,
            directory: tempfile::tempdir().unwrap(),
        });
        fixture.put("/reports", "").await;
        let writers = (0..WRITERS).map(|writer| tokio::spawn(write(fixture.clone(), writer, first)));
        futures_util::future::join_all(writers).await;
    });
}

async fn write(store: std::sync::Arc<Fixture>, writer: usize, first: u64) {
    for n in first + 1.. {
        let number = n.to_string();
        let meta = [("x-amz-meta-n", number.as_str())];
        let key = match n % 4 {
            // A new key, an upload of one part, or an old key written over.
            0 => format!("new-{writer}-{n}"),
            3 => {
                let path = format!("/reports/part-{writer}?uploads");
                let id = store
                    .send(Method::POST, &path, &meta, "")
                    .await
                    .ok()
                    .one("UploadId")
                    .to_owned();
                let path = format!("/reports/part-{writer}?uploadId={id}");
                let part = store.put(&format!("{path}&partNumber=1"), contents(n)).await.ok();
                let etag = part.header("etag").unwrap();
                let body = format!(
                    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
                );
                store.send(Method::POST, &path, &[], body).await.ok();
                acknowledge(&format!("part-{writer}"), n);
                continue;
            }
            _ => format!("old-{writer}"),
        };
        store
            .send(Method::PUT, &format!("/reports/{key}"), &meta, contents(n))
            .await
            .ok();
        acknowledge(&key, n);
    }
}

fn acknowledge(key: &str, n: u64) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "ack {key} {n}").unwrap();
    output.flush().unwrap();
}
