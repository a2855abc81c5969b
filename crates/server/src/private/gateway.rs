//! What gateways ask. A gateway holds no secret that outlives a day, and gets even those only for callers whose request it
//! brings along (threat 3).

use std::{borrow::Cow, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use rolecall_identity::{
    Caller, Permit, account,
    keys::random,
    op,
    sts::{CredentialError, Identified, credential},
};
use rolecall_names::{AccountId, uuid};
use rolecall_policy::{Compiled, Context, Decision, Principal, PrincipalKind, Values};
use rolecall_wire::{
    private::{
        ChangeGatewayBucket, Done, GatewayBucketAnswer, GatewayBucketRequest, GatewayBucketsAnswer,
        GatewayBucketsRequest, GatewayCallerAnswer, GatewayCallerRequest, GatewayChangeAnswer, GatewayChangeRequest,
        GatewayDecision, GatewayDecisionsRequest, GatewayOutcome, GatewayPolicy, GatewayRevisionAnswer,
        GatewayRevisionRequest, GatewayValues, GetGatewayBucket, GetGatewayCaller, GetGatewayRevision,
        ListGatewayBuckets, MOST_DECISIONS, RecordGatewayDecisions,
    },
    sigv4::{Presented, SigningKey},
};

use super::Private;
use crate::{
    audit::data::Decided,
    aws::{evidence::record, fault::Fault, operation::Cx},
    clock::system,
    gateways::{Brought, shown, without_policy},
};

/// The service that gateways stand before.
const S3: &str = "s3";

impl Private for GetGatewayCaller {
    type Op = op::GetGatewayCaller;

    fn resource(_: &Cx, _: &GatewayCallerRequest) -> String {
        "*".to_owned()
    }

    // Neither the token nor the signature: whoever reads the log must not make the request again.
    fn parameters(input: &GatewayCallerRequest) -> serde_json::Value {
        serde_json::json!({ "accessKeyId": input.access_key_id, "date": input.date, "region": input.region })
    }

    async fn answer(
        cx: &Cx,
        _: Permit<op::GetGatewayCaller>,
        input: GatewayCallerRequest,
        _: &Path,
    ) -> Result<GatewayCallerAnswer, Fault> {
        let (presented, canonical) = input.presented().map_err(|_| mismatch())?;
        let id = &presented.access_key_id;
        let token = presented.session_token.as_deref();
        let unknown = |error| nobody(error, token.is_some());
        let view = cx.control.view(&cx.snapshot);
        let credential = credential(&view, &cx.control.sessions, id, token, cx.now).map_err(unknown)?;
        let caller = Caller::new(&cx.snapshot, &credential.identity, id).map_err(unknown)?;
        if !serves(cx, caller.account) {
            return Err(unknown(CredentialError::Invalid));
        }
        let scope = &presented.scope;
        let key = SigningKey::derived(credential.secret.expose(), &scope.day, &scope.region, S3);
        check(cx, &presented, &canonical, &SigningKey::from_derived(&key))?;
        let expires = match &credential.identity {
            Identified::Session(opened) => Some(opened.record.expires),
            Identified::Root { .. } | Identified::User { .. } => None,
        };
        Ok(GatewayCallerAnswer {
            key: hex::encode(key.as_slice()).into(),
            arn: caller.principal.arn().to_owned(),
            unique_id: caller.principal.unique_id().map(str::to_owned),
            federated_by: match caller.principal.kind() {
                PrincipalKind::FederatedUser { user } => user.clone(),
                _ => None,
            },
            factor_shown: caller.factor_shown(),
            identity: policies(&caller.identity),
            boundary: caller.boundary.as_deref().map(policies),
            session: caller.session_policies.as_deref().map(policies),
            context: caller
                .context
                .into_entries()
                .map(|(key, values)| (key, self::values(values)))
                .collect(),
            expires,
            revision: cx.snapshot.revision(),
        })
    }
}

impl Private for GetGatewayBucket {
    type Op = op::GetGatewayBucket;

    // So that a gateway can be bound to buckets.
    fn resource(_: &Cx, input: &GatewayBucketRequest) -> String {
        account::bucket::arn(&input.name)
    }

    async fn answer(
        cx: &Cx,
        _: Permit<op::GetGatewayBucket>,
        input: GatewayBucketRequest,
        _: &Path,
    ) -> Result<GatewayBucketAnswer, Fault> {
        let found = cx.snapshot.bucket(&input.name);
        Ok(GatewayBucketAnswer {
            // One that is another gateway's is not there.
            bucket: found
                .filter(|bucket| serves(cx, Some(bucket.account)))
                .map(|found| shown(&cx.snapshot, found)),
            revision: cx.snapshot.revision(),
        })
    }
}

impl Private for ListGatewayBuckets {
    type Op = op::ListGatewayBuckets;

    fn resource(_: &Cx, _: &GatewayBucketsRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        _: Permit<op::ListGatewayBuckets>,
        input: GatewayBucketsRequest,
        _: &Path,
    ) -> Result<GatewayBucketsAnswer, Fault> {
        let account = input.account.parse().ok().filter(|account| serves(cx, Some(*account)));
        let found = account.into_iter().flat_map(|account| cx.snapshot.buckets(account));
        Ok(GatewayBucketsAnswer {
            buckets: found.map(|found| without_policy(found)).collect(),
            revision: cx.snapshot.revision(),
        })
    }
}

impl Private for GetGatewayRevision {
    type Op = op::GetGatewayRevision;

    // A gateway asks several times a second, and learns nothing but that it should ask again.
    const RECORDED: bool = false;

    fn resource(_: &Cx, _: &GatewayRevisionRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        _: Permit<op::GetGatewayRevision>,
        _: GatewayRevisionRequest,
        _: &Path,
    ) -> Result<GatewayRevisionAnswer, Fault> {
        Ok(GatewayRevisionAnswer {
            revision: cx.snapshot.revision(),
        })
    }
}

impl Private for ChangeGatewayBucket {
    type Op = op::ChangeGatewayBucket;

    fn resource(_: &Cx, input: &GatewayChangeRequest) -> String {
        account::bucket::arn(&input.bucket)
    }

    // The headers hold what would make the request again.
    fn parameters(input: &GatewayChangeRequest) -> serde_json::Value {
        serde_json::json!({ "bucket": input.bucket, "method": input.method })
    }

    async fn answer(
        cx: &Cx,
        _: Permit<op::ChangeGatewayBucket>,
        input: GatewayChangeRequest,
        _: &Path,
    ) -> Result<GatewayChangeAnswer, Fault> {
        let Some(buckets) = cx.control.buckets.clone() else {
            return Err(Fault::sender(
                "NotImplementedException",
                501,
                "Buckets are not changed here.",
            ));
        };
        let only = cx.account;
        let operator = cx.snapshot.operator() == Some(only);
        let name = input.bucket.clone();
        let brought = brought(input, (!operator).then_some(only))
            .ok_or_else(|| Fault::sender("ValidationException", 400, "This is no request."))?;
        let refusal = buckets.change(brought).await.err();
        let now = cx.control.identity.snapshot();
        Ok(GatewayChangeAnswer {
            bucket: now
                .bucket(&name)
                .filter(|bucket| refusal.is_none() && (operator || bucket.account == only))
                .map(|bucket| shown(&now, bucket)),
            refusal,
            revision: now.revision(),
        })
    }
}

fn brought(input: GatewayChangeRequest, only: Option<AccountId>) -> Option<Brought> {
    let headers = input.read()?;
    Some(Brought {
        method: input.method.parse().ok()?,
        // Nothing but a path, and what may follow it: a host is in the headers, where it is signed.
        target: input.target.parse().ok().filter(|_| input.target.starts_with('/'))?,
        headers,
        body: STANDARD.decode(&input.body).ok()?.into(),
        peer: input.peer.parse().ok()?,
        secure: input.secure,
        bucket: input.bucket,
        only,
    })
}

impl Private for RecordGatewayDecisions {
    type Op = op::RecordGatewayDecisions;

    // What it writes are the events.
    const RECORDED: bool = false;

    fn resource(_: &Cx, _: &GatewayDecisionsRequest) -> String {
        "*".to_owned()
    }

    async fn answer(
        cx: &Cx,
        _: Permit<op::RecordGatewayDecisions>,
        input: GatewayDecisionsRequest,
        _: &Path,
    ) -> Result<Done, Fault> {
        if input.decisions.len() > MOST_DECISIONS {
            return Err(Fault::sender(
                "ValidationException",
                400,
                "These are too many decisions.",
            ));
        }
        let mut events = Vec::new();
        for decision in &input.decisions {
            events.push(decided(cx, decision)?);
        }
        // All are given before one is waited for, so that they are written at once.
        let mut written = Vec::new();
        for decided in events {
            decided.note(&cx.control.usage);
            written.push(record(&cx.control, &decided.event()));
        }
        for written in written {
            written.await?;
        }
        Ok(Done {})
    }
}

/// A decision of a gateway, about what is its own to decide on.
fn decided<'a>(cx: &'a Cx, told: &'a GatewayDecision) -> Result<Decided<'a>, Fault> {
    let wrong = |why: &str| Fault::sender("ValidationException", 400, why.to_owned());
    let principal = match &told.arn {
        None => Principal::anonymous(),
        Some(arn) => Principal::parse(arn).ok_or_else(|| wrong("This is no caller."))?,
    };
    let principal = match &told.unique_id {
        Some(id) => principal.with_unique_id(id),
        None => principal,
    };
    let served = |account: &str| account.parse().is_ok_and(|account| serves(cx, Some(account)));
    // A stranger who asks for no bucket is nobody's.
    let is_nobodys = told.arn.is_none() && told.account.is_empty();
    if !is_nobodys && !served(principal.account()) && !served(&told.account) {
        return Err(wrong(
            "This is about neither a caller nor a bucket that this gateway serves.",
        ));
    }
    let mut context = Context::new();
    for (key, values) in &told.context {
        context.set(key, Values::Many(values.clone()));
    }
    Ok(Decided {
        event_id: random(cx.control.entropy()).map(uuid).map_err(|_| Fault::internal())?,
        request_id: &told.request_id,
        at: Timestamp::from_second(told.at).map_err(|_| wrong("This is no time."))?,
        principal: Cow::Owned(principal),
        access_key_id: &told.access_key_id,
        operation: &told.operation,
        action: &told.action,
        resource: &told.resource,
        account: &told.account,
        region: &cx.control.region,
        peer: told.peer.clone(),
        user_agent: told.user_agent.as_deref().unwrap_or_default(),
        decision: match told.decision {
            GatewayOutcome::Allowed => Decision::Allowed,
            GatewayOutcome::ExplicitlyDenied => Decision::ExplicitlyDenied,
            GatewayOutcome::ImplicitlyDenied => Decision::ImplicitlyDenied,
        },
        explanation: told.explanation.clone(),
        context,
        detail: Some(format!("told by the gateway {}", cx.caller.principal.arn())),
    })
}

/// Whether a gateway may learn of callers of an account: of its own, or of any if it is the operator's.
///
/// Policies alone would not do: a root is not bound by them, and each account has one. It could take a request that somebody
/// of another account sent to it for the key of their day.
fn serves(cx: &Cx, account: Option<AccountId>) -> bool {
    account == Some(cx.account) || cx.snapshot.operator() == Some(cx.account)
}

/// Refuses what this very caller did not sign, for S3, here, lately: all of it alike.
fn check(cx: &Cx, presented: &Presented, canonical: &[u8], key: &SigningKey) -> Result<(), Fault> {
    let here = presented.scope.region == cx.control.region;
    let signed = presented
        .check_scope(S3)
        .and_then(|()| presented.check_time(system(cx.now), cx.control.longest_presigned))
        .and_then(|()| presented.verify_canonical(canonical, key));
    if here && signed.is_ok() {
        Ok(())
    } else {
        Err(mismatch())
    }
}

fn mismatch() -> Fault {
    Fault::sender(
        "SignatureDoesNotMatchException",
        403,
        "This is no request to S3 that was signed with this access key, for this region, lately.",
    )
}

/// Nobody is behind these credentials. S3 tells the client as much.
fn nobody(error: CredentialError, temporary: bool) -> Fault {
    match error {
        CredentialError::Expired | CredentialError::Revoked => {
            Fault::sender("ExpiredTokenException", 403, "The provided token has expired.")
        }
        CredentialError::Invalid if temporary => {
            Fault::sender("InvalidTokenException", 403, "The provided token is invalid.")
        }
        CredentialError::Invalid => Fault::sender("UnknownAccessKeyException", 403, "There is no such access key."),
    }
}

fn values(values: Values) -> GatewayValues {
    match values {
        Values::One(value) => GatewayValues::One(value),
        Values::Many(values) => GatewayValues::Many(values),
    }
}

fn policies(compiled: &[Compiled]) -> Vec<GatewayPolicy> {
    let one = |policy: &Compiled| GatewayPolicy {
        name: policy.name().map(str::to_owned),
        document: policy.source().to_owned(),
    };
    compiled.iter().map(one).collect()
}
