//! Reports that were made and not fetched yet, in memory: after a restart they are made anew.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use rolecall_identity::account::{credential_report::NEWEST, last_accessed::Report};
use rolecall_names::AccountId;

/// For how many seconds a report about last accesses is kept.
const KEPT: i64 = 24 * 60 * 60;
/// How many of them are kept for an account, and for all: the oldest go.
const MOST: usize = 100;
const MOST_OF_ALL: usize = 1000;

/// All reports.
#[derive(Debug, Default)]
pub struct Reports {
    credentials: Mutex<BTreeMap<AccountId, Credentials>>,
    accesses: Mutex<BTreeMap<String, Accesses>>,
}

/// A credential report.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// When it was made, in seconds.
    pub generated: i64,
    /// The table.
    pub content: Bytes,
}

/// A report about last accesses.
#[derive(Debug, Clone)]
struct Accesses {
    account: AccountId,
    /// Who asked for it, and may fetch it.
    by: String,
    report: Arc<Report>,
}

impl Reports {
    /// The newest credential report of an account, however old.
    pub fn credentials(&self, account: AccountId) -> Option<Credentials> {
        lock(&self.credentials).get(&account).cloned()
    }

    /// Keeps a credential report, in the place of the one before. Those of other accounts that have expired go: only that
    /// they did is still known.
    pub fn keep_credentials(&self, account: AccountId, made: Credentials) {
        let mut all = lock(&self.credentials);
        for old in all.values_mut() {
            if made.generated.saturating_sub(old.generated) >= NEWEST {
                old.content = Bytes::new();
            }
        }
        all.insert(account, made);
    }

    /// Keeps a report about last accesses under a new id.
    pub fn keep_accesses(&self, id: String, account: AccountId, by: &str, report: Report) {
        let now = report.created;
        let mut all = lock(&self.accesses);
        all.retain(|_, kept| now.saturating_sub(kept.report.created) < KEPT);
        while all.values().filter(|kept| kept.account == account).count() >= MOST {
            forget_oldest(&mut all, Some(account));
        }
        while all.len() >= MOST_OF_ALL {
            forget_oldest(&mut all, None);
        }
        let kept = Accesses {
            account,
            by: by.to_owned(),
            report: Arc::new(report),
        };
        all.insert(id, kept);
    }

    /// The report of this id, if the same one asks who asked for it.
    pub fn accesses(&self, id: &str, account: AccountId, by: &str, now: i64) -> Option<Arc<Report>> {
        let all = lock(&self.accesses);
        let kept = all.get(id).filter(|kept| kept.account == account && kept.by == by)?;
        (now.saturating_sub(kept.report.created) < KEPT).then(|| Arc::clone(&kept.report))
    }
}

fn forget_oldest(all: &mut BTreeMap<String, Accesses>, account: Option<AccountId>) {
    let of = all
        .iter()
        .filter(|(_, kept)| account.is_none_or(|account| account == kept.account));
    let oldest = of.min_by_key(|(_, kept)| kept.report.created).map(|(id, _)| id.clone());
    if let Some(id) = oldest {
        all.remove(&id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(text: &str) -> AccountId {
        text.parse().unwrap()
    }

    fn report(created: i64) -> Report {
        Report {
            actions: false,
            created,
            services: Vec::new(),
            entities: Vec::new(),
        }
    }

    #[test]
    fn a_report_is_for_who_asked_for_it_and_for_a_day() {
        let reports = Reports::default();
        let (ours, theirs) = (account("123456789012"), account("210987654321"));
        reports.keep_accesses("a".to_owned(), ours, "alice", report(0));
        assert!(reports.accesses("a", ours, "alice", 5).is_some());
        assert!(reports.accesses("a", ours, "bob", 5).is_none());
        assert!(reports.accesses("a", theirs, "alice", 5).is_none());
        assert!(reports.accesses("b", ours, "alice", 5).is_none());
        assert!(reports.accesses("a", ours, "alice", KEPT).is_none());
    }

    #[test]
    fn an_account_that_asks_for_many_loses_its_own_oldest() {
        let reports = Reports::default();
        let (ours, theirs) = (account("123456789012"), account("210987654321"));
        reports.keep_accesses("theirs".to_owned(), theirs, "x", report(0));
        for number in 0..=MOST {
            let created = i64::try_from(number).unwrap();
            reports.keep_accesses(format!("{number}"), ours, "x", report(created));
        }
        assert!(reports.accesses("0", ours, "x", 200).is_none());
        assert!(reports.accesses("1", ours, "x", 200).is_some());
        assert!(reports.accesses("theirs", theirs, "x", 200).is_some());
    }
}
