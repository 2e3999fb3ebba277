//! How long rows live, against the calendar.

use jiff::civil::{DateTime, date};
use jiff::tz::Offset;
use kernel::{DAY_MS, HOUR_MS, MINUTE_MS, Millis};
use policy::{Event, Length, Period, Row, rows};

fn at(moment: DateTime) -> Millis {
    Millis(Offset::UTC.to_timestamp(moment).expect("within the calendar").as_millisecond())
}

fn day(year: i16, month: i8, day: i8) -> Millis {
    at(date(year, month, day).at(0, 0, 0, 0))
}

fn login() -> Period {
    rows::Login::INFO.period
}

fn log() -> Period {
    rows::LogDevice::INFO.period
}

/// LOGI-3M, LOGI-90D: 1 February of a common year ends on 1 May (89 days), 1 March on 30 May (90 days, before 1 June).
#[test]
fn a_login_ends_at_the_earlier_of_90_days_and_3_months() {
    assert_eq!(login().deadline(day(2027, 2, 1)), Some(day(2027, 5, 1)));
    assert_eq!(login().deadline(day(2027, 3, 1)), Some(day(2027, 5, 30)));
    assert_eq!(login().deadline(day(2028, 2, 1)), Some(day(2028, 5, 1)));
}

/// D-07: three months from 30 November is the last of February, leap year or not, at the same time of day.
#[test]
fn three_months_are_clamped_to_the_end_of_february() {
    assert_eq!(log().deadline(day(2026, 11, 30)), Some(day(2027, 2, 28)));
    assert_eq!(log().deadline(day(2027, 11, 30)), Some(day(2028, 2, 29)));
    assert_eq!(log().deadline(day(2027, 11, 29)), Some(day(2028, 2, 29)));
    let late = date(2026, 11, 30).at(23, 59, 59, 999_000_000);
    assert_eq!(log().deadline(at(late)), Some(at(date(2027, 2, 28).at(23, 59, 59, 999_000_000))));
}

/// LOGI-3M, LOGI-90D, D-04: on every start day of a whole cycle of the calendar (400 years, leap and common),
/// at the day's first and last millisecond and at noon, against a reckoning of its own.
#[test]
fn the_earlier_limit_wins_on_every_day_of_the_calendar() {
    let (mut by_days, mut by_months, mut even) = (0, 0, 0);
    let mut start = date(2000, 1, 1);
    while start < date(2400, 1, 1) {
        for time in [0, DAY_MS / 2, DAY_MS - 1] {
            let started = at(start.at(0, 0, 0, 0)) + time;
            let months = three_months_by_hand(start) + time;
            let days = started + 90 * DAY_MS;
            assert_eq!(log().deadline(started), Some(months), "three months from {start}");
            assert_eq!(login().deadline(started), Some(months.min(days)), "the earlier from {start}");
            match days.cmp(&months) {
                std::cmp::Ordering::Less => by_days += 1,
                std::cmp::Ordering::Greater => by_months += 1,
                std::cmp::Ordering::Equal => even += 1,
            }
        }
        start = start.tomorrow().expect("within the calendar");
    }
    assert!(by_days > 0 && by_months > 0 && even > 0, "each limit decides at times: {by_days}, {by_months}, {even}");
}

/// Without the crate's own arithmetic: month and year carried by hand, the day cut down until the date exists.
fn three_months_by_hand(start: jiff::civil::Date) -> Millis {
    let (year, month) = match start.month() {
        month @ 10..=12 => (start.year() + 1, month - 9),
        month => (start.year(), month + 3),
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        2 => 28 + i8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day(year, month, start.day().min(days_in_month))
}

/// CHAT-72H, CHAT-3H, CHAT-FIRST: each limit counts from its own event; which comes first is for the one who knows both.
#[test]
fn a_message_has_a_limit_from_sending_and_one_from_delivery() {
    let period = rows::ChatMessage::INFO.period;
    let sent = day(2026, 11, 23);
    assert_eq!(period.deadline(sent), Some(sent + 72 * HOUR_MS));
    assert_eq!(period.deadline_from(Event::Sending, sent), period.deadline(sent));
    assert_eq!(period.deadline_from(Event::Delivery, sent + HOUR_MS), Some(sent + 4 * HOUR_MS));
    assert_eq!(period.deadline_from(Event::AccountDeletion, sent), None);
}

#[test]
fn the_periods_are_those_that_were_promised() {
    let started = day(2026, 11, 23);
    let check = |row: &str, life: i64| {
        let row = policy::row(row).expect("a row of the policy");
        assert_eq!(row.period.deadline(started), Some(started + life), "{}", row.id);
    };
    check("chat_media", 120 * HOUR_MS); // MEDI-120H
    check("chat_receipt", 72 * HOUR_MS);
    check("chat_idempotency", 72 * HOUR_MS);
    check("translation", 24 * HOUR_MS); // TRAN-24H
    check("location_chat", 72 * HOUR_MS); // LOCA-CHAT72
    check("location_nearby", HOUR_MS); // NEAR-1H
    check("location_shake", HOUR_MS); // SHAK-1H
    check("export_bundle", DAY_MS); // RIGT-EXPORTTTL
    check("verification_code", 5 * MINUTE_MS);
    check("waiting_child", 7 * DAY_MS); // AGE-NOKNOW, D-40
    check("contact_request", 30 * DAY_MS);
    check("session", 90 * DAY_MS);
    check("rate_limit", DAY_MS);
}

/// No clock ends what lasts until removal or until the account is deleted.
#[test]
fn what_lasts_until_an_event_has_no_deadline() {
    for row in ["registration", "profile", "moment", "status", "password", "address_book", "support_case", "contact"] {
        let period = policy::row(row).expect("a row of the policy").period;
        assert_eq!(period.deadline(day(2026, 11, 23)), None, "{row}");
        assert!(period.ends.contains(&[Event::AccountDeletion].as_slice()), "{row}");
    }
}

#[test]
fn what_cannot_be_dated_ends_at_once() {
    let beyond = Millis(i64::MAX);
    assert_eq!(Length::Months(3).after(beyond), beyond);
    assert_eq!(Length::Millis(1).after(beyond), beyond);
}
