use super::*;

fn refusal(kind: Kind, text: &str) -> String {
    Policy::read(text, kind).map_or_else(|malformed| malformed.message, |_| "accepted".to_owned())
}

fn statement(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{members}}}]}}"#)
}

#[test]
fn identity_policies_are_refused_in_awss_words() {
    let refused = |members: &str| refusal(Kind::Identity, &statement(members));
    assert_eq!(refused(r#""Action":"s3:Get*","Resource":"*""#), "accepted");
    assert_eq!(refused(r#""Resource":"*""#), "Policy statement must contain actions.");
    assert_eq!(
        refused(r#""Action":"s3:*""#),
        "Policy statement must contain resources."
    );
    assert_eq!(
        refused(r#""Action":"GetObject","Resource":"*""#),
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    );
    assert_eq!(
        refused(r#""Action":"s3:a:b","Resource":"*""#),
        "Actions/Condition can contain only one colon."
    );
    assert_eq!(refused(r#""Action":"s*:x","Resource":"*""#), "Vendor s* is not valid");
    assert_eq!(
        refused(r#""Action":"s3:x","Resource":"bucket""#),
        "Resource bucket must be in ARN format or \"*\"."
    );
    assert_eq!(
        refused(r#""Action":"s3:x","Resource":"arn:x:s3:::b""#),
        "Partition \"x\" is not valid for resource \"arn:x:s3:::b\"."
    );
    assert_eq!(
        refused(r#""Action":"s3:x","Resource":"*","Principal":"*""#),
        "Policy document should not specify a principal."
    );
    let without_version = r#"{"Statement":[{"Effect":"Allow","Action":"s3:x","Resource":"*"}]}"#;
    for kind in [Kind::Managed, Kind::ServiceControl] {
        let refused = refusal(kind, without_version);
        assert_eq!(refused, "Policy document must be version 2012-10-17 or greater.");
    }
    for kind in [Kind::Identity, Kind::Session] {
        assert_eq!(refusal(kind, without_version), "accepted");
    }
    assert_eq!(
        refusal(
            Kind::Identity,
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:x","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"s3:x","Resource":"*"}]}"#
        ),
        "Statement IDs (SID) in a single policy must be unique."
    );
}

#[test]
fn trust_policies_are_refused_in_awss_words() {
    let refused = |members: &str| refusal(Kind::Trust, &statement(members));
    assert_eq!(
        refused(r#""Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole""#),
        "accepted"
    );
    assert_eq!(
        refused(r#""Action":"sts:AssumeRole""#),
        "Missing required field Principal"
    );
    assert_eq!(
        refused(r#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*""#),
        "Has prohibited field Resource"
    );
    assert_eq!(
        refused(r#""Principal":{"AWS":"*"},"Action":"s3:GetObject""#),
        "AssumeRole policy may only specify STS AssumeRole actions."
    );
    assert_eq!(
        refused(r#""Principal":{"AWS":"*"},"Action":"sts:GetCallerIdentity""#),
        "AssumeRole policy may only specify STS AssumeRole actions."
    );
    for action in [
        "sts:assumerole",
        "sts:AssumeRole*",
        "sts:*",
        "sts:TagSession",
        "sts:SetSourceIdentity",
    ] {
        let members = format!(r#""Principal":{{"AWS":"*"}},"Action":"{action}""#);
        assert_eq!(refused(&members), "accepted", "{action}");
    }
    assert_eq!(
        refused(r#""Principal":{"CanonicalUser":"12"},"Action":"sts:AssumeRole""#),
        "Invalid principal in policy: \"CanonicalUser\":\"12\""
    );
    assert_eq!(
        refused(r#""Principal":{"AWS":"arn:aws:iam::123456789012:role/*"},"Action":"sts:AssumeRole""#),
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/*\""
    );
}

#[test]
fn trust_policies_name_everybody_by_a_key() {
    let refused = |who: &str| {
        let members = format!(r#""Principal":{who},"Action":"sts:AssumeRole""#);
        refusal(Kind::Trust, &statement(&members))
    };
    assert_eq!(
        refused(r#""*""#),
        r#"AssumeRolepolicy contained an invalid principal: "STAR":"*"."#
    );
    assert_eq!(refused(r#"{"AWS":"*"}"#), "accepted");
}

#[test]
fn services_and_providers_are_named_as_awss_are() {
    let refused = |kind, who: &str| {
        let members = format!(r#""Principal":{{"{kind}":"{who}"}},"Action":"sts:AssumeRole""#);
        refusal(Kind::Trust, &statement(&members))
    };
    for service in [
        "ec2.amazonaws.com",
        "logs.us-east-1.amazonaws.com",
        "ec2.amazonaws.com.cn",
    ] {
        assert_eq!(refused("Service", service), "accepted");
    }
    for service in [
        "amazonaws.com",
        ".amazonaws.com",
        "*.amazonaws.com",
        "ec2",
        "ec2.example.com",
        "",
    ] {
        let sentence = format!("Invalid principal in policy: \"SERVICE\":\"{service}\"");
        assert_eq!(refused("Service", service), sentence);
    }
    for provider in [
        "cognito-identity.amazonaws.com",
        "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-2.amazonaws.com/id/ABC",
        "arn:aws:iam::123456789012:oidc-provider/10.0.0.1:8443/id/ABC",
        "arn:aws:iam::123456789012:saml-provider/Corp",
    ] {
        assert_eq!(refused("Federated", provider), "accepted");
    }
    for provider in [
        "",
        "*",
        "nonsense",
        "https://accounts.google.com",
        "oidc.example/id/ABC",
        "arn:aws:iam::123456789012:oidc-provider/",
        "arn:aws:iam::12:oidc-provider/oidc.example",
        "arn:aws:iam::123456789012:role/app",
    ] {
        let sentence = "Federated principals must be valid domain names or SAML metadata ARNs";
        assert_eq!(refused("Federated", provider), sentence);
    }
}

/// A document of one statement that allows `s3:ListBucket` on a bucket, but for these members, in JSON; a member of no text
/// is left out.
fn but(members: &[(&str, &str)]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{}}}"#, statement_but(members))
}

fn statement_but(members: &[(&str, &str)]) -> String {
    let mut all = vec![
        ("Effect", r#""Allow""#),
        ("Action", r#""s3:ListBucket""#),
        ("Resource", r#""arn:aws:s3:::b""#),
    ];
    all.retain(|(name, _)| members.iter().all(|(other, _)| name != other));
    all.extend(members.iter().filter(|(_, value)| !value.is_empty()));
    let all: Vec<String> = all.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!("{{{}}}", all.join(","))
}

const NO_ACTIONS: &str = "Policy statement must contain actions.";
const NO_RESOURCES: &str = "Policy statement must contain resources.";
const OLD: &str = "Policy document must be version 2012-10-17 or greater.";
const COLONS: &str = "Actions/Condition can contain only one colon.";
const TWICE: &str = "Statement IDs (SID) in a single policy must be unique.";

/// What AWS answered to each of these documents when it was sent as a managed policy.
#[test]
fn the_first_of_several_faults_is_the_one_that_aws_tells() {
    let gone = "";
    for (members, message) in [
        (&[("Effect", gone)][..], SYNTAX),
        (&[("Effect", r#""invalid""#)], SYNTAX),
        (&[("Effect", r#""denY""#)], UNREAD),
        (
            &[
                ("Effect", r#""allow""#),
                ("Action", gone),
                ("Resource", r#""arn:aws:s3:us-east-1::b""#),
            ],
            UNREAD,
        ),
        (&[("Sid", "{}")], SYNTAX),
        (&[("Extra", "1")], SYNTAX),
        (&[("Action", r#""invalid""#)], NO_VENDOR),
        (&[("Action", gone), ("NotAction", r#""""#)], NO_VENDOR),
        (&[("Action", r#""a a:ListBucket""#)], "Vendor a a is not valid"),
        (&[("Action", r#""s3:List:Bucket""#)], COLONS),
        (&[("Action", gone)], NO_ACTIONS),
        (&[("Action", "[]")], NO_ACTIONS),
        (&[("Action", gone), ("Resource", gone)], NO_ACTIONS),
        (&[("Action", "[[]]")], SYNTAX),
        (&[("Action", "[]"), ("NotAction", r#""s3:x""#)], SYNTAX),
        (&[("Resource", gone)], NO_RESOURCES),
        (&[("Resource", "[]")], NO_RESOURCES),
        (&[("Action", r#""invalid""#), ("Resource", gone)], NO_RESOURCES),
        (&[("Resource", r#"["b",{}]"#)], SYNTAX),
        (&[("NotResource", r#""*""#)], SYNTAX),
        (&[("Resource", r#""""#)], r#"Resource  must be in ARN format or "*"."#),
        (
            &[("Resource", r#""a bucket""#)],
            r#"Resource a bucket must be in ARN format or "*"."#,
        ),
        (
            &[("Action", r#""s:3:x""#), ("Resource", r#""b""#)],
            r#"Resource b must be in ARN format or "*"."#,
        ),
        (
            &[("Resource", r#""a:b""#)],
            r#"Partition "b" is not valid for resource "arn:b:*:*:*:*"."#,
        ),
        (
            &[("Resource", r#""a:b:c""#)],
            r#"Partition "b" is not valid for resource "arn:b:c:*:*:*"."#,
        ),
        (
            &[("Resource", r#""a:b:c:d:e:f:g:h""#)],
            r#"Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h"."#,
        ),
        (
            &[("Resource", r#""aws:s3:::b""#)],
            r#"Partition "s3" is not valid for resource "arn:s3:::b:*"."#,
        ),
        (
            &[("Resource", r#"["arn:error:s3:::b","arn:error:s3::b"]"#)],
            r#"Partition "error" is not valid for resource "arn:error:s3:::b"."#,
        ),
        (
            &[("Resource", r#""arn:aws""#)],
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (&[("Resource", r#""arn:aws:s3::b""#)], UNREAD),
        (&[("Action", gone), ("Resource", r#""arn:aws:s3::b""#)], UNREAD),
        (&[("Resource", gone), ("NotResource", r#""arn:aws:s3::b""#)], UNREAD),
        (&[("Resource", r#""arn:aws::::b""#)], UNREAD),
        (&[("Resource", r#""arn:aws::b""#)], UNREAD),
        (
            &[("Resource", r#""arn:aws:s3:us-east-1::b""#)],
            "Resource arn:aws:s3:us-east-1::b can not contain region information.",
        ),
        (
            &[("Resource", r#""arn:aws:iam:us-east-1::b""#)],
            "IAM resource arn:aws:iam:us-east-1::b cannot contain region information.",
        ),
        (
            &[("Resource", r#""arn:aws:route53:eu-west-1::hostedzone/*""#)],
            "Resource arn:aws:route53:eu-west-1::hostedzone/* can not contain region information.",
        ),
        (
            &[("Resource", r#""arn:aws:route53::123456789012:hostedzone/*""#)],
            "Resource arn:aws:route53::123456789012:hostedzone/* cannot contain an account id.",
        ),
        (
            &[("Resource", r#""arn:aws:iam:::b""#)],
            "IAM resource path must either be \"*\", root, or start with user/, federated-user/, role/, group/, \
             instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, \
             access-report/.",
        ),
        (&[("Condition", "[]")], SYNTAX),
        (&[("Condition", r#"{"x":{"aws:a":"1"}}"#)], SYNTAX),
        (
            &[("Condition", r#"{"ForAnyValue::StringEquals":{"aws:a":"1"}}"#)],
            SYNTAX,
        ),
        (
            &[("Condition", r#"{"DateGreaterThan":{"a":{}}}"#), ("Action", gone)],
            SYNTAX,
        ),
        (&[("Condition", r#"{"DateGreaterThan":{"a":"never"}}"#)], UNREAD),
        (
            &[
                ("Condition", r#"{"DateGreaterThan":{"a":"never"}}"#),
                ("Resource", r#""arn:error:s3:::b""#),
            ],
            UNREAD,
        ),
        (
            &[
                ("Condition", r#"{"DateGreaterThan":{"a":"never"}}"#),
                ("Action", gone),
                ("Resource", gone),
            ],
            UNREAD,
        ),
    ] {
        assert_eq!(refusal(Kind::Managed, &but(members)), message, "{members:?}");
    }
}

#[test]
fn the_document_is_read_before_its_statements() {
    let listed =
        |statements: &[String]| format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let same = [("Sid", r#""same""#)];
    let twice = listed(&[statement_but(&same), r#"{"Sid":"same","Effect":"Allow"}"#.to_owned()]);
    let odd = listed(&[
        statement_but(&[("Sid", r#""same""#), ("Effect", r#""aLLow""#)]),
        statement_but(&same),
    ]);
    let without_version = |document: &str| document.replace(r#""Version":"2012-10-17","#, "");
    for (document, message) in [
        ("no document".to_owned(), SYNTAX),
        (listed(&[]), SYNTAX),
        (listed(&[r#""s""#.to_owned()]), SYNTAX),
        (
            listed(&[r#"{"Effect":"Deny"}"#.to_owned(), statement_but(&[])]),
            NO_ACTIONS,
        ),
        (twice.clone(), TWICE),
        (without_version(&twice), OLD),
        (odd.clone(), UNREAD),
        (without_version(&odd), OLD),
        (without_version(&but(&[])), OLD),
        (but(&[]).replace("2012", "2008"), OLD),
        (but(&[]).replace("2012", "2013"), SYNTAX),
    ] {
        assert_eq!(refusal(Kind::Managed, &document), message, "{document}");
    }
    let text = "no document";
    assert_eq!(refusal(Kind::Trust, text), "This policy contains invalid Json");
}

/// AWS took each of these as a managed policy.
#[test]
fn what_aws_takes_is_taken() {
    for members in [
        &[("Action", r#""iam: any thing ""#)][..],
        &[("Action", r#""s3-s:L""#)],
        &[("Action", r#""s3.s:L""#)],
        &[("Resource", r#"["arn:aws:s3:::b","*"]"#)],
        &[("Resource", r#""arn:aws:iam:::user/b""#)],
        &[("Resource", r#""arn:aws:iam::*:user/${aws:username}""#)],
        &[("Resource", r#""arn:aws:iam::123456789012:root""#)],
        &[("Resource", r#""arn:aws:none""#)],
        &[("Resource", r#""arn:aws:none:us-east-1::b""#)],
        &[("Resource", r#""arn:aws:s3:us-west-2:123456789012:accesspoint/p""#)],
        &[("Sid", r#""""#)],
        &[("Condition", "{}")],
        &[("Condition", r#"{"DateGreaterThan":{}}"#)],
        &[("Condition", r#"{"DateGreaterThan":{"a":[]}}"#)],
        &[(
            "Condition",
            r#"{"DateGreaterThan":{"a":"2016-12-13t2:00:00.593194+23"}}"#,
        )],
        &[("Condition", r#"{"x":{}}"#)],
        &[("Condition", r#"{"ForAnyValue:StringEqualsIfExists":{"a":"b"}}"#)],
    ] {
        assert_eq!(refusal(Kind::Managed, &but(members)), "accepted", "{members:?}");
    }
}
