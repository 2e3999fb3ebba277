//! `GET /v1/blocks`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use wire::Problem;
use wire::rest::Blocks;

use crate::list_contacts::ListContactsError;
use crate::store::contacts;
use crate::{People, SignedIn};

/// Lists whom the account that asks has blocked, latest first.
#[utoipa::path(get, path = "/v1/blocks", tag = "people", responses(
    (status = 200, description = "the blocked accounts", body = Blocks),
    (status = 401, description = "`not_signed_in`", body = Problem),
))]
pub(crate) async fn list_blocks(
    State(people): State<Arc<People>>,
    who: SignedIn,
) -> Result<Json<Blocks>, ListContactsError> {
    let rows = contacts::blocked(&people.db, who.account).await?;
    Ok(Json(Blocks { blocked: people.persons(who.account, &rows)? }))
}
