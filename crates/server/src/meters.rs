//! Metrics, and the port that tells them: `/livez`, `/readyz`, `/metrics`.

use std::sync::{Arc, OnceLock};

use http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::{
    body::Body,
    listen::{Answering, Handler, Peer},
};

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 12] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0,
];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder of the process, once; later calls give the same one.
pub fn install() -> PrometheusHandle {
    RECORDER
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets(&BUCKETS)
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Somebody else's recorder stays; ours then has nothing to tell.
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics is installed");
            }
            metrics::describe_counter!("rolecall_requests_total", "Requests answered.");
            metrics::describe_histogram!(
                "rolecall_request_seconds",
                "Time from a request's head to its answer's."
            );
            metrics::describe_counter!("rolecall_key_fetches_total", "Fetches of providers' keys.");
            metrics::describe_counter!("rolecall_audit_failures_total", "Events that could not be written.");
            metrics::describe_counter!(
                "rolecall_refusals_not_written_total",
                "Refusals of strangers that were too many to be written to the audit log."
            );
            metrics::describe_counter!(
                "rolecall_refusals_unseen_total",
                "Calls that were refused without a look, since refusing others of that address took too much time."
            );
            handle
        })
        .clone()
}

/// Whether the server can do its work.
pub trait Ready: Send + Sync + 'static {
    /// What is not ready, one line each; nothing when all is.
    fn unready(&self) -> Vec<String>;
}

/// Answers on the port of health and metrics.
pub(crate) struct Health {
    pub(crate) ready: Arc<dyn Ready>,
    pub(crate) metrics: PrometheusHandle,
}

impl Handler for Health {
    fn answer(self: Arc<Self>, request: Request<Incoming>, _: Peer) -> Answering<'static> {
        Box::pin(async move {
            if request.method() != Method::GET && request.method() != Method::HEAD {
                return text(StatusCode::METHOD_NOT_ALLOWED, String::new());
            }
            match request.uri().path() {
                "/livez" | "/healthz" => text(StatusCode::OK, "ok\n".to_owned()),
                "/readyz" => {
                    let unready = self.ready.unready();
                    if unready.is_empty() {
                        text(StatusCode::OK, "ok\n".to_owned())
                    } else {
                        text(StatusCode::SERVICE_UNAVAILABLE, unready.join("\n") + "\n")
                    }
                }
                "/metrics" => text(StatusCode::OK, self.metrics.render()),
                _ => text(StatusCode::NOT_FOUND, "not found\n".to_owned()),
            }
        })
    }
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::whole(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; version=0.0.4"),
    );
    response
}
