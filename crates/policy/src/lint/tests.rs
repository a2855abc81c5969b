use super::*;

const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/oidc.example/id/1";

/// The names of what is found in a policy of one statement with these members.
fn names(members: &str) -> Vec<&'static str> {
    found(&format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#))
}

fn found(policy: &str) -> Vec<&'static str> {
    lint(policy, &Options::default())
        .into_iter()
        .map(|finding| finding.check)
        .collect()
}

fn identity(rest: &str) -> Vec<&'static str> {
    names(&format!(r#""Effect":"Allow",{rest}"#))
}

fn condition(condition: &str) -> Vec<&'static str> {
    identity(&format!(
        r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}"#
    ))
}

fn trust(conditions: &str) -> Vec<&'static str> {
    names(&format!(
        r#""Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{conditions}"#
    ))
}

#[test]
fn a_good_policy_has_no_findings() {
    let good = [
        r#""Action":["s3:GetObject","s3:List*"],"Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/${aws:username}/*"]"#,
        r#""Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/app""#,
        r#""Action":"ec2:RunInstances","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#,
        r#""Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#,
    ];
    for members in good {
        assert_eq!(identity(members), [""; 0], "{members}");
    }
    let trusted = r#"{"StringEquals":{"oidc.example/id/1:aud":"sts.amazonaws.com","oidc.example/id/1:sub":"system:serviceaccount:default:app"}}"#;
    assert_eq!(trust(trusted), [""; 0]);
}

#[test]
fn each_check_finds_what_it_is_for() {
    let any = r#""Resource":"*""#;
    let get = r#""Action":"s3:GetObject""#;
    for (members, check) in [
        (format!(r#""Action":"s4:GetObject",{any}"#), "INVALID_SERVICE_IN_ACTION"),
        (format!(r#""Action":"s3:GetObjekt",{any}"#), "INVALID_ACTION"),
        (format!(r#""Action":"s*:GetObject",{any}"#), "INVALID_POLICY_ELEMENT"),
        (
            format!(r#""Action":["s3:Get*","s3:GetObject"],{any}"#),
            "REDUNDANT_ACTION",
        ),
        (
            format!(r#"{get},"Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b/c"]"#),
            "REDUNDANT_RESOURCE",
        ),
        (
            format!(r#"{get},"Resource":"arn:aws:S3:::b/*""#),
            "INVALID_ARN_SERVICE_CASE",
        ),
        (
            format!(r#"{get},"Resource":"arn:aws:s3:eu-west-1::b""#),
            "ARN_REGION_NOT_ALLOWED",
        ),
        (
            format!(r#"{get},"Resource":"arn:aws:s3::123456789012:b""#),
            "ARN_ACCOUNT_NOT_ALLOWED",
        ),
        (
            format!(r#"{get},"Resource":"arn:aws:iam::12345:role/x""#),
            "INVALID_ARN_ACCOUNT",
        ),
        (
            format!(r#"{get},"Resource":"arn:aws:s3:::b/${{aws:username""#),
            "MISSING_BRACE_IN_VARIABLE",
        ),
        (format!(r#"{get},"Resource":"arn:aws:s3:::b/${{}}""#), "EMPTY_VARIABLE"),
        (
            format!(r#"{get},"Resource":"arn:aws:s3:::b/${{aws:user name}}""#),
            "UNSUPPORTED_SPACE_IN_VARIABLE",
        ),
        (format!(r#""Sid":"",{get},{any}"#), "EMPTY_SID_VALUE"),
        (
            format!(r#""Action":"iam:PassRole",{any}"#),
            "PASS_ROLE_WITH_STAR_IN_RESOURCE",
        ),
        (
            format!(r#""Action":"iam:*",{any}"#),
            "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
        ),
        (
            format!(r#""NotAction":"s3:*",{any}"#),
            "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
        ),
        (
            r#""Action":"iam:PassRole","NotResource":"arn:aws:iam::123456789012:role/admin""#.to_owned(),
            "PASS_ROLE_WITH_NOT_RESOURCE",
        ),
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::123456789012:role/admin""#.to_owned(),
            "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
        ),
        (
            r#""NotAction":"s3:*","NotResource":"arn:aws:iam::123456789012:role/admin""#.to_owned(),
            "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
        ),
        (
            format!(r#""Action":"iam:CreateServiceLinkedRole",{any}"#),
            "CREATE_SLR_WITH_STAR_IN_RESOURCE",
        ),
    ] {
        let found = identity(&members);
        assert!(found.contains(&check), "{members}: {found:?}");
    }
    for (text, check) in [
        (r#"{"StringEqual":{"s3:prefix":"a"}}"#, "INVALID_CONDITION_OPERATOR"),
        (
            r#"{"StringEquals":{"aws:Nothing":"a"}}"#,
            "INVALID_GLOBAL_CONDITION_KEY",
        ),
        (
            r#"{"StringEquals":{"aws:PrincipalTag":"a"}}"#,
            "MISSING_TAG_KEY_IN_CONDITION",
        ),
        (
            r#"{"StringEquals":{"s3:nothing":"a"}}"#,
            "INVALID_SERVICE_CONDITION_KEY",
        ),
        (r#"{"IpAddress":{"s3:prefix":"10.0.0.0/8"}}"#, "TYPE_MISMATCH"),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, "PRIVATE_IP_ADDRESS"),
        (
            r#"{"NotIpAddress":{"aws:SourceIp":"192.168.1.1"}}"#,
            "PRIVATE_NOT_IP_ADDRESS",
        ),
        (
            r#"{"IpAddress":{"aws:SourceIp":"300.1.1.1"}}"#,
            "TYPE_MISMATCH_IP_RANGE",
        ),
        (r#"{"NumericLessThan":{"s3:max-keys":"ten"}}"#, "TYPE_MISMATCH_NUMBER"),
        (r#"{"DateLessThan":{"aws:CurrentTime":"soon"}}"#, "TYPE_MISMATCH_DATE"),
        (r#"{"Bool":{"aws:SecureTransport":"yes"}}"#, "TYPE_MISMATCH_BOOLEAN"),
        (
            r#"{"StringEquals":{"s3:prefix":"a*"}}"#,
            "WILDCARD_WITHOUT_LIKE_OPERATOR",
        ),
        (r#"{"NullIfExists":{"s3:prefix":"true"}}"#, "NULL_WITH_IF_EXISTS"),
        (
            r#"{"ForAllValues:StringEquals":{"aws:PrincipalArn":"a"}}"#,
            "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
        ),
        (r#"{"StringEquals":{"s3:prefix":[]}}"#, "EMPTY_ARRAY_CONDITION"),
    ] {
        let found = condition(text);
        assert!(found.contains(&check), "{text}: {found:?}");
    }
}

#[test]
fn whole_policies_are_looked_at_too() {
    let statement = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
    let named = r#"{"Sid":"a","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#;
    let policy = |statements: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    assert_eq!(
        found(&policy(&format!("{statement},{statement}"))),
        ["REDUNDANT_STATEMENT"]
    );
    assert_eq!(
        found(&policy(&format!("{statement},{named}"))),
        ["UNIQUE_SIDS_RECOMMENDED"]
    );
    assert_eq!(found(&policy(&format!("{named},{named}")))[0], "UNIQUE_SIDS_REQUIRED");
    assert_eq!(found("{"), ["JSON_SYNTAX_ERROR"]);
    let bucket = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}"}]}"#;
    assert_eq!(found(bucket), ["MISSING_VERSION", "VARIABLE_UNSUPPORTED_IN_VERSION"]);
}

#[test]
fn trust_in_service_accounts_is_looked_at() {
    let audience = r#""oidc.example/id/1:aud":"sts.amazonaws.com""#;
    let subject = r#""oidc.example/id/1:sub":"system:serviceaccount:default:app""#;
    assert_eq!(
        trust(&format!(r#"{{"StringEquals":{{{audience}}}}}"#)),
        ["WEB_IDENTITY_WITHOUT_SUBJECT"]
    );
    assert_eq!(
        trust(&format!(r#"{{"StringEquals":{{{subject}}}}}"#)),
        ["WEB_IDENTITY_WITHOUT_AUDIENCE"]
    );
    for (pattern, crosses) in [
        ("system:serviceaccount:default:*", false),
        ("system:serviceaccount:*:app", true),
        ("system:serviceaccount:team-*:app", true),
        ("system:serviceaccount:*", true),
        ("*", true),
    ] {
        let conditions =
            format!(r#"{{"StringEquals":{{{audience}}},"StringLike":{{"oidc.example/id/1:sub":"{pattern}"}}}}"#);
        let found = trust(&conditions);
        assert_eq!(
            found.contains(&"WEB_IDENTITY_SUBJECT_CROSSES_NAMESPACES"),
            crosses,
            "{pattern}: {found:?}"
        );
    }
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{{audience},{subject}}}}}}}]}}"#
    );
    let with = |providers: &[String]| {
        let options = Options {
            providers: Some(providers),
            ..Options::default()
        };
        lint(&policy, &options)
    };
    assert_eq!(with(&[PROVIDER.to_owned()]), []);
    assert_eq!(with(&[])[0].check, "UNKNOWN_OIDC_PROVIDER");
    let mismatched = policy.replace("sts:AssumeRoleWithWebIdentity", "sts:AssumeRole");
    assert_eq!(found(&mismatched), ["MISMATCHED_ACTION_FOR_PRINCIPAL"]);
    let everybody = r#""Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole""#;
    assert_eq!(names(everybody), ["TRUST_IN_EVERYBODY"]);
    let not = r#""Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;
    assert!(names(not).contains(&"ALLOW_WITH_NOT_PRINCIPAL"));
    let service = r#""Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*""#;
    assert_eq!(names(service), ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"]);
}

#[test]
fn findings_have_their_place_and_a_hint() {
    let policy = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Effect\": \"Allow\",\n    \"Action\": \"s3:GetObjekt\",\n    \"Resource\": \"*\"\n  }\n}";
    let findings = lint(policy, &Options::default());
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].place(policy), (5, 15));
    assert!(
        findings[0].message.contains("`GetObject` is meant?"),
        "{}",
        findings[0].message
    );
}

#[test]
fn every_check_is_in_the_documentation() {
    let page = include_str!("../../../../docs/policy-lint.md");
    let sources = [
        include_str!("../lint.rs"),
        include_str!("conditions.rs"),
        include_str!("elements.rs"),
        include_str!("redundant.rs"),
        include_str!("security.rs"),
        include_str!("trust.rs"),
    ];
    let is_name = |text: &str| {
        text.len() > 8 && text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    let mut count = 0;
    for name in sources
        .iter()
        .flat_map(|source| source.split('"'))
        .filter(|text| is_name(text))
    {
        assert!(
            page.contains(&format!("`{name}`")),
            "{name} is not in docs/policy-lint.md"
        );
        count += 1;
    }
    assert!(count > 50, "{count}");
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_panic(text in "[{}\\[\\]\":,a-zA-Z0-9*$ ]{0,200}") {
        let _ = lint(&text, &Options::default());
    }
}
