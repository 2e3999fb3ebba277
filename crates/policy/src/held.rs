//! What is held of one row, as whoever stores it counts it: the answer that `billet audit` asks for.

use kernel::{MINUTE_MS, Millis};

use crate::RowInfo;

/// What has ended may be opened by nobody after so long (D-03): keys step every quarter of a minute, files are swept as often.
pub const GONE_MS_MAX: i64 = MINUTE_MS;

/// What is held of one row.
#[derive(Clone, Debug)]
pub struct Held {
    /// Of which.
    pub row: &'static RowInfo,
    /// Items that can be opened, or still stand there when no key of their own seals them.
    pub count: u64,
    /// When the oldest of them started, where that is known.
    pub oldest: Option<Millis>,
    /// When the next of them ends by the clock.
    pub next_end: Option<Millis>,
    /// Those of them that ended more than [`GONE_MS_MAX`] ago. There must never be one while a server runs.
    pub overdue: u64,
    /// Items whose key is dead and whose bytes are not yet removed. Nothing opens them (D-71).
    pub remains: u64,
}

impl Held {
    /// Nothing so far.
    pub fn none(row: &'static RowInfo) -> Self {
        Self { row, count: 0, oldest: None, next_end: None, overdue: 0, remains: 0 }
    }

    /// Counts `count` items that started and end together; `lives` says whether their keys do.
    pub fn note(&mut self, count: u64, started: Option<Millis>, end: Option<Millis>, lives: bool, now: Millis) {
        let ended = end.is_some_and(|end| end <= now);
        if count == 0 {
            return;
        }
        if ended && !lives {
            self.remains += count;
            return;
        }
        self.count += count;
        self.oldest = earliest(self.oldest, started);
        if !ended {
            self.next_end = earliest(self.next_end, end);
        } else if end.is_some_and(|end| end + GONE_MS_MAX < now) {
            self.overdue += count;
        }
    }
}

fn earliest(one: Option<Millis>, other: Option<Millis>) -> Option<Millis> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Row, rows};

    /// D-03: a minute is allowed, not more; what has no key is not held.
    #[test]
    fn ended_then_overdue_then_remains() {
        let end = Millis(1_000_000);
        let at = |now: Millis, lives| {
            let mut held = Held::none(rows::ChatMessage::INFO);
            held.note(1, Some(Millis(5)), Some(end), lives, now);
            (held.count, held.next_end.is_some(), held.overdue, held.remains)
        };
        assert_eq!(at(end - 1, true), (1, true, 0, 0));
        assert_eq!(at(end, true), (1, false, 0, 0));
        assert_eq!(at(end + GONE_MS_MAX, true), (1, false, 0, 0));
        assert_eq!(at(end + GONE_MS_MAX + 1, true), (1, false, 1, 0));
        assert_eq!(at(end, false), (0, false, 0, 1));
        assert_eq!(at(end - 1, false), (1, true, 0, 0), "before its end nothing is asked of its key");
    }
}
