//! Keys, their mirror, their master key, their time, and the doctor: on the release binary.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod clock;
mod doctor;
mod mirror;
mod rotate;
mod support;
