//! How many instructions a decision takes, and compiling `w3`: figures that do not depend on what else the machine does.
//! `cargo bench -p rolecall-policy --bench instructions` needs valgrind.
//!
//! The program runs itself under callgrind, with one round and with eleven; the difference is ten rounds.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark: what panics ends it, and it runs itself"
)]

use std::{hint::black_box, process::Command};

use rolecall_policy::{Compiled, Policies, Policy, decide};
use serde_json::Value;

#[path = "decide/workloads.rs"]
mod workloads;

use workloads::{W4, request, texts, workload};

const WORKLOADS: [&str; 4] = ["w1", "w2", "w3", "w4"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [run, what, name, rounds] = arguments.as_slice()
        && run == "run"
    {
        measured(what, name, rounds.parse().unwrap());
        return;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("instructions are not counted: there is no valgrind");
        return;
    }
    for (what, title) in [
        ("prepared", "a decision on a prepared request"),
        ("texts", "a decision from texts"),
    ] {
        for name in WORKLOADS {
            println!("{name}: {title}: {} instructions", per_item(what, name));
        }
    }
    println!(
        "w3: compiling from the text: {} instructions",
        per_item("compile", "w3")
    );
}

/// Instructions of one item of ten rounds.
fn per_item(what: &str, name: &str) -> u64 {
    let items = match (what, name) {
        ("compile", _) => 1,
        (_, "w4") => W4::new().requests.len(),
        _ => workload(name).1.len(),
    };
    (collected(what, name, 11) - collected(what, name, 1)) / 10 / u64::try_from(items).unwrap()
}

fn collected(what: &str, name: &str, rounds: u32) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().unwrap())
        .args(["run", what, name, &rounds.to_string()])
        .output()
        .expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find(|line| line.contains("Collected :"));
    let line = line.unwrap_or_else(|| panic!("{text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

fn measured(what: &str, name: &str, rounds: u32) {
    if what == "compile" {
        let data: Value = serde_json::from_str(texts("w3").0).unwrap();
        let text = data["policies"][0].to_string();
        for _ in 0..rounds {
            black_box(Compiled::new(&Policy::parse(black_box(&text)).unwrap()));
        }
        return;
    }
    if name == "w4" {
        let w4 = W4::new();
        w4.with_policies(|policies| {
            for _ in 0..rounds {
                for (raw, prepared) in w4.texts.iter().zip(&w4.requests) {
                    match what {
                        "texts" => black_box(decide(&black_box(raw).request(), policies)),
                        _ => black_box(decide(black_box(prepared), policies)),
                    };
                }
            }
        });
        return;
    }
    let (compiled, requests, _) = workload(name);
    let policies = Policies {
        identity: &compiled,
        ..Policies::default()
    };
    let data: Value = serde_json::from_str(texts(name).0).unwrap();
    let raw = data["requests"].as_array().unwrap();
    for _ in 0..rounds {
        for (raw, prepared) in raw.iter().zip(&requests) {
            match what {
                "texts" => black_box(decide(&request(black_box(raw)), &policies)),
                _ => black_box(decide(black_box(prepared), &policies)),
            };
        }
    }
}
