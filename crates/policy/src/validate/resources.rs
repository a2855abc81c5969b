//! How resources are named. AWS fills what an ARN lacks at its end with `*`, and then looks at it part by part.

use super::UNREAD;
use crate::document::{Element, Malformed, Text};

/// The partitions of AWS.
pub(crate) const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];
/// What IAM's resources begin with; `root` stands for itself.
const IAM: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];
/// Those of S3's resources that are in a region (Service Authorization Reference: Actions, resources, and condition keys
/// for Amazon S3). A wildcard may stand for one.
const S3_OF_REGIONS: [&str; 7] = [
    "accesspoint/",
    "access-grants/",
    "job/",
    "storage-lens/",
    "storage-lens-group/",
    "*",
    "?",
];

/// Refuses what no resource can be.
pub(super) fn check(element: &Element) -> Result<(), Malformed> {
    element
        .values
        .iter()
        .filter(|value| value.text != "*")
        .try_for_each(one)
}

/// Refuses what AWS's older parser does not read: an ARN that is too short and has nothing between two colons, or one
/// without a service.
pub(super) fn old_parser(element: &Element) -> Result<(), Malformed> {
    let unread = |value: &&Text| {
        let text = value.text.as_str();
        let is_short = text.matches(':').count() < 5;
        text != "*" && (is_short && text.contains("::") || text.split(':').nth(2) == Some(""))
    };
    match element.values.iter().find(unread) {
        Some(value) => Err(Malformed::new(
            UNREAD,
            value.at,
            "an ARN has six parts divided by colons",
        )),
        None => Ok(()),
    }
}

fn no_arn(value: &Text) -> Malformed {
    let message = format!("Resource {} must be in ARN format or \"*\".", value.text);
    Malformed::new(message, value.at, "an ARN has six parts divided by colons")
}

fn one(value: &Text) -> Result<(), Malformed> {
    let (at, text) = (value.at, value.text.as_str());
    if !text.contains(':') {
        return Err(no_arn(value));
    }
    let mut parts = text.splitn(6, ':');
    let [start, partition, vendor, region, account, resource] = std::array::from_fn(|_| parts.next().unwrap_or("*"));
    if !PARTITIONS.contains(&partition) && !partition.contains('*') {
        let whole = ["arn", partition, vendor, region, account, resource].join(":");
        let message = format!("Partition \"{partition}\" is not valid for resource \"{whole}\".");
        return Err(Malformed::new(message, at, "no partition of AWS has this name"));
    }
    if start != "arn" {
        return Err(no_arn(value));
    }
    if vendor.contains(['*', '?']) {
        return Err(Malformed::new(
            "Resource vendor must be fully qualified and cannot contain regexes.",
            at,
            "the service of an ARN has no wildcards",
        ));
    }
    let region_is_wrong = match vendor {
        "iam" | "route53" => true,
        "s3" => !S3_OF_REGIONS.iter().any(|start| resource.starts_with(start)),
        _ => false,
    };
    if region_is_wrong && !region.is_empty() {
        let message = match vendor {
            "iam" => format!("IAM resource {text} cannot contain region information."),
            _ => format!("Resource {text} can not contain region information."),
        };
        return Err(Malformed::new(message, at, "such a resource is in no region"));
    }
    if vendor == "route53" && !account.is_empty() {
        let message = format!("Resource {text} cannot contain an account id.");
        return Err(Malformed::new(
            message,
            at,
            "such a resource is told without its account",
        ));
    }
    let begins = |start: &&str| resource.starts_with(*start);
    if vendor == "iam" && !["*", "root"].contains(&resource) && !IAM.iter().any(begins) && !resource.starts_with("${") {
        let message = format!(
            "IAM resource path must either be \"*\", root, or start with {}.",
            IAM.join(", ")
        );
        return Err(Malformed::new(message, at, "IAM has no such resources"));
    }
    Ok(())
}
