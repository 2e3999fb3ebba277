//! Floor 1: the privacy policy as data and as types. No I/O.
//!
//! - A [`RowInfo`] is one kind of data: whose it is, what it serves, how long it lives, who gets it, what each right does
//!   to it, and which columns or files hold it. All of them stand in `policy/policy.toml`, which the build checks.
//! - [`rows`] and [`purposes`] have a type for each row and each purpose; [`Stored`] binds a feature's type to its row.
//! - A [`Permit`] opens records of one row for one purpose, and exists only where the policy lists that purpose.
//! - A [`Period`] says when a record ends. No other place in the code holds such a number.
//! - [`text`] holds the words of the policy page; [`versions`] every version there was.
//! - [`operators`] and [`regions`] hold what differs from server to server and from country to country.
//!
//! Absences: no row, purpose or [`Allows`] can be made outside this crate, so a type without a row cannot be stored and
//! a row cannot be opened for what it does not list: neither compiles.
//!
//! ```
//! use kernel::Millis;
//! use policy::{Row, rows};
//! let period = rows::VerificationCode::INFO.period;
//! let sent = Millis(1_700_000_000_000);
//! assert!(period.deadline(sent).is_some_and(|end| end > sent));
//! ```

mod held;
mod operator;
pub mod operators;
mod period;
mod permit;
mod region;
pub mod regions;
mod row;
mod version;

pub use held::{GONE_MS_MAX, Held};
pub use period::{Length, Limit, Period};
pub use permit::{Allows, Permit, Purpose, Row, Stored};
pub use row::{Class, Language, PurposeInfo, Rights, RowInfo, Source, Words};
pub use version::Version;

use permit::sealed;

// Rows, purposes and the closed lists they draw on, made by build.rs from policy/policy.toml.
include!(concat!(env!("OUT_DIR"), "/policy.rs"));

/// Every row, in the order of their numbers.
pub fn all() -> &'static [RowInfo] {
    &ROWS
}

/// The row with this id.
pub fn row(id: &str) -> Option<&'static RowInfo> {
    ROWS.iter().find(|row| row.id == id)
}

/// The row with this number, as sealed boxes name it.
pub fn by_number(number: u16) -> Option<&'static RowInfo> {
    let at = ROWS.binary_search_by_key(&number, |row| row.number).ok()?;
    Some(&ROWS[at])
}

/// Every purpose, in the order of their ids.
pub fn all_purposes() -> &'static [PurposeInfo] {
    &PURPOSES
}

/// Every SQL column that the policy declares, as `table.column`, with the row that holds it. A column may serve two rows.
pub fn columns() -> impl Iterator<Item = (&'static str, &'static RowInfo)> {
    ROWS.iter().flat_map(|row| row.columns.iter().map(move |column| (*column, row)))
}

/// SHA-256 of the policy's files in hex: the policy page shows it, and a change of it is a change of the policy (D-63).
pub fn digest() -> &'static str {
    DIGEST
}

/// Every version of the policy, the newest last (NOTI-DATE).
pub fn versions() -> &'static [Version] {
    &VERSIONS
}

/// The newest version: the one of these rows.
pub fn version() -> &'static Version {
    VERSIONS.last().expect("the build refuses a policy without a version")
}
