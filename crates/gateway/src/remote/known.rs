//! What was answered. Reading takes no lock: there are many requests for each answer.

use std::{
    borrow::Borrow,
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher as _, Hash},
    sync::Arc,
};

use arc_swap::ArcSwap;

/// A change copies one of so many parts.
const PARTS: usize = 256;

/// An answer, and of which revision and moment it is.
pub(super) struct Held<V> {
    pub(super) value: V,
    pub(super) revision: u64,
    pub(super) at: u64,
}

type Part<K, V> = HashMap<K, Arc<Held<V>>>;

/// Answers by what was asked.
pub(super) struct Known<K, V> {
    parts: Box<[ArcSwap<Part<K, V>>]>,
    /// Nobody outside can tell which part a name falls into, and so fill one.
    state: RandomState,
    most: usize,
}

impl<K: Hash + Eq + Clone, V> Known<K, V> {
    /// Of so many answers.
    pub(super) fn new(most: usize) -> Self {
        Self {
            parts: (0..PARTS).map(|_| ArcSwap::from_pointee(HashMap::new())).collect(),
            state: RandomState::new(),
            most: most.div_ceil(PARTS),
        }
    }

    fn part<Q: Hash + ?Sized>(&self, key: &Q) -> Option<&ArcSwap<Part<K, V>>> {
        let hash = self.state.hash_one(key);
        let at = usize::try_from(hash % PARTS as u64).ok()?;
        self.parts.get(at)
    }

    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<Arc<Held<V>>>
    where
        K: Borrow<Q>,
    {
        self.part(key)?.load().get(key).cloned()
    }

    /// Keeps an answer, unless one of a later revision is there; gives it back.
    pub(super) fn put(&self, key: &K, held: Held<V>) -> Arc<Held<V>> {
        let held = Arc::new(held);
        if let Some(part) = self.part(key) {
            part.rcu(|part| {
                let mut part = Part::clone(part);
                if part.len() >= self.most && !part.contains_key(key) {
                    part.retain(|_, other| other.revision >= held.revision);
                }
                if part.len() >= self.most && !part.contains_key(key) {
                    part.clear();
                }
                let is_older = part.get(key).is_some_and(|other| other.revision > held.revision);
                if !is_older {
                    part.insert(key.clone(), Arc::clone(&held));
                }
                part
            });
        }
        held
    }

    /// Forgets what was answered before a moment.
    pub(super) fn forget(&self, oldest: u64) {
        for part in &self.parts {
            if part.load().values().any(|held| held.at < oldest) {
                part.rcu(|part| {
                    let mut part = Part::clone(part);
                    part.retain(|_, held| held.at >= oldest);
                    part
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(revision: u64, at: u64) -> Held<u64> {
        Held {
            value: revision,
            revision,
            at,
        }
    }

    #[test]
    fn a_later_answer_stays_and_an_old_one_is_forgotten() {
        let known = Known::<String, u64>::new(1000);
        known.put(&"a".to_owned(), held(2, 20));
        known.put(&"a".to_owned(), held(1, 30));
        assert_eq!(known.get("a").unwrap().value, 2);
        known.put(&"b".to_owned(), held(1, 10));
        known.forget(20);
        assert!(known.get("a").is_some() && known.get("b").is_none());
    }

    #[test]
    fn there_are_never_more_than_so_many() {
        let known = Known::<u64, u64>::new(PARTS * 4);
        for key in 0..100_000 {
            known.put(&key, held(1, 1));
            assert!(known.get(&key).is_some());
        }
        let kept: usize = known.parts.iter().map(|part| part.load().len()).sum();
        assert!(kept <= PARTS * 4, "{kept}");
    }
}
