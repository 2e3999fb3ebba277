//! `POST /v1/device_links`: a device without a session asks to be let in by one that has one.
//!
//! The token goes into a QR code that anybody in the room may see. The secret stays on the device: with the token alone nobody
//! claims the session. Of both only keyed hashes are kept.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use policy::{Row, rows};
use wire::Problem;
use wire::rest::{DeviceLinkMade, NewDeviceLink};

use crate::http::{ClientAddress, JsonBody};
use crate::people::TooMany;
use crate::problem::{Refuse, answers, faults, seconds};
use crate::records::{DeviceRecord, LinkRecord, of_link};
use crate::store::links::{self, LinkRow};
use crate::words::WordError;
use crate::{Fault, People, secrets};

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NewDeviceLinkError {
    /// What the device calls itself.
    #[error(transparent)]
    Words(#[from] WordError),
    /// Too many from this address.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(NewDeviceLinkError);
answers!(NewDeviceLinkError);

impl Refuse for NewDeviceLinkError {
    fn problem(&self) -> Problem {
        match self {
            Self::Words(error) => error.problem(),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Makes a link for a new device: its QR code is scanned and confirmed on a device that is signed in
/// (`POST /v1/device_links/{token}/confirm`), while the new one waits with `POST /v1/device_links/claim`.
#[utoipa::path(post, path = "/v1/device_links", tag = "people", request_body = NewDeviceLink, responses(
    (status = 201, description = "made; the secret is told here and never again", body = DeviceLinkMade),
    (status = 422, description = "`invalid_text`", body = Problem),
    (status = 429, description = "`too_many`", body = Problem),
))]
pub(crate) async fn new_device_link(
    State(people): State<Arc<People>>,
    from: ClientAddress,
    JsonBody(body): JsonBody<NewDeviceLink>,
) -> Result<(StatusCode, Json<DeviceLinkMade>), NewDeviceLinkError> {
    let device = DeviceRecord::read(&body.device)?;
    people.new_device_link(device, from).await.map(|made| (StatusCode::CREATED, Json(made)))
}

impl People {
    async fn new_device_link(
        &self,
        device: DeviceRecord,
        from: ClientAddress,
    ) -> Result<DeviceLinkMade, NewDeviceLinkError> {
        let now = self.now()?;
        self.take(&self.limits.links_per_address, &from.network(), now)?;
        let (shown, own) = (secrets::shown_token(&*self.rng), secrets::token(&*self.rng));
        let token = secrets::link_hash(&self.vault, &shown);
        let secret = secrets::link_secret_hash(&self.vault, token, &own);
        let expires_at = rows::DeviceLink::INFO.period.deadline(now).unwrap_or(now);
        let record = LinkRecord { name: device.name, platform: device.platform };
        let sealed = self.seal(&record, &of_link(token, now))?;
        let mut tx = self.db.begin_write().await?;
        links::insert(&mut tx, LinkRow { token, secret, started_at: now, expires_at, sealed, confirmed: None }).await?;
        tx.commit().await?;
        let url = self.client_url("link", &shown);
        Ok(DeviceLinkMade { token: shown, secret: own, url, expires_in_s: seconds(expires_at.since(now)) })
    }
}
