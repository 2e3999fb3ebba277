//! How long a row lives.

use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use kernel::Millis;

use crate::Event;

/// How long a kind of data lives: the earliest of its limits, unless one of its ends comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The event that `started` of a record dates.
    pub starts: Event,
    /// Spans of time, each counted from an event. The earliest wins (D-04).
    pub limits: &'static [Limit],
    /// Events that end it at once, the earliest winning; events joined in one entry must all have happened.
    pub ends: &'static [&'static [Event]],
}

/// So long after such an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The span.
    pub length: Length,
    /// What it is counted from.
    pub from: Event,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many milliseconds. A day is 24 hours: all reckoning is in UTC.
    Millis(i64),
    /// So many calendar months in UTC, the day clamped to the end of the month (D-07).
    Months(i32),
}

impl Period {
    /// When a record that started at `started` ends by the clock; `None` when only an event ends it.
    ///
    /// The deadline is fixed when the record is written (D-03). Limits that are counted from a later event, such as
    /// the delivery of a message, are asked for with [`Period::deadline_from`] when that event comes.
    pub fn deadline(&self, started: Millis) -> Option<Millis> {
        self.deadline_from(self.starts, started)
    }

    /// When a record ends by the limits counted from `event`, which happened at `at`; `None` when no limit is.
    pub fn deadline_from(&self, event: Event, at: Millis) -> Option<Millis> {
        self.limits.iter().filter(|limit| limit.from == event).map(|limit| limit.length.after(at)).min()
    }
}

impl Length {
    /// The instant so long after `at`. Beyond the calendar (year 9999) it is `at` itself: what cannot be dated ends now.
    pub fn after(self, at: Millis) -> Millis {
        match self {
            Self::Millis(ms) => at + ms,
            Self::Months(months) => months_after(at, months).unwrap_or(at),
        }
    }
}

fn months_after(at: Millis, months: i32) -> Option<Millis> {
    let date = Offset::UTC.to_datetime(Timestamp::from_millisecond(at.0).ok()?);
    let end = date.checked_add(Span::new().try_months(months).ok()?).ok()?;
    Offset::UTC.to_timestamp(end).ok().map(|end| Millis(end.as_millisecond()))
}
