//! Reviews before an API server that is warm, behind, or away.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::{Value, json};

use super::*;
use crate::fake::{Fake, settle};

const ROLE: &str = "arn:aws:iam::123456789012:role/app";
const ACCOUNTS: &str = "/api/v1/serviceaccounts";
const APP: &str = "/api/v1/namespaces/shop/serviceaccounts/app";

struct World {
    fake: Fake,
    decider: Arc<Decider>,
}

impl World {
    fn new(grants: bool) -> Self {
        let fake = Fake::default();
        let grants = grants.then(|| ("system".to_owned(), "pod-identity-webhook".to_owned()));
        let decider = Decider::new(fake.client(), Settings::default(), grants, None, Arc::new(|| 7));
        Self {
            fake,
            decider: Arc::new(decider),
        }
    }

    async fn warm(&self) {
        let decider = Arc::clone(&self.decider);
        tokio::spawn(async move { decider.follow().await });
        self.fake.watched(ACCOUNTS).await;
        settle().await;
    }

    async fn admit(&self, operation: &str) -> (Value, Outcome) {
        let (answer, outcome) = self.decider.review(review(operation).to_string().as_bytes()).await;
        (serde_json::from_slice(&answer).unwrap(), outcome)
    }
}

fn review(operation: &str) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": { "uid": "u", "namespace": "shop", "operation": operation, "object": {
            "kind": "Pod", "metadata": {}, "spec": { "serviceAccountName": "app", "containers": [{ "name": "main" }] } } },
    })
}

fn annotated() -> Value {
    json!({ "metadata": { "annotations": { "eks.amazonaws.com/role-arn": ROLE } } })
}

/// The role in the patch.
fn role(answer: &Value) -> Option<String> {
    let patch = STANDARD.decode(answer["response"]["patch"].as_str()?).unwrap();
    let patch: Vec<Value> = serde_json::from_slice(&patch).unwrap();
    let env = patch.iter().find(|it| it["path"] == "/spec/containers/0/env")?["value"].clone();
    let env: Vec<BTreeMap<String, String>> = serde_json::from_value(env).unwrap();
    env.iter()
        .find(|it| it["name"] == "AWS_ROLE_ARN")
        .map(|it| it["value"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_pod_is_given_its_role_before_the_copy_is_warm_and_after() {
    let world = World::new(false);
    world.fake.put(APP, annotated());
    assert_eq!(world.decider.unready().len(), 1);
    let (answer, outcome) = world.admit("CREATE").await;
    assert_eq!((role(&answer).as_deref(), outcome), (Some(ROLE), Outcome::WebIdentity));
    world.warm().await;
    assert!(world.decider.unready().is_empty());
    world.fake.asked();
    assert_eq!(role(&world.admit("CREATE").await.0).as_deref(), Some(ROLE));
    assert!(world.fake.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_service_account_made_a_moment_ago_is_read_live() {
    let world = World::new(false);
    world.warm().await;
    world.fake.put_silently(APP, annotated());
    assert_eq!(role(&world.admit("CREATE").await.0).as_deref(), Some(ROLE));
}

#[tokio::test(start_paused = true)]
async fn a_pod_is_refused_rather_than_admitted_without_a_role_that_it_may_have() {
    let world = World::new(false);
    world.fake.fail(Some(StatusCode::SERVICE_UNAVAILABLE));
    let (answer, outcome) = world.admit("CREATE").await;
    assert_eq!(outcome, Outcome::Refused);
    assert_eq!(answer["response"]["allowed"], false);
    assert_eq!(answer["response"]["uid"], "u");
    assert_eq!(answer["response"]["status"]["code"], 503);
    let message = answer["response"]["status"]["message"].as_str().unwrap();
    assert!(
        message.contains("shop/app") && message.contains("try again"),
        "{message}"
    );
    assert!(
        !message.contains("the test says so"),
        "the API server's own words are for the log"
    );
}

#[tokio::test(start_paused = true)]
async fn a_pod_without_a_service_account_that_exists_is_admitted_with_a_warning() {
    let world = World::new(false);
    let (answer, outcome) = world.admit("CREATE").await;
    assert_eq!(
        (&answer["response"]["allowed"], outcome),
        (&json!(true), Outcome::Unchanged)
    );
    assert_eq!(
        answer["response"]["warnings"],
        json!(["there is no service account shop/app"])
    );
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_exists_is_never_changed() {
    let world = World::new(false);
    world.fake.put(APP, annotated());
    let (answer, outcome) = world.admit("UPDATE").await;
    assert_eq!(
        (&answer["response"]["allowed"], outcome),
        (&json!(true), Outcome::Unchanged)
    );
    assert_eq!(answer["response"]["patch"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn grants_for_many_namespaces_hold_where_an_administrator_has_opened_one() {
    let world = World::new(true);
    let grants = json!({ "*/app": { "RoleARN": ROLE } }).to_string();
    let config = "/api/v1/namespaces/system/configmaps/pod-identity-webhook";
    world.fake.put(APP, json!({ "metadata": {} }));
    world.fake.put("/api/v1/namespaces/shop", json!({ "metadata": {} }));
    world.fake.put(config, json!({ "data": { "config": grants } }));
    assert_eq!(role(&world.admit("CREATE").await.0), None);
    world.warm().await;
    assert!(world.decider.unready().is_empty());
    assert_eq!(role(&world.admit("CREATE").await.0), None);
    let open = json!({ "metadata": { "labels": { "rolecall.dev/open-to-grants": "true" } } });
    world.fake.put("/api/v1/namespaces/shop", open);
    settle().await;
    assert_eq!(role(&world.admit("CREATE").await.0).as_deref(), Some(ROLE));
    // A wrong edit changes nothing; a deletion takes the grants away.
    world.fake.put(config, json!({ "data": { "config": "{" } }));
    settle().await;
    assert_eq!(role(&world.admit("CREATE").await.0).as_deref(), Some(ROLE));
    world.fake.delete(config);
    settle().await;
    assert_eq!(role(&world.admit("CREATE").await.0), None);
}

#[tokio::test(start_paused = true)]
async fn grants_that_never_could_be_read_leave_the_webhook_unready_and_refuse() {
    let world = World::new(true);
    world.fake.put(APP, json!({ "metadata": {} }));
    let config = "/api/v1/namespaces/system/configmaps/pod-identity-webhook";
    world.fake.put(config, json!({ "data": { "config": "{" } }));
    world.warm().await;
    assert_eq!(world.decider.unready().len(), 1);
    assert_eq!(world.admit("CREATE").await.1, Outcome::Refused);
    // Who has a role by annotation does not depend on them.
    world.fake.put(APP, annotated());
    settle().await;
    assert_eq!(world.admit("CREATE").await.1, Outcome::WebIdentity);
}
