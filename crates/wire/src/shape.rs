//! Shapes as data: what a service model says about a structure, and the one value that every codec speaks.
//!
//! Each shape of a model is a plain Rust struct and a `const` [`Structure`], both written by the `shape!` macro in
//! `generated/`. The codecs (`query`, `xml`, `rest_json`) and `check` never see the structs; they interpret the schema
//! over a [`Value`], so that 600 shapes cost one interpreter and no derive.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use bytes::Bytes;
use jiff::Timestamp;

use crate::secret::Secret;

/// A structure of a service model, or `()` where an operation has none.
pub trait Shape: Sized + Parts {
    /// What the model says.
    const SCHEMA: &'static Structure;

    /// The members in the schema's order, absent ones as `None`.
    fn to_fields(&self) -> Vec<Option<Value<'_>>> {
        fields(self)
    }

    /// The struct made of members in the schema's order.
    ///
    /// A required member that is absent takes its zero value, as Smithy prescribes for clients ("client error
    /// correction"). Requests have passed [`check`](crate::check) before they come here, so a server never sees that.
    fn from_fields(fields: Vec<Option<Value<'_>>>) -> Self;
}

/// A structure's schema.
#[derive(Debug)]
pub struct Structure {
    /// The name in the model; empty for `()`.
    pub name: &'static str,
    /// The members, in the model's order.
    pub members: &'static [Member],
    /// Whether the model marks all of it as sensitive.
    pub sensitive: bool,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name on the wire and in the model.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Where a REST request carries it.
    pub location: Location,
    /// The model's constraints.
    pub rule: &'static Rule,
}

/// A type of the model.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    String,
    /// A signed number of 32 bits.
    Integer,
    /// A truth value.
    Boolean,
    /// A point in time.
    Timestamp,
    /// Bytes, in base64 on the wire.
    Blob,
    /// A structure.
    Structure(&'static Structure),
    /// A list of one type.
    List(&'static Kind),
    /// A map from text to one type.
    Map(&'static Kind),
}

/// Where a REST request carries a member. The four services use nothing else; `xtask codegen` refuses a model that does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body.
    Body,
    /// As this label of the path.
    Uri(&'static str),
    /// As this parameter of the query string.
    Query(&'static str),
}

/// The constraints of one shape of the model.
#[derive(Debug)]
pub struct Rule {
    /// The least length, or the least value of a number.
    pub min: Option<i32>,
    /// The greatest length, or the greatest value of a number.
    pub max: Option<i32>,
    /// A regular expression in the model's (Java's) notation, which the whole text must match.
    pub pattern: Option<&'static str>,
    /// The values allowed.
    pub one_of: &'static [&'static str],
    /// Whether it is never shown.
    pub sensitive: bool,
    /// The constraints of a list's elements or a map's values.
    pub each: Option<&'static Rule>,
    /// The constraints of a map's keys.
    pub keys: Option<&'static Rule>,
}

impl Rule {
    /// No constraint.
    pub const NONE: Self = Self {
        min: None,
        max: None,
        pattern: None,
        one_of: &[],
        sensitive: false,
        each: None,
        keys: None,
    };

    /// At least this length or value.
    #[must_use]
    pub const fn min(mut self, min: i32) -> Self {
        self.min = Some(min);
        self
    }

    /// At most this length or value.
    #[must_use]
    pub const fn max(mut self, max: i32) -> Self {
        self.max = Some(max);
        self
    }

    /// Matching this expression.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// One of these values.
    #[must_use]
    pub const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.one_of = values;
        self
    }

    /// Never shown.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// With elements, or map values, under this rule.
    #[must_use]
    pub const fn each(mut self, rule: &'static Rule) -> Self {
        self.each = Some(rule);
        self
    }

    /// With map keys under this rule.
    #[must_use]
    pub const fn keys(mut self, rule: &'static Rule) -> Self {
        self.keys = Some(rule);
        self
    }
}

/// A value of any shape: what was read owns its texts, what is to be written borrows them. It has no `Debug`, since it may
/// hold a secret; the structs print themselves.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// Text.
    String(Cow<'a, str>),
    /// A number.
    Integer(i32),
    /// A truth value.
    Boolean(bool),
    /// A point in time.
    Timestamp(Timestamp),
    /// Bytes.
    Blob(Bytes),
    /// A structure's members in the schema's order.
    Structure(Vec<Option<Value<'a>>>),
    /// A list.
    List(Vec<Value<'a>>),
    /// A map.
    Map(BTreeMap<Cow<'a, str>, Value<'a>>),
}

/// A value that is to be written, of which each part is asked for when its turn comes: an answer may have thousands.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// Text.
    String(&'a str),
    /// A number.
    Integer(i32),
    /// A truth value.
    Boolean(bool),
    /// A point in time.
    Timestamp(Timestamp),
    /// Bytes.
    Blob(&'a Bytes),
    /// A structure, by its members.
    Structure(&'a dyn Parts),
    /// A list: how many elements it has, and they.
    List(usize, &'a dyn Parts),
    /// A map.
    Map(&'a dyn Entries),
}

/// What has parts: a structure has its members in the schema's order, absent ones as `None`; a list its elements.
pub trait Parts {
    /// Shows one after the other.
    fn each<'a>(&'a self, see: &mut dyn FnMut(Option<Part<'a>>));
}

/// A map's entries.
pub trait Entries {
    /// Shows one after the other, in the order of their keys.
    fn each<'a>(&'a self, see: &mut dyn FnMut(&'a str, Part<'a>));
}

impl<'a> From<Part<'a>> for Value<'a> {
    fn from(part: Part<'a>) -> Self {
        match part {
            Part::String(text) => Self::String(Cow::Borrowed(text)),
            Part::Integer(number) => Self::Integer(number),
            Part::Boolean(truth) => Self::Boolean(truth),
            Part::Timestamp(time) => Self::Timestamp(time),
            Part::Blob(bytes) => Self::Blob(bytes.clone()),
            Part::Structure(members) => Self::Structure(fields(members)),
            Part::List(count, elements) => {
                let mut list = Vec::with_capacity(count);
                elements.each(&mut |element| list.extend(element.map(Self::from)));
                Self::List(list)
            }
            Part::Map(entries) => {
                let mut map = BTreeMap::new();
                entries.each(&mut |key, value| drop(map.insert(Cow::Borrowed(key), Self::from(value))));
                Self::Map(map)
            }
        }
    }
}

fn fields(members: &dyn Parts) -> Vec<Option<Value<'_>>> {
    let mut fields = Vec::new();
    members.each(&mut |part| fields.push(part.map(Value::from)));
    fields
}

/// A Rust type that a member of a shape may have.
pub trait Field: Sized {
    /// The type in the model.
    const KIND: Kind;
    /// Whether the model requires it.
    const REQUIRED: bool = true;

    /// What is to be written, or `None` where it is absent.
    fn part(&self) -> Option<Part<'_>>;

    /// The type made of a value; its zero value where there is none or one of another kind, which no codec makes.
    fn from_value(value: Option<Value<'_>>) -> Self;
}

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = false;

    fn part(&self) -> Option<Part<'_>> {
        self.as_ref().and_then(T::part)
    }

    fn from_value(value: Option<Value<'_>>) -> Self {
        value.map(|value| T::from_value(Some(value)))
    }
}

impl<T: Field> Field for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn part(&self) -> Option<Part<'_>> {
        Some(Part::List(self.len(), self))
    }

    fn from_value(value: Option<Value<'_>>) -> Self {
        match value {
            Some(Value::List(elements)) => elements
                .into_iter()
                .map(|element| T::from_value(Some(element)))
                .collect(),
            _ => Self::new(),
        }
    }
}

impl<T: Field> Parts for Vec<T> {
    fn each<'a>(&'a self, see: &mut dyn FnMut(Option<Part<'a>>)) {
        for element in self {
            see(element.part());
        }
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    const KIND: Kind = Kind::Map(&T::KIND);

    fn part(&self) -> Option<Part<'_>> {
        Some(Part::Map(self))
    }

    fn from_value(value: Option<Value<'_>>) -> Self {
        match value {
            Some(Value::Map(entries)) => entries
                .into_iter()
                .map(|(key, value)| (key.into_owned(), T::from_value(Some(value))))
                .collect(),
            _ => Self::new(),
        }
    }
}

impl<T: Field> Entries for BTreeMap<String, T> {
    fn each<'a>(&'a self, see: &mut dyn FnMut(&'a str, Part<'a>)) {
        for (key, value) in self {
            if let Some(part) = value.part() {
                see(key, part);
            }
        }
    }
}

macro_rules! scalar {
    ($type:ty, $kind:ident, |$field:ident| $show:expr, |$value:ident| $make:expr) => {
        impl Field for $type {
            const KIND: Kind = Kind::$kind;

            fn part(&self) -> Option<Part<'_>> {
                let $field = self;
                Some(Part::$kind($show))
            }

            fn from_value(value: Option<Value<'_>>) -> Self {
                match value {
                    Some(Value::$kind($value)) => $make,
                    _ => Self::default(),
                }
            }
        }
    };
}

scalar!(String, String, |field| field, |value| value.into_owned());
scalar!(Secret, String, |field| field.expose(), |value| {
    Secret::from(value.into_owned())
});
scalar!(i32, Integer, |field| *field, |value| value);
scalar!(bool, Boolean, |field| *field, |value| value);
scalar!(Timestamp, Timestamp, |field| *field, |value| value);
scalar!(Bytes, Blob, |field| field, |value| value);

impl Shape for () {
    const SCHEMA: &'static Structure = &Structure {
        name: "",
        members: &[],
        sensitive: false,
    };

    fn from_fields(_: Vec<Option<Value<'_>>>) -> Self {}
}

impl Parts for () {
    fn each<'a>(&'a self, _: &mut dyn FnMut(Option<Part<'a>>)) {}
}

/// Prints a shape's present members under their names on the wire, and `{redacted}` for what the model calls sensitive.
pub(crate) fn debug(
    schema: &'static Structure,
    fields: &[Option<Value<'_>>],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if schema.sensitive {
        return write!(f, "{} {{redacted}}", schema.name);
    }
    let mut shown = f.debug_struct(schema.name);
    for (member, field) in schema.members.iter().zip(fields) {
        if let Some(value) = field {
            shown.field(
                member.name,
                &Shown {
                    value,
                    kind: member.kind,
                    rule: member.rule,
                },
            );
        }
    }
    shown.finish()
}

struct Shown<'a> {
    value: &'a Value<'a>,
    kind: Kind,
    rule: &'static Rule,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rule.sensitive {
            return f.write_str("{redacted}");
        }
        let rule = self.rule.each.unwrap_or(&Rule::NONE);
        match (self.value, self.kind) {
            (Value::Structure(fields), Kind::Structure(schema)) => debug(schema, fields, f),
            (Value::List(elements), Kind::List(kind)) => f
                .debug_list()
                .entries(elements.iter().map(|value| Shown {
                    value,
                    kind: *kind,
                    rule,
                }))
                .finish(),
            (Value::Map(entries), Kind::Map(kind)) => {
                let shown = entries.iter().map(|(key, value)| {
                    (
                        key,
                        Shown {
                            value,
                            kind: *kind,
                            rule,
                        },
                    )
                });
                f.debug_map().entries(shown).finish()
            }
            (Value::String(text), _) => fmt::Debug::fmt(text, f),
            (Value::Integer(number), _) => fmt::Display::fmt(number, f),
            (Value::Boolean(truth), _) => fmt::Display::fmt(truth, f),
            (Value::Timestamp(time), _) => fmt::Display::fmt(time, f),
            (Value::Blob(bytes), _) => write!(f, "<{} bytes>", bytes.len()),
            _ => f.write_str("?"),
        }
    }
}

/// Defines a struct and its schema: `shape! { pub struct Name { field: Type = "WireName" at uri "label" where RULE } }`.
macro_rules! shape {
    ($(#[$attribute:meta])* pub struct $name:ident { $($members:tt)* }) => {
        $crate::shape::shape! { @ false $(#[$attribute])* $name { $($members)* } }
    };
    ($(#[$attribute:meta])* pub sensitive struct $name:ident { $($members:tt)* }) => {
        $crate::shape::shape! { @ true $(#[$attribute])* $name { $($members)* } }
    };
    (@ $sensitive:literal $(#[$attribute:meta])* $name:ident {
        $($field:ident: $type:ty = $wire:literal $(at $place:ident $label:literal)? $(where $rule:ident)?,)*
    }) => {
        $(#[$attribute])*
        #[doc = concat!("`", stringify!($name), "` of the service model.")]
        #[derive(Clone, Default, PartialEq)]
        pub struct $name {
            $(#[doc = concat!("`", $wire, "`")] pub $field: $type,)*
        }

        impl $crate::shape::Shape for $name {
            const SCHEMA: &'static $crate::shape::Structure = &$crate::shape::Structure {
                name: stringify!($name),
                members: &[$($crate::shape::Member {
                    name: $wire,
                    kind: <$type as $crate::shape::Field>::KIND,
                    required: <$type as $crate::shape::Field>::REQUIRED,
                    location: $crate::shape::shape!(@location $($place $label)?),
                    rule: $crate::shape::shape!(@rule $($rule)?),
                },)*],
                sensitive: $sensitive,
            };

            #[allow(unused_mut, unused_variables, reason = "a structure may have no members")]
            fn from_fields(fields: Vec<Option<$crate::shape::Value<'_>>>) -> Self {
                let mut fields = fields.into_iter();
                Self { $($field: $crate::shape::Field::from_value(fields.next().flatten()),)* }
            }
        }

        impl $crate::shape::Parts for $name {
            #[allow(unused_variables, reason = "a structure may have no members")]
            fn each<'a>(&'a self, see: &mut dyn FnMut(Option<$crate::shape::Part<'a>>)) {
                $(see($crate::shape::Field::part(&self.$field));)*
            }
        }

        impl $crate::shape::Field for $name {
            const KIND: $crate::shape::Kind =
                $crate::shape::Kind::Structure(<Self as $crate::shape::Shape>::SCHEMA);

            fn part(&self) -> Option<$crate::shape::Part<'_>> {
                Some($crate::shape::Part::Structure(self))
            }

            fn from_value(value: Option<$crate::shape::Value<'_>>) -> Self {
                match value {
                    Some($crate::shape::Value::Structure(fields)) => $crate::shape::Shape::from_fields(fields),
                    _ => Self::default(),
                }
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let schema = <Self as $crate::shape::Shape>::SCHEMA;
                $crate::shape::debug(schema, &$crate::shape::Shape::to_fields(self), f)
            }
        }
    };
    (@location) => { $crate::shape::Location::Body };
    (@location uri $label:literal) => { $crate::shape::Location::Uri($label) };
    (@location query $label:literal) => { $crate::shape::Location::Query($label) };
    (@rule) => { &$crate::shape::Rule::NONE };
    (@rule $rule:ident) => { &$rule };
}
pub(crate) use shape;
