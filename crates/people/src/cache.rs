//! A bounded cache that a change outruns never: what was read before an invalidation is not put in after it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// What a reader holds between looking and putting in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(u64);

/// Two generations of a map: when the young one is full it becomes the old one, and what is used comes back. Small,
/// bounded, and everything in it costs one lookup.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    entries_max: usize,
    inner: Mutex<Inner<K, V>>,
}

#[derive(Debug)]
struct Inner<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    /// How many invalidations there have been.
    changes: u64,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// At most `2 * entries_max` entries.
    pub(crate) fn new(entries_max: usize) -> Self {
        let inner = Inner { young: HashMap::new(), old: HashMap::new(), changes: 0 };
        Self { entries_max, inner: Mutex::new(inner) }
    }

    /// The value, or a ticket to read it elsewhere and put it in.
    pub(crate) fn get(&self, key: &K) -> Result<V, Ticket> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = inner.young.get(key) {
            return Ok(value.clone());
        }
        match inner.old.remove(key) {
            Some(value) => {
                self.insert(&mut inner, key.clone(), value.clone());
                Ok(value)
            }
            None => Err(Ticket(inner.changes)),
        }
    }

    /// Puts in what was read with `ticket`, unless anything was invalidated since: then the reading may be stale.
    pub(crate) fn put(&self, ticket: Ticket, key: K, value: V) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.changes == ticket.0 {
            self.insert(&mut inner, key, value);
        }
    }

    /// Forgets the value. To be called when the change is durable and before anybody is told of it.
    pub(crate) fn forget(&self, key: &K) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.changes += 1;
        inner.young.remove(key);
        inner.old.remove(key);
    }

    /// Forgets everything, as a start does.
    #[cfg(test)]
    pub(crate) fn clear(&self) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.changes += 1;
        inner.young.clear();
        inner.old.clear();
    }

    fn insert(&self, inner: &mut Inner<K, V>, key: K, value: V) {
        if inner.young.len() >= self.entries_max {
            inner.old = std::mem::take(&mut inner.young);
        }
        inner.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(cache: &Cache<u32, u32>, key: u32) {
        if let Err(ticket) = cache.get(&key) {
            cache.put(ticket, key, key * 10);
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_put_in_after_it() {
        let cache = Cache::new(10);
        let ticket = cache.get(&1).unwrap_err();
        cache.forget(&1);
        cache.put(ticket, 1, 10);
        assert!(cache.get(&1).is_err());
        put(&cache, 1);
        assert_eq!(cache.get(&1).unwrap(), 10);
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let cache = Cache::new(10);
        for key in 0..1_000 {
            put(&cache, 0);
            put(&cache, key);
            let inner = cache.inner.lock().unwrap();
            assert!(inner.young.len() + inner.old.len() <= 20);
        }
        assert_eq!(cache.get(&0).unwrap(), 0);
        assert!(cache.get(&1).is_err());
    }

    #[test]
    fn what_is_forgotten_is_in_neither_generation() {
        let cache = Cache::new(2);
        for key in 0..3 {
            put(&cache, key);
        }
        for key in 0..3 {
            cache.forget(&key);
            assert!(cache.get(&key).is_err());
        }
    }
}
