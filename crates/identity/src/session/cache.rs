//! Sessions that were opened lately, so that a client's next request does not unseal its token again.
//!
//! Keyed by the SHA-256 of access key id and token together: nothing is found by anything that a client merely claims
//! (threat 2). Bounded: two generations of equal size, of which the older is dropped when the younger is full.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use aws_lc_rs::digest::{Context, SHA256};

use super::Opened;

pub(super) type Digest = [u8; 32];

const SHARDS: usize = 16;
/// Per shard and generation: 8,192 sessions in all.
const GENERATION: usize = 256;

pub(super) struct Cache {
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    young: HashMap<Digest, Arc<Opened>>,
    old: HashMap<Digest, Arc<Opened>>,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    pub(super) fn digest(access_key_id: &str, token: &str) -> Digest {
        let mut context = Context::new(&SHA256);
        // The length first, so that no two pairs run together into one text.
        context.update(&access_key_id.len().to_be_bytes());
        context.update(access_key_id.as_bytes());
        context.update(token.as_bytes());
        let mut out = [0; 32];
        for (to, from) in out.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        out
    }

    pub(super) fn find(&self, digest: &Digest) -> Option<Arc<Opened>> {
        let mut shard = self.shard(digest)?.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = shard.young.get(digest) {
            return Some(Arc::clone(found));
        }
        let found = shard.old.remove(digest)?;
        shard.insert(*digest, Arc::clone(&found));
        Some(found)
    }

    /// Keeps a session if `still` holds while the shard is locked, so that no `clear` runs between the two.
    pub(super) fn insert(&self, digest: Digest, opened: &Arc<Opened>, still: impl FnOnce() -> bool) {
        let Some(shard) = self.shard(&digest) else { return };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if still() {
            shard.insert(digest, Arc::clone(opened));
        }
    }

    pub(super) fn clear(&self) {
        for shard in &self.shards {
            *shard.lock().unwrap_or_else(PoisonError::into_inner) = Shard::default();
        }
    }

    fn shard(&self, digest: &Digest) -> Option<&Mutex<Shard>> {
        let [first, ..] = digest;
        self.shards.get(usize::from(*first) % SHARDS)
    }
}

impl Shard {
    fn insert(&mut self, digest: Digest, opened: Arc<Opened>) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(digest, opened);
    }
}
