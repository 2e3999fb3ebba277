//! `DELETE /v1/me/add_token`: nobody adds this person by QR code any more.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use wire::Problem;

use crate::show_add_token::AddTokenError;
use crate::store::finding;
use crate::{People, SignedIn};

/// Revokes the token of one's QR code. There is none until one is asked for.
#[utoipa::path(delete, path = "/v1/me/add_token", tag = "people", responses(
    (status = 204, description = "there is none now"),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn revoke_add_token(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<StatusCode, AddTokenError> {
    let mut tx = people.db.begin_write().await?;
    finding::remove_token(&mut tx, who.account).await?;
    tx.commit().await?;
    people.shed_soon();
    people.tell_profile_changed(who.account);
    Ok(StatusCode::NO_CONTENT)
}
