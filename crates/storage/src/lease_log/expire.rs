//! What ends with time: messages at their deadline, files when nothing in them can be opened.

use kernel::Millis;

use super::batch::Batch;
use super::format::{Kind, Name, Role};
use super::index::{EntryKind, Index};
use super::records::Record;
use super::{Core, StopReason, times};

/// Most messages that expire in one batch.
const EXPIRED_BATCH_MAX: usize = 512;

impl Core {
    pub(super) fn tick_once(&mut self) -> Result<(), StopReason> {
        self.vault.step().map_err(|error| StopReason::Keys(error.to_string()))?;
        let Ok(now) = self.vault.now() else { return Ok(()) };
        let waiting = self.shared.index().waiting;
        self.space.look(&*self.disk, waiting)?;
        self.shared.index_mut().forget_recalls(now);
        self.expire(now)?;
        self.remove_ended(now)?;
        self.begin_pass(now);
        Ok(())
    }

    /// Ends messages whose deadline has come, at most a batch of them. `true` when there may be more: slices of the pass go on
    /// with them, so that sends need not wait.
    pub(super) fn expire(&mut self, now: Millis) -> Result<bool, StopReason> {
        let owes = !self.owed.is_empty() || !self.owed_missed.is_empty();
        let Some(first) = self.shared.index_mut().next_expired(now) else {
            if owes {
                let batch = self.begin(now, Role::Commit)?;
                self.finish(batch)?;
            }
            return Ok(false);
        };
        let mut batch = self.begin(now, Role::Commit)?;
        let mut next = Some(first);
        let mut count = 0;
        while let Some(message) = next {
            self.expire_message(&mut batch, message);
            count += 1;
            next = if count < EXPIRED_BATCH_MAX { self.shared.index_mut().next_expired(now) } else { None };
        }
        self.finish(batch)?;
        Ok(count == EXPIRED_BATCH_MAX)
    }

    /// Ends one message: its sender and those it did not reach are told at the end of the batch (D-27).
    pub(super) fn expire_message(&self, batch: &mut Batch, message: u32) {
        let mut index = self.shared.index_mut();
        batch.record(Record::Expired(index.messages[message].id()));
        for entry in index.entries_of(message) {
            if let Some(receipt) = index.undeliverable(entry) {
                batch.miss(receipt.account);
                batch.receipt(receipt);
            }
        }
        index.expire(message);
    }

    /// Removes the files that nothing can be opened from any more.
    fn remove_ended(&mut self, now: Millis) -> Result<(), StopReason> {
        let over = |name: &Name| {
            let end = times::hour_start(name.hour + 1);
            match name.kind {
                Kind::Bodies => times::message_deadline(end) <= now,
                Kind::Marks => times::mark_deadline(end) <= now,
                Kind::ClientIds => times::client_id_deadline(end) <= now,
                Kind::Lease | Kind::ClientIdTable => false,
            }
        };
        let names: Vec<_> = self.shared.index().segment_names().filter(over).collect();
        for hour in self.ids.ended(now) {
            self.ids.remove(&*self.disk, &self.root, hour)?;
        }
        for name in names {
            if name.kind == Kind::Marks {
                self.shared.index_mut().forget_marks(name);
            }
            self.remove_segment(name)?;
        }
        Ok(())
    }

    /// Removes a segment's file. Readers that hold it can finish.
    pub(super) fn remove_segment(&mut self, name: Name) -> Result<(), StopReason> {
        self.tails.remove(&name);
        let Some(segment) = self.shared.index_mut().remove_segment(name) else { return Ok(()) };
        let removed = self.disk.remove_file(&segment.path);
        let removed = removed.and_then(|()| self.disk.sync_dir(&name.folder(&self.root)));
        removed.map_err(|source| StopReason::disk("remove", &segment.path, source))
    }
}

impl Index {
    /// Removes a message with all its entries. The log is replayed through here too.
    pub(super) fn expire(&mut self, message: u32) {
        for entry in self.entries_of(message) {
            self.remove_entry(entry);
        }
    }

    /// Removes the marks of a segment.
    fn forget_marks(&mut self, name: Name) {
        let Some((segment, _)) = self.segment_named(name) else { return };
        for number in 0..self.entries.numbers() {
            let entry = &self.entries[number];
            if entry.is_live() && matches!(entry.kind(), EntryKind::Mark(_)) && entry.place.segment == segment {
                self.remove_entry(number);
            }
        }
    }
}
