//! Nonces: a random prefix per process and a counter.

use std::sync::atomic::{AtomicU64, Ordering};

use kernel::Rng;

use crate::crypto::NONCE_BYTES;

const PREFIX_BYTES: usize = 6;
const COUNTER_BYTES: usize = NONCE_BYTES - PREFIX_BYTES;
/// A million seals a second for 8.9 years: 2^48 / 10^6 / 31,557,600 s. No process lives as long.
const COUNTER_MAX: u64 = 1 << (8 * COUNTER_BYTES);

/// Gives every nonce once. Two processes share a prefix once in 2^48; and nearly all keys are derived for one record or one
/// message, so that even then a nonce would have to meet the same one again.
pub(crate) struct Nonces {
    prefix: [u8; PREFIX_BYTES],
    counter: AtomicU64,
}

impl Nonces {
    pub(crate) fn new(rng: &dyn Rng) -> Self {
        let mut prefix = [0; PREFIX_BYTES];
        rng.fill(&mut prefix);
        Self { prefix, counter: AtomicU64::new(0) }
    }

    pub(crate) fn next(&self) -> [u8; NONCE_BYTES] {
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        assert!(count < COUNTER_MAX, "this process has sealed 2^48 times: restart it");
        let mut nonce = [0; NONCE_BYTES];
        nonce[..PREFIX_BYTES].copy_from_slice(&self.prefix);
        nonce[PREFIX_BYTES..].copy_from_slice(&count.to_be_bytes()[8 - COUNTER_BYTES..]);
        nonce
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kernel::sim::SimRng;

    use super::*;

    #[test]
    fn no_nonce_comes_twice() {
        let rng = SimRng::new(1);
        let processes = [Nonces::new(&rng), Nonces::new(&rng)];
        let seen: HashSet<_> = processes.iter().flat_map(|nonces| (0..1_000).map(|_| nonces.next())).collect();
        assert_eq!(seen.len(), 2_000);
    }
}
