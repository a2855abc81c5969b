//! One call for all who want the same at the same time.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

type Key = [u8; 32];

/// The calls that are under way.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Key, watch::Receiver<()>>>);

/// Whether somebody calls, or waits for who does.
pub(super) enum Seat<'a> {
    /// Calls.
    Leads(Leader<'a>),
    /// Waits: it changes, or ends, when the leader is done.
    Follows(watch::Receiver<()>),
}

/// Who calls. Whoever follows goes on when it is dropped.
pub(super) struct Leader<'a> {
    flights: &'a Flights,
    key: Key,
    _landing: watch::Sender<()>,
}

impl Flights {
    pub(super) fn board(&self, key: Key) -> Seat<'_> {
        let mut flights = self.lock();
        if let Some(landing) = flights.get(&key) {
            return Seat::Follows(landing.clone());
        }
        let (sender, landing) = watch::channel(());
        flights.insert(key, landing);
        Seat::Leads(Leader {
            flights: self,
            key,
            _landing: sender,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, watch::Receiver<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.flights.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_follows_goes_on_when_the_leader_is_gone() {
        let flights = Flights::default();
        let Seat::Leads(leader) = flights.board([1; 32]) else {
            panic!("nobody flies yet")
        };
        let Seat::Follows(mut landing) = flights.board([1; 32]) else {
            panic!("somebody flies")
        };
        assert!(matches!(flights.board([2; 32]), Seat::Leads(_)));
        drop(leader);
        assert!(landing.changed().await.is_err());
        assert!(matches!(flights.board([1; 32]), Seat::Leads(_)));
    }
}
