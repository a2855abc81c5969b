//! Groups, and what they give to their users.

use rolecall_names::Path;

use super::*;
use crate::{
    account::{Page, group, removal},
    state::Group,
    who_can::{Asked, who_can},
};

const ALLOW_GET_ROLE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"*"}]}"#;
const DENY_GET_ROLE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:GetRole","Resource":"*"}]}"#;

impl World {
    fn group(&self, name: &str) -> Result<Group, Error> {
        self.run(|tx, permit| group::create(tx, permit, &name.parse().unwrap(), &Path::default()))
    }

    fn join(&self, group: &str, user: &str) -> Result<(), Error> {
        self.run(|tx, permit| group::add_user(tx, permit, group, user))
    }

    fn leave(&self, group: &str, user: &str) -> Result<(), Error> {
        self.run(|tx, permit| group::remove_user(tx, permit, group, user))
    }

    fn members(&self, group: &str) -> Vec<String> {
        let snapshot = self.identity.snapshot();
        let (_, page) = group::get(&snapshot, account(), group, None, 100).unwrap();
        page.items.iter().map(|user| user.name.clone()).collect()
    }

    fn groups_of(&self, user: &str) -> Vec<String> {
        let snapshot = self.identity.snapshot();
        let page = group::of_user(&snapshot, account(), user, None, 100).unwrap();
        page.items.iter().map(|group| group.name.clone()).collect()
    }

    fn give(&self, group: &str, policy: &str, text: &str) {
        self.run(|tx, permit| inline::put::<Group>(tx, permit, group, &policy.parse().unwrap(), text))
            .unwrap();
    }

    /// Whether the user may, and AWS's sentence if not.
    fn may_get_role(&self, name: &str) -> Result<(), String> {
        let snapshot = self.identity.snapshot();
        let user = snapshot.user(account(), name).unwrap();
        let identified = Identified::User {
            account: account(),
            id: user.id.clone(),
            arn: user.arn.clone(),
        };
        let caller = Caller::new(&snapshot, &identified, "AKIA").unwrap();
        let resource = "arn:aws:iam::123456789012:role/app";
        let allowed = authorize::<op::GetRole>(&snapshot, &caller, resource, Context::new());
        allowed.map(drop).map_err(|denied| denied.to_string())
    }
}

#[test]
fn a_group_is_made_shown_listed_and_deleted() {
    let world = World::new();
    let made = world
        .run(|tx, permit| group::create(tx, permit, &"Admins".parse().unwrap(), &"/team/".parse().unwrap()))
        .unwrap();
    assert_eq!(made.arn.as_str(), "arn:aws:iam::123456789012:group/team/Admins");
    assert!(made.id.as_str().starts_with("AGPA") && made.id.as_str().len() == 21);
    assert_eq!(
        refusal(world.group("ADMINS")),
        "AlreadyExists: Group with name ADMINS already exists."
    );
    world.group("readers").unwrap();
    let snapshot = world.identity.snapshot();
    let names = |prefix, after: Option<&str>, limit| {
        let page: Page<_> = group::list(&snapshot, account(), prefix, after, limit);
        (
            page.items.iter().map(|group| group.name.clone()).collect::<Vec<_>>(),
            page.next,
        )
    };
    assert_eq!(
        names("/", None, 1),
        (vec!["Admins".to_owned()], Some("admins".to_owned()))
    );
    assert_eq!(names("/", Some("admins"), 9), (vec!["readers".to_owned()], None));
    assert_eq!(names("/team/", None, 9), (vec!["Admins".to_owned()], None));
    assert_eq!(group::list(&snapshot, other(), "/", None, 9).items.len(), 0);

    world.run(|tx, permit| group::delete(tx, permit, "admins")).unwrap();
    let gone = group::get(&world.identity.snapshot(), account(), "Admins", None, 9);
    assert_eq!(refusal(gone), "NotFound: The group with name Admins cannot be found.");
    assert_eq!(world.identity.snapshot().group_count(account()), 1);
}

#[test]
fn users_join_and_leave_as_often_as_they_like() {
    let world = World::new();
    world.user("alice").unwrap();
    world.user("Bob").unwrap();
    world.group("readers").unwrap();
    world.group("admins").unwrap();
    for _ in 0..2 {
        world.join("readers", "alice").unwrap();
        world.join("Readers", "bob").unwrap();
    }
    world.join("admins", "alice").unwrap();
    assert_eq!(world.members("readers"), ["alice", "Bob"]);
    assert_eq!(world.groups_of("alice"), ["admins", "readers"], "in the order of names");
    let snapshot = world.identity.snapshot();
    let (_, page) = group::get(&snapshot, account(), "readers", None, 1).unwrap();
    assert_eq!(page.next.as_deref(), Some("alice"));
    let (_, page) = group::get(&snapshot, account(), "readers", Some("alice"), 1).unwrap();
    assert_eq!((page.items[0].name.as_str(), page.next), ("Bob", None));
    for _ in 0..2 {
        world.leave("readers", "alice").unwrap();
    }
    assert_eq!(world.members("readers"), ["Bob"]);
    assert_eq!(world.groups_of("alice"), ["admins"]);

    let (no_user, no_group) = (
        "NotFound: The user with name nobody cannot be found.",
        "NotFound: The group with name nobody cannot be found.",
    );
    assert_eq!(refusal(world.join("readers", "nobody")), no_user);
    assert_eq!(refusal(world.leave("readers", "nobody")), no_user);
    assert_eq!(refusal(world.join("nobody", "alice")), no_group);
    assert_eq!(refusal(world.leave("nobody", "alice")), no_group);
    assert_eq!(refusal(world.join("nobody", "nobody")), no_user);
    assert_eq!(refusal(world.leave("nobody", "nobody")), no_user);
}

#[test]
fn what_a_group_may_its_users_may_until_they_leave() {
    let world = World::new();
    world.user("alice").unwrap();
    world.group("readers").unwrap();
    let no = "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:GetRole on resource: \
              role app";
    world.join("readers", "alice").unwrap();
    assert_eq!(
        world.may_get_role("alice").unwrap_err(),
        format!("{no} because no identity-based policy allows the iam:GetRole action")
    );
    world.give("readers", "p", ALLOW_GET_ROLE);
    world.may_get_role("alice").unwrap();

    // A second group's denial beats it, as would the user's own.
    world.group("barred").unwrap();
    world.give("barred", "p", DENY_GET_ROLE);
    world.join("barred", "alice").unwrap();
    assert_eq!(
        world.may_get_role("alice").unwrap_err(),
        format!("{no} with an explicit deny in an identity-based policy")
    );
    world.leave("barred", "alice").unwrap();
    world.may_get_role("alice").unwrap();
    world.leave("readers", "alice").unwrap();
    assert!(world.may_get_role("alice").is_err());

    // A managed policy, on the group and on the user, and its newest version.
    let own = world.policy("own").unwrap().arn;
    world.join("readers", "alice").unwrap();
    world
        .run(|tx, permit| inline::delete::<Group>(tx, permit, "readers", "p"))
        .unwrap();
    world
        .run(|tx, permit| attachment::attach::<Group>(tx, permit, "readers", &own))
        .unwrap();
    assert!(world.may_get_role("alice").is_err());
    world
        .run(|tx, permit| policy::create_version(tx, permit, &own, ALLOW_GET_ROLE, true))
        .unwrap();
    world.may_get_role("alice").unwrap();
    // What the boundary does not allow, no group gives.
    world
        .run(|tx, permit| attachment::put_boundary::<User>(tx, permit, "alice", READ_ONLY))
        .unwrap();
    assert_eq!(
        world.may_get_role("alice").unwrap_err(),
        format!("{no} because no permissions boundary allows the iam:GetRole action")
    );
}

#[test]
fn who_can_tells_of_the_group() {
    let world = World::new();
    world.user("alice").unwrap();
    world.user("bob").unwrap();
    world.group("readers").unwrap();
    world.give("readers", "p", ALLOW_GET_ROLE);
    world.join("readers", "alice").unwrap();
    let asked = Asked {
        account: account(),
        action: "iam:GetRole",
        resource: "arn:aws:iam::123456789012:role/app",
        context: Context::new(),
    };
    let (all, _) = who_can(&world.identity.snapshot(), &asked);
    let users: Vec<_> = all.iter().filter(|who| who.name.contains(":user/")).collect();
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].name, "arn:aws:iam::123456789012:user/alice");
    assert_eq!(users[0].clauses[0].policy, "p of group readers");
}

#[test]
fn a_rename_moves_the_group_and_keeps_its_users_and_policies() {
    let world = World::new();
    world.user("alice").unwrap();
    let before = world.group("beta").unwrap();
    world.group("gamma").unwrap();
    world.give("beta", "p", ALLOW_GET_ROLE);
    world.join("beta", "alice").unwrap();
    let update = |name: &str, new: Option<&str>, path: Option<&str>| {
        let (new, path) = (
            new.map(|name| name.parse().unwrap()),
            path.map(|path| path.parse().unwrap()),
        );
        world.run(|tx, permit| group::update(tx, permit, name, new.as_ref(), path.as_ref()))
    };
    assert_eq!(
        refusal(update("beta", Some("Gamma"), None)),
        "AlreadyExists: Group with name Gamma already exists."
    );
    assert_eq!(
        refusal(update("nobody", Some("x"), None)),
        "NotFound: The group with name nobody cannot be found."
    );
    // Before and after the old name in the order of keys, which is the order in which a commit is taken in.
    for (old, new, path) in [
        ("beta", "alpha", "/x/"),
        ("alpha", "omega", "/x/y/"),
        ("omega", "OMEGA", "/"),
    ] {
        update(old, Some(new), Some(path)).unwrap();
        let replica = open(&world.store, Quotas::default());
        for snapshot in [world.identity.snapshot(), replica.snapshot()] {
            let group = snapshot.group(account(), new).unwrap();
            assert_eq!(group.id, before.id);
            assert_eq!(
                group.arn.as_str(),
                format!("arn:aws:iam::123456789012:group{path}{new}")
            );
            assert_eq!(snapshot.members(group).count(), 1, "{new}");
            let alice = snapshot.user(account(), "alice").unwrap();
            assert_eq!(snapshot.groups_of(alice).count(), 1, "{new}");
            assert_eq!(snapshot.group_count(account()), 2);
        }
        world.may_get_role("alice").unwrap();
    }
    assert!(world.identity.snapshot().group(account(), "beta").is_none());
}

#[test]
fn a_renamed_user_stays_in_its_groups_and_a_new_one_of_the_name_is_in_none() {
    let world = World::new();
    world.user("bob").unwrap();
    world.group("readers").unwrap();
    world.give("readers", "p", ALLOW_GET_ROLE);
    world.join("readers", "bob").unwrap();
    for (old, new) in [("bob", "alice"), ("alice", "zoe")] {
        world
            .run(|tx, permit| user::update(tx, permit, old, Some(&new.parse().unwrap()), None))
            .unwrap();
        assert_eq!(world.members("readers"), [new]);
        world.may_get_role(new).unwrap();
    }
    world.user("bob").unwrap();
    assert_eq!(world.members("readers"), ["zoe"]);
    assert!(world.may_get_role("bob").is_err());
}

#[test]
fn a_group_made_anew_has_nobody_in_it() {
    let world = World::new();
    world.user("alice").unwrap();
    world.group("readers").unwrap();
    world.join("readers", "alice").unwrap();
    world.leave("readers", "alice").unwrap();
    world.run(|tx, permit| group::delete(tx, permit, "readers")).unwrap();
    world.group("readers").unwrap();
    world.give("readers", "p", ALLOW_GET_ROLE);
    assert!(world.members("readers").is_empty());
    assert!(world.may_get_role("alice").is_err());
}

#[test]
fn neither_a_group_with_users_nor_a_user_in_groups_is_deleted() {
    let world = World::new();
    world.user("alice").unwrap();
    world.group("readers").unwrap();
    world.join("readers", "alice").unwrap();
    let conflict = "InUse: Cannot delete entity, must remove users from group first.";
    let delete_group = || refusal(world.run(|tx, permit| group::delete(tx, permit, "readers")));
    assert_eq!(delete_group(), conflict);
    assert_eq!(
        refusal(world.run(|tx, permit| user::delete(tx, permit, "alice"))),
        conflict
    );
    world.leave("readers", "alice").unwrap();
    world.run(|tx, permit| user::delete(tx, permit, "alice")).unwrap();
    world.give("readers", "p", ALLOW_GET_ROLE);
    assert_eq!(
        delete_group(),
        "InUse: Cannot delete entity, must delete policies first."
    );
    world
        .run(|tx, permit| attachment::attach::<Group>(tx, permit, "readers", READ_ONLY))
        .unwrap();
    assert_eq!(
        delete_group(),
        "InUse: Cannot delete entity, must detach all policies first."
    );
}

#[test]
fn the_quotas_of_groups_hold() {
    let world = World::with(Quotas {
        groups: 3,
        groups_per_user: 2,
        policies_per_group: 1,
        ..Quotas::default()
    });
    world.user("alice").unwrap();
    for name in ["a", "b", "c"] {
        world.group(name).unwrap();
    }
    assert_eq!(
        refusal(world.group("d")),
        "Limit: Cannot exceed quota for GroupsPerAccount: 3"
    );
    world.join("a", "alice").unwrap();
    world.join("b", "alice").unwrap();
    world.join("b", "alice").unwrap();
    assert_eq!(
        refusal(world.join("c", "alice")),
        "Limit: Cannot exceed quota for GroupsPerUser: 2"
    );
    let own = world.policy("own").unwrap().arn;
    let attach = |arn: &str| world.run(|tx, permit| attachment::attach::<Group>(tx, permit, "a", arn));
    attach(READ_ONLY).unwrap();
    assert_eq!(
        refusal(attach(&own)),
        "Limit: Cannot exceed quota for PoliciesPerGroup: 1"
    );
    let long = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{}"}}]}}"#,
        "x".repeat(5120)
    );
    let put = world.run(|tx, permit| inline::put::<Group>(tx, permit, "a", &"p".parse().unwrap(), &long));
    assert_eq!(
        refusal(put),
        "Limit: Maximum policy size of 5120 bytes exceeded for group a"
    );
}

#[test]
fn a_policy_on_a_group_is_counted_listed_and_not_deleted() {
    let world = World::new();
    let group = world.group("readers").unwrap();
    let own = world.policy("own").unwrap().arn;
    world
        .run(|tx, permit| attachment::attach::<Group>(tx, permit, "readers", &own))
        .unwrap();
    let snapshot = world.identity.snapshot();
    assert_eq!(snapshot.attachment_count(account(), &own), 1);
    let filter = attachment::EntityFilter {
        path_prefix: "/",
        kind: Some(attachment::EntityKind::Group),
        usage: None,
    };
    let page = attachment::entities(&snapshot, account(), &own, filter, None, 9);
    assert_eq!((page.items.len(), page.items[0].id.as_str()), (1, group.id.as_str()));
    assert_eq!(
        refusal(world.run(|tx, permit| policy::delete(tx, permit, &own))),
        "InUse: Cannot delete a policy attached to entities."
    );
    world
        .run(|tx, permit| attachment::detach::<Group>(tx, permit, "readers", &own))
        .unwrap();
    world.run(|tx, permit| policy::delete(tx, permit, &own)).unwrap();
}

#[test]
fn a_group_is_no_principal() {
    let world = World::new();
    world.group("readers").unwrap();
    let arn = "\"arn:aws:iam::123456789012:group/readers\"";
    assert_eq!(
        refusal(world.role("app", &trusts(arn))),
        format!("Malformed: Invalid principal in policy: \"AWS\":{arn}")
    );
}

#[test]
fn groups_go_with_their_account() {
    let world = World::new();
    let made = world.run(|tx, permit| removal::create(tx, permit, None)).unwrap().0.id;
    world
        .run_in(made, |tx, permit| {
            group::create(tx, permit, &"theirs".parse().unwrap(), &Path::default())
        })
        .unwrap();
    let new = NewUser {
        name: "alice".parse().unwrap(),
        path: Path::default(),
        boundary: None,
        tags: &[],
    };
    world.run_in(made, |tx, permit| user::create(tx, permit, &new)).unwrap();
    world
        .run_in(made, |tx, permit| group::add_user(tx, permit, "theirs", "alice"))
        .unwrap();
    world.run(|tx, permit| removal::delete(tx, permit, made)).unwrap();
    let snapshot = world.identity.snapshot();
    assert_eq!((snapshot.groups(made).count(), snapshot.group_count(made)), (0, 0));
    assert!(snapshot.members.is_empty() && snapshot.places.is_empty());
}

#[test]
fn a_group_is_not_deleted_while_somebody_joins_it() {
    let world = World::new();
    world.user("alice").unwrap();
    for round in 0..20 {
        let name = format!("g{round}");
        world.group(&name).unwrap();
        let (joined, deleted) = std::thread::scope(|scope| {
            let join = scope.spawn(|| world.join(&name, "alice").is_ok());
            let delete = scope.spawn(|| world.run(|tx, permit| group::delete(tx, permit, &name)).is_ok());
            (join.join().unwrap(), delete.join().unwrap())
        });
        assert_ne!(joined, deleted);
        if joined {
            world.leave(&name, "alice").unwrap();
        }
        assert!(
            world
                .identity
                .snapshot()
                .user(account(), "alice")
                .unwrap()
                .groups
                .is_empty()
        );
    }
}

#[test]
fn many_join_one_group_at_once() {
    let world = World::new();
    world.group("all").unwrap();
    let names: Vec<String> = (0..16).map(|number| format!("u{number:02}")).collect();
    for name in &names {
        world.user(name).unwrap();
    }
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| world.join("all", name).unwrap());
        }
    });
    assert_eq!(world.members("all"), names);
}
