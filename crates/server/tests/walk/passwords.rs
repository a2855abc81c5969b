//! Passwords over the wire: who may change them, what is refused, and that none is ever seen.

use rolecall_wire::sigv4::Credentials;

use crate::world::{Answer, World, between, refused};

const FIRST: &str = "First-secret1";
const SECOND: &str = "Second-secret1";

async fn iam(world: &World, credentials: &Credentials, form: &[(&str, &str)]) -> Answer {
    world.query(credentials, "iam", form).await
}

async fn done(world: &World, form: &[(&str, &str)]) -> Answer {
    let answer = iam(world, &world.root, form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

/// Alice, who has a key and nothing else.
async fn alice(world: &World) -> Credentials {
    done(world, &[("Action", "CreateUser"), ("UserName", "alice")]).await;
    let key = done(world, &[("Action", "CreateAccessKey"), ("UserName", "alice")]).await;
    Credentials {
        access_key_id: between(&key.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&key.body, "SecretAccessKey").into(),
        session_token: None,
    }
}

#[tokio::test]
async fn an_account_without_a_password_policy_says_so_and_one_with_shows_it() {
    let world = World::new().await;
    let get = [("Action", "GetAccountPasswordPolicy")];
    let none = iam(&world, &world.root, &get).await;
    let sentence = "The Password Policy with domain name 123456789012 cannot be found.";
    refused(&none, 404, "NoSuchEntity", sentence);
    done(&world, &[("Action", "UpdateAccountPasswordPolicy")]).await;
    let default = done(&world, &get).await;
    assert_eq!(between(&default.body, "MinimumPasswordLength"), "6");
    assert_eq!(between(&default.body, "ExpirePasswords"), "false");
    assert!(!default.body.contains("MaxPasswordAge"), "{}", default.body);
    let wrong = [("Action", "UpdateAccountPasswordPolicy"), ("MaxPasswordAge", "1096")];
    assert_eq!(iam(&world, &world.root, &wrong).await.status, 400);
    let aged = [("Action", "UpdateAccountPasswordPolicy"), ("MaxPasswordAge", "1095")];
    done(&world, &aged).await;
    assert_eq!(between(&done(&world, &get).await.body, "ExpirePasswords"), "true");
    let stranger = alice(&world).await;
    for action in [
        "GetAccountPasswordPolicy",
        "UpdateAccountPasswordPolicy",
        "DeleteAccountPasswordPolicy",
    ] {
        let denied = iam(&world, &stranger, &[("Action", action)]).await;
        assert_eq!(denied.status, 403, "{action}: {}", denied.body);
    }
    let delete = [("Action", "DeleteAccountPasswordPolicy")];
    done(&world, &delete).await;
    let again = iam(&world, &world.root, &delete).await;
    let sentence = "The account policy with name PasswordPolicy cannot be found.";
    refused(&again, 404, "NoSuchEntity", sentence);
}

#[tokio::test]
async fn a_user_changes_a_password_that_nobody_ever_sees() {
    let world = World::new().await;
    let alice = alice(&world).await;
    let change = |old, new| [("Action", "ChangePassword"), ("OldPassword", old), ("NewPassword", new)];
    let of_alice = |action| [("Action", action), ("UserName", "alice")];
    for form in [
        of_alice("CreateLoginProfile"),
        of_alice("GetLoginProfile"),
        of_alice("UpdateLoginProfile"),
        of_alice("DeleteLoginProfile"),
    ] {
        let mut form = form.to_vec();
        form.push(("Password", FIRST));
        let denied = iam(&world, &alice, &form).await;
        assert_eq!(denied.status, 403, "{}", denied.body);
    }
    assert_eq!(iam(&world, &alice, &change(FIRST, SECOND)).await.status, 403);
    let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"arn:aws:iam::*:user/${aws:username}"}]}"#;
    done(
        &world,
        &[
            ("Action", "PutUserPolicy"),
            ("UserName", "alice"),
            ("PolicyName", "own"),
            ("PolicyDocument", own),
        ],
    )
    .await;
    let none = iam(&world, &alice, &change(FIRST, SECOND)).await;
    refused(
        &none,
        404,
        "NoSuchEntity",
        "Login Profile for User alice cannot be found.",
    );

    let create = [
        ("Action", "CreateLoginProfile"),
        ("UserName", "alice"),
        ("Password", FIRST),
        ("PasswordResetRequired", "true"),
    ];
    let made = done(&world, &create).await;
    assert_eq!(between(&made.body, "PasswordResetRequired"), "true");
    let wrong = iam(&world, &alice, &change(SECOND, FIRST)).await;
    refused(&wrong, 403, "AccessDenied", "The old password was incorrect.");
    let weak = iam(&world, &alice, &change(FIRST, "weak")).await;
    let sentence = "Password does not conform to the account password policy.";
    refused(&weak, 400, "PasswordPolicyViolation", sentence);
    let changed = iam(&world, &alice, &change(FIRST, SECOND)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let read = done(&world, &of_alice("GetLoginProfile")).await;
    assert_eq!(between(&read.body, "PasswordResetRequired"), "false");
    let root = iam(&world, &world.root, &change(FIRST, SECOND)).await;
    let sentence = "Only IAM Users can change their own password.";
    refused(&root, 400, "InvalidUserType", sentence);
    done(&world, &of_alice("DeleteLoginProfile")).await;
    let log = world.log();
    assert!(!log.contains(FIRST) && !log.contains(SECOND));
}
