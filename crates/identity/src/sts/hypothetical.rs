//! What would come of a token that nobody has shown, for whoever asks why a pod may not do something. Nothing is issued,
//! and nothing is decided here that the flows do not decide in the same way.

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_names::{AccountId, Arn};
use rolecall_policy::{Context, Decision, Explanation, Policies, Principal, explain};

use super::{
    Directory, Evidence, HOUR, Identified,
    judge::{Asked, judge},
    web_identity::describe,
};
use crate::{
    session::{Opened, Record, Secret, Source, Subject},
    token::Claims,
};

/// A token of a service account, and the role that it would be shown for.
#[derive(Debug, Clone)]
pub struct Hypothetical<'a> {
    /// The account of the provider and the role.
    pub account: AccountId,
    /// The issuer, without `https://`.
    pub issuer: &'a str,
    /// `sub`
    pub subject: &'a str,
    /// The audience that the provider has registered.
    pub audience: &'a str,
    /// The role.
    pub role: &'a Arn,
    /// `RoleSessionName`
    pub session_name: &'a str,
    /// What else is supposed of the request.
    pub context: Context,
}

impl Hypothetical<'_> {
    fn provider(&self) -> Arn {
        Arn::iam(self.account.as_str(), &format!("oidc-provider/{}", self.issuer))
    }

    fn claims(&self) -> Claims {
        Claims {
            issuer: format!("https://{}", self.issuer),
            subject: self.subject.to_owned(),
            audiences: vec![self.audience.to_owned()],
            authorized_party: None,
            expires: 0,
            not_before: None,
            issued: None,
            token_id: None,
            methods: Vec::new(),
            kubernetes: None,
            tags: None,
            texts: Vec::new(),
        }
    }

    /// Whether the role's trust policy would agree, and why. `None` where there is no such role.
    pub fn trust(&self, directory: &dyn Directory) -> Option<(Decision, Explanation)> {
        let role = directory.role(self.role)?;
        let provider = self.provider();
        let principal = Principal::web_identity(provider.as_str(), self.account.as_str());
        let context = describe(
            &self.claims(),
            self.issuer,
            self.audience,
            provider.as_str(),
            self.context.clone(),
        );
        let asked = Asked {
            principal: &principal,
            action: "sts:AssumeRoleWithWebIdentity",
            arn: self.role,
            session_name: self.session_name,
            duration: HOUR,
            tags: &[],
            transitive: &[],
            source_identity: None,
            context,
            policies: Policies::default(),
        };
        let mut evidence = Evidence::default();
        // The evidence says the same as the outcome, and more.
        let _ = judge(Some(&role), asked, &mut evidence);
        let request = evidence.request?;
        let policies = Policies {
            resource: Some(role.trust),
            ..Policies::default()
        };
        Some((evidence.decision?, explain(&request, &policies)))
    }

    /// The session that would follow. Its credentials do not exist.
    pub fn session(&self, directory: &dyn Directory, now: Timestamp) -> Option<Identified> {
        let role = directory.role(self.role)?;
        let record = Record {
            account: self.account,
            account_incarnation: directory.account(self.account)?,
            subject: Subject::Role {
                id: role.id.clone(),
                arn: self.role.clone(),
                session_name: self.session_name.to_owned(),
            },
            issued: now.as_second(),
            expires: now.as_second().saturating_add(HOUR),
            session_policy: None,
            session_policy_arns: Vec::new(),
            tags: Vec::new(),
            transitive_tags: Vec::new(),
            source_identity: None,
            source: Some(Arc::new(Source {
                provider: self.provider().as_str().to_owned(),
                issuer: format!("https://{}", self.issuer),
                subject: self.subject.to_owned(),
                audience: self.audience.to_owned(),
                token_id: None,
                pod_uid: None,
                subject_type: None,
            })),
            chained: false,
            mfa: false,
        };
        Some(Identified::Session(Arc::new(Opened::new(record, Secret::new("")))))
    }
}
