//! What a full set does, and what becomes of a removed account.

use super::*;
use crate::{
    account::{removal, revocation},
    session::{Record, Source, Subject},
    state::Target,
};

fn record(issued: i64) -> Record {
    Record {
        account: account(),
        account_incarnation: 1,
        subject: Subject::Role {
            id: "AROA77777777777777777".parse().unwrap(),
            arn: "arn:aws:iam::123456789012:role/app".parse().unwrap(),
            session_name: "s".to_owned(),
        },
        issued,
        expires: issued + 3600,
        session_policy: None,
        session_policy_arns: Vec::new(),
        tags: Vec::new(),
        transitive_tags: Vec::new(),
        source_identity: None,
        source: Some(Arc::new(Source {
            provider: "p".to_owned(),
            issuer: "https://i".to_owned(),
            subject: "system:serviceaccount:a:b".to_owned(),
            audience: "a".to_owned(),
            token_id: Some("jti".to_owned()),
            pod_uid: Some("pod".to_owned()),
            subject_type: None,
        })),
        chained: false,
        mfa: false,
    }
}

fn pod(uid: &str, everywhere: bool) -> Target {
    Target::Pod {
        issuer: "https://i".to_owned(),
        uid: uid.to_owned(),
        everywhere,
    }
}

#[test]
fn a_full_set_widens_and_drops_nothing() {
    let world = World::with(Quotas {
        revocations: 2,
        ..Quotas::default()
    });
    let revoke = |target: Target| world.run(|tx, permit| revocation::create(tx, permit, &target)).unwrap();
    revoke(pod("pod", false));
    revoke(pod("other", false));
    let seconds = now().as_second();
    let revoked = |record: &Record| world.identity.snapshot().revoked("ASIAX", record).is_some();
    let mut stranger = record(seconds);
    stranger.source = None;
    assert!(revoked(&record(seconds)) && !revoked(&stranger));
    let third = revoke(pod("third", false));
    assert_eq!(third.target, Target::Account { before: seconds });
    assert!(revoked(&record(seconds)) && revoked(&stranger));
    assert!(!revoked(&record(seconds + 1)));
    assert_eq!(world.identity.snapshot().revocations(account()).count(), 1);
    // A token that does not say when it was issued counts as old.
    let source = record(0).source.unwrap();
    let snapshot = world.identity.snapshot();
    assert!(snapshot.revoked_source(account(), &source, None).is_some());
    assert!(snapshot.revoked_source(account(), &source, Some(seconds + 1)).is_none());
    assert!(snapshot.revoked_source(other(), &source, None).is_none());
}

#[test]
fn only_an_issuer_of_ours_is_revoked_for_others() {
    let world = World::new();
    for (everywhere, expected) in [(false, false), (true, true)] {
        let made = world
            .run_in(other(), |tx, permit| {
                revocation::create(tx, permit, &pod("pod", everywhere))
            })
            .unwrap();
        let snapshot = world.identity.snapshot();
        assert_eq!(snapshot.revoked("ASIAX", &record(0)).is_some(), expected);
        world
            .run_in(other(), |tx, permit| revocation::delete(tx, permit, &made.id))
            .unwrap();
    }
    assert!(world.identity.snapshot().revoked("ASIAX", &record(0)).is_none());
}

#[test]
fn nothing_changes_in_a_removed_account() {
    let world = World::new();
    world.role("own", &trusts("\"123456789012\"")).unwrap();
    world
        .run_in(other(), |tx, permit| {
            role::create(tx, permit, &new_role("theirs", &trusts("\"210987654321\"")))
        })
        .unwrap();
    let remove = |id| world.run(|tx, permit| removal::delete(tx, permit, id));
    assert!(matches!(remove(account()), Err(Error::Invalid(_))));
    remove(other()).unwrap();
    assert!(matches!(remove(other()), Err(Error::NotFound(_))));
    let snapshot = world.identity.snapshot();
    assert_eq!(snapshot.roles(other()).count(), 0);
    assert_eq!(snapshot.role_count(other()), 0);
    assert!(snapshot.role(account(), "own").is_some());
    let late = world.run_in(other(), |tx, permit| {
        role::create(tx, permit, &new_role("late", &trusts("\"210987654321\"")))
    });
    assert!(matches!(late, Err(Error::NotFound(_))));
    // Nobody but the operator, even with a permit.
    let made = world.run(|tx, permit| removal::create(tx, permit, None)).unwrap().0;
    let foreign = world.run_in(made.id, |tx, permit| removal::create(tx, permit, None));
    assert!(matches!(foreign, Err(Error::Invalid(_))));
    assert_eq!(made.made_by, Some(account()));
    assert_eq!(world.identity.snapshot().access_keys(made.id, None).count(), 1);
}

// Threat 6: whoever trusted the account that was removed would trust the one that has its id.
#[test]
fn the_id_of_a_removed_account_is_never_given_again() {
    let world = World::new();
    world.role("shared", &trusts("\"210987654321\"")).unwrap();
    world.run(|tx, permit| removal::delete(tx, permit, other())).unwrap();
    let again = || world.run(|tx, permit| removal::create(tx, permit, Some(other())).map(drop));
    let sentence = "AlreadyExists: The account 210987654321 was removed: policies elsewhere may still trust its id, which no \
                    other account gets.";
    assert_eq!(refusal(again()), sentence);
    let loaded = open(&world.store, Quotas::default()).snapshot();
    assert!(loaded.former_accounts.contains_key(&other()));
    assert!(loaded.account(other()).is_none());
    assert_eq!(loaded.accounts().count(), 1);
}
