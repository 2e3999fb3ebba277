//! Effective time: never goes back, and does not believe a sudden jump forward at once.

use kernel::{Clock, DAY_MS, MINUTE_MS, Millis, SECOND_MS};

use crate::deadlines::{DAYS_AHEAD, ms_to_next_step};
use crate::file::format::Header;

/// The wall clock may run ahead of the boot-time clock by this much at a time and be believed.
const JUMP_MS_MAX: i64 = 10 * MINUTE_MS;
/// So long after it was first seen, a jump is looked at again, and believed if it is still there.
const SECOND_LOOK_MS: i64 = 30 * SECOND_MS;
/// A longer jump is believed only when the operator says so: it would kill every deadline key there is.
pub const FAR_JUMP_MS: i64 = DAYS_AHEAD * DAY_MS;

/// The clock jumped forward and is not believed yet. Reads and sends refuse meanwhile (503 `clock_check`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockCheck {
    /// A second look comes soon.
    #[error("the clock jumped {} min forward: it is looked at again in {} s", ahead_ms / MINUTE_MS, look_in_ms / SECOND_MS)]
    SecondLook {
        /// By how much.
        ahead_ms: i64,
        /// When the second look is due.
        look_in_ms: i64,
    },
    /// Over 400 days: not believed until the operator says so.
    #[error("the clock jumped {} days forward: set the date right, or start again with --believe-clock", ahead_ms / DAY_MS)]
    TooFar {
        /// By how much.
        ahead_ms: i64,
    },
}

/// Effective time = max(wall clock, stored time, stored time + boot-time clock since).
pub(crate) struct Time {
    /// The last settled instant and the boot-time clock at it.
    at: Millis,
    boot_ms: i64,
    jump: Option<Jump>,
    believe_far_jumps: bool,
}

/// A jump under observation: a jump is wall clock minus boot-time clock.
#[derive(Clone, Copy)]
struct Jump {
    seen_boot_ms: i64,
    offset_ms: i64,
}

/// What one look at the clocks says.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// Effective time; while a jump is not believed, what it would be without.
    pub(crate) at: Millis,
    pub(crate) boot_ms: i64,
    pub(crate) check: Option<ClockCheck>,
}

impl Time {
    /// Continues where `stored` left off; `floor` is an instant that the keys show has been reached. Gives the lead of the
    /// wall clock instead when it is too far ahead.
    pub(crate) fn resume(
        stored: &Header,
        floor: Millis,
        clock: &dyn Clock,
        believe_far_jumps: bool,
    ) -> Result<Self, i64> {
        let boot_ms = clock.boot_ms();
        let last = stored.at.max(floor);
        let same_boot = stored.boot == clock.boot_id() && stored.boot_ms <= boot_ms;
        let reached = if same_boot {
            last.max(stored.at + (boot_ms - stored.boot_ms))
        } else {
            // Nobody knows how long after its last step the machine went off: any instant before the next may have been seen.
            last + (ms_to_next_step(last) - 1)
        };
        let ahead = clock.wall().since(reached);
        if ahead > FAR_JUMP_MS && !believe_far_jumps {
            return Err(ahead);
        }
        // After a boot nothing tells a jump from the time the machine was off. With the override the operator has looked.
        let believed = !same_boot || ahead > FAR_JUMP_MS;
        let at = if believed { reached.max(clock.wall()) } else { reached };
        Ok(Self { at, boot_ms, jump: None, believe_far_jumps })
    }

    pub(crate) fn look(&mut self, clock: &dyn Clock) -> Look {
        let boot_ms = clock.boot_ms();
        let wall = clock.wall();
        let reached = self.at + (boot_ms - self.boot_ms).max(0);
        let ahead = wall.since(reached);
        let check = if ahead <= JUMP_MS_MAX {
            self.jump = None;
            None
        } else {
            self.doubt(wall, boot_ms, ahead)
        };
        if check.is_none() {
            self.at = reached.max(wall);
            self.boot_ms = boot_ms.max(self.boot_ms);
            return Look { at: self.at, boot_ms, check };
        }
        Look { at: reached, boot_ms, check }
    }

    fn doubt(&mut self, wall: Millis, boot_ms: i64, ahead_ms: i64) -> Option<ClockCheck> {
        if ahead_ms > FAR_JUMP_MS && !self.believe_far_jumps {
            self.jump = None;
            return Some(ClockCheck::TooFar { ahead_ms });
        }
        let offset_ms = wall.0 - boot_ms;
        let same = self.jump.filter(|jump| (jump.offset_ms - offset_ms).abs() <= JUMP_MS_MAX);
        let jump = same.unwrap_or_else(|| {
            tracing::warn!(ahead_ms, "the clock jumped forward: reads refuse until a second look");
            Jump { seen_boot_ms: boot_ms, offset_ms }
        });
        let look_in_ms = jump.seen_boot_ms + SECOND_LOOK_MS - boot_ms;
        if look_in_ms > 0 {
            self.jump = Some(jump);
            return Some(ClockCheck::SecondLook { ahead_ms, look_in_ms });
        }
        tracing::warn!(ahead_ms, "the clock is still ahead at the second look and believed: what is due dies now");
        self.jump = None;
        None
    }
}

#[cfg(test)]
mod tests {
    use kernel::HOUR_MS;
    use kernel::sim::SimClock;
    use proptest::prelude::*;

    use super::*;

    const START: Millis = Millis(1_800_000_000_000);

    fn header(clock: &SimClock) -> Header {
        Header {
            step: 0,
            batches: 0,
            at: clock.wall(),
            boot: clock.boot_id(),
            boot_ms: clock.boot_ms(),
            slots: 1,
            drawing: 0,
        }
    }

    fn running() -> (SimClock, Time) {
        let clock = SimClock::new(START);
        let time = Time::resume(&header(&clock), Millis(0), &clock, false).ok().unwrap();
        (clock, time)
    }

    #[test]
    fn a_step_back_does_not_turn_time_back_and_does_not_stop_it() {
        let (clock, mut time) = running();
        clock.advance(HOUR_MS);
        assert_eq!(time.look(&clock).at, START + HOUR_MS);
        clock.jump(-5 * HOUR_MS);
        assert_eq!(time.look(&clock).at, START + HOUR_MS);
        clock.advance(MINUTE_MS);
        assert_eq!(time.look(&clock).at, START + HOUR_MS + MINUTE_MS);
    }

    #[test]
    fn a_small_lead_is_followed_at_once() {
        let (clock, mut time) = running();
        clock.jump(JUMP_MS_MAX);
        let look = time.look(&clock);
        assert_eq!((look.at, look.check), (START + JUMP_MS_MAX, None));
    }

    #[test]
    fn a_jump_is_refused_at_once_and_believed_at_the_second_look() {
        let (clock, mut time) = running();
        clock.jump(73 * HOUR_MS);
        let check = time.look(&clock).check.unwrap();
        assert_eq!(check, ClockCheck::SecondLook { ahead_ms: 73 * HOUR_MS, look_in_ms: SECOND_LOOK_MS });
        assert_eq!(check.to_string(), "the clock jumped 4380 min forward: it is looked at again in 30 s");
        clock.advance(SECOND_LOOK_MS - 1);
        let look = time.look(&clock);
        assert_eq!(look.at, START + SECOND_LOOK_MS - 1, "time goes on without the jump");
        assert!(look.check.is_some());
        clock.advance(1);
        let look = time.look(&clock);
        assert_eq!((look.at, look.check), (clock.wall(), None));
    }

    #[test]
    fn a_jump_that_is_taken_back_leaves_no_trace() {
        let (clock, mut time) = running();
        clock.jump(73 * HOUR_MS);
        assert!(time.look(&clock).check.is_some());
        clock.advance(SECOND_LOOK_MS / 2);
        clock.jump(-73 * HOUR_MS);
        assert_eq!(time.look(&clock).at, START + SECOND_LOOK_MS / 2);
        clock.jump(73 * HOUR_MS);
        assert!(time.look(&clock).check.is_some());
        clock.advance(SECOND_LOOK_MS - 1);
        assert!(time.look(&clock).check.is_some(), "the first look starts anew");
    }

    #[test]
    fn a_clock_that_still_moves_is_not_believed() {
        let (clock, mut time) = running();
        for _ in 0..10 {
            clock.jump(HOUR_MS);
            assert!(time.look(&clock).check.is_some());
            clock.advance(SECOND_LOOK_MS / 2);
        }
    }

    #[test]
    fn over_400_days_needs_the_operator() {
        let (clock, mut time) = running();
        clock.jump(FAR_JUMP_MS + 1);
        for _ in 0..100 {
            clock.advance(SECOND_LOOK_MS);
            assert!(matches!(time.look(&clock).check, Some(ClockCheck::TooFar { .. })));
        }
        let stored = header(&SimClock::new(START));
        clock.reboot(0);
        assert!(Time::resume(&stored, Millis(0), &clock, false).is_err());
        let mut time = Time::resume(&stored, Millis(0), &clock, true).ok().unwrap();
        assert_eq!(time.look(&clock).at, clock.wall());
    }

    #[test]
    fn downtime_counts_at_once_after_a_boot_and_after_a_second_look_without_one() {
        let clock = SimClock::new(START);
        let stored = header(&clock);
        clock.reboot(73 * HOUR_MS);
        let mut time = Time::resume(&stored, Millis(0), &clock, false).ok().unwrap();
        assert_eq!(time.look(&clock).at, START + 73 * HOUR_MS);

        let clock = SimClock::new(START);
        clock.advance(73 * HOUR_MS);
        let mut time = Time::resume(&stored, Millis(0), &clock, false).ok().unwrap();
        assert_eq!(time.look(&clock).at, START + 73 * HOUR_MS, "the boot-time clock vouches for it");

        let clock = SimClock::new(START);
        clock.jump(73 * HOUR_MS);
        let mut time = Time::resume(&stored, Millis(0), &clock, false).ok().unwrap();
        assert!(time.look(&clock).check.is_some(), "a restart does not make a jump true");
    }

    #[test]
    fn what_the_keys_have_seen_is_not_undone_by_a_clock_that_went_back() {
        let clock = SimClock::new(START);
        let stored = header(&clock);
        clock.reboot(-HOUR_MS);
        let mut time = Time::resume(&stored, START + MINUTE_MS, &clock, false).ok().unwrap();
        assert_eq!(time.look(&clock).at, START + MINUTE_MS + 15 * SECOND_MS - 1);
        let mut time = Time::resume(&stored, Millis(0), &clock, false).ok().unwrap();
        assert_eq!(
            time.look(&clock).at,
            START + 15 * SECOND_MS - 1,
            "all that may have been seen before the next step"
        );
    }

    proptest! {
        #[test]
        fn time_never_goes_back_and_never_stands_still(moves in prop::collection::vec((0_i64..3 * HOUR_MS, -9 * HOUR_MS..9 * HOUR_MS), 1..60)) {
            let (clock, mut time) = running();
            let mut last = time.look(&clock).at;
            for (advance, jump) in moves {
                clock.advance(advance);
                clock.jump(jump);
                let look = time.look(&clock);
                prop_assert!(look.at >= last + advance);
                last = look.at;
            }
        }
    }
}
