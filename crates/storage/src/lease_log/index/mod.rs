//! What waits for whom, in memory: at most [`INDEX_ENTRY_BYTES`] a waiting entry.
//!
//! An entry knows where its record lies on disk; what is sealed there is never held here. Readers see an entry once the batch
//! that made it is durable: until then it is *pending*, and being the newest of its inbox, it ends what they see.

mod inbox;
mod item;
mod slab;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;

use hashbrown::HashTable;
use kernel::{AccountId, MessageId, Millis};

pub(super) use self::inbox::{Device, Inbox};
pub(super) use self::item::{Entry, EntryKind, Message, Place};
pub(super) use self::slab::NONE;
use self::slab::Slab;
use super::format::Name;
use super::recall::RecalledLately;
use super::segment::SegmentFile;
use super::times;

/// Most bytes of memory a waiting entry takes, its message and its places in the tables included: what a message to one
/// recipient takes that leaves no copy for its sender. A table of `n` numbers has at most 8/7 x 2 n places of 5 bytes.
pub const INDEX_ENTRY_BYTES: usize =
    size_of::<Entry>() + size_of::<Message>() + inbox::NUMBER_BYTES_MAX + MESSAGE_TABLE_BYTES_MAX;
const MESSAGE_TABLE_BYTES_MAX: usize = 12;
const _: () = assert!(INDEX_ENTRY_BYTES <= 100);

/// Everything the server knows about messages in flight without looking at the disk.
pub(super) struct Index {
    pub(super) entries: Slab<Entry>,
    pub(super) messages: Slab<Message>,
    pub(super) inboxes: Slab<Inbox>,
    by_account: HashTable<u32>,
    by_message: HashTable<u32>,
    /// Open segments by the number that entries know them by; numbers are not used again.
    segments: Vec<Option<Arc<SegmentFile>>>,
    by_name: BTreeMap<Name, u32>,
    /// Messages whose deadline comes before the next pass can have looked at them, the nearest first.
    soon: BinaryHeap<Reverse<(Millis, u32)>>,
    /// Messages recalled lately, so that a repeated recall gets its answer again.
    pub(super) recalled: HashMap<MessageId, RecalledLately>,
    /// For messages to several recipients: the seq of the sender's receipt that the next one replaces.
    pub(super) receipts: HashMap<u32, u64>,
    /// No seq up to this one is given again to anybody.
    pub(super) seq_floor: u64,
    /// Entries that hold a message's key, and marks.
    pub(super) waiting: u64,
    pub(super) marks: u64,
    /// Numbers that inboxes have room for.
    room: usize,
}

impl Index {
    pub(super) fn new() -> Self {
        Self {
            entries: Slab::new(),
            messages: Slab::new(),
            inboxes: Slab::new(),
            by_account: HashTable::new(),
            by_message: HashTable::new(),
            segments: Vec::new(),
            by_name: BTreeMap::new(),
            soon: BinaryHeap::new(),
            recalled: HashMap::new(),
            receipts: HashMap::new(),
            seq_floor: 0,
            waiting: 0,
            marks: 0,
            room: 0,
        }
    }

    /// Forgets everything but the segments and the seq floor.
    pub(super) fn clear(&mut self) {
        let segments = std::mem::take(&mut self.segments);
        let by_name = std::mem::take(&mut self.by_name);
        *self = Self { segments, by_name, seq_floor: self.seq_floor, ..Self::new() };
    }

    pub(super) fn account(&self, id: AccountId) -> Option<u32> {
        let bytes = id.to_bytes();
        self.by_account.find(hash(&bytes), |n| self.inboxes[*n].id == id).copied()
    }

    pub(super) fn account_or_new(&mut self, id: AccountId) -> u32 {
        if let Some(number) = self.account(id) {
            return number;
        }
        let number = self.inboxes.insert(Inbox::new(id));
        let inboxes = &self.inboxes;
        self.by_account.insert_unique(hash(&id.to_bytes()), number, |n| hash(&inboxes[*n].id.to_bytes()));
        number
    }

    /// Every account that has an inbox.
    pub(super) fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.by_account.iter().map(|number| self.inboxes[*number].id)
    }

    /// Forgets an inbox from which everything was removed.
    pub(super) fn remove_account(&mut self, number: u32) {
        let id = self.inboxes[number].id;
        if let Ok(found) = self.by_account.find_entry(hash(&id.to_bytes()), |n| *n == number) {
            found.remove();
            self.inboxes[number] = Inbox::new(AccountId::from_bytes([0; 16]));
            self.inboxes.remove(number);
        }
    }

    pub(super) fn message(&self, id: MessageId) -> Option<u32> {
        let bytes = id.to_bytes();
        self.by_message.find(hash(&bytes), |n| self.messages[*n].id == bytes).copied()
    }

    /// Adds a message, which lives until its last entry is removed.
    pub(super) fn add_message(&mut self, message: Message) -> u32 {
        let bytes = message.id;
        let number = self.messages.insert(message);
        let messages = &self.messages;
        self.by_message.insert_unique(hash(&bytes), number, |n| hash(&messages[*n].id));
        number
    }

    /// The seq for something made at `at` for this inbox: rises always, and never comes back.
    pub(super) fn next_seq(&mut self, inbox: u32, at: Millis) -> u64 {
        let inbox = &mut self.inboxes[inbox];
        inbox.last_seq = (inbox.last_seq + 1).max(self.seq_floor + 1).max(times::micros(at));
        inbox.last_seq
    }

    /// Adds an entry of a message to an inbox.
    pub(super) fn add_entry(&mut self, inbox: u32, seq: u64, message: u32, kind: EntryKind, place: Place) -> u32 {
        let mut entry = Entry::new(inbox, seq, kind, place);
        entry.message = message;
        entry.after = self.messages[message].first;
        let after = entry.after;
        let number = self.entries.insert(entry);
        if after != NONE {
            self.entries[after].before = number;
        }
        self.messages[message].first = number;
        self.insert(inbox, number);
        self.waiting += 1;
        number
    }

    /// Adds a mark to an inbox.
    pub(super) fn add_mark(&mut self, inbox: u32, seq: u64, kind: EntryKind, place: Place, made: Millis) -> u32 {
        let mut entry = Entry::new(inbox, seq, kind, place);
        entry.set_made(made);
        let number = self.entries.insert(entry);
        self.insert(inbox, number);
        self.marks += 1;
        number
    }

    fn insert(&mut self, inbox: u32, entry: u32) {
        let inbox = &mut self.inboxes[inbox];
        self.room -= inbox.entries.capacity();
        inbox.insert(&self.entries, entry);
        self.room += inbox.entries.capacity();
    }

    /// Removes an entry or a mark; with the last entry its message goes.
    pub(super) fn remove_entry(&mut self, number: u32) {
        let entry = &mut self.entries[number];
        entry.clear_live();
        let (inbox, seq, message) = (entry.inbox, entry.seq(), entry.message);
        let (before, after) = (entry.before, entry.after);
        self.room -= self.inboxes[inbox].entries.capacity();
        self.inboxes[inbox].remove(&self.entries, seq);
        self.room += self.inboxes[inbox].entries.capacity();
        self.entries.remove(number);
        if message == NONE {
            self.marks -= 1;
            return;
        }
        self.waiting -= 1;
        if after != NONE {
            self.entries[after].before = before;
        }
        if before != NONE {
            self.entries[before].after = after;
        } else {
            self.messages[message].first = after;
            if after == NONE {
                self.remove_message(message);
            }
        }
    }

    fn remove_message(&mut self, number: u32) {
        let bytes = self.messages[number].id;
        if let Ok(found) = self.by_message.find_entry(hash(&bytes), |n| *n == number) {
            found.remove();
        }
        self.receipts.remove(&number);
        self.messages[number] = Message::gone();
        self.messages.remove(number);
    }

    /// The entries of a message, as numbers.
    pub(super) fn entries_of(&self, message: u32) -> Vec<u32> {
        let first = Some(self.messages[message].first).filter(|n| *n != NONE);
        std::iter::successors(first, |n| Some(self.entries[*n].after).filter(|n| *n != NONE)).collect()
    }

    /// The entry with this seq in this inbox.
    pub(super) fn entry_at(&self, inbox: u32, seq: u64) -> Option<u32> {
        self.inboxes[inbox].find(&self.entries, seq)
    }

    /// Looks again at a message before its deadline, if no pass will: an entry sealed for `lease` is looked at by the pass at
    /// the start of that hour, or is dead an hour later.
    pub(super) fn watch_deadline(&mut self, message: u32, lease: u32) {
        let deadline = times::message_deadline(self.messages[message].at());
        if deadline < times::hour_start(lease + 2) {
            self.soon.push(Reverse((deadline, message)));
        }
    }

    /// A message that has reached its deadline by `now`, if there is one.
    pub(super) fn next_expired(&mut self, now: Millis) -> Option<u32> {
        while let Some(Reverse((deadline, message))) = self.soon.peek().copied() {
            if deadline > now {
                return None;
            }
            self.soon.pop();
            let found = &self.messages[message];
            if found.first != NONE && times::message_deadline(found.at()) <= now {
                return Some(message);
            }
        }
        None
    }

    /// Registers an open segment.
    pub(super) fn add_segment(&mut self, segment: Arc<SegmentFile>) -> u32 {
        let number = u32::try_from(self.segments.len()).expect("a few segments an hour");
        self.by_name.insert(segment.name, number);
        self.segments.push(Some(segment));
        number
    }

    pub(super) fn segment(&self, number: u32) -> Option<&Arc<SegmentFile>> {
        self.segments.get(number as usize)?.as_ref()
    }

    pub(super) fn segment_named(&self, name: Name) -> Option<(u32, &Arc<SegmentFile>)> {
        let number = *self.by_name.get(&name)?;
        Some((number, self.segment(number)?))
    }

    /// The segments there are, in the order of their names.
    pub(super) fn segment_names(&self) -> impl DoubleEndedIterator<Item = Name> {
        self.by_name.keys().copied()
    }

    /// Lets go of a segment; readers that still hold it can finish.
    pub(super) fn remove_segment(&mut self, name: Name) -> Option<Arc<SegmentFile>> {
        let number = self.by_name.remove(&name)?;
        self.segments[number as usize].take()
    }

    /// The lease a segment belongs to; 0 (long ago) when it is gone.
    pub(super) fn hour_of(&self, segment: u32) -> u32 {
        self.segment(segment).map_or(0, |segment| segment.name.hour)
    }

    /// Bytes of memory the index takes, without the devices.
    pub(super) fn bytes(&self) -> usize {
        let inboxes = self.room * size_of::<u32>();
        let tables = self.by_account.allocation_size() + self.by_message.allocation_size();
        let slabs = self.entries.bytes() + self.messages.bytes() + self.inboxes.bytes();
        inboxes + tables + slabs + self.soon.capacity() * size_of::<(Millis, u32)>()
    }
}

/// Spreads every bit of an id over the whole hash (the finish of SplitMix64, twice). Ids are made by the server, so nobody can
/// choose them to collide.
fn hash(id: &[u8; 16]) -> u64 {
    let number = u128::from_le_bytes(*id);
    mix(mix(number as u64) ^ (number >> 64) as u64)
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
