//! Requests, and certificates that are kept in step.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::*;
use crate::fake::{Fake, settle};

const CONFIGURATION: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/roles";
const SECRET: &str = "/api/v1/namespaces/system/secrets/authority";

#[tokio::test]
async fn a_request_is_json_of_a_bounded_length() {
    let decider = Decider::new(
        Fake::default().client(),
        Settings::default(),
        None,
        None,
        Arc::new(|| 7),
    );
    let send = async |content_type: &str, body: Vec<u8>| {
        let request = Request::post("/mutate").header(header::CONTENT_TYPE, content_type);
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        mutate_request(&decider, request).await.0.status().as_u16()
    };
    let body = json!({ "request": { "uid": "u", "object": { "kind": "Pod" } } })
        .to_string()
        .into_bytes();
    assert_eq!(send("application/json", body.clone()).await, 200);
    assert_eq!(send("application/json; charset=utf-8", body.clone()).await, 200);
    assert_eq!(send("text/plain", body).await, 415);
    assert_eq!(send("application/json", vec![b' '; LONGEST + 1]).await, 413);
    assert_eq!(send("application/json", vec![]).await, 200);
}

fn keeper(fake: &Fake) -> (Arc<Keeper>, Arc<Current>) {
    let config = SelfIssued {
        namespace: "system".to_owned(),
        secret: "authority".to_owned(),
        configuration: Some("roles".to_owned()),
        names: vec!["webhook.system.svc".to_owned()],
    };
    let current = Arc::new(Current::default());
    let clock: Clock = Arc::new(|| SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 20_000));
    let keeper = Keeper::new(fake.client(), config, clock, Arc::clone(&current));
    let keeper = Arc::new(keeper);
    let following = Arc::clone(&keeper);
    tokio::spawn(async move { following.follow().await });
    (keeper, current)
}

fn configuration() -> Value {
    json!({ "metadata": {}, "webhooks": [
        { "name": "a.example", "clientConfig": {}, "admissionReviewVersions": ["v1"], "sideEffects": "None" },
        { "name": "b.example", "clientConfig": { "caBundle": "AAAA" }, "admissionReviewVersions": ["v1"], "sideEffects": "None" },
    ] })
}

fn bundles(fake: &Fake) -> Vec<Value> {
    let webhooks = fake.object(CONFIGURATION).unwrap()["webhooks"].clone();
    webhooks
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["clientConfig"]["caBundle"].clone())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_the_api_server_trusts_is_kept_in_step_whoever_changes_it() {
    let fake = Fake::default();
    let (keeper, current) = keeper(&fake);
    settle().await;
    assert!(keeper.unready().unwrap().contains("does not exist"));
    assert!(!current.is_set(), "nothing is shown that is not trusted");
    fake.put(CONFIGURATION, configuration());
    settle().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    settle().await;
    assert_eq!(keeper.unready(), None);
    assert!(current.is_set());
    let trusted = bundles(&fake);
    assert_eq!(trusted[0], trusted[1]);
    let pem = STANDARD.decode(trusted[0].as_str().unwrap()).unwrap();
    assert!(pem.starts_with(b"-----BEGIN CERTIFICATE-----"));
    // Somebody applies the manifest again, without a bundle.
    fake.put(CONFIGURATION, configuration());
    settle().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    settle().await;
    assert_eq!(bundles(&fake), trusted);
}

#[tokio::test(start_paused = true)]
async fn replicas_share_one_authority() {
    let fake = Fake::default();
    fake.put(CONFIGURATION, configuration());
    let (one, two) = (keeper(&fake).0, keeper(&fake).0);
    tokio::time::sleep(Duration::from_secs(10)).await;
    settle().await;
    assert_eq!((one.unready(), two.unready()), (None, None));
    let pem = STANDARD.decode(bundles(&fake)[0].as_str().unwrap()).unwrap();
    assert_eq!(String::from_utf8(pem).unwrap().matches("BEGIN CERTIFICATE").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_secret_of_somebody_elses_is_not_written_over() {
    let fake = Fake::default();
    fake.put(CONFIGURATION, configuration());
    fake.put(
        SECRET,
        json!({ "metadata": {}, "data": { "authorities.json": STANDARD.encode("mine") } }),
    );
    let (keeper, current) = keeper(&fake);
    tokio::time::sleep(Duration::from_secs(5)).await;
    settle().await;
    assert!(keeper.unready().unwrap().contains("holds something else"));
    assert!(!current.is_set());
    assert_eq!(
        fake.object(SECRET).unwrap()["data"]["authorities.json"],
        STANDARD.encode("mine")
    );
}
