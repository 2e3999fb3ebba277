//! A sender takes a message back within two minutes: what is not delivered is withdrawn, and every recipient is told.

use kernel::{AccountId, MessageId, Millis};

use super::batch::Batch;
use super::drafts::Written;
use super::index::{EntryKind, Index};
use super::marks::MarkContent;
use super::records::Record;
use super::{Core, StopReason, times};

/// A message that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// Where the sender's own inbox tells of it; 0 when that is no longer known.
    pub seq: u64,
    /// It was taken back by an earlier call, of which the inbox has told already.
    pub repeated: bool,
}

/// Why a message is not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecallError {
    /// No such message is held, or another account sent it.
    #[error("there is no such message to take back")]
    NotFound,
    /// More than two minutes have passed.
    #[error("a message can be taken back for two minutes")]
    TooLate,
    /// The clock is in doubt.
    #[error("the server's clock is being checked; try again in half a minute")]
    ClockCheck,
    /// The lease log has stopped.
    #[error("the server is stopping after a failure of its disk")]
    Stopped,
}

/// What a repeated recall is answered from.
pub(super) struct RecalledLately {
    sender: AccountId,
    /// When the message was sent.
    at: Millis,
    /// The place of the sender's own mark; 0 after a restart, when only the mark itself knows it.
    seq: u64,
}

impl Core {
    pub(super) fn recall(
        &mut self,
        batch: &mut Batch,
        sender: AccountId,
        message: MessageId,
    ) -> Result<Result<Recalled, RecallError>, StopReason> {
        let (at, told) = {
            let mut index = self.shared.index_mut();
            if let Some(known) = index.recalled.get(&message).filter(|known| known.sender == sender) {
                return Ok(Ok(Recalled { seq: known.seq, repeated: true }));
            }
            let found = index.message(message);
            let Some(number) = found.filter(|n| index.inboxes[index.messages[*n].sender].id == sender) else {
                return Ok(Err(RecallError::NotFound));
            };
            let at = index.messages[number].at();
            if batch.now.since(at) > times::RECALL_MS {
                return Ok(Err(RecallError::TooLate));
            }
            let owner = |entry: &u32| index.inboxes[index.entries[*entry].inbox].id;
            let mut told: Vec<_> = index.entries_of(number).iter().map(owner).collect();
            told.push(sender);
            told.sort_unstable();
            told.dedup();
            index.recall(message, sender, at);
            (at, told)
        };
        batch.record(Record::Recalled { message, sender, at });
        let mut told_at = 0;
        for account in told {
            let written = self.add_mark(batch, account, &MarkContent::Recalled { m: message }, 0)?;
            if let (true, Written::Seq(seq)) = (account == sender, written) {
                told_at = seq;
            }
        }
        if let Some(known) = self.shared.index_mut().recalled.get_mut(&message) {
            known.seq = told_at;
        }
        Ok(Ok(Recalled { seq: told_at, repeated: false }))
    }
}

impl Index {
    /// Withdraws a message. The log is replayed through here too.
    pub(super) fn recall(&mut self, message: MessageId, sender: AccountId, at: Millis) {
        if let Some(number) = self.message(message) {
            for entry in self.entries_of(number) {
                self.remove_entry(entry);
            }
        }
        self.recalled.insert(message, RecalledLately { sender, at, seq: 0 });
    }

    /// Forgets recalls that nobody can repeat any more.
    pub(super) fn forget_recalls(&mut self, now: Millis) {
        self.recalled.retain(|_, known| now.since(known.at) <= times::RECALL_MS);
    }

    /// Whether this is an entry of a message, and which.
    pub(super) fn message_of(&self, entry: u32) -> Option<u32> {
        let entry = &self.entries[entry];
        (!matches!(entry.kind(), EntryKind::Mark(_))).then_some(entry.message)
    }
}
