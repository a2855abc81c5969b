//! `DecodeAuthorizationMessage`.

use rolecall_identity::authorize::message;
use rolecall_wire::generated::sts;

use crate::aws::{fault::Fault, operation::answer};

answer! { sts::DecodeAuthorizationMessage(cx, input) on "*" => |_permit| {
    let keys = cx.control.sessions.keys();
    // What was changed, is of another account, or is older than the key that sealed it: all alike.
    let decoded = message::decode(&input.encoded_message, cx.account, &keys)
        .map_err(|_| Fault::sender("InvalidAuthorizationMessageException", 400, "Message is not valid"))?;
    Ok(sts::DecodeAuthorizationMessageResponse { decoded_message: Some(decoded) })
} }
