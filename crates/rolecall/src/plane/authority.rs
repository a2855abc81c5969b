//! The gateway's authority, in the same process: the accounts, the sessions and the audit log behind one contract.

use std::{borrow::Cow, sync::Arc, time::SystemTime};

use jiff::Timestamp;
use rolecall_gateway::{
    Authority, Bucket, By, Caller, Change, Decided, KeyRequest, NewBucket, NoCaller, Pending, Unavailable, bounding,
};
use rolecall_identity::{
    Error, Identity, Permit, account,
    audit::AuditLog,
    session::Sessions,
    state,
    sts::{self, CredentialError, View},
    usage::Usage,
};
use rolecall_names::{AccountId, BucketName};
use rolecall_server::audit::data;
use rolecall_wire::sigv4::SigningKey;

use crate::clock;

/// The control plane as the gateway sees it.
#[derive(Clone)]
pub(crate) struct Local {
    pub(crate) identity: Arc<Identity>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) audit: Arc<dyn AuditLog>,
    pub(crate) usage: Arc<Usage>,
    pub(crate) region: String,
    /// The one account whose callers and buckets it speaks of; none if of all.
    pub(crate) only: Option<AccountId>,
}

impl Local {
    fn find(&self, asked: &KeyRequest<'_>) -> Result<Arc<Caller>, NoCaller> {
        let now = clock::timestamp();
        let snapshot = self.identity.snapshot();
        let view = View::new(&snapshot, self.identity.root());
        let refused = |error: CredentialError| match error {
            CredentialError::Expired | CredentialError::Revoked => NoCaller::Expired,
            CredentialError::Invalid if asked.session_token.is_some() => NoCaller::InvalidToken,
            CredentialError::Invalid => NoCaller::UnknownKey,
        };
        let credential =
            sts::credential(&view, &self.sessions, asked.access_key_id, asked.session_token, now).map_err(refused)?;
        let caller =
            rolecall_identity::Caller::new(&snapshot, &credential.identity, asked.access_key_id).map_err(refused)?;
        if !caller.account.is_some_and(|account| self.serves(account)) {
            return Err(refused(CredentialError::Invalid));
        }
        let factor_shown = caller.factor_shown();
        let boundary = match caller.boundary {
            None => None,
            Some(list) => {
                let bounding = bounding(list);
                Some(bounding.ok_or_else(|| NoCaller::Unavailable("nothing is no policy".to_owned()))?)
            }
        };
        Ok(Arc::new(Caller {
            factor_shown,
            principal: caller.principal,
            access_key_id: asked.access_key_id.to_owned(),
            key: SigningKey::derive(credential.secret.expose(), asked.date, asked.region, "s3"),
            context: caller.context,
            identity: caller.identity,
            boundary,
            session: caller.session_policies,
        }))
    }

    /// Changes buckets on behalf of a caller whom the gateway has judged.
    async fn change<Op: rolecall_identity::Operation, T: Send>(
        &self,
        account: AccountId,
        rule: impl Fn(&mut rolecall_identity::Transaction<'_>, Permit<Op>) -> Result<T, Error> + Sync,
    ) -> Result<T, Change> {
        // The gateway has decided this call and written the decision down; its own bucket policies took part in it.
        let permit = Permit::operator(account);
        self.identity
            .write(permit, clock::timestamp(), rule)
            .await
            .map_err(|error| match error {
                Error::NotFound(_) => Change::Gone,
                Error::Limit(_) => Change::TooMany,
                Error::Conflict => Change::Conflict,
                other => Change::Unavailable(other.to_string()),
            })
    }

    fn show(&self, bucket: &state::Bucket) -> Arc<Bucket> {
        let snapshot = self.identity.snapshot();
        Arc::new(Bucket {
            name: bucket.name.clone(),
            account: bucket.account.to_string(),
            region: bucket.region.clone(),
            upstream: bucket.incarnation.clone(),
            created: at(bucket.created),
            policy: bucket
                .shown_policy(&snapshot)
                .zip(bucket.policy.as_ref())
                .map(|(text, policy)| {
                    (
                        text,
                        policy
                            .compiled()
                            .clone()
                            .with_name(&format!("bucket policy of {}", bucket.name)),
                    )
                }),
            tags: bucket.tags.clone(),
        })
    }

    /// The decision as it is written down.
    fn told<'a>(&'a self, decided: &'a Decided) -> data::Decided<'a> {
        data::Decided {
            // Told apart by the request's id too, so that an event is written even where randomness fails.
            event_id: clock::random_uuid().unwrap_or_else(|_| decided.request_id.clone()),
            request_id: &decided.request_id,
            at: Timestamp::try_from(decided.at).unwrap_or(Timestamp::UNIX_EPOCH),
            principal: Cow::Borrowed(&decided.principal),
            access_key_id: &decided.access_key_id,
            operation: decided.operation,
            action: &decided.action,
            resource: &decided.resource,
            account: &decided.account,
            region: &self.region,
            peer: rolecall_policy::source_ip(decided.peer.ip()),
            user_agent: decided.user_agent.as_deref().unwrap_or_default(),
            decision: decided.decision,
            explanation: decided
                .explanation
                .as_ref()
                .and_then(|explanation| serde_json::to_value(explanation).ok()),
            context: decided.question.context().clone(),
            detail: None,
        }
    }

    fn serves(&self, account: AccountId) -> bool {
        self.only.is_none_or(|only| only == account)
    }

    fn shown(&self, name: &str) -> Option<Arc<Bucket>> {
        let snapshot = self.identity.snapshot();
        let found = snapshot.bucket(name).filter(|bucket| self.serves(bucket.account));
        found.map(|bucket| self.show(bucket))
    }
}

impl Authority for Local {
    fn now(&self) -> SystemTime {
        clock::now()
    }

    fn request_id(&self) -> String {
        clock::request_id()
    }

    fn caller<'a>(&'a self, asked: KeyRequest<'a>) -> Pending<'a, Result<Arc<Caller>, NoCaller>> {
        Box::pin(async move { self.find(&asked) })
    }

    fn bucket<'a>(&'a self, name: &'a str) -> Pending<'a, Result<Option<Arc<Bucket>>, Unavailable>> {
        Box::pin(async move { Ok(self.shown(name)) })
    }

    fn buckets<'a>(&'a self, account: &'a str) -> Pending<'a, Result<Vec<Arc<Bucket>>, Unavailable>> {
        Box::pin(async move {
            let account: AccountId = account
                .parse()
                .map_err(|_| Unavailable(format!("`{account}` is no account")))?;
            let snapshot = self.identity.snapshot();
            Ok(snapshot.buckets(account).map(|bucket| self.show(bucket)).collect())
        })
    }

    fn create_bucket<'a>(&'a self, new: NewBucket<'a>) -> Pending<'a, Result<Arc<Bucket>, Change>> {
        Box::pin(async move {
            let account: AccountId = new
                .by
                .principal
                .account()
                .parse()
                .map_err(|_| Change::Unavailable("the caller has no account".to_owned()))?;
            let name: BucketName = new
                .name
                .parse()
                .map_err(|error: rolecall_names::Invalid| Change::Unavailable(error.to_string()))?;
            if let Some(taken) = self.identity.snapshot().bucket(name.as_str()) {
                return Err(Change::Taken(self.show(taken)));
            }
            let made = self
                .change(account, |transaction, permit| {
                    account::bucket::create(transaction, permit, &name, &new.region, &new.tags)
                })
                .await;
            match made {
                Ok(bucket) => Ok(self.show(&bucket)),
                // Somebody was faster.
                Err(change) => match self.identity.snapshot().bucket(name.as_str()) {
                    Some(taken) => Err(Change::Taken(self.show(taken))),
                    None => Err(change),
                },
            }
        })
    }

    fn delete_bucket<'a>(&'a self, bucket: &'a Bucket, _by: &'a By<'a>) -> Pending<'a, Result<(), Change>> {
        Box::pin(async move {
            self.change(owner(bucket)?, |transaction, permit| {
                account::bucket::delete(transaction, permit, &bucket.name, &bucket.upstream)
            })
            .await
        })
    }

    fn set_policy<'a>(
        &'a self,
        bucket: &'a Bucket,
        policy: Option<String>,
        _by: &'a By<'a>,
    ) -> Pending<'a, Result<(), Change>> {
        Box::pin(async move {
            let owner = owner(bucket)?;
            match policy {
                Some(text) => {
                    self.change(owner, |transaction, permit| {
                        account::bucket::put_policy(transaction, permit, &bucket.name, &bucket.upstream, &text)
                    })
                    .await
                }
                None => {
                    self.change(owner, |transaction, permit| {
                        account::bucket::delete_policy(transaction, permit, &bucket.name, &bucket.upstream)
                    })
                    .await
                }
            }
        })
    }

    fn set_tags<'a>(
        &'a self,
        bucket: &'a Bucket,
        tags: Vec<(String, String)>,
        _by: &'a By<'a>,
    ) -> Pending<'a, Result<(), Change>> {
        Box::pin(async move {
            self.change(owner(bucket)?, |transaction, permit| {
                account::bucket::put_tags(transaction, permit, &bucket.name, &bucket.upstream, &tags)
            })
            .await
        })
    }

    fn record<'a>(&'a self, decided: &'a Decided) -> Pending<'a, Result<(), Unavailable>> {
        Box::pin(async move {
            let told = self.told(decided);
            told.note(&self.usage);
            self.audit
                .append(&told.event())
                .await
                .map_err(|error| Unavailable(error.to_string()))
        })
    }
}

fn owner(bucket: &Bucket) -> Result<AccountId, Change> {
    bucket.account.parse().map_err(|_| Change::Gone)
}

fn at(seconds: i64) -> SystemTime {
    let since = std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
