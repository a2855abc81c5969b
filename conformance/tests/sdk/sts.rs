//! STS: sessions of each kind, and refusals as the SDK types them.

use aws_config::SdkConfig;
use aws_sdk_sts::{
    Client,
    error::ProvideErrorMetadata as _,
    types::{Credentials, Tag},
};

use crate::{
    dev::{Dev, with_keys},
    iam::{EVERYTHING, TRUST},
};

const ROLE: &str = "arn:aws:iam::123456789012:role/next";

/// A user who may do everything, and a role that the account trusts.
async fn user(root: &SdkConfig) -> SdkConfig {
    let iam = aws_sdk_iam::Client::new(root);
    iam.create_user().user_name("alice").send().await.unwrap();
    let allow = iam.put_user_policy().user_name("alice").policy_name("all");
    allow.policy_document(EVERYTHING).send().await.unwrap();
    let role = iam.create_role().role_name("next").assume_role_policy_document(TRUST);
    role.send().await.unwrap();
    let allow = iam.put_role_policy().role_name("next").policy_name("all");
    allow.policy_document(EVERYTHING).send().await.unwrap();
    let made = iam.create_access_key().user_name("alice").send().await.unwrap();
    let key = made.access_key().unwrap();
    with_keys(root, key.access_key_id(), key.secret_access_key(), None)
}

/// The root's configuration with the keys of a session.
pub(crate) fn session(root: &SdkConfig, of: Option<&Credentials>) -> SdkConfig {
    let of = of.unwrap();
    with_keys(
        root,
        of.access_key_id(),
        of.secret_access_key(),
        Some(of.session_token()),
    )
}

async fn arn(of: &SdkConfig) -> String {
    let who = Client::new(of).get_caller_identity().send().await.unwrap();
    who.arn().unwrap().to_owned()
}

#[tokio::test]
async fn a_role_is_assumed_with_tags_and_a_session_policy() {
    let dev = Dev::start();
    let root = dev.root().await;
    let alice = user(&root).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
    let only_roles = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}}]}"#;
    let assume = |team: &str| {
        let assume = Client::new(&alice)
            .assume_role()
            .role_arn(ROLE)
            .role_session_name("s-1");
        assume
            .tags(tag("team", team))
            .transitive_tag_keys("team")
            .policy(only_roles)
            .source_identity("alice")
    };
    let refused = assume("a").send().await.unwrap_err();
    assert_eq!(
        refused.code(),
        Some("AccessDenied"),
        "the trust policy says nothing of source identities"
    );
    let assume = |team: &str| assume(team).set_source_identity(None);
    let granted = assume("a").send().await.unwrap();
    assert_eq!(
        granted.assumed_role_user().unwrap().arn(),
        "arn:aws:sts::123456789012:assumed-role/next/s-1"
    );
    #[expect(deprecated, reason = "what it is replaced by is in no model that we answer by")]
    let packed = granted.packed_policy_size();
    assert!(packed.unwrap() > 0);
    let a = session(&root, granted.credentials());
    assert_eq!(arn(&a).await, "arn:aws:sts::123456789012:assumed-role/next/s-1");
    let iam = aws_sdk_iam::Client::new(&a);
    iam.list_roles().send().await.unwrap();
    let refused = iam.list_users().send().await.unwrap_err();
    assert!(
        refused
            .message()
            .unwrap()
            .ends_with("because no session policy allows the iam:ListUsers action")
    );
    let granted = assume("b").send().await.unwrap();
    let b = session(&root, granted.credentials());
    assert!(aws_sdk_iam::Client::new(&b).list_roles().send().await.is_err());

    // What a role hands on lasts an hour, and what the session policy does not allow is not handed on at all.
    let chained = |of: &SdkConfig, seconds: i32| {
        let chained = Client::new(of).assume_role().role_arn(ROLE).role_session_name("s-2");
        chained.duration_seconds(seconds).send()
    };
    assert_eq!(chained(&a, 3600).await.unwrap_err().code(), Some("AccessDenied"));
    let granted = assume("a").set_policy(None).send().await.unwrap();
    let unbound = session(&root, granted.credentials());
    assert_eq!(
        chained(&unbound, 3601).await.unwrap_err().code(),
        Some("ValidationError")
    );
    chained(&unbound, 3600).await.unwrap();
    let malformed = Client::new(&alice)
        .assume_role()
        .role_arn(ROLE)
        .role_session_name("s-1")
        .policy("{");
    let malformed = malformed.send().await.unwrap_err().into_service_error();
    assert!(malformed.is_malformed_policy_document_exception(), "{malformed}");
    let by_root = Client::new(&root).assume_role().role_arn(ROLE).role_session_name("s-1");
    assert_eq!(by_root.send().await.unwrap_err().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn users_get_sessions_of_their_own_and_federated_ones() {
    let dev = Dev::start();
    let root = dev.root().await;
    let alice = user(&root).await;
    let sts = Client::new(&alice);
    let own = sts.get_session_token().duration_seconds(900).send().await.unwrap();
    let own = session(&root, own.credentials());
    assert_eq!(arn(&own).await, "arn:aws:iam::123456789012:user/alice");
    let refused = Client::new(&own).get_session_token().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"));

    let federated = sts
        .get_federation_token()
        .name("bob")
        .policy(EVERYTHING)
        .send()
        .await
        .unwrap();
    assert_eq!(
        federated.federated_user().unwrap().federated_user_id(),
        "123456789012:bob"
    );
    let bob = session(&root, federated.credentials());
    assert_eq!(arn(&bob).await, "arn:aws:sts::123456789012:federated-user/bob");
    let key = federated.credentials().unwrap().access_key_id();
    let info = sts.get_access_key_info().access_key_id(key).send().await.unwrap();
    assert_eq!(info.account(), Some("123456789012"));
    let malformed = sts.get_federation_token().name("bob").policy("[]").send().await;
    assert!(
        malformed
            .unwrap_err()
            .into_service_error()
            .is_malformed_policy_document_exception()
    );
}

#[tokio::test]
async fn what_a_refusal_carries_is_decoded() {
    let dev = Dev::start();
    let root = dev.root().await;
    let iam = aws_sdk_iam::Client::new(&root);
    let alice = user(&root).await;
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}]}"#;
    let deny = iam
        .put_user_policy()
        .user_name("alice")
        .policy_name("no")
        .policy_document(deny);
    deny.send().await.unwrap();
    let refused = aws_sdk_iam::Client::new(&alice).list_users().send().await.unwrap_err();
    let headers = refused.raw_response().unwrap().headers();
    let message = headers.get("x-rolecall-authorization-message").unwrap();
    let sts = Client::new(&alice);
    let decoded = sts
        .decode_authorization_message()
        .encoded_message(message)
        .send()
        .await
        .unwrap();
    let decoded = decoded.decoded_message().unwrap();
    assert!(decoded.contains(r#""explicitDeny":true"#), "{decoded}");
    assert!(decoded.contains("iam:ListUsers"), "{decoded}");
    let forged = sts.decode_authorization_message().encoded_message("AAAA").send().await;
    assert!(
        forged
            .unwrap_err()
            .into_service_error()
            .is_invalid_authorization_message_exception()
    );
}

#[tokio::test]
async fn tokens_that_nobody_signed_are_refused() {
    let dev = Dev::start();
    let root = dev.root().await;
    let sts = Client::new(&root);
    let exchange = |token: &str| {
        let exchange = sts
            .assume_role_with_web_identity()
            .role_arn(ROLE)
            .role_session_name("s-1");
        exchange.web_identity_token(token).send()
    };
    for token in ["abcd", "a.b.c"] {
        let refused = exchange(token).await.unwrap_err().into_service_error();
        assert!(refused.is_invalid_identity_token_exception(), "{token}: {refused}");
    }
    let short = exchange("x").await.unwrap_err();
    assert_eq!(short.code(), Some("ValidationError"), "{short:?}");
}
