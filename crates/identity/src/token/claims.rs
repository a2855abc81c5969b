//! What a token says.

use super::{
    TokenError,
    json::{Json, Strict},
};

/// The claim that carries session tags (IAM User Guide: Passing session tags with web identities).
const TAGS: &str = "https://aws.amazon.com/tags";

/// The claims that decisions rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `iss`
    pub issuer: String,
    /// `sub`
    pub subject: String,
    /// `aud`, one or several.
    pub audiences: Vec<String>,
    /// `azp`, the party that the token was issued to.
    pub authorized_party: Option<String>,
    /// `exp`, in seconds.
    pub expires: i64,
    /// `nbf`
    pub not_before: Option<i64>,
    /// `iat`
    pub issued: Option<i64>,
    /// `jti`
    pub token_id: Option<String>,
    /// `amr`, how the user proved who they are.
    pub methods: Vec<String>,
    /// `kubernetes.io`
    pub kubernetes: Option<KubernetesClaims>,
    /// Session tags.
    pub tags: Option<SessionTags>,
    /// Every other claim that is a plain text, for providers whose claims are condition keys.
    pub texts: Vec<(String, String)>,
}

/// The `kubernetes.io` claim of a service account's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubernetesClaims {
    /// The namespace.
    pub namespace: String,
    /// The service account's name.
    pub service_account: String,
    /// The service account's uid.
    pub service_account_uid: Option<String>,
    /// Name and uid of the pod that the token is bound to.
    pub pod: Option<(String, String)>,
    /// Name and uid of the node that the pod runs on.
    pub node: Option<(String, String)>,
}

impl KubernetesClaims {
    /// `system:serviceaccount:NAMESPACE:NAME`, if both are names that Kubernetes allows.
    pub fn subject(&self) -> Option<String> {
        // A namespace is an RFC 1123 label, a service account's name an RFC 1123 subdomain; neither has a colon.
        let label = |text: &str, longest: usize| {
            (1..=longest).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !text.starts_with('-')
                && !text.ends_with('-')
        };
        let named = label(&self.namespace, 63)
            && self.service_account.len() <= 253
            && self.service_account.split('.').all(|part| label(part, 253));
        named.then(|| ["system:serviceaccount:", &self.namespace, ":", &self.service_account].concat())
    }
}

/// Tags that the identity provider asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionTags {
    /// Key and value.
    pub tags: Vec<(String, String)>,
    /// The keys of those that stay over role chaining.
    pub transitive: Vec<String>,
}

/// `iss` alone, for finding the provider before anything is verified.
pub(super) fn issuer(payload: &[u8]) -> Result<String, TokenError> {
    /// Skips over everything else without keeping it; the strict reading comes after the signature.
    #[derive(serde::Deserialize)]
    struct Issuer {
        iss: Option<String>,
    }
    let found: Issuer = serde_json::from_slice(payload).map_err(|error| malformed(&error.to_string()))?;
    found.iss.ok_or(TokenError::Missing("iss"))
}

impl Claims {
    pub(super) fn parse(payload: &[u8]) -> Result<Self, TokenError> {
        let parsed = Strict::parse(payload).map_err(|why| malformed(&why))?;
        let Json::Object(members) = parsed else {
            return Err(malformed("not an object"));
        };
        let mut issuer = None;
        let mut subject = None;
        let mut audiences = Vec::new();
        let mut authorized_party = None;
        let mut expires = None;
        let mut not_before = None;
        let mut issued_at = None;
        let mut token_id = None;
        let mut methods = Vec::new();
        let mut kubernetes = None;
        let mut tags = None;
        let mut texts = Vec::new();
        for (name, value) in members {
            match name.as_ref() {
                "iss" => issuer = Some(text("iss", value)?),
                "sub" => subject = Some(text("sub", value)?),
                "aud" => audiences = one_or_many("aud", value)?,
                "azp" => authorized_party = Some(text("azp", value)?),
                "exp" => expires = Some(time("exp", &value)?),
                "nbf" => not_before = Some(time("nbf", &value)?),
                "iat" => issued_at = Some(time("iat", &value)?),
                "jti" => token_id = Some(text("jti", value)?),
                "amr" => methods = one_or_many("amr", value)?,
                "kubernetes.io" => kubernetes = Some(read_kubernetes(&value)?),
                TAGS => tags = Some(read_tags(&value)?),
                other => {
                    if let Json::String(text) = value {
                        texts.push((other.to_owned(), text.into_owned()));
                    }
                }
            }
        }
        let subject = subject
            .filter(|text| !text.is_empty())
            .ok_or(TokenError::Missing("sub"))?;
        if audiences.is_empty() {
            return Err(TokenError::Missing("aud"));
        }
        Ok(Self {
            issuer: issuer.ok_or(TokenError::Missing("iss"))?,
            subject,
            audiences,
            authorized_party,
            expires: expires.ok_or(TokenError::Missing("exp"))?,
            not_before,
            issued: issued_at,
            token_id,
            methods,
            kubernetes,
            tags,
            texts,
        })
    }
}

fn malformed(why: &str) -> TokenError {
    TokenError::Malformed {
        part: "claims",
        why: why.to_owned(),
    }
}

fn wrong(name: &str) -> TokenError {
    malformed(&format!("`{name}` is not what it must be"))
}

fn text(name: &str, value: Json<'_>) -> Result<String, TokenError> {
    match value {
        Json::String(text) => Ok(text.into_owned()),
        _ => Err(wrong(name)),
    }
}

fn one_or_many(name: &str, value: Json<'_>) -> Result<Vec<String>, TokenError> {
    match value {
        Json::String(text) => Ok(vec![text.into_owned()]),
        Json::Array(items) => items.into_iter().map(|item| text(name, item)).collect(),
        _ => Err(wrong(name)),
    }
}

/// A `NumericDate` (RFC 7519, section 2): seconds, which may have a fraction. Rounded down.
fn time(name: &str, value: &Json<'_>) -> Result<i64, TokenError> {
    match value {
        Json::Integer(seconds) => Ok(*seconds),
        // Up to the year 9999; in this range the conversion is exact enough and cannot overflow.
        Json::Float(seconds) if (0.0..253_402_300_800.0).contains(seconds) =>
        {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the range was checked and the fraction is dropped"
            )]
            Ok(seconds.floor() as i64)
        }
        _ => Err(wrong(name)),
    }
}

fn read_kubernetes(value: &Json<'_>) -> Result<KubernetesClaims, TokenError> {
    let named = |value: &Json<'_>| {
        Some((
            value.member("name")?.text()?.to_owned(),
            value.member("uid")?.text()?.to_owned(),
        ))
    };
    let account = value.member("serviceaccount").ok_or_else(|| wrong("kubernetes.io"))?;
    let read = || {
        Some(KubernetesClaims {
            namespace: value.member("namespace")?.text()?.to_owned(),
            service_account: account.member("name")?.text()?.to_owned(),
            service_account_uid: account.member("uid").and_then(Json::text).map(str::to_owned),
            pod: value.member("pod").map(|pod| named(pod).ok_or(())).transpose().ok()?,
            // A node may be named before it has a uid.
            node: value.member("node").and_then(named),
        })
    };
    read().ok_or_else(|| wrong("kubernetes.io"))
}

fn read_tags(value: &Json<'_>) -> Result<SessionTags, TokenError> {
    let error = || wrong(TAGS);
    let mut out = SessionTags::default();
    match value.member("principal_tags") {
        Some(Json::Object(members)) => {
            for (key, value) in members {
                // Each tag has one value, in a list.
                let text = match value {
                    Json::String(text) => text,
                    Json::Array(items) => match items.as_slice() {
                        [Json::String(text)] => text,
                        _ => return Err(error()),
                    },
                    _ => return Err(error()),
                };
                out.tags.push((key.to_string(), text.to_string()));
            }
        }
        None => {}
        Some(_) => return Err(error()),
    }
    match value.member("transitive_tag_keys") {
        Some(Json::Array(items)) => {
            for item in items {
                out.transitive.push(item.text().ok_or_else(error)?.to_owned());
            }
        }
        Some(Json::String(text)) => out.transitive.push(text.to_string()),
        None => {}
        Some(_) => return Err(error()),
    }
    Ok(out)
}
