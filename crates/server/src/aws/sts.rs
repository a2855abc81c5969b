//! The Security Token Service: each call's flow around the rules in `identity`. Nothing that was granted leaves before its
//! audit event is written (invariant 6).

use std::{sync::Arc, time::Instant};

use jiff::Timestamp;
use rolecall_identity::{
    Caller,
    audit::{Elements, Resource},
    session::Credentials,
    sts::{
        AssumeRole, AssumeRoleWithWebIdentity, CallerIdentity, CallerPolicies, Evidence, Granted, Identified, Refusal,
        SecondFactor, SessionTokenRequest, Step, assume_role, assume_role_with_web_identity, caller_identity,
        second_factor, session_token,
    },
};
use rolecall_names::{AccountId, Arn};

use super::{
    evidence::{self, Told, event},
    fault::{Fault, Style, of_credential, of_refusal},
    stranger,
    verify::Signed,
};
use crate::{
    clock::{DEAREST, cost},
    control::Control,
    dispatch::Whole,
};

pub mod calls;
mod federation;
mod message;
mod saml;
mod web_identity_token;

const SOURCE: &str = "sts.amazonaws.com";

/// `AssumeRoleWithWebIdentity`: unsigned; the token is the credential.
pub async fn web_identity(
    control: &Arc<Control>,
    request: &Whole,
    input: AssumeRoleWithWebIdentity<'_>,
) -> Result<Granted, Fault> {
    let now = control.clock.now();
    let peer = request.about.peer.address.ip();
    stranger::check_work(control, peer, now)?;
    let mut fetched = false;
    let (outcome, mut evidence) = loop {
        let snapshot = control.identity.snapshot();
        let mut evidence = Evidence::default();
        let begun = Instant::now();
        let outcome = assume_role_with_web_identity(
            &control.view(&snapshot),
            &control.sessions,
            &control.ring,
            AssumeRoleWithWebIdentity {
                context: evidence::context(&request.about, &request.parts.headers, &control.region, now),
                ..input.clone()
            },
            fetched,
            now,
            control.entropy(),
            &mut evidence,
        );
        if outcome.is_err() {
            control
                .strangers
                .work
                .charge(peer, now.as_second(), cost(begun, DEAREST));
        }
        match outcome {
            Ok(Step::Fetch(url)) if !fetched => {
                // In a box of its own: it is large and rare, and would be part of what every exchange moves.
                Box::pin(refresh(control, input.role_arn, &url)).await;
                fetched = true;
            }
            // The ring answers who has just fetched, so this is never reached; if it were, nothing is granted.
            Ok(Step::Fetch(_)) => break (Err(Refusal::IdpCommunication), evidence),
            Ok(Step::Done { granted, refresh: None }) => break (Ok(granted), evidence),
            Ok(Step::Done {
                granted,
                refresh: Some(url),
            }) => {
                let (control, role) = (Arc::clone(control), input.role_arn.to_owned());
                tokio::spawn(async move { refresh(&control, &role, &url).await });
                break (Ok(granted), evidence);
            }
            Err(refusal) => break (Err(refusal), evidence),
        }
    };
    let fault = outcome.as_ref().err().map(of_refusal);
    if let Some(fault) = &fault
        && !stranger::may_be_written(control, &mut evidence, now)
    {
        return Err(fault.clone());
    }
    let parameters = Elements::members([
        ("roleArn", input.role_arn.into()),
        ("roleSessionName", input.session_name.into()),
        ("durationSeconds", input.duration.into()),
        ("policy", input.policy.into()),
    ]);
    let told = Told {
        name: "AssumeRoleWithWebIdentity",
        region: &control.region,
        identity: evidence::web_identity(evidence.source.as_deref()),
        ..told(
            evidence,
            input.role_arn,
            parameters,
            outcome.as_ref().ok().map(|granted| &**granted),
            fault.as_ref(),
        )
    };
    record(control, request, told, now).await?;
    match (outcome, fault) {
        (Ok(granted), _) => Ok(*granted),
        (Err(_), Some(fault)) => Err(fault),
        (Err(_), None) => Err(Fault::internal()),
    }
}

/// `SerialNumber` and `TokenCode` of a call.
#[derive(Clone, Copy)]
pub struct Mfa<'a> {
    serial: Option<&'a str>,
    code: Option<&'a str>,
}

impl Mfa<'_> {
    /// The second factor, if the call shows one, and what became of it. While the audit log cannot be written, no code is
    /// used up: nothing could be granted for it.
    async fn shown(
        self,
        control: &Control,
        signed: &Signed,
        now: Timestamp,
        evidence: &mut Evidence,
    ) -> Result<Option<SecondFactor>, Refusal> {
        if control.audit.is_failing() {
            return Err(Refusal::Internal("the audit log cannot be written"));
        }
        second_factor(
            &control.identity,
            signed.identity(),
            self.serial,
            self.code,
            now,
            evidence,
        )
        .await
    }
}

/// `AssumeRole`: role chaining, users, other accounts.
pub async fn role(
    control: &Arc<Control>,
    request: &Whole,
    signed: &Signed,
    mfa: Mfa<'_>,
    mut input: AssumeRole<'_>,
) -> Result<Granted, Fault> {
    let now = control.clock.now();
    let mut evidence = Evidence::default();
    let factor = mfa.shown(control, signed, now, &mut evidence).await;
    let snapshot = control.identity.snapshot();
    let caller = Caller::new(&snapshot, signed.identity(), signed.access_key_id())
        .map_err(|error| of_credential(error, Style::Query))?;
    let context = evidence::context(&request.about, &request.parts.headers, signed.region(), now);
    input.context = caller.describe(context);
    let parameters = Elements::members([
        ("roleArn", input.role_arn.into()),
        ("roleSessionName", input.session_name.into()),
        ("durationSeconds", input.duration.into()),
        ("policy", input.policy.into()),
        ("externalId", input.external_id.into()),
        ("sourceIdentity", input.source_identity.into()),
        ("serialNumber", mfa.serial.into()),
    ]);
    let role_arn = input.role_arn;
    let outcome = match (caller.sts(), factor) {
        (_, Err(refusal)) => Err(refusal),
        (Some(caller), Ok(factor)) => assume_role(
            &control.view(&snapshot),
            &control.sessions,
            &caller,
            AssumeRole {
                factor: factor.as_ref(),
                ..input
            },
            now,
            control.entropy(),
            &mut evidence,
        ),
        (None, _) => Err(Refusal::Internal("a signed caller without an account")),
    };
    if outcome.is_err() {
        evidence.caller = Some(Box::new(CallerPolicies {
            identity: caller.identity.clone(),
            boundary: caller.boundary.clone(),
            session: caller.session_policies.clone(),
        }));
    }
    let fault = outcome.as_ref().err().map(of_refusal);
    let told = Told {
        name: "AssumeRole",
        region: signed.region(),
        identity: evidence::signed(signed.identity(), signed.access_key_id()),
        ..told(evidence, role_arn, parameters, outcome.as_ref().ok(), fault.as_ref())
    };
    record(control, request, told, now).await?;
    outcome.map_err(|refusal| of_refusal(&refusal))
}

/// `GetSessionToken`
pub async fn session(
    control: &Arc<Control>,
    request: &Whole,
    signed: &Signed,
    mfa: Mfa<'_>,
    duration: Option<i64>,
) -> Result<Credentials, Fault> {
    let now = control.clock.now();
    let mut evidence = Evidence::default();
    let factor = match signed.identity() {
        // Refused whatever it shows, so that no code is used up.
        Identified::Session(_) => Ok(None),
        Identified::Root { .. } | Identified::User { .. } => mfa.shown(control, signed, now, &mut evidence).await,
    };
    let snapshot = control.identity.snapshot();
    let view = control.view(&snapshot);
    let outcome = factor.and_then(|factor| {
        let input = SessionTokenRequest {
            duration,
            factor: factor.as_ref(),
        };
        session_token(
            &view,
            &control.sessions,
            signed.identity(),
            input,
            now,
            control.entropy(),
        )
    });
    let fault = outcome.as_ref().err().map(of_refusal);
    let caller = caller_identity(signed.identity());
    let told = Told {
        name: "GetSessionToken",
        parameters: Elements::members([
            ("durationSeconds", duration.into()),
            ("serialNumber", mfa.serial.into()),
        ]),
        evidence,
        fault: fault.as_ref(),
        issued: outcome
            .as_ref()
            .ok()
            .map(|(credentials, _)| credentials.access_key_id.to_string()),
        ..of_oneself(signed, &caller)
    };
    record(control, request, told, now).await?;
    outcome
        .map(|(credentials, _)| credentials)
        .map_err(|refusal| of_refusal(&refusal))
}

/// `GetCallerIdentity`: needs no permission, and no policy can deny it.
pub async fn caller(control: &Control, request: &Whole, signed: &Signed) -> Result<CallerIdentity, Fault> {
    let caller = caller_identity(signed.identity());
    let told = Told {
        name: "GetCallerIdentity",
        read_only: true,
        ..of_oneself(signed, &caller)
    };
    record(control, request, told, control.clock.now()).await?;
    Ok(caller)
}

/// Writes down a call that no session of this kind may make, and gives back the fault.
pub(crate) async fn restricted(
    control: &Control,
    request: &Whole,
    signed: &Signed,
    source: &'static str,
    name: &'static str,
    fault: Fault,
) -> Fault {
    let caller = caller_identity(signed.identity());
    let told = Told {
        source,
        name,
        fault: Some(&fault),
        ..of_oneself(signed, &caller)
    };
    match record(control, request, told, control.clock.now()).await {
        Ok(()) => fault,
        Err(failed) => failed,
    }
}

/// What the calls about the caller alone have alike.
fn of_oneself<'a>(signed: &'a Signed, caller: &'a CallerIdentity) -> Told<'a> {
    Told {
        source: SOURCE,
        name: "",
        region: signed.region(),
        account: caller.account.as_str(),
        read_only: false,
        parameters: Elements::Null,
        response: Elements::Null,
        identity: evidence::signed(signed.identity(), signed.access_key_id()),
        fault: None,
        evidence: Evidence::default(),
        resource: None,
        issued: None,
    }
}

/// What the two assumptions of roles have alike.
fn told<'a>(
    evidence: Evidence,
    role_arn: &'a str,
    parameters: Elements,
    granted: Option<&'a Granted>,
    fault: Option<&'a Fault>,
) -> Told<'a> {
    let account = Arn::account_in(role_arn);
    let response = granted.map(|granted| {
        let expiration = Timestamp::from_second(granted.credentials.expires).map(evidence::time);
        let credentials = [
            ("accessKeyId", granted.credentials.access_key_id.as_str().into()),
            ("expiration", expiration.ok().into()),
        ];
        let assumed = [
            ("assumedRoleId", granted.assumed_role_id.as_str().into()),
            ("arn", granted.assumed_role_arn.as_str().into()),
        ];
        Elements::members([
            ("credentials", Elements::members(credentials)),
            ("assumedRoleUser", Elements::members(assumed)),
            ("packedPolicySize", granted.packed_policy_size.map(i64::from).into()),
        ])
    });
    Told {
        source: SOURCE,
        name: "",
        region: "",
        account,
        read_only: false,
        parameters,
        response: response.unwrap_or_default(),
        identity: rolecall_identity::audit::UserIdentity::default(),
        fault,
        evidence,
        resource: Some(Resource {
            arn: role_arn.to_owned(),
            account_id: (!account.is_empty()).then(|| account.to_owned()),
            kind: "AWS::IAM::Role".into(),
        }),
        issued: granted.map(|granted| granted.credentials.access_key_id.to_string()),
    }
}

/// Writes the event of a call.
fn record<'a>(
    control: &'a Control,
    request: &Whole,
    told: Told<'_>,
    now: Timestamp,
) -> impl Future<Output = Result<(), Fault>> + Send + use<'a> {
    evidence::record(control, &event(request, told, now))
}

async fn refresh(control: &Control, role_arn: &str, url: &str) {
    let account = role_arn
        .parse::<Arn>()
        .ok()
        .and_then(|arn| arn.account().parse::<AccountId>().ok());
    let snapshot = control.identity.snapshot();
    let provider = account.and_then(|account| snapshot.provider(account, url).cloned());
    // Only registered providers are ever asked.
    if let Some(provider) = provider {
        control.fetcher.refresh(&control.ring, &provider, &*control.clock).await;
    }
}
