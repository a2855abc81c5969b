//! The domain as a service: a snapshot that everybody reads, and the one place where changes are committed.

use std::{
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use bytes::Bytes;
use jiff::Timestamp;
use rolecall_store::{Batch, Commit, CommitError, Entry, List, Revision, Store, Watch, WatchError};
use tokio::sync::Semaphore;

use crate::{
    account::removal,
    audit::Event,
    error::Error,
    keys::{Entropy, RootKey},
    permit::{Operation, Permit, op},
    quotas::Quotas,
    state::{Change, EVENTS, PREFIX, Snapshot},
    transaction::{IN_FLIGHT, Transaction},
};

/// How often a change is tried again when somebody else changes the same.
const ATTEMPTS: usize = 200;
/// How many records are read at once.
const PAGE: usize = 4096;
/// A thread is not worth its while for fewer records.
const FEW: usize = 128;

/// Accounts and all that is in them.
pub struct Identity {
    store: Arc<dyn Store>,
    root: Arc<RootKey>,
    entropy: Arc<dyn Entropy>,
    quotas: Quotas,
    snapshot: ArcSwap<Snapshot>,
    // Held only while applying what was already committed.
    follower: Mutex<Watch>,
    under_way: Semaphore,
}

impl Identity {
    /// Reads everything from the store. Blocks.
    pub fn open(
        store: Arc<dyn Store>,
        root: Arc<RootKey>,
        entropy: Arc<dyn Entropy>,
        quotas: Quotas,
    ) -> Result<Self, Error> {
        let (snapshot, watch) = load(&*store)?;
        Ok(Self {
            store,
            root,
            entropy,
            quotas,
            snapshot: ArcSwap::from_pointee(snapshot),
            follower: Mutex::new(watch),
            under_way: Semaphore::new(IN_FLIGHT),
        })
    }

    /// All there is now. Takes no lock and never waits.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The key that wraps secrets.
    pub fn root(&self) -> &Arc<RootKey> {
        &self.root
    }

    /// The randomness.
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.entropy
    }

    /// The limits in force.
    pub fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Makes a change. `change` is run over a snapshot, and again if somebody else changed the same meanwhile, so it must
    /// have no effect but on the transaction. When this returns, the change and its event are durable and the next
    /// [`snapshot`](Self::snapshot) shows them.
    pub async fn write<Op: Operation, T: Send>(
        &self,
        permit: Permit<Op>,
        now: Timestamp,
        change: impl Fn(&mut Transaction<'_>, Permit<Op>) -> Result<T, Error> + Sync,
    ) -> Result<T, Error> {
        let mut value = None;
        let change = &mut |tx: &mut Transaction<'_>| {
            demand_account(tx, &permit)?;
            value = Some(change(tx, permit.again())?);
            Ok(())
        };
        self.commit(now, change).await?;
        value.ok_or_else(never_ran)
    }

    /// Not generic: there are as many changes as operations, and one way to commit them.
    async fn commit(&self, now: Timestamp, change: &mut (dyn Changing + Send)) -> Result<(), Error> {
        let _turn = self
            .under_way
            .acquire()
            .await
            .map_err(|_| Error::Internal("the service is closed".to_owned()))?;
        for attempt in 0..ATTEMPTS {
            let Some(commit) = self.attempt(now, change)? else {
                return Ok(());
            };
            if self.settle(self.store.commit(commit).await)? {
                return Ok(());
            }
            if attempt > 4 {
                tokio::task::yield_now().await;
            }
        }
        Err(Error::Conflict)
    }

    /// As [`write`](Self::write), blocking this thread: for start-up and for tests.
    #[expect(clippy::needless_pass_by_value, reason = "a permit is used up by what it permits")]
    pub fn write_blocking<Op: Operation, T>(
        &self,
        permit: Permit<Op>,
        now: Timestamp,
        change: impl Fn(&mut Transaction<'_>, Permit<Op>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut value = None;
        let change = &mut |tx: &mut Transaction<'_>| {
            demand_account(tx, &permit)?;
            value = Some(change(tx, permit.again())?);
            Ok(())
        };
        self.commit_blocking(now, change)?;
        value.ok_or_else(never_ran)
    }

    fn commit_blocking(&self, now: Timestamp, change: &mut dyn Changing) -> Result<(), Error> {
        let _turn = loop {
            match self.under_way.try_acquire() {
                Ok(turn) => break turn,
                Err(_) => std::thread::yield_now(),
            }
        };
        for _ in 0..ATTEMPTS {
            let Some(commit) = self.attempt(now, change)? else {
                return Ok(());
            };
            if self.settle(self.store.commit(commit).wait())? {
                return Ok(());
            }
            std::thread::yield_now();
        }
        Err(Error::Conflict)
    }

    /// What is to be committed, if anything.
    fn attempt(&self, now: Timestamp, change: &mut dyn Changing) -> Result<Option<Commit>, Error> {
        let before = self.snapshot.load_full();
        let mut transaction = Transaction::new(&before, now, &*self.entropy, &self.root, &self.quotas);
        change(&mut transaction)?;
        let commit = transaction.into_commit();
        Ok((!commit.writes.is_empty()).then_some(commit))
    }

    /// Whether it was committed; a conflict is not, and then the snapshot is brought up to what we lost against.
    fn settle(&self, outcome: Result<Revision, CommitError>) -> Result<bool, Error> {
        match outcome {
            Ok(revision) => {
                self.catch_up(revision)?;
                Ok(true)
            }
            Err(CommitError::Conflict(_)) => {
                self.catch_up(Revision::ZERO)?;
                Ok(false)
            }
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Applies what was committed, by whomever, at least up to `revision`.
    fn catch_up(&self, revision: Revision) -> Result<(), Error> {
        let mut watch = self.follower.lock().unwrap_or_else(PoisonError::into_inner);
        if watch.seen() >= revision && revision > Revision::ZERO {
            return Ok(());
        }
        let mut snapshot = Snapshot::clone(&self.snapshot.load());
        let mut changed = false;
        loop {
            match watch.try_next() {
                Ok(Some(batch)) => {
                    apply(&mut snapshot, &batch)?;
                    changed = true;
                }
                // The store publishes a commit before it acknowledges it, so nothing is missing here.
                Ok(None) => break,
                Err(WatchError::TooOld { .. }) => {
                    let (fresh, follower) = load(&*self.store)?;
                    snapshot = fresh;
                    *watch = follower;
                    changed = true;
                    break;
                }
                Err(error) => return Err(Error::Internal(error.to_string())),
            }
        }
        if changed {
            self.snapshot.store(Arc::new(snapshot));
        }
        Ok(())
    }

    /// The oldest events that wait to be written to the audit files, in the order of time. Blocks.
    pub fn waiting_events(&self, limit: usize) -> Result<Vec<WaitingEvent>, Error> {
        let page = self.store.list(&List::prefix(EVENTS).limit(limit))?;
        let read = |entry: rolecall_store::Entry| {
            let line = std::str::from_utf8(&entry.value).map_err(|error| Error::Internal(error.to_string()))?;
            let event = Event::from_line(line).map_err(|error| Error::Internal(error.to_string()))?;
            Ok(WaitingEvent { event, key: entry.key })
        };
        page.entries.into_iter().map(read).collect()
    }

    /// Removes events that are in the audit files now. One that was written but not removed, because the process was
    /// killed in between, is written again: it has the same id.
    pub async fn events_written(&self, events: &[WaitingEvent]) -> Result<(), Error> {
        let commit = events
            .iter()
            .fold(Commit::new(), |commit, event| commit.delete(event.key.clone()));
        match self.store.commit(commit).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(Error::Conflict),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Follows what other replicas write, until the store is closed. Run it as a task beside the server.
    pub async fn follow(&self) -> Result<(), Error> {
        loop {
            let since = self.follower.lock().unwrap_or_else(PoisonError::into_inner).seen();
            match self.store.watch(PREFIX.as_bytes(), since) {
                Ok(mut watch) => match watch.next().await {
                    Ok(_) | Err(WatchError::TooOld { .. }) => self.catch_up(Revision::ZERO)?,
                    Err(WatchError::Closed) => return Ok(()),
                    Err(WatchError::Store(error)) => return Err(error.into()),
                },
                Err(WatchError::TooOld { .. }) => self.catch_up(Revision::ZERO)?,
                Err(WatchError::Closed) => return Ok(()),
                Err(WatchError::Store(error)) => return Err(error.into()),
            }
        }
    }
}

/// Nothing changes in an account that is not there, but that an account comes to be.
fn demand_account<Op: Operation>(tx: &mut Transaction<'_>, permit: &Permit<Op>) -> Result<(), Error> {
    if Op::ACTION == op::CreateAccount::ACTION || tx.snapshot().operator().is_none() {
        return Ok(());
    }
    removal::demand(tx, permit.account())
}

/// A change in the making, without its type: what it gives back is left where it was called from.
trait Changing: FnMut(&mut Transaction<'_>) -> Result<(), Error> {}

impl<T: FnMut(&mut Transaction<'_>) -> Result<(), Error>> Changing for T {}

fn never_ran() -> Error {
    Error::Internal("a change was committed that never ran".to_owned())
}

/// An event that was committed with its change and is not in the audit files yet.
#[derive(Debug, Clone)]
pub struct WaitingEvent {
    /// The event.
    pub event: Event,
    key: Bytes,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

/// Everything in the store, and the watch that goes on from there. Read page by page, so that not all of it is in memory
/// twice at once.
fn load(store: &dyn Store) -> Result<(Snapshot, Watch), Error> {
    'again: loop {
        let mut snapshot = Snapshot::default();
        let mut list = List::prefix(PREFIX).limit(PAGE);
        let mut page = store.list(&list)?;
        let since = page.revision;
        snapshot.revision = since;
        loop {
            for change in read(&page.entries)? {
                change(&mut snapshot);
            }
            let Some(end) = page.entries.last().filter(|_| page.more) else {
                break;
            };
            list = list.after(end.key.clone());
            page = store.list(&list)?;
        }
        let mut watch = match store.watch(PREFIX.as_bytes(), since) {
            Ok(watch) => watch,
            Err(WatchError::TooOld { .. }) => continue,
            Err(error) => return Err(Error::Internal(error.to_string())),
        };
        // What was written between the pages: only with all of it are they as of one moment.
        loop {
            match watch.try_next() {
                Ok(Some(batch)) => apply(&mut snapshot, &batch)?,
                Ok(None) => return Ok((snapshot, watch)),
                Err(WatchError::TooOld { .. }) => continue 'again,
                Err(error) => return Err(Error::Internal(error.to_string())),
            }
        }
    }
}

/// Reads records on all processors: most of the time of a start goes into compiling policies.
fn read(entries: &[Entry]) -> Result<Vec<Change>, Error> {
    let one = |entry: &Entry| Snapshot::read(&entry.key, Some(&entry.value), entry.modified);
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    if threads == 1 || entries.len() < 2 * FEW {
        return entries.iter().map(one).collect();
    }
    let each = entries.len().div_ceil(threads).max(FEW);
    let parts: Vec<Result<Vec<Change>, Error>> = std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for part in entries.chunks(each) {
            threads.push(scope.spawn(move || part.iter().map(one).collect()));
        }
        let died = |_| Err(Error::Internal("reading the records broke off".to_owned()));
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(died))
            .collect()
    });
    let parts: Vec<Vec<Change>> = parts.into_iter().collect::<Result<_, _>>()?;
    Ok(parts.into_iter().flatten().collect())
}

fn apply(snapshot: &mut Snapshot, batch: &Batch) -> Result<(), Error> {
    for change in &batch.changes {
        snapshot.apply(&change.key, change.value.as_deref(), batch.revision)?;
    }
    Ok(())
}
