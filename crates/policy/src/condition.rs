//! Conditions: operators, keys, values (IAM User Guide: IAM JSON policy elements: Condition operators).

use std::net::IpAddr;

use crate::{
    document::{self, Effect},
    outlook::Unknown,
    pattern::{self, Meaning, Pattern},
    request::{self, Context, Values},
    values::{self, Network, Number},
};

/// A condition, prepared.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    operator: Operator,
    key: Box<str>,
    hash: u64,
    values: Expected,
}

/// An operator with its affixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    test: Test,
    negated: bool,
    quantifier: Quantifier,
    if_exists: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    None,
    All,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Relation),
    Date(Relation),
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
    /// No operator that AWS has: an Allow with it never applies, a Deny does.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Values of a policy, read once. What cannot be read is kept as `None`.
#[derive(Debug, Clone)]
enum Expected {
    Texts(Box<[Pattern]>),
    Arns(Box<[ArnPattern]>),
    /// The texts themselves, which were checked to be numbers.
    Numbers(Box<[Option<Box<str>>]>),
    Dates(Box<[Option<i128>]>),
    Bools(Box<[Option<bool>]>),
    Bytes(Box<[Option<Box<[u8]>>]>),
    Networks(Box<[Option<Network>]>),
}

/// An ARN of six parts, each matched by itself, so that a wildcard does not cross a colon of the first five.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArnPattern {
    /// `None` where the text has fewer than six parts.
    parts: Option<Box<[Pattern; 6]>>,
    /// What stands in the place of the whole, where it has no six parts but a variable that may.
    whole: Option<Pattern>,
}

impl ArnPattern {
    pub(crate) fn new(text: &str, variables: bool) -> Self {
        let meaning = Meaning {
            wildcards: true,
            variables,
        };
        let parts: Vec<Pattern> = split_arn(text, variables)
            .into_iter()
            .map(|part| Pattern::new(part, meaning))
            .collect();
        let whole = Pattern::new(
            text,
            Meaning {
                wildcards: false,
                variables,
            },
        );
        let is_variable = parts.len() < 6 && whole.variables().next().is_some();
        Self {
            parts: <[Pattern; 6]>::try_from(parts).ok().map(Box::new),
            whole: is_variable.then_some(whole),
        }
    }

    /// `None` where one of the two is no ARN.
    fn matches(&self, text: &str, context: &Context) -> Option<bool> {
        let colons = request::colons(text)?;
        if !text.starts_with("arn:") {
            return None;
        }
        if let Some(whole) = &self.whole {
            return Some(whole.matches(text, context));
        }
        let patterns = self.parts.as_ref()?;
        let parts = request::arn_parts(text, &colons);
        Some(
            patterns
                .iter()
                .zip(parts)
                .all(|(pattern, part)| pattern.matches(part, context)),
        )
    }
}

/// At most six parts. Colons inside variables do not divide, where there are variables.
pub(crate) fn split_arn(text: &str, variables: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty() && parts.len() < 5) {
        if let Some((_, after)) = pattern::variable(rest).filter(|_| variables) {
            at = text.len() - after.len();
            continue;
        }
        if rest.starts_with(':') {
            parts.push(text.get(from..at).unwrap_or_default());
            from = at + 1;
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

impl Operator {
    pub(crate) fn is_of_dates(self) -> bool {
        matches!(self.test, Test::Date(_))
    }

    /// The operator of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = if let Some(rest) = strip_ignoring_case(name, "ForAllValues:") {
            (Quantifier::All, rest)
        } else if let Some(rest) = strip_ignoring_case(name, "ForAnyValue:") {
            (Quantifier::Any, rest)
        } else {
            (Quantifier::None, name)
        };
        let lower = rest.to_ascii_lowercase();
        let (lower, if_exists) = match lower.strip_suffix("ifexists") {
            Some(rest) => (rest.to_owned(), true),
            None => (lower, false),
        };
        let (test, negated) = match lower.as_str() {
            "stringequals" => (Test::StringEquals, false),
            "stringnotequals" => (Test::StringEquals, true),
            "stringequalsignorecase" => (Test::StringEqualsIgnoreCase, false),
            "stringnotequalsignorecase" => (Test::StringEqualsIgnoreCase, true),
            "stringlike" => (Test::StringLike, false),
            "stringnotlike" => (Test::StringLike, true),
            "numericequals" => (Test::Numeric(Relation::Equal), false),
            "numericnotequals" => (Test::Numeric(Relation::Equal), true),
            "numericlessthan" => (Test::Numeric(Relation::Less), false),
            "numericlessthanequals" => (Test::Numeric(Relation::LessOrEqual), false),
            "numericgreaterthan" => (Test::Numeric(Relation::Greater), false),
            "numericgreaterthanequals" => (Test::Numeric(Relation::GreaterOrEqual), false),
            "dateequals" => (Test::Date(Relation::Equal), false),
            "datenotequals" => (Test::Date(Relation::Equal), true),
            "datelessthan" => (Test::Date(Relation::Less), false),
            "datelessthanequals" => (Test::Date(Relation::LessOrEqual), false),
            "dategreaterthan" => (Test::Date(Relation::Greater), false),
            "dategreaterthanequals" => (Test::Date(Relation::GreaterOrEqual), false),
            "bool" => (Test::Bool, false),
            "binaryequals" => (Test::Binary, false),
            "ipaddress" => (Test::IpAddress, false),
            "notipaddress" => (Test::IpAddress, true),
            "arnequals" | "arnlike" => (Test::Arn, false),
            "arnnotequals" | "arnnotlike" => (Test::Arn, true),
            "null" if !if_exists && quantifier == Quantifier::None => (Test::Null, false),
            _ => return None,
        };
        Some(Self {
            test,
            negated,
            quantifier,
            if_exists,
        })
    }
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

impl Condition {
    pub(crate) fn new(condition: &document::Condition, variables: bool) -> Self {
        let unknown = Operator {
            test: Test::Unknown,
            negated: false,
            quantifier: Quantifier::None,
            if_exists: false,
        };
        let operator = Operator::parse(&condition.operator).unwrap_or(unknown);
        let texts = || condition.values.iter().map(|value| value.text.as_str());
        let pattern = |wildcards| {
            let meaning = Meaning { wildcards, variables };
            Expected::Texts(texts().map(|text| Pattern::new(text, meaning)).collect())
        };
        let values = match operator.test {
            Test::StringLike => pattern(true),
            Test::StringEquals | Test::StringEqualsIgnoreCase | Test::Unknown => pattern(false),
            Test::Arn => Expected::Arns(texts().map(|text| ArnPattern::new(text, variables)).collect()),
            Test::Numeric(_) => {
                Expected::Numbers(texts().map(|text| Number::parse(text).map(|_| text.into())).collect())
            }
            Test::Date(_) => Expected::Dates(texts().map(values::date).collect()),
            Test::Bool | Test::Null => Expected::Bools(texts().map(boolean).collect()),
            Test::Binary => Expected::Bytes(texts().map(|text| values::base64(text).map(Into::into)).collect()),
            Test::IpAddress => Expected::Networks(texts().map(Network::parse).collect()),
        };
        let key = request::lower(&condition.key);
        Self {
            operator,
            hash: request::hash(&key),
            key: key.into(),
            values,
        }
    }

    /// Whether it holds. `effect` decides where a value cannot be read: then an Allow does not apply, a Deny with a
    /// negated operator does.
    pub(crate) fn holds(&self, context: &Context, effect: Effect) -> bool {
        let Operator {
            test,
            quantifier,
            if_exists,
            negated,
        } = self.operator;
        if test == Test::Unknown {
            return effect == Effect::Deny;
        }
        let found = context.find(self.hash, &self.key);
        if test == Test::Null {
            let null = found.is_none_or(is_null);
            return self.expected_nulls().any(|expected| expected == null);
        }
        let missing = match quantifier {
            Quantifier::None => found.is_none() || matches!(found, Some(Values::Many(values)) if values.is_empty()),
            // An empty set, and a set of one empty text, are no set (IAM User Guide: Multivalued context keys).
            _ => found.is_none_or(is_null),
        };
        if missing {
            return match quantifier {
                Quantifier::All => true,
                _ if if_exists => true,
                Quantifier::Any => false,
                Quantifier::None => negated && !self.is_empty(),
            };
        }
        if self.is_empty() {
            return false;
        }
        let Some(found) = found else { return false };
        match quantifier {
            Quantifier::None => match found {
                Values::One(value) => self.one(value, context, effect),
                // A plain operator does not read sets.
                Values::Many(_) => false,
            },
            Quantifier::All => found.as_slice().iter().all(|value| self.one(value, context, effect)),
            Quantifier::Any => found.as_slice().iter().any(|value| self.one(value, context, effect)),
        }
    }

    /// Whether it depends on a key of which nothing is known.
    pub(crate) fn reads_unknown(&self, unknown: &Unknown<'_>) -> bool {
        let open = |pattern: &Pattern| pattern.variables().any(|key| unknown.is(key));
        unknown.is(&self.key)
            || match &self.values {
                Expected::Texts(patterns) => patterns.iter().any(open),
                Expected::Arns(patterns) => patterns.iter().any(|arn| {
                    let parts = arn.parts.iter().flat_map(|parts| parts.iter());
                    parts.chain(&arn.whole).any(open)
                }),
                _ => false,
            }
    }

    /// Whether no value is expected: then only an absent key can pass (Access Analyzer policy check reference: Empty array
    /// condition).
    fn is_empty(&self) -> bool {
        match &self.values {
            Expected::Texts(values) => values.is_empty(),
            Expected::Arns(values) => values.is_empty(),
            Expected::Numbers(values) => values.is_empty(),
            Expected::Dates(values) => values.is_empty(),
            Expected::Bools(values) => values.is_empty(),
            Expected::Bytes(values) => values.is_empty(),
            Expected::Networks(values) => values.is_empty(),
        }
    }

    fn expected_nulls(&self) -> impl Iterator<Item = bool> {
        let values: &[Option<bool>] = match &self.values {
            Expected::Bools(values) => values,
            _ => &[],
        };
        values.iter().filter_map(|value| *value)
    }

    /// Whether it holds for one value: equal to one of those expected, or, negated, to none.
    fn one(&self, value: &str, context: &Context, effect: Effect) -> bool {
        let negated = self.operator.negated;
        match self.equal_to_one(value, context) {
            Some(equal) => equal != negated,
            None => negated && effect == Effect::Deny,
        }
    }

    /// `None` where a value cannot be read as what the operator compares.
    fn equal_to_one(&self, value: &str, context: &Context) -> Option<bool> {
        match &self.values {
            Expected::Texts(patterns) => Some(if self.operator.test == Test::StringEqualsIgnoreCase {
                patterns
                    .iter()
                    .any(|pattern| pattern.equals_ignoring_case(value, context))
            } else {
                patterns.iter().any(|pattern| pattern.matches(value, context))
            }),
            Expected::Arns(patterns) => {
                let mut readable = true;
                for pattern in patterns {
                    match pattern.matches(value, context) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => readable = false,
                    }
                }
                readable.then_some(false)
            }
            Expected::Numbers(expected) => {
                let asked = Number::parse(value)?;
                compare(expected, |number| {
                    let number = Number::parse(number)?;
                    Some(self.relation().holds(asked.compare(&number)))
                })
            }
            Expected::Dates(expected) => {
                let asked = values::date(value)?;
                compare(expected, |date| Some(self.relation().holds(asked.cmp(date))))
            }
            Expected::Bools(expected) => {
                let asked = boolean(value)?;
                compare(expected, |truth| Some(*truth == asked))
            }
            Expected::Bytes(expected) => {
                let asked = values::base64(value)?;
                compare(expected, |bytes| Some(**bytes == *asked))
            }
            Expected::Networks(expected) => {
                let asked: IpAddr = value.parse().ok()?;
                compare(expected, |network| Some(network.contains(asked)))
            }
        }
    }

    fn relation(&self) -> Relation {
        match self.operator.test {
            Test::Numeric(relation) | Test::Date(relation) => relation,
            _ => Relation::Equal,
        }
    }
}

/// Whether one of the values passes; `None` where none does and one cannot be read.
fn compare<T>(expected: &[Option<T>], passes: impl Fn(&T) -> Option<bool>) -> Option<bool> {
    let mut readable = true;
    for value in expected {
        match value.as_ref().and_then(&passes) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => readable = false,
        }
    }
    readable.then_some(false)
}

impl Relation {
    fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Whether a key that is there counts as absent.
fn is_null(values: &Values) -> bool {
    values.as_slice().iter().all(String::is_empty)
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
