//! Pods before and after, each rule of EKS's webhook, and what is ours beyond it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{patch::record, *};

const ROLE: &str = "arn:aws:iam::123456789012:role/app";

/// Borrowed lists of annotations, for [`Account::read`].
struct List<'a>(&'a [(&'a str, &'a str)]);

impl Annotations for List<'_> {
    fn each(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().copied()
    }
}

/// A cluster in which one service account, `default/app`, has these annotations.
#[derive(Default)]
struct World {
    settings: Settings,
    account: Option<Account>,
    grants: Grants,
    identities: Identities,
    open: bool,
    random: u32,
}

impl World {
    fn annotated(annotations: &[(&str, &str)]) -> Self {
        let settings = Settings::default();
        Self {
            account: Some(Account::read(&List(annotations), &settings.prefix)),
            settings,
            ..Self::default()
        }
    }

    fn with_role() -> Self {
        Self::annotated(&[("eks.amazonaws.com/role-arn", ROLE)])
    }

    fn answer(&self, review: &Value) -> Value {
        let body = serde_json::to_vec(review).unwrap();
        let answer = match Review::read(&body) {
            Err(answer) => answer,
            Ok(review) => {
                let (namespace, pod) = review.asked().unwrap();
                let known = Known {
                    account: self.account.as_ref(),
                    grants: &self.grants,
                    identities: &self.identities,
                    is_open: &|| self.open,
                    random: self.random,
                };
                let choice = choose(pod, namespace, &self.settings, &known);
                let patch = choice.plan.and_then(|plan| mutate(pod, &plan, &self.settings));
                review.answer(Ok(patch), &choice.warnings)
            }
        };
        serde_json::from_slice(&answer).unwrap()
    }

    /// The pod as the API server would have it afterwards, and the warnings.
    fn admit(&self, pod: &Value) -> (Value, Vec<String>) {
        let answer = self.answer(&review(pod));
        assert_eq!(answer["response"]["allowed"], true, "{answer}");
        let mut after = pod.clone();
        if let Some(patch) = answer["response"]["patch"].as_str() {
            assert_eq!(answer["response"]["patchType"], "JSONPatch");
            let patch: json_patch::Patch = serde_json::from_slice(&STANDARD.decode(patch).unwrap()).unwrap();
            json_patch::patch(&mut after, &patch).unwrap();
        }
        let warnings = serde_json::from_value(answer["response"]["warnings"].clone()).unwrap_or_default();
        (after, warnings)
    }

    fn mutated(&self, pod: &Value) -> Value {
        self.admit(pod).0
    }
}

fn review(pod: &Value) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": { "uid": "u-1", "namespace": "default", "operation": "CREATE", "object": pod },
    })
}

fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p" },
        "spec": { "serviceAccountName": "app", "containers": [{ "name": "main", "image": "i" }] },
    })
}

fn env<'a>(pod: &'a Value, container: &str) -> Vec<(&'a str, &'a str)> {
    let list = pod.pointer(&format!("/spec/{container}/env")).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|it| (it["name"].as_str().unwrap(), it["value"].as_str().unwrap_or_default()))
        .collect()
}

fn value<'a>(pod: &'a Value, name: &str) -> Option<&'a str> {
    env(pod, "containers/0")
        .into_iter()
        .find(|(it, _)| *it == name)
        .map(|(_, value)| value)
}

#[test]
fn a_pod_of_an_annotated_service_account_gets_token_environment_and_mount() {
    let after = World::with_role().mutated(&pod());
    assert_eq!(
        env(&after, "containers/0"),
        [
            ("AWS_ROLE_ARN", ROLE),
            (
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"
            ),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]
    );
    assert_eq!(
        after["spec"]["volumes"],
        json!([{ "name": "aws-iam-token", "projected": { "sources": [{ "serviceAccountToken": {
            "audience": "sts.amazonaws.com", "expirationSeconds": 86_400, "path": "token" } }] } }])
    );
    assert_eq!(
        after["spec"]["containers"][0]["volumeMounts"],
        json!([{ "name": "aws-iam-token", "readOnly": true,
            "mountPath": "/var/run/secrets/eks.amazonaws.com/serviceaccount" }])
    );
}

#[test]
fn a_pod_of_another_service_account_is_left_alone() {
    for world in [World::annotated(&[]), World::default()] {
        let answer = world.answer(&review(&pod()));
        assert_eq!(answer["response"], json!({ "uid": "u-1", "allowed": true }));
    }
}

#[test]
fn the_annotations_of_the_pod_win_over_the_service_accounts_and_these_over_the_settings() {
    let world = World::annotated(&[
        ("eks.amazonaws.com/role-arn", ROLE),
        ("eks.amazonaws.com/audience", "mine"),
        ("eks.amazonaws.com/sts-regional-endpoints", "T"),
        ("eks.amazonaws.com/token-expiration", "3600"),
    ]);
    let token = |pod: &Value| {
        pod.pointer("/spec/volumes/0/projected/sources/0/serviceAccountToken")
            .unwrap()
            .clone()
    };
    let after = world.mutated(&pod());
    assert_eq!(
        token(&after),
        json!({ "audience": "mine", "expirationSeconds": 3_600, "path": "token" })
    );
    assert_eq!(
        env(&after, "containers/0")[0],
        ("AWS_STS_REGIONAL_ENDPOINTS", "regional")
    );
    let mut short = pod();
    short["metadata"]["annotations"] = json!({ "eks.amazonaws.com/token-expiration": "5" });
    assert_eq!(token(&world.mutated(&short))["expirationSeconds"], 600);
    short["metadata"]["annotations"] = json!({ "eks.amazonaws.com/token-expiration": "soon" });
    assert_eq!(token(&world.mutated(&short))["expirationSeconds"], 3_600);
}

#[test]
fn what_a_container_defines_itself_is_kept() {
    let mut world = World::with_role();
    world.settings.region = Some("us-east-2".to_owned());
    world.settings.regional = true;
    let with = |env: Value| {
        let mut pod = pod();
        pod["spec"]["containers"][0]["env"] = env;
        pod
    };
    let after = world.mutated(&with(json!([{ "name": "AWS_REGION", "value": "eu-west-1" }])));
    assert_eq!(value(&after, "AWS_REGION"), Some("eu-west-1"));
    assert_eq!(value(&after, "AWS_DEFAULT_REGION"), None);
    assert_eq!(value(&after, "AWS_ROLE_ARN"), Some(ROLE));
    // One of a pair suppresses both; a value from elsewhere counts.
    let from = json!([{ "name": "AWS_ROLE_ARN", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } }]);
    let after = world.mutated(&with(from));
    assert_eq!(value(&after, "AWS_WEB_IDENTITY_TOKEN_FILE"), None);
    assert!(after["spec"]["containers"][0]["volumeMounts"].is_array());
    assert_eq!(value(&after, "AWS_DEFAULT_REGION"), Some("us-east-2"));
    // All of it is there: nothing is touched, the mounts neither.
    let complete = with(json!([
        { "name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "/mine" },
        { "name": "AWS_DEFAULT_REGION", "value": "r" },
        { "name": "AWS_STS_REGIONAL_ENDPOINTS", "value": "legacy" },
    ]));
    let after = world.mutated(&complete);
    assert_eq!(after["spec"]["containers"], complete["spec"]["containers"]);
}

#[test]
fn init_containers_and_sidecars_are_served_and_those_left_out_are_not() {
    let mut pod = pod();
    pod["spec"]["initContainers"] =
        json!([{ "name": "init" }, { "name": "side", "restartPolicy": "Always", "env": [] }]);
    pod["spec"]["ephemeralContainers"] = json!([{ "name": "debug" }]);
    pod["metadata"]["annotations"] = json!({ "eks.amazonaws.com/skip-containers": "init,\"ma\"\"in\"" });
    let after = World::with_role().mutated(&pod);
    assert!(env(&after, "initContainers/0").is_empty());
    assert_eq!(env(&after, "initContainers/1")[0], ("AWS_ROLE_ARN", ROLE));
    assert_eq!(env(&after, "containers/0")[0], ("AWS_ROLE_ARN", ROLE));
    assert_eq!(after["spec"]["ephemeralContainers"], pod["spec"]["ephemeralContainers"]);
}

#[test]
fn a_record_is_read_as_rfc_4180_has_it() {
    let read = |text: &str| record(text).map(|fields| fields.join("|"));
    for (text, fields) in [
        ("a,b", "a|b"),
        ("a, b", "a| b"),
        ("\"a,b\",c", "a,b|c"),
        ("\"a\"\"b\"", "a\"b"),
        ("a\nb,c", "a"),
        ("", ""),
        ("a,", "a|"),
    ] {
        assert_eq!(read(text).as_deref(), Some(fields), "{text}");
    }
    for text in ["\"a", "a\"b", "\"a\"b"] {
        assert_eq!(record(text), None, "{text}");
    }
}

#[test]
fn windows_names_the_file_in_its_own_way() {
    let mut pod = pod();
    for (key, selector) in [
        ("nodeSelector", json!({ "kubernetes.io/os": "windows" })),
        ("nodeSelector", json!({ "beta.kubernetes.io/os": "windows" })),
        ("os", json!({ "name": "windows" })),
    ] {
        let mut pod = pod.clone();
        pod["spec"][key] = selector;
        let after = World::with_role().mutated(&pod);
        assert_eq!(
            value(&after, "AWS_WEB_IDENTITY_TOKEN_FILE"),
            Some("C:\\var\\run\\secrets\\eks.amazonaws.com\\serviceaccount\\token")
        );
        assert_eq!(
            after["spec"]["containers"][0]["volumeMounts"][0]["mountPath"],
            "/var/run/secrets/eks.amazonaws.com/serviceaccount"
        );
    }
    pod["spec"]["nodeSelector"] = json!({ "kubernetes.io/os": "linux" });
    let after = World::with_role().mutated(&pod);
    assert!(value(&after, "AWS_WEB_IDENTITY_TOKEN_FILE").unwrap().starts_with('/'));
}

#[test]
fn the_nodes_agent_serves_whom_the_file_lists_whatever_is_annotated() {
    let mut world = World {
        identities: Identities::parse(br#"{"identities":[{"namespace":"default","serviceAccount":"app"}]}"#).unwrap(),
        random: 7_200,
        ..World::with_role()
    };
    let after = world.mutated(&pod());
    assert_eq!(
        env(&after, "containers/0")[..2],
        [
            (
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "http://169.254.170.23/v1/credentials"
            ),
            (
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"
            ),
        ]
    );
    assert_eq!(
        after["metadata"]["labels"],
        json!({ "eks.amazonaws.com/pod-identity": "enabled" })
    );
    assert_eq!(after["spec"]["volumes"][0]["name"], "eks-pod-identity-token");
    let token = after
        .pointer("/spec/volumes/0/projected/sources/0/serviceAccountToken")
        .unwrap();
    assert_eq!(token["expirationSeconds"], 79_200);
    assert_eq!(token["audience"], "pods.eks.amazonaws.com");
    let mut labelled = pod();
    labelled["metadata"]["labels"] = json!({ "a/b": "c" });
    let after = world.mutated(&labelled);
    assert_eq!(
        after["metadata"]["labels"],
        json!({ "a/b": "c", "eks.amazonaws.com/pod-identity": "enabled" })
    );
    // A life that somebody has chosen is kept.
    world.account = Some(Account {
        expiration: Some(3_600),
        ..Account::default()
    });
    let after = world.mutated(&pod());
    let token = after
        .pointer("/spec/volumes/0/projected/sources/0/serviceAccountToken")
        .unwrap();
    assert_eq!(token["expirationSeconds"], 3_600);
    // Others in the same namespace are not.
    let mut other = pod();
    other["spec"]["serviceAccountName"] = json!("other");
    assert_eq!(
        value(&world.mutated(&other), "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        None
    );
}

#[test]
fn what_every_pod_gets_comes_last_and_a_bundle_travels_with_the_pod() {
    let mut world = World::with_role();
    world.settings.environment = vec![("AWS_ENDPOINT_URL_STS".to_owned(), "https://sts.example".to_owned())];
    world.settings.ca_bundle = Some("-----BEGIN CERTIFICATE-----\n".to_owned());
    let after = world.mutated(&pod());
    let bundle = "/var/run/secrets/eks.amazonaws.com/serviceaccount/ca.pem";
    assert_eq!(
        env(&after, "containers/0")[2..],
        [
            ("AWS_ENDPOINT_URL_STS", "https://sts.example"),
            ("AWS_CA_BUNDLE", bundle)
        ]
    );
    assert_eq!(
        after["metadata"]["annotations"]["eks.amazonaws.com/ca-bundle"],
        "-----BEGIN CERTIFICATE-----\n"
    );
    assert_eq!(
        after["spec"]["volumes"][0]["projected"]["sources"][1],
        json!({ "downwardAPI": { "items": [{ "path": "ca.pem",
            "fieldRef": { "fieldPath": "metadata.annotations['eks.amazonaws.com/ca-bundle']" } }] } })
    );
    // A container that another webhook adds later gets it too.
    let mut later = after;
    later["spec"]["containers"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "name": "injected" }));
    let again = world.mutated(&later);
    assert!(env(&again, "containers/1").contains(&("AWS_CA_BUNDLE", bundle)));
    // A volume of that name that somebody else made shows no certificates.
    let mut theirs = pod();
    theirs["spec"]["volumes"] = json!([{ "name": "aws-iam-token", "emptyDir": {} }]);
    let after = world.mutated(&theirs);
    assert_eq!(value(&after, "AWS_CA_BUNDLE"), None);
    assert_eq!(after["spec"]["volumes"], theirs["spec"]["volumes"]);
}

#[test]
fn a_role_may_be_named_without_its_arn_in_the_clusters_own_account() {
    let mut world = World::annotated(&[("eks.amazonaws.com/role-arn", "team/app")]);
    let (after, warnings) = world.admit(&pod());
    assert_eq!(after, pod());
    assert!(
        warnings[0].contains("`team/app` is a role's name without its ARN"),
        "{warnings:?}"
    );
    world.settings.home = Some(("aws".to_owned(), "123456789012".parse().unwrap()));
    let (after, warnings) = world.admit(&pod());
    assert_eq!(
        value(&after, "AWS_ROLE_ARN"),
        Some("arn:aws:iam::123456789012:role/team/app")
    );
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn typing_errors_are_answered_with_a_warning_that_names_the_right_annotation() {
    for (key, value, words) in [
        (
            "eks.amazonaws.com/rol-arn",
            ROLE,
            "did you mean `eks.amazonaws.com/role-arn`?",
        ),
        (
            "eksamazonaws.com/role-arn",
            ROLE,
            "did you mean `eks.amazonaws.com/role-arn`?",
        ),
        (
            "eks.amazonaws.com/role-arn",
            "arn:aws:iam:123456789012:role/app",
            "a role's ARN, such as",
        ),
    ] {
        let (_, warnings) = World::annotated(&[(key, value)]).admit(&pod());
        assert!(warnings.iter().any(|it| it.contains(words)), "{key}: {warnings:?}");
    }
    let mut pod = pod();
    pod["metadata"]["annotations"] = json!({ "eks.amazonaws.com/role-arn": ROLE });
    let (after, warnings) = World::default().admit(&pod);
    assert_eq!(after, pod);
    assert!(
        warnings[0].contains("annotate service account app instead"),
        "{warnings:?}"
    );
    let (_, warnings) = World::annotated(&[("example.com/owner", "a")]).admit(&super::tests::pod());
    assert!(warnings.is_empty());
}

#[test]
fn grants_reach_whom_nobody_annotated_the_most_specific_first() {
    let grants = br#"{
        "*/app": {"RoleARN": "arn:aws:iam::123456789012:role/any-app"},
        "team-*/*": {"RoleARN": "arn:aws:iam::123456789012:role/team"},
        "team-a/*": {"RoleARN": "arn:aws:iam::123456789012:role/team-a", "TokenExpiration": 5},
        "team-a/db-*": {"RoleARN": "arn:aws:iam::123456789012:role/db", "UseRegionalSTS": true},
        "team-a/app": {"roleARN": "arn:aws:iam::123456789012:role/exact", "Audience": ""}
    }"#;
    let grants = Grants::parse(grants).unwrap();
    let role = |namespace: &str, name: &str, open: bool| {
        grants
            .of(namespace, name, || open)
            .map(|grant| grant.role.rsplit('/').next().unwrap().to_owned())
    };
    assert_eq!(role("team-a", "app", false).as_deref(), Some("exact"));
    assert_eq!(role("team-a", "db-1", false).as_deref(), Some("db"));
    assert_eq!(role("team-a", "web", false).as_deref(), Some("team-a"));
    assert_eq!(role("team-b", "web", true).as_deref(), Some("team"));
    assert_eq!(
        role("team-b", "app", true).as_deref(),
        Some("team"),
        "the namespace weighs more"
    );
    assert_eq!(role("other", "app", true).as_deref(), Some("any-app"));
    // Whoever may make a namespace does not choose a role by it.
    assert_eq!(role("team-b", "web", false), None);
    assert_eq!(role("other", "app", false), None);

    let world = World {
        grants,
        ..World::default()
    };
    let mut asked = review(&pod());
    asked["request"]["namespace"] = json!("team-a");
    let answer = world.answer(&asked);
    let patch = STANDARD.decode(answer["response"]["patch"].as_str().unwrap()).unwrap();
    let patch = String::from_utf8(patch).unwrap();
    assert!(
        patch.contains("role/exact") && !patch.contains("\"audience\""),
        "{patch}"
    );
    for wrong in [
        "{\"a\": {\"RoleARN\": \"r\"}}",
        "{\"A/b\": {\"RoleARN\": \"r\"}}",
        "{\"a/b\": {\"RoleARN\": \"\"}}",
        "[]",
    ] {
        assert!(Grants::parse(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_no_review_is_refused() {
    let world = World::default();
    let read = |body: &[u8]| -> Value {
        let answer = Review::read(body).map(|_| ()).unwrap_err();
        serde_json::from_slice(&answer).unwrap()
    };
    for (body, words) in [
        (&b""[..], "bad content"),
        (b"{}", "bad content"),
        (b"{", "EOF while parsing"),
    ] {
        let answer = read(body);
        assert_eq!(answer["response"]["allowed"], false);
        assert_eq!(answer["response"]["uid"], "");
        assert!(
            answer["response"]["status"]["message"]
                .as_str()
                .unwrap()
                .contains(words),
            "{answer}"
        );
    }
    let mut other = review(&pod());
    other["request"]["object"]["kind"] = json!("Deployment");
    let answer = world.answer(&other);
    assert_eq!(
        (&answer["response"]["allowed"], &answer["response"]["uid"]),
        (&json!(false), &json!("u-1"))
    );
    let mut twice = serde_json::to_string(&review(&pod())).unwrap();
    twice = twice.replace(
        "\"serviceAccountName\":\"app\"",
        "\"serviceAccountName\":\"app\",\"serviceAccountName\":\"b\"",
    );
    assert_eq!(read(twice.as_bytes())["response"]["allowed"], false);
    // The version is echoed, whatever it is.
    let mut beta = review(&pod());
    beta["apiVersion"] = json!("admission.k8s.io/v1beta1");
    assert_eq!(world.answer(&beta)["apiVersion"], "admission.k8s.io/v1beta1");
    beta.as_object_mut().unwrap().remove("apiVersion");
    assert_eq!(world.answer(&beta).get("apiVersion"), None);
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    assert_eq!(Settings::default().check(), Ok(()));
    let changed = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        settings.check().unwrap_err().to_string()
    };
    assert!(changed(|it| it.web_identity.mount_path = "run".into()).contains("absolute"));
    assert!(changed(|it| it.web_identity.audience = String::new()).contains("API server"));
    assert!(changed(|it| it.container.audience = "sts.amazonaws.com".into()).contains("both modes"));
    assert!(changed(|it| it.environment.push(("1A".into(), String::new()))).contains("environment variable"));
    assert!(changed(|it| it.prefix = "a/b".into()).contains("domain"));
}

fn any_container() -> impl Strategy<Value = Value> {
    let names = proptest::sample::subsequence(
        vec![
            "AWS_ROLE_ARN",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
            "AWS_STS_REGIONAL_ENDPOINTS",
            "OTHER",
        ],
        0..=6,
    );
    (proptest::option::of(names), proptest::option::of(0..3_usize), "[a-c]").prop_map(|(env, mounts, name)| {
        let mut container = json!({ "name": name, "newerThanUs": { "kept": [1, 2] } });
        if let Some(env) = env {
            container["env"] = env.into_iter().map(|it| json!({ "name": it, "value": "v" })).collect();
        }
        if let Some(mounts) = mounts {
            container["volumeMounts"] = (0..mounts).map(|it| json!({ "name": format!("m{it}") })).collect();
        }
        container
    })
}

proptest! {
    /// The patch only adds, and a second review adds nothing.
    #[test]
    fn nothing_that_was_there_is_lost_and_the_second_time_nothing_is_added(
        containers in proptest::collection::vec(any_container(), 1..4),
        inits in proptest::option::of(proptest::collection::vec(any_container(), 0..3)),
        volumes in proptest::option::of(0..3_usize),
        skip in proptest::option::of("[abc,\"]{0,5}"),
    ) {
        let mut pod = pod();
        pod["spec"]["containers"] = Value::Array(containers);
        if let Some(inits) = inits {
            pod["spec"]["initContainers"] = Value::Array(inits);
        }
        if let Some(volumes) = volumes {
            pod["spec"]["volumes"] = (0..volumes).map(|it| json!({ "name": format!("v{it}") })).collect();
        }
        if let Some(skip) = skip {
            pod["metadata"]["annotations"] = json!({ "eks.amazonaws.com/skip-containers": skip });
        }
        let mut world = World::with_role();
        world.settings.region = Some("us-east-2".to_owned());
        world.settings.regional = true;
        world.settings.ca_bundle = Some("pem".to_owned());
        let after = world.mutated(&pod);
        prop_assert!(holds(&after, &pod), "{after:#}");
        prop_assert_eq!(world.mutated(&after), after);
    }
}

/// Whether all of `before` is in `after`, lists in their order.
fn holds(after: &Value, before: &Value) -> bool {
    match (after, before) {
        (Value::Object(after), Value::Object(before)) => before
            .iter()
            .all(|(key, value)| after.get(key).is_some_and(|it| holds(it, value))),
        (Value::Array(after), Value::Array(before)) => {
            let mut after = after.iter();
            before.iter().all(|value| after.any(|it| holds(it, value)))
        }
        (after, before) => after == before,
    }
}
