//! What the model knows: who sent what, who stored what, and what it cannot know because the power went in between.

use std::collections::BTreeMap;

use kernel::{AccountId, DeviceId, MessageId, Millis};

/// Whether something happened. `Maybe`: it was asked for, and the power went before an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happened {
    No,
    Maybe,
    Yes,
}

pub(crate) struct Person {
    pub(crate) id: AccountId,
    pub(crate) devices: Vec<Device>,
    /// Whether the account was forgotten, and whether its key was destroyed.
    pub(crate) forgotten: Happened,
    pub(crate) key_destroyed: Happened,
    /// Everything ever seen in the inbox: what stands at a seq never changes.
    pub(crate) seen: BTreeMap<u64, String>,
    /// The highest seq that was ever told or answered, and what it was before the current batch.
    pub(crate) seq_told: u64,
    pub(crate) seq_before: u64,
    /// Which message an envelope's seq belongs to.
    pub(crate) envelopes: BTreeMap<u64, usize>,
}

pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) added: Happened,
    pub(crate) removed: Happened,
    /// From when on it was surely there.
    pub(crate) joined: Millis,
    /// The highest seq it stored, and the highest whose ack was answered.
    pub(crate) stored: u64,
    pub(crate) acked: u64,
    /// It has read to the end in this life of the server, and goes on live.
    pub(crate) live: bool,
}

/// When a message was first stored by a recipient's device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acked {
    pub(crate) at: Millis,
    pub(crate) served: i64,
}

#[derive(Debug)]
pub(crate) struct Recipient {
    pub(crate) person: usize,
    /// The earliest time at which an ack may have counted, and the ack that surely did.
    pub(crate) perhaps_acked: Option<Millis>,
    pub(crate) acked: Option<Acked>,
    /// A lease died unfinished while it was undelivered or held: it may be lost.
    pub(crate) perhaps_lost: bool,
    /// Its expiry was first tried, and surely done, at these times.
    pub(crate) expiry_tried: Option<Millis>,
    pub(crate) expired: Option<Millis>,
}

pub(crate) struct Message {
    pub(crate) text: String,
    pub(crate) client_id: String,
    pub(crate) sender: usize,
    pub(crate) device: DeviceId,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) own_copy: bool,
    /// The ids and times with which it was tried to be sent.
    pub(crate) tried: Vec<(MessageId, Millis)>,
    /// As it was answered.
    pub(crate) sent: Option<Sent>,
    /// As it was seen.
    pub(crate) seen_id: Option<MessageId>,
    pub(crate) recalled: Happened,
    pub(crate) recalled_at: Option<(Millis, i64)>,
    /// Older data came back: it has expired, at this served time.
    pub(crate) over: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) id: MessageId,
    pub(crate) at: Millis,
    pub(crate) seq: u64,
    pub(crate) served: i64,
}

/// Something to be done in a batch, again after a loss of power.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    Send(usize),
    /// The same send again.
    Repeat(usize),
    /// Other content under its client id.
    Misuse(usize),
    Ack {
        person: usize,
        device: usize,
        seq: u64,
    },
    Recall(usize),
    AddDevice {
        person: usize,
        device: usize,
    },
    RemoveDevice {
        person: usize,
        device: usize,
    },
    Forget(usize),
}

impl Person {
    pub(crate) fn is_there(&self) -> bool {
        self.forgotten == Happened::No && self.key_destroyed == Happened::No
    }
}

impl Device {
    pub(crate) fn is_there(&self) -> bool {
        self.added == Happened::Yes && self.removed == Happened::No
    }
}
