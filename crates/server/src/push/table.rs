//! Which devices can be woken, and what they were pushed since they were last here. All of it is in memory: after a start
//! nobody has been pushed anything.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use kernel::{AccountId, DeviceId};

use super::{AGAIN_MS, About};

/// When a device was last pushed each kind, by the boot-time clock.
type Pushed = [Option<i64>; About::COUNT];

/// The table.
#[derive(Default)]
pub(super) struct Table {
    devices: RwLock<HashMap<AccountId, Vec<DeviceId>>>,
    pushed: Mutex<HashMap<DeviceId, Pushed>>,
}

impl Table {
    /// Whether a device of this account sleeps and has not been pushed this kind a moment ago. The clock is asked for such a
    /// device alone: most accounts have none.
    pub(super) fn any_to_wake(
        &self,
        account: AccountId,
        about: About,
        now: impl Fn() -> i64,
        sleeps: impl Fn(DeviceId) -> bool,
    ) -> bool {
        let devices = self.read();
        let Some(devices) = devices.get(&account) else { return false };
        devices.iter().any(|device| sleeps(*device) && self.is_due(*device, about, now()))
    }

    fn is_due(&self, device: DeviceId, about: About, now: i64) -> bool {
        let pushed = self.pushed();
        let none = [None; About::COUNT];
        let pushed = pushed.get(&device).unwrap_or(&none);
        let recalled = about != About::Recalled || pushed[About::Message as usize].is_some();
        recalled && pushed[about as usize].is_none_or(|at| now - at >= AGAIN_MS)
    }

    /// Takes the right to push this kind to a device; false when it was pushed a moment ago.
    pub(super) fn claim(&self, device: DeviceId, about: About, now: i64) -> bool {
        if !self.is_due(device, about, now) {
            return false;
        }
        self.pushed().entry(device).or_default()[about as usize] = Some(now);
        true
    }

    /// A device is here: what it was pushed is answered.
    pub(super) fn woke(&self, device: DeviceId) {
        self.pushed().remove(&device);
    }

    /// A device can be woken, or no longer.
    pub(super) fn set(&self, account: AccountId, device: DeviceId, on: bool) {
        let mut all = self.write();
        let devices = all.entry(account).or_default();
        devices.retain(|known| *known != device);
        if on {
            devices.push(device);
        } else {
            self.woke(device);
        }
        if devices.is_empty() {
            all.remove(&account);
        }
    }

    /// An account is gone.
    pub(super) fn forget(&self, account: AccountId) {
        for device in self.write().remove(&account).unwrap_or_default() {
            self.woke(device);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<AccountId, Vec<DeviceId>>> {
        self.devices.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<AccountId, Vec<DeviceId>>> {
        self.devices.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn pushed(&self) -> MutexGuard<'_, HashMap<DeviceId, Pushed>> {
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
