//! The gateway's authority, in the same process: the accounts, the sessions and the audit log behind one contract.

use std::{collections::BTreeMap, sync::Arc, time::SystemTime};

use jiff::Timestamp;
use rolecall_gateway::{
    Authority, Bucket, By, Caller, Change, Decided, KeyRequest, NewBucket, NoCaller, Pending, Unavailable,
};
use rolecall_identity::{
    Error, Identity, Permit, account,
    audit::{AuditLog, Decision, Event, Resource, Rolecall, UserIdentity},
    session::Sessions,
    state,
    sts::{self, CredentialError, View},
    usage::{Usage, Use},
};
use rolecall_names::{AccountId, BucketName};
use rolecall_policy::{Compiled, Policy, PrincipalKind};
use rolecall_wire::sigv4::SigningKey;

use crate::clock;

/// The control plane as the gateway sees it.
pub(crate) struct Local {
    pub(crate) identity: Arc<Identity>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) audit: Arc<dyn AuditLog>,
    pub(crate) usage: Arc<Usage>,
    pub(crate) region: String,
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
        let factor_shown = caller.factor_shown();
        let boundary = match caller.boundary {
            None => None,
            // A boundary that is gone bounds to nothing.
            Some(list) => Some(list.into_iter().next().map_or_else(nothing, Ok)?),
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

    /// Notes that credentials were used, whatever was decided.
    fn note(&self, decided: &Decided) {
        let principal = &decided.principal;
        let id = match principal.kind() {
            PrincipalKind::Root => Some(principal.account()),
            PrincipalKind::User | PrincipalKind::Session { .. } => principal.unique_id(),
            _ => None,
        };
        let at = Timestamp::try_from(decided.at).unwrap_or(Timestamp::UNIX_EPOCH);
        self.usage.note(Use {
            principal: id,
            access_key_id: &decided.access_key_id,
            service: "s3",
            region: &self.region,
            action: decided.action.strip_prefix("s3:").unwrap_or(&decided.action),
            at: at.as_second(),
        });
    }

    fn event(&self, decided: &Decided) -> Event {
        let principal = &decided.principal;
        let (decision, error_code) = match decided.decision {
            rolecall_policy::Decision::Allowed => (Decision::Allowed, None),
            rolecall_policy::Decision::ExplicitlyDenied => (Decision::ExplicitlyDenied, Some("AccessDenied")),
            rolecall_policy::Decision::ImplicitlyDenied => (Decision::ImplicitlyDenied, Some("AccessDenied")),
        };
        let time = Timestamp::try_from(decided.at).unwrap_or(Timestamp::UNIX_EPOCH);
        let time = Timestamp::from_second(time.as_second()).unwrap_or(time).to_string();
        let context: BTreeMap<String, Vec<String>> = decided
            .question
            .context()
            .iter()
            .map(|(key, values)| (key.to_owned(), values.as_slice().to_vec()))
            .collect();
        // Told apart by the request's id too, so that an event is written even where randomness fails.
        let event_id = clock::random_uuid().unwrap_or_else(|_| decided.request_id.clone());
        Event {
            event_version: "1.11".to_owned(),
            user_identity: who(principal, &decided.access_key_id),
            event_time: time,
            event_source: "s3.amazonaws.com".to_owned(),
            event_name: decided.operation.to_owned(),
            aws_region: self.region.clone(),
            source_ip_address: decided.peer.ip().to_canonical().to_string(),
            user_agent: decided.user_agent.clone().unwrap_or_default(),
            error_code: error_code.map(str::to_owned),
            error_message: None,
            request_parameters: serde_json::Value::Null,
            response_elements: serde_json::Value::Null,
            request_id: decided.request_id.clone(),
            event_id,
            read_only: decided.operation.starts_with("Get")
                || decided.operation.starts_with("List")
                || decided.operation.starts_with("Head"),
            resources: vec![Resource {
                arn: decided.resource.clone(),
                account_id: (!decided.account.is_empty()).then(|| decided.account.clone()),
                kind: "AWS::S3::Object".to_owned(),
            }],
            event_type: "AwsApiCall".to_owned(),
            management_event: false,
            recipient_account_id: decided.account.clone(),
            event_category: "Data".to_owned(),
            rolecall: Rolecall {
                decision,
                explanation: decided
                    .explanation
                    .as_ref()
                    .and_then(|explanation| serde_json::to_value(explanation).ok()),
                principal: Some(principal.arn().to_owned()),
                action: Some(decided.action.clone()),
                resource: Some(decided.resource.clone()),
                context,
                token_id: None,
                issued: None,
                detail: None,
                prev: String::new(),
            },
        }
    }
}

impl Authority for Local {
    fn now(&self) -> SystemTime {
        clock::now()
    }

    fn request_id(&self) -> String {
        let mut bytes = [0; 8];
        // Without randomness nothing is issued anywhere; a request's id need not be secret.
        let _ = clock::random(&mut bytes);
        format!("{:016X}", u64::from_be_bytes(bytes))
    }

    fn caller<'a>(&'a self, asked: KeyRequest<'a>) -> Pending<'a, Result<Arc<Caller>, NoCaller>> {
        Box::pin(async move { self.find(&asked) })
    }

    fn bucket<'a>(&'a self, name: &'a str) -> Pending<'a, Result<Option<Arc<Bucket>>, Unavailable>> {
        Box::pin(async move { Ok(self.identity.snapshot().bucket(name).map(|bucket| self.show(bucket))) })
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

    fn create_bucket(&self, new: NewBucket) -> Pending<'_, Result<Arc<Bucket>, Change>> {
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

    fn delete_bucket<'a>(&'a self, bucket: &'a Bucket, _by: &'a By) -> Pending<'a, Result<(), Change>> {
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
        _by: &'a By,
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
        _by: &'a By,
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
            self.note(decided);
            self.audit
                .append(self.event(decided))
                .await
                .map_err(|error| Unavailable(error.to_string()))
        })
    }
}

fn owner(bucket: &Bucket) -> Result<AccountId, Change> {
    bucket.account.parse().map_err(|_| Change::Gone)
}

/// A policy that allows nothing.
fn nothing() -> Result<Compiled, NoCaller> {
    let policy = Policy::parse(r#"{"Version":"2012-10-17","Statement":[]}"#);
    policy
        .map(|policy| Compiled::new(&policy))
        .map_err(|error| NoCaller::Unavailable(error.to_string()))
}

fn who(principal: &rolecall_policy::Principal, access_key_id: &str) -> UserIdentity {
    let kind = match principal.kind() {
        PrincipalKind::Root => "Root",
        PrincipalKind::User => "IAMUser",
        PrincipalKind::Session { .. } => "AssumedRole",
        PrincipalKind::FederatedUser { .. } => "FederatedUser",
        PrincipalKind::Service => "AWSService",
        PrincipalKind::WebIdentity | PrincipalKind::Saml | PrincipalKind::Anonymous => "AWSAccount",
    };
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    UserIdentity {
        kind: kind.to_owned(),
        principal_id: principal.unique_id().map(str::to_owned),
        arn: known(principal.arn()).filter(|_| *principal.kind() != PrincipalKind::Anonymous),
        account_id: known(principal.account()),
        access_key_id: known(access_key_id),
        ..UserIdentity::default()
    }
}

fn at(seconds: i64) -> SystemTime {
    let since = std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
