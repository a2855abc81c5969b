//! Whether a caller may do something. The one way to a [`Permit`].

pub mod message;
mod resource;

use std::fmt;

use rolecall_names::{AccountId, Arn};
use rolecall_policy::{Compiled, Context, Decision, Explanation, Policies, Request, decide, explain};

use crate::{
    caller::{Caller, CallerKind},
    permit::{Operation, Permit},
    state::{Snapshot, Tag},
};

/// A refused request, with all that is needed to say why. `Display` is AWS's sentence.
#[derive(Debug, Clone)]
pub struct Denied {
    /// What was asked, with its whole context.
    pub request: Request,
    /// How it was refused.
    pub decision: Decision,
    identity: Vec<Compiled>,
    boundary: Option<Vec<Compiled>>,
    session: Option<Vec<Compiled>>,
}

impl Denied {
    /// The policies that took part, for an explanation.
    pub fn policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            session: self.session.as_deref(),
            ..Policies::default()
        }
    }

    /// Why, clause by clause. A slow walk: made only when somebody asks, and shown only to who may read the policies
    /// (threat 13).
    pub fn explanation(&self) -> Explanation {
        explain(&self.request, &self.policies())
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "User: {} is not authorized to perform: {} on resource: {}{}",
            self.request.principal().arn(),
            self.request.action(),
            resource::shown(self.request.action(), self.request.resource()),
            self.explanation().sentence()
        )
    }
}

impl std::error::Error for Denied {}

/// A decision that was made, allowed or not, for the audit.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// What was asked, with its whole context.
    pub request: Request,
    /// The decision.
    pub decision: Decision,
    account: Option<AccountId>,
}

impl Judgement {
    /// Whether it may be done.
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allowed
    }

    /// The refusal, if it is one.
    pub fn denied(&self, caller: &Caller) -> Option<Box<Denied>> {
        (!self.is_allowed()).then(|| Box::new(self.refusal(caller)))
    }

    fn refusal(&self, caller: &Caller) -> Denied {
        Denied {
            request: self.request.clone(),
            decision: self.decision,
            identity: caller.identity.clone(),
            boundary: caller.boundary.clone(),
            session: caller.session_policies.clone(),
        }
    }

    /// The permit for the operation that was judged.
    pub fn permit<Op: Operation>(&self) -> Option<Permit<Op>> {
        let fits = self.is_allowed() && self.request.action() == Op::ACTION;
        self.account
            .filter(|_| fits)
            .map(|account| Permit::decided(account, self.request.resource()))
    }
}

/// What is known of a request: `context`, and the resource's tags.
pub(crate) fn circumstances(snapshot: &Snapshot, action: &str, resource: &str, mut context: Context) -> Context {
    let tags = snapshot.tags_of(resource);
    context.insert_tags("aws:ResourceTag", tags);
    if action.starts_with("iam:") {
        context.insert_tags("iam:ResourceTag", tags);
    }
    context
}

/// Decides on an action of this account's own API. `context` is what the server knows of the request; what comes with the
/// caller and the resource's tags are added here.
pub fn judge(snapshot: &Snapshot, caller: &Caller, action: &str, resource: &str, context: Context) -> Judgement {
    let context = circumstances(snapshot, action, resource, caller.describe(context));
    // IAM and EKS act in the caller's own account, whatever ARN is named; another's resources are simply not there.
    let account = caller.account.map(|account| account.to_string()).unwrap_or_default();
    let request = Request::new(caller.principal.clone(), action, resource, &account, context);
    let decision = match caller.kind {
        // Nobody acts on the control plane without a signature.
        CallerKind::Anonymous => Decision::ImplicitlyDenied,
        _ => decide(&request, &caller.policies()),
    };
    Judgement {
        request,
        decision,
        account: caller.account,
    }
}

/// Decides as the one who has the resource would: with the policy of the bucket, or the trust policy of the role, that is
/// named. Only for explanations; whoever acts asks [`authorize`], or is the gateway.
pub fn judge_with_resource(
    snapshot: &Snapshot,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: Context,
) -> (Decision, Explanation) {
    let own = caller.account.map(|account| account.to_string()).unwrap_or_default();
    let context = circumstances(snapshot, action, resource, caller.describe(context));
    let (account, policy) = resource_policy(snapshot, &own, action, resource);
    let request = Request::new(caller.principal.clone(), action, resource, &account, context);
    let policies = Policies {
        resource: policy.as_ref(),
        ..caller.policies()
    };
    (decide(&request, &policies), explain(&request, &policies))
}

/// The account that a resource belongs to, and its policy: that of the bucket, or the trust policy of the role. What
/// nobody has belongs to the account that asks.
pub(crate) fn resource_policy(
    snapshot: &Snapshot,
    own: &str,
    action: &str,
    resource: &str,
) -> (String, Option<Compiled>) {
    let arn = resource.parse::<Arn>().ok();
    match &arn {
        Some(arn) if arn.service() == "s3" => {
            let name = arn.resource().split('/').next().unwrap_or_default();
            let bucket = snapshot.bucket(name);
            let policy = bucket.and_then(|bucket| bucket.policy.as_ref());
            let named = policy.map(|policy| policy.compiled().clone().with_name(&format!("bucket policy of {name}")));
            (
                bucket.map_or_else(|| own.to_owned(), |bucket| bucket.account.to_string()),
                named,
            )
        }
        Some(arn) if action.starts_with("sts:AssumeRole") && arn.resource().starts_with("role/") => {
            let role = arn
                .account()
                .parse()
                .ok()
                .and_then(|account| snapshot.role(account, arn.name()))
                .filter(|role| role.arn == *arn);
            let trust = role.map(|role| {
                role.trust
                    .compiled()
                    .clone()
                    .with_name(&format!("trust policy of {resource}"))
            });
            (arn.account().to_owned(), trust)
        }
        Some(arn) if !arn.account().is_empty() => (arn.account().to_owned(), None),
        _ => (own.to_owned(), None),
    }
}

/// Decides on an operation.
pub fn authorize<Op: Operation>(
    snapshot: &Snapshot,
    caller: &Caller,
    resource: &str,
    context: Context,
) -> Result<Permit<Op>, Box<Denied>> {
    let judgement = judge(snapshot, caller, Op::ACTION, resource, context);
    judgement.permit().ok_or_else(|| Box::new(judgement.refusal(caller)))
}

impl Snapshot {
    /// The tags of the resource of this ARN, if there is one.
    pub fn tags_of(&self, arn: &str) -> &[Tag] {
        self.find_tags(arn).unwrap_or_default()
    }

    fn find_tags(&self, text: &str) -> Option<&[Tag]> {
        let arn: Arn = text.parse().ok()?;
        let account: AccountId = arn.account().parse().ok()?;
        let (kind, rest) = arn.resource().split_once('/')?;
        let name = rest.rsplit('/').next().unwrap_or_default();
        match (arn.service(), kind) {
            ("iam", "role") => self
                .role(account, name)
                .filter(|it| it.arn == arn)
                .map(|it| it.entity.tags.as_slice()),
            ("iam", "user") => self
                .user(account, name)
                .filter(|it| it.arn == arn)
                .map(|it| it.entity.tags.as_slice()),
            ("iam", "mfa") => self.mfa_device(account, text).map(|it| it.tags.as_slice()),
            ("iam", "saml-provider") => self.saml_provider(account, rest).map(|it| it.tags.as_slice()),
            ("iam", "server-certificate") => self
                .server_certificate(account, name)
                .filter(|it| it.arn == text)
                .map(|it| it.tags.as_slice()),
            ("iam", "instance-profile") => self
                .instance_profile(account, name)
                .filter(|it| it.arn == arn)
                .map(|it| it.tags.as_slice()),
            ("iam", "policy") => self.policy(text).map(|it| it.tags.as_slice()),
            ("iam", "oidc-provider") => self.provider(account, rest).map(|it| it.tags.as_slice()),
            ("eks", "cluster") => self
                .cluster(account, rest)
                .filter(|it| it.arn == text)
                .map(|it| it.tags.as_slice()),
            _ => None,
        }
    }
}
