//! Whole exchanges, from a token to a session and on, over a socket, with the clock standing still.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    reason = "a test may fail loudly, and its helpers belong to it"
)]

use std::{net::SocketAddr, sync::Arc};

use http::{HeaderMap, HeaderValue, Request, Response};
use hyper::body::Incoming;
use jiff::Timestamp;
use rolecall_identity::{
    Identity, Permit, Quotas,
    account::{self, access_key, cluster},
    audit::{Chain, verify},
    keys::{RootKey, SealingKeys, SystemEntropy},
    op,
    session::{Secret, Sessions},
    token::{
        KeyRing, RingConfig,
        issuer::{Named, ServiceAccountToken, SigningKey},
    },
};
use rolecall_names::AccountId;
use rolecall_server::{
    api::Services,
    audit::{AuditConfig, FileLog},
    body::Body,
    clock::{Clock as _, FixedClock},
    control::Control,
    dispatch::{About, Dispatch, Fallback},
    fetch::{FetchConfig, Fetcher},
    listen::{Answering, Limits},
    meters::Ready,
    server::{Config, Deps, Server},
};
use rolecall_store::Memory;
use rolecall_wire::sigv4::{self, Credentials};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const ACCOUNT: &str = "123456789012";
const ROLE: &str = "arn:aws:iam::123456789012:role/app";
const NOW: i64 = 1_795_000_000;

struct Nothing;

impl Fallback for Nothing {
    fn answer(self: Arc<Self>, _: Request<Incoming>, _: About) -> Answering<'static> {
        Box::pin(async { Response::new(Body::empty()) })
    }
}

impl Ready for Nothing {
    fn unready(&self) -> Vec<String> {
        Vec::new()
    }
}

struct World {
    address: SocketAddr,
    clock: Arc<FixedClock>,
    root: Credentials,
    key: SigningKey,
    issuer: String,
    log: tempfile::TempDir,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl World {
    async fn new() -> Self {
        let account: AccountId = ACCOUNT.parse().unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let store = Arc::new(Memory::new());
        let root_key = Arc::new(RootKey::from_bytes(&[7; 32]).unwrap());
        let entropy = Arc::new(SystemEntropy);
        let now = clock.now();
        let sealing = SealingKeys::load_and_rotate(&*store, &root_key, now, &*entropy).unwrap();
        let identity = Arc::new(Identity::open(store, root_key, entropy.clone(), Quotas::default()).unwrap());
        identity
            .write_blocking(Permit::<op::CreateAccount>::operator(account), now, account::create)
            .unwrap();
        let key = SigningKey::generate().unwrap();
        let made = identity
            .write_blocking(Permit::<op::CreateCluster>::operator(account), now, |tx, permit| {
                let new = cluster::NewCluster {
                    name: "dev".parse().unwrap(),
                    region: "us-east-2",
                    issuer: cluster::Issuer::Hosted {
                        base: "https://127.0.0.1:4566",
                        key: &key,
                    },
                    role_arn: "",
                    version: "1.33",
                    tags: &[],
                };
                cluster::create(tx, permit, &new)
            })
            .unwrap();
        let id = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        identity
            .write_blocking(Permit::<op::CreateAccessKey>::operator(account), now, |tx, permit| {
                access_key::create(tx, permit, None, Some((&id, &secret)))
            })
            .unwrap();
        let log = tempfile::tempdir().unwrap();
        let audit = FileLog::open(AuditConfig::new(log.path().to_owned()), clock.clone()).unwrap();
        let fetch = FetchConfig {
            system_roots: false,
            ..FetchConfig::default()
        };
        let control = Arc::new(Control {
            identity,
            sessions: Arc::new(Sessions::new(sealing)),
            ring: Arc::new(KeyRing::new(RingConfig::default())),
            fetcher: Arc::new(Fetcher::new(fetch).unwrap()),
            audit,
            clock: clock.clone(),
            region: "us-east-2".to_owned(),
            endpoint: "https://127.0.0.1:4566".to_owned(),
            certificate_authority: None,
        });
        let dispatch = Dispatch {
            api: Arc::new(Services::new(control, log.path().to_owned())),
            extra: Vec::new(),
            fallback: Arc::new(Nothing),
            entropy,
            limits: Limits::default(),
        };
        let deps = Deps {
            tls: None,
            dispatch: Arc::new(dispatch),
            ready: Arc::new(Nothing),
        };
        let bound = Server::build(Config::new(SocketAddr::from(([127, 0, 0, 1], 0))))
            .await
            .unwrap();
        let address = bound.address();
        tokio::spawn(bound.run(deps, std::future::pending()));
        let root = Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        };
        Self {
            address,
            clock,
            root,
            key,
            issuer: made.issuer,
            log,
        }
    }

    async fn send(&self, method: &str, target: &str, headers: &HeaderMap, body: &str) -> Answer {
        let mut text = format!(
            "{method} {target} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        text.push_str("\r\n");
        text.push_str(body);
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn signed(&self, credentials: &Credentials, service: &str, method: &str, path: &str, body: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::try_from(self.address.to_string()).unwrap());
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes());
        let time = std::time::UNIX_EPOCH
            + std::time::Duration::from_secs(u64::try_from(self.clock.now().as_second()).unwrap());
        sigv4::sign(
            method,
            path,
            "",
            &mut headers,
            &hex::encode(digest),
            credentials,
            "us-east-2",
            service,
            time,
        );
        headers
    }

    async fn query(&self, credentials: &Credentials, service: &str, form: &[(&str, &str)]) -> Answer {
        let version = if service == "sts" { "2011-06-15" } else { "2010-05-08" };
        let body = encode(&[form, &[("Version", version)]].concat());
        let headers = self.signed(credentials, service, "POST", "/", &body);
        self.send("POST", "/", &headers, &body).await
    }

    async fn exchange(&self, token: &str, extra: &[(&str, &str)]) -> Answer {
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", ROLE),
            ("RoleSessionName", "pod"),
            ("WebIdentityToken", token),
        ];
        let body = encode(&[extra, &form].concat());
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("x"));
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        self.send("POST", "/", &headers, &body).await
    }

    fn token(&self, audience: &str, account: &str) -> String {
        let named = |name: &str| Named {
            name: name.to_owned(),
            uid: "u".to_owned(),
        };
        let token = ServiceAccountToken {
            issuer: self.issuer.clone(),
            audiences: vec![audience.to_owned()],
            namespace: "default".to_owned(),
            service_account: named(account),
            pod: None,
            node: None,
            token_id: "jti".to_owned(),
            issued: Timestamp::from_second(NOW).unwrap(),
            expires: Timestamp::from_second(NOW + 3600).unwrap(),
        };
        token.mint(&self.key).unwrap()
    }

    async fn prepare(&self) {
        let made = self
            .query(
                &self.root,
                "iam",
                &[
                    ("Action", "CreateOpenIDConnectProvider"),
                    ("Url", &self.issuer),
                    ("ClientIDList.member.1", "sts.amazonaws.com"),
                ],
            )
            .await;
        assert_eq!(made.status, 200, "{}", made.body);
        let host = self.issuer.strip_prefix("https://").unwrap();
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{host}:aud":"sts.amazonaws.com","{host}:sub":"system:serviceaccount:default:iam-test"}}}}}}]}}"#
        );
        let made = self
            .query(
                &self.root,
                "iam",
                &[
                    ("Action", "CreateRole"),
                    ("RoleName", "app"),
                    ("AssumeRolePolicyDocument", &trust),
                ],
            )
            .await;
        assert_eq!(made.status, 200, "{}", made.body);
        assert!(!made.body.contains("MaxSessionDuration"), "{}", made.body);
        assert!(
            made.body.contains("%7B%22Version%22%3A%222012-10-17%22"),
            "{}",
            made.body
        );
    }
}

fn encode(form: &[(&str, &str)]) -> String {
    let escape =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    form.iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

fn between<'a>(text: &'a str, tag: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("<{tag}>"))
        .unwrap_or_else(|| panic!("no {tag} in {text}"));
    rest.split_once(&format!("</{tag}>")).unwrap().0
}

fn refused(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(between(&answer.body, "Code"), code, "{}", answer.body);
    assert_eq!(
        between(&answer.body, "Message").replace("&#39;", "'"),
        message,
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_token_becomes_a_session_that_is_somebody() {
    let world = World::new().await;
    let root = world
        .query(&world.root, "sts", &[("Action", "GetCallerIdentity")])
        .await;
    assert_eq!(between(&root.body, "Arn"), "arn:aws:iam::123456789012:root");
    world.prepare().await;
    let answer = world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        between(&answer.body, "SubjectFromWebIdentityToken"),
        "system:serviceaccount:default:iam-test"
    );
    assert!(
        answer.head.contains(between(&answer.body, "RequestId")),
        "{}",
        answer.head
    );
    let session = Credentials {
        access_key_id: between(&answer.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&answer.body, "SecretAccessKey").into(),
        session_token: Some(between(&answer.body, "SessionToken").to_owned()),
    };
    let caller = world.query(&session, "sts", &[("Action", "GetCallerIdentity")]).await;
    assert_eq!(
        between(&caller.body, "Arn"),
        "arn:aws:sts::123456789012:assumed-role/app/pod"
    );
    let denied = world
        .query(&session, "iam", &[("Action", "GetRole"), ("RoleName", "app")])
        .await;
    refused(
        &denied,
        403,
        "AccessDenied",
        "User: arn:aws:sts::123456789012:assumed-role/app/pod is not authorized to perform: iam:GetRole on resource: arn:aws:iam::123456789012:role/app because no identity-based policy allows the iam:GetRole action",
    );
    world.clock.set(NOW + 3601);
    let expired = world.query(&session, "sts", &[("Action", "GetCallerIdentity")]).await;
    refused(
        &expired,
        403,
        "ExpiredToken",
        "The security token included in the request is expired",
    );

    let mut files: Vec<_> = std::fs::read_dir(world.log.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let text: String = files
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    verify(Chain::new(), text.lines()).unwrap();
    assert!(text.contains("\"issued\":\"ASIA"), "{text}");
    assert!(
        !text.contains(session.session_token.as_deref().unwrap()),
        "a secret is in the log"
    );
}

#[tokio::test]
async fn tokens_that_do_not_fit_are_refused_in_awss_words() {
    let world = World::new().await;
    let token = world.token("sts.amazonaws.com", "iam-test");
    let answer = world.exchange(&token, &[]).await;
    let sentence = format!("No OpenIDConnect provider found in your account for {}", world.issuer);
    refused(&answer, 400, "InvalidIdentityToken", &sentence);
    world.prepare().await;
    let not_authorized = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    refused(
        &world.exchange(&world.token("sts.amazonaws.com", "other"), &[]).await,
        403,
        "AccessDenied",
        not_authorized,
    );
    let nobody = [("RoleArn", "arn:aws:iam::123456789012:role/nobody")];
    refused(
        &world.exchange(&token, &nobody).await,
        403,
        "AccessDenied",
        not_authorized,
    );
    let wrong = world.exchange(&world.token("x", "iam-test"), &[]).await;
    refused(&wrong, 400, "InvalidIdentityToken", "Incorrect token audience");
    world.clock.set(NOW + 3600);
    let sentence = format!(
        "Token expired: current date/time {} must be before the expiration date/time {}",
        NOW + 3600,
        NOW + 3600
    );
    refused(
        &world.exchange(&token, &[]).await,
        400,
        "ExpiredTokenException",
        &sentence,
    );
}

#[tokio::test]
async fn signatures_that_do_not_fit_are_refused_in_awss_words() {
    let world = World::new().await;
    let call = [("Action", "GetCallerIdentity")];
    let mut wrong = world.root.clone();
    wrong.secret_access_key = "wrong".into();
    refused(
        &world.query(&wrong, "sts", &call).await,
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
    wrong.access_key_id = "AKIAUNKNOWN000000000".to_owned();
    refused(
        &world.query(&wrong, "sts", &call).await,
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    );
    let body = encode(&[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")]);
    let headers = world.signed(&world.root, "iam", "POST", "/", &body);
    refused(
        &world.send("POST", "/", &headers, &body).await,
        403,
        "SignatureDoesNotMatch",
        "Credential should be scoped to correct service: 'sts'. ",
    );
    let headers = world.signed(&world.root, "sts", "POST", "/", &body);
    let changed = format!("{body}&X=1");
    assert_eq!(
        between(&world.send("POST", "/", &headers, &changed).await.body, "Code"),
        "SignatureDoesNotMatch"
    );
    world.clock.set(NOW + 901);
    let late = world.send("POST", "/", &headers, &body).await;
    assert!(
        between(&late.body, "Message").starts_with("Signature expired: "),
        "{}",
        late.body
    );
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("x"));
    headers.insert(
        "content-type",
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    refused(
        &world.send("POST", "/", &headers, &body).await,
        403,
        "MissingAuthenticationToken",
        "Request is missing Authentication Token",
    );
    let unknown = encode(&[("Action", "Nonsense"), ("Version", "2011-06-15")]);
    refused(
        &world.send("POST", "/", &headers, &unknown).await,
        400,
        "InvalidAction",
        "Could not find operation Nonsense for version 2011-06-15",
    );
}

#[tokio::test]
async fn clusters_and_their_issuers_are_described() {
    let world = World::new().await;
    let headers = world.signed(&world.root, "eks", "GET", "/clusters/dev", "");
    let answer = world.send("GET", "/clusters/dev", &headers, "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let shown: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(shown["cluster"]["identity"]["oidc"]["issuer"], world.issuer.as_str());
    let headers = world.signed(&world.root, "eks", "GET", "/clusters/none", "");
    let answer = world.send("GET", "/clusters/none", &headers, "").await;
    assert_eq!(answer.status, 404);
    assert!(
        answer.head.contains("x-amzn-errortype: ResourceNotFoundException"),
        "{}",
        answer.head
    );
    assert_eq!(answer.body, r#"{"message":"No cluster found for name: none."}"#);
    let path = world.issuer.strip_prefix("https://127.0.0.1:4566").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("x"));
    let keys = world.send("GET", &format!("{path}/keys"), &headers, "").await;
    assert!(keys.body.contains(world.key.key_id()), "{}", keys.body);
}

#[tokio::test]
async fn an_operation_without_a_handler_says_so() {
    let world = World::new().await;
    let answer = world
        .query(&world.root, "iam", &[("Action", "CreateGroup"), ("GroupName", "g")])
        .await;
    refused(
        &answer,
        501,
        "NotImplemented",
        "The operation CreateGroup is not implemented.",
    );
}

#[test]
fn operations_txt_lists_what_is_answered() {
    let mut answered: Vec<String> = Vec::new();
    for (service, operations) in [
        ("eks", rolecall_server::aws::eks::ANSWERED),
        ("iam", rolecall_server::aws::iam::ANSWERED),
        ("sts", rolecall_server::aws::sts::calls::ANSWERED),
    ] {
        answered.extend(operations.iter().map(|name| format!("{service}:{name}")));
    }
    answered.sort();
    let expected = answered.join("\n") + "\n";
    assert_eq!(
        include_str!("../operations.txt"),
        expected,
        "write this into operations.txt:\n{expected}"
    );
}

#[tokio::test]
async fn pages_go_on_where_their_sealed_markers_say_and_no_other_marker_opens() {
    let world = World::new().await;
    let call = async |form: &[(&str, &str)]| world.query(&world.root, "iam", form).await;
    for name in ["a", "b", "c"] {
        let made = call(&[("Action", "CreateUser"), ("UserName", name)]).await;
        assert_eq!(made.status, 200, "{}", made.body);
    }
    let page = async |action: &str, marker: &str| {
        let mut form = vec![("Action", action), ("MaxItems", "1")];
        if !marker.is_empty() {
            form.push(("Marker", marker));
        }
        call(&form).await
    };
    let text = |answer: &Answer, name: &str| {
        let (_, rest) = answer.body.split_once(&format!("<{name}>")).unwrap_or_default();
        rest.split_once('<').unwrap_or_default().0.to_owned()
    };
    let mut marker = String::new();
    let mut names = Vec::new();
    loop {
        let answer = page("ListUsers", &marker).await;
        names.push(text(&answer, "UserName"));
        if text(&answer, "IsTruncated") == "false" {
            break;
        }
        // What is gone meanwhile is not listed, and nothing else is skipped or told twice.
        marker = text(&answer, "Marker");
        assert!(!marker.is_empty() && marker.len() <= 320, "{marker}");
        if names.len() == 1 {
            call(&[("Action", "DeleteUser"), ("UserName", "a")]).await;
        }
    }
    assert_eq!(names, ["a", "b", "c"]);

    let mut changed = marker.clone().into_bytes();
    changed[60] = if changed[60] == b'A' { b'B' } else { b'A' };
    for (action, wrong) in [
        ("ListUsers", String::from_utf8(changed).unwrap()),
        ("ListUsers", "Yg==".to_owned()),
        // Sealed for another list.
        ("ListRoles", marker),
    ] {
        let refused = page(action, &wrong).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert_eq!(text(&refused, "Message"), "Invalid Marker.");
    }
}
