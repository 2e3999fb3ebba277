//! What the server says on the socket.

use kernel::{AccountId, MessageId, Millis};
use serde::{Deserialize, Serialize};
use utoipa::{PartialSchema, ToSchema};

use crate::To;

/// Any JSON value. The server passes it on byte for byte and never makes one of these: they are for programs in Rust
/// that read envelopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Content(pub serde_json::Value);

impl PartialSchema for Content {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::empty().into()
    }
}

impl ToSchema for Content {}

/// How a message fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// A device of the recipient holds it.
    Delivered,
    /// It reached no device within its time and is gone.
    Expired,
}

/// One frame from the server.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The message is durable.
    Sent {
        /// The client's own id of it.
        id: String,
        /// Its id.
        message: MessageId,
        /// When it was first accepted.
        at: Millis,
        /// Where the sender's own copy stands in the sender's inbox.
        seq: u64,
    },
    /// A message.
    Envelope {
        /// Its place in this account's inbox.
        seq: u64,
        /// Its id.
        message: MessageId,
        /// Who sent it.
        from: AccountId,
        /// Where it was sent.
        to: To,
        /// When the server accepted it.
        at: Millis,
        /// What kind of content it is.
        kind: String,
        /// The content as its sender wrote it.
        content: Content,
    },
    /// How a message that this account sent fared.
    Receipt {
        /// Its place in this account's inbox.
        seq: u64,
        /// The message.
        message: MessageId,
        /// What happened.
        state: ReceiptState,
        /// To whom it happened.
        account: AccountId,
        /// In a group: how many recipients have it.
        #[serde(skip_serializing_if = "Option::is_none")]
        delivered: Option<u32>,
        /// In a group: how many recipients there are.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<u32>,
    },
    /// The sender took a message back, and nothing of it is left on the server. It waits for every recipient, and for the
    /// sender's own devices as the answer to `recall`. A `recall` that is repeated is answered the same; `seq` is 0 when
    /// the inbox has told of it already and its place is no longer known.
    Recalled {
        /// Its place in this account's inbox.
        seq: u64,
        /// The message.
        message: MessageId,
    },
    /// Something this account should know that is about no single message.
    Notice {
        /// Its place in the inbox; 0 for one that waits nowhere, because a device that was away asks anew anyway.
        seq: u64,
        /// With `seq` 0: `contacts`, `profile`, `devices`, `chats` or `reminders` changed (or the moment of a reminder has
        /// come), fetch them anew; `policy`: a new version of it will take
        /// effect, see `GET /v1/policy/notice` (NOTI-BEFORE). In the inbox: `missed` (messages expired before they reached any
        /// device; the next `synced` counts them), `restored` (the server's data came back from a backup, and what was in
        /// flight has expired) or `account_deleted` (a contact has deleted their account).
        about: String,
        /// With `account_deleted`: whose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
    },
    /// The acknowledgement is durable.
    Acked {
        /// Up to here.
        seq: u64,
    },
    /// All that waited has been sent; what follows is live.
    Synced {
        /// The highest `seq` sent so far.
        seq: u64,
        /// How many messages expired lately without reaching any device (D-27).
        missed: u32,
    },
    /// A contact is typing.
    Typing {
        /// Who.
        from: AccountId,
        /// Where.
        to: To,
    },
    /// Yes.
    Pong,
    /// Something could not be done.
    Error {
        /// The client's own id of the message it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The message it is about, for a `recall`: `unknown_message` (no such message, or not one's own) or `too_late`
        /// (it was sent more than two minutes ago, by whomever).
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<MessageId>,
        /// Stable code.
        code: String,
        /// What happened and what to do, in English.
        detail: String,
    },
    /// Too many frames came at once. All of them are obeyed, but nothing more is read for this long; a socket that keeps
    /// flooding is closed (4008).
    SlowDown {
        /// How long to wait.
        retry_in_ms: u64,
    },
}

/// The frames of a client, for the OpenAPI document (they are parsed by [`crate::ClientFrame::parse`]).
#[derive(Serialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
#[schema(as = ClientFrame)]
pub enum SocketFrames {
    /// Send a message.
    Send {
        /// The client's own id: the same id is the same message.
        #[schema(min_length = 1, max_length = 64)]
        id: String,
        /// Where it goes.
        to: To,
        /// What kind of content it is.
        #[schema(min_length = 1, max_length = 32, pattern = "^[a-z0-9_]+$")]
        kind: String,
        /// Any JSON value of at most 16 KiB, nesting 32.
        content: Content,
    },
    /// Everything up to `seq` is safely stored on this device.
    Ack {
        /// The highest `seq` stored.
        seq: u64,
    },
    /// Send what comes after `after`, then go live.
    Sync {
        /// The highest `seq` held; 0 for all that is left.
        after: u64,
    },
    /// The person is typing.
    Typing {
        /// To whom.
        to: To,
    },
    /// Take back a message that this account sent within the last two minutes. Answered by `recalled` once that is
    /// durable, or by an `error` with `message`. May be repeated after a reconnect.
    Recall {
        /// The message.
        message: MessageId,
    },
    /// Are you there?
    Ping,
}
