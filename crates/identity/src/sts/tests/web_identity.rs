//! Tokens of service accounts and of other providers: `AssumeRoleWithWebIdentity`.

use super::*;

#[test]
fn a_pods_token_becomes_a_session_that_signs() {
    let world = world();
    let granted = world.session();
    assert_eq!(granted.assumed_role_id, format!("{}:session-1", id(1)));
    assert_eq!(
        granted.assumed_role_arn.as_str(),
        "arn:aws:sts::123456789012:assumed-role/app/session-1"
    );
    assert_eq!(granted.credentials.expires, NOW + 3600);
    assert_eq!(granted.packed_policy_size, None);
    let source = granted.record.source.as_ref().unwrap();
    assert_eq!(source.token_id.as_deref(), Some("the-jti"));
    assert_eq!(source.pod_uid.as_deref(), Some("uid-of-pod"));

    let credential = world.credential(&granted, now()).unwrap();
    assert_eq!(credential.secret, granted.credentials.secret);
    let who = caller_identity(&credential.identity);
    assert_eq!(who.arn, granted.assumed_role_arn);
    assert_eq!(who.user_id, granted.assumed_role_id);
    assert_eq!(
        access_key_info(&world, granted.credentials.access_key_id.as_str()),
        Some(account())
    );
}

#[test]
fn what_is_no_token_or_of_nobody_is_refused_in_aws_words() {
    let world = world();
    for text in ["abcd", "a.b.c", &"x".repeat(20_001)] {
        assert_eq!(
            world.refused(text),
            (
                "InvalidIdentityToken",
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
                    .to_owned()
            )
        );
    }
    let with_issuer = |issuer: &str| world.cluster.sign(&claims(&json!({"iss": issuer}))).unwrap();
    for issuer in ["", "issuer", "http://127.0.0.1:4566/id/0123", "https://"] {
        assert_eq!(
            world.refused(&with_issuer(issuer)),
            ("InvalidIdentityToken", "Issuer must be a valid URL".to_owned())
        );
    }
    // Byte for byte: neither a slash more, nor other capitals, nor another account's provider.
    for issuer in [
        format!("https://{URL}/"),
        "https://127.0.0.1:4566/ID/0123".to_owned(),
        "https://nobody.example".to_owned(),
    ] {
        assert_eq!(
            world.refused(&with_issuer(&issuer)),
            (
                "InvalidIdentityToken",
                format!("No OpenIDConnect provider found in your account for {issuer}")
            )
        );
    }
    let token = wanted().mint(&world.cluster).unwrap();
    let elsewhere = AssumeRoleWithWebIdentity {
        role_arn: "arn:aws:iam::999999999999:role/app",
        ..World::input(&token)
    };
    assert!(
        world
            .exchange(elsewhere)
            .unwrap_err()
            .to_string()
            .starts_with("No OpenIDConnect provider found")
    );
}

#[test]
fn tokens_that_are_wrong_in_themselves_are_refused() {
    let world = world();
    let sign = |changes: Value| world.cluster.sign(&claims(&changes)).unwrap();
    assert_eq!(
        world.refused(&sign(json!({"exp": NOW - 9}))),
        (
            "ExpiredTokenException",
            format!(
                "Token expired: current date/time {NOW} must be before the expiration date/time {}",
                NOW - 9
            )
        )
    );
    for changes in [
        json!({"nbf": NOW + 31}),
        json!({"iat": NOW + 31}),
        json!({"sub": null}),
        json!({"exp": null}),
        json!({"aud": null}),
        json!({"iss": null}),
        // A forged subject of the right form that its Kubernetes claims do not say (threat 1).
        json!({"kubernetes.io": {"namespace": "other", "serviceaccount": {"name": "iam-test"}}}),
        json!({"kubernetes.io": null}),
    ] {
        assert_eq!(
            world.refused(&sign(changes.clone())).0,
            "InvalidIdentityToken",
            "{changes}"
        );
    }
    for audience in [
        json!({"aud": "somebody"}),
        json!({"aud": ["a", "b"]}),
        // Pod Identity's own, even where another one fits (threat 1).
        json!({"aud": ["sts.amazonaws.com", "pods.eks.amazonaws.com"]}),
        // `azp` decides where it is set.
        json!({"azp": "somebody"}),
    ] {
        assert_eq!(
            world.refused(&sign(audience)),
            ("InvalidIdentityToken", "Incorrect token audience".to_owned())
        );
    }
    assert!(
        world
            .exchange(World::input(&sign(json!({"aud": "sts.amazonaws.com"}))))
            .is_ok()
    );
    assert!(
        world
            .exchange(World::input(&sign(json!({"aud": ["x", "sts.amazonaws.com"]}))))
            .is_ok()
    );
}

#[test]
fn keys_of_others_and_unknown_key_ids_are_refused() {
    let world = world();
    let stranger = SigningKey::generate().unwrap();
    let token = wanted().mint(&stranger).unwrap();
    assert_eq!(
        world.refused(&token),
        (
            "InvalidIdentityToken",
            "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity \
             documentation for requirements"
                .to_owned()
        )
    );
    // The stranger's token under the cluster's key id.
    let (_, rest) = token.split_once('.').unwrap();
    let own = wanted().mint(&world.cluster).unwrap();
    let (header, _) = own.split_once('.').unwrap();
    assert_eq!(world.refused(&format!("{header}.{rest}")).0, "InvalidIdentityToken");
    // The key of another provider of the same account signs for this one (threat 1).
    let keys = KeySet::parse(key_set([&stranger]).to_string().as_bytes()).unwrap();
    world.ring.fetched(OTHER_PROVIDER, Ok(keys), now(), 0);
    assert_eq!(world.refused(&token).0, "InvalidIdentityToken");
}

#[test]
fn a_role_that_is_not_there_answers_like_one_that_refuses() {
    let world = world();
    let other = ServiceAccountToken {
        service_account: Named {
            name: "other".to_owned(),
            uid: "u".to_owned(),
        },
        ..wanted()
    };
    let refuses = world
        .exchange(World::input(&other.mint(&world.cluster).unwrap()))
        .unwrap_err();
    let token = wanted().mint(&world.cluster).unwrap();
    let missing = world
        .exchange(AssumeRoleWithWebIdentity {
            role_arn: "arn:aws:iam::123456789012:role/nobody",
            // Even with a duration that no role allows, and a policy that is none.
            duration: Some(43_200),
            policy: Some("{"),
            ..World::input(&token)
        })
        .unwrap_err();
    assert_eq!(missing, refuses);
    assert_eq!(missing.code(), "AccessDenied");
    assert_eq!(
        missing.to_string(),
        "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    );
    // The ARN without the role's path names no role.
    let pathless = AssumeRoleWithWebIdentity {
        role_arn: "arn:aws:iam::123456789012:role/app",
        ..World::input(&token)
    };
    assert_eq!(world.exchange(pathless).unwrap_err(), missing);
}

#[test]
fn what_is_no_role_arn_is_invalid() {
    let world = world();
    let token = wanted().mint(&world.cluster).unwrap();
    for wrong in [
        "arn:aws:iam::123456789012",
        "this-is-not-an-arn-at-all",
        "arn:aws:iam::123456789012:user/alice",
        "arn:aws:s3::123456789012:role/app",
        "arn:aws:iam::12:role/app",
    ] {
        let refusal = world
            .exchange(AssumeRoleWithWebIdentity {
                role_arn: wrong,
                ..World::input(&token)
            })
            .unwrap_err();
        assert_eq!(
            (refusal.code(), refusal.to_string()),
            ("ValidationError", format!("{wrong} is invalid"))
        );
    }
}

#[test]
fn session_policies_and_durations_are_checked_for_those_whom_the_role_trusts() {
    let world = world();
    let token = wanted().mint(&world.cluster).unwrap();
    let long = AssumeRoleWithWebIdentity {
        duration: Some(3601),
        ..World::input(&token)
    };
    assert_eq!(
        world.exchange(long).unwrap_err().to_string(),
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
    for (text, sentence) in [
        ("{", "This policy contains invalid Json"),
        (r#"{"Statement":[]}"#, "Syntax errors in policy."),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*"}}"#,
            "Policy statement must contain resources.",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}}"#,
            "Policy document should not specify a principal.",
        ),
    ] {
        let malformed = AssumeRoleWithWebIdentity {
            policy: Some(text),
            ..World::input(&token)
        };
        let refused = world.exchange(malformed).unwrap_err();
        assert_eq!(
            (refused.code(), refused.to_string().as_str()),
            ("MalformedPolicyDocument", sentence)
        );
    }

    let text = "{ \"Statement\" : {\"Effect\": \"Allow\",\n \"Action\": \"s3:*\", \"Resource\": \"*\"} }";
    let arns = vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()];
    let granted = world
        .exchange(AssumeRoleWithWebIdentity {
            policy: Some(text),
            policy_arns: &arns,
            ..World::input(&token)
        })
        .unwrap();
    assert!(
        granted
            .packed_policy_size
            .is_some_and(|percent| (1..=20).contains(&percent))
    );
    assert_eq!(
        granted.record.session_policy.as_deref(),
        Some(r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#)
    );
    let missing = vec!["arn:aws:iam::aws:policy/Nothing".to_owned()];
    let unknown = AssumeRoleWithWebIdentity {
        policy_arns: &missing,
        ..World::input(&token)
    };
    assert!(world.exchange(unknown).is_err());
}

#[test]
fn session_policies_share_one_limit() {
    let world = world();
    let token = wanted().mint(&world.cluster).unwrap();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned();
    let policy = |length: usize| {
        let (before, after) = (
            r#"{"Id":"#,
            r#","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#,
        );
        let id = "x".repeat(length - before.len() - after.len() - 2);
        format!("{before}\"{id}\"{after}")
    };
    let size = |length: usize, arns: usize| {
        let (text, arns) = (policy(length), vec![arn.clone(); arns]);
        let asked = AssumeRoleWithWebIdentity {
            policy: Some(&text),
            policy_arns: &arns,
            ..World::input(&token)
        };
        world
            .exchange(asked)
            .map(|granted| granted.packed_policy_size)
            .map_err(|refusal| (refusal.code(), refusal.to_string()))
    };
    assert_eq!(size(2048, 0), Ok(Some(100)));
    assert_eq!(size(2048 - arn.len(), 1), Ok(Some(100)));
    let too_large = |percent: u32| {
        let text = format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
        Err(("PackedPolicyTooLarge", text))
    };
    assert_eq!(size(2049, 0), too_large(101));
    assert_eq!(size(2048, 1), too_large(102));
    assert_eq!(size(2048, 10), too_large(119));
    // White space between the parts of a policy is not counted.
    let spaced = format!("{}{}", " ".repeat(100), policy(2048));
    let asked = AssumeRoleWithWebIdentity {
        policy: Some(&spaced),
        ..World::input(&token)
    };
    assert_eq!(world.exchange(asked).unwrap().packed_policy_size, Some(100));
}

#[test]
fn tags_of_a_token_need_tag_session_and_a_place_in_the_token() {
    let mut world = world();
    let tags = |count: usize, length: usize| {
        let tags: BTreeMap<String, Value> = (0..count)
            .map(|n| (format!("k{n}"), json!(["v".repeat(length)])))
            .collect();
        json!({"https://aws.amazon.com/tags": {"principal_tags": tags, "transitive_tag_keys": ["k0"]}})
    };
    let token = world.cluster.sign(&claims(&tags(1, 4))).unwrap();
    assert_eq!(world.refused(&token).0, "AccessDenied");
    let actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"];
    world.roles.get_mut(ROLE).unwrap().trust = trusts_service_account(&actions);
    let granted = world.exchange(World::input(&token)).unwrap();
    assert_eq!(granted.record.tags, [("k0".to_owned(), "vvvv".to_owned())]);
    assert_eq!(granted.record.transitive_tags, ["k0"]);

    let large = world.cluster.sign(&claims(&tags(40, 250))).unwrap();
    let (code, text) = world.refused(&large);
    assert_eq!(code, "PackedPolicyTooLarge");
    assert!(text.starts_with("Packed size of session tags consumes "), "{text}");
}

#[test]
fn a_source_identity_in_a_token_needs_its_own_permission() {
    let mut world = world();
    let token = world
        .cluster
        .sign(&claims(&json!({"https://aws.amazon.com/source_identity": "me"})))
        .unwrap();
    assert_eq!(world.refused(&token).0, "AccessDenied");
    let actions = ["sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity"];
    world.roles.get_mut(ROLE).unwrap().trust = trusts_service_account(&actions);
    let granted = world.exchange(World::input(&token)).unwrap();
    assert_eq!(granted.record.source_identity.as_deref(), Some("me"));
}

#[test]
fn an_issuer_that_is_down_or_without_keys_is_told_apart() {
    let world = world();
    let key = SigningKey::generate().unwrap();
    let issuer = json!({"iss": format!("https://{OTHER_URL}")});
    let token = key.sign(&claims(&issuer)).unwrap();
    assert!(matches!(world.step(World::input(&token), false), Ok(Step::Fetch(url)) if url == OTHER_URL));
    for (failure, code) in [
        (FetchFailed::Unreachable, "IDPCommunicationError"),
        (FetchFailed::Unusable, "InvalidIdentityToken"),
        (FetchFailed::Certificate, "InvalidIdentityToken"),
    ] {
        world.ring.fetched(OTHER_PROVIDER, Err(failure), now(), 0);
        assert_eq!(world.step(World::input(&token), true).unwrap_err().code(), code);
    }
    // Once its keys are here it is judged, and the role does not trust it.
    let keys = KeySet::parse(key_set([&key]).to_string().as_bytes()).unwrap();
    world.ring.fetched(OTHER_PROVIDER, Ok(keys), now(), 0);
    assert_eq!(
        world.step(World::input(&token), true).unwrap_err(),
        Refusal::WebIdentityNotAuthorized
    );
}
