//! Lease keys: one random key per hour, under which messages in flight travel.

use kernel::{HOUR_MS, Millis};

use crate::Vault;
use crate::crypto::Key;
use crate::file::KeyFileError;
use crate::file::format::Content;

/// A lease is named by the hour (since 1970) at whose start its key dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease(pub i64);

/// A send in hour `h` uses the lease that ends at the start of hour `h + 2`, so its key is never drawn earlier.
pub(crate) const LEASE_HOURS_AHEAD: i64 = 2;
/// An unfinished pass may hold a lease this long beyond its time, counted while the server serves; then privacy wins.
pub const HOLD_MS_MAX: i64 = HOUR_MS;

impl Lease {
    /// When its key dies, unless an unfinished pass holds it.
    pub const fn ends(self) -> Millis {
        Millis(self.0 * HOUR_MS)
    }

    /// The lease of a message sent at `now`.
    pub const fn at(now: Millis) -> Self {
        Self(now.hour() + LEASE_HOURS_AHEAD)
    }
}

/// A lease key in memory.
pub(crate) struct LeaseKey {
    pub(crate) slot: u32,
    pub(crate) key: Key,
    /// How long it was held beyond its time by earlier processes and up to the last step, as the key file has it.
    pub(crate) held_ms: i64,
}

/// Why a lease cannot be ended.
#[derive(Debug, thiserror::Error)]
pub enum EndLeaseError {
    /// Its hour has not come.
    #[error("lease {} ends in {ms_left} ms, not before", lease.0)]
    TooEarly {
        /// Which.
        lease: Lease,
        /// How long it lives on.
        ms_left: i64,
    },
    /// The key file refused.
    #[error(transparent)]
    Write(#[from] KeyFileError),
}

impl Vault {
    /// The lease of a message sent at `now`.
    pub fn lease_for(&self, now: Millis) -> Lease {
        Lease::at(now)
    }

    /// The leases whose keys exist, the earliest first. A lease of the hour that has just begun appears with its step.
    pub fn live_leases(&self) -> Vec<Lease> {
        self.keys().leases.keys().copied().collect()
    }

    /// Kills a lease key when its time has come and all that it holds was carried over. Durable when it returns; ending a
    /// lease twice is no error.
    pub fn end_lease(&self, lease: Lease) -> Result<(), EndLeaseError> {
        let mut writer = self.writer();
        let ms_left = lease.ends().since(self.look().at);
        if ms_left > 0 {
            return Err(EndLeaseError::TooEarly { lease, ms_left });
        }
        let held = self.keys().leases.get(&lease).map(|held| (held.slot, held.held_ms));
        let Some((slot, before_ms)) = held else { return Ok(()) };
        let look = self.look();
        let held_ms = writer.holds.held_ms(lease, before_ms, look.at, look.boot_ms);
        self.commit(&mut writer, vec![(slot, Content::Free)])?;
        self.book().lease_ended(held_ms + self.clock().boot_ms() - look.boot_ms);
        Ok(())
    }
}
