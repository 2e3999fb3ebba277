//! An account's inbox: its entries in order of `seq`, and its devices.

use kernel::{AccountId, DeviceId};

use super::item::Entry;
use super::slab::Slab;

/// An inbox grows by a quarter, so a number takes at most 4 x 5/4 bytes once there are more than a few.
pub(in crate::lease_log) const NUMBER_BYTES_MAX: usize = 5;
const GROWTH_MIN: usize = 2;

/// What waits for an account.
pub(in crate::lease_log) struct Inbox {
    pub(in crate::lease_log) id: AccountId,
    pub(in crate::lease_log) last_seq: u64,
    /// Its entries and marks in order of seq.
    pub(in crate::lease_log) entries: Vec<u32>,
    pub(in crate::lease_log) devices: Vec<Device>,
}

/// A device and how far it has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lease_log) struct Device {
    pub(in crate::lease_log) id: DeviceId,
    /// Everything up to here is safe on it.
    pub(in crate::lease_log) acked: u64,
    /// The account's last seq when it joined: what was delivered before is not for it.
    pub(in crate::lease_log) joined: u64,
    /// The segment of the last record of it.
    pub(in crate::lease_log) segment: u32,
}

impl Inbox {
    pub(in crate::lease_log) fn new(id: AccountId) -> Self {
        Self { id, last_seq: 0, entries: Vec::new(), devices: Vec::new() }
    }

    /// The position of the first entry with a seq of at least `seq`.
    pub(in crate::lease_log) fn position(&self, entries: &Slab<Entry>, seq: u64) -> usize {
        self.entries.partition_point(|number| entries[*number].seq() < seq)
    }

    pub(in crate::lease_log) fn find(&self, entries: &Slab<Entry>, seq: u64) -> Option<u32> {
        let number = *self.entries.get(self.position(entries, seq))?;
        (entries[number].seq() == seq).then_some(number)
    }

    pub(in crate::lease_log) fn insert(&mut self, entries: &Slab<Entry>, number: u32) {
        let seq = entries[number].seq();
        self.last_seq = self.last_seq.max(seq);
        if self.entries.len() == self.entries.capacity() {
            self.entries.reserve_exact((self.entries.len() / 4).max(GROWTH_MIN));
        }
        let newest = self.entries.last().is_none_or(|last| entries[*last].seq() < seq);
        let position = if newest { self.entries.len() } else { self.position(entries, seq) };
        self.entries.insert(position, number);
    }

    pub(in crate::lease_log) fn remove(&mut self, entries: &Slab<Entry>, seq: u64) {
        let position = self.position(entries, seq);
        self.entries.remove(position);
        if self.entries.is_empty() {
            self.entries = Vec::new();
        } else if self.entries.capacity() > 64 && self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }

    pub(in crate::lease_log) fn device(&self, id: DeviceId) -> Option<&Device> {
        self.devices.iter().find(|device| device.id == id)
    }

    pub(in crate::lease_log) fn device_mut(&mut self, id: DeviceId) -> Option<&mut Device> {
        self.devices.iter_mut().find(|device| device.id == id)
    }

    /// Sets a device, known or new.
    pub(in crate::lease_log) fn set_device(&mut self, device: Device) {
        match self.device_mut(device.id) {
            Some(known) => *known = device,
            None => {
                self.devices.reserve_exact(1);
                self.devices.push(device);
            }
        }
    }
}
