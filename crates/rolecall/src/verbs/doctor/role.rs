//! The role itself.

use super::{
    facts::{Facts, Found},
    report::Link,
};

pub(super) const NAME: &str = "role";

pub(super) fn judge(facts: &Facts) -> Link {
    let Some(wanted) = facts.role_arn() else {
        return Link::unlooked(NAME, "nothing asks for a role");
    };
    match &facts.role {
        Some(Found::There(role)) if role.arn == wanted => Link::new(NAME, wanted),
        Some(Found::There(role)) => {
            let mut link = Link::new(NAME, format!("there is no role {wanted}"));
            link.fail(
                format!("the role of this name is {}", role.arn),
                format!("{wanted}: path, name and capitals count"),
                format!("write {} into the annotation", role.arn),
            );
            link
        }
        Some(Found::Absent) => {
            let mut link = Link::new(NAME, format!("there is no role {wanted}"));
            link.fail(
                "iam:GetRole knows no role of this name",
                wanted,
                "rolecall create iamserviceaccount …, or correct the annotation; STS says no more of it than that it does not authorize",
            );
            link
        }
        Some(other) => Link::unlooked(
            NAME,
            format!("{wanted} cannot be read: {}", other.unknown().unwrap_or_default()),
        ),
        None => Link::unlooked(
            NAME,
            facts
                .elsewhere()
                .unwrap_or_else(|| format!("{wanted} was not asked for")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{report::Status, tests::facts};

    #[test]
    fn the_role_of_the_annotation_holds_and_one_at_another_path_does_not() {
        let mut facts = facts();
        assert_eq!(judge(&facts).status, Status::Ok);
        let mut role = facts.role.as_ref().unwrap().there().unwrap().clone();
        role.arn = "arn:aws:iam::123456789012:role/team/app".into();
        facts.role = Some(Found::There(role));
        let link = judge(&facts);
        assert_eq!(link.status, Status::Fail);
        assert!(link.findings[0].saw.contains("role/team/app"), "{link:?}");
    }

    #[test]
    fn a_missing_role_fails_and_one_that_may_not_be_read_names_the_permission() {
        let mut facts = facts();
        facts.role = Some(Found::Absent);
        assert_eq!(judge(&facts).status, Status::Fail);
        facts.role = Some(Found::Forbidden("`iam:GetRole`".into()));
        let link = judge(&facts);
        assert_eq!(link.status, Status::NotLookedAt);
        assert!(link.summary.contains("`iam:GetRole` is not allowed"));
    }
}
