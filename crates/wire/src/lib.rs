//! AWS on the wire: shapes, codecs, signatures and faults.

pub mod secret;
pub mod sigv4;
