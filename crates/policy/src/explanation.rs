//! Why a decision came out as it did: one value, from which every text is printed.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::{
    budget,
    compiled::{Compiled, Mismatch, Shape},
    decision::{Decision, Layer, Policies, Verdicts},
    document::{Effect, Policy, Statement},
    principal::Naming,
    request::{Request, Values},
};

/// Why a request was allowed or denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Who asked: an ARN, a service, a provider, or `anonymous`.
    pub principal: String,
    /// The action, as it was asked for.
    pub action: String,
    /// The resource; `*` where the action has none.
    pub resource: String,
    /// What came out.
    pub decision: Decision,
    /// The kind of policy that decided, or whose missing Allow is to blame.
    pub decided_by: Layer,
    /// The circumstances that the policies read, and those that they found absent.
    pub context: Vec<(String, Option<Vec<String>>)>,
    /// Every policy that took part.
    pub policies: Vec<PolicyExplanation>,
}

/// What one policy said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyExplanation {
    /// Its kind.
    pub layer: Layer,
    /// Its name or ARN.
    pub name: String,
    /// Its statements, in order.
    pub statements: Vec<StatementExplanation>,
}

/// What one statement said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementExplanation {
    /// Its Sid, or its number from one.
    pub sid: String,
    /// Whether it denies.
    pub denies: bool,
    /// Whether it applied.
    pub applied: bool,
    /// The first element that did not match, where it did not apply.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failed: Option<Failed>,
}

/// The first element of a statement that did not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Such as `Resource`, or `Condition StringEquals aws:username`.
    pub element: String,
    /// What the policy says there.
    pub expected: Vec<String>,
    /// What the request had; `None` where it had nothing.
    pub found: Option<Vec<String>>,
    /// The line and the column of the element in the policy's text, from one.
    pub at: (usize, usize),
    /// That line of the policy's text.
    pub line: String,
}

/// Explains a decision. Slower than [`decide`](crate::decide), and always of the same mind.
pub fn explain(request: &Request, policies: &Policies<'_>) -> Explanation {
    let (decision, decided_by) = Verdicts::of(request, policies).decision(request);
    let _limited = budget::Limited::begin();
    let has_boundary = policies.bound(request);
    let mut explanation = Explanation {
        principal: request.principal().arn().to_owned(),
        action: request.action().to_owned(),
        resource: request.resource().to_owned(),
        decision,
        decided_by,
        context: Vec::new(),
        policies: Vec::new(),
    };
    let mut add = |layer: Layer, list: &[Compiled], shape: Shape| {
        for (number, policy) in (1..).zip(list) {
            explanation
                .policies
                .push(of_policy(request, policy, layer, number, shape, has_boundary));
            if let Ok(tree) = Policy::parse(policy.source()) {
                for key in tree.context_keys() {
                    if !explanation
                        .context
                        .iter()
                        .any(|(known, _)| known.eq_ignore_ascii_case(&key))
                    {
                        let values = request.context().get(&key).map(|values| values.as_slice().to_vec());
                        explanation.context.push((key, values));
                    }
                }
            }
        }
    };
    for (layer, shape, list) in policies.layers() {
        add(layer, list, shape);
    }
    explanation.context.sort();
    explanation
}

fn of_policy(
    request: &Request,
    policy: &Compiled,
    layer: Layer,
    number: usize,
    shape: Shape,
    has_boundary: bool,
) -> PolicyExplanation {
    let tree = Policy::parse(policy.source()).ok();
    let trees = tree
        .iter()
        .flat_map(|tree| &tree.statements)
        .map(Some)
        .chain(std::iter::repeat(None));
    let statements = policy
        .statements()
        .iter()
        .enumerate()
        .zip(trees)
        .map(|((index, statement), tree)| {
            let mismatch = statement.mismatch(request, shape, has_boundary);
            debug_assert_eq!(
                mismatch.is_none(),
                statement.applies(request, shape, has_boundary) > Naming::No
            );
            StatementExplanation {
                sid: sid(tree, index),
                denies: statement.effect == Effect::Deny,
                applied: mismatch.is_none(),
                failed: mismatch
                    .zip(tree)
                    .map(|(mismatch, tree)| failed(request, tree, mismatch, policy.source())),
            }
        });
    PolicyExplanation {
        layer,
        name: named(policy, layer, number),
        statements: statements.collect(),
    }
}

/// A policy's name, or what it is and its number among its like.
pub(crate) fn named(policy: &Compiled, layer: Layer, number: usize) -> String {
    policy
        .name()
        .map_or_else(|| format!("{} {number}", layer.noun()), str::to_owned)
}

/// A statement's Sid, or its number from one.
pub(crate) fn sid(tree: Option<&Statement>, index: usize) -> String {
    tree.and_then(|tree| tree.sid.clone())
        .filter(|sid| !sid.is_empty())
        .unwrap_or_else(|| format!("{}", index + 1))
}

fn failed(request: &Request, tree: &Statement, mismatch: Mismatch, source: &str) -> Failed {
    let (element, at, expected, found) = match mismatch {
        Mismatch::Principal => {
            let principals = tree.principal.as_ref();
            let name = if principals.is_some_and(|principals| principals.negated) {
                "NotPrincipal"
            } else {
                "Principal"
            };
            let entries = principals.iter().flat_map(|principals| &principals.entries);
            let expected = entries
                .map(|(kind, text)| format!("{}: {}", kind.name(), text.text))
                .collect();
            (
                name.to_owned(),
                principals.map_or(tree.at, |principals| principals.at),
                expected,
                Some(vec![request.principal().arn().to_owned()]),
            )
        }
        Mismatch::Action => of_element("Action", tree, tree.action.as_ref(), request.action()),
        Mismatch::Resource => of_element("Resource", tree, tree.resource.as_ref(), request.resource()),
        Mismatch::Condition(index) => match tree.conditions.get(index) {
            Some(condition) => (
                format!("Condition {} {}", condition.operator, condition.key),
                condition.at,
                condition.values.iter().map(|value| value.text.clone()).collect(),
                request
                    .context()
                    .get(&condition.key)
                    .map(|values: &Values| values.as_slice().to_vec()),
            ),
            None => ("Condition".to_owned(), tree.at, Vec::new(), None),
        },
    };
    let before = source.get(..at).unwrap_or_default();
    let line_number = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let line = source.lines().nth(line_number - 1).unwrap_or_default().to_owned();
    Failed {
        element,
        expected,
        found,
        at: (line_number, column),
        line,
    }
}

fn of_element(
    name: &str,
    tree: &Statement,
    element: Option<&crate::document::Element>,
    found: &str,
) -> (String, usize, Vec<String>, Option<Vec<String>>) {
    let negated = element.is_some_and(|element| element.negated);
    let name = if negated { format!("Not{name}") } else { name.to_owned() };
    let expected = element
        .map(|element| element.values.iter().map(|value| value.text.clone()).collect())
        .unwrap_or_default();
    (
        name,
        element.map_or(tree.at, |element| element.at),
        expected,
        Some(vec![found.to_owned()]),
    )
}

impl Layer {
    /// What AWS calls a policy of this kind.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::Endpoint => "VPC endpoint policy",
        }
    }
}

impl Explanation {
    /// How AWS's sentence of a denial ends, with a space before it (IAM User Guide: Troubleshoot access denied error
    /// messages): ` because no identity-based policy allows the s3:GetObject action`, or
    /// ` with an explicit deny in a session policy`. Empty where the request was allowed.
    pub fn sentence(&self) -> String {
        let noun = self.decided_by.noun();
        match self.decision {
            Decision::Allowed => String::new(),
            Decision::ImplicitlyDenied => format!(" because no {noun} allows the {} action", self.action),
            Decision::ExplicitlyDenied => {
                let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
                    "an"
                } else {
                    "a"
                };
                format!(" with an explicit deny in {article} {noun}")
            }
        }
    }

    /// One line.
    pub fn summary(&self) -> String {
        match self.decision {
            Decision::Allowed => {
                let by = self
                    .deciding(false)
                    .map(|(policy, statement)| format!(" by {} ({})", policy.name, statement.sid));
                format!(
                    "{} may {} on {}: allowed{}",
                    self.principal,
                    self.action,
                    self.resource,
                    by.unwrap_or_default()
                )
            }
            Decision::ExplicitlyDenied => {
                let by = self
                    .deciding(true)
                    .map(|(policy, statement)| format!(": {} ({})", policy.name, statement.sid));
                format!(
                    "{} may not {} on {}{}{}",
                    self.principal,
                    self.action,
                    self.resource,
                    self.sentence(),
                    by.unwrap_or_default()
                )
            }
            Decision::ImplicitlyDenied => {
                format!(
                    "{} may not {} on {}{}",
                    self.principal,
                    self.action,
                    self.resource,
                    self.sentence()
                )
            }
        }
    }

    /// The statement that decided, in the layer that decided.
    fn deciding(&self, denies: bool) -> Option<(&PolicyExplanation, &StatementExplanation)> {
        self.policies
            .iter()
            .filter(|policy| policy.layer == self.decided_by)
            .find_map(|policy| {
                let statement = policy
                    .statements
                    .iter()
                    .find(|statement| statement.applied && statement.denies == denies)?;
                Some((policy, statement))
            })
    }

    /// The whole story for people: clause by clause, with carets under the policies' own lines.
    pub fn to_text(&self, colours: bool) -> String {
        let paint = |code: &str, text: &str| {
            if colours {
                format!("\u{1b}[{code}m{text}\u{1b}[0m")
            } else {
                text.to_owned()
            }
        };
        let (red, green, dim) = ("31", "32", "2");
        let colour = if self.decision == Decision::Allowed { green } else { red };
        let mut text = paint(colour, &escape(&self.summary()));
        text.push('\n');
        for policy in &self.policies {
            let _ = write!(text, "\n{} {}\n", policy.layer.noun(), escape(&policy.name));
            if policy.statements.is_empty() {
                text.push_str("  has no statements\n");
            }
            // A policy of hundreds of statements that speak of other things is passed over in one line.
            let (told, untold): (Vec<_>, Vec<_>) = policy.statements.iter().partition(|statement| {
                statement.applied
                    || policy.statements.len() <= 8
                    || statement
                        .failed
                        .as_ref()
                        .is_none_or(|failed| !failed.element.ends_with("Action"))
            });
            for statement in told {
                let effect = if statement.denies { "Deny" } else { "Allow" };
                if statement.applied {
                    let verb = if statement.denies {
                        paint(red, "denies")
                    } else {
                        paint(green, "allows")
                    };
                    let _ = writeln!(text, "  {verb}: statement {}", escape(&statement.sid));
                } else if let Some(failed) = &statement.failed {
                    let _ = writeln!(
                        text,
                        "  does not apply: statement {} ({effect}), because of its {}",
                        escape(&statement.sid),
                        escape(&failed.element)
                    );
                    failed.print(&mut text, &paint, dim);
                } else {
                    let _ = writeln!(
                        text,
                        "  does not apply: statement {} ({effect})",
                        escape(&statement.sid)
                    );
                }
            }
            if !untold.is_empty() {
                let _ = writeln!(
                    text,
                    "  does not apply: {} more statements, because of their actions",
                    untold.len()
                );
            }
        }
        if !self.context.is_empty() {
            text.push_str("\ncondition keys that these policies read\n");
            for (key, values) in &self.context {
                let shown = values
                    .as_ref()
                    .map_or_else(|| paint(dim, "absent"), |values| escape(&values.join(", ")));
                let _ = writeln!(text, "  {} = {shown}", escape(key));
            }
        }
        text
    }
}

impl Failed {
    fn print(&self, text: &mut String, paint: &dyn Fn(&str, &str) -> String, dim: &str) {
        /// A line is shown from a little before the place, so that a policy of one long line is legible.
        const BEFORE: usize = 20;
        const SHOWN: usize = 100;
        let (number, column) = self.at;
        let skipped = column.saturating_sub(1).saturating_sub(BEFORE);
        let skipped = if self.line.chars().count() <= SHOWN { 0 } else { skipped };
        let line: String = self.line.chars().skip(skipped).take(SHOWN).collect();
        let margin = format!("{number:>5} | ");
        let _ = writeln!(text, "    {}{}", paint(dim, &margin), escape(&line));
        let caret = " ".repeat(margin.len() + column.saturating_sub(1 + skipped));
        let _ = writeln!(text, "    {caret}^");
        let expected: Vec<String> = self.expected.iter().take(5).map(|value| escape(value)).collect();
        let more = if self.expected.len() > 5 {
            format!(" and {} more", self.expected.len() - 5)
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "      expected {}{more}",
            if expected.is_empty() {
                "nothing".to_owned()
            } else {
                expected.join(", ")
            }
        );
        let found = self.found.as_ref().map_or_else(
            || "nothing: the key is absent".to_owned(),
            |found| escape(&found.join(", ")),
        );
        let _ = writeln!(text, "      found    {found}");
    }
}

/// What came from a client is escaped before it reaches a terminal (threat 12).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Principal};

    const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
      "Condition": { "StringEquals": { "aws:username": "bob" } } },
    { "Sid": "Locked", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*" }
  ]
}"#;

    fn explained(action: &str, user: &str) -> Explanation {
        let policy = [Compiled::new(&Policy::parse(POLICY).unwrap()).with_name("readers")];
        let alice = Principal::parse("arn:aws:iam::123456789012:user/alice").unwrap();
        let context = Context::from_iter([("aws:username", user)]);
        let request = Request::new(alice, action, "arn:aws:s3:::b/k", "123456789012", context);
        explain(
            &request,
            &Policies {
                identity: &policy,
                ..Policies::default()
            },
        )
    }

    #[test]
    fn a_missing_allow_is_told_in_awss_words_and_by_its_condition() {
        let explanation = explained("s3:GetObject", "alice");
        assert_eq!(
            explanation.sentence(),
            " because no identity-based policy allows the s3:GetObject action"
        );
        let text = explanation.to_text(false);
        assert!(
            text.contains("statement Read (Allow), because of its Condition StringEquals aws:username"),
            "{text}"
        );
        assert!(text.contains("      expected bob\n      found    alice"), "{text}");
        assert!(text.contains("    5 |       \"Condition\""), "{text}");
    }

    #[test]
    fn an_explicit_deny_names_its_statement() {
        let explanation = explained("s3:DeleteObject", "bob");
        assert_eq!(
            explanation.sentence(),
            " with an explicit deny in an identity-based policy"
        );
        assert!(
            explanation.summary().ends_with("readers (Locked)"),
            "{}",
            explanation.summary()
        );
    }

    #[test]
    fn an_allow_names_its_statement_and_the_value_keeps_its_form() {
        let explanation = explained("s3:GetObject", "bob");
        assert!(explanation.summary().ends_with("allowed by readers (Read)"));
        let json = serde_json::to_string(&explanation).unwrap();
        assert_eq!(serde_json::from_str::<Explanation>(&json).unwrap(), explanation);
    }

    #[test]
    fn what_a_client_sent_does_not_steer_the_terminal() {
        assert!(!explained("s3:Get\u{1b}[31m", "bob").to_text(false).contains('\u{1b}'));
    }
}
