//! The thread that writes. Whatever waits when it comes round goes into one transaction and shares one sync.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use redb::{Durability, ReadableTable, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

use super::{META, RECORDS, REVISION, Shared, check_format, failed};
use crate::{Batch, Change, Commit, CommitError, Conflict, Error, Revision};

/// The most commits and the most bytes that one transaction takes: the first ones should not wait for ever.
const GROUP: usize = 512;
const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// A commit and who waits for it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) commit: Commit,
    pub(super) reply: oneshot::Sender<Result<Revision, CommitError>>,
}

pub(super) struct Writer {
    shared: Arc<Shared>,
    queue: mpsc::Receiver<Job>,
    revision: Revision,
}

/// What came of one commit inside the group's transaction.
struct Applied {
    outcome: Result<Revision, Conflict>,
    batch: Option<Batch>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, queue: mpsc::Receiver<Job>, revision: Revision) -> Self {
        Self {
            shared,
            queue,
            revision,
        }
    }

    /// Until the queue is closed and empty.
    pub(super) fn run(mut self) {
        while let Some(first) = self.queue.blocking_recv() {
            let group = self.gather(first);
            self.write(group);
        }
    }

    fn gather(&mut self, first: Job) -> Vec<Job> {
        let mut bytes = size(&first.commit);
        let mut group = vec![first];
        while group.len() < GROUP && bytes < GROUP_BYTES {
            let Ok(job) = self.queue.try_recv() else { break };
            bytes += size(&job.commit);
            group.push(job);
        }
        group
    }

    fn write(&mut self, group: Vec<Job>) {
        if let Err(error) = self.ensure_open() {
            tracing::error!(%error, "the store cannot be opened again");
            // Callers that try again at once should not make this thread spin.
            std::thread::sleep(Duration::from_millis(50));
            return refuse(group, &error.to_string());
        }
        match self.try_write(&group) {
            Ok(applied) => {
                let mut batches = Vec::new();
                let mut replies = Vec::with_capacity(group.len());
                for (job, applied) in group.into_iter().zip(applied) {
                    if let Some(batch) = applied.batch {
                        self.revision = batch.revision;
                        batches.push(batch);
                    }
                    replies.push((job.reply, applied.outcome));
                }
                // Watchers first: who is told "done" finds the change in its watch.
                self.shared.log.publish(batches);
                for (reply, outcome) in replies {
                    // Whoever waited may have gone; the commit stands.
                    let _ = reply.send(outcome.map_err(CommitError::from));
                }
            }
            Err(error) => {
                tracing::error!(%error, "a group of commits failed");
                // After an error redb refuses all further work on this handle, and whether the group is on disk is
                // unknown. Opening the file again settles both.
                self.close();
                refuse(group, &error.to_string());
            }
        }
    }

    /// All commits of a group in one transaction. Each sees what those before it did, and takes its own revision.
    fn try_write(&self, group: &[Job]) -> Result<Vec<Applied>, Error> {
        let guard = self.shared.database();
        let database = guard
            .as_ref()
            .ok_or_else(|| Error::unavailable("the database is closed"))?;
        let write = || -> Result<Vec<Applied>, redb::Error> {
            let mut transaction = database.begin_write()?;
            transaction.set_durability(Durability::Immediate)?;
            let mut revision = self.revision;
            let mut all = Vec::with_capacity(group.len());
            for job in group {
                let applied = apply(&transaction, &job.commit, revision)?;
                revision = applied.batch.as_ref().map_or(revision, |batch| batch.revision);
                all.push(applied);
            }
            if revision == self.revision {
                transaction.abort()?;
            } else {
                transaction.open_table(META)?.insert(REVISION, revision.0)?;
                transaction.commit()?;
            }
            Ok(all)
        };
        write().map_err(|e| failed("writing", e))
    }

    fn close(&self) {
        *self.shared.database.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Opens the file again after an error. The group that failed may turn out to have been written.
    fn ensure_open(&mut self) -> Result<(), Error> {
        if self.shared.database().is_some() {
            return Ok(());
        }
        let database = (self.shared.opener)()?;
        let revision = check_format(&database)?;
        *self.shared.database.write().unwrap_or_else(PoisonError::into_inner) = Some(database);
        if revision != self.revision {
            self.revision = revision;
            self.shared.log.reset(revision);
        }
        Ok(())
    }
}

enum Step {
    Conflict(Conflict),
    Failed(redb::Error),
}

impl From<Conflict> for Step {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

fn apply(transaction: &WriteTransaction, commit: &Commit, at: Revision) -> Result<Applied, redb::Error> {
    let mut records = transaction.open_table(RECORDS)?;
    let checked = commit.verify(|key| match records.get(key) {
        Ok(found) => Ok(found.map(|record| Revision(record.value().0))),
        Err(e) => Err(Step::Failed(e.into())),
    });
    match checked {
        Ok(()) => {}
        Err(Step::Conflict(conflict)) => {
            return Ok(Applied {
                outcome: Err(conflict),
                batch: None,
            });
        }
        Err(Step::Failed(e)) => return Err(e),
    }
    let revision = at.next();
    let mut changes = Vec::with_capacity(commit.writes.len());
    for (key, value) in &commit.writes {
        let effective = match value {
            Some(value) => {
                records.insert(key.as_ref(), (revision.0, value.as_ref()))?;
                true
            }
            None => records.remove(key.as_ref())?.is_some(),
        };
        if effective {
            changes.push(Change {
                key: key.clone(),
                value: value.clone(),
            });
        }
    }
    if changes.is_empty() {
        return Ok(Applied {
            outcome: Ok(at),
            batch: None,
        });
    }
    Ok(Applied {
        outcome: Ok(revision),
        batch: Some(Batch { revision, changes }),
    })
}

fn refuse(group: Vec<Job>, why: &str) {
    for job in group {
        let _ = job.reply.send(Err(CommitError::Store(Error::unavailable(why))));
    }
}

fn size(commit: &Commit) -> usize {
    commit
        .writes
        .iter()
        .map(|(key, value)| key.len() + value.as_ref().map_or(0, bytes::Bytes::len))
        .sum()
}
