//! Passwords, and what an account demands of them.

use super::*;
use crate::{
    account::{
        login_profile::{self, NewPassword},
        password_policy,
    },
    password::Derivation,
    session::Secret,
    state::PasswordPolicy,
};

const FIRST: &str = "First-secret1";

fn strict() -> PasswordPolicy {
    PasswordPolicy {
        account: account(),
        minimum_length: 10,
        symbols: true,
        numbers: true,
        uppercase: true,
        lowercase: true,
        users_may_change: true,
        max_age: Some(90),
        reuse_prevention: Some(2),
        hard_expiry: None,
    }
}

#[test]
fn users_may_change_their_passwords_where_the_account_lets_them() {
    let world = World::new();
    let arn = world.user("alice").unwrap().arn;
    let may = |action: &str| {
        let snapshot = world.identity.snapshot();
        let user = snapshot.user(account(), "alice").unwrap();
        let identified = Identified::User {
            account: account(),
            id: user.id.clone(),
            arn: user.arn.clone(),
        };
        let caller = Caller::new(&snapshot, &identified, "AKIA").unwrap();
        crate::judge(&snapshot, &caller, action, arn.as_str(), Context::new()).is_allowed()
    };
    assert!(!may("iam:ChangePassword"));
    world.demand(&PasswordPolicy {
        users_may_change: false,
        ..strict()
    });
    assert!(!may("iam:ChangePassword"));
    world.demand(&strict());
    assert!(may("iam:ChangePassword") && may("iam:GetAccountPasswordPolicy"));
    assert!(!may("iam:GetUser"));
    let deny =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:ChangePassword","Resource":"*"}]}"#;
    world
        .run(|tx, permit| inline::put::<User>(tx, permit, "alice", &"p".parse().unwrap(), deny))
        .unwrap();
    assert!(!may("iam:ChangePassword"));
}

impl World {
    fn demand(&self, policy: &PasswordPolicy) {
        self.run(|tx, permit| password_policy::update(tx, permit, policy))
            .unwrap();
    }

    fn create_password(&self, user: &str, password: &str) -> Result<(), Error> {
        let (text, hashed) = (Secret::new(password), Derivation::quick("a").derive(password));
        let new = NewPassword {
            text: &text,
            hashed: &hashed,
        };
        self.run(|tx, permit| login_profile::create(tx, permit, user, new, true).map(drop))
    }

    fn reset_password(&self, salt: &str, password: &str) -> Result<(), Error> {
        let (text, hashed) = (Secret::new(password), Derivation::quick(salt).derive(password));
        let new = NewPassword {
            text: &text,
            hashed: &hashed,
        };
        self.run(|tx, permit| login_profile::update(tx, permit, "alice", Some(new), None))
    }

    fn change_password(&self, after: i64, old: &str, new: &str) -> Result<(), Error> {
        let derivation = Derivation::quick("a");
        let (text, old, hashed) = (Secret::new(new), derivation.derive(old), derivation.derive(new));
        let new = NewPassword {
            text: &text,
            hashed: &hashed,
        };
        let later = Timestamp::from_second(now().as_second() + after).unwrap();
        self.identity
            .write_blocking(Permit::operator(account()), later, |tx, permit| {
                login_profile::change_password(tx, permit, "alice", &old, new)
            })
    }
}

fn world() -> World {
    let world = World::new();
    world.user("alice").unwrap();
    world
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_policy_is_replaced_as_a_whole_and_deleted_once() {
    let world = world();
    assert_eq!(
        refused(password_policy::get(&world.identity.snapshot(), account())),
        "The Password Policy with domain name 123456789012 cannot be found."
    );
    world.demand(&strict());
    let other = PasswordPolicy {
        max_age: None,
        symbols: false,
        ..strict()
    };
    world.demand(&other);
    let loaded = open(&world.store, Quotas::default()).snapshot();
    assert_eq!(*password_policy::get(&loaded, account()).unwrap(), other);
    assert!(password_policy::get(&loaded, super::other()).is_err());
    world.run(password_policy::delete).unwrap();
    assert_eq!(
        refused(world.run(password_policy::delete)),
        "The account policy with name PasswordPolicy cannot be found."
    );
}

#[test]
fn without_a_policy_three_of_four_kinds_and_eight_characters_are_needed() {
    let world = world();
    for bad in ["Short-1", "onlylower1", "ONLYUPPER!", "12345678!"] {
        assert!(
            matches!(world.create_password("alice", bad), Err(Error::PasswordPolicy(_))),
            "{bad}"
        );
    }
    world.create_password("alice", "Abcdefg1").unwrap();
}

#[test]
fn each_demand_of_a_policy_is_made() {
    let world = world();
    world.demand(&strict());
    for bad in [
        "Short-1ab",
        "nouppercase-1",
        "NOLOWERCASE-1",
        "No-numbers-at-all",
        "Nosymbols1at1all",
    ] {
        assert_eq!(
            refused(world.create_password("alice", bad)),
            "Password does not conform to the account password policy.",
            "{bad}"
        );
    }
    world.create_password("alice", FIRST).unwrap();
}

#[test]
fn a_user_has_one_password_and_is_not_deleted_with_it() {
    let world = world();
    assert_eq!(
        refused(login_profile::get(&world.identity.snapshot(), account(), "alice")),
        "Login Profile for User alice cannot be found."
    );
    assert!(matches!(
        world.create_password("nobody", FIRST),
        Err(Error::NotFound(_))
    ));
    world.create_password("alice", FIRST).unwrap();
    assert_eq!(
        refused(world.create_password("alice", FIRST)),
        "Login Profile for user alice already exists."
    );
    assert_eq!(
        refused(world.run(|tx, permit| user::delete(tx, permit, "alice"))),
        "Cannot delete entity, must delete login profile first."
    );
    world
        .run(|tx, permit| login_profile::delete(tx, permit, "alice"))
        .unwrap();
    world.run(|tx, permit| user::delete(tx, permit, "alice")).unwrap();
}

#[test]
fn a_password_goes_with_its_user_to_another_name() {
    let world = world();
    world.create_password("alice", FIRST).unwrap();
    let name = "bob".parse().unwrap();
    world
        .run(|tx, permit| user::update(tx, permit, "alice", Some(&name), None))
        .unwrap();
    world.user("alice").unwrap();
    let loaded = open(&world.store, Quotas::default()).snapshot();
    assert!(login_profile::get(&loaded, account(), "bob").is_ok());
    assert!(login_profile::get(&loaded, account(), "alice").is_err());
}

#[test]
fn only_who_knows_the_password_changes_it() {
    let world = world();
    world.create_password("alice", FIRST).unwrap();
    assert_eq!(
        refused(world.change_password(0, "Wrong-secret1", "Second-secret1")),
        "The old password was incorrect."
    );
    let before = login_profile::get(&world.identity.snapshot(), account(), "alice").unwrap();
    assert!(before.reset_required);
    world.change_password(5, FIRST, "Second-secret1").unwrap();
    let after = login_profile::get(&world.identity.snapshot(), account(), "alice").unwrap();
    assert!(!after.reset_required && after.changed == before.changed + 5);
    assert!(world.change_password(6, FIRST, "Third-secret1").is_err());
}

#[test]
fn the_last_passwords_do_not_come_back() {
    let world = world();
    world.demand(&strict());
    world.create_password("alice", FIRST).unwrap();
    let sentence = "Policy constraint violation with password reuse prevention during password change.";
    assert_eq!(refused(world.change_password(0, FIRST, FIRST)), sentence);
    world.change_password(0, FIRST, "Second-secret1").unwrap();
    assert_eq!(refused(world.change_password(0, "Second-secret1", FIRST)), sentence);
    world.reset_password("a", "Third-secret1").unwrap();
    world.change_password(0, "Third-secret1", FIRST).unwrap();
}

#[test]
fn a_hash_for_another_profile_sets_nothing() {
    let world = world();
    world.create_password("alice", FIRST).unwrap();
    assert!(matches!(
        world.reset_password("b", "Second-secret1"),
        Err(Error::Conflict)
    ));
}

#[test]
fn after_a_hard_expiry_users_cannot_help_themselves() {
    let world = world();
    let (last, over) = (90 * 86_400 - 1, 90 * 86_400);
    world.demand(&strict());
    world.create_password("alice", FIRST).unwrap();
    world.change_password(over, FIRST, "Second-secret1").unwrap();
    world.demand(&PasswordPolicy {
        hard_expiry: Some(true),
        ..strict()
    });
    let second = over + over;
    assert!(matches!(
        world.change_password(second, "Second-secret1", "Third-secret1"),
        Err(Error::WrongPassword(_))
    ));
    world
        .change_password(over + last, "Second-secret1", "Third-secret1")
        .unwrap();
}

#[test]
fn what_is_stored_does_not_hold_the_password() {
    let world = world();
    world.create_password("alice", FIRST).unwrap();
    for entry in world.store.list(&List::prefix("")).unwrap().entries {
        assert!(!String::from_utf8_lossy(&entry.value).contains(FIRST));
    }
}
