//! The few messages that `kubectl create` sends as protocol buffers (Kubernetes API Concepts: Alternate representations of
//! resources), read into the JSON that the rest of this API speaks. Field numbers are those of the API's `.proto` files.

use serde_json::{Map, Value, json};

use super::objects::Problem;

/// What such a body starts with.
pub(crate) const MAGIC: &[u8] = b"k8s\0";

/// The object of a body that starts with [`MAGIC`].
pub(crate) fn parse(body: &[u8]) -> Result<Value, Problem> {
    read(body).ok_or_else(|| Problem::bad_request("the body is no protocol buffer of a kind that is served here"))
}

fn read(body: &[u8]) -> Option<Value> {
    let envelope = fields(body.strip_prefix(MAGIC)?)?;
    let kind = text(&fields(bytes(&envelope, 1)?)?, 2)?;
    let object = fields(bytes(&envelope, 2)?)?;
    let metadata = match bytes(&object, 1) {
        Some(metadata) => metadata_of(metadata)?,
        None => json!({}),
    };
    match kind.as_str() {
        "Namespace" | "ServiceAccount" | "DeleteOptions" => Some(json!({ "metadata": metadata })),
        "TokenRequest" => {
            Some(json!({ "metadata": metadata, "spec": token_spec(bytes(&object, 2).unwrap_or_default())? }))
        }
        _ => None,
    }
}

fn metadata_of(message: &[u8]) -> Option<Value> {
    let found = fields(message)?;
    let mut metadata = Map::new();
    for (name, number) in [("name", 1), ("namespace", 3), ("resourceVersion", 6)] {
        if let Some(value) = text(&found, number).filter(|value| !value.is_empty()) {
            metadata.insert(name.to_owned(), json!(value));
        }
    }
    for (name, number) in [("labels", 11), ("annotations", 12)] {
        let mut map = Map::new();
        for entry in found.iter().filter(|(field, _)| *field == number) {
            let Scalar::Bytes(entry) = entry.1 else { return None };
            let entry = fields(entry)?;
            map.insert(text(&entry, 1)?, json!(text(&entry, 2).unwrap_or_default()));
        }
        if !map.is_empty() {
            metadata.insert(name.to_owned(), Value::Object(map));
        }
    }
    Some(Value::Object(metadata))
}

fn token_spec(message: &[u8]) -> Option<Value> {
    let found = fields(message)?;
    let mut audiences = Vec::new();
    for (_, value) in found.iter().filter(|(field, _)| *field == 1) {
        let Scalar::Bytes(value) = value else { return None };
        audiences.push(String::from_utf8(value.to_vec()).ok()?);
    }
    let seconds = found.iter().find_map(|(field, value)| match value {
        Scalar::Number(seconds) if *field == 4 => Some(*seconds),
        _ => None,
    });
    let reference = match bytes(&found, 3) {
        Some(reference) => {
            let reference = fields(reference)?;
            Some(json!({ "kind": text(&reference, 1), "name": text(&reference, 3), "uid": text(&reference, 4) }))
        }
        None => None,
    };
    Some(json!({ "audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": reference }))
}

/// A field's value, as far as these messages have any.
enum Scalar<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, in order (Protocol Buffers: Encoding).
fn fields(mut message: &[u8]) -> Option<Vec<(u64, Scalar<'_>)>> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        let value = match tag & 7 {
            0 => Scalar::Number(varint(&mut message)?),
            1 => Scalar::Bytes(take(&mut message, 8)?),
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                Scalar::Bytes(take(&mut message, length)?)
            }
            5 => Scalar::Bytes(take(&mut message, 4)?),
            _ => return None,
        };
        found.push((tag >> 3, value));
    }
    Some(found)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(message: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(taken)
}

fn bytes<'a>(fields: &[(u64, Scalar<'a>)], number: u64) -> Option<&'a [u8]> {
    fields.iter().find_map(|(field, value)| match value {
        Scalar::Bytes(bytes) if *field == number => Some(*bytes),
        _ => None,
    })
}

fn text(fields: &[(u64, Scalar<'_>)], number: u64) -> Option<String> {
    bytes(fields, number).and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(fields: &[(u8, &[u8])]) -> Vec<u8> {
        let mut message = Vec::new();
        for (number, value) in fields {
            message.extend([number << 3 | 2, u8::try_from(value.len()).unwrap()]);
            message.extend_from_slice(value);
        }
        message
    }

    #[test]
    fn a_service_account_is_read() {
        let label = message(&[(1, b"a"), (2, b"b")]);
        let metadata = message(&[(1, b"app"), (3, b"team"), (11, &label)]);
        let object = message(&[(1, &metadata)]);
        let kind = message(&[(1, b"v1"), (2, b"ServiceAccount")]);
        let body = [MAGIC.to_vec(), message(&[(1, &kind), (2, &object)])].concat();
        assert_eq!(
            read(&body),
            Some(json!({ "metadata": { "name": "app", "namespace": "team", "labels": { "a": "b" } } }))
        );
    }

    #[test]
    fn what_is_cut_short_or_of_another_kind_is_refused() {
        let kind = message(&[(1, b"v1"), (2, b"Pod")]);
        let body = [MAGIC.to_vec(), message(&[(1, &kind), (2, b"")])].concat();
        assert_eq!(read(&body), None);
        for length in 0..body.len() {
            let _ = read(&body[..length]);
        }
        assert_eq!(read(b"k8s\0\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), None);
    }
}
