//! The bodies of the fuzz targets, over their seeds and over random bytes: a short run of each, on every machine.
//! CONTRIBUTING.md says how to let them run for longer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test: what panics fails it"
)]

use std::path::Path;

#[path = "../fuzz/bodies.rs"]
mod bodies;

use bodies::{Body, TARGETS, choices::random};

fn body(name: &str) -> Body {
    TARGETS.iter().find(|(target, _)| *target == name).unwrap().1
}

#[test]
fn every_target_passes_its_seeds() {
    for (name, body) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert!(!files.is_empty(), "{name} has no seeds");
        for file in files {
            let path = file.unwrap().path();
            println!("{}", path.display());
            body(&std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn every_target_is_built_by_the_fuzz_crate() {
    let manifest = include_str!("../fuzz/Cargo.toml");
    for (name, _) in TARGETS {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/fuzz_targets/{name}.rs"));
        assert!(std::fs::read_to_string(target).unwrap().contains("bodies::"), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}

#[test]
fn matchers_agree_on_random_bytes() {
    for seed in 0..5_000 {
        body("matchers")(&random(seed, 160));
    }
}

#[test]
fn evaluation_agrees_on_random_bytes() {
    // `tests/reference.rs` makes more of the same cases; here they are explained too.
    for seed in 0..300 {
        body("evaluation")(&random(!seed, 640));
    }
}

#[test]
fn documents_and_cases_with_a_byte_changed_are_read_or_refused() {
    for (number, line) in (0_u64..).zip(include_str!("data/policy-sample.jsonl").lines().step_by(7)) {
        let mut changed = line.as_bytes().to_vec();
        for pair in random(number, 6).chunks_exact(3) {
            let at = (usize::from(pair[0]) << 8 | usize::from(pair[1])) % changed.len();
            changed[at] = b"\"{}[]:,*$?\\ 0aA\x00\xc3"[usize::from(pair[2]) % 17];
            body("parse")(&changed);
            body("case")(&changed);
        }
        if let Some(at) = line.find("\"identityPolicies\": [") {
            let document = line[at + 21..].split("}], \"").next().unwrap_or_default();
            body("parse")(format!("{document}}}").as_bytes());
        }
    }
}
