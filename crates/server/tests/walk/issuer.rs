//! Providers whose keys have to be fetched from a live issuer, over TLS.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer as Authority, KeyPair, KeyUsagePurpose};
use rolecall_identity::token::issuer::{SigningKey, discovery, key_set};
use rolecall_server::fetch::FetchConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::world::{Answer, NOW, World, between, refused};

const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";
const UNREACHABLE: &str = "Unable to communicate with the identity provider";
const DISCOVERY: &str = "/id/.well-known/openid-configuration";
const KEYS: &str = "/id/keys";

/// What an issuer answers under a path.
#[derive(Clone)]
enum Reply {
    Body(String),
    /// Status line and further headers.
    Status(&'static str),
    /// Nothing, for ever.
    Silence,
}

/// An issuer with a certificate of an authority of its own.
struct Issuer {
    url: String,
    address: SocketAddr,
    key: SigningKey,
    authority: CertificateDer<'static>,
    tls: TlsAcceptor,
    replies: Arc<Mutex<HashMap<&'static str, Reply>>>,
    asked: Arc<Mutex<Vec<String>>>,
    serving: Option<JoinHandle<()>>,
}

impl Issuer {
    async fn new() -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = params.self_signed(&authority_key).unwrap().der().clone();
        let leaf_key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let leaf = leaf
            .signed_by(&leaf_key, &Authority::new(params, authority_key))
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone(), authority.clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der())),
            )
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("https://{address}/id");
        let key = SigningKey::generate().unwrap();
        let replies = HashMap::from([
            (DISCOVERY, Reply::Body(discovery(&url).to_string())),
            (KEYS, Reply::Body(key_set([&key]).to_string())),
        ]);
        let mut issuer = Self {
            url,
            address,
            key,
            authority,
            tls: TlsAcceptor::from(Arc::new(tls)),
            replies: Arc::new(Mutex::new(replies)),
            asked: Arc::default(),
            serving: None,
        };
        issuer.serve(listener);
        issuer
    }

    fn serve(&mut self, listener: TcpListener) {
        let (tls, replies, asked) = (self.tls.clone(), Arc::clone(&self.replies), Arc::clone(&self.asked));
        self.serving = Some(tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, replies, asked) = (tls.clone(), Arc::clone(&replies), Arc::clone(&asked));
                tokio::spawn(async move {
                    // Who does not trust the certificate ends the handshake.
                    let Ok(mut stream) = tls.accept(stream).await else {
                        return;
                    };
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await.unwrap());
                    }
                    let path = std::str::from_utf8(&head)
                        .unwrap()
                        .split(' ')
                        .nth(1)
                        .unwrap()
                        .to_owned();
                    asked.lock().unwrap().push(path.clone());
                    let reply = replies.lock().unwrap().get(path.as_str()).cloned();
                    let text = match reply {
                        Some(Reply::Body(body)) => {
                            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
                        }
                        Some(Reply::Status(line)) => format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n"),
                        Some(Reply::Silence) => std::future::pending().await,
                        None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
                    };
                    // Who has read enough may be gone.
                    let _ = stream.write_all(text.as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        }));
    }

    /// Nobody answers any more.
    async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener);
    }

    fn reply(&self, path: &'static str, reply: Reply) {
        self.replies.lock().unwrap().insert(path, reply);
    }

    fn times_asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    fn trusted(&self) -> FetchConfig {
        FetchConfig {
            allow_loopback: true,
            roots: vec![self.authority.clone()],
            system_roots: false,
            ..FetchConfig::default()
        }
    }

    fn token(&self) -> String {
        self.token_of(&self.key)
    }

    fn token_of(&self, key: &SigningKey) -> String {
        let claims: Value = json!({
            "iss": self.url, "aud": "sts.amazonaws.com", "sub": "repo:x", "iat": NOW, "nbf": NOW, "exp": NOW + 3 * 86_400,
        });
        key.sign(&claims).unwrap()
    }

    /// The issuer as a provider of the account, with a role that trusts it.
    async fn register(&self, world: &World, thumbprint: Option<&str>) {
        let mut form = vec![
            ("Action", "CreateOpenIDConnectProvider"),
            ("Url", self.url.as_str()),
            ("ClientIDList.member.1", "sts.amazonaws.com"),
        ];
        form.extend(thumbprint.map(|thumbprint| ("ThumbprintList.member.1", thumbprint)));
        let made = world.query(&world.root, "iam", &form).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let host = self.url.strip_prefix("https://").unwrap();
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Federated": format!("arn:aws:iam::123456789012:oidc-provider/{host}") },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": { "StringEquals": { format!("{host}:sub"): "repo:x" } },
            }],
        })
        .to_string();
        let form = [
            ("Action", "CreateRole"),
            ("RoleName", "app"),
            ("AssumeRolePolicyDocument", trust.as_str()),
        ];
        world.query(&world.root, "iam", &form).await;
    }
}

fn accepted(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(between(&answer.body, "AccessKeyId").starts_with("ASIA"));
}

#[tokio::test]
async fn keys_are_fetched_once_and_serve_while_the_issuer_is_down_but_not_for_ever() {
    let mut issuer = Issuer::new().await;
    let world = World::fetching(issuer.trusted()).await;
    issuer.register(&world, None).await;
    assert_eq!(issuer.times_asked(KEYS), 0, "creating a provider contacts nobody");
    accepted(&world.exchange(&issuer.token(), &[]).await);
    accepted(&world.exchange(&issuer.token(), &[]).await);
    assert_eq!((issuer.times_asked(DISCOVERY), issuer.times_asked(KEYS)), (1, 1));

    issuer.stop().await;
    accepted(&world.exchange(&issuer.token(), &[]).await);
    world.clock.set(NOW + 24 * 3600);
    accepted(&world.exchange(&issuer.token(), &[]).await);
    world.clock.set(NOW + 24 * 3600 + 1);
    let answer = world.exchange(&issuer.token(), &[]).await;
    refused(&answer, 400, "IDPCommunicationError", UNREACHABLE);
    issuer.start_again().await;
    accepted(&world.exchange(&issuer.token(), &[]).await);
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_may_be_tried_again() {
    let mut issuer = Issuer::new().await;
    let fetch = FetchConfig {
        timeout: Duration::from_millis(200),
        ..issuer.trusted()
    };
    let world = World::fetching(fetch).await;
    issuer.register(&world, None).await;
    for reply in [Reply::Silence, Reply::Status("500 Internal Server Error")] {
        issuer.reply(KEYS, reply);
        let answer = world.exchange(&issuer.token(), &[]).await;
        refused(&answer, 400, "IDPCommunicationError", UNREACHABLE);
    }
    issuer.stop().await;
    let answer = world.exchange(&issuer.token(), &[]).await;
    refused(&answer, 400, "IDPCommunicationError", UNREACHABLE);
    issuer.start_again().await;
    issuer.reply(KEYS, Reply::Body(key_set([&issuer.key]).to_string()));
    accepted(&world.exchange(&issuer.token(), &[]).await);
}

#[tokio::test]
async fn an_issuer_that_answers_without_a_usable_key_is_told_from_one_that_does_not_answer() {
    let issuer = Issuer::new().await;
    let stranger = Issuer::new().await;
    for (path, reply) in [
        (KEYS, Reply::Body("{\"keys\":[]}".to_owned())),
        (KEYS, Reply::Body("not JSON".to_owned())),
        (KEYS, Reply::Body(format!("{{\"keys\":[]}}{}", " ".repeat(300 * 1024)))),
        (KEYS, Reply::Status("404 Not Found")),
        (KEYS, Reply::Status("302 Found\r\nlocation: /id/others")),
        (DISCOVERY, Reply::Body(discovery(&stranger.url).to_string())),
        (
            DISCOVERY,
            Reply::Body(discovery(&issuer.url).to_string().replace("/id\"", "/id/\"")),
        ),
        (
            DISCOVERY,
            Reply::Body(
                json!({ "issuer": issuer.url, "jwks_uri": format!("http://{}/id/keys", issuer.address) }).to_string(),
            ),
        ),
    ] {
        let world = World::fetching(issuer.trusted()).await;
        issuer.register(&world, None).await;
        issuer.reply(DISCOVERY, Reply::Body(discovery(&issuer.url).to_string()));
        issuer.reply(KEYS, Reply::Body(key_set([&issuer.key]).to_string()));
        issuer.reply("/id/others", Reply::Body(key_set([&issuer.key]).to_string()));
        issuer.reply(path, reply);
        let answer = world.exchange(&issuer.token(), &[]).await;
        refused(&answer, 400, "InvalidIdentityToken", NO_KEY);
    }
    assert_eq!(issuer.times_asked("/id/others"), 0, "a redirect is not followed");
    assert_eq!(stranger.times_asked(KEYS), 0);
}

#[tokio::test]
async fn an_unknown_key_id_refetches_at_once_but_ten_times_at_most() {
    let issuer = Issuer::new().await;
    let world = World::fetching(issuer.trusted()).await;
    issuer.register(&world, None).await;
    accepted(&world.exchange(&issuer.token(), &[]).await);
    // A rotation is noticed by the first token of the new key.
    let rotated = SigningKey::generate().unwrap();
    issuer.reply(KEYS, Reply::Body(key_set([&issuer.key, &rotated]).to_string()));
    accepted(&world.exchange(&issuer.token_of(&rotated), &[]).await);
    assert_eq!(issuer.times_asked(KEYS), 2);

    let forger = SigningKey::generate().unwrap();
    for _ in 0..15 {
        let answer = world.exchange(&issuer.token_of(&forger), &[]).await;
        refused(&answer, 400, "InvalidIdentityToken", NO_KEY);
    }
    assert_eq!(issuer.times_asked(KEYS), 10, "a burst of ten, the first two included");
    accepted(&world.exchange(&issuer.token(), &[]).await);
    assert_eq!(issuer.times_asked(KEYS), 10);
}

#[tokio::test]
async fn a_thumbprint_matters_only_where_the_certificate_is_not_otherwise_trusted() {
    let issuer = Issuer::new().await;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &issuer.authority);
    let right = hex::encode(digest);
    let wrong = "0".repeat(40);
    let untrusted = || FetchConfig {
        roots: Vec::new(),
        ..issuer.trusted()
    };
    for (fetch, thumbprint, fine) in [
        (untrusted(), Some(&right), true),
        (untrusted(), Some(&wrong), false),
        (untrusted(), None, false),
        (issuer.trusted(), Some(&wrong), true),
    ] {
        let world = World::fetching(fetch).await;
        issuer.register(&world, thumbprint.map(String::as_str)).await;
        let answer = world.exchange(&issuer.token(), &[]).await;
        if fine {
            accepted(&answer);
        } else {
            refused(
                &answer,
                400,
                "InvalidIdentityToken",
                "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
            );
        }
    }
}

#[tokio::test]
async fn a_provider_that_is_made_anew_starts_without_keys() {
    let mut issuer = Issuer::new().await;
    let world = World::fetching(issuer.trusted()).await;
    issuer.register(&world, None).await;
    accepted(&world.exchange(&issuer.token(), &[]).await);
    let host = issuer.url.strip_prefix("https://").unwrap();
    let arn = format!("arn:aws:iam::123456789012:oidc-provider/{host}");
    let form = [
        ("Action", "DeleteOpenIDConnectProvider"),
        ("OpenIDConnectProviderArn", arn.as_str()),
    ];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
    let answer = world.exchange(&issuer.token(), &[]).await;
    let sentence = format!("No OpenIDConnect provider found in your account for {}", issuer.url);
    refused(&answer, 400, "InvalidIdentityToken", &sentence);
    issuer.stop().await;
    issuer.register(&world, None).await;
    let answer = world.exchange(&issuer.token(), &[]).await;
    refused(&answer, 400, "IDPCommunicationError", UNREACHABLE);
}

#[tokio::test]
async fn an_issuer_inside_the_network_is_not_asked() {
    let issuer = Issuer::new().await;
    let fetch = FetchConfig {
        allow_loopback: false,
        ..issuer.trusted()
    };
    let world = World::fetching(fetch).await;
    issuer.register(&world, None).await;
    let answer = world.exchange(&issuer.token(), &[]).await;
    refused(&answer, 400, "IDPCommunicationError", UNREACHABLE);
    assert_eq!(issuer.times_asked(DISCOVERY), 0);
}
