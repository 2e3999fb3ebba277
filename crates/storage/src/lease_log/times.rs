//! The hours and periods everything here reckons with. Periods come from the policy.

use kernel::{HOUR_MS, MINUTE_MS, Millis};
use policy::{Row, rows};

/// A sender may recall a message this long (`docs/PROTOCOL`, "recall").
pub const RECALL_MS: i64 = 2 * MINUTE_MS;

/// Other devices have at least this long after the first one stored a message.
const OTHER_DEVICES_MS: i64 = HOUR_MS;

/// When a message sent at `at` ends, whatever happened (CHAT-72H).
pub(super) fn message_deadline(at: Millis) -> Millis {
    deadline(rows::ChatMessage::INFO, at)
}

/// When a mark made at `at` ends.
pub(super) fn mark_deadline(at: Millis) -> Millis {
    deadline(rows::ChatReceipt::INFO, at)
}

/// Until when a client id first seen at `at` gets its first answer again.
pub(super) fn client_id_deadline(at: Millis) -> Millis {
    deadline(rows::ChatIdempotency::INFO, at)
}

fn deadline(row: &policy::RowInfo, at: Millis) -> Millis {
    row.period.deadline(at).expect("the policy gives messages in flight a period (tested below)")
}

/// The hour at whose start an entry first acked at `at` may no longer be read: 1-2 h later (CHAT-3H with the hour that an
/// unfinished pass may take).
pub(super) fn until(at: Millis) -> u32 {
    hour(at + (OTHER_DEVICES_MS + HOUR_MS - 1))
}

/// The hour an instant lies in, since 1970.
pub(super) fn hour(at: Millis) -> u32 {
    u32::try_from(at.hour().max(0)).expect("effective time stays below the year 491,000")
}

/// The start of an hour.
pub(super) fn hour_start(hour: u32) -> Millis {
    Millis(i64::from(hour) * HOUR_MS)
}

/// Microseconds since 1970: the least seq of that moment.
pub(super) fn micros(at: Millis) -> u64 {
    u64::try_from(at.0).unwrap_or(0) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_in_flight_have_periods() {
        for deadline in [message_deadline, mark_deadline, client_id_deadline] {
            assert_eq!(deadline(Millis(5)), Millis(5 + 72 * HOUR_MS));
        }
    }

    #[test]
    fn an_ack_leaves_other_devices_an_hour_and_less_than_two() {
        for minute in 0..180 {
            let acked = Millis(495_000 * HOUR_MS + minute * MINUTE_MS);
            let left = hour_start(until(acked)).since(acked);
            assert!((HOUR_MS..2 * HOUR_MS).contains(&left), "{left} ms");
        }
    }
}
