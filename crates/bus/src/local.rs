//! The bus of one machine: a table of lines in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{AccountId, DeviceId};
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

use crate::{Bus, Event};

/// Most events waiting on one line. A socket may have 256 envelopes unacknowledged; as many again may wait behind them
/// before it is cheaper to read on from the log.
const LINE_EVENTS_MAX: usize = 256;
/// Tables, each with a lock of its own: more than the cores of one machine.
const SHARDS: usize = 64;

/// Why a line came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The same device has opened a newer one.
    Replaced = 1,
    /// Its session is over.
    Disconnected = 2,
    /// The server stops.
    Stopping = 3,
}

/// One device's live line. Dropping it closes it.
#[derive(Debug)]
pub struct Subscription {
    account: AccountId,
    number: u64,
    events: Receiver<Event>,
    shared: Arc<Shared>,
    lines: Arc<Lines>,
}

#[derive(Debug, Default)]
struct Shared {
    lagging: AtomicBool,
    /// Why the line has ended; 0 while it has not.
    ended: AtomicU8,
    end: Notify,
}

impl Shared {
    fn end(&self, why: Ended) {
        self.ended.store(why as u8, Ordering::Release);
        self.end.notify_one();
    }
}

/// Tells when and why a line has ended.
#[derive(Clone, Debug)]
pub struct End(Arc<Shared>);

impl End {
    /// Why the line has ended, if it has. Whoever acts for a device asks before each act: a session that is over does
    /// nothing more, whatever has come from it already.
    pub fn get(&self) -> Option<Ended> {
        match self.0.ended.load(Ordering::Acquire) {
            0 => None,
            1 => Some(Ended::Replaced),
            2 => Some(Ended::Disconnected),
            _ => Some(Ended::Stopping),
        }
    }

    /// Waits for the end. One waits at a time.
    pub async fn wait(&self) -> Ended {
        loop {
            if let Some(why) = self.get() {
                return why;
            }
            self.0.end.notified().await;
        }
    }
}

#[derive(Debug)]
struct Line {
    device: DeviceId,
    number: u64,
    events: Sender<Event>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Lines {
    shards: Vec<Mutex<HashMap<AccountId, Vec<Line>>>>,
    next: AtomicU64,
}

/// The lines of one machine.
#[derive(Clone, Debug)]
pub struct Local(Arc<Lines>);

impl Local {
    /// A bus without lines.
    pub fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self(Arc::new(Lines { shards, next: AtomicU64::new(1) }))
    }

    /// Opens a line for a device and ends its older one.
    pub fn subscribe(&self, account: AccountId, device: DeviceId) -> Subscription {
        let (sender, events) = mpsc::channel(LINE_EVENTS_MAX);
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let shared = Arc::new(Shared::default());
        self.0.with(account, |lines| {
            lines.retain(|line| {
                let same = line.device == device;
                if same {
                    line.shared.end(Ended::Replaced);
                }
                !same
            });
            lines.push(Line { device, number, events: sender, shared: Arc::clone(&shared) });
        });
        Subscription { account, number, events, shared, lines: Arc::clone(&self.0) }
    }

    /// Ends every line: the server stops.
    pub fn stop(&self) {
        for shard in &self.0.shards {
            for line in lock(shard).drain().flat_map(|(_, lines)| lines) {
                line.shared.end(Ended::Stopping);
            }
        }
    }

    /// How many lines are open.
    pub fn lines(&self) -> usize {
        self.0.shards.iter().map(|s| lock(s).values().map(Vec::len).sum::<usize>()).sum()
    }
}

impl Default for Local {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for Local {
    fn publish(&self, to: AccountId, event: &Event) {
        let shard = lock(self.0.shard(to));
        for line in shard.get(&to).into_iter().flatten() {
            if event.origin == Some(line.device) || line.shared.lagging.load(Ordering::Acquire) {
                continue;
            }
            if let Err(TrySendError::Full(_)) = line.events.try_send(event.clone()) {
                line.shared.lagging.store(true, Ordering::Release);
            }
        }
    }

    fn listening(&self, account: AccountId) -> bool {
        lock(self.0.shard(account)).contains_key(&account)
    }

    fn is_connected(&self, account: AccountId, device: DeviceId) -> bool {
        let shard = lock(self.0.shard(account));
        shard.get(&account).is_some_and(|lines| lines.iter().any(|line| line.device == device))
    }

    fn disconnect(&self, account: AccountId, device: DeviceId) {
        self.0.with(account, |lines| {
            lines.retain(|line| {
                let same = line.device == device;
                if same {
                    line.shared.end(Ended::Disconnected);
                }
                !same
            });
        });
    }

    fn disconnect_all(&self, account: AccountId) {
        self.0.with(account, |lines| {
            for line in lines.drain(..) {
                line.shared.end(Ended::Disconnected);
            }
        });
    }
}

impl Lines {
    fn shard(&self, account: AccountId) -> &Mutex<HashMap<AccountId, Vec<Line>>> {
        let byte = usize::from(account.to_bytes()[15]);
        &self.shards[byte % SHARDS]
    }

    /// Changes the lines of an account and forgets the account when none is left.
    fn with(&self, account: AccountId, change: impl FnOnce(&mut Vec<Line>)) {
        let mut shard = lock(self.shard(account));
        let lines = shard.entry(account).or_default();
        change(lines);
        if lines.is_empty() {
            shard.remove(&account);
        }
    }
}

impl Subscription {
    /// The next event; never resolves once the line has ended, of which [`Subscription::end`] tells.
    pub async fn next(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    /// The next event, if one waits.
    pub fn try_next(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Whether events were left out since this was last asked. From this call on events are taken in again, so the
    /// caller empties the line first and then reads from the log what it has not seen.
    pub fn take_lagging(&self) -> bool {
        self.shared.lagging.swap(false, Ordering::AcqRel)
    }

    /// Tells of the end of this line, whether or not events are taken.
    pub fn end(&self) -> End {
        End(Arc::clone(&self.shared))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.lines.with(self.account, |lines| lines.retain(|line| line.number != self.number));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use kernel::Millis;

    use super::*;

    fn ids() -> (AccountId, DeviceId, DeviceId) {
        (AccountId::new(Millis(1), 1), DeviceId::new(Millis(1), 2), DeviceId::new(Millis(1), 3))
    }

    fn event(seq: u64, origin: Option<DeviceId>) -> Event {
        Event { seq: Some(seq), envelope: true, origin, frame: "{}".into() }
    }

    #[tokio::test]
    async fn every_device_but_the_origin_gets_an_event_in_order() {
        let (account, one, two) = ids();
        let bus = Local::new();
        let (mut first, mut second) = (bus.subscribe(account, one), bus.subscribe(account, two));
        bus.publish(account, &event(1, Some(one)));
        bus.publish(account, &event(2, None));
        assert_eq!(first.next().await.seq, Some(2));
        assert_eq!(second.next().await.seq, Some(1));
        assert_eq!(second.next().await.seq, Some(2));
    }

    #[tokio::test]
    async fn a_newer_line_of_a_device_ends_the_older() {
        let (account, one, two) = ids();
        let bus = Local::new();
        let old = bus.subscribe(account, one);
        let mut new = bus.subscribe(account, one);
        let mut other = bus.subscribe(account, two);
        assert!(bus.is_connected(account, one) && !bus.is_connected(AccountId::new(Millis(9), 9), one));
        assert_eq!(old.end().wait().await, Ended::Replaced);
        drop(old);
        bus.publish(account, &event(1, None));
        assert!(new.try_next().is_some() && other.try_next().is_some());
        bus.disconnect(account, two);
        assert!(!bus.is_connected(account, two));
        assert_eq!(other.end().wait().await, Ended::Disconnected);
        bus.stop();
        let end = new.end();
        assert_eq!((end.get(), end.wait().await), (Some(Ended::Stopping), Ended::Stopping));
        drop((new, other));
        assert_eq!(bus.lines(), 0);
    }

    /// D-05
    #[tokio::test]
    async fn all_lines_of_an_account_end_at_once_and_no_others() {
        let (account, one, two) = ids();
        let bus = Local::new();
        let lines = [bus.subscribe(account, one), bus.subscribe(account, two)];
        let other = bus.subscribe(AccountId::new(Millis(2), 9), one);
        bus.disconnect_all(account);
        assert!(lines.iter().all(|line| line.end().get() == Some(Ended::Disconnected)));
        assert_eq!((other.end().get(), bus.lines()), (None, 1));
    }

    #[tokio::test]
    async fn a_full_line_lags_and_recovers_when_asked() {
        let (account, one, _) = ids();
        let bus = Local::new();
        let mut line = bus.subscribe(account, one);
        for seq in 0..=LINE_EVENTS_MAX as u64 {
            bus.publish(account, &event(seq, None));
        }
        let taken = std::iter::from_fn(|| line.try_next()).count();
        assert_eq!(taken, LINE_EVENTS_MAX);
        assert!(line.take_lagging() && !line.take_lagging());
        bus.publish(account, &event(999, None));
        assert_eq!(line.next().await.seq, Some(999));
    }
}
