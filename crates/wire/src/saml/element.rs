//! An XML document as a tree (XML 1.0; Namespaces in XML 1.0), read strictly. What a canonical form leaves out is either not
//! in the tree (comments, how a text was escaped) or refused (document types, processing instructions).

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// Elements nest no deeper in any response that makes sense.
const DEEPEST: usize = 64;
/// So many namespaces are declared around no element of one. Looking up a name costs time with each.
const MOST_DECLARED: usize = 64;
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// An element, with its namespace resolved.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) prefix: String,
    pub(super) name: String,
    pub(super) namespace: String,
    /// Without those that declare namespaces.
    pub(super) attributes: Vec<XmlAttribute>,
    /// The namespaces that it declares: prefix (empty for the default) and name.
    pub(super) declared: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// An attribute, with its value as XML normalizes it.
#[derive(Debug)]
pub(super) struct XmlAttribute {
    pub(super) prefix: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) value: String,
}

/// What is in an element.
#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// Reads a whole document: its one element.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut open = Vec::new();
        let root = Self::read(text, &mut open)?;
        if !open.is_empty() {
            return Err("it ends too early".to_owned());
        }
        root.ok_or_else(|| "there is no element".to_owned())
    }

    /// Reads a document that stood in an element once, around which these namespaces are declared: an element of no name that
    /// declares them, with the document's one element in it.
    pub(super) fn parse_within(text: &str, declared: Vec<(String, String)>) -> Result<Self, String> {
        let around = Self {
            declared,
            ..Self::default()
        };
        let mut open = vec![around];
        Self::read(text, &mut open)?;
        let (Some(around), true) = (open.pop(), open.is_empty()) else {
            return Err("it ends too early".to_owned());
        };
        let blank = |node: &Node| matches!(node, Node::Text(text) if text.trim_matches(is_white).is_empty());
        let others = around.children.iter().filter(|node| !blank(node)).count();
        if others != 1 || around.elements().count() != 1 {
            return Err("there is not one element".to_owned());
        }
        Ok(around)
    }

    /// Reads a text into the innermost of the elements that are open, or else as a document's element.
    fn read(text: &str, open: &mut Vec<Self>) -> Result<Option<Self>, String> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        let mut root = None;
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    if root.is_some() || open.len() >= DEEPEST {
                        return Err("there is more than one element, or they nest too deeply".to_owned());
                    }
                    open.push(Self::begin(&start, open)?);
                }
                Event::Empty(start) => {
                    let element = Self::begin(&start, open)?;
                    Self::close(element, open, &mut root)?;
                }
                Event::End(_) => {
                    let element = open.pop().ok_or("an element ends that did not begin")?;
                    Self::close(element, open, &mut root)?;
                }
                Event::Text(text) => Self::add(&text.xml10_content(), open)?,
                Event::CData(text) => Self::add(&text.xml10_content(), open)?,
                Event::GeneralRef(reference) => {
                    let name = reference.clone().into_inner();
                    let c = reference.resolve_char_ref().map_err(|error| error.to_string())?;
                    let text = c
                        .map(String::from)
                        .or_else(|| quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned));
                    Self::add(&text.ok_or_else(|| format!("the entity `{name}` is not known"))?, open)?;
                }
                Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
                Event::PI(_) => return Err("a processing instruction is not allowed".to_owned()),
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().transpose().map_err(|error| error.to_string())?;
                    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("UTF-8")) {
                        return Err("it is not declared to be UTF-8".to_owned());
                    }
                }
                Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        Ok(root)
    }

    fn begin(start: &BytesStart<'_>, open: &[Self]) -> Result<Self, String> {
        let (prefix, name) = split(start.name().into_inner())?;
        let mut element = Self {
            prefix,
            name,
            ..Self::default()
        };
        let mut attributes = Vec::new();
        // The reader refuses one that is given twice.
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| error.to_string())?
                .into_owned();
            check_characters(&value)?;
            match attribute.key.into_inner() {
                "xmlns" => element.declare("", value)?,
                key => match key.strip_prefix("xmlns:") {
                    Some("") => return Err("a prefix without a name is declared".to_owned()),
                    Some(prefix) => element.declare(prefix, value)?,
                    None => {
                        let (prefix, name) = split(key)?;
                        attributes.push((prefix, name, value));
                    }
                },
            }
        }
        let declared: usize = open.iter().map(|outer| outer.declared.len()).sum();
        if declared + element.declared.len() > MOST_DECLARED {
            return Err("it declares too many namespaces".to_owned());
        }
        let resolve = |prefix: &str| {
            let found = std::iter::once(&element)
                .chain(open.iter().rev())
                .find_map(|outer| outer.declared.iter().find(|(declared, _)| declared == prefix));
            match (found, prefix) {
                (_, "xml") => Ok(XML.to_owned()),
                (Some((_, namespace)), _) => Ok(namespace.clone()),
                (None, "") => Ok(String::new()),
                (None, _) => Err(format!("the prefix `{prefix}` is bound to nothing")),
            }
        };
        let namespace = resolve(&element.prefix)?;
        let mut resolved: Vec<XmlAttribute> = Vec::with_capacity(attributes.len());
        for (prefix, name, value) in attributes {
            // The default namespace is not that of attributes.
            let namespace = if prefix.is_empty() {
                String::new()
            } else {
                resolve(&prefix)?
            };
            if resolved
                .iter()
                .any(|other| other.namespace == namespace && other.name == name)
            {
                return Err(format!("the attribute `{name}` is given twice"));
            }
            resolved.push(XmlAttribute {
                prefix,
                name,
                namespace,
                value,
            });
        }
        element.namespace = namespace;
        element.attributes = resolved;
        Ok(element)
    }

    fn declare(&mut self, prefix: &str, namespace: String) -> Result<(), String> {
        // Namespaces in XML 1.0, sections 3 and 5: those two are bound, and a prefix is never unbound.
        let reserved =
            matches!(prefix, "xml" | "xmlns") || namespace == XML || namespace == "http://www.w3.org/2000/xmlns/";
        if reserved || (!prefix.is_empty() && (namespace.is_empty() || !is_name(prefix))) {
            return Err(format!("the prefix `{prefix}` cannot be bound so"));
        }
        self.declared.push((prefix.to_owned(), namespace));
        Ok(())
    }

    fn close(element: Self, open: &mut [Self], root: &mut Option<Self>) -> Result<(), String> {
        match open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None if root.is_none() => *root = Some(element),
            None => return Err("there is more than one element".to_owned()),
        }
        Ok(())
    }

    fn add(text: &str, open: &mut [Self]) -> Result<(), String> {
        check_characters(text)?;
        match open.last_mut() {
            Some(parent) => match parent.children.last_mut() {
                Some(Node::Text(before)) => before.push_str(text),
                _ => parent.children.push(Node::Text(text.to_owned())),
            },
            None if text.trim_matches(is_white).is_empty() => {}
            None => return Err("there is text outside the document's element".to_owned()),
        }
        Ok(())
    }

    /// Whether it has this namespace and name.
    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    /// The elements in it.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Those of this namespace and name among them.
    pub(super) fn named<'a>(&'a self, namespace: &'a str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.elements().filter(move |element| element.is(namespace, name))
    }

    /// The value of an attribute without a namespace.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.namespace.is_empty() && attribute.name == name)
            .map(|attribute| attribute.value.as_str())
    }

    /// All the text in it, without white space around.
    pub(super) fn text(&self) -> String {
        fn gather(element: &Element, text: &mut String) {
            for node in &element.children {
                match node {
                    Node::Element(inner) => gather(inner, text),
                    Node::Text(part) => text.push_str(part),
                }
            }
        }
        let mut text = String::new();
        gather(self, &mut text);
        text.trim_matches(is_white).to_owned()
    }

    /// Calls for this element and for each in it.
    pub(super) fn visit<'a>(&'a self, visitor: &mut impl FnMut(&'a Self)) {
        visitor(self);
        for element in self.elements() {
            element.visit(visitor);
        }
    }
}

/// XML 1.0, section 2.3.
pub(super) fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn split(qualified: &str) -> Result<(String, String), String> {
    let (prefix, name) = qualified.split_once(':').unwrap_or(("", qualified));
    let good = is_name(name) && (!qualified.contains(':') || is_name(prefix));
    good.then(|| (prefix.to_owned(), name.to_owned()))
        .ok_or_else(|| format!("`{qualified}` is no name"))
}

/// A name without a colon, a little narrower than Namespaces in XML 1.0 has it: with nothing in it that means something in
/// a tag, so that no two trees are written alike.
fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && characters.all(|c| c.is_alphanumeric() || "_-.".contains(c))
}

/// XML 1.0, section 2.2.
fn check_characters(text: &str) -> Result<(), String> {
    let wrong = |c: char| (c < ' ' && !is_white(c)) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(wrong) {
        return Err("there is a character that XML has not".to_owned());
    }
    Ok(())
}
