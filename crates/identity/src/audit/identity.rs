//! `userIdentity` from what the credentials said (CloudTrail User Guide: CloudTrail userIdentity element).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{SessionAttributes, SessionContext, SessionIssuer, UserIdentity, WebIdFederationData};
use crate::{
    session::{Record, Source, Subject},
    sts::{Identified, caller_identity},
};

impl UserIdentity {
    /// Whoever signed with this access key.
    pub fn signed(caller: &Identified, access_key_id: &str) -> Self {
        let who = caller_identity(caller);
        let name = |arn: &str| arn.rsplit('/').next().map(str::to_owned);
        let (kind, user_name, session_context) = match caller {
            Identified::Root { .. } => ("Root", None, None),
            Identified::User { arn, .. } => ("IAMUser", name(arn.as_str()), None),
            Identified::Session(opened) => {
                let record = &opened.record;
                let context = Some(session_context(record));
                match &record.subject {
                    Subject::Role { .. } => ("AssumedRole", None, context),
                    Subject::User { arn, .. } => ("IAMUser", name(arn.as_str()), context),
                    Subject::Root => ("Root", None, context),
                    Subject::FederatedUser { .. } => ("FederatedUser", None, context),
                }
            }
        };
        Self {
            kind: kind.to_owned(),
            principal_id: Some(who.user_id),
            arn: Some(who.arn.as_str().to_owned()),
            account_id: Some(who.account.to_string()),
            access_key_id: Some(access_key_id.to_owned()),
            user_name,
            identity_provider: None,
            session_context,
        }
    }

    /// Whoever showed this token, once it was verified.
    pub fn web_identity(source: &Source) -> Self {
        Self {
            kind: "WebIdentityUser".to_owned(),
            principal_id: Some(format!("{}:{}:{}", source.provider, source.audience, source.subject)),
            user_name: Some(source.subject.clone()),
            identity_provider: Some(source.provider.clone()),
            ..Self::default()
        }
    }

    /// Nobody that could be told.
    pub fn unknown() -> Self {
        Self {
            kind: "Unknown".to_owned(),
            ..Self::default()
        }
    }
}

fn session_context(record: &Record) -> SessionContext {
    let session_issuer = match &record.subject {
        Subject::Role { id, arn, .. } => Some(SessionIssuer {
            kind: "Role".to_owned(),
            principal_id: id.to_string(),
            arn: arn.as_str().to_owned(),
            account_id: record.account.to_string(),
            user_name: arn.resource().rsplit('/').next().unwrap_or_default().to_owned(),
        }),
        Subject::FederatedUser { user, .. } => Some(match user {
            Some((id, arn)) => SessionIssuer {
                kind: "IAMUser".to_owned(),
                principal_id: id.to_string(),
                arn: arn.to_string(),
                account_id: record.account.to_string(),
                user_name: arn.resource().rsplit('/').next().unwrap_or_default().to_owned(),
            },
            None => SessionIssuer {
                kind: "Root".to_owned(),
                principal_id: record.account.to_string(),
                arn: rolecall_names::Arn::iam(record.account.as_str(), "root").to_string(),
                account_id: record.account.to_string(),
                user_name: String::new(),
            },
        }),
        Subject::User { .. } | Subject::Root => None,
    };
    let token = record.source.as_ref().filter(|source| source.subject_type.is_none());
    let web_id_federation_data = token.map(|source| {
        let url = source.issuer.strip_prefix("https://").unwrap_or(&source.issuer);
        WebIdFederationData {
            federated_provider: source.provider.clone(),
            attributes: BTreeMap::from([
                (format!("{url}:aud"), source.audience.clone()),
                (format!("{url}:sub"), source.subject.clone()),
            ]),
        }
    });
    SessionContext {
        session_issuer,
        web_id_federation_data,
        attributes: SessionAttributes {
            creation_date: Timestamp::from_second(record.issued)
                .map(|issued| issued.to_string())
                .unwrap_or_default(),
            mfa_authenticated: record.mfa.to_string(),
        },
        source_identity: record.source_identity.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolecall_names::Arn;
    use serde_json::json;

    use super::*;
    use crate::session::{Opened, Secret};

    #[test]
    fn a_pods_session_names_its_role_and_its_token() {
        let record = Record {
            account: "123456789012".parse().unwrap(),
            account_incarnation: 1,
            subject: Subject::Role {
                id: "AROA77777777777777777".parse().unwrap(),
                arn: Arn::iam("123456789012", "role/team/app"),
                session_name: "s-1".to_owned(),
            },
            issued: 1_700_000_000,
            expires: 1_700_003_600,
            session_policy: None,
            session_policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive_tags: Vec::new(),
            source_identity: None,
            source: Some(Source {
                provider: "arn:aws:iam::123456789012:oidc-provider/h/id/1".to_owned(),
                issuer: "https://h/id/1".to_owned(),
                subject: "system:serviceaccount:a:b".to_owned(),
                audience: "sts.amazonaws.com".to_owned(),
                token_id: None,
                pod_uid: None,
                subject_type: None,
            }),
            chained: false,
            mfa: false,
        };
        let secret = Secret::new("never seen");
        let caller = Identified::Session(Arc::new(Opened::new(record, secret)));
        assert_eq!(
            serde_json::to_value(UserIdentity::signed(&caller, "ASIA1")).unwrap(),
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
                        "attributes": {"h/id/1:aud": "sts.amazonaws.com", "h/id/1:sub": "system:serviceaccount:a:b"},
                    },
                    "attributes": {"creationDate": "2023-11-14T22:13:20Z", "mfaAuthenticated": "false"},
                },
            })
        );
    }
}
