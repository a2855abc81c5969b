//! What is told of an account: everything at once, who is granted what and when it was used, and its credentials.

use super::*;
use crate::{
    account::{
        credential_report::generate,
        details::{self, Detail, Wanted},
        group,
        last_accessed::{Last, granting, report},
        login_profile::{self, NewPassword},
        policy::Found,
        signing_certificate,
    },
    certificate::tests::self_signed,
    password::Derivation,
    session::Secret,
    state::Group,
    usage::{Usage, Use},
};

const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

fn usage() -> Usage {
    Usage::open(Arc::new(Memory::new())).unwrap()
}

fn used(usage: &Usage, principal: &str, key: &str, service: &str, action: &str) {
    usage.note(Use {
        principal: Some(principal),
        access_key_id: key,
        service,
        region: "us-east-2",
        action,
        at: now().as_second(),
    });
}

fn names(details: &[Detail]) -> Vec<String> {
    let one = |detail: &Detail| match detail {
        Detail::User(user) => format!("user {}", user.name),
        Detail::Group(group) => format!("group {}", group.name),
        Detail::Role(role) => format!("role {}", role.name),
        Detail::Policy(Found::Own(policy)) => format!("own {}", policy.name),
        Detail::Policy(Found::Aws(policy)) => format!("aws {}", policy.name),
    };
    details.iter().map(one).collect()
}

#[test]
fn everything_is_told_once_in_one_order_whatever_the_pages() {
    let world = World::new();
    for name in ["bob", "Alice"] {
        world.user(name).unwrap();
    }
    world.role("app", &trusts(r#""*""#)).unwrap();
    world.policy("mine").unwrap();
    world.attach("app", READ_ONLY).unwrap();
    let snapshot = world.identity.snapshot();
    let whole = details::list(&snapshot, account(), Wanted::ALL, None, 1000);
    let all = [
        "user Alice",
        "user bob",
        "role app",
        "own mine",
        "aws AmazonS3ReadOnlyAccess",
    ];
    assert_eq!(names(&whole.items), all);
    assert_eq!(whole.next, None);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = details::list(&snapshot, account(), Wanted::ALL, after.as_deref(), 2);
        seen.extend(names(&page.items));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, all);
    let roles = Wanted {
        users: false,
        groups: false,
        roles: true,
        local: false,
        aws: false,
    };
    assert_eq!(
        names(&details::list(&snapshot, account(), roles, None, 10).items),
        ["role app"]
    );
    assert!(
        details::list(&snapshot, other(), Wanted::ALL, None, 10)
            .items
            .is_empty()
    );
}

#[test]
fn policies_that_grant_a_service_are_those_that_allow_some_action_of_it() {
    let world = World::new();
    world.user("alice").unwrap();
    world
        .run(|tx, permit| attachment::attach::<User>(tx, permit, "alice", READ_ONLY))
        .unwrap();
    let but_iam =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","s3:*"],"Resource":"*"}]}"#;
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    for (name, text) in [("others", but_iam), ("deny", deny)] {
        world
            .run(|tx, permit| inline::put::<User>(tx, permit, "alice", &name.parse().unwrap(), text))
            .unwrap();
    }
    let snapshot = world.identity.snapshot();
    let services = ["s3", "iam", "ec2", "nothing"].map(str::to_owned);
    let granted = granting(&snapshot, account(), ALICE, &services).unwrap();
    let shown: Vec<_> = granted
        .iter()
        .map(|(service, sources)| {
            (
                service.as_str(),
                sources.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("s3", vec!["AmazonS3ReadOnlyAccess"]),
            ("iam", vec![]),
            ("ec2", vec!["others"]),
            ("nothing", vec!["others"]),
        ]
    );
    assert_eq!(
        refusal(granting(
            &snapshot,
            account(),
            "arn:aws:iam::123456789012:user/x/alice",
            &services
        )),
        "NotFound: The user with name alice cannot be found."
    );
    let policy = granting(&snapshot, account(), READ_ONLY, &services);
    assert!(refusal(policy).starts_with("Invalid: Invalid Entity Arn: "));
}

#[test]
fn a_report_tells_of_every_service_that_is_allowed_and_of_no_other() {
    let world = World::new();
    let alice = world.user("alice").unwrap();
    let bob = world.user("bob").unwrap();
    let mine = world.policy("mine").unwrap();
    for user in ["alice", "bob"] {
        world
            .run(|tx, permit| attachment::attach::<User>(tx, permit, user, &mine.arn))
            .unwrap();
    }
    let usage = usage();
    used(&usage, alice.id.as_str(), "AKIA1", "s3", "GetObject");
    used(&usage, alice.id.as_str(), "AKIA1", "iam", "GetUser");
    let snapshot = world.identity.snapshot();
    let own = report(&snapshot, &usage, account(), ALICE, true, now()).unwrap();
    let [s3] = own.services.as_slice() else {
        panic!("{own:?}")
    };
    assert_eq!((s3.namespace, s3.entities), ("s3", 1));
    let last = Last {
        at: now().as_second(),
        by: ALICE.to_owned(),
        region: "us-east-2".to_owned(),
    };
    assert_eq!(s3.last, Some(last.clone()));
    assert_eq!(s3.actions, [("GetObject", Some(last))]);

    let of_policy = report(&snapshot, &usage, account(), &mine.arn, false, now()).unwrap();
    assert_eq!(of_policy.entities.len(), 2);
    assert_eq!(of_policy.entities[1].id, bob.id.as_str());
    assert!(of_policy.entities[1].used.is_empty() && of_policy.services[0].actions.is_empty());
    let gone = report(
        &snapshot,
        &usage,
        account(),
        "arn:aws:iam::123456789012:policy/gone",
        false,
        now(),
    );
    assert!(refusal(gone).starts_with("NotFound: "));
}

#[test]
fn the_credential_report_is_awss_table() {
    let world = World::new();
    let alice = world.user("alice").unwrap();
    world.user("bob,the=other").unwrap();
    let (key, _) = world
        .run(|tx, permit| access_key::create(tx, permit, Some("alice"), None))
        .unwrap();
    world
        .run(|tx, permit| access_key::update(tx, permit, Some("alice"), &key.id, false))
        .unwrap();
    let derivation = Derivation::new(&SystemEntropy).unwrap();
    let text = Secret::new("Some-secret1");
    let hashed = derivation.derive(text.expose());
    let new = NewPassword {
        text: &text,
        hashed: &hashed,
    };
    world
        .run(|tx, permit| login_profile::create(tx, permit, "alice", new, false))
        .unwrap();
    let usage = usage();
    used(&usage, alice.id.as_str(), &key.id, "iam", "GetUser");
    let table = generate(&world.identity.snapshot(), &usage, account());
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(!table.ends_with('\n'));
    let columns: Vec<&str> = lines[0].split(',').collect();
    assert_eq!(
        (columns.len(), columns[0], columns[21]),
        (22, "user", "cert_2_last_rotated")
    );
    let nothing = "false,N/A,N/A,N/A,N/A";
    let when = "2023-11-14T22:13:20Z";
    assert_eq!(
        lines[1],
        format!(
            "<root_account>,arn:aws:iam::123456789012:root,{when},not_supported,no_information,not_supported,not_supported,false,{nothing},{nothing},false,N/A,false,N/A"
        )
    );
    assert_eq!(
        lines[2],
        format!(
            "alice,{ALICE},{when},true,no_information,{when},N/A,false,false,{when},{when},us-east-2,iam,{nothing},false,N/A,false,N/A"
        )
    );
    assert!(
        lines[3].starts_with(r#""bob,the=other","arn:aws:iam::123456789012:user/bob,the=other",2023-"#),
        "{}",
        lines[3]
    );
}

#[test]
fn the_credential_report_tells_of_devices_and_certificates() {
    let world = World::new();
    world.alice_with_device();
    world.user("bob").unwrap();
    let made = world
        .upload_signing(Some("bob"), &self_signed("bob", 2020, 2040).pem)
        .unwrap();
    world
        .run(|tx, permit| signing_certificate::update(tx, permit, Some("bob"), &made.id, false))
        .unwrap();
    let table = generate(&world.identity.snapshot(), &usage(), account());
    let columns = |user: &str, from: usize| {
        let line = table.lines().find(|line| line.starts_with(user)).unwrap();
        line.split(',').skip(from).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(columns("alice", 7)[0], "true");
    assert_eq!(columns("alice", 18), ["false", "N/A", "false", "N/A"]);
    assert_eq!(columns("bob", 7)[0], "false");
    assert_eq!(columns("bob", 18), ["false", "2023-11-14T22:13:20Z", "false", "N/A"]);
}

#[test]
fn a_groups_policies_are_its_members_and_told_with_it() {
    let world = World::new();
    let alice = world.user("alice").unwrap();
    let (staff, path) = ("staff".parse().unwrap(), "/".parse().unwrap());
    world
        .run(|tx, permit| group::create(tx, permit, &staff, &path))
        .unwrap();
    world
        .run(|tx, permit| group::add_user(tx, permit, "staff", "alice"))
        .unwrap();
    world
        .run(|tx, permit| inline::put::<Group>(tx, permit, "staff", &"ours".parse().unwrap(), ALLOW_S3))
        .unwrap();
    let mine = world.policy("mine").unwrap();
    world
        .run(|tx, permit| attachment::attach::<Group>(tx, permit, "staff", &mine.arn))
        .unwrap();
    world
        .run(|tx, permit| attachment::attach::<User>(tx, permit, "alice", &mine.arn))
        .unwrap();
    let snapshot = world.identity.snapshot();
    let services = ["s3".to_owned()];
    let granted = granting(&snapshot, account(), ALICE, &services).unwrap();
    let shown: Vec<_> = granted[0]
        .1
        .iter()
        .map(|it| (it.name.as_str(), it.holder, it.simulator_id()))
        .collect();
    assert_eq!(
        shown,
        [
            ("mine", "user", "mine".to_owned()),
            ("ours", "group", "group_staff_ours".to_owned()),
        ]
    );
    let group = "arn:aws:iam::123456789012:group/staff";
    assert_eq!(granting(&snapshot, account(), group, &services).unwrap()[0].1.len(), 2);
    let usage = usage();
    used(&usage, alice.id.as_str(), "AKIA1", "s3", "GetObject");
    let of_group = report(&snapshot, &usage, account(), group, false, now()).unwrap();
    assert_eq!(of_group.services[0].last.as_ref().unwrap().by, ALICE);
    assert_eq!(of_group.entities.len(), 1);
    let all = details::list(&snapshot, account(), Wanted::ALL, None, 10);
    assert_eq!(names(&all.items), ["user alice", "group staff", "own mine"]);
}
