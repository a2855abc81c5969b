//! Changes of buckets that gateways elsewhere bring: decided by a gateway of our own, which has no store behind it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use rolecall_gateway::{Answer, Body, Config, ConnInfo, Control, Gateway, Pending, Upstream, recognise, signs_body};
use rolecall_server::gateways::{Brought, BucketChanges, Changing};
use rolecall_wire::{private::GatewayRefusal, xml};

use super::authority::Local;

/// Makes changes of the map, and none of a store.
pub(super) struct Changes {
    pub(super) config: Config,
    pub(super) authority: Local,
}

impl BucketChanges for Changes {
    fn change(&self, brought: Brought) -> Changing<'_> {
        Box::pin(self.make(brought))
    }
}

impl Changes {
    async fn make(&self, brought: Brought) -> Result<(), GatewayRefusal> {
        let mut request = Request::new(whole(brought.body.clone()));
        *request.method_mut() = brought.method;
        *request.uri_mut() = brought.target;
        *request.headers_mut() = brought.headers;
        let (parts, body) = request.into_parts();
        let recognised = recognise(&parts, self.config.virtual_host_suffix.as_deref());
        let (request, _) = recognised.map_err(|fault| GatewayRefusal {
            status: fault.status.as_u16(),
            code: fault.code.to_string(),
            message: fault.message,
        })?;
        let is_change = matches!(
            request.operation.row().answer,
            Answer::Control(
                Control::CreateBucket
                    | Control::DeleteBucket
                    | Control::PutBucketPolicy
                    | Control::DeleteBucketPolicy
                    | Control::PutBucketTagging
                    | Control::DeleteBucketTagging
            )
        );
        if !is_change || request.bucket.as_deref() != Some(brought.bucket.as_str()) {
            return Err(refused(
                StatusCode::BAD_REQUEST,
                "InvalidRequest",
                "This is no change of that bucket: is virtual-host-suffix the same here and at the gateway?",
            ));
        }
        if !signs_body(&parts.headers, &brought.body) {
            return Err(refused(
                StatusCode::BAD_REQUEST,
                "InvalidRequest",
                "A change of a bucket must be signed with the hash of its body.",
            ));
        }
        let authority = Local {
            only: brought.only,
            ..self.authority.clone()
        };
        let gateway = Gateway::new(self.config.clone(), Arc::new(authority), Arc::new(NoStore));
        let connection = ConnInfo {
            peer: brought.peer,
            tls: brought.secure.then_some("1.3"),
        };
        let answer = gateway.handle(Request::from_parts(parts, body), connection).await;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let text = answer.into_body().collect().await;
        let text = text.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Err(match xml::decode_fault(status.as_u16(), &text) {
            Ok(fault) => refused(status, &fault.code, &fault.message),
            Err(_) => refused(
                status,
                "InternalError",
                "We encountered an internal error. Please try again.",
            ),
        })
    }
}

fn refused(status: StatusCode, code: &str, message: &str) -> GatewayRefusal {
    GatewayRefusal {
        status: status.as_u16(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

/// The bucket in the store is the gateway's own to make and to remove.
struct NoStore;

impl Upstream for NoStore {
    fn call(&self, _: Request<Body>) -> Pending<'_, Response<Body>> {
        Box::pin(std::future::ready(Response::new(whole(Bytes::new()))))
    }
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}
