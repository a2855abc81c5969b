//! A server over a memory store, with a hosted cluster, a root key and a clock that stands still.

use std::{net::SocketAddr, slice, sync::Arc};

use http::{HeaderMap, HeaderValue, Request, Response};
use hyper::body::Incoming;
use jiff::Timestamp;
use rolecall_identity::{
    Identity, Permit, Quotas,
    account::{self, access_key, cluster, outbound_issuer},
    keys::{Entropy, RootKey, SealingKeys, SystemEntropy},
    op,
    session::{Secret, Sessions},
    token::{
        KeyRing, RingConfig,
        issuer::{Named, ServiceAccountToken, SigningKey},
    },
    usage::Usage,
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
    listen::{Answering, Limits, Tls},
    meters::Ready,
    quota::Strangers,
    reports::Reports,
    server::{Config, Deps, Server},
};
use rolecall_store::Memory;
use rolecall_wire::sigv4::{self, Credentials};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/app";
pub(crate) const NOW: i64 = 1_795_000_000;

pub(crate) struct Nothing;

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

pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) root: Credentials,
    pub(crate) key: SigningKey,
    pub(crate) issuer: String,
    pub(crate) log: tempfile::TempDir,
    #[allow(dead_code, reason = "not for the benchmark")]
    pub(crate) identity: Arc<Identity>,
    #[allow(dead_code, reason = "only the benchmark calls the services without a socket")]
    pub(crate) services: Arc<Services>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::bearing(Strangers::default()).await
    }

    /// Whose providers' keys are fetched like this.
    pub(crate) async fn fetching(fetch: FetchConfig) -> Self {
        Self::with(fetch, Strangers::default()).await
    }

    /// Which bears so much from strangers.
    pub(crate) async fn bearing(strangers: Strangers) -> Self {
        Self::with(nothing_trusted(), strangers).await
    }

    /// With nothing left to chance: the same requests have the same answers, to the last byte.
    pub(crate) async fn repeatable(entropy: Arc<dyn Entropy>, key: SigningKey) -> Self {
        Self::made(nothing_trusted(), Strangers::default(), entropy, key).await
    }

    async fn with(fetch: FetchConfig, strangers: Strangers) -> Self {
        let key = SigningKey::generate().unwrap();
        Self::made(fetch, strangers, Arc::new(SystemEntropy), key).await
    }

    async fn made(fetch: FetchConfig, strangers: Strangers, entropy: Arc<dyn Entropy>, key: SigningKey) -> Self {
        let account: AccountId = ACCOUNT.parse().unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let store = Arc::new(Memory::new());
        let root_key = Arc::new(RootKey::from_bytes(&[7; 32]).unwrap());
        let now = clock.now();
        let sealing = SealingKeys::load_and_rotate(&*store, &root_key, now, &*entropy).unwrap();
        let identity = Arc::new(Identity::open(store, root_key, entropy.clone(), Quotas::default()).unwrap());
        identity
            .write_blocking(Permit::<op::CreateAccount>::operator(account), now, account::create)
            .unwrap();
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
                    network: rolecall_identity::state::Network::default(),
                    tags: &[],
                    token: None,
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
        let usage = Arc::new(Usage::open(Arc::clone(identity.store())).unwrap());
        let control = Arc::new(Control {
            identity: Arc::clone(&identity),
            sessions: Arc::new(Sessions::new(sealing)),
            ring: Arc::new(KeyRing::new(RingConfig::default())),
            fetcher: Arc::new(Fetcher::new(fetch).unwrap()),
            audit,
            usage,
            reports: Reports::default(),
            clock: clock.clone(),
            region: "us-east-2".to_owned(),
            endpoint: "https://127.0.0.1:4566".to_owned(),
            certificate_authority: None,
            longest_presigned: std::time::Duration::from_hours(12),
            buckets: None,
            strangers,
        });
        let services = Arc::new(Services::new(control, log.path().to_owned()));
        let dispatch = Dispatch {
            api: services.clone(),
            extra: Vec::new(),
            fallback: Arc::new(Nothing),
            entropy,
            limits: Limits::default(),
        };
        let deps = Deps {
            tls: Tls::Off,
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
            identity,
            services,
        }
    }

    /// The account has issued tokens once, signed with this key, and does so no longer.
    pub(crate) fn had_an_issuer(&self, key: &SigningKey) {
        let (account, now) = (ACCOUNT.parse().unwrap(), self.clock.now());
        let enabled = Permit::<op::EnableOutboundWebIdentityFederation>::operator(account);
        self.identity
            .write_blocking(enabled, now, |tx, permit| {
                outbound_issuer::enable(tx, permit, "https://127.0.0.1:4566", slice::from_ref(key))
            })
            .unwrap();
        let disabled = Permit::<op::DisableOutboundWebIdentityFederation>::operator(account);
        self.identity
            .write_blocking(disabled, now, outbound_issuer::disable)
            .unwrap();
    }

    /// The whole audit log.
    pub(crate) fn log(&self) -> String {
        let files = std::fs::read_dir(self.log.path()).unwrap();
        files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    }

    pub(crate) async fn send(&self, method: &str, target: &str, headers: &HeaderMap, body: &str) -> Answer {
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

    pub(crate) fn signed(
        &self,
        credentials: &Credentials,
        service: &str,
        method: &str,
        path: &str,
        body: &str,
    ) -> HeaderMap {
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

    pub(crate) async fn query(&self, credentials: &Credentials, service: &str, form: &[(&str, &str)]) -> Answer {
        let version = if service == "sts" { "2011-06-15" } else { "2010-05-08" };
        let body = encode(&[form, &[("Version", version)]].concat());
        let headers = self.signed(credentials, service, "POST", "/", &body);
        self.send("POST", "/", &headers, &body).await
    }

    pub(crate) async fn exchange(&self, token: &str, extra: &[(&str, &str)]) -> Answer {
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

    pub(crate) fn token(&self, audience: &str, account: &str) -> String {
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

    pub(crate) async fn prepare(&self) {
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

/// What clients escape: all but RFC 3986's unreserved characters.
const ESCAPED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn nothing_trusted() -> FetchConfig {
    FetchConfig {
        system_roots: false,
        ..FetchConfig::default()
    }
}

pub(crate) fn encode(form: &[(&str, &str)]) -> String {
    let escape = |text: &str| percent_encoding::utf8_percent_encode(text, ESCAPED).to_string();
    form.iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

pub(crate) fn between<'a>(text: &'a str, tag: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("<{tag}>"))
        .unwrap_or_else(|| panic!("no {tag} in {text}"));
    rest.split_once(&format!("</{tag}>")).unwrap().0
}

pub(crate) fn refused(answer: &Answer, status: u16, code: &str, message: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(between(&answer.body, "Code"), code, "{}", answer.body);
    assert_eq!(
        between(&answer.body, "Message").replace("&#39;", "'"),
        message,
        "{}",
        answer.body
    );
}
