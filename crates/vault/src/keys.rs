//! All keys in memory, and which slot holds what. Loading the file and changing it go through the same [`Keys::put`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{AccountId, ItemId, Millis};

use crate::crypto::Key;
use crate::deadlines::{Grain, Root, Roots, Step, StepKeys};
use crate::file::format::Content;
use crate::leases::{Lease, LeaseKey};

/// Every key that lives.
pub(crate) struct Keys {
    pub(crate) hash_key: Key,
    pub(crate) accounts: HashMap<AccountId, Held>,
    pub(crate) items: HashMap<ItemId, Held>,
    pub(crate) hours: Roots,
    pub(crate) days: Roots,
    pub(crate) leases: BTreeMap<Lease, LeaseKey>,
    pub(crate) free: BTreeSet<u32>,
    occupants: Vec<Occupant>,
    step_keys: StepKeys,
}

/// The key of an account or an item.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) slot: u32,
    pub(crate) born: u64,
    pub(crate) key: Key,
}

/// Who is in a slot.
#[derive(Clone, Copy)]
enum Occupant {
    /// The header or the hash key, which never leave.
    Fixed,
    Free,
    Root(Grain, i64),
    Lease(Lease),
    Account(AccountId),
    Item(ItemId),
}

impl Keys {
    /// The keys of a whole file; `None` when it has no hash key, which every file gets at its making.
    pub(crate) fn load(slots: Vec<Content>) -> Option<Self> {
        let hash_key = slots.iter().find_map(|content| match content {
            Content::HashKey(key) => Some(key.clone()),
            _ => None,
        })?;
        let mut keys = Self {
            hash_key,
            accounts: HashMap::new(),
            items: HashMap::new(),
            hours: Roots::new(),
            days: Roots::new(),
            leases: BTreeMap::new(),
            free: BTreeSet::new(),
            occupants: Vec::new(),
            step_keys: StepKeys::default(),
        };
        keys.grow(u32::try_from(slots.len()).expect("slots are numbered by u32"));
        for (number, content) in (0..).zip(slots) {
            keys.put(number, content);
        }
        Some(keys)
    }

    /// Takes in free slots up to `slots`.
    pub(crate) fn grow(&mut self, slots: u32) {
        let first = u32::try_from(self.occupants.len()).expect("slots are numbered by u32");
        self.occupants.resize(slots as usize, Occupant::Free);
        self.free.extend(first..slots);
    }

    /// What slot `number` holds from now on.
    pub(crate) fn put(&mut self, number: u32, content: Content) {
        self.clear(number);
        let occupant = match content {
            Content::Header(_) | Content::HashKey(_) => Occupant::Fixed,
            Content::Free => {
                self.free.insert(number);
                Occupant::Free
            }
            Content::Root { grain, index, position, state } => {
                self.roots_mut(grain).insert(index, Root::new(number, position, state));
                Occupant::Root(grain, index)
            }
            Content::Lease { lease, key, held_ms } => {
                self.leases.insert(lease, LeaseKey { slot: number, key, held_ms });
                Occupant::Lease(lease)
            }
            Content::Account { id, key, born } => {
                self.accounts.insert(id, Held { slot: number, born, key });
                Occupant::Account(id)
            }
            Content::Item { id, key, born } => {
                self.items.insert(id, Held { slot: number, born, key });
                Occupant::Item(id)
            }
        };
        self.occupants[number as usize] = occupant;
    }

    fn clear(&mut self, number: u32) {
        match self.occupants[number as usize] {
            Occupant::Fixed => {}
            Occupant::Free => {
                self.free.remove(&number);
            }
            Occupant::Root(grain, index) => {
                self.roots_mut(grain).remove(&index);
            }
            Occupant::Lease(lease) => {
                self.leases.remove(&lease);
            }
            Occupant::Account(id) => {
                self.accounts.remove(&id);
            }
            Occupant::Item(id) => {
                self.items.remove(&id);
            }
        }
    }

    pub(crate) fn roots(&self, grain: Grain) -> &Roots {
        match grain {
            Grain::Hour => &self.hours,
            Grain::Day => &self.days,
        }
    }

    fn roots_mut(&mut self, grain: Grain) -> &mut Roots {
        match grain {
            Grain::Hour => &mut self.hours,
            Grain::Day => &mut self.days,
        }
    }

    /// The account in a slot, when it is still the one that was born there then.
    pub(crate) fn account_in(&self, slot: u32, born: u64) -> Option<(AccountId, &Held)> {
        match self.occupants.get(slot as usize)? {
            Occupant::Account(id) => self.accounts.get(id).filter(|held| held.born == born).map(|held| (*id, held)),
            _ => None,
        }
    }

    /// The key of a deadline; `None` when it is dead or its root not drawn.
    pub(crate) fn step_key(&self, step: Step) -> Option<Key> {
        self.step_keys.get(step, self.roots(step.grain))
    }

    /// Forgets what was derived for deadlines that have come.
    pub(crate) fn forget_until(&self, now: Millis) {
        self.step_keys.forget_until(now);
    }

    /// An instant that has certainly been reached: a root is only stepped when its time has come.
    pub(crate) fn reached(&self) -> Millis {
        let reached = |grain: Grain| {
            let roots = self.roots(grain).iter().filter(|(_, root)| root.position > 0);
            roots.map(move |(index, root)| index * grain.span_ms() + i64::from(root.position) * grain.step_ms())
        };
        Millis(reached(Grain::Hour).chain(reached(Grain::Day)).max().unwrap_or(i64::MIN))
    }
}
