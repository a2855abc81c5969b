//! Pods that should have a role and have none, and those that are left alone.

use serde_json::{Value, json};

use super::*;
use crate::fake::{Fake, settle};

const ROLE: &str = "arn:aws:iam::123456789012:role/app";
const ACCOUNT: &str = "/api/v1/namespaces/shop/serviceaccounts/app";
const EVENTS: &str = "/api/v1/namespaces/shop/events";

fn pod() -> Value {
    json!({ "metadata": { "ownerReferences": [{ "uid": "owner", "controller": true }] },
        "spec": { "serviceAccountName": "app", "containers": [{ "name": "main" }] } })
}

fn path(name: &str) -> String {
    format!("/api/v1/namespaces/shop/pods/{name}")
}

fn read(pod: &Value) -> Option<Bare> {
    let mut pod = pod.clone();
    pod["metadata"]["namespace"] = "shop".into();
    let object: Object = serde_json::from_value(pod).unwrap();
    bare(&object, &Settings::default(), &["kube-system".to_owned()])
}

#[test]
fn a_pod_is_bare_only_where_admission_would_have_given_it_something() {
    let found = read(&pod()).unwrap();
    assert_eq!((found.account.as_str(), found.owner.as_deref()), ("app", Some("owner")));
    let with = |pointer: &str, value: Value| {
        let mut pod = pod();
        match pointer.split_once('/') {
            Some((first, second)) => pod[first][second] = value,
            None => pod[pointer] = value,
        }
        read(&pod)
    };
    assert!(with("metadata/labels", json!({ SKIP: "true" })).is_none());
    assert!(with("metadata/deletionTimestamp", json!("2026-11-25T00:00:00Z")).is_none());
    assert!(with("status", json!({ "phase": "Succeeded" })).is_none());
    assert!(with("status", json!({ "phase": "Running" })).is_some());
    assert!(with("spec/volumes", json!([{ "name": "aws-iam-token" }])).is_none());
    assert!(
        with(
            "spec/containers",
            json!([{ "name": "main", "env": [{ "name": "AWS_ROLE_ARN" }] }])
        )
        .is_none()
    );
    let skipped = json!({ "eks.amazonaws.com/skip-containers": "main" });
    assert!(with("metadata/annotations", skipped).is_none());
    let other = json!({ "eks.amazonaws.com/skip-containers": "second" });
    assert!(with("metadata/annotations", other).is_some());
}

async fn finder(fake: &Fake, evict: bool) {
    let config = Config {
        settings: Settings::default(),
        grants: None,
        identities: None,
        evict,
        exempt: vec!["kube-system".to_owned()],
    };
    let finder = config
        .build(fake.client(), Arc::new(|| SystemTime::UNIX_EPOCH), Arc::new(|| 7))
        .unwrap();
    tokio::spawn(finder.run(std::future::pending()));
    fake.watched("/api/v1/pods").await;
    fake.watched("/api/v1/serviceaccounts").await;
    sleep(Duration::from_secs(5)).await;
    settle().await;
    fake.asked();
}

fn event(fake: &Fake, pod: &str) -> Option<Value> {
    let uid = fake.object(&path(pod)).unwrap()["metadata"]["uid"]
        .as_str()
        .unwrap()
        .to_owned();
    fake.object(&format!("{EVENTS}/rolecall.{uid}"))
}

async fn rounds(count: u64) {
    sleep(Duration::from_secs(70) * u32::try_from(count).unwrap()).await;
    settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_runs_without_its_role_is_told_of_once() {
    let fake = Fake::default();
    fake.put(ACCOUNT, json!({ "metadata": {} }));
    fake.put(&path("one"), pod());
    finder(&fake, false).await;
    assert_eq!(event(&fake, "one"), None, "its service account asks for nothing");
    fake.put(
        ACCOUNT,
        json!({ "metadata": { "annotations": { "eks.amazonaws.com/role-arn": ROLE } } }),
    );
    rounds(1).await;
    let told = event(&fake, "one").unwrap();
    assert_eq!(told["reason"], "RoleMissing");
    assert!(told["message"].as_str().unwrap().contains(ROLE));
    fake.asked();
    rounds(3).await;
    assert!(!fake.asked().contains(&EVENTS.to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_pod_is_evicted_only_where_policy_and_a_controller_say_so_and_its_owners_pods_not_in_a_loop() {
    let fake = Fake::default();
    fake.put(
        ACCOUNT,
        json!({ "metadata": { "annotations": { "eks.amazonaws.com/role-arn": ROLE } } }),
    );
    let mut alone = pod();
    alone["metadata"] = json!({});
    fake.put(&path("alone"), alone);
    finder(&fake, true).await;
    fake.put(&path("one"), pod());
    rounds(1).await;
    let evicted = |asked: &[String]| {
        asked
            .iter()
            .filter(|path| path.ends_with("/eviction"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(evicted(&fake.asked()), [format!("{}/eviction", path("one"))]);
    // Its successor is as bare: the webhook does not work, and evicting it would help nobody.
    fake.delete(&path("one"));
    fake.put(&path("two"), pod());
    rounds(2).await;
    assert_eq!(evicted(&fake.asked()), Vec::<String>::new());
    assert!(event(&fake, "two").is_some());
    rounds(12).await;
    assert_eq!(evicted(&fake.asked()), [format!("{}/eviction", path("two"))]);
    assert!(event(&fake, "alone").is_some());
}
