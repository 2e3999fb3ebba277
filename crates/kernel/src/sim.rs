//! A clock, a random source and a disk that a test drives by hand.

mod disk;

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::{BootId, Clock, Millis, Rng};

pub use disk::{AfterCut, SimDisk};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct SimClock {
    wall: AtomicI64,
    boot: AtomicI64,
    boots: AtomicU64,
}

impl SimClock {
    /// A machine just started, with its wall clock at `wall`.
    pub fn new(wall: Millis) -> Self {
        Self { wall: AtomicI64::new(wall.0), boot: AtomicI64::new(0), boots: AtomicU64::new(1) }
    }

    /// A clock of its own that shows the same: a second future from the same past.
    pub fn fork(&self) -> Self {
        let copy = |value: &AtomicI64| AtomicI64::new(value.load(Ordering::SeqCst));
        Self {
            wall: copy(&self.wall),
            boot: copy(&self.boot),
            boots: AtomicU64::new(self.boots.load(Ordering::SeqCst)),
        }
    }

    /// Lets `ms` pass on both clocks.
    pub fn advance(&self, ms: i64) {
        self.boot.fetch_add(ms, Ordering::SeqCst);
        self.wall.fetch_add(ms, Ordering::SeqCst);
    }

    /// Sets the wall clock wrong (or right) by `ms`; the boot-time clock does not notice.
    pub fn jump(&self, ms: i64) {
        self.wall.fetch_add(ms, Ordering::SeqCst);
    }

    /// Starts the machine again, `ms` later by the wall.
    pub fn reboot(&self, ms: i64) {
        self.wall.fetch_add(ms, Ordering::SeqCst);
        self.boot.store(0, Ordering::SeqCst);
        self.boots.fetch_add(1, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn wall(&self) -> Millis {
        Millis(self.wall.load(Ordering::SeqCst))
    }

    fn boot_ms(&self) -> i64 {
        self.boot.load(Ordering::SeqCst)
    }

    fn boot_id(&self) -> BootId {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.boots.load(Ordering::SeqCst).to_le_bytes());
        BootId(id)
    }
}

/// A seeded generator (SplitMix64): the same seed gives the same run. For simulations only.
#[derive(Debug)]
pub struct SimRng(Mutex<u64>);

impl SimRng {
    /// A generator that always gives the same sequence for `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// A number below `bound` (which must not be 0).
    pub fn below(&self, bound: u64) -> u64 {
        self.next_u64() % bound
    }

    /// True once in `n` times.
    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }
}

impl Rng for SimRng {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().expect("no thread panics while it draws");
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}
