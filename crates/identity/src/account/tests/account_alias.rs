//! Names of accounts, and the summary of what is in them.

use super::*;
use crate::account::{account_alias, removal, summary};

impl World {
    fn name(&self, account: AccountId, alias: &str) -> Result<(), Error> {
        let alias = alias.parse().unwrap();
        self.run_in(account, |tx, permit| account_alias::create(tx, permit, &alias))
    }

    fn names(&self, account: AccountId) -> Vec<String> {
        account_alias::list(&self.identity.snapshot(), account, None, 9).items
    }
}

#[test]
fn an_account_has_one_alias_that_no_other_has() {
    let world = World::new();
    assert!(world.names(account()).is_empty());
    world.name(account(), "prod").unwrap();
    let taken = "AlreadyExists: The account alias prod already exists.";
    assert_eq!(refusal(world.name(other(), "prod")), taken);
    assert_eq!(refusal(world.name(account(), "prod")), taken);
    // A new one takes the place of the old one, which is free then.
    for (new, old) in [("prod-2", "prod"), ("a-prod", "prod-2")] {
        world.name(account(), new).unwrap();
        let replica = open(&world.store, Quotas::default());
        for snapshot in [world.identity.snapshot(), replica.snapshot()] {
            assert_eq!(snapshot.alias_of(account()).unwrap().alias, new);
            assert!(snapshot.alias(old).is_none());
        }
    }
    world.name(other(), "prod").unwrap();
    let delete = |id, alias: &str| world.run_in(id, |tx, permit| account_alias::delete(tx, permit, alias));
    assert_eq!(
        refusal(delete(account(), "prod")),
        "NotFound: The account alias prod cannot be found.",
        "that is another's"
    );
    delete(account(), "a-prod").unwrap();
    assert!(world.names(account()).is_empty());
    assert_eq!(world.names(other()), ["prod"]);
}

#[test]
fn of_two_aliases_at_once_one_stays() {
    let world = World::new();
    for round in 0..10 {
        std::thread::scope(|scope| {
            for name in ["a", "b", "c"] {
                let world = &world;
                scope.spawn(move || world.name(account(), &format!("{name}{name}-{round}")).unwrap());
            }
        });
        assert_eq!(world.identity.snapshot().aliases.len(), 1);
    }
}

#[test]
fn an_alias_goes_with_its_account() {
    let world = World::new();
    let made = world.run(|tx, permit| removal::create(tx, permit, None)).unwrap().0.id;
    world.name(made, "short").unwrap();
    world.run(|tx, permit| removal::delete(tx, permit, made)).unwrap();
    world.name(account(), "short").unwrap();
}

#[test]
fn the_summary_counts_what_there_is_and_tells_the_quotas_in_force() {
    let world = World::with(Quotas {
        groups: 7,
        ..Quotas::default()
    });
    world.user("alice").unwrap();
    world.role("app", &trusts(r#""*""#)).unwrap();
    world.attach("app", READ_ONLY).unwrap();
    world.policy("own").unwrap();
    world
        .run(|tx, permit| access_key::create(tx, permit, None, None))
        .unwrap();
    let all = summary::summary(&world.identity.snapshot(), account(), world.identity.quotas());
    let of = |key: &str| all[key];
    assert_eq!((of("Users"), of("Roles"), of("Groups"), of("Policies")), (1, 1, 0, 1));
    assert_eq!((of("GroupsQuota"), of("UsersQuota"), of("RolesQuota")), (7, 5000, 1000));
    assert_eq!(of("PolicyVersionsInUse"), 1, "nobody has the other");
    assert_eq!(of("AccountAccessKeysPresent"), 1);
    let empty = summary::summary(&world.identity.snapshot(), other(), world.identity.quotas());
    assert_eq!((empty["Users"], empty["AccountAccessKeysPresent"]), (0, 0));
}
