//! Sealing keys: a new one each day, each kept for as long as the longest session.

use std::{fmt, sync::Arc, time::Duration};

use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use rolecall_store::{Commit, CommitError, List, Store};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{DoesNotOpen, Entropy, NoEntropy, RootKey, SALT, TAG, decrypt, encrypt, expand, extract, random};

/// How long a key seals before the next one takes over.
pub const ROTATION: Duration = Duration::from_hours(24);
/// How long a key that has been replaced still opens: the longest session (`GetSessionToken`, 36 hours).
pub const OVERLAP: Duration = Duration::from_hours(36);
/// How long a new key waits before it seals, so that every replica knows it when its first token comes back.
const SETTLING: i64 = 60;

const PREFIX: &str = "sealing-key/";
/// The format of sealed texts.
const VERSION: u8 = 1;
/// Version, label and key id, then the salt.
const HEADER: usize = 1 + 1 + 4;

/// What a text was sealed for. Each has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Session tokens.
    SessionToken,
    /// Pagination markers.
    Marker,
    /// Encoded authorization failure messages.
    EncodedMessage,
}

impl Label {
    fn byte(self) -> u8 {
        match self {
            Self::SessionToken => b'S',
            Self::Marker => b'M',
            Self::EncodedMessage => b'E',
        }
    }
}

/// One day's key, as the keys derived from it.
struct SealingKey {
    id: u32,
    created: i64,
    token: Prk,
    secret: Prk,
    marker: Prk,
    message: Prk,
}

impl SealingKey {
    fn new(id: u32, created: i64, bytes: &[u8]) -> Result<Self, DoesNotOpen> {
        let root = extract(b"rolecall sealing key v1", bytes);
        let derive =
            |label: &[u8]| expand::<32>(&root, &[label]).map(|bytes| Prk::new_less_safe(HKDF_SHA256, bytes.as_slice()));
        Ok(Self {
            id,
            created,
            token: derive(b"session token")?,
            secret: derive(b"session secret")?,
            marker: derive(b"pagination marker")?,
            message: derive(b"encoded message")?,
        })
    }

    fn of(&self, label: Label) -> &Prk {
        match label {
            Label::SessionToken => &self.token,
            Label::Marker => &self.marker,
            Label::EncodedMessage => &self.message,
        }
    }
}

/// The sealing keys in force. Immutable; a rotation makes a new value.
pub struct SealingKeys {
    // Ordered by id, and so by age.
    keys: Vec<Arc<SealingKey>>,
}

/// Why the sealing keys could not be read or rotated.
#[derive(Debug, thiserror::Error)]
pub enum SealingKeysError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] rolecall_store::Error),
    /// A commit failed.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A record does not open under this root key.
    #[error("the sealing key `{0}` does not open: is this the store's root key?")]
    WrongRootKey(String),
    /// A record is not one.
    #[error("the record `{0}` is not a sealing key")]
    Corrupt(String),
    /// No randomness to make one from.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

#[derive(Serialize, Deserialize)]
struct Record {
    version: u8,
    id: u32,
    created: i64,
    wrapped: String,
}

impl SealingKeys {
    /// Reads the keys, after making a new one if the newest is a day old and removing those that no session needs.
    ///
    /// Blocks while the store does. Call it at start-up, then every few minutes; several replicas may do so at once.
    pub fn load_and_rotate(
        store: &dyn Store,
        root: &RootKey,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self, SealingKeysError> {
        // A conflict means that another replica has just rotated: reading again shows its key.
        for _ in 0..8 {
            let records = read(store)?;
            let Some(commit) = rotation(&records, root, now.as_second(), entropy)? else {
                return Self::open(&records, root);
            };
            match store.commit(commit).wait() {
                Ok(_) | Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Self::open(&read(store)?, root)
    }

    /// Reads the keys as they are.
    pub fn load(store: &dyn Store, root: &RootKey) -> Result<Self, SealingKeysError> {
        Self::open(&read(store)?, root)
    }

    fn open(records: &[Record], root: &RootKey) -> Result<Self, SealingKeysError> {
        let mut keys = Vec::with_capacity(records.len());
        for record in records {
            let name = name(record.id);
            let wrapped = STANDARD
                .decode(&record.wrapped)
                .map_err(|_| SealingKeysError::Corrupt(name.clone()))?;
            let bytes = root
                .unwrap(&name, &wrapped)
                .map_err(|_| SealingKeysError::WrongRootKey(name.clone()))?;
            let key =
                SealingKey::new(record.id, record.created, &bytes).map_err(|_| SealingKeysError::Corrupt(name))?;
            keys.push(Arc::new(key));
        }
        keys.sort_by_key(|key| key.id);
        Ok(Self { keys })
    }

    /// The key that seals at `now`: the newest that every replica can know, else the newest.
    fn current(&self, now: Timestamp) -> Option<&SealingKey> {
        let settled = |key: &&Arc<SealingKey>| key.created.saturating_add(SETTLING) <= now.as_second();
        let newest = self.keys.iter().rev();
        newest
            .clone()
            .find(settled)
            .or(newest.clone().next())
            .map(AsRef::as_ref)
    }

    fn find(&self, id: u32) -> Option<&SealingKey> {
        self.keys.iter().rev().find(|key| key.id == id).map(AsRef::as_ref)
    }

    /// Seals `plain`. `bound` must be given again to open it: what the text belongs to.
    pub fn seal(
        &self,
        label: Label,
        bound: &str,
        plain: &[u8],
        now: Timestamp,
        salt: [u8; SALT],
    ) -> Result<String, DoesNotOpen> {
        let key = self.current(now).ok_or(DoesNotOpen)?;
        let mut out = Vec::with_capacity(HEADER + SALT + plain.len() + TAG);
        out.extend_from_slice(&[VERSION, label.byte()]);
        out.extend_from_slice(&key.id.to_be_bytes());
        let aad = associated(label, key.id, bound);
        out.extend_from_slice(&salt);
        let from = out.len();
        out.extend_from_slice(plain);
        encrypt(key.of(label), &salt, &aad, &mut out, from)?;
        Ok(STANDARD.encode(out))
    }

    /// Opens what [`seal`](Self::seal) sealed under the same label and for the same `bound`.
    pub fn open_sealed(&self, label: Label, bound: &str, text: &str) -> Result<Vec<u8>, DoesNotOpen> {
        self.open_with_salt(label, bound, text).map(|(plain, ..)| plain)
    }

    fn open_with_salt(
        &self,
        label: Label,
        bound: &str,
        text: &str,
    ) -> Result<(Vec<u8>, [u8; SALT], &SealingKey), DoesNotOpen> {
        let mut sealed = STANDARD.decode(text).map_err(|_| DoesNotOpen)?;
        let (header, rest) = sealed.split_first_chunk_mut::<HEADER>().ok_or(DoesNotOpen)?;
        let [version, kind, a, b, c, d] = *header;
        if version != VERSION || kind != label.byte() {
            return Err(DoesNotOpen);
        }
        let key = self.find(u32::from_be_bytes([a, b, c, d])).ok_or(DoesNotOpen)?;
        let (salt, body) = rest.split_first_chunk_mut::<SALT>().ok_or(DoesNotOpen)?;
        let salt = *salt;
        let aad = associated(label, key.id, bound);
        let plain = decrypt(key.of(label), &salt, &aad, body)?.to_vec();
        Ok((plain, salt, key))
    }

    /// Seals a session's record and derives the session's secret.
    pub(crate) fn seal_session(
        &self,
        access_key_id: &str,
        record: &[u8],
        now: Timestamp,
        salt: [u8; SALT],
    ) -> Result<(String, Zeroizing<String>), DoesNotOpen> {
        let key = self.current(now).ok_or(DoesNotOpen)?;
        let token = self.seal(Label::SessionToken, access_key_id, record, now, salt)?;
        Ok((token, secret(key, &salt, access_key_id)?))
    }

    /// Opens a session token: the record and the session's secret.
    pub(crate) fn open_session(
        &self,
        access_key_id: &str,
        token: &str,
    ) -> Result<(Vec<u8>, Zeroizing<String>), DoesNotOpen> {
        let (record, salt, key) = self.open_with_salt(Label::SessionToken, access_key_id, token)?;
        let secret = secret(key, &salt, access_key_id)?;
        Ok((record, secret))
    }

    /// The ids of the keys in force, oldest first.
    pub fn ids(&self) -> Vec<u32> {
        self.keys.iter().map(|key| key.id).collect()
    }
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKeys({:?}, {{redacted}})", self.ids())
    }
}

/// The secret of a session: 30 bytes, 40 characters.
fn secret(key: &SealingKey, salt: &[u8; SALT], access_key_id: &str) -> Result<Zeroizing<String>, DoesNotOpen> {
    let bytes = expand::<30>(&key.secret, &[salt, access_key_id.as_bytes()])?;
    Ok(Zeroizing::new(STANDARD.encode(bytes.as_slice())))
}

/// Version, label, key id and what the text is bound to. All but the last have a fixed length.
fn associated(label: Label, id: u32, bound: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + bound.len());
    out.extend_from_slice(&[VERSION, label.byte()]);
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(bound.as_bytes());
    out
}

fn name(id: u32) -> String {
    format!("{PREFIX}{id:010}")
}

fn read(store: &dyn Store) -> Result<Vec<Record>, SealingKeysError> {
    let page = store.list(&List::prefix(PREFIX))?;
    page.entries
        .iter()
        .map(|entry| {
            let text = String::from_utf8_lossy(&entry.key).into_owned();
            match serde_json::from_slice::<Record>(&entry.value) {
                Ok(record) if record.version == VERSION && name(record.id) == text => Ok(record),
                _ => Err(SealingKeysError::Corrupt(text)),
            }
        })
        .collect()
}

/// What has to change, if anything.
fn rotation(
    records: &[Record],
    root: &RootKey,
    now: i64,
    entropy: &dyn Entropy,
) -> Result<Option<Commit>, SealingKeysError> {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    let mut commit = Commit::new();
    let mut changed = false;

    let newest = records.iter().max_by_key(|record| record.id);
    if newest.is_none_or(|record| record.created.saturating_add(seconds(ROTATION)) <= now) {
        let id = newest.map_or(1, |record| record.id.saturating_add(1));
        let name = name(id);
        let bytes = Zeroizing::new(random::<32>(entropy)?);
        let wrapped = root
            .wrap(&name, bytes.as_slice(), random(entropy)?)
            .map_err(|_| SealingKeysError::Corrupt(name.clone()))?;
        let record = Record {
            version: VERSION,
            id,
            created: now,
            wrapped: STANDARD.encode(wrapped),
        };
        let value = serde_json::to_vec(&record).map_err(|_| SealingKeysError::Corrupt(name.clone()))?;
        commit = commit.absent(name.clone()).put(name, value);
        changed = true;
    }

    for record in records {
        // A key stops sealing when its successor has settled; its last session ends an overlap later.
        let successor = records
            .iter()
            .filter(|other| other.id > record.id)
            .min_by_key(|other| other.id);
        let ended = successor.is_some_and(|next| {
            next.created
                .saturating_add(SETTLING)
                .saturating_add(seconds(OVERLAP))
                .saturating_add(SETTLING)
                < now
        });
        if ended {
            commit = commit.delete(name(record.id));
            changed = true;
        }
    }
    Ok(changed.then_some(commit))
}

#[cfg(test)]
mod tests {
    use rolecall_store::Memory;

    use super::*;
    use crate::keys::SystemEntropy;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn load(store: &Memory, now: i64) -> SealingKeys {
        let root = RootKey::from_bytes(&[7; 32]).unwrap();
        SealingKeys::load_and_rotate(store, &root, at(now), &SystemEntropy).unwrap()
    }

    const HOUR: i64 = 3600;

    #[test]
    fn keys_rotate_daily_and_open_for_the_longest_session_after_that() {
        let store = Memory::new();
        let first = load(&store, 0);
        assert_eq!(first.ids(), [1]);
        assert_eq!(load(&store, 23 * HOUR).ids(), [1]);
        assert_eq!(load(&store, 24 * HOUR).ids(), [1, 2]);

        let late = first.seal(Label::Marker, "b", b"x", at(24 * HOUR), [1; SALT]).unwrap();
        let longest_after = load(&store, 24 * HOUR + 36 * HOUR);
        assert_eq!(longest_after.open_sealed(Label::Marker, "b", &late).unwrap(), b"x");

        let over = load(&store, 24 * HOUR + 37 * HOUR);
        assert!(!over.ids().contains(&1));
        assert_eq!(over.open_sealed(Label::Marker, "b", &late), Err(DoesNotOpen));
    }

    #[test]
    fn a_new_key_settles_before_it_seals() {
        let store = Memory::new();
        load(&store, 0);
        let keys = load(&store, 24 * HOUR);
        assert_eq!(keys.current(at(24 * HOUR + 59)).unwrap().id, 1);
        assert_eq!(keys.current(at(24 * HOUR + 60)).unwrap().id, 2);
    }

    #[test]
    fn one_kind_never_opens_as_another_nor_for_another_owner() {
        let keys = load(&Memory::new(), 0);
        let all = [Label::SessionToken, Label::Marker, Label::EncodedMessage];
        for sealed_as in all {
            let text = keys.seal(sealed_as, "owner", b"plain", at(0), [9; SALT]).unwrap();
            for opened_as in all {
                assert_eq!(
                    keys.open_sealed(opened_as, "owner", &text).is_ok(),
                    sealed_as == opened_as
                );
                // Even with the label forged into the text.
                let mut forged = STANDARD.decode(&text).unwrap();
                forged[1] = opened_as.byte();
                assert_eq!(
                    keys.open_sealed(opened_as, "owner", &STANDARD.encode(forged)).is_ok(),
                    sealed_as == opened_as
                );
            }
            assert!(keys.open_sealed(sealed_as, "other", &text).is_err());
        }
    }

    #[test]
    fn a_retired_version_is_refused() {
        let keys = load(&Memory::new(), 0);
        let text = keys.seal(Label::Marker, "o", b"plain", at(0), [9; SALT]).unwrap();
        for version in [0, 2, 255] {
            let mut forged = STANDARD.decode(&text).unwrap();
            forged[0] = version;
            assert!(keys.open_sealed(Label::Marker, "o", &STANDARD.encode(forged)).is_err());
        }
    }

    #[test]
    fn a_wrong_root_key_is_noticed_at_start_up() {
        let store = Memory::new();
        load(&store, 0);
        let other = RootKey::from_bytes(&[8; 32]).unwrap();
        assert!(matches!(
            SealingKeys::load(&store, &other),
            Err(SealingKeysError::WrongRootKey(_))
        ));
    }

    #[test]
    fn a_record_moved_to_another_id_does_not_open() {
        let store = Memory::new();
        load(&store, 0);
        let entry = store.get(name(1).as_bytes()).unwrap().unwrap();
        let mut record: Record = serde_json::from_slice(&entry.value).unwrap();
        record.id = 2;
        store
            .commit(Commit::new().put(name(2), serde_json::to_vec(&record).unwrap()))
            .wait()
            .unwrap();
        let root = RootKey::from_bytes(&[7; 32]).unwrap();
        assert!(matches!(
            SealingKeys::load(&store, &root),
            Err(SealingKeysError::WrongRootKey(_))
        ));
    }
}
