//! What was written must load, for ever.

use super::*;

/// Old records must load for ever. New forms get a new file beside this one; this one never changes.
#[test]
fn records_of_version_1_load() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let passwords = include_str!("../../../tests/records/v1-passwords.jsonl").lines();
    let groups = include_str!("../../../tests/records/v1-groups.jsonl").lines();
    let credentials = include_str!("../../../tests/records/v1-credentials.jsonl").lines();
    let former = include_str!("../../../tests/records/v1-former-accounts.jsonl").lines();
    let first = include_str!("../../../tests/records/v1.jsonl").lines();
    for line in first.chain(passwords).chain(groups).chain(credentials).chain(former) {
        let (key, value) = line.split_once('\t').unwrap();
        store
            .commit(rolecall_store::Commit::new().put(key.to_owned(), value.to_owned()))
            .wait()
            .unwrap();
    }
    let snapshot = open(&store, Quotas::default()).snapshot();
    let role = snapshot.role(account(), "app").unwrap();
    assert_eq!(
        (role.arn.as_str(), role.entity.attached.len(), role.entity.inline.len()),
        ("arn:aws:iam::123456789012:role/team/app", 2, 1)
    );
    assert!(snapshot.user(account(), "alice").is_some());
    assert!(snapshot.policy("arn:aws:iam::123456789012:policy/own").is_some());
    assert!(snapshot.provider(account(), "issuer.example").is_some());
    assert_eq!(snapshot.access_keys(account(), Some("alice")).count(), 1);
    let dev = snapshot.cluster(account(), "dev").unwrap();
    assert!(dev.keys.is_some());
    // Before keys were rotated, a cluster had one, without the time from which it signs.
    let key = &dev.signing_keys[0];
    assert_eq!((key.algorithm.as_str(), key.signs_from), ("RS256", 0));
    assert!(snapshot.bucket("reports").unwrap().policy.is_some());
    let group = snapshot.group(account(), "admins").unwrap();
    assert_eq!((group.entity.attached.len(), group.entity.inline.len()), (1, 1));
    let bob = snapshot.user(account(), "bob").unwrap();
    assert_eq!(snapshot.groups_of(bob).next().unwrap().id, group.id);
    assert_eq!(snapshot.members(group).next().unwrap().id, bob.id);
    let profile = snapshot.instance_profile(account(), "web").unwrap();
    assert_eq!((profile.role.as_deref(), profile.tags.len()), (Some("app"), 1));
    assert_eq!(snapshot.alias_of(account()).unwrap().alias, "prod");
    let deletion = snapshot.role_deletion(account(), "AWSServiceRoleForAmazonEKS").unwrap();
    assert_eq!(deletion.users.len(), 1);
    assert_eq!(snapshot.password_policy(account()).unwrap().max_age, Some(90));
    let profile = snapshot.login_profile(account(), "alice").unwrap();
    assert!(profile.derivation.derive("passwd").is(&profile.hashes[0]));

    let user = "AIDAABCDEFGHIJKLMNOPQ".parse().unwrap();
    assert_eq!(snapshot.mfa_devices(account()).count(), 2);
    assert_eq!(snapshot.mfa_devices_of(account(), &user).next().unwrap().drift, 2);
    assert_eq!(snapshot.ssh_public_keys_of(account(), &user).count(), 1);
    assert_eq!(snapshot.signing_certificates_of(account(), Some(&user)).count(), 1);
    assert_eq!(snapshot.signing_certificates_of(account(), None).count(), 1);
    let credential = snapshot.service_credentials_of(account(), &user).next().unwrap();
    assert_eq!(credential.expires, Some(1_700_086_400));
    assert_eq!(snapshot.server_certificate(account(), "WEB").unwrap().tags.len(), 1);
    assert_eq!(snapshot.saml_provider(account(), "Corp").unwrap().keys.len(), 1);
    let former: Vec<_> = snapshot.former_accounts.keys().map(AccountId::as_str).collect();
    assert_eq!(former, ["333333333333"]);
}

/// Prints what `records_of_version_1_load` reads, for a new version's file: run with `--ignored --nocapture`.
#[test]
#[ignore = "prints records"]
fn print_records() {
    let world = World::new();
    let tags = [("team".to_owned(), "a".to_owned())];
    let trust = trusts("\"arn:aws:iam::123456789012:user/alice\"");
    world.user("alice").unwrap();
    let own = world.policy("own").unwrap().arn;
    world
        .run(|tx, permit| {
            let new = NewRole {
                tags: &tags,
                boundary: Some(READ_ONLY),
                description: Some("d"),
                ..new_role("app", &trust)
            };
            role::create(tx, permit, &new)
        })
        .unwrap();
    world.attach("app", READ_ONLY).unwrap();
    world.attach("app", &own).unwrap();
    world
        .run(|tx, permit| inline::put::<Role>(tx, permit, "app", &"in".parse().unwrap(), ALLOW_S3))
        .unwrap();
    world
        .run(|tx, permit| access_key::create(tx, permit, Some("alice"), None))
        .unwrap();
    world
        .run(|tx, permit| oidc_provider::create(tx, permit, &new_provider("https://issuer.example", &["a".to_owned()])))
        .unwrap();
    let key = SigningKey::generate().unwrap();
    let issuer = cluster::Issuer::Hosted {
        base: "https://127.0.0.1:4566",
        key: &key,
    };
    world
        .run(|tx, permit| cluster::create(tx, permit, &new_cluster("dev", issuer)))
        .unwrap();
    let made = world
        .run(|tx, permit| bucket::create(tx, permit, &"reports".parse().unwrap(), "us-east-2", &tags))
        .unwrap();
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}]}"#;
    world
        .run(|tx, permit| bucket::put_policy(tx, permit, "reports", &made.incarnation, text))
        .unwrap();
    for entry in world.store.list(&List::prefix("")).unwrap().entries {
        println!(
            "{}\t{}",
            String::from_utf8_lossy(&entry.key),
            String::from_utf8_lossy(&entry.value)
        );
    }
}

#[test]
fn a_record_of_a_newer_version_is_refused() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let value = r#"{"v":2,"record":{"id":"123456789012","incarnation":1,"created":1}}"#;
    store
        .commit(rolecall_store::Commit::new().put("state/account/123456789012", value))
        .wait()
        .unwrap();
    let root = Arc::new(RootKey::from_bytes(&[7; 32]).unwrap());
    assert!(Identity::open(store, root, Arc::new(SystemEntropy), Quotas::default()).is_err());
}

#[test]
#[ignore = "takes a while without optimisation: the figure is for a release build"]
fn ten_thousand_roles_load_in_a_second() {
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    let world = World {
        identity: open(
            &store,
            Quotas {
                roles: 20_000,
                ..Quotas::default()
            },
        ),
        store,
    };
    world.run_in(account(), create).unwrap();
    for number in 0..10_000 {
        world.role(&format!("role-{number}"), &trusts(r#""*""#)).unwrap();
    }
    let start = std::time::Instant::now();
    let loaded = open(&world.store, Quotas::default());
    println!("{:?}", start.elapsed());
    assert_eq!(loaded.snapshot().role_count(account()), 10_000);
    assert!(start.elapsed() < std::time::Duration::from_secs(1));
}
