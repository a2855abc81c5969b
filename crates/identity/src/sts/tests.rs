//! The attacks and refusals, each played. `World` is one account with a role for a service account of a hosted cluster,
//! a provider whose keys are fetched, and a user.

mod saml;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rolecall_policy::Policy;
use rolecall_store::Memory;
use serde_json::{Value, json};

use super::*;
use crate::{
    keys::{RootKey, SealingKeys, SystemEntropy},
    session::{Sessions, Subject},
    token::{
        FetchFailed, KeyRing, RingConfig,
        issuer::{Named, ServiceAccountToken, SigningKey, key_set},
    },
};

const NOW: i64 = 1_700_000_000;
const URL: &str = "127.0.0.1:4566/id/0123";
const OTHER_URL: &str = "issuer.example";
const OTHER_PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/issuer.example";
const ROLE: &str = "arn:aws:iam::123456789012:role/team/app";
const OTHER_ROLE: &str = "arn:aws:iam::123456789012:role/next";
const USER: &str = "arn:aws:iam::123456789012:user/alice";

struct Role {
    id: UniqueId,
    trust: Compiled,
    tags: Vec<(String, String)>,
    max_session: i64,
}

struct World {
    roles: BTreeMap<String, Role>,
    providers: BTreeMap<String, (Vec<String>, Option<KeySet>)>,
    saml: saml::Provider,
    user: Option<UniqueId>,
    key_active: bool,
    incarnation: Option<u64>,
    cluster: SigningKey,
    sessions: Sessions,
    ring: KeyRing,
}

impl Directory for World {
    fn account(&self, account: AccountId) -> Option<u64> {
        self.incarnation.filter(|_| account.as_str() == "123456789012")
    }

    fn role(&self, arn: &Arn) -> Option<RoleView<'_>> {
        self.roles.get(arn.as_str()).map(|role| RoleView {
            id: &role.id,
            trust: &role.trust,
            tags: Cow::Borrowed(&role.tags),
            max_session: role.max_session,
        })
    }

    fn has_user(&self, arn: &Arn, id: &UniqueId) -> bool {
        arn.as_str() == USER && self.user.as_ref() == Some(id)
    }

    fn provider(&self, account: AccountId, url: &str) -> Option<ProviderView<'_>> {
        self.account(account)?;
        let (client_ids, keys) = self.providers.get(url)?;
        Some(ProviderView {
            client_ids: Cow::Borrowed(client_ids),
            keys: keys.as_ref().map_or(KeySource::Fetched, KeySource::Cluster),
        })
    }

    fn saml_provider(&self, account: AccountId, arn: &str) -> Option<SamlProviderView<'_>> {
        self.account(account)?;
        (arn == saml::PROVIDER).then(|| self.saml.view())
    }

    fn managed_policy(&self, _: AccountId, arn: &str) -> Option<Compiled> {
        (arn == "arn:aws:iam::aws:policy/ReadOnlyAccess")
            .then(|| compiled(&json!({"Version": "2012-10-17", "Statement": []})))
    }

    fn revoked(&self, _: &str, _: &Record) -> Option<&Revocation> {
        None
    }

    fn revoked_source(&self, _: AccountId, _: &Source, _: Option<i64>) -> Option<&Revocation> {
        None
    }

    fn access_key(&self, id: &str) -> Option<KeyView> {
        let user = match id {
            "AKIAROOTROOTROOTROOT" => None,
            "AKIAUSERUSERUSERUSER" => Some((self.user.clone()?, USER.parse().unwrap())),
            _ => return None,
        };
        Some(KeyView {
            secret: Secret::new("secret"),
            account: account(),
            active: self.key_active,
            user,
        })
    }
}

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

fn now() -> Timestamp {
    at(0)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn compiled(policy: &Value) -> Compiled {
    Compiled::new(&Policy::parse(&policy.to_string()).unwrap())
}

fn id(n: u8) -> UniqueId {
    UniqueId::from_random(rolecall_names::IdKind::Role, [n; 11])
}

/// The trust policy that eksctl writes.
fn trusts_service_account(actions: &[&str]) -> Compiled {
    compiled(&json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{URL}")},
        "Action": actions,
        "Condition": {"StringEquals": {
            format!("{URL}:aud"): "sts.amazonaws.com",
            format!("{URL}:sub"): "system:serviceaccount:default:iam-test",
        }},
    }]}))
}

fn trusts_aws(principal: &str, actions: &[&str], condition: &Value) -> Compiled {
    compiled(&json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Condition": condition,
    }]}))
}

fn role(n: u8, trust: Compiled) -> Role {
    Role {
        id: id(n),
        trust,
        tags: Vec::new(),
        max_session: 3600,
    }
}

fn world() -> World {
    let cluster = SigningKey::generate().unwrap();
    let keys = KeySet::parse(key_set([&cluster]).to_string().as_bytes()).unwrap();
    let root = RootKey::from_bytes(&[7; 32]).unwrap();
    let sealing = SealingKeys::load_and_rotate(&Memory::new(), &root, at(-3600), &SystemEntropy).unwrap();
    let audience = || vec!["sts.amazonaws.com".to_owned()];
    World {
        roles: BTreeMap::from([(
            ROLE.to_owned(),
            role(1, trusts_service_account(&["sts:AssumeRoleWithWebIdentity"])),
        )]),
        providers: BTreeMap::from([
            (URL.to_owned(), (audience(), Some(keys))),
            (OTHER_URL.to_owned(), (audience(), None)),
        ]),
        saml: saml::Provider::new(),
        user: Some(id(9)),
        key_active: true,
        incarnation: Some(1),
        cluster,
        sessions: Sessions::new(sealing),
        ring: KeyRing::new(RingConfig::default()),
    }
}

fn wanted() -> ServiceAccountToken {
    let named = |name: &str| Named {
        name: name.to_owned(),
        uid: format!("uid-of-{name}"),
    };
    ServiceAccountToken {
        issuer: format!("https://{URL}"),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        namespace: "default".to_owned(),
        service_account: named("iam-test"),
        pod: Some(named("pod")),
        node: None,
        token_id: "the-jti".to_owned(),
        issued: now(),
        expires: at(3600),
    }
}

/// The claims of a good token, changed.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": format!("https://{URL}"),
        "sub": "system:serviceaccount:default:iam-test",
        "aud": ["sts.amazonaws.com"],
        "exp": NOW + 3600, "iat": NOW, "nbf": NOW,
        "kubernetes.io": {"namespace": "default", "serviceaccount": {"name": "iam-test", "uid": "u"}},
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
    }
    claims
}

impl World {
    fn input(token: &str) -> AssumeRoleWithWebIdentity<'_> {
        AssumeRoleWithWebIdentity {
            role_arn: ROLE,
            session_name: "session-1",
            token,
            ..AssumeRoleWithWebIdentity::default()
        }
    }

    fn step(&self, input: AssumeRoleWithWebIdentity<'_>, fetched: bool) -> Result<Step, Refusal> {
        assume_role_with_web_identity(
            self,
            &self.sessions,
            &self.ring,
            input,
            fetched,
            now(),
            &SystemEntropy,
            &mut Evidence::default(),
        )
    }

    fn exchange(&self, input: AssumeRoleWithWebIdentity<'_>) -> Result<Granted, Refusal> {
        match self.step(input, false)? {
            Step::Done { granted, .. } => Ok(*granted),
            Step::Fetch(url) => panic!("wants to fetch {url}"),
        }
    }

    fn refused(&self, token: &str) -> (&'static str, String) {
        let refusal = self.exchange(Self::input(token)).unwrap_err();
        (refusal.code(), refusal.to_string())
    }

    fn credential(&self, granted: &Granted, now: Timestamp) -> Result<Credential, CredentialError> {
        credential(
            self,
            &self.sessions,
            granted.credentials.access_key_id.as_str(),
            Some(granted.credentials.session_token.expose()),
            now,
        )
    }

    fn session(&self) -> Granted {
        let token = wanted().mint(&self.cluster).unwrap();
        self.exchange(Self::input(&token)).unwrap()
    }
}

#[test]
fn a_pods_token_becomes_a_session_that_signs() {
    let world = world();
    let granted = world.session();
    assert_eq!(granted.assumed_role_id, format!("{}:session-1", id(1)));
    assert_eq!(
        granted.assumed_role_arn.as_str(),
        "arn:aws:sts::123456789012:assumed-role/app/session-1"
    );
    assert_eq!(granted.credentials.expires, NOW + 3600);
    assert_eq!(granted.packed_policy_size, None);
    let source = granted.record.source.as_ref().unwrap();
    assert_eq!(source.token_id.as_deref(), Some("the-jti"));
    assert_eq!(source.pod_uid.as_deref(), Some("uid-of-pod"));

    let credential = world.credential(&granted, now()).unwrap();
    assert_eq!(credential.secret, granted.credentials.secret);
    let who = caller_identity(&credential.identity);
    assert_eq!(who.arn, granted.assumed_role_arn);
    assert_eq!(who.user_id, granted.assumed_role_id);
    assert_eq!(
        access_key_info(&world, granted.credentials.access_key_id.as_str()),
        Some(account())
    );
}

#[test]
fn what_is_no_token_or_of_nobody_is_refused_in_aws_words() {
    let world = world();
    for text in ["abcd", "a.b.c", &"x".repeat(20_001)] {
        assert_eq!(
            world.refused(text),
            (
                "InvalidIdentityToken",
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
                    .to_owned()
            )
        );
    }
    let with_issuer = |issuer: &str| world.cluster.sign(&claims(&json!({"iss": issuer}))).unwrap();
    for issuer in ["", "issuer", "http://127.0.0.1:4566/id/0123", "https://"] {
        assert_eq!(
            world.refused(&with_issuer(issuer)),
            ("InvalidIdentityToken", "Issuer must be a valid URL".to_owned())
        );
    }
    // Byte for byte: neither a slash more, nor other capitals, nor another account's provider.
    for issuer in [
        format!("https://{URL}/"),
        "https://127.0.0.1:4566/ID/0123".to_owned(),
        "https://nobody.example".to_owned(),
    ] {
        assert_eq!(
            world.refused(&with_issuer(&issuer)),
            (
                "InvalidIdentityToken",
                format!("No OpenIDConnect provider found in your account for {issuer}")
            )
        );
    }
    let token = wanted().mint(&world.cluster).unwrap();
    let elsewhere = AssumeRoleWithWebIdentity {
        role_arn: "arn:aws:iam::999999999999:role/app",
        ..World::input(&token)
    };
    assert!(
        world
            .exchange(elsewhere)
            .unwrap_err()
            .to_string()
            .starts_with("No OpenIDConnect provider found")
    );
}

#[test]
fn tokens_that_are_wrong_in_themselves_are_refused() {
    let world = world();
    let sign = |changes: Value| world.cluster.sign(&claims(&changes)).unwrap();
    assert_eq!(
        world.refused(&sign(json!({"exp": NOW - 9}))),
        (
            "ExpiredTokenException",
            format!(
                "Token expired: current date/time {NOW} must be before the expiration date/time {}",
                NOW - 9
            )
        )
    );
    for changes in [
        json!({"nbf": NOW + 31}),
        json!({"iat": NOW + 31}),
        json!({"sub": null}),
        json!({"exp": null}),
        json!({"aud": null}),
        json!({"iss": null}),
        // A forged subject of the right form that its Kubernetes claims do not say (threat 1).
        json!({"kubernetes.io": {"namespace": "other", "serviceaccount": {"name": "iam-test"}}}),
        json!({"kubernetes.io": null}),
    ] {
        assert_eq!(
            world.refused(&sign(changes.clone())).0,
            "InvalidIdentityToken",
            "{changes}"
        );
    }
    for audience in [
        json!({"aud": "somebody"}),
        json!({"aud": ["a", "b"]}),
        // Pod Identity's own, even where another one fits (threat 1).
        json!({"aud": ["sts.amazonaws.com", "pods.eks.amazonaws.com"]}),
        // `azp` decides where it is set.
        json!({"azp": "somebody"}),
    ] {
        assert_eq!(
            world.refused(&sign(audience)),
            ("InvalidIdentityToken", "Incorrect token audience".to_owned())
        );
    }
    assert!(
        world
            .exchange(World::input(&sign(json!({"aud": "sts.amazonaws.com"}))))
            .is_ok()
    );
    assert!(
        world
            .exchange(World::input(&sign(json!({"aud": ["x", "sts.amazonaws.com"]}))))
            .is_ok()
    );
}

#[test]
fn keys_of_others_and_unknown_key_ids_are_refused() {
    let world = world();
    let stranger = SigningKey::generate().unwrap();
    let token = wanted().mint(&stranger).unwrap();
    assert_eq!(
        world.refused(&token),
        (
            "InvalidIdentityToken",
            "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity \
             documentation for requirements"
                .to_owned()
        )
    );
    // The stranger's token under the cluster's key id.
    let (_, rest) = token.split_once('.').unwrap();
    let own = wanted().mint(&world.cluster).unwrap();
    let (header, _) = own.split_once('.').unwrap();
    assert_eq!(world.refused(&format!("{header}.{rest}")).0, "InvalidIdentityToken");
    // The key of another provider of the same account signs for this one (threat 1).
    let keys = KeySet::parse(key_set([&stranger]).to_string().as_bytes()).unwrap();
    world.ring.fetched(OTHER_PROVIDER, Ok(keys), now(), 0);
    assert_eq!(world.refused(&token).0, "InvalidIdentityToken");
}

#[test]
fn a_role_that_is_not_there_answers_like_one_that_refuses() {
    let world = world();
    let other = ServiceAccountToken {
        service_account: Named {
            name: "other".to_owned(),
            uid: "u".to_owned(),
        },
        ..wanted()
    };
    let refuses = world
        .exchange(World::input(&other.mint(&world.cluster).unwrap()))
        .unwrap_err();
    let token = wanted().mint(&world.cluster).unwrap();
    let missing = world
        .exchange(AssumeRoleWithWebIdentity {
            role_arn: "arn:aws:iam::123456789012:role/nobody",
            // Even with a duration that no role allows, and a policy that is none.
            duration: Some(43_200),
            policy: Some("{"),
            ..World::input(&token)
        })
        .unwrap_err();
    assert_eq!(missing, refuses);
    assert_eq!(missing.code(), "AccessDenied");
    assert_eq!(
        missing.to_string(),
        "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    );
    // The ARN without the role's path names no role.
    let pathless = AssumeRoleWithWebIdentity {
        role_arn: "arn:aws:iam::123456789012:role/app",
        ..World::input(&token)
    };
    assert_eq!(world.exchange(pathless).unwrap_err(), missing);
}

#[test]
fn what_is_no_role_arn_is_invalid() {
    let world = world();
    let token = wanted().mint(&world.cluster).unwrap();
    for wrong in [
        "arn:aws:iam::123456789012",
        "this-is-not-an-arn-at-all",
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:s3::123456789012:role/app",
        "arn:aws:iam::12:role/app",
    ] {
        let refusal = world
            .exchange(AssumeRoleWithWebIdentity {
                role_arn: wrong,
                ..World::input(&token)
            })
            .unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.to_string()),
            ("ValidationError", format!("{wrong} is invalid"))
        );
    }
}

#[test]
fn session_policies_and_durations_are_checked_for_those_whom_the_role_trusts() {
    let world = world();
    let token = wanted().mint(&world.cluster).unwrap();
    let long = AssumeRoleWithWebIdentity {
        duration: Some(3601),
        ..World::input(&token)
    };
    assert_eq!(
        world.exchange(long).unwrap_err().to_string(),
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
    let no_policy = AssumeRoleWithWebIdentity {
        policy: Some("{"),
        ..World::input(&token)
    };
    assert_eq!(world.exchange(no_policy).unwrap_err().code(), "MalformedPolicyDocument");

    let text = "{ \"Version\": \"2012-10-17\",\n \"Statement\": [] }";
    let arns = vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()];
    let granted = world
        .exchange(AssumeRoleWithWebIdentity {
            policy: Some(text),
            policy_arns: &arns,
            ..World::input(&token)
        })
        .unwrap();
    assert!(
        granted
            .packed_policy_size
            .is_some_and(|percent| (1..=20).contains(&percent))
    );
    assert_eq!(
        granted.record.session_policy.as_deref(),
        Some(r#"{"Version":"2012-10-17","Statement":[]}"#)
    );
    let missing = vec!["arn:aws:iam::aws:policy/Nothing".to_owned()];
    let unknown = AssumeRoleWithWebIdentity {
        policy_arns: &missing,
        ..World::input(&token)
    };
    assert!(world.exchange(unknown).is_err());
}

#[test]
fn session_policies_share_one_limit() {
    let world = world();
    let token = wanted().mint(&world.cluster).unwrap();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned();
    let policy = |length: usize| {
        let (before, after) = (r#"{"Version":"2012-10-17","Id":"#, r#","Statement":[]}"#);
        let id = "x".repeat(length - before.len() - after.len() - 2);
        format!("{before}\"{id}\"{after}")
    };
    let size = |length: usize, arns: usize| {
        let (text, arns) = (policy(length), vec![arn.clone(); arns]);
        let asked = AssumeRoleWithWebIdentity {
            policy: Some(&text),
            policy_arns: &arns,
            ..World::input(&token)
        };
        world
            .exchange(asked)
            .map(|granted| granted.packed_policy_size)
            .map_err(|refusal| (refusal.code(), refusal.to_string()))
    };
    assert_eq!(size(2048, 0), Ok(Some(100)));
    assert_eq!(size(2048 - arn.len(), 1), Ok(Some(100)));
    let too_large = |percent: u32| {
        let text = format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
        Err(("PackedPolicyTooLarge", text))
    };
    assert_eq!(size(2049, 0), too_large(101));
    assert_eq!(size(2048, 1), too_large(102));
    assert_eq!(size(2048, 10), too_large(119));
    // White space between the parts of a policy is not counted.
    let spaced = format!("{}{}", " ".repeat(100), policy(2048));
    let asked = AssumeRoleWithWebIdentity {
        policy: Some(&spaced),
        ..World::input(&token)
    };
    assert_eq!(world.exchange(asked).unwrap().packed_policy_size, Some(100));
}

#[test]
fn tags_of_a_token_need_tag_session_and_a_place_in_the_token() {
    let mut world = world();
    let tags = |count: usize, length: usize| {
        let tags: BTreeMap<String, Value> = (0..count)
            .map(|n| (format!("k{n}"), json!(["v".repeat(length)])))
            .collect();
        json!({"https://aws.amazon.com/tags": {"principal_tags": tags, "transitive_tag_keys": ["k0"]}})
    };
    let token = world.cluster.sign(&claims(&tags(1, 4))).unwrap();
    assert_eq!(world.refused(&token).0, "AccessDenied");
    let actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"];
    world.roles.get_mut(ROLE).unwrap().trust = trusts_service_account(&actions);
    let granted = world.exchange(World::input(&token)).unwrap();
    assert_eq!(granted.record.tags, [("k0".to_owned(), "vvvv".to_owned())]);
    assert_eq!(granted.record.transitive_tags, ["k0"]);

    let large = world.cluster.sign(&claims(&tags(40, 250))).unwrap();
    let (code, text) = world.refused(&large);
    assert_eq!(code, "PackedPolicyTooLarge");
    assert!(text.starts_with("Packed size of session tags consumes "), "{text}");
}

#[test]
fn a_source_identity_in_a_token_needs_its_own_permission() {
    let mut world = world();
    let token = world
        .cluster
        .sign(&claims(&json!({"https://aws.amazon.com/source_identity": "me"})))
        .unwrap();
    assert_eq!(world.refused(&token).0, "AccessDenied");
    let actions = ["sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity"];
    world.roles.get_mut(ROLE).unwrap().trust = trusts_service_account(&actions);
    let granted = world.exchange(World::input(&token)).unwrap();
    assert_eq!(granted.record.source_identity.as_deref(), Some("me"));
}

#[test]
fn an_issuer_that_is_down_or_without_keys_is_told_apart() {
    let world = world();
    let key = SigningKey::generate().unwrap();
    let issuer = json!({"iss": format!("https://{OTHER_URL}")});
    let token = key.sign(&claims(&issuer)).unwrap();
    assert!(matches!(world.step(World::input(&token), false), Ok(Step::Fetch(url)) if url == OTHER_URL));
    for (failure, code) in [
        (FetchFailed::Unreachable, "IDPCommunicationError"),
        (FetchFailed::Unusable, "InvalidIdentityToken"),
        (FetchFailed::Certificate, "InvalidIdentityToken"),
    ] {
        world.ring.fetched(OTHER_PROVIDER, Err(failure), now(), 0);
        assert_eq!(world.step(World::input(&token), true).unwrap_err().code(), code);
    }
    // Once its keys are here it is judged, and the role does not trust it.
    let keys = KeySet::parse(key_set([&key]).to_string().as_bytes()).unwrap();
    world.ring.fetched(OTHER_PROVIDER, Ok(keys), now(), 0);
    assert_eq!(
        world.step(World::input(&token), true).unwrap_err(),
        Refusal::WebIdentityNotAuthorized
    );
}

#[test]
fn sessions_end_with_their_time_their_role_and_their_account() {
    let mut world = world();
    let granted = world.session();
    assert!(world.credential(&granted, at(3599)).is_ok());
    assert_eq!(
        world.credential(&granted, at(3600)).map(|_| ()),
        Err(CredentialError::Expired)
    );

    // A deleted role's sessions die; one recreated under the same name does not bring them back (threat 6).
    let old = world.roles.remove(ROLE).unwrap();
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
    world.roles.insert(ROLE.to_owned(), role(2, old.trust.clone()));
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
    world.roles.insert(ROLE.to_owned(), role(1, old.trust));
    assert!(world.credential(&granted, now()).is_ok());

    world.incarnation = Some(2);
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
    world.incarnation = None;
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
}

#[test]
fn credentials_that_do_not_belong_together_are_invalid() {
    let mut world = world();
    let (one, two) = (world.session(), world.session());
    let ask = |key: &str, token: Option<&str>| credential(&world, &world.sessions, key, token, now()).map(|_| ());
    let key = one.credentials.access_key_id.as_str();
    assert_eq!(
        ask(key, Some(two.credentials.session_token.expose())),
        Err(CredentialError::Invalid)
    );
    assert_eq!(ask(key, None), Err(CredentialError::Invalid));
    assert_eq!(ask(key, Some("")), Err(CredentialError::Invalid));
    assert_eq!(
        ask("AKIAUSERUSERUSERUSER", Some(one.credentials.session_token.expose())),
        Err(CredentialError::Invalid)
    );
    assert_eq!(ask("AKIANOBODYNOBODYNOBO", None), Err(CredentialError::Invalid));
    assert_eq!(ask("AKIAUSERUSERUSERUSER", None), Ok(()));
    assert_eq!(ask("AKIAROOTROOTROOTROOT", None), Ok(()));
    world.key_active = false;
    let inactive = credential(&world, &world.sessions, "AKIAUSERUSERUSERUSER", None, now()).map(|_| ());
    assert_eq!(inactive, Err(CredentialError::Invalid));
}

/// `AssumeRole` by a user, or by a session.
fn assume(
    world: &World,
    record: Option<&Record>,
    identity: &[Compiled],
    input: AssumeRole<'_>,
) -> Result<Granted, Refusal> {
    let principal = record.map_or_else(
        || Principal::parse(USER).unwrap().with_unique_id(id(9).as_str()),
        |record| record.principal().unwrap(),
    );
    let caller = Caller {
        principal: &principal,
        account: account(),
        identity,
        boundary: None,
        session: None,
        record,
    };
    let mut evidence = Evidence::default();
    assume_role(
        world,
        &world.sessions,
        &caller,
        input,
        now(),
        &SystemEntropy,
        &mut evidence,
    )
}

fn to_role(arn: &str) -> AssumeRole<'_> {
    AssumeRole {
        role_arn: arn,
        session_name: "next-1",
        ..AssumeRole::default()
    }
}

#[test]
fn a_role_is_assumed_only_where_trust_and_caller_agree() {
    let mut world = world();
    let none = json!({});
    let sentence = format!("User: {USER} is not authorized to perform: sts:AssumeRole on resource: {OTHER_ROLE}");
    let refused = |world: &World| assume(world, None, &[], to_role(OTHER_ROLE)).unwrap_err().to_string();
    assert_eq!(refused(&world), sentence);
    let put = |world: &mut World, trust| world.roles.insert(OTHER_ROLE.to_owned(), role(3, trust));

    put(
        &mut world,
        trusts_aws("arn:aws:iam::123456789012:user/bob", &["sts:AssumeRole"], &none),
    );
    assert_eq!(refused(&world), sentence);
    // Trust in the account leaves it to the account's own policies; trust in the user is enough.
    put(&mut world, trusts_aws("123456789012", &["sts:AssumeRole"], &none));
    assert_eq!(refused(&world), sentence);
    let may = [compiled(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": OTHER_ROLE}
    ]}))];
    assert!(assume(&world, None, &may, to_role(OTHER_ROLE)).is_ok());
    put(&mut world, trusts_aws(USER, &["sts:AssumeRole"], &none));
    assert!(assume(&world, None, &[], to_role(OTHER_ROLE)).is_ok());

    put(
        &mut world,
        trusts_aws(
            USER,
            &["sts:AssumeRole"],
            &json!({"StringEquals": {"sts:ExternalId": "x"}}),
        ),
    );
    assert_eq!(refused(&world), sentence);
    let with_id = AssumeRole {
        external_id: Some("x"),
        ..to_role(OTHER_ROLE)
    };
    assert!(assume(&world, None, &[], with_id).is_ok());
    let names =
        json!({"StringLike": {"sts:RoleSessionName": "next-*"}, "NumericLessThan": {"sts:DurationSeconds": "1000"}});
    put(&mut world, trusts_aws(USER, &["sts:AssumeRole"], &names));
    assert_eq!(refused(&world), sentence);
    let short = AssumeRole {
        duration: Some(900),
        ..to_role(OTHER_ROLE)
    };
    assert!(assume(&world, None, &[], short).is_ok());
}

#[test]
fn root_assumes_no_role() {
    let world = world();
    let root = Principal::parse("arn:aws:iam::123456789012:root").unwrap();
    let caller = Caller {
        principal: &root,
        account: account(),
        identity: &[],
        boundary: None,
        session: None,
        record: None,
    };
    let mut evidence = Evidence::default();
    let refusal = assume_role(
        &world,
        &world.sessions,
        &caller,
        to_role(ROLE),
        now(),
        &SystemEntropy,
        &mut evidence,
    )
    .unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.to_string().as_str()),
        ("AccessDenied", "Roles may not be assumed by root accounts.")
    );
}

#[test]
fn a_trust_policy_sees_the_second_factor_of_the_call_and_the_session_does_not_carry_it() {
    let mut world = world();
    let asks =
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "1"}});
    let trust = trusts_aws(USER, &["sts:AssumeRole"], &asks);
    world.roles.insert(OTHER_ROLE.to_owned(), role(3, trust));
    assert_eq!(
        assume(&world, None, &[], to_role(OTHER_ROLE)).unwrap_err().code(),
        "AccessDenied"
    );
    let factor = SecondFactor::for_tests();
    let shown = AssumeRole {
        factor: Some(&factor),
        ..to_role(OTHER_ROLE)
    };
    let granted = assume(&world, None, &[], shown).unwrap();
    assert!(!granted.record.mfa);
}

#[test]
fn chains_last_an_hour_and_carry_tags_and_source_identity() {
    let mut world = world();
    let all = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    let mut first = world.session().record;
    first.tags = vec![
        ("team".to_owned(), "blue".to_owned()),
        ("own".to_owned(), "x".to_owned()),
    ];
    first.transitive_tags = vec!["Team".to_owned()];
    first.source_identity = Some("me".to_owned());

    let mut next = role(3, trusts_aws(ROLE, &all, &json!({})));
    next.max_session = 43_200;
    world.roles.insert(OTHER_ROLE.to_owned(), next);
    let granted = assume(&world, Some(&first), &[], to_role(OTHER_ROLE)).unwrap();
    assert!(granted.record.chained);
    assert_eq!(granted.record.tags, [("team".to_owned(), "blue".to_owned())]);
    assert_eq!(granted.record.source_identity.as_deref(), Some("me"));

    let long = AssumeRole {
        duration: Some(3601),
        ..to_role(OTHER_ROLE)
    };
    assert_eq!(
        assume(&world, Some(&first), &[], long).unwrap_err().to_string(),
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
    let other = AssumeRole {
        source_identity: Some("you"),
        ..to_role(OTHER_ROLE)
    };
    assert_eq!(
        assume(&world, Some(&first), &[], other).unwrap_err().to_string(),
        "The source identity is already set for this assume role session"
    );
    let tags = vec![("TEAM".to_owned(), "red".to_owned())];
    let conflict = AssumeRole {
        tags: &tags,
        ..to_role(OTHER_ROLE)
    };
    assert_eq!(
        assume(&world, Some(&first), &[], conflict).unwrap_err().to_string(),
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the \
         calling session."
    );
    // What is inherited needs its permission on the next role, too.
    for lacking in [
        ["sts:AssumeRole", "sts:TagSession"],
        ["sts:AssumeRole", "sts:SetSourceIdentity"],
    ] {
        world.roles.get_mut(OTHER_ROLE).unwrap().trust = trusts_aws(ROLE, &lacking, &json!({}));
        let refusal = assume(&world, Some(&first), &[], to_role(OTHER_ROLE)).unwrap_err();
        assert!(matches!(refusal, Refusal::NotAuthorized { action, .. } if !lacking.contains(&action)));
    }
}

#[test]
fn tags_are_held_to_their_rules() {
    let mut world = world();
    let trust = trusts_aws(USER, &["sts:AssumeRole", "sts:TagSession"], &json!({}));
    world.roles.insert(OTHER_ROLE.to_owned(), role(3, trust));
    let refused = |tags: &[(&str, &str)], transitive: &[&str]| {
        let tags: Vec<Tag> = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let transitive: Vec<String> = transitive.iter().map(|key| (*key).to_owned()).collect();
        let input = AssumeRole {
            tags: &tags,
            transitive_tag_keys: &transitive,
            ..to_role(OTHER_ROLE)
        };
        assume(&world, None, &[], input)
            .map(|_| ())
            .map_err(|refusal| refusal.to_string())
    };
    assert_eq!(refused(&[("a", "1"), ("b", "")], &["A"]), Ok(()));
    assert_eq!(
        refused(&[("a", "1"), ("A", "2")], &[]).unwrap_err(),
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    );
    assert_eq!(
        refused(&[("a", "1")], &["b"]).unwrap_err(),
        "The specified transitive tag key must be included in the requested tags."
    );
    for wrong in [("aws:x", "1"), ("AWS:x", "1"), ("", "1"), ("a*", "1"), ("a", "\n")] {
        assert!(refused(&[wrong], &[]).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_user_gets_a_session_of_its_own_and_a_session_does_not() {
    let mut world = world();
    let user = credential(&world, &world.sessions, "AKIAUSERUSERUSERUSER", None, now())
        .unwrap()
        .identity;
    let input = SessionTokenRequest::default();
    let (issued, record) = session_token(&world, &world.sessions, &user, input, now(), &SystemEntropy).unwrap();
    assert_eq!(issued.expires, NOW + 43_200);
    assert!(matches!(record.subject, Subject::User { .. }));
    assert!(!record.mfa);
    let factor = SecondFactor::for_tests();
    let shown = SessionTokenRequest {
        factor: Some(&factor),
        ..input
    };
    let (_, with_factor) = session_token(&world, &world.sessions, &user, shown, now(), &SystemEntropy).unwrap();
    assert!(with_factor.mfa);
    let ask = |world: &World| {
        let key = issued.access_key_id.as_str();
        credential(world, &world.sessions, key, Some(issued.session_token.expose()), now())
    };
    let again = ask(&world).unwrap().identity;
    assert_eq!(caller_identity(&again), caller_identity(&user));
    let refusal = session_token(&world, &world.sessions, &again, input, now(), &SystemEntropy).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Cannot call GetSessionToken with session credentials"
    );

    let root = credential(&world, &world.sessions, "AKIAROOTROOTROOTROOT", None, now())
        .unwrap()
        .identity;
    let (issued_to_root, _) = session_token(&world, &world.sessions, &root, input, now(), &SystemEntropy).unwrap();
    assert_eq!(issued_to_root.expires, NOW + 3600);
    assert_eq!(caller_identity(&root).arn.as_str(), "arn:aws:iam::123456789012:root");

    // A recreated user does not get the old one's sessions (threat 6).
    world.user = Some(id(10));
    assert_eq!(ask(&world).map(|_| ()).unwrap_err(), CredentialError::Invalid);
}
