//! Instance profiles over the wire.

use crate::world::{World, between, refused};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

#[tokio::test]
async fn a_profile_shows_its_role_and_lists_show_no_tags() {
    let world = World::new().await;
    let call = async |form: &[(&str, &str)]| {
        let answer = world.query(&world.root, "iam", form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    };
    let name = ("InstanceProfileName", "web");
    let made = call(&[
        ("Action", "CreateInstanceProfile"),
        name,
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "b"),
    ])
    .await;
    assert!(between(&made, "InstanceProfileId").starts_with("AIPA"));
    assert!(made.contains("<Key>a</Key>") && !made.contains("<RoleName>"), "{made}");
    call(&[
        ("Action", "CreateRole"),
        ("RoleName", "app"),
        ("AssumeRolePolicyDocument", TRUST),
    ])
    .await;
    call(&[("Action", "AddRoleToInstanceProfile"), name, ("RoleName", "app")]).await;
    let shown = call(&[("Action", "GetInstanceProfile"), name]).await;
    assert_eq!(between(&shown, "RoleName"), "app");
    assert!(
        between(&shown, "AssumeRolePolicyDocument").starts_with("%7B"),
        "{shown}"
    );
    for list in [
        vec![("Action", "ListInstanceProfiles")],
        vec![("Action", "ListInstanceProfilesForRole"), ("RoleName", "app")],
    ] {
        let shown = call(&list).await;
        assert_eq!(
            (between(&shown, "InstanceProfileName"), between(&shown, "RoleName")),
            ("web", "app")
        );
        assert!(!shown.contains("<Tags>"), "{shown}");
    }
    let delete = world
        .query(&world.root, "iam", &[("Action", "DeleteRole"), ("RoleName", "app")])
        .await;
    refused(
        &delete,
        409,
        "DeleteConflict",
        "Cannot delete entity, must remove roles from instance profile first.",
    );
    let foreign = world
        .query(
            &world.root,
            "iam",
            &[("Action", "AddRoleToInstanceProfile"), name, ("RoleName", "nobody")],
        )
        .await;
    refused(
        &foreign,
        404,
        "NoSuchEntity",
        "The role with name nobody cannot be found.",
    );
}
