//! From the store to the files: the events that changes carry in their commits (invariant 6).

use std::{sync::Arc, time::Duration};

use rolecall_identity::{Identity, audit::AuditLog};

/// How many events go at once.
const BATCH: usize = 256;
/// How long an idle drain waits.
const PAUSE: Duration = Duration::from_millis(200);

/// Moves events for ever; stop it by dropping. Each is written to the files at least once, then removed from the store.
pub async fn run(identity: Arc<Identity>, log: Arc<dyn AuditLog>) {
    loop {
        match once(&identity, &*log).await {
            Ok(moved) if moved == BATCH => {}
            Ok(_) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                tracing::error!(%error, "events wait in the store");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Moves what waits, and says how many that were.
pub async fn once(
    identity: &Arc<Identity>,
    log: &dyn AuditLog,
) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let reading = Arc::clone(identity);
    let events = tokio::task::spawn_blocking(move || reading.waiting_events(BATCH)).await??;
    if events.is_empty() {
        return Ok(0);
    }
    // All are given before one is waited for, so that they are written at once.
    let appended: Vec<_> = events.iter().map(|waiting| log.append(&waiting.event)).collect();
    for written in appended {
        written.await?;
    }
    identity.events_written(&events).await?;
    Ok(events.len())
}
