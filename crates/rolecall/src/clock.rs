//! The one place of the binary where time and randomness come from (invariant 7).

use std::time::{Duration, SystemTime};

use aws_lc_rs::rand;

/// The time now.
pub(crate) fn now() -> SystemTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the binary reads the clock"
    )]
    SystemTime::now()
}

/// The time now as Kubernetes writes it, such as `2026-11-25T03:00:00Z`.
pub(crate) fn rfc3339() -> String {
    rfc3339_after(0)
}

/// The time in so many seconds.
pub(crate) fn rfc3339_after(seconds: u64) -> String {
    let time = now()
        .checked_add(Duration::from_secs(seconds))
        .unwrap_or(SystemTime::UNIX_EPOCH);
    let seconds = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}

/// Fills `bytes` from the system's secure random generator.
pub(crate) fn random(bytes: &mut [u8]) -> anyhow::Result<()> {
    rand::fill(bytes).map_err(|_| anyhow::anyhow!("the system gives no randomness"))
}

/// The time now, to the nanosecond.
pub(crate) fn timestamp() -> jiff::Timestamp {
    jiff::Timestamp::try_from(now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// A request id as S3 has them, such as `4442587FB7D0A2F9`. It need not be secret, and without randomness nothing is issued
/// anywhere.
pub(crate) fn request_id() -> String {
    let mut bytes = [0; 8];
    let _filled = random(&mut bytes);
    format!("{:016X}", u64::from_be_bytes(bytes))
}

/// A random UUID.
pub(crate) fn random_uuid() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    Ok(rolecall_names::uuid(bytes))
}
