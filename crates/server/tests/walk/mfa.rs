//! A second factor over the wire: who has which device, which codes count, and what a session that showed one may do.

use rolecall_identity::totp::{self, Seed};
use rolecall_wire::sigv4::Credentials;

use crate::world::{ACCOUNT, Answer, NOW, World, between, refused};

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/phone";
const WRONG: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const NOT_THEIRS: &str = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial \
                          number is valid and associated with this user.";

async fn done(world: &World, form: &[(&str, &str)]) -> Answer {
    let answer = world.query(&world.root, "iam", form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

fn step() -> i64 {
    totp::step(NOW)
}

fn credentials(answer: &Answer) -> Credentials {
    let of = |tag| between(&answer.body, tag).to_owned();
    Credentials {
        access_key_id: of("AccessKeyId"),
        secret_access_key: of("SecretAccessKey").into(),
        session_token: answer.body.contains("<SessionToken>").then(|| of("SessionToken")),
    }
}

/// Alice with a key, and with this policy.
async fn alice(world: &World, policy: &str) -> Credentials {
    done(world, &[("Action", "CreateUser"), ("UserName", "alice")]).await;
    done(
        world,
        &[
            ("Action", "PutUserPolicy"),
            ("UserName", "alice"),
            ("PolicyName", "p"),
            ("PolicyDocument", policy),
        ],
    )
    .await;
    credentials(&done(world, &[("Action", "CreateAccessKey"), ("UserName", "alice")]).await)
}

/// Her device, enabled some steps ago.
async fn device(world: &World) -> Seed {
    let made = done(
        world,
        &[("Action", "CreateVirtualMFADevice"), ("VirtualMFADeviceName", "phone")],
    )
    .await;
    let seed = decoded(between(&made.body, "Base32StringSeed"));
    let seed = Seed::parse(std::str::from_utf8(&seed).unwrap()).unwrap();
    let (one, two) = (seed.code(step() - 3), seed.code(step() - 2));
    done(
        world,
        &[
            ("Action", "EnableMFADevice"),
            ("UserName", "alice"),
            ("SerialNumber", SERIAL),
            ("AuthenticationCode1", &one),
            ("AuthenticationCode2", &two),
        ],
    )
    .await;
    seed
}

fn decoded(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

async fn session(world: &World, of: &Credentials, code: &str) -> Answer {
    let form = [
        ("Action", "GetSessionToken"),
        ("SerialNumber", SERIAL),
        ("TokenCode", code),
    ];
    world.query(of, "sts", &form).await
}

#[tokio::test]
async fn a_session_that_showed_a_code_may_do_what_asks_for_one_as_long_as_it_is_young() {
    let world = World::new().await;
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"300"}}}]}"#;
    let alice = alice(&world, policy).await;
    let seed = device(&world).await;
    let list = [("Action", "ListRoles")];
    assert_eq!(world.query(&alice, "iam", &list).await.status, 403);

    let code = seed.code(step());
    let made = session(&world, &alice, &code).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let with_mfa = credentials(&made);
    refused(&session(&world, &alice, &code).await, 403, "AccessDenied", WRONG);
    assert_eq!(world.query(&with_mfa, "iam", &list).await.status, 200);
    let again = session(&world, &with_mfa, &seed.code(step() + 1)).await;
    refused(
        &again,
        403,
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    );
    world.clock.set(NOW + 299);
    assert_eq!(world.query(&with_mfa, "iam", &list).await.status, 200);
    world.clock.set(NOW + 300);
    assert_eq!(world.query(&with_mfa, "iam", &list).await.status, 403);
    let log = world.log();
    assert!(!log.contains(&code), "a code is in the log");
    assert!(log.contains(r#""mfaAuthenticated":"true""#), "{log}");
}

#[tokio::test]
async fn a_code_that_is_not_right_gives_no_session() {
    let world = World::new().await;
    let nothing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    let alice = alice(&world, nothing).await;
    let seed = device(&world).await;
    refused(&session(&world, &alice, "000000").await, 403, "AccessDenied", WRONG);
    let far = session(&world, &alice, &seed.code(step() + 2)).await;
    refused(&far, 403, "AccessDenied", WRONG);
    let half = [("Action", "GetSessionToken"), ("SerialNumber", SERIAL)];
    let sentence = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
    refused(&world.query(&alice, "sts", &half).await, 403, "AccessDenied", sentence);
    let root = session(&world, &world.root, &seed.code(step())).await;
    refused(&root, 403, "AccessDenied", NOT_THEIRS);
    let other = [
        ("Action", "GetSessionToken"),
        ("SerialNumber", "arn:aws:iam::123456789012:mfa/other"),
        ("TokenCode", "000000"),
    ];
    refused(
        &world.query(&alice, "sts", &other).await,
        403,
        "AccessDenied",
        NOT_THEIRS,
    );
    // After too many, the right one is not looked at either; the client is not told.
    for _ in 0..3 {
        refused(&session(&world, &alice, "000000").await, 403, "AccessDenied", WRONG);
    }
    refused(
        &session(&world, &alice, &seed.code(step())).await,
        403,
        "AccessDenied",
        WRONG,
    );
    assert!(world.log().contains("too many wrong codes"));
    world.clock.set(NOW + 60);
    assert_eq!(session(&world, &alice, &seed.code(step() + 2)).await.status, 200);
}

#[tokio::test]
async fn a_trust_policy_asks_for_a_code_and_the_session_of_the_role_has_none() {
    let world = World::new().await;
    let allow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;
    let alice = alice(&world, allow).await;
    let seed = device(&world).await;
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:user/alice"}},"Action":"sts:AssumeRole","Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"true"}}}}}}]}}"#
    );
    done(
        &world,
        &[
            ("Action", "CreateRole"),
            ("RoleName", "guarded"),
            ("AssumeRolePolicyDocument", &trust),
        ],
    )
    .await;
    let with_mfa = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}"#;
    done(
        &world,
        &[
            ("Action", "PutRolePolicy"),
            ("RoleName", "guarded"),
            ("PolicyName", "p"),
            ("PolicyDocument", with_mfa),
        ],
    )
    .await;
    let role = format!("arn:aws:iam::{ACCOUNT}:role/guarded");
    let assume = [
        ("Action", "AssumeRole"),
        ("RoleArn", role.as_str()),
        ("RoleSessionName", "s1"),
    ];
    let without = world.query(&alice, "sts", &assume).await;
    assert_eq!(without.status, 403, "{}", without.body);
    let with = |code: &str| {
        let mut form = assume.to_vec();
        form.push(("SerialNumber", SERIAL));
        form.push(("TokenCode", code));
        form.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<Vec<_>>()
    };
    let ask = async |of: &Credentials, form: Vec<(String, String)>| {
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        world.query(of, "sts", &form).await
    };
    refused(&ask(&alice, with("000000")).await, 403, "AccessDenied", WRONG);
    let made = ask(&alice, with(&seed.code(step()))).await;
    assert_eq!(made.status, 200, "{}", made.body);
    refused(&ask(&alice, with(&seed.code(step()))).await, 403, "AccessDenied", WRONG);
    // "The temporary credentials returned by AssumeRole do not include MFA information in the context."
    let of_role = credentials(&made);
    assert_eq!(
        world.query(&of_role, "iam", &[("Action", "ListUsers")]).await.status,
        200
    );
    assert_eq!(
        world.query(&of_role, "iam", &[("Action", "ListRoles")]).await.status,
        403
    );
    // A session that showed a code needs none for the trust policy, and a role has no device.
    let own = credentials(&session(&world, &alice, &seed.code(step() + 1)).await);
    assert_eq!(world.query(&own, "sts", &assume).await.status, 200);
    refused(&ask(&of_role, with("000000")).await, 403, "AccessDenied", NOT_THEIRS);
}

#[tokio::test]
async fn devices_are_managed_by_those_who_may() {
    let world = World::new().await;
    let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:CreateVirtualMFADevice","iam:DeleteVirtualMFADevice","iam:ListMFADeviceTags"],"Resource":"arn:aws:iam::*:mfa/${aws:username}"},{"Effect":"Allow","Action":["iam:ListMFADevices","iam:GetMFADevice","iam:EnableMFADevice","iam:ResyncMFADevice"],"Resource":"arn:aws:iam::*:user/${aws:username}"}]}"#;
    let alice = alice(&world, own).await;
    device(&world).await;
    done(&world, &[("Action", "CreateUser"), ("UserName", "bob")]).await;
    let of_alice = async |form: &[(&str, &str)]| world.query(&alice, "iam", form).await;
    let create = |name| [("Action", "CreateVirtualMFADevice"), ("VirtualMFADeviceName", name)];
    let made = of_alice(&create("alice")).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(decoded(between(&made.body, "QRCodePNG")).starts_with(b"\x89PNG"));
    assert_eq!(of_alice(&create("bob")).await.status, 403);
    let listed = of_alice(&[("Action", "ListMFADevices")]).await;
    assert_eq!(between(&listed.body, "SerialNumber"), SERIAL);
    assert_eq!(between(&listed.body, "UserName"), "alice");
    let shown = of_alice(&[("Action", "GetMFADevice"), ("SerialNumber", SERIAL)]).await;
    assert_eq!(between(&shown.body, "EnableDate"), "2026-11-18T11:06:40Z");
    for form in [
        vec![("Action", "ListMFADevices"), ("UserName", "bob")],
        vec![("Action", "ListVirtualMFADevices")],
        vec![("Action", "DeactivateMFADevice"), ("SerialNumber", SERIAL)],
        vec![("Action", "DeleteVirtualMFADevice"), ("SerialNumber", SERIAL)],
        vec![("Action", "ListMFADeviceTags"), ("SerialNumber", SERIAL)],
        vec![
            ("Action", "TagMFADevice"),
            ("SerialNumber", "arn:aws:iam::123456789012:mfa/alice"),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "b"),
        ],
        vec![
            ("Action", "EnableMFADevice"),
            ("UserName", "bob"),
            ("SerialNumber", "arn:aws:iam::123456789012:mfa/alice"),
            ("AuthenticationCode1", "000000"),
            ("AuthenticationCode2", "000000"),
        ],
    ] {
        let denied = of_alice(&form).await;
        assert_eq!(denied.status, 403, "{form:?}: {}", denied.body);
        assert_eq!(between(&denied.body, "Code"), "AccessDenied", "{form:?}");
    }
    let wrong = of_alice(&[
        ("Action", "EnableMFADevice"),
        ("UserName", "alice"),
        ("SerialNumber", "arn:aws:iam::123456789012:mfa/alice"),
        ("AuthenticationCode1", "123123"),
        ("AuthenticationCode2", "456456"),
    ])
    .await;
    let sentence = "Authentication code for device is not valid.";
    refused(&wrong, 403, "InvalidAuthenticationCode", sentence);
    let log = world.log();
    assert!(!log.contains("123123"), "a code is in the log");
    let all = done(&world, &[("Action", "ListVirtualMFADevices"), ("MaxItems", "1")]).await;
    assert_eq!(
        between(&all.body, "SerialNumber"),
        "arn:aws:iam::123456789012:mfa/alice"
    );
    assert!(!all.body.contains("Base32StringSeed"), "{}", all.body);
    let marker = between(&all.body, "Marker").to_owned();
    let rest = done(&world, &[("Action", "ListVirtualMFADevices"), ("Marker", &marker)]).await;
    assert_eq!(between(&rest.body, "UserName"), "alice");
    assert_eq!(between(&rest.body, "IsTruncated"), "false");
}
