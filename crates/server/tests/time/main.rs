//! Time on the release binary: what must be gone at which instant, as its users see it and as its operator sees it with
//! every key that is left, through restarts, crashes, downtime and wrong clocks. The server lives by a clock that the tests
//! set; year-long tables are played in process (`crates/people/src/list_logins.rs`, `crates/storage/tests/year.rs`).
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod clocks;
mod copies;
mod deletion;
mod delivered;
mod marks;
mod people;
mod support;
mod undelivered;
mod week;
