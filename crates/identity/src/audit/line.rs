//! Events as lines: JSON in pure ASCII, and nothing that a terminal would obey (threat 13). Every exchange writes one, so
//! text that needs no escaping, which is almost all, is told by a look over all of it and copied whole.

use std::fmt::{self, Display, Write as _};

use serde::ser::{Error, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

/// A value that events do not have.
#[derive(Debug)]
pub struct NotALine(String);

impl Display for NotALine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event cannot be written: {}", self.0)
    }
}

impl std::error::Error for NotALine {}

impl Error for NotALine {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<NotALine> for std::io::Error {
    fn from(error: NotALine) -> Self {
        Self::other(error)
    }
}

/// The value as one line, without its end.
pub(super) fn to_line(value: &impl Serialize) -> Result<String, NotALine> {
    // Longer than almost any event.
    let mut line = Line(String::with_capacity(4096));
    value.serialize(&mut line)?;
    Ok(line.0)
}

/// The bytes that stand for themselves.
#[expect(clippy::indexing_slicing, reason = "done while compiling, which would fail")]
static PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b' ' as usize;
    while byte <= b'~' as usize {
        table[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    table
};

struct Line(String);

impl Line {
    fn text(&mut self, text: &str) {
        self.0.push('"');
        // Looking at all of it is three times as fast as stopping at the first that is not plain: there hardly ever is one.
        let is_plain = |byte: u8| PLAIN.get(usize::from(byte)).is_some_and(|it| *it);
        if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
            self.0.push_str(text);
        } else {
            self.escaped(text);
        }
        self.0.push('"');
    }

    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                '\t' => self.0.push_str("\\t"),
                ' '..='~' => self.0.push(character),
                // `\u` may stand for any character (RFC 8259, section 7).
                _ => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        let _ = write!(self.0, "\\u{unit:04x}");
                    }
                }
            }
        }
    }

    fn number(&mut self, number: impl Display) {
        let _ = write!(self.0, "{number}");
    }

    fn open(&mut self, bracket: char) -> Compound<'_> {
        self.0.push(bracket);
        Compound {
            line: self,
            first: true,
        }
    }
}

/// A list, a map or a structure that is being written.
struct Compound<'a> {
    line: &'a mut Line,
    first: bool,
}

impl Compound<'_> {
    fn comma(&mut self) {
        if !self.first {
            self.line.0.push(',');
        }
        self.first = false;
    }
}

impl<'a> Serializer for &'a mut Line {
    type Ok = ();
    type Error = NotALine;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Impossible<(), NotALine>;
    type SerializeTupleStruct = Impossible<(), NotALine>;
    type SerializeTupleVariant = Impossible<(), NotALine>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Impossible<(), NotALine>;

    fn serialize_bool(self, value: bool) -> Result<(), NotALine> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), NotALine> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), NotALine> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), NotALine> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), NotALine> {
        self.number(value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), NotALine> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), NotALine> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), NotALine> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), NotALine> {
        self.number(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), NotALine> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), NotALine> {
        match serde_json::Number::from_f64(value) {
            Some(number) => self.number(number),
            None => self.0.push_str("null"),
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), NotALine> {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), NotALine> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), NotALine> {
        Err(NotALine::custom("bytes"))
    }

    fn serialize_none(self) -> Result<(), NotALine> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotALine> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NotALine> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotALine> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NotALine> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NotALine> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), NotALine> {
        let mut map = self.open('{');
        map.serialize_entry(variant, value)?;
        SerializeMap::end(map)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a>, NotALine> {
        Ok(self.open('['))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, NotALine> {
        Err(NotALine::custom("a tuple"))
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NotALine> {
        Err(NotALine::custom(name))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotALine> {
        Err(NotALine::custom(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'a>, NotALine> {
        Ok(self.open('{'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'a>, NotALine> {
        Ok(self.open('{'))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NotALine> {
        Err(NotALine::custom(name))
    }
}

impl SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = NotALine;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotALine> {
        self.comma();
        value.serialize(&mut *self.line)
    }

    fn end(self) -> Result<(), NotALine> {
        self.line.0.push(']');
        Ok(())
    }
}

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = NotALine;

    /// Keys are texts in all that events hold.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotALine> {
        self.comma();
        key.serialize(&mut *self.line)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotALine> {
        self.line.0.push(':');
        value.serialize(&mut *self.line)
    }

    fn end(self) -> Result<(), NotALine> {
        self.line.0.push('}');
        Ok(())
    }
}

impl SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = NotALine;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), NotALine> {
        self.comma();
        // Names of members need no escaping.
        self.line.0.push('"');
        self.line.0.push_str(key);
        self.line.0.push_str("\":");
        value.serialize(&mut *self.line)
    }

    fn end(self) -> Result<(), NotALine> {
        self.line.0.push('}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(|number| json!(number)),
            any::<String>().prop_map(Value::from),
            "[ -~\\n\\t\"\\\\\u{7f}\u{1f600}é]{0,40}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_line_is_ascii_and_reads_back_as_what_was_written(value in value()) {
            let line = to_line(&value).unwrap();
            prop_assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            // What serde_json reads from its own text, since floating-point numbers may change there.
            let usual: Value = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), usual);
        }

        #[test]
        fn plain_values_are_written_as_serde_json_writes_them(text in "[ -~]{0,80}") {
            let value = json!({ "a": [text, 1, -2, 0.5, true, null], "b": {} });
            prop_assert_eq!(to_line(&value).unwrap(), serde_json::to_string(&value).unwrap());
        }
    }
}
