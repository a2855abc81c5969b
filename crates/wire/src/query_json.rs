//! The Query protocol's answers in JSON, as STS gives them to who asks for `application/json`: the same elements, with
//! times in seconds (as clients of `GetCallerIdentity` read them, such as aws-iam-authenticator).

use serde_json::{Map, Value as Json, json};

use crate::{fault::Fault, operation::Operation, rest_json, shape::Shape};

/// An operation's answer.
pub fn encode<T: Shape>(operation: &Operation, output: &T, request_id: &str) -> String {
    let name = operation.name;
    let mut answer = Map::new();
    if operation.has_output() {
        let result = rest_json::to_object(T::SCHEMA, &output.to_fields(), |_| true);
        answer.insert(format!("{name}Result"), Json::Object(result));
    }
    answer.insert("ResponseMetadata".to_owned(), json!({ "RequestId": request_id }));
    json!({ format!("{name}Response"): answer }).to_string()
}

/// The body of a fault.
pub fn encode_fault(fault: &Fault, request_id: &str) -> String {
    let kind = if fault.sender { "Sender" } else { "Receiver" };
    json!({
        "Error": { "Type": kind, "Code": fault.code, "Message": fault.message },
        "RequestId": request_id,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{generated::sts, operation::Call as _};

    #[test]
    fn an_answer_and_a_fault_are_the_elements_of_the_xml() {
        let output = sts::GetCallerIdentityResponse {
            account: Some("123456789012".to_owned()),
            arn: Some("arn:aws:iam::123456789012:root".to_owned()),
            user_id: None,
        };
        assert_eq!(
            encode(sts::GetCallerIdentity::OPERATION, &output, "id"),
            r#"{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"123456789012","Arn":"arn:aws:iam::123456789012:root"},"ResponseMetadata":{"RequestId":"id"}}}"#
        );
        let output = sts::GetWebIdentityTokenResponse {
            web_identity_token: Some("t".into()),
            expiration: Some("2023-11-14T22:13:20Z".parse().unwrap()),
        };
        let text = encode(sts::GetWebIdentityToken::OPERATION, &output, "id");
        assert!(text.contains(r#""Expiration":1700000000"#), "{text}");
        assert_eq!(
            encode_fault(&Fault::sender("AccessDenied", 403, "a \"b\""), "id"),
            r#"{"Error":{"Code":"AccessDenied","Message":"a \"b\"","Type":"Sender"},"RequestId":"id"}"#
        );
    }
}
