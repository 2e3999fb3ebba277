//! Floor 3: outside services that are bound to the operator. Each is a trait that a feature is handed, one
//! implementation that talks to the service, and one for demonstrations and tests.
//!
//! - [`push`]: waking a browser that is away.
//! - [`sms`]: short messages to a mobile number.

pub mod push;
pub mod sms;
