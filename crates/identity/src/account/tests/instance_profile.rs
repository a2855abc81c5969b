//! Instance profiles, and the roles in them.

use rolecall_names::Path;

use super::*;
use crate::{account::instance_profile, state::InstanceProfile};

impl World {
    fn profile(&self, name: &str) -> Result<InstanceProfile, Error> {
        self.run(|tx, permit| instance_profile::create(tx, permit, &name.parse().unwrap(), &Path::default(), &[]))
    }

    fn put_in(&self, profile: &str, role: &str) -> Result<(), Error> {
        let passed = self
            .identity
            .snapshot()
            .role(account(), role)
            .map(|role| role.arn.clone());
        let passed = passed.unwrap_or_else(|| role::arn(account(), "/", role));
        self.run(|tx, permit| instance_profile::add_role(tx, permit, profile, role, &passed))
    }

    fn take_out(&self, profile: &str, role: &str) -> Result<(), Error> {
        self.run(|tx, permit| instance_profile::remove_role(tx, permit, profile, role))
    }

    fn profiles_of(&self, role: &str) -> Vec<String> {
        let page = instance_profile::of_role(&self.identity.snapshot(), account(), role, None, 9).unwrap();
        page.items.iter().map(|profile| profile.name.clone()).collect()
    }
}

#[test]
fn an_instance_profile_is_made_shown_listed_and_deleted() {
    let world = World::new();
    let tags = [("team".to_owned(), "a".to_owned())];
    let made = world
        .run(|tx, permit| {
            instance_profile::create(tx, permit, &"Web".parse().unwrap(), &"/team/".parse().unwrap(), &tags)
        })
        .unwrap();
    assert_eq!(made.arn.as_str(), "arn:aws:iam::123456789012:instance-profile/team/Web");
    assert!(made.id.as_str().starts_with("AIPA") && made.id.as_str().len() == 21);
    assert_eq!(
        refusal(world.profile("WEB")),
        "AlreadyExists: Instance Profile WEB already exists."
    );
    world.profile("batch").unwrap();
    let snapshot = world.identity.snapshot();
    let names = |prefix, after, limit| {
        let page = instance_profile::list(&snapshot, account(), prefix, after, limit);
        page.items
            .iter()
            .map(|profile| profile.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("/", None, 1), ["batch"]);
    assert_eq!(names("/", Some("batch"), 9), ["Web"]);
    assert_eq!(names("/team/", None, 9), ["Web"]);
    assert_eq!(snapshot.tags_of(made.arn.as_str()), tags, "for conditions");
    assert!(
        snapshot
            .tags_of("arn:aws:iam::123456789012:instance-profile/Web")
            .is_empty()
    );

    let more = [("team".to_owned(), "b".to_owned()), ("x".to_owned(), String::new())];
    world
        .run(|tx, permit| tags::tag::<InstanceProfile>(tx, permit, "web", &more))
        .unwrap();
    world
        .run(|tx, permit| tags::untag::<InstanceProfile>(tx, permit, "web", &["x".to_owned()]))
        .unwrap();
    let changed = instance_profile::get(&world.identity.snapshot(), account(), "web").unwrap();
    assert_eq!(changed.tags, more[..1]);
    world
        .run(|tx, permit| instance_profile::delete(tx, permit, "web"))
        .unwrap();
    let gone = "NotFound: Instance Profile Web cannot be found.";
    assert_eq!(
        refusal(instance_profile::get(&world.identity.snapshot(), account(), "Web")),
        gone
    );
    assert_eq!(
        refusal(world.run(|tx, permit| instance_profile::delete(tx, permit, "Web"))),
        gone
    );
    assert_eq!(world.identity.snapshot().instance_profile_count(account()), 1);
}

#[test]
fn a_profile_has_one_role_and_neither_is_deleted_while_it_has() {
    let world = World::new();
    world.role("app", &trusts(r#""*""#)).unwrap();
    world.role("other", &trusts(r#""*""#)).unwrap();
    world.profile("web").unwrap();
    world.put_in("WEB", "APP").unwrap();
    let full = "Limit: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1";
    assert_eq!(refusal(world.put_in("web", "other")), full);
    assert_eq!(refusal(world.put_in("web", "app")), full);
    assert_eq!(world.profiles_of("app"), ["web"]);
    assert!(world.profiles_of("other").is_empty());
    let conflict = "InUse: Cannot delete entity, must remove roles from instance profile first.";
    let delete_role = || world.run(|tx, permit| role::delete(tx, permit, "app"));
    assert_eq!(refusal(delete_role()), conflict);
    let delete_profile = || world.run(|tx, permit| instance_profile::delete(tx, permit, "web"));
    assert_eq!(refusal(delete_profile()), conflict);
    assert_eq!(
        refusal(world.take_out("web", "other")),
        "NotFound: Role other in Instance Profile web cannot be found."
    );
    world.take_out("web", "App").unwrap();
    assert_eq!(
        refusal(world.take_out("web", "app")),
        "NotFound: Role app in Instance Profile web cannot be found."
    );
    delete_role().unwrap();
    assert_eq!(
        refusal(world.take_out("web", "app")),
        "NotFound: The role with name app cannot be found."
    );
    assert_eq!(
        refusal(world.put_in("web", "app")),
        "NotFound: The role with name app cannot be found."
    );
    assert_eq!(
        refusal(world.put_in("none", "other")),
        "NotFound: Instance Profile none cannot be found."
    );
    delete_profile().unwrap();
}

#[test]
fn the_role_that_is_put_in_is_the_one_that_may_be_passed() {
    let world = World::new();
    world.role("app", &trusts(r#""*""#)).unwrap();
    world.profile("web").unwrap();
    // Decided on before somebody made the role anew under another path.
    let passed = role::arn(account(), "/free/", "app");
    let outcome = world.run(|tx, permit| instance_profile::add_role(tx, permit, "web", "app", &passed));
    assert_eq!(refusal(outcome), refusal::<()>(Err(Error::Conflict)));
}

#[test]
fn an_account_has_so_many_instance_profiles() {
    let world = World::with(Quotas {
        instance_profiles: 1,
        ..Quotas::default()
    });
    world.profile("a").unwrap();
    assert_eq!(
        refusal(world.profile("b")),
        "Limit: Cannot exceed quota for InstanceProfilesPerAccount: 1"
    );
}

#[test]
fn a_role_is_not_deleted_while_it_is_put_into_a_profile() {
    let world = World::new();
    world.profile("web").unwrap();
    for round in 0..20 {
        let name = format!("r{round}");
        world.role(&name, &trusts(r#""*""#)).unwrap();
        let (held, deleted) = std::thread::scope(|scope| {
            let put = scope.spawn(|| world.put_in("web", &name).is_ok());
            let delete = scope.spawn(|| world.run(|tx, permit| role::delete(tx, permit, &name)).is_ok());
            (put.join().unwrap(), delete.join().unwrap())
        });
        assert_ne!(held, deleted);
        if held {
            world.take_out("web", &name).unwrap();
        }
    }
}
