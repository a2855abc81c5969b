//! The few XML documents that the gateway itself reads and writes.

use quick_xml::{Reader, escape::escape, events::Event};

pub(crate) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
pub(crate) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Appends `<name>text</name>`, escaped. Control characters that XML cannot hold become `?`.
pub(crate) fn element(to: &mut String, name: &str, text: &str) {
    let clean: String = text
        .chars()
        .map(|c| {
            if c.is_control() && !matches!(c, '\n' | '\r' | '\t') {
                '?'
            } else {
                c
            }
        })
        .collect();
    to.push('<');
    to.push_str(name);
    to.push('>');
    // A bare carriage return would be read back as a line feed.
    to.push_str(&escape(clean.as_str()).replace('\r', "&#13;"));
    to.push_str("</");
    to.push_str(name);
    to.push('>');
}

/// An element with its text and its children. Attributes are forgotten.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the only child of that name: two of them are no document of ours.
    pub(crate) fn text_of(&self, name: &str) -> Result<Option<&str>, NotXml> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        let first = found.next();
        if found.next().is_some() {
            return Err(NotXml);
        }
        Ok(first.map(|child| child.text.as_str()))
    }
}

/// The text is not XML that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotXml;

const DEPTH: usize = 16;
const NODES: usize = 20_000;

/// Reads a document: no DTD, no entities of its own, bounded in depth and number of elements (threat 12).
pub(crate) fn parse(bytes: &[u8]) -> Result<Node, NotXml> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotXml)?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = Vec::new();
    let mut root = None;
    let mut nodes = 0;
    loop {
        let close = match reader.read_event().map_err(|_| NotXml)? {
            Event::Start(tag) | Event::Empty(tag) if open.len() >= DEPTH || root.is_some() => {
                drop(tag);
                return Err(NotXml);
            }
            Event::Start(tag) => {
                open.push(node(tag.local_name().as_ref()));
                nodes += 1;
                false
            }
            Event::Empty(tag) => {
                open.push(node(tag.local_name().as_ref()));
                nodes += 1;
                true
            }
            Event::End(_) => true,
            Event::Text(piece) => {
                let piece = piece.xml10_content();
                match open.last_mut() {
                    Some(node) => node.text.push_str(&piece),
                    None if piece.trim().is_empty() => {}
                    None => return Err(NotXml),
                }
                false
            }
            Event::CData(piece) => {
                open.last_mut().ok_or(NotXml)?.text.push_str(&piece);
                false
            }
            Event::GeneralRef(name) => {
                let node = open.last_mut().ok_or(NotXml)?;
                match name.resolve_char_ref().map_err(|_| NotXml)? {
                    Some(c) => node.text.push(c),
                    None => {
                        node.text
                            .push_str(quick_xml::escape::resolve_predefined_entity(&name).ok_or(NotXml)?);
                    }
                }
                false
            }
            Event::DocType(_) | Event::PI(_) => return Err(NotXml),
            Event::Decl(_) | Event::Comment(_) => false,
            Event::Eof => break,
        };
        if nodes > NODES {
            return Err(NotXml);
        }
        if close {
            let done = open.pop().ok_or(NotXml)?;
            match open.last_mut() {
                Some(parent) => parent.children.push(done),
                None => root = Some(done),
            }
        }
    }
    if open.is_empty() {
        root.ok_or(NotXml)
    } else {
        Err(NotXml)
    }
}

fn node(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        ..Node::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_with_their_references() {
        let root = parse(b"<?xml version='1.0'?><a xmlns='x'><b>1 &amp; 2&#13;<![CDATA[<]]></b><c/></a>").unwrap();
        assert_eq!(root.text_of("b"), Ok(Some("1 & 2\r<")));
        assert_eq!(root.text_of("c"), Ok(Some("")));
    }

    #[test]
    fn what_is_not_one_plain_document_is_refused() {
        for wrong in [
            "",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<!DOCTYPE a><a/>",
            "<a>&x;</a>",
            "x<a/>",
            "<a><?p?></a>",
        ] {
            assert_eq!(parse(wrong.as_bytes()), Err(NotXml), "{wrong}");
        }
        let deep = "<a>".repeat(20) + &"</a>".repeat(20);
        assert_eq!(parse(deep.as_bytes()), Err(NotXml));
        assert_eq!(parse(b"<a><b/><b/></a>").unwrap().text_of("b"), Err(NotXml));
    }

    #[test]
    fn written_text_is_read_back() {
        let mut text = String::new();
        element(&mut text, "k", "a<b>&\"'\r\n");
        assert_eq!(parse(text.as_bytes()).unwrap().text, "a<b>&\"'\r\n");
    }
}
