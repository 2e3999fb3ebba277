//! The vault as its callers see it, on a simulated machine.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod accounts;
mod crashes;
mod deadlines;
mod downtime;
mod files;
mod inspect;
mod lags;
mod leases;
mod mirror;
mod model;
mod reset_clock;
mod rotate;
mod support;
mod threads;
