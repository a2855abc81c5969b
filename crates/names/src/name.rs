//! Names of resources. Each type holds only what its grammar allows.

use std::{fmt, str::FromStr};

/// The text does not fit the grammar of the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {what}: expected {rule}")]
pub struct Invalid {
    /// What it should have been.
    pub what: &'static str,
    /// The text as it came.
    pub text: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

/// The characters of IAM names: `[\w+=,.@-]`.
fn is_iam(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)
}

macro_rules! names {
    ($($(#[$doc:meta])* $type:ident: $what:literal, $rule:literal, $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The name as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Invalid { what: $what, text: text.to_owned(), rule: $rule })
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

names! {
    /// A role's name: 1 to 64 of `[\w+=,.@-]`, unique in its account ignoring case.
    RoleName: "role name", "1 to 64 of letters, digits and _+=,.@-", |text| {
        (1..=64).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// A user's name: 1 to 64 of `[\w+=,.@-]`, unique in its account ignoring case.
    UserName: "user name", "1 to 64 of letters, digits and _+=,.@-", |text| {
        (1..=64).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// A group's name: 1 to 128 of `[\w+=,.@-]`, unique in its account ignoring case.
    GroupName: "group name", "1 to 128 of letters, digits and _+=,.@-", |text| {
        (1..=128).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// An instance profile's name: 1 to 128 of `[\w+=,.@-]`, unique in its account ignoring case.
    InstanceProfileName: "instance profile name", "1 to 128 of letters, digits and _+=,.@-", |text| {
        (1..=128).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// A managed or inline policy's name: 1 to 128 of `[\w+=,.@-]`.
    PolicyName: "policy name", "1 to 128 of letters, digits and _+=,.@-", |text| {
        (1..=128).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// An account's alias: 3 to 63 of `[a-z0-9-]`, with no hyphen at either end nor two in a row (IAM User Guide: Your AWS
    /// account ID and its alias).
    AccountAliasName: "account alias", "3 to 63 of lower-case letters, digits and single hyphens, none at either end", |text| {
        (3..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.split('-').all(|part| !part.is_empty())
    };
    /// A virtual MFA device's name: 1 to 226 of `[\w+=,.@-]`, so that a serial number, its ARN, has 256 characters at most.
    DeviceName: "MFA device name", "1 to 226 of letters, digits and _+=,.@-", |text| {
        (1..=226).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// A server certificate's name: 1 to 128 of `[\w+=,.@-]`, unique in its account ignoring case.
    CertificateName: "server certificate name", "1 to 128 of letters, digits and _+=,.@-", |text| {
        (1..=128).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// A SAML provider's name: 1 to 128 of `[\w._-]`.
    SamlProviderName: "SAML provider name", "1 to 128 of letters, digits and _.-", |text| {
        (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
    };
    /// A role session's name: 2 to 64 of `[\w+=,.@-]`.
    SessionName: "session name", "2 to 64 of letters, digits and _+=,.@-", |text| {
        (2..=64).contains(&text.len()) && text.bytes().all(is_iam)
    };
    /// An IAM path: `/`, or `/` and up to 510 visible characters and `/`.
    Path: "path", "`/`, or visible characters between two `/`, 512 at most", |text| {
        text == "/"
            || ((3..=512).contains(&text.len())
                && text.starts_with('/')
                && text.ends_with('/')
                && text.bytes().all(|b| (b'!'..=b'~').contains(&b)))
    };
    /// An EKS cluster's name: 1 to 100 of `[0-9A-Za-z_-]`, starting with a letter or a digit.
    ClusterName: "cluster name", "1 to 100 of letters, digits, `-` and `_`, starting with a letter or a digit", |text| {
        (1..=100).contains(&text.len())
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    /// An S3 bucket's name (Amazon S3 User Guide: General purpose bucket naming rules).
    BucketName: "bucket name", "3 to 63 of lower-case letters, digits, `-` and `.`, not like an IP address", |text| {
        (3..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
            && text.split('.').all(|label| {
                !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
            })
            && text.parse::<std::net::Ipv4Addr>().is_err()
            && !["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|prefix| text.starts_with(prefix))
            && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].iter().any(|suffix| text.ends_with(suffix))
    };
}

impl Default for Path {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_only_what_their_grammar_allows() {
        assert!("app+=,.@-_1".parse::<RoleName>().is_ok());
        assert!("a".repeat(65).parse::<RoleName>().is_err());
        assert!("a".repeat(128).parse::<PolicyName>().is_ok());
        assert!("".parse::<UserName>().is_err());
        assert!("ü".parse::<UserName>().is_err());
        assert!("s".parse::<SessionName>().is_err());
        assert!("a".repeat(226).parse::<DeviceName>().is_ok());
        assert!("a".repeat(227).parse::<DeviceName>().is_err());
        assert!("a/b".parse::<CertificateName>().is_err());
        assert!("idp_1.x-y".parse::<SamlProviderName>().is_ok());
        assert!("idp+1".parse::<SamlProviderName>().is_err());
        assert!("-dev".parse::<ClusterName>().is_err());
        assert!("my-2-prod".parse::<AccountAliasName>().is_ok());
        for wrong in ["ab", "Abc", "-abc", "abc-", "a--bc", "a.bc"] {
            assert!(wrong.parse::<AccountAliasName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn paths_begin_and_end_with_a_slash() {
        for good in ["/", "/a/", "/a/b~!/"] {
            assert!(good.parse::<Path>().is_ok(), "{good}");
        }
        for wrong in ["", "a", "/a", "a/", "/a b/", "//"] {
            assert!(wrong.parse::<Path>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn bucket_names_follow_s3() {
        for good in ["abc", "a.b-c", "reports", "1bucket"] {
            assert!(good.parse::<BucketName>().is_ok(), "{good}");
        }
        for wrong in [
            "ab",
            "Abc",
            "a..b",
            "-ab",
            "ab-",
            "192.168.0.1",
            "xn--abc",
            "a_b",
            "abc-s3alias",
        ] {
            assert!(wrong.parse::<BucketName>().is_err(), "{wrong}");
        }
    }
}
