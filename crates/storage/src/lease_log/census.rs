//! What is in flight, by the rows of the policy: for `billet audit`. Nothing is opened, and no file is read.

use std::sync::PoisonError;

use kernel::Millis;
use policy::{Held, Row, rows};
use vault::{KeyCensus, Lease};

use super::core::Shared;
use super::index::{Entry, EntryKind, Index};
use super::{LeaseLog, Reader, times};

/// Numbers looked at under one lock of the index: about 50 us, so that no sender waits behind a census.
const SLICE: u32 = 4_096;

/// The hourly pass, as far as it got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassStatus {
    /// When the last one was done. Unknown before the first one of a process.
    pub last_done_at: Option<Millis>,
    /// The hour (since 1970) of the last lease that a pass has ended; 0 before the first.
    pub lease: u32,
    /// One is running.
    pub running: bool,
}

impl Reader {
    /// What is held of each row that the lease log stores, at `now`, when the keys are as `keys` says. What comes and goes
    /// meanwhile may be counted or not.
    pub fn census(&self, keys: &KeyCensus, now: Millis) -> Vec<Held> {
        let shared = self.shared();
        let mut messages = Held::none(rows::ChatMessage::INFO);
        let mut marks = Held::none(rows::ChatReceipt::INFO);
        let mut cursors = Held::none(rows::ChatCursor::INFO);
        in_slices(
            || shared.index().entries.numbers(),
            |from, to| {
                let index = shared.index();
                for number in from..to {
                    let entry = &index.entries[number];
                    if entry.is_live() {
                        index.count(entry, keys, now, &mut messages, &mut marks);
                    }
                }
            },
        );
        in_slices(
            || shared.index().inboxes.numbers(),
            |from, to| {
                let index = shared.index();
                let devices: usize = (from..to).map(|inbox| index.inboxes[inbox].devices.len()).sum();
                cursors.note(devices as u64, None, None, true, now);
            },
        );
        vec![messages, marks, client_ids(shared, keys, now), cursors]
    }

    /// How far the hourly pass got, as of the last tick.
    pub fn pass_status(&self) -> PassStatus {
        *self.shared().pass_status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LeaseLog {
    /// See [`Reader::census`]. Takes some milliseconds for a million messages: not for a thread that serves.
    pub fn census(&self, keys: &KeyCensus, now: Millis) -> Vec<Held> {
        self.reader().census(keys, now)
    }

    /// See [`Reader::pass_status`].
    pub fn pass_status(&self) -> PassStatus {
        self.reader().pass_status()
    }
}

fn in_slices(numbers: impl Fn() -> u32, mut each: impl FnMut(u32, u32)) {
    let mut from = 0;
    loop {
        let end = numbers();
        let to = end.min(from + SLICE);
        if from >= to {
            return;
        }
        each(from, to);
        from = to;
    }
}

/// Client ids lie in files of an hour, and are counted by the hour: what ends is the last of it.
fn client_ids(shared: &Shared, keys: &KeyCensus, now: Millis) -> Held {
    let mut held = Held::none(rows::ChatIdempotency::INFO);
    let hours = shared.client_id_hours.lock().unwrap_or_else(PoisonError::into_inner);
    for (hour, count) in hours.iter() {
        let end = times::client_id_deadline(times::hour_start(hour + 1));
        held.note(*count, Some(times::hour_start(*hour)), Some(end), keys.deadline_lives(end), now);
    }
    held
}

impl Index {
    fn count(&self, entry: &Entry, keys: &KeyCensus, now: Millis, messages: &mut Held, marks: &mut Held) {
        if let EntryKind::Mark(_) = entry.kind() {
            let end = times::mark_deadline(entry.made());
            marks.note(1, Some(entry.made()), Some(end), keys.deadline_lives(end), now);
            return;
        }
        let sent = self.messages[entry.message].at();
        let (deadline, end) = (times::message_deadline(sent), self.end_of(entry));
        let lease = Lease(self.hour_of(entry.place.segment).into());
        let lives = keys.deadline_lives(deadline) && keys.lease_lives(lease);
        messages.note(1, Some(sent), Some(end), lives, now);
    }
}
