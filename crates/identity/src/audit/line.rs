//! Events as lines: JSON in pure ASCII, and nothing that a terminal would obey (threat 13).
//!
//! Every exchange writes one, and almost none has a text that needs escaping. So texts are copied as they are, and one look
//! over the whole line tells whether that was right; if it was not, the line is written again with care.

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
    let mut line = Line::new(4096, false);
    value.serialize(&mut line)?;
    if line.is_plain() {
        return Ok(line.text);
    }
    let mut line = Line::new(line.text.len() * 2, true);
    value.serialize(&mut line)?;
    Ok(line.text)
}

struct Line {
    text: String,
    /// How many quotation marks stand around texts.
    quotes: usize,
    /// Whether texts are looked at, and what needs it is escaped.
    careful: bool,
}

impl Line {
    fn new(capacity: usize, careful: bool) -> Self {
        Self {
            text: String::with_capacity(capacity),
            quotes: 0,
            careful,
        }
    }

    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        self.text.push_str(text);
        self.text.push('"');
        self.quotes += 2;
    }

    fn text(&mut self, text: &str) {
        if !self.careful {
            return self.quoted(text);
        }
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    /// Whether no text that was copied needed escaping: then the line has no more quotation marks than those around texts.
    fn is_plain(&self) -> bool {
        let bytes = self.text.as_bytes();
        let odd = |byte: u8| u8::from(byte.wrapping_sub(b' ') > b'~' - b' ') | u8::from(byte == b'\\');
        bytes.iter().fold(0, |found, byte| found | odd(*byte)) == 0
            && memchr::memchr_iter(b'"', bytes).count() == self.quotes
    }

    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                ' '..='~' => self.text.push(character),
                // `\u` may stand for any character (RFC 8259, section 7).
                _ => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        let _ = write!(self.text, "\\u{unit:04x}");
                    }
                }
            }
        }
    }

    fn number(&mut self, number: impl Display) {
        let _ = write!(self.text, "{number}");
    }

    fn open(&mut self, bracket: char) -> Compound<'_> {
        self.text.push(bracket);
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
            self.line.text.push(',');
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
        self.text.push_str(if value { "true" } else { "false" });
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
            None => self.text.push_str("null"),
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
        self.text.push_str("null");
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
        self.line.text.push(']');
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
        self.line.text.push(':');
        value.serialize(&mut *self.line)
    }

    fn end(self) -> Result<(), NotALine> {
        self.line.text.push('}');
        Ok(())
    }
}

impl SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = NotALine;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), NotALine> {
        self.comma();
        // Names of members need no escaping.
        self.line.quoted(key);
        self.line.text.push(':');
        value.serialize(&mut *self.line)
    }

    fn end(self) -> Result<(), NotALine> {
        self.line.text.push('}');
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
