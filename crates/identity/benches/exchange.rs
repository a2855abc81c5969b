//! The token exchange without HTTP, and the floor under it: the verification of the token's RSA signature alone.

use std::{borrow::Cow, sync::LazyLock};

use jiff::Timestamp;
use rolecall_identity::{
    keys::{RootKey, SealingKeys, SystemEntropy},
    session::{Record, Secret, Sessions, Source},
    state::Revocation,
    sts::{
        AssumeRoleWithWebIdentity, Directory, Evidence, KeySource, KeyView, ProviderView, RoleView, SamlProviderView,
        Step, assume_role_with_web_identity, credential,
    },
    token::{
        KeyRing, KeySet, RingConfig, Unverified,
        issuer::{Named, ServiceAccountToken, SigningKey, key_set},
    },
};
use rolecall_names::{AccountId, Arn, IdKind, UniqueId};
use rolecall_policy::{Compiled, Policy};
use rolecall_store::Memory;

const NOW: i64 = 1_700_000_000;
const URL: &str = "127.0.0.1:4566/id/0123456789abcdef";
const ROLE: &str = "arn:aws:iam::123456789012:role/eksctl-dev-addon-iamserviceaccount-default-iam-test";

struct World {
    id: UniqueId,
    trust: Compiled,
    keys: KeySet,
    signer: SigningKey,
    sessions: Sessions,
    ring: KeyRing,
    tokens: Vec<String>,
}

impl Directory for World {
    fn account(&self, _: AccountId) -> Option<u64> {
        Some(1)
    }

    fn role(&self, _: &Arn) -> Option<RoleView<'_>> {
        Some(RoleView {
            id: &self.id,
            trust: &self.trust,
            tags: Cow::Borrowed(&[]),
            max_session: 3600,
        })
    }

    fn has_user(&self, _: &Arn, _: &UniqueId) -> bool {
        false
    }

    fn provider(&self, _: AccountId, _: &str) -> Option<ProviderView<'_>> {
        static AUDIENCES: LazyLock<Vec<String>> = LazyLock::new(|| vec!["sts.amazonaws.com".to_owned()]);
        Some(ProviderView {
            client_ids: Cow::Borrowed(&AUDIENCES),
            keys: KeySource::Cluster(&self.keys),
        })
    }

    fn saml_keys(&self, _: AccountId, _: &str) -> Vec<Secret> {
        Vec::new()
    }

    fn managed_policy(&self, _: AccountId, _: &str) -> Option<Compiled> {
        None
    }

    fn access_key(&self, _: &str) -> Option<KeyView> {
        None
    }

    fn revoked(&self, _: &str, _: &Record) -> Option<&Revocation> {
        None
    }

    fn saml_provider(&self, _: AccountId, _: &str) -> Option<SamlProviderView<'_>> {
        None
    }

    fn revoked_source(&self, _: AccountId, _: &Source, _: Option<i64>) -> Option<&Revocation> {
        None
    }
}

#[expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up has nothing to say")]
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let signer = SigningKey::generate().unwrap();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":
        "arn:aws:iam::123456789012:oidc-provider/{URL}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":
        {{"StringEquals":{{"{URL}:aud":"sts.amazonaws.com","{URL}:sub":"system:serviceaccount:default:iam-test"}}}}}}]}}"#
    );
    let root = RootKey::from_bytes(&[7; 32]).unwrap();
    let tokens = (0..64).map(|n| token(n).mint(&signer).unwrap()).collect();
    World {
        id: UniqueId::from_random(IdKind::Role, [1; 11]),
        trust: Compiled::new(&Policy::parse(&policy).unwrap()),
        keys: KeySet::parse(key_set([&signer]).to_string().as_bytes()).unwrap(),
        sessions: Sessions::new(SealingKeys::load_and_rotate(&Memory::new(), &root, now(), &SystemEntropy).unwrap()),
        ring: KeyRing::new(RingConfig::default()),
        signer,
        tokens,
    }
});

#[expect(clippy::unwrap_used, reason = "the time is a constant")]
fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn token(n: usize) -> ServiceAccountToken {
    let named = |name: &str| Named {
        name: name.to_owned(),
        uid: format!("5d1f0b2c-0000-4000-8000-{n:012}"),
    };
    ServiceAccountToken {
        issuer: format!("https://{URL}"),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        namespace: "default".to_owned(),
        service_account: named("iam-test"),
        pod: Some(named("pod")),
        node: Some(named("node")),
        token_id: format!("5d1f0b2c-0000-4000-8000-{n:012}"),
        issued: now(),
        expires: Timestamp::from_second(NOW + 3600).unwrap_or_default(),
    }
}

fn exchange(token: &str) -> Option<Step> {
    let world = &*WORLD;
    let input = AssumeRoleWithWebIdentity {
        role_arn: ROLE,
        session_name: "botocore-session-1700000000",
        token,
        ..AssumeRoleWithWebIdentity::default()
    };
    let mut evidence = Evidence::default();
    assume_role_with_web_identity(
        world,
        &world.sessions,
        &world.ring,
        input,
        false,
        now(),
        &SystemEntropy,
        &mut evidence,
    )
    .ok()
}

#[divan::bench]
fn whole_exchange(bencher: divan::Bencher) {
    let mut tokens = WORLD.tokens.iter().cycle();
    bencher.bench_local(|| tokens.next().and_then(|token| exchange(token)));
}

#[divan::bench]
fn verification_of_the_token(bencher: divan::Bencher) {
    let world = &*WORLD;
    let mut tokens = world.tokens.iter().cycle();
    bencher.bench_local(|| {
        let token = Unverified::parse(tokens.next()?).ok()?;
        let key = world.keys.find(token.key_id(), token.algorithm())?;
        token.verify(key, now()).ok()
    });
}

#[divan::bench]
fn rsa_alone(bencher: divan::Bencher) {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    let world = &*WORLD;
    let jwk = world.signer.jwk();
    let part = |name: &str| {
        jwk.get(name)
            .and_then(|text| text.as_str())
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .unwrap_or_default()
    };
    let key = RsaPublicKeyComponents {
        n: part("n"),
        e: part("e"),
    };
    let Ok(key) = key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256) else {
        return;
    };
    let split: Vec<(&str, Vec<u8>)> = world
        .tokens
        .iter()
        .filter_map(|token| token.rsplit_once('.'))
        .filter_map(|(signed, signature)| Some((signed, URL_SAFE_NO_PAD.decode(signature).ok()?)))
        .collect();
    let mut pairs = split.iter().cycle();
    bencher.bench_local(|| {
        pairs
            .next()
            .is_some_and(|(signed, signature)| key.verify_sig(signed.as_bytes(), signature).is_ok())
    });
}

#[divan::bench]
fn credential_of_a_known_session(bencher: divan::Bencher) {
    let world = &*WORLD;
    let Some(Step::Done { granted, .. }) = world.tokens.first().and_then(|token| exchange(token)) else {
        return;
    };
    let issued = &granted.credentials;
    bencher.bench_local(|| {
        let token = Some(issued.session_token.expose());
        credential(world, &world.sessions, issued.access_key_id.as_str(), token, now()).is_ok()
    });
}

fn main() {
    divan::main();
}
