use proptest::prelude::*;
use rolecall_store::Memory;

use super::*;
use crate::keys::{Label, RootKey, SystemEntropy};

const NOW: i64 = 1_700_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn sessions() -> Sessions {
    let root = RootKey::from_bytes(&[7; 32]).unwrap();
    Sessions::new(SealingKeys::load_and_rotate(&Memory::new(), &root, now(), &SystemEntropy).unwrap())
}

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

fn record() -> Record {
    Record {
        account: account(),
        account_incarnation: 1,
        subject: Subject::Role {
            id: "AROA77777777777777777".parse().unwrap(),
            arn: Arn::iam("123456789012", "role/team/app"),
            session_name: "s-1".to_owned(),
        },
        issued: NOW,
        expires: NOW + 3600,
        session_policy: Some("{}".to_owned()),
        session_policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
        tags: vec![("team".to_owned(), "blau-ß".to_owned())],
        transitive_tags: vec!["team".to_owned()],
        source_identity: Some("me".to_owned()),
        source: Some(Arc::new(Source {
            provider: "arn:aws:iam::123456789012:oidc-provider/h/id/1".to_owned(),
            issuer: "https://h/id/1".to_owned(),
            subject: "system:serviceaccount:a:b".to_owned(),
            audience: "sts.amazonaws.com".to_owned(),
            token_id: Some("jti".to_owned()),
            pod_uid: None,
            subject_type: None,
        })),
        chained: true,
        mfa: false,
    }
}

fn minimal() -> Record {
    Record {
        subject: Subject::Root,
        session_policy: None,
        session_policy_arns: Vec::new(),
        tags: Vec::new(),
        transitive_tags: Vec::new(),
        source_identity: None,
        source: None,
        chained: false,
        ..record()
    }
}

/// Of an assertion, not of a token.
fn of_assertion() -> Record {
    let source = record().source.map(|source| {
        Arc::new(Source {
            provider: "arn:aws:iam::123456789012:saml-provider/Corp".to_owned(),
            subject_type: Some("persistent".to_owned()),
            ..Arc::unwrap_or_clone(source)
        })
    });
    Record { source, ..record() }
}

fn key_id(n: u8) -> AccessKeyId {
    AccessKeyId::temporary(account(), [n; 5])
}

#[test]
fn a_session_opens_with_its_own_key_id_and_the_secret_that_was_handed_out() {
    let sessions = sessions();
    for record in [record(), minimal(), of_assertion()] {
        let issued = sessions.seal(key_id(1), &record, now(), [1; SALT]).unwrap();
        assert!(issued.session_token.expose().len() >= 100);
        assert_eq!(issued.secret.expose().len(), 40);
        for _ in 0..2 {
            let opened = sessions
                .open(issued.access_key_id.as_str(), issued.session_token.expose())
                .unwrap();
            assert_eq!(opened.record, record);
            assert_eq!(opened.secret, issued.secret);
        }
        assert!(!format!("{issued:?}").contains(issued.secret.expose()));
    }
}

#[test]
fn tokens_swapped_between_two_keys_do_not_open() {
    let sessions = sessions();
    let one = sessions.seal(key_id(1), &record(), now(), [1; SALT]).unwrap();
    let two = sessions.seal(key_id(2), &record(), now(), [2; SALT]).unwrap();
    // Also after both were opened and are cached.
    for _ in 0..2 {
        assert!(sessions.open(key_id(1).as_str(), two.session_token.expose()).is_err());
        assert!(sessions.open(key_id(2).as_str(), one.session_token.expose()).is_err());
        assert!(sessions.open(key_id(1).as_str(), one.session_token.expose()).is_ok());
        assert!(sessions.open(key_id(2).as_str(), two.session_token.expose()).is_ok());
    }
}

#[test]
fn two_sessions_whose_key_ids_collide_share_nothing() {
    let sessions = sessions();
    let one = sessions.seal(key_id(1), &record(), now(), [1; SALT]).unwrap();
    let two = sessions.seal(key_id(1), &minimal(), now(), [2; SALT]).unwrap();
    assert_ne!(one.secret, two.secret);
    assert_ne!(one.session_token, two.session_token);
    assert_eq!(
        sessions
            .open(key_id(1).as_str(), one.session_token.expose())
            .unwrap()
            .record,
        record()
    );
    assert_eq!(
        sessions
            .open(key_id(1).as_str(), two.session_token.expose())
            .unwrap()
            .record,
        minimal()
    );
}

#[test]
fn a_changed_token_a_marker_and_an_endless_text_do_not_open() {
    let sessions = sessions();
    let issued = sessions.seal(key_id(1), &record(), now(), [1; SALT]).unwrap();
    let token = issued.session_token.expose();
    for at in (0..token.len()).step_by(7) {
        let mut bytes = token.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(
            sessions
                .open(key_id(1).as_str(), std::str::from_utf8(&bytes).unwrap())
                .is_err()
        );
    }
    let marker = sessions
        .keys()
        .seal(
            Label::Marker,
            key_id(1).as_str(),
            &encoding::encode(&record()),
            now(),
            [3; SALT],
        )
        .unwrap();
    assert!(sessions.open(key_id(1).as_str(), &marker).is_err());
    assert!(sessions.open(key_id(1).as_str(), &"A".repeat(1_000_000)).is_err());
    assert!(sessions.open(key_id(1).as_str(), "").is_err());
}

#[test]
fn sessions_of_a_removed_sealing_key_end_even_when_cached() {
    let sessions = sessions();
    let issued = sessions.seal(key_id(1), &record(), now(), [1; SALT]).unwrap();
    assert!(sessions.open(key_id(1).as_str(), issued.session_token.expose()).is_ok());
    let root = RootKey::from_bytes(&[7; 32]).unwrap();
    let others = SealingKeys::load_and_rotate(&Memory::new(), &root, now(), &SystemEntropy).unwrap();
    sessions.replace_keys(others);
    assert!(
        sessions
            .open(key_id(1).as_str(), issued.session_token.expose())
            .is_err()
    );
}

#[test]
fn a_record_that_no_token_may_hold_is_refused() {
    let mut large = record();
    large.session_policy = Some("x".repeat(MAX_RECORD));
    assert!(matches!(
        sessions().seal(key_id(1), &large, now(), [1; SALT]),
        Err(SealError::TooLarge { .. })
    ));
    let mut fits = minimal();
    fits.session_policy = Some(String::new());
    let room = MAX_RECORD - fits.size() - 1;
    fits.session_policy = Some("x".repeat(room));
    assert_eq!(fits.size(), MAX_RECORD);
    let issued = sessions().seal(key_id(1), &fits, now(), [1; SALT]).unwrap();
    assert!(issued.session_token.expose().len() <= MAX_SESSION_TOKEN);
}

#[test]
fn callers_are_named_as_aws_names_them() {
    let mut record = record();
    assert_eq!(
        record.caller_arn().as_str(),
        "arn:aws:sts::123456789012:assumed-role/app/s-1"
    );
    assert_eq!(record.caller_id(), "AROA77777777777777777:s-1");
    record.subject = Subject::Root;
    assert_eq!(record.caller_arn().as_str(), "arn:aws:iam::123456789012:root");
    assert_eq!(record.caller_id(), "123456789012");
    for user in [
        None,
        Some((
            "AIDA77777777777777777".parse().unwrap(),
            "arn:aws:iam::123456789012:user/alice".parse().unwrap(),
        )),
    ] {
        record.subject = Subject::FederatedUser {
            name: "bob".to_owned(),
            user,
        };
        assert_eq!(
            record.caller_arn().as_str(),
            "arn:aws:sts::123456789012:federated-user/bob"
        );
        assert_eq!(record.caller_id(), "123456789012:bob");
        assert_eq!(encoding::decode(&encoding::encode(&record)), Some(record.clone()));
    }
}

proptest! {
    #[test]
    fn any_bytes_decode_to_a_record_or_to_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Some(record) = encoding::decode(&bytes) {
            prop_assert_eq!(encoding::decode(&encoding::encode(&record)), Some(record));
        }
    }

    #[test]
    fn every_record_decodes_to_itself_and_no_prefix_of_it_does(
        tags in proptest::collection::vec((".{0,9}", ".{0,9}"), 0..4),
        policy in proptest::option::of(".{0,40}"),
        times in (0..i64::MAX, 0..i64::MAX),
        flags in any::<(bool, bool)>(),
    ) {
        let record = Record {
            tags, session_policy: policy, issued: times.0, expires: times.1, chained: flags.0, mfa: flags.1, ..record()
        };
        let bytes = encoding::encode(&record);
        prop_assert_eq!(encoding::decode(&bytes), Some(record));
        for length in 0..bytes.len() {
            prop_assert_eq!(encoding::decode(&bytes[..length]), None);
        }
    }
}
