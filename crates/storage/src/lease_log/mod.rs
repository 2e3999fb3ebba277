//! Messages in flight: the lease log.
//!
//! A **body** is written once, in the segment of its hour of sending. Per recipient an **entry** holds the body's key, sealed
//! for a **lease** that ends within two hours; an hourly **pass** seals anew what must live on, and the lease's key dies with
//! the rest. **Marks** (receipts, recalls, notices) have no content and live their own 72 hours. Every account has an **inbox**
//! of both in the order of `seq`, and a **cursor** for each device.
//!
//! Invariants:
//! - What is told (to a sender, a device, a recipient) is durable before. One [`Core`] writes; a batch is a sync per file.
//! - Nothing undelivered is lost before its deadline, except by recall, account deletion, or a lease that no pass could carry
//!   over within its hour: then its sender is told `expired`.
//! - Nothing is readable from its deadline on, nor from the hour that follows its delivery by one to two hours.
//! - `seq` only rises, per account, whatever is lost or restored.
//! - Nothing is repaired by dropping: a failed sync, a gap or a wrong checksum stops the server ([`StopReason`]).
//!
//! Absences: no file is ever rewritten or compacted; no byte of a body is looked at; no time is asked for except effective time.
//!
//! `docs/formats.md` has the files, `docs/flows/forgetting-a-message.md` follows one message to its end.

mod ack;
mod batch;
mod census;
mod client_ids;
mod core;
mod devices;
mod drafts;
mod expire;
mod files;
pub mod format;
mod handle;
mod held;
mod index;
mod look;
mod marks;
mod open;
mod pass;
mod read;
mod recall;
pub mod records;
mod replay;
mod segment;
mod send;
mod snapshot;
mod space;
mod stop;
mod times;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use kernel::{AccountId, DeviceId, MessageId, Millis};

pub use self::ack::{AckError, Acked};
pub use self::census::PassStatus;
pub use self::core::{Core, Op, Outcome, Stats};
pub use self::devices::ChangeError;
pub use self::handle::LeaseLog;
pub use self::held::StillHeld;
pub use self::index::INDEX_ENTRY_BYTES;
pub use self::look::{HeadsSeen, look_at_heads};
pub use self::pass::PassWork;
pub use self::read::{ReadError, Reader};
pub use self::recall::{RecallError, Recalled};
pub use self::send::{NewMessage, SendError, Sent};
pub use self::snapshot::{SnapshotFile, snapshot};
pub use self::space::SpaceLimits;
pub use self::stop::StopReason;
pub use self::times::RECALL_MS;

/// Why the lease log does not open.
pub type OpenError = StopReason;
/// See [`Stats`].
pub type LeaseLogStats = Stats;

/// How to open the lease log.
#[derive(Clone, Debug)]
pub struct LeaseLogOptions {
    /// The folder of its files.
    pub folder: PathBuf,
    /// When sends are refused so that acks and passes still have room.
    pub space: SpaceLimits,
}

impl LeaseLogOptions {
    /// The usual limits, in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), space: SpaceLimits::default() }
    }
}

/// Told of everything that has just become durable.
pub trait Deliveries: Send + Sync + 'static {
    /// `delivery` waits for `to`. Called by the writer, in the order of seq for each account; must not wait for anything.
    fn committed(&self, to: AccountId, delivery: &Delivery);
}

/// Something for one account's devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the account's inbox.
    pub seq: u64,
    /// The message it is about; all zeros for a notice.
    pub message: MessageId,
    /// What it is.
    pub what: What,
}

/// What a delivery is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A message.
    Envelope(Arc<Envelope>),
    /// What became of a message the account sent.
    Receipt {
        /// Delivered or expired.
        state: ReceiptState,
        /// The recipient it speaks of; with several, the last of them.
        account: AccountId,
        /// To how many recipients it was delivered so far.
        delivered: u32,
        /// Of how many.
        of: u32,
    },
    /// The message was recalled.
    Recalled,
    /// Something else.
    Notice(Notice),
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptState {
    /// A device of the recipient stored it.
    Delivered,
    /// It can no longer be delivered (D-27).
    Expired,
}

/// Something an account should know that is about no single message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// So many messages expired without reaching any device of the account (D-27).
    Missed {
        /// How many.
        count: u32,
    },
    /// Somebody who was a contact has deleted their account (D-05).
    AccountGone {
        /// Which account it was.
        account: AccountId,
    },
    /// The server's data was brought back from a backup; what was in flight has expired.
    Restored,
}

/// A message on its way, in clear. It has no `Debug` that shows the body, so that it cannot reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Its id.
    pub message: MessageId,
    /// Who sent it.
    pub from: AccountId,
    /// The device it was sent from: it has the message already.
    pub from_device: DeviceId,
    /// When, by the server's effective time.
    pub at: Millis,
    /// What it says: bytes that are passed on as they came.
    pub body: Bytes,
}

impl std::fmt::Debug for Envelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Envelope({}, {} bytes)", self.message, self.body.len())
    }
}
