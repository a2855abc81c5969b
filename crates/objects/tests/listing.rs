//! Listings against a naive model, over random keys, prefixes, delimiters and sizes of page.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may panic")]

#[path = "common/store.rs"]
#[expect(dead_code, reason = "shared with the other tests, which use all of it")]
mod store;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::Fixture;

/// All that a listing tells, in one order: a key as it is, a rolled-up group with a mark after it.
fn model(keys: &BTreeSet<String>, prefix: &str, delimiter: &str) -> BTreeSet<String> {
    let told = keys.iter().filter(|key| key.starts_with(prefix)).map(|key| {
        let rest = &key.as_str().strip_prefix(prefix).unwrap();
        match rest.find(delimiter) {
            Some(at) if !delimiter.is_empty() => {
                format!("{prefix}{}{delimiter} (group)", rest.get(..at).unwrap())
            }
            _ => key.clone(),
        }
    });
    told.collect()
}

async fn listed(store: &Fixture, query: &str, size: usize) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    let mut token = String::new();
    loop {
        let page = store
            .get(&format!("/reports?list-type=2&max-keys={size}{query}{token}"))
            .await
            .ok();
        let keys = page.all("Key").into_iter().map(str::to_owned);
        let groups = page.all("CommonPrefixes").into_iter().map(|group| {
            let group = group
                .strip_prefix("<Prefix>")
                .unwrap()
                .strip_suffix("</Prefix>")
                .unwrap();
            format!("{group} (group)")
        });
        for one in keys.chain(groups) {
            assert!(told.insert(one), "told twice");
        }
        if page.one("IsTruncated") == "false" {
            return told;
        }
        assert!(!page.one("NextContinuationToken").is_empty());
        token = format!("&continuation-token={}", page.one("NextContinuationToken"));
    }
}

#[test]
fn pages_together_tell_each_key_and_each_group_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    let cases = (
        prop::collection::btree_set("[ab/]{1,5}", 0..14),
        "[ab/]{0,2}",
        prop_oneof!["", "/", "a", "b/"],
    );
    runner
        .run(&cases, |(keys, prefix, delimiter)| {
            runtime.block_on(async {
                let store = Fixture::with_bucket().await;
                for key in &keys {
                    store.put(&format!("/reports/{key}"), "").await.ok();
                }
                let expected = model(&keys, &prefix, &delimiter);
                for size in [1, 2, 3, 1000] {
                    let got = listed(&store, &format!("&prefix={prefix}&delimiter={delimiter}"), size).await;
                    assert_eq!(
                        got, expected,
                        "prefix `{prefix}`, delimiter `{delimiter}`, pages of {size}"
                    );
                }
            });
            Ok(())
        })
        .unwrap();
}
