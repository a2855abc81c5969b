//! The evidence of those whom nobody knows: calls without a signature, and signatures that do not verify. It is bounded
//! (threat 12).

use std::net::IpAddr;

use jiff::Timestamp;
use rolecall_identity::{
    audit::{Elements, UserIdentity},
    sts::Evidence,
};
use rolecall_wire::sigv4::Presented;

use super::{
    evidence::{Told, event, record},
    fault::Fault,
};
use crate::{control::Control, dispatch::Whole};

/// The longest access key id that is worth keeping (STS API Reference: `GetAccessKeyInfo`).
const LONGEST_KEY_ID: usize = 128;

/// Refuses an address that has used up what refusing it may cost, before anything is done for it.
pub(crate) fn check_work(control: &Control, peer: IpAddr, now: Timestamp) -> Result<(), Fault> {
    if control.strangers.work.is_spent(peer, now.as_second()) {
        metrics::counter!("rolecall_refusals_unseen_total").increment(1);
        return Err(Fault::sender("Throttling", 400, "Rate exceeded"));
    }
    Ok(())
}

/// Whether this refusal may be written down. How many others could not be is added to it.
pub(crate) fn may_be_written(control: &Control, evidence: &mut Evidence, now: Timestamp) -> bool {
    match control.strangers.refusals.take(now.as_second()) {
        Some(0) => true,
        Some(others) => {
            let also = format!("{others} refusals before this one were too many to be written");
            evidence.detail = Some(match evidence.detail.take() {
                Some(detail) => format!("{detail}; {also}"),
                None => also,
            });
            true
        }
        None => {
            metrics::counter!("rolecall_refusals_not_written_total").increment(1);
            false
        }
    }
}

/// Writes down that a signature was not accepted, and gives back the fault.
pub(crate) async fn unverified(
    control: &Control,
    request: &Whole,
    source: &'static str,
    name: &'static str,
    fault: Fault,
    mut evidence: Evidence,
) -> Fault {
    let now = control.clock.now();
    if !may_be_written(control, &mut evidence, now) {
        return fault;
    }
    let query = request.parts.uri.query().unwrap_or_default();
    // Claimed, not proved: the event says `Unknown`.
    let claimed = Presented::read(&request.parts.headers, query)
        .ok()
        .map(|presented| presented.access_key_id)
        .filter(|id| id.len() <= LONGEST_KEY_ID);
    let told = Told {
        source,
        name,
        region: &control.region,
        account: "",
        read_only: false,
        parameters: Elements::Null,
        response: Elements::Null,
        identity: UserIdentity {
            kind: "Unknown".into(),
            access_key_id: claimed,
            ..UserIdentity::default()
        },
        fault: Some(&fault),
        evidence,
        resource: None,
        issued: None,
    };
    let written = record(control, &event(request, told, now)).await;
    written.err().unwrap_or(fault)
}
