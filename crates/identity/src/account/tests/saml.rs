//! SAML providers.

use super::*;
use crate::{
    account::saml_provider::{self, Changes, NewMetadata, NewProvider},
    pem,
    session::Secret,
    state::SamlProvider,
};

const ARN: &str = "arn:aws:iam::123456789012:saml-provider/Corp";

fn document(text: &str, valid_until: Option<i64>) -> NewMetadata<'_> {
    NewMetadata {
        text,
        entity_id: "https://idp.example",
        valid_until,
        certificates: &[],
    }
}

impl World {
    fn saml(
        &self,
        name: &str,
        until: Option<i64>,
        required: bool,
        key: Option<&Secret>,
    ) -> Result<SamlProvider, Error> {
        let new = NewProvider {
            name: name.parse().unwrap(),
            metadata: document("<md/>", until),
            encryption_required: required.then_some(true),
            private_key: key,
            tags: &[],
        };
        self.run(|tx, permit| saml_provider::create(tx, permit, &new))
    }

    fn update_saml(&self, changes: &Changes<'_>) -> Result<(), Error> {
        self.run(|tx, permit| saml_provider::update(tx, permit, ARN, changes))
    }

    fn shown(&self) -> Arc<SamlProvider> {
        saml_provider::get(&self.identity.snapshot(), account(), ARN).unwrap()
    }
}

#[test]
fn a_provider_is_made_shown_changed_tagged_and_deleted() {
    let world = World::new();
    let made = world.saml("Corp", None, false, None).unwrap();
    assert_eq!((made.arn.as_str(), made.uuid.len()), (ARN, 26));
    // Without an end of its own it counts for a hundred years.
    assert_eq!(made.valid_until, now().as_second() + 36_500 * 86_400);
    assert_eq!(
        refusal(world.saml("Corp", None, false, None)),
        "AlreadyExists: SAMLProvider Corp already exists."
    );
    let until = now().as_second() + 1;
    let changes = Changes {
        metadata: Some(document("<other/>", Some(until))),
        ..Changes::default()
    };
    world.update_saml(&changes).unwrap();
    let shown = world.shown();
    assert_eq!((shown.metadata.as_str(), shown.valid_until), ("<other/>", until));
    assert_eq!((&shown.uuid, shown.created), (&made.uuid, made.created));
    let over = Changes {
        metadata: Some(document("<old/>", Some(now().as_second()))),
        ..Changes::default()
    };
    assert_eq!(
        refusal(world.update_saml(&over)),
        "Invalid: The metadata document has expired."
    );
    let tag = [("team".to_owned(), "a".to_owned())];
    world
        .run(|tx, permit| tags::tag::<SamlProvider>(tx, permit, ARN, &tag))
        .unwrap();
    assert_eq!(world.identity.snapshot().tags_of(ARN), tag);
    world
        .run(|tx, permit| tags::untag::<SamlProvider>(tx, permit, ARN, &["team".to_owned()]))
        .unwrap();
    assert!(world.identity.snapshot().tags_of(ARN).is_empty());
    let delete = || world.run(|tx, permit| saml_provider::delete(tx, permit, ARN));
    delete().unwrap();
    assert_eq!(refusal(delete()), format!("NotFound: Manifest not found for arn {ARN}"));
    assert_eq!(
        refusal(saml_provider::get(&world.identity.snapshot(), account(), "Corp")),
        "Validation: Invalid ARN:  Could not be parsed!"
    );
}

#[test]
fn keys_that_open_assertions_are_sealed_and_two_at_most() {
    let world = World::new();
    let rsa = SigningKey::generate().unwrap().to_pkcs8().unwrap();
    let (key, other) = (Secret::new(pem::text("PRIVATE KEY", &rsa)), Secret::new("key"));
    assert_eq!(
        refusal(world.saml("Corp", None, true, None)),
        "Invalid: Unable to set assertion encryption mode to Required because no private key is provided."
    );
    assert_eq!(
        refusal(world.saml("Corp", None, true, Some(&other))),
        "Invalid: Invalid private key."
    );
    let made = world.saml("Corp", None, true, Some(&key)).unwrap();
    assert!(!serde_json::to_string(&made).unwrap().contains("PRIVATE KEY"));
    let add = Changes {
        add_key: Some(&key),
        ..Changes::default()
    };
    world.update_saml(&add).unwrap();
    assert_eq!(
        refusal(world.update_saml(&add)),
        "Limit: Private key limit of 2 is reached."
    );
    let remove = |id: &str| {
        world.update_saml(&Changes {
            remove_key: Some(id),
            ..Changes::default()
        })
    };
    let ids: Vec<String> = world.shown().keys.iter().map(|key| key.id.clone()).collect();
    remove(&ids[0]).unwrap();
    assert_eq!(
        refusal(remove(&ids[0])),
        "NotFound: Failed to remove private key because the Key ID does not match a private key."
    );
    let both = Changes {
        add_key: Some(&key),
        remove_key: Some(&ids[1]),
        ..Changes::default()
    };
    assert_eq!(
        refusal(world.update_saml(&both)),
        "Invalid: Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."
    );
    assert_eq!(
        refusal(world.update_saml(&Changes::default())),
        "Invalid: Unable to update identity provider. No updates are defined for metadata or encryption assertion."
    );
    assert_eq!(
        refusal(remove(&ids[1])),
        "Invalid: Unable to set assertion encryption mode to Required because no private key is provided."
    );
    let changes = Changes {
        encryption_required: Some(false),
        remove_key: Some(&ids[1]),
        ..Changes::default()
    };
    world.update_saml(&changes).unwrap();
    assert!(world.shown().keys.is_empty());
}

#[test]
fn an_account_has_a_hundred_providers_at_most() {
    let world = World::with(Quotas {
        saml_providers: 2,
        ..Quotas::default()
    });
    world.saml("one", None, false, None).unwrap();
    world.saml("two", None, false, None).unwrap();
    assert_eq!(
        refusal(world.saml("three", None, false, None)),
        "Limit: Cannot exceed quota for SAMLProvidersPerAccount: 2"
    );
    let names: Vec<String> = saml_provider::list(&world.identity.snapshot(), account())
        .iter()
        .map(|provider| provider.name.clone())
        .collect();
    assert_eq!(names, ["one", "two"]);
}
