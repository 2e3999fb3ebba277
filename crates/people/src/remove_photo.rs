//! `DELETE /v1/me/photo`: no picture any more.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use wire::Problem;
use wire::rest::Me;

use crate::change_photo::ChangePhotoError;
use crate::store::photos;
use crate::{People, SignedIn};

/// Takes the picture of one's profile away.
#[utoipa::path(delete, path = "/v1/me/photo", tag = "people", responses(
    (status = 200, description = "there is none now", body = Me),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
))]
pub(crate) async fn remove_photo(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<Me>, ChangePhotoError> {
    let mut tx = people.db.begin_write().await?;
    let removed = photos::remove(&mut tx, who.account).await?;
    tx.commit().await?;
    if removed {
        people.after_photo(who.account).await?;
    }
    Ok(Json(people.me(who).await?))
}
