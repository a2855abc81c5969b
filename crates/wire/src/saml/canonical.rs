//! Exclusive XML Canonicalization 1.0 (W3C Recommendation, "exc-c14n" below), without comments: the one form of an element
//! that a digest or a signature is over.

use super::element::{Element, Node};

/// Prefixes and the namespaces that they are bound to, innermost last.
type Bindings<'a> = Vec<(&'a str, &'a str)>;

/// The canonical form of the last element of `path`, which begins at the document's element. `inclusive` are the prefixes of
/// its `InclusiveNamespaces` (exc-c14n, section 3); `without` is a child of it that is left out.
pub(super) fn canonical(path: &[&Element], inclusive: &[&str], without: Option<&Element>) -> Vec<u8> {
    let Some((apex, ancestors)) = path.split_last() else {
        return Vec::new();
    };
    let mut writer = Writer {
        out: String::new(),
        inclusive: inclusive
            .iter()
            .map(|prefix| if *prefix == "#default" { "" } else { *prefix })
            .collect(),
        without,
        in_scope: Vec::new(),
        rendered: Vec::new(),
    };
    for ancestor in ancestors {
        writer.enter(ancestor);
    }
    writer.write(apex);
    writer.out.into_bytes()
}

struct Writer<'a> {
    out: String,
    inclusive: Vec<&'a str>,
    without: Option<&'a Element>,
    in_scope: Bindings<'a>,
    rendered: Bindings<'a>,
}

impl<'a> Writer<'a> {
    fn enter(&mut self, element: &'a Element) {
        let declared = element.declared.iter();
        self.in_scope
            .extend(declared.map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str())));
    }

    fn write(&mut self, element: &'a Element) {
        let (scope, rendered) = (self.in_scope.len(), self.rendered.len());
        self.enter(element);
        self.out.push('<');
        self.name(&element.prefix, &element.name);
        let namespaces = self.namespaces(element);
        for (prefix, namespace) in &namespaces {
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(prefix);
            self.value(namespace);
        }
        self.rendered.extend(namespaces);
        let mut attributes: Vec<_> = element.attributes.iter().collect();
        attributes.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        for attribute in attributes {
            self.out.push(' ');
            self.name(&attribute.prefix, &attribute.name);
            self.value(&attribute.value);
        }
        self.out.push('>');
        for node in &element.children {
            match node {
                Node::Element(inner) if self.without.is_some_and(|without| std::ptr::eq(without, inner)) => {}
                Node::Element(inner) => self.write(inner),
                Node::Text(text) => self.text(text),
            }
        }
        self.out.push_str("</");
        self.name(&element.prefix, &element.name);
        self.out.push('>');
        self.in_scope.truncate(scope);
        self.rendered.truncate(rendered);
    }

    /// The namespaces that this element has to declare: those that it uses visibly, and those of inclusive prefixes, unless
    /// what is written around it says the same (exc-c14n, section 3).
    fn namespaces(&self, element: &'a Element) -> Bindings<'a> {
        let mut wanted: Bindings<'a> = vec![(&element.prefix, &element.namespace)];
        for attribute in element
            .attributes
            .iter()
            .filter(|attribute| !attribute.prefix.is_empty())
        {
            wanted.push((&attribute.prefix, &attribute.namespace));
        }
        for prefix in &self.inclusive {
            if let Some(namespace) = find(&self.in_scope, prefix) {
                wanted.push((prefix, namespace));
            }
        }
        wanted.sort_unstable();
        wanted.dedup_by_key(|(prefix, _)| *prefix);
        wanted.retain(|(prefix, namespace)| {
            let around = find(&self.rendered, prefix).or(prefix.is_empty().then_some(""));
            *prefix != "xml" && around != Some(namespace)
        });
        wanted
    }

    fn name(&mut self, prefix: &str, name: &str) {
        if !prefix.is_empty() {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(name);
    }

    /// Canonical XML 1.0, section 2.3: attribute nodes.
    fn value(&mut self, value: &str) {
        self.out.push_str("=\"");
        for c in value.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '"' => self.out.push_str("&quot;"),
                '\t' => self.out.push_str("&#x9;"),
                '\n' => self.out.push_str("&#xA;"),
                '\r' => self.out.push_str("&#xD;"),
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }

    /// Canonical XML 1.0, section 2.3: text nodes.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\r' => self.out.push_str("&#xD;"),
                other => self.out.push(other),
            }
        }
    }
}

fn find<'a>(bindings: &Bindings<'a>, prefix: &str) -> Option<&'a str> {
    bindings
        .iter()
        .rev()
        .find(|(bound, _)| *bound == prefix)
        .map(|(_, namespace)| *namespace)
}
