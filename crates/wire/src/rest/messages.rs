//! What the server still has of a message.

use kernel::{MessageId, Millis};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/messages/{message_id}`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageHeld {
    /// Which.
    pub message: MessageId,
    /// The server can still open it.
    pub held: bool,
    /// Until then at the latest; null when it is gone.
    pub until: Option<Millis>,
    /// Why it is still there.
    pub why: WhyHeld,
}

/// Why the server still has a message, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyHeld {
    /// It has reached no device of its recipient.
    Undelivered,
    /// It has, and the other devices have a moment to fetch it.
    Delivered,
    /// It is gone, or it never was, or it is between others.
    Gone,
}
