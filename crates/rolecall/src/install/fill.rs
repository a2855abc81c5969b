//! Fills the places of manifests with values.

use std::borrow::Cow;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use super::{
    manifest::{Condition, Document, Entry, Item, Node, Part, parts},
    values::Values,
};

/// What places are filled with.
#[derive(Clone, Copy)]
pub(crate) struct Fill<'a> {
    pub(crate) values: &'a Values,
    pub(crate) namespace: &'a str,
    /// The key and the value of the turn, within [`Item::Each`].
    turn: Option<(&'a Value, &'a Value)>,
}

impl<'a> Fill<'a> {
    pub(crate) fn new(values: &'a Values, namespace: &'a str) -> Self {
        Self {
            values,
            namespace,
            turn: None,
        }
    }

    /// The object, if there is one with these values.
    pub(crate) fn document(self, document: &Document) -> Result<Option<Node>> {
        if document.condition.is_some_and(|condition| !self.holds(condition)) {
            return Ok(None);
        }
        self.node(&document.object).map(Some)
    }

    fn holds(self, condition: Condition) -> bool {
        match condition {
            Condition::Set(path) => self.values.is_set(path),
            Condition::Is(path, text) => self.values.get(path) == text,
            Condition::Several(path) => self.values.get(path).as_i64().is_some_and(|number| number > 1),
        }
    }

    fn node(self, node: &Node) -> Result<Node> {
        Ok(match node {
            Node::Text(text) => Node::Known(self.text(text)?),
            Node::Known(value) => Node::Known(value.clone()),
            Node::Digest(paths) => {
                let values: Vec<_> = paths.iter().map(|path| self.values.get(path)).collect();
                Node::Known(digest(&values)?.into())
            }
            Node::List(items) => {
                let mut filled = Vec::new();
                self.items(items, &mut |fill, item| {
                    filled.push(match item {
                        Piece::Comment(text) => Item::Comment(text),
                        Piece::One(node) => Item::One(fill.node(node)?),
                    });
                    Ok(())
                })?;
                Node::List(filled)
            }
            Node::Map(entries) => {
                let mut filled = Vec::new();
                self.entries(entries, &mut filled)?;
                Node::Map(filled)
            }
            Node::Lines(items) => {
                let mut text = String::new();
                self.items(items, &mut |fill, item| {
                    if let Piece::One(Node::Text(line)) = item {
                        for part in parts(line) {
                            match part {
                                Part::Literal(literal) => text.push_str(literal),
                                Part::Place(place) => text.push_str(&as_go_writes(&fill.place(place)?)?),
                            }
                        }
                        text.push('\n');
                    }
                    Ok(())
                })?;
                Node::Known(text.into())
            }
        })
    }

    fn items(self, items: &[Item], take: &mut dyn FnMut(Fill<'_>, Piece<'_>) -> Result<()>) -> Result<()> {
        for item in items {
            match item {
                Item::Comment(text) => take(self, Piece::Comment(text))?,
                Item::One(node) => take(self, Piece::One(node))?,
                Item::When(condition, items) if self.holds(*condition) => self.items(items, take)?,
                Item::When(..) => {}
                Item::Each(path, node) => match self.values.get(path) {
                    Value::Array(all) => {
                        for (index, value) in all.iter().enumerate() {
                            let key = Value::from(index);
                            let turn = Some((&key, value));
                            take(Fill { turn, ..self }, Piece::One(node))?;
                        }
                    }
                    Value::Object(all) => {
                        for (key, value) in all {
                            let key = Value::from(key.as_str());
                            let turn = Some((&key, value));
                            take(Fill { turn, ..self }, Piece::One(node))?;
                        }
                    }
                    _ => {}
                },
            }
        }
        Ok(())
    }

    fn entries(self, entries: &[Entry], filled: &mut Vec<Entry>) -> Result<()> {
        for entry in entries {
            match entry {
                Entry::Comment(text) => filled.push(Entry::Comment(text)),
                Entry::Pair(key, node) => filled.push(Entry::Pair(key.clone(), self.node(node)?)),
                Entry::When(condition, entries) if self.holds(*condition) => self.entries(entries, filled)?,
                Entry::When(..) => {}
            }
        }
        Ok(())
    }

    fn text(self, text: &str) -> Result<Value> {
        let parts = parts(text);
        if let [Part::Place(place)] = parts[..] {
            return self.place(place);
        }
        let mut filled = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => filled.push_str(literal),
                Part::Place(place) => match self.place(place)? {
                    Value::String(text) => filled.push_str(&text),
                    other => filled.push_str(&other.to_string()),
                },
            }
        }
        Ok(filled.into())
    }

    fn place(self, place: &str) -> Result<Value> {
        Ok(match (place, self.turn) {
            ("namespace", _) => self.namespace.into(),
            ("key", Some((key, _))) => key.clone(),
            ("value", Some((_, value))) => value.clone(),
            (path, _) => {
                let value = self.values.get(path);
                ensure!(!value.is_null(), "there is no value `{path}`");
                value.clone()
            }
        })
    }
}

/// What [`Fill::items`] comes upon.
enum Piece<'a> {
    Comment(&'static str),
    One(&'a Node),
}

/// The object as JSON, for the API server.
pub(crate) fn json(node: &Node) -> Value {
    match node {
        Node::Known(value) => value.clone(),
        Node::List(items) => items
            .iter()
            .filter_map(|item| match item {
                Item::One(node) => Some(json(node)),
                _ => None,
            })
            .collect(),
        Node::Map(entries) => Value::Object(
            entries
                .iter()
                .filter_map(|entry| match entry {
                    Entry::Pair(key, node) => Some((Cow::clone(key).into_owned(), json(node))),
                    _ => None,
                })
                .collect::<Map<_, _>>(),
        ),
        // Nothing of this is left once the places are filled.
        Node::Text(_) | Node::Digest(_) | Node::Lines(_) => Value::Null,
    }
}

/// As Go's encoding/json writes it, which Helm uses: with these three characters escaped.
fn as_go_writes(value: &(impl serde::Serialize + ?Sized)) -> Result<String> {
    let text = serde_json::to_string(value).context("writing a value")?;
    Ok(text
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026"))
}

fn digest(values: &[&Value]) -> Result<String> {
    let text = as_go_writes(values)?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    Ok(hex::encode(digest))
}
