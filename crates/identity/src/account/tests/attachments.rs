//! Who has which managed policy, however it came to be: the index is what a walk over everybody would find.

use std::collections::BTreeMap;

use super::*;
use crate::{
    Snapshot,
    account::{
        attachment::{EntityFilter, EntityKind, Usage, entities},
        details, group,
        group::arn as group_arn,
        summary,
    },
    state::{Entity, Group},
};

/// Policies and who has them, by walking over everybody.
fn walked(snapshot: &Snapshot, has: impl Fn(&Entity) -> Vec<String>) -> BTreeMap<String, Vec<(EntityKind, String)>> {
    let mut all: BTreeMap<String, Vec<(EntityKind, String)>> = BTreeMap::new();
    let mut take = |kind, name: &str, entity: &Entity| {
        for arn in has(entity) {
            all.entry(arn).or_default().push((kind, name.to_ascii_lowercase()));
        }
    };
    snapshot
        .roles(account())
        .for_each(|it| take(EntityKind::Role, &it.name, &it.entity));
    snapshot
        .users(account())
        .for_each(|it| take(EntityKind::User, &it.name, &it.entity));
    snapshot
        .groups(account())
        .for_each(|it| take(EntityKind::Group, &it.name, &it.entity));
    all
}

fn indexed(snapshot: &Snapshot, as_boundary: bool) -> BTreeMap<String, Vec<(EntityKind, String)>> {
    let index = if as_boundary {
        &snapshot.boundaries
    } else {
        &snapshot.attachments
    };
    index
        .policies(account(), "")
        .map(|arn| {
            let holders = index.holders(account(), arn, None);
            let holders: Vec<_> = holders.map(|(kind, name)| (kind, name.to_owned())).collect();
            assert_eq!(index.count(account(), arn) as usize, holders.len());
            (arn.to_owned(), holders)
        })
        .collect()
}

fn check(snapshot: &Snapshot) {
    let attached = indexed(snapshot, false);
    assert_eq!(attached, walked(snapshot, |entity| entity.attached.clone()));
    let bounding = indexed(snapshot, true);
    assert_eq!(
        bounding,
        walked(snapshot, |entity| entity.boundary.clone().into_iter().collect())
    );
    assert_eq!(snapshot.attachments.policy_count(account()), attached.len());
    let either = attached.keys().chain(bounding.keys());
    let in_use = either.collect::<std::collections::BTreeSet<_>>().len();
    let summary = summary::summary(snapshot, account(), &Quotas::default());
    assert_eq!(summary["PolicyVersionsInUse"], in_use);
}

fn filter(kind: Option<EntityKind>) -> EntityFilter<'static> {
    EntityFilter {
        kind,
        path_prefix: "/",
        usage: None,
    }
}

#[test]
fn whoever_has_a_policy_is_found_by_it_after_every_change_and_after_a_start() {
    let world = World::new();
    let own = world.policy("own").unwrap().arn;
    for name in ["app", "web"] {
        world.role(name, &trusts(r#""*""#)).unwrap();
        world.attach(name, &own).unwrap();
        world.attach(name, READ_ONLY).unwrap();
    }
    world.user("alice").unwrap();
    world
        .run(|tx, permit| group::create(tx, permit, &"staff".parse().unwrap(), &"/".parse().unwrap()))
        .unwrap();
    assert_eq!(
        group_arn(account(), "/", "staff").as_str(),
        "arn:aws:iam::123456789012:group/staff"
    );
    world
        .run(|tx, permit| attachment::attach::<User>(tx, permit, "alice", &own))
        .unwrap();
    world
        .run(|tx, permit| attachment::attach::<Group>(tx, permit, "staff", &own))
        .unwrap();
    world
        .run(|tx, permit| attachment::put_boundary::<User>(tx, permit, "alice", &own))
        .unwrap();
    let changes: [&dyn Fn(); 7] = [
        &|| {
            let renamed = "Alicia".parse().unwrap();
            world
                .run(|tx, permit| user::update(tx, permit, "alice", Some(&renamed), None))
                .unwrap();
        },
        &|| {
            // The same name in other letters: the same place.
            let renamed = "ALICIA".parse().unwrap();
            world
                .run(|tx, permit| user::update(tx, permit, "alicia", Some(&renamed), None))
                .unwrap();
        },
        &|| {
            let renamed = "crew".parse().unwrap();
            world
                .run(|tx, permit| group::update(tx, permit, "staff", Some(&renamed), None))
                .unwrap();
        },
        &|| {
            world
                .run(|tx, permit| attachment::detach::<Role>(tx, permit, "app", &own))
                .unwrap();
        },
        &|| {
            world
                .run(|tx, permit| attachment::put_boundary::<User>(tx, permit, "alicia", READ_ONLY))
                .unwrap();
        },
        &|| {
            world
                .run(|tx, permit| attachment::detach::<Role>(tx, permit, "app", READ_ONLY))
                .unwrap();
            world.run(|tx, permit| role::delete(tx, permit, "app")).unwrap();
        },
        &|| {
            world
                .run(|tx, permit| attachment::delete_boundary::<User>(tx, permit, "alicia"))
                .unwrap();
        },
    ];
    check(&world.identity.snapshot());
    for change in changes {
        change();
        let snapshot = world.identity.snapshot();
        check(&snapshot);
        let again = open(&world.store, Quotas::default());
        check(&again.snapshot());
        assert_eq!(indexed(&again.snapshot(), false), indexed(&snapshot, false));
    }
    let snapshot = world.identity.snapshot();
    let all = entities(&snapshot, account(), &own, filter(None), None, 10);
    let names: Vec<(EntityKind, &str)> = all.items.iter().map(|it| (it.kind, it.name.as_str())).collect();
    assert_eq!(
        names,
        [
            (EntityKind::Role, "web"),
            (EntityKind::User, "ALICIA"),
            (EntityKind::Group, "crew")
        ]
    );
}

#[test]
fn whoever_has_a_policy_is_listed_page_by_page_by_kind_and_by_path() {
    let world = World::new();
    let own = world.policy("own").unwrap().arn;
    for name in ["B", "a", "c"] {
        world.role(name, &trusts(r#""*""#)).unwrap();
        world.attach(name, &own).unwrap();
        world.user(name).unwrap();
        world
            .run(|tx, permit| attachment::attach::<User>(tx, permit, name, &own))
            .unwrap();
    }
    let snapshot = world.identity.snapshot();
    for (kind, expected) in [
        (None, vec!["a", "B", "c", "a", "B", "c"]),
        (Some(EntityKind::Role), vec!["a", "B", "c"]),
        (Some(EntityKind::User), vec!["a", "B", "c"]),
        (Some(EntityKind::Group), vec![]),
    ] {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = entities(&snapshot, account(), &own, filter(kind), after.as_deref(), 2);
            names.extend(page.items.into_iter().map(|it| it.name));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(names, expected, "{kind:?}");
    }
    let team = EntityFilter {
        path_prefix: "/team/",
        ..filter(None)
    };
    assert_eq!(
        entities(&snapshot, account(), &own, team, None, 10).items.len(),
        3,
        "users are at the root"
    );
    assert_eq!(entities(&snapshot, other(), &own, filter(None), None, 10).items, []);
}

// "This parameter is optional. If it is not included, all policies are returned" (IAM API Reference: ListEntitiesForPolicy,
// PolicyUsageFilter).
#[test]
fn whom_a_policy_bounds_is_listed_with_those_who_have_it_attached() {
    let world = World::new();
    let own = world.policy("own").unwrap().arn;
    for name in ["a", "b", "c"] {
        world.role(name, &trusts(r#""*""#)).unwrap();
    }
    world.user("a").unwrap();
    let bound = |name: &str| world.run(|tx, permit| attachment::put_boundary::<Role>(tx, permit, name, &own));
    world.attach("a", &own).unwrap();
    world.attach("b", &own).unwrap();
    bound("b").unwrap();
    bound("c").unwrap();
    world
        .run(|tx, permit| attachment::put_boundary::<User>(tx, permit, "a", &own))
        .unwrap();
    let snapshot = world.identity.snapshot();
    let having = |usage| {
        let filter = EntityFilter { usage, ..filter(None) };
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = entities(&snapshot, account(), &own, filter, after.as_deref(), 1);
            all.extend(page.items.into_iter().map(|it| (it.kind, it.name)));
            after = page.next;
            if after.is_none() {
                return all;
            }
        }
    };
    let (role, user) = (EntityKind::Role, EntityKind::User);
    let named = |kind, name: &str| (kind, name.to_owned());
    let (a, b, c) = (named(role, "a"), named(role, "b"), named(role, "c"));
    assert_eq!(having(Some(Usage::Attached)), [a.clone(), b.clone()]);
    assert_eq!(having(Some(Usage::Boundary)), [b.clone(), c.clone(), named(user, "a")]);
    assert_eq!(having(None), [a, b, c, named(user, "a")]);
}

#[test]
fn a_page_that_starts_deep_in_a_list_is_as_if_the_list_was_read_from_its_beginning() {
    let world = World::new();
    for name in ["a", "B", "c", "d"] {
        let arn = world.policy(name).unwrap().arn;
        world.role(name, &trusts(r#""*""#)).unwrap();
        world.attach(name, &arn).unwrap();
        world.user(name).unwrap();
    }
    world.attach("a", READ_ONLY).unwrap();
    let snapshot = world.identity.snapshot();
    let all = |limit| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = details::list(&snapshot, account(), details::Wanted::ALL, after.as_deref(), limit);
            found.extend(page.items.iter().map(|item| format!("{item:?}")));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    };
    let whole = all(100);
    assert_eq!(whole.len(), 4 + 4 + 4 + 1);
    for limit in 1..6 {
        assert_eq!(all(limit), whole);
    }
    let policies = |scope, only_attached, limit| {
        let filter = policy::Filter {
            scope,
            only_attached,
            path_prefix: "/",
            only_boundaries: false,
        };
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = policy::list(&snapshot, account(), filter, after.as_deref(), limit);
            found.extend(page.items.iter().map(|policy| policy.arn().to_owned()));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    };
    for (scope, only_attached) in [
        (policy::Scope::All, false),
        (policy::Scope::All, true),
        (policy::Scope::Local, true),
        (policy::Scope::Aws, true),
    ] {
        let whole = policies(scope, only_attached, 10_000);
        for limit in [1, 3, 5] {
            if whole.len() < 100 {
                assert_eq!(policies(scope, only_attached, limit), whole);
            }
        }
        let attached = usize::from(scope != policy::Scope::Aws) * 4 + usize::from(scope != policy::Scope::Local);
        assert!(only_attached == (whole.len() == attached), "{scope:?}");
    }
}

#[test]
fn a_page_of_few_among_very_many_is_short_and_another_follows() {
    let world = World::with(Quotas {
        roles: 10_000,
        ..Quotas::default()
    });
    world
        .run(|tx, permit: Permit<op::CreateRole>| {
            let mut role = role::create(tx, permit, &new_role("r", &trusts(r#""*""#)))?;
            for number in 0..2500 {
                role.name = format!("r{number:04}");
                role.path = if number == 2400 { "/rare/" } else { "/" }.to_owned();
                tx.put(&role)?;
            }
            Ok(())
        })
        .unwrap();
    let snapshot = world.identity.snapshot();
    let first = role::list(&snapshot, account(), "/rare/", None, 100);
    assert!(first.items.is_empty() && first.next.is_some());
    let second = role::list(&snapshot, account(), "/rare/", first.next.as_deref(), 100);
    assert_eq!(
        (second.items.len(), second.items[0].name.as_str(), &second.next),
        (1, "r2400", &None)
    );
    // Whoever asks for what there is gets a whole page.
    assert_eq!(role::list(&snapshot, account(), "/", None, 1000).items.len(), 1000);
}

#[test]
fn whoever_is_named_by_a_unique_id_is_found_while_they_live() {
    let world = World::new();
    let alice = world.user("alice").unwrap();
    let app = world.role("app", &trusts(r#""*""#)).unwrap();
    let named = |id: &str| world.role(&format!("of-{id}"), &trusts(&format!("\"{id}\""))).map(drop);
    for id in [alice.id.as_str(), app.id.as_str()] {
        named(id).unwrap();
    }
    // A new name is not another user.
    for name in ["a", "z"] {
        let renamed = name.parse().unwrap();
        let before = world
            .identity
            .snapshot()
            .user_of_id(alice.id.as_str())
            .unwrap()
            .name
            .clone();
        world
            .run(|tx, permit| user::update(tx, permit, &before, Some(&renamed), None))
            .unwrap();
        let again = open(&world.store, Quotas::default());
        assert_eq!(again.snapshot().user_of_id(alice.id.as_str()).unwrap().name, name);
    }
    world.run(|tx, permit| user::delete(tx, permit, "z")).unwrap();
    world.run(|tx, permit| role::delete(tx, permit, "app")).unwrap();
    for id in [alice.id.as_str(), app.id.as_str()] {
        let refused = refusal(world.role("late", &trusts(&format!("\"{id}\""))));
        assert!(
            refused.starts_with("Malformed: Invalid principal in policy"),
            "{refused}"
        );
    }
}
