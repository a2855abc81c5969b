//! Several writers at once lose nothing and exceed nothing.

use super::*;

#[test]
fn another_replica_sees_what_was_written() {
    let world = World::new();
    let replica = open(&world.store, Quotas::default());
    world.role("app", &trusts(r#""*""#)).unwrap();
    // Its first attempt is on an old snapshot, meets the conflict, and is tried again on the new one.
    let outcome = replica.write_blocking(Permit::operator(account()), now(), |tx, permit| {
        role::create(tx, permit, &new_role("app", &trusts(r#""*""#)))
    });
    assert_eq!(refusal(outcome), "AlreadyExists: Role with name app already exists.");
    assert!(replica.snapshot().role(account(), "app").is_some());
}

#[test]
fn many_writers_on_one_role_lose_no_update_and_exceed_no_quota() {
    let world = World::with(Quotas {
        policies_per_role: 5,
        tags: 50,
        ..Quotas::default()
    });
    world.role("app", &trusts(r#""*""#)).unwrap();
    let arns: Vec<String> = (0..8).map(|n| world.policy(&format!("p{n}")).unwrap().arn).collect();
    std::thread::scope(|scope| {
        for (number, arn) in arns.iter().enumerate() {
            let world = &world;
            scope.spawn(move || {
                let _ = world.attach("app", arn);
                for tag in 0..5 {
                    let tags = [(format!("k{number}-{tag}"), String::new())];
                    world
                        .run(|tx, permit| tags::tag::<Role>(tx, permit, "app", &tags))
                        .unwrap();
                }
            });
        }
    });
    let role = role::get(&world.identity.snapshot(), account(), "app").unwrap();
    assert_eq!((role.entity.attached.len(), role.entity.tags.len()), (5, 40));
}

#[test]
fn many_writers_exceed_no_quota_of_the_account() {
    let world = World::with(Quotas {
        roles: 20,
        ..Quotas::default()
    });
    let made = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (world, made) = (&world, &made);
            scope.spawn(move || {
                for number in 0..5 {
                    match world.role(&format!("r{thread}-{number}"), &trusts(r#""*""#)) {
                        Ok(_) => drop(made.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
                        Err(error) => assert_eq!(error.to_string(), "Cannot exceed quota for RolesPerAccount: 20"),
                    }
                }
            });
        }
    });
    assert_eq!(made.into_inner(), 20);
    assert_eq!(world.identity.snapshot().role_count(account()), 20);
}

#[test]
fn a_policy_is_not_deleted_while_it_is_being_attached() {
    let world = World::new();
    for round in 0..30 {
        let (name, role) = (format!("p{round}"), format!("r{round}"));
        world.role(&role, &trusts(r#""*""#)).unwrap();
        let arn = world.policy(&name).unwrap().arn;
        let (attached, deleted) = std::thread::scope(|scope| {
            let attach = scope.spawn(|| world.attach(&role, &arn).is_ok());
            let delete = scope.spawn(|| world.run(|tx, permit| policy::delete(tx, permit, &arn)).is_ok());
            (attach.join().unwrap(), delete.join().unwrap())
        });
        assert_ne!(attached, deleted, "one of them wins");
        assert_eq!(world.identity.snapshot().policy(&arn).is_some(), attached);
    }
}
