//! The enforcement point before a store: recognise, verify, decide, forward.
