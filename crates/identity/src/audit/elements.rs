//! What an event shows of a request or an answer: JSON whose members' names are the program's, so that the calls which are
//! made all the time need not copy them.

use std::{borrow::Cow, sync::LazyLock};

use memchr::memmem::Finder;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

const REDACTED: Cow<'static, str> = Cow::Borrowed("{redacted}");
/// How the first line of a private key ends (RFC 7468, section 10). Prepared: it is looked for in every text of an event.
static PRIVATE_KEY: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("PRIVATE KEY-----"));

/// Request parameters, response elements, or a part of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Elements {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Truth(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Cow<'static, str>),
    /// A list.
    List(Vec<Elements>),
    /// An object.
    Members(Vec<(Cow<'static, str>, Elements)>),
}

impl Elements {
    /// An object, without the members that are nothing: CloudTrail leaves out what a request left out.
    pub fn members<const N: usize>(members: [(&'static str, Self); N]) -> Self {
        let there = members.into_iter().filter(|(_, member)| *member != Self::Null);
        Self::Members(there.map(|(name, member)| (Cow::Borrowed(name), member)).collect())
    }

    /// Replaces every secret.
    pub fn redact(&mut self) {
        match self {
            Self::Members(members) => {
                for (name, member) in members {
                    if *member != Self::Null && is_secret(name) {
                        *member = Self::Text(REDACTED);
                    } else {
                        member.redact();
                    }
                }
            }
            Self::List(items) => items.iter_mut().for_each(Self::redact),
            Self::Text(text) if has_private_key(text) => *text = REDACTED,
            Self::Null | Self::Truth(_) | Self::Number(_) | Self::Text(_) => {}
        }
    }
}

/// A message as an event shows it: AWS's sentences repeat what was sent.
pub fn redacted(message: &str) -> String {
    if has_private_key(message) {
        return REDACTED.into_owned();
    }
    message.to_owned()
}

/// Whether a private key is in a text, as where it was sent by mistake in a certificate's place.
fn has_private_key(text: &str) -> bool {
    PRIVATE_KEY.find(text.as_bytes()).is_some()
}

/// Whether a member of this name, whatever its case, holds a secret.
fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 11] = [
        "webidentitytoken",
        "sessiontoken",
        "secretaccesskey",
        "token",
        "tokencode",
        "authenticationcode1",
        "authenticationcode2",
        "password",
        "samlassertion",
        "privatekey",
        "secret",
    ];
    SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

impl From<&str> for Elements {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Elements {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Elements {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Elements {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<Value> for Elements {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Truth(truth),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => text.into(),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => Self::Members(
                members
                    .into_iter()
                    .map(|(name, member)| (name.into(), member.into()))
                    .collect(),
            ),
        }
    }
}

impl Serialize for Elements {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Truth(truth) => serializer.serialize_bool(*truth),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Members(members) => serializer.collect_map(members.iter().map(|(name, member)| (name, member))),
        }
    }
}

impl<'de> Deserialize<'de> for Elements {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_redacted_at_any_depth() {
        let mut elements = Elements::from(json!({
            "webIdentityToken": "a.b.c",
            "credentials": {"secretAccessKey": "s", "sessionToken": "t", "accessKeyId": "ASIA"},
            "list": [{"Password": "p"}],
            "certificateBody": "-----BEGIN EC PRIVATE KEY-----\nMHcC",
            "publicKey": "-----BEGIN PUBLIC KEY-----\nMFkw",
        }));
        elements.redact();
        assert_eq!(
            serde_json::to_value(&elements).unwrap(),
            json!({
                "webIdentityToken": "{redacted}",
                "credentials": {
                    "secretAccessKey": "{redacted}", "sessionToken": "{redacted}", "accessKeyId": "ASIA"
                },
                "list": [{"Password": "{redacted}"}],
                "certificateBody": "{redacted}",
                "publicKey": "-----BEGIN PUBLIC KEY-----\nMFkw",
            })
        );
    }

    #[test]
    fn a_message_that_repeats_a_private_key_is_redacted() {
        assert_eq!(
            redacted("Certificate -----BEGIN PRIVATE KEY-----\nM is malformed."),
            "{redacted}"
        );
        assert_eq!(redacted("Certificate M is malformed."), "Certificate M is malformed.");
    }

    #[test]
    fn what_is_nothing_is_left_out() {
        let elements = Elements::members([
            ("policy", None::<&str>.into()),
            ("durationSeconds", Some(900).into()),
            ("roleArn", "arn".into()),
        ]);
        let value = serde_json::to_value(&elements).unwrap();
        assert_eq!(value, json!({"durationSeconds": 900, "roleArn": "arn"}));
        assert_eq!(serde_json::from_value::<Elements>(value).unwrap(), elements);
    }
}
