//! Conditions: operators, keys, and whether the values fit both.

use super::{Category, Findings, Services, elements::variables, split_action};
use crate::{
    catalogue::KeyType,
    document::{Condition, Effect, Policy, Statement},
    values::{self, Network, Number},
};

/// The global condition keys, their types, and whether they have several values (IAM User Guide: AWS global condition
/// context keys). `/` at the end stands for a tag's key.
#[rustfmt::skip]
const GLOBAL: &[(&str, KeyType, bool)] = &[
    ("aws:PrincipalArn", KeyType::Arn, false), ("aws:SourceArn", KeyType::Arn, false),
    ("aws:ChatbotSourceArn", KeyType::Arn, false),
    ("aws:PrincipalAccount", KeyType::String, false), ("aws:PrincipalOrgID", KeyType::String, false),
    ("aws:PrincipalOrgPaths", KeyType::String, true), ("aws:PrincipalTag/", KeyType::String, false),
    ("aws:PrincipalServiceName", KeyType::String, false), ("aws:PrincipalServiceNamesList", KeyType::String, true),
    ("aws:PrincipalType", KeyType::String, false), ("aws:PrincipalIsAWSService", KeyType::Bool, false),
    ("aws:userid", KeyType::String, false), ("aws:username", KeyType::String, false),
    ("aws:AssumedRoot", KeyType::Bool, false), ("aws:FederatedProvider", KeyType::String, false),
    ("aws:TokenIssueTime", KeyType::Date, false), ("aws:MultiFactorAuthAge", KeyType::Numeric, false),
    ("aws:MultiFactorAuthPresent", KeyType::Bool, false), ("aws:SourceIdentity", KeyType::String, false),
    ("aws:Ec2InstanceSourceVpc", KeyType::String, false), ("aws:Ec2InstanceSourcePrivateIPv4", KeyType::IpAddress, false),
    ("aws:SourceIp", KeyType::IpAddress, false), ("aws:VpcSourceIp", KeyType::IpAddress, false),
    ("aws:SourceVpc", KeyType::String, false), ("aws:SourceVpcArn", KeyType::Arn, false),
    ("aws:SourceVpce", KeyType::String, false), ("aws:VpceAccount", KeyType::String, false),
    ("aws:VpceOrgID", KeyType::String, false), ("aws:VpceOrgPaths", KeyType::String, true),
    ("aws:ResourceAccount", KeyType::String, false), ("aws:ResourceOrgID", KeyType::String, false),
    ("aws:ResourceOrgPaths", KeyType::String, true), ("aws:ResourceTag/", KeyType::String, false),
    ("aws:RequestTag/", KeyType::String, false), ("aws:TagKeys", KeyType::String, true),
    ("aws:CalledVia", KeyType::String, true), ("aws:CalledViaFirst", KeyType::String, false),
    ("aws:CalledViaLast", KeyType::String, false), ("aws:ViaAWSService", KeyType::Bool, false),
    ("aws:ViaAWSMCPService", KeyType::Bool, false), ("aws:IsMcpServiceAction", KeyType::Bool, false),
    ("aws:CalledViaAWSMCP", KeyType::String, false), ("aws:CurrentTime", KeyType::Date, false),
    ("aws:EpochTime", KeyType::Date, false), ("aws:referer", KeyType::String, false),
    ("aws:RequestedRegion", KeyType::String, false), ("aws:SecureTransport", KeyType::Bool, false),
    ("aws:SourceAccount", KeyType::String, false), ("aws:SourceOwner", KeyType::String, false),
    ("aws:SourceOrgID", KeyType::String, false), ("aws:SourceOrgPaths", KeyType::String, true),
    ("aws:UserAgent", KeyType::String, false),
];

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

pub(super) fn check(policy: &Policy, statement: &Statement, services: &mut Services, findings: &mut Findings) {
    for condition in &statement.conditions {
        let (quantifier, base, if_exists) = affixes(&condition.operator);
        let Some(family) = family(base) else {
            findings.add(
                Category::Error,
                "INVALID_CONDITION_OPERATOR",
                condition.at,
                format!("there is no operator `{}`", condition.operator),
            );
            continue;
        };
        if family == Family::Null && if_exists {
            findings.add(
                Category::Error,
                "NULL_WITH_IF_EXISTS",
                condition.at,
                "Null tests whether the key is there: IfExists makes no sense with it",
            );
        }
        if family == Family::Null && quantifier.is_some() {
            findings.add(
                Category::Suggestion,
                "NULL_WITH_QUALIFIER",
                condition.at,
                "Null needs no ForAllValues or ForAnyValue: leave it out",
            );
        }
        if condition.values.is_empty() {
            findings.add(
                Category::Suggestion,
                "EMPTY_ARRAY_CONDITION",
                condition.at,
                format!(
                    "`{}` is compared with nothing, so the condition never holds",
                    condition.key
                ),
            );
        }
        let known = key(condition, statement, services, findings);
        if let Some((kind, several)) = known {
            fits(condition, family, kind, findings);
            let single = !several && quantifier == Some("ForAllValues") && statement.effect == Effect::Allow;
            if single {
                findings.add(
                    Category::SecurityWarning,
                    "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
                    condition.at,
                    format!(
                        "`{}` has one value, and ForAllValues is true where it has none: leave ForAllValues out",
                        condition.key
                    ),
                );
            }
        }
        for value in &condition.values {
            variables(policy, &value.text, value.at, findings);
            readable(condition, base, family, &value.text, value.at, findings);
        }
    }
}

/// The quantifier, the operator itself, and whether `IfExists` follows.
fn affixes(operator: &str) -> (Option<&'static str>, &str, bool) {
    let (quantifier, rest) = match operator.split_once(':') {
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => (Some("ForAllValues"), rest),
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => (Some("ForAnyValue"), rest),
        _ => (None, operator),
    };
    match rest.len().checked_sub(8).and_then(|at| rest.split_at_checked(at)) {
        Some((base, end)) if end.eq_ignore_ascii_case("IfExists") => (quantifier, base, true),
        _ => (quantifier, rest, false),
    }
}

fn family(base: &str) -> Option<Family> {
    const OPERATORS: &[(&str, Family)] = &[
        ("StringEquals", Family::String),
        ("StringNotEquals", Family::String),
        ("StringEqualsIgnoreCase", Family::String),
        ("StringNotEqualsIgnoreCase", Family::String),
        ("StringLike", Family::String),
        ("StringNotLike", Family::String),
        ("NumericEquals", Family::Numeric),
        ("NumericNotEquals", Family::Numeric),
        ("NumericLessThan", Family::Numeric),
        ("NumericLessThanEquals", Family::Numeric),
        ("NumericGreaterThan", Family::Numeric),
        ("NumericGreaterThanEquals", Family::Numeric),
        ("DateEquals", Family::Date),
        ("DateNotEquals", Family::Date),
        ("DateLessThan", Family::Date),
        ("DateLessThanEquals", Family::Date),
        ("DateGreaterThan", Family::Date),
        ("DateGreaterThanEquals", Family::Date),
        ("Bool", Family::Bool),
        ("BinaryEquals", Family::Binary),
        ("IpAddress", Family::IpAddress),
        ("NotIpAddress", Family::IpAddress),
        ("ArnEquals", Family::Arn),
        ("ArnLike", Family::Arn),
        ("ArnNotEquals", Family::Arn),
        ("ArnNotLike", Family::Arn),
        ("Null", Family::Null),
    ];
    OPERATORS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(base))
        .map(|(_, family)| *family)
}

/// The type of a condition's key and whether it has several values; `None` where the key is not known.
fn key(
    condition: &Condition,
    statement: &Statement,
    services: &mut Services,
    findings: &mut Findings,
) -> Option<(KeyType, bool)> {
    let Some((prefix, _)) = condition.key.split_once(':') else {
        findings.add(
            Category::Error,
            "INVALID_CONDITION_KEY_FORMAT",
            condition.at,
            format!("the key `{}` names no service, such as aws:", condition.key),
        );
        return None;
    };
    if prefix.eq_ignore_ascii_case("aws") {
        let known = GLOBAL.iter().find(|(name, ..)| match name.strip_suffix('/') {
            Some(_) => {
                condition.key.len() > name.len()
                    && condition
                        .key
                        .get(..name.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(name))
            }
            None => name.eq_ignore_ascii_case(&condition.key),
        });
        if condition.key.eq_ignore_ascii_case("aws:PrincipalOrgMasterAccountId") {
            findings.add(
                Category::Warning,
                "DEPRECATED_GLOBAL_CONDITION_KEY",
                condition.at,
                "aws:PrincipalOrgMasterAccountId is not used any more: use aws:PrincipalOrgID",
            );
        } else if known.is_none() {
            let lacks_tag = GLOBAL.iter().any(|(name, ..)| {
                name.strip_suffix('/').is_some_and(|name| {
                    let bare = condition.key.trim_end_matches('/');
                    name.eq_ignore_ascii_case(bare)
                })
            });
            let (check, message) = if lacks_tag {
                (
                    "MISSING_TAG_KEY_IN_CONDITION",
                    format!("`{}` names no tag: add /KEY", condition.key),
                )
            } else {
                (
                    "INVALID_GLOBAL_CONDITION_KEY",
                    format!("there is no global condition key `{}`", condition.key),
                )
            };
            findings.add(Category::Error, check, condition.at, message);
        }
        return known.map(|(_, kind, several)| (*kind, *several));
    }
    // The keys of identity providers are named by their issuers; they are texts.
    if prefix.contains(['.', '/']) {
        return Some((KeyType::String, condition.key.ends_with(":amr")));
    }
    let Some(service) = services.get(prefix) else {
        // `saml:`, `ldap:` and the like belong to STS.
        return None;
    };
    if let Some(key) = service.key(&condition.key) {
        return Some((key.kind, key.several));
    }
    let name = service.name;
    // Keys of one service are also known to actions of another.
    let elsewhere = statement.action.iter().flat_map(|action| &action.values).any(|action| {
        let prefix = split_action(&action.text).map_or("", |(prefix, _)| prefix);
        services
            .get(prefix)
            .is_some_and(|service| service.key(&condition.key).is_some())
    });
    if !elsewhere {
        findings.add(
            Category::Error,
            "INVALID_SERVICE_CONDITION_KEY",
            condition.at,
            format!("{name} has no condition key `{}`", condition.key),
        );
    }
    None
}

/// Whether the operator compares what the key holds.
fn fits(condition: &Condition, family: Family, kind: KeyType, findings: &mut Findings) {
    let fine = match (family, kind) {
        (Family::Null, _)
        | (Family::String, KeyType::String | KeyType::Arn | KeyType::Bool | KeyType::Date | KeyType::Numeric)
        | (Family::Numeric, KeyType::Numeric | KeyType::Date)
        | (Family::Date, KeyType::Date)
        | (Family::Bool, KeyType::Bool)
        | (Family::Binary, KeyType::Binary)
        | (Family::IpAddress, KeyType::IpAddress)
        | (Family::Arn, KeyType::Arn) => true,
        // The reference lists some keys that hold ARNs as texts, and a tag may hold one.
        (Family::Arn, KeyType::String) => {
            condition.key.to_ascii_lowercase().contains("arn") || condition.key.contains('/')
        }
        _ => false,
    };
    if !fine {
        findings.add(
            Category::Warning,
            "TYPE_MISMATCH",
            condition.at,
            format!(
                "`{}` holds {}, which {} does not compare",
                condition.key,
                noun(kind),
                condition.operator
            ),
        );
    }
}

fn noun(kind: KeyType) -> &'static str {
    match kind {
        KeyType::String => "a text",
        KeyType::Numeric => "a number",
        KeyType::Date => "a date",
        KeyType::Bool => "true or false",
        KeyType::Arn => "an ARN",
        KeyType::IpAddress => "an IP address",
        KeyType::Binary => "bytes",
    }
}

/// Whether a value can be what the operator compares.
fn readable(condition: &Condition, base: &str, family: Family, value: &str, at: usize, findings: &mut Findings) {
    if value.contains("${") {
        return;
    }
    let mut mismatch = |check, what: &str| {
        findings.add(
            Category::Warning,
            check,
            at,
            format!("`{value}` is {what}, so {} never holds for it", condition.operator),
        );
    };
    match family {
        Family::Numeric if Number::parse(value).is_none() => mismatch("TYPE_MISMATCH_NUMBER", "no number"),
        Family::Date if values::date(value).is_none() => mismatch("TYPE_MISMATCH_DATE", "no date"),
        Family::Bool | Family::Null if !matches!(&*value.to_ascii_lowercase(), "true" | "false") => {
            mismatch("TYPE_MISMATCH_BOOLEAN", "neither true nor false");
        }
        Family::IpAddress => match Network::parse(value) {
            None => mismatch("TYPE_MISMATCH_IP_RANGE", "no IP address or range"),
            Some(_) if is_private(value) && condition.key.eq_ignore_ascii_case("aws:SourceIp") => {
                let (check, what) = if base.to_ascii_lowercase().starts_with("not") {
                    ("PRIVATE_NOT_IP_ADDRESS", "keeps nobody out")
                } else {
                    ("PRIVATE_IP_ADDRESS", "lets nobody in")
                };
                findings.add(
                    Category::Error,
                    check,
                    at,
                    format!("aws:SourceIp is never a private address on AWS, so `{value}` {what}; use aws:VpcSourceIp"),
                );
            }
            Some(_) => {}
        },
        Family::String if value.contains('*') && !base.to_ascii_lowercase().ends_with("like") => findings.add(
            Category::Warning,
            "WILDCARD_WITHOUT_LIKE_OPERATOR",
            at,
            format!("`{value}` is compared letter by letter: use StringLike if `*` is to stand for anything"),
        ),
        _ => {}
    }
}

fn is_private(value: &str) -> bool {
    let Ok(address) = value
        .split('/')
        .next()
        .unwrap_or_default()
        .parse::<std::net::Ipv4Addr>()
    else {
        return false;
    };
    address.is_private()
}
