//! For tests: every key that remains in a key file, tried against a sealed box. This knows nothing of leases, deadlines or
//! effective time; what it opens, the operator could open (`D-71`).

use std::path::Path;

use kernel::{AccountId, Disk, ItemId, Open};

use crate::blind_index::{open_pointer_with, pointer_key};
use crate::crypto::{Cipher, Key, Use, derive};
use crate::deadlines::{Grain, stepped};
use crate::file::format::{Content, Identity, SLOT_BYTES, SlotBytes};
use crate::file::{COPIES, offset};
use crate::messages::{self, BodyAddress, BodyKey, EntryAddress, EntryBox};
use crate::records::Clear;
use crate::{Lease, MasterKey};

/// All keys in both copies of a key file, also of slots in which one copy lags behind.
pub struct RemainingKeys {
    accounts: Vec<(AccountId, Key)>,
    items: Vec<(ItemId, Key)>,
    leases: Vec<(Lease, Key)>,
    roots: Vec<RemainingRoot>,
}

struct RemainingRoot {
    grain: Grain,
    index: i64,
    position: u32,
    state: Key,
}

impl RemainingKeys {
    /// Reads whatever slot opens with the master key, in either copy. A missing file holds no keys.
    pub fn read(disk: &dyn Disk, folder: &Path, master: &MasterKey) -> Self {
        let mut remaining = Self { accounts: Vec::new(), items: Vec::new(), leases: Vec::new(), roots: Vec::new() };
        let copies = COPIES.map(|name| content(disk, &folder.join(name)));
        remaining.take_all(&copies[0], &[], &master.cipher());
        remaining.take_all(&copies[1], &copies[0], &master.cipher());
        remaining
    }

    /// Every slot of a copy, but for those that are the same in the one `seen` before.
    fn take_all(&mut self, bytes: &[u8], seen: &[u8], master: &Cipher) {
        let Identity::Ours(preamble) = Identity::decode(bytes) else { return };
        for (number, (at, slot)) in (0..).zip(slots(bytes)) {
            if seen.get(at..at + SLOT_BYTES) != Some(slot)
                && let Some((_, content)) = Content::decode(slot, master, &preamble.file, number)
            {
                self.take(content);
            }
        }
    }

    fn take(&mut self, content: Content) {
        match content {
            Content::Account { id, key, .. } => self.accounts.push((id, key)),
            Content::Item { id, key, .. } => self.items.push((id, key)),
            Content::Lease { lease, key, .. } => self.leases.push((lease, key)),
            Content::Root { grain, index, position, state } => {
                self.roots.push(RemainingRoot { grain, index, position, state });
            }
            Content::Free | Content::Header(_) | Content::HashKey(_) => {}
        }
    }

    /// The leases whose keys remain.
    pub fn leases(&self) -> Vec<Lease> {
        let mut leases: Vec<_> = self.leases.iter().map(|(lease, _)| *lease).collect();
        leases.sort_unstable();
        leases.dedup();
        leases
    }

    /// Whether the account's key remains.
    pub fn holds_account(&self, account: AccountId) -> bool {
        self.accounts.iter().any(|(id, _)| *id == account)
    }

    /// The body key in an entry, when its keys remain.
    pub fn open_entry(&self, sealed: &EntryBox) -> Option<BodyKey> {
        let address = EntryAddress::of(sealed).ok()?;
        let step = crate::deadlines::Step::new(Grain::Hour, messages::deadline(address.sent_at)?);
        let steps = self.step_keys(step);
        let leases = self.leases.iter().filter(|(lease, _)| *lease == address.lease);
        let recipients = || self.accounts.iter().filter(|(id, _)| *id == address.recipient);
        leases
            .flat_map(|lease| recipients().map(move |recipient| (lease, recipient)))
            .flat_map(|(lease, recipient)| steps.iter().map(move |step| address.key_from(&lease.1, &recipient.1, step)))
            .find_map(|key| messages::open_entry_with(sealed, &key))
    }

    /// A body, with a key that an entry held, when the sender's key remains.
    pub fn open_body(&self, own: &BodyKey, sealed: &[u8]) -> Option<Vec<u8>> {
        let address = BodyAddress::of(sealed).ok()?;
        let senders = self.accounts.iter().filter(|(id, _)| *id == address.sender);
        senders.map(|(_, key)| address.key_from(own, key)).find_map(|key| messages::open_body_with(sealed, &key))
    }

    /// Where a pointer leads with any account's key that remains.
    pub fn open_pointer(&self, sealed: &[u8]) -> Option<AccountId> {
        self.accounts.iter().find_map(|(_, key)| open_pointer_with(sealed, &pointer_key(key)))
    }

    /// A record's JSON, when its keys remain.
    pub fn open_record(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let clear = Clear::decode(sealed).ok()?;
        let steps = clear.step().map_or_else(Vec::new, |step| self.step_keys(step));
        self.try_record(sealed, &clear, &steps)
    }

    /// The same, with every key of every step that still follows from any root, whatever the record says of itself. Slow:
    /// over a million keys.
    pub fn open_record_by_force(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let clear = Clear::decode(sealed).ok()?;
        let mut steps = Vec::new();
        for root in &self.roots {
            let mut state = root.state.clone();
            for _ in root.position..root.grain.steps() {
                steps.push(derive(Use::StepKey, &[&state], &[]));
                state = stepped(state, 1);
            }
        }
        self.try_record(sealed, &clear, &steps)
    }

    fn try_record(&self, sealed: &[u8], clear: &Clear, steps: &[Key]) -> Option<Vec<u8>> {
        let owners = candidates(clear.owner, &self.accounts);
        let items = candidates(clear.item, &self.items);
        let steps = if clear.step().is_some() { steps.iter().map(Some).collect() } else { vec![None] };
        let mut keys = owners
            .iter()
            .flat_map(|owner| items.iter().map(move |item| (owner, item)))
            .flat_map(|(owner, item)| steps.iter().map(move |step| clear.key_from(*owner, *item, *step)));
        keys.find_map(|key| clear.open(sealed, &key)).map(|plain| plain.to_vec())
    }

    /// The keys of a step from every root it could come from: one, or two when a copy lags.
    fn step_keys(&self, step: crate::deadlines::Step) -> Vec<Key> {
        let (index, position) = step.place();
        let roots = self.roots.iter().filter(|root| root.grain == step.grain && root.index == index);
        let key = |root: &RemainingRoot| {
            let steps = position.checked_sub(root.position + 1)?;
            Some(derive(Use::StepKey, &[&stepped(root.state.clone(), steps)], &[]))
        };
        roots.filter_map(key).collect()
    }
}

/// All bytes of a file; none when it does not exist.
fn content(disk: &dyn Disk, path: &Path) -> Vec<u8> {
    let Ok(file) = disk.open(path, Open::Read) else { return Vec::new() };
    let mut bytes = vec![0; usize::try_from(file.len().expect("the disk runs")).expect("small")];
    file.read_at(0, &mut bytes).expect("the disk runs");
    bytes
}

/// The whole slots of a copy, and where they lie.
fn slots(bytes: &[u8]) -> impl Iterator<Item = (usize, &SlotBytes)> {
    let first = usize::try_from(offset(0)).expect("small");
    let starts = (first..bytes.len()).step_by(SLOT_BYTES);
    starts.filter_map(|at| bytes[at..].first_chunk::<SLOT_BYTES>().map(|slot| (at, slot)))
}

fn candidates<Id: PartialEq>(wanted: Option<Id>, held: &[(Id, Key)]) -> Vec<Option<&Key>> {
    match wanted {
        Some(wanted) => held.iter().filter(|(id, _)| *id == wanted).map(|(_, key)| Some(key)).collect(),
        None => vec![None],
    }
}
