//! What all links rest on: credentials, the API server, the network, the clocks. All of it as seen from here, which is not
//! where the pod is.

use super::{
    facts::{Facts, Found},
    report::Link,
};

pub(super) const CREDENTIALS: &str = "credentials";
pub(super) const API_SERVER: &str = "API server";
pub(super) const REACH: &str = "network reach";
pub(super) const CLOCK: &str = "clocks";
/// Clocks that differ by less than this, in seconds, are right: the `Date` of an answer has no fractions, and took its time.
const CLOSE: i64 = 30;
/// A signature that is older is refused (AWS Signature Version 4: troubleshooting, "Signature expired").
const FAR: i64 = 300;

pub(super) fn credentials(facts: &Facts) -> Link {
    match &facts.caller {
        Found::There(caller) => Link::new(CREDENTIALS, format!("{} asks, in {}", caller.arn, facts.region)),
        other => {
            let mut link = Link::new(CREDENTIALS, "AWS's APIs do not answer these credentials");
            link.fail(
                other.unknown().unwrap_or_default(),
                "credentials that may read IAM and EKS (docs/doctor.md)",
                "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (for `rolecall dev`: `. ./.rolecall/env`)",
            );
            link
        }
    }
}

pub(super) fn api_server(facts: &Facts) -> Link {
    match &facts.api_server {
        Found::There(version) => Link::new(API_SERVER, format!("Kubernetes {version}")),
        other => {
            let mut link = Link::new(API_SERVER, "no API server answers");
            link.fail(
                other.unknown().unwrap_or_else(|| "it has no version".to_owned()),
                "the API server of the kubeconfig's current context",
                "set KUBECONFIG, or look with kubectl version",
            );
            link
        }
    }
}

pub(super) fn reach(facts: &Facts) -> Link {
    if facts.places.is_empty() {
        return Link::unlooked(REACH, "nothing was called");
    }
    let reached: Vec<&str> = facts
        .places
        .iter()
        .filter(|place| place.answer.is_ok())
        .map(|place| place.name)
        .collect();
    let reached = if reached.is_empty() {
        "none".to_owned()
    } else {
        reached.join(", ")
    };
    let mut link = Link::new(
        REACH,
        format!("{reached} answer from here; from the pod may be otherwise"),
    );
    for place in &facts.places {
        let Err(why) = &place.answer else { continue };
        let saw = format!("{} at {} does not answer from here: {why}", place.name, place.url);
        match place.name {
            "STS" => link.fail(
                saw,
                "an answer, here and from the pod",
                "look at DNS, proxies, egress policies, VPC endpoints; an AWS_CA_BUNDLE without the certificate is the same",
            ),
            // Whether anybody must reach it is for the links `issuer` and `keys` to say.
            "issuer" if facts.registered_keys.as_ref().is_some_and(|keys| keys.there().is_some()) => {}
            _ => link.warn(saw, "an answer", "look at DNS, proxies and firewalls between here and there"),
        }
    }
    link
}

pub(super) fn clocks(facts: &Facts) -> Link {
    let mut seen = Vec::new();
    let mut link = Link::new(CLOCK, "");
    for place in &facts.places {
        let Ok(Some(date)) = place.answer else { continue };
        let ahead = date - place.at;
        seen.push(format!("{} {ahead:+} s", place.name));
        compare(&mut link, place.name, ahead);
    }
    if let Some(token) = facts.token()
        && let Some(issued) = token.issued
    {
        let ahead = issued - token.at;
        seen.push(format!("API server {ahead:+} s"));
        compare(&mut link, "the API server, by the token's `iat`,", ahead);
        let sts = facts.places.iter().find(|place| place.name == "STS");
        let sts = sts.and_then(|place| Some(place.answer.as_ref().ok().copied().flatten()? - place.at));
        if let Some(sts) = sts.filter(|sts| ahead - sts > CLOSE) {
            link.fail(
                format!("the API server's clock is {} s ahead of that of STS", ahead - sts),
                "tokens that are not issued in the future",
                "set the clocks of the control plane's nodes by NTP: STS refuses such tokens",
            );
        }
    }
    if seen.is_empty() {
        return Link::unlooked(CLOCK, "no answer told the time");
    }
    link.says(format!("beside the one here: {}", seen.join(", ")))
}

fn compare(link: &mut Link, whose: &str, ahead: i64) {
    let distance = ahead.abs();
    if distance <= CLOSE {
        return;
    }
    let word = if ahead > 0 { "ahead of" } else { "behind" };
    let saw = format!("the clock of {whose} is {distance} s {word} the one here");
    let expected = format!("clocks that differ by no more than {CLOSE} s");
    let mend = "set the clocks by NTP: signatures that are 5 minutes off and tokens from the future are refused";
    if distance >= FAR {
        link.fail(saw, expected, mend);
    } else {
        link.warn(saw, expected, mend);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        facts::Place,
        report::Status,
        tests::{NOW, facts},
    };

    fn at(name: &'static str, answer: Result<Option<i64>, String>) -> Place {
        Place {
            name,
            url: format!("https://{name}.example"),
            answer,
            at: NOW,
        }
    }

    #[test]
    fn what_answers_and_whose_clocks_are_right_holds() {
        let facts = facts();
        for link in [credentials(&facts), api_server(&facts), reach(&facts), clocks(&facts)] {
            assert_eq!(link.status, Status::Ok, "{link:?}");
        }
        assert!(reach(&facts).summary.contains("from here"));
    }

    #[test]
    fn without_credentials_or_an_api_server_that_is_what_fails() {
        let mut facts = facts();
        facts.caller = Found::Failed("no credentials".into());
        facts.api_server = Found::Failed("refused".into());
        assert_eq!(credentials(&facts).findings[0].saw, "no credentials");
        assert_eq!(api_server(&facts).status, Status::Fail);
    }

    #[test]
    fn sts_must_be_reached_and_an_issuer_only_where_its_keys_are_read_there() {
        let mut facts = facts();
        facts.places = vec![at("STS", Err("no route".into()))];
        assert_eq!(reach(&facts).status, Status::Fail);
        facts.places = vec![at("issuer", Err("no such host".into()))];
        assert_eq!(reach(&facts).status, Status::Ok, "its keys are registered");
        facts.registered_keys = None;
        assert_eq!(reach(&facts).status, Status::Warn);
    }

    #[test]
    fn clocks_that_differ_are_a_warning_and_then_a_refusal() {
        let mut facts = facts();
        for (off, status) in [(20, Status::Ok), (-60, Status::Warn), (400, Status::Fail)] {
            facts.places = vec![at("IAM", Ok(Some(NOW + off)))];
            assert_eq!(clocks(&facts).status, status, "{off}");
        }
        // Tokens from the future of STS, though each is near enough to the clock here.
        facts.places = vec![at("STS", Ok(Some(NOW - 20)))];
        let mut token = facts.token().unwrap().clone();
        token.issued = Some(token.at + 20);
        facts.token = Some(Found::There(token));
        let link = clocks(&facts);
        assert_eq!(link.status, Status::Fail);
        assert!(link.findings[0].saw.contains("40 s ahead of that of STS"), "{link:?}");
    }
}
