//! What the gateways of other processes need of the one in this: it alone knows S3, and this crate does not know it.

use std::{future::Future, net::SocketAddr, pin::Pin};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use rolecall_identity::{Snapshot, state::Bucket};
use rolecall_names::AccountId;
use rolecall_wire::private::{GatewayBucket, GatewayBucketPolicy, GatewayRefusal};

/// A signed request of S3's that changes a bucket, as a gateway brings it.
#[derive(Debug)]
pub struct Brought {
    /// The bucket that it is about, as the gateway says.
    pub bucket: String,
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Where the gateway had it from.
    pub peer: SocketAddr,
    /// Whether over TLS.
    pub secure: bool,
    /// The one account whose callers and buckets the gateway may speak of; none if of all.
    pub only: Option<AccountId>,
}

/// An answer to come: nothing, or what S3 says instead.
pub type Changing<'a> = Pin<Box<dyn Future<Output = Result<(), GatewayRefusal>> + Send + 'a>>;

/// Verifies, decides, writes down and makes changes of buckets, as it would for a request that came here.
pub trait BucketChanges: Send + Sync + 'static {
    /// Makes one.
    fn change(&self, brought: Brought) -> Changing<'_>;
}

/// A bucket as gateways are told of it.
pub(crate) fn shown(snapshot: &Snapshot, bucket: &Bucket) -> GatewayBucket {
    let policy = bucket.policy.as_ref().zip(bucket.shown_policy(snapshot));
    GatewayBucket {
        policy: policy.map(|(policy, shown)| GatewayBucketPolicy {
            document: policy.text().to_owned(),
            principals: bucket.principals.clone(),
            shown,
        }),
        ..without_policy(bucket)
    }
}

/// The same without its policy.
pub(crate) fn without_policy(bucket: &Bucket) -> GatewayBucket {
    GatewayBucket {
        name: bucket.name.clone(),
        account: bucket.account.to_string(),
        region: bucket.region.clone(),
        incarnation: bucket.incarnation.clone(),
        created: bucket.created,
        policy: None,
        tags: bucket.tags.clone(),
    }
}
