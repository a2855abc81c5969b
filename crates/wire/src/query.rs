//! The Query protocol's requests: forms (facts as observed on AWS: first value wins, an empty list is `List=`).

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt,
    ops::Bound,
};

use bytes::Bytes;
use bytestring::ByteString;

use crate::{
    check,
    fault::Fault,
    operation::{Operation, Service},
    shape::{Kind, Shape, Structure, Value},
};

/// A form has at most this many members (threat 12).
pub const MOST_MEMBERS: usize = 1000;

/// The members of a form or of a query string. Of a repeated one, the first counts, except for a list in a query string.
///
/// What has no escapes is not copied out of the text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(BTreeMap<ByteString, Values>);

/// Almost every member is there once, and needs no list.
#[derive(Clone, PartialEq, Eq)]
enum Values {
    One(ByteString),
    Several(Vec<ByteString>),
}

impl Values {
    fn push(&mut self, value: ByteString) {
        match self {
            Self::One(first) => *self = Self::Several(vec![std::mem::take(first), value]),
            Self::Several(values) => values.push(value),
        }
    }

    fn as_slice(&self) -> &[ByteString] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

impl Params {
    /// From names and values that are decoded already.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut params = Self::default();
        for (name, value) in pairs {
            params.push(name.into(), value.into());
        }
        params
    }

    /// From `name=value&…`, with `+` for a space.
    pub fn parse(text: &Bytes) -> Result<Self, Fault> {
        let mut params = Self::default();
        let mut count = 0;
        let ends = memchr::memchr_iter(b'&', text).chain([text.len()]);
        let mut start = 0;
        let pairs = ends.map(|end| std::mem::replace(&mut start, end + 1)..end);
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            count += 1;
            if count > MOST_MEMBERS {
                return Err(malformed(format!("a request has at most {MOST_MEMBERS} parameters")));
            }
            let mut name = text.slice(pair);
            let value = match memchr::memchr(b'=', &name) {
                Some(at) => name.split_off(at).slice(1..),
                None => Bytes::new(),
            };
            params.push(decode_text(name)?, decode_text(value)?);
        }
        Ok(params)
    }

    fn push(&mut self, name: ByteString, value: ByteString) {
        match self.0.entry(name) {
            Entry::Vacant(first) => drop(first.insert(Values::One(value))),
            Entry::Occupied(mut more) => more.get_mut().push(value),
        }
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(|value| &**value)
    }

    /// All values of a member that is repeated.
    pub fn all(&self, name: &str) -> &[ByteString] {
        self.0.get(name).map(Values::as_slice).unwrap_or_default()
    }

    /// Whether there is a member of this name, or one below it.
    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name) || self.has_below(name)
    }

    fn has_below(&self, name: &str) -> bool {
        self.below(name).any(|rest| rest.starts_with('.'))
    }

    /// What follows a prefix in the names that have it.
    fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .map_while(move |(found, _)| found.strip_prefix(prefix))
    }

    /// The numbers in `List.member.NUMBER`, in their order, with or without gaps.
    ///
    /// Whatever else stands below a list is refused: an element that went unread could be the session policy that was to
    /// narrow a session.
    fn numbers(&self, name: &str, each: &str) -> Result<BTreeSet<u32>, Fault> {
        let number = |rest: &str| {
            rest.strip_prefix(each)?
                .strip_prefix('.')?
                .split('.')
                .next()?
                .parse()
                .ok()
        };
        self.below(&format!("{name}."))
            .map(|rest| number(rest).ok_or_else(|| malformed(format!("'{name}.{rest}' is no element of a list"))))
            .collect()
    }
}

/// Shows names only: a form may hold a token or a password.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn decode_text(bytes: Bytes) -> Result<ByteString, Fault> {
    let not_utf8 = |_| malformed("a parameter is not UTF-8".to_owned());
    if memchr::memchr2(b'+', b'%', &bytes).is_none() {
        return bytes.try_into().map_err(not_utf8);
    }
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let digit = |byte: Option<u8>| {
                    byte.and_then(|byte| char::from(byte).to_digit(16))
                        .and_then(|digit| u8::try_from(digit).ok())
                };
                let mut ahead = rest.clone();
                match (digit(ahead.next()), digit(ahead.next())) {
                    (Some(high), Some(low)) => {
                        decoded.push(high << 4 | low);
                        rest = ahead;
                    }
                    // As AWS and browsers do, what is no escape stands for itself.
                    _ => decoded.push(b'%'),
                }
            }
            other => decoded.push(other),
        }
    }
    decoded.try_into().map_err(not_utf8)
}

fn malformed(message: String) -> Fault {
    Fault::sender("MalformedInput", 400, message)
}

/// Reads a request to a service and holds it against the model's constraints.
pub fn decode<T: Shape>(service: &Service, params: &Params) -> Result<T, Fault> {
    let fields = structure(params, T::SCHEMA, "")?;
    check::check(service, T::SCHEMA, &fields)?;
    Ok(T::from_fields(fields))
}

pub(crate) fn structure<'a>(
    params: &'a Params,
    schema: &'static Structure,
    prefix: &str,
) -> Result<Vec<Option<Value<'a>>>, Fault> {
    let members = schema.members.iter().map(|member| {
        let name = match prefix {
            "" => Cow::Borrowed(member.name),
            _ => Cow::Owned(format!("{prefix}{}", member.name)),
        };
        value(params, member.kind, &name)
    });
    members.collect()
}

fn value<'a>(params: &'a Params, kind: Kind, name: &str) -> Result<Option<Value<'a>>, Fault> {
    Ok(match kind {
        Kind::Structure(schema) if params.has_below(name) => {
            Some(Value::Structure(structure(params, schema, &format!("{name}."))?))
        }
        Kind::List(of) if params.has(name) => {
            let element = |number| element(params, *of, &format!("{name}.member.{number}"));
            Some(Value::List(
                params
                    .numbers(name, "member")?
                    .into_iter()
                    .map(element)
                    .collect::<Result<_, _>>()?,
            ))
        }
        Kind::Map(of) if params.has(name) => {
            let mut entries = BTreeMap::new();
            for number in params.numbers(name, "entry")? {
                let key = params.get(&format!("{name}.entry.{number}.key")).unwrap_or_default();
                let value = element(params, *of, &format!("{name}.entry.{number}.value"))?;
                entries.entry(Cow::Borrowed(key)).or_insert(value);
            }
            Some(Value::Map(entries))
        }
        Kind::Structure(_) | Kind::List(_) | Kind::Map(_) => None,
        scalar => params.get(name).map(|text| parse(scalar, text)).transpose()?,
    })
}

/// What stands under a number of a list or map: it is there, even where it is empty.
fn element<'a>(params: &'a Params, kind: Kind, name: &str) -> Result<Value<'a>, Fault> {
    Ok(match (value(params, kind, name)?, kind) {
        (Some(value), _) => value,
        (None, Kind::Structure(schema)) => Value::Structure(schema.members.iter().map(|_| None).collect()),
        (None, Kind::List(_)) => Value::List(Vec::new()),
        (None, Kind::Map(_)) => Value::Map(BTreeMap::new()),
        (None, scalar) => parse(scalar, "")?,
    })
}

/// A scalar as forms and query strings write it.
pub(crate) fn parse(kind: Kind, text: &str) -> Result<Value<'_>, Fault> {
    let wrong = |what: &str| malformed(format!("'{text}' is not {what}"));
    Ok(match kind {
        Kind::Integer if text.is_empty() => return Err(malformed("missing value for decimal type".to_owned())),
        Kind::Integer => Value::Integer(text.parse().map_err(|_| wrong("a decimal number of 32 bits"))?),
        Kind::Boolean => match text {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ => return Err(wrong("true or false")),
        },
        Kind::Timestamp => Value::Timestamp(text.parse().map_err(|_| wrong("a timestamp in ISO 8601"))?),
        Kind::Blob => {
            use base64::Engine;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_err(|_| wrong("base64"))?;
            Value::Blob(bytes.into())
        }
        _ => Value::String(Cow::Borrowed(text)),
    })
}

/// A request's form, for a client.
pub fn encode<T: Shape>(operation: &Operation, input: &T) -> String {
    let mut form = format!("Action={}&Version={}", operation.name, operation.service.version);
    write_structure(&mut form, T::SCHEMA, &input.to_fields(), "");
    form
}

pub(crate) fn write_structure(form: &mut String, schema: &Structure, fields: &[Option<Value>], prefix: &str) {
    for (member, field) in schema.members.iter().zip(fields) {
        if let Some(value) = field {
            write_value(form, value, member.kind, &format!("{prefix}{}", member.name));
        }
    }
}

fn write_value(form: &mut String, value: &Value, kind: Kind, name: &str) {
    match (value, kind) {
        (Value::Structure(fields), Kind::Structure(schema)) => {
            write_structure(form, schema, fields, &format!("{name}."));
        }
        (Value::List(elements), Kind::List(of)) => {
            if elements.is_empty() {
                push(form, name, "");
            }
            for (number, element) in (1..).zip(elements) {
                write_value(form, element, *of, &format!("{name}.member.{number}"));
            }
        }
        (Value::Map(entries), Kind::Map(of)) => {
            if entries.is_empty() {
                push(form, name, "");
            }
            for (number, (key, value)) in (1..).zip(entries) {
                push(form, &format!("{name}.entry.{number}.key"), key);
                write_value(form, value, *of, &format!("{name}.entry.{number}.value"));
            }
        }
        (scalar, _) => push(form, name, &to_text(scalar)),
    }
}

fn push(form: &mut String, name: &str, value: &str) {
    form.push('&');
    form.push_str(name);
    form.push('=');
    form.extend(percent_encoding::utf8_percent_encode(value, FORM));
}

/// Everything but RFC 3986's unreserved characters.
const FORM: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A scalar as text: timestamps in whole seconds, as AWS writes them.
pub(crate) fn to_text<'a>(value: &'a Value<'_>) -> Cow<'a, str> {
    Cow::Owned(match value {
        Value::String(text) => return Cow::Borrowed(text),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Timestamp(time) => {
            let whole = jiff::Timestamp::from_second(time.as_second()).unwrap_or(*time);
            whole.to_string()
        }
        Value::Blob(bytes) => {
            use base64::Engine;
            base64::engine::general_purpose::STANDARD.encode(bytes)
        }
        Value::Structure(_) | Value::List(_) | Value::Map(_) => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{iam, sts};

    fn params(form: &str) -> Params {
        Params::parse(&form.to_owned().into()).unwrap()
    }

    fn refusal<T: Shape>(form: &str) -> (String, String) {
        match decode::<T>(&sts::STS, &params(form)) {
            Ok(_) => panic!("`{form}` is accepted"),
            Err(fault) => (fault.code.into_owned(), fault.message),
        }
    }

    #[test]
    fn a_form_is_read() {
        let form = "Action=CreateRole&RoleName=app&AssumeRolePolicyDocument=%7B%22a%22%3A+%22%2B%22%7D&Unknown=1\
                    &Tags.member.1.Key=a&Tags.member.1.Value=&Tags.member.10.Key=c&Tags.member.10.Value=3\
                    &Tags.member.2.Key=b&Tags.member.2.Value=2";
        let tag = |key: &str, value: &str| iam::Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let expected = iam::CreateRoleRequest {
            role_name: "app".to_owned(),
            assume_role_policy_document: "{\"a\": \"+\"}".to_owned(),
            tags: Some(vec![tag("a", ""), tag("b", "2"), tag("c", "3")]),
            ..Default::default()
        };
        assert_eq!(
            decode::<iam::CreateRoleRequest>(&iam::IAM, &params(form)).unwrap(),
            expected
        );
    }

    #[test]
    fn the_first_of_repeated_parameters_counts() {
        let form = params("Action=A&Action=B&RoleName=first&RoleName=second");
        assert_eq!(form.get("Action"), Some("A"));
        assert_eq!(
            decode::<iam::GetRoleRequest>(&iam::IAM, &form).unwrap().role_name,
            "first"
        );
    }

    #[test]
    fn empty_parameters_are_passed_over() {
        let form = params("&&a=1&&b&c=&=d&a=2&");
        assert_eq!(form.all("a"), ["1", "2"]);
        assert_eq!(form.get("b"), Some(""));
        assert_eq!(form.get("c"), Some(""));
        assert_eq!(form.get(""), Some("d"));
        assert!(params("") == params("&"));
        assert_eq!(params("").get(""), None);
    }

    #[test]
    fn an_empty_list_is_there_and_an_absent_one_is_not() {
        let decoded = |form: &str| decode::<iam::CreateOpenIDConnectProviderRequest>(&iam::IAM, &params(form)).unwrap();
        assert_eq!(decoded("Url=https://a&ThumbprintList=").thumbprint_list, Some(vec![]));
        assert_eq!(decoded("Url=https://a").thumbprint_list, None);
    }

    #[test]
    fn no_element_of_a_list_goes_unread() {
        let start = "RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=ab&";
        let arns = |form: &str| {
            decode::<sts::AssumeRoleRequest>(&sts::STS, &params(&format!("{start}{form}")))
                .unwrap()
                .policy_arns
        };
        let arn = "arn:aws:iam::aws:policy/A";
        let policy = sts::PolicyDescriptorType {
            arn: Some(arn.to_owned()),
        };
        assert_eq!(arns(&format!("PolicyArns.member.7.arn={arn}")), Some(vec![policy]));
        assert_eq!(
            arns("PolicyArns.member.1="),
            Some(vec![sts::PolicyDescriptorType { arn: None }])
        );
        for form in [
            "PolicyArns.1.arn=x",
            "PolicyArns.member.x.arn=x",
            "PolicyArns.member=x",
            "PolicyArns.member.-1=x",
        ] {
            let (code, _) = refusal::<sts::AssumeRoleRequest>(&format!("{start}{form}"));
            assert_eq!(code, "MalformedInput", "{form}");
        }
    }

    #[test]
    fn numbers_are_read_as_aws_reads_them() {
        let start = "RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=ab&DurationSeconds=";
        for (text, number) in [("900", 900), ("%2B900", 900), ("0900", 900)] {
            let input: sts::AssumeRoleRequest = decode(&sts::STS, &params(&format!("{start}{text}"))).unwrap();
            assert_eq!(input.duration_seconds, Some(number));
        }
        let expected = ("MalformedInput".to_owned(), "missing value for decimal type".to_owned());
        assert_eq!(refusal::<sts::AssumeRoleRequest>(start), expected);
        for text in ["x", "900.0", "2147483648", "9e2", " 900"] {
            assert_eq!(
                refusal::<sts::AssumeRoleRequest>(&format!("{start}{text}")).0,
                "MalformedInput",
                "{text}"
            );
        }
        let (code, _) = refusal::<iam::CreatePolicyVersionRequest>(
            "PolicyArn=arn:aws:iam::123456789012:policy/a&PolicyDocument=%7B%7D&SetAsDefault=yes",
        );
        assert_eq!(code, "MalformedInput");
    }

    #[test]
    fn a_form_of_too_many_parameters_is_refused() {
        assert!(Params::parse(&"a=1&".repeat(MOST_MEMBERS).into()).is_ok());
        assert!(Params::parse(&"a=1&".repeat(MOST_MEMBERS + 1).into()).is_err());
        assert!(Params::parse(&"a=%ff".into()).is_err());
        assert!(Params::parse(&Bytes::from_static(b"a=\xff")).is_err());
    }

    #[test]
    fn a_client_writes_what_botocore_writes() {
        let input = iam::CreateOpenIDConnectProviderRequest {
            url: "https://a/b c".to_owned(),
            client_id_list: Some(vec!["sts.amazonaws.com".to_owned(), "x".to_owned()]),
            thumbprint_list: Some(vec![]),
            tags: Some(vec![iam::Tag {
                key: "k".to_owned(),
                value: "~é".to_owned(),
            }]),
        };
        assert_eq!(
            encode(
                <iam::CreateOpenIDConnectProvider as crate::operation::Call>::OPERATION,
                &input
            ),
            "Action=CreateOpenIDConnectProvider&Version=2010-05-08&Url=https%3A%2F%2Fa%2Fb%20c\
             &ClientIDList.member.1=sts.amazonaws.com&ClientIDList.member.2=x&ThumbprintList=\
             &Tags.member.1.Key=k&Tags.member.1.Value=~%C3%A9"
        );
    }

    #[test]
    fn a_form_shows_no_values() {
        let shown = format!("{:?}", params("WebIdentityToken=eyJ.secret"));
        assert_eq!(shown, "{\"WebIdentityToken\"}");
    }
}
