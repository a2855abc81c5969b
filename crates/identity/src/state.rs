//! What the control plane knows, as immutable maps: a [`Snapshot`] is cheap to clone and never changes.
//!
//! Every record is versioned JSON in the store, one key each; old forms must load for ever (`tests/records/`).

mod account_alias;
mod attachment;
mod bucket;
mod credential;
mod former_account;
mod group;
mod instance_profile;
mod login;
mod mfa_device;
mod outbound_issuer;
mod owned;
mod revocation;
mod role_deletion;
mod saml_provider;
mod server_certificate;
mod signing_key;

use std::{collections::BTreeMap, sync::Arc};

use imbl::OrdMap;
use rolecall_names::{AccountId, Arn, UniqueId};
use rolecall_store::Revision;
use serde::{Deserialize, Serialize};

pub(crate) use self::attachment::Attachments;
use self::owned::Owned;
pub use self::{
    account_alias::AccountAlias,
    attachment::EntityKind,
    bucket::Bucket,
    credential::{ServiceCredential, SigningCertificate, SshPublicKey},
    former_account::FormerAccount,
    group::Group,
    instance_profile::InstanceProfile,
    login::{LoginProfile, PasswordPolicy},
    mfa_device::{Enabled, MfaDevice},
    outbound_issuer::OutboundIssuer,
    revocation::{Revocation, Target},
    role_deletion::{RoleDeletion, RoleUser},
    saml_provider::{SamlKey, SamlProvider},
    server_certificate::ServerCertificate,
    signing_key::HostedKey,
};
use crate::{document::Document, error::Error, token::KeySet};

/// A tag: key and value.
pub type Tag = (String, String);

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// A number that no other account ever has, even one of the same id (threat 6).
    pub incarnation: u64,
    /// When it was made, in seconds.
    pub created: i64,
    /// The account of the operator who made it; the first account was made by nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<AccountId>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Its name, as it was given.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id.
    pub id: UniqueId,
    /// Its ARN.
    pub arn: Arn,
    /// When it was made, in seconds.
    pub created: i64,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its longest session, in seconds.
    pub max_session: i64,
    /// Its trust policy.
    pub trust: Document,
    /// The unique ids of the roles and users that the trust policy names, by their ARNs, as of when it was saved.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub principals: BTreeMap<String, String>,
    /// What roles and users have alike.
    #[serde(flatten)]
    pub entity: Entity,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Its name, as it was given.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id.
    pub id: UniqueId,
    /// Its ARN.
    pub arn: Arn,
    /// When it was made, in seconds.
    pub created: i64,
    /// The unique ids of the groups that it is in, in the order in which it joined them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<UniqueId>,
    /// What roles and users have alike.
    #[serde(flatten)]
    pub entity: Entity,
}

/// What roles and users have alike: policies and tags. Groups have policies alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// The ARN of the permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// Inline policies by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inline: BTreeMap<String, Document>,
    /// ARNs of attached managed policies, in the order of attachment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// A customer managed policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id.
    pub id: UniqueId,
    /// Its ARN.
    pub arn: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was made, in seconds.
    pub created: i64,
    /// When its newest version was made, in seconds.
    pub updated: i64,
    /// The versions that are kept, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// The number of the default version.
    pub default: u32,
    /// The number that the next version gets; numbers never come back.
    pub next: u32,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// A version of a managed policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its number.
    pub number: u32,
    /// The document.
    pub document: Document,
    /// When it was made, in seconds.
    pub created: i64,
}

impl ManagedPolicy {
    /// The default version.
    pub fn default_version(&self) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.number == self.default)
    }
}

/// An OIDC provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    /// Its URL, without `https://`.
    pub url: String,
    /// Its ARN.
    pub arn: String,
    /// The audiences that it accepts.
    pub client_ids: Vec<String>,
    /// SHA-1 thumbprints of certificates, in lower-case hexadecimal.
    pub thumbprints: Vec<String>,
    /// When it was made, in seconds.
    pub created: i64,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// A long-term access key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessKey {
    /// `AKIA…`
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// The user's name; none for the account's root.
    pub user: Option<String>,
    /// The secret, wrapped by the root key and bound to this record, in hexadecimal.
    pub wrapped: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was made, in seconds.
    pub created: i64,
}

/// A cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: String,
    /// A random id, never used again.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// The issuer of its service-account tokens, with `https://`.
    pub issuer: String,
    /// When it was made, in seconds.
    pub created: i64,
    /// The role that its maker named.
    #[serde(default)]
    pub role_arn: String,
    /// The Kubernetes version that its maker named.
    #[serde(default)]
    pub version: String,
    /// The network that its maker named.
    #[serde(default, skip_serializing_if = "Network::is_none")]
    pub network: Network,
    /// The token that its maker sent, so that the same call again finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The hosted issuer's signing keys, bound to this cluster, the newest last.
    #[serde(default)]
    pub signing_keys: Vec<HostedKey>,
    /// The public keys, as a JSON Web Key Set.
    pub jwks: String,
    /// The public keys, prepared.
    #[serde(skip)]
    pub keys: Option<Arc<KeySet>>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// The network of a cluster as its maker named it. Nothing is done with it: whoever made the cluster compares what is shown
/// with what was wished.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The ids of subnets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<String>,
    /// The ids of security groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<String>,
    /// Whether the API server is reached from everywhere; if nothing was said, it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// Whether it is reached from within the network; if nothing was said, it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<bool>,
    /// From which addresses, if not from all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub public_from: Vec<String>,
}

impl Network {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// All there is at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) accounts: OrdMap<AccountId, Arc<Account>>,
    pub(crate) former_accounts: OrdMap<AccountId, Arc<FormerAccount>>,
    /// By account and lower-case name: names are unique ignoring case.
    pub(crate) roles: OrdMap<(AccountId, String), Arc<Role>>,
    pub(crate) users: OrdMap<(AccountId, String), Arc<User>>,
    pub(crate) groups: OrdMap<(AccountId, String), Arc<Group>>,
    /// Where each role, user and group is, by its unique id.
    pub(crate) places: imbl::HashMap<String, (AccountId, String)>,
    /// Unique id of the group and lower-case name of the user.
    pub(crate) members: imbl::OrdSet<(String, String)>,
    pub(crate) policies: OrdMap<(AccountId, String), Arc<ManagedPolicy>>,
    pub(crate) instance_profiles: OrdMap<(AccountId, String), Arc<InstanceProfile>>,
    pub(crate) providers: OrdMap<(AccountId, String), Arc<Provider>>,
    pub(crate) access_keys: OrdMap<String, Arc<AccessKey>>,
    /// Account, user in lower case (empty for the root) and id of each access key.
    pub(crate) key_owners: imbl::OrdSet<(AccountId, String, String)>,
    pub(crate) clusters: OrdMap<(AccountId, String), Arc<Cluster>>,
    pub(crate) buckets: OrdMap<String, Arc<Bucket>>,
    pub(crate) revocations: OrdMap<(AccountId, String), Arc<Revocation>>,
    /// The revocations by what they are found by: an access key id, a token's id, a subject, a pod's uid, a role's id.
    pub(crate) revoked: imbl::HashMap<String, Vec<Arc<Revocation>>>,
    /// By account and lower-case name of the role.
    pub(crate) role_deletions: OrdMap<(AccountId, String), Arc<RoleDeletion>>,
    /// By alias.
    pub(crate) aliases: OrdMap<String, Arc<AccountAlias>>,
    pub(crate) password_policies: OrdMap<AccountId, Arc<PasswordPolicy>>,
    /// By account and lower-case name of the user.
    pub(crate) login_profiles: OrdMap<(AccountId, String), Arc<LoginProfile>>,
    pub(crate) mfa_devices: Owned<MfaDevice>,
    pub(crate) ssh_public_keys: Owned<SshPublicKey>,
    pub(crate) signing_certificates: Owned<SigningCertificate>,
    pub(crate) service_credentials: Owned<ServiceCredential>,
    pub(crate) saml_providers: OrdMap<(AccountId, String), Arc<SamlProvider>>,
    pub(crate) outbound_issuers: OrdMap<AccountId, Arc<OutboundIssuer>>,
    pub(crate) server_certificates: OrdMap<(AccountId, String), Arc<ServerCertificate>>,
    /// To whom each managed policy is attached.
    pub(crate) attachments: Attachments,
    /// Whom each managed policy bounds.
    pub(crate) boundaries: Attachments,
    /// How many there are of what, by account: counting a hundred thousand roles for each new one would take long.
    pub(crate) counts: OrdMap<(AccountId, &'static str), usize>,
    /// The revision of each record, by its key in the store.
    pub(crate) revisions: imbl::HashMap<String, Revision>,
    /// The latest revision that it has taken in.
    pub(crate) revision: Revision,
}

/// Anything that is kept: where, and what becomes of it in a snapshot.
pub(crate) trait Kept: Serialize + for<'de> Deserialize<'de> + Clone {
    /// The first part of keys.
    const KIND: &'static str;

    /// The rest of the key.
    fn place(&self) -> String;

    /// Completes what was just read from the store.
    fn loaded(&mut self) {}

    /// Puts it into a snapshot, in the place of what was there.
    fn insert(self, snapshot: &mut Snapshot);

    /// Takes it out of a snapshot.
    fn remove(&self, snapshot: &mut Snapshot);

    /// Takes what was kept there out of a snapshot.
    fn forget(place: &str, snapshot: &mut Snapshot);
}

/// `ACCOUNT/NAME`
fn split(place: &str) -> Option<(AccountId, String)> {
    let (account, name) = place.split_once('/')?;
    Some((account.parse().ok()?, name.to_owned()))
}

/// All our records are under this; events and keys are elsewhere.
pub(crate) const PREFIX: &str = "state/";
/// Events that wait are under this.
pub(crate) const EVENTS: &str = "event/";
/// The version that records are written in.
const RECORD: u8 = 1;

/// Where a record is kept.
pub(crate) fn key_of<T: Kept>(record: &T) -> String {
    format!("{PREFIX}{}/{}", T::KIND, record.place())
}

/// Where an event waits until it is in the audit files. In the order of time.
pub(crate) fn event_key(now: jiff::Timestamp, id: &str, number: u32) -> String {
    format!("{EVENTS}{:020}/{id}/{number}", now.as_microsecond())
}

#[derive(Serialize, Deserialize)]
struct Stored<T> {
    v: u8,
    record: T,
}

/// The stored form of a record.
pub(crate) fn encode<T: Kept>(record: &T) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(&Stored { v: RECORD, record })
        .map_err(|error| Error::Internal(format!("a record cannot be written: {error}")))
}

fn decode<T: Kept>(key: &str, value: &[u8]) -> Result<T, Error> {
    let wrong = |why: String| Error::Internal(format!("the record `{key}` cannot be read: {why}"));
    let Stored { v, mut record } = serde_json::from_slice::<Stored<T>>(value).map_err(|e| wrong(e.to_string()))?;
    // A newer version may mean what we do not know: refuse rather than guess.
    if v != RECORD {
        return Err(wrong(format!("version {v} is newer than this program")));
    }
    record.loaded();
    Ok(record)
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Implements [`Kept`] for kinds of records: the key in the snapshot, the place in the store, and from the place to the key.
macro_rules! kept {
    ($($type:ident in $field:ident as $kind:literal $(counted by $tally:ident)? by |$it:ident| $key:expr, $place:expr, $from:expr;)*) => {$(
        impl Kept for $type {
            const KIND: &'static str = $kind;

            fn place(&self) -> String {
                let $it = self;
                $place
            }

            fn insert(self, snapshot: &mut Snapshot) {
                let $it = &self;
                let key = $key;
                $(if !snapshot.$field.contains_key(&key) {
                    snapshot.$tally(key.0, $kind, true);
                })?
                snapshot.$field.insert(key, Arc::new(self));
            }

            fn remove(&self, snapshot: &mut Snapshot) {
                Self::forget(&self.place(), snapshot);
            }

            fn forget(place: &str, snapshot: &mut Snapshot) {
                let from: fn(&str) -> Option<_> = $from;
                if let Some(key) = from(place) {
                    let _removed = snapshot.$field.remove(&key);
                    $(if _removed.is_some() {
                        snapshot.$tally(key.0, $kind, false);
                    })?
                }
            }
        }
    )*};
}

fn account(place: &str) -> Option<AccountId> {
    place.parse().ok()
}

/// The place of what is at `KIND/ACCOUNT/NAME`.
fn joined(key: &(AccountId, String)) -> String {
    format!("{}/{}", key.0, key.1)
}

/// Implements [`Kept`] for kinds of records that are at `KIND/ACCOUNT/NAME`.
macro_rules! kept_named {
    ($($type:ident in $field:ident as $kind:literal $(counted by $tally:ident)? by |$it:ident| $key:expr;)*) => {
        kept! { $($type in $field as $kind $(counted by $tally)? by |$it| $key, joined(&$key), split;)* }
    };
}

kept! {
    Account in accounts as "account" by |it| it.id, it.id.to_string(), account;
    FormerAccount in former_accounts as "former-account" by |it| it.id, it.id.to_string(), account;
    PasswordPolicy in password_policies as "password-policy" by |it| it.account, it.account.to_string(), account;
}

kept_named! {
    InstanceProfile in instance_profiles as "instance-profile" counted by tally
        by |it| (account_of(it.arn.as_str()), lower(&it.name));
    LoginProfile in login_profiles as "login-profile" by |it| (it.account, lower(&it.user));
    ManagedPolicy in policies as "policy" counted by tally by |it| (account_of(&it.arn), lower(&it.name));
    Provider in providers as "provider" by |it| (account_of(&it.arn), it.url.clone());
    RoleDeletion in role_deletions as "role-deletion" by |it| (it.account, lower(&it.role));
    SamlProvider in saml_providers as "saml-provider" by |it| (it.account, it.name.clone());
    ServerCertificate in server_certificates as "server-certificate" by |it| (it.account, lower(&it.name));
}

impl Kept for AccessKey {
    const KIND: &'static str = "access-key";

    fn place(&self) -> String {
        self.id.clone()
    }

    fn insert(self, snapshot: &mut Snapshot) {
        // A renamed user's keys are written anew.
        Self::forget(&self.id, snapshot);
        snapshot
            .key_owners
            .insert((self.account, owner(self.user.as_deref()), self.id.clone()));
        snapshot.access_keys.insert(self.id.clone(), Arc::new(self));
    }

    fn remove(&self, snapshot: &mut Snapshot) {
        Self::forget(&self.id, snapshot);
    }

    fn forget(place: &str, snapshot: &mut Snapshot) {
        if let Some(key) = snapshot.access_keys.remove(place) {
            snapshot
                .key_owners
                .remove(&(key.account, owner(key.user.as_deref()), key.id.clone()));
        }
    }
}

/// No user has an empty name: that is the root.
fn owner(user: Option<&str>) -> String {
    user.map(lower).unwrap_or_default()
}

impl Kept for Cluster {
    const KIND: &'static str = "cluster";

    fn place(&self) -> String {
        format!("{}/{}", self.account, self.name)
    }

    fn loaded(&mut self) {
        self.keys = KeySet::parse(self.jwks.as_bytes()).ok().map(Arc::new);
    }

    fn insert(self, snapshot: &mut Snapshot) {
        snapshot
            .clusters
            .insert((self.account, self.name.clone()), Arc::new(self));
    }

    fn remove(&self, snapshot: &mut Snapshot) {
        snapshot.clusters.remove(&(self.account, self.name.clone()));
    }

    fn forget(place: &str, snapshot: &mut Snapshot) {
        if let Some(key) = split(place) {
            snapshot.clusters.remove(&key);
        }
    }
}

/// By what else than its name something is found.
pub(crate) trait Indexed {
    /// Puts it into the indexes of a snapshot, or takes it out.
    fn index(&self, _: &mut Snapshot, _is_there: bool) {}
}

impl Indexed for Role {}

impl Indexed for Group {}

macro_rules! kept_entity {
    ($type:ident, $field:ident, $kind:literal $(, $loaded:expr)?) => {
        impl Kept for $type {
            const KIND: &'static str = $kind;

            fn place(&self) -> String {
                format!("{}/{}", account_of(self.arn.as_str()), lower(&self.name))
            }

            $(fn loaded(&mut self) {
                let loaded: fn(&mut Self) = $loaded;
                loaded(self);
            })?

            fn insert(self, snapshot: &mut Snapshot) {
                let account = account_of(self.arn.as_str());
                let key = (account, lower(&self.name));
                let before = snapshot.$field.get(&key).cloned();
                match &before {
                    Some(before) => before.index(snapshot, false),
                    None => snapshot.tally(account, $kind, true),
                }
                let other = before.as_ref().filter(|before| before.id != self.id);
                if let Some(other) = other {
                    snapshot.locate(&other.id, &key, false);
                }
                if before.is_none() || other.is_some() {
                    snapshot.locate(&self.id, &key, true);
                }
                let had = before.as_deref().map(|before| &before.entity);
                snapshot.count(account, EntityKind::$type, &key.1, had, Some(&self.entity));
                self.index(snapshot, true);
                snapshot.$field.insert(key, Arc::new(self));
            }

            fn remove(&self, snapshot: &mut Snapshot) {
                Self::forget(&self.place(), snapshot);
            }

            fn forget(place: &str, snapshot: &mut Snapshot) {
                if let Some(key) = split(place)
                    && let Some(before) = snapshot.$field.remove(&key)
                {
                    snapshot.count(key.0, EntityKind::$type, &key.1, Some(&before.entity), None);
                    before.index(snapshot, false);
                    snapshot.locate(&before.id, &key, false);
                    snapshot.tally(key.0, $kind, false);
                }
            }
        }
    };
}

kept_entity!(Role, roles, "role", |role| {
    // What the trust policy names was resolved when it was saved. Most name nobody by an id.
    if !role.principals.is_empty()
        && let Ok(trust) = Document::with_principals(role.trust.text(), |arn| role.principals.get(arn).cloned())
    {
        role.trust = trust;
    }
});
kept_entity!(User, users, "user");
kept_entity!(Group, groups, "group");

/// The account of an ARN that we made.
pub(crate) fn account_of(arn: &str) -> AccountId {
    let nobody = || "000000000000".parse().ok();
    let account = Arn::account_in(arn).parse().ok().or_else(nobody);
    // INVARIANT: twelve zeros are an account id.
    #[expect(
        clippy::unwrap_used,
        reason = "twelve zeros are an account id, which a test in `names` holds"
    )]
    account.unwrap()
}

/// What is to be done to a snapshot.
pub(crate) type Change = Box<dyn FnOnce(&mut Snapshot) + Send>;

fn take<T: Kept + Send + 'static>(key: &str, place: &str, value: Option<&[u8]>) -> Result<Change, Error> {
    let Some(value) = value else {
        let place = place.to_owned();
        return Ok(Box::new(move |snapshot| T::forget(&place, snapshot)));
    };
    let record = decode::<T>(key, value)?;
    if record.place() != place {
        return Err(Error::Internal(format!(
            "the record `{key}` belongs under `{}`",
            record.place()
        )));
    }
    Ok(Box::new(|snapshot| record.insert(snapshot)))
}

impl Snapshot {
    /// Takes in what a commit did to one key.
    pub(crate) fn apply(&mut self, key: &[u8], value: Option<&[u8]>, revision: Revision) -> Result<(), Error> {
        Self::read(key, value, revision)?(self);
        self.revision = self.revision.max(revision);
        Ok(())
    }

    /// The revision that it is of: it only grows, and with every change.
    pub fn revision(&self) -> u64 {
        self.revision.0
    }

    /// Reads what a commit did to one key, which takes long where policies are compiled: many threads may do it at once.
    pub(crate) fn read(key: &[u8], value: Option<&[u8]>, revision: Revision) -> Result<Change, Error> {
        let key = std::str::from_utf8(key).map_err(|_| Error::Internal("a key is not a text".to_owned()))?;
        let Some((kind, place)) = key.strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')) else {
            return Ok(Box::new(|_| {}));
        };
        let done: Change = match kind {
            AccountAlias::KIND => take::<AccountAlias>(key, place, value)?,
            Account::KIND => take::<Account>(key, place, value)?,
            FormerAccount::KIND => take::<FormerAccount>(key, place, value)?,
            Role::KIND => take::<Role>(key, place, value)?,
            RoleDeletion::KIND => take::<RoleDeletion>(key, place, value)?,
            User::KIND => take::<User>(key, place, value)?,
            Group::KIND => take::<Group>(key, place, value)?,
            ManagedPolicy::KIND => take::<ManagedPolicy>(key, place, value)?,
            InstanceProfile::KIND => take::<InstanceProfile>(key, place, value)?,
            Provider::KIND => take::<Provider>(key, place, value)?,
            AccessKey::KIND => take::<AccessKey>(key, place, value)?,
            Cluster::KIND => take::<Cluster>(key, place, value)?,
            Bucket::KIND => take::<Bucket>(key, place, value)?,
            Revocation::KIND => take::<Revocation>(key, place, value)?,
            PasswordPolicy::KIND => take::<PasswordPolicy>(key, place, value)?,
            LoginProfile::KIND => take::<LoginProfile>(key, place, value)?,
            MfaDevice::KIND => take::<MfaDevice>(key, place, value)?,
            SshPublicKey::KIND => take::<SshPublicKey>(key, place, value)?,
            SigningCertificate::KIND => take::<SigningCertificate>(key, place, value)?,
            ServiceCredential::KIND => take::<ServiceCredential>(key, place, value)?,
            OutboundIssuer::KIND => take::<OutboundIssuer>(key, place, value)?,
            SamlProvider::KIND => take::<SamlProvider>(key, place, value)?,
            ServerCertificate::KIND => take::<ServerCertificate>(key, place, value)?,
            "guard" => Box::new(|_| {}),
            _ => {
                return Err(Error::Internal(format!(
                    "the record `{key}` is of a kind that this program does not know"
                )));
            }
        };
        let (key, is_there) = (key.to_owned(), value.is_some());
        Ok(Box::new(move |snapshot: &mut Self| {
            done(snapshot);
            if is_there {
                snapshot.revisions.insert(key, revision);
            } else {
                snapshot.revisions.remove(&key);
            }
        }))
    }

    fn tally(&mut self, account: AccountId, kind: &'static str, up: bool) {
        let count = self.counts.entry((account, kind)).or_insert(0);
        *count = if up {
            count.saturating_add(1)
        } else {
            count.saturating_sub(1)
        };
    }

    /// Takes in where the role, user or group of a unique id is, or that it is there no more.
    fn locate(&mut self, id: &UniqueId, place: &(AccountId, String), is_there: bool) {
        if is_there {
            self.places.insert(id.to_string(), place.clone());
        } else if self.places.get(id.as_str()) == Some(place) {
            // One that was renamed is under its new name by now, or will be.
            self.places.remove(id.as_str());
        }
    }

    /// A user by its unique id.
    pub(crate) fn user_of_id(&self, id: &str) -> Option<&Arc<User>> {
        let place = self.places.get(id)?;
        self.users.get(place).filter(|user| user.id.as_str() == id)
    }

    /// How many roles an account has.
    pub fn role_count(&self, account: AccountId) -> usize {
        self.counts.get(&(account, Role::KIND)).copied().unwrap_or(0)
    }

    /// How many users an account has.
    pub fn user_count(&self, account: AccountId) -> usize {
        self.counts.get(&(account, User::KIND)).copied().unwrap_or(0)
    }

    /// How many customer managed policies an account has.
    pub fn policy_count(&self, account: AccountId) -> usize {
        self.counts.get(&(account, ManagedPolicy::KIND)).copied().unwrap_or(0)
    }

    /// An account.
    pub fn account(&self, id: AccountId) -> Option<&Arc<Account>> {
        self.accounts.get(&id)
    }

    /// A role by its name, ignoring case.
    pub fn role(&self, account: AccountId, name: &str) -> Option<&Arc<Role>> {
        self.roles.get(&(account, lower(name)))
    }

    /// A user by its name, ignoring case.
    pub fn user(&self, account: AccountId, name: &str) -> Option<&Arc<User>> {
        self.users.get(&(account, lower(name)))
    }

    /// A customer managed policy by its ARN.
    pub fn policy(&self, arn: &str) -> Option<&Arc<ManagedPolicy>> {
        let name = arn.rsplit('/').next()?;
        self.policies
            .get(&(account_of(arn), lower(name)))
            .filter(|policy| policy.arn == arn)
    }

    /// A customer managed policy by its name, ignoring case.
    pub fn policy_named(&self, account: AccountId, name: &str) -> Option<&Arc<ManagedPolicy>> {
        self.policies.get(&(account, lower(name)))
    }

    /// An OIDC provider by its URL, without `https://`.
    pub fn provider(&self, account: AccountId, url: &str) -> Option<&Arc<Provider>> {
        self.providers.get(&(account, url.to_owned()))
    }

    /// A long-term access key.
    pub fn access_key(&self, id: &str) -> Option<&Arc<AccessKey>> {
        self.access_keys.get(id)
    }

    /// A cluster by its name.
    pub fn cluster(&self, account: AccountId, name: &str) -> Option<&Arc<Cluster>> {
        self.clusters.get(&(account, name.to_owned()))
    }

    /// A cluster by its random id, for its issuer.
    pub fn cluster_by_id(&self, id: &str) -> Option<&Arc<Cluster>> {
        self.clusters.values().find(|cluster| cluster.id == id)
    }

    /// A bucket of whichever account.
    pub fn bucket(&self, name: &str) -> Option<&Arc<Bucket>> {
        self.buckets.get(name)
    }

    /// All roles of an account in the order of their names.
    pub fn roles(&self, account: AccountId) -> impl Iterator<Item = &Arc<Role>> {
        of_account(&self.roles, account)
    }

    /// All users of an account in the order of their names.
    pub fn users(&self, account: AccountId) -> impl Iterator<Item = &Arc<User>> {
        of_account(&self.users, account)
    }

    /// All customer managed policies of an account in the order of their names.
    pub fn policies(&self, account: AccountId) -> impl Iterator<Item = &Arc<ManagedPolicy>> {
        of_account(&self.policies, account)
    }

    /// All OIDC providers of an account in the order of their URLs.
    pub fn providers(&self, account: AccountId) -> impl Iterator<Item = &Arc<Provider>> {
        of_account(&self.providers, account)
    }

    /// All clusters of an account in the order of their names.
    pub fn clusters(&self, account: AccountId) -> impl Iterator<Item = &Arc<Cluster>> {
        of_account(&self.clusters, account)
    }

    /// All buckets of an account in the order of their names.
    pub fn buckets(&self, account: AccountId) -> impl Iterator<Item = &Arc<Bucket>> {
        self.buckets.values().filter(move |bucket| bucket.account == account)
    }

    /// The access keys of a user, or, without one, of the account's root.
    pub fn access_keys(&self, account: AccountId, user: Option<&str>) -> impl Iterator<Item = &Arc<AccessKey>> {
        let user = owner(user);
        self.key_owners
            .range((account, user.clone(), String::new())..)
            .take_while(move |(of, name, _)| *of == account && *name == user)
            .filter_map(|(_, _, id)| self.access_keys.get(id))
    }
}

fn of_account<T>(map: &OrdMap<(AccountId, String), Arc<T>>, account: AccountId) -> impl Iterator<Item = &Arc<T>> {
    from(map, account, None)
}

/// What an account has in such a map from a key on, which need not be there: a page deep in a list costs no more than the
/// first.
pub(crate) fn from<'a, T>(
    map: &'a OrdMap<(AccountId, String), Arc<T>>,
    account: AccountId,
    after: Option<&str>,
) -> impl Iterator<Item = &'a Arc<T>> + use<'a, T> {
    map.range((account, after.unwrap_or_default().to_owned())..)
        .take_while(move |((of, _), _)| *of == account)
        .map(|(_, value)| value)
}
