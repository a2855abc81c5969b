//! Takes a body in: written aside, hashed on the way, moved into place when it is whole and what was announced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use s3s::{S3Error, S3ErrorCode, S3Result, StdError};
use tokio::task::spawn_blocking;

use crate::digest::{Algorithm, Announced, Hasher, Hashes};
use crate::fault;
use crate::files::{Files, Pinned};
use crate::place;

/// Bytes that are gathered before a thread is asked to write them: large enough that the hand-over costs nothing.
const BLOCK: usize = 512 * 1024;
/// The most that one PUT may carry: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const LARGEST: u64 = 5 * 1024 * 1024 * 1024;

/// A whole file, not yet recorded. Removed again when this is dropped without [`Stored::settle`].
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) hashes: Hashes,
    pinned: Pinned,
    kept: bool,
}

impl Stored {
    pub(crate) fn etag(&self) -> String {
        hex::encode(self.hashes.md5)
    }

    /// The index was asked to name it. Where that was refused the file goes; where it failed nobody knows whether the
    /// record is on disk, so the file stays, and the next start's sweep decides.
    pub(crate) fn settle<T>(mut self, recorded: S3Result<T>) -> S3Result<T> {
        self.kept = match &recorded {
            Ok(_) => true,
            Err(error) => *error.code() == S3ErrorCode::InternalError,
        };
        recorded
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        if !self.kept {
            // Happens when the pin goes, a moment from now.
            self.pinned.files().remove(std::slice::from_ref(&self.name));
        }
    }
}

/// What is known of a body before it comes.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) length: Option<u64>,
    pub(crate) announced: Announced,
    pub(crate) algorithm: Algorithm,
}

/// Stores a body. An error of the stream, a wrong length or a wrong checksum leaves nothing.
pub(crate) async fn store<S>(files: &Arc<Files>, name: String, body: S, expected: Expected) -> S3Result<Stored>
where
    S: Stream<Item = Result<Bytes, StdError>>,
{
    if expected.length.is_some_and(|length| length > LARGEST) {
        return Err(fault::entity_too_large());
    }
    let mut body = std::pin::pin!(body);
    let mut sink = blocking({
        let files = Arc::clone(files);
        move || Sink::create(files, name, expected.algorithm)
    })
    .await?;
    let mut block = BytesMut::new();
    let mut total: u64 = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| {
            tracing::debug!(%error, "a body was broken off");
            fault::incomplete_body()
        })?;
        total += chunk.len() as u64;
        if total > expected.length.unwrap_or(LARGEST) {
            return Err(if expected.length.is_some() {
                fault::incomplete_body()
            } else {
                fault::entity_too_large()
            });
        }
        // Large chunks go through uncopied.
        if block.is_empty() && chunk.len() >= BLOCK {
            sink = blocking(move || sink.write(&chunk)).await?;
            continue;
        }
        block.extend_from_slice(&chunk);
        if block.len() >= BLOCK {
            let full = block.split().freeze();
            sink = blocking(move || sink.write(&full)).await?;
        }
    }
    if expected.length.is_some_and(|length| length != total) {
        return Err(fault::incomplete_body());
    }
    let last = block.freeze();
    tokio::task::spawn_blocking(move || {
        let sink = sink.write(&last).map_err(|e| fault::broken("writing an object", e))?;
        sink.finish(&expected.announced)
    })
    .await
    .map_err(|e| fault::broken("writing an object", e))?
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> S3Result<T> {
    let done = spawn_blocking(work)
        .await
        .map_err(|e| fault::broken("writing an object", e))?;
    done.map_err(|e| fault::broken("writing an object", e))
}

/// A file being written. Removed when dropped.
struct Sink {
    file: File,
    name: String,
    size: u64,
    hasher: Option<Hasher>,
    pinned: Option<Pinned>,
    files: Arc<Files>,
}

impl Sink {
    fn create(files: Arc<Files>, name: String, algorithm: Algorithm) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(files.unfinished(&name))?;
        let pinned = files.pin(vec![name.clone()]);
        Ok(Self {
            file,
            name,
            size: 0,
            hasher: Some(Hasher::new(algorithm)),
            pinned: Some(pinned),
            files,
        })
    }

    fn write(mut self, bytes: &[u8]) -> io::Result<Self> {
        self.file.write_all(bytes)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        self.size += bytes.len() as u64;
        Ok(self)
    }

    fn finish(mut self, announced: &Announced) -> Result<Stored, S3Error> {
        let (Some(hasher), Some(pinned)) = (self.hasher.take(), self.pinned.take()) else {
            return Err(fault::internal());
        };
        let found = hasher.finish();
        found.verify(announced)?;
        let moved = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(self.files.unfinished(&self.name), self.files.path(&self.name)))
            .and_then(|()| place::sync(&self.files.shelf(&self.name)));
        // From here on dropping `stored` removes the file, wherever it is by now.
        let stored = Stored {
            name: self.name.clone(),
            size: self.size,
            hashes: found,
            pinned,
            kept: false,
        };
        moved.map_err(|e| fault::broken("syncing an object", e))?;
        Ok(stored)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // Not there any more when it was moved into place.
        let _ = fs::remove_file(self.files.unfinished(&self.name));
    }
}
