//! A device says up to where everything is safe on it. The first device of an account to do so delivers to the account.

use kernel::{AccountId, DeviceId};

use super::Core;
use super::batch::{Batch, COMMIT};
use super::drafts::Receipt;
use super::index::{Device, Index};
use super::records::{Cursor, Record};
use super::times;

/// The answer to an ack: durable up to here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acked {
    /// The device's cursor.
    pub seq: u64,
}

/// Why an ack does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AckError {
    /// The device was never added, or removed.
    #[error("this device is not signed in")]
    UnknownDevice,
    /// Beyond everything the account was ever given.
    #[error("nothing with this seq was ever given to this account")]
    BadSeq,
    /// The clock is in doubt.
    #[error("the server's clock is being checked; try again in half a minute")]
    ClockCheck,
    /// The lease log has stopped.
    #[error("the server is stopping after a failure of its disk")]
    Stopped,
}

impl Core {
    pub(super) fn ack(
        &mut self,
        batch: &mut Batch,
        account: AccountId,
        device: DeviceId,
        seq: u64,
    ) -> Result<Acked, AckError> {
        let mut index = self.shared.index_mut();
        let inbox = index.account(account).ok_or(AckError::UnknownDevice)?;
        let Device { acked, joined, .. } = *index.inboxes[inbox].device(device).ok_or(AckError::UnknownDevice)?;
        if seq > index.last_seq(account) {
            return Err(AckError::BadSeq);
        }
        if seq <= acked {
            return Ok(Acked { seq: acked });
        }
        batch.record(Record::Ack(Cursor { account, device, acked: seq, joined }));
        let segment = batch.parts[COMMIT].segment;
        for receipt in index.ack(inbox, device, seq, times::until(batch.now), segment) {
            batch.receipt(Receipt { account, ..receipt });
        }
        Ok(Acked { seq })
    }
}

impl Index {
    /// Moves a device's cursor to `seq` and delivers what no device had stored before: it may be read until the hour `until`.
    /// Gives a receipt for each, without the recipient. The log is replayed through here too.
    pub(super) fn ack(&mut self, inbox: u32, device: DeviceId, seq: u64, until: u32, segment: u32) -> Vec<Receipt> {
        let Some(known) = self.inboxes[inbox].device_mut(device) else { return Vec::new() };
        let acked = known.acked;
        known.acked = acked.max(seq);
        known.segment = segment;
        let account = self.inboxes[inbox].id;
        let from = self.inboxes[inbox].position(&self.entries, acked + 1);
        let mut receipts = Vec::new();
        for position in from..self.inboxes[inbox].entries.len() {
            let number = self.inboxes[inbox].entries[position];
            let entry = &mut self.entries[number];
            if entry.seq() > seq {
                break;
            }
            if !entry.is_undelivered() {
                continue;
            }
            let (message, segment) = (entry.message, entry.place.segment);
            // A lease that ends later than the hour after the ack does not get shorter.
            let until = until.max(self.hour_of(segment));
            self.entries[number].set_until(until);
            receipts.push(self.deliver(message, account));
        }
        receipts
    }

    /// Counts one more delivery of a message.
    fn deliver(&mut self, message: u32, account: AccountId) -> Receipt {
        let replaces = self.receipts.get(&message).copied().unwrap_or(0);
        let found = &mut self.messages[message];
        found.delivered += 1;
        let (delivered, of) = (found.delivered, found.of);
        let (message, sender) = (found.id(), found.sender);
        Receipt { message, sender: self.inboxes[sender].id, account, expired: false, delivered, of, replaces }
    }

    /// The last seq given to an account; for one that nothing is known of, the least that it can be.
    pub(super) fn last_seq(&self, account: AccountId) -> u64 {
        let known = self.account(account).map_or(0, |inbox| self.inboxes[inbox].last_seq);
        known.max(self.seq_floor)
    }
}
