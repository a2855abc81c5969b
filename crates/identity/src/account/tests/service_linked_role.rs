//! Service-linked roles.

use super::*;
use crate::account::{instance_profile, service_linked_role as linked};

const EKS: &str = "eks.amazonaws.com";
const PROTECTED: &str = "Unmodifiable: Cannot perform the operation on the protected role 'AWSServiceRoleForAmazonEKS' - this role is \
                         only modifiable by AWS";

impl World {
    fn linked(&self, service: &str, suffix: Option<&str>) -> Result<Role, Error> {
        self.run(|tx, permit| linked::create(tx, permit, service, suffix, Some("d")))
    }

    fn unlink(&self, name: &str) -> Result<String, Error> {
        self.run(|tx, permit| linked::delete(tx, permit, name))
    }
}

#[test]
fn name_path_trust_and_policy_come_from_the_service() {
    let world = World::new();
    let made = world.linked(EKS, None).unwrap();
    assert_eq!(
        made.arn.as_str(),
        "arn:aws:iam::123456789012:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"
    );
    assert_eq!(made.arn, linked::arn(account(), EKS, None));
    assert!(
        made.trust
            .text()
            .contains(r#""Principal":{"Service":"eks.amazonaws.com"}"#)
    );
    assert_eq!(
        made.entity.attached,
        ["arn:aws:iam::aws:policy/aws-service-role/AmazonEKSServiceRolePolicy"]
    );
    assert_eq!(
        refusal(world.linked(EKS, None)),
        "Invalid: Service role name AWSServiceRoleForAmazonEKS has been taken in this account, please try a different \
         suffix."
    );
    assert_eq!(
        refusal(world.linked(EKS, Some("x"))),
        "Invalid: Custom suffix is not allowed for eks.amazonaws.com"
    );
    let suffixed = world.linked("autoscaling.amazonaws.com", Some("ci")).unwrap();
    assert_eq!(suffixed.name, "AWSServiceRoleForAutoScaling_ci");
    world.linked("autoscaling.amazonaws.com", None).unwrap();
    for unknown in ["nothing.amazonaws.com", "EKS.amazonaws.com", "eks"] {
        assert!(
            refusal(world.linked(unknown, None)).starts_with("Invalid: "),
            "{unknown}"
        );
    }
    assert!(refusal(world.linked("autoscaling.amazonaws.com", Some(&"x".repeat(60)))).starts_with("Invalid: "));
}

#[test]
fn only_a_service_changes_its_role_but_for_tags_and_description() {
    let world = World::new();
    let name = world.linked(EKS, None).unwrap().name;
    let name = name.as_str();
    let own = world.policy("own").unwrap().arn;
    let attached = "arn:aws:iam::aws:policy/aws-service-role/AmazonEKSServiceRolePolicy";
    let refusals = [
        refusal(world.run(|tx, permit| role::delete(tx, permit, name))),
        refusal(world.run(|tx, permit| role::update_trust(tx, permit, name, &trusts(r#""*""#)))),
        refusal(world.run(|tx, permit| role::update(tx, permit, name, None, Some(7200)))),
        refusal(world.attach(name, &own)),
        refusal(world.run(|tx, permit| attachment::detach::<Role>(tx, permit, name, attached))),
        refusal(world.run(|tx, permit| attachment::put_boundary::<Role>(tx, permit, name, READ_ONLY))),
        refusal(world.run(|tx, permit| attachment::delete_boundary::<Role>(tx, permit, name))),
        refusal(world.run(|tx, permit| inline::put::<Role>(tx, permit, name, &"p".parse().unwrap(), ALLOW_S3))),
        refusal(world.run(|tx, permit| inline::delete::<Role>(tx, permit, name, "p"))),
    ];
    for (index, refused) in refusals.iter().enumerate() {
        assert_eq!(refused, PROTECTED, "{index}");
    }
    world
        .run(|tx, permit| instance_profile::create(tx, permit, &"web".parse().unwrap(), &"/".parse().unwrap(), &[]))
        .unwrap();
    let passed = linked::arn(account(), EKS, None);
    let put = world.run(|tx, permit| instance_profile::add_role(tx, permit, "web", name, &passed));
    assert_eq!(refusal(put), PROTECTED);

    world
        .run(|tx, permit| tags::tag::<Role>(tx, permit, name, &[("a".into(), "1".into())]))
        .unwrap();
    world
        .run(|tx, permit| role::update(tx, permit, name, Some("it"), None))
        .unwrap();
    world
        .run(|tx, permit| role::update_description(tx, permit, name, "it"))
        .unwrap();
}

#[test]
fn nobody_makes_a_role_that_looks_like_a_services_nor_takes_its_policy() {
    let world = World::new();
    let trust = trusts(r#""*""#);
    let new = NewRole {
        path: "/aws-service-role/eks.amazonaws.com/".parse().unwrap(),
        ..new_role("AWSServiceRoleForAmazonEKS", &trust)
    };
    assert_eq!(
        refusal(world.run(|tx, permit| role::create(tx, permit, &new))),
        "Invalid: Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"
    );
    world.role("app", &trust).unwrap();
    assert_eq!(
        refusal(world.attach(
            "app",
            "arn:aws:iam::aws:policy/aws-service-role/AmazonEKSServiceRolePolicy"
        )),
        "NotAttachable: Cannot attach a Service Role Policy to a Customer Role."
    );
}

#[test]
fn a_deletion_is_a_task_that_tells_what_became_of_it() {
    let world = World::new();
    let name = world.linked("spot.amazonaws.com", None).unwrap().name;
    let task = world.unlink(&name).unwrap();
    let start = "task/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot/";
    assert_eq!(task.strip_prefix(start).unwrap().len(), 36);
    let snapshot = world.identity.snapshot();
    assert!(snapshot.role(account(), &name).is_none());
    assert!(linked::deletion(&snapshot, account(), &task).unwrap().users.is_empty());
    assert_eq!(
        linked::arn_of_task(account(), &task),
        linked::arn(account(), "spot.amazonaws.com", None)
    );
    assert!(refusal(linked::deletion(&snapshot, other(), &task)).starts_with("NotFound: "));
    assert!(refusal(linked::deletion(&snapshot, account(), "x")).starts_with("Invalid: "));
    assert_eq!(
        refusal(world.unlink(&name)),
        format!("NotFound: The role with name {name} cannot be found.")
    );
    world.role("app", &trusts(r#""*""#)).unwrap();
    assert!(refusal(world.unlink("app")).starts_with("NotFound: "));
    // The next task of the role takes the place of this one.
    world.linked("spot.amazonaws.com", None).unwrap();
    world.unlink(&name).unwrap();
    let snapshot = world.identity.snapshot();
    assert!(refusal(linked::deletion(&snapshot, account(), &task)).starts_with("NotFound: "));
}

#[test]
fn the_role_of_eks_stays_while_there_are_clusters() {
    let world = World::new();
    let name = world.linked(EKS, None).unwrap().name;
    let issuer = cluster::Issuer::Registered {
        url: "https://issuer.example",
        jwks: None,
    };
    world
        .run(|tx, permit| cluster::create(tx, permit, &new_cluster("dev", issuer)))
        .unwrap();
    let task = world.unlink(&name).unwrap();
    let snapshot = world.identity.snapshot();
    assert!(snapshot.role(account(), &name).is_some());
    let deletion = linked::deletion(&snapshot, account(), &task).unwrap();
    assert_eq!(deletion.users.len(), 1);
    assert!(deletion.users[0].arn.ends_with(":cluster/dev"));
}

#[test]
fn deletions_are_forgotten_after_a_day() {
    let world = World::new();
    for (service, seconds) in [("spot.amazonaws.com", 0), ("rds.amazonaws.com", 100_000)] {
        let name = world.linked(service, None).unwrap().name;
        let at = Timestamp::from_second(now().as_second() + seconds).unwrap();
        let permit = Permit::operator(account());
        world
            .identity
            .write_blocking(permit, at, |tx, permit| linked::delete(tx, permit, &name))
            .unwrap();
    }
    assert_eq!(world.identity.snapshot().role_deletions(account()).count(), 1);
}
