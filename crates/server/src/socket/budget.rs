//! How many frames one socket may send: a flood from one device must not take what its neighbours need.

use std::time::Duration;

use tokio::time::Instant;
use wire::{FRAME_BUDGET, FRAME_BUDGET_MS, SLOW_DOWN_MS, SLOW_DOWNS_MAX};

/// What one unit of the budget takes to come back.
const UNIT: Duration = Duration::from_micros(FRAME_BUDGET_MS as u64 * 1_000 / FRAME_BUDGET as u64);
/// See [`FRAME_BUDGET_MS`].
const SPAN: Duration = Duration::from_millis(FRAME_BUDGET_MS as u64);
/// See [`SLOW_DOWN_MS`].
const PAUSE: Duration = Duration::from_millis(SLOW_DOWN_MS as u64);
const _: () = assert!(FRAME_BUDGET_MS * 1_000 / FRAME_BUDGET >= 1, "a unit is at least a microsecond");

/// What a socket has spent. One number: when it will have everything again.
#[derive(Debug)]
pub(super) struct Budget {
    full_at: Instant,
    /// Until when nothing is read.
    paused_until: Option<Instant>,
    /// How often it was told to slow down since it last had everything.
    told: u32,
}

/// What a flood leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is told, and not read from for so long.
    SlowDown,
    /// It was told often enough.
    Close,
}

impl Budget {
    pub(super) const fn new(now: Instant) -> Self {
        Self { full_at: now, paused_until: None, told: 0 }
    }

    /// Spends `cost` at `now`. What was asked for is done all the same: the verdict is about what comes next.
    pub(super) fn spend(&mut self, cost: u32, now: Instant) -> Option<Verdict> {
        if self.full_at <= now {
            self.full_at = now;
            self.told = 0;
        }
        self.full_at += UNIT * cost;
        if self.full_at <= now + SPAN || self.paused_until.is_some() {
            return None;
        }
        self.told += 1;
        if self.told > SLOW_DOWNS_MAX {
            return Some(Verdict::Close);
        }
        self.paused_until = Some(now + PAUSE);
        Some(Verdict::SlowDown)
    }

    /// Until when nothing is to be read, while that is so.
    pub(super) const fn paused_until(&self) -> Option<Instant> {
        self.paused_until
    }

    /// The pause is over.
    pub(super) const fn resume(&mut self) {
        self.paused_until = None;
    }
}

#[cfg(test)]
mod tests {
    use wire::{FRAME_COST, FRAME_COST_SMALL_OP};

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any instant will do to reckon from")]
    fn start() -> Instant {
        Instant::now()
    }

    /// Spends `cost` every `every` for `span`; the verdicts that came.
    fn flood(budget: &mut Budget, mut now: Instant, cost: u32, every: Duration, span: Duration) -> Vec<Verdict> {
        let (mut verdicts, end) = (Vec::new(), now + span);
        while now < end {
            if let Some(until) = budget.paused_until() {
                now = until;
                budget.resume();
            }
            verdicts.extend(budget.spend(cost, now));
            now += every;
        }
        verdicts
    }

    #[test]
    fn who_talks_quickly_is_never_told() {
        let now = start();
        let mut budget = Budget::new(now);
        // 15,000 messages a second for a minute, more than a device takes in.
        let told = flood(&mut budget, now, FRAME_COST, Duration::from_micros(66), Duration::from_secs(60));
        assert_eq!(told, []);
        let mut budget = Budget::new(now);
        let told = flood(&mut budget, now, FRAME_COST_SMALL_OP, Duration::from_millis(2), Duration::from_secs(60));
        assert_eq!(told, []);
    }

    #[test]
    fn a_flood_is_told_several_times_and_then_closed() {
        let now = start();
        let mut budget = Budget::new(now);
        let told = flood(&mut budget, now, FRAME_COST_SMALL_OP, Duration::from_micros(1), Duration::from_secs(4));
        assert_eq!(told[..SLOW_DOWNS_MAX as usize], [Verdict::SlowDown; SLOW_DOWNS_MAX as usize]);
        assert_eq!(told.get(SLOW_DOWNS_MAX as usize), Some(&Verdict::Close));
    }

    #[test]
    fn who_slows_down_starts_afresh() {
        let mut now = start();
        let mut budget = Budget::new(now);
        for _ in 0..10 * SLOW_DOWNS_MAX {
            let burst = u64::from(FRAME_BUDGET) + 1;
            let told = (0..burst).filter_map(|_| budget.spend(FRAME_COST, now)).collect::<Vec<_>>();
            assert_eq!(told, [Verdict::SlowDown]);
            now += 2 * SPAN;
            budget.resume();
        }
    }
}
