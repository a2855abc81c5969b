//! What AWS's services know: actions, resource types and condition keys (AWS Service Authorization Reference), as data.
//!
//! The data is one text, `data/catalogue.txt`, a line for each fact under its service (`cargo xtask catalogue` writes it):
//!
//! ```text
//! s  PREFIX  NAME                            a service
//! k  KEY     TYPE                            a condition key of it
//! r  NAME    ARN[, ARN…]                     a resource type, with `${…}` where its ARN varies
//! a  NAME    LEVEL  TYPE[*],…  KEY-NUMBER,…  an action; `*` where the resource must be named
//! ```
//!
//! A service is read when it is asked for; only where each begins is kept.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::pattern::{Meaning, Pattern};

static TEXT: &str = include_str!("../data/catalogue.txt");

/// Where the facts of each service are, by its prefix.
static SERVICES: LazyLock<BTreeMap<&'static str, (&'static str, &'static str)>> = LazyLock::new(|| {
    TEXT.split("\ns\t")
        .skip(1)
        .filter_map(|block| {
            let (head, facts) = block.split_once('\n')?;
            let (prefix, name) = head.split_once('\t')?;
            Some((prefix, (name, facts)))
        })
        .collect()
});

/// A service and all that is known of it.
#[derive(Debug, Clone)]
pub struct Service {
    /// What stands before the colon in its actions.
    pub prefix: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its actions.
    pub actions: Vec<Action>,
    /// Its resource types.
    pub resources: Vec<Resource>,
    /// The condition keys that its actions know, but for the global ones.
    pub keys: Vec<Key>,
}

/// An action of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Such as `GetObject`.
    pub name: &'static str,
    /// What it may do.
    pub access: Access,
    /// The types of resources that it can be allowed on; empty where only `*` will do.
    pub resources: Vec<&'static str>,
    /// The condition keys that it knows, by their place in [`Service::keys`].
    pub keys: Vec<usize>,
}

/// What an action may do (Service Authorization Reference: access levels).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Lists what there is.
    List,
    /// Reads.
    Read,
    /// Changes.
    Write,
    /// Changes tags alone.
    Tagging,
    /// Changes who may do what.
    Permissions,
}

/// A type of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Such as `object`.
    pub name: &'static str,
    /// Its ARNs, with `${…}` where they vary.
    pub arns: Vec<&'static str>,
}

/// A condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Such as `s3:prefix`, or `aws:RequestTag/${TagKey}` where a part of it varies.
    pub name: &'static str,
    /// The type of its values.
    pub kind: KeyType,
    /// Whether it has several values.
    pub several: bool,
}

/// The type of a condition key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// Text.
    String,
    /// A number.
    Numeric,
    /// A point in time.
    Date,
    /// A truth value.
    Bool,
    /// An ARN.
    Arn,
    /// An address or a range of addresses.
    IpAddress,
    /// Bytes.
    Binary,
}

impl KeyType {
    /// The type by its name in the reference, and whether the key has several values.
    fn parse(text: &str) -> (Self, bool) {
        let (one, several) = text.strip_prefix("ArrayOf").map_or((text, false), |one| (one, true));
        let kind = match one {
            "Numeric" | "Long" | "Integer" => Self::Numeric,
            "Date" => Self::Date,
            "Bool" | "Boolean" => Self::Bool,
            "ARN" | "Arn" => Self::Arn,
            "IPAddress" => Self::IpAddress,
            "Binary" => Self::Binary,
            _ => Self::String,
        };
        (kind, several)
    }
}

/// The prefixes of all services.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    SERVICES.keys().copied()
}

/// The service of a prefix, whatever its case.
pub fn service(prefix: &str) -> Option<Service> {
    let (prefix, (name, facts)) = SERVICES.get_key_value(prefix.to_ascii_lowercase().as_str())?;
    let mut service = Service {
        prefix,
        name,
        actions: Vec::new(),
        resources: Vec::new(),
        keys: Vec::new(),
    };
    for line in facts.lines() {
        let mut parts = line.split('\t');
        let (Some(what), Some(name), Some(detail)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        match what {
            "k" => {
                let (kind, several) = KeyType::parse(detail);
                service.keys.push(Key { name, kind, several });
            }
            "r" => service.resources.push(Resource {
                name,
                arns: detail.split(", ").collect(),
            }),
            "a" => {
                let list =
                    |text: Option<&'static str>| text.unwrap_or_default().split(',').filter(|one| !one.is_empty());
                service.actions.push(Action {
                    name,
                    access: match detail {
                        "R" => Access::Read,
                        "L" => Access::List,
                        "T" => Access::Tagging,
                        "P" => Access::Permissions,
                        _ => Access::Write,
                    },
                    resources: list(parts.next()).map(|one| one.trim_end_matches('*')).collect(),
                    keys: list(parts.next()).filter_map(|number| number.parse().ok()).collect(),
                });
            }
            _ => {}
        }
    }
    Some(service)
}

impl Service {
    /// The actions that a pattern such as `Get*` stands for, whatever its case.
    pub fn matching(&self, pattern: &str) -> impl Iterator<Item = &Action> {
        let meaning = Meaning {
            wildcards: true,
            variables: false,
        };
        let pattern = Pattern::new(&pattern.to_ascii_lowercase(), meaning);
        self.actions
            .iter()
            .filter(move |action| pattern.matches(&action.name.to_ascii_lowercase(), &crate::Context::new()))
    }

    /// The key of this name, whatever its case and whatever stands where it varies.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| is_named(key.name, name))
    }
}

/// Whether a key of the reference, such as `aws:RequestTag/${TagKey}` or `s3:ExistingObjectTag/<key>`, has this name.
pub(crate) fn is_named(reference: &str, name: &str) -> bool {
    let placeholder = reference.split_once("${").map(|split| (split, '}'));
    let placeholder = placeholder.or_else(|| reference.split_once('<').map(|split| (split, '>')));
    // And so does Secrets Manager write it.
    let tag = reference.strip_suffix("tag-key").filter(|before| before.ends_with('/'));
    let placeholder = placeholder.or_else(|| tag.map(|before| ((before, ""), '}')));
    let Some(((before, rest), close)) = placeholder else {
        return reference.eq_ignore_ascii_case(name);
    };
    let after = rest.split_once(close).map_or("", |(_, after)| after);
    let starts = name
        .get(..before.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(before));
    let end = name.len().checked_sub(after.len()).filter(|end| *end > before.len());
    // A second part that varies may stand for anything.
    let ends = after.contains(['$', '<'])
        || end
            .and_then(|end| name.get(end..))
            .is_some_and(|end| end.eq_ignore_ascii_case(after));
    starts && ends && name.len() > before.len()
}

/// The services that ARNs name, prefixes of actions or not.
pub(crate) fn is_in_arns(service: &str) -> bool {
    static NAMED: LazyLock<std::collections::BTreeSet<&str>> = LazyLock::new(|| {
        let arns = TEXT
            .lines()
            .filter_map(|line| line.strip_prefix("r\t")?.split_once('\t'))
            .flat_map(|(_, arns)| arns.split(", "));
        prefixes().chain(arns.filter_map(|arn| arn.split(':').nth(2))).collect()
    });
    NAMED.contains(service.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_their_actions_resources_and_keys() {
        let s3 = service("S3").unwrap();
        assert_eq!((s3.prefix, s3.name), ("s3", "Amazon S3"));
        let get = s3.actions.iter().find(|action| action.name == "GetObject").unwrap();
        assert_eq!(get.access, Access::Read);
        assert!(get.resources.contains(&"object"));
        assert!(
            get.keys
                .iter()
                .any(|at| s3.keys[*at].name == "s3:ExistingObjectTag/<key>")
        );
        assert!(s3.matching("getobject*").count() > 5);
        assert!(s3.matching("Nothing*").next().is_none());
        assert_eq!(s3.key("s3:Prefix").unwrap().kind, KeyType::String);
        assert_eq!(s3.key("aws:RequestTag/team").unwrap().name, "aws:RequestTag/${TagKey}");
        assert!(
            s3.resources
                .iter()
                .any(|it| it.arns.contains(&"arn:${Partition}:s3:::${BucketName}/${ObjectName}"))
        );
        assert!(s3.key("s3:ExistingObjectTag/team").is_some() && s3.key("s3:ExistingObjectTag/").is_none());
        assert!(is_in_arns("s3") && is_in_arns("elasticloadbalancing") && !is_in_arns("s4"));
        assert!(service("nothing").is_none());
        assert!(prefixes().count() > 400);
    }

    #[test]
    fn every_line_is_read() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#')).count();
        let read: usize = prefixes()
            .filter_map(service)
            .map(|service| 1 + service.actions.len() + service.resources.len() + service.keys.len())
            .sum();
        assert_eq!(lines, read);
        // An index that points nowhere would make a key unknown.
        for service in prefixes().filter_map(service) {
            for action in &service.actions {
                assert!(action.keys.iter().all(|at| *at < service.keys.len()), "{}", action.name);
            }
        }
    }
}
