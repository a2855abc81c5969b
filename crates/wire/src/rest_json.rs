//! REST-JSON: labels, query strings and JSON bodies.

use std::{borrow::Cow, collections::BTreeMap};

use bytestring::ByteString;
use jiff::Timestamp;
use serde_json::{Map, Number, Value as Json};

use crate::{
    check,
    fault::Fault,
    operation::{Operation, Service},
    query::{self, Params},
    shape::{Kind, Location, Member, Shape, Structure, Value},
    xml::Unreadable,
};

/// Reads a request to a service from its labels, its query string and its body, and holds it against the model's
/// constraints.
pub fn decode<T: Shape>(service: &Service, labels: &Params, query: &Params, body: &[u8]) -> Result<T, Fault> {
    let members = match body {
        [] => Map::new(),
        body => parse(body)?,
    };
    let mut fields = Vec::with_capacity(T::SCHEMA.members.len());
    for member in T::SCHEMA.members {
        fields.push(match member.location {
            Location::Uri(name) => given(member, labels.all(name))?,
            Location::Query(name) => given(member, query.all(name))?,
            Location::Body => match members.get(member.name) {
                None | Some(Json::Null) => None,
                Some(json) => Some(from_json(json, member.kind).map_err(|what| wrong(member.name, &what))?),
            },
        });
    }
    check::check(service, T::SCHEMA, &fields).map_err(|fault| Fault {
        code: "InvalidParameterException".into(),
        ..fault
    })?;
    Ok(T::from_fields(fields))
}

/// A member that stands in the path or in the query string.
fn given<'a>(member: &Member, values: &'a [ByteString]) -> Result<Option<Value<'a>>, Fault> {
    let parsed =
        |kind: Kind, text: &'a ByteString| query::parse(kind, text).map_err(|fault| wrong(member.name, &fault.message));
    match member.kind {
        Kind::List(_) if values.is_empty() => Ok(None),
        Kind::List(of) => {
            let values = values.iter().map(|text| parsed(*of, text)).collect::<Result<_, _>>();
            values.map(|values| Some(Value::List(values)))
        }
        kind => values.first().map(|text| parsed(kind, text)).transpose(),
    }
}

/// A body nests at most this deep (threat 12).
const DEEPEST: usize = 32;

fn parse(body: &[u8]) -> Result<Map<String, Json>, Fault> {
    if depth(body) > DEEPEST {
        return Err(unreadable(format!("the body nests deeper than {DEEPEST}")));
    }
    match serde_json::from_slice(body) {
        Ok(Json::Object(members)) => Ok(members),
        Ok(_) => Err(unreadable("the body is no object".to_owned())),
        Err(error) => Err(unreadable(error.to_string())),
    }
}

/// How deep objects and arrays nest, before anything is built of them.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn wrong(member: &str, what: &str) -> Fault {
    unreadable(format!("{member}: {what}"))
}

fn unreadable(message: String) -> Fault {
    Fault::sender("SerializationException", 400, message)
}

fn from_json(json: &Json, kind: Kind) -> Result<Value<'_>, String> {
    Ok(match (json, kind) {
        (Json::String(text), Kind::String) => Value::String(Cow::Borrowed(text)),
        (Json::Number(number), Kind::Integer) => {
            let number = number.as_i64().and_then(|number| i32::try_from(number).ok());
            Value::Integer(number.ok_or("expected a number of 32 bits")?)
        }
        (Json::Bool(truth), Kind::Boolean) => Value::Boolean(*truth),
        (Json::Number(number), Kind::Timestamp) => {
            let seconds = number.as_f64().ok_or("expected seconds since 1970")?;
            let time = jiff::SignedDuration::try_from_secs_f64(seconds)
                .ok()
                .and_then(|since| Timestamp::from_duration(since).ok());
            Value::Timestamp(time.ok_or("expected seconds since 1970")?)
        }
        (Json::String(text), Kind::Blob) => query::parse(Kind::Blob, text).map_err(|fault| fault.message)?,
        (Json::Object(members), Kind::Structure(schema)) => Value::Structure(structure(members, schema)?),
        (Json::Array(elements), Kind::List(of)) => {
            let elements = elements.iter().filter(|element| !element.is_null());
            Value::List(
                elements
                    .map(|element| from_json(element, *of))
                    .collect::<Result<_, _>>()?,
            )
        }
        (Json::Object(members), Kind::Map(of)) => {
            let mut entries = BTreeMap::new();
            for (key, value) in members {
                entries.insert(Cow::Borrowed(key.as_str()), from_json(value, *of)?);
            }
            Value::Map(entries)
        }
        _ => return Err("a value of another type was expected".to_owned()),
    })
}

pub(crate) fn structure<'a>(
    members: &'a Map<String, Json>,
    schema: &'static Structure,
) -> Result<Vec<Option<Value<'a>>>, String> {
    let field = |member: &Member| match members.get(member.name) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => from_json(json, member.kind).map(Some),
    };
    schema.members.iter().map(field).collect()
}

/// An operation's answer.
pub fn encode<T: Shape>(output: &T) -> String {
    Json::Object(to_object(T::SCHEMA, &output.to_fields(), |_| true)).to_string()
}

pub(crate) fn to_object(
    schema: &Structure,
    fields: &[Option<Value<'_>>],
    wanted: impl Fn(&Location) -> bool,
) -> Map<String, Json> {
    let present = schema
        .members
        .iter()
        .zip(fields)
        .filter(|(member, _)| wanted(&member.location));
    present
        .filter_map(|(member, field)| Some((member.name.to_owned(), to_json(field.as_ref()?, member.kind))))
        .collect()
}

fn to_json(value: &Value, kind: Kind) -> Json {
    match (value, kind) {
        (Value::Structure(fields), Kind::Structure(schema)) => Json::Object(to_object(schema, fields, |_| true)),
        (Value::List(elements), Kind::List(of)) => elements.iter().map(|element| to_json(element, *of)).collect(),
        (Value::Map(entries), Kind::Map(of)) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone().into_owned(), to_json(value, *of)))
                .collect(),
        ),
        (Value::Integer(number), _) => Json::from(*number),
        (Value::Boolean(truth), _) => Json::from(*truth),
        (Value::Timestamp(time), _) => {
            let milliseconds = time.as_millisecond();
            if milliseconds % 1000 == 0 {
                Json::from(milliseconds / 1000)
            } else {
                Number::from_f64(time.as_duration().as_secs_f64()).map_or(Json::Null, Json::Number)
            }
        }
        (scalar, _) => Json::from(query::to_text(scalar)),
    }
}

/// A request as a client sends it: path, query string, body.
pub fn encode_request<T: Shape>(operation: &Operation, input: &T) -> (String, String, String) {
    let fields = input.to_fields();
    let mut path = operation.uri.to_owned();
    let mut query = String::new();
    for (member, field) in T::SCHEMA.members.iter().zip(&fields) {
        let Some(value) = field else { continue };
        match member.location {
            Location::Uri(label) => path = path.replace(&format!("{{{label}}}"), &encoded(&query::to_text(value))),
            Location::Query(name) => {
                let values = match value {
                    Value::List(elements) => elements.iter().map(query::to_text).collect(),
                    scalar => vec![query::to_text(scalar)],
                };
                for value in values {
                    if !query.is_empty() {
                        query.push('&');
                    }
                    query.push_str(name);
                    query.push('=');
                    query.push_str(&encoded(&value));
                }
            }
            Location::Body => {}
        }
    }
    let body = to_object(T::SCHEMA, &fields, |location| *location == Location::Body);
    let body = if body.is_empty() {
        String::new()
    } else {
        Json::Object(body).to_string()
    };
    (path, query, body)
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    crate::sigv4::push_uri_encoded(&mut encoded, text.bytes());
    encoded
}

/// Reads an operation's answer, for a client.
pub fn decode_answer<T: Shape>(body: &[u8]) -> Result<T, Unreadable> {
    let json: Json = serde_json::from_slice(body).map_err(|error| Unreadable(error.to_string()))?;
    let Json::Object(members) = json else {
        return Err(Unreadable("it is no JSON object".to_owned()));
    };
    Ok(T::from_fields(structure(&members, T::SCHEMA).map_err(Unreadable)?))
}

/// Reads a fault, for a client. `kind` is the header `x-amzn-ErrorType`, of which what follows a colon is no part.
pub fn decode_fault(status: u16, kind: Option<&str>, body: &[u8]) -> Fault {
    let json: Json = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let code = kind
        .map(str::to_owned)
        .or_else(|| text("__type"))
        .unwrap_or_else(|| status.to_string());
    let code = code
        .split(':')
        .next()
        .unwrap_or_default()
        .rsplit('#')
        .next()
        .unwrap_or_default()
        .to_owned();
    Fault {
        code: code.into(),
        status,
        sender: status < 500,
        message: text("message").or_else(|| text("Message")).unwrap_or_default(),
        authorization_message: None,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::{
        generated::{eks, eks_auth},
        operation::Call,
    };

    /// Reads what a client wrote, as the server does.
    fn served<C: Call<Input: Clone>>(input: &C::Input) -> Result<C::Input, Fault> {
        let (path, query, body) = encode_request(C::OPERATION, input);
        let (operation, labels) = crate::operation::route(
            if C::OPERATION.service.id == "eks" {
                eks::Operation::DESCRIPTIONS
            } else {
                eks_auth::Operation::DESCRIPTIONS
            },
            &Method::from(C::OPERATION.method),
            &path,
        )
        .unwrap();
        assert_eq!(operation, C::OPERATION);
        let query = Params::parse(&query.into()).unwrap();
        decode(C::OPERATION.service, &labels, &query, body.as_bytes())
    }

    #[test]
    fn a_label_is_one_segment() {
        let input = eks::DescribeAccessEntryRequest {
            cluster_name: "dev".to_owned(),
            principal_arn: "arn:aws:iam::123456789012:role/a/b c".to_owned(),
        };
        let (path, query, body) = encode_request(eks::DescribeAccessEntry::OPERATION, &input);
        assert_eq!(
            path,
            "/clusters/dev/access-entries/arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fa%2Fb%20c"
        );
        assert_eq!((query.as_str(), body.as_str()), ("", ""));
        assert_eq!(served::<eks::DescribeAccessEntry>(&input).unwrap(), input);
    }

    #[test]
    fn every_value_of_a_list_in_the_query_string_counts() {
        let input = eks::UntagResourceRequest {
            resource_arn: "arn".to_owned(),
            tag_keys: vec!["a".to_owned(), "b&c".to_owned()],
        };
        let (_, query, _) = encode_request(eks::UntagResource::OPERATION, &input);
        assert_eq!(query, "tagKeys=a&tagKeys=b%26c");
        assert_eq!(served::<eks::UntagResource>(&input).unwrap(), input);
    }

    #[test]
    fn bodies_are_written_and_read() {
        let input = eks::CreateClusterRequest {
            name: "dev".to_owned(),
            role_arn: "arn".to_owned(),
            tags: Some([("k".to_owned(), "v".to_owned())].into()),
            ..Default::default()
        };
        let (_, _, body) = encode_request(eks::CreateCluster::OPERATION, &input);
        let expected = r#"{"name":"dev","roleArn":"arn","resourcesVpcConfig":{},"tags":{"k":"v"}}"#;
        let json = |text: &str| serde_json::from_str::<Json>(text).unwrap();
        assert_eq!(json(&body), json(expected));
        assert_eq!(served::<eks::CreateCluster>(&input).unwrap(), input);
    }

    #[test]
    fn times_are_seconds_since_1970() {
        let cluster = |time: &str| eks::DescribeClusterResponse {
            cluster: Some(eks::Cluster {
                created_at: Some(time.parse().unwrap()),
                ..Default::default()
            }),
        };
        assert_eq!(
            encode(&cluster("2026-11-22T03:14:40Z")),
            r#"{"cluster":{"createdAt":1795317280}}"#
        );
        assert_eq!(
            encode(&cluster("2026-11-22T03:14:40.5Z")),
            r#"{"cluster":{"createdAt":1795317280.5}}"#
        );
        let read: eks::DescribeClusterResponse =
            decode_answer(br#"{"cluster":{"createdAt":1795317280.5,"unknown":[1]}}"#).unwrap();
        assert_eq!(read, cluster("2026-11-22T03:14:40.5Z"));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let code = |body: &[u8]| {
            let labels = Params::default();
            decode::<eks::CreateClusterRequest>(&eks::EKS, &labels, &labels, body)
                .unwrap_err()
                .code
                .into_owned()
        };
        let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(32), "]".repeat(32));
        for body in [
            "[]",
            "{",
            "1",
            r#"{"name":1}"#,
            r#"{"tags":[]}"#,
            r#"{"tags":{"a":{}}}"#,
            &deep,
            "{}x",
        ] {
            assert_eq!(code(body.as_bytes()), "SerializationException", "{body}");
        }
        assert_eq!(depth(br#"{"a":"[[[\"[[","b":[{}]}"#), 3);
        assert_eq!(code(b"{}"), "InvalidParameterException");
        assert_eq!(code(b"{\"name\":null}"), "InvalidParameterException");
        let query = Params::parse(&"maxResults=x".into()).unwrap();
        let fault = decode::<eks::ListClustersRequest>(&eks::EKS, &Params::default(), &query, b"").unwrap_err();
        assert_eq!(fault.code, "SerializationException");
    }

    #[test]
    fn faults_are_written_and_read() {
        let fault = Fault::sender("ResourceNotFoundException", 404, "No cluster found for name: x.");
        assert_eq!(fault.to_json(), r#"{"message":"No cluster found for name: x."}"#);
        let kind = Some("ResourceNotFoundException:http://internal.amazon.com/");
        assert_eq!(decode_fault(404, kind, fault.to_json().as_bytes()), fault);
    }

    #[test]
    fn paths_lead_to_one_operation() {
        let route = |method: Method, path: &str| eks::Operation::route(&method, path).map(|(operation, _)| operation);
        assert_eq!(route(Method::GET, "/clusters"), Some(eks::Operation::ListClusters));
        assert_eq!(route(Method::POST, "/clusters"), Some(eks::Operation::CreateCluster));
        assert_eq!(route(Method::GET, "/clusters/a"), Some(eks::Operation::DescribeCluster));
        for path in [
            "/clusters/",
            "/clusters/a/",
            "clusters",
            "/",
            "/clusters//addons",
            "/clusters/%ff",
        ] {
            assert_eq!(route(Method::GET, path), None, "{path}");
        }
        assert_eq!(route(Method::PUT, "/clusters/a"), None);
    }

    #[test]
    fn credentials_do_not_show() {
        let answer = eks_auth::AssumeRoleForPodIdentityResponse {
            credentials: eks_auth::Credentials {
                secret_access_key: "hush".into(),
                session_token: "hush".into(),
                ..Default::default()
            },
            ..Default::default()
        };
        assert!(!format!("{answer:?}").contains("hush"));
        let request = eks_auth::AssumeRoleForPodIdentityRequest {
            cluster_name: "a".to_owned(),
            token: "hush".into(),
        };
        assert_eq!(
            format!("{request:?}"),
            r#"AssumeRoleForPodIdentityRequest { clusterName: "a", token: {redacted} }"#
        );
        assert_eq!(format!("{:?}", request.token), "{redacted}");
    }
}
