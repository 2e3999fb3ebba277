//! A birth date, which is looked at and never kept (D-39, D-40).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use kernel::Millis;

use crate::words::WordError;

/// Nobody is older: a year before this is a slip of the pen.
const AGE_YEARS_MAX: i16 = 130;

/// A day of birth. It has no Serialize: it cannot be stored.
#[derive(Clone, Copy)]
pub(crate) struct BirthDate(Date);

impl BirthDate {
    /// Reads `YYYY-MM-DD`, a day that is not in the future of `now`.
    pub(crate) fn parse(text: &str, now: Millis) -> Result<Self, WordError> {
        let digits = |at: usize, byte: u8| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
        if text.len() != 10 || !text.bytes().enumerate().all(|(at, byte)| digits(at, byte)) {
            return Err(WordError::BirthDate);
        }
        let date: Date = text.parse().map_err(|_| WordError::BirthDate)?;
        let today = day(now).ok_or(WordError::BirthDate)?;
        if date > today || today.year() - date.year() > AGE_YEARS_MAX {
            return Err(WordError::BirthDate);
        }
        Ok(Self(date))
    }

    /// The year: all that a waiting record may hold of it (D-40).
    pub(crate) fn year(self) -> i16 {
        self.0.year()
    }

    /// Whether somebody born that day is under `age` at `now`, in UTC. Who was born on 29 February comes of age on
    /// 1 March: where laws differ, the later day protects.
    pub(crate) fn is_under(self, age: u8, now: Millis) -> bool {
        let Some(today) = day(now) else { return true };
        let birthday_passed = (today.month(), today.day()) >= (self.0.month(), self.0.day());
        let years = today.year() - self.0.year() - i16::from(!birthday_passed);
        years < i16::from(age)
    }
}

/// The day of an instant in UTC.
fn day(at: Millis) -> Option<Date> {
    Some(Offset::UTC.to_datetime(Timestamp::from_millisecond(at.0).ok()?).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(date: &str) -> Millis {
        let date: Date = date.parse().unwrap();
        Millis(Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap().as_millisecond())
    }

    #[track_caller]
    fn check(born: &str, age: u8, now: &str, under: bool) {
        assert_eq!(BirthDate::parse(born, at(now)).unwrap().is_under(age, at(now)), under, "{born} {age} {now}");
    }

    /// AGE-16: one day under, on, and over.
    #[test]
    fn somebody_is_of_age_on_the_birthday_and_not_a_day_before() {
        check("2010-11-24", 16, "2026-11-23", true);
        check("2010-11-23", 16, "2026-11-23", false);
        check("2010-11-22", 16, "2026-11-23", false);
        check("2008-11-24", 18, "2026-11-23", true);
        check("2008-11-23", 18, "2026-11-23", false);
        check("2026-11-23", 16, "2026-11-23", true);
    }

    #[test]
    fn who_was_born_on_29_february_comes_of_age_on_1_march() {
        check("2008-02-29", 18, "2026-02-28", true);
        check("2008-02-29", 18, "2026-03-01", false);
        check("2008-02-29", 16, "2024-02-28", true);
        check("2008-02-29", 16, "2024-02-29", false);
    }

    #[test]
    fn what_is_no_birth_date_is_refused() {
        let now = at("2026-11-23");
        for bad in
            ["", "2010-13-01", "2010-02-30", "2026-11-24", "1890-01-01", "20101123", "2010-11-23T00:00", "+010-01-01"]
        {
            assert!(BirthDate::parse(bad, now).is_err(), "{bad}");
        }
    }
}
