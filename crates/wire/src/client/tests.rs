//! Calls against a server that plays a script: what is sent, and what is made of the answer.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Mutex,
};

use super::*;
use crate::{
    generated::{eks, iam, sts},
    sigv4::{LONGEST_PRESIGNED, Path, Presented, RequestParts, SigningKey},
};

fn now() -> SystemTime {
    sigv4::parse_date("20261125T031500Z").unwrap()
}

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "AKIDEXAMPLE".into(),
        secret_access_key: "secret".into(),
        session_token: Some("token".into()),
    }
}

/// A request as the server saw it.
struct Seen {
    method: String,
    target: String,
    headers: HeaderMap,
    body: String,
}

impl Seen {
    /// Who signed it, for which service and region.
    fn signer(&self) -> Option<(String, String)> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let presented = Presented::read(&self.headers, query).ok()?;
        presented.check_time(now(), LONGEST_PRESIGNED).unwrap();
        let scope = &presented.scope;
        let s3 = scope.service == "s3";
        let hash = sigv4::hash(self.body.as_bytes());
        let parts = RequestParts {
            method: &self.method,
            path,
            query,
            headers: &self.headers,
            payload: if presented.is_presigned() {
                "UNSIGNED-PAYLOAD"
            } else {
                &hash
            },
            form: if s3 { Path::AsSent } else { Path::Normalized },
        };
        let key = SigningKey::derive("secret", &scope.day, &scope.region, &scope.service);
        presented.verify(&parts, &key).unwrap();
        Some((scope.service.clone(), scope.region.clone()))
    }
}

/// Answers one connection after the other with these answers.
async fn server(answers: Vec<String>) -> (Client, Arc<Mutex<Vec<Seen>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = Vec::new();
            let whole = loop {
                let mut block = [0; 4096];
                let read = stream.read(&mut block).await.unwrap();
                assert!(read > 0);
                text.extend_from_slice(&block[..read]);
                let text = String::from_utf8(text.clone()).unwrap();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let mut lines = head.split("\r\n");
                let mut first = lines.next().unwrap().split(' ').map(str::to_owned);
                let (method, target) = (first.next().unwrap(), first.next().unwrap());
                let mut headers = HeaderMap::new();
                for (name, value) in lines.map(|line| line.split_once(": ").unwrap()) {
                    headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
                }
                let length = headers
                    .get("content-length")
                    .map_or(0, |length| length.to_str().unwrap().parse().unwrap());
                if body.len() == length {
                    break Seen {
                        method,
                        target,
                        headers,
                        body: body.to_owned(),
                    };
                }
            };
            log.lock().await.push(whole);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let client = Client::new(
        Environment::at(format!("http://{address}")),
        "us-east-2",
        credentials(),
        now,
    )
    .unwrap();
    (client, seen)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/a&amp;b</Arn>\
    <UserId>U</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

#[tokio::test]
async fn a_query_call_is_signed_and_its_answer_read() {
    let (client, seen) = server(vec![answer("200 OK", "", IDENTITY)]).await;
    let identity = client
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await
        .unwrap();
    assert_eq!(identity.arn.as_deref(), Some("arn:aws:iam::1:user/a&b"));
    let seen = seen.lock().await;
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("POST", "/"));
    assert_eq!(seen[0].body, "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!(seen[0].signer(), Some(("sts".into(), "us-east-2".into())));
    assert_eq!(seen[0].headers["x-amz-security-token"], "token");
}

#[tokio::test]
async fn iam_is_signed_for_its_one_region_and_its_faults_have_codes() {
    let fault = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
        <Message>The role with name x cannot be found.</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let (client, seen) = server(vec![answer("404 Not Found", "x-amzn-RequestId: r\r\n", fault)]).await;
    let error = client
        .call::<iam::GetRole>(iam::GetRoleRequest { role_name: "x".into() })
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("NoSuchEntity"));
    assert_eq!(error.status(), Some(http::StatusCode::NOT_FOUND));
    assert_eq!(
        error.to_string(),
        "GetRole: The role with name x cannot be found. (NoSuchEntity, request id r)"
    );
    assert_eq!(seen.lock().await[0].signer(), Some(("iam".into(), "us-east-1".into())));
}

#[tokio::test]
async fn a_rest_call_fills_its_path_and_reads_json() {
    let body = r#"{"cluster":{"name":"dev","createdAt":1.5,"identity":{"oidc":{"issuer":"https://i"}}}}"#;
    let fault = answer(
        "404 Not Found",
        "x-amzn-ErrorType: ResourceNotFoundException:http://x\r\n",
        r#"{"message":"No cluster found for name: b."}"#,
    );
    let (client, seen) = server(vec![answer("200 OK", "", body), fault]).await;
    let describe = |name: &str| client.call::<eks::DescribeCluster>(eks::DescribeClusterRequest { name: name.into() });
    let cluster = describe("a/b").await.unwrap().cluster.unwrap();
    assert_eq!(
        cluster.identity.unwrap().oidc.unwrap().issuer.as_deref(),
        Some("https://i")
    );
    let error = describe("b").await.unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (Some("ResourceNotFoundException"), Some("No cluster found for name: b."))
    );
    for name in ["", "..", "."] {
        assert!(matches!(describe(name).await, Err(Error::Configuration(_))), "{name}");
    }
    let seen = seen.lock().await;
    assert_eq!(
        (seen[0].method.as_str(), seen[0].target.as_str()),
        ("GET", "/clusters/a%2Fb")
    );
    assert_eq!(seen[0].signer(), Some(("eks".into(), "us-east-2".into())));
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_nothing_else() {
    let busy = answer("503 Service Unavailable", "", "");
    let throttled = answer(
        "400 Bad Request",
        "",
        "<ErrorResponse><Error><Code>Throttling</Code><Message>m</Message></Error></ErrorResponse>",
    );
    let (client, seen) = server(vec![busy.clone(), throttled, answer("200 OK", "", IDENTITY)]).await;
    client
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await
        .unwrap();
    assert_eq!(seen.lock().await.len(), 3);

    let (client, seen) = server(vec![busy.clone(), busy.clone(), busy.clone(), busy]).await;
    let error = client
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(http::StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(seen.lock().await.len(), 3);
}

#[tokio::test]
async fn a_token_is_exchanged_unsigned() {
    let body = "<R><AssumeRoleWithWebIdentityResult/></R>";
    let (client, seen) = server(vec![answer("200 OK", "", body)]).await;
    let input = sts::AssumeRoleWithWebIdentityRequest {
        web_identity_token: "t".into(),
        ..Default::default()
    };
    client.call::<sts::AssumeRoleWithWebIdentity>(input).await.unwrap();
    assert!(!seen.lock().await[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn the_private_api_is_signed_json() {
    let body = r#"{"caller":"c","action":"a","resource":"r","allowed":false,"text":"because","explanation":{}}"#;
    let fault = answer(
        "403 Forbidden",
        "x-amzn-ErrorType: AccessDeniedException\r\n",
        r#"{"message":"no"}"#,
    );
    let (client, seen) = server(vec![answer("200 OK", "", body), fault]).await;
    let input = private::ExplainRequest::RequestId("x".into());
    assert_eq!(
        client.private::<private::Explain>(&input).await.unwrap().text,
        "because"
    );
    assert_eq!(
        client.private::<private::Explain>(&input).await.unwrap_err().code(),
        Some("AccessDeniedException")
    );
    let seen = seen.lock().await;
    assert_eq!(
        (seen[0].target.as_str(), seen[0].body.as_str()),
        ("/rolecall/v1/Explain", r#"{"requestId":"x"}"#)
    );
    assert_eq!(seen[0].signer(), Some(("rolecall".into(), "us-east-2".into())));
}

#[tokio::test]
async fn s3_requests_are_in_path_style_and_answer_whatever_comes() {
    let (client, seen) = server(vec![answer("403 Forbidden", "", "<Error/>"), answer("200 OK", "", "x")]).await;
    let answer = client
        .s3_request(
            Method::PUT,
            "b",
            "a b/ü//../c",
            &[("tagging", ""), ("x", "a+b/")],
            HeaderMap::new(),
            "body",
        )
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_ref()),
        (403, b"<Error/>".as_slice())
    );
    let url = client.presign(&Method::GET, "b", "k", Duration::from_mins(1)).unwrap();
    assert_eq!(
        client
            .fetch(Method::GET, &url, HeaderMap::new(), "")
            .await
            .unwrap()
            .body()
            .as_ref(),
        b"x"
    );
    let seen = seen.lock().await;
    assert_eq!(seen[0].target, "/b/a%20b/%C3%BC//../c?tagging=&x=a%2Bb%2F");
    assert_eq!(seen[0].signer(), Some(("s3".into(), "us-east-2".into())));
    assert_eq!(seen[1].signer(), Some(("s3".into(), "us-east-2".into())));
}

#[tokio::test]
async fn nobody_is_told_to_be_unreachable_with_the_cause() {
    let client = Client::new(Environment::at("http://127.0.0.1:1"), "us-east-2", None, now).unwrap();
    let error = client
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "no answer from http://127.0.0.1:1");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn secrets_do_not_show() {
    let client = Client::new(Environment::at("http://127.0.0.1:1"), "us-east-2", credentials(), now).unwrap();
    let shown = format!("{client:?}");
    assert!(
        shown.contains("AKIDEXAMPLE") && !shown.contains("secret\"") && shown.contains("{redacted}"),
        "{shown}"
    );
}

#[test]
fn a_bundle_that_is_none_is_refused() {
    let environment = Environment::at("https://127.0.0.1:1").trusting("/nowhere.pem");
    let error = Client::new(environment, "us-east-2", None, now).unwrap_err();
    assert!(
        error.to_string().starts_with("reading AWS_CA_BUNDLE `/nowhere.pem`"),
        "{error}"
    );
}
