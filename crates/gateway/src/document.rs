//! The XML bodies that the decision depends on: read once, and written anew for the store.

use crate::{
    fault::Fault,
    xml::{self, Node},
};

/// A list of objects to delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delete {
    pub(crate) quiet: bool,
    pub(crate) objects: Vec<ToDelete>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToDelete {
    pub(crate) key: String,
    pub(crate) version: Option<String>,
    /// Preconditions, as they came: element and text.
    conditions: Vec<(&'static str, String)>,
}

const CONDITIONS: &[&str] = &["ETag", "LastModifiedTime", "Size"];

/// Reads the body of a `DeleteObjects`.
pub(crate) fn read_delete(text: &[u8]) -> Result<Delete, Fault> {
    let root = document(text, "Delete")?;
    let mut objects = Vec::new();
    for node in &root.children {
        match node.name.as_str() {
            "Object" => objects.push(to_delete(node)?),
            "Quiet" => {}
            _ => return Err(Fault::malformed_xml()),
        }
    }
    if objects.is_empty() || objects.len() > 1000 {
        return Err(Fault::malformed_xml());
    }
    let quiet = match root
        .text_of("Quiet")
        .map_err(|_| Fault::malformed_xml())?
        .map(str::trim)
    {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(Fault::malformed_xml()),
    };
    Ok(Delete { quiet, objects })
}

fn to_delete(node: &Node) -> Result<ToDelete, Fault> {
    let text = |name| node.text_of(name).map_err(|_| Fault::malformed_xml());
    if node.children.iter().any(|child| {
        !child.children.is_empty()
            || !(child.name == "Key" || child.name == "VersionId" || CONDITIONS.contains(&child.name.as_str()))
    }) {
        return Err(Fault::malformed_xml());
    }
    let key = text("Key")?
        .filter(|key| !key.is_empty() && !key.contains('\0'))
        .ok_or_else(Fault::malformed_xml)?;
    if key.len() > 1024 {
        return Err(Fault::bad("KeyTooLongError", "Your key is too long"));
    }
    let mut conditions = Vec::new();
    for name in CONDITIONS {
        conditions.extend(text(name)?.map(|value| (*name, value.to_owned())));
    }
    let version = text("VersionId")?.filter(|version| !version.is_empty());
    Ok(ToDelete {
        key: key.to_owned(),
        version: version.map(str::to_owned),
        conditions,
    })
}

/// Writes the list for the store.
pub(crate) fn write_delete(objects: &[ToDelete], quiet: bool) -> String {
    let mut text = format!("{}<Delete xmlns=\"{}\">", xml::DECLARATION, xml::NAMESPACE);
    for object in objects {
        text.push_str("<Object>");
        xml::element(&mut text, "Key", &object.key);
        if let Some(version) = &object.version {
            xml::element(&mut text, "VersionId", version);
        }
        for (name, value) in &object.conditions {
            xml::element(&mut text, name, value);
        }
        text.push_str("</Object>");
    }
    if quiet {
        xml::element(&mut text, "Quiet", "true");
    }
    text.push_str("</Delete>");
    text
}

/// Writes what became of a list: the store's own entries, and those that were refused.
pub(crate) fn write_deleted(done: &[Node], refused: &[(ToDelete, String)]) -> String {
    let mut text = format!("{}<DeleteResult xmlns=\"{}\">", xml::DECLARATION, xml::NAMESPACE);
    for node in done
        .iter()
        .filter(|node| node.name == "Deleted" || node.name == "Error")
    {
        for piece in ["<", &node.name, ">"] {
            text.push_str(piece);
        }
        for child in &node.children {
            xml::element(&mut text, &child.name, &child.text);
        }
        for piece in ["</", &node.name, ">"] {
            text.push_str(piece);
        }
    }
    for (object, message) in refused {
        text.push_str("<Error>");
        xml::element(&mut text, "Key", &object.key);
        if let Some(version) = &object.version {
            xml::element(&mut text, "VersionId", version);
        }
        xml::element(&mut text, "Code", "AccessDenied");
        xml::element(&mut text, "Message", message);
        text.push_str("</Error>");
    }
    text.push_str("</DeleteResult>");
    text
}

/// Reads `<Tagging>`, with at most `most` tags (S3 User Guide: Categorizing your storage using tags).
pub(crate) fn read_tags(text: &[u8], most: usize) -> Result<Vec<(String, String)>, Fault> {
    let root = document(text, "Tagging")?;
    let [set] = root.children.as_slice() else {
        return Err(Fault::malformed_xml());
    };
    if set.name != "TagSet" {
        return Err(Fault::malformed_xml());
    }
    tag_set(set, most)
}

fn tag_set(set: &Node, most: usize) -> Result<Vec<(String, String)>, Fault> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for tag in &set.children {
        let text = |name| tag.text_of(name).map_err(|_| Fault::malformed_xml());
        let (Some(key), Some(value), "Tag", 2) = (text("Key")?, text("Value")?, tag.name.as_str(), tag.children.len())
        else {
            return Err(Fault::malformed_xml());
        };
        if key.is_empty() || key.chars().count() > 128 {
            return Err(Fault::bad("InvalidTag", "The TagKey you have provided is invalid"));
        }
        if value.chars().count() > 256 {
            return Err(Fault::bad("InvalidTag", "The TagValue you have provided is invalid"));
        }
        if tags.iter().any(|(known, _)| known == key) {
            return Err(Fault::bad(
                "InvalidTag",
                "Cannot provide multiple Tags with the same key",
            ));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    if tags.len() > most {
        return Err(Fault::bad(
            "BadRequest",
            format!("Object tags cannot be greater than {most}"),
        ));
    }
    Ok(tags)
}

/// Writes `<Tagging>`.
pub(crate) fn write_tags(tags: &[(String, String)]) -> String {
    let mut text = format!("{}<Tagging xmlns=\"{}\"><TagSet>", xml::DECLARATION, xml::NAMESPACE);
    for (key, value) in tags {
        text.push_str("<Tag>");
        xml::element(&mut text, "Key", key);
        xml::element(&mut text, "Value", value);
        text.push_str("</Tag>");
    }
    text.push_str("</TagSet></Tagging>");
    text
}

/// What a `CreateBucket` asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Creation {
    pub(crate) location: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

/// Reads the body of a `CreateBucket`, which may be empty.
pub(crate) fn read_creation(text: &[u8]) -> Result<Creation, Fault> {
    if text.is_empty() {
        return Ok(Creation::default());
    }
    let root = document(text, "CreateBucketConfiguration")?;
    if root
        .children
        .iter()
        .any(|child| child.name != "LocationConstraint" && child.name != "Tags")
    {
        // `Location` and `Bucket` are about directory buckets.
        return Err(Fault::not_implemented("Directory buckets are not supported."));
    }
    let location = root.text_of("LocationConstraint").map_err(|_| Fault::malformed_xml())?;
    let tags = root
        .child("Tags")
        .map(|set| tag_set(set, 50))
        .transpose()?
        .unwrap_or_default();
    Ok(Creation {
        location: location.filter(|text| !text.is_empty()).map(str::to_owned),
        tags,
    })
}

fn document(text: &[u8], name: &str) -> Result<Node, Fault> {
    xml::parse(text)
        .ok()
        .filter(|root| root.name == name)
        .ok_or_else(Fault::malformed_xml)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_as_it_was_read() {
        let text = b"<Delete><Object><Key>a&amp;b&#13;</Key></Object><Object><Key> c </Key><VersionId>v</VersionId><ETag>e</ETag></Object><Quiet>true</Quiet></Delete>";
        let list = read_delete(text).unwrap();
        assert_eq!(list.objects[0].key, "a&b\r");
        assert_eq!(list.objects[1].key, " c ");
        assert_eq!(read_delete(write_delete(&list.objects, true).as_bytes()), Ok(list));
    }

    #[test]
    fn a_list_that_says_a_key_twice_is_refused() {
        for wrong in [
            "<Delete/>",
            "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
            "<Delete><Object/></Delete>",
            "<Delete><Object><Key><b/></Key></Object></Delete>",
            "<Delete><Object><Key>a</Key></Object><Other/></Delete>",
            "<Deletes><Object><Key>a</Key></Object></Deletes>",
        ] {
            assert_eq!(
                read_delete(wrong.as_bytes()).unwrap_err().code,
                "MalformedXML",
                "{wrong}"
            );
        }
    }

    #[test]
    fn tags_are_read_and_written() {
        let tags = vec![("k".to_owned(), "<v>".to_owned())];
        assert_eq!(read_tags(write_tags(&tags).as_bytes(), 10), Ok(tags.clone()));
        let twice = [tags.clone(), tags].concat();
        assert_eq!(
            read_tags(write_tags(&twice).as_bytes(), 10).unwrap_err().code,
            "InvalidTag"
        );
    }
}
