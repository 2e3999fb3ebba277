//! Marks that a batch will write at its end: one receipt a message however many of its recipients acked in it, one notice an
//! account however much it missed.

use kernel::{AccountId, MessageId, Millis};
use vault::SealError;

use super::batch::Batch;
use super::format::Kind;
use super::index::EntryKind;
use super::marks::MarkContent;
use super::records::Mark;
use super::{Core, StopReason, times};

/// A receipt that a sender will get.
#[derive(Clone, Copy)]
pub(super) struct Receipt {
    pub(super) message: MessageId,
    pub(super) sender: AccountId,
    /// The recipient it speaks of.
    pub(super) account: AccountId,
    pub(super) expired: bool,
    pub(super) delivered: u16,
    pub(super) of: u16,
    /// The seq of the sender's earlier receipt for this message, which this one says more than.
    pub(super) replaces: u64,
}

impl Batch {
    /// Notes a receipt. With several recipients a later one takes the place of an earlier one.
    pub(super) fn receipt(&mut self, receipt: Receipt) {
        let same = |known: &&mut Receipt| known.message == receipt.message && known.expired == receipt.expired;
        if receipt.of > 1
            && let Some(known) = self.receipts.iter_mut().rev().find(same)
        {
            *known = receipt;
            return;
        }
        self.receipts.push(receipt);
    }

    /// Notes that an account missed a message.
    pub(super) fn miss(&mut self, account: AccountId) {
        *self.missed.entry(account).or_default() += 1;
    }
}

impl Core {
    /// Writes the marks that the batch has gathered, and those that an earlier one could not seal.
    pub(super) fn flush_drafts(&mut self, batch: &mut Batch) -> Result<(), StopReason> {
        let mut receipts = std::mem::take(&mut self.owed);
        receipts.append(&mut batch.receipts);
        for receipt in receipts {
            let Receipt { message, sender, account, expired, delivered, of, replaces } = receipt;
            let content = MarkContent::Receipt { m: message, expired, a: account, n: delivered, of };
            match self.add_mark(batch, sender, &content, replaces)? {
                Written::InDoubt => self.owed.push(receipt),
                Written::Seq(seq) if of > 1 => {
                    let mut index = self.shared.index_mut();
                    if let Some(message) = index.message(message) {
                        index.receipts.insert(message, seq);
                    }
                }
                Written::Seq(_) | Written::NoAccount => {}
            }
        }
        let mut missed = std::mem::take(&mut self.owed_missed);
        for (account, count) in std::mem::take(&mut batch.missed) {
            *missed.entry(account).or_default() += count;
        }
        for (account, n) in missed {
            if let Written::InDoubt = self.add_mark(batch, account, &MarkContent::Missed { n }, 0)? {
                self.owed_missed.insert(account, n);
            }
        }
        for account in std::mem::take(&mut batch.restored) {
            self.add_mark(batch, account, &MarkContent::Restored, 0)?;
        }
        Ok(())
    }

    /// Adds a mark to an account's inbox, if the account is still there.
    pub(super) fn add_mark(
        &mut self,
        batch: &mut Batch,
        account: AccountId,
        content: &MarkContent,
        replaces: u64,
    ) -> Result<Written, StopReason> {
        if !self.vault.holds_account(account) {
            return Ok(Written::NoAccount);
        }
        let (inbox, seq) = {
            let mut index = self.shared.index_mut();
            let inbox = index.account_or_new(account);
            (inbox, index.next_seq(inbox, batch.now))
        };
        let sealed = match content.seal(&self.vault, account, seq, batch.now) {
            Ok(sealed) => sealed,
            Err(SealError::Gone(_)) => return Ok(Written::NoAccount),
            Err(SealError::ClockCheck(_)) => return Ok(Written::InDoubt),
            Err(error) => return Err(StopReason::Keys(error.to_string())),
        };
        let part = self.part(batch, Kind::Marks, times::hour(batch.now))?;
        let place = batch.parts[part].place();
        let mark = Mark { kind: content.kind(), account, seq, at: batch.now, replaces, sealed: &sealed };
        mark.encode(&mut batch.parts[part].frame);
        batch.seq_max = batch.seq_max.max(seq);
        let mut index = self.shared.index_mut();
        if let Some(replaced) = index.entry_at(inbox, replaces) {
            index.remove_entry(replaced);
        }
        let entry = index.add_mark(inbox, seq, EntryKind::Mark(content.kind()), place, batch.now);
        batch.fresh.push(entry);
        batch.told.push((account, content.delivery(seq)));
        Ok(Written::Seq(seq))
    }
}

/// What became of a mark.
pub(super) enum Written {
    /// It is in the batch.
    Seq(u64),
    /// Its account was deleted.
    NoAccount,
    /// The clock is in doubt: later.
    InDoubt,
}

/// When a mark made at `made` can no longer be read.
pub(super) fn is_over(made: Millis, now: Millis) -> bool {
    times::mark_deadline(made) <= now
}
