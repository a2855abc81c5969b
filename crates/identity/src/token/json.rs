//! JSON read strictly: no name twice in one object at any depth, at most 32 levels (threat 12).

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

const DEPTH: u8 = 32;
/// Up to so many members, comparing each with each is faster than hashing.
const FEW: usize = 24;

/// A cluster's tokens have no more claims than this.
const USUAL: usize = 9;

/// A value. Text that needs no unescaping is borrowed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The member of this name, if this is an object that has it.
    pub(super) fn member(&self, name: &str) -> Option<&Json<'a>> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// The strict reader.
pub(super) struct Strict {
    left: u8,
}

impl Strict {
    pub(super) fn parse(bytes: &[u8]) -> Result<Json<'_>, String> {
        // All at once, not text by text.
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = Self { left: DEPTH }
            .deserialize(&mut deserializer)
            .map_err(|error| error.to_string())?;
        deserializer.end().map_err(|error| error.to_string())?;
        Ok(value)
    }

    fn deeper<E: Error>(&self) -> Result<Self, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Self { left }),
            None => Err(E::custom("nested too deeply")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        // Beyond 2^63 it is no time and no claim of ours; all that matters is that it is not mistaken for one.
        Ok(i64::try_from(value).map_or(Json::Float(f64::INFINITY), Json::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Json::Float(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::String(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.deeper()?)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut members: Vec<(Cow<'de, str>, Json<'de>)> = Vec::with_capacity(USUAL);
        let mut many: HashSet<String> = HashSet::new();
        while let Some(name) = map.next_key_seed(Name)? {
            let repeated = if members.len() < FEW {
                members.iter().any(|(other, _)| *other == name)
            } else {
                if many.is_empty() {
                    many.extend(members.iter().map(|(name, _)| name.to_string()));
                }
                !many.insert(name.to_string())
            };
            if repeated {
                return Err(A::Error::custom("a name is repeated"));
            }
            members.push((name, map.next_value_seed(self.deeper()?)?));
        }
        Ok(Json::Object(members))
    }
}

/// A member's name.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_not_repeat_at_any_depth_however_they_are_written() {
        for wrong in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"x":{"a":1,"b":2,"a":3}}"#,
            r#"{"x":[{"a":1,"a":3}]}"#,
        ] {
            assert!(Strict::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let many: Vec<String> = (0..500).map(|n| format!(r#""k{n}":1"#)).collect();
        assert!(Strict::parse(format!("{{{}}}", many.join(",")).as_bytes()).is_ok());
        assert!(Strict::parse(format!("{{{},\"k30\":1}}", many.join(",")).as_bytes()).is_err());
        assert!(Strict::parse(br#"{"a":{"a":1},"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Strict::parse(nested(32).as_bytes()).is_ok());
        assert!(Strict::parse(nested(34).as_bytes()).is_err());
        assert!(Strict::parse(nested(9000).as_bytes()).is_err());
    }

    #[test]
    fn trailing_text_and_wrong_bytes_are_refused() {
        for wrong in [&b"{} {}"[..], b"", b"{", b"\"\xff\"", b"{\"a\":01}", b"\xef\xbb\xbf{}"] {
            assert!(Strict::parse(wrong).is_err());
        }
    }
}
