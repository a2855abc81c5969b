//! Every behaviour that `Store` promises, on every backend.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests, which may panic"
)]

#[path = "suite/behaviour.rs"]
mod behaviour;

use std::sync::Arc;

use rolecall_store::{Embedded, Memory, Options, Store};
use tempfile::TempDir;

/// A store under test, and what must outlive it.
struct Fixture {
    store: Arc<dyn Store>,
    _directory: Option<TempDir>,
}

fn memory(history: usize) -> Fixture {
    Fixture {
        store: Arc::new(Memory::with_history(history)),
        _directory: None,
    }
}

fn embedded(history: usize) -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let store = Embedded::open(
        directory.path(),
        Options {
            history,
            ..Options::default()
        },
    )
    .unwrap();
    Fixture {
        store: Arc::new(store),
        _directory: Some(directory),
    }
}

macro_rules! on_every_backend {
    ($($behaviour:ident),* $(,)?) => {
        mod memory_backend { $( #[test] fn $behaviour() { crate::behaviour::$behaviour(crate::memory); } )* }
        mod embedded_backend { $( #[test] fn $behaviour() { crate::behaviour::$behaviour(crate::embedded); } )* }
    };
}

on_every_backend! {
    an_empty_store_is_at_revision_zero,
    whoever_waits_for_many_commits_on_a_runtimes_thread_is_not_forgotten,
    what_was_committed_is_read,
    all_writes_of_a_commit_share_a_revision,
    a_failed_check_changes_nothing,
    each_check_holds_exactly_when_it_should,
    a_record_that_was_deleted_and_written_again_is_not_the_same,
    a_commit_that_changes_nothing_takes_no_revision,
    a_key_is_written_once_by_a_commit,
    records_out_of_bounds_are_refused,
    any_bytes_are_a_key,
    a_list_is_ordered_and_pages_cover_it,
    a_list_can_start_before_and_after_its_prefix,
    concurrent_writers_never_lose_an_update,
    of_two_creators_one_wins,
    a_watch_yields_each_later_commit_once_in_order,
    a_watch_sees_only_its_prefix,
    a_watch_resumes_where_another_stopped,
    a_watch_from_before_the_history_must_list_again,
    a_watch_that_falls_behind_must_list_again,
    a_watch_from_the_future_must_list_again,
    a_watch_ends_with_its_store,
    watchers_under_load_miss_nothing,
    whoever_is_told_done_finds_it_in_the_watch,
    a_commit_can_be_awaited,
    a_dropped_outcome_does_not_take_the_commit_back,
    random_histories_match_a_model,
}
