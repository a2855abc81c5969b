//! The behaviours. Each takes a way to make a store that keeps so many bytes of history.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rolecall_store::{Batch, Commit, CommitError, Error, Expected, List, Revision, Store, WatchError};

use crate::Fixture;

type Make = fn(usize) -> Fixture;

const HISTORY: usize = 1024 * 1024;

fn put(store: &dyn Store, key: &'static str, value: &'static str) -> Revision {
    store.commit(Commit::new().put(key, value)).wait().unwrap()
}

fn value(store: &dyn Store, key: &str) -> Option<Bytes> {
    store.get(key.as_bytes()).unwrap().map(|entry| entry.value)
}

fn keys(batch: &Batch) -> Vec<&[u8]> {
    batch.changes.iter().map(|change| change.key.as_ref()).collect()
}

fn is_conflict_on(outcome: Result<Revision, CommitError>, key: &str) -> bool {
    matches!(outcome, Err(CommitError::Conflict(conflict)) if conflict.key == key)
}

pub(crate) fn an_empty_store_is_at_revision_zero(make: Make) {
    let fixture = make(HISTORY);
    assert_eq!(fixture.store.revision().unwrap(), Revision::ZERO);
    let page = fixture.store.list(&List::default()).unwrap();
    assert_eq!(
        (page.entries.len(), page.more, page.revision),
        (0, false, Revision::ZERO)
    );
    assert_eq!(fixture.store.get(b"a").unwrap(), None);
}

pub(crate) fn whoever_waits_for_many_commits_on_a_runtimes_thread_is_not_forgotten(make: Make) {
    let fixture = make(HISTORY);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    // More than a task may do before it has to let others run.
    let last = runtime.block_on(async { (0..300).fold(Revision::ZERO, |_, _| put(&*fixture.store, "key", "value")) });
    assert_eq!(last, Revision(300));
}

pub(crate) fn what_was_committed_is_read(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let first = put(store, "role/a", "1");
    let second = put(store, "role/a", "2");
    assert!(first < second);
    let entry = store.get(b"role/a").unwrap().unwrap();
    assert_eq!(
        (entry.key, entry.value, entry.modified),
        ("role/a".into(), "2".into(), second)
    );
    store.commit(Commit::new().delete("role/a")).wait().unwrap();
    assert_eq!(store.get(b"role/a").unwrap(), None);
}

pub(crate) fn all_writes_of_a_commit_share_a_revision(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    put(store, "old", "1");
    let revision = store
        .commit(Commit::new().put("a", "1").put("b", "").delete("old"))
        .wait()
        .unwrap();
    let page = store.list(&List::default()).unwrap();
    assert_eq!(page.revision, revision);
    let found: Vec<_> = page.entries.iter().map(|e| (e.key.as_ref(), e.modified)).collect();
    assert_eq!(found, [(b"a".as_ref(), revision), (b"b".as_ref(), revision)]);
}

pub(crate) fn a_failed_check_changes_nothing(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let before = put(store, "taken", "1");
    let mut watch = store.watch(b"", before).unwrap();
    let outcome = store
        .commit(
            Commit::new()
                .absent("free")
                .absent("taken")
                .put("free", "2")
                .delete("taken"),
        )
        .wait();
    assert!(is_conflict_on(outcome, "taken"));
    assert_eq!(value(store, "free"), None);
    assert_eq!(value(store, "taken"), Some("1".into()));
    assert_eq!(store.revision().unwrap(), before);
    assert_eq!(watch.try_next().unwrap(), None);
}

pub(crate) fn each_check_holds_exactly_when_it_should(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    put(store, "other", "1");
    let modified = put(store, "there", "1");
    let cases = [
        ("missing", Expected::Absent, true),
        ("missing", Expected::Present, false),
        ("missing", Expected::ModifiedAt(Revision::ZERO), false),
        ("missing", Expected::ModifiedAt(modified), false),
        ("there", Expected::Absent, false),
        ("there", Expected::Present, true),
        ("there", Expected::ModifiedAt(modified), true),
        ("there", Expected::ModifiedAt(Revision(modified.0 - 1)), false),
        ("there", Expected::ModifiedAt(Revision(modified.0 + 1)), false),
    ];
    for (key, expected, holds) in cases {
        let outcome = store.commit(Commit::new().check(key, expected)).wait();
        if holds {
            assert_eq!(outcome.unwrap(), modified, "{key} {expected:?}");
        } else {
            assert!(is_conflict_on(outcome, key), "{key} {expected:?}");
        }
    }
}

pub(crate) fn a_record_that_was_deleted_and_written_again_is_not_the_same(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    put(store, "a", "1");
    let read = store.get(b"a").unwrap().unwrap();
    store.commit(Commit::new().delete("a")).wait().unwrap();
    put(store, "a", "1");
    assert!(is_conflict_on(
        store.commit(Commit::new().unchanged(&read).put("a", "2")).wait(),
        "a"
    ));
}

pub(crate) fn a_commit_that_changes_nothing_takes_no_revision(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let before = put(store, "a", "1");
    let mut watch = store.watch(b"", before).unwrap();
    assert_eq!(store.commit(Commit::new()).wait().unwrap(), before);
    assert_eq!(store.commit(Commit::new().delete("missing")).wait().unwrap(), before);
    assert_eq!(store.revision().unwrap(), before);
    assert_eq!(watch.try_next().unwrap(), None);
    // Writing the same value again is a change: whoever checks the revision must see that somebody was there.
    assert!(put(store, "a", "1") > before);
}

pub(crate) fn a_key_is_written_once_by_a_commit(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    store
        .commit(Commit::new().put("a", "1").delete("a").put("a", "2"))
        .wait()
        .unwrap();
    assert_eq!(value(store, "a"), Some("2".into()));
}

pub(crate) fn records_out_of_bounds_are_refused(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let long = vec![b'k'; rolecall_store::MAX_KEY];
    let large = vec![b'v'; rolecall_store::MAX_VALUE];
    store
        .commit(Commit::new().put(long.clone(), large.clone()))
        .wait()
        .unwrap();
    assert_eq!(store.get(&long).unwrap().unwrap().value.len(), large.len());
    let too = |mut bytes: Vec<u8>| {
        bytes.push(0);
        bytes
    };
    for commit in [
        Commit::new().put("", "v"),
        Commit::new().put("fine", "v").put(too(long), "v"),
        Commit::new().put("fine", "v").put("k", too(large)),
    ] {
        assert!(matches!(
            store.commit(commit).wait(),
            Err(CommitError::Store(Error::OutOfBounds(_)))
        ));
    }
    assert_eq!(value(store, "fine"), None);
}

pub(crate) fn any_bytes_are_a_key(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let odd: [&[u8]; 6] = [b"\0", b"\0\0", b"../../x", b"\xff\xff", "ключ".as_bytes(), b"a\nb"];
    for key in odd {
        store.commit(Commit::new().absent(key).put(key, key)).wait().unwrap();
    }
    for key in odd {
        assert_eq!(store.get(key).unwrap().unwrap().value, key);
    }
    let mut sorted = odd;
    sorted.sort_unstable();
    let page = store.list(&List::default()).unwrap();
    assert_eq!(page.entries.iter().map(|e| e.key.as_ref()).collect::<Vec<_>>(), sorted);
    assert_eq!(store.list(&List::prefix(b"\xff".as_ref())).unwrap().entries.len(), 1);
}

pub(crate) fn a_list_is_ordered_and_pages_cover_it(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let mut commit = Commit::new().put("p", "before").put("p0", "after");
    for n in 0..10 {
        commit = commit.put(format!("p/{n}"), format!("{n}"));
    }
    store.commit(commit).wait().unwrap();
    let all = store.list(&List::prefix("p/")).unwrap();
    assert_eq!(all.entries.len(), 10);
    assert!(!all.more);
    for limit in [1, 3, 10, 11] {
        let mut paged = Vec::new();
        let mut list = List::prefix("p/").limit(limit);
        loop {
            let page = store.list(&list).unwrap();
            assert!(page.entries.len() <= limit);
            paged.extend(page.entries);
            if !page.more {
                break;
            }
            list = list.after(paged.last().unwrap().key.clone());
        }
        assert_eq!(paged, all.entries, "limit {limit}");
    }
    let none = store.list(&List::prefix("p/").limit(0)).unwrap();
    assert_eq!((none.entries.len(), none.more), (0, true));
}

pub(crate) fn a_list_can_start_before_and_after_its_prefix(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    store
        .commit(Commit::new().put("a", "").put("m/1", "").put("m/2", "").put("z", ""))
        .wait()
        .unwrap();
    let found = |after: &'static str| {
        let page = store.list(&List::prefix("m/").after(after)).unwrap();
        page.entries
            .iter()
            .map(|e| String::from_utf8_lossy(&e.key).into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(""), ["m/1", "m/2"]);
    assert_eq!(found("a"), ["m/1", "m/2"]);
    assert_eq!(found("m/"), ["m/1", "m/2"]);
    assert_eq!(found("m/1"), ["m/2"]);
    assert_eq!(found("m/1x"), ["m/2"]);
    assert!(found("m/2").is_empty());
    assert!(found("z").is_empty());
}

pub(crate) fn concurrent_writers_never_lose_an_update(make: Make) {
    const WRITERS: usize = 8;
    const EACH: usize = 25;
    let fixture = make(HISTORY);
    put(&*fixture.store, "count", "0");
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    increment(&*fixture.store, "count");
                }
            });
        }
    });
    assert_eq!(
        value(&*fixture.store, "count"),
        Some((WRITERS * EACH).to_string().into())
    );
}

fn increment(store: &dyn Store, key: &'static str) {
    loop {
        let entry = store.get(key.as_bytes()).unwrap().unwrap();
        let count: usize = std::str::from_utf8(&entry.value).unwrap().parse().unwrap();
        match store
            .commit(Commit::new().unchanged(&entry).put(key, (count + 1).to_string()))
            .wait()
        {
            Ok(_) => return,
            Err(CommitError::Conflict(_)) => {}
            Err(CommitError::Store(error)) => panic!("{error}"),
        }
    }
}

pub(crate) fn of_two_creators_one_wins(make: Make) {
    let fixture = make(HISTORY);
    for round in 0..20 {
        let key = format!("role/{round}");
        let outcomes: Vec<_> = (0..4)
            .map(|n| {
                fixture
                    .store
                    .commit(Commit::new().absent(key.clone()).put(key.clone(), n.to_string()))
            })
            .collect();
        let won: Vec<_> = outcomes.into_iter().map(|pending| pending.wait().is_ok()).collect();
        assert_eq!(won, [true, false, false, false]);
        assert_eq!(value(&*fixture.store, &key), Some("0".into()));
    }
}

pub(crate) fn a_watch_yields_each_later_commit_once_in_order(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let before = put(store, "a", "0");
    let mut watch = store.watch(b"", before).unwrap();
    assert_eq!(watch.try_next().unwrap(), None);
    let first = store.commit(Commit::new().put("b", "1").put("a", "1")).wait().unwrap();
    let second = store.commit(Commit::new().delete("a")).wait().unwrap();

    let batch = watch.wait().unwrap();
    assert_eq!((batch.revision, keys(&batch)), (first, vec![b"a".as_ref(), b"b"]));
    assert_eq!(batch.changes[0].value, Some("1".into()));
    let batch = watch.wait().unwrap();
    assert_eq!((batch.revision, keys(&batch)), (second, vec![b"a".as_ref()]));
    assert_eq!(batch.changes[0].value, None);
    assert_eq!(watch.try_next().unwrap(), None);
    assert_eq!(watch.seen(), second);
}

pub(crate) fn a_watch_sees_only_its_prefix(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let mut watch = store.watch(b"role/", Revision::ZERO).unwrap();
    put(store, "role", "no");
    put(store, "user/a", "no");
    let mixed = store
        .commit(Commit::new().put("role/a", "yes").put("user/b", "no"))
        .wait()
        .unwrap();
    let last = put(store, "zone/a", "no");
    let batch = watch.wait().unwrap();
    assert_eq!((batch.revision, keys(&batch)), (mixed, vec![b"role/a".as_ref()]));
    assert_eq!(watch.try_next().unwrap(), None);
    // It has nevertheless seen that nothing concerned it up to here.
    assert_eq!(watch.seen(), last);
}

pub(crate) fn a_watch_resumes_where_another_stopped(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let revisions: Vec<_> = ["a", "b", "c", "d"]
        .into_iter()
        .map(|key| put(store, key, "1"))
        .collect();
    for (index, since) in revisions.iter().enumerate() {
        let mut watch = store.watch(b"", *since).unwrap();
        let mut rest = Vec::new();
        while let Some(batch) = watch.try_next().unwrap() {
            rest.push(batch.revision);
        }
        assert_eq!(rest, revisions[index + 1..]);
    }
}

pub(crate) fn a_watch_from_before_the_history_must_list_again(make: Make) {
    let fixture = make(1024);
    let store = &*fixture.store;
    let first = put(store, "a", "1");
    for _ in 0..20 {
        put(store, "b", "0123456789012345678901234567890123456789");
    }
    assert!(matches!(store.watch(b"a", first), Err(WatchError::TooOld { since }) if since == first));
    let page = store.list(&List::default()).unwrap();
    let mut watch = store.watch(b"", page.revision).unwrap();
    let last = put(store, "a", "2");
    assert_eq!(watch.wait().unwrap().revision, last);
}

pub(crate) fn a_watch_that_falls_behind_must_list_again(make: Make) {
    let fixture = make(1024);
    let store = &*fixture.store;
    let mut watch = store.watch(b"", Revision::ZERO).unwrap();
    for _ in 0..20 {
        put(store, "b", "0123456789012345678901234567890123456789");
    }
    assert!(matches!(
        watch.wait(),
        Err(WatchError::TooOld { since: Revision::ZERO })
    ));
}

pub(crate) fn a_watch_from_the_future_must_list_again(make: Make) {
    let fixture = make(HISTORY);
    let now = put(&*fixture.store, "a", "1");
    assert!(matches!(
        fixture.store.watch(b"", Revision(now.0 + 1)),
        Err(WatchError::TooOld { .. })
    ));
}

pub(crate) fn a_watch_ends_with_its_store(make: Make) {
    let fixture = make(HISTORY);
    let mut watch = fixture.store.watch(b"", Revision::ZERO).unwrap();
    let waiting = thread::spawn(move || watch.wait());
    drop(fixture);
    assert!(matches!(waiting.join().unwrap(), Err(WatchError::Closed)));
}

pub(crate) fn watchers_under_load_miss_nothing(make: Make) {
    const WRITERS: u64 = 4;
    const EACH: u64 = 40;
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    thread::scope(|scope| {
        let watchers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut watch = store.watch(b"", Revision::ZERO).unwrap();
                    (0..WRITERS * EACH).map(|_| watch.wait().unwrap()).collect::<Vec<_>>()
                })
            })
            .collect();
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for n in 0..EACH {
                    store
                        .commit(Commit::new().put(format!("{writer}"), n.to_string()))
                        .wait()
                        .unwrap();
                }
            });
        }
        for watcher in watchers {
            let batches = watcher.join().unwrap();
            let revisions: Vec<_> = batches.iter().map(|batch| batch.revision.0).collect();
            assert_eq!(revisions, (1..=WRITERS * EACH).collect::<Vec<_>>());
            let mut last = BTreeMap::new();
            for change in batches.into_iter().flat_map(|batch| batch.changes) {
                let n: u64 = std::str::from_utf8(&change.value.unwrap()).unwrap().parse().unwrap();
                let expected = last.get(&change.key).map_or(0, |n| n + 1);
                assert_eq!(n, expected);
                last.insert(change.key, n);
            }
        }
    });
}

pub(crate) fn whoever_is_told_done_finds_it_in_the_watch(make: Make) {
    let fixture = make(HISTORY);
    let store = &*fixture.store;
    let mut watch = store.watch(b"", Revision::ZERO).unwrap();
    for _ in 0..50 {
        let revision = put(store, "a", "1");
        assert_eq!(watch.try_next().unwrap().unwrap().revision, revision);
        assert_eq!(store.get(b"a").unwrap().unwrap().modified, revision);
    }
}

pub(crate) fn a_commit_can_be_awaited(make: Make) {
    let fixture = make(HISTORY);
    let store = Arc::clone(&fixture.store);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut watch = store.watch(b"", Revision::ZERO).unwrap();
        let revision = store.commit(Commit::new().put("a", "1")).await.unwrap();
        assert_eq!(watch.next().await.unwrap().revision, revision);
        // Blocking on a runtime's thread is unwise, but no panic.
        store.commit(Commit::new().put("b", "1")).wait().unwrap();
    });
}

pub(crate) fn a_dropped_outcome_does_not_take_the_commit_back(make: Make) {
    let fixture = make(HISTORY);
    drop(fixture.store.commit(Commit::new().put("a", "1")));
    // Commits are applied in the order of the calls, so this one comes later.
    put(&*fixture.store, "b", "1");
    assert_eq!(value(&*fixture.store, "a"), Some("1".into()));
}

/// A naive store: what the real ones must agree with, answer for answer.
#[derive(Default)]
struct Model {
    records: BTreeMap<Bytes, (u64, Bytes)>,
    revision: u64,
}

impl Model {
    fn commit(&mut self, commit: &Commit) -> Option<u64> {
        for check in &commit.checks {
            let found = self.records.get(&check.key).map(|(modified, _)| *modified);
            let holds = match check.expected {
                Expected::Absent => found.is_none(),
                Expected::Present => found.is_some(),
                Expected::ModifiedAt(revision) => found == Some(revision.0),
            };
            if !holds {
                return None;
            }
        }
        let effective = commit
            .writes
            .iter()
            .any(|(key, value)| value.is_some() || self.records.contains_key(key));
        if effective {
            self.revision += 1;
        }
        for (key, value) in &commit.writes {
            match value {
                Some(value) => self.records.insert(key.clone(), (self.revision, value.clone())),
                None => self.records.remove(key),
            };
        }
        Some(self.revision)
    }
}

fn some_key() -> impl Strategy<Value = Bytes> {
    prop::sample::select(vec!["a", "a/1", "a/2", "b"]).prop_map(Bytes::from)
}

fn some_commit() -> impl Strategy<Value = Commit> {
    let expected = prop_oneof![
        Just(Expected::Absent),
        Just(Expected::Present),
        (0..20_u64).prop_map(|n| Expected::ModifiedAt(Revision(n)))
    ];
    let checks = prop::collection::vec((some_key(), expected), 0..2);
    let writes = prop::collection::btree_map(some_key(), prop::option::of("[a-z]{0,3}".prop_map(Bytes::from)), 0..3);
    (checks, writes).prop_map(|(checks, writes)| {
        let mut commit = Commit {
            checks: Vec::new(),
            writes,
        };
        for (key, expected) in checks {
            commit = commit.check(key, expected);
        }
        commit
    })
}

pub(crate) fn random_histories_match_a_model(make: Make) {
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    let histories = prop::collection::vec(some_commit(), 1..24);
    runner
        .run(&histories, |history| {
            let fixture = make(HISTORY);
            let mut model = Model::default();
            let mut watch = fixture.store.watch(b"", Revision::ZERO).unwrap();
            // All at once, so that the embedded backend groups them.
            let pending: Vec<_> = history
                .iter()
                .map(|commit| fixture.store.commit(commit.clone()))
                .collect();
            for (commit, pending) in history.iter().zip(pending) {
                let got = match pending.wait() {
                    Ok(revision) => Some(revision.0),
                    Err(CommitError::Conflict(_)) => None,
                    Err(CommitError::Store(error)) => panic!("{error}"),
                };
                prop_assert_eq!(got, model.commit(commit));
            }
            let page = fixture.store.list(&List::default()).unwrap();
            let listed: BTreeMap<_, _> = page
                .entries
                .into_iter()
                .map(|entry| (entry.key, (entry.modified.0, entry.value)))
                .collect();
            prop_assert_eq!(&listed, &model.records);
            prop_assert_eq!(page.revision.0, model.revision);

            // What the watch tells, applied to nothing, gives the same records.
            let mut replayed = BTreeMap::new();
            while let Some(batch) = watch.try_next().unwrap() {
                for change in batch.changes {
                    match change.value {
                        Some(value) => replayed.insert(change.key, (batch.revision.0, value)),
                        None => replayed.remove(&change.key),
                    };
                }
            }
            prop_assert_eq!(&replayed, &listed);
            Ok(())
        })
        .unwrap();
}
