//! The decision: which actions a request needs, on what, under which circumstances.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{self, SHA256};
use http::{HeaderMap, header};
use rolecall_policy::{
    Context, Decision, Explanation, Key, Policies, Principal, PrincipalKind, Request, decide, explain, source_ip,
};

use crate::{
    authority::{Bucket, Caller, ConnInfo},
    operation::{Access, Resource, When},
    recognise::S3Request,
};

/// How a request was signed, as condition keys tell it.
#[derive(Debug, Clone)]
pub(crate) struct Signing {
    /// `s3:authType`: `REST-HEADER` or `REST-QUERY-STRING`.
    pub(crate) kind: &'static str,
    /// How old the signature is.
    pub(crate) age: Duration,
    /// `x-amz-content-sha256`.
    pub(crate) payload: String,
}

/// Who asks: a verified caller or nobody in particular.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) caller: Option<std::sync::Arc<Caller>>,
    pub(crate) signing: Option<Signing>,
}

impl Asker {
    pub(crate) fn principal(&self) -> Principal {
        self.caller
            .as_ref()
            .map_or_else(Principal::anonymous, |caller| caller.principal.clone())
    }

    pub(crate) fn access_key_id(&self) -> String {
        self.caller
            .as_ref()
            .map(|caller| caller.access_key_id.clone())
            .unwrap_or_default()
    }
}

/// One question: an action on a resource.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) action: &'static str,
    /// An ARN, or `*`.
    pub(crate) resource: String,
    /// The bucket that owns it.
    pub(crate) bucket: Option<std::sync::Arc<Bucket>>,
    /// The key, for keys that only the question has.
    pub(crate) key: Option<String>,
    /// The version.
    pub(crate) version: Option<String>,
}

/// An answered question.
#[derive(Debug, Clone)]
pub(crate) struct Ruling {
    pub(crate) decision: Decision,
    pub(crate) explanation: Option<Explanation>,
    pub(crate) request: Request,
}

impl Ruling {
    pub(crate) fn allowed(&self) -> bool {
        self.decision == Decision::Allowed
    }
}

/// `arn:aws:s3:::BUCKET[/KEY]`.
pub(crate) fn arn(bucket: &str, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("arn:aws:s3:::{bucket}/{key}"),
        None => format!("arn:aws:s3:::{bucket}"),
    }
}

/// The actions of a row that this request needs.
pub(crate) fn needed(request: &S3Request) -> impl Iterator<Item = &'static Access> {
    request
        .operation
        .row()
        .access
        .iter()
        .filter(|access| match access.when {
            When::Always => true,
            When::Header(name) => request
                .headers
                .get(name)
                .is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"false")),
            When::Acl => request.sends_acl(),
            When::TagsCopied => request.copy_source.is_some() && request.copies_tags(),
            When::TagsSent => request.headers.contains_key("x-amz-tagging"),
        })
}

/// The question that an access asks, except [`Resource::EachKey`], which the body answers.
pub(crate) fn question(
    access: &Access,
    request: &S3Request,
    bucket: Option<&std::sync::Arc<Bucket>>,
    source: Option<&std::sync::Arc<Bucket>>,
) -> Option<Question> {
    let name = request.bucket.as_deref().unwrap_or_default();
    let (resource, bucket, key, version) = match access.on {
        Resource::All => ("*".to_owned(), None, None, None),
        Resource::TheBucket => (arn(name, None), bucket, None, None),
        Resource::TheObject => (
            arn(name, request.key.as_deref()),
            bucket,
            request.key.clone(),
            request.version.clone(),
        ),
        Resource::Source => {
            let copy = request.copy_source.as_ref()?;
            (
                arn(&copy.bucket, Some(&copy.key)),
                source,
                Some(copy.key.clone()),
                copy.version.clone(),
            )
        }
        Resource::EachKey => return None,
    };
    let action = match (&version, access.versioned) {
        (Some(_), Some(versioned)) => versioned,
        _ => access.action,
    };
    Some(Question {
        action,
        resource,
        bucket: bucket.cloned(),
        key,
        version,
    })
}

/// Puts a question to the policies. `account` owns the resource where no bucket says so.
pub(crate) fn rule(question: &Question, asker: &Asker, account: &str, context: Context) -> Ruling {
    let account = question
        .bucket
        .as_ref()
        .map_or(account, |bucket| bucket.account.as_str());
    let principal = asker.principal();
    // The id is made for policies that may look at it only.
    let policy = question.bucket.as_ref().and_then(|bucket| bucket.policy.as_ref());
    let principal = if policy.is_some_and(|(_, compiled)| compiled.names_canonical_users()) {
        let id = canonical_id(principal.account());
        principal.with_canonical_id(id)
    } else {
        principal
    };
    let request = Request::new(principal, question.action, &question.resource, account, context);
    let boundary = asker.caller.as_ref().and_then(|caller| caller.boundary.as_ref());
    // "The AWS account root user can always change and delete a bucket policy, even if the policy explicitly denies it"
    // (API Reference: PutBucketPolicy).
    let repairs = question.action.ends_with("BucketPolicy") && is_root_of(asker, account);
    let policies = Policies {
        identity: asker.caller.as_ref().map_or(&[], |caller| caller.identity.as_slice()),
        resource: question
            .bucket
            .as_ref()
            .filter(|_| !repairs)
            .and_then(|bucket| bucket.policy.as_ref())
            .map(|(_, compiled)| compiled),
        boundary: boundary.map(std::slice::from_ref),
        session: asker.caller.as_ref().and_then(|caller| caller.session.as_deref()),
        ..Policies::default()
    };
    let decision = decide(&request, &policies);
    let explanation = (decision != Decision::Allowed).then(|| explain(&request, &policies));
    Ruling {
        decision,
        explanation,
        request,
    }
}

/// An account by 64 hexadecimal digits, as S3 names owners and `CanonicalUser` principals.
pub(crate) fn canonical_id(account: &str) -> String {
    hex::encode(digest::digest(&SHA256, format!("canonical user {account}").as_bytes()))
}

/// What a refused client reads. Strangers learn nothing: neither does AWS tell them.
pub(crate) fn denial(question: &Question, asker: &Asker, ruling: &Ruling) -> String {
    let (Some(caller), Some(explanation)) = (&asker.caller, &ruling.explanation) else {
        return "Access Denied".to_owned();
    };
    let sentence = explanation.sentence();
    let on = match question.resource.as_str() {
        "*" => String::new(),
        arn => format!(" on resource: \"{arn}\""),
    };
    format!(
        "User: {} is not authorized to perform: {}{on}{sentence}",
        caller.principal.arn(),
        question.action
    )
}

/// Whether any policy that binds the question looks at the tags that the object has already. They are fetched only then.
pub(crate) fn asks_for_object_tags(question: &Question, asker: &Asker) -> bool {
    let mentions = |text: &str| text.to_ascii_lowercase().contains("s3:existingobjecttag");
    let bucket = question.bucket.as_ref().and_then(|bucket| bucket.policy.as_ref());
    let caller = asker.caller.as_ref();
    bucket.is_some_and(|(text, _)| mentions(text))
        || caller.is_some_and(|caller| {
            caller
                .identity
                .iter()
                .chain(&caller.boundary)
                .chain(caller.session.iter().flatten())
                .any(|policy| mentions(policy.source()))
        })
}

/// The circumstances of a request, but for what each question adds (Service Authorization Reference: condition keys for
/// Amazon S3; IAM User Guide: AWS global condition context keys).
pub(crate) fn context(
    request: &S3Request,
    raw: &HeaderMap,
    connection: &ConnInfo,
    asker: &Asker,
    region: &str,
    now: SystemTime,
) -> Context {
    let mut context = asker
        .caller
        .as_ref()
        .map_or_else(Context::new, |caller| caller.context.clone());
    context.insert(
        const { Key::known("aws:securetransport") },
        if connection.tls.is_some() { "true" } else { "false" },
    );
    context.insert(const { Key::known("aws:sourceip") }, source_ip(connection.peer.ip()));
    context.insert(const { Key::known("aws:requestedregion") }, region);
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    context.insert(const { Key::known("aws:epochtime") }, seconds.to_string());
    context.insert(const { Key::known("aws:currenttime") }, iso8601(seconds));
    if let Some(shown) = asker.caller.as_ref().and_then(|caller| caller.factor_shown) {
        let age = seconds.saturating_sub(u64::try_from(shown).unwrap_or_default());
        context.insert(const { Key::known("aws:multifactorauthage") }, age.to_string());
    }
    for (key, name) in [
        (const { Key::known("aws:useragent") }, header::USER_AGENT),
        (const { Key::known("aws:referer") }, header::REFERER),
    ] {
        if let Some(value) = raw.get(name).and_then(|value| value.to_str().ok()) {
            context.insert(key, value);
        }
    }
    if let Some(version) = connection.tls {
        context.insert(const { Key::known("s3:tlsversion") }, version);
    }
    if let Some(signing) = &asker.signing {
        context.insert(const { Key::known("s3:signatureversion") }, "AWS4-HMAC-SHA256");
        context.insert(const { Key::known("s3:authtype") }, signing.kind);
        context.insert(
            const { Key::known("s3:signatureage") },
            signing.age.as_millis().to_string(),
        );
        context.insert(const { Key::known("s3:x-amz-content-sha256") }, signing.payload.clone());
    }
    for name in ["prefix", "delimiter", "max-keys"] {
        if let Some(value) = request.parameter(name) {
            context.insert(format!("s3:{name}"), value);
        }
    }
    for (name, value) in &request.headers {
        let name = name.as_str();
        let is_key = name.starts_with("x-amz-grant-") || HEADER_KEYS.contains(&name);
        if let Some(value) = value.to_str().ok().filter(|_| is_key) {
            context.insert(format!("s3:{name}"), value);
        }
    }
    if let Some(copy) = &request.copy_source {
        // "/bucket/key", without the version (S3 User Guide: condition key examples).
        context.insert(
            const { Key::known("s3:x-amz-copy-source") },
            format!("/{}/{}", copy.bucket, copy.key),
        );
    }
    if !request.tags.is_empty() {
        object_tags(&mut context, &request.tags);
    }
    if let Some(value) = request.header("x-amz-if-match").or_else(|| request.header("if-match")) {
        context.insert(const { Key::known("s3:if-match") }, value);
    }
    if let Some(value) = request.header("if-none-match") {
        context.insert(const { Key::known("s3:if-none-match") }, value);
    }
    context
}

const HEADER_KEYS: &[&str] = &[
    "x-amz-acl",
    "x-amz-metadata-directive",
    "x-amz-object-ownership",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
];

/// The condition keys of tags that an object is to get.
pub(crate) fn object_tags(context: &mut Context, tags: &[(String, String)]) {
    context.insert_tags("s3:RequestObjectTag", tags);
    context.insert_list(
        const { Key::known("s3:requestobjecttagkeys") },
        tags.iter().map(|(name, _)| name.clone()),
    );
}

/// What a question adds to the circumstances.
pub(crate) fn narrow(context: &Context, question: &Question, tags: Option<&[(String, String)]>) -> Context {
    let mut context = context.clone();
    if let Some(bucket) = &question.bucket {
        context.insert(const { Key::known("aws:resourceaccount") }, bucket.account.as_str());
        context.insert(const { Key::known("s3:resourceaccount") }, bucket.account.as_str());
    }
    if let Some(version) = &question.version {
        context.insert(const { Key::known("s3:versionid") }, version.as_str());
    }
    context.insert_tags("s3:ExistingObjectTag", tags.unwrap_or_default());
    context
}

/// Whether this is the root user of the account: who may always read and repair a bucket's policy.
pub(crate) fn is_root_of(asker: &Asker, account: &str) -> bool {
    asker
        .caller
        .as_ref()
        .is_some_and(|caller| *caller.principal.kind() == PrincipalKind::Root && caller.principal.account() == account)
}

/// `2026-11-25T04:05:06Z`, from days since 1970 (Howard Hinnant's `civil_from_days`).
pub(crate) fn iso8601(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolecall_policy::{Compiled, Policy};
    use rolecall_wire::sigv4::SigningKey;

    use super::*;

    #[test]
    fn times_are_written_as_policies_compare_them() {
        assert_eq!(iso8601(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso8601(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(iso8601(1_795_579_506), "2026-11-25T04:05:06Z");
    }

    #[test]
    fn an_account_is_known_by_its_canonical_id() {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"CanonicalUser":"ID"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/k"}]}"#;
        let ruled = |named: &str| {
            let text = text.replace("ID", &canonical_id(named));
            let compiled = Compiled::new(&Policy::parse(&text).unwrap());
            let bucket = Bucket {
                name: "b".to_owned(),
                account: "444455556666".to_owned(),
                region: "us-east-1".to_owned(),
                upstream: "b".to_owned(),
                created: UNIX_EPOCH,
                policy: Some((text, compiled)),
                tags: Vec::new(),
            };
            let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
            let caller = Caller {
                principal: Principal::parse("arn:aws:iam::111122223333:user/alice").unwrap(),
                access_key_id: "AKIATEST".to_owned(),
                key: SigningKey::derive("secret", "20261125", "us-east-1", "s3"),
                context: Context::new(),
                factor_shown: None,
                identity: vec![Compiled::new(&Policy::parse(all).unwrap())],
                boundary: None,
                session: None,
            };
            let asker = Asker {
                caller: Some(Arc::new(caller)),
                signing: None,
            };
            let question = Question {
                action: "s3:GetObject",
                resource: arn("b", Some("k")),
                bucket: Some(Arc::new(bucket)),
                key: Some("k".to_owned()),
                version: None,
            };
            rule(&question, &asker, "111122223333", Context::new()).decision
        };
        assert_eq!(ruled("111122223333"), Decision::Allowed);
        assert_eq!(ruled("777788889999"), Decision::ImplicitlyDenied);
    }
}
