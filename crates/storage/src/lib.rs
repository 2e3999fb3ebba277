//! Floor 3: what is kept on disk. The only crate that names a database.
//!
//! - [`lease_log`]: messages in flight, sealed under keys that die with the hour; files of our own.
//! - [`sql`]: rows that hold ids, times and relations in clear and everything else sealed; SQLite or PostgreSQL,
//!   one text per statement for both.
//! - `testing` (feature of that name): gives a test both engines, so that neither is a backend that no test runs.

pub mod lease_log;
pub mod sql;
#[cfg(feature = "testing")]
pub mod testing;
