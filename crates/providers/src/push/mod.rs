//! Web Push: waking a browser that is away, through the push service it chose (RFC 8030).
//!
//! A push says at most that there is something to fetch. It is encrypted for the browser (RFC 8291), so that the push
//! service sees an address, a size that is always the same, how urgent it is, and when.
//!
//! ```
//! use providers::push::Hosts;
//! let hosts = Hosts::parse("fcm.googleapis.com, *.push.apple.com", false);
//! assert!(hosts.check("https://web.push.apple.com/abc").is_ok());
//! assert!(hosts.check("https://127.0.0.1/abc").is_err(), "only where the operator allows it, and never by http");
//! ```

mod encrypt;
mod hosts;
mod vapid;
mod web_push;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use encrypt::{EncryptError, RECORD_BYTES, encrypt};
pub use hosts::{ENDPOINT_BYTES_MAX, Endpoint, HostRefused, Hosts, PUSH_HOSTS};
pub use vapid::{Vapid, VapidError};
pub use web_push::{Push, PushError, Urgency, WebPush};

/// A browser's own keys for its subscription.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserKeys {
    /// Its public key on P-256, uncompressed.
    pub p256dh: [u8; 65],
    /// What only it and this server know.
    pub auth: [u8; 16],
}

impl BrowserKeys {
    /// Reads them as a browser gives them: base64url, padded or not. Nothing when they are none.
    pub fn parse(p256dh: &str, auth: &str) -> Option<Self> {
        let keys = Self { p256dh: unpack(p256dh)?, auth: unpack(auth)? };
        // A point that is not on the curve encrypts nothing.
        encrypt(&keys, b"", 0, &[1; 32], [0; 16]).ok()?;
        Some(keys)
    }
}

fn unpack<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?.try_into().ok()
}

/// Bytes as they are written here: base64url without padding.
pub fn pack(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
