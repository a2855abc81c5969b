//! What is asked: who, which action, on what, under which circumstances.

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The hash of a condition key in lower case, eight bytes a step: every request hashes a dozen of them.
#[expect(clippy::indexing_slicing, reason = "what it counts by is the length")]
pub(crate) const fn hash(lower: &str) -> u64 {
    let (words, rest) = lower.as_bytes().as_chunks::<8>();
    let mut hash = OFFSET;
    let mut at = 0;
    while at < words.len() {
        hash = mix(hash, u64::from_le_bytes(words[at]));
        at += 1;
    }
    // The one before them says how many are left.
    let mut last = 1;
    at = 0;
    while at < rest.len() {
        last = last << 8 | rest[at] as u64;
        at += 1;
    }
    mix(hash, last)
}

const fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A key or an action in lower case, character by character: the case of one does not depend on its neighbours (as that of
/// a final sigma does in `str::to_lowercase`).
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().flat_map(char::to_lowercase).collect()
    }
}

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Few requests have more keys than this.
const USUAL: usize = 16;

/// The name of a condition key. Keys are compared ignoring case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    hash: u64,
    lower: Cow<'static, str>,
}

impl Key {
    /// A key that the program knows, which must be in lower case. In a constant, all of it is done while compiling.
    ///
    /// # Panics
    /// If it is not in lower case.
    pub const fn known(lower: &'static str) -> Self {
        let mut rest = lower.as_bytes();
        while let [byte, after @ ..] = rest {
            assert!(
                byte.is_ascii() && !byte.is_ascii_uppercase(),
                "a known key is in lower case"
            );
            rest = after;
        }
        Self {
            hash: hash(lower),
            lower: Cow::Borrowed(lower),
        }
    }

    /// The key, in lower case.
    pub fn as_str(&self) -> &str {
        &self.lower
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        let lower = lower(text);
        Self {
            hash: hash(&lower),
            lower: Cow::Owned(lower),
        }
    }
}

impl From<&String> for Key {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Key {
    fn from(mut text: String) -> Self {
        if !text.is_ascii() {
            return text.as_str().into();
        }
        text.make_ascii_lowercase();
        Self {
            hash: hash(&text),
            lower: Cow::Owned(text),
        }
    }
}

/// The circumstances of a request: condition keys and their values. What is not there is absent; nothing is implied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    // Few enough that a search by hash from the front beats every map.
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    key: Key,
    values: Values,
}

/// The values of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// Of a single-valued key.
    One(String),
    /// Of a multivalued key; there may be none.
    Many(Vec<String>),
}

impl Values {
    /// All of them.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl Context {
    pub(crate) const EMPTY: Self = Self { entries: Vec::new() };

    /// Without any key.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a single-valued key.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<String>) {
        self.set(key, Values::One(value.into()));
    }

    /// Sets a multivalued key.
    pub fn insert_list<T: Into<String>>(&mut self, key: impl Into<Key>, values: impl IntoIterator<Item = T>) {
        self.set(key, Values::Many(values.into_iter().map(Into::into).collect()));
    }

    /// Sets a key to values of either kind.
    pub fn set(&mut self, key: impl Into<Key>, values: Values) {
        let key = key.into();
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.key == key) {
            entry.values = values;
            return;
        }
        if self.entries.is_empty() {
            self.entries.reserve(USUAL);
        }
        self.entries.push(Entry { key, values });
    }

    /// Sets the single-valued key `name/KEY` of each tag, such as `aws:PrincipalTag/KEY`.
    pub fn insert_tags<'a>(&mut self, name: &str, tags: impl IntoIterator<Item = &'a (String, String)>) {
        for (key, value) in tags {
            self.insert_tag(name, key, value);
        }
    }

    fn insert_tag(&mut self, name: &str, key: &str, value: &str) {
        self.insert([name, "/", key].concat(), value);
    }

    /// Sets `aws:RequestTag/KEY` of each tag that a request brings and, if it brings any, `aws:TagKeys`.
    pub fn insert_request_tags<'a>(&mut self, tags: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut keys = Vec::new();
        for (key, value) in tags {
            self.insert_tag("aws:RequestTag", key, value);
            keys.push(key);
        }
        if !keys.is_empty() {
            self.insert_list("aws:TagKeys", keys);
        }
    }

    /// Sets all keys of another.
    pub fn extend(&mut self, other: &Self) {
        for entry in &other.entries {
            self.set(entry.key.clone(), entry.values.clone());
        }
    }

    /// Keeps the keys, in lower case, that are wanted.
    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.entries.retain(|entry| wanted(entry.key.as_str()));
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The values of a key, if it is there.
    pub fn get(&self, key: &str) -> Option<&Values> {
        let key = lower(key);
        self.find(hash(&key), &key)
    }

    /// Keys, in lower case, and their values.
    pub fn into_entries(self) -> impl Iterator<Item = (String, Values)> {
        let entries = self.entries.into_iter();
        entries.map(|entry| (entry.key.lower.into_owned(), entry.values))
    }

    /// Keys, in lower case, and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.entries.iter().map(|entry| (entry.key.as_str(), &entry.values))
    }

    pub(crate) fn find(&self, hash: u64, lower: &str) -> Option<&Values> {
        self.entries
            .iter()
            .find(|entry| entry.key.hash == hash && entry.key.lower == lower)
            .map(|entry| &entry.values)
    }

    /// The value of a single-valued key, for a variable.
    pub(crate) fn single(&self, hash: u64, lower: &str) -> Option<&str> {
        match self.find(hash, lower)? {
            Values::One(value) => Some(value),
            Values::Many(_) => None,
        }
    }
}

/// An object: the value of a single-valued key is a text, those of a multivalued key are a list.
impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Context {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = BTreeMap::<String, Values>::deserialize(deserializer)?;
        let mut context = Self::new();
        for (key, values) in entries {
            context.set(key, values);
        }
        Ok(context)
    }
}

impl<K: Into<Key>, V: Into<String>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut context = Self::new();
        for (key, value) in pairs {
            context.insert(key, value);
        }
        context
    }
}

/// The value of `aws:SourceIp` for this address.
pub fn source_ip(address: IpAddr) -> String {
    let IpAddr::V4(address) = address.to_canonical() else {
        return address.to_string();
    };
    // `Display` takes ten times as long, and every request needs it.
    let mut text = String::with_capacity("255.255.255.255".len());
    for octet in address.octets() {
        if !text.is_empty() {
            text.push('.');
        }
        let digit = |part: u8| char::from(b'0' + part % 10);
        if octet >= 100 {
            text.push(digit(octet / 100));
        }
        if octet >= 10 {
            text.push(digit(octet / 10));
        }
        text.push(digit(octet));
    }
    text
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    kind: PrincipalKind,
    arn: String,
    account: String,
    unique_id: Option<String>,
    canonical_id: Option<String>,
    service_linked: bool,
}

/// The kinds of callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalKind {
    /// An account's root user.
    Root,
    /// An IAM user.
    User,
    /// A session of a role, or, where the session does not matter, some session of it.
    Session {
        /// The role's name, without its path.
        role: String,
    },
    /// A session of `GetFederationToken`.
    FederatedUser {
        /// The ARN of the user who asked for it, where it is known.
        user: Option<String>,
    },
    /// Somebody with a token of an OIDC provider, named by the provider's ARN or host.
    WebIdentity,
    /// Somebody with an assertion of a SAML provider.
    Saml,
    /// An AWS service, named like `ec2.amazonaws.com`.
    Service,
    /// Nobody in particular: a request without a signature.
    Anonymous,
}

impl Principal {
    /// The caller that this ARN, service name or provider names.
    ///
    /// `arn:aws:iam::ACCOUNT:root|user/…|role/…|oidc-provider/…|saml-provider/…`,
    /// `arn:aws:sts::ACCOUNT:assumed-role/…|federated-user/…`, or a service like `ec2.amazonaws.com`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (Some("arn"), Some(_), Some(service), Some(_), Some(account), Some(resource)) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) else {
            let is_service = text.contains('.') && !text.contains([':', '/', '*', ' ']);
            return is_service.then(|| Self::service(text));
        };
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let kind = match (service, kind) {
            ("iam", "root") => PrincipalKind::Root,
            ("iam", "user") => PrincipalKind::User,
            ("iam", "role") => PrincipalKind::Session {
                role: rest.rsplit('/').next().unwrap_or_default().to_owned(),
            },
            ("iam", "oidc-provider") => PrincipalKind::WebIdentity,
            ("iam", "saml-provider") => PrincipalKind::Saml,
            ("sts", "assumed-role") => PrincipalKind::Session {
                role: rest.split('/').next().unwrap_or_default().to_owned(),
            },
            ("sts", "federated-user") => PrincipalKind::FederatedUser { user: None },
            _ => return None,
        };
        Some(Self::new(kind, text, account))
    }

    /// An AWS service.
    pub fn service(name: &str) -> Self {
        Self::new(PrincipalKind::Service, name, "")
    }

    /// Somebody whose token an OIDC provider signed.
    pub fn web_identity(provider: &str, account: &str) -> Self {
        Self::new(PrincipalKind::WebIdentity, provider, account)
    }

    /// A request without a signature.
    pub fn anonymous() -> Self {
        Self::new(PrincipalKind::Anonymous, "anonymous", "")
    }

    fn new(kind: PrincipalKind, arn: &str, account: &str) -> Self {
        Self {
            kind,
            arn: arn.to_owned(),
            account: account.to_owned(),
            unique_id: None,
            canonical_id: None,
            service_linked: false,
        }
    }

    /// With the unique id (`AROA…`, `AIDA…`) of the role or user, which policies name once they are saved.
    #[must_use]
    pub fn with_unique_id(mut self, id: impl Into<String>) -> Self {
        self.unique_id = Some(id.into());
        self
    }

    /// With the canonical user id of the caller's account (64 hexadecimal digits in S3), which the policies of buckets may
    /// name in the account's place.
    #[must_use]
    pub fn with_canonical_id(mut self, id: impl Into<String>) -> Self {
        self.canonical_id = Some(id.into());
        self
    }

    /// A federated user, with the user who asked for the session. Another ARN than a user's is passed over: roles cannot ask
    /// for one (STS API Reference: `GetFederationToken`).
    #[must_use]
    pub fn federated_by(mut self, arn: impl Into<String>) -> Self {
        let arn = arn.into();
        if let PrincipalKind::FederatedUser { user } = &mut self.kind
            && arn
                .splitn(6, ':')
                .nth(5)
                .is_some_and(|resource| resource.starts_with("user/"))
        {
            *user = Some(arn);
        }
        self
    }

    /// A session of a service-linked role, which control policies do not bind.
    #[must_use]
    pub fn service_linked(mut self) -> Self {
        self.service_linked = true;
        self
    }

    /// What kind of caller it is.
    pub fn kind(&self) -> &PrincipalKind {
        &self.kind
    }

    /// The ARN, the provider, or the service's name.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The account; empty for services and anonymous callers.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The unique id of the role or user, where it is known.
    pub fn unique_id(&self) -> Option<&str> {
        self.unique_id.as_deref()
    }

    /// The canonical user id of the account, where it is known.
    pub fn canonical_id(&self) -> Option<&str> {
        self.canonical_id.as_deref()
    }

    /// Only a path under `/aws-service-role/` makes a role service-linked: that path is AWS's alone, while a name that
    /// starts with `AWSServiceRoleFor` is anybody's.
    pub(crate) fn is_service_linked(&self, role_arn: Option<&str>) -> bool {
        let linked = |arn: &str| arn.contains(":role/aws-service-role/");
        self.service_linked
            || matches!(&self.kind, PrincipalKind::Session { role } if role.starts_with("AWSServiceRoleFor"))
                && (linked(&self.arn) || role_arn.is_some_and(linked))
    }
}

/// A request, prepared once for any number of policies.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) principal: Principal,
    pub(crate) action: String,
    pub(crate) action_lower: String,
    pub(crate) resource: String,
    /// Where the five colons of the resource's ARN are, if it is one.
    pub(crate) colons: Option<[usize; 5]>,
    /// The hash of each prefix of the resource, by its length, as far as indexes look.
    pub(crate) prefixes: Vec<u64>,
    pub(crate) resource_account: String,
    pub(crate) context: Context,
}

/// Indexes by resource look at no more than this many bytes.
pub(crate) const LONGEST_INDEXED: usize = 96;

impl Request {
    /// Prepares a request. `resource` is an ARN, or `*` where the action has no resource; `resource_account` owns it.
    pub fn new(principal: Principal, action: &str, resource: &str, resource_account: &str, context: Context) -> Self {
        Self {
            principal,
            action: action.to_owned(),
            action_lower: lower(action),
            colons: colons(resource),
            prefixes: prefixes(resource),
            resource: resource.to_owned(),
            resource_account: resource_account.to_owned(),
            context,
        }
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The action, as it was given.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The resource, as it was given.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The account that owns the resource.
    pub fn resource_account(&self) -> &str {
        &self.resource_account
    }

    /// The circumstances.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Who asks, the action, the resource and the circumstances, when there is nothing left to decide.
    pub fn into_parts(self) -> (Principal, String, String, Context) {
        (self.principal, self.action, self.resource, self.context)
    }

    pub(crate) fn same_account(&self) -> bool {
        self.principal.account == self.resource_account
    }

    pub(crate) fn service(&self) -> &str {
        self.action_lower.split(':').next().unwrap_or_default()
    }
}

/// The hash of each prefix of `text`, from the empty one.
pub(crate) fn prefixes(text: &str) -> Vec<u64> {
    let mut hashes = Vec::with_capacity(text.len().min(LONGEST_INDEXED) + 1);
    let mut hash = OFFSET;
    hashes.push(hash);
    for byte in text.bytes().take(LONGEST_INDEXED) {
        hash = step(hash, byte);
        hashes.push(hash);
    }
    hashes
}

pub(crate) fn colons(text: &str) -> Option<[usize; 5]> {
    let mut colons = [0; 5];
    let mut found = memchr::memchr_iter(b':', text.as_bytes());
    for place in &mut colons {
        *place = found.next()?;
    }
    Some(colons)
}

/// The six parts of an ARN.
pub(crate) fn arn_parts<'a>(text: &'a str, colons: &[usize; 5]) -> [&'a str; 6] {
    let mut parts = [""; 6];
    let mut from = 0;
    let ends = colons.iter().copied().chain([text.len()]);
    for (part, to) in parts.iter_mut().zip(ends) {
        *part = text.get(from..to).unwrap_or_default();
        from = to + 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_the_standard_library_does() {
        for octet in 0..=255 {
            let address = IpAddr::from([octet, 0, 255 - octet, 127]);
            assert_eq!(source_ip(address), address.to_string());
        }
        assert_eq!(source_ip("::ffff:192.0.2.7".parse().unwrap()), "192.0.2.7");
        assert_eq!(source_ip("2001:db8::7".parse().unwrap()), "2001:db8::7");
    }
}
