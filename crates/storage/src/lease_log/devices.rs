//! Devices come and go, and accounts are forgotten.

use kernel::{AccountId, DeviceId};

use super::batch::{Batch, COMMIT};
use super::drafts::{Receipt, Written};
use super::format::Role;
use super::index::{Device, EntryKind, Index, NONE};
use super::marks::MarkContent;
use super::records::{Cursor, Record};
use super::{Core, StopReason};

/// Why a device or account could not be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The clock is in doubt.
    #[error("the server's clock is being checked; try again in half a minute")]
    ClockCheck,
    /// The lease log has stopped.
    #[error("the server is stopping after a failure of its disk")]
    Stopped,
}

impl Core {
    /// A device that is known already stays as it is, so this can be asked at each connection.
    pub(super) fn add_device(
        &mut self,
        batch: &mut Batch,
        account: AccountId,
        device: DeviceId,
    ) -> Result<(), ChangeError> {
        let mut index = self.shared.index_mut();
        let inbox = index.account_or_new(account);
        if index.inboxes[inbox].device(device).is_none() {
            let joined = index.last_seq(account);
            batch.record(Record::Cursor(Cursor { account, device, acked: 0, joined }));
            let segment = batch.parts[COMMIT].segment;
            index.inboxes[inbox].set_device(Device { id: device, acked: 0, joined, segment });
        }
        Ok(())
    }

    pub(super) fn remove_device(
        &mut self,
        batch: &mut Batch,
        account: AccountId,
        device: DeviceId,
    ) -> Result<(), ChangeError> {
        let mut index = self.shared.index_mut();
        if index.remove_device(account, device) {
            batch.record(Record::DeviceGone { account, device });
        }
        Ok(())
    }

    /// Withdraws what the account sent and what waits for it. Senders of what was not delivered are told that it never will
    /// be, and `tell` that the account is gone.
    pub(super) fn forget_account(
        &mut self,
        batch: &mut Batch,
        account: AccountId,
        tell: Vec<AccountId>,
    ) -> Result<Result<(), ChangeError>, StopReason> {
        self.withdraw(batch, account);
        for other in tell {
            if let Written::InDoubt = self.add_mark(batch, other, &MarkContent::AccountGone { a: account }, 0)? {
                return Ok(Err(ChangeError::ClockCheck));
            }
        }
        Ok(Ok(()))
    }

    fn withdraw(&self, batch: &mut Batch, account: AccountId) {
        let mut index = self.shared.index_mut();
        if index.account(account).is_some() {
            batch.record(Record::AccountGone(account));
            for receipt in index.forget_account(account) {
                batch.receipt(receipt);
            }
        }
    }

    /// Finishes deletions that were cut off between the end of an account's key and this log (D-05): what has no key is
    /// forgotten, and whoever wrote to it is told.
    pub(super) fn forget_the_keyless(&mut self) -> Result<(), StopReason> {
        let keyless: Vec<_> = {
            let index = self.shared.index();
            index.accounts().filter(|account| !self.vault.holds_account(*account)).collect()
        };
        let Ok(now) = self.vault.now() else { return Ok(()) };
        if keyless.is_empty() {
            return Ok(());
        }
        let mut batch = self.begin(now, Role::Commit)?;
        for account in keyless {
            self.withdraw(&mut batch, account);
        }
        self.finish(batch)
    }
}

impl Index {
    /// Whether there was such a device.
    pub(super) fn remove_device(&mut self, account: AccountId, device: DeviceId) -> bool {
        let Some(inbox) = self.account(account) else { return false };
        let devices = &mut self.inboxes[inbox].devices;
        let before = devices.len();
        devices.retain(|known| known.id != device);
        devices.len() < before
    }

    /// Removes an account with all that it sent and all that waits for it. Gives a receipt for each sender who waits for a
    /// delivery to it. The log is replayed through here too.
    pub(super) fn forget_account(&mut self, account: AccountId) -> Vec<Receipt> {
        let Some(inbox) = self.account(account) else { return Vec::new() };
        let mut receipts = Vec::new();
        // From the end, so that what is left of a full inbox need not move up each time.
        for entry in self.inboxes[inbox].entries.clone().into_iter().rev() {
            receipts.extend(self.undeliverable(entry));
            self.remove_entry(entry);
        }
        for message in 0..self.messages.numbers() {
            if self.messages[message].sender == inbox && self.messages[message].first != NONE {
                for entry in self.entries_of(message) {
                    self.remove_entry(entry);
                }
            }
        }
        self.remove_account(inbox);
        receipts.retain(|receipt| receipt.sender != account);
        receipts
    }

    /// The receipt its sender gets for an entry that can no longer be delivered; `None` when it was, or is no envelope.
    pub(super) fn undeliverable(&self, entry: u32) -> Option<Receipt> {
        let entry = &self.entries[entry];
        if entry.kind() != EntryKind::Envelope || !entry.is_undelivered() {
            return None;
        }
        let found = &self.messages[entry.message];
        Some(Receipt {
            message: found.id(),
            sender: self.inboxes[found.sender].id,
            account: self.inboxes[entry.inbox].id,
            expired: true,
            delivered: found.delivered,
            of: found.of,
            replaces: 0,
        })
    }
}
