//! What is wrong, dangerous or useless in a policy, with the names that IAM Access Analyzer has for it (IAM User Guide:
//! Access Analyzer policy check reference), and what it has no name for: trust in service accounts.
//!
//! `docs/policy-lint.md` lists every check.

use crate::{
    catalogue::{self, Service},
    document::{Malformed, Policy, PrincipalType, Statement},
    validate::{self, Kind},
};

mod conditions;
mod elements;
mod redundant;
mod security;
mod trust;

/// How grave a finding is (Access Analyzer: types of findings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// The policy does not work as it is written.
    Error,
    /// It allows more than its author will have meant.
    SecurityWarning,
    /// It does not follow good practice.
    Warning,
    /// It could be said better.
    Suggestion,
}

impl Category {
    /// As Access Analyzer writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Warning => "WARNING",
            Self::Suggestion => "SUGGESTION",
        }
    }
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub category: Category,
    /// The check's name, such as `PASS_ROLE_WITH_STAR_IN_RESOURCE`.
    pub check: &'static str,
    /// Where, in bytes.
    pub at: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Finding {
    /// The line and the column of the place, from one.
    pub fn place(&self, source: &str) -> (usize, usize) {
        Malformed::new("", self.at, "").place(source)
    }
}

/// What is known beside the policy.
#[derive(Debug, Clone, Default)]
pub struct Options<'a> {
    /// What the policy is meant for; guessed where it is not said.
    pub kind: Option<Kind>,
    /// The ARNs of the account's OIDC providers, if they are known.
    pub providers: Option<&'a [String]>,
}

/// Everything that is found in a policy, in the order of the text.
pub fn lint(text: &str, options: &Options<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    match Policy::parse(text) {
        Ok(policy) => {
            let kind = options.kind.unwrap_or_else(|| guess(&policy));
            if let Err(malformed) = validate::validate(&policy, kind) {
                findings.malformed(&malformed);
            }
            check(&policy, kind, options, &mut findings);
        }
        Err(malformed) => findings.malformed(&malformed),
    }
    let mut found = findings.0;
    found.sort_by_key(|finding| (finding.at, finding.category));
    found.dedup();
    found
}

/// What a policy is meant for, as far as it shows.
pub fn guess(policy: &Policy) -> Kind {
    let assumes = |statement: &Statement| {
        statement.action.iter().flat_map(|action| &action.values).any(|action| {
            let action = action.text.to_ascii_lowercase();
            action.starts_with("sts:assume") || action == "sts:tagsession" || action == "sts:setsourceidentity"
        })
    };
    let has_principal = |statement: &Statement| statement.principal.is_some();
    if policy.statements.iter().any(has_principal) {
        let trust = policy.statements.iter().all(|statement| statement.resource.is_none())
            && policy.statements.iter().any(assumes);
        if trust { Kind::Trust } else { Kind::Resource }
    } else {
        Kind::Identity
    }
}

fn check(policy: &Policy, kind: Kind, options: &Options<'_>, findings: &mut Findings) {
    let mut services = Services::default();
    for statement in &policy.statements {
        elements::check(policy, statement, kind, &mut services, findings);
        conditions::check(policy, statement, &mut services, findings);
        security::check(statement, kind, findings);
        if kind == Kind::Trust {
            trust::check(statement, options.providers, findings);
        }
        redundant::within(statement, findings);
    }
    redundant::between(policy, findings);
    if !policy.source.contains("\"Version\"") {
        findings.add(
            Category::Warning,
            "MISSING_VERSION",
            0,
            "the policy has no Version, so it is of 2008-10-17 and its variables are plain text: add \"Version\": \
             \"2012-10-17\"",
        );
    }
    let sids = policy
        .statements
        .iter()
        .filter(|statement| statement.sid.is_some())
        .count();
    if sids > 0 && sids < policy.statements.len() {
        let without = policy.statements.iter().find(|statement| statement.sid.is_none());
        findings.add(
            Category::Warning,
            "UNIQUE_SIDS_RECOMMENDED",
            without.map_or(0, |statement| statement.at),
            "some statements have a Sid and this one has none: give each its own",
        );
    }
}

/// Services that were looked up, kept for the next statement.
#[derive(Default)]
pub(crate) struct Services(std::collections::BTreeMap<String, Option<Service>>);

impl Services {
    pub(crate) fn get(&mut self, prefix: &str) -> Option<&Service> {
        let prefix = prefix.to_ascii_lowercase();
        self.0
            .entry(prefix.clone())
            .or_insert_with(|| catalogue::service(&prefix))
            .as_ref()
    }
}

#[derive(Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, category: Category, check: &'static str, at: usize, message: impl Into<String>) {
        self.0.push(Finding {
            category,
            check,
            at,
            message: message.into(),
        });
    }

    /// What AWS would refuse when the policy is written.
    fn malformed(&mut self, malformed: &Malformed) {
        const CHECKS: [(&str, &str); 11] = [
            ("This policy contains invalid Json", "JSON_SYNTAX_ERROR"),
            ("Policy statement must contain actions.", "MISSING_ACTION"),
            ("Policy statement must contain resources.", "MISSING_RESOURCE"),
            ("Missing required field Principal", "MISSING_PRINCIPAL"),
            ("Missing required field Effect", "MISSING_EFFECT"),
            (
                "Statement IDs (SID) in a single policy must be unique.",
                "UNIQUE_SIDS_REQUIRED",
            ),
            ("Statement IDs (SID) must be alpha-numeric", "UNSUPPORTED_SID"),
            (
                "Policy document should not specify a principal.",
                "UNSUPPORTED_PRINCIPAL",
            ),
            (
                "AssumeRolepolicy contained an invalid principal.",
                "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
            ),
            (
                "Has prohibited field Resource",
                "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
            ),
            (
                "AssumeRole policy may only specify STS AssumeRole actions.",
                "UNSUPPORTED_ACTION_IN_POLICY",
            ),
        ];
        let known = CHECKS
            .iter()
            .find(|(sentence, _)| malformed.message.starts_with(sentence));
        self.add(
            Category::Error,
            known.map_or("INVALID_POLICY_ELEMENT", |(_, check)| check),
            malformed.at,
            format!("{} ({})", malformed.message, malformed.why),
        );
    }
}

/// A service and an action's name, of `SERVICE:NAME`.
pub(crate) fn split_action(text: &str) -> Option<(&str, &str)> {
    text.split_once(':')
}

/// Whether a pattern of actions covers this one: `*`, `iam:*`, `iam:Pass*`, whatever the case.
pub(crate) fn covers(pattern: &str, action: &str) -> bool {
    let meaning = crate::pattern::Meaning {
        wildcards: true,
        variables: false,
    };
    crate::pattern::Pattern::new(&pattern.to_ascii_lowercase(), meaning)
        .matches(&action.to_ascii_lowercase(), &crate::Context::new())
}

/// Whether a statement is about this action, by `Action` or by leaving it out of `NotAction`.
pub(crate) fn is_about(statement: &Statement, action: &str) -> bool {
    statement
        .action
        .as_ref()
        .is_some_and(|element| element.negated != element.values.iter().any(|value| covers(&value.text, action)))
}

/// The federated principals of a statement.
pub(crate) fn federated(statement: &Statement) -> impl Iterator<Item = &crate::Text> {
    statement
        .principal
        .iter()
        .flat_map(|principals| &principals.entries)
        .filter(|(kind, _)| *kind == PrincipalType::Federated)
        .map(|(_, text)| text)
}

#[cfg(test)]
mod tests;
