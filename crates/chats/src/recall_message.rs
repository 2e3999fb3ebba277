//! A sender takes a message back: what is undelivered is withdrawn, and every recipient is told.

use kernel::MessageId;
use storage::lease_log::{RECALL_MS, RecallError, Recalled};

use crate::{Actor, Chats};

impl Chats {
    /// Takes back a message that `by`'s account sent within two minutes; durable when it returns. May be repeated.
    ///
    /// A message of somebody else is no message (SECR-ACCESS). What is older than two minutes is too late whosesoever it
    /// was, held or not, so that this tells nobody what the server holds.
    pub async fn recall_message(&self, by: Actor, message: MessageId) -> Result<Recalled, RecallError> {
        match self.log.recall(by.account, message).await {
            Err(RecallError::NotFound) if self.is_too_old(message)? => Err(RecallError::TooLate),
            outcome => outcome,
        }
    }

    fn is_too_old(&self, message: MessageId) -> Result<bool, RecallError> {
        let now = self.vault.now().map_err(|_| RecallError::ClockCheck)?;
        Ok(now.since(message.made_at()) > RECALL_MS)
    }
}

/// The stable code of a recall that was refused.
pub const fn code(error: &RecallError) -> &'static str {
    match error {
        RecallError::NotFound => "unknown_message",
        RecallError::TooLate => "too_late",
        RecallError::ClockCheck => "clock_check",
        RecallError::Stopped => "stopped",
    }
}
