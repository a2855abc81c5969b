//! What must be refused, and with which of AWS's answers.

use std::{
    fmt::Write,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response};
use rolecall_identity::token::issuer::SigningKey;
use rolecall_wire::{
    client::{self, Client, Error},
    generated::{iam, sts},
    sigv4,
};
use serde_json::{Value, json, value::RawValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ACCOUNT, BUCKET, KEY, REGION, Stage, Tale, claims, stage::Secrets, web_identity};
use crate::clock;

/// Who and what the refusals are about.
pub(super) struct Cast {
    pub(super) role: String,
    pub(super) token: String,
    pub(super) issuer: String,
    pub(super) session: client::Credentials,
    pub(super) secrets: Secrets,
}

/// Status, code and sentence of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    status: u16,
    code: String,
    message: String,
}

/// What a call came to.
pub(super) fn seen<T>(outcome: Result<T, Error>) -> Seen {
    match outcome {
        Ok(_) => Seen {
            status: 200,
            code: "allowed".to_owned(),
            message: String::new(),
        },
        Err(Error::Fault {
            status, code, message, ..
        }) => Seen {
            status: status.as_u16(),
            code,
            message,
        },
        Err(other) => Seen {
            status: 0,
            code: "no answer".to_owned(),
            message: other.to_string(),
        },
    }
}

/// What an answer of S3, or of a request made by hand, says.
pub(super) fn read(answer: &Response<Bytes>) -> Seen {
    let status = answer.status().as_u16();
    match rolecall_wire::xml::decode_fault(status, answer.body()) {
        Ok(fault) if status >= 300 => Seen {
            status,
            code: fault.code.into_owned(),
            message: fault.message,
        },
        _ => Seen {
            status,
            code: if status < 300 { "allowed" } else { "no code" }.to_owned(),
            message: String::new(),
        },
    }
}

/// Tells a refusal, and whether it is the right one: this status, this code, and a sentence with these words in it.
pub(super) fn expect(tale: &mut Tale, what: &str, seen: &Seen, (status, code, words): (u16, &str, &str)) {
    let right = seen.status == status && seen.code == code && seen.message.contains(words);
    let mut text = format!("{what}: {} {} {}", seen.status, seen.code, seen.message);
    if !right {
        let _ = write!(text, "\n       expected: {status} {code} {words}");
    }
    tale.check(right, text.trim_end());
}

pub(super) async fn tell(tale: &mut Tale, stage: &Stage, cast: &Cast) -> Result<()> {
    let anybody = stage.client(None, clock::now)?;
    tokens(tale, stage, &anybody, cast).await?;
    requests(tale, &anybody, cast).await?;
    sessions(tale, stage, cast).await?;
    signatures(tale, stage).await?;
    presigned(tale, stage).await?;
    documents(tale, stage, &anybody).await
}

const INVALID: (u16, &str) = (400, "InvalidIdentityToken");

#[expect(clippy::too_many_lines, reason = "one table of tokens, each made where it is named")]
async fn tokens(tale: &mut Tale, stage: &Stage, anybody: &Client, cast: &Cast) -> Result<()> {
    tale.step("Tokens that STS must refuse.");
    let real = claims(&cast.token)?;
    let with = |changes: Value| -> Result<String> {
        let mut all = real.clone();
        for (name, value) in changes.as_object().into_iter().flatten() {
            match (value.is_null(), all.as_object_mut()) {
                (true, Some(all)) => drop(all.remove(name)),
                (false, Some(all)) => drop(all.insert(name.clone(), value.clone())),
                _ => {}
            }
        }
        Ok(cast.secrets.issuer.sign(&all)?)
    };
    let now = clock::timestamp().as_second();
    let parts: Vec<&str> = cast.token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        anyhow::bail!("the token has not three parts")
    };
    let kid = cast.secrets.issuer.key_id();
    let head = |header: Value| URL_SAFE_NO_PAD.encode(header.to_string());
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).context("the token's signature")?;
    if let Some(byte) = flipped.get_mut(10) {
        *byte ^= 1;
    }
    let mut admin = real.clone();
    if let Some(admin) = admin.as_object_mut() {
        admin.insert("sub".to_owned(), json!("system:serviceaccount:kube-system:admin"));
    }
    let twice = {
        let mut text = real.to_string();
        text.pop();
        RawValue::from_string(format!("{text},\"sub\":\"system:serviceaccount:kube-system:admin\"}}"))?
    };
    let keys = super::document(anybody, &format!("{}/keys", cast.issuer))
        .await?
        .to_string();
    let hs256 = {
        let input = format!("{}.{payload}", head(json!({ "alg": "HS256", "kid": kid })));
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, keys.as_bytes()), input.as_bytes());
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac))
    };
    let stranger = SigningKey::generate()?;
    let wrong_audience = stage
        .rolecall(&[
            "token",
            "create",
            "default/iam-test",
            "--audience",
            "vault",
            "--duration",
            "10m",
        ])
        .await?
        .out;
    let at = |text: &'static str| (INVALID.0, INVALID.1, text);
    let cases = [
        (
            "an issuer that nobody registered",
            with(json!({ "iss": "https://issuer.example" }))?,
            at("No OpenIDConnect provider found in your account for https://issuer.example"),
        ),
        (
            "meant for another audience",
            wrong_audience,
            at("Incorrect token audience"),
        ),
        (
            "expired",
            with(json!({ "iat": now - 7200, "nbf": now - 7200, "exp": now - 3600 }))?,
            (400, "ExpiredTokenException", "Token expired: current date/time"),
        ),
        (
            "not valid yet",
            with(json!({ "nbf": now + 3600, "exp": now + 7200 }))?,
            at(""),
        ),
        (
            "issued in the future",
            with(json!({ "iat": now + 3600, "exp": now + 7200 }))?,
            at(""),
        ),
        ("without a subject", with(json!({ "sub": null }))?, at("")),
        ("without an end", with(json!({ "exp": null }))?, at("")),
        (
            "signature tampered with",
            format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(&flipped)),
            at(""),
        ),
        (
            "payload tampered with",
            format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(admin.to_string())),
            at(""),
        ),
        (
            "alg: none",
            format!("{}.{payload}.", head(json!({ "alg": "none", "kid": kid }))),
            at(""),
        ),
        ("HS256 with the public key as its secret", hs256, at("")),
        ("signed by a key of somebody else", stranger.sign(&real)?, at("")),
        (
            "somebody else's key under this issuer's key id",
            {
                let foreign = stranger.sign(&real)?;
                let foreign = foreign.rsplit('.').next().unwrap_or_default().to_owned();
                format!("{header}.{payload}.{foreign}")
            },
            at(""),
        ),
        (
            "an unknown key id",
            format!(
                "{}.{payload}.{signature}",
                head(json!({ "alg": "RS256", "kid": "nobody" }))
            ),
            at(""),
        ),
        ("a claim twice", cast.secrets.issuer.sign(&twice)?, at("")),
        (
            "not a token",
            "not-a-token".to_owned(),
            at("The ID Token provided is not a valid JWT."),
        ),
        (
            "longer than 20,000 bytes",
            "a".repeat(20_001),
            (
                400,
                "ValidationError",
                "Member must have length less than or equal to 20000",
            ),
        ),
    ];
    for (what, token, expected) in cases {
        let outcome = anybody
            .call::<sts::AssumeRoleWithWebIdentity>(web_identity(&cast.role, &token))
            .await;
        expect(tale, what, &seen(outcome), expected);
    }

    tale.step("Who is not trusted is not told whether the role exists.");
    let stranger = stage
        .rolecall(&[
            "token",
            "create",
            "default/default",
            "--audience",
            "sts.amazonaws.com",
            "--duration",
            "10m",
        ])
        .await?
        .out;
    let sentence = (
        403,
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
    let untrusted = anybody
        .call::<sts::AssumeRoleWithWebIdentity>(web_identity(&cast.role, &stranger))
        .await;
    let untrusted = seen(untrusted);
    expect(tale, "another service account", &untrusted, sentence);
    let missing = format!("arn:aws:iam::{ACCOUNT}:role/no-such-role");
    let missing = seen(
        anybody
            .call::<sts::AssumeRoleWithWebIdentity>(web_identity(&missing, &stranger))
            .await,
    );
    expect(tale, "a role that does not exist", &missing, sentence);
    tale.check(untrusted == missing, "the two answers are the same");
    Ok(())
}

async fn requests(tale: &mut Tale, anybody: &Client, cast: &Cast) -> Result<()> {
    tale.step("Requests that are out of bounds.");
    let request = || web_identity(&cast.role, &cast.token);
    let cases = [
        (
            "a malformed ARN",
            web_identity("not an arn but long enough", &cast.token),
            "not an arn but long enough is invalid",
        ),
        (
            "a duration under 15 minutes",
            sts::AssumeRoleWithWebIdentityRequest {
                duration_seconds: Some(899),
                ..request()
            },
            "Member must have value greater than or equal to 900",
        ),
        (
            "a duration over the role's longest",
            sts::AssumeRoleWithWebIdentityRequest {
                duration_seconds: Some(7200),
                ..request()
            },
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        (
            "a session name with a space",
            sts::AssumeRoleWithWebIdentityRequest {
                role_session_name: "bad name".to_owned(),
                ..request()
            },
            "Member must satisfy regular expression pattern",
        ),
    ];
    for (what, input, words) in cases {
        let outcome = seen(anybody.call::<sts::AssumeRoleWithWebIdentity>(input).await);
        expect(tale, what, &outcome, (400, "ValidationError", words));
    }
    Ok(())
}

async fn sessions(tale: &mut Tale, stage: &Stage, cast: &Cast) -> Result<()> {
    tale.step("Credentials that are over, or that were put together from two.");
    let who = |credentials: client::Credentials| -> Result<Client> { stage.client(credentials, clock::now) };
    let ended = who(cast.secrets.ended.clone())?
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await;
    expect(
        tale,
        "a session that is over",
        &seen(ended),
        (
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
    );
    let anybody = stage.client(None, clock::now)?;
    let other = super::credentials_of(&anybody, &cast.role, &cast.token, None).await?;
    let swapped = client::Credentials {
        session_token: other.session_token,
        ..cast.session.clone()
    };
    let swapped = who(swapped)?
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await;
    expect(
        tale,
        "one session's key with the other's token",
        &seen(swapped),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
        ),
    );
    Ok(())
}

/// What is changed after, or done wrong in, signing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    Header,
    Body,
    Query,
    Region,
    Date,
    Secret,
}

async fn signatures(tale: &mut Tale, stage: &Stage) -> Result<()> {
    tale.step("Requests whose signature does not cover what was sent.");
    let mismatch = "The request signature we calculated does not match the signature you provided.";
    let cases = [
        ("nothing changed", Change::Nothing, (200, "allowed", "")),
        (
            "a header changed",
            Change::Header,
            (403, "SignatureDoesNotMatch", mismatch),
        ),
        (
            "the body changed",
            Change::Body,
            (403, "SignatureDoesNotMatch", mismatch),
        ),
        (
            "the query changed",
            Change::Query,
            (403, "SignatureDoesNotMatch", mismatch),
        ),
        (
            "signed with another secret",
            Change::Secret,
            (403, "SignatureDoesNotMatch", mismatch),
        ),
        (
            "signed for another region",
            Change::Region,
            (
                403,
                "SignatureDoesNotMatch",
                "Credential should be scoped to a valid region.",
            ),
        ),
        (
            "signed an hour ago",
            Change::Date,
            (403, "SignatureDoesNotMatch", "Signature expired: "),
        ),
    ];
    for (what, change, expected) in cases {
        let answer = by_hand(stage, change).await?;
        expect(tale, what, &read(&answer), expected);
    }
    let unsigned = stage
        .client(None, clock::now)?
        .call::<iam::ListRoles>(iam::ListRolesRequest::default())
        .await;
    expect(
        tale,
        "not signed at all",
        &seen(unsigned),
        (
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        ),
    );
    Ok(())
}

/// One call, signed by hand, and changed.
async fn by_hand(stage: &Stage, change: Change) -> Result<Response<Bytes>> {
    let mut credentials = stage.root_credentials()?;
    if change == Change::Secret {
        credentials.secret_access_key = "x".repeat(40).as_str().into();
    }
    let mut body = "Action=GetCallerIdentity&Version=2011-06-15".to_owned();
    let mut url = format!("{}/", stage.endpoint);
    let mut headers = HeaderMap::new();
    let host = stage.endpoint.trim_start_matches("http://");
    headers.insert(http::header::HOST, HeaderValue::from_str(host)?);
    let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
    headers.insert(http::header::CONTENT_TYPE, form);
    headers.insert("x-amz-extra", HeaderValue::from_static("1"));
    let region = if change == Change::Region { "nowhere" } else { REGION };
    let now = if change == Change::Date {
        an_hour_ago()
    } else {
        clock::now()
    };
    let hash = sigv4::hash(body.as_bytes());
    sigv4::sign("POST", "/", "", &mut headers, &hash, &credentials, region, "sts", now);
    match change {
        Change::Header => drop(headers.insert("x-amz-extra", HeaderValue::from_static("2"))),
        Change::Body => body.push_str("&Extra=1"),
        Change::Query => url.push_str("?Extra=1"),
        _ => {}
    }
    let client = stage.client(None, clock::now)?;
    Ok(client.fetch(Method::POST, &url, headers, body).await?)
}

async fn presigned(tale: &mut Tale, stage: &Stage) -> Result<()> {
    tale.step("Presigned URLs that are over, or that ask for something else.");
    let root = stage.root_credentials()?;
    let late = stage.client(root.clone(), an_hour_ago)?;
    let late = late.presign(&Method::GET, BUCKET, KEY, Duration::from_mins(1))?;
    let client = stage.client(root, clock::now)?;
    let answer = client.fetch(Method::GET, &late, HeaderMap::new(), "").await?;
    expect(
        tale,
        "used after its time",
        &read(&answer),
        (403, "AccessDenied", "Request has expired"),
    );
    let url = client.presign(&Method::GET, BUCKET, KEY, Duration::from_mins(1))?;
    for (what, changed) in [
        ("another object", url.replacen(KEY, "secret.txt", 1)),
        ("a longer time", url.replacen("Expires=60", "Expires=600", 1)),
    ] {
        let answer = client.fetch(Method::GET, &changed, HeaderMap::new(), "").await?;
        expect(tale, what, &read(&answer), (403, "SignatureDoesNotMatch", ""));
    }
    let answer = client.fetch(Method::DELETE, &url, HeaderMap::new(), "").await?;
    expect(
        tale,
        "another method",
        &read(&answer),
        (403, "SignatureDoesNotMatch", ""),
    );
    Ok(())
}

async fn documents(tale: &mut Tale, stage: &Stage, anybody: &Client) -> Result<()> {
    tale.step("A policy that is none, a body that is too long, an issuer that nobody reaches.");
    let root = anybody.with_credentials(stage.root_credentials()?);
    let input = iam::CreatePolicyRequest {
        policy_name: "broken".to_owned(),
        policy_document: "{".to_owned(),
        ..Default::default()
    };
    expect(
        tale,
        "a policy that is no JSON",
        &seen(root.call::<iam::CreatePolicy>(input).await),
        (400, "MalformedPolicyDocument", "Syntax errors in policy."),
    );
    let input = iam::CreatePolicyRequest {
        policy_name: "broken".to_owned(),
        policy_document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}"#.to_owned(),
        ..Default::default()
    };
    expect(
        tale,
        "a statement without an action",
        &seen(root.call::<iam::CreatePolicy>(input).await),
        (400, "MalformedPolicyDocument", ""),
    );

    let host = stage.endpoint.trim_start_matches("http://");
    let mut connection = tokio::net::TcpStream::connect(host).await?;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 10000001\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await?;
    let mut start = [0; 12];
    connection.read_exact(&mut start).await?;
    tale.check(
        &start == b"HTTP/1.1 413",
        "a body of 10,000,001 bytes: 413, before any of it is read",
    );

    // Nothing listens on the port that the system has just given and taken back.
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let url = format!("https://{free}/id/elsewhere");
    let input = iam::CreateOpenIDConnectProviderRequest {
        url: url.clone(),
        client_id_list: Some(vec!["sts.amazonaws.com".to_owned()]),
        ..Default::default()
    };
    root.call::<iam::CreateOpenIDConnectProvider>(input).await?;
    let key = SigningKey::generate()?;
    let now = clock::timestamp().as_second();
    let token = key.sign(&json!({
        "iss": url, "aud": ["sts.amazonaws.com"], "sub": "system:serviceaccount:default:iam-test",
        "iat": now, "nbf": now, "exp": now + 600,
    }))?;
    let role = format!("arn:aws:iam::{ACCOUNT}:role/iam-test");
    let outcome = anybody
        .call::<sts::AssumeRoleWithWebIdentity>(web_identity(&role, &token))
        .await;
    expect(
        tale,
        "a registered issuer that cannot be reached",
        &seen(outcome),
        (400, "IDPCommunicationError", ""),
    );
    Ok(())
}

/// For clients whose requests come late.
fn an_hour_ago() -> SystemTime {
    clock::now() - Duration::from_hours(1)
}
