//! Devices that wait to be let in, in memory: each sleeps until its link is answered.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::store::Hash;

/// Who waits for the answer to which link. The table decides; this only says when to look again.
#[derive(Debug, Default)]
pub(crate) struct LinkWaits {
    waiting: Mutex<HashMap<Hash, Waiting>>,
}

/// A link that somebody waits for.
#[derive(Debug, Default)]
struct Waiting {
    answered: Arc<Notify>,
    /// How many wait. Counted here, under the lock: a count of handles would still hold one that is just being dropped.
    waiters: usize,
}

/// One that waits; dropping it forgets it.
#[derive(Debug)]
pub(crate) struct Waiter<'a> {
    waits: &'a LinkWaits,
    link: Hash,
    pub(crate) answered: Arc<Notify>,
}

impl LinkWaits {
    /// Waits for the answer to a link.
    pub(crate) fn wait(&self, link: Hash) -> Waiter<'_> {
        let mut all = self.all();
        let waiting = all.entry(link).or_default();
        waiting.waiters += 1;
        Waiter { waits: self, link, answered: Arc::clone(&waiting.answered) }
    }

    /// Wakes whoever waits for this link. To be called when the answer is durable.
    pub(crate) fn wake(&self, link: Hash) {
        if let Some(waiting) = self.all().get(&link) {
            waiting.answered.notify_waiters();
        }
    }

    /// Wakes everybody.
    pub(crate) fn wake_all(&self) {
        self.all().values().for_each(|waiting| waiting.answered.notify_waiters());
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Hash, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if let Entry::Occupied(mut waiting) = self.waits.all().entry(self.link) {
            waiting.get_mut().waiters -= 1;
            if waiting.get().waiters == 0 {
                waiting.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// Of two that wait for one link the last to go forgets it, however close they go together.
    #[test]
    fn nothing_is_left_of_those_who_no_longer_wait() {
        let waits = LinkWaits::default();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..20_000).for_each(|_| drop(waits.wait([7; 32]))));
            }
        });
        assert!(waits.is_empty());
        let (one, other) = (waits.wait([7; 32]), waits.wait([7; 32]));
        drop(one);
        assert!(!waits.is_empty());
        drop(other);
        assert!(waits.is_empty());
    }
}
