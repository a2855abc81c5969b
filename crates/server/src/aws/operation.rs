//! What an operation is here: a call of the wire, the access that it declares, and its handler. An operation that declares
//! no access does not compile (see `docs/adding-an-operation.md`).

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use http::header;
use jiff::Timestamp;
use rolecall_identity::{
    Caller, Denied, Error, Judgement, Operation, Permit, Snapshot, Transaction,
    audit::{Elements, Event, Resource, UserIdentity, redacted},
    authorize::message,
    judge,
    keys::{Label, random},
    sts::Evidence,
};
use rolecall_names::{AccountId, Arn};
use rolecall_policy::Context;
use rolecall_wire::{
    operation::Call,
    query::Params,
    query_json, rest_json,
    shape::{Shape as _, Structure, Value},
    xml,
};

use super::{
    evidence::{self, Told, event},
    fault::{Fault, Style, denied, of_credential, of_error},
    verify::Signed,
};
use crate::{control::Control, dispatch::Whole};

/// What a handler is given: who asks, of what state, when.
pub struct Cx {
    /// What it may use.
    pub control: Arc<Control>,
    /// The request.
    pub request: Arc<Whole>,
    /// Who signed.
    pub signed: Signed,
    /// The caller, with all that binds them.
    pub caller: Caller,
    /// The account that it acts in.
    pub account: AccountId,
    /// The state that it was decided on.
    pub snapshot: Arc<Snapshot>,
    /// When.
    pub now: Timestamp,
    /// How faults are written.
    pub style: Style,
    operation: &'static str,
    told: Option<(Event, AtomicBool)>,
    issued: OnceLock<String>,
}

impl Cx {
    /// For a caller whose signature was verified.
    pub fn new(control: Arc<Control>, request: Arc<Whole>, signed: Signed, style: Style) -> Result<Self, Fault> {
        let snapshot = control.identity.snapshot();
        let caller = Caller::new(&snapshot, signed.identity(), signed.access_key_id())
            .map_err(|error| of_credential(error, style))?;
        let account = caller.account.ok_or_else(Fault::internal)?;
        let now = control.clock.now();
        Ok(Self {
            control,
            request,
            signed,
            caller,
            account,
            snapshot,
            now,
            style,
            operation: "",
            told: None,
            issued: OnceLock::new(),
        })
    }

    /// The fault of a domain error.
    pub fn fault(&self, error: &Error) -> Fault {
        of_error(error, self.style)
    }

    /// What the server knows of the request.
    pub fn context(&self) -> Context {
        evidence::context(
            &self.request.about,
            &self.request.parts.headers,
            self.signed.region(),
            self.now,
        )
    }

    /// Whether the caller may hand this role on to a service (IAM User Guide: Granting a user permissions to pass a role to
    /// an AWS service): who may not must not choose what the service may do for them.
    pub fn may_pass(&self, role: &str, service: &str) -> Result<(), Fault> {
        if Arn::account_in(role) != self.account.as_str() {
            return Err(denied("Cross-account pass role is not allowed.".to_owned(), self.style));
        }
        let mut context = self.context();
        context.insert("iam:PassedToService", service);
        let judgement = judge(&self.snapshot, &self.caller, "iam:PassRole", role, context);
        match judgement.denied(&self.caller) {
            None => Ok(()),
            Some(refused) => Err(denied(refused.to_string(), self.style)),
        }
    }

    /// Where a page starts, from the marker that a client brought back. Markers are sealed for their operation and account:
    /// what a client makes or changes itself opens nothing.
    pub fn after(&self, marker: Option<&str>) -> Result<Option<String>, Fault> {
        let Some(marker) = marker else { return Ok(None) };
        let keys = self.control.sessions.keys();
        let opened = keys
            .open_sealed(Label::Marker, &self.list(), marker)
            .ok()
            .and_then(|plain| String::from_utf8(plain).ok());
        opened.map(Some).ok_or_else(|| match self.style {
            Style::Query => Fault::sender("ValidationError", 400, "Invalid Marker."),
            Style::RestJson => Fault::sender("InvalidParameterException", 400, "The nextToken is invalid."),
        })
    }

    /// The marker of the page that goes on after `next`, if there is one.
    pub fn marker(&self, next: Option<&str>) -> Result<Option<String>, Fault> {
        let Some(next) = next else { return Ok(None) };
        let salt = random(self.control.entropy()).map_err(|_| Fault::internal())?;
        let keys = self.control.sessions.keys();
        let sealed = keys.seal(Label::Marker, &self.list(), next.as_bytes(), self.now, salt);
        sealed.map(Some).map_err(|_| Fault::internal())
    }

    /// What markers are bound to.
    fn list(&self) -> String {
        format!("{} {}", self.operation, self.account)
    }

    /// The access key id that this call hands out, for its event.
    pub fn issues(&self, access_key_id: &str) {
        // A call hands out one key; were it two, the first is the one that the answer names.
        let _first = self.issued.set(access_key_id.to_owned());
    }

    /// Decides on one more action of the same call, such as `sts:TagSession`.
    pub fn also(&self, action: &'static str, resource: &str, context: Context) -> Result<(), Fault> {
        let judgement = judge(&self.snapshot, &self.caller, action, resource, context);
        match judgement.denied(&self.caller) {
            None => Ok(()),
            Some(refused) => Err(self.sealed(denied(refused.to_string(), self.style), &refused)),
        }
    }

    /// The fault with the sealed message of why.
    fn sealed(&self, mut fault: Fault, refused: &Denied) -> Fault {
        let sealed = random(self.control.entropy()).ok().and_then(|salt| {
            let keys = self.control.sessions.keys();
            message::encode(refused, self.account, &keys, self.now, salt).ok()
        });
        if let Some(sealed) = &sealed
            && evidence::source(self.signed.service()) == rolecall_wire::private::SERVICE
        {
            // Our own sentence has the place that EC2's has; AWS's of IAM, STS and EKS have none.
            fault.message = format!("{} Encoded authorization failure message: {sealed}", fault.message);
        }
        fault.authorization_message = sealed;
        fault
    }

    /// Waits until the events of changes that were made are out of the process, for changes whose answer is a credential
    /// (invariant 6).
    pub async fn written(&self) -> Result<(), Fault> {
        loop {
            match crate::audit::drain::once(&self.control.identity, &*self.control.audit).await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "a credential is not handed out: its event cannot be written");
                    return Err(Fault::internal());
                }
            }
        }
    }

    /// Makes a change; its event is in the same commit (invariant 6).
    pub async fn write<Op: Operation, T: Send>(
        &self,
        permit: Permit<Op>,
        rule: impl Fn(&mut Transaction<'_>, Permit<Op>) -> Result<T, Error> + Send + Sync,
    ) -> Result<T, Fault> {
        self.may_change()?;
        let told = self.told.as_ref();
        let change = |tx: &mut Transaction<'_>, permit: Permit<Op>| {
            let value = rule(tx, permit)?;
            if let Some((event, _)) = told {
                tx.record(event)?;
            }
            Ok(value)
        };
        let value = self
            .control
            .identity
            .write(permit, self.now, change)
            .await
            .map_err(|error| self.fault(&error))?;
        if let Some((_, recorded)) = told {
            recorded.store(true, Ordering::Relaxed);
        }
        Ok(value)
    }

    /// Events of changes reach the files later than the change: while the files cannot be written, nothing changes
    /// (threat 12: a full disk stops issuing).
    fn may_change(&self) -> Result<(), Fault> {
        if self.control.audit.is_failing() {
            tracing::error!("refusing a change: the audit log cannot be written");
            return Err(self.fault(&Error::Internal("the audit log cannot be written".to_owned())));
        }
        Ok(())
    }
}

/// An operation that is answered.
pub trait Answer: Call<Input: Send + Sync, Output: Send> + 'static {
    /// The action that a caller must be allowed.
    type Op: Operation;

    /// The ARN of what it is about.
    fn resource(cx: &Cx, input: &Self::Input) -> String;

    /// The condition keys that it adds.
    fn describe(_: &Self::Input, _: &mut Context) {}

    /// Converts, calls, converts.
    fn answer(
        cx: &Cx,
        permit: Permit<Self::Op>,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Fault>> + Send;
}

/// An answer's body, or a fault.
pub type Answering = Pin<Box<dyn Future<Output = Result<String, Fault>> + Send>>;

/// Answers a Query call.
pub fn query<A: Answer>(cx: Cx, params: Params) -> Answering {
    Box::pin(async move {
        let input = rolecall_wire::query::decode::<A::Input>(A::OPERATION.service, &params)?;
        let request = Arc::clone(&cx.request);
        let output = run::<A>(cx, input).await?;
        Ok(encoded::<A>(&request, &output))
    })
}

/// An answer of a Query service, in the form that was asked for.
pub(crate) fn encoded<C: Call>(request: &Whole, output: &C::Output) -> String {
    let id = &request.about.request_id;
    if C::OPERATION.service.id == "sts" && wants_json(request) {
        query_json::encode(C::OPERATION, output, id)
    } else {
        xml::encode(C::OPERATION, output, id)
    }
}

/// Whether the client asks for JSON, which STS answers in beside XML.
pub(crate) fn wants_json(request: &Whole) -> bool {
    let accepted = request.parts.headers.get_all(header::ACCEPT).iter();
    let mut kinds = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|kind| kind.split(';').next());
    kinds.any(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Answers a REST-JSON call.
pub fn rest<A: Answer>(cx: Cx, labels: Params) -> Answering {
    Box::pin(async move {
        let query = Params::parse(&cx.request.query_string())?;
        let input = rest_json::decode::<A::Input>(A::OPERATION.service, &labels, &query, &cx.request.body)?;
        let output = run::<A>(cx, input).await?;
        Ok(rest_json::encode(&output))
    })
}

async fn run<A: Answer>(mut cx: Cx, input: A::Input) -> Result<A::Output, Fault> {
    let mut context = cx.context();
    A::describe(&input, &mut context);
    let about = Subject {
        source: evidence::source(A::OPERATION.service.id),
        name: A::OPERATION.name,
        parameters: parameters(A::Input::SCHEMA, input.to_fields()),
        resource: A::resource(&cx, &input),
        context,
    };
    audited::<A::Op, _>(&mut cx, about, |cx, permit| Box::pin(A::answer(cx, permit, input))).await
}

/// What a call is about, for its decision and its event.
pub(crate) struct Subject {
    /// Such as `iam.amazonaws.com`.
    pub(crate) source: &'static str,
    /// Such as `CreateRole`.
    pub(crate) name: &'static str,
    /// What was asked, without secrets.
    pub(crate) parameters: Elements,
    /// The ARN that is decided on.
    pub(crate) resource: String,
    /// What is known of the request.
    pub(crate) context: Context,
}

/// What is still to come of a call.
pub(crate) type Acting<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// Decides, acts, and leaves an event of it whatever came out: in the commit of a change, else in the files before the
/// answer leaves (invariant 6).
///
/// Only the acting differs from operation to operation; what surrounds it is compiled once.
pub(crate) async fn audited<Op: Operation, T>(
    cx: &mut Cx,
    about: Subject,
    act: impl for<'a> FnOnce(&'a Cx, Permit<Op>) -> Acting<'a, T> + Send,
) -> Result<T, Fault> {
    let (judgement, event) = decided(cx, about, Op::ACTION).await?;
    let permit = judgement.permit().ok_or_else(Fault::internal)?;
    cx.told = Some((event.clone(), AtomicBool::new(false)));
    let outcome = act(cx, permit).await;
    told(cx, event, outcome.as_ref().err()).await?;
    outcome
}

/// Decides, and leaves an event of a refusal alone: for what is asked all the time and tells nothing.
pub(crate) async fn permitted<Op: Operation>(cx: &mut Cx, about: Subject) -> Result<Permit<Op>, Fault> {
    let (judgement, _) = decided(cx, about, Op::ACTION).await?;
    judgement.permit().ok_or_else(Fault::internal)
}

/// The decision and the event of it. A refusal is in the files already, and is the fault.
async fn decided(cx: &mut Cx, about: Subject, action: &'static str) -> Result<(Judgement, Event), Fault> {
    cx.operation = about.name;
    let resource = about.resource;
    let judgement = judge(&cx.snapshot, &cx.caller, action, &resource, about.context);
    let mut evidence = Evidence::default();
    let mut explanation = None;
    let mut refusal = None;
    let mut sealed = None;
    if let Some(refused) = judgement.denied(&cx.caller) {
        explanation = serde_json::to_value(refused.explanation()).ok();
        refusal = Some(denied(refused.to_string(), cx.style));
        sealed = Some(cx.sealed(denied(refused.to_string(), cx.style), &refused));
        evidence.decision = Some(refused.decision);
        evidence.request = Some(refused.request);
    }
    let told = Told {
        source: about.source,
        name: about.name,
        region: cx.signed.region(),
        account: cx.account.as_str(),
        read_only: ["Get", "List", "Describe", "Explain", "Who"]
            .iter()
            .any(|verb| about.name.starts_with(verb)),
        parameters: about.parameters,
        response: Elements::Null,
        identity: who(cx),
        fault: refusal.as_ref(),
        evidence,
        resource: Some(Resource {
            arn: resource.clone(),
            account_id: Some(cx.account.to_string()),
            kind: "AWS::IAM::Resource".into(),
        }),
        issued: None,
    };
    let mut event = event(&cx.request, told, cx.now);
    event.rolecall.action.get_or_insert_with(|| action.to_owned());
    event.rolecall.resource.get_or_insert(resource);
    event.rolecall.explanation = explanation;
    match refusal {
        None => Ok((judgement, event)),
        Some(fault) => {
            evidence::record(&cx.control, &event).await?;
            // The sealed message is for the caller alone: the event says it all in the open.
            Err(sealed.unwrap_or(fault))
        }
    }
}

/// Leaves the event, but where the commit of a change has it.
async fn told(cx: &Cx, mut event: Event, failed: Option<&Fault>) -> Result<(), Fault> {
    let recorded = cx
        .told
        .as_ref()
        .is_some_and(|(_, recorded)| recorded.load(Ordering::Relaxed));
    match failed {
        None if recorded => return Ok(()),
        None => {}
        Some(fault) => {
            event.error_code = Some(fault.code.to_string());
            event.error_message = Some(redacted(&fault.message));
            event.rolecall.decision = rolecall_identity::audit::Decision::Refused;
        }
    }
    if event.error_code.is_none() {
        event.rolecall.issued = cx.issued.get().cloned();
    }
    evidence::record(&cx.control, &event).await
}

fn who(cx: &Cx) -> UserIdentity {
    evidence::signed(cx.signed.identity(), cx.signed.access_key_id())
}

/// The request as the audit log shows it: what the model calls sensitive is left out.
fn parameters(schema: &Structure, fields: Vec<Option<Value<'_>>>) -> Elements {
    let members = schema.members.iter().zip(fields);
    let shown = members.filter_map(|(member, field)| {
        let mut name = member.name.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        let value = if member.rule.sensitive {
            "{redacted}".into()
        } else {
            shown(&field?)
        };
        Some((name.into(), value))
    });
    Elements::Members(shown.collect())
}

fn shown(value: &Value) -> Elements {
    match value {
        Value::String(text) => text.as_ref().into(),
        Value::Integer(number) => i64::from(*number).into(),
        Value::Boolean(truth) => Elements::Truth(*truth),
        Value::Timestamp(time) => time.to_string().into(),
        Value::Blob(bytes) => format!("<{} bytes>", bytes.len()).into(),
        Value::Structure(fields) => Elements::List(fields.iter().flatten().map(shown).collect()),
        Value::List(items) => Elements::List(items.iter().map(shown).collect()),
        Value::Map(entries) => Elements::Members(
            entries
                .iter()
                .map(|(key, value)| (key.clone().into_owned().into(), shown(value)))
                .collect(),
        ),
    }
}

/// Writes an operation: its call, what it is about, and its handler.
macro_rules! answer {
    ($service:ident::$call:ident($cx:ident, $input:ident) on $resource:expr $(, with $with:expr)? => |$permit:ident| $body:expr) => {
        impl $crate::aws::operation::Answer for ::rolecall_wire::generated::$service::$call {
            type Op = ::rolecall_identity::op::$call;

            #[allow(unused_variables, reason = "not every resource depends on the input")]
            fn resource($cx: &$crate::aws::operation::Cx, $input: &Self::Input) -> String {
                String::from($resource)
            }

            $(fn describe(input: &Self::Input, context: &mut ::rolecall_policy::Context) {
                let describe: fn(&Self::Input, &mut ::rolecall_policy::Context) = $with;
                describe(input, context);
            })?

            #[allow(unused_variables, reason = "not every handler needs all of it")]
            async fn answer(
                $cx: &$crate::aws::operation::Cx,
                $permit: ::rolecall_identity::Permit<Self::Op>,
                $input: Self::Input,
            ) -> Result<Self::Output, $crate::aws::fault::Fault> {
                $body
            }
        }
    };
}
pub(crate) use answer;

/// The table of a service: which operations are answered.
macro_rules! operations {
    ($service:ident by $codec:ident: $($call:ident)*) => {
        /// Those that are answered, in the order of `operations.txt`.
        pub const ANSWERED: &[&str] = &[$(stringify!($call),)*];

        /// The handler of an operation, if it has one.
        pub fn handler(
            operation: ::rolecall_wire::generated::$service::Operation,
        ) -> Option<fn($crate::aws::operation::Cx, ::rolecall_wire::query::Params) -> $crate::aws::operation::Answering> {
            match operation {
                $(::rolecall_wire::generated::$service::Operation::$call => {
                    Some($crate::aws::operation::$codec::<::rolecall_wire::generated::$service::$call>)
                })*
                _ => None,
            }
        }
    };
}
pub(crate) use operations;
