//! Hard use of the release binary: disks that fail, bytes that change, requests that lie, and canaries looked for
//! wherever a log could be.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod damage;
mod disk;
mod http;
mod no_content;
mod support;
