//! The files that hold objects' bytes: their names, and when they may go.
//!
//! A file is written under `tmp/`, and moved to `data/XX/` when it is whole. It is *pinned* while somebody reads it or
//! has not yet recorded it in the index; what is to be removed meanwhile goes with the last pin.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};

use crate::{OpenError, place};

#[derive(Debug)]
pub(crate) struct Files {
    root: PathBuf,
    /// Another one at each start, so that names never come back.
    epoch: u64,
    sequence: AtomicU64,
    pins: Mutex<BTreeMap<String, Pin>>,
}

#[derive(Debug, Default)]
struct Pin {
    holders: usize,
    doomed: bool,
}

/// Keeps files from being removed.
#[derive(Debug)]
pub(crate) struct Pinned {
    files: Arc<Files>,
    names: Vec<String>,
}

impl Files {
    /// Prepares the directories and removes what was never finished.
    pub(crate) fn open(root: &Path, epoch: u64) -> Result<Self, OpenError> {
        let failed = |e: io::Error| OpenError::because(format!("preparing `{}`", root.display()), e);
        let (tmp, data) = (root.join("tmp"), root.join("data"));
        place::make_private(&tmp)?;
        for entry in fs::read_dir(&tmp).map_err(failed)? {
            fs::remove_file(entry.map_err(failed)?.path()).map_err(failed)?;
        }
        place::make_private(&data)?;
        for byte in 0..=u8::MAX {
            let shelf = data.join(hex::encode([byte]));
            match fs::create_dir(&shelf) {
                Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(failed(e)),
                _ => {}
            }
        }
        place::sync(&data).map_err(failed)?;
        Ok(Self {
            root: root.to_owned(),
            epoch,
            sequence: AtomicU64::new(0),
            pins: Mutex::default(),
        })
    }

    /// A name that no file has had. Says nothing about the key to who reads the directory.
    pub(crate) fn fresh_name(&self, bucket: u64, key: &str) -> String {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let mut input = Vec::with_capacity(key.len() + 24);
        for number in [self.epoch, sequence, bucket] {
            input.extend_from_slice(&number.to_be_bytes());
        }
        input.extend_from_slice(key.as_bytes());
        hex::encode(digest(&SHA256, &input))
    }

    pub(crate) fn unfinished(&self, name: &str) -> PathBuf {
        self.root.join("tmp").join(name)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.shelf(name).join(name)
    }

    pub(crate) fn shelf(&self, name: &str) -> PathBuf {
        // Names are ours: 64 hexadecimal digits.
        self.root.join("data").join(name.get(..2).unwrap_or("00"))
    }

    /// Pins files that are about to be created or read.
    pub(crate) fn pin(self: &Arc<Self>, names: Vec<String>) -> Pinned {
        let mut pins = self.pins();
        for name in &names {
            pins.entry(name.clone()).or_default().holders += 1;
        }
        drop(pins);
        Pinned {
            files: Arc::clone(self),
            names,
        }
    }

    /// Removes files that the index no longer names, now or when the last pin goes.
    pub(crate) fn remove(&self, names: &[String]) {
        let mut pins = self.pins();
        for name in names {
            match pins.get_mut(name) {
                Some(pin) => pin.doomed = true,
                None => self.unlink(name),
            }
        }
    }

    /// Whole files that the index does not name: a process was killed between moving one and recording it.
    pub(crate) fn sweep<E>(
        &self,
        stop: &AtomicBool,
        is_recorded: impl Fn(&str) -> Result<bool, E>,
    ) -> io::Result<Result<usize, E>> {
        let mut removed = 0;
        for byte in 0..=u8::MAX {
            for entry in fs::read_dir(self.root.join("data").join(hex::encode([byte])))? {
                let Ok(name) = entry?.file_name().into_string() else {
                    continue;
                };
                if stop.load(Ordering::Relaxed) {
                    return Ok(Ok(removed));
                }
                // INVARIANT: a file is pinned before it is moved to `data/` until after it is recorded. One that is there
                // and not pinned is thus recorded already, or never will be; so the pins are asked first.
                if self.pins().contains_key(&name) {
                    continue;
                }
                match is_recorded(&name) {
                    Ok(true) => {}
                    Ok(false) => {
                        self.unlink(&name);
                        removed += 1;
                    }
                    Err(error) => return Ok(Err(error)),
                }
            }
        }
        Ok(Ok(removed))
    }

    fn unlink(&self, name: &str) {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                // It takes room but is seen by nobody, and the next start tries again.
                tracing::warn!(%error, name, "a file cannot be removed");
            }
            _ => {}
        }
    }

    fn pins(&self) -> MutexGuard<'_, BTreeMap<String, Pin>> {
        self.pins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pinned {
    /// Whether the files are still there: if they went before they were pinned, the record that named them is outdated.
    pub(crate) fn exist(&self) -> bool {
        // A record's files go together, under the lock, so one stands for all.
        self.names.first().is_none_or(|name| self.files.path(name).exists())
    }

    pub(crate) fn files(&self) -> &Files {
        &self.files
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        let mut pins = self.files.pins();
        for name in &self.names {
            let Some(pin) = pins.get_mut(name) else { continue };
            pin.holders -= 1;
            if pin.holders == 0 {
                if pin.doomed {
                    self.files.unlink(name);
                }
                pins.remove(name);
            }
        }
    }
}
