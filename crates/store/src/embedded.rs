//! The default backend: one redb file in one directory, one writer thread, group commits.

mod place;
mod writer;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;

use bytes::Bytes;
use redb::backends::FileBackend;
use redb::{Database, DatabaseError, ReadableDatabase, StorageBackend, TableDefinition};
use tokio::sync::mpsc;

use crate::log::Log;
use crate::{Commit, CommitError, Entry, Error, List, Page, Pending, Revision, Store, Watch, WatchError};
use writer::{Job, Writer};

/// Key → (revision that last wrote it, value).
const RECORDS: TableDefinition<&[u8], (u64, &[u8])> = TableDefinition::new("records");
/// Named numbers of the store as a whole.
const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
const REVISION: &str = "revision";
const FORMAT: &str = "format";
/// The layout of the tables above. A file of another one is refused.
const CURRENT_FORMAT: u64 = 1;

const FILE: &str = "store.redb";
const UNFINISHED: &str = "store.redb.new";

/// Sizes of an [`Embedded`] store.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bytes of the database's page cache.
    pub cache: usize,
    /// About how many bytes of changes are kept for watches to resume from.
    pub history: usize,
    /// How many commits may wait for the disk at once. Further ones are answered `Unavailable`.
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache: 8 * 1024 * 1024,
            history: 4 * 1024 * 1024,
            queue: 4096,
        }
    }
}

/// A store in one file, `store.redb`, in a directory of its own or shared with others' files.
///
/// One process at a time. A commit is answered after the file was synced; commits that come in while a sync is running
/// share the next one. Dropping the store finishes what was handed to it.
#[derive(Debug)]
pub struct Embedded {
    shared: Arc<Shared>,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

type Opener = Box<dyn Fn() -> Result<Database, Error> + Send + Sync>;

/// What the readers and the writer thread both need.
struct Shared {
    /// How to open the file, now and after an I/O error.
    opener: Opener,
    /// `None` after an I/O error, until the writer thread has managed to open the file again.
    database: RwLock<Option<Database>>,
    log: Log,
}

impl Embedded {
    /// Opens the store in `directory`, creating both where they are missing.
    ///
    /// The directory is made private (0700); a file that others may read or write, or that another user owns, is
    /// refused, since what it holds may be known or planted (threat 11). May block, after a crash longer.
    pub fn open(directory: &Path, options: Options) -> Result<Self, Error> {
        place::make_private(directory)?;
        let path = directory.join(FILE);
        if !path
            .try_exists()
            .map_err(|e| Error::unavailable_because(format!("looking at `{}`", path.display()), e))?
        {
            create(directory, options.cache)?;
        }
        Self::start(Box::new(move || open(&path, options.cache)), options)
    }

    fn start(opener: Opener, options: Options) -> Result<Self, Error> {
        let database = opener()?;
        let revision = check_format(&database)?;
        let log = Log::new(revision, options.history);
        let shared = Arc::new(Shared {
            opener,
            database: RwLock::new(Some(database)),
            log,
        });
        let (jobs, queue) = mpsc::channel(options.queue.max(1));
        let writer = Writer::new(Arc::clone(&shared), queue, revision);
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|e| Error::unavailable_because("starting the writer thread", e))?;
        Ok(Self {
            shared,
            jobs: Some(jobs),
            writer: Some(writer),
        })
    }
}

impl Store for Embedded {
    fn get(&self, key: &[u8]) -> Result<Option<Entry>, Error> {
        self.shared.read(|database| {
            let records = database.begin_read()?.open_table(RECORDS)?;
            let found = records.get(key)?;
            Ok(found.map(|record| {
                let (modified, value) = record.value();
                entry(key, modified, value)
            }))
        })
    }

    fn list(&self, list: &List) -> Result<Page, Error> {
        use std::ops::Bound::{Excluded, Included, Unbounded};

        self.shared.read(|database| {
            let transaction = database.begin_read()?;
            let revision = transaction.open_table(META)?.get(REVISION)?.map_or(0, |n| n.value());
            let records = transaction.open_table(RECORDS)?;
            let start = match &list.after {
                Some(after) if *after >= list.prefix => Excluded(after.as_ref()),
                _ => Included(list.prefix.as_ref()),
            };
            let limit = list.limit.unwrap_or(usize::MAX);
            let mut page = Page {
                entries: Vec::new(),
                more: false,
                revision: Revision(revision),
            };
            for record in records.range::<&[u8]>((start, Unbounded))? {
                let (key, value) = record?;
                if !key.value().starts_with(&list.prefix) {
                    break;
                }
                if page.entries.len() == limit {
                    page.more = true;
                    break;
                }
                let (modified, value) = value.value();
                page.entries.push(entry(key.value(), modified, value));
            }
            Ok(page)
        })
    }

    fn commit(&self, commit: Commit) -> Pending {
        if let Err(error) = commit.within_bounds() {
            return Pending::ready(Err(error.into()));
        }
        let (reply, pending) = Pending::new();
        let refused = match self.jobs.as_ref().map(|jobs| jobs.try_send(Job { commit, reply })) {
            Some(Ok(())) => return pending,
            Some(Err(mpsc::error::TrySendError::Full(_))) => "too many commits wait for the disk",
            Some(Err(mpsc::error::TrySendError::Closed(_))) | None => "the writer has stopped",
        };
        Pending::ready(Err(CommitError::Store(Error::unavailable(refused))))
    }

    fn watch(&self, prefix: &[u8], since: Revision) -> Result<Watch, WatchError> {
        self.shared.log.watch(prefix, since)
    }

    fn revision(&self) -> Result<Revision, Error> {
        self.shared.read(|database| {
            let meta = database.begin_read()?.open_table(META)?;
            Ok(Revision(meta.get(REVISION)?.map_or(0, |n| n.value())))
        })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        // The thread ends when the queue is closed and empty. Waiting for it releases the file before we return.
        self.jobs = None;
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the store's writer thread had panicked");
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("log", &self.log).finish_non_exhaustive()
    }
}

impl Shared {
    fn database(&self) -> RwLockReadGuard<'_, Option<Database>> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, read: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, Error> {
        let guard = self.database();
        let database = guard
            .as_ref()
            .ok_or_else(|| Error::unavailable("the database is being opened again"))?;
        read(database).map_err(|e| failed("reading", e))
    }
}

fn entry(key: &[u8], modified: u64, value: &[u8]) -> Entry {
    Entry {
        key: Bytes::copy_from_slice(key),
        value: Bytes::copy_from_slice(value),
        modified: Revision(modified),
    }
}

/// Makes an empty database under another name and renames it when it is whole, so that no crash leaves half of one.
fn create(directory: &Path, cache: usize) -> Result<(), Error> {
    let unfinished = directory.join(UNFINISHED);
    let io = |e| Error::unavailable_because(format!("creating `{}`", unfinished.display()), e);
    match std::fs::remove_file(&unfinished) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e)),
        _ => {}
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(io)?;
    let database = database(file, cache).map_err(|e| failed("creating the database", e.into()))?;
    initialise(&database).map_err(|e| failed("creating the database", e))?;
    drop(database);
    std::fs::rename(&unfinished, directory.join(FILE)).map_err(io)?;
    place::sync(directory)
}

fn initialise(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(RECORDS)?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert(FORMAT, CURRENT_FORMAT)?;
        meta.insert(REVISION, 0)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Opens the file that is there.
fn open(path: &Path, cache: usize) -> Result<Database, Error> {
    let file = place::open_private(path)?;
    if file.metadata().is_ok_and(|m| m.len() == 0) {
        // redb would make a new database of it. We only ever rename whole ones into place.
        return Err(Error::Corrupt(format!("`{}` is empty", path.display())));
    }
    database(file, cache).map_err(|e| failed("opening the database", e.into()))
}

fn database(file: std::fs::File, cache: usize) -> Result<Database, DatabaseError> {
    database_on(FileBackend::new(file)?, cache)
}

fn database_on(backend: impl StorageBackend, cache: usize) -> Result<Database, DatabaseError> {
    let mut builder = redb::Builder::new();
    // The check turns a damaged file into an error. Without it redb trusts what it reads, and may panic on it.
    builder.set_cache_size(cache).set_check_integrity_on_open(true);
    builder.create_with_backend(backend)
}

fn check_format(database: &Database) -> Result<Revision, Error> {
    let read = || -> Result<(u64, u64), redb::Error> {
        let meta = database.begin_read()?.open_table(META)?;
        Ok((
            meta.get(FORMAT)?.map_or(0, |n| n.value()),
            meta.get(REVISION)?.map_or(0, |n| n.value()),
        ))
    };
    match read().map_err(|e| failed("reading the database's format", e))? {
        (CURRENT_FORMAT, revision) => Ok(Revision(revision)),
        (other, _) => Err(Error::Corrupt(format!(
            "the database has format {other}, this program reads {CURRENT_FORMAT}"
        ))),
    }
}

fn failed(doing: &str, error: redb::Error) -> Error {
    match error {
        redb::Error::Corrupted(why) => Error::Corrupt(format!("{doing}: {why}")),
        redb::Error::UpgradeRequired(_) | redb::Error::TableTypeMismatch { .. } | redb::Error::TableDoesNotExist(_) => {
            Error::Corrupt(format!("{doing}: {error}"))
        }
        // redb reports a file that is not its own so.
        redb::Error::Io(e) if e.kind() == std::io::ErrorKind::InvalidData => Error::Corrupt(format!("{doing}: {e}")),
        redb::Error::DatabaseAlreadyOpen => Error::unavailable(format!("{doing}: another process has it open")),
        other => Error::unavailable_because(doing, other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    use super::*;

    /// A disk that is full, or not, as the test likes.
    #[derive(Debug)]
    struct Disk {
        file: FileBackend,
        full: Arc<AtomicBool>,
    }

    impl Disk {
        fn has_room(&self) -> Result<(), io::Error> {
            if self.full.load(Ordering::SeqCst) {
                Err(io::Error::from(io::ErrorKind::StorageFull))
            } else {
                Ok(())
            }
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> Result<u64, io::Error> {
            self.file.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
            self.file.read(offset, out)
        }
        fn set_len(&self, len: u64) -> Result<(), io::Error> {
            self.has_room()?;
            self.file.set_len(len)
        }
        fn sync_data(&self) -> Result<(), io::Error> {
            self.has_room()?;
            self.file.sync_data()
        }
        fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
            self.has_room()?;
            self.file.write(offset, data)
        }
    }

    fn on_a_disk(full: &Arc<AtomicBool>) -> (tempfile::TempDir, Embedded) {
        let directory = tempfile::tempdir().unwrap();
        create(directory.path(), 1 << 20).unwrap();
        let (path, full) = (directory.path().join(FILE), Arc::clone(full));
        let opener = move || {
            let file = File::options().read(true).write(true).open(&path).unwrap();
            let disk = Disk {
                file: FileBackend::new(file).unwrap(),
                full: Arc::clone(&full),
            };
            database_on(disk, 1 << 20).map_err(|e| failed("opening", e.into()))
        };
        (
            directory,
            Embedded::start(Box::new(opener), Options::default()).unwrap(),
        )
    }

    #[test]
    fn a_full_disk_refuses_commits_and_the_store_recovers_when_there_is_room() {
        let full = Arc::new(AtomicBool::new(false));
        let (_directory, store) = on_a_disk(&full);
        let put = |key: &'static str| {
            store
                .commit(Commit::new().absent(key).put(key, vec![7; 100_000]))
                .wait()
        };
        let before = put("before").unwrap();
        let mut watch = store.watch(b"", before).unwrap();

        full.store(true, Ordering::SeqCst);
        for _ in 0..3 {
            assert!(matches!(
                put("meanwhile"),
                Err(CommitError::Store(Error::Unavailable { .. }))
            ));
        }
        full.store(false, Ordering::SeqCst);

        let start = Instant::now();
        while put("after").is_err() {
            assert!(start.elapsed() < Duration::from_secs(5), "the store recovers");
        }
        assert!(store.get(b"before").unwrap().is_some());
        assert!(store.get(b"after").unwrap().is_some());
        // Nobody was told that it was written, and the sync had failed.
        let torn = store.get(b"meanwhile").unwrap();
        assert!(torn.is_none_or(|entry| entry.value.len() == 100_000));
        // A watch either goes on without a gap or is told to list again.
        match watch.wait() {
            Ok(batch) => assert_eq!(batch.revision, Revision(before.0 + 1)),
            Err(error) => assert!(matches!(error, WatchError::TooOld { .. })),
        }
    }
}
