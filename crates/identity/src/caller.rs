//! Whoever makes a request, and everything that binds them.

use std::sync::{Arc, LazyLock};

use rolecall_names::{AccountId, Arn, UniqueId};
use rolecall_policy::{Compiled, Context, Key, Policies, Policy, Principal};

use crate::{
    document::Document,
    managed::find,
    session::{Opened, Subject},
    state::{Entity, Group, Role, Snapshot, Tag, User, account_of},
    sts::{self, CredentialError, Identified},
};

/// The managed policy that allows everything.
const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// What users may where their account's password policy lets them change their passwords: "rather, IAM applies the
/// permissions at the account-level for all users" (IAM User Guide: Permit IAM users to change their own passwords). Nobody
/// changes another's by this call.
static OWN_PASSWORD: LazyLock<Option<Compiled>> = LazyLock::new(|| {
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Action":["iam:ChangePassword","iam:GetAccountPasswordPolicy"],"Resource":"*"}]}"#;
    let policy = Policy::parse(text).ok()?;
    Some(Compiled::new(&policy).with_name("the account's password policy"))
});

/// What kind of caller it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerKind {
    /// The root of the account, by its key or by a session of its own.
    Root,
    /// A user, by a key or by a session of their own.
    User {
        /// The user's unique id.
        id: UniqueId,
        /// The user's ARN.
        arn: Arn,
    },
    /// A session of a role.
    Role {
        /// The role's unique id.
        id: UniqueId,
        /// The role's ARN, with its path.
        arn: Arn,
        /// The session's name.
        session_name: String,
    },
    /// A federated user, a session of `GetFederationToken`.
    FederatedUser {
        /// The name that was asked for.
        name: String,
        /// The id and the ARN of the user who asked; `None` for the account's root.
        user: Option<(UniqueId, Arn)>,
    },
    /// Nobody in particular.
    Anonymous,
}

/// A caller whose signature was verified (or who sent none), with the policies that bind them as of one snapshot.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account; of an anonymous caller, none.
    pub account: Option<AccountId>,
    /// What kind of caller.
    pub kind: CallerKind,
    /// As policies see it.
    pub principal: Principal,
    /// The access key that signed; empty for anonymous callers.
    pub access_key_id: String,
    /// The session, if it is one.
    pub session: Option<Arc<Opened>>,
    /// Identity-based policies, attached and inline.
    pub identity: Vec<Compiled>,
    /// The permissions boundary.
    pub boundary: Option<Vec<Compiled>>,
    /// The session's policies.
    pub session_policies: Option<Vec<Compiled>>,
    /// The condition keys that come with the caller.
    pub context: Context,
}

impl Caller {
    /// The caller behind credentials whose signature was verified.
    pub fn new(snapshot: &Snapshot, identified: &Identified, access_key_id: &str) -> Result<Self, CredentialError> {
        let mut context = Context::new();
        let (account, kind, principal, session) = match identified {
            Identified::Root { account } => {
                let arn = Arn::iam(account.as_str(), "root");
                describe(&mut context, *account, &arn, "Account", account.as_str(), &[]);
                (*account, CallerKind::Root, Principal::parse(arn.as_str()), None)
            }
            Identified::User { account, id, arn } => {
                let tags = snapshot.user(*account, arn.name()).map(|user| user.entity.tags.clone());
                describe(
                    &mut context,
                    *account,
                    arn,
                    "User",
                    id.as_str(),
                    &tags.unwrap_or_default(),
                );
                context.insert(const { Key::known("aws:username") }, arn.name());
                let kind = CallerKind::User {
                    id: id.clone(),
                    arn: arn.clone(),
                };
                (
                    *account,
                    kind,
                    Principal::parse(arn.as_str()).map(|p| p.with_unique_id(id.as_str())),
                    None,
                )
            }
            Identified::Session(opened) => {
                let record = &opened.record;
                let kind = match &record.subject {
                    Subject::Root => CallerKind::Root,
                    Subject::FederatedUser { name, user } => CallerKind::FederatedUser {
                        name: name.clone(),
                        user: user.clone(),
                    },
                    Subject::User { id, arn } => CallerKind::User {
                        id: id.clone(),
                        arn: arn.clone(),
                    },
                    Subject::Role { id, arn, session_name } => CallerKind::Role {
                        id: id.clone(),
                        arn: arn.clone(),
                        session_name: session_name.clone(),
                    },
                };
                let tags = bearer(snapshot, record.account, &kind).map(|bearer| bearer.entity().tags.clone());
                record.describe(&tags.unwrap_or_default(), &mut context);
                (record.account, kind, record.principal(), Some(Arc::clone(opened)))
            }
        };
        let principal = principal.ok_or(CredentialError::Invalid)?;
        let bearer = bearer(snapshot, account, &kind);
        // Whoever is gone since the key was looked up is nobody (threat 6).
        let by_root = matches!(kind, CallerKind::Root | CallerKind::FederatedUser { user: None, .. });
        if bearer.is_none() && !by_root {
            return Err(CredentialError::Invalid);
        }
        let session_policies = match &session {
            Some(opened) => session_policies(snapshot, account, opened)?,
            None => None,
        };
        let (mut identity, boundary) = match (bearer, &kind) {
            (Some(bearer), _) => bound_by(snapshot, bearer),
            // The root's federated user may do what the root may, as far as the session policies let it.
            (None, CallerKind::FederatedUser { .. }) => (snapshot.compiled(EVERYTHING).into_iter().collect(), None),
            (None, _) => (Vec::new(), None),
        };
        let is_user = matches!(kind, CallerKind::User { .. });
        if is_user && snapshot.password_policy(account).is_some_and(|it| it.users_may_change) {
            identity.extend(OWN_PASSWORD.clone());
        }
        Ok(Self {
            account: Some(account),
            principal,
            access_key_id: access_key_id.to_owned(),
            session,
            identity,
            boundary,
            session_policies,
            context,
            kind,
        })
    }

    /// Whoever sends no signature.
    pub fn anonymous() -> Self {
        Self {
            account: None,
            kind: CallerKind::Anonymous,
            principal: Principal::anonymous(),
            access_key_id: String::new(),
            session: None,
            identity: Vec::new(),
            boundary: None,
            session_policies: None,
            context: Context::new(),
        }
    }

    /// The policies that bind the caller; a resource's own is added by whoever knows the resource.
    pub fn policies(&self) -> Policies<'_> {
        Policies {
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            session: self.session_policies.as_deref(),
            ..Policies::default()
        }
    }

    /// When the caller has shown the second factor that the session stands for, in seconds.
    pub fn factor_shown(&self) -> Option<i64> {
        let record = &self.session.as_ref()?.record;
        record.mfa.then_some(record.issued)
    }

    /// The circumstances of a request, completed by what comes with the caller, which nothing else may set.
    pub fn describe(&self, mut request: Context) -> Context {
        let now = request
            .get("aws:EpochTime")
            .and_then(|time| time.as_slice().first()?.parse::<i64>().ok());
        if let (Some(shown), Some(now)) = (self.factor_shown(), now) {
            request.insert("aws:MultiFactorAuthAge", now.saturating_sub(shown).max(0).to_string());
        }
        request.extend(&self.context);
        request
    }

    /// The caller as the flows of STS take it; none for anonymous callers.
    pub fn sts(&self) -> Option<sts::Caller<'_>> {
        Some(sts::Caller {
            principal: &self.principal,
            account: self.account?,
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            session: self.session_policies.as_deref(),
            record: self.session.as_ref().map(|opened| &opened.record),
        })
    }
}

fn describe(context: &mut Context, account: AccountId, arn: &Arn, kind: &str, id: &str, tags: &[Tag]) {
    context.insert(const { Key::known("aws:principalaccount") }, account.as_str());
    context.insert(const { Key::known("aws:principalarn") }, arn.as_str());
    context.insert(const { Key::known("aws:principaltype") }, kind);
    context.insert(const { Key::known("aws:userid") }, id);
    context.insert_tags("aws:PrincipalTag", tags);
}

impl Snapshot {
    /// The tags of a caller's own role or user.
    pub(crate) fn principal_tags(&self, caller: &Caller) -> &[Tag] {
        let bearer = caller.account.and_then(|account| bearer(self, account, &caller.kind));
        bearer.map(|bearer| bearer.entity().tags.as_slice()).unwrap_or_default()
    }
}

/// Who has identity-based policies.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bearer<'a> {
    /// A role: its own.
    Role(&'a Role),
    /// A user: its own and those of its groups.
    User(&'a User),
    /// A group: its own.
    Group(&'a Group),
}

/// An identity-based policy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Borne<'a> {
    /// By its ARN.
    Managed(&'a String),
    /// By its name.
    Inline(&'a String, &'a Document),
}

impl<'a> Bearer<'a> {
    /// What it has of its own.
    fn entity(self) -> &'a Entity {
        match self {
            Self::Role(role) => &role.entity,
            Self::User(user) => &user.entity,
            Self::Group(group) => &group.entity,
        }
    }

    /// All that it has: its own policies, the attached ones first, then those of each of its groups, which is told with
    /// them. What is attached several times counts once.
    pub(crate) fn each(self, snapshot: &'a Snapshot, mut visit: impl FnMut(Borne<'a>, Option<&'a Group>)) {
        let own = self.entity();
        own.attached.iter().for_each(|arn| visit(Borne::Managed(arn), None));
        own.inline
            .iter()
            .for_each(|(name, document)| visit(Borne::Inline(name, document), None));
        let Self::User(user) = self else { return };
        let mut seen: Vec<&String> = own.attached.iter().collect();
        for group in snapshot.groups_of(user) {
            for arn in &group.entity.attached {
                if !seen.contains(&arn) {
                    seen.push(arn);
                    visit(Borne::Managed(arn), Some(group));
                }
            }
            for (name, document) in &group.entity.inline {
                visit(Borne::Inline(name, document), Some(group));
            }
        }
    }
}

/// The role or user of the caller, in the very incarnation that the credentials are of.
fn bearer<'a>(snapshot: &'a Snapshot, account: AccountId, kind: &CallerKind) -> Option<Bearer<'a>> {
    match kind {
        CallerKind::Root | CallerKind::Anonymous | CallerKind::FederatedUser { user: None, .. } => None,
        CallerKind::User { id, arn }
        | CallerKind::FederatedUser {
            user: Some((id, arn)), ..
        } => snapshot
            .user(account, arn.name())
            .filter(|user| user.id == *id)
            .map(|user| Bearer::User(user)),
        CallerKind::Role { id, arn, .. } => snapshot
            .role(account, arn.name())
            .filter(|role| role.id == *id)
            .map(|role| Bearer::Role(role)),
    }
}

/// The identity-based policies and the permissions boundary of a role or user.
pub(crate) fn bound_by(snapshot: &Snapshot, bearer: Bearer<'_>) -> (Vec<Compiled>, Option<Vec<Compiled>>) {
    // A boundary that is gone bounds to nothing, rather than not at all. Groups have none.
    let boundary = bearer
        .entity()
        .boundary
        .as_deref()
        .map(|arn| snapshot.compiled(arn).into_iter().collect());
    (effective(snapshot, bearer), boundary)
}

/// All identity-based policies of a role or user.
pub(crate) fn effective(snapshot: &Snapshot, bearer: Bearer<'_>) -> Vec<Compiled> {
    let mut all = Vec::new();
    bearer.each(snapshot, |policy, group| match (policy, group) {
        (Borne::Managed(arn), _) => all.extend(snapshot.compiled(arn).map(|compiled| compiled.with_name(arn))),
        (Borne::Inline(name, document), None) => all.push(document.compiled().clone().with_name(name)),
        (Borne::Inline(name, document), Some(group)) => {
            let name = format!("{name} of group {}", group.name);
            all.push(document.compiled().clone().with_name(&name));
        }
    });
    all
}

fn session_policies(
    snapshot: &Snapshot,
    account: AccountId,
    opened: &Opened,
) -> Result<Option<Vec<Compiled>>, CredentialError> {
    let record = &opened.record;
    if record.session_policy.is_none() && record.session_policy_arns.is_empty() {
        return Ok(None);
    }
    // A managed policy that is gone allows nothing any more; the session stays as narrow as it was, or becomes narrower.
    let mut all: Vec<Compiled> = record
        .session_policy_arns
        .iter()
        .filter(|arn| arn.starts_with("arn:aws:iam::aws:") || account_of(arn) == account)
        .filter_map(|arn| Some(snapshot.compiled(arn)?.with_name(arn)))
        .collect();
    if record.session_policy.is_some() {
        all.push(opened.policy().cloned().ok_or(CredentialError::Invalid)?);
    }
    Ok(Some(all))
}

impl Snapshot {
    /// The default version of a managed policy, the account's own or AWS's.
    pub fn compiled(&self, arn: &str) -> Option<Compiled> {
        if let Some(policy) = find(arn) {
            return policy.compiled().cloned();
        }
        let policy = self.policy(arn)?;
        policy
            .default_version()
            .map(|version| version.document.compiled().clone())
    }
}
