//! What the operator could still open: every key that remains in any copy of a key file, tried against sealed boxes.
//!
//! This knows nothing of leases that should be over, deadlines that have come, or effective time. What it opens is not gone
//! (`D-71`); `billet scan` and the model of the lease log are built on it.
//!
//! - [`RemainingKeys::open_record`] and its siblings open whole boxes, tag and all.
//! - [`RemainingKeys::streams`] decrypts from a box's beginning on, wherever it ends: what was cut, torn or overwritten
//!   half-way is found too.
//!
//! Absences: no key file is written; nothing here has `Debug`; a plain text wipes itself.

mod streams;

use std::collections::HashMap;
use std::hash::Hash;
use std::io::{self, ErrorKind};
use std::path::Path;

use kernel::{AccountId, Disk, DiskFile, ItemId, MessageId, Open};

use crate::blind_index::{open_pointer_with, pointer_key};
use crate::crypto::{Cipher, Key, Use, derive};
use crate::deadlines::{Grain, Root, Step, stepped};
use crate::file::format::{Content, Header, Identity, SLOT_BYTES};
use crate::messages::{self, BodyAddress, BodyKey, EntryAddress, EntryBox};
use crate::records::Clear;
use crate::{Lease, Mark, MasterKey};

pub use streams::{Opened, is_box};

/// Slots read at a time: 1 MiB.
const CHUNK_SLOTS: usize = 8_192;

/// All keys in all copies of a key file, also of slots in which one copy lags behind. An account, a lease or a root has
/// several keys then.
#[derive(Default)]
pub struct RemainingKeys {
    accounts: HashMap<AccountId, Vec<Key>>,
    /// The same by slot and birth, as pointers name them.
    slots: HashMap<(u32, u64), Vec<Key>>,
    items: HashMap<ItemId, Vec<Key>>,
    leases: HashMap<Lease, Vec<Key>>,
    roots: HashMap<(Grain, i64), Vec<Root>>,
    /// Keys of bodies, out of entries that were learned.
    bodies: HashMap<MessageId, Vec<Key>>,
    mark: Option<Mark>,
}

impl RemainingKeys {
    /// Reads whatever slot opens with the master key, in every file of these folders that begins like a key file: both
    /// copies, mirrors, unfinished drafts. Folders that do not exist hold no keys.
    pub fn read(disk: &dyn Disk, folders: &[&Path], master: &MasterKey) -> io::Result<Self> {
        let mut remaining = Self::default();
        for folder in folders {
            let names = match disk.list(folder) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                names => names?,
            };
            for name in names {
                match disk.open(&folder.join(name), Open::Read) {
                    Ok(file) => remaining.take_all(&*file, &master.cipher())?,
                    // Gone since, or a folder.
                    Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(remaining)
    }

    /// How many keys there are, one that is there in two states counted twice.
    pub fn count(&self) -> usize {
        fn sum<K, V>(keys: &HashMap<K, Vec<V>>) -> usize {
            keys.values().map(Vec::len).sum()
        }
        sum(&self.accounts) + sum(&self.items) + sum(&self.leases) + sum(&self.roots)
    }

    /// How far the keys have come, by the copy that is furthest.
    pub fn mark(&self) -> Option<Mark> {
        self.mark
    }

    /// The leases whose keys remain.
    pub fn leases(&self) -> Vec<Lease> {
        let mut leases: Vec<_> = self.leases.keys().copied().collect();
        leases.sort_unstable();
        leases
    }

    /// Whether the account's key remains.
    pub fn holds_account(&self, account: AccountId) -> bool {
        self.accounts.contains_key(&account)
    }

    /// The body key in an entry, when its keys remain.
    pub fn open_entry(&self, sealed: &EntryBox) -> Option<BodyKey> {
        let address = EntryAddress::of(sealed).ok()?;
        self.entry_keys(&address).iter().find_map(|key| messages::open_entry_with(sealed, key))
    }

    /// A body, with a key that an entry held, when the sender's key remains.
    pub fn open_body(&self, own: &BodyKey, sealed: &[u8]) -> Option<Vec<u8>> {
        let address = BodyAddress::of(sealed).ok()?;
        let senders = held(&self.accounts, &address.sender);
        senders.iter().map(|key| address.key_from(own, key)).find_map(|key| messages::open_body_with(sealed, &key))
    }

    /// Where a pointer leads with any account's key that remains.
    pub fn open_pointer(&self, sealed: &[u8]) -> Option<AccountId> {
        self.accounts.values().flatten().find_map(|key| open_pointer_with(sealed, &pointer_key(key)))
    }

    /// A record's JSON, when its keys remain.
    pub fn open_record(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let clear = Clear::decode(sealed).ok()?;
        let steps = clear.step().map_or_else(Vec::new, |step| self.step_keys(step));
        self.record_keys(&clear, &steps).iter().find_map(|key| clear.open(sealed, key)).map(|plain| plain.to_vec())
    }

    /// The same, with every key of every step that still follows from any root, whatever the record says of itself. Slow:
    /// over a million keys.
    pub fn open_record_by_force(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let clear = Clear::decode(sealed).ok()?;
        let mut steps = Vec::new();
        for ((grain, _), root) in self.roots.iter().flat_map(|(of, roots)| roots.iter().map(move |root| (of, root))) {
            let mut state = root.state.clone();
            for _ in root.position..grain.steps() {
                steps.push(derive(Use::StepKey, &[&state], &[]));
                state = stepped(state, 1);
            }
        }
        self.record_keys(&clear, &steps).iter().find_map(|key| clear.open(sealed, key)).map(|plain| plain.to_vec())
    }

    /// Every key that a record could have been sealed with, given keys for its step.
    fn record_keys(&self, clear: &Clear, steps: &[Key]) -> Vec<Key> {
        let owners = candidates(clear.owner, &self.accounts);
        let items = candidates(clear.item, &self.items);
        let steps = if clear.step().is_some() { steps.iter().map(Some).collect() } else { vec![None] };
        let pairs = owners.iter().flat_map(|owner| items.iter().map(move |item| (*owner, *item)));
        pairs.flat_map(|(owner, item)| steps.iter().map(move |step| clear.key_from(owner, item, *step))).collect()
    }

    /// Every key that an entry could have been sealed with.
    fn entry_keys(&self, address: &EntryAddress) -> Vec<Key> {
        let (leases, recipients) = (held(&self.leases, &address.lease), held(&self.accounts, &address.recipient));
        if leases.is_empty() || recipients.is_empty() {
            return Vec::new();
        }
        let Some(deadline) = messages::deadline(address.sent_at) else { return Vec::new() };
        let steps = self.step_keys(Step::new(Grain::Hour, deadline));
        let pairs = leases.iter().flat_map(|lease| recipients.iter().map(move |recipient| (lease, recipient)));
        let steps = &steps;
        pairs
            .flat_map(|(lease, recipient)| steps.iter().map(move |step| address.key_from(lease, recipient, step)))
            .collect()
    }

    /// The keys of a step from every root it could come from: one, or two when a copy lags.
    fn step_keys(&self, step: Step) -> Vec<Key> {
        let (index, position) = step.place();
        let roots = held(&self.roots, &(step.grain, index));
        roots.iter().filter_map(|root| root.key(step.grain, position)).collect()
    }

    /// Every whole slot of one copy.
    fn take_all(&mut self, file: &dyn DiskFile, master: &Cipher) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK_SLOTS * SLOT_BYTES];
        let first = file.read_at(0, &mut chunk[..SLOT_BYTES])?;
        let Identity::Ours(preamble) = Identity::decode(&chunk[..first]) else { return Ok(()) };
        let (mut number, mut at) = (0_u32, SLOT_BYTES as u64);
        loop {
            let count = file.read_at(at, &mut chunk)?;
            for slot in chunk[..count].as_chunks::<SLOT_BYTES>().0 {
                if let Some((_, content)) = Content::decode(slot, master, &preamble.file, number) {
                    self.take(number, content);
                }
                number = number.saturating_add(1);
            }
            if count < chunk.len() {
                return Ok(());
            }
            at += count as u64;
        }
    }

    fn take(&mut self, number: u32, content: Content) {
        match content {
            Content::Account { id, key, born } => {
                put(&mut self.slots, (number, born), key.clone());
                put(&mut self.accounts, id, key);
            }
            Content::Item { id, key, .. } => put(&mut self.items, id, key),
            Content::Lease { lease, key, .. } => put(&mut self.leases, lease, key),
            Content::Root { grain, index, position, state } => {
                let roots = self.roots.entry((grain, index)).or_default();
                if !roots.iter().any(|root| root.state.bytes() == state.bytes()) {
                    roots.push(Root::new(number, position, state));
                }
            }
            Content::Header(Header { step, batches, .. }) => {
                let further = self.mark.is_none_or(|mark| mark.step < step);
                self.mark = if further { Some(Mark { step, batches }) } else { self.mark };
            }
            Content::Free | Content::HashKey(_) => {}
        }
    }
}

fn held<'a, Id: Eq + Hash, Held>(keys: &'a HashMap<Id, Vec<Held>>, of: &Id) -> &'a [Held] {
    keys.get(of).map_or(&[], Vec::as_slice)
}

fn put<Id: Eq + Hash>(keys: &mut HashMap<Id, Vec<Key>>, of: Id, key: Key) {
    let held = keys.entry(of).or_default();
    if !held.iter().any(|held| held.bytes() == key.bytes()) {
        held.push(key);
    }
}

/// Keys of whom the record names; one absent key when it names nobody.
fn candidates<Id: Eq + Hash>(wanted: Option<Id>, keys: &HashMap<Id, Vec<Key>>) -> Vec<Option<&Key>> {
    match wanted {
        Some(wanted) => held(keys, &wanted).iter().map(Some).collect(),
        None => vec![None],
    }
}
