//! Who may open a socket, and how often: nobody takes all there are, and a client that reconnects in a loop waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{DeviceId, MINUTE_MS, Millis};
use people::{Rate, RateKey, RateLimit};

/// Sockets one device opens: twice a second for half a minute, then one in a second. Ours waits longer between tries.
const OPENINGS_PER_DEVICE: Rate = Rate { burst: 60, per_ms: MINUTE_MS };
/// Devices told apart, as many as a machine has sockets; about 50 bytes each.
const DEVICES_MAX: usize = 100_000;

/// Counts the open sockets.
#[derive(Clone, Debug)]
pub(crate) struct Doors(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    per_address_max: u32,
    per_device: RateLimit,
    open: Mutex<HashMap<RateKey, u32>>,
}

/// An open socket is counted as long as this is held.
#[derive(Debug)]
pub(super) struct Door {
    inner: Arc<Inner>,
    address: RateKey,
}

/// Why no socket is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DoorError {
    /// As many as one address may have are open.
    #[error("too many sockets are open from this address")]
    TooManySockets,
    /// This device opens sockets too often.
    #[error("this device opens sockets too often")]
    TooOften {
        /// When it may again.
        wait_ms: i64,
    },
}

impl Doors {
    /// At most so many sockets from one address.
    pub(crate) fn new(per_address_max: u32) -> Self {
        let per_device = RateLimit::new(OPENINGS_PER_DEVICE, DEVICES_MAX);
        Self(Arc::new(Inner { per_address_max, per_device, open: Mutex::default() }))
    }

    /// Counts a socket of `device` from `address` (a keyed hash) at `now`.
    pub(super) fn open(&self, address: RateKey, device: DeviceId, now: Millis) -> Result<Door, DoorError> {
        self.0.per_device.take(device.to_bytes(), now.0).map_err(|wait_ms| DoorError::TooOften { wait_ms })?;
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.0.per_address_max {
            return Err(DoorError::TooManySockets);
        }
        *count += 1;
        Ok(Door { inner: Arc::clone(&self.0), address })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let mut open = self.inner.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(n: u128) -> DeviceId {
        DeviceId::new(Millis(1), n)
    }

    #[test]
    fn an_address_has_so_many_sockets_and_closing_one_makes_room() {
        let doors = Doors::new(2);
        let (home, school) = ([1; 16], [2; 16]);
        let first = doors.open(home, device(1), Millis(0)).unwrap();
        let _second = doors.open(home, device(2), Millis(0)).unwrap();
        assert_eq!(doors.open(home, device(3), Millis(0)).unwrap_err(), DoorError::TooManySockets);
        let _elsewhere = doors.open(school, device(3), Millis(0)).unwrap();
        drop(first);
        let third = doors.open(home, device(3), Millis(0));
        assert!(third.is_ok());
        drop((third, _second, _elsewhere));
        assert!(doors.0.open.lock().unwrap().is_empty(), "nothing is remembered of who has gone");
    }

    #[test]
    fn a_device_that_connects_in_a_loop_waits_and_others_do_not() {
        let doors = Doors::new(1_000);
        for _ in 0..OPENINGS_PER_DEVICE.burst {
            doors.open([1; 16], device(1), Millis(0)).unwrap();
        }
        let refused = doors.open([1; 16], device(1), Millis(0)).unwrap_err();
        assert_eq!(refused, DoorError::TooOften { wait_ms: 1_000 });
        assert!(doors.open([1; 16], device(2), Millis(0)).is_ok());
        assert!(doors.open([1; 16], device(1), Millis(1_000)).is_ok());
    }
}
