//! What allows more than its author will have meant.

use super::{Category, Findings, is_about};
use crate::{
    document::{Effect, PrincipalType, Statement},
    validate::Kind,
};

pub(super) fn check(statement: &Statement, kind: Kind, findings: &mut Findings) {
    if statement.effect != Effect::Allow {
        return;
    }
    if let Some(principals) = statement.principal.as_ref().filter(|principals| principals.negated) {
        findings.add(
            Category::SecurityWarning,
            "ALLOW_WITH_NOT_PRINCIPAL",
            principals.at,
            "everybody but those named is allowed, strangers and anonymous callers included: name who is allowed",
        );
    }
    if matches!(kind, Kind::Identity | Kind::Session) {
        handing_on(
            statement,
            "iam:PassRole",
            Category::SecurityWarning,
            &PASS_ROLE,
            findings,
        );
        handing_on(
            statement,
            "iam:CreateServiceLinkedRole",
            Category::Warning,
            &CREATE_SLR,
            findings,
        );
    }
    // A trust policy that trusts everybody has its own check.
    if kind == Kind::Resource || kind == Kind::Trust {
        let service = statement
            .principal
            .iter()
            .flat_map(|principals| &principals.entries)
            .find(|(of, _)| *of == PrincipalType::Service);
        let restricted = statement.conditions.iter().any(|condition| {
            let key = condition.key.to_ascii_lowercase();
            matches!(
                &*key,
                "aws:sourcearn" | "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceorgpaths" | "sts:externalid"
            )
        });
        if let Some((_, text)) = service.filter(|_| kind == Kind::Resource && !restricted) {
            findings.add(
                Category::SecurityWarning,
                "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
                text.at,
                format!(
                    "{} may act here for anybody in AWS: add a condition on aws:SourceAccount or aws:SourceArn",
                    text.text
                ),
            );
        }
    }
}

/// The names of a check by how widely an action is given away: by star in action, by star in resource, and so on.
struct Names {
    star_in_resource: &'static str,
    star_in_action_and_resource: &'static str,
    star_in_resource_and_not_action: &'static str,
    not_resource: &'static str,
    star_in_action_and_not_resource: &'static str,
    not_action_and_not_resource: &'static str,
}

const PASS_ROLE: Names = Names {
    star_in_resource: "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    star_in_action_and_resource: "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
    star_in_resource_and_not_action: "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    not_resource: "PASS_ROLE_WITH_NOT_RESOURCE",
    star_in_action_and_not_resource: "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    not_action_and_not_resource: "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
};

const CREATE_SLR: Names = Names {
    star_in_resource: "CREATE_SLR_WITH_STAR_IN_RESOURCE",
    star_in_action_and_resource: "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
    star_in_resource_and_not_action: "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    not_resource: "CREATE_SLR_WITH_NOT_RESOURCE",
    star_in_action_and_not_resource: "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    not_action_and_not_resource: "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
};

fn handing_on(statement: &Statement, action: &str, category: Category, names: &Names, findings: &mut Findings) {
    let (Some(actions), Some(resources)) = (&statement.action, &statement.resource) else {
        return;
    };
    let passed_to = ["iam:passedtoservice", "iam:associatedresourcearn", "iam:awsservicename"];
    let restricted = statement
        .conditions
        .iter()
        .any(|condition| passed_to.contains(&&*condition.key.to_ascii_lowercase()));
    if !is_about(statement, action) || restricted {
        return;
    }
    let star_in_action = actions.values.iter().any(|value| value.text.contains('*'));
    let star_in_resource = resources
        .values
        .iter()
        .find(|value| value.text == "*" || value.text.ends_with(":role/*") || value.text.ends_with(":*"));
    let (check, at) = match (actions.negated, star_in_action, resources.negated, star_in_resource) {
        (true, _, true, _) => (names.not_action_and_not_resource, resources.at),
        (false, true, true, _) => (names.star_in_action_and_not_resource, resources.at),
        (false, false, true, _) => (names.not_resource, resources.at),
        (true, _, false, Some(value)) => (names.star_in_resource_and_not_action, value.at),
        (false, true, false, Some(value)) => (names.star_in_action_and_resource, value.at),
        (false, false, false, Some(value)) => (names.star_in_resource, value.at),
        (_, _, false, None) => return,
    };
    findings.add(
        category,
        check,
        at,
        format!("{action} is allowed for every role: name the roles, or add a condition on iam:PassedToService"),
    );
}
