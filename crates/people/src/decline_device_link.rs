//! `POST /v1/device_links/{token}/decline`: turns the device away that waits.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use wire::Problem;

use crate::http::TextPath;
use crate::show_device_link::DeviceLinkError;
use crate::store::links;
use crate::{People, SignedIn};

/// Turns the device away: its link is void.
#[utoipa::path(post, path = "/v1/device_links/{token}/decline", tag = "people",
    params(("token" = String, Path, description = "what follows `#` in the QR code's address")),
    responses(
        (status = 204, description = "turned away"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_link`", body = Problem),
        (status = 429, description = "`too_many`", body = Problem),
    )
)]
pub(crate) async fn decline_device_link(
    State(people): State<Arc<People>>,
    who: SignedIn,
    TextPath(token): TextPath,
) -> Result<StatusCode, DeviceLinkError> {
    let now = people.now()?;
    let link = people.waiting_link(who.account, &token, now).await?;
    let mut tx = people.db.begin_write().await?;
    if !links::decline(&mut tx, link.token, now).await? {
        return Err(DeviceLinkError::UnknownLink);
    }
    tx.commit().await?;
    people.shed_soon();
    people.link_waits.wake(link.token);
    Ok(StatusCode::NO_CONTENT)
}
