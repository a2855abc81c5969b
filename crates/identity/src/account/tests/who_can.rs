//! Who could do something, and through whom.

use rolecall_policy::Possibility;

use super::*;
use crate::who_can::{Asked, Kind, Who, who_can};

const KEY: &str = "arn:aws:s3:::reports/hello.txt";
const ISSUER: &str = "issuer.example/a";

fn ask(world: &World, action: &str, resource: &str) -> Vec<Who> {
    let asked = Asked {
        account: account(),
        action,
        resource,
        context: Context::new(),
    };
    let (all, more) = who_can(&world.identity.snapshot(), &asked);
    assert!(!more);
    all
}

fn names(all: &[Who]) -> Vec<(Kind, &str, Possibility)> {
    all.iter()
        .map(|who| (who.kind, who.name.as_str(), who.possibility))
        .collect()
}

fn allow(world: &World, user: &str, text: &str) {
    world
        .run(|tx, permit| inline::put::<User>(tx, permit, user, &"p".parse().unwrap(), text))
        .unwrap();
}

fn statement(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{rest}}}]}}"#)
}

fn federated(condition: &str) -> String {
    statement(&format!(
        r#""Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"}},
            "Action":"sts:AssumeRoleWithWebIdentity","Condition":{{{condition}}}"#
    ))
}

/// A cluster, its provider, and a role that may read.
fn world(trust: &str) -> World {
    let world = World::new();
    let url = format!("https://{ISSUER}");
    world
        .run(|tx, permit| {
            cluster::create(
                tx,
                permit,
                &new_cluster("dev", cluster::Issuer::Registered { url: &url, jwks: None }),
            )
        })
        .unwrap();
    let ids = ["sts.amazonaws.com".to_owned()];
    world
        .run(|tx, permit| oidc_provider::create(tx, permit, &new_provider(&url, &ids)))
        .unwrap();
    world.role("app", trust).unwrap();
    world.attach("app", READ_ONLY).unwrap();
    world
}

fn role(all: &[Who]) -> &Who {
    all.iter().find(|who| who.kind == Kind::Role).unwrap()
}

#[test]
fn the_root_users_and_roles_that_their_policies_let() {
    let world = world(&federated(&format!(
        r#""StringEquals":{{"{ISSUER}:sub":"system:serviceaccount:default:iam-test"}}"#
    )));
    world.user("alice").unwrap();
    world.user("bob").unwrap();
    let inside = r#""Sid":"In","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#;
    allow(&world, "alice", &statement(inside));
    let all = ask(&world, "s3:GetObject", KEY);
    assert_eq!(
        names(&all),
        [
            (Kind::Account, "arn:aws:iam::123456789012:root", Possibility::Always),
            (
                Kind::User,
                "arn:aws:iam::123456789012:user/alice",
                Possibility::Sometimes
            ),
            (
                Kind::Role,
                "arn:aws:iam::123456789012:role/team/app",
                Possibility::Always
            ),
        ]
    );
    assert_eq!(all[1].clauses[0].conditions, ["IpAddress aws:SourceIp: 10.0.0.0/8"]);
    assert_eq!(
        (all[1].clauses[0].policy.as_str(), all[1].clauses[0].sid.as_str()),
        ("p", "In")
    );
    assert_eq!(all[2].clauses[0].policy, READ_ONLY);
    // What is known of the request decides.
    let asked = Asked {
        account: account(),
        action: "s3:GetObject",
        resource: KEY,
        context: Context::from_iter([("aws:SourceIp", "192.0.2.1")]),
    };
    let (known, _) = who_can(&world.identity.snapshot(), &asked);
    assert!(known.iter().all(|who| who.kind != Kind::User));
    // Another account's principals are not told.
    let asked = Asked {
        account: other(),
        ..asked
    };
    assert_eq!(who_can(&world.identity.snapshot(), &asked).0.len(), 1);
}

#[test]
fn service_accounts_are_told_by_name_by_pattern_or_all() {
    let sub = |operator: &str, value: &str| federated(&format!(r#""{operator}":{{"{ISSUER}:sub":{value}}}"#));
    let through = |trust: &str| {
        let all = ask(&world(trust), "s3:GetObject", KEY);
        let role = role(&all);
        role.through
            .iter()
            .map(|who| (who.kind, who.name.clone(), who.possibility))
            .collect::<Vec<_>>()
    };
    let one = |name: &str, possibility| (Kind::ServiceAccount, format!("{name} of cluster dev"), possibility);
    assert_eq!(
        through(&sub(
            "StringEquals",
            r#"["system:serviceaccount:a:b","system:serviceaccount:a:c"]"#
        )),
        [one("a/b", Possibility::Always), one("a/c", Possibility::Always)]
    );
    assert_eq!(
        through(&sub("StringLike", r#""system:serviceaccount:team-*:*""#)),
        [one("team-*/*", Possibility::Sometimes)]
    );
    assert_eq!(through(&federated("")), [one("*/*", Possibility::Always)]);
    // An audience that the provider does not accept lets nobody in.
    let elsewhere = format!(r#""StringEquals":{{"{ISSUER}:aud":"vault","{ISSUER}:sub":"system:serviceaccount:a:b"}}"#);
    assert!(through(&federated(&elsewhere)).is_empty());
    // A provider that is not registered vouches for nobody.
    assert!(through(&federated("").replace(ISSUER, "issuer.example/b")).is_empty());
}

#[test]
fn a_role_is_reached_by_services_users_accounts_and_other_roles() {
    let world = world(&statement(
        r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com","AWS":["210987654321"]}"#,
    ));
    world.user("alice").unwrap();
    world
        .role(
            "middle",
            &federated(&format!(
                r#""StringEquals":{{"{ISSUER}:sub":"system:serviceaccount:a:b"}}"#
            )),
        )
        .unwrap();
    let named = r#"["arn:aws:iam::123456789012:user/alice","arn:aws:iam::123456789012:role/team/middle"]"#;
    world.role("end", &trusts(named)).unwrap();
    world.attach("end", READ_ONLY).unwrap();
    let all = ask(&world, "s3:GetObject", KEY);
    let of = |name: &str| all.iter().find(|who| who.name.ends_with(name)).unwrap();
    assert_eq!(
        names(&of("/app").through),
        [
            (Kind::Account, "arn:aws:iam::210987654321:root", Possibility::Always),
            (Kind::Service, "ec2.amazonaws.com", Possibility::Always),
        ]
    );
    let end = of("/end");
    assert_eq!(
        names(&end.through),
        [
            (
                Kind::Role,
                "arn:aws:iam::123456789012:role/team/middle",
                Possibility::Always
            ),
            (Kind::User, "arn:aws:iam::123456789012:user/alice", Possibility::Always),
        ]
    );
    assert_eq!(
        names(&end.through[0].through),
        [(Kind::ServiceAccount, "a/b of cluster dev", Possibility::Always)]
    );
    // The role itself is a resource, and its trust policy that resource's.
    let assume = ask(&world, "sts:AssumeRole", "arn:aws:iam::123456789012:role/team/end");
    assert!(assume.iter().any(|who| who.name.ends_with("user/alice")));
    assert!(assume.iter().all(|who| who.kind != Kind::Service));
}

#[test]
fn roles_that_trust_each_other_are_walked_once() {
    let world = World::new();
    world.role("one", &trusts(r#""*""#)).unwrap();
    world
        .role("two", &trusts(r#""arn:aws:iam::123456789012:role/team/one""#))
        .unwrap();
    world
        .run(|tx, permit| {
            role::update_trust(
                tx,
                permit,
                "one",
                &trusts(r#""arn:aws:iam::123456789012:role/team/two""#),
            )
        })
        .unwrap();
    world.attach("one", READ_ONLY).unwrap();
    let all = ask(&world, "s3:GetObject", KEY);
    let two = &role(&all).through[0];
    assert!(two.name.ends_with("/two"));
    assert!(two.through[0].through.is_empty());
}

#[test]
fn a_buckets_policy_lets_in_strangers_and_other_accounts() {
    let world = World::new();
    let bucket = world
        .run(|tx, permit| bucket::create(tx, permit, &"reports".parse().unwrap(), "us-east-2", &[]))
        .unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*",
         "Condition":{"Bool":{"aws:SecureTransport":"true"}}},
        {"Effect":"Allow","Principal":{"AWS":"210987654321"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::reports/*"}]}"#;
    world
        .run(|tx, permit| bucket::put_policy(tx, permit, "reports", &bucket.incarnation, policy))
        .unwrap();
    let strangers = |action: &str| {
        let all = ask(&world, action, KEY);
        all.into_iter()
            .filter(|who| who.kind != Kind::Account || !who.name.contains("123456789012"))
            .map(|who| (who.kind, who.name, who.possibility))
            .collect::<Vec<_>>()
    };
    let other = (
        Kind::Account,
        "arn:aws:iam::210987654321:root".to_owned(),
        Possibility::Always,
    );
    assert_eq!(strangers("s3:PutObject"), [other]);
    let read = strangers("s3:GetObject");
    assert!(
        read.contains(&(Kind::Anyone, "*".to_owned(), Possibility::Sometimes)),
        "{read:?}"
    );
    assert!(strangers("s3:DeleteObject").is_empty());
}
