//! The table from requests to actions, as people review it: a change to it shows as a change of the snapshot.

use std::fmt::Write;

use rolecall_gateway::{Answer, MARKERS, Operation, Place};

#[test]
fn every_operation_needs_these_actions_on_these_resources() {
    let mut text = String::new();
    for operation in Operation::all() {
        let row = operation.row();
        let place = match row.place {
            Place::Service => "/",
            Place::Bucket => "/bucket",
            Place::Object => "/bucket/key",
        };
        let answer = match row.answer {
            Answer::Forward => "store",
            Answer::Control(_) => "control plane",
            Answer::Later => "501",
        };
        let header = row.header.map(|header| format!(" [{header}]")).unwrap_or_default();
        writeln!(
            text,
            "{} = {} {place}?{}{header} → {answer}",
            row.name,
            row.method,
            row.markers.join("&")
        )
        .unwrap();
        for access in row.access {
            let versioned = access
                .versioned
                .map(|action| format!(" | {action}"))
                .unwrap_or_default();
            writeln!(
                text,
                "    {}{versioned} on {:?}, {:?}",
                access.action, access.on, access.when
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_row_is_reached_and_its_markers_are_known() {
    for operation in Operation::all() {
        let row = operation.row();
        assert!(
            row.markers.iter().all(|marker| MARKERS.contains(marker)),
            "{operation:?}"
        );
        assert!(
            row.parameters.iter().all(|parameter| !MARKERS.contains(parameter)),
            "{operation:?}"
        );
        assert!(!row.access.is_empty(), "{operation:?} is decided by nothing");
        let found = Operation::find(&row.method, row.place, row.markers, |name| row.header == Some(name));
        assert_eq!(found, Some(operation));
        if row.header.is_some() {
            let plain = Operation::find(&row.method, row.place, row.markers, |_| false);
            assert_ne!(plain, Some(operation));
        }
    }
}

#[test]
fn what_the_table_does_not_know_is_no_operation() {
    use http::Method;
    let none = |_: &str| false;
    assert_eq!(Operation::find(&Method::POST, Place::Object, &[], none), None);
    assert_eq!(
        Operation::find(&Method::GET, Place::Object, &["acl", "tagging"], none),
        None
    );
    assert_eq!(Operation::find(&Method::PATCH, Place::Object, &[], none), None);
    assert_eq!(Operation::find(&Method::GET, Place::Service, &["policy"], none), None);
    assert_eq!(
        Operation::find(&Method::PUT, Place::Object, &["renameObject"], none),
        None
    );
}

/// Operations of the S3 model without a row of their own, and why.
const WITHOUT_A_ROW: &[(&str, &str)] = &[
    ("CreateSession", "directory buckets: refused"),
    ("DeleteObjectAnnotation", "object annotations: refused"),
    ("GetBucketLifecycle", "the address of GetBucketLifecycleConfiguration"),
    (
        "GetBucketNotification",
        "the address of GetBucketNotificationConfiguration",
    ),
    ("GetObjectAnnotation", "object annotations: refused"),
    (
        "ListBucketAnalyticsConfigurations",
        "the address of GetBucketAnalyticsConfiguration",
    ),
    (
        "ListBucketIntelligentTieringConfigurations",
        "the address of GetBucketIntelligentTieringConfiguration",
    ),
    (
        "ListBucketInventoryConfigurations",
        "the address of GetBucketInventoryConfiguration",
    ),
    (
        "ListBucketMetricsConfigurations",
        "the address of GetBucketMetricsConfiguration",
    ),
    (
        "ListDirectoryBuckets",
        "directory buckets have an endpoint of their own",
    ),
    ("ListObjectAnnotations", "object annotations: refused"),
    ("PutBucketLifecycle", "the address of PutBucketLifecycleConfiguration"),
    (
        "PutBucketNotification",
        "the address of PutBucketNotificationConfiguration",
    ),
    ("PutObjectAnnotation", "object annotations: refused"),
    ("RenameObject", "directory buckets: refused"),
    (
        "UpdateBucketMetadataAnnotationTableConfiguration",
        "object annotations: refused",
    ),
    ("WriteGetObjectResponse", "Object Lambda has an endpoint of its own"),
];

/// `s3-operations.txt` holds the names of AWS's model of S3.
#[test]
fn every_operation_of_the_model_has_a_row_or_a_reason() {
    let mut wrong = Vec::new();
    for name in include_str!("s3-operations.txt").lines() {
        let rows = Operation::all().filter(|operation| operation.name() == name).count();
        let reasons = WITHOUT_A_ROW.iter().filter(|(without, _)| *without == name).count();
        if usize::from(rows > 0) + reasons != 1 {
            wrong.push(name);
        }
    }
    assert_eq!(
        wrong, [""; 0],
        "each has a row or a reason for having none, and not both"
    );
}
