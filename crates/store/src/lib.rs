//! Bytes, revisions, atomic commits and watches, on several backends.
