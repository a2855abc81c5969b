//! The whole program under load: `cargo bench -p rolecall --bench load [-- --seconds N] [-- --roles N]`.
//!
//! Token exchanges per second and their latency at 1 and 16 connections, against two floors of the same HTTP library in
//! the same run: a server that answers a fixed body, and one that verifies only the token's RSA signature. Then memory at
//! rest and under load, and the time until the process is ready, with an empty store and with many roles. The load comes
//! from this process, which shares the machine with the server.

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

use std::time::Duration;

use crate::{
    drive::{Requests, drive},
    floor::Floor,
    process::Process,
};

mod drive;
mod floor;
mod process;

/// How many tokens there are; each is used again when all were.
const TOKENS: usize = 2000;
const CONNECTIONS: [usize; 2] = [1, 16];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(floor) = Floor::asked_for(&arguments) {
        floor.serve();
        return;
    }
    let option = |name: &str| -> Option<u64> {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)?.parse().ok()
    };
    let seconds = Duration::from_secs(option("--seconds").unwrap_or(8));
    let roles = option("--roles").unwrap_or(10_000);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure(seconds, roles as usize));
}

async fn measure(seconds: Duration, roles: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut starts: Vec<Duration> = (0..9)
        .map(|n| Process::start(&folder.path().join(format!("empty-{n}"))).ready_after)
        .collect();
    starts.sort();
    println!("| start | measured | goal |\n|---|---|---|");
    println!(
        "| ready, a new directory (median of 9) | {} ms | 300 ms |",
        starts[4].as_millis()
    );

    let data = folder.path().join("data");
    let process = Process::start(&data);
    println!(
        "| resident at rest, just ready | {} MiB | 40 MiB |",
        process.resident_mib()
    );
    let world = process.prepare(TOKENS).await;
    let fixed = Floor::fixed();
    let signature = Floor::signature(&world.keys);
    println!(
        "\n| exchanges | connections | per second | of the signature floor | p50 | p99 |\n|---|---|---|---|---|---|"
    );
    for connections in CONNECTIONS {
        let mut floor = None;
        for (name, address) in [
            ("floor: a fixed body", fixed.address()),
            ("floor: the RSA signature alone", signature.address()),
            ("rolecall: the whole exchange", process.address()),
        ] {
            let requests = Requests::new(address, &world.exchanges);
            let load = drive(&requests, connections, seconds).await;
            if name.contains("RSA") {
                floor = Some(load.rate);
            }
            let share = floor.map_or_else(String::new, |floor| format!("{:.0} %", 100.0 * load.rate / floor));
            println!(
                "| {name} | {connections} | {:.0} | {share} | {:.2} ms | {:.2} ms |",
                load.rate, load.p50, load.p99
            );
        }
    }
    println!(
        "\nresident after that load: {} MiB, at most {} MiB",
        process.resident_mib(),
        process.peak_mib()
    );
    let calls = Requests::new(process.address(), &world.calls());
    let load = drive(&calls, 16, seconds).await;
    println!(
        "signed GetCallerIdentity with a session's credentials, 16 connections: {:.0} per second, p50 {:.2} ms, p99 {:.2} ms",
        load.rate, load.p50, load.p99
    );
    drop((fixed, signature));

    let begun = std::time::Instant::now();
    process.create_roles(roles).await;
    println!(
        "\n{roles} roles created in {:.1} s, 64 at a time",
        begun.elapsed().as_secs_f64()
    );
    drop(process);
    let mut starts: Vec<(Duration, u64)> = (0..5)
        .map(|_| {
            let process = Process::start(&data);
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
