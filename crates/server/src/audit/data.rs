//! Decisions of gateways as events (AWS CloudTrail User Guide: Logging data events), and as last uses.

use std::borrow::Cow;

use jiff::Timestamp;
use rolecall_identity::{
    audit::{Decision, Elements, Event, Resource, Rolecall, UserIdentity},
    usage::{Usage, Use},
};
use rolecall_policy::{Context, Principal, PrincipalKind};
use serde_json::Value;

use crate::aws::evidence::time;

/// A decision about a request to S3.
#[derive(Debug)]
pub struct Decided<'a> {
    /// The event's own id.
    pub event_id: String,
    /// The request's id.
    pub request_id: &'a str,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub principal: Cow<'a, Principal>,
    /// Their access key id; empty for anonymous callers.
    pub access_key_id: &'a str,
    /// The S3 operation.
    pub operation: &'a str,
    /// The IAM action.
    pub action: &'a str,
    /// The resource's ARN, or `*`.
    pub resource: &'a str,
    /// The account that owns the resource; empty if there is no such bucket.
    pub account: &'a str,
    /// The region of the endpoint.
    pub region: &'a str,
    /// The client's address.
    pub peer: String,
    /// The client's `User-Agent`.
    pub user_agent: &'a str,
    /// The decision.
    pub decision: rolecall_policy::Decision,
    /// Why it was refused.
    pub explanation: Option<Value>,
    /// The condition keys that it was decided with.
    pub context: Context,
    /// What we know and the client is not told.
    pub detail: Option<String>,
}

impl Decided<'_> {
    /// Notes that credentials were used, whatever was decided.
    pub fn note(&self, usage: &Usage) {
        let id = match self.principal.kind() {
            PrincipalKind::Root => Some(self.principal.account()),
            PrincipalKind::User | PrincipalKind::Session { .. } => self.principal.unique_id(),
            _ => None,
        };
        usage.note(Use {
            principal: id,
            access_key_id: self.access_key_id,
            service: "s3",
            region: self.region,
            action: self.action.strip_prefix("s3:").unwrap_or(self.action),
            at: self.at.as_second(),
        });
    }

    /// The event.
    pub fn event(self) -> Event {
        let (decision, error_code) = match self.decision {
            rolecall_policy::Decision::Allowed => (Decision::Allowed, None),
            rolecall_policy::Decision::ExplicitlyDenied => (Decision::ExplicitlyDenied, Some("AccessDenied")),
            rolecall_policy::Decision::ImplicitlyDenied => (Decision::ImplicitlyDenied, Some("AccessDenied")),
        };
        let operation = self.operation;
        Event {
            event_version: "1.11".into(),
            user_identity: who(&self.principal, self.access_key_id),
            event_time: time(self.at),
            event_source: "s3.amazonaws.com".into(),
            event_name: operation.to_owned().into(),
            aws_region: self.region.to_owned(),
            source_ip_address: self.peer,
            user_agent: self.user_agent.to_owned(),
            error_code: error_code.map(str::to_owned),
            error_message: None,
            request_parameters: Elements::Null,
            response_elements: Elements::Null,
            request_id: self.request_id.to_owned(),
            event_id: self.event_id,
            read_only: ["Get", "List", "Head"].iter().any(|verb| operation.starts_with(verb)),
            resources: vec![Resource {
                arn: self.resource.to_owned(),
                account_id: known(self.account),
                kind: "AWS::S3::Object".into(),
            }],
            event_type: "AwsApiCall".into(),
            management_event: false,
            recipient_account_id: self.account.to_owned(),
            event_category: "Data".into(),
            rolecall: Rolecall {
                decision,
                explanation: self.explanation,
                principal: Some(self.principal.arn().to_owned()),
                action: Some(self.action.to_owned()),
                resource: Some(self.resource.to_owned()),
                context: Rolecall::kept(decision, self.context),
                token_id: None,
                issued: None,
                detail: self.detail,
                prev: String::new(),
            },
        }
    }
}

fn who(principal: &Principal, access_key_id: &str) -> UserIdentity {
    let kind = match principal.kind() {
        PrincipalKind::Root => "Root",
        PrincipalKind::User => "IAMUser",
        PrincipalKind::Session { .. } => "AssumedRole",
        PrincipalKind::FederatedUser { .. } => "FederatedUser",
        PrincipalKind::Service => "AWSService",
        PrincipalKind::WebIdentity | PrincipalKind::Saml | PrincipalKind::Anonymous => "AWSAccount",
    };
    UserIdentity {
        kind: kind.into(),
        principal_id: principal.unique_id().map(str::to_owned),
        arn: known(principal.arn()).filter(|_| *principal.kind() != PrincipalKind::Anonymous),
        account_id: known(principal.account()),
        access_key_id: known(access_key_id),
        ..UserIdentity::default()
    }
}

fn known(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
