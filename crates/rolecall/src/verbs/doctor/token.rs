//! The token that a pod would show: whom it names, for whom it is meant, who issued it. Its signature and the whole of it
//! are shown to nobody but STS.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rolecall_wire::secret::Secret;
use serde_json::Value;

use super::{
    facts::{Facts, Found},
    report::Link,
};

pub(super) const NAME: &str = "token";
/// The algorithms that STS takes (IAM User Guide: Create an OpenID Connect identity provider in IAM: RSA and ECDSA).
const ALGORITHMS: [&str; 6] = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];
/// The audience that belongs to EKS Pod Identity alone.
const POD_IDENTITY: &str = "pods.eks.amazonaws.com";

/// A token, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) whole: Secret,
    pub(super) key_id: Option<String>,
    pub(super) algorithm: String,
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) audiences: Vec<String>,
    pub(super) issued: Option<i64>,
    /// Our own clock when it was issued.
    pub(super) at: i64,
}

impl Token {
    /// Reads the header and the claims; whether the signature is right is for STS to say.
    pub(super) fn read(text: String, at: i64) -> Result<Self, String> {
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("the API server's token is no JSON Web Token: it has not three parts".to_owned());
        };
        let read = |part: &str, what: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).ok();
            let value: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            value.ok_or_else(|| format!("the {what} of the API server's token cannot be read"))
        };
        let (header, claims) = (read(header, "header")?, read(claims, "claims")?);
        let text_of = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let audiences = match claims.get("aud") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => all.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        Ok(Self {
            key_id: text_of(&header, "kid"),
            algorithm: text_of(&header, "alg").unwrap_or_default(),
            issuer: text_of(&claims, "iss").unwrap_or_default(),
            subject: text_of(&claims, "sub").unwrap_or_default(),
            audiences,
            issued: claims.get("iat").and_then(Value::as_i64),
            at,
            whole: text.into(),
        })
    }
}

pub(super) fn judge(facts: &Facts) -> Link {
    let Some(account) = facts.account_name() else {
        return Link::unlooked(NAME, "the pod is not known");
    };
    let token = match &facts.token {
        None => return Link::unlooked(NAME, "nothing asks for a role, so no pod has a token to show"),
        Some(Found::There(token)) => token,
        Some(Found::Absent) => return Link::unlooked(NAME, format!("there is no service account {account}")),
        Some(other) => {
            return Link::unlooked(
                NAME,
                format!(
                    "no token of {account} could be asked for: {}",
                    other.unknown().unwrap_or_default()
                ),
            );
        }
    };
    let audiences = token.audiences.join(", ");
    let mut link = Link::new(
        NAME,
        format!("issued by {} to {} for {audiences}", token.issuer, token.subject),
    );
    let subject = format!("system:serviceaccount:{}:{}", account.namespace, account.name);
    if token.subject != subject {
        link.fail(
            format!("`sub` is {}", token.subject),
            subject,
            "tokens of an API server name the service account; look at what stands between it and you",
        );
    }
    if token.audiences.iter().any(|audience| audience == POD_IDENTITY) {
        link.fail(
            format!("the audience {POD_IDENTITY}, which belongs to EKS Pod Identity: STS refuses it"),
            "sts.amazonaws.com",
            "remove the annotation eks.amazonaws.com/audience",
        );
    }
    if let Some(wanted) = facts.audience().filter(|wanted| !token.audiences.contains(wanted)) {
        link.fail(
            format!("the token is for {audiences}"),
            wanted,
            "the API server does not issue tokens for the audience that is asked for: look at its --api-audiences and at admission plugins",
        );
    }
    if !ALGORITHMS.contains(&token.algorithm.as_str()) {
        link.fail(
            format!("the token is signed with {}", token.algorithm),
            ALGORITHMS.join(", "),
            "give kube-apiserver a signing key of RSA or ECDSA (--service-account-signing-key-file)",
        );
    }
    link
}

#[cfg(test)]
pub(super) fn made(claims: &Value) -> Token {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = serde_json::json!({ "alg": "RS256", "kid": "k1" });
    Token::read(format!("{}.{}.c2ln", part(&header), part(claims)), 1_000).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::doctor::{report::Status, tests::facts};

    #[test]
    fn claims_are_read_and_the_whole_is_shown_to_nobody() {
        let token = made(&serde_json::json!({ "iss": "https://i", "sub": "s", "aud": "one", "iat": 900 }));
        assert_eq!((token.issuer.as_str(), token.issued), ("https://i", Some(900)));
        assert_eq!(token.audiences, ["one"]);
        assert_eq!(token.key_id.as_deref(), Some("k1"));
        assert!(!format!("{token:?}").contains("c2ln"));
        for wrong in ["", "a.b", "a.b.c", "a.b.c.d", "e30.e30"] {
            assert!(Token::read(wrong.to_owned(), 0).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_good_token_holds_and_says_whom_it_names_but_not_itself() {
        let facts = facts();
        let link = judge(&facts);
        assert_eq!(link.status, Status::Ok, "{link:?}");
        assert!(link.summary.contains("system:serviceaccount:default:app"));
        let whole = facts.token().unwrap().whole.expose().to_owned();
        assert!(!format!("{link:?}").contains(&whole));
    }

    #[test]
    fn another_subject_audience_or_algorithm_does_not_hold() {
        let mut facts = facts();
        let mut token = facts.token().unwrap().clone();
        token.subject = "system:serviceaccount:default:other".into();
        token.audiences = vec!["pods.eks.amazonaws.com".into()];
        token.algorithm = "HS256".into();
        facts.token = Some(Found::There(token));
        let link = judge(&facts);
        assert_eq!((link.status, link.findings.len()), (Status::Fail, 4), "{link:?}");
    }

    #[test]
    fn a_token_that_may_not_be_asked_for_names_the_permission() {
        let mut facts = facts();
        facts.token = Some(Found::Forbidden("`create serviceaccounts/token` (Kubernetes)".into()));
        let link = judge(&facts);
        assert_eq!(link.status, Status::NotLookedAt);
        assert!(link.summary.contains("create serviceaccounts/token"), "{link:?}");
    }
}
