//! The root key: wraps what is kept in the store.

use std::{
    fmt, fs, io,
    io::{Read, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::hkdf::Prk;
use zeroize::Zeroizing;

use super::{DoesNotOpen, Entropy, SALT, TAG, decrypt, encrypt, expand, extract, random};

/// The format of wrapped secrets.
const VERSION: u8 = 1;

/// The key at the top. It never leaves the process, and whoever reads it reads everything.
pub struct RootKey {
    wrap: Prk,
    identifier: [u8; 8],
}

/// Why there is no root key. The server does not start without one.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// The text is not 64 hexadecimal digits.
    #[error("the root key must be 64 hexadecimal digits")]
    Malformed,
    /// Somebody else may read or replace the file.
    #[error("the root key file `{}` {why}", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file could not be read or made.
    #[error("the root key file `{}` cannot be used", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No randomness to make one from.
    #[error(transparent)]
    NoEntropy(#[from] super::NoEntropy),
}

impl RootKey {
    /// The key from 64 hexadecimal digits, as they stand in the file or the environment; white space around them is
    /// ignored.
    pub fn from_text(text: &str) -> Result<Self, RootKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| RootKeyError::Malformed)?;
        Self::from_bytes(&bytes)
    }

    /// The key from its bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, RootKeyError> {
        let root = extract(b"rolecall root key v1", bytes);
        let derive = |label: &[u8]| expand::<32>(&root, &[label]).map_err(|_| RootKeyError::Malformed);
        let identifier = expand::<8>(&root, &[b"identifier"]).map_err(|_| RootKeyError::Malformed)?;
        Ok(Self {
            wrap: Prk::new_less_safe(aws_lc_rs::hkdf::HKDF_SHA256, derive(b"wrap")?.as_slice()),
            identifier: *identifier,
        })
    }

    /// Reads the key from a file that belongs to us and that nobody else may read; makes the file if there is none.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, RootKeyError> {
        match Self::load(path) {
            Err(RootKeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Self::create(path, entropy)?;
                Self::load(path)
            }
            other => other,
        }
    }

    /// Reads the key from a file that belongs to us and that nobody else may read.
    pub fn load(path: &Path) -> Result<Self, RootKeyError> {
        let io = |source| RootKeyError::Io {
            path: path.to_owned(),
            source,
        };
        let exposed = |why| RootKeyError::Exposed {
            path: path.to_owned(),
            why,
        };
        // The descriptor is opened once and asked itself, so that nobody swaps the file between check and use.
        let mut file = fs::File::open(path).map_err(io)?;
        let meta = file.metadata().map_err(io)?;
        if !meta.is_file() {
            return Err(exposed("is not a regular file"));
        }
        if meta.uid() != rustix::process::geteuid().as_raw() {
            return Err(exposed("belongs to another user"));
        }
        if meta.mode() & 0o077 != 0 {
            return Err(exposed("can be read by others: its mode must be 0600"));
        }
        let mut text = Zeroizing::new(String::new());
        Read::by_ref(&mut file)
            .take(1024)
            .read_to_string(&mut text)
            .map_err(io)?;
        Self::from_text(&text)
    }

    fn create(path: &Path, entropy: &dyn Entropy) -> Result<(), RootKeyError> {
        let io = |source| RootKeyError::Io {
            path: path.to_owned(),
            source,
        };
        let bytes = Zeroizing::new(random::<32>(entropy)?);
        let text = Zeroizing::new(format!("{}\n", hex::encode(bytes.as_slice())));
        // Written aside and linked into place only when whole: a crash leaves no half a key.
        let aside = path.with_extension(format!("new-{}", std::process::id()));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&aside)
            .map_err(io)?;
        let placed = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .and_then(|()| match fs::hard_link(&aside, path) {
                // Another process was faster; its key is the key.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            })
            .and_then(|()| match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => fs::File::open(parent)?.sync_all(),
                _ => Ok(()),
            });
        let removed = fs::remove_file(&aside);
        placed.and(removed).map_err(io)
    }

    /// Tells root keys apart without telling anything about them. A store remembers it, so that a wrong key is noticed at
    /// start-up and not by secrets that do not open.
    pub fn identifier(&self) -> String {
        hex::encode(self.identifier)
    }

    /// Seals a secret so that it opens only as part of the record `record` (the record's key in the store, say).
    pub fn wrap(&self, record: &str, secret: &[u8], salt: [u8; SALT]) -> Result<Vec<u8>, DoesNotOpen> {
        let mut out = Vec::with_capacity(1 + SALT + secret.len() + TAG);
        out.push(VERSION);
        out.extend_from_slice(&salt);
        let from = out.len();
        out.extend_from_slice(secret);
        encrypt(&self.wrap, &salt, record.as_bytes(), &mut out, from)?;
        Ok(out)
    }

    /// Opens what [`wrap`](Self::wrap) sealed for the same record.
    pub fn unwrap(&self, record: &str, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let (&version, rest) = wrapped.split_first().ok_or(DoesNotOpen)?;
        if version != VERSION {
            return Err(DoesNotOpen);
        }
        let (salt, sealed) = rest.split_first_chunk::<SALT>().ok_or(DoesNotOpen)?;
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let plain = decrypt(&self.wrap, salt, record.as_bytes(), &mut sealed)?;
        Ok(Zeroizing::new(plain.to_vec()))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey({redacted})")
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::keys::SystemEntropy;

    #[test]
    fn a_wrapped_secret_opens_only_in_its_own_record_and_under_its_own_root() {
        let root = RootKey::from_bytes(&[7; 32]).unwrap();
        let wrapped = root.wrap("access-key/AKIA1", b"secret", [1; SALT]).unwrap();
        assert_eq!(root.unwrap("access-key/AKIA1", &wrapped).unwrap().as_slice(), b"secret");
        assert_eq!(root.unwrap("access-key/AKIA2", &wrapped), Err(DoesNotOpen));
        let other = RootKey::from_bytes(&[8; 32]).unwrap();
        assert_eq!(other.unwrap("access-key/AKIA1", &wrapped), Err(DoesNotOpen));
        for at in 0..wrapped.len() {
            let mut broken = wrapped.clone();
            broken[at] ^= 1;
            assert_eq!(root.unwrap("access-key/AKIA1", &broken), Err(DoesNotOpen), "byte {at}");
        }
        for length in 0..wrapped.len() {
            assert!(root.unwrap("access-key/AKIA1", &wrapped[..length]).is_err());
        }
    }

    #[test]
    fn the_file_is_made_once_with_mode_0600_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        let first = RootKey::load_or_create(&path, &SystemEntropy).unwrap();
        let again = RootKey::load_or_create(&path, &SystemEntropy).unwrap();
        assert_eq!(first.identifier(), again.identifier());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        RootKey::load_or_create(&path, &SystemEntropy).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            RootKey::load_or_create(&path, &SystemEntropy),
            Err(RootKeyError::Exposed { .. })
        ));
    }

    #[test]
    fn text_that_is_no_key_is_refused_and_no_key_is_printed() {
        for wrong in ["", "00", &"g".repeat(64), &"0".repeat(63), &"0".repeat(66)] {
            assert!(matches!(RootKey::from_text(wrong), Err(RootKeyError::Malformed)));
        }
        let root = RootKey::from_text(&format!("{}\n", "0a".repeat(32))).unwrap();
        assert_eq!(format!("{root:?}"), "RootKey({redacted})");
    }
}
