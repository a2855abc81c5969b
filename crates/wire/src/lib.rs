//! AWS on the wire: shapes, codecs, signatures and faults.
