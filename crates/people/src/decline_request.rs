//! `POST /v1/contacts/requests/{request_id}/decline`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use kernel::{AccountId, ContactRequestId};
use wire::Problem;

use crate::accept_request::AnswerRequestError;
use crate::http::IdPath;
use crate::store::{accounts, contacts};
use crate::{People, SignedIn};

/// Declines a request: it is gone, with its note. Its sender is not told more than that it waits no longer.
#[utoipa::path(post, path = "/v1/contacts/requests/{request_id}/decline", tag = "people",
    params(("request_id" = ContactRequestId, Path, description = "the request")),
    responses(
        (status = 204, description = "declined"),
        (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, description = "`unknown_request`", body = Problem),
    )
)]
pub(crate) async fn decline_request(
    State(people): State<Arc<People>>,
    who: SignedIn,
    IdPath(request): IdPath<ContactRequestId>,
) -> Result<StatusCode, AnswerRequestError> {
    people.decline_request(who.account, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl People {
    async fn decline_request(&self, account: AccountId, request: ContactRequestId) -> Result<(), AnswerRequestError> {
        let now = self.now()?;
        let row = contacts::request_to(&self.db, request, account, now).await?.ok_or(AnswerRequestError::Unknown)?;
        let mut tx = self.db.begin_write().await?;
        accounts::lock_pair(&mut tx, account, row.from).await?;
        let still = contacts::request_between(&mut tx, row.from, account, now).await?;
        if still.is_none_or(|still| still.request != request) {
            return Err(AnswerRequestError::Unknown);
        }
        contacts::remove_request(&mut tx, row.from, account, now).await?;
        tx.commit().await?;
        self.shed_soon();
        self.tell_contacts_changed(account);
        if self.is_shown(&row) {
            self.tell_contacts_changed(row.from);
        }
        Ok(())
    }
}
