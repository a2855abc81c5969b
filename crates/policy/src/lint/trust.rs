//! Trust policies, above all those that trust service accounts of a cluster (Amazon EKS User Guide: IAM roles for service
//! accounts).

use super::{Category, Findings, federated, is_about};
use crate::document::{Condition, Effect, PrincipalType, Statement, Text};

const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";
const GITHUB: &str = "token.actions.githubusercontent.com";

pub(super) fn check(statement: &Statement, providers: Option<&[String]>, findings: &mut Findings) {
    if statement.effect != Effect::Allow {
        return;
    }
    for provider in federated(statement) {
        let Some((_, issuer)) = provider.text.split_once(":oidc-provider/") else {
            if !provider.text.contains(":saml-provider/") && !is_builtin(&provider.text) {
                findings.add(
                    Category::Error,
                    "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
                    provider.at,
                    format!(
                        "`{}` is no identity provider: it would be an oidc-provider's ARN",
                        provider.text
                    ),
                );
            }
            continue;
        };
        if !is_about(statement, WEB_IDENTITY) {
            findings.add(
                Category::Error,
                "MISMATCHED_ACTION_FOR_PRINCIPAL",
                provider.at,
                format!("an OIDC provider's users come by {WEB_IDENTITY}, which this statement does not allow"),
            );
            continue;
        }
        if providers.is_some_and(|known| !known.contains(&provider.text)) {
            findings.add(
                Category::Error,
                "UNKNOWN_OIDC_PROVIDER",
                provider.at,
                format!(
                    "the account has no provider {}: nobody can assume the role by it",
                    provider.text
                ),
            );
        }
        web_identity(statement, issuer, provider, findings);
    }
    let people = statement.principal.iter().flat_map(|principals| &principals.entries);
    for (kind, text) in people {
        let plain = matches!(kind, PrincipalType::Aws | PrincipalType::Service);
        if plain && !is_about(statement, "sts:AssumeRole") && is_about(statement, WEB_IDENTITY) {
            findings.add(
                Category::Error,
                "MISMATCHED_ACTION_FOR_PRINCIPAL",
                text.at,
                format!("`{}` comes by sts:AssumeRole, not by {WEB_IDENTITY}", text.text),
            );
        }
        let anybody = *kind == PrincipalType::Everyone || (*kind == PrincipalType::Aws && text.text == "*");
        if anybody && statement.conditions.is_empty() {
            findings.add(
                Category::SecurityWarning,
                "TRUST_IN_EVERYBODY",
                text.at,
                "everybody in every account may assume this role: name who may, or add a condition",
            );
        }
    }
}

/// Providers that AWS has by itself.
fn is_builtin(text: &str) -> bool {
    [
        "accounts.google.com",
        "graph.facebook.com",
        "www.amazon.com",
        "cognito-identity.amazonaws.com",
    ]
    .contains(&text)
}

fn web_identity(statement: &Statement, issuer: &str, provider: &Text, findings: &mut Findings) {
    let of = |claim: &str| {
        let key = format!("{issuer}:{claim}");
        statement
            .conditions
            .iter()
            .filter(move |condition| condition.key.eq_ignore_ascii_case(&key))
            .collect::<Vec<_>>()
    };
    let (subjects, audiences) = (of("sub"), of("aud"));
    if subjects.is_empty() {
        let (check, message) = if issuer.starts_with(GITHUB) {
            (
                "MISSING_GITHUB_REPO_CONDITION_KEY",
                format!("every repository on GitHub may assume this role: add a condition on {issuer}:sub"),
            )
        } else {
            (
                "WEB_IDENTITY_WITHOUT_SUBJECT",
                format!("every service account of the cluster may assume this role: add a condition on {issuer}:sub"),
            )
        };
        findings.add(Category::SecurityWarning, check, provider.at, message);
    }
    if audiences.is_empty() {
        findings.add(
            Category::SecurityWarning,
            "WEB_IDENTITY_WITHOUT_AUDIENCE",
            provider.at,
            format!("tokens that were made for somebody else are accepted: add a condition on {issuer}:aud"),
        );
    }
    for subject in subjects {
        for value in &subject.values {
            namespaces(subject, value, findings);
        }
    }
}

/// A pattern of subjects that reaches over namespaces lets whoever may create a namespace, or owns another, in.
fn namespaces(condition: &Condition, value: &Text, findings: &mut Findings) {
    let operator = condition.operator.to_ascii_lowercase();
    if operator.contains("not") || !operator.contains("like") || !value.text.contains(['*', '?']) {
        return;
    }
    let rest = value.text.strip_prefix("system:serviceaccount:");
    let namespace = rest.and_then(|rest| rest.split(':').next());
    let is_one = namespace.is_some_and(|namespace| !namespace.contains(['*', '?']))
        && rest.is_some_and(|rest| rest.contains(':'));
    if rest.is_some() && !is_one {
        findings.add(
            Category::SecurityWarning,
            "WEB_IDENTITY_SUBJECT_CROSSES_NAMESPACES",
            value.at,
            format!(
                "`{}` lets service accounts of other namespaces in: name the namespace",
                value.text
            ),
        );
    } else if value.text == "*" {
        findings.add(
            Category::SecurityWarning,
            "WEB_IDENTITY_SUBJECT_CROSSES_NAMESPACES",
            value.at,
            "`*` lets every subject of the issuer in: name whom you mean",
        );
    }
}
