//! Certificates, keys and credentials over the wire: who may manage them, and what is never shown again.

use rolecall_wire::sigv4::Credentials;

use crate::world::{Answer, World, between, refused};

const METADATA: &str = r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>AQID</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"#;

async fn done(world: &World, form: &[(&str, &str)]) -> Answer {
    let answer = world.query(&world.root, "iam", form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

/// Alice, who may do to herself what AWS's own example lets users do, and Bob.
async fn alice(world: &World) -> Credentials {
    for name in ["alice", "bob"] {
        done(world, &[("Action", "CreateUser"), ("UserName", name)]).await;
    }
    let own = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*SSHPublicKey*","iam:*SigningCertificate*","iam:*ServiceSpecificCredential*"],"Resource":"arn:aws:iam::*:user/${aws:username}"},{"Effect":"Deny","Action":"iam:CreateServiceSpecificCredential","Resource":"*","Condition":{"StringEquals":{"iam:ServiceSpecificCredentialServiceName":"bedrock.amazonaws.com"}}}]}"#;
    let form = [
        ("Action", "PutUserPolicy"),
        ("UserName", "alice"),
        ("PolicyName", "own"),
        ("PolicyDocument", own),
    ];
    done(world, &form).await;
    let key = done(world, &[("Action", "CreateAccessKey"), ("UserName", "alice")]).await;
    Credentials {
        access_key_id: between(&key.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&key.body, "SecretAccessKey").into(),
        session_token: None,
    }
}

#[tokio::test]
async fn users_manage_their_own_credentials_and_nobody_elses() {
    let world = World::new().await;
    let alice = alice(&world).await;
    let of_alice = async |form: &[(&str, &str)]| world.query(&alice, "iam", form).await;
    let create = |user, service| {
        [
            ("Action", "CreateServiceSpecificCredential"),
            ("UserName", user),
            ("ServiceName", service),
        ]
    };
    let made = of_alice(&create("alice", "codecommit.amazonaws.com")).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let password = between(&made.body, "ServicePassword").to_owned();
    let id = between(&made.body, "ServiceSpecificCredentialId").to_owned();
    for denied in [
        create("bob", "codecommit.amazonaws.com"),
        create("alice", "bedrock.amazonaws.com"),
    ] {
        assert_eq!(of_alice(&denied).await.status, 403, "{denied:?}");
    }
    // Without a name they are her own.
    let listed = of_alice(&[("Action", "ListServiceSpecificCredentials")]).await;
    assert_eq!(between(&listed.body, "ServiceUserName"), "alice-at-123456789012");
    assert!(!listed.body.contains("Password"), "{}", listed.body);
    let everybody = [("Action", "ListServiceSpecificCredentials"), ("AllUsers", "true")];
    assert_eq!(of_alice(&everybody).await.status, 403);
    assert_eq!(between(&done(&world, &everybody).await.body, "UserName"), "alice");
    let expired = [
        ("Action", "UpdateServiceSpecificCredential"),
        ("ServiceSpecificCredentialId", id.as_str()),
        ("Status", "Expired"),
    ];
    assert_eq!(of_alice(&expired).await.status, 400);
    let reset = of_alice(&[
        ("Action", "ResetServiceSpecificCredential"),
        ("ServiceSpecificCredentialId", id.as_str()),
    ])
    .await;
    let other = between(&reset.body, "ServicePassword").to_owned();
    assert_ne!(other, password);
    let log = world.log();
    assert!(!log.contains(&password) && !log.contains(&other));

    for action in ["ListSSHPublicKeys", "ListSigningCertificates"] {
        assert_eq!(of_alice(&[("Action", action)]).await.status, 200, "{action}");
        let of_bob = of_alice(&[("Action", action), ("UserName", "bob")]).await;
        assert_eq!(of_bob.status, 403, "{action}: {}", of_bob.body);
    }
    let unknown = [
        ("Action", "UploadSSHPublicKey"),
        ("UserName", "alice"),
        ("SSHPublicKeyBody", "ssh-dss AAAA"),
    ];
    let answer = of_alice(&unknown).await;
    refused(
        &answer,
        400,
        "UnrecognizedPublicKeyEncoding",
        "Invalid public key uploaded.",
    );
    let wrong = [
        ("Action", "UploadSigningCertificate"),
        ("CertificateBody", "no certificate"),
    ];
    let sentence = "Certificate no certificate is malformed.";
    refused(&of_alice(&wrong).await, 400, "MalformedCertificate", sentence);
    // The root has signing certificates of its own.
    done(&world, &[("Action", "ListSigningCertificates")]).await;
}

#[tokio::test]
async fn the_key_of_a_server_certificate_is_seen_by_nobody() {
    let world = World::new().await;
    let alice = alice(&world).await;
    let pair = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(["www.example.com".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    let (body, key) = (params.self_signed(&pair).unwrap().pem(), pair.serialize_pem());
    let form = [
        ("Action", "UploadServerCertificate"),
        ("ServerCertificateName", "web"),
        ("CertificateBody", body.as_str()),
        ("PrivateKey", key.as_str()),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
    ];
    let denied = world.query(&alice, "iam", &form).await;
    assert_eq!(denied.status, 403);
    assert!(
        between(&denied.body, "Message").contains("on resource: arn:aws:iam::123456789012:server-certificate/web "),
        "{}",
        denied.body
    );
    let made = done(&world, &form).await;
    assert_eq!(between(&made.body, "Expiration"), "2027-01-01T00:00:00Z");
    let get = [("Action", "GetServerCertificate"), ("ServerCertificateName", "web")];
    let shown = done(&world, &get).await;
    assert_eq!(between(&shown.body, "Key"), "team");
    let secret = key.lines().nth(1).unwrap();
    let log = world.log();
    for text in [&made.body, &shown.body, &log] {
        assert!(!text.contains(secret) && !text.contains("PRIVATE KEY"));
    }
    assert!(log.contains(r#""privateKey":"{redacted}""#), "{log}");
    let listed = done(
        &world,
        &[("Action", "ListServerCertificates"), ("PathPrefix", "/other/")],
    )
    .await;
    assert!(!listed.body.contains("web"), "{}", listed.body);
}

fn saml(document: &str) -> [(&str, &str); 3] {
    [
        ("Action", "CreateSAMLProvider"),
        ("Name", "corp"),
        ("SAMLMetadataDocument", document),
    ]
}

#[tokio::test]
async fn a_saml_provider_is_made_of_metadata_and_of_nothing_else() {
    let world = World::new().await;
    let alice = alice(&world).await;
    // The model asks for a thousand characters.
    let document = format!("{METADATA}<!--{}-->", "x".repeat(1000));
    assert_eq!(world.query(&alice, "iam", &saml(&document)).await.status, 403);
    let external = format!("<!DOCTYPE x SYSTEM \"http://169.254.169.254/\">{document}");
    for wrong in [external, "x".repeat(1000)] {
        let answer = world.query(&world.root, "iam", &saml(&wrong)).await;
        refused(&answer, 400, "InvalidInput", "Could not parse metadata");
    }
    let made = done(&world, &saml(&document)).await;
    let arn = "arn:aws:iam::123456789012:saml-provider/corp";
    assert_eq!(between(&made.body, "SAMLProviderArn"), arn);
    let shown = done(&world, &[("Action", "GetSAMLProvider"), ("SAMLProviderArn", arn)]).await;
    assert!(shown.body.contains("&lt;md:EntityDescriptor"), "{}", shown.body);
    assert_eq!(
        between(&done(&world, &[("Action", "ListSAMLProviders")]).await.body, "Arn"),
        arn
    );
    done(&world, &[("Action", "DeleteSAMLProvider"), ("SAMLProviderArn", arn)]).await;
}
