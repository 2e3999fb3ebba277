//! Deletion lag: how long after its end something could still be opened.
//!
//! An **end** is a deadline, or the call that destroys a key. The lag runs to the moment when the key is overwritten and synced
//! in every copy. What is not known is counted at its worst: nobody knows which deadlines a step held, so a step's lag is that
//! of the earliest deadline it may have held.
//!
//! - Ends that passed before this process served are counted apart ([`WhileOff`]): keys cannot die while nothing runs.
//! - A leap of the clock makes ends pass that were still far away. Their lag runs from the last look before the leap, so the
//!   second look at a jump is part of it.
//! - A lease that a pass holds beyond its hour is counted apart, in served time: the hold is part of the period (CHAT-3H).

use std::collections::BTreeMap;

use kernel::{Millis, SECOND_MS};
use serde::{Deserialize, Serialize};

use crate::Vault;
use crate::time::Look;

/// Effective time that runs ahead of the boot-time clock by more than this has leapt.
const LEAP_MS_MIN: i64 = SECOND_MS;
/// Leaps that begin within this time of each other are counted as one: a clock that is put right in small steps.
const LEAPS_APART_MS_MIN: i64 = SECOND_MS;
/// Leaps remembered: what ended in an older one has been swept long ago.
const LEAPS_MAX: usize = 16;

/// All that was measured since this server's data began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lags {
    /// Since when, in milliseconds since 1970.
    pub since: Millis,
    /// Deadlines and destroyed keys, while a server ran.
    pub served: Histogram,
    /// How long leases were held beyond their hour, in served time.
    pub leases: Histogram,
    /// Ends that passed while no server ran.
    pub while_off: WhileOff,
}

/// Ends that passed while no server ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhileOff {
    /// How many.
    pub count: u64,
    /// The longest that one of them waited for its key's death.
    pub max_ms: u64,
}

/// Values in milliseconds, in buckets whose width is 1/32 of their value: what is told is at most 3.2 % too high and never
/// too low.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// Number of values by bucket.
    buckets: BTreeMap<u16, u64>,
    max: u64,
}

/// Each doubling has 2^5 buckets.
const BUCKET_BITS: u32 = 5;

impl Histogram {
    /// Counts `count` values of `ms`.
    pub fn record(&mut self, ms: i64, count: u64) {
        if count == 0 {
            return;
        }
        let ms = u64::try_from(ms).unwrap_or(0);
        *self.buckets.entry(bucket(ms)).or_default() += count;
        self.max = self.max.max(ms);
    }

    /// How many values.
    pub fn count(&self) -> u64 {
        self.buckets.values().sum()
    }

    /// The largest value, exactly.
    pub fn max_ms(&self) -> u64 {
        self.max
    }

    /// A value that `per_mille` of all values do not exceed; 0 when there are none.
    pub fn quantile_ms(&self, per_mille: u16) -> u64 {
        let rank = (u128::from(self.count()) * u128::from(per_mille)).div_ceil(1000).max(1);
        let mut seen = 0;
        let mut counted = self.buckets.iter().map(|(bucket, count)| {
            seen += u128::from(*count);
            (*bucket, seen)
        });
        counted.find(|(_, seen)| *seen >= rank).map_or(0, |(bucket, _)| upper(bucket).min(self.max))
    }

    /// How many values are certainly at most `ms`.
    pub fn at_most(&self, ms: u64) -> u64 {
        let certain = self.buckets.iter().take_while(|(bucket, _)| upper(**bucket).min(self.max) <= ms);
        certain.map(|(_, count)| count).sum()
    }

    /// The sum of all values, as the buckets tell it.
    pub fn sum_ms(&self) -> u64 {
        self.buckets.iter().map(|(bucket, count)| upper(*bucket).min(self.max).saturating_mul(*count)).sum()
    }

    fn add(&mut self, other: &Self) {
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(*bucket).or_default() += count;
        }
        self.max = self.max.max(other.max);
    }
}

fn bucket(ms: u64) -> u16 {
    let shift = (u64::BITS - ms.leading_zeros()).saturating_sub(BUCKET_BITS + 1);
    u16::try_from((u64::from(shift) << BUCKET_BITS) + (ms >> shift)).expect("64 doublings of 32 buckets")
}

/// The largest value of a bucket.
fn upper(bucket: u16) -> u64 {
    let shift = u32::from(bucket >> BUCKET_BITS).saturating_sub(1).min(u64::BITS - BUCKET_BITS - 1);
    let mantissa = u64::from(bucket) - (u64::from(shift) << BUCKET_BITS);
    ((u128::from(mantissa + 1) << shift) - 1).try_into().unwrap_or(u64::MAX)
}

/// What is needed to measure while running.
pub(crate) struct LagBook {
    lags: Lags,
    /// Effective time when this process opened the keys, and whether they were there before.
    opened: Millis,
    resumed: bool,
    /// The last look at a clock that was not in doubt, and the boot-time clock then.
    settled: (Millis, i64),
    leaps: Vec<Leap>,
}

/// Effective time went from `from` to `to` at once.
struct Leap {
    from: Millis,
    to: Millis,
    /// The boot-time clock at the last look before.
    boot_ms: i64,
    /// By how much more time than has passed.
    skipped_ms: i64,
}

/// Steps of one root that died together, the first of which may hold deadlines from `first` on.
pub(crate) struct Dead {
    pub(crate) first: Millis,
    pub(crate) step_ms: i64,
    pub(crate) steps: u32,
}

impl LagBook {
    pub(crate) fn new(look: Look, resumed: bool) -> Self {
        let lags = Lags { since: look.at, ..Lags::default() };
        Self { lags, opened: look.at, resumed, settled: (look.at, look.boot_ms), leaps: Vec::new() }
    }

    /// Takes note of what time it is, before anything is counted.
    pub(crate) fn look(&mut self, look: Look) {
        if look.check.is_some() {
            return;
        }
        let (at, boot_ms) = self.settled;
        let skipped_ms = look.at.since(at) - (look.boot_ms - boot_ms);
        if skipped_ms > LEAP_MS_MIN {
            self.leapt(Leap { from: at, to: look.at, boot_ms, skipped_ms });
        }
        self.settled = (look.at, look.boot_ms);
    }

    /// Leaps in quick succession are one, from the last look before the first of them.
    fn leapt(&mut self, leap: Leap) {
        if let Some(last) = self.leaps.last_mut().filter(|last| leap.boot_ms - last.boot_ms <= LEAPS_APART_MS_MIN) {
            last.to = leap.to;
            last.skipped_ms += leap.skipped_ms;
            return;
        }
        if self.leaps.len() == LEAPS_MAX {
            self.leaps.remove(0);
        }
        self.leaps.push(leap);
    }

    /// Something ended at `end` and could be opened until now.
    fn ended(&mut self, end: Millis, now: Look, count: u64) {
        let by_time = now.at.since(end).max(0);
        if end <= self.opened {
            let count = if self.resumed { count } else { return };
            self.lags.while_off.count += count;
            self.lags.while_off.max_ms = self.lags.while_off.max_ms.max(by_time.unsigned_abs());
            return;
        }
        // What a leap took after the end is no time that has passed.
        let skipped_ms: i64 = self.leaps.iter().filter(|leap| leap.from >= end).map(|leap| leap.skipped_ms).sum();
        let by_time = (by_time - skipped_ms).max(0);
        let leapt = self.leaps.iter().find(|leap| leap.from < end && end <= leap.to);
        let lag = leapt.map_or(by_time, |leap| by_time.min(now.boot_ms - leap.boot_ms));
        self.lags.served.record(lag, count);
    }

    /// Steps died; `now` is the moment when that was durable.
    pub(crate) fn died(&mut self, dead: &[Dead], now: Look) {
        for Dead { first, step_ms, steps } in dead {
            for step in 0..i64::from(*steps) {
                let from = *first + step * step_ms;
                self.ended(from, now, 1);
                // What else the step may have held ended after the start.
                if from <= self.opened && self.opened < from + *step_ms {
                    self.ended(self.opened + 1, now, 1);
                }
            }
        }
    }

    pub(crate) fn lease_ended(&mut self, held_ms: i64) {
        self.lags.leases.record(held_ms, 1);
    }
}

impl Vault {
    /// What was measured so far, earlier processes included once they were added.
    pub fn lags(&self) -> Lags {
        self.book().lags.clone()
    }

    /// Adds what earlier processes measured. To be called once, after opening.
    pub fn add_lags(&self, earlier: &Lags) {
        let lags = &mut self.book().lags;
        lags.since = lags.since.min(earlier.since);
        lags.served.add(&earlier.served);
        lags.leases.add(&earlier.leases);
        lags.while_off.count += earlier.while_off.count;
        lags.while_off.max_ms = lags.while_off.max_ms.max(earlier.while_off.max_ms);
    }

    /// Rows that no key of their own seals are gone now: `count` of them, whose period ended at `end`.
    pub fn note_removed(&self, end: Millis, count: u64) {
        let now = self.look();
        self.book().ended(end, now, count);
    }

    /// A key that was to be destroyed at `called` (a look before the call) is destroyed.
    pub(crate) fn note_destroyed(&self, called: Look) {
        let lag_ms = self.clock().boot_ms() - called.boot_ms;
        self.book().lags.served.record(lag_ms, 1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_of_what_was_counted() {
        let mut values = Histogram::default();
        assert_eq!((values.count(), values.quantile_ms(500), values.max_ms()), (0, 0, 0));
        values.record(15, 998);
        values.record(30_000, 2);
        assert_eq!((values.count(), values.quantile_ms(500), values.max_ms()), (1000, 15, 30_000));
        assert_eq!(values.quantile_ms(998), 15);
        assert_eq!(values.quantile_ms(999), 30_000, "never above the largest");
        assert_eq!((values.at_most(15), values.at_most(29_000), values.at_most(30_000)), (998, 998, 1000));
    }

    #[test]
    fn what_was_written_down_is_read_again() {
        let mut lags = Lags { since: Millis(7), ..Lags::default() };
        lags.served.record(15_001, 3);
        let text = serde_json::to_string(&lags).unwrap();
        assert_eq!(serde_json::from_str::<Lags>(&text).unwrap(), lags);
    }

    proptest! {
        #[test]
        fn a_bucket_holds_its_values_and_is_at_most_a_thirtysecond_wide(ms in prop_oneof![0_u64..5_000, any::<u64>()]) {
            let upper = upper(bucket(ms));
            prop_assert!(upper >= ms);
            prop_assert!(upper - ms <= ms / 32);
            prop_assert!(ms == 0 || bucket(ms - 1) <= bucket(ms));
        }
    }
}
