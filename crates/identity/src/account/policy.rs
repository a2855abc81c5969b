//! Managed policies: the account's own and AWS's.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, IdKind, Path, PolicyName};
use rolecall_policy::Kind;

use super::{
    Page, check_policy_arn, document, policy_guard,
    resource::{Resource, Tagged, edit},
    tags,
};
use crate::{
    document::Document,
    error::Error,
    managed::{self, Managed},
    permit::{Permit, op},
    state::{ManagedPolicy, PolicyVersion, Snapshot, Tag, account_of, from},
    transaction::Transaction,
};

/// A managed policy of either kind.
#[derive(Debug, Clone)]
pub enum Found {
    /// The account's own.
    Own(Arc<ManagedPolicy>),
    /// AWS's.
    Aws(&'static Managed),
}

/// A version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Such as `v1`.
    pub id: String,
    /// The document, as it was sent.
    pub document: String,
    /// Whether it is the one in force.
    pub is_default: bool,
    /// When it was made, in seconds.
    pub created: i64,
}

impl Found {
    /// `PolicyName`
    pub fn name(&self) -> &str {
        match self {
            Self::Own(policy) => &policy.name,
            Self::Aws(policy) => policy.name,
        }
    }

    /// `PolicyId`
    pub fn id(&self) -> String {
        match self {
            Self::Own(policy) => policy.id.to_string(),
            Self::Aws(policy) => policy.id(),
        }
    }

    /// `Arn`
    pub fn arn(&self) -> &str {
        match self {
            Self::Own(policy) => &policy.arn,
            Self::Aws(policy) => policy.arn,
        }
    }

    /// `Path`
    pub fn path(&self) -> &str {
        match self {
            Self::Own(policy) => &policy.path,
            Self::Aws(policy) => policy.path,
        }
    }

    /// `DefaultVersionId`
    pub fn default_version(&self) -> String {
        match self {
            Self::Own(policy) => format!("v{}", policy.default),
            Self::Aws(policy) => policy.version.to_owned(),
        }
    }

    /// `CreateDate`, in seconds.
    pub fn created(&self) -> i64 {
        match self {
            Self::Own(policy) => policy.created,
            Self::Aws(policy) => seconds(policy.created),
        }
    }

    /// `UpdateDate`, in seconds.
    pub fn updated(&self) -> i64 {
        match self {
            Self::Own(policy) => policy.updated,
            Self::Aws(policy) => seconds(policy.updated),
        }
    }

    /// `Description`
    pub fn description(&self) -> Option<&str> {
        match self {
            Self::Own(policy) => policy.description.as_deref(),
            Self::Aws(_) => None,
        }
    }

    /// `Tags`
    pub fn tags(&self) -> &[Tag] {
        match self {
            Self::Own(policy) => &policy.tags,
            Self::Aws(_) => &[],
        }
    }

    /// All versions, newest first.
    pub fn versions(&self) -> Vec<Version> {
        match self {
            Self::Own(policy) => {
                let one = |version: &PolicyVersion| Version {
                    id: format!("v{}", version.number),
                    document: version.document.text().to_owned(),
                    is_default: version.number == policy.default,
                    created: version.created,
                };
                policy.versions.iter().rev().map(one).collect()
            }
            Self::Aws(policy) => vec![Version {
                id: policy.version.to_owned(),
                document: policy.text().to_owned(),
                is_default: true,
                created: seconds(policy.updated),
            }],
        }
    }
}

fn seconds(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second)
}

/// What the ARNs of AWS's policies begin with.
pub(super) const AWS: &str = "arn:aws:iam::aws:policy/";

/// `CreatePolicy`
#[derive(Debug, Clone)]
pub struct NewPolicy<'a> {
    /// `PolicyName`
    pub name: PolicyName,
    /// `Path`
    pub path: Path,
    /// `PolicyDocument`
    pub document: &'a str,
    /// `Description`
    pub description: Option<&'a str>,
    /// `Tags`
    pub tags: &'a [Tag],
}

/// The ARN of a customer managed policy.
pub fn arn(account: AccountId, path: &str, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("policy{path}{name}"))
}

/// `CreatePolicy`
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreatePolicy>,
    new: &NewPolicy<'_>,
) -> Result<ManagedPolicy, Error> {
    let account = permit.account();
    let name = new.name.as_str();
    let arn = arn(account, new.path.as_str(), name);
    permit.covers(&arn)?;
    if tx.snapshot().policy_named(account, name).is_some() {
        return Err(Error::AlreadyExists(format!(
            "A policy called {name} already exists. Duplicate names are not allowed."
        )));
    }
    let (count, limit) = (tx.snapshot().policy_count(account), tx.quotas().policies);
    tx.counts(account, "policies", count, limit, || {
        format!("Cannot exceed quota for PoliciesPerAccount: {limit}")
    })?;
    let document = read(tx, new.document)?;
    tags::check(ManagedPolicy::KEYS, new.tags, tx.quotas().tags)?;
    let now = tx.seconds();
    let policy = ManagedPolicy {
        name: name.to_owned(),
        path: new.path.to_string(),
        id: tx.unique_id(IdKind::ManagedPolicy)?,
        arn: arn.to_string(),
        description: new.description.map(str::to_owned),
        created: now,
        updated: now,
        versions: vec![PolicyVersion {
            number: 1,
            document,
            created: now,
        }],
        default: 1,
        next: 2,
        tags: new.tags.to_vec(),
    };
    tx.put(&policy)?;
    Ok(policy)
}

fn read(tx: &Transaction<'_>, text: &str) -> Result<Document, Error> {
    let document = document(text, Kind::Managed)?;
    let limit = tx.quotas().policy_size;
    if document.size() > limit {
        return Err(Error::Limit(format!("Cannot exceed quota for PolicySize: {limit}")));
    }
    Ok(document)
}

/// `GetPolicy`
pub fn get(snapshot: &Snapshot, account: AccountId, arn: &str) -> Result<Found, Error> {
    check_policy_arn(arn)?;
    if let Some(policy) = managed::find(arn) {
        return Ok(Found::Aws(policy));
    }
    own(snapshot, account, arn).map(Found::Own)
}

/// The policy whose holders `ListEntitiesForPolicy` lists.
pub fn attachable(snapshot: &Snapshot, account: AccountId, arn: &str) -> Result<Found, Error> {
    get(snapshot, account, arn)
        .map_err(|error| error.or_missing(|| format!("Policy {arn} does not exist or is not attachable.")))
}

fn own(snapshot: &Snapshot, account: AccountId, arn: &str) -> Result<Arc<ManagedPolicy>, Error> {
    let policy = snapshot.policy(arn).filter(|policy| account_of(&policy.arn) == account);
    policy
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("Policy {arn} was not found.")))
}

/// `GetPolicyVersion`
pub fn version(snapshot: &Snapshot, account: AccountId, arn: &str, version: &str) -> Result<Version, Error> {
    let policy = get(snapshot, account, arn).map_err(|error| error.or_missing(|| no_version(arn, version)))?;
    let mut versions = policy.versions().into_iter();
    versions
        .find(|it| it.id == version)
        .ok_or_else(|| Error::NotFound(no_version(arn, version)))
}

/// AWS says of a policy that is not there what it says of a version.
fn no_version(arn: &str, version: &str) -> String {
    format!("Policy {arn} version {version} does not exist or is not attachable.")
}

/// Whose policies `ListPolicies` lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// The account's own and AWS's.
    #[default]
    All,
    /// AWS's.
    Aws,
    /// The account's own.
    Local,
}

/// Which policies `ListPolicies` lists.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Whose.
    pub scope: Scope,
    /// Only those that somebody has (`OnlyAttached`).
    pub only_attached: bool,
    /// Only those under this path.
    pub path_prefix: &'a str,
    /// Only those that bound somebody (`PolicyUsageFilter` is `PermissionsBoundary`).
    pub only_boundaries: bool,
}

/// `ListPolicies`: the account's own by name, then AWS's by ARN.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    filter: Filter<'_>,
    after: Option<&str>,
    limit: usize,
) -> Page<Found> {
    // Where own ones go on, if the page before did not end among AWS's.
    let from_own = match after.map(|after| after.split_at_checked(1)) {
        Some(Some(("0", name))) => Some(Some(name)),
        Some(Some(("1", _))) => None,
        _ => Some(None),
    };
    let own = from_own
        .filter(|_| filter.scope != Scope::Aws)
        .into_iter()
        .flat_map(|after| from(&snapshot.policies, account, after))
        .cloned()
        .map(Found::Own);
    let attached = |policy: &Found| snapshot.attachment_count(account, policy.arn()) > 0;
    let bounding = |policy: &Found| snapshot.boundary_count(account, policy.arn()) > 0;
    let wanted = |policy: &Found| {
        policy.path().starts_with(filter.path_prefix)
            && (!filter.only_attached || attached(policy))
            && (!filter.only_boundaries || bounding(policy))
    };
    let items = own.chain(aws(snapshot, account, filter));
    Page::among(items, wanted, key, after, limit)
}

/// AWS's own policies by ARN; where only those are wanted that somebody has, not all are looked through.
fn aws<'a>(snapshot: &'a Snapshot, account: AccountId, filter: Filter<'_>) -> impl Iterator<Item = Found> + use<'a> {
    let index = match filter {
        Filter {
            only_attached: true, ..
        } => Some(&snapshot.attachments),
        Filter {
            only_boundaries: true, ..
        } => Some(&snapshot.boundaries),
        _ => None,
    };
    let wanted = filter.scope != Scope::Local;
    let had = index.filter(|_| wanted).into_iter().flat_map(move |index| {
        let all = index.policies(account, AWS);
        all.filter_map(managed::find)
    });
    let all: &'static [Managed] = if wanted && index.is_none() { managed::all() } else { &[] };
    had.chain(all).map(Found::Aws)
}

/// Own ones sort before AWS's, in the order in which they are kept.
fn key(policy: &Found) -> String {
    match policy {
        Found::Own(policy) => format!("0{}", policy.name.to_ascii_lowercase()),
        Found::Aws(policy) => format!("1{}", policy.arn),
    }
}

/// `ListPolicyVersions`: the newest first.
pub fn list_versions(policy: &Found, after: Option<&str>, limit: usize) -> Page<Version> {
    // Keys must rise where the numbers fall.
    let key = |version: &Version| {
        let number: u32 = version.id.trim_start_matches('v').parse().unwrap_or_default();
        format!("{:010}", u32::MAX - number)
    };
    Page::of(policy.versions().into_iter(), key, after, limit)
}

/// `CreatePolicyVersion`
pub fn create_version(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreatePolicyVersion>,
    arn: &str,
    text: &str,
    as_default: bool,
) -> Result<Version, Error> {
    let policy = edit(tx, &permit, arn, |policy: &mut ManagedPolicy, tx| {
        let document = read(tx, text)?;
        let limit = tx.quotas().policy_versions;
        if policy.versions.len() >= limit {
            return Err(Error::Limit(format!(
                "A managed policy can have up to {limit} versions. Before you create a new version, you must delete an \
                 existing version."
            )));
        }
        let now = tx.seconds();
        policy.versions.push(PolicyVersion {
            number: policy.next,
            document,
            created: now,
        });
        if as_default {
            policy.default = policy.next;
        }
        policy.next += 1;
        policy.updated = now;
        Ok(())
    })?;
    let newest = Found::Own(Arc::new(policy)).versions().into_iter().next();
    newest.ok_or_else(|| Error::Internal("a policy without a version".to_owned()))
}

/// `SetDefaultPolicyVersion`
pub fn set_default_version(
    tx: &mut Transaction<'_>,
    permit: Permit<op::SetDefaultPolicyVersion>,
    arn: &str,
    version: &str,
) -> Result<(), Error> {
    edit(tx, &permit, arn, |policy: &mut ManagedPolicy, tx| {
        policy.default = number(policy, arn, version)?;
        policy.updated = tx.seconds();
        Ok(())
    })
    .map_err(|error| error.or_missing(|| no_version(arn, version)))?;
    Ok(())
}

/// `DeletePolicyVersion`
pub fn delete_version(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeletePolicyVersion>,
    arn: &str,
    version: &str,
) -> Result<(), Error> {
    edit(tx, &permit, arn, |policy: &mut ManagedPolicy, _| {
        let number = number(policy, arn, version)?;
        if number == policy.default {
            return Err(Error::InUse(
                "Cannot delete the default version of a policy.".to_owned(),
            ));
        }
        policy.versions.retain(|it| it.number != number);
        Ok(())
    })
    .map_err(|error| error.or_missing(|| no_version(arn, version)))?;
    Ok(())
}

fn number(policy: &ManagedPolicy, arn: &str, version: &str) -> Result<u32, Error> {
    let found = policy.versions.iter().find(|it| format!("v{}", it.number) == version);
    found
        .map(|it| it.number)
        .ok_or_else(|| Error::NotFound(no_version(arn, version)))
}

/// `DeletePolicy`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeletePolicy>, arn: &str) -> Result<(), Error> {
    let account = permit.account();
    check_own_arn(arn)?;
    permit.covers(arn)?;
    let policy = own(tx.snapshot(), account, arn)?;
    if tx.snapshot().attachment_count(account, arn) > 0 || tx.snapshot().boundary_count(account, arn) > 0 {
        return Err(Error::InUse("Cannot delete a policy attached to entities.".to_owned()));
    }
    if policy.versions.len() > 1 {
        return Err(Error::InUse(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy."
                .to_owned(),
        ));
    }
    // Whoever attaches the policy at this moment loses, or we do.
    tx.guard(&policy_guard(arn));
    tx.delete(&*policy);
    Ok(())
}

impl Resource for ManagedPolicy {
    fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error> {
        check_own_arn(by)?;
        own(snapshot, account, by)
    }

    fn arn(&self) -> &str {
        &self.arn
    }
}

impl Tagged for ManagedPolicy {
    type Tag = op::TagPolicy;
    type Untag = op::UntagPolicy;

    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }
}

/// AWS's own policies are read-only.
fn check_own_arn(arn: &str) -> Result<(), Error> {
    check_policy_arn(arn)?;
    if managed::find(arn).is_some() {
        return Err(Error::Validation(
            "Cannot modify a policy that is managed by AWS.".to_owned(),
        ));
    }
    Ok(())
}
