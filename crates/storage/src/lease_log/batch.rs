//! What one batch writes: a frame to the current lease's segment, and at most one to each other file it touches.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use kernel::{AccountId, Millis};

use super::drafts::Receipt;
use super::format::{FRAME_HEADER_BYTES, Kind, Name, Role};
use super::index::Place;
use super::records::{COMMIT_HEAD_BYTES, MESSAGE_BYTES, Message, Record};
use super::send::Sent;
use super::{Core, Delivery, StopReason};

/// A batch being put together.
pub(super) struct Batch {
    pub(super) number: u64,
    pub(super) role: Role,
    /// Effective time of everything in it.
    pub(super) now: Millis,
    /// The commit frame's share and those of other files, opened as they are needed.
    pub(super) parts: Vec<Part>,
    /// Entries and marks that readers see once it is durable.
    pub(super) fresh: Vec<u32>,
    /// Entries that lie elsewhere once it is durable.
    pub(super) moved: Vec<Moved>,
    /// Who is told what then, in this order.
    pub(super) told: Vec<(AccountId, Delivery)>,
    /// Client ids first seen in it, with what they sent.
    pub(super) ids: HashMap<u128, (Sent, Bytes)>,
    pub(super) receipts: Vec<Receipt>,
    pub(super) missed: BTreeMap<AccountId, u32>,
    pub(super) restored: Vec<AccountId>,
    /// The highest seq given in it.
    pub(super) seq_max: u64,
}

/// What goes to one file.
pub(super) struct Part {
    pub(super) name: Name,
    /// The index's number of the segment.
    pub(super) segment: u32,
    /// Where the frame will begin.
    base: u64,
    /// The frame so far, with room for its header.
    pub(super) frame: Vec<u8>,
    /// The message whose record was written last, and where: its further entries need no other.
    last_message: Option<(Message, u32)>,
}

/// An entry that was sealed anew.
pub(super) struct Moved {
    pub(super) entry: u32,
    pub(super) seq: u64,
    pub(super) place: Place,
    pub(super) lease: u32,
}

/// The commit frame is the first part; its payload begins with a head.
pub(super) const COMMIT: usize = 0;

impl Batch {
    pub(super) fn new(number: u64, role: Role, now: Millis) -> Self {
        Self {
            number,
            role,
            now,
            parts: Vec::new(),
            fresh: Vec::new(),
            moved: Vec::new(),
            told: Vec::new(),
            ids: HashMap::new(),
            receipts: Vec::new(),
            missed: BTreeMap::new(),
            restored: Vec::new(),
            seq_max: 0,
        }
    }

    /// Adds a record to the commit frame, which must be open.
    pub(super) fn record(&mut self, record: Record) {
        record.encode(&mut self.parts[COMMIT].frame);
    }

    /// Whether there is anything to write.
    pub(super) fn is_empty(&self) -> bool {
        let commit_empty = || self.parts[COMMIT].frame.len() == FRAME_HEADER_BYTES + COMMIT_HEAD_BYTES;
        self.role == Role::Commit && (self.parts.is_empty() || self.parts.len() == 1 && commit_empty())
    }
}

impl Part {
    /// Where the next byte will lie in the file.
    pub(super) fn place(&self) -> Place {
        let offset = u32::try_from(self.base + self.frame.len() as u64).expect("segments and batches are limited");
        Place { segment: self.segment, offset }
    }

    /// Where the record of `message` lies in this frame; written now if it is not the last one.
    pub(super) fn message(&mut self, message: &Message) -> u32 {
        if let Some((last, offset)) = &self.last_message
            && last == message
        {
            return *offset;
        }
        let offset = self.place().offset;
        self.frame.reserve(MESSAGE_BYTES);
        Record::Message(*message).encode(&mut self.frame);
        self.last_message = Some((*message, offset));
        offset
    }
}

impl Core {
    /// A batch whose commit frame goes to the current lease.
    pub(super) fn begin(&mut self, now: Millis, role: Role) -> Result<Batch, StopReason> {
        let mut batch = Batch::new(self.next_batch, role, now);
        let lease = self.lease_at(now);
        let commit = self.part(&mut batch, Kind::Lease, lease)?;
        debug_assert_eq!(commit, COMMIT);
        batch.parts[COMMIT].frame.extend_from_slice(&[0; COMMIT_HEAD_BYTES]);
        Ok(batch)
    }

    /// The share of the file of this kind and hour, as its place among the batch's parts.
    pub(super) fn part(&mut self, batch: &mut Batch, kind: Kind, hour: u32) -> Result<usize, StopReason> {
        let same = |part: &Part| part.name.kind == kind && part.name.hour == hour;
        if let Some(part) = batch.parts.iter().position(same) {
            return Ok(part);
        }
        let (name, segment, base) = self.open_segment(kind, hour, batch.number)?;
        let mut frame = Vec::with_capacity(4096);
        frame.resize(FRAME_HEADER_BYTES, 0);
        batch.parts.push(Part { name, segment, base, frame, last_message: None });
        Ok(batch.parts.len() - 1)
    }
}
