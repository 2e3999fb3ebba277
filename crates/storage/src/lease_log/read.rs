//! What waits for a device, and what it missed. Reading never writes and never waits for the writer's disk.

use std::sync::Arc;

use bytes::Bytes;
use kernel::{AccountId, DeviceId, Millis};
use vault::{BodyAddress, EntryAddress, OpenRefused, Vault};

use super::core::Shared;
use super::drafts::is_over;
use super::format::{Kind, Name};
use super::index::{Device, Entry as IndexEntry, EntryKind, Inbox, Index, Place};
use super::marks::MarkContent;
use super::records::{ENTRY_BYTES, Entry, MARK_HEAD_BYTES, MESSAGE_BYTES, Mark, MarkKind, Message, Record};
use super::segment::SegmentFile;
use super::{Delivery, Envelope, Stats, StopReason, What, times};

/// Reads what was committed, from any thread.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// Why nothing can be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// The device was never added, or removed.
    #[error("this device is not signed in")]
    UnknownDevice,
    /// Beyond everything the account was ever given.
    #[error("nothing with this seq was ever given to this account")]
    BadSeq,
    /// The clock is in doubt.
    #[error(transparent)]
    ClockCheck(#[from] vault::ClockCheck),
    /// The lease log has stopped.
    #[error("the server is stopping: {0}")]
    Stopped(Arc<StopReason>),
}

/// Something to read, as the index had it.
struct Found {
    seq: u64,
    place: Place,
    kind: EntryKind,
    made: Millis,
    segment: Arc<SegmentFile>,
}

/// What came of reading one.
enum Item {
    Delivery(Delivery, usize),
    /// It ended, or was withdrawn, or is not for this device.
    Over,
    /// Its key is dead: over, unless a pass has just carried it elsewhere.
    Gone,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// What waits for a device after `after`, in the order of seq: at most `max` deliveries, and no more once their bodies
    /// reach `max_bytes`. Nothing comes back only when nothing is left.
    pub fn read_after(
        &self,
        account: AccountId,
        device: DeviceId,
        after: u64,
        max: usize,
        max_bytes: usize,
    ) -> Result<Vec<Delivery>, ReadError> {
        let mut deliveries = Vec::new();
        let (mut after, mut bytes) = (after, 0);
        while deliveries.len() < max && bytes < max_bytes {
            let found = self.find(account, device, after, max - deliveries.len())?;
            let Some(last) = found.last() else { break };
            after = last.seq;
            for found in found {
                let item = self.load(account, device, found)?;
                if let Item::Delivery(delivery, size) = item {
                    deliveries.push(delivery);
                    bytes += size;
                    if bytes >= max_bytes {
                        break;
                    }
                }
            }
        }
        Ok(deliveries)
    }

    /// The highest seq given to an account: a device cannot have got further.
    pub fn last_seq(&self, account: AccountId) -> u64 {
        self.shared.index().last_seq(account)
    }

    /// How many messages of the last 72 hours expired without reaching any device, told to a device since it joined (D-27).
    pub fn missed(&self, account: AccountId, device: DeviceId) -> Result<u32, ReadError> {
        let now = self.now()?;
        let notices: Vec<Found> = {
            let index = self.shared.index();
            let (inbox, device) = find_device(&index, account, device)?;
            let entries = inbox.entries.iter().map(|number| &index.entries[*number]);
            let is_notice = |entry: &&IndexEntry| {
                let notice = entry.kind() == EntryKind::Mark(MarkKind::Notice) && !entry.is_pending();
                notice && entry.seq() > device.joined && !is_over(entry.made(), now)
            };
            entries.filter(is_notice).filter_map(|entry| Found::of(&index, entry)).collect()
        };
        let mut missed = 0;
        for found in notices {
            if let Item::Delivery(Delivery { what: What::Notice(super::Notice::Missed { count }), .. }, _) =
                self.load_mark(account, &found)?
            {
                missed += count;
            }
        }
        Ok(missed)
    }

    /// What there is.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    pub(super) fn now(&self) -> Result<Millis, ReadError> {
        if let Some(reason) = self.shared.stop.get() {
            return Err(ReadError::Stopped(Arc::clone(reason)));
        }
        Ok(self.shared.vault.now()?)
    }

    fn find(&self, account: AccountId, device: DeviceId, after: u64, max: usize) -> Result<Vec<Found>, ReadError> {
        let now = self.now()?;
        let index = self.shared.index();
        let (inbox, device) = find_device(&index, account, device)?;
        if after > index.last_seq(account) {
            return Err(ReadError::BadSeq);
        }
        let from = inbox.position(&index.entries, after + 1);
        let entries = inbox.entries[from..].iter().map(|number| &index.entries[*number]);
        let committed = entries.take_while(|entry| !entry.is_pending());
        let readable = committed.filter(|entry| is_for(&index, entry, device, now));
        Ok(readable.take(max).filter_map(|entry| Found::of(&index, entry)).collect())
    }

    fn load(&self, account: AccountId, device: DeviceId, mut found: Found) -> Result<Item, ReadError> {
        loop {
            let item = match found.kind {
                EntryKind::Mark(_) => self.load_mark(account, &found)?,
                EntryKind::Envelope | EntryKind::OwnCopy => self.load_envelope(device, &found)?,
            };
            if !matches!(item, Item::Gone) {
                return Ok(item);
            }
            match self.moved(account, &found) {
                Some(place) => found = place,
                None => return Ok(Item::Over),
            }
        }
    }

    /// The same entry where it lies now, if a pass has carried it over since it was found.
    fn moved(&self, account: AccountId, found: &Found) -> Option<Found> {
        let index = self.shared.index();
        let entry = index.entry_at(index.account(account)?, found.seq)?;
        let entry = &index.entries[entry];
        (entry.place != found.place).then(|| Found::of(&index, entry)).flatten()
    }

    fn load_envelope(&self, device: DeviceId, found: &Found) -> Result<Item, ReadError> {
        let vault = &self.shared.vault;
        let loaded = Loaded::read(&found.segment, found.place.offset).map_err(|reason| self.stop(reason))?;
        let Message { id: message, sender: from, device: from_device, at, .. } = loaded.message;
        if from_device == device {
            return Ok(Item::Over);
        }
        let segment = |name| self.shared.index().segment_named(name).map(|(_, segment)| Arc::clone(segment));
        let body = match loaded.open_body(vault, segment).map_err(|reason| self.stop(reason))? {
            Ok(body) => Bytes::from(body),
            Err(refused) => return self.refused(refused, || format!("message {message}")),
        };
        let size = body.len();
        let what = What::Envelope(Arc::new(Envelope { message, from, from_device, at, body }));
        Ok(Item::Delivery(Delivery { seq: found.seq, message, what }, size))
    }

    fn load_mark(&self, account: AccountId, found: &Found) -> Result<Item, ReadError> {
        let bytes = read_mark(&found.segment, found.place.offset).map_err(|reason| self.stop(reason))?;
        let sealed = &bytes[MARK_HEAD_BYTES..];
        match MarkContent::open(&self.shared.vault, account, found.seq, found.made, sealed) {
            Ok(content) => Ok(Item::Delivery(content.delivery(found.seq), 0)),
            Err(refused) => self.refused(refused, || format!("mark {} of account {account}", found.seq)),
        }
    }

    fn refused(&self, refused: OpenRefused, what: impl FnOnce() -> String) -> Result<Item, ReadError> {
        match refused {
            OpenRefused::Expired => Ok(Item::Over),
            OpenRefused::Gone => Ok(Item::Gone),
            OpenRefused::ClockCheck(check) => Err(check.into()),
            OpenRefused::Damaged(why) => Err(self.stop(StopReason::Damaged { what: format!("{}: {why}", what()) })),
        }
    }

    fn stop(&self, reason: StopReason) -> ReadError {
        ReadError::Stopped(self.shared.stop(reason))
    }
}

fn find_device(index: &Index, account: AccountId, device: DeviceId) -> Result<(&Inbox, Device), ReadError> {
    let inbox = &index.inboxes[index.account(account).ok_or(ReadError::UnknownDevice)?];
    let device = inbox.device(device).copied().ok_or(ReadError::UnknownDevice)?;
    Ok((inbox, device))
}

/// Whether this entry can be read now, and is for this device: what was delivered before it joined is not (D-70).
fn is_for(index: &Index, entry: &IndexEntry, device: Device, now: Millis) -> bool {
    let before_it_joined = entry.seq() <= device.joined;
    match entry.kind() {
        EntryKind::Mark(_) => !before_it_joined && !is_over(entry.made(), now),
        EntryKind::Envelope | EntryKind::OwnCopy => {
            let expired = times::message_deadline(index.messages[entry.message].at()) <= now;
            let readable = entry.until().is_none_or(|until| !before_it_joined && now < times::hour_start(until));
            !expired && readable
        }
    }
}

impl Found {
    fn of(index: &Index, entry: &IndexEntry) -> Option<Self> {
        let segment = Arc::clone(index.segment(entry.place.segment)?);
        let made = if let EntryKind::Mark(_) = entry.kind() { entry.made() } else { Millis(0) };
        Some(Self { seq: entry.seq(), place: entry.place, kind: entry.kind(), made, segment })
    }
}

/// The bytes of a mark.
fn read_mark(segment: &SegmentFile, offset: u32) -> Result<Vec<u8>, StopReason> {
    let mut head = [0; MARK_HEAD_BYTES];
    segment.read(offset, &mut head)?;
    let sealed = u16::from_le_bytes([head[MARK_HEAD_BYTES - 2], head[MARK_HEAD_BYTES - 1]]);
    let mut bytes = vec![0; MARK_HEAD_BYTES + usize::from(sealed)];
    segment.read(offset, &mut bytes)?;
    match Mark::decode(&mut bytes.as_slice()) {
        Ok(_) => Ok(bytes),
        Err(_) => Err(StopReason::broken(&segment.path, offset.into(), "there is no mark here")),
    }
}

/// An entry with its message, as they lie on disk.
pub(super) struct Loaded {
    pub(super) message: Message,
    pub(super) entry: Entry,
    pub(super) address: EntryAddress,
}

impl Loaded {
    /// Reads the entry whose record is at `offset`.
    pub(super) fn read(segment: &SegmentFile, offset: u32) -> Result<Self, StopReason> {
        let broken = |what| StopReason::broken(&segment.path, offset.into(), what);
        let mut bytes = [0; ENTRY_BYTES];
        segment.read(offset, &mut bytes)?;
        let Ok(Record::Entry(entry)) = Record::decode(&mut bytes.as_slice()) else {
            return Err(broken("there is no entry here"));
        };
        let mut bytes = [0; MESSAGE_BYTES];
        segment.read(entry.message_at, &mut bytes)?;
        let Ok(Record::Message(message)) = Record::decode(&mut bytes.as_slice()) else {
            return Err(broken("the message of this entry is not where it says"));
        };
        let address = EntryAddress::of(&entry.sealed).map_err(|_| broken("the box of this entry is damaged"))?;
        if address.message != message.id || address.sent_at != message.at {
            return Err(broken("this entry belongs to another message"));
        }
        Ok(Self { message, entry, address })
    }

    /// Opens the body, found with `segment`.
    pub(super) fn open_body(
        &self,
        vault: &Vault,
        segment: impl FnOnce(Name) -> Option<Arc<SegmentFile>>,
    ) -> Result<Result<Vec<u8>, OpenRefused>, StopReason> {
        let key = match vault.open_entry(&self.address, &self.entry.sealed) {
            Ok(key) => key,
            Err(refused) => return Ok(Err(refused)),
        };
        let Message { id, sender, at, body, .. } = self.message;
        let name = Name { kind: Kind::Bodies, hour: body.hour, number: body.number };
        // Segments of bodies go when every deadline in them has passed.
        let Some(segment) = segment(name) else { return Ok(Err(OpenRefused::Expired)) };
        let mut sealed = vec![0; body.bytes as usize];
        segment.read(body.offset, &mut sealed)?;
        Ok(vault.open_body(&BodyAddress { sender, message: id, sent_at: at }, &key, &sealed))
    }
}
