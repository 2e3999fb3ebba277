//! One push to one browser: `POST` to its push service (RFC 8030).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Millis, Rng, SECOND_MS};
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode, redirect};

use super::{BrowserKeys, Endpoint, Vapid, encrypt};

/// How long to wait for a connection.
const CONNECT_SECONDS_MAX: u64 = 5;
/// How long to wait for an answer, connection included.
const ANSWER_SECONDS_MAX: u64 = 15;
/// Every push is as long as this: the longest there is has 22 bytes.
const PLAIN_BYTES: usize = 64;
/// A secret that is no key of the curve is drawn again; twice in a row does not happen.
const DRAWS: u32 = 8;

/// How soon a device that saves its battery should have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// When it is awake anyway.
    Normal,
    /// At once.
    High,
}

/// One push.
#[derive(Clone, Copy, Debug)]
pub struct Push<'a> {
    /// What it says, at most 64 bytes.
    pub plain: &'a [u8],
    /// How long a push service may keep it for a device that is away.
    pub ttl_s: u32,
    /// How soon.
    pub urgency: Urgency,
    /// What it replaces while it waits: at most 32 characters of base64url.
    pub topic: &'a str,
    /// The time.
    pub now: Millis,
}

/// Why a push was not taken. Says nothing about the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The subscription has ended.
    #[error("the browser has ended this subscription")]
    Gone,
    /// The service did not answer, or asks to wait.
    #[error("the push service cannot be used now: {reason}")]
    Later {
        /// How long it asks to wait.
        wait_ms: Option<i64>,
        /// What was seen.
        reason: String,
    },
    /// The service will not take this push; trying again does not help.
    #[error("the push service refuses this push ({reason})")]
    Refused {
        /// What was seen.
        reason: String,
    },
}

/// Pushes to browsers.
pub struct WebPush {
    client: Client,
    vapid: Arc<Vapid>,
    rng: Arc<dyn Rng>,
}

impl fmt::Debug for WebPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPush").field("key", &self.vapid.public_key()).finish_non_exhaustive()
    }
}

impl WebPush {
    /// Prepares the client. Nothing is sent yet.
    pub fn new(vapid: Arc<Vapid>, rng: Arc<dyn Rng>) -> Result<Self, PushError> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS_MAX))
            .timeout(Duration::from_secs(ANSWER_SECONDS_MAX))
            // A push goes where its address says, which was checked, and nowhere else.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| PushError::Refused { reason: format!("no client: {error}") })?;
        Ok(Self { client, vapid, rng })
    }

    /// Sends a push. `Ok` means that the push service took it, not that it arrived.
    pub async fn push(&self, to: &Endpoint, keys: &BrowserKeys, push: Push<'_>) -> Result<(), PushError> {
        let refused = |reason: &str| PushError::Refused { reason: reason.to_owned() };
        let body = self.sealed(keys, push.plain).ok_or_else(|| refused("it cannot be encrypted"))?;
        let authorization =
            self.vapid.authorization(&to.origin(), push.now).map_err(|_| refused("it cannot be signed"))?;
        let answer = self
            .client
            .post(to.url().clone())
            .header(AUTHORIZATION, authorization)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_ENCODING, "aes128gcm")
            .header("ttl", push.ttl_s)
            .header("urgency", if push.urgency == Urgency::High { "high" } else { "normal" })
            .header("topic", push.topic)
            .body(body)
            .send()
            .await
            .map_err(|error| down(&error))?;
        let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
        outcome(answer.status(), wait)
    }

    fn sealed(&self, keys: &BrowserKeys, plain: &[u8]) -> Option<Vec<u8>> {
        let (mut secret, mut salt) = ([0; 32], [0; 16]);
        self.rng.fill(&mut salt);
        (0..DRAWS).find_map(|_| {
            self.rng.fill(&mut secret);
            encrypt(keys, plain, PLAIN_BYTES, &secret, salt).ok()
        })
    }
}

/// The error is shown without its address, which is the device's.
fn down(error: &reqwest::Error) -> PushError {
    let reason = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    PushError::Later { wait_ms: None, reason: reason.to_owned() }
}

fn outcome(status: StatusCode, wait_s: Option<i64>) -> Result<(), PushError> {
    let reason = format!("status {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(PushError::Gone),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(later(wait_s, reason)),
        _ if status.is_server_error() => Err(later(wait_s, reason)),
        _ => Err(PushError::Refused { reason }),
    }
}

fn later(wait_s: Option<i64>, reason: String) -> PushError {
    PushError::Later { wait_ms: wait_s.map(|seconds| seconds.max(0).saturating_mul(SECOND_MS)), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, expected: &str) {
        let found = match outcome(StatusCode::from_u16(status).unwrap(), Some(7)) {
            Ok(()) => "taken",
            Err(PushError::Gone) => "gone",
            Err(PushError::Later { wait_ms, .. }) => {
                assert_eq!(wait_ms, Some(7_000));
                "later"
            }
            Err(PushError::Refused { .. }) => "refused",
        };
        assert_eq!(found, expected, "{status}");
    }

    #[test]
    fn an_ended_subscription_a_busy_service_and_a_refusal_are_told_apart() {
        for (status, expected) in [
            (200, "taken"),
            (201, "taken"),
            (202, "taken"),
            (301, "refused"),
            (307, "refused"),
            (400, "refused"),
            (401, "refused"),
            (403, "refused"),
            (404, "gone"),
            (410, "gone"),
            (408, "later"),
            (413, "refused"),
            (429, "later"),
            (500, "later"),
            (503, "later"),
        ] {
            check(status, expected);
        }
    }
}
