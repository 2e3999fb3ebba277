//! The versions of the policy. From `policy/versions/`.

use jiff::civil::Date;
use jiff::tz::Offset;
use kernel::Millis;

use crate::Words;

/// One version of the policy (NOTI-DATE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1, without a gap.
    pub number: u32,
    /// The day its text was published, `YYYY-MM-DD`: what the page calls its last update.
    pub published: &'static str,
    /// The day it takes effect: people are told before (NOTI-BEFORE).
    pub effective: &'static str,
    /// More than a comma changed: people are shown it, and not only told (NOTI-SIG).
    pub significant: bool,
    /// What changed, in a sentence without values.
    pub summary: Words,
    pub(crate) kept_digest: Option<&'static str>,
    pub(crate) kept_rows: Option<&'static str>,
}

impl Version {
    /// Still being written: its digest is that of the files as they are.
    pub fn draft(&self) -> bool {
        self.kept_digest.is_none()
    }

    /// SHA-256 of the policy's files at this version, in hex.
    pub fn digest(&self) -> &'static str {
        self.kept_digest.unwrap_or(crate::digest())
    }

    /// The rows as they were, as canonical JSON; none of a draft, whose rows are those of today.
    pub fn kept_rows(&self) -> Option<&'static str> {
        self.kept_rows
    }

    /// The instant it takes effect: the beginning of that day in UTC.
    ///
    /// ```
    /// assert!(policy::version().effective_at().0 > 0);
    /// ```
    pub fn effective_at(&self) -> Millis {
        let date: Date = self.effective.parse().expect("the build refuses a version without a date");
        let start = Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).expect("a year below 9999 is on the calendar");
        Millis(start.as_millisecond())
    }
}
