//! Waking a browser that is away (Web Push).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/push/key`
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PushKey {
    /// What a browser subscribes with (`applicationServerKey`): a point on P-256 in base64url.
    pub public_key: String,
}

/// `PUT /v1/me/push`: a browser's subscription, as `PushSubscription.toJSON()` gives it, and when not to wake it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PushSubscription {
    /// The address at its push service, which must be one that this server pushes to.
    #[schema(max_length = 2048)]
    pub endpoint: String,
    /// The browser's keys.
    pub keys: PushKeys,
    /// No push in these hours.
    pub quiet: Option<QuietHours>,
}

/// A browser's keys, base64url.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PushKeys {
    /// Its public key on P-256, uncompressed.
    #[schema(max_length = 128)]
    pub p256dh: String,
    /// Its secret of 16 bytes.
    #[schema(max_length = 64)]
    pub auth: String,
}

/// Hours of every day in which a device is left alone. They may go over midnight; from and to the same minute is the whole
/// day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuietHours {
    /// The minute of the day they begin with.
    #[schema(maximum = 1439)]
    pub from_minute: u16,
    /// The minute of the day that is the first after them.
    #[schema(maximum = 1439)]
    pub to_minute: u16,
    /// Where the device's day is, by the name of the IANA time zone.
    #[schema(max_length = 64, example = "Europe/Berlin")]
    pub time_zone: String,
}
