//! ARNs, account ids, resource names and their grammar.
//!
//! Strings become these types at the edge; inside there is nothing left to doubt. Limits and patterns are those of the
//! IAM and STS API references and of "IAM and AWS STS quotas" in the IAM User Guide.
//!
//! ```
//! use rolecall_names::{Arn, RoleName};
//!
//! let arn: Arn = "arn:aws:iam::123456789012:role/team/app".parse().unwrap();
//! assert_eq!(arn.account(), "123456789012");
//! assert_eq!(arn.resource(), "role/team/app");
//! assert!("a b".parse::<RoleName>().is_err());
//! ```

mod arn;
mod id;
mod name;

pub use self::{
    arn::{Arn, NotAnArn},
    id::{AccessKeyId, AccountId, IdKind, UniqueId, base32, uuid},
    name::{
        AccountAliasName, BucketName, CertificateName, ClusterName, DeviceName, GroupName, InstanceProfileName,
        Invalid, Path, PolicyName, RoleName, SamlProviderName, SessionName, UserName,
    },
};

/// The partition of every ARN that Rolecall makes.
pub const PARTITION: &str = "aws";

/// Whether `text` names a region in the form that AWS gives them, such as `us-east-2` or `us-gov-west-1`.
///
/// Any region is accepted wherever one is named: there is one control plane behind all of them.
pub fn is_region(text: &str) -> bool {
    let mut labels = text.split('-');
    let starts = labels
        .next()
        .is_some_and(|first| first.len() >= 2 && first.bytes().all(|b| b.is_ascii_lowercase()));
    let rest: Vec<&str> = labels.collect();
    let Some((number, middle)) = rest.split_last() else {
        return false;
    };
    starts
        && !middle.is_empty()
        && middle.len() <= 3
        && middle
            .iter()
            .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase()))
        && !number.is_empty()
        && number.len() <= 2
        && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_aws_form() {
        for region in ["us-east-1", "eu-west-3", "us-gov-west-1", "ap-southeast-10"] {
            assert!(is_region(region), "{region}");
        }
        for wrong in [
            "",
            "us",
            "us-east",
            "nowhere",
            "us-east-1a",
            "US-EAST-1",
            "us--1",
            "aws-global",
        ] {
            assert!(!is_region(wrong), "{wrong}");
        }
    }
}
