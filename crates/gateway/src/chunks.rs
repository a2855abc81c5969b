//! Bodies in `aws-chunked` encoding.

use http::request::Parts;
use rolecall_wire::sigv4::Payload;

use crate::{body::Check, fault::Fault, verify::Verified};

pub(crate) fn check(
    _payload: &Payload<'_>,
    _parts: &Parts,
    _verified: &Verified,
    _decoded: Option<u64>,
) -> Result<Box<dyn Check>, Fault> {
    Err(Fault::not_implemented_header("x-amz-content-sha256"))
}
