//! SAML 2.0 (OASIS: Assertions and Protocols for the OASIS Security Assertion Markup Language, SAML V2.0, "core" below) as
//! far as IAM and STS ask for it: what identity providers say of themselves, and what they say of a user.
//!
//! A [`Response`] is read here and believed by nobody yet: each [`Signature`] holds the bytes that it is over, for whoever
//! has the provider's keys. Those bytes carry the digest of an element, and the assertion is read from that very element of
//! that very tree, so what was signed and what is read cannot be two things. `docs/decisions/` has why this is our own.
//!
//! # What each attack meets
//! - *Signature wrapping*: a signature counts only where it stands, as a child of the response or of the one assertion, and
//!   only over that parent, which it must name by its `ID`. A second assertion, a signature anywhere else, or an id that
//!   occurs twice refuses the whole document.
//! - *Comments that cut a name in two* (CVE-2017-11427): a text is all of its parts, whatever stands between them.
//! - *Weak or foreign algorithms*: there are five signatures and three digests to name, none of them with SHA-1 or a shared
//!   key; exclusive canonicalization without comments is the only one; transforms are exactly the two of SAML (core,
//!   section 5.4.4).
//! - *Keys inside the signature* (`KeyInfo`): never looked at.
//! - *An oracle that opens what is encrypted*: padding of PKCS #1 v1.5 has no name. Whoever opens a [`Sealed`] assertion
//!   checks the response's own signature before, and tells the sender one thing about all that can go wrong up to the
//!   assertion's signature: what is not signed may be somebody's changed copy, to see what comes of it.
//! - *Entities and document types*: refused, with everything else that asks for more than the text (threat 12).

mod canonical;
mod element;
mod encryption;
mod metadata;
mod response;
mod signature;
#[cfg(test)]
mod tests;

pub use self::{
    encryption::{Cipher, KeyTransport, Sealed},
    metadata::{Metadata, NotMetadata},
    response::{Assertion, Attribute, Content, Name, Response, Unreadable},
    signature::{Algorithm, Signature},
};
