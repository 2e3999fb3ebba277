//! Going through the leases' segments in the order of their batches, so that memory is as it was.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use kernel::{AccountId, Millis};
use vault::EntryAddress;

use super::format::{FRAME_HEADER_BYTES, FrameHeader, HEADER_BYTES, Header, Kind, Name, Role};
use super::index::{Device, EntryKind, Index, Message as IndexMessage, Place};
use super::records::{COMMIT_HEAD_BYTES, Cursor, Entry, Extent, Malformed, Message, Record, split_commit};
use super::segment::{Fault, Frames, Next, SegmentFile, Tail};
use super::{StopReason, times};

/// What the leases' segments said.
pub(super) struct Replay {
    pub(super) index: Index,
    /// The last committed batch; 0 when there is none.
    pub(super) last_batch: u64,
    pub(super) last_step: u64,
    pub(super) last_at: Millis,
    /// The batch before which nothing counts.
    pub(super) reset_batch: u64,
    /// Up to where files belong to committed batches, as far as the batches that are left say so.
    pub(super) extents: BTreeMap<Name, Extent>,
    pub(super) done_through: u32,
    pub(super) done_at: Option<Millis>,
    pub(super) seq_max: BTreeMap<u32, u64>,
    pub(super) forgotten: HashSet<AccountId>,
    /// How far files of bodies are needed.
    pub(super) bodies: BTreeMap<Name, u64>,
    /// What is sent now is sealed for this lease.
    current_lease: u32,
    /// A gap between batches: an error unless a reset came after it.
    gap: Option<StopReason>,
}

/// A leases' segment being replayed.
pub(super) struct Lane {
    pub(super) segment: Arc<SegmentFile>,
    /// The index's number of it.
    number: u32,
    frames: Frames,
    next: Option<(FrameHeader, u64)>,
    fault: Option<Fault>,
    /// Up to where it belongs to committed batches.
    pub(super) good: Tail,
}

/// Where records of a frame lie.
#[derive(Clone, Copy)]
struct At {
    segment: u32,
    offset: u64,
    lease: u32,
    time: Millis,
}

impl Lane {
    pub(super) fn new(segment: Arc<SegmentFile>, number: u32, header: &Header) -> Result<Self, StopReason> {
        let good = Tail { end: HEADER_BYTES as u64, sum: header.sum() };
        let frames = Frames::new(Arc::clone(&segment), good)?;
        let mut lane = Self { segment, number, frames, next: None, fault: None, good };
        lane.advance()?;
        Ok(lane)
    }

    fn advance(&mut self) -> Result<(), StopReason> {
        self.next = None;
        match self.frames.next()? {
            Next::Frame(header, at) => self.next = Some((header, at)),
            Next::End => {}
            Next::Fault(fault) => self.fault = Some(fault),
        }
        Ok(())
    }

    /// Batches in order; in a batch what commits it comes first.
    fn key(&self) -> Option<(u64, bool)> {
        self.next.map(|(header, _)| (header.batch, header.role == Role::Part))
    }

    fn broken(&self, at: u64, what: &'static str) -> StopReason {
        StopReason::broken(&self.segment.path, at, what)
    }

    /// When something of `batch` may follow the good part that is no frame: what is wrong there. A file that a later batch
    /// made holds nothing of it: an older copy of the data whose start was cut short begins anew in files of its own.
    pub(super) fn remains(&self, batch: u64) -> Option<StopReason> {
        self.fault.as_ref().filter(|_| self.segment.first_batch <= batch).map(|fault| self.broken(fault.at, fault.what))
    }

    /// Whether what follows the good part is a torn tail, which is cut, or damage.
    pub(super) fn check_tail(&mut self, extent: Option<&Extent>) -> Result<(), StopReason> {
        if let Some(Fault { at, what }) = self.fault.take()
            && self.frames.frame_after(at)?
        {
            return Err(self.broken(at, what));
        }
        if extent.is_some_and(|extent| u64::from(extent.end) > self.good.end) {
            return Err(self.broken(self.good.end, "a batch was committed that is not all here"));
        }
        Ok(())
    }
}

impl Replay {
    pub(super) fn new(index: Index, current_lease: u32) -> Self {
        Self {
            index,
            current_lease,
            last_batch: 0,
            last_step: 0,
            last_at: Millis(0),
            reset_batch: 0,
            extents: BTreeMap::new(),
            done_through: 0,
            done_at: None,
            seq_max: BTreeMap::new(),
            forgotten: HashSet::new(),
            bodies: BTreeMap::new(),
            gap: None,
        }
    }

    /// Replays all lanes to their ends.
    pub(super) fn run(&mut self, lanes: &mut [Lane]) -> Result<(), StopReason> {
        while let Some(lane) = lanes.iter_mut().filter(|lane| lane.next.is_some()).min_by_key(|lane| lane.key()) {
            let (header, at) = lane.next.expect("filtered");
            if header.role == Role::Part && header.batch > self.last_batch {
                self.end_lane(lane)?;
                continue;
            }
            if header.role != Role::Part {
                self.begin_batch(lane, &header, at);
            }
            let payload = lane.frames.payload(&header, at);
            let place = At { segment: lane.number, offset: at, lease: lane.segment.name.hour, time: header.at };
            self.frame(&header, place, payload)
                .map_err(|Malformed| lane.broken(at, "a frame is not what it should be"))?;
            lane.good = lane.frames.tail;
            lane.advance()?;
        }
        let dead = |index: &Index, number: u32| {
            let entry = &index.entries[number];
            let of_lease = entry.is_live() && !matches!(entry.kind(), EntryKind::Mark(_));
            of_lease && index.hour_of(entry.place.segment) <= self.done_through
        };
        let dropped: Vec<_> = (0..self.index.entries.numbers()).filter(|number| dead(&self.index, *number)).collect();
        dropped.into_iter().for_each(|number| self.index.remove_entry(number));
        // Whose seq it was may be forgotten (a mark that is over): then nobody gets it again.
        self.index.seq_floor = self.seq_max.values().copied().max().unwrap_or(0).max(self.index.seq_floor);
        self.gap.take().map_or(Ok(()), Err)
    }

    /// A share of a batch that was never committed: nothing can follow it.
    fn end_lane(&self, lane: &mut Lane) -> Result<(), StopReason> {
        let at = lane.good.end;
        lane.advance()?;
        match lane.next {
            None => Ok(()),
            Some(_) => Err(lane.broken(at, "a batch that was never committed is followed by another")),
        }
    }

    fn begin_batch(&mut self, lane: &Lane, header: &FrameHeader, at: u64) {
        if header.role == Role::Reset {
            self.index.clear();
            self.extents.clear();
            self.bodies.clear();
            self.gap = None;
            self.reset_batch = header.batch;
            // The clock may have been reset: leases that are yet to come were not ended by the passes of a wrong time.
            self.done_through = 0;
            self.last_at = Millis(0);
        } else if self.last_batch != 0 && header.batch != self.last_batch + 1 && self.gap.is_none() {
            self.gap = Some(lane.broken(at, "batches are missing before this one"));
        }
        self.last_batch = header.batch;
        self.last_step = self.last_step.max(header.step);
        self.last_at = self.last_at.max(header.at);
    }

    fn frame(&mut self, header: &FrameHeader, mut at: At, payload: &[u8]) -> Result<(), Malformed> {
        at.offset += FRAME_HEADER_BYTES as u64;
        let mut records = payload;
        if header.role != Role::Part {
            let (head, own, extents) = split_commit(payload)?;
            let seq_max = self.seq_max.entry(at.lease).or_default();
            *seq_max = head.seq_max.max(*seq_max);
            self.extents.extend(extents.into_iter().map(|extent| (extent.name, extent)));
            at.offset += COMMIT_HEAD_BYTES as u64;
            records = own;
        }
        let mut message = None;
        while !records.is_empty() {
            let before = records.len();
            let record = Record::decode(&mut records)?;
            self.record(at, &record, &mut message)?;
            at.offset += (before - records.len()) as u64;
        }
        Ok(())
    }

    fn record(&mut self, at: At, record: &Record, message: &mut Option<(u32, u32)>) -> Result<(), Malformed> {
        let index = &mut self.index;
        match record {
            Record::Message(found) => *message = Some((self.message(found), offset(at))),
            Record::Entry(entry) => {
                let (number, lies_at) = message.ok_or(Malformed)?;
                if entry.message_at != lies_at {
                    return Err(Malformed);
                }
                self.entry(at, number, entry)?;
            }
            Record::Ack(cursor) => {
                let inbox = index.account_or_new(cursor.account);
                if index.inboxes[inbox].device(cursor.device).is_none() {
                    self.cursor(at, cursor, 0);
                }
                self.index.ack(inbox, cursor.device, cursor.acked, times::until(at.time), at.segment);
            }
            Record::Cursor(cursor) => self.cursor(at, cursor, cursor.acked),
            Record::DeviceGone { account, device } => drop(index.remove_device(*account, *device)),
            Record::AccountGone(account) => {
                index.forget_account(*account);
                self.forgotten.insert(*account);
            }
            Record::Recalled { message, sender, at } => index.recall(*message, *sender, *at),
            Record::Expired(message) => {
                if let Some(message) = index.message(*message) {
                    index.expire(message);
                }
            }
            Record::Lost { recipient, seq } => {
                let inbox = index.account(*recipient);
                if let Some(entry) = inbox.and_then(|inbox| index.entry_at(inbox, *seq)) {
                    index.remove_entry(entry);
                }
            }
            Record::PassDone { through, seq_floor } => {
                index.seq_floor = index.seq_floor.max(*seq_floor);
                self.done_through = self.done_through.max(*through);
                self.done_at = self.done_at.max(Some(at.time));
            }
        }
        Ok(())
    }

    fn message(&mut self, found: &Message) -> u32 {
        let name = Name { kind: Kind::Bodies, hour: found.body.hour, number: found.body.number };
        let end = u64::from(found.body.offset) + u64::from(found.body.bytes);
        let needed = self.bodies.entry(name).or_default();
        *needed = end.max(*needed);
        let index = &mut self.index;
        let sender = index.account_or_new(found.sender);
        index.inboxes[sender].last_seq = index.inboxes[sender].last_seq.max(found.sender_seq);
        match index.message(found.id) {
            Some(number) => {
                index.messages[number].delivered = found.delivered;
                number
            }
            None => index.add_message(IndexMessage::new(found.id, found.at, sender, found.of, found.delivered)),
        }
    }

    fn entry(&mut self, at: At, message: u32, entry: &Entry) -> Result<(), Malformed> {
        let address = EntryAddress::of(&entry.sealed).map_err(|_| Malformed)?;
        let index = &mut self.index;
        if address.message != index.messages[message].id() || address.lease.0 != i64::from(at.lease) {
            return Err(Malformed);
        }
        let inbox = index.account_or_new(address.recipient);
        let place = Place { segment: at.segment, offset: offset(at) };
        let kind = if entry.own_copy { EntryKind::OwnCopy } else { EntryKind::Envelope };
        let number = match index.entry_at(inbox, address.seq) {
            Some(number) => number,
            None => index.add_entry(inbox, address.seq, message, kind, place),
        };
        let known = &mut index.entries[number];
        known.place = place;
        known.set_until(entry.until);
        known.publish();
        index.watch_deadline(message, at.lease.max(self.current_lease));
        Ok(())
    }

    fn cursor(&mut self, at: At, cursor: &Cursor, acked: u64) {
        let Cursor { account, device, joined, .. } = *cursor;
        let inbox = self.index.account_or_new(account);
        let inbox = &mut self.index.inboxes[inbox];
        inbox.last_seq = inbox.last_seq.max(cursor.acked).max(joined);
        inbox.set_device(Device { id: device, acked, joined, segment: at.segment });
    }
}

fn offset(at: At) -> u32 {
    u32::try_from(at.offset).expect("a segment that was read through is not longer than offsets are wide")
}
