//! The policies that AWS manages (AWS Managed Policy Reference), as data in the program. `xtask/managed_policies.py`
//! refreshes it.
//!
//! One policy a line. The lines are looked through once, when the first one is asked for; a document is parsed and
//! compiled only when it is used, so that at rest they cost nothing but their place in the program's file.

use std::sync::{LazyLock, OnceLock};

use rolecall_policy::{Compiled, Policy};
use serde::Deserialize;
use serde_json::value::RawValue;

const DATA: &str = include_str!("../data/aws-managed-policies.jsonl");

static INDEX: LazyLock<Vec<Managed>> = LazyLock::new(|| {
    let mut all: Vec<Managed> = DATA
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    all.sort_by_key(|policy| policy.arn);
    all
});

/// A policy of AWS.
#[derive(Debug, Deserialize)]
pub struct Managed {
    /// Its ARN, of the account `aws`.
    pub arn: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its path.
    pub path: &'static str,
    /// Its default version, such as `v3`: the only one that is known here.
    pub version: &'static str,
    /// When it was first published: `2015-02-06T18:40:58Z`.
    pub created: &'static str,
    /// When this version was published.
    pub updated: &'static str,
    #[serde(borrow)]
    document: &'static RawValue,
    #[serde(skip)]
    compiled: OnceLock<Option<Compiled>>,
}

impl Managed {
    /// The document.
    pub fn text(&self) -> &'static str {
        self.document.get()
    }

    /// The document, compiled when it is first asked for. `None` would be a document that does not parse, which a test
    /// excludes.
    pub fn compiled(&self) -> Option<&Compiled> {
        let compile = || Policy::parse(self.text()).ok().map(|policy| Compiled::new(&policy));
        self.compiled.get_or_init(compile).as_ref()
    }

    /// A unique id, always the same: AWS's own is not published.
    pub fn id(&self) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.arn.as_bytes());
        let mut random = [0; 11];
        random
            .iter_mut()
            .zip(digest.as_ref())
            .for_each(|(to, from)| *to = *from);
        rolecall_names::UniqueId::from_random(rolecall_names::IdKind::ManagedPolicy, random).to_string()
    }
}

/// The policy of this ARN.
pub fn find(arn: &str) -> Option<&'static Managed> {
    // Most ARNs are of other policies; they are not what the index is made for.
    if !arn.starts_with("arn:aws:iam::aws:policy/") {
        return None;
    }
    let index: &'static Vec<Managed> = &INDEX;
    let at = index.binary_search_by_key(&arn, |policy| policy.arn).ok()?;
    index.get(at)
}

/// All of them, by ARN.
pub fn all() -> &'static [Managed] {
    &INDEX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linter_finds_the_known_errors_in_them_and_no_others() {
        use rolecall_policy::lint::{Options, PolicyType, Severity, lint};
        let options = Options {
            policy_type: Some(PolicyType::Identity),
            providers: None,
        };
        let mut errors: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for policy in all() {
            for finding in lint(policy.text(), &options).findings {
                if finding.severity == Severity::Error {
                    println!("{} {} {}", finding.check, policy.name, finding.message);
                    *errors.entry(finding.check).or_default() += 1;
                }
            }
        }
        // Services that were closed or not published, and ARNs and operators that AWS itself writes against its reference.
        let known = [
            ("INVALID_ACTION", 35),
            ("INVALID_ARN_RESOURCE", 62),
            ("INVALID_GLOBAL_CONDITION_KEY", 2),
            ("INVALID_SERVICE_CONDITION_KEY", 4),
            ("INVALID_SERVICE_IN_ACTION", 53),
            ("MISSING_QUALIFIER", 4),
        ];
        assert_eq!(errors.into_iter().collect::<Vec<_>>(), known);
    }

    #[test]
    fn every_line_is_a_policy_that_compiles() {
        assert_eq!(all().len(), DATA.lines().count());
        for policy in all() {
            assert!(policy.compiled().is_some(), "{}", policy.arn);
            assert_eq!(
                policy.arn,
                format!("arn:aws:iam::aws:policy{}{}", policy.path, policy.name)
            );
        }
    }

    #[test]
    fn a_policy_is_found_by_its_arn() {
        let policy = find("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess").unwrap();
        assert!(policy.text().contains("s3:Get*"));
        assert_eq!(policy.id().len(), 21);
        assert!(find("arn:aws:iam::aws:policy/Nothing").is_none());
    }
}
