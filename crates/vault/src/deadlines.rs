//! Deadline keys: one key per 15 seconds (near deadlines) or 30 seconds (far ones), each dead once its time has come.
//!
//! A root is a random state that is stepped one way. From the state after `i` steps follow the keys of the steps after it and
//! nothing before, so overwriting the state kills the keys of the time that has passed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{OnceLock, RwLock};

use kernel::{DAY_MS, HOUR_MS, Millis, SECOND_MS};

use crate::crypto::{Key, Use, derive};

/// How far ahead hours have roots. The longest near deadline is that of media, 120 hours, and one hour to round up in.
pub(crate) const HOURS_AHEAD: i64 = 121;
/// How far ahead days have roots: a year, a month to answer in, and some.
pub(crate) const DAYS_AHEAD: i64 = 400;
/// Keys are looked for and overwritten at least this often.
pub const STEP_MS: i64 = 15 * SECOND_MS;
/// A key lives at most this long after its deadline, when steps are made on time: rounding up, and being late by one step.
pub const KEY_DEATH_MS_MAX: i64 = 60 * SECOND_MS;
const _: () = assert!(Grain::Day.step_ms() + STEP_MS <= KEY_DEATH_MS_MAX);
const _: () = assert!(Grain::Hour.step_ms() == STEP_MS && Grain::Day.step_ms() % STEP_MS == 0);

/// How long after `at` the next step is.
pub(crate) const fn ms_to_next_step(at: Millis) -> i64 {
    STEP_MS - at.0.rem_euclid(STEP_MS)
}

/// How finely deadlines are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Grain {
    /// A root per hour, steps of 15 seconds.
    Hour,
    /// A root per day, steps of 30 seconds.
    Day,
}

impl Grain {
    /// What one root covers.
    pub(crate) const fn span_ms(self) -> i64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }

    pub(crate) const fn step_ms(self) -> i64 {
        match self {
            Self::Hour => STEP_MS,
            Self::Day => 2 * STEP_MS,
        }
    }

    /// Steps of one root: 240 for an hour, 2,880 for a day.
    pub(crate) const fn steps(self) -> u32 {
        (self.span_ms() / self.step_ms()) as u32
    }

    /// The roots that must be there at `now`, one more than the deadlines need: a deadline may be asked for just after
    /// an hour (or day) began and before the step that draws the next root.
    pub(crate) fn wanted(self, now: Millis) -> std::ops::RangeInclusive<i64> {
        let first = now.0.div_euclid(self.span_ms());
        let ahead = match self {
            Self::Hour => HOURS_AHEAD,
            Self::Day => DAYS_AHEAD,
        };
        first..=first + ahead + 1
    }

    /// Steps of root `index` that have passed at `now`.
    pub(crate) fn passed(self, index: i64, now: Millis) -> u32 {
        let steps = (now.0 - index * self.span_ms()).div_euclid(self.step_ms());
        u32::try_from(steps.clamp(0, self.steps().into())).expect("clamped to the steps of a root")
    }
}

/// The instant a deadline is rounded up to; its key is dead from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Step {
    pub(crate) grain: Grain,
    pub(crate) at: Millis,
}

impl Step {
    /// The step of `deadline` in `grain`.
    pub(crate) fn new(grain: Grain, deadline: Millis) -> Self {
        let step = grain.step_ms();
        Self { grain, at: Millis(deadline.0.div_euclid(step) * step + if deadline.0 % step == 0 { 0 } else { step }) }
    }

    /// The finest step that has a root for `deadline` at `now`; `None` beyond 400 days.
    pub(crate) fn for_deadline(deadline: Millis, now: Millis) -> Option<Self> {
        match deadline.since(now) {
            ahead if ahead <= HOURS_AHEAD * HOUR_MS => Some(Self::new(Grain::Hour, deadline)),
            ahead if ahead <= DAYS_AHEAD * DAY_MS => Some(Self::new(Grain::Day, deadline)),
            _ => None,
        }
    }

    /// Which root, and how many steps into it, 1 to `steps`: an instant at the end of a span belongs to that span.
    pub(crate) fn place(self) -> (i64, u32) {
        let span = self.grain.span_ms();
        let index = (self.at.0 - 1).div_euclid(span);
        let position = (self.at.0 - index * span) / self.grain.step_ms();
        (index, u32::try_from(position).expect("a step lies within its root"))
    }
}

/// The state after `steps` more steps.
pub(crate) fn stepped(mut state: Key, steps: u32) -> Key {
    for _ in 0..steps {
        state = derive(Use::NextState, &[&state], &[]);
    }
    state
}

/// A root in memory.
pub(crate) struct Root {
    pub(crate) slot: u32,
    pub(crate) position: u32,
    pub(crate) state: Key,
    waypoints: OnceLock<Vec<Key>>,
}

/// Every so many steps a state is kept, so that a far key costs few steps: 64 x 0.1 us.
const WAYPOINT_STEPS: u32 = 64;

impl Root {
    pub(crate) fn new(slot: u32, position: u32, state: Key) -> Self {
        Self { slot, position, state, waypoints: OnceLock::new() }
    }

    /// The key of step `position` (1 or more); `None` when it is dead.
    pub(crate) fn key(&self, grain: Grain, position: u32) -> Option<Key> {
        let ahead = position.checked_sub(self.position + 1)?;
        let waypoints = self.waypoints.get_or_init(|| {
            let count = (grain.steps() - self.position) / WAYPOINT_STEPS;
            let mut states = vec![self.state.clone()];
            for _ in 0..count {
                states.push(stepped(states.last().expect("starts with one").clone(), WAYPOINT_STEPS));
            }
            states
        });
        let from = waypoints.get((ahead / WAYPOINT_STEPS) as usize)?;
        let state = stepped(from.clone(), ahead % WAYPOINT_STEPS);
        Some(derive(Use::StepKey, &[&state], &[]))
    }
}

/// The roots of one grain.
pub(crate) type Roots = BTreeMap<i64, Root>;

/// Derived step keys, kept because many deadlines share one: a message an instant, all of its recipients.
#[derive(Default)]
pub(crate) struct StepKeys(RwLock<HashMap<Step, Key>>);

/// Steps remembered: all near ones (121 x 240 = 29,040) and as many far ones. 56 bytes each, 3 MB.
const STEPS_KEPT_MAX: usize = 60_000;

impl StepKeys {
    /// The key of `step`; `None` when it is dead or its root not drawn.
    pub(crate) fn get(&self, step: Step, roots: &Roots) -> Option<Key> {
        let (index, position) = step.place();
        let root = roots.get(&index).filter(|root| root.position < position)?;
        if let Some(key) = self.0.read().expect("nobody panics here").get(&step) {
            return Some(key.clone());
        }
        let key = root.key(step.grain, position)?;
        let mut kept = self.0.write().expect("nobody panics here");
        if kept.len() >= STEPS_KEPT_MAX {
            kept.clear();
        }
        kept.insert(step, key.clone());
        Some(key)
    }

    /// Forgets the keys whose time has come.
    pub(crate) fn forget_until(&self, now: Millis) {
        self.0.write().expect("nobody panics here").retain(|step, _| step.at > now);
    }
}
