//! What AWS refuses when a policy is written, in its own sentences, with the place.
//!
//! [`Policy::parse`] says whether a text is a policy at all; this says whether it may be used as what it is meant for.
//! Sizes are limits of the place where a policy is kept, and are checked there.

mod dates;
mod resources;

pub(crate) use self::resources::PARTITIONS;
use crate::{
    condition::Operator,
    document::{Element, Malformed, Policy, PrincipalType, SYNTAX, Statement, Version},
    pattern::{Meaning, Pattern},
    request::lower,
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

/// Refuses what AWS refuses, in its order: a document that is wrong twice gets the sentence that AWS gives it.
pub fn validate(policy: &Policy, kind: Kind) -> Result<(), Malformed> {
    syntax(policy, kind)?;
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
    let statements = &policy.statements;
    statements.iter().try_for_each(old_parser)?;
    // Told after what is missing; but what the older parser does not read is told before.
    let mut ill_named = Ok(());
    for element in statements.iter().filter_map(|statement| statement.resource.as_ref()) {
        ill_named = ill_named.and_then(|()| resources::check(element));
        if ill_named.is_ok() {
            resources::old_parser(element)?;
        }
    }
    sids(statements, kind)?;
    if kind == Kind::ResourceControl {
        statements.iter().try_for_each(resource_control)?;
    }
    statements.iter().try_for_each(|statement| principal(statement, kind))?;
    statements.iter().try_for_each(has_actions)?;
    statements
        .iter()
        .try_for_each(|statement| has_resources(statement, kind))?;
    ill_named?;
    statements.iter().try_for_each(|statement| actions(statement, kind))
}

/// What AWS's parser of the language does not read, beside what is no policy in form.
fn syntax(policy: &Policy, kind: Kind) -> Result<(), Malformed> {
    if policy.statements.is_empty() {
        return Err(Malformed::new(SYNTAX, 0, "a policy must have at least one statement"));
    }
    for condition in policy.statements.iter().flat_map(|statement| &statement.conditions) {
        let (at, operator) = (condition.at, &condition.operator);
        if Operator::parse(operator).is_none() {
            let message = match kind {
                Kind::Resource => format!("Invalid Condition type : {operator}."),
                _ => SYNTAX.to_owned(),
            };
            return Err(Malformed::new(message, at, format!("`{operator}` is no operator")));
        }
        if kind == Kind::Resource && !condition.key.contains(':') {
            let why = format!("the key `{}` names no service", condition.key);
            return Err(Malformed::new(NO_VENDOR, at, why));
        }
    }
    Ok(())
}

/// What AWS's older parser does not read, which each policy has to pass, too.
fn old_parser(statement: &Statement) -> Result<(), Malformed> {
    if let Some(at) = statement.odd_effect {
        return Err(Malformed::new(UNREAD, at, "`Effect` must be `Allow` or `Deny`"));
    }
    let is_of_dates = |operator: &str| Operator::parse(operator).is_some_and(Operator::is_of_dates);
    let conditions = statement.conditions.iter();
    let mut values = conditions
        .filter(|condition| is_of_dates(&condition.operator))
        .flat_map(|condition| &condition.values);
    match values.find(|value| !dates::is_date(&value.text)) {
        Some(value) => Err(Malformed::new(UNREAD, value.at, format!("`{}` is no date", value.text))),
        None => Ok(()),
    }
}

fn sids(statements: &[Statement], kind: Kind) -> Result<(), Malformed> {
    let alphanumeric = !matches!(kind, Kind::Resource | Kind::ResourceControl);
    for (index, statement) in statements.iter().enumerate() {
        let Some(sid) = statement.sid.as_deref().filter(|sid| !sid.is_empty()) else {
            continue;
        };
        let twice = |other: &Statement| other.sid.as_deref() == Some(sid);
        if statements.iter().take(index).any(twice) {
            return Err(Malformed::new(
                "Statement IDs (SID) in a single policy must be unique.",
                statement.at,
                format!("the Sid `{sid}` stands twice"),
            ));
        }
        if alphanumeric && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Malformed::new(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
                statement.at,
                "a Sid has letters and digits only",
            ));
        }
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

const NO_VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const UNREAD: &str = "The policy failed legacy parsing";

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

/// An element, if there is something in it.
fn listed(element: Option<&Element>) -> Option<&Element> {
    element.filter(|element| !element.values.is_empty())
}

fn has_actions(statement: &Statement) -> Result<(), Malformed> {
    match listed(statement.action.as_ref()) {
        Some(_) => Ok(()),
        None => Err(Malformed::new(
            "Policy statement must contain actions.",
            statement.at,
            "add `Action` or `NotAction`",
        )),
    }
}

fn has_resources(statement: &Statement, kind: Kind) -> Result<(), Malformed> {
    match (&statement.resource, kind) {
        (None, Kind::Trust) => Ok(()),
        (Some(Element { at, .. }), Kind::Trust) => Err(Malformed::new(
            "Has prohibited field Resource",
            *at,
            "the resource is the role that the policy belongs to",
        )),
        (resource, _) if listed(resource.as_ref()).is_some() => Ok(()),
        _ => Err(Malformed::new(
            "Policy statement must contain resources.",
            statement.at,
            "add `Resource` or `NotResource`",
        )),
    }
}

fn actions(statement: &Statement, kind: Kind) -> Result<(), Malformed> {
    for value in statement.action.iter().flat_map(|element| &element.values) {
        let text = value.text.as_str();
        if text == "*" {
            if kind == Kind::Trust {
                return Err(not_sts(value.at));
            }
            continue;
        }
        let Some((vendor, name)) = text.split_once(':') else {
            return Err(Malformed::new(
                NO_VENDOR,
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
        // AWS takes any name, also one that no action has: it then matches none.
        if name.is_empty() {
            return Err(Malformed::new(UNREAD, value.at, format!("`{text}` is no action")));
        }
        if kind == Kind::Trust && !(vendor.eq_ignore_ascii_case("sts") && is_of_trust(name)) {
            return Err(not_sts(value.at));
        }
    }
    Ok(())
}

/// Whether this name, or this pattern, means one of the actions that trust policies decide on.
fn is_of_trust(name: &str) -> bool {
    const ACTIONS: [&str; 6] = [
        "assumerole",
        "assumerolewithsaml",
        "assumerolewithwebidentity",
        "setcontext",
        "setsourceidentity",
        "tagsession",
    ];
    let meaning = Meaning {
        wildcards: true,
        variables: false,
    };
    let pattern = Pattern::new(&lower(name), meaning);
    ACTIONS.iter().any(|action| pattern.could_match(action))
}

fn not_sts(at: usize) -> Malformed {
    Malformed::new(
        "AssumeRole policy may only specify STS AssumeRole actions.",
        at,
        "a trust policy is about actions of `sts`",
    )
}

#[cfg(test)]
mod tests;
