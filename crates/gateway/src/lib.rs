//! The enforcement point before a store: recognise, verify, decide, forward.
//!
//! A request is parsed once into an [`S3Request`]; the decision and the upstream request are both built from that one
//! value. The gateway holds no secret that outlives a day: it asks its [`Authority`] for a derived key, for what binds
//! the caller, and for whose a bucket is; and it answers only once the decision is written down.

mod authority;
mod body;
mod chunks;
mod control;
mod decide;
mod document;
mod encode;
mod fault;
mod forward;
mod gateway;
mod operation;
mod recognise;
mod remote;
mod upstream;
mod verify;
mod xml;

pub use self::{
    authority::{
        Authority, Bucket, By, Caller, Change, ConnInfo, Decided, KeyRequest, NewBucket, NoCaller, Unavailable,
        bounding, signs_body,
    },
    fault::Fault,
    gateway::{Config, Gateway},
    operation::{Access, Answer, Control, MARKERS, Operation, Place, Resource, Row, When},
    recognise::{CopySource, Credentials, S3Request, recognise},
    remote::{Remote, RemoteConfig},
    upstream::{Body, BodyError, HttpUpstream, Pending, Upstream},
};
