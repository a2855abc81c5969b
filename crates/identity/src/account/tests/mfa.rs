//! MFA devices: whose they are, and which codes count.

use super::*;
use crate::{
    account::mfa_device::{self, Assignment, NewDevice, Shown},
    state::MfaDevice,
    totp::{self, Seed},
};

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/team/Phone";
const NOT_VALID: &str = "InvalidAuthenticationCode: Authentication code for device is not valid.";
const NOT_OF_USER: &str = "NotFound: MFA Device invalid for user.";

fn step() -> i64 {
    totp::step(now().as_second())
}

impl World {
    fn device(&self, path: &str, name: &str) -> Result<(MfaDevice, Seed), Error> {
        let new = NewDevice {
            name: name.parse().unwrap(),
            path: path.parse().unwrap(),
            tags: &[],
        };
        self.run(|tx, permit| mfa_device::create(tx, permit, &new))
    }

    fn enable(&self, user: &str, serial: &str, seed: &Seed, first: i64) -> Result<(), Error> {
        let (one, two) = (seed.code(first), seed.code(first + 1));
        self.run(|tx, permit| mfa_device::enable(tx, permit, user, serial, [&one, &two]))
    }

    /// What becomes of a code `after` seconds.
    fn show(&self, after: i64, user: &str, code: &str) -> Shown {
        let user = user::get(&self.identity.snapshot(), account(), user).unwrap();
        let time = Timestamp::from_second(now().as_second() + after).unwrap();
        self.identity
            .write_blocking(Permit::of_code(account()), time, |tx, permit| {
                mfa_device::show(tx, permit, &user.id, SERIAL, code)
            })
            .unwrap()
    }

    /// Alice, with a device that shows codes from three steps ago on.
    pub(super) fn alice_with_device(&self) -> Seed {
        self.user("alice").unwrap();
        let (_, seed) = self.device("/team/", "Phone").unwrap();
        self.enable("alice", SERIAL, &seed, step() - 3).unwrap();
        seed
    }
}

#[test]
fn a_device_is_made_enabled_listed_deactivated_and_deleted() {
    let world = World::new();
    let alice = world.user("alice").unwrap();
    world.user("bob").unwrap();
    let (made, seed) = world.device("/team/", "Phone").unwrap();
    assert_eq!(made.serial, SERIAL);
    // Sealed: what is kept does not show the seed.
    assert!(!made.wrapped.contains(&hex::encode(seed.bytes())));
    assert_eq!(
        refusal(world.device("/team/", "phone")),
        "AlreadyExists: MFA device already exists."
    );
    world.device("/", "Phone").unwrap();
    let shown = |assignment| {
        let snapshot = world.identity.snapshot();
        let page = mfa_device::list_virtual(&snapshot, account(), assignment, None, 100);
        let names = page.items.into_iter().map(|(device, user)| {
            let name = device.serial.rsplit(":mfa/").next().map(str::to_owned);
            (name.unwrap(), user.map(|user| user.name.clone()))
        });
        names.collect::<Vec<_>>()
    };
    assert_eq!(shown(Assignment::Assigned), []);
    world.enable("alice", SERIAL, &seed, step() - 1).unwrap();
    let of_alice = ("team/Phone".to_owned(), Some("alice".to_owned()));
    let free = ("Phone".to_owned(), None);
    assert_eq!(shown(Assignment::Assigned), std::slice::from_ref(&of_alice));
    assert_eq!(shown(Assignment::Unassigned), std::slice::from_ref(&free));
    assert_eq!(shown(Assignment::Any), [free, of_alice]);
    assert_eq!(
        refusal(world.enable("bob", SERIAL, &seed, step() + 1)),
        "AlreadyExists: MFA Device is already in use."
    );

    let get = |user| mfa_device::get(&world.identity.snapshot(), account(), SERIAL, user);
    assert_eq!(get(None).unwrap().1.unwrap().id, alice.id);
    assert_eq!(get(Some("alice")).unwrap().1.unwrap().id, alice.id);
    assert_eq!(refusal(get(Some("bob"))), NOT_OF_USER);
    let deactivate = |user: &'static str| world.run(move |tx, permit| mfa_device::deactivate(tx, permit, user, SERIAL));
    assert_eq!(refusal(deactivate("bob")), NOT_OF_USER);
    let delete = || world.run(|tx, permit| mfa_device::delete(tx, permit, SERIAL));
    assert_eq!(
        refusal(delete()),
        "InUse: MFA VirtualDevice in use. Must deactivate first."
    );
    assert_eq!(
        refusal(world.run(|tx, permit| user::delete(tx, permit, "alice"))),
        "InUse: Cannot delete entity, must delete MFA device first."
    );
    deactivate("alice").unwrap();
    assert_eq!(refusal(deactivate("alice")), NOT_OF_USER);
    delete().unwrap();
    assert_eq!(
        refusal(delete()),
        format!("NotFound: MFA Device with serial number {SERIAL} does not exist.")
    );
    world.run(|tx, permit| user::delete(tx, permit, "alice")).unwrap();
}

#[test]
fn a_device_is_enabled_by_two_codes_in_a_row_alone() {
    let world = World::new();
    world.user("alice").unwrap();
    let (_, seed) = world.device("/team/", "Phone").unwrap();
    let try_codes =
        |one: &str, two: &str| world.run(|tx, permit| mfa_device::enable(tx, permit, "alice", SERIAL, [one, two]));
    for (one, two) in [(0, 0), (1, 0), (-2, 0), (40, 41)] {
        let outcome = try_codes(&seed.code(step() + one), &seed.code(step() + two));
        assert_eq!(refusal(outcome), NOT_VALID, "{one} {two}");
    }
    assert_eq!(refusal(try_codes("000000", "000000")), NOT_VALID);
    world.enable("alice", SERIAL, &seed, step() - 1).unwrap();
    // A device that was deactivated takes no code again that it has taken.
    world
        .run(|tx, permit| mfa_device::deactivate(tx, permit, "alice", SERIAL))
        .unwrap();
    assert_eq!(refusal(world.enable("alice", SERIAL, &seed, step() - 1)), NOT_VALID);
}

#[test]
fn a_user_has_eight_devices_at_most() {
    let world = World::new();
    world.user("alice").unwrap();
    let outcomes = (0..9).map(|number| {
        let (device, seed) = world.device("/", &format!("d{number}")).unwrap();
        world.enable("alice", &device.serial, &seed, step() - 1)
    });
    let outcomes: Vec<_> = outcomes.collect();
    assert!(outcomes.iter().take(8).all(Result::is_ok));
    assert_eq!(
        refusal(outcomes.into_iter().next_back().unwrap()),
        "Limit: Cannot exceed quota for MFADevicesPerUser: 8"
    );
    let snapshot = world.identity.snapshot();
    let page = mfa_device::list(&snapshot, account(), "alice", None, 5).unwrap();
    assert_eq!((page.items.len(), page.next.is_some()), (5, true));
    let rest = mfa_device::list(&snapshot, account(), "alice", page.next.as_deref(), 5).unwrap();
    assert_eq!((rest.items.len(), rest.next), (3, None));
}

#[test]
fn a_code_counts_once() {
    let world = World::new();
    let seed = world.alice_with_device();
    world.user("bob").unwrap();
    let code = seed.code(step());
    assert_eq!(world.show(0, "bob", &code), Shown::NoDevice);
    assert_eq!(world.show(0, "alice", "000000"), Shown::Wrong);
    assert_eq!(world.show(0, "alice", &code), Shown::Accepted);
    assert_eq!(world.show(0, "alice", &code), Shown::Wrong);
    // Nor one from before, even within the tolerance.
    assert_eq!(world.show(0, "alice", &seed.code(step() - 1)), Shown::Wrong);
    assert_eq!(world.show(30, "alice", &seed.code(step() + 1)), Shown::Accepted);
    // Nor the one with which the device was enabled.
    world
        .run(|tx, permit| mfa_device::deactivate(tx, permit, "alice", SERIAL))
        .unwrap();
    assert_eq!(world.show(60, "alice", &seed.code(step() + 2)), Shown::NoDevice);
}

#[test]
fn whoever_guesses_has_to_wait_longer_and_longer() {
    let world = World::new();
    let seed = world.alice_with_device();
    for _ in 0..5 {
        assert_eq!(world.show(0, "alice", "000000"), Shown::Wrong);
    }
    assert_eq!(world.show(0, "alice", &seed.code(step())), Shown::TooSoon);
    assert_eq!(world.show(59, "alice", &seed.code(step() + 1)), Shown::TooSoon);
    assert_eq!(world.show(60, "alice", "000000"), Shown::Wrong);
    assert_eq!(world.show(179, "alice", &seed.code(step() + 5)), Shown::TooSoon);
    assert_eq!(world.show(180, "alice", &seed.code(step() + 6)), Shown::Accepted);
    // The right one ends it.
    assert_eq!(world.show(180, "alice", "000000"), Shown::Wrong);
    assert_eq!(world.show(210, "alice", &seed.code(step() + 7)), Shown::Accepted);
    // No wait is longer than an hour.
    let mut after = 210;
    for _ in 0..20 {
        assert_eq!(world.show(after, "alice", "000000"), Shown::Wrong);
        after += 3600;
    }
}

#[test]
fn a_device_whose_clock_is_off_is_put_right_by_two_codes() {
    let world = World::new();
    let seed = world.alice_with_device();
    let early = |ahead: i64| seed.code(step() + ahead);
    assert_eq!(world.show(0, "alice", &early(10)), Shown::Wrong);
    let resync = |one: String, two: String| {
        world.run(move |tx, permit| mfa_device::resync(tx, permit, "alice", SERIAL, [&one, &two]))
    };
    assert_eq!(refusal(resync(early(10), early(12))), NOT_VALID);
    resync(early(10), early(11)).unwrap();
    assert_eq!(refusal(resync(early(10), early(11))), NOT_VALID);
    assert_eq!(world.show(30, "alice", &early(12)), Shown::Accepted);
    // By the clock of before nothing counts any more.
    assert_eq!(world.show(30, "alice", &early(1)), Shown::Wrong);
}

#[test]
fn a_device_made_anew_has_another_seed_and_a_renamed_user_keeps_theirs() {
    let world = World::new();
    let seed = world.alice_with_device();
    world
        .run(|tx, permit| user::update(tx, permit, "alice", Some(&"carol".parse().unwrap()), None))
        .unwrap();
    world.user("alice").unwrap();
    assert_eq!(world.show(0, "alice", &seed.code(step())), Shown::NoDevice);
    assert_eq!(world.show(0, "carol", &seed.code(step())), Shown::Accepted);
    world
        .run(|tx, permit| mfa_device::deactivate(tx, permit, "carol", SERIAL))
        .unwrap();
    world.run(|tx, permit| mfa_device::delete(tx, permit, SERIAL)).unwrap();
    let (_, other) = world.device("/team/", "Phone").unwrap();
    assert_ne!(seed.bytes(), other.bytes());
    assert_eq!(refusal(world.enable("carol", SERIAL, &seed, step() + 1)), NOT_VALID);
    // A seed that was put into another's record does not open.
    let stolen = MfaDevice {
        incarnation: "0".to_owned(),
        ..MfaDevice::clone(&mfa_device::find(&world.identity.snapshot(), account(), SERIAL).unwrap())
    };
    world.run::<op::TagMFADevice, _>(|tx, _| tx.put(&stolen)).unwrap();
    assert!(matches!(
        world.enable("carol", SERIAL, &other, step() + 1),
        Err(Error::Internal(_))
    ));
}

#[test]
fn tags_of_devices_are_conditions() {
    let world = World::new();
    world.device("/team/", "Phone").unwrap();
    let tag = ("team".to_owned(), "a".to_owned());
    world
        .run(|tx, permit| tags::tag::<MfaDevice>(tx, permit, SERIAL, std::slice::from_ref(&tag)))
        .unwrap();
    assert_eq!(world.identity.snapshot().tags_of(SERIAL), [tag]);
    world
        .run(|tx, permit| tags::untag::<MfaDevice>(tx, permit, SERIAL, &["team".to_owned()]))
        .unwrap();
    assert!(world.identity.snapshot().tags_of(SERIAL).is_empty());
}

#[test]
fn a_removed_account_leaves_no_device() {
    let world = World::new();
    let id: AccountId = "333333333333".parse().unwrap();
    world
        .run(|tx, permit| crate::account::removal::create(tx, permit, Some(id)).map(drop))
        .unwrap();
    let new = NewDevice {
        name: "phone".parse().unwrap(),
        path: "/".parse().unwrap(),
        tags: &[],
    };
    world
        .run_in(id, |tx, permit| mfa_device::create(tx, permit, &new))
        .unwrap();
    assert_eq!(world.identity.snapshot().mfa_devices(id).count(), 1);
    world
        .run(|tx, permit| crate::account::removal::delete(tx, permit, id))
        .unwrap();
    assert_eq!(world.identity.snapshot().mfa_devices(id).count(), 0);
}
