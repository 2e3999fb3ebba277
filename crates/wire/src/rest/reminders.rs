//! Reminders: a message that somebody wants to be reminded of at a moment.

use kernel::{MessageId, Millis, ReminderId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::To;

/// `GET /v1/me/reminders`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Reminders {
    /// The earliest first. One whose moment has come stays for 30 days, or until it is removed.
    pub reminders: Vec<Reminder>,
}

/// A reminder.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Reminder {
    /// Its id.
    pub reminder_id: ReminderId,
    /// Where the message is.
    pub conversation: To,
    /// Of which message; the server knows nothing of it, and the text is on the devices.
    pub message: MessageId,
    /// When.
    pub at: Millis,
}

/// `POST /v1/me/reminders`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NewReminder {
    /// Where the message is.
    pub conversation: To,
    /// Of which message.
    pub message: MessageId,
    /// When: at most a year from now. A moment that is past is due at once.
    pub at: Millis,
}

/// The answer to `POST /v1/me/reminders`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReminderAdded {
    /// Its id.
    pub reminder_id: ReminderId,
}
