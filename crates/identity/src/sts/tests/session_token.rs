//! `GetSessionToken`: a user's own session.

use super::*;

#[test]
fn a_user_gets_a_session_of_its_own_and_a_session_does_not() {
    let mut world = world();
    let user = credential(&world, &world.sessions, "AKIAUSERUSERUSERUSER", None, now())
        .unwrap()
        .identity;
    let input = SessionTokenRequest::default();
    let (issued, record) = session_token(&world, &world.sessions, &user, input, now(), &SystemEntropy).unwrap();
    assert_eq!(issued.expires, NOW + 43_200);
    assert!(matches!(record.subject, Subject::User { .. }));
    assert!(!record.mfa);
    let factor = SecondFactor::for_tests();
    let shown = SessionTokenRequest {
        factor: Some(&factor),
        ..input
    };
    let (_, with_factor) = session_token(&world, &world.sessions, &user, shown, now(), &SystemEntropy).unwrap();
    assert!(with_factor.mfa);
    let ask = |world: &World| {
        let key = issued.access_key_id.as_str();
        credential(world, &world.sessions, key, Some(issued.session_token.expose()), now())
    };
    let again = ask(&world).unwrap().identity;
    assert_eq!(caller_identity(&again), caller_identity(&user));
    let refusal = session_token(&world, &world.sessions, &again, input, now(), &SystemEntropy).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Cannot call GetSessionToken with session credentials"
    );

    let root = credential(&world, &world.sessions, "AKIAROOTROOTROOTROOT", None, now())
        .unwrap()
        .identity;
    let (issued_to_root, _) = session_token(&world, &world.sessions, &root, input, now(), &SystemEntropy).unwrap();
    assert_eq!(issued_to_root.expires, NOW + 3600);
    assert_eq!(caller_identity(&root).arn.as_str(), "arn:aws:iam::123456789012:root");

    // A recreated user does not get the old one's sessions (threat 6).
    world.user = Some(id(10));
    assert_eq!(ask(&world).map(|_| ()).unwrap_err(), CredentialError::Invalid);
}
