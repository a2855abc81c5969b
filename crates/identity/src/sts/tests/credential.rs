//! What a session token and an access key are worth, and until when.

use super::*;

#[test]
fn sessions_end_with_their_time_their_role_and_their_account() {
    let mut world = world();
    let granted = world.session();
    assert!(world.credential(&granted, at(3599)).is_ok());
    assert_eq!(
        world.credential(&granted, at(3600)).map(|_| ()),
        Err(CredentialError::Expired)
    );

    // A deleted role's sessions die; one recreated under the same name does not bring them back (threat 6).
    let old = world.roles.remove(ROLE).unwrap();
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
    world.roles.insert(ROLE.to_owned(), role(2, old.trust.clone()));
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
    world.roles.insert(ROLE.to_owned(), role(1, old.trust));
    assert!(world.credential(&granted, now()).is_ok());

    world.incarnation = Some(2);
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
    world.incarnation = None;
    assert_eq!(
        world.credential(&granted, now()).map(|_| ()),
        Err(CredentialError::Invalid)
    );
}

#[test]
fn credentials_that_do_not_belong_together_are_invalid() {
    let mut world = world();
    let (one, two) = (world.session(), world.session());
    let ask = |key: &str, token: Option<&str>| credential(&world, &world.sessions, key, token, now()).map(|_| ());
    let key = one.credentials.access_key_id.as_str();
    assert_eq!(
        ask(key, Some(two.credentials.session_token.expose())),
        Err(CredentialError::Invalid)
    );
    assert_eq!(ask(key, None), Err(CredentialError::Invalid));
    assert_eq!(ask(key, Some("")), Err(CredentialError::Invalid));
    assert_eq!(
        ask("AKIAUSERUSERUSERUSER", Some(one.credentials.session_token.expose())),
        Err(CredentialError::Invalid)
    );
    assert_eq!(ask("AKIANOBODYNOBODYNOBO", None), Err(CredentialError::Invalid));
    assert_eq!(ask("AKIAUSERUSERUSERUSER", None), Ok(()));
    assert_eq!(ask("AKIAROOTROOTROOTROOT", None), Ok(()));
    world.key_active = false;
    let inactive = credential(&world, &world.sessions, "AKIAUSERUSERUSERUSER", None, now()).map(|_| ());
    assert_eq!(inactive, Err(CredentialError::Invalid));
}
