//! A sender takes a message back within two minutes: what is not delivered is withdrawn, and every recipient is told.

use kernel::{AccountId, MessageId, Millis};

use super::batch::Batch;
use super::index::{EntryKind, Index};
use super::marks::MarkContent;
use super::records::Record;
use super::{Core, StopReason, times};

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

impl Core {
    pub(super) fn recall(
        &mut self,
        batch: &mut Batch,
        sender: AccountId,
        message: MessageId,
    ) -> Result<Result<(), RecallError>, StopReason> {
        let (at, told) = {
            let mut index = self.shared.index_mut();
            if index.recalled.get(&message).is_some_and(|(by, _)| *by == sender) {
                return Ok(Ok(()));
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
        for account in told {
            self.add_mark(batch, account, &MarkContent::Recalled { m: message }, 0)?;
        }
        Ok(Ok(()))
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
        self.recalled.insert(message, (sender, at));
    }

    /// Forgets recalls that nobody can repeat any more.
    pub(super) fn forget_recalls(&mut self, now: Millis) {
        self.recalled.retain(|_, (_, at)| now.since(*at) <= times::RECALL_MS);
    }

    /// Whether this is an entry of a message, and which.
    pub(super) fn message_of(&self, entry: u32) -> Option<u32> {
        let entry = &self.entries[entry];
        (!matches!(entry.kind(), EntryKind::Mark(_))).then_some(entry.message)
    }
}
