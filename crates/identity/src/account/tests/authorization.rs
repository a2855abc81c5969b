//! Permits come from decisions.

use super::*;

fn caller(world: &World, user: &str) -> Caller {
    let snapshot = world.identity.snapshot();
    let user = snapshot.user(account(), user).unwrap();
    let identified = Identified::User {
        account: account(),
        id: user.id.clone(),
        arn: user.arn.clone(),
    };
    Caller::new(&snapshot, &identified, "AKIA").unwrap()
}

#[test]
fn a_permit_comes_from_a_decision_and_is_for_its_resource_alone() {
    let world = World::new();
    world.user("alice").unwrap();
    let arn = "arn:aws:iam::123456789012:role/team/app";
    let ask = |resource: &str| {
        let caller = caller(&world, "alice");
        authorize::<op::CreateRole>(&world.identity.snapshot(), &caller, resource, Context::new())
    };
    assert_eq!(
        ask(arn).unwrap_err().to_string(),
        "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: iam:CreateRole on resource: \
         arn:aws:iam::123456789012:role/team/app because no identity-based policy allows the iam:CreateRole action"
    );
    let allow = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:*","Resource":"{arn}"}},
            {{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::*:role/*secret"}}]}}"#
    );
    world
        .run(|tx, permit| inline::put::<User>(tx, permit, "alice", &"p".parse().unwrap(), &allow))
        .unwrap();
    let trust = trusts(r#""*""#);
    let made = |name: &str, permit| {
        world.identity.write_blocking(permit, now(), |tx, permit| {
            role::create(tx, permit, &new_role(name, &trust))
        })
    };
    assert_eq!(
        refusal(made("other", ask(arn).unwrap())),
        refusal::<()>(Err(Error::Conflict))
    );
    made("app", ask(arn).unwrap()).unwrap();
    assert!(
        ask("arn:aws:iam::123456789012:role/secret")
            .unwrap_err()
            .to_string()
            .ends_with("with an explicit deny in an identity-based policy")
    );
}

#[test]
fn a_boundary_bounds_and_root_is_not_bound() {
    let world = World::new();
    world.user("alice").unwrap();
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    world
        .run(|tx, permit| attachment::attach::<User>(tx, permit, "alice", admin))
        .unwrap();
    world
        .run(|tx, permit| attachment::put_boundary::<User>(tx, permit, "alice", READ_ONLY))
        .unwrap();
    let snapshot = world.identity.snapshot();
    let alice = caller(&world, "alice");
    let denied = authorize::<op::DeleteRole>(&snapshot, &alice, "arn:aws:iam::123456789012:role/x", Context::new());
    assert!(
        denied
            .unwrap_err()
            .to_string()
            .ends_with("because no permissions boundary allows the iam:DeleteRole action")
    );
    let root = Caller::new(&snapshot, &Identified::Root { account: account() }, "AKIA").unwrap();
    let _: Permit<op::DeleteRole> =
        authorize(&snapshot, &root, "arn:aws:iam::123456789012:role/x", Context::new()).unwrap();
    assert!(authorize::<op::DeleteRole>(&snapshot, &Caller::anonymous(), "x", Context::new()).is_err());
}

#[test]
fn a_caller_that_was_made_anew_is_not_the_old_one() {
    let world = World::new();
    let before = world.user("alice").unwrap();
    world.run(|tx, permit| user::delete(tx, permit, "alice")).unwrap();
    world.user("alice").unwrap();
    let identified = Identified::User {
        account: account(),
        id: before.id,
        arn: before.arn,
    };
    assert!(Caller::new(&world.identity.snapshot(), &identified, "AKIA").is_err());
}

#[test]
fn resource_tags_are_conditions() {
    let world = World::new();
    world.user("alice").unwrap();
    world.role("app", &trusts(r#""*""#)).unwrap();
    world
        .run(|tx, permit| tags::tag::<Role>(tx, permit, "app", &[("team".into(), "a".into())]))
        .unwrap();
    let allow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:DeleteRole","Resource":"*",
        "Condition":{"StringEquals":{"aws:ResourceTag/team":"a"}}}]}"#;
    world
        .run(|tx, permit| inline::put::<User>(tx, permit, "alice", &"p".parse().unwrap(), allow))
        .unwrap();
    let snapshot = world.identity.snapshot();
    let ask = |arn: &str| authorize::<op::DeleteRole>(&snapshot, &caller(&world, "alice"), arn, Context::new()).is_ok();
    assert!(ask("arn:aws:iam::123456789012:role/team/app"));
    assert!(!ask("arn:aws:iam::123456789012:role/app"));
}
