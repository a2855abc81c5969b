//! REST-JSON: labels, query strings and JSON bodies.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Number, Value as Json};

use crate::{
    check,
    fault::Fault,
    operation::Operation,
    query::{self, Params},
    shape::{Kind, Location, Shape, Structure, Value},
    xml::Unreadable,
};

/// Reads a request from its labels, its query string and its body, and holds it against the model's constraints.
pub fn decode<T: Shape>(labels: &Params, query: &Params, body: &[u8]) -> Result<T, Fault> {
    let members = match body {
        [] => Map::new(),
        body => parse(body)?,
    };
    let mut fields = Vec::with_capacity(T::SCHEMA.members.len());
    for member in T::SCHEMA.members {
        let parsed =
            |kind: Kind, text: &String| query::parse(kind, text).map_err(|fault| wrong(member.name, &fault.message));
        let given = |values: &[String]| match member.kind {
            Kind::List(_) if values.is_empty() => Ok(None),
            Kind::List(of) => {
                let values = values.iter().map(|text| parsed(*of, text)).collect::<Result<_, _>>();
                values.map(|values| Some(Value::List(values)))
            }
            kind => values.first().map(|text| parsed(kind, text)).transpose(),
        };
        fields.push(match member.location {
            Location::Uri(name) => given(labels.all(name))?,
            Location::Query(name) => given(query.all(name))?,
            Location::Body => match members.get(member.name) {
                None | Some(Json::Null) => None,
                Some(json) => Some(from_json(json, member.kind).map_err(|what| wrong(member.name, &what))?),
            },
        });
    }
    check::check(T::SCHEMA, &fields).map_err(|fault| Fault {
        code: "InvalidParameterException".into(),
        ..fault
    })?;
    Ok(T::from_fields(fields))
}

/// A body nests at most this deep (threat 12).
const DEEPEST: usize = 32;

fn parse(body: &[u8]) -> Result<Map<String, Json>, Fault> {
    if depth(body) > DEEPEST {
        return Err(unreadable(format!("the body nests deeper than {DEEPEST}")));
    }
    match serde_json::from_slice(body) {
        Ok(Json::Object(members)) => Ok(members),
        Ok(_) => Err(unreadable("the body is no object".to_owned())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// How deep objects and arrays nest, before anything is built of them.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn wrong(member: &str, what: &str) -> Fault {
    unreadable(format!("{member}: {what}"))
}

fn unreadable(message: String) -> Fault {
    Fault::sender("SerializationException", 400, message)
}

fn from_json(json: &Json, kind: Kind) -> Result<Value, String> {
    Ok(match (json, kind) {
        (Json::String(text), Kind::String) => Value::String(text.clone()),
        (Json::Number(number), Kind::Integer) => {
            let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
            Value::Integer(number.ok_or("expected a number of 32 bits")?)
        }
        (Json::Bool(truth), Kind::Boolean) => Value::Boolean(*truth),
        (Json::Number(number), Kind::Timestamp) => {
            let seconds = number.as_f64().ok_or("expected seconds since 1970")?;
            let time = jiff::SignedDuration::try_from_secs_f64(seconds)
                .ok()
                .and_then(|since| Timestamp::from_duration(since).ok());
            Value::Timestamp(time.ok_or("expected seconds since 1970")?)
        }
        (Json::String(text), Kind::Blob) => query::parse(Kind::Blob, text).map_err(|fault| fault.message)?,
        (Json::Object(members), Kind::Structure(schema)) => Value::Structure(structure(members, schema)?),
        (Json::Array(elements), Kind::List(of)) => {
            let elements = elements.iter().filter(|element| !element.is_null());
            Value::List(
                elements
                    .map(|element| from_json(element, *of))
                    .collect::<Result<_, _>>()?,
            )
        }
        (Json::Object(members), Kind::Map(of)) => {
            let mut entries = BTreeMap::new();
            for (key, value) in members {
                entries.insert(key.clone(), from_json(value, *of)?);
            }
            Value::Map(entries)
        }
        _ => return Err("a value of another type was expected".to_owned()),
    })
}

fn structure(members: &Map<String, Json>, schema: &'static Structure) -> Result<Vec<Option<Value>>, String> {
    let field = |member: &crate::shape::Member| match members.get(member.name) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => from_json(json, member.kind).map(Some),
    };
    schema.members.iter().map(field).collect()
}

/// An operation's answer.
pub fn encode<T: Shape>(output: &T) -> String {
    Json::Object(to_object(T::SCHEMA, &output.to_fields(), |_| true)).to_string()
}

fn to_object(schema: &Structure, fields: &[Option<Value>], wanted: impl Fn(&Location) -> bool) -> Map<String, Json> {
    let present = schema
        .members
        .iter()
        .zip(fields)
        .filter(|(member, _)| wanted(&member.location));
    present
        .filter_map(|(member, field)| Some((member.name.to_owned(), to_json(field.as_ref()?, member.kind))))
        .collect()
}

fn to_json(value: &Value, kind: Kind) -> Json {
    match (value, kind) {
        (Value::Structure(fields), Kind::Structure(schema)) => Json::Object(to_object(schema, fields, |_| true)),
        (Value::List(elements), Kind::List(of)) => elements.iter().map(|element| to_json(element, *of)).collect(),
        (Value::Map(entries), Kind::Map(of)) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), to_json(value, *of)))
                .collect(),
        ),
        (Value::Integer(number), _) => Json::from(*number),
        (Value::Boolean(truth), _) => Json::from(*truth),
        (Value::Timestamp(time), _) => {
            let milliseconds = time.as_millisecond();
            if milliseconds % 1000 == 0 {
                Json::from(milliseconds / 1000)
            } else {
                Number::from_f64(time.as_duration().as_secs_f64()).map_or(Json::Null, Json::Number)
            }
        }
        (scalar, _) => Json::from(query::to_text(scalar)),
    }
}

/// A request as a client sends it: path, query string, body.
pub fn encode_request<T: Shape>(operation: &Operation, input: &T) -> (String, String, String) {
    let fields = input.to_fields();
    let mut path = operation.uri.to_owned();
    let mut query = String::new();
    for (member, field) in T::SCHEMA.members.iter().zip(&fields) {
        let Some(value) = field else { continue };
        match member.location {
            Location::Uri(label) => path = path.replace(&format!("{{{label}}}"), &encoded(&query::to_text(value))),
            Location::Query(name) => {
                let values = match value {
                    Value::List(elements) => elements.iter().map(query::to_text).collect(),
                    scalar => vec![query::to_text(scalar)],
                };
                for value in values {
                    if !query.is_empty() {
                        query.push('&');
                    }
                    query.push_str(name);
                    query.push('=');
                    query.push_str(&encoded(&value));
                }
            }
            Location::Body => {}
        }
    }
    let body = to_object(T::SCHEMA, &fields, |location| *location == Location::Body);
    let body = if body.is_empty() {
        String::new()
    } else {
        Json::Object(body).to_string()
    };
    (path, query, body)
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    crate::sigv4::push_uri_encoded(&mut encoded, text.bytes());
    encoded
}

/// Reads an operation's answer, for a client.
pub fn decode_answer<T: Shape>(body: &[u8]) -> Result<T, Unreadable> {
    let json: Json = serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))?;
    let Json::Object(members) = json else {
        return Err(Unreadable("it is no JSON object".to_owned()));
    };
    Ok(T::from_fields(structure(&members, T::SCHEMA).map_err(Unreadable)?))
}

/// Reads a fault, for a client. `kind` is the header `x-amzn-ErrorType`, of which what follows a colon is no part.
pub fn decode_fault(status: u16, kind: Option<&str>, body: &[u8]) -> Fault {
    let json: Json = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let code = kind
        .map(str::to_owned)
        .or_else(|| text("__type"))
        .unwrap_or_else(|| status.to_string());
    let code = code
        .split(':')
        .next()
        .unwrap_or_default()
        .rsplit('#')
        .next()
        .unwrap_or_default()
        .to_owned();
    Fault {
        code: code.into(),
        status,
        sender: status < 500,
        message: text("message").or_else(|| text("Message")).unwrap_or_default(),
    }
}
