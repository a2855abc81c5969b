//! The service account, and the annotation by which it asks for a role.

use rolecall_cluster::admission::Mode;

use super::{
    facts::{Facts, Found, Subject},
    pod::annotated,
    report::Link,
};
use crate::kubernetes::ROLE_ARN;

pub(super) const ACCOUNT: &str = "service account";
pub(super) const ANNOTATION: &str = "annotation";

pub(super) fn account(facts: &Facts) -> Link {
    let Some(name) = facts.account_name() else {
        return Link::unlooked(ACCOUNT, "the pod is not known");
    };
    match &facts.account {
        Some(Found::There(_)) => {
            let whose = if matches!(facts.subject, Subject::Pod(_)) {
                "the pod runs as "
            } else {
                ""
            };
            Link::new(ACCOUNT, format!("{whose}{name}"))
        }
        Some(Found::Absent) => {
            let mut link = Link::new(ACCOUNT, format!("there is no service account {name}"));
            link.fail(
                format!("the API server has no service account {name}"),
                "a service account, which pods name in spec.serviceAccountName",
                format!(
                    "rolecall create iamserviceaccount --namespace {} --name {} …",
                    name.namespace, name.name
                ),
            );
            link
        }
        other => {
            let why = other.as_ref().and_then(Found::unknown).unwrap_or_default();
            Link::unlooked(ACCOUNT, format!("{name} cannot be read: {why}"))
        }
    }
}

pub(super) fn annotation(facts: &Facts) -> Link {
    let (Some(name), Some(Found::There(object))) = (facts.account_name(), &facts.account) else {
        return Link::unlooked(ANNOTATION, "the service account is not there to be read");
    };
    let choice = facts.choice().unwrap_or_default();
    let own = object
        .metadata
        .annotations
        .get(ROLE_ARN)
        .filter(|role| !role.is_empty());
    let role = match choice.plan.map(|plan| plan.mode) {
        Some(Mode::WebIdentity { role }) => Some(role),
        _ => None,
    };
    let summary = match (&role, own) {
        (Some(role), Some(own)) if role == own => match annotated(&object.metadata) {
            Some(time) => format!("{ROLE_ARN}: {role}, written at {time}"),
            None => format!("{ROLE_ARN}: {role}"),
        },
        (Some(role), Some(own)) => format!("{ROLE_ARN}: {own}, completed to {role} where the webhook has --account-id"),
        (Some(role), None) => format!("{role}, by the webhook's ConfigMap of grants (--watch-config-map)"),
        (None, _) => format!("{name} asks for no role"),
    };
    let mut link = Link::new(ANNOTATION, summary);
    let misspelt = !choice.warnings.is_empty();
    for warning in choice.warnings {
        // Where no role comes of it the pods have none; otherwise something beside the role is passed over.
        let status = if role.is_none() {
            super::report::Status::Fail
        } else {
            super::report::Status::Warn
        };
        link.find(
            status,
            warning,
            format!("{ROLE_ARN}: arn:aws:iam::ACCOUNT:role/NAME"),
            format!(
                "kubectl annotate serviceaccount -n {} {} --overwrite {ROLE_ARN}=…, and remove the wrong key",
                name.namespace, name.name
            ),
        );
    }
    if let Some(role) = role.as_ref().filter(|role| !is_role(role)) {
        link.fail(
            format!("`{role}` is no ARN of a role"),
            "arn:aws:iam::ACCOUNT:role/NAME",
            format!(
                "kubectl annotate serviceaccount -n {} {} --overwrite {ROLE_ARN}=…",
                name.namespace, name.name
            ),
        );
    }
    let associations = facts
        .associations
        .as_ref()
        .and_then(Found::there)
        .filter(|all| !all.is_empty());
    if let Some(association) = associations.and_then(|all| all.first()) {
        link.warn(
            format!("the pod identity association {} gives {} too, by EKS Pod Identity", association.id, association.role),
            "one way to a role: EKS's webhook then passes the annotation over, and the pod's credentials come from the node's agent, which is not looked at here",
            "delete the association, or remove the annotation",
        );
    } else if role.is_none() && !misspelt {
        link.fail(
            format!("no annotation {ROLE_ARN}, and no grant"),
            format!("{ROLE_ARN}: the ARN of a role"),
            format!(
                "rolecall create iamserviceaccount --namespace {} --name {} --override-existing-serviceaccounts --approve …, or kubectl annotate",
                name.namespace, name.name
            ),
        );
    }
    link
}

/// Whether a text is the ARN of a role.
fn is_role(text: &str) -> bool {
    text.parse::<rolecall_names::Arn>().is_ok_and(|arn| {
        let account = arn.account();
        arn.service() == "iam"
            && arn.region().is_empty()
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && arn.resource_of("role").is_some_and(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        facts::{AccountObject, Association},
        report::Status,
        tests::facts,
    };
    use std::collections::BTreeMap;

    fn annotations(pairs: &[(&str, &str)]) -> Facts {
        let mut facts = facts();
        let mut object = AccountObject::default();
        object.metadata.annotations = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>();
        facts.account = Some(Found::There(object));
        facts
    }

    #[test]
    fn an_annotation_with_a_roles_arn_holds() {
        let link = annotation(&facts());
        assert_eq!(link.status, Status::Ok, "{link:?}");
        assert_eq!(account(&facts()).status, Status::Ok);
    }

    #[test]
    fn a_typing_error_names_what_was_meant() {
        let link = annotation(&annotations(&[(
            "eks.amazonaws.com/rol-arn",
            "arn:aws:iam::123456789012:role/app",
        )]));
        assert_eq!((link.status, link.findings.len()), (Status::Fail, 1), "{link:?}");
        assert!(
            link.findings[0]
                .saw
                .contains("did you mean `eks.amazonaws.com/role-arn`"),
            "{link:?}"
        );
        // Beside the right one it is passed over.
        let both = annotation(&annotations(&[
            ("eks.amazonaws.com/role-arn", "arn:aws:iam::123456789012:role/app"),
            ("eks.amazonaws.com/audiense", "x"),
        ]));
        assert_eq!(both.status, Status::Warn, "{both:?}");
    }

    #[test]
    fn no_annotation_and_no_arn_do_not_hold() {
        assert_eq!(annotation(&annotations(&[])).status, Status::Fail);
        for wrong in [
            "arn:aws:iam:123456789012:role/app",
            "arn:aws:iam::123456789012:user/app",
            "arn:aws:iam::12:role/app",
        ] {
            let link = annotation(&annotations(&[(ROLE_ARN, wrong)]));
            assert_eq!(link.status, Status::Fail, "{wrong}");
        }
        // A name alone is completed from the account.
        let named = annotation(&annotations(&[(ROLE_ARN, "app")]));
        assert_eq!(named.status, Status::Ok, "{named:?}");
        assert!(named.summary.contains("arn:aws:iam::123456789012:role/app"));
    }

    #[test]
    fn a_grant_and_an_association_are_other_ways_to_a_role() {
        let mut granted = annotations(&[]);
        let grants = br#"{"default/app":{"RoleARN":"arn:aws:iam::123456789012:role/app"}}"#;
        granted.grants = Found::There(rolecall_cluster::admission::Grants::parse(grants).unwrap());
        let link = annotation(&granted);
        assert_eq!(link.status, Status::Ok, "{link:?}");
        assert!(link.summary.contains("ConfigMap"));
        let mut associated = facts();
        associated.associations = Some(Found::There(vec![Association {
            id: "a-1".into(),
            role: "arn:aws:iam::123456789012:role/b".into(),
        }]));
        assert_eq!(annotation(&associated).status, Status::Warn);
    }

    #[test]
    fn a_missing_service_account_fails_and_one_that_may_not_be_read_is_not_looked_at() {
        let mut facts = facts();
        facts.account = Some(Found::Absent);
        assert_eq!(account(&facts).status, Status::Fail);
        assert_eq!(annotation(&facts).status, Status::NotLookedAt);
        facts.account = Some(Found::Forbidden("`get serviceaccounts` (Kubernetes)".into()));
        assert!(account(&facts).summary.contains("get serviceaccounts"));
    }
}
