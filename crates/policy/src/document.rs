//! Policy documents as trees that keep what was written and where (IAM User Guide: Grammar of the IAM JSON policy
//! language).

use std::fmt;

use crate::{
    json::{self, Node, Value},
    validate::{Kind, validate},
};

/// A policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The text, as it was written.
    pub source: String,
    /// The `Version`.
    pub version: Version,
    /// The `Id`.
    pub id: Option<String>,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// The version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also where there is none: policy variables are plain text.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Where it starts in the text, in bytes.
    pub at: usize,
    /// Where the text goes on after it, in bytes.
    pub end: usize,
    /// The `Sid`.
    pub sid: Option<String>,
    /// The `Effect`.
    pub effect: Effect,
    /// Where the `Effect` is, in bytes, if it is not in AWS's own letters, as `allow`: the parser reads it, the validation
    /// refuses it.
    pub odd_effect: Option<usize>,
    /// `Principal` or `NotPrincipal`.
    pub principal: Option<Principals>,
    /// `Action` or `NotAction`.
    pub action: Option<Element>,
    /// `Resource` or `NotResource`.
    pub resource: Option<Element>,
    /// `Condition`, one entry for each operator and key.
    pub conditions: Vec<Condition>,
}

/// What a statement does where it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

/// A list that applies to what is in it, or, negated, to all that is not.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Where it starts, in bytes.
    pub at: usize,
    /// Whether it is `Not…`.
    pub negated: bool,
    /// What is listed.
    pub values: Vec<Text>,
}

/// A text and where it starts, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where.
    pub at: usize,
    /// What.
    pub text: String,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq)]
pub struct Principals {
    /// Where it starts, in bytes.
    pub at: usize,
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// Who is listed; `"*"` is an entry of [`PrincipalType::Everyone`].
    pub entries: Vec<(PrincipalType, Text)>,
}

/// The keys of a `Principal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrincipalType {
    /// `"*"` without a key.
    Everyone,
    /// `AWS`
    Aws,
    /// `Service`
    Service,
    /// `Federated`
    Federated,
    /// `CanonicalUser`
    CanonicalUser,
}

impl PrincipalType {
    /// The key.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "*",
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One operator with one key and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Where the key is, in bytes.
    pub at: usize,
    /// The operator with its affixes, as it was written.
    pub operator: String,
    /// The key, as it was written.
    pub key: String,
    /// The values.
    pub values: Vec<Text>,
}

/// Why a text is not a policy: AWS's sentence, and where and what in ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What AWS says.
    pub message: String,
    /// Where in the text, in bytes.
    pub at: usize,
    /// What is wrong there, in our words.
    pub why: String,
}

impl Malformed {
    pub(crate) fn new(message: impl Into<String>, at: usize, why: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at,
            why: why.into(),
        }
    }

    /// The line and the column of the place, from one, in a text.
    pub fn place(&self, source: &str) -> (usize, usize) {
        let before = source.get(..self.at.min(source.len())).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Malformed {}

/// AWS's sentence for what its parser does not read.
pub(crate) const SYNTAX: &str = "Syntax errors in policy.";
/// AWS's sentence for what is no JSON, where it is a trust or a session policy.
const NOT_JSON: &str = "This policy contains invalid Json";

impl Policy {
    /// Reads a document that is to be used as `kind`, or says why AWS would refuse it.
    pub fn read(text: &str, kind: Kind) -> Result<Self, Malformed> {
        let not_json = match kind {
            Kind::Trust | Kind::Session => NOT_JSON,
            Kind::Resource => "Policies must be valid JSON and the first byte must be '{'",
            _ => SYNTAX,
        };
        let policy = Self::parse_or(text, not_json)?;
        validate(&policy, kind)?;
        Ok(policy)
    }

    /// Reads a document. What is read is a policy in form; [`validate`] says whether it may be used.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        Self::parse_or(text, NOT_JSON)
    }

    /// With AWS's sentence for what is no JSON.
    fn parse_or(text: &str, not_json: &str) -> Result<Self, Malformed> {
        let node = json::parse(text).map_err(|error| Malformed::new(not_json, error.at, error.why))?;
        let Value::Object(members) = node.value else {
            return Err(Malformed::new(not_json, node.at, "a policy is a JSON object"));
        };
        let mut policy = Self {
            source: text.to_owned(),
            version: Version::V2008,
            id: None,
            statements: Vec::new(),
        };
        let mut has_statement = false;
        for (key, node) in members {
            match key.text.as_str() {
                "Version" => {
                    policy.version = match &node.value {
                        Value::String(text) if text == "2012-10-17" => Version::V2012,
                        Value::String(text) if text == "2008-10-17" => Version::V2008,
                        _ => return Err(syntax(node.at, "`Version` must be `2012-10-17` or `2008-10-17`")),
                    }
                }
                "Id" => match node.value {
                    Value::String(text) => policy.id = Some(text),
                    _ => return Err(syntax(node.at, "`Id` must be a string")),
                },
                "Statement" => {
                    has_statement = true;
                    match node.value {
                        Value::List(nodes) => {
                            for node in nodes {
                                policy.statements.push(statement(node)?);
                            }
                        }
                        Value::Object(_) => policy.statements.push(statement(node)?),
                        _ => return Err(syntax(node.at, "`Statement` must be a statement or a list of them")),
                    }
                }
                other => return Err(syntax(key.at, &format!("a policy has no element `{other}`"))),
            }
        }
        if !has_statement {
            return Err(syntax(node.at, "a policy must have `Statement`"));
        }
        Ok(policy)
    }

    /// How many characters count against AWS's size limits: all but white space.
    pub fn size(&self) -> usize {
        self.source.chars().filter(|c| !c.is_whitespace()).count()
    }

    /// The condition keys that it reads, in variables too, sorted and without repetition, each as it was first written.
    pub fn context_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        let mut add = |key: &str| {
            if !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                keys.push(key.to_owned());
            }
        };
        for statement in &self.statements {
            for condition in &statement.conditions {
                add(&condition.key);
                condition
                    .values
                    .iter()
                    .for_each(|value| variables(&value.text).for_each(&mut add));
            }
            for value in statement.resource.iter().flat_map(|resource| &resource.values) {
                variables(&value.text).for_each(&mut add);
            }
        }
        keys.sort();
        keys
    }

    /// Everybody who is named as a principal.
    pub fn principals(&self) -> impl Iterator<Item = (PrincipalType, &Text)> {
        self.statements
            .iter()
            .filter_map(|statement| statement.principal.as_ref())
            .flat_map(|principals| principals.entries.iter().map(|(kind, text)| (*kind, text)))
    }

    /// The document with other principals in their places: `replace` is given each `AWS` principal and answers what
    /// stands for it, or `None` to leave it. What is stored about a role or a user is its unique id, not its ARN (IAM User
    /// Guide: AWS JSON policy elements: Principal).
    #[must_use]
    pub fn map_principals(&self, replace: impl Fn(&str) -> Option<String>) -> Self {
        let mut mapped = self.clone();
        for statement in &mut mapped.statements {
            for (kind, text) in statement
                .principal
                .iter_mut()
                .flat_map(|principals| &mut principals.entries)
            {
                if *kind == PrincipalType::Aws
                    && let Some(other) = replace(&text.text)
                {
                    text.text = other;
                }
            }
        }
        mapped
    }
}

/// The names of the variables of a text.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("${").filter_map(|(at, _)| {
        let inner = text.get(at + 2..)?;
        let name = inner.split(['}', ',']).next()?.trim();
        (!name.is_empty() && !["*", "?", "$"].contains(&name) && inner.contains('}')).then_some(name)
    })
}

fn syntax(at: usize, why: &str) -> Malformed {
    Malformed::new(SYNTAX, at, why)
}

fn statement(node: Node) -> Result<Statement, Malformed> {
    let Value::Object(members) = node.value else {
        return Err(syntax(node.at, "a statement is a JSON object"));
    };
    let mut statement = Statement {
        at: node.at,
        end: node.end,
        sid: None,
        effect: Effect::Deny,
        odd_effect: None,
        principal: None,
        action: None,
        resource: None,
        conditions: Vec::new(),
    };
    let mut has_effect = false;
    for (key, value) in members {
        let twice = |taken: bool| {
            if taken {
                Err(syntax(
                    key.at,
                    &format!("`{}` and its opposite stand in one statement", key.text),
                ))
            } else {
                Ok(())
            }
        };
        match key.text.as_str() {
            "Sid" => match value.value {
                Value::String(text) => statement.sid = Some(text),
                _ => return Err(syntax(value.at, "`Sid` must be a string")),
            },
            "Effect" => {
                has_effect = true;
                let Value::String(text) = &value.value else {
                    return Err(syntax(value.at, "`Effect` must be `Allow` or `Deny`"));
                };
                let mut effects = [("Allow", Effect::Allow), ("Deny", Effect::Deny)].into_iter();
                let Some((name, effect)) = effects.find(|(name, _)| text.eq_ignore_ascii_case(name)) else {
                    return Err(syntax(value.at, "`Effect` must be `Allow` or `Deny`"));
                };
                statement.effect = effect;
                statement.odd_effect = (text != name).then_some(value.at);
            }
            "Principal" | "NotPrincipal" => {
                twice(statement.principal.is_some())?;
                statement.principal = Some(principals(value, key.text == "NotPrincipal")?);
            }
            "Action" | "NotAction" => {
                twice(statement.action.is_some())?;
                let at = value.at;
                statement.action = Some(Element {
                    at,
                    negated: key.text == "NotAction",
                    values: texts(value)?,
                });
            }
            "Resource" | "NotResource" => {
                twice(statement.resource.is_some())?;
                let at = value.at;
                statement.resource = Some(Element {
                    at,
                    negated: key.text == "NotResource",
                    values: texts(value)?,
                });
            }
            "Condition" => statement.conditions = conditions(value)?,
            other => return Err(syntax(key.at, &format!("a statement has no element `{other}`"))),
        }
    }
    if !has_effect {
        return Err(syntax(statement.at, "a statement must have `Effect`"));
    }
    Ok(statement)
}

fn texts(node: Node) -> Result<Vec<Text>, Malformed> {
    match node.value {
        Value::List(nodes) => nodes.into_iter().map(text).collect(),
        _ => Ok(vec![text(node)?]),
    }
}

/// Numbers and truth values may stand without quotes.
fn text(node: Node) -> Result<Text, Malformed> {
    let text = match node.value {
        Value::String(text) | Value::Number(text) => text,
        Value::Bool(truth) => truth.to_string(),
        _ => return Err(syntax(node.at, "expected a string")),
    };
    Ok(Text { at: node.at, text })
}

fn principals(node: Node, negated: bool) -> Result<Principals, Malformed> {
    let at = node.at;
    let mut entries = Vec::new();
    match node.value {
        Value::String(text) if text == "*" => entries.push((PrincipalType::Everyone, Text { at, text })),
        Value::Object(members) => {
            for (key, value) in members {
                let kind = match key.text.as_str() {
                    "AWS" => PrincipalType::Aws,
                    "Service" => PrincipalType::Service,
                    "Federated" => PrincipalType::Federated,
                    "CanonicalUser" => PrincipalType::CanonicalUser,
                    other => return Err(syntax(key.at, &format!("`{other}` is no kind of principal"))),
                };
                entries.extend(texts(value)?.into_iter().map(|text| (kind, text)));
            }
        }
        // Tools write an empty list for "nobody".
        Value::List(nodes) if nodes.is_empty() => {}
        _ => {
            return Err(syntax(
                at,
                "a principal is `\"*\"`, or an object such as `{\"AWS\": …}`",
            ));
        }
    }
    Ok(Principals { at, negated, entries })
}

fn conditions(node: Node) -> Result<Vec<Condition>, Malformed> {
    let Value::Object(operators) = node.value else {
        return Err(syntax(node.at, "`Condition` is a JSON object"));
    };
    let mut conditions = Vec::new();
    for (operator, node) in operators {
        let Value::Object(keys) = node.value else {
            return Err(syntax(
                node.at,
                "an operator of a condition has an object of keys and values",
            ));
        };
        for (key, value) in keys {
            conditions.push(Condition {
                at: key.at,
                operator: operator.text.clone(),
                key: key.text,
                values: texts(value)?,
            });
        }
    }
    Ok(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_list_is_read() {
        let policy = Policy::parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","NotResource":["a","b"],
                "Principal":{"AWS":["1","2"],"Service":"x.amazonaws.com"},"Condition":{"Bool":{"k":true},"NumericEquals":{"n":[1,2]}}}}"#,
        )
        .unwrap();
        let [statement] = &policy.statements[..] else { panic!() };
        assert!(statement.resource.as_ref().unwrap().negated);
        assert_eq!(policy.principals().count(), 3);
        assert_eq!(statement.conditions[1].values[1].text, "2");
    }

    #[test]
    fn what_is_no_policy_is_refused_with_its_place() {
        for (text, message, at) in [
            ("{", NOT_JSON, 1),
            ("[]", NOT_JSON, 0),
            ("{}", SYNTAX, 0),
            (r#"{"Statement":[{"Effect":"permit"}]}"#, SYNTAX, 24),
            (r#"{"Statement":[],"X":1}"#, SYNTAX, 16),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a","NotAction":"b"}]}"#,
                SYNTAX,
                45,
            ),
        ] {
            let malformed = Policy::parse(text).unwrap_err();
            assert_eq!((malformed.message.as_str(), malformed.at), (message, at), "{text}");
        }
    }

    #[test]
    fn the_place_is_told_in_lines_and_columns() {
        let text = "{\n \"Statement\": [{}]}";
        assert_eq!(Policy::parse(text).unwrap_err().place(text), (2, 16));
    }

    #[test]
    fn context_keys_are_found_in_conditions_and_variables() {
        let policy = Policy::parse(
            r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/${*}",
                "Condition":{"StringLike":{"s3:prefix":"${aws:PrincipalTag/team, 'x'}/*"}}}]}"#,
        )
        .unwrap();
        assert_eq!(
            policy.context_keys(),
            ["aws:PrincipalTag/team", "aws:username", "s3:prefix"]
        );
    }
}
