//! Short messages to a mobile number.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! use kernel::Millis;
//! use providers::sms::{DemoOutbox, Sms, Text};
//! let outbox = DemoOutbox::new();
//! let text = Text {
//!     to: "+12025550123".into(),
//!     text: "123456 is your code".into(),
//!     code: Some("123456".into()),
//!     at: Millis(1_000),
//!     until: Millis(301_000),
//! };
//! outbox.send(text).await.unwrap();
//! assert_eq!(outbox.newest("+12025550123", Millis(2_000))[0].code.as_deref(), Some("123456"));
//! # });
//! ```

mod demo_outbox;
mod twilio_shaped;

use std::future::Future;
use std::pin::Pin;

use kernel::Millis;

pub use demo_outbox::{DemoOutbox, OUTBOX_TEXTS_MAX};
pub use twilio_shaped::{TwilioOptions, TwilioShaped};

/// A message on its way to a person. It has no Debug: a number or a code never reaches a log.
#[derive(Clone)]
pub struct Text {
    /// The number, E.164.
    pub to: String,
    /// The whole text.
    pub text: String,
    /// The code in the text, for the demo outbox; nothing else reads it.
    pub code: Option<String>,
    /// When it was written.
    pub at: Millis,
    /// When it is of no more use; what is kept here goes then.
    pub until: Millis,
}

/// Why a text was not taken. Says nothing about the number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    /// The provider cannot or will not reach this number. Trying again does not help; another number may.
    #[error("the SMS provider does not reach this number (its code {code})")]
    NumberRefused {
        /// The provider's code.
        code: i64,
    },
    /// The provider did not answer, or asks to wait. Trying again later helps.
    #[error("the SMS provider cannot be used now: {reason}")]
    Down {
        /// What was seen.
        reason: String,
    },
    /// The provider refuses us: account, token or sender are wrong. The operator must act.
    #[error("the SMS provider refuses this server ({reason}); check account, token, sender and address")]
    Misconfigured {
        /// What was seen.
        reason: String,
    },
}

/// The answer of [`Sms::send`].
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SmsError>> + Send + 'a>>;

/// Something that sends short messages.
pub trait Sms: Send + Sync + 'static {
    /// Hands the text over. `Ok` means that the provider took it, not that it arrived.
    fn send(&self, text: Text) -> Sending<'_>;
}
