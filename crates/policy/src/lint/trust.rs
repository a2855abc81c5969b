//! Trust policies: who may become the role, by which action, and how closely a web identity is described.

use super::{
    Found, Options,
    checks::*,
    conditions::Parts,
    elements::{Condition, Item, Statement},
};
use crate::{catalogue::glob, json::Value};

/// Providers that AWS knows without an ARN.
const WELL_KNOWN: [&str; 4] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];
const GITHUB: &str = "token.actions.githubusercontent.com";

pub(super) fn check(statement: &Statement<'_>, options: &Options, found: &mut Found) {
    let Some(principals) = statement.principals.as_ref().filter(|principals| !principals.negated) else {
        return;
    };
    if !statement.allows() {
        return;
    }
    let named = |action: &str| {
        statement.actions.as_ref().is_some_and(|actions| {
            actions.negated
                != actions
                    .items
                    .iter()
                    .any(|item| glob(&item.text.to_ascii_lowercase(), action))
        })
    };
    let mut issuers: Vec<String> = Vec::new();
    for (kind, item) in &principals.entries {
        match *kind {
            "Federated" => {
                if let Some(issuer) = federated(*item, options, found) {
                    mismatch(
                        *item,
                        named("sts:assumerolewithwebidentity"),
                        "sts:AssumeRoleWithWebIdentity",
                        found,
                    );
                    web_identity(statement, *item, &issuer, found);
                    issuers.push(issuer.to_ascii_lowercase());
                } else if item.text.contains(":saml-provider/") {
                    mismatch(*item, named("sts:assumerolewithsaml"), "sts:AssumeRoleWithSAML", found);
                }
            }
            "AWS" | "Service" | "*" => {
                let federation = named("sts:assumerolewithwebidentity") || named("sts:assumerolewithsaml");
                let mixed = principals.entries.iter().any(|(kind, _)| *kind == "Federated");
                if *kind != "*" && item.text != "*" && federation && !named("sts:assumerole") && !mixed {
                    mismatch(*item, false, "sts:AssumeRole", found);
                }
            }
            _ => {}
        }
    }
    if !issuers.is_empty() {
        strangers(statement, &issuers, found);
    }
    let anywhere = principals
        .entries
        .iter()
        .find(|(_, item)| item.text == "rolesanywhere.amazonaws.com");
    if let Some((_, item)) = anywhere
        && !["sts:assumerole", "sts:tagsession", "sts:setsourceidentity"]
            .iter()
            .all(|action| named(action))
    {
        found.add(
            MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY,
            item.at,
            "not all of its three actions are allowed",
        );
    }
    for condition in &statement.conditions {
        let key = condition.key.text.to_ascii_lowercase();
        let needed = match key.as_str() {
            "sts:sourceidentity" => "sts:SetSourceIdentity",
            "sts:transitivetagkeys" | "aws:tagkeys" => "sts:TagSession",
            _ if key.starts_with("aws:requesttag/") => "sts:TagSession",
            _ => continue,
        };
        if !named(&needed.to_ascii_lowercase()) {
            let message = format!("`{}` is compared, and `{needed}` is not allowed", condition.key.text);
            found.add(MISSING_ACTION_FOR_CONDITION_KEY, condition.key.at, message);
        }
    }
    redundant(&principals.entries, found);
}

/// The issuer of an OIDC provider, without its scheme.
fn federated(item: Item<'_>, options: &Options, found: &mut Found) -> Option<String> {
    let text = item.text;
    if WELL_KNOWN.contains(&text) {
        return Some(text.to_owned());
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let resource = match parts[..] {
        ["arn", _, "iam", "", account, resource]
            if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) =>
        {
            resource
        }
        _ => "",
    };
    if let Some(issuer) = resource
        .strip_prefix("oidc-provider/")
        .filter(|issuer| !issuer.is_empty() && !issuer.contains(['*', '?', ' ']))
    {
        if let Some(providers) = &options.providers
            && !providers.iter().any(|provider| provider == text)
        {
            let near = super::elements::near(text, providers.iter().map(String::as_str));
            found.add(
                WEB_IDENTITY_PROVIDER_UNKNOWN,
                item.at,
                format!("no provider is `{text}`{near}"),
            );
        }
        return Some(issuer.to_owned());
    }
    let saml = resource
        .strip_prefix("saml-provider/")
        .is_some_and(|name| !name.is_empty() && !name.contains(['*', '?']));
    if !saml {
        let message = format!("`{text}` is neither an OIDC nor a SAML provider");
        found.add(
            INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY,
            item.at,
            message,
        );
    }
    None
}

fn mismatch(item: Item<'_>, holds: bool, action: &str, found: &mut Found) {
    if !holds {
        found.add(
            MISMATCHED_ACTION_FOR_PRINCIPAL,
            item.at,
            format!("`{}` calls `{action}`, which is not allowed", item.text),
        );
    }
}

/// The conditions that ask for a claim, so that a token without it is refused.
fn demands<'s, 'a>(statement: &'s Statement<'a>, issuer: &str, claim: &str) -> Vec<&'s Condition<'a>> {
    let key = format!("{issuer}:{claim}");
    let asks = |condition: &&Condition<'a>| {
        let parts = Parts::of(condition.operator.text);
        condition.key.text.eq_ignore_ascii_case(&key)
            && parts.base.starts_with("string")
            && !parts.negated()
            && !parts.if_exists
            && parts.qualifier != Some("ForAllValues")
    };
    statement.conditions.iter().filter(asks).collect()
}

fn texts<'s>(conditions: &[&'s Condition<'_>]) -> Vec<Item<'s>> {
    let nodes = conditions.iter().flat_map(|condition| &condition.values);
    nodes
        .filter_map(|node| match &node.value {
            Value::String(text) => Some(Item { at: node.at, text }),
            _ => None,
        })
        .collect()
}

fn web_identity(statement: &Statement<'_>, item: Item<'_>, issuer: &str, found: &mut Found) {
    let subjects = demands(statement, issuer, "sub");
    let github = issuer.eq_ignore_ascii_case(GITHUB);
    // Google's and Facebook's applications are told apart by `aud` or `app_id`; AWS asks for either.
    let apps = ["aud", "app_id", "oaud"]
        .iter()
        .any(|claim| !demands(statement, issuer, claim).is_empty());
    let public = WELL_KNOWN.contains(&issuer);
    if subjects.is_empty() && github {
        found.add(
            MISSING_GITHUB_REPO_CONDITION_KEY,
            item.at,
            "a workflow of any repository can take the role",
        );
    } else if subjects.is_empty() && !(public && apps) {
        let message = format!("every identity of `{issuer}` can take the role: nothing asks for `{issuer}:sub`");
        found.add(MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, item.at, message);
    }
    if !apps {
        let message = format!("a token for any audience can take the role: nothing asks for `{issuer}:aud`");
        found.add(WEB_IDENTITY_WITHOUT_AUD, item.at, message);
    }
    let like: Vec<&Condition<'_>> = subjects
        .into_iter()
        .filter(|condition| Parts::of(condition.operator.text).base == "stringlike")
        .collect();
    for subject in texts(&like) {
        let Some(wildcard) = subject.text.find(['*', '?']) else {
            continue;
        };
        let before = subject.text.get(..wildcard).unwrap_or_default();
        if github {
            let check = if before.matches('/').count() == 0 {
                WEB_IDENTITY_SUB_ACROSS_NAMESPACES
            } else {
                SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED
            };
            found.add(
                check,
                subject.at,
                format!("`{}` means more than one repository or branch", subject.text),
            );
        } else if kubernetes(before) {
            let message = format!("`{}` means service accounts of more than one namespace", subject.text);
            found.add(WEB_IDENTITY_SUB_ACROSS_NAMESPACES, subject.at, message);
        }
    }
}

/// Whether what stands before a wildcard leaves the namespace of a service account open:
/// `system:serviceaccount:NAMESPACE:NAME`, and a wildcard crosses colons.
fn kubernetes(before: &str) -> bool {
    const SUBJECT: &str = "system:serviceaccount:";
    match before.strip_prefix(SUBJECT) {
        Some(rest) => !rest.contains(':'),
        None => SUBJECT.starts_with(before),
    }
}

/// Claims of issuers that the statement does not trust are never there.
fn strangers(statement: &Statement<'_>, issuers: &[String], found: &mut Found) {
    for condition in &statement.conditions {
        let Some((prefix, _)) = condition.key.text.rsplit_once(':') else {
            continue;
        };
        let lower = prefix.to_ascii_lowercase();
        if lower.contains('.') && !issuers.contains(&lower) {
            let message = format!("no principal of the statement has the issuer `{prefix}`");
            found.add(WEB_IDENTITY_KEY_OF_ANOTHER_ISSUER, condition.key.at, message);
        }
    }
}

fn redundant(entries: &[(&str, Item<'_>)], found: &mut Found) {
    for (_, item) in entries {
        let Some((account, session)) = item.text.split_once(":assumed-role/") else {
            continue;
        };
        let account = account.rsplit(':').next().unwrap_or_default();
        let role = session.split('/').next().unwrap_or_default();
        let parent = |text: &str| {
            text.contains(&format!(":iam::{account}:role/")) && text.rsplit('/').next().is_some_and(|name| name == role)
        };
        if let Some((_, parent)) = entries.iter().find(|(_, other)| parent(other.text)) {
            found.add(
                REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY,
                item.at,
                format!("`{}` includes its sessions", parent.text),
            );
        }
    }
}
