//! Whether a message can still be opened here, for the two it concerns. Looks at the index alone: no file, no key.

use kernel::{AccountId, MessageId, Millis};
use vault::HOLD_MS_MAX;

use super::index::{Entry, EntryKind, Index};
use super::{LeaseLog, ReadError, Reader, times};

/// A message that the server can open, and until when at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillHeld {
    /// No key of it lives after this.
    pub until: Millis,
    /// No device of one of its recipients has it yet.
    pub undelivered: bool,
}

impl Reader {
    /// What is held of a message that `account` sent or is to get; nothing when it is gone, and nothing when it is none of
    /// its business (SECR-ACCESS): the two are not told apart.
    pub fn still_held(&self, account: AccountId, message: MessageId) -> Result<Option<StillHeld>, ReadError> {
        let now = self.now()?;
        Ok(self.shared().index().still_held(account, message, now))
    }
}

impl LeaseLog {
    /// See [`Reader::still_held`].
    pub fn still_held(&self, account: AccountId, message: MessageId) -> Result<Option<StillHeld>, ReadError> {
        self.reader().still_held(account, message)
    }
}

impl Index {
    fn still_held(&self, account: AccountId, message: MessageId, now: Millis) -> Option<StillHeld> {
        let number = self.message(message)?;
        let (found, inbox) = (&self.messages[number], self.account(account)?);
        let entries = self.entries_of(number);
        // What is not durable yet was told to nobody.
        let live = || entries.iter().map(|entry| &self.entries[*entry]).filter(|entry| !entry.is_pending());
        if found.sender != inbox && !live().any(|entry| entry.inbox == inbox) {
            return None;
        }
        let until = live().map(|entry| self.end_of(entry)).max().filter(|until| *until > now)?;
        Some(StillHeld { until, undelivered: live().any(Entry::is_undelivered) })
    }

    /// When the last key of an entry of a message is dead: what was delivered ends with its lease, which a pass may hold for an
    /// hour (CHAT-3H).
    pub(super) fn end_of(&self, entry: &Entry) -> Millis {
        debug_assert!(!matches!(entry.kind(), EntryKind::Mark(_)), "a mark belongs to no message");
        let deadline = times::message_deadline(self.messages[entry.message].at());
        entry.until().map_or(deadline, |until| deadline.min(times::hour_start(until) + HOLD_MS_MAX))
    }
}
