//! IAM: what is made, paged through, waited for and refused, as the SDK types it.

use std::time::Duration;

use aws_sdk_iam::{
    Client,
    client::Waiters as _,
    error::ProvideErrorMetadata as _,
    types::{PolicyScopeType, StatusType, Tag},
};

use crate::dev::{Dev, with_keys};

pub(crate) const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;
pub(crate) const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
/// Longer than anything takes; a waiter asks once at first, and what is there was there before it was answered.
const AT_MOST: Duration = Duration::from_mins(1);

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

async fn role(iam: &Client, name: &str) {
    let made = iam.create_role().role_name(name).assume_role_policy_document(TRUST);
    made.send().await.unwrap();
}

#[tokio::test]
async fn a_role_lives_and_what_it_still_has_keeps_it_alive() {
    let dev = Dev::start();
    let iam = Client::new(&dev.root().await);
    let made = iam
        .create_role()
        .role_name("App")
        .path("/team/")
        .assume_role_policy_document(TRUST)
        .description("reads")
        .max_session_duration(7200)
        .tags(tag("team", "platform"))
        .send()
        .await
        .unwrap();
    let made = made.role().unwrap();
    assert_eq!(made.arn(), "arn:aws:iam::123456789012:role/team/App");
    assert!(made.role_id().starts_with("AROA"));
    iam.wait_until_role_exists()
        .role_name("App")
        .wait(AT_MOST)
        .await
        .unwrap();

    let again = iam.create_role().role_name("aPP").assume_role_policy_document(TRUST);
    let again = again.send().await.unwrap_err().into_service_error();
    assert!(again.is_entity_already_exists_exception(), "{again}");
    let wrong = iam.create_role().role_name("other").assume_role_policy_document("{}");
    let wrong = wrong.send().await.unwrap_err().into_service_error();
    assert!(wrong.is_malformed_policy_document_exception(), "{wrong}");
    let long = iam
        .create_role()
        .role_name("x".repeat(65))
        .assume_role_policy_document(TRUST);
    let long = long.send().await.unwrap_err();
    assert_eq!(long.code(), Some("ValidationError"));
    assert!(
        long.message()
            .unwrap()
            .contains("at 'roleName' failed to satisfy constraint")
    );

    iam.tag_role()
        .role_name("App")
        .tags(tag("cost", ""))
        .send()
        .await
        .unwrap();
    iam.untag_role().role_name("App").tag_keys("team").send().await.unwrap();
    let tags = iam.list_role_tags().role_name("App").send().await.unwrap();
    assert_eq!(tags.tags(), [tag("cost", "")]);

    iam.attach_role_policy()
        .role_name("App")
        .policy_arn(READ_ONLY)
        .send()
        .await
        .unwrap();
    let inline = iam.put_role_policy().role_name("App").policy_name("all");
    inline.policy_document(EVERYTHING).send().await.unwrap();
    let kept = iam
        .get_role_policy()
        .role_name("App")
        .policy_name("all")
        .send()
        .await
        .unwrap();
    assert!(
        kept.policy_document().starts_with("%7B%22Version%22"),
        "{}",
        kept.policy_document()
    );
    let held = iam
        .delete_role()
        .role_name("App")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(held.is_delete_conflict_exception(), "{held}");
    iam.detach_role_policy()
        .role_name("App")
        .policy_arn(READ_ONLY)
        .send()
        .await
        .unwrap();
    iam.delete_role_policy()
        .role_name("App")
        .policy_name("all")
        .send()
        .await
        .unwrap();
    iam.delete_role().role_name("App").send().await.unwrap();
    let gone = iam
        .get_role()
        .role_name("App")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(gone.is_no_such_entity_exception(), "{gone}");
    assert_eq!(gone.message(), Some("The role with name App cannot be found."));
}

#[tokio::test]
async fn paginators_go_through_all_pages() {
    let dev = Dev::start();
    let iam = Client::new(&dev.root().await);
    for n in 0..7 {
        let made = iam.create_role().role_name(format!("paged-{n}")).path("/paged/");
        made.assume_role_policy_document(TRUST).send().await.unwrap();
    }
    let mut pages = iam
        .list_roles()
        .path_prefix("/paged/")
        .into_paginator()
        .page_size(3)
        .send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().roles().len());
    }
    assert_eq!(sizes, [3, 3, 1]);
    let items = iam
        .list_roles()
        .path_prefix("/paged/")
        .into_paginator()
        .page_size(2)
        .items();
    let roles: Vec<_> = items.send().collect::<Result<_, _>>().await.unwrap();
    let names: Vec<_> = roles.iter().map(|role| role.role_name().to_owned()).collect();
    assert_eq!(names, (0..7).map(|n| format!("paged-{n}")).collect::<Vec<_>>());

    let items = iam
        .list_policies()
        .scope(PolicyScopeType::Aws)
        .into_paginator()
        .page_size(100)
        .items();
    let policies: Vec<_> = items.send().collect::<Result<_, _>>().await.unwrap();
    assert!(policies.len() > 100, "{}", policies.len());
    let forged = iam.list_roles().marker("AAAA").send().await.unwrap_err();
    assert_eq!(forged.code(), Some("ValidationError"), "{forged:?}");
}

#[tokio::test]
async fn a_policy_has_versions_and_is_kept_while_it_is_attached() {
    let dev = Dev::start();
    let iam = Client::new(&dev.root().await);
    let made = iam.create_policy().policy_name("reads").policy_document(EVERYTHING);
    let made = made.send().await.unwrap();
    let arn = made.policy().unwrap().arn().unwrap();
    iam.wait_until_policy_exists()
        .policy_arn(arn)
        .wait(AT_MOST)
        .await
        .unwrap();
    for _ in 0..4 {
        let version = iam.create_policy_version().policy_arn(arn).policy_document(EVERYTHING);
        version.set_as_default(true).send().await.unwrap();
    }
    let sixth = iam.create_policy_version().policy_arn(arn).policy_document(EVERYTHING);
    let sixth = sixth.send().await.unwrap_err().into_service_error();
    assert!(sixth.is_limit_exceeded_exception(), "{sixth}");
    let read = iam
        .get_policy_version()
        .policy_arn(arn)
        .version_id("v5")
        .send()
        .await
        .unwrap();
    assert!(read.policy_version().unwrap().is_default_version());
    let default = iam.delete_policy_version().policy_arn(arn).version_id("v5");
    assert!(
        default
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_delete_conflict_exception()
    );

    role(&iam, "holder").await;
    iam.attach_role_policy()
        .role_name("holder")
        .policy_arn(arn)
        .send()
        .await
        .unwrap();
    let held = iam
        .delete_policy()
        .policy_arn(arn)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(held.is_delete_conflict_exception(), "{held}");
    let holders = iam.list_entities_for_policy().policy_arn(arn).send().await.unwrap();
    assert_eq!(holders.policy_roles()[0].role_name(), Some("holder"));
    iam.detach_role_policy()
        .role_name("holder")
        .policy_arn(arn)
        .send()
        .await
        .unwrap();
    for version in ["v1", "v2", "v3", "v4"] {
        let delete = iam.delete_policy_version().policy_arn(arn).version_id(version);
        delete.send().await.unwrap();
    }
    iam.delete_policy().policy_arn(arn).send().await.unwrap();
    let gone = iam
        .get_policy()
        .policy_arn(arn)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(gone.is_no_such_entity_exception(), "{gone}");
}

#[tokio::test]
async fn access_keys_sign_until_they_are_switched_off() {
    let dev = Dev::start();
    let root = dev.root().await;
    let iam = Client::new(&root);
    iam.create_user().user_name("alice").send().await.unwrap();
    iam.wait_until_user_exists()
        .user_name("alice")
        .wait(AT_MOST)
        .await
        .unwrap();
    let made = iam.create_access_key().user_name("alice").send().await.unwrap();
    let key = made.access_key().unwrap();
    assert!(!format!("{key:?}").contains(key.secret_access_key()));
    iam.create_access_key().user_name("alice").send().await.unwrap();
    let third = iam
        .create_access_key()
        .user_name("alice")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(third.is_limit_exceeded_exception(), "{third}");

    let hers = Client::new(&with_keys(&root, key.access_key_id(), key.secret_access_key(), None));
    let refused = hers.get_user().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"));
    assert!(
        refused
            .message()
            .unwrap()
            .contains("is not authorized to perform: iam:GetUser")
    );
    let allow = iam.put_user_policy().user_name("alice").policy_name("all");
    allow.policy_document(EVERYTHING).send().await.unwrap();
    let shown = hers.get_user().send().await.unwrap();
    let shown = shown.user().unwrap();
    assert_eq!(shown.user_name(), "alice");
    assert_eq!(shown.password_last_used(), None);
    let off = iam
        .update_access_key()
        .user_name("alice")
        .access_key_id(key.access_key_id());
    off.status(StatusType::Inactive).send().await.unwrap();
    assert_eq!(
        hers.get_user().send().await.unwrap_err().code(),
        Some("InvalidClientTokenId")
    );
}

#[tokio::test]
async fn instance_profiles_and_providers_are_kept() {
    let dev = Dev::start();
    let iam = Client::new(&dev.root().await);
    role(&iam, "web").await;
    iam.create_instance_profile()
        .instance_profile_name("web")
        .send()
        .await
        .unwrap();
    let wait = iam.wait_until_instance_profile_exists().instance_profile_name("web");
    wait.wait(AT_MOST).await.unwrap();
    let add = iam
        .add_role_to_instance_profile()
        .instance_profile_name("web")
        .role_name("web");
    add.send().await.unwrap();
    let second = iam
        .add_role_to_instance_profile()
        .instance_profile_name("web")
        .role_name("web");
    assert!(
        second
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_limit_exceeded_exception()
    );
    let held = iam.delete_instance_profile().instance_profile_name("web");
    assert!(
        held.send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_delete_conflict_exception()
    );
    let found = iam
        .list_instance_profiles_for_role()
        .role_name("web")
        .send()
        .await
        .unwrap();
    assert_eq!(found.instance_profiles()[0].roles()[0].role_name(), "web");

    let provider = iam.create_open_id_connect_provider().url("https://issuer.example/a");
    let provider = provider
        .client_id_list("one")
        .thumbprint_list("0".repeat(40))
        .send()
        .await
        .unwrap();
    let arn = provider.open_id_connect_provider_arn().unwrap();
    assert_eq!(arn, "arn:aws:iam::123456789012:oidc-provider/issuer.example/a");
    let again = iam.create_open_id_connect_provider().url("https://issuer.example/a");
    let again = again
        .thumbprint_list("0".repeat(40))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(again.is_entity_already_exists_exception(), "{again}");
    let add = iam
        .add_client_id_to_open_id_connect_provider()
        .open_id_connect_provider_arn(arn);
    add.client_id("two").send().await.unwrap();
    let read = iam
        .get_open_id_connect_provider()
        .open_id_connect_provider_arn(arn)
        .send()
        .await
        .unwrap();
    assert_eq!(read.url(), Some("issuer.example/a"));
    assert_eq!(read.client_id_list(), ["one", "two"]);
    let delete = iam.delete_open_id_connect_provider().open_id_connect_provider_arn(arn);
    delete.send().await.unwrap();
    let gone = iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn);
    assert!(
        gone.send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_no_such_entity_exception()
    );
}
