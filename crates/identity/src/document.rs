//! Policy documents as they are kept: the text as it was sent, and compiled.

use rolecall_policy::{Compiled, Policy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;

/// A policy's compiled form, which has its text. Parsed when it is written and when it is loaded, never when it is used.
#[derive(Debug, Clone)]
pub struct Document {
    compiled: Compiled,
}

impl Document {
    /// Reads a document. The caller has it validated for its use.
    pub fn new(text: &str) -> Result<Self, Error> {
        let policy = Policy::parse(text)?;
        Ok(Self {
            compiled: Compiled::new(&policy),
        })
    }

    /// The same text, with principals compiled as what `replace` makes of them.
    pub(crate) fn with_principals(text: &str, replace: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let policy = Policy::parse(text)?;
        Ok(Self {
            compiled: Compiled::new(&policy.map_principals(replace)),
        })
    }

    /// The text, as it was sent.
    pub fn text(&self) -> &str {
        self.compiled.source()
    }

    /// For decisions.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// How many characters count against AWS's limits: all but white space.
    pub fn size(&self) -> usize {
        self.text().chars().filter(|c| !c.is_whitespace()).count()
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}
