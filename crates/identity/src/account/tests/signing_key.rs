//! How one signing key follows another.

use super::*;
use crate::{
    account::{
        outbound_issuer::{self, LONGEST_TOKEN, disable, enable},
        signing_key::{AGE, Due, LEAD, LEEWAY, Shown, Whose, check, due, generate, retire, rotate},
    },
    state::OutboundIssuer,
    token::{Algorithm, Unverified},
};

const OURS: fn() -> Whose = || Whose::Account(account());

impl World {
    fn issuer(&self) -> Arc<OutboundIssuer> {
        self.identity.snapshot().outbound_issuer(account()).unwrap().clone()
    }

    fn at<Op: Operation, T>(
        &self,
        second: i64,
        change: impl Fn(&mut Transaction<'_>, Permit<Op>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.identity
            .write_blocking(Permit::operator(account()), after(second), change)
    }

    fn rotated(&self, second: i64, whose: &Whose, leaked: bool) -> Result<Vec<Shown>, Error> {
        let keys = generate(whose).unwrap();
        self.at(second, |tx, permit| rotate(tx, permit, whose, &keys, leaked))
    }

    fn retired(&self, second: i64) {
        self.at(second, |tx, permit| retire(tx, permit, &OURS())).unwrap();
    }

    /// The id of the key that signs, and a token of it.
    fn signed(&self, second: i64, algorithm: Algorithm) -> (String, String) {
        let key = outbound_issuer::signing_key(
            &self.issuer(),
            algorithm,
            self.identity.root(),
            after(second).as_second(),
        );
        let key = key.unwrap();
        let claims = serde_json::json!({
            "iss": self.issuer().url, "sub": "s", "aud": "a",
            "iat": after(second).as_second(), "exp": after(second).as_second() + LONGEST_TOKEN,
        });
        (key.key_id().to_owned(), key.sign(&claims).unwrap())
    }

    fn verifies(&self, second: i64, token: &str) -> bool {
        let issuer = self.issuer();
        let token = Unverified::parse(token).unwrap();
        let key = issuer.keys.as_ref().unwrap().find(token.key_id(), token.algorithm());
        key.is_some_and(|key| token.verify(key, after(second)).is_ok())
    }

    fn published(&self) -> usize {
        let jwks: serde_json::Value = serde_json::from_str(&self.issuer().jwks).unwrap();
        let keys = jwks["keys"].as_array().unwrap().len();
        assert_eq!(keys, self.issuer().keys.as_ref().unwrap().len());
        assert_eq!(keys, self.issuer().signing_keys.len());
        assert!(!self.issuer().jwks.contains("\"d\""));
        keys
    }
}

fn after(second: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() + second).unwrap()
}

fn with_an_issuer() -> World {
    let world = World::new();
    let keys = generate(&OURS()).unwrap();
    world
        .at(0, |tx, permit| enable(tx, permit, "https://h", &keys))
        .unwrap();
    world
}

#[test]
fn a_new_key_is_published_then_signs_and_the_old_one_goes_when_its_last_token_is_over() {
    let world = with_an_issuer();
    let end = LEAD + LONGEST_TOKEN + LEEWAY;
    let start = now().as_second();
    let shown = world.rotated(0, &OURS(), false).unwrap();
    let times: Vec<_> = shown
        .iter()
        .map(|key| {
            (
                key.algorithm.as_str(),
                key.signs_from - start,
                key.published_until.map(|until| until - start),
            )
        })
        .collect();
    assert_eq!(
        times,
        [
            ("RS256", 0, Some(end)),
            ("ES384", 0, Some(end)),
            ("RS256", LEAD, None),
            ("ES384", LEAD, None)
        ]
    );
    assert_eq!(world.published(), 4);
    for (algorithm, old, new) in [(Algorithm::Rs256, 0, 2), (Algorithm::Es384, 1, 3)] {
        let signs = |second| world.signed(second, algorithm).0;
        assert_eq!(
            (signs(0), signs(LEAD - 1)),
            (shown[old].key_id.clone(), shown[old].key_id.clone())
        );
        assert_eq!(
            (signs(LEAD), signs(end * 2)),
            (shown[new].key_id.clone(), shown[new].key_id.clone())
        );
        // Where the clock goes back before all keys, there is a key all the same.
        assert_eq!(signs(-LEAD), shown[old].key_id);
    }
    let (_, last) = world.signed(LEAD - 1, Algorithm::Es384);
    let (_, first) = world.signed(LEAD, Algorithm::Es384);
    // Whoever looks too early changes nothing.
    for second in [0, LEAD - 1, LEAD, end - 1] {
        world.retired(second);
        assert_eq!(world.published(), 4);
        assert!(due(&world.identity.snapshot(), start + second).is_empty());
    }
    assert!(world.verifies(LEAD - 2 + LONGEST_TOKEN, &last) && world.verifies(LEAD + 1, &first));
    assert_eq!(due(&world.identity.snapshot(), start + end), [(OURS(), Due::Removal)]);
    world.retired(end);
    assert_eq!(world.published(), 2);
    assert!(!world.verifies(LEAD, &last), "its key is removed");
    assert!(world.verifies(LEAD + 1, &first));
    // Removed is removed: its secret is in the record no more, and a second time finds nothing to do.
    assert!(
        world
            .issuer()
            .signing_keys
            .iter()
            .all(|key| key.signs_from == start + LEAD)
    );
    let before = world.issuer();
    world.retired(end * 2);
    assert_eq!(world.issuer().signing_keys, before.signing_keys);
}

#[test]
fn there_is_one_rotation_at_a_time() {
    let world = with_an_issuer();
    let end = LEAD + LONGEST_TOKEN + LEEWAY;
    world.rotated(0, &OURS(), false).unwrap();
    let under_way = format!(
        "Invalid: The keys of this issuer are being rotated until {}.",
        after(end)
    );
    for second in [0, LEAD, end - 1] {
        assert_eq!(refusal(world.rotated(second, &OURS(), false)), under_way);
        let now = after(second).as_second();
        assert_eq!(
            refusal(check(&world.identity.snapshot(), &OURS(), now, false)),
            under_way
        );
    }
    // The next one need not wait for the removal: it does it.
    world.rotated(end, &OURS(), false).unwrap();
    assert_eq!(world.published(), 4);
}

#[test]
fn leaked_keys_are_removed_at_once_and_the_new_ones_sign_at_once() {
    let world = with_an_issuer();
    let (old, token) = world.signed(0, Algorithm::Es384);
    // In the middle of a rotation too: both keys are gone.
    world.rotated(0, &OURS(), false).unwrap();
    assert!(world.verifies(10, &token));
    let shown = world.rotated(10, &OURS(), true).unwrap();
    assert_eq!((shown.len(), world.published()), (2, 2));
    assert!(!world.verifies(10, &token));
    let (new, token) = world.signed(10, Algorithm::Es384);
    assert_ne!(new, old);
    assert!(world.verifies(10, &token));
}

#[test]
fn keys_get_successors_of_themselves_when_they_are_old() {
    let world = with_an_issuer();
    let due = |second: i64| due(&world.identity.snapshot(), now().as_second() + second);
    assert_eq!(due(AGE - 1), []);
    assert_eq!(due(AGE), [(OURS(), Due::Rotation)]);
    // An issuer that issues nothing is left alone, until it does again.
    world.at(0, disable).unwrap();
    assert_eq!(due(AGE), []);
    world.at(0, |tx, permit| enable(tx, permit, "https://h", &[])).unwrap();
    world.rotated(AGE, &OURS(), false).unwrap();
    assert_eq!(due(AGE + 1), []);
    let end = AGE + LEAD + LONGEST_TOKEN + LEEWAY;
    assert_eq!(due(end), [(OURS(), Due::Removal)]);
    world.retired(end);
    assert_eq!(due(end), []);
    assert_eq!(due(AGE + LEAD + AGE), [(OURS(), Due::Rotation)]);
}

#[test]
fn only_the_operator_rotates_and_only_what_is_signed_here() {
    let world = with_an_issuer();
    let keys = generate(&OURS()).unwrap();
    for leaked in [false, true] {
        let refused = world.run_in(other(), |tx, permit| rotate(tx, permit, &OURS(), &keys, leaked));
        assert_eq!(refusal(refused), "Invalid: This is done by the operator alone.");
    }
    let refused = world.run_in(other(), |tx, permit| retire(tx, permit, &OURS()));
    assert_eq!(refusal(refused), "Invalid: This is done by the operator alone.");
    assert_eq!(
        refusal(world.rotated(0, &Whose::Account(other()), false)),
        "NotFound: The account 210987654321 has no issuer."
    );
    assert_eq!(
        refusal(world.rotated(0, &Whose::Cluster("none".to_owned()), false)),
        "NotFound: No cluster found for name: none."
    );
    let elsewhere = cluster::Issuer::Registered {
        url: "https://issuer.example",
        jwks: None,
    };
    world
        .run(|tx, permit| cluster::create(tx, permit, &new_cluster("far", elsewhere)))
        .unwrap();
    assert_eq!(
        refusal(world.rotated(0, &Whose::Cluster("far".to_owned()), false)),
        "Invalid: The tokens of cluster far are not signed here: its keys are rotated where they are."
    );
    assert_eq!(world.published(), 2);
}

#[test]
fn the_keys_of_a_hosted_cluster_follow_each_other_too() {
    let world = World::new();
    let key = SigningKey::generate().unwrap();
    let issuer = cluster::Issuer::Hosted {
        base: "https://h",
        key: &key,
    };
    world
        .run(|tx, permit| cluster::create(tx, permit, &new_cluster("dev", issuer)))
        .unwrap();
    let dev = Whose::Cluster("dev".to_owned());
    let shown = world.rotated(0, &dev, false).unwrap();
    let start = now().as_second();
    let end = LEAD + cluster::LONGEST_TOKEN + LEEWAY;
    assert_eq!(shown[0].key_id, key.key_id());
    assert_eq!((shown[0].published_until, shown.len()), (Some(start + end), 2));
    let signs = |identity: &Identity, second: i64| {
        let cluster = cluster::get(&identity.snapshot(), account(), "dev").unwrap();
        let key = cluster::signing_key(&cluster, identity.root(), start + second).unwrap();
        key.key_id().to_owned()
    };
    // Another process, after a restart, sees the same.
    for identity in [&world.identity, &open(&world.store, Quotas::default())] {
        assert_eq!(signs(identity, LEAD - 1), key.key_id());
        assert_eq!(signs(identity, LEAD), shown[1].key_id);
        let cluster = cluster::get(&identity.snapshot(), account(), "dev").unwrap();
        let published: Vec<_> = cluster.keys.as_ref().unwrap().ids().map(str::to_owned).collect();
        assert_eq!(published, [shown[0].key_id.clone(), shown[1].key_id.clone()]);
    }
    assert_eq!(
        due(&world.identity.snapshot(), start + end),
        [(dev.clone(), Due::Removal)]
    );
    world.at(end, |tx, permit| retire(tx, permit, &dev)).unwrap();
    let cluster = cluster::get(&world.identity.snapshot(), account(), "dev").unwrap();
    assert_eq!(cluster.keys.as_ref().unwrap().len(), 1);
}
