//! Amazon Resource Names (IAM User Guide: Identify AWS resources with ARNs).

use std::{fmt, str::FromStr};

/// An ARN: `arn:partition:service:region:account:resource`, where the resource may itself contain colons.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    text: String,
    // Where the five colons are.
    colons: [usize; 5],
}

/// The text is no ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ARN: expected `arn:partition:service:region:account:resource`")]
pub struct NotAnArn(pub String);

impl Arn {
    /// The ARN of an IAM resource: no region, such as `arn:aws:iam::123456789012:role/app`.
    pub fn iam(account: &str, resource: &str) -> Self {
        Self::build("iam", "", account, resource)
    }

    /// The ARN of an STS identity, such as `arn:aws:sts::123456789012:assumed-role/app/session`.
    pub fn sts(account: &str, resource: &str) -> Self {
        Self::build("sts", "", account, resource)
    }

    /// The ARN of an EKS resource.
    pub fn eks(region: &str, account: &str, resource: &str) -> Self {
        Self::build("eks", region, account, resource)
    }

    fn build(service: &str, region: &str, account: &str, resource: &str) -> Self {
        let partition = crate::PARTITION;
        let parts = ["arn", partition, service, region, account];
        let length = parts.iter().map(|part| part.len() + 1).sum::<usize>() + resource.len();
        // Without `format!`, which takes several times as long: every exchange of a token makes two.
        let mut text = String::with_capacity(length);
        let mut colons = [0; 5];
        for (place, part) in colons.iter_mut().zip(parts) {
            text.push_str(part);
            *place = text.len();
            text.push(':');
        }
        text.push_str(resource);
        Self { text, colons }
    }

    /// The account of a text that is meant to be an ARN, as it is written there; empty where there is none.
    pub fn account_in(text: &str) -> &str {
        let account = colons(text).and_then(|[_, _, _, from, to]| text.get(from + 1..to));
        account.unwrap_or_default()
    }

    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The whole ARN.
    pub fn into_string(self) -> String {
        self.text
    }

    /// Such as `aws` or `aws-cn`.
    pub fn partition(&self) -> &str {
        self.part(0)
    }

    /// Such as `iam`.
    pub fn service(&self) -> &str {
        self.part(1)
    }

    /// Empty for global services.
    pub fn region(&self) -> &str {
        self.part(2)
    }

    /// Empty where the service's ARNs carry none, as in S3.
    pub fn account(&self) -> &str {
        self.part(3)
    }

    /// Everything after the fifth colon.
    pub fn resource(&self) -> &str {
        let [.., last] = self.colons;
        self.text.get(last + 1..).unwrap_or_default()
    }

    /// The resource after its type: `team/app` of `…:role/team/app`, if the type is `kind`.
    pub fn resource_of(&self, kind: &str) -> Option<&str> {
        self.resource().strip_prefix(kind)?.strip_prefix('/')
    }

    /// The resource's last part: `app` of `…:role/team/app`, the name of a role, a user or a policy without its path.
    pub fn name(&self) -> &str {
        self.resource().rsplit('/').next().unwrap_or_default()
    }

    fn part(&self, index: usize) -> &str {
        let from = self.colons.get(index).map_or(0, |colon| colon + 1);
        let to = self.colons.get(index + 1).copied().unwrap_or(self.text.len());
        self.text.get(from..to).unwrap_or_default()
    }
}

/// Where the first five colons are. Searched byte by byte: they are near each other, and every exchange looks for some.
fn colons(text: &str) -> Option<[usize; 5]> {
    let mut colons = [0; 5];
    let mut found = text.bytes().enumerate().filter(|(_, byte)| *byte == b':');
    for place in &mut colons {
        (*place, _) = found.next()?;
    }
    Some(colons)
}

impl FromStr for Arn {
    type Err = NotAnArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAnArn(text.to_owned());
        let colons = colons(text).ok_or_else(wrong)?;
        let arn = Self {
            text: text.to_owned(),
            colons,
        };
        let complete = text.starts_with("arn:")
            && !arn.partition().is_empty()
            && !arn.service().is_empty()
            && !arn.resource().is_empty()
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if complete { Ok(arn) } else { Err(wrong()) }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for Arn {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl serde::Serialize for Arn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for Arn {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resource_may_contain_colons_and_slashes() {
        let arn: Arn = "arn:aws:logs:eu-west-1:123456789012:log-group:a/b:c".parse().unwrap();
        assert_eq!(
            (
                arn.partition(),
                arn.service(),
                arn.region(),
                arn.account(),
                arn.resource()
            ),
            ("aws", "logs", "eu-west-1", "123456789012", "log-group:a/b:c")
        );
    }

    #[test]
    fn a_name_is_what_follows_type_and_path() {
        assert_eq!(Arn::iam("123456789012", "role/team/app").name(), "app");
        assert_eq!(Arn::iam("123456789012", "user/alice").name(), "alice");
        assert_eq!(Arn::iam("123456789012", "root").name(), "root");
    }

    #[test]
    fn what_is_built_parses_to_itself() {
        for arn in [
            Arn::iam("123456789012", "role/team/app"),
            Arn::sts("123456789012", "assumed-role/app/s"),
            Arn::eks("us-east-2", "123456789012", "cluster/dev"),
        ] {
            assert_eq!(arn.as_str().parse::<Arn>().as_ref(), Ok(&arn));
            assert_eq!(arn.account(), "123456789012");
        }
    }

    #[test]
    fn incomplete_arns_are_refused() {
        for wrong in [
            "",
            "arn",
            "arn:aws:iam::1",
            "arn:aws:iam::1:",
            "arn::iam::1:role/x",
            "x:aws:iam::1:role/x",
            "arn:aws:iam::1:role/a b",
        ] {
            assert!(wrong.parse::<Arn>().is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_or_is_refused(text in ".{0,60}") {
            if let Ok(arn) = text.parse::<Arn>() {
                proptest::prop_assert_eq!(arn.to_string(), text);
            }
        }
    }
}
