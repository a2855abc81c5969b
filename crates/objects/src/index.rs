//! The index: which buckets, objects, uploads and parts there are. One redb file; each change is one synced transaction.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, ReadableTable, Table, TableDefinition, WriteTransaction};
use s3s::{S3Error, S3Result, StdError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::condition::Precondition;
use crate::record::{Bucket, Object, Part, Upload};
use crate::{OpenError, fault, place};

const FILE: &str = "index.redb";
const UNFINISHED: &str = "index.redb.new";

/// Name → [`Bucket`].
const BUCKETS: TableDefinition<&str, &[u8]> = TableDefinition::new("buckets");
/// (Bucket's id, key) → [`Object`]. Tuples are ordered by their first, then by their second member's bytes.
const OBJECTS: TableDefinition<(u64, &[u8]), &[u8]> = TableDefinition::new("objects");
/// (Bucket's id, upload's id) → [`Upload`].
const UPLOADS: TableDefinition<(u64, &str), &[u8]> = TableDefinition::new("uploads");
/// (Upload's id, part's number) → [`Part`].
const PARTS: TableDefinition<(&str, u16), &[u8]> = TableDefinition::new("parts");
/// The names of all files that an object or a part above refers to.
const FILES: TableDefinition<&str, ()> = TableDefinition::new("files");
const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
const FORMAT: &str = "format";
const EPOCH: &str = "epoch";
const NEXT_BUCKET: &str = "next-bucket";
const CURRENT_FORMAT: u64 = 1;

pub(crate) struct Index {
    path: PathBuf,
    cache: usize,
    /// `None` after an I/O error, until the file could be opened again.
    database: RwLock<Option<Database>>,
}

/// Why a piece of work on the index did not come to an end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is not to be: an answer for the client.
    Fault(S3Error),
    Database(redb::Error),
    Record(serde_json::Error),
}

impl From<S3Error> for Failure {
    fn from(fault: S3Error) -> Self {
        Self::Fault(fault)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Record(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Database(redb::Error::Io(error))
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for Failure {
            fn from(error: redb::$error) -> Self { Self::Database(error.into()) }
        })*
    };
}
from_redb!(StorageError, TableError, TransactionError, CommitError, DatabaseError);

type Outcome<T> = Result<T, Failure>;

/// Part of a listing.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) objects: Vec<(String, Object)>,
    pub(crate) prefixes: Vec<String>,
    /// Where to go on after, when there is more.
    pub(crate) next: Option<String>,
}

/// Which part of a bucket to list.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) delimiter: Option<&'a str>,
    pub(crate) after: Option<&'a str>,
    pub(crate) limit: usize,
}

impl Index {
    /// Opens the index and gives this start's number.
    pub(crate) fn open(directory: &Path, cache: usize) -> Result<(Self, u64), OpenError> {
        let path = directory.join(FILE);
        let index = Self {
            path,
            cache,
            database: RwLock::new(None),
        };
        let failed = |f: Failure| match f {
            Failure::Fault(fault) => OpenError::because("opening the index", fault),
            Failure::Database(error) => OpenError::because("opening the index", error),
            Failure::Record(error) => OpenError::because("opening the index", error),
        };
        if fs::symlink_metadata(&index.path).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
            index.create(directory).map_err(failed)?;
        }
        let database = index.database().map_err(failed)?;
        let start = || -> Outcome<u64> {
            let transaction = database.begin_write()?;
            transaction.open_table(BUCKETS)?;
            transaction.open_table(OBJECTS)?;
            transaction.open_table(UPLOADS)?;
            transaction.open_table(PARTS)?;
            transaction.open_table(FILES)?;
            let epoch = {
                let mut meta = transaction.open_table(META)?;
                let format = meta.get(FORMAT)?.map(|n| n.value());
                if format.is_some_and(|format| format != CURRENT_FORMAT) {
                    return Err(fault::not_implemented("the format of this index").into());
                }
                meta.insert(FORMAT, CURRENT_FORMAT)?;
                let epoch = meta.get(EPOCH)?.map_or(0, |n| n.value()) + 1;
                meta.insert(EPOCH, epoch)?;
                epoch
            };
            transaction.commit()?;
            Ok(epoch)
        };
        let epoch = start().map_err(failed)?;
        *index.database.write().unwrap_or_else(PoisonError::into_inner) = Some(database);
        Ok((index, epoch))
    }

    fn database(&self) -> Outcome<Database> {
        let refused = |why: &str| Failure::Database(redb::Error::Io(io::Error::other(why.to_owned())));
        let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let found = file.metadata()?;
        if !fs::symlink_metadata(&self.path)?.is_file() || found.mode() & 0o077 != 0 {
            return Err(refused(
                "the index is open to other users; refusing to use it (its mode must be 0600)",
            ));
        }
        if let Some(directory) = self.path.parent()
            && fs::metadata(directory)?.uid() != found.uid()
        {
            return Err(refused("the index belongs to another user; refusing to use it"));
        }
        self.database_in(file)
    }

    fn database_in(&self, file: File) -> Outcome<Database> {
        let mut builder = redb::Builder::new();
        builder.set_cache_size(self.cache);
        Ok(builder.create_with_backend(FileBackend::new(file)?)?)
    }

    /// Makes an empty database under another name and renames it when it is whole, so that no kill leaves half of one.
    fn create(&self, directory: &Path) -> Outcome<()> {
        let unfinished = directory.join(UNFINISHED);
        match fs::remove_file(&unfinished) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        drop(self.database_in(file)?);
        fs::rename(&unfinished, &self.path)?;
        place::sync(directory)?;
        Ok(())
    }

    /// Runs `work`; after an I/O error the file is opened again before the next.
    fn with<T>(&self, work: impl FnOnce(&Database) -> Outcome<T>) -> S3Result<T> {
        let missing = self.database.read().unwrap_or_else(PoisonError::into_inner).is_none();
        if missing {
            let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
            if slot.is_none() {
                *slot = Some(self.database().map_err(|f| report(&f))?);
            }
        }
        let outcome = {
            let guard = self.database.read().unwrap_or_else(PoisonError::into_inner);
            let Some(database) = guard.as_ref() else {
                return Err(fault::internal());
            };
            work(database)
        };
        outcome.map_err(|failure| match failure {
            Failure::Fault(fault) => fault,
            failure => {
                if matches!(
                    &failure,
                    Failure::Database(redb::Error::Io(_) | redb::Error::PreviousIo)
                ) {
                    *self.database.write().unwrap_or_else(PoisonError::into_inner) = None;
                }
                report(&failure)
            }
        })
    }

    fn change<T>(&self, work: impl FnOnce(&WriteTransaction) -> Outcome<T>) -> S3Result<T> {
        self.with(|database| {
            // Durable when committed, which is redb's default.
            let transaction = database.begin_write()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }

    pub(crate) fn is_recorded(&self, file: &str) -> S3Result<bool> {
        self.with(|database| Ok(database.begin_read()?.open_table(FILES)?.get(file)?.is_some()))
    }

    pub(crate) fn create_bucket(&self, name: &str, created: u64, region: Option<String>) -> S3Result<()> {
        self.change(|transaction| {
            let mut buckets = transaction.open_table(BUCKETS)?;
            if buckets.get(name)?.is_some() {
                return Err(fault::bucket_owned().into());
            }
            let mut meta = transaction.open_table(META)?;
            let id = meta.get(NEXT_BUCKET)?.map_or(1, |n| n.value());
            meta.insert(NEXT_BUCKET, id + 1)?;
            put(
                &mut buckets,
                name,
                &Bucket {
                    id,
                    created,
                    region,
                    tags: Vec::new(),
                },
            )
        })
    }

    /// Removes an empty bucket. Its unfinished uploads go with it, as on AWS; gives their files.
    pub(crate) fn delete_bucket(&self, name: &str) -> S3Result<Vec<String>> {
        self.change(|transaction| {
            let mut buckets = transaction.open_table(BUCKETS)?;
            let id = bucket_in(&buckets, name)?.id;
            let objects = transaction.open_table(OBJECTS)?;
            if objects
                .range((id, b"".as_ref())..(id + 1, b"".as_ref()))?
                .next()
                .is_some()
            {
                return Err(fault::bucket_not_empty().into());
            }
            buckets.remove(name)?;
            let mut uploads = transaction.open_table(UPLOADS)?;
            let mut ids = Vec::new();
            for upload in uploads.range((id, "")..(id + 1, ""))? {
                ids.push(upload?.0.value().1.to_owned());
            }
            let mut files = Vec::new();
            for upload in ids {
                uploads.remove((id, upload.as_str()))?;
                files.extend(take_parts(transaction, &upload)?.into_iter().map(|(_, part)| part.file));
            }
            forget(transaction, &files)?;
            Ok(files)
        })
    }

    pub(crate) fn bucket(&self, name: &str) -> S3Result<Bucket> {
        self.with(|database| bucket_in(&database.begin_read()?.open_table(BUCKETS)?, name))
    }

    pub(crate) fn buckets(&self) -> S3Result<Vec<(String, Bucket)>> {
        self.with(|database| {
            let mut all = Vec::new();
            for bucket in database.begin_read()?.open_table(BUCKETS)?.iter()? {
                let (name, record) = bucket?;
                all.push((name.value().to_owned(), serde_json::from_slice(record.value())?));
            }
            Ok(all)
        })
    }

    pub(crate) fn set_bucket_tags(&self, name: &str, tags: Vec<(String, String)>) -> S3Result<()> {
        self.change(|transaction| {
            let mut buckets = transaction.open_table(BUCKETS)?;
            let mut bucket = bucket_in(&buckets, name)?;
            bucket.tags = tags;
            put(&mut buckets, name, &bucket)
        })
    }

    pub(crate) fn object(&self, bucket: &str, key: &str) -> S3Result<Object> {
        self.with(|database| {
            let transaction = database.begin_read()?;
            let id = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            let found = transaction.open_table(OBJECTS)?.get((id, key.as_bytes()))?;
            let record = found.ok_or_else(fault::no_such_key)?;
            Ok(serde_json::from_slice(record.value())?)
        })
    }

    /// Records an object in place of the one that was there. Gives the files of that one, no longer referred to.
    pub(crate) fn put_object(
        &self,
        bucket: &str,
        key: &str,
        object: &Object,
        precondition: &Precondition,
    ) -> S3Result<Vec<String>> {
        self.change(|transaction| {
            let id = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            replace(transaction, id, key, object, precondition)
        })
    }

    /// Changes what is said of an object, not its bytes.
    pub(crate) fn update_object<T>(
        &self,
        bucket: &str,
        key: &str,
        update: impl FnOnce(&mut Object) -> S3Result<T>,
    ) -> S3Result<T> {
        self.change(|transaction| {
            let id = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            let mut objects = transaction.open_table(OBJECTS)?;
            let mut object = existing(&objects, id, key)?.ok_or_else(fault::no_such_key)?;
            let done = update(&mut object)?;
            put(&mut objects, (id, key.as_bytes()), &object)?;
            Ok(done)
        })
    }

    /// Removes objects in one transaction. Each one's outcome; the files of all that went.
    pub(crate) fn delete_objects(
        &self,
        bucket: &str,
        keys: &[(String, Precondition)],
    ) -> S3Result<(Vec<S3Result<()>>, Vec<String>)> {
        self.change(|transaction| {
            let id = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            let mut objects = transaction.open_table(OBJECTS)?;
            let (mut outcomes, mut files) = (Vec::with_capacity(keys.len()), Vec::new());
            for (key, precondition) in keys {
                let object = existing(&objects, id, key)?;
                let allowed = precondition.check(object.as_ref());
                if let (Ok(()), Some(object)) = (&allowed, object) {
                    objects.remove((id, key.as_bytes()))?;
                    files.extend(object.files());
                }
                outcomes.push(allowed);
            }
            forget(transaction, &files)?;
            Ok((outcomes, files))
        })
    }

    pub(crate) fn list(&self, bucket: &str, selection: &Selection<'_>) -> S3Result<Listing> {
        self.with(|database| {
            let transaction = database.begin_read()?;
            let id = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            list(&transaction.open_table(OBJECTS)?, id, selection)
        })
    }

    pub(crate) fn create_upload(&self, bucket: &str, id: &str, upload: &Upload) -> S3Result<()> {
        self.change(|transaction| {
            let bucket = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            put(&mut transaction.open_table(UPLOADS)?, (bucket, id), upload)
        })
    }

    pub(crate) fn upload(&self, bucket: &str, key: &str, id: &str) -> S3Result<Upload> {
        self.with(|database| {
            let transaction = database.begin_read()?;
            let bucket = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            upload_in(&transaction.open_table(UPLOADS)?, bucket, key, id)
        })
    }

    /// A bucket's uploads, by key and then by when they were begun.
    pub(crate) fn uploads(&self, bucket: &str) -> S3Result<Vec<(String, Upload)>> {
        self.with(|database| {
            let transaction = database.begin_read()?;
            let bucket = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            let mut all: Vec<(String, Upload)> = Vec::new();
            for upload in transaction.open_table(UPLOADS)?.range((bucket, "")..(bucket + 1, ""))? {
                let (key, record) = upload?;
                all.push((key.value().1.to_owned(), serde_json::from_slice(record.value())?));
            }
            all.sort_by(|(a_id, a), (b_id, b)| (&a.key, a.initiated, a_id).cmp(&(&b.key, b.initiated, b_id)));
            Ok(all)
        })
    }

    /// Records a part in place of the one with its number. Gives the file of that one.
    pub(crate) fn put_part(
        &self,
        bucket: &str,
        key: &str,
        id: &str,
        number: u16,
        part: &Part,
    ) -> S3Result<Vec<String>> {
        self.change(|transaction| {
            let bucket = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            upload_in(&transaction.open_table(UPLOADS)?, bucket, key, id)?;
            let mut parts = transaction.open_table(PARTS)?;
            let before: Option<Part> = match parts.get((id, number))? {
                Some(record) => Some(serde_json::from_slice(record.value())?),
                None => None,
            };
            put(&mut parts, (id, number), part)?;
            transaction.open_table(FILES)?.insert(part.file.as_str(), ())?;
            let files: Vec<String> = before.into_iter().map(|part| part.file).collect();
            forget(transaction, &files)?;
            Ok(files)
        })
    }

    pub(crate) fn parts(&self, id: &str) -> S3Result<Vec<(u16, Part)>> {
        self.with(|database| {
            let parts = database.begin_read()?.open_table(PARTS)?;
            let mut all = Vec::new();
            for part in parts.range((id, 0)..=(id, u16::MAX))? {
                let (key, record) = part?;
                all.push((key.value().1, serde_json::from_slice(record.value())?));
            }
            Ok(all)
        })
    }

    /// Makes an object of an upload. `assemble` chooses among its parts. Gives the files that nothing refers to now.
    pub(crate) fn complete_upload(
        &self,
        (bucket, key, id): (&str, &str, &str),
        precondition: &Precondition,
        assemble: impl FnOnce(Upload, Vec<(u16, Part)>) -> S3Result<Object>,
    ) -> S3Result<(Object, Vec<String>)> {
        self.change(|transaction| {
            let bucket = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            let upload = {
                let mut uploads = transaction.open_table(UPLOADS)?;
                let upload = upload_in(&uploads, bucket, key, id)?;
                uploads.remove((bucket, id))?;
                upload
            };
            let parts = take_parts(transaction, id)?;
            let all: Vec<String> = parts.iter().map(|(_, part)| part.file.clone()).collect();
            let object = assemble(upload, parts)?;
            let used = object.files();
            let mut unused: Vec<String> = all.into_iter().filter(|file| !used.contains(file)).collect();
            forget(transaction, &unused)?;
            unused.extend(replace(transaction, bucket, key, &object, precondition)?);
            Ok((object, unused))
        })
    }

    pub(crate) fn abort_upload(&self, bucket: &str, key: &str, id: &str) -> S3Result<Vec<String>> {
        self.change(|transaction| {
            let bucket = bucket_in(&transaction.open_table(BUCKETS)?, bucket)?.id;
            let mut uploads = transaction.open_table(UPLOADS)?;
            upload_in(&uploads, bucket, key, id)?;
            uploads.remove((bucket, id))?;
            let files: Vec<String> = take_parts(transaction, id)?
                .into_iter()
                .map(|(_, part)| part.file)
                .collect();
            forget(transaction, &files)?;
            Ok(files)
        })
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn report(failure: &Failure) -> S3Error {
    let source: StdError = match failure {
        Failure::Fault(fault) => fault.to_string().into(),
        Failure::Database(error) => error.to_string().into(),
        Failure::Record(error) => error.to_string().into(),
    };
    fault::broken("the index", source)
}

fn put<K, V>(table: &mut Table<'_, K, &[u8]>, key: K::SelfType<'_>, record: &V) -> Outcome<()>
where
    K: redb::Key,
    V: Serialize,
{
    table.insert(key, serde_json::to_vec(record)?.as_slice())?;
    Ok(())
}

fn bucket_in(buckets: &impl ReadableTable<&'static str, &'static [u8]>, name: &str) -> Outcome<Bucket> {
    decode(buckets.get(name)?.ok_or_else(fault::no_such_bucket)?.value())
}

fn upload_in(
    uploads: &impl ReadableTable<(u64, &'static str), &'static [u8]>,
    bucket: u64,
    key: &str,
    id: &str,
) -> Outcome<Upload> {
    let upload: Upload = decode(uploads.get((bucket, id))?.ok_or_else(fault::no_such_upload)?.value())?;
    // An id is good for its key only: the decision was about the key that the request names.
    if upload.key == key {
        Ok(upload)
    } else {
        Err(fault::no_such_upload().into())
    }
}

fn existing(
    objects: &impl ReadableTable<(u64, &'static [u8]), &'static [u8]>,
    bucket: u64,
    key: &str,
) -> Outcome<Option<Object>> {
    objects
        .get((bucket, key.as_bytes()))?
        .map(|record| decode(record.value()))
        .transpose()
}

fn decode<T: DeserializeOwned>(record: &[u8]) -> Outcome<T> {
    Ok(serde_json::from_slice(record)?)
}

fn replace(
    transaction: &WriteTransaction,
    bucket: u64,
    key: &str,
    object: &Object,
    precondition: &Precondition,
) -> Outcome<Vec<String>> {
    let mut objects = transaction.open_table(OBJECTS)?;
    let before = existing(&objects, bucket, key)?;
    precondition.check(before.as_ref())?;
    put(&mut objects, (bucket, key.as_bytes()), object)?;
    let old = before.map(|object| object.files()).unwrap_or_default();
    forget(transaction, &old)?;
    let mut files = transaction.open_table(FILES)?;
    for segment in &object.segments {
        files.insert(segment.file.as_str(), ())?;
    }
    Ok(old)
}

fn take_parts(transaction: &WriteTransaction, upload: &str) -> Outcome<Vec<(u16, Part)>> {
    let mut parts = transaction.open_table(PARTS)?;
    let mut all = Vec::new();
    for part in parts.extract_from_if((upload, 0)..=(upload, u16::MAX), |_, _| true)? {
        let (key, record) = part?;
        all.push((key.value().1, serde_json::from_slice(record.value())?));
    }
    Ok(all)
}

fn forget(transaction: &WriteTransaction, names: &[String]) -> Outcome<()> {
    let mut files = transaction.open_table(FILES)?;
    for name in names {
        files.remove(name.as_str())?;
    }
    Ok(())
}

/// Keys in order, those with the delimiter after the prefix rolled up, seeking past each rolled-up group.
fn list(
    objects: &impl ReadableTable<(u64, &'static [u8]), &'static [u8]>,
    bucket: u64,
    selection: &Selection<'_>,
) -> Outcome<Listing> {
    let Selection {
        prefix,
        delimiter,
        after,
        limit,
    } = selection;
    let mut listing = Listing::default();
    if *limit == 0 {
        return Ok(listing);
    }
    // The next key may be no smaller than this.
    let mut from = prefix.as_bytes().to_vec();
    if let Some(after) = after.filter(|after| after.as_bytes() >= from.as_slice()) {
        from = after.as_bytes().to_vec();
        from.push(0);
    }
    let mut last = String::new();
    'seek: loop {
        for record in objects.range((bucket, from.as_slice())..(bucket + 1, b"".as_ref()))? {
            let (key, record) = record?;
            let (_, key) = key.value();
            if !key.starts_with(prefix.as_bytes()) {
                break 'seek;
            }
            // Keys come in as `str`.
            let key = String::from_utf8_lossy(key).into_owned();
            let group = delimiter.and_then(|delimiter| {
                let rest = key.get(prefix.len()..)?;
                let end = prefix.len() + rest.find(delimiter)? + delimiter.len();
                key.get(..end).map(str::to_owned)
            });
            if let Some(group) = group {
                from = successor(&group);
                // A group that a page ended with is not told again.
                if after.is_some_and(|after| group.as_str() <= after) {
                    continue 'seek;
                }
                if listing.objects.len() + listing.prefixes.len() == *limit {
                    listing.next = Some(last);
                    break 'seek;
                }
                last.clone_from(&group);
                listing.prefixes.push(group);
                continue 'seek;
            }
            if listing.objects.len() + listing.prefixes.len() == *limit {
                listing.next = Some(last);
                break 'seek;
            }
            last.clone_from(&key);
            listing.objects.push((key, decode(record.value())?));
        }
        break;
    }
    Ok(listing)
}

/// The least string of bytes that is greater than all that begin with `group`.
fn successor(group: &str) -> Vec<u8> {
    let mut bytes = group.as_bytes().to_vec();
    // UTF-8 has no byte 0xff, so this does not overflow; and a group is not empty.
    if let Some(last) = bytes.last_mut() {
        *last = last.saturating_add(1);
    }
    bytes
}
