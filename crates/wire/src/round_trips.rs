//! What each codec writes, it reads back, for every operation of every service.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use jiff::Timestamp;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::generated::{eks, eks_auth, iam, sts};
use crate::operation::{Operation, Protocol};
use crate::query::{self, Params};
use crate::shape::{self, Entries, Kind, Part, Parts, Structure, Value};
use crate::{rest_json, xml};

#[test]
fn what_is_written_is_read_back() {
    let services = [
        iam::Operation::DESCRIPTIONS,
        sts::Operation::DESCRIPTIONS,
        eks::Operation::DESCRIPTIONS,
        eks_auth::Operation::DESCRIPTIONS,
    ];
    let operations: Vec<&Operation> = services.into_iter().flatten().copied().collect();
    assert!(operations.len() > 250);
    for operation in operations {
        for (schema, is_input) in [(operation.input, true), (operation.output, false)] {
            let mut runner = TestRunner::new(Config {
                cases: 12,
                failure_persistence: None,
                ..Config::default()
            });
            let trip = match (operation.service.protocol, is_input) {
                (Protocol::Query, true) => form,
                (Protocol::Query, false) => document,
                (Protocol::RestJson, _) => json,
            };
            let checked = runner.run(&sample(schema), |sample| trip(&sample));
            assert!(checked.is_ok(), "{operation}: {}", checked.unwrap_err());
        }
    }
}

type Checked = Result<(), TestCaseError>;

fn form(sample: &Sample<'_>) -> Checked {
    let mut form = String::new();
    query::write_structure(&mut form, sample.schema, &sample.fields, "");
    let params = Params::parse(&form.into()).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
    let read = query::structure(&params, sample.schema, "").map_err(|fault| TestCaseError::fail(fault.to_string()))?;
    sample.equals(read)
}

fn document(sample: &Sample<'_>) -> Checked {
    let mut text = String::from("<Result>");
    xml::write_structure(&mut text, sample.schema, &sample.fields);
    text.push_str("</Result>");
    let fail = |error: xml::Unreadable| TestCaseError::fail(error.to_string());
    let node = xml::parse(text.as_bytes()).map_err(fail)?;
    sample.equals(xml::structure(&node, sample.schema).map_err(fail)?)
}

/// What was made up is written as shapes are.
impl Parts for Vec<Option<Value<'_>>> {
    fn each<'a>(&'a self, see: &mut dyn FnMut(Option<Part<'a>>)) {
        for member in self {
            see(member.as_ref().map(part));
        }
    }
}

impl Parts for Vec<Value<'_>> {
    fn each<'a>(&'a self, see: &mut dyn FnMut(Option<Part<'a>>)) {
        for element in self {
            see(Some(part(element)));
        }
    }
}

impl Entries for BTreeMap<Cow<'_, str>, Value<'_>> {
    fn each<'a>(&'a self, see: &mut dyn FnMut(&'a str, Part<'a>)) {
        for (key, value) in self {
            see(key, part(value));
        }
    }
}

fn part<'a>(value: &'a Value<'_>) -> Part<'a> {
    match value {
        Value::String(text) => Part::String(text),
        Value::Integer(number) => Part::Integer(*number),
        Value::Boolean(truth) => Part::Boolean(*truth),
        Value::Timestamp(time) => Part::Timestamp(*time),
        Value::Blob(bytes) => Part::Blob(bytes),
        Value::Structure(members) => Part::Structure(members),
        Value::List(elements) => Part::List(elements.len(), elements),
        Value::Map(entries) => Part::Map(entries),
    }
}

fn json(sample: &Sample<'_>) -> Checked {
    let text = serde_json::Value::Object(rest_json::to_object(sample.schema, &sample.fields, |_| true)).to_string();
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    sample.equals(rest_json::structure(&members, sample.schema).map_err(TestCaseError::fail)?)
}

/// Members for a schema.
struct Sample<'a> {
    schema: &'static Structure,
    fields: Vec<Option<Value<'a>>>,
}

impl Sample<'_> {
    fn equals(&self, fields: Vec<Option<Value<'_>>>) -> Checked {
        if fields == self.fields {
            return Ok(());
        }
        Err(TestCaseError::fail(format!(
            "read back as {:?}",
            Sample {
                schema: self.schema,
                fields
            }
        )))
    }
}

impl fmt::Debug for Sample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shape::debug(self.schema, &self.fields, f)
    }
}

fn sample(schema: &'static Structure) -> impl Strategy<Value = Sample<'static>> {
    fields(schema, false).prop_map(move |members| Sample {
        schema,
        fields: members.into_iter().map(unwrap).collect(),
    })
}

/// A value that proptest may hold, although it does not show.
#[derive(Clone)]
struct Hidden(Value<'static>);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
}

fn unwrap(hidden: Option<Hidden>) -> Option<Value<'static>> {
    hidden.map(|Hidden(value)| value)
}

/// A form cannot tell a structure without members from none, so that nested ones have their first.
fn fields(schema: &'static Structure, nested: bool) -> BoxedStrategy<Vec<Option<Hidden>>> {
    let member = |(at, member): (usize, &shape::Member)| {
        let one = value(member.kind);
        if member.required || (nested && at == 0) {
            one.prop_map(Some).boxed()
        } else {
            option::of(one).boxed()
        }
    };
    schema
        .members
        .iter()
        .enumerate()
        .map(member)
        .collect::<Vec<_>>()
        .boxed()
}

fn value(kind: Kind) -> BoxedStrategy<Hidden> {
    match kind {
        Kind::String => text().prop_map(|text| Hidden(Value::String(text.into()))).boxed(),
        Kind::Integer => any::<i32>().prop_map(|number| Hidden(Value::Integer(number))).boxed(),
        Kind::Boolean => any::<bool>().prop_map(|truth| Hidden(Value::Boolean(truth))).boxed(),
        Kind::Timestamp => (-4_000_000_000_i64..40_000_000_000)
            .prop_map(|second| Hidden(Value::Timestamp(Timestamp::from_second(second).unwrap())))
            .boxed(),
        Kind::Blob => vec(any::<u8>(), 0..9)
            .prop_map(|bytes| Hidden(Value::Blob(bytes.into())))
            .boxed(),
        Kind::Structure(schema) => fields(schema, true)
            .prop_map(|fields| Hidden(Value::Structure(fields.into_iter().map(unwrap).collect())))
            .boxed(),
        Kind::List(of) => vec(value(*of), 0..4)
            .prop_map(|elements| Hidden(Value::List(elements.into_iter().map(|Hidden(value)| value).collect())))
            .boxed(),
        Kind::Map(of) => btree_map(text(), value(*of), 0..4)
            .prop_map(|entries| {
                Hidden(Value::Map(
                    entries
                        .into_iter()
                        .map(|(key, Hidden(value))| (key.into(), value))
                        .collect(),
                ))
            })
            .boxed(),
    }
}

/// Text of what XML can hold.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", "\\PC{0,6}", "[\\t\\n\\r &<>\"'%+=;.]{0,6}"]
}
