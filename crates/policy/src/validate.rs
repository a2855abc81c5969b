//! What AWS refuses when a policy is written, in its own sentences, with the place.
//!
//! [`Policy::parse`] says whether a text is a policy at all; this says whether it may be used as what it is meant for.
//! Sizes are limits of the place where a policy is kept, and are checked there.

use crate::{
    condition::Operator,
    document::{Element, Malformed, Policy, PrincipalType, Statement, Version},
};

/// What a policy is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An inline policy of a user, group or role.
    Identity,
    /// A managed policy, attached or as a permissions boundary.
    Managed,
    /// A role's trust policy.
    Trust,
    /// The policy of a resource, such as a bucket.
    Resource,
    /// A session policy.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
}

/// Refuses what AWS refuses.
pub fn validate(policy: &Policy, kind: Kind) -> Result<(), Malformed> {
    let identity = matches!(
        kind,
        Kind::Identity | Kind::Managed | Kind::Session | Kind::ServiceControl
    );
    // Inline and session policies may still be of the older version, as templates without any `Version` are.
    let newer = matches!(kind, Kind::Managed | Kind::ServiceControl | Kind::ResourceControl);
    if newer && policy.version != Version::V2012 {
        return Err(Malformed::new(
            "Policy document must be version 2012-10-17 or greater.",
            0,
            "add `\"Version\": \"2012-10-17\"`",
        ));
    }
    if let Some((at, c)) = policy.source.char_indices().find(|(_, c)| !is_allowed(*c)) {
        return Err(Malformed::new(
            SYNTAX,
            at,
            format!("the character `{}` is not allowed in a policy", c.escape_unicode()),
        ));
    }
    if policy.statements.is_empty() {
        return Err(Malformed::new(SYNTAX, 0, "a policy must have at least one statement"));
    }
    for (index, statement) in policy.statements.iter().enumerate() {
        let sid = statement.sid.as_deref().filter(|sid| !sid.is_empty());
        let twice = |other: &Statement| sid.is_some() && other.sid.as_deref() == sid;
        if policy.statements.iter().take(index).any(twice) {
            return Err(Malformed::new(
                "Statement IDs (SID) in a single policy must be unique.",
                statement.at,
                format!("the Sid `{}` stands twice", sid.unwrap_or_default()),
            ));
        }
        if identity || kind == Kind::Trust {
            let alphanumeric = sid.is_none_or(|sid| sid.bytes().all(|b| b.is_ascii_alphanumeric()));
            if !alphanumeric {
                return Err(Malformed::new(
                    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
                    statement.at,
                    "a Sid has letters and digits only",
                ));
            }
        }
        if kind == Kind::ResourceControl {
            resource_control(statement)?;
        }
        principal(statement, kind)?;
        actions(statement, kind)?;
        resources(statement, kind)?;
        conditions(statement)?;
    }
    Ok(())
}

/// "Customer managed RCPs" only deny, and everybody (Organizations User Guide: RCP syntax).
fn resource_control(statement: &Statement) -> Result<(), Malformed> {
    let wrong = |at, why: &str| Err(Malformed::new(SYNTAX, at, why));
    if statement.effect != crate::Effect::Deny {
        return wrong(statement.at, "a resource control policy may only deny");
    }
    if let Some(principals) = &statement.principal {
        let everybody = principals.entries.iter().all(|(_, text)| text.text == "*");
        if principals.negated || !everybody {
            return wrong(principals.at, "the principal of a resource control policy is `*`");
        }
    }
    if let Some(action) = &statement.action {
        if action.negated {
            return wrong(action.at, "a resource control policy has no `NotAction`");
        }
        if let Some(all) = action.values.iter().find(|value| value.text == "*") {
            return wrong(all.at, "a resource control policy names a service in each action");
        }
    }
    Ok(())
}

const SYNTAX: &str = "Syntax errors in policy.";

/// "Characters allowed in a policy document" (IAM User Guide: IAM and AWS STS quotas).
fn is_allowed(c: char) -> bool {
    matches!(c, '\u{9}' | '\u{a}' | '\u{d}' | '\u{20}'..='\u{ff}')
}

fn principal(statement: &Statement, kind: Kind) -> Result<(), Malformed> {
    let needs = matches!(kind, Kind::Trust | Kind::Resource | Kind::ResourceControl);
    match (&statement.principal, needs) {
        (None, true) if kind == Kind::Trust => Err(Malformed::new(
            "Missing required field Principal",
            statement.at,
            "a trust policy says whom it trusts",
        )),
        (None, true) => Err(Malformed::new(
            "Missing required field Principal",
            statement.at,
            "a resource's policy says about whom it is",
        )),
        (Some(principals), false) => Err(Malformed::new(
            "Policy document should not specify a principal.",
            principals.at,
            "the principal is whoever the policy is attached to",
        )),
        (Some(principals), true) => {
            if principals.negated && kind == Kind::Trust {
                return Err(Malformed::new(
                    "AssumeRolepolicy contained an invalid principal.",
                    principals.at,
                    "a trust policy must not use `NotPrincipal`",
                ));
            }
            for (kind_of, text) in &principals.entries {
                let wrong = || {
                    let name = match kind_of {
                        // As AWS writes it in this sentence.
                        PrincipalType::Service => "SERVICE",
                        other => other.name(),
                    };
                    let message = format!("Invalid principal in policy: \"{name}\":\"{}\"", text.text);
                    Malformed::new(message, text.at, "no such principal can be")
                };
                if *kind_of == PrincipalType::Everyone && kind == Kind::Trust {
                    return Err(Malformed::new(
                        "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".",
                        text.at,
                        "a trust policy names everybody by `{\"AWS\": \"*\"}`",
                    ));
                }
                if *kind_of == PrincipalType::Aws && !is_aws_principal(&text.text) {
                    return Err(wrong());
                }
                if *kind_of == PrincipalType::Service && !is_service(&text.text) {
                    return Err(wrong());
                }
                if *kind_of == PrincipalType::Federated && !is_provider(&text.text) {
                    return Err(match kind {
                        Kind::Trust => Malformed::new(
                            "Federated principals must be valid domain names or SAML metadata ARNs",
                            text.at,
                            "name the provider by its ARN",
                        ),
                        _ => wrong(),
                    });
                }
                if *kind_of == PrincipalType::CanonicalUser && (kind == Kind::Trust || !is_canonical_user(&text.text)) {
                    return Err(wrong());
                }
            }
            Ok(())
        }
        (None, false) => Ok(()),
    }
}

/// Labels of letters, digits, `-` and `_`, at least two.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    text.contains('.') && text.split('.').all(is_label)
}

/// `SERVICE.amazonaws.com`, in one of the domains that AWS's services are in. Which services there are, AWS alone knows.
fn is_service(text: &str) -> bool {
    const DOMAINS: [&str; 4] = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal"];
    is_domain(text) && DOMAINS.iter().any(|domain| text.ends_with(domain))
}

/// A domain, such as `accounts.google.com`, or the ARN of an OIDC or SAML provider. That there is such a provider, AWS does
/// not check.
fn is_provider(text: &str) -> bool {
    if !text.starts_with("arn:") {
        return is_domain(text);
    }
    let Some(("iam", resource)) = of_account(text) else {
        return false;
    };
    let name = resource
        .strip_prefix("oidc-provider/")
        .or_else(|| resource.strip_prefix("saml-provider/"));
    name.is_some_and(|name| !name.is_empty())
}

/// The service and the resource of an ARN of an account, and of no region.
fn of_account(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, resource] = parts[..] else {
        return None;
    };
    (!partition.is_empty() && is_account(account)).then_some((service, resource))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// 64 hexadecimal digits. Only the policies of buckets name accounts so (S3 User Guide: Principals for bucket policies).
pub(crate) fn is_canonical_user(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `*`, an account, an ARN of an account, user, role or session, or a unique id. A `*` inside an ARN is none.
pub(crate) fn is_aws_principal(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    if text.contains(['*', '?']) {
        return false;
    }
    let id = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if id || is_account(text) {
        return true;
    }
    let Some((service, resource)) = of_account(text) else {
        return false;
    };
    match (service, resource.split_once('/').unwrap_or((resource, ""))) {
        ("iam", ("root", "")) => true,
        ("sts", ("assumed-role", name)) => name
            .split_once('/')
            .is_some_and(|(role, session)| !role.is_empty() && !session.is_empty()),
        ("iam", ("user" | "role", name)) | ("sts", ("federated-user", name)) => !name.is_empty(),
        _ => false,
    }
}

fn actions(statement: &Statement, kind: Kind) -> Result<(), Malformed> {
    let Some(element) = statement.action.as_ref().filter(|element| !element.values.is_empty()) else {
        return Err(Malformed::new(
            "Policy statement must contain actions.",
            statement.at,
            "add `Action` or `NotAction`",
        ));
    };
    for value in &element.values {
        let text = value.text.as_str();
        if text == "*" {
            if kind == Kind::Trust {
                return Err(not_sts(value.at));
            }
            continue;
        }
        let Some((vendor, name)) = text.split_once(':') else {
            return Err(Malformed::new(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                value.at,
                format!("`{text}` names no service"),
            ));
        };
        if name.contains(':') {
            return Err(Malformed::new(
                "Actions/Condition can contain only one colon.",
                value.at,
                format!("`{text}` has more"),
            ));
        }
        if vendor.is_empty()
            || !vendor
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_' || b == b'.')
        {
            return Err(Malformed::new(
                format!("Vendor {vendor} is not valid"),
                value.at,
                "a service's name has no wildcards",
            ));
        }
        let in_form = |b: u8| b.is_ascii_alphanumeric() || b"*?_-".contains(&b);
        if name.is_empty() || !name.bytes().all(in_form) {
            return Err(Malformed::new(
                "The policy failed legacy parsing",
                value.at,
                format!("`{text}` is no action"),
            ));
        }
        if kind == Kind::Trust && !vendor.eq_ignore_ascii_case("sts") {
            return Err(not_sts(value.at));
        }
    }
    Ok(())
}

fn not_sts(at: usize) -> Malformed {
    Malformed::new(
        "AssumeRole policy may only specify STS AssumeRole actions.",
        at,
        "a trust policy is about actions of `sts`",
    )
}

fn resources(statement: &Statement, kind: Kind) -> Result<(), Malformed> {
    let element = statement.resource.as_ref();
    if kind == Kind::Trust {
        return match element {
            Some(Element { at, .. }) => Err(Malformed::new(
                "Has prohibited field Resource",
                *at,
                "the resource is the role that the policy belongs to",
            )),
            None => Ok(()),
        };
    }
    let Some(element) = element.filter(|element| !element.values.is_empty()) else {
        return Err(Malformed::new(
            "Policy statement must contain resources.",
            statement.at,
            "add `Resource` or `NotResource`",
        ));
    };
    for value in &element.values {
        let text = value.text.as_str();
        if text == "*" {
            continue;
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, vendor, _, _, _] = parts[..] else {
            let message = format!("Resource {text} must be in ARN format or \"*\".");
            return Err(Malformed::new(
                message,
                value.at,
                "an ARN has six parts divided by colons",
            ));
        };
        let known = [
            "aws",
            "aws-cn",
            "aws-us-gov",
            "aws-iso",
            "aws-iso-b",
            "aws-iso-e",
            "aws-iso-f",
            "aws-eusc",
        ];
        if !known.contains(&partition) && !partition.contains('*') {
            let message = format!("Partition \"{partition}\" is not valid for resource \"{text}\".");
            return Err(Malformed::new(message, value.at, "no partition of AWS has this name"));
        }
        if vendor.is_empty() || vendor.contains(['*', '?']) {
            let message = format!("Vendor {vendor} is not valid");
            return Err(Malformed::new(
                message,
                value.at,
                "the service of an ARN has no wildcards",
            ));
        }
    }
    Ok(())
}

fn conditions(statement: &Statement) -> Result<(), Malformed> {
    for condition in &statement.conditions {
        if Operator::parse(&condition.operator).is_none() {
            let message = format!("Invalid Condition type : {}.", condition.operator);
            return Err(Malformed::new(
                message,
                condition.at,
                format!("`{}` is no operator", condition.operator),
            ));
        }
        if !condition.key.contains(':') {
            return Err(Malformed::new(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                condition.at,
                format!("the key `{}` names no service", condition.key),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(kind: Kind, text: &str) -> String {
        let policy = Policy::parse(text).unwrap();
        validate(&policy, kind).map_or_else(|malformed| malformed.message, |()| "accepted".to_owned())
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
        assert_eq!(
            refused(r#""Action":"s3:x","Resource":"*","Condition":{"Like":{"a:b":"c"}}"#),
            "Invalid Condition type : Like."
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
}
