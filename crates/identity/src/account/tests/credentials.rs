//! Keys for SSH, signing and server certificates, and credentials for single services.

use super::*;
use crate::{
    account::{
        server_certificate::{self, NewCertificate},
        service_credential, signing_certificate, ssh_public_key,
    },
    certificate::tests::{Made, chain, self_signed},
    session::Secret,
    ssh_key::tests::key,
    state::{ServerCertificate, ServiceCredential, SigningCertificate, SshPublicKey},
};

const CODE_COMMIT: &str = "codecommit.amazonaws.com";

impl World {
    fn upload_key(&self, user: &str, mark: u8) -> Result<SshPublicKey, Error> {
        let body = format!("{} me@laptop", key(2048, mark).line());
        self.run(|tx, permit| ssh_public_key::upload(tx, permit, user, &body))
    }

    pub(super) fn upload_signing(&self, user: Option<&str>, pem: &str) -> Result<SigningCertificate, Error> {
        self.run(|tx, permit| signing_certificate::upload(tx, permit, user, pem))
    }

    fn upload_server(&self, name: &str, made: &Made, chain: Option<&str>) -> Result<ServerCertificate, Error> {
        let private_key = Secret::new(made.key.as_str());
        let new = NewCertificate {
            name: name.parse().unwrap(),
            path: "/web/".parse().unwrap(),
            body: &made.pem,
            private_key: &private_key,
            chain,
            tags: &[],
        };
        self.run(|tx, permit| server_certificate::upload(tx, permit, &new))
    }

    fn credential(&self, user: &str, service: &str, days: Option<i32>) -> Result<(ServiceCredential, Secret), Error> {
        self.run(|tx, permit| service_credential::create(tx, permit, user, service, days))
    }

    fn delete_user(&self, name: &str) -> Result<(), Error> {
        self.run(|tx, permit| user::delete(tx, permit, name))
    }
}

#[test]
fn a_user_has_five_keys_for_ssh_at_most_and_each_once() {
    let world = World::new();
    world.user("alice").unwrap();
    world.user("bob").unwrap();
    let first = world.upload_key("alice", 3).unwrap();
    assert!(first.id.as_str().starts_with("APKA"));
    assert_eq!(
        refusal(world.upload_key("alice", 3)),
        "DuplicateSshPublicKey: The SSH public key is already associated with the specified IAM user."
    );
    // The same in the other form, and somebody else's.
    let pem = key(2048, 3).pem();
    let again = world.run(|tx, permit| ssh_public_key::upload(tx, permit, "alice", &pem));
    assert!(refusal(again).starts_with("DuplicateSshPublicKey"));
    world.upload_key("bob", 3).unwrap();
    for mark in 4..8 {
        world.upload_key("alice", mark).unwrap();
    }
    assert_eq!(
        refusal(world.upload_key("alice", 9)),
        "Limit: Cannot exceed quota for SSHPublicKeysPerUser: 5"
    );
    assert_eq!(
        refusal(world.run(|tx, permit| ssh_public_key::upload(tx, permit, "alice", "ssh-ed25519 AAAA"))),
        "UnrecognizedPublicKeyEncoding: Invalid public key uploaded."
    );
    let snapshot = world.identity.snapshot();
    let page = ssh_public_key::list(&snapshot, account(), "alice", None, 3).unwrap();
    let rest = ssh_public_key::list(&snapshot, account(), "alice", page.next.as_deref(), 3).unwrap();
    assert_eq!((page.items.len(), rest.items.len(), rest.next), (3, 2, None));

    let missing = format!("NotFound: The Public Key with id {} cannot be found.", first.id);
    let id = first.id.as_str();
    assert_eq!(refusal(ssh_public_key::get(&snapshot, account(), "bob", id)), missing);
    world
        .run(|tx, permit| ssh_public_key::update(tx, permit, "alice", id, false))
        .unwrap();
    let shown = ssh_public_key::get(&world.identity.snapshot(), account(), "alice", id).unwrap();
    assert!(!shown.active);
    assert_eq!(
        refusal(world.run(|tx, permit| ssh_public_key::delete(tx, permit, "bob", id))),
        missing
    );
    world
        .run(|tx, permit| ssh_public_key::delete(tx, permit, "alice", id))
        .unwrap();
    assert_eq!(
        refusal(world.delete_user("bob")),
        "InUse: Cannot delete entity, must remove referenced objects first."
    );
}

#[test]
fn a_signing_certificate_is_a_certificate_that_is_valid_and_nobody_elses() {
    let world = World::new();
    world.user("alice").unwrap();
    world.user("bob").unwrap();
    let one = self_signed("alice", 2020, 2040);
    let made = world.upload_signing(Some("alice"), &one.pem).unwrap();
    assert_eq!((made.id.len(), made.body.as_str()), (32, one.pem.as_str()));
    for owner in [Some("alice"), Some("bob"), None] {
        assert_eq!(
            refusal(world.upload_signing(owner, &one.pem)),
            "DuplicateCertificate: The same certificate is associated with an IAM user in the account."
        );
    }
    for text in ["", "certificate", &one.key, &one.pem.repeat(2)] {
        assert_eq!(
            refusal(world.upload_signing(Some("alice"), text)),
            format!("MalformedCertificate: Certificate {text} is malformed.")
        );
    }
    // It is November 2023.
    for (from, to) in [(2010, 2023), (2024, 2040)] {
        let other = self_signed("alice", from, to);
        assert_eq!(
            refusal(world.upload_signing(Some("alice"), &other.pem)),
            "InvalidCertificate: The certificate is expired or not valid yet."
        );
    }
    world
        .upload_signing(Some("alice"), &self_signed("alice", 2020, 2040).pem)
        .unwrap();
    let third = self_signed("alice", 2020, 2040);
    assert_eq!(
        refusal(world.upload_signing(Some("alice"), &third.pem)),
        "Limit: Cannot exceed quota for CertificatesPerUser: 2"
    );
    // The root has certificates of its own.
    let of_root = world.upload_signing(None, &third.pem).unwrap();
    let list = |user| {
        let page = signing_certificate::list(&world.identity.snapshot(), account(), user, None, 100).unwrap();
        page.items.len()
    };
    assert_eq!((list(Some("alice")), list(Some("bob")), list(None)), (2, 0, 1));
    let missing = format!("NotFound: The Certificate with id {} cannot be found.", of_root.id);
    let update = |user: Option<&'static str>| {
        world.run(|tx, permit| signing_certificate::update(tx, permit, user, &of_root.id, false))
    };
    assert_eq!(refusal(update(Some("alice"))), missing);
    update(None).unwrap();
    assert_eq!(
        refusal(world.delete_user("alice")),
        "InUse: Cannot delete entity, must delete certificates first."
    );
    world
        .run(|tx, permit| signing_certificate::delete(tx, permit, None, &of_root.id))
        .unwrap();
    assert_eq!(list(None), 0);
}

#[test]
fn a_server_certificate_comes_with_its_key_and_its_chain() {
    let world = World::new();
    let (leaf, middle, root) = chain();
    let both = format!("{}{}", middle.pem, root.pem);
    let made = world.upload_server("Web", &leaf, Some(&both)).unwrap();
    assert_eq!(made.arn, "arn:aws:iam::123456789012:server-certificate/web/Web");
    assert!(made.id.as_str().starts_with("ASCA"));
    assert_eq!(made.expires, 2_524_608_000);
    // The key is sealed, and nothing shows it.
    let sealed = hex::decode(&made.wrapped).unwrap();
    let opened = world
        .identity
        .root()
        .unwrap(&format!("server-certificate/{}", made.id), &sealed);
    assert_eq!(opened.unwrap().as_slice(), leaf.key.as_bytes());
    assert!(!serde_json::to_string(&made).unwrap().contains("PRIVATE KEY"));

    assert_eq!(
        refusal(world.upload_server("WEB", &leaf, None)),
        "AlreadyExists: The Server Certificate with name WEB already exists."
    );
    let broken = |index: i32| {
        format!(
            "MalformedCertificate: Unable to validate certificate chain. The certificate chain must start with the \
             immediate signing certificate, followed by any intermediaries in order. The index within the chain of the \
             invalid certificate is: {index}"
        )
    };
    let upload = |chain: &str| refusal(world.upload_server("other", &leaf, Some(chain)));
    assert_eq!(upload(&root.pem), broken(-1));
    assert_eq!(upload(&format!("{}{}", root.pem, middle.pem)), broken(-1));
    assert_eq!(upload(&format!("{}{}", middle.pem, leaf.pem)), broken(0));
    let not_pem = "MalformedCertificate: Unable to parse certificate. Please ensure the certificate is in PEM format.";
    assert_eq!(upload("chain"), not_pem);
    let with = |pem: &str, key: &str| {
        let made = Made {
            pem: pem.to_owned(),
            key: key.to_owned(),
        };
        refusal(world.upload_server("other", &made, None))
    };
    assert_eq!(with("certificate", &leaf.key), not_pem);
    assert_eq!(
        with(&leaf.pem, &self_signed("leaf", 2020, 2040).key),
        "KeyPairMismatch: The public key certificate and the private key do not match."
    );
    assert_eq!(
        with(&leaf.pem, "key"),
        "MalformedCertificate: Unable to parse private key. Please ensure the private key is in PEM format."
    );
    let old = self_signed("old", 2010, 2023);
    assert_eq!(
        with(&old.pem, &old.key),
        "MalformedCertificate: The certificate is expired or not valid yet."
    );
}

#[test]
fn a_server_certificate_is_renamed_moved_listed_tagged_and_deleted() {
    let world = World::new();
    let made = self_signed("a", 2020, 2040);
    let first = world.upload_server("one", &made, None).unwrap();
    world.upload_server("two", &made, None).unwrap();
    let update = |name: &str, new: &str| {
        world.run(|tx, permit| {
            let (new, path) = (new.parse().unwrap(), "/cdn/".parse().unwrap());
            server_certificate::update(tx, permit, name, Some(&new), Some(&path))
        })
    };
    assert_eq!(
        refusal(update("one", "Two")),
        "AlreadyExists: The Server Certificate with name Two already exists."
    );
    update("one", "One").unwrap();
    let snapshot = world.identity.snapshot();
    let renamed = server_certificate::get(&snapshot, account(), "one").unwrap();
    assert_eq!(renamed.arn, "arn:aws:iam::123456789012:server-certificate/cdn/One");
    assert_eq!(renamed.id, first.id);
    // What was sealed opens under the new name too.
    let sealed = hex::decode(&renamed.wrapped).unwrap();
    assert!(
        world
            .identity
            .root()
            .unwrap(&format!("server-certificate/{}", first.id), &sealed)
            .is_ok()
    );
    let names = |prefix: &str| {
        let page = server_certificate::list(&snapshot, account(), prefix, None, 100);
        page.items.iter().map(|it| it.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (names("/"), names("/cdn/")),
        (vec!["One".to_owned(), "two".to_owned()], vec!["One".to_owned()])
    );
    let tag = [("team".to_owned(), "a".to_owned())];
    world
        .run(|tx, permit| tags::tag::<ServerCertificate>(tx, permit, "one", &tag))
        .unwrap();
    assert_eq!(world.identity.snapshot().tags_of(&renamed.arn), tag);
    world
        .run(|tx, permit| tags::untag::<ServerCertificate>(tx, permit, "one", &["team".to_owned()]))
        .unwrap();
    assert!(world.identity.snapshot().tags_of(&renamed.arn).is_empty());
    let delete = || world.run(|tx, permit| server_certificate::delete(tx, permit, "ONE"));
    delete().unwrap();
    assert_eq!(
        refusal(delete()),
        "NotFound: The Server Certificate with name ONE cannot be found."
    );
}

#[test]
fn an_account_has_twenty_server_certificates_at_most() {
    let world = World::new();
    let made = self_signed("a", 2020, 2040);
    for number in 0..20 {
        world.upload_server(&format!("c{number}"), &made, None).unwrap();
    }
    assert_eq!(
        refusal(world.upload_server("more", &made, None)),
        "Limit: Cannot exceed quota for ServerCertificatesPerAccount: 20"
    );
}

#[test]
fn a_credential_for_a_service_shows_its_password_when_it_is_made_alone() {
    let world = World::new();
    world.user("alice").unwrap();
    world.user("bob").unwrap();
    let (first, password) = world.credential("alice", CODE_COMMIT, None).unwrap();
    assert!(first.id.as_str().starts_with("ACCA"));
    assert_eq!(first.name, "alice-at-123456789012");
    assert_eq!(password.expose().len(), 44);
    assert!(!serde_json::to_string(&first).unwrap().contains(password.expose()));
    let (second, _) = world.credential("alice", CODE_COMMIT, None).unwrap();
    assert_eq!(second.name, "alice+1-at-123456789012");
    assert_eq!(
        refusal(world.credential("alice", CODE_COMMIT, None)),
        "Limit: Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2"
    );
    // Each service counts for itself, and a name that is free again is given again.
    world.credential("alice", "cassandra.amazonaws.com", None).unwrap();
    world
        .run(|tx, permit| service_credential::delete(tx, permit, "alice", first.id.as_str()))
        .unwrap();
    let (third, _) = world.credential("alice", CODE_COMMIT, None).unwrap();
    assert_eq!(third.name, "alice-at-123456789012");
    assert_eq!(
        refusal(world.credential("alice", "s3.amazonaws.com", None)),
        "NotFound: No such service s3.amazonaws.com is supported for Service Specific Credentials"
    );
    assert!(refusal(world.credential("alice", CODE_COMMIT, Some(1))).starts_with("Validation"));
    let (key, _) = world.credential("bob", "bedrock.amazonaws.com", Some(30)).unwrap();
    assert_eq!(key.expires, Some(now().as_second() + 30 * 86_400));

    let id = third.id.as_str();
    let (after, other) = world
        .run(|tx, permit| service_credential::reset(tx, permit, "alice", id))
        .unwrap();
    assert_ne!(other, password);
    assert_ne!(after.hash, third.hash);
    world
        .run(|tx, permit| service_credential::update(tx, permit, "alice", id, false))
        .unwrap();
    assert_eq!(
        refusal(world.run(|tx, permit| service_credential::update(tx, permit, "bob", id, true))),
        format!("NotFound: No such credential {id} exists")
    );
    let list = |user, service| {
        let snapshot = world.identity.snapshot();
        let page = service_credential::list(&snapshot, account(), user, service, None, 100).unwrap();
        let mut names: Vec<_> = page.items.into_iter().map(|(it, user)| (user, it.active)).collect();
        names.sort();
        names
    };
    let alice = |active| ("alice".to_owned(), active);
    assert_eq!(list(Some("alice"), None), [alice(false), alice(true), alice(true)]);
    assert_eq!(list(Some("alice"), Some(CODE_COMMIT)).len(), 2);
    assert_eq!(list(None, None).len(), 4);
    assert_eq!(list(None, Some("bedrock.amazonaws.com")), [("bob".to_owned(), true)]);
    assert_eq!(
        refusal(world.delete_user("bob")),
        "InUse: Cannot delete entity, must remove referenced objects first."
    );
}

#[test]
fn a_user_of_the_same_name_inherits_nothing_and_a_renamed_one_keeps_all() {
    let world = World::new();
    world.user("alice").unwrap();
    let key = world.upload_key("alice", 3).unwrap();
    let (credential, _) = world.credential("alice", CODE_COMMIT, None).unwrap();
    let signing = world
        .upload_signing(Some("alice"), &self_signed("a", 2020, 2040).pem)
        .unwrap();
    world
        .run(|tx, permit| user::update(tx, permit, "alice", Some(&"carol".parse().unwrap()), None))
        .unwrap();
    world.user("alice").unwrap();
    let snapshot = world.identity.snapshot();
    assert!(ssh_public_key::get(&snapshot, account(), "alice", key.id.as_str()).is_err());
    assert!(ssh_public_key::get(&snapshot, account(), "carol", key.id.as_str()).is_ok());
    world.delete_user("alice").unwrap();
    let update =
        |user| world.run(move |tx, permit| service_credential::update(tx, permit, user, credential.id.as_str(), false));
    update("carol").unwrap();
    world
        .run(|tx, permit| signing_certificate::delete(tx, permit, Some("carol"), &signing.id))
        .unwrap();
}

#[test]
fn a_removed_account_leaves_no_credential() {
    let world = World::new();
    let id: AccountId = "333333333333".parse().unwrap();
    world
        .run(|tx, permit| crate::account::removal::create(tx, permit, Some(id)).map(drop))
        .unwrap();
    let certificate = self_signed("a", 2020, 2040);
    let private_key = Secret::new(certificate.key.as_str());
    let new = NewCertificate {
        name: "web".parse().unwrap(),
        path: "/".parse().unwrap(),
        body: &certificate.pem,
        private_key: &private_key,
        chain: None,
        tags: &[],
    };
    let alice = NewUser {
        name: "alice".parse().unwrap(),
        path: "/".parse().unwrap(),
        boundary: None,
        tags: &[],
    };
    world.run_in(id, |tx, permit| user::create(tx, permit, &alice)).unwrap();
    world
        .run_in(id, |tx, permit| server_certificate::upload(tx, permit, &new))
        .unwrap();
    world
        .run_in(id, |tx, permit| {
            signing_certificate::upload(tx, permit, Some("alice"), &certificate.pem)
        })
        .unwrap();
    let line = key(2048, 3).line();
    world
        .run_in(id, |tx, permit| ssh_public_key::upload(tx, permit, "alice", &line))
        .unwrap();
    world
        .run_in(id, |tx, permit| {
            service_credential::create(tx, permit, "alice", CODE_COMMIT, None).map(drop)
        })
        .unwrap();
    world
        .run(|tx, permit| crate::account::removal::delete(tx, permit, id))
        .unwrap();
    let snapshot = world.identity.snapshot();
    assert_eq!(snapshot.server_certificates(id).count(), 0);
    assert_eq!(snapshot.signing_certificates.of_account(id).count(), 0);
    assert_eq!(snapshot.ssh_public_keys.of_account(id).count(), 0);
    assert_eq!(snapshot.service_credentials.of_account(id).count(), 0);
    let places = snapshot
        .revisions
        .keys()
        .filter(|key| key.contains(id.as_str()) && !key.contains("/guard/") && !key.contains("/former-account/"));
    assert_eq!(places.count(), 0);
}
