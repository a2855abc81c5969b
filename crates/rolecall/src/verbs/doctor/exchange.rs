//! The exchange of the token for credentials, tried for real; and what the role may do then.

use std::fmt::Write as _;

use super::{
    facts::{Exchange, Facts, Found, Simulated},
    report::{Link, Status},
};

pub(super) const EXCHANGE: &str = "exchange";
pub(super) const PERMISSIONS: &str = "permissions";

/// `before` are the links that the exchange depends on.
pub(super) fn exchange(facts: &Facts, before: &[Link]) -> Link {
    if !facts.question.exchange {
        return Link::unlooked(EXCHANGE, "--no-exchange");
    }
    let broken: Vec<&str> = before
        .iter()
        .filter(|link| link.status == Status::Fail)
        .map(|link| link.name)
        .collect();
    match &facts.exchange {
        None => Link::unlooked(EXCHANGE, "there is no token, or no role, to try it with"),
        Some(Exchange::Done { arn }) if broken.is_empty() => Link::new(EXCHANGE, format!("STS answers with {arn}")),
        Some(Exchange::Done { arn }) => {
            let mut link = Link::new(EXCHANGE, format!("STS answers with {arn}"));
            link.warn(
                format!(
                    "STS gives the role, although something was found about {}",
                    broken.join(", ")
                ),
                "a refusal",
                "it was changed a moment ago, or the pod is not served by what was asked here",
            );
            link
        }
        Some(Exchange::Failed(why)) => {
            let mut link = Link::new(EXCHANGE, "STS gives no answer");
            link.fail(why.clone(), "an answer of STS", "look at the link network reach");
            link
        }
        Some(Exchange::Refused {
            code,
            message,
            request_id,
            told,
        }) => {
            let mut link = Link::new(EXCHANGE, format!("STS refuses: {message} ({code})"));
            let of = |status| -> Vec<&str> {
                let those = before.iter().filter(|link| link.status == status);
                those.map(|link| link.name).collect()
            };
            let (broken, unlooked) = (of(Status::Fail), of(Status::NotLookedAt));
            let cause = if !broken.is_empty() {
                format!("because of: {}", broken.join(", "))
            } else if !unlooked.is_empty() {
                format!("because of what was not looked at: {}", unlooked.join(", "))
            } else {
                unseen(code, facts)
            };
            // Where the cause was found above, it is not told twice.
            let told = told.as_ref().filter(|_| broken.is_empty());
            let explain = request_id
                .as_ref()
                .filter(|_| facts.is_rolecall())
                .map(|id| format!("; all of it: rolecall explain {id}"));
            link.fail(
                told.map_or(message.as_str(), |told| told.trim_end()),
                "credentials of the role",
                format!("{cause}{}", explain.unwrap_or_default()),
            );
            link
        }
    }
}

/// What can be meant where no link that was looked at is broken.
fn unseen(code: &str, facts: &Facts) -> String {
    match code {
        "ExpiredTokenException" | "ExpiredToken" => "the clocks of the API server and of STS differ".to_owned(),
        "IDPCommunicationError" => "STS cannot reach the issuer: it must be public, or its keys published".to_owned(),
        "InvalidIdentityToken" | "InvalidIdentityTokenException" => {
            "STS does not believe the token: provider, audience or keys, as it sees them".to_owned()
        }
        _ if facts.is_rolecall() => {
            "a revocation, a policy of the organization, or a change of a moment ago".to_owned()
        }
        _ => "a policy of the organization (SCP, RCP), or a change that has not reached STS yet: AWS's are seen after seconds".to_owned(),
    }
}

pub(super) fn permissions(facts: &Facts) -> Link {
    let Some(action) = &facts.question.action else {
        return Link::unlooked(PERMISSIONS, "--action, and --resource, say what the pod is to do");
    };
    let resource = facts.question.resource.as_deref().unwrap_or("*");
    let name = facts.role_arn();
    let name = name
        .as_deref()
        .and_then(|arn| arn.rsplit('/').next())
        .unwrap_or_default();
    match &facts.simulated {
        Some(Found::There(simulated)) => decision(simulated, action, resource, name),
        Some(Found::Absent) | None => Link::unlooked(
            PERMISSIONS,
            facts
                .elsewhere()
                .unwrap_or_else(|| "there is no role to ask about".to_owned()),
        ),
        Some(other) => Link::unlooked(
            PERMISSIONS,
            format!("they cannot be simulated: {}", other.unknown().unwrap_or_default()),
        ),
    }
}

fn decision(simulated: &Simulated, action: &str, resource: &str, name: &str) -> Link {
    let by = simulated.matched.join(", ");
    if simulated.decision.eq_ignore_ascii_case("allowed") {
        return Link::new(PERMISSIONS, format!("role {name} may {action} on {resource}, by {by}"));
    }
    let mut link = Link::new(PERMISSIONS, format!("role {name} may not {action} on {resource}"));
    let (saw, mend) = if simulated.decision.eq_ignore_ascii_case("explicitDeny") {
        (
            format!("an explicit deny in {by}"),
            "narrow the statement that denies".to_owned(),
        )
    } else if simulated.by_boundary == Some(false) {
        (
            "its permissions boundary does not allow it".to_owned(),
            "allow it in the boundary as well".to_owned(),
        )
    } else if simulated.by_organization == Some(false) {
        (
            "the organization's policies do not allow it".to_owned(),
            "ask whoever keeps the organization's service control policies".to_owned(),
        )
    } else {
        (
            "no policy of the role allows it".to_owned(),
            format!(
                "attach or extend a policy: aws iam put-role-policy --role-name {name} …; a bucket's or key's own policy may allow it too, which the simulator does not look at"
            ),
        )
    };
    let mut saw = saw;
    if !simulated.missing.is_empty() {
        let _ = write!(
            saw,
            "; not known: {} (--context KEY=VALUE)",
            simulated.missing.join(", ")
        );
    }
    link.fail(saw, format!("{action} on {resource} allowed"), mend);
    link
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::tests::facts;

    fn refused(told: Option<&str>) -> Exchange {
        Exchange::Refused {
            code: "AccessDenied".into(),
            message: "Not authorized to perform sts:AssumeRoleWithWebIdentity".into(),
            request_id: Some("7f0c".into()),
            told: told.map(str::to_owned),
        }
    }

    fn broken(name: &'static str) -> Link {
        let mut link = Link::new(name, "");
        link.fail("", "", "");
        link
    }

    #[test]
    fn a_refusal_is_told_with_its_cause() {
        let mut facts = facts();
        facts.exchange = Some(refused(None));
        let link = exchange(&facts, &[Link::new("role", ""), broken("trust policy")]);
        assert_eq!(link.status, Status::Fail);
        assert!(
            link.summary
                .contains("Not authorized to perform sts:AssumeRoleWithWebIdentity")
        );
        assert!(link.findings[0].mend.contains("because of: trust policy"), "{link:?}");
        assert!(link.findings[0].mend.contains("rolecall explain 7f0c"), "{link:?}");
        facts.registered_keys = None;
        let link = exchange(&facts, &[]);
        assert!(link.findings[0].mend.contains("SCP, RCP"), "{link:?}");
        let link = exchange(&facts, &[Link::unlooked("role", "")]);
        assert!(link.findings[0].mend.contains("not looked at: role"), "{link:?}");
    }

    #[test]
    fn what_the_control_plane_wrote_down_is_shown() {
        let mut facts = facts();
        facts.exchange = Some(refused(Some("the token is revoked by rv-1\n")));
        let link = exchange(&facts, &[]);
        assert!(
            link.findings[0].saw.ends_with("the token is revoked by rv-1"),
            "{link:?}"
        );
    }

    #[test]
    fn an_answer_holds_and_one_that_nobody_expected_is_wondered_at() {
        let facts = facts();
        assert_eq!(exchange(&facts, &[]).status, Status::Ok);
        assert_eq!(exchange(&facts, &[broken("trust policy")]).status, Status::Warn);
        let mut without = facts;
        without.question.exchange = false;
        assert_eq!(exchange(&without, &[]).status, Status::NotLookedAt);
        without.question.exchange = true;
        without.exchange = None;
        assert_eq!(exchange(&without, &[]).status, Status::NotLookedAt);
        without.exchange = Some(Exchange::Failed("no answer".into()));
        assert_eq!(exchange(&without, &[]).status, Status::Fail);
    }

    #[test]
    fn a_given_action_is_allowed_or_it_is_said_by_what_it_is_not() {
        let mut facts = facts();
        assert_eq!(permissions(&facts).status, Status::NotLookedAt);
        facts.question.action = Some("s3:GetObject".into());
        facts.question.resource = Some("arn:aws:s3:::b/k".into());
        let mut judged = |decision: &str, by_boundary| {
            facts.simulated = Some(Found::There(Simulated {
                decision: decision.into(),
                matched: vec!["reader".into()],
                by_boundary,
                ..Simulated::default()
            }));
            permissions(&facts)
        };
        assert_eq!(judged("allowed", None).status, Status::Ok);
        assert!(
            judged("explicitDeny", None).findings[0]
                .saw
                .contains("explicit deny in reader")
        );
        assert!(judged("implicitDeny", Some(false)).findings[0].saw.contains("boundary"));
        assert!(
            judged("implicitDeny", None).findings[0]
                .mend
                .contains("put-role-policy --role-name app")
        );
        facts.simulated = Some(Found::Forbidden("`iam:SimulatePrincipalPolicy`".into()));
        assert!(permissions(&facts).summary.contains("iam:SimulatePrincipalPolicy"));
    }
}
