//! The event itself.

use std::{borrow::Cow, collections::BTreeMap};

use rolecall_policy::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    elements::Elements,
    line::{self, NotALine},
};

/// An event. Field names and order are CloudTrail's; `rolecall` is ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// `1.11`
    pub event_version: Cow<'static, str>,
    /// Who.
    pub user_identity: UserIdentity,
    /// When: `2026-11-22T03:14:40Z`.
    pub event_time: String,
    /// Such as `sts.amazonaws.com`.
    pub event_source: Cow<'static, str>,
    /// Such as `AssumeRoleWithWebIdentity`.
    pub event_name: Cow<'static, str>,
    /// The region that the request was for.
    pub aws_region: String,
    /// From the socket, or from a configured proxy.
    #[serde(rename = "sourceIPAddress")]
    pub source_ip_address: String,
    /// The client's `User-Agent`.
    pub user_agent: String,
    /// The fault's code, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The fault's message, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// What was asked, without secrets.
    pub request_parameters: Elements,
    /// What was answered, without secrets.
    pub response_elements: Elements,
    /// The request's id, which the client has seen.
    #[serde(rename = "requestID")]
    pub request_id: String,
    /// The event's own id.
    #[serde(rename = "eventID")]
    pub event_id: String,
    /// Whether it could not have changed anything.
    pub read_only: bool,
    /// What it was about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// `AwsApiCall`
    pub event_type: Cow<'static, str>,
    /// Whether it is about management, not data.
    pub management_event: bool,
    /// The account whose log it belongs to.
    pub recipient_account_id: String,
    /// `Management` or `Data`.
    pub event_category: Cow<'static, str>,
    /// What CloudTrail has no place for.
    pub rolecall: Rolecall,
}

impl Event {
    /// The event as one line, without its end: JSON in pure ASCII, and nothing that a terminal would obey.
    pub fn to_line(&self) -> Result<String, NotALine> {
        line::to_line(self)
    }

    /// The event of a line.
    pub fn from_line(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }
}

/// Who asked (CloudTrail `userIdentity` element).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    /// `Root`, `IAMUser`, `AssumedRole`, `WebIdentityUser`, `AWSService`, `Unknown` …
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// Such as `AROA…:session`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
    /// The caller's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The caller's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The access key that signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// The user's name, or the subject of a web identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The provider of a web identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<String>,
    /// Of temporary credentials. Boxed, for it is large and who exchanges a token has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_context: Option<Box<SessionContext>>,
}

/// Where temporary credentials came from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionContext {
    /// The role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_issuer: Option<SessionIssuer>,
    /// The token that it was assumed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_id_federation_data: Option<WebIdFederationData>,
    /// When, and with how many factors.
    pub attributes: SessionAttributes,
    /// `sourceIdentity`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
}

/// The role behind a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionIssuer {
    /// `Role`
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// The role's unique id.
    pub principal_id: String,
    /// The role's ARN.
    pub arn: String,
    /// The role's account.
    pub account_id: String,
    /// The role's name.
    pub user_name: String,
}

/// The provider's side of a web identity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebIdFederationData {
    /// The provider's ARN.
    pub federated_provider: String,
    /// Audience, subject and the like.
    pub attributes: BTreeMap<String, String>,
}

/// Of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAttributes {
    /// When it began.
    pub creation_date: String,
    /// `true` or `false`, as a text, as CloudTrail has it.
    pub mfa_authenticated: String,
}

/// A resource that a call was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
    /// Its account.
    #[serde(rename = "accountId", skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Such as `AWS::IAM::Role`.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
}

/// How it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// Denied by a statement.
    ExplicitlyDenied,
    /// Denied because nothing allows it.
    ImplicitlyDenied,
    /// Refused before any policy was asked: a bad token, say.
    Refused,
}

/// Enough to understand the decision afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rolecall {
    /// The decision.
    pub decision: Decision,
    /// The explanation of a refusal, as the policy engine gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Value>,
    /// The principal that was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Such as `s3:GetObject`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The resource's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The condition keys that it was judged with; of what was allowed, those that [`Rolecall::kept`] keeps.
    #[serde(default, skip_serializing_if = "Context::is_empty")]
    pub context: Context,
    /// `jti` of the token that was shown, or that the session came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// The access key id of the session that was issued, so that one which was never issued is noticed (threat 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// What we know and the client is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The hash of the line before; [`Chain`](super::Chain) fills it in.
    pub prev: String,
}

impl Rolecall {
    /// The condition keys of an event. Of what was allowed, those are left out that other members of the event say: most
    /// events are of that kind, and every exchange waits for its own to be written.
    pub fn kept(decision: Decision, mut context: Context) -> Context {
        /// The time, the client, the region, and the provider of a web identity.
        const TOLD: [&str; 6] = [
            "aws:currenttime",
            "aws:epochtime",
            "aws:federatedprovider",
            "aws:requestedregion",
            "aws:sourceip",
            "aws:useragent",
        ];
        if decision == Decision::Allowed {
            // Of a resource's tags `aws:ResourceTag` says the same.
            context.retain(|key| !TOLD.contains(&key) && !key.starts_with("iam:resourcetag/"));
        }
        context
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn event(user_agent: &str) -> Event {
        Event {
            event_version: "1.11".into(),
            user_identity: UserIdentity {
                kind: "Root".into(),
                ..UserIdentity::default()
            },
            event_time: "2026-11-22T03:14:40Z".to_owned(),
            event_source: "sts.amazonaws.com".into(),
            event_name: "GetCallerIdentity".into(),
            aws_region: "us-east-2".to_owned(),
            source_ip_address: "127.0.0.1".to_owned(),
            user_agent: user_agent.to_owned(),
            error_code: None,
            error_message: None,
            request_parameters: Elements::Null,
            response_elements: Elements::Null,
            request_id: "r".to_owned(),
            event_id: "e".to_owned(),
            read_only: true,
            resources: Vec::new(),
            event_type: "AwsApiCall".into(),
            management_event: true,
            recipient_account_id: "123456789012".to_owned(),
            event_category: "Management".into(),
            rolecall: Rolecall {
                decision: Decision::Allowed,
                explanation: None,
                principal: None,
                action: Some("sts:GetCallerIdentity".to_owned()),
                resource: None,
                context: Context::new(),
                token_id: None,
                issued: None,
                detail: None,
                prev: String::new(),
            },
        }
    }

    #[test]
    fn an_event_is_one_ascii_line_whatever_a_client_sends() {
        let nasty = "a\r\nb\x1b[31mc\u{7f}\u{85}\u{202e}\u{2028}\u{1f600}\"\\é";
        let event = event(nasty);
        let line = event.to_line().unwrap();
        assert!(line.bytes().all(|b| (b' '..=b'~').contains(&b)), "{line}");
        assert_eq!(Event::from_line(&line).unwrap(), event);
    }

    #[test]
    fn what_was_allowed_says_nothing_twice_and_a_refusal_all() {
        let context: Context = [
            ("aws:CurrentTime", "2026-11-22T03:14:40Z"),
            ("aws:ResourceTag/a", "b"),
            ("iam:ResourceTag/a", "b"),
            ("aws:SecureTransport", "true"),
        ]
        .into_iter()
        .collect();
        for decision in [
            Decision::ExplicitlyDenied,
            Decision::ImplicitlyDenied,
            Decision::Refused,
        ] {
            assert_eq!(Rolecall::kept(decision, context.clone()), context);
        }
        assert_eq!(
            serde_json::to_value(Rolecall::kept(Decision::Allowed, context)).unwrap(),
            serde_json::json!({"aws:resourcetag/a": "b", "aws:securetransport": "true"})
        );
    }

    #[test]
    fn a_line_whose_keys_all_have_lists_is_read_too() {
        let mut event = event("x");
        event.rolecall.context.insert("aws:username", "alice");
        let line = event.to_line().unwrap();
        assert_eq!(Event::from_line(&line).unwrap(), event);
        // So they were written once.
        let older = line.replace(r#""aws:username":"alice""#, r#""aws:username":["alice"]"#);
        assert_ne!(older, line);
        let read = Event::from_line(&older).unwrap().rolecall.context;
        assert_eq!(read.get("aws:username").unwrap().as_slice(), ["alice"]);
    }

    #[test]
    fn an_event_has_cloudtrails_names() {
        let line: Value = serde_json::from_str(&event("x").to_line().unwrap()).unwrap();
        for name in [
            "eventVersion",
            "userIdentity",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "requestParameters",
            "responseElements",
            "requestID",
            "eventID",
            "recipientAccountId",
            "rolecall",
        ] {
            assert!(line.get(name).is_some(), "{name}");
        }
    }
}
