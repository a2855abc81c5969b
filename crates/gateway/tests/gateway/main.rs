//! The gateway between an authority and a store that only write down what they are asked.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::format_push_string,
    clippy::type_complexity,
    reason = "helpers of tests may panic"
)]

mod bodies;
mod buckets;
mod objects;
mod requests;
mod upstream;
mod world;
