//! The services of this crate behind the dispatcher: codec, signature, operation, answer.

use std::{future::ready, path::PathBuf, sync::Arc};

use http::{HeaderValue, Method, Response, StatusCode, header};
use rolecall_identity::{
    session::Subject,
    sts::{Evidence, Identified},
    usage::Use,
};
use rolecall_wire::{
    generated::{eks, eks_auth, iam, sts},
    operation::Service,
    private,
    query::Params,
    query_json,
};

use crate::{
    aws::{
        self,
        evidence::source,
        fault::{Fault, Style},
        operation::Cx,
        verify::{Signed, verify},
    },
    body::Body,
    control::Control,
    dispatch::{Answered, Api, Route, Whole, elsewhere, status},
    oidc, private as ours,
};

/// The services.
pub struct Services {
    control: Arc<Control>,
    log: PathBuf,
}

impl Services {
    /// Over this state; `log` is the directory of the audit log, for explanations.
    pub fn new(control: Arc<Control>, log: PathBuf) -> Self {
        Self { control, log }
    }

    /// Who signed. What does not verify is written down as a refusal of the operation of this name.
    async fn verify(&self, request: &Whole, service: &str, name: &'static str, style: Style) -> Result<Signed, Fault> {
        let control = &self.control;
        let snapshot = control.identity.snapshot();
        let mut evidence = Evidence::default();
        let verified = verify(
            request,
            service,
            style,
            &control.view(&snapshot),
            &control.sessions,
            control.clock.now(),
            &mut evidence,
        );
        match verified {
            Ok(signed) => match aws::restricted::check(&signed, service, name) {
                Ok(()) => {
                    note(control, &signed, service, name);
                    Ok(signed)
                }
                Err(fault) => Err(aws::sts::restricted(control, request, &signed, source(service), name, fault).await),
            },
            Err(fault) => {
                Err(aws::stranger::unverified(control, request, source(service), name, fault, evidence).await)
            }
        }
    }

    async fn query(&self, request: Arc<Whole>) -> (Response<Body>, &'static str) {
        let form = match request.parts.method {
            Method::POST => request.body.clone(),
            _ => request.query_string(),
        };
        let id = &request.about.request_id;
        let params = match Params::parse(&form) {
            Ok(params) => params,
            Err(fault) => return (sts_answer(Err(fault), &request), ""),
        };
        let Some(action) = params.get("Action") else {
            return (elsewhere(), "");
        };
        let version = params.get("Version");
        match version {
            Some(version) if version == sts::STS.version => match sts::Operation::from_name(action) {
                Some(operation) => {
                    let outcome = self.sts(&request, operation, &params).await;
                    (sts_answer(outcome, &request), operation.name())
                }
                None => (sts_answer(Err(Fault::invalid_action(action, version)), &request), ""),
            },
            Some(version) if version == iam::IAM.version => match iam::Operation::from_name(action) {
                Some(operation) => {
                    let outcome = Box::pin(self.iam(&request, operation, params)).await;
                    (xml(outcome, &iam::IAM, id), operation.name())
                }
                None => (xml(Err(Fault::invalid_action(action, version)), &iam::IAM, id), ""),
            },
            other => {
                let fault = Fault::invalid_action(action, other.unwrap_or("NO_VERSION_SPECIFIED"));
                (sts_answer(Err(fault), &request), "")
            }
        }
    }

    async fn sts(&self, request: &Arc<Whole>, operation: sts::Operation, params: &Params) -> Result<String, Fault> {
        match operation {
            sts::Operation::AssumeRoleWithSAML | sts::Operation::AssumeRoleWithWebIdentity => {
                aws::sts::calls::unsigned(&self.control, request, operation, params).await
            }
            _ => {
                let signed = Box::pin(self.verify(request, "sts", operation.name(), Style::Query)).await?;
                Box::pin(aws::sts::calls::signed(
                    &self.control,
                    request,
                    signed,
                    operation,
                    params,
                ))
                .await
            }
        }
    }

    async fn iam(&self, request: &Arc<Whole>, operation: iam::Operation, params: Params) -> Result<String, Fault> {
        let signed = self.verify(request, "iam", operation.name(), Style::Query).await?;
        let handler = aws::iam::handler(operation).ok_or_else(|| Fault::not_implemented(operation.name()))?;
        let cx = Cx::new(Arc::clone(&self.control), Arc::clone(request), signed, Style::Query)?;
        handler(cx, params).await
    }

    async fn eks(&self, request: Arc<Whole>) -> (Response<Body>, &'static str) {
        let (method, path) = (&request.parts.method, request.parts.uri.path());
        let id = &request.about.request_id;
        let routed = eks::Operation::route(method, path);
        let name = routed.as_ref().map_or("", |(operation, _)| operation.name());
        let signed = match self.verify(&request, "eks", name, Style::RestJson).await {
            Ok(signed) => signed,
            Err(fault) => return (json(Err(fault), id), name),
        };
        let Some((operation, labels)) = routed else {
            let fault = Fault::sender(
                "UnknownOperationException",
                404,
                "The requested operation is not recognized.",
            );
            return (json(Err(fault), id), "");
        };
        let outcome = match aws::eks::handler(operation) {
            None => Err(Fault::not_implemented(operation.name())),
            Some(handler) => match Cx::new(Arc::clone(&self.control), Arc::clone(&request), signed, Style::RestJson) {
                Ok(cx) => handler(cx, labels).await,
                Err(fault) => Err(fault),
            },
        };
        (json(outcome, id), name)
    }

    async fn eks_auth(&self, request: &Whole) -> (Response<Body>, &'static str) {
        let id = &request.about.request_id;
        let operation = eks_auth::Operation::route(&request.parts.method, request.parts.uri.path());
        let name = operation.map_or("", |(operation, _)| operation.name());
        let fault = match self.verify(request, "eks-auth", name, Style::RestJson).await {
            Err(fault) => fault,
            Ok(_) => Fault::not_implemented(name),
        };
        (json(Err(fault), id), name)
    }

    fn issuer(&self, request: &Whole) -> Response<Body> {
        let snapshot = self.control.identity.snapshot();
        oidc::answer(&request.parts, |id| {
            if let Some(issuer) = snapshot.outbound_issuer_by_id(id) {
                return Some(oidc::Issuer {
                    url: issuer.url.clone(),
                    keys: issuer.jwks.clone(),
                    is_account: true,
                });
            }
            let cluster = snapshot.cluster_by_id(id)?;
            // Only what is hosted here: an issuer elsewhere publishes for itself.
            cluster.issuer.ends_with(&format!("/id/{id}")).then(|| oidc::Issuer {
                url: cluster.issuer.clone(),
                keys: if cluster.jwks.is_empty() {
                    "{\"keys\":[]}".to_owned()
                } else {
                    cluster.jwks.clone()
                },
                is_account: false,
            })
        })
    }

    async fn private(&self, request: Arc<Whole>) -> (Response<Body>, &'static str) {
        let asked = private::operation(request.parts.uri.path()).filter(|_| request.parts.method == Method::POST);
        let handler = asked.and_then(ours::handler);
        let name = handler.as_ref().map_or("", |handler| handler.name);
        let signed = match self.verify(&request, private::SERVICE, name, Style::RestJson).await {
            Ok(signed) => signed,
            Err(fault) => return (json(Err(fault), &request.about.request_id), name),
        };
        let Some(handler) = handler else {
            let fault = Fault::not_implemented(asked.unwrap_or_default());
            return (json(Err(fault), &request.about.request_id), "");
        };
        let cx = Cx::new(Arc::clone(&self.control), Arc::clone(&request), signed, Style::RestJson);
        let outcome = match cx {
            Ok(cx) => (handler.answer)(cx, self.log.clone()).await,
            Err(fault) => Err(fault),
        };
        (json(outcome, &request.about.request_id), handler.name)
    }
}

impl Api for Services {
    fn answer(self: Arc<Self>, route: Route, request: Whole) -> Answered {
        let request = Arc::new(request);
        // Each in a box of its own: one for all would be as large as the largest, and is written whole for every call.
        match route {
            Route::Query => Box::pin(async move { self.query(request).await }),
            Route::Eks => Box::pin(async move { self.eks(request).await }),
            Route::EksAuth => Box::pin(async move { self.eks_auth(&request).await }),
            Route::Issuer => Box::pin(ready((self.issuer(&request), ""))),
            Route::Private => Box::pin(async move { self.private(request).await }),
            Route::Extra(_) | Route::Fallback => Box::pin(ready((status(StatusCode::NOT_FOUND), ""))),
        }
    }
}

/// Notes that credentials were used, whatever is decided: "all attempts to access an AWS API, not just the successful ones"
/// (IAM API Reference: `GenerateServiceLastAccessedDetails`).
fn note(control: &Control, signed: &Signed, service: &str, action: &str) {
    let principal = match signed.identity() {
        Identified::Root { account } => Some(account.as_str()),
        Identified::User { id, .. } => Some(id.as_str()),
        Identified::Session(opened) => match &opened.record.subject {
            Subject::Role { id, .. } | Subject::User { id, .. } => Some(id.as_str()),
            Subject::Root => Some(opened.record.account.as_str()),
            Subject::FederatedUser { .. } => None,
        },
    };
    control.usage.note(Use {
        principal,
        access_key_id: signed.access_key_id(),
        service,
        region: signed.region(),
        action,
        at: control.clock.now().as_second(),
    });
}

fn xml(outcome: Result<String, Fault>, service: &Service, id: &str) -> Response<Body> {
    match outcome {
        Ok(body) => answer(200, "text/xml", body),
        Err(fault) => explained(answer(fault.status, "text/xml", fault.to_xml(service, id)), &fault),
    }
}

/// An answer of STS: XML, or JSON for who asks for it.
fn sts_answer(outcome: Result<String, Fault>, request: &Whole) -> Response<Body> {
    let id = &request.about.request_id;
    if !aws::operation::wants_json(request) {
        return xml(outcome, &sts::STS, id);
    }
    match outcome {
        Ok(body) => answer(200, "application/json", body),
        Err(fault) => {
            let body = query_json::encode_fault(&fault, id);
            explained(answer(fault.status, "application/json", body), &fault)
        }
    }
}

/// Puts the sealed message of a refusal into its header.
fn explained(mut response: Response<Body>, fault: &Fault) -> Response<Body> {
    let sealed = fault.authorization_message.as_deref();
    if let Some(value) = sealed.and_then(|sealed| HeaderValue::try_from(sealed).ok()) {
        response.headers_mut().insert("x-rolecall-authorization-message", value);
    }
    response
}

fn json(outcome: Result<String, Fault>, _: &str) -> Response<Body> {
    match outcome {
        Ok(body) => answer(200, "application/json", body),
        Err(fault) => {
            let mut response = answer(fault.status, "application/json", fault.to_json());
            if let Ok(code) = HeaderValue::try_from(&*fault.code) {
                response.headers_mut().insert("x-amzn-errortype", code);
            }
            explained(response, &fault)
        }
    }
}

fn answer(status: u16, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::whole(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
