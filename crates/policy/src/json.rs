//! A JSON reader that keeps positions and refuses what a policy may not have: duplicate keys, deep nesting, anything
//! after the document. (`serde_json` keeps the last of two equal keys, and no positions.)

use std::fmt;

/// Objects and lists nest at most this deep (threat 12).
pub const DEEPEST: usize = 32;

/// A value, where it starts, and where it has ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: usize,
    pub(crate) end: usize,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    String(String),
    List(Vec<Node>),
    Object(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    pub(crate) at: usize,
    pub(crate) text: String,
}

/// Why a text is not the JSON that a policy must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub(crate) at: usize,
    pub(crate) why: &'static str,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

pub(crate) fn parse(text: &str) -> Result<Node, NotJson> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    let node = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.wrong("something follows the document"));
    }
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn wrong(&self, why: &'static str) -> NotJson {
        NotJson { at: self.at, why }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8, why: &'static str) -> Result<(), NotJson> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.wrong(why))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, NotJson> {
        if depth > DEEPEST {
            return Err(self.wrong("the document nests too deeply"));
        }
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => return Err(self.wrong("expected a value")),
            None => return Err(self.wrong("the document ends too early")),
        };
        let end = self.at;
        Ok(Node { at, end, value })
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, NotJson> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.wrong("expected a value"))
        }
    }

    fn number(&mut self) -> Result<Value, NotJson> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.wrong("expected a digit")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(Value::Number(
            self.text.get(from..self.at).unwrap_or_default().to_owned(),
        ))
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), NotJson> {
        let from = self.at;
        self.digits();
        if self.at == from {
            Err(self.wrong("expected a digit"))
        } else {
            Ok(())
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, NotJson> {
        self.at += 1;
        let mut elements = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(elements));
        }
        loop {
            self.skip_space();
            elements.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::List(elements));
                }
                _ => return Err(self.wrong("expected `,` or `]`")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, NotJson> {
        self.at += 1;
        let mut members: Vec<(Key, Node)> = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space();
            let at = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.wrong("expected a key in quotes"));
            }
            let text = self.string()?;
            self.skip_space();
            self.take(b':', "expected `:`")?;
            self.skip_space();
            let node = self.value(depth + 1)?;
            members.push((Key { at, text }, node));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return match twice(&members) {
                        Some(at) => Err(NotJson {
                            at,
                            why: "the same key stands twice in one object",
                        }),
                        None => Ok(Value::Object(members)),
                    };
                }
                _ => return Err(self.wrong("expected `,` or `}`")),
            }
        }
    }

    fn string(&mut self) -> Result<String, NotJson> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let from = self.at;
            while self
                .peek()
                .is_some_and(|byte| byte != b'"' && byte != b'\\' && byte >= 0x20)
            {
                self.at += 1;
            }
            text.push_str(self.text.get(from..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                Some(_) => return Err(self.wrong("a control character in a string")),
                None => return Err(self.wrong("a string without an end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        let escaped = self.peek().ok_or_else(|| self.wrong("a string without an end"))?;
        self.at += 1;
        Ok(match escaped {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    self.take(b'\\', "half of a surrogate pair")?;
                    self.take(b'u', "half of a surrogate pair")?;
                    let second = self.hex()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(self.wrong("half of a surrogate pair"));
                    }
                    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code).ok_or_else(|| self.wrong("half of a surrogate pair"))?
            }
            _ => return Err(self.wrong("an unknown escape in a string")),
        })
    }

    fn hex(&mut self) -> Result<u32, NotJson> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.wrong("expected four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }
}

/// Where a key stands that stood before. Sorted, so that an object of very many keys takes no quadratic time.
fn twice(members: &[(Key, Node)]) -> Option<usize> {
    let mut keys: Vec<(&str, usize)> = members.iter().map(|(key, _)| (key.text.as_str(), key.at)).collect();
    keys.sort_unstable();
    let pairs = keys.iter().zip(keys.iter().skip(1));
    pairs
        .filter(|(one, other)| one.0 == other.0)
        .map(|(_, other)| other.1)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_is_is_read() {
        let node = parse(r#" {"a": [1, -2.5e3, true, null, "x\u00e9\ud83d\ude00\n"]} "#).unwrap();
        let Value::Object(members) = node.value else { panic!() };
        let Value::List(elements) = &members[0].1.value else {
            panic!()
        };
        assert_eq!(elements[1].value, Value::Number("-2.5e3".into()));
        assert_eq!(elements[4].value, Value::String("xé😀\n".into()));
    }

    #[test]
    fn what_json_is_not_is_refused_with_its_place() {
        for (text, at) in [
            ("{", 1),
            ("{}x", 2),
            (r#"{"a":1,"a":2}"#, 7),
            ("[1,]", 3),
            ("01", 1),
            ("\"\t\"", 1),
            ("\"\\ud800x\"", 7),
        ] {
            assert_eq!(parse(text).unwrap_err().at, at, "{text}");
        }
        assert!(parse(&"[".repeat(1_000_000)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn it_reads_what_serde_json_reads(text in "[\\[\\]{}:,\"a0-9.eE+ truefalsnl\\\\u-]{0,40}") {
            let ours = parse(&text).is_ok();
            let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            // Ours refuses duplicate keys, theirs numbers too large for it; nothing else differs.
            if ours != theirs {
                let why = parse(&text).err().map(|error| error.why);
                proptest::prop_assert!(why == Some("the same key stands twice in one object") || why.is_none(), "{}", text);
            }
        }
    }
}
