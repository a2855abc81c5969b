//! `AssumeRole`: who may, chains, tags and second factors.

use super::*;

/// `AssumeRole` by a user, or by a session.
fn assume(
    world: &World,
    record: Option<&Record>,
    identity: &[Compiled],
    input: AssumeRole<'_>,
) -> Result<Granted, Refusal> {
    let principal = record.map_or_else(
        || Principal::parse(USER).unwrap().with_unique_id(id(9).as_str()),
        |record| record.principal().unwrap(),
    );
    let caller = Caller {
        principal: &principal,
        account: account(),
        identity,
        boundary: None,
        session: None,
        record,
    };
    let mut evidence = Evidence::default();
    assume_role(
        world,
        &world.sessions,
        &caller,
        input,
        now(),
        &SystemEntropy,
        &mut evidence,
    )
}

fn to_role(arn: &str) -> AssumeRole<'_> {
    AssumeRole {
        role_arn: arn,
        session_name: "next-1",
        ..AssumeRole::default()
    }
}

#[test]
fn a_role_is_assumed_only_where_trust_and_caller_agree() {
    let mut world = world();
    let none = json!({});
    let sentence = format!("User: {USER} is not authorized to perform: sts:AssumeRole on resource: {OTHER_ROLE}");
    let refused = |world: &World| assume(world, None, &[], to_role(OTHER_ROLE)).unwrap_err().to_string();
    assert_eq!(refused(&world), sentence);
    let put = |world: &mut World, trust| world.roles.insert(OTHER_ROLE.to_owned(), role(3, trust));

    put(
        &mut world,
        trusts_aws("arn:aws:iam::123456789012:user/bob", &["sts:AssumeRole"], &none),
    );
    assert_eq!(refused(&world), sentence);
    // Trust in the account leaves it to the account's own policies; trust in the user is enough.
    put(&mut world, trusts_aws("123456789012", &["sts:AssumeRole"], &none));
    assert_eq!(refused(&world), sentence);
    let may = [compiled(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": OTHER_ROLE}
    ]}))];
    assert!(assume(&world, None, &may, to_role(OTHER_ROLE)).is_ok());
    put(&mut world, trusts_aws(USER, &["sts:AssumeRole"], &none));
    assert!(assume(&world, None, &[], to_role(OTHER_ROLE)).is_ok());

    put(
        &mut world,
        trusts_aws(
            USER,
            &["sts:AssumeRole"],
            &json!({"StringEquals": {"sts:ExternalId": "x"}}),
        ),
    );
    assert_eq!(refused(&world), sentence);
    let with_id = AssumeRole {
        external_id: Some("x"),
        ..to_role(OTHER_ROLE)
    };
    assert!(assume(&world, None, &[], with_id).is_ok());
    let names =
        json!({"StringLike": {"sts:RoleSessionName": "next-*"}, "NumericLessThan": {"sts:DurationSeconds": "1000"}});
    put(&mut world, trusts_aws(USER, &["sts:AssumeRole"], &names));
    assert_eq!(refused(&world), sentence);
    let short = AssumeRole {
        duration: Some(900),
        ..to_role(OTHER_ROLE)
    };
    assert!(assume(&world, None, &[], short).is_ok());
}

#[test]
fn root_assumes_no_role() {
    let world = world();
    let root = Principal::parse("arn:aws:iam::123456789012:root").unwrap();
    let caller = Caller {
        principal: &root,
        account: account(),
        identity: &[],
        boundary: None,
        session: None,
        record: None,
    };
    let mut evidence = Evidence::default();
    let refusal = assume_role(
        &world,
        &world.sessions,
        &caller,
        to_role(ROLE),
        now(),
        &SystemEntropy,
        &mut evidence,
    )
    .unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.to_string().as_str()),
        ("AccessDenied", "Roles may not be assumed by root accounts.")
    );
}

#[test]
fn a_trust_policy_sees_the_second_factor_of_the_call_and_the_session_does_not_carry_it() {
    let mut world = world();
    let asks =
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "1"}});
    let trust = trusts_aws(USER, &["sts:AssumeRole"], &asks);
    world.roles.insert(OTHER_ROLE.to_owned(), role(3, trust));
    assert_eq!(
        assume(&world, None, &[], to_role(OTHER_ROLE)).unwrap_err().code(),
        "AccessDenied"
    );
    let factor = SecondFactor::for_tests();
    let shown = AssumeRole {
        factor: Some(&factor),
        ..to_role(OTHER_ROLE)
    };
    let granted = assume(&world, None, &[], shown).unwrap();
    assert!(!granted.record.mfa);
}

#[test]
fn chains_last_an_hour_and_carry_tags_and_source_identity() {
    let mut world = world();
    let all = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    let mut first = world.session().record;
    first.tags = vec![
        ("team".to_owned(), "blue".to_owned()),
        ("own".to_owned(), "x".to_owned()),
    ];
    first.transitive_tags = vec!["Team".to_owned()];
    first.source_identity = Some("me".to_owned());

    let mut next = role(3, trusts_aws(ROLE, &all, &json!({})));
    next.max_session = 43_200;
    world.roles.insert(OTHER_ROLE.to_owned(), next);
    let granted = assume(&world, Some(&first), &[], to_role(OTHER_ROLE)).unwrap();
    assert!(granted.record.chained);
    assert_eq!(granted.record.tags, [("team".to_owned(), "blue".to_owned())]);
    assert_eq!(granted.record.source_identity.as_deref(), Some("me"));

    let long = AssumeRole {
        duration: Some(3601),
        ..to_role(OTHER_ROLE)
    };
    assert_eq!(
        assume(&world, Some(&first), &[], long).unwrap_err().to_string(),
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
    let other = AssumeRole {
        source_identity: Some("you"),
        ..to_role(OTHER_ROLE)
    };
    assert_eq!(
        assume(&world, Some(&first), &[], other).unwrap_err().to_string(),
        "The source identity is already set for this assume role session"
    );
    let tags = vec![("TEAM".to_owned(), "red".to_owned())];
    let conflict = AssumeRole {
        tags: &tags,
        ..to_role(OTHER_ROLE)
    };
    assert_eq!(
        assume(&world, Some(&first), &[], conflict).unwrap_err().to_string(),
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the \
         calling session."
    );
    // What is inherited needs its permission on the next role, too.
    for lacking in [
        ["sts:AssumeRole", "sts:TagSession"],
        ["sts:AssumeRole", "sts:SetSourceIdentity"],
    ] {
        world.roles.get_mut(OTHER_ROLE).unwrap().trust = trusts_aws(ROLE, &lacking, &json!({}));
        let refusal = assume(&world, Some(&first), &[], to_role(OTHER_ROLE)).unwrap_err();
        assert!(matches!(refusal, Refusal::NotAuthorized { action, .. } if !lacking.contains(&action)));
    }
}

#[test]
fn tags_are_held_to_their_rules() {
    let mut world = world();
    let trust = trusts_aws(USER, &["sts:AssumeRole", "sts:TagSession"], &json!({}));
    world.roles.insert(OTHER_ROLE.to_owned(), role(3, trust));
    let refused = |tags: &[(&str, &str)], transitive: &[&str]| {
        let tags: Vec<Tag> = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let transitive: Vec<String> = transitive.iter().map(|key| (*key).to_owned()).collect();
        let input = AssumeRole {
            tags: &tags,
            transitive_tag_keys: &transitive,
            ..to_role(OTHER_ROLE)
        };
        assume(&world, None, &[], input)
            .map(|_| ())
            .map_err(|refusal| refusal.to_string())
    };
    assert_eq!(refused(&[("a", "1"), ("b", "")], &["A"]), Ok(()));
    assert_eq!(
        refused(&[("a", "1"), ("A", "2")], &[]).unwrap_err(),
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    );
    assert_eq!(
        refused(&[("a", "1")], &["b"]).unwrap_err(),
        "The specified transitive tag key must be included in the requested tags."
    );
    for wrong in [("aws:x", "1"), ("AWS:x", "1"), ("", "1"), ("a*", "1"), ("a", "\n")] {
        assert!(refused(&[wrong], &[]).is_err(), "{wrong:?}");
    }
}
