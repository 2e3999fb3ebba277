//! Hours in which a device is left alone, by the clock where it is.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::Millis;
use serde::{Deserialize, Serialize};
use wire::rest::QuietHours;

const MINUTES_PER_DAY: u16 = 24 * 60;
/// The longest name there is has 32.
const ZONE_BYTES_MAX: usize = 64;

/// Quiet hours, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Quiet {
    from: u16,
    to: u16,
    zone: String,
}

impl Quiet {
    /// Reads them; nothing when a minute or the time zone is none.
    pub(crate) fn read(hours: &QuietHours) -> Option<Self> {
        let (from, to) = (hours.from_minute, hours.to_minute);
        let minutes = from < MINUTES_PER_DAY && to < MINUTES_PER_DAY;
        let zone = hours.time_zone.len() <= ZONE_BYTES_MAX && TimeZone::get(&hours.time_zone).is_ok();
        (minutes && zone).then(|| Self { from, to, zone: hours.time_zone.clone() })
    }

    /// Whether `now` lies in them. A zone that a later version does not know any more keeps nobody quiet.
    pub(crate) fn holds(&self, now: Millis) -> bool {
        let (Ok(zone), Ok(at)) = (TimeZone::get(&self.zone), Timestamp::from_millisecond(now.0)) else { return false };
        let there = zone.to_datetime(at);
        let minute = u16::try_from(i32::from(there.hour()) * 60 + i32::from(there.minute())).unwrap_or(0);
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{HOUR_MS, MINUTE_MS};

    use super::*;

    /// 2026-03-23 09:00 UTC: 10:00 in Berlin, 17:00 in Shanghai.
    const NINE: Millis = Millis(1_774_256_400_000);

    #[track_caller]
    fn check(from_minute: u16, to_minute: u16, time_zone: &str, expected: Option<bool>) {
        let hours = QuietHours { from_minute, to_minute, time_zone: time_zone.to_owned() };
        assert_eq!(Quiet::read(&hours).map(|quiet| quiet.holds(NINE)), expected, "{hours:?}");
    }

    #[test]
    fn quiet_hours_are_those_of_the_device_and_may_go_over_midnight() {
        check(600, 660, "Europe/Berlin", Some(true));
        check(540, 600, "Europe/Berlin", Some(false));
        check(1020, 1021, "Asia/Shanghai", Some(true));
        check(540, 541, "UTC", Some(true));
        check(1320, 420, "UTC", Some(false));
        check(1320, 541, "UTC", Some(true));
        check(500, 400, "UTC", Some(true));
        check(0, 0, "UTC", Some(true));
        check(1440, 0, "UTC", None);
        check(0, 1440, "UTC", None);
        check(0, 1, "Europe/Nowhere", None);
        check(0, 1, "", None);
        check(0, 1, "../../etc/passwd", None);
    }

    /// The clock of a place goes forward and back; its quiet hours go with it.
    #[test]
    fn they_keep_to_the_clock_of_the_place_in_summer_and_winter() {
        let hours = QuietHours { from_minute: 600, to_minute: 660, time_zone: "Europe/Berlin".to_owned() };
        let quiet = Quiet::read(&hours).unwrap();
        let summer = NINE + 30 * 24 * HOUR_MS;
        assert!(quiet.holds(NINE + 59 * MINUTE_MS) && !quiet.holds(NINE + HOUR_MS));
        assert!(!quiet.holds(summer) && quiet.holds(summer + -HOUR_MS));
    }
}
