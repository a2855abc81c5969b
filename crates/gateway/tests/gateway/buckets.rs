//! Buckets, their policies and tags, and what is listed in them.

use http::StatusCode;

use crate::world::*;

#[tokio::test]
async fn buckets_are_answered_from_the_map() {
    let world = World::root();
    let location = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>us-east-2</LocationConstraint></CreateBucketConfiguration>";
    assert_eq!(
        world.call("PUT", "/new-bucket", &[], location).await.status,
        StatusCode::OK
    );
    assert_eq!(world.arrived()[0].uri, "/inc-new-bucket");
    assert_eq!(
        world.call("PUT", "/new-bucket", &[], location).await.code(),
        "BucketAlreadyOwnedByYou"
    );
    world.bucket_policy("theirs", "210987654321", &allow(r#""s3:*""#, "arn:aws:s3:::theirs"));
    assert_eq!(
        world.call("PUT", "/theirs", &[], location).await.code(),
        "BucketAlreadyExists"
    );
    assert_eq!(
        world.call("PUT", "/another", &[], "").await.code(),
        "IllegalLocationConstraintException"
    );
    assert_eq!(
        world.call("PUT", "/Another", &[], location).await.code(),
        "InvalidBucketName"
    );
    let list = world.call("GET", "/", &[], "").await;
    assert!(list.text.contains("<Name>b</Name>") && list.text.contains("<Name>new-bucket</Name>"));
    assert!(!list.text.contains("theirs") && !list.text.contains("inc-"));
    let page = world.call("GET", "/?max-buckets=1", &[], "").await;
    let token = page
        .text
        .split("<ContinuationToken>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let page = world
        .call("GET", &format!("/?continuation-token={token}"), &[], "")
        .await;
    assert!(page.text.contains("new-bucket") && !page.text.contains("<Name>b</Name>"));
    assert!(
        world
            .call("GET", "/b?location", &[], "")
            .await
            .text
            .contains(">us-east-2</LocationConstraint>")
    );
    assert_eq!(
        world.call("HEAD", "/b", &[], "").await.headers["x-amz-bucket-region"],
        "us-east-2"
    );
    world.store_answers(StatusCode::CONFLICT, "");
    assert_eq!(world.call("DELETE", "/b", &[], "").await.code(), "BucketNotEmpty");
    assert_eq!(world.call("DELETE", "/b", &[], "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.call("HEAD", "/b", &[], "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn policies_and_tags_of_buckets_are_kept_and_enforced() {
    let world = World::root();
    assert_eq!(
        world.call("GET", "/b?policy", &[], "").await.code(),
        "NoSuchBucketPolicy"
    );
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/locked/*"}]}"#;
    assert_eq!(
        world.call("PUT", "/b?policy", &[], policy).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.call("GET", "/b?policy", &[], "").await.text, policy);
    assert!(
        world
            .call("GET", "/b?policyStatus", &[], "")
            .await
            .text
            .contains("<IsPublic>false</IsPublic>")
    );
    assert_eq!(world.call("PUT", "/b/locked/k", &[], "v").await.code(), "AccessDenied");
    assert_eq!(world.call("PUT", "/b/open", &[], "v").await.status, StatusCode::OK);
    assert_eq!(
        world.call("DELETE", "/b?policy", &[], "").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.call("PUT", "/b/locked/k", &[], "v").await.status, StatusCode::OK);
    let elsewhere = policy.replace(":::b/", ":::c/");
    for wrong in ["{", "{}", elsewhere.as_str()] {
        assert_eq!(
            world.call("PUT", "/b?policy", &[], wrong).await.code(),
            "MalformedPolicy",
            "{wrong}"
        );
    }
    assert_eq!(world.call("GET", "/b?tagging", &[], "").await.code(), "NoSuchTagSet");
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    assert_eq!(
        world.call("PUT", "/b?tagging", &[], tags).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(
        world
            .call("GET", "/b?tagging", &[], "")
            .await
            .text
            .contains("<Key>a</Key><Value>1</Value>")
    );
}

#[tokio::test]
async fn a_policy_that_locks_its_author_out_needs_a_confirmation() {
    let world = World::new(&[&allow(r#""s3:*""#, "*")]);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}]}"#;
    assert_eq!(world.call("PUT", "/b?policy", &[], policy).await.code(), "AccessDenied");
    let confirmed = [("x-amz-confirm-remove-self-bucket-access", "true")];
    assert_eq!(
        world.call("PUT", "/b?policy", &confirmed, policy).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.call("DELETE", "/b?policy", &[], "").await.code(), "AccessDenied");
    let root = World::root();
    root.bucket_policy("b", ACCOUNT, policy);
    assert_eq!(root.call("GET", "/b", &[], "").await.code(), "AccessDenied");
    assert_eq!(
        root.call("DELETE", "/b?policy", &[], "").await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn lists_say_the_buckets_own_name() {
    let world = World::root();
    world.store_answers(
        StatusCode::OK,
        "<ListBucketResult><Name>inc-b</Name><Contents><Key>&lt;Name&gt;inc-b</Key></Contents></ListBucketResult>",
    );
    let list = world.call("GET", "/b?list-type=2&prefix=a%2Bb%26", &[], "").await;
    assert_eq!(
        list.text,
        "<ListBucketResult><Name>b</Name><Contents><Key>&lt;Name&gt;inc-b</Key></Contents></ListBucketResult>"
    );
    assert_eq!(world.arrived()[0].uri, "/inc-b?list-type=2&prefix=a%2Bb%26");
}
