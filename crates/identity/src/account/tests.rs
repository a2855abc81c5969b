//! Each rule and each refusal, on a store in memory, without a runtime.

mod account_alias;
mod attachments;
mod authorization;
mod concurrency;
mod credentials;
mod group;
mod instance_profile;
mod mfa;
mod outbound;
mod password;
mod records;
mod reports;
mod revocation;
mod saml;
mod service_linked_role;
mod signing_key;
mod simulation;
mod who_can;

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_names::AccountId;
use rolecall_policy::Context;
use rolecall_store::{List, Memory, Store};

use super::{
    access_key, attachment, bucket, cluster, create, inline, oidc_provider, policy, policy::NewPolicy, role,
    role::NewRole, tags, user, user::NewUser,
};
use crate::{
    Caller, Error, Identity, Permit, Quotas, Transaction, authorize,
    keys::{RootKey, SystemEntropy},
    op,
    permit::Operation,
    state::{ManagedPolicy, Role, User},
    sts::Identified,
    token::issuer::SigningKey,
};

const ALLOW_S3: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

fn other() -> AccountId {
    "210987654321".parse().unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn trusts(principal: &str) -> String {
    format!(
        r#"{{ "Version": "2012-10-17", "Statement": [{{ "Effect": "Allow", "Principal": {{ "AWS": {principal} }},
            "Action": "sts:AssumeRole" }}] }}"#
    )
}

struct World {
    store: Arc<dyn Store>,
    identity: Identity,
}

fn open(store: &Arc<dyn Store>, quotas: Quotas) -> Identity {
    let root = Arc::new(RootKey::from_bytes(&[7; 32]).unwrap());
    Identity::open(Arc::clone(store), root, Arc::new(SystemEntropy), quotas).unwrap()
}

impl World {
    fn new() -> Self {
        Self::with(Quotas::default())
    }

    fn with(quotas: Quotas) -> Self {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let identity = open(&store, quotas);
        let world = Self { store, identity };
        for id in [account(), other()] {
            world.run_in(id, create).unwrap();
        }
        world
    }

    fn run<Op: Operation, T>(
        &self,
        change: impl Fn(&mut Transaction<'_>, Permit<Op>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.run_in(account(), change)
    }

    fn run_in<Op: Operation, T>(
        &self,
        account: AccountId,
        change: impl Fn(&mut Transaction<'_>, Permit<Op>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.identity.write_blocking(Permit::operator(account), now(), change)
    }

    fn role(&self, name: &str, trust: &str) -> Result<Role, Error> {
        self.run(|tx, permit| role::create(tx, permit, &new_role(name, trust)))
    }

    fn user(&self, name: &str) -> Result<User, Error> {
        let new = NewUser {
            name: name.parse().unwrap(),
            path: "/".parse().unwrap(),
            boundary: None,
            tags: &[],
        };
        self.run(|tx, permit| user::create(tx, permit, &new))
    }

    fn policy(&self, name: &str) -> Result<ManagedPolicy, Error> {
        self.run(|tx, permit| policy::create(tx, permit, &new_policy(name, ALLOW_S3)))
    }

    fn attach(&self, role: &str, arn: &str) -> Result<(), Error> {
        self.run(|tx, permit| attachment::attach::<Role>(tx, permit, role, arn))
    }
}

fn new_role<'a>(name: &str, trust: &'a str) -> NewRole<'a> {
    NewRole {
        name: name.parse().unwrap(),
        path: "/team/".parse().unwrap(),
        trust,
        description: None,
        max_session: None,
        boundary: None,
        tags: &[],
    }
}

fn new_policy<'a>(name: &str, document: &'a str) -> NewPolicy<'a> {
    NewPolicy {
        name: name.parse().unwrap(),
        path: "/".parse().unwrap(),
        document,
        description: None,
        tags: &[],
    }
}

/// The kind of refusal, and the sentence.
fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    let error = outcome.unwrap_err();
    let kind = match &error {
        Error::NotFound(_) => "NotFound",
        Error::AlreadyExists(_) => "AlreadyExists",
        Error::InUse(_) => "InUse",
        Error::Limit(_) => "Limit",
        Error::Validation(_) => "Validation",
        Error::Invalid(_) => "Invalid",
        Error::Malformed(_) => "Malformed",
        Error::Denied(_) => "Denied",
        Error::Conflict => "Conflict",
        Error::Unmodifiable(_) => "Unmodifiable",
        Error::NotAttachable(_) => "NotAttachable",
        Error::Unusable(flaw, _) => return format!("{flaw:?}: {error}"),
        Error::FeatureEnabled(_) => "FeatureEnabled",
        Error::FeatureDisabled(_) => "FeatureDisabled",
        Error::PasswordPolicy(_) => "PasswordPolicyViolation",
        Error::WrongPassword(_) => "AccessDenied",
        Error::Evaluation(_) => "Evaluation",
        Error::Internal(_) => "Internal",
    };
    format!("{kind}: {error}")
}

#[test]
fn a_role_is_made_shown_listed_changed_and_deleted() {
    let world = World::new();
    let made = world.role("App", &trusts(r#""*""#)).unwrap();
    assert_eq!(made.arn.as_str(), "arn:aws:iam::123456789012:role/team/App");
    assert_eq!((made.id.as_str().len(), made.max_session), (21, 3600));
    let snapshot = world.identity.snapshot();
    assert_eq!(
        *role::get(&snapshot, account(), "app").unwrap(),
        made,
        "names ignore case"
    );
    assert_eq!(role::list(&snapshot, account(), "/team/", None, 10).items.len(), 1);
    assert_eq!(role::list(&snapshot, account(), "/other/", None, 10).items.len(), 0);
    assert_eq!(role::list(&snapshot, other(), "/", None, 10).items.len(), 0);

    world
        .run(|tx, permit| role::update(tx, permit, "App", Some("it"), Some(7200)))
        .unwrap();
    world
        .run(|tx, permit| tags::tag::<Role>(tx, permit, "App", &[("a".into(), "1".into())]))
        .unwrap();
    world
        .run(|tx, permit| tags::tag::<Role>(tx, permit, "App", &[("A".into(), "2".into())]))
        .unwrap();
    let changed = role::get(&world.identity.snapshot(), account(), "App").unwrap();
    assert_eq!(
        (changed.description.as_deref(), changed.max_session),
        (Some("it"), 7200)
    );
    assert_eq!(changed.entity.tags, [("A".to_owned(), "2".to_owned())]);

    world.run(|tx, permit| role::delete(tx, permit, "App")).unwrap();
    assert_eq!(
        refusal(role::get(&world.identity.snapshot(), account(), "App")),
        "NotFound: The role with name App cannot be found."
    );
    assert_eq!(world.identity.snapshot().role_count(account()), 0);
}

#[test]
fn role_names_are_unique_ignoring_case_and_ids_never_come_back() {
    let world = World::new();
    let first = world.role("app", &trusts(r#""*""#)).unwrap();
    assert_eq!(
        refusal(world.role("APP", &trusts(r#""*""#))),
        "AlreadyExists: Role with name APP already exists."
    );
    world.run(|tx, permit| role::delete(tx, permit, "app")).unwrap();
    assert_ne!(world.role("app", &trusts(r#""*""#)).unwrap().id, first.id);
}

#[test]
fn an_entity_that_has_policies_is_not_deleted() {
    let world = World::new();
    world.role("app", &trusts(r#""*""#)).unwrap();
    world.attach("app", READ_ONLY).unwrap();
    let delete = || refusal(world.run(|tx, permit| role::delete(tx, permit, "app")));
    assert_eq!(delete(), "InUse: Cannot delete entity, must detach all policies first.");
    world
        .run(|tx, permit| attachment::detach::<Role>(tx, permit, "app", READ_ONLY))
        .unwrap();
    world
        .run(|tx, permit| inline::put::<Role>(tx, permit, "app", &"in".parse().unwrap(), ALLOW_S3))
        .unwrap();
    assert_eq!(delete(), "InUse: Cannot delete entity, must delete policies first.");
    world
        .run(|tx, permit| inline::delete::<Role>(tx, permit, "app", "in"))
        .unwrap();
    world.run(|tx, permit| role::delete(tx, permit, "app")).unwrap();
}

#[test]
fn trust_policies_name_principals_that_exist_by_their_unique_ids() {
    let world = World::new();
    let alice = world.user("alice").unwrap();
    let arn = "\"arn:aws:iam::123456789012:user/alice\"";
    world.role("app", &trusts(arn)).unwrap();
    let shown = || {
        role::get(&world.identity.snapshot(), account(), "app")
            .unwrap()
            .shown_trust(&world.identity.snapshot())
    };
    assert_eq!(shown(), trusts(arn), "as it was sent while she is there");

    // "Any resource or role policies that refer to the user as the principal … are automatically updated with the new name
    // or path" (IAM User Guide: Rename an IAM user); an id that was sent is shown as whose it is.
    let rename = |from: &str, to: &str, path: &str| {
        let (to, path) = (to.parse().unwrap(), path.parse().unwrap());
        world
            .run(|tx, permit| user::update(tx, permit, from, Some(&to), Some(&path)))
            .unwrap();
    };
    rename("alice", "carol", "/\"staff\"/");
    let carol = r#""arn:aws:iam::123456789012:user/\"staff\"/carol""#;
    assert_eq!(shown(), trusts(carol));
    world
        .run(|tx, permit| role::update_trust(tx, permit, "app", &trusts(&format!("\"{}\"", alice.id))))
        .unwrap();
    assert_eq!(shown(), trusts(carol));
    world
        .run(|tx, permit| role::update_trust(tx, permit, "app", &shown()))
        .unwrap();
    rename("carol", "alice", "/");
    assert_eq!(shown(), trusts(arn));

    world.run(|tx, permit| user::delete(tx, permit, "alice")).unwrap();
    assert_eq!(shown(), trusts(&format!("\"{}\"", alice.id)));
    // A new alice is another one (threat 6).
    world.user("alice").unwrap();
    assert_eq!(shown(), trusts(&format!("\"{}\"", alice.id)));

    for nobody in [
        "\"arn:aws:iam::123456789012:role/nobody\"",
        "\"arn:aws:iam::999999999999:root\"",
        "\"arn:aws-cn:iam::210987654321:root\"",
        "\"999999999999\"",
        &format!("\"{}\"", alice.id),
        "\"nonsense\"",
    ] {
        assert_eq!(
            refusal(world.role("next", &trusts(nobody))),
            format!("Malformed: Invalid principal in policy: \"AWS\":{nobody}")
        );
    }
    for somebody in ["\"210987654321\"", "\"arn:aws:iam::210987654321:root\"", "\"*\""] {
        world
            .run(|tx, permit| role::update_trust(tx, permit, "app", &trusts(somebody)))
            .unwrap();
        assert_eq!(shown(), trusts(somebody));
    }
}

#[test]
fn a_trust_policy_has_a_size_and_a_form() {
    let world = World::new();
    let long = trusts(&format!("[{}]", vec!["\"210987654321\""; 200].join(",")));
    assert_eq!(
        refusal(world.role("app", &long)),
        "Limit: Cannot exceed quota for ACLSizePerRole: 2048"
    );
    assert_eq!(
        refusal(world.role("app", "{")),
        "Malformed: This policy contains invalid Json"
    );
    assert!(refusal(world.role("app", ALLOW_S3)).starts_with("Malformed: "));
}

#[test]
fn attachments_have_aws_sentences_and_a_quota() {
    let world = World::with(Quotas {
        policies_per_role: 2,
        ..Quotas::default()
    });
    world.role("app", &trusts(r#""*""#)).unwrap();
    let own = world.policy("own").unwrap().arn;
    world.attach("app", READ_ONLY).unwrap();
    world.attach("app", READ_ONLY).unwrap();
    world.attach("app", &own).unwrap();
    assert_eq!(
        refusal(world.attach("app", "arn:aws:iam::aws:policy/AdministratorAccess")),
        "Limit: Cannot exceed quota for PoliciesPerRole: 2"
    );
    assert_eq!(refusal(world.attach("app", "x")), "Validation: ARN x is not valid.");
    let gone = "arn:aws:iam::123456789012:policy/gone";
    assert_eq!(
        refusal(world.attach("app", gone)),
        format!("NotFound: Policy {gone} does not exist or is not attachable.")
    );
    assert_eq!(
        refusal(world.run(|tx, permit| attachment::detach::<Role>(tx, permit, "app", gone))),
        format!("NotFound: Policy {gone} was not found.")
    );
    assert_eq!(
        refusal(world.attach("nobody", READ_ONLY)),
        "NotFound: The role with name nobody cannot be found."
    );

    let snapshot = world.identity.snapshot();
    assert_eq!(snapshot.attachment_count(account(), READ_ONLY), 1);
    assert_eq!(snapshot.attachment_count(other(), READ_ONLY), 0);
    let attached = attachment::list::<Role>(&snapshot, account(), "app", "/", None, 1).unwrap();
    assert_eq!(attached.items[0].name, "AmazonS3ReadOnlyAccess");
    let rest = attachment::list::<Role>(&snapshot, account(), "app", "/", attached.next.as_deref(), 9).unwrap();
    assert_eq!((rest.items[0].name.as_str(), rest.next), ("own", None));
    let everywhere = attachment::EntityFilter {
        path_prefix: "/",
        ..Default::default()
    };
    let entities =
        |filter, after: Option<&str>, limit| attachment::entities(&snapshot, account(), &own, filter, after, limit);
    assert_eq!(entities(everywhere, None, 9).items[0].name, "app");
    let elsewhere = attachment::EntityFilter {
        path_prefix: "/elsewhere/",
        ..everywhere
    };
    assert_eq!(entities(elsewhere, None, 9).items, []);
    let bounded = attachment::EntityFilter {
        usage: Some(attachment::Usage::Boundary),
        ..everywhere
    };
    assert_eq!(entities(bounded, None, 9).items, []);

    let delete = || world.run(|tx, permit| policy::delete(tx, permit, &own));
    assert_eq!(refusal(delete()), "InUse: Cannot delete a policy attached to entities.");
    world
        .run(|tx, permit| attachment::detach::<Role>(tx, permit, "app", &own))
        .unwrap();
    delete().unwrap();
}

#[test]
fn another_accounts_policy_is_not_attachable() {
    let world = World::new();
    world.role("app", &trusts(r#""*""#)).unwrap();
    let theirs = world
        .run_in(other(), |tx, permit| {
            policy::create(tx, permit, &new_policy("p", ALLOW_S3))
        })
        .unwrap();
    assert!(refusal(world.attach("app", &theirs.arn)).starts_with("NotFound: "));
    assert!(refusal(policy::get(&world.identity.snapshot(), account(), &theirs.arn)).starts_with("NotFound: "));
}

#[test]
fn a_boundary_must_exist_and_holds_its_policy() {
    let world = World::new();
    world.role("app", &trusts(r#""*""#)).unwrap();
    let own = world.policy("own").unwrap().arn;
    let put = |arn: &str| world.run(|tx, permit| attachment::put_boundary::<Role>(tx, permit, "app", arn));
    let gone = "arn:aws:iam::123456789012:policy/gone";
    assert_eq!(
        refusal(put(gone)),
        format!("NotFound: Scope ARN: {gone} does not exist or is not attachable.")
    );
    let no_policy = "arn:aws:iam::123456789012:not_a_policy/invalid";
    assert_eq!(
        refusal(put(no_policy)),
        format!("Invalid: ARN {no_policy} is not valid.")
    );
    put(&own).unwrap();
    assert_eq!(
        refusal(world.run(|tx, permit| policy::delete(tx, permit, &own))),
        "InUse: Cannot delete a policy attached to entities."
    );
    world
        .run(|tx, permit| attachment::delete_boundary::<Role>(tx, permit, "app"))
        .unwrap();
    world.run(|tx, permit| policy::delete(tx, permit, &own)).unwrap();
}

#[test]
fn inline_policies_share_a_size() {
    let world = World::with(Quotas {
        role_inline_size: 150,
        ..Quotas::default()
    });
    world.role("app", &trusts(r#""*""#)).unwrap();
    let put =
        |name: &str| world.run(|tx, permit| inline::put::<Role>(tx, permit, "app", &name.parse().unwrap(), ALLOW_S3));
    put("one").unwrap();
    put("one").unwrap();
    assert_eq!(
        refusal(put("two")),
        "Limit: Maximum policy size of 150 bytes exceeded for role app"
    );
    let snapshot = world.identity.snapshot();
    assert_eq!(
        inline::get::<Role>(&snapshot, account(), "app", "one").unwrap().text(),
        ALLOW_S3
    );
    assert_eq!(
        refusal(inline::get::<Role>(&snapshot, account(), "app", "two")),
        "NotFound: The role policy with name two cannot be found."
    );
    assert_eq!(
        inline::list::<Role>(&snapshot, account(), "app", None, 9)
            .unwrap()
            .items,
        ["one"]
    );
}

#[test]
fn managed_policies_have_versions() {
    let world = World::new();
    let arn = world.policy("own").unwrap().arn;
    assert_eq!(
        refusal(world.policy("OWN")),
        "AlreadyExists: A policy called OWN already exists. Duplicate names are not allowed."
    );
    let add = |default| world.run(|tx, permit| policy::create_version(tx, permit, &arn, ALLOW_S3, default));
    assert_eq!(add(true).unwrap().id, "v2");
    for _ in 0..3 {
        add(false).unwrap();
    }
    assert_eq!(
        refusal(add(false)),
        "Limit: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing \
         version."
    );
    let delete = |id| world.run(|tx, permit| policy::delete_version(tx, permit, &arn, id));
    assert_eq!(
        refusal(delete("v2")),
        "InUse: Cannot delete the default version of a policy."
    );
    assert!(refusal(delete("v9")).starts_with("NotFound: "));
    delete("v5").unwrap();
    assert_eq!(add(false).unwrap().id, "v6", "numbers never come back");
    let found = policy::get(&world.identity.snapshot(), account(), &arn).unwrap();
    let ids: Vec<String> = found.versions().into_iter().map(|version| version.id).collect();
    assert_eq!(ids, ["v6", "v4", "v3", "v2", "v1"]);
    assert_eq!(found.default_version(), "v2");
    world
        .run(|tx, permit| policy::set_default_version(tx, permit, &arn, "v1"))
        .unwrap();
    assert!(
        refusal(world.run(|tx, permit| policy::delete(tx, permit, &arn))).starts_with("InUse: This policy has more")
    );
    let long = ALLOW_S3.replace("\"*\"", &format!("\"arn:aws:s3:::{}\"", "x".repeat(7000)));
    let create = |text: &str| world.run(|tx, permit| policy::create(tx, permit, &new_policy("long", text)));
    assert_eq!(
        refusal(create(&long)),
        "Limit: Cannot exceed quota for PolicySize: 6144"
    );
}

#[test]
fn the_policies_of_aws_are_listed_and_read_only() {
    let world = World::new();
    world.policy("own").unwrap();
    let snapshot = world.identity.snapshot();
    let filter = policy::Filter {
        path_prefix: "/",
        ..policy::Filter::default()
    };
    let mut seen = 0;
    let mut after = None;
    loop {
        let page = policy::list(&snapshot, account(), filter, after.as_deref(), 100);
        seen += page.items.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, crate::managed::all().len() + 1);
    let own = policy::Filter {
        scope: policy::Scope::Local,
        ..filter
    };
    assert_eq!(policy::list(&snapshot, account(), own, None, 100).items.len(), 1);
    assert!(refusal(world.run(|tx, permit| policy::delete(tx, permit, READ_ONLY))).starts_with("Validation: "));
}

#[test]
fn users_have_two_keys_whose_secrets_are_wrapped() {
    let world = World::new();
    world.user("alice").unwrap();
    let make = || world.run(|tx, permit| access_key::create(tx, permit, Some("alice"), None));
    let (key, secret) = make().unwrap();
    assert!(key.id.starts_with("AKIA") && secret.expose().len() == 40);
    make().unwrap();
    assert_eq!(refusal(make()), "Limit: Cannot exceed quota for AccessKeysPerUser: 2");
    assert_eq!(
        refusal(world.run(|tx, permit| user::delete(tx, permit, "alice"))),
        "InUse: Cannot delete entity, must delete access keys first."
    );
    for entry in world.store.list(&List::prefix("")).unwrap().entries {
        assert!(
            !String::from_utf8_lossy(&entry.value).contains(secret.expose()),
            "no secret lies in the store"
        );
    }
    // A renamed user keeps them.
    let name = "bob".parse().unwrap();
    world
        .run(|tx, permit| user::update(tx, permit, "alice", Some(&name), None))
        .unwrap();
    let snapshot = world.identity.snapshot();
    assert_eq!(
        access_key::list(&snapshot, account(), Some("BOB"), None, 9)
            .unwrap()
            .items
            .len(),
        2
    );
    assert!(access_key::list(&snapshot, account(), Some("alice"), None, 9).is_err());
    assert_eq!(
        refusal(world.run(|tx, permit| access_key::delete(tx, permit, Some("bob"), "AKIANOBODY0000000000"))),
        "NotFound: The Access Key with id AKIANOBODY0000000000 cannot be found."
    );
    world
        .run(|tx, permit| access_key::update(tx, permit, Some("bob"), &key.id, false))
        .unwrap();
    assert!(!world.identity.snapshot().access_key(&key.id).unwrap().active);
}

fn new_provider<'a>(url: &'a str, client_ids: &'a [String]) -> oidc_provider::NewProvider<'a> {
    oidc_provider::NewProvider {
        url,
        client_ids,
        thumbprints: &[],
        tags: &[],
    }
}

#[test]
fn providers_keep_their_url_as_it_is() {
    let world = World::new();
    let ids = ["sts.amazonaws.com".to_owned()];
    let make = |url: &str| world.run(|tx, permit| oidc_provider::create(tx, permit, &new_provider(url, &ids)));
    let provider = make("https://127.0.0.1:4566/id/AB").unwrap();
    assert_eq!(
        provider.arn,
        "arn:aws:iam::123456789012:oidc-provider/127.0.0.1:4566/id/AB"
    );
    assert_eq!(
        refusal(make("https://127.0.0.1:4566/id/AB")),
        "AlreadyExists: Provider with url https://127.0.0.1:4566/id/AB already exists."
    );
    make("https://127.0.0.1:4566/id/ab").unwrap();
    for wrong in [
        "http://a.example",
        "https://",
        "https://a b",
        "https://a?x=1",
        "https://a@b",
        "https://a:x",
        "a",
    ] {
        assert!(refusal(make(wrong)).starts_with("Validation: "), "{wrong}");
    }
    let arn = provider.arn.as_str();
    let add = |id: &str| world.run(|tx, permit| oidc_provider::add_client_id(tx, permit, arn, id));
    add("one").unwrap();
    add("one").unwrap();
    world
        .run(|tx, permit| oidc_provider::remove_client_id(tx, permit, arn, "none"))
        .unwrap();
    let found = oidc_provider::get(&world.identity.snapshot(), account(), arn).unwrap();
    assert_eq!(found.client_ids, ["sts.amazonaws.com", "one"]);
    for number in found.client_ids.len()..100 {
        add(&number.to_string()).unwrap();
    }
    assert_eq!(
        refusal(add("more")),
        "Limit: Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"
    );
    let six = vec!["a".repeat(40); 6];
    assert_eq!(
        refusal(world.run(|tx, permit| oidc_provider::update_thumbprints(tx, permit, arn, &six))),
        "Invalid: Thumbprint list must contain fewer than 5 entries."
    );
    let in_account = |of| world.run_in(of, |tx, permit| oidc_provider::delete(tx, permit, arn));
    let gone = format!("NotFound: OpenId connect Provider {arn} cannot be found.");
    assert_eq!(
        refusal(in_account(other())),
        gone,
        "another account has none of this ARN"
    );
    in_account(account()).unwrap();
    assert_eq!(refusal(in_account(account())), gone);
    assert_eq!(
        refusal(oidc_provider::get(&world.identity.snapshot(), account(), arn)),
        format!("NotFound: OpenIDConnect Provider not found for arn {arn}")
    );
}

fn new_cluster<'a>(name: &str, issuer: cluster::Issuer<'a>) -> cluster::NewCluster<'a> {
    cluster::NewCluster {
        name: name.parse().unwrap(),
        region: "us-east-2",
        issuer,
        role_arn: "",
        version: "1.33",
        network: crate::state::Network::default(),
        tags: &[],
        token: None,
    }
}

#[test]
fn an_issuer_belongs_to_one_cluster_and_nobody_elses_provider() {
    let world = World::new();
    let registered = |url| cluster::Issuer::Registered { url, jwks: None };
    let make =
        |id, name: &str, issuer| world.run_in(id, |tx, permit| cluster::create(tx, permit, &new_cluster(name, issuer)));
    make(account(), "one", registered("https://issuer.example/a")).unwrap();
    let taken = "AlreadyExists: The issuer is in use: https://issuer.example/a";
    assert_eq!(
        refusal(make(account(), "two", registered("https://issuer.example/a"))),
        taken
    );
    assert_eq!(
        refusal(make(other(), "two", registered("https://issuer.example/a"))),
        taken
    );

    // Threat 1: B registers A's issuer with keys of its own.
    world
        .run(|tx, permit| oidc_provider::create(tx, permit, &new_provider("https://public.example", &[])))
        .unwrap();
    assert_eq!(
        refusal(make(other(), "two", registered("https://public.example"))),
        "AlreadyExists: The issuer is in use: https://public.example"
    );
    make(account(), "three", registered("https://public.example")).unwrap();
    assert_eq!(
        refusal(make(other(), "one", registered("https://issuer.example/b"))),
        "AlreadyExists: Cluster already exists with name: one"
    );
    assert!(refusal(make(account(), "four", registered("http://a.example"))).starts_with("Invalid: "));
    assert_eq!(
        refusal(cluster::get(&world.identity.snapshot(), other(), "one")),
        "NotFound: No cluster found for name: one."
    );
}

#[test]
fn a_hosted_cluster_has_a_random_id_and_wrapped_keys() {
    let world = World::new();
    let key = SigningKey::generate().unwrap();
    let issuer = cluster::Issuer::Hosted {
        base: "https://127.0.0.1:4566",
        key: &key,
    };
    let make = || world.run(|tx, permit| cluster::create(tx, permit, &new_cluster("dev", issuer)));
    let first = make().unwrap();
    assert_eq!(first.issuer, format!("https://127.0.0.1:4566/id/{}", first.id));
    let reopened = open(&world.store, Quotas::default());
    let kept = cluster::get(&reopened.snapshot(), account(), "dev").unwrap();
    assert!(kept.keys.is_some());
    let kept = cluster::signing_key(&kept, reopened.root(), now().as_second()).unwrap();
    assert_eq!(kept.key_id(), key.key_id());
    // Threat 6: the name comes back, the trust does not.
    world.run(|tx, permit| cluster::delete(tx, permit, "dev")).unwrap();
    assert_ne!(make().unwrap().issuer, first.issuer);
}

#[test]
fn a_bucket_made_anew_is_another_one() {
    let world = World::new();
    let name = "reports".parse().unwrap();
    let make = |id| world.run_in(id, |tx, permit| bucket::create(tx, permit, &name, "us-east-2", &[]));
    let first = make(account()).unwrap();
    assert!(refusal(make(other())).starts_with("AlreadyExists: "));
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
        "Resource":"arn:aws:s3:::reports/*"}]}"#;
    let put = |incarnation: &str| world.run(|tx, permit| bucket::put_policy(tx, permit, "reports", incarnation, text));
    put(&first.incarnation).unwrap();
    let snapshot = world.identity.snapshot();
    let kept = bucket::get(&snapshot, "reports", &first.incarnation).unwrap();
    assert_eq!(kept.shown_policy(&snapshot).as_deref(), Some(text));
    world
        .run(|tx, permit| bucket::delete(tx, permit, "reports", &first.incarnation))
        .unwrap();
    let second = make(account()).unwrap();
    assert_ne!(second.incarnation, first.incarnation);
    assert!(second.policy.is_none());
    assert!(refusal(put(&first.incarnation)).starts_with("NotFound: "));
}

#[test]
fn tags_follow_aws_rules() {
    let world = World::new();
    let with = |tags: &[(&str, &str)]| {
        let tags: Vec<_> = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let trust = trusts(r#""*""#);
        world.run(|tx, permit| {
            role::create(
                tx,
                permit,
                &NewRole {
                    tags: &tags,
                    ..new_role("app", &trust)
                },
            )
        })
    };
    assert_eq!(
        refusal(with(&[("a", ""), ("A", "")])),
        "Invalid: Duplicate tag keys found. Please note that Tag keys are case insensitive."
    );
    assert!(refusal(with(&[("aws:x", "")])).starts_with("Invalid: "));
    assert!(refusal(with(&[("a\u{7}", "")])).starts_with("Invalid: "));
    let many: Vec<String> = (0..51).map(|n| format!("k{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "")).collect();
    assert_eq!(
        refusal(with(&many)),
        "Limit: The number of tags has reached the maximum limit."
    );
    with(&[("schlüssel mit ort", "a@b:c/d=e+f-g_h.i")]).unwrap();
}

#[test]
fn tag_keys_of_what_is_no_user_and_no_role_differ_by_case() {
    let world = World::new();
    let with = |keys: &[&str]| {
        let tags: Vec<_> = keys.iter().map(|key| ((*key).to_owned(), String::new())).collect();
        world.run(|tx, permit| {
            let new = NewPolicy {
                tags: &tags,
                ..new_policy("p", ALLOW_S3)
            };
            policy::create(tx, permit, &new)
        })
    };
    assert_eq!(refusal(with(&["a", "a"])), "Invalid: Duplicate tag keys found.");
    let arn = with(&["abc", "b", "a", "A", "z"]).unwrap().arn;
    let listed = || -> Vec<String> {
        let policy = policy::get(&world.identity.snapshot(), account(), &arn).unwrap();
        let mut keys = Vec::new();
        let mut after = None;
        loop {
            let page = tags::page(policy.tags(), after.as_deref(), 2);
            keys.extend(page.items.into_iter().map(|(key, _)| key));
            after = page.next;
            if after.is_none() {
                return keys;
            }
        }
    };
    assert_eq!(listed(), ["A", "a", "b", "z", "abc"]);
    world
        .run(|tx, permit| tags::untag::<ManagedPolicy>(tx, permit, &arn, &["a".to_owned()]))
        .unwrap();
    world
        .run(|tx, permit| tags::tag::<ManagedPolicy>(tx, permit, &arn, &[("Z".to_owned(), String::new())]))
        .unwrap();
    assert_eq!(listed(), ["A", "Z", "b", "z", "abc"]);
}

#[test]
fn a_version_of_a_policy_that_is_not_there_is_missing_as_a_version_is() {
    let world = World::new();
    let own = world.policy("own").unwrap().arn;
    let gone = "arn:aws:iam::123456789012:policy/gone";
    for (arn, version) in [(gone, "v1"), (own.as_str(), "v9")] {
        let sentence = format!("NotFound: Policy {arn} version {version} does not exist or is not attachable.");
        assert_eq!(
            refusal(policy::version(&world.identity.snapshot(), account(), arn, version)),
            sentence
        );
        assert_eq!(
            refusal(world.run(|tx, permit| policy::set_default_version(tx, permit, arn, version))),
            sentence
        );
        assert_eq!(
            refusal(world.run(|tx, permit| policy::delete_version(tx, permit, arn, version))),
            sentence
        );
    }
}

#[test]
fn lists_go_on_where_they_stopped_whatever_changed_meanwhile() {
    let world = World::new();
    for name in ["a", "b", "C", "d", "e"] {
        world.role(name, &trusts(r#""*""#)).unwrap();
    }
    let first = role::list(&world.identity.snapshot(), account(), "/", None, 2);
    assert_eq!(first.next.as_deref(), Some("b"));
    world.run(|tx, permit| role::delete(tx, permit, "b")).unwrap();
    world.role("aa", &trusts(r#""*""#)).unwrap();
    let rest = role::list(&world.identity.snapshot(), account(), "/", first.next.as_deref(), 9);
    let names: Vec<&str> = rest.items.iter().map(|role| role.name.as_str()).collect();
    assert_eq!((names, rest.next), (vec!["C", "d", "e"], None));
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let world = World::new();
    let alice = world.user("alice").unwrap();
    world
        .role("app", &trusts("\"arn:aws:iam::123456789012:user/alice\""))
        .unwrap();
    world.attach("app", READ_ONLY).unwrap();
    world.policy("own").unwrap();
    let reopened = open(&world.store, Quotas::default());
    let snapshot = reopened.snapshot();
    let before = world.identity.snapshot();
    assert_eq!(snapshot.role(account(), "app"), before.role(account(), "app"));
    assert_eq!(
        snapshot.policy_named(account(), "own"),
        before.policy_named(account(), "own")
    );
    assert_eq!(snapshot.attachment_count(account(), READ_ONLY), 1);
    assert_eq!((snapshot.role_count(account()), snapshot.user_count(account())), (1, 1));
    assert_eq!(
        snapshot
            .role(account(), "app")
            .unwrap()
            .principals
            .values()
            .next()
            .unwrap(),
        alice.id.as_str()
    );
    assert_eq!(snapshot.revisions.len(), before.revisions.len());
}
