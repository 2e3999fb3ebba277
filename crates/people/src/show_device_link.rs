//! `GET /v1/device_links/{token}`: which device waits behind the QR code that was scanned.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use kernel::{AccountId, Millis};
use policy::{Permit, purposes, rows};
use wire::Problem;
use wire::rest::{DeviceInfo, DeviceLink};

use crate::http::TextPath;
use crate::people::TooMany;
use crate::problem::{Refuse, answers, faults, seconds};
use crate::records::{LinkRecord, of_link};
use crate::store::links::{self, LinkRow};
use crate::{Fault, People, SignedIn, secrets};

/// Why a link is not shown, confirmed or declined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeviceLinkError {
    /// Never made, run out, declined, confirmed already, or used: all the same to whoever tries.
    #[error("no device waits with this code; show a new one on it")]
    UnknownLink,
    /// Too many looks.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

faults!(DeviceLinkError);
answers!(DeviceLinkError);

impl Refuse for DeviceLinkError {
    fn problem(&self) -> Problem {
        match self {
            Self::UnknownLink => Problem::new(404, "unknown_link", self.to_string()),
            Self::TooMany(error) => error.problem(),
            Self::Fault(fault) => fault.problem(),
        }
    }
}

/// Shows which device waits, to be compared with the one in hand before it is confirmed.
#[utoipa::path(get, path = "/v1/device_links/{token}", tag = "people",
    params(("token" = String, Path, description = "what follows `#` in the QR code's address")),
    responses(
        (status = 200, description = "the device", body = DeviceLink),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_link`", body = Problem),
        (status = 429, description = "`too_many`", body = Problem),
    )
)]
pub(crate) async fn show_device_link(
    State(people): State<Arc<People>>,
    who: SignedIn,
    TextPath(token): TextPath,
) -> Result<Json<DeviceLink>, DeviceLinkError> {
    let now = people.now()?;
    let link = people.waiting_link(who.account, &token, now).await?;
    let permit = Permit::<rows::DeviceLink>::to::<purposes::SecureAccount>();
    let record = people.open_sealed::<LinkRecord>(&link.sealed, &of_link(link.token, link.started_at), permit)?;
    let device = DeviceInfo { name: record.name.clone(), platform: record.platform.clone() };
    Ok(Json(DeviceLink { device, expires_in_s: seconds(link.expires_at.since(now)) }))
}

impl People {
    /// The link of a token, when it waits for an answer. Counts against what one account looks at.
    pub(crate) async fn waiting_link(
        &self,
        account: AccountId,
        token: &str,
        now: Millis,
    ) -> Result<LinkRow, DeviceLinkError> {
        self.take(&self.limits.tokens_looked_up, &account.to_bytes(), now)?;
        if !secrets::is_shown_token(token) {
            return Err(DeviceLinkError::UnknownLink);
        }
        let link = links::read(&self.db, secrets::link_hash(&self.vault, token), now).await?;
        link.filter(|link| link.confirmed.is_none()).ok_or(DeviceLinkError::UnknownLink)
    }
}
