//! The whole program under load: `cargo bench -p rolecall --bench load [-- --seconds N] [--roles N] [--only PART]`.
//!
//! The parts are `start`, `exchanges`, `object`, `roles` and `scale`, which is left out unless it is named: 100,000 roles
//! (`--roles`), as many policies and a million attachments, for minutes. Token exchanges per second and their latency at 1 and 16
//! connections, against two floors of the same HTTP library in the same run: a server that answers a fixed body, and one
//! that verifies only the token's RSA signature. The three are measured in turns, several times, since the machine may
//! have other work. Then a large object through the gateway against the store alone; memory at rest and under load; and
//! the time until the process is ready, with an empty store and with many roles. The load comes from this process, which
//! shares the machine with the server.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that cannot go on says so by panicking"
)]

use std::{path::Path, time::Duration};

use crate::{
    drive::{Load, Requests},
    floor::Floor,
    object::Source,
    process::{Process, World},
};

#[expect(dead_code, reason = "the benchmark of admission sends over TLS")]
mod drive;
#[expect(dead_code, reason = "the benchmark of admission is over TLS")]
mod floor;
mod object;
mod process;
mod scale;

/// How many tokens there are; each is used again when all were.
const TOKENS: usize = 2000;
const CONNECTIONS: [usize; 2] = [1, 16];
/// How often each is measured.
const ROUNDS: u32 = 5;
/// For which share of the time each kind of read is made at scale.
const READS: u32 = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(floor) = Floor::asked_for(&arguments) {
        floor.serve();
        return;
    }
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let number = |name: &str| option(name).and_then(|text| text.parse::<u64>().ok());
    let seconds = Duration::from_secs(number("--seconds").unwrap_or(10));
    let roles = number("--roles").and_then(|roles| usize::try_from(roles).ok());
    let only = option("--only").map(String::as_str);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    if only == Some("scale") {
        runtime.block_on(at_scale(seconds, roles.unwrap_or(100_000)));
    } else {
        let asked = |part: &str| only.is_none_or(|only| only == part);
        runtime.block_on(measure(seconds, roles.unwrap_or(10_000), asked));
    }
}

async fn measure(seconds: Duration, roles: usize, asked: impl Fn(&str) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    if asked("start") {
        start(folder.path());
    }
    let data = folder.path().join("data");
    let process = Process::start(&data);
    println!(
        "| resident at rest, just ready | {} MiB | 40 MiB |",
        process.resident_mib()
    );
    let world = process.prepare(TOKENS).await;
    if asked("exchanges") {
        exchanges(&process, &world, seconds).await;
    }
    if asked("object") {
        object(&process, &world, folder.path()).await;
    }
    if asked("roles") {
        many_roles(process, &data, roles).await;
    }
}

fn start(folder: &Path) {
    let mut starts: Vec<Duration> = (0..9)
        .map(|n| Process::start(&folder.join(format!("empty-{n}"))).ready_after)
        .collect();
    starts.sort();
    println!("| start | measured | goal |\n|---|---|---|");
    println!(
        "| ready, a new directory (median of 9) | {} ms | 300 ms |",
        starts[4].as_millis()
    );
}

async fn exchanges(process: &Process, world: &World, seconds: Duration) {
    let fixed = Floor::fixed();
    let signature = Floor::signature(&world.keys);
    let cases = [
        ("floor: a fixed body", fixed.address()),
        ("floor: the RSA signature alone", signature.address()),
        ("rolecall: the whole exchange", process.address()),
    ]
    .map(|(name, address)| (name, Requests::new(address, &world.exchanges)));
    println!(
        "\n| exchanges | connections | per second | of the signature floor | p50 | p99 |\n|---|---|---|---|---|---|"
    );
    for connections in CONNECTIONS {
        let mut loads = cases.each_ref().map(|_| Load::default());
        for _ in 0..ROUNDS {
            for ((_, requests), load) in cases.iter().zip(&mut loads) {
                load.drive(requests, connections, seconds / ROUNDS).await;
            }
        }
        let [_, floor, _] = &loads;
        for ((name, _), load) in cases.iter().zip(&loads) {
            let shares = load.rates().iter().zip(floor.rates());
            let share = drive::median(shares.map(|(rate, floor)| 100.0 * rate / floor).collect());
            println!(
                "| {name} | {connections} | {:.0} | {share:.0} % | {:.2} ms | {:.2} ms |",
                load.rate(),
                load.at(0.5),
                load.at(0.99)
            );
        }
    }
    println!(
        "\nresident after that load: {} MiB, at most {} MiB",
        process.resident_mib(),
        process.peak_mib()
    );
    let calls = Requests::new(process.address(), &world.calls());
    let mut load = Load::default();
    load.drive(&calls, 16, seconds / ROUNDS).await;
    println!(
        "signed GetCallerIdentity with a session's credentials, 16 connections: {:.0} per second, p50 {:.2} ms, p99 {:.2} ms",
        load.rate(),
        load.at(0.5),
        load.at(0.99)
    );
}

async fn object(process: &Process, world: &World, folder: &Path) {
    let store = Floor::store(&folder.join("store-alone"));
    let mut alone = Source::connect(&store.address().to_string(), None).await;
    alone.fill().await;
    let root = process.root_credentials();
    Source::connect(process.host(), Some(root)).await.fill().await;
    let mut gateway = Source::connect(process.host(), Some(world.session.clone())).await;
    let (alone, through) = object::compare(&mut alone, &mut gateway).await;
    println!("\n| GET of 100 MiB | MiB per second | of the store's |\n|---|---|---|");
    println!("| the embedded store alone | {alone:.0} | 100 % |");
    println!(
        "| through the gateway | {through:.0} | {:.0} % |",
        100.0 * through / alone
    );
}

async fn many_roles(process: Process, data: &Path, roles: usize) {
    let begun = std::time::Instant::now();
    process.create_roles(roles).await;
    println!(
        "\n{roles} roles created in {:.1} s, 64 at a time",
        begun.elapsed().as_secs_f64()
    );
    drop(process);
    let mut starts: Vec<(Duration, u64)> = (0..5)
        .map(|_| {
            let process = Process::start(data);
            (process.ready_after, process.resident_mib())
        })
        .collect();
    starts.sort();
    println!(
        "ready with {roles} roles (median of 5): {} ms, {} MiB (goal: 1000 ms with 10,000)",
        starts[2].0.as_millis(),
        starts[2].1
    );
}

async fn at_scale(seconds: Duration, roles: usize) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let address = scale::fill(Process::start(&data), &data, roles).await;
    let process = scale::start(&data, address);
    let asking = scale::Asking::new(&process, roles).await;
    scale::reads(&asking, seconds / READS).await;
    scale::writes(&asking, &data).await;
    let world = process.prepare(TOKENS).await;
    exchanges(&process, &world, seconds).await;
}
