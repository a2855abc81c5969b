//! From a call and its outcome to the audit event (AWS CloudTrail User Guide: Record contents).

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use jiff::Timestamp;
use rolecall_identity::{
    audit::{
        Decision, Elements, Event, Resource, Rolecall, SessionAttributes, SessionContext, SessionIssuer, UserIdentity,
        WebIdFederationData, redacted,
    },
    session::{Record, Source, Subject},
    sts::{Evidence, Identified},
};
use rolecall_policy::{Context, Key, Policies, explain, source_ip};

use super::fault::Fault;
use crate::{
    control::Control,
    dispatch::{About, Whole},
};

/// The condition keys that the server knows of every request (IAM User Guide: AWS global condition context keys).
pub fn context(about: &About, headers: &HeaderMap, region: &str, now: Timestamp) -> Context {
    let mut context = Context::new();
    context.insert(const { Key::known("aws:sourceip") }, source_ip(about.peer.address.ip()));
    context.insert(
        const { Key::known("aws:securetransport") },
        if about.peer.secure { "true" } else { "false" },
    );
    let second = now.as_second();
    context.insert(const { Key::known("aws:currenttime") }, time(now));
    context.insert(const { Key::known("aws:epochtime") }, second.to_string());
    context.insert(const { Key::known("aws:requestedregion") }, region);
    if let Some(agent) = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()) {
        context.insert(const { Key::known("aws:useragent") }, agent);
    }
    context
}

/// A time as CloudTrail writes it: whole seconds.
pub fn time(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

/// The event source of a service, by the name that signatures are scoped to.
pub(crate) fn source(service: &str) -> &'static str {
    match service {
        "iam" => "iam.amazonaws.com",
        "sts" => "sts.amazonaws.com",
        "eks" => "eks.amazonaws.com",
        "eks-auth" => "eks-auth.amazonaws.com",
        _ => rolecall_wire::private::SERVICE,
    }
}

/// Writes an event. If that fails, nothing leaves. What the event is made of need not wait with it.
pub(crate) fn record<'a>(
    control: &'a Control,
    event: &Event,
) -> impl Future<Output = Result<(), Fault>> + Send + use<'a> {
    let written = control.audit.append(event);
    async move { written.await.map_err(|_| Fault::internal()) }
}

/// What an event is about.
pub(crate) struct Told<'a> {
    pub(crate) source: &'static str,
    pub(crate) name: &'static str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) read_only: bool,
    pub(crate) parameters: Elements,
    pub(crate) response: Elements,
    pub(crate) identity: UserIdentity,
    pub(crate) fault: Option<&'a Fault>,
    pub(crate) evidence: Evidence,
    pub(crate) resource: Option<Resource>,
    pub(crate) issued: Option<String>,
}

/// The event.
pub(crate) fn event(request: &Whole, told: Told<'_>, now: Timestamp) -> Event {
    let Told {
        source,
        name,
        region,
        account,
        read_only,
        mut parameters,
        mut response,
        ..
    } = told;
    parameters.redact();
    response.redact();
    let agent = request.parts.headers.get(header::USER_AGENT);
    let id = &request.about.request_id;
    Event {
        event_version: "1.11".into(),
        user_identity: told.identity,
        event_time: time(now),
        event_source: source.into(),
        event_name: name.into(),
        aws_region: region.to_owned(),
        source_ip_address: source_ip(request.about.peer.address.ip()),
        user_agent: agent
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .unwrap_or_default(),
        error_code: told.fault.map(|fault| fault.code.to_string()),
        error_message: told.fault.map(|fault| redacted(&fault.message)),
        request_parameters: parameters,
        response_elements: response,
        request_id: id.clone(),
        // One event a request: its own id is the request's, which is a random UUID too.
        event_id: id.clone(),
        read_only,
        resources: told.resource.into_iter().collect(),
        event_type: "AwsApiCall".into(),
        management_event: true,
        recipient_account_id: account.to_owned(),
        event_category: "Management".into(),
        rolecall: decision(told.evidence, told.fault.is_some(), told.issued),
    }
}

fn decision(evidence: Evidence, failed: bool, issued: Option<String>) -> Rolecall {
    let decision = match (failed, evidence.decision) {
        (false, _) => Decision::Allowed,
        (true, Some(rolecall_policy::Decision::ExplicitlyDenied)) => Decision::ExplicitlyDenied,
        (true, Some(rolecall_policy::Decision::ImplicitlyDenied)) => Decision::ImplicitlyDenied,
        // Allowed by policy, and refused for another reason; or never asked.
        (true, Some(rolecall_policy::Decision::Allowed) | None) => Decision::Refused,
    };
    let denied = matches!(decision, Decision::ExplicitlyDenied | Decision::ImplicitlyDenied);
    let explanation = evidence.request.as_ref().filter(|_| denied).and_then(|request| {
        let caller = evidence.caller.as_deref();
        let policies = Policies {
            identity: caller.map_or(&[], |caller| &caller.identity),
            boundary: caller.and_then(|caller| caller.boundary.as_deref()),
            session: caller.and_then(|caller| caller.session.as_deref()),
            resource: evidence.trust.as_ref(),
            ..Policies::default()
        };
        serde_json::to_value(explain(request, &policies)).ok()
    });
    // Moved, not copied: every exchange writes an event.
    let (principal, action, resource, context) = evidence
        .request
        .map(|request| {
            let (principal, action, resource, context) = request.into_parts();
            (Some(principal.arn().to_owned()), Some(action), Some(resource), context)
        })
        .unwrap_or_default();
    Rolecall {
        decision,
        explanation,
        principal,
        action,
        resource,
        context: Rolecall::kept(decision, context),
        token_id: evidence.source.and_then(|source| source.token_id.clone()),
        issued,
        detail: evidence.detail,
        prev: String::new(),
    }
}

/// Somebody with a token or an assertion of an identity provider.
pub(crate) fn web_identity(source: Option<&Source>) -> UserIdentity {
    let Some(source) = source else {
        return UserIdentity {
            kind: "Unknown".into(),
            ..UserIdentity::default()
        };
    };
    if source.subject_type.is_some() {
        // AWS names the provider by a hash that only AWS can read; its ARN says more.
        return UserIdentity {
            kind: "SAMLUser".into(),
            principal_id: Some([&*source.provider, ":", &source.subject].concat()),
            user_name: Some(source.subject.clone()),
            identity_provider: Some(source.provider.clone()),
            ..UserIdentity::default()
        };
    }
    UserIdentity {
        kind: "WebIdentityUser".into(),
        principal_id: Some([&*source.provider, ":", &source.audience, ":", &source.subject].concat()),
        user_name: Some(source.subject.clone()),
        identity_provider: Some(source.provider.clone()),
        ..UserIdentity::default()
    }
}

/// Somebody whose signature was verified.
pub(crate) fn signed(identified: &Identified, access_key_id: &str) -> UserIdentity {
    let base = UserIdentity {
        access_key_id: Some(access_key_id.to_owned()),
        ..UserIdentity::default()
    };
    let caller = rolecall_identity::sts::caller_identity(identified);
    let base = UserIdentity {
        principal_id: Some(caller.user_id),
        arn: Some(caller.arn.to_string()),
        account_id: Some(caller.account.to_string()),
        ..base
    };
    match identified {
        Identified::Root { .. } => UserIdentity {
            kind: "Root".into(),
            ..base
        },
        Identified::User { arn, .. } => UserIdentity {
            kind: "IAMUser".into(),
            user_name: Some(arn.name().to_owned()),
            ..base
        },
        Identified::Session(opened) => {
            let (kind, user_name) = match &opened.record.subject {
                Subject::Role { .. } => ("AssumedRole", None),
                Subject::User { arn, .. } => ("IAMUser", Some(arn.name().to_owned())),
                Subject::Root => ("Root", None),
                Subject::FederatedUser { .. } => ("FederatedUser", None),
            };
            UserIdentity {
                kind: kind.into(),
                user_name,
                session_context: Some(Box::new(session(&opened.record))),
                ..base
            }
        }
    }
}

fn session(record: &Record) -> SessionContext {
    let issuer = match &record.subject {
        Subject::Role { id, arn, .. } => Some(SessionIssuer {
            kind: "Role".into(),
            principal_id: id.to_string(),
            arn: arn.to_string(),
            account_id: record.account.to_string(),
            user_name: arn.name().to_owned(),
        }),
        Subject::FederatedUser { user, .. } => Some(match user {
            Some((id, arn)) => SessionIssuer {
                kind: "IAMUser".into(),
                principal_id: id.to_string(),
                arn: arn.to_string(),
                account_id: record.account.to_string(),
                user_name: arn.name().to_owned(),
            },
            None => SessionIssuer {
                kind: "Root".into(),
                principal_id: record.account.to_string(),
                arn: rolecall_names::Arn::iam(record.account.as_str(), "root").to_string(),
                account_id: record.account.to_string(),
                user_name: String::new(),
            },
        }),
        Subject::User { .. } | Subject::Root => None,
    };
    let token = record.source.as_ref().filter(|source| source.subject_type.is_none());
    let federation = token.map(|source| WebIdFederationData {
        federated_provider: source.provider.clone(),
        attributes: BTreeMap::from([("sub", &source.subject), ("aud", &source.audience)])
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect(),
    });
    SessionContext {
        session_issuer: issuer,
        web_id_federation_data: federation,
        attributes: SessionAttributes {
            creation_date: Timestamp::from_second(record.issued).map(time).unwrap_or_default(),
            mfa_authenticated: record.mfa.to_string(),
        },
        source_identity: record.source_identity.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolecall_identity::session::{Opened, Secret};
    use rolecall_names::Arn;
    use serde_json::{Value, json};

    use super::*;

    fn identity(subject: Subject, source: Option<Arc<Source>>) -> Value {
        let record = Record {
            account: "123456789012".parse().unwrap(),
            account_incarnation: 1,
            subject,
            issued: 1_700_000_000,
            expires: 1_700_003_600,
            session_policy: None,
            session_policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive_tags: Vec::new(),
            source_identity: None,
            source,
            chained: false,
            mfa: false,
        };
        let opened = Opened::new(record, Secret::new("never seen"));
        serde_json::to_value(signed(&Identified::Session(Arc::new(opened)), "ASIA1")).unwrap()
    }

    #[test]
    fn a_pods_session_names_its_role_and_its_token() {
        let role = Subject::Role {
            id: "AROA77777777777777777".parse().unwrap(),
            arn: Arn::iam("123456789012", "role/team/app"),
            session_name: "s-1".to_owned(),
        };
        let source = Source {
            provider: "arn:aws:iam::123456789012:oidc-provider/h/id/1".to_owned(),
            issuer: "https://h/id/1".to_owned(),
            subject: "system:serviceaccount:a:b".to_owned(),
            audience: "sts.amazonaws.com".to_owned(),
            token_id: None,
            pod_uid: None,
            subject_type: None,
        };
        assert_eq!(
            identity(role, Some(Arc::new(source))),
            json!({
                "type": "AssumedRole",
                "principalId": "AROA77777777777777777:s-1",
                "arn": "arn:aws:sts::123456789012:assumed-role/app/s-1",
                "accountId": "123456789012",
                "accessKeyId": "ASIA1",
                "sessionContext": {
                    "sessionIssuer": {
                        "type": "Role",
                        "principalId": "AROA77777777777777777",
                        "arn": "arn:aws:iam::123456789012:role/team/app",
                        "accountId": "123456789012",
                        "userName": "app",
                    },
                    "webIdFederationData": {
                        "federatedProvider": "arn:aws:iam::123456789012:oidc-provider/h/id/1",
                        "attributes": {"aud": "sts.amazonaws.com", "sub": "system:serviceaccount:a:b"},
                    },
                    "attributes": {"creationDate": "2023-11-14T22:13:20Z", "mfaAuthenticated": "false"},
                },
            })
        );
    }

    #[test]
    fn a_users_session_names_the_user() {
        let user = Subject::User {
            id: "AIDA77777777777777777".parse().unwrap(),
            arn: Arn::iam("123456789012", "user/team/alice"),
        };
        let told = identity(user, None);
        assert_eq!((&told["type"], &told["userName"]), (&json!("IAMUser"), &json!("alice")));
        assert_eq!(told["arn"], "arn:aws:iam::123456789012:user/team/alice");
        assert_eq!(told["sessionContext"].get("sessionIssuer"), None);
    }
}
