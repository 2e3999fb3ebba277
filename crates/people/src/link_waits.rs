//! Devices that wait to be let in, in memory: each sleeps until its link is answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::store::Hash;

/// Who waits for the answer to which link. The table decides; this only says when to look again.
#[derive(Debug, Default)]
pub(crate) struct LinkWaits {
    waiting: Mutex<HashMap<Hash, Arc<Notify>>>,
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
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = Arc::clone(waiting.entry(link).or_default());
        Waiter { waits: self, link, answered }
    }

    /// Wakes whoever waits for this link. To be called when the answer is durable.
    pub(crate) fn wake(&self, link: Hash) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answered) = waiting.get(&link) {
            answered.notify_waiters();
        }
    }

    /// Wakes everybody.
    pub(crate) fn wake_all(&self) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.values().for_each(|answered| answered.notify_waiters());
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.lock().unwrap().is_empty()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiting = self.waits.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Its own and the map's: nobody else waits for this link.
        if Arc::strong_count(&self.answered) == 2 {
            waiting.remove(&self.link);
        }
    }
}
