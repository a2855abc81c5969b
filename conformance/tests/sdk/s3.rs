//! A pod's token, and what it reaches in S3.

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    error::ProvideErrorMetadata,
    primitives::{AggregatedBytes, ByteStream},
    types::ChecksumAlgorithm,
};

use crate::{dev::Dev, sts::session};

fn client(config: &SdkConfig) -> Client {
    let config = aws_sdk_s3::config::Builder::from(config);
    Client::from_conf(config.force_path_style(true).build())
}

async fn read(s3: &Client, bucket: &str, key: &str) -> AggregatedBytes {
    let object = s3.get_object().bucket(bucket).key(key).send().await.unwrap();
    object.body.collect().await.unwrap()
}

/// A client with the root's keys, and a bucket that it has made.
async fn client_with_bucket(root: &SdkConfig, bucket: &str) -> Client {
    use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
    let s3 = client(root);
    let location = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::UsEast2)
        .build();
    s3.create_bucket()
        .bucket(bucket)
        .create_bucket_configuration(location)
        .send()
        .await
        .unwrap();
    s3
}

#[tokio::test]
async fn a_pods_token_becomes_credentials_that_reach_an_object() {
    let dev = Dev::start();
    let root = dev.root().await;
    let sts = aws_sdk_sts::Client::new(&root);
    assert_eq!(
        sts.get_caller_identity().send().await.unwrap().arn(),
        Some("arn:aws:iam::123456789012:root")
    );

    let s3 = client_with_bucket(&root, "reports").await;
    s3.put_object()
        .bucket("reports")
        .key("hello.txt")
        .body(ByteStream::from_static(b"hello"))
        .send()
        .await
        .unwrap();

    dev.rolecall(&["utils", "associate-iam-oidc-provider", "--cluster", "dev", "--approve"]);
    let policy = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    dev.rolecall(&[
        "create",
        "iamserviceaccount",
        "--cluster",
        "dev",
        "--name",
        "sdk",
        "--attach-policy-arn",
        policy,
        "--approve",
    ]);
    let listed = dev.rolecall(&["get", "iamserviceaccount", "--cluster", "dev"]);
    let arn = listed
        .split_whitespace()
        .find(|word| word.starts_with("arn:"))
        .unwrap()
        .to_owned();
    let token = dev.rolecall(&["token", "create", "default/sdk", "--audience", "sts.amazonaws.com"]);

    let granted = sts
        .assume_role_with_web_identity()
        .role_arn(&arn)
        .role_session_name("sdk-rust")
        .web_identity_token(token.trim())
        .send()
        .await
        .unwrap();
    let pod = client(&session(&root, granted.credentials()));
    let body = read(&pod, "reports", "hello.txt").await;
    assert_eq!(body.into_bytes().as_ref(), b"hello");
    let refused = pod
        .delete_object()
        .bucket("reports")
        .key("hello.txt")
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"));
    assert!(
        refused
            .message()
            .unwrap()
            .ends_with("because no identity-based policy allows the s3:DeleteObject action")
    );
}

#[tokio::test]
async fn every_checksum_and_a_streamed_body_arrive_whole() {
    let dev = Dev::start();
    let root = dev.root().await;
    let s3 = client_with_bucket(&root, "sums").await;
    let algorithms = [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ];
    let file = dev.folder.path().join("body");
    std::fs::write(&file, vec![7; 300_000]).unwrap();
    for algorithm in algorithms {
        let key = algorithm.as_str().to_owned();
        let body = ByteStream::from_path(&file).await.unwrap();
        s3.put_object()
            .bucket("sums")
            .key(&key)
            .checksum_algorithm(algorithm)
            .body(body)
            .send()
            .await
            .unwrap();
        let back = read(&s3, "sums", &key).await;
        assert_eq!(back.into_bytes().len(), 300_000, "{key}");
    }
}
