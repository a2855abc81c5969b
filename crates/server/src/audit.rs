//! The audit log as files: `DIR/audit/…jsonl`, one event a line.
//!
//! An event is written out of the process, with one `write` to a file opened for appending, before whatever depends on it
//! leaves; so SIGKILL loses none. Those who come at the same time share that `write`: the first of them lets the others
//! come before it writes for all. With `sync` it is on the disk too: one `fdatasync` serves all who wait for it. When the
//! disk is full nothing is issued until it is not (threat 12), and readiness says so.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use jiff::Timestamp;
use rolecall_identity::audit::{Appended, AuditFailed, AuditLog, Chain, Event, Unlinked};
use tokio::sync::oneshot;

use crate::clock::Clock;

pub mod data;
pub mod drain;
pub mod lookup;

/// How the log is kept.
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// The directory of its files.
    pub directory: PathBuf,
    /// Whether to wait for the disk (`audit.sync`).
    pub sync: bool,
    /// A file that has grown to so many bytes is followed by another.
    pub rotate_bytes: u64,
    /// A file of this age is followed by another.
    pub rotate_after: Duration,
    /// Files older than this are removed.
    pub keep: Duration,
}

impl AuditConfig {
    /// With these files, and AWS's ninety days of event history.
    pub fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            sync: false,
            rotate_bytes: 64 * 1024 * 1024,
            rotate_after: Duration::from_hours(24),
            keep: Duration::from_hours(90 * 24),
        }
    }
}

/// How many bytes of memory are kept for the next write.
const KEPT: usize = 256 * 1024;

/// The log.
pub struct FileLog {
    config: AuditConfig,
    clock: Arc<dyn Clock>,
    open: Mutex<Open>,
    queue: Mutex<Queue>,
    failing: AtomicBool,
    syncing: Option<mpsc::Sender<Sync>>,
}

struct Open {
    file: Arc<File>,
    started: Timestamp,
    length: u64,
    number: u64,
    chain: Chain,
    // What is written at once; its memory is used again.
    text: String,
    // A write broke off and its rest could not be cut away: the next line starts on a line of its own.
    torn: bool,
}

/// Lines that wait until their first writes them all, so that nobody waits on a lock for a disk.
#[derive(Default)]
struct Queue {
    led: bool,
    lines: Vec<Unlinked>,
    /// Who brought the lines: each but the leader.
    waiting: Vec<Wait>,
}

/// Whoever came first: writes for all. One that is dropped before it could (its client has gone) writes then.
struct Leader<'a>(&'a FileLog);

impl Leader<'_> {
    fn write(self) -> io::Result<Arc<File>> {
        // Written here, and so not when it is dropped.
        std::mem::ManuallyDrop::new(self).0.write_queue()
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        // Whoever waits is told; nobody else is there who could be.
        let _told = self.0.write_queue();
    }
}

/// Tells whoever waits which file has their line.
type Wait = oneshot::Sender<Result<Arc<File>, io::ErrorKind>>;

struct Sync {
    file: Arc<File>,
    done: oneshot::Sender<io::Result<()>>,
}

impl FileLog {
    /// Opens the log and goes on after its last line. A last line that broke off when a machine died is closed.
    pub fn open(config: AuditConfig, clock: Arc<dyn Clock>) -> io::Result<Arc<Self>> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&config.directory)?;
        let files = files(&config.directory)?;
        let (number, chain) = match files.last() {
            Some((number, path)) => (number + 1, end_of(path)?),
            None => (1, Chain::new()),
        };
        let open = Open::create(&config.directory, number, chain, clock.now())?;
        let syncing = if config.sync { Some(start_syncing()?) } else { None };
        let log = Self {
            config,
            clock,
            open: Mutex::new(open),
            queue: Mutex::default(),
            failing: AtomicBool::new(false),
            syncing,
        };
        log.remove_old(log.clock.now());
        Ok(Arc::new(log))
    }

    /// The directory of the files.
    pub fn directory(&self) -> &Path {
        &self.config.directory
    }

    /// Leaves the line to whoever leads, or makes its owner the leader.
    fn queue(&self, line: Unlinked) -> Queued<'_> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.lines.push(line);
        if queue.led {
            let (done, told) = oneshot::channel();
            queue.waiting.push(done);
            return Queued::Follows(told);
        }
        queue.led = true;
        Queued::Leads(Leader(self))
    }

    /// Writes all that waits, and what comes meanwhile; tells what became of the first lines, the leader's own among them.
    fn write_queue(&self) -> io::Result<Arc<File>> {
        let mut own = None;
        loop {
            let (lines, waiting) = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                if queue.lines.is_empty() {
                    queue.led = false;
                    return own.unwrap_or_else(|| Err(io::Error::other("no line was left to write")));
                }
                (std::mem::take(&mut queue.lines), std::mem::take(&mut queue.waiting))
            };
            let outcome = self.write_lines(lines.into_iter());
            for wait in waiting {
                let told = outcome.as_ref().map(Arc::clone).map_err(io::Error::kind);
                // Who no longer waits needs no answer.
                let _ = wait.send(told);
            }
            own.get_or_insert(outcome);
        }
    }

    fn write_lines(&self, lines: impl Iterator<Item = Unlinked>) -> io::Result<Arc<File>> {
        let now = self.clock.now();
        let mut open = self.lock();
        if self.is_due(&open, now) {
            *open = Open::create(&self.config.directory, open.number + 1, open.chain.clone(), now)?;
            self.remove_old(now);
        }
        open.append(lines)?;
        Ok(Arc::clone(&open.file))
    }

    fn is_due(&self, open: &Open, now: Timestamp) -> bool {
        let age = now.as_second().saturating_sub(open.started.as_second());
        open.length >= self.config.rotate_bytes
            || (open.length > 0 && u64::try_from(age).is_ok_and(|age| age >= self.config.rotate_after.as_secs()))
    }

    /// Removes files whose successor began before the time of keeping.
    fn remove_old(&self, now: Timestamp) {
        let Ok(files) = files(&self.config.directory) else {
            return;
        };
        let keep = i64::try_from(self.config.keep.as_secs()).unwrap_or(i64::MAX);
        let oldest = now.as_second().saturating_sub(keep);
        for pair in files.windows(2) {
            let [(_, path), (_, next)] = pair else { continue };
            if started(next).is_some_and(|started| started < oldest)
                && let Err(error) = fs::remove_file(path)
            {
                tracing::warn!(%error, path = %path.display(), "an old audit file was not removed");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outcome(&self, outcome: io::Result<()>) -> Result<(), AuditFailed> {
        match outcome {
            Ok(()) => {
                if self.failing.load(Ordering::Relaxed) && self.failing.swap(false, Ordering::Relaxed) {
                    tracing::info!("the audit log is written again");
                }
                Ok(())
            }
            Err(error) => {
                metrics::counter!("rolecall_audit_failures_total").increment(1);
                self.failing.store(true, Ordering::Relaxed);
                tracing::error!(%error, "THE AUDIT LOG CANNOT BE WRITTEN: nothing is issued until it can");
                Err(AuditFailed(Box::new(error)))
            }
        }
    }
}

impl AuditLog for FileLog {
    fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    fn append(&self, event: &Event) -> Appended<'_> {
        let line = match Unlinked::new(event) {
            Ok(line) => line,
            Err(error) => return Box::pin(std::future::ready(self.outcome(Err(error.into())))),
        };
        let queued = self.queue(line);
        Box::pin(async move {
            let written = match queued {
                Queued::Leads(leader) => {
                    // Others are about to bring theirs; to wait for them takes no longer than to work beside them. The write
                    // itself is a copy into the page cache: handing it to another thread would cost more than it takes.
                    tokio::task::yield_now().await;
                    leader.write()
                }
                Queued::Follows(told) => match told.await {
                    Ok(written) => written.map_err(io::Error::from),
                    Err(_) => Err(io::Error::other("whoever wrote the log was stopped")),
                },
            };
            let outcome = match (written, &self.syncing) {
                (Ok(_), None) => Ok(()),
                (Ok(file), Some(syncing)) => synced(syncing, file).await,
                (Err(error), _) => Err(error),
            };
            self.outcome(outcome)
        })
    }
}

/// By whom a line is written.
enum Queued<'a> {
    Leads(Leader<'a>),
    Follows(oneshot::Receiver<Result<Arc<File>, io::ErrorKind>>),
}

async fn synced(syncing: &mpsc::Sender<Sync>, file: Arc<File>) -> io::Result<()> {
    let ended = || io::Error::other("the syncing thread ended");
    let (done, waiting) = oneshot::channel();
    syncing.send(Sync { file, done }).map_err(|_| ended())?;
    waiting.await.unwrap_or_else(|_| Err(ended()))
}

impl std::fmt::Debug for FileLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileLog")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Open {
    fn create(directory: &Path, number: u64, chain: Chain, now: Timestamp) -> io::Result<Self> {
        let time: String = now
            .to_string()
            .chars()
            .take(19)
            .filter(|c| !"-:".contains(*c))
            .collect();
        let path = directory.join(format!("{number:08}-{time}Z-{}.jsonl", now.as_second()));
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        let length = file.metadata()?.len();
        Ok(Self {
            file: Arc::new(file),
            started: now,
            length,
            number,
            chain,
            text: String::new(),
            torn: false,
        })
    }

    /// Writes lines at once: all of them, or none.
    fn append(&mut self, lines: impl Iterator<Item = Unlinked>) -> io::Result<()> {
        let mut chain = self.chain.clone();
        self.text.clear();
        self.text.shrink_to(KEPT);
        if self.torn {
            self.text.push('\n');
        }
        for line in lines {
            chain.link(&line, &mut self.text);
            self.text.push('\n');
        }
        match (&*self.file).write_all(self.text.as_bytes()) {
            Ok(()) => {
                self.chain = chain;
                self.torn = false;
                self.length = self
                    .length
                    .saturating_add(u64::try_from(self.text.len()).unwrap_or(u64::MAX));
                Ok(())
            }
            Err(error) => {
                // Half a line may stand there now: cut it away.
                self.torn = self.file.set_len(self.length).is_err();
                Err(error)
            }
        }
    }
}

/// One thread that syncs for all who wait: whoever comes while it syncs is served by the next round.
fn start_syncing() -> io::Result<mpsc::Sender<Sync>> {
    let (sender, receiver) = mpsc::channel::<Sync>();
    std::thread::Builder::new()
        .name("audit-sync".to_owned())
        .spawn(move || {
            while let Ok(first) = receiver.recv() {
                let mut waiting = vec![first];
                waiting.extend(receiver.try_iter());
                let mut last: Option<(Arc<File>, Option<io::ErrorKind>)> = None;
                for Sync { file, done } in waiting {
                    let known = last
                        .as_ref()
                        .filter(|(synced, _)| Arc::ptr_eq(synced, &file))
                        .map(|(_, failure)| *failure);
                    let failure = known.unwrap_or_else(|| file.sync_data().err().map(|error| error.kind()));
                    last = Some((file, failure));
                    // Who no longer waits needs no answer.
                    let _ = done.send(failure.map_or(Ok(()), |kind| Err(io::Error::from(kind))));
                }
            }
        })?;
    Ok(sender)
}

/// The log's files, oldest first.
fn files(directory: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".jsonl"))
            .and_then(|name| name.split('-').next())
            .and_then(|number| number.parse().ok());
        if let Some(number) = number {
            files.push((number, path));
        }
    }
    files.sort();
    Ok(files)
}

/// When a file was begun, in seconds, as its name says.
fn started(path: &Path) -> Option<i64> {
    path.file_stem()?.to_str()?.rsplit('-').next()?.parse().ok()
}

/// The chain after a file's last line. Closes a line that broke off.
fn end_of(path: &Path) -> io::Result<Chain> {
    let mut file = OpenOptions::new().read(true).append(true).open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(1024 * 1024)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let text = String::from_utf8_lossy(&tail);
    if !text.is_empty() && !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    // A broken line is not part of the chain: the next line names the last whole one.
    let last = text.lines().rev().find(|line| Event::from_line(line).is_ok());
    Ok(last.map_or_else(Chain::new, Chain::after))
}

#[cfg(test)]
mod tests;
