//! Copies that are warm, behind, interrupted, and wrong about nothing.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;

use super::*;
use crate::fake::{Fake, settle};

const ALL: &str = "/api/v1/serviceaccounts";

fn path(name: &str) -> String {
    format!("/api/v1/namespaces/a/serviceaccounts/{name}")
}

fn mirror(fake: &Fake, absence_is_known: bool) -> Arc<Mirror<Named, String>> {
    let resource = Resource {
        group: "/api/v1",
        plural: "serviceaccounts",
        only: None,
        metadata: true,
        absence_is_known,
    };
    let read = |object: &Named| {
        let annotations = object.metadata.annotations.as_ref();
        annotations.and_then(|all| all.get("role")).cloned().unwrap_or_default()
    };
    Arc::new(Mirror::new(fake.client(), resource, read))
}

/// A copy that is being kept.
async fn followed(fake: &Fake) -> Arc<Mirror<Named, String>> {
    let mirror = mirror(fake, false);
    let following = Arc::clone(&mirror);
    tokio::spawn(async move { following.follow().await });
    fake.watched(ALL).await;
    fake.asked();
    mirror
}

fn account(role: &str) -> serde_json::Value {
    json!({ "metadata": { "annotations": { "role": role } } })
}

#[tokio::test(start_paused = true)]
async fn every_page_is_listed_and_changes_are_followed() {
    let fake = Fake::default();
    fake.page(2);
    for name in ["one", "two", "three", "four", "five"] {
        fake.put(&path(name), account(name));
    }
    let mirror = mirror(&fake, false);
    assert!(!mirror.is_warm());
    let following = Arc::clone(&mirror);
    tokio::spawn(async move { following.follow().await });
    fake.watched(ALL).await;
    assert!(mirror.is_warm());
    assert_eq!(
        fake.asked(),
        [
            ALL,
            &format!("{ALL}?page"),
            &format!("{ALL}?page"),
            &format!("{ALL}?watch")
        ]
    );
    assert_eq!(mirror.get(Some("a"), "five").await, Ok(Some("five".to_owned())));
    fake.put(&path("five"), account("changed"));
    fake.put(&path("six"), account("six"));
    settle().await;
    assert_eq!(mirror.get(Some("a"), "five").await, Ok(Some("changed".to_owned())));
    assert_eq!(mirror.get(Some("a"), "six").await, Ok(Some("six".to_owned())));
    assert_eq!(
        fake.asked(),
        Vec::<String>::new(),
        "the copy answers, not the API server"
    );
    fake.delete(&path("five"));
    settle().await;
    assert_eq!(mirror.get(Some("a"), "five").await, Ok(None));
    assert_eq!(fake.asked(), [path("five")], "what the copy does not have is read");
}

#[tokio::test(start_paused = true)]
async fn what_the_watch_has_not_told_yet_is_read_live() {
    let fake = Fake::default();
    let mirror = followed(&fake).await;
    fake.put_silently(&path("new"), account("r"));
    assert_eq!(mirror.get(Some("a"), "new").await, Ok(Some("r".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_copy_is_not_believed_until_all_is_listed_anew() {
    let fake = Fake::default();
    fake.put(&path("app"), account("old"));
    let mirror = followed(&fake).await;
    // The version is too old to go on from (Kubernetes API Concepts: 410 Gone).
    fake.event(
        ALL,
        &json!({ "type": "ERROR", "object": { "kind": "Status", "code": 410, "message": "too old resource version" } }),
    );
    settle().await;
    fake.put_silently(&path("app"), account("new"));
    assert_eq!(mirror.get(Some("a"), "app").await, Ok(Some("new".to_owned())));
    assert_eq!(fake.asked(), [path("app")]);
    fake.interrupt(ALL);
    tokio::time::sleep(Duration::from_millis(150)).await;
    fake.watched(ALL).await;
    fake.asked();
    assert_eq!(mirror.get(Some("a"), "app").await, Ok(Some("new".to_owned())));
    assert_eq!(fake.asked(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_ends_in_its_time_goes_on_and_one_that_falls_silent_is_given_up() {
    let fake = Fake::default();
    fake.put(&path("app"), account("r"));
    let mirror = followed(&fake).await;
    tokio::time::sleep(SHORT_LIVED * 2).await;
    fake.interrupt(ALL);
    fake.watched(ALL).await;
    assert_eq!(fake.asked(), [format!("{ALL}?watch")], "nothing is listed anew");
    assert_eq!(mirror.get(Some("a"), "app").await, Ok(Some("r".to_owned())));
    tokio::time::sleep(QUIET + Duration::from_secs(1)).await;
    settle().await;
    assert_eq!(fake.asked(), [ALL.to_owned(), format!("{ALL}?watch")]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_unknown_and_never_absent() {
    let fake = Fake::default();
    let mirror = followed(&fake).await;
    assert_eq!(mirror.get(Some("a"), "none").await, Ok(None));
    for status in [
        StatusCode::FORBIDDEN,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::TOO_MANY_REQUESTS,
    ] {
        fake.fail(Some(status));
        assert!(mirror.get(Some("a"), "none").await.is_err(), "{status}");
    }
    fake.fail(None);
    fake.hang();
    let begun = Instant::now();
    assert!(mirror.get(Some("a"), "none").await.is_err());
    assert_eq!(begun.elapsed().as_secs(), READING.as_secs());
}

#[tokio::test(start_paused = true)]
async fn an_api_server_that_is_away_is_asked_less_and_less_often() {
    let fake = Fake::default();
    fake.fail(Some(StatusCode::SERVICE_UNAVAILABLE));
    let mirror = mirror(&fake, false);
    let following = Arc::clone(&mirror);
    tokio::spawn(async move { following.follow().await });
    tokio::time::sleep(Duration::from_mins(1)).await;
    let asked = fake.asked().len();
    assert!((8..20).contains(&asked), "{asked}");
    assert!(!mirror.is_warm());
}

#[tokio::test(start_paused = true)]
async fn what_is_no_name_is_never_part_of_a_path() {
    let fake = Fake::default();
    let mirror = followed(&fake).await;
    for name in ["..", "../secrets/x", "a/b", "", "a?b", "A", "-a", "a%2f"] {
        assert_eq!(mirror.get(Some("a"), name).await, Ok(None), "{name}");
        assert_eq!(mirror.get(Some(name), "app").await, Ok(None), "{name}");
    }
    assert_eq!(fake.asked(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn where_absence_is_known_nothing_is_read_live() {
    let fake = Fake::default();
    let mirror = mirror(&fake, true);
    let following = Arc::clone(&mirror);
    tokio::spawn(async move { following.follow().await });
    fake.watched(ALL).await;
    fake.asked();
    assert_eq!(mirror.get(Some("a"), "none").await, Ok(None));
    assert_eq!(fake.asked(), Vec::<String>::new());
}
