//! What a manifest is made of, before anybody has said what the values are: the one source of the plain manifests, of what
//! `rolecall install` applies, and of the Helm chart.
//!
//! A text holds places for values, `{region}`; `{namespace}` is where the objects live, and within [`Node::each`] `{key}` and
//! `{value}` are those of the turn. A text that is one place alone is the value itself, be it a number, a list or a map.
//! [`super::fill`] fills the places, and [`super::yaml`] writes what is filled, and what is not as Helm's expressions.

use std::borrow::Cow;

use serde_json::Value;

/// A value of a manifest.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// A text with places for values.
    Text(String),
    /// What is known: a number, a flag, or what a value turned out to be.
    Known(Value),
    /// The SHA-256 of values as JSON, so that pods are made anew when what they read at their start changes.
    Digest(&'static [&'static str]),
    /// A list.
    List(Vec<Item>),
    /// A map, in the order in which people read it.
    Map(Vec<Entry>),
    /// A text of several lines. Values in it are written as JSON.
    Lines(Vec<Item>),
}

/// What stands in a list, or a line of a text.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// For the reader.
    Comment(&'static str),
    /// An item.
    One(Node),
    /// Items that are there if something holds.
    When(Condition, Vec<Item>),
    /// An item for each of a list or map: its path.
    Each(&'static str, Node),
}

/// What stands in a map.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// For the reader.
    Comment(&'static str),
    /// A key and its value.
    Pair(Cow<'static, str>, Node),
    /// Entries that are there if something holds.
    When(Condition, Vec<Entry>),
}

/// What may hold of the values.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Condition {
    /// The value is there: not empty, not zero, not false.
    Set(&'static str),
    /// The value is this text.
    Is(&'static str, &'static str),
    /// The number is greater than one.
    Several(&'static str),
}

/// One object of the API server.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// Whether there is one.
    pub(crate) condition: Option<Condition>,
    /// For the reader.
    pub(crate) comment: &'static str,
    /// The object.
    pub(crate) object: Node,
}

impl Document {
    pub(crate) fn new(object: Node) -> Self {
        Self {
            condition: None,
            comment: "",
            object,
        }
    }

    pub(crate) fn when(self, condition: Condition) -> Self {
        Self {
            condition: Some(condition),
            ..self
        }
    }

    pub(crate) fn saying(self, comment: &'static str) -> Self {
        Self { comment, ..self }
    }
}

/// A map: `map! { "kind" => "Role", "rules" => list![…] }`.
macro_rules! map {
    ($($key:literal => $value:expr),* $(,)?) => {
        $crate::install::manifest::Node::Map(vec![
            $($crate::install::manifest::Entry::Pair(std::borrow::Cow::Borrowed($key), $crate::install::manifest::Node::from($value))),*
        ])
    };
}

/// A list: `list!["get", "list"]`.
macro_rules! list {
    ($($value:expr),* $(,)?) => {
        $crate::install::manifest::Node::List(vec![
            $($crate::install::manifest::Item::One($crate::install::manifest::Node::from($value))),*
        ])
    };
}

/// A text of lines: `lines!["data = {data}"]`.
macro_rules! lines {
    ($($value:expr),* $(,)?) => {
        $crate::install::manifest::Node::Lines(vec![
            $($crate::install::manifest::Item::One($crate::install::manifest::Node::from($value))),*
        ])
    };
}

pub(crate) use {lines, list, map};

impl Node {
    /// With a comment after what is there.
    pub(crate) fn note(mut self, text: &'static str) -> Self {
        match &mut self {
            Self::List(items) | Self::Lines(items) => items.push(Item::Comment(text)),
            Self::Map(entries) => entries.push(Entry::Comment(text)),
            _ => {}
        }
        self
    }

    /// With what `more` has.
    pub(crate) fn and(self, more: Self) -> Self {
        match (self, more) {
            (Self::List(mut items), Self::List(more)) => {
                items.extend(more);
                Self::List(items)
            }
            (Self::Lines(mut items), Self::Lines(more)) => {
                items.extend(more);
                Self::Lines(items)
            }
            (Self::Map(mut entries), Self::Map(more)) => {
                entries.extend(more);
                Self::Map(entries)
            }
            (this, _) => this,
        }
    }

    /// With what `more` has, if something holds.
    pub(crate) fn when(self, condition: Condition, more: Self) -> Self {
        let more = match more {
            Self::List(items) => Self::List(vec![Item::When(condition, items)]),
            Self::Lines(items) => Self::Lines(vec![Item::When(condition, items)]),
            Self::Map(entries) => Self::Map(vec![Entry::When(condition, entries)]),
            other => other,
        };
        self.and(more)
    }

    /// With an item for each of a list or map of the values.
    pub(crate) fn each(mut self, path: &'static str, item: impl Into<Self>) -> Self {
        if let Self::List(items) | Self::Lines(items) = &mut self {
            items.push(Item::Each(path, item.into()));
        }
        self
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i32> for Node {
    fn from(number: i32) -> Self {
        Self::Known(number.into())
    }
}

impl From<bool> for Node {
    fn from(flag: bool) -> Self {
        Self::Known(flag.into())
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// As it is.
    Literal(&'a str),
    /// The value of this name.
    Place(&'a str),
}

/// Takes a text apart: `a{b}c`.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((place, after)) = after.split_once('}') else {
            break;
        };
        if !before.is_empty() {
            parts.push(Part::Literal(before));
        }
        parts.push(Part::Place(place));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_at_its_places() {
        assert_eq!(
            parts("--env={key}={value}"),
            [
                Part::Literal("--env="),
                Part::Place("key"),
                Part::Literal("="),
                Part::Place("value")
            ]
        );
        assert_eq!(parts("plain"), [Part::Literal("plain")]);
        assert_eq!(parts("{a}{b}"), [Part::Place("a"), Part::Place("b")]);
        assert!(parts("").is_empty());
    }
}
