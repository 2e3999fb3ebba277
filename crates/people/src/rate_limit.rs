//! How often something may be done, per key, in bounded memory and nowhere else (policy row `rate_limit`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So many at once, and so many again in each span of time, evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// In what time all of them are there again.
    pub per_ms: i64,
}

impl Rate {
    /// The time that one costs.
    const fn interval_ms(self) -> i64 {
        self.per_ms / self.burst as i64
    }
}

/// A key: a keyed hash, so that memory holds no number and no address.
pub type RateKey = [u8; 16];

/// A limiter for one kind of action. It remembers one number per key: when the key will be as good as new (the "generic
/// cell rate algorithm").
#[derive(Debug)]
pub struct RateLimit {
    rate: Rate,
    keys_max: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When each key is as good as new, in milliseconds of a clock that never jumps.
    clear_at: HashMap<RateKey, i64>,
    /// The same for all keys that found no room: they share one budget, so that a flood of keys neither takes memory
    /// nor frees anybody.
    crowd_clear_at: i64,
}

/// Strangers that found no room share the budget of so many.
const CROWD: i64 = 1_000;

impl RateLimit {
    /// A limiter that tells at most `keys_max` keys apart.
    pub fn new(rate: Rate, keys_max: usize) -> Self {
        Self { rate, keys_max, state: Mutex::default() }
    }

    /// Counts one action of `key` at `now_ms`; when it is too many, says in how many milliseconds it will not be.
    pub fn take(&self, key: RateKey, now_ms: i64) -> Result<(), i64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.clear_at.len() >= self.keys_max && !state.clear_at.contains_key(&key) {
            state.clear_at.retain(|_, clear_at| *clear_at > now_ms);
        }
        if state.clear_at.len() >= self.keys_max && !state.clear_at.contains_key(&key) {
            let cost = (self.rate.interval_ms() / CROWD).max(1);
            return spend(&mut state.crowd_clear_at, cost, self.rate.per_ms, now_ms);
        }
        let clear_at = state.clear_at.entry(key).or_insert(now_ms);
        spend(clear_at, self.rate.interval_ms(), self.rate.per_ms, now_ms)
    }
}

impl RateLimit {
    /// How many keys are known, and when the next of them is as good as new. Those that are already are forgotten (policy
    /// row `rate_limit`).
    pub(crate) fn forget_until(&self, now_ms: i64) -> (usize, Option<i64>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clear_at.retain(|_, clear_at| *clear_at > now_ms);
        (state.clear_at.len(), state.clear_at.values().min().copied())
    }
}

fn spend(clear_at: &mut i64, cost_ms: i64, per_ms: i64, now_ms: i64) -> Result<(), i64> {
    let then = (*clear_at).max(now_ms) + cost_ms;
    let too_early_ms = then - now_ms - per_ms;
    if too_early_ms > 0 {
        return Err(too_early_ms);
    }
    *clear_at = then;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, per_ms: 300 };

    #[test]
    fn a_burst_is_allowed_and_then_one_at_a_time() {
        let limit = RateLimit::new(RATE, 10);
        for _ in 0..3 {
            assert_eq!(limit.take([1; 16], 0), Ok(()));
        }
        assert_eq!(limit.take([1; 16], 0), Err(100));
        assert_eq!(limit.take([1; 16], 99), Err(1));
        assert_eq!(limit.take([1; 16], 100), Ok(()));
        assert_eq!(limit.take([1; 16], 100), Err(100));
        assert_eq!(limit.take([2; 16], 100), Ok(()), "another key is another budget");
    }

    #[test]
    fn a_refused_try_costs_nothing() {
        let limit = RateLimit::new(RATE, 10);
        for _ in 0..3 {
            limit.take([1; 16], 0).unwrap();
        }
        for _ in 0..50 {
            assert_eq!(limit.take([1; 16], 50), Err(50));
        }
        assert_eq!(limit.take([1; 16], 100), Ok(()));
    }

    #[test]
    fn a_flood_of_keys_takes_no_more_memory_and_frees_nobody() {
        let limit = RateLimit::new(RATE, 4);
        for _ in 0..3 {
            limit.take([0; 16], 0).unwrap();
        }
        let mut refused = 0;
        for n in 1..=10_000_u32 {
            let mut key = [9; 16];
            key[..4].copy_from_slice(&n.to_le_bytes());
            refused += usize::from(limit.take(key, 1).is_err());
        }
        assert_eq!(limit.state.lock().unwrap().clear_at.len(), 4);
        assert!(refused > 5_000, "the crowd has a limit too: {refused}");
        assert!(limit.take([0; 16], 1).is_err(), "the first key is still known");
        assert_eq!(limit.take([8; 16], 1_000), Ok(()), "room comes back with time");
    }

    proptest::proptest! {
        /// Never more than the burst in any span of the rate.
        #[test]
        fn no_span_ever_holds_more_than_twice_the_burst(steps in proptest::collection::vec(0_i64..120, 1..200)) {
            let limit = RateLimit::new(RATE, 10);
            let (mut now, mut taken) = (0, Vec::new());
            for step in steps {
                now += step;
                if limit.take([1; 16], now).is_ok() {
                    taken.push(now);
                }
            }
            for (first, start) in taken.iter().enumerate() {
                let within = taken[first..].iter().take_while(|at| **at < start + RATE.per_ms).count();
                proptest::prop_assert!(within <= 2 * RATE.burst as usize);
            }
        }
    }
}
