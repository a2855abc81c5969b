//! Whether the programs in the containers can use a role. Images do not say which SDK is in them, but for AWS's own CLI.

use super::{facts::Facts, pod::PodObject, report::Link};

pub(super) const NAME: &str = "SDK versions";
/// The first versions that exchange a token (Amazon EKS User Guide: Use IRSA with the AWS SDK).
const MINIMUM: &str = "Java 2.10.11 (1.x: 1.12.782), Go 1.23.13 (2.x: any), boto3 1.9.220, botocore 1.12.200, AWS CLI 1.16.232, \
                       JavaScript 2.525.0 or 3.27.0, Kotlin any, Ruby 3.58.0, C++ 1.7.174, .NET 3.3.659.1 with AWSSDK.SecurityToken, PHP 3.110.7";
/// The same of the AWS CLI.
const CLI: (u32, u32, u32) = (1, 16, 232);

pub(super) fn judge(facts: &Facts) -> Link {
    let images: Vec<(&str, &str)> = facts
        .pod()
        .into_iter()
        .flat_map(PodObject::containers)
        .map(|container| (container.name.as_str(), container.image.as_str()))
        .collect();
    let tools: Vec<_> = images
        .iter()
        .filter_map(|(name, image)| Some((name, image, cli(image)?)))
        .collect();
    if tools.is_empty() {
        let about = if images.is_empty() {
            "no image is known"
        } else {
            "images do not tell"
        };
        return Link::unlooked(NAME, format!("{about}; at least {MINIMUM}"));
    }
    let shown: Vec<String> = tools
        .iter()
        .map(|(name, image, _)| format!("{name}: {image}"))
        .collect();
    let mut link = Link::new(NAME, shown.join(", "));
    for (name, image, version) in &tools {
        if *version < CLI {
            link.fail(
                format!("container {name} has the AWS CLI of {image}, which knows no web identity"),
                "AWS CLI 1.16.232",
                "take a newer image",
            );
        }
    }
    link
}

/// The version of an image of the AWS CLI: `…/aws-cli:2.15.0`.
fn cli(image: &str) -> Option<(u32, u32, u32)> {
    let last = image.rsplit('/').next()?;
    let (name, tag) = last.split('@').next()?.split_once(':')?;
    if name != "aws-cli" {
        return None;
    }
    let mut parts = tag.splitn(3, '.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        facts::Found,
        report::Status,
        tests::{facts, facts_of_pod, mutated},
    };

    fn of_image(image: &str) -> Link {
        let mut pod = mutated();
        pod["spec"]["containers"][0]["image"] = image.into();
        let mut facts = facts_of_pod();
        facts.pod = Some(Found::There(PodObject::read(pod.to_string()).unwrap()));
        judge(&facts)
    }

    #[test]
    fn where_images_tell_nothing_the_versions_that_are_needed_are_said() {
        for link in [
            judge(&facts()),
            of_image("app:1"),
            of_image("amazon/aws-cli"),
            of_image("amazon/aws-cli:latest"),
        ] {
            assert_eq!(link.status, Status::NotLookedAt);
            assert!(link.summary.contains("boto3 1.9.220"), "{link:?}");
        }
    }

    #[test]
    fn the_clis_own_images_tell() {
        assert_eq!(of_image("public.ecr.aws/aws-cli/aws-cli:2.15.0").status, Status::Ok);
        assert_eq!(of_image("amazon/aws-cli:1.16.231@sha256:00").status, Status::Fail);
    }
}
