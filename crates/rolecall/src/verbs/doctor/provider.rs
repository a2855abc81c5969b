//! The IAM OIDC provider by which an account believes an issuer.

use super::{
    facts::{Facts, Found},
    report::Link,
};

pub(super) const NAME: &str = "provider";
/// What a provider is registered with where nobody says otherwise.
const AUDIENCE: &str = "sts.amazonaws.com";

pub(super) fn judge(facts: &Facts) -> Link {
    let Some(wanted) = facts.provider_arn() else {
        return Link::unlooked(NAME, "the issuer, or the account, is not known");
    };
    if let Some(why) = facts.elsewhere() {
        return Link::unlooked(NAME, format!("{wanted} cannot be looked for: {why}"));
    }
    let all = match &facts.providers {
        Found::There(all) => all,
        other => {
            return Link::unlooked(
                NAME,
                format!("providers cannot be listed: {}", other.unknown().unwrap_or_default()),
            );
        }
    };
    let cluster = facts.cluster.there().map_or("NAME", |cluster| cluster.name.as_str());
    if !all.contains(&wanted) {
        let mut link = Link::new(NAME, "the account does not believe this issuer");
        let near = all.iter().find(|known| {
            let plain = |arn: &str| arn.trim_end_matches('/').to_ascii_lowercase();
            plain(known) == plain(&wanted)
        });
        let saw = match near {
            Some(near) => format!("{near}, which differs in a slash or in capitals"),
            None if all.is_empty() => "no OIDC provider at all".to_owned(),
            None => format!("{} OIDC providers, and none of this issuer", all.len()),
        };
        link.fail(
            saw,
            wanted,
            format!("rolecall utils associate-iam-oidc-provider --cluster {cluster} --approve"),
        );
        return link;
    }
    let mut link = Link::new(NAME, wanted.clone());
    let audience = facts.audience().unwrap_or_else(|| AUDIENCE.to_owned());
    match &facts.provider {
        Some(Found::There(provider)) if !provider.client_ids.contains(&audience) => link.fail(
            format!("it accepts the audiences {}", provider.client_ids.join(", ")),
            audience.clone(),
            format!(
                "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {wanted} --client-id {audience}, or correct the annotation eks.amazonaws.com/audience"
            ),
        ),
        Some(Found::There(provider)) => {
            return link.says(format!("{wanted}, for {}", provider.client_ids.join(", ")));
        }
        Some(Found::Absent) => link.fail("it was deleted a moment ago", wanted, "look again"),
        other => {
            let why = other.as_ref().and_then(Found::unknown).unwrap_or_default();
            link.find(super::report::Status::NotLookedAt, format!("its audiences cannot be read: {why}"), audience, "");
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        facts::{Caller, Provider},
        report::Status,
        tests::{PROVIDER, common, facts},
    };

    #[test]
    fn a_provider_of_this_issuer_for_this_audience_holds() {
        assert_eq!(judge(&facts()).status, Status::Ok, "{:?}", judge(&facts()));
        assert_eq!(judge(&common()).status, Status::Ok);
    }

    #[test]
    fn a_missing_provider_fails_and_one_that_is_almost_right_is_named() {
        let mut facts = facts();
        facts.providers = Found::There(Vec::new());
        let link = judge(&facts);
        assert_eq!(link.status, Status::Fail);
        assert!(link.findings[0].mend.contains("--cluster prod --approve"), "{link:?}");
        assert_eq!(link.findings[0].expected, PROVIDER);
        facts.providers = Found::There(vec![format!("{PROVIDER}/")]);
        assert!(judge(&facts).findings[0].saw.contains("slash"));
        facts.providers = Found::There(vec!["arn:aws:iam::123456789012:oidc-provider/other".into()]);
        assert!(judge(&facts).findings[0].saw.contains("1 OIDC providers"));
    }

    #[test]
    fn an_audience_that_it_does_not_accept_does_not_hold() {
        let mut facts = facts();
        facts.provider = Some(Found::There(Provider {
            client_ids: vec!["other".into()],
        }));
        let link = judge(&facts);
        assert_eq!(link.status, Status::Fail);
        assert_eq!(link.findings[0].expected, "sts.amazonaws.com");
    }

    #[test]
    fn what_may_not_be_read_and_another_account_are_not_looked_at() {
        let mut facts = facts();
        facts.providers = Found::Forbidden("`iam:ListOpenIDConnectProviders`".into());
        assert!(judge(&facts).summary.contains("iam:ListOpenIDConnectProviders"));
        facts.caller = Found::There(Caller {
            arn: "arn:aws:iam::210987654321:user/u".into(),
            account: "210987654321".into(),
        });
        let link = judge(&facts);
        assert_eq!(link.status, Status::NotLookedAt);
        assert!(link.summary.contains("account 123456789012"), "{link:?}");
    }
}
