//! The Query protocol's answers: XML.

use std::{borrow::Cow, collections::BTreeMap};

use quick_xml::{Reader, events::Event};

use crate::{
    fault::Fault,
    operation::Operation,
    query,
    shape::{Kind, Part, Parts, Shape, Structure, Value},
};

/// Elements nest at most this deep in what a client reads.
const DEEPEST: usize = 32;
/// So much room at most is made for the elements of a list that are still to come.
const ROOM: usize = 1 << 18;

/// An operation's answer.
pub fn encode<T: Shape>(operation: &Operation, output: &T, request_id: &str) -> String {
    write(operation, T::SCHEMA, output, request_id)
}

fn write(operation: &Operation, schema: &Structure, output: &dyn Parts, request_id: &str) -> String {
    let name = operation.name;
    let mut xml = String::with_capacity(2048);
    xml.push('<');
    xml.push_str(name);
    xml.push_str("Response xmlns=\"");
    xml.push_str(operation.service.namespace);
    xml.push_str("\">\n");
    if operation.has_output() {
        xml.push_str("  <");
        xml.push_str(name);
        xml.push_str("Result>\n");
        write_structure(&mut xml, schema, output);
        xml.push_str("  </");
        xml.push_str(name);
        xml.push_str("Result>\n");
    }
    xml.push_str("  <ResponseMetadata>\n    <RequestId>");
    push_escaped(&mut xml, request_id);
    xml.push_str("</RequestId>\n  </ResponseMetadata>\n</");
    xml.push_str(name);
    xml.push_str("Response>\n");
    xml
}

pub(crate) fn write_structure(xml: &mut String, schema: &Structure, of: &dyn Parts) {
    let mut members = schema.members.iter();
    of.each(&mut |part| {
        if let (Some(member), Some(part)) = (members.next(), part) {
            element(xml, member.name, |xml| write_part(xml, part, member.kind));
        }
    });
}

fn element(xml: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    xml.push('<');
    xml.push_str(name);
    xml.push('>');
    content(xml);
    xml.push_str("</");
    xml.push_str(name);
    xml.push_str(">\n");
}

fn write_part(xml: &mut String, part: Part<'_>, kind: Kind) {
    match (part, kind) {
        (Part::Structure(of), Kind::Structure(schema)) => write_structure(xml, schema, of),
        (Part::List(count, of), Kind::List(kind)) => {
            let begun = xml.len();
            let mut to_come = count;
            of.each(&mut |part| {
                let Some(part) = part else { return };
                element(xml, "member", |xml| write_part(xml, part, *kind));
                // The others will be about as long as the first, so that a long answer is not moved time and again.
                let others = std::mem::take(&mut to_come).saturating_sub(1);
                let first = xml.len().saturating_sub(begun);
                xml.reserve(others.saturating_mul(first + first / 8).min(ROOM));
            });
        }
        (Part::Map(of), Kind::Map(kind)) => of.each(&mut |key, value| {
            element(xml, "entry", |xml| {
                element(xml, "key", |xml| push_escaped(xml, key));
                element(xml, "value", |xml| write_part(xml, value, *kind));
            });
        }),
        (Part::String(text), _) => push_escaped(xml, text),
        (scalar, _) => xml.push_str(&query::to_text(&Value::from(scalar))),
    }
}

/// Text with XML's own characters, and those that XML cannot hold as they are, written otherwise.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    push_escaped(&mut escaped, text);
    Cow::Owned(escaped)
}

fn push_escaped(xml: &mut String, text: &str) {
    if is_plain(text) {
        return xml.push_str(text);
    }
    let mut done = 0;
    for (at, c) in text.char_indices() {
        let otherwise = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&#39;",
            '\r' => "&#xD;",
            '\n' | '\t' => continue,
            // XML 1.0 has no way to write these at all.
            control if control.is_control() => "\u{fffd}",
            _ => continue,
        };
        xml.push_str(text.get(done..at).unwrap_or_default());
        xml.push_str(otherwise);
        done = at + c.len_utf8();
    }
    xml.push_str(text.get(done..).unwrap_or_default());
}

/// Whether all of a text is certainly written as it is, as almost every text: printable ASCII, without XML's own
/// characters, and without `#`, which is told from them no cheaper than by a closer look.
fn is_plain(text: &str) -> bool {
    let text = text.as_bytes();
    let (eights, _) = text.as_chunks::<8>();
    let all = eights
        .iter()
        .fold(HIGHEST, |all, eight| all & plain(u64::from_ne_bytes(*eight)));
    // The last are looked at again together with the rest, which takes less than one byte at a time.
    let all = match (text.last_chunk::<8>(), text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(last), ..) => all & plain(u64::from_ne_bytes(*last)),
        (_, Some(first), Some(last)) => {
            let [first, last] = [first, last].map(|four| u64::from(u32::from_ne_bytes(*four)));
            plain(first << 32 | last)
        }
        _ => text.iter().fold(HIGHEST, |all, byte| all & plain(eight_of(*byte))),
    };
    all & HIGHEST == HIGHEST
}

const fn eight_of(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of each of eight bytes.
const HIGHEST: u64 = eight_of(0x80);

/// Of each of eight bytes the highest bit is set if it is plain. Where one is not ASCII, its own is not, and those of
/// others mean nothing.
fn plain(eight: u64) -> u64 {
    // Of a byte below 0x80, a sum has the highest bit set if the byte is at least what is missing to 0x80.
    let no_control = eight.wrapping_add(eight_of(0x80 - 0x20));
    let delete = eight.wrapping_add(eight_of(0x80 - 0x7f));
    // Zero if it is one of `"#&'`, and one of `<>`.
    let quote = (eight & eight_of(0xfa)) ^ eight_of(b'"');
    let bracket = (eight & eight_of(0xfd)) ^ eight_of(b'<');
    let not_zero = |bytes: u64| bytes.wrapping_add(eight_of(0x7f));
    no_control & !delete & not_zero(quote) & not_zero(bracket) & !eight
}

/// An element as a client reads it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Reads an operation's answer, for a client.
pub fn decode<T: Shape>(operation: &Operation, body: &[u8]) -> Result<T, Unreadable> {
    let root = parse(body)?;
    let result = root.child(&format!("{}Result", operation.name));
    let fields = match result {
        Some(result) => structure(result, T::SCHEMA)?,
        None if operation.has_output() => return Err(Unreadable("the answer has no result".to_owned())),
        None => T::SCHEMA.members.iter().map(|_| None).collect(),
    };
    Ok(T::from_fields(fields))
}

/// Reads a fault, for a client.
pub fn decode_fault(status: u16, body: &[u8]) -> Result<Fault, Unreadable> {
    let root = parse(body)?;
    let error = root.child("Error").unwrap_or(&root);
    let text = |name: &str| error.child(name).map(|node| node.text.clone());
    Ok(Fault {
        code: Cow::Owned(text("Code").unwrap_or_else(|| status.to_string())),
        status,
        sender: text("Type").is_none_or(|kind| kind == "Sender"),
        message: text("Message").unwrap_or_default(),
        authorization_message: None,
    })
}

/// An answer that is not what the model says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer cannot be read: {0}")]
pub struct Unreadable(pub(crate) String);

pub(crate) fn structure<'a>(node: &'a Node, schema: &'static Structure) -> Result<Vec<Option<Value<'a>>>, Unreadable> {
    schema
        .members
        .iter()
        .map(|member| {
            node.child(member.name)
                .map(|child| value(child, member.kind))
                .transpose()
        })
        .collect()
}

fn value(node: &Node, kind: Kind) -> Result<Value<'_>, Unreadable> {
    Ok(match kind {
        Kind::Structure(schema) => Value::Structure(structure(node, schema)?),
        Kind::List(of) => {
            let members = node.children.iter().filter(|child| child.name == "member");
            Value::List(members.map(|child| value(child, *of)).collect::<Result<_, _>>()?)
        }
        Kind::Map(of) => {
            let mut entries = BTreeMap::new();
            for entry in node.children.iter().filter(|child| child.name == "entry") {
                if let (Some(key), Some(found)) = (entry.child("key"), entry.child("value")) {
                    entries.insert(Cow::Borrowed(key.text.as_str()), value(found, *of)?);
                }
            }
            Value::Map(entries)
        }
        scalar => query::parse(scalar, &node.text).map_err(|fault| Unreadable(fault.message))?,
    })
}

pub(crate) fn parse(body: &[u8]) -> Result<Node, Unreadable> {
    let wrong = |error: &dyn std::fmt::Display| Unreadable(error.to_string());
    let mut reader = Reader::from_reader(body);
    let mut open: Vec<Node> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| wrong(&error))? {
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return Err(Unreadable("elements nest too deeply".to_owned()));
                }
                let name = start.local_name().as_ref().to_owned();
                open.push(Node {
                    name,
                    ..Node::default()
                });
            }
            Event::Empty(start) => {
                let name = start.local_name().as_ref().to_owned();
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node {
                        name,
                        ..Node::default()
                    }),
                    None => {
                        return Ok(Node {
                            name,
                            ..Node::default()
                        });
                    }
                }
            }
            Event::Text(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(node) = open.last_mut() {
                    let name = reference.clone().into_inner();
                    match reference.resolve_char_ref().map_err(|error| wrong(&error))? {
                        Some(c) => node.text.push(c),
                        None => match quick_xml::escape::resolve_predefined_entity(&name) {
                            Some(text) => node.text.push_str(text),
                            None => return Err(Unreadable(format!("the entity `{name}` is not known"))),
                        },
                    }
                }
            }
            Event::CData(text) => {
                if let Some(node) = open.last_mut() {
                    node.text.push_str(&text.into_inner());
                }
            }
            Event::End(_) => {
                let Some(mut node) = open.pop() else {
                    return Err(Unreadable("an element ends that did not begin".to_owned()));
                };
                if !node.children.is_empty() {
                    node.text.clear();
                }
                match open.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None => return Ok(node),
                }
            }
            Event::DocType(_) => return Err(Unreadable("a document type is not allowed".to_owned())),
            Event::Eof => return Err(Unreadable("it ends too early".to_owned())),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        generated::{iam, sts},
        operation::Call,
    };

    const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    #[test]
    fn an_answer_is_written() {
        let output = sts::GetCallerIdentityResponse {
            user_id: Some("123456789012".to_owned()),
            account: Some("123456789012".to_owned()),
            arn: Some("arn:aws:iam::123456789012:root".to_owned()),
        };
        assert_eq!(
            encode(sts::GetCallerIdentity::OPERATION, &output, ID),
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <GetCallerIdentityResult>
<UserId>123456789012</UserId>
<Account>123456789012</Account>
<Arn>arn:aws:iam::123456789012:root</Arn>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
"
        );
    }

    #[test]
    fn lists_structures_and_times_are_written() {
        let output = iam::GetRoleResponse {
            role: iam::Role {
                path: "/".to_owned(),
                role_name: "app".to_owned(),
                role_id: "AROA".to_owned(),
                arn: "arn".to_owned(),
                create_date: "2026-11-22T03:14:40.9Z".parse().unwrap(),
                max_session_duration: Some(3600),
                description: Some("a & <b>\r".to_owned()),
                tags: Some(vec![]),
                role_last_used: Some(iam::RoleLastUsed::default()),
                ..Default::default()
            },
        };
        assert_eq!(
            encode(iam::GetRole::OPERATION, &output, ID),
            "<GetRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">
  <GetRoleResult>
<Role><Path>/</Path>
<RoleName>app</RoleName>
<RoleId>AROA</RoleId>
<Arn>arn</Arn>
<CreateDate>2026-11-22T03:14:40Z</CreateDate>
<Description>a &amp; &lt;b&gt;&#xD;</Description>
<MaxSessionDuration>3600</MaxSessionDuration>
<Tags></Tags>
<RoleLastUsed></RoleLastUsed>
</Role>
  </GetRoleResult>
  <ResponseMetadata>
    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
  </ResponseMetadata>
</GetRoleResponse>
"
        );
    }

    #[test]
    fn each_character_is_escaped_wherever_it_stands() {
        let plain = "plain text, longer than looked at together";
        for c in (0..0x300).filter_map(char::from_u32) {
            let expected = match c {
                '&' => "&amp;".to_owned(),
                '<' => "&lt;".to_owned(),
                '>' => "&gt;".to_owned(),
                '"' => "&quot;".to_owned(),
                '\'' => "&#39;".to_owned(),
                '\r' => "&#xD;".to_owned(),
                '\t' | '\n' => c.to_string(),
                '\0'..' ' | '\u{7f}'..='\u{9f}' => "\u{fffd}".to_owned(),
                _ => c.to_string(),
            };
            for length in (0..20).chain([plain.len()]) {
                for at in 0..=length {
                    let (before, after) = plain.split_at(length).0.split_at(at);
                    let text = format!("{before}{c}{after}");
                    assert_eq!(escaped(&text), format!("{before}{expected}{after}"), "{c:?} at {at}");
                }
            }
        }
    }

    #[test]
    fn an_answer_without_a_shape_has_no_result() {
        let xml = encode(iam::DeleteRole::OPERATION, &(), ID);
        assert!(!xml.contains("DeleteRoleResult"), "{xml}");
        decode::<()>(iam::DeleteRole::OPERATION, xml.as_bytes()).unwrap();
    }

    #[test]
    fn faults_are_written_and_read() {
        let fault = Fault::sender("NoSuchEntity", 404, "The role with name <x> cannot be found.");
        let xml = fault.to_xml(&iam::IAM, ID);
        assert_eq!(
            xml,
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">
  <Error>
    <Type>Sender</Type>
    <Code>NoSuchEntity</Code>
    <Message>The role with name &lt;x&gt; cannot be found.</Message>
  </Error>
  <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
</ErrorResponse>
"
        );
        assert_eq!(decode_fault(404, xml.as_bytes()).unwrap(), fault);
        let internal = Fault::internal();
        assert_eq!(
            decode_fault(500, internal.to_xml(&iam::IAM, ID).as_bytes()).unwrap(),
            internal
        );
        let unknown = Fault::invalid_action("Nope", "2010-05-08").to_xml(&iam::IAM, ID);
        assert!(unknown.starts_with("<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">"));
        assert!(unknown.contains("Could not find operation Nope for version 2010-05-08"));
        let silent = Fault::sender("ReportNotPresent", 410, "");
        let xml = silent.to_xml(&iam::IAM, ID);
        assert!(xml.contains("<Code>ReportNotPresent</Code>\n  </Error>"), "{xml}");
        assert_eq!(decode_fault(410, xml.as_bytes()).unwrap(), silent);
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let read =
            |xml: &str| decode::<sts::GetCallerIdentityResponse>(sts::GetCallerIdentity::OPERATION, xml.as_bytes());
        let deep = "<a>".repeat(100);
        let doctype = "<!DOCTYPE a [<!ENTITY x \"y\">]><a><GetCallerIdentityResult/></a>";
        let entity = "<a><GetCallerIdentityResult><Arn>&x;</Arn></GetCallerIdentityResult></a>";
        for xml in ["", "<a>", "<a></b>", "{}", "<a/>", doctype, entity, &deep] {
            assert!(read(xml).is_err(), "{xml}");
        }
        assert!(read("<?xml version=\"1.0\"?>\n<a><GetCallerIdentityResult/></a>").is_ok());
        let cdata = "<a><GetCallerIdentityResult><Arn>a<![CDATA[<&]]>&#x41;&lt;</Arn></GetCallerIdentityResult></a>";
        assert_eq!(read(cdata).unwrap().arn.as_deref(), Some("a<&A<"));
    }
}
