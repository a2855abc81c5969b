//! Who could do something: every principal of an account that some circumstances would let it, by which statements, and
//! through whom each role is reached.
//!
//! Decided by the engine with what is known of each principal; what is not known (the source address, MFA, session tags…)
//! stays open and is told (see [`rolecall_policy::outlook`]). Nothing here grants anything.

use std::collections::BTreeSet;

use rolecall_names::{AccountId, Arn};
use rolecall_policy::{
    Clause, Compiled, Context, Outlook, Policies, Policy, Possibility, Principal, PrincipalType, Request, outlook,
};

use crate::{
    authorize::{circumstances, resource_policy},
    caller::{Bearer, bound_by},
    document::Document,
    state::{Role, Snapshot},
};

/// How many principals are told at most, and how many ways to each.
pub const MOST: usize = 1_000;
/// How many roles may stand between a role and who begins.
const DEEPEST: usize = 3;

/// A principal that could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// What kind it is.
    pub kind: Kind,
    /// Its ARN, or how it is told.
    pub name: String,
    /// How often.
    pub possibility: Possibility,
    /// By which statements, and on what it depends.
    pub clauses: Vec<Clause>,
    /// Of a role: who can become it.
    pub through: Vec<Self>,
}

/// The kinds of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An account's root, or all of an account that its own policies let.
    Account,
    /// A user.
    User,
    /// The sessions of a role.
    Role,
    /// A Kubernetes service account.
    ServiceAccount,
    /// Somebody whom an identity provider vouches for.
    Federated,
    /// An AWS service.
    Service,
    /// Anybody at all.
    Anyone,
}

/// What somebody could do.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The account whose principals are looked at.
    pub account: AccountId,
    /// Such as `s3:GetObject`.
    pub action: &'a str,
    /// An ARN, or `*`.
    pub resource: &'a str,
    /// What is known of the circumstances.
    pub context: Context,
}

/// Everybody who could, and whether there are more than are told.
pub fn who_can(snapshot: &Snapshot, asked: &Asked<'_>) -> (Vec<Who>, bool) {
    let search = Search { snapshot, asked };
    let mut all = Vec::new();
    let found = search
        .own()
        .chain(search.granted_by_the_resource())
        .filter(|who| who.possibility > Possibility::Never);
    for who in found {
        if all.len() == MOST {
            return (all, true);
        }
        all.push(who);
    }
    for who in all.iter_mut().filter(|who| who.kind == Kind::Role) {
        let mut seen = BTreeSet::from([who.name.clone()]);
        if let Some(role) = search.role(&who.name) {
            who.through = search.through(role, &mut seen, DEEPEST);
        }
    }
    (all, false)
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    asked: &'a Asked<'a>,
}

impl<'a> Search<'a> {
    /// The account's root, its users and its roles.
    fn own(&self) -> impl Iterator<Item = Who> {
        let account = self.asked.account;
        let root = format!("arn:aws:iam::{account}:root");
        let root = std::iter::once_with(move || self.look(Kind::Account, &root, None, &[], None, Context::new()));
        let users = self.snapshot.users(account).map(|user| {
            let (identity, boundary) = bound_by(self.snapshot, Bearer::User(user));
            let mut context =
                Context::from_iter([("aws:username", user.name.as_str()), ("aws:userid", user.id.as_str())]);
            context.insert_tags("aws:PrincipalTag", &user.entity.tags);
            self.look(
                Kind::User,
                user.arn.as_str(),
                Some(user.id.as_str()),
                &identity,
                boundary.as_deref(),
                context,
            )
        });
        let roles = self.snapshot.roles(account).map(|role| {
            let (identity, boundary) = bound_by(self.snapshot, Bearer::Role(role));
            let mut context = Context::new();
            context.insert_tags("aws:PrincipalTag", &role.entity.tags);
            self.look(
                Kind::Role,
                role.arn.as_str(),
                Some(role.id.as_str()),
                &identity,
                boundary.as_deref(),
                context,
            )
        });
        root.chain(users).chain(roles).flatten()
    }

    fn look(
        &self,
        kind: Kind,
        arn: &str,
        id: Option<&str>,
        identity: &[Compiled],
        boundary: Option<&[Compiled]>,
        mut context: Context,
    ) -> Option<Who> {
        let asked = self.asked;
        let principal = Principal::parse(arn)?;
        let principal = match id {
            Some(id) => principal.with_unique_id(id),
            None => principal,
        };
        context.insert("aws:PrincipalArn", arn);
        context.insert("aws:PrincipalAccount", asked.account.as_str());
        context.insert("aws:PrincipalType", type_of(kind));
        let about = About {
            action: asked.action,
            resource: asked.resource,
        };
        let context = self.around(&about, &context);
        let (account, policy) = resource_policy(self.snapshot, asked.account.as_str(), asked.action, asked.resource);
        let request = Request::new(principal, asked.action, asked.resource, &account, context);
        let policies = Policies {
            identity,
            boundary,
            resource: policy.as_ref(),
            ..Policies::default()
        };
        // All that comes with the caller is in the context. Sessions of a role may bring tags of their own.
        let absent = |key: &str| {
            let callers = [
                "aws:username",
                "aws:userid",
                "aws:principalorgid",
                "aws:principalisawsservice",
            ];
            (callers.contains(&key) && !(kind == Kind::Role && key == "aws:userid"))
                || (kind != Kind::Role && key.starts_with("aws:principaltag/"))
        };
        Some(told(kind, arn.to_owned(), outlook(&request, &policies, &absent)))
    }

    /// What is known of the request, what comes with the caller, and the tags of the resource.
    fn around(&self, about: &About<'_>, callers: &Context) -> Context {
        let mut context = self.asked.context.clone();
        context.extend(callers);
        circumstances(self.snapshot, about.action, about.resource, context)
    }

    /// Those of other accounts, and those of none, whom the resource's own policy names.
    fn granted_by_the_resource(&self) -> impl Iterator<Item = Who> {
        let asked = self.asked;
        let (account, policy) = resource_policy(self.snapshot, asked.account.as_str(), asked.action, asked.resource);
        let policy = policy.filter(|_| account == asked.account.as_str());
        let own = asked.account;
        policy.into_iter().flat_map(move |policy| {
            let about = About {
                action: asked.action,
                resource: asked.resource,
            };
            let named = self.named_by(&policy, &about);
            // Those of this account have been looked at with their own policies.
            named.into_iter().filter(move |who| {
                !matches!(who.kind, Kind::Account | Kind::User | Kind::Role) || !who.name.contains(own.as_str())
            })
        })
    }

    fn role(&self, arn: &str) -> Option<&'a Role> {
        let name = arn.rsplit('/').next()?;
        let role = self.snapshot.role(self.asked.account, name)?;
        (role.arn.as_str() == arn).then_some(role)
    }

    /// Who can become this role.
    fn through(&self, role: &Role, seen: &mut BTreeSet<String>, deeper: usize) -> Vec<Who> {
        let trust = role
            .trust
            .compiled()
            .clone()
            .with_name(&format!("trust policy of {}", role.arn));
        let mut all = Vec::new();
        for action in [
            "sts:AssumeRoleWithWebIdentity",
            "sts:AssumeRole",
            "sts:AssumeRoleWithSAML",
        ] {
            let about = About {
                action,
                resource: role.arn.as_str(),
            };
            all.extend(self.named_by(&trust, &about));
        }
        all.truncate(MOST);
        for who in all.iter_mut().filter(|who| who.kind == Kind::Role) {
            if deeper > 0
                && seen.insert(who.name.clone())
                && let Some(role) = self.role(&who.name)
            {
                who.through = self.through(role, seen, deeper - 1);
            }
        }
        all
    }

    /// Whom a policy names that it lets do this, or may let.
    fn named_by(&self, policy: &Compiled, about: &About<'_>) -> Vec<Who> {
        let Ok(tree) = Policy::parse(policy.source()) else {
            return Vec::new();
        };
        let mut names = BTreeSet::new();
        for statement in &tree.statements {
            let principals = statement.principal.iter();
            for (kind, text) in principals.flat_map(|principals| &principals.entries) {
                names.insert((kind.name(), text.text.as_str()));
            }
            // Whoever is not excluded is anybody.
            if statement
                .principal
                .as_ref()
                .is_some_and(|principals| principals.negated)
            {
                names.insert((PrincipalType::Everyone.name(), "*"));
            }
        }
        let found = names
            .into_iter()
            .flat_map(|(kind, text)| self.candidates(&tree, policy, about, kind, text));
        found.filter(|who| who.possibility > Possibility::Never).collect()
    }

    fn candidates(&self, tree: &Policy, policy: &Compiled, about: &About<'_>, kind: &str, text: &str) -> Vec<Who> {
        let one = |kind: Kind, name: String, principal: Option<Principal>, context: Context| {
            let who = principal.map(|principal| self.by_resource(policy, about, kind, name, principal, &context));
            who.into_iter().collect::<Vec<_>>()
        };
        match kind {
            "Federated" if text.contains(":oidc-provider/") => self.subjects(tree, policy, about, text),
            "Federated" => {
                let is_for = about.action != "sts:AssumeRoleWithWebIdentity";
                let principal = Principal::parse(text).filter(|_| is_for);
                one(Kind::Federated, text.to_owned(), principal, Context::new())
            }
            "Service" => one(
                Kind::Service,
                text.to_owned(),
                Some(Principal::service(text)),
                Context::new(),
            ),
            _ if text == "*" => {
                // Assuming a role takes a signature; a stranger is then somebody of some other account.
                let principal = if about.action.starts_with("sts:") {
                    Principal::parse("arn:aws:iam::000000000000:root")
                } else {
                    Some(Principal::anonymous())
                };
                one(Kind::Anyone, "*".to_owned(), principal, Context::new())
            }
            "AWS" => {
                let account = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
                let arn = if account {
                    format!("arn:aws:iam::{text}:root")
                } else {
                    text.to_owned()
                };
                let is = |part: &str| arn.contains(part);
                let kind = if is(":user/") {
                    Kind::User
                } else if is(":role/") || is(":assumed-role/") {
                    Kind::Role
                } else {
                    Kind::Account
                };
                let mut context = Context::new();
                if kind != Kind::Account {
                    context.insert("aws:PrincipalArn", arn.as_str());
                    context.insert("aws:PrincipalType", type_of(kind));
                }
                let principal = Principal::parse(&arn);
                if let Some(principal) = &principal {
                    context.insert("aws:PrincipalAccount", principal.account());
                }
                let principal = principal.map(|principal| match self.unique_id(&arn) {
                    Some(id) => principal.with_unique_id(id),
                    None => principal,
                });
                one(kind, arn, principal, context)
            }
            _ => Vec::new(),
        }
    }

    /// The unique id behind an ARN, which policies name once they are saved.
    fn unique_id(&self, arn: &str) -> Option<String> {
        let account = Arn::account_in(arn).parse().ok()?;
        let name = arn.rsplit('/').next()?;
        let user = self
            .snapshot
            .user(account, name)
            .filter(|user| user.arn.as_str() == arn);
        let role = self
            .snapshot
            .role(account, name)
            .filter(|role| role.arn.as_str() == arn);
        user.map(|user| user.id.to_string())
            .or_else(|| role.map(|role| role.id.to_string()))
    }

    /// What the resource's policy says of somebody whose own policies are not asked: they are another account's matter, and
    /// inside the account the resource's policy is enough where it names a principal.
    fn by_resource(
        &self,
        policy: &Compiled,
        about: &About<'_>,
        kind: Kind,
        name: String,
        principal: Principal,
        context: &Context,
    ) -> Who {
        let context = self.around(about, context);
        let foreign = !principal.account().is_empty() && principal.account() != self.asked.account.as_str();
        let request = Request::new(
            principal,
            about.action,
            about.resource,
            self.asked.account.as_str(),
            context,
        );
        let identity = if foreign { all_actions() } else { Vec::new() };
        let policies = Policies {
            identity: &identity,
            resource: Some(policy),
            ..Policies::default()
        };
        let mut seen = outlook(&request, &policies, &|_| false);
        seen.clauses
            .retain(|clause| clause.layer == rolecall_policy::Layer::Resource);
        told(kind, name, seen)
    }

    /// The subjects of an OIDC provider that a policy speaks of: each one by name, those like a pattern, or all.
    fn subjects(&self, tree: &Policy, policy: &Compiled, about: &About<'_>, provider: &str) -> Vec<Who> {
        if about.action != "sts:AssumeRoleWithWebIdentity" {
            return Vec::new();
        }
        let account = self.asked.account;
        let url = provider.split_once(":oidc-provider/").map_or("", |(_, url)| url);
        let Some(registered) = self.snapshot.provider(account, url) else {
            return Vec::new();
        };
        let cluster = self
            .snapshot
            .clusters(account)
            .find(|cluster| cluster.issuer.strip_prefix("https://") == Some(url));
        let cluster = cluster.map(|cluster| cluster.name.as_str());
        let key = format!("{url}:sub");
        let look = |told: Option<&str>, subject: Option<&str>| {
            let mut context = Context::from_iter([("aws:FederatedProvider", provider)]);
            if let Some(subject) = subject {
                context.insert(&key, subject);
            }
            if let [only] = registered.client_ids.as_slice() {
                context.insert(format!("{url}:aud"), only.as_str());
            }
            let principal = Principal::web_identity(provider, account.as_str());
            let (kind, name) = subject_name(told, cluster, provider);
            self.by_resource(policy, about, kind, name, principal, &context)
        };
        // Nobody has a subject with this character: who is let in with it is let in with any.
        let any = look(None, Some("\u{0}"));
        if any.possibility > Possibility::Never {
            return vec![any];
        }
        let conditions = tree.statements.iter().flat_map(|statement| &statement.conditions);
        let values: BTreeSet<&str> = conditions
            .filter(|condition| condition.key.eq_ignore_ascii_case(&key))
            .flat_map(|condition| condition.values.iter().map(|value| value.text.as_str()))
            .collect();
        let is_pattern = |value: &str| value.contains(['*', '?']) || value.contains("${");
        values
            .into_iter()
            .map(|value| look(Some(value), Some(value).filter(|value| !is_pattern(value))))
            .collect()
    }
}

/// What is done to what.
struct About<'a> {
    action: &'a str,
    resource: &'a str,
}

fn told(kind: Kind, name: String, seen: Outlook) -> Who {
    Who {
        kind,
        name,
        possibility: seen.possibility,
        clauses: seen.clauses,
        through: Vec::new(),
    }
}

/// How a subject is told: a service account where the provider is a cluster's.
fn subject_name(subject: Option<&str>, cluster: Option<&str>, provider: &str) -> (Kind, String) {
    let parts = subject.and_then(|subject| subject.strip_prefix("system:serviceaccount:")?.split_once(':'));
    match (cluster, parts, subject) {
        (Some(cluster), Some((namespace, name)), _) => {
            (Kind::ServiceAccount, format!("{namespace}/{name} of cluster {cluster}"))
        }
        (Some(cluster), None, None) => (Kind::ServiceAccount, format!("*/* of cluster {cluster}")),
        (_, _, Some(subject)) => (Kind::Federated, format!("{subject} of {provider}")),
        (None, _, None) => (Kind::Federated, format!("* of {provider}")),
    }
}

/// `aws:PrincipalType`
fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "Account",
        Kind::User => "User",
        _ => "AssumedRole",
    }
}

/// As if the other account let its own do all: whether it does is not for this account to know.
fn all_actions() -> Vec<Compiled> {
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    Document::new(all)
        .map(|document| document.compiled().clone())
        .into_iter()
        .collect()
}
