//! Remnants that are planted and must be found, and nothing where nothing is.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of #[test] functions")]

mod forms;
mod packed;
mod pages;
mod sealed;
mod support;
