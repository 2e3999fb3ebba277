//! `POST /v1/device_links/{token}/confirm`: lets the device in that waits.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use wire::Problem;

use crate::http::TextPath;
use crate::show_device_link::DeviceLinkError;
use crate::store::{accounts, devices, links};
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
    // A device that was removed while it asked lets nobody in.
    let there =
        accounts::lock(&mut tx, who.account).await? && devices::exists(&mut tx, who.account, who.device).await?;
    if !(there && links::confirm(&mut tx, link.token, who.account, seal, now).await?) {
        return Err(DeviceLinkError::UnknownLink);
    }
    tx.commit().await?;
    people.link_waits.wake(link.token);
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};
    use storage::sql::query;

    use crate::claim_device_link::tests::{claim, confirm, link};
    use crate::testing::{ADA, in_a_world};

    /// SECU-DEVICES: whoever has a stolen phone for a minute has no laptop signed in after the phone was removed.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_device_that_is_removed_takes_along_what_it_let_in_and_nobody_has_claimed() {
        in_a_world(async |world| {
            let (stolen, tablet) = (world.person(ADA, "Ada").await, world.person(ADA, "Ada").await);
            let (confirmed, open) = (link(world).await, link(world).await);
            confirm(world, &confirmed, &stolen).await.is(204);
            let path = format!("/v1/devices/{}", stolen.device);
            world.call(Method::DELETE, &path, Some(&tablet), Value::Null).await.is(204);
            claim(world, &confirmed).await.refused(410, "link_ended");
            confirm(world, &open, &tablet).await.is(204);
            claim(world, &open).await.is(201);
        })
        .await;
    }

    /// Its session was looked at just before it ended.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_device_that_is_removed_while_it_asks_lets_nobody_in() {
        in_a_world(async |world| {
            let phone = world.person(ADA, "Ada").await;
            let link = link(world).await;
            world.get("/v1/me", &phone).await;
            let mut tx = world.db.begin_write().await.unwrap();
            let gone = query("DELETE FROM device WHERE device_id = $1").bind(phone.device.to_bytes().to_vec());
            assert_eq!(gone.execute(&mut *tx).await.unwrap().rows_affected(), 1);
            tx.commit().await.unwrap();
            confirm(world, &link, &phone).await.refused(404, "unknown_link");
            assert_eq!(claim(world, &link).await.is(202), json!({ "state": "waiting" }));
        })
        .await;
    }
}
