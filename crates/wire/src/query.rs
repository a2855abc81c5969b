//! The Query protocol's requests: forms (facts as observed on AWS: first value wins, an empty list is `List=`).

use std::{collections::BTreeMap, fmt};

use crate::{
    check,
    fault::Fault,
    operation::Operation,
    shape::{Kind, Shape, Structure, Value},
};

/// A form has at most this many members (threat 12).
pub const MOST_MEMBERS: usize = 1000;

/// The members of a form or of a query string. Of a repeated one, the first counts, except for a list in a query string.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(BTreeMap<String, Vec<String>>);

impl Params {
    /// From names and values that are decoded already.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut params: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            params.entry(name).or_default().push(value);
        }
        Self(params)
    }

    /// From `name=value&…`, with `+` for a space.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        let mut params: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut count = 0;
        for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            count += 1;
            if count > MOST_MEMBERS {
                return Err(malformed(format!("a request has at most {MOST_MEMBERS} parameters")));
            }
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (
                    pair.get(..at).unwrap_or_default(),
                    pair.get(at + 1..).unwrap_or_default(),
                ),
                None => (pair, [].as_slice()),
            };
            params.entry(decode_text(name)?).or_default().push(decode_text(value)?);
        }
        Ok(Self(params))
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// All values of a member that is repeated.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether there is a member of this name, or one below it.
    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name) || self.has_below(name)
    }

    fn has_below(&self, name: &str) -> bool {
        let below = format!("{name}.");
        self.0
            .range(below.clone()..)
            .next()
            .is_some_and(|(found, _)| found.starts_with(&below))
    }
}

/// Shows names only: a form may hold a token or a password.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn decode_text(bytes: &[u8]) -> Result<String, Fault> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let digit = |byte: Option<u8>| {
                    byte.and_then(|byte| char::from(byte).to_digit(16))
                        .and_then(|digit| u8::try_from(digit).ok())
                };
                let mut ahead = rest.clone();
                match (digit(ahead.next()), digit(ahead.next())) {
                    (Some(high), Some(low)) => {
                        decoded.push(high << 4 | low);
                        rest = ahead;
                    }
                    // As AWS and browsers do, what is no escape stands for itself.
                    _ => decoded.push(b'%'),
                }
            }
            other => decoded.push(other),
        }
    }
    String::from_utf8(decoded).map_err(|_| malformed("a parameter is not UTF-8".to_owned()))
}

fn malformed(message: String) -> Fault {
    Fault::sender("MalformedInput", 400, message)
}

/// Reads a request and holds it against the model's constraints.
pub fn decode<T: Shape>(params: &Params) -> Result<T, Fault> {
    let fields = structure(params, T::SCHEMA, "")?;
    check::check(T::SCHEMA, &fields)?;
    Ok(T::from_fields(fields))
}

fn structure(params: &Params, schema: &'static Structure, prefix: &str) -> Result<Vec<Option<Value>>, Fault> {
    let members = schema
        .members
        .iter()
        .map(|member| value(params, member.kind, &format!("{prefix}{}", member.name)));
    members.collect()
}

fn value(params: &Params, kind: Kind, name: &str) -> Result<Option<Value>, Fault> {
    Ok(match kind {
        Kind::Structure(schema) if params.has_below(name) => {
            Some(Value::Structure(structure(params, schema, &format!("{name}."))?))
        }
        Kind::List(of) if params.has(name) => {
            let mut elements = Vec::new();
            for number in 1..=MOST_MEMBERS {
                match value(params, *of, &format!("{name}.member.{number}"))? {
                    Some(element) => elements.push(element),
                    None => break,
                }
            }
            Some(Value::List(elements))
        }
        Kind::Map(of) if params.has(name) => {
            let mut entries = BTreeMap::new();
            for number in 1..=MOST_MEMBERS {
                let Some(key) = params.get(&format!("{name}.entry.{number}.key")) else {
                    break;
                };
                if let Some(value) = value(params, *of, &format!("{name}.entry.{number}.value"))? {
                    entries.insert(key.to_owned(), value);
                }
            }
            Some(Value::Map(entries))
        }
        Kind::Structure(_) | Kind::List(_) | Kind::Map(_) => None,
        scalar => params.get(name).map(|text| parse(scalar, text)).transpose()?,
    })
}

/// A scalar as forms and query strings write it.
pub(crate) fn parse(kind: Kind, text: &str) -> Result<Value, Fault> {
    let wrong = |what: &str| malformed(format!("'{text}' is not {what}"));
    Ok(match kind {
        Kind::Integer if text.is_empty() => return Err(malformed("missing value for decimal type".to_owned())),
        Kind::Integer => Value::Integer(text.parse().map_err(|_| wrong("a decimal number of 32 bits"))?),
        Kind::Boolean => match text {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ => return Err(wrong("true or false")),
        },
        Kind::Timestamp => Value::Timestamp(text.parse().map_err(|_| wrong("a timestamp in ISO 8601"))?),
        Kind::Blob => {
            use base64::Engine;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_err(|_| wrong("base64"))?;
            Value::Blob(bytes.into())
        }
        _ => Value::String(text.to_owned()),
    })
}

/// A request's form, for a client.
pub fn encode<T: Shape>(operation: &Operation, input: &T) -> String {
    let mut form = format!("Action={}&Version={}", operation.name, operation.service.version);
    write_structure(&mut form, T::SCHEMA, &input.to_fields(), "");
    form
}

fn write_structure(form: &mut String, schema: &Structure, fields: &[Option<Value>], prefix: &str) {
    for (member, field) in schema.members.iter().zip(fields) {
        if let Some(value) = field {
            write_value(form, value, member.kind, &format!("{prefix}{}", member.name));
        }
    }
}

fn write_value(form: &mut String, value: &Value, kind: Kind, name: &str) {
    match (value, kind) {
        (Value::Structure(fields), Kind::Structure(schema)) => {
            write_structure(form, schema, fields, &format!("{name}."));
        }
        (Value::List(elements), Kind::List(of)) => {
            if elements.is_empty() {
                push(form, name, "");
            }
            for (number, element) in (1..).zip(elements) {
                write_value(form, element, *of, &format!("{name}.member.{number}"));
            }
        }
        (Value::Map(entries), Kind::Map(of)) => {
            for (number, (key, value)) in (1..).zip(entries) {
                push(form, &format!("{name}.entry.{number}.key"), key);
                write_value(form, value, *of, &format!("{name}.entry.{number}.value"));
            }
        }
        (scalar, _) => push(form, name, &to_text(scalar)),
    }
}

fn push(form: &mut String, name: &str, value: &str) {
    form.push('&');
    form.push_str(name);
    form.push('=');
    form.extend(percent_encoding::utf8_percent_encode(value, FORM));
}

/// Everything but RFC 3986's unreserved characters.
const FORM: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A scalar as text: timestamps in whole seconds, as AWS writes them.
pub(crate) fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Timestamp(time) => {
            let whole = jiff::Timestamp::from_second(time.as_second()).unwrap_or(*time);
            whole.to_string()
        }
        Value::Blob(bytes) => {
            use base64::Engine;
            base64::engine::general_purpose::STANDARD.encode(bytes)
        }
        Value::Structure(_) | Value::List(_) | Value::Map(_) => String::new(),
    }
}
