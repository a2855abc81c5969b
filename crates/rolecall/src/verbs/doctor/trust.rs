//! The role's trust policy, asked about this very token: decided by the policy engine here, so that it works wherever the
//! policy can be read, and told clause by clause. STS itself says no more than "Not authorized to perform
//! sts:AssumeRoleWithWebIdentity".

use rolecall_names::Arn;
use rolecall_policy::{
    Compiled, Condition, Context, Decision, Effect, Element, Policies, Policy, Possibility, Principal, PrincipalType,
    Principals, Request, Statement, Text, Version, decide, explain,
    lint::{self, Options, PolicyType, Severity},
    outlook,
};

use super::{
    facts::{Facts, Found, Role},
    report::Link,
    token::Token,
};

pub(super) const NAME: &str = "trust policy";
const ACTION: &str = "sts:AssumeRoleWithWebIdentity";
/// Condition keys whose values are those of the pod's own call, which is not this one.
const OF_THE_CALL: [&str; 9] = [
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:useragent",
    "aws:referer",
    "aws:securetransport",
    "sts:rolesessionname",
    "sts:durationseconds",
];

pub(super) fn judge(facts: &Facts) -> Link {
    let role = match &facts.role {
        Some(Found::There(role)) => role,
        Some(Found::Absent) => return Link::unlooked(NAME, "there is no such role"),
        Some(other) => {
            return Link::unlooked(
                NAME,
                format!("the role cannot be read: {}", other.unknown().unwrap_or_default()),
            );
        }
        None => {
            return Link::unlooked(
                NAME,
                facts
                    .elsewhere()
                    .unwrap_or_else(|| "there is no role to ask".to_owned()),
            );
        }
    };
    let (Some(token), Some(provider)) = (facts.token(), facts.provider_arn()) else {
        return Link::unlooked(NAME, "there is no token to ask it about");
    };
    Case::new(facts, role, token, &provider).judge()
}

/// A trust policy and a token.
struct Case<'a> {
    role: &'a Role,
    token: &'a Token,
    provider: &'a str,
    /// The issuer without its scheme.
    issuer: &'a str,
    request: Request,
    providers: Option<Vec<String>>,
}

impl<'a> Case<'a> {
    fn new(facts: &'a Facts, role: &'a Role, token: &'a Token, provider: &'a str) -> Self {
        let issuer = facts.issuer_host().unwrap_or_default();
        let account = Arn::account_in(provider);
        let audience = facts.audience();
        let audience = audience
            .or_else(|| token.audiences.first().cloned())
            .unwrap_or_default();
        let mut context = Context::new();
        context.insert(format!("{issuer}:sub"), token.subject.as_str());
        context.insert(format!("{issuer}:aud"), audience);
        context.insert("aws:FederatedProvider", provider);
        context.insert("aws:RequestedRegion", facts.region.as_str());
        if let Ok(now) = jiff::Timestamp::from_second(facts.now) {
            context.insert("aws:CurrentTime", now.to_string());
            context.insert("aws:EpochTime", facts.now.to_string());
        }
        context.insert_tags("aws:ResourceTag", &role.tags);
        context.insert_tags("iam:ResourceTag", &role.tags);
        let principal = Principal::web_identity(provider, account);
        let request = Request::new(principal, ACTION, &role.arn, account, context);
        Self {
            role,
            token,
            provider,
            issuer,
            request,
            providers: facts.providers.there().cloned(),
        }
    }

    fn judge(&self) -> Link {
        let name = self.role.arn.rsplit('/').next().unwrap_or_default();
        let policy = match Policy::parse(&self.role.trust) {
            Ok(policy) => policy,
            Err(error) => {
                let (row, column) = error.place(&self.role.trust);
                let mut link = Link::new(NAME, format!("the trust policy of role {name} cannot be read"));
                link.fail(
                    format!("line {row}, column {column}: {}", error.why),
                    "a policy document",
                    "write it anew: aws iam update-assume-role-policy",
                );
                return link;
            }
        };
        let compiled = Compiled::new(&policy).with_name("trust policy");
        let policies = Policies {
            resource: Some(&compiled),
            ..Policies::default()
        };
        let seen = outlook(&self.request, &policies, &|key| !OF_THE_CALL.contains(&key));
        match seen.possibility {
            Possibility::Always => {
                let mut link = Link::new(NAME, format!("role {name} trusts this token"));
                self.too_wide(&mut link);
                link
            }
            Possibility::Sometimes => {
                let mut link = Link::new(
                    NAME,
                    format!("role {name} trusts this token under conditions of the call"),
                );
                for clause in seen.clauses.iter().filter(|clause| !clause.conditions.is_empty()) {
                    link.warn(
                        format!("statement {} asks for {}", clause.sid, clause.conditions.join(" and ")),
                        "what the pod's own call has there, which cannot be seen from here",
                        "",
                    );
                }
                link
            }
            Possibility::Never => {
                let mut link = Link::new(NAME, format!("role {name} does not trust this token"));
                self.refusals(&policy, &policies, &mut link);
                link
            }
        }
    }

    /// It lets this token in; whether it lets in more than anybody wants is for the linter to say.
    fn too_wide(&self, link: &mut Link) {
        let options = Options {
            policy_type: Some(PolicyType::Trust),
            providers: self.providers.clone(),
        };
        for finding in lint::lint(&self.role.trust, &options).findings {
            if finding.severity == Severity::SecurityWarning {
                link.warn(finding.message, "", finding.advice);
            }
        }
    }

    /// Every clause of every statement that keeps the token out.
    fn refusals(&self, policy: &Policy, policies: &Policies<'_>, link: &mut Link) {
        let explained = explain(&self.request, policies);
        let said = explained.policies.iter().flat_map(|policy| &policy.statements);
        let mut about_tokens = false;
        for (statement, said) in policy.statements.iter().zip(said) {
            if statement.effect == Effect::Deny {
                if said.applied {
                    about_tokens = true;
                    link.fail(
                        format!("statement {} denies it", said.sid),
                        "no statement that denies",
                        "narrow or remove that statement; what it denies, no other allows",
                    );
                }
                continue;
            }
            // A statement for somebody else altogether, such as an instance's, keeps nobody out.
            if !concerns(statement) {
                continue;
            }
            about_tokens = true;
            self.principal(statement, &said.sid, link);
            self.action(statement, &said.sid, link);
            for condition in &statement.conditions {
                self.condition(condition, policy, &said.sid, link);
            }
        }
        if !about_tokens {
            let names: Vec<String> = policy
                .principals()
                .map(|(kind, text)| format!("{}: {}", kind.name(), text.text))
                .collect();
            link.fail(
                format!(
                    "the policy trusts {}",
                    if names.is_empty() {
                        "nobody".to_owned()
                    } else {
                        names.join(", ")
                    }
                ),
                format!("a statement that allows {ACTION} to Federated: {}", self.provider),
                format!(
                    "add it, with StringEquals {}:sub {} and {}:aud",
                    self.issuer, self.token.subject, self.issuer
                ),
            );
        }
    }

    /// Whether a statement with these parts, and with all else as this token would have it, allows.
    fn holds(
        &self,
        principal: Option<&Principals>,
        action: Option<&Element>,
        condition: Option<&Condition>,
        version: Version,
    ) -> bool {
        let text = |text: &str| Text {
            at: 0,
            text: text.to_owned(),
        };
        let statement = Statement {
            at: 0,
            end: 0,
            sid: None,
            effect: Effect::Allow,
            odd_effect: None,
            principal: Some(principal.cloned().unwrap_or_else(|| Principals {
                at: 0,
                negated: false,
                entries: vec![(PrincipalType::Federated, text(self.provider))],
            })),
            action: Some(action.cloned().unwrap_or_else(|| Element {
                at: 0,
                negated: false,
                values: vec![text(ACTION)],
            })),
            resource: None,
            conditions: condition.into_iter().cloned().collect(),
        };
        let policy = Policy {
            source: String::new(),
            version,
            id: None,
            statements: vec![statement],
        };
        let compiled = Compiled::new(&policy);
        let policies = Policies {
            resource: Some(&compiled),
            ..Policies::default()
        };
        decide(&self.request, &policies) == Decision::Allowed
    }

    fn principal(&self, statement: &Statement, sid: &str, link: &mut Link) {
        let Some(principals) = &statement.principal else { return };
        if self.holds(Some(principals), None, None, Version::V2012) {
            return;
        }
        let shown: Vec<String> = principals
            .entries
            .iter()
            .map(|(kind, text)| format!("{}: {}", kind.name(), text.text))
            .collect();
        let negated = if principals.negated {
            "NotPrincipal"
        } else {
            "Principal"
        };
        let hint = principals
            .entries
            .iter()
            .filter(|(kind, _)| *kind == PrincipalType::Federated)
            .find_map(|(_, text)| provider_hint(&text.text, self.provider));
        link.fail(
            format!("statement {sid}: {negated} {}", shown.join(", ")),
            format!("Federated: {}", self.provider),
            hint.unwrap_or_else(|| "name the provider of the token's issuer".to_owned()),
        );
    }

    fn action(&self, statement: &Statement, sid: &str, link: &mut Link) {
        let Some(action) = &statement.action else { return };
        if self.holds(None, Some(action), None, Version::V2012) {
            return;
        }
        let values: Vec<&str> = action.values.iter().map(|value| value.text.as_str()).collect();
        let mend = if values.iter().any(|value| value.eq_ignore_ascii_case("sts:AssumeRole")) {
            format!("a token is shown with {ACTION}, which sts:AssumeRole does not include: write {ACTION}")
        } else {
            format!("write {ACTION}")
        };
        let name = if action.negated { "NotAction" } else { "Action" };
        link.fail(format!("statement {sid}: {name} {}", values.join(", ")), ACTION, mend);
    }

    fn condition(&self, condition: &Condition, policy: &Policy, sid: &str, link: &mut Link) {
        let key = condition.key.to_ascii_lowercase();
        if OF_THE_CALL.contains(&key.as_str()) || self.holds(None, None, Some(condition), policy.version) {
            return;
        }
        let wanted: Vec<&str> = condition.values.iter().map(|value| value.text.as_str()).collect();
        let found = self
            .request
            .context()
            .get(&condition.key)
            .map(|values| values.as_slice().join(", "));
        let expected = match &found {
            Some(found) => format!("the token has {found}"),
            None => "the token has nothing by that key".to_owned(),
        };
        let hint = match &found {
            None => key_hint(&condition.key, self.issuer),
            Some(found) => {
                let wild = self.wildcards(condition, policy).then(|| {
                    format!(
                        "{} takes `*` and `?` as they are written: use StringLike",
                        condition.operator
                    )
                });
                wild.or_else(|| value_hint(&condition.key, &wanted, found))
            }
        };
        link.fail(
            format!(
                "statement {sid}: {} {} is {}",
                condition.operator,
                condition.key,
                wanted.join(", ")
            ),
            expected,
            hint.unwrap_or_else(|| "correct the condition".to_owned()),
        );
    }

    /// Whether the condition would hold if its wildcards were some.
    fn wildcards(&self, condition: &Condition, policy: &Policy) -> bool {
        let is_exact = condition.operator.contains("StringEquals");
        let is_wild = condition.values.iter().any(|value| value.text.contains(['*', '?']));
        let like = Condition {
            operator: condition
                .operator
                .replace("StringEqualsIgnoreCase", "StringLike")
                .replace("StringEquals", "StringLike"),
            ..condition.clone()
        };
        is_exact && is_wild && self.holds(None, None, Some(&like), policy.version)
    }
}

/// Whether a statement is about tokens: it names an OIDC provider, or allows to show a token.
fn concerns(statement: &Statement) -> bool {
    let names = statement.principal.iter().flat_map(|principals| &principals.entries);
    let federated = names
        .into_iter()
        .any(|(kind, text)| *kind == PrincipalType::Federated && !text.text.contains(":saml-provider/"));
    let actions = statement.action.iter().flat_map(|action| &action.values);
    federated
        || actions
            .into_iter()
            .any(|action| action.text.to_ascii_lowercase().contains("webidentity"))
}

/// What is wrong with the provider that a policy names, beside the one that it must be.
fn provider_hint(named: &str, provider: &str) -> Option<String> {
    let split = |arn: &str| -> Option<(String, String, String)> {
        let mut parts = arn.splitn(6, ':');
        let (_, partition, _, _, account) = (
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
            parts.next()?,
        );
        let issuer = parts.next()?.strip_prefix("oidc-provider/")?;
        Some((partition.to_owned(), account.to_owned(), issuer.to_owned()))
    };
    let (partition, account, issuer) = split(provider)?;
    let Some((their_partition, their_account, their_issuer)) = split(named) else {
        return Some(format!(
            "`{named}` is no ARN of an OIDC provider: it has the form arn:PARTITION:iam::ACCOUNT:oidc-provider/ISSUER, without https://"
        ));
    };
    let plain = their_issuer
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    Some(if plain != their_issuer {
        "leave out the scheme: the ARN of a provider has its issuer without https://".to_owned()
    } else if plain != issuer && plain.trim_end_matches('/') == issuer.trim_end_matches('/') {
        "the two differ in a slash at the end, and they are compared as they are written".to_owned()
    } else if plain != issuer && plain.eq_ignore_ascii_case(&issuer) {
        "the two differ in capitals, and they are compared as they are written".to_owned()
    } else if plain == issuer && their_account != account {
        format!("the provider is in account {account}, as the role is; the policy names one of account {their_account}")
    } else if plain == issuer && their_partition != partition {
        format!("the partition is {partition}, not {their_partition}")
    } else {
        "the policy trusts another issuer, such as that of another cluster or of one that was there before: name the provider of the token's issuer".to_owned()
    })
}

/// Why a condition's key finds nothing.
fn key_hint(key: &str, issuer: &str) -> Option<String> {
    let (prefix, claim) = key.rsplit_once(':')?;
    let plain = prefix.trim_start_matches("https://").trim_start_matches("http://");
    if plain != prefix {
        return Some(format!("leave out the scheme: the key is {issuer}:{claim}"));
    }
    if !prefix.contains(['.', '/']) {
        return None;
    }
    if prefix.eq_ignore_ascii_case(issuer) {
        return Some(format!(
            "of a service account's token only {issuer}:sub and {issuer}:aud are condition keys"
        ));
    }
    if prefix
        .trim_end_matches('/')
        .eq_ignore_ascii_case(issuer.trim_end_matches('/'))
    {
        return Some(format!(
            "the two differ in a slash at the end: the key is {issuer}:{claim}"
        ));
    }
    Some(format!(
        "the key is of another issuer, such as that of another cluster or of one that was there before: it is {issuer}:{claim}"
    ))
}

/// Why a value does not match.
fn value_hint(key: &str, wanted: &[&str], found: &str) -> Option<String> {
    let (_, claim) = key.rsplit_once(':')?;
    if wanted.iter().any(|wanted| wanted.trim() == found) {
        return Some("remove the blanks around the value".to_owned());
    }
    if wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(found)) {
        return Some("the two differ in capitals, and they are compared as they are written".to_owned());
    }
    match claim {
        "sub" => wanted.iter().find_map(|wanted| subject_hint(wanted, found)),
        "aud" if wanted.iter().any(|wanted| wanted.starts_with("system:serviceaccount:")) => {
            Some("that is a subject: compare it with the key that ends in :sub".to_owned())
        }
        "aud" => Some(format!(
            "write {found} in the condition, or give the service account the annotation eks.amazonaws.com/audience: {}",
            wanted.first()?
        )),
        _ => None,
    }
}

fn subject_hint(wanted: &str, found: &str) -> Option<String> {
    let form = "system:serviceaccount:NAMESPACE:NAME";
    let Some((namespace, name)) = wanted
        .strip_prefix("system:serviceaccount:")
        .and_then(|rest| rest.split_once(':'))
    else {
        return Some(format!(
            "a service account's subject has the form {form}: write {found}"
        ));
    };
    let (there, is) = found.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    Some(if (namespace, name) == (is, there) {
        format!("namespace and name are exchanged: the form is {form}")
    } else if namespace != there && name != is {
        format!(
            "the policy trusts service account {namespace}/{name}, and this is {there}/{is}: write {found}, or annotate the other one"
        )
    } else if namespace == there {
        format!(
            "the policy trusts {name} of namespace {there}, and this is {is}: write {found}, or use that service account"
        )
    } else {
        format!("the policy trusts namespace {namespace}, and this is namespace {there}: write {found}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{
        report::Status,
        tests::{ISSUER, PROVIDER, facts, trust},
    };

    fn judged(document: &serde_json::Value) -> Link {
        let mut facts = facts();
        let mut role = facts.role.as_ref().unwrap().there().unwrap().clone();
        role.trust = serde_json::to_string_pretty(document).unwrap();
        facts.role = Some(Found::There(role));
        judge(&facts)
    }

    /// The good policy with one thing changed.
    fn changed(pointer: &str, value: serde_json::Value) -> Link {
        let mut document = trust();
        *document.pointer_mut(pointer).unwrap() = value;
        judged(&document)
    }

    fn only(link: &Link) -> (&str, &str, &str) {
        assert_eq!((link.status, link.findings.len()), (Status::Fail, 1), "{link:?}");
        let finding = &link.findings[0];
        (&finding.saw, &finding.expected, &finding.mend)
    }

    const SUB: &str = "/Statement/0/Condition/StringEquals/oidc.example~1id~1A:sub";
    const FEDERATED: &str = "/Statement/0/Principal/Federated";

    #[test]
    fn a_policy_for_this_service_account_trusts_its_token() {
        let link = judged(&trust());
        assert_eq!((link.status, link.findings.len()), (Status::Ok, 0), "{link:?}");
    }

    #[test]
    fn another_subject_is_told_with_what_both_have() {
        let link = changed(SUB, "system:serviceaccount:default:other".into());
        let (saw, expected, mend) = only(&link);
        assert!(
            saw.contains("StringEquals oidc.example/id/A:sub is system:serviceaccount:default:other"),
            "{saw}"
        );
        assert_eq!(expected, "the token has system:serviceaccount:default:app");
        assert!(
            mend.contains("trusts other of namespace default, and this is app"),
            "{mend}"
        );
        for (wrong, hint) in [
            ("system:serviceaccount:team:app", "trusts namespace team"),
            ("system:serviceaccount:app:default", "exchanged"),
            ("system:serviceaccount:a:b", "trusts service account a/b"),
            ("system:serviceaccount:default/app", "has the form"),
            ("default:app", "has the form"),
            (" system:serviceaccount:default:app", "blanks"),
            ("system:serviceaccount:default:App", "capitals"),
        ] {
            let link = changed(SUB, wrong.into());
            assert!(only(&link).2.contains(hint), "{wrong}: {link:?}");
        }
    }

    #[test]
    fn a_wildcard_in_an_exact_comparison_asks_for_the_other_operator() {
        let link = changed(SUB, "system:serviceaccount:default:*".into());
        assert!(only(&link).2.contains("use StringLike"), "{link:?}");
        // One that would not match either is another mistake.
        let link = changed(SUB, "system:serviceaccount:team:*".into());
        assert!(only(&link).2.contains("team/*"), "{link:?}");
    }

    #[test]
    fn a_provider_that_is_almost_the_right_one_is_told_by_how_it_differs() {
        for (wrong, hint) in [
            (
                "arn:aws:iam::123456789012:oidc-provider/https://oidc.example/id/A",
                "scheme",
            ),
            ("arn:aws:iam::123456789012:oidc-provider/oidc.example/id/A/", "slash"),
            ("arn:aws:iam::123456789012:oidc-provider/OIDC.example/id/A", "capitals"),
            (
                "arn:aws:iam::210987654321:oidc-provider/oidc.example/id/A",
                "account 123456789012",
            ),
            (
                "arn:aws-cn:iam::123456789012:oidc-provider/oidc.example/id/A",
                "partition",
            ),
            (
                "arn:aws:iam::123456789012:oidc-provider/oidc.example/id/B",
                "another issuer",
            ),
            ("oidc.example/id/A", "is no ARN"),
        ] {
            let link = changed(FEDERATED, wrong.into());
            let (_, expected, mend) = only(&link);
            assert_eq!(expected, format!("Federated: {PROVIDER}"));
            assert!(mend.contains(hint), "{wrong}: {mend}");
        }
    }

    #[test]
    fn keys_of_another_issuer_or_with_a_scheme_find_nothing_and_it_is_said_why() {
        for (prefix, hint) in [
            ("https://oidc.example/id/A", "leave out the scheme"),
            ("oidc.example/id/B", "another issuer"),
            ("oidc.example/id/A/", "slash"),
        ] {
            let mut document = trust();
            document["Statement"][0]["Condition"] =
                serde_json::json!({ "StringEquals": { format!("{prefix}:sub"): "system:serviceaccount:default:app" } });
            let link = judged(&document);
            let (_, expected, mend) = only(&link);
            assert_eq!(expected, "the token has nothing by that key");
            assert!(mend.contains(hint), "{prefix}: {mend}");
        }
        let mut document = trust();
        document["Statement"][0]["Condition"]["StringEquals"][format!("{ISSUER}:namespace")] = "default".into();
        assert!(only(&judged(&document)).2.contains("only"));
    }

    #[test]
    fn every_clause_that_does_not_hold_is_told_and_not_only_the_first() {
        let mut document = trust();
        document["Statement"][0]["Action"] = "sts:AssumeRole".into();
        document["Statement"][0]["Principal"]["Federated"] =
            "arn:aws:iam::210987654321:oidc-provider/oidc.example/id/A".into();
        document["Statement"][0]["Condition"]["StringEquals"][format!("{ISSUER}:aud")] = "other".into();
        let link = judged(&document);
        assert_eq!(link.findings.len(), 3, "{link:?}");
        assert!(
            link.findings
                .iter()
                .any(|finding| finding.mend.contains("sts:AssumeRole does not include"))
        );
        assert!(
            link.findings
                .iter()
                .any(|finding| finding.mend.contains("eks.amazonaws.com/audience: other"))
        );
    }

    #[test]
    fn a_policy_for_others_alone_asks_for_a_statement() {
        let mut document = trust();
        document["Statement"][0] = serde_json::json!(
            { "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" });
        let link = judged(&document);
        let (saw, expected, _) = only(&link);
        assert!(saw.contains("Service: ec2.amazonaws.com"), "{saw}");
        assert!(expected.contains(PROVIDER), "{expected}");
        // Beside the right statement it does not matter.
        let mut both = trust();
        both["Statement"]
            .as_array_mut()
            .unwrap()
            .push(document["Statement"][0].clone());
        assert_eq!(judged(&both).status, Status::Ok);
    }

    #[test]
    fn a_deny_is_told_and_conditions_of_the_call_stay_open() {
        let mut document = trust();
        let deny = serde_json::json!({ "Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "sts:*" });
        document["Statement"].as_array_mut().unwrap().push(deny);
        let link = judged(&document);
        assert!(only(&link).0.contains("statement No denies"), "{link:?}");
        let mut document = trust();
        document["Statement"][0]["Condition"]["IpAddress"] = serde_json::json!({ "aws:SourceIp": "10.0.0.0/8" });
        let link = judged(&document);
        assert_eq!(link.status, Status::Warn, "{link:?}");
        assert!(
            link.findings[0].saw.contains("IpAddress aws:SourceIp: 10.0.0.0/8"),
            "{link:?}"
        );
    }

    #[test]
    fn a_policy_that_lets_in_the_whole_cluster_is_warned_of() {
        let mut document = trust();
        document["Statement"][0]["Condition"] =
            serde_json::json!({ "StringEquals": { format!("{ISSUER}:aud"): "sts.amazonaws.com" } });
        let link = judged(&document);
        assert_eq!(link.status, Status::Warn, "{link:?}");
    }

    #[test]
    fn what_cannot_be_read_is_not_judged() {
        let mut facts = facts();
        facts.role = Some(Found::Forbidden("`iam:GetRole`".into()));
        assert!(judge(&facts).summary.contains("iam:GetRole"));
        facts.role = Some(Found::Absent);
        assert_eq!(judge(&facts).status, Status::NotLookedAt);
        let mut role = crate::verbs::doctor::tests::facts()
            .role
            .unwrap()
            .there()
            .unwrap()
            .clone();
        role.trust = "{".into();
        facts.role = Some(Found::There(role));
        assert_eq!(judge(&facts).status, Status::Fail);
    }
}
