//! Several writers at once lose nothing and exceed nothing.

use rolecall_store::{Embedded, Options};

use super::*;
use crate::audit::Event;

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

fn event(id: &str) -> Event {
    let event = serde_json::json!({
        "eventVersion": "1.11", "userIdentity": {"type": "Root"}, "eventTime": "2026-11-22T03:14:40Z",
        "eventSource": "iam.amazonaws.com", "eventName": "CreateRole", "awsRegion": "us-east-1",
        "sourceIPAddress": "127.0.0.1", "userAgent": "test", "requestParameters": {}, "responseElements": null,
        "requestID": "r", "eventID": id, "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": "123456789012", "eventCategory": "Management",
        "rolecall": {"decision": "allowed", "prev": ""},
    });
    serde_json::from_value(event).unwrap()
}

#[test]
fn a_change_and_its_event_are_one_commit() {
    let world = World::new();
    let before = world.store.revision().unwrap();
    let trust = trusts(r#""*""#);
    let make = || {
        world.run(|tx, permit| {
            tx.record(&event("e1"))?;
            role::create(tx, permit, &new_role("app", &trust))
        })
    };
    make().unwrap();
    assert_eq!(world.store.revision().unwrap().0, before.0 + 1);
    // What fails leaves no event of success.
    assert!(make().is_err());
    let waiting = world.identity.waiting_events(10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].event.event_id, "e1");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(world.identity.events_written(&waiting)).unwrap();
    assert!(world.identity.waiting_events(10).unwrap().is_empty());
}

#[test]
fn asynchronous_writers_share_the_commits_of_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(Embedded::open(directory.path(), Options::default()).unwrap());
    let identity = Arc::new(open(&store, Quotas::default()));
    identity
        .write_blocking(Permit::operator(account()), now(), create)
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..100)
            .map(|number| {
                let identity = Arc::clone(&identity);
                tokio::spawn(async move {
                    let trust = trusts(r#""*""#);
                    let name = format!("r{number}");
                    let change = |tx: &mut Transaction<'_>, permit| role::create(tx, permit, &new_role(&name, &trust));
                    identity
                        .write(Permit::operator(account()), now(), change)
                        .await
                        .unwrap();
                    // Its own write is visible to the next read.
                    assert!(identity.snapshot().role(account(), &name).is_some());
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(open(&store, Quotas::default()).snapshot().role_count(account()), 100);
}
