//! `POST /v1/contacts/{account_id}/unblock`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::AccountId;
use wire::Problem;

use crate::block_person::BlockError;
use crate::http::IdPath;
use crate::store::{accounts, contacts};
use crate::{People, SignedIn};

/// Ends a block. Unblocking whom one has not blocked changes nothing.
#[utoipa::path(post, path = "/v1/contacts/{account_id}/unblock", tag = "people",
    params(("account_id" = AccountId, Path, description = "whom to unblock")),
    responses(
        (status = 204, description = "not blocked (any more)"),
        (status = 401, description = "`not_signed_in`", body = Problem),
    )
)]
pub(crate) async fn unblock_person(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(other): IdPath<AccountId>,
) -> Result<StatusCode, BlockError> {
    let mut tx = people.db.begin_write().await?;
    accounts::lock(&mut tx, who.account).await?;
    contacts::unblock(&mut tx, who.account, other).await?;
    tx.commit().await?;
    people.after_block_changed(who.account);
    Ok(StatusCode::NO_CONTENT)
}
