//! An entry and a message in memory, packed: 32-bit fields throughout, so that nothing is padded.

use kernel::{AccountId, MessageId, Millis};

use super::slab::NONE;
use crate::lease_log::records::MarkKind;

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lease_log) struct Place {
    /// The index's number of the segment.
    pub(in crate::lease_log) segment: u32,
    /// Where in it.
    pub(in crate::lease_log) offset: u32,
}

/// What waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lease_log) enum EntryKind {
    /// A message on its way to a recipient.
    Envelope,
    /// The same for the sender's other devices; it counts as delivered when sent.
    OwnCopy,
    /// A mark: it lives its own 72 hours, whatever was acked.
    Mark(MarkKind),
}

/// Something that waits in an inbox.
pub(in crate::lease_log) struct Entry {
    seq: [u32; 2],
    pub(in crate::lease_log) place: Place,
    /// The message it belongs to; [`NONE`] for a mark.
    pub(in crate::lease_log) message: u32,
    pub(in crate::lease_log) inbox: u32,
    /// The neighbours among the entries of its message; for a mark, when it was made.
    pub(in crate::lease_log) before: u32,
    pub(in crate::lease_log) after: u32,
    /// The hour at whose start a delivered entry may no longer be read, and flags.
    state: u32,
}

const _: () = assert!(size_of::<Entry>() == 36);

/// Hours since 1970 fit in 24 bits until the year 3883.
const UNTIL: u32 = (1 << 24) - 1;
const KIND_SHIFT: u32 = 24;
const KIND: u32 = 7 << KIND_SHIFT;
const PENDING: u32 = 1 << 30;
const LIVE: u32 = 1 << 31;

impl Entry {
    /// An entry of a batch that is not durable yet.
    pub(in crate::lease_log) fn new(inbox: u32, seq: u64, kind: EntryKind, place: Place) -> Self {
        let kind = match kind {
            EntryKind::Envelope => 0,
            EntryKind::OwnCopy => 1,
            EntryKind::Mark(MarkKind::Receipt) => 2,
            EntryKind::Mark(MarkKind::Recalled) => 3,
            EntryKind::Mark(MarkKind::Notice) => 4,
        };
        let state = LIVE | PENDING | kind << KIND_SHIFT;
        Self { seq: split(seq), place, message: NONE, inbox, before: NONE, after: NONE, state }
    }

    pub(in crate::lease_log) fn seq(&self) -> u64 {
        join(self.seq)
    }

    pub(in crate::lease_log) fn kind(&self) -> EntryKind {
        match (self.state & KIND) >> KIND_SHIFT {
            0 => EntryKind::Envelope,
            1 => EntryKind::OwnCopy,
            2 => EntryKind::Mark(MarkKind::Receipt),
            3 => EntryKind::Mark(MarkKind::Recalled),
            _ => EntryKind::Mark(MarkKind::Notice),
        }
    }

    /// The hour at whose start it may no longer be read; `None` while it is undelivered.
    pub(in crate::lease_log) fn until(&self) -> Option<u32> {
        Some(self.state & UNTIL).filter(|hour| *hour != 0)
    }

    pub(in crate::lease_log) fn set_until(&mut self, hour: u32) {
        self.state = self.state & !UNTIL | hour & UNTIL;
    }

    /// An envelope that no device of its account has stored yet.
    pub(in crate::lease_log) fn is_undelivered(&self) -> bool {
        self.state & (KIND | UNTIL | LIVE) == LIVE
    }

    /// Its batch is not durable yet.
    pub(in crate::lease_log) fn is_pending(&self) -> bool {
        self.state & PENDING != 0
    }

    pub(in crate::lease_log) fn publish(&mut self) {
        self.state &= !PENDING;
    }

    /// False for the number of a removed entry that was not used again.
    pub(in crate::lease_log) fn is_live(&self) -> bool {
        self.state & LIVE != 0
    }

    pub(in crate::lease_log) fn clear_live(&mut self) {
        self.state &= !LIVE;
    }

    /// When a mark was made.
    pub(in crate::lease_log) fn made(&self) -> Millis {
        Millis(join([self.before, self.after]).cast_signed())
    }

    pub(in crate::lease_log) fn set_made(&mut self, made: Millis) {
        [self.before, self.after] = split(made.0.cast_unsigned());
    }
}

/// A message with at least one entry.
pub(in crate::lease_log) struct Message {
    pub(in crate::lease_log) id: [u8; 16],
    at: [u32; 2],
    /// The sender's inbox.
    pub(in crate::lease_log) sender: u32,
    /// How many recipients it had, and to how many it was delivered.
    pub(in crate::lease_log) of: u16,
    pub(in crate::lease_log) delivered: u16,
    /// One of its entries.
    pub(in crate::lease_log) first: u32,
}

const _: () = assert!(size_of::<Message>() == 36);

impl Message {
    pub(in crate::lease_log) fn new(id: MessageId, at: Millis, sender: u32, of: u16, delivered: u16) -> Self {
        Self { id: id.to_bytes(), at: split(at.0.cast_unsigned()), sender, of, delivered, first: NONE }
    }

    pub(in crate::lease_log) fn gone() -> Self {
        Self {
            id: AccountId::from_bytes([0; 16]).to_bytes(),
            at: [0; 2],
            sender: NONE,
            of: 0,
            delivered: 0,
            first: NONE,
        }
    }

    pub(in crate::lease_log) fn id(&self) -> MessageId {
        MessageId::from_bytes(self.id)
    }

    /// When it was sent.
    pub(in crate::lease_log) fn at(&self) -> Millis {
        Millis(join(self.at).cast_signed())
    }
}

fn split(number: u64) -> [u32; 2] {
    [(number >> 32) as u32, number as u32]
}

fn join([high, low]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}
