//! Operations that need more than one decision, or read what is not in the URL.

use http::StatusCode;

use crate::world::*;

#[tokio::test]
async fn a_copy_is_decided_on_both_objects() {
    let world = World::new(&[&allow(r#""s3:PutObject""#, "arn:aws:s3:::b/*")]);
    let headers = [
        ("x-amz-copy-source", "/b/fr%20om?versionId=7"),
        ("x-amz-tagging-directive", "REPLACE"),
    ];
    let answer = world.call("PUT", "/b/to", &headers, "").await;
    assert_eq!(answer.code(), "AccessDenied");
    assert!(
        answer
            .text
            .contains("s3:GetObjectVersion on resource: &quot;arn:aws:s3:::b/fr om&quot;"),
        "{}",
        answer.text
    );
    world
        .authority
        .policies
        .lock()
        .unwrap()
        .push(compiled(&allow(r#""s3:GetObjectVersion""#, "arn:aws:s3:::b/fr om")));
    world.store_answers(StatusCode::OK, "<CopyObjectResult/>");
    assert_eq!(world.call("PUT", "/b/to", &headers, "").await.status, StatusCode::OK);
    assert_eq!(
        world.arrived()[0].headers["x-amz-copy-source"],
        "inc-b/fr%20om?versionId=7"
    );
    let tags = world
        .call("PUT", "/b/to", &[("x-amz-copy-source", "/b/fr%20om?versionId=7")], "")
        .await;
    assert!(tags.text.contains("s3:GetObjectVersionTagging"), "{}", tags.text);
}

#[tokio::test]
async fn tags_and_acls_need_actions_of_their_own() {
    let world = World::new(&[&allow(r#""s3:PutObject""#, "*")]);
    let tagged = world.call("PUT", "/b/k", &[("x-amz-tagging", "a=1")], "").await;
    assert!(tagged.text.contains("s3:PutObjectTagging"));
    let acl = world.call("PUT", "/b/k", &[("x-amz-acl", "private")], "").await;
    assert!(acl.text.contains("s3:PutObjectAcl"));
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn deleting_many_is_decided_key_by_key() {
    let world = World::new(&[&allow(r#""s3:DeleteObject""#, "arn:aws:s3:::b/mine/*")]);
    world.store_answers(
        StatusCode::OK,
        "<DeleteResult><Deleted><Key>mine/1</Key></Deleted></DeleteResult>",
    );
    let body = "<Delete><Object><Key>mine/1</Key></Object><Object><Key>yours&amp;</Key></Object><Object><Key>mine/2</Key><VersionId>v</VersionId></Object></Delete>";
    let answer = world.call("POST", "/b?delete", &[], body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("<Deleted><Key>mine/1</Key></Deleted>"));
    assert!(
        answer
            .text
            .contains("<Error><Key>yours&amp;</Key><Code>AccessDenied</Code>"),
        "{}",
        answer.text
    );
    assert!(
        answer
            .text
            .contains("<Error><Key>mine/2</Key><VersionId>v</VersionId><Code>AccessDenied</Code>")
    );
    let body = world.arrived()[0].body.clone().unwrap();
    let body = std::str::from_utf8(&body).unwrap();
    assert!(body.contains("mine/1") && !body.contains("yours") && !body.contains("mine/2"));
    assert_eq!(world.decided().len(), 3);
}

#[tokio::test]
async fn a_missing_key_is_told_only_to_who_may_list() {
    let missing = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>k</Key><BucketName>inc-b</BucketName></Error>";
    let world = World::new(&[&allow(r#""s3:GetObject""#, "*")]);
    world.store_answers(StatusCode::NOT_FOUND, missing);
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "AccessDenied"));
    world
        .authority
        .policies
        .lock()
        .unwrap()
        .push(compiled(&allow(r#""s3:ListBucket""#, "*")));
    world.store_answers(StatusCode::NOT_FOUND, missing);
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "NoSuchKey"));
    assert!(!answer.text.contains("inc-b"), "{}", answer.text);
}

#[tokio::test]
async fn tags_that_an_object_has_take_part_where_a_policy_asks_for_them() {
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}}]}"#;
    let world = World::new(&[deny]);
    world.store_answers(
        StatusCode::OK,
        "<Tagging><TagSet><Tag><Key>secret</Key><Value>yes</Value></Tag></TagSet></Tagging>",
    );
    assert_eq!(world.call("GET", "/b/k", &[], "").await.code(), "AccessDenied");
    // Unknown tags are not no tags.
    world.store_answers(StatusCode::INTERNAL_SERVER_ERROR, "");
    assert_eq!(world.call("GET", "/b/k", &[], "").await.code(), "ServiceUnavailable");
}
