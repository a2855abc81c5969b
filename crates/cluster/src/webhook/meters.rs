//! Metrics. Those that EKS's webhook has too have its names.

use std::{sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::decider::Outcome;

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 10] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 1.0, 5.0];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Installs the recorder of the process, once; later calls give the same one.
pub(super) fn install() -> PrometheusHandle {
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
            describe();
            handle
        })
        .clone()
}

fn describe() {
    metrics::describe_counter!("pod_identity_webhook_pod_count", "Pods that were given credentials.");
    metrics::describe_counter!(
        "pod_identity_webhook_missing_sa_count",
        "Pods whose service account does not exist."
    );
    metrics::describe_counter!("rolecall_reviews_total", "Reviews answered, by how they ended.");
    metrics::describe_histogram!("rolecall_review_seconds", "Time from a review's head to its answer's.");
    metrics::describe_counter!(
        "rolecall_live_reads_total",
        "Objects read from the API server because the copy did not have them."
    );
    metrics::describe_counter!(
        "rolecall_watch_interruptions_total",
        "Watches that were interrupted; everything is listed anew."
    );
    metrics::describe_gauge!("rolecall_objects_kept", "Objects of the last list, by kind.");
}

/// How often samples are put into their buckets. Until then each review keeps one, which only a reader of the metrics would
/// put there otherwise: without one they would grow for ever.
const UPKEEP: Duration = Duration::from_secs(5);

/// Does the upkeep of the recorder until it is dropped.
pub(super) async fn keep(upkeep: impl Fn()) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        upkeep();
    }
}

/// Counts a review.
pub(super) fn reviewed(outcome: Outcome, time: Duration) {
    let name = match outcome {
        Outcome::WebIdentity => {
            metrics::counter!("pod_identity_webhook_pod_count", "method" => "sts_web_identity").increment(1);
            "web-identity"
        }
        Outcome::Container => {
            metrics::counter!("pod_identity_webhook_pod_count", "method" => "container_credentials").increment(1);
            "container"
        }
        Outcome::Unchanged => "unchanged",
        Outcome::Refused => "refused",
        Outcome::Malformed => "malformed",
    };
    metrics::counter!("rolecall_reviews_total", "outcome" => name).increment(1);
    metrics::histogram!("rolecall_review_seconds").record(time.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn samples_do_not_wait_for_a_reader() {
        let rounds = Cell::new(0);
        let kept = tokio::time::timeout(UPKEEP * 3 + UPKEEP / 2, keep(|| rounds.set(rounds.get() + 1)));
        assert!(kept.await.is_err());
        assert_eq!(rounds.get(), 3);
    }
}
