//! `POST /v1/me/add_token`: another QR code in place of the one that is known.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use wire::Problem;
use wire::rest::AddToken;

use crate::show_add_token::AddTokenError;
use crate::store::{accounts, finding};
use crate::{People, SignedIn};

/// Makes a fresh token; the old one is void at once.
#[utoipa::path(post, path = "/v1/me/add_token", tag = "people", responses(
    (status = 200, description = "the new token", body = AddToken),
    (status = 401, description = "`not_signed_in`", body = Problem),
    (status = 410, description = "`account_gone`", body = Problem),
))]
pub(crate) async fn renew_add_token(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<AddToken>, AddTokenError> {
    let mut tx = people.db.begin_write().await?;
    accounts::lock(&mut tx, who.account).await?;
    finding::remove_token(&mut tx, who.account).await?;
    let made = people.new_add_token(&mut tx, who.account).await?.ok_or(AddTokenError::Gone)?;
    tx.commit().await?;
    people.shed_soon();
    people.tell_profile_changed(who.account);
    Ok(Json(made))
}
