//! A device says what it has safely stored. The first device of an account to say so is the delivery (D-26).

use storage::lease_log::{AckError, Acked};

use crate::{Actor, Chats};

impl Chats {
    /// Records that `device` holds everything up to `seq`; durable when it returns. Senders then get their receipts.
    pub async fn acknowledge(&self, by: Actor, seq: u64) -> Result<Acked, AckError> {
        self.log.ack(by.account, by.device, seq).await
    }
}

/// The stable code of an acknowledgement that does not count.
pub const fn code(error: &AckError) -> &'static str {
    match error {
        AckError::UnknownDevice => "unknown_device",
        AckError::BadSeq => "bad_seq",
        AckError::ClockCheck => "clock_check",
        AckError::Stopped => "stopped",
    }
}
