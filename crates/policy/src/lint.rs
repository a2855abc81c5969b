//! What is wrong with a policy, or dangerous, or idle, before anybody attaches it.
//!
//! The checks are AWS Access Analyzer's, under its names, and some of ours ([`CHECKS`]). They work on the JSON, so that
//! one error does not hide the next. What the engine itself refuses is always an error here.

#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "a hundred checks, each a name")
)]

use serde::Serialize;

pub use self::{
    annotation::{annotation, is_near_annotation},
    checks::{CHECKS, Check},
};
use crate::{
    Malformed, Policy,
    json::{self, Node, Value},
    validate::Kind,
};

mod actions;
mod annotation;
mod checks;
mod conditions;
mod elements;
mod principals;
mod resources;
mod trust;
mod values;

/// How bad a finding is, as AWS Access Analyzer divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// It does not work.
    Error,
    /// It allows more than anybody should.
    SecurityWarning,
    /// It is not what was meant, probably.
    Warning,
    /// It can be said better.
    Suggestion,
}

impl Severity {
    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Warning => "WARNING",
            Self::Suggestion => "SUGGESTION",
        }
    }
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyType {
    /// Attached to a user, group or role.
    Identity,
    /// Attached to a resource.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
}

impl PolicyType {
    fn kind(self) -> Kind {
        match self {
            Self::Identity | Self::Boundary => Kind::Managed,
            Self::Resource => Kind::Resource,
            Self::Trust => Kind::Trust,
            Self::Scp => Kind::ServiceControl,
            Self::Rcp => Kind::ResourceControl,
            Self::Session => Kind::Session,
        }
    }

    fn has_principal(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::Rcp)
    }
}

/// What is known besides the text.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the policy is for; guessed where it is not said.
    pub policy_type: Option<PolicyType>,
    /// The ARNs of all OIDC providers there are, if they are known.
    pub providers: Option<Vec<String>>,
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The line, from one.
    pub line: usize,
    /// The column, from one.
    pub column: usize,
    /// Where in the document: `$.Statement[0].Action[1]`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub advice: &'static str,
}

impl Finding {
    /// A finding at a place that is known by its line and column.
    fn new(check: &'static Check, (line, column): (usize, usize), path: String, message: String) -> Self {
        Self {
            check: check.name,
            severity: check.severity,
            line,
            column,
            path,
            message,
            advice: check.advice,
        }
    }
}

/// All that was found, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What the policy was taken for.
    pub policy_type: PolicyType,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// What checks write down.
struct Found {
    findings: Vec<(usize, &'static Check, String)>,
}

impl Found {
    fn add(&mut self, check: &'static Check, at: usize, message: impl Into<String>) {
        self.findings.push((at, check, message.into()));
    }
}

/// Checks a policy.
pub fn lint(text: &str, options: &Options) -> Report {
    let mut found = Found { findings: Vec::new() };
    let root = match json::parse(text) {
        Ok(root) => Some(root),
        Err(error) => {
            found.add(checks::JSON_SYNTAX_ERROR, error.at, error.why);
            None
        }
    };
    let policy_type = options
        .policy_type
        .unwrap_or_else(|| root.as_ref().map_or(PolicyType::Identity, elements::guess));
    if let Some(root) = &root {
        elements::check(root, text, policy_type, options, &mut found);
        let failed = found
            .findings
            .iter()
            .any(|(_, check, _)| check.severity == Severity::Error);
        let refused = Policy::read(text, policy_type.kind());
        if let (false, Err(Malformed { message, at, why })) = (failed, refused) {
            found.add(checks::MALFORMED_POLICY, at, format!("{message} {why}"));
        }
    }
    let mut findings = found.findings;
    findings.sort_by_key(|(at, check, _)| (*at, check.severity));
    findings.dedup();
    let mut places = Places {
        text,
        at: 0,
        place: (1, 1),
    };
    let findings = findings
        .into_iter()
        .map(|(at, check, message)| {
            let path = root.as_ref().map_or_else(|| "$".to_owned(), |root| path_of(root, at));
            Finding::new(check, places.of(at), path, message)
        })
        .collect();
    Report { policy_type, findings }
}

/// Lines and columns of ascending offsets, each part of the text looked at once.
struct Places<'a> {
    text: &'a str,
    at: usize,
    place: (usize, usize),
}

impl Places<'_> {
    fn of(&mut self, at: usize) -> (usize, usize) {
        for c in self.text.get(self.at..at).unwrap_or_default().chars() {
            self.place = if c == '\n' {
                (self.place.0 + 1, 1)
            } else {
                (self.place.0, self.place.1 + 1)
            };
        }
        self.at = self.at.max(at);
        self.place
    }
}

/// The path of what stands at an offset.
fn path_of(root: &Node, at: usize) -> String {
    let mut path = "$".to_owned();
    let mut node = root;
    loop {
        let next = match &node.value {
            Value::Object(members) => {
                let before = members.partition_point(|(key, _)| key.at <= at);
                let member = before.checked_sub(1).and_then(|last| members.get(last));
                member.map(|(key, child)| (format!(".{}", key.text), child))
            }
            Value::List(nodes) => {
                let before = nodes.partition_point(|child| child.at <= at);
                let last = before.checked_sub(1);
                last.and_then(|last| Some((format!("[{last}]"), nodes.get(last)?)))
            }
            _ => None,
        };
        let Some((step, child)) = next else { return path };
        // The place of a thing is its first character; its parts come after it.
        if node.at == at {
            return path;
        }
        path.push_str(&step);
        node = child;
        if child.at > at {
            return path;
        }
    }
}

#[cfg(test)]
mod tests;
