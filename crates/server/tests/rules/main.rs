//! The rules between people, spoken to the release binary from outside: what is taken back, who may reach whom, what an
//! account leaves behind, and what one client cannot do to the others.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod access;
mod deletion;
mod limits;
mod reach;
mod recall;
mod sessions;
mod support;
mod timing;
