//! The attacks and refusals, each played. `World` is one account with a role for a service account of a hosted cluster,
//! a provider whose keys are fetched, and a user.

mod assume;
mod credential;
mod saml;
mod session_token;
mod web_identity;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rolecall_policy::Policy;
use rolecall_store::Memory;
use serde_json::{Value, json};

use super::*;
use crate::{
    keys::{RootKey, SealingKeys, SystemEntropy},
    session::{Sessions, Subject},
    token::{
        FetchFailed, KeyRing, RingConfig,
        issuer::{Named, ServiceAccountToken, SigningKey, key_set},
    },
};

const NOW: i64 = 1_700_000_000;
const URL: &str = "127.0.0.1:4566/id/0123";
const OTHER_URL: &str = "issuer.example";
const OTHER_PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/issuer.example";
const ROLE: &str = "arn:aws:iam::123456789012:role/team/app";
const OTHER_ROLE: &str = "arn:aws:iam::123456789012:role/next";
const USER: &str = "arn:aws:iam::123456789012:user/alice";

struct Role {
    id: UniqueId,
    trust: Compiled,
    tags: Vec<(String, String)>,
    max_session: i64,
}

struct World {
    roles: BTreeMap<String, Role>,
    providers: BTreeMap<String, (Vec<String>, Option<KeySet>)>,
    saml: saml::Provider,
    user: Option<UniqueId>,
    key_active: bool,
    incarnation: Option<u64>,
    cluster: SigningKey,
    sessions: Sessions,
    ring: KeyRing,
}

impl Directory for World {
    fn account(&self, account: AccountId) -> Option<u64> {
        self.incarnation.filter(|_| account.as_str() == "123456789012")
    }

    fn role(&self, arn: &Arn) -> Option<RoleView<'_>> {
        self.roles.get(arn.as_str()).map(|role| RoleView {
            id: &role.id,
            trust: &role.trust,
            tags: Cow::Borrowed(&role.tags),
            max_session: role.max_session,
        })
    }

    fn has_user(&self, arn: &Arn, id: &UniqueId) -> bool {
        arn.as_str() == USER && self.user.as_ref() == Some(id)
    }

    fn provider(&self, account: AccountId, url: &str) -> Option<ProviderView<'_>> {
        self.account(account)?;
        let (client_ids, keys) = self.providers.get(url)?;
        Some(ProviderView {
            client_ids: Cow::Borrowed(client_ids),
            keys: keys.as_ref().map_or(KeySource::Fetched, KeySource::Cluster),
        })
    }

    fn saml_provider(&self, account: AccountId, arn: &str) -> Option<SamlProviderView<'_>> {
        self.account(account)?;
        (arn == saml::PROVIDER).then(|| self.saml.view())
    }

    fn saml_keys(&self, _: AccountId, arn: &str) -> Vec<Secret> {
        if arn == saml::PROVIDER {
            self.saml.own.clone()
        } else {
            Vec::new()
        }
    }

    fn managed_policy(&self, _: AccountId, arn: &str) -> Option<Compiled> {
        (arn == "arn:aws:iam::aws:policy/ReadOnlyAccess")
            .then(|| compiled(&json!({"Version": "2012-10-17", "Statement": []})))
    }

    fn revoked(&self, _: &str, _: &Record) -> Option<&Revocation> {
        None
    }

    fn revoked_source(&self, _: AccountId, _: &Source, _: Option<i64>) -> Option<&Revocation> {
        None
    }

    fn access_key(&self, id: &str) -> Option<KeyView> {
        let user = match id {
            "AKIAROOTROOTROOTROOT" => None,
            "AKIAUSERUSERUSERUSER" => Some((self.user.clone()?, USER.parse().unwrap())),
            _ => return None,
        };
        Some(KeyView {
            secret: Secret::new("secret"),
            account: account(),
            active: self.key_active,
            user,
        })
    }
}

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

fn now() -> Timestamp {
    at(0)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn compiled(policy: &Value) -> Compiled {
    Compiled::new(&Policy::parse(&policy.to_string()).unwrap())
}

fn id(n: u8) -> UniqueId {
    UniqueId::from_random(rolecall_names::IdKind::Role, [n; 11])
}

/// The trust policy that eksctl writes.
fn trusts_service_account(actions: &[&str]) -> Compiled {
    compiled(&json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{URL}")},
        "Action": actions,
        "Condition": {"StringEquals": {
            format!("{URL}:aud"): "sts.amazonaws.com",
            format!("{URL}:sub"): "system:serviceaccount:default:iam-test",
        }},
    }]}))
}

fn trusts_aws(principal: &str, actions: &[&str], condition: &Value) -> Compiled {
    compiled(&json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Condition": condition,
    }]}))
}

fn role(n: u8, trust: Compiled) -> Role {
    Role {
        id: id(n),
        trust,
        tags: Vec::new(),
        max_session: 3600,
    }
}

fn world() -> World {
    let cluster = SigningKey::generate().unwrap();
    let keys = KeySet::parse(key_set([&cluster]).to_string().as_bytes()).unwrap();
    let root = RootKey::from_bytes(&[7; 32]).unwrap();
    let sealing = SealingKeys::load_and_rotate(&Memory::new(), &root, at(-3600), &SystemEntropy).unwrap();
    let audience = || vec!["sts.amazonaws.com".to_owned()];
    World {
        roles: BTreeMap::from([(
            ROLE.to_owned(),
            role(1, trusts_service_account(&["sts:AssumeRoleWithWebIdentity"])),
        )]),
        providers: BTreeMap::from([
            (URL.to_owned(), (audience(), Some(keys))),
            (OTHER_URL.to_owned(), (audience(), None)),
        ]),
        saml: saml::Provider::new(),
        user: Some(id(9)),
        key_active: true,
        incarnation: Some(1),
        cluster,
        sessions: Sessions::new(sealing),
        ring: KeyRing::new(RingConfig::default()),
    }
}

fn wanted() -> ServiceAccountToken {
    let named = |name: &str| Named {
        name: name.to_owned(),
        uid: format!("uid-of-{name}"),
    };
    ServiceAccountToken {
        issuer: format!("https://{URL}"),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        namespace: "default".to_owned(),
        service_account: named("iam-test"),
        pod: Some(named("pod")),
        node: None,
        token_id: "the-jti".to_owned(),
        issued: now(),
        expires: at(3600),
    }
}

/// The claims of a good token, changed.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({
        "iss": format!("https://{URL}"),
        "sub": "system:serviceaccount:default:iam-test",
        "aud": ["sts.amazonaws.com"],
        "exp": NOW + 3600, "iat": NOW, "nbf": NOW,
        "kubernetes.io": {"namespace": "default", "serviceaccount": {"name": "iam-test", "uid": "u"}},
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
    }
    claims
}

impl World {
    fn input(token: &str) -> AssumeRoleWithWebIdentity<'_> {
        AssumeRoleWithWebIdentity {
            role_arn: ROLE,
            session_name: "session-1",
            token,
            ..AssumeRoleWithWebIdentity::default()
        }
    }

    fn step(&self, input: AssumeRoleWithWebIdentity<'_>, fetched: bool) -> Result<Step, Refusal> {
        assume_role_with_web_identity(
            self,
            &self.sessions,
            &self.ring,
            input,
            fetched,
            now(),
            &SystemEntropy,
            &mut Evidence::default(),
        )
    }

    fn exchange(&self, input: AssumeRoleWithWebIdentity<'_>) -> Result<Granted, Refusal> {
        match self.step(input, false)? {
            Step::Done { granted, .. } => Ok(*granted),
            Step::Fetch(url) => panic!("wants to fetch {url}"),
        }
    }

    fn refused(&self, token: &str) -> (&'static str, String) {
        let refusal = self.exchange(Self::input(token)).unwrap_err();
        (refusal.code(), refusal.to_string())
    }

    fn credential(&self, granted: &Granted, now: Timestamp) -> Result<Credential, CredentialError> {
        credential(
            self,
            &self.sessions,
            granted.credentials.access_key_id.as_str(),
            Some(granted.credentials.session_token.expose()),
            now,
        )
    }

    fn session(&self) -> Granted {
        let token = wanted().mint(&self.cluster).unwrap();
        self.exchange(Self::input(&token)).unwrap()
    }
}
