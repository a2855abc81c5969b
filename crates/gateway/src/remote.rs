//! The control plane as a gateway in a process of its own sees it: over the private API, with credentials like any other
//! client's.
//!
//! What was answered is kept and holds as long as nothing has changed there, which is asked twice a second. Nobody is served
//! by an answer that is older than [`STALE`] past the last time that this was known: a gateway that is cut off refuses
//! (threat 9). A known caller costs no call, no lock and no compilation.

use std::{
    future::{Future, ready},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{Context as Digest, SHA256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Method, StatusCode};
use rolecall_policy::{Compiled, Context, Policy, Principal};
use rolecall_wire::{
    client::Client,
    private::{
        Call, ChangeGatewayBucket, GatewayBucket, GatewayBucketRequest, GatewayBucketsRequest, GatewayCallerAnswer,
        GatewayCallerRequest, GatewayChangeRequest, GatewayPolicy, GatewayRevisionRequest, GatewayValues,
        GetGatewayBucket, GetGatewayCaller, GetGatewayRevision, ListGatewayBuckets,
    },
    sigv4::SigningKey,
};
use tokio::sync::Semaphore;

use self::{
    flights::{Flights, Seat},
    fresh::Fresh,
    known::{Held, Known},
    records::Records,
};
use crate::{
    Fault, Pending,
    authority::{
        Authority, Bucket, By, Caller, Change, Decided, KeyRequest, NewBucket, NoCaller, Unavailable, bounding,
        signs_body,
    },
};

mod flights;
mod fresh;
mod known;
mod records;

/// How often it is asked whether anything changed.
const ROUND: Duration = Duration::from_millis(500);
/// For how long after it was last known that nothing changed the answers still hold. With it a revocation holds everywhere
/// within a second.
const STALE: Duration = Duration::from_secs(1);
/// How long a request waits to hear that nothing changed before it is refused.
const PATIENCE: Duration = Duration::from_secs(2);
/// A call that takes longer is given up.
const LONGEST_CALL: Duration = Duration::from_secs(5);
/// A caller is asked about again after this, whatever the revision says: sealing keys are no part of it.
const OLDEST: Duration = Duration::from_mins(5);
/// What was not asked for so long is forgotten, and with it the keys of days that are over.
const FORGOTTEN: Duration = Duration::from_mins(10);
/// Calls at once about callers and buckets that are known, and about others: those may be anybody's inventions, and must not
/// keep known ones waiting (threat 12).
const CALLS: usize = 64;
const CALLS_OF_STRANGERS: usize = 32;
/// So many callers, buckets and policies are kept.
const MOST: usize = 100_000;
const MOST_ABSENT: usize = 10_000;

/// What a [`Remote`] is given.
#[derive(Debug, Clone)]
pub struct RemoteConfig {
    /// The region: the only one that the control plane tells keys of.
    pub region: String,
    /// The time.
    pub now: fn() -> SystemTime,
    /// A new request id.
    pub request_id: fn() -> String,
}

/// The authority of a gateway in a process of its own.
pub struct Remote {
    config: RemoteConfig,
    client: ArcSwap<Client>,
    fresh: Fresh,
    callers: Known<[u8; 32], KnownCaller>,
    buckets: Known<String, Option<Arc<Bucket>>>,
    /// Names that no bucket has. Strangers may ask for any, and must not crowd out what is there.
    absent: Known<String, Option<Arc<Bucket>>>,
    lists: Known<String, Vec<Arc<Bucket>>>,
    policies: Known<[u8; 32], Compiled>,
    flights: Flights,
    calls: Semaphore,
    calls_of_strangers: Semaphore,
    records: Records,
}

struct KnownCaller {
    caller: Arc<Caller>,
    /// When the session ends, in seconds.
    expires: Option<i64>,
}

/// Why a call has no answer.
enum Unanswered {
    /// The fault's code.
    Refused(String),
    /// For the log.
    Not(String),
}

impl From<Unanswered> for Unavailable {
    fn from(why: Unanswered) -> Self {
        Self(match why {
            Unanswered::Refused(why) | Unanswered::Not(why) => why,
        })
    }
}

impl Remote {
    /// An authority that asks through this client.
    pub fn new(config: RemoteConfig, client: Client) -> Self {
        Self {
            config,
            client: ArcSwap::from_pointee(client),
            fresh: Fresh::new(),
            callers: Known::new(MOST),
            buckets: Known::new(MOST),
            absent: Known::new(MOST_ABSENT),
            lists: Known::new(MOST),
            policies: Known::new(MOST),
            flights: Flights::default(),
            calls: Semaphore::new(CALLS),
            calls_of_strangers: Semaphore::new(CALLS_OF_STRANGERS),
            records: Records::default(),
        }
    }

    /// Asks through another client from now on: credentials of a role end.
    pub fn speak_through(&self, client: Client) {
        self.client.store(Arc::new(client));
    }

    /// Follows what changes, and sends the decisions, for ever; stop it by dropping.
    pub async fn follow(&self) {
        tokio::join!(self.poll(), self.records.send(&self.client), self.forget());
    }

    /// Waits until all decisions are written down, for a while.
    pub async fn finish(&self) {
        if tokio::time::timeout(LONGEST_CALL, self.records.sent()).await.is_err() {
            tracing::error!("the last decisions could not be written down");
        }
    }

    /// Done when the control plane has answered for the first time.
    pub async fn confirmed(&self) {
        while !self.fresh.wait(PATIENCE).await {}
    }

    /// Why nothing can be allowed now; nothing when something can.
    pub fn unready(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.fresh.is_good() {
            lines.push("the control plane does not answer".to_owned());
        }
        if self.records.are_failing() {
            lines.push("decisions cannot be written down".to_owned());
        }
        lines
    }

    async fn poll(&self) {
        let mut failed = false;
        loop {
            let round = tokio::time::Instant::now() + ROUND;
            let asking = self.fresh.asking();
            let request = GatewayRevisionRequest::default();
            let answer = tokio::time::timeout(STALE, self.call::<GetGatewayRevision>(&request)).await;
            let answer = answer.unwrap_or_else(|_| Err(Unanswered::Not("no answer in time".to_owned())));
            match answer {
                Ok(answer) if self.fresh.confirm(answer.revision, &asking) => {
                    if failed {
                        tracing::info!("the control plane answers again");
                    }
                    failed = false;
                }
                Ok(answer) => {
                    // A gateway that went back with it would serve what was revoked since.
                    tracing::error!(
                        revision = answer.revision,
                        known = self.fresh.revision(),
                        "the control plane has gone back, as from an old copy of its data: nothing is allowed until this is started anew"
                    );
                    failed = true;
                }
                Err(why) => {
                    let Unavailable(why) = why.into();
                    if !failed {
                        tracing::warn!(
                            why,
                            "the control plane does not answer; nothing is allowed until it does"
                        );
                    }
                    failed = true;
                    metrics::counter!("rolecall_gateway_control_plane_failures_total").increment(1);
                }
            }
            tokio::time::sleep_until(round).await;
        }
    }

    async fn forget(&self) {
        loop {
            tokio::time::sleep(OLDEST).await;
            let oldest = self.fresh.moment().saturating_sub(millis(FORGOTTEN));
            self.callers.forget(oldest);
            self.buckets.forget(oldest);
            self.absent.forget(oldest);
            self.lists.forget(oldest);
            self.policies.forget(oldest);
        }
    }

    async fn call<C: Call>(&self, input: &C::Input) -> Result<C::Output, Unanswered> {
        let client = self.client.load_full();
        let answer = match tokio::time::timeout(LONGEST_CALL, client.private::<C>(input)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => match error.code() {
                Some(code) if error.status().is_some_and(|status| status.is_client_error()) => {
                    Err(Unanswered::Refused(code.to_owned()))
                }
                _ => Err(Unanswered::Not(chain(&error))),
            },
            Err(_) => Err(Unanswered::Not(format!("no answer to {} in time", C::NAME))),
        };
        let outcome = match &answer {
            Ok(_) => "answered",
            Err(Unanswered::Refused(_)) => "refused",
            Err(Unanswered::Not(_)) => "failed",
        };
        metrics::counter!("rolecall_gateway_calls_total", "call" => C::NAME, "outcome" => outcome).increment(1);
        answer
    }

    fn is_current<V>(&self, held: &Held<V>) -> bool {
        held.revision == self.fresh.revision() && self.fresh.moment().saturating_sub(held.at) < millis(OLDEST)
    }

    /// What is known and still holds, as far as can be told without waiting.
    fn at_hand<V>(&self, held: Option<Arc<Held<V>>>) -> Option<Arc<Held<V>>> {
        // INVARIANT: in this order: a revision that moves in between is seen.
        held.filter(|held| self.fresh.is_good() && self.is_current(held))
    }

    /// What is known and still holds.
    async fn remembered<V>(
        &self,
        find: impl Fn() -> Option<Arc<Held<V>>>,
    ) -> Result<Option<Arc<Held<V>>>, Unavailable> {
        let Some(held) = find().filter(|held| self.is_current(held)) else {
            return Ok(None);
        };
        // The next round may be a moment late; it tells all who wait.
        if !self.fresh.is_good() && !self.fresh.wait(PATIENCE).await {
            return Err(Unavailable("it is not known whether anything changed".to_owned()));
        }
        Ok(self.at_hand(find().or(Some(held))))
    }

    /// What is known, or asked for: once for all who want it at the same time.
    async fn know<V, E: From<Unavailable>>(
        &self,
        flight: [u8; 32],
        find: impl Fn() -> Option<Arc<Held<V>>> + Copy,
        ask: impl Future<Output = Result<Arc<Held<V>>, E>>,
    ) -> Result<Arc<Held<V>>, E> {
        if let Some(held) = self.remembered(find).await? {
            return Ok(held);
        }
        let seat = match self.flights.board(flight) {
            Seat::Leads(seat) => Some(seat),
            Seat::Follows(mut landing) => {
                // It ends with the leader, whatever became of that: what was refused to one may be granted to another.
                let _landed = landing.changed().await;
                if let Some(held) = self.remembered(find).await? {
                    return Ok(held);
                }
                None
            }
        };
        let calls = if find().is_some() {
            &self.calls
        } else {
            &self.calls_of_strangers
        };
        let waiting = tokio::time::timeout(LONGEST_CALL, calls.acquire());
        let Ok(Ok(_slot)) = waiting.await else {
            return Err(Unavailable("too many ask at once".to_owned()).into());
        };
        let held = ask.await?;
        drop(seat);
        if self.fresh.moment().saturating_sub(held.at) < millis(STALE) {
            return Ok(held);
        }
        // It may be of before a change that the gateway has been told of since.
        let held = self.remembered(find).await?;
        held.ok_or_else(|| Unavailable("the answer came too late".to_owned()).into())
    }

    async fn find(&self, asked: &KeyRequest<'_>, key: [u8; 32]) -> Result<Arc<Caller>, NoCaller> {
        let held = self
            .know(key, || self.callers.get(&key), self.ask_caller(asked, key))
            .await?;
        self.alive(&held.value)
    }

    /// The caller, unless their session has ended since.
    fn alive(&self, known: &KnownCaller) -> Result<Arc<Caller>, NoCaller> {
        let now = (self.config.now)().duration_since(UNIX_EPOCH).unwrap_or_default();
        let is_over = |expires: i64| i64::try_from(now.as_secs()).is_ok_and(|now| now >= expires);
        if known.expires.is_some_and(is_over) {
            return Err(NoCaller::Expired);
        }
        Ok(Arc::clone(&known.caller))
    }

    async fn ask_caller(&self, asked: &KeyRequest<'_>, key: [u8; 32]) -> Result<Arc<Held<KnownCaller>>, NoCaller> {
        let request = GatewayCallerRequest::new(asked.presented, asked.covered);
        let at = self.fresh.moment();
        let answer = self.call::<GetGatewayCaller>(&request).await.map_err(|why| match why {
            Unanswered::Refused(code) => match code.as_str() {
                "UnknownAccessKeyException" => NoCaller::UnknownKey,
                "InvalidTokenException" => NoCaller::InvalidToken,
                "ExpiredTokenException" => NoCaller::Expired,
                "SignatureDoesNotMatchException" => NoCaller::Mismatch,
                _ => NoCaller::Unavailable(code),
            },
            Unanswered::Not(why) => NoCaller::Unavailable(why),
        })?;
        self.fresh.observe(answer.revision);
        let (revision, expires) = (answer.revision, answer.expires);
        let caller = self
            .caller_of(answer, asked.access_key_id)
            .ok_or_else(|| NoCaller::Unavailable("the control plane's answer makes no sense".to_owned()))?;
        let value = KnownCaller {
            caller: Arc::new(caller),
            expires,
        };
        Ok(self.callers.put(&key, Held { value, revision, at }))
    }

    fn caller_of(&self, told: GatewayCallerAnswer, access_key_id: &str) -> Option<Caller> {
        let mut context = Context::new();
        for (name, values) in told.context {
            match values {
                GatewayValues::One(value) => context.insert(&name, value),
                GatewayValues::Many(values) => context.insert_list(&name, values),
            }
        }
        let mut principal = Principal::parse(&told.arn)?;
        if let Some(id) = told.unique_id {
            principal = principal.with_unique_id(id);
        }
        if let Some(user) = told.federated_by {
            principal = principal.federated_by(user);
        }
        let key: [u8; 32] = hex::decode(told.key.expose()).ok()?.try_into().ok()?;
        let compiled = |all: Vec<GatewayPolicy>| all.iter().map(|one| self.compiled(one)).collect::<Option<Vec<_>>>();
        let boundary = match told.boundary.map(compiled) {
            None => None,
            Some(list) => Some(bounding(list?)?),
        };
        let session = match told.session.map(compiled) {
            None => None,
            Some(list) => Some(list?),
        };
        Some(Caller {
            principal,
            access_key_id: access_key_id.to_owned(),
            key: SigningKey::from_derived(&key),
            context,
            factor_shown: told.factor_shown,
            identity: compiled(told.identity)?,
            boundary,
            session,
        })
    }

    /// Compiled once for all whom it binds.
    fn compiled(&self, policy: &GatewayPolicy) -> Option<Compiled> {
        let name = policy.name.as_deref();
        let key = digest(&[name.unwrap_or_default(), &policy.document]);
        if let Some(held) = self.policies.get(&key) {
            return Some(held.value.clone());
        }
        let compiled = Compiled::new(&Policy::parse(&policy.document).ok()?);
        let value = match name {
            Some(name) => compiled.with_name(name),
            None => compiled,
        };
        let (at, revision) = (self.fresh.moment(), self.fresh.revision());
        Some(self.policies.put(&key, Held { value, revision, at }).value.clone())
    }

    async fn find_bucket(&self, name: &str) -> Result<Option<Arc<Bucket>>, Unavailable> {
        let ask = async {
            let at = self.fresh.moment();
            let request = GatewayBucketRequest { name: name.to_owned() };
            let revision = self.fresh.revision();
            let (found, revision) = match self.call::<GetGatewayBucket>(&request).await {
                Ok(answer) => (answer.bucket, answer.revision),
                // Another gateway's: here it is not.
                Err(Unanswered::Refused(code)) if code == "AccessDeniedException" => {
                    tracing::warn!(
                        bucket = name,
                        "a bucket was asked for that this gateway's role may not serve"
                    );
                    (None, revision)
                }
                Err(why) => return Err(why.into()),
            };
            let value = found.map(bucket).transpose()?;
            Ok::<_, Unavailable>(self.keep_bucket(name, value, revision, at))
        };
        let flight = digest(&["bucket", name]);
        let held = self.know(flight, || self.kept_bucket(name), ask).await?;
        Ok(held.value.clone())
    }

    fn kept_bucket(&self, name: &str) -> Option<Arc<Held<Option<Arc<Bucket>>>>> {
        match (self.buckets.get(name), self.absent.get(name)) {
            (Some(there), Some(absent)) if absent.revision > there.revision => Some(absent),
            (there, absent) => there.or(absent),
        }
    }

    fn keep_bucket(
        &self,
        name: &str,
        value: Option<Arc<Bucket>>,
        revision: u64,
        at: u64,
    ) -> Arc<Held<Option<Arc<Bucket>>>> {
        self.fresh.observe(revision);
        let kept = if value.is_some() { &self.buckets } else { &self.absent };
        kept.put(&name.to_owned(), Held { value, revision, at })
    }

    async fn list(&self, account: &str) -> Result<Vec<Arc<Bucket>>, Unavailable> {
        let ask = async {
            let at = self.fresh.moment();
            let request = GatewayBucketsRequest {
                account: account.to_owned(),
            };
            let answer = self.call::<ListGatewayBuckets>(&request).await?;
            self.fresh.observe(answer.revision);
            let value = answer.buckets.into_iter().map(bucket).collect::<Result<Vec<_>, _>>()?;
            let revision = answer.revision;
            Ok::<_, Unavailable>(self.lists.put(&account.to_owned(), Held { value, revision, at }))
        };
        let flight = digest(&["buckets", account]);
        let held = self.know(flight, || self.lists.get(account), ask).await?;
        Ok(held.value.clone())
    }

    /// Brings a request of change to the control plane, which decides on it itself.
    async fn change(&self, by: &By<'_>) -> Result<Option<Arc<Bucket>>, Change> {
        if !signs_body(&by.head.headers, &by.body) {
            // Else a gateway could put another policy in its place.
            return Err(Change::Refused(Fault::invalid_request(
                "A change of a bucket must be signed with the hash of its body.",
            )));
        }
        let target = by.head.uri.path_and_query().map_or("/", |target| target.as_str());
        let request = GatewayChangeRequest {
            bucket: by.bucket.to_owned(),
            method: by.head.method.to_string(),
            target: target.to_owned(),
            headers: GatewayChangeRequest::written(&by.head.headers),
            body: STANDARD.encode(&by.body),
            peer: by.connection.peer.to_string(),
            secure: by.connection.tls.is_some(),
        };
        let at = self.fresh.moment();
        let answer = self.call::<ChangeGatewayBucket>(&request).await.map_err(|why| {
            let Unavailable(why) = why.into();
            Change::Unavailable(why)
        })?;
        if let Some(refusal) = answer.refusal {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return Err(Change::Refused(Fault::new(status, refusal.code, refusal.message)));
        }
        let value = answer
            .bucket
            .map(bucket)
            .transpose()
            .map_err(|Unavailable(why)| Change::Unavailable(why))?;
        let held = self.keep_bucket(by.bucket, value, answer.revision, at);
        Ok(held.value.clone())
    }
}

impl Authority for Remote {
    fn now(&self) -> SystemTime {
        (self.config.now)()
    }

    fn request_id(&self) -> String {
        (self.config.request_id)()
    }

    fn caller<'a>(&'a self, asked: KeyRequest<'a>) -> Pending<'a, Result<Arc<Caller>, NoCaller>> {
        if asked.region != self.config.region {
            return Box::pin(ready(Err(NoCaller::Region(self.config.region.clone()))));
        }
        let token = asked.session_token.unwrap_or_default();
        let key = digest(&[asked.access_key_id, token, asked.date, asked.region]);
        // What it takes to ask is not set up for whom this knows.
        match self.at_hand(self.callers.get(&key)) {
            Some(held) => Box::pin(ready(self.alive(&held.value))),
            None => Box::pin(async move { self.find(&asked, key).await }),
        }
    }

    fn bucket<'a>(&'a self, name: &'a str) -> Pending<'a, Result<Option<Arc<Bucket>>, Unavailable>> {
        match self.at_hand(self.kept_bucket(name)) {
            Some(held) => Box::pin(ready(Ok(held.value.clone()))),
            None => Box::pin(self.find_bucket(name)),
        }
    }

    fn buckets<'a>(&'a self, account: &'a str) -> Pending<'a, Result<Vec<Arc<Bucket>>, Unavailable>> {
        Box::pin(self.list(account))
    }

    fn create_bucket<'a>(&'a self, new: NewBucket<'a>) -> Pending<'a, Result<Arc<Bucket>, Change>> {
        Box::pin(async move {
            let made = self.change(&new.by).await?;
            made.ok_or_else(|| Change::Unavailable("the bucket is in no account that is served here".to_owned()))
        })
    }

    fn delete_bucket<'a>(&'a self, _: &'a Bucket, by: &'a By<'a>) -> Pending<'a, Result<(), Change>> {
        Box::pin(async move {
            if by.head.method != Method::DELETE {
                // Nobody has asked for it: the store did not take a new bucket, and will when it is first used.
                return Err(Change::Unavailable("only who owns a bucket deletes it".to_owned()));
            }
            self.change(by).await.map(drop)
        })
    }

    fn set_policy<'a>(&'a self, _: &'a Bucket, _: Option<String>, by: &'a By<'a>) -> Pending<'a, Result<(), Change>> {
        Box::pin(async move { self.change(by).await.map(drop) })
    }

    fn set_tags<'a>(
        &'a self,
        _: &'a Bucket,
        _: Vec<(String, String)>,
        by: &'a By<'a>,
    ) -> Pending<'a, Result<(), Change>> {
        Box::pin(async move { self.change(by).await.map(drop) })
    }

    fn record<'a>(&'a self, decided: &'a Decided) -> Pending<'a, Result<(), Unavailable>> {
        Box::pin(ready(self.records.add(decided)))
    }
}

impl From<Unavailable> for NoCaller {
    fn from(Unavailable(why): Unavailable) -> Self {
        Self::Unavailable(why)
    }
}

/// A bucket as decisions need it. Whom its policy names are known by their unique ids (threat 6).
fn bucket(told: GatewayBucket) -> Result<Arc<Bucket>, Unavailable> {
    let policy = match told.policy {
        None => None,
        Some(policy) => {
            let parsed = Policy::parse(&policy.document)
                .map_err(|error| Unavailable(format!("the policy of {}: {error}", told.name)))?;
            let named = parsed.map_principals(|arn| policy.principals.get(arn).cloned());
            let compiled = Compiled::new(&named).with_name(&format!("bucket policy of {}", told.name));
            Some((policy.shown, compiled))
        }
    };
    let since = Duration::from_secs(u64::try_from(told.created).unwrap_or(0));
    Ok(Arc::new(Bucket {
        name: told.name,
        account: told.account,
        region: told.region,
        upstream: told.incarnation,
        created: UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH),
        policy,
        tags: told.tags,
    }))
}

/// A digest of texts, each with its length, so that none can pass for two.
fn digest(texts: &[&str]) -> [u8; 32] {
    let mut digest = Digest::new(&SHA256);
    for text in texts {
        digest.update(&text.len().to_be_bytes());
        digest.update(text.as_bytes());
    }
    let mut out = [0; 32];
    out.copy_from_slice(digest.finish().as_ref());
    out
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}
