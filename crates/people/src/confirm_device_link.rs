//! `POST /v1/device_links/{token}/confirm`: lets the device in that waits.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use wire::Problem;

use crate::http::TextPath;
use crate::show_device_link::DeviceLinkError;
use crate::store::{accounts, links};
use crate::{People, SignedIn, secrets};

/// Lets the device that waits with this token into the account that asks. Every device of the account is told of it, as of any
/// sign-in.
#[utoipa::path(post, path = "/v1/device_links/{token}/confirm", tag = "people",
    params(("token" = String, Path, description = "what follows `#` in the QR code's address")),
    responses(
        (status = 204, description = "it may claim its session"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_link`", body = Problem),
        (status = 429, description = "`too_many`", body = Problem),
    )
)]
pub(crate) async fn confirm_device_link(
    State(people): State<Arc<People>>,
    who: SignedIn,
    TextPath(token): TextPath,
) -> Result<StatusCode, DeviceLinkError> {
    let now = people.now()?;
    let link = people.waiting_link(who.account, &token, now).await?;
    let seal = secrets::link_seal(&people.vault, &link, who.account);
    let mut tx = people.db.begin_write().await?;
    let there = accounts::lock(&mut tx, who.account).await?;
    if !(there && links::confirm(&mut tx, link.token, who.account, seal, now).await?) {
        return Err(DeviceLinkError::UnknownLink);
    }
    tx.commit().await?;
    people.link_waits.wake(link.token);
    Ok(StatusCode::NO_CONTENT)
}
