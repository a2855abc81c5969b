//! `Principal` and `NotPrincipal`: whom a statement is about (IAM User Guide: AWS JSON policy elements: Principal).

use crate::{
    compiled::Shape,
    document::{Effect, PrincipalType, Principals},
    request::{Principal, PrincipalKind},
};

/// How directly a statement names a caller, which decides what its Allow overrides in the same account (IAM User Guide:
/// Evaluating identity-based policies with resource-based policies; the table of principals there).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// Not at all.
    No,
    /// By the account: the account's own policies decide further.
    Account,
    /// By the role, or by the user who made a federated session: boundaries and session policies still limit.
    Role,
    /// By the session, the user or everybody: nothing limits but an explicit deny.
    Direct,
}

/// The principals of a statement, prepared.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    negated: bool,
    entries: Box<[Entry]>,
}

#[derive(Debug, Clone)]
enum Entry {
    /// `*` under `AWS` or alone.
    Everyone,
    /// An account, by its id, or by its root's ARN with the partition.
    Account {
        partition: Option<Box<str>>,
        id: Box<str>,
    },
    /// An account, by its canonical user id.
    CanonicalUser(Box<str>),
    /// A user's, session's or federated user's ARN.
    Arn(Box<str>),
    /// A role's ARN: partition, account, name without its path.
    Role {
        partition: Box<str>,
        account: Box<str>,
        name: Box<str>,
        arn: Box<str>,
    },
    /// What stands for a role or a user once a policy is saved.
    UniqueId(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    /// Names nobody that can be a caller here.
    Nobody,
}

impl Matcher {
    pub(crate) fn new(principals: &Principals) -> Self {
        let entries = principals
            .entries
            .iter()
            .map(|(kind, text)| Entry::new(*kind, &text.text))
            .collect();
        Self {
            negated: principals.negated,
            entries,
        }
    }

    pub(crate) fn names_canonical_users(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(entry, Entry::CanonicalUser(_)))
    }

    pub(crate) fn names(&self, caller: &Principal, shape: Shape, has_boundary: bool, effect: Effect) -> Naming {
        // Whether `*` reaches services and federated providers too is said for denials alone (IAM User Guide: AWS global
        // condition context keys, the examples of `aws:PrincipalIsAWSService`; AWS Organizations User Guide: RCP examples,
        // of `sts:AssumeRoleWithWebIdentity`); so it does where that is the safe side. Through an endpoint, `*` is
        // everybody.
        let all_are_named = shape == Shape::Endpoint || (effect == Effect::Deny) != self.negated;
        let named = self
            .entries
            .iter()
            .map(|entry| entry.names(caller, all_are_named))
            .max()
            .unwrap_or(Naming::No);
        if !self.negated {
            return named;
        }
        // A list of nobody affects nothing where it would open (Access Analyzer policy check reference: Empty array
        // principal).
        if self.entries.is_empty() && effect == Effect::Allow {
            return Naming::No;
        }
        // "NotPrincipal with Deny always denies principals with a permissions boundary" (IAM User Guide: Permissions
        // boundaries for IAM entities).
        if named == Naming::No || (effect == Effect::Deny && has_boundary) {
            Naming::Direct
        } else {
            Naming::No
        }
    }
}

impl Entry {
    fn new(kind: PrincipalType, text: &str) -> Self {
        match kind {
            PrincipalType::Everyone => Self::Everyone,
            PrincipalType::Service => Self::Service(text.into()),
            PrincipalType::Federated => Self::Federated(text.into()),
            PrincipalType::CanonicalUser => Self::CanonicalUser(text.into()),
            PrincipalType::Aws => Self::aws(text),
        }
    }

    fn aws(text: &str) -> Self {
        if text == "*" {
            return Self::Everyone;
        }
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Self::Account {
                partition: None,
                id: text.into(),
            };
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [arn, partition, service, _, account, resource] = parts[..] else {
            let is_id = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            return if is_id {
                Self::UniqueId(text.into())
            } else {
                Self::Nobody
            };
        };
        if arn != "arn" {
            return Self::Nobody;
        }
        match (service, resource.split_once('/')) {
            ("iam", None) if resource == "root" => Self::Account {
                partition: Some(partition.into()),
                id: account.into(),
            },
            ("iam", Some(("role", rest))) => Self::Role {
                partition: partition.into(),
                account: account.into(),
                name: rest.rsplit('/').next().unwrap_or_default().into(),
                arn: text.into(),
            },
            ("iam", Some(("user", _))) | ("sts", Some(("assumed-role" | "federated-user", _))) => {
                Self::Arn(text.into())
            }
            _ => Self::Nobody,
        }
    }

    fn names(&self, caller: &Principal, all_are_named: bool) -> Naming {
        let kind = caller.kind();
        let is_aws = !matches!(
            kind,
            PrincipalKind::WebIdentity | PrincipalKind::Saml | PrincipalKind::Service | PrincipalKind::Anonymous
        );
        let direct = |named: bool| if named { Naming::Direct } else { Naming::No };
        let of_account = |named: bool| if named && is_aws { Naming::Account } else { Naming::No };
        match self {
            Self::Everyone => direct(all_are_named || is_aws || *kind == PrincipalKind::Anonymous),
            Self::Account { partition, id } => of_account(
                **id == *caller.account()
                    && partition
                        .as_deref()
                        .is_none_or(|partition| caller.arn().split(':').nth(1) == Some(partition)),
            ),
            // "You can specify the account by its canonical user ID" (S3 User Guide: Principals for bucket policies): it is
            // another name of the account, and grants as such.
            Self::CanonicalUser(id) => of_account(caller.canonical_id() == Some(&**id)),
            Self::Arn(arn) => match kind {
                PrincipalKind::FederatedUser { user: Some(user) } if **arn == **user => Naming::Role,
                _ => direct(is_aws && **arn == *caller.arn()),
            },
            Self::Role {
                partition,
                account,
                name,
                arn,
            } => match kind {
                PrincipalKind::Session { role } => {
                    let same = **name == **role
                        && **account == *caller.account()
                        && caller.arn().split(':').nth(1) == Some(partition);
                    // A caller that is given as the role itself shows its path, which then must be the same.
                    let shows_path = caller.arn().contains(":role/");
                    if same && (!shows_path || **arn == *caller.arn()) {
                        Naming::Role
                    } else {
                        Naming::No
                    }
                }
                _ => Naming::No,
            },
            Self::UniqueId(id) => match (caller.unique_id(), kind) {
                (Some(known), PrincipalKind::Session { .. }) if known == &**id => Naming::Role,
                (Some(known), PrincipalKind::User) if known == &**id => Naming::Direct,
                (Some(known), PrincipalKind::FederatedUser { .. }) if known == &**id => Naming::Role,
                _ => Naming::No,
            },
            Self::Service(service) => direct(*kind == PrincipalKind::Service && **service == *caller.arn()),
            Self::Federated(provider) => {
                let federated = matches!(kind, PrincipalKind::WebIdentity | PrincipalKind::Saml);
                direct(federated && **provider == *caller.arn())
            }
            Self::Nobody => Naming::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_federated_session_is_of_its_user_and_of_no_role() {
        let session = || Principal::parse("arn:aws:sts::111122223333:federated-user/fed");
        let names = |by: &str| Entry::aws(by).names(&session().unwrap().federated_by(by), false);
        assert_eq!(names("arn:aws:iam::111122223333:user/alice"), Naming::Role);
        assert_eq!(names("arn:aws:iam::111122223333:role/path/app"), Naming::No);
        assert_eq!(names("arn:aws:sts::111122223333:assumed-role/app/s"), Naming::No);
    }
}
