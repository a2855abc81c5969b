//! The canonical request.

use std::borrow::Cow;

use http::HeaderMap;

/// How a service's paths are canonicalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// S3: as it was sent, encoded once, dots and slashes kept.
    AsSent,
    /// All others: dot segments removed, encoded again.
    Normalized,
}

/// The parts of a request that a signature covers, as they came.
#[derive(Debug, Clone, Copy)]
pub struct RequestParts<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as it was sent, percent-encoded.
    pub path: &'a str,
    /// The query string as it was sent, without its question mark.
    pub query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// What the last line of the canonical request says: the hash of the body, or a word such as `UNSIGNED-PAYLOAD`.
    pub payload: &'a str,
    /// How the path is canonicalised.
    pub form: Path,
}

impl RequestParts<'_> {
    /// The canonical request. `signed_headers` are in lower case and in order; `without_signature` leaves the signature
    /// of a presigned URL out of its query.
    ///
    /// Bytes, since a header's value need not be UTF-8: as text, values that differ would look alike.
    pub(crate) fn canonical(&self, signed_headers: &[&str], without_signature: bool) -> Vec<u8> {
        let mut text = String::with_capacity(2048);
        text.push_str(self.method);
        text.push('\n');
        match self.form {
            Path::AsSent => push_encoded_once(&mut text, if self.path.is_empty() { "/" } else { self.path }),
            Path::Normalized => push_normalized(&mut text, self.path),
        }
        text.push('\n');
        push_query(&mut text, self.query, without_signature);
        text.push('\n');
        let mut bytes = text.into_bytes();
        for name in signed_headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(b':');
            for (index, value) in self.headers.get_all(*name).iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                push_trimmed(&mut bytes, value.as_bytes());
            }
            bytes.push(b'\n');
        }
        bytes.push(b'\n');
        for (index, name) in signed_headers.iter().enumerate() {
            if index > 0 {
                bytes.push(b';');
            }
            bytes.extend_from_slice(name.as_bytes());
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(self.payload.as_bytes());
        bytes
    }
}

/// The text that is signed.
pub(crate) fn string_to_sign(date: &str, scope: &str, canonical: &[u8]) -> String {
    format!("{}\n{date}\n{scope}\n{}", super::ALGORITHM, super::hash(canonical))
}

/// Decodes and encodes a path again, so that one that was sent with other choices of encoding gives the same text.
fn push_encoded_once(text: &mut String, path: &str) {
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            text.push('/');
        }
        push_encoded_again(text, segment);
    }
}

/// Removes dot segments and doubled slashes, and encodes what was sent once more.
fn push_normalized(text: &mut String, path: &str) {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    for segment in &segments {
        text.push('/');
        push_uri_encoded(text, segment.bytes());
    }
    if segments.is_empty() || path.ends_with('/') {
        text.push('/');
    }
}

/// Sorts the pairs once they are encoded again.
///
/// A plus is a space, as all who read a query here take it: were it kept, somebody on the way could change a signed
/// `%2B` to `+`, with the same signature and another meaning.
fn push_query(text: &mut String, query: &str, without_signature: bool) {
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::with_capacity(16);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !(without_signature && name == "X-Amz-Signature") {
            pairs.push((encoded_again(name), encoded_again(value)));
        }
    }
    pairs.sort_unstable();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
}

fn encoded_again(part: &str) -> Cow<'_, str> {
    if part.bytes().all(is_unreserved) {
        return Cow::Borrowed(part);
    }
    let part = if part.contains('+') {
        Cow::Owned(part.replace('+', "%20"))
    } else {
        Cow::Borrowed(part)
    };
    let mut encoded = String::with_capacity(part.len());
    push_encoded_again(&mut encoded, &part);
    Cow::Owned(encoded)
}

fn push_encoded_again(text: &mut String, part: &str) {
    if part.bytes().all(is_unreserved) {
        text.push_str(part);
    } else {
        push_uri_encoded(text, percent_encoding::percent_decode_str(part));
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// RFC 3986's unreserved characters stay; all else becomes `%XY`.
pub(crate) fn push_uri_encoded(text: &mut String, bytes: impl Iterator<Item = u8>) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    for byte in bytes {
        if is_unreserved(byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for half in [byte >> 4, byte & 0xf] {
                text.push(DIGITS.get(usize::from(half)).copied().unwrap_or('0'));
            }
        }
    }
}

/// A header's value without spaces around it, and one space for each run of them inside.
fn push_trimmed(bytes: &mut Vec<u8>, value: &[u8]) {
    let mut rest = value.trim_ascii();
    while let Some(at) = memchr::memmem::find(rest, b"  ") {
        let (before, run) = rest.split_at(at + 1);
        bytes.extend_from_slice(before);
        let end = run.iter().position(|byte| *byte != b' ').unwrap_or(run.len());
        rest = run.get(end..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest);
}
