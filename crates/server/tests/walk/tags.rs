//! Tags that something new is made with.

use crate::{
    federation::user,
    world::{World, refused},
};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

#[tokio::test]
async fn whoever_makes_something_with_tags_must_be_allowed_to_tag_it() {
    let world = World::new().await;
    let tagging = |what: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[
                {{"Effect":"Allow","Action":["iam:Create*","iam:Upload*"],"Resource":"*"}},
                {{"Effect":"Allow","Action":"{what}","Resource":"*","Condition":{{"StringEquals":{{"aws:RequestTag/team":"a"}}}}}}]}}"#
        )
    };
    let maker = user(&world, &world.root, "maker", &tagging("iam:Get*")).await;
    let tagger = user(&world, &world.root, "tagger", &tagging("iam:Tag*")).await;
    let text = "x".repeat(1000);
    let calls = [
        (
            "CreateRole",
            "TagRole",
            "arn:aws:iam::123456789012:role/t/app",
            vec![
                ("RoleName", "app"),
                ("Path", "/t/"),
                ("AssumeRolePolicyDocument", TRUST),
            ],
        ),
        (
            "CreateUser",
            "TagUser",
            "arn:aws:iam::123456789012:user/bob",
            vec![("UserName", "bob")],
        ),
        (
            "CreatePolicy",
            "TagPolicy",
            "policy own",
            vec![("PolicyName", "own"), ("PolicyDocument", ALLOW)],
        ),
        (
            "CreateInstanceProfile",
            "TagInstanceProfile",
            "arn:aws:iam::123456789012:instance-profile/web",
            vec![("InstanceProfileName", "web")],
        ),
        (
            "CreateOpenIDConnectProvider",
            "TagOpenIDConnectProvider",
            "arn:aws:iam::123456789012:oidc-provider/tags.example",
            vec![("Url", "https://tags.example")],
        ),
        (
            "CreateVirtualMFADevice",
            "TagMFADevice",
            "arn:aws:iam::123456789012:mfa/phone",
            vec![("VirtualMFADeviceName", "phone")],
        ),
        (
            "CreateSAMLProvider",
            "TagSAMLProvider",
            "arn:aws:iam::123456789012:saml-provider/Corp",
            vec![("Name", "Corp"), ("SAMLMetadataDocument", text.as_str())],
        ),
        (
            "UploadServerCertificate",
            "TagServerCertificate",
            "arn:aws:iam::123456789012:server-certificate/web",
            vec![
                ("ServerCertificateName", "web"),
                ("CertificateBody", "x"),
                ("PrivateKey", "x"),
            ],
        ),
    ];
    for (create, tag, resource, parameters) in calls {
        let with = |value: &'static str| {
            let tags = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", value)];
            [&[("Action", create)], parameters.as_slice(), &tags].concat()
        };
        let sentence = |who: &str| {
            format!(
                "User: arn:aws:iam::123456789012:user/{who} is not authorized to perform: iam:{tag} on resource: \
                 {resource} because no identity-based policy allows the iam:{tag} action"
            )
        };
        let denied = world.query(&maker, "iam", &with("a")).await;
        refused(&denied, 403, "AccessDenied", &sentence("maker"));
        let denied = world.query(&tagger, "iam", &with("b")).await;
        refused(&denied, 403, "AccessDenied", &sentence("tagger"));
        let made = world.query(&tagger, "iam", &with("a")).await;
        // The last two come as far as their texts, which are none.
        let expected = match create {
            "CreateSAMLProvider" | "UploadServerCertificate" => 400,
            _ => 200,
        };
        assert_eq!(made.status, expected, "{create}: {}", made.body);
    }
    let plain = [("Action", "CreateUser"), ("UserName", "carol")];
    assert_eq!(world.query(&maker, "iam", &plain).await.status, 200);
}
